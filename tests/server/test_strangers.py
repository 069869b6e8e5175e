"""Connections before their login: frames in any pieces, bad ones, slow ones, too many."""
import socket
import struct
import time

import pytest

from server_kit import DEADLINE, Driver, Server, frame, wait_until

PING = {"request_type": 7}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("strangers"), unix=True) as s:
        s.client("alice")
        wait_until(lambda: s.connect().login("alice", protocol="zplane/1")["error"] is False, "the client in the vault")
        yield s


def refused(answer, code=0x0500):
    return answer["error"] is True and answer["response_code"] == code and answer["data"]["zteradb_error"]


def test_ping_before_login(server):
    c = server.connect()
    assert c.ask(PING) == {"error": False, "response_code": 0x10, "data": {"pong": True}}
    assert c.ask(PING)["data"] == {"pong": True}


def test_frames_cut_at_every_byte(server):
    data = frame(PING) + frame(PING) + frame({"request_type": 7, "pad": "x" * 30})
    for cut in range(1, len(data)):
        c = server.connect()
        c.write(data[:cut])
        c.write(data[cut:])
        assert [c.receive()["response_code"] for _ in range(3)] == [0x10] * 3
        c.close()


def test_one_byte_at_a_time(server):
    c = server.connect()
    for i in frame(PING):
        c.write(bytes([i]))
    assert c.receive()["response_code"] == 0x10


def test_several_frames_in_one_write(server):
    c = server.connect()
    c.write(frame(PING) * 50)
    assert [c.receive()["response_code"] for _ in range(50)] == [0x10] * 50


def test_replies_are_whole_frames_per_read(server):
    """Header and payload come in one write: what a driver without reassembly needs."""
    c = server.connect()
    for _ in range(20):
        c.send(PING)
        got = c.sock.recv(65536)
        assert len(got) == 4 + struct.unpack(">I", got[:4])[0]


@pytest.mark.parametrize("data", [
    b"\0\0\0\0", struct.pack(">I", 16385), b"\xff\xff\xff\xff", b"\0\x10{}",  # the last: two-byte lengths of old drivers
    b"\x00\x02{}{}{}{}", struct.pack(">I", 1 << 30) + b"x" * 100000,
])
def test_bad_lengths(server, data):
    c = server.connect()
    c.write(data)
    assert refused(c.receive())
    assert c.closed()


@pytest.mark.parametrize("payload", [
    b"{", b"[]", b"\xff\xfe", b'{"request_type":1', b'{"request_type":7}x', b'{"request_type":7,"request_type":7}',
    b'{"a":NaN}', b'{"a":"\\ud800"}', b"{" * 16000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"\xef\xbb\xbf{}", b"{}",
    b'{"request_type":"7"}', b'{"request_type":99}',
])
def test_bad_payloads(server, payload):
    c = server.connect()
    c.write(frame(payload))
    assert c.receive()["error"] is True
    assert c.closed()


def test_the_frame_before_the_end_survives_unread_input(server):
    """A close that resets the connection would destroy the error frame on its way."""
    for _ in range(20):
        c = server.connect()
        c.write(b"\0\0\0\0" + b"unread" * 20000)
        time.sleep(0.002)
        assert refused(c.receive())
        assert c.closed()


@pytest.mark.parametrize("first", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/1.1\r\n\r\n",
                                   b"POST /auth/login HTTP/1.1\r\n\r\n"])
def test_other_protocols_are_told(server, first):
    c = server.connect()
    c.write(first)
    answer = c.receive()
    assert refused(answer) and "does not speak" in answer["data"]["zteradb_error"]
    assert c.closed()


def test_a_peer_that_leaves_in_the_middle_of_a_frame(server):
    for part in (b"\0", b"\0\0\0\x20", b"\0\0\0\x20{"):
        c = server.connect()
        c.write(part)
        c.close()
    assert server.connect().ask(PING)["response_code"] == 0x10


def test_disconnect_before_login(server):
    c = server.connect()
    answer = c.ask({"request_type": 3})
    assert answer["error"] is False or answer["response_code"]
    assert c.closed()


def test_anything_else_needs_a_login(server):
    c = server.connect()
    answer = c.ask({"request_type": 5, "query": {"sh": "user", "qt": 2}})
    assert answer["error"] is True
    assert c.closed()


def test_unix_socket(server):
    c = server.connect(unix=True)
    assert c.ask(PING)["response_code"] == 0x10


def test_wrong_proof(server):
    c = server.connect()
    message = c.connect_message("alice", env="dev")
    message["signature"] = "0" * 64
    assert c.ask(message)["error"] is True
    assert c.closed()


def test_a_thousand_connections(server):
    peers = [server.connect() for _ in range(1000)]
    for c in peers:
        c.send(PING)
    assert all(c.receive()["response_code"] == 0x10 for c in peers)
    for c in peers:
        c.close()
    wait_until(lambda: server.metric("zplane_strangers") == 0, "the end of the connections")


def test_without_trust_nobody_is_trusted(server):
    c = server.connect()
    assert c.ask({"request_type": 1, "protocol": "zplane/1"})["error"] is True
    assert c.closed()


# ---------------------------------------------------------------- servers with limits of their own


def test_login_takes_no_longer_than_it_may(tmp_path):
    with Server(tmp_path, "--login-timeout=1") as s:
        silent, slow, chatty = s.connect(), s.connect(), s.connect()
        slow.write(frame(PING)[:9])
        began = time.monotonic()
        while time.monotonic() - began < 0.8:
            assert chatty.ask(PING)["response_code"] == 0x10  # a ping is no login
            time.sleep(0.1)
        for c in (silent, slow, chatty):
            assert refused(c.receive())
            assert c.closed()
        assert 0.9 < time.monotonic() - began < DEADLINE


def test_too_many_strangers(tmp_path):
    with Server(tmp_path, "--max-strangers=5") as s:
        peers = [s.connect() for _ in range(5)]
        assert all(c.ask(PING)["response_code"] == 0x10 for c in peers)
        new = s.connect()
        assert new.ask(PING)["response_code"] == 0x10
        answer = peers[0].receive()
        assert refused(answer) and "too many" in answer["data"]["zteradb_error"]
        assert peers[0].closed()
        assert all(c.ask(PING)["response_code"] == 0x10 for c in peers[1:])


def test_trust_is_for_this_machine(tmp_path):
    with Server(tmp_path, trust=True, vault=False) as s:
        c = s.connect()
        assert c.ask({"request_type": 1, "protocol": "zplane/1"})["error"] is False
        other = s.connect()
        assert other.ask({"request_type": 1, "client_key": "x"})["error"] is True  # drivers never


def test_no_tcp(tmp_path):
    with Server(tmp_path, "--address=none", unix=True) as s:
        assert s.port is None
        assert s.connect(unix=True).ask(PING)["response_code"] == 0x10


def test_ipv6(tmp_path):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with Server(tmp_path, "--address=") as s:
        port = int(s.out.wait(r"^listening on \[::\]:(\d+)$").group(1))
        for host in ("::1", "127.0.0.1"):
            with socket.create_connection((host, port), timeout=DEADLINE) as sock:
                assert Driver(s, sock).ask(PING)["response_code"] == 0x10
