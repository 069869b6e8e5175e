/* Records and headers as bytes; directories in which any byte is wrong. */
#include "kit.h"

static void test_commit_record(void **state)
{
    uint8_t slots[ZP_FMT_SLOTS * ZP_FMT_SLOT] = { 0 }, boot[16] = { 7 };
    zp_fmt_commit c = { .seq = 5, .header = 2, .rows = 10, .note_len = 3, .note = "abc" }, got;
    int slot;

    (void)state;
    assert_false(zp_fmt_commit_newest(slots, sizeof(slots), boot, &got, &slot));
    assert_int_equal(zp_fmt_commit_put(slots + ZP_FMT_SLOT, &c), 131);
    c.seq = 6;
    memcpy(c.boot, boot, sizeof(boot));
    c.note_len = 0;
    zp_fmt_commit_put(slots + (size_t)2 * ZP_FMT_SLOT, &c);
    assert_true(zp_fmt_commit_newest(slots, sizeof(slots), boot, &got, &slot));
    assert_int_equal(slot, 2);
    /* after the machine has started again only the durable one counts */
    boot[0] = 8;
    assert_true(zp_fmt_commit_newest(slots, sizeof(slots), boot, &got, &slot));
    assert_int_equal(slot, 1);
    assert_int_equal(got.seq, 5);
    assert_int_equal(got.note_len, 3);
    /* torn anywhere it is no record */
    for (size_t at = 0; at < 131; at++) {
        slots[ZP_FMT_SLOT + at] ^= 0x10;
        assert_false(zp_fmt_commit_newest(slots, sizeof(slots), boot, &got, &slot));
        slots[ZP_FMT_SLOT + at] ^= 0x10;
    }
}

static const char good[] =
    "zplane object\nformat 1\nbyte-order little\nkind array\ntype double\nextents 2\nsync commit\n"
    "retain 0\nnext 9\nsums 8\nindex 0\ncolumns 3 4\nnames 2 7\n";

static bool reads(const char *from, const char *to, const char *want)
{
    zp_error err = ZP_ERROR_INIT;
    zp_fmt_header h;
    char text[2000];
    const char *found = strstr(good, from);
    bool ok;

    assert_non_null(found);
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(found - good), good, to, found + strlen(from));
    ok = zp_fmt_header_read(&h, text, strlen(text), "H", &err);
    assert_false(ok); /* there is no end */
    ok = strstr(zp_error_text(&err), want) != NULL;
    if (!ok)
        print_message("%s\n", zp_error_text(&err));
    zp_error_clear(&err);
    return ok;
}

static void test_header(void **state)
{
    (void)state;
    assert_true(reads("zplane", "zplane", "its end is missing"));
    assert_true(reads("zplane object", "something", "is not a header"));
    assert_true(reads("format 1", "format 2", "has format version 2, this program reads version 1"));
    assert_true(reads("little", "big", "another byte order"));
    assert_true(reads("array", "heap", "kind"));
    assert_true(reads("double", "list", "type"));
    assert_true(reads("extents 2", "extents 99999999999999999999", "extents"));
    assert_true(reads("extents 2", "extents 4000000000 4000000000 4000000000", "extents"));
    assert_true(reads("columns 3 4", "columns 3", "columns"));
    assert_true(reads("columns 3 4", "columns 3 3", "numbers of files"));
    assert_true(reads("columns 3 4", "columns 3 11", "numbers of files"));
    assert_true(reads("columns 3 4", "columns ../x 4", "columns"));
    assert_true(reads("names 2 7", "names 3 7", "names"));
    assert_true(reads("sync commit", "sync never", "sync"));
}

static void write_byte(const char *file, long offset, int flip)
{
    FILE *f = fopen(file, "r+b");
    int c;

    assert_non_null(f);
    assert_int_equal(fseek(f, offset, SEEK_SET), 0);
    c = fgetc(f);
    if (c != EOF) {
        assert_int_equal(fseek(f, offset, SEEK_SET), 0);
        fputc(c ^ flip, f);
    }
    fclose(f);
}

/* An object with one wrong byte is opened or refused; nothing worse. */
static void test_any_byte_wrong(void **state)
{
    static const char *const files[] = { "header.1", "commit", "redo", "lock", "c1", "c2", "c3", "c4", "t4" };
    zp_value z = series(4, 2, 0), names = zp_vec(ZP_STR, 2, NULL), p;

    (void)state;
    zp_str_put(names, 0, zp_str_from("price", NULL));
    zp_str_put(names, 1, zp_str_from("quantity", NULL));
    assert_true(zp_set_names(&z, 1, names.u.arr, NULL));
    zp_value_unref(names);
    p = create_take("wrong", z, ZP_STORE_OPTIONS);
    assert_true(assign(&p, 0, 0, 5, NULL));
    zp_value_unref(p);
    for (size_t k = 0; k < ZP_COUNTOF(files); k++)
        for (long offset = 0; offset < 300; offset++) {
            char file[200];
            zp_error err = ZP_ERROR_INIT;

            snprintf(file, sizeof(file), "%s/%s", at("wrong"), files[k]);
            write_byte(file, offset, 0x41);
            if (zp_store_open(at("wrong"), offset % 2, &p, &err))
                zp_value_unref(p);
            else
                assert_true(strlen(zp_error_text(&err)) > 0);
            zp_error_clear(&err);
            if (strcmp(files[k], "lock") != 0)
                write_byte(file, offset, 0x41);
        }
}

static void test_truncated_and_missing(void **state)
{
    zp_value p = create_take("short", series(1000, 1, 0), ZP_STORE_OPTIONS);
    zp_error err = ZP_ERROR_INIT;
    char file[200];

    (void)state;
    zp_value_unref(p);
    snprintf(file, sizeof(file), "%s/c2", at("short"));
    assert_int_equal(truncate(file, 100), 0);
    assert_false(zp_store_open(at("short"), true, &p, &err));
    assert_non_null(strstr(zp_error_text(&err), "c2 holds 12 of 1000 rows"));
    zp_error_clear(&err);
    assert_int_equal(unlink(file), 0);
    assert_false(zp_store_open(at("short"), true, &p, &err));
    assert_non_null(strstr(zp_error_text(&err), "file c2 is missing"));
    zp_error_clear(&err);
    assert_int_equal(symlink("/etc/passwd", file), 0);
    assert_false(zp_store_open(at("short"), true, &p, &err));
    zp_error_clear(&err);
}

/* Applying was cut short: the complete record finishes it. */
static void test_redo_finishes(void **state)
{
    zp_value p = create_take("redo", numbers(1000, 3, 0), ZP_STORE_OPTIONS);
    zp_error err = ZP_ERROR_INIT;
    (void)state;
    start_failing(4, EIO, true); /* a checksum, the record, its flush, and then the column */
    assert_false(assign(&p, 500, 1, -1, &err));
    stop_failing();
    zp_error_clear(&err);
    assert_false(assign(&p, 500, 1, -2, &err));
    assert_non_null(strstr(zp_error_text(&err), "cannot be changed any more"));
    zp_error_clear(&err);
    zp_value_unref(p);
    p = open_it("redo", true);
    assert_true(cell(p, 500, 1) == -1);
    zp_value_unref(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commit_record),  cmocka_unit_test(test_header),
        cmocka_unit_test(test_any_byte_wrong), cmocka_unit_test(test_truncated_and_missing),
        cmocka_unit_test(test_redo_finishes),
    };

    return cmocka_run_group_tests(tests, kit_setup, kit_teardown);
}
