/* Variables that are made when first read. */
#include "lang/lang.h"

#include <string.h>

#include "builtin/tables.h"
#include "unit.h"

static int made;

static bool make(zp_engine *engine, const char *text, zp_value *out, zp_error *err)
{
    (void)engine;
    made++;
    if (strcmp(text, "bad") == 0)
        return zp_fail(err, "cannot open 'bad'");
    *out = zp_dbl(42);
    return true;
}

typedef struct bench {
    zp_config cfg;
    zp_engine *engine;
    zp_ctx *ctx;
} bench;

static void begin(bench *b)
{
    made = 0;
    assert_true(zp_config_init(&b->cfg, NULL));
    b->engine = zp_base_engine(&b->cfg, NULL, NULL);
    assert_non_null(b->engine);
    b->ctx = zp_ctx_new(b->engine, NULL);
    assert_non_null(b->ctx);
    assert_true(zp_engine_bind_global(b->engine, "x", zp_lazy_new(make, "good", NULL), NULL));
    assert_true(zp_engine_bind_global(b->engine, "y", zp_lazy_new(make, "bad", NULL), NULL));
}

static void end(bench *b)
{
    zp_ctx_free(b->ctx);
    zp_engine_free(b->engine);
    zp_config_fini(&b->cfg);
}

static zp_value eval(bench *b, const char *text)
{
    bool visible;

    assert_true(zp_ctx_load(b->ctx, text, strlen(text), NULL, NULL));
    assert_int_equal(zp_ctx_run(b->ctx, 0), ZP_RUN_DONE);
    return zp_ctx_result(b->ctx, &visible);
}

static void test_made_once(void **state)
{
    bench b;

    begin(&b);
    assert_int_equal(zp_len(eval(&b, "lsg()")), 2);
    assert_int_equal(made, 0);
    assert_true(eval(&b, "f <- function() x + 1; f() + x").u.dbl == 85);
    assert_int_equal(made, 1);
    assert_true(eval(&b, "x <<- 1; x").u.dbl == 1);
    end(&b);
}

static void test_removed_unread(void **state)
{
    bench b;

    begin(&b);
    eval(&b, "rm(x, envir = 'global')");
    assert_int_equal(zp_len(eval(&b, "lsg()")), 1);
    assert_null(zp_engine_global(b.engine, "x"));
    assert_string_equal(zp_lazy_text(*zp_engine_global(b.engine, "y")), "bad");
    assert_int_equal(made, 0);
    end(&b);
}

static void test_reason(void **state)
{
    bench b;
    zp_value v;

    begin(&b);
    v = eval(&b, "tryCatch(y, error = function(e) conditionMessage(e))");
    assert_string_equal(zp_strs(&v)[0]->text, "cannot open 'bad'");
    v = eval(&b, "tryCatch(q1, error = function(e) conditionMessage(e))");
    assert_string_equal(zp_strs(&v)[0]->text, "object 'q1' not found");
    eval(&b, "tryCatch(y, 0)"); /* the next reader tries again */
    assert_int_equal(made, 2);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_once),
        cmocka_unit_test(test_removed_unread),
        cmocka_unit_test(test_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
