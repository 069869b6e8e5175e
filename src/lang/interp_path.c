/* interp_path: indexing, replacement along a path, references and variable arguments. */
#include "lang/interp.h"

enum { COPIED_APART = 1 << 14 /* elements */ };

/* ---------------------------------------------------------------- indexing */

bool zp__vm_index_one(zp_ctx *ctx, bool twice, zp_value *R, uint32_t nvars, uint32_t a, uint32_t b,
                      zp_value *out, zp_error *err)
{
    zp_value x = zp_nil(), i = zp_nil();
    bool ok;

    if (!zp__vm_take(ctx, &R[a], a >= nvars, &x, err))
        return false;
    ok = zp__vm_take(ctx, &R[b], b >= nvars, &i, err);
    ctx->apart = true; /* both are held */
    ctx->doing = "index";
    if (ok)
        ok = twice ? zp_dblsubset(x, &i, 1, out, err) : zp_subset(x, &i, 1, true, out, err);
    ctx->apart = false;
    zp_value_unref(x);
    zp_value_unref(i);
    return ok;
}

/* Indices with names, `...`, empty ones or drop=: moved from R[first ..] into a list of their own. */
bool zp__vm_index_many(zp_ctx *ctx, bool twice, zp_value *R, uint32_t nvars, uint32_t xreg, const zp_site *s,
                       zp_value *out, zp_error *err)
{
    zp_value room[8], *index = room, x = zp_nil(), *from = R + s->root_index;
    size_t most = 0;
    int32_t n = 0;
    bool drop = true, ok = true;

    for (uint32_t i = 0; i < s->count; i++)
        most += from[i].type == ZP_DOTS ? (size_t)((zp_dots *)from[i].u.obj)->n : 1;
    if (most > ZP_COUNTOF(room)) {
        index = zp_alloc(most * sizeof(zp_value), err);
        if (!index)
            return false;
    }
    for (uint32_t i = 0; i < s->count && ok; i++) {
        zp_value v = zp_value_move(&from[i]);
        if (s->args[i].tag && zp_str_is(s->args[i].tag, "drop")) {
            ok = twice || zp_get_lgl(v, &drop, err);
            zp_value_unref(v);
            continue;
        }
        if (v.type == ZP_DOTS) {
            zp_dots *d = (zp_dots *)v.u.obj;
            for (int64_t k = 0; k < d->n; k++)
                index[n++] = zp_value_ref(d->items[k]);
            zp_value_unref(v);
            continue;
        }
        ok = zp__deref(&v, err);
        index[n++] = v;
    }
    ok = ok && zp__vm_take(ctx, &R[xreg], xreg >= nvars, &x, err);
    if (ok && !n) { /* nothing but drop=: as one empty index */
        zp_value none = { .type = ZP_MISSING };
        ok = twice ? zp_fail(err, "invalid subscript") : zp_subset(x, &none, 1, drop, out, err);
    } else if (ok) {
        ok = twice ? zp_dblsubset(x, index, n, out, err) : zp_subset(x, index, n, drop, out, err);
    }
    zp_value_unref(x);
    for (int32_t i = 0; i < n; i++)
        zp_value_unref(index[i]);
    if (index != room)
        zp_free(index);
    return ok;
}

/* ---------------------------------------------------------------- replacement */

/* Where the root of a replacement lives: the local object, made by sharing the outer one if need be. */
static zp_value *local_root(zp_ctx *ctx, zp_value *slot, zp_str *name, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_value *found;

    if (slot->type == ZP_REF)
        return zp__ref_target(*slot, err);
    if (slot->type == ZP_MISSING) {
        zp_fail(err, "argument missing: %s", name->text);
        return NULL;
    }
    if (slot->type != ZP_UNBOUND)
        return slot;
    found = zp__env_search(top->env->parent, name, false, NULL);
    if (!found) {
        zp__vm_unbound(ctx, name, err);
        return NULL;
    }
    zp_value v = zp_value_ref(*found);
    if (!zp__deref(&v, err))
        return NULL;
    put(slot, v);
    return slot;
}

static zp_value *named_root(zp_ctx *ctx, zp_str *name, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_value *v = zp__env_find(top->env, name), *found;

    if (v)
        return v->type == ZP_REF ? zp__ref_target(*v, err) : v;
    found = top->env->parent ? zp__env_search(top->env->parent, name, false, NULL) : NULL;
    if (!found) {
        zp__vm_unbound(ctx, name, err);
        return NULL;
    }
    if (!zp__env_bind(top->env, name, zp_value_ref(*found), err))
        return NULL;
    return zp__env_find(top->env, name);
}

