"""insert, update and delete on every backend: what is stored, what is refused before anything is written."""
import datetime
import re
import time

import pytest
from shop import FAILED, FIELD, PARSE, ROWS, delete, eq, insert, op, select, update

PROBE = 1000


@pytest.fixture
def s(shop):
    with shop.session() as session:
        yield session
        for sh in ("type_probe", "event"):
            session.ask(delete(sh, fc=[op(">=", "id", PROBE if sh == "type_probe" else 60000)]))
        session.ask(delete("user", fc=[op(">", "id", 10)]))
        session.ask(delete("product", fc=[{"operator": "^%%", "operand": "name", "result": "T:"}]))


def stored(s, /, **fields):
    s.ask(delete("type_probe", fi={"id": PROBE}))
    s.ask(insert("type_probe", id=PROBE, **fields))
    row = s.ask(select("type_probe", fl={f: 1 for f in fields}, fi={"id": PROBE}))
    return row[0] if len(fields) > 1 else row[0][next(iter(fields))]


def test_generated_keys(s):
    rows = s.ask(insert("user", email="k1@example.com", password="x"))
    assert len(rows) == 1 and set(rows[0]) == {"last_insert_id"} and rows[0]["last_insert_id"] > 10
    key = rows[0]["last_insert_id"]
    row = s.ask(select("user", fi={"id": key}))[0]
    assert row["balance"] == 0 and row["status"] is True and row["name"] is None
    created = datetime.datetime.fromisoformat(row["created"])
    assert abs(created.timestamp() - time.time()) < 60
    before = int(time.time() * 1000)
    rows = s.ask(insert("product", name="T: a", price=1.5))
    key = rows[0]["last_insert_id"]
    assert re.fullmatch(r"[0-7][0-9A-V]{25}", key)
    number = 0
    for c in key:
        number = number * 32 + "0123456789ABCDEFGHIJKLMNOPQRSTUV".index(c)
    assert abs((number >> 80) - before) < 60000
    row = s.ask(select("product", fi={"id": key}))[0]
    assert row["create_date"] == row["update_date"] and row["quantity"] == 0 and row["status"] == "A"
    assert s.ask(insert("product", id="T1", name="T: b", price=1)) == [{"last_insert_id": "T1"}]
    assert s.ask(insert("event", id=60001, code="c", n=1, label="l")) == [{"last_insert_id": 60001}]


def test_values_come_back(s):
    for field, values in {
        "i32": [0, 2147483647, -2147483648], "i64": [9007199254740991], "b": [True, False], "f": [0.1, -1e-300, 1.7976931348623157e308, 3],
        "s": ["", "é😀'\"\\%_;--", " a ", "a" * 64, "\t\n\r", "😀" * 64], "t": ["x" * 60000], "da": ["0001-01-01", "9999-12-31", "2024-02-29"],
        "js": [{"b": [1, 2.5, None, {"ü": "'"}], "a": ""}, [], "text", 5, True, [[["x"]]]], "d": [0, 1.5, -0.000001],
    }.items():
        for value in values:
            assert stored(s, **{field: value}) == value, (field, value)
    assert stored(s, i64=9223372036854775807) == "9223372036854775807"
    assert stored(s, d="12345678901234.123456") == "12345678901234.123456"
    assert stored(s, i32="17") == 17 and stored(s, i32=5.0) == 5 and stored(s, i32="1e3") == 1000
    assert stored(s, s=12.5) == "12.5"
    assert stored(s, b=1) is True and stored(s, b="false") is False
    for text, shown in [("2025-02-07", "2025-02-07T00:00:00+00:00"), ("2025-02-07 10:00:00", "2025-02-07T10:00:00+00:00"),
                        ("2025-02-07T10:00:00.563929Z", "2025-02-07T10:00:00.563929+00:00"), ("2025-02-07T10:00:00.5+05:30", "2025-02-07T04:30:00.500000+00:00")]:
        assert stored(s, dt=text) == shown
    assert stored(s, da="2025-02-07T00:00:00.000Z") == "2025-02-07"
    for field in ("b", "i32", "i64", "f", "d", "s", "t", "dt", "da", "js"):
        assert stored(s, **{field: None}) is None


