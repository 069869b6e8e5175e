/* Joining, sequences, equality, conversion and matching of values. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "ops/ops.h"

static void test_concat(void **state)
{
    zp_error err = ZP_ERROR_INIT;
    zp_str *x = zp_str_from("x", NULL);
    zp_value two = zp_vec(ZP_DBL, 2, NULL), out;

    (void)state;
    ((double *)two.u.arr->data)[0] = 1;
    ((double *)two.u.arr->data)[1] = 2;
    zp_part parts[] = { { .value = two, .tag = x }, { .value = zp_nil() }, { .value = zp_dbl(3) } };
    assert_true(zp_concat(parts, 3, &out, &err));
    assert_int_equal(zp_len(out), 3);
    assert_string_equal(zp_name_at(zp_names(out, 0), 0)->text, "x1");
    assert_string_equal(zp_name_at(zp_names(out, 0), 1)->text, "x2");
    assert_string_equal(zp_name_at(zp_names(out, 0), 2)->text, "");
    zp_value_unref(out);

    zp_part mixed[] = { { .value = zp_tim(0) }, { .value = zp_dbl(3) } };
    assert_false(zp_concat(mixed, 2, &out, &err));
    assert_string_equal(zp_error_text(&err), "conversion not defined for time to double");
    zp_error_clear(&err);

    zp_part grow[] = { { .value = two }, { .value = zp_dbl(3) } };
    for (int i = 0; i < 1000; i++) {
        grow[0].value = two;
        assert_true(zp_concat_inplace(&two, grow, 2, &err));
    }
    assert_int_equal(zp_len(two), 1002);
    assert_true(zp_dbls(&two)[1001] == 3);
    grow[1].value = zp_value_ref(two); /* c(--x, x) */
    assert_true(zp_concat_inplace(&two, grow, 2, &err));
    assert_int_equal(zp_len(two), 2004);
    zp_value_unref(grow[1].value);
    zp_str_unref(x);
    zp_value_unref(two);
}

static void check_seq(double from, double to, double by, int64_t n, double last)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value out;

    assert_true(zp_seq(zp_dbl(from), zp_dbl(to), zp_dbl(by), zp_nil(), NULL, &out, &err));
    assert_int_equal(zp_len(out), n);
    assert_true(zp_dbls(&out)[n - 1] == last);
    zp_value_unref(out);
}

static void test_seq(void **state)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value out;

    (void)state;
    check_seq(0, 0.3, 0.1, 4, 0.3);
    check_seq(0, 1, 0.1, 11, 1);
    check_seq(10, 1, -3, 4, 1);
    check_seq(1, 1, 1, 1, 1);
    assert_true(zp_colon(zp_dbl(3), zp_dbl(1), &out, &err));
    assert_int_equal(zp_len(out), 3);
    zp_value_unref(out);
    assert_false(zp_seq(zp_dbl(1), zp_dbl(2), zp_dbl(-1), zp_nil(), NULL, &out, &err));
    assert_string_equal(zp_error_text(&err), "wrong sign in 'by' argument");
    zp_error_clear(&err);
    assert_false(zp_colon(zp_lgl(true), zp_dbl(2), &out, &err));
    zp_error_clear(&err);
    assert_false(zp_colon(zp_dbl(1), zp_dbl(1e18), &out, &err));
    zp_error_clear(&err);
    assert_true(zp_seq(zp_tim(0), zp_nil(), zp_nil(), zp_dbl(3), NULL, &out, &err));
    assert_true(zp_i64s(&out)[2] == INT64_C(2000000000));
    zp_value_unref(out);
}

/* A list nested deeper than any C stack. */
static void test_deep_lists(void **state)
{
    zp_value a = zp_nil(), b = zp_nil();

    (void)state;
    for (int i = 0; i < 300000; i++) {
        zp_value la = zp_list_new(1, NULL), lb = zp_list_new(1, NULL);

        zp_list_set(la, 0, a);
        zp_list_set(lb, 0, b);
        a = la;
        b = lb;
    }
    assert_true(zp_value_equal(a, b, 0));
    zp_value_unref(a);
    zp_value_unref(b);
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(zp_value_equal(zp_dbl(NAN), zp_dbl(0.0 / 0.0), 0));
    assert_true(zp_value_equal(zp_dbl(0), zp_dbl(-0.0), 0));
    assert_false(zp_value_equal(zp_dbl(0.1 + 0.2), zp_dbl(0.3), 0));
    assert_true(zp_value_equal(zp_dbl(0.1 + 0.2), zp_dbl(0.3), 1.5e-8));
    assert_false(zp_value_equal(zp_dbl(1), zp_lgl(true), 0));
    assert_false(zp_value_equal(zp_dbl(NAN), zp_dbl(1), 1));
}

static void test_match(void **state)
{
    zp_value x = zp_vec(ZP_DBL, 4, NULL), table = zp_vec(ZP_DBL, 100, NULL);
    int64_t pos[4];

    (void)state;
    for (int i = 0; i < 100; i++)
        ((double *)table.u.arr->data)[i] = i % 50;
    ((double *)table.u.arr->data)[99] = NAN;
    memcpy(x.u.arr->data, (double[]){ 7, -0.0, NAN, 50 }, 32);
    assert_true(zp_match(x, table, pos, NULL));
    assert_int_equal(pos[0], 7);
    assert_int_equal(pos[1], 0);
    assert_int_equal(pos[2], 99);
    assert_int_equal(pos[3], -1);
    zp_value_unref(x);
    zp_value_unref(table);
}

static void test_convert(void **state)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value out;

    (void)state;
    assert_true(zp_convert_take(zp_chr("1e3", NULL), ZP_DBL, &out, &err));
    assert_true(out.u.dbl == 1000);
    assert_false(zp_convert_take(zp_chr("abc", NULL), ZP_DBL, &out, &err));
    assert_string_equal(zp_error_text(&err), "cannot convert \"abc\" to a number");
    zp_error_clear(&err);
    assert_false(zp_convert_take(zp_tim(0), ZP_DBL, &out, &err));
    assert_string_equal(zp_error_text(&err), "conversion not defined for array of time to array of double");
    zp_error_clear(&err);
    assert_false(zp_convert_take(zp_dbl(NAN), ZP_DUR, &out, &err));
    zp_error_clear(&err);
    assert_false(zp_convert_take(zp_dbl(0x1p63), ZP_DUR, &out, &err));
    assert_string_equal(zp_error_text(&err), "duration out of range");
    zp_error_clear(&err);
    assert_true(zp_convert_take(zp_nil(), ZP_TIM, &out, &err));
    assert_int_equal(zp_len(out), 0);
    zp_value_unref(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_concat), cmocka_unit_test(test_seq),   cmocka_unit_test(test_deep_lists),
        cmocka_unit_test(test_equal),  cmocka_unit_test(test_match), cmocka_unit_test(test_convert),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
