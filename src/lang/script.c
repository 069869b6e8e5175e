/* script: a text evaluated one top-level expression at a time, for consoles and scripts. */
#include "lang/machine.h"

struct zp_script {
    zp_source *source;
    const zp_ast_arg *next;
};

bool zp_text_incomplete(const char *text, size_t len)
{
    bool incomplete = false;
    zp_source *source = zp_parse(text, len, NULL, &incomplete, NULL);

    zp_source_unref(source);
    return !source && incomplete;
}

zp_script *zp_script_new(zp_ctx *ctx, const char *text, size_t len, const char *file, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    zp_source *source = zp_parse(text, len, file, NULL, &why);
    zp_script *script = source ? zp_new(zp_script, &why) : NULL;

    if (!script) {
        if (ctx)
            zp__remember_error(ctx, source, text, len, &why);
        zp_source_unref(source);
        zp_error_move(err, &why);
        return NULL;
    }
    script->source = source;
    script->next = source->program->items;
    return script;
}

void zp_script_free(zp_script *script)
{
    if (!script)
        return;
    zp_source_unref(script->source);
    zp_free(script);
}

/* `.Last.value`; a locked object is not held, or nobody could change it any more. */
static void keep_last_value(zp_ctx *ctx)
{
    zp_value v = ctx->result;

    if (ctx->error.code || (v.boxed && (v.u.obj->flags & ZP_LOCKED)))
        return;
    if (!zp__env_bind(ctx->working, ctx->engine->s_last_value, zp_value_ref(v), NULL))
        return;
    zp_value_clear(&ctx->result);
}

bool zp_script_next(zp_script *script, zp_ctx *ctx, bool *done, zp_error *err)
{
    const zp_ast_arg *statement = script->next;

    keep_last_value(ctx);
    *done = !statement;
    if (!statement)
        return true;
    script->next = statement->next;
    return zp__ctx_load(ctx, script->source, statement->value, err);
}
