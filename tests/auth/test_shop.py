"""The whole chain on each database: declarative file, server, login, rows as rows.json has them."""
import json
import os

import pytest
from backends_kit import Servers
from peers import DATABASE, OTHER, SHOP, DriverError, Node, Php, Python
from server_kit import Server
from test_sessions import ask
from zplane import run

with open(os.path.join(SHOP, "rows.json"), encoding="utf-8") as f:
    ROWS = json.load(f)
TABLES = ["user", "user_profile", "product", "order", "type_probe"]


@pytest.fixture(scope="module")
def databases():
    with Servers() as s:
        yield s


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def shop(request, databases, tmp_path_factory):
    env = {"%s_URL" % n.upper(): databases.url(request.param, n) for n in ("shop_dev", "shop_staging", "other_dev")}
    server = Server(tmp_path_factory.mktemp(request.param), start=False, data=False)
    env["SHOP_DIR"] = str(databases.folder)
    status, _, err = run("vault", "apply", os.path.join(SHOP, request.param + ".json"), "--vault=" + server.vault, env=env)
    assert status == 0, err
    with server.start() as s:
        yield s


def select(schema, database=DATABASE, env="dev", **query):
    return {"request_type": 5, "query": dict({"sh": schema, "qt": 2, "st": {"id": 1}}, **query), "database_id": database,
            "env": env}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("env", ["dev", "staging"])
def test_rows(shop, table, env):
    with Node(shop.port) as peer:
        peer.connect()
        assert ask(peer, select(table, env=env)) == ROWS[env][table]


def test_each_driver_reads(shop):
    for kind in (Node, Python, Php):
        with kind(shop.port) as peer:
            peer.connect()
            assert ask(peer, select("event", fl={"n": 1}, cnt=True)) == [{"count": 50000}]


def test_tenants(shop):
    with Node(shop.port) as peer:
        peer.connect(peer.message("other-tenant", "dev", OTHER))
        assert len(ask(peer, select("user", OTHER))) == 3
        assert ask(peer, select("user")) == ask(peer, select("user", "NO-SUCH-DATABASE")) == 0x0400
        assert ask(peer, select("user", OTHER, "staging")) == 0x0400
        assert len(ask(peer, select("user", OTHER))) == 3


def test_readers_do_not_write(shop):
    with Python(shop.port) as peer:
        peer.connect(peer.message("shop-reader"), "shop-reader")
        change = {"request_type": 5, "database_id": DATABASE, "env": "dev",
                  "query": {"sh": "user", "qt": 4, "fi": {"id": 1}}}
        assert ask(peer, change) == 0x0011
        assert len(ask(peer, select("user"))) == 10


def test_a_second_connect_replaces_the_session_or_ends_it(shop):
    with Node(shop.port) as peer:
        peer.connect()
        peer.connect(peer.message("shop-reader"))
        assert ask(peer, select("user", env="staging")) == 0x0400
        with pytest.raises(DriverError) as e:
            peer.connect(peer.message(secret="0" * 64))
        assert e.value.code == 0x0502 and peer.at_end()
