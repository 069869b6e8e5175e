/* The loops of element-wise functions, one per function so that the compiler sees the call. */
#include "kernel/maths.h"

#include <math.h>

#include "kernel/reduce.h"
#include "kernel/mathfn.h"

#define X(name, expr)                                                  \
    void zp_k_##name(double *out, const double *x, int64_t n)          \
    {                                                                  \
        _Pragma("omp parallel for schedule(static) if (n >= ZP_PAR_MIN)") \
        for (int64_t i = 0; i < n; i++) {                              \
            const double v = x[i];                                     \
            out[i] = (expr);                                           \
        }                                                              \
    }
ZP_MATHS(X)
#undef X

void zp_k_apply2(double (*fn)(double, double), double *out, const double *a, int da, const double *b, int db, int64_t n)
{
#pragma omp parallel for schedule(static) if (n >= ZP_PAR_MIN)
    for (int64_t i = 0; i < n; i++)
        out[i] = fn(a[i * da], b[i * db]);
}
