/* Distributions that are made of others by a change of the variable (log-normal, gamma, beta) and those whose tails have
 * formulas (Weibull, logistic, Cauchy, geometric).
 *
 * `from_tail` turns the logarithm of the upper tail into whatever was asked for. */
#include "kernel/dist_priv.h"
#include "kernel/mathfn.h"

#include <string.h>

static double from_tail(double log_upper, bool lower, bool log_p)
{
    if (lower)
        return log_p ? zp_log1mexp(log_upper) : -expm1(log_upper);
    return log_p ? log_upper : exp(log_upper);
}

static double nothing(bool log_p)
{
    return log_p ? -INFINITY : 0;
}

/* ---------------------------------------------------------------- log-normal: log(X) is normal */

static double d_lnorm(double x, const double *a, bool log_p)
{
    double d;

    if (isnan(x) || isnan(a[0]) || !(a[1] >= 0))
        return NAN;
    if (x <= 0)
        return nothing(log_p);
    d = zp_dist_find("norm")->density(log(x), a, true) - log(x);
    return zp__as_density(d, log_p);
}

static double p_lnorm(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || isnan(a[0]) || !(a[1] >= 0))
        return NAN;
    return x > 0 ? zp_dist_find("norm")->prob(log(x), a, lower, log_p) : zp__certain(false, lower, log_p);
}

static double q_lnorm(double p, const double *a, bool lower, bool log_p)
{
    return exp(zp_dist_find("norm")->quantile(p, a, lower, log_p));
}

/* ---------------------------------------------------------------- gamma(shape, rate): 2 rate X is chi-squared */

static bool bad_gamma(const double *a)
{
    return !(a[0] > 0) || !(a[1] > 0) || isinf(a[1]);
}

static double d_gamma(double x, const double *a, bool log_p)
{
    double df = 2 * a[0];

    if (isnan(x) || bad_gamma(a))
        return NAN;
    return zp__as_density(zp_dist_find("chisq")->density(2 * a[1] * x, &df, true) + log(2 * a[1]), log_p);
}

static double p_gamma(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || bad_gamma(a))
        return NAN;
    return x > 0 ? zp_gamma_inc(a[0], a[1] * x, lower, log_p) : zp__certain(false, lower, log_p);
}

static double q_gamma(double p, const double *a, bool lower, bool log_p)
{
    double df = 2 * a[0];

    return bad_gamma(a) ? NAN : zp_dist_find("chisq")->quantile(p, &df, lower, log_p) / (2 * a[1]);
}

/* ---------------------------------------------------------------- beta: X / (1 - X) is an F value, but for a factor */

static bool bad_beta(const double *a)
{
    return !(a[0] > 0) || !(a[1] > 0) || isinf(a[0]) || isinf(a[1]);
}

static double d_beta(double x, const double *a, bool log_p)
{
    double end;

    if (isnan(x) || bad_beta(a))
        return NAN;
    if (x < 0 || x > 1)
        return nothing(log_p);
    if (x == 0 || x == 1) {
        end = x == 0 ? a[0] : a[1];
        if (end == 1)
            return zp__as_density(log(x == 0 ? a[1] : a[0]), log_p);
        return end < 1 ? INFINITY : nothing(log_p);
    }
    return zp__as_density((a[0] - 1) * log(x) + (a[1] - 1) * log1p(-x) - zp_lbeta(a[0], a[1]), log_p);
}

static double p_beta(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || bad_beta(a))
        return NAN;
    if (x <= 0 || x >= 1)
        return zp__certain(x >= 1, lower, log_p);
    return zp_beta_inc(a[0], a[1], x, 1 - x, lower, log_p);
}

static double q_beta(double p, const double *a, bool lower, bool log_p)
{
    double df[2] = { 2 * a[0], 2 * a[1] }, r;

    if (bad_beta(a))
        return NAN;
    r = a[0] / a[1] * zp_dist_find("f")->quantile(p, df, lower, log_p);
    return isinf(r) ? 1 : r / (1 + r);
}

/* ---------------------------------------------------------------- Weibull(shape, scale) */

static bool bad_weibull(const double *a)
{
    return !(a[0] > 0) || !(a[1] > 0);
}

static double d_weibull(double x, const double *a, bool log_p)
{
    double z = x / a[1], power;

    if (isnan(x) || bad_weibull(a))
        return NAN;
    if (x < 0 || isinf(x))
        return nothing(log_p);
    if (x == 0 && a[0] < 1)
        return INFINITY;
    power = pow(z, a[0] - 1);
    return log_p ? -power * z + log(a[0] * power / a[1]) : a[0] * power * exp(-power * z) / a[1];
}

static double p_weibull(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || bad_weibull(a))
        return NAN;
    return x > 0 ? from_tail(-pow(x / a[1], a[0]), lower, log_p) : zp__certain(false, lower, log_p);
}

