"""The command from outside: words, files, exit status, what goes where."""
import json
import os
import subprocess

from zplane import ENV, ZPLANE, run


def test_eval_shows_the_last_value():
    assert run("eval", "-e", "1; 2 + 3") == (0, "[1] 5\n", "")


def test_eval_takes_text_that_begins_with_a_dash():
    assert run("eval", "-e", "-1 / 0") == (0, "[1] -Inf\n", "")


def test_eval_without_a_command():
    assert run("-e", "1") == (0, "[1] 1\n", "")


def test_eval_of_nothing():
    assert run("eval", "-e", "") == (0, "", "")
    assert run("eval", "-e", "# only a comment") == (0, "", "")


def test_eval_in_turn_in_one_environment():
    assert run("eval", "-e", "x <- 4", "-e", "x * 2") == (0, "[1] 8\n", "")


def test_eval_ends_at_the_first_error():
    status, out, err = run("eval", "-e", "stop('first')", "-e", "cat('second')")
    assert (status, out) == (1, "") and err.startswith("Error: ") and "first" in err


def test_eval_of_files(tmp_path):
    (tmp_path / "a.R").write_text("x <- 20\nx\n")
    (tmp_path / "b.R").write_text("1\nx + 1\n")
    assert run("eval", "a.R", "b.R", cwd=tmp_path) == (0, "[1] 20\n[1] 21\n", "")


def test_eval_of_standard_input():
    assert run("eval", "-", input="1\n2\n") == (0, "[1] 2\n", "")


def test_eval_needs_something():
    status, out, err = run("eval")
    assert (status, out) == (2, "") and "eval needs" in err


def test_missing_files(tmp_path):
    status, out, err = run("eval", "none.R", cwd=tmp_path)
    assert (status, out, err) == (1, "", "zplane: cannot read file 'none.R': No such file or directory\n")
    assert run("run", "none.R", cwd=tmp_path)[0] == 1
    assert run("eval", str(tmp_path))[0] == 1


def test_error_reports_have_place_source_and_caret(tmp_path):
    (tmp_path / "model.R").write_text("a <- 1\nb <- a\nstop('in file')\n")
    status, out, err = run("eval", "model.R", cwd=tmp_path)
    assert (status, out) == (1, "")
    assert err == "Error: model.R:3.6-14: in file\n2: b <- a\n3: stop('in file')\n        ^^^^^^^^^\n"


def test_syntax_errors():
    assert run("eval", "-e", "f(3))") == (1, "", "syntax error, unexpected )\n1: f(3))\n       ^\n")
    status, out, err = run("eval", "-e", "cat('no'); f(")
    assert (status, out) == (1, "") and err.startswith("syntax error, unexpected end")


def test_hints_follow_the_report():
    status, out, err = run("eval", "-e", "lenght(1)")
    assert status == 1 and err.splitlines()[-1] == "did you mean 'length'?"


def test_output_before_an_error_stays():
    status, out, err = run("eval", "-e", "cat('before\\n'); stop('after')")
    assert (status, out) == (1, "before\n") and "after" in err


def test_status_of_q():
    assert run("eval", "-e", "q(7)")[0] == 7
    assert run("eval", "-e", "q()", "-e", "stop('not reached')")[0] == 0
    assert run("eval", "-e", "f <- function() q(5); tryCatch(f(), 0)")[0] == 5


def test_run_shows_every_expression(tmp_path):
    (tmp_path / "s.R").write_text("x <- 3\nx\nif (x > 2) 'big'\nelse 'small'\ninvisible(9)\n(x)\nf <- function(a) {\n  a\n}\nf(1)\n")
    assert run("run", "s.R", cwd=tmp_path) == (0, '[1] 3\n[1] "big"\n[1] 3\n[1] 1\n', "")


def test_run_ends_at_the_first_error(tmp_path):
    (tmp_path / "s.R").write_text("1\nstop('here')\n2\n")
    status, out, err = run("run", "s.R", cwd=tmp_path)
    assert (status, out) == (1, "[1] 1\n") and "s.R:2.6" in err


