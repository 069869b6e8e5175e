/* Making series from parts of others. */
#include "builtin/series.h"

#include "kernel/align.h"

zp_value zp_series_index(zp_value times, zp_error *err)
{
    const int64_t *from = zp_i64s(&times);
    int64_t n = zp_len(times);
    zp_value idx;

    if (times.boxed && times.u.arr->ndim == 1 && !times.u.arr->store && !(times.u.obj->flags & ZP_LOCKED) &&
        !zp_has_names(times))
        return zp_value_ref(times);
    idx = zp_vec(ZP_TIM, n, err);
    if (!zp_bad(idx)) {
        zp_copy_elems(ZP_TIM, idx.u.arr->data, from, n);
        idx.u.arr->order = ZP_ORDER_UNKNOWN;
    }
    return idx;
}

zp_value zp_series_data(zp_value data, int64_t rows, zp_error *err)
{
    int32_t ndim = zp_ndim(data);
    int64_t few[4], *dim = few;
    zp_value out;

    if (ndim > 4 && !(dim = zp_alloc((size_t)ndim * sizeof *dim, err)))
        return zp_nil();
    for (int32_t k = 0; k < ndim; k++)
        dim[k] = k ? zp_dim(data, k) : rows;
    out = zp_arr(ZP_DBL, ndim, dim, err);
    if (dim != few)
        zp_free(dim);
    for (int32_t k = 1; k < ndim && !zp_bad(out); k++)
        if (zp_names(data, k) && !zp_set_names(&out, k, zp_names(data, k), err))
            zp_value_clear(&out);
    return out;
}

zp_value zp_series_own(zp_value *z, zp_error *err)
{
    if (z->u.obj->refs == 1 && !(z->u.obj->flags & ZP_LOCKED))
        return zp_value_move(z);
    return zp_value_copy(*z, err);
}

bool zp_series_check_times(zp_value times, const char *what, bool ascending, zp_error *err)
{
    if (zp_ncols(times) != 1)
        return zp_fail(err, "'%s' is not a vector", what);
    if (ascending && !zp_value_ordered(times))
        return zp_fail(err, "index is not in ascending order");
    return true;
}

bool zp_series_gather(const struct zp_windows *w, zp_value data, double fill, double *out, zp_error *err)
{
    int64_t count = zp_ncols(data);
    const double **columns = zp_alloc((size_t)(count ? count : 1) * sizeof *columns, err);

    if (!columns)
        return false;
    for (int64_t k = 0; k < count; k++)
        columns[k] = zp_column(&data, k);
    zp_align_gather(w, columns, count, fill, out);
    zp_free(columns);
    return true;
}

bool zp_arg_zone(zp_call *c, int k, const zp_zone **zone)
{
    zp_str *name;

    *zone = NULL;
    if (zp_arg_missing(c, k) || c->argv[k].type == ZP_NIL)
        return true;
    return zp_arg_str(c, k, &name) && (*zone = zp_zone_find(name->text, c->err));
}

bool zp_arg_duration(zp_call *c, int k, bool zero, int64_t *ns)
{
    if (c->argv[k].type != ZP_DUR || zp_len(c->argv[k]) != 1)
        return zp_fail_arg(c->err, k + 1, "expecting scalar value");
    *ns = zp_i64s(&c->argv[k])[0];
    return *ns > 0 || (zero && *ns == 0) || zp_fail_arg(c->err, k + 1, "duration must be positive");
}
