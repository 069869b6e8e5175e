/* regex: TRE, PCRE2 and plain search behind one door.
 *
 * TRE takes stack and time in proportion to the states of its automaton, and a{255} makes 255 of them, nested ones
 * their product.  So the size of a pattern is estimated before it is compiled, and unreasonable ones are refused.
 * With back references it tries one way after the other, which may take for ever.  Where it may, it reads the subject
 * through us, and an interrupt ends the subject.  (Not always: that way of reading it stops at the first match that
 * ends where the subject does, even if another one divides it better among the groups.) */
#include "builtin/regex_priv.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <math.h>
#include <pcre2.h>
#include <string.h>
#include <tre/tre.h>

#include "base/utf8.h"

enum {
    MOST_STATES = 20000,
    MOST_NESTED = 200,
    MATCH_LIMIT = 10000000,
    HEAP_LIMIT_KB = 512 * 1024,
    MOST_TRIES = 30000000
};

/* ---------------------------------------------------------------- size of an expression */

/* Skips [...] with its classes; `at` is behind the bracket. */
static const char *skip_bracket(const char *at)
{
    at += *at == '^';
    at += *at == ']';
    while (*at && *at != ']') {
        if (*at == '[' && (at[1] == ':' || at[1] == '.' || at[1] == '=')) {
            char kind = at[1];

            for (at += 2; *at && !(*at == kind && at[1] == ']'); at++)
                ;
            at += *at ? 2 : 0;
        } else {
            at++;
        }
    }
    return at + (*at == ']');
}

/* The larger number of {m,n}; `*at` is behind the brace and moves behind the closing one. */
static double read_bound(const char **at)
{
    double most = 1, n = 0;

    for (; **at && **at != '}'; (*at)++) {
        n = **at >= '0' && **at <= '9' ? n * 10 + (**at - '0') : 0;
        most = n > most ? n : most;
    }
    *at += **at == '}';
    return most;
}

/* How many states the expression needs, about. */
static double estimate(const char *at)
{
    double sum[MOST_NESTED] = { 0 }, last = 0;
    int depth = 0;

    while (*at) {
        char ch = *at++;

        if (ch == '(' && depth + 1 == MOST_NESTED)
            return MOST_STATES + 1.0;
        if (ch == '(') {
            sum[++depth] = 0;
            last = 0;
        } else if (ch == ')' && depth) {
            last = sum[depth--] + 1;
            sum[depth] += last;
        } else if (ch == '{') {
            double times = read_bound(&at);

            sum[depth] += last * (times - 1);
            last *= times;
        } else if (ch != '*' && ch != '+' && ch != '?') {
            const char *next = ch == '[' ? skip_bracket(at) : ch == '\\' && *at ? at + 1 : at;

            last = ch == '[' ? 1 + (double)(next - at) / 3 : 1; /* ranges count each */
            sum[depth] += last;
            at = next;
        }
    }
    while (depth > 0) {
        sum[depth - 1] += sum[depth];
        depth--;
    }
    return sum[0];
}

/* Places where a search has a choice: the repetitions. */
static int count_choices(const char *at)
{
    int count = 0;

    while (*at) {
        char ch = *at++;

        count += ch == '*' || ch == '+' || ch == '?' || ch == '{';
        at = ch == '[' ? skip_bracket(at) : ch == '\\' && *at ? at + 1 : at;
    }
    return count;
}

/* ---------------------------------------------------------------- code points */

/* Makes room for n code points and their places. */
static bool reserve_wide(zp_regex *re, size_t n, zp_error *err)
{
    wchar_t *wide;
    size_t *begins;

    if (n < re->wide_cap)
        return true;
    n = n + n / 2 + 16;
    wide = zp_realloc(re->wide, n * sizeof(*wide), err);
    if (!wide)
        return false;
    re->wide = wide;
    begins = zp_realloc(re->begins, n * sizeof(*begins), err);
    if (!begins)
        return false;
    re->begins = begins;
    re->wide_cap = n;
    return true;
}

