/* Reductions of doubles.
 *
 * A block of 32768 elements is summed in 16 lanes, each with TwoSum: hi takes the rounded sum, lo collects what
 * rounding lost.  That is six additions per element, still less than memory takes to deliver it.
 *
 *     block 0 -> hi,lo \
 *     block 1 -> hi,lo  >-- added in order of the blocks
 *     block 2 -> hi,lo /
 *
 * Infinities spoil the low part (Inf - Inf), so a block whose result is not finite is summed again plainly.
 * Short inputs are summed in long double one by one, as R does. */
#include "kernel/reduce.h"

#include <math.h>

#include "kernel/kernel.h"

enum { BLOCK = 32768, CHUNK = 1024, SHORT = 512 };

typedef struct part {
    zp_dd sum;
    int64_t count;
} part;

/* Something is not finite, or the sum overflowed: the plain sum says what becomes of it. */
static void sum_block_plain(const double *x, int64_t n, bool skip, part *out)
{
    long double s = 0;
    for (int64_t i = 0; i < n; i++)
        if (!skip || x[i] == x[i])
            s += x[i];
    out->sum = (zp_dd){ (double)s, 0 };
}

static void sum_part(const double *x, int64_t n, bool skip, part *out)
{
    out->count = n;
    if (skip)
        zp_kernels_get()->sum_block_skip(x, n, &out->sum, &out->count);
    else
        zp_kernels_get()->sum_block(x, n, &out->sum);
    if (!isfinite(out->sum.hi) || !isfinite(out->sum.lo))
        sum_block_plain(x, n, skip, out);
}

static bool dd_finite(zp_dd a)
{
    return isfinite(a.hi) && isfinite(a.lo);
}

static zp_dd add_parts(zp_dd a, zp_dd b)
{
    if (!dd_finite(a) || !dd_finite(b))
        return (zp_dd){ a.hi + b.hi, 0 };
    return zp_dd_add(a, b);
}

typedef struct sum_job {
    const double *x;
    int64_t n;
    bool skip;
    part *parts;
} sum_job;

static void sum_task(void *arg, int64_t b)
{
    const sum_job *job = arg;
    int64_t at = b * BLOCK;

    sum_part(job->x + at, job->n - at < BLOCK ? job->n - at : BLOCK, job->skip, &job->parts[b]);
}

zp_dd zp_k_sum_dd(const double *x, int64_t n, bool skip, int64_t *count)
{
    zp_dd total = { 0, 0 };
    int64_t blocks = (n + BLOCK - 1) / BLOCK, counted = 0;
    part parts[CHUNK];

    for (int64_t first = 0; first < blocks; first += CHUNK) {
        int64_t many = blocks - first < CHUNK ? blocks - first : CHUNK;
        zp_parallel_tasks(many, sum_task, &(sum_job){ x + first * BLOCK, n - first * BLOCK, skip, parts });
        for (int64_t b = 0; b < many; b++) {
            total = add_parts(total, parts[b].sum);
            counted += parts[b].count;
        }
    }
    if (count)
        *count = counted;
    return total;
}

static long double sum_short(const double *x, int64_t n, bool skip, int64_t *count)
{
    long double s = 0;
    int64_t counted = 0;

    for (int64_t i = 0; i < n; i++)
        if (!skip || x[i] == x[i]) {
            s += x[i];
            counted++;
        }
    *count = counted;
    return s;
}

double zp_k_sum(const double *x, int64_t n, bool skip, int64_t *count)
{
    int64_t counted;
    zp_dd s;

    if (n <= SHORT) {
        double r = (double)sum_short(x, n, skip, &counted);
        if (count)
            *count = counted;
        return r;
    }
    s = zp_k_sum_dd(x, n, skip, count);
    return dd_finite(s) ? s.hi + s.lo : s.hi;
}

double zp_k_mean(const double *x, int64_t n, bool skip)
{
    int64_t count;
    long double mean, rest = 0;
    zp_dd s;

    if (n > SHORT) {
        s = zp_k_sum_dd(x, n, skip, &count);
        if (dd_finite(s))
            return (double)(((long double)s.hi + s.lo) / count);
        /* it may only have overflowed */
        long double t = 0;
        for (int64_t i = 0; i < n; i++)
            if (!skip || x[i] == x[i])
                t += x[i];
        return (double)(t / count);
    }
    mean = sum_short(x, n, skip, &count) / count;
    if (!isfinite((double)mean))
        return (double)mean;
    for (int64_t i = 0; i < n; i++)
        if (!skip || x[i] == x[i])
            rest += x[i] - mean;
    return (double)(mean + rest / count);
}

/* ---------------------------------------------------------------- products */

typedef struct products_job {
    const double *x, *y;
    double a, b;
    int64_t n;
    zp_dd *parts;
} products_job;

static void products_task(void *arg, int64_t k)
{
    const products_job *job = arg;
    int64_t at = k * BLOCK, n = job->n - at < BLOCK ? job->n - at : BLOCK;

    zp_kernels_get()->products_block(job->x + at, job->a, job->y + at, job->b, n, &job->parts[k]);
}

