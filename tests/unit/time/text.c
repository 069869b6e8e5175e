#include "time/time.h"

#include <stdio.h>
#include <string.h>

#include "../unit.h"

static char shown[256];

static const char *keep(zp_buf *b, bool ok, zp_error *err)
{
    snprintf(shown, sizeof shown, "%s", ok ? zp_buf_text(b) : zp_error_text(err));
    zp_buf_fini(b);
    zp_error_clear(err);
    return shown;
}

static zp_slice slice(const char *text)
{
    return (zp_slice){ text, strlen(text) };
}

static const char *instant(const char *text, const char *format, const char *zone)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf b = ZP_BUF_INIT;
    int64_t ns;
    bool ok = zp_instant_parse(slice(text), format, zone ? zp_zone_find(zone, NULL) : NULL, &ns, &err);

    if (ok)
        zp_instant_format(&b, ns, zp_zone_utc(), ZP_FRACTION_AUTO, NULL);
    return keep(&b, ok, &err);
}

static const char *duration(const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf b = ZP_BUF_INIT;
    int64_t ns;
    bool ok = zp_duration_parse(slice(text), &ns, &err);

    if (ok)
        zp_duration_format(&b, ns);
    return keep(&b, ok, &err);
}

static const char *period(const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf b = ZP_BUF_INIT;
    int32_t months, days;
    int64_t ns;
    bool ok = zp_period_parse(slice(text), &months, &days, &ns, &err);

    if (ok)
        zp_period_format(&b, months, days, ns);
    return keep(&b, ok, &err);
}

static const char *interval(const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf b = ZP_BUF_INIT;
    int64_t from, to;
    bool so, eo;
    bool ok = zp_interval_parse(slice(text), &from, &to, &so, &eo, &err);

    if (ok)
        zp_interval_format(&b, from, to, so, eo, zp_zone_utc(), ZP_FRACTION_AUTO, NULL);
    return keep(&b, ok, &err);
}

static void reads_instants(void **state)
{
    assert_string_equal(instant("2021-3-7 6:5:4 UTC", NULL, NULL), "2021-03-07 06:05:04 UTC");
    assert_string_equal(instant("2021-07-01 09:30:00.25 Europe/Paris", NULL, NULL),
                        "2021-07-01 07:30:00.250000000 UTC");
    assert_string_equal(instant("  2021-07-01   09:30:00  Etc/GMT+5 ", NULL, NULL),
                        "2021-07-01 14:30:00 UTC");
    assert_string_equal(instant("2021-07-01", NULL, "America/New_York"), "2021-07-01 04:00:00 UTC");
    assert_string_equal(instant("01/07/21 5h", "%d/%m/%y %Hh", "UTC"), "2021-07-01 05:00:00 UTC");
    assert_string_equal(instant("2262-04-11 23:47:16.854775807 UTC", NULL, NULL),
                        "2262-04-11 23:47:16.854775807 UTC");
    assert_string_equal(instant("1677-09-21 00:12:43.145224192 UTC", NULL, NULL),
                        "1677-09-21 00:12:43.145224192 UTC");
}

static void refuses_instants(void **state)
{
    assert_string_equal(instant("2021-07-01 09:30:00", NULL, NULL), "timezone must be specified");
    assert_string_equal(instant("2021-07-01 09:30:00 UTC x", NULL, NULL), "invalid date format");
    assert_string_equal(instant("2021/07-01 09:30:00 UTC", NULL, NULL), "invalid date format");
    assert_string_equal(instant("21-07-01 09:30:00 UTC", NULL, NULL), "couldn't parse datetime element");
    assert_string_equal(instant("2021-07-01 09:30:00 ?", NULL, NULL), "couldn't parse datetime timezone");
    assert_string_equal(instant("2021-07-01 09:30:00 No/Zone", NULL, NULL), "can't find timezone No/Zone");
    assert_string_equal(instant("2021", "%Q", "UTC"), "unknown datetime format character 'Q'");
    assert_string_equal(instant("2021", "%", "UTC"), "missing format control character");
    assert_string_equal(instant("2021-13-01 09:30:00 UTC", NULL, NULL), "month must be >= 1 and <= 12");
    assert_string_equal(instant("2021-02-30 09:30:00 UTC", NULL, NULL), "day is not valid for month");
    assert_string_equal(instant("2021-02-32 09:30:00 UTC", NULL, NULL), "day must be >= 1 and <= 31");
    assert_string_equal(instant("2021-02-01 24:30:00 UTC", NULL, NULL), "hour must be < 24");
    assert_string_equal(instant("2021-03-14 02:30:00 America/New_York", NULL, NULL),
                        "datetime is not representable");
    assert_string_equal(instant("2021-11-07 01:30:00 America/New_York", NULL, NULL), "datetime is ambiguous");
    assert_string_equal(instant("2262-04-11 23:47:16.854775808 UTC", NULL, NULL), "time out of range");
}

static void reads_durations(void **state)
{
    assert_string_equal(duration("90"), "00:01:30");
    assert_string_equal(duration("1.5"), "00:00:01.500");
    assert_string_equal(duration("25:00:00.000_001"), "25:00:00.000_001");
    assert_string_equal(duration("-00:00:00.000000001"), "-00:00:00.000_000_001");
    assert_string_equal(duration("-2562047:47:16.854775808"), "-2562047:47:16.854_775_808");
    assert_string_equal(duration("2562047:47:16.854775808"), "duration out of range");
    assert_string_equal(duration("12:99:99"), "cannot parse duration");
    assert_string_equal(duration("+1"), "cannot parse duration");
    assert_string_equal(duration("1 "), "cannot parse duration");
    assert_string_equal(duration("1.1234567890"), "cannot parse duration");
    assert_string_equal(duration("99999999999999999999999999"), "duration out of range");
}

static void reads_periods(void **state)
{
    assert_string_equal(period("1y2w3d"), "12m17d/00:00:00");
    assert_string_equal(period("-1m/00:00:30"), "-1m0d/00:00:30");
    assert_string_equal(period("/36:00:00"), "0m0d/36:00:00");
    assert_string_equal(period("01:00:00"), "0m0d/01:00:00");
    assert_string_equal(period("1w-1d"), "0m6d/00:00:00");
    assert_string_equal(period("1y-1d/-12:00:00"), "12m-1d/-12:00:00");
    assert_string_equal(period("1d1m"), "cannot parse period");
    assert_string_equal(period("1d01:00:00"), "cannot parse period");
    assert_string_equal(period(""), "cannot parse period");
    assert_string_equal(period("1d/"), "cannot parse period");
    assert_string_equal(period("200000000y"), "period out of range");
}

static void reads_intervals(void **state)
{
    const char *half = "+2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-";

    assert_string_equal(interval("|+2021-07-01 09:30:00 UTC->2021-07-01 16:00:00 UTC-|"), half);
    assert_string_equal(interval(" + 2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC - "), half);
    assert_string_equal(interval("2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC"),
                        "interval open/close must be specified with -/+");
    assert_string_equal(interval("+2021-07-01 09:30:00 UTC 2021-07-01 16:00:00 UTC+"),
                        "interval datetime separator must be '->'");
    assert_string_equal(interval("+2021-07-02 09:30:00 UTC -> 2021-07-01 16:00:00 UTC+"),
                        "interval end smaller than interval start");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_instants),  cmocka_unit_test(refuses_instants),
        cmocka_unit_test(reads_durations), cmocka_unit_test(reads_periods),
        cmocka_unit_test(reads_intervals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
