/* arith: arithmetic expressions.
 *
 * How one is computed is decided by what stands in it: whole numbers in 64 bits (overflow is an error), decimals exactly, anything with
 * a double and every division as doubles.  Constants take part as what they are written as. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "gateway/build.h"

static const struct {
    char sign;
    zp_expr_op op;
    uint32_t most; /* operands; 0: any number */
} operations[] = {
    { '+', ZP_EXPR_ADD, 0 }, { '-', ZP_EXPR_SUB, 0 }, { '*', ZP_EXPR_MUL, 0 },
    { '/', ZP_EXPR_DIV, 2 }, { '%', ZP_EXPR_MOD, 2 },
};

/* What a number is computed as; DOUBLE when it has too many digits to be exact everywhere. */
static bool constant(zp__q_build *b, const zp_json *v, zp_param *out)
{
    bool huge;
    zp_dec d;

    *out = (zp_param){ .kind = ZP_PARAM_INT };
    if (v->kind == ZP_JSON_TRUE || v->kind == ZP_JSON_FALSE || !zp__q_number_of(v, &d, &huge))
        return zp__q_fault(b->fault, ZP_ZQL_FIELD_ERROR,
                           "arithmetic needs fields and values that are numbers");
    if (!huge && zp_dec_to_int(&d, &out->num))
        return true;
    if (!huge && d.scale <= 30 && zp_dec_whole(&d) <= 35) {
        out->kind = ZP_PARAM_DECIMAL;
        return zp__q_decimal_text(b, &d, &out->text);
    }
    out->kind = ZP_PARAM_DOUBLE;
    if (!zp_number_from(v->text.ptr, v->text.len, &out->dbl) || !isfinite(out->dbl))
        return zp__q_fault(b->fault, ZP_ZQL_FIELD_ERROR, "a number in arithmetic is out of range");
    return true;
}

static zp_expr *constant_expr(zp__q_build *b, const zp_json *v)
{
    static const uint8_t classes[] = {
        [ZP_PARAM_INT] = ZP_CLS_INT, [ZP_PARAM_DECIMAL] = ZP_CLS_DECIMAL, [ZP_PARAM_DOUBLE] = ZP_CLS_DOUBLE
    };
    zp_param value, *place;
    zp_expr *e;
    const char *point;

    if (!constant(b, v, &value))
        return NULL;
    place = zp__q_param(b);
    e = place ? zp__q_expr(b, ZP_EXPR_PARAM) : NULL;
    if (!e)
        return NULL;
    *place = value;
    e->param = b->param_count - 1;
    e->cls = classes[value.kind];
    if (value.kind == ZP_PARAM_DECIMAL) {
        point = memchr(value.text.ptr, '.', value.text.len);
        e->scale = !point ? 4 : (uint8_t)(value.text.len - 1 - (size_t)(point - value.text.ptr));
        e->scale = e->scale <= 4 ? 4 : e->scale <= 10 ? 10 : e->scale <= 20 ? 20 : 30;
    }
    return e;
}

/* Constants beside doubles are doubles. */
static void make_double(zp__q_build *b, zp_expr *e)
{
    zp_param *p = e->op == ZP_EXPR_PARAM ? &b->params[e->param] : NULL;

    if (!p || p->kind == ZP_PARAM_DOUBLE)
        return;
    if (p->kind == ZP_PARAM_INT)
        p->dbl = (double)p->num;
    else if (!zp_number_from(p->text.ptr, p->text.len, &p->dbl))
        p->dbl = 0;
    p->kind = ZP_PARAM_DOUBLE;
    p->text = (zp_slice){ 0 };
    e->cls = ZP_CLS_DOUBLE;
}

static bool operand(zp__q_build *b, uint16_t source, const zp_json *v, zp_expr **out, bool *null)
{
    zp__q_value value;

    if (!zp__q_value_of(b, source, v, NULL, &value))
        return false;
    *out = value.expr;
    if (value.null || (!value.expr && value.literal->kind == ZP_JSON_NULL)) {
        *null = true;
        return true;
    }
    if (!value.expr)
        return (*out = constant_expr(b, value.literal)) != NULL;
    if (value.expr->cls < ZP_CLS_INT || value.expr->cls > ZP_CLS_DOUBLE)
        return zp__q_bad_field(b, b->sources[source].schema, value.name,
                               "is not a number: no arithmetic with it");
    return true;
}

static uint32_t terms(const zp_expr *e)
{
    uint32_t n = 0;

    if (e->op == ZP_EXPR_PARAM || e->op == ZP_EXPR_FIELD)
        return 1;
    for (const zp_expr *a = e->args; a; a = a->next)
        n += terms(a);
    return n;
}

static bool operands(zp__q_build *b, uint16_t source, const zp_json *list, zp_expr *e, bool *null)
{
    zp_expr **last = &e->args, *arg;
    uint32_t n = 0;

    e->cls = e->op == ZP_EXPR_DIV ? ZP_CLS_DOUBLE : ZP_CLS_INT;
    e->source = source;
    for (const zp_json *v = list->first; v; v = v->next) {
        if (!operand(b, source, v, &arg, null))
            return false;
        if (*null)
            continue;
        *last = arg;
        last = &arg->next;
        e->count++;
        e->cls = arg->cls > e->cls ? arg->cls : e->cls;
        n += terms(arg);
        if (n > ZP__TERMS_MAX)
            return zp__q_bad_shape(b, "arithmetic of more than %d values", ZP__TERMS_MAX);
    }
    for (arg = e->args; arg && e->cls == ZP_CLS_DOUBLE; arg = arg->next)
        make_double(b, arg);
    return true;
}

bool zp__q_arithmetic(zp__q_build *b, uint16_t source, const zp_json *node, zp__q_value *out)
{
    const zp_json *op = zp_json_get(node, "operator"), *list = zp_json_get(node, "operand"),
                  *result = zp_json_get(node, "result");
    uint32_t params = b->param_count;
    size_t i = 0;

    if (!op || op->kind != ZP_JSON_STRING || node->count > 2u + (result != NULL))
        return zp__q_bad_shape(b, "an object as a value must be arithmetic: an operator and its operand");
    while (i < ZP_COUNTOF(operations) && !(op->text.len == 1 && op->text.ptr[0] == operations[i].sign))
        i++;
    if (i == ZP_COUNTOF(operations) || (result && result->kind != ZP_JSON_NULL))
        return zp__q_bad_shape(b, "an object as a value must be arithmetic: + - * / %%");
    if (!list || list->kind != ZP_JSON_ARRAY || list->count < 2 ||
        (operations[i].most && list->count > operations[i].most))
        return zp__q_bad_shape(b, "'%c' needs a list of %s values as operand", operations[i].sign,
                               operations[i].most ? "two" : "two or more");
    out->expr = zp__q_expr(b, operations[i].op);
    if (!out->expr || !operands(b, source, list, out->expr, &out->null))
        return false;
    if (out->null)
        b->param_count = params;
    return true;
}
