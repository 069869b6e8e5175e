/* sort: orders and groups 64-bit keys.
 *
 * Every type of the language is first turned into keys (builtin/keys.c): unsigned numbers whose order, or at least
 * equality, is that of the values.  Then one radix sort and one hash table serve them all.
 * Scratch memory comes from the caller.  Thread: any; large inputs use several threads. */
#ifndef ZP_KERNEL_SORT_H
#define ZP_KERNEL_SORT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct zp_pair {
    uint64_t key;
    int64_t pos;
} zp_pair;

/* Doubles as keys that sort alike: -0 equals 0, every NaN comes last. */
static inline uint64_t zp_key_dbl(double x)
{
    union {
        double d;
        int64_t i;
    } u = { x + 0.0 };
    if (x != x)
        return UINT64_MAX;
    return (uint64_t)u.i ^ ((uint64_t)(u.i >> 63) | UINT64_C(0x8000000000000000));
}
static inline double zp_dbl_key(uint64_t k)
{
    union {
        uint64_t i;
        double d;
    } u;
    u.i = k & UINT64_C(0x8000000000000000) ? k ^ UINT64_C(0x8000000000000000) : ~k;
    return u.d;
}
static inline uint64_t zp_key_i64(int64_t x)
{
    return (uint64_t)x ^ UINT64_C(0x8000000000000000);
}
static inline int64_t zp_i64_key(uint64_t k)
{
    return (int64_t)(k ^ UINT64_C(0x8000000000000000));
}

/* keys[i] = key of x[i]; `descending` complements them. */
void zp_k_keys_dbl(uint64_t *keys, const double *x, int64_t n, bool descending);
void zp_k_keys_i64(uint64_t *keys, const int64_t *x, int64_t n, bool descending);
void zp_k_dbls_of_keys(double *x, const uint64_t *keys, int64_t n, bool descending);
void zp_k_i64s_of_keys(int64_t *x, const uint64_t *keys, int64_t n, bool descending);

/* Ascending, not necessarily strictly? */
bool zp_k_is_sorted(const uint64_t *keys, int64_t n);

/* Sorts ascending.  Both arrays have room for n; the result is in the one that is returned. */
uint64_t *zp_k_sort(uint64_t *keys, uint64_t *scratch, int64_t n);
/* The same for pairs, by key; stable. */
zp_pair *zp_k_sort_pairs(zp_pair *pairs, zp_pair *scratch, int64_t n);
/* pos[i] = position of the key that is i-th when sorted; stable.  `work` has room for 2 * n. */
void zp_k_order(int64_t *pos, const uint64_t *keys, int64_t n, zp_pair *work);

/* first[i] = 1 where keys[i] occurs for the first time, else 0.  Up to ZP_K_SMALL keys `table` has room for
 * zp_k_table_size(n) and `pairs` is not used; beyond, `pairs` has room for 2 * n and `table` is not used. */
enum { ZP_K_SMALL = 1 << 16 };
/* Slots of a table for n keys. */
int64_t zp_k_table_size(int64_t n);
void zp_k_first(uint8_t *first, const uint64_t *keys, int64_t n, zp_pair *pairs, int64_t *table);

/* An open table of positions of `keys` (first occurrence wins). */
typedef struct zp_lookup {
    const uint64_t *keys;
    int64_t *slots; /* position + 1, or 0 */
    int shift;
} zp_lookup;
void zp_k_lookup_init(zp_lookup *l, const uint64_t *keys, int64_t n, int64_t *table);
/* Position of `key`, or -1. */
int64_t zp_k_lookup(const zp_lookup *l, uint64_t key);
/* out[i] = position of want[i] + 1 as a double, or `none`. */
void zp_k_lookup_all(const zp_lookup *l, const uint64_t *want, int64_t n, double none, double *out);

#endif
