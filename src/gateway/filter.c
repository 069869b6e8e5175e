/* filter: `fi` and `fc`, and the trees that conditions grow on. */
#include <string.h>

#include "gateway/build.h"

void zp__q_list_init(zp__q_list *list)
{
    list->first = NULL;
    list->last = &list->first;
    list->count = 0;
}

void zp__q_list_add(zp__q_list *list, zp_expr *e)
{
    if (e->op == ZP_EXPR_TRUE)
        return;
    e->next = NULL;
    *list->last = e;
    list->last = &e->next;
    list->count++;
}

zp_expr *zp__q_all_of(zp__q_build *b, const zp__q_list *list, zp_expr_op op)
{
    zp_expr *e;

    if (list->count == 1)
        return list->first;
    e = zp__q_expr(b, list->count ? op : ZP_EXPR_TRUE);
    if (e && list->count) {
        e->args = list->first;
        e->count = list->count;
    }
    return e;
}

/* ---------------------------------------------------------------- fc */

static bool condition(zp__q_build *b, uint16_t source, const zp_json *v, zp_expr **out);

static bool all_conditions(zp__q_build *b, uint16_t source, const zp_json *list, zp_expr **out)
{
    zp__q_list all;
    zp_expr *e;

    zp__q_list_init(&all);
    for (const zp_json *v = list->first; v; v = v->next) {
        if (!condition(b, source, v, &e))
            return false;
        zp__q_list_add(&all, e);
    }
    *out = zp__q_all_of(b, &all, ZP_EXPR_AND);
    return *out != NULL;
}

/* One that holds is enough: a TRUE among them makes everything TRUE, but the others have been checked. */
static bool any_condition(zp__q_build *b, uint16_t source, const zp_json *list, zp_expr **out)
{
    uint32_t params = b->param_count;
    zp__q_list any;
    zp_expr *e;
    bool holds = false;

    zp__q_list_init(&any);
    for (const zp_json *v = list->first; v; v = v->next) {
        if (!condition(b, source, v, &e))
            return false;
        holds |= e->op == ZP_EXPR_TRUE;
        zp__q_list_add(&any, e);
    }
    if (holds) {
        b->param_count = params;
        any.count = 0;
    }
    *out = zp__q_all_of(b, &any, ZP_EXPR_OR);
    return *out != NULL;
}

static bool known_keys(zp__q_build *b, const zp_json *node)
{
    for (const zp_json *m = node->first; m; m = m->next)
        if (!zp_slice_is(m->key, "operator") && !zp_slice_is(m->key, "operand") &&
            !zp_slice_is(m->key, "result"))
            return zp__q_bad_shape(b, "a condition has the keys operator, operand and result only");
    return true;
}

static bool logic(zp__q_build *b, uint16_t source, const zp_json *node, bool all, zp_expr **out)
{
    const zp_json *list = zp_json_get(node, "operand");

    if (!list || list->kind != ZP_JSON_ARRAY || !list->count)
        return zp__q_bad_shape(b, "'%s' needs a list of at least one condition as operand",
                               all ? "&&" : "||");
    return all ? all_conditions(b, source, list, out) : any_condition(b, source, list, out);
}

static const struct search_op {
    const char *text;
    zp_expr_op op;
    bool fold;
} search_ops[] = {
    { "%%", ZP_EXPR_CONTAINS, false }, { "i%%", ZP_EXPR_CONTAINS, true }, { "^%%", ZP_EXPR_STARTS, false },
    { "^i%%", ZP_EXPR_STARTS, true },  { "%%$", ZP_EXPR_ENDS, false },    { "i%%$", ZP_EXPR_ENDS, true },
};

static bool condition_object(zp__q_build *b, uint16_t source, const zp_json *node, zp_expr **out)
{
    const zp_json *op = zp_json_get(node, "operator");
    bool known = false;

    if (!node->count)
        return zp__q_bad_shape(b, "an empty object is no condition (the driver has lost an expression)");
    if (!op || op->kind != ZP_JSON_STRING)
        return zp__q_bad_shape(b, "a condition needs an operator, a text");
    if (!known_keys(b, node))
        return false;
    if (zp_slice_is(op->text, "&&") || zp_slice_is(op->text, "||"))
        return logic(b, source, node, op->text.ptr[0] == '&', out);
    if (zp_slice_is(op->text, "IN"))
        return zp__q_in(b, source, node, out);
    for (size_t i = 0; i < ZP_COUNTOF(search_ops); i++)
        if (zp_slice_is(op->text, search_ops[i].text))
            return zp__q_search(b, source, node, search_ops[i].op, search_ops[i].fold, out);
    if (!zp__q_compare(b, source, node, op->text, out, &known) && known)
        return false;
    if (!known && op->text.len == 1 && strchr("+-*/%", op->text.ptr[0]))
        return zp__q_bad_shape(b, "arithmetic alone is no condition: compare it with something");
    return known || zp__q_bad_shape(b, "unknown operator in a condition");
}

static bool condition(zp__q_build *b, uint16_t source, const zp_json *v, zp_expr **out)
{
    if (!zp__q_count_node(b))
        return false;
    if (v->kind == ZP_JSON_ARRAY)
        return all_conditions(b, source, v, out);
    if (v->kind == ZP_JSON_OBJECT)
        return condition_object(b, source, v, out);
    return zp__q_bad_shape(b, "%s is no condition", zp_json_kind_name(v));
}

/* ---------------------------------------------------------------- fi */

static bool equalities(zp__q_build *b, const zp_json *fi, uint16_t source, zp__q_list *to)
{
    const zp_schema *s = b->sources[source].schema;
    zp_expr *e;

    for (const zp_json *m = fi->first; m; m = m->next) {
        int field = zp_schema_field(s, m->key.ptr, m->key.len);

        if (field < 0)
            return zp__q_unknown_field(b, s, m->key);
        if (!zp__q_count_node(b) || !zp__q_equal_value(b, source, field, m, &e))
            return false;
        zp__q_list_add(to, e);
    }
    return true;
}

/* ---------------------------------------------------------------- both */

bool zp__q_filters(zp__q_build *b, const zp_json *query, uint16_t source)
{
    const zp_json *fi, *fc = zp_json_get(query, "fc");
    uint32_t before = b->where.count;
    zp_expr *e;

    if (!zp__q_object_of(b, query, "fi", &fi) || (fi && !equalities(b, fi, source, &b->where)))
        return false;
    if (fc && fc->kind != ZP_JSON_NULL) {
        if (fc->kind != ZP_JSON_ARRAY && fc->kind != ZP_JSON_OBJECT)
            return zp__q_bad_shape(b, "fc must be a list of conditions, not %s", zp_json_kind_name(fc));
        if (!condition(b, source, fc, &e))
            return false;
        zp__q_list_add(&b->where, e);
    }
    if (b->where.count > before)
        b->restricts[source] = true;
    return true;
}
