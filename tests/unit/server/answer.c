/* Answers over HTTP: the same bytes whatever the size of the pieces. */
#include "server/answer.h"

#include <string.h>

#include "unit.h"

static zp_value numbers(int64_t n)
{
    zp_value v = zp_vec(ZP_DBL, n, NULL);
    double *d = zp_value_mut(&v, NULL);

    for (int64_t i = 0; i < n; i++)
        d[i] = (double)i + 0.5;
    return v;
}

static void text_of(zp_value v, zp__answer_form form, size_t piece, zp_buf *out)
{
    zp__answer *a = zp__answer_open(v, form, NULL);
    zp_buf part = ZP_BUF_INIT;
    bool last = false;

    assert_non_null(a);
    while (!last) {
        zp_buf_clear(&part);
        last = zp__answer_piece(a, &part, piece);
        zp_buf_put(out, zp_buf_text(&part), part.len);
    }
    zp__answer_close(a);
    zp_buf_fini(&part);
}

static void pieces(void **state)
{
    zp_value list = zp_list_new(3, NULL);
    zp_buf whole = ZP_BUF_INIT, cut = ZP_BUF_INIT;

    list.u.list->items[0] = numbers(3000);
    list.u.list->items[1] = zp_nil();
    list.u.list->items[2] = numbers(1);
    text_of(list, ZP_ANSWER_JSON, SIZE_MAX, &whole);
    text_of(list, ZP_ANSWER_JSON, 1, &cut);
    assert_string_equal(zp_buf_text(&whole), zp_buf_text(&cut));
    assert_non_null(strstr(zp_buf_text(&whole),
                           "{\"type\":\"list\",\"value\":[{\"type\":\"double\",\"value\":[0.5,1.5,"));
    assert_non_null(strstr(zp_buf_text(&whole),
                           "{\"type\":\"NULL\",\"value\":null},{\"type\":\"double\",\"value\":[0.5]}]}\n"));
    zp_value_unref(list);
    zp_buf_fini(&whole);
    zp_buf_fini(&cut);
    (void)state;
}

static void tables(void **state)
{
    zp_value v = numbers(3);
    zp_buf out = ZP_BUF_INIT;

    text_of(v, ZP_ANSWER_CSV, 1, &out);
    assert_string_equal(zp_buf_text(&out), "value\r\n0.5\r\n1.5\r\n2.5\r\n");
    zp_value_unref(v);
    zp_buf_fini(&out);
    (void)state;
}

static void what_has_no_form(void **state)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value deep = zp_list_new(1, NULL);

    assert_null(zp__answer_open(deep, ZP_ANSWER_CSV, &err));
    assert_non_null(strstr(zp_error_text(&err), "no table"));
    zp_error_clear(&err);
    for (int i = 0; i < 100; i++) {
        zp_value outer = zp_list_new(1, NULL);

        outer.u.list->items[0] = deep;
        deep = outer;
    }
    assert_null(zp__answer_open(deep, ZP_ANSWER_JSON, &err));
    assert_non_null(strstr(zp_error_text(&err), "nested deeper"));
    zp_error_clear(&err);
    zp_value_unref(deep);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(pieces), cmocka_unit_test(tables),
                                        cmocka_unit_test(what_has_no_form) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
