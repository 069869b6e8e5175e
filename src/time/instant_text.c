/* Instants and intervals as text.
 *
 * Reading walks format and text side by side:   "%Y-%m-%d %H:%M:%S[.%s] %Z"   "2021-07-01 09:30:00 Europe/Paris"
 * and stops when either ends; what was not read is 0.  Without a format of the caller's, runs of blanks count as
 * one and blanks at both ends do not count. */
#include "time/time_priv.h"

#include <string.h>

static const char default_format[] = "%Y-%m-%d %H:%M:%S[.%s] %Z";

typedef struct reader {
    const char *at, *end;
    bool loose; /* runs of blanks */
    zp_civil civil;
    char zone[ZP_ZONE_ABBR * 8];
} reader;

static bool digits(reader *r, int least, int most, int32_t *out, zp_error *err)
{
    int32_t n = 0;
    int got = 0;

    for (; got < most && r->at < r->end && *r->at >= '0' && *r->at <= '9'; got++)
        n = n * 10 + (*r->at++ - '0');
    if (got < least)
        return zp_fail(err, "couldn't parse datetime element");
    *out = n;
    return true;
}

static void fraction(reader *r)
{
    int32_t ns = 0;

    for (int k = 0; k < 9; k++) {
        ns *= 10;
        if (r->at < r->end && *r->at >= '0' && *r->at <= '9')
            ns += *r->at++ - '0';
        else
            for (int left = 8 - k; left > 0; left--, k++)
                ns *= 10;
    }
    r->civil.ns = ns;
}

static bool zone_name(reader *r, zp_error *err)
{
    size_t n = 0;

    while (r->at < r->end && zp__zone_char(*r->at) && n + 1 < sizeof r->zone)
        r->zone[n++] = *r->at++;
    r->zone[n] = 0;
    return n > 0 || zp_fail(err, "couldn't parse datetime timezone");
}

static bool code(reader *r, char c, zp_error *err)
{
    int32_t year = 0;

    switch (c) {
    case 'Y':
    case 'y':
        if (!digits(r, c == 'Y' ? 4 : 2, c == 'Y' ? 4 : 2, &year, err))
            return false;
        r->civil.year = c == 'Y' ? year : 2000 + year;
        return true;
    case 'm': return digits(r, 1, 2, &r->civil.month, err);
    case 'd': return digits(r, 1, 2, &r->civil.day, err);
    case 'H': return digits(r, 1, 2, &r->civil.hour, err);
    case 'M': return digits(r, 1, 2, &r->civil.min, err);
    case 'S': return digits(r, 1, 2, &r->civil.sec, err);
    case 's': fraction(r); return true;
    case 'Z': return zone_name(r, err);
    case 0: return zp_fail(err, "missing format control character");
    default: return zp_fail(err, "unknown datetime format character '%c'", c);
    }
}

static const char *skip_optional(const char *f)
{
    while (*f && *f != ']')
        f++;
    return *f ? f + 1 : f;
}

static void skip_blanks(reader *r)
{
    while (r->at < r->end && *r->at == ' ')
        r->at++;
}

static bool walk(reader *r, const char *f, zp_error *err)
{
    while (*f && r->at < r->end) {
        if (*f == '%') {
            if (!code(r, f[1], err))
                return false;
            f += 2;
        } else if (*f == ']') {
            f++;
        } else if (*f == '[') {
            f++;
            if (*f && *f != '%' && *f != *r->at)
                f = skip_optional(f);
        } else if (*f != *r->at) {
            return zp_fail(err, "invalid date format");
        } else {
            r->at++;
            if (*f++ == ' ' && r->loose)
                skip_blanks(r);
        }
    }
    if (r->loose)
        skip_blanks(r);
    return r->at == r->end || zp_fail(err, "invalid date format");
}

bool zp_instant_parse(zp_slice text, const char *format, const zp_zone *zone, int64_t *ns, zp_error *err)
{
    reader r = { .at = text.ptr, .end = text.ptr + text.len, .loose = !format };

    if (r.loose)
        skip_blanks(&r);
    if (!walk(&r, format ? format : default_format, err))
        return false;
    if (r.zone[0])
        zone = zp_zone_find(r.zone, err);
    else if (!zone)
        return zp_fail(err, "timezone must be specified");
    return zone && zp_civil_to_instant(zone, &r.civil, ns, err);
}

