/* align: which rows of one ascending column belong to the instants of another, and what they amount to.
 *
 *     from   |  |    |   | ||      |            every target looks at the window
 *     to        ^        ^         ^            [to + lead, to + trail]
 *
 * Both columns are walked side by side (or leapt over, where one is much sparser); pieces of the targets run on
 * several threads, each finding its place by binary search.  Columns are borrowed. */
#ifndef ZP_KERNEL_ALIGN_H
#define ZP_KERNEL_ALIGN_H

#include "base/base.h"

typedef struct zp_windows {
    const int64_t *from, *to;   /* from ascends; to may have any order */
    int64_t n, m;               /* their lengths */
    const int64_t *start, *end; /* window of each target, both ends included; NULL: to + lead, to + trail */
    int64_t lead, trail;        /* sums beyond the range of int64 mean its ends */
} zp_windows;

/* row[k]: the row of `from` in window k nearest to target k (of two, the earlier), or -1. */
void zp_align_closest(const zp_windows *w, int64_t *row);
/* The same, and at once out[c * m + k] = columns[c][row] for every column, `fill` without a row. */
void zp_align_gather(const zp_windows *w, const double *const *columns, int64_t count, double fill,
                     double *out);
/* Rows of the half-open window k: lo[k] <= row < hi[k]; empty: lo[k] == hi[k]. */
void zp_align_ranges(const zp_windows *w, int64_t *lo, int64_t *hi);

/* What the rows of a range amount to. */
typedef enum zp_reducer {
    ZP_RED_COUNT,
    ZP_RED_SUM,
    ZP_RED_MEAN,
    ZP_RED_MIN,
    ZP_RED_MAX,
    ZP_RED_MEDIAN,
    ZP_RED_FIRST,
    ZP_RED_LAST
} zp_reducer;
/* out[k] over x[lo[k] .. hi[k]); of nothing NaN (count: 0).  A NaN inside gives NaN.  Overlapping ranges are not
 * summed anew.  `scratch` (for MEDIAN): as long as the longest range, on one thread only. */
void zp_range_reduce(zp_reducer what, const double *x, const int64_t *lo, const int64_t *hi, int64_t m,
                     double *scratch, double *out);

/* First position in the ascending x[at .. n) whose element is >= key (> key), near `at` first. */
int64_t zp_seek_ge(const int64_t *x, int64_t n, int64_t at, int64_t key);
int64_t zp_seek_gt(const int64_t *x, int64_t n, int64_t at, int64_t key);

#endif
