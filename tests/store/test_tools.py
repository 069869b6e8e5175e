"""zplane ls, du, check, backup, restore, and --data, as a user of a shell meets them."""
import os
import subprocess

import pytest
from zplane import ENV, ZPLANE, run

MAKE = """
t0 <- |.2021-01-01 00:00:00 UTC.|
ticks <- zts(t0 + as.duration("00:00:01") * 1:%(n)d, cbind(1:%(n)d, 1:%(n)d), file = "ticks")
EURUSD <- zts(t0 + as.duration("00:00:01") * 1:20, matrix(1:20, 20, 1), file = "fx/EURUSD")
words <- vector("character", 3, file = "words"); words[2] <- "two"
"""
SUM = "cat(nrow(ticks), sum(zts.data(ticks)), nrow(fx$EURUSD), words, '\\n')"


def ok(*args, **kw):
    status, out, err = run(*args, **kw)
    assert (status, err) == (0, ""), (args, out, err)
    return out


@pytest.fixture
def db(tmp_path):
    path = str(tmp_path / "db")
    ok("eval", "--data", path, "-e", MAKE % {"n": 30000} + "NULL")
    return path


def flip(path, at):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)
        f.seek(at)
        f.write(bytes([byte[0] ^ 0x10]))


def columns(folder):
    """Column files of an object, the largest numbers last."""
    return sorted((f for f in os.listdir(folder) if f[0] == "c" and f[1:].isdigit()), key=lambda f: int(f[1:]))


def test_data_makes_variables(db):
    assert ok("eval", "--data", db, "-e", SUM) == "30000 900030000 20  two  \n"
    assert ok("eval", "--data=" + db, "-e", "lsg()") == '[1] "fx"    "ticks" "words"\n'


def test_data_that_is_no_directory(tmp_path):
    (tmp_path / "file").write_text("x")
    status, _, err = run("eval", "--data", str(tmp_path / "file"), "-e", "1")
    assert status == 1 and "is no directory, so it cannot be a database" in err


def test_ls(db):
    lines = ok("ls", db).splitlines()
    assert [line.split()[:4] for line in lines] == [["name", "type", "rows", "columns"], ["fx/EURUSD", "zts", "20", "1"],
                                                    ["ticks", "zts", "30000", "2"], ["words", "character", "3", "1"]]
    assert "2021-01-01 00:00:01 UTC -> 2021-01-01 08:20:00 UTC" in lines[2]


def test_du(db):
    lines = ok("du", db).splitlines()
    assert len(lines) == 4 and lines[3].endswith("in all")


def test_check_is_happy(db):
    assert ok("check", db).splitlines()[-1] == "3 objects, 0 of them damaged"
    assert ok("check", os.path.join(db, "ticks")).startswith(os.path.join(db, "ticks") + ": ok, 30000 rows")


def test_usage():
    for args in (["check"], ["ls"], ["backup", "x"], ["restore", "x"], ["check", "--nonsense", "x"]):
        assert run(*args)[0] == 2
    assert run("check", "/nowhere")[0] == 1


def test_flipped_bit_is_found_and_repaired(db):
    ticks = os.path.join(db, "ticks")
    flip(os.path.join(ticks, columns(ticks)[-1]), 70000)
    status, out, _ = run("check", db)
    assert status == 1 and "does not agree with its checksum" in out
    status, out, err = run("eval", "--data", db, "-e", "verify(ticks)")
    assert status == 1 and "is damaged" in err
    status, out, err = run("backup", db, db + ".bk")
    assert status == 1 and "'ticks' is not in the backup" in err
    status, out, _ = run("check", "--repair", db)
    assert status == 1 and "repaired: it has the first 8192 of 30000 rows now" in out
    assert ok("check", db).splitlines()[-1] == "3 objects, 0 of them damaged"
    assert ok("eval", "--data", db, "-e", "nrow(ticks)") == "[1] 8192\n"


