"""The endpoints over HTTP, and requests that are none."""
import contextlib
import json
import re
import time

import pytest

from server_kit import MEMORY, Http, Server, wait_until


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("http"), trust=True) as s:
        s.client("alice", rights="read,write,evaluate")
        s.client("bob", rights="read")
        wait_until(lambda: login(s, "alice")[0] == 200, "the client in the vault")
        yield s


def login(s, name, **more):
    fields = dict(s.sign(name), **more)
    headers = {"X-Client-Key": fields["client_key"], "X-Nonce": fields["nonce"], "X-Timestamp": fields["timestamp"],
               "X-Signature": fields["signature"]}
    status, headers, body = s.http("POST", "/auth/login", b"", {k: v for k, v in headers.items() if v is not None})
    return status, headers, json.loads(body)


def token(s, name):
    return {"Authorization": "Bearer " + login(s, name)[2]["data"]["access_token"]}


def query(s, text, headers=None, **more):
    status, got, body = s.http("POST", "/v1/query", text, dict({"Content-Type": "text/plain"}, **(headers or {})))
    return status, (json.loads(body) if got["content-type"] == "application/json" else body.decode())


def test_health(server):
    status, headers, body = server.http("GET", "/healthz")
    assert (status, body) == (200, b"ok\n")
    assert headers["cache-control"] == "no-store"
    assert server.http("HEAD", "/healthz")[0] == 200


def test_metrics(server):
    status, headers, body = server.http("GET", "/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain; version=0.0.4")
    names = set()
    for line in body.decode().splitlines():
        if line.startswith("# TYPE"):
            names.add(line.split()[2])
        elif not line.startswith("#"):
            assert re.sub("_(bucket|sum|count)$", "", line.split("{")[0].split()[0]) in names or line.split("{")[0].split()[0] in names, line
            float(line.split()[-1])
    assert {"zplane_info", "zplane_connections", "zplane_logins_total", "zplane_strangers"} <= names


def test_login(server):
    status, headers, body = login(server, "alice")
    assert status == 200
    assert headers["cache-control"] == "no-store" and headers["content-type"] == "application/json"
    assert body["response_code"] == 2 and body["data"]["expires_in"] == 900 and body["data"]["access_token"]


def test_login_is_refused(server):
    failed = {"error": True, "response_code": 1282, "data": {"zteradb_error": "authentication failed"}}
    status, headers, body = login(server, "alice", signature="0" * 64)
    assert (status, body) == (401, failed)
    assert headers["cache-control"] == "no-store"
    assert login(server, "alice", client_key="nobody")[2] == failed
    assert login(server, "alice", nonce=None)[0] == 400
    assert login(server, "alice", timestamp="yesterday")[0] == 400
    fields = server.sign("alice")
    headers = {"X-Client-Key": fields["client_key"], "X-Nonce": fields["nonce"], "X-Timestamp": fields["timestamp"],
               "X-Signature": fields["signature"]}
    assert server.http("POST", "/auth/login", b"{}", headers)[0] == 400
    assert server.http("POST", "/auth/login", b"", headers)[0] == 200
    assert server.http("POST", "/auth/login", b"", headers)[0] == 401  # again


def test_methods_and_paths(server):
    status, headers, body = server.http("GET", "/auth/login")
    assert status == 405 and headers["allow"] == "POST" and json.loads(body)["response_code"] == 1280
    status, headers, body = server.http("POST", "/auth/logout", b"")
    assert status == 404 and json.loads(body)["response_code"] == 1280
    assert server.http("DELETE", "/healthz")[0] == 405
    status, headers, body = server.http("POST", "/elsewhere", b"")
    assert status == 404 and json.loads(body) == {"error": True, "response_code": 1280, "data": {"zteradb_error": "there is nothing at this path"}}
    assert server.http("GET", "/")[0] == 404
    assert server.http("GET", "/healthz?verbose=1")[0] == 200


