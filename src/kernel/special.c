/* special functions.
 *
 * Incomplete gamma and beta functions are a density times a factor of moderate size.  The density is
 * where accuracy is won or lost, so it is written as Loader does ("Fast and accurate computation of binomial
 * probabilities", 2000): a deviance, which is zero at the mode and never cancels, plus Stirling's rests.  The
 * factor is a power series on the near side of the mean and a continued fraction (Lentz) on the far side, so
 * that the smaller tail is always the one computed directly; the other is one minus it.
 *
 * The normal quantile is Wichura's AS 241 (1988). */
#include "kernel/special.h"

#include <float.h>
#include <math.h>

#define LOG_SQRT_2PI 0.918938533204672741780329736406
#define EULER_GAMMA  0.577215664901532860606512090082
#define TINY         1e-300

double zp_log1mexp(double x)
{
    return x > -M_LN2 ? log(-expm1(x)) : log1p(-exp(x));
}

/* ---------------------------------------------------------------- densities */

double zp_stirling_rest(double n)
{
    static const double c[] = { 1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                1.0 / 1188, -691.0 / 360360, 1.0 / 156 };
    double sum = 0, n2 = n * n;

    if (n < 15)
        return zp_lgamma1p(n) - (n + 0.5) * log(n) + n - LOG_SQRT_2PI;
    for (int k = (int)ZP_COUNTOF(c) - 1; k >= 0; k--)
        sum = sum / n2 + c[k];
    return sum / n;
}

double zp_deviance(double x, double m)
{
    double d = x - m;

    if (fabs(d) < 0.1 * (x + m)) {
        double v = d / (x + m), s = d * v, term = 2 * x * v;
        for (int j = 1; j < 1000; j++) {
            double next;
            term *= v * v;
            next = s + term / (2 * j + 1);
            if (next == s)
                break;
            s = next;
        }
        return s;
    }
    return x * log(x / m) + m - x;
}

double zp_lgamma1p(double a)
{
    /* zeta(k) / k, k = 2 .. 8 */
    static const double z[] = { 0.822467033424113218236207583323, 0.400685634386531428466579387170,
                                0.270580808427784547879000924135, 0.207385551028673985266273097291,
                                0.169557176997408189952419654965, 0.144049896768846118119971321090,
                                0.125509669524743042422335654814 };
    double sum = 0, sign = -1, r;

    if (fabs(a) > 1e-3)
        return lgamma_r(1 + a, &(int){ 0 });
    for (int k = (int)ZP_COUNTOF(z) - 1; k >= 0; k--)
        sum = z[k] + sign * a * sum;
    r = a * (-EULER_GAMMA + a * sum);
    return r;
}

double zp_log_poisson(double x, double m)
{
    if (m == 0)
        return x == 0 ? 0 : -INFINITY;
    if (isinf(m) || isinf(x))
        return -INFINITY;
    if (x <= DBL_MIN * m)
        return -m;
    if (m < x * DBL_MIN)
        return -m + x * log(m) - zp_lgamma1p(x);
    if (x < 1) /* Stirling's rest would cancel against log(2 pi x) */
        return x * log(m) - m - zp_lgamma1p(x);
    return -zp_stirling_rest(x) - zp_deviance(x, m) - LOG_SQRT_2PI - 0.5 * log(x);
}

double zp_log_binomial(double a, double b, double p, double q)
{
    double n = a + b;

    if (p <= 0)
        return a == 0 ? 0 : -INFINITY;
    if (q <= 0)
        return b == 0 ? 0 : -INFINITY;
    if (a == 0)
        return p < 0.1 ? b * log1p(-p) : b * log(q);
    if (b == 0)
        return q < 0.1 ? a * log1p(-q) : a * log(p);
    return zp_stirling_rest(n) - zp_stirling_rest(a) - zp_stirling_rest(b) - zp_deviance(a, n * p) -
           zp_deviance(b, n * q) - LOG_SQRT_2PI + 0.5 * (log(n) - log(a) - log(b));
}

/* ---------------------------------------------------------------- incomplete gamma */

