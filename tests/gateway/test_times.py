"""SQLite keeps times as texts, and other programs write them too: without decimals, with T, with a zone.  They compare as what they are."""
import sqlite3

import pytest
from shop import select

ROWS = {
    9010: "2025-02-07 10:00:00", 9011: "2025-02-07 10:00:00.000000", 9012: "2025-02-07T10:00:00", 9013: "2025-02-07T12:00:00+02:00",
    9014: "2025-02-07 10:00:00.5", 9015: "2025-02-07 10:00:00.500", 9016: "2025-02-07T10:00:00.500000Z", 9017: "2025-02-08 00:30:00+14:00",
    9018: "2025-02-06 22:00:00-12:00", 9019: "9999-12-31 23:59:59", 9020: "0001-01-01 00:00:00", 9021: "2025-02-07 10:00:00.000001"}
AT = {9010, 9011, 9012, 9013, 9018}
HALF = {9014, 9015, 9016}
LATER = HALF | {9017, 9019, 9021}


@pytest.fixture
def times(servers, shops):
    shop = shops("sqlite")
    db = sqlite3.connect(servers.sqlite("shop_dev"))
    db.executemany("INSERT INTO type_probe (id, dt) VALUES (?, ?)", ROWS.items())
    db.commit()
    with shop.session() as s:
        yield s
    db.execute("DELETE FROM type_probe WHERE id > 9000")
    db.commit()
    db.close()


def found(s, *conditions, **more):
    mine = {"operator": ">", "operand": ["id", 9000]}
    return {row["id"] for row in s.ask(select("type_probe", fl={"id": 1}, fc=[mine, *conditions], **more))}


@pytest.mark.parametrize("sign,literal,want", [
    ("=", "2025-02-07T10:00:00", AT), ("=", "2025-02-07T12:00:00.0+02:00", AT), ("=", "2025-02-07 10:00:00.5", HALF),
    ("!=", "2025-02-07T10:00:00", LATER | {9020}), ("=", "9999-12-31T23:59:59", {9019}),
    ("<", "2025-02-07T10:00:00", {9020}), ("<=", "2025-02-07T10:00:00", AT | {9020}), (">", "2025-02-07T10:00:00", LATER),
    (">=", "2025-02-07T10:00:00", AT | LATER), ("<=", "9999-12-31T23:59:59.999999", set(ROWS)), (">=", "0001-01-01", set(ROWS))])
def test_compared_by_the_moment(times, sign, literal, want):
    node = {"operator": sign, "operand": "dt", "result": literal} if sign in ("=", "!=") else {"operator": sign, "operand": ["dt", literal]}
    assert found(times, node) == want


def test_in_lists_and_filters(times):
    assert found(times, fi={"dt": "2025-02-07"}) == set()
    assert found(times, fi={"dt": "2025-02-07T10:00:00Z"}) == AT
    assert found(times, fi={"dt": ["2025-02-07T10:00:00.5", "9999-12-31T23:59:59"]}) == HALF | {9019}
    assert found(times, {"operator": "IN", "operand": "dt", "result": ["2025-02-07T10:00:00", None]}) == AT


def test_shown_in_one_form(times):
    shown = {row["id"]: row["dt"] for row in times.ask(select("type_probe", fl={"id": 1, "dt": 1}, fi={"id": sorted(AT | HALF)}))}
    assert shown == {**{i: "2025-02-07T10:00:00+00:00" for i in AT}, **{i: "2025-02-07T10:00:00.500000+00:00" for i in HALF}}


def test_an_index_is_used(times, servers):
    db = sqlite3.connect(servers.sqlite("shop_dev"))
    db.create_collation("zp_time", lambda a, b: (a > b) - (a < b))
    db.execute("CREATE INDEX IF NOT EXISTS probe_dt ON type_probe(dt)")
    plan = db.execute("EXPLAIN QUERY PLAN SELECT id FROM type_probe WHERE (dt >= ifnull(date(?, '-1 days'), '') AND "
                      "dt < ifnull(date(?, '+2 days'), '~') AND dt COLLATE zp_time = ?)", ["2025-02-07 10:00:00.000000"] * 3).fetchall()
    db.execute("DROP INDEX probe_dt")
    db.close()
    assert "probe_dt (dt>? AND dt<?)" in str(plan)