double zp_k_sum_products(const double *x, double a, const double *y, double b, int64_t n)
{
    zp_dd total = { 0, 0 }, parts[CHUNK];
    int64_t blocks = (n + BLOCK - 1) / BLOCK;

    if (n <= SHORT) {
        long double s = 0;
        for (int64_t i = 0; i < n; i++)
            s += ((long double)x[i] - a) * ((long double)y[i] - b);
        return (double)s;
    }
    for (int64_t first = 0; first < blocks; first += CHUNK) {
        int64_t many = blocks - first < CHUNK ? blocks - first : CHUNK;
        int64_t done = first * BLOCK;
        zp_parallel_tasks(many, products_task, &(products_job){ x + done, y + done, a, b, n - done, parts });
        for (int64_t k = 0; k < many; k++)
            total = add_parts(total, parts[k]);
    }
    if (dd_finite(total))
        return total.hi + total.lo;
    double plain = 0;
    for (int64_t i = 0; i < n; i++)
        plain += (x[i] - a) * (y[i] - b);
    return plain;
}

/* One after the other in long double: the order of the factors decides about overflow, as in R. */
double zp_k_prod(const double *x, int64_t n, bool skip)
{
    long double p = 1;
    for (int64_t i = 0; i < n; i++)
        if (!skip || x[i] == x[i])
            p *= x[i];
    return (double)p;
}

/* ---------------------------------------------------------------- extremes */

typedef struct extreme_job {
    const double *x;
    int64_t n;
    void (*block)(const double *x, int64_t n, double *best, int64_t *nans);
    double *best;
    int64_t *nans;
} extreme_job;

static void extreme_task(void *arg, int64_t b)
{
    const extreme_job *job = arg;
    int64_t at = b * BLOCK;

    job->block(job->x + at, job->n - at < BLOCK ? job->n - at : BLOCK, &job->best[b], &job->nans[b]);
}

double zp_k_min(const double *x, int64_t n, bool skip)
{
    double best = INFINITY, of_block[CHUNK];
    int64_t nans[CHUNK], any = 0;

    for (int64_t at = 0; at < n; at += (int64_t)CHUNK * BLOCK) {
        int64_t left = n - at, blocks = left > (int64_t)CHUNK * BLOCK ? CHUNK : (left + BLOCK - 1) / BLOCK;

        zp_parallel_tasks(blocks, extreme_task,
                          &(extreme_job){ x + at, left, zp_kernels_get()->min_block, of_block, nans });
        for (int64_t b = 0; b < blocks; b++) {
            best = of_block[b] < best ? of_block[b] : best;
            any |= nans[b];
        }
    }
    return any && !skip ? (double)NAN : best;
}

double zp_k_max(const double *x, int64_t n, bool skip)
{
    double best = -INFINITY, of_block[CHUNK];
    int64_t nans[CHUNK], any = 0;

    for (int64_t at = 0; at < n; at += (int64_t)CHUNK * BLOCK) {
        int64_t left = n - at, blocks = left > (int64_t)CHUNK * BLOCK ? CHUNK : (left + BLOCK - 1) / BLOCK;

        zp_parallel_tasks(blocks, extreme_task,
                          &(extreme_job){ x + at, left, zp_kernels_get()->max_block, of_block, nans });
        for (int64_t b = 0; b < blocks; b++) {
            best = of_block[b] > best ? of_block[b] : best;
            any |= nans[b];
        }
    }
    return any && !skip ? (double)NAN : best;
}

bool zp_k_any_nan(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += BLOCK)
        if (zp_kernels_get()->nonfinite_block(x + i, n - i < BLOCK ? n - i : BLOCK))
            for (int64_t j = i; j < n && j < i + BLOCK; j++)
                if (x[j] != x[j])
                    return true;
    return false;
}

bool zp_k_any_nonfinite(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += BLOCK)
        if (zp_kernels_get()->nonfinite_block(x + i, n - i < BLOCK ? n - i : BLOCK))
            return true;
    return false;
}

/* ---------------------------------------------------------------- other types */

int64_t zp_k_count_true(const int8_t *x, int64_t n)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += x[i] != 0;
    return count;
}

void zp_k_range_i64(const int64_t *x, int64_t n, int64_t *min, int64_t *max)
{
    int64_t lo = x[0], hi = x[0];
    for (int64_t i = 1; i < n; i++) {
        lo = x[i] < lo ? x[i] : lo;
        hi = x[i] > hi ? x[i] : hi;
    }
    *min = lo;
    *max = hi;
}

__extension__ typedef __int128 wide;

bool zp_k_sum_i64(const int64_t *x, int64_t n, int64_t *sum)
{
    wide s = 0;
    for (int64_t i = 0; i < n; i++)
        s += x[i];
    *sum = (int64_t)s;
    return s >= INT64_MIN && s <= INT64_MAX;
}

int64_t zp_k_drop_nan(double *out, const double *x, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        double v = x[i];
        out[kept] = v;
        kept += v == v;
    }
    return kept;
}
