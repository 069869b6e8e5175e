/* Random numbers.
 *
 * Generator: xoshiro256++ (Blackman, Vigna), seeded through splitmix64.  Normal: the polar method.  Binomial and
 * Poisson: inversion while the mean is small, else transformed rejection (Hoermann 1993): a table mountain over the
 * density, most draws are accepted without evaluating it. */
#include "kernel/random.h"

#include <math.h>
#include <stdbool.h>

static uint64_t rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

void zp_random_seed(uint64_t state[4], uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = (seed += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        state[i] = z ^ (z >> 31);
    }
}

uint64_t zp_random_word(uint64_t s[4])
{
    uint64_t result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double zp_random_unif(uint64_t s[4])
{
    return ((double)(zp_random_word(s) >> 12) + 0.5) * 0x1p-52;
}

double zp_random_norm(uint64_t s[4])
{
    double u, v, r;

    do {
        u = 2 * zp_random_unif(s) - 1;
        v = 2 * zp_random_unif(s) - 1;
        r = u * u + v * v;
    } while (r >= 1 || r == 0);
    return u * sqrt(-2 * log(r) / r);
}

double zp_random_exp(uint64_t s[4])
{
    return -log(zp_random_unif(s));
}

int64_t zp_random_below(uint64_t s[4], int64_t n)
{
    uint64_t range = (uint64_t)n, limit = -range % range, w;

    do
        w = zp_random_word(s);
    while (w < limit);
    return (int64_t)(w % range);
}

static double log_factorial(double k)
{
    int sign;
    return lgamma_r(k + 1, &sign);
}

/* Walks up the distribution function; prob <= 1/2 and size * prob < 10. */
static double binom_small(uint64_t s[4], double size, double prob)
{
    double ratio = prob / (1 - prob), p = exp(size * log1p(-prob)), u = zp_random_unif(s), k = 0;

    while (u > p && k < size) {
        u -= p;
        k++;
        p *= ratio * (size - k + 1) / k;
        if (p <= 0)
            break;
    }
    return k;
}

static double binom_large(uint64_t s[4], double size, double prob)
{
    double spread = sqrt(size * prob * (1 - prob)), b = 1.15 + 2.53 * spread,
           a = -0.0873 + 0.0248 * b + 0.01 * prob;
    double c = size * prob + 0.5, vr = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread;
    double odds = log(prob / (1 - prob)), m = floor((size + 1) * prob),
           h = log_factorial(m) + log_factorial(size - m);

    for (;;) {
        double u = zp_random_unif(s) - 0.5, v = zp_random_unif(s), us = 0.5 - fabs(u), k;
        k = floor((2 * a / us + b) * u + c);
        if (us >= 0.07 && v <= vr)
            return k;
        if (k < 0 || k > size)
            continue;
        v = log(v * alpha / (a / (us * us) + b));
        if (v <= h - log_factorial(k) - log_factorial(size - k) + (k - m) * odds)
            return k;
    }
}

double zp_random_binom(uint64_t s[4], double size, double prob)
{
    bool flip = prob > 0.5;
    double p = flip ? 1 - prob : prob, k;

    if (!isfinite(size) || !(prob >= 0 && prob <= 1) || size < 0 || size != floor(size))
        return NAN;
    if (size == 0 || p == 0)
        k = 0;
    else
        k = size * p < 10 ? binom_small(s, size, p) : binom_large(s, size, p);
    return flip ? size - k : k;
}

static double pois_small(uint64_t s[4], double lambda)
{
    double limit = exp(-lambda), p = zp_random_unif(s), k = 0;

    while (p > limit) {
        p *= zp_random_unif(s);
        k++;
    }
    return k;
}

static double pois_large(uint64_t s[4], double mu)
{
    double b = 0.931 + 2.53 * sqrt(mu), a = -0.059 + 0.02483 * b, alpha = 1.1239 + 1.1328 / (b - 3.4);
    double vr = 0.9277 - 3.6224 / (b - 2), log_mu = log(mu);

    for (;;) {
        double u = zp_random_unif(s) - 0.5, v = zp_random_unif(s), us = 0.5 - fabs(u), k;
        k = floor((2 * a / us + b) * u + mu + 0.43);
        if (us >= 0.07 && v <= vr)
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (log(v) + log(alpha) - log(a / (us * us) + b) <= -mu + k * log_mu - log_factorial(k))
            return k;
    }
}

double zp_random_pois(uint64_t s[4], double lambda)
{
    if (!isfinite(lambda) || lambda < 0)
        return NAN;
    return lambda < 10 ? pois_small(s, lambda) : pois_large(s, lambda);
}