/* False without an error set: the text is no UTF-8. */
static bool widen(zp_regex *re, const char *text, size_t len, zp_error *err)
{
    const char *at = text, *end = text + len;

    re->wide_len = re->cursor = 0;
    if (!reserve_wide(re, len + 1, err))
        return false;
    while (at < end) {
        size_t begin = (size_t)(at - text);
        int32_t cp = (unsigned char)*at < 0x80 ? *at++ : zp_utf8_next(&at, end);

        if (cp < 0)
            return false;
        re->wide[re->wide_len] = (wchar_t)cp;
        re->begins[re->wide_len++] = begin;
    }
    re->begins[re->wide_len] = len;
    return true;
}

/* ---------------------------------------------------------------- compiling */

static regex_t *compile_tre(zp_regex *re, const char *pattern, size_t len, zp_error *err)
{
    int flags = REG_EXTENDED | (re->flags & ZP_REGEX_ICASE ? REG_ICASE : 0), failed;
    locale_t old = (locale_t)0;
    regex_t *tre;
    char why[128];

    if (estimate(pattern) > MOST_STATES) {
        zp_fail(err, "regular expression is too large");
        return NULL;
    }
    if ((re->flags & ZP_REGEX_UTF8) && !widen(re, pattern, len, err)) {
        zp_fail(err, "regular expression is invalid UTF-8");
        return NULL;
    }
    tre = zp_alloc_zero(sizeof(*tre), err);
    if (!tre)
        return NULL;
    if (re->locale)
        old = uselocale(re->locale);
    failed = re->flags & ZP_REGEX_UTF8 ? tre_regwncomp(tre, re->wide, re->wide_len, flags)
                                       : tre_regncomp(tre, pattern, len, flags);
    if (old)
        uselocale(old);
    if (!failed)
        return tre;
    tre_regerror(failed, tre, why, sizeof(why));
    zp_free(tre);
    zp_fail(err, "invalid regular expression '%s', reason '%s'", re->pattern->text, why);
    return NULL;
}

static bool init_tre(zp_regex *re, zp_value texts, zp_error *err)
{
    const char *pattern = re->pattern->text;
    zp_buf buf = ZP_BUF_INIT;

    if (re->flags & ZP_REGEX_UTF8)
        re->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (re->locale && zp__regex_needs_expansion(pattern)) {
        if (zp__regex_expand(re, texts, &buf, err))
            re->tre = compile_tre(re, zp_buf_text(&buf), buf.len, err);
        zp_buf_fini(&buf);
    } else {
        re->tre = compile_tre(re, pattern, re->pattern->len, err);
    }
    if (!re->tre)
        return false;
    re->choices = tre_have_backrefs(re->tre) ? count_choices(pattern) : 0;
    return true;
}

static bool init_pcre(zp_regex *re, zp_error *err)
{
    uint32_t flags = PCRE2_UTF | (re->flags & ZP_REGEX_ICASE ? PCRE2_CASELESS : 0);
    PCRE2_UCHAR why[128];
    PCRE2_SIZE where;
    int failed;

    re->pcre = pcre2_compile((PCRE2_SPTR)re->pattern->text, re->pattern->len, flags, &failed, &where, NULL);
    if (!re->pcre) {
        pcre2_get_error_message(failed, why, sizeof(why));
        return zp_fail(err, "invalid regular expression '%s', reason '%s'", re->pattern->text,
                       (const char *)why);
    }
    re->pcre_data = pcre2_match_data_create(ZP_REGEX_GROUPS, NULL);
    re->pcre_limits = pcre2_match_context_create(NULL);
    if (!re->pcre_data || !re->pcre_limits)
        return zp_fail_nomem(err, 0);
    pcre2_set_match_limit(re->pcre_limits, MATCH_LIMIT);
    pcre2_set_heap_limit(re->pcre_limits, HEAP_LIMIT_KB);
    return true;
}

