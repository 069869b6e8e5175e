/* text_names: make.names and make.unique. */
#include "builtin/text.h"

#include <string.h>
#include <wctype.h>

#include "base/map.h"

/* ---------------------------------------------------------------- make.names */

static bool is_reserved(const char *name)
{
    static const char *const words[] = { "if",       "else",          "repeat",      "while", "function",
                                         "for",      "next",          "break",       "TRUE",  "FALSE",
                                         "NULL",     "Inf",           "NaN",         "NA",    "NA_integer_",
                                         "NA_real_", "NA_character_", "NA_complex_", "in" };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++)
        if (strcmp(name, words[i]) == 0)
            return true;
    return false;
}

static bool is_letter(int32_t cp, locale_t locale)
{
    if (cp < 0x80)
        return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
    return locale && iswalpha_l((wint_t)cp, locale);
}

static bool is_digit(int32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* Does the name need an X in front? */
static bool bad_start(const zp_str *s, locale_t locale)
{
    const char *at = s->text, *end = at + s->len;

    if (at == end)
        return true;
    if (*at == '.')
        return is_digit(at[1]);
    return !is_letter(zp_utf8_next(&at, end), locale);
}

typedef struct names_ctx {
    locale_t locale;
} names_ctx;

static zp_str *make_name(void *ctx, zp_str *s, zp_error *err)
{
    names_ctx *nc = ctx;
    const char *at = s->text, *end = at + s->len;
    zp_buf buf = ZP_BUF_INIT;
    zp_str *name;

    if (!nc->locale && !zp__is_ascii(s->text, s->len))
        nc->locale = zp__text_locale();
    if (bad_start(s, nc->locale))
        zp_buf_putc(&buf, 'X');
    while (at < end) {
        const char *begin = at;
        int32_t cp = zp_utf8_next(&at, end);

        if (cp >= 0 && (is_letter(cp, nc->locale) || is_digit(cp) || cp == '.' || cp == '_'))
            zp_buf_put(&buf, begin, (size_t)(at - begin));
        else
            zp_buf_putc(&buf, '.');
    }
    if (is_reserved(zp_buf_text(&buf)))
        zp_buf_putc(&buf, '.');
    name = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return name;
}

/* ---------------------------------------------------------------- make.unique */

/* A name not in `seen` made of `name`, `sep` and the next number after *last. */
static zp_str *number_name(const zp_map *seen, const zp_str *name, const zp_str *sep, int64_t *last,
                           zp_error *err)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_str *made;

    do {
        zp_buf_clear(&buf);
        zp_buf_printf(&buf, "%s%s%lld", name->text, sep->text, (long long)++*last);
    } while (!buf.failed && zp_map_get_bytes(seen, buf.ptr, buf.len));
    made = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return made;
}

/* First all names as they are, then numbers for those that come again; counts live in the map. */
bool zp__text_unique(zp_call *c, zp_value *names, const zp_str *sep, bool blanks)
{
    zp_map seen = ZP_MAP_INIT;
    zp_value held = zp_value_ref(*names); /* keeps the keys of the map alive */
    int64_t n = zp_len(held);
    zp_map_entry *entry;
    bool made, ok = true;
    zp_value out = zp_vec(ZP_STR, n, c->err);

    ok = !zp_bad(out);
    for (int64_t i = 0; ok && i < n; i++)
        ok = zp_map_add(&seen, zp_strs(&held)[i], &made, c->err) != NULL;
    for (int64_t i = 0; ok && i < n; i++) {
        zp_str *name = zp_strs(&held)[i], *fresh;
        int64_t last;

        entry = zp_map_get(&seen, name);
        if (entry->val.num == 0 || (blanks && name->len == 0)) { /* stands here first; the next number is 1 */
            entry->val.num = 1;
            zp_str_put(out, i, zp_str_ref(name));
            continue;
        }
        last = entry->val.num - 1;
        fresh = zp__text_stop(c, i) ? NULL : number_name(&seen, name, sep, &last, c->err);
        if (fresh)
            zp_str_put(out, i, fresh);
        entry = zp_map_get(&seen, name);
        entry->val.num = last + 1;
        ok = fresh && (entry = zp_map_add(&seen, fresh, &made, c->err)) != NULL;
        if (ok)
            entry->val.num = 1;
    }
    zp_map_fini(&seen);
    zp_value_unref(held);
    if (ok)
        zp_value_set(names, out);
    else
        zp_value_unref(out);
    return ok;
}

static zp_status bi_make_unique(zp_call *c)
{
    zp_str *sep;

    if (!zp_arg_str(c, 1, &sep))
        return ZP_FAILED;
    if (!zp__text_unique(c, &c->argv[0], sep, false))
        return ZP_FAILED;
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

static zp_status bi_make_names(zp_call *c)
{
    names_ctx nc = { (locale_t)0 };
    zp_str *sep = NULL;
    bool unique, ok;
    int64_t n;

    if (!zp_arg_lgl(c, 1, &unique))
        return ZP_FAILED;
    ok = zp__text_map(c, make_name, &nc) == ZP_OK;
    zp__text_locale_free(nc.locale);
    if (!ok)
        return ZP_FAILED;
    n = zp_len(c->out);
    zp_drop_names(&c->out);
    ok = zp_ndim(c->out) == 1 || zp_value_reshape(&c->out, 1, &n, c->err);
    if (ok && unique) {
        sep = zp_str_from(".", c->err);
        ok = sep && zp__text_unique(c, &c->out, sep, false);
        zp_str_unref(sep);
    }
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

const zp_builtin zp_builtins_text_names[] = {
    { "make.names", "names, unique = FALSE", "unique=LD", 0, bi_make_names,
      "The texts changed into valid names of variables; with `unique` different ones.",
      "make.names(c(\"a b\", \"1x\"))", NULL },
    { "make.unique", "names, sep = \".\"", "names=S sep=S", 0, bi_make_unique,
      "Names that come again get a number behind `sep`.", "make.unique(c(\"a\", \"a\", \"b\"))", NULL },
    { 0 }
};
