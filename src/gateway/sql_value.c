/* sql_value: fields, parameters and arithmetic.
 *
 * SQLite gets one call of a function of ours per expression: zp_calc('vv+iv*d', a, b, c) is (a + b) * c, `v` pushes the next
 * argument, an operator is followed by how it computes: i 64 bits, d exact decimals, f doubles.  Its own operators would leave 64
 * bits for doubles without a word and know no decimals. */
#include "gateway/build.h"

static const char op_signs[] = {
    [ZP_EXPR_ADD] = '+', [ZP_EXPR_SUB] = '-', [ZP_EXPR_MUL] = '*', [ZP_EXPR_DIV] = '/', [ZP_EXPR_MOD] = '%'
};

static bool is_leaf(const zp_expr *e)
{
    return e->op == ZP_EXPR_FIELD || e->op == ZP_EXPR_PARAM;
}

static void leaf(zp__q_text *t, const zp_expr *e)
{
    if (e->op == ZP_EXPR_FIELD)
        zp__q_sql_column(t, e->source, e->field);
    else
        zp__q_sql_param(t, e->param, (zp_class)e->cls, e->scale);
}

/* ---------------------------------------------------------------- SQLite */

static void program(zp__q_text *t, const zp_expr *e)
{
    static const char ways[] = { [ZP_CLS_INT] = 'i', [ZP_CLS_DECIMAL] = 'd', [ZP_CLS_DOUBLE] = 'f' };

    if (is_leaf(e)) {
        zp_buf_putc(&t->sql, 'v');
        return;
    }
    for (const zp_expr *a = e->args; a; a = a->next) {
        program(t, a);
        if (a != e->args) {
            zp_buf_putc(&t->sql, op_signs[e->op]);
            zp_buf_putc(&t->sql, ways[e->cls]);
        }
    }
}

static void leaves(zp__q_text *t, const zp_expr *e)
{
    if (is_leaf(e)) {
        zp_buf_puts(&t->sql, ", ");
        leaf(t, e);
    }
    for (const zp_expr *a = e->args; a; a = a->next)
        leaves(t, a);
}

/* ---------------------------------------------------------------- the others */

static void operand(zp__q_text *t, const zp_expr *e, zp_class cls)
{
    bool pg = t->dialect == ZP_DIALECT_POSTGRESQL, cast = true;
    static const char *const pg_casts[] = {
        [ZP_CLS_INT] = "::int8", [ZP_CLS_DECIMAL] = "::numeric", [ZP_CLS_DOUBLE] = "::float8"
    };
    static const char *const my_casts[] = { [ZP_CLS_INT] = " AS SIGNED)", [ZP_CLS_DOUBLE] = " AS DOUBLE)" };

    if (!pg)
        cast = cls == ZP_CLS_DOUBLE || (cls == ZP_CLS_INT && e->op == ZP_EXPR_FIELD);
    if (!pg && cast)
        zp_buf_puts(&t->sql, "CAST(");
    zp__q_sql_value(t, e);
    if (cast)
        zp_buf_puts(&t->sql, pg ? pg_casts[cls] : my_casts[cls]);
}

static void divisor(zp__q_text *t, const zp_expr *e, zp_class cls)
{
    zp_buf_puts(&t->sql, "NULLIF(");
    operand(t, e, cls);
    zp_buf_puts(&t->sql, ", 0)");
}

/* PostgreSQL has no remainder of doubles: by way of their shortest decimals. */
static void double_remainder(zp__q_text *t, const zp_expr *e)
{
    zp_buf_puts(&t->sql, "(");
    operand(t, e->args, ZP_CLS_DOUBLE);
    zp_buf_puts(&t->sql, "::text::numeric % ");
    divisor(t, e->args->next, ZP_CLS_DOUBLE);
    zp_buf_puts(&t->sql, "::text::numeric)::float8");
}

static void arithmetic(zp__q_text *t, const zp_expr *e)
{
    bool divides = e->op == ZP_EXPR_DIV || e->op == ZP_EXPR_MOD;

    if (e->op == ZP_EXPR_MOD && e->cls == ZP_CLS_DOUBLE && t->dialect == ZP_DIALECT_POSTGRESQL) {
        double_remainder(t, e);
        return;
    }
    zp_buf_putc(&t->sql, '(');
    for (const zp_expr *a = e->args; a; a = a->next) {
        if (a != e->args)
            zp_buf_printf(&t->sql, " %c ", op_signs[e->op]);
        if (a != e->args && divides)
            divisor(t, a, (zp_class)e->cls);
        else
            operand(t, a, (zp_class)e->cls);
    }
    zp_buf_putc(&t->sql, ')');
}

void zp__q_sql_value(zp__q_text *t, const zp_expr *e)
{
    if (is_leaf(e)) {
        leaf(t, e);
    } else if (t->dialect == ZP_DIALECT_SQLITE) {
        zp_buf_puts(&t->sql, "zp_calc('");
        program(t, e);
        zp_buf_putc(&t->sql, '\'');
        leaves(t, e);
        zp_buf_putc(&t->sql, ')');
    } else {
        arithmetic(t, e);
    }
}
