/* call: from evaluated arguments to a running frame. */
#include "lang/match.h"
#include "value/alloc.h"

zp_act *zp__top(zp_ctx *ctx)
{
    return &ctx->acts[ctx->depth - 1];
}

/* Built-ins written in the language are no frames of the user's. */
zp_env *zp__caller(zp_ctx *ctx)
{
    for (uint32_t d = ctx->depth; d > 0; d--)
        if (!ctx->acts[d - 1].code->internal)
            return ctx->acts[d - 1].env;
    return ctx->working;
}

/* ---------------------------------------------------------------- frames */

bool zp__push_act(zp_ctx *ctx, zp_code *code, zp_env *env, zp_value *regs, bool own, uint32_t dst,
                  zp_error *err)
{
    if (ctx->depth == ctx->acts_cap) {
        uint32_t cap = ctx->acts_cap ? 2 * ctx->acts_cap : 64;
        zp_act *acts = zp_realloc(ctx->acts, cap * sizeof(zp_act), err);
        if (!acts)
            return false;
        ctx->acts = acts;
        ctx->acts_cap = cap;
    }
    ctx->acts[ctx->depth++] = (zp_act){ .env = env,
                                        .regs = regs,
                                        .code = own ? zp__code_ref(code) : code,
                                        .pc = code->instrs,
                                        .dst = dst,
                                        .own_regs = own };
    return true;
}

bool zp__push_unit(zp_ctx *ctx, zp_code *code, zp_env *env, zp_error *err)
{
    zp_value *regs = zp_alloc((code->nregs + 1) * sizeof(zp_value), err);

    if (!regs)
        return false;
    for (uint32_t i = 0; i < code->nregs; i++)
        regs[i] = zp_nil();
    env->head.refs++;
    if (zp__push_act(ctx, code, env, regs, true, 0, err))
        return true;
    env->head.refs--;
    zp_free(regs);
    return false;
}

void zp__pop_act(zp_ctx *ctx)
{
    const zp_act *top = &ctx->acts[--ctx->depth];
    zp_act act;

    if (ZP_LIKELY(!top->own_regs && top->env->head.refs == 1)) {
        zp__env_frame_done(top->env);
        return;
    }
    act = *top;
    if (act.own_regs) {
        for (uint32_t i = 0; i < act.code->nregs; i++)
            zp_value_unref(act.regs[i]);
        zp_free(act.regs);
        zp__code_unref(act.code);
    } else {
        for (uint32_t i = act.code->nvars; i < act.code->nregs; i++)
            zp_value_clear(&act.env->slots[i]);
        zp__env_leave(act.env);
    }
    zp_obj_unref(&act.env->head);
}

zp_value zp__closure_new(zp_code *code, zp_env *env, zp_error *err)
{
    zp_closure *clo = zp__data_alloc(sizeof(*clo), err);

    if (!clo)
        return zp_nil();
    clo->head = (zp_obj){ .refs = 1, .type = ZP_CLO };
    clo->code = zp__code_ref(code);
    clo->env = env;
    env->head.refs++;
    return zp_box(clo);
}

zp_value zp__dots_new(int64_t n, zp_error *err)
{
    size_t bytes = sizeof(zp_dots) + (size_t)n * (sizeof(zp_value) + 2 * sizeof(zp_str *));
    zp_dots *d = zp__data_alloc(bytes, err);

    if (!d)
        return zp_nil();
    d->head = (zp_obj){ .refs = 1, .type = ZP_DOTS };
    d->n = n;
    d->tags = (zp_str **)(d->items + n);
    d->names = d->tags + n;
    for (int64_t i = 0; i < n; i++) {
        d->items[i] = zp_nil();
        d->tags[i] = d->names[i] = NULL;
    }
    return zp_box(d);
}

/* ---------------------------------------------------------------- references */

/* Follows [[ ]] steps inside owned lists without copying the elements. */
static zp_value *walk(zp_value *at, const zp_value *steps, int64_t count, zp_error *err)
{
    for (int64_t k = 0; k < count; k++) {
        zp_value step = steps[k];
        zp_positions p = { 0 };
        bool ok;
        if (at->type != ZP_LIST) {
            zp_fail(err, "%s cannot be subassigned", zp_type_name(at->type));
            return NULL;
        }
        if (!zp_value_own(at, err))
            return NULL;
        ok = zp_index_positions(step, at->u.list->n, at->u.list->names, &p, err);
        if (!ok)
            return NULL;
        if (p.count != 1) {
            zp_free(p.pos);
            zp_fail(err, "subscript out of bounds");
            return NULL;
        }
        at = &at->u.list->items[p.pos ? p.pos[0] : 0];
        zp_free(p.pos);
    }
    return at;
}

zp_value *zp__ref_target(zp_value ref, zp_error *err)
{
    zp_reference *r = (zp_reference *)ref.u.obj;

    if (r->at->type == ZP_UNBOUND) {
        zp_fail(err, "the object of a reference is gone");
        return NULL;
    }
    if (r->at->type == ZP_REF && r->at->u.obj != ref.u.obj) {
        zp_value *inner = zp__ref_target(*r->at, err);
        return inner ? walk(inner, r->steps, r->count, err) : NULL;
    }
    return walk(r->at, r->steps, r->count, err);
}

