"""Rows appended one by one go into mapped files: what others see of them, and what happens when the disk is full."""
import os
import shutil
import subprocess

import pytest

from zplane import ENV, ZPLANE, run

ONE_BY_ONE = """z <- load("%s"); t0 <- |.2020-01-01 00:00:00 UTC.|; s <- as.duration("00:00:01"); n <- 0; message("ready")
repeat { n <- n + 1; rbind(--z, zts(t0 + s * n, matrix(c(n, -n, n / 2), 1))) }
"""
# Each state must be whole, and none older than one that was seen before.
LOOKING = """z <- load("%s", mode = "read"); last <- 0; new <- 0
i <- 0
while (i < %d || new < 100) {
    i <- i + 1
    refresh(z)
    n <- nrow(z)
    if (n < last) stop("rows have gone: ", last, " ", n)
    if (n > 0) { r <- zts.data(z)[n, ]; stopifnot(r[1] == n, r[2] == -n, r[3] * 2 == n) }
    new <- new + as.double(n > last)
    last <- n
}
d <- zts.data(z)[, 1]
cat(sum(d) == last * (last + 1) / 2, "\\n")
"""
FULL = """z <- zts(as.time(NULL), matrix(0, 0, 3), file = "%s", sync = "%s"); t0 <- |.2020-01-01 00:00:00 UTC.|
s <- as.duration("00:00:01"); n <- 0
why <- tryCatch({ repeat { rbind(--z, zts(t0 + s * (n + 1), matrix(n + 1, 1, 3))); n <- n + 1 }; "" }, error = function(e) conditionMessage(e))
cat(why, "\\n")
system("rm %s")
for (i in 1:1000) { rbind(--z, zts(t0 + s * (n + 1), matrix(n + 1, 1, 3))); n <- n + 1 }
rm(z); z <- load("%s"); d <- zts.data(z)
cat(nrow(z) == n, n > 3000, all(d[, 1] == 1:n), all(d[, 3] == 1:n), verify(z), "\\n")
"""


def test_readers_beside_single_rows(tmp_path):
    z = str(tmp_path / "z")
    assert run("eval", "-e", 'z <- zts(as.time(NULL), matrix(0, 0, 3), file = "%s", sync = "none"); NULL' % z)[0] == 0
    p = subprocess.Popen([ZPLANE, "eval", "-e", ONE_BY_ONE % z], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert p.stderr.readline() == b"ready\n"
        for _ in range(3):
            status, out, err = run("eval", "-e", LOOKING % (z, 3000))
            assert (status, out) == (0, "TRUE \n"), err
        assert p.poll() is None, p.stderr.read()
    finally:
        p.kill()
        p.communicate()
    assert run("check", z)[0] == 0


@pytest.mark.parametrize("sync", ["none", "commit"])
def test_full_disk(tmp_path, sync):
    """A small file system of its own: rows until it is full, then room is made."""
    small, ballast = str(tmp_path / "small"), str(tmp_path / "small" / "ballast")
    os.mkdir(small)
    script = tmp_path / "full.R"
    script.write_text(FULL % (small + "/z", sync, ballast, small + "/z"))
    mount = "mount -t tmpfs -o size=3m none %s && head -c 2000000 /dev/zero > %s" % (small, ballast)
    wrap = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    if not shutil.which("unshare") or subprocess.run([*wrap, "sh", "-c", mount], capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    r = subprocess.run([*wrap, "sh", "-c", "%s && exec %s run %s" % (mount, ZPLANE, script)], env=ENV, capture_output=True, text=True,
                       timeout=120)
    lines = r.stdout.splitlines()
    assert r.returncode == 0 and len(lines) == 2, (r.returncode, r.stdout, r.stderr)
    assert "No space left on device" in lines[0]
    assert lines[1] == "TRUE TRUE TRUE TRUE TRUE "
