/* join: a merge that branches on nothing but its end.
 *
 * A step compares one element of either side and advances one or both; what it writes is overwritten by the next step
 * when it does not count.  It waits for the comparison before it knows what to load: so a block of both sides is cut in
 * two halves at one instant, which are walked by turns, and the waits overlap.
 *
 *     x  ......|.......      a block: at most BLOCK elements of either, up to the smaller of the two last ones
 *     y  ....|.........      | the middle of x, and what of y is before it
 *
 * A block yields instants and row numbers; the columns follow while these are in the first-level cache. */
#include "kernel/join.h"

#include <string.h>

#include "kernel/align.h"
#include "kernel/flush.h"

enum { BLOCK = 1024 };

/* One half of a block: elements [i, i_end) of x and [j, j_end) of y, rows from k on. */
typedef struct half {
    int64_t i, i_end, j, j_end, k;
} half;

/* What a block yields: rows of x and y, counted from the begin of the block; -1: none. */
typedef struct block {
    const int64_t *x, *y; /* where it begins */
    int64_t times[2 * BLOCK];
    int32_t rx[2 * BLOCK], ry[2 * BLOCK];
} block;

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How many steps cannot run over an end: each takes one of either side at least. */
static int64_t safe_steps(const half *h)
{
    return least(h->i_end - h->i, h->j_end - h->j);
}

#define STEP_ALL(i, j, k)                   \
    do {                                    \
        int64_t a_ = x[i], b_ = y[j];       \
        int le_ = a_ <= b_, ge_ = b_ <= a_; \
        times[k] = le_ ? a_ : b_;           \
        rx[k] = (int32_t)i | (le_ - 1);     \
        ry[k] = (int32_t)j | (ge_ - 1);     \
        k++;                                \
        i += le_;                           \
        j += ge_;                           \
    } while (0)
#define STEP_BOTH(i, j, k)            \
    do {                              \
        int64_t a_ = x[i], b_ = y[j]; \
        times[k] = a_;                \
        rx[k] = (int32_t)i;           \
        ry[k] = (int32_t)j;           \
        k += a_ == b_;                \
        i += a_ <= b_;                \
        j += b_ <= a_;                \
    } while (0)

/* Walks two halves by turns, then each to the end of one of its sides. */
#define WALK(name, STEP)                                                              \
    static void name(block *b, half *p, half *q)                                      \
    {                                                                                 \
        const int64_t *x = b->x, *y = b->y;                                           \
        int64_t *times = b->times, steps;                                             \
        int32_t *rx = b->rx, *ry = b->ry;                                             \
                                                                                      \
        while ((steps = least(safe_steps(p), safe_steps(q))) > 3) {                   \
            int64_t i0 = p->i, j0 = p->j, k0 = p->k, i1 = q->i, j1 = q->j, k1 = q->k; \
                                                                                      \
            for (; steps > 0; steps--) {                                              \
                STEP(i0, j0, k0);                                                     \
                STEP(i1, j1, k1);                                                     \
            }                                                                         \
            *p = (half){ i0, p->i_end, j0, p->j_end, k0 };                            \
            *q = (half){ i1, q->i_end, j1, q->j_end, k1 };                            \
        }                                                                             \
        for (half *h = p;; h = q) {                                                   \
            int64_t i = h->i, j = h->j, k = h->k;                                     \
                                                                                      \
            while (i < h->i_end && j < h->j_end)                                      \
                STEP(i, j, k);                                                        \
            *h = (half){ i, h->i_end, j, h->j_end, k };                               \
            if (h == q)                                                               \
                break;                                                                \
        }                                                                             \
    }
WALK(walk_all, STEP_ALL)
WALK(walk_both, STEP_BOTH)

/* What is left of one side when the other has ended. */
static void rest(block *b, half *h)
{
    for (; h->i < h->i_end; h->i++, h->k++) {
        b->times[h->k] = b->x[h->i];
        b->rx[h->k] = (int32_t)h->i;
        b->ry[h->k] = -1;
    }
    for (; h->j < h->j_end; h->j++, h->k++) {
        b->times[h->k] = b->y[h->j];
        b->rx[h->k] = -1;
        b->ry[h->k] = (int32_t)h->j;
    }
}

/* The rows of both halves of a block. */
static void pick(const double *from, const int32_t *row, const half h[2], int64_t second, bool holes,
                 double fill, double *to)
{
    if (holes) {
        zp_kernels_get()->pick_holes(to, from, row, h[0].k, fill);
        zp_kernels_get()->pick_holes(to + h[0].k, from, row + second, h[1].k - second, fill);
        return;
    }
    zp_kernels_get()->pick(to, from, row, h[0].k);
    zp_kernels_get()->pick(to + h[0].k, from, row + second, h[1].k - second);
}

