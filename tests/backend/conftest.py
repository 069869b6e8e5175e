"""The room of databases, driven through backend_probe."""
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from backends_kit import Servers  # noqa: E402

PROBE = os.environ.get("BACKEND_PROBE", "build/tests/backend_probe")
ENGINES = ["sqlite", "postgresql", "mariadb"]
DEADLINE = 30


class Probe:
    """One process of backend_probe.  Answers are kept by the id of their run."""

    def __init__(self, threads=1):
        self.process = subprocess.Popen([PROBE, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.runs, self.other = {}, []
        self.next = 0
        self.order = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def send(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def pump(self, until, deadline=DEADLINE):
        """Takes lines until `until()` is true."""
        end = time.monotonic() + deadline
        while not until():
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"nothing more came; runs: {str(self.runs)[:500]}")
            assert line is not None, "backend_probe has ended"
            assert "broken" not in line, line
            if "id" in line:
                run = self.runs[line["id"]]
                if "frames" in line and "done" not in line:
                    run["frames"] += [json.loads(f) for f in line["frames"]]
                    run["blocks"].append(line["block"])
                if "full" in line:
                    run["full"] = True
                if "done" in line:
                    run["done"], run["end"] = line["done"], line
                    self.order.append(line["id"])
            else:
                self.other.append(line)

    def pools(self, **pools):
        """name=(url, {limits})"""
        self.send(op="pools", specs=[{"database": name, "env": "dev", "url": url, **limits} for name, (url, limits) in pools.items()])
        return self.answer()

    def answer(self):
        self.pump(lambda: self.other)
        return self.other.pop(0)

    def start(self, database, sql, columns=(), params=(), **more):
        self.next += 1
        self.runs[self.next] = {"frames": [], "blocks": [], "done": None, "full": False}
        self.send(op="run", id=self.next, database=database, env="dev", sql=sql, columns=[list(c) for c in columns],
                  params=[list(p) for p in params], **more)
        return self.next

    def wait(self, run, deadline=DEADLINE):
        self.pump(lambda: self.runs[run]["done"], deadline)
        return self.runs[run]

    def wait_full(self, run):
        self.pump(lambda: self.runs[run]["full"])

    def run(self, *args, **kw):
        return self.wait(self.start(*args, **kw))

    def rows(self, *args, **kw):
        run = self.run(*args, **kw)
        assert run["done"] == "ok", run["end"]
        assert run["frames"][-1] == {"error": False, "response_code": 0x608, "data": {}}
        assert all(f["error"] is False and f["response_code"] == 7 for f in run["frames"][:-1])
        assert all(size <= 16384 for size in run["blocks"])
        return [f["data"] for f in run["frames"][:-1]]

    def report(self, what="pools"):
        self.send(op="report", what=what)
        return self.answer()[what]

    def eventually(self, condition, deadline=DEADLINE):
        """Asks again and again."""
        end = time.monotonic() + deadline
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.02)

    def close(self):
        self.process.stdin.close()
        self.pump(lambda: self.other and self.other[-1].get("end"))
        assert self.process.wait(DEADLINE) == 0


@pytest.fixture(scope="session")
def servers():
    with Servers() as s:
        yield s


@pytest.fixture
def probe():
    p = Probe()
    yield p
    p.close()


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def shop(probe, servers, engine):
    """A probe with the database `shop` of one engine; .engine says which."""
    probe.engine, probe.url = engine, servers.url(engine, "shop_dev")
    assert probe.pools(shop=(probe.url, {"max": 2})) == {"configured": True}
    return probe


def placeholder(engine, i):
    return f"${i}" if engine == "postgresql" else "?"


def quoted(engine, name):
    return f"`{name}`" if engine == "mariadb" else f'"{name}"'


SLOW = {"postgresql": "SELECT pg_sleep(20)::text", "mariadb": "SELECT SLEEP(20)",
        "sqlite": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10000000000) SELECT max(x) FROM c"}
EVENTS = "SELECT id, code, n, label FROM event ORDER BY id"
EVENT_COLUMNS = [("id", "int"), ("code", "varchar"), ("n", "int"), ("label", "varchar")]
