/* Rows as frames: values by type, nested rows, where blocks are cut. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "backend/encode.h"

#define S(text)                \
    {                          \
        text, sizeof(text) - 1 \
    }

static const zp_result_cell null_cell = { .kind = ZP_CELL_NULL };

static zp_result_cell text_cell(const char *text)
{
    return (zp_result_cell){ .kind = ZP_CELL_TEXT, .len = (uint32_t)strlen(text), .text = text };
}

static zp_result_cell int_cell(int64_t v)
{
    return (zp_result_cell){ .kind = ZP_CELL_INT, .num = v };
}

static zp_result_cell dbl_cell(double v)
{
    return (zp_result_cell){ .kind = ZP_CELL_DOUBLE, .dbl = v };
}

static void shows(zp_zql_type type, zp_result_cell cell, const char *want)
{
    const zp_out out = { .op = ZP_OUT_VALUE, .type = type, .scale = 2 };
    zp_buf b = ZP_BUF_INIT;

    zp__put_value(&b, &out, &cell);
    zp_buf_put(&b, "", 1);
    assert_string_equal(b.ptr, want);
    zp_buf_fini(&b);
}

static void test_numbers(void **state)
{
    shows(ZP_ZQL_INT, int_cell(0), "0");
    shows(ZP_ZQL_BIGINT, int_cell(9007199254740991), "9007199254740991");
    shows(ZP_ZQL_BIGINT, int_cell(9007199254740992), "\"9007199254740992\"");
    shows(ZP_ZQL_BIGINT, int_cell(INT64_MIN), "\"-9223372036854775808\"");
    shows(ZP_ZQL_BIGINT, text_cell("9007199254740991"), "9007199254740991");
    shows(ZP_ZQL_BIGINT, text_cell("-9007199254740992"), "\"-9007199254740992\"");
    shows(ZP_ZQL_BIGINT, text_cell("1000000000000000"), "1000000000000000");
    shows(ZP_ZQL_INT, text_cell("007"), "\"007\"");
    shows(ZP_ZQL_INT, text_cell(""), "\"\"");
    shows(ZP_ZQL_DECIMAL, text_cell("1234.500000"), "1234.500000");
    shows(ZP_ZQL_DECIMAL, text_cell("12345678901234.123456"), "\"12345678901234.123456\"");
    shows(ZP_ZQL_DECIMAL, text_cell("-0.000001"), "-0.000001");
    shows(ZP_ZQL_DECIMAL, text_cell("1000000000000000"), "\"1000000000000000\"");
    shows(ZP_ZQL_DECIMAL, text_cell("NaN"), "null");
    shows(ZP_ZQL_DECIMAL, dbl_cell(19.99), "19.99");
    shows(ZP_ZQL_DECIMAL, dbl_cell(0.1 + 0.2), "0.30");
    shows(ZP_ZQL_DECIMAL, int_cell(300), "300");
    shows(ZP_ZQL_DOUBLE, dbl_cell(0.1), "0.1");
    shows(ZP_ZQL_DOUBLE, dbl_cell(NAN), "null");
    shows(ZP_ZQL_DOUBLE, dbl_cell(-INFINITY), "null");
    shows(ZP_ZQL_DOUBLE, dbl_cell(9007199254740991), "9007199254740991");
    shows(ZP_ZQL_DOUBLE, dbl_cell(-9007199254740992), "-9.007199254740992e+15");
    shows(ZP_ZQL_DOUBLE, dbl_cell(1152921504606846976), "1.152921504606847e+18");
    shows(ZP_ZQL_DOUBLE, dbl_cell(1e15), "1e+15");
    shows(ZP_ZQL_DOUBLE, dbl_cell(2e22), "2e+22");
    shows(ZP_ZQL_DOUBLE, text_cell("1.5e+300"), "1.5e+300");
    shows(ZP_ZQL_BOOLEAN, text_cell("f"), "false");
    shows(ZP_ZQL_BOOLEAN, int_cell(2), "true");
    shows(ZP_ZQL_INT, null_cell, "null");
}

static void test_texts(void **state)
{
    shows(ZP_ZQL_TEXT, text_cell("a\"b\\c/\n\t\x01\x1f\x7f"), "\"a\\\"b\\\\c/\\n\\t\\u0001\\u001f\x7f\"");
    shows(ZP_ZQL_TEXT, text_cell("0123456789abcdef é 日本 😀 0123456789"),
          "\"0123456789abcdef é 日本 😀 0123456789\"");
    shows(ZP_ZQL_TEXT, text_cell("a\xff\xfe z"), "\"a\xef\xbf\xbd\xef\xbf\xbd z\"");
    shows(ZP_ZQL_TEXT, text_cell("\xe2\x82"), "\"\xef\xbf\xbd\""); /* cut */
    shows(ZP_ZQL_TEXT, text_cell("\xed\xa0\x80"),
          "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); /* a surrogate */
    shows(ZP_ZQL_TEXT, text_cell("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    shows(ZP_ZQL_VARCHAR, int_cell(12), "\"12\"");
    shows(ZP_ZQL_JSON, text_cell("{\"a\":[1,{\"b\":null}]}"), "{\"a\":[1,{\"b\":null}]}");
    shows(ZP_ZQL_JSON, text_cell("[1,"), "\"[1,\"");
    shows(ZP_ZQL_BINARY, (zp_result_cell){ .kind = ZP_CELL_BYTES, .len = 4, .text = "\0\1\2\3" },
          "\"AAECAw==\"");
    shows(ZP_ZQL_BINARY, text_cell(""), "\"\"");
}

static void test_dates(void **state)
{
    shows(ZP_ZQL_DATETIME, (zp_result_cell){ .kind = ZP_CELL_MICROS, .num = 1738922400563929 },
          "\"2025-02-07T10:00:00.563929+00:00\"");
    shows(ZP_ZQL_DATETIME, (zp_result_cell){ .kind = ZP_CELL_MICROS, .num = -1000000 },
          "\"1969-12-31T23:59:59+00:00\"");
    shows(ZP_ZQL_DATETIME, (zp_result_cell){ .kind = ZP_CELL_MICROS, .num = INT64_MAX }, "\"infinity\"");
    shows(ZP_ZQL_DATETIME, text_cell("2025-02-07 10:00:00.5"), "\"2025-02-07T10:00:00.500000+00:00\"");
    shows(ZP_ZQL_DATETIME, text_cell("2025-02-07 10:00:00.563929"), "\"2025-02-07T10:00:00.563929+00:00\"");
    shows(ZP_ZQL_DATETIME, text_cell("2025-02-07 10:00:00.000000"), "\"2025-02-07T10:00:00+00:00\"");
    shows(ZP_ZQL_DATETIME, text_cell("2025-02-07T10:00:00"), "\"2025-02-07T10:00:00+00:00\"");
    shows(ZP_ZQL_DATETIME, text_cell("2025-02-07 10:00:00.123+02"), "\"2025-02-07T08:00:00.123000+00:00\"");
    shows(ZP_ZQL_DATETIME, text_cell("2025-02-07 10:00:00+05:30"), "\"2025-02-07T04:30:00+00:00\"");
    shows(ZP_ZQL_DATETIME, text_cell("2025-02-30 10:00:00"), "\"2025-02-30 10:00:00\"");
    shows(ZP_ZQL_DATE, (zp_result_cell){ .kind = ZP_CELL_DAYS, .num = 20142 }, "\"2025-02-23\"");
    shows(ZP_ZQL_DATE, (zp_result_cell){ .kind = ZP_CELL_DAYS, .num = -719529 }, "\"-0001-12-31\"");
    shows(ZP_ZQL_DATE, text_cell("2024-02-29"), "\"2024-02-29\"");
    shows(ZP_ZQL_DATE, text_cell("2025-02-07 10:00:00"), "\"2025-02-07\"");
}

static void test_days_round_trip(void **state)
{
    for (int64_t day = -719162; day < 2932896; day += 37) {
        char text[40];
        int64_t back = 0;
        size_t len = zp__days_text(text, day);

        assert_true(zp__days_of(text, len, &back));
        assert_int_equal(back, day);
    }
}

static const zp_out nested[] = {
    { .op = ZP_OUT_OPEN, .column = -1 },
    { .op = ZP_OUT_VALUE, .type = ZP_ZQL_INT, .column = 0, .lead = S("\"id\":") },
    { .op = ZP_OUT_OPEN, .column = 1, .skip = 5, .lead = S(",\"user\":") },
    { .op = ZP_OUT_VALUE, .type = ZP_ZQL_TEXT, .column = 2, .lead = S("\"email\":") },
    { .op = ZP_OUT_CLOSE },
    { .op = ZP_OUT_VALUE, .type = ZP_ZQL_INT, .column = 0, .lead = S(",\"n\":") },
    { .op = ZP_OUT_CLOSE },
};

static void test_related_rows(void **state)
{
    zp_encoder e = { 0 };
    zp_result_cell with[] = { int_cell(1), int_cell(7), text_cell("x") },
                   without[] = { int_cell(2), null_cell, null_cell };
    static const char want[] =
        "{\"error\":false,\"response_code\":7,\"data\":{\"id\":1,\"user\":{\"email\":\"x\"},\"n\":1}}";
    static const char second[] =
        "{\"error\":false,\"response_code\":7,\"data\":{\"id\":2,\"user\":null,\"n\":2}}";
    size_t size = zp_encoder_row(&e, nested, (int)ZP_COUNTOF(nested), with);

    assert_int_equal(size, 4 + strlen(want));
    assert_memory_equal(e.buf.ptr + 4, want, strlen(want));
    assert_int_equal(e.buf.ptr[3], (char)strlen(want));
    zp_encoder_row(&e, nested, (int)ZP_COUNTOF(nested), without);
    assert_memory_equal(e.buf.ptr + size + 4, second, strlen(second));
    zp_encoder_drop(&e);
    assert_int_equal(e.buf.len, size);
    zp_encoder_complete(&e);
    assert_int_equal(e.frames, 1);
    zp_encoder_fini(&e);
}

/* Blocks are whole frames, at most 16 KiB unless one frame is larger. */
static void test_blocks(void **state)
{
    static char text[40000];
    zp_encoder e = { 0 };
    uint64_t seed = 7;
    size_t total = 0, taken = 0;

    memset(text, 'x', sizeof text);
    for (int i = 0; i < 2000; i++) {
        zp_result_cell cells[] = { int_cell(i), int_cell(1), text_cell("") };
        bool last = i == 1999;
        size_t n;

        seed = seed * 6364136223846793005u + 1;
        cells[2].text = text;
        cells[2].len = (uint32_t)(seed >> 40) % (i % 100 == 0 ? 40000 : 900);
        total += zp_encoder_row(&e, nested, (int)ZP_COUNTOF(nested), cells);
        while ((n = zp_encoder_ready(&e, last)) != 0) {
            size_t at = 0, frames = 0;

            while (at < n) {
                const uint8_t *p = zp_encoder_block(&e) + at;

                at += 4 + ((size_t)p[2] << 8 | p[3]);
                frames++;
            }
            assert_int_equal(at, n);
            assert_true(n <= ZP_BLOCK_MAX || frames == 1);
            zp_encoder_taken(&e, n);
            taken += n;
        }
        assert_true(e.buf.len - e.head < ZP_BLOCK_MIN);
    }
    assert_int_equal(taken, total);
    zp_encoder_fini(&e);
}

static void test_json(void **state)
{
    static const char *const good[] = {
        "1",       "-0.5e+3", "\"\"", "null", "[]", "{}", " [ 1 , { \"a\" : [ ] } ] ", "\"\\ud83d\\ude00\"",
        "[[[[]]]]"
    };
    static const char *const bad[] = { "",           " ",           "[",       "[1,]",        "{\"a\"}",
                                       "{\"a\":1,}", "01",          "1.",      "-",           "+1",
                                       "nul",        "\"\\ud83d\"", "\"\\x\"", "\"\n\"",      "[1]]",
                                       "{1:2}",      "'a'",         "NaN",     "\"\xff\"",    "[1}",
                                       "{\"a\":1]",  "\"a",         "1 2",     "\"\\ude00\"", "{,}" };

    for (size_t i = 0; i < ZP_COUNTOF(good); i++)
        assert_true(zp__json_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < ZP_COUNTOF(bad); i++)
        assert_false(zp__json_valid(bad[i], strlen(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),      cmocka_unit_test(test_texts),
        cmocka_unit_test(test_dates),        cmocka_unit_test(test_days_round_trip),
        cmocka_unit_test(test_related_rows), cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
