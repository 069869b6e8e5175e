"""Sessions: requests other than queries, classes and their codes, order of answers, tokens, tenants, closing."""
import json
import select as system
import struct
import time

import pytest
from shop import (ACCESS, CODES, COMPLETE, DATABASE, FIELD, OTHER, PARSE, SCHEMA_ERROR, TOKEN, Refused, Shop, delete, eq, handshake, insert, op, select,
                  update)


@pytest.fixture
def shop(shops):
    return shops("sqlite")


def quiet(s, seconds=0.15):
    return not s.buffer and not system.select([s.socket], [], [], seconds)[0]


@pytest.mark.parametrize("cls", ["N", "P", "P0", "V"])
def test_codes_of_each_class(shop, cls):
    with shop.session(cls=cls) as s:
        assert s.login["data"]["client_key"] == s.key
        assert len(s.ask(select("user"))) == 10
        s.refused({"qt": 2, "sh": "nope"}, SCHEMA_ERROR)
        s.refused(select("user", fi={"nope": 1}), FIELD)
        s.refused(select("user", zz=1), PARSE)
        s.refused(select("user"), ACCESS, env="prod")
        s.refused(insert("user", email="john.doe@example.com", password="x"), "query")
        s.alive()


def test_requests(shop):
    with shop.session() as s:
        for message in ({"query": select("user")}, {"request_type": "5"}, {"request_type": None}, {"request_type": 999}, {"request_type": 5.0},
                        {"request_type": 0x0223}, {"request_type": 0x12}, {"request_type": -1}, {"request_type": [5]}):
            s.send(message)
            frame = s.frame()
            assert frame["error"] is True and frame["response_code"] == 0x0423 and frame["data"]["zteradb_error"]
        s.alive()
        s.send({"request_type": 2})
        frame = s.frame()
        assert frame["error"] is False and frame["response_code"] == 0x0400
        assert s.socket.recv(1) == b""
    with shop.session(cls="P") as s:
        s.send({"request_type": 3})
        assert s.frame() == {"error": False, "response_code": 4, "data": {}}
        assert s.socket.recv(1) == b""


def test_broken_frames(shop):
    for header in (b"\0\0\0\0", b"\xff\xff\xff\xff", struct.pack(">I", (8 << 20) + 1), b"\x16\x03\x01\x00"):
        with shop.session() as s:
            s.socket.sendall(header)
            frame = s.frame()
            assert frame["error"] and frame["response_code"] == CODES[PARSE][0]
            assert s.socket.recv(1) == b""
    with shop.session() as s:                       # torn into single bytes, and several in one write
        payload = json.dumps({"request_type": 5, "query": select("user", fi={"id": 1})}).encode()
        for byte in struct.pack(">I", len(payload)) + payload:
            s.socket.sendall(bytes([byte]))
        assert len(s.answer()) == 1
        s.socket.sendall((struct.pack(">I", len(payload)) + payload) * 5)
        assert [len(s.answer()) for _ in range(5)] == [1] * 5
    with shop.session() as s:                       # a frame that ends in the middle
        s.socket.sendall(struct.pack(">I", 100) + b"{")
    with shop.session() as s:                       # a large one
        name = "x" * (4 << 20)
        assert s.ask(select("user", fi={"name": name})) == []
        assert len(s.ask(select("user"))) == 10


def test_answers_keep_the_order_of_requests(shop):
    with shop.session() as s:
        for i in range(40):
            s.post(select("event", fl={"id": 1}, lt=[i, i + 1], st={"id": 1}))
            s.send({"request_type": 7})
            s.post(select("user", fi={"nope": i}))
            s.send({"request_type": 77})
        for i in range(40):
            assert s.answer() == [{"id": i + 1}]
            assert s.frame()["data"] == {"pong": True}
            with pytest.raises(Refused):
                s.answer()
            assert s.frame()["response_code"] == 0x0423


def test_cancel(shop):
    with shop.session(cls="P") as s:                # nothing runs: no reply, the connection stays
        s.ask(insert("event", id=70000, code="c", n=1, label="l"))
        s.send({"query": "cancel", "request_type": 4})
        assert quiet(s)
        s.ask(delete("event", fi={"id": 70000}))
        s.alive()
    for cls in ("P", "N", "V"):
        with shop.session(cls=cls) as s:
            s.post(select("event"))
            first = s.frame()
            assert first["response_code"] == 7
            s.send({"query": "cancel", "request_type": 4})
            rows = 1
            while True:
                frame = s.frame()
                assert not frame["error"]
                if frame["response_code"] == COMPLETE:
                    break
                rows += 1
            assert rows <= 50000 and quiet(s, 0.05)
            assert len(s.ask(select("user"))) == 10
    with shop.session() as s:                       # those behind it are answered
        s.post(select("event"))
        s.post(select("user"))
        s.send({"query": "cancel", "request_type": 4})
        while s.frame()["response_code"] != COMPLETE:
            pass
        assert len(s.answer()) == 10


def test_token_and_key(shop):
    with shop.session() as s:
        own = {"access_token": s.login["data"]["access_token"], "client_key": s.key}
        assert len(s.ask(select("user"), **own)) == 10
        s.refused(select("user"), TOKEN, access_token="0" * 64)
        s.refused(select("user"), TOKEN, access_token=5)
        s.refused(select("user"), ACCESS, client_key="4UDEMOSHOPCLIENTREADER0002")
        assert len(s.ask(select("user"), access_token=None, client_key=None)) == 10


