/* Objects in files: what is written is there again, values follow or stay, failures change nothing. */
#include "kit.h"

/* ---------------------------------------------------------------- every type, every shape */

static void fill(zp_value v)
{
    const int64_t n = zp_len(v);

    for (int64_t i = 0; i < n; i++)
        switch (v.type) {
        case ZP_DBL: ((double *)v.u.arr->data)[i] = i % 3 ? (double)i / 3 : -0.0; break;
        case ZP_LGL: ((int8_t *)v.u.arr->data)[i] = i % 2; break;
        case ZP_TIM:
        case ZP_DUR: ((int64_t *)v.u.arr->data)[i] = i * i - 7; break;
        case ZP_IVL:
            ((zp_interval *)v.u.arr->data)[i] = (zp_interval){ i, 3 * i, i % 2, (uint32_t)(i + 1) % 2 };
            break;
        case ZP_PER: ((zp_period *)v.u.arr->data)[i] = (zp_period){ (int32_t)i, -(int32_t)i, i << 40 }; break;
        default: {
            char text[3000];

            memset(text, 'a' + (int)(i % 26), sizeof(text));
            zp_str_put(v, i, zp_str_new(text, (size_t)(i * 37 % 2999), NULL));
        }
        }
}

static void test_types_and_shapes(void **state)
{
    static const struct {
        int32_t ndim;
        int64_t dim[4];
    } shapes[] = { { 1, { 0 } },          { 1, { 1 } },       { 1, { 1000 } },    { 2, { 0, 2 } },
                   { 2, { 7, 3 } },       { 3, { 0, 2, 3 } }, { 3, { 1, 3, 2 } }, { 2, { 9000, 2 } },
                   { 4, { 3, 2, 2, 2 } }, { 2, { 1, 40 } } };

    (void)state;
    for (int t = ZP_DBL; t <= ZP_STR; t++)
        for (size_t k = 0; k < ZP_COUNTOF(shapes); k++) {
            zp_value v = zp_arr((zp_type)t, shapes[k].ndim, shapes[k].dim, NULL), names, p, again;
            char name[40];

            snprintf(name, sizeof(name), "t%d-%zu", t, k);
            fill(v);
            if (shapes[k].ndim > 1) {
                names = zp_vec(ZP_STR, shapes[k].dim[1], NULL);
                fill(names);
                assert_true(zp_set_names(&v, 1, names.u.arr, NULL));
                zp_value_unref(names);
            }
            p = create_take(name, zp_value_ref(v), ZP_STORE_OPTIONS);
            assert_true(zp_value_equal(p, v, 0));
            zp_value_unref(p);
            again = open_it(name, true);
            assert_true(zp_value_equal(again, v, 0));
            assert_int_equal(again.u.obj->flags & ZP_LOCKED, ZP_LOCKED);
            zp_value_unref(again);
            zp_value_unref(v);
        }
}

static void test_nothing_to_load(void **state)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value p, again;

    (void)state;
    p = create_take("none", zp_arr(ZP_DBL, 2, (int64_t[]){ 0, 0 }, NULL), ZP_STORE_OPTIONS);
    zp_value_unref(p);
    assert_false(zp_store_open(at("none"), true, &again, &err));
    assert_non_null(strstr(zp_error_text(&err), "no data in directory "));
    zp_error_clear(&err);
    assert_false(zp_store_open(at("nowhere"), true, &again, &err));
    assert_non_null(strstr(zp_error_text(&err), "no data in directory "));
    zp_error_clear(&err);
    p = create_take("there", zp_vec_zero(ZP_DBL, 3, NULL), ZP_STORE_OPTIONS);
    assert_false(zp_store_create(at("there"), p, &ZP_STORE_OPTIONS, &again, &err));
    assert_non_null(strstr(zp_error_text(&err), "/there already exists"));
    zp_error_clear(&err);
    zp_value_unref(p);
}

/* ---------------------------------------------------------------- following and staying */

static void test_append_and_snapshot(void **state)
{
    zp_value z = create_take("follow", series(3, 2, 0), ZP_STORE_OPTIONS), y = zp_value_ref(z);
    zp_value b = open_it("follow", true);
    zp_error err = ZP_ERROR_INIT;

    (void)state;
    assert_true(append_series(&z, 4, 10, NULL));
    assert_int_equal(zp_dim(z, 0), 7);
    assert_int_equal(zp_dim(y, 0), 3); /* shared the object: stays */
    assert_int_equal(zp_dim(b, 0), 7); /* was opened: follows */
    assert_true(cell(b, 6, 1) == cell(z, 6, 1));
    assert_false(assign(&z, 0, 0, 99, &err)); /* y looks at it */
    assert_non_null(strstr(zp_error_text(&err), "cannot copy locked object"));
    zp_error_clear(&err);
    zp_value_unref(y);
    assert_true(assign(&z, 0, 0, 99, NULL));
    assert_true(cell(b, 0, 0) == 99);
    assert_false(append_series(&z, 1, 2, &err));
    assert_string_equal(zp_error_text(&err), "append index not ascending");
    zp_error_clear(&err);
    zp_value_unref(z);
    zp_value_unref(b);
    z = open_it("follow", true);
    assert_int_equal(zp_dim(z, 0), 7);
    assert_true(cell(z, 0, 0) == 99);
    zp_value_unref(z);
}

