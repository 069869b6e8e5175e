/* query: the keys of a query, one after the other. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "gateway/build.h"
#include "gateway/compile_priv.h"

/* ---------------------------------------------------------------- refusals */

bool zp__q_fault(zp_fault *fault, zp_zql_condition condition, const char *fmt, ...)
{
    va_list args;

    if (fault->text[0])
        return false;
    fault->condition = condition;
    va_start(args, fmt);
    vsnprintf(fault->text, sizeof(fault->text), fmt, args);
    va_end(args);
    return false;
}

bool zp__q_nomem(zp__q_build *b)
{
    return zp__q_fault(b->fault, ZP_ZQL_QUERY_ERROR, "the server is out of memory");
}

bool zp__q_bad_shape(zp__q_build *b, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return zp__q_fault(b->fault, ZP_ZQL_PARSE_ERROR, "%s", text);
}

static void copy_name(char *to, size_t size, zp_slice name)
{
    size_t len = name.len < size - 1 ? name.len : size - 1;

    while (len < name.len && len > 0 && ((unsigned char)name.ptr[len] & 0xC0) == 0x80)
        len--; /* whole characters only */
    memcpy(to, name.ptr, len);
    to[len] = '\0';
}

bool zp__q_bad_field(zp__q_build *b, const zp_schema *s, zp_slice name, const char *what)
{
    copy_name(b->fault->field, sizeof(b->fault->field), name);
    return zp__q_fault(b->fault, ZP_ZQL_FIELD_ERROR, "field '%s' in schema '%s' %s", b->fault->field,
                       s->name.ptr, what);
}

bool zp__q_unknown_field(zp__q_build *b, const zp_schema *s, zp_slice name)
{
    copy_name(b->fault->field, sizeof(b->fault->field), name);
    return zp__q_fault(b->fault, ZP_ZQL_FIELD_ERROR, "unknown field '%s' in schema '%s'", b->fault->field,
                       s->name.ptr);
}

bool zp__q_count_node(zp__q_build *b)
{
    return ++b->nodes <= ZP__NODES_MAX || zp__q_bad_shape(b, "a filter of more than %d nodes", ZP__NODES_MAX);
}

/* ---------------------------------------------------------------- memory */

void *zp__q_get(zp__q_build *b, size_t bytes)
{
    void *p = zp_arena_alloc(b->arena, bytes, NULL);

    if (!p)
        zp__q_nomem(b);
    return p;
}

zp_expr *zp__q_expr(zp__q_build *b, zp_expr_op op)
{
    zp_expr *e = zp__q_get(b, sizeof(*e));

    if (e)
        e->op = (uint8_t)op;
    return e;
}

zp_param *zp__q_param(zp__q_build *b)
{
    if (b->param_count >= ZP__PARAMS_MAX) {
        zp__q_bad_shape(b, "more than %d values in one query", ZP__PARAMS_MAX);
        return NULL;
    }
    if (b->param_count == b->param_cap) {
        uint32_t cap = b->param_cap ? 2 * b->param_cap : 32;
        zp_param *params = zp_realloc(b->params, cap * sizeof(*params), NULL);

        if (!params) {
            zp__q_nomem(b);
            return NULL;
        }
        b->params = params;
        b->param_cap = cap;
    }
    b->params[b->param_count] = (zp_param){ 0 };
    return &b->params[b->param_count++];
}

/* ---------------------------------------------------------------- shapes of keys */

bool zp__q_is_empty(const zp_json *v)
{
    return !v || v->kind == ZP_JSON_NULL ||
           ((v->kind == ZP_JSON_ARRAY || v->kind == ZP_JSON_OBJECT) && v->count == 0);
}

static bool is_true(const zp_json *v)
{
    double d;

    if (zp__q_is_empty(v) || v->kind == ZP_JSON_FALSE || (v->kind == ZP_JSON_STRING && v->text.len == 0))
        return false;
    return !zp_json_double(v, &d) || d != 0;
}

