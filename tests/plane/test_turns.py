"""Turns: loops over texts, copies and long scripts let others have theirs, and what they make is the same as alone."""
import json
import os
import threading
import time

import pytest

from server_kit import Http, Server, wait_until

SIZE = int(os.environ.get("ZPLANE_TEST_OFFLOAD", "4000000")) // 20  # elements
WORKS = {
    "paste": "x <- paste('a', 1:%d); c(nchar(x[77]), sum(nchar(x)))",
    "gsub": "x <- gsub('b.', 'xyz', paste0('ab', 1:(%d / 4))); c(nchar(x[78]), sum(nchar(x)))",
    "as.character": "set.seed(7); x <- as.character(runif(%d)); sum(nchar(x))",
    "sort": "x <- sort(paste0('k', (1:%d * 7919) %% 10007)); c(sum(nchar(x)), is.unsorted(x))",
    "unique": "x <- unique(paste0('k', (1:%d * 7919) %% 10007)); length(x)",
    "match": "x <- paste0('k', 1:(%d / 4)); sum(match(x, rev(x)))",
    "copy": "x <- as.numeric(1:%d); y <- x; for (i in 1:5) { y <- x; y[i] <- 0 }; c(sum(x), sum(y))",
    "texts": "x <- paste0('k', 1:%d); for (i in 1:3) { y <- x; y[i] <- 'other' }; c(x[3], y[3])",
    "list": "l <- as.list(1:(%d / 4)); for (i in 1:5) { m <- l; m[[i]] <- 0 }; c(l[[5]], m[[5]])",
    "rev": "x <- rev(as.numeric(1:%d)); c(x[1], sum(x))",
    "matrix": "set.seed(3); m <- t(matrix(runif(%d), %d / 10, 10)); sum(m[3, ])",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("turns"), trust=True, vault=False) as s:
        yield s


def ask(s, text):
    status, _, answer = s.http("POST", "/v1/query", json.dumps({"query": text}), {"Content-Type": "application/json"})
    assert status == 200, answer
    return json.loads(answer)["value"]


def begin(s, text):
    h = Http(s)
    h.send(b"POST /v1/query HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text.encode()))
    return h


def program(work):
    return "{ " + work.replace("%d", str(SIZE)).replace("%%", "%%") + " }"


@pytest.mark.parametrize("name", WORKS)
def test_results_are_those_of_work_alone(server, name):
    text = program(WORKS[name])
    alone = ask(server, text)
    got = [None] * 3

    def run(k):
        got[k] = ask(server, text)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(3)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        assert ask(server, "paste(6 * 7, 'x')") == ["42 x"]
    assert got == [alone] * 3


@pytest.mark.parametrize("name", ["paste", "as.character", "gsub", "match"])
def test_others_do_not_wait_for_its_end(server, name):
    """Small queries take a part of the time that one round of the work takes."""
    text = program(WORKS[name])
    began = time.monotonic()
    ask(server, text)
    alone = time.monotonic() - began
    work = begin(server, "while (TRUE) %s" % text)
    wait_until(lambda: ask(server, "1") == [1])
    taken = []
    for _ in range(30):
        began = time.monotonic()
        assert ask(server, "6 * 7") == [42]
        taken.append(time.monotonic() - began)
    work.close()
    assert sorted(taken)[15] < max(alone / 5, 0.02), (alone, taken)


def test_short_requests_pass_long_scripts(server):
    """Ten scripts that never end: a short request waits for a slice of one, not of each."""
    works = [begin(server, "{ s <- 0; while (TRUE) s <- s + 1 }") for _ in range(10)]
    wait_until(lambda: ask(server, "1") == [1])
    for _ in range(20):
        assert ask(server, "2 * 21") == [42]
    done = ask(server, "{ s <- 0; for (i in 1:200000) s <- s + i; s }")  # and a long one gets its share
    assert done == [200000 * 200001 / 2]
    for w in works:
        w.close()


def test_one_object_changed_by_many(server):
    """Large shared objects are copied while others change the same names."""
    ask(server, "{ z <<- as.numeric(1:%d); 0 }" % SIZE)

    def change(k):
        for i in range(5):
            assert ask(server, "{ keep <- z; z[%d] <<- -%d; sum(keep > 0) > 0 }" % (k + 1, k + 1)) == [True]

    threads = [threading.Thread(target=change, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        assert ask(server, "length(z)") == [SIZE]
    assert ask(server, "all(abs(z) == 1:%d)" % SIZE) == [True]


def test_what_texts_held_comes_back(server):
    """Large vectors of texts are taken apart in portions, all of them."""
    made = "{ for (i in 1:20) x <- paste0('some longer text that takes memory ', 1:%d); 0 }" % (SIZE // 2)
    ask(server, made)
    before = resident(server)
    for _ in range(5):
        ask(server, made)
    wait_until(lambda: resident(server) < before * 1.5 + (64 << 20))


def resident(s):
    text = s.http("GET", "/metrics")[2].decode()
    return float(next(line for line in text.splitlines() if line.startswith("process_resident_memory_bytes")).split()[1])


def test_they_are_counted(server):
    text = server.http("GET", "/metrics")[2].decode()
    lines = [line for line in text.splitlines() if line.startswith('zplane_turn_seconds_bucket{loop="engine"')]
    counts = [float(line.split()[-1]) for line in lines]
    assert counts == sorted(counts) and counts[0] > 0 and 'le="+Inf"' in lines[-1]
    assert 'zplane_turn_seconds_count{loop="engine"} %d' % counts[-1] in text
    assert "# TYPE zplane_engine_longest_seconds gauge" in text
