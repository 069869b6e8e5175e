/* cum: running sums, products and extremes of one column, and shifts.
 *
 * `out` may be `x`.  With `rev` the run goes from the last row upwards.  NaN propagates. */
#ifndef ZP_KERNEL_CUM_H
#define ZP_KERNEL_CUM_H

#include <stdbool.h>
#include <stdint.h>

typedef enum zp_cum { ZP_CUMSUM, ZP_CUMPROD, ZP_CUMMAX, ZP_CUMMIN, ZP_CUMDIV } zp_cum;

void zp_k_cum(zp_cum what, double *out, const double *x, int64_t n, bool rev);

/* out[i] = x[i + lag] - x[i] for i < n - lag; `out` may be `x`. */
void zp_k_diff(double *out, const double *x, int64_t n, int64_t lag);
/* The same for instants: false when a difference does not fit. */
bool zp_k_diff_i64(int64_t *out, const int64_t *x, int64_t n, int64_t lag);
/* out[i] = x[i - by]; vacated rows are NaN.  |by| <= n; `out` may be `x`. */
void zp_k_move(double *out, const double *x, int64_t n, int64_t by);
/* out[i] = x[i] - x[i - by], NaN where there is none. */
void zp_k_diff_rows(double *out, const double *x, int64_t n, int64_t by);
/* A NaN takes the last value before it that is none, at most `most` rows back. */
void zp_k_locf(double *out, const double *x, int64_t n, int64_t most);

#endif
