/* The transform against its definition, for lengths of every kind. */
#include "unit.h"

#include "kernel/fft.h"

#include <math.h>
#include <stdlib.h>

static void check(int64_t n, bool inverse)
{
    double *re = malloc((size_t)n * 4 * sizeof *re), *im = re + n, *x = re + 2 * n, *y = re + 3 * n,
           worst = 0;
    zp_error err = ZP_ERROR_INIT;

    for (int64_t i = 0; i < n; i++) {
        re[i] = x[i] = sin((double)(i * i + 1));
        im[i] = y[i] = cos((double)(3 * i));
    }
    assert_true(zp_fft(re, im, n, inverse, &err));
    for (int64_t k = 0; k < n; k++) {
        double sr = 0, si = 0;
        for (int64_t j = 0; j < n; j++) {
            double t = (inverse ? 2 : -2) * M_PI * (double)(j * k % n) / (double)n;
            sr += x[j] * cos(t) - y[j] * sin(t);
            si += x[j] * sin(t) + y[j] * cos(t);
        }
        worst = fmax(worst, hypot(sr - re[k], si - im[k]));
    }
    assert_true(worst < 1e-12 * (double)(n + 10));
    free(re);
}

static void lengths(void **state)
{
    static const int64_t n[] = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 30, 60, 64, 97, 101, 202, 210, 256, 509, 1000
    };

    for (size_t i = 0; i < ZP_COUNTOF(n); i++) {
        check(n[i], false);
        check(n[i], true);
    }
}

static void exact(void **state)
{
    double re[4] = { 1, 2, 3, 4 }, im[4] = { 0 };
    zp_error err = ZP_ERROR_INIT;

    assert_true(zp_fft(re, im, 4, false, &err));
    assert_true(re[0] == 10 && re[1] == -2 && re[2] == -2 && re[3] == -2);
    assert_true(im[0] == 0 && im[1] == 2 && im[2] == 0 && im[3] == -2);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lengths), cmocka_unit_test(exact) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
