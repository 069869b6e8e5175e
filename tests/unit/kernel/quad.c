/* Integration, driven from C: polynomials are exact, singular and infinite ranges converge. */
#include "unit.h"

#include "kernel/quad.h"

#include <math.h>
#include <stdlib.h>

static double run(double (*f)(double), double lower, double upper, double *status)
{
    zp_quad *q = malloc(zp_quad_size(100) * sizeof(double));
    double x[ZP_QUAD_MAX_NODES], v[ZP_QUAD_MAX_NODES], m[ZP_QUAD_MAX_NODES], result;
    int n;

    zp_quad_init(q, lower, upper, 1e-10, 1e-10, 100);
    while ((n = zp_quad_nodes(q, x)) > 0) {
        for (int i = 0; i < n; i++) {
            v[i] = f(x[i]);
            m[i] = f(-x[i]);
        }
        zp_quad_take(q, v, q->range == ZP_QUAD_BOTH ? m : NULL);
    }
    result = q->result;
    *status = q->status;
    free(q);
    return result;
}

static double cube(double x)
{
    return x * x * x;
}
static double root(double x)
{
    return 1 / sqrt(x);
}
static double bell(double x)
{
    return exp(-x * x);
}
static double pole(double x)
{
    return 1 / x;
}

static void values(void **state)
{
    double status;

    assert_true(fabs(run(cube, 0, 2, &status) - 4) < 1e-13);
    assert_true(fabs(run(root, 0, 1, &status) - 2) < 1e-9 && status == 0);
    assert_true(fabs(run(bell, -INFINITY, INFINITY, &status) - sqrt(M_PI)) < 1e-9 && status == 0);
    assert_true(fabs(run(bell, 0, INFINITY, &status) - sqrt(M_PI) / 2) < 1e-9 && status == 0);
    assert_true(fabs(run(exp, -INFINITY, 0, &status) - 1) < 1e-9 && status == 0);
    run(pole, 0, 1, &status);
    assert_true(status != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(values) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
