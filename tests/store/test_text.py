"""Text in files is read when somebody looks at it: whoever looks sees what is there, whoever does not pays nothing."""
import glob
import os
import re
import subprocess

import pytest
from zplane import ENV, ZPLANE, run


class Session:
    """One process that evaluates one line after the other."""

    def __init__(self, cwd):
        self.process = subprocess.Popen([ZPLANE], cwd=cwd, env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, encoding="utf-8")

    def ask(self, expr):
        """What is printed, and the value, or the error."""
        self.process.stdin.write('tryCatch(print({ %s }), error = function(e) cat("Error:", conditionMessage(e), "\\n")); '
                                 'cat("<end>\\n")\n' % expr)
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.endswith("<end>\n"):
                return "".join(lines) + line[:-6]
            lines.append(line)
        raise AssertionError("the process ended with status %s: %s" % (self.process.wait(10), expr))

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)

# Functions that are not about their arguments, or whose results are not the same twice.
LEFT_OUT = re.compile(
    r"^(quit|q|readline|readLines|Sys\..*|system|source|eval|date|Rprof|proc\.time|system\.time|tempfile|sample.*|r[a-z]+|"
    r"set\.seed|load|lock|unlock|.*locked|is\.persistent|.*\.file|file\..*|write.*|read.*|unlink|setwd|getwd|"
    r"repeat|while|for|function|if|return|break|next|stop|warning|con.*|close|timer.*|listen|subscribe|follow|"
    r"object\.size|gc|mem.*|info.*|options|help|example|ls|rm|exists|get|assign|local|environment.*|sys\..*|.*store.*|"
    r"backup|restore|check|drop|rename|append\.to|open.*|msync|refresh|plugin.*|demo|vector|matrix|array|zts|alloc\.dirname|verify)$")
FORMS = ["f(x)", "f(x, x)", 'f("b", x)', "f(x, 2)", "f(x, list(x))", "f(list(x, 1))", "f(list(a = x), list(a = x))",
         "f(list(list(x)), x, x)", 'f(x, "b", x)']
OPERATIONS = ["x == \"b\"", "\"b\" < x", "x %in% c(\"b\", \"zz\")", "\"b\" %in% x", "x[2]", "x[-1]", "x[[3]]", "x[c(3, 1)]",
              "x[x > \"b\"]", "list(b = 1, a = 2)[x[1:2]]", "list(x) == list(x)", "x + 1", "!x", "if (x == \"b\") 1",
              "{ s <- \"\"; for (e in x) s <- paste0(s, e); s }", "switch(x[2], b = 5)", "{ y <- 1:4; names(y) <- x; y }",
              "{ y <- list(1, 2); y[[2]] <- x; y }", "{ y <- list(a = 1); y$b <- x; str(y) }", "{ y <- c(\"q\", \"r\", \"s\", \"t\"); y[1:4] <- x; y }",
              "{ y <- list(b = 3); y[[x[2]]] }", "{ y <- list(1); y[1] <- list(x); y }", "print(x)", "str(x)", "str(list(x))",
              "list(x)", "sapply(x, nchar)", "lapply(list(x), nchar)", "Reduce(paste0, x)", "do.call(paste0, list(x, x))",
              "tryCatch(stop(x[1]), error = function(e) conditionMessage(e) == x)", "matrix(1:4, 2, 2, dimnames = list(x[1:2], x[3:4]))",
              "(function(...) list(...))(x)", "c(x, x)", "c(list(1), x)", "rbind(x, x)", "cbind(x, 1:4 > 2)", "x[]", "x[] == x"]


def values(names):
    return "c(%s)" % ", ".join('"%s"' % n for n in names)


@pytest.fixture
def session(tmp_path):
    s = Session(str(tmp_path))
    yield s
    s.close()


def ask(s, expr):
    return s.ask(expr)


