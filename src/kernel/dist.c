/* distributions.
 *
 * Normal, uniform and exponential have formulas.  Chi-squared, F and t are incomplete gamma and beta functions,
 * and so are the sums of Poisson and binomial weights.  Quantiles without a formula are found by Newton's method on
 * the logarithm of the smaller tail as a function of log(x), kept inside a bracket that always shrinks; there the
 * curves are nearly straight, far tails included.  Discrete quantiles are found by bisection on whole numbers. */
#include "kernel/dist_priv.h"
#include "kernel/special.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define LOG_SQRT_2PI 0.918938533204672741780329736406

/* ---------------------------------------------------------------- normal, uniform, exponential */

static double d_norm(double x, const double *a, bool log_p)
{
    double z = (x - a[0]) / a[1];

    if (isnan(x) || isnan(a[0]) || isnan(a[1]) || a[1] < 0)
        return NAN;
    if (isinf(a[1]) || (isinf(x) && x == a[0]))
        return isinf(a[1]) ? (log_p ? -INFINITY : 0) : NAN;
    if (a[1] == 0)
        return x == a[0] ? INFINITY : (log_p ? -INFINITY : 0);
    if (isinf(z))
        return log_p ? -INFINITY : 0;
    if (log_p)
        return -(LOG_SQRT_2PI + 0.5 * z * z + log(a[1]));
    if (fabs(z) < 5)
        return 0.398942280401432677939946059934 * exp(-0.5 * z * z) / a[1];
    {
        /* z^2 is split so that its rounding does not spoil the far tail */
        double head = rint(z * 65536) / 65536, rest = z - head;
        return 0.398942280401432677939946059934 / a[1] * exp(-0.5 * head * head) *
               exp((-0.5 * rest - head) * rest);
    }
}

static double p_norm(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || isnan(a[0]) || isnan(a[1]) || a[1] < 0 || (isinf(x) && x == a[0]))
        return NAN;
    if (a[1] == 0)
        return zp__certain(x >= a[0], lower, log_p);
    return zp_normal_p((x - a[0]) / a[1], lower, log_p);
}

static double q_norm(double p, const double *a, bool lower, bool log_p)
{
    double z = zp_normal_q(p, lower, log_p);

    if (isnan(z) || isnan(a[0]) || isnan(a[1]) || a[1] < 0)
        return NAN;
    if (a[1] == 0 && !isinf(z))
        return a[0];
    return a[0] + a[1] * z;
}

static double d_unif(double x, const double *a, bool log_p)
{
    if (isnan(x) || !(a[0] < a[1]))
        return NAN;
    if (x < a[0] || x > a[1])
        return log_p ? -INFINITY : 0;
    return log_p ? -log(a[1] - a[0]) : 1 / (a[1] - a[0]);
}

static double p_unif(double x, const double *a, bool lower, bool log_p)
{
    double p;

    if (isnan(x) || !(a[0] <= a[1]) || isinf(a[0]) || isinf(a[1]))
        return NAN;
    if (x >= a[1] || x <= a[0])
        return zp__certain(x >= a[1], lower, log_p);
    p = (lower ? x - a[0] : a[1] - x) / (a[1] - a[0]);
    return log_p ? log(p) : p;
}

static double q_unif(double p, const double *a, bool lower, bool log_p)
{
    if (zp__bad_prob(p, log_p) || !(a[0] <= a[1]))
        return NAN;
    if (a[0] == a[1])
        return a[0];
    if (log_p)
        p = lower ? exp(p) : -expm1(p);
    else if (!lower)
        p = 1 - p;
    return a[0] + p * (a[1] - a[0]);
}

static double d_exp(double x, const double *a, bool log_p)
{
    if (isnan(x) || isnan(a[0]) || a[0] <= 0)
        return NAN;
    if (x < 0)
        return log_p ? -INFINITY : 0;
    return log_p ? log(a[0]) - a[0] * x : a[0] * exp(-a[0] * x);
}

