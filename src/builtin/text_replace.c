/* text_replace: sub and gsub, and trimws, which is made of two of them.
 *
 * After an empty match one character is passed; an empty match that ends where the last one ended is none. */
#include "builtin/text_regex.h"

#include <string.h>
#include <wctype.h>

/* How a replacement is written into the output. */
typedef struct writer {
    zp_buf *out;
    const zp_regex *re;
    locale_t locale; /* for \U and \L; made when first needed */
    char cased;      /* 'U', 'L' or 0 */
} writer;

static void put_cased(writer *w, const char *at, const char *end)
{
    char bytes[4];

    if (!w->locale)
        w->locale = zp__text_locale();
    while (at < end) {
        const char *begin = at;
        int32_t cp = zp_utf8_next(&at, end);

        if (cp < 0 || (cp >= 0x80 && !w->locale)) {
            zp_buf_put(w->out, begin, (size_t)(at - begin));
            continue;
        }
        if (w->locale)
            cp = (int32_t)(w->cased == 'U' ? towupper_l((wint_t)cp, w->locale)
                                           : towlower_l((wint_t)cp, w->locale));
        else if (w->cased == 'U')
            cp -= cp >= 'a' && cp <= 'z' ? 'a' - 'A' : 0;
        else
            cp += cp >= 'A' && cp <= 'Z' ? 'a' - 'A' : 0;
        zp_buf_put(w->out, bytes, zp_utf8_put(bytes, cp));
    }
}

static void put_group(writer *w, int group)
{
    const zp_regex_span *span = &w->re->match[group];
    const char *text = w->re->text;

    if (span->start < 0)
        return;
    if (w->cased)
        put_cased(w, text + span->start, text + span->end);
    else
        zp_buf_put(w->out, text + span->start, (size_t)(span->end - span->start));
}

/* The replacement: \1 to \9 are groups, with perl \U \L \E set their case, any other \c is c. */
static void put_replacement(writer *w, const zp_str *with)
{
    bool perl = w->re->flags & ZP_REGEX_PERL;

    if (w->re->flags & ZP_REGEX_FIXED) {
        zp_buf_put(w->out, with->text, with->len);
        return;
    }
    w->cased = 0;
    for (const char *at = with->text, *end = at + with->len; at < end; at++) {
        if (*at != '\\') {
            const char *next = memchr(at, '\\', (size_t)(end - at));

            next = next ? next : end;
            zp_buf_put(w->out, at, (size_t)(next - at));
            at = next - 1;
        } else if (++at == end) {
            break;
        } else if (*at >= '1' && *at <= '9') {
            put_group(w, *at - '0');
        } else if (perl && (*at == 'U' || *at == 'L')) {
            w->cased = *at;
        } else if (perl && *at == 'E') {
            w->cased = 0;
        } else {
            zp_buf_putc(w->out, *at);
        }
    }
}

/* Replaces in the current subject: 1 something, 0 nothing (out is not used), -1 failed. */
static int replace(zp_regex *re, const zp_str *with, bool all, writer *w, zp_error *err)
{
    const char *end = re->text + re->len;
    size_t from = 0;
    int64_t last = -1;
    int found, any = 0;

    zp_buf_clear(w->out);
    while ((found = zp_regex_exec(re, from, from == 0, err)) > 0) {
        zp_regex_span m = re->match[0];

        any = 1;
        zp_buf_put(w->out, re->text + from, (size_t)m.start - from);
        if (m.end > last) {
            put_replacement(w, with);
            last = m.end;
        }
        from = (size_t)m.end;
        if (!all || from == re->len)
            break;
        if (m.start == m.end) {
            const char *next = zp__utf8_skip(re->text + from, end, 1);

            zp_buf_put(w->out, re->text + from, (size_t)(next - re->text) - from);
            from = (size_t)(next - re->text);
        }
        if (w->out->failed)
            break;
    }
    zp_buf_put(w->out, re->text + from, re->len - from);
    return found < 0 || !zp_buf_ok(w->out, err) ? -1 : any;
}

/* Every text of `text` (borrowed) with the replacement: an array like it. */
static bool replace_all(zp_regex *re, zp_call *c, zp_value text, const zp_str *with, bool all, zp_value *out)
{
    zp_buf buf = ZP_BUF_INIT;
    writer w = { .out = &buf, .re = re };
    bool ok;

    *out = zp_arr_like(ZP_STR, text, true, c->err);
    ok = !zp_bad(*out);
    for (int64_t i = 0; ok && i < zp_len(text); i++) {
        zp_str *old = zp_strs(&text)[i], *new = NULL;
        int done = zp__text_stop(c, i) || !zp_regex_subject(re, old, i + 1, c->err)
                       ? -1
                       : replace(re, with, all, &w, c->err);

        if (done >= 0)
            new = done ? zp_str_new(buf.len ? buf.ptr : "", buf.len, c->err) : zp_str_ref(old);
        ok = new != NULL;
        if (ok)
            zp_str_put(*out, i, new);
    }
    zp_buf_fini(&buf);
    zp__text_locale_free(w.locale);
    if (!ok)
        zp_value_clear(out);
    return ok;
}

