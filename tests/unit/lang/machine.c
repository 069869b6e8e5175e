/* machine: an evaluation can be stopped after any step, parked, resumed, cancelled and thrown away. */
#include <string.h>

#include "../unit.h"

#include "builtin/tables.h"
#include "lang/machine.h"

typedef struct machine {
    zp_engine *engine;
    zp_ctx *ctx;
    zp_buf out;
    zp_error err;
} machine;

/* wait.here(x): parks; whoever resumes decides the result. */
static zp_status bi_wait_here(zp_call *c)
{
    zp_ctx_park(c->ctx, NULL, NULL, NULL);
    return ZP_PARK;
}

static const zp_builtin parking[] = {
    { "wait.here", "x = NULL", "", 0, bi_wait_here, "", "", NULL },
    { 0 },
};

static void write_to(void *to, const char *bytes, size_t len)
{
    zp_buf_put(&((machine *)to)->out, bytes, len);
}

static int setup(void **state)
{
    static machine m;
    static const zp_builtin *tables[100];
    size_t n = 0;

    m = (machine){ 0 };
    for (; zp_builtin_tables[n]; n++)
        tables[n] = zp_builtin_tables[n];
    tables[n] = parking;
    m.engine = zp_engine_new(tables, NULL, &m.err);
    m.ctx = m.engine ? zp_ctx_new(m.engine, &m.err) : NULL;
    if (!m.ctx)
        return -1;
    zp_ctx_output(m.ctx, write_to, write_to, &m);
    *state = &m;
    return 0;
}

static int teardown(void **state)
{
    machine *m = *state;

    zp_ctx_free(m->ctx);
    zp_engine_free(m->engine);
    zp_buf_fini(&m->out);
    zp_error_clear(&m->err);
    return 0;
}

static void load(machine *m, const char *text)
{
    assert_true(zp_ctx_load(m->ctx, text, strlen(text), NULL, &m->err));
}

static double number(machine *m)
{
    zp_value v = zp_ctx_result(m->ctx, NULL);
    double d = -1;

    assert_true(zp_get_dbl(v, &d, NULL));
    return d;
}

static const char program[] =
    "f <- function(n) if (n < 2) n else f(n - 1) + f(n - 2);"
    "l <- list(a = 1:3); l$a[2] <- f(7);"
    "r <- tryCatch({ stop('x') }, error = function(e) 100, finally = l$b <- 7);"
    "s <- 0; for (i in 1:10) { if (i == 3) next; s <- s + i };"
    "g <- function(...) sum(...) + ..1; sapply(1:3, function(k) k)[2] + g(1, 2) + s + r + l$a[2] + l$b";

static void test_steps(void **state)
{
    machine *m = *state;
    double whole;
    int stops = 0;

    load(m, program);
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    whole = number(m);
    load(m, program);
    while (zp_ctx_run(m->ctx, 1) == ZP_RUN_BUDGET)
        stops++;
    assert_true(stops > 300);
    assert_true(number(m) == whole);
}

/* Thrown away after every number of steps: nothing may be left (the leak checker looks too). */
static void test_cancel_anywhere(void **state)
{
    machine *m = *state;
    size_t before;

    load(m, program);
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    before = zp_heap_bytes();
    for (uint64_t steps = 1; steps < 400; steps++) {
        load(m, program);
        if (zp_ctx_run(m->ctx, steps) == ZP_RUN_DONE)
            break;
        zp_ctx_cancel(m->ctx);
        assert_true(zp_heap_bytes() <= before + (1 << 16));
    }
}

static void test_park(void **state)
{
    machine *m = *state;

    load(m, "f <- function(x) wait.here(x) * 2; sum(sapply(1:3, function(i) f(i)))");
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_PARKED);
        assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_PARKED); /* still */
        zp_ctx_resume(m->ctx, zp_dbl(10 * i), NULL);
    }
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    assert_true(number(m) == 120);
}