static double p_exp(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || isnan(a[0]) || a[0] < 0)
        return NAN;
    if (x <= 0)
        return zp__certain(false, lower, log_p);
    x *= -a[0];
    if (lower)
        return log_p ? zp_log1mexp(x) : -expm1(x);
    return log_p ? x : exp(x);
}

static double q_exp(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi;

    if (zp__bad_prob(p, log_p) || isnan(a[0]) || a[0] < 0)
        return NAN;
    zp__log_tails(p, lower, log_p, &lo, &hi);
    return isinf(lo) ? 0 : -hi / a[0];
}

/* ---------------------------------------------------------------- quantiles of positive variables */

typedef double (*prob_fn)(double x, const double *a, bool lower, bool log_p);
typedef double (*density_fn)(double x, const double *a, bool log_p);

/* The x > 0 where the log of the tail `low` is `target`; w = log(x). */
static double solve_tail(prob_fn prob, density_fn density, const double *a, bool low, double target)
{
    double dir = low ? 1 : -1, lo = 0, hi = 0, w = 0, step = 1;

    /* Bracket: dir * (log tail - target) is increasing in w. */
    if (dir * (prob(1, a, low, true) - target) < 0) {
        do {
            lo = hi;
            hi += step;
            step *= 2;
        } while (hi < 710 && dir * (prob(exp(hi), a, low, true) - target) < 0);
    } else {
        do {
            hi = lo;
            lo -= step;
            step *= 2;
        } while (lo > -746 && dir * (prob(exp(lo), a, low, true) - target) >= 0);
    }
    w = 0.5 * (lo + hi);
    for (int k = 0; k < 200; k++) {
        double x = exp(w), tail = prob(x, a, low, true), gap = tail - target, next;
        double slope = dir * exp(density(x, a, true) + w - tail);
        if (gap == 0)
            return x;
        if (dir * gap < 0)
            lo = w;
        else
            hi = w;
        next = w - gap / slope;
        if (fabs(next - w) < 2e-16 * fmax(1, fabs(w)))
            return exp(next);
        if (!(next > lo && next < hi))
            next = 0.5 * (lo + hi);
        if (next == w || !(hi - lo > 4e-16 * fabs(w)))
            return exp(w);
        w = next;
    }
    return exp(w);
}

/* The quantile of a continuous variable on (0, Inf). */
static double positive_quantile(prob_fn prob, density_fn density, const double *a, double p, bool lower,
                                bool log_p)
{
    double lo, hi;

    zp__log_tails(p, lower, log_p, &lo, &hi);
    if (isinf(lo))
        return 0;
    if (isinf(hi))
        return INFINITY;
    return lo < hi ? solve_tail(prob, density, a, true, lo) : solve_tail(prob, density, a, false, hi);
}

/* ---------------------------------------------------------------- chi-squared */

static double d_chisq(double x, const double *a, bool log_p)
{
    double s = a[0] / 2;

    if (isnan(x) || isnan(s) || s < 0)
        return NAN;
    if (x < 0 || (s == 0 && x > 0) || isinf(x))
        return log_p ? -INFINITY : 0;
    if (x == 0)
        return s < 1 ? INFINITY : (s > 1 ? (log_p ? -INFINITY : 0) : (log_p ? -M_LN2 : 0.5));
    if (s < 1)
        return zp__as_density(zp_log_poisson(s, x / 2) + log(s / x), log_p);
    return zp__as_density(zp_log_poisson(s - 1, x / 2) - M_LN2, log_p);
}

static double p_chisq(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || isnan(a[0]) || a[0] < 0 || isinf(a[0]))
        return NAN;
    if (a[0] == 0)
        return zp__certain(x >= 0, lower, log_p);
    return zp_gamma_inc(a[0] / 2, x / 2, lower, log_p);
}

static double q_chisq(double p, const double *a, bool lower, bool log_p)
{
    if (zp__bad_prob(p, log_p) || isnan(a[0]) || a[0] < 0 || isinf(a[0]))
        return NAN;
    if (a[0] == 0)
        return 0;
    return positive_quantile(p_chisq, d_chisq, a, p, lower, log_p);
}

