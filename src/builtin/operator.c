/* operator: operators as functions, `+`(x, y), and op("+", x, y).
 *
 * With a reference on the left, `+`(--x, y), the object of the caller becomes the result where type and shape allow. */
#include "lang/lang.h"
#include "ops/ops.h"

/* x op y: in place on *ref if that can be, else a new value. */
static bool binary(zp_op op, zp_value *ref, zp_value *x, zp_value *y, const char *tz, zp_value *out,
                   zp_error *err)
{
    bool done = false;

    if (ref) {
        zp_value_clear(x); /* the caller's object must have one owner, to be changed in place */
        if (!zp_binary_inplace(op, ref, *y, tz, &done, err))
            return false;
        if (done) {
            *out = zp_value_ref(*ref);
            return true;
        }
        *x = zp_value_ref(*ref);
    }
    return zp_binary_take(op, zp_value_move(x), zp_value_move(y), tz, out, err);
}

static bool unary(zp_op op, zp_value *ref, zp_value *x, zp_value *out, zp_error *err)
{
    bool done = false;

    if (ref) {
        zp_value_clear(x);
        if (!zp_unary_inplace(op, ref, &done, err))
            return false;
        if (done) {
            *out = zp_value_ref(*ref);
            return true;
        }
        *x = zp_value_ref(*ref);
    }
    return zp_unary_take(op, zp_value_move(x), out, err);
}

static bool zone_name(zp_call *c, int k, const char **tz)
{
    zp_str *s;

    *tz = NULL;
    if (k >= c->argc || c->argv[k].type == ZP_NIL || c->argv[k].type == ZP_MISSING)
        return true;
    if (!zp_arg_str(c, k, &s))
        return false;
    *tz = s->text;
    return true;
}

/* Arguments x, [y], [tz]. */
static zp_status run_op(zp_call *c, zp_op op, zp_op alone)
{
    zp_value *ref = c->ref ? c->ref[0] : NULL;
    const char *tz;

    if (!zone_name(c, 2, &tz))
        return ZP_FAILED;
    if (zp_arg_missing(c, 1))
        return alone == ZP_NOPS ? zp_fail_call(c, "argument missing: y")
                                : zp_done(unary(alone, ref, &c->argv[0], &c->out, c->err));
    return zp_done(binary(op, ref, &c->argv[0], &c->argv[1], tz, &c->out, c->err));
}

#define BINARY(name, op)               \
    static zp_status name(zp_call *c)  \
    {                                  \
        return run_op(c, op, ZP_NOPS); \
    }

BINARY(bi_mul, ZP_OP_MUL)
BINARY(bi_div, ZP_OP_DIV)
BINARY(bi_mod, ZP_OP_MOD)
BINARY(bi_idiv, ZP_OP_IDIV)
BINARY(bi_pow, ZP_OP_POW)
BINARY(bi_eq, ZP_OP_EQ)
BINARY(bi_ne, ZP_OP_NE)
BINARY(bi_lt, ZP_OP_LT)
BINARY(bi_le, ZP_OP_LE)
BINARY(bi_gt, ZP_OP_GT)
BINARY(bi_ge, ZP_OP_GE)
BINARY(bi_and, ZP_OP_AND)
BINARY(bi_or, ZP_OP_OR)
BINARY(bi_in, ZP_OP_IN)
BINARY(bi_matmul, ZP_OP_MATMUL)
BINARY(bi_outer, ZP_OP_OUTER)

static zp_status bi_add(zp_call *c)
{
    return run_op(c, ZP_OP_ADD, ZP_OP_PLUS);
}
static zp_status bi_sub(zp_call *c)
{
    return run_op(c, ZP_OP_SUB, ZP_OP_NEG);
}
static zp_status bi_not(zp_call *c)
{
    return zp_done(unary(ZP_OP_NOT, c->ref ? c->ref[0] : NULL, &c->argv[0], &c->out, c->err));
}

static zp_status bi_colon(zp_call *c)
{
    return zp_done(zp_colon(c->argv[0], c->argv[1], &c->out, c->err));
}

/* Both sides are arguments, hence evaluated; the second is looked at only if the first does not decide. */
static zp_status decide(zp_call *c, bool stop)
{
    bool truth;

    if (!zp_truth(c->argv[0], &truth, c->err) || (truth != stop && !zp_truth(c->argv[1], &truth, c->err)))
        return ZP_FAILED;
    c->out = zp_lgl(truth);
    return ZP_OK;
}

static zp_status bi_andand(zp_call *c)
{
    return decide(c, false);
}
static zp_status bi_oror(zp_call *c)
{
    return decide(c, true);
}

/* ---------------------------------------------------------------- indexing */

static zp_status bi_subset(zp_call *c)
{
    bool drop;

    if (!zp_arg_lgl(c, 1, &drop))
        return ZP_FAILED;
    return zp_done(zp_subset(c->argv[0], c->dots, c->ndots, drop, &c->out, c->err));
}

static zp_status bi_dblsubset(zp_call *c)
{
    return zp_done(zp_dblsubset(c->argv[0], c->dots, c->ndots, &c->out, c->err));
}

static zp_status bi_dollar(zp_call *c)
{
    return zp_done(zp_dblsubset(c->argv[0], &c->argv[1], 1, &c->out, c->err));
}