/* sum of x^n / ((a+1) ... (a+n)), n = 0, 1, ... */
static double gamma_series(double a, double x)
{
    double sum = 1, term = 1;

    for (double n = 1; n < 1e7; n++) {
        term *= x / (a + n);
        sum += term;
        if (term < sum * (DBL_EPSILON / 4))
            break;
    }
    return sum;
}

/* The continued fraction of gamma(a) Q(a, x) / (x^a e^-x). */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / (fabs(b) < TINY ? TINY : b), h = d;

    for (double i = 1; i < 1e7; i++) {
        double an = -i * (i - a), del;
        b += 2;
        d = an * d + b;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = b + an / c;
        if (fabs(c) < TINY)
            c = TINY;
        del = d * c;
        h *= del;
        if (fabs(del - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

/* Q(a, x) for a < 1 and small x, where it is the difference of nearly equal numbers. */
static double gamma_upper_small(double a, double x)
{
    double lead = a * log(x) - zp_lgamma1p(a), sum = 0, term = 1;

    for (double n = 1; n < 200; n++) {
        double add;
        term *= -x / n;
        add = term * a / (a + n);
        sum += add;
        if (fabs(add) <= fabs(sum) * (DBL_EPSILON / 4))
            break;
    }
    return -expm1(lead) - exp(lead) * sum;
}

/* Temme's uniform expansion for huge a (1979): the fractions above would need sqrt(a) steps. */
static double gamma_huge(double a, double x, bool lower, bool log_p)
{
    double dev = isinf(x) ? INFINITY : zp_deviance(a, x), eta = sqrt(2 * dev / a), r, tail;

    if (x < a)
        eta = -eta;
    if (isinf(dev) || fabs(eta) > 0.02)
        return zp_normal_p(eta * sqrt(a), lower, log_p);
    r = -1.0 / 3 + eta * (1.0 / 12 + eta * (-2.0 / 135 + eta * (1.0 / 864 + eta * (1.0 / 2835))));
    r += (-1.0 / 540 - eta / 288) / a;
    r *= exp(-dev) / sqrt(2 * M_PI * a);
    tail = zp_normal_p(eta * sqrt(a), lower, false) + (lower ? -r : r);
    return log_p ? log(tail) : tail;
}

/* One of two tails, `log_small` being the logarithm of the one that was computed. */
static double pick_tail(double log_small, bool is_wanted, bool log_p)
{
    if (log_small > 0)
        log_small = 0;
    if (is_wanted)
        return log_p ? log_small : exp(log_small);
    return log_p ? zp_log1mexp(log_small) : -expm1(log_small);
}

double zp_gamma_inc(double a, double x, bool lower, bool log_p)
{
    double small;

    if (isnan(a) || isnan(x) || a < 0)
        return NAN;
    if (x <= 0 || isinf(x) || a == 0 || isinf(a)) {
        bool full = isinf(a) ? false : x > 0;
        return full == lower ? (log_p ? 0 : 1) : (log_p ? -INFINITY : 0);
    }
    if (a > 1e8)
        return gamma_huge(a, x, lower, log_p);
    if (a < 1 && x < 1) {
        double p = zp_log_poisson(a, x) + log(gamma_series(a, x));
        if (p < -M_LN2)
            return pick_tail(p, lower, log_p);
        return pick_tail(log(gamma_upper_small(a, x)), !lower, log_p);
    }
    if (x < a + 1 && a >= 1) {
        small = zp_log_poisson(a, x) + log(gamma_series(a, x));
        return pick_tail(small, lower, log_p);
    }
    small = zp_log_poisson(a, x) + log(a) + log(gamma_fraction(a, x));
    return pick_tail(small, !lower, log_p);
}

/* ---------------------------------------------------------------- incomplete beta */

/* The continued fraction of I_x(a, b) B(a, b) / (x^a y^b) of Didonato and Morris (TOMS 708, 1992): its terms
 * depend on the distance from the mean, `gap`, and stay positive, so nothing cancels. */
static double beta_fraction(double a, double b, double x, double y)
{
    double gap = x < y ? a - (a + b) * x : (a + b) * y - b;
    double f = a / (a + 1) * (gap + 1), c, d = 0;

    if (f == 0)
        f = TINY;
    c = f;
    for (double n = 1; n < 5e7; n++) {
        double odd = a + 2 * n - 1, del;
        double num = (a + n - 1) / odd * ((a + b + n - 1) / odd) * n * (b - n) * x * x;
        double den = n + n * (b - n) * x / odd + (a + n) / (odd + 2) * (gap + 1 + n * (1 + y));
        d = den + num * d;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = den + num / c;
        if (fabs(c) < TINY)
            c = TINY;
        del = c * d;
        f *= del;
        if (fabs(del - 1) < DBL_EPSILON)
            break;
    }
    return 1 / f;
}

double zp_beta_inc(double a, double b, double x, double y, bool lower, bool log_p)
{
    double front;

    if (isnan(a) || isnan(b) || isnan(x) || a <= 0 || b <= 0)
        return NAN;
    if (x <= 0 || y <= 0)
        return (x > 0) == lower ? (log_p ? 0 : 1) : (log_p ? -INFINITY : 0);
    if (x > (a + 1) / (a + b + 2)) {
        double t = a;
        a = b;
        b = t;
        t = x;
        x = y;
        y = t;
        lower = !lower;
    }
    /* x^a y^b / B(a, b) */
    front = zp_log_binomial(a, b, x, y) + log(b / (a + b)) + log(a);
    return pick_tail(front + log(beta_fraction(a, b, x, y)), lower, log_p);
}

/* ---------------------------------------------------------------- normal */

double zp_normal_p(double x, bool lower, bool log_p)
{
    double z = lower ? -x : x; /* the upper tail of z is wanted */

    if (isnan(x))
        return NAN;
    if (!log_p)
        return 0.5 * erfc(z * M_SQRT1_2);
    if (z < 0)
        return log1p(-0.5 * erfc(-z * M_SQRT1_2));
    if (z < 35)
        return log(0.5 * erfc(z * M_SQRT1_2));
    if (isinf(z))
        return -INFINITY;
    {
        double t = 1 / (z * z);
        double s = t * (-1 + t * (3 + t * (-15 + t * (105 + t * (-945 + t * 10395)))));
        return -0.5 * z * z - LOG_SQRT_2PI - log(z) + log1p(s);
    }
}

static double ratio(const double *num, const double *den, double r)
{
    double p = num[7], q = den[7];

    for (int k = 6; k >= 0; k--) {
        p = p * r + num[k];
        q = q * r + den[k];
    }
    return p / q;
}

/* The deviate whose tail has the logarithm `lp` (far out): r = sqrt(-lp). */
static double normal_tail(double r)
{
    static const double c[] = { 1.42343711074968357734e0,  4.63033784615654529590e0,
                                5.76949722146069140550e0,  3.64784832476320460504e0,
                                1.27045825245236838258e0,  2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4 };
    static const double d[] = { 1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9 };
    static const double e[] = { 6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7 };
    static const double f[] = { 1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15 };
    double x;

    if (r <= 5)
        return ratio(c, d, r - 1.6);
    if (r <= 27)
        return ratio(e, f, r - 5);
    /* Beyond the range of doubles only logarithms come here: Newton on the logarithm of the tail. */
    x = r * M_SQRT2;
    for (int k = 0; k < 20; k++) {
        double step = (zp_normal_p(x, false, true) + r * r) / x;
        x += step;
        if (fabs(step) < 1e-15 * x)
            break;
    }
    return x;
}

double zp_normal_q(double p, bool lower, bool log_p)
{
    static const double a[] = { 3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3 };
    static const double b[] = { 1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3 };
    double lo, q, x, log_tail;
    bool low_half;

    if (isnan(p) || (log_p ? p > 0 : (p < 0 || p > 1)))
        return NAN;
    lo = log_p ? exp(p) : p;
    q = lo - 0.5; /* distance from the middle, in the direction of the tail asked for */
    if (fabs(q) <= 0.425) {
        x = q * ratio(a, b, 0.180625 - q * q);
        return lower ? x : -x;
    }
    low_half = q < 0;
    if (low_half)
        log_tail = log_p ? p : log(p);
    else
        log_tail = log_p ? zp_log1mexp(p) : log1p(-p);
    x = isinf(log_tail) ? INFINITY : normal_tail(sqrt(-log_tail));
    return low_half == lower ? -x : x;
}
