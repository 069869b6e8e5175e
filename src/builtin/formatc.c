/* formatC: numbers and strings by C's conversions. */
#include "base/utf8.h"
#include "builtin/format_priv.h"
#include "builtin/tables.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH_MAX = 8192, DIGITS_MAX = 340 };

typedef struct formatc_opts {
    int64_t width;      /* negative: to the left */
    int digits;         /* negative: C's default */
    const char *format; /* "d", "f", "e", "E", "g", "G", "fg", "s" */
    const char *flag;
    const zp_str *big_mark, *point;
    bool drop0;
    const zp_config *cfg;
    int64_t aside; /* columns of the widest of those that are no finite numbers: they share one width */
} formatc_opts;

static bool has_flag(const formatc_opts *o, char f)
{
    return strchr(o->flag, f) != NULL;
}

/* digits significant digits in fixed notation, zeros behind dropped unless '#'. */
static void put_fixed_significant(zp_buf *text, double x, const formatc_opts *o)
{
    int digits = o->digits < 0 ? 6 : o->digits < 1 ? 1 : o->digits, e, s, decimals;

    zp_number_shape(x, digits > 22 ? 22 : digits, &e, &s);
    decimals = (has_flag(o, '#') && x != 0 ? digits : s) - 1 - e;
    decimals = decimals < 0 ? 0 : decimals;
    zp_buf_printf(text, has_flag(o, '+') ? "%+.*f" : has_flag(o, ' ') ? "% .*f" : "%.*f", decimals, x);
    if (has_flag(o, '#') && x != 0 && decimals == 0)
        zp_buf_putc(text, '.');
}

static void put_converted(zp_buf *text, double x, const formatc_opts *o)
{
    char spec[32], *at = spec;

    if (strcmp(o->format, "fg") == 0) {
        put_fixed_significant(text, x, o);
        return;
    }
    *at++ = '%';
    for (const char *f = "+ #"; *f; f++)
        if (has_flag(o, *f))
            *at++ = *f;
    *at++ = '.';
    *at++ = '*';
    *at++ = *o->format;
    *at = '\0';
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    {
        int n = snprintf(NULL, 0, spec, o->digits < 0 ? 6 : o->digits, x);
        char *to = n < 0 ? NULL : zp_buf_reserve(text, (size_t)n + 1);

        if (to) {
            snprintf(to, (size_t)n + 1, spec, o->digits < 0 ? 6 : o->digits, x);
            text->len += (size_t)n;
        }
    }
#pragma GCC diagnostic pop
}

static void put_number(zp_buf *text, double x, const formatc_opts *o)
{
    zp_numform whole = { 0, 0, 0 };

    if (!isfinite(x)) {
        zp_number_put(text, x, &whole, 0);
    } else if (*o->format == 'd') {
        if (x > -1 && (has_flag(o, '+') || has_flag(o, ' ')))
            zp_buf_putc(text, has_flag(o, '+') ? '+' : ' ');
        zp_number_put(text, trunc(x), &whole, 0);
    } else {
        put_converted(text, x, o);
    }
}

static bool is_aside(zp_value x, int64_t i, const formatc_opts *o)
{
    return x.type != ZP_DBL || *o->format == 's' || !isfinite(zp_dbls(&x)[i]);
}

/* Pads with blanks, or zeros behind the sign, on the side that the flags say. */
static void pad(zp_buf *text, const formatc_opts *o, bool zeros, int64_t least)
{
    int64_t width = o->width < 0 ? -o->width : o->width,
            used = zp_utf8_escape_columns(zp_buf_text(text), text->len, 0);
    int64_t fill = (width < least ? least : width) - used;
    size_t at = 0, len = text->len;

    if (fill <= 0)
        return;
    if (o->width < 0 || (zeros ? has_flag(o, '-') : strcmp(o->flag, "-") == 0)) {
        zp_buf_fill(text, ' ', fill);
        return;
    }
    zeros = zeros && has_flag(o, '0');
    zp_buf_fill(text, ' ', fill);
    if (text->failed)
        return;
    at = zeros && (text->ptr[0] == '-' || text->ptr[0] == '+' || text->ptr[0] == ' ');
    memmove(text->ptr + at + fill, text->ptr + at, len - at);
    memset(text->ptr + at, zeros ? '0' : ' ', (size_t)fill);
}

