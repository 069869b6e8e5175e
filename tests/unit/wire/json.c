/* The strict reader of JSON. */
#include "../unit.h"

#include <string.h>

#include "wire/json.h"

static zp_json_doc *doc;

static const zp_json *read(const char *text)
{
    return zp_json_read(doc, text, strlen(text), NULL);
}

/* Read and written again. */
static void same(const char *text, const char *want)
{
    const zp_json *v = read(text);
    zp_buf out = ZP_BUF_INIT;

    assert_non_null(v);
    zp_json_put(&out, v);
    assert_string_equal(zp_buf_text(&out), want);
    zp_buf_fini(&out);
}

static void test_values(void **state)
{
    same(" { \"b\" : [ 1 , -2.50e+3 , null ] , \"a\" : true } ", "{\"b\":[1,-2.50e+3,null],\"a\":true}");
    same("\"\\u00e9\\ud83d\\ude00\\/\\b\\\"\"", "\"\xC3\xA9\xF0\x9F\x98\x80/\\b\\\"\"");
    same("123456789012345678901234567890.000001", "123456789012345678901234567890.000001");
    same("\"a\\u0000b\"", "\"a\\u0000b\"");
    same("[]", "[]");
    same("{}", "{}");
    same("\"\x7f\"", "\"\x7f\"");
}

static void test_refusals(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "'a'",
        "01",
        "1.",
        ".5",
        "-",
        "+1",
        "1e",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "truex",
        "1 2",
        "{} {}",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\\u12\"",
        "\"a",
        "\"\n\"",
        "\"\xff\"",
        "\"\xc0\xaf\"",
        "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\xef\xbb\xbf{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "[1 2]",
        "{\"a\" 1}",
        "/**/1",
        "0x1",
    };

    for (size_t i = 0; i < ZP_COUNTOF(bad); i++)
        if (read(bad[i]))
            fail_msg("read: %s", bad[i]);
}

static void test_depth(void **state)
{
    char text[200];

    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    text[128] = '\0';
    assert_non_null(read(text));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    text[130] = '\0';
    assert_null(read(text));
}

static void test_many_keys(void **state)
{
    zp_buf text = ZP_BUF_INIT;

    zp_buf_putc(&text, '{');
    for (int i = 0; i < 5000; i++)
        zp_buf_printf(&text, "%s\"k%d\":%d", i ? "," : "", i, i);
    zp_buf_puts(&text, "}");
    assert_int_equal(zp_json_read(doc, text.ptr, text.len, NULL)->count, 5000);
    text.len--;
    zp_buf_puts(&text, ",\"k4321\":1}");
    assert_null(zp_json_read(doc, text.ptr, text.len, NULL));
    zp_buf_fini(&text);
}

static void test_access(void **state)
{
    const zp_json *v =
        read("{\"a\":-9223372036854775808,\"b\":1e400,\"c\":\"x\",\"d\":9223372036854775808,\"e\":1.0}");
    int64_t n;
    double d;

    assert_true(zp_json_int(zp_json_get(v, "a"), &n) && n == INT64_MIN);
    assert_false(zp_json_int(zp_json_get(v, "d"), &n));
    assert_false(zp_json_int(zp_json_get(v, "e"), &n));
    assert_false(zp_json_int(zp_json_get(v, "nope"), &n));
    assert_true(zp_json_double(zp_json_get(v, "b"), &d) && d > 1e308);
    assert_true(zp_json_is(zp_json_get(v, "c"), "x"));
    assert_false(zp_json_is(zp_json_get(v, "c"), "xy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_refusals), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_many_keys), cmocka_unit_test(test_access),
    };
    int failed;

    doc = zp_json_doc_new(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    zp_json_doc_free(doc);
    return failed;
}
