"""The database of a server: its objects are there after a restart, also after one that nobody asked for."""
import os
import signal

import pytest
from server_kit import Server
from zplane import run

MAKE = """t0 <- |.2021-01-01 00:00:00 UTC.|
ticks <<- zts(t0 + as.duration("00:00:01") * 1:3, matrix(1:3, 3, 1), file = "ticks")
x <- zts(t0 + as.duration("00:00:01") * 1:2, matrix(1:2, 2, 1), file = "fx/EURUSD")
nrow(ticks)"""


def ask(server, text):
    status, out, err = run("query", "127.0.0.1:%d" % server.port, "-e", text)
    assert status == 0, err
    return out


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_restart(tmp_path, how):
    db = str(tmp_path / "data")
    with Server(tmp_path, trust=True, vault=False) as s:
        assert ask(s, MAKE) == "[1] 3\n"
        ask(s, "rbind(--ticks, zts(|.2021-01-02 00:00:00 UTC.|, matrix(4, 1, 1)))")
        ask(s, "rbind(--fx$EURUSD, zts(|.2021-01-02 00:00:00 UTC.|, matrix(3, 1, 1)))")
        assert ask(s, "lsg()") == '[1] "fx"    "ticks"\n'
        status, out, _ = run("eval", "--data", db, "-e", "nrow(ticks)")      # another process reads
        assert (status, out) == (0, "[1] 4\n")
        os.kill(s.process.pid, how)
        s.process.wait(20)
    with Server(tmp_path, trust=True, vault=False) as s:
        assert ask(s, "c(nrow(ticks), nrow(fx$EURUSD))") == "[1] 4 3\n"
        assert run("check", db)[0] == 0
