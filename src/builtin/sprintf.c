/* sprintf: text by a format with conversions, over vectors.
 *
 * A specification is read into its parts (%2$-08.3f), `*` takes a whole number from the arguments, and each element is
 * converted by C's printf after its type was checked against the conversion. */
#include "builtin/format_priv.h"
#include "builtin/tables.h"

#include <math.h>
#include <stdio.h>

enum { TEXT_MAX = 8192 };

typedef struct spec {
    const char *from, *end; /* as written, for errors */
    int arg;                /* 1-based; 0: the next */
    char flags[8];
    int width, precision; /* -1: none */
    bool star_width, star_precision;
    int width_arg, precision_arg; /* of * : as `arg` */
    char conv;
} spec;

typedef struct job {
    zp_call *c;
    int64_t i; /* element */
    int next;  /* argument, 0-based */
    zp_buf *out;
} job;

static bool bad_spec(zp_call *c, const spec *s)
{
    return zp_fail(c->err, "unrecognised format specification '%.*s'", (int)(s->end - s->from), s->from);
}

/* digits$ at *at: the number, or 0 and *at stays. */
static int read_position(const char **at)
{
    const char *p = *at;
    int n = 0;

    while (*p >= '0' && *p <= '9' && n < 1000)
        n = n * 10 + (*p++ - '0');
    if (p == *at || *p != '$')
        return 0;
    *at = p + 1;
    return n;
}

static int read_count(const char **at)
{
    int n = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        n = n < 100000 ? n * 10 + (**at - '0') : n;
    return n;
}

/* The specification at `at` ('%'); false: it has no conversion that R knows. */
static bool read_spec(zp_call *c, const char *at, spec *s)
{
    size_t flags = 0;

    *s = (spec){ .from = at++, .width = -1, .precision = -1 };
    s->arg = read_position(&at);
    for (; *at && strchr("-+ #0", *at); at++)
        if (flags < sizeof s->flags - 1 && !strchr(s->flags, *at))
            s->flags[flags++] = *at;
    if (*at == '*') {
        at++;
        s->star_width = true;
        s->width_arg = read_position(&at);
    } else if (*at >= '0' && *at <= '9') {
        s->width = read_count(&at);
    }
    if (*at == '.') {
        at++;
        if (*at == '*') {
            at++;
            s->star_precision = true;
            s->precision_arg = read_position(&at);
        } else {
            s->precision = read_count(&at);
        }
    }
    s->conv = *at;
    s->end = at + (*at != '\0');
    return (*at && strchr("dioxXfeEgGaAs", *at)) || bad_spec(c, s);
}

static bool take_arg(job *j, int position, int *k)
{
    *k = position ? position - 1 : j->next++;
    if (*k < j->c->ndots)
        return true;
    return position ? zp_fail(j->c->err, "reference to non-existent argument %d", position)
                    : zp_fail(j->c->err, "too few arguments");
}

static bool take_star(job *j, int position, int *out)
{
    zp_value v;
    double d;
    int k;

    if (!take_arg(j, position, &k))
        return false;
    v = j->c->dots[k];
    if (v.type != ZP_DBL)
        return zp_fail(j->c->err, "argument for '*' conversion specification must be a number of length 1");
    d = zp_dbls(&v)[j->i % zp_len(v)];
    if (!(fabs(d) <= TEXT_MAX) || d != trunc(d))
        return zp_fail(j->c->err, "argument for '*' conversion specification must be a number of length 1");
    *out = (int)d;
    return true;
}

static bool take_stars(job *j, spec *s)
{
    if (s->star_width) {
        if (!take_star(j, s->width_arg, &s->width))
            return false;
        if (s->width < 0) {
            s->width = -s->width;
            if (!strchr(s->flags, '-') && strlen(s->flags) < sizeof s->flags - 1)
                s->flags[strlen(s->flags)] = '-';
        }
    }
    if (s->star_precision && !take_star(j, s->precision_arg, &s->precision))
        return false;
    if (s->width > TEXT_MAX || s->precision > TEXT_MAX)
        return zp_fail(j->c->err, "required resulting string length %d is greater than maximal %d",
                       s->width > s->precision ? s->width : s->precision, TEXT_MAX);
    return true;
}

