/* search: IN, and the operators that look into texts. */
#include <string.h>

#include "base/utf8.h"
#include "gateway/build.h"
#include "time/time.h"

/* The operand of IN and of the text operators: always a field. */
static bool field_of(zp__q_build *b, uint16_t source, const zp_json *node, const char *op, int *field)
{
    const zp_schema *s = b->sources[source].schema;
    const zp_json *v = zp_json_get(node, "operand");

    if (!v || v->kind != ZP_JSON_STRING)
        return zp__q_bad_shape(b, "'%s' needs the name of a field as operand", op);
    *field = zp_schema_field(s, v->text.ptr, v->text.len);
    return *field >= 0 || zp__q_unknown_field(b, s, v->text);
}

/* ---------------------------------------------------------------- IN */

typedef struct elements {
    const zp_field *field;
    zp_class cls;
    bool null;
    uint32_t first, count; /* parameters */
} elements;

static bool literal_element(zp__q_build *b, uint16_t source, elements *in, const zp_json *v)
{
    zp_expr_op op = ZP_EXPR_EQ;
    zp_param value, *place;
    zp__q_fit fit;

    if (v->kind == ZP_JSON_NULL) {
        in->null = true;
        return true;
    }
    fit = zp__q_fit_value(b, in->cls, in->field->scale, &op, v, &value);
    if (fit == ZP__FIT_BAD)
        return zp__q_bad_field(b, b->sources[source].schema, in->field->name,
                               "has another type than an element of the list");
    if (fit != ZP__FIT_PARAM)
        return true;
    place = zp__q_param(b);
    if (!place)
        return false;
    *place = value;
    in->count++;
    return true;
}

static bool array_text(zp__q_build *b, elements *in); /* below */

/* One parameter instead of many, or as many as the next power of two: long lists share their statements. */
static bool round_up(zp__q_build *b, elements *in)
{
    uint32_t want = 1;

    if (b->dialect == ZP_DIALECT_SERIES)
        return true;
    if (b->dialect == ZP_DIALECT_POSTGRESQL)
        return array_text(b, in);
    while (want < in->count)
        want *= 2;
    want = want > ZP__IN_MAX ? ZP__IN_MAX : want;
    while (in->count < want) {
        zp_param *place = zp__q_param(b);

        if (!place)
            return false;
        *place = b->params[in->first];
        in->count++;
    }
    return true;
}

static bool add_in(zp__q_build *b, uint16_t source, int field, elements *in, zp__q_list *terms)
{
    zp_expr *e;

    if (in->count) {
        e = zp__q_expr(b, ZP_EXPR_IN);
        if (!e || !(e->args = zp__q_field_expr(b, source, field)) || !round_up(b, in))
            return false;
        e->cls = (uint8_t)in->cls;
        e->scale = (uint8_t)in->field->scale;
        e->param = in->first;
        e->count = in->count;
        zp__q_list_add(terms, e);
    }
    if (in->null) {
        e = zp__q_expr(b, ZP_EXPR_IS_NULL);
        if (!e || !(e->args = zp__q_field_expr(b, source, field)))
            return false;
        e->count = 1;
        zp__q_list_add(terms, e);
    }
    return true;
}

/* Has the field been named in this node before?  `list` up to `v`. */
static bool seen_before(const zp_schema *s, const zp_json *list, const zp_json *v, int field)
{
    for (const zp_json *u = list->first; u != v; u = u->next)
        if (u->kind == ZP_JSON_STRING && zp_schema_field(s, u->text.ptr, u->text.len) == field)
            return true;
    return false;
}

/* An element that names a field or is arithmetic is compared by itself.  *done: it was one. */
static bool named_element(zp__q_build *b, uint16_t source, int field, const zp_json *list, const zp_json *v,
                          zp__q_list *terms, bool *done)
{
    const zp_schema *s = b->sources[source].schema;
    zp__q_value l = { .expr = NULL }, r;
    int at = v->kind == ZP_JSON_STRING ? zp_schema_field(s, v->text.ptr, v->text.len) : -1;
    uint32_t params = b->param_count;
    zp_expr *e;

    *done = false;
    if (v->kind == ZP_JSON_STRING && (at < 0 || at == field || seen_before(s, list, v, at)))
        return true;
    if (v->kind != ZP_JSON_STRING && v->kind != ZP_JSON_OBJECT)
        return true;
    *done = true;
    l.expr = zp__q_field_expr(b, source, field);
    if (!l.expr || !zp__q_value_of(b, source, v, NULL, &r) || !zp__q_pair(b, ZP_EXPR_EQ, &l, &r, params, &e))
        return false;
    if (e->op != ZP_EXPR_FALSE)
        zp__q_list_add(terms, e);
    return true;
}

