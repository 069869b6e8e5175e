/* interpolate: straight lines, steps and cubic splines through points with increasing x. */
#ifndef ZP_KERNEL_INTERPOLATE_H
#define ZP_KERNEL_INTERPOLATE_H

#include "base/base.h"

typedef enum zp_spline_kind { ZP_SPLINE_FMM, ZP_SPLINE_NATURAL, ZP_SPLINE_PERIODIC } zp_spline_kind;

/* Points and the coefficients of y[i] + b[i] h + c[i] h^2 + d[i] h^3 to the right of x[i]. */
typedef struct zp_spline {
    zp_spline_kind kind;
    int64_t n;
    const double *x, *y;
    double *b, *c, *d;
} zp_spline;

/* Fills b, c, d; x strictly increasing, n >= 1.  `work`: 4 * n doubles (periodic splines only). */
void zp_spline_fit(zp_spline *s, double *work);
/* The spline or its derivative of order `deriv` (0 .. 3) at v. */
double zp_spline_at(const zp_spline *s, double v, int deriv);

/* Between points: a straight line or, with `step` from 0 to 1 (else -1), a step with so much of the right one; outside [x[0], x[n-1]]: left and right. */
double zp_approx_at(const double *x, const double *y, int64_t n, double v, double step, double left,
                    double right);

#endif
