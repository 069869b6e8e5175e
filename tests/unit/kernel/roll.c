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
    double *x = malloc((size_t)n * 8 * sizeof *x), *sum = x + n, *mean = sum + n, *var = mean + n,
           *min = var + n;
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
    for (int64_t r = 0; r<n; r += n> 5000 ? 37 : 1) {
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
    assert_true(isinf(out[1]) && isinf(out[2]) && out[3] == 5 && out[4] < 0 && isnan(out[5]) && out[7] == 9 &&
                out[8] == 11);
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

/* Covariance and correlation of x and y over rows from .. to where neither is NaN. */
static void direct_cov(const double *x, const double *y, int64_t from, int64_t to, long double *cov,
                       long double *cor)
{
    long double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    int64_t n = 0;

    for (int64_t i = from; i <= to; i++)
        if (!isnan(x[i]) && !isnan(y[i])) {
            sx += x[i];
            sy += y[i];
            n++;
        }
    for (int64_t i = from; i <= to; i++)
        if (!isnan(x[i]) && !isnan(y[i])) {
            long double dx = x[i] - sx / n, dy = y[i] - sy / n;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
    *cov = n > 1 ? xy / (n - 1) : (long double)NAN;
    *cor = n > 1 ? xy / sqrtl(xx * yy) : (long double)NAN;
}

static void covariances(void **unused)
{
    enum { N = 20000 };
    double *x = malloc(4 * N * sizeof *x), *y = x + N, *cov = y + N, *cor = cov + N;

    for (int kind = 0; kind < 5; kind++)
        for (int64_t rows = 3; rows < 2000; rows = rows * 4 + 1) {
            zp_window w = { rows, NULL, 2 };

            for (int64_t i = 0; i < N; i++) {
                x[i] = element(kind, i);
                y[i] = element(kind == 4 ? 4 : 1, i) + (isnan(x[i]) ? 0 : x[i]);
            }
            zp_k_roll_cov(cov, x, y, N, &w, false);
            zp_k_roll_cov(cor, x, y, N, &w, true);
            for (int64_t r = 0; r < N; r += 13) {
                int64_t from = r >= rows ? r - rows + 1 : 0, n = 0;
                long double a, b;

                for (int64_t i = from; i <= r; i++)
                    n += !isnan(x[i]) && !isnan(y[i]);
                direct_cov(x, y, from, r, &a, &b);
                assert_true(near(cov[r], n >= 2 ? a : NAN, kind == 1 ? 1e-3 : 1e-9 + fabs(y[r]) * 1e-12));
                assert_true(near(cor[r], n >= 2 ? b : NAN, 1e3));
            }
        }
    free(x);
}

/* Ten million values, far from zero: the last windows are as exact as the first, whatever went through the sums. */
static void long_columns_do_not_drift(void **unused)
{
    enum { N = 10000000, STEP = 9973 };
    static const int64_t windows[] = { 20, 1000 };
    static const double offsets[] = { 1e6, -1e12 };
    double *x = malloc((size_t)N * 2 * sizeof *x), *out = x + N;

    for (size_t o = 0; o < 2; o++) {
        zp_window w = { windows[o], NULL, 2 };
        double room[1000];

        for (int64_t i = 0; i < N; i++) /* with a few holes, and large values that come and go */
            x[i] = i % 5003 == 5002 ? (double)NAN : i % 100003 == 7 ? 1e16 : offsets[o] + unif() * 100 - 50;
        for (int what = 0; what < 3; what++) {
            if (what == 2)
                zp_k_roll_var(out, x, N, &w, false);
            else
                zp_k_roll_sum(out, x, N, &w, what == 1);
            for (int64_t r = N - 1; r >= 0; r -= STEP) {
                stats s = direct(x, r >= w.rows ? r - w.rows + 1 : 0, r, room);
                long double want = what == 0 ? s.sum : what == 1 ? s.mean : s.var;

                assert_true(near(out[r], s.n >= 2 ? want : NAN, what == 2 ? 1e-3 : 1e-1));
            }
        }
    }
    free(x);
}

/* NaN leave a window as they came, ties do not matter, and a window of nothing but NaN has no extreme. */
static void extremes(void **unused)
{
    double x[] = { NAN, 2, 2, NAN, NAN, NAN, -0.0, 0, 1, INFINITY, NAN, 1 }, lo[12], hi[12];
    double want_lo[] = { NAN, 2, 2, 2, 2, NAN, -0.0, -0.0, -0.0, 0, 1, 1 };
    double want_hi[] = { NAN, 2, 2, 2, 2, NAN, -0.0, 0, 1, INFINITY, INFINITY, INFINITY };
    int64_t scratch[12];
    zp_window w = { 3, NULL, 1 };

    zp_k_roll_min(lo, x, 12, &w, scratch);
    zp_k_roll_max(hi, x, 12, &w, scratch);
    for (int i = 0; i < 12; i++) {
        assert_true(isnan(want_lo[i]) ? isnan(lo[i]) : lo[i] == want_lo[i]);
        assert_true(isnan(want_hi[i]) ? isnan(hi[i]) : hi[i] == want_hi[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_rows),
        cmocka_unit_test(by_start),
        cmocka_unit_test(infinities),
        cmocka_unit_test(equal_values_do_not_vary),
        cmocka_unit_test(covariances),
        cmocka_unit_test(extremes),
        cmocka_unit_test(long_columns_do_not_drift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