bool zp__q_in_list(zp__q_build *b, uint16_t source, int field, const zp_json *list, zp__q_list *terms,
                   bool names)
{
    const zp_field *f = &b->sources[source].schema->fields[field];
    elements in = { .field = f, .cls = zp_class_of(f->type) };
    bool done;

    if (list->count > ZP__IN_MAX)
        return zp__q_bad_shape(b, "a list of more than %d values", ZP__IN_MAX);
    if (names)
        for (const zp_json *v = list->first; v; v = v->next)
            if (!named_element(b, source, field, list, v, terms, &done))
                return false;
    in.first = b->param_count;
    for (const zp_json *v = list->first; v; v = v->next) {
        if (v->kind == ZP_JSON_ARRAY || (v->kind == ZP_JSON_OBJECT && !names))
            return zp__q_bad_shape(b, "%s is no element of a list of values", zp_json_kind_name(v));
        if (v->kind == ZP_JSON_OBJECT)
            continue;
        if (names && v->kind == ZP_JSON_STRING) {
            const zp_schema *s = b->sources[source].schema;
            int at = zp_schema_field(s, v->text.ptr, v->text.len);

            if (at >= 0 && at != field && !seen_before(s, list, v, at))
                continue;
        }
        if (!literal_element(b, source, &in, v))
            return false;
    }
    return add_in(b, source, field, &in, terms);
}

/* PHP sends a list with gaps as an object whose keys are numbers. */
static bool is_list(const zp_json *v)
{
    if (!v || v->kind == ZP_JSON_ARRAY)
        return v != NULL;
    if (v->kind != ZP_JSON_OBJECT || !v->count)
        return false;
    for (const zp_json *m = v->first; m; m = m->next)
        for (size_t i = 0; i < m->key.len || !m->key.len; i++)
            if (!m->key.len || m->key.ptr[i] < '0' || m->key.ptr[i] > '9')
                return false;
    return true;
}

bool zp__q_in(zp__q_build *b, uint16_t source, const zp_json *node, zp_expr **out)
{
    const zp_json *list = zp_json_get(node, "result");
    zp__q_list any;
    int field;

    if (!field_of(b, source, node, "IN", &field))
        return false;
    if (!is_list(list))
        return zp__q_bad_shape(b, "'IN' needs a list of values as result");
    zp__q_list_init(&any);
    if (!zp__q_in_list(b, source, field, list, &any, true))
        return false;
    *out = any.count ? zp__q_all_of(b, &any, ZP_EXPR_OR) : zp__q_expr(b, ZP_EXPR_FALSE);
    return *out != NULL;
}

/* ---------------------------------------------------------------- one parameter for PostgreSQL: {"a","b"} */

static void put_when(zp_buf *out, const zp_param *p)
{
    int64_t day = INT64_C(86400000000), days = p->num, rest = 0;
    zp_civil c = { 0 };

    if (p->kind == ZP_PARAM_DATETIME) {
        rest = p->num % day;
        rest += rest < 0 ? day : 0;
        days = (p->num - rest) / day;
    }
    zp_civil_from_days(days, &c);
    zp_buf_printf(out, "%04d-%02d-%02d", (int)c.year, (int)c.month, (int)c.day);
    if (p->kind == ZP_PARAM_DATETIME)
        zp_buf_printf(out, " %02d:%02d:%02d.%06d+00", (int)(rest / 3600000000), (int)(rest / 60000000 % 60),
                      (int)(rest / 1000000 % 60), (int)(rest % 1000000));
}

static void put_element(zp_buf *out, const zp_param *p)
{
    zp_buf_putc(out, '"');
    switch (p->kind) {
    case ZP_PARAM_BOOL: zp_buf_putc(out, p->num ? 't' : 'f'); break;
    case ZP_PARAM_INT: zp_buf_printf(out, "%lld", (long long)p->num); break;
    case ZP_PARAM_DOUBLE: zp_buf_printf(out, "%.17g", p->dbl); break;
    case ZP_PARAM_DATETIME:
    case ZP_PARAM_DATE: put_when(out, p); break;
    case ZP_PARAM_BINARY:
        zp_buf_puts(out, "\\\\x");
        for (size_t i = 0; i < p->text.len; i++)
            zp_buf_printf(out, "%02x", (unsigned char)p->text.ptr[i]);
        break;
    default:
        for (size_t i = 0; i < p->text.len; i++) {
            if (p->text.ptr[i] == '"' || p->text.ptr[i] == '\\')
                zp_buf_putc(out, '\\');
            zp_buf_putc(out, p->text.ptr[i]);
        }
    }
    zp_buf_putc(out, '"');
}

static bool array_text(zp__q_build *b, elements *in)
{
    zp_buf text = ZP_BUF_INIT;
    char *copy;

    zp_buf_putc(&text, '{');
    for (uint32_t i = 0; i < in->count; i++) {
        if (i)
            zp_buf_putc(&text, ',');
        put_element(&text, &b->params[in->first + i]);
    }
    zp_buf_putc(&text, '}');
    copy = text.failed ? NULL : zp__q_get(b, text.len + 1);
    if (copy)
        memcpy(copy, text.ptr, text.len);
    b->params[in->first] = (zp_param){ .kind = ZP_PARAM_TEXT, .text = { copy, text.len } };
    b->param_count = in->first + 1;
    in->count = 1;
    zp_buf_fini(&text);
    return copy || zp__q_nomem(b);
}

