/* elem: element-wise loops, one copy per instruction set.
 *
 * Every loop exists in three shapes: vector-vector, vector-scalar, scalar-vector.  The scalar is loaded once, the
 * compiler does the rest.  Checks (NaN, overflow) are gathered without branches and answered at the end. */
#include "kernel/isa.h"

#include <string.h>

/* Stamps the three shapes of out[i] = expr over x and y. */
#define SHAPES(IN, OUT, expr)                       \
    do {                                            \
        const IN *pa = a, *pb = b;                  \
        OUT *po = out;                              \
        if (shape == ZP_VV) {                       \
            ZP_SIMD for (int64_t i = 0; i < n; i++) \
            {                                       \
                const IN x = pa[i], y = pb[i];      \
                po[i] = (OUT)(expr);                \
            }                                       \
        } else if (shape == ZP_VS) {                \
            const IN y = *pb;                       \
            ZP_SIMD for (int64_t i = 0; i < n; i++) \
            {                                       \
                const IN x = pa[i];                 \
                po[i] = (OUT)(expr);                \
            }                                       \
        } else {                                    \
            const IN x = *pa;                       \
            ZP_SIMD for (int64_t i = 0; i < n; i++) \
            {                                       \
                const IN y = pb[i];                 \
                po[i] = (OUT)(expr);                \
            }                                       \
        }                                           \
    } while (0)

bool ZP_ISA_FN(arith_dbl)(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)
{
    switch (op) {
    case ZP_K_ADD: SHAPES(double, double, x + y); break;
    case ZP_K_SUB: SHAPES(double, double, x - y); break;
    case ZP_K_MUL: SHAPES(double, double, x *y); break;
    default: SHAPES(double, double, x / y); break;
    }
    return true;
}

#define COMPARE(name, IN)                                                                            \
    bool ZP_ISA_FN(name)(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n) \
    {                                                                                                \
        switch (op) {                                                                                \
        case ZP_K_EQ: SHAPES(IN, int8_t, x == y); break;                                             \
        case ZP_K_NE: SHAPES(IN, int8_t, x != y); break;                                             \
        case ZP_K_LT: SHAPES(IN, int8_t, x < y); break;                                              \
        case ZP_K_LE: SHAPES(IN, int8_t, x <= y); break;                                             \
        case ZP_K_GT: SHAPES(IN, int8_t, x > y); break;                                              \
        default: SHAPES(IN, int8_t, x >= y); break;                                                  \
        }                                                                                            \
        return true;                                                                                 \
    }

COMPARE(compare_dbl, double)
COMPARE(compare_i64, int64_t)
COMPARE(compare_lgl, int8_t)

static bool any_nan(const double *x, int64_t n)
{
    int64_t nans = 0;

    for (int64_t i = 0; i < n; i++)
        nans |= x[i] != x[i];
    return nans;
}

bool ZP_ISA_FN(logic_dbl)(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)
{
    if (op == ZP_K_AND)
        SHAPES(double, int8_t, (x != 0) & (y != 0));
    else
        SHAPES(double, int8_t, (x != 0) | (y != 0));
    return n == 0 || !(any_nan(a, shape == ZP_SV ? 1 : n) || any_nan(b, shape == ZP_VS ? 1 : n));
}

bool ZP_ISA_FN(logic_lgl)(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)
{
    if (op == ZP_K_AND)
        SHAPES(int8_t, int8_t, x & y);
    else
        SHAPES(int8_t, int8_t, x | y);
    return true;
}

/* The sum overflowed when its sign differs from that of both operands; the same for x - y with ~y. */
#define OVERFLOWED_ADD(x, y, s) (((x) ^ (s)) & ((y) ^ (s)))
#define OVERFLOWED_SUB(x, y, s) (((x) ^ (y)) & ((x) ^ (s)))

#define CHECKED(LEFT, RIGHT, expr, over)                \
    for (int64_t i = 0; i < n; i++) {                   \
        const uint64_t x = LEFT, y = RIGHT, s = (expr); \
        po[i] = s;                                      \
        bad |= over(x, y, s);                           \
    }

bool ZP_ISA_FN(addsub_i64)(int op, zp_shape shape, void *out, const void *a, const void *b, int64_t n)
{
    const uint64_t *pa = a, *pb = b;
    uint64_t *po = out, bad = 0;

    if (n == 0)
        return true;
    const uint64_t a0 = *pa, b0 = *pb;
    if (op == ZP_K_ADD) {
        if (shape == ZP_VV)
            CHECKED(pa[i], pb[i], x + y, OVERFLOWED_ADD)
        else if (shape == ZP_VS)
            CHECKED(pa[i], b0, x + y, OVERFLOWED_ADD)
        else
            CHECKED(a0, pb[i], x + y, OVERFLOWED_ADD)
    } else {
        if (shape == ZP_VV)
            CHECKED(pa[i], pb[i], x - y, OVERFLOWED_SUB)
        else if (shape == ZP_VS)
            CHECKED(pa[i], b0, x - y, OVERFLOWED_SUB)
        else
            CHECKED(a0, pb[i], x - y, OVERFLOWED_SUB)
    }
    return bad >> 63 == 0;
}

void ZP_ISA_FN(neg_dbl)(double *out, const double *a, int64_t n)
{
    ZP_SIMD for (int64_t i = 0; i < n; i++) out[i] = -a[i];
}

#define ELEMENT(name, f)                                          \
    void ZP_ISA_FN(name)(double *out, const double *a, int64_t n) \
    {                                                             \
        ZP_SIMD for (int64_t i = 0; i < n; i++) out[i] = f(a[i]); \
    }
ELEMENT(abs_dbl, __builtin_fabs)
ELEMENT(sqrt_dbl, __builtin_sqrt)
ELEMENT(floor_dbl, __builtin_floor)
ELEMENT(ceil_dbl, __builtin_ceil)
ELEMENT(trunc_dbl, __builtin_trunc)

bool ZP_ISA_FN(not_dbl)(int8_t *out, const double *a, int64_t n)
{
    ZP_SIMD for (int64_t i = 0; i < n; i++) out[i] = a[i] == 0;
    return !any_nan(a, n);
}

void ZP_ISA_FN(not_lgl)(int8_t *out, const int8_t *a, int64_t n)
{
    ZP_SIMD for (int64_t i = 0; i < n; i++) out[i] = !a[i];
}
