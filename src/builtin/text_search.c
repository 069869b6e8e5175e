/* text_search: grepl, grep, regexpr, gregexpr, regmatches.
 *
 * Positions have no lengths here, so regmatches needs the search itself: the compiler hands the call that is its
 * second argument over to .regmatches, which searches again and cuts. */
#include "builtin/text_regex.h"

#include <string.h>

bool zp__all_ascii(zp_value text)
{
    for (int64_t i = 0; i < zp_len(text); i++) {
        const zp_str *s = zp_strs(&text)[i];

        if (!zp__is_ascii(s->text, s->len))
            return false;
    }
    return true;
}

bool zp__search_flags(zp_call *c, int icase, int perl, int fixed, unsigned *flags)
{
    bool i = false, p = false, f = false;

    if ((icase >= 0 && !zp_arg_lgl(c, icase, &i)) || !zp_arg_lgl(c, perl, &p) || !zp_arg_lgl(c, fixed, &f))
        return false;
    *flags = f ? ZP_REGEX_FIXED : (i ? ZP_REGEX_ICASE : 0) | (p ? ZP_REGEX_PERL : 0);
    return true;
}

/* The groups of an expression: its opening parentheses, but those of brackets, escapes and (?: ...). */
static int count_groups(const char *p, unsigned flags)
{
    int groups = 0;

    if (flags & ZP_REGEX_FIXED)
        return 0;
    for (; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        } else if (*p == '[') {
            p += p[1] == '^' ? 2 : 1;
            for (p += *p == ']'; *p && *p != ']'; p++)
                if (*p == '[' && p[1] == ':')
                    while (p[1] && p[1] != ']')
                        p++;
            if (!*p)
                break;
        } else if (*p == '(') {
            bool named =
                p[1] == '?' && ((p[2] == '<' && p[3] != '=' && p[3] != '!') || p[2] == 'P' || p[2] == '\'');
            groups += p[1] != '?' || named;
        }
    }
    return groups < ZP_REGEX_GROUPS ? groups : ZP_REGEX_GROUPS - 1;
}

bool zp__search_init(zp__search *s, zp_call *c, const zp__search_formals *f, bool names)
{
    zp_str *pattern;
    unsigned flags;

    memset(s, 0, sizeof(*s));
    if (!zp__text_first(c, f->pattern, "pattern", &s->pattern, &pattern) ||
        !zp__text_arg(c, f->text, names, &s->text) ||
        !zp__search_flags(c, f->icase, f->perl, f->fixed, &flags))
        return false;
    if (!zp__is_ascii(pattern->text, pattern->len) || !zp__all_ascii(s->text))
        flags |= ZP_REGEX_UTF8;
    s->groups = count_groups(pattern->text, flags);
    return zp_regex_init(&s->re, pattern, flags, s->text, c->ctx, c->err);
}

void zp__search_fini(zp__search *s)
{
    zp_regex_fini(&s->re);
    zp_value_unref(s->pattern);
    zp_value_unref(s->text);
}

/* Does text i match?  1, 0 or -1. */
static int search(zp__search *s, zp_call *c, int64_t i)
{
    if (zp__text_stop(c, i) || !zp_regex_subject(&s->re, zp_strs(&s->text)[i], i + 1, c->err))
        return -1;
    return zp_regex_exec(&s->re, 0, true, c->err);
}

/* ---------------------------------------------------------------- grepl, grep */

/* For every text whether it matches, as a logical vector. */
static bool find_all(zp__search *s, zp_call *c, zp_value *out)
{
    int8_t *to;

    *out = zp_vec(ZP_LGL, zp_len(s->text), c->err);
    to = zp_bad(*out) ? NULL : zp_value_mut(out, c->err);
    if (!to)
        return false;
    for (int64_t i = 0; i < zp_len(s->text); i++) {
        int found = search(s, c, i);

        if (found < 0)
            return false;
        to[i] = (int8_t)found;
    }
    return true;
}

