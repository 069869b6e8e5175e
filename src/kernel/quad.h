/* quad: adaptive integration, turned inside out.
 *
 * The integrand is a function of the language, which C must not call.  So the method asks instead: it names points, is
 * given the values there, and either names further points or is finished.
 *
 *     zp_quad_init -> [ zp_quad_nodes -> caller evaluates -> zp_quad_take ]* -> value, error
 *
 * The whole state is one block of doubles (zp_quad_size of them), so that it can live in a value of the language. */
#ifndef ZP_KERNEL_QUAD_H
#define ZP_KERNEL_QUAD_H

#include "base/base.h"

enum { ZP_QUAD_TABLE = 56, ZP_QUAD_MAX_NODES = 21 };

/* What range is integrated over. */
typedef enum zp_quad_range { ZP_QUAD_FINITE, ZP_QUAD_UP, ZP_QUAD_DOWN, ZP_QUAD_BOTH } zp_quad_range;

typedef struct zp_quad {
    double range, bound;            /* zp_quad_range; the finite end of a half-infinite range */
    double from, to;                /* of the variable after transformation */
    double abs_tol, rel_tol, limit; /* what is asked for; most intervals */
    double stage;                   /* 0 first rule, 1 left half, 2 right half, 3 finished */
    double result, error, status, count;
    double a1, b1, a2, b2;        /* the halves in work */
    double area1, error1, defab1; /* what the left half gave */
    double area, errsum, errmax, errbound, maxerr, nrmax;
    double small, erlarge, ertest, erlast, correction, defabs, sign;
    double extrapolating, no_extrapolation, ierro, roff1, roff2, roff3, ktmin, nres, ntable;
    double last3[3], table[ZP_QUAD_TABLE];
    double lists[]; /* limit each: left ends, right ends, areas, errors, order */
} zp_quad;

/* Doubles a state for `limit` intervals takes. */
size_t zp_quad_size(int64_t limit);
/* The limits may be infinite (lower < upper then). */
void zp_quad_init(zp_quad *q, double lower, double upper, double abs_tol, double rel_tol, int64_t limit);
/* Is this block of zp_quad_size(limit) doubles a state that zp_quad_take may go on with?  (It was in foreign hands.) */
bool zp_quad_valid(zp_quad *q, int64_t limit);
/* Writes the points wanted now, returns how many; 0: finished.  When range is BOTH the integrand is wanted at -x too. */
int zp_quad_nodes(const zp_quad *q, double *x);
/* Values at those points (and at -x, or NULL). */
void zp_quad_take(zp_quad *q, const double *v, const double *mirrored);

#endif
