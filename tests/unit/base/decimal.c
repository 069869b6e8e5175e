/* Exact decimal arithmetic. */
#include "../unit.h"

#include <string.h>

#include "base/decimal.h"

static zp_dec read(const char *text)
{
    zp_dec d;

    assert_int_equal(zp_dec_read(text, strlen(text), &d), ZP_DEC_OK);
    return d;
}

static void check(const zp_dec *d, const char *want)
{
    char text[ZP_DEC_TEXT + 1];

    text[zp_dec_write(d, text)] = '\0';
    assert_string_equal(text, want);
}

static void test_read(void **state)
{
    static const char *const pairs[][2] = {
        { "0", "0" },
        { "-0.00", "0" },
        { "007.50", "7.5" },
        { "1e3", "1000" },
        { "1.25e1", "12.5" },
        { "-1e-3", "-0.001" },
        { "123e-5", "0.00123" },
        { ".5", "0.5" },
        { "5.", "5" },
        { "+4", "4" },
        { "0.000e99", "0" },
        { "100", "100" },
        { "1000.010", "1000.01" },
    };
    zp_dec d;

    for (size_t i = 0; i < ZP_COUNTOF(pairs); i++) {
        d = read(pairs[i][0]);
        check(&d, pairs[i][1]);
    }
    for (size_t i = 0; i < 9; i++) {
        static const char *const bad[] = { "", "-", ".", "1e", "1e+", "0x1", " 1", "1 ", "nan" };

        assert_int_equal(zp_dec_read(bad[i], strlen(bad[i]), &d), ZP_DEC_NO);
    }
    assert_int_equal(zp_dec_read("-1e999999999999", 15, &d), ZP_DEC_HUGE);
    assert_true(d.minus);
    d = read("1e-999999999");
    assert_int_equal(d.scale, ZP_DEC_DIGITS);
}

static void test_arithmetic(void **state)
{
    zp_dec a = read("19.99"), b = read("5"), c;

    assert_true(zp_dec_mul(&a, &b, &c));
    check(&c, "99.95");
    assert_true(zp_dec_sub(&b, &a, &c));
    check(&c, "-14.99");
    assert_true(zp_dec_add(&a, &b, &c));
    check(&c, "24.99");
    a = read("-7.5");
    b = read("2");
    assert_true(zp_dec_mod(&a, &b, &c));
    check(&c, "-1.5");
    a = read("0.001");
    assert_true(zp_dec_mul(&a, &a, &c));
    check(&c, "0.000001");
    a = read("1e300");
    assert_false(zp_dec_mul(&a, &a, &c));
}

static void test_floor_and_order(void **state)
{
    zp_dec a = read("3.999"), b = read("-3.001"), c = read("12345678901234567890.5");
    int64_t v;

    assert_true(zp_dec_floor(&a, 0) && zp_dec_floor(&b, 0));
    check(&a, "3");
    check(&b, "-4");
    assert_false(zp_dec_to_int(&c, &v));
    assert_true(zp_dec_cmp(&a, &b) > 0);
    assert_true(zp_dec_cmp(&a, &c) < 0);
    a = read("-0.5");
    assert_true(zp_dec_floor(&a, 0));
    check(&a, "-1");
    a = read("-9223372036854775808");
    assert_true(zp_dec_to_int(&a, &v) && v == INT64_MIN);
    a = read("9223372036854775808");
    assert_false(zp_dec_to_int(&a, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_floor_and_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
