/* libm: the operators that go through the scalar math library, so that results equal those of everybody who does.
 *
 * The remainder has the sign of the divisor and the quotient is the floor, related by x == (x %/% y) * y + x %% y. */
#include "kernel/kernel.h"

#include <math.h>

double zp_mod(double x, double y)
{
    double r;

    if (y == 0)
        return NAN;
    r = fmod(x, y);
    if (r != 0 && (r < 0) != (y < 0))
        r += y;
    return r;
}

double zp_idiv(double x, double y)
{
    double q = x / y, r;

    if (y == 0 || !isfinite(q) || fabs(q) > 0x1p52)
        return q;
    if (!isfinite(y))
        return q == 0 && x != 0 && (x < 0) != (y < 0) ? -1 : 0;
    r = zp_mod(x, y);
    return nearbyint((x - r) / y);
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

#define SHAPES(f)                                       \
    for (int64_t i = 0; i < n; i++) {                   \
        const double x = shape == ZP_SV ? *pa : pa[i];  \
        const double y = shape == ZP_VS ? *pb : pb[i];  \
        po[i] = f(x, y);                                \
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
