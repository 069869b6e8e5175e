/* interp: the loop that executes code.
 *
 * All state is in the context: activations with their registers and program counters, handlers, the pending result.
 * The loop keeps the top activation's registers and pc in C variables and writes them back when it leaves or when a
 * frame is pushed.  It never calls itself.
 *
 * Double arithmetic and comparison on inline scalars, reading and writing elements of plain vectors, and calls with
 * plain arguments are done here; everything else is a call into ops or into the matcher.
 *
 * A run with a step budget dispatches through a second table, in which every entry counts: unlimited runs pay nothing
 * for it.  Interrupts are looked at where code jumps backwards and where it calls. */
#include <math.h>

#include "lang/match.h"

/* Labels as values are what makes dispatch quick; both compilers we support have them. */
#pragma GCC diagnostic ignored "-Wpedantic"

static inline bool both_dbl(const zp_value *x, const zp_value *y)
{
    return x->type == ZP_DBL && y->type == ZP_DBL && !(x->boxed | y->boxed);
}

static inline void put(zp_value *to, zp_value v)
{
    zp_value old = *to;

    *to = v;
    if (ZP_UNLIKELY(old.boxed))
        zp_obj_unref(old.u.obj);
}

/* ---------------------------------------------------------------- names */

static bool unbound(zp_ctx *ctx, const zp_str *name, zp_error *err)
{
    return zp__report_unknown(ctx, zp__top(ctx)->env, name, err);
}

/* The value of a variable's register as it is read: references are followed, a name that is not bound in the frame is
 * searched outwards.  The reference returned is the caller's. */
static bool read_var(zp_ctx *ctx, const zp_value *reg, zp_value *out, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_str *name;
    zp_value *found;

    if (reg->type < ZP_MISSING) {
        *out = zp_value_ref(*reg);
        return true;
    }
    if (reg->type == ZP_REF) {
        *out = zp_value_ref(*reg);
        return zp__deref(out, err);
    }
    if (top->own_regs || reg < top->regs || reg >= top->regs + top->code->nvars)
        return zp_fail(err, "a value that cannot be used here");
    name = top->code->vars[reg - top->regs];
    if (reg->type == ZP_MISSING)
        return zp_fail(err, "argument missing: %s", name->text);
    if (reg->type == ZP_DOTS)
        return zp_fail(err, "'...' used in an incorrect context");
    found = zp__env_search(top->env, name, false, NULL);
    if (!found)
        return unbound(ctx, name, err);
    *out = zp_value_ref(*found);
    return zp__deref(out, err);
}

/* An operand that is consumed: temporaries are moved out, variables are shared. */
static bool take(zp_ctx *ctx, zp_value *reg, bool temp, zp_value *out, zp_error *err)
{
    if (temp && reg->type < ZP_MISSING) {
        *out = zp_value_move(reg);
        return true;
    }
    return read_var(ctx, reg, out, err);
}

static bool search(zp_ctx *ctx, zp_name_ref *ref, zp_value *out, zp_error *err)
{
    zp_env *env = zp__top(ctx)->env, *where = NULL;
    zp_value *v = zp__env_search(env, ref->name, false, &where);

    if (!v)
        return unbound(ctx, ref->name, err);
    while (env->code)
        env = env->parent;
    if (!where->code) {
        ref->env = env;
        ref->version = ctx->engine->version;
        ref->cell = (zp_cell *)v;
    }
    if (v->type == ZP_MISSING)
        return zp_fail(err, "argument missing: %s", ref->name->text);
    if (v->type == ZP_DOTS)
        return zp_fail(err, "'...' used in an incorrect context");
    *out = zp_value_ref(*v);
    return zp__deref(out, err);
}

/* The table outside all frames, if none of them has names of its own; NULL: search by name. */
static inline zp_env *outer_table(zp_env *env)
{
    while (env->code) {
        if (env->table)
            return NULL;
        env = env->parent;
    }
    return env;
}

static inline bool cached(const zp_ctx *ctx, const zp_name_ref *ref, zp_env *env)
{
    zp_env *table = outer_table(env);

    return table && ref->version == ctx->engine->version && ref->env == table;
}

static bool global_value(zp_ctx *ctx, zp_name_ref *ref, zp_env *env, zp_value *out, zp_error *err)
{
    if (ZP_LIKELY(cached(ctx, ref, env) && ref->cell->value.type < ZP_MISSING)) {
        *out = zp_value_ref(ref->cell->value);
        return true;
    }
    return search(ctx, ref, out, err);
}

static zp_env *outwards(zp_env *env, uint32_t distance)
{
    for (; distance; distance--) {
        if (env->table)
            return NULL;
        env = env->parent;
    }
    return env->code ? env : NULL;
}

static bool up_value(zp_ctx *ctx, zp_name_ref *ref, zp_env *env, uint32_t distance, zp_value *out, zp_error *err)
{
    zp_env *up = outwards(env, distance);

    if (up && up->slots[ref->slot].type < ZP_MISSING) {
        *out = zp_value_ref(up->slots[ref->slot]);
        return true;
    }
    return search(ctx, ref, out, err);
}