@pytest.mark.parametrize("shape", ["vector", "matrix"])
def test_every_function_finds_its_operands_read(session, shape):
    text = values(["d", "b", "a\\u00e9", ""])
    if shape == "matrix":
        text = "matrix(%s, 2, 2)" % text
    made = ask(session, '{ p <- %s; v <- vector("character", 4, file = "p"); NULL }' % text if shape == "vector" else
               '{ p <- %s; v <- matrix(p, 2, 2, file = "p"); NULL }' % text)
    assert made == "NULL\n", made
    if shape == "vector":
        ask(session, "v[] <- p")
    ask(session, "rm(v)")
    names = re.findall(r'"([^"]+)"', ask(session, 'for (n in ls("base")) if (is.function(get(n))) cat(paste0("\\"", n, "\\" "))'))
    assert len(names) > 300, names
    wrong = []
    forms = [f.replace("f(", "`%s`(" % n) for n in names if not LEFT_OUT.match(n) for f in FORMS] + OPERATIONS
    for form in forms:
        lazy = ask(session, '(function() { x <- load("p"); %s })()' % form)
        plain = ask(session, "(function() { x <- p; %s })()" % form)
        if lazy != plain and "locked" not in lazy:
            wrong.append((form, lazy, plain))
    assert not wrong, wrong[:5]


