/* call: from evaluated arguments to a running frame or to the result of a built-in. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

bool zp__push_act(zp_ctx *ctx, zp_code *code, zp_env *env, zp_value *regs, bool own, uint32_t dst, zp_error *err)
{
    if (ctx->depth == ctx->acts_cap) {
        uint32_t cap = ctx->acts_cap ? 2 * ctx->acts_cap : 64;
        zp_act *acts = zp_realloc(ctx->acts, cap * sizeof(zp_act), err);
        if (!acts)
            return false;
        ctx->acts = acts;
        ctx->acts_cap = cap;
    }
    ctx->acts[ctx->depth++] = (zp_act){ .env = env, .regs = regs,             .code = own ? zp__code_ref(code) : code, .pc = code->instrs,
                                        .dst = dst, .own_regs = own };
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
    zp_act act = ctx->acts[--ctx->depth];

    if (ZP_LIKELY(!act.own_regs && act.env->head.refs == 1)) {
        zp__env_frame_done(act.env);
        return;
    }
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

static zp_status call_matched(zp_ctx *ctx, zp_code *code, zp_env *parent, zp_actuals *a, uint32_t dst, zp_error *err)
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
static bool harden(zp_value *args, const zp_site *site, uint32_t count, bool keep_hard, zp_error *err)
{
    for (uint32_t i = 0; i < count; i++)
        if (args[i].type == ZP_REF && (!keep_hard || (site && site->args && site->args[i].flags & ZP_ARG_SOFTREF)) &&
            !zp__deref(&args[i], err))
            return false;
    return true;
}

static zp_status call_closure(zp_ctx *ctx, zp_code *code, zp_env *parent, zp_value *args, const zp_site *site,
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
    if (!harden(args, site, count, true, err))
        return ZP_FAILED;
    st = zp__actuals_take(&a, args, site, count, err) ? call_matched(ctx, code, parent, &a, dst, err) : ZP_FAILED;
    zp__actuals_fini(&a);
    return st;
}

/* ---------------------------------------------------------------- built-ins */

enum { MANY = 24 };

typedef struct prepared { /* the arguments of a built-in, matched */
    zp_value argv_room[MANY], *argv;
    bool given_room[MANY], *given;
    zp_value *ref_room[MANY], **ref;
    zp_value refs_room[MANY], *refs; /* the references themselves, until the call is over */
    zp_value *dots;
    zp_str **tags, **names;
    int ndots;
    void *room;       /* for large calls */
    zp_value scratch;
} prepared;

/* One block holds the arrays of `...`, and all arrays when a built-in has many formals. */
static bool prepare_room(prepared *p, uint32_t n, uint32_t ndots, zp_error *err)
{
    size_t per_dot = sizeof(zp_value) + 2 * sizeof(zp_str *);
    char *at;

    p->argv = p->argv_room;
    p->given = p->given_room;
    p->ref = p->ref_room;
    p->refs = p->refs_room;
    p->room = NULL;
    p->dots = NULL;
    p->ndots = 0;
    if (n > MANY)
        return zp_fail(err, "a built-in has too many formals");
    for (uint32_t k = 0; k < n; k++) {
        p->argv[k] = (zp_value){ .type = ZP_MISSING };
        p->given[k] = false;
        p->ref[k] = NULL;
        p->refs[k] = zp_nil();
    }
    if (!n) {
        p->ref[0] = NULL;
        p->refs[0] = zp_nil();
    }
    if (!ndots)
        return true;
    p->room = at = zp_alloc(ndots * per_dot, err);
    if (!at)
        return false;
    p->dots = (zp_value *)at;
    p->tags = (zp_str **)(at + ndots * sizeof(zp_value));
    p->names = p->tags + ndots;
    return true;
}

static void prepared_fini(prepared *p, uint32_t argc)
{
    for (uint32_t k = 0; k < argc; k++) {
        zp_value_unref(p->argv[k]);
        zp_value_unref(p->refs[k]);
    }
    if (!argc)
        zp_value_unref(p->refs[0]);
    for (int i = 0; i < p->ndots; i++)
        zp_value_unref(p->dots[i]);
    zp_free(p->room);
}

/* Gives a built-in the object behind --x; others get the value. */
static bool take_ref(prepared *p, const zp_builtin *row, uint32_t slot, bool first, zp_value *v, zp_error *err)
{
    bool wants = v->type == ZP_REF && ((row->flags & ZP_BI_REFS) || ((row->flags & ZP_BI_INPLACE) && first));

    if (!wants)
        return zp__deref(v, err);
    p->ref[slot] = zp__ref_target(*v, err);
    if (!p->ref[slot])
        return false;
    zp_value_set(&p->refs[slot], *v);
    *v = zp_nil();
    return true;
}