static bool function_value(zp_ctx *ctx, zp_name_ref *ref, uint32_t distance, zp_value *out, zp_error *err)
{
    zp_env *env = zp__top(ctx)->env, *where = NULL, *table;
    zp_value *v;

    if (distance > 1) {
        zp_env *up = outwards(env, distance - 1);
        if (up && zp_is_fun(up->slots[ref->slot])) {
            *out = zp_value_ref(up->slots[ref->slot]);
            return true;
        }
    } else if (distance == 1 && cached(ctx, ref, env) && zp_is_fun(ref->cell->value)) {
        *out = zp_value_ref(ref->cell->value);
        return true;
    }
    v = zp__env_search(env, ref->name, true, &where);
    if (!v)
        return unbound(ctx, ref->name, err);
    table = outer_table(env);
    if (distance == 1 && table && !where->code) {
        ref->env = table;
        ref->version = ctx->engine->version;
        ref->cell = (zp_cell *)v;
    }
    *out = zp_value_ref(*v);
    return zp__deref(out, err);
}

static bool bind(zp_ctx *ctx, zp_opcode op, zp_name_ref *ref, zp_value *reg, bool keep, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_value v = zp_nil(), *at;

    if (!take(ctx, reg, !keep && (top->own_regs || reg >= top->regs + top->code->nvars), &v, err))
        return false;
    if (op == ZP_I_SETSUPER)
        return zp__env_bind_super(top->env, ref->name, v, err);
    if (op == ZP_I_SETGLOBAL && ref->cell && ref->env == top->env) {
        at = &ref->cell->value;
        if (at->type != ZP_UNBOUND && !zp_is_fun(*at) && !zp_is_fun(v)) {
            put(at, v);
            return true;
        }
    }
    if (op == ZP_I_SETGLOBAL) { /* cells stay: remember this one */
        zp_cell *cell = zp__env_cell(top->env, ref->name, err);
        if (!cell) {
            zp_value_unref(v);
            return false;
        }
        ref->cell = cell;
        ref->env = top->env;
    }
    return zp__env_bind(top->env, ref->name, v, err);
}

/* ---------------------------------------------------------------- operators off the fast path */

static bool binary(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, uint32_t b, zp_value *out,
                   zp_error *err)
{
    zp_value x = zp_nil(), y = zp_nil();

    if (!take(ctx, &R[a], a >= nvars, &x, err))
        return false;
    if (!take(ctx, &R[b], b >= nvars, &y, err)) {
        zp_value_unref(x);
        return false;
    }
    return zp_binary_take(op, x, y, NULL, out, err);
}

static bool binary_k(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, zp_value k, zp_value *out,
                     zp_error *err)
{
    zp_value x = zp_nil();

    if (!take(ctx, &R[a], a >= nvars, &x, err))
        return false;
    return zp_binary_take(op, x, zp_value_ref(k), NULL, out, err);
}

static bool truth_of(zp_ctx *ctx, zp_value *reg, bool temp, bool *out, zp_error *err)
{
    zp_value v = zp_nil();
    bool ok;

    if (!take(ctx, reg, temp, &v, err))
        return false;
    ok = zp_truth(v, out, err);
    zp_value_unref(v);
    return ok;
}

/* A side of && and ||: of a longer vector the first element counts, as in R. */
static bool side_of(zp_ctx *ctx, zp_value *reg, bool temp, bool *out, zp_error *err)
{
    zp_value v = zp_nil(), first;
    bool ok;

    if (!take(ctx, reg, temp, &v, err))
        return false;
    if ((v.type == ZP_DBL || v.type == ZP_LGL) && zp_len(v) > 1) {
        first = zp_elem(v, 0, err);
        zp_value_unref(v);
        v = first;
    }
    ok = zp_truth(v, out, err);
    zp_value_unref(v);
    return ok;
}

static bool compare(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, const zp_value *k, uint32_t b,
                    bool *out, zp_error *err)
{
    zp_value v = zp_nil();
    bool ok;

    if (!(k ? binary_k(ctx, op, R, nvars, a, *k, &v, err) : binary(ctx, op, R, nvars, a, b, &v, err)))
        return false;
    ok = zp_truth(v, out, err);
    zp_value_unref(v);
    return ok;
}

/* ---------------------------------------------------------------- indexing */

static inline bool plain_vector(const zp_value *x)
{
    const zp_array *a = x->u.arr;

    return (x->type == ZP_DBL || x->type == ZP_LGL) && x->boxed && a->ndim == 1 && !a->names;
}

/* x[i] for a plain vector and a position in range: the element, without leaving the machine. */
static inline bool quick_elem(const zp_value *x, const zp_value *i, zp_value *out)
{
    double d = i->u.dbl;

    if (i->type != ZP_DBL || i->boxed || !plain_vector(x) || !(d >= 1 && d < (double)x->u.arr->n + 1))
        return false;
    if (x->type == ZP_DBL)
        *out = zp_dbl(((const double *)x->u.arr->data)[(int64_t)d - 1]);
    else
        *out = zp_lgl(((const int8_t *)x->u.arr->data)[(int64_t)d - 1]);
    return true;
}

static bool index_one(zp_ctx *ctx, bool twice, zp_value *R, uint32_t nvars, uint32_t a, uint32_t b, zp_value *out,
                      zp_error *err)
{
    zp_value x = zp_nil(), i = zp_nil();
    bool ok;

    if (!take(ctx, &R[a], a >= nvars, &x, err))
        return false;
    ok = take(ctx, &R[b], b >= nvars, &i, err);
    if (ok)
        ok = twice ? zp_dblsubset(x, &i, 1, out, err) : zp_subset(x, &i, 1, true, out, err);
    zp_value_unref(x);
    zp_value_unref(i);
    return ok;
}

