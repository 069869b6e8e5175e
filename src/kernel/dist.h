/* dist: densities, distribution functions and quantiles of the classical distributions, one number at a time.
 *
 * `a` holds the parameters in the order of the language (mean, sd; df1, df2; ...).  Parameters out of their range
 * give NaN.  `lower`: P(X <= x), else P(X > x); `log_p`: probabilities are given and taken as logarithms. */
#ifndef ZP_KERNEL_DIST_H
#define ZP_KERNEL_DIST_H

#include "base/base.h"

typedef struct zp_dist {
    const char *name; /* as in d<name>, p<name>, q<name> */
    int nparams;
    double (*density)(double x, const double *a, bool log_p);
    double (*prob)(double x, const double *a, bool lower, bool log_p);
    double (*quantile)(double p, const double *a, bool lower, bool log_p);
} zp_dist;

/* The distribution called `name`, or NULL. */
const zp_dist *zp_dist_find(const char *name);

#endif
