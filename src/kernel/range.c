/* range: sums, means, extremes and medians over ranges of rows.
 *
 * Ranges that hardly overlap are read one by one.  Where they overlap much, a sum slides: rows that enter are added,
 * rows that leave are taken away, in twice the precision of a double, so that nothing drifts however far it slides;
 * NaN and Inf are counted beside it.  Which way is taken depends on the ranges alone, never on the threads. */
#include "kernel/align.h"

#include <math.h>

#include "kernel/kernel.h"

/* ---------------------------------------------------------------- sliding */

typedef struct slide {
    double hi, lo;         /* sum of the finite rows */
    int64_t nan, pos, neg; /* rows that are NaN, Inf, -Inf */
    int64_t from, to;
} slide;

static void slide_add(slide *s, double x, int sign)
{
    double sum, part;

    if (!isfinite(x)) {
        *(isnan(x) ? &s->nan : x > 0 ? &s->pos : &s->neg) += sign;
        return;
    }
    x *= sign;
    sum = s->hi + x;
    part = sum - s->hi;
    s->lo += (s->hi - (sum - part)) + (x - part);
    s->hi = sum;
    sum = s->hi + s->lo; /* renormalize */
    s->lo -= sum - s->hi;
    s->hi = sum;
}

static void slide_to(slide *s, const double *x, int64_t lo, int64_t hi)
{
    int64_t moved = (lo > s->from ? lo - s->from : s->from - lo) + (hi > s->to ? hi - s->to : s->to - hi);

    if (moved >= hi - lo)
        *s = (slide){ .from = lo, .to = lo };
    for (; s->to < hi; s->to++)
        slide_add(s, x[s->to], 1);
    for (; s->from > lo; s->from--)
        slide_add(s, x[s->from - 1], 1);
    for (; s->from < lo; s->from++)
        slide_add(s, x[s->from], -1);
    for (; s->to > hi; s->to--)
        slide_add(s, x[s->to - 1], -1);
}

static double slide_sum(const slide *s)
{
    if (s->nan || (s->pos && s->neg))
        return NAN;
    return s->pos ? INFINITY : s->neg ? -INFINITY : s->hi;
}

/* ---------------------------------------------------------------- one range */

static bool has_nan(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (isnan(x[i]))
            return true;
    return false;
}

static void swap(double *a, double *b)
{
    double t = *a;

    *a = *b;
    *b = t;
}

/* The k-th smallest of v[0 .. n), no NaN; smaller ones end up before it. */
static double select_kth(double *v, int64_t n, int64_t k)
{
    int64_t lo = 0, hi = n - 1;

    while (lo < hi) {
        double pivot;
        int64_t i = lo, j = hi;

        if (v[hi] < v[lo])
            swap(&v[lo], &v[hi]);
        pivot = v[lo + (hi - lo) / 2];
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j)
                swap(&v[i++], &v[j--]);
        }
        if (k <= j)
            hi = j;
        else if (k >= i)
            lo = i;
        else
            break;
    }
    return v[k];
}

static double median(const double *x, int64_t n, double *scratch)
{
    double upper, lower;

    if (has_nan(x, n))
        return NAN;
    for (int64_t i = 0; i < n; i++)
        scratch[i] = x[i];
    upper = select_kth(scratch, n, n / 2);
    if (n % 2)
        return upper;
    lower = scratch[0];
    for (int64_t i = 1; i < n / 2; i++)
        lower = scratch[i] > lower ? scratch[i] : lower;
    return (lower + upper) / 2;
}

static double one(zp_reducer what, const double *x, int64_t n, double *scratch)
{
    double sum_min_max[3];

    if (what == ZP_RED_FIRST)
        return x[0];
    if (what == ZP_RED_LAST)
        return x[n - 1];
    if (what == ZP_RED_MEDIAN)
        return median(x, n, scratch);
    zp_kernels_get()->span_dbl(x, n, sum_min_max);
    if (what == ZP_RED_SUM)
        return sum_min_max[0];
    if (what == ZP_RED_MEAN)
        return sum_min_max[0] / (double)n;
    if (isnan(sum_min_max[0]) && has_nan(x, n))
        return NAN;
    return sum_min_max[what == ZP_RED_MIN ? 1 : 2];
}

/* ---------------------------------------------------------------- columns */

typedef struct job {
    zp_reducer what;
    const double *x;
    const int64_t *lo, *hi;
    double *scratch, *out;
    bool slides;
} job;

static void reduce_piece(void *arg, int64_t from, int64_t to)
{
    const job *j = arg;
    slide s = { 0 };

    for (int64_t k = from; k < to; k++) {
        int64_t n = j->hi[k] - j->lo[k];

        if (j->what == ZP_RED_COUNT) {
            j->out[k] = (double)n;
        } else if (n == 0) {
            j->out[k] = NAN;
        } else if (j->slides) {
            slide_to(&s, j->x, j->lo[k], j->hi[k]);
            j->out[k] = j->what == ZP_RED_MEAN ? slide_sum(&s) / (double)n : slide_sum(&s);
        } else {
            j->out[k] = one(j->what, j->x + j->lo[k], n, j->scratch);
        }
    }
}

/* Do the ranges read rows several times? */
static bool overlap(const int64_t *lo, const int64_t *hi, int64_t m)
{
    int64_t least = INT64_MAX, most = 0;
    double read = 0;

    for (int64_t k = 0; k < m; k++) {
        if (hi[k] == lo[k])
            continue;
        read += (double)(hi[k] - lo[k]);
        least = lo[k] < least ? lo[k] : least;
        most = hi[k] > most ? hi[k] : most;
    }
    return read > 4.0 * (double)(most - least);
}

void zp_range_reduce(zp_reducer what, const double *x, const int64_t *lo, const int64_t *hi, int64_t m,
                     double *scratch, double *out)
{
    job j = { what, x, lo, hi, scratch, out, false };

    j.slides = (what == ZP_RED_SUM || what == ZP_RED_MEAN) && overlap(lo, hi, m);
    if (what == ZP_RED_MEDIAN)
        reduce_piece(&j, 0, m);
    else
        zp_parallel(m, 1 << 10, reduce_piece, &j);
}
