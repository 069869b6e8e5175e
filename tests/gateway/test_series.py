"""Time series of the server, read and fed by a driver: what backends.md promises of `series:`."""
import datetime
import json
import threading

import pytest
import server_kit
import shop as kit
from shop import ACCESS, FAILED, FIELD, SCHEMA_ERROR, delete, eq, insert, isin, op, select, text, update

TRAFFIC = "4UDEMOTRAFFICDATABASE00003"
START = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc)
NS = int(START.timestamp()) * 10 ** 9
PROGRAM = """
start <- |.2026-03-02 09:00:00 UTC.|
i <- 0:479
visits <<- zts(start + as.duration("00:01:00") * i,
               matrix(c(40 + (i * 7919) %% 61, (i * 104729) %% 7), ncol = 2, dimnames = list(NULL, c("pages", "orders"))))
ticks <<- zts(start + as.duration("00:00:00.000000001") * (1:5),
              matrix(c(1, 2.5, NaN, 4, 5,  10, 20, 30, 40, 50,  1, 0, 1, NaN, 1,  1.25, 2.5, 3.75, NaN, 5), ncol = 4,
                     dimnames = list(NULL, c("bid", "size", "live", "price"))))
"""
TICK = {"table": "ticks", "primary_key": "t", "relations": {}, "fields": {
    "t": {"type": "bigint", "nullable": False}, "bid": {"type": "double"}, "size": {"type": "int"}, "live": {"type": "boolean"},
    "price": {"type": "decimal", "precision": 10, "scale": 2}}}
OFF = {"table": "visits", "primary_key": "at", "relations": {}, "fields": {"at": {"type": "datetime"}, "elsewhere": {"type": "double"}}}
NONE = {"table": "nosuch", "primary_key": "at", "relations": {}, "fields": {"at": {"type": "datetime"}, "v": {"type": "double"}}}


def iso(minute):
    return (START + datetime.timedelta(minutes=minute)).isoformat()


VISITS = [{"at": iso(i), "pages": 40 + (i * 7919) % 61, "orders": (i * 104729) % 7} for i in range(480)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    schemas = json.loads((kit.FOLDER / "visits.schema.json").read_text())
    schemas["schemas"].update(tick=TICK, off=OFF, none=NONE)
    (folder / "schema.json").write_text(json.dumps(schemas))
    clients = [{**c, "grants": [{"database_id": TRAFFIC, "env": "dev", "access": access}]}
               for c, access in zip(kit.CREDENTIALS["clients"], ("readwrite", "read"))]
    (folder / "vault.json").write_text(json.dumps({
        "format": "zplane-vault/1", "clients": clients,
        "databases": [{"name": "traffic", "database_id": TRAFFIC, "schema": "schema.json", "envs": {"dev": {"url": "series:"}}}]}))
    server = server_kit.Server(folder, "--init-code=" + PROGRAM, data=False, http=False, start=False)
    server.vault_command("apply", str(folder / "vault.json"))
    yield server.start()
    assert server.stop() == 0


@pytest.fixture
def s(server):
    with kit.Session(server.port, database=TRAFFIC) as session:
        yield session


def before_inserts(*conditions):
    return [op("<", "at", "2026-03-02T17:00:00"), *conditions]


def test_rows_windows_counts(s, server):
    for cls in ("N", "P"):
        with kit.Session(server.port, database=TRAFFIC, cls=cls) as session:
            assert session.ask(select("visit", fc=before_inserts())) == VISITS
    assert s.ask(select("visit", lt=[10, 20])) == VISITS[10:20] and s.ask(select("visit", lt=[470, 5])) == VISITS[470:475]
    assert s.ask(select("visit", fl={"pages": 1}, lt=[0, 2])) == [{"pages": v["pages"]} for v in VISITS[:2]]
    assert s.ask(select("visit", cnt=True, fc=before_inserts(op(">", "at", iso(400))))) == [{"count": 79}]
    assert s.ask(select("visit", cnt=True, fi={"pages": -5})) == [{"count": 0}] and s.ask(select("visit", fi={"pages": -5})) == []


@pytest.mark.parametrize("moment", [iso(100), "2026-03-02 10:40:00", "2026-03-02T11:40:00+01:00", "2026-03-02 10:40:00.5", "2020-01-01", "2026-03-02"])
def test_filters_on_time(s, moment):
    at = datetime.datetime.fromisoformat(moment)
    at = at if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)
    for sign, holds in (("<", lambda t: t < at), ("<=", lambda t: t <= at), (">", lambda t: t > at), (">=", lambda t: t >= at)):
        assert s.ask(select("visit", fc=before_inserts(op(sign, "at", moment)))) == [v for v in VISITS if holds(datetime.datetime.fromisoformat(v["at"]))]


def test_filters_on_values(s):
    assert s.ask(select("visit", fc=[op("<=", iso(10), "at", iso(20)), op(">", "pages", 50)])) == [v for v in VISITS[10:21] if v["pages"] > 50]
    assert s.ask(select("visit", fi={"at": [iso(300), iso(7), "2020-01-01"]})) == [VISITS[7], VISITS[300]]
    assert s.ask(select("visit", fc=[isin("at", iso(300), iso(7))])) == [VISITS[7], VISITS[300]]
    more = {"operator": ">", "operand": ["pages", {"operator": "*", "operand": ["orders", 20]}]}
    assert s.ask(select("visit", fc=before_inserts(more))) == [v for v in VISITS if v["pages"] > v["orders"] * 20]
    either = {"operator": "||", "operand": [op("<", "at", iso(3)), op("<=", iso(478), "at", iso(479))]}
    assert s.ask(select("visit", fc=[either])) == VISITS[:3] + VISITS[478:]


