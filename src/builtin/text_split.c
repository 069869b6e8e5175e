/* text_split: strsplit.  What is left of a text is searched as a text of its own, again and again: a separator at its
 * beginning gives an empty piece, one at its end none, and an empty match cuts one character off. */
#include "builtin/text_regex.h"

static bool split_characters(const zp_str *s, zp__strings *pieces, zp_error *err)
{
    const char *at = s->text, *end = at + s->len;

    while (at < end) {
        const char *next = zp__utf8_skip(at, end, 1);

        if (!zp__strings_add(pieces, at, (size_t)(next - at), err))
            return false;
        at = next;
    }
    return true;
}

/* Cuts the current subject. */
static bool split_text(zp_regex *re, zp__strings *pieces, zp_error *err)
{
    const char *end = re->text + re->len;
    size_t from = 0;

    while (from < re->len) {
        int found = zp_regex_exec(re, from, true, err);
        size_t stop = re->len, next = re->len;

        if (found < 0)
            return false;
        if (found && re->match[0].end > (int64_t)from) {
            stop = (size_t)re->match[0].start;
            next = (size_t)re->match[0].end;
        } else if (found) {
            stop = next = (size_t)(zp__utf8_skip(re->text + from, end, 1) - re->text);
        }
        if (!zp__strings_add(pieces, re->text + from, stop - from, err))
            return false;
        from = next;
    }
    return true;
}

/* Elements i, i + step, ... of x are cut by one separator. */
static bool split_every(zp_call *c, zp_value x, const zp_str *separator, unsigned flags, int64_t i,
                        int64_t step)
{
    zp__strings pieces = { 0 };
    zp_regex re = { 0 };
    bool ok = separator->len == 0 || zp_regex_init(&re, separator, flags, x, c->ctx, c->err);

    for (; ok && i < zp_len(x); i += step) {
        zp_str *text = zp_strs(&x)[i];
        zp_value v = zp_nil();

        if (separator->len == 0)
            ok = split_characters(text, &pieces, c->err);
        else
            ok = zp_regex_subject(&re, text, i + 1, c->err) && split_text(&re, &pieces, c->err);
        ok = ok && !zp__text_stop(c, i / step);
        if (ok)
            v = zp__strings_finish(&pieces, c->err);
        ok = ok && !zp_bad(v);
        zp_list_set(c->out, i, v);
    }
    zp__strings_fini(&pieces);
    zp_regex_fini(&re);
    return ok;
}

static zp_status bi_strsplit(zp_call *c)
{
    zp_value x = c->argv[0], separators = zp_nil();
    zp_str *none = zp_str_empty();
    unsigned flags;
    int64_t step;
    bool ok = zp__text_arg(c, 1, true, &separators) && zp__search_flags(c, -1, 3, 2, &flags);

    if (ok) {
        c->out = zp_list_new(zp_len(x), c->err);
        ok = !zp_bad(c->out);
    }
    if (ok && !(zp__all_ascii(x) && zp__all_ascii(separators)))
        flags |= ZP_REGEX_UTF8;
    step = zp_len(separators) > 0 ? zp_len(separators) : 1;
    for (int64_t k = 0; ok && k < step && k < zp_len(x); k++)
        ok = split_every(c, x, zp_len(separators) ? zp_strs(&separators)[k] : none, flags, k, step);
    if (ok && zp_ndim(x) == 1 && zp_names(x, 0))
        ok = zp_set_names(&c->out, 0, zp_names(x, 0), c->err);
    zp_value_unref(separators);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

const zp_builtin zp_builtins_text_split[] = {
    { "strsplit", "x, split, fixed = FALSE, perl = FALSE", "x=S fixed=LD perl=LD", 0, bi_strsplit,
      "A list with the pieces of every element of `x` between the matches of `split`; \"\" splits into characters.",
      "strsplit(\"1,2,3\", \",\")", NULL },
    { 0 }
};
