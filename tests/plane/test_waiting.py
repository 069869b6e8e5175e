"""When an answer is awaited: every rule of docs/remote.md, by the time it takes and by what it sees."""
import os
import subprocess

import pytest

from kit import evaluate
from zplane import ENV, ZPLANE

NAP = 0.15 * int(os.environ.get("ZP_TEST_PATIENCE", "1"))  # of each query; two at the same time take less than TWICE
TWICE = 1.8 * NAP


@pytest.fixture
def two(server):
    def run(text):
        return evaluate("a <- connection(\"127.0.0.1\", %d); b <- connection(\"127.0.0.1\", %d);"
                        "c3 <- connection(\"127.0.0.1\", %d);"
                        "took <- function(start) as.double(Sys.time() - start) / 1e9; start <- Sys.time();"
                        "ask <- function(con, x = 1) con ? { Sys.sleep(%s); ++x }; %s" % (server.port, server.port, server.port, NAP, text))
    return run


def slow(con, value=1):
    return "%s ? { Sys.sleep(%s); %s }" % (con, NAP, value)


TOGETHER = [
    "(%s) + (%s)" % (slow("a"), slow("b")),
    "list(x = %s, y = %s)" % (slow("a"), slow("b")),
    "(%s) < (%s)" % (slow("a"), slow("b")),
    "c(%s, %s, %s)" % (slow("a"), slow("b"), slow("c3")),
    "f <- function(x, y) x - y; f(%s, y = %s)" % (slow("a"), slow("b")),
    "m <- matrix(1:4, 2, 2); m[%s, %s]" % (slow("a"), slow("b", 2)),
    "m <- matrix(1:4, 2, 2); m[%s, %s] <- 5; stopifnot(m[1, 2] == 5)" % (slow("a"), slow("b", 2)),
    "l <- list(1:3, 4:6); l[[%s]][%s] <- 9; stopifnot(l[[2]][1] == 9)" % (slow("a", 2), slow("b")),
    "(%s):(%s)" % (slow("a"), slow("b", 3)),
    "(%s) + (%s) * (%s)" % (slow("a"), slow("b"), slow("c3")),       # also of an operation within
    "a ? sum(++(%s), ++(%s))" % (slow("a"), slow("b")),              # the escapes of one query
    "do.call(\"sum\", list(%s, %s))" % (slow("a"), slow("b")),
]


@pytest.mark.parametrize("text", TOGETHER)
def test_operands_and_arguments_wait_together(two, text):
    out, error = two("%s; took(start)" % text)
    assert error == ""
    took = float(out.split()[-1])
    assert NAP <= took < TWICE, (text, took)


ONE_AFTER_THE_OTHER = [
    "x <- %s; y <- %s; x + y" % (slow("a"), slow("b")),              # an assignment waits
    "x <- (%s); y <- (%s)" % (slow("a"), slow("b")),
    "x = %s; %s -> y" % (slow("a"), slow("b")),
    "l <- list(); l$x <- %s; l$y <- %s" % (slow("a"), slow("b")),
    "x <<- %s; y <<- %s" % (slow("a"), slow("b")),
    "ask(a) + ask(b)",                                               # a function waits before it returns
    "c(sum(%s), sum(%s))" % (slow("a"), slow("b")),                  # the call within is an operation of its own
    "(%s) && (%s)" % (slow("a", "TRUE"), slow("b", "TRUE")),         # the second may not be wanted
    "x <- if (%s) %s" % (slow("a", "TRUE"), slow("b")),
    "for (i in 1:2) x <- %s" % slow("a"),
]


@pytest.mark.parametrize("text", ONE_AFTER_THE_OTHER)
def test_what_waits_at_once(two, text):
    out, error = two("%s; took(start)" % text)
    assert error == "" and 2 * NAP <= float(out.split()[-1]), (text, out)