static bool dense(const zp_builtin *row, zp_value *v, zp_error *err)
{
    if (!v->boxed || (row->flags & ZP_BI_STRIDED))
        return true;
    return zp_value_dense(v, err);
}

static zp_status run_builtin(zp_ctx *ctx, const zp_builtin_info *info, const zp_builtin *row, prepared *p,
                             uint32_t argc, zp_value *out, zp_error *err)
{
    zp_call c = { .ctx = ctx, .self = row, .argv = p->argv, .argc = (int)argc, .given = p->given, .dots = p->dots,
                  .dot_tags = p->tags, .dot_names = p->names, .ndots = p->ndots, .ref = p->ref, .err = err };
    zp_status st;
    uint32_t k = 0;

    for (uint32_t f = 0; f < info->n; f++) {
        zp_value seen;
        if ((int32_t)f == info->dots)
            continue;
        if (p->argv[k].type == ZP_MISSING) {
            if (info->required[f]) {
                zp_fail(err, "argument missing: %s", info->names[f]->text);
                return ZP_FAILED;
            }
            p->argv[k] = zp_value_ref(info->defaults[f]);
        }
        seen = p->ref[k] && p->argv[k].type == ZP_NIL ? *p->ref[k] : p->argv[k];
        if (p->given[k] && !zp__check_type(info, f, seen, err))
            return ZP_FAILED;
        if (!dense(row, &p->argv[k], err))
            return ZP_FAILED;
        k++;
    }
    for (int i = 0; i < p->ndots; i++)
        if (!dense(row, &p->dots[i], err))
            return ZP_FAILED;
    ctx->visible = !(row->flags & ZP_BI_INVISIBLE);
    st = row->run(&c);
    if (st == ZP_FAILED || st == ZP_PARK)
        zp_value_clear(&c.out); /* what was half made */
    if (st == ZP_CALL) {
        if (c.next_fn.type == ZP_NIL) /* a unit was pushed */
            return ZP_CALL;
        *out = c.next_fn;
        p->scratch = c.next_args;
        return ZP_CALL;
    }
    if (st == ZP_OK && (row->flags & ZP_BI_INPLACE) && p->ref[0] && c.out.type == ZP_NIL &&
        zp_is_array(*p->ref[0]))
        c.out = zp_value_ref(*p->ref[0]);
    if (st == ZP_FAILED) /* a result that was begun */
        zp_value_clear(&c.out);
    *out = c.out;
    return st;
}

static void place_of_argument(zp_error *err, const zp_actuals *a)
{
    if (!err->arg || err->place.line)
        return;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->list[i].formal == err->arg - 1 && a->list[i].arg)
            err->place = a->list[i].arg->place;
}

static bool fill(prepared *p, const zp_builtin_info *info, const zp_builtin *row, zp_actuals *a, zp_error *err)
{
    bool first = true;

    for (uint32_t i = 0; i < a->n; i++) {
        zp_actual *act = &a->list[i];
        if (act->formal < 0) {
            bool lead = p->ndots == 0 && info->dots == 0;
            if (act->value.type == ZP_MISSING && !(row->flags & ZP_BI_CODE))
                return zp_fail(err, "argument missing: %s", "...");
            if (!take_ref(p, row, 0, lead, &act->value, err))
                return false;
            p->tags[p->ndots] = act->tag && act->tag->len ? act->tag : NULL;
            p->names[p->ndots] = act->name;
            p->dots[p->ndots++] = zp_value_move(&act->value);
            continue;
        }
        uint32_t k = (uint32_t)act->formal - (info->dots >= 0 && act->formal > info->dots);
        first = k == 0;
        if (!take_ref(p, row, k, first, &act->value, err))
            return false;
        p->given[k] = act->value.type != ZP_MISSING;
        p->argv[k] = zp_value_move(&act->value);
    }
    return true;
}

/* Plain arguments, no `...`, nothing by reference: the arguments are in the order of the formals already. */
static zp_status call_plain(zp_ctx *ctx, const zp_builtin_info *info, const zp_builtin *row, zp_value *args,
                            uint32_t count, zp_value *out, zp_value *next_args, zp_error *err)
{
    prepared p;
    zp_status st;

    if (!prepare_room(&p, info->n, 0, err))
        return ZP_FAILED;
    p.scratch = zp_nil();
    for (uint32_t k = 0; k < count; k++) {
        p.given[k] = args[k].type != ZP_MISSING;
        p.argv[k] = zp_value_move(&args[k]);
    }
    st = run_builtin(ctx, info, row, &p, info->n, out, err);
    *next_args = p.scratch;
    for (uint32_t k = 0; k < info->n; k++)
        zp_value_unref(p.argv[k]);
    return st;
}

