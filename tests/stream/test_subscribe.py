"""Subscriptions: rows as they are committed, from where one likes, as fast as one reads."""
import struct
import time

import pytest
from kit import CREDIT, RESPONSE, ROWS, SHAPE, SUBSCRIBE, CANCEL, Cutter, Native, Probe, ask, number, path, series
from server_kit import MEMORY, Server, wait_until
from zplane import run


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("subscribe"), trust=True, http=False, vault=False, data=False) as s:
        yield s


def fill(server, name, n):
    ask(server, '%s <<- zts(as.time("1970-01-01 00:00:00 UTC") + as.duration(1000 * (1:%d)), matrix(as.double(1:%d), %d, 1))' % (name, n, n, n))


def grow(server, name, first, last):
    ask(server, '{ rbind(--%s, zts(as.time("1970-01-01 00:00:00 UTC") + as.duration(1000 * (%d:%d)), matrix(as.double(%d:%d), %d, 1))); 0 }'
        % (name, first, last, first, last, last - first + 1))


def test_all_rows_from_the_beginning_and_what_the_language_adds(server):
    fill(server, "s1", 50000)
    p = Probe("follow", "127.0.0.1:%d" % server.port, "s1", 0, 50010)
    wait_until(lambda: sum(int(r[1]) for r in p.lines("rows")) == 50000)
    grow(server, "s1", 50001, 50010)
    assert p.end() == 0
    rows = [list(map(int, r)) for r in p.lines("rows")]
    assert [r[0] for r in rows] == [sum(r[1] for r in rows[:i]) for i in range(len(rows))]
    assert sum(r[4] for r in rows) == sum(range(1, 50011))


def test_from_a_row_from_now_and_from_an_instant(server):
    fill(server, "s2", 100)
    first = Probe("follow", "127.0.0.1:%d" % server.port, "s2", 90, 11)
    now = Probe("follow", "127.0.0.1:%d" % server.port, "s2", -1, 1)
    at = Probe("follow", "127.0.0.1:%d" % server.port, "s2", 0, 51, PROBE_FROM_TIME=str(51000))
    first.wait("^rows 90 10 ")
    at.wait("^rows 50 50 51000 ")
    now.wait("^subscribed")
    wait_until(lambda: server.alive())
    time.sleep(0.2)
    grow(server, "s2", 101, 101)
    for p in (first, now, at):
        assert p.end() == 0
    assert now.lines("rows") == [["100", "1", "101000", "101000", "101"]]


@pytest.mark.parametrize("name,start,why", [
    ("nowhere", 0, "object 'nowhere' not found"),
    ("s3", 200, "the object has 100 rows, there is no position 200"),
    ("text", 0, "incorrect type"),
])
def test_refusals(server, name, start, why):
    fill(server, "s3", 100)
    ask(server, "text <<- 'a'")
    p = Probe("follow", "127.0.0.1:%d" % server.port, name, start, 1)
    assert p.end() == 1
    assert "over " + why in p.out.text()


def test_an_object_that_becomes_another(server):
    fill(server, "s4", 10)
    p = Probe("follow", "127.0.0.1:%d" % server.port, "s4", 0, 1000)
    p.wait("^rows 0 10 ")
    ask(server, "s4 <<- matrix(1, 2, 2)")
    assert p.end() == 1
    assert "over the object has another shape now" in p.out.text()


def test_arrays(server):
    ask(server, "arr <<- as.double(1:10)")
    p = Probe("follow", "127.0.0.1:%d" % server.port, "arr", 4, 6)
    assert p.end() == 0 and p.lines("rows") == [["4", "6", "0", "0", str(sum(range(5, 11)))]]


def test_credit_is_kept(server):
    """The server sends what it may, and goes on when it may more."""
    fill(server, "s5", 100000)
    n = Native(server)
    n.send(SUBSCRIBE, 1, struct.pack("<QQB", 0, 10000, 0) + path("s5"))
    n.receive(SHAPE)
    got = len(n.receive(ROWS)[2])
    assert n.nothing()
    n.send(CREDIT, 1, struct.pack("<Q", got + 1))
    got += len(n.receive(ROWS)[2])
    assert n.nothing()
    n.send(CANCEL, 1, b"")
    n.send(CREDIT, 1, struct.pack("<Q", 1 << 40))
    assert n.nothing()
    n.close()


def test_a_slow_reader_holds_up_nobody(server):
    fill(server, "s6", 10)
    slow = Native(server)
    slow.send(SUBSCRIBE, 1, struct.pack("<QQB", 0, 1 << 40, 0) + path("s6"))       # all the credit there is, and never reads
    before = server.resident_bytes()
    batches = 400
    p = Probe("append", "127.0.0.1:%d" % server.port, "s6", 1, 1, batches, 5000)   # 32 MB
    assert p.end(60) == 0
    fast = Probe("follow", "127.0.0.1:%d" % server.port, "s6", 0, 10 + 5000 * batches)
    assert fast.end(60) == 0
    assert ask(server, "1 + 1") == "[1] 2"
    assert server.resident_bytes() - before < 300e6 * MEMORY
    slow.close()


def test_a_reader_that_loses_its_connection_misses_nothing(server):
    fill(server, "s7", 1)
    cutter = Cutter(server.port, 8, seed=5, least=60, most=100)    # of what the reader sends: credit
    p = Probe("follow", "127.0.0.1:%d" % cutter.port, "s7", 0, 200001, PROBE_WINDOW="40000")
    q = Probe("append", "127.0.0.1:%d" % server.port, "s7", 1, 1, 2000, 100)
    assert q.end(60) == 0 and p.end(60) == 0
    assert cutter.made > 3
    rows = [list(map(int, r)) for r in p.lines("rows")]
    assert sum(r[1] for r in rows) == 200001
    assert all(a[3] < b[2] for a, b in zip(rows, rows[1:]))
    cutter.close()


def test_rights(tmp_path):
    with Server(tmp_path, http=False, start=False) as s:
        keys = {"read": s.client("read", rights="read"), "write": s.client("write", rights="write"),
                "all": s.client("all", rights="read,write,evaluate")}
        for name, fields in keys.items():
            assert set(fields) >= {"client_key", "access_key", "secret_key"}, fields
            with open(str(tmp_path / name), "w") as f:
                f.write("".join("%s=%s\n" % (k, fields[k]) for k in ("client_key", "access_key", "secret_key")))
            (tmp_path / name).chmod(0o600)
        s.start()
        host = "127.0.0.1:%d" % s.port

        def query(name, text):
            return run("query", host, "--credentials", str(tmp_path / name), "-e", text)

        def append(name):
            return run("append", host, "z", "--credentials", str(tmp_path / name), input="t,a\n1970-01-01 00:00:01 UTC,5\n")

        status, out, err = query("all", "z <<- " + series(1))
        assert status == 0, err
        assert "right to evaluate" in query("read", "1")[2]
        assert "append is not allowed: this key has no right to write" in append("read")[2]
        status, out, err = append("write")
        assert status == 0 and "1 rows appended" in err
        assert query("all", "nrow(z)")[1].strip() == "[1] 1"
        assert run("query", host, "-e", "1")[0] == 1                 # no key, no trust
