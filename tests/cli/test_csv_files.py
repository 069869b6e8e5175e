"""Files that are not what they should be: every one is a clear error that names the place, and leaves nothing behind."""
import gzip
import os
import resource
import subprocess

import pytest
from zplane import ENV, ZPLANE, error_text, run


def evaluate(text, folder, timeout=60):
    path = os.path.join(str(folder), "program.R")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text + "\n")
    return run("eval", path, cwd=folder, timeout=timeout)


def read(content, folder, arguments='"double"', reader="read.csv"):
    """(output, error text) of reading a file with that content."""
    with open(os.path.join(str(folder), "f.csv"), "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())
    status, out, err = evaluate('x <- %s("f.csv"%s); x' % (reader, ", " + arguments if arguments else ""), folder)
    assert status in (0, 1), err
    return out, error_text(err) if status else ""


UTC = "2015-01-01 12:00:0%d UTC,%s\n"
SERIES = ",a\n" + UTC % (0, "1") + UTC % (1, "2")

BAD = {
    "too few": ("a,b\n1,2\n3\n", '"double"', "incorrect number of elements on row 3"),
    "too many": ("a,b\n1,2\n3,4,5\n", '"double"', "incorrect number of elements on row 3"),
    "too few at the end": ("a,b\n1,2\n3", '"double"', "incorrect number of elements on row 3"),
    "text among numbers": ("a,b\n1,2\n3,x\n", '"double"', "can't parse 'x', col 2 on row 3"),
    "blank before a number": ("a\n 1\n", '"double"', "can't parse ' 1', col 1 on row 2"),
    "a number that is no logical": ("a,b\n1,2\n", '"logical"', "can't parse '2', col 2 on row 2"),
    "no duration": ("a\nx\n", '"duration"', "can't parse 'x', col 1 on row 2"),
    "no period": ("a\nx\n", '"period"', "can't parse 'x', col 1 on row 2"),
    "no time": ("a\nx\n", '"time"', "couldn't parse datetime element on row 2"),
    "no time in a series": (",a\nx,1\n", "", "couldn't parse datetime element on row 2"),
    "no zone": (",a\n2015-01-01 12:00:00,1\n", "", "timezone must be specified on row 2"),
    "text in a series": (",a\n" + UTC % (0, "1") + UTC % (1, "x"), "", "can't parse 'x', col 1 on row 3"),
    "too few in a series": (",a\n" + UTC % (0, "1") + "2015-01-01 12:00:01 UTC\n", "",
                            "incorrect number of elements on row 3"),
    "times not in order": (",a\n" + UTC % (1, "1") + UTC % (0, "2"), "", "index is not in ascending order"),
    "a time twice": (",a\n" + UTC % (1, "1") + UTC % (1, "2"), "", "index is not in ascending order"),
    "quote in a cell": ('a,b\n"1"2,3\n', '"double"', "quote does not terminate token on row 2"),
    "open quote": ('a,b\n1,"2\n', '"double"', "quote does not terminate token on row 2"),
    "open quote in the header": ('"a,b\n1,2\n', '"double"', "quote does not terminate token on row 1"),
    "nul in a number": (b"a\n1\0002\n", '"double"', "can't parse '1', col 1 on row 2"),
    "lone carriage return": ("a\n1\r2\n", '"double"', "can't parse '1"),
    "unknown type": ("a\n1\n", '"matrix"', "unknown type matrix"),
    "long separator": ("a\n1\n", '"double", sep = ",,"', "separator must be exactly one character long"),
    "no separator": ("a\n1\n", '"double", sep = ""', "separator must be exactly one character long"),
    "damaged gzip": (gzip.compress(os.urandom(100000))[:5000], '"double"', "the gzip data is damaged"),
    "damaged zstd": (b"\x28\xb5\x2f\xfd" + b"\x04" * 50, '"double"', "the zstd data is damaged"),
}


@pytest.mark.parametrize("kind", BAD)
def test_errors_name_the_place(kind, tmp_path):
    content, arguments, text = BAD[kind]
    assert read(content, tmp_path, arguments) == ("", text)
    status, out, err = evaluate('tryCatch(x <- read.csv("f.csv"%s), 0); exists("x")' %
                                (", " + arguments if arguments else ""), tmp_path)
    assert (status, out.split()[-1]) == (0, "FALSE"), err


MATRIX = "     a b\n[1,] 1 2\n[2,] 3 4\n"
GOOD = {
    "plain": b"a,b\n1,2\n3,4\n",
    "no final newline": b"a,b\n1,2\n3,4",
    "carriage returns": b"a,b\r\n1,2\r\n3,4\r\n",
    "carriage return at the end": b"a,b\r\n1,2\r\n3,4\r",
    "mixed line ends": b"a,b\n1,2\r\n3,4\n",
    "empty lines at the end": b"a,b\n1,2\n3,4\n\n\r\n\n",
    "byte order mark": b"\xef\xbb\xbfa,b\n1,2\n3,4\n",
    "quoted": b'"a","b"\n"1",2\n3,"4"\n',
    "gzip": gzip.compress(b"a,b\n1,2\n3,4\n"),
    "two gzip members": gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_accepted(kind, tmp_path):
    assert read(GOOD[kind], tmp_path) == (MATRIX, "")


def test_truncated_zstd(tmp_path):
    packed = subprocess.run(["zstd", "-q", "-c"], input=os.urandom(200000).hex().encode(), stdout=subprocess.PIPE).stdout
    assert read(packed[:len(packed) // 2], tmp_path) == ("", "the zstd data is damaged")


def test_what_cannot_be_opened(tmp_path):
    os.mkdir(tmp_path / "folder")
    (tmp_path / "secret").write_text("a\n1\n")
    os.chmod(tmp_path / "secret", 0)
    for reader in ("read.csv", "read.ndjson"):
        for name, why in (("folder", "Is a directory"), ("none", "No such file or directory")):
            status, out, err = evaluate('%s("%s")' % (reader, name), tmp_path)
            assert (status, error_text(err)) == (1, "open %s: %s" % (name, why))
        if os.geteuid() != 0:
            status, out, err = evaluate('%s("secret")' % reader, tmp_path)
            assert (status, error_text(err)) == (1, "open secret: Permission denied")
    for writer in ("write.csv", "write.ndjson"):
        status, out, err = evaluate('%s(matrix(1:4, 2), "none/x")' % writer, tmp_path)
        assert (status, error_text(err)) == (1, "open none/x: No such file or directory")
        status, out, err = evaluate('%s(matrix(1:4, 2), "folder")' % writer, tmp_path)
        assert (status, error_text(err)) == (1, "open folder: Is a directory")


@pytest.mark.parametrize("writer", ["write.csv", "write.ndjson"])
def test_a_full_device_is_an_error(writer, tmp_path):
    status, out, err = evaluate('%s(matrix(1:400000, 1000), "/dev/full")' % writer, tmp_path)
    assert (status, error_text(err)) == (1, "cannot write: No space left on device")
    assert os.path.exists("/dev/full")


@pytest.mark.parametrize("writer", ["write.csv", "write.ndjson"])
def test_a_failed_write_leaves_no_file(writer, tmp_path):
    def limit():
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    (tmp_path / "p.R").write_text('%s(matrix(1:400000, 1000), "out")' % writer)
    p = subprocess.run([ZPLANE, "eval", "p.R"], cwd=tmp_path, env=ENV, stdin=subprocess.DEVNULL, preexec_fn=limit,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=60)
    assert (p.returncode, error_text(p.stderr)) == (1, "cannot write: File too large")
    assert not os.path.exists(tmp_path / "out")


def test_invalid_utf8_is_kept(tmp_path):
    (tmp_path / "f.csv").write_bytes(b"a\n\xff\xfe,\n")
    status, out, err = evaluate('x <- read.csv("f.csv", "character", sep = ";"); write.csv(x, "g.csv", sep = ";")', tmp_path)
    assert (status, err) == (0, "")
    assert (tmp_path / "g.csv").read_bytes() == (tmp_path / "f.csv").read_bytes()


def test_many_columns(tmp_path):
    status, out, err = evaluate('n <- 70000; x <- matrix(1:(3 * n), 3); write.csv(x, "f.csv"); '
                                'identical(x, read.csv("f.csv", "double")[, ])', tmp_path)
    assert (status, out, err) == (0, "[1] TRUE\n", "")
    (tmp_path / "f.csv").write_text(",".join(["1"] * 70000) + "\n" + ",".join(["2"] * 69999) + ",x\n")
    status, out, err = evaluate('read.csv("f.csv", "double", header = FALSE)', tmp_path)
    assert (status, error_text(err)) == (1, "can't parse 'x', col 70000 on row 2")


def test_a_huge_cell(tmp_path):
    cell = b'x"",\n' * 1000000
    (tmp_path / "f.csv").write_bytes(b'a,b\n"' + cell + b'",y\n')
    status, out, err = evaluate('x <- read.csv("f.csv", "character"); nchar(x); write.csv(x, "g.csv")', tmp_path)
    assert (status, err) == (0, "")
    assert (tmp_path / "g.csv").read_bytes() == (tmp_path / "f.csv").read_bytes()


with open(ZPLANE, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()  # needs terabytes of addresses of its own


@pytest.mark.parametrize("kind", ["one cell", "cells", "quoted", "json"])
def test_one_endless_line(kind, tmp_path):
    """Memory stays within a small multiple of the line."""
    size = 50 << 20
    line = {"one cell": b"1" * size, "cells": b"1," * (size // 2), "quoted": b'"' + b"1" * size,
            "json": b'{"a": "' + b"x" * size}[kind]
    (tmp_path / "f.csv").write_bytes((b"" if kind == "json" else b"a\n") + line)

    def limit():
        if not SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

    reader = 'read.ndjson("f.csv")' if kind == "json" else 'read.csv("f.csv", "double")'
    (tmp_path / "p.R").write_text(reader)
    p = subprocess.run([ZPLANE, "eval", "p.R"], cwd=tmp_path, env=ENV, stdin=subprocess.DEVNULL, preexec_fn=limit,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=60)
    assert p.returncode in (0, 1) and len(p.stderr) < 5000
    expected = {"cells": "incorrect number of elements on row 2", "json": "unterminated string on row 1",
                "quoted": "quote does not terminate token on row 2"}
    if kind in expected:
        assert error_text(p.stderr) == expected[kind]


ROUND = """
x <- matrix(c(NaN, Inf, -Inf, -0, 0, 4.9406564584124654e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1/3,
              1e15, 123456789.123456789), 4)
write.csv(x, "f.csv"); y <- read.csv("f.csv", "double"); identical(x, y); identical(1 / x, 1 / y)
n <- c("a,b", "say \\"x\\"", "two\\nlines"); dimnames(x) <- list(NULL, n)
write.csv(x, "f.csv"); identical(x, read.csv("f.csv", "double"))
write.csv(x, "f.csv", sep = " "); identical(x, read.csv("f.csv", "double", sep = " "))
t <- |.2015-01-01 00:00:00 UTC.| + as.duration(c(0, 1, 999999999, 1000000000, 86399999999999))
z <- zts(t, matrix(c(1:9, NaN), 5, 2, dimnames = list(NULL, c("p", "q"))))
write.csv(z, "f.csv"); identical(z, read.csv("f.csv"))
z <- zts(|.1700-01-01 00:00:00.000000001 UTC.| + as.duration(0:3), matrix(1:4, 4, 1, dimnames = list(NULL, "p")))
write.csv(z, "f.csv"); identical(z, read.csv("f.csv"))
s <- matrix(c("", "a,b", "x\\"y", "two\\nlines", " blank ", "\\r"), 3, 2, dimnames = list(NULL, c("u", "v")))
write.csv(s, "f.csv"); identical(s, read.csv("f.csv", "character"))
l <- matrix(c(TRUE, FALSE, TRUE, TRUE), 2); write.csv(l, "f.csv"); identical(l, read.csv("f.csv", "logical"))
t <- matrix(t[1:4], 2); write.csv(t, "f.csv"); identical(t, read.csv("f.csv", "time"))
write.ndjson(z, "f.json"); identical(z, read.ndjson("f.json", time = "time"))
"""


def test_round_trips(tmp_path):
    (tmp_path / "p.R").write_text(ROUND)
    status, out, err = run("run", "p.R", cwd=tmp_path)
    assert (status, err) == (0, "")
    assert out == "[1] TRUE\n" * 10
