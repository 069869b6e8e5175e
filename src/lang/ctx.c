/* ctx: the life of an evaluation seen from outside: load, run, wait, report. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/nearest.h"
#include "lang/machine.h"
#include "lang/unknown.h"

static void write_fd(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

static void write_out(void *to, const char *bytes, size_t len)
{
    (void)to;
    write_fd(STDOUT_FILENO, bytes, len);
}

static void write_diag(void *to, const char *bytes, size_t len)
{
    (void)to;
    write_fd(STDERR_FILENO, bytes, len);
}

zp_ctx *zp_ctx_new(zp_engine *engine, zp_error *err)
{
    zp_ctx *ctx = zp_new(zp_ctx, err);

    if (!ctx)
        return NULL;
    ctx->engine = engine;
    ctx->quit = -1;
    ctx->out = write_out;
    ctx->terminal = -1;
    ctx->diag = write_diag;
    ctx->working = zp__env_table(engine, engine->global, err);
    if (!ctx->working) {
        zp_free(ctx);
        return NULL;
    }
    return ctx;
}

static void drop_wait(zp_ctx *ctx)
{
    void (*drop)(void *) = ctx->wait_drop;
    void *arg = ctx->wait_arg;

    ctx->wait = NULL;
    ctx->wait_arg = NULL;
    ctx->wait_drop = NULL;
    if (drop)
        drop(arg);
}

void zp_ctx_cancel(zp_ctx *ctx)
{
    ctx->nhandlers = 0;
    while (ctx->depth)
        zp__pop_act(ctx);
    drop_wait(ctx);
    ctx->parked = ctx->resumed = false;
    ctx->interrupt = 0;
    ctx->condition_kind = 0;
    zp_value_clear(&ctx->resume_value);
    zp_free(ctx->resume_error);
    ctx->resume_error = NULL;
    zp_value_clear(&ctx->settled);
    zp_free(ctx->settle_error);
    ctx->settle_error = NULL;
    ctx->settling = 0;
}

void zp_ctx_free(zp_ctx *ctx)
{
    if (!ctx)
        return;
    zp_ctx_cancel(ctx);
    zp_value_clear(&ctx->result);
    zp_value_clear(&ctx->condition);
    zp_error_clear(&ctx->error);
    zp_source_unref(ctx->error_source);
    zp__ctx_loaded(ctx, NULL);
    if (ctx->shares)
        zp_obj_unref(&ctx->working->head);
    else
        zp__env_retire(ctx->working);
    zp_free(ctx->bad_text);
    zp_free(ctx->acts);
    zp_free(ctx->handlers);
    zp_free(ctx);
}

zp_ctx *zp_ctx_new_beside(zp_ctx *other, zp_error *err)
{
    zp_ctx *ctx = zp_new(zp_ctx, err);

    if (!ctx)
        return NULL;
    *ctx = (zp_ctx){ .engine = other->engine,
                     .working = other->working,
                     .quit = -1,
                     .out = other->out,
                     .diag = other->diag,
                     .out_arg = other->out_arg,
                     .terminal = -1,
                     .shares = true,
                     .remote = other->remote,
                     .rights = other->rights };
    ctx->working->head.refs++;
    return ctx;
}

zp_engine *zp_ctx_engine(zp_ctx *ctx)
{
    return ctx->engine;
}

zp_config *zp_ctx_config(zp_ctx *ctx)
{
    return &ctx->engine->cfg;
}

void zp_ctx_output(zp_ctx *ctx, zp_write_fn out, zp_write_fn diagnostics, void *to)
{
    ctx->out = out ? out : write_out;
    ctx->diag = diagnostics ? diagnostics : write_diag;
    ctx->out_arg = to;
}

void zp_ctx_write(zp_ctx *ctx, const char *bytes, size_t len)
{
    ctx->out(ctx->out_arg, bytes, len);
}

void zp_ctx_warn(zp_ctx *ctx, const char *bytes, size_t len)
{
    ctx->diag(ctx->out_arg, bytes, len);
}

void zp_ctx_set_terminal(zp_ctx *ctx, int fd)
{
    ctx->terminal = fd;
}

int zp_ctx_terminal(const zp_ctx *ctx)
{
    return ctx->terminal;
}

/* ---------------------------------------------------------------- running */

