/* Element-wise mathematics: one row per function, all through the same two roads.
 *
 *     f(x)      zp_num_begin -> kernel -> zp_num_end
 *     f(x, y)   one element of either is repeated; the result has the shape of the longer one */
#include "builtin/num.h"

#include "builtin/time_floor.h"
#include "kernel/maths.h"
#include "kernel/mathfn.h"

#include <math.h>

static zp_status map(zp_call *c, zp_num_fn fn)
{
    zp_num w;

    if (!zp_num_begin(c, 0, false, &w))
        return ZP_FAILED;
    zp_num_map(&w, fn);
    return zp_num_end(c, &w);
}

#define MAP(name)                          \
    static zp_status bi_##name(zp_call *c) \
    {                                      \
        return map(c, zp_k_##name);        \
    }
MAP(sqrt)
MAP(trunc)
MAP(sign)
MAP(exp)
MAP(expm1)
MAP(log2)
MAP(log10)
MAP(log1p)
MAP(sin)
MAP(cos)
MAP(tan)
MAP(asin)
MAP(acos)
MAP(atan)
MAP(sinh)
MAP(cosh)
MAP(tanh)
MAP(asinh)
MAP(acosh)
MAP(atanh)
MAP(sinpi)
MAP(cospi)
MAP(tanpi)
MAP(gamma)
MAP(lgamma)
MAP(digamma)
MAP(trigamma)
MAP(factorial)
MAP(lfactorial)

/* ---------------------------------------------------------------- durations and times */

static zp_status abs_duration(zp_call *c)
{
    zp_value v = zp_value_move(&c->argv[0]), *at = zp_in_place(c) ? c->ref[0] : &v;
    const bool ok = (at != &v || zp_value_fresh(at, c->err)) && zp_value_mut(at, c->err);

    for (int64_t j = 0; ok && j < zp_ncols(*at); j++) {
        int64_t *x = (int64_t *)zp_column(at, j);

        for (int64_t i = 0; i < zp_dim(*at, 0); i++)
            x[i] = x[i] < 0 ? (int64_t) - (uint64_t)x[i] : x[i];
    }
    c->out = at == &v ? v : zp_value_ref(*at);
    return zp_done(ok);
}

static zp_status bi_abs(zp_call *c)
{
    return zp_operand(c)->type == ZP_DUR ? abs_duration(c) : map(c, zp_k_abs);
}

static zp_status floor_or_ceiling(zp_call *c, int mode, zp_num_fn fn)
{
    zp_type t = zp_operand(c)->type;

    if (t == ZP_TIM || t == ZP_IVL || t == ZP_DUR)
        return zp_done(zp_operand_read(c, c->err) &&
                       zp_time_round(c->argv[0], mode, c->argv[1], c->argv[2], &c->out, c->err));
    if (c->argv[1].type != ZP_NIL)
        return zp_fail_call(c, "'unit' only meaningful for 'time' or 'interval'");
    return map(c, fn);
}

static zp_status bi_floor(zp_call *c)
{
    return floor_or_ceiling(c, ZP_TIME_FLOOR, zp_k_floor);
}

static zp_status bi_ceiling(zp_call *c)
{
    return floor_or_ceiling(c, ZP_TIME_CEILING, zp_k_ceiling);
}

/* ---------------------------------------------------------------- two operands */

static zp_status map2(zp_call *c, double (*fn)(double, double))
{
    int64_t na = zp_len(zp_num_data(*zp_operand(c))), nb = zp_len(zp_num_data(c->argv[1])), n;
    int shape = nb > na && na == 1 ? 1 : 0;
    const double *other;
    zp_value held = zp_nil();
    zp_num w;

    if (na != nb && na != 1 && nb != 1)
        return zp_fail_call(c, "incompatible array sizes");
    if (nb == 0 && na == 1)
        shape = 1;
    if (shape == 1 && zp_in_place(c) && !zp_operand_read(c, c->err))
        return ZP_FAILED;                      /* a single element on the left cannot become a column */
    held = zp_value_move(&c->argv[1 - shape]); /* so that neither is lost when the other is reused */
    if (!zp_numbers(&held, &other, &n, c->err) || !zp_num_begin(c, shape, false, &w)) {
        zp_value_unref(held);
        return ZP_FAILED;
    }
    for (int64_t j = 0; j < w.cols; j++) {
        const double *o = n == 1 ? other : other + j * w.rows, *in = w.in + j * w.in_stride;
        double *to = w.to + j * w.to_stride;
        if (shape == 0)
            zp_k_apply2(fn, to, in, 1, o, n != 1, w.rows);
        else
            zp_k_apply2(fn, to, o, n != 1, in, 1, w.rows);
    }
    zp_value_unref(held);
    return zp_num_end(c, &w);
}

#define MAP2(name, fn)                     \
    static zp_status bi_##name(zp_call *c) \
    {                                      \
        return map2(c, fn);                \
    }
MAP2(round, zp_round)
MAP2(signif, zp_signif)
MAP2(atan2, atan2)
MAP2(beta, zp_beta)
MAP2(lbeta, zp_lbeta)
MAP2(choose, zp_choose)
MAP2(lchoose, zp_lchoose)

/* Times go to the calendar, everything else to `number`. */
static zp_status round_or_trunc(zp_call *c, int mode, zp_status (*number)(zp_call *c))
{
    zp_type t = zp_operand(c)->type;

    if (t == ZP_TIM || t == ZP_IVL || t == ZP_DUR)
        return zp_done(zp_operand_read(c, c->err) &&
                       zp_time_round(c->argv[0], mode, c->argv[1], c->argv[2], &c->out, c->err));
    if (!zp_arg_missing(c, 2) || (mode == ZP_TIME_TRUNC && !zp_arg_missing(c, 1)))
        return zp_fail_call(c, "'unit' and 'tz' only meaningful for 'time' or 'interval'");
    return number(c);
}

static zp_status bi_round_any(zp_call *c)
{
    return round_or_trunc(c, ZP_TIME_ROUND, bi_round);
}

static zp_status bi_trunc_any(zp_call *c)
{
    return round_or_trunc(c, ZP_TIME_TRUNC, bi_trunc);
}

static zp_status bi_log(zp_call *c)
{
    return zp_arg_missing(c, 1) ? map(c, zp_k_log) : map2(c, zp_log_base);
}

const zp_builtin zp_builtins_math[] = {
    { "abs", "x", "x=DUZ+L", ZP_BI_INPLACE, bi_abs,
      "Absolute value of numbers or durations, element by element.", "abs(c(-1, 2))", NULL },
    { "floor", "x, unit = NULL, tz = NULL", "x=DTIZ+LU unit=S0+UP tz=S0", ZP_BI_INPLACE, bi_floor,
      "Numbers: rounded down. Times and intervals: down to a boundary of `unit` (\"day\", \"15 minutes\", a duration or a "
      "period) in zone `tz`. Durations: down to a multiple of a duration.",
      "floor(1.7)", NULL },
    { "ceiling", "x, unit = NULL, tz = NULL", "x=DTIZ+LU unit=S0+UP tz=S0", ZP_BI_INPLACE, bi_ceiling,
      "Numbers: rounded up. Times and intervals: up to the next boundary of `unit` in zone `tz`, also from a boundary.",
      "ceiling(1.2)", NULL },
    { "log", "x, base = exp(1)", "x=DZ+L base=D", ZP_BI_INPLACE, bi_log,
      "Logarithm, natural or to `base`; NaN for negative numbers.", "log(8, 2)", NULL },
    { "round", "x, digits = 0, [tz]", "x=DZ+LTIU digits=D+SUP tz=S0", ZP_BI_INPLACE, bi_round_any,
      "Rounded to `digits` decimals: to the nearest number of that many decimals, ties to the even digit. Times: to the "
      "nearest boundary of a unit, duration or period in the place of `digits`, in zone `tz`.",
      "round(2.567, 2)", NULL },
    { "signif", "x, digits = 6", "x=DZ+L digits=D", ZP_BI_INPLACE, bi_signif,
      "Rounded to `digits` significant digits.", "signif(123456, 2)", NULL },
    { "atan2", "y, x", "y=DZ+L x=DZ+L", ZP_BI_INPLACE, bi_atan2, "Angle of the point (x, y), in radians.",
      "atan2(1, 1)", NULL },
    { "beta", "a, b", "a=D+L b=D+L", 0, bi_beta, "The beta function gamma(a) gamma(b) / gamma(a + b).",
      "beta(2, 3)", NULL },
    { "lbeta", "a, b", "a=D+L b=D+L", 0, bi_lbeta, "Logarithm of the beta function.", "lbeta(2, 3)", NULL },
    { "choose", "n, k", "n=D+L k=D+L", 0, bi_choose, "Binomial coefficient: ways to choose k of n.",
      "choose(5, 2)", NULL },
    { "lchoose", "n, k", "n=D+L k=D+L", 0, bi_lchoose, "Logarithm of the absolute value of choose(n, k).",
      "lchoose(5, 2)", NULL },
    { "sqrt", "x", "x=DZ+L", ZP_BI_INPLACE, bi_sqrt,
      "Square root; NaN for negative numbers, element by element.", "sqrt(16)", NULL },
    { "trunc", "x, [unit], [tz]", "x=DZ+LTIU unit=S0+UP tz=S0", ZP_BI_INPLACE, bi_trunc_any,
      "Rounded towards zero, element by element. Times: as floor().", "trunc(-1.7)", NULL },
    { "sign", "x", "x=DZ+L", ZP_BI_INPLACE, bi_sign, "-1, 0 or 1 by the sign, element by element.",
      "sign(c(-2, 0, 3))", NULL },
    { "exp", "x", "x=DZ+L", ZP_BI_INPLACE, bi_exp, "E to the power of x, element by element.", "exp(0.5)",
      NULL },
    { "expm1", "x", "x=DZ+L", ZP_BI_INPLACE, bi_expm1, "Exp(x) - 1, exact for small x, element by element.",
      "expm1(0.5)", NULL },
    { "log2", "x", "x=DZ+L", ZP_BI_INPLACE, bi_log2, "Logarithm to base 2, element by element.", "log2(0.5)",
      NULL },
    { "log10", "x", "x=DZ+L", ZP_BI_INPLACE, bi_log10, "Logarithm to base 10, element by element.",
      "log10(0.5)", NULL },
    { "log1p", "x", "x=DZ+L", ZP_BI_INPLACE, bi_log1p, "Log(1 + x), exact for small x, element by element.",
      "log1p(0.5)", NULL },
    { "sin", "x", "x=DZ+L", ZP_BI_INPLACE, bi_sin, "Sine of an angle in radians, element by element.",
      "sin(0.5)", NULL },
    { "cos", "x", "x=DZ+L", ZP_BI_INPLACE, bi_cos, "Cosine of an angle in radians, element by element.",
      "cos(0.5)", NULL },
    { "tan", "x", "x=DZ+L", ZP_BI_INPLACE, bi_tan, "Tangent of an angle in radians, element by element.",
      "tan(0.5)", NULL },
    { "asin", "x", "x=DZ+L", ZP_BI_INPLACE, bi_asin, "Arc sine, in radians, element by element.", "asin(0.5)",
      NULL },
    { "acos", "x", "x=DZ+L", ZP_BI_INPLACE, bi_acos, "Arc cosine, in radians, element by element.",
      "acos(0.5)", NULL },
    { "atan", "x", "x=DZ+L", ZP_BI_INPLACE, bi_atan, "Arc tangent, in radians, element by element.",
      "atan(0.5)", NULL },
    { "sinh", "x", "x=DZ+L", ZP_BI_INPLACE, bi_sinh, "Hyperbolic sine, element by element.", "sinh(0.5)",
      NULL },
    { "cosh", "x", "x=DZ+L", ZP_BI_INPLACE, bi_cosh, "Hyperbolic cosine, element by element.", "cosh(0.5)",
      NULL },
    { "tanh", "x", "x=DZ+L", ZP_BI_INPLACE, bi_tanh, "Hyperbolic tangent, element by element.", "tanh(0.5)",
      NULL },
    { "asinh", "x", "x=DZ+L", ZP_BI_INPLACE, bi_asinh, "Inverse hyperbolic sine, element by element.",
      "asinh(0.5)", NULL },
    { "acosh", "x", "x=DZ+L", ZP_BI_INPLACE, bi_acosh, "Inverse hyperbolic cosine, element by element.",
      "acosh(2)", NULL },
    { "atanh", "x", "x=DZ+L", ZP_BI_INPLACE, bi_atanh, "Inverse hyperbolic tangent, element by element.",
      "atanh(0.5)", NULL },
    { "sinpi", "x", "x=DZ+L", ZP_BI_INPLACE, bi_sinpi,
      "Sin(pi * x), exact at multiples of 1/2, element by element.", "sinpi(0.5)", NULL },
    { "cospi", "x", "x=DZ+L", ZP_BI_INPLACE, bi_cospi,
      "Cos(pi * x), exact at multiples of 1/2, element by element.", "cospi(0.5)", NULL },
    { "tanpi", "x", "x=DZ+L", ZP_BI_INPLACE, bi_tanpi,
      "Tan(pi * x), exact at multiples of 1/4, element by element.", "tanpi(0.5)", NULL },
    { "gamma", "x", "x=D+L", 0, bi_gamma, "The gamma function: (x - 1)! for whole x, element by element.",
      "gamma(5)", NULL },
    { "lgamma", "x", "x=D+L", 0, bi_lgamma,
      "Logarithm of the absolute value of the gamma function, element by element.", "lgamma(0.5)", NULL },
    { "digamma", "x", "x=D+L", 0, bi_digamma, "Derivative of lgamma, element by element.", "digamma(0.5)",
      NULL },
    { "trigamma", "x", "x=D+L", 0, bi_trigamma, "Second derivative of lgamma, element by element.",
      "trigamma(0.5)", NULL },
    { "factorial", "x", "x=D+L", 0, bi_factorial, "X!, as gamma(x + 1), element by element.", "factorial(5)",
      NULL },
    { "lfactorial", "x", "x=D+L", 0, bi_lfactorial, "Logarithm of x!, element by element.", "lfactorial(5)",
      NULL },
    { 0 }
};
