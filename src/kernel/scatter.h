/* scatter: one stable pass that puts elements into 2048 buckets by a digit of their keys, for sort.c and group.c.
 *
 *     slice 0 | slice 1 | ...  --counts--> where each slice begins in each bucket --> bucket 0 | bucket 1 | ...
 *
 * Slices are counted and scattered by several threads; the result does not depend on how many there are. */
#ifndef ZP_KERNEL_SCATTER_H
#define ZP_KERNEL_SCATTER_H

#include "kernel/sort.h"

enum { ZP_DIGIT_BITS = 11, ZP_DIGITS = 1 << ZP_DIGIT_BITS };

/* The digit is (key - least) >> shift, or, where it is hashed, the high bits of a product of the key. */
typedef struct zp__digit {
    uint64_t least;
    int shift;
} zp__digit;

static inline uint64_t zp__hash(uint64_t k)
{
    k ^= k >> 32;
    k *= UINT64_C(0x9E3779B97F4A7C15);
    k ^= k >> 29;
    k *= UINT64_C(0xBF58476D1CE4E5B9);
    return k ^ (k >> 32);
}

/* Each fills start[0..ZP_DIGITS]: bucket d is to[start[d]] .. to[start[d + 1] - 1]. */
void zp__scatter_words(uint64_t *to, const uint64_t *keys, int64_t n, const zp__digit *digit, int64_t *start);
void zp__scatter_pairs(zp_pair *to, const zp_pair *pairs, int64_t n, const zp__digit *digit, int64_t *start);
/* The pairs (keys[i], i). */
void zp__scatter_indexed(zp_pair *to, const uint64_t *keys, int64_t n, const zp__digit *digit,
                         int64_t *start);
void zp__scatter_hashed(zp_pair *to, const uint64_t *keys, int64_t n, int64_t *start);

#endif
