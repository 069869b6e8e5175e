"""zplane query, append and connect."""
import json

import pytest
from kit import ask, number, series
from server_kit import Server
from zplane import run


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


def test_connect(host):
    assert run("connect", host, input="1 + 1\nx <- 5\nx *\n  2\nq()\n3\n") == (0, "[1] 2\n[1] 10\n", "")
    status, out, err = run("connect", host, input="1\nnowhere\n2\n")
    assert (status, out, err) == (1, "[1] 1\n", "Error: object 'nowhere' not found\n")
    assert run("connect", "127.0.0.1:1", input="")[0] == 1
