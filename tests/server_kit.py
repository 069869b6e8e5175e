"""How tests start servers and talk to them: private directories, ports chosen by the kernel, every wait with a deadline.

    with Server(tmp_path) as s:
        s.client("alice", rights="all")
        c = s.connect()                  # a driver: frames of JSON
        c.login("alice")
        c.send({"request_type": 7}); c.receive()
"""
import contextlib
import hashlib
import hmac
import json
import os
import re
import select
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
import uuid

from zplane import ENV, ZPLANE, run

DEADLINE = float(os.environ.get("ZPLANE_TEST_DEADLINE", "60"))  # seconds; machines and sanitizers can be slow

with open(ZPLANE, "rb") as program:
    MEMORY = 8 if re.search(b"__(asan|tsan)_init", program.read()) else 1  # sanitizers multiply what is in use


def wait_until(condition, what="the condition", timeout=DEADLINE):
    """Asks again and again; the value that is true."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "%s did not come in %g s" % (what, timeout)
        time.sleep(0.005)


class Lines:
    """Lines of a stream, read by a thread, waited for with a deadline."""

    def __init__(self, stream):
        self.lines, self.changed = [], threading.Condition()
        self.thread = threading.Thread(target=self.read, args=(stream,), daemon=True)
        self.thread.start()

    def read(self, stream):
        for line in stream:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)
            self.changed.notify_all()

    def wait(self, pattern, since=0, timeout=DEADLINE):
        """The first match in a line from `since` on."""
        end = time.monotonic() + timeout
        with self.changed:
            while True:
                for line in self.lines[since:]:
                    found = line is not None and re.search(pattern, line)
                    if found:
                        return found
                    assert line is not None, "the process ended without %r: %s" % (pattern, self.lines)
                since = len(self.lines)
                assert self.changed.wait(max(0, end - time.monotonic())), "no line %r in %s" % (pattern, self.lines)

    def text(self):
        with self.changed:
            return "\n".join(line for line in self.lines if line is not None)


class Server:
    """`zplane serve` on a free port of loopback, with everything it keeps below `dir`."""

    def __init__(self, dir, *options, trust=False, http=True, unix=False, vault=True, data=True, env=None, start=True):
        self.dir, self.env = str(dir), dict(ENV, **(env or {}))
        self.keys = {}
        self.options = ["--address=127.0.0.1", "--port=0", "--stop-timeout=5"]
        if data:
            self.options.append("--data=" + os.path.join(self.dir, "data"))
        self.options.append("--state-dir=" + os.path.join(self.dir, "state"))
        self.vault = os.path.join(self.dir, "vault.db")
        if vault:
            if not os.path.exists(self.vault):
                self.vault_command("init")
            self.options.append("--vault=" + self.vault)
        if trust:
            self.options.append("--trust")
        if http:
            self.options.append("--http-listen=127.0.0.1:0")
        if unix:
            self.options.append("--unix-socket=" + os.path.join(self.dir, "socket"))
        self.options += options
        self.process = None
        if start:
            self.start()

    # ---- the vault

    def vault_command(self, *args):
        status, out, err = run("vault", *args, "--vault=" + self.vault)
        assert status == 0, err
        return out

    def client(self, name, *options, rights="all"):
        """A new client; its keys by name."""
        out = self.vault_command("client", "add", name, "--rights=" + rights, *options)
        self.keys[name] = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)
        return self.keys[name]

    # ---- life

    def start(self):
        self.process = subprocess.Popen([ZPLANE, "serve", *self.options], env=self.env, cwd=self.dir,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        encoding="utf-8", errors="replace")
        self.out, self.log = Lines(self.process.stdout), Lines(self.process.stderr)
        try:
            self.out.wait("^ready$")
        except AssertionError as e:
            self.process.kill()
            self.log.thread.join(DEADLINE)  # what it said last
            raise AssertionError("%s\n%s" % (e, self.log.text())) from None
        text = self.out.text()
        port = re.search(r"^listening on [\d.]+:(\d+)$", text, re.M)
        self.port = int(port.group(1)) if port else None
        http = re.search(r"^http on [\d.]+:(\d+)$", text, re.M)
        self.http_port = int(http.group(1)) if http else None
        self.path = os.path.join(self.dir, "socket")
        return self

    def send_signal(self, number):
        self.process.send_signal(number)

    def reload(self):
        since = len(self.log.lines)
        self.send_signal(signal.SIGHUP)
        return self.log.wait("reload", since)

    def stop(self, number=signal.SIGTERM, timeout=DEADLINE):
        """The exit status after a signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout)

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE)

    def __enter__(self):
        return self

    def __exit__(self, *failed):
        if self.process and self.process.poll() is None:
            status = self.stop()
        else:
            status = self.process.returncode if self.process else 0
        if self.process:
            self.out.thread.join(DEADLINE)
            self.log.thread.join(DEADLINE)
            self.process.stdout.close()
            self.process.stderr.close()
        if not failed[0]:
            assert status in (0, -signal.SIGKILL), "exit status %s\n%s" % (status, self.log.text())

    def alive(self):
        return self.process.poll() is None

    def resident_bytes(self):
        with open("/proc/%d/statm" % self.process.pid) as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    # ---- peers

    def socket(self, unix=False, timeout=DEADLINE):
        if unix:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(timeout)
            s.connect(self.path)
            return s
        s = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def connect(self, **more):
        return Driver(self, self.socket(**more))

    def http(self, method, path, body=None, headers=None, port=None):
        """(status, headers in lower case, body) of one request on a connection of its own."""
        with contextlib.closing(Http(self, port)) as h:
            return h.request(method, path, body, headers)

    def metric(self, name):
        status, _, body = self.http("GET", "/metrics")
        assert status == 200
        return sum(float(line.split()[-1]) for line in body.decode().splitlines()
                   if re.match(re.escape(name) + r"[ {]", line))

    def sign(self, name, timestamp=None, nonce=None):
        """The fields of a handshake that prove `name`."""
        keys = self.keys[name]
        timestamp = int(time.time()) if timestamp is None else timestamp
        nonce = nonce or str(uuid.uuid4())
        message = "%s:%d:%s" % (keys["access_key"], timestamp, nonce)
        return {"client_key": keys["client_key"], "nonce": nonce, "timestamp": timestamp,
                "signature": hmac.new(keys["secret_key"].encode(), message.encode(), hashlib.sha256).hexdigest()}