def test_strict_storing(s):
    bad = [("i32", 2147483648), ("i32", -2147483649), ("i32", 1.5), ("i32", "abc"), ("i32", True), ("i32", [1]), ("i32", {"a": 1}), ("i32", ""),
           ("i64", 9223372036854775808), ("i64", 10 ** 400), ("f", "x"), ("f", "1e999"), ("f", [1]), ("d", 10 ** 14), ("d", "0.0000001"), ("d", "1,5"), ("d", "nan"),
           ("s", "a" * 65), ("s", "😀" * 65), ("s", "a\0b"), ("s", ["a"]), ("s", {"a": 1}), ("s", True), ("t", "\0"), ("t", []), ("dt", "2025-02-30"), ("dt", "soon"),
           ("dt", 5), ("dt", "2025-01-01T00:00:00+25:00"), ("dt", "0000-01-01"), ("da", "2023-02-29"), ("da", "2025-01-01T10:00:00Z"), ("da", "2025-1-1"),
           ("b", 2), ("b", "yes"), ("b", []), ("js", {"a": "\0"})]
    for field, value in bad:
        assert s.refused(insert("type_probe", id=PROBE + 1, **{field: value}), FIELD)["field"] == field, (field, value)
        s.refused(update("type_probe", {field: value}, fi={"id": 1}), FIELD)
    assert s.ask(select("type_probe", fi={"id": PROBE + 1})) == []
    assert s.ask(select("type_probe", fi={"id": 1})) == [ROWS["dev"]["type_probe"][0]]
    s.refused(insert("user", email="a@b", password="x", age=40000), FIELD)
    s.refused(insert("user", email=None, password="x"), FIELD)
    assert s.refused(insert("user", email="only@example.com"), FIELD)["field"] == "password"
    assert s.refused(insert("event", code="c", n=1, label="l"), FIELD)["field"] == "id"
    s.refused(insert("product", id="", name="T: x", price=1), FIELD)
    s.refused(insert("product", id="A" * 27, name="T: x", price=1), FIELD)
    s.refused(insert("product", name="T: x", price=1.005), FIELD)
    s.refused(insert("user", nope=1, email="a@b", password="x"), FIELD)
    for empty in ({}, [], None):
        s.refused({"sh": "user", "qt": 1, "fl": empty}, FIELD)
        s.refused({"sh": "user", "qt": 3, "fl": empty, "fi": {"id": 1}}, FIELD)
    s.refused({"sh": "user", "qt": 1}, FIELD)
    s.refused({"sh": "user", "qt": 1, "fl": ["a"]}, PARSE)
    s.refused(insert("order", user=1, user_id=2), FIELD)
    s.refused(dict(insert("user", email="x@y", password="x"), lt=[0, 1]), PARSE)


def test_relations_are_written_by_their_names(s):
    product = ROWS["dev"]["product"][0]["id"]
    for name in ("user", "user_id"):
        key = s.ask(insert("order", **{name: 3, "product": product}))[0]["last_insert_id"]
        row = s.ask(select("order", fi={"id": key}))[0]
        assert row["user"] == 3 and row["product"] == product and row["quantity"] == 1 and row["status"] == "Pending"
        assert s.ask(update("order", {"product_id": None, "quantity": 9}, fi={"id": key})) == [{"is_updated": True, "affected_rows": 1}]
        row = s.ask(select("order", fi={"id": key}))[0]
        assert row["product"] is None and row["quantity"] == 9
        assert s.ask(delete("order", fi={"id": key})) == [{"is_deleted": True, "affected_rows": 1}]


def test_constraints(s):
    d = s.refused(insert("user", email="john.doe@example.com", password="x"), FAILED)
    assert d["kind"] == "unique" and d["field"] == "email" and "email" in d["zteradb_error"] and "john" not in d["zteradb_error"]
    d = s.refused(insert("order", user=424242), FAILED)
    assert d["kind"] == "foreign_key" and "424242" not in d["zteradb_error"]
    assert "user" in d["zteradb_error"].split(": ")[-1]  # SQLite says that a reference failed, and not which
    d = s.refused(insert("event", id=1, code="c", n=1, label="l"), FAILED)
    assert d["kind"] == "unique" and d["field"] == "id"
    d = s.refused(update("user", {"email": "john.doe@example.com"}, fi={"id": 2}), FAILED)
    assert d["kind"] == "unique"
    assert s.ask(select("user", fl={"email": 1}, fi={"id": 2})) == [{"email": "jane.roe@example.com"}]
    s.alive()


