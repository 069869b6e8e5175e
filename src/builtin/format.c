/* format: values as text of one width.
 *
 * Numbers share one form (base/number.h), strings and logicals are padded, times are written by strftime codes or
 * as they are shown (format_time.c).  Dims and names stay. */
#include "base/utf8.h"
#include "builtin/format_priv.h"
#include "builtin/tables.h"

#include <math.h>
#include <stdlib.h>

typedef struct format_opts {
    bool trim;
    int digits, nsmall, scipen;
    char justify; /* l, r, c, n */
    int64_t width;
    zp_str *big_mark, *point;
    bool drop0;
    const zp_config *cfg;
} format_opts;

/* Pads text[from ..) to `width` columns, those in which print shows it: an escape (\\, \t) has two, as in R. */
static void justify(zp_buf *text, size_t from, int64_t width, char how)
{
    int64_t used = zp_utf8_escape_columns(text->ptr ? text->ptr + from : "", text->len - from, 0),
            pad = width - used;
    int64_t before = how == 'r' ? pad : how == 'c' ? pad / 2 : 0;

    if (pad <= 0 || how == 'n')
        return;
    zp_buf_fill(text, ' ', pad);
    if (before > 0 && !text->failed) {
        memmove(text->ptr + from + before, text->ptr + from, text->len - from - (size_t)pad);
        memset(text->ptr + from, ' ', (size_t)before);
    }
}

/* ---------------------------------------------------------------- one kind after the other */

static void put_number(zp_buf *text, double x, const zp_numform *form, int64_t width, const format_opts *o)
{
    size_t from = text->len;

    zp_number_put(text, x, form, width);
    zp__decimals(text, from, o->drop0, o->point);
    if (o->big_mark->len && isfinite(x))
        zp__big_mark(text, from, o->big_mark);
}

static bool format_numbers(zp_call *c, zp_value x, const format_opts *o, zp_value out)
{
    const double *d = zp_dbls(&x);
    int64_t n = zp_len(x), width, widest = 0;
    zp_numform form = zp_numform_of(d, n, o->digits, o->scipen, o->nsmall);
    zp_buf text = ZP_BUF_INIT;
    bool ok = true;

    width = !o->trim && form.width > o->width ? form.width : o->width;
    if (o->big_mark->len && !o->trim) /* marks may make some longer */
        for (int64_t i = 0; i < n; i++) {
            zp_buf_clear(&text);
            put_number(&text, d[i], &form, width, o);
            widest = (int64_t)text.len > widest ? (int64_t)text.len : widest;
        }
    for (int64_t i = 0; ok && i < n; i++) {
        zp_buf_clear(&text);
        put_number(&text, d[i], &form, width, o);
        justify(&text, 0, widest, 'r');
        ok = zp__put_text(out, i, &text, c->err) && !zp__stopped(c, i);
    }
    zp_buf_fini(&text);
    return ok;
}

static bool format_logicals(zp_call *c, zp_value x, const format_opts *o, zp_value out)
{
    const int8_t *l = zp_lgls(&x);
    int64_t n = zp_len(x), width = o->width;
    zp_buf text = ZP_BUF_INIT;
    bool ok = true;

    for (int64_t i = 0; i < n && !o->trim; i++)
        width = width < (l[i] ? 4 : 5) ? (l[i] ? 4 : 5) : width;
    for (int64_t i = 0; ok && i < n; i++) {
        zp_buf_clear(&text);
        zp_buf_puts(&text, l[i] ? "TRUE" : "FALSE");
        justify(&text, 0, width, 'r');
        ok = zp__put_text(out, i, &text, c->err) && !zp__stopped(c, i);
    }
    zp_buf_fini(&text);
    return ok;
}

