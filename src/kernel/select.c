/* Moving chosen elements.
 *
 * Compressing under a mask is bound by memory, so the work is to keep the cores busy: the mask is counted in
 * blocks, a running sum tells where the output of each block begins, and the blocks are then compressed by all
 * threads at once.  Inside a block eight-byte elements go eight at a time where the processor can compress a
 * register; elsewhere a branch-free store moves one element per step. */
#include "kernel/select.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef struct cell16 {
    int64_t a, b;
} cell16;
typedef struct cell24 {
    int64_t a, b, c;
} cell24;

enum { BLOCK = 1 << 16, MAX_BLOCKS = 256, PARALLEL = 1 << 20 };

int64_t zp_select_count(const int8_t *mask, int64_t n)
{
    int64_t total = 0;

#pragma omp parallel for reduction(+ : total) schedule(static) if (n >= 4 * PARALLEL)
    for (int64_t b = 0; b < (n + BLOCK - 1) / BLOCK; b++) {
        const int64_t to = (b + 1) * BLOCK < n ? (b + 1) * BLOCK : n;
        int64_t i = b * BLOCK;

        while (i < to) { /* bytes of 0 or 1: 255 of them fit in a byte-wide sum */
            const int64_t stop = i + 128 < to ? i + 128 : to;
            uint8_t sum = 0;

            for (; i < stop; i++)
                sum = (uint8_t)(sum + (uint8_t)mask[i]);
            total += sum;
        }
    }
    return total;
}

/* ---------------------------------------------------------------- compress */

typedef void (*compress_fn)(void *to, const void *from, const int8_t *mask, int64_t n, int64_t room);

/* Stores always and advances only where the mask is true: no branch to mispredict.  The last store may fall one
 * element behind the output, so the tail of a block is done with a branch once the room is used up. */
#define COMPRESS(name, T)                                                                              \
    static void name(void *to, const void *from, const int8_t *mask, int64_t n, int64_t room)          \
    {                                                                                                  \
        T *out = to;                                                                                   \
        const T *in = from;                                                                            \
        int64_t k = 0;                                                                                 \
                                                                                                       \
        for (int64_t i = 0; i < n && k < room; i++) {                                                  \
            out[k] = in[i];                                                                            \
            k += mask[i] != 0;                                                                         \
        }                                                                                              \
    }

COMPRESS(compress1, int8_t)
COMPRESS(compress8, int64_t)
COMPRESS(compress16, cell16)
COMPRESS(compress24, cell24)

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512vl,popcnt"))) static void
compress8_avx512(void *to, const void *from, const int8_t *mask, int64_t n, int64_t room)
{
    int64_t *out = to;
    const int64_t *in = from;
    int64_t i = 0, k = 0;

    for (; i + 64 <= n && k + 64 <= room; i += 64) {
        const __m512i bytes = _mm512_loadu_si512(mask + i);
        uint64_t bits = _mm512_test_epi8_mask(bytes, bytes);

        for (int j = 0; j < 64; j += 8) {
            const __mmask8 part = (__mmask8)(bits & 255);
            const __m512i v = _mm512_maskz_compress_epi64(part, _mm512_loadu_si512(in + i + j));

            _mm512_storeu_si512(out + k, v);
            k += _mm_popcnt_u32(part);
            bits >>= 8;
        }
    }
    compress8(out + k, in + i, mask + i, n - i, room - k);
}
#endif

static compress_fn compress_for(size_t size)
{
    switch (size) {
    case 1:
        return compress1;
    case 16:
        return compress16;
    case 24:
        return compress24;
    default:
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
            return compress8_avx512;
#endif
        return compress8;
    }
}