static double q_weibull(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi;

    if (zp__bad_prob(p, log_p) || bad_weibull(a))
        return NAN;
    zp__log_tails(p, lower, log_p, &lo, &hi);
    return isinf(lo) ? 0 : isinf(hi) ? INFINITY : a[1] * pow(-hi, 1 / a[0]);
}

/* ---------------------------------------------------------------- logistic and Cauchy(location, scale) */

static bool bad_scale(const double *a)
{
    return isnan(a[0]) || !(a[1] > 0);
}

static double d_logis(double x, const double *a, bool log_p)
{
    double z = fabs((x - a[0]) / a[1]), e = exp(-z), f = 1 + e;

    if (isnan(x) || bad_scale(a))
        return NAN;
    return log_p ? -(z + log(a[1] * f * f)) : e / (a[1] * f * f);
}

static double p_logis(double x, const double *a, bool lower, bool log_p)
{
    double z = (x - a[0]) / a[1] * (lower ? -1 : 1);

    if (isnan(x) || bad_scale(a))
        return NAN;
    if (log_p)
        return z > 0 ? -(z + log1p(exp(-z))) : -log1p(exp(z));
    return 1 / (1 + exp(z));
}

static double q_logis(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi;

    if (zp__bad_prob(p, log_p) || bad_scale(a))
        return NAN;
    zp__log_tails(p, lower, log_p, &lo, &hi);
    return isinf(lo) ? -INFINITY : isinf(hi) ? INFINITY : a[0] + a[1] * (lo - hi);
}

static double d_cauchy(double x, const double *a, bool log_p)
{
    double z = (x - a[0]) / a[1];

    if (isnan(x) || bad_scale(a))
        return NAN;
    return log_p ? -log(M_PI * a[1] * (1 + z * z)) : 1 / (M_PI * a[1] * (1 + z * z));
}

static double p_cauchy(double x, const double *a, bool lower, bool log_p)
{
    double z = (x - a[0]) / a[1] * (lower ? 1 : -1), y;

    if (isnan(x) || bad_scale(a))
        return NAN;
    if (fabs(z) > 1) {
        y = atan(1 / z) / M_PI;
        y = z > 0 ? 1 - y : -y;
    } else {
        y = 0.5 + atan(z) / M_PI;
    }
    return log_p ? log(y) : y;
}

static double q_cauchy(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi, sign;

    if (zp__bad_prob(p, log_p) || bad_scale(a))
        return NAN;
    zp__log_tails(p, lower, log_p, &lo, &hi);
    if (isinf(lo) || isinf(hi))
        return isinf(lo) ? -INFINITY : INFINITY;
    if (lo == hi)
        return a[0];
    sign = lo < hi ? -1 : 1; /* the smaller tail is exact */
    return a[0] + sign * a[1] / tan(M_PI * exp(fmin(lo, hi)));
}

/* ---------------------------------------------------------------- geometric(prob): failures before the first success */

static bool bad_geom(const double *a)
{
    return !(a[0] > 0 && a[0] <= 1);
}

static double d_geom(double x, const double *a, bool log_p)
{
    if (isnan(x) || bad_geom(a))
        return NAN;
    if (x < 0 || isinf(x) || fabs(x - nearbyint(x)) > 1e-9 * fmax(1, fabs(x)))
        return nothing(log_p);
    x = nearbyint(x);
    return zp__as_density(log(a[0]) + (x > 0 ? x * log1p(-a[0]) : 0), log_p);
}

static double p_geom(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || bad_geom(a))
        return NAN;
    if (x < 0 || isinf(x) || a[0] == 1)
        return zp__certain(x >= 0, lower, log_p);
    return from_tail(log1p(-a[0]) * (floor(x + 1e-7) + 1), lower, log_p);
}

static double q_geom(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi;

    if (zp__bad_prob(p, log_p) || bad_geom(a))
        return NAN;
    zp__log_tails(p, lower, log_p, &lo, &hi);
    if (isinf(hi) && !isinf(lo))
        return INFINITY;
    if (isinf(lo) || a[0] == 1)
        return 0;
    return fmax(0, ceil(hi / log1p(-a[0]) - 1 - 1e-12));
}

static const zp_dist kin[] = {
    { "lnorm", 2, d_lnorm, p_lnorm, q_lnorm }, { "gamma", 2, d_gamma, p_gamma, q_gamma },
    { "beta", 2, d_beta, p_beta, q_beta },     { "weibull", 2, d_weibull, p_weibull, q_weibull },
    { "logis", 2, d_logis, p_logis, q_logis }, { "cauchy", 2, d_cauchy, p_cauchy, q_cauchy },
    { "geom", 1, d_geom, p_geom, q_geom },
};

const zp_dist *zp__dist_kin(const char *name)
{
    for (size_t i = 0; i < ZP_COUNTOF(kin); i++)
        if (strcmp(kin[i].name, name) == 0)
            return &kin[i];
    return NULL;
}
