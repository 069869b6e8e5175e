/* match: where the elements of one vector are found in another.
 *
 * The table goes into an open hash of positions; equal elements keep the first.  Instants in intervals are looked up
 * in the intervals sorted by start, next to the furthest end reached so far. */
#include "ops/ops_priv.h"
#include "base/breath.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- hashing */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

/* The bits of a double under which equal numbers are equal: one zero, one NaN. */
static uint64_t dbl_bits(double d)
{
    uint64_t u;

    if (d == 0)
        return 0;
    if (d != d)
        return UINT64_MAX;
    memcpy(&u, &d, sizeof u);
    return u;
}

static uint64_t hash_at(zp_type t, const void *data, int64_t i)
{
    const zp_period *p = data;
    const zp_interval *v = data;

    switch (t) {
    case ZP_DBL: return mix(dbl_bits(((const double *)data)[i]));
    case ZP_LGL: return (uint64_t)((const int8_t *)data)[i];
    case ZP_STR: return mix(zp_str_hash(((zp_str *const *)data)[i]));
    case ZP_PER:
        return mix((uint64_t)p[i].ns ^ mix((uint64_t)(uint32_t)p[i].months << 32 | (uint32_t)p[i].days));
    case ZP_IVL:
        return mix((uint64_t)v[i].start ^
                   mix((uint64_t)v[i].end ^ (uint64_t)(!v[i].sopen * 2 + !v[i].eopen)));
    default: return mix((uint64_t)((const int64_t *)data)[i]);
    }
}

static bool equal_at(zp_type t, const void *a, int64_t i, const void *b, int64_t j)
{
    const zp_period *p = a, *q = b;
    const zp_interval *v = a, *w = b;

    switch (t) {
    case ZP_DBL: return dbl_bits(((const double *)a)[i]) == dbl_bits(((const double *)b)[j]);
    case ZP_LGL: return ((const int8_t *)a)[i] == ((const int8_t *)b)[j];
    case ZP_STR: return zp_str_eq(((zp_str *const *)a)[i], ((zp_str *const *)b)[j]);
    case ZP_PER: return p[i].months == q[j].months && p[i].days == q[j].days && p[i].ns == q[j].ns;
    case ZP_IVL:
        return v[i].start == w[j].start && v[i].end == w[j].end && !v[i].sopen == !w[j].sopen &&
               !v[i].eopen == !w[j].eopen;
    default: return ((const int64_t *)a)[i] == ((const int64_t *)b)[j];
    }
}

static bool match_hashed(zp_value x, zp_value table, int64_t *pos, zp_error *err)
{
    zp_type t = (zp_type)x.type;
    const void *xs = zp_data(&x), *ts = zp_data(&table);
    int64_t n = zp_len(x), m = zp_len(table), cap = 16;
    int64_t *slots;

    while (cap < 2 * m)
        cap *= 2;
    slots = zp_alloc((size_t)cap * sizeof *slots, err);
    if (!slots)
        return false;
    memset(slots, 0xff, (size_t)cap * sizeof *slots);
    for (int64_t i = 0; i < m; i++) {
        zp_breathe(20);
        uint64_t at = hash_at(t, ts, i) & (uint64_t)(cap - 1);

        while (slots[at] >= 0 && !equal_at(t, ts, slots[at], ts, i))
            at = (at + 1) & (uint64_t)(cap - 1);
        if (slots[at] < 0)
            slots[at] = i;
    }
    for (int64_t i = 0; i < n; i++) {
        zp_breathe(20);
        uint64_t at = hash_at(t, xs, i) & (uint64_t)(cap - 1);

        while (slots[at] >= 0 && !equal_at(t, ts, slots[at], xs, i))
            at = (at + 1) & (uint64_t)(cap - 1);
        pos[i] = slots[at];
    }
    zp_free(slots);
    return true;
}

/* The same for numbers, which are most of what is looked up. */
static void match_numbers(const double *x, int64_t n, const double *table, int64_t m, int64_t *pos)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t at = -1;

        for (int64_t j = m - 1; j >= 0; j--)
            at = x[i] == table[j] || (x[i] != x[i] && table[j] != table[j]) ? j : at;
        pos[i] = at;
    }
}

/* A short table is walked: no memory, no hash. */
static void match_walked(zp_value x, zp_value table, int64_t *pos)
{
    const void *xs = zp_data(&x), *ts = zp_data(&table);
    int64_t n = zp_len(x), m = zp_len(table);

    if (x.type == ZP_DBL) {
        match_numbers(xs, n, ts, m, pos);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t j = 0;

        while (j < m && !equal_at((zp_type)x.type, xs, i, ts, j))
            j++;
        pos[i] = j < m ? j : -1;
    }
}