bool zp__q_object_of(zp__q_build *b, const zp_json *query, const char *key, const zp_json **out)
{
    const zp_json *v = zp_json_get(query, key);

    *out = NULL;
    if (zp__q_is_empty(v))
        return true;
    if (v->kind != ZP_JSON_OBJECT)
        return zp__q_bad_shape(b, "%s must be an object, not %s", key,
                               v->kind == ZP_JSON_ARRAY ? "a list with elements" : zp_json_kind_name(v));
    *out = v;
    return true;
}

/* A text, or nothing: `*out` stays NULL for null, "" and what PHP makes of an empty object. */
static bool text_key(const zp_json *query, const char *key, bool lists, zp_slice *out, zp_fault *fault)
{
    const zp_json *v = zp_json_get(query, key);

    *out = (zp_slice){ 0 };
    if (!v || v->kind == ZP_JSON_NULL || (lists && zp__q_is_empty(v)))
        return true;
    if (v->kind != ZP_JSON_STRING)
        return zp__q_fault(fault, ZP_ZQL_PARSE_ERROR, "%s must be a text", key);
    if (v->text.len)
        *out = v->text;
    return true;
}

bool zp_wish_read(const zp_json *query, zp_wish *wish, zp_fault *fault)
{
    static const uint8_t kinds[] = { 0, ZP_QUERY_INSERT, ZP_QUERY_SELECT, ZP_QUERY_UPDATE, ZP_QUERY_DELETE };
    int64_t qt;

    *fault = (zp_fault){ 0 };
    *wish = (zp_wish){ .query = query };
    if (!query || query->kind != ZP_JSON_OBJECT)
        return zp__q_fault(fault, ZP_ZQL_PARSE_ERROR, "query must be an object");
    if (!text_key(query, "db", false, &wish->database, fault) ||
        !text_key(query, "env", true, &wish->env, fault))
        return false;
    if (!zp_json_int(zp_json_get(query, "qt"), &qt) || qt < 1 || qt > 4)
        return zp__q_fault(fault, ZP_ZQL_PARSE_ERROR,
                           "qt must be 1 (insert), 2 (select), 3 (update) or 4 (delete)");
    wish->kind = (zp_query_kind)kinds[qt];
    if (wish->kind == ZP_QUERY_SELECT && is_true(zp_json_get(query, "cnt")))
        wish->kind = ZP_QUERY_COUNT;
    return true;
}

static bool known_keys(zp__q_build *b, const zp_json *query)
{
    static const char keys[][4] = { "sh", "qt", "db", "env", "fl", "fi", "fc", "rf", "st", "lt", "cnt" };

    for (const zp_json *m = query->first; m; m = m->next) {
        size_t i = 0;

        while (i < ZP_COUNTOF(keys) && !zp_slice_is(m->key, keys[i]))
            i++;
        if (i == ZP_COUNTOF(keys)) {
            char name[64];

            copy_name(name, sizeof(name), m->key);
            return zp__q_bad_shape(b, "unknown key '%s' in a query", name);
        }
    }
    return true;
}

/* ---------------------------------------------------------------- sh, fl, st, lt */

static bool schema_of(zp__q_build *b, const zp_json *query, const zp_schema **out)
{
    const zp_json *sh = zp_json_get(query, "sh");

    if (!sh || sh->kind == ZP_JSON_NULL || (sh->kind == ZP_JSON_STRING && !sh->text.len))
        return zp__q_fault(b->fault, ZP_ZQL_INVALID_SCHEMA, "the query names no schema (sh)");
    if (sh->kind != ZP_JSON_STRING)
        return zp__q_bad_shape(b, "sh must be the name of a schema, a text");
    *out = zp_schemas_find(b->set, sh->text.ptr, sh->text.len);
    copy_name(b->fault->schema, sizeof(b->fault->schema), sh->text);
    if (!*out)
        return zp__q_fault(b->fault, ZP_ZQL_INVALID_SCHEMA, "unknown schema '%s'", b->fault->schema);
    if ((*out)->broken)
        return zp__q_fault(b->fault, ZP_ZQL_INVALID_SCHEMA,
                           "schema '%s' cannot be used here: a schema that it refers to is not published",
                           b->fault->schema);
    b->fault->schema[0] = '\0';
    return true;
}

