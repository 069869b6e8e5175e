/* Wide loops of reductions, compiled once per instruction set.
 *
 * Sums keep a high and a low part per lane (TwoSum), so that eight additions side by side lose nothing. */
#include "kernel/isa.h"
#include "kernel/reduce.h"

#include <math.h>

typedef double v8 __attribute__((vector_size(64)));
typedef long long v8i __attribute__((vector_size(64)));
typedef double v8u __attribute__((vector_size(64), aligned(8)));

#define TWO_SUM(hi, lo, x)                 \
    do {                                   \
        v8 s_ = (hi) + (x);                \
        v8 t_ = s_ - (hi);                 \
        (lo) += ((hi) - (s_ - t_)) + ((x) - t_); \
        (hi) = s_;                         \
    } while (0)

static zp_dd lanes_dd(const v8 *hi, const v8 *lo)
{
    zp_dd s = { 0, 0 };
    for (int i = 0; i < 8; i++)
        s = zp_dd_add(s, (zp_dd){ (*hi)[i], (*lo)[i] });
    return s;
}

void ZP_ISA_FN(sum_block)(const double *x, int64_t n, zp_dd *out)
{
    v8 hi0 = { 0 }, lo0 = { 0 }, hi1 = { 0 }, lo1 = { 0 };
    int64_t i = 0;
    zp_dd s;

    for (; i + 16 <= n; i += 16) {
        v8 a = *(const v8u *)(x + i), b = *(const v8u *)(x + i + 8);
        TWO_SUM(hi0, lo0, a);
        TWO_SUM(hi1, lo1, b);
    }
    s = zp_dd_add(lanes_dd(&hi0, &lo0), lanes_dd(&hi1, &lo1));
    for (; i < n; i++)
        s = zp_dd_add(s, (zp_dd){ x[i], 0 });
    *out = s;
}

void ZP_ISA_FN(sum_block_skip)(const double *x, int64_t n, zp_dd *out, int64_t *counted)
{
    v8 hi = { 0 }, lo = { 0 };
    v8i count = { 0 };
    int64_t i = 0;
    zp_dd s;

    for (; i + 8 <= n; i += 8) {
        v8 a = *(const v8u *)(x + i);
        v8i ok = a == a;
        a = (v8)((v8i)a & ok);
        count -= ok;
        TWO_SUM(hi, lo, a);
    }
    s = lanes_dd(&hi, &lo);
    *counted = 0;
    for (int k = 0; k < 8; k++)
        *counted += count[k];
    for (; i < n; i++)
        if (x[i] == x[i]) {
            s = zp_dd_add(s, (zp_dd){ x[i], 0 });
            (*counted)++;
        }
    *out = s;
}

void ZP_ISA_FN(products_block)(const double *x, double a, const double *y, double b, int64_t n, zp_dd *out)
{
    v8 hi = { 0 }, lo = { 0 };
    int64_t i = 0;
    zp_dd s;

    for (; i + 8 <= n; i += 8) {
        v8 p = (*(const v8u *)(x + i) - a) * (*(const v8u *)(y + i) - b);
        TWO_SUM(hi, lo, p);
    }
    s = lanes_dd(&hi, &lo);
    for (; i < n; i++)
        s = zp_dd_add(s, (zp_dd){ (x[i] - a) * (y[i] - b), 0 });
    *out = s;
}

#define EXTREME(name, better, worst)                                       \
    void ZP_ISA_FN(name##_block)(const double *x, int64_t n, double *best, int64_t *nans) \
    {                                                                      \
        v8 m0 = { 0 }, m1 = { 0 };                                         \
        v8i bad = { 0 };                                                   \
        int64_t i = 0;                                                     \
        double m = (worst);                                                \
        m0 += (worst);                                                     \
        m1 += (worst);                                                     \
        for (; i + 16 <= n; i += 16) {                                     \
            v8 a = *(const v8u *)(x + i), b = *(const v8u *)(x + i + 8);   \
            v8i ta = a better m0, tb = b better m1;                        \
            bad |= (a != a) | (b != b);                                    \
            m0 = (v8)(((v8i)a & ta) | ((v8i)m0 & ~ta));                    \
            m1 = (v8)(((v8i)b & tb) | ((v8i)m1 & ~tb));                    \
        }                                                                  \
        for (int k = 0; k < 8; k++) {                                      \
            m = m0[k] better m ? m0[k] : m;                                \
            m = m1[k] better m ? m1[k] : m;                                \
            *nans |= bad[k];                                               \
        }                                                                  \
        for (; i < n; i++) {                                               \
            m = x[i] better m ? x[i] : m;                                  \
            *nans |= x[i] != x[i];                                         \
        }                                                                  \
        *best = m;                                                         \
    }

EXTREME(min, <, INFINITY)
EXTREME(max, >, -INFINITY)

int64_t ZP_ISA_FN(nonfinite_block)(const double *x, int64_t n)
{
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++)
        found |= !(x[i] - x[i] == 0);
    return found;
}

