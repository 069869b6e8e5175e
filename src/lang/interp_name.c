/* interp_name: reading and binding variables. */
#include "lang/interp.h"

bool zp__vm_unbound(zp_ctx *ctx, const zp_str *name, zp_error *err)
{
    return zp__report_unknown(ctx, zp__top(ctx)->env, name, err);
}

/* The value of a variable's register as it is read: references are followed, a name that is not bound in the frame is
 * searched outwards.  The reference returned is the caller's. */
bool zp__vm_read_var(zp_ctx *ctx, const zp_value *reg, zp_value *out, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_str *name;
    zp_value *found;

    if (reg->type < ZP_MISSING) {
        *out = zp_value_ref(zp_value_load(reg));
        return true;
    }
    if (reg->type == ZP_REF) {
        *out = zp_value_ref(zp_value_load(reg));
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
        return zp__vm_unbound(ctx, name, err);
    *out = zp_value_ref(zp_value_load(found));
    return zp__deref(out, err);
}

/* An operand that is consumed: temporaries are moved out, variables are shared. */
bool zp__vm_take(zp_ctx *ctx, zp_value *reg, bool temp, zp_value *out, zp_error *err)
{
    if (temp && reg->type < ZP_MISSING) {
        *out = zp_value_move(reg);
        return true;
    }
    return zp__vm_read_var(ctx, reg, out, err);
}

bool zp__vm_search(zp_ctx *ctx, zp_name_ref *ref, zp_value *out, zp_error *err)
{
    zp_env *env = zp__top(ctx)->env, *where = NULL;
    zp_value *v = zp__env_search(env, ref->name, false, &where);

    if (!v)
        return zp__vm_unbound(ctx, ref->name, err);
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
    *out = zp_value_ref(zp_value_load(v));
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

bool zp__vm_global_value(zp_ctx *ctx, zp_name_ref *ref, zp_env *env, zp_value *out, zp_error *err)
{
    if (ZP_LIKELY(cached(ctx, ref, env) && ref->cell->value.type < ZP_MISSING)) {
        *out = zp_value_ref(zp_value_load(&ref->cell->value));
        return true;
    }
    return zp__vm_search(ctx, ref, out, err);
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

bool zp__vm_up_value(zp_ctx *ctx, zp_name_ref *ref, zp_env *env, uint32_t distance, zp_value *out,
                     zp_error *err)
{
    zp_env *up = outwards(env, distance);

    if (up && up->slots[ref->slot].type < ZP_MISSING) {
        *out = zp_value_ref(zp_value_load(&up->slots[ref->slot]));
        return true;
    }
    return zp__vm_search(ctx, ref, out, err);
}

bool zp__vm_function_value(zp_ctx *ctx, zp_name_ref *ref, uint32_t distance, zp_value *out, zp_error *err)
{
    zp_env *env = zp__top(ctx)->env, *where = NULL, *table;
    zp_value *v;

    if (distance > 1) {
        zp_env *up = outwards(env, distance - 1);
        if (up && zp_is_fun(up->slots[ref->slot])) {
            *out = zp_value_ref(zp_value_load(&up->slots[ref->slot]));
            return true;
        }
    } else if (distance == 1 && cached(ctx, ref, env) && zp_is_fun(ref->cell->value)) {
        *out = zp_value_ref(zp_value_load(&ref->cell->value));
        return true;
    }
    v = zp__env_search(env, ref->name, true, &where);
    if (!v)
        return zp__vm_unbound(ctx, ref->name, err);
    table = outer_table(env);
    if (distance == 1 && table && !where->code) {
        ref->env = table;
        ref->version = ctx->engine->version;
        ref->cell = (zp_cell *)v;
    }
    *out = zp_value_ref(zp_value_load(v));
    return zp__deref(out, err);
}

bool zp__vm_bind(zp_ctx *ctx, zp_opcode op, zp_name_ref *ref, zp_value *reg, bool keep, zp_error *err)
{
    zp_act *top = zp__top(ctx);
    zp_value v = zp_nil(), *at;

    if (!zp__vm_take(ctx, reg, !keep && (top->own_regs || reg >= top->regs + top->code->nvars), &v, err))
        return false;
    if (op == ZP_I_SETSUPER && ZP_UNLIKELY(ctx->remote) && !zp__may_super(ctx, top->env, ref->name, err)) {
        zp_value_unref(v);
        return false;
    }
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
