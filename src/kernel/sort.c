/* Radix sort of 64-bit keys.
 *
 *     keys --scatter by the highest digit--> |part|part|...|   each fits the cache and is sorted there by digits
 *
 * The highest digit is taken of key - least key, so that no bit is wasted on what all keys share.  Within a part
 * only those digits are sorted, from a lower one up, that make nearly all keys different; the few neighbours that
 * are still wrong change places by insertion.  Every pass is stable. */
#include "kernel/scatter.h"

#include <stdatomic.h>
#include <string.h>

#include "kernel/kernel.h"

enum { SORT_NS = 32 /* an element, about */ };
enum {
    MAX_BITS = ZP_DIGIT_BITS,
    RADIX = ZP_DIGITS,
    INSERTION = 32,
    SMALL = 1 << 14,
    SMALL_BITS = 8,
    LARGE = 1 << 15,
    BLOCK = 1 << 15, /* elements of a task that looks at the keys */
    TASK = 1 << 15   /* elements at least of a task that sorts parts */
};

/* ---------------------------------------------------------------- radix sort */

typedef struct span {
    uint64_t least, range; /* of keys: greatest - least */
    bool sorted;
} span;

static int bit_length(uint64_t v)
{
    return v ? 64 - __builtin_clzll(v) : 0;
}

