"""Remote queries as the language sees them: two processes, one asks the other."""
import threading

import pytest

from kit import evaluate, until


@pytest.fixture
def ask(server):
    def run(text, **how):
        return evaluate("con <- connection(\"127.0.0.1\", %d); %s" % (server.port, text), **how)
    return run


@pytest.mark.parametrize("program, shown", [
    # what travels
    ("con ? 1", "[1] 1"),
    ("con ? c(a = 1, b = 2)", "a b \n1 2 "),
    ("con ? list(1, \"a\", list(x = NULL))$x", None),
    ("con ? NULL", "NULL"),
    ("con ? |.2021-01-01 00:00:00 UTC.|", "[1] 2021-01-01 00:00:00 UTC"),
    ("identical(con ? (1:10 / 3), 1:10 / 3)", "[1] TRUE"),
    ("con ? matrix(1:4, 2, 2, dimnames = list(NULL, c(\"x\", \"y\")))", "     x y\n[1,] 1 3\n[2,] 2 4"),
    ("x <- con ? 1:3; x[2] <- 9; x", "[1] 1 9 3"),
    # names are the peer's, escapes are ours
    ("a <- 2; con ? ++(a + 1) * 10", "[1] 30"),
    ("a <- 2; con ? { a <- 5; a * ++a }", "[1] 10"),
    ("id <- 2; con ? (z <- c(7, 8, 9)); con ? z[++id]", "[1] 8"),
    ("lapply(1:2, function(x) con ? ++x * 2)", "[[1]]\n[1] 2\n\n[[2]]\n[1] 4\n"),
    ("v <- 1:3; con ? sum(++v) + ++v[2]", "[1] 8"),
    ("f <- function(n) con ? ++n^2; f(3)", "[1] 9"),
    ("k <- 3; con ? (scale <- function(x) x * ++k); con ? scale(5)", "[1] 15"),
    ("++5 + 1", "[1] 6"),
    # functions travel inside expressions, and are shown as written
    ("con ? (inc <- function(x) x + 1); con ? inc(2)", "[1] 3"),
    ("con ? (nop <- function() 5); con ? nop()", "[1] 5"),
    ("con ? (function(x, y = x * 2) x + y)(1)", "[1] 3"),
    ("con ? sapply(1:3, \\(i) i^2)", "[1] 1 4 9"),
    ("con ? { r <- 0; for (i in 1:10) { if (i == 3) next; if (i > 5) break; r <- r + i }; r }", "[1] 12"),
    ("con ? { i <- 0; repeat { i <- i + 1; if (i > 3) break }; while (i < 9) i <- i + 2; i }", "[1] 10"),
    ("con ? switch(\"b\", a = 1, b = 2)", "[1] 2"),
    ("con ? { l <- list(a = 1); l$a <- 2; l$b <- list(); l$b[[\"x\"]] <- 3; names(l) }", "[1] \"a\" \"b\""),
    ("con ? tryCatch(stop(\"no\"), error = function(e) conditionMessage(e))", "[1] \"no\""),
    ("con ? (1:6 |> rev() |> head(2))", "[1] 6 5"),
    ("con ? (4 %in% 1:5)", "[1] TRUE"),
    ("con ? r\"(a\\b)\"", "[1] \"a\\\\b\""),
    # what is assigned here and there
    ("x <- con ? 3; x", "[1] 3"),
    ("x <- (con ? 3); x", "[1] 3"),
    ("con ? (b <- 5)", "[1] TRUE"),
    ("con ? { b <- 5 }; con ? b", "[1] 5"),
    ("con ? invisible(7)", "[1] TRUE"),
    ("con ? ((((7))))", "[1] 7"),
    # handles
    ("con$x", None),
    ("l <- list(k = con); l$k ? 7", "[1] 7"),
    ("f <- function(c) c ? 8; f(con)", "[1] 8"),
    ("connection.address(con)", "[1] \"127.0.0.1\""),
    ("typeof(con)", "[1] \"connection\""),
    # all operands are sent before the first answer is awaited
    ("(con ? 1) + (con ? 2) * (con ? 3)", "[1] 7"),
    ("list(a = con ? 1, b = con ? 2)$b", "[1] 2"),
    ("c(con ? 1, con ? 2)[con ? 2]", "[1] 2"),
    ("if ((con ? 1) < (con ? 2)) \"less\"", "[1] \"less\""),
    ("(con ? 1):(con ? 4)", "[1] 1 2 3 4"),
    ("system.time(con ? Sys.sleep(0.05))[[3]] >= 0.05", "[1] TRUE"),
    # nothing is awaited that nobody wants
    ("tryCatch({ con ? stop(\"unseen\"); 42 }, 0)", "[1] 42"),
    ("t <- system.time({ con ? Sys.sleep(0.3); 1 }); t[[3]] < 0.25", "[1] TRUE"),
    ("con ? (n <- 0); for (i in 1:100) con ? (n <- n + ++i); con ? n", "[1] 5050"),
    # a query in the middle
    ("con ? (k <- connection(\"127.0.0.1\", ++connection.port(con))); con ? k ? 3 + ++(2)", "[1] 5"),
    ("v <- 1; con ? (k <- connection(\"127.0.0.1\", ++connection.port(con))); con ? (v <- 8); con ? k ? ++v", "[1] 8"),
    ("con ? (k <- connection(\"127.0.0.1\", ++connection.port(con))); con ? { a <- k ? 1; b <- k ? 2; a + b }", "[1] 3"),
    ("con ? (k <- connection(\"127.0.0.1\", ++connection.port(con)));"
     "con ? tryCatch(k ? stop(\"inner\"), error = function(e) paste(\"caught\", conditionMessage(e)))",
     "[1] \"caught remote: inner\""),
    # errors
    ("tryCatch(con ? nope, 0); .Last.error == \"remote: object 'nope' not found\"", "[1] TRUE"),
    ("tryCatch(con ? bad(), \"caught\")", "[1] \"caught\""),
    ("try(con ? bad(), silent = TRUE); con ? 1", "[1] 1"),
    ("inherits(try(con ? bad(), silent = TRUE), \"try-error\")", "[1] TRUE"),
    # wherever a value may stand
    ("Reduce(function(a, b) con ? ++a + ++b, 1:4)", "[1] 10"),
    ("do.call(\"sum\", list(con ? 1, con ? 2))", "[1] 3"),
    ("i <- 0; while ((con ? ++i) < 3) i <- i + 1; i", "[1] 3"),
    ("for (i in con ? 1:3) cat(i, \"\")", "1 2 3 "),
    ("x <- 1:3; x[con ? 2] <- con ? 9; x", "[1] 1 9 3"),
    ("x <- c(a = 1, b = 2); names(x)[con ? 2] <- con ? \"z\"; x", "a z \n1 2 "),
    ("switch(con ? \"a\", a = 1, b = 2)", "[1] 1"),
    ("f <- function() { return(con ? 5); 6 }; f()", "[1] 5"),
    ("invisible(con ? 5)", ""),
    ("!(con ? TRUE)", "[1] FALSE"),
    ("(con ? TRUE) && (con ? FALSE)", "[1] FALSE"),
    ("a <- b <- con ? 3; a + b", "[1] 6"),
    ("f <- function(x, y) x - y; f(y = con ? 1, x = con ? 2)", "[1] 1"),
    ("local(con ? 8)", "[1] 8"),
    ("replicate(2, con ? 3)", "[1] 3 3"),
    ("tryCatch({ x <- con ? stop(\"z\") }, error = function(e) con ? 77)", "[1] 77"),
    ("tryCatch(list(con ? stop(\"a\"), con ? 1), error = function(e) 0); con ? 2", "[1] 2"),
    ("con ? `+`(1, ++2)", "[1] 3"),
    ("con ? ++(4:6)[2]", "[1] 5"),
    ("f <- function(...) con ? sum(++c(...)); f(1, 2, 3)", "[1] 6"),
    ("con ? {}", "NULL"),
    # what a default reads over there is not a formal of ours
    ("f <- function(x = con ? 5) x; f()", "[1] 5"),
    ("con ? (x <- 6); f <- function(x = con ? x) x; f()", "[1] 6"),
    ("f <- function() { con ? (hidden <- 1); exists(\"hidden\", inherits = FALSE) }; f()", "[1] FALSE"),
])
def test_program(ask, program, shown):
    out, error = ask(program)
    if shown is None:
        return
    assert (out, error) == (shown.rstrip("\n"), "")


