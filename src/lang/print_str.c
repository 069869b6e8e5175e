/* print_str: the structure of a value, as R's str() shows it: one line for each vector, with its type, its extents
 * and its first elements, and a tree of lines for a list.  Open lists are kept on a stack. */
#include "base/mem.h"
#include "base/utf8.h"
#include "lang/print_priv.h"

#include <math.h>

enum {
    LIST_MAX = 99,    /* elements of a list */
    TEXT_MAX = 128,   /* columns of a string, quotes included */
    TEXT_CUT = 112,   /* what is left of a longer one */
    INDENT_MAX = 1000 /* bytes: deeper lists go on at this margin */
};

typedef struct level {
    zp_value list; /* borrowed */
    int64_t at, shown;
    int64_t name_width;
} level;

typedef struct tree {
    zp__printer *p;
    level *levels;
    int64_t depth, cap;
    zp_buf indent; /* before "$ name:" at the present depth */
} tree;

/* ---------------------------------------------------------------- elements */

/* 1.50 -> 1.5; of numbers with exponents only an exponent of zero behind a point goes: 1.50e+00 -> 1.50 */
static size_t drop_zeros(char *text, size_t len)
{
    char *point = memchr(text, '.', len);

    if (!point)
        return len;
    if (memchr(text, 'e', len))
        return len > 4 && memcmp(text + len - 4, "e+00", 4) == 0 ? len - 4 : len;
    while (text[len - 1] == '0')
        len--;
    return text[len - 1] == '.' ? len - 1 : len;
}

/* Are all numbers exact at three digits, and of ordinary size? */
static bool are_short(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double a = fabs(x[i]), r;
        int e, s;

        if (isnan(a) || a == 0)
            continue;
        if (!(a > 1e-10 && a < 1e10))
            return false;
        zp_number_shape(a, 3, &e, &s);
        r = e - 2 < 0 ? round(a * pow(10, 2 - e)) / pow(10, 2 - e)
                      : round(a / pow(10, e - 2)) * pow(10, e - 2);
        if (fabs(a - r) > 2.220446e-16)
            return false;
    }
    return true;
}

static void put_numbers(tree *t, const double *x, int64_t n)
{
    int64_t shown = n < 10 ? n : 10;
    zp_numform form;
    char text[ZP_NUMBER_MAX];

    if (n > 5 && !are_short(x, shown))
        shown = 5;
    form = zp_numform_of(x, shown, 3, t->p->opts->scipen, 0);
    for (int64_t i = 0; i < shown; i++) {
        size_t len = zp_number_write(text, x[i], &form);

        zp_buf_putc(t->p->out, ' ');
        zp_buf_put(t->p->out, text, isfinite(x[i]) ? drop_zeros(text, len) : len);
    }
    zp_buf_puts(t->p->out, shown < n ? " ...\n" : "\n");
}

static void put_logicals(tree *t, const int8_t *x, int64_t n)
{
    for (int64_t i = 0; i < n && i < 6; i++)
        zp_buf_puts(t->p->out, x[i] ? " TRUE" : " FALSE");
    zp_buf_puts(t->p->out, n > 6 ? " ...\n" : "\n");
}

static void put_string(tree *t, const zp_str *s)
{
    const char *at, *end;
    int64_t used = 0;

    if (zp_utf8_escape_columns(s->text, s->len, '"') <= TEXT_MAX) {
        zp_utf8_escape(t->p->out, s->text, s->len, '"');
        return;
    }
    zp_buf_clear(&t->p->scratch);
    zp_utf8_escape(&t->p->scratch, s->text, s->len, '"');
    at = zp_buf_text(&t->p->scratch);
    end = at + t->p->scratch.len;
    for (const char *next = at; next < end; at = next) {
        int32_t cp = zp_utf8_next(&next, end);
        int w = zp_utf8_width(cp);

        used += w > 0 ? w : 0;
        if (used > TEXT_CUT)
            break;
    }
    zp_buf_put(t->p->out, zp_buf_text(&t->p->scratch), (size_t)(at - zp_buf_text(&t->p->scratch)));
    zp_buf_puts(t->p->out, "\"| __truncated__");
}

