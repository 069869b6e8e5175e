"""Series as a database of the drivers: select with filters on time and values, sort, window, count; insert appends."""
import json
import os

import pytest
from kit import Native, ask, series
from server_kit import Server, wait_until
from zplane import run

SCHEMA = {"format": "zql-schema/1", "database": "ticks", "schemas": {
    "tick": {"table": "ticks", "primary_key": "at", "fields": {
        "at": {"type": "datetime", "nullable": False}, "bid": {"type": "double", "nullable": True},
        "volume": {"type": "int", "nullable": True}, "traded": {"type": "boolean", "nullable": True}}, "relations": {}},
    "precise": {"table": "book$eu", "primary_key": "ns", "fields": {
        "ns": {"type": "bigint", "nullable": False}, "price": {"type": "double", "nullable": True}}, "relations": {}},
    "missing": {"table": "nowhere", "primary_key": "at", "fields": {"at": {"type": "datetime", "nullable": False}}, "relations": {}},
    "wrong": {"table": "ticks", "primary_key": "at", "fields": {
        "at": {"type": "datetime", "nullable": False}, "other": {"type": "double", "nullable": True}}, "relations": {}}}}

FILL = 'zts(as.time("2025-01-01 00:00:00 UTC") + as.duration(1000000000 * (0:9)), matrix(c(as.double(0:9), NaN, as.double(1:8) * 10, 5, ' \
    'rep(c(0, 1), 5)), 10, 3, dimnames = list(NULL, c("bid", "volume", "traded")))%s)'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    with Server(folder, http=False, trust=True, start=False, data=False) as s:
        s.client("app", rights="none")
        s.database = s.vault_command("database", "add", "ticks").split()[0].split("=")[-1]
        s.vault_command("bind", "ticks", "dev", "series:")
        s.vault_command("grant", "app", "ticks", "dev", "readwrite")
        path = folder / "schema.json"
        path.write_text(json.dumps(SCHEMA))
        for args in (("create", "ticks", str(path)), ("publish", "ticks", "dev")):
            status, out, err = run("schema", *args, "--vault=" + s.vault)
            assert status == 0, err
        s.start()
        ask(s, '{ ticks <<- %s; book <<- list(eu = %s); 0 }' % (FILL % (', file = "%s/ticks"' % folder), series(1)))
        yield s


@pytest.fixture
def s(server):
    d = server.connect()
    d.login("app", env="dev", database_id=server.database)
    d.send({"request_type": 7})                                    # what is before the answer belongs to the login
    while "pong" not in d.receive()["data"]:
        pass
    yield d
    d.close()


def ask_driver(d, query):
    """Rows, or the text of the error."""
    d.send({"request_type": 5, "query": query})
    rows = []
    while True:
        frame = d.receive()
        if frame["error"]:
            return frame["data"]["zteradb_error"]
        if frame["response_code"] == 0x0608:
            return rows
        rows.append(frame["data"])


def refill(server):
    ask(server, "{ ticks <<- %s; 0 }" % (FILL % ""))


def op(sign, a, b):
    return {"operator": sign, "operand": a, "result": b} if sign in ("=", "!=") else {"operator": sign, "operand": [a, b]}


def bids(d, **keys):
    return [r["bid"] for r in ask_driver(d, {"sh": "tick", "qt": 2, "fl": {"bid": 1}, **keys})]


def test_rows(s):
    rows = ask_driver(s, {"sh": "tick", "qt": 2})
    assert len(rows) == 10
    assert rows[0] == {"at": "2025-01-01T00:00:00+00:00", "bid": 0, "volume": None, "traded": False}
    assert rows[9] == {"at": "2025-01-01T00:00:09+00:00", "bid": 9, "volume": 5, "traded": True}


def test_filters_on_time(s):
    at = "2025-01-01T00:00:0%d+00:00"
    assert bids(s, fi={"at": at % 4}) == [4]
    assert bids(s, fc=[op(">=", "at", at % 7)]) == [7, 8, 9]
    assert bids(s, fc=[op(">", "at", at % 2), op("<", "at", at % 5)]) == [3, 4]
    assert bids(s, fc=[op("<=", "at", "2025-01-01T00:00:01.999999Z")]) == [0, 1]
    assert bids(s, fc=[op(">", "at", "2030-01-01T00:00:00Z")]) == []
    assert bids(s, fc=[op("!=", "at", at % 0)]) == list(range(1, 10))


