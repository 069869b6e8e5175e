"""Every zone of the system's database against Python's zoneinfo, 1900-2100, densely around the transitions."""
import datetime as dt
import os
import random
import subprocess
import zoneinfo

import pytest

PROBE = os.environ.get("ZONE_PROBE", os.path.join(os.path.dirname(__file__), "../../build/tests/zone_probe"))
UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
FROM = int((dt.datetime(1900, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
TO = int((dt.datetime(2100, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
ZONES = sorted(z for z in zoneinfo.available_timezones() if z not in ("localtime",))


def at(zone, secs):
    """Offset and abbreviation in Python's eyes."""
    t = (EPOCH + dt.timedelta(seconds=secs)).astimezone(zone)
    return int(t.utcoffset().total_seconds()), t.tzname()


def transitions(zone):
    """Seconds at which offset or abbreviation change, by bisection of steps of 12 hours around changes per 5 days."""
    found, step = [], 5 * 86400
    last_t, last = FROM, at(zone, FROM)
    for t in range(FROM + step, TO, step):
        now = at(zone, t)
        if now != last:
            lo, hi = last_t, t
            while hi - lo > 1:
                mid = (lo + hi) // 2
                lo, hi = (mid, hi) if at(zone, mid) == last else (lo, mid)
            found.append(hi)
        last_t, last = t, now
    return found


def ask(lines):
    got = subprocess.run([PROBE], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    return got.stdout.splitlines()


def locals_around(zone, t):
    for d in (-7200, -3601, -1800, -1, 0, 1, 1799, 3600, 7200):
        yield (EPOCH + dt.timedelta(seconds=t + d + at(zone, t)[0])).replace(tzinfo=None)


def expected_local(zone, naive):
    """Seconds, `gap` or `twice`, from the two folds."""
    hits = set()
    for fold in (0, 1):
        secs = int((naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) - EPOCH).total_seconds())
        back = (EPOCH + dt.timedelta(seconds=secs)).astimezone(zone).replace(tzinfo=None)
        if back == naive:
            hits.add(secs)
    return "gap" if not hits else "twice" if len(hits) > 1 else str(hits.pop())


@pytest.mark.parametrize("name", ZONES)
def test_zone(name):
    zone = zoneinfo.ZoneInfo(name)
    rnd = random.Random(name)
    marks = transitions(zone)
    if len(marks) > 60:
        marks = marks[:20] + rnd.sample(marks[20:-20], 20) + marks[-20:]
    secs = [rnd.randrange(FROM, TO) for _ in range(100)]
    secs += [m + d for m in marks for d in (-86400, -3600, -1, 0, 1, 3600, 86400)]
    got = ask(f"o {name} {t}" for t in secs)
    for t, line in zip(secs, got):
        assert line == "%d %s" % at(zone, t), f"{name} at {t}"
    naive = [n for m in marks for n in locals_around(zone, m)]
    got = ask(f"l {name} {n.year} {n.month} {n.day} {n.hour} {n.minute} {n.second}" for n in naive)
    for n, line in zip(naive, got):
        assert line == expected_local(zone, n), f"{name} local {n}"
