"""Random trees: every backend and a small evaluator say the same.

The evaluator knows the rules of the syntax tree and nothing of SQL: Python numbers (int, Decimal, float), texts compared by code point,
unknown is None.  ZPLANE_TREES sets how many trees are tried, ZPLANE_SEED where they begin."""
import decimal
import json
import math
import os
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from shop import ENGINES, ROWS, SCHEMA, Refused, select

decimal.getcontext().prec = 200
TREES = int(os.environ.get("ZPLANE_TREES", "400"))
SEED = int(os.environ.get("ZPLANE_SEED", "1"))
TEXTS = ("varchar", "text", "ztid")


class Field(Exception):
    pass


class Overflow(Exception):
    pass


def fields_of(sh):
    out = {name: f["type"] for name, f in SCHEMA[sh]["fields"].items()}
    for name, r in SCHEMA[sh]["relations"].items():
        out[name] = SCHEMA[r["schema"]]["fields"][r["references"]]["type"]
        out[r["column"]] = out[name]
    return out


def value(sh, row, name):
    """Of a field, as what it is."""
    for r, rel in SCHEMA[sh]["relations"].items():
        name = r if name == rel["column"] else name
    v, kind = row[name], fields_of(sh)[name]
    if v is None:
        return None
    if kind == "decimal":
        return Decimal(str(v))
    if kind in ("int", "smallint", "bigint"):
        return int(v)
    return float(v) if kind == "double" else v


def number(v):
    """A literal in arithmetic or against a number."""
    if isinstance(v, bool):
        raise Field
    if isinstance(v, (int, Decimal)):
        return v
    try:
        d = Decimal(repr(v) if isinstance(v, float) else v)
    except decimal.InvalidOperation:
        raise Field
    if not d.is_finite():
        raise Field
    return int(d) if d == d.to_integral_value() else d


def fold(text):
    return "".join(c.casefold() if len(c.casefold()) == 1 else c for c in text)


