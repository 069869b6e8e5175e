/* Trees from a peer: what is accepted must compile, and run within its budget without harm. */
#include <string.h>

#include "builtin/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void nowhere(void *to, const char *bytes, size_t len)
{
    (void)to;
    (void)bytes;
    (void)len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_value holes[] = { zp_dbl(3), zp_lgl(true) };
    zp_engine *engine;
    zp_config cfg;
    zp_ctx *ctx;

    if (!zp_config_init(&cfg, NULL))
        return 0;
    cfg.max_memory = 64 << 20;
    engine = zp_base_engine(&cfg, NULL, NULL);
    ctx = engine ? zp_ctx_new(engine, NULL) : NULL;
    if (ctx) {
        zp_ctx_output(ctx, nowhere, nowhere, NULL);
        zp_ctx_set_remote(ctx, 0);
        if (zp_ctx_load_tree(ctx, data, size, holes, ZP_COUNTOF(holes), NULL))
            (void)zp_ctx_run(ctx, 2000);
    }
    zp_ctx_free(ctx);
    zp_engine_free(engine);
    zp_config_fini(&cfg);
    return 0;
}