/* The functions for elements of type T. */
#define SORT(name, T, KEY)                                                                                \
    /* Stable.  Gives up after `budget` moves: the elements are then as they were, or nearer to order. */ \
    static bool name##_insertion(T *a, int64_t n, int64_t budget)                                         \
    {                                                                                                     \
        for (int64_t i = 1; i < n; i++) {                                                                 \
            T e = a[i];                                                                                   \
            int64_t j = i;                                                                                \
            for (; j > 0 && KEY(a[j - 1]) > KEY(e); j--)                                                  \
                a[j] = a[j - 1];                                                                          \
            a[j] = e;                                                                                     \
            budget -= i - j;                                                                              \
            if (budget < 0)                                                                               \
                return false;                                                                             \
        }                                                                                                 \
        return true;                                                                                      \
    }                                                                                                     \
    static span name##_span(const T *a, int64_t n)                                                        \
    {                                                                                                     \
        uint64_t unsorted = 0, least = KEY(a[0]), most = least;                                           \
        for (int64_t i = 1; i < n; i++) {                                                                 \
            uint64_t k = KEY(a[i]);                                                                       \
            unsorted |= KEY(a[i - 1]) > k;                                                                \
            least = k < least ? k : least;                                                                \
            most = k > most ? k : most;                                                                   \
        }                                                                                                 \
        return (span){ least, most - least, !unsorted };                                                  \
    }                                                                                                     \
    /* Bits [from, to) of key - least, from the lowest digit up; the result is in `a`. */                 \
    static void name##_digits(T *a, T *b, int64_t n, uint64_t least, int from, int to)                    \
    {                                                                                                     \
        int64_t count[RADIX];                                                                             \
        int bits = n < SMALL ? SMALL_BITS : MAX_BITS, radix = 1 << bits;                                  \
        T *x = a, *y = b;                                                                                 \
        const uint64_t mask = (uint64_t)radix - 1;                                                        \
        for (int shift = from; shift < to; shift += bits) {                                               \
            T *swap = x;                                                                                  \
            int64_t at = 0;                                                                               \
            memset(count, 0, sizeof(int64_t) * (size_t)radix);                                            \
            for (int64_t i = 0; i < n; i++)                                                               \
                count[DIGIT_OF_##name(x[i])]++;                                                           \
            for (int d = 0; d < radix; d++) {                                                             \
                int64_t c = count[d];                                                                     \
                count[d] = at;                                                                            \
                at += c;                                                                                  \
            }                                                                                             \
            for (int64_t i = 0; i < n; i++)                                                               \
                y[count[DIGIT_OF_##name(x[i])]++] = x[i];                                                 \
            x = y;                                                                                        \
            y = swap;                                                                                     \
        }                                                                                                 \
        if (x != a)                                                                                       \
            memcpy(a, x, (size_t)n * sizeof *a);                                                          \
    }                                                                                                     \
    /* Sorts what fits the cache: the high digits that make nearly all keys different, the few       \
     * neighbours that are still wrong by insertion. */    \
    static void name##_part(T *a, T *b, int64_t n)                                                        \
    {                                                                                                     \
        span s;                                                                                           \
        int top, used;                                                                                    \
        if (n <= INSERTION) {                                                                             \
            name##_insertion(a, n, INT64_MAX);                                                            \
            return;                                                                                       \
        }                                                                                                 \
        s = name##_span(a, n);                                                                            \
        if (s.sorted)                                                                                     \
            return;                                                                                       \
        top = bit_length(s.range);                                                                        \
        used = digits_bits(n, bit_length((uint64_t)n) + 4);                                               \
        if (used < top) {                                                                                 \
            name##_digits(a, b, n, s.least, top - used, top);                                             \
            if (name##_insertion(a, n, 4 * n))                                                            \
                return;                                                                                   \
        }                                                                                                 \
        name##_digits(a, b, n, s.least, 0, top);                                                          \
    }

/* Bits wanted, as whole digits. */
static int digits_bits(int64_t n, int wanted)
{
    int bits = n < SMALL ? SMALL_BITS : MAX_BITS;
    return (wanted + bits - 1) / bits * bits;
}

#define KEY_PLAIN(e)      (e)
#define KEY_PAIR(e)       ((e).key)
#define DIGIT_OF_plain(e) ((((e)-least) >> shift) & mask)
#define DIGIT_OF_pair(e)  ((((e).key - least) >> shift) & mask)

SORT(plain, uint64_t, KEY_PLAIN)
SORT(pair, zp_pair, KEY_PAIR)

/* ---------------------------------------------------------------- large inputs */

typedef struct large {
    const uint64_t *keys; /* one of the sources */
    const zp_pair *pairs;
    int64_t n;
    int shift;
    uint64_t *words, *words_spare; /* scattered, and room for as many */
    zp_pair *to, *spare;
    int64_t *pos;                               /* positions go here, unless NULL */
    int64_t start[RADIX + 1], first[RADIX + 1]; /* of a part; part of a task */
    _Atomic uint64_t least, most;
    _Atomic bool unsorted;
} large;

static void note_span(large *l, span s, bool ordered)
{
    uint64_t least = atomic_load(&l->least), most = atomic_load(&l->most);

    while (s.least < least && !atomic_compare_exchange_weak(&l->least, &least, s.least))
        ;
    while (s.least + s.range > most && !atomic_compare_exchange_weak(&l->most, &most, s.least + s.range))
        ;
    if (!s.sorted || !ordered)
        atomic_store(&l->unsorted, true);
}

static void span_task(void *arg, int64_t task)
{
    large *l = arg;
    int64_t from = task * BLOCK, n = l->n - from < BLOCK ? l->n - from : BLOCK;

    if (l->keys)
        note_span(l, plain_span(l->keys + from, n), from == 0 || l->keys[from - 1] <= l->keys[from]);
    else
        note_span(l, pair_span(l->pairs + from, n),
                  from == 0 || l->pairs[from - 1].key <= l->pairs[from].key);
}

/* True: the keys ascend already. */
static bool find_digit(large *l, zp__digit *digit)
{
    atomic_store(&l->least, UINT64_MAX);
    zp_parallel_tasks((l->n + BLOCK - 1) / BLOCK, span_task, l);
    digit->least = atomic_load(&l->least);
    digit->shift = bit_length(atomic_load(&l->most) - digit->least) - MAX_BITS;
    digit->shift = digit->shift < 0 ? 0 : digit->shift;
    l->shift = digit->shift;
    return !atomic_load(&l->unsorted);
}

/* The parts of a task share the room at its beginning, which so stays in the cache. */
static void parts_task(void *arg, int64_t task)
{
    const large *l = arg;
    int64_t room = l->start[l->first[task]];

    for (int64_t d = l->first[task]; d < l->first[task + 1]; d++) {
        int64_t from = l->start[d], n = l->start[d + 1] - from;

        if (l->shift && l->words)
            plain_part(l->words + from, l->words_spare + room, n);
        else if (l->shift)
            pair_part(l->to + from, l->spare + room, n);
        for (int64_t i = from; l->pos && i < from + n; i++)
            l->pos[i] = l->to[i].pos;
    }
}

static void sort_parts(large *l)
{
    int64_t tasks = 0;

    for (int64_t d = 0; d < RADIX;) {
        int64_t begin = l->start[d];

        l->first[tasks++] = d++;
        while (d < RADIX && l->start[d + 1] - begin <= TASK)
            d++;
    }
    l->first[tasks] = RADIX;
    zp_parallel_tasks(tasks, parts_task, l);
}

static uint64_t *sort_words(uint64_t *keys, uint64_t *scratch, int64_t n)
{
    large l = { .keys = keys, .n = n, .words = scratch, .words_spare = keys };
    zp__digit digit;

    if (n < LARGE) {
        plain_part(keys, scratch, n);
        return keys;
    }
    if (find_digit(&l, &digit))
        return keys;
    zp__scatter_words(scratch, keys, n, &digit, l.start);
    sort_parts(&l);
    return scratch;
}

static zp_pair *sort_pairs(zp_pair *pairs, zp_pair *scratch, int64_t n)
{
    large l = { .pairs = pairs, .n = n, .to = scratch, .spare = pairs };
    zp__digit digit;

    if (n < LARGE) {
        pair_part(pairs, scratch, n);
        return pairs;
    }
    if (find_digit(&l, &digit))
        return pairs;
    zp__scatter_pairs(scratch, pairs, n, &digit, l.start);
    sort_parts(&l);
    return scratch;
}

static void order(int64_t *pos, const uint64_t *keys, int64_t n, zp_pair *work)
{
    large l = { .keys = keys, .n = n, .to = work, .spare = work + n, .pos = pos };
    zp__digit digit;

    if (n < LARGE) {
        for (int64_t i = 0; i < n; i++)
            work[i] = (zp_pair){ keys[i], i };
        pair_part(work, work + n, n);
        for (int64_t i = 0; i < n; i++)
            pos[i] = work[i].pos;
        return;
    }
    if (find_digit(&l, &digit)) {
        for (int64_t i = 0; i < n; i++)
            pos[i] = i;
        return;
    }
    zp__scatter_indexed(work, keys, n, &digit, l.start);
    sort_parts(&l);
}

/* ---------------------------------------------------------------- from outside */

uint64_t *zp_k_sort(uint64_t *keys, uint64_t *scratch, int64_t n)
{
    const zp_long_guard *left = zp_long_begin(n > INT64_MAX / SORT_NS ? n : n * SORT_NS);
    uint64_t *sorted = sort_words(keys, scratch, n);

    zp_long_end(left);
    return sorted;
}

zp_pair *zp_k_sort_pairs(zp_pair *pairs, zp_pair *scratch, int64_t n)
{
    const zp_long_guard *left = zp_long_begin(n > INT64_MAX / SORT_NS ? n : n * SORT_NS);
    zp_pair *sorted = sort_pairs(pairs, scratch, n);

    zp_long_end(left);
    return sorted;
}

void zp_k_order(int64_t *pos, const uint64_t *keys, int64_t n, zp_pair *work)
{
    const zp_long_guard *left = zp_long_begin(n > INT64_MAX / SORT_NS ? n : n * SORT_NS);

    order(pos, keys, n, work);
    zp_long_end(left);
}
