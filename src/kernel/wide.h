/* wide: the loops of reductions that are compiled once per instruction set; callers use reduce.h. */
#ifndef ZP_KERNEL_WIDE_H
#define ZP_KERNEL_WIDE_H

#include <stdbool.h>
#include <stdint.h>

struct zp_dd;

/* A rolling sum hi + lo, and the largest |hi| since it was taken directly. */
typedef struct zp_rolling {
    double hi, lo, peak;
} zp_rolling;
enum { ZP_ROLL_CHUNK = 64, ZP_ROLL_SIDE = 4 };

#define ZP_ISA_WIDE(X)                                                                                             \
    X(void, sum_block, (const double *x, int64_t n, struct zp_dd *out))                                            \
    X(void, sum_block_skip, (const double *x, int64_t n, struct zp_dd *out, int64_t *counted))                     \
    X(void, products_block,                                                                                        \
      (const double *x, double a, const double *y, double b, int64_t n, struct zp_dd *out))                        \
    X(void, min_block, (const double *x, int64_t n, double *best, int64_t *nans))                                  \
    X(void, max_block, (const double *x, int64_t n, double *best, int64_t *nans))                                  \
    /* out[i] = sum of the `rows` values up to x[i], divided by `by`, for n <= ZP_ROLL_CHUNK elements of each of \
     * ZP_ROLL_SIDE stretches `apart`.  Bit k clear: sum k fell below `fallen` of its peak, s[k] is as before.    \
     * Negative: not all values or sums are finite. */ \
    X(int, roll_chunk,                                                                                             \
      (double *out, const double *x, int64_t apart, int64_t n, int64_t rows, double by, double fallen,             \
       zp_rolling *s))                                                                                             \
    X(int64_t, nonfinite_block, (const double *x, int64_t n))

#endif
