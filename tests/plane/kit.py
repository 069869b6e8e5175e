"""How the tests of the plane drive it: a real server, programs that connect to it, and peers that speak bytes."""
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from zplane import ENV, ZPLANE, error_text  # noqa: E402

PATIENCE = 30 * int(os.environ.get("ZP_TEST_PATIENCE", "1"))

HELLO, REQUEST, RESPONSE, CANCEL, PING, PONG, NOTICE, OUTPUT, PREPARE = 1, 2, 3, 4, 5, 6, 7, 13, 17
TEXT, TREE, PREPARED = 0, 1, 2
ANY = 255
WANT_OUTPUT, DISPLAY, FORGET = 1, 2, 4


class Server:
    """`zplane serve` on a port that the kernel chose."""

    def __init__(self, directory, *options, trust=True):
        self.directory = str(directory)
        self.lines, self.port = [], None
        args = [ZPLANE, "serve", "--address", "127.0.0.1", "--port", "0", *(["--trust"] if trust else []), *options]
        self.process = subprocess.Popen(args, cwd=self.directory, env=ENV, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                                        errors="replace")
        self.ready = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.ready.wait(PATIENCE), "the server did not start: " + "".join(self.lines)
        assert self.port, "".join(self.lines)

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            m = re.match(r"listening on .*:(\d+)$", line)
            if m and not self.port:
                self.port = int(m.group(1))
            if line.strip() == "ready":
                self.ready.set()
        self.ready.set()

    def output(self):
        """What it printed besides the log."""
        return "".join(line for line in self.lines
                       if not re.match(r"\d{4}-\d\d-\d\dT|listening on|ready$", line))

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        for line in self.lines:
            assert "Sanitizer" not in line and "runtime error" not in line, "".join(self.lines)
        return status


def evaluate(text, timeout=PATIENCE):
    """One program: (output, error text)."""
    p = subprocess.run([ZPLANE, "eval", "-e", text], env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, encoding="utf-8", errors="replace", timeout=timeout)
    assert "Sanitizer" not in p.stderr and "runtime error" not in p.stderr, p.stderr
    assert p.returncode in (0, 1), (p.returncode, p.stderr)
    return p.stdout.rstrip("\n"), error_text(p.stderr) if p.returncode else ""