static void test_reader(void **state)
{
    zp_value z = create_take("reader", series(3, 2, 0), (zp_store_options){ .sync = ZP_SYNC_NONE });
    zp_value r = open_it("reader", false);
    zp_error err = ZP_ERROR_INIT;
    bool changed;

    (void)state;
    assert_true(append_series(&z, 40000, 10, NULL));
    assert_int_equal(zp_dim(r, 0), 3);
    assert_true(zp_store_refresh(&r, &changed, NULL) && changed);
    assert_int_equal(zp_dim(r, 0), 40003);
    assert_true(cell(r, 40002, 1) == cell(z, 40002, 1));
    assert_true(zp_store_refresh(&r, &changed, NULL) && !changed);
    assert_false(assign(&r, 0, 0, 1, &err));
    assert_non_null(strstr(zp_error_text(&err), "is open for reading"));
    zp_error_clear(&err);
    /* rows that it looks at stay when the writer cuts them off and writes others in their place */
    assert_true(zp_store_resize(&z, 0, 2, NULL));
    assert_true(append_series(&z, 100, 900000, NULL));
    assert_true(cell(r, 40, 0) == 10 + 37);
    assert_true(zp_store_refresh(&r, &changed, NULL) && changed);
    assert_int_equal(zp_dim(r, 0), 102);
    assert_true(cell(r, 2, 0) == 900000);
    zp_value_unref(z);
    zp_value_unref(r);
}

static void test_shape(void **state)
{
    zp_value m = create_take("shape", numbers(4, 2, 0), ZP_STORE_OPTIONS), with, b = open_it("shape", true);

    (void)state;
    with = numbers(4, 5, 0); /* the first two columns are what is there */
    assert_true(zp_store_replace(&m, with, NULL));
    assert_true(zp_value_equal(m, with, 0));
    assert_true(zp_value_equal(b, with, 0));
    zp_value_unref(with);
    with = zp_vec_zero(ZP_STR, 2, NULL);
    assert_false(zp_store_replace(&m, with, NULL));
    zp_value_unref(with);
    assert_true(assign(&m, 3, 4, -1, NULL));
    zp_value_unref(m);
    zp_value_unref(b);
    m = open_it("shape", true);
    assert_int_equal(zp_dim(m, 1), 5);
    assert_true(cell(m, 3, 4) == -1 && cell(m, 3, 3) == 15);
    zp_value_unref(m);
}

static void test_resize_and_retain(void **state)
{
    zp_value z = create_take("resize", series(1000000, 1, 0), (zp_store_options){ .sync = ZP_SYNC_NONE });
    zp_store_state st;

    (void)state;
    assert_true(zp_store_resize(&z, 500000, 900000, NULL));
    assert_int_equal(zp_dim(z, 0), 400000);
    assert_true(cell(z, 0, 0) == 500000);
    assert_true(append_series(&z, 10, 2000000, NULL));
    assert_true(cell(z, 400000, 0) == 2000000);
    assert_true(zp_store_sync(zp_store_of(z), true, NULL));
    zp_value_unref(z);
    z = open_it("resize", true);
    assert_int_equal(zp_dim(z, 0), 400010);
    assert_true(cell(z, 399999, 0) == 899999);
    zp_value_unref(z);

    z = create_take("retain", series(10, 1, 0),
                    (zp_store_options){ .sync = ZP_SYNC_COMMIT, .retain_ns = INT64_C(100000000000) });
    for (int i = 1; i < 50; i++)
        assert_true(append_series(&z, 10, 10 * i, NULL));
    assert_int_equal(zp_dim(z, 0), 101); /* 499 - 100 .. 499 */
    assert_true(cell(z, 0, 0) == 399);
    zp_store_get_state(zp_store_of(z), &st);
    assert_int_equal(st.rows, 101);
    assert_int_equal(st.seq, st.durable_seq);
    zp_value_unref(z);
}

static void test_address_range_outgrown(void **state)
{
    zp_value z = create_take("grow", series(1, 80, 0), (zp_store_options){ .sync = ZP_SYNC_NONE }), y;

    (void)state; /* many columns have small ranges of addresses */
    y = zp_value_ref(z);
    for (int i = 1; i < 40; i++)
        assert_true(append_series(&z, 100000, (int64_t)i * 100000, NULL));
    assert_int_equal(zp_dim(z, 0), 3900001);
    assert_true(cell(z, 3900000, 79) == 3900000 + 79.0 * 100000 + 99999);
    assert_true(cell(y, 0, 79) == 79);
    zp_value_unref(y);
    zp_value_unref(z);
}

