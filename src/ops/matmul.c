/* matmul: %*% and %o%.
 *
 * A vector next to a matrix becomes the row or column that fits; two vectors of one length give their inner product,
 * as in R.  Row names come from the left, column names from the right. */
#include "ops/ops_priv.h"

typedef struct side {
    int64_t rows, cols;
    bool matrix;
} side;

static side side_of(zp_value v)
{
    if (zp_ndim(v) == 2)
        return (side){ zp_dim(v, 0), zp_dim(v, 1), true };
    return (side){ zp_len(v), 1, false };
}

/* Turns vectors into rows or columns so that a->cols == b->rows; false: they do not fit. */
static bool promote(side *a, side *b)
{
    int64_t na = a->rows, nb = b->rows;

    if (!a->matrix && !b->matrix) {
        if (na == nb)
            *a = (side){ 1, na, false };
        else if (na == 1)
            *b = (side){ 1, nb, false };
    } else if (!a->matrix) {
        *a = na == nb ? (side){ 1, na, false } : (side){ na, 1, false };
    } else if (!b->matrix) {
        *b = nb == a->cols ? (side){ nb, 1, false } : (side){ 1, nb, false };
    }
    return a->cols == b->rows;
}

typedef struct product {
    double *c;
    const double *a, *b;
    int64_t rows, inner;
} product;

static void columns(void *arg, int64_t from, int64_t to)
{
    const product *p = arg;

    zp_kernels_get()->gemm_dbl(p->c + from * p->rows, p->a, p->b + from * p->inner, p->rows, p->inner,
                               to - from);
}

static bool multiply(zp_value a, zp_value b, side sa, side sb, zp_value *out, zp_error *err)
{
    zp_value c = zp_arr(ZP_DBL, 2, (int64_t[]){ sa.rows, sb.cols }, err);
    int64_t work = sa.rows * sa.cols, grain = 1 + (INT64_C(1) << 20) / (work ? work : 1);

    if (zp_bad(c))
        return false;
    product p = { c.u.arr->data, zp_dbls(&a), zp_dbls(&b), sa.rows, sa.cols };
    zp_parallel(sb.cols, grain, columns, &p);
    zp_array *rownames = sa.matrix ? zp_names(a, 0) : NULL, *colnames = sb.matrix ? zp_names(b, 1) : NULL;
    if ((rownames && !zp_set_names(&c, 0, rownames, err)) ||
        (colnames && !zp_set_names(&c, 1, colnames, err))) {
        zp_value_unref(c);
        return false;
    }
    *out = c;
    return true;
}

bool zp__matmul(zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    side sa, sb;
    bool ok;

    if (a.type == ZP_ZTS)
        a = zp_zts_data(a);
    if (b.type == ZP_ZTS)
        b = zp_zts_data(b);
    if (a.type != ZP_DBL || b.type != ZP_DBL)
        return zp__bad_pair(ZP_OP_MATMUL, a, b, err);
    sa = side_of(a);
    sb = side_of(b);
    if (!promote(&sa, &sb))
        return zp_fail(err, "non-conformable arguments");
    a = zp_value_ref(a);
    b = zp_value_ref(b);
    ok = zp_value_dense(&a, err) && zp_value_dense(&b, err) && multiply(a, b, sa, sb, out, err);
    zp_value_unref(a);
    zp_value_unref(b);
    return ok;
}

/* ---------------------------------------------------------------- %o% */

static bool outer_names(zp_value *v, zp_value a, zp_value b, zp_error *err)
{
    for (int32_t k = 0; k < zp_ndim(a); k++)
        if (zp_names(a, k) && !zp_set_names(v, k, zp_names(a, k), err))
            return false;
    for (int32_t k = 0; k < zp_ndim(b); k++)
        if (zp_names(b, k) && !zp_set_names(v, zp_ndim(a) + k, zp_names(b, k), err))
            return false;
    return true;
}

static bool outer_dense(zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    int32_t na = zp_ndim(a), nb = zp_ndim(b);
    int64_t rows = zp_len(a), cols = zp_len(b);
    int64_t *dim = zp_alloc((size_t)(na + nb) * sizeof *dim, err);
    const double *y = zp_dbls(&b);
    zp_value v;

    if (!dim)
        return false;
    memcpy(dim, zp_dims(&a), (size_t)na * sizeof *dim);
    memcpy(dim + na, zp_dims(&b), (size_t)nb * sizeof *dim);
    v = zp_arr(ZP_DBL, na + nb, dim, err);
    zp_free(dim);
    if (zp_bad(v))
        return false;
    for (int64_t j = 0; j < cols; j++)
        zp_kernels_get()->arith_dbl(ZP_K_MUL, ZP_VS, (double *)v.u.arr->data + j * rows, zp_dbls(&a), y + j,
                                    rows);
    if (!outer_names(&v, a, b, err)) {
        zp_value_unref(v);
        return false;
    }
    *out = v;
    return true;
}

bool zp__outer(zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    bool ok;

    if (a.type != ZP_DBL || b.type != ZP_DBL)
        return zp__bad_pair(ZP_OP_OUTER, a, b, err);
    a = zp_value_ref(a);
    b = zp_value_ref(b);
    ok = zp_value_dense(&a, err) && zp_value_dense(&b, err) && outer_dense(a, b, out, err);
    zp_value_unref(a);
    zp_value_unref(b);
    return ok;
}
