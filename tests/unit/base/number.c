#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit.h"

/* All numbers in their common form, separated by blanks. */
static const char *formed(char *text, const double *x, int64_t n, int digits, int scipen)
{
    zp_numform f = zp_numform_of(x, n, digits, scipen, 0);
    zp_buf b = ZP_BUF_INIT;

    for (int64_t i = 0; i < n; i++) {
        if (i)
            zp_buf_putc(&b, '|');
        zp_number_put(&b, x[i], &f, f.width);
    }
    strcpy(text, zp_buf_text(&b));
    zp_buf_fini(&b);
    return text;
}

#define FORMED(digits, scipen, ...)                                                                     \
    formed(text, (double[]){ __VA_ARGS__ }, sizeof((double[]){ __VA_ARGS__ }) / sizeof(double), digits, \
           scipen)

static void notation_is_the_shorter_one(void **state)
{
    char text[4000];

    assert_string_equal(FORMED(7, 0, 100000), "1e+05");
    assert_string_equal(FORMED(7, 5, 100000), "100000");
    assert_string_equal(FORMED(7, 0, 123456), "123456");
    assert_string_equal(FORMED(7, 0, 1e-4), "1e-04");
    assert_string_equal(FORMED(7, 0, 1.0 / 3), "0.3333333");
    assert_string_equal(FORMED(22, 0, 0.1), "0.1000000000000000055511");
    assert_string_equal(FORMED(7, 0, 1, 1e10), "1e+00|1e+10");
    assert_string_equal(FORMED(7, 0, 1.5, 10.25, -3), " 1.50|10.25|-3.00");
    assert_string_equal(FORMED(7, 0, NAN, INFINITY, -INFINITY, 1), " NaN| Inf|-Inf|   1");
    assert_string_equal(FORMED(7, 0, -0.0), "0");
    assert_string_equal(FORMED(7, 0, 1e-300, 1e300), "1e-300|1e+300");
}

static void rounding_may_widen(void **state)
{
    char text[4000];

    assert_string_equal(FORMED(3, 0, 9996), "9996");
    assert_string_equal(FORMED(3, 0, 9999.6, 1), "10000|    1");
    assert_string_equal(FORMED(3, 0, 999.96, 1.5), "1000.0|   1.5");
    assert_string_equal(FORMED(7, 0, 999999.96), "1e+06");
}

static uint64_t next_random(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

/* Random bits, short decimals, whole numbers, powers of two in turn. */
static double random_double(uint64_t *s, int i)
{
    static const double scales[8] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e10 };
    uint64_t bits = next_random(s);
    double x;

    if (i % 3 == 0)
        return (double)(int64_t)(bits >> bits % 60) / scales[bits & 7];
    if (i % 3 == 1)
        bits &= ~((UINT64_C(1) << 52) - 1);
    memcpy(&x, &bits, sizeof x);
    return isfinite(x) ? x : 1;
}

static void writing_agrees_with_printf(void **state)
{
    char got[ZP_NUMBER_MAX], want[ZP_NUMBER_MAX];
    uint64_t s = 88172645463325252u;

    for (int i = 0; i < 60000; i++) {
        double x = random_double(&s, i);
        zp_numform f = { 0, (int)(next_random(&s) % 14), next_random(&s) % 2 ? 2 : 0 };
        size_t len = zp_number_write(got, x, &f);

        got[len] = '\0';
        snprintf(want, sizeof want, f.exponent ? "%.*e" : "%.*f", f.decimals, x == 0 ? 0 : x);
        assert_string_equal(got, want);
    }
}

static void shortest_reads_back(void **state)
{
    char text[ZP_SHORTEST_MAX + 1], shorter[64];
    uint64_t s = 1442695040888963407u;

    for (int i = 0; i < 60000; i++) {
        double x = random_double(&s, i), again = 0;
        size_t len = zp_number_shortest(text, x);

        assert_true(len <= ZP_SHORTEST_MAX);
        text[len] = '\0';
        assert_ptr_equal(zp_number_read(text, text + len, &again), text + len);
        assert_memory_equal(&again, &x, sizeof x);
        assert_true(strtod(text, NULL) == x);
        snprintf(shorter, sizeof shorter, "%.15g", x);
        if (strtod(shorter, NULL) == x)
            assert_true(len <= strlen(shorter));
    }
    assert_int_equal(zp_number_shortest(text, 1e6), 4);
    assert_memory_equal(text, "1e+6", 4);
}

static void reading_agrees_with_strtod(void **state)
{
    uint64_t s = 3141592653589793238u;
    char text[64];

    for (int i = 0; i < 60000; i++) {
        uint64_t w = next_random(&s);
        double got = 0, want;

        if (i % 2)
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)(w >> w % 50),
                     (int)(next_random(&s) % 680) - 345);
        else
            snprintf(text, sizeof text, "%.*e", (int)(w % 25), random_double(&s, i));
        want = strtod(text, NULL);
        assert_non_null(zp_number_read(text, text + strlen(text), &got));
        assert_memory_equal(&got, &want, sizeof got);
    }
}

static bool reads(const char *text, double want)
{
    double x;

    return zp_number_from(text, strlen(text), &x) && (x == want || (isnan(x) && isnan(want)));
}

static void texts_read_as_r_does(void **state)
{
    double x;

    assert_true(reads("  2 ", 2) && reads("0x1p3", 8) && reads("-0x10", -16) && reads("1e", 1) &&
                reads("5.", 5));
    assert_true(reads(".5", .5) && reads("+5", 5) && reads("infinity", INFINITY) && reads("-inf", -INFINITY));
    assert_true(reads("NaN", NAN) && reads("1e400", INFINITY) && reads("1e-400", 0));
    for (const char *const *p = (const char *const[]){ "", " ", "e5", "1d5", "0x", "1 2", "--1", "1_0",
                                                       "TRUE", "NA", "1L", ".", "infinit", NULL };
         *p; p++)
        assert_false(zp_number_from(*p, strlen(*p), &x));
    assert_null(zp_number_read(" 1", &" 1"[2], &x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notation_is_the_shorter_one), cmocka_unit_test(rounding_may_widen),
        cmocka_unit_test(writing_agrees_with_printf),  cmocka_unit_test(shortest_reads_back),
        cmocka_unit_test(reading_agrees_with_strtod),  cmocka_unit_test(texts_read_as_r_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
