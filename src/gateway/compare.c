/* compare: `=`, `!=` and the chains of `<`, and which strings are fields.
 *
 * A string is a field when the schema has one of that name; inside one comparison only at its first occurrence (a relation and
 * its column are one field), else it is text.  A chain is looked at pair by pair. */
#include <string.h>

#include "gateway/build.h"

zp_expr *zp__q_field_expr(zp__q_build *b, uint16_t source, int field)
{
    zp_expr *e = zp__q_expr(b, ZP_EXPR_FIELD);

    if (e) {
        e->source = source;
        e->field = (uint16_t)field;
        e->cls = (uint8_t)zp_class_of(b->sources[source].schema->fields[field].type);
    }
    return e;
}

bool zp__q_value_of(zp__q_build *b, uint16_t source, const zp_json *v, const zp_json *taken, zp__q_value *out)
{
    const zp_schema *s = b->sources[source].schema;
    int field = -1;

    *out = (zp__q_value){ .literal = v };
    if (!zp__q_count_node(b))
        return false;
    if (v->kind == ZP_JSON_ARRAY)
        return zp__q_bad_shape(b, "a list is no value");
    if (v->kind == ZP_JSON_OBJECT)
        return v->count
                   ? zp__q_arithmetic(b, source, v, out)
                   : zp__q_bad_shape(b, "an empty object is no value (the driver has lost an expression)");
    if (v->kind == ZP_JSON_STRING)
        field = zp_schema_field(s, v->text.ptr, v->text.len);
    if (field < 0 || (taken && taken->kind == ZP_JSON_STRING &&
                      zp_schema_field(s, taken->text.ptr, taken->text.len) == field))
        return true;
    out->name = v->text;
    out->expr = zp__q_field_expr(b, source, field);
    return out->expr != NULL;
}

/* ---------------------------------------------------------------- pairs */

static bool is_number(zp_class cls)
{
    return cls == ZP_CLS_INT || cls == ZP_CLS_DECIMAL || cls == ZP_CLS_DOUBLE;
}

static bool is_when(zp_class cls)
{
    return cls == ZP_CLS_DATE || cls == ZP_CLS_DATETIME;
}

static zp_expr_op mirrored(zp_expr_op op)
{
    switch (op) {
    case ZP_EXPR_LT: return ZP_EXPR_GT;
    case ZP_EXPR_LE: return ZP_EXPR_GE;
    case ZP_EXPR_GT: return ZP_EXPR_LT;
    case ZP_EXPR_GE: return ZP_EXPR_LE;
    default: return op;
    }
}

static bool constant(zp__q_build *b, bool value, zp_expr **out)
{
    *out = zp__q_expr(b, value ? ZP_EXPR_TRUE : ZP_EXPR_FALSE);
    return *out != NULL;
}

static zp_expr *unary(zp__q_build *b, zp_expr_op op, zp_expr *arg)
{
    zp_expr *e = zp__q_expr(b, op);

    if (e) {
        e->cls = arg->cls;
        e->args = arg;
        e->count = 1;
    }
    return e;
}

static int order_of_literals(const zp_json *a, const zp_json *v)
{
    bool both_text = a->kind == ZP_JSON_STRING && v->kind == ZP_JSON_STRING, huge_a, huge_v;
    size_t len = a->kind >= ZP_JSON_NUMBER && v->kind >= ZP_JSON_NUMBER
                     ? (a->text.len < v->text.len ? a->text.len : v->text.len)
                     : 0;
    zp_dec da, dv;
    int c;

    if (!both_text && zp__q_number_of(a, &da, &huge_a) && zp__q_number_of(v, &dv, &huge_v))
        return huge_a || huge_v ? (huge_a ? (da.minus ? -1 : 1) : (dv.minus ? 1 : -1)) : zp_dec_cmp(&da, &dv);
    if (a->kind <= ZP_JSON_TRUE || v->kind <= ZP_JSON_TRUE) /* true is not a number and no text */
        return (int)a->kind - (int)v->kind;
    c = memcmp(a->text.ptr, v->text.ptr, len);
    return c ? c : (a->text.len > v->text.len) - (a->text.len < v->text.len);
}

/* Two literals: known now. */
static bool literals(zp__q_build *b, zp_expr_op op, const zp_json *a, const zp_json *v, zp_expr **out)
{
    bool null = a->kind == ZP_JSON_NULL || v->kind == ZP_JSON_NULL;

    if (null && op != ZP_EXPR_EQ && op != ZP_EXPR_NE)
        return constant(b, false, out);
    return constant(b, zp_expr_holds(op, order_of_literals(a, v)), out);
}