static zp_status substitute(zp_call *c, bool all)
{
    static const zp__search_formals formals = { 0, 2, 3, 4, 5 };
    zp_value with = zp_nil();
    zp_str *replacement = NULL;
    zp__search s;
    bool ok =
        zp__search_init(&s, c, &formals, false) && zp__text_first(c, 1, "replacement", &with, &replacement);

    if (ok && (s.re.flags & ZP_REGEX_FIXED) && s.re.pattern->len == 0)
        ok = zp_fail_arg(c->err, 1, "zero-length pattern");
    ok = ok && replace_all(&s.re, c, s.text, replacement, all, &c->out);
    zp__search_fini(&s);
    zp_value_unref(with);
    return zp_done(ok);
}

static zp_status bi_sub(zp_call *c)
{
    return substitute(c, false);
}

static zp_status bi_gsub(zp_call *c)
{
    return substitute(c, true);
}

/* ---------------------------------------------------------------- trimws */

enum { LEFT = 1, RIGHT = 2 };

static bool which_sides(zp_call *c, int *sides)
{
    zp_str *which;

    if (!zp_arg_str(c, 1, &which))
        return false;
    *sides = which->len == 0                                  ? 0
             : strncmp("both", which->text, which->len) == 0  ? LEFT | RIGHT
             : strncmp("left", which->text, which->len) == 0  ? LEFT
             : strncmp("right", which->text, which->len) == 0 ? RIGHT
                                                              : 0;
    return *sides || zp_fail_arg(c->err, 2, "'arg' should be one of \"both\", \"left\", \"right\"");
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

static zp_str *trim_blanks(void *ctx, zp_str *s, zp_error *err)
{
    int sides = *(const int *)ctx;
    const char *at = s->text, *end = at + s->len;

    while ((sides & LEFT) && at < end && is_blank(*at))
        at++;
    while ((sides & RIGHT) && at < end && is_blank(end[-1]))
        end--;
    return (size_t)(end - at) == s->len ? zp_str_ref(s) : zp_str_new(at, (size_t)(end - at), err);
}

/* *text becomes sub(<pattern>, "", *text). */
static bool cut(zp_call *c, const zp_str *space, const char *fmt, zp_value *text)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_regex re = { 0 };
    zp_value out;
    zp_str *pattern;
    bool ascii = zp__is_ascii(space->text, space->len) && zp__all_ascii(*text);
    bool ok = false;

    zp_buf_printf(&buf, fmt[0] == '^' ? "^%s+" : "%s+$", space->text);
    pattern = zp_str_from_buf(&buf, c->err);
    zp_buf_fini(&buf);
    if (!pattern)
        return false;
    ok = zp_regex_init(&re, pattern, ascii ? 0 : ZP_REGEX_UTF8, *text, c->ctx, c->err) &&
         replace_all(&re, c, *text, zp_str_empty(), false, &out);
    if (ok)
        zp_value_set(text, out);
    zp_regex_fini(&re);
    zp_str_unref(pattern);
    return ok;
}

static zp_status bi_trimws(zp_call *c)
{
    zp_str *space;
    zp_value x;
    int sides;
    bool ok;

    if (!which_sides(c, &sides) || !zp_arg_str(c, 2, &space))
        return ZP_FAILED;
    if (zp_str_is(space, "[ \t\r\n]") || !c->given[2])
        return zp__text_map(c, trim_blanks, &sides);
    if (!zp__text_arg(c, 0, false, &x))
        return ZP_FAILED;
    ok = (!(sides & LEFT) || cut(c, space, "^", &x)) && (!(sides & RIGHT) || cut(c, space, "$", &x));
    if (ok)
        c->out = x;
    else
        zp_value_unref(x);
    return zp_done(ok);
}

#define HOW       ", ignore.case = FALSE, perl = FALSE, fixed = FALSE"
#define HOW_TYPES "ignore.case=LD perl=LD fixed=LD"

const zp_builtin zp_builtins_text_replace[] = {
    { "sub", "pattern, replacement, x" HOW, HOW_TYPES, 0, bi_sub,
      "The first match of `pattern` in every element of `x` replaced. \\1 to \\9 in `replacement` are the groups of the "
      "match; with `perl`, \\U and \\L put the groups that follow into capitals or small letters, up to \\E.",
      "sub(\"(\\\\w+) (\\\\w+)\", \"\\\\2 \\\\1\", \"hello world\")", NULL },
    { "gsub", "pattern, replacement, x" HOW, HOW_TYPES, 0, bi_gsub, "As sub, for all matches.",
      "gsub(\"o\", \"0\", \"foo\")", NULL },
    { "trimws", "x, which = \"both\", whitespace = \"[ \\t\\r\\n]\"", "which=S whitespace=S", 0, bi_trimws,
      "`x` without blanks at its ends; `which` is \"both\", \"left\" or \"right\".", "trimws(\"  hi  \")",
      NULL },
    { 0 }
};
