/* The pass of a radix sort that goes through memory.
 *
 * 2048 places to write to are too many for the caches: every store would first read a line that is written in full
 * anyway.  So each bucket has one line on the stack, filled at the place it will have in memory, which leaves past
 * the caches when it is full:
 *
 *     element --digit--> line of the bucket  |a|b|c|d|e|f|g|.|  --full--> memory */
#include "kernel/scatter.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "kernel/kernel.h"

enum { LINE = 64, SLICES = 8, SLICE_MIN = 1 << 16 };

typedef struct job {
    const void *from;
    void *to;
    int64_t n, slices;
    zp__digit digit;
    int64_t (*at)[ZP_DIGITS]; /* of slice and digit: a count, then where the next element goes */
} job;

static int64_t slice_start(const job *j, int64_t s)
{
    return s == j->slices ? j->n : j->n / j->slices * s;
}

static void put_line(void *to, const void *from)
{
#if defined(__SSE2__)
    __m128i *t = to;
    const __m128i *f = from;

    for (int i = 0; i < LINE / 16; i++)
        _mm_stream_si128(t + i, _mm_load_si128(f + i));
#else
    memcpy(to, from, LINE);
#endif
}

static void lines_end(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

/* Counts become starting points: all slices of digit 0, all of digit 1, ... */
static void add_up(const job *j, int64_t *start)
{
    int64_t at = 0;

    for (int d = 0; d < ZP_DIGITS; d++) {
        start[d] = at;
        for (int64_t s = 0; s < j->slices; s++) {
            int64_t count = j->at[s][d];
            j->at[s][d] = at;
            at += count;
        }
    }
    start[ZP_DIGITS] = at;
}

static void run(job *j, void (*count)(void *arg, int64_t s), void (*move)(void *arg, int64_t s),
                int64_t *start)
{
    int64_t at[SLICES][ZP_DIGITS], most = zp_parallel_count() > 1 ? SLICES : 1;

    j->slices = j->n / SLICE_MIN < most ? j->n / SLICE_MIN + 1 : most;
    j->at = at;
    zp_parallel_tasks(j->slices, count, j);
    add_up(j, start);
    zp_parallel_tasks(j->slices, move, j);
}

/* `mine`: the part of a line before this is another slice's or bucket's, and is left alone. */
#define SCATTER(name, T, S, MAKE, KEY, DIGIT)                                                       \
    static void name##_count(void *arg, int64_t s)                                                  \
    {                                                                                               \
        const job *j = arg;                                                                         \
        const int64_t from = slice_start(j, s), to = slice_start(j, s + 1);                         \
        const zp__digit digit = j->digit;                                                           \
        const S *source = j->from;                                                                  \
        int64_t *count = j->at[s];                                                                  \
                                                                                                    \
        memset(count, 0, sizeof j->at[s]);                                                          \
        for (int64_t i = from; i < to; i++)                                                         \
            count[DIGIT(KEY(source[i]))]++;                                                         \
        (void)digit;                                                                                \
    }                                                                                               \
    static void name##_move(void *arg, int64_t s)                                                   \
    {                                                                                               \
        enum { PER = LINE / sizeof(T) };                                                            \
        _Alignas(LINE) T lines[ZP_DIGITS][PER];                                                     \
        int64_t mine[ZP_DIGITS];                                                                    \
        const job *j = arg;                                                                         \
        const int64_t from = slice_start(j, s), to = slice_start(j, s + 1);                         \
        const zp__digit digit = j->digit;                                                           \
        const S *source = j->from;                                                                  \
        int64_t *at = j->at[s];                                                                     \
        T *target = j->to;                                                                          \
                                                                                                    \
        memcpy(mine, at, sizeof mine);                                                              \
        for (int64_t i = from; i < to; i++) {                                                       \
            const S e = source[i];                                                                  \
            const uint64_t d = DIGIT(KEY(e));                                                       \
            const int64_t k = at[d]++, line = k & -(int64_t)PER;                                    \
                                                                                                    \
            lines[d][k % PER] = MAKE;                                                               \
            if (k % PER < PER - 1)                                                                  \
                continue;                                                                           \
            if (mine[d] <= line)                                                                    \
                put_line(target + line, lines[d]);                                                  \
            else                                                                                    \
                memcpy(target + mine[d], lines[d] + (mine[d] - line),                               \
                       (size_t)(k + 1 - mine[d]) * sizeof(T));                                      \
        }                                                                                           \
        for (int d = 0; d < ZP_DIGITS; d++) {                                                       \
            const int64_t line = at[d] & -(int64_t)PER, first = mine[d] > line ? mine[d] : line;    \
                                                                                                    \
            memcpy(target + first, lines[d] + (first - line), (size_t)(at[d] - first) * sizeof(T)); \
        }                                                                                           \
        lines_end();                                                                                \
        (void)digit;                                                                                \
    }

#define OF_WORD(e)    (e)
#define OF_PAIR(e)    ((e).key)
#define BY_RANGE(key) (((key)-digit.least) >> digit.shift)
#define BY_HASH(key)  ((((key) ^ (key) >> 32) * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - ZP_DIGIT_BITS))

SCATTER(words, uint64_t, uint64_t, e, OF_WORD, BY_RANGE)
SCATTER(pairs, zp_pair, zp_pair, e, OF_PAIR, BY_RANGE)
SCATTER(indexed, zp_pair, uint64_t, ((zp_pair){ e, i }), OF_WORD, BY_RANGE)
SCATTER(hashed, zp_pair, uint64_t, ((zp_pair){ e, i }), OF_WORD, BY_HASH)

void zp__scatter_words(uint64_t *to, const uint64_t *keys, int64_t n, const zp__digit *digit, int64_t *start)
{
    run(&(job){ .from = keys, .to = to, .n = n, .digit = *digit }, words_count, words_move, start);
}

void zp__scatter_pairs(zp_pair *to, const zp_pair *pairs, int64_t n, const zp__digit *digit, int64_t *start)
{
    run(&(job){ .from = pairs, .to = to, .n = n, .digit = *digit }, pairs_count, pairs_move, start);
}

void zp__scatter_indexed(zp_pair *to, const uint64_t *keys, int64_t n, const zp__digit *digit, int64_t *start)
{
    run(&(job){ .from = keys, .to = to, .n = n, .digit = *digit }, indexed_count, indexed_move, start);
}

void zp__scatter_hashed(zp_pair *to, const uint64_t *keys, int64_t n, int64_t *start)
{
    run(&(job){ .from = keys, .to = to, .n = n }, hashed_count, hashed_move, start);
}
