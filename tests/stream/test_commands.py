"""zplane query, append and connect."""
import json
import socket
import subprocess
import time

import pytest
from kit import ask, number, series
from server_kit import Server
from zplane import ENV, ZPLANE, run


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("commands"), trust=True, http=False, vault=False, data=False) as s:
        ask(s, '{ z <<- zts(as.time("2021-01-01 00:00:00 UTC") + as.duration(c(0, 5e8)), matrix(c(1.5, NaN, 2, 3), 2, 2, '
               'dimnames = list(NULL, c("a", "b,c")))); 0 }')
        yield "127.0.0.1:%d" % s.port


def query(host, text, form="table"):
    return run("query", host, "--format", form, "-e", text)


def test_table(host):
    assert query(host, "1:3") == (0, "[1] 1 2 3\n", "")
    assert query(host, "x <- 5") == (0, "", "")
    assert query(host, 'cat("hi\\n"); 2') == (0, "hi\n[1] 2\n", "")
    assert query(host, "nowhere") == (1, "", "Error: object 'nowhere' not found\n")
    assert run("query", host, "-e", "a <- 1", "-e", "a + 1")[1] == "[1] 2\n"
    assert run("query", "-e", "7", host)[1] == "[1] 7\n"
    assert run("query", host, "-", input="1 +\n2\n")[1] == "[1] 3\n"


def test_csv(host):
    assert query(host, "z", "csv")[1] == 'time,a,"b,c"\n2021-01-01T00:00:00Z,1.5,2\n2021-01-01T00:00:00.5Z,NaN,3\n'
    assert query(host, "c(1, 2)", "csv")[1] == "value\n1\n2\n"
    assert query(host, 'matrix(c("a", "b\\"", "c", "d"), 2, 2)', "csv")[1] == 'V1,V2\na,c\n"b""",d\n'
    assert "has no rows to write as csv" in query(host, "list(1, list(2))", "csv")[2]


@pytest.mark.parametrize("text,value", [
    ("5", 5), ("c(1, NaN, Inf)", [1, None, "Inf"]), ('"a\\n"', "a\n"), ("c(x = 1, y = 2)", {"x": 1, "y": 2}), ("NULL", None),
    ("list(a = 1, b = list(TRUE))", {"a": 1, "b": [True]}), ("matrix(1:4, 2, 2)", [[1, 3], [2, 4]]),
    ('as.time("2021-01-01 12:00:00 UTC")', "2021-01-01T12:00:00Z"), ("as.duration(5)", 5),
    ("z", [{"time": "2021-01-01T00:00:00Z", "a": 1.5, "b,c": 2}, {"time": "2021-01-01T00:00:00.5Z", "a": None, "b,c": 3}]),
])
def test_json(host, text, value):
    status, out, err = query(host, text, "json")
    assert status == 0 and json.loads(out) == value


def test_ndjson(host):
    assert [json.loads(line)["b,c"] for line in query(host, "z", "ndjson")[1].splitlines()] == [2, 3]


def test_wrong_command_lines(host):
    assert query(host, "1", "xml")[0] == 2
    assert run("query", host)[0] == 2
    assert run("append", host)[0] == 2
    assert run("query", host, "-e", "1", "--nonsense")[0] == 2


def append(host, text, *options):
    return run("append", host, "q", *options, input=text)


def test_append(host):
    run("query", host, "-e", "q <<- " + series(2))
    day = "2021-01-01 00:00:0%d UTC,%s\n"
    assert append(host, "t,a,b\n" + day % (1, "1,2") + day % (2, ",-1e3")) == (0, "", "2 rows appended\n")
    status, out, err = append(host, "t,a,b\n" + day % (2, "1,2") + day % (3, "5,\"6\""), "--resume")
    assert (status, err) == (0, "1 rows appended, 1 were there already\n")
    assert append(host, "2021-01-01 00:00:04;7;8\r\n\n", "--no-header", "--sep=;", "--tz=UTC", "--time-format=%Y-%m-%d %H:%M:%S")[0] == 0
    assert query(host, "sum(q[4, ])")[1] == "[1] 15\n"
    for bad, why in [("t,a\n" + day % (5, "1"), "incorrect number of elements on row 2"),
                     ("t,a,b\n" + day % (5, "1,x"), "can't parse 'x', col 2 on row 2"),
                     ("t,a,b\nnever,1,2\n", "can't parse 'never', col 0 on row 2"),
                     ("t,a,b\n" + day % (6, "1,2") + day % (5, "1,2"), "index is not in ascending order on row 3"),
                     ("t,a,b\n" + day % (1, "1,2"), "append index not ascending")]:
        status, out, err = append(host, bad)
        assert status == 1 and why in err
    assert "not found" in run("append", host, "nowhere", input="")[2]


def test_what_query_writes_append_reads(host, tmp_path):
    """A series from one server to another as text."""
    run("query", host, "-e", 'from <<- zts(as.time("2024-03-30 23:30:00 UTC") + as.duration("00:20:00.5") * (0:4), '
        'matrix(c(1, 2.5, NaN, 1e300, -Inf, 1:5), 5, 2, dimnames = list(NULL, c("a", "b \\"c\\"")))); '
        'to <<- head(from, 0); spans <<- as.duration(c("01:00:00", "-00:00:00.000000001")); other <<- vector("duration", 0); 0')
    status, text, _ = query(host, "from", "csv")
    assert status == 0
    assert run("append", host, "to", input=text) == (0, "", "5 rows appended\n")
    assert query(host, "identical(from, to)")[1] == "[1] TRUE\n"
    assert run("append", host, "other", input=query(host, "spans", "csv")[1])[0] == 0
    assert query(host, "identical(spans, other)")[1] == "[1] TRUE\n"


