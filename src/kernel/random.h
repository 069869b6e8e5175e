/* random: draws from a generator of four words (xoshiro256++). */
#ifndef ZP_KERNEL_RANDOM_H
#define ZP_KERNEL_RANDOM_H

#include <stdint.h>

/* Fills the state from one number: nearby seeds give unrelated streams. */
void zp_random_seed(uint64_t state[4], uint64_t seed);
uint64_t zp_random_word(uint64_t state[4]);
double zp_random_unif(uint64_t state[4]); /* in (0, 1) */
double zp_random_norm(uint64_t state[4]);
double zp_random_exp(uint64_t state[4]);
double zp_random_binom(uint64_t state[4], double size, double prob);
double zp_random_pois(uint64_t state[4], double lambda);
/* Uniform in 0 ... n - 1, without bias. */
int64_t zp_random_below(uint64_t state[4], int64_t n);

#endif