bool zp_regex_init(zp_regex *re, const zp_str *pattern, unsigned flags, zp_value texts, const zp_ctx *ctx,
                   zp_error *err)
{
    *re = (zp_regex){ .flags = flags, .pattern = pattern, .ctx = ctx };
    if (flags & ZP_REGEX_FIXED)
        return true;
    return flags & ZP_REGEX_PERL ? init_pcre(re, err) : init_tre(re, texts, err);
}

void zp_regex_fini(zp_regex *re)
{
    if (re->tre)
        tre_regfree(re->tre);
    zp_free(re->tre);
    pcre2_match_data_free(re->pcre_data);
    pcre2_match_context_free(re->pcre_limits);
    pcre2_code_free(re->pcre);
    if (re->locale)
        freelocale(re->locale);
    zp_free(re->wide);
    zp_free(re->begins);
    *re = (zp_regex){ 0 };
}

/* ---------------------------------------------------------------- matching */

bool zp_regex_subject(zp_regex *re, const zp_str *text, int64_t number, zp_error *err)
{
    bool ok = true;

    re->text = text->text;
    re->len = text->len;
    re->marked_byte = re->marked_count = 0;
    if (re->flags & ZP_REGEX_FIXED)
        return true;
    if (re->flags & ZP_REGEX_PERL)
        ok = zp_utf8_valid(text->text, text->len);
    else if (re->flags & ZP_REGEX_UTF8)
        ok = widen(re, text->text, text->len, err);
    return ok || zp_fail(err, "input string %lld is invalid", (long long)number);
}

int64_t zp_regex_count(zp_regex *re, int64_t byte)
{
    size_t at = (size_t)byte;

    if (!(re->flags & ZP_REGEX_UTF8))
        return byte;
    if (at < re->marked_byte)
        re->marked_byte = re->marked_count = 0;
    re->marked_count += (size_t)zp_utf8_count(re->text + re->marked_byte, at - re->marked_byte);
    re->marked_byte = at;
    return (int64_t)re->marked_count;
}

static int exec_fixed(zp_regex *re, size_t from)
{
    const char *found = re->pattern->len
                            ? memmem(re->text + from, re->len - from, re->pattern->text, re->pattern->len)
                            : re->text + from;

    if (!found)
        return 0;
    for (int g = 1; g < ZP_REGEX_GROUPS; g++)
        re->match[g] = (zp_regex_span){ -1, -1 };
    re->match[0].start = found - re->text;
    re->match[0].end = re->match[0].start + (int64_t)re->pattern->len;
    return 1;
}

/* The subject as TRE reads it while it tries back references. */
typedef struct reader {
    zp_regex *re;
    size_t base, pos; /* in code points, or in bytes */
} reader;

enum { TURNS = 4096 };

static bool stopped(zp_regex *re)
{
    if (!re->stopped && re->ctx && ++re->turns % TURNS == 0)
        re->stopped = zp_ctx_interrupted(re->ctx);
    return re->stopped;
}

static int read_next(tre_char_t *c, unsigned *step, void *context)
{
    reader *r = context;
    bool wide = r->re->flags & ZP_REGEX_UTF8;
    size_t at = r->base + r->pos, len = wide ? r->re->wide_len : r->re->len;

    *step = 1;
    *c = 0;
    r->pos++;
    if (at >= len || stopped(r->re))
        return 1;
    *c = wide ? r->re->wide[at] : (tre_char_t)(unsigned char)r->re->text[at];
    return 0;
}

static void read_rewind(size_t pos, void *context)
{
    ((reader *)context)->pos = pos;
}

/* Are the `len` characters at `a` also at `b`?  If so TRE goes on behind them, and relies on us to be there. */
static int read_compare(size_t a, size_t b, size_t len, void *context)
{
    reader *r = context;
    const zp_regex *re = r->re;
    size_t first = r->base + a, second = r->base + b;
    bool wide = re->flags & ZP_REGEX_UTF8, same;

    if (stopped(r->re) || second + len > (wide ? re->wide_len : re->len))
        return 1;
    same = wide ? wmemcmp(re->wide + first, re->wide + second, len) == 0
                : memcmp(re->text + first, re->text + second, len) == 0;
    if (same)
        r->pos = b + len;
    return !same;
}

