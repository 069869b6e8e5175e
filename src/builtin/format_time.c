/* format_time: instants by strftime codes, and the other time types as they are shown.
 *
 *     %Y %m %d %H %M %S %y %j %e %I %p %P %a %A %b %B %h %u %w %U %W %V %G %g %F %T %D %R %C %n %t %% as strftime has them,
 *     %Z abbreviation, %z offset (+hhmm) of the zone at that instant, %s seconds since 1970, %OSn seconds with n decimals,
 *     [.%s] the fraction when there is one: the format in which times are read. */
#include "builtin/format_priv.h"

#include <stdio.h>

static const char *const month_names[] = { "January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December" };
static const char *const day_names[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday" };

/* An instant in its zone, taken apart. */
typedef struct moment {
    int64_t ns;
    zp_civil civil;
    int32_t offset;
    const char *zone;
    int32_t yday, wday; /* from 0: January 1, Sunday */
} moment;

static moment moment_of(int64_t ns, const zp_zone *zone, int64_t *cursor)
{
    moment m = { .ns = ns };
    int64_t days;

    m.offset = zp_zone_offset(zone, ns, cursor, &m.zone);
    zp_civil_at(zone, ns, cursor, &m.civil);
    days = zp_days_from_civil(m.civil.year, m.civil.month, m.civil.day);
    m.yday = (int32_t)(days - zp_days_from_civil(m.civil.year, 1, 1));
    m.wday = (int32_t)(((days + 4) % 7 + 7) % 7);
    return m;
}

/* ISO week and its year. */
static void iso_week(const moment *m, int64_t *year, int *week)
{
    int64_t thursday =
        zp_days_from_civil(m->civil.year, m->civil.month, m->civil.day) + 3 - (m->wday + 6) % 7;
    zp_civil c = { 0 };

    zp_civil_from_days(thursday, &c);
    *year = c.year;
    *week = (int)((thursday - zp_days_from_civil(c.year, 1, 1)) / 7 + 1);
}

static void put_fraction(zp_buf *out, const moment *m, int digits)
{
    char text[16];

    snprintf(text, sizeof text, "%09d", (int)m->civil.ns);
    zp_buf_putc(out, '.');
    zp_buf_put(out, text, (size_t)(digits > 9 ? 9 : digits));
}

static void put_offset(zp_buf *out, int32_t offset)
{
    int32_t minutes = (offset < 0 ? -offset : offset) / 60;

    zp_buf_printf(out, "%c%02d%02d", offset < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}

static void put_week(zp_buf *out, const moment *m, char code)
{
    int64_t year;
    int week;

    iso_week(m, &year, &week);
    if (code == 'G')
        zp_buf_printf(out, "%lld", (long long)year);
    else if (code == 'g')
        zp_buf_printf(out, "%02lld", (long long)(year % 100));
    else if (code == 'V')
        zp_buf_printf(out, "%02d", week);
    else
        zp_buf_printf(out, "%02d", (m->yday + 7 - (code == 'U' ? m->wday : (m->wday + 6) % 7)) / 7);
}

/* A code made of others, or NULL. */
static const char *compound(char code)
{
    switch (code) {
    case 'F': return "%Y-%m-%d";
    case 'T':
    case 'X': return "%H:%M:%S";
    case 'D':
    case 'x': return "%m/%d/%y";
    case 'R': return "%H:%M";
    case 'r': return "%I:%M:%S %p";
    case 'c': return "%a %b %e %H:%M:%S %Y";
    default: return NULL;
    }
}

static void put_number(zp_buf *out, const moment *m, char code)
{
    const zp_civil *c = &m->civil;

    switch (code) {
    case 'Y': zp_buf_printf(out, "%lld", (long long)c->year); break;
    case 'C': zp_buf_printf(out, "%02d", (int)(c->year / 100)); break;
    case 'y': zp_buf_printf(out, "%02d", (int)((c->year % 100 + 100) % 100)); break;
    case 'm': zp_buf_printf(out, "%02d", (int)c->month); break;
    case 'd': zp_buf_printf(out, "%02d", (int)c->day); break;
    case 'e': zp_buf_printf(out, "%2d", (int)c->day); break;
    case 'H': zp_buf_printf(out, "%02d", (int)c->hour); break;
    case 'k': zp_buf_printf(out, "%2d", (int)c->hour); break;
    case 'I': zp_buf_printf(out, "%02d", (int)((c->hour + 11) % 12 + 1)); break;
    case 'l': zp_buf_printf(out, "%2d", (int)((c->hour + 11) % 12 + 1)); break;
    case 'M': zp_buf_printf(out, "%02d", (int)c->min); break;
    case 'S': zp_buf_printf(out, "%02d", (int)c->sec); break;
    case 'j': zp_buf_printf(out, "%03d", (int)m->yday + 1); break;
    case 'u': zp_buf_printf(out, "%d", m->wday ? (int)m->wday : 7); break;
    case 'w': zp_buf_printf(out, "%d", (int)m->wday); break;
    case 's': zp_buf_printf(out, "%lld", (long long)((m->ns - c->ns) / ZP_NS_SEC)); break;
    default: /* not a code: as it is */
        zp_buf_putc(out, '%');
        zp_buf_putc(out, code);
        break;
    }
}

static void put_code(zp_buf *out, const moment *m, char code)
{
    switch (code) {
    case 'a': zp_buf_put(out, day_names[m->wday], 3); break;
    case 'A': zp_buf_puts(out, day_names[m->wday]); break;
    case 'b':
    case 'h': zp_buf_put(out, month_names[m->civil.month - 1], 3); break;
    case 'B': zp_buf_puts(out, month_names[m->civil.month - 1]); break;
    case 'p': zp_buf_puts(out, m->civil.hour < 12 ? "AM" : "PM"); break;
    case 'P': zp_buf_puts(out, m->civil.hour < 12 ? "am" : "pm"); break;
    case 'Z': zp_buf_puts(out, m->zone ? m->zone : ""); break;
    case 'z': put_offset(out, m->offset); break;
    case 'U':
    case 'W':
    case 'V':
    case 'g':
    case 'G': put_week(out, m, code); break;
    case 'n': zp_buf_putc(out, '\n'); break;
    case 't': zp_buf_putc(out, '\t'); break;
    case '%': zp_buf_putc(out, '%'); break;
    default: put_number(out, m, code); break;
    }
}

static void put_format(zp_buf *out, const moment *m, const char *format)
{
    for (const char *p = format; *p; p++) {
        if (strncmp(p, "[.%s]", 5) == 0) {
            if (m->civil.ns)
                put_fraction(out, m, 9);
            p += 4;
        } else if (*p != '%' || !p[1]) {
            zp_buf_putc(out, *p);
        } else if (p[1] == 'O' && p[2] == 'S') {
            put_code(out, m, 'S');
            p += 2;
            if (p[1] >= '1' && p[1] <= '9')
                put_fraction(out, m, *++p - '0');
        } else if (compound(p[1])) {
            put_format(out, m, compound(*++p));
        } else {
            put_code(out, m, *++p);
        }
    }
}

bool zp__format_instant(zp_buf *out, int64_t ns, const zp_zone *zone, const char *format, int64_t *cursor)
{
    moment m = moment_of(ns, zone, cursor);

    put_format(out, &m, format);
    return !out->failed;
}

/* Element i by the format, or as it is shown. */
static void time_text(zp_buf *out, zp_value x, int64_t i, const zp_zone *zone, const char *format,
                      int64_t *cursor)
{
    if (x.type == ZP_TIM) {
        zp__format_instant(out, zp_i64s(&x)[i], zone, format, cursor);
    } else if (x.type == ZP_DUR) {
        zp_duration_format(out, zp_i64s(&x)[i]);
    } else if (x.type == ZP_PER) {
        const zp_period *p = zp_pers(&x) + i;

        zp_period_format(out, p->months, p->days, p->ns);
    } else {
        const zp_interval *v = zp_ivls(&x) + i;

        zp_interval_format(out, v->start, v->end, v->sopen, v->eopen, zone, ZP_FRACTION_AUTO, cursor);
    }
}

zp_status zp__format_times(zp_call *c, zp_value x, const char *format, const char *tz, bool trim,
                           int64_t width)
{
    const zp_zone *zone = zp_zone_find(tz ? tz : zp_ctx_config(c->ctx)->timezone, c->err);
    int64_t n = zp_len(x), cursor = 0;
    zp_buf text = ZP_BUF_INIT, pad = ZP_BUF_INIT;
    bool ok = true;

    if (!zone)
        return ZP_FAILED;
    c->out = zp_vec(ZP_STR, n, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    format = format ? format : "%Y-%m-%d %H:%M:%S";
    for (int64_t i = 0; i < n && !trim && x.type != ZP_TIM; i++) {
        zp_buf_clear(&text);
        time_text(&text, x, i, zone, format, &cursor);
        width = (int64_t)text.len > width ? (int64_t)text.len : width;
    }
    for (int64_t i = 0; ok && i < n; i++) {
        zp_buf_clear(&text);
        zp_buf_clear(&pad);
        time_text(&text, x, i, zone, format, &cursor);
        zp_buf_fill(&pad, ' ', trim ? 0 : width - (int64_t)text.len);
        zp_buf_put(&pad, text.ptr, text.len);
        ok = zp_buf_ok(&text, c->err) && zp__put_text(c->out, i, &pad, c->err) && !zp__stopped(c, i);
    }
    zp_buf_fini(&text);
    zp_buf_fini(&pad);
    return zp_done(ok && zp__copy_shape(&c->out, x, c->err));
}
