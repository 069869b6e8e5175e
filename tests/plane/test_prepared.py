"""Expressions that are sent once and evaluated many times: the messages, their errors, their limits."""
import struct
import time

import pytest

from kit import (ANY, CANCEL, FORGET, PREPARE, PREPARED, REQUEST, TREE, Peer, double, execute, message, prepare,
                 string)

DOUBLE, STRING = 1, 7


def told(peer, data):
    peer.send(data)
    return peer.answer()


def test_values_of_parameters(peer):
    # nobody waits for the answer of PREPARE
    peer.send(prepare(1, "x + y * 10", [("x", ANY), ("y", DOUBLE)]) + execute(2, 1, [double(1), double(2)]) +
              execute(3, 1, [double(1, 2, 3), double(0)]))
    assert [(a.request, a.value) for a in (peer.answer() for _ in range(3))] == [(1, None), (2, 21), (3, [1, 2, 3])]


def test_names_that_are_no_parameters_are_those_of_the_connection(peer):
    assert peer.ask("scale <- 2; f <- function(v) v * scale").value == 1
    assert told(peer, prepare(5, "f(x) + scale", [("x", ANY)])).error is None
    assert told(peer, execute(6, 5, [double(3)])).value == 8
    peer.ask("scale <- 10")
    assert told(peer, execute(6, 5, [double(3)])).value == 40


def test_its_variables_are_its_own(peer):
    told(peer, prepare(1, "mine <- x; x <- x + 1; list(mine, x)", [("x", ANY)]))
    assert told(peer, execute(2, 1, [double(4)])).value == [4, 5]
    assert told(peer, execute(2, 1, [double(7)])).value == [7, 8]
    assert peer.ask("exists(\"mine\") || exists(\"x\")").value == 0
    told(peer, prepare(3, "kept <<- x", [("x", ANY)]))
    assert told(peer, execute(4, 3, [double(9)])).value == 1
    assert peer.ask("kept").value == 9
    peer.ask("rm(kept, inherits = TRUE)")


def test_what_waits_does_not_see_the_values_of_others(peer):
    told(peer, prepare(1, "Sys.sleep(s); x", [("s", ANY), ("x", ANY)]))
    peer.send(execute(2, 1, [double(0.05), double(1)]) + execute(3, 1, [double(0), double(2)]))
    assert sorted((a.request, a.value) for a in (peer.answer() for _ in range(2))) == [(2, 1), (3, 2)]


def test_forms(peer):
    assert told(peer, prepare(1, "")).error is None
    assert told(peer, execute(2, 1)).value == 1                       # nothing visible
    told(peer, prepare(3, "(hidden <- 5)"))
    assert told(peer, execute(4, 3)).value == 1
    told(peer, prepare(5, "if (x > 1) return(\"large\"); \"small\"", [("x", ANY)]))
    assert told(peer, execute(6, 5, [double(2)])).value == "large"
    assert told(peer, execute(6, 5, [double(0)])).value == "small"
    told(peer, prepare(7, "sapply(1:3, \\(i) i * k)", [("k", DOUBLE)]))
    assert told(peer, execute(8, 7, [double(2)])).value == [2, 4, 6]
    told(peer, prepare(9, "`a b` + 1", [("a b", DOUBLE)]))
    assert told(peer, execute(10, 9, [double(2)])).value == 3


def test_a_tree_with_an_escape(peer):
    # hole 0 + x
    tree = b"\1\0" + b"\3\0\0\1+" + b"\xc8\0\0\0" + b"\1\0\0\1x"
    assert told(peer, prepare(1, tree, [("x", ANY)], TREE, [double(100)])).error is None
    assert told(peer, execute(2, 1, [double(5)])).value == 105
    assert told(peer, execute(2, 1, [double(6)])).value == 106


def test_errors(peer):
    a = told(peer, prepare(1, "1 +"))
    assert a.error.startswith("syntax error") and a.error_kind == 1
    assert told(peer, execute(2, 1)).error == "no prepared expression has the number 1"
    assert told(peer, prepare(1, "x", [("x", ANY), ("x", ANY)])).error == "repeated formal argument 'x'"
    assert told(peer, prepare(1, "1", [("...", ANY)])).error == "a parameter needs a name"
    assert told(peer, prepare(1, "x", [("x", DOUBLE)])).error is None  # the number is free again
    assert told(peer, execute(2, 1, [string("a")])).error == \
        "invalid argument type: 'x' should be 'double' but is 'character'"
    assert told(peer, execute(2, 1)).error == \
        "wrong number of values for the prepared expression: 0 instead of 1"
    assert told(peer, execute(2, 1, [double(1), double(2)])).error.endswith("2 instead of 1")
    assert told(peer, execute(2, 1, [double(1)])).value == 1
    told(peer, prepare(3, "stop(paste(\"no\", x))", [("x", STRING)]))
    assert told(peer, execute(4, 3, [string("way")])).error == "no way"
    told(peer, prepare(5, "nosuch"))
    assert told(peer, execute(6, 5)).error == "object 'nosuch' not found"


