/* Operators on values: shapes, names, reuse of temporaries, in place, errors. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "ops/ops.h"
#include "time/time.h"

static zp_value vec(int64_t n, const double *x)
{
    zp_value v = zp_vec(ZP_DBL, n, NULL);

    memcpy(v.u.arr->data, x, (size_t)n * sizeof *x);
    return v;
}

static zp_value named(zp_value v, const char *first)
{
    zp_value names = zp_vec(ZP_STR, zp_len(v), NULL);

    zp_str_put(names, 0, zp_str_from(first, NULL));
    assert_true(zp_set_names(&v, 0, zp_as_names(names), NULL));
    zp_value_unref(names);
    return v;
}

#define VEC(...) vec(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double), (double[]){ __VA_ARGS__ })

static void fails(zp_op op, zp_value a, zp_value b, const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value out;

    assert_false(zp_binary_take(op, a, b, NULL, &out, &err));
    assert_string_equal(zp_error_text(&err), text);
    zp_error_clear(&err);
}

static zp_value works(zp_op op, zp_value a, zp_value b)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value out;

    if (!zp_binary_take(op, a, b, NULL, &out, &err))
        fail_msg("%s", zp_error_text(&err));
    return out;
}

static void test_scalars(void **state)
{
    zp_value v = works(ZP_OP_ADD, zp_dbl(1), zp_dbl(2));

    (void)state;
    assert_false(v.boxed);
    assert_true(v.u.dbl == 3);
    v = works(ZP_OP_LT, zp_dbl(1), zp_dbl(2));
    assert_int_equal(v.type, ZP_LGL);
    assert_true(v.u.lgl);
    v = works(ZP_OP_EQ, zp_dbl(1), zp_lgl(true));
    assert_false(v.u.lgl);
    v = works(ZP_OP_NE, zp_nil(), zp_lgl(true));
    assert_true(v.u.lgl);
}

static void test_reuse(void **state)
{
    zp_value a = VEC(1, 2, 3), kept = VEC(4, 5, 6), sum;
    void *data = a.u.arr->data;

    (void)state;
    sum = works(ZP_OP_ADD, a, zp_value_ref(kept)); /* a is a temporary: it becomes the result */
    assert_ptr_equal(sum.u.arr->data, data);
    assert_true(zp_dbls(&sum)[2] == 9);
    assert_true(zp_dbls(&kept)[2] == 6);
    a = works(ZP_OP_SUB, zp_value_ref(kept), sum);
    assert_ptr_equal(a.u.arr->data, data);
    assert_true(zp_dbls(&a)[0] == -1);
    a.u.arr->head.flags = ZP_LOCKED;
    sum = works(ZP_OP_MUL, a, zp_dbl(2)); /* a locked one does not */
    assert_true(sum.u.arr->head.flags == 0);
    zp_value_unref(sum);
    zp_value_unref(kept);
}

static void test_names(void **state)
{
    zp_value v = works(ZP_OP_ADD, named(VEC(1, 2), "a"), VEC(3, 4));

    (void)state;
    assert_string_equal(zp_name_at(zp_names(v, 0), 0)->text, "a");
    v = works(ZP_OP_ADD, v, named(VEC(1, 2), "b"));
    assert_string_equal(zp_name_at(zp_names(v, 0), 0)->text, "a");
    v = works(ZP_OP_MUL, zp_dbl(2), v);
    assert_string_equal(zp_name_at(zp_names(v, 0), 0)->text, "a");
    zp_value_unref(v);
    v = works(ZP_OP_ADD, named(VEC(1), "a"), VEC(1, 2, 3));
    assert_null(zp_names(v, 0));
    zp_value_unref(v);
    v = works(ZP_OP_ADD, VEC(1, 2), named(VEC(1, 2), "b"));
    assert_string_equal(zp_name_at(zp_names(v, 0), 0)->text, "b");
    zp_value_unref(v);
}

static void test_shapes(void **state)
{
    zp_value m = zp_arr(ZP_DBL, 2, (int64_t[]){ 1, 1 }, NULL);

    (void)state;
    ((double *)m.u.arr->data)[0] = 5;
    m = works(ZP_OP_ADD, zp_dbl(1), m);
    assert_int_equal(zp_ndim(m), 2);
    assert_true(zp_dbls(&m)[0] == 6);
    m = works(ZP_OP_ADD, m, VEC(1, 2, 3));
    assert_int_equal(zp_ndim(m), 1);
    zp_value_unref(m);
    fails(ZP_OP_ADD, VEC(1, 2), VEC(1, 2, 3), "incompatible array sizes");
    m = works(ZP_OP_ADD, zp_vec(ZP_DBL, 0, NULL), zp_dbl(1));
    assert_int_equal(zp_len(m), 0);
    zp_value_unref(m);
}

