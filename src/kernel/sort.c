/* Radix sort of 64-bit keys, and hashing of keys.
 *
 * Sort: one pass scatters the keys by their highest digit of 11 bits, after which each part fits the cache and is
 * sorted there from a lower digit up.  A pass counts, adds up and scatters; every thread owns a slice of the input
 * and, per digit value, a stretch of the output, so that the result is the same for any number of threads:
 *
 *     digit 0:  [thread 0 | thread 1]  digit 1:  [thread 0 | thread 1] ...
 *
 * Grouping: a table larger than the cache misses at every access.  So large inputs are first scattered by the
 * high bits of their hash into 2048 parts, which then fit, each with a table of its own. */
#include "kernel/sort.h"

#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "kernel/reduce.h"

enum { MAX_BITS = 11, RADIX = 1 << MAX_BITS, MAX_THREADS = 8, INSERTION = 32 };

static int thread_count(int64_t n)
{
#ifdef _OPENMP
    int most = omp_in_parallel() ? 1 : omp_get_max_threads();
    if (n < ZP_PAR_MIN)
        return 1;
    return most < MAX_THREADS ? most : MAX_THREADS;
#else
    (void)n;
    return 1;
#endif
}

static uint64_t mix(uint64_t k)
{
    k ^= k >> 32;
    k *= UINT64_C(0x9E3779B97F4A7C15);
    k ^= k >> 29;
    k *= UINT64_C(0xBF58476D1CE4E5B9);
    return k ^ (k >> 32);
}

/* ---------------------------------------------------------------- keys */

void zp_k_keys_dbl(uint64_t *keys, const double *x, int64_t n, bool descending)
{
    uint64_t flip = descending ? UINT64_MAX : 0;
#pragma omp parallel for schedule(static) if (n >= ZP_PAR_MIN)
    for (int64_t i = 0; i < n; i++)
        keys[i] = zp_key_dbl(x[i]) ^ flip;
}

void zp_k_keys_i64(uint64_t *keys, const int64_t *x, int64_t n, bool descending)
{
    uint64_t flip = descending ? UINT64_MAX : 0;
#pragma omp parallel for schedule(static) if (n >= ZP_PAR_MIN)
    for (int64_t i = 0; i < n; i++)
        keys[i] = zp_key_i64(x[i]) ^ flip;
}

void zp_k_dbls_of_keys(double *x, const uint64_t *keys, int64_t n, bool descending)
{
    uint64_t flip = descending ? UINT64_MAX : 0;
#pragma omp parallel for schedule(static) if (n >= ZP_PAR_MIN)
    for (int64_t i = 0; i < n; i++)
        x[i] = zp_dbl_key(keys[i] ^ flip);
}

void zp_k_i64s_of_keys(int64_t *x, const uint64_t *keys, int64_t n, bool descending)
{
    uint64_t flip = descending ? UINT64_MAX : 0;
#pragma omp parallel for schedule(static) if (n >= ZP_PAR_MIN)
    for (int64_t i = 0; i < n; i++)
        x[i] = zp_i64_key(keys[i] ^ flip);
}

bool zp_k_is_sorted(const uint64_t *keys, int64_t n)
{
    for (int64_t i = 1; i < n; i++)
        if (keys[i - 1] > keys[i])
            return false;
    return true;
}

/* ---------------------------------------------------------------- radix sort */

/* Counts become starting positions: all threads of digit value 0, all of value 1, ... */
static void add_up(int64_t counts[][RADIX], int threads, int radix)
{
    int64_t at = 0;
    for (int d = 0; d < radix; d++)
        for (int t = 0; t < threads; t++) {
            int64_t c = counts[t][d];
            counts[t][d] = at;
            at += c;
        }
}

/* The stable counting pass over elements of type T; KEY(e) is the digit of e. */
#define SCATTER(T, a, b, n, threads, radix, counts, DIGIT)                             \
    do {                                                                               \
        _Pragma("omp parallel for schedule(static, 1) num_threads(threads) if (threads > 1)") \
        for (int t = 0; t < threads; t++) {                                            \
            int64_t *c = counts[t], from = n * t / threads, to = n * (t + 1) / threads; \
            memset(c, 0, sizeof(int64_t) * (size_t)(radix));                           \
            for (int64_t i = from; i < to; i++)                                        \
                c[DIGIT(a[i])]++;                                                      \
        }                                                                              \
        add_up(counts, threads, radix);                                                \
        _Pragma("omp parallel for schedule(static, 1) num_threads(threads) if (threads > 1)") \
        for (int t = 0; t < threads; t++) {                                            \
            int64_t *c = counts[t], from = n * t / threads, to = n * (t + 1) / threads; \
            for (int64_t i = from; i < to; i++) {                                      \
                const T e = a[i];                                                      \
                b[c[DIGIT(e)]++] = e;                                                  \
            }                                                                          \
        }                                                                              \
    } while (0)

typedef struct span {
    uint64_t least, range; /* of keys: greatest - least */
    bool sorted;
} span;

static int bit_length(uint64_t v)
{
    return v ? 64 - __builtin_clzll(v) : 0;
}