@pytest.mark.parametrize("program, text", [
    ("5 ? 1", "left side of '?' is not a connection"),
    ("nosuch ? 1", "object 'nosuch' not found"),
    ("con ? a <- 1", "can't assign to non-symbol"),
    ("con ? stop(\"text\")", "remote: text"),
    ("con ? (1 + \"a\")", "remote: invalid type for binary operator (double + string)"),
    ("con ? sin", "remote: untransmissible type (builtin)"),
    ("con ? function(x) x", "remote: untransmissible type (function)"),
    ("con ? list(1, list(sin))", "remote: untransmissible type (builtin)"),
    ("con ? ++sin", "untransmissible type (builtin)"),
    ("con ? ++con", "untransmissible type (connection)"),
    ("con ? f(++stop(\"here\"))", "here"),
    ("con ? q()", "remote: q() is refused: this process is not yours to end"),
    ("con ? { f <- function(n) f(n + 1); f(1) }",
     "remote: evaluation nested too deeply: infinite recursion / options(expressions=)?"),
    ("connection(\"127.0.0.1\", 1)", "socket: Connection refused"),
    ("connection(\"/nonexistent/socket\")", "socket: No such file or directory"),
    ("connection(\"127.0.0.1\", 70000)", "connection: 'port' should be from 1 to 65535"),
    ("connection(\"127.0.0.1\")", "argument missing: port"),
    ("connection(\"127.0.0.1\", 1, key = \"a\")", "connection: 'key', 'access' and 'secret' belong together"),
    ("connection.port(5)", "incorrect argument type"),
    ("options(in.rsp.ttl.secs = 1); con ? Sys.sleep(5)", "response timeout from "),
])
def test_error(ask, server, program, text):
    out, error = ask(program)
    assert error.startswith(text) if text.endswith("from ") else error == text, (out, error)


