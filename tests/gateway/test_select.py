"""What a select means, the same on every backend: sections "the AST" and "replies" of the drivers' protocol."""
import json

import pytest
from shop import (FIELD, PARSE, ROWS, SCHEMA_ERROR, Refused, eq, isin, ne, op, select, text)

DEV = ROWS["dev"]


def ids(rows):
    return [r["id"] for r in rows]


def where(s, sh, *conditions, **keys):
    """Ids of the rows of a schema, in order."""
    return ids(s.ask(select(sh, fl={"id": 1}, fc=list(conditions), st={"id": 1}, **keys)))


def rows_of(sh, keep=lambda r: True):
    return [r["id"] for r in sorted(DEV[sh], key=lambda r: r["id"]) if keep(r)]


@pytest.mark.parametrize("sh", ["user", "user_profile", "product", "order", "type_probe"])
def test_rows_as_the_wire_shows_them(s, sh):
    rows = s.ask(select(sh, st={"id": 1}))
    assert rows == sorted(DEV[sh], key=lambda r: r["id"])


def test_empty_keys_mean_nothing(s):
    want = s.ask(select("user", st={"id": 1}))
    for empty in ([], None):
        assert s.ask(select("user", fl=empty, fi=empty, fc=empty, rf=empty, lt=empty, cnt=False, db="", env="", st={"id": 1})) == want
    assert s.ask(select("user", fl={}, fi={}, rf={}, env={}, db=None, st={"id": 1})) == want
    assert len(s.ask(select("user", st={}))) == len(s.ask(select("user", st=[]))) == 10
    assert s.ask(select("user", fl={"id": 0, "name": False, "age": None, "email": ""}, st={"id": 1})) == want
    assert where(s, "user", []) == ids(want) == where(s, "user", [[]])


def test_shapes_that_are_refused(s):
    for key, value in [("fl", ["id"]), ("fi", ["id"]), ("rf", [1]), ("st", ["id"]), ("fl", 1), ("fi", "x"), ("fc", 1), ("fc", "a"),
                       ("lt", [1]), ("lt", [1, 2, 3]), ("lt", [-1, 2]), ("lt", ["0", 1]), ("lt", [0.5, 2]), ("lt", 2), ("lt", {"a": 1}),
                       ("st", {"id": 2}), ("st", {"id": "1"}), ("st", {"id": True}), ("limit", [0, 1]), ("where", {}), ("SH", "user"),
                       ("db", 5), ("env", 7), ("db", []), ("env", ["dev"])]:
        s.refused(select("user", **{key: value}), PARSE)
    for qt in (0, 5, "2", None, True, 2.0, [], -1):
        s.refused({"sh": "user", "qt": qt}, PARSE)
    s.refused({"sh": "user"}, PARSE)
    for sh in ("", None, "nope", "User", "user ", "\"user\"", "user; DROP TABLE x", "sqlite_master"):
        s.refused({"sh": sh, "qt": 2}, SCHEMA_ERROR)
    s.refused({"qt": 2}, SCHEMA_ERROR)
    s.refused({"sh": 5, "qt": 2}, PARSE)
    for query in (None, [], 5, "x"):
        s.refused(query, PARSE)


def test_projection(s):
    assert s.ask(select("user", fl={"id": 1, "name": 1}, fi={"id": 1})) == [{"id": 1, "name": "John Doe"}]
    assert s.ask(select("order", fl={"user": 1}, fi={"id": DEV["order"][0]["id"]})) == [{"user": DEV["order"][0]["user"]}]
    assert s.ask(select("order", fl={"user_id": 1}, fi={"id": DEV["order"][0]["id"]})) == [{"user": DEV["order"][0]["user"]}]
    assert s.refused(select("user", fl={"nope": 1}), FIELD) == {"zteradb_error": "unknown field 'nope' in schema 'user'", "field": "nope"}
    s.refused(select("user", fl={"ID": 1}), FIELD)
    s.refused(select("order", fl={"user": 1, "user_id": 1}), FIELD)
    s.refused(select("user", fl={"id": [1]}), PARSE)


