"""The native protocol byte by byte: everything cut everywhere, cancelled, limited, spoilt."""
import random
import socket
import struct
import time

import pytest

from kit import (CANCEL, DISPLAY, FORGET, HELLO, NOTICE, OUTPUT, PING, PONG, REQUEST, RESPONSE, WANT_OUTPUT, Peer,
                 evaluate, execute, frame, message, prepare, query, until)


def test_hello(peer):
    version, rights, most = struct.unpack_from("<HHI", peer.hello, 8 + 8)
    assert (version, rights, most) == (1, 15, 1 << 20)


def test_values(peer):
    assert peer.ask("1 + 1").value == 2
    assert peer.ask("c(TRUE, FALSE)").value == [1, 0]
    assert peer.ask("list(a = 1, b = \"x\")").value == {"a": 1, "b": "x"}
    assert peer.ask("NULL").value is None
    assert peer.ask("(a <<- 5)").value == 1
    assert peer.ask("c(\"a\", \"\", \"\u00e9\")").value == ["a", "", "\u00e9"]


def test_errors(peer):
    a = peer.ask("stop(\"no\")")
    assert (a.error, a.error_kind) == ("no", 0)
    a = peer.ask("1 +")
    assert a.error.startswith("syntax error") and a.error_kind == 1
    assert peer.ask("").value == 1


def test_display_and_output(peer):
    assert peer.ask("1:3", options=DISPLAY).value == "[1] 1 2 3\n"
    assert peer.ask("a <- 1", options=DISPLAY).value == ""
    peer.send(query(9, "cat(\"one\\n\"); message(\"two\"); 3", WANT_OUTPUT))
    wrote = {1: b"", 2: b""}
    while (a := peer.receive()).kind == OUTPUT:
        wrote[a.head[0]] += a.head[1:]
    assert (a.kind, a.request, a.value, wrote) == (RESPONSE, 9, 3, {1: b"one\n", 2: b"two\n"})


def test_ping(peer):
    peer.send(message(PING, 3, b"are you there"))
    a = peer.receive()
    assert (a.kind, a.request, a.head) == (PONG, 3, b"are you there")


def test_every_cut(server):
    """All messages in pieces of every size."""
    p = Peer(server.port)
    data = query(1, "x <- 1:10") + message(PING, 2, b"abc") + query(3, "sum(x) + 0.5") + query(4, "list(x, \"y\")")
    for cut in list(range(1, 40)) + [len(data) - 1, len(data)]:
        p.send(data, cut)
        got = sorted((a.request, a.value if a.kind == RESPONSE else a.head) for a in (p.receive() for _ in range(4)))
        assert got == [(1, 1), (2, b"abc"), (3, 55.5), (4, [[float(i) for i in range(1, 11)], "y"])]
    p.close()


def test_every_boundary(server):
    """Each message of a set is stopped at each of its bytes, and goes on after the server had to wait."""
    p = Peer(server.port)
    data = query(7, "1 + 2")
    for at in range(1, len(data)):
        p.send(data[:at])
        time.sleep(0.001)
        p.send(data[at:])
        assert p.receive().value == 3
    p.close()


def test_frames_of_messages_alternate(peer):
    def parts(request, text):
        body = struct.pack("<II", 8 + len(text), 0) + struct.pack("<BBHI", 0, 0, 0, 0) + text
        return [frame(REQUEST, request, body[i:i + 3], i + 3 < len(body)) for i in range(0, len(body), 3)]
    a, b = parts(1, b"10 + 1"), parts(2, b"20 + 2")
    for x, y in zip(a, b):
        peer.send(x + y)
    assert sorted((r.request, r.value) for r in (peer.receive(), peer.receive())) == [(1, 11), (2, 22)]


def test_requests_are_started_in_order(peer):
    n = 200
    peer.send(b"".join(query(i, "x <- %d" % i if i % 2 else "x") for i in range(1, n + 1)))
    got = [peer.receive() for _ in range(n)]
    assert [g.request for g in got] == list(range(1, n + 1))
    assert all(g.value == g.request - 1 for g in got if g.request % 2 == 0)