static bool format_strings(zp_call *c, zp_value x, const format_opts *o, zp_value out)
{
    zp_str *const *s = zp_strs(&x);
    int64_t n = zp_len(x), width = o->width;
    zp_buf text = ZP_BUF_INIT;
    bool ok = true;

    for (int64_t i = 0; i < n; i++) {
        int64_t w = zp_utf8_escape_columns(s[i]->text, s[i]->len, 0);

        width = w > width ? w : width;
    }
    for (int64_t i = 0; ok && i < n; i++) {
        zp_buf_clear(&text);
        zp_buf_put(&text, s[i]->text, s[i]->len);
        justify(&text, 0, width, o->justify);
        ok = zp__put_text(out, i, &text, c->err) && !zp__stopped(c, i);
    }
    zp_buf_fini(&text);
    return ok;
}

static bool format_array(zp_call *c, zp_value x, const format_opts *o, zp_value *out)
{
    bool ok;

    *out = zp_vec(ZP_STR, zp_len(x), c->err);
    if (zp_bad(*out))
        return false;
    if (x.type == ZP_DBL)
        ok = format_numbers(c, x, o, *out);
    else if (x.type == ZP_LGL)
        ok = format_logicals(c, x, o, *out);
    else
        ok = format_strings(c, x, o, *out);
    return ok && zp__copy_shape(out, x, c->err);
}

/* ---------------------------------------------------------------- lists */

/* The elements of a dense array in one form, separated by commas. */
static bool array_text(zp_call *c, zp_value x, const format_opts *o, zp_buf *text)
{
    format_opts apart = *o;
    zp_value cells = zp_nil();
    bool ok;

    apart.trim |= zp_len(x) > 1;
    if (x.type != ZP_DBL && x.type != ZP_LGL && x.type != ZP_STR) {
        for (int64_t i = 0; zp_is_array(x) && i < zp_len(x); i++) {
            zp_buf_puts(text, i ? ", " : "");
            zp__text_elem(text, x, i, 15, o->cfg);
        }
        if (!zp_is_array(x))
            zp__deparse(text, x, o->cfg, 0);
        return true;
    }
    ok = format_array(c, x, &apart, &cells);
    for (int64_t i = 0; ok && i < zp_len(cells); i++) {
        zp_buf_puts(text, i ? ", " : "");
        zp_buf_puts(text, zp_strs(&cells)[i]->text);
    }
    zp_value_clear(&cells);
    return ok;
}

static bool element_text(zp_call *c, zp_value x, const format_opts *o, zp_buf *text)
{
    zp_value v = zp_value_ref(x);
    bool ok = (!zp_is_array(v) || zp_value_dense(&v, c->err)) && array_text(c, v, o, text);

    zp_value_unref(v);
    return ok;
}

static bool format_list(zp_call *c, zp_value x, const format_opts *o)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok = true;

    c->out = zp_vec(ZP_STR, zp_len(x), c->err);
    if (zp_bad(c->out))
        return false;
    for (int64_t i = 0; ok && i < zp_len(x); i++) {
        zp_value v = zp_list_at(x, i);

        zp_buf_clear(&text);
        if (v.type != ZP_LIST)
            ok = element_text(c, v, o, &text);
        for (int64_t k = 0; ok && v.type == ZP_LIST && k < zp_len(v); k++) {
            zp_buf_puts(&text, k ? ", " : "");
            if (zp_list_at(v, k).type == ZP_LIST)
                zp__deparse(&text, zp_list_at(v, k), o->cfg, 0);
            else
                ok = element_text(c, zp_list_at(v, k), o, &text);
        }
        ok = ok && zp__put_text(c->out, i, &text, c->err);
    }
    zp_buf_fini(&text);
    return ok && zp__copy_shape(&c->out, x, c->err);
}

/* ---------------------------------------------------------------- arguments */

static bool read_whole(zp_call *c, int k, const char *name, int least, int most, int *out)
{
    double d;

    if (!zp_arg_dbl(c, k, &d))
        return false;
    if (!(d >= least && d <= most))
        return k == 2 ? zp_fail_arg(c->err, k + 1, "invalid value %.15g for '%s' argument", d, name)
                      : zp_fail_arg(c->err, k + 1, "invalid '%s' argument", name);
    *out = (int)d;
    return true;
}

