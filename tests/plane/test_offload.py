"""Long loops leave the engine: others are served meanwhile; cancelling, leaving and stopping in the middle of one."""
import json
import os
import signal
import subprocess
import threading
import time

import pytest

from server_kit import DEADLINE, Http, Server, wait_until
from zplane import ENV, ZPLANE

SIZE = int(os.environ.get("ZPLANE_TEST_OFFLOAD", "4000000"))  # rows; fewer where instructions are slow
SORTS = "{ x <- runif(%d); for (i in 1:200) y <- sort(x); length(y) }" % SIZE


def ask(s, text, timeout_ms=None):
    body = json.dumps({"query": text, "timeout_ms": timeout_ms} if timeout_ms else {"query": text})
    status, _, answer = s.http("POST", "/v1/query", body, {"Content-Type": "application/json"})
    return status, json.loads(answer)


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path, trust=True, vault=False) as s:
        yield s


def begin(s, text):
    h = Http(s)
    h.send(b"POST /v1/query HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text.encode()))
    return h


def test_results_are_the_same(server):
    text = "{ set.seed(%d); x <- runif(" + str(SIZE) + "); y <- sort(x); z <- (x + y) * 2 - y / 3; c(z[77], y[1], y[1000], sum(x), mean(cumsum(x)), median(x)) }"
    alone = [ask(server, text % k)[1]["value"] for k in range(4)]
    got = [None] * 4

    def run(k):
        got[k] = ask(server, text % k)[1]["value"]

    threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        assert ask(server, "1 + 1")[1]["value"] == [2]
    assert got == alone


def test_others_are_served(server):
    heavy = begin(server, SORTS)
    wait_until(lambda: ask(server, "1")[0] == 200)
    taken = []
    for _ in range(50):
        began = time.monotonic()
        assert ask(server, "6 * 7")[1]["value"] == [42]
        taken.append(time.monotonic() - began)
    assert sorted(taken)[25] < 0.25, taken
    heavy.close()


def test_operands_stay_what_they_were(server):
    """Somebody else changes the global object that is being sorted."""
    assert ask(server, "z <<- rev(seq_len(%d)); 0" % SIZE)[0] == 200
    heavy = begin(server, "{ ok <- TRUE; for (i in 1:20) { y <- sort(z); ok <- ok && !is.unsorted(y) && length(y) >= 1000 }; ok }")
    for k in range(30):
        assert ask(server, "z[%d] <<- %d; 1" % (k + 1, k))[0] == 200
    assert ask(server, "z <<- runif(%d); length(z)" % SIZE)[1]["value"] == [SIZE]
    status, _, body = heavy.response()
    assert (status, json.loads(body)["value"]) == (200, [True])


def test_cancelled_by_time(server):
    began = time.monotonic()
    status, body = ask(server, SORTS, timeout_ms=300)
    assert status == 503 and "time limit" in body["message"]
    assert time.monotonic() - began < DEADLINE
    assert ask(server, "1 + 1")[1]["value"] == [2]


def test_clients_that_leave(server):
    for _ in range(4):
        h = begin(server, SORTS)
        time.sleep(0.05)
        h.close()
    assert ask(server, "1 + 1")[1]["value"] == [2]
    query = "con <- connection('127.0.0.1', %d); con ? %s" % (server.port, SORTS)
    peers = [subprocess.Popen([ZPLANE, "eval", "-e", query], env=ENV, stdout=subprocess.DEVNULL) for _ in range(3)]
    time.sleep(0.3)
    for p in peers:
        p.kill()
        p.wait(DEADLINE)
    assert ask(server, "1 + 1")[1]["value"] == [2]


def test_errors_after_a_long_loop(server):
    status, body = ask(server, '{ y <- sort(runif(%d)); stop("after it") }' % SIZE)
    assert status == 422 and "after it" in body["message"]


def test_stop_in_the_middle(tmp_path):
    with Server(tmp_path, trust=True, vault=False) as s:
        heavy = [begin(s, SORTS) for _ in range(3)]
        wait_until(lambda: ask(s, "1")[0] == 200)
        s.send_signal(signal.SIGTERM)
        s.log.wait("stopping")
        s.send_signal(signal.SIGTERM)
        assert s.process.wait(DEADLINE * 3) == 0
        for h in heavy:
            h.close()
