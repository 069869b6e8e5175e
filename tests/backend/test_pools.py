"""Who gets a connection, when, and what happens to those who do not; backends that go and come back."""
import os
import signal
import time

import pytest

from conftest import EVENTS, EVENT_COLUMNS, SLOW, placeholder
from test_streams import ONE, idle


def test_first_come_first_served(probe, servers, engine):
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 1}))
    first = probe.start("shop", EVENTS, EVENT_COLUMNS, hold=1)
    probe.wait_full(first)
    waiting = [probe.start("shop", *ONE, shape=9) for _ in range(30)]
    assert probe.report()[0]["waiting"] == 30
    probe.order.clear()
    probe.send(op="abandon", id=first)
    for run in waiting:
        assert probe.wait(run)["done"] == "ok"
    assert [r for r in probe.order if r in waiting] == waiting


def test_too_long_in_the_queue(probe, servers, engine):
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 1, "wait_ms": 200, "max_waiting": 1}))
    first = probe.start("shop", EVENTS, EVENT_COLUMNS, hold=1)
    probe.wait_full(first)
    second, third = probe.start("shop", *ONE), probe.start("shop", *ONE)
    assert probe.wait(third)["done"] == "pool"  # the queue is full
    assert probe.wait(second)["done"] == "pool"
    probe.send(op="abandon", id=first)
    idle(probe)
    assert probe.rows("shop", *ONE) == [{"a": 1}]


def test_tenants_do_not_delay_each_other(probe, servers, engine):
    probe.pools(a=(servers.url(engine, "shop_dev"), {"max": 1}), b=(servers.url(engine, "other_dev"), {"max": 1}),
                dead=("postgresql://x@/x?host=/nowhere", {"max": 1}))
    first = probe.start("a", SLOW[engine], [("a", "text")])
    more = [probe.start("a", *ONE) for _ in range(50)] + [probe.start("dead", *ONE) for _ in range(50)]
    began = time.monotonic()
    assert probe.rows("b", "SELECT count(*) FROM event", [("n", "int")]) == [{"n": 10}]
    assert time.monotonic() - began < 5
    assert not probe.runs[first]["done"]
    for run in [first] + more:
        probe.send(op="cancel", id=run)
        probe.wait(run)


def test_quick_ones_share(probe, servers, engine):
    """Each gets its own answer, however they stand in the pipeline."""
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 3}))
    p = placeholder(engine, 1)
    sql = f"SELECT id, code FROM event WHERE id = {p}"
    runs = [probe.start("shop", sql, EVENT_COLUMNS[:2], [("int", i)], shape=4, quick=True) for i in range(1, 400)]
    for i, run in enumerate(runs, 1):
        if i % 7 == 0:
            probe.send(op="cancel", id=run)
    for i, run in enumerate(runs, 1):
        done = probe.wait(run)
        assert done["done"] == "ok" or (i % 7 == 0 and done["done"] == "cancelled")
        if done["done"] == "ok":
            assert done["frames"][0]["data"] == {"id": i, "code": "E%06d" % i}
            assert len(done["frames"]) == 2
    idle(probe)
    assert probe.report()[0]["connects"] <= 3


def test_error_inside_a_pipeline(probe, servers):
    probe.pools(shop=(servers.url("postgresql", "shop_dev"), {"max": 1}))
    runs = [probe.start("shop", "SELECT 10 / $1::int", [("v", "int")], [("int", i % 5)], shape=6, quick=True) for i in range(50)]
    for i, run in enumerate(runs):
        done = probe.wait(run)
        assert done["done"] == ("value" if i % 5 == 0 else "ok"), (i, done)
        if i % 5:
            assert done["frames"][0]["data"]["v"] == 10 // (i % 5)


def test_new_limits_and_new_place(probe, servers, engine):
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 1}))
    count = ("SELECT count(*) FROM event", [("n", "int")])
    assert probe.rows("shop", *count) == [{"n": 50000}]
    run = probe.start("shop", EVENTS, EVENT_COLUMNS, hold=1)
    probe.wait_full(run)
    probe.pools(shop=(servers.url(engine, "other_dev"), {"max": 2}))
    assert probe.rows("shop", *count) == [{"n": 10}]  # the new place at once
    probe.send(op="resume", id=run)
    assert probe.wait(run)["done"] == "ok" and len(probe.runs[run]["frames"]) == 50001  # the old one to its end
    probe.pools()
    assert probe.run("shop", *ONE)["done"] == "unbound"
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 1}))
    assert probe.rows("shop", *count) == [{"n": 50000}]


def test_minimum_idle_and_life(probe, servers, engine):
    url = servers.url(engine, "shop_dev")
    probe.pools(shop=(url, {"max": 5, "min": 2}))
    probe.eventually(lambda: probe.report()[0]["idle"] == 2)
    probe.pools(shop=(url, {"max": 5, "idle_ms": 1}))
    probe.eventually(lambda: probe.report()[0]["idle"] == 0)
    probe.pools(shop=(url, {"max": 5, "life_ms": 1}))
    for _ in range(3):
        assert probe.rows("shop", *ONE) == [{"a": 1}]
        time.sleep(0.01)
    assert probe.report()[0]["connects"] >= 4
    probe.pools(shop=(url, {"max": 5, "check_ms": 1}))
    assert probe.rows("shop", *ONE) == [{"a": 1}]
    probe.eventually(lambda: probe.report()[0]["idle"] >= 1)


