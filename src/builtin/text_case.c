/* text_case: toupper, tolower, casefold, chartr: one code point becomes another. */
#include "builtin/text.h"

#include <string.h>
#include <wctype.h>

typedef struct case_ctx {
    locale_t locale; /* made when the first text that is not ASCII comes */
    bool upper;
} case_ctx;

static zp_str *fold_ascii(const zp_str *s, bool upper, zp_error *err)
{
    zp_str *out = zp_str_new(s->text, s->len, err);
    char first = upper ? 'a' : 'A', last = upper ? 'z' : 'Z';

    for (size_t i = 0; out && i < s->len; i++)
        if (out->text[i] >= first && out->text[i] <= last)
            out->text[i] ^= 'a' ^ 'A';
    return out;
}

static zp_str *fold(void *ctx, zp_str *s, zp_error *err)
{
    case_ctx *cc = ctx;
    const char *at = s->text, *end = at + s->len;
    zp_buf out = ZP_BUF_INIT;
    zp_str *folded;
    char bytes[4];

    if (!cc->locale && !zp__is_ascii(s->text, s->len))
        cc->locale = zp__text_locale();
    if (!cc->locale)
        return fold_ascii(s, cc->upper, err);
    while (at < end) {
        const char *begin = at;
        int32_t cp = zp_utf8_next(&at, end);

        if (cp < 0) {
            zp_buf_put(&out, begin, 1);
            continue;
        }
        cp = (int32_t)(cc->upper ? towupper_l((wint_t)cp, cc->locale) : towlower_l((wint_t)cp, cc->locale));
        zp_buf_put(&out, bytes, zp_utf8_put(bytes, cp));
    }
    folded = zp_str_from_buf(&out, err);
    zp_buf_fini(&out);
    return folded;
}

static zp_status change_case(zp_call *c, bool upper)
{
    case_ctx cc = { .upper = upper };
    zp_status status = zp__text_map(c, fold, &cc);

    zp__text_locale_free(cc.locale);
    return status;
}

static zp_status bi_toupper(zp_call *c)
{
    return change_case(c, true);
}

static zp_status bi_tolower(zp_call *c)
{
    return change_case(c, false);
}

static zp_status bi_casefold(zp_call *c)
{
    bool upper;

    return zp_arg_lgl(c, 1, &upper) ? change_case(c, upper) : ZP_FAILED;
}

/* ---------------------------------------------------------------- chartr */

/* Code points of a specification, ranges a-e written out. */
typedef struct points {
    int32_t *at;
    int64_t n, cap;
} points;

static bool add_point(points *p, int32_t cp, zp_error *err)
{
    if (p->n == p->cap) {
        int64_t cap = p->cap ? 2 * p->cap : 64;
        int32_t *more = zp_realloc(p->at, (size_t)cap * sizeof(*more), err);

        if (!more)
            return false;
        p->at = more;
        p->cap = cap;
    }
    p->at[p->n++] = cp;
    return true;
}

static bool expand(const zp_str *spec, points *p, zp_error *err)
{
    const char *at = spec->text, *end = at + spec->len;

    while (at < end) {
        int32_t first = zp_utf8_next(&at, end), last = first;

        if (end - at >= 2 && *at == '-') {
            at++;
            last = zp_utf8_next(&at, end);
        }
        if (first < 0 || last < 0)
            return zp_fail(err, "invalid input string");
        if (last < first)
            return zp_fail(err, "decreasing range specification ('%s')", spec->text);
        for (int32_t cp = first; cp <= last; cp++)
            if (!add_point(p, cp, err))
                return false;
    }
    return true;
}

enum { ASCII = 128 };

typedef struct table {
    points from, to;
    int32_t ascii[ASCII]; /* what each becomes */
} table;

static bool make_table(table *t, const zp_str *from, const zp_str *to, zp_error *err)
{
    if (!expand(from, &t->from, err) || !expand(to, &t->to, err))
        return false;
    if (t->from.n > t->to.n)
        return zp_fail(err, "'old' is longer than 'new'");
    for (int32_t i = 0; i < ASCII; i++)
        t->ascii[i] = i;
    for (int64_t i = 0; i < t->from.n; i++)
        if (t->from.at[i] < ASCII)
            t->ascii[t->from.at[i]] = t->to.at[i];
    return true;
}

static int32_t look_up(const table *t, int32_t cp)
{
    if (cp < ASCII)
        return t->ascii[cp];
    for (int64_t i = t->from.n; i-- > 0;)
        if (t->from.at[i] == cp)
            return t->to.at[i];
    return cp;
}

static zp_str *translate(void *ctx, zp_str *s, zp_error *err)
{
    const char *at = s->text, *end = at + s->len;
    zp_buf out = ZP_BUF_INIT;
    zp_str *done;
    char bytes[4];

    while (at < end) {
        const char *begin = at;
        int32_t cp = zp_utf8_next(&at, end);

        if (cp < 0)
            zp_buf_put(&out, begin, 1);
        else
            zp_buf_put(&out, bytes, zp_utf8_put(bytes, look_up(ctx, cp)));
    }
    done = zp_str_from_buf(&out, err);
    zp_buf_fini(&out);
    return done;
}

/* chartr(old, new, x): the texts are the third argument, which zp__text_map expects first. */
static zp_status bi_chartr(zp_call *c)
{
    table t = { 0 };
    zp_str *from, *to;
    zp_value old = zp_value_move(&c->argv[0]);
    zp_status status = ZP_FAILED;

    c->argv[0] = zp_value_move(&c->argv[2]);
    if (zp_get_str(old, &from, c->err) && zp_arg_str(c, 1, &to) && make_table(&t, from, to, c->err))
        status = zp__text_map(c, translate, &t);
    zp_free(t.from.at);
    zp_free(t.to.at);
    zp_value_unref(old);
    return status;
}

const zp_builtin zp_builtins_text_case[] = {
    { "toupper", "x", "", 0, bi_toupper, "Texts in capital letters.", "toupper(\"abc\")", NULL },
    { "tolower", "x", "", 0, bi_tolower, "Texts in small letters.", "tolower(\"ABC\")", NULL },
    { "casefold", "x, upper = FALSE", "upper=LD", 0, bi_casefold, "tolower(x), or toupper(x) with `upper`.",
      "casefold(\"Abc\", upper = TRUE)", NULL },
    { "chartr", "old, new, x", "old=S new=S", 0, bi_chartr,
      "Every character of `x` that is in `old` replaced by the one at the same place in `new`. Ranges like a-e may be "
      "used.",
      "chartr(\"abc\", \"xyz\", \"aabbcc\")", NULL },
    { 0 }
};