static zp_value *root_of(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_str *name;
    zp_value *v;

    switch (s->root) {
    case ZP_ROOT_TEMP: return &R[s->root_index];
    case ZP_ROOT_SLOT: return local_root(ctx, &R[s->root_index], top->code->vars[s->root_index], err);
    case ZP_ROOT_SUPER:
        name = top->code->names[s->root_index].name;
        if (!zp__may_super(ctx, top->env, name, err))
            return NULL;
        v = top->env->parent ? zp__env_search(top->env->parent, name, false, NULL) : NULL;
        if (!v)
            zp__vm_unbound(ctx, name, err);
        return v && v->type == ZP_REF ? zp__ref_target(*v, err) : v;
    default: return named_root(ctx, top->code->names[s->root_index].name, err);
    }
}

/* The element of a list that one step denotes, for changing it where it is; NULL without an error: not possible. */
static zp_value *element(zp_value *at, const zp_step *step, zp_value *R, zp_error *err)
{
    zp_positions p = { 0 };
    zp_value index = R[step->reg];
    zp_value *elem;

    if (at->type != ZP_LIST || step->kind != ZP_STEP_INDEX2 || step->count != 1 || zp_len(index) != 1)
        return NULL;
    if (!zp_value_own(at, err) || !zp_index_positions(index, at->u.list->n, at->u.list->names, &p, err))
        return NULL;
    elem = p.count == 1 ? &at->u.list->items[p.pos ? p.pos[0] : 0] : NULL;
    zp_free(p.pos);
    return elem;
}

static bool write_step(zp_value *at, const zp_step *step, zp_value *R, zp_value v, zp_error *err)
{
    return step->kind == ZP_STEP_INDEX ? zp_subassign(at, R + step->reg, (int32_t)step->count, v, err)
                                       : zp_dblsubassign(at, R + step->reg, (int32_t)step->count, v, err);
}

static bool write_path(zp_value *at, const zp_step *steps, uint32_t count, zp_value *R, zp_value v,
                       zp_error *err)
{
    const zp_step *s = steps;
    zp_value part = zp_nil(), *elem;
    bool ok;

    for (; count > 1; s++, count--) {
        elem = element(at, s, R, err);
        if (!elem)
            break;
        at = elem;
    }
    if (err->code)
        return false;
    if (count == 1)
        return write_step(at, s, R, v, err);
    /* a part that is not an element of a list: read, change, write back */
    ok = s->kind == ZP_STEP_INDEX ? zp_subset(*at, R + s->reg, (int32_t)s->count, true, &part, err)
                                  : zp_dblsubset(*at, R + s->reg, (int32_t)s->count, &part, err);
    ok = ok && write_path(&part, s + 1, count - 1, R, v, err) && write_step(at, s, R, part, err);
    zp_value_unref(part);
    return ok;
}

/* A large object that others hold too is copied before it is changed, while others may have a turn.  What `at` holds by then may
 * be another one: that is copied where it is changed. */
static bool own_apart(zp_ctx *ctx, zp_value *at, zp_error *err)
{
    zp_value held, copy;

    if (!at || !at->boxed || at->u.obj->refs == 1 || (at->u.obj->flags & ZP_LOCKED) ||
        zp_len(*at) < COPIED_APART || (!zp_is_array(*at) && at->type != ZP_LIST) || zp_value_in_files(*at))
        return at != NULL;
    held = zp_value_ref(*at);
    ctx->apart = true;
    ctx->doing = "copy";
    copy = zp_value_copy(held, err);
    ctx->apart = false;
    if (!zp_bad(copy) && at->boxed && at->u.obj == held.u.obj)
        zp_value_set(at, copy);
    else
        zp_value_unref(copy);
    zp_value_unref(held);
    return !zp_bad(copy);
}

bool zp__vm_replace(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_error *err)
{
    zp_value v = zp_nil(), *at;
    bool ok = zp__vm_read_var(ctx, &R[s->value], &v, err), list;

    for (uint32_t k = 0; k < s->count && ok; k++)
        for (uint32_t i = 0; i < s->steps[k].count && ok; i++)
            ok = zp__deref(&R[s->steps[k].reg + i], err);
    at = ok ? root_of(ctx, s, R, err) : NULL;
    ok = at && (at->type != ZP_UNBOUND) && own_apart(ctx, at, err);
    if (ok && at->boxed && zp_is_array(*at) && !zp_is_dense(*at) && !(at->u.obj->flags & ZP_LOCKED))
        ok = zp_value_dense(at, err);
    list = ok && at->type == ZP_LIST && s->count == 1 && s->steps[0].kind == ZP_STEP_INDEX;
    ok = ok && write_path(at, s->steps, s->count, R, v, err);
    if (ZP_UNLIKELY(zp_value_changed))
        ok = zp__settle(ctx, ok, true, err);
    for (uint32_t k = 0; k < s->count; k++)
        for (uint32_t i = 0; i < s->steps[k].count; i++)
            zp_value_clear(&R[s->steps[k].reg + i]);
    if (ok && s->result != UINT32_MAX)
        put(&R[s->result], zp_value_ref(list ? *at : v));
    zp_value_unref(v);
    return ok;
}

