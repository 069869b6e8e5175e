/* regex_class: character classes written out.
 *
 * When TRE repeats a part, a{2}, it copies the part and forgets the classes in it, unless it works on bytes.  So an
 * expression on code points that has both is rewritten: [[:digit:]] becomes [0-9], \w a list of ranges.  Code points that
 * no text has may be in a range or not, which keeps the lists short. */
#include <string.h>
#include <wctype.h>

#include "base/utf8.h"
#include "builtin/regex_priv.h"

enum { LARGEST = 0x10FFFF, WORD = 64 };

bool zp__regex_needs_expansion(const char *pattern)
{
    bool classes = strstr(pattern, "[:") != NULL;

    for (const char *at = strchr(pattern, '\\'); at && at[1] && !classes; at = strchr(at + 2, '\\'))
        classes = strchr("dDwWsS", at[1]) != NULL;
    return classes && strchr(pattern, '{');
}

/* A set of all code points that occur, ASCII always: bits. */
static uint64_t *present_points(zp_value texts, zp_error *err)
{
    uint64_t *set = zp_alloc_zero((LARGEST + 1) / 8, err);

    if (!set)
        return NULL;
    set[0] = ~UINT64_C(1); /* no text has a NUL */
    set[1] = ~UINT64_C(0);
    for (int64_t i = 0; i < zp_len(texts); i++) {
        const zp_str *s = zp_strs(&texts)[i];

        for (const char *at = s->text, *end = at + s->len; at < end;) {
            int32_t cp = zp_utf8_next(&at, end);

            if (cp >= 0)
                set[cp / WORD] |= UINT64_C(1) << (cp % WORD);
        }
    }
    return set;
}

static void put_range(zp_buf *out, int32_t first, int32_t last)
{
    char bytes[4];

    zp_buf_put(out, bytes, zp_utf8_put(bytes, first));
    if (first < last) {
        zp_buf_putc(out, '-');
        zp_buf_put(out, bytes, zp_utf8_put(bytes, last));
    }
}

typedef struct expansion {
    zp_buf *out;
    const uint64_t *present;
    locale_t locale;
    bool icase;
} expansion;

/* The members of a class as ranges between members that occur, broken only by others that occur.  (Where case does not
 * matter TRE takes a range apart, so it holds nothing but members then.) */
static void put_class(const expansion *e, wctype_t class)
{
    int32_t first = -1, last = -1;

    for (int32_t word = 0; word <= LARGEST / WORD; word++) {
        for (uint64_t bits = e->present[word]; bits; bits &= bits - 1) {
            int32_t cp = word * WORD + __builtin_ctzll(bits);

            bool in = iswctype_l((wint_t)cp, class, e->locale) != 0;

            if (first >= 0 && (!in || (e->icase && cp != last + 1))) {
                put_range(e->out, first, last);
                first = -1;
            }
            if (in) {
                first = first < 0 ? cp : first;
                last = cp;
            }
        }
    }
    if (first >= 0)
        put_range(e->out, first, last);
}

/* [:name:] at `at` (behind the bracket) becomes ranges; what is behind it, or NULL: no class that is known. */
static const char *put_named(const expansion *e, const char *at)
{
    const char *end = strstr(at + 1, ":]");
    char name[16];
    wctype_t class;

    if (!end || (size_t)(end - at - 1) >= sizeof(name))
        return NULL;
    memcpy(name, at + 1, (size_t)(end - at - 1));
    name[end - at - 1] = 0;
    if (e->icase && (strcmp(name, "upper") == 0 || strcmp(name, "lower") == 0))
        strcpy(name, "alpha");
    class = wctype_l(name, e->locale);
    if (!class)
        return NULL;
    put_class(e, class);
    return end + 2;
}

/* The inside of [...]; `at` is behind the bracket. */
static const char *put_bracket(const expansion *e, const char *at)
{
    zp_buf_putc(e->out, '[');
    if (*at == '^')
        zp_buf_putc(e->out, *at++);
    if (*at == ']')
        zp_buf_putc(e->out, *at++);
    while (*at && *at != ']') {
        const char *behind = at[0] == '[' && at[1] == ':' ? put_named(e, at + 1) : NULL;

        if (behind)
            at = behind;
        else
            zp_buf_putc(e->out, *at++);
    }
    return at;
}

/* \d, \W, ... */
static void put_escape(const expansion *e, char letter)
{
    char lower = letter | 0x20;
    const char *name = lower == 'd' ? "digit" : lower == 's' ? "space" : "alnum";

    zp_buf_puts(e->out, letter == lower ? "[" : "[^");
    put_class(e, wctype_l(name, e->locale));
    zp_buf_puts(e->out, lower == 'w' ? "_]" : "]");
}

bool zp__regex_expand(zp_regex *re, zp_value texts, zp_buf *out, zp_error *err)
{
    uint64_t *present = present_points(texts, err);
    expansion e = { out, present, re->locale, re->flags & ZP_REGEX_ICASE };

    if (!present)
        return false;
    for (const char *at = re->pattern->text; *at;) {
        if (*at == '[') {
            at = put_bracket(&e, at + 1);
        } else if (*at == '\\' && at[1] && strchr("dDwWsS", at[1])) {
            put_escape(&e, at[1]);
            at += 2;
        } else {
            size_t step = *at == '\\' && at[1] ? 2 : 1;

            zp_buf_put(out, at, step);
            at += step;
        }
    }
    zp_free(present);
    return zp_buf_ok(out, err);
}
