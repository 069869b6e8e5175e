"""Databases that take a connection and then say nothing: at the handshake, at a query.  Those who wait learn it in time, nobody else notices."""
import socket
import threading
import time

import pytest

from test_scripted import READY, Fake
from test_streams import ONE

SILENT = {"postgresql": "postgresql://u@127.0.0.1:{}/x?sslmode=disable", "mariadb": "mariadb://u:p@127.0.0.1:{}/x"}


class Silent:
    """Accepts everybody and never answers."""

    def __init__(self):
        self.peers = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                self.peers.append(self.socket.accept()[0])
            except OSError:
                return

    def close(self):
        self.socket.close()
        for peer in self.peers:
            peer.close()


@pytest.fixture(params=SILENT)
def silent(request):
    server = Silent()
    server.url = SILENT[request.param].format(server.port)
    yield server
    server.close()


def test_at_the_handshake(probe, servers, silent):
    probe.pools(hangs=(silent.url, {"max": 4, "connect_ms": 1000, "wait_ms": 1500}), shop=(servers.url("sqlite", "shop_dev"), {"max": 1}))
    began = time.monotonic()
    runs = [probe.start("hangs", *ONE) for _ in range(20)]
    assert probe.rows("shop", *ONE) == [{"a": 1}]
    assert time.monotonic() - began < 1
    probe.send(op="cancel", id=runs[0])
    assert probe.wait(runs[0])["done"] == "cancelled" and time.monotonic() - began < 1
    for run in runs[1:]:
        assert probe.wait(run)["done"] in ("pool", "unreachable")
    assert time.monotonic() - began < 10


def test_the_end_does_not_wait_for_it(probe, silent):
    probe.pools(hangs=(silent.url, {"max": 2, "connect_ms": 1500}))
    run = probe.start("hangs", *ONE)
    probe.eventually(lambda: silent.peers)
    began = time.monotonic()
    probe.process.stdin.close()
    assert probe.wait(run)["done"] in ("shutdown", "unreachable")
    probe.pump(lambda: probe.other and probe.other[-1].get("end"))
    assert time.monotonic() - began < 10
    assert probe.process.wait(10) == 0


class Mute(Fake):
    """Shakes hands, and answers no query of its first connection but the settings of a session."""

    def serve(self, peer):
        self.first, mute = getattr(self, "first", peer), not hasattr(self, "first")
        if not mute:
            self.asked = max(self.asked, 1)
            super().serve(peer)
            return
        self.answer = b""
        sent, real = [], peer

        class Gate:
            def recv(self, n):
                return real.recv(n)

            def sendall(self, data):
                if data:
                    sent.append(data)
                    real.sendall(data)

            def close(self):
                pass
        try:
            super().serve(Gate())
            while real.recv(65536):
                pass
        except OSError:
            pass


def test_at_a_query(probe):
    fake = Mute(READY)
    probe.pools(shop=(fake.url, {"max": 1, "query_ms": 500, "wait_ms": 30000}))
    began = time.monotonic()
    assert probe.run("shop", *ONE)["done"] == "timeout"
    assert time.monotonic() - began < 5
    # its connection is given up in the end, and the next one serves
    assert probe.rows("shop", *ONE) == [{"a": 1}]
    assert time.monotonic() - began < 25