def test_cancel(peer):
    peer.send(query(1, "while (TRUE) 1") + query(2, "5"))
    time.sleep(0.02)
    peer.send(message(CANCEL, 1))
    got = {a.request: a for a in (peer.receive(), peer.receive())}
    assert (got[1].error, got[1].error_kind) == ("interrupted", 2)
    assert got[2].value == 5
    peer.send(query(3, "Sys.sleep(100)") + query(4, "6") + message(CANCEL, 3))
    got = {a.request: a for a in (peer.receive(), peer.receive())}
    assert got[3].error == "interrupted" and got[4].value == 6
    peer.send(query(5, "while (TRUE) 1") + query(6, "7") + message(CANCEL, 6) + message(CANCEL, 5) + message(CANCEL, 99))
    got = {a.request: a for a in (peer.receive(), peer.receive())}
    assert got[5].error == got[6].error == "interrupted"
    assert peer.ask("8").value == 8


def test_time_limit(peer):
    a = peer.ask("while (TRUE) 1", limit_ms=200)
    assert (a.error, a.error_kind) == ("the evaluation took too long: time limit reached", 3)
    a = peer.ask("Sys.sleep(50)", limit_ms=200)
    assert a.error_kind == 3
    assert peer.ask("1", limit_ms=200).value == 1


def test_a_long_script_delays_nobody(server):
    long, short = Peer(server.port), Peer(server.port)
    long.send(query(1, "s <- 0; while (TRUE) s <- s + 1"))
    times = []
    for _ in range(50):
        start = time.monotonic()
        assert short.ask("1").value == 1
        times.append(time.monotonic() - start)
    assert sorted(times)[25] < 0.2
    long.send(message(CANCEL, 1))
    assert long.receive().error == "interrupted"
    long.close()
    short.close()


def test_many_share_the_time(server):
    """Scripts of several peers go on side by side."""
    peers = [Peer(server.port) for _ in range(4)]
    for p in peers:
        p.send(query(1, "i <- 0; while (TRUE) i <- i + 1"))
    time.sleep(0.3)
    for p in peers:
        p.send(message(CANCEL, 1) + query(2, "i"))
    counts = []
    for p in peers:
        assert p.receive().error == "interrupted"
        counts.append(p.receive().value)
        p.close()
    assert min(counts) > 0.2 * max(counts)


def test_limit_of_time(make_server):
    p = Peer(make_server("--eval-max-secs", "0.3").port)
    assert p.ask("while (TRUE) 1").error_kind == 3
    assert p.ask("1").value == 1


def test_limit_of_memory(make_server):
    s = make_server("--eval-max-memory", "2e7")
    p = Peer(s.port)
    assert p.ask("x <- numeric(1e7)").error.startswith("cannot allocate vector of")
    assert p.ask("l <- list(); for (i in 1:100) l <- c(l, list(1:1e5)); 1").error.startswith("cannot allocate vector of")
    assert p.ask("rm(l); 1").value == 1
    for _ in range(4):
        assert len(p.ask("x <- numeric(1e6); x").value) == 1e6
    other = Peer(s.port)
    assert other.ask("length(numeric(2e6))").value == 2e6


def test_the_working_environment_goes_with_the_connection(server):
    p, q = Peer(server.port), Peer(server.port)
    assert p.ask("mine <- 1; exists(\"mine\")").value == 1
    assert q.ask("exists(\"mine\")").value == 0
    before = q.ask("(q <- 0)").value
    p.ask("big <- numeric(1e7); 1")
    p.close()
    assert before == 1 and q.ask("1").value == 1
    q.close()


def test_slow_reader(server):
    """Who does not read delays nobody, and gets everything in the end."""
    slow, other = Peer(server.port), Peer(server.port)
    for i in range(1, 9):
        slow.send(query(i, "numeric(4e5) + %d" % i))
    for _ in range(20):
        assert other.ask("1").value == 1
    got = {a.request: a.value for a in (slow.receive() for _ in range(8))}
    assert sorted(got) == list(range(1, 9)) and all(len(v) == 4e5 and v[0] == v[-1] == i for i, v in got.items())
    slow.close()
    other.close()


