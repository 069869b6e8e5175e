"""The console as somebody at a terminal sees it."""
import os

import pytest


@pytest.fixture
def console(open_terminal):
    t = open_terminal()
    t.expect(r"zplane [0-9.]+: help\(\) explains, q\(\) ends\.\n")
    t.prompt()
    return t


def test_evaluates_and_shows(console):
    console.line("1 + 2")
    console.expect(r"^\[1\] 3\n")
    console.prompt()


def test_every_expression_of_a_line_is_shown(console):
    console.line("1; x <- 5; x")
    console.expect(r"^\[1\] 1\n\[1\] 5\n")
    console.prompt()


def test_an_unfinished_program_goes_on(console):
    console.line("f <- function(x) {")
    console.expect(r"^\+ \Z")
    console.line("x * 2")
    console.expect(r"^\+ \Z")
    console.line("}")
    console.prompt()
    console.line("f(21)")
    console.expect(r"^\[1\] 42\n")


def test_errors_keep_the_session(console):
    console.line("x <- 3; stop('no')")
    console.expect(r"^Error: .*no\n")
    console.prompt()
    console.line("x")
    console.expect(r"^\[1\] 3\n")


def test_a_syntax_error_is_shown_with_its_place(console):
    console.line("f(3))")
    console.expect(r"^syntax error, unexpected \)\n1: f\(3\)\)\n {7}\^\n")
    console.prompt()


def test_ctrl_c_stops_a_loop(console):
    console.line("x <- 7")
    console.prompt()
    console.line("repeat {}")
    console.wait(1)
    console.interrupt()
    console.expect(r"interrupted")
    console.prompt()
    console.line("x")
    console.expect(r"^\[1\] 7\n")


def test_ctrl_c_stops_a_wait(console):
    console.line("Sys.sleep(100)")
    console.wait(1)
    console.interrupt()
    console.expect(r"interrupted")
    console.prompt()


def test_ctrl_c_drops_the_line(console):
    console.send("1 + ")
    console.expect(r"1 \+ ")
    console.interrupt()
    console.prompt()
    console.line("2 * 4")
    console.expect(r"^\[1\] 8\n")


def test_ctrl_c_drops_an_unfinished_program(console):
    console.line("f(")
    console.expect(r"^\+ \Z")
    console.interrupt()
    console.prompt()
    console.line("5")
    console.expect(r"^\[1\] 5\n")


def test_ctrl_d_ends(console):
    console.send("\x04")
    assert console.end() == 0


def test_q_ends_with_its_status(console):
    console.line("q(3)")
    assert console.end() == 3


def test_history_lasts(open_terminal, tmp_path):
    t = open_terminal("--quiet")
    t.prompt()
    t.line("40 + 2")
    t.expect(r"^\[1\] 42\n")
    t.prompt()
    t.line("q()")
    assert t.end() == 0
    history = tmp_path / "state" / "zplane" / "history"
    assert history.exists() and (os.stat(history).st_mode & 0o777) == 0o600
    t = open_terminal("--quiet")
    t.prompt()
    t.send("\x10\x10")                     # the line before q()
    t.expect(r"40 \+ 2")
    t.send("\r")
    t.expect(r"^\[1\] 42\n")


def test_a_program_of_several_lines_comes_back_as_one(console):
    console.line("f <- function(x) {")
    console.expect(r"^\+ \Z")
    console.line("x + 1 }")
    console.prompt()
    console.line("rm(f)")
    console.prompt()
    console.send("\x10\x10")
    console.expect(r"x \+ 1 \}")
    console.send("\r")
    console.prompt()
    console.line("f(1)")
    console.expect(r"^\[1\] 2\n")


def test_completes_names(console):
    console.line("population <- 7")
    console.prompt()
    console.send("popul\t + 1\r")
    console.expect(r"^\[1\] 8\n")


def test_completes_arguments(console):
    console.send("round(2.567, dig\t2)\r")
    console.expect(r"digits = 2")
    console.expect(r"^\[1\] 2\.57\n")


def test_completes_arguments_of_own_functions(console):
    console.line("f <- function(first, second = 2) first + second")
    console.prompt()
    console.send("f(1, sec\t40)\r")
    console.expect(r"^\[1\] 41\n")


def test_shows_the_choices(console):
    console.line("alpha_one <- 1; alpha_two <- 2")
    console.prompt()
    console.send("alpha_\t")
    console.expect(r"alpha_one +alpha_two")
    console.send("two\r")
    console.expect(r"^\[1\] 2\n")


def test_width_follows_the_terminal(open_terminal):
    t = open_terminal("--quiet", columns=40)
    t.prompt()
    t.line("getOption('width')")
    t.expect(r"^\[1\] 40\n")
    t.prompt()
    t.resize(60)
    t.line("1")
    t.prompt()
    t.line("getOption('width')")
    t.expect(r"^\[1\] 60\n")
    t.prompt()
    t.line("options(width = 50)")
    t.prompt()
    t.resize(70)
    t.line("1")
    t.prompt()
    t.line("getOption('width')")
    t.expect(r"^\[1\] 50\n")


def test_unknown_names_are_explained(console):
    console.line("population <- 7")
    console.prompt()
    console.line("popluation")
    console.expect(r"object 'popluation' not found")
    console.expect(r"did you mean 'population'\?")


def test_help(console):
    console.line("help(round)")
    console.expect(r"^round\(x, digits = 0")
    console.expect(r"^Example:  ")
    console.prompt()
    console.line('help("sum")')
    console.expect(r"^sum\(x, \.\.\., na\.rm = FALSE\)")
    console.prompt()
    console.line("help()")
    console.expect(r"apropos")
    console.prompt()
    console.line('help("rounde")')
    console.expect(r"did you mean 'round'\?")


def test_utf8(console):
    console.line("'gr\u00fcezi \u20ac'")
    console.expect("\"gr\u00fcezi \u20ac\"\n")
