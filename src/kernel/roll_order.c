/* Rolling extremes and quantiles.
 *
 * Extremes of windows of w rows: the column is cut into blocks of w; a window covers the end of one block and the
 * beginning of the next, so its maximum is that of a suffix and a prefix, both running maxima (van Herk):
 *
 *     block b-1          block b
 *     . . . [s s s s s | p p p] . .
 *
 * Windows of varying length keep a queue of candidates instead, each better than all that follow it.
 *
 * Quantiles: the values of a few windows are sorted once; the window is then a set of ranks, one bit each, and the
 * wanted one moves to a neighbour when a value comes or goes. */
#include "kernel/roll.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/reduce.h"
#include "kernel/sort.h"

static int64_t start_of(const zp_window *w, int64_t r)
{
    if (w->start)
        return w->start[r];
    return r >= w->rows ? r - w->rows + 1 : 0;
}

/* Where the window holds too few values the result is NaN. */
static void blank(double *out, const double *x, int64_t n, const zp_window *w, bool nans)
{
    int64_t valid = 0, at = 0;

    if (!nans) {
        for (int64_t r = 0; r < n && r < w->nvalid - 1; r++)
            out[r] = NAN;
        return;
    }
    for (int64_t r = 0; r < n; r++) {
        valid += x[r] == x[r];
        for (int64_t first = start_of(w, r); at < first; at++)
            valid -= x[at] == x[at];
        if (valid < w->nvalid)
            out[r] = NAN;
    }
}

typedef struct extreme_job {
    double *out;
    const double *x;
    int64_t n, rows, blocks, per_task;
    _Atomic bool nans;
} extreme_job;

/* NaN is never better, so it never enters.
 *
 * A running extreme is a chain of comparisons that each wait for the one before; so four blocks run side by side. */
enum { SIDE = 4, TASK = 1 << 16 };

