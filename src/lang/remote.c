/* remote: contexts that evaluate for somebody else: how expressions arrive, what they may do, how they are stopped. */
#include <stdlib.h>

#include "lang/machine.h"

void zp_ctx_on_wake(zp_ctx *ctx, zp_wake_fn wake, void *arg)
{
    ctx->wake = wake;
    ctx->wake_arg = arg;
}

void *zp_ctx_waker(const zp_ctx *ctx, zp_wake_fn wake)
{
    return ctx->wake == wake ? ctx->wake_arg : NULL;
}

bool zp_ctx_holds(const zp_ctx *ctx)
{
    const zp_act *top = &ctx->acts[ctx->depth - 1];

    return ctx->parked && top->pc[-1].op != ZP_I_FORCE && top->pc[-1].op != ZP_I_QUERY;
}

bool zp_ctx_ready(const zp_ctx *ctx)
{
    return ctx->resumed;
}

void zp_ctx_forget(zp_ctx *ctx)
{
    zp_ctx_cancel(ctx);
    zp_value_clear(&ctx->result);
    zp_value_clear(&ctx->condition);
    zp_error_clear(&ctx->error);
    zp_source_unref(ctx->error_source);
    ctx->error_source = NULL;
    zp_free(ctx->bad_text);
    ctx->bad_text = NULL;
    zp_free(ctx->acts); /* a deep call may have made it large */
    ctx->acts = NULL;
    ctx->acts_cap = 0;
    zp_free(ctx->handlers);
    ctx->handlers = NULL;
    ctx->handlers_cap = 0;
}

void zp_engine_on_sleep(zp_engine *engine, zp_sleep_fn sleep)
{
    engine->sleep = sleep;
}

zp_sleep_fn zp_engine_sleep(zp_engine *engine)
{
    return engine->sleep;
}

/* ---------------------------------------------------------------- rights */

void zp_ctx_set_remote(zp_ctx *ctx, unsigned rights)
{
    ctx->remote = true;
    ctx->rights = rights;
}

bool zp_ctx_is_remote(const zp_ctx *ctx)
{
    return ctx->remote;
}

unsigned zp_ctx_rights(const zp_ctx *ctx)
{
    return ctx->remote ? ctx->rights : ~0u;
}

bool zp_ctx_may(const zp_ctx *ctx, unsigned right, const char *what, zp_error *err)
{
    static const char *const names[] = { [ZP_ALLOW_WRITE] = "write", [ZP_ALLOW_SYSTEM] = "administer" };

    if (ZP_LIKELY(!ctx->remote || (ctx->rights & right)))
        return true;
    return zp_fail(err, "%s is not allowed: this key has no right to %s", what, names[right]);
}

/* ---------------------------------------------------------------- loading */

static bool syntax(zp_ctx *ctx, const char *text, size_t len, zp_error *why, zp_error *err)
{
    zp_ctx_cancel(ctx);
    zp__remember_error(ctx, NULL, text, len, why);
    zp_error_move(err, why);
    return false;
}

bool zp_ctx_load_tree(zp_ctx *ctx, const void *bytes, size_t len, zp_value *holes, uint32_t nholes, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    zp_source *source = zp__tree_read(bytes, len, holes, nholes, &why);
    bool ok;

    if (!source)
        return syntax(ctx, NULL, 0, &why, err);
    ok = zp__ctx_load(ctx, source, source->program, err);
    zp_source_unref(source);
    return ok;
}

bool zp_ctx_load_query(zp_ctx *ctx, const char *text, size_t len, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    zp_source *source = zp_parse(text, len, NULL, NULL, &why);
    const zp_ast *body;
    bool ok;

    if (!source)
        return syntax(ctx, text, len, &why, err);
    body = source->program;
    if (body->count == 1) {
        zp_ast_arg *only = body->items;
        while (only->value->kind == ZP_AST_PAREN)
            only->value = only->value->a;
    }
    ok = zp__ctx_load(ctx, source, body, err);
    zp_source_unref(source);
    return ok;
}

/* ---------------------------------------------------------------- errors */

void zp_ctx_error_place(zp_ctx *ctx, zp_buf *out)
{
    const zp_source *source = ctx->error_source;

    if (!source || !source->file || !ctx->error.place.line)
        return;
    zp__put_place(out, source->file, &ctx->error.place);
    zp_buf_puts(out, ": ");
}

void zp_ctx_abort(zp_ctx *ctx, zp_errcode code, const char *text)
{
    zp_ctx_cancel(ctx);
    zp_error_clear(&ctx->error);
    zp_fail_code(&ctx->error, code, "%s", text);
}
