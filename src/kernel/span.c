/* span: sum, least and greatest of a stretch of doubles in one pass.
 *
 * Sixteen lanes, folded in a fixed order: the sum is the same for every instruction set. */
#include "kernel/isa.h"

#include <math.h>

#define LANES 16

void ZP_ISA_FN(span_dbl)(const double *x, int64_t n, double out[3])
{
    double sum[LANES], least[LANES], most[LANES];
    int64_t i = 0;

    for (int k = 0; k < LANES; k++) {
        sum[k] = 0;
        least[k] = INFINITY;
        most[k] = -INFINITY;
    }
    for (; i + LANES <= n; i += LANES) {
        ZP_SIMD for (int k = 0; k < LANES; k++)
        {
            const double v = x[i + k];
            sum[k] += v;
            least[k] = v < least[k] ? v : least[k];
            most[k] = v > most[k] ? v : most[k];
        }
    }
    for (int k = 0; i < n; i++, k++) {
        sum[k] += x[i];
        least[k] = x[i] < least[k] ? x[i] : least[k];
        most[k] = x[i] > most[k] ? x[i] : most[k];
    }
    for (int width = LANES / 2; width; width /= 2)
        for (int k = 0; k < width; k++) {
            sum[k] += sum[k + width];
            least[k] = least[k + width] < least[k] ? least[k + width] : least[k];
            most[k] = most[k + width] > most[k] ? most[k + width] : most[k];
        }
    out[0] = sum[0];
    out[1] = least[0];
    out[2] = most[0];
}
