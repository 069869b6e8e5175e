/* print_cells: elements that share a format: how wide they are, and each one as text in its column. */
#include "base/utf8.h"
#include "base/breath.h"
#include "lang/print_priv.h"

int zp__digits_of(int64_t n)
{
    int digits = 1;

    for (; n >= 10; n /= 10)
        digits++;
    return digits;
}

/* Writes element i to `out`. */
static void cell_text(zp__printer *p, zp__cells *c, int64_t i, zp_buf *out)
{
    switch (c->type) {
    case ZP_DBL: zp_number_put(out, ((const double *)c->data)[i], &c->form, 0); break;
    case ZP_LGL: zp_buf_puts(out, ((const int8_t *)c->data)[i] ? "TRUE" : "FALSE"); break;
    case ZP_TIM:
        zp_instant_format(out, ((const int64_t *)c->data)[i], p->zone, c->fraction, &c->cursor);
        break;
    case ZP_DUR: zp_duration_format(out, ((const int64_t *)c->data)[i]); break;
    case ZP_IVL: {
        const zp_interval *x = (const zp_interval *)c->data + i;

        zp_interval_format(out, x->start, x->end, x->sopen, x->eopen, p->zone, c->fraction, &c->cursor);
        break;
    }
    case ZP_PER: {
        const zp_period *x = (const zp_period *)c->data + i;

        zp_period_format(out, x->months, x->days, x->ns);
        break;
    }
    default: break;
    }
}

int zp__fraction(zp_type type, const void *data, int64_t n)
{
    if (type == ZP_TIM)
        for (int64_t i = 0; i < n; i++)
            if (((const int64_t *)data)[i] % ZP_NS_SEC != 0)
                return ZP_FRACTION_ALWAYS;
    if (type == ZP_IVL)
        for (int64_t i = 0; i < n; i++) {
            const zp_interval *x = (const zp_interval *)data + i;

            if (x->start % ZP_NS_SEC != 0 || x->end % ZP_NS_SEC != 0)
                return ZP_FRACTION_ALWAYS;
        }
    return ZP_FRACTION_NEVER;
}

static int64_t widest_text(zp__printer *p, zp__cells *c, int64_t n)
{
    int64_t widest = 0;

    for (int64_t i = 0; i < n; i++) {
        zp_breathe(100);
        zp_buf_clear(&p->scratch);
        cell_text(p, c, i, &p->scratch);
        widest = (int64_t)p->scratch.len > widest ? (int64_t)p->scratch.len : widest;
    }
    return widest;
}

static int64_t widest_string(zp_str *const *s, int64_t n, char quote)
{
    int64_t widest = 0;

    for (int64_t i = 0; i < n; i++) {
        int64_t w = zp_utf8_escape_columns(s[i]->text, s[i]->len, quote);

        widest = w > widest ? w : widest;
    }
    return widest;
}

/* A column of a matrix without rows is one wide, as R has it. */
static int64_t widest_logical(const int8_t *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!x[i])
            return 5;
    return n > 0 ? 4 : 1;
}

void zp__cells_measure(zp__printer *p, zp__cells *c, zp_type type, const void *data, int64_t n, int fraction)
{
    *c = (zp__cells){ .type = type, .data = data, .fraction = fraction };
    switch (type) {
    case ZP_DBL:
        c->form = zp_numform_of(data, n, p->opts->digits, p->opts->scipen, 0);
        c->width = c->form.width;
        break;
    case ZP_LGL: c->width = widest_logical(data, n); break;
    case ZP_STR: c->width = widest_string(data, n, p->opts->quote ? '"' : 0); break;
    default: c->width = widest_text(p, c, n); break;
    }
}

static void put_string(zp__printer *p, const zp_str *s, char quote, int64_t width, bool left)
{
    int64_t pad = width - zp_utf8_escape_columns(s->text, s->len, quote);

    if (!left)
        zp_buf_fill(p->out, ' ', pad);
    zp_utf8_escape(p->out, s->text, s->len, quote);
    if (left)
        zp_buf_fill(p->out, ' ', pad);
}

void zp__cells_put(zp__printer *p, zp__cells *c, int64_t i, int64_t width, bool left)
{
    int64_t pad;

    if (c->type == ZP_STR) {
        put_string(p, ((zp_str *const *)c->data)[i], p->opts->quote ? '"' : 0, width, left);
        return;
    }
    if (c->type == ZP_DBL) {
        zp_number_put(p->out, ((const double *)c->data)[i], &c->form, width);
        return;
    }
    zp_buf_clear(&p->scratch);
    cell_text(p, c, i, &p->scratch);
    pad = width - (int64_t)p->scratch.len;
    if (!left)
        zp_buf_fill(p->out, ' ', pad);
    zp_buf_put(p->out, p->scratch.ptr, p->scratch.len);
    if (left)
        zp_buf_fill(p->out, ' ', pad);
}

void zp__name_put(zp__printer *p, const zp_array *names, int64_t i, int64_t width, bool left)
{
    put_string(p, zp_name_at(names, i), 0, width, left);
}

void zp__name_raw(zp__printer *p, const zp_array *names, int64_t i, int64_t width)
{
    const zp_str *s = zp_name_at(names, i);

    zp_buf_put(p->out, s->text, s->len);
    zp_buf_fill(p->out, ' ', width - zp_utf8_columns(s->text, s->len));
}

int64_t zp__name_width(const zp_array *names, int64_t i)
{
    const zp_str *s = zp_name_at(names, i);

    return zp_utf8_escape_columns(s->text, s->len, 0);
}
