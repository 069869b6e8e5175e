/* Values of libzplane: made, written, read back; and bytes that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/client_priv.h"

static zplane_value *round_trip(const zplane_value *v)
{
    zp_wire_out out = { 0 };
    const uint8_t *at;
    zplane_error err;
    zplane_value *back;

    zp__cl_value_encode(&out, v);
    assert_false(out.failed);
    at = out.ptr;
    back = zp__cl_value_decode(&at, out.ptr + out.len, &err);
    assert_non_null(back);
    assert_ptr_equal(at, out.ptr + out.len);
    for (size_t len = 0; len < out.len; len++) { /* every shorter text is refused */
        uint8_t *part = malloc(len + 1);
        const uint8_t *from = part;

        memcpy(part, out.ptr, len);
        assert_null(zp__cl_value_decode(&from, part + len, &err));
        assert_int_equal(err.code, ZPLANE_EPROTO);
        free(part);
    }
    zp_wire_fini(&out);
    return back;
}

static void arrays(void **state)
{
    double d[6] = { 1, 2, 3, 4, 5, 6 };
    int64_t dim[2] = { 3, 2 };
    zplane_value *v = zplane_new_array(ZPLANE_DOUBLE, 2, dim, d), *b = round_trip(v);

    assert_int_equal(zplane_value_type(b), ZPLANE_DOUBLE);
    assert_int_equal(zplane_rows(b), 3);
    assert_int_equal(zplane_columns(b), 2);
    assert_true(zplane_doubles(b, 1)[2] == 6);
    assert_null(zplane_doubles(b, 2));
    assert_null(zplane_doubles(b, -1));
    assert_null(zplane_times(b, 0));
    zplane_value_free(v);
    zplane_value_free(b);
}

static void strings_and_lists(void **state)
{
    const char *texts[] = { "a", "", "\xc3\xa4" };
    zplane_value *list = zplane_new_list(), *b;
    size_t len;

    assert_true(zplane_list_add(list, NULL, zplane_new_strings(3, texts)));
    assert_true(zplane_list_add(list, "second", zplane_new_logical(true)));
    assert_true(zplane_list_add(list, NULL, zplane_new_null()));
    b = round_trip(list);
    assert_int_equal(zplane_length(b), 3);
    assert_string_equal(zplane_string(zplane_item(b, 0), 2, &len), "\xc3\xa4");
    assert_int_equal(len, 2);
    assert_null(zplane_name(b, 0, 0));
    assert_string_equal(zplane_name(b, 0, 1), "second");
    assert_ptr_equal(zplane_item_named(b, "second"), zplane_item(b, 1));
    assert_null(zplane_item_named(b, "third"));
    assert_int_equal(zplane_value_type(zplane_item(b, 2)), ZPLANE_NULL);
    zplane_value_free(list);
    zplane_value_free(b);
}

static void series(void **state)
{
    int64_t times[2] = { 5, 7 };
    double data[4] = { 1, 2, 3, 4 };
    zplane_value *v = zplane_new_series(2, times, 2, data), *b = round_trip(v);

    assert_int_equal(zplane_rows(b), 2);
    assert_int_equal(zplane_times(zplane_series_index(b), 0)[1], 7);
    assert_true(zplane_doubles(zplane_series_data(b), 1)[0] == 3);
    zplane_value_free(v);
    zplane_value_free(b);
}

static void extents_that_make_no_sense(void **state)
{
    int64_t huge[3] = { 0, INT64_MAX, INT64_MAX }, negative = -1, one = 1;
    double d = 1;

    assert_null(zplane_new_array(ZPLANE_DOUBLE, 3, huge, &d));
    assert_null(zplane_new_array(ZPLANE_DOUBLE, 1, &negative, &d));
    assert_null(zplane_new_array(ZPLANE_DOUBLE, 0, &one, &d));
    assert_null(zplane_new_array(ZPLANE_LIST, 1, &one, &d));
    assert_null(zplane_new_strings(-1, NULL));
}

static void addresses(void **state)
{
    static const struct {
        const char *text, *host, *port, *path;
        bool tls;
    } good[] = {
        { "localhost", "localhost", "7777", NULL, false },
        { "localhost:80", "localhost", "80", NULL, false },
        { "zplanes://h:1", "h", "1", NULL, true },
        { "[::1]:5", "::1", "5", NULL, false },
        { "::1", "::1", "7777", NULL, false },
        { "/run/z.sock", NULL, NULL, "/run/z.sock", false },
        { "unix:/run/z.sock", NULL, NULL, "/run/z.sock", false },
    };
    static const char *const bad[] = {
        "", ":80", "h:0", "h:65536", "h:x", "h:", "[::1", "[::1]5", "h:123456"
    };
    zp_where w;
    zplane_error err;

    for (size_t i = 0; i < ZP_COUNTOF(good); i++) {
        assert_true(zp__cl_where_parse(&w, good[i].text, &err));
        assert_int_equal(w.tls, good[i].tls);
        if (good[i].host)
            assert_string_equal(w.host, good[i].host);
        if (good[i].port)
            assert_string_equal(w.port, good[i].port);
        if (good[i].path)
            assert_string_equal(w.socket_path, good[i].path);
        zp__cl_where_fini(&w);
    }
    for (size_t i = 0; i < ZP_COUNTOF(bad); i++) {
        assert_false(zp__cl_where_parse(&w, bad[i], &err));
        assert_int_equal(err.code, ZPLANE_EUSAGE);
        zp__cl_where_fini(&w);
    }
}

static void one_append_as_a_message(void **state)
{
    const char *names[] = { "z", "b" };
    char longer[300];
    const char *too_long[] = { longer };
    int64_t times[2] = { 1, 2 }, down[2] = { 2, 1 };
    double values[4] = { 1, 2, 3, 4 };
    zp_stream_once once;
    zp_error wrong = ZP_ERROR_INIT;
    void *buf;
    size_t len;

    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(zplane_append_message((zplane_path){ names, 2 }, 2, times, 4, values, &buf, &len), 0);
    assert_true(zp_stream_read_once((zp_slice){ (char *)buf + ZP_FRAME_HEAD + ZP_MSG_HEAD,
                                                len - ZP_FRAME_HEAD - ZP_MSG_HEAD },
                                    &once, &wrong));
    assert_int_equal(once.path.count, 2);
    assert_int_equal(once.nvalues, 4);
    free(buf);
    assert_int_equal(zplane_append_message((zplane_path){ names, 1 }, 0, times, 0, values, &buf, &len), -1);
    assert_int_equal(zplane_append_message((zplane_path){ names, 1 }, 2, times, 3, values, &buf, &len), -1);
    assert_int_equal(zplane_append_message((zplane_path){ names, 1 }, 2, down, 2, values, &buf, &len), -2);
    assert_int_equal(zplane_append_message((zplane_path){ too_long, 1 }, 2, times, 2, values, &buf, &len),
                     -3);
    assert_int_equal(zplane_append_message((zplane_path){ names, 0 }, 2, times, 2, values, &buf, &len), -3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays),    cmocka_unit_test(strings_and_lists),
        cmocka_unit_test(series),    cmocka_unit_test(extents_that_make_no_sense),
        cmocka_unit_test(addresses), cmocka_unit_test(one_append_as_a_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