bool zp__deref(zp_value *v, zp_error *err)
{
    zp_reference *r;
    zp_value got;

    if (v->type != ZP_REF)
        return true;
    r = (zp_reference *)v->u.obj;
    if (r->at->type == ZP_UNBOUND)
        return zp_fail(err, "the object of a reference is gone");
    got = zp_value_ref(*r->at);
    if (!zp__deref(&got, err)) {
        zp_value_unref(got);
        return false;
    }
    for (int64_t k = 0; k < r->count; k++) {
        zp_value next = zp_nil();
        bool ok = zp_dblsubset(got, &r->steps[k], 1, &next, err);
        zp_value_unref(got);
        if (!ok)
            return false;
        got = next;
    }
    zp_value_set(v, got);
    return true;
}

/* ---------------------------------------------------------------- closures */

static bool deep_enough(zp_ctx *ctx, zp_error *err)
{
    if (ZP_LIKELY((int64_t)ctx->depth + 4 <= ctx->engine->cfg.expressions))
        return true;
    return zp_fail(err, "evaluation nested too deeply: infinite recursion / options(expressions=)?");
}

static bool fill_dots(zp_env *env, zp_code *code, zp_actuals *a, zp_error *err)
{
    int64_t n = 0;
    zp_value v;
    zp_dots *d;

    for (uint32_t i = 0; i < a->n; i++)
        n += a->list[i].formal < 0;
    v = zp__dots_new(n, err);
    if (zp_bad(v))
        return false;
    d = (zp_dots *)v.u.obj;
    n = 0;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->list[i].formal < 0) {
            d->items[n] = zp_value_move(&a->list[i].value);
            d->tags[n] = a->list[i].tag && a->list[i].tag->len ? a->list[i].tag : NULL;
            d->names[n++] = a->list[i].name;
        }
    zp_value_set(&env->slots[code->dots], v);
    return true;
}

static zp_status call_matched(zp_ctx *ctx, zp_code *code, zp_env *parent, zp_actuals *a, uint32_t dst,
                              zp_error *err)
{
    const zp_code *caller = ctx->depth ? zp__top(ctx)->code : NULL;
    zp_env *env;

    if (!zp__match(a, code->vars, code->nformals, code->dots, caller, err))
        return ZP_FAILED;
    env = zp__env_frame(ctx->engine, parent, code, err);
    if (!env)
        return ZP_FAILED;
    env->nargs = a->n;
    env->defaulted = ~(uint64_t)0;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->list[i].formal >= 0 && a->list[i].formal < 64 && a->list[i].value.type != ZP_MISSING)
            env->defaulted &= ~((uint64_t)1 << a->list[i].formal);
    for (uint32_t i = 0; i < a->n; i++)
        if (a->list[i].formal >= 0)
            zp_value_set(&env->slots[a->list[i].formal], zp_value_move(&a->list[i].value));
    if ((code->dots >= 0 && !fill_dots(env, code, a, err)) || !deep_enough(ctx, err) ||
        !zp__push_act(ctx, code, env, env->slots, false, dst, err)) {
        zp_obj_unref(&env->head);
        return ZP_FAILED;
    }
    return ZP_CALL;
}

/* Soft references are for built-ins only. */
bool zp__harden(zp_value *args, const zp_site *site, uint32_t count, bool keep_hard, zp_error *err)
{
    for (uint32_t i = 0; i < count; i++)
        if (args[i].type == ZP_REF &&
            (!keep_hard || (site && site->args && site->args[i].flags & ZP_ARG_SOFTREF)) &&
            !zp__deref(&args[i], err))
            return false;
    return true;
}

zp_status zp__call_closure(zp_ctx *ctx, zp_code *code, zp_env *parent, zp_value *args, const zp_site *site,
                           uint32_t count, uint32_t dst, zp_error *err)
{
    zp_actuals a;
    zp_env *env;
    zp_status st;

    if ((!site || site->plain) && code->dots < 0 && count <= code->nformals) {
        if (!deep_enough(ctx, err))
            return ZP_FAILED;
        env = zp__env_frame(ctx->engine, parent, code, err);
        if (!env)
            return ZP_FAILED;
        env->nargs = count;
        env->defaulted = count < 64 ? ~(uint64_t)0 << count : 0;
        for (uint32_t i = 0; i < count; i++) {
            if (ZP_UNLIKELY(args[i].type == ZP_MISSING) && i < 64)
                env->defaulted |= (uint64_t)1 << i;
            env->slots[i] = zp_value_move(&args[i]);
        }
        if (zp__push_act(ctx, code, env, env->slots, false, dst, err))
            return ZP_CALL;
        zp_obj_unref(&env->head);
        return ZP_FAILED;
    }
    if (!zp__harden(args, site, count, true, err))
        return ZP_FAILED;
    st = zp__actuals_take(&a, args, site, count, err) ? call_matched(ctx, code, parent, &a, dst, err)
                                                      : ZP_FAILED;
    zp__actuals_fini(&a);
    return st;
}

zp_status zp__call(zp_ctx *ctx, zp_value fn, zp_value *args, const zp_site *site, uint32_t count,
                   uint32_t dst, zp_value *out, zp_error *err)
{
    if (fn.type == ZP_CLO) {
        zp_closure *clo = (zp_closure *)fn.u.obj;
        return zp__call_closure(ctx, clo->code, clo->env, args, site, count, dst, err);
    }
    if (fn.type == ZP_BLT)
        return zp__call_builtin_fn(ctx, fn, args, site, count, dst, out, err);
    zp_fail(err, "cannot apply non-function");
    return ZP_FAILED;
}