/* Indices with names, `...`, empty ones or drop=: moved from R[first ..] into a list of their own. */
static bool index_many(zp_ctx *ctx, bool twice, zp_value *R, uint32_t nvars, uint32_t xreg, const zp_site *s,
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
    ok = ok && take(ctx, &R[xreg], xreg >= nvars, &x, err);
    if (ok && !n) {
        *out = zp_value_ref(x);
        n = 0;
        zp_value none = { .type = ZP_MISSING };
        zp_value_clear(out);
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
        unbound(ctx, name, err);
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
        unbound(ctx, name, err);
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
    case ZP_ROOT_TEMP:
        return &R[s->root_index];
    case ZP_ROOT_SLOT:
        return local_root(ctx, &R[s->root_index], top->code->vars[s->root_index], err);
    case ZP_ROOT_SUPER:
        name = top->code->names[s->root_index].name;
        v = top->env->parent ? zp__env_search(top->env->parent, name, false, NULL) : NULL;
        if (!v)
            unbound(ctx, name, err);
        return v && v->type == ZP_REF ? zp__ref_target(*v, err) : v;
    default:
        return named_root(ctx, top->code->names[s->root_index].name, err);
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

static bool write_path(zp_value *at, const zp_step *steps, uint32_t count, zp_value *R, zp_value v, zp_error *err)
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

static bool replace(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_error *err)
{
    zp_value v = zp_nil(), *at;
    bool ok = read_var(ctx, &R[s->value], &v, err), list;

    for (uint32_t k = 0; k < s->count && ok; k++)
        for (uint32_t i = 0; i < s->steps[k].count && ok; i++)
            ok = zp__deref(&R[s->steps[k].reg + i], err);
    at = ok ? root_of(ctx, s, R, err) : NULL;
    ok = at && (at->type != ZP_UNBOUND);
    if (ok && at->boxed && zp_is_array(*at) && !zp_is_dense(*at) && !(at->u.obj->flags & ZP_LOCKED))
        ok = zp_value_dense(at, err);
    list = ok && at->type == ZP_LIST && s->count == 1 && s->steps[0].kind == ZP_STEP_INDEX;
    ok = ok && write_path(at, s->steps, s->count, R, v, err);
    for (uint32_t k = 0; k < s->count; k++)
        for (uint32_t i = 0; i < s->steps[k].count; i++)
            zp_value_clear(&R[s->steps[k].reg + i]);
    if (ok && s->result != UINT32_MAX)
        put(&R[s->result], zp_value_ref(list ? *at : v));
    zp_value_unref(v);
    return ok;
}

static bool assign_one(zp_ctx *ctx, zp_value *R, uint32_t nvars, uint32_t var, uint32_t i, uint32_t value,
                       zp_error *err)
{
    zp_value v = zp_nil(), index = zp_nil(), *at;
    bool ok = read_var(ctx, &R[value], &v, err) && take(ctx, &R[i], i >= nvars, &index, err);

    at = ok ? local_root(ctx, &R[var], zp__top(ctx)->code->vars[var], err) : NULL;
    ok = at && zp_subassign(at, &index, 1, v, err);
    zp_value_unref(v);
    zp_value_unref(index);
    return ok;
}

static inline bool quick_assign(zp_value *x, const zp_value *i, const zp_value *v)
{
    double d = i->u.dbl;

    if (i->type != ZP_DBL || (i->boxed | v->boxed) || v->type != x->type || !plain_vector(x) ||
        x->u.obj->refs != 1 || x->u.arr->store || !(d >= 1 && d < (double)x->u.arr->n + 1))
        return false;
    x->u.arr->order = ZP_ORDER_UNKNOWN;
    if (x->type == ZP_DBL)
        ((double *)x->u.arr->data)[(int64_t)d - 1] = v->u.dbl;
    else
        ((int8_t *)x->u.arr->data)[(int64_t)d - 1] = v->u.lgl;
    return true;
}

/* ---------------------------------------------------------------- references, dots */

static bool make_reference(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_value *out, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_value *at = root_of(ctx, s, R, err);
    zp_reference *r;

    if (!at)
        return false;
    /* a parameter that is itself a reference is passed on as the object it denotes */
    if (s->root == ZP_ROOT_SLOT && R[s->root_index].type == ZP_REF && !s->count) {
        *out = zp_value_ref(R[s->root_index]);
        return true;
    }
    r = zp_alloc(sizeof(*r) + s->count * sizeof(zp_value), err);
    if (!r)
        return false;
    r->head = (zp_obj){ .refs = 1, .type = ZP_REF };
    r->env = top->env;
    r->env->head.refs++;
    r->at = s->root == ZP_ROOT_SLOT ? &R[s->root_index] : at;
    r->count = s->count;
    for (uint32_t k = 0; k < s->count; k++)
        r->steps[k] = zp_value_move(&R[s->steps[k].reg]);
    *out = zp_box(r);
    return true;
}

static bool load_dots(zp_ctx *ctx, zp_value *out, zp_error *err)
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

static bool dot_elem(zp_ctx *ctx, uint32_t k, zp_value *out, zp_error *err)
{
    zp_value dots = zp_nil();
    bool ok;

    if (!load_dots(ctx, &dots, err))
        return false;
    ok = k <= ((zp_dots *)dots.u.obj)->n;
    if (ok)
        *out = zp_value_ref(((zp_dots *)dots.u.obj)->items[k - 1]);
    else
        zp_fail(err, "the ... list contains fewer than %u elements", k);
    zp_value_unref(dots);
    return ok && zp__deref(out, err);
}

/* ---------------------------------------------------------------- loops and switch */

/* R[0]: the sequence, R[1]: how far; a counted loop keeps the next value and how many are left. */
static bool for_prep(zp_ctx *ctx, zp_value *R, bool *empty, zp_error *err)
{
    if (!zp__deref(R, err))
        return false;
    if (zp_is_fun(*R) || (!zp_is_array(*R) && R->type != ZP_LIST && R->type != ZP_NIL && R->type != ZP_ZTS))
        return zp_fail(err, "%s cannot be double subsetted", zp_type_name(R->type));
    if (R->type == ZP_ZTS)
        put(R, zp_value_ref(R->u.zts->data));
    *empty = zp_len(*R) == 0;
    R->aux = 0;
    R[1] = (zp_value){ .type = ZP_NIL };
    R[1].u.i64 = 0;
    (void)ctx;
    return true;
}

static bool for_range(zp_ctx *ctx, zp_value *R, bool *empty, zp_error *err)
{
    zp_value seq = zp_nil();
    double from, to;

    if (both_dbl(&R[0], &R[1])) {
        from = R[0].u.dbl;
        to = R[1].u.dbl;
        if (fabs(from) < 9e15 && fabs(to) < 9e15) {
            R[0] = (zp_value){ .type = ZP_NIL, .aux = to >= from ? 1 : 2 };
            R[0].u.dbl = from;
            R[1] = (zp_value){ .type = ZP_NIL };
            R[1].u.i64 = (int64_t)(fabs(to - from) + 1e-10) + 1;
            *empty = false;
            return true;
        }
    }
    if (!zp__deref(&R[0], err) || !zp__deref(&R[1], err))
        return false;
    if (!zp_colon(R[0], R[1], &seq, err))
        return false;
    put(&R[0], seq);
    zp_value_clear(&R[1]);
    return for_prep(ctx, R, empty, err);
}

static bool for_next(zp_value *R, zp_value *var, bool *more, zp_error *err)
{
    int64_t i;
    zp_value v;

    if (R->aux) {
        *more = R[1].u.i64-- > 0;
        if (*more) {
            put(var, zp_dbl(R->u.dbl));
            R->u.dbl += R->aux == 1 ? 1 : -1;
        }
        return true;
    }
    i = R[1].u.i64++;
    *more = i < zp_len(*R);
    if (!*more)
        return true;
    if (R->type == ZP_LIST) {
        put(var, zp_value_ref(R->u.list->items[i]));
        return true;
    }
    v = zp_elem(*R, i, err);
    if (zp_bad(v))
        return false;
    put(var, v);
    return true;
}

static bool choose(zp_ctx *ctx, const zp_site *s, zp_value x, uint32_t *target, zp_error *err)
{
    double d;
    (void)ctx;

    *target = s->targets[s->count];
    if (x.type == ZP_STR) {
        zp_str *key;
        if (zp_len(x) != 1 || !zp_get_str(x, &key, err))
            return zp_fail(err, "EXPR must be a length 1 vector");
        for (uint32_t i = 0; i < s->count; i++)
            if (s->labels[i] && zp_str_eq(s->labels[i], key)) {
                *target = s->targets[i];
                return true;
            }
        for (uint32_t i = 0; i < s->count; i++)
            if (!s->labels[i]) {
                *target = s->targets[i];
                break;
            }
        return true;
    }
    if ((x.type != ZP_DBL && x.type != ZP_LGL) || zp_len(x) != 1)
        return zp_fail(err, "EXPR must be a length 1 vector");
    if (!zp_get_dbl(x, &d, err))
        return false;
    if (d >= 1 && d < (double)s->count + 1)
        *target = s->targets[(uint32_t)d - 1];
    return true;
}

/* ---------------------------------------------------------------- errors */

static bool push_handler(zp_ctx *ctx, const zp_instr *i, zp_error *err)
{
    if (ctx->nhandlers == ctx->handlers_cap) {
        uint32_t cap = ctx->handlers_cap ? 2 * ctx->handlers_cap : 16;
        zp_handler *more = zp_realloc(ctx->handlers, cap * sizeof(zp_handler), err);
        if (!more)
            return false;
        ctx->handlers = more;
        ctx->handlers_cap = cap;
    }
    ctx->handlers[ctx->nhandlers++] =
        (zp_handler){ .depth = ctx->depth, .pc = i->a, .temps = i->c, .kinds = i->n };
    return true;
}

/* Where the running code is, for the user: not inside a built-in written in the language. */
static void locate(zp_ctx *ctx, const zp_instr *pc)
{
    zp_act *top = zp__top(ctx);

    if (!top->code->internal && !ctx->error.place.line && pc > top->code->instrs)
        ctx->error.place = top->code->places[pc - 1 - top->code->instrs];
    if (top->code->internal)
        ctx->error.place = (zp_place){ 0 };
    for (uint32_t d = ctx->depth; d > 0; d--) {
        const zp_act *act = &ctx->acts[d - 1];
        if (act->code->internal)
            continue;
        if (!ctx->error.place.line)
            ctx->error.place = act->code->places[act->pc > act->code->instrs ? act->pc - 1 - act->code->instrs : 0];
        if (ctx->error_source)
            zp_source_unref(ctx->error_source);
        ctx->error_source = zp_source_ref(act->code->source);
        return;
    }
}

zp_handler *zp__handler_for(zp_ctx *ctx, int kinds)
{
    for (uint32_t i = ctx->nhandlers; i > 0; i--)
        if (ctx->handlers[i - 1].kinds & (uint32_t)kinds)
            return &ctx->handlers[i - 1];
    return NULL;
}

/* Goes back to the handler for the error in ctx->error; false: there is none, and all frames are gone. */
static bool unwind(zp_ctx *ctx)
{
    uint32_t kinds = ZP_COND_FINALLY;
    zp_handler h, *found;
    zp_act *top;
    zp_value cond;

    if (ctx->error.code == ZP_EQUIT || ctx->error.code == ZP_ECANCELLED)
        kinds = 0;
    else
        kinds |= (uint32_t)ctx->condition_kind;
    found = kinds ? zp__handler_for(ctx, (int)kinds) : NULL;
    if (!found) {
        ctx->nhandlers = 0;
        while (ctx->depth)
            zp__pop_act(ctx);
        return false;
    }
    h = *found;
    ctx->nhandlers = (uint32_t)(found - ctx->handlers);
    while (ctx->depth > h.depth)
        zp__pop_act(ctx);
    top = zp__top(ctx);
    for (uint32_t r = h.temps; r < top->code->nregs; r++)
        if (top->own_regs || r >= top->code->nvars)
            zp_value_clear(&top->regs[r]);
    cond = zp__condition_new(ctx->condition_kind, zp_error_text(&ctx->error), NULL);
    if (!zp_bad(cond))
        *zp_error_value_place(cond) = ctx->error.place;
    put(&ctx->condition, cond);
    if (ctx->condition_kind == ZP_COND_ERROR && !zp_bad(cond) &&
        !zp__env_bind(ctx->working, ctx->engine->s_last_error, zp_value_ref(cond), NULL))
        return false;
    zp_error_clear(&ctx->error);
    top->pc = top->code->instrs + h.pc;
    return true;
}

/* ---------------------------------------------------------------- the loop */

#define ARITH(name, expr, op)                                              \
    CASE(name) : if (ZP_LIKELY(both_dbl(&R[i->b], &R[i->c])))              \
    {                                                                      \
        const double x = R[i->b].u.dbl, y = R[i->c].u.dbl;                 \
        put(&R[i->a], zp_dbl(expr));                                       \
        NEXT();                                                            \
    }                                                                      \
    if (!binary(ctx, op, R, nvars, i->b, i->c, &v, err))                   \
        goto failed;                                                       \
    STORE_V();

#define ARITH_K(name, expr, op)                                            \
    CASE(name) : if (ZP_LIKELY(R[i->b].type == ZP_DBL && !R[i->b].boxed))  \
    {                                                                      \
        const double x = R[i->b].u.dbl, y = K[i->c].u.dbl;                 \
        put(&R[i->a], zp_dbl(expr));                                       \
        NEXT();                                                            \
    }                                                                      \
    if (!binary_k(ctx, op, R, nvars, i->b, K[i->c], &v, err))              \
        goto failed;                                                       \
    STORE_V();

#define COMPARE(name, cmp, op)                                             \
    CASE(name) : if (ZP_LIKELY(both_dbl(&R[i->a], &R[i->b])))              \
    {                                                                      \
        if (!(R[i->a].u.dbl cmp R[i->b].u.dbl))                            \
            pc = code->instrs + i->c;                                      \
        NEXT();                                                            \
    }                                                                      \
    if (!compare(ctx, op, R, nvars, i->a, NULL, i->b, &flag, err))         \
        goto failed;                                                       \
    if (!flag)                                                             \
        pc = code->instrs + i->c;                                          \
    NEXT();

#define COMPARE_K(name, cmp, op)                                           \
    CASE(name) : if (ZP_LIKELY(R[i->a].type == ZP_DBL && !R[i->a].boxed))  \
    {                                                                      \
        if (!(R[i->a].u.dbl cmp K[i->b].u.dbl))                            \
            pc = code->instrs + i->c;                                      \
        NEXT();                                                            \
    }                                                                      \
    if (!compare(ctx, op, R, nvars, i->a, &K[i->b], 0, &flag, err))        \
        goto failed;                                                       \
    if (!flag)                                                             \
        pc = code->instrs + i->c;                                          \
    NEXT();

#define CASE(name) L_##name
#define NEXT()                         \
    do {                               \
        i = pc++;                      \
        goto *table[i->op];            \
    } while (0)
#define CHECK(call)      \
    do {                 \
        if (!(call))     \
            goto failed; \
    } while (0)
#define STORE_V()            \
    do {                     \
        put(&R[i->a], v);    \
        v = zp_nil();        \
        NEXT();              \
    } while (0)

static inline double modulo(double x, double y)
{
    double r;

    if (y == 0)
        return NAN;
    if (isinf(y) && isfinite(x))
        return x == 0 || (x > 0) == (y > 0) ? x : y;
    r = fmod(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

zp_run zp_ctx_run(zp_ctx *ctx, uint64_t steps)
{
    static const void *const direct[] = {
#define X(name, operands) &&L_##name,
        ZP_OPCODES(X)
#undef X
    };
    static const void *const counted[] = {
#define X(name, operands) &&count_step,
        ZP_OPCODES(X)
#undef X
    };
    const void *const *table = steps ? counted : direct;
    zp_error *err = &ctx->error;
    zp_act *act;
    zp_value *R, v = zp_nil();
    const zp_value *K;
    zp_code *code;
    uint32_t nvars;
    const zp_instr *pc, *i;
    zp_status st;
    bool flag;

    if (!ctx->depth)
        return ctx->error.code ? ZP_RUN_ERROR : ZP_RUN_DONE;
    if (ctx->parked) {
        if (!ctx->resumed)
            return ZP_RUN_PARKED;
        ctx->parked = ctx->resumed = false;
        act = zp__top(ctx);
        if (ctx->resume_error) {
            zp_fail(err, "%s", ctx->resume_error);
            zp_free(ctx->resume_error);
            ctx->resume_error = NULL;
            zp_value_clear(&ctx->resume_value);
            pc = act->pc;
            goto failed;
        }
        put(&act->regs[ctx->park_dst], zp_value_move(&ctx->resume_value));
    }

#define LOAD()                                             \
    do {                                                   \
        act = zp__top(ctx);                                \
        R = act->regs;                                     \
        code = act->code;                                  \
        K = code->consts;                                  \
        nvars = act->own_regs ? 0 : code->nvars;           \
        pc = act->pc;                                      \
    } while (0)

    LOAD();
    NEXT();

count_step:
    if (steps-- == 0) {
        act->pc = pc - 1;
        return ZP_RUN_BUDGET;
    }
    ctx->steps++;
    goto *direct[i->op];

    CASE(CONST) : put(&R[i->a], zp_value_ref(K[i->b]));
    NEXT();
    CASE(MOVE) : CHECK(take(ctx, &R[i->b], i->b >= nvars, &v, err));
    STORE_V();
    CASE(LOCAL) : CHECK(read_var(ctx, &R[i->b], &v, err));
    STORE_V();
    CASE(ARGLOCAL) : if (R[i->b].type == ZP_MISSING)
    {
        put(&R[i->a], R[i->b]);
        NEXT();
    }
    CHECK(read_var(ctx, &R[i->b], &v, err));
    STORE_V();
    CASE(UPVAL) : CHECK(up_value(ctx, &code->names[i->b], act->env, i->n, &v, err));
    STORE_V();
    CASE(GLOBAL) :
    {
        const zp_name_ref *ref = &code->names[i->b];
        if (ZP_LIKELY(ref->env == act->env && ref->version == ctx->engine->version &&
                      ref->cell->value.type < ZP_MISSING)) { /* a unit reads its own table */
            put(&R[i->a], zp_value_ref(ref->cell->value));
            NEXT();
        }
    }
    CHECK(global_value(ctx, &code->names[i->b], act->env, &v, err));
    STORE_V();
    CASE(DYNAMIC) : if (i->n)
    {
        zp_value *found = zp__env_search(act->env->parent, code->names[i->b].name, false, NULL);
        if (!found) {
            unbound(ctx, code->names[i->b].name, err);
            goto failed;
        }
        v = zp_value_ref(*found);
        CHECK(zp__deref(&v, err));
        STORE_V();
    }
    CHECK(search(ctx, &code->names[i->b], &v, err));
    STORE_V();
    CASE(FUN) : CHECK(function_value(ctx, &code->names[i->b], i->n, &v, err));
    STORE_V();
    CASE(FUNLOCAL) : if (zp_is_fun(R[i->b]))
        v = zp_value_ref(R[i->b]);
    else CHECK(function_value(ctx, &code->names[i->c], 0, &v, err));
    STORE_V();
    CASE(SETGLOBAL) :
    {
        const zp_name_ref *ref = &code->names[i->a];
        if (ZP_LIKELY(ref->cell && ref->env == act->env && !R[i->b].boxed && R[i->b].type < ZP_MISSING &&
                      !ref->cell->value.boxed && ref->cell->value.type != ZP_UNBOUND)) {
            ref->cell->value = R[i->b];
            NEXT();
        }
    }
    CHECK(bind(ctx, ZP_I_SETGLOBAL, &code->names[i->a], &R[i->b], i->n, err));
    NEXT();
    CASE(SETDYNAMIC) : CHECK(bind(ctx, ZP_I_SETDYNAMIC, &code->names[i->a], &R[i->b], i->n, err));
    NEXT();
    CASE(SETSUPER) : CHECK(bind(ctx, ZP_I_SETSUPER, &code->names[i->a], &R[i->b], i->n, err));
    NEXT();

    ARITH(ADD, x + y, ZP_OP_ADD)
    ARITH(SUB, x - y, ZP_OP_SUB)
    ARITH(MUL, x * y, ZP_OP_MUL)
    ARITH(DIV, x / y, ZP_OP_DIV)
    ARITH_K(ADDK, x + y, ZP_OP_ADD)
    ARITH_K(SUBK, x - y, ZP_OP_SUB)
    ARITH_K(MULK, x * y, ZP_OP_MUL)
    ARITH_K(DIVK, x / y, ZP_OP_DIV)
    ARITH(MOD, modulo(x, y), ZP_OP_MOD)

    CASE(IDIV) : CHECK(binary(ctx, ZP_OP_IDIV, R, nvars, i->b, i->c, &v, err));
    STORE_V();
    CASE(BINARY) : CHECK(binary(ctx, (zp_op)i->n, R, nvars, i->b, i->c, &v, err));
    STORE_V();
    CASE(UNARY) :
    {
        zp_value x = zp_nil();
        CHECK(take(ctx, &R[i->b], i->b >= nvars, &x, err));
        CHECK(zp_unary_take((zp_op)i->n, x, &v, err));
    }
    STORE_V();
    CASE(COLON) :
    {
        zp_value x = zp_nil(), y = zp_nil();
        CHECK(take(ctx, &R[i->b], i->b >= nvars, &x, err));
        flag = take(ctx, &R[i->c], i->c >= nvars, &y, err) && zp_colon(x, y, &v, err);
        zp_value_unref(x);
        zp_value_unref(y);
        CHECK(flag);
    }
    STORE_V();

    CASE(LOOP) : if (ZP_UNLIKELY(ctx->interrupt)) goto interrupted;
    CASE(JUMP) : pc = code->instrs + i->a;
    NEXT();
    CASE(JFALSE) : if (R[i->a].type == ZP_LGL && !R[i->a].boxed) flag = R[i->a].u.lgl;
    else CHECK(truth_of(ctx, &R[i->a], i->a >= nvars, &flag, err));
    if (!flag)
        pc = code->instrs + i->b;
    NEXT();
    CASE(JTRUE) : if (R[i->a].type == ZP_LGL && !R[i->a].boxed) flag = R[i->a].u.lgl;
    else CHECK(truth_of(ctx, &R[i->a], i->a >= nvars, &flag, err));
    if (flag)
        pc = code->instrs + i->b;
    NEXT();
    COMPARE(JLT, <, ZP_OP_LT)
    COMPARE(JLE, <=, ZP_OP_LE)
    COMPARE(JGT, >, ZP_OP_GT)
    COMPARE(JGE, >=, ZP_OP_GE)
    COMPARE(JEQ, ==, ZP_OP_EQ)
    COMPARE(JNE, !=, ZP_OP_NE)
    COMPARE_K(JLTK, <, ZP_OP_LT)
    COMPARE_K(JLEK, <=, ZP_OP_LE)
    COMPARE_K(JGTK, >, ZP_OP_GT)
    COMPARE_K(JGEK, >=, ZP_OP_GE)
    COMPARE_K(JEQK, ==, ZP_OP_EQ)
    COMPARE_K(JNEK, !=, ZP_OP_NE)
    CASE(TRUTH) : CHECK(side_of(ctx, &R[i->b], i->b >= nvars, &flag, err));
    put(&R[i->a], zp_lgl(flag));
    NEXT();

    CASE(INDEX) : if (quick_elem(&R[i->b], &R[i->c], &v))
    {
        if (i->b >= nvars)
            put(&R[i->b], zp_nil());
        STORE_V();
    }
    CHECK(index_one(ctx, false, R, nvars, i->b, i->c, &v, err));
    STORE_V();
    CASE(INDEX2) : if (quick_elem(&R[i->b], &R[i->c], &v))
    {
        if (i->b >= nvars)
            put(&R[i->b], zp_nil());
        STORE_V();
    }
    CHECK(index_one(ctx, true, R, nvars, i->b, i->c, &v, err));
    STORE_V();
    CASE(INDEXN) : CHECK(index_many(ctx, i->n, R, nvars, i->b, &code->sites[i->c], &v, err));
    STORE_V();
    CASE(REPLACE) : CHECK(replace(ctx, &code->sites[i->b], R, err));
    NEXT();
    CASE(ASSIGN1) : if (quick_assign(&R[i->a], &R[i->b], &R[i->c])) NEXT();
    CHECK(assign_one(ctx, R, nvars, i->a, i->b, i->c, err));
    NEXT();

    CASE(CLOSURE) : v = zp__closure_new(code->codes[i->b], act->env, err);
    CHECK(!zp_bad(v));
    STORE_V();
    CASE(REFERENCE) : CHECK(make_reference(ctx, &code->sites[i->b], R, &v, err));
    STORE_V();
    CASE(DOTS) : CHECK(load_dots(ctx, &v, err));
    STORE_V();
    CASE(DOTELEM) : CHECK(dot_elem(ctx, i->n, &v, err));
    STORE_V();

    CASE(CALL) : CASE(CALL1) : if (ZP_UNLIKELY(ctx->interrupt)) goto interrupted;
    {
        const zp_site *site = &code->sites[i->c];
        zp_value fn = R[i->b];
        act->pc = pc;
        R[i->b] = zp_nil();
        st = zp__call(ctx, fn, R + i->b + 1, site, site->count, i->a, &v, err);
        zp_value_unref(fn);
    }
    if (st == ZP_CALL) {
        LOAD();
        NEXT();
    }
    if (st == ZP_OK)
        STORE_V();
    if (st == ZP_FAILED)
        goto failed;
    ctx->parked = true;
    ctx->park_dst = i->a;
    if (ctx->resumed) { /* the answer is there already */
        ctx->parked = ctx->resumed = false;
        put(&R[i->a], zp_value_move(&ctx->resume_value));
        NEXT();
    }
    return ZP_RUN_PARKED;

    CASE(ORDER) : CHECK(zp__argument_order(ctx->engine, R[i->a], &code->sites[i->c], &R[i->b], err));
    {
        const zp_site *site = &code->sites[i->c];
        R[i->b + site->count] = (zp_value){ .type = ZP_NIL, .u.i64 = 0 };
        pc = code->instrs + site->targets[R[i->b].u.i64];
    }
    NEXT();
    CASE(NEXTARG) :
    {
        const zp_site *site = &code->sites[i->b];
        int64_t k = ++R[i->a + site->count].u.i64;
        pc = code->instrs + site->targets[k < site->count ? R[i->a + k].u.i64 : (int64_t)site->count];
    }
    NEXT();
    CASE(DEFAULT) : if (R[i->a].type != ZP_MISSING) pc = code->instrs + i->b;
    NEXT();
    CASE(CYCLE) : zp_fail(err, "promise already under evaluation: '%s'", code->vars[i->a]->text);
    goto failed;
    CASE(MISSING)
        : flag = R[i->b].type == ZP_DOTS ? ((zp_dots *)R[i->b].u.obj)->n == 0
                                         : R[i->b].type == ZP_MISSING ||
                                               (i->b < 64 && (act->env->defaulted >> i->b & 1));
    put(&R[i->a], zp_lgl(flag));
    NEXT();

    CASE(FORPREP) : CHECK(for_prep(ctx, &R[i->a], &flag, err));
    if (flag)
        pc = code->instrs + i->b;
    NEXT();
    CASE(FORRANGE) : CHECK(for_range(ctx, &R[i->a], &flag, err));
    if (flag)
        pc = code->instrs + i->c;
    NEXT();
    CASE(FORNEXT) : if (R[i->b].aux == 1 && R[i->b + 1].u.i64 > 0)
    {
        R[i->b + 1].u.i64--;
        put(&R[i->a], zp_dbl(R[i->b].u.dbl));
        R[i->b].u.dbl += 1;
        NEXT();
    }
    CHECK(for_next(&R[i->b], &R[i->a], &flag, err));
    if (!flag)
        pc = code->instrs + i->c;
    NEXT();
    CASE(SWITCH) :
    {
        zp_value x = zp_nil();
        uint32_t target;
        CHECK(take(ctx, &R[i->a], i->a >= nvars, &x, err));
        flag = choose(ctx, &code->sites[i->b], x, &target, err);
        zp_value_unref(x);
        CHECK(flag);
        pc = code->instrs + target;
    }
    NEXT();

    CASE(TRY) : CHECK(push_handler(ctx, i, err));
    NEXT();
    CASE(ENDTRY) : ctx->nhandlers--;
    NEXT();
    CASE(CONDITION) : put(&R[i->a], zp_value_ref(ctx->condition));
    NEXT();
    CASE(JKIND) : if (!(zp__condition_kind(ctx->condition) & i->n)) pc = code->instrs + i->a;
    NEXT();
    CASE(RETHROW) : ctx->condition_kind = zp__condition_kind(R[i->a]);
    zp_fail(err, "%s", zp_error_value_text(R[i->a]));
    err->place = *zp_error_value_place(R[i->a]);
    goto rethrow;
    CASE(RETURN) : if (i->n) ctx->visible = i->n == 1;
    if (i->a >= nvars || (act->env->head.refs == 1 && R[i->a].type < ZP_MISSING))
        v = zp_value_move(&R[i->a]);
    else
        CHECK(read_var(ctx, &R[i->a], &v, err));
    {
        uint32_t dst = act->dst;
        if (act->hide)
            ctx->visible = false;
        zp__pop_act(ctx);
        while (ctx->nhandlers && ctx->handlers[ctx->nhandlers - 1].depth > ctx->depth)
            ctx->nhandlers--;
        if (!ctx->depth) {
            put(&ctx->result, v);
            return ZP_RUN_DONE;
        }
        LOAD();
        put(&R[dst], v);
        v = zp_nil();
    }
    NEXT();
    CASE(VISIBLE) : if (i->n < 2) ctx->visible = i->n;
    else if (i->n == 2) put(&R[i->a], zp_lgl(ctx->visible));
    else ctx->visible = R[i->a].u.lgl;
    NEXT();
    CASE(RAISE) : zp_fail(err, "%s", zp_strs(&K[i->a])[0]->text);
    goto failed;
    CASE(DROP) : put(&R[i->a], zp_nil());
    NEXT();

interrupted:
    ctx->interrupt = 0;
    zp_fail_code(err, ZP_ECANCELLED, "interrupted");
failed:
    if (err->code == ZP_ENONE)
        zp_fail(err, "an operation failed without saying why");
    if (!ctx->condition_kind)
        ctx->condition_kind = ZP_COND_ERROR;
rethrow:
    zp__top(ctx)->pc = pc;
    locate(ctx, pc);
    flag = unwind(ctx);
    v = zp_nil();
    ctx->condition_kind = 0;
    if (!flag)
        return ZP_RUN_ERROR;
    LOAD();
    NEXT();
}