def test_run_shows_what_stands_before_a_syntax_error(tmp_path):
    (tmp_path / "s.R").write_text("1\nx <- 2\nx\nf <- function( {\n}\n")
    status, out, err = run("run", "s.R", cwd=tmp_path)
    assert (status, out) == (1, "[1] 1\n[1] 2\n") and err.startswith("syntax error")


def test_run_gives_the_rest_to_the_script(tmp_path):
    (tmp_path / "s.R").write_text("commandArgs(trailingOnly = TRUE)\n")
    assert run("run", "s.R", "one", "-e", "--two=2", cwd=tmp_path) == (0, '[1] "one"     "-e"      "--two=2"\n', "")
    assert run("run", "s.R", cwd=tmp_path) == (0, "character(0)\n", "")


def test_settings_from_the_command_line():
    assert run("eval", "--digits=3", "-e", "pi") == (0, "[1] 3.14\n", "")
    assert run("-O", "digits=3", "eval", "-e", "pi") == (0, "[1] 3.14\n", "")
    assert run("eval", "--max-print=2", "-e", "getOption('max.print')") == (0, "[1] 2\n", "")


def test_settings_from_the_environment():
    assert run("eval", "-e", "pi", env={"ZPLANE_DIGITS": "4"}) == (0, "[1] 3.142\n", "")
    assert run("eval", "--digits=3", "-e", "pi", env={"ZPLANE_DIGITS": "4"}) == (0, "[1] 3.14\n", "")
    assert run("eval", "-e", "pi", env={"ZPLANE_DIGITS": "many"})[0] == 1


def test_settings_from_a_file(tmp_path):
    (tmp_path / "zplane.conf").write_text("# mine\ndigits = 5\nsomething.else = 'x'\n")
    assert run("eval", "-e", "pi", cwd=tmp_path) == (0, "[1] 3.1416\n", "")
    assert run("eval", "-C", str(tmp_path), "-e", "pi") == (0, "[1] 3.1416\n", "")
    assert run("eval", "-e", "pi", cwd=tmp_path, env={"ZPLANE_DIGITS": "4"}) == (0, "[1] 3.142\n", "")
    (tmp_path / "zplane.conf").write_text("digits 5\n")
    status, out, err = run("eval", "-e", "pi", cwd=tmp_path)
    assert status == 1 and "line 1" in err
    assert run("eval", "-C", str(tmp_path / "none"), "-e", "1")[0] == 1


def test_initial_code():
    assert run("eval", "--init.code=x <- 5", "-e", "x") == (0, "[1] 5\n", "")


def test_wrong_command_lines():
    for words in (["evil"], ["eval", "--digts=3", "-e", "1"], ["eval", "--digits=99", "-e", "1"], ["eval", "-e"],
                  ["--digits"], ["-x"], ["-O", "digits"], ["run"], ["explain"], ["help", "nothing.of.this.name"]):
        status, out, err = run(*words)
        assert (status, out) == (2, "") and err.startswith("zplane: "), words
    assert "did you mean 'eval'" in run("evil")[2]
    assert "did you mean '--digits'" in run("eval", "--digts=3", "-e", "1")[2]


def test_help_and_version():
    status, out, err = run("help")
    assert (status, err) == (0, "") and "eval" in out and "run" in out
    assert run("--help") == (0, out, "")
    for command in ("console", "eval", "run", "explain", "help", "version"):
        status, out, err = run("help", command)
        assert status == 0 and out.startswith("Usage: zplane")
        assert run(command, "--help") == (0, out, "")
    assert "max.print" in run("help", "options")[1]
    assert run("help", "round")[1].startswith("round(x, digits = 0")
    status, out, err = run("--version")
    assert status == 0 and out.startswith("zplane ")
    assert run("version")[1] == out


def test_explain():
    status, out, err = run("explain", "-e", "x <- 1 + f(2)")
    assert (status, err) == (0, "") and "f" in out
    assert run("explain", "-e", "x <-")[0] == 1


def test_console_without_a_terminal():
    text = "x <- 2\nx\nf <- function(a) {\n  a + 1\n}\nf(x); f(5)\nif (FALSE) 1\n\n# then\nelse 7\nx"
    assert run(input=text) == (0, "[1] 2\n[1] 3\n[1] 6\n[1] 7\n[1] 2\n", "")
    status, out, err = run(input="1\nstop('no')\n2\n")
    assert (status, out) == (1, "[1] 1\n") and "no" in err
    assert run(input="q(4)\n1\n")[0] == 4
    assert run(input="") == (0, "", "")


