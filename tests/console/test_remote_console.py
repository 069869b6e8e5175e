"""`zplane connect` and `zplane serve --console` as somebody at a terminal sees them."""
import os
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from server_kit import Server  # noqa: E402
from zplane import ENV, ZPLANE, run  # noqa: E402


@pytest.fixture
def server(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    with Server(folder, trust=True, http=False, vault=False, data=False) as s:
        yield s


@pytest.fixture
def console(server, open_terminal):
    t = open_terminal("connect", "127.0.0.1:%d" % server.port)
    t.expect(r"connected to 127\.0\.0\.1:\d+: :help explains, q\(\) ends\.\n")
    prompt(t)
    return t


def prompt(t):
    t.expect(r"^\S*> \Z")


def ask(t, text, pattern):
    t.line(text)
    m = t.expect(pattern)
    prompt(t)
    return m


def back(server):
    """The server again, on the port it had."""
    server.options = [o for o in server.options if not o.startswith("--port")] + ["--port=%d" % server.port]
    server.start()


def test_programs_run_over_there(console, server):
    ask(console, "x <- 21", r"x <- 21\n")
    ask(console, "x * 2", r"^\[1\] 42\n")
    ask(console, "cat('written\\n'); stop('no')", r"^written\nError: no\n")
    ask(console, "1 +* 2", r"^Error: syntax error.*\n1: 1 \+\* 2\n {6}\^\n")
    ask(console, "  nosuch", r"^Error: object 'nosuch' not found\n1:   nosuch\n {5}\^\n")
    console.line("q()")
    assert console.end() == 0


def test_an_unfinished_program_goes_on_and_is_one_entry_of_the_history(console):
    console.line("f <- function(x) {")
    console.expect(r"^\+ \Z")
    console.line("  x + 1 }")
    prompt(console)
    ask(console, "f(1)", r"^\[1\] 2\n")
    console.send("\x1b[A\x1b[A")  # the program before that one
    console.expect(r"<- function\(x\) \{\n +x \+ 1 \}")
    console.line("")


def test_exit_status(server, open_terminal):
    for text, status in (("q(3)", 3), ("quit(status = 4)", 4), (":quit", 0), ("\x04", 0)):
        t = open_terminal("connect", "127.0.0.1:%d" % server.port, "--quiet")
        prompt(t)
        if text == "\x04":
            t.send(text)
        else:
            t.line(text)
        assert t.end() == status
    assert run("connect", "127.0.0.1:%d" % server.port, input="1\nq(5)\n2\n") == (5, "[1] 1\n", "")
    assert run("connect", "127.0.0.1:1", input="")[0] == 1
    assert run("connect", input="")[0] == 2


def test_commands(console):
    ask(console, "mine <- 1; ours <<- 2", r"ours <<- 2\n")
    ask(console, ":help", r"(?s):names .*:server .*Ctrl-C")
    ask(console, ":names", r'"mine" "ours"')
    ask(console, ":server", r"^127\.0\.0\.1:\d+: connected\n")
    ask(console, ":nosuch", r"^zplane: no command ':nosuch'; :help lists them\n")
    ask(console, "help(round)", r"round\(x, digits")


def test_completion(console):
    ask(console, "prices.of.today <<- 1; prices.of.yesterday <- 2; scaled <- function(value, factor = 2) value", r"value\n")
    console.send("pric\t")
    console.expect(r"prices\.of\.")
    console.send("\t")
    console.expect(r"(?s)prices\.of\.today.*prices\.of\.yesterday")
    console.send("t\t\r")
    console.expect(r"^\[1\] 1\n")
    prompt(console)
    console.send("scaled(5, fa\t")
    console.expect(r"factor = ")
    console.send("3)\r")
    console.expect(r"^\[1\] 5\n")
    prompt(console)
    console.send("signi\t(1.2345, dig\t2)\r")  # built-ins are known here
    console.expect(r"^\[1\] 1\.2\n")


def test_completion_does_not_wait_for_a_server_that_computes(server, console):
    busy = subprocess.Popen([ZPLANE, "query", "127.0.0.1:%d" % server.port, "-e", "while (TRUE) 1"], env=ENV)
    try:
        console.send("rou\t(2.5)\r")
        console.expect(r"\[1\] 2\n")
    finally:
        busy.kill()
        busy.wait()


def test_interrupt(console):
    console.line("kept <- 7; while (TRUE) 1")
    console.wait(0.3)
    console.interrupt()
    console.expect(r"Error: interrupted\n")
    prompt(console)
    console.send("half a line")
    console.expect("half a line")
    console.interrupt()
    prompt(console)
    ask(console, "kept", r"^\[1\] 7\n")


def test_a_server_that_comes_back(server, console):
    ask(console, "x <- 5", r"x <- 5\n")
    console.send("1 + 1")
    server.kill()
    console.expect(r"zplane: connection lost, connecting again")
    back(server)
    console.expect(r"zplane: connected again, with a new working environment\n")
    console.expect(r"> 1 \+ 1\Z")  # the line that was being typed
    console.line("")
    console.expect(r"^\[1\] 2\n")
    prompt(console)
    ask(console, "exists('x')", r"^\[1\] FALSE\n")


def test_a_server_that_goes_while_it_computes(server, console):
    console.line("while (TRUE) 1")
    console.wait(0.3)
    server.kill()
    console.expect(r"^zplane: .*(ended|reset|lost).*\n")
    prompt(console)
    console.line("1 + 1")
    console.wait(0.2)
    console.interrupt()  # nobody has to wait for it
    prompt(console)
    back(server)
    ask(console, "1 + 2", r"^\[1\] 3\n")


# ---------------------------------------------------------------- the console of a server

def serve(open_terminal, *options):
    t = open_terminal("serve", "--console", "--address=127.0.0.1", "--port=0", "--trust", *options)
    port = int(t.expect(r"^listening on 127\.0\.0\.1:(\d+)\n").group(1))
    t.expect(r":help explains, q\(\) stops the server\.\n")
    prompt(t)
    return t, "127.0.0.1:%d" % port


def test_a_server_with_a_console(open_terminal):
    t, host = serve(open_terminal)
    ask(t, "ours <<- 5", r"ours <<- 5\n")
    assert run("query", host, "-e", "ours + 1")[1] == "[1] 6\n"
    assert run("query", host, "-e", "ours <<- 7")[0] == 0
    t.wait(0.2)
    t.line("ours")
    t.expect(r"^\[1\] 7\n")
    ask(t, "system('true')", r"system\('true'\)\n")  # all rights
    t.line("q()")
    t.expect(r"\[INFO\]: stopped")
    assert t.end() == 0


def test_the_log_does_not_garble_the_line(open_terminal):
    t, host = serve(open_terminal)
    t.send("1 + 4")
    t.expect(r"1 \+ 4\Z")
    assert run("query", host, "-e", "1")[0] == 0
    t.expect(r"\[INFO\]: UP ")
    t.expect(r"\[INFO\]: DOWN .*\n> 1 \+ 4\Z")
    t.line("")
    t.expect(r"^\[1\] 5\n")


def test_interrupt_stops_the_evaluation_and_not_the_server(open_terminal):
    t, host = serve(open_terminal)
    t.line("while (TRUE) 1")
    t.wait(0.3)
    t.interrupt()
    t.expect(r"Error: interrupted\n")
    prompt(t)
    t.interrupt()
    prompt(t)
    assert run("query", host, "-e", "1 + 1")[1] == "[1] 2\n"
    t.send("\x04")
    t.expect(r"\[INFO\]: stopping reason=SIGTERM")
    assert t.end() == 0


def test_a_signal_stops_server_and_console(open_terminal):
    t, host = serve(open_terminal)
    os.kill(t.pid, signal.SIGTERM)
    t.expect(r"\[INFO\]: stopped")
    assert t.end() == 0
    with pytest.raises(OSError):
        os.read(t.fd, 1)  # nobody holds the terminal any more


def test_a_server_that_cannot_start_says_why(open_terminal):
    t = open_terminal("serve", "--console", "--address=nowhere.invalid", "--port=0")
    t.expect(r"zplane: .*nowhere\.invalid")
    assert t.end() == 1


def test_without_a_terminal_the_end_of_input_is_not_the_end(tmp_path):
    p = subprocess.Popen([ZPLANE, "serve", "--console", "--trust", "--address=127.0.0.1", "--port=0"], env=ENV, cwd=tmp_path,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        host = p.stdout.readline().split()[-1]
        p.stdin.write("x <<- 20\nstop('no')\nx + 1\n")
        p.stdin.close()
        lines = [p.stdout.readline(), p.stdout.readline()]
        assert lines == ["ready\n", "[1] 21\n"]
        assert run("query", host, "-e", "x")[1] == "[1] 20\n"
    finally:
        p.terminate()
        assert p.wait(30) == 0
        assert "Error: no\n" in p.stderr.read()
        p.stdout.close()
        p.stderr.close()


def test_q_without_a_terminal_stops_the_server(tmp_path):
    p = subprocess.run([ZPLANE, "serve", "--console", "--trust", "--address=127.0.0.1", "--port=0"], env=ENV, cwd=tmp_path,
                       input="1 + 1\nq()\n", stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=30)
    assert p.returncode == 0 and p.stdout.endswith("ready\n[1] 2\n") and "stopped" in p.stderr
