"""Peers that read and write as the drivers do, quirks included."""
import hashlib
import hmac
import json
import os
import socket
import struct
import time
import uuid

from server_kit import DEADLINE, frame
from zplane import ROOT

SHOP = os.path.join(ROOT, "examples", "shop")
with open(os.path.join(SHOP, "sqlite.json"), encoding="utf-8") as f:
    CLIENTS = {c["name"]: dict(c, **c["credentials"][0]) for c in json.load(f)["clients"]}
DATABASE, OTHER = "4UDEMOSHOPDATABASE00000001", "4UDEMOOTHERDATABASE0000002"
COMPLETE = 0x0608

# Codes of a refusal: Node's, and those of Python and PHP.
CODES = {"connect": (0x0500, 0x0500), "auth": (0x0502, 0x0006), "access": (0x0400, 0x0011)}


class DriverError(Exception):
    def __init__(self, answer):
        super().__init__(answer["data"].get("zteradb_error") if isinstance(answer.get("data"), dict) else answer)
        self.answer, self.code = answer, answer["response_code"]


def signed(who, timestamp=None, nonce=None, secret=None):
    keys = CLIENTS[who]
    timestamp = int(time.time()) if timestamp is None else timestamp
    nonce = nonce or str(uuid.uuid4())
    signature = hmac.new((secret or keys["secret_key"]).encode(),
                         ("%s:%s:%s" % (keys["access_key"], timestamp, nonce)).encode(), hashlib.sha256).hexdigest()
    return {"client_key": keys["client_key"], "nonce": nonce, "timestamp": timestamp, "signature": signature}


class Peer:
    table = 1  # column of CODES

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.data = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, message):
        self.sock.sendall(frame(message))

    def exactly(self, count):
        while len(self.data) < count:
            part = self.sock.recv(65536)
            if not part:
                return None
            self.data += part
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def receive(self):
        head = self.exactly(4)
        return head and json.loads(self.exactly(struct.unpack(">I", head)[0]))

    def at_end(self):
        return not self.data and self.sock.recv(1) == b""


class Node(Peer):
    """Takes a frame on every data event, without asking whether it is whole; reads CONNECT's answer to QUERY_COMPLETE."""
    table = 0

    def message(self, who="shop-writer", env="dev", database=DATABASE, **more):
        m = dict(signed(who, **more))
        return {"client_key": m["client_key"], "nonce": m["nonce"], "timestamp": m["timestamp"],
                "database_id": database, "signature": m["signature"], "request_type": 1, "env": env,
                "response_data_type": "json"}

    def event(self):
        self.data += self.sock.recv(65536)
        assert self.data, "closed without an answer: Node waits for ever"
        size = struct.unpack(">I", self.data[:4])[0] if len(self.data) >= 4 else None
        assert size is not None and len(self.data) >= 4 + size, "ParseJSON: an event without the end of a frame"

    def frames(self):
        """One answer, up to QUERY_COMPLETE or an error."""
        while True:
            if len(self.data) < 4 or len(self.data) < 4 + struct.unpack(">I", self.data[:4])[0]:
                self.event()
            answer = self.receive()
            if answer["error"]:
                raise DriverError(answer)
            if answer["response_code"] == COMPLETE:
                return
            yield answer

    def connect(self, message=None):
        self.send(message or self.message())
        answers = list(self.frames())
        assert len(answers) == 1 and answers[0]["data"]["client_key"] and answers[0]["data"]["access_token"]
        return answers[0]


class Python(Peer):
    """Reads exactly two frames and checks the first key by key; after an error it reads on to the end of the stream."""
    top = {"error", "response_code", "data", "client_auth"}
    allowed = {"client_key", "nonce", "timestamp", "signature", "env", "request_type", "response_data_type", "access_key"}

    def message(self, who="shop-writer", env="dev", **more):
        m = dict(signed(who, **more), request_type=1, env=env, response_data_type="json")
        return {k: v for k, v in m.items() if v is not None}

    def connect(self, message=None, who="shop-writer"):
        message = message or self.message(who)
        self.send(message)
        answer = self.receive()
        assert set(answer) <= self.top and isinstance(answer["error"], bool) and isinstance(answer["data"], dict)
        if answer["error"]:
            assert self.at_end(), "without the end of the stream the driver hangs"
            raise DriverError(answer)
        second = self.receive()
        assert second == {"error": False, "response_code": COMPLETE, "data": {}}
        proof = answer["client_auth"]
        assert set(proof) <= self.allowed and "client_key" in proof
        again = signed(who, proof["timestamp"], proof["nonce"])
        assert again["signature"] == proof["signature"], "AuthenticationFailed"
        return answer


class Python0(Python):
    """2.0.0: sends no environment, wants client_auth in every answer and the access key in it."""

    def message(self, who="shop-writer", env=None, **more):
        return super().message(who, None, **more)

    def connect(self, message=None, who="shop-writer"):
        try:
            answer = super().connect(message, who)
        except DriverError as e:
            assert "client_auth" in e.answer
            raise
        assert answer["client_auth"]["access_key"] == CLIENTS[who]["access_key"]
        return answer


class Php(Peer):
    """First generation: a token of the secret and a nonce of a million; no clock, no environment."""

    def message(self, who="shop-writer", number=123456, secret=None):
        keys = CLIENTS[who]
        nonce = hashlib.sha256(str(number).encode()).hexdigest()
        token = hashlib.sha256(((secret or keys["secret_key"]) + nonce).encode()).hexdigest()
        return {"request_type": 1, "access_key": keys["access_key"], "client_key": keys["client_key"], "nonce": nonce,
                "request_token": token}

    def connect(self, message=None):
        self.send(message or self.message())
        answers = []
        while True:
            answer = self.receive()
            assert answer, "closed without an answer"
            if answer["error"]:
                assert answer["data"]["zteradb_error"]
                raise DriverError(answer)
            if answer["response_code"] == COMPLETE:
                break
            answers.append(answer)
        data = answers[0]["data"]
        assert len(answers) == 1 and "client_auth" not in answers[0]
        assert all(data.get(k) for k in ("client_key", "access_key", "access_token", "access_token_expire"))
        time.strptime(data["access_token_expire"], "%Y-%m-%dT%H:%M:%SZ")
        return answers[0]


ALL = [Node, Python, Python0, Php]
