"""Appends: acknowledged and not, refused, of every type; what the counters say."""
import struct

import pytest
from kit import ACK, APPEND, CANCEL, ONCE, OPEN, RESPONSE, SHAPE, Native, Probe, ack, ask, number, once_head, open_head, rows_head, series
from server_kit import Server, wait_until

T = 1000


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("append"), trust=True, http=False, vault=False) as s:
        yield s


@pytest.fixture
def native(server):
    n = Native(server)
    yield n
    n.close()


def opened(native, *names, request=1, **more):
    native.send(OPEN, request, open_head(*names, **more))
    kind, number_, head = native.receive(SHAPE, RESPONSE)
    assert number_ == request
    return head if kind == SHAPE else head[4:].decode()


def counter(server, name):
    return number(server, 'stats.msg()["%s", 1]' % name)


def test_every_row_arrives_and_is_acknowledged(server):
    ask(server, "z <<- " + series())
    p = Probe("append", "127.0.0.1:%d" % server.port, "z", 5, 1, 200, 10)
    assert p.end() == 0
    assert p.acked() == 200 and not p.lines("refused")
    assert ask(server, "dim(z)") == "[1] 2000    2"
    assert number(server, "sum(z)") == sum(2 * r + 1 for r in range(10, 2010))
    assert ask(server, "is.ordered(zts.idx(z))") == "[1] TRUE"


def test_shape(server, native):
    ask(server, 'named <<- zts(as.time("1970-01-01 00:00:01 UTC"), matrix(c(1, 2), 1, 2, dimnames = list(NULL, c("bid", "ask"))))')
    head = opened(native, "named")
    fields = struct.unpack("<QQqqqBBBB", head[:44])
    assert fields[0] == 0 and fields[2:5] == (1, 10**9, 2) and fields[5:8] == (2, 1, 0)
    assert head.endswith(b"\x01\x03\x00\x00\x00bid\x03\x00\x00\x00ask")


@pytest.mark.parametrize("setup,names,why", [
    ("1", ("nowhere",), "object 'nowhere' not found"),
    ("t1 <<- list(a = 1)", ("t1", "b"), "object 't1$b' not found"),
    ("t2 <<- c('a', 'b')", ("t2",), "incorrect type"),
    ("t3 <<- list(1)", ("t3",), "incorrect type"),
    ("t4 <<- 1:3", ("t4", "a"), "incorrect type"),
    ("t5 <<- function(x) x", ("t5",), "incorrect type"),
    ("t6 <<- c(1, 2); lock(--t6)", ("t6",), "the object is locked"),
])
def test_what_cannot_be_opened(server, native, setup, names, why):
    ask(server, setup)
    got = opened(native, *names)
    assert isinstance(got, bytes) is False and why in got


def test_path_through_lists(server, native):
    ask(server, "book <<- list(eu = list(fx = %s))" % series(1))
    assert isinstance(opened(native, "book", "eu", "fx"), bytes)
    native.send(APPEND, 1, rows_head(1, [T], [4.0]))
    assert ack(native.receive(ACK)[2]) == (1, 1, None)
    assert number(server, "sum(book$eu$fx)") == 4


def test_a_copy_does_not_change(server, native):
    ask(server, "orig <<- %s; orig2 <<- orig" % series(1))
    opened(native, "orig")
    native.send(APPEND, 1, rows_head(1, [T, 2 * T], [4.0, 5.0]))
    assert ack(native.receive(ACK)[2])[:2] == (1, 2)
    assert (number(server, "nrow(orig)"), number(server, "nrow(orig2)")) == (2, 0)


