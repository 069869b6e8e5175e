"""append.rows, subscribe and follow: streams between two instances."""
import os

import pytest
from kit import ask, number, series
from server_kit import Server, wait_until
from zplane import run


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("source"), trust=True, http=False, vault=False, data=False) as s:
        yield s


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("reader"), trust=True, http=False, vault=False, data=False) as s:
        yield s


def evaluate(text, *more):
    return run("eval", "-e", text, *more)


def con(server, more=""):
    return 'con <- connection("127.0.0.1", %d%s); ' % (server.port, more)


ROWS = 'zts(as.time("1970-01-01 00:00:00 UTC") + as.duration(1000 * (%d:%d)), matrix(as.double(%d:%d), %d, 1))'


def rows(first, last):
    return ROWS % (first, last, first, last, last - first + 1)


def test_append_and_wait(source):
    ask(source, "a1 <<- " + series(1))
    assert evaluate(con(source) + 'print(append.rows(con, "a1", %s, wait = TRUE))' % rows(1, 5)) == (0, "[1] 5\n", "")
    assert number(source, "nrow(a1)") == 5


def test_append_many_and_flush(source):
    ask(source, "a2 <<- list(eu = %s)" % series(1))
    text = con(source) + 'for (i in 1:2000) append.rows(con, "a2$eu", zts(as.time("1970-01-01 00:00:00 UTC") + ' \
        'as.duration(i * 1000), matrix(i, 1, 1))); append.flush(con); con ? nrow(a2$eu)'
    assert evaluate(text) == (0, "[1] 2000\n", "")
    assert number(source, "sum(a2$eu)") == sum(range(1, 2001))


def test_append_without_flush_is_sent_all_the_same(source):
    ask(source, "a3 <<- " + series(1))
    assert evaluate(con(source) + 'append.rows(con, "a3", %s)' % rows(1, 100))[0] == 0
    wait_until(lambda: number(source, "nrow(a3)") == 100)


@pytest.mark.parametrize("name,what,why", [
    ('"nowhere"', rows(1, 2), "object 'nowhere' not found"),
    ('"a4"', "matrix(1, 1, 1)", "incorrect type"),
    ('"a4"', rows(1, 2).replace("2, 1))", "1, 2))"), None),
    ('"a4"', "'text'", "rows of type character cannot be appended"),
    ('"a4"', "list(1)", "rows of type list cannot be appended"),
    ('"a4"', series(1), "time vector has size 0"),
    ('""', rows(1, 2), "a name has 1 to 255 bytes, not 0"),
    ('"a4"', rows(0, 1), "append refused: append index not ascending"),
])
def test_append_errors(source, name, what, why):
    ask(source, "a4 <<- " + rows(5, 6))
    status, out, err = evaluate(con(source) + "append.rows(con, %s, %s, wait = TRUE)" % (name, what))
    assert status == 1
    assert why is None or why in err
    assert number(source, "nrow(a4)") == 2


def test_a_refusal_is_the_error_of_the_next_call_and_the_rest_is_there(source):
    ask(source, "a5 <<- " + series(1))
    text = con(source) + 'append.rows(con, "a5", %s); append.rows(con, "a5", %s); append.rows(con, "a5", %s); ' \
        'tryCatch(append.flush(con), cat("refused\\n")); append.flush(con); con ? nrow(a5)' % (rows(1, 3), rows(2, 4), rows(7, 9))
    status, out, err = evaluate(text)
    assert (status, out) == (0, "refused\n[1] 6\n"), err


def test_subscribe(source, reader):
    ask(source, "s1 <<- " + rows(1, 10))
    ask(reader, '{ seen <<- 0; calls <<- 0; sub <<- subscribe(connection("127.0.0.1", %d), "s1", function(r) { seen <<- seen + sum(r); '
                'calls <<- calls + 1 }, from = 1); 0 }' % source.port)
    wait_until(lambda: number(reader, "seen") == 55)
    ask(source, "{ rbind(--s1, %s); 0 }" % rows(11, 12))
    wait_until(lambda: number(reader, "seen") == 78)
    assert ask(reader, "sub").startswith("subscription to s1 at 127.0.0.1:%d" % source.port)
    ask(reader, "{ sub <<- NULL; 0 }")
    ask(source, "{ rbind(--s1, %s); 0 }" % rows(13, 14))
    ask(reader, "Sys.sleep(0.1)")
    assert number(reader, "seen") == 78


