/* Grouping of equal keys.
 *
 * A table larger than the cache misses at every access.  So large inputs are first scattered by the high bits of
 * their hash into 2048 parts, which then fit, each with a table of its own. */
#include "kernel/scatter.h"

#include <string.h>

#include "kernel/kernel.h"

static int table_bits(int64_t n)
{
    int bits = 3;
    while ((INT64_C(1) << bits) < n + n / 2)
        bits++;
    return bits;
}

int64_t zp_k_table_size(int64_t n)
{
    return INT64_C(1) << table_bits(n);
}

static void first_small(uint8_t *first, const uint64_t *keys, int64_t n, int64_t *table)
{
    int bits = table_bits(n), shift = 64 - bits;
    uint64_t mask = (UINT64_C(1) << bits) - 1;

    memset(table, 0, sizeof(int64_t) << bits);
    for (int64_t i = 0; i < n; i++) {
        uint64_t h = zp__hash(keys[i]) >> shift;
        while (table[h] && keys[table[h] - 1] != keys[i])
            h = (h + 1) & mask;
        first[i] = !table[h];
        if (!table[h])
            table[h] = i + 1;
    }
}

enum { PART_BITS = 15, PART_SLOTS = 1 << PART_BITS, TASK = 16 /* parts */ };

/* One part.  When more distinct keys meet here than the table holds, the rest is sorted out by sorting. */
static void first_part(uint8_t *first, zp_pair *part, int64_t n, zp_pair *scratch, uint64_t *keys,
                       uint8_t *used)
{
    int64_t held = 0, i = 0;
    int bits = table_bits(n);
    uint64_t mask;

    bits = bits < PART_BITS ? bits : PART_BITS;
    mask = (UINT64_C(1) << bits) - 1;
    memset(used, 0, (size_t)1 << bits);
    for (; i < n && held < (INT64_C(3) << bits) / 4; i++) {
        uint64_t k = part[i].key, h = zp__hash(k) >> (64 - bits);
        while (used[h] && keys[h] != k)
            h = (h + 1) & mask;
        if (used[h]) { /* places in memory are far apart: only those of repetitions are visited */
            first[part[i].pos] = 0;
            continue;
        }
        held++;
        used[h] = 1;
        keys[h] = k;
    }
    if (i == n)
        return;
    part = zp_k_sort_pairs(part, scratch, n);
    for (i = 0; i < n; i++)
        first[part[i].pos] = i == 0 || part[i].key != part[i - 1].key;
}

typedef struct parts {
    uint8_t *first;
    zp_pair *pairs, *spare;
    int64_t start[ZP_DIGITS + 1];
} parts;

static void first_task(void *arg, int64_t task)
{
    uint64_t held[PART_SLOTS];
    uint8_t used[PART_SLOTS];
    const parts *p = arg;

    for (int64_t d = task * TASK; d < (task + 1) * TASK; d++) {
        int64_t from = p->start[d];
        first_part(p->first, p->pairs + from, p->start[d + 1] - from, p->spare + from, held, used);
    }
}

static void first_large(uint8_t *first, const uint64_t *keys, int64_t n, zp_pair *pairs, zp_pair *spare)
{
    parts p = { .first = first, .pairs = pairs, .spare = spare };

    memset(first, 1, (size_t)n);
    zp__scatter_hashed(pairs, keys, n, p.start);
    zp_parallel_tasks(ZP_DIGITS / TASK, first_task, &p);
}

void zp_k_first(uint8_t *first, const uint64_t *keys, int64_t n, zp_pair *pairs, int64_t *table)
{
    if (n <= ZP_K_SMALL)
        first_small(first, keys, n, table);
    else
        first_large(first, keys, n, pairs, pairs + n);
}

void zp_k_lookup_init(zp_lookup *l, const uint64_t *keys, int64_t n, int64_t *table)
{
    int bits = table_bits(n);
    uint64_t mask = (UINT64_C(1) << bits) - 1;

    *l = (zp_lookup){ keys, table, 64 - bits };
    memset(table, 0, sizeof(int64_t) << bits);
    for (int64_t i = 0; i < n; i++) {
        uint64_t h = zp__hash(keys[i]) >> l->shift;
        while (table[h] && keys[table[h] - 1] != keys[i])
            h = (h + 1) & mask;
        if (!table[h])
            table[h] = i + 1;
    }
}

int64_t zp_k_lookup(const zp_lookup *l, uint64_t key)
{
    uint64_t mask = UINT64_MAX >> l->shift, h = zp__hash(key) >> l->shift;

    while (l->slots[h] && l->keys[l->slots[h] - 1] != key)
        h = (h + 1) & mask;
    return l->slots[h] - 1;
}

typedef struct lookups {
    const zp_lookup *l;
    const uint64_t *want;
    double none, *out;
} lookups;

static void lookup_piece(void *arg, int64_t from, int64_t to)
{
    enum { AHEAD = 16 };
    const lookups *s = arg;

    for (int64_t i = from; i < to; i++) {
        int64_t p;
        if (i + AHEAD < to)
            __builtin_prefetch(&s->l->slots[zp__hash(s->want[i + AHEAD]) >> s->l->shift]);
        p = zp_k_lookup(s->l, s->want[i]);
        s->out[i] = p < 0 ? s->none : (double)(p + 1);
    }
}

void zp_k_lookup_all(const zp_lookup *l, const uint64_t *want, int64_t n, double none, double *out)
{
    zp_parallel(n, 1 << 14, lookup_piece, &(lookups){ l, want, none, out });
}
