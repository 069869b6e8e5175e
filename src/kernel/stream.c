/* stream: copies a block of the first-level cache to memory without reading the target first.
 *
 * An ordinary store to a line that is not in a cache reads the line before it writes it: a fresh result of 160 MB
 * moves 320.  Loops therefore fill a small block and hand it here when the result is large (map.c). */
#include "kernel/isa.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#if defined(__AVX512F__)
typedef __m512i word;
#define load(p)     _mm512_loadu_si512(p)
#define store(p, v) _mm512_stream_si512(p, v)
#elif defined(__AVX2__)
typedef __m256i word;
#define load(p)     _mm256_loadu_si256(p)
#define store(p, v) _mm256_stream_si256(p, v)
#else
typedef __m128i word;
#define load(p)     _mm_loadu_si128(p)
#define store(p, v) _mm_stream_si128(p, v)
#endif

void ZP_ISA_FN(stream)(void *to, const void *from, size_t bytes)
{
    size_t whole = bytes / sizeof(word);
    word *t = to;
    const word *f = from;

    if ((uintptr_t)to % sizeof(word)) { /* columns that lost rows at the front begin anywhere */
        memcpy(to, from, bytes);
        return;
    }
    for (size_t i = 0; i < whole; i++)
        store(t + i, load(f + i));
    memcpy(t + whole, f + whole, bytes - whole * sizeof(word));
}
#else
void ZP_ISA_FN(stream)(void *to, const void *from, size_t bytes)
{
    memcpy(to, from, bytes);
}
#endif
