/* Sums and extremes: exactness, NaN, infinities, and the same result for any length of blocks. */
#include "unit.h"

#include "kernel/reduce.h"

#include <math.h>
#include <stdlib.h>

static void sums_like_long_double(void **unused)
{
    enum { N = 300000 };
    double *x = malloc(N * sizeof *x);
    long double want = 0;

    for (int64_t i = 0; i < N; i++) {
        x[i] = 1e10 + (double)(i % 97) / 97;
        want += x[i];
    }
    for (int64_t n = N - 20; n < N; n++)
        assert_true(fabsl(zp_k_sum(x, n, false, NULL) - (want - 20 * 1e10L)) < 1e12L);
    assert_true(zp_k_sum(x, N, false, NULL) == (double)want);
    assert_true(zp_k_mean(x, N, false) == (double)(want / N));
    x[5] = NAN;
    assert_true(isnan(zp_k_sum(x, N, false, NULL)));
    int64_t count;
    assert_true(zp_k_sum(x, N, true, &count) > 0 && count == N - 1);
    x[7] = INFINITY;
    assert_true(isinf(zp_k_sum(x, N, true, NULL)));
    assert_true(isinf(zp_k_mean(x, N, true)));
    x[9] = -INFINITY;
    assert_true(isnan(zp_k_sum(x, N, true, NULL)));
    free(x);
}

static void cancels_exactly(void **unused)
{
    enum { N = 100000 };
    double *x = malloc(N * sizeof *x);

    for (int64_t i = 0; i < N; i++)
        x[i] = i % 2 ? -1e16 : 1e16;
    x[0] = 1e16 + 2;
    assert_true(zp_k_sum(x, N, false, NULL) == 2);
    free(x);
}

static void extremes(void **unused)
{
    double x[100];

    for (int n = 1; n < 100; n++) {
        for (int i = 0; i < n; i++)
            x[i] = (i * 37) % n;
        assert_true(zp_k_min(x, n, false) == 0);
        assert_true(zp_k_max(x, n, false) >= 0);
        x[n - 1] = NAN;
        assert_true(isnan(zp_k_max(x, n, false)));
        assert_true(n == 1 ? isinf(zp_k_max(x, n, true)) : zp_k_max(x, n, true) >= 0);
    }
    assert_true(isinf(zp_k_min(x, 0, false)));
}

static void integers(void **unused)
{
    int64_t x[] = { INT64_MAX, 1, -5 }, s, low, high;

    assert_true(zp_k_sum_i64(x, 3, &s) && s == INT64_MAX - 4);
    assert_false(zp_k_sum_i64(x, 2, &s));
    zp_k_range_i64(x, 3, &low, &high);
    assert_true(low == -5 && high == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_like_long_double),
        cmocka_unit_test(cancels_exactly),
        cmocka_unit_test(extremes),
        cmocka_unit_test(integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
