"""What values look like on their way in and out, the same on every backend."""
import base64
import json

import pytest

from backends_kit import SHOP
from conftest import EVENTS, EVENT_COLUMNS, placeholder, quoted

PROBE_COLUMNS = [("id", "int"), ("b", "boolean"), ("i32", "int"), ("i64", "bigint"), ("f", "double"), ("d", "decimal", 6),
                 ("s", "varchar"), ("t", "text"), ("dt", "datetime"), ("da", "date"), ("js", "json")]
ROWS = json.loads((SHOP / "rows.json").read_text())["dev"]


def same(got, want):
    assert len(got) == len(want)
    for g, w in zip(got, want):
        assert g.keys() == w.keys()
        for key in w:
            assert isinstance(g[key], (int, float, type(w[key]))) and isinstance(g[key], bool) == isinstance(w[key], bool)
            assert g[key] == w[key], (key, g[key], w[key])


def test_type_probe(shop):
    sql = "SELECT id, b, i32, i64, f, d, s, t, dt, da, js FROM type_probe ORDER BY id"
    for _ in range(3):  # prepared on the way, then prepared
        same(shop.rows("shop", sql, PROBE_COLUMNS, shape=1), ROWS["type_probe"])
    same(shop.rows("shop", sql, PROBE_COLUMNS), ROWS["type_probe"])


@pytest.mark.parametrize("table, columns", [
    ("user", [("id", "int"), ("email", "varchar"), ("password", "varchar"), ("name", "varchar"), ("age", "smallint"),
              ("balance", "decimal", 2), ("status", "boolean"), ("created", "datetime")]),
    ("product", [("id", "ztid"), ("name", "varchar"), ("description", "text"), ("quantity", "int"), ("price", "decimal", 2),
                 ("discount", "decimal", 2), ("weight", "double"), ("create_date", "datetime"), ("update_date", "datetime"),
                 ("status", "varchar")]),
])
def test_tables(shop, table, columns):
    names = ", ".join(quoted(shop.engine, c[0]) for c in columns)
    want = [{k: row[k] for k in row if k in dict((c[0], 1) for c in columns)} for row in ROWS[table]]
    got = shop.rows("shop", f"SELECT {names} FROM {quoted(shop.engine, table)} ORDER BY id", columns, shape=2)
    same(got, [{c[0]: w[c[0]] for c in columns} for w in want])


def test_fifty_thousand(shop):
    rows = shop.rows("shop", EVENTS, EVENT_COLUMNS, shape=3)
    assert len(rows) == 50000 and sum(r["n"] for r in rows) == 2499990467
    assert [r["id"] for r in rows] == list(range(1, 50001))


PARAMS = [
    ("int", 2**53 + 1, "bigint", str(2**53 + 1)), ("int", -5, "int", -5), ("double", 0.1, "double", 0.1),
    ("bool", True, "boolean", True), ("text", "O'Brien é 😀 \" \\ %", "text", "O'Brien é 😀 \" \\ %"), ("text", "", "text", ""),
    ("decimal", "12345.670000", "decimal", 12345.67), ("datetime", 1738922400563929, "datetime", "2025-02-07T10:00:00.563929+00:00"),
    ("datetime", -1, "datetime", "1969-12-31T23:59:59.999999+00:00"), ("date", 20142, "date", "2025-02-23"),
    ("date", -1, "date", "1969-12-31"), ("json", '{"a":[1,null]}', "json", {"a": [1, None]}), ("int", None, "int", None),
    ("text", None, "text", None),
]
CASTS = {"postgresql": {"int": "bigint", "double": "double precision", "bool": "boolean", "text": "text", "decimal": "numeric",
                        "datetime": "timestamptz", "date": "date", "json": "jsonb"},
         "mariadb": {"int": "signed", "double": "double", "text": "char", "decimal": "decimal(20,6)", "datetime": "datetime(6)",
                     "date": "date", "bool": "signed", "json": "char"},
         "sqlite": {}}


def test_parameters_of_every_kind(shop):
    for i, (kind, value, as_type, want) in enumerate(PARAMS):
        cast = CASTS[shop.engine].get(kind)
        p = placeholder(shop.engine, 1)
        sql = f"SELECT CAST({p} AS {cast})" if cast else f"SELECT {p}"
        for _ in range(2):
            assert shop.rows("shop", sql, [("v", as_type)], [(kind, value)], shape=100 + i) == [{"v": want}], (kind, value)


def test_binary(probe, servers):
    blob = bytes(range(256))
    for engine, make in (("sqlite", "x'%s'"), ("postgresql", "'\\x%s'::bytea"), ("mariadb", "x'%s'")):
        probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 1}))
        for shape in (1, 1, 0):
            got = probe.rows("shop", "SELECT " + make % blob.hex(), [("v", "binary")], shape=shape)
            assert base64.b64decode(got[0]["v"]) == blob


def test_what_sqlite_may_hold(probe, servers):
    """Any value in any column: nothing becomes something else, and every frame is JSON."""
    probe.pools(shop=(servers.url("sqlite", "shop_dev"), {"max": 1}))
    for expression, kind, want in [
            ("CAST(x'61ff62' AS TEXT)", "text", "a\ufffdb"), ("CAST(x'e28228' AS TEXT)", "varchar", "\ufffd("),
            ("'not json'", "json", "not json"), ("'[1,2'", "json", "[1,2"), ("'{\"a\":1}'", "json", {"a": 1}), ("'\"\\ud800\"'", "json", '"\\ud800"'),
            ("'yesterday'", "datetime", "yesterday"), ("'2025-02-30'", "date", "2025-02-30"), ("'2025-02-28T23:30:00-01:00'", "datetime", "2025-03-01T00:30:00+00:00"),
            ("'abc'", "int", "abc"), ("12", "varchar", "12"), ("1.5", "text", "1.5"), ("9e999", "double", None), ("0.1 + 0.2", "decimal", "0.30000000000000004"),
            ("char(1, 31, 127)", "text", "\x01\x1f\x7f"), ("'12345678901234567890'", "decimal", "12345678901234567890"), ("2", "boolean", True)]:
        assert probe.rows("shop", f"SELECT {expression}", [("v", kind)]) == [{"v": want}], expression


def test_related_row_and_one_larger_than_a_block(shop):
    text = "x" * 200000
    p = placeholder(shop.engine, 1) + ("::text" if shop.engine == "postgresql" else "")
    run = shop.run("shop", f"SELECT 1, {p}", [("a", "int"), ("t", "text")], [("text", text)])
    assert run["done"] == "ok" and run["frames"][0]["data"]["t"] == text
    assert run["blocks"][0] > 200000 and len(run["blocks"]) == 2


def test_row_that_the_driver_cannot_read(shop):
    p = placeholder(shop.engine, 1) + ("::text" if shop.engine == "postgresql" else "")
    run = shop.run("shop", f"SELECT 1, {p}", [("a", "int"), ("t", "text")], [("text", "x" * 70000)], max_frame=65536)
    assert run["done"] == "row_size" and "65536" in run["end"]["text"] and not run["frames"]
    assert shop.rows("shop", "SELECT 7", [("a", "int")], max_frame=65536) == [{"a": 7}]