def test_append_reads_what_others_write(host):
    def times(text, *options):
        run("query", host, "-e", 'w <<- zts(vector("time", 0), matrix(0, 0, 2, dimnames = list(NULL, c("a", "b")))); 0')
        status, _, err = run("append", host, "w", *options, input=text)
        return query(host, "w", "csv")[1].split("\n", 1)[1] if status == 0 else err

    row = "2024-03-31T01:30:00Z,1,2\n"
    assert times("\ufefftime,a,b\n2024-03-31T03:30:00+02:00,1,2\r\n") == row
    assert times("time,a,b\n2024-03-31 03:30:00+0200,1,2") == row                   # no newline at the end
    assert times("time,a,b\n 2024-03-30T20:30:00-05 ,\t1 , 2 \n") == row            # blanks around
    assert times("time,a,b\n2024-03-31T03:30:00,1,2\n", "--tz=Europe/Berlin") == row
    assert times("time,b,a\n2024-03-31T01:30:00Z,2,1\n") == row                     # columns where the header says
    assert times("when,x,y\n2024-03-31T01:30:00Z,1,2\n") == row                     # other names: in their order
    assert times("2024-03-31T01:30:00Z,1,2\n", "--no-header") == row
    assert "twice or that the object does not have" in times("time,a,x\n2024-03-31T01:30:00Z,1,2\n")
    assert "twice or" in times("time,a,a\n2024-03-31T01:30:00Z,1,2\n")
    assert "timezone must be specified" in times("time,a,b\n2024-03-31T01:30:00,1,2\n")
    assert "can't parse '2024-03-31T01:30:00+99:00'" in times("time,a,b\n2024-03-31T01:30:00+99:00,1,2\n")
    assert "can't parse '2024-02-30T01:30:00Z'" in times("time,a,b\n2024-02-30T01:30:00Z,1,2\n")
    assert "on row 3" in times("time,a,b\n2024-03-31T01:30:00Z,1,2\n2024-03-31T01:31")  # a line that is cut


def test_time_limit(host):
    began = time.monotonic()
    assert run("query", host, "-e", "Sys.sleep(20)", "--timeout", "0.3") == (1, "", "zplane: no answer within 0.3 seconds\n")
    assert time.monotonic() - began < 15
    for wrong in ("abc", "-5", "0", "5s", "1e9", "nan"):
        status, _, err = run("query", host, "-e", "1", "--timeout", wrong)
        assert status == 2 and err.startswith("zplane: --timeout wants seconds")


def test_what_is_not_shown_has_no_rows(host):
    for form, out in (("csv", ""), ("ndjson", ""), ("json", "null\n"), ("table", "")):
        assert query(host, "hidden <- 5", form) == (0, out, "")
        assert query(host, "invisible(5)", form) == (0, out, "")


def test_lists_of_vectors(host):
    assert query(host, 'list(n = c(1, 2), s = c("a", "b"))', "csv")[1] == "n,s\n1,a\n2,b\n"
    assert query(host, 'list(n = 1, s = "a")', "csv")[1] == "n,s\n1,a\n"
    assert query(host, 'list(n = 1:2)', "ndjson")[1] == '{"n":1}\n{"n":2}\n'
    assert query(host, 'list(n = 1, s = "a")', "ndjson")[1] == '{"n":1,"s":"a"}\n'
    assert "list of vectors of one length" in query(host, "list(x = 1:2, y = 1:3)", "csv")[2]


def test_large_results_leave_in_pieces(host):
    """Lines come before all of them are made, and who reads the first ones only ends it."""
    p = subprocess.Popen([ZPLANE, "query", host, "-e", "matrix(1:3e6, 1e6, 3)", "--format", "csv"], env=ENV, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, encoding="utf-8")
    assert [p.stdout.readline() for _ in range(3)] == ["V1,V2,V3\n", "1,1000001,2000001\n", "2,1000002,2000002\n"]
    p.stdout.close()
    assert p.wait(60) != 0 and "Sanitizer" not in p.stderr.read()
    p.stderr.close()
    with open("/dev/full", "w", encoding="utf-8") as full:
        p = subprocess.run([ZPLANE, "query", host, "-e", "1:1e6", "--format", "json"], env=ENV, stdout=full, stderr=subprocess.PIPE, encoding="utf-8")
    assert (p.returncode, p.stderr) == (1, "zplane: cannot write the result: No space left on device\n")


def test_servers_that_are_not_there(host, tmp_path):
    assert run("query", "127.0.0.1:1", "-e", "1") == (1, "", "zplane: 127.0.0.1:1: cannot connect: Connection refused\n")
    assert run("query", "127.0.0.1:99999", "-e", "1")[2] == "zplane: 127.0.0.1:99999: '99999' is no port: 1 to 65535\n"
    assert "cannot find host 'nosuch.invalid'" in run("query", "nosuch.invalid", "-e", "1")[2]
    assert run("query", "zplanes://" + host, "-e", "1")[2] == \
        "zplane: zplanes://%s: TLS handshake: the server does not speak TLS here\n" % host
    assert run("query", host, str(tmp_path / "nosuch.R"))[2].startswith("zplane: cannot read file")
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes connections and says nothing
        status, _, err = run("query", "127.0.0.1:%d" % deaf.getsockname()[1], "-e", "1", "--timeout", "0.5")
        assert status == 1 and "within the time limit" in err


def test_connect(host):
    assert run("connect", host, input="1 + 1\nx <- 5\nx *\n  2\nq()\n3\n") == (0, "[1] 2\n[1] 10\n", "")
    status, out, err = run("connect", host, input="1\nnowhere\n2\n")
    assert (status, out, err) == (1, "[1] 1\n", "Error: object 'nowhere' not found\n")
    assert run("connect", "127.0.0.1:1", input="")[0] == 1
