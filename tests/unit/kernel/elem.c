/* Element-wise loops: every instruction set, shape and length gives what one plain operation gives. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"

enum { MOST = 300000 };

static double plain(int op, double x, double y)
{
    switch (op) {
    case ZP_K_ADD: return x + y;
    case ZP_K_SUB: return x - y;
    case ZP_K_MUL: return x * y;
    default: return x / y;
    }
}

static int plain_compare(int op, double x, double y)
{
    switch (op) {
    case ZP_K_EQ: return x == y;
    case ZP_K_NE: return x != y;
    case ZP_K_LT: return x < y;
    case ZP_K_LE: return x <= y;
    case ZP_K_GT: return x > y;
    default: return x >= y;
    }
}

static double sample(int64_t i)
{
    static const double odd[] = { 0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 0.1, 1e300, -3.5 };

    return i % 3 == 0 ? odd[(size_t)(i / 3) % 10] : (double)(i % 1000) / 7 - 50;
}

static void same(double a, double b)
{
    assert_true(isnan(a) ? isnan(b) : memcmp(&a, &b, sizeof a) == 0);
}

static void check_length(double *a, double *b, double *out, int8_t *lgl, int64_t n)
{
    const zp_kernels *k = zp_kernels_get();

    for (int shape = ZP_VV; shape <= ZP_SV; shape++) {
        for (int op = ZP_K_ADD; op <= ZP_K_DIV; op++) {
            assert_true(zp_map2(k->arith_dbl, op, (zp_shape)shape, out, 8, a, b, 8, n));
            for (int64_t i = 0; i < n; i++)
                same(out[i], plain(op, a[shape == ZP_SV ? 0 : i], b[shape == ZP_VS ? 0 : i]));
        }
        for (int op = ZP_K_EQ; op <= ZP_K_GE; op++) {
            assert_true(zp_map2(k->compare_dbl, op, (zp_shape)shape, lgl, 1, a, b, 8, n));
            for (int64_t i = 0; i < n; i++)
                assert_int_equal(lgl[i],
                                 plain_compare(op, a[shape == ZP_SV ? 0 : i], b[shape == ZP_VS ? 0 : i]));
        }
    }
}

static void test_lengths(void **state)
{
    double *a = aligned_alloc(64, (MOST * 8 + 63) / 64 * 64),
           *b = aligned_alloc(64, (MOST * 8 + 63) / 64 * 64),
           *out = aligned_alloc(64, (MOST * 8 + 63) / 64 * 64);
    int8_t *lgl = aligned_alloc(64, (MOST + 63) / 64 * 64);
    static const int64_t lengths[] = { 0,  1,  2,  3,  7,  8,   9,   15,  16,   17,
                                       31, 33, 63, 64, 65, 100, 511, 513, 2049, MOST - 27 };

    (void)state;
    for (int64_t i = 0; i < MOST; i++) {
        a[i] = sample(i);
        b[i] = sample(i * 7 + 3);
    }
    for (size_t i = 0; i < ZP_COUNTOF(lengths); i++)
        check_length(a, b, out, lgl, lengths[i]);
    free(a);
    free(b);
    free(out);
    free(lgl);
}

static void test_in_place(void **state)
{
    double a[100], b[100];

    (void)state;
    for (int i = 0; i < 100; i++) {
        a[i] = i;
        b[i] = 2 * i;
    }
    assert_true(zp_map2(zp_kernels_get()->arith_dbl, ZP_K_ADD, ZP_VV, a, 8, a, b, 8, 100));
    assert_true(zp_map2(zp_kernels_get()->arith_dbl, ZP_K_SUB, ZP_VV, b, 8, a, b, 8, 100));
    for (int i = 0; i < 100; i++) {
        assert_true(a[i] == 3 * i);
        assert_true(b[i] == i);
    }
}

static void test_overflow(void **state)
{
    int64_t a[9] = { 1, 2, 3, INT64_MAX, 5, 6, INT64_MIN, 8, 9 }, one = 1, minus = -1, out[9];
    zp_loop2 f = zp_kernels_get()->addsub_i64;

    (void)state;
    assert_true(f(ZP_K_ADD, ZP_VS, out, a, &one, 3));
    assert_false(f(ZP_K_ADD, ZP_VS, out, a, &one, 4));
    assert_false(f(ZP_K_ADD, ZP_SV, out, &one, a, 9));
    assert_true(f(ZP_K_ADD, ZP_VS, out, a, &minus, 6));
    assert_false(f(ZP_K_ADD, ZP_VS, out, a, &minus, 7));
    assert_false(f(ZP_K_SUB, ZP_SV, out, &one, a, 9));
    assert_int_equal(out[0], 0);
}

static void test_logic(void **state)
{
    double a[4] = { 0, 1, -2, 0 }, b[4] = { 0, 0, 3, NAN };
    int8_t out[4];
    zp_loop2 f = zp_kernels_get()->logic_dbl;

    (void)state;
    assert_true(f(ZP_K_AND, ZP_VV, out, a, b, 3));
    assert_memory_equal(out, "\0\0\1", 3);
    assert_true(f(ZP_K_OR, ZP_VV, out, a, b, 3));
    assert_memory_equal(out, "\0\1\1", 3);
    assert_false(f(ZP_K_AND, ZP_VV, out, a, b, 4));
    assert_true(f(ZP_K_AND, ZP_SV, out, b + 3, a, 0));
}

static void test_remainders(void **state)
{
    double three = 3, out[4], x[4] = { -5, 5, -5.5, 1e10 };

    (void)state;
    assert_true(zp_libm_dbl(ZP_K_MOD, ZP_VS, out, x, &three, 4));
    same(out[0], 1);
    same(out[1], 2);
    same(out[2], 0.5);
    same(out[3], 1);
    same(zp_mod(5, -3), -1);
    same(zp_mod(5, 0), NAN);
    same(zp_mod(-1, INFINITY), INFINITY);
    same(zp_mod(1, -INFINITY), -INFINITY);
    same(zp_idiv(-5, 3), -2);
    same(zp_idiv(5, 0), INFINITY);
    same(zp_pow(1, NAN), NAN);
    same(zp_pow(NAN, 0), 1);
    same(zp_pow(-8, 2), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths), cmocka_unit_test(test_in_place),   cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_logic),   cmocka_unit_test(test_remainders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
