/* call_builtin: arguments matched to the row of a built-in, checked, and run; parameters as C values. */
#include <stdarg.h>
#include <stdio.h>

#include "lang/match.h"
#include "store/store.h"

enum { MANY = 24 };

typedef struct prepared { /* the arguments of a built-in, matched */
    zp_value argv_room[MANY], *argv;
    bool given_room[MANY], *given;
    zp_value *ref_room[MANY], **ref;
    zp_value refs_room[MANY], *refs; /* the references themselves, until the call is over */
    zp_value *dots;
    zp_str **tags, **names;
    int ndots;
    void *room; /* for large calls */
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
static bool take_ref(prepared *p, const zp_builtin *row, uint32_t slot, bool first, zp_value *v,
                     zp_error *err)
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

/* An operand as the built-in expects it: its text read, its columns one behind the other. */
static bool ready(const zp_builtin *row, zp_value *v, zp_error *err)
{
    if (!v->boxed)
        return true;
    return ((row->flags & ZP_BI_UNREAD) || zp_value_read(*v, err)) &&
           ((row->flags & ZP_BI_STRIDED) || zp_value_dense(v, err));
}

/* Reading long texts is left to another thread where others wait. */
static bool all_ready(zp_ctx *ctx, const zp_builtin *row, prepared *p, uint32_t argc, zp_error *err)
{
    bool ok = true;

    ctx->apart = true;
    for (uint32_t k = 0; ok && k < argc; k++)
        ok = ready(row, &p->argv[k], err);
    for (int i = 0; ok && i < p->ndots; i++)
        ok = ready(row, &p->dots[i], err);
    ctx->apart = false;
    for (uint32_t k = 0; ok && !(row->flags & ZP_BI_UNREAD) && k < (argc ? argc : 1); k++)
        ok = !p->ref[k] || zp_value_read(*p->ref[k], err);
    return ok;
}

/* Objects in files that a built-in gets by reference: what it makes of them goes to their files. */
typedef struct kept {
    zp_value *at;
    zp_value ref; /* the reference; borrowed */
    zp_store *store;
} kept;

static int keep_stores(const prepared *p, uint32_t argc, kept *list)
{
    int n = 0;

    for (uint32_t k = 0; k < (argc ? argc : 1); k++)
        if (p->ref[k] && p->ref[k]->boxed) {
            zp_store *s = zp_store_of(*p->ref[k]);

            if (s) {
                zp_store_pin(s);
                list[n++] = (kept){ p->ref[k], p->refs[k], s };
            }
        }
    return n;
}

/* What the context gives when it goes on: not the object itself, which others would find shared meanwhile, but the reference
 * to it. */
static void hold_result(zp_ctx *ctx, zp_value ref, zp_value *out)
{
    zp_value_set(&ctx->settled, zp_bad(ref) ? zp_value_move(out) : zp_value_ref(ref));
    zp_value_clear(out);
}

/* What the built-in changed reaches the files, or is undone when it failed.  *out must not count as somebody who shares
 * the object. */
static zp_status settle(zp_ctx *ctx, zp_status st, kept *list, int n, zp_value *out, zp_error *err)
{
    zp_value ref = zp_nil(), *shared = NULL;
    bool ok;

    for (int i = 0; i < n; i++)
        if (out->boxed && list[i].at->boxed && out->u.obj == list[i].at->u.obj) {
            shared = list[i].at;
            ref = list[i].ref;
            zp_value_clear(out);
        }
    ok = zp__settle(ctx, st != ZP_FAILED, st == ZP_OK, err);
    for (int i = 0; i < n; i++) {
        ok = zp_store_settle(list[i].store, list[i].at, ok ? err : NULL) && ok;
        zp_store_unpin(list[i].store);
    }
    if (ok && shared)
        *out = zp_value_ref(*shared);
    if (ok && ctx->settling) {
        hold_result(ctx, ref, out);
        return ZP_PARK;
    }
    ctx->settling = 0;
    return ok ? st : ZP_FAILED;
}

static bool has_refs(const prepared *p, const zp_builtin *row, uint32_t argc)
{
    bool refs = false;

    for (uint32_t k = 0; row->flags & (ZP_BI_INPLACE | ZP_BI_REFS) && k < (argc ? argc : 1); k++)
        refs = refs || p->ref[k];
    return refs;
}

static zp_status run_builtin(zp_ctx *ctx, const zp_builtin_info *info, const zp_builtin *row, prepared *p,
                             uint32_t argc, zp_value *out, zp_error *err)
{
    zp_call c = { .ctx = ctx,
                  .self = row,
                  .argv = p->argv,
                  .argc = (int)argc,
                  .given = p->given,
                  .dots = p->dots,
                  .dot_tags = p->tags,
                  .dot_names = p->names,
                  .ndots = p->ndots,
                  .ref = p->ref,
                  .err = err };
    kept stores[MANY];
    int nstores;
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
        k++;
    }
    if (!all_ready(ctx, row, p, argc, err))
        return ZP_FAILED;
    if (ZP_UNLIKELY(ctx->remote) && !zp__builtin_allowed(&c, info, err))
        return ZP_FAILED;
    ctx->visible = !(row->flags & ZP_BI_INVISIBLE);
    nstores = row->flags & (ZP_BI_INPLACE | ZP_BI_REFS) ? keep_stores(p, argc, stores) : 0;
    ctx->apart = !(row->flags & ZP_BI_SYSTEM) && !has_refs(p, row, argc);
    ctx->doing = row->name;
    st = row->run(&c);
    ctx->apart = false;
    if (st == ZP_OK && (row->flags & ZP_BI_INPLACE) && p->ref[0] && c.out.type == ZP_NIL &&
        zp_is_array(*p->ref[0]))
        c.out = zp_value_ref(*p->ref[0]);
    if (ZP_UNLIKELY(nstores || zp_value_changed))
        st = settle(ctx, st, stores, nstores, &c.out, err);
    if (st == ZP_FAILED || st == ZP_PARK)
        zp_value_clear(&c.out); /* what was half made */
    if (st == ZP_CALL) {
        if (c.next_fn.type == ZP_NIL) /* a unit was pushed */
            return ZP_CALL;
        *out = c.next_fn;
        p->scratch = c.next_args;
        return ZP_CALL;
    }
    if (st == ZP_FAILED) /* a result that was begun */
        zp_value_clear(&c.out);
    *out = c.out;
    return st;
}