void zp__remember_error(zp_ctx *ctx, zp_source *source, const char *text, size_t len, const zp_error *err)
{
    zp_error_clear(&ctx->error);
    ctx->error.code = err->code;
    ctx->error.place = err->place;
    ctx->error.text = strdup(zp_error_text(err));
    ctx->error.hint = err->hint ? strdup(err->hint) : NULL;
    zp_source_unref(ctx->error_source);
    ctx->error_source = source ? zp_source_ref(source) : NULL;
    zp_free(ctx->bad_text);
    ctx->bad_text = text ? zp_alloc(len + 1, NULL) : NULL;
    ctx->bad_len = ctx->bad_text ? len : 0;
    if (ctx->bad_text)
        memcpy(ctx->bad_text, text, len);
}

void zp__ctx_loaded(zp_ctx *ctx, zp_source *source)
{
    zp_source *old = ctx->loaded;

    ctx->loaded = source ? zp_source_ref(source) : NULL;
    zp_source_unref(old);
}

bool zp__ctx_load(zp_ctx *ctx, zp_source *source, const zp_ast *body, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    zp_code *code;
    bool ok = false;

    zp_ctx_cancel(ctx);
    zp_error_clear(&ctx->error);
    zp_source_unref(ctx->error_source);
    ctx->error_source = NULL;
    zp__ctx_loaded(ctx, source);
    code = zp__compile_unit(ctx->engine, source, body, ctx->working, &why);
    if (code) {
        zp_value_clear(&ctx->result);
        ctx->visible = true;
        ok = zp__push_unit(ctx, code, ctx->working, &why);
        zp__code_unref(code);
        if (ok && body == source->program && !body->items)
            zp__top(ctx)->hide = true; /* a text without any expression shows nothing */
    }
    if (!ok) {
        zp__remember_error(ctx, source, NULL, 0, &why);
        zp_error_move(err, &why);
    }
    return ok;
}

bool zp_ctx_load(zp_ctx *ctx, const char *text, size_t len, const char *file, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    zp_source *source = zp_parse(text, len, file, NULL, &why);
    bool ok;

    if (!source) {
        zp_ctx_cancel(ctx);
        zp__remember_error(ctx, NULL, text, len, &why);
        zp_error_move(err, &why);
        return false;
    }
    ok = zp__ctx_load(ctx, source, source->program, err);
    zp_source_unref(source);
    return ok;
}

void zp_ctx_resume(zp_ctx *ctx, zp_value v, const char *error)
{
    drop_wait(ctx);
    ctx->resumed = true;
    zp_value_set(&ctx->resume_value, v);
    zp_free(ctx->resume_error);
    ctx->resume_error = error ? strdup(error) : NULL;
    if (ctx->wake)
        ctx->wake(ctx->wake_arg, ctx);
}

void zp_ctx_park(zp_ctx *ctx, zp_wait_fn wait, void *arg, void (*drop)(void *arg))
{
    drop_wait(ctx);
    ctx->wait = wait;
    ctx->wait_arg = arg;
    ctx->wait_drop = drop;
}

void *zp_ctx_park_arg(const zp_ctx *ctx, void (*drop)(void *arg))
{
    return ctx->wait_drop == drop ? ctx->wait_arg : NULL;
}

bool zp_ctx_wait(zp_ctx *ctx)
{
    if (ctx->interrupt) {
        ctx->interrupt = 0;
        zp_ctx_cancel(ctx);
        zp_fail_code(&ctx->error, ZP_ECANCELLED, "interrupted");
        return true;
    }
    if (!ctx->wait)
        return false;
    ctx->wait(ctx->wait_arg, ctx);
    return true;
}

