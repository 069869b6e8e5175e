/* wide: the loops of reductions that are compiled once per instruction set; callers use reduce.h. */
#ifndef ZP_KERNEL_WIDE_H
#define ZP_KERNEL_WIDE_H

#include <stdint.h>

struct zp_dd;

#define ZP_ISA_WIDE(X)                                                                                            \
    X(void, sum_block, (const double *x, int64_t n, struct zp_dd *out))                                           \
    X(void, sum_block_skip, (const double *x, int64_t n, struct zp_dd *out, int64_t *counted))                    \
    X(void, products_block, (const double *x, double a, const double *y, double b, int64_t n, struct zp_dd *out)) \
    X(void, min_block, (const double *x, int64_t n, double *best, int64_t *nans))                                 \
    X(void, max_block, (const double *x, int64_t n, double *best, int64_t *nans))                                 \
    X(int64_t, nonfinite_block, (const double *x, int64_t n))

#endif
