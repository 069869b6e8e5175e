/* text: elements of arrays as text, unquoted, as as.character, paste and cat show them. */
#include "ops/ops.h"

#include "base/number.h"
#include "time/time.h"

void zp_number_text(zp_buf *out, double x, int digits)
{
    zp_number_put1(out, x, digits, 0);
}

bool zp_number_parse(const char *text, size_t len, double *out)
{
    return zp_number_from(text, len, out);
}

/* The zone called `name`, or UTC when there is none. */
static const zp_zone *zone_of(const char *name)
{
    const zp_zone *zone = name && *name ? zp_zone_find(name, NULL) : NULL;

    return zone ? zone : zp_zone_utc();
}

void zp_elem_text(zp_buf *out, zp_value v, int64_t i, int digits, const char *zone)
{
    int64_t cursor = 0;

    switch (v.type) {
    case ZP_DBL: zp_number_text(out, zp_dbls(&v)[i], digits); break;
    case ZP_LGL: zp_buf_puts(out, zp_lgls(&v)[i] ? "TRUE" : "FALSE"); break;
    case ZP_TIM: zp_instant_format(out, zp_i64s(&v)[i], zone_of(zone), ZP_FRACTION_AUTO, &cursor); break;
    case ZP_DUR: zp_duration_format(out, zp_i64s(&v)[i]); break;
    case ZP_IVL: {
        zp_interval x = zp_ivls(&v)[i];

        zp_interval_format(out, x.start, x.end, x.sopen, x.eopen, zone_of(zone), ZP_FRACTION_AUTO, &cursor);
        break;
    }
    case ZP_PER: {
        zp_period x = zp_pers(&v)[i];

        zp_period_format(out, x.months, x.days, x.ns);
        break;
    }
    case ZP_STR: {
        const zp_str *s = zp_strs(&v)[i];

        zp_buf_put(out, s->text, s->len);
        break;
    }
    default: /* callers ask for elements of arrays only */ break;
    }
}