static bool show(zp__q_build *b, zp__q_shown *shown, int field, uint16_t from, zp_slice name)
{
    for (uint16_t i = 0; i < shown->count; i++)
        if (shown->fields[i] == field) /* of this subquery: a mistake; of another one: the union */
            return i < from ||
                   zp__q_bad_field(b, b->sources[shown - b->shown].schema, name, "is named twice");
    shown->fields[shown->count++] = (uint16_t)field;
    return true;
}

bool zp__q_projection(zp__q_build *b, const zp_json *query, uint16_t source)
{
    const zp_schema *s = b->sources[source].schema;
    zp__q_shown *shown = &b->shown[source];
    const zp_json *fl;
    uint16_t from = shown->count;
    bool any = false;

    if (!zp__q_object_of(b, query, "fl", &fl))
        return false;
    if (!shown->fields && !(shown->fields = zp__q_get(b, (size_t)s->count * sizeof(uint16_t))))
        return false;
    for (const zp_json *m = fl ? fl->first : NULL; m; m = m->next) {
        int field = zp_schema_field(s, m->key.ptr, m->key.len);

        if (m->kind == ZP_JSON_ARRAY || m->kind == ZP_JSON_OBJECT)
            return zp__q_bad_shape(b, "fl of a select: the value of a field is 1");
        if (!is_true(m))
            continue;
        if (field < 0)
            return zp__q_unknown_field(b, s, m->key);
        if (!show(b, shown, field, from, m->key))
            return false;
        any = true;
    }
    shown->all |= !any;
    return true;
}

bool zp__q_sort(zp__q_build *b, const zp_json *query, uint16_t source)
{
    const zp_schema *s = b->sources[source].schema;
    const zp_json *st;

    if (!zp__q_object_of(b, query, "st", &st))
        return false;
    for (const zp_json *m = st ? st->first : NULL; m; m = m->next) {
        int field = zp_schema_field(s, m->key.ptr, m->key.len);
        int64_t way;

        if (field < 0)
            return zp__q_unknown_field(b, s, m->key);
        if (!zp_json_int(m, &way) || (way != 1 && way != -1))
            return zp__q_bad_shape(b, "st: the value of a field is 1 or -1");
        if (s->fields[field].type == ZP_ZQL_JSON)
            return zp__q_bad_field(b, s, s->fields[field].name, "cannot be sorted");
        if (b->order_count == ZP__ORDERS_MAX)
            return zp__q_bad_shape(b, "more than %d fields to sort by", ZP__ORDERS_MAX);
        b->orders[b->order_count++] =
            (zp_query_order){ .source = source, .field = (uint16_t)field, .down = way < 0 };
    }
    return true;
}

static bool window(zp__q_build *b, const zp_json *query)
{
    const zp_json *lt = zp_json_get(query, "lt");
    int64_t first, second;
    zp_param *count, *skip;

    if (zp__q_is_empty(lt))
        return true;
    if (b->query.kind != ZP_QUERY_SELECT && b->query.kind != ZP_QUERY_COUNT)
        return zp__q_bad_shape(b, "lt is for select only");
    if (lt->kind != ZP_JSON_ARRAY || lt->count != 2 || !zp_json_int(lt->first, &first) ||
        !zp_json_int(lt->first->next, &second) || first < 0 || second < 0)
        return zp__q_bad_shape(b, "lt must be a list of two whole numbers that are not negative");
    if (b->query.kind == ZP_QUERY_COUNT)
        return true;
    b->query.window = true;
    b->query.window_param = b->param_count;
    count = zp__q_param(b);
    if (!count)
        return false;
    *count = (zp_param){ .kind = ZP_PARAM_INT, .num = second > first ? second - first : second };
    skip = zp__q_param(b);
    if (!skip)
        return false;
    *skip = (zp_param){ .kind = ZP_PARAM_INT, .num = first };
    if (b->order_count == ZP__ORDERS_MAX)
        return true;
    b->orders[b->order_count++] = (zp_query_order){ .field = (uint16_t)b->sources[0].schema->key };
    return true;
}