def test_an_error_that_nobody_wants(peer):
    peer.send(execute(2, 77, options=FORGET))
    assert peer.ask("1", 3).value == 1


def test_forgetting(peer):
    told(peer, prepare(1, "Sys.sleep(0.05); x", [("x", ANY)]))
    peer.send(execute(2, 1, [double(5)]) + message(CANCEL, 1) + execute(3, 1, [double(6)]))
    got = {a.request: a for a in (peer.answer() for _ in range(2))}
    assert got[2].value == 5 and got[3].error == "no prepared expression has the number 1"
    assert told(peer, prepare(1, "2")).error is None
    # a running one is stopped by its own number
    told(peer, prepare(4, "while (TRUE) 1"))
    peer.send(execute(5, 4))
    time.sleep(0.02)
    peer.send(message(CANCEL, 5))
    assert peer.answer().error == "interrupted"


def test_deep_recursion_and_time(peer):
    told(peer, prepare(1, "f <- function(n) if (n == 0) 0 else 1 + f(n - 1); f(n)", [("n", ANY)]))
    assert told(peer, execute(2, 1, [double(1000)])).value == 1000
    assert "nested too deeply" in told(peer, execute(2, 1, [double(1e6)])).error
    assert told(peer, execute(2, 1, [double(10)])).value == 10


@pytest.mark.parametrize("spoilt", [
    message(PREPARE, 1, b""),
    message(PREPARE, 1, b"\2\0\0\0x"),                              # a kind that is none
    message(PREPARE, 1, b"\0\0\1\0"),                               # a parameter that is missing
    message(PREPARE, 1, b"\0\0\1\0\xff\5x"),                        # a name that is cut
    message(PREPARE, 1, b"\0\0\1\0\xff\0x"),                        # no name
    message(PREPARE, 1, b"\0\0\1\0\x0b\1xx"),                       # a type that is none
    message(PREPARE, 1, b"\0\0\xff\xff"),                           # too many
    message(PREPARE, 1, b"\0\0\0\0x", [double(1)]),                 # values of no escape
    prepare(1, "1") + prepare(1, "2"),                              # a number in use
    message(REQUEST, 1, struct.pack("<BBHI", PREPARED, 0, 0, 0)),   # no number
    message(REQUEST, 1, struct.pack("<BBHIQ", PREPARED, 0, 0, 0, 1)),
])
def test_spoilt_messages(server, spoilt):
    p = Peer(server.port)
    p.send(spoilt)
    assert any(n.startswith("malformed message") for n in p.ended())
    assert server.alive()


def test_bad_names_and_trees(peer):
    assert "not UTF-8" in told(peer, message(PREPARE, 1, b"\0\0\1\0\xff\2\xff\xfex")).error
    for tree in (b"", b"\1", b"\2\0", b"\1\0\x63\0\0", b"\1\0\xc8\0\0\0"):
        a = told(peer, prepare(1, tree, kind=TREE))
        assert a.error and a.error_kind == 1


def test_every_cut(server):
    p = Peer(server.port)
    data = prepare(1, "x * 2", [("x", DOUBLE)]) + execute(2, 1, [double(21)]) + message(CANCEL, 1)
    for cut in list(range(1, 30)) + [len(data)]:
        p.send(data, cut)
        assert [p.answer().value, p.answer().value] == [None, 42]
    p.close()


def test_limits(server):
    p = Peer(server.port)
    p.send(b"".join(prepare(i, "x", [("x", ANY)]) for i in range(1, 1002)))
    answers = [p.answer() for _ in range(1001)]
    assert all(a.error is None for a in answers[:1000])
    assert answers[1000].error == "this connection keeps 1000 prepared expressions already"
    p.send(message(CANCEL, 7))
    assert told(p, prepare(2000, "1")).error is None
    assert told(p, prepare(2001, "1")).error.startswith("this connection keeps 1000")
    p.close()
    p = Peer(server.port)
    a = told(p, prepare(1, "\"" + "x" * (1 << 20) + "\""))
    assert a.error == "an expression of more than 1048576 bytes cannot be prepared"
    text = "+".join(["1"] * 100000)
    for number in range(1, 100):
        a = told(p, prepare(number, "c(" + ",".join(["1"] * 30000) + ")"))
        if a.error:
            break
    assert "hold too much memory" in a.error and 1 < number < 60
    assert told(p, execute(200, 1)).value == [1] * 30000
    assert told(p, prepare(300, text)).error  # nested deeper than an expression may be
    p.close()
    p = Peer(server.port)  # another connection has its own
    assert told(p, prepare(1, "1")).error is None
    p.close()
