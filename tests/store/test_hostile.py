"""Directories that are not what they should be: a clear error, no crash, and nothing of theirs is changed."""
import hashlib
import os
import random
import shutil

import pytest
from zplane import run

MAKE = """
t0 <- |.2021-01-01 00:00:00 UTC.|
z <- zts(t0 + as.duration("00:00:01") * 1:2000, matrix(1:4000, 2000, 2, dimnames = list(NULL, c("a", "b"))), file = "%(d)s/z")
s <- c("one", "two", "three")
v <- vector("character", 3, file = "%(d)s/s"); v[] <- s
z[5, 1] <- 7
NULL
"""
LOOK = """for (n in c("z", "s")) { x <- load(paste0("%(d)s/", n)%(mode)s); if (is.zts(x)) cat(nrow(x), sum(zts.data(x)), "\\n") else cat(x, "\\n") }"""


def load(folder, name, mode="write"):
    return run("eval", "-e", 'x <- load("%s/%s", mode = "%s"); length(x)' % (folder, name, mode), timeout=20)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    d = str(tmp_path_factory.mktemp("hostile"))
    status, _, err = run("eval", "-e", MAKE % {"d": d})
    assert status == 0, err
    return d


@pytest.fixture
def objects(original, tmp_path):
    d = str(tmp_path / "d")
    shutil.copytree(original, d)
    return d


def files(folder):
    return sorted(f for f in os.listdir(folder))


def fingerprint(folder):
    return [(f, hashlib.sha1(open(os.path.join(folder, f), "rb").read()).hexdigest()) for f in files(folder) if f != "lock"]


def is_clear(status, out, err):
    """It worked, or it says what is wrong in one line that names a place; it never crashes."""
    assert status in (0, 1), (status, err)
    assert status == 0 or err.startswith("Error: "), err


def rewrite_header(folder, change):
    """The header with other lines, and nothing that its checksum does not agree with but the checksum itself."""
    name = [f for f in files(folder) if f.startswith("header.")][0]
    path = os.path.join(folder, name)
    text = open(path).read()
    open(path, "w").write(change(text))


@pytest.mark.parametrize("name", ["z", "s"])
@pytest.mark.parametrize("mode", ["write", "read"])
def test_each_file_missing(objects, name, mode):
    folder = os.path.join(objects, name)
    for f in files(folder):
        kept = open(os.path.join(folder, f), "rb").read()
        os.unlink(os.path.join(folder, f))
        status, out, err = load(objects, name, mode)
        is_clear(status, out, err)
        assert status == 1 or f in ("lock", "redo") or f.startswith("sums."), f
        assert run("check", folder)[0] in (0, 1)
        open(os.path.join(folder, f), "wb").write(kept)
    assert load(objects, name)[0] == 0


@pytest.mark.parametrize("name", ["z", "s"])
def test_each_file_truncated(objects, name):
    folder = os.path.join(objects, name)
    for f in files(folder):
        path = os.path.join(folder, f)
        kept = open(path, "rb").read()
        for size in {0, 1, len(kept) // 2, len(kept) - 1} - {len(kept)}:
            if size < 0:
                continue
            os.truncate(path, size)
            is_clear(*load(objects, name, "read"))
            assert run("check", folder)[0] in (0, 1)
            open(path, "wb").write(kept)
    assert load(objects, name)[0] == 0


def test_flipped_bits(objects):
    """Whatever bit is wrong, opening does not crash; check finds all but those that nobody looks at."""
    rng = random.Random(3)
    for name in ("z", "s"):
        folder = os.path.join(objects, name)
        for f in files(folder):
            path = os.path.join(folder, f)
            kept = open(path, "rb").read()
            for _ in range(4 if len(kept) else 0):
                at, bit = rng.randrange(len(kept)), 1 << rng.randrange(8)
                open(path, "wb").write(kept[:at] + bytes([kept[at] ^ bit]) + kept[at + 1:])
                is_clear(*load(objects, name, "read"))
                assert run("check", folder)[0] in (0, 1)
            open(path, "wb").write(kept)


@pytest.mark.parametrize("change, says", [
    (lambda t: t.replace("format 1", "format 2"), "format version 2"),
    (lambda t: t.replace("byte-order little", "byte-order big"), "byte order"),
    (lambda t: t.replace("columns", "columns 99999999999"), ""),
    (lambda t: t.replace("extents 2", "extents 9223372036854775807"), ""),
    (lambda t: t.replace("type double", "type list"), ""),
    (lambda t: t.replace("index 1", "index ../../etc/passwd"), ""),
    (lambda t: "x" * (1 << 20), ""),
    (lambda t: "", ""),
    (lambda t: t.replace("zplane object", "zplane  object"), ""),
])
def test_hostile_headers(objects, change, says):
    """Numbers that are too large, names that lead elsewhere, another version, another byte order."""
    folder = os.path.join(objects, "z")
    rewrite_header(folder, change)
    before = fingerprint(folder)
    for mode in ("read", "write"):
        status, out, err = load(objects, "z", mode)
        assert status == 1 and err.startswith("Error: "), (out, err)
        assert says in err, err
    status, out, err = run("check", folder)
    assert status == 1
    assert fingerprint(folder) == before, "something was changed"


def test_swapped_columns_of_another_object(objects):
    """A file of one object in the place of another's is shorter, or has other checksums."""
    z = os.path.join(objects, "z")
    columns = sorted(f for f in files(z) if f[0] == "c" and f[1:].isdigit())
    a, b = (os.path.join(z, f) for f in columns[:2])
    os.rename(a, a + ".x")
    os.rename(b, a)
    os.rename(a + ".x", b)
    status, out, _ = run("check", z)
    assert status == 1 and "checksum" in out


@pytest.mark.parametrize("name", ["c1", "commit", "redo"])
def test_links_are_not_followed(objects, tmp_path, name):
    """A file that is a symbolic link leads out of the directory: it is not opened."""
    outside = tmp_path / "outside"
    folder = os.path.join(objects, "z")
    shutil.move(os.path.join(folder, name), outside)
    os.symlink(outside, os.path.join(folder, name))
    before = hashlib.sha1(outside.read_bytes()).hexdigest()
    status, out, err = load(objects, "z")
    assert status == 1 and err.startswith("Error: "), (out, err)
    assert hashlib.sha1(outside.read_bytes()).hexdigest() == before


def test_links_and_odd_names_in_a_database(objects, tmp_path):
    os.symlink("/etc", os.path.join(objects, "link"))
    os.mkdir(os.path.join(objects, "bad name"))
    os.mkdir(os.path.join(objects, "empty"))
    (tmp_path / "d" / "file").write_text("x")
    assert run("eval", "--data", objects, "-e", "db.ls()")[1] == '[1] "s" "z"\n'
    status, _, err = run("eval", "--data", objects, "-e", "empty")
    assert status == 1 and "there is no object in" in err


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/proc/x", "a//b", "a/", ".", "..", "a/.", "x" * 300, "a\\u0000b", "a/" * 40 + "b"])
def test_names_lead_nowhere_else(tmp_path, name):
    db, elsewhere = tmp_path / "in" / "db", tmp_path / "in" / "elsewhere"
    elsewhere.mkdir(parents=True)
    status, _, err = run("eval", "--data", str(db), "-e", 'x <- vector("double", 1, file = "%s")' % name, cwd=str(elsewhere))
    assert name.startswith(("/", "../")) or status == 1, err
    assert set(os.listdir(str(tmp_path / "in"))) <= {"db", "elsewhere", "x"} and os.listdir(str(elsewhere)) == []
    assert os.listdir(str(tmp_path)) == ["in"]