/* Of those that went into `...` it is the first. */
static void place_of_argument(zp_error *err, const zp_actuals *a, int32_t dots)
{
    if (!err->arg || err->place.line)
        return;
    for (uint32_t i = 0; i < a->n && !err->place.line; i++) {
        int32_t formal = a->list[i].formal < 0 ? dots : a->list[i].formal;

        if (formal == err->arg - 1 && a->list[i].arg)
            err->place = a->list[i].arg->place;
    }
}

static bool fill(prepared *p, const zp_builtin_info *info, const zp_builtin *row, zp_actuals *a,
                 zp_error *err)
{
    bool first = true;

    for (uint32_t i = 0; i < a->n; i++) {
        zp_actual *act = &a->list[i];
        if (act->formal < 0) {
            bool lead = p->ndots == 0 && info->dots == 0;
            if (act->value.type == ZP_MISSING && !(row->flags & (ZP_BI_CODE | ZP_BI_HOLES)))
                return zp_fail(err, "argument missing: %s", "...");
            if (!take_ref(p, row, 0, lead, &act->value, err))
                return false;
            p->tags[p->ndots] = act->tag && act->tag->len ? act->tag : NULL;
            p->names[p->ndots] = act->name;
            p->dots[p->ndots++] = zp_value_move(&act->value);
            continue;
        }
        uint32_t k = (uint32_t)act->formal - (info->dots >= 0 && act->formal > info->dots);
        if (act->value.type == ZP_MISSING && act->name && act->formal < info->dots &&
            !(row->flags & ZP_BI_CODE))
            return zp_fail(err, "argument missing: %s", act->name->text); /* sum(x) of an x that is missing */
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
            place_of_argument(err, &a, info->dots);
        *next_args = p.scratch;
        prepared_fini(&p, argc);
    }
    zp__actuals_fini(&a);
    return st;
}

zp_status zp__call_builtin_fn(zp_ctx *ctx, zp_value fn, zp_value *args, const zp_site *site, uint32_t count,
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
        if (!zp__harden(args, site, count, false, err))
            return ZP_FAILED;
        st = zp__call_closure(ctx, b->code, ctx->engine->base, args, site, count, dst, err);
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
