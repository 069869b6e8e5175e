"""A console that asks: while it waits, Ctrl-C ends the wait and the evaluation over there."""
import os
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "console"))
from kit import Peer, until  # noqa: E402
from terminal import Terminal  # noqa: E402


@pytest.fixture
def console(tmp_path, server):
    t = Terminal(home=str(tmp_path))
    t.expect(r"ends\.\n")
    t.prompt()
    t.line("con <- connection(\"127.0.0.1\", %d)" % server.port)
    t.prompt()
    yield t
    t.close()


def test_asks(console):
    console.line("con ? 1 + 1")
    console.expect(r"^\[1\] 2\n")
    console.prompt()
    console.line("con")
    console.expect(r"^127\.0\.0\.1:\d+ \[1\]\n")


@pytest.mark.parametrize("endless", ["Sys.sleep(1000)", "while (TRUE) 1"])
def test_ctrl_c_ends_the_wait(console, server, endless):
    p = Peer(server.port)
    console.line("con ? { started <<- TRUE; %s }" % endless)
    until(lambda: p.ask("exists(\"started\")").value == 1, "the evaluation over there")
    console.send("\x03")
    console.prompt()
    console.line("con ? 5")
    console.expect(r"^\[1\] 5\n")
    assert p.ask("rm(started, envir = \"global\"); dim((info.msg())[[1]])").value[0] <= 1
    p.close()


def test_timers_run_while_it_waits(console):
    console.line("t1 <- timer(as.duration(\"00:00:00.01\"), n <<- n + 1, n <<- 0)")
    console.prompt()
    console.line("x <- con ? Sys.sleep(0.2); n > 5")
    console.expect(r"^\[1\] TRUE\n")


def test_timers_run_while_nobody_types(console):
    console.line("t1 <- timer(as.duration(\"00:00:00.01\"), n <<- n + 1, n <<- 0)")
    console.prompt()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        time.sleep(0.05)
    console.line("n > 5")
    console.expect(r"^\[1\] TRUE\n")