#define EXTREME(name, better, worst)                                                                      \
    /* Running extremes from the end of block `b` - 1, put where the windows of block `b` want them. */   \
    static void name##_suffix(double *out, const double *x, int64_t n, int64_t rows, int64_t b)           \
    {                                                                                                     \
        double m = (worst);                                                                               \
        for (int64_t r = b * rows - 1; r > (b - 1) * rows; r--) {                                         \
            m = x[r] better m ? x[r] : m;                                                                 \
            if (r + rows - 1 < n)                                                                         \
                out[r + rows - 1] = m;                                                                    \
        }                                                                                                 \
    }                                                                                                     \
    /* Running extremes from the beginning of block `b`, on top of what `out` holds. */                   \
    static void name##_block(double *out, const double *x, int64_t n, int64_t rows, int64_t b)            \
    {                                                                                                     \
        int64_t from = b * rows, to = from + rows < n ? from + rows : n;                                  \
        double m = (worst);                                                                               \
        for (int64_t r = from; r < to; r++) {                                                             \
            m = x[r] better m ? x[r] : m;                                                                 \
            out[r] = b && r < from + rows - 1 && out[r] better m ? out[r] : m;                            \
        }                                                                                                 \
    }                                                                                                     \
    /* Both for four whole blocks that begin at out, x; the block before x exists. */                     \
    static void name##_four(double *out, const double *x, int64_t rows)                                   \
    {                                                                                                     \
        double m[SIDE] = { (worst), (worst), (worst), (worst) };                                          \
        for (int64_t r = rows - 1; r > 0; r--)                                                            \
            for (int k = 0; k < SIDE; k++) {                                                              \
                const double v = x[(k - 1) * rows + r];                                                   \
                m[k] = v better m[k] ? v : m[k];                                                          \
                out[k * rows + r - 1] = m[k];                                                             \
            }                                                                                             \
        for (int k = 0; k < SIDE; k++) {                                                                  \
            m[k] = (worst);                                                                               \
            out[(k + 1) * rows - 1] = (worst);                                                            \
        }                                                                                                 \
        for (int64_t r = 0; r < rows; r++)                                                                \
            for (int k = 0; k < SIDE; k++) {                                                              \
                const double v = x[k * rows + r];                                                         \
                double *to = &out[k * rows + r];                                                          \
                m[k] = v better m[k] ? v : m[k];                                                          \
                *to = *to better m[k] ? *to : m[k];                                                       \
            }                                                                                             \
    }                                                                                                     \
    static void name##_task(void *arg, int64_t task)                                                      \
    {                                                                                                     \
        extreme_job *j = arg;                                                                             \
        int64_t b = task * j->per_task, end = b + j->per_task < j->blocks ? b + j->per_task : j->blocks;  \
        int64_t from = b * j->rows, to = end * j->rows < j->n ? end * j->rows : j->n;                     \
        if (zp_k_any_nan(j->x + from, to - from))                                                         \
            atomic_store_explicit(&j->nans, true, memory_order_relaxed);                                  \
        while (b < end) {                                                                                 \
            if (b && b + SIDE <= end && (b + SIDE) * j->rows <= j->n) {                                   \
                name##_four(j->out + b * j->rows, j->x + b * j->rows, j->rows);                           \
                b += SIDE;                                                                                \
                continue;                                                                                 \
            }                                                                                             \
            if (b)                                                                                        \
                name##_suffix(j->out, j->x, j->n, j->rows, b);                                            \
            name##_block(j->out, j->x, j->n, j->rows, b++);                                               \
        }                                                                                                 \
    }                                                                                                     \
    static void name##_queue(double *out, const double *x, int64_t n, const zp_window *w, int64_t *queue) \
    {                                                                                                     \
        int64_t head = 0, tail = 0;                                                                       \
        for (int64_t r = 0; r < n; r++) {                                                                 \
            int64_t first = start_of(w, r);                                                               \
            if (x[r] == x[r]) {                                                                           \
                while (tail > head && !(x[queue[tail - 1]] better x[r]))                                  \
                    tail--;                                                                               \
                queue[tail++] = r;                                                                        \
            }                                                                                             \
            while (tail > head && queue[head] < first)                                                    \
                head++;                                                                                   \
            out[r] = tail > head ? x[queue[head]] : NAN;                                                  \
        }                                                                                                 \
    }                                                                                                     \
    void zp_k_roll_##name(double *out, const double *x, int64_t n, const zp_window *w, int64_t *scratch)  \
    {                                                                                                     \
        int64_t rows = w->rows, blocks = w->start ? 0 : (n + rows - 1) / rows;                            \
        if (w->start)                                                                                     \
            name##_queue(out, x, n, w, scratch);                                                          \
        extreme_job job = {                                                                               \
            out, x, n, rows, blocks, rows > 0 && rows < TASK ? TASK / rows : 1, w->start != NULL          \
        };                                                                                                \
        zp_parallel_tasks((blocks + job.per_task - 1) / job.per_task, name##_task, &job);                 \
        blank(out, x, n, w, atomic_load(&job.nans));                                                      \
    }

EXTREME(min, <, INFINITY)
EXTREME(max, >, -INFINITY)

/* ---------------------------------------------------------------- quantiles */

enum { PIECE = 4096, PIECES = 32 };

typedef struct ranked {
    zp_pair *pairs, *spare;
    double *value;  /* by rank */
    int64_t *rank;  /* by row of the stretch; -1: NaN */
    uint64_t *bits; /* ranks in the window */
    int64_t words;
    int64_t at, below, valid; /* `below` ranks in the window are less than `at` */
} ranked;

static int64_t piece_rows(int64_t n, const zp_window *w)
{
    int64_t rows = w->start ? n / PIECES : 2 * w->rows;
    return rows > PIECE ? rows : PIECE;
}

/* Rows that one piece may look at. */
static int64_t reach(int64_t n, const zp_window *w)
{
    int64_t most = 0, rows = piece_rows(n, w);

    if (!w->start)
        most = rows + (w->rows < n ? w->rows : n);
    for (int64_t from = 0; w->start && from < n; from += rows) {
        int64_t to = from + rows < n ? from + rows : n;
        most = to - w->start[from] > most ? to - w->start[from] : most;
    }
    return most < n ? most : n;
}

int64_t zp_k_roll_quantile_words(int64_t n, const zp_window *w)
{
    int64_t most = reach(n, w);
    return 4 * most + 2 * most + most / 64 + 2;
}

static void rank_stretch(ranked *q, const double *x, int64_t n)
{
    zp_pair *sorted;

    for (int64_t i = 0; i < n; i++)
        q->pairs[i] = (zp_pair){ zp_key_dbl(x[i]), i };
    sorted = zp_k_sort_pairs(q->pairs, q->spare, n);
    for (int64_t k = 0; k < n; k++) {
        int64_t i = sorted[k].pos;
        q->rank[i] = isnan(x[i]) ? -1 : k;
        q->value[k] = x[i];
    }
    q->words = n / 64 + 1;
    memset(q->bits, 0, (size_t)q->words * sizeof *q->bits);
    q->at = q->below = q->valid = 0;
}

static void enter(ranked *q, int64_t rank, int by)
{
    if (rank < 0)
        return;
    q->bits[rank / 64] ^= UINT64_C(1) << (rank % 64);
    q->valid += by;
    q->below += rank < q->at ? by : 0;
}

/* The first rank in the window at or after `from`; there is one. */
static int64_t next_rank(const ranked *q, int64_t from)
{
    int64_t word = from / 64;
    uint64_t b = q->bits[word] & (UINT64_MAX << (from % 64));

    while (!b && ++word < q->words)
        b = q->bits[word];
    return b ? word * 64 + __builtin_ctzll(b) : from;
}

/* The last rank in the window before `from`; there is one. */
static int64_t previous_rank(const ranked *q, int64_t from)
{
    int64_t word = from / 64;
    uint64_t b = q->bits[word] & ~(UINT64_MAX << (from % 64));

    while (!b && --word >= 0)
        b = q->bits[word];
    return b ? word * 64 + 63 - __builtin_clzll(b) : from;
}

static double quantile_now(ranked *q, double prob)
{
    double h = (double)(q->valid - 1) * prob, part;
    int64_t k = (int64_t)floor(h + 4e-15 * h);

    part = h - (double)k;
    if (fabs(part) < 4e-15 * (h + 1))
        part = 0;
    while (q->below > k) {
        q->at = previous_rank(q, q->at);
        q->below--;
    }
    q->at = next_rank(q, q->at);
    while (q->below < k) {
        q->at = next_rank(q, q->at + 1);
        q->below++;
    }
    if (part == 0)
        return q->value[q->at];
    return (1 - part) * q->value[q->at] + part * q->value[next_rank(q, q->at + 1)];
}

void zp_k_roll_quantile(double *out, const double *x, int64_t n, const zp_window *w, double prob,
                        void *scratch)
{
    int64_t rows = piece_rows(n, w), most = reach(n, w);
    ranked q;

    q.pairs = scratch;
    q.spare = q.pairs + most;
    q.value = (double *)(q.spare + most);
    q.rank = (int64_t *)(q.value + most);
    q.bits = (uint64_t *)(q.rank + most);
    for (int64_t from = 0; from < n; from += rows) {
        int64_t to = from + rows < n ? from + rows : n, base = start_of(w, from), at = base;

        rank_stretch(&q, x + base, to - base);
        for (int64_t r = base; r < to; r++) {
            enter(&q, q.rank[r - base], 1);
            if (r < from)
                continue;
            for (int64_t first = start_of(w, r); at < first; at++)
                enter(&q, q.rank[at - base], -1);
            out[r] = q.valid < w->nvalid ? NAN : quantile_now(&q, prob);
        }
    }
}
