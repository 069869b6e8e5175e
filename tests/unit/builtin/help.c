#include "builtin/help.h"

#include "../unit.h"

static void expect_formal(const char **at, const char *name, const char *def, bool optional)
{
    zp_formal f;

    assert_true(zp_formal_next(at, &f));
    assert_int_equal(f.name.len, strlen(name));
    assert_memory_equal(f.name.ptr, name, f.name.len);
    assert_int_equal(f.optional, optional);
    if (!def) {
        assert_null(f.def.ptr);
        return;
    }
    assert_int_equal(f.def.len, strlen(def));
    assert_memory_equal(f.def.ptr, def, f.def.len);
}

static void formals_are_read_as_written(void **state)
{
    const char *at = "x, digits = 0, sep = \", \", dims = c(1, 2), ..., [i]";
    zp_formal f;

    expect_formal(&at, "x", NULL, false);
    expect_formal(&at, "digits", "0", false);
    expect_formal(&at, "sep", "\", \"", false);
    expect_formal(&at, "dims", "c(1, 2)", false);
    expect_formal(&at, "...", NULL, false);
    expect_formal(&at, "i", NULL, true);
    assert_false(zp_formal_next(&at, &f));
    at = "";
    assert_false(zp_formal_next(&at, &f));
}

static const zp_builtin round_row = { "round", "x, [digits]", "x=DZ digits=D0+L", 0,
                                      NULL,    "Rounds.",     "round(2.567, 2)",  NULL };

static void types_are_said_in_words(void **state)
{
    zp_buf text = ZP_BUF_INIT;

    zp_formal_types(&text, &round_row, (zp_slice){ "x", 1 });
    assert_string_equal(zp_buf_text(&text), "double or zts");
    zp_buf_clear(&text);
    zp_formal_types(&text, &round_row, (zp_slice){ "digits", 6 });
    assert_string_equal(zp_buf_text(&text), "double, NULL or logical");
    zp_buf_clear(&text);
    zp_formal_types(&text, &round_row, (zp_slice){ "y", 1 });
    assert_string_equal(zp_buf_text(&text), "");
    zp_buf_fini(&text);
}

static void a_page_has_everything(void **state)
{
    zp_buf text = ZP_BUF_INIT;

    zp_help_page(&text, &round_row);
    assert_string_equal(zp_buf_text(&text), "round(x, digits)\n\nRounds.\n\nx       double or zts\n"
                                            "digits  double, NULL or logical\n\nExample:  round(2.567, 2)\n");
    zp_buf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formals_are_read_as_written),
        cmocka_unit_test(types_are_said_in_words),
        cmocka_unit_test(a_page_has_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