NOT_AWAITED = [
    "%s" % slow("a"),
    "{ %s; 1 }" % slow("a"),
    "f <- function() { %s; 1 }; f()" % slow("a"),
    "for (i in 1:3) %s" % slow("a"),
    "i <- 0; while (i < 3) { i <- i + 1; %s }" % slow("a"),
    "if (TRUE) %s" % slow("a"),
    "a ? stop(\"unseen\")",
    "TRUE || (%s)" % slow("a"),
    "FALSE && (a ? stop(\"not sent\"))",
]


@pytest.mark.parametrize("text", NOT_AWAITED)
def test_what_nobody_wants_is_not_awaited(two, text):
    out, error = two("%s; took(start)" % text)
    assert error == "" and float(out.split()[-1]) < NAP, (text, out, error)


AWAITED = [
    "%s" % slow("a"),
    "{ 1; %s }" % slow("a"),
    "f <- function() %s; f()" % slow("a"),
    "f <- function() return(%s); f()" % slow("a"),
    "invisible(%s)" % slow("a"),
    "tryCatch(%s, error = function(e) 0)" % slow("a"),
    "local(%s)" % slow("a"),
    "f <- function(x = %s) x; f()" % slow("a"),
    "f <- function(x) 1; f(%s)" % slow("a"),                         # arguments are values
]


@pytest.mark.parametrize("text", AWAITED)
def test_the_last_value_is_awaited(two, text):
    out, error = two("x <- { %s }; took(start)" % text)
    assert error == "" and NAP <= float(out.split()[-1]) < TWICE


def test_errors_are_raised_where_it_waits(two):
    assert two("tryCatch({ x <- a ? stop(\"no\"); \"went on\" }, error = function(e) \"caught\")") == ("[1] \"caught\"", "")
    assert two("tryCatch(a ? stop(\"no\"), error = function(e) \"caught\")") == ("[1] \"caught\"", "")
    assert two("tryCatch({ a ? stop(\"unseen\"); \"went on\" }, error = function(e) \"caught\")") == ("[1] \"went on\"", "")
    # of several the first in the order of the text
    assert two("list(%s, a ? stop(\"first\"), b ? stop(\"second\"))" % slow("b"))[1] == "remote: first"


def test_the_place_of_an_error_is_that_of_its_query(server, tmp_path):
    path = tmp_path / "two.R"
    path.write_text("a <- connection(\"127.0.0.1\", %d)\nx <- c(1,\n  a ? 2,\n  a ? stop(\"here\"))\n" % server.port)
    p = subprocess.run([ZPLANE, "run", str(path)], env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, encoding="utf-8", timeout=30)
    assert p.returncode == 1 and "remote: here" in p.stderr and ":4." in p.stderr, p.stderr


def test_order_on_one_connection(two):
    assert two("a ? (n <- 0); for (i in 1:50) a ? (n <- n * 2 %% 7 + ++i); x <- a ? n;"
               "n <- 0; for (i in 1:50) n <- n * 2 %% 7 + i; x == n") == ("[1] TRUE", "")
    # one that waits itself may be overtaken: the second is answered while the first sleeps
    assert two("a ? (seen <- \"\"); x <- list(a ? { Sys.sleep(0); b <- 1; 1 }, a ? 2); x[[2]]") == ("[1] 2", "")


def test_waiting_keeps_nobody_else_waiting(two):
    """The timer of this process runs while the program waits."""
    assert two("n <- 0; t <- timer(as.duration(\"00:00:00.02\"), ticks <<- ticks + 1, ticks <<- 0); x <- %s; ticks > 2" % slow("a")) == \
        ("[1] TRUE", "")


def test_an_answer_that_comes_too_late(two):
    assert two("options(in.rsp.ttl.secs = 1); x <- tryCatch(a ? { Sys.sleep(1.3); 5 }, error = function(e) conditionMessage(e));"
               "y <- a ? 7; c(startsWith(x, \"response timeout from 127.0.0.1:\"), y == 7)") == ("[1] TRUE TRUE", "")