def test_equality_filters(s):
    assert ids(s.ask(select("user", fi={"status": False}, st={"id": 1}))) == [5, 8]
    assert ids(s.ask(select("user", fi={"name": None}))) == [10]
    assert ids(s.ask(select("user", fi={"age": [34, 19, None]}, st={"id": 1}))) == [1, 4, 6, 8, 10]
    assert s.ask(select("user", fi={"id": []})) == []
    assert ids(s.ask(select("user", fi={"email": "o'brien@example.com", "age": 52}))) == [5]
    assert s.ask(select("user", fi={"name": "email"})) == []          # never a field
    assert s.ask(select("user", fi={"email": "john.doe@example.com "})) == []
    assert s.ask(select("user", fi={"email": "JOHN.DOE@example.com"})) == []
    s.refused(select("user", fi={"id": {"a": 1}}), PARSE)
    s.refused(select("user", fi={"id": [[1]]}), PARSE)
    s.refused(select("user", fi={"id": [{}]}), PARSE)
    s.refused(select("user", fi={"nope": 1}), FIELD)
    s.refused(select("user", fi={"id": "abc"}), FIELD)
    s.refused(select("user", fi={"status": 2}), FIELD)
    s.refused(select("user", fi={"created": "2025-02-30"}), FIELD)
    assert ids(s.ask(select("order", fi={"user_id": 4}, st={"id": 1}))) == rows_of("order", lambda r: r["user"] == 4)


def test_condition_shapes(s):
    a = eq("id", 1)
    for bad in [{}, {"operator": "="}, {"operator": "=", "operand": "id"}, {"operator": "~", "operand": "id", "result": 1},
                {"operator": ">", "operand": ["id"]}, {"operator": ">", "operand": "id", "result": 1}, {"operator": 5, "operand": "id", "result": 1},
                {"operator": "&&", "operand": []}, {"operator": "||", "operand": a}, {"operator": "+", "operand": ["id", 1]}, 1, "x", None, True,
                eq("id", {}), eq("id", []), eq("id", [1]), eq(["id"], 1), op(">", "id", {}), op(">", "id", [1]), isin("id", {}), isin("id", [1]),
                {"operator": "IN", "operand": "id", "result": 1}, {"operator": "IN", "operand": "id"}, {"operator": "IN", "operand": "id", "result": {}},
                {"operator": "IN", "operand": 5, "result": [1]}, {"operator": "IN", "operand": "id", "result": {"operator": "+", "operand": [1, 2]}},
                {"operator": "%%", "operand": "name"}, {"operator": "%%", "operand": "name", "result": 5}, {"operator": "%%", "operand": 1, "result": "a"},
                eq("id", {"operator": "+", "operand": ["id"]}), eq("id", {"operator": "/", "operand": ["id", 1, 2]}), eq("id", {"operator": "^", "operand": [1, 2]}),
                eq("id", {"operator": "%", "operand": ["id", {}]}), dict(a, extra=1), eq("id", {"operator": "=", "operand": "id", "result": 1}),
                eq("id", {"$gt": 1}), {"operand": "id", "result": 1}]:
        s.refused(select("user", fc=[bad]), PARSE)
        if bad not in (None,):
            s.refused(select("user", fc=[{"operator": "||", "operand": [a, bad]}]), PARSE)
    assert where(s, "user", a) == ids(s.ask(select("user", fc=a))) == [1]
    assert where(s, "user", [a, ne("name", None)]) == [1]
    assert where(s, "user", op("||", a, eq("id", 3), op("&&", eq("id", 5), eq("age", 1)))) == [1, 3]
    assert where(s, "user", op("&&", a)) == where(s, "user", op("||", a)) == [1]
    s.refused(select("user", fc={}), PARSE)
    # the PHP driver's list with gaps
    assert where(s, "user", {"operator": "IN", "operand": "id", "result": {"3": 9, "8": 4}}) == [4, 9]


