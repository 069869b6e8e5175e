#!/usr/bin/env python3
"""Counts what the tests of one or several builds said.

    sum.py BUILD...      one line per test, then "N passed, N failed"; the exit status is 1 when something failed

A test program that reports cases (TAP, pytest, the conformance runner) counts by its cases, any other as one.  A
build without a log counts as one failure: it did not get that far.
"""
import json
import os
import re
import sys


def cases(entry):
    """(passed, failed) of one test."""
    text = entry.get("stdout", "")
    good = entry["result"] in ("OK", "EXPECTEDFAIL")
    if entry["result"] == "SKIP":
        return 0, 0
    tap = re.findall(r"(?m)^(not )?ok \d+", text)
    if tap:
        failed = sum(1 for t in tap if t)
        return len(tap) - failed, max(failed, 0 if good else 1)
    counts = [(int(p), int(f or 0)) for p, f in re.findall(r"(?m)^(\d+) passed, (\d+) failed", text)]
    if counts:
        passed, failed = counts[-1]
        return passed, max(failed, 0 if good else 1)
    words = dict((w, int(n)) for n, w in re.findall(r"(\d+) (passed|failed|error)s?\b", text.rsplit("\n", 3)[-2] if "\n" in text else text))
    if words:
        failed = words.get("failed", 0) + words.get("error", 0)
        return words.get("passed", 0), max(failed, 0 if good else 1)
    return (1, 0) if good else (0, 1)


def build_sum(build):
    path = os.path.join(build, "meson-logs", "testlog.json")
    passed = failed = 0
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            entries = [json.loads(line) for line in log]
    except OSError:
        print("%-14s no test was run" % build)
        return 0, 1
    for entry in entries:
        p, f = cases(entry)
        passed, failed = passed + p, failed + f
        if f:
            print("%-14s %-40s %6d passed, %d failed" % (build, entry["name"], p, f))
    print("%-14s %6d passed, %d failed in %.0f s of tests" %
          (build, passed, failed, sum(e.get("duration", 0) for e in entries)))
    return passed, failed


def main():
    totals = [build_sum(build) for build in sys.argv[1:]]
    passed, failed = (sum(t[i] for t in totals) for i in (0, 1))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