/* As many as fit beside a head of `head` columns; inside lists and of names four. */
static void put_strings(tree *t, zp_str *const *s, int64_t n, int64_t head, bool inner)
{
    int64_t room = t->p->opts->width - 4 - head, used = 0, shown = 0;

    if (inner)
        shown = n < 4 ? n : 4;
    else
        for (; shown < n; shown++) {
            int64_t w = zp_utf8_escape_columns(s[shown]->text, s[shown]->len, '"');

            used += 1 + (w > TEXT_MAX ? TEXT_MAX : w);
            if (used >= room)
                break;
        }
    shown = shown < 1 && n > 0 ? 1 : shown;
    for (int64_t i = 0; i < shown; i++) {
        zp_buf_putc(t->p->out, ' ');
        put_string(t, s[i]);
    }
    zp_buf_puts(t->p->out, shown < n ? " ...\n" : "\n");
}

/* Times and their kin: as many as fit into the line, at least one. */
static void put_times(tree *t, zp_type type, const void *data, int64_t n, int64_t head)
{
    int64_t sample = n < 100 ? n : 100, used = head, i = 0;
    zp__cells c;

    zp__cells_measure(t->p, &c, type, data, sample, zp__fraction(type, data, sample));
    for (; i < sample; i++) {
        size_t before = t->p->out->len;

        zp_buf_putc(t->p->out, ' ');
        zp__cells_put(t->p, &c, i, 0, true);
        used += (int64_t)(t->p->out->len - before);
        if (i > 0 && used + (i < n - 1 ? 4 : 0) > t->p->opts->width) {
            t->p->out->len = before;
            break;
        }
    }
    zp_buf_puts(t->p->out, i < n ? " ...\n" : "\n");
}

/* ---------------------------------------------------------------- one value */

static const char *short_name(zp_type t)
{
    return t == ZP_DBL ? "num" : t == ZP_LGL ? "logi" : t == ZP_STR ? "chr" : zp_type_name(t);
}

/* "[1:3, 0 ]" */
static void put_extents(zp_buf *out, zp_value v)
{
    zp_buf_putc(out, '[');
    for (int32_t k = 0; k < zp_ndim(v); k++) {
        int64_t d = zp_dim(v, k);

        zp_buf_puts(out, k ? ", " : "");
        zp_buf_printf(out, d == 0 ? "0 " : d == 1 ? "1" : "1:%lld", (long long)d);
    }
    zp_buf_putc(out, ']');
}

/* The first elements of an array, borrowed from *v, more than a line holds; *own is for the caller to free. */
static const void *first_elements(tree *t, const zp_value *v, void **own)
{
    int64_t n = zp_len(*v), rows = zp_dim(*v, 0), most = t->p->opts->width > 100 ? t->p->opts->width : 100,
            k = 0;
    size_t size = zp_type_size((zp_type)v->type);
    zp_error none = ZP_ERROR_INIT;

    if (zp_is_dense(*v) || rows >= most)
        return zp_column(v, 0);
    n = n < most ? n : most;
    *own = zp_alloc((size_t)n * size, &none);
    zp_error_clear(&none);
    t->p->out->failed |= !*own;
    for (int64_t j = 0; *own && k < n; j++, k += rows)
        memcpy((char *)*own + (size_t)k * size, zp_column(v, j),
               (size_t)(n - k < rows ? n - k : rows) * size);
    return *own;
}

static void put_elements(tree *t, zp_value v, int64_t head, bool inner)
{
    int64_t n = zp_len(v);
    void *own = NULL;
    const void *data = first_elements(t, &v, &own);

    if (!data)
        return;
    if (v.type == ZP_DBL)
        put_numbers(t, data, n);
    else if (v.type == ZP_LGL)
        put_logicals(t, data, n);
    else if (v.type == ZP_STR)
        put_strings(t, data, n, head, inner);
    else
        put_times(t, (zp_type)v.type, data, n, head);
    zp_free(own);
}

