"""The example of the manual and of `make demo` runs on its real data."""
import os
import re

from zplane import ROOT, run

PRICES = os.path.join(ROOT, "examples", "prices")


def test_prices():
    status, out, err = run("run", "adjust.R", cwd=PRICES)
    assert (status, err) == (0, "")
    checked = re.findall(r"adjusted close within ([0-9.]+) % of the published one", out)
    assert len(checked) == 3 and all(float(c) < 1.5 for c in checked)
    assert re.search(r"^2009 +146\.9 +60\.5 +-12\.6$", out, re.M)
    assert re.search(r"^2017-02-27 00:00:00 EST 136\.93 +64\.23 +81\.54$", out, re.M)
    assert "Next, in examples/prices:" in out


def test_prices_of_some_years():
    status, out, err = run("run", "adjust.R", "2015", cwd=PRICES)
    assert status == 0 and re.search(r"^2015 ", out, re.M) and not re.search(r"^2014 ", out, re.M)
