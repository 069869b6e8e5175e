"""TLS on the common port: certificates that are good and bad, records that hold whole frames."""
import contextlib
import shutil
import socket
import ssl
import struct

import pytest

from server_kit import DEADLINE, Driver, Http, Server, certificate, frame, tls_client

PING = {"request_type": 7}


def options(cert, mode):
    return ["--tls=" + mode, "--tls-cert=" + cert[0], "--tls-key=" + cert[1]]


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("ca"), "authority")


@pytest.fixture(scope="module")
def server(tmp_path_factory, ca):
    dir = tmp_path_factory.mktemp("tls")
    with Server(dir, *options(certificate(dir, "localhost", ca), "optional"), "--http-listen=shared", http=False,
                unix=True) as s:
        yield s


def secure(s, context, name="localhost"):
    return Driver(s, context.wrap_socket(s.socket(), server_hostname=name))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_trusted_certificate(server, ca, version):
    context = tls_client(ca[0])
    context.minimum_version = context.maximum_version = version
    c = secure(server, context)
    assert c.sock.version() == {ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]
    assert c.ask(PING)["response_code"] == 0x10


def test_old_versions_are_refused(server):
    context = tls_client()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secure(server, context)


def test_an_unknown_authority(server, tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(server, tls_client(certificate(tmp_path, "other")[0]))
    assert secure(server, tls_client()).ask(PING)["response_code"] == 0x10  # with verification off


def test_a_wrong_name(server, ca):
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(server, tls_client(ca[0]), "elsewhere.example")


def test_plain_beside_tls(server):
    assert server.connect().ask(PING)["response_code"] == 0x10


def test_http_inside_of_tls(server, ca):
    sock = tls_client(ca[0]).wrap_socket(server.socket(), server_hostname="localhost")
    with contextlib.closing(Http(server, sock=sock)) as h:
        assert h.request("GET", "/healthz")[0] == 200


def test_pieces_of_a_handshake(server, ca):
    """The hello byte by byte, then frames byte by byte."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = tls_client(ca[0]).wrap_bio(incoming, outgoing, server_hostname="localhost")
    sock = server.socket()

    def push():
        for byte in outgoing.read():
            sock.sendall(bytes([byte]))

    def step(fn, *args):
        while True:
            try:
                value = fn(*args)
                push()
                return value
            except ssl.SSLWantReadError:
                push()
                more = sock.recv(65536)
                assert more
                incoming.write(more)

    step(tls.do_handshake)
    for byte in frame(PING):
        step(tls.write, bytes([byte]))
    got = step(tls.read, 65536)
    assert len(got) == 4 + struct.unpack(">I", got[:4])[0]  # one record, one frame
    sock.close()


def test_records_hold_whole_frames(server, ca):
    c = secure(server, tls_client(ca[0]))
    c.write(frame(PING) * 200)
    seen = 0
    while seen < 200:
        record = c.sock.recv(65536)  # Python gives one record at a time
        while record:
            size = 4 + struct.unpack(">I", record[:4])[0]
            assert len(record) >= size, "a frame goes on in the next record"
            record, seen = record[size:], seen + 1


def test_rubbish_after_the_hello(server):
    for data in (b"\x16\x03\x01\xff\xff" + b"\0" * 100, b"\x16" * 1000, b"\x16\x03\x01\x00\x02\x01\x00"):
        s = server.socket()
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while s.recv(1000):
                pass
        s.close()
    assert server.connect().ask(PING)["response_code"] == 0x10


def test_required(tmp_path, ca):
    with Server(tmp_path, *options(certificate(tmp_path, "localhost", ca), "required"), unix=True) as s:
        plain = s.connect()
        answer = plain.ask(PING)
        assert answer["response_code"] == 0x0500 and "TLS is required" in answer["data"]["zteradb_error"]
        assert plain.closed()
        assert secure(s, tls_client(ca[0])).ask(PING)["response_code"] == 0x10
        assert s.connect(unix=True).ask(PING)["response_code"] == 0x10  # does not leave the machine


def test_certificates_of_clients(tmp_path, ca):
    known, unknown = certificate(tmp_path, "known", ca), certificate(tmp_path, "unknown")
    with Server(tmp_path, *options(certificate(tmp_path, "localhost", ca), "required"), "--tls-ca=" + ca[0]) as s:
        context = tls_client(ca[0])
        context.load_cert_chain(*known)
        assert secure(s, context).ask(PING)["response_code"] == 0x10
        for chain in (None, unknown):
            context = tls_client(ca[0])
            if chain:
                context.load_cert_chain(*chain)
            with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
                assert secure(s, context).ask(PING) is not None


def test_a_new_certificate_at_a_reload(tmp_path, ca):
    old, new = certificate(tmp_path, "old", ca), certificate(tmp_path, "new", ca)
    used = tmp_path / "used.crt", tmp_path / "used.key"
    for source, target in zip(old, used):
        shutil.copy(source, target)

    def name(c):
        return dict(item[0] for item in c.sock.getpeercert()["subject"])["commonName"]

    with Server(tmp_path, *options([str(u) for u in used], "optional")) as s:
        first = secure(s, tls_client(ca[0]))
        assert name(first) == "old"
        used[1].write_text("broken")
        assert "reload failed" in s.reload().string
        assert name(secure(s, tls_client(ca[0]))) == "old"
        for source, target in zip(new, used):
            shutil.copy(source, target)
        assert "reloaded" in s.reload().string
        assert name(secure(s, tls_client(ca[0]))) == "new"
        assert first.ask(PING)["response_code"] == 0x10


def test_a_key_of_another_certificate(tmp_path):
    one, other = certificate(tmp_path, "one"), certificate(tmp_path, "other")
    with pytest.raises(AssertionError, match="cannot use the key"):
        Server(tmp_path, *options((one[0], other[1]), "optional"))


def test_half_a_handshake_is_not_waited_for(tmp_path, ca):
    with Server(tmp_path, *options(certificate(tmp_path, "localhost", ca), "optional"), "--login-timeout=1") as s:
        c = s.socket(timeout=DEADLINE)
        c.sendall(b"\x16\x03\x01\x02\x00")
        with contextlib.suppress(ConnectionError):
            assert c.recv(100) == b""
