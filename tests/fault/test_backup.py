"""Backups of objects that are changed all the time: each object is as it was after some step."""
import os
import subprocess
import threading

import model
from zplane import ENV, ZPLANE, run

HERE = os.path.dirname(os.path.abspath(__file__))


def test_backups_during_changes(tmp_path):
    db = str(tmp_path / "db")
    os.mkdir(db)
    state = model.State(7)
    model.create(db, "none")
    p = subprocess.Popen([ZPLANE, "run", os.path.join(HERE, "writer.R"), db, "0", "7", "0", os.path.join(HERE, "steps.R")],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENV)
    lines = [p.stderr.readline()]
    reader = threading.Thread(target=lambda: lines.extend(p.stderr))
    reader.start()
    found, before = [], []
    try:
        for i in range(6):
            bk, new = str(tmp_path / ("bk%d" % i)), str(tmp_path / ("new%d" % i))
            since = ["--since", before[-1]] if before else []
            status, out, err = run("backup", *since, db, bk)
            assert (status, err) == (0, ""), err
            before.append(bk)
            status, _, err = run("restore", *before, new)
            assert status == 0, err
            assert run("check", new)[0] == 0
            found.append(model.read(new))
        assert p.poll() is None, lines
    finally:
        p.kill()
        reader.join()
        p.wait()
    wanted = {(i, part) for i in range(len(found)) for part in range(4)}
    for k in range(int(lines[-1]) + 2):
        key = state.after(k).key()
        for i, part in list(wanted):
            if found[i][part] == key[part]:
                wanted.discard((i, part))
    assert not wanted, "not the state after any step"


def test_checks_during_changes(tmp_path):
    """What looks wrong while it is changed is looked at again: no false alarm."""
    db = str(tmp_path / "db")
    os.mkdir(db)
    model.create(db, "none")
    p = subprocess.Popen([ZPLANE, "run", os.path.join(HERE, "writer.R"), db, "0", "9", "0", os.path.join(HERE, "steps.R")],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
    try:
        for _ in range(60):
            status, out, err = run("check", db)
            assert status == 0, out + err
        assert p.poll() is None
    finally:
        p.kill()
        p.wait()