/* ---------------------------------------------------------------- op */

static zp_status bi_op(zp_call *c)
{
    enum { OP, X, Y, TZ };
    bool alone = !c->given[Y];
    zp_str *name;
    const char *tz;

    if (!zp_arg_str(c, OP, &name) || !zone_name(c, TZ, &tz))
        return ZP_FAILED;
    if (zp_str_is(name, ":") && !alone)
        return zp_done(zp_colon(c->argv[X], c->argv[Y], &c->out, c->err));
    for (int k = 0; k < ZP_NOPS; k++) {
        zp_op op = (zp_op)k;

        if (!zp_str_is(name, zp_op_text(op)) || alone != (op >= ZP_OP_NEG))
            continue;
        return zp_done(alone ? unary(op, NULL, &c->argv[X], &c->out, c->err)
                             : binary(op, NULL, &c->argv[X], &c->argv[Y], tz, &c->out, c->err));
    }
    return zp_done(zp_fail_arg(c->err, 1, "unknown operator '%s'", name->text));
}

#define PAIR "x, [y], [tz]"
#define ZONE "tz=S0"

const zp_builtin zp_builtins_operator[] = {
    { "+", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_add, "Sum. With a period, `tz` names the time zone.",
      "`+`(1, 2)", NULL },
    { "-", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_sub, "Difference, or with one operand the negative.",
      "`-`(3, 1)", NULL },
    { "*", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_mul, "Product.", "`*`(2, 3)", NULL },
    { "/", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_div, "Quotient.", "`/`(6, 3)", NULL },
    { "%%", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_mod, "Remainder, with the sign of the divisor.",
      "`%%`(-5, 3)", NULL },
    { "%/%", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_idiv, "Quotient rounded down.", "`%/%`(-5, 3)",
      NULL },
    { "^", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_pow, "Power.", "`^`(2, 10)", NULL },
    { "==", PAIR, ZONE, ZP_BI_STRIDED, bi_eq, "Equal, element by element. Values of different types are not.",
      "`==`(1, 1)", NULL },
    { "!=", PAIR, ZONE, ZP_BI_STRIDED, bi_ne, "Not equal, element by element.", "`!=`(1, 1)", NULL },
    { "<", PAIR, ZONE, ZP_BI_STRIDED, bi_lt, "Less, element by element.", "`<`(1, 2)", NULL },
    { "<=", PAIR, ZONE, ZP_BI_STRIDED, bi_le, "Less or equal, element by element.", "`<=`(1, 2)", NULL },
    { ">", PAIR, ZONE, ZP_BI_STRIDED, bi_gt, "Greater, element by element.", "`>`(1, 2)", NULL },
    { ">=", PAIR, ZONE, ZP_BI_STRIDED, bi_ge, "Greater or equal, element by element.", "`>=`(1, 2)", NULL },
    { "&", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_and, "Both, element by element.", "`&`(TRUE, FALSE)",
      NULL },
    { "|", PAIR, ZONE, ZP_BI_INPLACE | ZP_BI_STRIDED, bi_or, "At least one, element by element.",
      "`|`(TRUE, FALSE)", NULL },
    { "!", "x", "", ZP_BI_INPLACE | ZP_BI_STRIDED, bi_not, "Not, element by element.", "`!`(TRUE)", NULL },
    { "&&", "x, y", "", 0, bi_andand, "Both of two conditions.", "`&&`(TRUE, FALSE)", NULL },
    { "||", "x, y", "", 0, bi_oror, "At least one of two conditions.", "`||`(TRUE, FALSE)", NULL },
    { ":", "from, to", "", 0, bi_colon, "The numbers, times or intervals from one to the other.", "`:`(1, 3)",
      NULL },
    { "%in%", "x, table", "", 0, bi_in,
      "Which elements of `x` equal one of `table`? Times are also looked up in intervals.", "2 %in% 1:3",
      NULL },
    { "is.element", "x, table", "", 0, bi_in, "The same as %in%.", "is.element(2, 1:3)", NULL },
    { "%*%", "x, y", "", 0, bi_matmul,
      "The product of matrices; vectors count as the row or column that fits.",
      "matrix(1:4, 2, 2) %*% c(1, 2)", NULL },
    { "%o%", "x, y", "", 0, bi_outer, "All products of an element of `x` and one of `y`.", "1:2 %o% 1:3",
      NULL },
    { "[", "x, ..., drop = TRUE", "", ZP_BI_STRIDED | ZP_BI_UNREAD | ZP_BI_HOLES, bi_subset,
      "The part of `x` that the indices select.", "`[`(4:6, 2)", NULL },
    { "[[", "x, ...", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_dblsubset, "One element of `x`.",
      "`[[`(list(1, 2), 2)", NULL },
    { "$", "x, name", "name=S", ZP_BI_STRIDED, bi_dollar, "The element of a list with that name.",
      "`$`(list(a = 1), \"a\")", NULL },
    { "op", "op, x, y = NULL, tz = NULL", "op=S tz=S0", ZP_BI_STRIDED, bi_op,
      "The operator with that name applied to `x` and `y`.", "op(\"+\", 1, 2)", NULL },
    { 0 },
};
