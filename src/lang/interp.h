/* interp: what the loop of the machine is made of.  Private to the interpreter's files.
 *
 * R is the register file of the top activation, nvars how many of its registers are variables: those are borrowed when
 * read, temporaries are moved. */
#ifndef ZP_LANG_INTERP_H
#define ZP_LANG_INTERP_H

#include <math.h>

#include "lang/match.h"

static inline bool both_dbl(const zp_value *x, const zp_value *y)
{
    return x->type == ZP_DBL && y->type == ZP_DBL && !(x->boxed | y->boxed);
}

static inline void put(zp_value *to, zp_value v)
{
    zp_obj *old = to->boxed ? to->u.obj : NULL;

    *to = v;
    if (ZP_UNLIKELY(old != NULL))
        zp_obj_unref(old);
}

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

/* interp_name.c */
bool zp__vm_unbound(zp_ctx *ctx, const zp_str *name, zp_error *err);
bool zp__vm_read_var(zp_ctx *ctx, const zp_value *reg, zp_value *out, zp_error *err);
bool zp__vm_take(zp_ctx *ctx, zp_value *reg, bool temp, zp_value *out, zp_error *err);
/* A free name, searched from the frame; fills the cache of the name. */
bool zp__vm_search(zp_ctx *ctx, zp_name_ref *ref, zp_value *out, zp_error *err);
bool zp__vm_global_value(zp_ctx *ctx, zp_name_ref *ref, zp_env *env, zp_value *out, zp_error *err);
bool zp__vm_up_value(zp_ctx *ctx, zp_name_ref *ref, zp_env *env, uint32_t distance, zp_value *out,
                     zp_error *err);
bool zp__vm_function_value(zp_ctx *ctx, zp_name_ref *ref, uint32_t distance, zp_value *out, zp_error *err);
bool zp__vm_bind(zp_ctx *ctx, zp_opcode op, zp_name_ref *ref, zp_value *reg, bool keep, zp_error *err);

/* interp_ops.c */
bool zp__vm_binary(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, uint32_t b, zp_value *out,
                   zp_error *err);
bool zp__vm_binary_k(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, zp_value k,
                     zp_value *out, zp_error *err);
bool zp__vm_truth_of(zp_ctx *ctx, zp_value *reg, bool temp, bool *out, zp_error *err);
bool zp__vm_side_of(zp_ctx *ctx, zp_value *reg, bool temp, bool *out, zp_error *err);
bool zp__vm_compare(zp_ctx *ctx, zp_op op, zp_value *R, uint32_t nvars, uint32_t a, const zp_value *k,
                    uint32_t b, bool *out, zp_error *err);

/* interp_path.c */
bool zp__vm_index_one(zp_ctx *ctx, bool twice, zp_value *R, uint32_t nvars, uint32_t a, uint32_t b,
                      zp_value *out, zp_error *err);
bool zp__vm_index_many(zp_ctx *ctx, bool twice, zp_value *R, uint32_t nvars, uint32_t xreg, const zp_site *s,
                       zp_value *out, zp_error *err);
bool zp__vm_replace(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_error *err);
bool zp__vm_assign_one(zp_ctx *ctx, zp_value *R, uint32_t nvars, uint32_t var, uint32_t i, uint32_t value,
                       zp_error *err);
bool zp__vm_make_reference(zp_ctx *ctx, const zp_site *s, zp_value *R, zp_value *out, zp_error *err);
bool zp__vm_load_dots(zp_ctx *ctx, zp_value *out, zp_error *err);
bool zp__vm_dot_elem(zp_ctx *ctx, uint32_t k, zp_value *out, zp_error *err);

/* remote.c: is the time of the run over, and may the next instruction be a long one? */
bool zp__vm_late(zp_ctx *ctx, const zp_instr *i, const zp_value *R);

/* interp_flow.c */
bool zp__vm_for_prep(zp_value *R, bool *empty, zp_error *err);
bool zp__vm_for_range(zp_value *R, bool *empty, zp_error *err);
bool zp__vm_for_next(zp_value *R, zp_value *var, bool *more, zp_error *err);
bool zp__vm_choose(const zp_site *s, zp_value x, uint32_t *target, zp_error *err);
bool zp__vm_push_handler(zp_ctx *ctx, const zp_instr *i, zp_error *err);
void zp__vm_locate(zp_ctx *ctx, const zp_instr *pc);
bool zp__vm_unwind(zp_ctx *ctx);

#endif
