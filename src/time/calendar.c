/* Calendar arithmetic: adding periods, boundaries of units, the order of intervals.
 *
 * Everything that keeps the wall clock works on local seconds and comes back through the zone.  Where the clock
 * jumps, the rules are: a landing in the skipped hour is moved by the jump, back when the step went forward and on when
 * it went back; a skipped midnight is the end of the gap; of a midnight that occurs twice the first counts. */
#include "time/time_priv.h"

#include <string.h>

static bool in_range(zp__i128 t, int64_t *out, zp_error *err)
{
    if (t < INT64_MIN || t > INT64_MAX)
        return zp_fail(err, "time out of range");
    *out = (int64_t)t;
    return true;
}

static int32_t offset_at(const zp_zone *zone, int64_t ns, int64_t *cursor)
{
    return zp__zone_type_of(zone, zp__zone_segment(zone, ns, cursor))->offset;
}

/* Local seconds moved by whole months; days that the month lacks run into the next. */
static int64_t move_months(int64_t local, int64_t months)
{
    int64_t days = zp__floor_div(local, 86400), month;
    zp_civil c = { 0 };

    zp_civil_from_days(days, &c);
    month = c.year * 12 + c.month - 1 + months;
    return (zp_days_from_civil(zp__floor_div(month, 12), (int32_t)(month - zp__floor_div(month, 12) * 12) + 1,
                               1) +
            c.day - 1) *
               86400 +
           (local - days * 86400);
}

bool zp_instant_add_period(int64_t ns, int32_t months, int32_t days, int64_t dur, const zp_zone *zone,
                           int64_t *cursor, int64_t *out, zp_error *err)
{
    int64_t own = 0, ahead;
    int64_t *seg = cursor ? cursor : &own;
    int64_t secs = zp__floor_div(ns, ZP_NS_SEC), r;
    int32_t o = offset_at(zone, ns, seg), o2;
    int64_t local = secs + o;
    zp__i128 t;

    if (months != 0)
        local = move_months(local, months);
    t = ((zp__i128)local - o + (zp__i128)days * 86400) * ZP_NS_SEC + (ns - (zp__i128)secs * ZP_NS_SEC) + dur;
    if (t < INT64_MIN || t > INT64_MAX)
        return zp_fail(err, "time out of range");
    r = (int64_t)t;
    ahead = *seg;
    o2 = offset_at(zone, r, &ahead);
    t += (zp__i128)(o - o2) * ZP_NS_SEC; /* the same wall clock; into a gap: one jump short of it */
    return in_range(t, out, err);
}

int zp_interval_cmp(int64_t s1, int64_t e1, bool so1, bool eo1, int64_t s2, int64_t e2, bool so2, bool eo2)
{
    if (s1 != s2)
        return s1 < s2 ? -1 : 1;
    if (so1 != so2)
        return so1 ? 1 : -1;
    if (e1 != e2)
        return e1 < e2 ? -1 : 1;
    if (eo1 != eo2)
        return eo1 ? -1 : 1;
    return 0;
}