static bool read_scientific(zp_call *c, format_opts *o)
{
    zp_value v = c->argv[6];
    double d;

    if (v.type == ZP_MISSING || v.type == ZP_NIL)
        return true;
    if (v.type == ZP_LGL && zp_len(v) == 1) {
        o->scipen = zp_lgls(&v)[0] ? -100 : 100;
        return true;
    }
    if (v.type != ZP_DBL || zp_len(v) != 1 || !zp_get_dbl(v, &d, c->err) || !(fabs(d) < 1e6))
        return zp_fail_arg(c->err, 7, "invalid 'scientific' argument");
    o->scipen = (int)d;
    return true;
}

static bool read_justify(zp_call *c, format_opts *o)
{
    static const char *const words[] = { "left", "right", "centre", "none" };
    zp_str *s;

    if (!zp_arg_str(c, 4, &s))
        return false;
    for (size_t i = 0; i < ZP_COUNTOF(words); i++)
        if (s->len && strncmp(words[i], s->text, s->len) == 0) {
            o->justify = words[i][0];
            return true;
        }
    return zp_fail_arg(c->err, 5, "'arg' should be one of ‘left’, ‘right’, ‘centre’, ‘none’");
}

/* `times`: the second and third argument may be strings (time_args). */
static bool read_opts(zp_call *c, format_opts *o, bool times)
{
    const zp_config *cfg = zp_ctx_config(c->ctx);
    double width;

    *o = (format_opts){ .digits = (int)cfg->digits, .scipen = (int)cfg->scipen, .cfg = cfg };
    if (!(times && c->argv[1].type == ZP_STR) && (c->argv[1].type != ZP_LGL || !zp_arg_lgl(c, 1, &o->trim)))
        return zp_fail_arg(c->err, 2, "invalid 'trim' argument");
    if (c->argv[2].type != ZP_NIL && !(times && c->argv[2].type == ZP_STR) &&
        !read_whole(c, 2, "digits", 1, 22, &o->digits))
        return false;
    if (c->argv[5].type != ZP_NIL) {
        if (!zp_arg_dbl(c, 5, &width))
            return false;
        if (!(width < 1e7))
            return zp_fail_arg(c->err, 6, "invalid 'width' argument");
        o->width = width > 0 ? (int64_t)width : 0;
    }
    return read_whole(c, 3, "nsmall", 0, 20, &o->nsmall) && read_justify(c, o) && read_scientific(c, o) &&
           zp_arg_str(c, 7, &o->big_mark) && zp_arg_str(c, 10, &o->point) && zp_arg_lgl(c, 11, &o->drop0);
}

/* format(t, "%H:%M"), format(t, "UTC"): strings without a name are a format or a zone. */
static bool time_args(zp_call *c, const char **format, const char **tz)
{
    zp_str *s;

    *format = NULL;
    *tz = NULL;
    for (int k = 1; k <= 2; k++) {
        zp_value v = c->argv[k];

        if (v.type != ZP_STR || zp_len(v) != 1)
            continue;
        s = zp_strs(&v)[0];
        *(strchr(s->text, '%') ? format : tz) = s->text;
    }
    if (c->argv[9].type != ZP_NIL) {
        if (!zp_arg_str(c, 9, &s))
            return false;
        *format = s->text;
    }
    if (!zp_arg_str(c, 8, &s))
        return false;
    if (s->len)
        *tz = s->text;
    return true;
}

