/* An expression that a peer wants kept: the head of its message, texts and trees with parameters; what is kept is called. */
#include "builtin/tables.h"
#include "lang/lang.h"
#include "wire/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 2000, MOST_PARAMS = 20 };

static void swallow(void *to, const char *bytes, size_t len)
{
    (void)to;
    (void)bytes;
    (void)len;
}

static void call(zp_ctx *ctx, zp_value fn, uint32_t n)
{
    zp_value args[MOST_PARAMS];
    zp_error err = ZP_ERROR_INIT;

    for (uint32_t i = 0; i < n; i++)
        args[i] = zp_dbl(i);
    if (zp_ctx_load_call(ctx, fn, args, n, &err) && zp_ctx_run(ctx, STEPS) != ZP_RUN_DONE)
        zp_ctx_cancel(ctx);
    zp_error_clear(&err);
}

static void keep(zp_ctx *ctx, const zp_wire_prepare *w)
{
    zp_value hole = zp_dbl(1), fn;
    zp_expression e = { w->kind == ZP_REQ_TREE, (const char *)w->body, w->len, &hole, 1 };
    zp_slice names[MOST_PARAMS];
    const uint8_t *at = w->params;
    zp_error err = ZP_ERROR_INIT;

    for (uint16_t i = 0; i < w->nparams; i++) {
        zp_wire_param param;

        at = zp_wire_param_read(at, &param);
        names[i] = (zp_slice){ param.name, param.len };
    }
    fn = zp_ctx_prepare(ctx, &e, names, w->nparams, &err);
    if (fn.type == ZP_CLO && zp_function_bytes(fn) > 0) {
        call(ctx, fn, w->nparams);
        call(ctx, fn, w->nparams);
    }
    zp_value_unref(fn);
    zp_error_clear(&err);
}

/* Without rights, so that what reaches the system is refused. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_wire_prepare w;
    zp_config cfg;
    zp_engine *engine;
    zp_ctx *ctx;

    if (!zp_wire_prepare_read(data, size, &w) || w.nparams > MOST_PARAMS || !zp_config_init(&cfg, NULL))
        return 0;
    cfg.max_memory = 64 << 20;
    cfg.expressions = 500;
    engine = zp_engine_new(zp_builtin_tables, &cfg, NULL);
    ctx = zp_ctx_new(engine, NULL);
    zp_ctx_set_remote(ctx, 0);
    zp_ctx_output(ctx, swallow, swallow, NULL);
    keep(ctx, &w);
    zp_ctx_free(ctx);
    zp_engine_free(engine);
    zp_config_fini(&cfg);
    return 0;
}
