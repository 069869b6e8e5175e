/* reduce: one number out of a column of doubles.
 *
 * Sums are exact to about twice the precision of a double: each lane keeps a high and a low part, blocks of a
 * fixed size are added in a fixed order.  So the result neither depends on the number of threads nor differs
 * from a sum in long double by more than its last bit.
 * Thread: any; large inputs use several threads. */
#ifndef ZP_KERNEL_REDUCE_H
#define ZP_KERNEL_REDUCE_H

#include <stdbool.h>
#include <stdint.h>

/* Elements from which on a loop is worth several threads. */
#define ZP_PAR_MIN 100000

/* The unevaluated sum hi + lo. */
typedef struct zp_dd {
    double hi, lo;
} zp_dd;

static inline zp_dd zp_two_sum(double a, double b)
{
    double s = a + b, t = s - a;
    return (zp_dd){ s, (a - (s - t)) + (b - t) };
}
static inline zp_dd zp_dd_add(zp_dd a, zp_dd b)
{
    zp_dd s = zp_two_sum(a.hi, b.hi);
    double lo = s.lo + (a.lo + b.lo), hi = s.hi + lo;
    return (zp_dd){ hi, lo - (hi - s.hi) };
}

/* What one pass finds out.  With `skip` NaNs are left out and not counted. */
double zp_k_sum(const double *x, int64_t n, bool skip, int64_t *count);
/* The sum without its last rounding; not meaningful when the sum is not finite. */
zp_dd zp_k_sum_dd(const double *x, int64_t n, bool skip, int64_t *count);
double zp_k_mean(const double *x, int64_t n, bool skip);
/* Sum of (x - a) * (y - b); NaN propagates. */
double zp_k_sum_products(const double *x, double a, const double *y, double b, int64_t n);
double zp_k_prod(const double *x, int64_t n, bool skip);
/* Any NaN makes the result NaN unless `skip`; nothing left: Inf and -Inf. */
double zp_k_min(const double *x, int64_t n, bool skip);
double zp_k_max(const double *x, int64_t n, bool skip);
bool zp_k_any_nan(const double *x, int64_t n);
/* Is any element NaN or infinite? */
bool zp_k_any_nonfinite(const double *x, int64_t n);
int64_t zp_k_count_true(const int8_t *x, int64_t n);
/* 64-bit integers: minimum and maximum (n > 0), and a sum that reports overflow by returning false. */
void zp_k_range_i64(const int64_t *x, int64_t n, int64_t *min, int64_t *max);
bool zp_k_sum_i64(const int64_t *x, int64_t n, int64_t *sum);
/* Copies what is not NaN; returns how many.  `out` may be `x`. */
int64_t zp_k_drop_nan(double *out, const double *x, int64_t n);

#endif