static zp_status format_lines(zp_call *c, zp_slice source)
{
    const char *at = source.ptr, *end = source.ptr + source.len;
    int64_t lines = 1;

    for (const char *p = at; p < end; p++)
        lines += *p == '\n';
    c->out = zp_vec(ZP_STR, lines, c->err);
    for (int64_t i = 0; !zp_bad(c->out) && i < lines; i++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        zp_str *s = zp_str_new(at, (size_t)((stop ? stop : end) - at), c->err);

        if (!s)
            return ZP_FAILED;
        zp_str_put(c->out, i, s);
        at = stop ? stop + 1 : end;
    }
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_format(zp_call *c)
{
    zp_value x = c->argv[0];
    format_opts o;
    const char *format, *tz;

    switch (x.type) {
    case ZP_TIM:
    case ZP_DUR:
    case ZP_IVL:
    case ZP_PER:
        return zp_done(time_args(c, &format, &tz) && read_opts(c, &o, true)) == ZP_OK
                   ? zp__format_times(c, x, format, tz, o.trim, o.width)
                   : ZP_FAILED;
    case ZP_DBL:
    case ZP_LGL:
    case ZP_STR: return zp_done(read_opts(c, &o, false) && format_array(c, x, &o, &c->out));
    case ZP_LIST: return zp_done(read_opts(c, &o, false) && format_list(c, x, &o));
    case ZP_CLO: return format_lines(c, zp_closure_source(x));
    case ZP_NIL: c->out = zp_chr("NULL", c->err); return zp_done(!zp_bad(c->out));
    case ZP_ERR: c->out = zp_chr(zp_error_value_text(x), c->err); return zp_done(!zp_bad(c->out));
    default: return zp_fail_call(c, "cannot format a value of type '%s'", zp__kind_name(x));
    }
}

/* ---------------------------------------------------------------- prettyNum */

typedef struct marks {
    zp_str *big, *point;
    bool drop0;
} marks;

static bool pretty_one(zp_buf *text, zp_value x, int64_t i, const marks *m, const zp_config *cfg)
{
    if (x.type == ZP_DBL) {
        zp_number_put1(text, zp_dbls(&x)[i], (int)cfg->digits, (int)cfg->scipen);
    } else {
        zp__text_elem(text, x, i, 15, cfg);
        if (x.type != ZP_STR)
            return true;
    }
    zp__decimals(text, 0, m->drop0, m->point);
    zp__big_mark(text, 0, m->big);
    return true;
}

static zp_status bi_pretty_num(zp_call *c)
{
    zp_value x = c->argv[0];
    zp_buf text = ZP_BUF_INIT;
    marks m;
    bool ok = true;

    if (!zp_arg_str(c, 1, &m.big) || !zp_arg_str(c, 2, &m.point) || !zp_arg_lgl(c, 3, &m.drop0))
        return ZP_FAILED;
    c->out = zp_vec(ZP_STR, zp_len(x), c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    for (int64_t i = 0; ok && i < zp_len(x); i++) {
        zp_buf_clear(&text);
        ok = pretty_one(&text, x, i, &m, zp_ctx_config(c->ctx)) && zp__put_text(c->out, i, &text, c->err) &&
             !zp__stopped(c, i);
    }
    zp_buf_fini(&text);
    if (zp_is_array(x) && !zp_is_vector(x) &&
        x.type != ZP_STR) /* as R, which goes over the numbers one by one */
        return zp_done(ok);
    return zp_done(ok && zp__copy_shape(&c->out, x, c->err));
}

const zp_builtin zp_builtins_format[] = {
    { "format",
      "x, trim = FALSE, digits = NULL, nsmall = 0, justify = \"left\", width = NULL, [scientific], big.mark = \"\", "
      "tz = \"\", format = NULL, decimal.mark = \".\", drop0trailing = FALSE",
      "nsmall=D justify=S width=D0 big.mark=S tz=S format=S0 decimal.mark=S drop0trailing=L", 0, bi_format,
      "The elements of x as text of one width. trim: no padding; digits, nsmall: significant digits, least decimals; "
      "justify: left, right, centre or none (strings); scientific: TRUE, FALSE or a penalty; drop0trailing: no zeros at the end of decimals. "
      "Instants are written in "
      "zone tz by strftime codes, format(t, \"%H:%M\").",
      "format(c(1, 10.5), nsmall = 2)", NULL },
    { "prettyNum", "x, big.mark = \"\", decimal.mark = \".\", drop0trailing = FALSE",
      "x=DSL big.mark=S decimal.mark=S drop0trailing=L", 0, bi_pretty_num,
      "Each number as text, with big.mark between groups of three digits.",
      "prettyNum(1234567, big.mark = \",\")", NULL },
    { 0 },
};
