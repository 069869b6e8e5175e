"""What the guides show is what happens.

The ```r blocks of README.md and docs/*.md are evaluated page by page, in one environment each; lines that begin with
`#> ` are what the expressions above them show, on a screen of 80 columns.  A block may end in an error, whose report it
shows; such a block leaves nothing for the next.  `pytest --update tests/docs` writes what is shown now.
"""
import glob
import os
import re
import subprocess

import pytest
from zplane import ENV, ROOT, ZPLANE

BLOCK = re.compile(r"(?ms)^```r\n(.*?)^```$")
MARK = "<<shown>>"


def pages():
    found = [os.path.join(ROOT, "README.md")] + sorted(glob.glob(os.path.join(ROOT, "docs", "*.md")))
    return [p for p in found if os.path.basename(p) != "reference.md"]


def pieces(block):
    """[(code lines, shown lines)]: an expectation belongs to all code since the last one."""
    found, code, shown = [], [], []
    for line in block.splitlines():
        if line.startswith("#>"):
            shown.append(line[3:])
        else:
            if shown:
                found.append((code, shown))
                code, shown = [], []
            code.append(line)
    return found + [(code, shown)]


def evaluate(before, parts, folder):
    """What each part shows, and whether the last one ended in an error (which it then shows).  All code of the page runs
    again, so the folder must be a new one."""
    mark = "cat('%s\\n')" % MARK
    text = "\n".join([line for code in before for line in code] + [mark] +
                     [line for code, _ in parts for line in code + [mark]]) + "\n"
    p = subprocess.run([ZPLANE, "run", "-"], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
                       env=ENV, encoding="utf-8", timeout=60)
    out = [o.rstrip("\n").split("\n") if o.strip() else [] for o in p.stdout.split(MARK + "\n")[1:]]
    out += [[]] * (len(parts) - len(out))
    if p.returncode:
        out[len(parts) - 1] = report_of_last(before + [code for code, _ in parts[:-1]], parts[-1][0], folder + "-error")
    return out[:len(parts)], p.returncode != 0


def report_of_last(before, code, folder):
    """The report of a part as it appears when the part is typed by itself."""
    os.mkdir(folder)
    p = subprocess.run([ZPLANE, "eval", "-e", "\n".join(line for c in before for line in c), "-e", "\n".join(code)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, env=ENV, encoding="utf-8", timeout=60)
    return p.stderr.rstrip("\n").split("\n")


@pytest.mark.parametrize("page", pages(), ids=os.path.basename)
def test_page(page, request, tmp_path):
    text = open(page, encoding="utf-8").read()
    before, changed, wrong = [], text, []
    for number, m in enumerate(BLOCK.finditer(text)):
        parts = pieces(m.group(1))
        folder = os.path.join(str(tmp_path), str(number))
        os.mkdir(folder)
        answers, failed = evaluate(before, parts, folder)
        if not failed:
            before += [code for code, _ in parts]
        new = "\n".join("\n".join(code + [("#> " + line).rstrip() for line in got])
                        for (code, want), got in zip(parts, answers) if code or got)
        changed = changed.replace(m.group(0), "```r\n" + new + "\n```", 1)
        for (code, want), got in zip(parts, answers):
            if [w.rstrip() for w in want] != [g.rstrip() for g in got]:
                wrong.append("\n".join(code + ["-- wanted"] + want + ["-- shown"] + got))
    if request.config.getoption("--update"):
        open(page, "w", encoding="utf-8").write(changed)
        return
    assert not wrong, "\n\n".join(wrong)


def test_every_setting_is_documented():
    text = open(os.path.join(ROOT, "docs", "options.md"), encoding="utf-8").read()
    shown = subprocess.run([ZPLANE, "help", "options"], stdout=subprocess.PIPE, encoding="utf-8", env=ENV).stdout
    keys = re.findall(r"(?m)^([* ]) ([a-z.]+) ", shown)
    assert len(keys) > 15
    for star, key in keys:
        assert ("`%s`%s" % (key, " *" if star == "*" else "")) in text, key