/* The element as text, before it is padded. */
static void put_bare(zp_buf *text, zp_value x, int64_t i, const formatc_opts *o)
{
    if (x.type != ZP_DBL || *o->format == 's')
        zp__text_elem(text, x, i, (int)o->cfg->digits, o->cfg);
    else
        put_number(text, zp_dbls(&x)[i], o);
}

static void put_element(zp_buf *text, zp_value x, int64_t i, const formatc_opts *o)
{
    formatc_opts narrow = *o;
    size_t full;
    bool marked;

    put_bare(text, x, i, o);
    if (is_aside(x, i, o)) {
        pad(text, o, false, o->aside);
        return;
    }
    if (zp_dbls(&x)[i] == 0 && strcmp(o->format, "fg") == 0) /* as R: never padded */
        return;
    marked = has_flag(o, '0') || has_flag(o, '-'); /* R marks what it has padded */
    if (marked)
        pad(text, o, true, 0);
    full = text->len;
    zp__decimals(text, 0, o->drop0, o->point);
    if (narrow.width > 0 && full > text->len) /* R drops zeros from what it has padded */
        narrow.width -= (int64_t)(full - text->len);
    zp__big_mark(text, 0, o->big_mark);
    if (!marked)
        pad(text, &narrow, false, 0);
}

static bool measure_aside(zp_call *c, zp_value x, zp_buf *text, formatc_opts *o)
{
    for (int64_t i = 0; i < zp_len(x); i++) {
        int64_t used;

        if (!is_aside(x, i, o))
            continue;
        zp_buf_clear(text);
        put_bare(text, x, i, o);
        used = zp_utf8_escape_columns(zp_buf_text(text), text->len, 0);
        o->aside = used > o->aside ? used : o->aside;
        if (zp__stopped(c, i))
            return false;
    }
    return true;
}

static bool read_format(zp_call *c, formatc_opts *o)
{
    static const char *const formats[] = { "d", "f", "e", "E", "g", "G", "fg", "s" };
    zp_str *s;

    o->format = c->argv[0].type == ZP_STR ? "s" : "g";
    if (c->argv[3].type == ZP_NIL)
        return true;
    if (!zp_arg_str(c, 3, &s))
        return false;
    for (size_t i = 0; i < ZP_COUNTOF(formats); i++)
        if (strcmp(formats[i], s->text) == 0) {
            o->format = c->argv[0].type == ZP_STR ? "s" : formats[i];
            return true;
        }
    return zp_fail_arg(c->err, 4, "'format' must be one of {\"f\",\"e\",\"E\",\"g\",\"G\", \"fg\", \"s\"}");
}

/* With digits and without a width, R makes fields of digits + 1 columns. */
static bool read_sizes(zp_call *c, formatc_opts *o)
{
    double width, digits;

    if (!zp_arg_dbl(c, 1, &width))
        return false;
    if (!(fabs(width) <= WIDTH_MAX))
        return zp_fail_arg(c->err, 2, "invalid 'width' argument");
    o->width = (int64_t)width;
    o->digits = -2; /* not given */
    if (c->argv[2].type == ZP_NIL)
        return true;
    if (!zp_arg_dbl(c, 2, &digits))
        return false;
    if (!(fabs(digits) <= DIGITS_MAX))
        return zp_fail_arg(c->err, 3, "invalid 'digits' argument");
    o->digits = digits < 0 ? -1 : (int)digits;
    if (o->width == 0 && c->argv[0].type == ZP_DBL)
        o->width = (digits < 0 ? 6 : o->digits) + (c->given[1] ? 0 : 1);
    return true;
}

