"""A PostgreSQL that misbehaves: whatever it sends after the handshake, the answer is an error, and the next query begins anew."""
import socket
import struct
import threading

import pytest


def message(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


READY = message(b"Z", b"I")


def row_description(*oids):
    return message(b"T", struct.pack("!H", len(oids)) + b"".join(b"c\0" + struct.pack("!IHIhih", 0, 0, oid, -1, -1, 0) for oid in oids))


def data_row(*values):
    body = struct.pack("!H", len(values))
    for v in values:
        body += struct.pack("!i", -1) if v is None else struct.pack("!i", len(v)) + v
    return message(b"D", body)


GOOD = message(b"1") + message(b"t", b"\0\0") + row_description(23) + message(b"2") + data_row(b"1") + message(b"C", b"SELECT 1\0") + READY


class Fake:
    """Shakes hands with everybody; answers the first request of the first connection with `answer`, byte by byte if wished."""

    def __init__(self, answer, torn=False):
        self.answer, self.torn, self.asked = answer, torn, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://u@127.0.0.1:{self.socket.getsockname()[1]}/x?sslmode=disable"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        try:
            size, = struct.unpack("!I", peer.recv(4))
            peer.recv(size - 4)
            peer.sendall(message(b"R", struct.pack("!I", 0)) + message(b"S", b"client_encoding\0UTF8\0") + message(b"K", bytes(8)) + READY)
            while True:
                got = peer.recv(65536)
                if not got:
                    return
                if got[:1] == b"Q":
                    peer.sendall(message(b"C", b"SET\0") + READY)
                    continue
                self.asked += 1
                answer = self.answer if self.asked == 1 else GOOD
                for piece in ([answer[i:i + 1] for i in range(len(answer))] if self.torn else [answer]):
                    peer.sendall(piece)
                if answer is not GOOD and self.asked == 1 and not answer.endswith(READY):
                    peer.close()
                    return
        except OSError:
            pass


HEAD = message(b"1") + message(b"t", b"\0\0") + row_description(23) + message(b"2")
BAD = {
    "unknown message": b"?\0\0\0\4", "length too small": b"D\0\0\0\1", "length too large": b"D\x7f\xff\xff\xff", "ends at once": b"",
    "ends in a row": HEAD + data_row(b"1")[:-1], "row before its columns": data_row(b"1"), "row of odd columns": HEAD + message(b"D", b"\0\5\0\0\0\1x"),
    "value longer than its row": HEAD + message(b"D", b"\0\1\0\0\0\x09x"), "value of minus two bytes": HEAD + message(b"D", b"\0\1\xff\xff\xff\xfex"),
    "row with a tail": HEAD + message(b"D", b"\0\1\0\0\0\1xtail"), "columns cut": message(b"T", b"\0\5c\0"), "empty row": HEAD + message(b"D"),
}


@pytest.mark.parametrize("name", BAD)
def test_it_sends_what_it_must_not(probe, name):
    fake = Fake(BAD[name])
    probe.pools(shop=(fake.url, {"max": 1}))
    run = probe.run("shop", "INSERT", [("a", "int")], write=True)  # a write is never sent twice
    assert run["done"] in ("connection_lost", "backend"), run["end"]
    assert fake.asked == 1
    assert probe.rows("shop", "SELECT 1", [("a", "int")]) == [{"a": 1}]


def test_more_columns_than_the_schema(probe):
    fake = Fake(message(b"1") + message(b"t", b"\0\0") + row_description(23, 25) + message(b"2") + data_row(b"1", b"x") +
                message(b"C", b"SELECT 1\0") + READY)
    probe.pools(shop=(fake.url, {"max": 1}))
    assert probe.run("shop", "SELECT 1", [("a", "int")])["done"] == "backend"
    assert probe.rows("shop", "SELECT 1", [("a", "int")]) == [{"a": 1}]


def test_byte_by_byte(probe):
    notice = message(b"N", b"SNOTICE\0Mhello\0\0") + message(b"S", b"a\0b\0") + message(b"A", bytes(4) + b"c\0p\0")
    fake = Fake(notice + GOOD[:-len(READY)] + notice + READY, torn=True)
    probe.pools(shop=(fake.url, {"max": 1}))
    for _ in range(3):
        assert probe.rows("shop", "SELECT 1", [("a", "int")]) == [{"a": 1}]


def test_error_without_fields(probe):
    for body in (b"", b"\0", b"C", b"C23505", b"C23505\0DKey (a", b"M" + b"x" * 5000 + b"\0\0"):
        fake = Fake(message(b"E", body) + READY)
        probe.pools(shop=(fake.url, {"max": 1}))
        assert probe.run("shop", "SELECT 1", [("a", "int")])["done"] in ("backend", "unique")
        assert probe.rows("shop", "SELECT 1", [("a", "int")]) == [{"a": 1}]
