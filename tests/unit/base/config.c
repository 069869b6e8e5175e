#include "base/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit.h"

static int set_up(void **state)
{
    zp_config *cfg = calloc(1, sizeof *cfg);

    *state = cfg;
    return zp_config_init(cfg, NULL) ? 0 : 1;
}

static int tear_down(void **state)
{
    zp_config_fini(*state);
    free(*state);
    return 0;
}

/* Reads `text` as a configuration file; NULL or the text of the error (which the caller frees). */
static char *read_text(zp_config *cfg, const char *text)
{
    char path[] = "/tmp/zplane-config-XXXXXX";
    int fd = mkstemp(path);
    zp_error err = ZP_ERROR_INIT;
    char *what = NULL;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    if (!zp_config_file(cfg, path, &err))
        what = strdup(zp_error_text(&err));
    zp_error_clear(&err);
    unlink(path);
    return what;
}

static void has_defaults(void **state)
{
    zp_config *cfg = *state;

    assert_int_equal(cfg->digits, 7);
    assert_int_equal(cfg->width, 80);
    assert_string_equal(cfg->prompt, "> ");
}

static void rows_are_sorted(void **state)
{
    size_t count;
    const zp_option *rows = zp_option_rows(&count);

    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(rows[i - 1].key, rows[i].key) < 0);
}

static void checks_kind_and_bounds(void **state)
{
    zp_config *cfg = *state;
    zp_error err = ZP_ERROR_INIT;

    assert_false(zp_config_set_num(cfg, "foo", 1, &err));
    assert_string_equal(err.text, "unknown config variable 'foo':");
    zp_error_clear(&err);
    assert_false(zp_config_set_str(cfg, "width", "wide", &err));
    assert_string_equal(err.text, "invalid type for config variable 'width':");
    zp_error_clear(&err);
    assert_false(zp_config_set_num(cfg, "digits", 0, &err));
    zp_error_clear(&err);
    assert_false(zp_config_parse(cfg, "digits", "7x", NULL));
    assert_false(zp_config_set_str(cfg, "log.level", "LOUD", NULL));
    assert_true(zp_config_set_num(cfg, "digits", 3.9, NULL)); /* truncated */
    assert_int_equal(cfg->digits, 3);
    assert_true(zp_config_parse(cfg, "width", "0x40", NULL));
    assert_int_equal(cfg->width, 64);
}

static void reads_a_file(void **state)
{
    zp_config *cfg = *state;
    char *what =
        read_text(cfg, "# settings\n\n digits = 4 # few\nprompt=\"\\x7a\\160> \"\ntimezone = Asia/Tokyo\n"
                       "width = 0100\nmy.key = 12\nmax.memory = 1e9");

    assert_null(what);
    assert_int_equal(cfg->digits, 4);
    assert_int_equal(cfg->width, 64);
    assert_string_equal(cfg->prompt, "zp> ");
    assert_string_equal(cfg->timezone, "Asia/Tokyo");
    assert_true(cfg->max_memory == 1e9);
    assert_string_equal(cfg->extra->key, "my.key");
    assert_string_equal(cfg->extra->value, "12");
}

static void names_the_bad_line(void **state)
{
    char *what = read_text(*state, "digits = 4\nwidth 80\n");

    assert_string_equal(what, "config file error: line 2 is not 'key = value': width 80");
    free(what);
    what = read_text(*state, "digits = many\n");
    assert_string_equal(what, "config file error: type mismatch: 'digits'");
    free(what);
    what = read_text(*state, "prompt = \"open\n");
    assert_non_null(what);
    free(what);
}

static void reads_the_environment(void **state)
{
    zp_config *cfg = *state;

    setenv("ZPLANE_MAX_PRINT", "12", 1);
    assert_true(zp_config_environment(cfg, NULL));
    assert_int_equal(cfg->max_print, 12);
    setenv("ZPLANE_MAX_PRINT", "a dozen", 1);
    assert_false(zp_config_environment(cfg, NULL));
    unsetenv("ZPLANE_MAX_PRINT");
}

static void copies(void **state)
{
    zp_config copy;

    assert_true(zp_config_set_str(*state, "prompt", "? ", NULL));
    assert_true(zp_config_add_extra(*state, "a", "1", NULL));
    assert_true(zp_config_copy(&copy, *state, NULL));
    assert_string_equal(copy.prompt, "? ");
    assert_string_equal(copy.extra->key, "a");
    zp_config_fini(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(has_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_are_sorted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(checks_kind_and_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_the_bad_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_the_environment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(copies, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