/* TRE on the subject from `base` on. */
static int run_tre(zp_regex *re, size_t base, regmatch_t *at, int flags)
{
    bool wide = re->flags & ZP_REGEX_UTF8;
    locale_t old = wide && re->locale ? uselocale(re->locale) : (locale_t)0;
    int failed;

    if (pow((double)re->len, re->choices) > MOST_TRIES) {
        reader r = { re, base, 0 };
        tre_str_source source = { read_next, read_rewind, read_compare, &r };

        failed = tre_reguexec(re->tre, &source, ZP_REGEX_GROUPS, at, flags);
    } else if (wide) {
        failed = tre_regwnexec(re->tre, re->wide + base, re->wide_len - base, ZP_REGEX_GROUPS, at, flags);
    } else {
        failed = tre_regnexec(re->tre, re->text + base, re->len - base, ZP_REGEX_GROUPS, at, flags);
    }
    if (old)
        uselocale(old);
    return failed;
}

static int exec_tre(zp_regex *re, size_t from, bool fresh, zp_error *err)
{
    bool wide = re->flags & ZP_REGEX_UTF8;
    regmatch_t at[ZP_REGEX_GROUPS];
    size_t base = from;
    int failed;

    if (wide) {
        if (re->begins[re->cursor] > from)
            re->cursor = 0;
        while (re->begins[re->cursor] < from)
            re->cursor++;
        base = re->cursor;
    }
    failed = run_tre(re, base, at, fresh ? 0 : REG_NOTBOL);
    if (failed == REG_NOMATCH)
        return 0;
    if (failed) {
        zp_fail_nomem(err, re->len);
        return -1;
    }
    for (int g = 0; g < ZP_REGEX_GROUPS; g++) {
        int64_t start = at[g].rm_so < 0 ? -1 : at[g].rm_so + (int64_t)base;
        int64_t end = at[g].rm_so < 0 ? -1 : at[g].rm_eo + (int64_t)base;

        re->match[g].start = wide && start >= 0 ? (int64_t)re->begins[start] : start;
        re->match[g].end = wide && start >= 0 ? (int64_t)re->begins[end] : end;
    }
    return 1;
}

static int exec_pcre(zp_regex *re, size_t from, bool fresh, zp_error *err)
{
    size_t base = fresh ? from : 0;
    const PCRE2_SIZE *at;
    int count;

    count = pcre2_match(re->pcre, (PCRE2_SPTR)(re->text + base), re->len - base, from - base,
                        PCRE2_NO_UTF_CHECK, re->pcre_data, re->pcre_limits);
    if (count == PCRE2_ERROR_NOMATCH)
        return 0;
    if (count < 0) {
        PCRE2_UCHAR why[128];

        pcre2_get_error_message(count, why, sizeof(why));
        zp_fail(err, "regular expression '%s': %s", re->pattern->text, (const char *)why);
        return -1;
    }
    count = count == 0 ? ZP_REGEX_GROUPS : count; /* more groups than we ask for */
    at = pcre2_get_ovector_pointer(re->pcre_data);
    for (int g = 0; g < ZP_REGEX_GROUPS; g++) {
        bool in = g < count && at[2 * g] != PCRE2_UNSET;

        re->match[g].start = in ? (int64_t)(at[2 * g] + base) : -1;
        re->match[g].end = in ? (int64_t)(at[2 * g + 1] + base) : -1;
    }
    if (re->match[0].end < re->match[0].start) /* \K inside a look-ahead */
        re->match[0].end = re->match[0].start;
    return 1;
}

int zp_regex_exec(zp_regex *re, size_t from, bool fresh, zp_error *err)
{
    int found = re->flags & ZP_REGEX_FIXED ? exec_fixed(re, from)
                : re->tre                  ? exec_tre(re, from, fresh, err)
                                           : exec_pcre(re, from, fresh, err);

    if (!stopped(re))
        return found;
    zp_fail_code(err, ZP_ECANCELLED, "interrupted");
    return -1;
}
