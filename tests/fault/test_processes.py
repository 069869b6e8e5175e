"""Several processes and one object: who may write, and what readers see while it grows."""
import os
import subprocess
import time

from zplane import ENV, ZPLANE, run

CREATE = """z <- zts(as.time(NULL), matrix(0, 0, 3), file = "%s", sync = "none"); NULL"""
WRITER = """z <- load("%s"); t0 <- |.2020-01-01 00:00:00 UTC.|; n <- 0; message("ready")
repeat {
    ids <- n + 1:100; n <- n + 100
    rbind(--z, zts(t0 + as.duration("00:00:01") * ids, cbind(ids, -ids, ids / 2)))
    Sys.sleep(0.002)
}
"""
# Every snapshot must be whole, and none may be shorter than the one before.
READER = """z <- load("%s", mode = "read"); last <- 0; times <- 0
repeat {
    refresh(z)
    n <- nrow(z); d <- zts.data(z)[,]
    if (n < last) stop("rows have gone")
    if (n > 0) {
        stopifnot(d[n, 1] == n, sum(d[, 1]) == n * (n + 1) / 2, sum(d[, 1] + d[, 2]) == 0, sum(d[, 3]) * 2 == n * (n + 1) / 2)
        stopifnot(is.ordered(zts.idx(z)[]))
    }
    if (n > last) times <- times + 1
    last <- n
    if (times >= %d) break
    Sys.sleep(0.002)
}
cat("fine\\n")
"""


def start(text, *args):
    return subprocess.Popen([ZPLANE, "eval", *args, "-e", text], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_two_writers(tmp_path):
    z = str(tmp_path / "z")
    assert run("eval", "-e", CREATE % z)[0] == 0
    p = start(WRITER % z)
    try:
        assert p.stderr.readline() == b"ready\n"
        status, _, err = run("eval", "-e", 'load("%s")' % z)
        assert status == 1 and "process %d" % p.pid in err and 'mode = "read"' in err, err
        status, out, err = run("eval", "-e", 'z <- load("%s", mode = "auto"); rbind(--z, z)' % z)
        assert status == 1 and err, "an object that another process writes was changed"
        assert run("check", z)[0] == 0
    finally:
        p.kill()
        p.communicate()
    assert run("eval", "-e", 'z <- load("%s"); nrow(z) >= 0' % z)[1] == "[1] TRUE\n"


def readers(tmp_path, count, times):
    z = str(tmp_path / "z")
    assert run("eval", "-e", CREATE % z)[0] == 0
    p = start(WRITER % z)
    try:
        assert p.stderr.readline() == b"ready\n"
        found = [start(READER % (z, times)) for _ in range(count)]
        for r in found:
            out, err = r.communicate(timeout=120)
            assert (r.returncode, out) == (0, b"fine\n"), err
        assert p.poll() is None, p.stderr.read()
    finally:
        p.kill()
        p.communicate()


def test_a_reader_during_growth(tmp_path):
    readers(tmp_path, 1, 60)


def test_100_readers(tmp_path):
    readers(tmp_path, 100, 3)


def test_a_reader_finishes_what_a_dead_writer_began(tmp_path):
    """A change in place that was under way is there as a whole for whoever comes next, be it a reader."""
    m = str(tmp_path / "m")
    assert run("eval", "-e", 'm <- matrix(0, 50000, 4, file = "%s", sync = "none"); NULL' % m)[0] == 0
    for i in range(10):
        p = start('m <- load("%s"); k <- m[1, 1] + 1; m[,] <- k; message("ready"); repeat { k <- k + 1; m[,] <- k }' % m)
        assert p.stderr.readline() == b"ready\n"
        time.sleep(0.01 + 0.003 * i)
        p.kill()
        p.communicate()
        status, out, err = run("eval", "-e", 'm <- load("%s", mode = "read"); c(min(m) == max(m), min(m) > 0)' % m)
        assert out == "[1] TRUE TRUE\n", err


def test_read_only_files(tmp_path):
    """A directory that nobody may write to can be read."""
    z = str(tmp_path / "z")
    assert run("eval", "-e", 'z <- vector("double", 3, file = "%s"); z[1] <- 5; NULL' % z)[0] == 0
    for f in os.listdir(z):
        os.chmod(os.path.join(z, f), 0o400)
    os.chmod(z, 0o500)
    try:
        assert run("eval", "-e", 'load("%s", mode = "read")' % z)[1] == "[1] 5 0 0\n"
        assert run("check", z)[0] == 0
    finally:
        os.chmod(z, 0o700)