static void test_park_error(void **state)
{
    machine *m = *state;

    load(m, "tryCatch(wait.here(), error = function(e) if (conditionMessage(e) == 'lost') 42 else 0)");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_PARKED);
    zp_ctx_resume(m->ctx, zp_nil(), "lost");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    assert_true(number(m) == 42);
}

static void test_park_cancel(void **state)
{
    machine *m = *state;

    load(m, "x <- numeric(1e6); lapply(1:3, function(i) wait.here(x))");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_PARKED);
    zp_ctx_cancel(m->ctx);
    load(m, "length(x)");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    assert_true(number(m) == 1e6);
}

static void test_two_contexts(void **state)
{
    machine *m = *state;
    zp_ctx *other = zp_ctx_new(m->engine, &m->err);

    assert_non_null(other);
    load(m, "a <- 1; while (a < 1000) a <- a + 1; a");
    assert_true(zp_ctx_load(other, "a <- 5; b <<- 6; for (i in 1:500) a <- a + 1; a", 46, NULL, &m->err));
    zp_run one = ZP_RUN_BUDGET, two = ZP_RUN_BUDGET;
    while (one == ZP_RUN_BUDGET || two == ZP_RUN_BUDGET) {
        one = one == ZP_RUN_BUDGET ? zp_ctx_run(m->ctx, 7) : one;
        two = two == ZP_RUN_BUDGET ? zp_ctx_run(other, 11) : two;
    }
    assert_true(number(m) == 1000);
    zp_ctx_free(other);
    load(m, "b"); /* what the other one published */
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    assert_true(number(m) == 6);
}

static void test_interrupt(void **state)
{
    machine *m = *state;

    load(m, "k <- 3; tryCatch(repeat k <- k + 1, error = function(e) 0)");
    assert_int_equal(zp_ctx_run(m->ctx, 10000), ZP_RUN_BUDGET);
    zp_ctx_interrupt(m->ctx);
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_ERROR);
    assert_int_equal(zp_ctx_error(m->ctx)->code, ZP_ECANCELLED);
    load(m, "k > 3");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
}

static void test_depth(void **state)
{
    machine *m = *state;

    load(m, "options(expressions = 50); f <- function(n) if (n == 0) 0 else 1 + f(n - 1); f(45)");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    assert_true(number(m) == 45);
    load(m, "f(46)");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_ERROR);
    assert_string_equal(zp_error_text(zp_ctx_error(m->ctx)),
                        "evaluation nested too deeply: infinite recursion / options(expressions=)?");
    load(m, "options(expressions = 1e6); f(5e5)");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    assert_true(number(m) == 5e5);
}

/* Frames that refer to themselves through their functions do not pile up. */
static void test_cycles(void **state)
{
    machine *m = *state;
    size_t before;

    load(
        m,
        "f <- function() { x <- numeric(5000); l <- list(function() l); g <- function() h(); h <- function() g; 1 };"
        "for (i in 1:100) f()");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    zp__env_collect(m->engine);
    before = zp_heap_bytes();
    load(m, "for (i in 1:30000) f()");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    zp__env_collect(m->engine);
    assert_true(zp_heap_bytes() <= before + (8 << 20));
}

static void test_deep_values(void **state)
{
    machine *m = *state;

    load(m, "l <- list(); for (i in 1:200000) l <- list(l); l <- NULL; 1");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
}

static void test_memory_limit(void **state)
{
    machine *m = *state;

    load(
        m,
        "options(max.memory = 5e7); x <- tryCatch(numeric(1e8), error = function(e) 7); options(max.memory = 0); x");
    assert_int_equal(zp_ctx_run(m->ctx, 0), ZP_RUN_DONE);
    assert_true(number(m) == 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_steps),       TEST(test_cancel_anywhere), TEST(test_park),         TEST(test_park_error),
        TEST(test_park_cancel), TEST(test_two_contexts),    TEST(test_interrupt),    TEST(test_depth),
        TEST(test_cycles),      TEST(test_deep_values),     TEST(test_memory_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
