#include "time/time.h"

#include <stdio.h>
#include <string.h>

#include "../unit.h"

static char shown[128];

static int64_t at(const char *text)
{
    int64_t ns = 0;

    assert_true(zp_instant_parse((zp_slice){ text, strlen(text) }, NULL, NULL, &ns, NULL));
    return ns;
}

static const char *show(int64_t ns, const zp_zone *zone)
{
    zp_buf b = ZP_BUF_INIT;

    zp_instant_format(&b, ns, zone, ZP_FRACTION_AUTO, NULL);
    snprintf(shown, sizeof shown, "%s", zp_buf_text(&b));
    zp_buf_fini(&b);
    return shown;
}

/* t + period, shown in the zone. */
static const char *plus(const char *t, const char *p, const char *zone)
{
    const zp_zone *z = zp_zone_find(zone, NULL);
    zp_error err = ZP_ERROR_INIT;
    int32_t months, days;
    int64_t dur, out;

    assert_non_null(z);
    assert_true(zp_period_parse((zp_slice){ p, strlen(p) }, &months, &days, &dur, NULL));
    if (zp_instant_add_period(at(t), months, days, dur, z, NULL, &out, &err))
        return show(out, z);
    snprintf(shown, sizeof shown, "%s", zp_error_text(&err));
    zp_error_clear(&err);
    return shown;
}

static const char *bound(bool up, const char *t, zp_unit unit, const char *zone)
{
    const zp_zone *z = zone ? zp_zone_find(zone, NULL) : NULL;
    int64_t out, cursor = 0;

    assert_true((up ? zp_instant_ceiling : zp_instant_floor)(at(t), unit, z, &cursor, &out, NULL));
    return show(out, z ? z : zp_zone_utc());
}

static void adds_periods(void **state)
{
    const char *ny = "America/New_York";

    assert_string_equal(plus("2021-03-13 14:30:00 UTC", "1d", ny), "2021-03-14 09:30:00 EDT");
    assert_string_equal(plus("2021-03-13 07:30:00 UTC", "1d", ny), "2021-03-14 01:30:00 EST");
    assert_string_equal(plus("2021-03-15 06:30:00 UTC", "-1d", ny), "2021-03-14 03:30:00 EDT");
    assert_string_equal(plus("2021-11-07 04:30:00 UTC", "/02:00:00", ny), "2021-11-07 02:30:00 EST");
    assert_string_equal(plus("2021-11-06 05:30:00 UTC", "1d", ny), "2021-11-07 01:30:00 EDT");
    assert_string_equal(plus("2021-11-08 06:30:00 UTC", "-1d", ny), "2021-11-07 01:30:00 EST");
    assert_string_equal(plus("2021-07-31 16:00:00 UTC", "4m", ny), "2021-12-01 12:00:00 EST");
    assert_string_equal(plus("2021-01-31 00:00:00 UTC", "1m", "UTC"), "2021-03-03 00:00:00 UTC");
    assert_string_equal(plus("2020-02-29 00:00:00 UTC", "1y", "UTC"), "2021-03-01 00:00:00 UTC");
    assert_string_equal(plus("2021-03-31 00:00:00 UTC", "-1m", "UTC"), "2021-03-03 00:00:00 UTC");
    assert_string_equal(plus("2021-03-31 00:00:00 UTC", "300y", "UTC"), "time out of range");
    assert_string_equal(plus("2021-03-31 00:00:00 UTC", "-2147483647m", "UTC"), "time out of range");
}

