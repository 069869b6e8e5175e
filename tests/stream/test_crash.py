"""Streams through crashes and broken connections: nothing acknowledged is lost, nothing is doubled."""
import os
import random
import time

import pytest
from kit import Cutter, Probe, ask, number, series
from server_kit import Server, wait_until

KILLS = int(os.environ.get("ZPLANE_STREAM_KILLS", "4"))
ROWS = 7


def persistent(server, name, sync="commit"):
    ask(server, "%s <<- %s" % (name, series(2, ', file = "%s/%s", sync = "%s"' % (server.dir, name, sync))))


class Again(Server):
    """A server that comes back on its port, with an object that it had."""

    def come_back(self, name):
        self.kill()
        self.options = [o for o in self.options if not o.startswith(("--port", "--init-code"))]
        self.options += ["--port=%d" % self.port, '--init-code=%s <<- load("%s/%s")' % (name, self.dir, name)]
        self.start()


def check(server, name, batches):
    """Every row of batches 1.. is there once, in order: the numbers tell."""
    n = batches * ROWS
    assert number(server, "nrow(%s)" % name) == n
    assert ask(server, "all(zts.data(%s)[, 1] == %d:%d)" % (name, ROWS, ROWS + n - 1)) == "[1] TRUE"
    assert ask(server, "all(zts.data(%s)[, 2] == %d:%d)" % (name, ROWS + 1, ROWS + n)) == "[1] TRUE"


@pytest.mark.parametrize("sync", ["commit", "none"])
def test_the_server_is_killed_and_comes_back(tmp_path, sync):
    batches = 600 * KILLS
    r = random.Random(1)
    with Again(tmp_path, trust=True, http=False, vault=False, data=False) as s:
        persistent(s, "z", sync)
        p = Probe("append", "127.0.0.1:%d" % s.port, "z", 5, 1, batches, ROWS, 200, PROBE_BUFFER="20000")
        for kill in range(KILLS):
            seen = p.acked()
            wait_until(lambda: p.acked() >= min(seen + 100 + r.randrange(200), batches))
            acked = p.acked()
            s.come_back("z")
            assert number(s, "nrow(z)") >= acked * ROWS, "rows that were acknowledged are gone"
        assert p.end(120) == 0, p.out.text()[-2000:]
        assert not p.lines("refused") and p.acked() == batches
        check(s, "z", batches)


def test_the_producer_is_killed_and_comes_back(tmp_path):
    batches = 400 * KILLS
    with Server(tmp_path, trust=True, http=False, vault=False, data=False) as s:
        persistent(s, "z")
        for kill in range(KILLS):
            p = Probe("append", "127.0.0.1:%d" % s.port, "z", 5, 0, batches, ROWS, 200)
            seen = int(p.wait(r"^open (\d+)").group(1))
            wait_until(lambda: p.acked() >= min(seen + 80, batches))
            p.kill()
        p = Probe("append", "127.0.0.1:%d" % s.port, "z", 5, 0, batches, ROWS)
        assert p.end() == 0 and not p.lines("refused")
        check(s, "z", batches)


@pytest.mark.parametrize("where", ["memory", "files"])
def test_the_connection_breaks_again_and_again(tmp_path, where):
    batches = 3000
    with Server(tmp_path, trust=True, http=False, vault=False, data=False) as s:
        if where == "files":
            persistent(s, "z")
        else:
            ask(s, "z <<- " + series(2))
        cutter = Cutter(s.port, 12, seed=3)
        p = Probe("append", "127.0.0.1:%d" % cutter.port, "z", 5, 1, batches, ROWS, PROBE_BUFFER="20000")
        assert p.end(60) == 0, p.out.text()[-1000:]
        assert cutter.made > 10 and not p.lines("refused")
        check(s, "z", batches)
        cutter.close()


def test_two_producers_of_one_object_and_a_crash(tmp_path):
    """Their times collide, so that some batches are refused: what was acknowledged is there, what was refused is not."""
    with Again(tmp_path, trust=True, http=False, vault=False, data=False) as s:
        ask(s, 'a <<- matrix(0, 0, 1)')
        ask(s, 'z <<- matrix(0, 1, 1, file = "%s/z")' % s.dir)
        probes = [Probe("append", "127.0.0.1:%d" % s.port, "z", who, 1, 800, 1, 200) for who in (1, 2)]
        wait_until(lambda: all(p.acked() > 200 for p in probes))
        s.come_back("z")
        for p in probes:
            assert p.end(60) == 0
            assert not p.lines("refused") and p.acked() == 800
        assert number(s, "nrow(z)") == 1601
        assert number(s, "sum(z)") == 2 * sum(range(1, 801))
