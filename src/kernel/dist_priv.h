/* Shared by the families of distributions. */
#ifndef ZP_KERNEL_DIST_PRIV_H
#define ZP_KERNEL_DIST_PRIV_H

#include "kernel/dist.h"
#include "kernel/special.h"

#include <math.h>

/* The families of dist_kin.c; NULL: none is called so. */
const zp_dist *zp__dist_kin(const char *name);

static inline double zp__as_density(double log_d, bool log_p)
{
    return log_p ? log_d : exp(log_d);
}

/* Probability 0 or 1 in the form asked for. */
static inline double zp__certain(bool one, bool lower, bool log_p)
{
    return one == lower ? (log_p ? 0 : 1) : (log_p ? -INFINITY : 0);
}

static inline bool zp__bad_prob(double p, bool log_p)
{
    return isnan(p) || (log_p ? p > 0 : (p < 0 || p > 1));
}

/* Logarithms of the lower and the upper tail of a given probability. */
static inline void zp__log_tails(double p, bool lower, bool log_p, double *lo, double *hi)
{
    double this = log_p ? p : log(p), other = log_p ? zp_log1mexp(p) : log1p(-p);

    *lo = lower ? this : other;
    *hi = lower ? other : this;
}

#endif
