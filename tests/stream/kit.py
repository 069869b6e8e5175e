"""What the tests of streams share: the probe, a native peer of plain bytes, a connection that is cut."""
import os
import random
import socket
import struct
import subprocess
import threading

from server_kit import DEADLINE, Lines
from zplane import ENV, run

PROBE = os.environ.get("STREAM_PROBE", os.path.join(os.path.dirname(os.environ.get("ZPLANE", "build/zplane")), "tests", "stream_probe"))

HELLO, REQUEST, RESPONSE, CANCEL, APPEND, ACK, SUBSCRIBE, ROWS, CREDIT, OPEN, SHAPE, ONCE = 1, 2, 3, 4, 8, 9, 10, 11, 12, 14, 15, 16
SERIES = 'zts(vector("time", 0), matrix(0, 0, %d)%s)'


def series(columns=2, more=""):
    return SERIES % (columns, more)


def ask(server, text):
    """The display of a value; an error of the program fails the test."""
    status, out, err = run("query", "127.0.0.1:%d" % server.port, "-e", text)
    assert status == 0, err
    return out.strip()


def number(server, text):
    return float(ask(server, text).split()[-1])


class Probe:
    def __init__(self, *args, **env):
        self.process = subprocess.Popen([PROBE, *map(str, args)], env=dict(ENV, **env), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        self.out = Lines(self.process.stdout)

    def wait(self, pattern, **more):
        return self.out.wait(pattern, **more)

    def end(self, timeout=DEADLINE):
        status = self.process.wait(timeout)
        self.out.thread.join(timeout)
        self.process.stdout.close()
        return status

    def kill(self):
        self.process.kill()
        self.end()

    def lines(self, word):
        """The fields of all lines that begin with a word."""
        return [line.split(" ", 2)[1:] if word == "refused" else line.split()[1:]
                for line in self.out.text().splitlines() if line.split(" ")[0] == word]

    def acked(self):
        return max([int(a[0]) for a in self.lines("acked")] or [0])


class Native:
    """A peer of the native protocol that can say anything, right or wrong."""

    def __init__(self, server, login=True):
        self.s = server.socket()
        self.buffer = b""
        if login:
            self.send_raw(b'{"request_type":1,"protocol":"zplane/1","response_data_type":"json","env":"dev"}')
            while True:
                payload = self.receive_raw()
                if payload[:1] != b"{":
                    break
                assert b'"error":true' not in payload, payload

    def send_raw(self, payload):
        self.s.sendall(struct.pack(">I", len(payload)) + payload)

    def receive_raw(self):
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack(">I", self.buffer[:4])[0]:
            more = self.s.recv(1 << 16)
            if not more:
                raise EOFError
            self.buffer += more
        n = struct.unpack(">I", self.buffer[:4])[0]
        payload, self.buffer = self.buffer[4:4 + n], self.buffer[4 + n:]
        return payload

    def send(self, kind, request, head):
        self.send_raw(struct.pack("<BBHI", kind, 0, 0, request) + struct.pack("<II", len(head), 0) + head)

    def receive(self, *kinds):
        """(type, request, head) of the next message of these types."""
        while True:
            payload = self.receive_raw()
            kind, _, _, request = struct.unpack("<BBHI", payload[:8])
            head_len = struct.unpack("<I", payload[8:12])[0]
            if not kinds or kind in kinds:
                return kind, request, payload[16:16 + head_len]

    def nothing(self, seconds=0.1):
        self.s.settimeout(seconds)
        try:
            self.receive()
            return False
        except socket.timeout:
            return True
        finally:
            self.s.settimeout(DEADLINE)

    def close(self):
        self.s.close()


def path(*names):
    return bytes([len(names)]) + b"".join(bytes([len(n)]) + n.encode() for n in names)


def open_head(*names, producer=(7, 0), cls=0, elem=0, dims=()):
    return struct.pack("<QQBBB", producer[0], producer[1], cls, elem, len(dims)) + struct.pack("<%dQ" % len(dims), *dims) + path(*names)


def rows_head(sequence, times, values, go_on=False):
    return struct.pack("<QI", sequence, len(times) | (0x80000000 if go_on else 0)) + \
        struct.pack("<%dq" % len(times), *times) + struct.pack("<%dd" % len(values), *values)


def once_head(names, times, values, vector=True, dims=(), cls=2, elem=1):
    return path(*names) + struct.pack("<BBBB", cls, elem, vector, len(dims)) + struct.pack("<%dQ" % len(dims), *dims) + \
        struct.pack("<QQ", len(times), len(values)) + struct.pack("<%dq" % len(times), *times) + struct.pack("<%dd" % len(values), *values)


def ack(head):
    """(sequence, rows, refusal or None)"""
    sequence, _, rows, refused = struct.unpack("<QQqB", head[:25])
    return sequence, rows, head[25:].decode() if refused else None


class Cutter:
    """A relay that breaks every connection after a random number of bytes, so many times."""

    def __init__(self, port, cuts, seed, least=2000, most=60000):
        self.target, self.cuts, self.random, self.least, self.most = port, cuts, random.Random(seed), least, most
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.made = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                a, _ = self.listener.accept()
                b = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self.made += 1
            limit = self.random.randrange(self.least, self.most) if self.cuts > 0 else None
            self.cuts -= 1
            for x, y, most in ((a, b, limit), (b, a, None)):
                threading.Thread(target=self.pump, args=(x, y, most), daemon=True).start()

    @staticmethod
    def pump(x, y, most):
        try:
            while most is None or most > 0:
                data = x.recv(4096 if most is None else min(4096, most))
                if not data:
                    break
                y.sendall(data)
                if most is not None:
                    most -= len(data)
        except OSError:
            pass
        for s in (x, y):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()
