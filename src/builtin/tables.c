/* tables: the list of all tables, and an engine that has them with the constants. */
#include "builtin/tables.h"

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

zp_engine *zp_base_engine(const zp_config *cfg, zp_error *err)
{
    zp_engine *engine = zp_engine_new(zp_builtin_tables, cfg, err);
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
