/* Special functions against values known to many digits. */
#include "unit.h"

#include "kernel/special.h"

#include <math.h>

static bool near(double x, double want, double tol)
{
    return x == want || fabs(x - want) <= tol * fabs(want);
}

static void normal(void **state)
{
    assert_true(near(zp_normal_p(1.96, true, false), 0.97500210485177952, 1e-15));
    assert_true(near(zp_normal_p(-10, true, false), 7.6198530241605261e-24, 1e-14));
    assert_true(near(zp_normal_p(-40, true, true), -804.60844201375379, 1e-14));
    assert_true(near(zp_normal_q(0.975, true, false), 1.9599639845400539, 1e-15));
    for (double p = 1e-300; p < 0.5; p *= 7)
        assert_true(near(zp_normal_p(zp_normal_q(p, true, false), true, false), p, 1e-12));
    assert_true(isnan(zp_normal_q(1.5, true, false)));
    assert_true(zp_normal_q(0, true, false) == -INFINITY);
}

static void incomplete_gamma(void **state)
{
    /* P(1, x) = 1 - exp(-x); Q(n + 1, x) is a sum of Poisson weights */
    for (double x = 1e-10; x < 1e3; x *= 3) {
        assert_true(near(zp_gamma_inc(1, x, true, false), -expm1(-x), 1e-13));
        assert_true(near(zp_gamma_inc(1, x, false, true), -x, 1e-13));
    }
    assert_true(near(zp_gamma_inc(3, 2, false, false), exp(-2) * (1 + 2 + 2), 1e-14));
    assert_true(near(zp_gamma_inc(1e15, 1e15, false, false), 0.5, 1e-7));
    assert_true(zp_gamma_inc(2, 0, true, false) == 0);
    assert_true(zp_gamma_inc(2, INFINITY, true, false) == 1);
    assert_true(isnan(zp_gamma_inc(-1, 1, true, false)));
}

static void incomplete_beta(void **state)
{
    /* I_x(a, 1) = x^a; I_x(1, b) = 1 - (1 - x)^b; I_1/2(a, a) = 1/2 */
    for (double a = 0.1; a < 1e6; a *= 4) {
        assert_true(near(zp_beta_inc(a, 1, 0.3, 0.7, true, true), a * log(0.3), 1e-12));
        assert_true(near(zp_beta_inc(1, a, 0.3, 0.7, false, true), a * log(0.7), 1e-12));
        assert_true(near(zp_beta_inc(a, a, 0.5, 0.5, true, false), 0.5, 1e-11));
    }
}

static void parts(void **state)
{
    assert_true(near(zp_stirling_rest(1), 1 - 0.918938533204672741780329736406, 1e-14));
    assert_true(near(zp_stirling_rest(20), 0.0041663196919969223, 1e-13));
    assert_true(near(zp_deviance(3, 2), 3 * log(1.5) - 1, 1e-14));
    assert_true(near(zp_deviance(1e10, 1e10 + 1), 5e-11, 1e-9));
    assert_true(near(zp_lgamma1p(1e-10), -5.7721566482e-11, 1e-9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal),
        cmocka_unit_test(incomplete_gamma),
        cmocka_unit_test(incomplete_beta),
        cmocka_unit_test(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
