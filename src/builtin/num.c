/* The numeric argument of a built-in: see num.h. */
#include "builtin/num.h"

#include <string.h>

static bool reusable(zp_value v)
{
    if (!v.boxed || v.u.obj->refs != 1 || (v.u.obj->flags & ZP_LOCKED))
        return false;
    if (v.type == ZP_ZTS)
        return reusable(v.u.zts->data);
    return v.type == ZP_DBL && !v.u.arr->store;
}

/* Logicals as numbers, dims and names kept. */
static bool as_numbers(zp_value *v, zp_error *err)
{
    zp_value d;
    const int8_t *from;
    int64_t n = zp_len(*v);

    if (v->type != ZP_LGL)
        return true;
    if (!v->boxed) {
        *v = zp_dbl(v->u.lgl != 0);
        return true;
    }
    if (!zp_value_dense(v, err))
        return false;
    d = zp_arr_like(ZP_DBL, *v, true, err);
    if (zp_bad(d))
        return false;
    from = zp_lgls(v);
    for (int64_t i = 0; i < n; i++)
        ((double *)d.u.arr->data)[i] = from[i] != 0;
    zp_value_set(v, d);
    return true;
}

/* Where the elements of the array *v lie. */
static void columns(const zp_value *v, int64_t *rows, int64_t *cols, int64_t *stride)
{
    *rows = zp_dim(*v, 0);
    *cols = zp_ncols(*v);
    *stride = v->boxed && v->u.arr->ndim > 1 ? v->u.arr->stride : *rows;
}

static bool open_own(zp_value *at, zp_num *w, zp_error *err)
{
    zp_value *data = at->type == ZP_ZTS ? &at->u.zts->data : at;
    double *to = zp_value_mut(at, err);

    if (!to)
        return false;
    data = at->type == ZP_ZTS ? &at->u.zts->data : at;
    columns(data, &w->rows, &w->cols, &w->to_stride);
    w->to = to;
    w->in = to;
    w->in_stride = w->to_stride;
    return true;
}

static bool open_fresh(zp_value v, zp_num *w, zp_error *err)
{
    zp_value data;

    if (!v.boxed) {
        w->scalar = v.u.dbl;
        w->out = zp_dbl(0);
        w->rows = w->cols = w->in_stride = w->to_stride = 1;
        return true;
    }
    zp_value from = zp_num_data(v);
    data = zp_arr_like(ZP_DBL, from, true, err);
    if (zp_bad(data))
        return false;
    columns(&from, &w->rows, &w->cols, &w->in_stride);
    w->in = from.u.arr->data;
    w->to = data.u.arr->data;
    w->to_stride = w->rows;
    if (v.type == ZP_ZTS) {
        data = zp_zts_take(zp_value_ref(zp_zts_idx(v)), data, err);
        if (zp_bad(data))
            return false;
    }
    w->out = data;
    return true;
}

bool zp_operand_read(zp_call *c, zp_error *err)
{
    if (zp_in_place(c)) {
        zp_value_set(&c->argv[0], zp_value_ref(*c->ref[0]));
        c->ref[0] = NULL;
    }
    return zp_value_dense(&c->argv[0], err);
}

bool zp_num_begin(zp_call *c, int k, bool apart, zp_num *w)
{
    zp_value *v = &c->argv[k];

    memset(w, 0, sizeof *w);
    if (k == 0 && zp_in_place(c) && c->ref[0]->type != ZP_DBL && c->ref[0]->type != ZP_ZTS &&
        !zp_operand_read(c, c->err)) /* the result has another type */
        return false;
    if (k == 0 && zp_in_place(c)) {
        w->ref = c->ref[0];
        v = w->ref;
        if (apart)
            goto fresh;
        return open_own(w->ref, w, c->err);
    }
    if (!as_numbers(v, c->err))
        return false;
    if (v->type != ZP_DBL && v->type != ZP_ZTS)
        return zp_fail(c->err, "incorrect argument type");
    if (!apart && reusable(*v)) {
        w->out = zp_value_move(v);
        return open_own(&w->out, w, c->err);
    }
fresh:
    if (!open_fresh(*v, w, c->err))
        return false;
    if (!w->to) { /* a scalar lives in the struct itself */
        w->in = &w->scalar;
        w->to = &w->out.u.dbl;
    }
    return true;
}

/* Writes the finished copy over the caller's object. */
static bool write_back(zp_num *w, zp_error *err)
{
    zp_num own;

    memset(&own, 0, sizeof own);
    if (!open_own(w->ref, &own, err))
        return false;
    for (int64_t j = 0; j < w->cols; j++)
        memcpy(own.to + j * own.to_stride, w->to + j * w->to_stride, (size_t)w->rows * sizeof(double));
    zp_value_clear(&w->out);
    return true;
}

zp_status zp_num_end(zp_call *c, zp_num *w)
{
    if (!w->ref) {
        c->out = zp_value_move(&w->out);
        return ZP_OK;
    }
    if (!zp_bad(w->out) && !write_back(w, c->err))
        return zp_num_fail(w);
    c->out = zp_value_ref(*w->ref);
    return ZP_OK;
}

zp_status zp_num_fail(zp_num *w)
{
    zp_value_clear(&w->out);
    return ZP_FAILED;
}

void zp_num_map(zp_num *w, zp_num_fn fn)
{
    if (w->in_stride == w->rows && w->to_stride == w->rows) {
        fn(w->to, w->in, w->rows * w->cols);
        return;
    }
    for (int64_t j = 0; j < w->cols; j++)
        fn(w->to + j * w->to_stride, w->in + j * w->in_stride, w->rows);
}

bool zp_numbers(zp_value *v, const double **x, int64_t *n, zp_error *err)
{
    zp_value *data = v;

    if (!as_numbers(v, err) || !zp_value_dense(v, err))
        return false;
    if (v->type == ZP_ZTS)
        data = &v->u.zts->data;
    else if (v->type != ZP_DBL)
        return zp_fail(err, "incorrect argument type");
    *x = zp_dbls(data);
    *n = zp_len(*data);
    return true;
}

bool zp_fail_type(zp_call *c, const char *formal, const char *types, zp_value v)
{
    return zp_fail_arg(c->err, 0, "invalid argument type: '%s' should be any of %s but is '%s'", formal,
                       types, zp_type_arg_name(v.type));
}

zp_value zp_dbl_vec(const double *x, int64_t n, zp_error *err)
{
    zp_value v;

    if (n == 1)
        return zp_dbl(x[0]);
    v = zp_vec(ZP_DBL, n, err);
    if (!zp_bad(v) && n)
        memcpy(v.u.arr->data, x, (size_t)n * sizeof(double));
    return v;
}