/* ---------------------------------------------------------------- F */

/* The beta variable of an F value: x = d1 f / (d1 f + d2), y = 1 - x. */
static void f_to_beta(double f, const double *a, double *x, double *y)
{
    double r = a[0] / a[1] * f;

    *x = r > 1 ? 1 / (1 + 1 / r) : r / (1 + r);
    *y = 1 / (1 + r);
}

static double d_f(double f, const double *a, bool log_p)
{
    double x, y;

    if (isnan(f) || !(a[0] > 0) || !(a[1] > 0))
        return NAN;
    if (f < 0 || isinf(f))
        return log_p ? -INFINITY : 0;
    if (f == 0)
        return a[0] > 2 ? (log_p ? -INFINITY : 0) : (a[0] == 2 ? (log_p ? 0 : 1) : INFINITY);
    if (isinf(a[0]) && isinf(a[1]))
        return f == 1 ? INFINITY : (log_p ? -INFINITY : 0);
    if (isinf(a[1])) {
        double d = d_chisq(f * a[0], a, true) + log(a[0]);
        return zp__as_density(d, log_p);
    }
    if (isinf(a[0])) {
        double g = a[1] / f, d = d_chisq(g, a + 1, true) + log(g / f);
        return zp__as_density(d, log_p);
    }
    f_to_beta(f, a, &x, &y);
    x = zp_log_binomial(a[0] / 2, a[1] / 2, x, y) + log(a[0] / 2) - log1p(a[0] / a[1]) - log(f);
    return zp__as_density(x, log_p);
}

static double p_f(double f, const double *a, bool lower, bool log_p)
{
    double x, y;

    if (isnan(f) || !(a[0] > 0) || !(a[1] > 0))
        return NAN;
    if (f <= 0 || isinf(f))
        return zp__certain(f > 0, lower, log_p);
    if (isinf(a[0]) && isinf(a[1]))
        return f == 1 ? (log_p ? -M_LN2 : 0.5) : zp__certain(f > 1, lower, log_p);
    if (isinf(a[1]))
        return p_chisq(f * a[0], a, lower, log_p);
    if (isinf(a[0]))
        return p_chisq(a[1] / f, a + 1, !lower, log_p);
    f_to_beta(f, a, &x, &y);
    return zp_beta_inc(a[0] / 2, a[1] / 2, x, y, lower, log_p);
}

static double q_f(double p, const double *a, bool lower, bool log_p)
{
    if (zp__bad_prob(p, log_p) || !(a[0] > 0) || !(a[1] > 0))
        return NAN;
    if (isinf(a[0]) && isinf(a[1]))
        return 1;
    return positive_quantile(p_f, d_f, a, p, lower, log_p);
}

/* ---------------------------------------------------------------- t */

static double d_t(double x, const double *a, bool log_p)
{
    static const double standard[2] = { 0, 1 };
    double n = a[0], lead, u, x2 = x * x / n;

    if (isnan(x) || !(n > 0))
        return NAN;
    if (isinf(x))
        return log_p ? -INFINITY : 0;
    if (isinf(n))
        return d_norm(x, standard, log_p);
    lead = -zp_deviance(n / 2, (n + 1) / 2) + zp_stirling_rest((n + 1) / 2) - zp_stirling_rest(n / 2);
    if (x2 > 1e16) {
        double l = log(fabs(x)) - log(n) / 2;
        return zp__as_density(lead - n * l - LOG_SQRT_2PI - l, log_p);
    }
    u = n / 2 * log1p(x2);
    return zp__as_density(lead - u - LOG_SQRT_2PI - 0.5 * log1p(x2), log_p);
}

