/* Reading and replacing by index, below the language: selections, strided arrays, masks of every size. */
#include "unit.h"

#include "kernel/select.h"
#include "ops/ops.h"

static zp_value numbers(int64_t n, const double *x)
{
    zp_value v = zp_vec(ZP_DBL, n, NULL);

    for (int64_t i = 0; i < n; i++)
        ((double *)v.u.arr->data)[i] = x[i];
    return v;
}
#define NUM(...) numbers(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double), (double[]){ __VA_ARGS__ })

static zp_value sequence(int32_t ndim, const int64_t *dim)
{
    zp_value v = zp_arr(ZP_DBL, ndim, dim, NULL);

    for (int64_t i = 0; i < zp_len(v); i++)
        ((double *)v.u.arr->data)[i] = (double)i + 1;
    return v;
}

static const zp_value all = { .type = ZP_MISSING };

/* x[index] holds exactly these numbers; takes the index. */
static void expect(zp_value x, zp_value index, zp_value want)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value got;

    assert_true(zp_subset(x, &index, 1, true, &got, &err));
    assert_int_equal(zp_len(got), zp_len(want));
    for (int64_t i = 0; i < zp_len(got); i++)
        assert_true(zp_dbls(&got)[i] == zp_dbls(&want)[i]);
    zp_value_unref(got);
    zp_value_unref(index);
    zp_value_unref(want);
}

static void expect_error(zp_value x, zp_value index, const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value got;

    assert_false(zp_subset(x, &index, 1, true, &got, &err));
    assert_string_equal(zp_error_text(&err), text);
    zp_error_clear(&err);
    zp_value_unref(index);
}

static void test_vector(void **state)
{
    zp_value x = NUM(10, 20, 30, 40, 50);

    expect(x, zp_dbl(2.9), zp_dbl(20));
    expect(x, NUM(4, 3, 2), NUM(40, 30, 20));
    expect(x, NUM(2, 3, 4), NUM(20, 30, 40));
    expect(x, NUM(-1, -2), NUM(30, 40, 50));
    expect(x, NUM(-5, -5), NUM(10, 20, 30, 40));
    expect(x, NUM(-2, -4), NUM(10, 30, 50));
    expect(x, zp_vec(ZP_DBL, 0, NULL), zp_vec(ZP_DBL, 0, NULL));
    expect_error(x, zp_dbl(0), "subscript out of bounds");
    expect_error(x, zp_dbl(6), "subscript out of bounds");
    expect_error(x, zp_dbl(0.0 / 0.0), "subscript out of bounds");
    expect_error(x, zp_dbl(-6), "subscript out of bounds");
    expect_error(x, zp_dbl(1e300), "subscript out of bounds");
    expect_error(x, NUM(1, -1), "mixed positive and negative subscripts");
    expect_error(x, NUM(-1, 1), "mixed positive and negative subscripts");
    expect_error(x, NUM(-1, 0), "subscript out of bounds");
    expect_error(x, zp_lgl(true), "boolean index not equal to array extent");
    expect_error(x, zp_nil(), "incorrect index type");
    zp_value_unref(x);
}

/* A matrix whose columns lie further apart than they are long gives the same as a dense one. */
static void test_strided(void **state)
{
    const int64_t dim[] = { 3, 4 };
    zp_value m = sequence(2, dim), row[] = { zp_dbl(2), all }, v = NUM(-4, -1), got;
    zp_error err = ZP_ERROR_INIT;

    assert_true(zp_value_grow_rows(&m, 20, &err));
    assert_true(zp_value_grow_rows(&m, 3, &err));
    assert_false(zp_is_dense(m));
    assert_true(zp_subset(m, row, 2, true, &got, &err));
    for (int j = 0; j < 4; j++)
        assert_true(zp_dbls(&got)[j] == 2 + 3 * j);
    zp_value_unref(got);
    expect(m, NUM(12, 1, 5), NUM(12, 1, 5));
    row[1] = NUM(4, 1);
    assert_true(zp_subassign(&m, row, 2, v, &err));
    expect(m, NUM(11, 2, 3), NUM(-4, -1, 3));
    zp_value_unref(row[1]);
    zp_value_unref(v);
    zp_value_unref(m);
}

/* Every way to pack a mask gives what a plain loop gives. */
static void test_masks(void **state)
{
    static const int64_t sizes[] = { 0, 1, 7, 63, 64, 65, 1000, 5000, 300000, 3000001 };
    uint32_t seed = 1;

    for (size_t s = 0; s < ZP_COUNTOF(sizes); s++) {
        const int64_t n = sizes[s];
        zp_value x = zp_vec(ZP_DBL, n, NULL), mask = zp_vec(ZP_LGL, n, NULL), got;
        zp_error err = ZP_ERROR_INIT;
        int64_t k = 0;

        for (int64_t i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            ((double *)x.u.arr->data)[i] = (double)seed;
            ((int8_t *)mask.u.arr->data)[i] = (seed >> 16) % 3 == 0;
        }
        assert_true(zp_subset(x, &mask, 1, true, &got, &err));
        for (int64_t i = 0; i < n; i++)
            if (zp_lgls(&mask)[i])
                assert_true(zp_dbls(&got)[k++] == zp_dbls(&x)[i]);
        assert_int_equal(k, zp_len(got));
        assert_true(zp_subassign(&x, &mask, 1, zp_dbl(-1), &err));
        for (int64_t i = 0; i < n; i++)
            assert_true((zp_dbls(&x)[i] == -1) == (zp_lgls(&mask)[i] == 1));
        zp_value_unref(got);
        zp_value_unref(mask);
        zp_value_unref(x);
    }
}

/* A replacement that fails leaves everything as it was. */
static void test_all_or_nothing(void **state)
{
    zp_value x = NUM(1, 2, 3), y = zp_value_ref(x), index = NUM(1, 4), v = NUM(8, 9);
    zp_error err = ZP_ERROR_INIT;

    assert_false(zp_subassign(&x, &index, 1, v, &err));
    zp_error_clear(&err);
    assert_true(x.u.obj == y.u.obj && zp_dbls(&x)[0] == 1);
    zp_value_unref(index);
    index = NUM(1, 2);
    assert_true(zp_subassign(&x, &index, 1, v, &err));
    assert_true(zp_dbls(&x)[0] == 8 && zp_dbls(&y)[0] == 1);
    assert_false(zp_subassign(&x, &index, 1, zp_nil(), &err));
    assert_string_equal(zp_error_text(&err), "conversion not defined for unknown to double");
    zp_error_clear(&err);
    zp_value_unref(index);
    zp_value_unref(v);
    zp_value_unref(x);
    zp_value_unref(y);
}

static void test_rows(void **state)
{
    const int64_t dim[] = { 3, 2 }, pos[] = { 2, 0 };
    zp_value m = sequence(2, dim), got;
    zp_error err = ZP_ERROR_INIT;

    assert_true(zp_take_rows(m, pos, 2, &got, &err));
    assert_int_equal(zp_dim(got, 0), 2);
    assert_true(((const double *)got.u.arr->data)[0] == 3 && ((const double *)got.u.arr->data)[1] == 1 &&
                ((const double *)got.u.arr->data)[2] == 6 && ((const double *)got.u.arr->data)[3] == 4);
    zp_value_unref(got);
    assert_true(zp_take_range(m, 1, 2, &got, &err));
    assert_true(((const double *)got.u.arr->data)[0] == 2 && ((const double *)got.u.arr->data)[3] == 6);
    zp_value_unref(got);
    zp_value_unref(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector), cmocka_unit_test(test_strided),        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_all_or_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