static bool misfit(zp__q_build *b, uint16_t source, const zp_expr *e)
{
    static const char *const names[] = { "true or false",
                                         "a number",
                                         "a number",
                                         "a number",
                                         "a text",
                                         "a time like 2025-02-23T01:05:48Z",
                                         "a date like 2025-02-23",
                                         "a text in base64",
                                         "null" };
    const zp_schema *s = b->sources[source].schema;
    char text[120] = "can only be compared with ";

    strcat(text, names[e->cls]);
    if (e->op == ZP_EXPR_FIELD)
        return zp__q_bad_field(b, s, s->fields[e->field].name, text);
    return zp__q_fault(b->fault, ZP_ZQL_FIELD_ERROR,
                       "arithmetic in schema '%s' can only be compared with a number", s->name.ptr);
}

static int scale_of(zp__q_build *b, const zp_expr *e)
{
    return e->op == ZP_EXPR_FIELD ? b->sources[e->source].schema->fields[e->field].scale : 30;
}

static uint8_t param_scale(const zp_expr *e, zp_slice text)
{
    const char *point = memchr(text.ptr, '.', text.len);
    size_t digits = point ? text.len - 1 - (size_t)(point - text.ptr) : 0;

    (void)e;
    return digits <= 4 ? 4 : digits <= 10 ? 10 : digits <= 20 ? 20 : 30;
}

/* A field or arithmetic against a literal that is not null. */
static bool with_literal(zp__q_build *b, zp_expr_op op, zp_expr *e, const zp_json *v, zp_expr **out)
{
    zp_expr_op asked = op;
    zp_param param, *place;
    zp_expr *lit;
    zp__q_fit fit = zp__q_fit_value(b, (zp_class)e->cls, scale_of(b, e), &asked, v, &param);

    if (fit == ZP__FIT_BAD)
        return misfit(b, e->source, e);
    if (fit == ZP__FIT_NEVER)
        return constant(b, false, out);
    if (fit == ZP__FIT_ALWAYS)
        return (*out = unary(b, ZP_EXPR_NOT_NULL, e)) != NULL;
    place = zp__q_param(b);
    lit = place ? zp__q_expr(b, ZP_EXPR_PARAM) : NULL;
    *out = lit ? unary(b, asked, e) : NULL;
    if (!*out)
        return false;
    *place = param;
    lit->param = b->param_count - 1;
    lit->cls = e->cls;
    if (e->cls == ZP_CLS_DECIMAL)
        lit->scale = e->op == ZP_EXPR_FIELD ? (uint8_t)scale_of(b, e) : param_scale(e, param.text);
    e->next = lit;
    (*out)->count = 2;
    return true;
}

static bool two_exprs(zp__q_build *b, zp_expr_op op, zp_expr *l, zp_expr *r, zp_expr **out)
{
    zp_class lc = (zp_class)l->cls, rc = (zp_class)r->cls;

    if (lc == ZP_CLS_JSON || !(lc == rc || (is_number(lc) && is_number(rc)) || (is_when(lc) && is_when(rc))))
        return misfit(b, l->source, l);
    *out = unary(b, op, l);
    if (!*out)
        return false;
    if (rc > lc)
        (*out)->cls = (uint8_t)rc;
    if (is_when(lc))
        (*out)->cls = lc == rc ? (uint8_t)lc : ZP_CLS_DATETIME;
    (*out)->count = 2;
    l->next = r;
    return true;
}

/* A value that is a field or arithmetic against null. */
static bool with_null(zp__q_build *b, zp_expr_op op, zp_expr *e, zp_expr **out)
{
    if (op != ZP_EXPR_EQ && op != ZP_EXPR_NE)
        return constant(b, false, out);
    *out = unary(b, op == ZP_EXPR_EQ ? ZP_EXPR_IS_NULL : ZP_EXPR_NOT_NULL, e);
    return *out != NULL;
}

/* Arithmetic that is always null: equal to a null that is written there, else unknown; but what it is compared with must be a number. */
static bool with_unknown(zp__q_build *b, zp_expr_op op, const zp__q_value *unknown, const zp__q_value *other,
                         zp_expr **out)
{
    bool null = !other->expr && other->literal->kind == ZP_JSON_NULL, huge;
    zp_dec d;

    if (other->expr && !is_number((zp_class)other->expr->cls))
        return misfit(b, other->expr->source, other->expr);
    if (!other->expr && !null && !zp__q_number_of(other->literal, &d, &huge))
        return misfit(b, unknown->expr->source, unknown->expr);
    return constant(b, op == ZP_EXPR_EQ && null, out);
}

