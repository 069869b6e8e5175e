/* kernel: tight loops over columns.
 *
 *     caller --zp_map2--> blocks, threads --zp_kernels()->loop--> elements
 *
 * Loops that gain from wide registers are compiled several times, once per instruction set, from the same source
 * (isa_sources in meson.build).  Each copy ends in one table of function pointers; zp_kernels() chooses the widest
 * that this processor has, once.  To add such a loop: one line in ZP_ISA_KERNELS, one function
 * `ZP_ISA_FN(name)` in a file of isa_sources.  Results do not depend on the instruction set nor on how a column
 * is cut into blocks and threads: no contraction, no reassociation across blocks.
 *
 * Loops read borrowed columns and know no values.  Thread: any. */
#ifndef ZP_KERNEL_KERNEL_H
#define ZP_KERNEL_KERNEL_H

#include "base/breath.h"
#include "base/base.h"
#include "kernel/wide.h"

/* ---------------------------------------------------------------- element-wise loops of two operands */

/* ORDER OPS: the same order as in ops.h. */
typedef enum zp_kop {
    ZP_K_ADD,
    ZP_K_SUB,
    ZP_K_MUL,
    ZP_K_DIV,
    ZP_K_MOD,
    ZP_K_IDIV,
    ZP_K_POW,
    ZP_K_EQ,
    ZP_K_NE,
    ZP_K_LT,
    ZP_K_LE,
    ZP_K_GT,
    ZP_K_GE,
    ZP_K_AND,
    ZP_K_OR
} zp_kop;

/* Which operand is a vector, which a single element. */
typedef enum zp_shape { ZP_VV, ZP_VS, ZP_SV } zp_shape;

/* out[i] = a[i] op b[i].  `out` may be `a` or `b` themselves, but not overlap them otherwise.  False: some
 * element has no result (a NaN where a truth value is wanted, an integer overflow); all of `out` is written. */
typedef bool (*zp_loop2)(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n);

/* Runs a loop over any length: large results are cut among threads and written past the caches when
 * `out` is neither operand.  Sizes are bytes of an element (at most 8 each). */
bool zp_map2(zp_loop2 loop, int op, zp_shape shape, void *out, size_t out_size, const void *a, const void *b,
             size_t in_size, int64_t n);

/* out[i] = f(x[i]); `out` may be `x`. */
typedef void (*zp_loop1)(double *out, const double *x, int64_t n);
/* Runs it over any length; a thread gets `grain` elements at least. */
void zp_map1(zp_loop1 loop, double *out, const double *x, int64_t n, int64_t grain);

/* Double loops through libm, exact as the scalar functions below: MOD, IDIV, POW. */
bool zp_libm_dbl(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n);
double zp_mod(double x, double y);  /* sign of y; x %% 0 is NaN */
double zp_idiv(double x, double y); /* floor of x / y */
double zp_pow(double x, double y);  /* a NaN exponent gives NaN, NaN^0 is 1 */

/* ---------------------------------------------------------------- instruction sets */

/* X(result, name, (parameters)) */
#define ZP_ISA_KERNELS(X)                                                                                   \
    X(bool, arith_dbl,                                                                                      \
      (int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)) /* + - * / */           \
    X(bool, compare_dbl,                                                                                    \
      (int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)) /* int8 out */          \
    X(bool, compare_i64, (int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n))      \
    X(bool, compare_lgl, (int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n))      \
    X(bool, logic_dbl, (int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n))        \
    X(bool, logic_lgl, (int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n))        \
    X(bool, addsub_i64,                                                                                     \
      (int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)) /* checked */           \
    X(void, neg_dbl, (double *out, const double *a, int64_t n))                                             \
    X(void, abs_dbl, (double *out, const double *a, int64_t n))                                             \
    X(void, sqrt_dbl, (double *out, const double *a, int64_t n))                                            \
    X(void, floor_dbl, (double *out, const double *a, int64_t n))                                           \
    X(void, ceil_dbl, (double *out, const double *a, int64_t n))                                            \
    X(void, trunc_dbl, (double *out, const double *a, int64_t n))                                           \
    X(bool, not_dbl, (int8_t * out, const double *a, int64_t n)) /* false: a NaN */                         \
    X(void, not_lgl, (int8_t * out, const int8_t *a, int64_t n))                                            \
    X(void, gemm_dbl,                                                                                       \
      (double *c, const double *a, const double *b, int64_t rows, int64_t inner, int64_t cols))             \
    X(int64_t, count_lgl, (const int8_t *mask, int64_t n))                                                  \
    X(int64_t, compress8,                                                                                   \
      (int64_t * to, const int64_t *from, const int8_t *mask, int64_t n)) /* needs room for n + 8 */        \
    X(void, span_dbl,                                                                                       \
      (const double *x, int64_t n, double out[3])) /* sum, least, greatest; the last two skip NaN */        \
    /* to[i] = from[row[i]], `fill` for a negative row; the rows that are not negative follow each other */ \
    X(void, pick_holes, (double *to, const double *from, const int32_t *row, int64_t n, double fill))       \
    X(void, pick, (double *to, const double *from, const int32_t *row, int64_t n))                          \
    X(void, stream,                                                                                         \
      (void *to, const void *from, size_t bytes)) /* copies past the caches; `to` aligned to 64 */          \
    ZP_ISA_WIDE(X)                                /* wide.h */

typedef struct zp_kernels {
    const char *isa;
#define X(result, name, params) result(*name) params;
    ZP_ISA_KERNELS(X)
#undef X
} zp_kernels;

/* The widest set this processor runs.  ZPLANE_ISA=base, avx2 or avx512 in the environment narrows it. */
const zp_kernels *zp_kernels_get(void);

/* ---------------------------------------------------------------- threads */

/* Calls run(arg, from, to) for pieces that cover [0, n): on several threads when n is more than twice `grain`.
 * Pieces begin at multiples of 64.  The pieces must be independent; how many there are depends on the threads. */
void zp_parallel(int64_t n, int64_t grain, void (*run)(void *arg, int64_t from, int64_t to), void *arg);
/* Calls run(arg, 0), ..., run(arg, tasks - 1) on several threads: for work whose cut must not depend on them. */
void zp_parallel_tasks(int64_t tasks, void (*run)(void *arg, int64_t task), void *arg);

/* How many threads both use at most; 0: one per core. */
void zp_parallel_threads(int count);
/* The number in force. */
int zp_parallel_count(void);
enum { ZP_THREADS_MAX = 64 };

#endif