/* Text in its field; widths and precisions count bytes, but no character is cut in two. */
static void put_text(zp_buf *out, const spec *s, const char *text, size_t len)
{
    if (s->precision >= 0 && (size_t)s->precision < len)
        for (len = (size_t)s->precision; len > 0 && (text[len] & 0xC0) == 0x80;)
            len--;
    if (!strchr(s->flags, '-'))
        zp_buf_fill(out, ' ', (int64_t)s->width - (int64_t)len);
    zp_buf_put(out, text, len);
    if (strchr(s->flags, '-'))
        zp_buf_fill(out, ' ', (int64_t)s->width - (int64_t)len);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* C's printf of one number; `whole`: as a long long. */
static void put_printf(zp_buf *out, const spec *s, double x, bool whole)
{
    char fmt[32];
    int n, width = s->width < 0 ? 0 : s->width;
    size_t room = 400 + (size_t)width + (size_t)(s->precision > 0 ? s->precision : 0);
    long long w = whole ? (long long)x : 0;
    char *to;

    snprintf(fmt, sizeof fmt, "%%%s*%s%s%c", s->flags, s->precision >= 0 ? ".*" : "", whole ? "ll" : "",
             s->conv);
    if (whole && w < 0 && w >= INT32_MIN && strchr("oxX", s->conv))
        w = (uint32_t)w; /* R's whole numbers have 32 bits */
    to = zp_buf_reserve(out, room);
    if (!to)
        return;
    if (s->precision >= 0)
        n = whole ? snprintf(to, room, fmt, width, s->precision, w)
                  : snprintf(to, room, fmt, width, s->precision, x);
    else
        n = whole ? snprintf(to, room, fmt, width, w) : snprintf(to, room, fmt, width, x);
    if (n >= 0 && (size_t)n < room)
        out->len += (size_t)n;
}
#pragma GCC diagnostic pop

static void put_special(zp_buf *out, const spec *s, double x)
{
    char text[8];
    const char *sign = "", *word = isnan(x) ? "NaN" : x > 0 ? "Inf" : "-Inf";
    spec plain = *s;

    plain.precision = -1;
    if (!(x < 0))
        sign = strchr(s->flags, '+') && !isnan(x) ? "+" : strchr(s->flags, ' ') ? " " : "";
    snprintf(text, sizeof text, "%s%s", sign, word);
    put_text(out, &plain, text, strlen(text));
}

static bool wrong_type(job *j, const spec *s, zp_value v)
{
    const char *use = v.type == ZP_DBL   ? "%f, %e, %g or %a for numeric"
                      : v.type == ZP_LGL ? "%d or %i for logical"
                      : v.type == ZP_STR ? "%s for character"
                                         : NULL;

    if (use)
        return zp_fail(j->c->err, "invalid format '%.*s'; use format %s objects", (int)(s->end - s->from),
                       s->from, use);
    return zp_fail(j->c->err, "invalid format '%.*s'; use format %%s for %s objects", (int)(s->end - s->from),
                   s->from, zp_type_name(v.type));
}

static bool put_string(job *j, const spec *s, zp_value v)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok;

    zp__text_any(&text, v, j->i % (v.type == ZP_ERR ? 1 : zp_len(v)), zp_ctx_config(j->c->ctx));
    put_text(j->out, s, zp_buf_text(&text), text.len);
    ok = zp_buf_ok(&text, j->c->err);
    zp_buf_fini(&text);
    return ok;
}

static bool put_value(job *j, const spec *s, zp_value v)
{
    int64_t i = v.type == ZP_ERR ? 0 : j->i % zp_len(v);
    double x;

    if (v.type == ZP_LIST && s->conv != 's')
        v = zp_list_at(v, i), i = 0;
    if (s->conv == 's')
        return put_string(j, s, v);
    if ((v.type != ZP_DBL && v.type != ZP_LGL) || zp_len(v) == 0)
        return wrong_type(j, s, v);
    x = v.type == ZP_DBL ? zp_dbls(&v)[i] : zp_lgls(&v)[i];
    if (strchr("dioxX", s->conv)) {
        if (!(fabs(x) < 9.2e18) || x != trunc(x))
            return wrong_type(j, s, v);
        put_printf(j->out, s, x, true);
    } else if (!isfinite(x)) {
        put_special(j->out, s, x);
    } else {
        put_printf(j->out, s, x, false);
    }
    return true;
}

/* Element j->i of the result. */
static bool put_one(job *j, const zp_str *fmt)
{
    const char *at = fmt->text;
    spec s;
    int k;

    j->next = 0;
    while (*at) {
        size_t plain = strcspn(at, "%");

        zp_buf_put(j->out, at, plain);
        at += plain;
        if (!*at)
            break;
        if (at[1] == '%') {
            zp_buf_putc(j->out, '%');
            at += 2;
            continue;
        }
        if (!read_spec(j->c, at, &s) || !take_stars(j, &s) || !take_arg(j, s.arg, &k) ||
            !put_value(j, &s, j->c->dots[k]))
            return false;
        at = s.end;
    }
    return true;
}

static bool result_length(zp_call *c, int64_t *n)
{
    *n = zp_len(c->argv[0]);
    for (int k = 0; k < c->ndots; k++) {
        int64_t len = c->dots[k].type == ZP_ERR ? 1 : zp_len(c->dots[k]);

        if (!zp__text_check(c->dots[k], c->err))
            return false;
        *n = *n == 0 || len == 0 ? 0 : len > *n ? len : *n;
    }
    return true;
}

static zp_status bi_sprintf(zp_call *c)
{
    zp_buf text = ZP_BUF_INIT;
    job j = { .c = c, .out = &text };
    zp_value fmt = c->argv[0];
    int64_t n;
    bool ok = true;

    if (!result_length(c, &n))
        return ZP_FAILED;
    c->out = zp_vec(ZP_STR, n, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    for (; ok && j.i < n; j.i++) {
        zp_buf_clear(&text);
        ok = put_one(&j, zp_strs(&fmt)[j.i % zp_len(fmt)]) && zp__put_text(c->out, j.i, &text, c->err) &&
             !zp__stopped(c, j.i);
    }
    zp_buf_fini(&text);
    return zp_done(ok);
}

const zp_builtin zp_builtins_sprintf[] = {
    { "sprintf", "fmt, ...", "fmt=S", 0, bi_sprintf,
      "Text by a format: %d %i %o %x %X want whole numbers, %f %e %g %E %G %a numbers, %s anything, %% is a percent sign; "
      "widths, precisions and * as in C, %2$s the second argument. Vectors give vectors.",
      "sprintf(\"%s has %d, %5.1f%%\", \"a\", 3, 12.34)", NULL },
    { "gettextf", "fmt, ...", "fmt=S", 0, bi_sprintf, "The same as sprintf().", "gettextf(\"%d rows\", 3)",
      NULL },
    { 0 },
};
