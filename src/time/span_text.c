/* Durations and periods as text.
 *
 *     duration   [-] N [.F]   |   [-] N:MM:SS [.F]        90   1.5   25:00:00.000_001   -00:00:01
 *     period     [N y][N m][N w][N d][/ duration]         1y2w3d   -1m/00:00:30   /36:00:00 */
#include "time/time_priv.h"

#include <inttypes.h>
#include <string.h>

static bool is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

/* Digits as a number that saturates instead of overflowing. */
static const char *read_number(const char *p, const char *end, int64_t *out)
{
    int64_t n = 0;

    for (; is_digit(p, end); p++)
        if (n < INT64_MAX / 100)
            n = n * 10 + (*p - '0');
    *out = n;
    return p;
}

/* At most nine digits, `_` allowed between groups of three; NULL: malformed. */
static const char *read_fraction(const char *p, const char *end, int64_t *ns)
{
    int k = 0;

    *ns = 0;
    for (; p < end; p++) {
        if (*p == '_' && (k == 3 || k == 6) && p[-1] != '_' && is_digit(p + 1, end))
            continue;
        if (!is_digit(p, end) || k == 9)
            return NULL;
        *ns = *ns * 10 + (*p - '0');
        k++;
    }
    for (; k < 9; k++)
        *ns *= 10;
    return p;
}

/* ":MM": NULL when it is not. */
static const char *read_sexagesimal(const char *p, const char *end, int64_t *out)
{
    if (end - p < 3 || *p != ':' || !is_digit(p + 1, end) || !is_digit(p + 2, end))
        return NULL;
    *out = (p[1] - '0') * 10 + (p[2] - '0');
    return *out > 59 ? NULL : p + 3;
}

bool zp_duration_parse(zp_slice text, int64_t *ns, zp_error *err)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    bool minus = p < end && *p == '-';
    int64_t n, min = 0, sec = 0, frac = 0;
    zp__i128 total;

    p += minus;
    if (!is_digit(p, end))
        return zp_fail(err, "cannot parse duration");
    p = read_number(p, end, &n);
    if (p < end && *p == ':') {
        p = read_sexagesimal(p, end, &min);
        p = p ? read_sexagesimal(p, end, &sec) : NULL;
        total = (zp__i128)n * 3600 + min * 60 + sec;
    } else {
        total = n;
    }
    if (p && p < end)
        p = *p == '.' ? read_fraction(p + 1, end, &frac) : NULL;
    if (!p)
        return zp_fail(err, "cannot parse duration");
    total = total * ZP_NS_SEC + frac;
    total = minus ? -total : total;
    if (total < INT64_MIN || total > INT64_MAX)
        return zp_fail(err, "duration out of range");
    *ns = (int64_t)total;
    return true;
}

/* "/duration" or, without calendar parts before it, a duration whose hours have exactly two digits. */
static bool period_duration(const char *p, const char *end, bool calendar, int64_t *ns, zp_error *err)
{
    zp_error inner = ZP_ERROR_INIT;
    bool ok = false;

    if (p < end && *p == '/')
        ok = zp_duration_parse((zp_slice){ p + 1, (size_t)(end - p - 1) }, ns, &inner);
    else if (!calendar && end - p >= 8 && p[2] == ':')
        ok = zp_duration_parse((zp_slice){ p, (size_t)(end - p) }, ns, &inner);
    zp_error_clear(&inner);
    return ok || zp_fail(err, "cannot parse period");
}

bool zp_period_parse(zp_slice text, int32_t *months, int32_t *days, int64_t *ns, zp_error *err)
{
    static const char units[] = "ymwd";
    static const int32_t factor[] = { 12, 1, 7, 1 };
    const char *p = text.ptr, *end = text.ptr + text.len;
    int64_t sum[2] = { 0, 0 };
    const char *unit = NULL; /* the last one read: they come in order */

    *ns = 0;
    while (p < end) {
        bool minus = *p == '-';
        int64_t n;
        const char *q = read_number(p + minus, end, &n), *found;

        if (q == p + minus || q == end || !(found = memchr(units, *q, 4)))
            break;
        if (unit && found <= unit)
            return zp_fail(err, "cannot parse period");
        unit = found;
        if (n > INT32_MAX)
            return zp_fail(err, "period out of range");
        sum[unit >= units + 2] += (minus ? -n : n) * factor[unit - units];
        p = q + 1;
    }
    if ((p < end || unit < units) && !period_duration(p, end, unit >= units, ns, err))
        return false;
    for (int k = 0; k < 2; k++)
        if (sum[k] < INT32_MIN || sum[k] > INT32_MAX)
            return zp_fail(err, "period out of range");
    *months = (int32_t)sum[0];
    *days = (int32_t)sum[1];
    return true;
}

void zp_duration_format(zp_buf *out, int64_t ns)
{
    uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    uint64_t secs = n / 1000000000u, frac = n % 1000000000u;

    zp_buf_printf(out, "%s%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, ns < 0 ? "-" : "", secs / 3600,
                  secs / 60 % 60, secs % 60);
    if (frac)
        zp_buf_printf(out, ".%03" PRIu64, frac / 1000000);
    if (frac % 1000000)
        zp_buf_printf(out, "_%03" PRIu64, frac / 1000 % 1000);
    if (frac % 1000)
        zp_buf_printf(out, "_%03" PRIu64, frac % 1000);
}

void zp_period_format(zp_buf *out, int32_t months, int32_t days, int64_t ns)
{
    zp_buf_printf(out, "%" PRId32 "m%" PRId32 "d/", months, days);
    zp_duration_format(out, ns);
}