def test_small_answers_overtake_large_ones(peer):
    peer.send(query(1, "numeric(3e6)") + query(2, "2"))
    assert [peer.receive().request, peer.receive().request] == [2, 1]


def test_half_open(server):
    """The requests of a peer that has closed its side are abandoned; what wants no answer is done."""
    p, q = Peer(server.port), Peer(server.port)
    p.send(query(1, "Sys.sleep(0.05); half_open <<- 1", FORGET) + query(2, "Sys.sleep(1000)"))
    p.socket.shutdown(socket.SHUT_WR)
    assert p.ended() == []
    until(lambda: q.ask("exists(\"half_open\")").value == 1, "the forgotten request")
    q.close()


def test_abrupt_end(server):
    for text in ("while (TRUE) 1", "Sys.sleep(100)", "numeric(1e7)"):
        p = Peer(server.port)
        p.send(query(1, text))
        p.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        p.close()
    p = Peer(server.port)
    assert p.ask("1").value == 1
    p.close()


@pytest.mark.parametrize("data", [
    frame(99, 1, b""), frame(0, 1, b""), b"\0\0\0\3abc", b"\xff\xff\xff\xff", frame(REQUEST, 1, b"abc"),
    message(REQUEST, 1, b"x"), message(REQUEST, 1, struct.pack("<BBHI", 7, 0, 0, 0)),
    frame(REQUEST, 1, struct.pack("<II", 1 << 31, 0)), frame(REQUEST, 1, struct.pack("<II", 0, 1 << 31)),
    message(RESPONSE, 1, b"\0\1\0\0"), message(HELLO, 0), message(PING, 1, b"x" * 100),
    message(REQUEST, 1, struct.pack("<BBHI", 0, 0, 0, 0) + b"1", [struct.pack("<BBHQ", 1, 0, 1, 1 << 60)]),
    message(REQUEST, 1, struct.pack("<BBHI", 0, 0, 0, 0) + b"1", [struct.pack("<BBH", 77, 0, 0)]),
])
def test_what_is_refused(server, data):
    p = Peer(server.port)
    p.send(data)
    p.socket.shutdown(socket.SHUT_WR)
    assert len(p.ended()) == 1
    p.close()


def test_bad_trees(peer):
    head = struct.pack("<BBHI", 1, 0, 0, 0)
    for tree in (b"", b"\1", b"\2\0", b"\1\0\x63\0\0", b"\1\1x\1\0\1\0", b"\1\1x\1\0\1\1x!", b"\1\0\xc8\0\0\0"):
        peer.send(message(REQUEST, 1, head + tree))
        assert peer.receive().error_kind == 1
    peer.send(message(REQUEST, 1, head + b"\1\0\x63\0\0"))
    assert peer.receive().error.startswith("an expression that is not one")
    # a sum of two escapes: (hole 0) + (hole 1)
    number = struct.pack("<BBHd", 1, 0, 0, 20)
    peer.send(message(REQUEST, 2, head +
                      b"\1\0\3\0\0\1+" + b"\xc8\0\0\0" + b"\xc8\0\0\1", [number, number]))
    assert peer.receive().value == 40


def test_random_frames(server):
    """Whatever comes, the server lives; sane peers notice nothing."""
    rng = random.Random(7)
    sane = Peer(server.port)
    whole = query(1, "list(1:3, \"a\")") + message(PING, 2, b"x") + query(3, "1", 0, 5)
    for _ in range(150):
        p = Peer(server.port)
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.3:
            data = bytearray(rng.randbytes(rng.randrange(1, 200)))
            data[:4] = struct.pack(">I", rng.randrange(0, 300))
        try:
            p.send(bytes(data), rng.randrange(1, 50))
            p.socket.shutdown(socket.SHUT_WR)
            p.ended()
        except OSError:
            pass
        p.close()
    assert sane.ask("1").value == 1
    assert server.alive()
    sane.close()


