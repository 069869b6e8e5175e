/* Binding below the language: growth at the end of rows, and what stays when it fails. */
#include "unit.h"

#include "ops/ops.h"

static zp_value row(double a, double b)
{
    zp_value v = zp_vec(ZP_DBL, 2, NULL);

    ((double *)v.u.arr->data)[0] = a;
    ((double *)v.u.arr->data)[1] = b;
    return v;
}

static void test_append(void **state)
{
    zp_value m = zp_arr(ZP_DBL, 2, (int64_t[]){ 0, 2 }, NULL);
    zp_error err = ZP_ERROR_INIT;
    int moves = 0;

    for (int i = 0; i < 5000; i++) {
        zp_value r = row(i, -i);
        const void *before = m.u.arr->data;

        assert_true(zp_bind_inplace(0, true, &m, (zp_part[]){ { .value = m }, { .value = r } }, 2, &err));
        moves += m.u.arr->data != before;
        zp_value_unref(r);
    }
    assert_int_equal(zp_dim(m, 0), 5000);
    assert_true(moves < 60); /* geometric growth */
    for (int i = 0; i < 5000; i++)
        assert_true(((const double *)zp_column(&m, 0))[i] == i &&
                    ((const double *)zp_column(&m, 1))[i] == -i);
    zp_value_unref(m);
}

static zp_value series(int64_t from, int64_t rows)
{
    zp_value idx = zp_vec(ZP_TIM, rows, NULL), data = zp_arr(ZP_DBL, 2, (int64_t[]){ rows, 1 }, NULL);

    for (int64_t i = 0; i < rows; i++) {
        ((int64_t *)idx.u.arr->data)[i] = from + i;
        ((double *)data.u.arr->data)[i] = (double)(from + i);
    }
    return zp_zts_take(idx, data, NULL);
}

static void test_series(void **state)
{
    zp_value z = series(0, 0), held, more = series(3, 1);
    zp_error err = ZP_ERROR_INIT;

    for (int i = 0; i < 100; i++) {
        zp_value r = series(2 * i, 1);

        assert_true(zp_bind_inplace(0, true, &z, (zp_part[]){ { .value = z }, { .value = r } }, 2, &err));
        zp_value_unref(r);
    }
    assert_int_equal(zp_dim(z, 0), 100);
    assert_false(zp_bind_inplace(0, true, &z, (zp_part[]){ { .value = z }, { .value = more } }, 2, &err));
    assert_string_equal(zp_error_text(&err), "non-ascending index for rbind");
    zp_error_clear(&err);
    assert_int_equal(zp_dim(z, 0), 100);

    /* who holds the series sees no new rows */
    held = zp_value_ref(z);
    zp_value_unref(more);
    more = series(1000, 2);
    assert_true(zp_bind_inplace(0, true, &z, (zp_part[]){ { .value = z }, { .value = more } }, 2, &err));
    assert_int_equal(zp_dim(held, 0), 100);
    assert_int_equal(zp_len(zp_zts_idx(held)), 100);
    assert_int_equal(zp_dim(z, 0), 102);
    zp_value_unref(held);
    zp_value_unref(more);
    zp_value_unref(z);
}

static void test_shapes(void **state)
{
    zp_value a = row(1, 2), m = zp_arr(ZP_DBL, 2, (int64_t[]){ 3, 3 }, NULL), out;
    zp_error err = ZP_ERROR_INIT;

    assert_true(zp_bind(3, false, (zp_part[]){ { .value = a }, { .value = a } }, 2, &out, &err));
    assert_int_equal(zp_ndim(out), 4);
    assert_int_equal(zp_dim(out, 3), 2);
    zp_value_unref(out);
    assert_false(zp_bind(0, true, (zp_part[]){ { .value = a }, { .value = m } }, 2, &out, &err));
    assert_string_equal(zp_error_text(&err), "incorrect dimensions for abind");
    zp_error_clear(&err);
    assert_true(zp_bind(0, true, (zp_part[]){ { .value = zp_nil() } }, 1, &out, &err));
    assert_int_equal(out.type, ZP_NIL);
    zp_value_unref(a);
    zp_value_unref(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_series),
        cmocka_unit_test(test_shapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