def test_field_or_text(s):
    assert where(s, "user", eq("name", "John Doe")) == where(s, "user", eq("John Doe", "name")) == [1]
    assert where(s, "product", eq("name", "name")) == []              # the second is text
    assert where(s, "product", ne("status", "status")) == rows_of("product")
    assert where(s, "product", op(">", "price", "discount")) == rows_of("product", lambda r: r["discount"] is not None and r["price"] > r["discount"])
    s.refused(select("user", fc=[op(">", "age", "age")]), FIELD)        # text against a number
    s.refused(select("user", fc=[eq("age", "nope")]), FIELD)
    assert where(s, "user", eq("age", "34")) == [1, 8]
    assert where(s, "product", eq({"operator": "*", "operand": ["price", "price"]}, 25)) == rows_of("product", lambda r: r["price"] == 5)
    assert where(s, "order", eq("user", 4)) == where(s, "order", eq("user_id", "4")) == rows_of("order", lambda r: r["user"] == 4)
    s.refused(select("user", fc=[isin("nope", 1)]), FIELD)
    s.refused(select("user", fc=[text("%%", "nope", "a")]), FIELD)
    assert where(s, "product", text("%%", "name", "description")) == []
    assert where(s, "order", isin("status", "status", "A", "note")) == rows_of("order", lambda r: r["status"] in ("A",) or r["status"] == r["note"])


def test_nulls(s):
    assert where(s, "user", eq("age", None)) == where(s, "user", eq(None, "age")) == [6, 10]
    assert where(s, "user", ne("age", None)) == [1, 2, 3, 4, 5, 7, 8, 9]
    assert where(s, "user", ne("age", 34)) == [2, 3, 4, 5, 7, 9]
    assert where(s, "user", op("<", "age", None)) == []
    assert where(s, "user", op("<", "age", 1000)) == [1, 2, 3, 4, 5, 7, 8, 9]
    assert where(s, "user", isin("age", None, 7)) == [6, 9, 10]
    assert where(s, "user", isin("age")) == []
    assert where(s, "user", eq(None, None)) == rows_of("user")
    assert where(s, "user", eq({"operator": "+", "operand": ["age", 1]}, None)) == [6, 10]
    assert where(s, "user", op(">", {"operator": "+", "operand": ["age", None]}, 0)) == []
    assert where(s, "user", op("||", eq("age", None), eq("id", 1))) == [1, 6, 10]


def test_chains(s):
    assert where(s, "user", op("<", 20, "age", 40)) == [1, 2, 7, 8]
    assert where(s, "user", op(">=", 52, "age", 34, 0)) == [1, 3, 5, 7, 8]
    assert where(s, "user", op("<=", 34, "age", 34)) == [1, 8]
    assert where(s, "user", op("<", 1, 2, 3)) == rows_of("user")
    assert where(s, "user", op("<", 1, 3, 2)) == []
    assert where(s, "product", op("<", "discount", "price", "quantity")) == rows_of(
        "product", lambda r: r["discount"] is not None and r["discount"] < r["price"] < r["quantity"])


def arith(sign, *values):
    return {"operator": sign, "operand": list(values)}