def test_updates(s):
    s.ask(insert("event", id=60001, code="c", n=1, label="l"))
    s.ask(insert("event", id=60002, code="c", n=2, label="l"))
    assert s.ask(update("event", {"label": "m"}, fi={"id": 60001})) == [{"is_updated": True, "affected_rows": 1}]
    assert s.ask(update("event", {"label": "m"}, fi={"id": 60001})) == [{"is_updated": True, "affected_rows": 1}]   # matched rows count
    assert s.ask(update("event", {"label": "m"}, fi={"id": -1})) == [{"is_updated": False, "affected_rows": 0}]
    assert s.ask(update("event", {"n": 7}, fc=[op(">", "id", 60000)])) == [{"is_updated": True, "affected_rows": 2}]
    assert s.ask(delete("event", fi={"id": -1})) == [{"is_deleted": False, "affected_rows": 0}]
    for bad in ([0, 1], [1, 1]):
        s.refused(update("event", {"n": 1}, fi={"id": 60001}, lt=bad), PARSE)
        s.refused(delete("event", fi={"id": 60001}, lt=bad), PARSE)
    assert s.ask(delete("event", fl={"n": 1}, fi={"id": [60001, 60002]}, st={"id": 1})) == [{"is_deleted": True, "affected_rows": 2}]
    key = s.ask(insert("product", name="T: now", price=1, update_date="2020-01-01", create_date="2020-01-01"))[0]["last_insert_id"]
    s.ask(update("product", {"price": 2}, fi={"id": key}))
    row = s.ask(select("product", fi={"id": key}))[0]
    assert row["create_date"] == "2020-01-01T00:00:00+00:00" and row["update_date"] > "2025"


def test_update_and_delete_by_related_rows(s):
    user = s.ask(insert("user", email="rel@example.com", password="x", name="Rel"))[0]["last_insert_id"]
    for _ in range(3):
        s.ask(insert("order", user=user))
    by_user = {"user": select("user", fi={"email": "rel@example.com"})}
    assert s.ask(update("order", {"note": "n"}, rf=by_user)) == [{"is_updated": True, "affected_rows": 3}]
    assert s.ask(update("order", {"note": "n"}, rf=by_user, fi={"quantity": 77})) == [{"is_updated": False, "affected_rows": 0}]
    assert s.ask(select("order", cnt=True, fi={"note": "n"})) == [{"count": 3}]
    assert s.ask(delete("order", rf=by_user)) == [{"is_deleted": True, "affected_rows": 3}]
    assert s.ask(select("order", cnt=True)) == [{"count": 30}]


def test_unfiltered_delete(shop, s):
    with shop.session(env="staging") as staging:
        try:
            assert staging.ask(delete("event")) == [{"is_deleted": True, "affected_rows": 10}]
            assert staging.ask(update("type_probe", {"s": "x"})) == [{"is_updated": True, "affected_rows": 2}]
        finally:
            staging.close()
            shop.reset("shop_staging")
    assert s.ask(select("event", cnt=True)) == [{"count": 50000}]


INJECTIONS = ["'", "\"", "`", "\\", "';--", "' OR '1'='1", "\"; DROP TABLE \"user\"; --", "$1", "?", ":x", "%s", "/*", "\u0000", "\u202e", "a' || 'b", "1; SELECT pg_sleep(9)",
              "\x1a", "ﬀ", "＇", "{}", "${x}", "{\"a\":1}", "NULL", "\\'; --", "¿\\", "\u00bf\u005c"]


def test_injection_through_every_position(s):
    for bad in INJECTIONS:
        for query in [select(bad), select("user", fl={bad: 1}), select("user", fi={bad: 1}), select("user", st={bad: 1}), select("user", rf={bad: select("user")}),
                      select("order", rf={"user": select(bad)}), select("user", fc=[{"operator": bad, "operand": "id", "result": 1}]),
                      select("user", fc=[{"operator": "IN", "operand": bad, "result": [1]}]), select("user", fc=[{"operator": "%%", "operand": bad, "result": "x"}]),
                      insert("user", **{bad: 1}), update("user", {bad: 1}, fi={"id": 1}), dict(select("user"), **{bad: 1}),
                      select("user", db=bad), select("user", env=bad)]:
            with pytest.raises(Exception) as why:
                s.ask(query)
            assert why.value.why in ("schema", "field", "parse", "access"), (query, why.value)
        assert s.ask(select("user", fi={"name": bad})) == []
        assert s.ask(select("user", fc=[eq("name", bad)])) == []
        assert s.ask(select("user", fi={"name": [bad, bad]})) == []
        hits = s.ask(select("user", fl={"name": 1}, fc=[{"operator": "%%", "operand": "name", "result": bad}]))
        assert all(bad in r["name"] for r in hits)
        assert all(bad.lower() in r["name"].lower() for r in s.ask(select("user", fl={"name": 1}, fc=[{"operator": "i%%", "operand": "name", "result": bad}])))
        if "\0" not in bad:
            assert stored(s, s=bad) == bad and stored(s, t=bad * 50) == bad * 50 and stored(s, js={bad: bad}) == {bad: bad}
    assert s.ask(select("user", cnt=True)) == [{"count": 10}]
