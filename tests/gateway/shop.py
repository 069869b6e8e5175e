"""The demo shop behind a gateway, on each backend; and a driver that sends what it is told.

    shop("sqlite")                   a server with the shop on that engine, kept for the test session
    s = shop.session()               class N of shop-writer; cls="P", "V" for the others, client="shop-reader"
    s.ask({"sh": "user", "qt": 2})   the rows, or Refused
"""
import hashlib
import hmac
import json
import os
import pathlib
import socket
import struct
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import backends_kit  # noqa: E402
import server_kit  # noqa: E402

FOLDER = backends_kit.SHOP
SCHEMA = json.loads((FOLDER / "schema.json").read_text())["schemas"]
ROWS = json.loads((FOLDER / "rows.json").read_text())
CREDENTIALS = json.loads((FOLDER / "credentials.json").read_text())
DATABASE = "4UDEMOSHOPDATABASE00000001"
OTHER = "4UDEMOOTHERDATABASE0000002"
ENGINES = ["sqlite", "postgresql", "mariadb"]
COMPLETE, DATA, PONG = 0x0608, 0x0007, 0x0010
PARSE, SCHEMA_ERROR, FIELD, FAILED, ACCESS, TOKEN, REQUEST = "parse", "schema", "field", "query", "access", "token", "request"
CODES = {  # condition: N, the others
    PARSE: (0x0420, 0x0100), SCHEMA_ERROR: (0x0421, 0x0401), FIELD: (0x0422, 0x0402), FAILED: (0x0520, 0x0009),
    ACCESS: (0x0400, 0x0011), TOKEN: (0x0401, 0x0400), REQUEST: (0x0423, 0x0423)}


class Refused(Exception):
    def __init__(self, frame, cls):
        super().__init__(frame["data"]["zteradb_error"])
        self.frame, self.data = frame, frame["data"]
        column = 0 if cls == "N" else 1
        self.why = next((w for w, codes in CODES.items() if codes[column] == frame["response_code"]), frame["response_code"])


def handshake(client, cls="N", env="dev", database=DATABASE):
    """The CONNECT message of a driver."""
    record = next(c for c in CREDENTIALS["clients"] if c["name"] == client)
    pair, key = record["credentials"][0], record["client_key"]
    if cls == "V":
        nonce = hashlib.sha256(str(int.from_bytes(os.urandom(2), "big") + 10000).encode()).hexdigest()
        return {"request_type": 1, "access_key": pair["access_key"], "client_key": key, "nonce": nonce,
                "request_token": hashlib.sha256((pair["secret_key"] + nonce).encode()).hexdigest()}
    nonce, now = str(uuid.uuid4()), int(time.time())
    text = "%s:%d:%s" % (pair["access_key"], now, nonce)
    message = {"request_type": 1, "client_key": key, "nonce": nonce, "timestamp": now, "response_data_type": "json",
               "signature": hmac.new(pair["secret_key"].encode(), text.encode(), hashlib.sha256).hexdigest()}
    if cls != "P0":
        message["env"] = env
    if cls == "N":
        message["database_id"] = database
    return message


