/* Special functions.
 *
 * gamma and lgamma come from libm, whole numbers from a running product.  digamma and trigamma climb to x >= 10 by
 * their recurrence, where the asymptotic series is exact to a double, and reflect negative arguments. */
#include "kernel/mathfn.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

static const double pi = 3.14159265358979323846;

/* ---------------------------------------------------------------- rounding */

static long double power10l(int e)
{
    long double r = 1, b = 10;
    for (; e > 0; e >>= 1, b *= b)
        if (e & 1)
            r *= b;
    return r;
}

/* 10^e for 0 <= e <= 308, correctly rounded. */
static double power10(int e)
{
    return (double)power10l(e);
}

/* x > 0, with digits such that x has more of them. */
static double round_candidates(double x, int digits)
{
    /* 10^digits may overflow where x * 10^digits does not */
    int more = digits > 308 ? digits - 308 : 0;
    double p = power10(digits < 0 ? -digits : digits - more), q = power10(more);
    double scaled = digits < 0 ? x / p : q * (p * x), low = floor(scaled), high = ceil(scaled), down, up;

    down = digits < 0 ? low * p : low / p / q;
    up = digits < 0 ? high * p : high / p / q;
    if (x - down < up - x || (x - down == up - x && fmod(low, 2) == 0))
        return down;
    return up;
}

double zp_round(double x, double digits)
{
    double magnitude = fabs(x), r;
    int d;

    if (isnan(x) || isnan(digits))
        return x + digits;
    if (!isfinite(x) || digits > 323 || x == 0)
        return x;
    if (digits < -308)
        return 0;
    d = (int)floor(digits + 0.5);
    if (d == 0)
        return nearbyint(x);
    if (d > 0 && d + (logb(magnitude) + 0.5) * 0.301029995663981195 > 15)
        return x; /* no digit is left to be rounded */
    r = round_candidates(magnitude, d);
    return x < 0 ? -r : r;
}

double zp_signif(double x, double digits)
{
    double magnitude = fabs(x), r, up = 1;
    int d, e;

    if (isnan(x) || isnan(digits))
        return x + digits;
    if (!isfinite(x) || x == 0 || digits > 22)
        return x;
    if (!isfinite(digits))
        return digits > 0 ? x : 0;
    d = (int)nearbyint(digits);
    if (d < 1)
        d = 1;
    if (d > 22)
        return x;
    e = d - 1 - (int)floor(log10(magnitude));
    if (e > 308) { /* a tiny number: in two steps */
        up = power10(e - 308);
        e = 308;
    }
    if (e > 0)
        r = nearbyint(magnitude * power10(e) * up) / power10(e) / up;
    else
        r = nearbyint(magnitude / power10(-e)) * power10(-e);
    return x < 0 ? -r : r;
}

double zp_sign(double x)
{
    return isnan(x) ? x : (x > 0) - (x < 0);
}

double zp_sinpi(double x)
{
    double r;

    if (!isfinite(x))
        return NAN;
    r = fmod(x, 2);
    r = r <= -1 ? r + 2 : r > 1 ? r - 2 : r;
    if (r == 0 || r == 1)
        return 0;
    if (r == 0.5)
        return 1;
    return r == -0.5 ? -1 : sin(pi * r);
}

double zp_cospi(double x)
{
    double r;

    if (!isfinite(x))
        return NAN;
    r = fmod(fabs(x), 2);
    if (fmod(r, 1) == 0.5)
        return 0;
    if (r == 1)
        return -1;
    return r == 0 ? 1 : cos(pi * r);
}

double zp_tanpi(double x)
{
    double r;

    if (!isfinite(x))
        return NAN;
    r = fmod(x, 1);
    r = r <= -0.5 ? r + 1 : r > 0.5 ? r - 1 : r;
    if (r == 0)
        return 0;
    if (r == 0.5)
        return NAN;
    if (fabs(r) == 0.25)
        return r > 0 ? 1 : -1;
    return tan(pi * r);
}

double zp_log_base(double x, double base)
{
    if (base == 10)
        return x > 0 ? log10(x) : log(x);
    if (base == 2)
        return log2(x);
    return log(x) / log(base);
}

/* ---------------------------------------------------------------- gamma and its family */

static bool is_whole(double x)
{
    return x == floor(x);
}

double zp_gamma(double x)
{
    long double p = 1;

    if (isnan(x))
        return x;
    if (x == 0 || (x < 0 && is_whole(x)))
        return NAN;
    if (is_whole(x) && x <= 50) {
        for (int i = 2; i < (int)x; i++)
            p *= i;
        return (double)p;
    }
    return tgamma(x);
}

double zp_lgamma(double x)
{
    int sign;
    return x <= 0 && is_whole(x) ? INFINITY : lgamma_r(x, &sign);
}

