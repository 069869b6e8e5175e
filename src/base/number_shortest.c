/* number_shortest: the shortest text that reads back to the same double.
 *
 * The doubles next to x leave an interval of reals around it that all read as x.  Schubfach (R. Giulietti, "The
 * Schubfach way to render doubles") finds the shortest decimal in it, and the nearest of those, with one 128-bit
 * power of ten and three products, rounded to odd so that comparisons stay exact. */
#include "base/number.h"

#include <math.h>
#include <string.h>

/* floor(g * cp / 2^128), its last bit set when something was cut off. */
static uint64_t product_odd(uint64_t hi, uint64_t lo, uint64_t cp)
{
    zp_u128 x = (zp_u128)lo * cp;
    zp_u128 y = (zp_u128)hi * cp + (uint64_t)(x >> 64);

    return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

/* x > 0 as *sig * 10^result, shortest. */
static int shortest(double x, uint64_t *sig)
{
    uint64_t bits, fraction, c, cb, cbl, cbr, vb, vbl, vbr, lower, upper, s, hi, lo;
    int biased, q, k, h;
    bool closer, odd, below, above;

    memcpy(&bits, &x, sizeof bits);
    fraction = bits & ((UINT64_C(1) << 52) - 1);
    biased = (int)(bits >> 52);
    c = biased ? fraction | UINT64_C(1) << 52 : fraction;
    q = (biased ? biased : 1) - 1075;
    if (biased && q <= 0 && q > -53 && (c & ((UINT64_C(1) << -q) - 1)) == 0) { /* a whole number */
        *sig = c >> -q;
        return 0;
    }
    odd = c & 1;
    closer = fraction == 0 && biased > 1; /* the gap below is half as wide */
    cbl = 4 * c - 2 + closer;
    cb = 4 * c;
    cbr = 4 * c + 2;
    k = (int)(((int64_t)q * 1262611 - (closer ? 524031 : 0)) >> 22);
    h = q + (int)(((int64_t)-k * 1741647) >> 19) + 1;
    hi = zp_pow10_table[-k - ZP_POW10_MIN].hi;
    lo = zp_pow10_table[-k - ZP_POW10_MIN].lo;
    if (-k < -27 || -k > 55) { /* rounded up */
        lo++;
        hi += lo == 0;
    }
    vbl = product_odd(hi, lo, cbl << h);
    vb = product_odd(hi, lo, cb << h);
    vbr = product_odd(hi, lo, cbr << h);
    lower = vbl + odd;
    upper = vbr - odd;
    s = vb / 4;
    if (s >= 10) { /* one digit less? */
        uint64_t t = s / 10;

        below = lower <= 40 * t;
        above = 40 * t + 40 <= upper;
        if (below != above) {
            *sig = t + above;
            return k + 1;
        }
    }
    below = lower <= 4 * s;
    above = 4 * s + 4 <= upper;
    if (below != above) {
        *sig = s + above;
        return k;
    }
    *sig = s + (vb > 4 * s + 2 || (vb == 4 * s + 2 && (s & 1)));
    return k;
}

/* 1.5e+6: digits[0 .. n), the first of which stands at 10^e. */
static char *write_sci(char *to, const char *digits, int n, int e)
{
    *to++ = digits[0];
    if (n > 1) {
        *to++ = '.';
        memcpy(to, digits + 1, (size_t)n - 1);
        to += n - 1;
    }
    *to++ = 'e';
    *to++ = e < 0 ? '-' : '+';
    e = e < 0 ? -e : e;
    if (e >= 100)
        *to++ = (char)('0' + e / 100);
    if (e >= 10)
        *to++ = (char)('0' + e / 10 % 10);
    *to++ = (char)('0' + e % 10);
    return to;
}

static char *write_fixed(char *to, const char *digits, int n, int e)
{
    if (e < 0) {
        *to++ = '0';
        *to++ = '.';
        for (int i = -1; i > e; i--)
            *to++ = '0';
        memcpy(to, digits, (size_t)n);
        return to + n;
    }
    if (e + 1 >= n) {
        memcpy(to, digits, (size_t)n);
        memset(to + n, '0', (size_t)(e + 1 - n));
        return to + e + 1;
    }
    memcpy(to, digits, (size_t)e + 1);
    to += e + 1;
    *to++ = '.';
    memcpy(to, digits + e + 1, (size_t)(n - e - 1));
    return to + (n - e - 1);
}

/* The digits of v, which end before `end`; where they begin. */
static char *digits_of(char *end, uint64_t v)
{
    for (; v >= 100; v /= 100) {
        unsigned pair = (unsigned)(v % 100);

        *--end = (char)('0' + pair % 10);
        *--end = (char)('0' + pair / 10);
    }
    if (v >= 10)
        *--end = (char)('0' + v % 10);
    *--end = (char)('0' + (v >= 10 ? v / 10 : v));
    return end;
}

size_t zp_number_shortest(char *to, double x)
{
    char digits[20], *at = to, *first;
    uint64_t sig;
    int n, e, fixed, sci;

    if (isnan(x) || isinf(x)) {
        const char *text = isnan(x) ? "NaN" : x > 0 ? "Inf" : "-Inf";

        memcpy(to, text, strlen(text));
        return strlen(text);
    }
    if (signbit(x))
        *at++ = '-';
    if (x == 0) {
        *at++ = '0';
        return (size_t)(at - to);
    }
    e = shortest(fabs(x), &sig);
    for (; sig % 10 == 0; e++)
        sig /= 10;
    first = digits_of(digits + sizeof digits, sig);
    n = (int)(digits + sizeof digits - first);
    e += n - 1; /* of the first digit */
    fixed = e < 0 ? 1 - e + n : e + 1 >= n ? e + 1 : n + 1;
    sci = n + (n > 1) + 3 + (e >= 10 || e <= -10) + (e >= 100 || e <= -100);
    at = fixed <= sci ? write_fixed(at, first, n, e) : write_sci(at, first, n, e);
    return (size_t)(at - to);
}