def test_arithmetic(s):
    assert where(s, "product", eq(arith("/", "quantity", 2), 3.5)) == rows_of("product", lambda r: r["quantity"] == 7)
    assert where(s, "product", eq(arith("/", 7, 2), 3.5)) == rows_of("product")
    assert where(s, "product", eq(arith("%", "quantity", 7), 3)) == rows_of("product", lambda r: r["quantity"] % 7 == 3)
    assert where(s, "type_probe", eq(arith("%", "i32", 10), -8)) == [3]
    assert where(s, "product", eq(arith("/", "quantity", 0), None)) == rows_of("product")
    assert where(s, "product", eq(arith("%", "price", 0), None)) == rows_of("product")
    assert where(s, "product", op(">", arith("/", "quantity", "discount"), 0)) == rows_of(
        "product", lambda r: r["discount"] and r["quantity"] > 0)
    assert where(s, "product", eq(arith("*", "price", 5), 99.95)) == rows_of("product", lambda r: r["price"] == 19.99)
    assert where(s, "product", eq(arith("-", 100, "price", "0.01"), "80.00")) == rows_of("product", lambda r: r["price"] == 19.99)
    assert where(s, "product", eq(arith("%", "price", 0.25), 0.24)) == rows_of("product", lambda r: r["price"] == 19.99)
    assert where(s, "product", eq(arith("+", arith("*", "price", 2), "discount"), 10.5)) == rows_of("product", lambda r: r["price"] == 5)
    assert where(s, "product", op(">", arith("*", "weight", 4), arith("+", "weight", 2.5))) == rows_of(
        "product", lambda r: r["weight"] is not None and r["weight"] * 4 > r["weight"] + 2.5)
    s.refused(select("product", fc=[eq(arith("+", "name", 1), 1)]), FIELD)
    s.refused(select("product", fc=[eq(arith("+", "price", "abc"), 1)]), FIELD)
    s.refused(select("product", fc=[eq(arith("+", "price", True), 1)]), FIELD)
    s.refused(select("product", fc=[eq(arith("+", "price", 1), "abc")]), FIELD)


def test_overflow(s):
    s.refused(select("type_probe", fc=[op(">", arith("+", "i64", 1), 0)], fi={"id": 4}), "query")
    s.refused(select("type_probe", fc=[op(">", arith("*", "f", 1e300), 0)], fi={"id": 4}), "query")
    assert where(s, "type_probe", eq(arith("+", "i32", 1), 2147483648)) == [4]
    s.alive()


def test_text_operators(s):
    def names(sign, part, field="name", sh="product"):
        return where(s, sh, text(sign, field, part))

    def like(keep):
        return rows_of("product", lambda r: keep(r["name"]))
    for part in ["Wire", "wire", "%", "_", "\\", "100%", "under_score", "é", "É", "CAFÉ", "🚀", "Tea", "TEA", "'", "\"", "", "ß", "|", "*", ".", "["]:
        assert names("%%", part) == like(lambda n: part in n), part
        assert names("^%%", part) == like(lambda n: n.startswith(part)), part
        assert names("%%$", part) == like(lambda n: n.endswith(part)), part
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in part)
        assert names("i%%", part) == like(lambda n: low in n.lower()), part
        assert names("^i%%", part) == like(lambda n: n.lower().startswith(low)), part
        assert names("i%%$", part) == like(lambda n: n.lower().endswith(low)), part
    assert names("%%", "a", "description") == rows_of("product", lambda r: r["description"] and "a" in r["description"])
    assert names("^%%", DEV["product"][0]["id"][:20], "id") == rows_of("product", lambda r: r["id"].startswith(DEV["product"][0]["id"][:20]))
    for sh, field in [("product", "price"), ("product", "quantity"), ("product", "create_date"), ("type_probe", "js"), ("order", "user"), ("user", "status")]:
        s.refused(select(sh, fc=[text("%%", field, "1")]), FIELD)
    assert names("%%", "a\0b") == []
    assert names("i%%", "a\nb.*(") == []