def test_filters_on_values(s):
    assert bids(s, fc=[op(">", "bid", 7)]) == [8, 9]
    assert bids(s, fi={"volume": None}) == [0]
    assert bids(s, fi={"volume": [10, 5]}) == [1, 9]
    assert bids(s, fi={"traded": True}) == [1, 3, 5, 7, 9]
    assert bids(s, fc=[{"operator": "||", "operand": [op("=", "bid", 1), op("=", "volume", 80)]}]) in ([1, 8], "parse")


def test_sort_window_count(s):
    assert bids(s, st={"at": -1}, lt=[0, 3]) == [9, 8, 7]
    assert bids(s, st={"at": 1}, lt=[8, 10]) in ([8, 9], [8])
    assert bids(s, st={"volume": 1}, fl={"bid": 1})[:3] == [0, 9, 1]
    assert bids(s, st={"volume": -1})[-1] == 0
    assert bids(s, st={"traded": -1, "bid": -1}) == [9, 7, 5, 3, 1, 8, 6, 4, 2, 0]
    assert ask_driver(s, {"sh": "tick", "qt": 2, "cnt": True}) == [{"count": 10}]
    assert ask_driver(s, {"sh": "tick", "qt": 2, "cnt": True, "fc": [op(">", "bid", 100)]}) == [{"count": 0}]


def test_insert_appends(server, s):
    insert = {"sh": "precise", "qt": 1, "fl": {"ns": 1735689600000000001, "price": 1.5}}
    assert ask_driver(s, insert) == [{"last_insert_id": "1735689600000000001"}]
    assert "unique" in ask_driver(s, insert)
    assert "order of their time" in ask_driver(s, {"sh": "precise", "qt": 1, "fl": {"ns": 5, "price": 1.5}})
    assert ask_driver(s, {"sh": "precise", "qt": 1, "fl": {"ns": 1735689600000000002}}) == [{"last_insert_id": "1735689600000000002"}]
    assert ask_driver(s, {"sh": "precise", "qt": 2}) == [{"ns": "1735689600000000001", "price": 1.5}, {"ns": "1735689600000000002", "price": None}]
    assert ask(server, "nrow(book$eu)") == "[1] 2"


def test_insert_into_files(server, s):
    row = {"at": "2025-01-02T00:00:00.25Z", "bid": 11, "volume": 7, "traded": False}
    assert ask_driver(s, {"sh": "tick", "qt": 1, "fl": row}) == [{"last_insert_id": "2025-01-02T00:00:00.250000+00:00"}]
    assert ask_driver(s, {"sh": "tick", "qt": 2, "fc": [op(">", "bid", 10)]}) == [
        {"at": "2025-01-02T00:00:00.250000+00:00", "bid": 11, "volume": 7, "traded": False}]
    refill(server)


@pytest.mark.parametrize("query,why", [
    ({"sh": "missing", "qt": 2}, "no series that the schema names"),
    ({"sh": "wrong", "qt": 2}, "no numeric column for the field 'other'"),
    ({"sh": "tick", "qt": 3, "fl": {"bid": 1}, "fi": {"bid": 2}}, "not changed or deleted"),
    ({"sh": "tick", "qt": 4, "fi": {"bid": 2}}, "not changed or deleted"),
])
def test_refusals(s, query, why):
    assert why in ask_driver(s, query)
    assert ask_driver(s, {"sh": "tick", "qt": 2, "cnt": True}) == [{"count": 10}]


def test_a_large_select_while_rows_are_appended(server, s):
    ask(server, '{ ticks <<- zts(as.time("2025-01-01 00:00:00 UTC") + as.duration(1000000 * (1:200000)), matrix(as.double(1:600000), 200000, 3, '
                'dimnames = list(NULL, c("bid", "volume", "traded")))); 0 }')
    s.send({"request_type": 5, "query": {"sh": "tick", "qt": 2, "fl": {"bid": 1}}})
    count = 0
    while True:
        frame = s.receive()
        if frame["response_code"] == 0x0608:
            break
        count += 1
        assert frame["data"]["bid"] == count
        if count == 1000:
            ask(server, '{ rbind(--ticks, zts(as.time("2026-01-01 00:00:00 UTC"), matrix(c(1, 2, 3), 1, 3))); 0 }')
    assert count == 200000
    refill(server)
