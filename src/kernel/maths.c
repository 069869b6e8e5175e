/* The loops of element-wise functions, one per function so that the compiler sees the call.
 *
 * Those that are one instruction run in wide registers (elem.c) at the speed of memory; the others call libm for one
 * element after the other, so that a column gives what each element by itself would. */
#include "kernel/maths.h"

#include <math.h>

#include "kernel/kernel.h"
#include "kernel/mathfn.h"

enum {
    GRAIN_WIDE = 1 << 16, /* elements per thread at least */
    GRAIN = 1 << 13
};

#define X(name, kernel)                                           \
    void zp_k_##name(double *out, const double *x, int64_t n)     \
    {                                                             \
        zp_map1(zp_kernels_get()->kernel, out, x, n, GRAIN_WIDE); \
    }
ZP_MATHS_WIDE(X)
#undef X

#define X(name, expr)                                                \
    static void loop_##name(double *out, const double *x, int64_t n) \
    {                                                                \
        for (int64_t i = 0; i < n; i++) {                            \
            const double v = x[i];                                   \
            out[i] = (expr);                                         \
        }                                                            \
    }                                                                \
    void zp_k_##name(double *out, const double *x, int64_t n)        \
    {                                                                \
        zp_map1(loop_##name, out, x, n, GRAIN);                      \
    }
ZP_MATHS(X)
#undef X

typedef struct apply2 {
    double (*fn)(double, double);
    double *out;
    const double *a, *b;
    int da, db;
} apply2;

static void apply2_piece(void *arg, int64_t from, int64_t to)
{
    const apply2 *p = arg;

    for (int64_t i = from; i < to; i++)
        p->out[i] = p->fn(p->a[i * p->da], p->b[i * p->db]);
}

void zp_k_apply2(double (*fn)(double, double), double *out, const double *a, int da, const double *b, int db,
                 int64_t n)
{
    zp_parallel(n, GRAIN, apply2_piece, &(apply2){ fn, out, a, b, da, db });
}