static zp_status bi_grepl(zp_call *c)
{
    static const zp__search_formals formals = { 0, 1, 2, 3, 4 };
    zp__search s;
    bool ok = zp__search_init(&s, c, &formals, false) && find_all(&s, c, &c->out);

    zp__search_fini(&s);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* Positions (1-based) of the elements of `found` that are `want`. */
static bool positions(zp_value found, bool want, zp_value *out, zp_error *err)
{
    const int8_t *at = zp_lgls(&found);
    int64_t n = 0, total = zp_len(found);
    double *to;

    for (int64_t i = 0; i < total; i++)
        n += (at[i] != 0) == want;
    *out = zp_vec(ZP_DBL, n, err);
    to = zp_bad(*out) ? NULL : zp_value_mut(out, err);
    if (!to)
        return false;
    for (int64_t i = 0; i < total; i++)
        if ((at[i] != 0) == want)
            *to++ = (double)(i + 1);
    return true;
}

/* The texts (a vector with its names) at 1-based positions. */
static bool take(zp_value text, zp_value where, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(where);
    zp_array *names = zp_ndim(text) == 1 ? zp_names(text, 0) : NULL;
    zp_value tags = zp_nil();
    bool ok = true;

    *out = zp_vec(ZP_STR, n, err);
    if (names)
        tags = zp_vec(ZP_STR, n, err);
    if (zp_bad(*out) || (names && zp_bad(tags)))
        ok = false;
    for (int64_t i = 0; ok && i < n; i++) {
        int64_t at = (int64_t)zp_dbls(&where)[i] - 1;

        zp_str_put(*out, i, zp_str_ref(zp_strs(&text)[at]));
        if (names)
            zp_str_put(tags, i, zp_str_ref(zp_name_at(names, at)));
    }
    ok = ok && (!names || zp_set_names(out, 0, zp_as_names(tags), err));
    zp_value_unref(tags);
    return ok;
}

static zp_status bi_grep(zp_call *c)
{
    static const zp__search_formals formals = { 0, 1, 2, 3, 5 };
    zp_value found = zp_nil(), where = zp_nil();
    bool value, invert, ok;
    zp__search s;

    ok = zp__search_init(&s, c, &formals, false) && zp_arg_lgl(c, 4, &value) && zp_arg_lgl(c, 6, &invert) &&
         find_all(&s, c, &found) && positions(found, !invert, &where, c->err);
    if (ok && value)
        ok = take(s.text, where, &c->out, c->err);
    else if (ok)
        c->out = zp_value_move(&where);
    zp__search_fini(&s);
    zp_value_unref(found);
    zp_value_unref(where);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- regexpr, gregexpr */

static const zp__search_formals text_formals = { 0, 1, 2, 3, 4 };

/* A byte of the subject as a position, -1 for none. */
static double position(zp_regex *re, int64_t byte)
{
    return byte < 0 ? -1.0 : (double)zp_regex_count(re, byte) + 1.0;
}

static zp_status bi_regexpr(zp_call *c)
{
    zp__search s;
    double *to = NULL;
    bool ok = zp__search_init(&s, c, &text_formals, false);

    if (ok) {
        c->out = zp_vec(ZP_DBL, zp_len(s.text), c->err);
        to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
        ok = to != NULL;
    }
    for (int64_t i = 0; ok && i < zp_len(s.text); i++) {
        int found = search(&s, c, i);

        ok = found >= 0;
        to[i] = position(&s.re, found > 0 ? s.re.match[0].start : -1);
    }
    zp__search_fini(&s);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* The matches of one text, one after the other; *from starts at 0.  1, 0 (no more), -1. */
static int next_match(zp_regex *re, size_t *from, zp_error *err)
{
    const char *end = re->text + re->len;
    bool first = *from == 0;
    int found;

    if (*from > re->len || (*from == re->len && (!first || re->tre)))
        return 0;
    found = zp_regex_exec(re, *from, first, err);
    if (found <= 0)
        return found;
    *from = (size_t)re->match[0].end;
    if (re->match[0].end == re->match[0].start)
        *from = *from == re->len ? re->len + 1 : (size_t)(zp__utf8_skip(re->text + *from, end, 1) - re->text);
    return 1;
}

/* Appends the positions of all matches of the current subject; -1 when there is none. */
static bool all_positions(zp_regex *re, zp_value *out, zp_error *err)
{
    zp_buf at = ZP_BUF_INIT;
    size_t from = 0;
    double where;
    double *to;
    int found;

    while ((found = next_match(re, &from, err)) > 0) {
        where = position(re, re->match[0].start);
        zp_buf_put(&at, &where, sizeof(where));
    }
    where = -1;
    if (at.len == 0)
        zp_buf_put(&at, &where, sizeof(where));
    if (found < 0 || !zp_buf_ok(&at, err)) {
        zp_buf_fini(&at);
        return false;
    }
    *out = zp_vec(ZP_DBL, (int64_t)(at.len / sizeof(double)), err);
    to = zp_bad(*out) ? NULL : zp_value_mut(out, err);
    if (to)
        memcpy(to, at.ptr, at.len);
    zp_buf_fini(&at);
    return to != NULL;
}

static zp_status bi_regexec(zp_call *c)
{
    zp__search s;
    bool ok = zp__search_init(&s, c, &text_formals, false);

    if (ok) {
        c->out = zp_list_new(zp_len(s.text), c->err);
        ok = !zp_bad(c->out);
    }
    for (int64_t i = 0; ok && i < zp_len(s.text); i++) {
        int found = search(&s, c, i);
        zp_value at = found >= 0 ? zp_vec(ZP_DBL, found > 0 ? s.groups + 1 : 1, c->err) : zp_nil();

        ok = !zp_bad(at);
        if (ok && found == 0)
            ((double *)at.u.arr->data)[0] = -1;
        for (int k = 0; ok && found > 0 && k <= s.groups; k++)
            ((double *)at.u.arr->data)[k] =
                s.re.match[k].start < 0 ? 0 : position(&s.re, s.re.match[k].start);
        if (ok) {
            zp_value_unbox(&at);
            zp_list_set(c->out, i, at);
        }
    }
    zp__search_fini(&s);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

static zp_status bi_gregexpr(zp_call *c)
{
    zp__search s;
    bool ok = zp__search_init(&s, c, &text_formals, false);

    if (ok) {
        c->out = zp_list_new(zp_len(s.text), c->err);
        ok = !zp_bad(c->out);
    }
    for (int64_t i = 0; ok && i < zp_len(s.text); i++) {
        zp_value at = zp_nil();

        ok = !zp__text_stop(c, i) && zp_regex_subject(&s.re, zp_strs(&s.text)[i], i + 1, c->err) &&
             all_positions(&s.re, &at, c->err);
        zp_list_set(c->out, i, at);
    }
    zp__search_fini(&s);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- regmatches */

static const zp__search_formals match_formals = { 2, 3, 4, 5, 6 };

/* Bytes [start, end) of the searched text as a piece of x, by code points when x is another text. */
static bool add_span(zp__strings *list, zp_regex *re, const zp_str *x, int64_t start, int64_t stop,
                     zp_error *err)
{
    const char *end = x->text + x->len, *from, *to;

    if (x->len == re->len && memcmp(x->text, re->text, re->len) == 0) {
        from = x->text + start;
        to = x->text + stop;
    } else {
        from = zp__utf8_skip(x->text, end, (int64_t)position(re, start) - 1);
        to = stop == (int64_t)re->len ? end : zp__utf8_skip(x->text, end, (int64_t)position(re, stop) - 1);
    }
    return zp__strings_add(list, from, (size_t)(to - from), err);
}

static bool add_piece(zp__strings *list, zp_regex *re, const zp_str *x, zp_error *err)
{
    return add_span(list, re, x, re->match[0].start, re->match[0].end, err);
}

/* The first match of every text that has one; `names` (of x, may be NULL) follow. */
static bool first_matches(zp__search *s, zp_call *c, zp_value x, zp_value *out)
{
    zp_array *names = zp_ndim(x) == 1 ? zp_names(x, 0) : NULL;
    zp__strings pieces = { 0 }, tags = { 0 };
    zp_value tag_vec;
    bool ok = true;

    for (int64_t i = 0; ok && i < zp_len(x); i++) {
        int found = search(s, c, i);

        ok = found >= 0;
        if (found > 0)
            ok = add_piece(&pieces, &s->re, zp_strs(&x)[i], c->err) &&
                 (!names || zp__strings_add_take(&tags, zp_str_ref(zp_name_at(names, i)), c->err));
    }
    if (ok)
        *out = zp__strings_finish(&pieces, c->err);
    ok = ok && !zp_bad(*out);
    if (ok && names) {
        tag_vec = zp__strings_finish(&tags, c->err);
        ok = !zp_bad(tag_vec) && zp_set_names(out, 0, zp_as_names(tag_vec), c->err);
        zp_value_unref(tag_vec);
    }
    zp__strings_fini(&pieces);
    zp__strings_fini(&tags);
    return ok;
}

/* What lies before, between and after the matches of text i, or before and after the first. */
static bool all_rests(zp__search *s, zp_call *c, zp_value x, int64_t i, bool one, zp_value *out)
{
    zp__strings pieces = { 0 };
    const zp_str *text = zp_strs(&x)[i];
    size_t from = 0;
    int64_t rest = 0;
    int found;
    bool ok;

    if (zp__text_stop(c, i) || !zp_regex_subject(&s->re, zp_strs(&s->text)[i], i + 1, c->err))
        return false;
    while ((found = next_match(&s->re, &from, c->err)) > 0) {
        if (!add_span(&pieces, &s->re, text, rest, s->re.match[0].start, c->err)) {
            found = -1;
            break;
        }
        rest = s->re.match[0].end;
        if (one)
            break;
    }
    ok = found >= 0 && add_span(&pieces, &s->re, text, rest, (int64_t)s->re.len, c->err);
    if (ok)
        *out = zp__strings_finish(&pieces, c->err);
    zp__strings_fini(&pieces);
    return ok && !zp_bad(*out);
}

/* The first match of text i and what each of its groups matched. */
static bool groups_of(zp__search *s, zp_call *c, zp_value x, int64_t i, zp_value *out)
{
    zp__strings pieces = { 0 };
    int found = search(s, c, i), groups = s->groups;
    bool ok = found >= 0;

    for (int k = 0; ok && found > 0 && k <= groups; k++) {
        zp_regex_span span = s->re.match[k];
        ok = span.start < 0 ? zp__strings_add(&pieces, "", 0, c->err)
                            : add_span(&pieces, &s->re, zp_strs(&x)[i], span.start, span.end, c->err);
    }
    if (ok)
        *out = zp__strings_finish(&pieces, c->err);
    zp__strings_fini(&pieces);
    return ok && !zp_bad(*out);
}

/* All matches of text i as a vector. */
static bool all_matches(zp__search *s, zp_call *c, zp_value x, int64_t i, zp_value *out)
{
    zp__strings pieces = { 0 };
    size_t from = 0;
    int found = 1;

    if (zp__text_stop(c, i) || !zp_regex_subject(&s->re, zp_strs(&s->text)[i], i + 1, c->err))
        return false;
    while ((found = next_match(&s->re, &from, c->err)) > 0)
        if (!add_piece(&pieces, &s->re, zp_strs(&x)[i], c->err)) {
            found = -1;
            break;
        }
    if (found == 0)
        *out = zp__strings_finish(&pieces, c->err);
    zp__strings_fini(&pieces);
    return found == 0 && !zp_bad(*out);
}

typedef enum listed { ALL, GROUPS, RESTS, FIRST_RESTS } listed;

static bool list_matches(zp__search *s, zp_call *c, zp_value x, listed what, zp_value *out)
{
    zp_array *names = zp_ndim(x) == 1 ? zp_names(x, 0) : NULL;

    *out = zp_list_new(zp_len(x), c->err);
    if (zp_bad(*out))
        return false;
    for (int64_t i = 0; i < zp_len(x); i++) {
        zp_value pieces = zp_nil();
        bool ok = what == ALL      ? all_matches(s, c, x, i, &pieces)
                  : what == GROUPS ? groups_of(s, c, x, i, &pieces)
                                   : all_rests(s, c, x, i, what == FIRST_RESTS, &pieces);

        zp_list_set(*out, i, pieces);
        if (!ok)
            return false;
    }
    return !names || zp_set_names(out, 0, names, c->err);
}

static zp_status bi_dot_regmatches(zp_call *c)
{
    zp_value x = zp_nil();
    zp_str *kind = NULL;
    zp__search s = { .text = zp_nil() };
    bool invert, ok = zp__text_arg(c, 0, true, &x) && zp_arg_str(c, 1, &kind) &&
                      zp__search_init(&s, c, &match_formals, true) && zp_arg_lgl(c, 7, &invert);

    if (ok && zp_len(x) != zp_len(s.text))
        ok = zp_fail(c->err, "'x' and 'm' must have the same length");
    if (ok && invert && zp_str_is(kind, "regexec"))
        ok = zp_fail(c->err, "'invert' is for regexpr and gregexpr");
    if (ok && zp_str_is(kind, "regexpr") && !invert)
        ok = first_matches(&s, c, x, &c->out);
    else if (ok)
        ok = list_matches(&s, c, x,
                          zp_str_is(kind, "regexec")    ? GROUPS
                          : !invert                     ? ALL
                          : zp_str_is(kind, "gregexpr") ? RESTS
                                                        : FIRST_RESTS,
                          &c->out);
    zp__search_fini(&s);
    zp_value_unref(x);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

static zp_status bi_regmatches(zp_call *c)
{
    return zp_fail_call(c,
                        "the second argument of regmatches must be a call of regexpr, gregexpr or regexec");
}

const zp_builtin zp_builtins_text_search[] = {
    { "grepl", "pattern, x, ignore.case = FALSE, perl = FALSE, fixed = FALSE",
      "ignore.case=LD perl=LD fixed=LD", 0, bi_grepl,
      "For every element of `x` whether it matches. `pattern` is an extended regular expression; with `perl` one of "
      "Perl's, with `fixed` plain text.",
      "grepl(\"^a\", c(\"ab\", \"ba\"))", NULL },
    { "grep", "pattern, x, ignore.case = FALSE, perl = FALSE, value = FALSE, fixed = FALSE, invert = FALSE",
      "ignore.case=LD perl=LD value=LD fixed=LD invert=LD", 0, bi_grep,
      "The positions of the elements of `x` that match (with `invert` of the others), or with `value` the elements.",
      "grep(\"a\", c(\"abc\", \"xyz\", \"bca\"))", NULL },
    { "regexpr", "pattern, text, ignore.case = FALSE, perl = FALSE, fixed = FALSE",
      "ignore.case=LD perl=LD fixed=LD", 0, bi_regexpr,
      "For every element of `text` where the first match begins; -1 where there is none.",
      "regexpr(\"[0-9]+\", c(\"a12\", \"b\"))", NULL },
    { "gregexpr", "pattern, text, ignore.case = FALSE, perl = FALSE, fixed = FALSE",
      "ignore.case=LD perl=LD fixed=LD", 0, bi_gregexpr,
      "A list with, for every element of `text`, where its matches begin; -1 where there is none.",
      "gregexpr(\"[0-9]+\", \"a1b22\")", NULL },
    { "regexec", "pattern, text, ignore.case = FALSE, perl = FALSE, fixed = FALSE",
      "ignore.case=LD perl=LD fixed=LD", 0, bi_regexec,
      "A list with, for every element of `text`, where its first match and each of its groups begin; -1 where there is none.",
      "regexec(\"([a-z])([0-9]+)\", \"a1b22\")", NULL },
    { "regmatches", "x, m, invert = FALSE", "", ZP_BI_CODE, bi_regmatches,
      "The parts of `x` that match. `m` is written as a call of regexpr (the first match of every element that has "
      "one), gregexpr (a list with all of them) or regexec (a list with the first match and its groups). With `invert` a list of "
      "what lies around the matches.",
      "regmatches(\"a1b22\", gregexpr(\"[0-9]+\", \"a1b22\"))", NULL },
    { ".regmatches",
      "x, kind, pattern, text, ignore.case = FALSE, perl = FALSE, fixed = FALSE, invert = FALSE",
      "kind=S ignore.case=LD perl=LD fixed=LD invert=L", ZP_BI_HIDDEN, bi_dot_regmatches,
      "What regmatches calls.", "", NULL },
    { 0 }
};