/* ` chr [1:2] "a" "b"` without what comes before; `inner`: in a list, or names. */
static void put_array(tree *t, zp_value v, bool inner)
{
    zp_buf *out = t->p->out;
    int64_t n = zp_len(v);
    size_t from = out->len;

    zp_buf_printf(out, " %s%s", zp_is_vector(v) && zp_names(v, 0) ? "Named " : "", short_name(v.type));
    if (n == 0) {
        if (zp_is_vector(v))
            zp_buf_puts(out, "(0) \n");
        else {
            put_extents(out, v);
            zp_buf_puts(out, " \n");
        }
        return;
    }
    if (n > 1 || !zp_is_vector(v)) {
        zp_buf_putc(out, ' ');
        put_extents(out, v);
    }
    put_elements(t, v, (int64_t)(out->len - from), inner);
}

static void put_names(tree *t, zp_array *names)
{
    put_array(t, (zp_value){ .type = ZP_STR, .boxed = 1, .u.arr = names }, true);
}

/* The lines ` - attr(*, "names")=` or "dimnames". */
static void put_attributes(tree *t, zp_value v)
{
    zp_buf *out = t->p->out;
    const char *indent = zp_buf_text(&t->indent);

    if (!zp_has_names(v) && !(zp_is_vector(v) && zp_names(v, 0)))
        return;
    if (zp_is_vector(v)) {
        zp_buf_printf(out, "%s- attr(*, \"names\")=", indent);
        put_names(t, zp_names(v, 0));
        return;
    }
    zp_buf_printf(out, "%s- attr(*, \"dimnames\")=List of %d\n", indent, (int)zp_ndim(v));
    for (int32_t k = 0; k < zp_ndim(v); k++) {
        zp_buf_printf(out, "%s ..$ :", indent);
        if (zp_names(v, k))
            put_names(t, zp_names(v, k));
        else
            zp_buf_puts(out, " NULL\n");
    }
}

/* The formals of a function as written between its first parentheses, one blank around "=" and behind ",". */
static void put_formals(zp_buf *out, zp_slice source)
{
    const char *at = memchr(source.ptr, '(', source.len), *end = source.ptr + source.len;
    int open = 0;
    char quote = 0;

    for (; at && at < end; at++) {
        char c = *at;

        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'' || c == '`') {
            quote = c;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            continue;
        } else if (c == ',' || (c == '=' && open == 1)) {
            zp_buf_puts(out, c == ',' ? ", " : " = ");
            continue;
        }
        zp_buf_putc(out, c);
        open += quote ? 0 : (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
        if (open == 0 && !quote)
            return;
    }
}

static void put_function(tree *t, zp_value v)
{
    zp_buf signature = ZP_BUF_INIT;
    zp_slice source;

    if (v.type == ZP_CLO) {
        source = zp_closure_source(v);
    } else {
        zp_builtin_signature(&signature, v);
        source = (zp_slice){ zp_buf_text(&signature), signature.len };
    }
    zp_buf_puts(t->p->out, "function ");
    put_formals(t->p->out, source);
    zp_buf_puts(t->p->out, "  \n");
    zp_buf_fini(&signature);
}

static void put_zts(tree *t, zp_value v)
{
    zp_value idx = zp_zts_idx(v);
    int64_t n = zp_len(idx), cursor = 0;
    zp_buf *out = t->p->out;

    zp_buf_puts(out, " zts : ");
    if (n > 0) {
        const int64_t *at = zp_column(&idx, 0);

        zp_instant_format(out, at[0], t->p->zone, ZP_FRACTION_AUTO, &cursor);
        zp_buf_puts(out, " -> ");
        zp_instant_format(out, at[n - 1], t->p->zone, ZP_FRACTION_AUTO, &cursor);
    } else {
        zp_buf_puts(out, "time(0)");
    }
    zp_buf_printf(out, "\n%s- data:", zp_buf_text(&t->indent));
    put_array(t, zp_zts_data(v), true);
}

static void put_leaf(tree *t, zp_value v)
{
    switch (v.type) {
    case ZP_NIL: zp_buf_puts(t->p->out, " NULL\n"); break;
    case ZP_CLO:
    case ZP_BLT: put_function(t, v); break;
    case ZP_ZTS: put_zts(t, v); break;
    case ZP_ERR: zp_buf_printf(t->p->out, " error %s\n", zp_error_value_text(v)); break;
    default:
        if (!zp_is_array(v)) {
            zp_buf_printf(t->p->out, " %s\n", zp_type_name(v.type));
            break;
        }
        put_array(t, v, t->depth > 0);
        put_attributes(t, v);
    }
    if (v.boxed && v.u.obj->flags & ZP_LOCKED)
        zp_buf_printf(t->p->out, "%s- locked\n", zp_buf_text(&t->indent));
}

