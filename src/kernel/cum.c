/* Running sums and their kin.
 *
 * A running sum is a chain: each element waits for the one before.  Large columns are cut into blocks; first the
 * sums of all blocks are taken (wide, see reduce.c), then every block runs from its own start, several at a time:
 *
 *     sums of blocks  s0 s1 s2     starts  0, s0, s0+s1, ...
 *
 * The blocks do not depend on the number of threads, so neither does the result.  The chain itself runs in long
 * double, as R's. */
#include "kernel/cum.h"

#include <math.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/reduce.h"

enum { BLOCK = 65536, CHUNK = 512 };

static void sum_run(double *out, const double *x, int64_t n, long double s)
{
    for (int64_t i = 0; i < n; i++) {
        s += x[i];
        out[i] = (double)s;
    }
}

static long double sum_of_block(const double *x, int64_t n)
{
    zp_dd s = zp_k_sum_dd(x, n, false, NULL);
    return isfinite(s.hi) ? (long double)s.hi + s.lo : s.hi;
}

typedef struct cum_job {
    double *out;
    const double *x;
    int64_t n;
    long double *start;
} cum_job;

static void block_sum(void *arg, int64_t b)
{
    const cum_job *job = arg;
    int64_t at = b * BLOCK;

    job->start[b + 1] = sum_of_block(job->x + at, job->n - at < BLOCK ? job->n - at : BLOCK);
}

static void block_run(void *arg, int64_t b)
{
    const cum_job *job = arg;
    int64_t at = b * BLOCK;

    sum_run(job->out + at, job->x + at, job->n - at < BLOCK ? job->n - at : BLOCK, job->start[b]);
}

static void cumsum(double *out, const double *x, int64_t n)
{
    long double start[CHUNK + 1];
    int64_t blocks = (n + BLOCK - 1) / BLOCK;

    if (n <= 2 * BLOCK) {
        sum_run(out, x, n, 0);
        return;
    }
    start[0] = 0;
    for (int64_t first = 0; first < blocks; first += CHUNK) {
        int64_t many = blocks - first < CHUNK ? blocks - first : CHUNK;
        cum_job job = { out + first * BLOCK, x + first * BLOCK, n - first * BLOCK, start };

        zp_parallel_tasks(many, block_sum, &job);
        for (int64_t b = 0; b < many; b++)
            start[b + 1] += start[b];
        zp_parallel_tasks(many, block_run, &job);
        start[0] = start[many];
    }
}

/* NaN wins over everything that follows, because no comparison with it is true. */
#define RUN(name, type, start, step)                                      \
    static void name(double *out, const double *x, int64_t n, int64_t by) \
    {                                                                     \
        type r = (start);                                                 \
        int64_t i = by > 0 ? 0 : n - 1;                                   \
        for (int64_t k = 0; k < n; k++, i += by) {                        \
            double v = x[i];                                              \
            r = (step);                                                   \
            out[i] = (double)r;                                           \
        }                                                                 \
    }

RUN(run_sum, long double, 0, r + v)
RUN(run_prod, long double, 1, r *v)
RUN(run_max, double, -INFINITY, !(r >= v) && r == r ? v : r)
RUN(run_min, double, INFINITY, !(r <= v) && r == r ? v : r)
RUN(run_div, double, 1, k ? v / r : v)

void zp_k_cum(zp_cum what, double *out, const double *x, int64_t n, bool rev)
{
    int64_t by = rev ? -1 : 1;

    if (n <= 0)
        return;
    switch (what) {
    case ZP_CUMSUM:
        if (rev)
            run_sum(out, x, n, by);
        else
            cumsum(out, x, n);
        break;
    case ZP_CUMPROD: run_prod(out, x, n, by); break;
    case ZP_CUMMAX: run_max(out, x, n, by); break;
    case ZP_CUMMIN: run_min(out, x, n, by); break;
    case ZP_CUMDIV: run_div(out, x, n, by); break;
    }
}

/* ---------------------------------------------------------------- shifts */

void zp_k_diff(double *out, const double *x, int64_t n, int64_t lag)
{
    int64_t count = n - lag;

    if (count <= 0)
        return;
    if (out == x) /* reads run ahead of writes */
        for (int64_t i = 0; i < count; i++)
            out[i] = x[i + lag] - x[i];
    else
        zp_map2(zp_kernels_get()->arith_dbl, ZP_K_SUB, ZP_VV, out, sizeof *out, x + lag, x, sizeof *x, count);
}

bool zp_k_diff_i64(int64_t *out, const int64_t *x, int64_t n, int64_t lag)
{
    bool fits = true;
    for (int64_t i = 0; i < n - lag; i++)
        fits &= !__builtin_sub_overflow(x[i + lag], x[i], &out[i]);
    return fits;
}

void zp_k_move(double *out, const double *x, int64_t n, int64_t by)
{
    int64_t kept = n - (by < 0 ? -by : by);

    memmove(out + (by > 0 ? by : 0), x + (by < 0 ? -by : 0), (size_t)kept * sizeof(double));
    for (int64_t i = by > 0 ? 0 : kept, end = by > 0 ? by : n; i < end; i++)
        out[i] = NAN;
}

void zp_k_diff_rows(double *out, const double *x, int64_t n, int64_t by)
{
    if (by >= 0) { /* from the end, so that `out` may be `x` */
        for (int64_t i = n - 1; i >= by; i--)
            out[i] = x[i] - x[i - by];
        for (int64_t i = 0; i < by && i < n; i++)
            out[i] = NAN;
        return;
    }
    for (int64_t i = 0; i < n + by; i++)
        out[i] = x[i] - x[i - by];
    for (int64_t i = n + by; i < n; i++)
        out[i] = NAN;
}

void zp_k_locf(double *out, const double *x, int64_t n, int64_t most)
{
    double last = NAN;
    int64_t since = 0;

    for (int64_t i = 0; i < n; i++) {
        double v = x[i];
        if (v == v) {
            last = v;
            since = 0;
        } else if (since < most) {
            v = last;
            since++;
        }
        out[i] = v;
    }
}
