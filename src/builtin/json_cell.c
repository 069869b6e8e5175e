/* json_cell: one element of an array as JSON. */
#include "builtin/json_cell.h"

#include <math.h>
#include <stdio.h>

#include "base/json_text.h"
#include "base/number.h"
#include "time/time.h"

/* 2015-01-01T12:00:00.5Z */
static void put_time(zp_buf *b, int64_t ns)
{
    zp_civil c;
    char fraction[16];
    size_t len = 10;

    zp_civil_at(zp_zone_utc(), ns, NULL, &c);
    zp_buf_printf(b, "\"%04lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year, c.month, c.day, c.hour, c.min,
                  c.sec);
    if (c.ns) {
        snprintf(fraction, sizeof fraction, ".%09d", c.ns);
        while (fraction[len - 1] == '0')
            len--;
        zp_buf_put(b, fraction, len);
    }
    zp_buf_puts(b, "Z\"");
}

/* As they are printed. */
static void put_span(zp_buf *b, zp_type type, const void *cells, int64_t i)
{
    if (type == ZP_DUR) {
        zp_duration_format(b, ((const int64_t *)cells)[i]);
    } else if (type == ZP_PER) {
        const zp_period *p = (const zp_period *)cells + i;

        zp_period_format(b, p->months, p->days, p->ns);
    } else if (type == ZP_IVL) {
        const zp_interval *v = (const zp_interval *)cells + i;

        zp_interval_format(b, v->start, v->end, v->sopen, v->eopen, zp_zone_utc(), 0, NULL);
    }
}

void zp_json_cell(zp_buf *b, zp_type type, const void *cells, int64_t i)
{
    char text[ZP_SHORTEST_MAX];
    double x;

    switch (type) {
    case ZP_DBL:
        x = ((const double *)cells)[i];
        if (isnan(x))
            zp_buf_puts(b, "null");
        else if (isinf(x)) /* JSON has no word for it; every reader makes Inf of this */
            zp_buf_puts(b, x > 0 ? "1e999" : "-1e999");
        else
            zp_buf_put(b, text, zp_number_shortest(text, x));
        break;
    case ZP_LGL: zp_buf_puts(b, ((const int8_t *)cells)[i] ? "true" : "false"); break;
    case ZP_TIM: put_time(b, ((const int64_t *)cells)[i]); break;
    case ZP_STR: {
        const zp_str *s = ((zp_str *const *)cells)[i];

        zp_json_put_string(b, s->text, s->len);
        break;
    }
    default:
        zp_buf_putc(b, '"');
        put_span(b, type, cells, i);
        zp_buf_putc(b, '"');
        break;
    }
}