static bool show_leaf(tree *t, zp_value v, zp_error *err)
{
    const int64_t most = t->p->opts->width > 100 ? t->p->opts->width : 100;

    if (!zp_value_read_elems(v, 0, zp_len(v) < most ? zp_len(v) : most, err))
        return false;
    put_leaf(t, v);
    return true;
}

/* ---------------------------------------------------------------- lists */

static bool enter(tree *t, zp_value list, zp_error *err)
{
    int64_t n = zp_len(list), widest = 0;
    const zp_array *names = zp_names(list, 0);

    if (n == 0) {
        zp_buf_puts(t->p->out, names ? " Named list()\n" : " list()\n");
        return true;
    }
    zp_buf_printf(t->p->out, "List of %lld\n", (long long)n);
    if (t->depth == t->cap) {
        int64_t cap = t->cap ? 2 * t->cap : 16;
        level *grown = zp_realloc(t->levels, (size_t)cap * sizeof *grown, err);

        if (!grown)
            return false;
        t->levels = grown;
        t->cap = cap;
    }
    for (int64_t i = 0; i < n; i++) {
        const zp_str *s = zp_name_at(names, i);
        int64_t w = zp_utf8_columns(s->text, s->len);

        widest = w > widest ? w : widest;
    }
    t->levels[t->depth++] = (level){ list, 0, n < LIST_MAX ? n : LIST_MAX, widest };
    return true;
}

/* The margin of the present depth: " ", "  ..", "  .. ..", cut when very deep. */
static void set_indent(tree *t)
{
    zp_buf_clear(&t->indent);
    zp_buf_putc(&t->indent, ' ');
    for (int64_t i = 1; i < t->depth && t->indent.len < INDENT_MAX; i++)
        zp_buf_puts(&t->indent, " ..");
}

static bool step(tree *t, zp_error *err)
{
    level *l = &t->levels[t->depth - 1];
    int64_t i = l->at;
    zp_value v;

    if (i == l->shown) {
        if (l->shown < zp_len(l->list))
            zp_buf_printf(t->p->out, "%s [list output truncated]\n", zp_buf_text(&t->indent));
        t->depth--;
        set_indent(t);
        return true;
    }
    zp_buf_printf(t->p->out, "%s$ ", zp_buf_text(&t->indent));
    zp__name_raw(t->p, zp_names(l->list, 0), i, l->name_width);
    zp_buf_putc(t->p->out, ':');
    v = zp_list_at(l->list, i);
    l->at++;
    if (v.type == ZP_LIST) {
        if (!enter(t, v, err))
            return false;
        set_indent(t);
    } else {
        t->depth++; /* its attributes stand one level deeper */
        set_indent(t);
        if (!show_leaf(t, v, err))
            return false;
        t->depth--;
        set_indent(t);
    }
    return !t->p->out->failed;
}

static bool put_tree(tree *t, zp_value v, zp_error *err)
{
    bool ok = enter(t, v, err);

    while (ok && t->depth > 0)
        ok = step(t, err);
    return ok;
}

bool zp_str_display(zp_buf *out, zp_value v, const zp_print_opts *opts, zp_error *err)
{
    zp__printer p = { .out = out, .opts = opts, .zone = zp_zone_utc() };
    tree t = { .p = &p };
    bool ok = true;

    if (opts->tz && *opts->tz && !(p.zone = zp_zone_find(opts->tz, err)))
        return false;
    set_indent(&t);
    if (v.type == ZP_LIST)
        ok = put_tree(&t, v, err);
    else
        ok = show_leaf(&t, v, err);
    ok = zp_buf_ok(&p.scratch, err) && zp_buf_ok(&t.indent, err) && zp_buf_ok(out, err) && ok;
    zp_buf_fini(&p.scratch);
    zp_buf_fini(&t.indent);
    zp_free(t.levels);
    return ok;
}
