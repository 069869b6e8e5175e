/* text_substr: parts of texts by position, in code points, and their replacement. */
#include "builtin/array_priv.h"
#include "builtin/text.h"

#include <math.h>
#include <string.h>

/* Positions [first, last] of a text, 1-based and inclusive, as bytes [*from, *to); empty: *from == *to. */
static void find_part(const zp_str *s, double first, double last, const char **from, const char **to)
{
    const char *end = s->text + s->len;
    int64_t most = (int64_t)s->len, start, stop;

    start = first < 1 ? 1 : first > (double)most + 1 ? most + 1 : (int64_t)first;
    stop = last < 1 ? 0 : last > (double)most ? most : (int64_t)last;
    *from = *to = s->text;
    if (stop < start)
        return;
    if (zp__is_ascii(s->text, s->len)) {
        *from = s->text + start - 1;
        *to = s->text + stop;
        return;
    }
    *from = zp__utf8_skip(s->text, end, start - 1);
    *to = zp__utf8_skip(*from, end, stop - start + 1);
}

/* Positions as numbers, never NaN and never none unless there are no texts either. */
static bool positions(zp_call *c, int k, int64_t texts, zp_value *out)
{
    const double *at;

    *out = c->argv[k];
    if (zp_len(*out) == 0 && texts > 0)
        return zp_fail_arg(c->err, k + 1, "invalid substring arguments");
    at = zp_dbls(out);
    for (int64_t i = 0; i < zp_len(*out); i++)
        if (isnan(at[i]))
            return zp_fail_arg(c->err, k + 1, "argument cannot be converted to an integer");
    return true;
}

static zp_str *part_of(zp_str *s, double first, double last, zp_error *err)
{
    const char *from, *to;

    find_part(s, first, last, &from, &to);
    return (size_t)(to - from) == s->len ? zp_str_ref(s) : zp_str_new(from, (size_t)(to - from), err);
}

