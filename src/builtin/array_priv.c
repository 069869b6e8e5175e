/* Helpers of the built-ins about the structure of values. */
#include "builtin/array_priv.h"

zp_value *zp__target(zp_call *c, int k)
{
    zp_value *v = &c->argv[k];

    if (k == 0 && c->ref && c->ref[0]) {
        zp_value_clear(v); /* so that the object is held by its owner alone */
        return zp_value_own(c->ref[0], c->err) ? c->ref[0] : NULL;
    }
    if (v->boxed && (v->u.obj->refs > 1 || (v->u.obj->flags & ZP_LOCKED))) {
        zp_value copy = zp_value_copy(*v, c->err);

        if (zp_bad(copy))
            return NULL;
        zp_value_set(v, copy);
    }
    return v;
}

zp_status zp__give(zp_call *c, zp_value *target)
{
    const bool ours = target >= c->argv && target < c->argv + c->argc;

    c->out = ours ? zp_value_move(target) : zp_value_ref(*target);
    return ZP_OK;
}

zp_value zp__numbers(const int64_t *x, int64_t count, zp_error *err)
{
    zp_value v;

    if (count == 1)
        return zp_dbl((double)x[0]);
    v = zp_vec(ZP_DBL, count, err);
    for (int64_t i = 0; i < count && !zp_bad(v); i++)
        ((double *)v.u.arr->data)[i] = (double)x[i];
    return v;
}

zp_value zp__names_value(const zp_array *names)
{
    return names ? zp_value_ref(zp_box((void *)names)) : zp_nil();
}

bool zp__check_names(zp_value v, int64_t extent, zp_array **names, zp_error *err)
{
    *names = NULL;
    if (v.type == ZP_NIL)
        return true;
    if (v.type != ZP_STR)
        return zp_fail(err, "names must be of type 'character'");
    if (zp_len(v) != extent)
        return zp_fail(err, "length of 'dimnames' not equal to array extent");
    *names = zp_as_names(v);
    return true;
}