static zp_status call_run(zp_ctx *ctx, zp_builtin_obj *b, zp_value *args, const zp_site *site, uint32_t count,
                          zp_value *out, zp_value *next_args, zp_error *err)
{
    zp_builtin_info *info = zp__builtin_info(ctx->engine, b, err);
    uint32_t ndots = 0, argc;
    zp_status st = ZP_FAILED;
    zp_actuals a;
    prepared p;

    if (!info)
        return ZP_FAILED;
    if (info->dots < 0 && site && site->plain && count <= info->n) {
        st = call_plain(ctx, info, b->row, args, count, out, next_args, err);
        if (st == ZP_FAILED && err->arg && !err->place.line && site->args && (uint32_t)err->arg <= count)
            err->place = site->args[err->arg - 1].place;
        return st;
    }
    argc = info->n - (info->dots >= 0);
    if (!zp__actuals_take(&a, args, site, count, err) ||
        !zp__match(&a, info->names, info->n, info->dots, zp__top(ctx)->code, err)) {
        zp__actuals_fini(&a);
        return ZP_FAILED;
    }
    for (uint32_t i = 0; i < a.n; i++)
        ndots += a.list[i].formal < 0;
    if (prepare_room(&p, argc, ndots, err)) {
        p.scratch = zp_nil();
        if (fill(&p, info, b->row, &a, err))
            st = run_builtin(ctx, info, b->row, &p, argc, out, err);
        if (st == ZP_FAILED)
            place_of_argument(err, &a);
        *next_args = p.scratch;
        prepared_fini(&p, argc);
    }
    zp__actuals_fini(&a);
    return st;
}

static zp_status call_builtin(zp_ctx *ctx, zp_value fn, zp_value *args, const zp_site *site, uint32_t count,
                              uint32_t dst, zp_value *out, zp_error *err)
{
    zp_builtin_obj *b = (zp_builtin_obj *)fn.u.obj;
    zp_value next_args = zp_nil(), next_fn;
    zp_status st;

    if (b->row->source) {
        if (!b->code) {
            b->code = zp__compile_builtin(ctx->engine, b->row, err);
            if (!b->code)
                return ZP_FAILED;
        }
        if (!harden(args, site, count, false, err))
            return ZP_FAILED;
        st = call_closure(ctx, b->code, ctx->engine->base, args, site, count, dst, err);
        if (st == ZP_CALL && (b->row->flags & ZP_BI_INVISIBLE))
            zp__top(ctx)->hide = true;
        return st;
    }
    st = call_run(ctx, b, args, site, count, out, &next_args, err);
    if (st != ZP_CALL)
        return st;
    if (out->type == ZP_NIL) { /* a unit or frame was pushed by the built-in */
        zp__top(ctx)->dst = dst;
        return ZP_CALL;
    }
    next_fn = *out;
    *out = zp_nil();
    static const zp_site spread = { .count = 1 };
    st = zp__call(ctx, next_fn, &next_args, &spread, 1, dst, out, err);
    zp_value_unref(next_args);
    zp_value_unref(next_fn);
    return st;
}

zp_status zp__call(zp_ctx *ctx, zp_value fn, zp_value *args, const zp_site *site, uint32_t count, uint32_t dst,
                   zp_value *out, zp_error *err)
{
    if (fn.type == ZP_CLO) {
        zp_closure *clo = (zp_closure *)fn.u.obj;
        return call_closure(ctx, clo->code, clo->env, args, site, count, dst, err);
    }
    if (fn.type == ZP_BLT)
        return call_builtin(ctx, fn, args, site, count, dst, out, err);
    zp_fail(err, "cannot apply non-function");
    return ZP_FAILED;
}

zp_status zp_fail_call(zp_call *c, const char *fmt, ...)
{
    va_list args;
    char text[2000];

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    zp_fail(c->err, "%s", text);
    return ZP_FAILED;
}

/* ---------------------------------------------------------------- parameters of built-ins */

static bool at_argument(zp_call *c, int k, bool ok)
{
    if (!ok && c->err && !c->err->arg)
        c->err->arg = k + 1;
    return ok;
}

bool zp_arg_dbl(zp_call *c, int k, double *out)
{
    return at_argument(c, k, zp_get_dbl(c->argv[k], out, c->err));
}

bool zp_arg_lgl(zp_call *c, int k, bool *out)
{
    return at_argument(c, k, zp_get_lgl(c->argv[k], out, c->err));
}

bool zp_arg_str(zp_call *c, int k, zp_str **out)
{
    return at_argument(c, k, zp_get_str(c->argv[k], out, c->err));
}

bool zp_arg_int(zp_call *c, int k, int64_t *out)
{
    return at_argument(c, k, zp_get_int(c->argv[k], false, out, c->err));
}

bool zp_arg_count(zp_call *c, int k, int64_t *out)
{
    return at_argument(c, k, zp_get_int(c->argv[k], true, out, c->err));
}
