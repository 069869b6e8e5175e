/* print_list: lists inside lists.
 *
 * Each element is a line with its tag, which is prefixed by the tags of the enclosing elements, its display, and an
 * empty line.  The open lists are kept on a stack of their own: lists may be nested as deeply as memory allows. */
#include "base/mem.h"
#include "base/utf8.h"
#include "lang/print_priv.h"

typedef struct level {
    zp_value list; /* borrowed */
    int64_t at, shown;
    size_t tag_len; /* of the prefix */
} level;

typedef struct walk {
    level *levels;
    int64_t depth, cap;
    zp_buf tag;
} walk;

enum { TAG_MAX = 256 }; /* deeper tags are cut, as R does */

static bool is_reserved(const char *text)
{
    static const char *const words[] = {
        "NULL",     "NA",    "TRUE", "FALSE",         "Inf",         "NaN",     "NA_integer_",
        "NA_real_", "if",    "else", "repeat",        "while",       "for",     "in",
        "next",     "break", "...",  "NA_character_", "NA_complex_", "function"
    };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    if (text[0] == '.' && text[1] == '.' && text[2]) { /* ..1 */
        for (text += 2; *text >= '0' && *text <= '9'; text++)
            ;
        return !*text;
    }
    return false;
}

/* Punctuation, symbols, private use, pictures. */
static const int32_t no_letters[][2] = { { 0x2000, 0x2BFF },   { 0x3000, 0x3004 },   { 0x3008, 0x3020 },
                                         { 0xE000, 0xF8FF },   { 0xFE10, 0xFE6F },   { 0xFF00, 0xFF0F },
                                         { 0xFF1A, 0xFF20 },   { 0xFF3B, 0xFF40 },   { 0xFF5B, 0xFF65 },
                                         { 0xFFE0, 0xFFFF },   { 0x1D100, 0x1D3FF }, { 0x1F000, 0x1FAFF },
                                         { 0xE0000, 0x10FFFF } };

/* A letter, or with `inside` a digit, point or underscore too. */
static bool is_name_char(int32_t cp, bool inside)
{
    if (cp < 0x80)
        return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '.' ||
               (inside && ((cp >= '0' && cp <= '9') || cp == '_'));
    if (cp < 0xAA || cp == 0xD7 || cp == 0xF7 || zp_utf8_width(cp) <= 0)
        return false;
    for (size_t i = 0; i < ZP_COUNTOF(no_letters); i++)
        if (cp >= no_letters[i][0] && cp <= no_letters[i][1])
            return false;
    return true;
}

static bool is_plain_name(const zp_str *s)
{
    const char *at = s->text, *end = at + s->len;
    bool inside = false;

    if (s->len == 0 || (at[0] == '.' && at[1] >= '0' && at[1] <= '9') || is_reserved(at))
        return false;
    for (; at < end; inside = true)
        if (!is_name_char(zp_utf8_next(&at, end), inside))
            return false;
    return true;
}

static void add_tag(zp_buf *tag, zp_value list, int64_t i)
{
    const zp_str *name = zp_name_at(zp_names(list, 0), i);
    size_t len = name->len ? name->len : (size_t)zp__digits_of(i + 1);

    if (tag->len + len > TAG_MAX) {
        if (tag->len <= TAG_MAX)
            zp_buf_puts(tag, "$...");
        return;
    }
    if (!name->len) {
        zp_buf_printf(tag, "[[%lld]]", (long long)i + 1);
        return;
    }
    zp_buf_putc(tag, '$');
    if (is_plain_name(name)) {
        zp_buf_put(tag, name->text, name->len);
        return;
    }
    zp_buf_putc(tag, '`');
    zp_utf8_escape(tag, name->text, name->len, 0);
    zp_buf_putc(tag, '`');
}

/* Enters a list, or shows an empty one. */
static bool enter(zp__printer *p, walk *w, zp_value list, zp_error *err)
{
    int64_t n = zp_len(list), max = p->opts->max_print;

    if (n == 0) {
        zp_buf_puts(p->out, zp_names(list, 0) ? "named list()\n" : "list()\n");
        return true;
    }
    if (w->depth == w->cap) {
        int64_t cap = w->cap ? 2 * w->cap : 16;
        level *grown = zp_realloc(w->levels, (size_t)cap * sizeof *grown, err);

        if (!grown)
            return false;
        w->levels = grown;
        w->cap = cap;
    }
    w->levels[w->depth++] = (level){ list, 0, n <= max + 1 ? n : max, w->tag.len };
    return true;
}

static void cut_tag(zp_buf *tag, size_t len)
{
    if (tag->ptr) {
        tag->len = len;
        tag->ptr[len] = '\0';
    }
}

static void leave(zp__printer *p, walk *w)
{
    level *l = &w->levels[--w->depth];
    int64_t omitted = zp_len(l->list) - l->shown;

    if (omitted > 0)
        zp_buf_printf(p->out, " [ reached getOption(\"max.print\") -- omitted %lld entries ]\n",
                      (long long)omitted);
    if (w->depth > 0) /* it was an element itself */
        zp_buf_putc(p->out, '\n');
}

static bool step(zp__printer *p, walk *w, zp_error *err)
{
    level *l = &w->levels[w->depth - 1];
    zp_value v;
    int64_t depth = w->depth;

    cut_tag(&w->tag, l->tag_len);
    if (l->at == l->shown) {
        leave(p, w);
        return true;
    }
    v = zp_list_at(l->list, l->at);
    add_tag(&w->tag, l->list, l->at++);
    zp_buf_put(p->out, w->tag.ptr, w->tag.len);
    zp_buf_putc(p->out, '\n');
    if (v.type == ZP_LIST ? !enter(p, w, v, err) : !zp__print_leaf(p, v, err))
        return false;
    if (w->depth == depth)
        zp_buf_putc(p->out, '\n');
    return !p->out->failed && !w->tag.failed;
}

bool zp__print_list(zp__printer *p, zp_value v, zp_error *err)
{
    walk w = { .tag = ZP_BUF_INIT };
    bool ok = enter(p, &w, v, err);

    while (ok && w.depth > 0)
        ok = step(p, &w, err);
    ok = zp_buf_ok(&w.tag, err) && ok;
    zp_buf_fini(&w.tag);
    zp_free(w.levels);
    return ok;
}
