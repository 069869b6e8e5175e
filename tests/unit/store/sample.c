/* Objects of format 1 that were written once and are opened for ever: tests/store/sample-v1 is never written again. */
#include "kit.h"

static int copy_samples(void **state)
{
    const char *from = getenv("ZP_SAMPLES");
    char command[700];

    if (kit_setup(state) < 0 || !from)
        return -1;
    snprintf(command, sizeof(command), "cp -r '%.400s/sample-v1/.' '%s' && chmod -R u+w '%s'", from, base,
             base);
    return system(command);
}

static zp_str *text(zp_value v, int64_t i, int64_t j)
{
    assert_true(zp_value_read_span(v, (zp_span){ i, i + 1, j, j + 1 }, NULL));
    return ((zp_str *const *)zp_column(&v, j))[i];
}

static void check_series(zp_value z)
{
    const zp_value idx = zp_zts_idx(z);

    assert_int_equal(zp_dim(z, 0), 8399); /* the first two rows were cut off, one was appended */
    assert_int_equal(zp_dim(z, 1), 2);
    assert_true(cell(z, 0, 0) == 3 / 8.0 && cell(z, 8397, 1) == 2100 && cell(z, 8398, 1) == 2);
    assert_true(zp_i64s(&idx)[0] == INT64_C(1609459202000000000));
    assert_true(zp_i64s(&idx)[8398] == INT64_C(1612137600000000000));
    assert_string_equal(zp_name_at(zp_names(z, 1), 1)->text, "qty");
    assert_true(zp_value_ordered(idx));
    assert_int_equal(zp_store_get_options(zp_store_of(z))->retain_ns, INT64_C(7776000000000000));
}

static void check_text(zp_value a)
{
    assert_int_equal(zp_ndim(a), 3);
    assert_string_equal(text(a, 0, 0)->text, "1");
    assert_string_equal(text(a, 0, 7)->text, "a longer text, changed in place: äöü");
    assert_string_equal(text(a, 1, 11)->text, "24");
    assert_string_equal(zp_name_at(zp_names(a, 0), 1)->text, "r2");
    assert_null(zp_names(a, 1));
    assert_string_equal(zp_name_at(zp_names(a, 2), 1)->text, "b");
}

static void check_intervals(zp_value v)
{
    const zp_interval *x = v.u.arr->data;

    assert_int_equal(x[1].start, INT64_C(1609459200000000000));
    assert_int_equal(x[1].end, INT64_C(1609545600000000000));
    assert_int_equal(x[1].sopen, 0);
    assert_int_equal(x[1].eopen, 1);
}

static void check_periods(zp_value v)
{
    const zp_period *x = v.u.arr->data;

    assert_int_equal(x[0].months, 1);
    assert_int_equal(x[0].days, 2);
}

static void check_logicals(zp_value m)
{
    assert_int_equal(zp_dim(m, 1), 3);
    assert_int_equal(((const int8_t *)zp_column(&m, 1))[0], 1);
    assert_int_equal(((const int8_t *)zp_column(&m, 2))[0], 0);
    assert_string_equal(zp_name_at(zp_names(m, 1), 2)->text, "x");
}

static void check_times(zp_value v)
{
    assert_int_equal(zp_len(v), 2);
    assert_true(zp_i64s(&v)[1] == INT64_C(1577836800000000000));
    assert_false(zp_value_ordered(v));
}

static void check_durations(zp_value v)
{
    assert_true(zp_i64s(&v)[1] == INT64_C(-2000000000));
    assert_string_equal(zp_name_at(zp_names(v, 0), 0)->text, "a");
}

static const struct {
    const char *name;
    zp_type type;
    void (*check)(zp_value v);
} samples[] = { { "series", ZP_ZTS, check_series },       { "text", ZP_STR, check_text },
                { "intervals", ZP_IVL, check_intervals }, { "periods", ZP_PER, check_periods },
                { "logicals", ZP_LGL, check_logicals },   { "times", ZP_TIM, check_times },
                { "durations", ZP_DUR, check_durations } };

static void open_all(bool writable)
{
    for (size_t i = 0; i < ZP_COUNTOF(samples); i++) {
        zp_value v = open_it(samples[i].name, writable);

        assert_int_equal(v.type, samples[i].type);
        samples[i].check(v);
        zp_value_unref(v);
    }
}

static void test_samples(void **state)
{
    (void)state;
    open_all(false);
    open_all(true);
    open_all(true);
}

/* They are not only read: they grow. */
static void test_growth(void **state)
{
    zp_value z = open_it("series", true);

    (void)state;
    assert_true(append_series(&z, 3, 1612137601, NULL));
    assert_int_equal(zp_dim(z, 0), 8402);
    zp_value_unref(z);
    z = open_it("series", false);
    assert_int_equal(zp_dim(z, 0), 8402);
    zp_value_unref(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_samples), cmocka_unit_test(test_growth) };

    return cmocka_run_group_tests(tests, copy_samples, kit_teardown);
}
