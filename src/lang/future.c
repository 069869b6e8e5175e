/* future: answers on their way, handles of things in other rooms, and code as a value.
 *
 *     QUERY  R[t] <- future         the request is sent, evaluation goes on
 *     FORCE  R[t]                   settled: its value or its error; else the context parks
 *
 * A future has two owners: the register of the program, and whoever will settle it.  Each may go first.  A settled value is
 * moved out by the one FORCE that reads it, so that it arrives unshared. */
#include "lang/machine.h"
#include "value/alloc.h"

struct zp_future {
    zp_obj head;
    bool settled;
    zp_value value;
    char *error;
    zp_ctx *waiter;
    zp_wait_fn wait;
    void (*abandon)(void *arg, zp_future *f);
    void *arg;
};

zp_future *zp_future_new(zp_error *err)
{
    zp_future *f = zp_new(zp_future, err);

    if (f)
        f->head = (zp_obj){ .refs = 1, .type = ZP_FUT };
    return f;
}

void zp__future_destroy(zp_obj *obj)
{
    zp_future *f = (zp_future *)obj;

    zp_value_unref(f->value);
    zp_free(f->error);
    zp_free(f);
}

zp_future *zp_future_ref(zp_future *f)
{
    f->head.refs++;
    return f;
}

bool zp_future_wanted(const zp_future *f)
{
    return f->head.refs > 1;
}

void zp_future_waiting(zp_future *f, zp_wait_fn wait, void (*abandon)(void *arg, zp_future *f), void *arg)
{
    f->wait = wait;
    f->abandon = abandon;
    f->arg = arg;
}

void zp_future_settle(zp_future *f, zp_value take, const char *error)
{
    zp_ctx *waiter = f->waiter;
    size_t len = error ? strlen(error) + 1 : 0;

    f->settled = true;
    f->abandon = NULL;
    f->waiter = NULL;
    if (waiter) {
        zp_ctx_resume(waiter, take, error);
    } else if (!zp_future_wanted(f)) {
        zp_value_unref(take);
    } else {
        f->value = take;
        f->error = error ? zp_alloc(len, NULL) : NULL;
        if (f->error)
            memcpy(f->error, error, len);
        if (error && !f->error)
            f->settled = false; /* no memory for the reason: the wait will say so */
    }
    zp_obj_unref(&f->head);
}

/* The context waits no more: it was resumed, or the wait is given up. */
static void wait_ends(void *arg)
{
    zp_future *f = arg;
    bool given_up = f->waiter != NULL;

    f->waiter = NULL;
    if (given_up && f->abandon)
        f->abandon(f->arg, f);
    zp_obj_unref(&f->head);
}

static void drive(void *arg, zp_ctx *ctx)
{
    zp_future *f = arg;

    f->wait(f->arg, ctx);
}

zp_status zp__future_force(zp_ctx *ctx, zp_value *reg, zp_error *err)
{
    zp_future *f = (zp_future *)reg->u.obj;

    if (f->settled && f->error) {
        zp_fail(err, "%s", f->error);
        return ZP_FAILED;
    }
    if (f->settled) {
        zp_value v = zp_value_move(&f->value);
        zp_value_set(reg, v);
        return ZP_OK;
    }
    f->head.refs++;
    f->waiter = ctx;
    zp_ctx_park(ctx, f->wait ? drive : NULL, f, wait_ends);
    return ZP_PARK;
}

void zp_future_unref(zp_future *f)
{
    zp_obj_unref(&f->head);
}

zp_status zp_future_await_take(zp_ctx *ctx, zp_future *take, zp_value *out, zp_error *err)
{
    zp_value v = zp_box(take);
    zp_status st = zp__future_force(ctx, &v, err);

    if (st == ZP_OK)
        *out = v;
    else
        zp_value_unref(v);
    return st;
}

bool zp__future_query(zp_ctx *ctx, const zp_site *site, bool forget, zp_value *R, zp_value *out,
                      zp_error *err)
{
    const zp_handle *h = R[0].type == ZP_CON ? (const zp_handle *)R[0].u.obj : NULL;
    zp_slice tree = { site->tree, site->tree_len };
    zp_future *f = NULL;
    bool ok = true;

    *out = zp_nil();
    for (uint32_t k = 0; k <= site->count && ok; k++)
        ok = zp__deref(&R[k], err);
    if (!h && R[0].type == ZP_CON)
        h = (const zp_handle *)R[0].u.obj;
    if (ok && (!h || !h->ops->query))
        ok = zp_fail(err, "left side of '?' is not a connection");
    ok = ok && h->ops->query(h->thing, ctx, tree, R + 1, site->count, forget, &f, err);
    for (uint32_t k = 0; k <= site->count; k++)
        zp_value_clear(&R[k]);
    if (ok && f)
        *out = zp_box(f);
    return ok;
}

/* ---------------------------------------------------------------- handles */

zp_value zp_handle_new(zp_type type, const zp_handle_ops *ops, void *thing, zp_error *err)
{
    zp_handle *h = zp_new(zp_handle, err);

    if (!h)
        return zp_nil();
    *h = (zp_handle){ .head = { .refs = 1, .type = (uint8_t)type }, .ops = ops, .thing = thing };
    return zp_box(h);
}

void *zp_handle_thing(zp_value v)
{
    return ((zp_handle *)v.u.obj)->thing;
}

void zp__handle_destroy(zp_obj *obj)
{
    zp_handle *h = (zp_handle *)obj;

    h->ops->destroy(h->thing);
    zp_free(h);
}

/* ---------------------------------------------------------------- code */

static void code_destroy(zp_obj *obj)
{
    zp_source_unref(((zp_code_value *)obj)->source);
    zp_free(obj);
}

void zp__future_types(void)
{
    zp_value_on_destroy(ZP_FUT, zp__future_destroy);
    zp_value_on_destroy(ZP_CON, zp__handle_destroy);
    zp_value_on_destroy(ZP_TMR, zp__handle_destroy);
    zp_value_on_destroy(ZP_EXPR, code_destroy);
}

zp_value zp__code_value(zp_source *source, const zp_ast *ast, zp_error *err)
{
    zp_code_value *v = zp_new(zp_code_value, err);

    if (!v)
        return zp_nil();
    *v = (zp_code_value){ .head = { .refs = 1, .type = ZP_EXPR },
                          .source = zp_source_ref(source),
                          .ast = ast };
    return zp_box(v);
}

zp_slice zp_code_text(zp_value code)
{
    const zp_code_value *v = (const zp_code_value *)code.u.obj;

    return zp_ast_text(v->source, v->ast);
}

bool zp_ctx_load_code(zp_ctx *ctx, zp_value code, zp_error *err)
{
    const zp_code_value *v = (const zp_code_value *)code.u.obj;

    return zp__ctx_load(ctx, v->source, v->ast, err);
}