def until(condition, what="it"):
    """Waits for a condition, with a deadline."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.01)
    raise AssertionError(what + " did not happen in time")


# ---------------------------------------------------------------- bytes

def frame(kind, request, body, more=False):
    return struct.pack(">I", len(body) + 8) + struct.pack("<BBHI", kind, int(more), 0, request) + body


def message(kind, request, head=b"", values=()):
    body, most = struct.pack("<II", len(head), len(values)) + head + b"".join(values), 1 << 18
    return b"".join(frame(kind, request, body[at:at + most], at + most < len(body)) for at in range(0, len(body), most))


def query(request, text, options=0, limit_ms=0):
    return message(REQUEST, request, struct.pack("<BBHI", TEXT, options, 0, limit_ms) + text.encode())


def prepare(number, text, params=(), kind=TEXT, values=()):
    """`params`: pairs of a name and the tag of its type."""
    head = struct.pack("<BBH", kind, 0, len(params))
    for name, tag in params:
        head += struct.pack("<BB", tag, len(name.encode())) + name.encode()
    return message(PREPARE, number, head + (text.encode() if isinstance(text, str) else text), values)


def execute(request, number, values=(), options=0):
    return message(REQUEST, request, struct.pack("<BBHI", PREPARED, options, 0, 0) + struct.pack("<I", number), values)


def double(*numbers):
    """A double, or a vector of them, as bytes."""
    if len(numbers) == 1:
        return struct.pack("<BBHd", 1, 0, 0, numbers[0])
    return struct.pack("<BBHQ%dd" % len(numbers), 1, 0, 1, len(numbers), *numbers)


def string(text):
    return struct.pack("<BBHI", 7, 0, 0, len(text.encode())) + text.encode()


def decode(data, at=0):
    """A value and where it ends; arrays become lists, names are skipped."""
    tag, flags, ndim = struct.unpack_from("<BBH", data, at)
    at += 4
    sizes = {1: "d", 2: "B", 3: "q", 4: "q", 5: "qqII", 6: "iiq"}

    def texts(n, at):
        lengths = struct.unpack_from("<%dI" % n, data, at)
        at += 4 * n
        out = []
        for length in lengths:
            out.append(data[at:at + length].decode())
            at += length
        return out, at

    if tag == 0:
        return None, at
    if tag == 8:
        idx, at = decode(data, at)
        values, at = decode(data, at)
        return (idx, values), at
    if tag == 9:
        n, = struct.unpack_from("<Q", data, at)
        at += 8
        names = None
        if flags:
            names, at = texts(n, at)
        items = []
        for _ in range(n):
            item, at = decode(data, at)
            items.append(item)
        return (dict(zip(names, items)) if names else items), at
    if tag == 10:
        n, = struct.unpack_from("<I", data, at)
        return data[at + 4:at + 4 + n].decode(), at + 4 + n
    dims = struct.unpack_from("<%dQ" % ndim, data, at)
    at += 8 * ndim
    n = 1
    for d in dims:
        n *= d
    if tag == 7:
        out, at = texts(n, at)
    else:
        fmt = "<" + sizes[tag] * n
        out = list(struct.unpack_from(fmt, data, at))
        at += struct.calcsize(fmt)
    if flags:
        for d in dims:
            named = data[at]
            at += 1
            if named:
                _, at = texts(d, at)
    return (out[0] if not dims else out), at


class Answer:
    def __init__(self, kind, request, head, body):
        self.kind, self.request, self.head = kind, request, head
        self.failed = kind == RESPONSE and head[0] == 1
        self.error = head[4:].decode() if self.failed else None
        self.error_kind = struct.unpack_from("<H", head, 2)[0] if kind == RESPONSE else None
        self.value = decode(body)[0] if kind == RESPONSE and not self.failed else None


class Peer:
    """A connection that speaks the native protocol, byte by byte if need be."""

    def __init__(self, port, connect=None):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.settimeout(PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.parts = b"", {}
        text = json.dumps(connect or {"request_type": 1, "protocol": "zplane/1"}).encode()
        self.send(struct.pack(">I", len(text)) + text)
        while True:
            payload = self._payload()
            if payload[:1] != b"{":
                break
            if json.loads(payload)["error"]:
                raise AssertionError(payload)
        self.hello = payload
        assert payload[0] == HELLO

    def send(self, data, cut=None):
        if cut is None:
            self.socket.sendall(data)
            return
        for at in range(0, len(data), cut):
            self.socket.sendall(data[at:at + cut])

    def _payload(self):
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack(">I", self.buffer[:4])[0]:
            got = self.socket.recv(1 << 20)
            if not got:
                raise EOFError
            self.buffer += got
        n, = struct.unpack(">I", self.buffer[:4])
        payload, self.buffer = self.buffer[4:4 + n], self.buffer[4 + n:]
        return payload

    def receive(self):
        """The next whole message."""
        while True:
            payload = self._payload()
            kind, flags, _, request = struct.unpack_from("<BBHI", payload)
            body = self.parts.pop((kind, request), b"") + payload[8:]
            if flags & 1:
                self.parts[kind, request] = body
                continue
            n, _ = struct.unpack_from("<II", body)
            return Answer(kind, request, body[8:8 + n], body[8 + n:])

    def ask(self, text, request=1, **how):
        self.send(query(request, text, **how))
        while True:
            a = self.receive()
            if a.kind == RESPONSE and a.request == request:
                return a

    def answer(self):
        """The next answer of a request."""
        while True:
            a = self.receive()
            if a.kind == RESPONSE:
                return a

    def ended(self):
        """Reads until the other side closes: the texts of its notices."""
        notices = []
        try:
            while True:
                a = self.receive()
                if a.kind == NOTICE:
                    notices.append(a.head.decode())
        except (EOFError, ConnectionError):
            return notices

    def close(self):
        self.socket.close()