def test_many_peers(server):
    peers = [Peer(server.port) for _ in range(300)]
    for i, p in enumerate(peers):
        p.send(query(1, "n <- %d" % i) + query(2, "n"))
    for i, p in enumerate(peers):
        assert (p.receive().value, p.receive().value) == (1, i)
        p.close()


def test_a_partial_message_is_not_kept(make_server):
    s = make_server("--commbuf-ttl-secs", "1")
    p = Peer(s.port)
    p.send(query(1, "1")[:-1])
    assert p.ended() == ["the rest of a message did not arrive in time"]


def test_stop(make_server):
    s = make_server()
    p = Peer(s.port)
    p.send(query(1, "Sys.sleep(1000)"))
    assert s.stop() == 0
    assert p.ended() in ([], ["the server stops"])


def test_queries_wait_while_others_are_evaluated(server):
    """A program that waits for an answer is suspended: its server goes on."""
    con = "con <- connection(\"127.0.0.1\", %d); " % server.port
    assert evaluate(con + "con ? { k <- connection(\"127.0.0.1\", ++connection.port(con)); k ? sum(1:10) }") == ("[1] 55", "")


def test_long_operations_take_turns(server):
    """A script whose every step takes long delays others by one of its steps."""
    long, short = Peer(server.port), Peer(server.port)
    long.send(query(1, "x <- runif(1e6); while (TRUE) y <- sort(x)") + query(2, "y <- 0"))
    long.send(query(3, "x <- runif(1e6); while (TRUE) y <- x + x * 2"))
    start = time.monotonic()
    for _ in range(10):
        assert short.ask("1").value == 1
    assert time.monotonic() - start < 15
    for i in (1, 3):
        long.send(message(CANCEL, i))
    assert {long.receive().request for _ in range(3)} == {1, 2, 3}
    long.close()
    short.close()


def test_a_persistent_object_that_is_being_sent(server):
    """Its readers get what it was; who changes it does not wait for them."""
    slow, other = Peer(server.port), Peer(server.port)
    assert other.ask("sent <<- matrix(0, 2e5, 4, file = \"sent\"); dim(sent)").value == [2e5, 4]
    slow.send(query(1, "sent") + query(2, "sent") + query(3, "sent"))
    until(lambda: other.ask("nrow(info.msg()[[1]])").value <= 1, "the answers")
    assert other.ask("(sent[1, 1] <<- 5)").error is None
    assert other.ask("rbind(--sent, 1:4); nrow(sent)").value == 200001
    for _ in range(3):
        values = slow.receive().value
        assert len(values) == 8e5 and values[0] in (0, 5)
    assert other.ask("sent[1:2, 1]").value == [5, 0]
    slow.close()
    other.close()


def places(peer, data):
    """The head and the place of an error."""
    peer.send(data)
    payload = peer._payload()
    head, values = struct.unpack_from("<II", payload, 8)
    assert payload[0] == RESPONSE and payload[16] == 1
    return (payload[20:16 + head].decode(), list(struct.unpack_from("<4d", payload, 16 + head + 12)) if values else None)


def test_the_place_of_an_error(peer):
    assert places(peer, query(1, "x <- 1\n  nosuch + x")) == ("object 'nosuch' not found", [2, 3, 2, 8])
    assert places(peer, query(1, "1 +* 2"))[1][:2] == [1, 4]
    peer.ask("f <- function() stop(\"inside\")")
    assert places(peer, query(1, "\n\nf()")) == ("inside", None)  # in a text that was sent before
    peer.send(prepare(7, "y <- 2\ny + nosuch"))
    assert peer.receive().error is None
    assert places(peer, execute(8, 7)) == ("object 'nosuch' not found", [2, 5, 2, 10])
    assert places(peer, prepare(9, "\n)"))[1][:2] == [2, 1]
    assert places(peer, execute(8, 77))[1] is None