def frame(message):
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(payload)) + payload


class Driver:
    """A peer that speaks frames of JSON."""

    def __init__(self, server, sock):
        self.server, self.sock, self.data = server, sock, b""

    def write(self, data):
        self.sock.sendall(data)

    def send(self, message):
        self.write(frame(message))

    def fill(self):
        more = self.sock.recv(65536)
        self.data += more
        return bool(more)

    def receive(self):
        """The next frame; None: the server has closed."""
        while len(self.data) < 4 or len(self.data) < 4 + struct.unpack(">I", self.data[:4])[0]:
            if not self.fill():
                assert not self.data, "the connection ended in the middle of a frame"
                return None
        size = struct.unpack(">I", self.data[:4])[0]
        payload, self.data = self.data[4:4 + size], self.data[4 + size:]
        return json.loads(payload)

    def ask(self, message):
        self.send(message)
        return self.receive()

    def connect_message(self, name, **more):
        return dict(self.server.sign(name), request_type=1, response_data_type="json", **more)

    def login(self, name, **more):
        """The two frames of a login as N or P, or (protocol="zplane/1") a native peer sees them."""
        self.send(self.connect_message(name, **more))
        return self.receive()

    def closed(self):
        """Waits for the end of the stream; True when it comes without further bytes."""
        assert not self.data
        try:
            return not self.fill()
        except ConnectionResetError:
            return False

    def silent(self, seconds=0.1):
        return not self.data and not select.select([self.sock], [], [], seconds)[0]

    def close(self):
        self.sock.close()


class Http:
    """A connection that speaks HTTP, byte by byte if need be."""

    def __init__(self, server, port=None, sock=None):
        self.sock = sock or socket.create_connection(("127.0.0.1", port or server.http_port), timeout=DEADLINE)
        self.file = self.sock.makefile("rb")

    def send(self, data):
        self.sock.sendall(data)

    def response(self, head=False):
        line = self.file.readline().decode()
        if not line:
            return None
        status, headers = int(line.split()[1]), {}
        while True:
            line = self.file.readline().decode().rstrip("\r\n")
            if not line:
                break
            key, value = line.split(":", 1)
            headers[key.lower()] = value.strip()
        if head or status == 100:
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, b"".join(self.chunks())
        if "content-length" in headers:
            return status, headers, self.file.read(int(headers["content-length"]))
        return status, headers, self.file.read()

    def chunks(self):
        while True:
            size = int(self.file.readline(), 16)
            chunk = self.file.read(size)
            self.file.readline()
            if not size:
                return
            yield chunk

    def request(self, method, path, body=None, headers=None):
        body = body.encode() if isinstance(body, str) else body
        head = ["%s %s HTTP/1.1" % (method, path), "Host: localhost"]
        if body is not None:
            head.append("Content-Length: %d" % len(body))
        head += ["%s: %s" % item for item in (headers or {}).items()]
        self.send(("\r\n".join(head) + "\r\n\r\n").encode() + (body or b""))
        return self.response(head=method == "HEAD")

    def close(self):
        self.file.close()
        self.sock.close()


def certificate(dir, name="localhost", ca=None, days=2, expired=False):
    """(certificate, key) files made by openssl: self-signed, or signed by `ca`."""
    cert, key = os.path.join(str(dir), name + ".crt"), os.path.join(str(dir), name + ".key")
    ext = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    base = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
            "-subj", "/CN=" + name]
    if ca is None:
        command = base + ["-x509", "-days", str(days), "-out", cert, "-addext", ext]
        subprocess.run(command, check=True, capture_output=True)
        return cert, key
    request, extfile = cert + ".csr", cert + ".ext"
    with open(extfile, "w") as f:
        f.write(ext)
    subprocess.run(base + ["-out", request], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", ca[0], "-CAkey", ca[1], "-CAcreateserial",
                    "-days", str(-1 if expired else days), "-extfile", extfile, "-out", cert],
                   check=True, capture_output=True)
    return cert, key


def tls_client(ca=None):
    """A context that trusts `ca` alone, or anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca:
        context.load_verify_locations(ca)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