class Eval:
    def __init__(self, sh):
        self.sh, self.kinds = sh, fields_of(sh)

    def numeric(self, name):
        return self.kinds[name] in ("int", "smallint", "bigint", "decimal", "double")

    def own(self, name):
        """A relation and its column are one field."""
        return next((r for r, rel in SCHEMA[self.sh]["relations"].items() if rel["column"] == name), name)

    # ---- values: (kind, function of the row)

    def operand(self, v, taken=None):
        if isinstance(v, dict):
            return "number", self.arith(v)
        if isinstance(v, str) and v in self.kinds and self.own(v) != self.own(taken):
            return self.kinds[v], lambda row, v=v: value(self.sh, row, v)
        return None, v

    def arith(self, node):
        sign, parts = node["operator"], []
        for v in node["operand"]:
            kind, x = self.operand(v)
            if kind is None:
                n = None if x is None else number(x)
                parts.append(lambda row, n=n: n)
            else:
                if kind != "number" and not self.numeric(v):
                    raise Field
                parts.append(x)

        def run(row):
            values = [p(row) for p in parts]
            if None in values:
                return None
            total = values[0]
            for v in values[1:]:
                total = self.step(sign, total, v, any(isinstance(x, float) for x in values), any(isinstance(x, Decimal) for x in values))
                if total is None:
                    return None
            return total
        return run

    @staticmethod
    def step(sign, a, b, floats, decimals):
        if sign == "/":
            a, b = float(a), float(b)
            return a / b if b else None
        if sign == "%":
            if not b:
                return None
            return math.fmod(float(a), float(b)) if floats else int(math.fmod(a, b)) if not decimals and abs(a) < 2 ** 53 else \
                (abs(a) % abs(b)) * (1 if a >= 0 else -1)
        if floats:
            a, b = float(a), float(b)
        r = a + b if sign == "+" else a - b if sign == "-" else a * b
        if isinstance(r, int) and not -2 ** 63 <= r < 2 ** 63 or isinstance(r, float) and not math.isfinite(r):
            raise Overflow
        return r

    # ---- comparisons

    def pair(self, sign, a, b, taken):
        ka, xa = self.operand(a)
        kb, xb = self.operand(b, taken)
        if ka is None and kb is None:
            return lambda row: self.literals(sign, xa, xb)
        if ka is None:
            flip = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            ka, xa, kb, xb, sign = kb, xb, None, xa, flip.get(sign, sign)
        if kb is not None:
            self.same_class(ka, kb)
            return lambda row: self.decide(sign, xa(row), xb(row))
        if xb is None:
            if sign in ("=", "!="):
                return lambda row: (xa(row) is None) == (sign == "=")
            return lambda row: None
        lit = self.literal(ka, xb)
        return lambda row: self.decide(sign, xa(row), lit)

    def same_class(self, a, b):
        def cls(k):
            return "n" if k in ("int", "smallint", "bigint", "decimal", "double", "number") else "t" if k in TEXTS else k
        if cls(a) != cls(b) or a == "json":
            raise Field

    @staticmethod
    def literal(kind, v):
        if kind in ("int", "smallint", "bigint", "decimal", "double", "number"):
            n = number(v)
            return float(n) if kind == "double" else n
        if kind in TEXTS:
            if isinstance(v, bool):
                raise Field
            return v if isinstance(v, str) else repr(v)
        if kind == "boolean":
            if v in (True, 1, "true", "1") and not isinstance(v, float):
                return True
            if v in (False, 0, "false", "0") and not isinstance(v, float):
                return False
        raise Field

    @staticmethod
    def literals(sign, a, b):
        if a is None or b is None:
            return {"=": a is b, "!=": a is not b}.get(sign, None)
        if isinstance(a, str) and isinstance(b, str):
            return Eval.decide(sign, a, b)
        try:
            return Eval.decide(sign, number(a), number(b))
        except Field:  # false, true, then numbers and texts, compared as texts
            def rank(v):
                return 3 if not isinstance(v, (bool, str)) else 4 if isinstance(v, str) else 1 + v
            if isinstance(a, bool) or isinstance(b, bool):
                return Eval.decide(sign, rank(a), rank(b))
            return Eval.decide(sign, *(v if isinstance(v, str) else json.dumps(v) for v in (a, b)))

    @staticmethod
    def decide(sign, a, b):
        if a is None or b is None:
            return None
        if isinstance(a, str):
            a, b = a.encode(), b.encode()
        elif isinstance(a, float) or isinstance(b, float):
            a, b = float(a), float(b)
        elif not isinstance(a, bool):
            a, b = Fraction(a), Fraction(b)
        return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]

    # ---- conditions

    def condition(self, c):
        if isinstance(c, list):
            return self.every([self.condition(x) for x in c])
        sign, operand, result = c["operator"], c["operand"], c.get("result")
        if sign in ("&&", "||"):
            parts = [self.condition(x) for x in operand]
            return self.every(parts) if sign == "&&" else lambda row: any([p(row) is True for p in parts])
        if sign in ("=", "!="):
            return self.pair(sign, operand, result, operand if isinstance(operand, str) else None)
        if sign in ("<", "<=", ">", ">="):
            return self.every([self.pair(sign, a, b, a if isinstance(a, str) else None) for a, b in zip(operand, operand[1:])])
        if sign == "IN":
            kind = self.kinds[operand]
            seen, tests = {self.own(operand)}, []
            for v in result:
                if isinstance(v, str) and v in self.kinds and self.own(v) not in seen:
                    seen.add(self.own(v))
                    self.same_class(kind, self.kinds[v])
                    tests.append(self.pair("=", operand, v, None))
                elif v is None:
                    tests.append(lambda row: value(self.sh, row, operand) is None)
                else:
                    lit = self.literal(kind, v)
                    tests.append(lambda row, lit=lit: self.decide("=", value(self.sh, row, operand), lit))
            return lambda row: any([t(row) is True for t in tests])
        if self.kinds[operand] not in TEXTS:
            raise Field
        part = fold(result) if "i" in sign else result

        def look(row):
            text = value(self.sh, row, operand)
            if text is None:
                return None
            text = fold(text) if "i" in sign else text
            return text.startswith(part) if sign[0] == "^" else text.endswith(part) if sign[-1] == "$" else part in text
        return look

    @staticmethod
    def every(parts):
        return lambda row: all([p(row) is True for p in parts])


# ---------------------------------------------------------------- trees

LITERALS = [None, True, False, 0, 1, -1, 2, 3.5, 7, 34, 40, 0.1, 0.25, 19.99, 5, 100, -2147483648, 2147483648, 9223372036854775807, 1e20, "A", "a", "NA", "", " ",
            "1", "3.50", "abc", "name", "status", "price", "Tea", "é", "É", "%", "_", "\\", "Café Crème Beans", "John Doe", "true", "Pending", "-0.000001", "12345678901234.123456"]


