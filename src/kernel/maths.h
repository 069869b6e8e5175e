/* maths: element-wise functions of doubles over columns; `out` may be `x`.  Large columns use several threads. */
#ifndef ZP_KERNEL_MATHS_H
#define ZP_KERNEL_MATHS_H

#include <stdint.h>

/* X(name, kernel of kernel.h) and X(name, C expression of the element v).
 * ORDER MATHS: the rows of builtin/math.c use these names */
#define ZP_MATHS_WIDE(X) \
    X(abs, abs_dbl) X(sqrt, sqrt_dbl) X(floor, floor_dbl) X(ceiling, ceil_dbl) X(trunc, trunc_dbl)
#define ZP_MATHS(X)                                                                                         \
    X(sign, zp_sign(v))                                                                                     \
    X(exp, exp(v))                                                                                          \
    X(expm1, expm1(v))                                                                                      \
    X(log, log(v)) X(log2, log2(v)) X(log10, log10(v)) X(log1p, log1p(v)) X(sin, sin(v)) X(cos, cos(v))     \
        X(tan, tan(v)) X(asin, asin(v)) X(acos, acos(v)) X(atan, atan(v)) X(sinh, sinh(v)) X(cosh, cosh(v)) \
            X(tanh, tanh(v)) X(asinh, asinh(v)) X(acosh, acosh(v)) X(atanh, atanh(v)) X(sinpi, zp_sinpi(v)) \
                X(cospi, zp_cospi(v)) X(tanpi, zp_tanpi(v)) X(gamma, zp_gamma(v)) X(lgamma, zp_lgamma(v))   \
                    X(digamma, zp_digamma(v)) X(trigamma, zp_trigamma(v)) X(factorial, zp_factorial(v))     \
                        X(lfactorial, zp_lfactorial(v))

#define X(name, expr) void zp_k_##name(double *out, const double *x, int64_t n);
ZP_MATHS_WIDE(X)
ZP_MATHS(X)
#undef X

/* out[i] = fn(a[i * da], b[i * db]): a step of 0 repeats one element. */
void zp_k_apply2(double (*fn)(double, double), double *out, const double *a, int da, const double *b, int db,
                 int64_t n);

#endif