bool zp_unit_parse(const char *name, zp_unit *out)
{
    static const char *const names[] = { "year",   "month",  "week",        "day",         "hour",
                                         "minute", "second", "millisecond", "microsecond", "nanosecond" };

    for (size_t k = 0; k < ZP_COUNTOF(names); k++) {
        size_t n = strlen(names[k]);

        if (strncmp(name, names[k], n) == 0 && (name[n] == 0 || (name[n] == 's' && name[n + 1] == 0))) {
            *out = (zp_unit)k;
            return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------- units below a day */

int64_t zp__unit_ns(zp_unit unit)
{
    static const int64_t ns[] = { 3600 * ZP_NS_SEC, 60 * ZP_NS_SEC, ZP_NS_SEC, 1000000, 1000, 1 };

    return ns[unit - ZP_UNIT_HOUR];
}

static zp__i128 floor_to(zp__i128 t, int64_t unit)
{
    zp__i128 rest = t % unit;

    return t - rest - (rest < 0 ? unit : 0);
}

static zp__i128 ceiling_to(zp__i128 t, int64_t unit)
{
    return -floor_to(-t, unit);
}

/* Boundaries of the local clock.  A boundary that would lie before the clock last jumped is looked for on the
 * other side of the jump; if it was skipped, the jump itself is the boundary. */
static bool clock_floor(int64_t ns, int64_t unit, const zp_zone *zone, int64_t seg, int64_t *out,
                        zp_error *err)
{
    zp__i128 o = (zp__i128)zp__zone_type_of(zone, seg)->offset * ZP_NS_SEC;
    zp__i128 local = floor_to(ns + o, unit), begin, before;

    if (seg == 0 || local - o >= zone->at[seg])
        return in_range(local - o, out, err);
    begin = zone->at[seg];
    before = (zp__i128)zp__zone_type_of(zone, seg - 1)->offset * ZP_NS_SEC;
    if (local - before >= begin)
        return in_range(begin, out, err);
    return in_range(floor_to(begin - 1 + before, unit) - before, out, err);
}

static bool clock_ceiling(int64_t ns, int64_t unit, const zp_zone *zone, int64_t seg, int64_t *out,
                          zp_error *err)
{
    zp__i128 o = (zp__i128)zp__zone_type_of(zone, seg)->offset * ZP_NS_SEC;
    zp__i128 local = ceiling_to(ns + o, unit), end, after;

    if (seg + 1 == zone->count || local - o < zone->at[seg + 1])
        return in_range(local - o, out, err);
    end = zone->at[seg + 1];
    after = (zp__i128)zp__zone_type_of(zone, seg + 1)->offset * ZP_NS_SEC;
    if (local - after < end)
        return in_range(end, out, err);
    return in_range(ceiling_to(end + after, unit) - after, out, err);
}

/* ---------------------------------------------------------------- days and above */

static int64_t down_to(int64_t n, int64_t count)
{
    return zp__floor_div(n, count) * count;
}

/* The first day of the stretch of `count` units that holds local day `day`, or of the next one. */
static int64_t unit_day(int64_t day, zp_unit unit, int64_t count, bool next)
{
    int64_t ahead = next ? count : 0, month;
    zp_civil c = { 0 };

    if (unit == ZP_UNIT_DAY)
        return down_to(day, count) + ahead;
    if (unit == ZP_UNIT_WEEK) /* 1969-12-29 was a Monday */
        return (down_to(zp__floor_div(day + 3, 7), count) + ahead) * 7 - 3;
    zp_civil_from_days(day, &c);
    if (unit == ZP_UNIT_YEAR)
        return zp_days_from_civil(down_to(c.year, count) + ahead, 1, 1);
    month = down_to(c.year * 12 + c.month - 1, count) + ahead;
    return zp_days_from_civil(zp__floor_div(month, 12), (int32_t)(month - down_to(month, 12)) + 1, 1);
}

int64_t zp__local_day(int64_t ns, const zp_zone *zone, int64_t *cursor)
{
    return zp__floor_div(zp__floor_div(ns, ZP_NS_SEC) + offset_at(zone, ns, cursor), 86400);
}

static bool day_floor(int64_t ns, zp_unit unit, int64_t count, const zp_zone *zone, int64_t *cursor,
                      int64_t *out, zp_error *err)
{
    int64_t first, last;

    zp__zone_resolve(zone, unit_day(zp__local_day(ns, zone, cursor), unit, count, false) * 86400, &first,
                     &last);
    return zp__instant(first, 0, out, err);
}

static bool day_ceiling(int64_t ns, zp_unit unit, int64_t count, const zp_zone *zone, int64_t *cursor,
                        int64_t *out, zp_error *err)
{
    int64_t day = zp__local_day(ns, zone, cursor);

    for (int step = 0;; step++) {
        int64_t first, last;

        zp__zone_resolve(zone, unit_day(day, unit, count, step > 0) * 86400, &first, &last);
        if ((zp__i128)first * ZP_NS_SEC >= ns || step == 3)
            return zp__instant(first, 0, out, err);
        if ((zp__i128)last * ZP_NS_SEC >= ns && step > 0)
            return zp__instant(last, 0, out, err);
        if (step > 0)
            day = unit_day(day, unit, count, true);
    }
}

bool zp__day_boundary(bool up, int64_t ns, zp_unit unit, int64_t count, const zp_zone *zone, int64_t *cursor,
                      int64_t *out, zp_error *err)
{
    return (up ? day_ceiling : day_floor)(ns, unit, count, zone, cursor, out, err);
}

bool zp__clock_boundary(bool up, int64_t ns, int64_t step, const zp_zone *zone, int64_t *cursor, int64_t *out,
                        zp_error *err)
{
    if (!zone)
        return in_range(up ? ceiling_to(ns, step) : floor_to(ns, step), out, err);
    return (up ? clock_ceiling : clock_floor)(ns, step, zone, zp__zone_segment(zone, ns, cursor), out, err);
}

static bool boundary(bool up, int64_t ns, zp_unit unit, const zp_zone *zone, int64_t *cursor, int64_t *out,
                     zp_error *err)
{
    int64_t own = 0;
    int64_t *at = cursor ? cursor : &own;

    if (unit > ZP_UNIT_DAY)
        return zp__clock_boundary(up, ns, zp__unit_ns(unit), zone, at, out, err);
    if (!zone)
        return zp_fail(err, "tz needed");
    return zp__day_boundary(up, ns, unit, 1, zone, at, out, err);
}

bool zp_instant_floor(int64_t ns, zp_unit unit, const zp_zone *zone, int64_t *cursor, int64_t *out,
                      zp_error *err)
{
    return boundary(false, ns, unit, zone, cursor, out, err);
}

bool zp_instant_ceiling(int64_t ns, zp_unit unit, const zp_zone *zone, int64_t *cursor, int64_t *out,
                        zp_error *err)
{
    return ns < INT64_MAX ? boundary(true, ns + 1, unit, zone, cursor, out, err)
                          : zp_fail(err, "time out of range");
}
