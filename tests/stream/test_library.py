"""libzplane as others use it: the header alone, the shared and the static library, the examples."""
import glob
import os
import re
import shutil
import subprocess
import threading

import pytest
from kit import ask, number, series
from server_kit import Server, wait_until
from zplane import ROOT, ZPLANE

BUILD = os.path.dirname(ZPLANE)
CC = shutil.which("cc") or shutil.which("gcc")
SANITIZED = any(s in os.environ.get("ZPLANE", "") for s in ("asan", "tsan", "hostile"))
pytestmark = pytest.mark.skipif(not CC or not os.path.exists(os.path.join(BUILD, "libzplane.so")) or SANITIZED,
                                reason="needs a compiler and the library of this build")


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("c"), {}
    for source in glob.glob(os.path.join(ROOT, "examples", "c", "*.c")):
        name = os.path.basename(source)[:-2]
        made[name] = str(folder / name)
        p = subprocess.run([CC, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I" + os.path.join(ROOT, "include"), source,
                            "-L" + BUILD, "-lzplane", "-Wl,-rpath," + BUILD, "-o", made[name]], stderr=subprocess.PIPE, encoding="utf-8")
        assert p.returncode == 0, p.stderr
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("library"), trust=True, http=False, vault=False, data=False, unix=True) as s:
        yield s


