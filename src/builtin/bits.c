/* Numbers as patterns of 32 bits: bitwAnd and its kin.
 *
 * As in R the numbers are whole and fit in a signed word; the shifts see an unsigned one. */
#include "builtin/tables.h"
#include "lang/lang.h"

#include <math.h>

static bool word(zp_call *c, int k, int64_t i, int64_t *out)
{
    zp_value v = c->argv[k];
    double d = zp_dbls(&v)[zp_len(v) == 1 ? 0 : i];

    if (!(fabs(d) <= 2147483647.0) || d != trunc(d))
        return zp_fail_arg(c->err, k + 1, "%.15g is no integer of 32 bits", d);
    *out = (int64_t)d;
    return true;
}

static double and_words(int64_t a, int64_t b)
{
    return (double)((int32_t)a & (int32_t)b);
}
static double or_words(int64_t a, int64_t b)
{
    return (double)((int32_t)a | (int32_t)b);
}
static double xor_words(int64_t a, int64_t b)
{
    return (double)((int32_t)a ^ (int32_t)b);
}
static double shift_left(int64_t a, int64_t n)
{
    return n < 0 || n > 31 ? NAN : (double)(uint32_t)((uint32_t)a << n);
}
static double shift_right(int64_t a, int64_t n)
{
    return n < 0 || n > 31 ? NAN : (double)((uint32_t)a >> n);
}

static zp_status each(zp_call *c, double (*f)(int64_t a, int64_t b))
{
    int64_t na = zp_len(c->argv[0]), nb = zp_len(c->argv[1]), n = na == 1 ? nb : na, a, b;

    if (na != nb && na != 1 && nb != 1)
        return zp_fail_call(c, "incompatible array sizes");
    c->out = zp_vec(ZP_DBL, n, c->err);
    for (int64_t i = 0; !zp_bad(c->out) && i < n; i++) {
        if (!word(c, 0, i, &a) || !word(c, 1, i, &b)) {
            zp_value_clear(&c->out);
            return ZP_FAILED;
        }
        ((double *)c->out.u.arr->data)[i] = f(a, b);
    }
    if (zp_bad(c->out))
        return ZP_FAILED;
    zp_value_unbox(&c->out);
    return ZP_OK;
}

static zp_status bi_and(zp_call *c)
{
    return each(c, and_words);
}
static zp_status bi_or(zp_call *c)
{
    return each(c, or_words);
}
static zp_status bi_xor(zp_call *c)
{
    return each(c, xor_words);
}
static zp_status bi_shift_left(zp_call *c)
{
    return each(c, shift_left);
}
static zp_status bi_shift_right(zp_call *c)
{
    return each(c, shift_right);
}

const zp_builtin zp_builtins_bits[] = {
    { "bitwAnd", "a, b", "a=D b=D", 0, bi_and, "The bits that are set in both of two whole numbers.",
      "bitwAnd(12, 10)", NULL },
    { "bitwOr", "a, b", "a=D b=D", 0, bi_or, "The bits that are set in one of two whole numbers or in both.",
      "bitwOr(12, 10)", NULL },
    { "bitwXor", "a, b", "a=D b=D", 0, bi_xor, "The bits that are set in one of two whole numbers alone.",
      "bitwXor(12, 10)", NULL },
    { "bitwNot", "a", "a=D", 0, NULL, "All bits turned round.", "bitwNot(5)", "bitwXor(a, -1)" },
    { "bitwShiftL", "a, n", "a=D n=D", 0, bi_shift_left, "The bits moved up by n places.", "bitwShiftL(1, 4)",
      NULL },
    { "bitwShiftR", "a, n", "a=D n=D", 0, bi_shift_right, "The bits moved down by n places.",
      "bitwShiftR(16, 4)", NULL },
    { 0 },
};
