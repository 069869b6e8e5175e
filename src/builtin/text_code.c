/* text_code: texts as numbers: code points, and digits in some base. */
#include "builtin/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static zp_status bi_utf8_to_int(zp_call *c)
{
    zp_value x = c->argv[0];
    const zp_str *s;
    const char *at, *end;
    double *to;

    if (zp_len(x) == 0)
        return zp_fail_call(c, "argument must be a character vector of length 1");
    s = zp_strs(&x)[0];
    if (!zp_utf8_valid(s->text, s->len)) {
        c->out = zp_dbl(NAN);
        return ZP_OK;
    }
    c->out = zp_vec(ZP_DBL, zp_utf8_count(s->text, s->len), c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (!to)
        return ZP_FAILED;
    for (at = s->text, end = at + s->len; at < end;)
        *to++ = zp_utf8_next(&at, end);
    return ZP_OK;
}

/* Appends a code point (0: nothing); false: it is none. */
static bool put_point(zp_buf *buf, double x, zp_error *err)
{
    char bytes[4];

    if (!(x > -1 && x < 0x110000) || (x >= 0xD800 && x < 0xE000))
        return zp_fail_arg(err, 1, "not a code point: %.15g", x);
    if (x >= 1)
        zp_buf_put(buf, bytes, zp_utf8_put(bytes, (int32_t)x));
    return true;
}

static zp_status bi_int_to_utf8(zp_call *c)
{
    zp_value x = c->argv[0];
    int64_t n = zp_len(x);
    zp__strings pieces = { 0 };
    zp_buf buf = ZP_BUF_INIT;
    bool multiple, ok = zp_arg_lgl(c, 1, &multiple);

    for (int64_t i = 0; ok && i < n; i++) {
        ok = !zp__text_stop(c, i) && put_point(&buf, zp_dbls(&x)[i], c->err);
        if (ok && multiple) {
            ok = zp__strings_add_take(&pieces, zp_str_from_buf(&buf, c->err), c->err);
            zp_buf_clear(&buf);
        }
    }
    if (ok && !multiple)
        ok = zp__strings_add_take(&pieces, zp_str_from_buf(&buf, c->err), c->err);
    if (ok)
        c->out = zp__strings_finish(&pieces, c->err);
    zp__strings_fini(&pieces);
    zp_buf_fini(&buf);
    return zp_done(ok && !zp_bad(c->out));
}

/* A whole number in a base, or NaN. */
static double read_int(const zp_str *s, int base)
{
    char *end;
    long n;

    errno = 0;
    n = strtol(s->text, &end, base);
    if (errno || end == s->text || *end || n > INT32_MAX || n < -INT32_MAX)
        return NAN;
    return (double)n;
}

static zp_status bi_strtoi(zp_call *c)
{
    int64_t base;
    zp_value x;
    double *to;

    if (!zp_arg_int(c, 1, &base))
        return ZP_FAILED;
    if (base != 0 && (base < 2 || base > 36))
        return zp_done(zp_fail_arg(c->err, 2, "invalid 'base' argument"));
    if (!zp__text_arg(c, 0, false, &x))
        return ZP_FAILED;
    c->out = zp_vec(ZP_DBL, zp_len(x), c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    for (int64_t i = 0; to && i < zp_len(x); i++)
        to[i] = read_int(zp_strs(&x)[i], (int)base);
    zp_value_unref(x);
    return zp_done(to != NULL);
}

const zp_builtin zp_builtins_text_code[] = {
    { "utf8ToInt", "x", "x=S", 0, bi_utf8_to_int, "The code points of a text.", "utf8ToInt(\"AB\")", NULL },
    { "intToUtf8", "x, multiple = FALSE", "x=D0 multiple=LD", 0, bi_int_to_utf8,
      "The text made of code points; with `multiple` one text for each.", "intToUtf8(c(72, 105))", NULL },
    { "strtoi", "x, base = 0", "base=D", 0, bi_strtoi,
      "Texts as whole numbers in a base from 2 to 36, NaN where one is none. With base 0 a text that begins with 0x is "
      "hexadecimal, with 0 octal, any other decimal.",
      "strtoi(\"ff\", base = 16)", NULL },
    { 0 }
};
