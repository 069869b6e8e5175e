/* Values as keys: see keys.h.
 *
 * Strings, intervals and periods are first numbered by a hash table; when an order is asked for, the different ones
 * are sorted by comparison and the serial numbers replaced by ranks.  Most columns hold few different ones. */
#include "builtin/keys.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/reduce.h"
#include "time/time.h"

zp_value zp_words(int64_t n, zp_error *err)
{
    zp_value v = zp_vec(ZP_DUR, n > 0 ? n : 1, err);
    return zp_bad(v) || !zp_value_box(&v, err) ? zp_nil() : v;
}

static uint64_t *words(zp_value v)
{
    return v.u.arr->data;
}

/* ---------------------------------------------------------------- serial numbers */

typedef struct ids {
    zp_type type;
    zp_value a, b; /* elements of b follow those of a */
    int64_t na, n;
} ids;

static const void *item(const ids *s, int64_t i)
{
    const zp_value *v = i < s->na ? &s->a : &s->b;
    int64_t k = i < s->na ? i : i - s->na;
    return (const char *)zp_data(v) + (size_t)k * zp_type_size(s->type);
}

static uint64_t hash_item(const ids *s, const void *p)
{
    if (s->type == ZP_STR)
        return zp_str_hash(*(zp_str *const *)p);
    return zp_hash_bytes(p, zp_type_size(s->type));
}

static int compare_items(zp_type t, const void *p, const void *q)
{
    const zp_interval *i = p, *j = q;

    if (t == ZP_STR)
        return zp_str_cmp(*(zp_str *const *)p, *(zp_str *const *)q);
    if (t == ZP_IVL)
        return zp_interval_cmp(i->start, i->end, i->sopen, i->eopen, j->start, j->end, j->sopen, j->eopen);
    return memcmp(p, q, zp_type_size(t));
}

static bool same_item(zp_type t, const void *p, const void *q)
{
    if (t == ZP_STR)
        return zp_str_eq(*(zp_str *const *)p, *(zp_str *const *)q);
    return compare_items(t, p, q) == 0;
}

/* id[i] = serial number of element i; distinct[k] = an element with number k.  Returns how many. */
static int64_t number_items(const ids *s, uint64_t *id, int64_t *distinct, int64_t *table, int64_t slots)
{
    int64_t count = 0;

    memset(table, 0, (size_t)slots * sizeof *table);
    for (int64_t i = 0; i < s->n; i++) {
        const void *p = item(s, i);
        uint64_t h = (hash_item(s, p) * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (uint64_t)(slots - 1);
        while (table[h] && !same_item(s->type, item(s, distinct[table[h] - 1]), p))
            h = (h + 1) & (uint64_t)(slots - 1);
        if (!table[h]) {
            distinct[count] = i;
            table[h] = ++count;
        }
        id[i] = (uint64_t)table[h] - 1;
    }
    return count;
}

/* Merge sort of positions by comparison. */
static void sort_items(const ids *s, int64_t *pos, int64_t *scratch, int64_t n)
{
    int64_t *from = pos, *to = scratch;

    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t mid = at + width < n ? at + width : n, end = at + 2 * width < n ? at + 2 * width : n;
            int64_t i = at, j = mid;
            for (int64_t k = at; k < end; k++) {
                bool left = i < mid && (j >= end || compare_items(s->type, item(s, from[i]), item(s, from[j])) <= 0);
                to[k] = left ? from[i++] : from[j++];
            }
        }
        int64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != pos)
        memcpy(pos, from, (size_t)n * sizeof *pos);
}

static bool keys_by_number(ids *s, bool order, uint64_t *ka, uint64_t *kb, zp_error *err)
{
    int64_t slots = zp_k_table_size(s->n), count;
    zp_value work = zp_words(3 * s->n + slots, err);
    uint64_t *id;
    int64_t *distinct, *scratch;

    if (zp_bad(work))
        return false;
    id = words(work);
    distinct = (int64_t *)id + s->n;
    scratch = distinct + s->n;
    count = number_items(s, id, distinct, scratch + s->n, slots);
    if (order) {
        /* number of the k-th different one -> its rank; positions ascend with the numbers */
        sort_items(s, distinct, scratch, count);
        for (int64_t r = 0; r < count; r++)
            scratch[id[distinct[r]]] = r;
    }
    for (int64_t i = 0; i < s->n; i++)
        *(i < s->na ? &ka[i] : &kb[i - s->na]) = order ? (uint64_t)scratch[id[i]] : id[i];
    zp_value_unref(work);
    return true;
}

/* ---------------------------------------------------------------- keys */

static void simple_keys(zp_value v, uint64_t *keys)
{
    int64_t n = zp_len(v);

    if (v.type == ZP_DBL)
        zp_k_keys_dbl(keys, zp_dbls(&v), n, false);
    else if (v.type == ZP_LGL)
        for (int64_t i = 0; i < n; i++)
            keys[i] = zp_lgls(&v)[i] != 0;
    else
        zp_k_keys_i64(keys, zp_i64s(&v), n, false);
}

