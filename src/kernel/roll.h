/* roll: statistics over windows that end at each row of a column.
 *
 * The window of row r holds the rows from its start to r: the last `rows` ones, or from start[r] on (ascending,
 * start[r] <= r).  NaNs do not count; a row with fewer than `nvalid` values gives NaN.  `out` is not `x`.
 * Sums are kept to twice the precision of a double and taken anew every few windows, so nothing drifts. */
#ifndef ZP_KERNEL_ROLL_H
#define ZP_KERNEL_ROLL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct zp_window {
    int64_t rows;         /* >= 1, when start is NULL */
    const int64_t *start; /* or NULL */
    int64_t nvalid;       /* >= 1 */
} zp_window;

typedef enum zp_roll { ZP_ROLL_SUM, ZP_ROLL_MEAN, ZP_ROLL_VAR, ZP_ROLL_SD, ZP_ROLL_COV, ZP_ROLL_COR } zp_roll;

void zp_k_roll_sum(double *out, const double *x, int64_t n, const zp_window *w, bool mean);
/* Variance (divisor values - 1) or standard deviation; NaN for fewer than two values. */
void zp_k_roll_var(double *out, const double *x, int64_t n, const zp_window *w, bool sd);
/* Covariance or correlation over rows where neither is NaN. */
void zp_k_roll_cov(double *out, const double *x, const double *y, int64_t n, const zp_window *w, bool cor);
/* `scratch` holds n integers (needed only with w->start). */
void zp_k_roll_min(double *out, const double *x, int64_t n, const zp_window *w, int64_t *scratch);
void zp_k_roll_max(double *out, const double *x, int64_t n, const zp_window *w, int64_t *scratch);
/* Quantile (R's type 7).  `scratch` holds zp_k_roll_quantile_words(n, w) 64-bit words. */
int64_t zp_k_roll_quantile_words(int64_t n, const zp_window *w);
void zp_k_roll_quantile(double *out, const double *x, int64_t n, const zp_window *w, double prob,
                        void *scratch);
/* Exponentially weighted mean: r = alpha * x + (1 - alpha) * r before; starts with the first value.  A NaN gives
 * NaN and leaves the mean as it is. */
void zp_k_ewma(double *out, const double *x, int64_t n, double alpha);

#endif
