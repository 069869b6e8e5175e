/* Expressions as bytes and back: what a program means stays the same, and nothing that is cut or changed does harm. */
#include "lang/ast.h"

#include <string.h>

#include "builtin/tables.h"
#include "lang/lang.h"
#include "unit.h"

static const char *const programs[] = {
    "1 + 2 * 3",
    "f <- function(a, b = a, ...) { g(a, b, k = --a, ...); NULL }",
    "if (a) b else if (c) d",
    "for (i in 1:3) { if (i == 2) next; while (TRUE) break }",
    "repeat break",
    "x$a[[2]][1, , drop = FALSE] <<- -y %in% !z",
    "a && b || c %% 2 %name% d",
    "(\"text\"); 'x'; TRUE; NULL; Inf; 5; |.2021-01-01 00:00:00 UTC.|",
    "|+2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-|",
    "c1 ? c2 ? ++v + h(++w)",
    "x |> f(2) |> g(k = _)",
    "switch(x, a = , b = 2)",
    "\\(x) x^2",
    "{}",
};

static void dump(const zp_source *src, zp_buf *out)
{
    zp_buf_clear(out);
    zp_ast_dump(out, src);
}

/* The tree without the places, which do not travel. */
static void same_tree(const char *text)
{
    zp_source *src = zp_parse(text, strlen(text), NULL, NULL, NULL), *got;
    zp_buf bytes = ZP_BUF_INIT, again = ZP_BUF_INIT;

    assert_non_null(src);
    assert_true(zp__tree_write(&bytes, src, src->program, NULL));
    got = zp__tree_read(bytes.ptr, bytes.len, NULL, 0, NULL);
    assert_non_null(got);
    assert_true(zp__tree_write(&again, got, got->program->items->value, NULL));
    assert_int_equal(again.len, bytes.len);
    assert_memory_equal(again.ptr, bytes.ptr, bytes.len);
    zp_source_unref(got);
    zp_source_unref(src);
    zp_buf_fini(&bytes);
    zp_buf_fini(&again);
}

static void there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZP_COUNTOF(programs); i++)
        same_tree(programs[i]);
}

static void cut_and_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZP_COUNTOF(programs); i++) {
        zp_source *src = zp_parse(programs[i], strlen(programs[i]), NULL, NULL, NULL);
        zp_buf bytes = ZP_BUF_INIT;
        assert_true(zp__tree_write(&bytes, src, src->program, NULL));
        for (size_t len = 0; len < bytes.len; len++)
            assert_null(zp__tree_read(bytes.ptr, len, NULL, 0, NULL));
        for (size_t at = 0; at < bytes.len; at++)
            for (int bit = 0; bit < 8; bit++) {
                bytes.ptr[at] ^= (char)(1 << bit);
                zp_source_unref(zp__tree_read(bytes.ptr, bytes.len, NULL, 0, NULL));
                bytes.ptr[at] ^= (char)(1 << bit);
            }
        zp_source_unref(src);
        zp_buf_fini(&bytes);
    }
}

static void holes(void **state)
{
    const char *text = "++a + f(++b, function() ++c) + (k ? ++d)";
    zp_source *src = zp_parse(text, strlen(text), NULL, NULL, NULL), *got;
    zp_value values[] = { zp_dbl(1), zp_dbl(2), zp_dbl(3) };
    zp_buf bytes = ZP_BUF_INIT, shown = ZP_BUF_INIT;

    (void)state;
    assert_true(zp__tree_write(&bytes, src, src->program->items->value, NULL));
    got = zp__tree_read(bytes.ptr, bytes.len, values, 3, NULL);
    assert_non_null(got);
    dump(got, &shown);
    assert_non_null(strstr(zp_buf_text(&shown), "escape")); /* that of the inner query stays */
    for (int k = 0; k < 3; k++)
        assert_int_equal(values[k].type, ZP_MISSING);
    zp_source_unref(got);
    values[0] = values[1] = zp_dbl(1);
    assert_null(zp__tree_read(bytes.ptr, bytes.len, values, 2, NULL)); /* one value too few */
    zp_source_unref(src);
    zp_buf_fini(&bytes);
    zp_buf_fini(&shown);
}

static void too_deep(void **state)
{
    enum { DEEP = 7000 };
    zp_buf bytes = ZP_BUF_INIT;

    (void)state;
    zp_buf_put(&bytes, "\1\0", 2);
    for (int i = 0; i < DEEP; i++)
        zp_buf_put(&bytes, "\11\0\0", 3); /* ( ( ( ... */
    assert_null(zp__tree_read(bytes.ptr, bytes.len, NULL, 0, NULL));
    zp_buf_fini(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(cut_and_changed),
        cmocka_unit_test(holes),
        cmocka_unit_test(too_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
