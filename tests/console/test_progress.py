"""Long reads and writes of files show how far they are on a terminal, and nowhere else."""
import os
import re
import subprocess

import pytest
from terminal import Terminal
from zplane import ENV, ZPLANE, run

BAR = r"read\.ndjson +\d+% +[0-9.]+ MB/s( +\d+:\d\d left)?"


@pytest.fixture
def json_file(tmp_path):
    """Long enough for the bar to come: it is read by one thread."""
    path = tmp_path / "f.json"
    line = "{" + ",".join('"column%d":"%s"' % (i, "x" * 20) for i in range(20)) + "}\n"
    path.write_text(line * 600000)
    return str(path)


@pytest.fixture
def console(tmp_path):
    t = Terminal(home=str(tmp_path), limit_s=20)
    t.expect(r"ends\.\n")
    t.prompt()
    yield t
    t.close()


def test_the_bar_comes_and_a_key_stops_the_read(console, json_file):
    console.line('x <- read.ndjson("%s")' % json_file)
    console.expect(BAR)
    console.interrupt()
    console.expect("interrupted")
    console.prompt()
    console.line('exists("x")')
    console.expect(r"\[1\] FALSE")


def test_nothing_without_a_terminal(json_file):
    status, out, err = run("eval", "-", input='x <- read.ndjson("%s"); length(x)' % json_file)
    assert (status, out, err) == (0, "[1] 20\n", "")


def test_nothing_in_batch_mode_on_a_terminal(json_file):
    ours, theirs = os.openpty()
    p = subprocess.run([ZPLANE, "eval", "--batch"], env=ENV, stderr=theirs, stdout=subprocess.PIPE, timeout=60,
                       input=('{"id": "t", "expr": "length(read.ndjson(\'%s\'))"}\n' % json_file).encode())
    os.close(theirs)
    try:
        shown = os.read(ours, 1000)
    except OSError:
        shown = b""
    os.close(ours)
    assert b'"[1] 20' in p.stdout and shown == b""


def test_short_jobs_show_nothing(console, tmp_path):
    console.line('write.csv(matrix(1:4, 2), "%s/f.csv"); read.csv("%s/f.csv", "double")' % (tmp_path, tmp_path))
    console.expect(r"\[1,\] +1 +3")
    console.prompt()
    assert not re.search("MB/s", console.seen)
