/* Interpolation.
 *
 * Splines: the second derivatives at the points solve a tridiagonal system.  "fmm" takes the ends from the cubics through
 * the first and last four points (Forsythe, Malcolm, Moler, Computer Methods for Mathematical Computations, 1977),
 * "natural" sets them to zero, "periodic" closes the system to a ring, which is solved by one correction of rank one. */
#include "kernel/interpolate.h"

#include <math.h>

/* Two points: a line.  One: a constant. */
static void fit_line(zp_spline *s)
{
    double t = s->n < 2 ? 0 : (s->y[1] - s->y[0]) / (s->x[1] - s->x[0]);

    for (int64_t i = 0; i < s->n; i++) {
        s->b[i] = s->kind == ZP_SPLINE_PERIODIC ? 0 : t;
        s->c[i] = s->d[i] = 0;
    }
}

/* d: widths of the intervals, c: differences of slopes, b: diagonal of the system, at the inner points. */
static void inner_equations(zp_spline *s)
{
    const double *x = s->x, *y = s->y;
    int64_t n = s->n;

    s->d[0] = x[1] - x[0];
    s->c[1] = (y[1] - y[0]) / s->d[0];
    for (int64_t i = 1; i < n - 1; i++) {
        s->d[i] = x[i + 1] - x[i];
        s->b[i] = 2 * (s->d[i - 1] + s->d[i]);
        s->c[i + 1] = (y[i + 1] - y[i]) / s->d[i];
        s->c[i] = s->c[i + 1] - s->c[i];
    }
}

static void coefficients(zp_spline *s, int64_t from, int64_t to)
{
    const double *y = s->y;

    for (int64_t i = from; i < to; i++) {
        s->b[i] = (y[i + 1] - y[i]) / s->d[i] - s->d[i] * (s->c[i + 1] + 2 * s->c[i]);
        s->d[i] = (s->c[i + 1] - s->c[i]) / s->d[i];
        s->c[i] = 3 * s->c[i];
    }
}

static void fit_fmm(zp_spline *s)
{
    const double *x = s->x, *y = s->y;
    double *b = s->b, *c = s->c, *d = s->d;
    int64_t n = s->n, m = n - 1;

    inner_equations(s);
    b[0] = -d[0];
    b[m] = -d[m - 1];
    c[0] = c[m] = 0;
    if (n > 3) {
        c[0] = c[2] / (x[3] - x[1]) - c[1] / (x[2] - x[0]);
        c[m] = c[m - 1] / (x[m] - x[m - 2]) - c[m - 2] / (x[m - 1] - x[m - 3]);
        c[0] = c[0] * d[0] * d[0] / (x[3] - x[0]);
        c[m] = -c[m] * d[m - 1] * d[m - 1] / (x[m] - x[m - 3]);
    }
    for (int64_t i = 1; i < n; i++) {
        double t = d[i - 1] / b[i - 1];
        b[i] -= t * d[i - 1];
        c[i] -= t * c[i - 1];
    }
    c[m] /= b[m];
    for (int64_t i = m - 1; i >= 0; i--)
        c[i] = (c[i] - d[i] * c[i + 1]) / b[i];
    b[m] = (y[m] - y[m - 1]) / d[m - 1] + d[m - 1] * (c[m - 1] + 2 * c[m]);
    coefficients(s, 0, m);
    c[m] = 3 * c[m];
    d[m] = d[m - 1];
}

static void fit_natural(zp_spline *s)
{
    const double *y = s->y;
    double *b = s->b, *c = s->c, *d = s->d;
    int64_t m = s->n - 1;

    inner_equations(s);
    for (int64_t i = 2; i < m; i++) {
        double t = d[i - 1] / b[i - 1];
        b[i] -= t * d[i - 1];
        c[i] -= t * c[i - 1];
    }
    c[m - 1] /= b[m - 1];
    for (int64_t i = m - 2; i > 0; i--)
        c[i] = (c[i] - d[i] * c[i + 1]) / b[i];
    c[0] = c[m] = 0;
    b[m] = (y[m] - y[m - 1]) / d[m - 1] + d[m - 1] * c[m - 1];
    coefficients(s, 0, m);
    d[m] = 0;
}