def test_unreachable(probe, servers):
    probe.pools(shop=("postgresql://zplane@/x?host=/nowhere", {"max": 3}), lite=("sqlite:/nowhere/x.db", {}),
                my=("mariadb://root@localhost/x?unix_socket=/nowhere", {}))
    for name in ("shop", "lite", "my"):
        began = time.monotonic()
        run = probe.run(name, *ONE)
        assert run["done"] == "unreachable" and "/nowhere" not in run["end"]["text"]
        assert time.monotonic() - began < 5  # long before a place in the queue would end
        began = time.monotonic()
        assert probe.run(name, *ONE)["done"] == "unreachable"
    assert {r["state"] for r in probe.report()} == {"unreachable"}


@pytest.mark.parametrize("url", ["", "x", "oracle://x", "sqlite:", "sqlite:x?mode=odd", "mariadb://h", "mariadb://h/d?secret=1",
                                 "postgresql://u:secret@h:5%zz/x", "mariadb://u:secret@h:99999/x", "mariadb://u:sec%ret@h/x"])
def test_urls_that_are_none(probe, url):
    answer = probe.pools(shop=(url, {}))
    assert "error" in answer and "sec" not in answer["error"].replace("?secret", "").replace("'secret'", "")


def restarts(probe, server, name):
    """The backend goes in the middle of rows, is away for a moment, and comes back."""
    run = probe.start("shop", EVENTS, EVENT_COLUMNS, hold=65536)
    probe.wait_full(run)
    assert probe.rows("shop", *ONE) == [{"a": 1}]
    server.stop(signal.SIGKILL if name == "mariadb" else signal.SIGQUIT)
    probe.send(op="resume", id=run)
    assert probe.wait(run)["done"] == "connection_lost"
    assert probe.run("shop", *ONE)["done"] in ("unreachable", "connection_lost")
    server.start()
    end = time.monotonic() + 20
    while probe.run("shop", *ONE)["done"] != "ok":
        assert time.monotonic() < end
        time.sleep(0.05)
    assert probe.report()[0]["state"] == "open"


def test_restart_of_postgresql(probe, servers):
    probe.pools(shop=(servers.url("postgresql", "shop_dev"), {"max": 2}))
    restarts(probe, servers.postgres(), "postgresql")


def test_restart_of_mariadb(probe, servers):
    probe.pools(shop=(servers.url("mariadb", "shop_dev"), {"max": 2}))
    restarts(probe, servers.mariadb(), "mariadb")


def test_connections_that_died_in_the_pool(probe, servers):
    """A query that only reads begins again on another connection."""
    pg, my = servers.postgres(), servers.mariadb()
    for url, cut in ((pg.url("shop_dev"), lambda: pg.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='shop_dev'")),
                     (my.url("shop_dev"), lambda: [my.sql(None, f"KILL {i}") for i in my.sql(None, "SELECT id FROM information_schema.processlist WHERE db='shop_dev'").split()])):
        probe.pools(shop=(url, {"max": 2}))
        assert probe.rows("shop", *ONE) == [{"a": 1}]
        cut()
        for _ in range(5):
            assert probe.rows("shop", *ONE) == [{"a": 1}]
        probe.pools()


def test_settings_of_a_session(probe, servers):
    probe.pools(pg=(servers.url("postgresql", "shop_dev"), {"query_ms": 7000}), my=(servers.url("mariadb", "shop_dev"), {"query_ms": 7000}),
                lite=(servers.url("sqlite", "shop_dev"), {}))
    pg = probe.rows("pg", "SELECT current_setting('TimeZone'), current_setting('client_encoding'), current_setting('statement_timeout')",
                    [("z", "text"), ("e", "text"), ("t", "text")])
    assert pg == [{"z": "UTC", "e": "UTF8", "t": "8s"}]
    my = probe.rows("my", "SELECT @@time_zone, @@character_set_connection, @@max_statement_time, @@sql_mode LIKE '%STRICT_ALL%'",
                    [("z", "text"), ("e", "text"), ("t", "double"), ("s", "boolean")])
    assert my == [{"z": "+00:00", "e": "utf8mb4", "t": 8, "s": True}]
    assert probe.rows("lite", "SELECT foreign_keys FROM pragma_foreign_keys", [("f", "int")]) == [{"f": 1}]
    assert probe.rows("lite", "SELECT journal_mode FROM pragma_journal_mode", [("f", "text")]) == [{"f": "wal"}]
    assert probe.rows("lite", "SELECT zp_fold('ÉCOLE Ünï'), zp_has('a%b', '%'), zp_starts('abc', 'ab'), zp_ends('abc', 'B')",
                      [("l", "text"), ("h", "int"), ("s", "int"), ("e", "int")])[0]["h"] == 1


def test_all_at_once_on_a_new_file(probe, tmp_path):
    """Connections that open the same file, which is not in write-ahead mode yet, wait for each other."""
    import sqlite3
    for k in range(5):
        db = sqlite3.connect(tmp_path / f"{k}.db")
        db.execute("CREATE TABLE t (a integer)")
        db.close()
        probe.pools(new=(f"sqlite:{tmp_path}/{k}.db", {"max": 8}))
        runs = [probe.start("new", "SELECT count(*) FROM t", [("n", "int")]) for _ in range(40)]
        for run in runs:
            assert probe.wait(run)["done"] == "ok", probe.runs[run]["end"]