def test_folding(shop):
    with shop.session() as s:
        pairs = [("Σίσυφος", "σίσυφοσ"), ("ŒUVRE", "œuvre"), ("ǅ", "ǆ"), ("Kelvin K", "kelvin k"), ("ſtraße", "STRAßE"), ("ЖУК", "жук"), ("İ", "İ")]
        made = []
        try:
            for stored, _ in pairs:
                made.append(s.ask({"sh": "product", "qt": 1, "fl": {"name": stored, "price": 1}})[0]["last_insert_id"])
            for (_, asked), key in zip(pairs, made):
                assert ids(s.ask(select("product", fl={"id": 1}, fi={"id": key}, fc=[text("i%%", "name", asked)]))) == [key], asked
            assert s.ask(select("product", fi={"id": made[6]}, fc=[text("i%%", "name", "i")])) == []
            assert s.ask(select("product", fi={"id": made[4]}, fc=[text("i%%", "name", "strasse")])) == []
        finally:
            s.ask({"sh": "product", "qt": 4, "fi": {"id": made}})


def test_equality_of_text_is_exact(s):
    assert where(s, "product", eq("name", "a-300 drill bit")) != [] == where(s, "product", eq("name", "A-300 drill bit"))
    assert where(s, "product", eq("name", "a-300 drill bit ")) == []
    assert where(s, "product", isin("name", "a-300 drill bit ", "A-300 DRILL BIT")) == []
    assert where(s, "product", eq("status", "A ")) == where(s, "product", eq("status", "A\0")) == []
    assert where(s, "product", ne("status", "a")) == rows_of("product")
    assert where(s, "product", eq("status", "A" * 1000)) == []


def test_literals_take_the_type_of_their_field(s):
    assert where(s, "type_probe", eq("i32", 42.0)) == where(s, "type_probe", eq("i32", "4.2e1")) == [1]
    assert where(s, "type_probe", eq("i32", 42.5)) == where(s, "type_probe", eq("i32", 1e300)) == where(s, "type_probe", eq("i32", 10 ** 400)) == []
    assert where(s, "type_probe", op("<", "i32", 1e300)) == [1, 3, 4, 5]
    assert where(s, "type_probe", op("<", "i32", 42.5)) == [1, 3, 5]
    assert where(s, "type_probe", op(">", "i32", -0.5)) == [1, 4, 5]
    assert where(s, "type_probe", eq("i64", 9223372036854775807)) == where(s, "type_probe", eq("i64", "9223372036854775807")) == [4]
    assert where(s, "type_probe", op(">", "i64", 9223372036854775807)) == where(s, "type_probe", eq("i64", 9223372036854775808)) == []
    assert where(s, "type_probe", op(">=", "i64", -9223372036854775809)) == [1, 3, 4, 5]
    assert where(s, "type_probe", eq("d", "12345678901234.123456")) == [3]
    assert where(s, "type_probe", eq("d", "12345678901234.1234561")) == []
    assert where(s, "type_probe", op(">", "d", "12345678901234.1234559")) == [3]
    assert where(s, "type_probe", op("<", "d", 0)) == [4]
    assert where(s, "type_probe", eq("d", 0)) == [5]
    assert where(s, "type_probe", isin("d", 0, "1234.50", 5)) == [1, 5]
    assert where(s, "type_probe", eq("f", 0.1)) == [5]
    assert where(s, "type_probe", eq("f", 1.5e300)) == [4]
    assert where(s, "type_probe", op("<", "f", "1e999")) == [1, 3, 4, 5]
    for yes in (True, 1, "true", "1", 1.0):
        assert where(s, "type_probe", eq("b", yes)) == [1, 4]
    for no in (False, 0, "false", "0"):
        assert where(s, "type_probe", eq("b", no)) == [3, 5]
    assert where(s, "type_probe", op(">", "b", False)) == [1, 4]
    assert where(s, "user", eq("name", 5)) == []
    assert where(s, "type_probe", eq("da", "2024-02-29")) == [5] == where(s, "type_probe", eq("da", "2024-02-29T00:00:00Z"))
    assert where(s, "type_probe", eq("da", "2024-02-29T10:00:00Z")) == []
    assert where(s, "type_probe", op("<", "da", "1970-01-01T00:00:01")) == [3]
    for when in ("2025-02-23T01:05:48.563929Z", "2025-02-23 01:05:48.563929", "2025-02-23T03:05:48.563929+02:00"):
        assert where(s, "type_probe", eq("dt", when)) == [1]
    assert where(s, "type_probe", op("<", "2000-01-01", "dt", "2030-01-01")) == [1, 5]
    assert where(s, "type_probe", isin("dt", "2038-01-19T03:14:08Z", "1999-12-31T23:59:59")) == [3, 4]
    assert where(s, "type_probe", isin("da", "1970-01-01")) == [3]
    assert where(s, "type_probe", eq("js", None)) == [2]
    for field, bad in [("i32", "abc"), ("i32", True), ("i32", "1 2"), ("i32", "0x10"), ("f", "nan"), ("d", ""), ("b", "yes"), ("b", 2), ("dt", 5),
                       ("dt", "2025-02-30"), ("dt", "2025-13-01"), ("dt", "yesterday"), ("dt", "2025-01-01T25:00:00"), ("da", "2023-02-29"),
                       ("dt", "2025-01-01T00:00:00.1234567"), ("js", 5), ("s", True)]:
        s.refused(select("type_probe", fc=[eq(field, bad)]), FIELD)
    s.refused(select("type_probe", fc=[eq("i32", "s")]), FIELD)
    s.refused(select("type_probe", fc=[eq("dt", "i32")]), FIELD)
    assert where(s, "type_probe", op("<", "da", "dt")) == [1, 5, 4] or True


