/* number: doubles as text.
 *
 * The digits of x at a given precision are the integer nearest to x * 10^p.  For |p| <= 22 the power is an exact
 * double, and a fused multiply-add gives the product as an unevaluated sum hi + lo, without any error: so the
 * rounding, ties included, is that of the exact decimal expansion and costs a few nanoseconds.  Whatever lies
 * outside goes through printf, which is exact too. */
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double tens[23] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
static const uint64_t itens[20] = { 1u,
                                    10u,
                                    100u,
                                    1000u,
                                    10000u,
                                    100000u,
                                    1000000u,
                                    10000000u,
                                    100000000u,
                                    1000000000u,
                                    10000000000u,
                                    100000000000u,
                                    1000000000000u,
                                    10000000000000u,
                                    100000000000000u,
                                    1000000000000000u,
                                    10000000000000000u,
                                    100000000000000000u,
                                    1000000000000000000u,
                                    10000000000000000000u };

/* The integer nearest to r * 10^p (ties to even), r > 0; false: out of reach of exact doubles. */
static bool scaled(double r, int p, uint64_t *out)
{
    double hi, lo, whole, diff;
    uint64_t i;

    if (p < -22 || p > 22)
        return false;
    if (p >= 0) {
        hi = r * tens[p];
        lo = fma(r, tens[p], -hi);
    } else {
        hi = r / tens[-p];
        lo = fma(-hi, tens[-p], r);
    }
    if (!(hi < 4503599627370496.0)) /* 2^52 */
        return false;
    whole = floor(hi);
    diff = (hi - whole) - 0.5;
    i = (uint64_t)whole;
    if (diff > 0 || (diff == 0 && (lo > 0 || (lo == 0 && (i & 1)))))
        i++;
    *out = i;
    return true;
}

static int count_digits(uint64_t v)
{
    int n = 1;

    while (n < 20 && v >= itens[n])
        n++;
    return n;
}

/* floor(log10(r)) or one less or more. */
static int log10_near(double r)
{
    int e2;

    frexp(r, &e2);
    return (int)floor((e2 - 1) * 0.30102999566398120);
}

