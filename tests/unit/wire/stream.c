/* Heads of streams: written, read back; shorter and longer ones refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "wire/stream.h"

typedef bool (*reader)(zp_slice body, zp_error *err);

static bool read_open(zp_slice body, zp_error *err)
{
    zp_stream_open o;
    return zp_stream_read_open(body, &o, err);
}

static bool read_shape(zp_slice body, zp_error *err)
{
    zp_stream_shape s;
    return zp_stream_read_shape(body, &s, err);
}

static bool read_subscribe(zp_slice body, zp_error *err)
{
    zp_stream_subscribe s;
    return zp_stream_read_subscribe(body, &s, err);
}

static bool read_credit(zp_slice body, zp_error *err)
{
    uint64_t limit;
    return zp_stream_read_credit(body, &limit, err);
}

/* The whole of it is read, no part and nothing longer. */
static void exact(zp_buf *head, reader read)
{
    zp_error err = ZP_ERROR_INIT;

    assert_true(read((zp_slice){ head->ptr, head->len }, &err));
    for (size_t len = 0; len < head->len; len++) {
        assert_false(read((zp_slice){ head->ptr, len }, &err));
        zp_error_clear(&err);
    }
    zp_buf_putc(head, 'x');
    assert_false(read((zp_slice){ head->ptr, head->len }, &err));
    zp_error_clear(&err);
    zp_buf_fini(head);
}

static zp_stream_path path(void)
{
    static const char bytes[] = "\1z\2eu";
    return (zp_stream_path){ 2, { bytes, 5 } };
}

static void heads(void **state)
{
    zp_stream_open open = {
        .producer = { 1, 2 }, .cls = 2, .elem = ZP_TAG_DBL, .ndims = 1, .dims = { 3 }, .path = path()
    };
    zp_stream_shape shape = { .next = 1,
                              .rows = 2,
                              .columns = 2,
                              .cls = 2,
                              .elem = ZP_TAG_DBL,
                              .ndims = 1,
                              .dims = { 2 },
                              .named = true,
                              .names = { "\1\0\0\0a\2\0\0\0bc", 11 } };
    zp_stream_subscribe sub = { .from = 5, .limit = 6, .path = path() };
    zp_buf head = ZP_BUF_INIT;

    zp_stream_put_open(&head, &open);
    exact(&head, read_open);
    zp_stream_put_shape(&head, &shape);
    exact(&head, read_shape);
    zp_stream_put_subscribe(&head, &sub);
    exact(&head, read_subscribe);
    zp_stream_put_credit(&head, 7);
    exact(&head, read_credit);
}

static void shapes_that_disagree(void **state)
{
    zp_stream_shape shape = { .columns = 3, .cls = 2, .elem = ZP_TAG_DBL, .ndims = 1, .dims = { 2 } };
    zp_error err = ZP_ERROR_INIT;
    zp_buf head = ZP_BUF_INIT;

    zp_stream_put_shape(&head, &shape);
    assert_false(read_shape((zp_slice){ head.ptr, head.len }, &err));
    zp_error_clear(&err);
    zp_buf_fini(&head);
}

static void rows(void **state)
{
    int64_t times[2] = { 5, 6 };
    double values[4] = { 1, 2, 3, 4 };
    zp_buf head = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    zp_stream_rows r;

    zp_stream_put_rows_head(zp_buf_reserve(&head, ZP_STREAM_ROWS_HEAD), 9, 2);
    head.len = ZP_STREAM_ROWS_HEAD;
    zp_stream_mark_go_on(head.ptr);
    zp_buf_put(&head, times, sizeof(times));
    zp_buf_put(&head, values, sizeof(values));
    assert_true(
        zp_stream_read_rows((zp_slice){ head.ptr, head.len }, ZP_STREAM_SERIES, ZP_TAG_DBL, 2, &r, &err));
    assert_int_equal(r.number, 9);
    assert_int_equal(r.rows, 2);
    assert_true(r.go_on);
    assert_int_equal(zp_stream_check_times(r.times, 2, 4), 0);
    assert_int_equal(zp_stream_check_times(r.times, 2, 5), 2);
    assert_false(
        zp_stream_read_rows((zp_slice){ head.ptr, head.len }, ZP_STREAM_SERIES, ZP_TAG_DBL, 3, &r, &err));
    assert_string_equal(zp_error_text(&err), "missing data");
    zp_error_clear(&err);
    zp_buf_fini(&head);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(heads), cmocka_unit_test(shapes_that_disagree),
                                        cmocka_unit_test(rows) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
