/* dd: arithmetic with unevaluated sums of two doubles, about 106 bits. */
#ifndef ZP_KERNEL_DD_H
#define ZP_KERNEL_DD_H

#include "kernel/reduce.h"

/* a * b exactly (unless it overflows): halves of 26 bits, so that no fused instruction is needed. */
static inline zp_dd zp_two_prod(double a, double b)
{
    double p = a * b, t = 134217729.0 * a, u = 134217729.0 * b;
    double ah = t - (t - a), al = a - ah, bh = u - (u - b), bl = b - bh;
    return (zp_dd){ p, ((ah * bh - p) + ah * bl + al * bh) + al * bl };
}
static inline zp_dd zp_dd_mul(zp_dd a, zp_dd b)
{
    zp_dd p = zp_two_prod(a.hi, b.hi);
    p.lo += a.hi * b.lo + a.lo * b.hi;
    return zp_two_sum(p.hi, p.lo);
}
static inline zp_dd zp_dd_div(zp_dd a, double b)
{
    double q = a.hi / b;
    zp_dd p = zp_two_prod(q, b);
    return zp_two_sum(q, ((a.hi - p.hi) - p.lo + a.lo) / b);
}
static inline zp_dd zp_dd_neg(zp_dd a)
{
    return (zp_dd){ -a.hi, -a.lo };
}

#endif