void zp_ctx_interrupt(zp_ctx *ctx)
{
    ctx->interrupt = 1;
}

bool zp_ctx_interrupted(const zp_ctx *ctx)
{
    return ctx->interrupt != 0;
}

zp_value zp_ctx_result(zp_ctx *ctx, bool *visible)
{
    if (visible)
        *visible = ctx->visible;
    return ctx->result;
}

const zp_error *zp_ctx_error(zp_ctx *ctx)
{
    return &ctx->error;
}

bool zp_ctx_quit(zp_ctx *ctx, int *status)
{
    if (ctx->quit < 0)
        return false;
    *status = ctx->quit;
    return true;
}

uint64_t *zp_ctx_random(zp_ctx *ctx)
{
    if (!ctx->seeded) {
        if (getrandom(ctx->random, sizeof(ctx->random), 0) != (ssize_t)sizeof(ctx->random))
            ctx->random[0] = (uint64_t)(uintptr_t)ctx ^ 0x9E3779B97F4A7C15u;
        ctx->random[3] |= 1; /* never all zero */
        ctx->seeded = true;
    }
    return ctx->random;
}

/* ---------------------------------------------------------------- names */

static void table_names(const zp_env *env, const char *prefix, void (*each)(void *arg, const char *name),
                        void *arg)
{
    size_t at = 0, len = strlen(prefix);
    zp_map_entry *e;

    while (env->table && (e = zp_map_next(env->table, &at)))
        if (((zp_cell *)e->val.ptr)->value.type != ZP_UNBOUND && strncmp(e->key->text, prefix, len) == 0)
            each(arg, e->key->text);
}

void zp_ctx_names(zp_ctx *ctx, const char *prefix, void (*each)(void *arg, const char *name), void *arg)
{
    table_names(ctx->working, prefix, each, arg);
    table_names(ctx->engine->global, prefix, each, arg);
    table_names(ctx->engine->base, prefix, each, arg);
}

zp_value zp_ctx_lookup(zp_ctx *ctx, const char *name, bool *found)
{
    zp_error err = ZP_ERROR_INIT;
    zp_str *s = zp__intern(ctx->engine, name, strlen(name), &err);
    zp_value *v = s ? zp__env_search(ctx->working, s, false, NULL) : NULL;

    zp_error_clear(&err);
    *found = v != NULL;
    return v ? *v : zp_nil();
}

/* ---------------------------------------------------------------- conditions and unknown names */

int zp__condition_kind(zp_value v)
{
    return v.type == ZP_ERR ? v.u.obj->spare : 0;
}

zp_value zp__condition_new(int kind, const char *text, zp_error *err)
{
    zp_value v = zp_error_value(text, err);

    if (!zp_bad(v))
        v.u.obj->spare = (uint16_t)kind;
    return v;
}

bool zp__report_unknown(zp_ctx *ctx, zp_env *env, const zp_str *name, zp_error *err)
{
    zp_nearest near;
    const char *hint = zp__unknown_hint(name->text);

    if (zp__lazy_reason(ctx->engine, name, err))
        return false;
    zp_fail(err, "object '%s' not found", name->text);
    if (hint) {
        zp_error_hint(err, "%s", hint);
        return false;
    }
    zp_nearest_init(&near, name->text);
    for (; env; env = env->parent) {
        size_t at = 0;
        zp_map_entry *e;
        for (uint32_t i = 0; env->code && i < env->code->nvars; i++)
            if (env->slots[i].type != ZP_UNBOUND)
                zp_nearest_offer(&near, env->code->vars[i]->text);
        while (env->table && (e = zp_map_next(env->table, &at)))
            if (((zp_cell *)e->val.ptr)->value.type != ZP_UNBOUND)
                zp_nearest_offer(&near, e->key->text);
    }
    if (near.found)
        zp_error_hint(err, "did you mean '%s'?", near.found);
    return false;
}