bool zp__vm_assign_one(zp_ctx *ctx, zp_value *R, uint32_t nvars, uint32_t var, uint32_t i, uint32_t value,
                       zp_error *err)
{
    zp_value v = zp_nil(), index = zp_nil(), *at;
    bool ok = zp__vm_read_var(ctx, &R[value], &v, err) && zp__vm_take(ctx, &R[i], i >= nvars, &index, err);

    at = ok ? local_root(ctx, &R[var], zp__top(ctx)->code->vars[var], err) : NULL;
    ok = own_apart(ctx, at, err) && zp_subassign(at, &index, 1, v, err);
    if (ZP_UNLIKELY(zp_value_changed))
        ok = zp__settle(ctx, ok, true, err);
    zp_value_unref(v);
    zp_value_unref(index);
    return ok;
}

/* ---------------------------------------------------------------- references, dots */

static zp_str *root_name(zp_ctx *ctx, const zp_site *s)
{
    const zp_code *code = zp__top(ctx)->code;

    return s->root == ZP_ROOT_SLOT ? code->vars[s->root_index] : code->names[s->root_index].name;
}

/* What --x denotes when the frame has no x of its own: the object of an outer frame, and the frame.  What belongs to the
 * system stays as it is: NULL, as for an unknown name. */
static zp_value *outer_root(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_env **where)
{
    zp_act *top = zp__top(ctx);
    zp_str *name;
    zp_value *found;

    if (s->setter || (s->root == ZP_ROOT_SLOT && R[s->root_index].type != ZP_UNBOUND))
        return NULL;
    name = root_name(ctx, s);
    if (s->root != ZP_ROOT_SLOT && zp__env_find(top->env, name))
        return NULL;
    found = zp__env_search(top->env->parent, name, false, where);
    return found && *where != ctx->engine->base ? found : NULL;
}

/* Does f(x) <<- v change something of the base environment? */
static bool is_of_system(zp_ctx *ctx, const zp_site *s)
{
    zp_act *top = zp__top(ctx);
    zp_env *where = NULL;

    return s->root == ZP_ROOT_SUPER &&
           zp__env_search(top->env->parent, top->code->names[s->root_index].name, false, &where) &&
           where == ctx->engine->base;
}

bool zp__vm_make_reference(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_value *out, zp_error *err)
{
    zp_env *env = zp__top(ctx)->env;
    zp_value *outer = outer_root(ctx, s, R, &env), *at = outer ? outer : root_of(ctx, s, R, err);
    zp_reference *r;

    if (!at || (outer && !zp__may_change(ctx, env, root_name(ctx, s), err)))
        return false;
    if (is_of_system(ctx, s)) { /* a copy will be assigned */
        *out = zp_value_ref(*at);
        return true;
    }
    if (!outer)
        env = zp__top(ctx)->env;
    /* a parameter that is itself a reference is passed on as the object it denotes */
    if (s->root == ZP_ROOT_SLOT && R[s->root_index].type == ZP_REF && !s->count) {
        *out = zp_value_ref(R[s->root_index]);
        return true;
    }
    r = zp_alloc(sizeof(*r) + s->count * sizeof(zp_value), err);
    if (!r)
        return false;
    r->head = (zp_obj){ .refs = 1, .type = ZP_REF };
    r->env = env;
    r->env->head.refs++;
    r->at = s->root == ZP_ROOT_SLOT && !outer ? &R[s->root_index] : at;
    r->count = s->count;
    for (uint32_t k = 0; k < s->count; k++)
        r->steps[k] = zp_value_move(&R[s->steps[k].reg]);
    *out = zp_box(r);
    return true;
}

bool zp__vm_load_dots(zp_ctx *ctx, zp_value *out, zp_error *err)
{
    zp_value *v = zp__env_search(zp__top(ctx)->env, ctx->engine->s_dots, false, NULL);

    if (!v)
        return zp_fail(err, "object '...' not found");
    if (v->type == ZP_DOTS) {
        *out = zp_value_ref(*v);
        return true;
    }
    *out = zp__dots_new(0, err);
    return !zp_bad(*out);
}

bool zp__vm_dot_elem(zp_ctx *ctx, uint32_t k, zp_value *out, zp_error *err)
{
    zp_value dots = zp_nil();
    bool ok;

    if (!zp__vm_load_dots(ctx, &dots, err))
        return false;
    ok = k <= ((zp_dots *)dots.u.obj)->n;
    if (ok)
        *out = zp_value_ref(((zp_dots *)dots.u.obj)->items[k - 1]);
    else
        zp_fail(err, "the ... list contains fewer than %u elements", k);
    zp_value_unref(dots);
    return ok && zp__deref(out, err);
}
