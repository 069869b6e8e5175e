/* Any text, evaluated for a limited number of steps with little memory, ends in a value or an error, can be printed,
 * and can be thrown away at any point. */
#include "builtin/tables.h"
#include "lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void swallow(void *to, const char *bytes, size_t len)
{
}

static void show(zp_ctx *ctx)
{
    bool visible;
    zp_value v = zp_ctx_result(ctx, &visible);
    zp_print_opts opts = zp_print_options(zp_ctx_config(ctx));
    zp_buf text = ZP_BUF_INIT;

    (void)!zp_print(&text, v, &opts, NULL);
    (void)!zp_str_display(&text, v, &opts, NULL);
    zp_buf_fini(&text);
}

/* Programs that reach outside are not for a fuzzer. */
static bool is_harmless(const char *text, size_t size)
{
    static const char *const words[] = { "system", "file",       "source",  "csv",   "unlink",
                                         "dir",    "dyn.load",   "sink",    "Sys",   "cat",
                                         "write",  "scan",       "read",    "msync", "load",
                                         "timer",  "connection", "do.call", "get",   "match.fun" };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++) {
        if (memmem(text, size, words[i], strlen(words[i])))
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_error err = ZP_ERROR_INIT;
    zp_config cfg;
    zp_engine *engine;
    zp_ctx *ctx;

    if (!is_harmless((const char *)data, size) || !zp_config_init(&cfg, NULL))
        return 0;
    cfg.max_memory = 64 << 20;
    cfg.max_print = 1000;
    cfg.expressions = 500;
    engine = zp_engine_new(zp_builtin_tables, &cfg, NULL);
    ctx = zp_ctx_new(engine, NULL);
    zp_ctx_output(ctx, swallow, swallow, NULL);
    if (zp_ctx_load(ctx, (const char *)data, size, NULL, &err)) {
        zp_run run = zp_ctx_run(ctx, 20000);

        if (run == ZP_RUN_DONE)
            show(ctx);
        else
            zp_ctx_cancel(ctx);
    }
    zp_error_clear(&err);
    zp_ctx_free(ctx);
    zp_engine_free(engine);
    zp_config_fini(&cfg);
    return 0;
}