/* log of P(T > x) for x >= 0 */
static double t_log_tail(double x, double n)
{
    double x2 = x * x / n, r = fabs(x) / sqrt(n);

    if (x2 > 1e30) /* x^2 may overflow: the leading term of the power series in 1 / x */
        return -M_LN2 + zp_log_binomial(n / 2, 0.5, 0.5, 0.5) + (n / 2 + 0.5) * M_LN2 +
               log(0.5 / (n / 2 + 0.5)) - n * log(r);
    return -M_LN2 + zp_beta_inc(n / 2, 0.5, 1 / (1 + x2), x2 / (1 + x2), true, true);
}

static double p_t(double x, const double *a, bool lower, bool log_p)
{
    double tail;

    if (isnan(x) || !(a[0] > 0))
        return NAN;
    if (isinf(x))
        return zp__certain(x > 0, lower, log_p);
    if (a[0] > 1e15)
        return zp_normal_p(x, lower, log_p);
    if (x == 0)
        return log_p ? -M_LN2 : 0.5;
    tail = t_log_tail(fabs(x), a[0]);
    if ((x > 0) != lower)
        return log_p ? tail : exp(tail);
    return log_p ? zp_log1mexp(tail) : -expm1(tail);
}

static double q_t(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi, small, x;

    if (zp__bad_prob(p, log_p) || !(a[0] > 0))
        return NAN;
    if (a[0] > 1e15)
        return zp_normal_q(p, lower, log_p);
    zp__log_tails(p, lower, log_p, &lo, &hi);
    small = fmin(lo, hi);
    if (isinf(small))
        return lo < hi ? -INFINITY : INFINITY;
    if (lo == hi || (!log_p && p == 0.5))
        return 0;
    if (small > log(0.45)) {
        /* Near the middle the tail says little about x: solve for the central probability by Newton. */
        double half = log_p ? fabs(expm1(p + M_LN2)) / 2 : fabs(p - 0.5);
        x = half / exp(d_t(0, a, true));
        for (int k = 0; k < 50; k++) {
            double x2 = x * x / a[0];
            double mass = 0.5 * zp_beta_inc(0.5, a[0] / 2, x2 / (1 + x2), 1 / (1 + x2), true, false);
            double step = (mass - half) / exp(d_t(x, a, true));
            x -= step;
            if (fabs(step) < 2e-16 * x)
                break;
        }
    } else {
        x = solve_tail(p_t, d_t, a, false, small);
    }
    return lo < hi ? -x : x;
}

/* ---------------------------------------------------------------- binomial and Poisson */

static bool whole(double x)
{
    return fabs(x - nearbyint(x)) <= 1e-7 * fmax(1, fabs(x));
}

static bool bad_binom(const double *a)
{
    return isnan(a[0]) || isnan(a[1]) || isinf(a[0]) || a[0] < 0 || !whole(a[0]) || a[1] < 0 || a[1] > 1;
}

static double d_binom(double x, const double *a, bool log_p)
{
    double n = nearbyint(a[0]);

    if (isnan(x) || bad_binom(a))
        return NAN;
    if (x < 0 || x > n || !whole(x))
        return log_p ? -INFINITY : 0;
    x = nearbyint(x);
    return zp__as_density(zp_log_binomial(x, n - x, a[1], 1 - a[1]), log_p);
}

static double p_binom(double x, const double *a, bool lower, bool log_p)
{
    double n = nearbyint(a[0]);

    if (isnan(x) || bad_binom(a))
        return NAN;
    x = floor(x + 1e-7);
    if (x < 0 || x >= n)
        return zp__certain(x >= n, lower, log_p);
    return zp_beta_inc(x + 1, n - x, a[1], 1 - a[1], !lower, log_p);
}

static double d_pois(double x, const double *a, bool log_p)
{
    if (isnan(x) || isnan(a[0]) || a[0] < 0)
        return NAN;
    if (x < 0 || isinf(x) || !whole(x))
        return log_p ? -INFINITY : 0;
    return zp__as_density(zp_log_poisson(nearbyint(x), a[0]), log_p);
}