static bool read_opts(zp_call *c, formatc_opts *o)
{
    zp_str *flag, *mark, *point;

    *o = (formatc_opts){ .cfg = zp_ctx_config(c->ctx) };
    if (!read_format(c, o) || !read_sizes(c, o) || !zp_arg_str(c, 4, &flag) || !zp_arg_str(c, 5, &mark) ||
        !zp_arg_str(c, 7, &point) || !zp_arg_lgl(c, 8, &o->drop0))
        return false;
    o->point = point;
    if (strspn(flag->text, "0+- #'I") != flag->len)
        return zp_fail_arg(c->err, 5, "'flag' should contain only characters from [0+- #'I]");
    o->flag = flag->text;
    o->big_mark = mark;
    if (o->digits == -2) /* R's default is C's with four digits */
        o->digits = 4;
    return true;
}

/* mode: what x is to be taken for. */
static bool read_mode(zp_call *c)
{
    zp_value *x = &c->argv[0];
    zp_str *mode;
    double *d;

    if (c->argv[6].type == ZP_NIL)
        return true;
    if (!zp_arg_str(c, 6, &mode))
        return false;
    if (zp_str_is(mode, x->type == ZP_STR ? "character" : "double") ||
        (x->type == ZP_DBL && zp_str_is(mode, "numeric")))
        return true;
    if (!zp_str_is(mode, "integer") || x->type != ZP_DBL)
        return zp_fail_arg(c->err, 7, "mode \"%s\" is not for this 'x'", mode->text);
    d = zp_value_mut(x, c->err);
    for (int64_t i = 0; d && i < zp_len(*x); i++) {
        if (!(fabs(d[i]) < 2147483648.0))
            return zp_fail_arg(c->err, 1, "%.15g is no integer of 32 bits", d[i]);
        d[i] = trunc(d[i]);
    }
    if (d && c->argv[3].type == ZP_NIL)
        c->argv[3] = zp_chr("d", c->err);
    return d && !zp_bad(c->argv[3]);
}

static zp_status bi_formatc(zp_call *c)
{
    zp_value x;
    zp_buf text = ZP_BUF_INIT;
    formatc_opts o;
    bool ok = true;

    if (c->argv[0].type == ZP_LGL && zp_len(c->argv[0]) > 0)
        return zp_fail_call(c, "unsupported type ");
    if (!read_mode(c) || !read_opts(c, &o))
        return ZP_FAILED;
    x = c->argv[0];
    c->out = zp_vec(ZP_STR, zp_len(x), c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    ok = x.type != ZP_LIST ? measure_aside(c, x, &text, &o) : true;
    for (int64_t i = 0; ok && i < zp_len(x); i++) {
        zp_buf_clear(&text);
        put_element(&text, x, i, &o);
        ok = zp__put_text(c->out, i, &text, c->err) && !zp__stopped(c, i);
    }
    zp_buf_fini(&text);
    return zp_done(ok && (zp_len(x) == 0 || zp__copy_shape(&c->out, x, c->err)));
}

const zp_builtin zp_builtins_formatc[] = {
    { "formatC",
      "x, width = 0, digits = NULL, format = NULL, flag = \"\", big.mark = \"\", mode = NULL, decimal.mark = \".\", "
      "drop0trailing = FALSE",
      "x=DSL0 width=D digits=D0 format=S0 flag=S big.mark=S mode=S0 decimal.mark=S drop0trailing=L", 0,
      bi_formatc,
      "Numbers by the conversions of C: format \"d\" (whole), \"f\", \"e\", \"E\", \"g\", \"G\", \"fg\" (significant digits "
      "in fixed notation) or \"s\"; flag: any of \"0\", \"-\", \"+\", \" \", \"#\". A negative width puts them to the left.",
      "formatC(3.14159, digits = 3, format = \"f\", width = 8)", NULL },
    { 0 },
};