bool zp_keys(zp_value a, zp_value b, bool order, zp_value *ka, zp_value *kb, zp_error *err)
{
    ids s = { .type = a.type, .a = a, .b = b, .na = zp_len(a) };
    bool two = b.type != ZP_NIL, ok = true;

    s.n = s.na + (two ? zp_len(b) : 0);
    *ka = zp_words(s.na, err);
    if (kb)
        *kb = two ? zp_words(zp_len(b), err) : zp_nil();
    if (zp_bad(*ka) || (two && zp_bad(*kb))) {
        ok = false;
    } else if (a.type == ZP_STR || a.type == ZP_IVL || a.type == ZP_PER) {
        ok = keys_by_number(&s, order, words(*ka), two ? words(*kb) : NULL, err);
    } else {
        simple_keys(a, words(*ka));
        if (two)
            simple_keys(b, words(*kb));
    }
    if (!ok) {
        zp_value_clear(ka);
        if (kb)
            zp_value_clear(kb);
    }
    return ok;
}

/* ---------------------------------------------------------------- order */

/* Keys of x in the wanted direction; those of NaN are UINT64_MAX and stay at their end. */
static bool order_keys(zp_value x, bool descending, bool nan_last, zp_value *keys, zp_error *err)
{
    int64_t n = zp_len(x);
    uint64_t *k, nan = nan_last ? UINT64_MAX : 0, flip = descending ? UINT64_MAX : 0;

    if (!zp_keys(x, zp_nil(), true, keys, NULL, err))
        return false;
    k = words(*keys);
    if (x.type != ZP_DBL)
        for (int64_t i = 0; descending && i < n; i++)
            k[i] = ~k[i];
    else if (descending || !nan_last)
        for (int64_t i = 0; i < n; i++)
            k[i] = k[i] == UINT64_MAX ? nan : k[i] ^ flip;
    return true;
}

/* From the least important key to the first, each pass stable. */
static bool order_by_many(const zp_value *x, int count, const bool *descending, bool nan_last, int64_t *pos, zp_pair *pairs,
                          zp_pair *other, int64_t n, zp_error *err)
{
    for (int64_t i = 0; i < n; i++)
        pairs[i].pos = i;
    for (int j = count - 1; j >= 0; j--) {
        zp_value keys;
        zp_pair *sorted;

        if (!order_keys(x[j], descending[j], nan_last, &keys, err))
            return false;
        for (int64_t i = 0; i < n; i++)
            pairs[i].key = words(keys)[pairs[i].pos];
        zp_value_unref(keys);
        sorted = zp_k_sort_pairs(pairs, other, n);
        other = sorted == pairs ? other : pairs;
        pairs = sorted;
    }
    for (int64_t i = 0; i < n; i++)
        pos[i] = pairs[i].pos;
    return true;
}

bool zp_order_by(const zp_value *x, int count, const bool *descending, bool nan_last, int64_t *pos, zp_error *err)
{
    int64_t n = count ? zp_len(x[0]) : 0;
    zp_value work = zp_words(4 * n, err), keys;
    zp_pair *pairs;
    bool ok;

    if (zp_bad(work))
        return false;
    pairs = (zp_pair *)work.u.arr->data;
    if (count == 1) {
        ok = order_keys(x[0], descending[0], nan_last, &keys, err);
        if (ok) {
            zp_k_order(pos, words(keys), n, pairs);
            zp_value_unref(keys);
        }
    } else {
        ok = order_by_many(x, count, descending, nan_last, pos, pairs, pairs + n, n, err);
    }
    zp_value_unref(work);
    return ok;
}

bool zp_order_of(zp_value x, bool descending, bool nan_last, int64_t *pos, zp_error *err)
{
    return zp_order_by(&x, 1, &descending, nan_last, pos, err);
}

/* ---------------------------------------------------------------- equality */

bool zp_first(zp_value x, uint8_t *first, zp_error *err)
{
    int64_t n = zp_len(x);
    zp_value keys, work;

    if (!zp_keys(x, zp_nil(), false, &keys, NULL, err))
        return false;
    work = zp_words(n <= ZP_K_SMALL ? zp_k_table_size(n) : 4 * n, err);
    if (!zp_bad(work))
        zp_k_first(first, words(keys), n, (zp_pair *)work.u.arr->data, (int64_t *)work.u.arr->data);
    zp_value_unref(keys);
    zp_value_unref(work);
    return !zp_bad(work);
}

bool zp_match_keys(zp_value x, zp_value table, double none, double *pos, zp_error *err)
{
    int64_t n = zp_len(table);
    zp_value kx, kt, work;
    zp_lookup look;

    if (!zp_keys(x, table, false, &kx, &kt, err))
        return false;
    work = zp_words(zp_k_table_size(n), err);
    if (!zp_bad(work)) {
        zp_k_lookup_init(&look, words(kt), n, (int64_t *)work.u.arr->data);
        zp_k_lookup_all(&look, words(kx), zp_len(x), none, pos);
    }
    zp_value_unref(kx);
    zp_value_unref(kt);
    zp_value_unref(work);
    return !zp_bad(work);
}

bool zp_pick(zp_value x, const int64_t *pos, int64_t n, zp_value *out, zp_error *err)
{
    size_t size = zp_type_size(x.type);
    zp_value v = zp_vec(x.type, n, err);
    const char *from = zp_data(&x);

    if (zp_bad(v))
        return false;
    for (int64_t i = 0; i < n; i++) {
        if (x.type == ZP_STR)
            zp_str_put(v, i, zp_str_ref(zp_strs(&x)[pos[i]]));
        else if (size == 8)
            ((int64_t *)v.u.arr->data)[i] = ((const int64_t *)from)[pos[i]];
        else
            memcpy((char *)v.u.arr->data + (size_t)i * size, from + (size_t)pos[i] * size, size);
    }
    *out = v;
    return true;
}
