import os
import sqlite3

import pytest
from peers import SHOP
from server_kit import Server
from zplane import run


def make_shop(folder, *options, **more):
    """A server with the vault of the demo shop on SQLite."""
    folder = str(folder)
    for name, data in (("shop_dev", "dev"), ("shop_staging", "staging"), ("other_dev", "staging")):
        with open(os.path.join(SHOP, "sqlite.%s.sql" % data), encoding="utf-8") as f:
            db = sqlite3.connect(os.path.join(folder, name + ".db"))
            db.executescript(f.read())
            db.close()
    s = Server(folder, *options, start=False, data=False, **more)
    status, _, err = run("vault", "apply", os.path.join(SHOP, "sqlite.json"), "--vault=" + s.vault,
                         env={"SHOP_DIR": folder})
    assert status == 0, err
    return s.start()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with make_shop(tmp_path_factory.mktemp("shop")) as s:
        yield s


@pytest.fixture
def own_shop(tmp_path):
    with make_shop(tmp_path) as s:
        yield s
