/* libm: the operators that go through the scalar math library, so that results equal those of everybody who does.
 *
 * The remainder has the sign of the divisor and the quotient is the floor, related by x == (x %/% y) * y + x %% y. */
#include "kernel/kernel.h"

#include <math.h>

/* One step of Newton's kind: what the rounded quotient leaves over is divided once more, in extended precision. */
static double any_mod(double x, double y)
{
    double q = x / y;
    long double rest;

    if (y == 0)
        return NAN;
    if (fabs(y) > 0x1p52 && isfinite(x) && fabs(x) <= fabs(y)) { /* also an infinite divisor */
        if (x == 0 || fabs(x) == fabs(y))
            return 0;
        return (x < 0) == (y < 0) ? x : x + y;
    }
    rest = x - (long double)floor(q) * y;
    return (double)(rest - floorl(rest / y) * y);
}

static double any_idiv(double x, double y)
{
    double q = x / y, whole = floor(q);
    long double rest;

    if (y == 0 || !isfinite(q) || fabs(q) > 0x1p52)
        return q;
    if (fabs(q) < 1)
        return q < 0 || (x != 0 && (x < 0) != (y < 0)) ? -1 : 0;
    rest = x - (long double)whole * y;
    return whole + (double)floorl(rest / y);
}

double zp_pow(double x, double y)
{
    if (y == 2)
        return x * x;
    if (isnan(y))
        return NAN;
    if (x == 0 && y != 0) /* no negative zero nor infinity */
        return y > 0 ? 0 : INFINITY;
    if (x < 0 && isinf(y))
        return NAN;
    if (isinf(x) && x < 0 && y != floor(y))
        return NAN;
    return pow(x, y);
}

/* Small whole numbers: one integer division, the same result. */
static bool small_whole(double x, double y)
{
    return fabs(x) < 0x1p31 && fabs(y) < 0x1p31 && y != 0 && x == (double)(int32_t)x &&
           y == (double)(int32_t)y;
}

double zp_mod(double x, double y)
{
    int64_t r, d;

    if (!small_whole(x, y))
        return any_mod(x, y);
    d = (int32_t)y;
    r = (int32_t)x % d;
    return (double)(r != 0 && (r < 0) != (d < 0) ? r + d : r);
}

double zp_idiv(double x, double y)
{
    int64_t n, d, q;

    if (!small_whole(x, y))
        return any_idiv(x, y);
    n = (int32_t)x;
    d = (int32_t)y;
    q = n / d;
    return (double)(n % d != 0 && (n < 0) != (d < 0) ? q - 1 : q);
}

#define SHAPES(f)                                      \
    for (int64_t i = 0; i < n; i++) {                  \
        const double x = shape == ZP_SV ? *pa : pa[i]; \
        const double y = shape == ZP_VS ? *pb : pb[i]; \
        po[i] = f(x, y);                               \
    }

bool zp_libm_dbl(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)
{
    const double *pa = a, *pb = b;
    double *po = out;

    if (op == ZP_K_MOD)
        SHAPES(zp_mod)
    else if (op == ZP_K_IDIV)
        SHAPES(zp_idiv)
    else
        SHAPES(zp_pow)
    return true;
}