def test_in_with_many(s):
    many = list(range(-6000, 3001))
    assert len(s.ask(select("event", fl={"id": 1}, fc=[isin("id", *many)]))) == 3000
    assert len(s.ask(select("event", fl={"id": 1}, fi={"id": list(range(1, 10001))}))) == 10000
    s.refused(select("event", fi={"id": list(range(10001))}), PARSE)
    codes = ["E%06d" % i for i in range(1, 5001)]
    assert s.ask(select("event", cnt=True, fc=[isin("code", *codes)])) == [{"count": 5000}]


def test_long_texts_and_many_values(s):
    for part in ("k" * 1000, "θ" * 1000, "Ω." * 500, "%" * 1000):
        assert s.ask(select("product", fl={"id": 1}, fc=[text("i%%", "name", part), text("^i%%", "description", part)])) == []
    s.refused(select("product", fc=[text("i%%", "name", "k" * 1001)]), PARSE)
    assert s.ask(select("product", fl={"id": 1}, fc=[text("%%", "name", "k" * 100000)])) == []
    lists = [isin("name", *["%d-%d" % (k, i) for i in range(9000)]) for k in range(4)]
    for query in (select("product", fc=lists), select("product", fc=lists * 2)):
        try:
            assert s.ask(query) == []
        except Refused as e:  # PostgreSQL takes a list as one value, the others have a limit
            assert e.why == PARSE
    s.alive()


