"""Rules of an environment: writes without a filter in prod, schemas that come and go, settings of the server."""
import json
import time

import pytest
from shop import ACCESS, DATABASE, FIELD, SCHEMA_ERROR, Refused, Shop, delete, eq, insert, ne, op, select, update


@pytest.fixture(scope="module")
def made(servers):
    """A shop with a prod, which has the data of the other tenant, and a writer who may change schemas."""
    def change(vault):
        shop = next(d for d in vault["databases"] if d["name"] == "shop")
        shop["envs"]["prod"] = {"url": "sqlite://%s" % servers.sqlite("other_dev")}
        writer = next(c for c in vault["clients"] if c["name"] == "shop-writer")
        for grant in writer["grants"]:
            grant["access"] = "readwrite,schema"
        writer["grants"].append({"database_id": DATABASE, "env": "prod", "access": "readwrite,schema,publish_prod"})
    shop = Shop(servers, "sqlite", change=change)
    yield shop
    shop.close()


def until(ask, what):
    end = time.monotonic() + 20
    while True:
        try:
            return ask()
        except (Refused, AssertionError):
            assert time.monotonic() < end, what
            time.sleep(0.05)


def govern(s, message):
    s.send(message)
    frame = s.frame()
    if frame["error"]:
        raise Refused(frame, s.cls)
    assert s.frame() == {"error": False, "response_code": 0x0608, "data": {}}
    return frame


SOME = {"name": "note", "table": "event", "primary_key": "id",
        "fields": {"id": {"type": "int"}, "code": {"type": "varchar", "length": 16, "nullable": False}, "n": {"type": "int", "nullable": False},
                   "label": {"type": "varchar", "length": 64, "nullable": False}}}


def test_schemas_of_an_environment(made):
    with made.session() as s:
        until(lambda: s.ask(select("user", cnt=True)), "the grants")
        s.refused(select("note"), SCHEMA_ERROR)
        frame = govern(s, {"request_type": 545, "database_id": DATABASE, "env": "dev", "schema": SOME})
        assert frame["response_code"] == 513 and frame["data"]["schema"] == "note" and frame["data"]["state"] == "draft"
        s.refused(select("note"), SCHEMA_ERROR)
        frame = govern(s, {"request_type": 546, "database_id": DATABASE, "env": "dev", "schema": "note", "version": frame["data"]["version"]})
        assert frame["response_code"] == 514
        assert until(lambda: s.ask(select("note", fl={"n": 1}, fi={"id": 1})), "the schema") == [{"n": 7919}]
        s.refused(select("note", fi={"extra": 1}), FIELD)
        more = json.loads(json.dumps(SOME))
        more["fields"]["text"] = {"type": "varchar", "length": 64, "column": "label_2"}
        more["fields"]["alias"] = dict(more["fields"].pop("label"), column="label")
        version = govern(s, {"request_type": 8, "database_id": DATABASE, "env": "dev", "schema": more})["data"]["version"]
        assert version == 2
        govern(s, {"request_type": 9, "database_id": DATABASE, "env": "dev", "schema": "note", "version": version})
        assert until(lambda: s.ask(select("note", fl={"alias": 1}, fi={"id": 1})), "the new version") == [{"alias": "event 1"}]
        s.refused(select("note", fl={"label": 1}), FIELD)
        with pytest.raises(Refused):
            govern(s, {"request_type": 545, "database_id": DATABASE, "env": "staging", "schema": SOME})
        with pytest.raises(Refused):
            govern(s, {"request_type": 545, "database_id": DATABASE, "env": "dev", "schema": {"name": "x"}})
        s.alive()


def test_writes_without_a_filter_in_prod(made):
    with made.session(env="prod") as s:
        everything = [delete("event"), update("event", {"n": 1}), delete("event", fc=[[]]), delete("event", fc=[eq("x", "x")]), delete("event", fi=[], fc=[], rf=[]),
                      delete("order", rf={"user": select("user")}), delete("event", fc=[op("||", [], eq("id", 1))])]
        for query in everything:
            assert "filter" in s.refused(query, ACCESS)["zteradb_error"]
        assert s.ask(update("event", {"n": 1}, fc=[ne("id", None)])) == [{"is_updated": True, "affected_rows": 10}]
        assert s.ask(select("event", cnt=True)) == [{"count": 10}]
        assert s.ask(insert("event", id=99, code="c", n=1, label="l")) == [{"last_insert_id": 99}]
        assert s.ask(delete("event", fi={"id": 99})) == [{"is_deleted": True, "affected_rows": 1}]
    with made.session() as s:
        assert s.ask(delete("event", fi={"id": []})) == [{"is_deleted": False, "affected_rows": 0}]


def test_idle_sessions_are_closed_only_where_the_driver_bears_it(servers):
    shop = Shop(servers, "sqlite", "--used-idle=1")
    try:
        fresh, used = shop.session(), shop.session()
        python, php, php_read = shop.session(cls="P"), shop.session(cls="V"), shop.session(cls="V")
        for s in (used, python, php, php_read):
            s.ask(select("user", fl={"id": 1}))
        php.ask(select("user", cnt=True))
        used.socket.settimeout(20)
        assert used.socket.recv(1) == b"" and php.socket.recv(1) == b""
        for s in (fresh, python, php_read):
            s.alive()
            s.close()
    finally:
        shop.close()
