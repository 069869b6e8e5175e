/* remote: contexts that evaluate for somebody else: how expressions arrive, what they may do, how they are stopped. */
#include <stdlib.h>
#include <time.h>

#include "lang/interp.h"

void zp_ctx_on_wake(zp_ctx *ctx, zp_wake_fn wake, void *arg)
{
    ctx->wake = wake;
    ctx->wake_arg = arg;
}

void *zp_ctx_waker(const zp_ctx *ctx, zp_wake_fn wake)
{
    return ctx->wake == wake ? ctx->wake_arg : NULL;
}

bool zp_ctx_is_apart(const zp_ctx *ctx)
{
    return ctx->apart && !zp_value_changed;
}

void zp_ctx_apart(zp_ctx *ctx, const char *doing, void (*fn)(void *arg), void *arg)
{
    ctx->apart = true;
    ctx->doing = doing;
    fn(arg);
    ctx->apart = false;
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

static uint64_t bytes_of(zp_value v, int depth)
{
    uint64_t sum = sizeof(zp_value);

    if (zp_is_array(v) && v.boxed && !v.u.arr->store)
        sum += (uint64_t)zp_len(v) * zp_type_size((zp_type)v.type);
    if (v.type == ZP_ZTS)
        sum += bytes_of(zp_zts_idx(v), 0) + bytes_of(zp_zts_data(v), 0);
    for (int64_t i = 0; v.type == ZP_LIST && depth < 20 && i < zp_len(v); i++)
        sum += bytes_of(zp_list_at(v, i), depth + 1);
    return sum;
}

uint64_t zp_ctx_bytes(const zp_ctx *ctx)
{
    uint64_t sum = 0;
    size_t at = 0;
    zp_map_entry *e;

    while ((e = zp_map_next(ctx->working->table, &at)))
        sum += bytes_of(((zp_cell *)e->val.ptr)->value, 0);
    return sum;
}

void zp_ctx_forget(zp_ctx *ctx)
{
    zp_ctx_cancel(ctx);
    zp_value_clear(&ctx->result);
    zp_value_clear(&ctx->condition);
    zp_error_clear(&ctx->error);
    zp_source_unref(ctx->error_source);
    ctx->error_source = NULL;
    zp__ctx_loaded(ctx, NULL);
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

bool zp_ctx_may(const zp_ctx *ctx, unsigned right, const char *what, zp_error *err)
{
    static const char *const names[] = { [ZP_ALLOW_WRITE] = "write", [ZP_ALLOW_SYSTEM] = "administer" };

    if (ZP_LIKELY(!ctx->remote || (ctx->rights & right)))
        return true;
    return zp_fail(err, "%s is not allowed: this key has no right to %s", what, names[right]);
}

static bool names_a_file(const zp_call *c, const struct zp_builtin_info *info)
{
    static const char *const names[] = { "file", "csvfile", "arrayfile" };
    int k = 0;

    for (uint32_t f = 0; f < info->n; f++) {
        if ((int32_t)f == info->dots)
            continue;
        for (size_t i = 0; i < ZP_COUNTOF(names); i++)
            if (c->given[k] && zp_str_is(info->names[f], names[i]) && c->argv[k].type == ZP_STR &&
                zp_len(c->argv[k]) > 0 && zp_strs(&c->argv[k])[0]->len > 0)
                return true;
        k++;
    }
    return false;
}

bool zp__builtin_allowed(const zp_call *c, const struct zp_builtin_info *info, zp_error *err)
{
    if (ZP_LIKELY((c->ctx->rights & ZP_ALLOW_SYSTEM) != 0))
        return true;
    if ((c->self->flags & ZP_BI_SYSTEM) || names_a_file(c, info))
        return zp_ctx_may(c->ctx, ZP_ALLOW_SYSTEM, c->self->name, err);
    return true;
}

bool zp__may_change(const zp_ctx *ctx, const zp_env *where, const zp_str *name, zp_error *err)
{
    if (ZP_LIKELY(!ctx->remote || (ctx->rights & ZP_ALLOW_WRITE)))
        return true;
    if (where && where != ctx->engine->global && where != ctx->engine->base)
        return true;
    return zp_fail(err, "changing '%s' is not allowed: this key has no right to write", name->text);
}

bool zp__may_super(const zp_ctx *ctx, zp_env *env, const zp_str *name, zp_error *err)
{
    zp_env *where = NULL;

    if (ZP_LIKELY(!ctx->remote || (ctx->rights & ZP_ALLOW_WRITE)))
        return true;
    if (env->parent)
        zp__env_search(env->parent, name, false, &where);
    return zp__may_change(ctx, where, name, err);
}

/* ---------------------------------------------------------------- the time of a run */

void zp_ctx_until(zp_ctx *ctx, int64_t until_us)
{
    ctx->until_us = until_us;
}

static bool many(const zp_value *v)
{
    enum { FEW = 4096 }; /* elements whose operations take less time than looking at the clock is worth */

    if (!v->boxed || v->type >= ZP_MISSING)
        return false;
    return !zp_type_is_array((zp_type)v->type) || v->u.arr->n > FEW;
}

bool zp__vm_late(zp_ctx *ctx, const zp_instr *i, const zp_value *R)
{
    struct timespec now;

    switch ((zp_opcode)i->op) {
    case ZP_I_CALL:
    case ZP_I_CALL1: break;
    case ZP_I_ADD:
    case ZP_I_SUB:
    case ZP_I_MUL:
    case ZP_I_DIV:
    case ZP_I_BINARY:
    case ZP_I_MOD:
    case ZP_I_IDIV:
    case ZP_I_INDEX:
    case ZP_I_INDEX2:
        if (!many(&R[i->b]) && !many(&R[i->c]))
            return false;
        break;
    case ZP_I_ADDK:
    case ZP_I_SUBK:
    case ZP_I_MULK:
    case ZP_I_DIVK:
    case ZP_I_UNARY:
    case ZP_I_INDEXN: /* c is a site */
        if (!many(&R[i->b]))
            return false;
        break;
    case ZP_I_COLON:
    case ZP_I_REPLACE: break;
    default: return false;
    }
    ctx->doing = zp__opcode_name((zp_opcode)i->op); /* a built-in has a better name */
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 > ctx->until_us;
}

/* ---------------------------------------------------------------- loading */

static bool syntax(zp_ctx *ctx, const char *text, size_t len, zp_error *why, zp_error *err)
{
    zp_ctx_cancel(ctx);
    zp__remember_error(ctx, NULL, text, len, why);
    zp_error_move(err, why);
    return false;
}

bool zp_ctx_load_tree(zp_ctx *ctx, const void *bytes, size_t len, zp_value *holes, uint32_t nholes,
                      zp_error *err)
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

bool zp_ctx_bind_list(zp_ctx *ctx, zp_value list, zp_error *err)
{
    for (int64_t i = 0; i < zp_len(list); i++) {
        const zp_str *name = zp_name_at(zp_names(list, 0), i);
        zp_str *s = name->len ? zp__intern(ctx->engine, name->text, name->len, err) : NULL;

        if (!s)
            return zp_fail(err, "a bound value has no name");
        if (!zp__env_bind(ctx->working, s, zp_value_ref(zp_list_at(list, i)), err))
            return false;
    }
    return true;
}

void zp_ctx_unbind_list(zp_ctx *ctx, zp_value list)
{
    for (int64_t i = 0; i < zp_len(list); i++) {
        const zp_str *name = zp_name_at(zp_names(list, 0), i);
        zp_map_entry *e = zp_map_get_bytes(&ctx->engine->symbols, name->text, name->len);

        if (e)
            zp__env_unbind(ctx->working, e->key);
    }
}

/* ---------------------------------------------------------------- errors */

const zp_place *zp_ctx_query_place(const zp_ctx *ctx)
{
    bool ours = ctx->error_source && ctx->error_source == ctx->loaded && !ctx->error_source->file;

    return ours && ctx->error.place.line ? &ctx->error.place : NULL;
}

void zp_ctx_error_place(zp_ctx *ctx, zp_buf *out)
{
    const zp_source *source = ctx->error_source;

    if (!source || !source->file || !ctx->error.place.line)
        return;
    zp__put_place(out, source->file, &ctx->error.place);
    zp_buf_puts(out, ": ");
}