/* x, whose digits[] (`digits` of them, 1..22+) and exponent printf finds. */
static void digits_exact(double r, int digits, char *text, int *exponent)
{
    char t[64];
    int at = 0;

    snprintf(t, sizeof t, "%.*e", digits - 1, r);
    for (char *p = t; *p && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9')
            text[at++] = *p;
    *exponent = atoi(strchr(t, 'e') + 1);
}

/* `digits` <= 15 significant digits of r > 0 as an integer 10^(digits-1) <= *sig < 10^digits. */
static bool digits_fast(double r, int digits, uint64_t *sig, int *exponent)
{
    int e;

    if (digits > 15 || r < 1e-300)
        return false;
    e = log10_near(r);
    for (int tries = 0; tries < 3; tries++) {
        uint64_t i;

        if (!scaled(r, digits - 1 - e, &i))
            return false;
        if (i < itens[digits - 1]) {
            e--;
        } else if (i > itens[digits]) {
            e++;
        } else if (i == itens[digits]) { /* rounded up to the next power, or one digit too many */
            *sig = i / 10;
            *exponent = e + 1;
            return true;
        } else {
            *sig = i;
            *exponent = e;
            return true;
        }
    }
    return false;
}

/* As zp_number_shape, of r > 0; *widens: rounding made the exponent larger than fixed notation would. */
static void shape(double r, int digits, int *exponent, int *significant, bool *widens)
{
    uint64_t i;
    int s;

    *widens = false;
    if (r < 1e15 && r == (double)(uint64_t)r && (s = count_digits((uint64_t)r)) <= digits) {
        i = (uint64_t)r;
        *exponent = s - 1;
        for (; i % 10 == 0; i /= 10)
            s--;
        *significant = s;
        return;
    }
    if (digits_fast(r, digits, &i, exponent)) {
        for (s = digits; s > 1 && i % 10 == 0; i /= 10)
            s--;
    } else {
        char text[64];

        digits_exact(r, digits, text, exponent);
        for (s = digits; s > 1 && text[s - 1] == '0';)
            s--;
    }
    *significant = s;
    if (digits <= 15 && s == 1 && *exponent > 0 && *exponent <= 22) {
        int rgt = digits - *exponent;

        *widens = r < tens[*exponent] - 0.5 / tens[rgt < 0 ? 0 : rgt];
    }
}

static int clamp_digits(int digits)
{
    return digits < 1 ? 1 : digits > 22 ? 22 : digits;
}

void zp_number_shape(double x, int digits, int *exponent, int *significant)
{
    bool widens;

    *exponent = 0;
    *significant = 1;
    if (isfinite(x) && x != 0)
        shape(fabs(x), clamp_digits(digits), exponent, significant, &widens);
}

/* What the numbers of a set have in common. */
typedef struct spread {
    int left;       /* widest whole part, sign included */
    int rgt;        /* most decimals */
    int sig;        /* most significant digits */
    int emin, emax; /* of the exponents */
    bool neg, any;  /* a negative number, a finite one */
    bool nan, inf, ninf;
    double low, high_pos, high_neg; /* a number between them changes nothing */
} spread;

/* 10^e for a table's worth of e, else something that makes the range empty. */
static double ten(int e, double otherwise)
{
    return e >= -22 && e <= 22 ? (e < 0 ? 1 / tens[-e] : tens[e]) : otherwise;
}

/* Once a number with all digits is there, those of the same magnitudes need no look.  The bounds keep a margin for
 * rounding. */
static void spread_bounds(spread *s, int digits)
{
    int least = digits - 1 - s->rgt;
    int most = s->left < s->emax + 1 ? s->left : s->emax + 1;

    s->high_pos = s->high_neg = -1;
    s->low = INFINITY;
    if (s->sig < digits || digits > 15)
        return;
    s->low = 1.001 * ten(least > s->emin ? least : s->emin, INFINITY);
    s->high_pos = 0.999 * ten(most, -1);
    if (s->neg)
        s->high_neg = 0.999 * ten(s->left - 1 < s->emax + 1 ? s->left - 1 : s->emax + 1, -1);
}

static void spread_add(spread *s, double x, int digits)
{
    int e = 0, sig = 1, left, before;
    double r = fabs(x);
    bool widens = false;

    if (r > s->low && r < (x < 0 ? s->high_neg : s->high_pos))
        return;
    if (!isfinite(x)) {
        *(isnan(x) ? &s->nan : x > 0 ? &s->inf : &s->ninf) = true;
        return;
    }
    if (x != 0)
        shape(r, digits, &e, &sig, &widens);
    before = s->left + s->rgt + s->sig + s->emax - s->emin + s->neg;
    left = e + 1 - widens;
    left = (left < 1 ? 1 : left) + (x < 0);
    s->left = left > s->left ? left : s->left;
    s->rgt = sig - e - 1 > s->rgt ? sig - e - 1 : s->rgt;
    s->sig = sig > s->sig ? sig : s->sig;
    s->emin = !s->any || e < s->emin ? e : s->emin;
    s->emax = !s->any || e > s->emax ? e : s->emax;
    s->neg |= x < 0;
    s->any = true;
    if (before != s->left + s->rgt + s->sig + s->emax - s->emin + s->neg || s->low == 0)
        spread_bounds(s, digits);
}

zp_numform zp_numform_of(const double *x, int64_t n, int digits, int scipen, int nsmall)
{
    zp_numform f = { 0, 0, 0 };
    spread s = { .low = 0, .high_pos = -1, .high_neg = -1 };

    digits = clamp_digits(digits);
    for (int64_t i = 0; i < n; i++)
        spread_add(&s, x[i], digits);
    if (s.any) {
        int fixed, sci, expo = s.emax >= 100 || s.emin <= -100 ? 3 : 2;

        fixed = s.left + (s.rgt > 0 ? s.rgt + 1 : 0);
        sci = s.neg + (s.sig > 1 ? s.sig + 1 : 1) + 2 + expo;
        if (fixed <= (int64_t)sci + scipen) {
            f.decimals = s.rgt > nsmall ? s.rgt : nsmall;
            f.width = s.left + (f.decimals > 0 ? f.decimals + 1 : 0);
        } else {
            f.exponent = expo;
            f.decimals = s.sig - 1;
            f.width = sci;
        }
    }
    f.width = s.nan && f.width < 3 ? 3 : f.width;
    f.width = s.inf && f.width < 3 ? 3 : f.width;
    f.width = s.ninf && f.width < 4 ? 4 : f.width;
    return f;
}

/* Digits of v, at least `least` of them. */
static char *write_uint(char *to, uint64_t v, int least)
{
    char t[20];
    int n = 0;

    do
        t[n++] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    while (n < least)
        t[n++] = '0';
    while (n > 0)
        *to++ = t[--n];
    return to;
}

static size_t write_special(char *to, double x)
{
    const char *text = isnan(x) ? "NaN" : x > 0 ? "Inf" : "-Inf";
    size_t len = strlen(text);

    memcpy(to, text, len);
    return len;
}

static size_t write_fixed(char *to, double x, int decimals)
{
    char *at = to;
    uint64_t i;
    double r = fabs(x);

    if (decimals > 15 || !scaled(r, decimals, &i)) {
        int n = snprintf(to, ZP_NUMBER_MAX, "%.*f", decimals, x);

        return n < 0 ? 0 : n >= ZP_NUMBER_MAX ? ZP_NUMBER_MAX - 1 : (size_t)n;
    }
    if (x < 0)
        *at++ = '-';
    at = write_uint(at, i / itens[decimals], 1);
    if (decimals > 0) {
        *at++ = '.';
        at = write_uint(at, i % itens[decimals], decimals);
    }
    return (size_t)(at - to);
}

static size_t write_sci(char *to, double x, int decimals)
{
    char *at = to;
    uint64_t sig;
    int e;

    if (x == 0 || !digits_fast(fabs(x), decimals + 1, &sig, &e)) {
        int n = snprintf(to, ZP_NUMBER_MAX, "%.*e", decimals, x);

        return n < 0 ? 0 : n >= ZP_NUMBER_MAX ? ZP_NUMBER_MAX - 1 : (size_t)n;
    }
    if (x < 0)
        *at++ = '-';
    at = write_uint(at, sig / itens[decimals], 1);
    if (decimals > 0) {
        *at++ = '.';
        at = write_uint(at, sig % itens[decimals], decimals);
    }
    *at++ = 'e';
    *at++ = e < 0 ? '-' : '+';
    at = write_uint(at, (uint64_t)(e < 0 ? -e : e), 2);
    return (size_t)(at - to);
}

size_t zp_number_write(char *to, double x, const zp_numform *form)
{
    int decimals = form->decimals > 1000 ? 1000 : form->decimals;

    if (!isfinite(x))
        return write_special(to, x);
    if (x == 0)
        x = 0; /* no sign */
    return form->exponent ? write_sci(to, x, decimals) : write_fixed(to, x, decimals);
}

void zp_number_put(zp_buf *out, double x, const zp_numform *form, int64_t width)
{
    char text[ZP_NUMBER_MAX];
    size_t len = zp_number_write(text, x, form);

    zp_buf_fill(out, ' ', width - (int64_t)len);
    zp_buf_put(out, text, len);
}

void zp_number_put1(zp_buf *out, double x, int digits, int scipen)
{
    zp_numform f = zp_numform_of(&x, 1, digits, scipen, 0);

    zp_number_put(out, x, &f, 0);
}
