/* compress: the elements under a mask, packed.
 *
 * Where the processor can pack a register it packs eight elements at a time; with 32-byte registers a table of
 * sixteen permutations packs four; elsewhere every element is stored and only the chosen ones advance. */
#include "kernel/isa.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

int64_t ZP_ISA_FN(count_lgl)(const int8_t *mask, int64_t n)
{
    int64_t total = 0;

    for (int64_t i = 0; i < n;) { /* 255 bytes of 0 or 1 add up in a byte */
        const int64_t stop = i + 192 < n ? i + 192 : n;
        uint8_t sum = 0;

        for (; i < stop; i++)
            sum = (uint8_t)(sum + (uint8_t)mask[i]);
        total += sum;
    }
    return total;
}

#if defined(__AVX512F__) && defined(__AVX512BW__)
static int64_t packed(int64_t *to, const int64_t *from, const int8_t *mask, int64_t n, int64_t *done)
{
    int64_t i = 0, k = 0;

    for (; i + 64 <= n; i += 64) {
        const __m512i bytes = _mm512_loadu_si512(mask + i);
        uint64_t bits = _mm512_test_epi8_mask(bytes, bytes);

        for (int j = 0; j < 64; j += 8, bits >>= 8) {
            const __mmask8 part = (__mmask8)bits;

            _mm512_storeu_si512(to + k, _mm512_maskz_compress_epi64(part, _mm512_loadu_si512(from + i + j)));
            k += __builtin_popcount(part);
        }
    }
    *done = i;
    return k;
}
#elif defined(__AVX2__)
#define LANES(a, b, c, d)                                                                      \
    {                                                                                          \
        2 * (a), 2 * (a) + 1, 2 * (b), 2 * (b) + 1, 2 * (c), 2 * (c) + 1, 2 * (d), 2 * (d) + 1 \
    }
static const int32_t order[16][8] = {
    LANES(0, 0, 0, 0), LANES(0, 0, 0, 0), LANES(1, 0, 0, 0), LANES(0, 1, 0, 0),
    LANES(2, 0, 0, 0), LANES(0, 2, 0, 0), LANES(1, 2, 0, 0), LANES(0, 1, 2, 0),
    LANES(3, 0, 0, 0), LANES(0, 3, 0, 0), LANES(1, 3, 0, 0), LANES(0, 1, 3, 0),
    LANES(2, 3, 0, 0), LANES(0, 2, 3, 0), LANES(1, 2, 3, 0), LANES(0, 1, 2, 3),
};

static int64_t packed(int64_t *to, const int64_t *from, const int8_t *mask, int64_t n, int64_t *done)
{
    int64_t i = 0, k = 0;

    for (; i + 32 <= n; i += 32) {
        const __m256i bytes = _mm256_loadu_si256((const __m256i *)(mask + i));
        uint32_t bits = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256()));

        for (int j = 0; j < 32; j += 4, bits >>= 4) {
            const __m256i v = _mm256_loadu_si256((const __m256i *)(from + i + j));
            const __m256i way = _mm256_loadu_si256((const __m256i *)order[bits & 15]);

            _mm256_storeu_si256((__m256i *)(to + k), _mm256_permutevar8x32_epi32(v, way));
            k += __builtin_popcount(bits & 15);
        }
    }
    *done = i;
    return k;
}
#else
static int64_t packed(int64_t *to, const int64_t *from, const int8_t *mask, int64_t n, int64_t *done)
{
    (void)to, (void)from, (void)mask, (void)n;
    *done = 0;
    return 0;
}
#endif

int64_t ZP_ISA_FN(compress8)(int64_t *to, const int64_t *from, const int8_t *mask, int64_t n)
{
    int64_t i, k = packed(to, from, mask, n, &i);

    for (; i < n; i++) {
        to[k] = from[i];
        k += mask[i] != 0;
    }
    return k;
}

void ZP_ISA_FN(pick_holes)(double *to, const double *from, const int32_t *row, int64_t n, double fill)
{
    int64_t i = 0;

#if defined(__AVX512F__) && defined(__AVX512VL__)
    const __m512d none = _mm512_set1_pd(fill);

    for (; i + 8 <= n; i += 8) {
        const __m256i r = _mm256_loadu_si256((const void *)(row + i));
        const __mmask8 have = _mm256_cmpge_epi32_mask(r, _mm256_setzero_si256());

        if (have) { /* they are neighbours: the first and how many */
            const double *at = from + row[i + __builtin_ctz(have)];

            _mm512_storeu_pd(to + i, _mm512_mask_expandloadu_pd(none, have, at));
        } else {
            _mm512_storeu_pd(to + i, none);
        }
    }
#endif
    for (; i < n; i++) {
        double v = from[row[i] < 0 ? 0 : row[i]];

        to[i] = row[i] < 0 ? fill : v;
    }
}

void ZP_ISA_FN(pick)(double *to, const double *from, const int32_t *row, int64_t n)
{
    int64_t i = 0;

#if defined(__AVX512F__) && defined(__AVX512VL__)
    for (; i + 8 <= n; i += 8)
        _mm512_storeu_pd(to + i, _mm512_i32gather_pd(_mm256_loadu_si256((const void *)(row + i)), from, 8));
#endif
    for (; i < n; i++)
        to[i] = from[row[i]];
}