static void finds_boundaries(void **state)
{
    const char *ny = "America/New_York";

    assert_string_equal(bound(false, "2021-11-07 12:00:00 UTC", ZP_UNIT_DAY, ny), "2021-11-07 00:00:00 EDT");
    assert_string_equal(bound(true, "2021-11-07 12:00:00 UTC", ZP_UNIT_DAY, ny), "2021-11-08 00:00:00 EST");
    assert_string_equal(bound(false, "2011-11-13 06:00:00 UTC", ZP_UNIT_DAY, "America/Havana"),
                        "2011-11-13 00:00:00 CDT");
    assert_string_equal(bound(false, "2018-11-04 12:00:00 UTC", ZP_UNIT_DAY, "America/Sao_Paulo"),
                        "2018-11-04 01:00:00 -02");
    assert_string_equal(bound(false, "1969-12-31 23:59:59.5 UTC", ZP_UNIT_SECOND, NULL),
                        "1969-12-31 23:59:59 UTC");
    assert_string_equal(bound(false, "2021-07-01 12:10:00 UTC", ZP_UNIT_HOUR, "Asia/Kolkata"),
                        "2021-07-01 17:00:00 IST");
    assert_string_equal(bound(true, "2021-12-05 00:00:00 UTC", ZP_UNIT_MONTH, "UTC"),
                        "2022-01-01 00:00:00 UTC");
    assert_string_equal(bound(true, "2021-12-01 00:00:00 UTC", ZP_UNIT_MONTH, "UTC"),
                        "2022-01-01 00:00:00 UTC");
    assert_string_equal(bound(false, "2021-11-07 12:00:00 UTC", ZP_UNIT_WEEK, "UTC"),
                        "2021-11-01 00:00:00 UTC");
    assert_string_equal(bound(true, "2011-12-30 09:00:00 UTC", ZP_UNIT_DAY, "Pacific/Apia"),
                        "2011-12-31 00:00:00 +14");
}

static void boundaries_enclose(void **state)
{
    static const char *const zones[] = {
        "UTC",          "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "America/Havana",
        "Pacific/Apia", "Asia/Kathmandu",   "Africa/Monrovia"
    };
    uint64_t seed = 1;

    for (size_t k = 0; k < ZP_COUNTOF(zones); k++) {
        const zp_zone *z = zp_zone_find(zones[k], NULL);
        int64_t cursor = 0;

        assert_non_null(z);
        for (int i = 0; i < 20000; i++) {
            int64_t t, below, above, again;
            zp_unit unit = (zp_unit)(i % 10);

            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            t = (int64_t)(seed >> 1) % (6 * INT64_C(1000000000000000000)) - 2 * INT64_C(1000000000000000000);
            assert_true(zp_instant_floor(t, unit, z, &cursor, &below, NULL));
            assert_true(zp_instant_ceiling(t, unit, z, &cursor, &above, NULL));
            assert_true(below <= t && t < above);
            assert_true(zp_instant_floor(below, unit, z, &cursor, &again, NULL));
            assert_int_equal(again, below);
        }
    }
}

static void orders_intervals(void **state)
{
    /* +..- < +..+ < -..- < -..+ */
    assert_true(zp_interval_cmp(1, 5, false, true, 1, 5, false, false) < 0);
    assert_true(zp_interval_cmp(1, 5, false, false, 1, 5, true, true) < 0);
    assert_true(zp_interval_cmp(1, 5, true, true, 1, 5, true, false) < 0);
    assert_true(zp_interval_cmp(1, 9, false, false, 2, 3, false, false) < 0);
    assert_true(zp_interval_cmp(1, 5, true, true, 1, 5, true, true) == 0);
}

static void refuses_names(void **state)
{
    static const char *const names[] = { "",          "/etc/passwd",   "../UTC",  "posix/UTC",
                                         "right/UTC", "Europe",        "Europe/", "a//b",
                                         "zone.tab",  "Europe/Paris ", "." };

    for (size_t k = 0; k < ZP_COUNTOF(names); k++)
        assert_null(zp_zone_find(names[k], NULL));
    assert_ptr_equal(zp_zone_find("Europe/Paris", NULL), zp_zone_find("Europe/Paris", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_periods),       cmocka_unit_test(finds_boundaries),
        cmocka_unit_test(boundaries_enclose), cmocka_unit_test(orders_intervals),
        cmocka_unit_test(refuses_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