bool zp_match(zp_value x, zp_value table, int64_t *pos, zp_error *err)
{
    int64_t n = zp_len(x);
    bool ok = true;

    if (x.type != table.type || !zp_is_array(x)) {
        for (int64_t i = 0; i < n; i++)
            pos[i] = -1;
        return true;
    }
    x = zp_value_ref(x);
    table = zp_value_ref(table);
    ok = zp_value_dense(&x, err) && zp_value_dense(&table, err);
    if (ok && zp_len(table) <= 8)
        match_walked(x, table, pos);
    else if (ok)
        ok = match_hashed(x, table, pos, err);
    zp_value_unref(x);
    zp_value_unref(table);
    return ok;
}

/* ---------------------------------------------------------------- instants in intervals */

static int by_start(const void *a, const void *b)
{
    const zp_interval *x = a, *y = b;

    return zp_interval_cmp(x->start, x->end, x->sopen, x->eopen, y->start, y->end, y->sopen, y->eopen);
}

static bool begun(const zp_interval *v, int64_t t)
{
    return v->start < t || (v->start == t && !v->sopen);
}

/* Sorted by start, each with the furthest end up to it. */
static zp_interval *reach(zp_value intervals, int64_t m, zp_error *err)
{
    zp_interval *v = zp_alloc((size_t)(m ? m : 1) * sizeof *v, err);

    if (!v)
        return NULL;
    if (m)
        memcpy(v, zp_ivls(&intervals), (size_t)m * sizeof *v);
    qsort(v, (size_t)m, sizeof *v, by_start);
    for (int64_t i = 1; i < m; i++)
        if (v[i - 1].end > v[i].end || (v[i - 1].end == v[i].end && !v[i - 1].eopen)) {
            v[i].end = v[i - 1].end;
            v[i].eopen = v[i - 1].eopen;
        }
    return v;
}

static bool times_in_intervals(zp_value times, zp_value intervals, int8_t *out, zp_error *err)
{
    int64_t n = zp_len(times), m = zp_len(intervals);
    const int64_t *t = zp_i64s(&times);
    zp_interval *v = reach(intervals, m, err);

    if (!v)
        return false;
    for (int64_t i = 0; i < n; i++) {
        int64_t low = 0, high = m; /* v[0 .. low) have begun at t[i] */

        while (low < high) {
            int64_t mid = low + (high - low) / 2;

            if (begun(&v[mid], t[i]))
                low = mid + 1;
            else
                high = mid;
        }
        out[i] = low > 0 && (t[i] < v[low - 1].end || (t[i] == v[low - 1].end && !v[low - 1].eopen));
    }
    zp_free(v);
    return true;
}

/* ---------------------------------------------------------------- a %in% b */

/* A list on either side: elements are compared as values. */
static bool in_list(zp_value a, zp_value b, int8_t *out, zp_error *err)
{
    int64_t n = zp_len(a), m = zp_len(b);

    for (int64_t i = 0; i < n; i++) {
        zp_value x = a.type == ZP_LIST ? zp_value_ref(zp_list_at(a, i)) : zp_elem(a, i, err);

        if (a.type != ZP_LIST && zp_bad(x))
            return false;
        out[i] = false;
        for (int64_t j = 0; j < m && !out[i]; j++) {
            zp_value y = b.type == ZP_LIST ? zp_value_ref(zp_list_at(b, j)) : zp_elem(b, j, err);

            if (b.type != ZP_LIST && zp_bad(y)) {
                zp_value_unref(x);
                return false;
            }
            out[i] = zp_value_equal(x, y, 0);
            zp_value_unref(y);
        }
        zp_value_unref(x);
    }
    return true;
}

static bool in_array(zp_value a, zp_value b, int8_t *out, zp_error *err)
{
    int64_t n = zp_len(a);
    int64_t *pos = zp_alloc((size_t)(n ? n : 1) * sizeof *pos, err);
    bool ok = pos && zp_match(a, b, pos, err);

    for (int64_t i = 0; ok && i < n; i++)
        out[i] = pos[i] >= 0;
    zp_free(pos);
    return ok;
}

static bool searchable(zp_value v)
{
    return zp_is_array(v) || v.type == ZP_LIST || v.type == ZP_NIL;
}

bool zp__in(zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    zp_value r;
    bool ok;

    if (!searchable(a) || !searchable(b))
        return zp__bad_pair(ZP_OP_IN, a, b, err);
    r = zp_vec(ZP_LGL, zp_len(a), err);
    if (zp_bad(r))
        return false;
    if (a.type == ZP_LIST || b.type == ZP_LIST) {
        ok = in_list(a, b, r.u.arr->data, err);
    } else if (a.type == ZP_TIM && b.type == ZP_IVL) {
        a = zp_value_ref(a);
        b = zp_value_ref(b);
        ok = zp_value_dense(&a, err) && zp_value_dense(&b, err) &&
             times_in_intervals(a, b, r.u.arr->data, err);
        zp_value_unref(a);
        zp_value_unref(b);
    } else {
        ok = in_array(a, b, r.u.arr->data, err);
    }
    if (!ok) {
        zp_value_unref(r);
        return false;
    }
    zp_value_unbox(&r);
    *out = r;
    return true;
}
