/* gemm: the product of two matrices stored by column.
 *
 *     C (rows x cols) = A (rows x inner) * B (inner x cols)
 *
 * Four columns of C are built at once from panels of A that stay in the cache.  Every element is the sum over the
 * inner index in ascending order, whatever the blocking (a single row: eight interleaved sums): results do not depend
 * on the blocks. */
#include "kernel/isa.h"

#include <string.h>

enum { ROWS = 512, INNER = 64 };

/* c[0 .. n) of four columns += panel of A (n x depth) * four columns of B */
static void panel4(double *const c[4], const double *a, int64_t lda, const double *const b[4], int64_t n,
                   int64_t depth)
{
    double *c0 = c[0], *c1 = c[1], *c2 = c[2], *c3 = c[3];

    for (int64_t k = 0; k < depth; k++) {
        const double *ak = a + k * lda;
        const double b0 = b[0][k], b1 = b[1][k], b2 = b[2][k], b3 = b[3][k];

        ZP_SIMD for (int64_t i = 0; i < n; i++)
        {
            const double x = ak[i];

            c0[i] += x * b0;
            c1[i] += x * b1;
            c2[i] += x * b2;
            c3[i] += x * b3;
        }
    }
}

static void panel1(double *c, const double *a, int64_t lda, const double *b, int64_t n, int64_t depth)
{
    for (int64_t k = 0; k < depth; k++) {
        const double *ak = a + k * lda;
        const double bk = b[k];

        ZP_SIMD for (int64_t i = 0; i < n; i++) c[i] += ak[i] * bk;
    }
}

/* The inner product, eight sums side by side. */
static double dot(const double *a, const double *b, int64_t n)
{
    double sums[8] = { 0 };
    int64_t i = 0;

    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            sums[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sums[i & 7] += a[i] * b[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void ZP_ISA_FN(gemm_dbl)(double *c, const double *a, const double *b, int64_t rows, int64_t inner,
                         int64_t cols)
{
    if (rows == 1) {
        for (int64_t j = 0; j < cols; j++)
            c[j] = dot(a, b + j * inner, inner);
        return;
    }
    memset(c, 0, (size_t)(rows * cols) * sizeof *c);
    for (int64_t i = 0; i < rows; i += ROWS) {
        int64_t n = rows - i < ROWS ? rows - i : ROWS;

        for (int64_t k = 0; k < inner; k += INNER) {
            int64_t depth = inner - k < INNER ? inner - k : INNER, j = 0;
            const double *panel = a + i + k * rows;

            for (; j + 4 <= cols; j += 4) {
                double *const cs[4] = { c + i + j * rows, c + i + (j + 1) * rows, c + i + (j + 2) * rows,
                                        c + i + (j + 3) * rows };
                const double *const bs[4] = { b + k + j * inner, b + k + (j + 1) * inner,
                                              b + k + (j + 2) * inner, b + k + (j + 3) * inner };

                panel4(cs, panel, rows, bs, n, depth);
            }
            for (; j < cols; j++)
                panel1(c + i + j * rows, panel, rows, b + k + j * inner, n, depth);
        }
    }
}