static void test_types(void **state)
{
    (void)state;
    fails(ZP_OP_ADD, zp_dbl(1), zp_lgl(true), "invalid type for binary operator (double + logical)");
    fails(ZP_OP_ADD, zp_tim(0), zp_dbl(1), "invalid type for binary operator (datetime + double)");
    fails(ZP_OP_EQ, zp_nil(), zp_nil(), "invalid type for binary operator (NULL == NULL)");
    fails(ZP_OP_AND, zp_dbl(NAN), zp_dbl(1), "NaN has no truth value: use is.nan()");
    fails(ZP_OP_ADD, zp_tim(INT64_MAX), zp_dur(1), "time out of range");
    fails(ZP_OP_SUB, zp_dur(INT64_MIN), zp_dur(1), "duration out of range");
    fails(ZP_OP_MUL, zp_dur(5), zp_dbl(NAN), "duration multiply by NaN");
    fails(ZP_OP_MUL, zp_dbl(INFINITY), zp_dur(5), "duration multiply by Inf");
    fails(ZP_OP_DIV, zp_dur(5), zp_dbl(0), "duration divide by 0");
    fails(ZP_OP_DIV, zp_dur(5), zp_dbl(NAN), "duration divide by NaN");
    fails(ZP_OP_DIV, zp_dur(5), zp_dbl(INFINITY), "duration divide by Inf");
    fails(ZP_OP_MUL, zp_dur(INT64_MAX), zp_dbl(2), "duration out of range");
}

static void check_scaled(int64_t ns, double factor, int64_t expected)
{
    assert_true(works(ZP_OP_MUL, zp_dur(ns), zp_dbl(factor)).u.i64 == expected);
}

/* Factors are exact where a double could not hold the product. */
static void test_durations(void **state)
{
    (void)state;
    check_scaled(INT64_C(9007199254740993), 1, INT64_C(9007199254740993));
    check_scaled(INT64_C(9007199254740993), 3, INT64_C(27021597764222979));
    check_scaled(INT64_C(9007199254740995), 0.5, INT64_C(4503599627370497));
    check_scaled(INT64_MAX, -1, -INT64_MAX);
    check_scaled(INT64_C(10000000000), 0.7, INT64_C(7000000000));
    check_scaled(-7, 0.5, -3);
    assert_true(works(ZP_OP_DIV, zp_dur(INT64_C(9007199254740993)), zp_dbl(3)).u.i64 ==
                INT64_C(3002399751580331));
    assert_true(works(ZP_OP_DIV, zp_dur(-7), zp_dbl(2)).u.i64 == -3);
}

static void test_in_place(void **state)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value a = VEC(1, 2, 3), other = zp_value_ref(a), t = zp_tim(INT64_MAX - 1), d;
    bool done;

    (void)state;
    assert_true(zp_binary_inplace(ZP_OP_ADD, &a, zp_dbl(1), NULL, &done, &err));
    assert_true(done && zp_dbls(&a)[0] == 2);
    assert_true(zp_dbls(&other)[0] == 1);
    assert_true(zp_binary_inplace(ZP_OP_LT, &a, zp_dbl(1), NULL, &done, &err));
    assert_false(done);
    assert_true(zp_unary_inplace(ZP_OP_NEG, &a, &done, &err));
    assert_true(done && zp_dbls(&a)[0] == -2);

    /* a failure changes nothing */
    d = zp_vec(ZP_DUR, 2, NULL);
    ((int64_t *)d.u.arr->data)[0] = 1;
    ((int64_t *)d.u.arr->data)[1] = INT64_MAX;
    assert_false(zp_binary_inplace(ZP_OP_ADD, &d, zp_dur(1), NULL, &done, &err));
    assert_int_equal(zp_i64s(&d)[0], 1);
    zp_error_clear(&err);

    /* locked: through its single owner only */
    other.u.arr->head.flags = ZP_LOCKED;
    assert_true(zp_binary_inplace(ZP_OP_ADD, &other, zp_dbl(1), NULL, &done, &err));
    assert_true(zp_dbls(&other)[0] == 2);
    zp_value second = zp_value_ref(other);
    assert_false(zp_binary_inplace(ZP_OP_ADD, &other, zp_dbl(1), NULL, &done, &err));
    assert_non_null(strstr(zp_error_text(&err), "cannot copy locked object"));
    zp_error_clear(&err);
    zp_value_unref(second);

    assert_true(zp_binary_inplace(ZP_OP_ADD, &t, zp_dur(1), NULL, &done, &err));
    assert_true(t.u.i64 == INT64_MAX);
    zp_value_unref(a);
    zp_value_unref(other);
    zp_value_unref(d);
}

static void test_strided(void **state)
{
    zp_value m = zp_arr(ZP_DBL, 2, (int64_t[]){ 1, 2 }, NULL), sum;

    (void)state;
    ((double *)m.u.arr->data)[0] = 1;
    ((double *)m.u.arr->data)[1] = 2;
    assert_true(zp_value_grow_rows(&m, 2, NULL));
    ((double *)m.u.arr->data)[1] = 3;
    ((double *)m.u.arr->data)[m.u.arr->stride + 1] = 4;
    sum = works(ZP_OP_ADD, zp_value_ref(m), m);
    assert_true(zp_is_dense(sum));
    assert_true(zp_dbls(&sum)[0] == 2 && zp_dbls(&sum)[1] == 6 && zp_dbls(&sum)[2] == 4 &&
                zp_dbls(&sum)[3] == 8);
    zp_value_unref(sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),  cmocka_unit_test(test_reuse),   cmocka_unit_test(test_names),
        cmocka_unit_test(test_shapes),   cmocka_unit_test(test_types),   cmocka_unit_test(test_durations),
        cmocka_unit_test(test_in_place), cmocka_unit_test(test_strided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