void zp_select_compress(size_t size, void *to, const void *from, const int8_t *mask, int64_t n, int64_t count)
{
    const compress_fn run = compress_for(size);
    int64_t start[MAX_BLOCKS + 1];
    int64_t blocks = n / PARALLEL * 4;

    if (blocks < 2) {
        run(to, from, mask, n, count);
        return;
    }
    if (blocks > MAX_BLOCKS)
        blocks = MAX_BLOCKS;
    start[0] = 0;
#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (int64_t b = 0; b < blocks; b++)
            start[b + 1] = zp_select_count(mask + n / blocks * b, b + 1 < blocks ? n / blocks : n - n / blocks * b);
#pragma omp single
        for (int64_t b = 0; b < blocks; b++)
            start[b + 1] += start[b];
#pragma omp for schedule(dynamic, 1)
        for (int64_t b = 0; b < blocks; b++) {
            const int64_t at = n / blocks * b;
            const int64_t len = b + 1 < blocks ? n / blocks : n - at;

            run((char *)to + (size_t)start[b] * size, (const char *)from + (size_t)at * size, mask + at, len,
                start[b + 1] - start[b]);
        }
    }
}

void zp_select_positions(int64_t *to, const int8_t *mask, int64_t n, int64_t base)
{
    for (int64_t i = 0; i < n; i++)
        if (mask[i])
            *to++ = base + i;
}

/* ---------------------------------------------------------------- gather, scatter, expand, fill */

#define MOVES(name, T)                                                                                  \
    static void gather##name(void *to, const void *from, const int64_t *pos, int64_t count)             \
    {                                                                                                   \
        T *out = to;                                                                                    \
        const T *in = from;                                                                             \
                                                                                                        \
        _Pragma("omp parallel for schedule(static) if (count >= PARALLEL)")                             \
        for (int64_t i = 0; i < count; i++)                                                             \
            out[i] = in[pos[i]];                                                                        \
    }                                                                                                   \
    static void scatter##name(void *to, const void *from, bool one, const int64_t *pos, int64_t count)  \
    {                                                                                                   \
        T *out = to;                                                                                    \
        const T *in = from;                                                                             \
        const int64_t step = one ? 0 : 1;                                                               \
                                                                                                        \
        for (int64_t i = 0; i < count; i++)                                                             \
            out[pos[i]] = in[i * step];                                                                 \
    }                                                                                                   \
    static void expand##name(void *to, const void *from, bool one, const int8_t *mask, int64_t n)       \
    {                                                                                                   \
        T *out = to;                                                                                    \
        const T *in = from;                                                                             \
        const int64_t step = one ? 0 : 1;                                                               \
                                                                                                        \
        for (int64_t i = 0; i < n; i++)                                                                 \
            if (mask[i]) {                                                                              \
                out[i] = *in;                                                                           \
                in += step;                                                                             \
            }                                                                                           \
    }                                                                                                   \
    static void fill##name(void *to, const void *from, int64_t n)                                       \
    {                                                                                                   \
        T *out = to;                                                                                    \
        const T what = *(const T *)from;                                                                \
                                                                                                        \
        for (int64_t i = 0; i < n; i++)                                                                 \
            out[i] = what;                                                                              \
    }

MOVES(1, int8_t)
MOVES(8, int64_t)
MOVES(16, cell16)
MOVES(24, cell24)

#define BY_SIZE(fn, ...)          \
    switch (size) {               \
    case 1:                       \
        fn##1(__VA_ARGS__);       \
        break;                    \
    case 8:                       \
        fn##8(__VA_ARGS__);       \
        break;                    \
    case 16:                      \
        fn##16(__VA_ARGS__);      \
        break;                    \
    case 24:                      \
        fn##24(__VA_ARGS__);      \
        break;                    \
    }

void zp_select_gather(size_t size, void *to, const void *from, const int64_t *pos, int64_t count)
{
    BY_SIZE(gather, to, from, pos, count)
}

void zp_select_scatter(size_t size, void *to, const void *from, bool one, const int64_t *pos, int64_t count)
{
    BY_SIZE(scatter, to, from, one, pos, count)
}

void zp_select_expand(size_t size, void *to, const void *from, bool one, const int8_t *mask, int64_t n)
{
    BY_SIZE(expand, to, from, one, mask, n)
}

void zp_select_fill(size_t size, void *to, const void *from, int64_t n)
{
    BY_SIZE(fill, to, from, n)
}
