/* settle: the end of a statement that changed objects in files.
 *
 * The change is published at once; that it is on the disk is waited for, by the thread or, where others must not wait with
 * it, by the context alone: it parks as if the statement were a call that takes long. */
#include "lang/machine.h"
#include "store/store.h"

void zp_ctx_on_settle(zp_ctx *ctx, zp_settle_fn settle, void *arg)
{
    ctx->settle = settle;
    ctx->settle_arg = arg;
}

static bool wait_for(void *arg, zp_store *s)
{
    zp_ctx *ctx = arg;

    ctx->settling++; /* before it is asked for: the answer may be there at once */
    if (ctx->settle(ctx->settle_arg, ctx, s))
        return true;
    ctx->settling--;
    return false;
}

bool zp__settle(zp_ctx *ctx, bool ok, bool park, zp_error *err)
{
    if (ok)
        return zp_store_flush_with(park && ctx->settle ? wait_for : NULL, ctx, err);
    zp_store_rollback();
    return false;
}

void zp_ctx_settled(zp_ctx *ctx, const char *error)
{
    zp_value v;

    if (!ctx->settling)
        return;
    if (error && !ctx->settle_error)
        ctx->settle_error = strdup(error);
    if (--ctx->settling)
        return;
    v = zp_value_move(
        &ctx->settled); /* a reference stays one until its turn comes: others may change the object before */
    zp_ctx_resume(ctx, v, ctx->settle_error);
    zp_free(ctx->settle_error);
    ctx->settle_error = NULL;
}