class Session:
    def __init__(self, port, client="shop-writer", cls="N", env="dev", database=DATABASE):
        self.socket = socket.create_connection(("127.0.0.1", port), server_kit.DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.connect = handshake(client, cls, env, database)
        self.cls, self.key = cls, self.connect["client_key"]
        self.send(self.connect)
        self.login = self.frame()
        assert not self.login["error"], self.login
        assert self.frame()["response_code"] == COMPLETE
        self.place = {} if cls == "N" else {"database_id": database, "env": env}

    def send_raw(self, payload):
        self.socket.sendall(struct.pack(">I", len(payload)) + payload)

    def send(self, message):
        self.send_raw(json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def bytes(self, count):
        while len(self.buffer) < count:
            part = self.socket.recv(1 << 16)
            if not part:
                raise EOFError
            self.buffer += part
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def frame(self):
        return json.loads(self.bytes(struct.unpack(">I", self.bytes(4))[0]))

    def answer(self):
        """Rows up to the terminal frame."""
        rows = []
        while True:
            frame = self.frame()
            assert set(frame) == {"error", "response_code", "data"} and isinstance(frame["error"], bool)
            if frame["error"]:
                raise Refused(frame, self.cls)
            if frame["response_code"] == COMPLETE:
                return rows
            assert frame["response_code"] == DATA and frame["data"] not in ({}, [], 0, None)
            rows.append(frame["data"])

    def post(self, query, **extra):
        self.send({"query": query, "request_type": 5, **self.place, **extra})

    def ask(self, query, **extra):
        self.post(query, **extra)
        return self.answer()

    def refused(self, query, why, **extra):
        try:
            rows = self.ask(query, **extra)
        except Refused as e:
            assert e.why == why, (str(query)[:300], e.why, e.data)
            assert isinstance(e.data["zteradb_error"], str) and e.data["zteradb_error"]
            return e.data
        raise AssertionError("not refused: %s -> %s" % (str(query)[:300], rows[:3]))

    def alive(self):
        self.send({"request_type": 7})
        assert self.frame() == {"error": False, "response_code": PONG, "data": {"pong": True}}

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Shop:
    def __init__(self, servers, engine, *options, change=None):
        """`change` is shown the vault's declaration before it is applied."""
        self.engine, self.servers = engine, servers
        self.folder = tempfile.TemporaryDirectory(prefix="zp-shop-")
        env = {name: servers.url(engine, base) for name, base in
               [("SHOP_DEV_URL", "shop_dev"), ("SHOP_STAGING_URL", "shop_staging"), ("OTHER_DEV_URL", "other_dev")]}
        env["SHOP_DIR"] = str(servers.folder)
        server_kit.ENV.update(env)
        self.server = server_kit.Server(self.folder.name, *options, data=False, http=False, start=False)
        declared = FOLDER / (engine + ".json")
        if change:
            vault = json.loads(declared.read_text())
            change(vault)
            for database in vault["databases"]:
                database["schema"] = str(FOLDER / "schema.json")
            declared = pathlib.Path(self.folder.name, "vault.json")
            declared.write_text(json.dumps(vault))
        self.server.vault_command("apply", str(declared))
        self.server.start()

    def session(self, **how):
        return Session(self.server.port, **how)

    def reset(self, base="shop_dev"):
        """The data as it was."""
        if self.engine == "sqlite":
            import sqlite3
            db = sqlite3.connect(self.servers.sqlite(base), timeout=20)
            db.executescript(backends_kit.shop_sql("sqlite", backends_kit.DATASETS[base]).read_text())
            db.close()
        else:
            backend = self.servers.postgres() if self.engine == "postgresql" else self.servers.mariadb()
            backend.sql(base, file=backends_kit.shop_sql(self.engine, backends_kit.DATASETS[base]))

    def close(self):
        status = self.server.stop()
        self.folder.cleanup()
        assert status == 0, "exit status %s\n%s" % (status, self.server.log.text()[-4000:])


# ---------------------------------------------------------------- words for queries

def eq(a, b):
    return {"operator": "=", "operand": a, "result": b}


def ne(a, b):
    return {"operator": "!=", "operand": a, "result": b}


def op(sign, *values):
    return {"operator": sign, "operand": list(values)}


def isin(field, *values):
    return {"operator": "IN", "operand": field, "result": list(values)}


def text(sign, field, part):
    return {"operator": sign, "operand": field, "result": part}


def select(sh, **keys):
    return {"sh": sh, "qt": 2, **keys}


def insert(sh, **fields):
    return {"sh": sh, "qt": 1, "fl": fields}


def update(sh, fl, **keys):
    return {"sh": sh, "qt": 3, "fl": fl, **keys}


def delete(sh, **keys):
    return {"sh": sh, "qt": 4, **keys}