def test_one_connection_many_requests(server):
    with contextlib.closing(Http(server)) as h:
        for _ in range(50):
            assert h.request("GET", "/healthz")[0] == 200
        h.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 20)  # all at once
        assert [h.response()[0] for _ in range(20)] == [200] * 20
        h.send(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert h.response()[1]["connection"] == "close"
        assert h.response() is None


def test_requests_in_pieces(server):
    data = b"POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n1 + 1"
    for cut in range(1, len(data), 7):
        with contextlib.closing(Http(server)) as h:
            h.send(data[:cut])
            time.sleep(0.001)
            h.send(data[cut:])
            status, _, body = h.response()
            assert status == 200 and json.loads(body) == {"type": "double", "value": [2]}


@pytest.mark.parametrize("data, status", [
    (b"GET /healthz\r\n\r\n", 400), (b"GET  /healthz HTTP/1.1\r\n\r\n", 400), (b"GET /healthz HTTP/2.0\r\n\r\n", 400),
    (b"G@T /healthz HTTP/1.1\r\n\r\n", 400), (b"GET healthz HTTP/1.1\r\n\r\n", 400), (b"\x16\x03\x01\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nNo colon\r\n\r\n", 400), (b"GET /healthz HTTP/1.1\r\n: x\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400), (b"GET /healthz HTTP/1.1\r\nA b: c\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nA: \0\r\n\r\n", 400), (b"GET /heal\x01thz HTTP/1.1\r\n\r\n", 400),
    (b"POST /v1/query HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12", 400),
    (b"POST /v1/query HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    (b"POST /v1/query HTTP/1.1\r\nContent-Length: 1x\r\n\r\n1", 400),
    (b"POST /v1/query HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    (b"POST /v1/query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    (b"POST /v1/query HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
    (b"GET /healthz HTTP/1.1\r\nA: " + b"x" * 9000 + b"\r\n\r\n", 431), (b"GET /" + b"x" * 9000, 431),
    (b"GET /healthz HTTP/1.1\r\n" + b"A: b\r\n" * 2000, 431),
])
def test_what_is_no_request(server, data, status):
    with contextlib.closing(Http(server)) as h:
        h.send(data)
        got = h.response()
        assert got[0] == status, got
        assert got[1]["connection"] == "close"
        assert h.response() is None


def test_old_http(server):
    with contextlib.closing(Http(server)) as h:
        h.send(b"POST /v1/query HTTP/1.0\r\nContent-Length: 3\r\n\r\n1:3")
        status, headers, body = h.response()
        assert status == 200 and "transfer-encoding" not in headers
        assert json.loads(body) == {"type": "double", "value": [1, 2, 3]}


def test_continue(server):
    with contextlib.closing(Http(server)) as h:
        h.send(b"POST /v1/query HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert h.response()[0] == 100
        h.send(b"1:2")
        assert h.response()[0] == 200


# ---------------------------------------------------------------- queries

def test_who_may_ask(server):
    assert query(server, "1", token(server, "alice"))[0] == 200
    assert query(server, "1", token(server, "bob"))[0] == 403
    for wrong in ("Bearer x", "Bearer ", "Basic YTpi", "Bearer " + "0" * 64):
        assert query(server, "1", {"Authorization": wrong})[0] == 401


def test_trust_is_needed_without_a_token(tmp_path):
    with Server(tmp_path) as s:
        status, headers, _ = s.http("POST", "/v1/query", b"1", {"Content-Type": "text/plain"})
        assert status == 401 and headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("text, value", [
    ("1 + 1", {"type": "double", "value": [2]}),
    ("c(a = 1, b = NaN)", {"type": "double", "names": ["a", "b"], "value": [1, None]}),
    ("1:3 > 2", {"type": "logical", "value": [False, False, True]}),
    ('c("a\\"b", "\\n")', {"type": "character", "value": ['a"b', "\n"]}),
    ("matrix(1:4, 2)", {"type": "double", "dim": [2, 2], "value": [1, 2, 3, 4]}),
    ("matrix(1:4, 2, dimnames = list(NULL, c('x', 'y')))",
     {"type": "double", "dim": [2, 2], "dimnames": [None, ["x", "y"]], "value": [1, 2, 3, 4]}),
    ("NULL", {"type": "NULL", "value": None}),
    ("numeric(0)", {"type": "double", "value": []}),
    ("list(a = 1, b = list('x'))",
     {"type": "list", "names": ["a", "b"], "value": [{"type": "double", "value": [1]},
                                                     {"type": "list", "value": [{"type": "character", "value": ["x"]}]}]}),
    ("list()", {"type": "list", "value": []}),
    ('as.time("2020-01-02 03:04:05.5 UTC")', {"type": "time", "value": ["2020-01-02T03:04:05.5Z"]}),
    ('as.duration("01:00:00")', {"type": "duration", "value": ["01:00:00"]}),
])
def test_answers_in_json(server, text, value):
    assert query(server, text) == (200, value)


SERIES = ('zts(c(as.time("2020-01-01 00:00:00 UTC"), as.time("2020-01-02 00:00:00 UTC")), '
          'matrix(c(1, 2, 3, NaN), 2, dimnames = list(NULL, c("p", "q"))))')


def test_series(server):
    assert query(server, SERIES) == (200, {
        "type": "zts", "columns": ["p", "q"], "time": ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"],
        "value": [[1, 2], [3, None]]})


@pytest.mark.parametrize("text, table", [
    ("1:2", "value\r\n1\r\n2\r\n"),
    ("matrix(1:4, 2)", "V1,V2\r\n1,3\r\n2,4\r\n"),
    ("c(a = 1, b = NaN)", "name,value\r\na,1\r\nb,\r\n"),
    ('c("a,b", "c\\"d", "")', 'value\r\n"a,b"\r\n"c""d"\r\n""\r\n'),
    (SERIES, "time,p,q\r\n2020-01-01T00:00:00Z,1,3\r\n2020-01-02T00:00:00Z,2,\r\n"),
])
def test_answers_in_csv(server, text, table):
    assert query(server, text, {"Accept": "text/csv"}) == (200, table)


def test_forms(server):
    assert query(server, "list(1)", {"Accept": "text/csv"})[0] == 406
    assert query(server, "1", {"Accept": "image/png"})[0] == 406
    assert query(server, "1", {"Accept": "text/html, application/json;q=0.9"})[0] == 200
    assert query(server, "1", {"Content-Type": "application/xml"})[0] == 415
    body = json.dumps({"query": "2 * 3"})
    assert query(server, body, {"Content-Type": "application/json; charset=utf-8"})[1]["value"] == [6]
    for bad in ("{", "[]", '{"query": 1}', '{"query":"1","query":"2"}', '{"query":"1","timeout_ms":-1}', "{}"):
        assert query(server, bad, {"Content-Type": "application/json"})[0] == 400


def test_errors(server):
    status, body = query(server, "1 +")
    assert status == 400 and body["error"] is True
    status, body = query(server, "nosuchthing")
    assert status == 422 and "object 'nosuchthing' not found" in body["message"]
    endless = json.dumps({"query": "while (TRUE) 1", "timeout_ms": 200})
    assert query(server, endless, {"Content-Type": "application/json"})[0] == 503
    status, body = query(server, 'system("id")', token(server, "alice"))
    assert status == 422 and "not allowed" in body["message"]


def test_large_answers_in_pieces(server):
    status, headers, body = server.http("POST", "/v1/query", b"seq_len(500000) + 0.5", {"Content-Type": "text/plain"})
    assert status == 200 and headers["transfer-encoding"] == "chunked"
    values = json.loads(body)["value"]
    assert len(values) == 500000 and values[-1] == 500000.5


def test_a_slow_reader_costs_little(server):
    """What nobody reads is not made; the others are served."""
    before = server.resident_bytes()
    slow = []
    for _ in range(5):
        h = Http(server)
        h.send(b"POST /v1/query HTTP/1.1\r\nContent-Length: 22\r\n\r\nseq_len(1000000) + 0.5")
        slow.append(h)
    assert query(server, "1 + 1")[0] == 200
    assert server.resident_bytes() - before < 200e6 * MEMORY
    status, _, body = slow[0].response()
    assert status == 200 and len(json.loads(body)["value"]) == 1000000
    for h in slow:
        h.close()
    wait_until(lambda: query(server, "1")[0] == 200)


def test_a_client_that_leaves_ends_its_query(server):
    h = Http(server)
    h.send(b"POST /v1/query HTTP/1.1\r\nContent-Length: 14\r\n\r\nwhile (TRUE) 1")
    time.sleep(0.1)
    h.close()
    began = time.process_time()
    assert query(server, "1")[0] == 200
    assert time.process_time() - began < 5


def test_shared_port(tmp_path):
    with Server(tmp_path, "--http-listen=shared", trust=True, http=False) as s:
        assert s.http("GET", "/healthz", port=s.port)[0] == 200
        assert s.connect().ask({"request_type": 7})["response_code"] == 0x10
        status, _, body = s.http("POST", "/v1/query", b"6 * 7", port=s.port)
        assert json.loads(body)["value"] == [42]
