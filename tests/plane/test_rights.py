"""Keys of the vault, and what each right allows."""
import threading
import time

import pytest

from kit import Peer, evaluate, execute, prepare
from server_kit import Server


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    s = Server(tmp_path_factory.mktemp("guarded"), http=False, start=False)
    for name in ("evaluate", "evaluate,write", "evaluate,administer", "read", "all"):
        s.client(name.replace(",", "-"), rights=name)
    with s.start():
        yield s


def ask(server, name, text, **change):
    keys = dict(server.keys[name.replace(",", "-")], **change)
    return evaluate("con <- connection(\"127.0.0.1\", %d, key = \"%s\", access = \"%s\", secret = \"%s\"); %s" %
                    (server.port, keys["client_key"], keys["access_key"], keys["secret_key"], text))


def test_keys(guarded):
    assert ask(guarded, "all", "con ? 1 + 1") == ("[1] 2", "")
    out, error = ask(guarded, "all", "con ? 1", secret_key="f" * 64)
    assert error.startswith("connection refused: ")
    out, error = evaluate("connection(\"127.0.0.1\", %d)" % guarded.port)
    assert error.startswith("connection refused: ")


EVERYBODY = ("evaluate", "evaluate,write", "evaluate,administer", "all")
WRITERS = ("evaluate,write", "all")
ADMINISTRATORS = ("evaluate,administer", "all")
ALLOWED = {
    "1 + 1": EVERYBODY,
    "(mine <- 1)": EVERYBODY,
    "{ f <- function() { n <- 0; (function() n <<- n + 1)(); n }; f() }": EVERYBODY,
    "getOption(\"digits\")": EVERYBODY,
    "(ours <<- 1)": WRITERS,
    "{ f <- function() fresh <<- 1; f() }": WRITERS,
    "assign(\"ours\", 2, \"global\")": WRITERS,
    "system(\"true\")": ADMINISTRATORS,
    "Sys.getenv(\"HOME\")": ADMINISTRATORS,
    "options(digits = 7)": ADMINISTRATORS,
    "options(list(digits = 7))": ADMINISTRATORS,
    "cat(\"x\", file = \"/dev/null\")": ADMINISTRATORS,
}


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("text", list(ALLOWED))
def test_right(guarded, name, text):
    error = ask(guarded, name, "con ? " + text)[1]
    assert (error == "") if name in ALLOWED[text] else ("is not allowed: this key has no right to" in error)


def test_without_the_right_to_evaluate(guarded):
    assert ask(guarded, "read", "con ? 1")[1] == "remote: not allowed: this key has no right to evaluate"


def test_what_is_prepared_has_the_rights_of_the_key(guarded):
    def login(name):
        return dict(guarded.sign(name), request_type=1, protocol="zplane/1", response_data_type="json")

    with_read = Peer(guarded.port, login("read"))
    with_read.send(prepare(1, "1") + execute(2, 1))
    a = with_read.answer()
    assert (a.error, a.error_kind) == ("not allowed: this key has no right to evaluate", 4)
    assert with_read.answer().error_kind == 4
    with_evaluate = Peer(guarded.port, login("evaluate"))
    with_evaluate.send(prepare(1, "ours <<- 1") + prepare(2, "system(\"true\")") + execute(3, 1) + execute(4, 2))
    assert [with_evaluate.answer().error for _ in range(2)] == [None, None]
    assert all("is not allowed: this key has no right to" in with_evaluate.answer().error for _ in range(2))
    with_read.close()
    with_evaluate.close()


def test_what_is_refused_says_so(guarded):
    assert ask(guarded, "evaluate", "con ? (ours <<- 1)")[1] == \
        "remote: changing 'ours' is not allowed: this key has no right to write"
    assert ask(guarded, "evaluate,write", "con ? system(\"true\")")[1] == \
        "remote: system is not allowed: this key has no right to administer"
    assert ask(guarded, "evaluate,write", "con ? options(digits = 3)")[1] == \
        "remote: changing options is not allowed: this key has no right to administer"
    ask(guarded, "all", "con ? (shared <<- 1:3)")
    for text in ("(shared[1] <<- 9)", "{ f <- function(x) { x[1] <- 9; 1 }; f(--shared) }", "rm(shared, envir = \"global\")",
                 "rm(shared, inherits = TRUE)", "assign(\"shared\", 1, \"global\")", "assign(\"sum\", 1, \"base\")",
                 "lock(--shared)"):
        assert ask(guarded, "evaluate", "con ? " + text)[1].startswith("remote: changing "), text
    assert ask(guarded, "evaluate", "con ? { shared[1] <- 9; shared[1] }") == ("[1] 9", "")
    assert ask(guarded, "evaluate", "con ? shared[1]") == ("[1] 1", "")


def test_a_timer_has_the_rights_of_its_maker(guarded):
    out, error = ask(guarded, "evaluate", "con ? { t1 <- timer(as.duration(\"00:00:00.01\"), stolen <<- 1); Sys.sleep(0.1);"
                                          "exists(\"stolen\") }")
    assert (out, error) == ("[1] FALSE", "")


def test_a_key_that_is_withdrawn(tmp_path):
    s = Server(tmp_path, http=False, start=False)
    keys = s.client("guest", rights="evaluate")
    with s.start():
        result = []
        program = ("con <- connection(\"127.0.0.1\", %d, key = \"%s\", access = \"%s\", secret = \"%s\");"
                   "e <- \"\"; for (i in 1:400) { Sys.sleep(0.02); e <- tryCatch({ con ? 1; \"\" }, "
                   "error = function(e) conditionMessage(e)); if (e != \"\") break }; e" %
                   (s.port, keys["client_key"], keys["access_key"], keys["secret_key"]))
        program = program.replace("{ con ? 1; \"\" }", "{ x <- con ? 1; \"\" }")
        worker = threading.Thread(target=lambda: result.append(evaluate(program)))
        worker.start()
        time.sleep(0.3)
        s.vault_command("client", "disable", "guest")
        worker.join(30)
        assert "lost" in result[0][0] or "no connection" in result[0][0], result
