/* Indices that are times or intervals.
 *
 * In an ordered vector each is found by binary search, starting where the last one was found when they ascend.
 * An unordered vector is scanned once, and the index is what gets sorted.  Into the rows of a series intervals are
 * a set of points: the row ranges they cover are sorted and merged, so rows come out ascending and once. */
#include "ops/select_priv.h"

#include <stdlib.h>

#include "time/time.h"

/* The first i in [lo, n) with t[i] >= x, or with `after` t[i] > x. */
static int64_t bound(const int64_t *t, int64_t lo, int64_t n, int64_t x, bool after)
{
    int64_t hi = n;

    while (lo < hi) {
        const int64_t mid = lo + (hi - lo) / 2;

        if (t[mid] < x || (after && t[mid] == x))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int cmp_i64(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int cmp_runs(const void *a, const void *b)
{
    return cmp_i64(&((const zp__run *)a)->lo, &((const zp__run *)b)->lo);
}

static int cmp_interval(const void *a, const void *b)
{
    const zp_interval *x = a, *y = b;

    return zp_interval_cmp(x->start, x->end, x->sopen, x->eopen, y->start, y->end, y->sopen, y->eopen);
}

static void *array_of(int64_t count, size_t size, zp_error *err)
{
    size_t bytes;

    if (!zp_mul((size_t)count, size, &bytes)) {
        zp_fail_nomem(err, SIZE_MAX);
        return NULL;
    }
    return zp_alloc(bytes ? bytes : 1, err);
}

/* ---------------------------------------------------------------- times */

static int64_t find_times(int64_t *pos, const int64_t *t, int64_t n, const int64_t *want, int64_t k)
{
    int64_t found = 0, at = 0;

    for (int64_t i = 0; i < k; i++) {
        at = bound(t, i && want[i] >= want[i - 1] ? at : 0, n, want[i], false);
        if (at < n && t[at] == want[i])
            pos[found++] = at;
    }
    return found;
}

/* Elements of an unordered vector that are among the wanted, in the order of the vector; NULL: no memory. */
static int64_t *scan_times(const int64_t *t, int64_t n, const int64_t *want, int64_t k, int64_t *count,
                           zp_error *err)
{
    int64_t *sorted = array_of(k, sizeof *sorted, err);
    int64_t *pos = sorted ? array_of(n, sizeof *pos, err) : NULL;

    *count = 0;
    if (pos) {
        for (int64_t i = 0; i < k; i++)
            sorted[i] = want[i];
        qsort(sorted, (size_t)k, sizeof *sorted, cmp_i64);
        for (int64_t i = 0; i < n; i++) {
            const int64_t at = bound(sorted, 0, k, t[i], false);

            if (at < k && sorted[at] == t[i])
                pos[(*count)++] = i;
        }
    }
    zp_free(sorted);
    return pos;
}

static bool by_time(zp__sel *s, zp_value index, zp_value times, bool series, zp_error *err)
{
    const int64_t n = s->n, k = zp_len(index);
    const int64_t *t = zp_i64s(&times), *want = zp_i64s(&index);
    int64_t count;
    int64_t *pos;

    if (zp_value_ordered(times)) {
        pos = array_of(k, sizeof *pos, err);
        count = pos ? find_times(pos, t, n, want, k) : 0;
    } else {
        pos = scan_times(t, n, want, k, &count, err);
    }
    if (!pos)
        return false;
    if (k == 1 && count == 0 && !series) {
        zp_free(pos);
        return zp_fail(err, "subscript out of bounds");
    }
    s->pos = pos;
    s->count = count;
    return true;
}

/* ---------------------------------------------------------------- intervals */

/* The ranges of rows inside the intervals, empty ones left out; returns how many. */
static int64_t find_runs(zp__run *out, const int64_t *t, int64_t n, const zp_interval *iv, int64_t k)
{
    int64_t found = 0, lo = 0;

    for (int64_t i = 0; i < k; i++) {
        lo = bound(t, i && iv[i].start > iv[i - 1].start ? lo : 0, n, iv[i].start, iv[i].sopen);
        const int64_t hi = bound(t, lo, n, iv[i].end, !iv[i].eopen);

        if (lo < hi)
            out[found++] = (zp__run){ .lo = lo, .hi = hi };
    }
    return found;
}

static int64_t merge_runs(zp__run *r, int64_t k)
{
    int64_t kept = 0;
    bool ascends = true;

    for (int64_t i = 1; i < k; i++)
        ascends &= r[i - 1].lo <= r[i].lo;
    if (!ascends)
        qsort(r, (size_t)k, sizeof *r, cmp_runs);
    for (int64_t i = 0; i < k; i++) {
        if (kept && r[i].lo <= r[kept - 1].hi) {
            if (r[i].hi > r[kept - 1].hi)
                r[kept - 1].hi = r[i].hi;
        } else {
            r[kept++] = r[i];
        }
    }
    return kept;
}

/* Takes the runs. */
static bool keep_runs(zp__sel *s, zp__run *r, int64_t k, zp_error *err)
{
    int64_t total = 0;

    if (k <= 1) {
        s->from = k ? r[0].lo : 0;
        s->count = k ? r[0].hi - r[0].lo : 0;
        zp_free(r);
        return true;
    }
    s->run = r;
    s->runs = k;
    for (int64_t i = 0; i < k; i++) {
        r[i].at = total;
        if (__builtin_add_overflow(total, r[i].hi - r[i].lo, &total))
            return zp_fail_nomem(err, SIZE_MAX);
    }
    s->count = total;
    return true;
}

static bool inside(const zp_interval *iv, int64_t t)
{
    return (iv->start < t || (iv->start == t && !iv->sopen)) && (t < iv->end || (t == iv->end && !iv->eopen));
}

/* Sorts intervals and merges those that overlap; returns how many are left. */
static int64_t merge_intervals(zp_interval *iv, int64_t k)
{
    int64_t kept = 0;

    qsort(iv, (size_t)k, sizeof *iv, cmp_interval);
    for (int64_t i = 0; i < k; i++) {
        zp_interval *last = kept ? &iv[kept - 1] : NULL;

        if (!last || iv[i].start > last->end || (iv[i].start == last->end && (iv[i].sopen || last->eopen))) {
            iv[kept++] = iv[i];
        } else if (iv[i].end > last->end || (iv[i].end == last->end && !iv[i].eopen)) {
            last->end = iv[i].end;
            last->eopen = iv[i].eopen;
        }
    }
    return kept;
}

static bool in_any(const zp_interval *iv, int64_t k, int64_t t)
{
    int64_t lo = 0, hi = k; /* the last interval that begins at or before t, or the one before it */

    while (lo < hi) {
        const int64_t mid = lo + (hi - lo) / 2;

        if (iv[mid].start <= t)
            lo = mid + 1;
        else
            hi = mid;
    }
    return (lo > 0 && inside(&iv[lo - 1], t)) || (lo > 1 && inside(&iv[lo - 2], t));
}

/* An unordered vector: its elements inside any interval, in the order of the vector. */
static bool scan_intervals(zp__sel *s, const int64_t *t, const zp_interval *iv, int64_t k, zp_error *err)
{
    zp_interval *sorted = array_of(k, sizeof *sorted, err);
    int64_t kept = 0;

    s->pos = sorted ? array_of(s->n, sizeof *s->pos, err) : NULL;
    if (!s->pos) {
        zp_free(sorted);
        return false;
    }
    for (int64_t i = 0; i < k; i++) /* without those that hold nothing */
        if (iv[i].start < iv[i].end || (iv[i].start == iv[i].end && !iv[i].sopen && !iv[i].eopen))
            sorted[kept++] = iv[i];
    kept = merge_intervals(sorted, kept);
    for (int64_t i = 0; i < s->n; i++)
        if (in_any(sorted, kept, t[i]))
            s->pos[s->count++] = i;
    zp_free(sorted);
    return true;
}

static bool by_interval(zp__sel *s, zp_value index, zp_value times, bool series, zp_error *err)
{
    const int64_t *t = zp_i64s(&times);
    const zp_interval *iv = zp_ivls(&index);
    int64_t k = zp_len(index);
    zp__run *r;

    if (!zp_value_ordered(times))
        return scan_intervals(s, t, iv, k, err);
    r = array_of(k, sizeof *r, err);
    if (!r)
        return false;
    k = find_runs(r, t, s->n, iv, k);
    if (series)
        k = merge_runs(r, k);
    return keep_runs(s, r, k, err);
}

bool zp__sel_times(zp__sel *s, zp_value index, zp_value times, bool series, zp_error *err)
{
    bool ok;

    zp__sel_range(s, zp_len(times), 0, 0);
    zp_value_ref(index);
    ok = zp_value_dense(&index, err) && (index.type == ZP_TIM ? by_time(s, index, times, series, err)
                                                              : by_interval(s, index, times, series, err));
    zp_value_unref(index);
    if (!ok)
        zp__sel_fini(s);
    return ok;
}