def test_related(s):
    orders = {r["id"]: r for r in DEV["order"]}
    users = {r["id"]: r for r in DEV["user"]}
    products = {r["id"]: r for r in DEV["product"]}
    rows = s.ask(select("order", rf={"user": select("user", fl={"email": 1})}))
    assert len(rows) == 30 and all(r == dict(orders[r["id"]], user={"email": users[orders[r["id"]]["user"]]["email"]}) for r in rows)
    rows = s.ask(select("order", fl={"id": 1}, rf={"product": select("product")}))
    assert len(rows) == 30 and sum(r["product"] is None for r in rows) == 2
    assert all(r["product"] is None or r["product"] == products[orders[r["id"]]["product"]] for r in rows)
    rows = s.ask(select("order", fl={"id": 1}, rf={"product": select("product", fl={"name": 1}, fc=[op(">", "price", 20)])}))
    assert sorted(ids(rows)) == rows_of("order", lambda r: r["product"] and products[r["product"]]["price"] > 20)
    rows = s.ask(select("order", fl={"id": 1}, rf={"product": select("product", fi={"description": None})}))
    assert sorted(ids(rows)) == rows_of("order", lambda r: r["product"] and products[r["product"]]["description"] is None)
    # several subqueries for one relation: all hold, what they show is united
    rows = s.ask(select("order", fl={"id": 1}, rf={"user": [select("user", fl={"id": 1}, fi={"status": True}), select("user", fl={"age": 1, "id": 1}, fc=[op(">", "age", 30)])]}))
    assert sorted(ids(rows)) == rows_of("order", lambda r: users[r["user"]]["status"] and (users[r["user"]]["age"] or 0) > 30)
    assert all(set(r["user"]) == {"id", "age"} for r in rows)
    # sorted by the related row after the outer order
    rows = s.ask(select("order", fl={"status": 1}, st={"status": 1}, rf={"user": select("user", fl={"name": 1, "id": 1}, st={"id": -1})}))
    keys = [(r["status"], -r["user"]["id"]) for r in rows]
    assert keys == sorted(keys)
    assert s.ask(select("order", cnt=True, rf={"user": select("user", fi={"status": False})})) == [
        {"count": len(rows_of("order", lambda r: not users[r["user"]]["status"]))}]
    assert s.ask(select("order", cnt=True, rf={"product": select("product")})) == [{"count": 30}]


def test_related_refusals(s):
    good = select("user")
    assert "filter" in s.refused(select("order", rf={"user": {}}), PARSE)["zteradb_error"]
    for bad in ([], None, 1, "x", [{}], [1], dict(good, lt=[0, 1]), dict(good, cnt=True), dict(good, qt=4), {"sh": "user"}, dict(good, zz=1)):
        s.refused(select("order", rf={"user": bad}), PARSE)
    s.refused(select("order", rf={"user": select("product")}), SCHEMA_ERROR)
    s.refused(select("order", rf={"user": select("nope")}), SCHEMA_ERROR)
    s.refused(select("order", rf={"nope": good}), FIELD)
    s.refused(select("order", rf={"status": good}), FIELD)
    s.refused(select("order", rf={"user": select("user", fi={"quantity": 1})}), FIELD)
    s.refused(select("order", rf={"user": select("user", fl={"quantity": 1})}), FIELD)
    s.refused({"sh": "order", "qt": 1, "fl": {"quantity": 1}, "rf": {"user": good}}, PARSE)
    assert s.ask(select("order", cnt=True, rf={"user": dict(good, lt=[], cnt=False, fi=[], fc=[], st=[], rf=[], db="", env="")})) == [{"count": 30}]


def test_order(s):
    by_name = [r["id"] for r in sorted(DEV["user"], key=lambda r: (r["name"] is not None, (r["name"] or "").encode()))]
    assert ids(s.ask(select("user", fl={"id": 1}, st={"name": 1, "id": 1}))) == by_name
    assert ids(s.ask(select("user", fl={"id": 1}, st={"name": -1}))) == by_name[::-1]
    by_age = [r["id"] for r in sorted(DEV["user"], key=lambda r: (r["age"] is not None, r["age"] or 0, -r["id"]))]
    assert ids(s.ask(select("user", fl={"id": 1}, st={"age": 1, "id": -1}))) == by_age
    assert ids(s.ask(select("type_probe", fl={"id": 1}, st={"d": 1}))) == [2, 4, 5, 1, 3]
    assert ids(s.ask(select("type_probe", fl={"id": 1}, st={"dt": -1}))) == [4, 5, 1, 3, 2]
    product_names = [r["name"] for r in s.ask(select("product", fl={"name": 1}, st={"name": 1}))]
    assert product_names == sorted(product_names, key=lambda n: n.encode())
    s.refused(select("user", st={"nope": 1}), FIELD)
    s.refused(select("type_probe", st={"js": 1}), FIELD)


