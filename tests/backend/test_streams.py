"""Slow clients, cancelling at every stage, sessions that go away."""
import time

from conftest import EVENTS, EVENT_COLUMNS, SLOW

ONE = ("SELECT 1", [("a", "int")])


def idle(probe, deadline=15):
    """Waits until nothing is under way in any pool."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        rows = probe.report()
        if all(r["busy"] == 0 and r["waiting"] == 0 for r in rows):
            return rows
        time.sleep(0.02)
    raise TimeoutError(str(rows))


def test_slow_client(shop):
    run = shop.start("shop", EVENTS, EVENT_COLUMNS, shape=1, hold=65536)
    shop.wait_full(run)
    assert shop.rows("shop", *ONE) == [{"a": 1}]  # others go on, and nothing more has come
    assert sum(shop.runs[run]["blocks"]) < 65536 + 16384
    assert shop.report("queries")[0]["state"] == "client is slow"
    while not shop.runs[run]["done"]:
        shop.runs[run]["full"] = False
        shop.send(op="resume", id=run, hold=1000000)
        shop.pump(lambda: shop.runs[run]["full"] or shop.runs[run]["done"])
    assert shop.runs[run]["done"] == "ok" and len(shop.runs[run]["frames"]) == 50001


def test_cancel_while_it_works(shop):
    run = shop.start("shop", SLOW[shop.engine], [("a", "text")])
    shop.eventually(lambda: shop.report("queries"))
    began = time.monotonic()
    shop.send(op="cancel", id=run)
    assert shop.wait(run)["done"] == "cancelled" and time.monotonic() - began < 5
    idle(shop)
    assert shop.rows("shop", *ONE) == [{"a": 1}]


def test_cancel_in_the_middle_of_rows(shop):
    for how in ("cancel", "abandon"):
        run = shop.start("shop", EVENTS, EVENT_COLUMNS, shape=1, hold=65536)
        shop.wait_full(run)
        before = len(shop.runs[run]["frames"])
        shop.send(op=how, id=run)
        shop.wait(run)
        idle(shop)
        assert len(shop.runs[run]["frames"]) == before
        for _ in range(5):
            assert shop.rows("shop", *ONE) == [{"a": 1}]


def test_cancel_while_it_waits(probe, servers, engine):
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 1}))
    first = probe.start("shop", EVENTS, EVENT_COLUMNS, hold=1)
    probe.wait_full(first)
    second, third = probe.start("shop", *ONE), probe.start("shop", *ONE)
    probe.send(op="cancel", id=second)
    assert probe.wait(second)["done"] == "cancelled"
    probe.send(op="abandon", id=first)
    assert probe.wait(third)["done"] == "ok"


def test_cancel_at_once_and_too_late(shop):
    for _ in range(20):
        run = shop.start("shop", *ONE, shape=5)
        shop.send(op="cancel", id=run)
        assert shop.wait(run)["done"] in ("cancelled", "ok")
    shop.send(op="cancel", id=run)
    idle(shop)
    assert shop.rows("shop", *ONE) == [{"a": 1}]


def test_ended_by_the_administrator(shop):
    run = shop.start("shop", SLOW[shop.engine], [("a", "text")])
    shop.eventually(lambda: shop.report("queries"))
    row = shop.report("queries")[0]
    assert row["client"] == "probe" and row["schema"] == "probe"
    shop.send(op="kill", query=row["query"])
    assert shop.answer() == {"killed": True}
    assert shop.wait(run)["done"] == "killed"
    shop.send(op="kill", query=row["query"])
    assert shop.answer() == {"killed": False}
    idle(shop)


def test_shutdown_in_the_middle(probe, servers, engine):
    probe.pools(shop=(servers.url(engine, "shop_dev"), {"max": 2}))
    slow = probe.start("shop", SLOW[engine], [("a", "text")])
    full = probe.start("shop", EVENTS, EVENT_COLUMNS, hold=1)
    waiting = probe.start("shop", *ONE)
    probe.wait_full(full)
    probe.process.stdin.close()
    for run in (slow, full, waiting):
        assert probe.wait(run)["done"] == "shutdown"
