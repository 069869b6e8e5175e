"""What a change of the vault does to those who are logged in; schemas by request; the demo."""
import json
import os
import re
import subprocess
import sys
import time

import pytest
from conftest import make_shop
from peers import DATABASE, SHOP, Node, Php, Python
from server_kit import DEADLINE, wait_until
from zplane import ENV, ZPLANE, run

READ = {"request_type": 5, "query": {"sh": "user", "qt": 2, "fl": {"id": 1}, "fi": {"id": 1}}, "database_id": DATABASE,
        "env": "dev"}


def vault(server, *args):
    status, out, err = run("vault", *args, "--vault=" + server.vault)
    assert status == 0, err
    return out


def ask(peer, message=READ):
    """The rows, or the code of the error."""
    peer.send(message)
    rows = []
    while True:
        answer = peer.receive()
        if answer is None:
            return "closed"
        if answer["error"]:
            return answer["response_code"]
        if answer["response_code"] == 0x0608:
            return rows
        rows.append(answer["data"])


def until_refused(peer, code):
    """Asks until the change is seen, within a second; then the session has ended."""
    begin = time.monotonic()
    answer = wait_until(lambda: (lambda a: a if a != [{"id": 1}] else None)(ask(peer)))
    assert answer == code
    assert time.monotonic() - begin < 1.5 * max(1, DEADLINE / 20)
    assert peer.at_end()


@pytest.mark.parametrize("kind, code", [(Node, 0x0400), (Python, 0x0011), (Php, 0x0011)])
@pytest.mark.parametrize("change", [
    ["client", "disable", "shop-writer"],
    ["client", "retire", "4UDEMOSHOPACCESSWRITER0001"],
    ["revoke", "shop-writer", "shop", "staging"],
    ["grant", "shop-writer", "shop", "dev", "read"],
])
def test_what_shrinks_ends_sessions(tmp_path, kind, code, change):
    with make_shop(tmp_path) as s, kind(s.port) as peer:
        peer.connect()
        assert ask(peer) == [{"id": 1}]
        vault(s, *change)
        until_refused(peer, code)


def test_what_widens_does_not(own_shop):
    with Node(own_shop.port) as peer, Python(own_shop.port) as reader:
        peer.connect()
        reader.connect(reader.message("shop-reader"), "shop-reader")
        vault(own_shop, "client", "rotate", "shop-writer")
        vault(own_shop, "grant", "shop-reader", "shop", "dev", "readwrite")
        change = {"request_type": 5, "database_id": DATABASE, "env": "dev",
                  "query": {"sh": "user", "qt": 3, "fl": {"age": 30}, "fi": {"id": 1}}}
        done = wait_until(lambda: (lambda a: a if isinstance(a, list) else None)(ask(reader, change)))
        assert done == [{"is_updated": True, "affected_rows": 1}]
        assert ask(peer) == [{"id": 1}]


def test_rights_of_a_native_session_shrink(own_shop):
    keys = os.path.join(own_shop.dir, "keys")
    with open(os.path.join(SHOP, "sqlite.json"), encoding="utf-8") as f:
        pair = json.load(f)["clients"][1]
    with open(keys, "w", encoding="utf-8") as f:
        f.write("client_key=%s\naccess_key=%s\nsecret_key=%s\n" % (
            pair["client_key"], pair["credentials"][0]["access_key"], pair["credentials"][0]["secret_key"]))
    host = "127.0.0.1:%d" % own_shop.port
    status, out, err = run("query", host, "--credentials", keys, "-e", "1 + 1")
    assert (status, out) == (0, "[1] 2\n"), err
    vault(own_shop, "client", "rights", "shop-reader", "none")
    wait_until(lambda: run("query", host, "--credentials", keys, "-e", "1 + 1")[0] != 0)


# ---- schemas

def schema_text(**fields):
    return {"name": "note", "table": "note", "primary_key": "id",
            "fields": dict({"id": {"type": "int", "auto": "increment"}}, **fields)}


