"""The schema file that a live database gives: the demo shop again, as far as the database knows it."""
import json

import pytest

from backends_kit import SHOP

WANT = json.loads((SHOP / "schema.json").read_text())["schemas"]


def introspect(probe, url, **more):
    probe.send(op="introspect", url=url, **more)
    return probe.answer()


def test_shop(probe, servers, engine):
    got = introspect(probe, servers.url(engine, "shop_dev"))
    assert got["format"] == "zql-schema/1" and set(got["schemas"]) == set(WANT)
    for name, want in WANT.items():
        schema = got["schemas"][name]
        assert schema["table"] == want["table"] and schema["primary_key"] == want["primary_key"]
        assert set(schema["fields"]) == set(want["fields"])
        assert {k: {**v, "on_delete": v["on_delete"]} for k, v in schema["relations"].items()} == want["relations"]
        for field, w in want["fields"].items():
            g = schema["fields"][field]
            if field == "id":
                continue
            assert g["nullable"] == w.get("nullable", True) and g.get("unique", False) == w.get("unique", False)
            if engine == "sqlite":
                continue  # its tables are declared with few types
            assert g["type"] == w["type"]
            assert (g.get("length"), g.get("precision"), g.get("scale")) == (w.get("length"), w.get("precision"), w.get("scale"))
            if "default" in w:
                assert str(g["default"]).rstrip("0.") == str(w["default"]).rstrip("0.")
            if w.get("auto") == "now_add":
                assert g["auto"] == "now_add"
    assert got["schemas"]["user"]["fields"]["id"]["auto"] == "increment"


def test_one_table_and_odd_names(probe, servers):
    import sqlite3
    path = servers.folder / "odd.db"
    db = sqlite3.connect(path)
    db.executescript('CREATE TABLE "odd name" ("1st" integer PRIMARY KEY, "ä b" varchar(20), c decimal(12,2) DEFAULT 1.5, "q\'" text DEFAULT \'it\'\'s\', '
                     'other_id int REFERENCES other);'
                     'CREATE TABLE other (id text PRIMARY KEY, flag boolean NOT NULL DEFAULT 1); CREATE TABLE nokey (a int);'
                     'CREATE TABLE two (a int, b int, PRIMARY KEY (a, b))')
    db.close()
    got = introspect(probe, f"sqlite:{path}")["schemas"]
    assert set(got) == {"odd_name", "other"}
    odd = got["odd_name"]
    assert odd["table"] == "odd name" and odd["primary_key"] == "_1st"
    assert odd["fields"]["_1st"]["column"] == "1st" and odd["fields"]["c"]["precision"] == 12
    assert [f["default"] for f in odd["fields"].values() if "default" in f] == ["1.5", "it's"]
    assert odd["relations"] == {"other": {"schema": "other", "column": "other_id", "references": "id", "nullable": True}}
    assert got["other"]["fields"]["flag"] == {"type": "boolean", "nullable": False, "default": True}
    assert set(introspect(probe, f"sqlite:{path}", table="other")["schemas"]) == {"other"}
    assert "nokey" in introspect(probe, f"sqlite:{path}", table="nokey")["error"]


@pytest.mark.parametrize("url", ["sqlite:/nowhere/x.db", "postgresql://u:secret@/x?host=/nowhere", "mariadb://u:secret@h/x?unix_socket=/nowhere"])
def test_no_database(probe, url):
    assert "secret" not in introspect(probe, url)["error"]
