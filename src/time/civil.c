/* The civil calendar, and its way to the time line through a zone.
 *
 * Days are counted in eras of 400 years whose year begins in March, so that the leap day is the last of its year
 * and month lengths follow one linear formula. */
#include "time/time_priv.h"

int64_t zp_days_from_civil(int64_t year, int32_t month, int32_t day)
{
    int64_t y = year - (month <= 2);
    int64_t era = zp__floor_div(y, 400);
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void zp_civil_from_days(int64_t days, zp_civil *out)
{
    int64_t z = days + 719468;
    int64_t era = zp__floor_div(z, 146097);
    int32_t doe = (int32_t)(z - era * 146097);
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int32_t mp = (5 * doy + 2) / 153;

    out->day = doy - (153 * mp + 2) / 5 + 1;
    out->month = mp < 10 ? mp + 3 : mp - 9;
    out->year = era * 400 + yoe + (out->month <= 2);
}

void zp_civil_at(const zp_zone *zone, int64_t ns, int64_t *cursor, zp_civil *out)
{
    int64_t secs = zp__floor_div(ns, ZP_NS_SEC);
    int64_t local = secs + zp__zone_type_of(zone, zp__zone_segment(zone, ns, cursor))->offset;
    int64_t days = zp__floor_div(local, 86400);
    int32_t sod = (int32_t)(local - days * 86400);

    zp_civil_from_days(days, out);
    out->hour = sod / 3600;
    out->min = sod / 60 % 60;
    out->sec = sod % 60;
    out->ns = (int32_t)((uint64_t)ns - (uint64_t)secs * ZP_NS_SEC); /* the product alone may not fit */
}

bool zp__instant(zp__i128 secs, int64_t ns, int64_t *out, zp_error *err)
{
    zp__i128 t = secs * ZP_NS_SEC + ns;

    if (t < INT64_MIN || t > INT64_MAX)
        return zp_fail(err, "time out of range");
    *out = (int64_t)t;
    return true;
}

static bool check_fields(const zp_civil *c, zp_error *err)
{
    static const int8_t longest[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);

    if (c->month < 1 || c->month > 12)
        return zp_fail(err, "month must be >= 1 and <= 12");
    if (c->day < 1 || c->day > 31)
        return zp_fail(err, "day must be >= 1 and <= 31");
    if (c->day > longest[c->month - 1] || (c->month == 2 && c->day == 29 && !leap))
        return zp_fail(err, "day is not valid for month");
    if (c->hour < 0 || c->hour > 23)
        return zp_fail(err, "hour must be < 24");
    if (c->min < 0 || c->min > 59)
        return zp_fail(err, "minute must be < 60");
    if (c->sec < 0 || c->sec > 59)
        return zp_fail(err, "second must be < 60");
    if (c->ns < 0 || c->ns > 999999999)
        return zp_fail(err, "nanosecond must be <= 999999999");
    if (c->year < 1600 || c->year > 2300) /* far outside, before products overflow */
        return zp_fail(err, "time out of range");
    return true;
}

bool zp_civil_to_instant(const zp_zone *zone, const zp_civil *c, int64_t *ns, zp_error *err)
{
    int64_t local, first, last;
    int hits;

    if (!check_fields(c, err))
        return false;
    local = zp_days_from_civil(c->year, c->month, c->day) * 86400 + c->hour * 3600 + c->min * 60 + c->sec;
    hits = zp__zone_resolve(zone, local, &first, &last);
    if (hits == 0)
        return zp_fail(err, "datetime is not representable");
    if (hits > 1)
        return zp_fail(err, "datetime is ambiguous");
    return zp__instant(first, c->ns, ns, err);
}
