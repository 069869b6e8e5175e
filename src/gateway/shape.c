/* shape: a tree as bytes, so that two queries of the same shape find the same statement.
 *
 * Everything is in it that the text, the types of the parameters and the form of the answer depend on, and no value. */
#include "gateway/build.h"

static void byte(zp_buf *out, unsigned v)
{
    zp_buf_putc(out, (char)v);
}

static void number(zp_buf *out, uint32_t v)
{
    while (v >= 0x80) {
        byte(out, (v & 0x7F) | 0x80);
        v >>= 7;
    }
    byte(out, v);
}

static void expr(zp_buf *out, const zp_expr *e)
{
    byte(out, e->op | (e->fold ? 0x80 : 0));
    byte(out, e->cls);
    switch ((zp_expr_op)e->op) {
    case ZP_EXPR_FIELD:
        number(out, e->source);
        number(out, e->field);
        return;
    case ZP_EXPR_PARAM:
        number(out, e->param);
        byte(out, e->scale);
        return;
    case ZP_EXPR_IN:
        number(out, e->param);
        number(out, e->count);
        expr(out, e->args);
        return;
    default: break;
    }
    number(out, e->count);
    for (const zp_expr *a = e->args; a; a = a->next)
        expr(out, a);
}

static void source(zp_buf *out, const zp_query_source *s)
{
    number(out, (uint32_t)s->schema->number);
    number(out, s->parent);
    number(out, s->relation);
    byte(out, s->inner);
    number(out, s->pick_count);
    for (uint16_t i = 0; i < s->pick_count; i++) {
        number(out, s->picks[i].field);
        number(out, s->picks[i].source);
    }
}

void zp__q_shape(zp_buf *out, const zp_query *q, const zp_param *params)
{
    byte(out, (unsigned)q->kind | (q->window ? 0x80 : 0));
    number(out, q->source_count);
    for (uint16_t i = 0; i < q->source_count; i++)
        source(out, &q->sources[i]);
    expr(out, q->where);
    number(out, q->order_count);
    for (uint16_t i = 0; i < q->order_count; i++) {
        number(out, q->orders[i].source);
        number(out, q->orders[i].field);
        byte(out, q->orders[i].down);
    }
    number(out, q->assign_count);
    for (uint16_t i = 0; i < q->assign_count; i++) {
        number(out, q->assigns[i].field);
        number(out, q->assigns[i].param);
    }
    number(out, q->window ? q->window_param : 0);
    number(out, (uint32_t)(q->key_param + 1));
    number(out, q->param_count);
    for (uint32_t i = 0; i < q->param_count; i++)
        byte(out, params[i].kind);
}
