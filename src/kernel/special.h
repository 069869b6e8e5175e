/* special: functions that distributions and estimators are made of.
 *
 * All are accurate to about 1e-14 relative, also far out in the tails, where the logarithm is computed directly. */
#ifndef ZP_KERNEL_SPECIAL_H
#define ZP_KERNEL_SPECIAL_H

#include "base/base.h"

/* log(n!) - log(sqrt(2 pi n) (n/e)^n) for real n > 0: what Stirling's formula misses. */
double zp_stirling_rest(double n);
/* x log(x / m) + m - x >= 0 for x, m > 0, without cancellation when x is near m. */
double zp_deviance(double x, double m);
/* lgamma(1 + a) with full relative accuracy near a = 0. */
double zp_lgamma1p(double a);

/* log(exp(-m) m^x / gamma(x + 1)), x >= 0, m >= 0: the Poisson density for real x. */
double zp_log_poisson(double x, double m);
/* log of gamma(a+b+1) / (gamma(a+1) gamma(b+1)) p^a q^b with q = 1 - p: the binomial density for real a, b >= 0. */
double zp_log_binomial(double a, double b, double p, double q);

/* Regularized incomplete gamma function P(a, x) (lower) or Q(a, x) (upper), or its logarithm. a >= 0. */
double zp_gamma_inc(double a, double x, bool lower, bool log_p);
/* Regularized incomplete beta function I_x(a, b) or 1 - I_x(a, b), or its logarithm.  y = 1 - x is passed as
 * well because the caller often knows it better.  a, b > 0. */
double zp_beta_inc(double a, double b, double x, double y, bool lower, bool log_p);

/* Standard normal distribution function and its inverse. */
double zp_normal_p(double x, bool lower, bool log_p);
double zp_normal_q(double p, bool lower, bool log_p);

/* log(1 - exp(x)) for x <= 0. */
double zp_log1mexp(double x);

#endif