static double p_pois(double x, const double *a, bool lower, bool log_p)
{
    if (isnan(x) || isnan(a[0]) || a[0] < 0)
        return NAN;
    if (x < 0 || a[0] == 0 || isinf(x))
        return zp__certain(x >= 0, lower, log_p);
    return zp_gamma_inc(floor(x + 1e-7) + 1, a[0], !lower, log_p);
}

/* Has P(X <= k) reached the wanted probability (up to rounding)? */
static bool reached(prob_fn prob, const double *a, double k, double p, bool lower, bool log_p)
{
    const double fuzz = 64 * DBL_EPSILON;
    double at = prob(k, a, lower, log_p);

    if (log_p)
        return lower ? at >= p - fuzz * fabs(p) : at <= p + fuzz * fabs(p);
    return lower ? at >= p * (1 - fuzz) : at <= p * (1 + fuzz);
}

/* The smallest whole k in [0, max] whose distribution function reaches p; searched around `guess`. */
static double whole_quantile(prob_fn prob, const double *a, double guess, double max, double p, bool lower,
                             bool log_p)
{
    double lo, hi, step = 1;

    guess = fmin(fmax(floor(guess), 0), max);
    if (reached(prob, a, guess, p, lower, log_p)) {
        for (lo = hi = guess; lo >= 0 && reached(prob, a, lo, p, lower, log_p); step *= 2) {
            hi = lo;
            lo -= step;
        }
        lo = fmax(lo, -1);
    } else {
        for (lo = hi = guess; hi < max && !reached(prob, a, hi, p, lower, log_p); step *= 2) {
            lo = hi;
            hi += step;
        }
        hi = fmin(hi, max);
    }
    while (hi - lo > 1) { /* lo has not reached p, hi has */
        double mid = floor(lo + (hi - lo) / 2);
        if (mid == lo || mid == hi)
            break;
        if (reached(prob, a, mid, p, lower, log_p))
            hi = mid;
        else
            lo = mid;
    }
    return hi;
}

static double q_binom(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi, n = nearbyint(a[0]), guess;

    if (zp__bad_prob(p, log_p) || bad_binom(a))
        return NAN;
    zp__log_tails(p, lower, log_p, &lo, &hi);
    if (isinf(hi) && !isinf(lo))
        return n;
    if (isinf(lo) || a[1] == 0 || n == 0)
        return 0;
    if (isinf(hi) || a[1] == 1)
        return n;
    guess = n * a[1] + zp_normal_q(p, lower, log_p) * sqrt(n * a[1] * (1 - a[1]));
    return whole_quantile(p_binom, a, guess, n, p, lower, log_p);
}

static double q_pois(double p, const double *a, bool lower, bool log_p)
{
    double lo, hi, guess;

    if (zp__bad_prob(p, log_p) || isnan(a[0]) || isinf(a[0]) || a[0] < 0)
        return NAN;
    zp__log_tails(p, lower, log_p, &lo, &hi);
    if (isinf(lo) || a[0] == 0)
        return 0;
    if (isinf(hi))
        return INFINITY;
    guess = a[0] + zp_normal_q(p, lower, log_p) * sqrt(a[0]);
    return whole_quantile(p_pois, a, guess, 1e300, p, lower, log_p);
}

/* ---------------------------------------------------------------- table */

static const zp_dist distributions[] = {
    { "norm", 2, d_norm, p_norm, q_norm },     { "unif", 2, d_unif, p_unif, q_unif },
    { "exp", 1, d_exp, p_exp, q_exp },         { "t", 1, d_t, p_t, q_t },
    { "chisq", 1, d_chisq, p_chisq, q_chisq }, { "f", 2, d_f, p_f, q_f },
    { "binom", 2, d_binom, p_binom, q_binom }, { "pois", 1, d_pois, p_pois, q_pois },
};

const zp_dist *zp_dist_find(const char *name)
{
    for (size_t i = 0; i < ZP_COUNTOF(distributions); i++)
        if (strcmp(distributions[i].name, name) == 0)
            return &distributions[i];
    return zp__dist_kin(name);
}
