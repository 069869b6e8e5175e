/* interp_ops: operators whose operands are not two plain numbers. */
#include "lang/interp.h"

/* Takes x and y: whoever changes what they were taken from copies first. */
static bool binary_take(zp_ctx *ctx, zp_op op, zp_value x, zp_value y, zp_value *out, zp_error *err)
{
    bool ok;

    ctx->apart = true;
    ctx->doing = "operator";
    ok = zp_binary_take(op, x, y, NULL, out, err);
    ctx->apart = false;
    return ok;
}

bool zp__vm_binary(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, uint32_t b, zp_value *out,
                   zp_error *err)
{
    zp_value x = zp_nil(), y = zp_nil();

    if (!zp__vm_take(ctx, &R[a], a >= nvars, &x, err))
        return false;
    if (!zp__vm_take(ctx, &R[b], b >= nvars, &y, err)) {
        zp_value_unref(x);
        return false;
    }
    return binary_take(ctx, op, x, y, out, err);
}

bool zp__vm_binary_k(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, zp_value k,
                     zp_value *out, zp_error *err)
{
    zp_value x = zp_nil();

    if (!zp__vm_take(ctx, &R[a], a >= nvars, &x, err))
        return false;
    return binary_take(ctx, op, x, zp_value_ref(k), out, err);
}

bool zp__vm_truth_of(zp_ctx *ctx, zp_value *reg, bool temp, bool *out, zp_error *err)
{
    zp_value v = zp_nil();
    bool ok;

    if (!zp__vm_take(ctx, reg, temp, &v, err))
        return false;
    ok = zp_truth(v, out, err);
    zp_value_unref(v);
    return ok;
}

/* A side of && and ||: of a longer vector the first element counts, as in R. */
bool zp__vm_side_of(zp_ctx *ctx, zp_value *reg, bool temp, bool *out, zp_error *err)
{
    zp_value v = zp_nil(), first;
    bool ok;

    if (!zp__vm_take(ctx, reg, temp, &v, err))
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

bool zp__vm_compare(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, const zp_value *k,
                    uint32_t b, bool *out, zp_error *err)
{
    zp_value v = zp_nil();
    bool ok;

    if (!(k ? zp__vm_binary_k(ctx, op, R, nvars, a, *k, &v, err)
            : zp__vm_binary(ctx, op, R, nvars, a, b, &v, err)))
        return false;
    ok = zp_truth(v, out, err);
    zp_value_unref(v);
    return ok;
}
