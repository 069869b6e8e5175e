"""Bytes that are no streams: the server says so or hangs up, and goes on serving others."""
import os
import random
import struct

import pytest
from kit import ACK, APPEND, CREDIT, ONCE, OPEN, SHAPE, SUBSCRIBE, Native, ask, number, once_head, open_head, path, rows_head, series
from server_kit import Server

ROUNDS = int(os.environ.get("ZPLANE_FUZZ_ROUNDS", "300"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("hostile"), trust=True, http=False, vault=False) as s:
        ask(s, "h <<- " + series())
        yield s


def seeds():
    subscribe = struct.pack("<QQB", 0, 1 << 20, 0) + path("h")
    return [(OPEN, open_head("h")), (APPEND, rows_head(1, [1000], [1.0, 2.0])), (ONCE, once_head(("h",), [1000], [1.0, 2.0])),
            (SUBSCRIBE, subscribe), (CREDIT, struct.pack("<Q", 1 << 30)), (ACK, bytes(25)), (SHAPE, bytes(44))]


def mutate(r, data):
    data = bytearray(data)
    for _ in range(r.randrange(4)):
        if not data:
            break
        at = r.randrange(len(data))
        data[at] = r.choice([0, 1, 127, 128, 255, r.randrange(256)])
    if r.random() < 0.3:
        del data[r.randrange(len(data) + 1):]
    if r.random() < 0.2:
        data += bytes(r.randrange(256) for _ in range(r.randrange(20)))
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_random_messages(server, seed):
    r = random.Random(seed)
    n = Native(server)
    for _ in range(ROUNDS):
        kind, head = r.choice(seeds())
        try:
            n.send(kind, r.randrange(3), mutate(r, head))
        except OSError:
            n = Native(server)
    n.close()
    assert ask(server, "1 + 1") == "[1] 2"


@pytest.mark.parametrize("seed", range(2))
def test_random_frames(server, seed):
    r = random.Random(seed)
    for _ in range(ROUNDS // 10):
        n = Native(server)
        kind, head = r.choice(seeds())
        payload = struct.pack("<BBHI", kind, 0, 0, 1) + struct.pack("<II", len(head), 0) + head
        try:
            for _ in range(5):
                n.s.sendall(mutate(r, struct.pack(">I", len(payload)) + payload))
        except OSError:
            pass
        n.close()
    assert ask(server, "1 + 1") == "[1] 2"


def test_lengths_that_lie(server):
    for head_len, body in [(0xffffffff, b""), (1 << 30, b"x" * 100), (5, b"x" * 100)]:
        n = Native(server)
        n.send_raw(struct.pack("<BBHI", APPEND, 0, 0, 1) + struct.pack("<II", head_len, 0) + body)
        with pytest.raises((EOFError, OSError)):
            n.receive(ACK)
        n.close()
    assert ask(server, "1 + 1") == "[1] 2"


def test_many_streams_of_one_peer(server):
    n = Native(server)
    for request in range(1, 2001):
        n.send(OPEN, request, open_head("h", producer=(request, 1)))
    for _ in range(2000):
        assert n.receive(SHAPE)[0] == SHAPE
    n.close()
    assert ask(server, "1 + 1") == "[1] 2"


def test_a_sender_that_ignores_its_window_loses_nothing(server):
    ask(server, "w <<- " + series(1))
    n = Native(server)
    n.send(OPEN, 1, open_head("w"))
    n.receive(SHAPE)
    rows = 4000
    for batch in range(1, 401):                                    # 25 MB without reading one answer
        times = range(batch * rows, (batch + 1) * rows)
        n.send(APPEND, 1, rows_head(batch, times, [1.0] * rows))
    last = 0
    while last < 400:
        last = struct.unpack("<Q", n.receive(ACK)[2][:8])[0]
    n.close()
    assert number(server, "nrow(w)") == 400 * rows
