/* Values as keys: see keys.h.
 *
 * Strings, intervals and periods are first numbered by a hash table; when an order is asked for, the different ones
 * are sorted by comparison and the serial numbers replaced by ranks.  Most columns hold few different ones. */
#include "builtin/keys.h"
#include "base/breath.h"

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

/* A table of different elements.  A slot holds 1 + the number of one, and above it bits of its hash, so that most
 * elements that only share the slot need not be looked at. */
typedef struct numbers {
    uint64_t *slots;
    int64_t mask, count;
    int64_t *distinct; /* [k]: an element with number k */
} numbers;

enum { NUMBER_BITS = 40, FAR = 16, NEAR = 6 };
#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)

static uint64_t tag_of(uint64_t hash)
{
    return hash >> 8 << NUMBER_BITS;
}

static int64_t slot_of(const numbers *t, uint64_t hash)
{
    return (int64_t)(hash * UINT64_C(0x9E3779B97F4A7C15) >> 20) & t->mask;
}

/* Elements to come are brought near: first the string, then, when its hash can be had, the slot. */
static void look_ahead(const numbers *t, const ids *s, int64_t i)
{
    if (s->type != ZP_STR || i + FAR >= s->n)
        return;
    __builtin_prefetch(*(zp_str *const *)item(s, i + FAR));
    __builtin_prefetch(&t->slots[slot_of(t, hash_item(s, item(s, i + NEAR)))]);
}

/* The slot of the element p, or the empty one where it belongs. */
static uint64_t *find_slot(const numbers *t, const ids *s, const void *p, uint64_t hash)
{
    int64_t h = slot_of(t, hash);

    for (;; h = (h + 1) & t->mask) {
        uint64_t e = t->slots[h];

        if (!e || ((e & ~NUMBER_MASK) == tag_of(hash) &&
                   same_item(s->type, item(s, t->distinct[(e & NUMBER_MASK) - 1]), p)))
            return &t->slots[h];
    }
}

/* id[i] = serial number of element i; id may be NULL. */
static void number_items(numbers *t, const ids *s, uint64_t *id)
{
    memset(t->slots, 0, (size_t)(t->mask + 1) * sizeof *t->slots);
    for (int64_t i = 0; i < s->n; i++) {
        const void *p = item(s, i);
        uint64_t hash = hash_item(s, p), *at;

        zp_breathe(60);
        look_ahead(t, s, i);
        at = find_slot(t, s, p, hash);
        if (!*at) {
            t->distinct[t->count] = i;
            *at = tag_of(hash) | (uint64_t)++t->count;
        }
        if (id)
            id[i] = (*at & NUMBER_MASK) - 1;
    }
}

/* Merge sort of positions by comparison. */
static void sort_items(const ids *s, int64_t *pos, int64_t *scratch, int64_t n)
{
    int64_t *from = pos, *to = scratch;

    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t mid = at + width < n ? at + width : n, end = at + 2 * width < n ? at + 2 * width : n;
            int64_t i = at, j = mid;

            zp_breathe((end - at) * 20);
            for (int64_t k = at; k < end; k++) {
                bool left =
                    i < mid && (j >= end || compare_items(s->type, item(s, from[i]), item(s, from[j])) <= 0);
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
    int64_t slots = zp_k_table_size(s->n), *scratch;
    zp_value work = zp_words(3 * s->n + slots, err);
    numbers t = { .mask = slots - 1 };
    uint64_t *id;

    if (zp_bad(work))
        return false;
    id = words(work);
    t.distinct = (int64_t *)id + s->n;
    scratch = t.distinct + s->n;
    t.slots = id + 3 * s->n;
    number_items(&t, s, id);
    if (order) {
        /* number of the k-th different one -> its rank; positions ascend with the numbers */
        sort_items(s, t.distinct, scratch, t.count);
        for (int64_t r = 0; r < t.count; r++)
            scratch[id[t.distinct[r]]] = r;
    }
    for (int64_t i = 0; i < s->n; i++)
        *(i < s->na ? &ka[i] : &kb[i - s->na]) = order ? (uint64_t)scratch[id[i]] : id[i];
    zp_value_unref(work);
    return true;
}

/* ---------------------------------------------------------------- keys */

/* Types whose elements do not fit a key. */
static bool by_number(zp_type t)
{
    return t == ZP_STR || t == ZP_IVL || t == ZP_PER;
}

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
    } else if (by_number(a.type)) {
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
static bool order_by_many(const zp_value *x, int count, const bool *descending, bool nan_last, int64_t *pos,
                          zp_pair *pairs, zp_pair *other, int64_t n, zp_error *err)
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

bool zp_order_by(const zp_value *x, int count, const bool *descending, bool nan_last, int64_t *pos,
                 zp_error *err)
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

static bool first_items(zp_value x, uint8_t *first, zp_error *err)
{
    ids s = { .type = x.type, .a = x, .na = zp_len(x), .n = zp_len(x) };
    int64_t slots = zp_k_table_size(s.n);
    zp_value work = zp_words(s.n + slots, err);
    numbers t = { .mask = slots - 1 };

    if (zp_bad(work))
        return false;
    t.slots = words(work);
    t.distinct = (int64_t *)t.slots + slots;
    number_items(&t, &s, NULL);
    memset(first, 0, (size_t)s.n);
    for (int64_t k = 0; k < t.count; k++)
        first[t.distinct[k]] = 1;
    zp_value_unref(work);
    return true;
}

bool zp_first(zp_value x, uint8_t *first, zp_error *err)
{
    int64_t n = zp_len(x);
    zp_value keys, work;

    if (by_number(x.type))
        return first_items(x, first, err);

    if (!zp_keys(x, zp_nil(), false, &keys, NULL, err))
        return false;
    work = zp_words(n <= ZP_K_SMALL ? zp_k_table_size(n) : 4 * n, err);
    if (!zp_bad(work))
        zp_k_first(first, words(keys), n, (zp_pair *)work.u.arr->data, (int64_t *)work.u.arr->data);
    zp_value_unref(keys);
    zp_value_unref(work);
    return !zp_bad(work);
}

/* Elements without keys of their own: only those of the table are numbered, the others are looked for. */
static bool match_items(zp_value x, zp_value table, double none, double *pos, zp_error *err)
{
    ids in = { .type = table.type, .a = table, .na = zp_len(table), .n = zp_len(table) };
    ids both = { .type = table.type, .a = table, .b = x, .na = in.na, .n = in.n + zp_len(x) };
    int64_t slots = zp_k_table_size(in.n);
    zp_value work = zp_words(in.n + slots, err);
    numbers t = { .mask = slots - 1 };

    if (zp_bad(work))
        return false;
    t.slots = words(work);
    t.distinct = (int64_t *)t.slots + slots;
    number_items(&t, &in, NULL);
    for (int64_t i = in.n; i < both.n; i++) {
        const void *p = item(&both, i);
        uint64_t e;

        look_ahead(&t, &both, i);
        e = *find_slot(&t, &both, p, hash_item(&both, p));
        pos[i - in.n] = e ? (double)(t.distinct[(e & NUMBER_MASK) - 1] + 1) : none;
    }
    zp_value_unref(work);
    return true;
}

bool zp_match_keys(zp_value x, zp_value table, double none, double *pos, zp_error *err)
{
    int64_t n = zp_len(table);
    zp_value kx, kt, work;
    zp_lookup look;

    if (by_number(x.type))
        return match_items(x, table, none, pos, err);
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
