/* join: two ascending columns of instants on one, and the columns of numbers that go with them. */
#ifndef ZP_KERNEL_JOIN_H
#define ZP_KERNEL_JOIN_H

#include "base/base.h"

typedef struct zp_join_side {
    const int64_t *at; /* strictly ascending */
    int64_t n;
    const double *const *columns; /* `count` of them, n rows each */
    int64_t count;
    double *out; /* column c goes to out + c * stride */
    int64_t stride;
} zp_join_side;

enum { ZP_JOIN_APART = -1 };
/* The instants of either side (`all`) or of both go to `times`, the rows of each side to its `out`, `fill` where it has
 * none.  With an op of zp_kop (+ - * /) for ZP_JOIN_APART, `x op y` goes to the `out` of x alone, column by column: both
 * have as many.  There must be room for n + m rows, or
 * without `all` for the shorter one.  Returns the number of rows. */
int64_t zp_join(bool all, int op, const zp_join_side *x, const zp_join_side *y, double fill, int64_t *times);

#endif