def test_schemas_by_request(own_shop):
    vault(own_shop, "grant", "shop-writer", "shop", "dev", "readwrite,schema")
    create = {"request_type": 0x0221, "database_id": DATABASE, "env": "dev", "schema": schema_text(text={"type": "text"})}
    publish = {"request_type": 0x0222, "database_id": DATABASE, "env": "dev", "schema": "note", "version": 1}
    look = {"request_type": 5, "query": {"sh": "note", "qt": 2}, "database_id": DATABASE, "env": "dev"}

    def login():
        peer = Node(own_shop.port)
        peer.connect()
        peer.send(create)
        answer = peer.receive()
        if answer["error"]:
            assert answer["response_code"] == 0x0400  # the grant is not seen yet
            peer.sock.close()
            return None
        assert answer == {"error": False, "response_code": 0x0201,
                          "data": {"schema": "note", "version": 1, "state": "draft"}}
        assert peer.receive()["response_code"] == 0x0608
        return peer

    with wait_until(login) as peer:
        assert ask(peer, look) == 0x0421  # a draft is not seen
        assert ask(peer, publish) == [{"schema": "note", "version": 1, "env": "dev"}]
        assert ask(peer, look) == 0x0520  # seen at once; the table is not there
        assert ask(peer, dict(publish, version=2)) == 0x0522
        assert ask(peer, dict(create, schema=dict(schema_text(), fields={}))) == 0x0521
        assert ask(peer, dict(create, env="staging")) in (0x0400, 0x0521)
        assert ask(peer) == [{"id": 1}]
    with Python(own_shop.port) as reader:
        reader.connect(reader.message("shop-reader"), "shop-reader")
        assert ask(reader, dict(create, request_type=8)) == 0x0011
        assert ask(reader, dict(publish, request_type=9)) == 0x0011
    lines = vault(own_shop, "audit").splitlines()
    assert [re.split(r"  +", line)[1:3] for line in lines[-2:]] == [["client:shop-writer", "schema-create"],
                                                                   ["client:shop-writer", "schema-publish"]]


def test_a_binding_moves(own_shop):
    """The rows of another file, without a restart."""
    count = {"request_type": 5, "query": {"sh": "user", "qt": 2, "cnt": True}, "database_id": DATABASE, "env": "dev"}
    with Node(own_shop.port) as peer:
        peer.connect()
        assert ask(peer, count) == [{"count": 10}]
        vault(own_shop, "bind", "shop", "dev", "sqlite://%s/shop_staging.db" % own_shop.dir)
        wait_until(lambda: ask(peer, count) == [{"count": 3}], "the other file")


# ---- the demo

def test_the_demo_from_start_to_stop(tmp_path):
    p = subprocess.run([os.path.join(SHOP, "demo.sh"), ZPLANE], env=dict(ENV, TMPDIR=str(tmp_path), PATH=os.environ["PATH"]),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=120)
    assert p.returncode == 0, p.stderr
    assert "50000 events" in p.stdout and "sum of n 2499990467" in p.stdout
    assert "Production is not for this client" in p.stdout
    assert "2026-03-02 09:01:00 UTC    90      2" in p.stdout
    # the application appended a row to the series, the analyst sees it
    assert '{"last_insert_id": "2026-03-02T17:00:00+00:00"}' in p.stdout
    assert "2026-03-02 17:00:00 UTC    77      5" in p.stdout
    assert [n for n in os.listdir(tmp_path) if n.startswith("zplane-demo")] == []


@pytest.mark.parametrize("option", ["--address=0.0.0.0", "--address=::", "--http-listen=0.0.0.0:0", "--http-listen=[::]:0"])
def test_the_demo_stays_on_loopback(tmp_path, option):
    status, out, err = run("serve", "--demo", "--port=0", option, env={"TMPDIR": str(tmp_path)})
    assert status == 1 and "the keys of the demo are public" in err
    assert os.listdir(tmp_path) == []


def test_the_client_of_the_example_is_a_module(own_shop):
    sys.path.insert(0, SHOP)
    sys.dont_write_bytecode = True
    try:
        import client
    finally:
        sys.path.remove(SHOP)
    with client.Client("127.0.0.1", own_shop.port, **client.WRITER) as shop:
        assert len(shop.query(sh="user", qt=client.SELECT, fl={"id": 1})) == 10
        with pytest.raises(client.Refused) as e:
            shop.query(sh="nothing", qt=client.SELECT)
        assert e.value.code == 0x0421


def test_a_schema_is_written_from_the_tables(own_shop, tmp_path):
    """Import, check, publish: and queries see it."""
    def schema(*args):
        status, out, err = run("schema", *args, "--vault=" + own_shop.vault)
        assert status == 0, err
        return out

    path = str(tmp_path / "imported.json")
    schema("import", "shop", "dev", "--output=" + path)
    assert "6 schemas" in schema("check", path)
    with open(path, encoding="utf-8") as f:
        assert json.load(f)["schemas"]["order"]["relations"]["user"]["column"] == "user_id"
    assert schema("import", "shop", "--table=order") != schema("import", "shop", "--table=user")
    assert "6 new versions" in schema("import", "shop", "--draft")
    schema("publish", "shop", "dev")
    with Node(own_shop.port) as peer:
        peer.connect()
        assert ask(peer) == [{"id": 1}]
