/* Names in a database, and the tree of directories behind them. */
#include "store/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static void test_names(void **state)
{
    static const char *const good[] = { "a", "fx/EURUSD", ".hidden", "a.b_c1", "A/b/c/d", "x..y", "a/.b" };
    static const char *const bad[] = {
        "",     ".",     "..",  "a/..", "../a",  "/a",        "a/",
        "a//b", "1a",    "_a",  "a b",  "a-b",   "a\xc3\xa4", "a\n",
        "...",  "a/./b", "a*b", "a\\b", "#drop", "~",         "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"
    };
    char long_part[300];

    for (size_t i = 0; i < ZP_COUNTOF(good); i++)
        assert_true(zp_catalog_name_ok(good[i], NULL));
    for (size_t i = 0; i < ZP_COUNTOF(bad); i++)
        assert_false(zp_catalog_name_ok(bad[i], NULL));
    memset(long_part, 'a', sizeof long_part);
    long_part[ZP_CATALOG_PART] = '\0';
    assert_true(zp_catalog_name_ok(long_part, NULL));
    long_part[ZP_CATALOG_PART] = 'a';
    long_part[ZP_CATALOG_PART + 1] = '\0';
    assert_false(zp_catalog_name_ok(long_part, NULL));
}

/* What looks like an object from outside. */
static void object(const char *dir, const char *name)
{
    char path[300];
    FILE *f;

    assert_true(zp_catalog_prepare(dir, name, NULL));
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/%s/commit", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
}

static void test_tree(void **state)
{
    char dir[] = "/tmp/zplane-catalog-XXXXXX", path[300];
    zp_catalog c = ZP_CATALOG_INIT;
    static const char *const sorted[] = { "a/b/c", "a/x", "a.b", "z" };

    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < ZP_COUNTOF(sorted); i++)
        object(dir, sorted[ZP_COUNTOF(sorted) - 1 - i]);
    assert_false(zp_catalog_prepare(dir, "z", NULL));
    assert_false(zp_catalog_prepare(dir, "z/y", NULL));
    snprintf(path, sizeof path, "%s/link", dir);
    assert_int_equal(symlink("/", path), 0);
    snprintf(path, sizeof path, "%s/x.new-%ld-0~", dir, (long)getpid());
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/x.new-999999999-0~", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/#drop-1", dir);
    assert_int_equal(mkdir(path, 0700), 0);

    assert_true(zp_catalog_read(&c, dir, NULL, NULL));
    assert_int_equal(c.count, ZP_COUNTOF(sorted));
    for (size_t i = 0; i < c.count; i++)
        assert_string_equal(c.names[i], sorted[i]);
    zp_catalog_fini(&c);
    assert_true(zp_catalog_read(&c, dir, "a", NULL));
    assert_int_equal(c.count, 2);
    zp_catalog_fini(&c);

    zp_catalog_sweep(dir);
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/x.new-999999999-0~", dir);
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/x.new-%ld-0~", dir, (long)getpid());
    assert_int_equal(access(path, F_OK), 0); /* somebody is at it */
    assert_true(zp_catalog_rename(dir, "a", "g/h", NULL));
    assert_false(zp_catalog_rename(dir, "g", "g/h/i", NULL));
    assert_false(zp_catalog_rename(dir, "nothing", "n", NULL));
    snprintf(path, sizeof path, "%s/g/h/b/c", dir);
    assert_int_equal(zp_catalog_kind(path), ZP_ENTRY_OBJECT);
    zp_catalog_delete(dir);
    assert_int_not_equal(access(dir, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_names), cmocka_unit_test(test_tree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
