/* align: positions of sorted keys in a sorted column.
 *
 * A merge waits for the comparison before it knows what to load next: seven cycles a step, whatever the memory.
 * So a block of keys is cut in four parts that are walked by turns, and the waits overlap.  Where the column is
 * much denser than the keys, it is leapt over instead (1, 2, 4, ... then halving). */
#include "kernel/align.h"

#include <string.h>

#include "kernel/flush.h"

#define BLOCK 1024

static inline bool lt(int64_t a, int64_t b)
{
    return a < b;
}

static inline bool le(int64_t a, int64_t b)
{
    return a <= b;
}

static inline int64_t least4(int64_t a, int64_t b, int64_t c, int64_t d)
{
    int64_t ab = a < b ? a : b, cd = c < d ? c : d;

    return ab < cd ? ab : cd;
}

/* One step of stream s: the column or the key advances. */
#define STEP(s, before)                \
    do {                               \
        bool b = before(*x##s, *k##s); \
        pos[k##s - key] = x##s - x;    \
        x##s += b;                     \
        k##s += !b;                    \
    } while (0)

/* Stamps, for `before` being < or <=: the leap, and the walk of ascending keys; pos[i] becomes the number of
 * elements of x that lie before key[i]. */
#define WALKS(seek, walk, finish, before)                                                                  \
    static int64_t seek(const int64_t *x, int64_t n, int64_t at, int64_t key)                              \
    {                                                                                                      \
        int64_t step = 1, lo = at, hi;                                                                     \
        while (lo < n && before(x[lo], key)) {                                                             \
            at = lo + 1;                                                                                   \
            lo = step < n - lo ? lo + step : n;                                                            \
            step *= 2;                                                                                     \
        }                                                                                                  \
        for (hi = lo; at < hi;) {                                                                          \
            int64_t mid = at + (hi - at) / 2;                                                              \
            if (before(x[mid], key))                                                                       \
                at = mid + 1;                                                                              \
            else                                                                                           \
                hi = mid;                                                                                  \
        }                                                                                                  \
        return at;                                                                                         \
    }                                                                                                      \
    static void finish(const int64_t *x, const int64_t *key, int64_t i, int64_t i_end, int64_t j,          \
                       int64_t j_end, int64_t *pos)                                                        \
    {                                                                                                      \
        while (i < i_end && j < j_end) {                                                                   \
            bool b = before(x[j], key[i]);                                                                 \
            pos[i] = j;                                                                                    \
            j += b;                                                                                        \
            i += !b;                                                                                       \
        }                                                                                                  \
        for (; i < i_end; i++)                                                                             \
            pos[i] = j_end;                                                                                \
    }                                                                                                      \
    static void walk(const int64_t *x, int64_t n, const int64_t *key, int64_t m, int64_t at, int64_t *pos) \
    {                                                                                                      \
        const int64_t *k1 = key + m / 4, *k2 = key + m / 2, *k3 = key + m / 4 * 3, *k_end = key + m;       \
        const int64_t *k0 = key, *e0 = k1, *e1 = k2, *e2 = k3;                                             \
        const int64_t *x0 = x + seek(x, n, at, *k0), *x1 = x + seek(x, n, x0 - x, *k1);                    \
        const int64_t *x2 = x + seek(x, n, x1 - x, *k2), *x3 = x + seek(x, n, x2 - x, *k3);                \
        const int64_t *y0 = x1, *y1 = x2, *y2 = x3, *y3 = x + seek(x, n, x3 - x, k_end[-1]);               \
        for (;;) { /* a step takes one of either: so many are safe */                                      \
            int64_t safe = least4(e0 - k0, e1 - k1, e2 - k2, k_end - k3);                                  \
            int64_t safe_x = least4(y0 - x0, y1 - x1, y2 - x2, y3 - x3);                                   \
            safe = safe < safe_x ? safe : safe_x;                                                          \
            if (safe < 4)                                                                                  \
                break;                                                                                     \
            for (; safe > 0; safe--) {                                                                     \
                STEP(0, before);                                                                           \
                STEP(1, before);                                                                           \
                STEP(2, before);                                                                           \
                STEP(3, before);                                                                           \
            }                                                                                              \
        }                                                                                                  \
        finish(x, key, k0 - key, e0 - key, x0 - x, y0 - x, pos);                                           \
        finish(x, key, k1 - key, e1 - key, x1 - x, y1 - x, pos);                                           \
        finish(x, key, k2 - key, e2 - key, x2 - x, y2 - x, pos);                                           \
        finish(x, key, k3 - key, m, x3 - x, y3 - x, pos);                                                  \
    }
WALKS(seek_lt, walk_lt, finish_lt, lt)
WALKS(seek_le, walk_le, finish_le, le)

int64_t zp_seek_ge(const int64_t *x, int64_t n, int64_t at, int64_t key)
{
    return seek_lt(x, n, at, key);
}

int64_t zp_seek_gt(const int64_t *x, int64_t n, int64_t at, int64_t key)
{
    return seek_le(x, n, at, key);
}

static bool ascends(const int64_t *key, int64_t m)
{
    bool down = false;

    for (int64_t i = 1; i < m; i++)
        down |= key[i] < key[i - 1];
    return !down;
}

/* pos[i]: how many elements lie before key[i] (`equal`: or at it).  *at: where the last block ended, a hint. */
static void locate(const zp_windows *w, const int64_t *key, int64_t m, bool equal, int64_t *at, int64_t *pos)
{
    int64_t (*seek)(const int64_t *, int64_t, int64_t, int64_t) = equal ? seek_le : seek_lt;
    int64_t from = *at, first, last;

    if (!ascends(key, m)) {
        for (int64_t i = 0; i < m; i++)
            pos[i] = seek(w->from, w->n, 0, key[i]);
        return;
    }
    if (from > 0 && !(equal ? le : lt)(w->from[from - 1], key[0]))
        from = 0; /* the hint is beyond */
    first = seek(w->from, w->n, from, key[0]);
    last = seek(w->from, w->n, first, key[m - 1]);
    *at = last;
    if (m >= 64 && last - first < 8 * m) {
        (equal ? walk_le : walk_lt)(w->from, w->n, key, m, first, pos);
        return;
    }
    for (int64_t i = 0; i < m; i++)
        first = pos[i] = seek(w->from, w->n, first, key[i]);
}

static void shifted(const int64_t *to, int64_t by, int64_t m, int64_t *key)
{
    for (int64_t i = 0; i < m; i++) {
        int64_t sum = (int64_t)((uint64_t)to[i] + (uint64_t)by);
        bool over = ((to[i] ^ sum) & (by ^ sum)) < 0;

        key[i] = over ? (by < 0 ? INT64_MIN : INT64_MAX) : sum;
    }
}

typedef struct hints {
    int64_t lo, hi, mid;
} hints;

/* One block of targets [k, k + m). */
typedef struct block {
    int64_t start[BLOCK], end[BLOCK], lo[BLOCK], hi[BLOCK];
} block;

static const int64_t *window_start(const zp_windows *w, int64_t k, int64_t m, block *b)
{
    if (w->start)
        return w->start + k;
    shifted(w->to + k, w->lead, m, b->start);
    return b->start;
}

static const int64_t *window_end(const zp_windows *w, int64_t k, int64_t m, block *b)
{
    if (w->end)
        return w->end + k;
    shifted(w->to + k, w->trail, m, b->end);
    return b->end;
}

/* Windows that end at the target: the last row at or before it, if it is not too old. */
static void closest_before(const zp_windows *w, int64_t k, int64_t m, block *b, hints *h, int64_t *row)
{
    const int64_t *start = window_start(w, k, m, b);

    locate(w, w->to + k, m, true, &h->mid, row);
    for (int64_t i = 0; i < m; i++) {
        int64_t r = row[i] - 1;

        row[i] = w->n > 0 && w->from[r < 0 ? 0 : r] >= start[i] ? r : -1;
    }
}

static void closest_any(const zp_windows *w, int64_t k, int64_t m, block *b, hints *h, int64_t *row)
{
    const int64_t *to = w->to + k;

    locate(w, window_start(w, k, m, b), m, false, &h->lo, b->lo);
    locate(w, window_end(w, k, m, b), m, true, &h->hi, b->hi);
    locate(w, to, m, false, &h->mid, row);
    for (int64_t i = 0; i < m; i++) {
        int64_t r = row[i], lo = b->lo[i], hi = b->hi[i];

        if (lo >= hi)
            r = -1;
        else if (r >= hi)
            r = hi - 1;
        else if (r <= lo)
            r = lo;
        else if ((uint64_t)to[i] - (uint64_t)w->from[r - 1] <= (uint64_t)w->from[r] - (uint64_t)to[i])
            r--;
        row[i] = r;
    }
}

static void closest_block(const zp_windows *w, int64_t k, int64_t m, block *b, hints *h, int64_t *row)
{
    if (!w->start && !w->end && w->trail == 0 && w->lead <= 0)
        closest_before(w, k, m, b, h, row);
    else
        closest_any(w, k, m, b, h, row);
}

/* ---------------------------------------------------------------- whole columns, in pieces */

typedef struct job {
    const zp_windows *w;
    int64_t *row, *lo, *hi;
    const double *const *columns;
    int64_t count;
    double fill;
    double *out;
} job;

static void closest_piece(void *arg, int64_t from, int64_t to)
{
    const job *j = arg;
    hints h = { 0 };
    block b;

    for (int64_t k = from; k < to; k += BLOCK)
        closest_block(j->w, k, to - k < BLOCK ? to - k : BLOCK, &b, &h, j->row + k);
}

void zp_align_closest(const zp_windows *w, int64_t *row)
{
    job j = { .w = w, .row = row };

    zp_parallel(w->m, 1 << 14, closest_piece, &j);
}

static void gather_block(const job *j, const int64_t *row, int64_t k, int64_t m, bool stream)
{
    _Alignas(64) double buffer[BLOCK + 8];

    for (int64_t c = 0; c < j->count; c++) {
        double *out = j->out + c * j->w->m + k;
        double *at = stream ? buffer + zp_flush_phase(out) : out;
        const double *column = j->columns[c];

        for (int64_t i = 0; i < m; i++) {
            double v = column[row[i] < 0 ? 0 : row[i]];

            at[i] = row[i] < 0 ? j->fill : v;
        }
        if (stream)
            zp_flush(out, at, m);
    }
}

static void gather_piece(void *arg, int64_t from, int64_t to)
{
    const job *j = arg;
    bool stream = j->w->m * j->count > 1 << 18;
    int64_t row[BLOCK];
    hints h = { 0 };
    block b;

    for (int64_t k = from; k < to; k += BLOCK) {
        int64_t m = to - k < BLOCK ? to - k : BLOCK;

        closest_block(j->w, k, m, &b, &h, row);
        gather_block(j, row, k, m, stream);
    }
}

void zp_align_gather(const zp_windows *w, const double *const *columns, int64_t count, double fill,
                     double *out)
{
    job j = { .w = w, .columns = columns, .count = count, .fill = fill, .out = out };

    if (w->n == 0) {
        for (int64_t i = 0; i < w->m * count; i++)
            out[i] = fill;
        return;
    }
    zp_parallel(w->m, 1 << 14, gather_piece, &j);
}

static void ranges_piece(void *arg, int64_t from, int64_t to)
{
    const job *j = arg;
    hints h = { 0 };
    block b;

    for (int64_t k = from; k < to; k += BLOCK) {
        int64_t m = to - k < BLOCK ? to - k : BLOCK;

        locate(j->w, window_start(j->w, k, m, &b), m, false, &h.lo, j->lo + k);
        locate(j->w, window_end(j->w, k, m, &b), m, false, &h.hi, j->hi + k);
        for (int64_t i = k; i < k + m; i++)
            if (j->hi[i] < j->lo[i])
                j->hi[i] = j->lo[i];
    }
}

void zp_align_ranges(const zp_windows *w, int64_t *lo, int64_t *hi)
{
    job j = { .w = w, .lo = lo, .hi = hi };

    zp_parallel(w->m, 1 << 14, ranges_piece, &j);
}