/* ---------------------------------------------------------------- text operators */

static const char specials[] = "\\^$.|?*+()[]{}-&/#~ ";

/* One member of a class of letters, or a letter that stands alone, for the regular expressions of PostgreSQL and MariaDB. */
static void put_letter(zp_buf *out, int32_t cp)
{
    char bytes[4];

    if (cp < 0x80 && (strchr(specials, (char)cp)))
        zp_buf_putc(out, '\\');
    zp_buf_put(out, bytes, zp_utf8_put(bytes, cp));
}

/* A regular expression that finds the (folded) text in whatever case: every letter becomes the class of all that fold to it. */
static void put_regex(zp_buf *out, zp_expr_op op, bool postgres, const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    int32_t members[ZP_FOLD_CLASS_MAX];

    zp_buf_puts(out, postgres ? "***:" : "(?s)");
    if (op == ZP_EXPR_STARTS)
        zp_buf_puts(out, "\\A");
    while (at < end) {
        int n = zp_utf8_fold_class(zp_utf8_next(&at, end), members);

        if (n > 1)
            zp_buf_putc(out, '[');
        for (int i = 0; i < n; i++)
            put_letter(out, members[i]);
        if (n > 1)
            zp_buf_putc(out, ']');
    }
    if (op == ZP_EXPR_ENDS)
        zp_buf_puts(out, postgres ? "\\Z" : "\\z");
}

/* A pattern of LIKE with `|` as its escape. */
static void put_like(zp_buf *out, zp_expr_op op, const char *text, size_t len)
{
    if (op != ZP_EXPR_STARTS)
        zp_buf_putc(out, '%');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' || text[i] == '_' || text[i] == '|')
            zp_buf_putc(out, '|');
        zp_buf_putc(out, text[i]);
    }
    if (op != ZP_EXPR_ENDS)
        zp_buf_putc(out, '%');
}

/* What is searched for, as the dialect wants it. */
static bool needle(zp__q_build *b, zp_expr_op op, bool fold, const zp_json *v, zp_slice *out)
{
    bool postgres = b->dialect == ZP_DIALECT_POSTGRESQL;
    zp_buf text = ZP_BUF_INIT, folded = ZP_BUF_INIT;
    char *copy;

    zp_buf_puts(&text, "");
    if (fold)
        zp_utf8_put_folded(&folded, v->text.ptr, v->text.len);
    if (!postgres && b->dialect != ZP_DIALECT_MARIADB)
        zp_buf_put(&text, fold ? zp_buf_text(&folded) : v->text.ptr, fold ? folded.len : v->text.len);
    else if (fold)
        put_regex(&text, op, postgres, zp_buf_text(&folded), folded.len);
    else
        put_like(&text, op, v->text.ptr, v->text.len);
    copy = text.failed || folded.failed ? NULL : zp__q_get(b, text.len + 1);
    if (copy)
        memcpy(copy, zp_buf_text(&text), text.len);
    *out = (zp_slice){ copy, text.len };
    zp_buf_fini(&text);
    zp_buf_fini(&folded);
    return copy || zp__q_nomem(b);
}

bool zp__q_search(zp__q_build *b, uint16_t source, const zp_json *node, zp_expr_op op, bool fold,
                  zp_expr **out)
{
    const zp_json *v = zp_json_get(node, "result");
    const zp_schema *s = b->sources[source].schema;
    zp_param *place;
    zp_expr *arg;
    int field;

    if (!field_of(b, source, node, "%%", &field))
        return false;
    if (!v || v->kind != ZP_JSON_STRING)
        return zp__q_bad_shape(b, "a text operator needs a text as result");
    if (zp_class_of(s->fields[field].type) != ZP_CLS_TEXT)
        return zp__q_bad_field(b, s, s->fields[field].name, "is not a text: no text operator for it");
    if (fold && zp_utf8_count(v->text.ptr, v->text.len) > ZP__FOLD_MAX)
        return zp__q_bad_shape(b, "more than %d characters to search for without regard to case",
                               ZP__FOLD_MAX);
    *out = zp__q_expr(b, v->nul ? ZP_EXPR_FALSE : op);
    if (!*out || v->nul)
        return *out != NULL;
    (*out)->fold = fold;
    (*out)->cls = ZP_CLS_TEXT;
    (*out)->count = 2;
    (*out)->args = zp__q_field_expr(b, source, field);
    arg = zp__q_expr(b, ZP_EXPR_PARAM);
    place = zp__q_param(b);
    if (!(*out)->args || !arg || !place)
        return false;
    place->kind = ZP_PARAM_TEXT;
    arg->param = b->param_count - 1;
    arg->cls = ZP_CLS_TEXT;
    (*out)->args->next = arg;
    return needle(b, op, fold, v, &place->text);
}
