/* text: length, repetition, beginnings and ends, quotes. */
#include "builtin/text.h"

#include <string.h>

/* ---------------------------------------------------------------- nchar */

typedef enum count_kind { CHARS, BYTES, WIDTH } count_kind;

static bool count_kind_arg(zp_call *c, int k, count_kind *kind)
{
    static const char *const names[] = { "chars", "bytes", "width" };
    zp_str *type;

    if (!zp_arg_str(c, k, &type))
        return false;
    for (int i = 0; i < 3; i++)
        if (type->len && strncmp(names[i], type->text, type->len) == 0) {
            *kind = (count_kind)i;
            return true;
        }
    return zp_fail_arg(c->err, k + 1, "invalid 'type' argument");
}

static bool count(const zp_str *s, count_kind kind, int64_t number, double *out, zp_error *err)
{
    if (kind == BYTES || zp__is_ascii(s->text, s->len)) {
        *out = (double)(kind == WIDTH ? (size_t)zp_utf8_columns(s->text, s->len) : s->len);
        return true;
    }
    if (!zp_utf8_valid(s->text, s->len))
        return zp_fail_arg(err, 1, "invalid multibyte string, element %lld", (long long)number);
    *out = (double)(kind == WIDTH ? zp_utf8_columns(s->text, s->len) : zp_utf8_count(s->text, s->len));
    return true;
}