/* The functions for elements of type T. */
#define SORT(name, T, KEY)                                                                          \
    /* Stable.  Gives up after `budget` moves: the elements are then as they were, or nearer to order. */ \
    static bool name##_insertion(T *a, int64_t n, int64_t budget)                                   \
    {                                                                                               \
        for (int64_t i = 1; i < n; i++) {                                                           \
            T e = a[i];                                                                             \
            int64_t j = i;                                                                          \
            for (; j > 0 && KEY(a[j - 1]) > KEY(e); j--)                                            \
                a[j] = a[j - 1];                                                                    \
            a[j] = e;                                                                               \
            budget -= i - j;                                                                        \
            if (budget < 0)                                                                         \
                return false;                                                                       \
        }                                                                                           \
        return true;                                                                                \
    }                                                                                               \
    static span name##_span(const T *a, int64_t n)                                                  \
    {                                                                                               \
        uint64_t unsorted = 0, least = KEY(a[0]), most = least;                                     \
        _Pragma("omp parallel for schedule(static) reduction(| : unsorted) reduction(min : least) reduction(max : most) if (n >= ZP_PAR_MIN)") \
        for (int64_t i = 1; i < n; i++) {                                                           \
            uint64_t k = KEY(a[i]);                                                                 \
            unsorted |= KEY(a[i - 1]) > k;                                                          \
            least = k < least ? k : least;                                                          \
            most = k > most ? k : most;                                                             \
        }                                                                                           \
        return (span){ least, most - least, !unsorted };                                            \
    }                                                                                               \
    /* Bits [from, to) of key - least, from the lowest digit up; the result is in `a`. */            \
    static void name##_digits(T *a, T *b, int64_t n, uint64_t least, int from, int to)              \
    {                                                                                               \
        int64_t count[RADIX];                                                                       \
        int bits = n < SMALL ? SMALL_BITS : MAX_BITS, radix = 1 << bits;                            \
        T *x = a, *y = b;                                                                           \
        const uint64_t mask = (uint64_t)radix - 1;                                                  \
        for (int shift = from; shift < to; shift += bits) {                                         \
            T *swap = x;                                                                            \
            int64_t at = 0;                                                                         \
            memset(count, 0, sizeof(int64_t) * (size_t)radix);                                      \
            for (int64_t i = 0; i < n; i++)                                                         \
                count[DIGIT_OF_##name(x[i])]++;                                                     \
            for (int d = 0; d < radix; d++) {                                                       \
                int64_t c = count[d];                                                               \
                count[d] = at;                                                                      \
                at += c;                                                                            \
            }                                                                                       \
            for (int64_t i = 0; i < n; i++)                                                         \
                y[count[DIGIT_OF_##name(x[i])]++] = x[i];                                           \
            x = y;                                                                                  \
            y = swap;                                                                               \
        }                                                                                           \
        if (x != a)                                                                                 \
            memcpy(a, x, (size_t)n * sizeof *a);                                                    \
    }                                                                                               \
    /* Sorts what fits the cache: the high digits that make nearly all keys different, the few       \
     * neighbours that are still wrong by insertion. */                                             \
    static void name##_part(T *a, T *b, int64_t n)                                                  \
    {                                                                                               \
        span s;                                                                                     \
        int top, used;                                                                              \
        if (n <= INSERTION) {                                                                       \
            name##_insertion(a, n, INT64_MAX);                                                      \
            return;                                                                                 \
        }                                                                                           \
        s = name##_span(a, n);                                                                      \
        if (s.sorted)                                                                               \
            return;                                                                                 \
        top = bit_length(s.range);                                                                  \
        used = digits_bits(n, bit_length((uint64_t)n) + 4);                                         \
        if (used < top) {                                                                           \
            name##_digits(a, b, n, s.least, top - used, top);                                       \
            if (name##_insertion(a, n, 4 * n))                                                      \
                return;                                                                             \
        }                                                                                           \
        name##_digits(a, b, n, s.least, 0, top);                                                    \
    }                                                                                               \
    /* Large inputs are first scattered by their highest digit. */                                  \
    static T *name##_large(T *a, T *b, int64_t n)                                                   \
    {                                                                                               \
        int64_t counts[MAX_THREADS][RADIX];                                                         \
        int threads = thread_count(n), shift;                                                       \
        const span s = name##_span(a, n);                                                           \
        const uint64_t mask = RADIX - 1, least = s.least;                                           \
        if (s.sorted)                                                                               \
            return a;                                                                               \
        shift = bit_length(s.range) - MAX_BITS;                                                     \
        shift = shift < 0 ? 0 : shift;                                                              \
        SCATTER(T, a, b, n, threads, RADIX, counts, DIGIT_OF_##name);                               \
        if (shift == 0)                                                                             \
            return b;                                                                               \
        _Pragma("omp parallel for schedule(dynamic, 8) num_threads(threads) if (threads > 1)")      \
        for (int d = 0; d < RADIX; d++) {                                                           \
            int64_t from = d ? counts[threads - 1][d - 1] : 0;                                      \
            name##_part(b + from, a + from, counts[threads - 1][d] - from);                         \
        }                                                                                           \
        return b;                                                                                   \
    }

enum { SMALL = 1 << 14, SMALL_BITS = 8, LARGE = 1 << 15 };

/* Bits wanted, as whole digits. */
static int digits_bits(int64_t n, int wanted)
{
    int bits = n < SMALL ? SMALL_BITS : MAX_BITS;
    return (wanted + bits - 1) / bits * bits;
}

#define KEY_PLAIN(e) (e)
#define KEY_PAIR(e) ((e).key)
#define DIGIT_OF_plain(e) ((((e) - least) >> shift) & mask)
#define DIGIT_OF_pair(e) ((((e).key - least) >> shift) & mask)

SORT(plain, uint64_t, KEY_PLAIN)
SORT(pair, zp_pair, KEY_PAIR)

uint64_t *zp_k_sort(uint64_t *keys, uint64_t *scratch, int64_t n)
{
    if (n >= LARGE)
        return plain_large(keys, scratch, n);
    plain_part(keys, scratch, n);
    return keys;
}

zp_pair *zp_k_sort_pairs(zp_pair *pairs, zp_pair *scratch, int64_t n)
{
    if (n >= LARGE)
        return pair_large(pairs, scratch, n);
    pair_part(pairs, scratch, n);
    return pairs;
}

/* ---------------------------------------------------------------- hashing */

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
        uint64_t h = mix(keys[i]) >> shift;
        while (table[h] && keys[table[h] - 1] != keys[i])
            h = (h + 1) & mask;
        first[i] = !table[h];
        if (!table[h])
            table[h] = i + 1;
    }
}

enum { PART_BITS = 15, PART_SLOTS = 1 << PART_BITS };

#define PART_OF(e) (mix((e).key) >> (64 - MAX_BITS))

/* One part.  When more distinct keys meet here than the table holds, the rest is sorted out by sorting. */
static void first_part(uint8_t *first, zp_pair *part, int64_t n, zp_pair *scratch, uint64_t *keys, uint8_t *used)
{
    int64_t held = 0, i = 0;
    int bits = table_bits(n);
    uint64_t mask;

    bits = bits < PART_BITS ? bits : PART_BITS;
    mask = (UINT64_C(1) << bits) - 1;
    memset(used, 0, (size_t)1 << bits);
    for (; i < n && held < (INT64_C(3) << bits) / 4; i++) {
        uint64_t k = part[i].key, h = (mix(k) << MAX_BITS) >> (64 - bits);
        while (used[h] && keys[h] != k)
            h = (h + 1) & mask;
        first[part[i].pos] = !used[h];
        held += !used[h];
        used[h] = 1;
        keys[h] = k;
    }
    if (i == n)
        return;
    part = zp_k_sort_pairs(part, scratch, n);
    for (i = 0; i < n; i++)
        first[part[i].pos] = i == 0 || part[i].key != part[i - 1].key;
}

static void first_large(uint8_t *first, const uint64_t *keys, int64_t n, zp_pair *pairs, zp_pair *scratch)
{
    int64_t counts[MAX_THREADS][RADIX], ends[RADIX];
    int threads = thread_count(n);

#pragma omp parallel for schedule(static) if (n >= ZP_PAR_MIN)
    for (int64_t i = 0; i < n; i++)
        pairs[i] = (zp_pair){ keys[i], i };
    SCATTER(zp_pair, pairs, scratch, n, threads, RADIX, counts, PART_OF);
    for (int d = 0; d < RADIX; d++)
        ends[d] = counts[threads - 1][d];
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        uint64_t held[PART_SLOTS];
        uint8_t used[PART_SLOTS];
#pragma omp for schedule(dynamic, 16)
        for (int d = 0; d < RADIX; d++) {
            int64_t from = d ? ends[d - 1] : 0;
            first_part(first, scratch + from, ends[d] - from, pairs + from, held, used);
        }
    }
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
        uint64_t h = mix(keys[i]) >> l->shift;
        while (table[h] && keys[table[h] - 1] != keys[i])
            h = (h + 1) & mask;
        if (!table[h])
            table[h] = i + 1;
    }
}

int64_t zp_k_lookup(const zp_lookup *l, uint64_t key)
{
    uint64_t mask = UINT64_MAX >> l->shift, h = mix(key) >> l->shift;

    while (l->slots[h] && l->keys[l->slots[h] - 1] != key)
        h = (h + 1) & mask;
    return l->slots[h] - 1;
}

void zp_k_lookup_all(const zp_lookup *l, const uint64_t *want, int64_t n, double none, double *out)
{
    enum { AHEAD = 16 };
#pragma omp parallel for schedule(static) if (n >= ZP_PAR_MIN)
    for (int64_t i = 0; i < n; i++) {
        int64_t p;
        if (i + AHEAD < n)
            __builtin_prefetch(&l->slots[mix(want[i + AHEAD]) >> l->shift]);
        p = zp_k_lookup(l, want[i]);
        out[i] = p < 0 ? none : (double)(p + 1);
    }
}