def test_console_answers_as_lines_arrive():
    p = subprocess.Popen([ZPLANE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV, encoding="utf-8")
    for i in range(3):
        p.stdin.write("%d + 1\n" % i)
        p.stdin.flush()
        assert p.stdout.readline() == "[1] %d\n" % (i + 1)
    p.stdin.close()
    assert p.wait(20) == 0


def test_a_long_function_is_read_quickly():
    lines = ["f <- function(x) {"] + ["  x <- x + %d" % i for i in range(20000)] + ["  x", "}", "f(0)"]
    assert run(input="\n".join(lines), timeout=60) == (0, "[1] 199990000\n", "")


def batch(*requests):
    text = "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in requests)
    status, out, err = run("eval", "--batch", input=text)
    assert status == 0
    return [json.loads(line) for line in out.splitlines()]


def test_batch_answers_each_line():
    assert batch({"id": "a", "expr": "1 + 1"}, {"id": "b", "expr": "cat('x\\n'); stop('y')"}) == [
        {"id": "a", "out": "[1] 2\n", "err": False}, {"id": "b", "out": "x\n", "err": True}]


def test_batch_units_are_fresh():
    answers = batch({"id": "1", "expr": "x <- 5; y <<- 6; options(digits = 3); rm(cosh, envir = 'base'); set.seed(1)"},
                    {"id": "2", "expr": "exists('x')"}, {"id": "3", "expr": "exists('y')"}, {"id": "4", "expr": "pi"},
                    {"id": "5", "expr": "cosh(0)"}, {"id": "6", "expr": "assign('f', 1, 'base')"},
                    {"id": "7", "expr": "exists('f')"})
    assert [a["out"] for a in answers] == ["", "[1] FALSE\n", "[1] FALSE\n", "[1] 3.141593\n", "[1] 1\n", "", "[1] FALSE\n"]


def test_batch_refuses_other_lines():
    bad = {"id": None, "out": "", "err": True}
    assert batch("", "nonsense", "[1]", '{"id": 1, "expr": "1"}', '{"id": "a"}', '{"expr": "1"}') == [bad] * 6


def test_batch_survives_q():
    assert [a["err"] for a in batch({"id": "a", "expr": "q()"}, {"id": "b", "expr": "q(3)"}, {"id": "c", "expr": "1"})] \
        == [False, True, False]


def test_batch_replaces_what_is_not_utf8():
    answers = batch({"id": "\u20ac", "expr": "cat('\\xff\\n'); cat('gr\\u00fcezi \\U0001F600\\n')"})
    assert answers == [{"id": "\u20ac", "out": "\ufffd\ngr\u00fcezi \U0001F600\n", "err": False}]


def test_batch_takes_zero_bytes():
    assert batch({"id": "a", "expr": "1\x00 + 2"})[0]["err"]


def test_batch_takes_long_programs():
    assert batch({"id": "a", "expr": "x <- '" + "a" * 1000000 + "'; nchar(x)"})[0]["out"] == "[1] 1e+06\n"


def test_a_closed_pipe_is_no_crash():
    p = subprocess.Popen([ZPLANE, "eval", "-e", "print(1:99999)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV)
    p.stdout.close()
    status = p.wait(30)
    assert status in (0, 1, -13) and b"anitizer" not in p.stderr.read()
    p.stderr.close()


def test_a_full_disk_is_an_error():
    if not os.path.exists("/dev/full"):
        return
    with open("/dev/full", "w") as full:
        p = subprocess.run([ZPLANE, "eval", "-e", "1"], stdout=full, stderr=subprocess.PIPE, env=ENV, timeout=30)
    assert p.returncode == 1 and b"cannot write" in p.stderr


def test_ctrl_c_ends_a_script(tmp_path):
    import signal
    import time
    p = subprocess.Popen([ZPLANE, "eval", "-e", "cat('go\\n'); repeat {}"], stdout=subprocess.PIPE, env=ENV)
    time.sleep(0.3)
    p.send_signal(signal.SIGINT)
    assert p.wait(20) == -signal.SIGINT
    p.stdout.close()
