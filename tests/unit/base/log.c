/* Lines of the log: what peers say cannot forge one; floods are counted. */
#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

static char path[64] = "/tmp/zplane-log-XXXXXX";
static char text[20000];

static const char *lines(void)
{
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

    text[n] = 0;
    if (f)
        fclose(f);
    return text;
}

static void begin(bool json)
{
    zp_log_config cfg = { .level = ZP_LOG_INFO, .json = json, .path = path };

    unlink(path);
    assert_true(zp_log_open(&cfg, NULL));
}

static void fields(void **state)
{
    begin(false);
    ZP_LOG(ZP_LOG_INFO, "hello", zp_log_str("a", "plain"), zp_log_str("b", "two words"), zp_log_int("n", -5));
    ZP_LOG(ZP_LOG_DEBUG, "not shown");
    assert_non_null(strstr(lines(), "Z [INFO]: hello a=plain b=\"two words\" n=-5\n"));
    assert_null(strstr(text, "not shown"));
    (void)state;
}

static void forgeries(void **state)
{
    begin(false);
    ZP_LOG(ZP_LOG_WARN, "peer", zp_log_str("name", "x\n2026 [INFO]: ready \x1b[2J \xff\"\\"));
    assert_non_null(strstr(lines(), "name=\"x\\u000a2026 [INFO]: ready \\u001b[2J ?\\\"\\\\\"\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    (void)state;
}

static void json_and_long_fields(void **state)
{
    static char huge[6000];

    begin(true);
    memset(huge, 'h', sizeof huge - 1);
    ZP_LOG(ZP_LOG_ERROR, "big", zp_log_str("one", huge), zp_log_str("two", huge), zp_log_str("three", huge),
           zp_log_str("four", huge), zp_log_int("last", 7));
    lines();
    assert_memory_equal(text, "{\"time\":\"", 9);
    assert_string_equal(text + strlen(text) - 2, "}\n");
    assert_non_null(strstr(text, ",\"last\":7}")); /* what does not fit is left out, the rest is not */
    (void)state;
}

static void floods(void **state)
{
    int count = 0;

    begin(false);
    for (int i = 0; i < 1000; i++)
        ZP_LOG_RATE(ZP_LOG_WARN, "again", zp_log_int("i", i));
    for (const char *at = lines(); (at = strstr(at, "again")); at++)
        count++;
    assert_int_equal(count, 10);
    (void)state;
}

static void bad_places(void **state)
{
    zp_log_config cfg = { .level = ZP_LOG_INFO, .path = "/nowhere/at/all" };
    zp_error err = ZP_ERROR_INIT;

    begin(false);
    assert_false(zp_log_open(&cfg, &err));
    assert_non_null(strstr(zp_error_text(&err), "cannot open the log '/nowhere/at/all'"));
    ZP_LOG(ZP_LOG_INFO, "still here");
    assert_non_null(strstr(lines(), "still here"));
    zp_error_clear(&err);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fields), cmocka_unit_test(forgeries),
                                        cmocka_unit_test(json_and_long_fields), cmocka_unit_test(floods),
                                        cmocka_unit_test(bad_places) };
    int fd = mkstemp(path), failed;

    if (fd < 0)
        return 1;
    close(fd);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