@pytest.mark.parametrize("rows,why", [
    (rows_head(2, [T], [1.0, 2.0]), "append index not ascending"),
    (rows_head(2, [3 * T, 3 * T], [1.0] * 4), "index not ascending"),
    (rows_head(2, [], []), "time vector has size 0"),
    (rows_head(2, [9 * T], [1.0]), "missing data"),
    (rows_head(2, [9 * T], [1.0] * 3), "size mismatch between idx and array"),
    (struct.pack("<QI", 2, 0x7fffffff), "missing data"),
    (rows_head(2, [-2**63], [1.0, 2.0]), "append index not ascending"),
])
def test_refused_as_a_whole_and_the_rest_goes_on(server, native, rows, why):
    ask(server, "r <<- " + series())
    failed = counter(server, "nb append failed")
    opened(native, "r", producer=(0, 0))
    native.send(APPEND, 1, rows_head(1, [T, 2 * T], [1.0, 2.0, 3.0, 4.0]))
    assert ack(native.receive(ACK)[2]) == (1, 2, None)
    native.send(APPEND, 1, rows)
    native.send(APPEND, 1, rows_head(3, [7 * T], [1.0, 1.0]))        # sent without knowledge of the refusal: dropped
    assert ack(native.receive(ACK)[2]) == (2, 2, why)
    assert number(server, "nrow(r)") == 2
    native.send(APPEND, 1, rows_head(3, [7 * T], [1.0, 1.0], go_on=True))
    assert ack(native.receive(ACK)[2]) == (3, 3, None)
    assert counter(server, "nb append failed") == failed + 1


def test_known_batches_are_skipped(server, native):
    ask(server, "known <<- " + series(1))
    opened(native, "known", producer=(3, 4))
    native.send(APPEND, 1, rows_head(5, [T], [1.0]))
    assert ack(native.receive(ACK)[2])[0] == 5
    native.send(APPEND, 1, rows_head(5, [T], [1.0]))
    assert ack(native.receive(ACK)[2])[0] == 5
    other = Native(server)
    head = opened(other, "known", producer=(3, 4))
    assert struct.unpack("<Q", head[:8])[0] == 5
    assert struct.unpack("<Q", opened(other, "known", producer=(3, 5), request=2)[:8])[0] == 0
    other.close()
    assert number(server, "nrow(known)") == 1


def test_types(server, native):
    ask(server, "lg <<- c(TRUE); dd <<- matrix(c(1, 2), 1, 2); tt <<- as.time('1970-01-01 00:00:00 UTC'); "
                "du <<- as.duration(1)")
    for request, (name, size, data, wanted) in enumerate([
            ("lg", 1, b"\x00\x01", "[1]  TRUE FALSE  TRUE"), ("tt", 8, struct.pack("<2q", 5, 4), None),
            ("du", 8, struct.pack("<2q", 2, 3), None)], 1):
        assert isinstance(opened(native, name, request=request), bytes), name
        native.send(APPEND, request, struct.pack("<QI", 1, 2) + data)
        assert ack(native.receive(ACK)[2]) == (1, 3, None)
        if wanted:
            assert ask(server, name) == wanted
    assert isinstance(opened(native, "dd", request=9), bytes)
    native.send(APPEND, 9, struct.pack("<QI4d", 1, 2, 3, 4, 5, 6))
    assert ack(native.receive(ACK)[2]) == (1, 3, None)
    assert number(server, "sum(dd[, 2])") == 13
    native.send(APPEND, 1, struct.pack("<QI", 2, 1) + b"\x02")
    assert ack(native.receive(ACK)[2])[2] == "incorrect type"


def test_wanted_kind_is_checked(server, native):
    ask(server, "kind <<- " + series(2))
    assert opened(native, "kind", elem=2) == "incorrect type"
    assert opened(native, "kind", cls=1) == "incorrect type"
    assert opened(native, "kind", dims=(3,)) == "incorrect dimensions for append"
    assert isinstance(opened(native, "kind", cls=2, elem=1, dims=(2,)), bytes)


