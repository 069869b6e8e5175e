/* Rolling statistics against direct computation in long double, with large offsets, NaN and infinities. */
#include "unit.h"

#include "kernel/roll.h"

#include <math.h>
#include <stdlib.h>

static uint64_t state = 7;

static double unif(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 11) * 0x1p-53;
}

/* kind: 0 small, 1 a large offset, 2 a trend, 3 huge values that come and go, 4 with NaN, 5 few different ones */
static double element(int kind, int64_t i)
{
    double u = unif();
    switch (kind) {
    case 1: return 1e9 + u;
    case 2: return 1e6 + (double)i * 10 + u;
    case 3: return i % 1000 == 500 ? 1e15 * u : u;
    case 4: return u < 0.2 ? (double)NAN : u;
    case 5: return floor(u * 3);
    default: return u - 0.5;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct stats {
    long double sum, mean, var;
    double min, max, median;
    int64_t n;
} stats;

static stats direct(const double *x, int64_t from, int64_t to, double *room)
{
    stats s = { 0, 0, 0, INFINITY, -INFINITY, NAN, 0 };

    for (int64_t i = from; i <= to; i++)
        if (x[i] == x[i]) {
            room[s.n++] = x[i];
            s.sum += x[i];
            s.min = fmin(s.min, x[i]);
            s.max = fmax(s.max, x[i]);
        }
    s.mean = s.sum / s.n;
    for (int64_t i = 0; i < s.n; i++)
        s.var += (room[i] - s.mean) * (room[i] - s.mean);
    s.var /= s.n - 1;
    qsort(room, (size_t)s.n, sizeof *room, by_value);
    if (s.n)
        s.median = s.n % 2 ? room[s.n / 2] : (room[s.n / 2 - 1] + room[s.n / 2]) / 2;
    return s;
}

static bool near(double got, long double want, double scale)
{
    if (isnan((double)want))
        return isnan(got);
    return fabsl(got - want) <= 1e-12 * fmaxl(fabsl(want), scale);
}

static void check(int kind, int64_t n, const zp_window *w)
{
    double *x = malloc((size_t)n * 8 * sizeof *x), *sum = x + n, *mean = sum + n, *var = mean + n, *min = var + n;
    double *max = min + n, *median = max + n, *room = median + n;
    int64_t *scratch = malloc((size_t)(zp_k_roll_quantile_words(n, w) + n) * sizeof *scratch);

    for (int64_t i = 0; i < n; i++)
        x[i] = element(kind, i);
    zp_k_roll_sum(sum, x, n, w, false);
    zp_k_roll_sum(mean, x, n, w, true);
    zp_k_roll_var(var, x, n, w, false);
    zp_k_roll_min(min, x, n, w, scratch);
    zp_k_roll_max(max, x, n, w, scratch);
    zp_k_roll_quantile(median, x, n, w, 0.5, scratch);
    for (int64_t r = 0; r < n; r += n > 5000 ? 37 : 1) {
        int64_t from = w->start ? w->start[r] : r >= w->rows ? r - w->rows + 1 : 0;
        stats s = direct(x, from, r, room);
        bool enough = s.n >= w->nvalid;
        assert_true(near(sum[r], enough ? s.sum : NAN, 1e-3));
        assert_true(near(mean[r], enough ? s.mean : NAN, 1e-3));
        assert_true(near(var[r], enough && s.n > 1 ? s.var : NAN, kind == 1 ? 1e-3 : 1e-9));
        assert_true(near(min[r], enough ? s.min : NAN, 0));
        assert_true(near(max[r], enough ? s.max : NAN, 0));
        assert_true(near(median[r], enough ? s.median : NAN, 1e-3));
    }
    free(x);
    free(scratch);
}

static void by_rows(void **unused)
{
    static const int64_t windows[] = { 1, 2, 3, 10, 100, 999 };
    for (int kind = 0; kind < 6; kind++)
        for (size_t k = 0; k < sizeof windows / sizeof *windows; k++) {
            zp_window w = { windows[k], NULL, windows[k] };
            check(kind, 1000, &w);
            w.nvalid = 1 + windows[k] / 2;
            check(kind, 1000, &w);
            check(kind, 50000, &w);
        }
}

static void by_start(void **unused)
{
    enum { N = 20000 };
    int64_t *start = malloc(N * sizeof *start);

    for (int64_t i = 0, first = 0; i < N; i++) {
        first += unif() < 0.9 && first < i ? (int64_t)(unif() * 2.2) : 0;
        start[i] = first > i ? i : first;
        first = start[i];
    }
    for (int kind = 0; kind < 6; kind++) {
        zp_window w = { 0, start, 1 };
        check(kind, 1000, &w);
        w.nvalid = 3;
        check(kind, N, &w);
    }
    free(start);
}

static void infinities(void **unused)
{
    double x[] = { 1, INFINITY, 2, 3, -INFINITY, INFINITY, 4, 5, 6 }, out[9];
    zp_window w = { 2, NULL, 2 };

    zp_k_roll_sum(out, x, 9, &w, false);
    assert_true(isinf(out[1]) && isinf(out[2]) && out[3] == 5 && out[4] < 0 && isnan(out[5]) && out[7] == 9 && out[8] == 11);
    zp_k_roll_var(out, x, 9, &w, false);
    assert_true(isnan(out[1]) && out[3] == 0.5 && isnan(out[6]) && out[7] == 0.5);
}

static void equal_values_do_not_vary(void **unused)
{
    double x[] = { 0.1, 1e8, 0.3, 0.3, 0.3, 7 }, out[6];
    zp_window w = { 3, NULL, 3 };

    zp_k_roll_var(out, x, 6, &w, false);
    assert_true(out[4] == 0);
    zp_k_roll_cov(out, x, x, 6, &w, true);
    assert_true(isnan(out[4]) && fabs(out[5] - 1) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_rows),
        cmocka_unit_test(by_start),
        cmocka_unit_test(infinities),
        cmocka_unit_test(equal_values_do_not_vary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
