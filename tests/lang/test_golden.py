"""Golden tests of the language: every tests/lang/*.R holds programs with their results beside them.

    1:3 + 1              # expect: [1] 2 3 4
    f <- function(x)
        x + 1
    f(2)                 # expect: [1] 3
    matrix(1:4, 2, 2)    # expect:      [,1] [,2]
    #> [1,]    1    3
    #> [2,]    2    4
    stop("no")           # expect error: no

A case is everything since the last expectation; it is one unit, evaluated in a fresh environment.  Its expectation
is all it writes to standard output (`# expect:` alone: nothing), further lines follow after `#> `.  Of an error the text
is compared, without place, source and hints.  `pytest --update tests/lang` writes new expectations.
"""
import glob
import os
import re

import pytest
from zplane import Batch, error_text

HERE = os.path.dirname(os.path.abspath(__file__))
EXPECT = re.compile(r"^(.*?)(\s*)# expect( error)?:(?: (.*))?$")


class Case:
    def __init__(self, file, line, code, blanks, is_error, want):
        self.file, self.line, self.code, self.blanks = file, line, code, blanks
        self.is_error, self.want = is_error, want

    def __str__(self):
        return "%s:%d" % (os.path.basename(self.file), self.line)


def cases(path):
    """The cases of a file, and the lines after the last one."""
    found, code = [], []
    lines = open(path, encoding="utf-8").read().split("\n")
    i = 0
    while i < len(lines):
        m = EXPECT.match(lines[i])
        if not m:
            code.append(lines[i])
            i += 1
            continue
        start = i + 1
        code.append(m.group(1))
        want = [] if m.group(4) is None else [m.group(4)]
        i += 1
        while i < len(lines) and lines[i].startswith("#>"):
            want.append(lines[i][3:])
            i += 1
        found.append(Case(path, start, code, m.group(2), bool(m.group(3)), want))
        code = []
    return found, code


def files():
    return sorted(glob.glob(os.path.join(HERE, "*.R")))


def trimmed(lines):
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def answer(batch, case):
    """(error?, lines)"""
    out, err, report = batch.ask("\n".join(case.code))
    return (True, [error_text(report)]) if err else (False, out.split("\n"))


def rewritten(case, is_error, got):
    code = "\n".join(case.code[:-1] + [case.code[-1] + case.blanks])
    word = "# expect error:" if is_error else "# expect:"
    first = " " + got[0] if got else ""
    return "\n".join([code + word + first] + ["#> " + line if line else "#>" for line in got[1:]])


def update(path, batch):
    found, rest = cases(path)
    text = "\n".join([rewritten(c, err, trimmed(got)) for c in found for err, got in [answer(batch, c)]] + rest)
    open(path, "w", encoding="utf-8").write(text)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    b = Batch(str(tmp_path_factory.mktemp("golden")))
    yield b
    b.close()


@pytest.mark.parametrize("case", [pytest.param(c, id=str(c)) for f in files() for c in cases(f)[0]])
def test_case(case, batch, request):
    if request.config.getoption("--update"):
        pytest.skip("updating")
    is_error, got = answer(batch, case)
    got, want = trimmed(got), trimmed(case.want)
    if got and want and got[0].lstrip() == want[0].lstrip():
        want[0] = got[0]                    # blanks before the first line are hard to see beside the code
    assert (is_error, got) == (case.is_error, want)


def test_update(batch, request):
    """With --update: writes the files anew."""
    if request.config.getoption("--update"):
        for path in files():
            update(path, batch)