/* ---------------------------------------------------------------- intervals */

static zp_slice trim(zp_slice s)
{
    while (s.len && (*s.ptr == ' ' || *s.ptr == '\t'))
        s.ptr++, s.len--;
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

static bool sign(char c, bool *open, zp_error *err)
{
    *open = c == '-';
    return c == '-' || c == '+' || zp_fail(err, "interval open/close must be specified with -/+");
}

bool zp_interval_parse(zp_slice text, int64_t *start, int64_t *end, bool *sopen, bool *eopen, zp_error *err)
{
    zp_slice s = trim(text), left, right;
    const char *arrow;

    if (s.len && *s.ptr == '|')
        s = trim((zp_slice){ s.ptr + 1, s.len - 1 });
    if (s.len && s.ptr[s.len - 1] == '|')
        s = trim((zp_slice){ s.ptr, s.len - 1 });
    if (!sign(s.len ? *s.ptr : 0, sopen, err))
        return false;
    s = (zp_slice){ s.ptr + 1, s.len - 1 };
    arrow = memchr(s.ptr, '>', s.len);
    if (!arrow || arrow == s.ptr || arrow[-1] != '-')
        return zp_fail(err, "interval datetime separator must be '->'");
    left = trim((zp_slice){ s.ptr, (size_t)(arrow - 1 - s.ptr) });
    right = trim((zp_slice){ arrow + 1, s.len - (size_t)(arrow + 1 - s.ptr) });
    if (!sign(right.len ? right.ptr[right.len - 1] : 0, eopen, err))
        return false;
    right = trim((zp_slice){ right.ptr, right.len - 1 });
    if (!zp_instant_parse(left, NULL, NULL, start, err) || !zp_instant_parse(right, NULL, NULL, end, err))
        return false;
    return *end >= *start || zp_fail(err, "interval end smaller than interval start");
}

/* ---------------------------------------------------------------- writing */

static char *put2(char *p, int32_t n)
{
    *p++ = (char)('0' + n / 10);
    *p++ = (char)('0' + n % 10);
    return p;
}

void zp_instant_format(zp_buf *out, int64_t ns, const zp_zone *zone, int fraction_mode, int64_t *cursor)
{
    int64_t own = 0;
    int64_t *seg = cursor ? cursor : &own;
    char text[64], *p = text;
    const char *abbr;
    zp_civil c;

    zp_civil_at(zone, ns, seg, &c);
    zp_zone_offset(zone, ns, seg, &abbr);
    p = put2(p, (int32_t)(c.year / 100));
    p = put2(p, (int32_t)(c.year % 100));
    *p++ = '-';
    p = put2(p, c.month);
    *p++ = '-';
    p = put2(p, c.day);
    *p++ = ' ';
    p = put2(p, c.hour);
    *p++ = ':';
    p = put2(p, c.min);
    *p++ = ':';
    p = put2(p, c.sec);
    if (fraction_mode == ZP_FRACTION_ALWAYS || (fraction_mode == ZP_FRACTION_AUTO && c.ns)) {
        *p++ = '.';
        for (int32_t unit = 100000000; unit; unit /= 10)
            *p++ = (char)('0' + c.ns / unit % 10);
    }
    *p++ = ' ';
    zp_buf_put(out, text, (size_t)(p - text));
    zp_buf_puts(out, abbr);
}

void zp_interval_format(zp_buf *out, int64_t start, int64_t end, bool sopen, bool eopen, const zp_zone *zone,
                        int fraction_mode, int64_t *cursor)
{
    zp_buf_putc(out, sopen ? '-' : '+');
    zp_instant_format(out, start, zone, fraction_mode, cursor);
    zp_buf_puts(out, " -> ");
    zp_instant_format(out, end, zone, fraction_mode, cursor);
    zp_buf_putc(out, eopen ? '-' : '+');
}