def execute(program, *args, timeout=30):
    p = subprocess.run([program, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=timeout)
    return p.returncode, p.stdout, p.stderr


def test_the_header_is_c_and_cpp():
    for compiler, language in ((CC, "c"), (shutil.which("c++") or shutil.which("g++"), "c++")):
        for header in ("zplane.h", "zplane_plugin.h"):
            if compiler:
                p = subprocess.run([compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", language, "-"],
                                   input='#include "%s"\n' % os.path.join(ROOT, "include", header), encoding="utf-8")
                assert p.returncode == 0


def test_nothing_else_is_exported():
    out = subprocess.run(["nm", "-D", "--defined-only", os.path.join(BUILD, "libzplane.so")], stdout=subprocess.PIPE, encoding="utf-8").stdout
    names = {line.split()[-1] for line in out.splitlines() if line.split()[-2] == "T"}
    with open(os.path.join(ROOT, "include", "zplane.h"), encoding="utf-8") as f:
        declared = set(re.findall(r"\b(zplane_\w+)\(", re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)))
    assert names == declared - {"zplane_answer_fn", "zplane_rows_fn"}


def test_query(programs, server):
    host = "127.0.0.1:%d" % server.port
    assert execute(programs["query"], host, "c(1, level)", 2.5) == (0, "1\n2.5\n", "")
    assert execute(programs["query"], server.path, "paste('a', level)", 2) == (0, "a 2\n", "")
    assert execute(programs["query"], host, "nowhere")[::2] == (1, "object 'nowhere' not found\n")
    assert execute(programs["query"], host, "level <- 7; level")[1] == "7\n"
    assert execute(programs["query"], host, "exists('level')")[0] == 0
    assert execute(programs["query"], "127.0.0.1:1", "1")[::2] == (1, "cannot connect: Connection refused\n")


def test_prepared(programs, server):
    host = "127.0.0.1:%d" % server.port
    assert execute(programs["prepared"], host, 4, 2) == (0, "the root is 2\nthe root is 1.414\n", "")
    assert execute(programs["prepared"], "127.0.0.1:1")[::2] == (1, "cannot connect: Connection refused\n")


def test_append_goes_on_after_a_restart_of_the_program(programs, server):
    ask(server, "ticks <<- " + series(2))
    host = "127.0.0.1:%d" % server.port
    assert execute(programs["append"], host, "ticks", 1000)[:2] == (0, "going on after batch 0\n1000 rows are safe\n")
    assert execute(programs["append"], host, "ticks", 1500)[:2] == (0, "going on after batch 1000\n1500 rows are safe\n")
    assert number(server, "nrow(ticks)") == 1500


def test_follow(programs, server):
    ask(server, "fo <<- zts(as.time('1970-01-01 00:00:00 UTC') + as.duration(1:3), matrix(c(1, 2, 3), 3, 1))")
    status, out, err = execute(programs["follow"], "127.0.0.1:%d" % server.port, "fo", 1, 2)
    assert (status, out) == (0, "1: 2 2\n2: 3 3\n"), err


def test_a_loop_of_ones_own(programs, server):
    assert execute(programs["loop"], "127.0.0.1:%d" % server.port) == (0, "the last answer is 5050\n", "")


THREADS = """
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zplane.h>
static zplane *con; static zplane_appender *app; static long wrong;
static void *work(void *arg)
{
    long me = (long)arg;
    for (int i = 0; i < 200; i++) {
        zplane_error e;
        zplane_value *d = zplane_new_double((double)(me * 1000 + i));
        zplane_bind b[] = { { me == 0 ? "a" : me == 1 ? "b" : me == 2 ? "c" : "d", d } };
        zplane_value *v = zplane_query(con, me == 0 ? "a" : me == 1 ? "b" : me == 2 ? "c" : "d", 1, b, 20000, &e);
        if (!v || zplane_doubles(v, 0)[0] != me * 1000 + i)
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
        double x = 1;
        if (!zplane_append(app, 1, NULL, &x, 0, &e))
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
        zplane_value_free(v);
        zplane_value_free(d);
    }
    return NULL;
}
int main(int argc, char **argv)
{
    pthread_t t[4]; zplane_error e; const char *name = "th";
    (void)argc;
    con = zplane_connect(argv[1], NULL, &e);
    app = con ? zplane_append_open(con, (zplane_path){ &name, 1 }, NULL, 10000, &e) : NULL;
    if (!app) { puts(e.text); return 1; }
    for (long i = 0; i < 4; i++) pthread_create(&t[i], NULL, work, (void *)i);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    if (!zplane_append_flush(app, 10000, &e)) { puts(e.text); return 1; }
    printf("%ld\\n", wrong);
    zplane_close(con);
    return 0;
}
"""


def test_threads_share_a_connection(server, tmp_path):
    ask(server, "th <<- as.double(0)")
    source, program = tmp_path / "threads.c", str(tmp_path / "threads")
    source.write_text(THREADS)
    subprocess.run([CC, "-O1", "-Wall", "-Werror", "-I" + os.path.join(ROOT, "include"), str(source), "-L" + BUILD, "-lzplane", "-pthread",
                    "-Wl,-rpath," + BUILD, "-o", program], check=True)
    assert execute(program, "127.0.0.1:%d" % server.port) == (0, "0\n", "")
    assert number(server, "length(th)") == 801


def test_a_server_that_comes_back(programs, tmp_path):
    """Queries fail while it is away, and work again afterwards on the same connection."""
    source, program = tmp_path / "back.c", str(tmp_path / "back")
    source.write_text('#include <stdio.h>\n#include <zplane.h>\nint main(int c, char **v) { zplane_error e; char line[10]; (void)c;\n'
                      'zplane *con = zplane_connect(v[1], NULL, &e); if (!con) return 1;\n'
                      'while (fgets(line, sizeof line, stdin)) { zplane_value *x = zplane_query(con, "1", 0, NULL, 5000, &e);\n'
                      'puts(x ? "ok" : zplane_code_text(e.code)); fflush(stdout); zplane_value_free(x); }\nzplane_close(con); return 0; }\n')
    subprocess.run([CC, "-I" + os.path.join(ROOT, "include"), str(source), "-L" + BUILD, "-lzplane", "-Wl,-rpath," + BUILD, "-o", program],
                   check=True)
    with Server(tmp_path, trust=True, http=False, vault=False, data=False) as s:
        p = subprocess.Popen([program, "127.0.0.1:%d" % s.port], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

        def turn():
            p.stdin.write("\n")
            p.stdin.flush()
            return p.stdout.readline().strip()

        assert turn() == "ok"
        s.kill()
        assert turn() != "ok"
        s.options = [o for o in s.options if not o.startswith("--port")] + ["--port=%d" % s.port]
        s.start()
        assert turn() == "ok"
        p.stdin.close()
        assert p.wait(20) == 0
        p.stdout.close()
