/* Fast Fourier transform.
 *
 * The length is split by its smallest prime factor again and again (Cooley and Tukey, decimation in time): n = p m
 * transforms of length m are combined by p-point sums.  Lengths with a prime factor above BIG_PRIME are
 * turned into a convolution, which has a length of powers of two (Bluestein).  The roots of unity come from one
 * table computed with exact symmetry, so that results that should be zero mostly are. */
#include "kernel/fft.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

enum { BIG_PRIME = 100 };

typedef struct cplx {
    double re, im;
} cplx;

static cplx mul(cplx a, cplx b)
{
    return (cplx){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

/* exp(-2 pi i k / n), exact on the axes and diagonals. */
static cplx root(int64_t k, int64_t n)
{
    int64_t eighth, rest;
    double c, s, t;

    k %= n;
    eighth = 8 * k / n; /* the octant; the angle within it is measured from the nearer axis */
    rest = eighth % 2 == 0 ? 8 * k - eighth * n : (eighth + 1) * n - 8 * k;
    t = M_PI / 4 * ((double)rest / (double)n);
    c = cos(t);
    s = sin(t);
    switch (eighth) {
    case 0: return (cplx){ c, -s };
    case 1: return (cplx){ s, -c };
    case 2: return (cplx){ -s, -c };
    case 3: return (cplx){ -c, -s };
    case 4: return (cplx){ -c, s };
    case 5: return (cplx){ -s, c };
    case 6: return (cplx){ s, c };
    default: return (cplx){ c, s };
    }
}

static int64_t smallest_factor(int64_t n)
{
    if (n % 4 == 0)
        return 4;
    for (int64_t p = 2; p * p <= n; p++)
        if (n % p == 0)
            return p;
    return n;
}

static int64_t largest_prime(int64_t n)
{
    int64_t top = 1;

    for (int64_t p = 2; p * p <= n; p++)
        while (n % p == 0) {
            top = p;
            n /= p;
        }
    return n > 1 ? n : top;
}

/* One output group: the p values at x (distance m) are combined. `w`: roots of order n, every step-th one. */
static void butterfly(cplx *x, int64_t p, int64_t m, int64_t j, const cplx *w, int64_t n, int64_t step)
{
    cplx t[BIG_PRIME + 1], sum;

    for (int64_t r = 0; r < p; r++)
        t[r] = r == 0 ? x[j] : mul(x[r * m + j], w[r * j * step % n]);
    if (p == 2) {
        x[j] = (cplx){ t[0].re + t[1].re, t[0].im + t[1].im };
        x[m + j] = (cplx){ t[0].re - t[1].re, t[0].im - t[1].im };
        return;
    }
    if (p == 4) {
        cplx a = { t[0].re + t[2].re, t[0].im + t[2].im }, b = { t[0].re - t[2].re, t[0].im - t[2].im };
        cplx c = { t[1].re + t[3].re, t[1].im + t[3].im }, d = { t[1].re - t[3].re, t[1].im - t[3].im };
        x[j] = (cplx){ a.re + c.re, a.im + c.im };
        x[m + j] = (cplx){ b.re + d.im, b.im - d.re };
        x[2 * m + j] = (cplx){ a.re - c.re, a.im - c.im };
        x[3 * m + j] = (cplx){ b.re - d.im, b.im + d.re };
        return;
    }
    for (int64_t q = 0; q < p; q++) {
        sum = t[0];
        for (int64_t r = 1; r < p; r++) {
            cplx v = mul(t[r], w[q * r % p * (n / p)]);
            sum.re += v.re;
            sum.im += v.im;
        }
        x[q * m + j] = sum;
    }
}

/* out (len) = transform of in[0], in[stride], ...; n = len * stride.  Depth: the number of factors of n. */
static void transform(cplx *out, const cplx *in, int64_t len, int64_t stride, const cplx *w, int64_t n)
{
    int64_t p, m;

    if (len == 1) {
        out[0] = in[0];
        return;
    }
    p = smallest_factor(len);
    m = len / p;
    for (int64_t r = 0; r < p; r++)
        transform(out + r * m, in + r * stride, m, stride * p, w, n);
    for (int64_t j = 0; j < m; j++)
        butterfly(out, p, m, j, w, n, stride);
}

/* In place, n without large primes. */
static bool split_transform(cplx *x, int64_t n, zp_error *err)
{
    cplx *work = zp_alloc((size_t)n * 2 * sizeof *work, err), *w;

    if (!work)
        return false;
    w = work + n;
    for (int64_t k = 0; k < n; k++)
        w[k] = root(k, n);
    transform(work, x, n, 1, w, n);
    memcpy(x, work, (size_t)n * sizeof *x);
    zp_free(work);
    return true;
}

/* exp(-pi i k^2 / n); *square: k^2 mod 2 n, stepped to the next k. */
static cplx chirp(int64_t *square, int64_t k, int64_t n)
{
    cplx c = root(*square, 2 * n);

    *square = (*square + 2 * k + 1) % (2 * n);
    return c;
}

/* Any n: x[k] exp(-pi i k^2 / n), convolved with exp(pi i k^2 / n). */
static bool chirp_transform(cplx *x, int64_t n, zp_error *err)
{
    int64_t size = 1, square = 0;
    cplx *a, *b;
    bool ok;

    while (size < 2 * n)
        size *= 2;
    a = zp_alloc_zero((size_t)size * 2 * sizeof *a, err);
    if (!a)
        return false;
    b = a + size;
    for (int64_t k = 0; k < n; k++) {
        cplx c = chirp(&square, k, n);
        a[k] = mul(x[k], c);
        b[k] = b[k ? size - k : 0] = (cplx){ c.re, -c.im };
    }
    ok = split_transform(a, size, err) && split_transform(b, size, err);
    for (int64_t k = 0; ok && k < size; k++) {
        a[k] = mul(a[k], b[k]);
        a[k].im = -a[k].im; /* the inverse transform through the conjugate */
    }
    ok = ok && split_transform(a, size, err);
    square = 0;
    for (int64_t k = 0; ok && k < n; k++) {
        cplx c = chirp(&square, k, n);
        x[k] = mul((cplx){ a[k].re / (double)size, -a[k].im / (double)size }, c);
    }
    zp_free(a);
    return ok;
}

bool zp_fft(double *re, double *im, int64_t n, bool inverse, zp_error *err)
{
    double sign = inverse ? -1 : 1;
    cplx *x;
    bool ok;

    if (n < 2)
        return true;
    x = zp_alloc((size_t)n * sizeof *x, err);
    if (!x)
        return false;
    for (int64_t k = 0; k < n; k++)
        x[k] = (cplx){ re[k], sign * im[k] };
    ok = largest_prime(n) > BIG_PRIME ? chirp_transform(x, n, err) : split_transform(x, n, err);
    for (int64_t k = 0; ok && k < n; k++) {
        re[k] = x[k].re;
        im[k] = sign * x[k].im;
    }
    zp_free(x);
    return ok;
}