def test_a_connection_that_nobody_holds_answers_first(server):
    here = "connection(\"127.0.0.1\", %d)" % server.port
    assert evaluate("%s ? sum(1:10)" % here) == ("[1] 55", "")
    assert evaluate("f <- function() %s ? 2; for (i in 1:20) f(); %s ? nrow(info.net()$connections)" % (here, here)) == ("[1] 1", "")


def test_display(ask, server):
    assert ask("con") == ("127.0.0.1:%d [1]" % server.port, "")
    assert ask("con2 <- connection(\"localhost\", connection.port(con)); con2") == ("localhost:%d [2]" % server.port, "")


def test_place_in_a_file(ask, tmp_path):
    path = tmp_path / "prices.R"
    path.write_text("a <- 1\nb <- a\n  stop(\"no such id\")\n")
    assert ask("con ? source(\"%s\")" % path)[1] == "remote: %s:3.8-19: no such id" % path


def test_long_expressions(ask):
    assert ask("con ? %s1" % ("1+" * 5000)) == ("[1] 5001", "")
    assert ask("nchar(con ? \"%s\")" % ("x" * 100000)) == ("[1] 1e+05", "")


def test_working_environments(server):
    a = "a <- connection(\"127.0.0.1\", %d); b <- connection(\"127.0.0.1\", %d); " % (server.port, server.port)
    assert evaluate(a + "a ? (mine <- 1); b ? exists(\"mine\")") == ("[1] FALSE", "")
    assert evaluate(a + "a ? (ours <<- 1); b ? ours") == ("[1] 1", "")
    # a published function keeps the environment it was made in, also when its connection is gone
    assert evaluate(a + "a ? { k <- 3; times <<- function(x) x * k }; rm(a); b ? times(5)") == ("[1] 15", "")


def test_parallel(server):
    two = "a <- connection(\"127.0.0.1\", %d); b <- connection(\"127.0.0.1\", %d); " % (server.port, server.port)
    out, _ = evaluate(two + "system.time(list(a ? Sys.sleep(0.4), b ? Sys.sleep(0.4)))[[3]] < 0.75")
    assert out == "[1] TRUE"


def test_output_goes_to_the_server(server, ask):
    assert ask("con ? cat(\"over there\\n\")") == ("[1] TRUE", "")
    until(lambda: "over there" in server.output(), "the output")


def test_large_answers(ask):
    assert ask("sum(con ? (1:3e6))") == ("[1] 4.500002e+12", "")
    program = ("con ? { n <- 2e5; z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(\"00:00:01\") * (1:n),"
               " matrix(1:(2 * n), n, 2, dimnames = list(NULL, c(\"a\", \"b\")))); 1 }; "
               "y <- con ? z; x <- con ? identical(z, ++y); list(dim(y), x, colnames(y))[[2]]")
    assert ask(program) == ("[1] TRUE", "")


def test_lost_peer(make_server):
    s = make_server()
    program = "con <- connection(\"127.0.0.1\", %d); con ? system(\"kill -9 $PPID\"); 1" % s.port
    out, error = evaluate(program.replace("; 1", ""))
    assert error == "connection to 127.0.0.1:%d lost" % s.port
    s.process.wait(10)


def test_no_connection_any_more(make_server):
    s = make_server()
    out, error = evaluate("con <- connection(\"127.0.0.1\", %d); try(con ? system(\"kill -9 $PPID\"), silent = TRUE);"
                          "con ? 1" % s.port)
    assert error == "no connection to peer"
    until(lambda: not s.alive())


def test_reconnect(make_server, server):
    s = make_server()
    out, error = evaluate("con <- connection(\"127.0.0.1\", %d, reconnect = TRUE);"
                          "try(con ? system(\"kill -9 $PPID\"), silent = TRUE); con ? 1" % s.port)
    assert error == "send request failed: no connection to peer"
    until(lambda: not s.alive())


def test_reconnects_when_the_server_is_back(make_server):
    first = make_server()
    program = ("con <- connection(\"127.0.0.1\", %d, reconnect = TRUE); con ? (mine <- 1);"
               "try(con ? system(\"kill -9 $PPID\"), silent = TRUE);"
               "e <- \"\"; for (i in 1:200) { e <- tryCatch(con ? exists(\"mine\"), error = function(e) \"not yet\");"
               "if (is.logical(e)) break; Sys.sleep(0.05) }; e" % first.port)
    result = []
    worker = threading.Thread(target=lambda: result.append(evaluate(program)))
    worker.start()
    first.process.wait(20)
    make_server("--port", str(first.port))
    worker.join(30)
    assert result == [("[1] FALSE", "")]


def test_unix_socket(make_server, tmp_path):
    path = tmp_path / "s"
    make_server("--unix-socket", str(path))
    assert evaluate("con <- connection(\"%s\"); con ? 1" % path) == ("[1] 1", "")
    assert evaluate("con <- connection(\"%s\"); con" % path) == ("unix:%s [1]" % path, "")