def test_second_connect(shop):
    with shop.session() as s:
        s.send(dict(s.connect))                     # its nonce is used: refused, closed
        assert s.frame()["error"]
        assert s.socket.recv(1) == b""
    with shop.session() as s:                       # a fresh one: the session is another client's from here on
        s.send(handshake("shop-reader"))
        assert not s.frame()["error"] and s.frame()["response_code"] == COMPLETE
        assert len(s.ask(select("user"))) == 10
        s.refused(delete("user", fi={"id": 1}), ACCESS)


def test_a_session_keeps_its_protocol(shop):
    with shop.session() as s:
        s.send(dict(handshake("shop-writer"), protocol="zplane/1"))
        frame = s.frame()
        assert frame["error"] and frame["response_code"] == 0x0500
        assert s.socket.recv(1) == b""


def test_where_a_query_goes(shop):
    with shop.session() as s:
        assert len(s.ask(select("user"))) == 10
        assert len(s.ask(select("user"), env="staging")) == 3
        assert len(s.ask(select("user"), env="STAGING")) == 3
        assert len(s.ask(select("user", env="staging"), env="dev")) == 3
        assert len(s.ask(select("user", env={}), env="staging")) == 3
        assert len(s.ask(select("user", env="", db=""), env="", database_id="")) == 10
        assert len(s.ask(select("user", db=DATABASE), database_id=OTHER)) == 10
        assert len(s.ask(select("user"), database_id=None, env=None)) == 10
        for extra in ({"database_id": OTHER}, {"database_id": "nope"}, {"env": "qa"}, {"env": "prod"}, {"env": "moon"}):
            s.refused(select("user"), ACCESS, **extra)
        texts = {s.refused(select("user"), ACCESS, database_id=d)["zteradb_error"] for d in (OTHER, "nope", "x" * 500)}
        assert len(texts) == 1
        for extra in ({"database_id": 5}, {"env": 5}, {"env": {}}, {"database_id": []}):
            s.refused(select("user"), PARSE, **extra)
        s.refused(select("user", db=OTHER), ACCESS)
    with shop.session(cls="V") as s:
        s.place = {}
        s.refused(select("user"), ACCESS)
        assert len(s.ask(select("user", db=DATABASE, env="staging"))) == 3
    with shop.session(client="other-tenant", database=OTHER) as s:
        assert len(s.ask(select("user"))) == 3
        s.refused(select("user"), ACCESS, database_id=DATABASE)
        s.refused(select("user"), ACCESS, env="staging")


def test_readers_only_read(shop):
    with shop.session(client="shop-reader") as s:
        assert s.ask(select("user", cnt=True)) == [{"count": 10}]
        s.refused(insert("user", email="x@y", password="x"), ACCESS)
        s.refused(update("user", {"name": "x"}, fi={"id": 1}), ACCESS)
        s.refused(delete("user", fi={"id": 1}), ACCESS)
        s.refused(select("user"), ACCESS, env="staging")


def test_row_larger_than_node_can_take(shop):
    with shop.session() as s, shop.session(cls="P") as p:
        try:
            s.ask(insert("type_probe", id=5000, t="x" * 70000))
            d = s.refused(select("type_probe", fi={"id": 5000}), "query")
            assert d["kind"] and "7" in d["zteradb_error"]
            assert len(p.ask(select("type_probe", fi={"id": 5000}))[0]["t"]) == 70000
            assert len(s.ask(select("type_probe", fl={"id": 1}, fi={"id": 5000}))) == 1
        finally:
            p.ask(delete("type_probe", fi={"id": 5000}))


def test_slow_reader(shop):
    with shop.session() as s, shop.session() as other:
        for _ in range(3):
            s.post(select("event"))
        time.sleep(0.3)
        before = shop.server.resident_bytes()
        assert len(other.ask(select("user"))) == 10
        assert shop.server.resident_bytes() < before + (8 << 20)
        assert [len(s.answer()) for _ in range(3)] == [50000] * 3


def test_gone_in_mid_result(shop):
    for _ in range(5):
        s = shop.session()
        s.post(select("event"))
        s.frame()
        s.close()
    with shop.session() as s:
        assert len(s.ask(select("event", fl={"id": 1}))) == 50000


def test_pages_of_one_shape_share_a_statement(shop):
    with shop.session() as s:
        for i in range(200):
            assert s.ask(select("event", fl={"id": 1}, fi={"id": i + 1})) == [{"id": i + 1}]
            s.ask(select("user", fc=[op(">", "age", i), eq("name", "n%d" % i)]))


def test_rights_that_shrink(servers):
    shop = Shop(servers, "sqlite")
    try:
        with shop.session(client="shop-reader") as s, shop.session() as w:
            assert len(s.ask(select("user"))) == 10
            shop.server.vault_command("client", "disable", "shop-reader")
            deadline = time.monotonic() + 20
            while True:
                try:
                    s.ask(select("user"))
                except Refused as e:
                    assert e.why == ACCESS
                    break
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert s.socket.recv(1) == b""
            assert len(w.ask(select("user"))) == 10
    finally:
        shop.close()


def test_stop_answers_first(servers):
    shop = Shop(servers, "sqlite")
    try:
        with shop.session() as s:
            s.post(select("event"))
            s.frame()
            shop.server.send_signal(15)
            with pytest.raises((Refused, EOFError, ConnectionResetError)) as why:
                s.answer()
            assert why.type is Refused and why.value.why == "query"
    finally:
        shop.close()