def test_subscribe_from_a_time_and_a_function_that_fails(source, reader):
    ask(source, "s2 <<- " + rows(1, 10))
    ask(reader, '{ got <<- 0; con2 <<- connection("127.0.0.1", %d); sub2 <<- subscribe(con2, "s2", function(r) { got <<- got + nrow(r); '
                'stop("no") }, from = as.time("1970-01-01 00:00:00 UTC") + as.duration(8000)); 0 }' % source.port)
    wait_until(lambda: number(reader, "got") == 3)
    ask(source, "{ rbind(--s2, %s); 0 }" % rows(11, 11))
    wait_until(lambda: number(reader, "got") == 4)


@pytest.mark.parametrize("text,why", [
    ('subscribe(con, "nowhere", function(r) 0)', "object 'nowhere' not found"),
    ('subscribe(con, "s3", function(r) 0, from = 0)', "'from' should be a row"),
    ('subscribe(con, "s3", function(r) 0, from = 100)', "there is no position 99"),
    ('subscribe(con, "s3", 5)', "invalid argument type"),
    ('follow(con, "nowhere")', "object 'nowhere' not found"),
    ('follow(con, "s3", sync = "often")', "sync"),
])
def test_refusals(source, text, why):
    ask(source, "s3 <<- " + rows(1, 2))
    status, out, err = evaluate(con(source) + text)
    assert status == 1 and why in err


def test_a_replica_in_memory(source, reader):
    ask(source, 'f1 <<- zts(as.time("1970-01-01 00:00:00 UTC"), matrix(c(1, 2), 1, 2, dimnames = list(NULL, c("bid", "ask"))))')
    ask(reader, '{ rep1 <<- follow(connection("127.0.0.1", %d), "f1"); 0 }' % source.port)
    wait_until(lambda: number(reader, "nrow(f1)") == 1)
    assert ask(reader, "f1") == ask(source, "f1")


def test_a_replica_in_files_is_the_same_and_goes_on(source, tmp_path):
    """Through restarts of the replica's process and growth meanwhile: identical in the end."""
    ask(source, "f2 <<- " + rows(1, 50000))
    options = dict(trust=True, http=False, vault=False, data=False)
    follow = '{ r <<- follow(connection("127.0.0.1", %d, reconnect = TRUE), "f2", file = "%s/copy", as = "mine"); 0 }' % (source.port, tmp_path)
    rows_there = 50000
    for round_ in range(3):
        with Server(tmp_path, **options) as s:
            ask(s, follow)
            wait_until(lambda: number(s, "nrow(mine)") == rows_there)
            more = rows_there + 1000
            ask(source, "{ rbind(--f2, %s); 0 }" % rows(rows_there + 1, more))
            wait_until(lambda: number(s, "nrow(mine)") == more)
            rows_there = more
            if round_ == 1:
                s.kill()
        ask(source, "{ rbind(--f2, %s); 0 }" % rows(rows_there + 1, rows_there + 500))
        rows_there += 500
    with Server(tmp_path, **options) as s:
        ask(s, follow)
        wait_until(lambda: number(s, "nrow(mine)") == rows_there)
        assert ask(s, '{ k <- connection("127.0.0.1", %d); identical(mine[], (k ? f2)) }' % source.port) == "[1] TRUE"


def test_the_source_is_killed_and_comes_back(tmp_path):
    """The replica and the producer reconnect by themselves."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    options = dict(trust=True, http=False, vault=False, data=False)
    with Server(tmp_path / "a", **options) as a, Server(tmp_path / "b", **options) as b:
        ask(a, 'z <<- zts(vector("time", 0), matrix(0, 0, 1), file = "%s/z")' % a.dir)
        ask(b, '{ k <<- connection("127.0.0.1", %d, reconnect = TRUE); r <<- follow(k, "z", file = "%s/copy"); 0 }' % (a.port, b.dir))
        ask(b, '{ append.rows(k, "z", %s, wait = TRUE); 0 }' % rows(1, 100))
        wait_until(lambda: number(b, "nrow(z)") == 100)
        a.kill()
        a.options = [o for o in a.options if not o.startswith("--port")] + \
            ["--port=%d" % a.port, '--init-code=z <<- load("%s/z")' % a.dir]
        a.start()
        assert number(b, '{ n <- append.rows(k, "z", %s, wait = TRUE); n }' % rows(101, 200)) == 200
        wait_until(lambda: number(b, "nrow(z)") == 200)
        assert ask(b, "all(zts.data(z)[, 1] == 1:200)") == "[1] TRUE"
