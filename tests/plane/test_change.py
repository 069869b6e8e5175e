"""Changes of elements in files wait for the disk without the others; they stay whole, and in their order."""
import json
import os
import signal
import threading
import time

import pytest

from server_kit import Server, wait_until
from zplane import run

ROWS = int(os.environ.get("ZPLANE_TEST_CHANGE", "400000"))


def ask(s, text):
    status, _, answer = s.http("POST", "/v1/query", json.dumps({"query": text}), {"Content-Type": "application/json"})
    answer = json.loads(answer)
    assert status == 200, answer
    return answer.get("value")


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path, trust=True, vault=False) as s:
        ask(s, 'z <<- vector("double", %d, file = "%s/z"); t <<- vector("character", 3000, file = "%s/t"); 0' % (ROWS, tmp_path, tmp_path))
        yield s


def changing(s, texts, failed):
    def work(each):
        try:
            for text in each:
                ask(s, text)
        except Exception as e:
            failed.append(e)

    threads = [threading.Thread(target=work, args=(each,)) for each in texts]
    for t in threads:
        t.start()
    return threads


def test_others_are_served(server):
    threads = changing(server, [["{ z[1:%d] <<- %d; 0 }" % (ROWS, k) for k in range(1, 9)]], failed := [])
    served = 0
    while any(t.is_alive() for t in threads):
        assert ask(server, "1 + 1") == [2]
        served += 1
    assert served > 0 and not failed, failed
    assert ask(server, "c(z[1], z[%d], sum(z == 8))" % ROWS) == [8, 8, ROWS]


def test_changes_stay_whole_and_in_order(server):
    texts = [["{ z[1:1000] <<- %d; 0 }" % (100 * who + k) for k in range(12)] for who in range(3)]
    texts += [["{ c(--z, %d); 0 }" % k for k in range(12)], ["{ t[1:3000] <<- \"s%d\"; 0 }" % k for k in range(12)],
              ["{ c(--t, \"more\"); 0 }" for k in range(6)], ["{ n <<- 0; msync(z); 0 }" for k in range(5)]]
    threads = changing(server, texts, failed := [])
    while any(t.is_alive() for t in threads):
        assert ask(server, "c(sum(z[1:1000] == z[1]), sum(t[1:3000] == t[1]))") == [1000, 3000]
    assert not failed, failed
    assert ask(server, "c(length(z), length(t), t[1] == \"s11\", z[1] %% 100)") == [ROWS + 12, 3006, 1, 11]
    assert ask(server, "z[%d:%d]" % (ROWS + 1, ROWS + 12)) == list(range(12))


def test_a_server_that_is_killed(server, tmp_path):
    seen = []

    def change():
        try:
            for k in range(1, 1000):
                ask(server, "{ z[1:%d] <<- %d; 0 }" % (ROWS, k))
                seen.append(k)
        except (OSError, AssertionError, ValueError, TypeError):
            pass

    t = threading.Thread(target=change)
    t.start()
    wait_until(lambda: len(seen) > 2)
    time.sleep(0.003 * (os.getpid() % 7))
    server.send_signal(signal.SIGKILL)
    t.join(30)
    status, out, err = run("eval", "-e", 'z <- load("%s/z"); cat(z[1], all(z == z[1]))' % tmp_path)
    assert status == 0, err
    last, same = out.split()
    assert same == "TRUE" and int(last) in (seen[-1], seen[-1] + 1), (out, seen[-1])