def some_value(r, names, depth):
    pick = r.random()
    if pick < 0.5:
        return r.choice(names)
    if pick < 0.62 and depth:
        return some_arith(r, names, depth - 1)
    return r.choice(LITERALS)


def some_arith(r, names, depth):
    sign = r.choice("+-*/%")
    count = 2 if sign in "/%" else r.choice([2, 2, 3])
    return {"operator": sign, "operand": [some_value(r, names, depth) for _ in range(count)]}


def some_condition(r, sh, names, depth):
    pick = r.random()
    if depth and pick < 0.3:
        return {"operator": r.choice(["&&", "||"]), "operand": [some_condition(r, sh, names, depth - 1) for _ in range(r.randint(1, 4))]}
    if depth and pick < 0.34:
        return [some_condition(r, sh, names, depth - 1) for _ in range(r.randint(0, 3))]
    field = r.choice(names)
    kind = fields_of(sh)[field]
    same = [n for n in names if n != field and (fields_of(sh)[n] in TEXTS) == (kind in TEXTS)]
    rows = [row.get(field) for row in ROWS["dev"][sh] if field in row]
    mine = [v for v in rows if v is not None] + ([r.choice(same)] if same else []) or [1]
    if pick < 0.6:
        a, b = (field, r.choice(mine + LITERALS)) if r.random() < 0.7 else (some_value(r, names, 2), some_value(r, names, 2))
        return {"operator": r.choice(["=", "!="]), "operand": a, "result": b}
    if pick < 0.8:
        chain = [field, r.choice(mine)] if r.random() < 0.6 else [some_value(r, names, 2) for _ in range(r.randint(2, 4))]
        return {"operator": r.choice(["<", "<=", ">", ">="]), "operand": chain}
    if pick < 0.9:
        return {"operator": "IN", "operand": field, "result": [r.choice(mine + [None]) if r.random() < 0.9 else r.choice(LITERALS) for _ in range(r.randint(0, 6))]}
    text = r.choice([v for v in mine if isinstance(v, str)] or ["a"])
    at = r.randint(0, len(text))
    part = r.choice([text[at:at + r.randint(0, 4)], "a", "", "É", text.upper()[:3], "_"])
    return {"operator": r.choice(["%%", "i%%", "^%%", "^i%%", "%%$", "i%%$"]), "operand": field, "result": part}


def expected(sh, tree):
    """The ids, or the word for what is refused."""
    try:
        test = Eval(sh).condition(tree)
    except Field:
        return "field"
    try:
        return sorted(row["id"] for row in ROWS["dev"][sh] if test(row) is True)
    except Overflow:
        return "overflow"


@pytest.mark.parametrize("sh", ["user", "product", "order", "type_probe"])
def test_random_trees(shops, sh):
    r = random.Random("%s %s" % (SEED, sh))
    names = [n for n in fields_of(sh) if fields_of(sh)[n] not in ("datetime", "date", "json")]
    sessions = {engine: shops(engine).session() for engine in ENGINES}
    tally = {"rows": 0, "none": 0, "field": 0, "overflow": 0}
    for _ in range(TREES // 4):
        tree = [some_condition(r, sh, names, 3) for _ in range(r.randint(1, 3))]
        want = expected(sh, tree)
        tally["none" if want == [] else want if isinstance(want, str) else "rows"] += 1
        for engine, s in sessions.items():
            try:
                got = sorted(row["id"] for row in s.ask(select(sh, fl={"id": 1}, fc=tree)))
            except Refused as e:
                got = e.why
            if want == "overflow":  # whether it comes to that depends on which condition is looked at first
                assert isinstance(got, list) or got == "query", (engine, tree, got)
            else:
                if got != want and not (got == "query" and overflows(sh, tree)):
                    print("tree", json.dumps(tree))
                assert got == want or (got == "query" and overflows(sh, tree)), (engine, json.dumps(tree), got, want)
    for s in sessions.values():
        s.close()
    assert tally["rows"] >= TREES // 80


def overflows(sh, tree):
    """Does some part of it overflow, for some row?"""
    found = []

    def walk(node):
        if isinstance(node, list):
            for n in node:
                walk(n)
        elif isinstance(node, dict):
            walk(node["operand"])
            walk(node.get("result"))
            if node["operator"] in ("+", "-", "*", "/", "%"):
                for row in ROWS["dev"][sh]:
                    try:
                        Eval(sh).arith(node)(row)
                    except (Overflow, OverflowError):
                        found.append(node)
                    except Field:
                        pass
    walk(tree)
    return bool(found)
