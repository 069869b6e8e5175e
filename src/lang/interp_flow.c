/* interp_flow: sequences of for, switch, and the way back to a handler. */
#include "lang/interp.h"

/* ---------------------------------------------------------------- loops and switch */

/* R[0]: the sequence, R[1]: how far; a counted loop keeps the next value and how many are left. */
bool zp__vm_for_prep(zp_value *R, bool *empty, zp_error *err)
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
    return true;
}

bool zp__vm_for_range(zp_value *R, bool *empty, zp_error *err)
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
    return zp__vm_for_prep(R, empty, err);
}

bool zp__vm_for_next(zp_value *R, zp_value *var, bool *more, zp_error *err)
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

bool zp__vm_choose(const zp_site *s, zp_value x, uint32_t *target, zp_error *err)
{
    double d;

    *target = s->targets[s->count];
    if (x.type == ZP_STR) {
        zp_str *key;
        bool fallback = false;

        if (zp_len(x) != 1 || !zp_get_str(x, &key, err))
            return zp_fail(err, "EXPR must be a length 1 vector");
        for (uint32_t i = 0; i < s->count; i++) {
            if (s->labels[i] && !zp_str_eq(s->labels[i], key))
                continue;
            if (!s->labels[i] && fallback)
                return zp_fail(err, "duplicate 'switch' defaults");
            *target = s->targets[i];
            if (s->labels[i])
                return true;
            fallback = true;
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

bool zp__vm_push_handler(zp_ctx *ctx, const zp_instr *i, zp_error *err)
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
void zp__vm_locate(zp_ctx *ctx, const zp_instr *pc)
{
    zp_act *top = zp__top(ctx);

    if (ctx->located) {
        ctx->located = false;
        return;
    }
    if (!top->code->internal && !ctx->error.place.line && pc > top->code->instrs)
        ctx->error.place = top->code->places[pc - 1 - top->code->instrs];
    if (top->code->internal)
        ctx->error.place = (zp_place){ 0 };
    for (uint32_t d = ctx->depth; d > 0; d--) {
        const zp_act *act = &ctx->acts[d - 1];
        if (act->code->internal)
            continue;
        if (!ctx->error.place.line)
            ctx->error.place =
                act->code->places[act->pc > act->code->instrs ? act->pc - 1 - act->code->instrs : 0];
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

static bool all_frames_gone(zp_ctx *ctx)
{
    ctx->nhandlers = 0;
    while (ctx->depth)
        zp__pop_act(ctx);
    return false;
}

/* Goes back to the handler for the error in ctx->error; false: there is none, and all frames are gone. */
bool zp__vm_unwind(zp_ctx *ctx)
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
    if (!found)
        return all_frames_gone(ctx);
    h = *found;
    ctx->nhandlers = (uint32_t)(found - ctx->handlers);
    while (ctx->depth > h.depth)
        zp__pop_act(ctx);
    top = zp__top(ctx);
    for (uint32_t r = h.temps; r < top->code->nregs; r++)
        if (top->own_regs || r >= top->code->nvars)
            zp_value_clear(&top->regs[r]);
    cond = zp__condition_new(ctx->condition_kind, zp_error_text(&ctx->error), NULL);
    if (zp_bad(cond))
        return all_frames_gone(ctx); /* no memory even to say so to the handler */
    *zp_error_value_place(cond) = ctx->error.place;
    put(&ctx->condition, cond);
    if (ctx->condition_kind == ZP_COND_ERROR &&
        !zp__env_bind(ctx->working, ctx->engine->s_last_error, zp_value_ref(cond), NULL))
        return all_frames_gone(ctx);
    zp_error_clear(&ctx->error);
    top->pc = top->code->instrs + h.pc;
    return true;
}