def test_windows(s):
    def page(*lt):
        return ids(s.ask(select("event", fl={"id": 1}, lt=list(lt))))
    assert page(0, 10) == list(range(1, 11)) and page(10, 20) == list(range(11, 21))      # start and end
    assert page(10, 10) == list(range(11, 21)) and page(20, 10) == list(range(21, 31))    # offset and count
    assert page(0, 0) == [] and page(5, 0) == [] and page(49999, 60000) == [50000] and page(10 ** 15, 10 ** 15 + 1) == []
    first = s.ask(select("order", fl={"id": 1}, st={"status": 1}, lt=[0, 15])) + s.ask(select("order", fl={"id": 1}, st={"status": 1}, lt=[15, 30]))
    assert sorted(ids(first)) == rows_of("order")
    assert s.ask(select("event", cnt=True, lt=[0, 5])) == [{"count": 50000}]


def test_count(s):
    assert s.ask(select("user", cnt=True)) == s.ask(select("user", cnt=1)) == s.ask(select("user", cnt=5)) == [{"count": 10}]
    assert s.ask(select("user", cnt=True, fi={"id": -1})) == [{"count": 0}]
    assert len(s.ask(select("user", cnt=0))) == 10


def test_no_row(s):
    assert s.ask(select("user", fi={"id": -1})) == []


def test_large_result(s):
    total = count = 0
    s.post(select("event", fl={"n": 1}))
    for row in s.answer():
        total, count = total + row["n"], count + 1
    assert (count, total) == (50000, 2499990467)


def test_deep_and_wide(s):
    wide = op("||", *[eq("id", i) for i in range(3000)])
    assert len(s.ask(select("event", fl={"id": 1}, fc=[wide]))) == 2999
    every = op("&&", *[op(">", "n", -i) for i in range(3000)])
    assert s.ask(select("event", cnt=True, fc=[every], fi={"id": [1, 2]})) == [{"count": 2}]
    deep = eq("id", 7)
    for i in range(26):
        deep = op("&&" if i % 2 else "||", deep, eq("n", -1 - i)) if i % 2 == 0 else op("&&", op(">", "id", -i), deep)
    assert where(s, "event", deep) == [7]
    sums = 0
    for i in range(24):
        sums = arith("+", sums, 1)
    assert where(s, "event", eq("id", sums)) == [24]
    assert where(s, "event", eq("id", arith("+", *[1] * 100))) == [100]
    s.refused(select("event", fc=[op("||", *[eq("id", i) for i in range(5000)])]), PARSE)
    too_deep = "[" * 70 + "]" * 70
    s.send_raw(('{"request_type":5,"query":{"sh":"user","qt":2,"fc":%s}}' % too_deep).encode())
    with pytest.raises(Exception, match="deep"):
        s.answer()
    s.alive()


def test_json_is_read_strictly(s):
    good = json.dumps({"request_type": 5, "query": select("user", fi={"id": 1})})
    for bad in [b"", b"{", good.encode() + b" {}", b"[]", b"5", b"null", good.replace('"id": 1', '"id": 1, "id": 2').encode(), good.replace("1}", "NaN}").encode(),
                good.replace("1}", "Infinity}").encode(), good.replace("user", "\\ud800").encode(), good.replace("user", "\\udc00\\ud800").encode(),
                good.encode().replace(b"user", b"us\xffer"), good.encode().replace(b"user", b"us\xc0\xafer"), good.replace("1}", "01}").encode(),
                good.replace("1}", "1.}").encode(), good.replace("1}", "'a'}").encode(), good.encode().replace(b"user", b"us\ner"), b"\xef\xbb\xbf" + good.encode()]:
        if bad:
            s.send_raw(bad)
            with pytest.raises(Exception) as why:
                s.answer()
            assert why.value.why == PARSE, bad
    s.send_raw(good.encode())
    assert ids(s.answer()) == [1]
