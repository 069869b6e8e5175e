"""The reference manual is made of the tables of built-ins; every example in them runs."""
import difflib
import os

from zplane import ROOT, run


def test_reference_is_up_to_date(tmp_path):
    status, out, err = run("reference", cwd=tmp_path, timeout=120)
    assert (status, err) == (0, "")             # no example failed
    with open(os.path.join(ROOT, "docs", "reference.md"), encoding="utf-8") as f:
        kept = f.read()
    difference = list(difflib.unified_diff(kept.splitlines(), out.splitlines(), "docs/reference.md", "now", lineterm="", n=1))
    assert not difference, "run 'make docs'\n" + "\n".join(difference[:40])


def test_every_built_in_is_explained(tmp_path):
    status, out, err = run("reference", cwd=tmp_path, timeout=120)
    sections = out.split("\n## ")[1:]
    assert len(sections) > 300
    for section in sections:
        name, usage, text = section.split("\n", 2)[0], section.split("\n")[2], "\n".join(section.split("\n")[4:])
        assert "`" in usage and len(text.strip()) > 10, name
