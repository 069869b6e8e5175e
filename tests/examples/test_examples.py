"""Every example prints what its expected.txt says, where it is, without a word on standard error.

`pytest --update tests/examples` writes what is printed now.
"""
import glob
import os
import re

import pytest
from zplane import ROOT, run

EXAMPLES = os.path.join(ROOT, "examples")
SCRIPTS = sorted(glob.glob(os.path.join(EXAMPLES, "*", "*.R")))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: os.path.basename(os.path.dirname(s)))
def test_example(script, request):
    folder, name = os.path.split(script)
    status, out, err = run("run", name, cwd=folder, timeout=120)
    assert (status, err) == (0, "")
    expected = os.path.join(folder, "expected.txt")
    if request.config.getoption("--update"):
        with open(expected, "w", encoding="utf-8") as f:
            f.write(out)
    with open(expected, encoding="utf-8") as f:
        assert out == f.read()


def test_each_is_explained_and_listed():
    with open(os.path.join(EXAMPLES, "README.md"), encoding="utf-8") as f:
        listed = set(re.findall(r"(?m)^\| \[([a-z-]+)\]", f.read()))
    assert listed == {os.path.basename(os.path.dirname(s)) for s in SCRIPTS}
    for script in SCRIPTS:
        with open(os.path.join(os.path.dirname(script), "README.md"), encoding="utf-8") as f:
            assert os.path.basename(script) in f.read()
