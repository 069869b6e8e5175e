"""No text, however long, deep or binary, crashes the program or hangs it; errors are clear and the session goes on."""
import os
import random
import time

import pytest
from zplane import run


def eval_text(text, tmp_path, *options, **more):
    path = tmp_path / "input.R"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return run("eval", *options, str(path), **more)


DEEP = {
    "parentheses": "(" * 100000 + "1" + ")" * 100000,
    "open parentheses": "(" * 100000,
    "braces": "{" * 100000 + "1" + "}" * 100000,
    "brackets": "x" + "[1" * 100000 + "]" * 100000,
    "indices": "x" + "[1]" * 100000,
    "members": "x" + "$a" * 100000,
    "signs": "- " * 100000 + "1",
    "not": "!" * 100000 + "TRUE",
    "functions": "function(x) " * 100000 + "1",
    "assignments": "x <- " * 100000 + "1",
    "powers": "2^" * 100000 + "2",
    "if": "if (TRUE) " * 100000 + "1",
    "else": "if (FALSE) 1 else " * 100000 + "2",
    "calls": "c(" * 100000 + ")" * 100000,
    "pipes": "1" + " |> c()" * 100000,
    "sums": "+".join(["1"] * 100000),
}


@pytest.mark.parametrize("kind", DEEP)
def test_deep_programs_are_errors_or_work(kind, tmp_path):
    status, out, err = eval_text(DEEP[kind], tmp_path)
    assert status in (0, 1) and (status == 0 or err.strip()), err[:200]


def test_the_session_goes_on_after_a_deep_program():
    status, out, err = run(input="tryCatch(1, 0)\n" + "1\n")
    assert (status, out) == (0, "[1] 1\n[1] 1\n")


def test_five_thousand_operators_work(tmp_path):
    assert eval_text("+".join(["1"] * 5000), tmp_path) == (0, "[1] 5000\n", "")


def test_long_programs(tmp_path):
    assert eval_text("length(c(" + ",".join(["1"] * 200000) + "))", tmp_path) == (0, "[1] 2e+05\n", "")
    assert eval_text(";".join(["x <- %d" % i for i in range(100000)]) + "; x", tmp_path) == (0, "[1] 99999\n", "")
    assert eval_text("nchar('" + "a" * 20000000 + "')", tmp_path) == (0, "[1] 2e+07\n", "")
    assert eval_text("x" * 1000000 + " <- 1; 2", tmp_path) == (0, "[1] 2\n", "")
    assert eval_text("1" * 1000000, tmp_path) == (0, "[1] Inf\n", "")


def test_invalid_utf8(tmp_path):
    assert eval_text(b'x <- "\xff\xfe"; identical(x, x)', tmp_path) == (0, "[1] TRUE\n", "")
    assert eval_text(b"\xff <- 1", tmp_path)[0] == 1
    assert eval_text(b"1\x00+ 2", tmp_path)[0] == 1


def test_binary_text(tmp_path):
    noise = random.Random(1)
    for size in (1, 10, 100, 1000, 100000, 3000000):
        status, out, err = eval_text(noise.randbytes(size), tmp_path)
        assert status in (0, 1)


def test_mixed_up_tokens(tmp_path):
    noise = random.Random(2)
    words = ["x", "1", "'a'", "(", ")", "[", "]", "[[", "{", "}", "<-", "->", "+", "-", "function", "if", "else", "for", "in",
             "while", "repeat", ",", ";", "\n", "$", "?", "++", "--", "!", "~", "|>", "%in%", "TRUE", "NULL", "...", "=", "NA"]
    for _ in range(30):
        status, out, err = eval_text(" ".join(noise.choice(words) for _ in range(400)), tmp_path)
        assert status in (0, 1)


def test_endless_recursion_is_an_error():
    status, out, err = run("eval", "-e", "f <- function(x) f(x + 1); f(1)")
    assert status == 1 and "evaluation nested too deeply: infinite recursion" in err
    status, out, err = run("eval", "-e", "f <- function(x) if (x > 0) 1 + f(x - 1) else 0; options(expressions = 1e6); f(3e5)")
    assert (status, out) == (0, "[1] 3e+05\n")


def test_deep_recursion_in_functionals_is_an_error():
    status, out, err = run("eval", "-e", "f <- function(x) sapply(1, f); f(1)", timeout=120)
    assert status == 1 and "nested too deeply" in err


def test_vectors_that_cannot_be_allocated():
    for text in ("numeric(1e15)", "numeric(1e18)", "rep(1, 1e14)", "1:1e14", "matrix(0, 1e8, 1e8)", "character(1e13)",
                 "strrep('a', 1e14)", "vector('list', 1e15)", "numeric(1e300)", "numeric(Inf)"):
        begin = time.monotonic()
        status, out, err = run("eval", "-e", text)
        assert status == 1 and err.startswith("Error: "), text
        assert time.monotonic() - begin < 20, text


def test_memory_can_be_limited():
    status, out, err = run("eval", "-e", "options(max.memory = 1e6); x <- numeric(1e6)")
    assert status == 1 and "cannot allocate vector" in err
    program = "options(max.memory = 1e8); x <- 1; repeat x <- c(x, x)"
    status, out, err = run("eval", "-e", program)
    assert status == 1 and "cannot allocate vector" in err
    assert run("eval", "-e", "tryCatch({ %s }, error = function(e) 'no room')" % program) == (0, '[1] "no room"\n', "")


def test_deep_lists():
    program = "l <- 0; for (i in 1:200000) l <- list(l); "
    assert run("eval", "-e", program + "length(l)") == (0, "[1] 1\n", "")
    for what in ("l", "str(l)", "identical(l, l)", "unlist(l)", "m <- l; m[[1]] <- 1; 1", "rapply", "length(as.character(l))"):
        status, out, err = run("eval", "-e", program + what, timeout=120)
        assert status in (0, 1), what


def test_files_that_are_none(tmp_path):
    assert run("eval", "-e", "source('%s')" % tmp_path)[0] == 1
    assert run("eval", "-e", "source('/nonexistent')")[0] == 1
    if os.path.exists("/dev/zero"):
        assert run("eval", "-e", "read.csv('%s')" % tmp_path)[0] == 1
