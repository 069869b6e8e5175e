/* The decomposition: dependent columns move to the end, solutions satisfy their equations. */
#include "unit.h"

#include "kernel/qr.h"

#include <math.h>
#include <string.h>

static void dependent(void **state)
{
    /* 1, 2 * 1, x */
    double x[9] = { 1, 1, 1, 2, 2, 2, 1, 2, 3 }, aux[3], work[6], y[3] = { 3, 5, 7 }, b[3];
    int64_t pivot[3];
    zp_qr qr = { x, 3, 3, aux, pivot, 0 };

    zp_qr_factor(&qr, 1e-7, work);
    assert_int_equal(qr.rank, 2);
    assert_true(pivot[0] == 0 && pivot[1] == 2 && pivot[2] == 1);
    zp_qr_qty(&qr, y);
    assert_true(zp_qr_coef(&qr, y, b));
    assert_true(fabs(b[0] - 1) < 1e-14 && fabs(b[1] - 2) < 1e-14);
}

static void round_trip(void **state)
{
    double x[6] = { 3, 1, 4, 1, 5, 9 }, aux[2], work[4], y[3] = { 1, 2, 3 };
    int64_t pivot[2];
    zp_qr qr = { x, 3, 2, aux, pivot, 0 };

    zp_qr_factor(&qr, 1e-7, work);
    zp_qr_qty(&qr, y);
    zp_qr_qy(&qr, y);
    for (int i = 0; i < 3; i++)
        assert_true(fabs(y[i] - (i + 1)) < 1e-14);
}

static void empty(void **state)
{
    double x[1], aux[1], work[2];
    int64_t pivot[1];
    zp_qr qr = { x, 0, 0, aux, pivot, 0 };

    zp_qr_factor(&qr, 1e-7, work);
    assert_int_equal(qr.rank, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(dependent), cmocka_unit_test(round_trip),
                                        cmocka_unit_test(empty) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
