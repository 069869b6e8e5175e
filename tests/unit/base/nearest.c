#include "base/nearest.h"

#include "../unit.h"

static const char *nearest(const char *word)
{
    static const char *const names[] = {
        "mean", "median", "colMeans", "rowMeans", "sum", "sd", "x", "length"
    };
    zp_nearest near;

    zp_nearest_init(&near, word);
    for (size_t i = 0; i < ZP_COUNTOF(names); i++)
        zp_nearest_offer(&near, names[i]);
    return near.found;
}

static void finds_one_slip(void **state)
{
    assert_string_equal(nearest("maen"), "mean");
    assert_string_equal(nearest("lenght"), "length");
    assert_string_equal(nearest("colMean"), "colMeans");
    assert_string_equal(nearest("colmeans"), "colMeans");
    assert_string_equal(nearest("smu"), "sum");
}

static void suggests_nothing_far(void **state)
{
    assert_null(nearest("apply"));
    assert_null(nearest("y"));
    assert_null(nearest(""));
    assert_null(nearest("mean")); /* the word itself is no suggestion */
    assert_null(nearest("a_word_that_is_longer_than_any_name_in_the_table"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_one_slip),
        cmocka_unit_test(suggests_nothing_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