def test_truncated_column(db):
    ticks = os.path.join(db, "ticks")
    os.truncate(os.path.join(ticks, columns(ticks)[-1]), 100 * 8 + 3)
    status, out, err = run("eval", "--data", db, "-e", "nrow(ticks)")
    assert status == 1 and "ticks" in err
    assert run("check", db)[0] == 1
    status, out, _ = run("check", "--repair", db)
    assert "repaired: it has the first 100 of 30000 rows now" in out
    assert ok("eval", "--data", db, "-e", "nrow(ticks)") == "[1] 100\n"


def test_one_bad_object_spoils_nothing_else(db):
    words = os.path.join(db, "words")
    for f in os.listdir(words):
        if f.startswith("header"):
            os.unlink(os.path.join(words, f))
    assert ok("eval", "--data", db, "-e", "nrow(ticks)") == "[1] 30000\n"
    status, _, err = run("eval", "--data", db, "-e", "words")
    assert status == 1 and "words" in err


def test_backup_and_restore(db, tmp_path):
    bk, new = str(tmp_path / "bk"), str(tmp_path / "new")
    ok("backup", db, bk)
    assert ok("restore", bk, new).startswith("3 objects")
    assert ok("check", new).splitlines()[-1] == "3 objects, 0 of them damaged"
    assert ok("eval", "--data", new, "-e", SUM) == ok("eval", "--data", db, "-e", SUM)
    status, _, err = run("backup", db, bk)
    assert status == 1 and "already exists" in err
    status, _, err = run("restore", bk, new)
    assert status == 1 and "already exists" in err


def test_incremental(db, tmp_path):
    bk = [str(tmp_path / ("bk%d" % i)) for i in range(3)]
    ok("backup", db, bk[0])
    ok("eval", "--data", db, "-e", "t1 <- |.2022-01-01 00:00:00 UTC.|; rbind(--ticks, zts(t1, matrix(5, 1, 2))); words[3] <<- 'drei'; NULL")
    out = ok("backup", "--since", bk[0], db, bk[1])
    assert os.path.getsize(bk[1]) < os.path.getsize(bk[0])
    ok("eval", "--data", db, "-e", "zts.resize(--ticks, 20001); x <- vector('double', 5, file = 'more'); NULL")
    ok("backup", "--since", bk[1], db, bk[2])
    new = str(tmp_path / "new")
    status, _, err = run("restore", bk[1], new)
    assert status == 1 and "builds upon an earlier backup" in err and not os.path.exists(new)
    status, _, err = run("restore", bk[0], bk[2], new)
    assert status == 1 and "does not build upon" in err
    ok("restore", *bk, new)
    show = SUM + "; more; ticks[10001,]"
    assert ok("eval", "--data", new, "-e", show) == ok("eval", "--data", db, "-e", show)
    assert ok("check", new).splitlines()[-1] == "4 objects, 0 of them damaged"


@pytest.mark.parametrize("where", [0, 20, 60, 70, 300, -1, -20, -200])
def test_damaged_backup(db, tmp_path, where):
    bk, new = str(tmp_path / "bk"), str(tmp_path / "new")
    ok("backup", db, bk)
    flip(bk, where if where >= 0 else os.path.getsize(bk) + where)
    status, _, err = run("restore", bk, new)
    assert status == 1 and "backup" in err
    assert not os.path.exists(new) and not os.path.exists(new + ".part")


def test_backup_while_it_is_written(db, tmp_path):
    """Each backup holds one commit: all cells of a row were changed together."""
    script = tmp_path / "w.R"
    script.write_text("k <- 0\nrepeat { k <- k + 1; ticks[,] <<- k; message(k) }\n")
    p = subprocess.Popen([ZPLANE, "run", "--data", db, str(script)], env=ENV, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        p.stderr.readline()
        for i in range(5):
            bk, new = str(tmp_path / ("bk%d" % i)), str(tmp_path / ("new%d" % i))
            ok("backup", db, bk)
            ok("restore", bk, new)
            assert ok("eval", "--data", new, "-e", "d <- zts.data(ticks)[,]; c(min(d) == max(d), min(d) > 0)") == "[1] TRUE TRUE\n"
        assert p.poll() is None
    finally:
        p.kill()
        p.wait()