/* Solves the tridiagonal system with diagonal `diag` and off-diagonal off[i] between i and i + 1. */
static void tridiagonal(int64_t n, const double *diag, const double *off, double *rhs, double *work)
{
    double pivot = diag[0];

    rhs[0] /= pivot;
    for (int64_t i = 1; i < n; i++) {
        work[i] = off[i - 1] / pivot;
        pivot = diag[i] - off[i - 1] * work[i];
        rhs[i] = (rhs[i] - off[i - 1] * rhs[i - 1]) / pivot;
    }
    for (int64_t i = n - 2; i >= 0; i--)
        rhs[i] -= work[i + 1] * rhs[i + 1];
}

static void fit_periodic(zp_spline *s, double *work)
{
    const double *x = s->x, *y = s->y;
    double *b = s->b, *c = s->c, *d = s->d;
    double *diag = work, *fix = work + s->n, *spare = work + 2 * s->n, corner, gamma, ratio;
    int64_t m = s->n - 1; /* unknowns: the ring has m points */

    for (int64_t i = 0; i < m; i++)
        d[i] = x[i + 1] - x[i];
    for (int64_t i = 0; i < m; i++) {
        int64_t left = i ? i - 1 : m - 1;
        double y1 = i + 1 == m ? y[0] : y[i + 1];
        diag[i] = 2 * (d[left] + d[i]);
        c[i] = (y1 - y[i]) / d[i] - (y[i] - y[left]) / d[left];
    }
    corner = d[m - 1];
    if (m == 2) {
        /* both neighbours are the same point */
        double off = d[0] + d[1], det = diag[0] * diag[1] - off * off, c0 = c[0];
        c[0] = (c0 * diag[1] - c[1] * off) / det;
        c[1] = (c[1] * diag[0] - c0 * off) / det;
    } else {
        gamma = -diag[0];
        diag[0] -= gamma;
        diag[m - 1] -= corner * corner / gamma;
        for (int64_t i = 0; i < m; i++)
            fix[i] = 0;
        fix[0] = gamma;
        fix[m - 1] = corner;
        tridiagonal(m, diag, d, c, spare);
        tridiagonal(m, diag, d, fix, spare);
        ratio = (c[0] + corner * c[m - 1] / gamma) / (1 + fix[0] + corner * fix[m - 1] / gamma);
        for (int64_t i = 0; i < m; i++)
            c[i] -= ratio * fix[i];
    }
    c[m] = c[0];
    coefficients(s, 0, m);
    b[m] = b[0];
    c[m] = c[0];
    d[m] = d[0];
}

void zp_spline_fit(zp_spline *s, double *work)
{
    if (s->n < 3)
        fit_line(s);
    else if (s->kind == ZP_SPLINE_FMM)
        fit_fmm(s);
    else if (s->kind == ZP_SPLINE_NATURAL)
        fit_natural(s);
    else
        fit_periodic(s, work);
}

/* The last i with x[i] <= v, or 0. */
static int64_t interval_of(const double *x, int64_t n, double v)
{
    int64_t lo = 0, hi = n;

    while (hi - lo > 1) {
        int64_t mid = lo + (hi - lo) / 2;
        if (v < x[mid])
            hi = mid;
        else
            lo = mid;
    }
    return lo;
}

double zp_spline_at(const zp_spline *s, double v, int deriv)
{
    int64_t i;
    double h, d;

    if (isnan(v))
        return v;
    if (s->kind == ZP_SPLINE_PERIODIC && s->n > 1) {
        double period = s->x[s->n - 1] - s->x[0];
        v -= s->x[0];
        v -= floor(v / period) * period;
        v += s->x[0];
    }
    i = interval_of(s->x, s->n, v);
    h = v - s->x[i];
    d = s->kind == ZP_SPLINE_NATURAL && v < s->x[0] ? 0 : s->d[i];
    switch (deriv) {
    case 0: return s->y[i] + h * (s->b[i] + h * (s->c[i] + h * d));
    case 1: return s->b[i] + h * (2 * s->c[i] + h * 3 * d);
    case 2: return 2 * s->c[i] + h * 6 * d;
    default: return 6 * d;
    }
}

double zp_approx_at(const double *x, const double *y, int64_t n, double v, double step, double left,
                    double right)
{
    int64_t i;

    if (isnan(v))
        return v;
    if (v < x[0])
        return left;
    if (v > x[n - 1])
        return right;
    i = interval_of(x, n, v);
    if (v == x[i] || i == n - 1)
        return y[i];
    if (step >= 0)
        return (step < 1 ? y[i] * (1 - step) : 0) + (step > 0 ? y[i + 1] * step : 0);
    return y[i] + (y[i + 1] - y[i]) * ((v - x[i]) / (x[i + 1] - x[i]));
}
