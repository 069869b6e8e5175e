/* Wide loops of reductions, compiled once per instruction set.
 *
 * Sums keep a high and a low part per lane (TwoSum), so that eight additions side by side lose nothing. */
#include "kernel/isa.h"
#include "kernel/reduce.h"

#include <math.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

typedef double v8 __attribute__((vector_size(64)));
typedef long long v8i __attribute__((vector_size(64)));
typedef double v8u __attribute__((vector_size(64), aligned(8)));

#define TWO_SUM(hi, lo, x)                     \
    do {                                       \
        v8 s_ = (hi) + (x);                    \
        v8 t_ = s_ - (hi);                     \
        (lo) += ((hi) - (s_ - t_)) + ((x)-t_); \
        (hi) = s_;                             \
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

/* Extremes.  The instruction gives its second operand when either is a NaN, so a lane that once has a number keeps
 * one; one comparison of two neighbouring registers tells whether either holds a NaN. */
#if defined(__AVX512F__)
#define X_LANES 8
typedef __m512d xv;
typedef __mmask8 xm;
#define X_LOAD(p)     _mm512_loadu_pd(p)
#define X_ALL(v)      _mm512_set1_pd(v)
#define X_STORE(p, v) _mm512_storeu_pd(p, v)
#define X_UNORD(a, b) _mm512_cmp_pd_mask(a, b, _CMP_UNORD_Q)
#define X_OR(a, b)    ((xm)((a) | (b)))
#define X_ANY(m)      ((m) != 0)
#define X_NONE        0
#define X_min(a, b)   _mm512_min_pd(a, b)
#define X_max(a, b)   _mm512_max_pd(a, b)
#elif defined(__AVX2__)
#define X_LANES       4
typedef __m256d xv;
typedef __m256d xm;
#define X_LOAD(p)     _mm256_loadu_pd(p)
#define X_ALL(v)      _mm256_set1_pd(v)
#define X_STORE(p, v) _mm256_storeu_pd(p, v)
#define X_UNORD(a, b) _mm256_cmp_pd(a, b, _CMP_UNORD_Q)
#define X_OR(a, b)    _mm256_or_pd(a, b)
#define X_ANY(m)      (_mm256_movemask_pd(m) != 0)
#define X_NONE        _mm256_setzero_pd()
#define X_min(a, b)   _mm256_min_pd(a, b)
#define X_max(a, b)   _mm256_max_pd(a, b)
#elif defined(__SSE2__)
#define X_LANES       2
typedef __m128d xv;
typedef __m128d xm;
#define X_LOAD(p)     _mm_loadu_pd(p)
#define X_ALL(v)      _mm_set1_pd(v)
#define X_STORE(p, v) _mm_storeu_pd(p, v)
#define X_UNORD(a, b) _mm_cmpunord_pd(a, b)
#define X_OR(a, b)    _mm_or_pd(a, b)
#define X_ANY(m)      (_mm_movemask_pd(m) != 0)
#define X_NONE        _mm_setzero_pd()
#define X_min(a, b)   _mm_min_pd(a, b)
#define X_max(a, b)   _mm_max_pd(a, b)
#else
#define X_LANES       1
typedef double xv;
typedef bool xm;
#define X_LOAD(p)     (*(p))
#define X_ALL(v)      (v)
#define X_STORE(p, v) (*(p) = (v))
#define X_UNORD(a, b) ((a) != (a) || (b) != (b))
#define X_OR(a, b)    ((a) || (b))
#define X_ANY(m)      (m)
#define X_NONE        false
#define X_min(a, b)   ((a) < (b) ? (a) : (b))
#define X_max(a, b)   ((a) > (b) ? (a) : (b))
#endif

#define EXTREME(name, better, worst)                                                      \
    void ZP_ISA_FN(name##_block)(const double *x, int64_t n, double *best, int64_t *nans) \
    {                                                                                     \
        double lanes[4 * X_LANES], m = (worst);                                           \
        xv m0 = X_ALL(worst), m1 = m0, m2 = m0, m3 = m0;                                  \
        xm bad = X_NONE;                                                                  \
        bool nan = false;                                                                 \
        int64_t i = 0;                                                                    \
                                                                                          \
        for (; i + 4 * X_LANES <= n; i += 4 * X_LANES) {                                  \
            const xv a = X_LOAD(x + i), b = X_LOAD(x + i + X_LANES);                      \
            const xv c = X_LOAD(x + i + 2 * X_LANES), d = X_LOAD(x + i + 3 * X_LANES);    \
            bad = X_OR(bad, X_OR(X_UNORD(a, b), X_UNORD(c, d)));                          \
            m0 = X_##name(a, m0);                                                         \
            m1 = X_##name(b, m1);                                                         \
            m2 = X_##name(c, m2);                                                         \
            m3 = X_##name(d, m3);                                                         \
        }                                                                                 \
        X_STORE(lanes, m0);                                                               \
        X_STORE(lanes + X_LANES, m1);                                                     \
        X_STORE(lanes + 2 * X_LANES, m2);                                                 \
        X_STORE(lanes + 3 * X_LANES, m3);                                                 \
        for (int k = 0; k < 4 * X_LANES; k++)                                             \
            m = lanes[k] better m ? lanes[k] : m;                                         \
        for (; i < n; i++) {                                                              \
            m = x[i] better m ? x[i] : m;                                                 \
            nan |= x[i] != x[i];                                                          \
        }                                                                                 \
        *best = m;                                                                        \
        *nans = nan || X_ANY(bad);                                                        \
    }

EXTREME(min, <, INFINITY)
EXTREME(max, >, -INFINITY)

/* A rolling sum is a chain, but only two additions of it are: what goes in and out is known beforehand, and what an
 * addition lost can be found afterwards.  So the chains of four stretches run alone, side by side, and all else,
 * many elements at a time, around them. */
#define CHAIN_ROOM (ZP_ROLL_CHUNK + 8)

static void chain(double sum[ZP_ROLL_SIDE][CHAIN_ROOM], double add[ZP_ROLL_SIDE][CHAIN_ROOM], int64_t n)
{
    double a = sum[0][0], b = sum[1][0], c = sum[2][0], d = sum[3][0];

    for (int64_t i = 0; i < n; i++) {
        sum[0][i + 1] = a += add[0][i];
        sum[1][i + 1] = b += add[1][i];
        sum[2][i + 1] = c += add[2][i];
        sum[3][i + 1] = d += add[3][i];
    }
}

int ZP_ISA_FN(roll_chunk)(double *out, const double *x, int64_t apart, int64_t n, int64_t rows, double by,
                          double fallen, zp_rolling *s)
{
    double step[ZP_ROLL_SIDE][CHAIN_ROOM], lost[ZP_ROLL_SIDE][CHAIN_ROOM];
    double hi[ZP_ROLL_SIDE][CHAIN_ROOM], lo[ZP_ROLL_SIDE][CHAIN_ROOM];
    int done = 0;

    for (int k = 0; k < ZP_ROLL_SIDE; k++) {
        const double *in = x + k * apart, *gone = in - rows;
        ZP_SIMD for (int64_t i = 0; i < n; i++)
        {
            const zp_dd d = zp_two_sum(in[i], -gone[i]);
            step[k][i] = d.hi;
            lost[k][i] = d.lo;
        }
        hi[k][0] = s[k].hi;
        lo[k][0] = s[k].lo;
    }
    chain(hi, step, n);
    for (int k = 0; k < ZP_ROLL_SIDE; k++)
        if (!(hi[k][n] - hi[k][n] == 0))
            return -1;
    for (int k = 0; k < ZP_ROLL_SIDE; k++)
        ZP_SIMD for (int64_t i = 0; i < n; i++)
        {
            const double a = hi[k][i], b = step[k][i], sum = hi[k][i + 1], t = sum - a;
            lost[k][i] = ((a - (sum - t)) + (b - t)) + lost[k][i];
        }
    chain(lo, lost, n);
    for (int k = 0; k < ZP_ROLL_SIDE; k++) {
        double least = INFINITY, peak = s[k].peak, *to = out + k * apart;
        _Pragma("omp simd reduction(min : least) reduction(max : peak)") for (int64_t i = 1; i <= n; i++)
        {
            const double level = __builtin_fabs(hi[k][i]);
            least = level < least ? level : least;
            peak = level > peak ? level : peak;
        }
        if (least < peak * fallen)
            continue;
        ZP_SIMD for (int64_t i = 0; i < n; i++) to[i] = (hi[k][i + 1] + lo[k][i + 1]) / by;
        s[k] = (zp_rolling){ hi[k][n], lo[k][n], peak };
        done |= 1 << k;
    }
    return done;
}

int64_t ZP_ISA_FN(nonfinite_block)(const double *x, int64_t n)
{
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++)
        found |= !(x[i] - x[i] == 0);
    return found;
}
