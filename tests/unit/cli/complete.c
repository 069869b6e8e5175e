#include "cli/complete.h"

#include "../unit.h"
#include "cli/session.h"

static zp_session session;

static int set_up(void **state)
{
    static const char program[] =
        "alpha_one <- 1; alpha_two <- 2; area <- function(width, height = 2, ...) width * height";
    static zp_buf out;
    zp_config cfg;

    if (!zp_config_init(&cfg, NULL) || !zp__session_init(&session, &cfg, NULL))
        return 1;
    zp_config_fini(&cfg);
    session.captured = &out;
    return zp__session_eval(&session, program, strlen(program), NULL) == ZP_ENDED_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    zp__session_fini(&session);
    return 0;
}

/* Are these exactly the choices, in order, after `text`? */
static void expect(const char *text, size_t count, const char *const *words)
{
    zp_choices got;

    assert_true(zp__complete(session.ctx, NULL, text, strlen(text), &got, NULL));
    assert_int_equal(got.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(got.words[i], words[i]);
    zp__choices_fini(&got);
}
#define EXPECT(text, ...) \
    expect(text, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), (const char *[]){ __VA_ARGS__ })

static void names_of_every_environment(void **state)
{
    EXPECT("alpha_", "alpha_one", "alpha_two");
    EXPECT("1 + alpha_o", "alpha_one");
    EXPECT("funct", "function");
    EXPECT("is.inf", "is.infinite");
    expect("no_such_na", 0, NULL);
}

static void arguments_come_first(void **state)
{
    EXPECT("area(wi", "width = ");
    EXPECT("area(1, h", "height = ");
    EXPECT("area(", "height = ", "width = ");
    EXPECT("round(alpha_one, dig", "digits = ");
    EXPECT("area(\n  width = 1,\n  he", "height = ");
    EXPECT("area(round(1), h", "height = ");
    EXPECT("area(1, 2 + alpha_o", "alpha_one"); /* not where an argument begins */
}

static void nothing_in_strings_and_comments(void **state)
{
    expect("'alpha_", 0, NULL);
    expect("area('wi", 0, NULL);
    expect("1 # alpha_", 0, NULL);
    EXPECT("'(' ; alpha_o", "alpha_one");
}

static void common_beginning(void **state)
{
    zp_choices got;

    assert_true(zp__complete(session.ctx, NULL, "al + alpha", 10, &got, NULL));
    assert_int_equal(got.typed, 5);
    assert_int_equal(got.common, 6); /* alpha_ */
    zp__choices_fini(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_every_environment),
        cmocka_unit_test(arguments_come_first),
        cmocka_unit_test(nothing_in_strings_and_comments),
        cmocka_unit_test(common_beginning),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