static zp_status bi_nchar(zp_call *c)
{
    count_kind kind = CHARS;
    double *to = NULL;
    zp_value x;
    bool ok;

    if (!count_kind_arg(c, 1, &kind) || !zp__text_arg(c, 0, true, &x))
        return ZP_FAILED;
    c->out = zp_arr_like(ZP_DBL, x, true, c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    ok = to != NULL;
    for (int64_t i = 0; ok && i < zp_len(x); i++)
        ok = !zp__text_stop(c, i) && count(zp_strs(&x)[i], kind, i + 1, &to[i], c->err);
    zp_value_unref(x);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- strrep */

static zp_str *repeat(const zp_str *s, double times, zp_error *err)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_str *out;
    size_t n, whole;
    char *to;

    if (!(times > -1) || times > 2147483647.0) {
        zp_fail_arg(err, 2, "invalid 'times' value");
        return NULL;
    }
    n = (size_t)times;
    if (!zp_mul(s->len, n, &whole) || whole > INT32_MAX) {
        zp_fail_arg(err, 2, "result would be too long a text");
        return NULL;
    }
    to = zp_buf_reserve(&buf, whole + 1);
    for (size_t i = 0; to && i < n; i++)
        memcpy(to + i * s->len, s->text, s->len);
    buf.len = to ? whole : 0;
    out = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return out;
}

static zp_status bi_strrep(zp_call *c)
{
    zp_value x, times = c->argv[1];
    int64_t nx, nt = zp_len(times), n;
    bool ok;

    if (!zp__text_arg(c, 0, false, &x))
        return ZP_FAILED;
    nx = zp_len(x);
    n = nx == 0 || nt == 0 ? 0 : nx > nt ? nx : nt;
    c->out = zp_vec(ZP_STR, n, c->err);
    ok = !zp_bad(c->out);
    for (int64_t i = 0; ok && i < n; i++) {
        zp_str *s = zp__text_stop(c, i) ? NULL : repeat(zp_strs(&x)[i % nx], zp_dbls(&times)[i % nt], c->err);

        ok = s != NULL;
        if (ok)
            zp_str_put(c->out, i, s);
    }
    if (ok && n == nx && zp_ndim(x) == 1 && zp_names(x, 0))
        ok = zp_set_names(&c->out, 0, zp_names(x, 0), c->err);
    zp_value_unref(x);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- startsWith, endsWith */

static zp_status at_edge(zp_call *c, bool at_end)
{
    zp_value x = c->argv[0], part = c->argv[1];
    int64_t nx = zp_len(x), np = zp_len(part), n = nx == 0 || np == 0 ? 0 : nx > np ? nx : np;
    int8_t *to;

    c->out = zp_vec(ZP_LGL, n, c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (!to)
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++) {
        const zp_str *s = zp_strs(&x)[i % nx], *p = zp_strs(&part)[i % np];

        to[i] = s->len >= p->len && memcmp(s->text + (at_end ? s->len - p->len : 0), p->text, p->len) == 0;
    }
    return ZP_OK;
}

static zp_status bi_starts_with(zp_call *c)
{
    return at_edge(c, false);
}

static zp_status bi_ends_with(zp_call *c)
{
    return at_edge(c, true);
}

/* ---------------------------------------------------------------- quotes */

typedef struct marks {
    const char *open, *close;
    const char *escaped; /* characters that get a backslash */
} marks;

static zp_str *quoted(void *ctx, zp_str *s, zp_error *err)
{
    const marks *m = ctx;
    zp_buf buf = ZP_BUF_INIT;
    zp_str *out;

    zp_buf_puts(&buf, m->open);
    for (size_t i = 0; i < s->len; i++) {
        if (strchr(m->escaped, s->text[i]))
            zp_buf_putc(&buf, '\\');
        zp_buf_putc(&buf, s->text[i]);
    }
    zp_buf_puts(&buf, m->close);
    out = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return out;
}

/* For a shell: between single quotes, or between double ones when there is a single quote inside. */
static zp_str *shell_quoted(void *ctx, zp_str *s, zp_error *err)
{
    marks one = { "'", "'", "" }, two = { "\"", "\"", "\"$`\\" };

    return quoted(memchr(s->text, '\'', s->len) ? &two : &one, s, err);
}

/* A vector without names. */
static zp_status quote_all(zp_call *c, zp__text_fn fn, marks *m)
{
    zp_status status = zp__text_map(c, fn, m);
    int64_t n = zp_len(c->out);

    if (status != ZP_OK)
        return status;
    zp_drop_names(&c->out);
    return zp_done(zp_ndim(c->out) == 1 || zp_value_reshape(&c->out, 1, &n, c->err));
}

static zp_status bi_squote(zp_call *c)
{
    marks plain = { "'", "'", "" }, fancy = { "\xE2\x80\x98", "\xE2\x80\x99", "" };
    bool q;

    return zp_arg_lgl(c, 1, &q) ? quote_all(c, quoted, q ? &fancy : &plain) : ZP_FAILED;
}

static zp_status bi_dquote(zp_call *c)
{
    marks plain = { "\"", "\"", "" }, fancy = { "\xE2\x80\x9C", "\xE2\x80\x9D", "" };
    bool q;

    return zp_arg_lgl(c, 1, &q) ? quote_all(c, quoted, q ? &fancy : &plain) : ZP_FAILED;
}

static zp_status bi_shquote(zp_call *c)
{
    return quote_all(c, shell_quoted, NULL);
}

const zp_builtin zp_builtins_text[] = {
    { "nchar", "x, type = \"chars\"", "type=S", 0, bi_nchar,
      "The number of characters of every element; `type` may be \"bytes\", or \"width\" for columns on a terminal.",
      "nchar(c(\"a\", \"bb\", \"\"))", NULL },
    { "strrep", "x, times", "times=D", 0, bi_strrep, "Every text repeated `times` times.",
      "strrep(\"-\", 1:3)", NULL },
    { "startsWith", "x, prefix", "x=S prefix=S", 0, bi_starts_with, "Whether the texts begin with `prefix`.",
      "startsWith(c(\"ab\", \"cd\"), \"a\")", NULL },
    { "endsWith", "x, suffix", "x=S suffix=S", 0, bi_ends_with, "Whether the texts end with `suffix`.",
      "endsWith(c(\"ab\", \"cd\"), \"d\")", NULL },
    { "sQuote", "x, q = TRUE", "q=LD", 0, bi_squote,
      "The texts between single quotes, typographic ones unless `q` is FALSE.", "sQuote(\"a\", FALSE)",
      NULL },
    { "dQuote", "x, q = TRUE", "q=LD", 0, bi_dquote,
      "The texts between double quotes, typographic ones unless `q` is FALSE.", "dQuote(\"a\", FALSE)",
      NULL },
    { "shQuote", "x", "", 0, bi_shquote, "The texts quoted for a shell.", "shQuote(\"it's\")", NULL },
    { 0 }
};
