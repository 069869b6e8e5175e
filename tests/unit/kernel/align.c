#include "kernel/align.h"

#include <math.h>
#include <stdlib.h>

#include "../unit.h"

static uint64_t seed = 88172645463325252u;

static int64_t roll(int64_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int64_t)(seed % (uint64_t)sides);
}

enum { ROWS = 300, TARGETS = 5000 };
static int64_t from[ROWS], to[TARGETS], row[TARGETS], lo[TARGETS], hi[TARGETS];

/* Fills `from` and `to`; the targets ascend unless `wild`. */
static zp_windows random_windows(bool wild)
{
    zp_windows w = { .from = from, .to = to, .n = roll(ROWS), .m = 1 + roll(TARGETS) };
    int64_t dense = 1 + roll(12), at = 0;

    for (int64_t i = 0; i < w.n; i++)
        from[i] = at += 1 + roll(dense);
    at = -10;
    dense = roll(5);
    for (int64_t i = 0; i < w.m; i++) {
        at += dense ? roll(dense) : 0;
        to[i] = wild && roll(4) == 0 ? roll(900) : at;
    }
    w.lead = roll(5) == 0 ? INT64_MIN : roll(40) - 30;
    w.trail = roll(2) ? 0 : roll(5) == 0 ? INT64_MAX : roll(30) - 5;
    return w;
}

static bool inside(const zp_windows *w, int64_t k, int64_t i)
{
    __extension__ __int128 d = from[i];

    d -= to[k];
    return d >= w->lead && d <= w->trail;
}

static int64_t nearest(const zp_windows *w, int64_t k)
{
    int64_t best = -1;

    for (int64_t i = 0; i < w->n; i++)
        if (inside(w, k, i) && (best < 0 || llabs(from[i] - to[k]) < llabs(from[best] - to[k])))
            best = i;
    return best;
}

static void finds_the_nearest_row(void **state)
{
    for (int round = 0; round < 60; round++) {
        zp_windows w = random_windows(round % 3 == 0);

        zp_align_closest(&w, row);
        for (int64_t k = 0; k < w.m; k++)
            assert_int_equal(row[k], nearest(&w, k));
    }
}

static void gathers_columns(void **state)
{
    static double x[2][ROWS], out[2 * TARGETS];
    const double *columns[2] = { x[0], x[1] };

    for (int i = 0; i < ROWS; i++) {
        x[0][i] = i;
        x[1][i] = -i;
    }
    for (int round = 0; round < 20; round++) {
        zp_windows w = random_windows(false);

        zp_align_gather(&w, columns, 2, 7777, out);
        for (int64_t k = 0; k < w.m; k++) {
            int64_t want = nearest(&w, k);

            assert_true(out[k] == (want < 0 ? 7777 : (double)want));
            assert_true(out[w.m + k] == (want < 0 ? 7777 : -(double)want));
        }
    }
}

static void ranges_are_half_open(void **state)
{
    for (int round = 0; round < 40; round++) {
        zp_windows w = random_windows(round % 3 == 0);

        zp_align_ranges(&w, lo, hi);
        for (int64_t k = 0; k < w.m; k++) {
            int64_t count = 0;

            for (int64_t i = 0; i < w.n; i++) {
                bool in = inside(&w, k, i) && (w.trail == INT64_MAX || from[i] - to[k] < w.trail);

                count += in;
                assert_true(!in || (lo[k] <= i && i < hi[k]));
            }
            assert_int_equal(hi[k] - lo[k], count);
        }
    }
}

static void sums_do_not_drift(void **state)
{
    static double x[20000], out[20000];
    static int64_t first[20000], last[20000];

    for (int64_t i = 0; i < 20000; i++) {
        x[i] = (double)roll(1000000) * (i == 9000 ? 1e30 : i % 2 ? 1e-3 : 1e9);
        first[i] = i < 500 ? 0 : i - 500;
        last[i] = i + 1;
    }
    x[5000] = NAN;
    x[15000] = INFINITY;
    zp_range_reduce(ZP_RED_SUM, x, first, last, 20000, NULL, out);
    for (int64_t i = 0; i < 20000; i++) {
        long double want = 0;

        for (int64_t k = first[i]; k < last[i]; k++)
            want += x[k];
        if (isnan((double)want))
            assert_true(isnan(out[i]));
        else if (isinf((double)want))
            assert_true(out[i] == (double)want);
        else
            assert_true(fabs(out[i] - (double)want) <= 1e-12 * fabs((double)want));
    }
}

static void reduces_ranges(void **state)
{
    static const double x[] = { 3, 1, NAN, 5, 4, 2 };
    static const int64_t l[] = { 0, 0, 2, 3, 3, 4 }, h[] = { 2, 3, 2, 6, 5, 5 };
    double scratch[6], out[6];

    zp_range_reduce(ZP_RED_MEDIAN, x, l, h, 6, scratch, out);
    assert_true(out[0] == 2 && isnan(out[1]) && isnan(out[2]) && out[3] == 4 && out[4] == 4.5 && out[5] == 4);
    zp_range_reduce(ZP_RED_MIN, x, l, h, 6, NULL, out);
    assert_true(out[0] == 1 && isnan(out[1]) && isnan(out[2]) && out[3] == 2);
    zp_range_reduce(ZP_RED_COUNT, x, l, h, 6, NULL, out);
    assert_true(out[0] == 2 && out[1] == 3 && out[2] == 0 && out[3] == 3);
    zp_range_reduce(ZP_RED_LAST, x, l, h, 6, NULL, out);
    assert_true(out[0] == 1 && isnan(out[1]) && isnan(out[2]) && out[3] == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_nearest_row), cmocka_unit_test(gathers_columns),
        cmocka_unit_test(ranges_are_half_open),  cmocka_unit_test(sums_do_not_drift),
        cmocka_unit_test(reduces_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
