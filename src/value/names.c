/* names: one optional character vector per dimension, shared by everything that has the same names. */
#include "value/alloc.h"
#include "value/value_priv.h"

zp_array *zp_names(zp_value v, int32_t k)
{
    if (v.type == ZP_ZTS)
        v = v.u.zts->data;
    if (!v.boxed)
        return NULL;
    if (v.type == ZP_LIST)
        return k == 0 ? v.u.list->names : NULL;
    if (!zp_is_array(v) || !v.u.arr->names || k >= v.u.arr->ndim)
        return NULL;
    return v.u.arr->names[k];
}

zp_str *zp_name_at(const zp_array *names, int64_t i)
{
    return names ? ((zp_str *const *)names->data)[i] : zp_str_empty();
}

bool zp_has_names(zp_value v)
{
    int32_t ndim = v.type == ZP_LIST ? 1 : zp_ndim(v);

    for (int32_t k = 0; k < ndim; k++)
        if (zp_names(v, k))
            return true;
    return false;
}

static void replace(zp_array **at, zp_array *names)
{
    zp_array *old = *at;

    if (names)
        names->head.refs++;
    *at = names;
    if (old)
        zp_obj_unref(&old->head);
}

static void forget_if_empty(zp_array *a)
{
    for (int32_t k = 0; k < a->ndim; k++)
        if (a->names[k])
            return;
    zp__data_free(a->names, (size_t)a->ndim * sizeof(zp_array *));
    a->names = NULL;
}

bool zp_set_names(zp_value *v, int32_t k, zp_array *names, zp_error *err)
{
    zp_array *a;

    if (names && (names->store || !zp_is_dense(zp_box(names)))) {
        zp_value copy = zp_value_copy(zp_box(names), err); /* in memory, read, one column behind the other */
        const bool ok = !zp_bad(copy) && zp_set_names(v, k, copy.u.arr, err);

        zp_value_unref(copy);
        return ok;
    }
    if (v->type == ZP_ZTS)
        return zp_value_own(&v->u.zts->data, err) && zp_set_names(&v->u.zts->data, k, names, err);
    if (v->type == ZP_LIST) {
        replace(&v->u.list->names, names);
        return true;
    }
    if (!names && !v->boxed)
        return true;
    if (!zp_value_box(v, err))
        return false;
    a = v->u.arr;
    if (!a->names) {
        if (!names)
            return true;
        a->names = zp__data_alloc((size_t)a->ndim * sizeof(zp_array *), err);
        if (!a->names)
            return false;
        for (int32_t i = 0; i < a->ndim; i++)
            a->names[i] = NULL;
    }
    replace(&a->names[k], names);
    forget_if_empty(a);
    if (a->store)
        zp__keeper->named(a);
    return true;
}

void zp_drop_names(zp_value *v)
{
    int32_t ndim = v->type == ZP_LIST ? 1 : zp_ndim(*v);

    for (int32_t k = 0; k < ndim; k++)
        if (zp_names(*v, k) && !zp_set_names(v, k, NULL, NULL))
            return;
}

bool zp_copy_names(zp_value *to, zp_value from, zp_error *err)
{
    int32_t ndim = from.type == ZP_LIST ? 1 : zp_ndim(from);

    for (int32_t k = 0; k < ndim; k++) {
        zp_array *names = zp_names(from, k);
        if (names && !zp_set_names(to, k, names, err))
            return false;
    }
    return true;
}