MANY = 200000


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A column of strings of which the one in the middle is damaged."""
    d = str(tmp_path_factory.mktemp("large") / "o")
    status, _, err = run("eval", "-e", 'x <- vector("character", 0, file = "%s"); c(--x, paste0("string ", 1:%d)); NULL' % (d, MANY))
    assert status == 0, err
    path = glob.glob(os.path.join(d, "t*"))[0]
    data = bytearray(open(path, "rb").read())
    at = data.index(b"string 100001string")
    data[at] ^= 1
    open(path, "wb").write(data)
    return d


def evaluate(text, **more):
    return run("eval", "-e", text, **more)


@pytest.mark.parametrize("expr,out", [
    ("length(x)", "[1] 2e+05"), ("dim(x)", "[1] 2e+05"), ("x[1]", '[1] "string 1"'), ("x[199999]", '[1] "string 199999"'),
    ("x[99998:99999]", '[1] "string 99998" "string 99999"'), ("head(x, 1)", '[1] "string 1"'),
    ("tail(x, 1)", '[1] "string 2e+05"'), ("x[[100002]]", '[1] "string 100002"'), ("is.character(x)", "[1] TRUE"),
    ('{ c(--x, "one more"); x[200001] }', '[1] "one more"'),
    ('{ x[7] <- "other"; x[7] }', '[1] "other"'),
    ('{ y <- x; c(--x, "z"); c(length(y), length(x)) }', "[1] 200001 200002"),
    ('{ s <- ""; i <- 99990; while (i < 99999) { s <- paste0(s, x[i]); i <- i + 1 }; nchar(s) }', "[1] 108"),
])
def test_only_what_is_looked_at_is_read(large, expr, out):
    status, got, err = evaluate('x <- load("%s"); %s' % (large, expr))
    assert (status, got.strip()) == (0, out), err


@pytest.mark.parametrize("expr", ["x[100001]", "nchar(x)", "x == 1", "x[99999:100003]", "unique(x)", "list(x)[[1]] == \"a\"",
                                  "for (s in x) s", 'x[99000:102000] <- "a"', "x[]", "paste(x)", "rev(--x)"])
def test_damage_is_found_where_it_is_looked_at(large, expr):
    again = 'x <- load("%s", mode = "%s"); r <- tryCatch({ %s; "read" }, error = function(e) conditionMessage(e)); cat(r, "\\n", x[1], "\\n")'
    status, out, err = evaluate(again % (large, "write", expr))
    assert status == 0 and "does not match its checksum" in out and "string 1 \n" in out, (out, err)
    status, out, err = evaluate('x <- load("%s"); %s' % (large, expr))
    assert status == 1 and "is damaged: a string of column c" in err, (out, err)


def test_files_that_get_shorter_while_they_are_open(session, tmp_path):
    ask(session, '{ x <- vector("character", 0, file = "o"); c(--x, paste0("string ", 1:1000)); NULL }')
    ask(session, 'rm(x)')
    ask(session, '{ x <- load("o"); y <- load("o", mode = "read"); NULL }')
    for prefix, text in (("t", "points outside of its text"), ("c", "is too short")):
        path = glob.glob(str(tmp_path / "o" / (prefix + "*")))
        path = [p for p in path if not p.endswith("commit")][0]
        os.truncate(path, os.path.getsize(path) // 2)
        for name in "xy":
            out = ask(session, "%s[900]" % name)
            assert out.startswith("Error:") and text in out, out
        assert ask(session, "x[1]") == '[1] "string 1"\n'
    assert ask(session, "length(x)") == "[1] 1000\n"


def test_values_of_a_former_state(session):
    """They look into files that nobody else needs any more."""
    ask(session, '{ x <- matrix(paste0("s", 1:6), 3, 2, file = "o"); NULL }')
    ask(session, "rm(x)")
    ask(session, '{ x <- load("o"); y <- x; rbind(--x, c("a", "b")); NULL }')
    ask(session, '{ cbind(--x, c("1", "2", "3", "4")); NULL }')
    ask(session, "{ u <- x; rm(x); NULL }")
    assert ask(session, "y[3, 2]") == '[1] "s6"\n'
    assert ask(session, "paste(u, collapse = \"\")") == '[1] "s1s2s3as4s5s6b1234"\n'
    assert ask(session, "paste(y, collapse = \"\")") == '[1] "s1s2s3s4s5s6"\n'


def test_readers_follow(tmp_path):
    writer, reader = Session(str(tmp_path)), Session(str(tmp_path))
    try:
        ask(writer, '{ x <- vector("character", 0, file = "o"); c(--x, paste0("s", 1:300)); NULL }')
        ask(reader, '{ y <- load("o", mode = "read"); y[3]; NULL }')
        ask(writer, 'c(--x, "added")')
        assert ask(reader, "{ refresh(--y); c(length(y) == 301, y[301] == \"added\", y[3] == \"s3\") }") == "[1] TRUE TRUE TRUE\n"
        ask(writer, '{ x[3] <- "changed"; x[5] <- "too"; NULL }')
        assert ask(reader, "{ refresh(--y); y[3:5] }") == '[1] "changed" "s4"      "too"    \n'
        ask(writer, '{ x[4] <- "not told"; NULL }')
        assert ask(reader, "y[6]") == '[1] "s6"\n'
        assert ask(reader, "{ refresh(--y); y[4] }") == '[1] "not told"\n'
    finally:
        writer.close()
        reader.close()


def test_memory_that_does_not_suffice(large):
    """The first 100000 strings, which are whole, are more than may be held."""
    text = ('options(max.memory = 3e6); x <- load("%s"); r <- tryCatch({ x[1:100000]; "read" }, error = function(e) conditionMessage(e)); '
            'cat(r, "\\n", x[150000], length(x), "\\n")' % large)
    status, out, err = run("eval", "-e", text)
    assert status == 0 and "cannot allocate" in out and "string 150000" in out, (out, err)


def test_a_former_state_shares_columns_with_the_present_one(session):
    """What looks at columns that are still in place sees neither their changes nor the holes of rows that were dropped."""
    ask(session, '{ t0 <- |.2021-01-01 00:00:00 UTC.|; s <- as.duration("00:00:01"); NULL }')
    ask(session, '{ z <- zts(t0 + s * 1:600000, matrix(1:600000, 600000, 1), file = "z"); y <- z; NULL }')
    ask(session, "{ rbind(--z, zts(t0 + s * 600001, matrix(5, 1, 1))); cbind(--z, q = 1:600001); NULL }")
    ask(session, "{ zts.resize(--z, 500000, 600001); NULL }")
    ask(session, "{ z[1:10, 1] <- 7; NULL }")
    assert ask(session, "sum(zts.data(y)[, 1] == 1:600000)") == "[1] 6e+05\n"
    assert ask(session, "all(zts.idx(y) == t0 + s * 1:600000)") == "[1] TRUE\n"
