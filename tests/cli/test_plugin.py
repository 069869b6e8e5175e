"""dyn.load: built-ins from shared objects."""
import os
import shutil
import subprocess

import pytest
from zplane import ROOT, error_text, run

CC = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
pytestmark = pytest.mark.skipif(not CC, reason="no compiler")

HEAD = """#include <zplane_plugin.h>
#define END { NULL, NULL, NULL, NULL, NULL, NULL, NULL }
static int yes(zplane_call *c, const zplane_plugin_api *api) { return api->result_string(c, "yes", 3); }
static int bad(zplane_call *c, const zplane_plugin_api *api)
{
    int64_t n = 2, *t;
    api->result_series(c, n, 1, &t);
    t[0] = t[1] = 7;
    return 1;
}
static int nothing(zplane_call *c, const zplane_plugin_api *api) { (void)c; (void)api; return 0; }
static int lgl(zplane_call *c, const zplane_plugin_api *api)
{
    int64_t n = 1;
    *api->result_logicals(c, 1, &n) = 7;
    return 1;
}
"""


def build(folder, source, name="p.so"):
    path = os.path.join(str(folder), name)
    p = subprocess.run([CC, "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", os.path.join(ROOT, "include"), "-x", "c", "-",
                        "-o", path], input=source, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert p.returncode == 0, p.stdout
    return path


@pytest.fixture(scope="module")
def ema(tmp_path_factory):
    with open(os.path.join(ROOT, "examples", "plugin", "ema.c"), encoding="utf-8") as f:
        return build(tmp_path_factory.mktemp("plugin"), f.read(), "ema.so")


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    rows = '''const zplane_plugin_row rows[] = { { "yes", "", "", yes, "", "", NULL }, { "bad", "", "", bad, "", "", NULL },
    { "nothing", "", "", nothing, "", "", NULL }, { "lgl", "", "", lgl, "", "", NULL }, END };
    const zplane_plugin zplane_plugin_entry = { ZPLANE_PLUGIN_ABI, "odd", "1", rows };'''
    return build(tmp_path_factory.mktemp("plugin"), HEAD + rows)


def evaluate(path, text):
    status, out, err = run("eval", "-e", 'dyn.load("%s"); %s' % (path, text))
    return out.strip() if status == 0 else error_text(err)


@pytest.mark.parametrize("text,shown", [
    ("ema(c(1, 2, 3), 0.5)", "[1] 1.00 1.50 2.25"),
    ("ema(alpha = 1, x = c(3, 1))", "[1] 3 1"),
    ("ema.span(1:3, 3)", "[1] 1.00 1.50 2.25"),
    ("dim(ema(matrix(1:6, 3, 2)))", "[1] 3 2"),
    ("sum(ema(zts(as.time('2021-01-01 00:00:00 UTC') + as.duration(c(0, 1e9)), c(1, 3)), 0.5))", "[1] 3"),
    ("typeof(ema)", '[1] "builtin"'),
    ("sapply(1:2, ema)", "[1] 1 2"),
])
def test_the_example(ema, text, shown):
    assert evaluate(ema, text) == shown


def test_errors_are_those_of_builtins(ema):
    assert evaluate(ema, 'ema("a")') == "invalid argument type: 'x' should be any of 'double','zts' but is 'string'"
    assert evaluate(ema, "ema()") == "argument missing: x"
    assert evaluate(ema, "ema(1, 7)") == "must be one number, above 0 and at most 1"


def test_it_can_be_loaded_twice(ema):
    assert evaluate(ema, 'dyn.load("%s", local = FALSE, now = FALSE); ema(2)' % ema) == "[1] 2"


def test_what_a_plugin_gets_wrong_is_an_error(odd):
    assert evaluate(odd, "yes()") == '[1] "yes"'
    assert evaluate(odd, "bad()") == "bad: the times of a series must be strictly ascending"
    assert evaluate(odd, "nothing()") == "nothing failed"
    assert evaluate(odd, "lgl()") == "lgl: a logical result must be 0 or 1"


def test_what_is_no_plugin(tmp_path):
    assert evaluate("/nonexistent.so", "1").startswith("cannot load library: /nonexistent.so: cannot open")
    text = tmp_path / "text.so"
    text.write_text("no library")
    assert evaluate(str(text), "1").startswith("cannot load library: ")
    path = build(tmp_path, "int nothing_here;")
    assert evaluate(path, "1") == path + " is no plugin of zplane: it has no zplane_plugin_entry"


@pytest.mark.parametrize("entry,why", [
    ('zplane_plugin_entry = { 99, "a", "1", rows }', "is made for version 99 of the plugin interface, this is version 1"),
    ('zplane_plugin_entry = { ZPLANE_PLUGIN_ABI, "a", "1", sum }', "'sum' is a built-in already"),
    ('zplane_plugin_entry = { ZPLANE_PLUGIN_ABI, "a", "1", hollow }', "the row 'h' has no formals or nothing that runs"),
])
def test_refused(tmp_path, entry, why):
    source = HEAD + """const zplane_plugin_row rows[] = { { "y", "", "", yes, "", "", NULL }, { "b", "", "", bad, "", "", NULL },
        { "n", "", "", nothing, "", "", NULL }, { "l", "", "", lgl, "", "", NULL }, END };
        const zplane_plugin_row sum[] = { { "sum", "", "", yes, "", "", NULL }, END };
        const zplane_plugin_row hollow[] = { { "h", "", "", NULL, "", "", NULL }, END };
        const zplane_plugin """ + entry + ";"
    assert evaluate(build(tmp_path, source), "1").endswith(why)