/* n parts of `x` (owned; recycled): with dims and names of x when n is its length. */
static zp_status take_parts(zp_call *c, zp_value x, zp_value first, zp_value last, int64_t n)
{
    int64_t nx = zp_len(x), nf = zp_len(first), nl = zp_len(last);
    bool ok;

    c->out = n == nx ? zp_arr_like(ZP_STR, x, true, c->err) : zp_vec(ZP_STR, n, c->err);
    ok = !zp_bad(c->out);
    for (int64_t i = 0; ok && i < n; i++) {
        zp_str *s = zp__text_stop(c, i) ? NULL
                                        : part_of(zp_strs(&x)[i % nx], zp_dbls(&first)[i % nf],
                                                  zp_dbls(&last)[i % nl], c->err);
        ok = s != NULL;
        if (ok)
            zp_str_put(c->out, i, s);
    }
    zp_value_unref(x);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

static zp_status bi_substr(zp_call *c)
{
    zp_value x, first, last;

    if (!zp__text_arg(c, 0, false, &x))
        return ZP_FAILED;
    if (positions(c, 1, zp_len(x), &first) && positions(c, 2, zp_len(x), &last))
        return take_parts(c, x, first, last, zp_len(x));
    zp_value_unref(x);
    return ZP_FAILED;
}

static zp_status bi_substring(zp_call *c)
{
    zp_value x, first, last;
    int64_t n;

    if (!zp__text_arg(c, 0, false, &x))
        return ZP_FAILED;
    if (!positions(c, 1, zp_len(x), &first) || !positions(c, 2, zp_len(x), &last)) {
        zp_value_unref(x);
        return ZP_FAILED;
    }
    n = zp_len(first) > zp_len(last) ? zp_len(first) : zp_len(last);
    n = zp_len(x) == 0 ? 0 : zp_len(x) > n ? zp_len(x) : n;
    return take_parts(c, x, first, last, n);
}

/* ---------------------------------------------------------------- replacement */

/* The part of s from first to last overwritten by as many characters as `with` has. */
static zp_str *overwrite(zp_str *s, double first, double last, const zp_str *with, zp_error *err)
{
    const char *from, *to, *with_end;
    zp_buf buf = ZP_BUF_INIT;
    int64_t room, given = zp_utf8_count(with->text, with->len);
    zp_str *out;

    find_part(s, first, last, &from, &to);
    if (from == to)
        return zp_str_ref(s);
    room = zp_utf8_count(from, (size_t)(to - from));
    room = room < given ? room : given;
    to = zp__utf8_skip(from, s->text + s->len, room);
    with_end = zp__utf8_skip(with->text, with->text + with->len, room);
    zp_buf_put(&buf, s->text, (size_t)(from - s->text));
    zp_buf_put(&buf, with->text, (size_t)(with_end - with->text));
    zp_buf_put(&buf, to, (size_t)(s->text + s->len - to));
    out = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return out;
}

/* Element i of a character array, also of one whose columns lie apart. */
static zp_str **text_at(const zp_value *x, int64_t i)
{
    const int64_t rows = zp_dim(*x, 0);

    return (zp_str **)zp_column(x, i / rows) + i % rows;
}

/* All new texts, before the first old one goes. */
static bool new_texts(zp_call *c, zp_value x, zp_value first, zp_value last, zp_value with, zp_value *out)
{
    const int64_t nx = zp_len(x), nw = zp_len(with);

    if (nw == 0 && nx > 0)
        return zp_fail_arg(c->err, 4, "invalid value");
    *out = zp_vec(ZP_STR, nx, c->err);
    for (int64_t i = 0; !zp_bad(*out) && i < nx; i++) {
        zp_str *s = zp__text_stop(c, i)
                        ? NULL
                        : overwrite(*text_at(&x, i), zp_dbls(&first)[i % zp_len(first)],
                                    zp_dbls(&last)[i % zp_len(last)], zp_strs(&with)[i % nw], c->err);

        if (!s)
            return false;
        zp_str_put(*out, i, s);
    }
    return !zp_bad(*out);
}

static zp_status bi_substr_assign(zp_call *c)
{
    zp_value *x = zp__target(c, 0), texts = zp_nil(), first, last;
    const int64_t nx = x ? zp_len(*x) : 0;
    bool ok = x && positions(c, 1, nx, &first) && positions(c, 2, nx, &last) &&
              new_texts(c, *x, first, last, c->argv[3], &texts) && (nx == 0 || zp_value_mut(x, c->err));

    for (int64_t i = 0; ok && i < nx; i++) {
        zp_str **at = text_at(x, i), *old = *at;

        *at = zp_str_ref(zp_strs(&texts)[i]);
        zp_str_unref(old);
    }
    zp_value_unref(texts);
    return ok ? zp__give(c, x) : ZP_FAILED;
}

const zp_builtin zp_builtins_text_substr[] = {
    { "substr", "x, start, stop", "x=S start=D stop=D", 0, bi_substr,
      "The characters `start` to `stop` of every text.", "substr(\"hello\", 2, 4)", NULL },
    { "substring", "text, first, last = 1000000", "first=D last=D", 0, bi_substring,
      "As substr; the shorter arguments are recycled to the longest.", "substring(\"hello\", 1:3, 3)", NULL },
    { "substr<-", "x, start, stop, value", "x=S start=D stop=D value=S", ZP_BI_INPLACE, bi_substr_assign,
      "Overwrites the characters `start` to `stop`, as many as `value` has.",
      "x <- \"hello\"; substr(x, 2, 3) <- \"EL\"; x", NULL },
    { "substring<-", "text, first, last = 1000000, value", "text=S first=D last=D value=S", ZP_BI_INPLACE,
      bi_substr_assign, "As `substr<-`.", "x <- \"hello\"; substring(x, 4) <- \"p!\"; x", NULL },
    { 0 }
};