def test_order(s):
    by = sorted(VISITS, key=lambda v: (-v["pages"], v["at"]))
    assert s.ask(select("visit", st={"pages": -1, "at": 1}, lt=[0, 10], fc=before_inserts())) == by[:10]
    assert s.ask(select("visit", st={"at": -1}, fc=before_inserts())) == VISITS[::-1]
    pages = [r["at"] for a in range(0, 480, 60) for r in s.ask(select("visit", st={"orders": 1}, lt=[a, a + 60], fc=before_inserts()))]
    assert pages == [v["at"] for v in sorted(VISITS, key=lambda v: (v["orders"], v["at"]))]


def test_nanoseconds_and_types(s):
    rows = s.ask(select("tick", fc=[op("<=", "t", NS + 5)]))
    assert rows[0] == {"t": str(NS + 1), "bid": 1, "size": 10, "live": True, "price": 1.25}
    assert rows[2]["bid"] is None and rows[3] == {"t": str(NS + 4), "bid": 4, "size": 40, "live": None, "price": None}
    for key in (NS + 3, str(NS + 3)):
        assert s.ask(select("tick", fl={"size": 1}, fi={"t": key})) == [{"size": 30}]
    assert s.ask(select("tick", fl={"size": 1}, fi={"price": "3.750"})) == [{"size": 30}]
    assert s.ask(select("tick", fl={"size": 1}, fi={"live": False})) == [{"size": 20}]
    assert [r["bid"] for r in s.ask(select("tick", st={"bid": 1}, fc=[op("<=", "t", NS + 5)]))] == [None, 1, 2.5, 4, 5]
    assert s.ask(insert("tick", t=NS + 100, bid=1.5, size=7, live=True, price="9.99")) == [{"last_insert_id": str(NS + 100)}]
    assert s.ask(select("tick", fi={"t": NS + 100})) == [{"t": str(NS + 100), "bid": 1.5, "size": 7, "live": True, "price": 9.99}]


def test_append(s, server):
    assert s.ask(insert("visit", at="2026-03-03T00:00:00", pages=5, orders=None)) == [{"last_insert_id": "2026-03-03T00:00:00+00:00"}]
    assert s.ask(select("visit", fi={"at": "2026-03-03"})) == [{"at": "2026-03-03T00:00:00+00:00", "pages": 5, "orders": None}]
    said = s.refused(insert("visit", at="2026-03-03T00:00:00", pages=1), FAILED)
    assert said["kind"] == "unique" and said["field"] == "at"
    said = s.refused(insert("visit", at="2026-03-02T09:00:30", pages=1), FAILED)
    assert said["kind"] == "check" and "order of their time" in said["zteradb_error"]
    keys = []

    def feed():  # without a key: the time when its turn has come, each its own
        with kit.Session(server.port, database=TRAFFIC, cls="P") as one:
            keys.extend(one.ask(insert("visit", pages=i))[0]["last_insert_id"] for i in range(20))
    threads = [threading.Thread(target=feed) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(server_kit.DEADLINE)
    assert len(set(keys)) == 80
    assert s.ask(select("visit", fl={"at": 1}, fi={"at": keys[5]})) == [{"at": keys[5]}]


@pytest.mark.parametrize("fields,name", [({"size": 1.5}, "size"), ({"size": 2 ** 31}, "size"), ({"live": "x"}, "live"), ({"bid": "abc"}, "bid"),
                                         ({"price": 1.234}, "price"), ({"t": None}, "t"), ({"t": "x"}, "t"), ({"nope": 1}, "nope"), ({"bid": [1]}, "bid")])
def test_values_that_do_not_fit(s, fields, name):
    assert s.refused({"sh": "tick", "qt": 1, "fl": fields}, FIELD)["field"] == name


def test_what_a_series_cannot_do(s, server):
    for query in (update("visit", {"pages": 1}, fi={"pages": 1}), delete("visit", fi={"pages": 1})):
        assert s.refused(query, FAILED)["zteradb_error"] == "rows of a series are not changed or deleted: they are only added"
    s.refused(select("visit", rf={"x": select("visit")}), FIELD)
    s.refused(select("visit", fc=[text("%%", "pages", "1")]), FIELD)
    s.refused(select("visit", fc=[eq("at", "today")]), FIELD)
    s.refused(select("nobody"), SCHEMA_ERROR)
    assert "no series" in s.refused(select("none"), FAILED)["zteradb_error"]
    assert "elsewhere" in s.refused(select("off"), FAILED)["zteradb_error"]
    with kit.Session(server.port, client="shop-reader", database=TRAFFIC) as reader:
        reader.refused(insert("visit", pages=1), ACCESS)
        assert reader.ask(select("visit", lt=[0, 1])) == VISITS[:1]
    s.alive()
