"""Many databases, environments and clients: each client reads what is granted to it, and a query of one never meets what was prepared for another.

All schemas have the same names, so queries have the same shape everywhere; their tables, columns and rows differ."""
import itertools
import json
import pathlib
import sqlite3
import threading

import pytest
import server_kit
import shop as kit

DATABASES, ENVS, CLIENTS = 6, ("dev", "qa", "staging", "prod"), 8
PAIRS = list(itertools.product(range(DATABASES), ENVS))


def granted(client):
    return [p for i, p in enumerate(PAIRS) if (i * 7 + client) % 5 < 2]


def schema(n):
    """Odd databases keep the same fields in other columns, in another order."""
    columns = ("id", "owner", "n") if n % 2 == 0 else ("key", "n_of", "owned")
    table = f"things{n}"
    return table, columns, {"format": "zql-schema/1", "database": f"db{n}", "schemas": {"thing": {
        "table": table, "primary_key": "id", "relations": {},
        "fields": {"id": {"type": "int", "column": columns[0]}, "owner": {"type": "text", "column": columns[1]},
                   "n": {"type": "int", "column": columns[2]}}}}}


@pytest.fixture(scope="module")
def tenants(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tenants")
    databases, clients = [], []
    for n in range(DATABASES):
        table, (key, owner, number), text = schema(n)
        (folder / f"{n}.json").write_text(json.dumps(text))
        envs = {}
        for env in ENVS:
            db = sqlite3.connect(folder / f"{n}.{env}.db")
            db.execute(f"CREATE TABLE {table} ({number} integer, {owner} text, {key} integer PRIMARY KEY)")
            db.executemany(f"INSERT INTO {table} ({key}, {owner}, {number}) VALUES (?, ?, ?)", [(i, f"{n} {env}", i * 10) for i in range(1, 21)])
            db.commit()
            db.close()
            envs[env] = {"url": f"sqlite:{folder}/{n}.{env}.db", "pool-max": 2}
        databases.append({"name": f"db{n}", "database_id": f"DATABASE{n:018d}", "schema": f"{n}.json", "envs": envs})
    for c in range(CLIENTS):
        clients.append({"name": f"c{c}", "client_key": f"CLIENT{c:020d}", "credentials": [{"access_key": f"ACCESS{c:020d}", "secret_key": f"{c:064x}", "active": True}],
                        "grants": [{"database": f"db{n}", "env": env, "access": "readwrite"} for n, env in granted(c)]})
    (folder / "vault.json").write_text(json.dumps({"format": "zplane-vault/1", "databases": databases, "clients": clients}))
    server = server_kit.Server(folder, data=False, http=False, start=False)
    server.vault_command("apply", str(pathlib.Path(folder, "vault.json")))
    kit.CREDENTIALS["clients"] += clients
    yield server.start()
    for c in clients:
        kit.CREDENTIALS["clients"].remove(c)
    assert server.stop() == 0


def session(tenants, client, cls="N"):
    n, env = granted(client)[0]
    return kit.Session(tenants.port, client=f"c{client}", cls=cls, env=env, database=f"DATABASE{n:018d}")


def place(n, env):
    return {"database_id": f"DATABASE{n:018d}", "env": env}


QUERIES = [
    ({"sh": "thing", "qt": 2, "fi": {"id": 3}}, lambda n, env: [{"id": 3, "owner": f"{n} {env}", "n": 30}]),
    ({"sh": "thing", "qt": 2, "fl": {"n": 1}, "st": {"n": -1}, "lt": [0, 2]}, lambda n, env: [{"n": 200}, {"n": 190}]),
    ({"sh": "thing", "qt": 2, "cnt": True, "fc": [{"operator": ">", "operand": ["n", 150]}]}, lambda n, env: [{"count": 5}]),
    ({"sh": "thing", "qt": 3, "fl": {"owner": "x"}, "fi": {"id": -1}}, lambda n, env: [{"is_updated": False, "affected_rows": 0}]),
]


def test_each_reads_its_own(tenants):
    for client in range(CLIENTS):
        with session(tenants, client) as s:
            refusals = set()
            for n, env in PAIRS:
                for query, want in QUERIES:
                    if (n, env) in granted(client):
                        assert s.ask(query, **place(n, env)) == want(n, env)
                    else:
                        refusals.add(json.dumps(s.refused(query, kit.ACCESS, **place(n, env))))
            refusals.add(json.dumps(s.refused(QUERIES[0][0], kit.ACCESS, database_id="NOSUCHDATABASE", env="dev")))
            assert len(refusals) == 1  # what is there for others cannot be told from what is not


def test_all_at_once(tenants):
    wrong = []

    def work(client):
        with session(tenants, client, "P") as s:
            for turn in range(30):
                n, env = granted(client)[turn % len(granted(client))]
                query, want = QUERIES[turn % len(QUERIES)]
                got = s.ask(query, **place(n, env))
                if got != want(n, env):
                    wrong.append((client, n, env, query, got))
    threads = [threading.Thread(target=work, args=(c,)) for c in range(CLIENTS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert not wrong


def test_writes_stay_where_they_belong(tenants):
    (n, env), *others = granted(0)
    with session(tenants, 0) as s:
        assert s.ask({"sh": "thing", "qt": 1, "fl": {"id": 99, "owner": "mine", "n": 1}}, **place(n, env)) == [{"last_insert_id": 99}]
        for m, other in others:
            assert s.ask({"sh": "thing", "qt": 2, "fi": {"id": 99}}, **place(m, other)) == []
        assert s.ask({"sh": "thing", "qt": 4, "fi": {"id": 99}}, **place(n, env)) == [{"is_deleted": True, "affected_rows": 1}]
        if "prod" in [e for _, e in granted(0)]:
            m = next(m for m, e in granted(0) if e == "prod")
            said = s.refused({"sh": "thing", "qt": 4}, kit.ACCESS, **place(m, "prod"))
            assert said["zteradb_error"] == "delete without any filter is not allowed in this environment"
