/* tables: the list of all tables, and an engine that has them with the constants. */
#include "builtin/tables.h"

#include "base/mem.h"

const zp_builtin *const zp_builtin_tables[] = {
#define X(file) zp_builtins_##file,
    ZP_BUILTIN_TABLES(X)
#undef X
        NULL,
};

static bool bind(void *arg, const char *name, zp_value take, zp_error *err)
{
    return zp_engine_bind(arg, name, take, err);
}

/* Our tables and the others in one list; the engine reads it once. */
static zp_engine *engine_with(const zp_config *cfg, const zp_builtin *const *more, zp_error *err)
{
    size_t ours = ZP_COUNTOF(zp_builtin_tables) - 1, others = 0;
    const zp_builtin **all;
    zp_engine *engine;

    while (more && more[others])
        others++;
    all = zp_alloc((ours + others + 1) * sizeof(*all), err);
    if (!all)
        return NULL;
    for (size_t i = 0; i < ours; i++)
        all[i] = zp_builtin_tables[i];
    for (size_t i = 0; i < others; i++)
        all[ours + i] = more[i];
    all[ours + others] = NULL;
    engine = zp_engine_new(all, cfg, err);
    zp_free(all);
    return engine;
}

zp_engine *zp_base_engine(const zp_config *cfg, const zp_builtin *const *more, zp_error *err)
{
    zp_engine *engine = engine_with(cfg, more, err);
    zp_value version;

    if (!engine)
        return NULL;
    version = zp_chr(ZP_VERSION, err);
    if (!zp_bad(version) && zp_engine_bind(engine, "version", version, err) &&
        zp_base_constants(engine, bind, err))
        return engine;
    zp_engine_free(engine);
    return NULL;
}