/* The series at x >= 10: coefficients are Bernoulli numbers B2k / 2k. */
double zp_digamma(double x)
{
    static const double b[] = { 1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                1.0 / 132, -691.0 / 32760, 1.0 / 12 };
    long double r = 0, series = 0, y, square;

    if (isnan(x) || (x <= 0 && is_whole(x)))
        return NAN;
    if (!isfinite(x))
        return x > 0 ? x : NAN;
    if (x < 0)
        return (double)((long double)zp_digamma(1 - x) - pi / tan(pi * (x - floor(x))));
    for (y = x; y < 10; y++)
        r -= 1 / y;
    square = 1 / (y * y);
    for (int k = 6; k >= 0; k--)
        series = (series + b[k]) * square;
    return (double)(r + logl(y) - 0.5L / y - series);
}

double zp_trigamma(double x)
{
    static const double b[] = { 1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6 };
    long double r = 0, series = 0, y, square, s;

    if (isnan(x))
        return x;
    if (x <= 0 && is_whole(x))
        return INFINITY;
    if (!isfinite(x))
        return x > 0 ? 0 : NAN;
    if (x < 0) {
        s = sin(pi * (x - floor(x)));
        return (double)((long double)pi * pi / (s * s) - zp_trigamma(1 - x));
    }
    for (y = x; y < 10; y++)
        r += 1 / (y * y);
    square = 1 / (y * y);
    for (int k = 6; k >= 0; k--)
        series = (series + b[k]) * square;
    return (double)(r + (1 + series) / y + square / 2);
}

double zp_lbeta(double a, double b)
{
    double small = a < b ? a : b, large = a < b ? b : a;

    if (isnan(a) || isnan(b))
        return a + b;
    if (small < 0)
        return NAN;
    if (small == 0)
        return INFINITY;
    if (!isfinite(large))
        return -INFINITY;
    if (small < 10 && large < 10)
        return log(tgamma(small) * (tgamma(large) / tgamma(small + large)));
    return (double)(lgammal(small) + (lgammal(large) - lgammal(small + large)));
}

double zp_beta(double a, double b)
{
    if (isnan(a) || isnan(b))
        return a + b;
    if (a < 0 || b < 0)
        return NAN;
    if (a == 0 || b == 0)
        return INFINITY;
    if (!isfinite(a) || !isfinite(b))
        return 0;
    if (a + b < 171)
        return (double)(tgammal(a) / tgammal((long double)a + b) * tgammal(b));
    return exp(zp_lbeta(a, b));
}

/* log of |choose(n, k)| for real n */
static long double log_choose(double n, double k)
{
    return lgammal((long double)n + 1) - lgammal((long double)k + 1) - lgammal((long double)n - k + 1);
}

static bool nearly_whole(double x)
{
    return fabs(x - nearbyint(x)) <= 1e-7 * fmax(1, fabs(x));
}

double zp_choose(double n, double k)
{
    double whole = nearbyint(k), r;
    bool n_whole;

    if (isnan(n) || isnan(k))
        return n + k;
    if (!isfinite(k))
        return NAN;
    k = whole;
    n_whole = nearly_whole(n);
    if (k < 30) {
        long double p = n;
        if (n_whole && n >= 0 && n - k < k && n - k >= 0)
            k = nearbyint(n - k);
        if (k <= 0)
            return k == 0 ? 1 : 0;
        p = n;
        for (int j = 2; j <= (int)k; j++)
            p *= ((long double)n - j + 1) / j;
        return n_whole ? nearbyint((double)p) : (double)p;
    }
    if (n < 0) {
        r = zp_choose(-n + k - 1, k);
        return fmod(k, 2) != 0 ? -r : r;
    }
    if (n_whole) {
        n = nearbyint(n);
        if (n < k)
            return 0;
        if (n - k < 30)
            return zp_choose(n, n - k);
        return nearbyint((double)expl(log_choose(n, k)));
    }
    if (n < k - 1) {
        int sign;
        double denominator = lgamma_r(n - k + 1, &sign);
        return sign * exp(lgamma(n + 1) - denominator - lgamma(k + 1));
    }
    return (double)expl(log_choose(n, k));
}

double zp_lchoose(double n, double k)
{
    if (isnan(n) || isnan(k))
        return n + k;
    k = nearbyint(k);
    if (k < 2) {
        if (k < 0)
            return -INFINITY;
        return k == 0 ? 0 : log(fabs(n));
    }
    if (n < 0)
        return zp_lchoose(-n + k - 1, k);
    if (nearly_whole(n)) {
        n = nearbyint(n);
        if (n < k)
            return -INFINITY;
        if (n - k < 2)
            return zp_lchoose(n, n - k);
    }
    return (double)log_choose(n, k);
}

double zp_factorial(double x)
{
    return zp_gamma(x + 1);
}

double zp_lfactorial(double x)
{
    return zp_lgamma(x + 1);
}