/* The rows of both halves of a block go to row `to` of the output. */
static void emit(const zp_join_side *s, int64_t at, const int32_t *row, const half h[2], int64_t second,
                 bool holes, double fill, int64_t to)
{
    _Alignas(64) double buffer[2 * BLOCK + 8];

    for (int64_t c = 0; c < s->count; c++) {
        const double *from = s->columns[c] + at;
        double *out = s->out + c * s->stride + to, *b = buffer + zp_flush_phase(out);

        pick(from, row, h, second, holes, fill, b);
        zp_flush(out, b, h[0].k + h[1].k - second);
    }
}

/* The same for x op y. */
static void emit_op(int op, const zp_join_side *x, int64_t i, const zp_join_side *y, int64_t j,
                    const block *b, const half h[2], int64_t second, bool holes, double fill, int64_t to)
{
    _Alignas(64) double buffer[2 * BLOCK + 8], other[2 * BLOCK];
    int64_t count = h[0].k + h[1].k - second;

    for (int64_t c = 0; c < x->count; c++) {
        double *out = x->out + c * x->stride + to, *at = buffer + zp_flush_phase(out);

        pick(x->columns[c] + i, b->rx, h, second, holes, fill, at);
        pick(y->columns[c] + j, b->ry, h, second, holes, fill, other);
        zp_kernels_get()->arith_dbl(op, ZP_VV, at, at, other, count);
        zp_flush(out, at, count);
    }
}

static void emit_times(const block *b, const half h[2], int64_t second, int64_t *out)
{
    _Alignas(64) int64_t buffer[2 * BLOCK + 8];
    int64_t *at = buffer + zp_flush_phase(out);

    memcpy(at, b->times, (size_t)h[0].k * sizeof *at);
    memcpy(at + h[0].k, b->times + second, (size_t)(h[1].k - second) * sizeof *at);
    zp_flush(out, at, h[0].k + h[1].k - second);
}

/* One side alone from element `at` on. */
static int64_t tail(const zp_join_side *has, const zp_join_side *lacks, int64_t at, double fill,
                    int64_t *times, int64_t to)
{
    int64_t count = has->n - at;

    if (count == 0)
        return 0;
    memcpy(times + to, has->at + at, (size_t)count * sizeof *times);
    for (int64_t c = 0; c < has->count; c++)
        memcpy(has->out + c * has->stride + to, has->columns[c] + at, (size_t)count * sizeof(double));
    for (int64_t c = 0; c < lacks->count; c++)
        for (int64_t k = 0; k < count; k++)
            lacks->out[c * lacks->stride + to + k] = fill;
    return count;
}

/* x alone from element `at` on, op `fill`; or `fill` op y alone. */
static int64_t tail_op(int op, const zp_join_side *x, const zp_join_side *has, int64_t at, double fill,
                       int64_t *times, int64_t to)
{
    int64_t count = has->n - at;

    if (count == 0)
        return 0;
    memcpy(times + to, has->at + at, (size_t)count * sizeof *times);
    for (int64_t c = 0; c < x->count; c++) {
        double *out = x->out + c * x->stride + to;

        if (has == x)
            zp_kernels_get()->arith_dbl(op, ZP_VS, out, has->columns[c] + at, &fill, count);
        else
            zp_kernels_get()->arith_dbl(op, ZP_SV, out, &fill, has->columns[c] + at, count);
    }
    return count;
}

int64_t zp_join(bool all, int op, const zp_join_side *x, const zp_join_side *y, double fill, int64_t *times)
{
    int64_t i = 0, j = 0, rows = 0;
    block b;

    while (i < x->n && j < y->n) {
        int64_t p = least(BLOCK, x->n - i), q = least(BLOCK, y->n - j), second;
        half h[2] = { { 0 }, { 0 } };

        b.x = x->at + i;
        b.y = y->at + j;
        if (b.x[p - 1] <= b.y[q - 1])
            q = zp_seek_gt(b.y, q, 0, b.x[p - 1]);
        else
            p = zp_seek_gt(b.x, p, 0, b.y[q - 1]);
        h[0].i_end = h[1].i = p / 2;
        h[0].j_end = h[1].j = p ? zp_seek_ge(b.y, q, 0, b.x[p / 2]) : 0;
        h[1].i_end = p;
        h[1].j_end = q;
        h[1].k = second = h[0].i_end + h[0].j_end;
        (all ? walk_all : walk_both)(&b, &h[0], &h[1]);
        if (all) {
            rest(&b, &h[0]);
            rest(&b, &h[1]);
        }
        emit_times(&b, h, second, times + rows);
        if (op == ZP_JOIN_APART) {
            emit(x, i, b.rx, h, second, all, fill, rows);
            emit(y, j, b.ry, h, second, all, fill, rows);
        } else {
            emit_op(op, x, i, y, j, &b, h, second, all, fill, rows);
        }
        rows += h[0].k + h[1].k - second;
        i += p;
        j += q;
    }
    if (all && op != ZP_JOIN_APART) {
        rows += tail_op(op, x, x, i, fill, times, rows);
        rows += tail_op(op, x, y, j, fill, times, rows);
    } else if (all) {
        rows += tail(x, y, i, fill, times, rows);
        rows += tail(y, x, j, fill, times, rows);
    }
    return rows;
}
