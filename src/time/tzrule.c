/* The footer of a zone file: a POSIX TZ string, which says what happens after the last listed transition.
 *
 *     EST5EDT,M3.2.0,M11.1.0      <+1030>-10:30<+11>-11,M10.1.0,M4.1.0      IST-1GMT0,M10.5.0,M3.5.0/1
 *
 * Offsets in the text are west of UTC; times of day may be negative or beyond a day (up to a week). */
#include "time/time_priv.h"

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool eat(cursor *c, char want)
{
    if (c->at == c->end || *c->at != want)
        return false;
    c->at++;
    return true;
}

static bool number(cursor *c, int32_t most, int32_t *out)
{
    int32_t n = 0;
    const char *from = c->at;

    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        n = n * 10 + (*c->at++ - '0');
        if (n > most)
            return false;
    }
    *out = n;
    return c->at > from;
}

static bool name(cursor *c, char out[ZP_ZONE_ABBR])
{
    bool quoted = eat(c, '<');
    size_t n = 0;

    while (c->at < c->end) {
        char ch = *c->at;
        bool alpha = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');

        if (!alpha && !(quoted && ((ch >= '0' && ch <= '9') || ch == '+' || ch == '-')))
            break;
        if (n + 1 >= ZP_ZONE_ABBR)
            return false;
        out[n++] = ch;
        c->at++;
    }
    out[n] = 0;
    return n > 0 && (!quoted || eat(c, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool clock_time(cursor *c, int32_t most_hours, int32_t *secs)
{
    int32_t h = 0, m = 0, s = 0;
    bool minus = eat(c, '-');

    if (!minus)
        (void)eat(c, '+');
    if (!number(c, most_hours, &h))
        return false;
    if (eat(c, ':')) {
        if (!number(c, 59, &m) || (eat(c, ':') && !number(c, 59, &s)))
            return false;
    }
    *secs = h * 3600 + m * 60 + s;
    if (minus)
        *secs = -*secs;
    return true;
}

static bool date(cursor *c, zp__tz_date *out)
{
    *out = (zp__tz_date){ .kind = 'N', .secs = 7200 };
    if (eat(c, 'M')) {
        out->kind = 'M';
        if (!number(c, 12, &out->month) || out->month < 1 || !eat(c, '.') || !number(c, 5, &out->week) ||
            out->week < 1 || !eat(c, '.') || !number(c, 6, &out->day))
            return false;
    } else if (eat(c, 'J')) {
        out->kind = 'J';
        if (!number(c, 365, &out->day) || out->day < 1)
            return false;
    } else if (!number(c, 365, &out->day)) {
        return false;
    }
    return !eat(c, '/') || clock_time(c, 167, &out->secs);
}

bool zp__tz_rule_parse(const char *text, size_t len, zp__tz_rule *out)
{
    cursor c = { text, text + len };
    int32_t west;

    *out = (zp__tz_rule){ 0 };
    if (!name(&c, out->std.abbr) || !clock_time(&c, 24, &west))
        return false;
    out->std.offset = -west;
    if (c.at == c.end)
        return true;
    if (!name(&c, out->dst.abbr))
        return false;
    out->has_dst = true;
    out->dst.offset = out->std.offset + 3600;
    if (c.at < c.end && *c.at != ',') {
        if (!clock_time(&c, 24, &west))
            return false;
        out->dst.offset = -west;
    }
    if (c.at == c.end) { /* no rule: the one of the United States, as everywhere */
        out->start = (zp__tz_date){ 'M', 3, 2, 0, 7200 };
        out->end = (zp__tz_date){ 'M', 11, 1, 0, 7200 };
        return true;
    }
    return eat(&c, ',') && date(&c, &out->start) && eat(&c, ',') && date(&c, &out->end) && c.at == c.end;
}

/* Days since 1970 of a rule's date in a year. */
static int64_t date_day(const zp__tz_date *d, int64_t year)
{
    int64_t jan1 = zp_days_from_civil(year, 1, 1);
    bool leap = zp_days_from_civil(year + 1, 1, 1) - jan1 == 366;
    int64_t first, next, weekday, day;

    if (d->kind == 'N')
        return jan1 + d->day;
    if (d->kind == 'J')
        return jan1 + d->day - 1 + (leap && d->day > 59);
    first = zp_days_from_civil(year, d->month, 1);
    next = d->month == 12 ? zp_days_from_civil(year + 1, 1, 1) : zp_days_from_civil(year, d->month + 1, 1);
    weekday = first + 4 - zp__floor_div(first + 4, 7) * 7; /* 1970-01-01 was a Thursday */
    day = first + (d->day - weekday + 7) % 7;
    day += (int64_t)(d->week - 1) * 7;
    while (day >= next)
        day -= 7;
    return day;
}

void zp__tz_rule_year(const zp__tz_rule *rule, int64_t year, int64_t *begins, int64_t *ends)
{
    *begins = date_day(&rule->start, year) * 86400 + rule->start.secs - rule->std.offset;
    *ends = date_day(&rule->end, year) * 86400 + rule->end.secs - rule->dst.offset;
}