/* ---------------------------------------------------------------- the whole */

static bool body(zp__q_build *b, const zp_json *query)
{
    const zp_json *rf;
    zp_query_kind kind = b->query.kind;

    if (!zp__q_object_of(b, query, "rf", &rf) || !zp__q_sort(b, query, 0))
        return false;
    if (kind == ZP_QUERY_INSERT) {
        if (rf || !zp__q_is_empty(zp_json_get(query, "fi")) || !zp__q_is_empty(zp_json_get(query, "fc")))
            return zp__q_bad_shape(b, "an insert has no filters and no related fields");
        return window(b, query) && zp__q_insert(b, query);
    }
    if (kind == ZP_QUERY_UPDATE && !zp__q_update(b, query))
        return false;
    if ((kind == ZP_QUERY_SELECT || kind == ZP_QUERY_COUNT) && !zp__q_projection(b, query, 0))
        return false;
    return zp__q_filters(b, query, 0) && zp__q_related(b, query, 0, 0) && window(b, query);
}

static bool finish(zp__q_build *b)
{
    for (uint16_t i = (uint16_t)(b->source_count - 1); i > 0;
         i--) /* what is below comes after what is above */
        if (b->restricts[i]) {
            b->sources[i].inner = true;
            b->restricts[b->sources[i].parent] = true;
        }
    b->query.where = zp__q_all_of(b, &b->where, ZP_EXPR_AND);
    b->query.sources = b->sources;
    b->query.source_count = b->source_count;
    b->query.orders = b->orders;
    b->query.order_count = b->order_count;
    b->query.param_count = b->param_count;
    return b->query.where && (b->query.kind != ZP_QUERY_SELECT || zp__q_picks(b));
}

bool zp__q_build_query(zp__q_build *b, const zp_wish *wish)
{
    const zp_schema *s;

    zp__q_list_init(&b->where);
    b->query.kind = wish->kind;
    b->query.key_param = -1;
    if (!known_keys(b, wish->query) || !schema_of(b, wish->query, &s))
        return false;
    b->sources[0] = (zp_query_source){ .schema = s, .inner = true };
    b->source_count = 1;
    return body(b, wish->query) && finish(b);
}

bool zp__q_subquery_head(zp__q_build *b, const zp_json *query, const zp_schema *target)
{
    zp_wish wish;
    const zp_schema *s;

    if (!query->count)
        return zp__q_bad_shape(
            b,
            "an empty related query (the PHP driver loses them): filter by the key of the relation instead");
    if (!known_keys(b, query) || !zp_wish_read(query, &wish, b->fault) || !schema_of(b, query, &s))
        return false;
    if (wish.kind == ZP_QUERY_COUNT || !zp__q_is_empty(zp_json_get(query, "lt")))
        return zp__q_bad_shape(b, "lt and cnt cannot stand in a related query");
    if (wish.kind != ZP_QUERY_SELECT)
        return zp__q_bad_shape(b, "a related query must be a select (qt 2)");
    if (s == target)
        return true;
    copy_name(b->fault->schema, sizeof(b->fault->schema), s->name);
    return zp__q_fault(b->fault, ZP_ZQL_INVALID_SCHEMA,
                       "the related query is for schema '%s', the relation leads to '%s'", s->name.ptr,
                       target->name.ptr);
}
