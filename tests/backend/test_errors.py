"""Writes, and what clients are told when the database refuses: a kind, columns, never SQL or values."""
import pytest

from conftest import SLOW, placeholder, quoted

SECRET = "john.doe@example.com"


def insert(shop, **values):
    names = ", ".join(quoted(shop.engine, k) for k in values)
    marks = ", ".join(placeholder(shop.engine, i + 1) for i in range(len(values)))
    kinds = {int: "int", str: "text", bool: "bool", type(None): "text"}
    return shop.run("shop", f"INSERT INTO {quoted(shop.engine, 'user')} ({names}) VALUES ({marks})", [],
                    [(kinds[type(v)], v) for v in values.values()], kind="insert", write=True)


@pytest.fixture
def fresh(shop):
    yield shop
    shop.run("shop", f"DELETE FROM {quoted(shop.engine, 'user')} WHERE id > 10", kind="delete", write=True)


def test_writes(fresh):
    shop, user = fresh, quoted(fresh.engine, "user")
    run = insert(shop, email="a@example.com", password="x")
    assert run["done"] == "ok" and len(run["frames"]) == 2
    run = shop.run("shop", f"UPDATE {user} SET password = 'x' WHERE email = 'a@example.com'", kind="update", write=True)
    run = shop.run("shop", f"UPDATE {user} SET password = 'x' WHERE email = 'a@example.com'", kind="update", write=True)
    assert run["frames"][0]["data"] == {"is_updated": True, "affected_rows": 1}  # matched, though nothing changed
    run = shop.run("shop", f"UPDATE {user} SET password = 'x' WHERE email = 'nobody'", kind="update", write=True)
    assert run["frames"][0]["data"] == {"is_updated": False, "affected_rows": 0}
    run = shop.run("shop", f"DELETE FROM {user} WHERE email = 'a@example.com'", kind="delete", write=True)
    assert run["frames"][0]["data"] == {"is_deleted": True, "affected_rows": 1}
    assert run["frames"][1]["response_code"] == 0x608


def test_returning(fresh):
    shop = fresh
    sql = f"INSERT INTO {quoted(shop.engine, 'user')} (email, password) VALUES ('r@example.com', 'x') RETURNING id"
    rows = shop.rows("shop", sql, [("last_insert_id", "int")], write=True)
    assert rows[0]["last_insert_id"] > 10


def clean(run, kind, constraint):
    assert run["done"] == kind, run["end"]
    assert constraint in run["end"]["constraint"], run["end"]
    assert not run["frames"]
    for text in (run["end"]["text"], run["end"]["constraint"]):
        assert SECRET not in text and "INSERT" not in text and "999" not in text and "/tmp" not in text


def test_constraints(fresh):
    shop = fresh
    clean(insert(shop, email=SECRET, password="x"), "unique", "email")
    clean(insert(shop, email=None, password="x"), "not_null", "email")
    marks = ", ".join(placeholder(shop.engine, i) for i in (1, 2))
    run = shop.run("shop", f"INSERT INTO user_profile (user_id, address) VALUES ({marks})", [], [("int", 999), ("text", "x")],
                   kind="insert", write=True)
    clean(run, "foreign_key", "" if shop.engine == "sqlite" else "user_id")
    if shop.engine != "sqlite":
        clean(insert(shop, email="o@example.com", password="x", age=40000), "overflow", "")
        clean(insert(shop, email="o" * 300, password="x"), "value", "")
    run = shop.run("shop", "SELECT nope FROM nowhere", [("a", "int")])
    assert run["done"] == "backend" and "nowhere" not in run["end"]["text"] and "schema" in run["end"]["text"]
    assert shop.rows("shop", "SELECT 1", [("a", "int")]) == [{"a": 1}]


def test_error_of_a_prepared_one(fresh):
    for _ in range(3):
        clean(insert(fresh, email=SECRET, password="x"), "unique", "email")


def test_time_limit(probe, servers, engine):
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 1, "query_ms": 300}))
    run = probe.run("shop", SLOW[engine], [("a", "text")])
    assert run["done"] == "timeout" and "time limit" in run["end"]["text"]
    assert probe.rows("shop", "SELECT 1", [("a", "int")]) == [{"a": 1}]


def test_other_columns_than_the_schema(shop):
    run = shop.run("shop", "SELECT 1, 2", [("a", "int")])
    assert run["done"] == "backend" and "columns" in run["end"]["text"]
    assert shop.rows("shop", "SELECT 1", [("a", "int")]) == [{"a": 1}]
