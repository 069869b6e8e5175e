#!/usr/bin/env python3
"""A client of the drivers' protocol, small enough to read: frames, the signed CONNECT, queries.

    client.py PORT [HOST]         asks the demo shop a few things (zplane serve --demo)

A query is an object, a syntax tree without any SQL (docs/drivers.md); the secret key signs and never travels.
"""
import hashlib
import hmac
import json
import socket
import struct
import sys
import time
import uuid

CONNECT, QUERY = 1, 5
CONNECTED, ROW, COMPLETE = 0x0002, 0x0007, 0x0608
INSERT, SELECT, UPDATE, DELETE = 1, 2, 3, 4


class Refused(Exception):
    def __init__(self, frame):
        super().__init__("%s (0x%04x)" % (frame["data"]["zteradb_error"], frame["response_code"]))
        self.code, self.data = frame["response_code"], frame["data"]


class Client:
    """One session.  `with Client(...) as shop: shop.query(...)`"""

    def __init__(self, host, port, client_key, access_key, secret_key, database_id, env, timeout=30):
        self.database_id, self.env = database_id, env
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        nonce, now = str(uuid.uuid4()), int(time.time())
        signature = hmac.new(secret_key.encode(), ("%s:%d:%s" % (access_key, now, nonce)).encode(), hashlib.sha256)
        self.send({"client_key": client_key, "nonce": nonce, "timestamp": now, "database_id": database_id,
                   "signature": signature.hexdigest(), "request_type": CONNECT, "env": env,
                   "response_data_type": "json"})
        self.login = self.receive()["data"]
        self.receive()  # QUERY_COMPLETE: the answer to CONNECT is whole

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, message):
        payload = json.dumps(message, ensure_ascii=False).encode()
        self.socket.sendall(struct.pack(">I", len(payload)) + payload)

    def read(self, count):
        parts = bytearray()
        while len(parts) < count:
            part = self.socket.recv(min(count - len(parts), 1 << 16))
            if not part:
                raise ConnectionError("the server closed the connection")
            parts += part
        return bytes(parts)

    def receive(self):
        """The next frame; an error frame is raised."""
        frame = json.loads(self.read(struct.unpack(">I", self.read(4))[0]))
        if frame["error"]:
            raise Refused(frame)
        return frame

    def rows(self, **query):
        """Sends a query and yields its rows as they come."""
        self.send({"query": query, "request_type": QUERY, "database_id": self.database_id, "env": self.env})
        while True:
            frame = self.receive()
            if frame["response_code"] == COMPLETE:
                return
            yield frame["data"]

    def query(self, **query):
        return list(self.rows(**query))


WRITER = dict(client_key="4UDEMOSHOPCLIENTWRITER0001", access_key="4UDEMOSHOPACCESSWRITER0001",
              secret_key="73c005f7035e02f986785dda57e796fe4b3bf14ad6639f3c511cee7d2977a37a",
              database_id="4UDEMOSHOPDATABASE00000001", env="dev")
TRAFFIC = dict(WRITER, database_id="4UDEMOTRAFFICDATABASE00003")  # a series of the server


def show(title, rows):
    print(title)
    for row in rows:
        print("   ", json.dumps(row, ensure_ascii=False))


def main(port, host="127.0.0.1"):
    with Client(host, port, **WRITER) as shop:
        show("Users whose name contains 'john', whatever the case:",
             shop.query(sh="user", qt=SELECT, fl={"id": 1, "name": 1, "email": 1}, st={"id": 1},
                        fc=[{"operator": "i%%", "operand": "name", "result": "john"}]))
        show("The three largest orders with their users:",
             shop.query(sh="order", qt=SELECT, fl={"quantity": 1}, st={"quantity": -1}, lt=[0, 3],
                        rf={"user": {"sh": "user", "qt": SELECT, "fl": {"name": 1}}}))
        show("How many orders are pending:", shop.query(sh="order", qt=SELECT, cnt=True, fi={"status": "Pending"}))
        made = shop.query(sh="user", qt=INSERT, fl={"email": "visitor@example.com", "password": "-", "name": "Visitor"})
        show("A new user:", made)
        show("... renamed:", shop.query(sh="user", qt=UPDATE, fl={"name": "Guest"}, fi={"id": made[0]["last_insert_id"]}))
        show("... and gone:", shop.query(sh="user", qt=DELETE, fi={"id": made[0]["last_insert_id"]}))
        begin, count, total = time.perf_counter(), 0, 0
        for row in shop.rows(sh="event", qt=SELECT, fl={"n": 1}):
            count, total = count + 1, total + row["n"]
        print("%d events in %.2f s, sum of n %d" % (count, time.perf_counter() - begin, total))
        try:
            shop.query(sh="user", qt=SELECT, fi={"nope": 1})
        except Refused as refused:
            print("A mistake: %s" % refused)
    with Client(host, port, **TRAFFIC) as traffic:
        show("The busiest minutes of the shop, from a series:",
             traffic.query(sh="visit", qt=SELECT, fc=[{"operator": ">=", "operand": ["pages", 100]}], st={"at": 1}, lt=[0, 2]))
        show("A minute more:",
             traffic.query(sh="visit", qt=INSERT, fl={"at": "2026-03-02T17:00:00Z", "pages": 77, "orders": 5}))
    try:
        Client(host, port, **dict(WRITER, env="prod"))
    except Refused as refused:
        print("Production is not for this client: %s" % refused)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(int(sys.argv[1]), *sys.argv[2:3])