def test_the_object_changes_under_the_stream(server, native):
    ask(server, "ch <<- " + series(1))
    opened(native, "ch")
    native.send(APPEND, 1, rows_head(1, [T], [1.0]))
    native.receive(ACK)
    ask(server, "ch <<- " + series(2))
    native.send(APPEND, 1, rows_head(2, [2 * T], [1.0]))
    assert ack(native.receive(ACK)[2])[2] == "incorrect dimensions for append: the object has changed"
    ask(server, "ch <<- 'text'")
    native.send(APPEND, 1, rows_head(3, [3 * T], [1.0], go_on=True))
    assert ack(native.receive(ACK)[2])[2] == "incorrect type"


def test_cancelled_streams_are_silent(server, native):
    ask(server, "can <<- " + series(1))
    opened(native, "can")
    native.send(APPEND, 1, rows_head(1, [T], [1.0]))
    native.receive(ACK)
    native.send(CANCEL, 1, b"")
    native.send(APPEND, 1, rows_head(2, [2 * T], [1.0]))
    assert native.nothing()
    assert number(server, "nrow(can)") == 1


# ---------------------------------------------------------------- appends without answer

GOOD = once_head(("o",), [5 * T], [1.0, 2.0])


def test_once(server, native):
    ask(server, "o <<- " + series())
    before = counter(server, "nb vector append")
    native.send(ONCE, 0, once_head(("o",), [T, 2 * T], [1.0, 2.0, 3.0, 4.0]))
    native.send(ONCE, 0, once_head(("o",), [3 * T], [5.0, 6.0], vector=False, dims=(1, 2)))
    wait_until(lambda: number(server, "nrow(o)") == 3)
    assert number(server, "sum(o[, 2])") == 3 + 4 + 6
    assert counter(server, "nb vector append") == before + 2
    assert native.nothing()


@pytest.mark.parametrize("head", [
    once_head(("nowhere",), [5 * T], [1.0, 2.0]),
    once_head(("o",), [5 * T], [1.0]),
    once_head(("o",), [5 * T, 4 * T], [1.0] * 4),
    once_head(("o",), [0], [1.0] * 2),
    once_head(("o",), [], []),
    once_head(("o",), [5 * T], [1.0, 2.0], vector=False, dims=(1, 3)),
    once_head(("o",), [5 * T], [1.0, 2.0], vector=False, dims=(2, 2)),
    once_head(("o",), [5 * T], [1.0, 2.0], elem=2),
    once_head(("o",), [], [1.0, 2.0], cls=1),
    once_head(("o",), [5 * T], [1.0, 2.0])[:-1],
    once_head(("o",), [5 * T], [1.0, 2.0]) + b"x",
    b"", b"\x00", b"\x01", b"\x01\x00", b"\x02\x01a", bytes(40),
])
def test_once_failures_are_counted_and_nothing_else(server, native, head):
    ask(server, 'o <<- zts(as.time("1970-01-01 00:00:00 UTC"), matrix(0, 1, 2))')
    before = counter(server, "nb vector append failed")
    native.send(ONCE, 0, head)
    wait_until(lambda: counter(server, "nb vector append failed") == before + 1)
    assert number(server, "nrow(o)") == 1
    native.send(ONCE, 0, GOOD)                                     # the connection stays open
    wait_until(lambda: number(server, "nrow(o)") == 2)


def test_every_split(server):
    """A message cut at every byte is the same message."""
    ask(server, "sp <<- " + series(1))
    n = Native(server)
    frame = once_head(("sp",), [0], [0.0])
    whole = len(struct.pack(">I", 0)) + 8 + 8 + len(frame)
    for cut in range(1, whole):
        payload = struct.pack("<BBHI", ONCE, 0, 0, 0) + struct.pack("<II", len(frame), 0) + once_head(("sp",), [cut * T], [1.0])
        data = struct.pack(">I", len(payload)) + payload
        n.s.sendall(data[:cut])
        wait_until(lambda: True)
        n.s.sendall(data[cut:])
    wait_until(lambda: number(server, "nrow(sp)") == whole - 1)
    n.close()