static bool pair(zp__q_build *b, zp_expr_op op, const zp__q_value *l, const zp__q_value *r, zp_expr **out)
{
    const zp__q_value *swap;

    if (l->null || r->null)
        return with_unknown(b, op, l->null ? l : r, l->null ? r : l, out);
    if (!l->expr && !r->expr)
        return literals(b, op, l->literal, r->literal, out);
    if (l->expr && r->expr)
        return two_exprs(b, op, l->expr, r->expr, out);
    if (!l->expr) {
        swap = l;
        l = r;
        r = swap;
        op = mirrored(op);
    }
    if (r->literal->kind == ZP_JSON_NULL)
        return with_null(b, op, l->expr, out);
    return with_literal(b, op, l->expr, r->literal, out);
}

/* What turns out to be known needs no values: those of its arithmetic go. */
bool zp__q_pair(zp__q_build *b, zp_expr_op op, const zp__q_value *l, const zp__q_value *r, uint32_t params,
                zp_expr **out)
{
    if (!pair(b, op, l, r, out))
        return false;
    if ((*out)->op == ZP_EXPR_TRUE || (*out)->op == ZP_EXPR_FALSE)
        b->param_count = params;
    return true;
}

/* ---------------------------------------------------------------- nodes */

static bool equality(zp__q_build *b, uint16_t source, const zp_json *node, zp_expr_op op, zp_expr **out)
{
    const zp_json *operand = zp_json_get(node, "operand"), *result = zp_json_get(node, "result");
    uint32_t params = b->param_count;
    zp__q_value l, r;

    if (!operand || !result)
        return zp__q_bad_shape(b, "'%s' needs an operand and a result", op == ZP_EXPR_EQ ? "=" : "!=");
    return zp__q_value_of(b, source, operand, NULL, &l) && zp__q_value_of(b, source, result, operand, &r) &&
           zp__q_pair(b, op, &l, &r, params, out);
}

static bool chain(zp__q_build *b, uint16_t source, const zp_json *node, zp_expr_op op, zp_expr **out)
{
    const zp_json *list = zp_json_get(node, "operand"), *result = zp_json_get(node, "result");
    zp__q_list all;
    zp__q_value l, r;
    zp_expr *e;

    if (!list || list->kind != ZP_JSON_ARRAY || list->count < 2)
        return zp__q_bad_shape(b, "'<', '<=', '>' and '>=' need a list of at least two values as operand");
    if (result && result->kind != ZP_JSON_NULL)
        return zp__q_bad_shape(b, "'<', '<=', '>' and '>=' have no result");
    zp__q_list_init(&all);
    for (const zp_json *v = list->first; v->next; v = v->next) {
        uint32_t params = b->param_count;

        if (!zp__q_value_of(b, source, v, NULL, &l) || !zp__q_value_of(b, source, v->next, v, &r) ||
            !zp__q_pair(b, op, &l, &r, params, &e))
            return false;
        zp__q_list_add(&all, e);
    }
    *out = zp__q_all_of(b, &all, ZP_EXPR_AND);
    return *out != NULL;
}

bool zp__q_compare(zp__q_build *b, uint16_t source, const zp_json *node, zp_slice op, zp_expr **out,
                   bool *known)
{
    static const struct {
        const char *text;
        zp_expr_op op;
    } ops[] = { { "=", ZP_EXPR_EQ },  { "!=", ZP_EXPR_NE }, { ">", ZP_EXPR_GT },
                { ">=", ZP_EXPR_GE }, { "<", ZP_EXPR_LT },  { "<=", ZP_EXPR_LE } };

    for (size_t i = 0; i < ZP_COUNTOF(ops); i++) {
        if (!zp_slice_is(op, ops[i].text))
            continue;
        *known = true;
        return i < 2 ? equality(b, source, node, ops[i].op, out) : chain(b, source, node, ops[i].op, out);
    }
    return false;
}

bool zp__q_equal_value(zp__q_build *b, uint16_t source, int field, const zp_json *v, zp_expr **out)
{
    const zp__q_value r = { .literal = v };
    zp__q_value l = { .expr = NULL };
    zp__q_list any;

    if (v->kind == ZP_JSON_OBJECT)
        return zp__q_bad_shape(b, "fi: a value cannot be an object");
    if (v->kind == ZP_JSON_ARRAY) {
        zp__q_list_init(&any);
        if (!zp__q_in_list(b, source, field, v, &any, false))
            return false;
        *out = any.count ? zp__q_all_of(b, &any, ZP_EXPR_OR) : zp__q_expr(b, ZP_EXPR_FALSE);
        return *out != NULL;
    }
    l.expr = zp__q_field_expr(b, source, field);
    return l.expr && zp__q_pair(b, ZP_EXPR_EQ, &l, &r, b->param_count, out);
}