/* ---------------------------------------------------------------- commits and watching */

static void count_done(void *arg, const char *error)
{
    assert_null(error);
    __atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
}

static void on_watch(void *arg, zp_store *s, int64_t from, int64_t to)
{
    (void)s;
    *(int64_t *)arg += to - from;
}

static void test_group_commit(void **state)
{
    zp_value z = create_take("group", series(1, 1, 0), ZP_STORE_OPTIONS);
    zp_store *s = zp_store_of(z);
    int64_t seen = 0;
    const uint64_t watch = zp_store_watch(s, on_watch, &seen, NULL);
    int acked = 0;

    (void)state;
    for (int i = 1; i <= 500; i++) {
        const int64_t t = i * INT64_C(1000000000);
        const double x = i;
        const void *column = &x;

        assert_true(zp_store_append(&z, &t, &column, 1, NULL));
        zp_store_commit(s, count_done, &acked);
    }
    assert_true(zp_store_wait(s, NULL));
    while (__atomic_load_n(&acked, __ATOMIC_SEQ_CST) < 500)
        usleep(1000);
    assert_int_equal(seen, 500);
    zp_store_unwatch(s, watch);
    assert_true(append_series(&z, 1, 1000, NULL));
    assert_int_equal(seen, 500);
    zp_value_unref(z);
}

static void test_note(void **state)
{
    zp_value z = create_take("note", series(1, 1, 0), ZP_STORE_OPTIONS);
    zp_slice note;

    (void)state;
    assert_true(zp_store_set_note(zp_store_of(z), "batch 7", 7, NULL));
    assert_true(append_series(&z, 1, 5, NULL));
    zp_value_unref(z);
    z = open_it("note", true);
    note = zp_store_note(zp_store_of(z));
    assert_int_equal(note.len, 7);
    assert_memory_equal(note.ptr, "batch 7", 7);
    zp_value_unref(z);
}

/* ---------------------------------------------------------------- failures */

/* A change of every kind; how many of them succeeded. */
static int changes(zp_value *z)
{
    int done = 0;
    zp_value more;

    done += append_series(z, 3, 100, NULL);
    done += assign(z, 0, 0, -5, NULL);
    more = zp_vec(ZP_STR, 2, NULL);
    if (zp_value_own(z, NULL) && zp_set_names(z, 1, more.u.arr, NULL))
        done += zp_store_flush(NULL);
    zp_store_rollback();
    zp_value_unref(more);
    done += zp_store_resize(z, 1, 4, NULL);
    return done;
}

/* Whatever call fails: what was not said to be done can be there or not, but never in part. */
static void test_every_call_fails(void **state)
{
    bool clean = false;

    (void)state;
    for (int n = 1; !clean && n < 300; n++) {
        char name[40];
        zp_value z, again;
        bool ok;
        int64_t rows;

        snprintf(name, sizeof(name), "fail%d", n);
        z = create_take(name, series(5, 2, 0), ZP_STORE_OPTIONS);
        start_failing(n, n % 2 ? ENOSPC : EIO, n % 3 == 0);
        ok = changes(&z) == 4;
        clean = calls < n;
        stop_failing();
        assert_true(ok || !clean);
        zp_value_unref(z);
        again = open_it(name, true);
        rows = zp_dim(again, 0);
        assert_true(rows == 5 || rows == 8 || rows == 3 || rows == 4);
        assert_true(cell(again, rows - 1, 1) == cell(again, rows - 1, 0) + (rows == 5   ? 5
                                                                            : rows == 8 ? 3
                                                                                        : 0) ||
                    rows == 3 || rows == 4);
        zp_value_unref(again);
        assert_true(zp_store_drop(at(name), NULL));
    }
    assert_true(clean);
}

static void test_failed_change_is_undone(void **state)
{
    zp_value m = create_take("undo", numbers(3, 2, 0), ZP_STORE_OPTIONS);
    zp_error err = ZP_ERROR_INIT;

    (void)state;
    start_failing(1, ENOSPC, true);
    assert_false(assign(&m, 1, 1, 99, &err));
    stop_failing();
    assert_non_null(strstr(zp_error_text(&err), "No space left on device"));
    zp_error_clear(&err);
    assert_true(cell(m, 1, 1) == 4);
    assert_true(assign(&m, 1, 1, 98, NULL));
    assert_true(cell(m, 1, 1) == 98);
    zp_value_unref(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_and_shapes),
        cmocka_unit_test(test_nothing_to_load),
        cmocka_unit_test(test_append_and_snapshot),
        cmocka_unit_test(test_reader),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_resize_and_retain),
        cmocka_unit_test(test_address_range_outgrown),
        cmocka_unit_test(test_group_commit),
        cmocka_unit_test(test_note),
        cmocka_unit_test(test_every_call_fails),
        cmocka_unit_test(test_failed_change_is_undone),
    };

    return cmocka_run_group_tests(tests, kit_setup, kit_teardown);
}
