"""Timers, and what the plane tells about itself."""
import pytest

from kit import evaluate


@pytest.mark.parametrize("program, shown", [
    ("t1 <- timer(as.duration(\"00:00:00.01\"), n <<- n + 1, { n <<- 0 }, 3); Sys.sleep(0.2); n", "[1] 3"),
    ("t1 <- timer(as.duration(\"00:00:00.01\"), { k <- k + 1; n <<- k }, k <- 5, 2); Sys.sleep(0.15); n", "[1] 7"),
    ("t1 <- timer(as.duration(\"00:00:00.005\"), n <<- n + 1, n <<- 0); Sys.sleep(0.05); rm(t1); m <- n;"
     "Sys.sleep(0.05); n - m <= 1", "[1] TRUE"),
    ("n <<- 0; timer(as.duration(\"00:00:00.005\"), n <<- n + 1); Sys.sleep(0.05); n <= 1", "[1] TRUE"),
    ("t1 <<- timer(as.duration(\"00:00:00.005\"), rm(t1, envir = \"global\")); Sys.sleep(0.05); exists(\"t1\")",
     "[1] FALSE"),
    ("t1 <- timer(as.duration(\"00:00:00.005\"), { n <<- n + 1; stop(\"no\") }, n <<- 0, 4); Sys.sleep(0.1); n", "[1] 4"),
    ("t1 <- timer(as.duration(\"00:00:01\"), x + 1, y)", ""),
    ("typeof(timer(as.duration(\"00:00:01\"), 1))", "[1] \"timer\""),
    ("t1 <- timer(as.duration(\"00:00:10\"), loop_max = 5, loop = 1, once = n <<- 3); n", "[1] 3"),
    ("dim(stats.net())", "[1] 13  1"),
    ("dim(stats.msg())", "[1] 12  1"),
    ("dim(stats.ctx())", "[1] 12  1"),
    ("colnames(stats.net())", "[1] \"value\""),
    ("names(info.net())", "[1] \"connections\" \"buffering\"  "),
    ("colnames(info.net()$connections)", "[1] \"connection_id\" \"address\"       \"port\"          \"direction\"    "),
    ("names(info.msg())", "[1] \"req contexts\" \"rsp contexts\""),
    ("rownames(info.ctx())", "[1] \"request id\" \"source id\"  \"peer id\"   "),
])
def test_program(program, shown):
    assert evaluate(program) == (shown, "")


def test_display():
    out, _ = evaluate("t1 <- timer(as.duration(\"00:00:01\"), { a <- 1 }, b)\nt1")
    assert out.split("\n")[0].endswith(" 1000000000")
    assert out.split("\n")[1:] == ["loop: { a <- 1 }", "once: b"]


@pytest.mark.parametrize("program, text", [
    ("timer(3, 1)", "timer: 'duration' should be one duration"),
    ("timer(as.duration(\"00:00:00\"), 1)", "timer: 'duration' should be a microsecond or longer"),
    ("timer(as.duration(\"00:00:01\"))", "argument missing: loop"),
])
def test_error(program, text):
    assert evaluate(program)[1] == text


def test_counters_of_a_server(server):
    con = "con <- connection(\"127.0.0.1\", %d); " % server.port
    assert evaluate(con + "con ? 1; con ? 2; s <- con ? stats.ctx(); s[\"nb incoming req\", 1]") == ("[1] 3", "")
    assert evaluate(con + "con ? 1; con ? 2; stats.ctx()[1:2, 1]") == (
        "nb outgoing req nb outgoing rsp \n              2               0 ", "")
    assert evaluate(con + "con ? stats.net(reset = TRUE); (con ? stats.net())[1, 1]") == ("[1] 0", "")
    assert evaluate(con + "n <- con ? info.net(); \"incoming\" %in% n$connections[, 4]") == ("[1] TRUE", "")
    out, _ = evaluate(con + "(con ? info.ctx())[\"request id\", 1]")
    assert out == "[1] 1"


def test_a_timer_in_a_query_belongs_to_the_server(server):
    con = "con <- connection(\"127.0.0.1\", %d); " % server.port
    program = con + ("con ? (ticks <<- 0); con ? (tm <<- timer(as.duration(\"00:00:00.01\"), ticks <<- ticks + 1));"
                     "rm(con); con <- connection(\"127.0.0.1\", %d); Sys.sleep(0.1); con ? (ticks > 2)" % server.port)
    assert evaluate(program) == ("[1] TRUE", "")
    assert evaluate(con + "con ? rm(tm, envir = \"global\"); con ? exists(\"tm\")") == ("[1] FALSE", "")
