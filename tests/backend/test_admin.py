"""`zplane gateway`: what a running server says about its pools, to its own user alone."""
import json
import os
import pathlib
import re
import stat
import subprocess
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ZPLANE = os.environ.get("ZPLANE", str(ROOT / "build" / "zplane"))
DATABASE = "4UDEMOSHOPDATABASE00000001"


def zplane(*args):
    done = subprocess.run([ZPLANE, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def server(servers, tmp_path):
    state = tmp_path / "state"
    (tmp_path / "shop.json").write_text(json.dumps({
        "format": "zplane-vault/1", "clients": [],
        "databases": [{"name": "shop", "database_id": DATABASE, "schema": str(ROOT / "examples/shop/schema.json"),
                       "envs": {"dev": {"url": servers.url("sqlite", "shop_dev"), "pool-max": 3}}}]}))
    for args in (["vault", "init"], ["vault", "apply", str(tmp_path / "shop.json")]):
        status, _, err = zplane(*args, f"--state-dir={state}")
        assert status == 0, err
    process = subprocess.Popen([ZPLANE, "serve", f"--state-dir={state}", "--port=0", "--address=127.0.0.1", "--http-listen=0"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    http = None
    for line in process.stdout:
        found = re.search(r"http on [^ ]*?:(\d+)", line)
        http = int(found.group(1)) if found else http
        if line.startswith("ready"):
            break
    yield state, http
    process.terminate()
    assert process.wait(30) == 0
    assert not (state / "admin.sock").exists()


def test_reports(server):
    state, http = server
    assert stat.S_IMODE((state / "admin.sock").stat().st_mode) == 0o600
    status, out, _ = zplane("gateway", "pools", f"--state-dir={state}")
    assert status == 0
    names, row = (line.split() for line in out.splitlines()[:2])
    row = dict(zip(names, row))
    assert row["database"] == DATABASE and row["env"] == "dev" and row["backend"] == "sqlite" and row["state"] == "open"
    status, out, _ = zplane("gateway", "queries", "--json", f"--state-dir={state}")
    assert status == 0 and json.loads(out) == {"queries": []}
    status, out, _ = zplane("gateway", "clients", f"--state-dir={state}")
    assert status == 0 and out.split()[:2] == ["peer", "client"]
    text = urllib.request.urlopen(f"http://127.0.0.1:{http}/metrics", timeout=10).read().decode()
    assert "zplane_backend_queries_total 0" in text and "zplane_backend_connections" in text


def test_refusals(server):
    state, _ = server
    for args, said in ((["kill", "7"], "no query 7"), (["kill", "x"], "no number"), (["kill", "9" * 30], "no number")):
        status, out, err = zplane("gateway", *args, f"--state-dir={state}")
        assert status == 1 and said in err and not out
    assert zplane("gateway", "pools", f"--state-dir={state}/nowhere")[0] == 1
    status, _, err = zplane("gateway", "pools")
    assert status == 1 and "--state-dir" in err


@pytest.mark.parametrize("sent", [b"\n", b"nonsense\n", b"kill\n", b"kill -\n", b"kill 1x\n", b"x" * 1000, b"\xff\0\n", b"pools"])
def test_anything_on_the_socket(server, sent):
    import socket
    state, _ = server
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        os.chdir(state)
        s.connect("admin.sock")
        s.sendall(sent)
        if sent != b"pools":  # a line that does not end is waited for
            assert b'"error"' in s.recv(1000)
    assert zplane("gateway", "pools", f"--state-dir={state}")[0] == 0
