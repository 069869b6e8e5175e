/* Matrices: transposition and permutation of dims, row and column numbers, triangles, diagonals. */
#include "builtin/array_priv.h"
#include "builtin/tables.h"
#include "kernel/kernel.h"

#include <string.h>

/* Elements moved as plain words now hold one more reference each. */
static void count_moved(zp_value v)
{
    if (v.type == ZP_STR)
        for (int64_t i = 0; i < zp_len(v); i++)
            zp_str_ref(zp_strs(&v)[i]);
}

/* ---------------------------------------------------------------- t, aperm */

enum { TILE = 32 };

/* to[j, i] = from[i, j], tile by tile so that both stay in the first-level cache. */
static void transpose8(int64_t *to, const int64_t *from, int64_t rows, int64_t cols)
{
    for (int64_t jj = 0; jj < cols; jj += TILE)
        for (int64_t ii = 0; ii < rows; ii += TILE)
            for (int64_t i = ii; i < rows && i < ii + TILE; i++)
                for (int64_t j = jj; j < cols && j < jj + TILE; j++)
                    to[j + i * cols] = from[i + j * rows];
}

static void transpose(char *to, const char *from, int64_t rows, int64_t cols, size_t size)
{
    if (size == 8) {
        transpose8((int64_t *)to, (const int64_t *)from, rows, cols);
        return;
    }
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            memcpy(to + (size_t)(j + i * cols) * size, from + (size_t)(i + j * rows) * size, size);
}

static zp_status bi_t(zp_call *c)
{
    const zp_value x = c->argv[0];
    const bool vector = zp_is_vector(x);
    const int64_t rows = vector ? zp_len(x) : zp_dim(x, 0), cols = vector ? 1 : zp_dim(x, 1);
    const zp_long_guard *left;
    zp_value v;

    if (!zp_is_array(x) || zp_ndim(x) > 2)
        return zp_fail_call(c, "argument is not a matrix");
    v = zp_arr(x.type, 2, (int64_t[]){ cols, rows }, c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    left = zp_long_begin(rows * cols);
    if (rows == 1 || cols == 1)
        memcpy(v.u.arr->data, zp_data(&x), (size_t)zp_len(x) * zp_type_size(x.type));
    else
        transpose(v.u.arr->data, zp_data(&x), rows, cols, zp_type_size(x.type));
    zp_long_end(left);
    count_moved(v);
    if ((rows && zp_names(x, 0) && !zp_set_names(&v, 1, zp_names(x, 0), c->err)) ||
        (cols && zp_names(x, 1) && !zp_set_names(&v, 0, zp_names(x, 1), c->err))) {
        zp_value_unref(v);
        return ZP_FAILED;
    }
    c->out = v;
    return ZP_OK;
}

/* perm[k]: which dim of the original becomes dim k. */
static bool read_perm(zp_value perm, int32_t ndim, int32_t *out, zp_error *err)
{
    if (perm.type == ZP_NIL || perm.type == ZP_MISSING) {
        for (int32_t k = 0; k < ndim; k++)
            out[k] = ndim - 1 - k;
        return true;
    }
    if (perm.type != ZP_DBL)
        return zp_fail(err, "'perm' must be a vector of numbers");
    if (zp_len(perm) != ndim)
        return zp_fail(err, "'perm' is of wrong length %lld (!= %d)", (long long)zp_len(perm), ndim);
    for (int32_t k = 0; k < ndim; k++) {
        const double at = zp_dbls(&perm)[k];

        if (!(at >= 1 && at < (double)ndim + 1))
            return zp_fail(err, "value out of range in 'perm'");
        out[k] = (int32_t)at - 1;
        for (int32_t j = 0; j < k; j++)
            if (out[j] == out[k])
                return zp_fail(err, "invalid 'perm' argument");
    }
    return true;
}

/* Walks the result in order; `step` are the strides of the original in that order, `at` the counters. */
static void permute(zp_value v, const char *from, const int64_t *step, int64_t *at)
{
    const size_t size = zp_type_size(v.type);
    const int64_t *dim = zp_dims(&v), n = zp_len(v);
    char *to = v.u.arr->data;
    int64_t offset = 0;

    for (int64_t i = 0; i < n; i += dim[0]) {
        for (int64_t r = 0; r < dim[0]; r++, to += size)
            memcpy(to, from + (size_t)(offset + r * step[0]) * size, size);
        for (int32_t k = 1; k < zp_ndim(v); k++) {
            offset += step[k];
            if (++at[k] < dim[k])
                break;
            offset -= at[k] * step[k];
            at[k] = 0;
        }
    }
}

static bool aperm(zp_value x, const int32_t *perm, int64_t *work, zp_value *out, zp_error *err)
{
    const int32_t ndim = zp_ndim(x);
    int64_t *dim = work, *step = work + ndim, *at = work + 2 * ndim;
    zp_value v;

    for (int32_t k = 0; k < ndim; k++) {
        dim[k] = zp_dim(x, perm[k]);
        step[k] = 1;
        for (int32_t j = 0; j < perm[k]; j++)
            step[k] *= zp_dim(x, j);
    }
    v = zp_arr(x.type, ndim, dim, err);
    if (zp_bad(v))
        return false;
    permute(v, zp_data(&x), step, at);
    count_moved(v);
    for (int32_t k = 0; k < ndim; k++)
        if (zp_names(x, perm[k]) && !zp_set_names(&v, k, zp_names(x, perm[k]), err)) {
            zp_value_unref(v);
            return false;
        }
    zp_value_unbox(&v);
    *out = v;
    return true;
}

static zp_status bi_aperm(zp_call *c)
{
    const zp_value x = c->argv[0];
    const int32_t ndim = zp_ndim(x);
    int32_t *perm;
    int64_t *work;
    bool ok;

    if (!zp_is_array(x))
        return zp_fail_call(c, "invalid first argument, must be an array");
    perm = zp_alloc((size_t)ndim * sizeof *perm, c->err);
    work = zp_alloc_zero((size_t)ndim * 3 * sizeof *work, c->err);
    ok = perm && work && read_perm(c->argv[1], ndim, perm, c->err) && aperm(x, perm, work, &c->out, c->err);
    zp_free(perm);
    zp_free(work);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- row, col, triangles */

static zp_status number_cells(zp_call *c, bool by_row, const char *name)
{
    const zp_value x = c->argv[0].type == ZP_ZTS ? zp_zts_data(c->argv[0]) : c->argv[0];
    zp_value v;
    double *d;

    if (!zp_is_array(x) || zp_ndim(x) != 2)
        return zp_fail_call(c, "a matrix-like object is required as argument to '%s'", name);
    v = zp_arr(ZP_DBL, 2, zp_dims(&x), c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    d = v.u.arr->data;
    for (int64_t j = 0; j < zp_dim(x, 1); j++)
        for (int64_t i = 0; i < zp_dim(x, 0); i++)
            *d++ = (double)(by_row ? i : j) + 1;
    c->out = v;
    return ZP_OK;
}

static zp_status bi_row(zp_call *c)
{
    return number_cells(c, true, "row");
}

static zp_status bi_col(zp_call *c)
{
    return number_cells(c, false, "col");
}

static zp_status triangle(zp_call *c, bool upper)
{
    const zp_value x = c->argv[0];
    int64_t dim[2] = { zp_len(x), 1 };
    bool diag;
    zp_value v;
    int8_t *to;

    if (!zp_arg_lgl(c, 1, &diag))
        return ZP_FAILED;
    if (!zp_is_array(x) || zp_ndim(x) > 2)
        return zp_fail_call(c, "argument is not a matrix");
    if (zp_ndim(x) == 2)
        memcpy(dim, zp_dims(&x), sizeof dim);
    v = zp_arr(ZP_LGL, 2, dim, c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    to = v.u.arr->data;
    for (int64_t j = 0; j < dim[1]; j++)
        for (int64_t i = 0; i < dim[0]; i++)
            *to++ = (upper ? i < j : i > j) || (diag && i == j);
    c->out = v;
    return ZP_OK;
}

static zp_status bi_upper_tri(zp_call *c)
{
    return triangle(c, true);
}

static zp_status bi_lower_tri(zp_call *c)
{
    return triangle(c, false);
}

/* ---------------------------------------------------------------- diagonals */

static bool same_names(const zp_array *a, const zp_array *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!zp_str_eq(zp_name_at(a, i), zp_name_at(b, i)))
            return false;
    return true;
}

static zp_status take_diagonal(zp_call *c, bool names)
{
    const zp_value x = c->argv[0];
    const int64_t rows = zp_dim(x, 0), cols = zp_dim(x, 1), n = rows < cols ? rows : cols;
    const size_t size = zp_type_size(x.type);
    zp_value v = zp_vec(x.type, n, c->err), some = zp_nil();

    if (zp_bad(v))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        memcpy((char *)v.u.arr->data + (size_t)i * size,
               (const char *)zp_data(&x) + (size_t)(i * (rows + 1)) * size, size);
    count_moved(v);
    if (names && n && zp_names(x, 0) && zp_names(x, 1) && same_names(zp_names(x, 0), zp_names(x, 1), n) &&
        (!zp_take_range(zp_box((void *)zp_names(x, 0)), 0, n, &some, c->err) ||
         !zp_set_names(&v, 0, some.u.arr, c->err))) {
        zp_value_unref(v);
        zp_value_unref(some);
        return ZP_FAILED;
    }
    zp_value_unref(some);
    zp_value_unbox(&v);
    c->out = v;
    return ZP_OK;
}

/* A matrix of zeros (or FALSE) with x, repeated, on its diagonal. */
static zp_status make_diagonal(zp_call *c, zp_value x, int64_t rows, int64_t cols)
{
    const int64_t n = rows < cols ? rows : cols, len = zp_len(x);
    zp_value v;

    if (x.type != ZP_DBL && x.type != ZP_LGL)
        return zp_fail_call(c, "incorrect argument type");
    if (rows < 0)
        return zp_fail_call(c, "invalid 'nrow' value (< 0)");
    if (cols < 0)
        return zp_fail_call(c, "invalid 'ncol' value (< 0)");
    if (n > 0 && len == 0)
        return zp_fail_call(c, "'x' must have positive length");
    v = zp_arr(x.type, 2, (int64_t[]){ rows, cols }, c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    zp_fill_zero(v, 0, zp_len(v));
    for (int64_t i = 0; i < n; i++) {
        if (x.type == ZP_DBL)
            ((double *)v.u.arr->data)[i * (rows + 1)] = zp_dbls(&x)[i % len];
        else
            ((int8_t *)v.u.arr->data)[i * (rows + 1)] = zp_lgls(&x)[i % len];
    }
    c->out = v;
    return ZP_OK;
}

static zp_status bi_diag(zp_call *c)
{
    const bool has_rows = !zp_arg_missing(c, 1), has_cols = !zp_arg_missing(c, 2);
    zp_value x = zp_arg_missing(c, 0) ? zp_dbl(1) : c->argv[0];
    int64_t rows, cols;
    bool names;

    if (!zp_arg_lgl(c, 3, &names))
        return ZP_FAILED;
    if (x.type == ZP_ZTS)
        x = zp_zts_data(x);
    if (!zp_is_array(x))
        return zp_fail_call(c, "incorrect argument type");
    if (zp_ndim(x) == 2 && (has_rows || has_cols))
        return zp_fail_call(c, "'nrow' or 'ncol' cannot be specified when 'x' is a matrix");
    if (zp_ndim(x) == 2) {
        zp_value_set(&c->argv[0], zp_value_ref(x));
        return take_diagonal(c, names);
    }
    if (zp_ndim(x) > 2)
        return zp_fail_call(c, "'x' is an array, but not one-dimensional.");
    if (!has_rows && zp_arg_missing(c, 0))
        return zp_fail_call(c, "argument missing: nrow");
    rows = zp_len(x);
    if (has_rows && !zp_arg_int(c, 1, &rows))
        return ZP_FAILED;
    if (!has_rows && !has_cols && zp_len(x) == 1 && x.type == ZP_DBL) {
        const double n = zp_dbls(&x)[0];

        if (!(n > -1 && n < 9e15))
            return zp_fail_call(c, "invalid 'nrow' value (< 0)");
        rows = (int64_t)n;
        x = zp_dbl(1);
    }
    cols = rows;
    if (has_cols && !zp_arg_int(c, 2, &cols))
        return ZP_FAILED;
    return make_diagonal(c, x, rows, cols);
}

static zp_status bi_set_diag(zp_call *c)
{
    const zp_value x = zp__first(c), value = c->argv[1];
    const int64_t rows = zp_dim(x, 0), n = rows < zp_dim(x, 1) ? rows : zp_dim(x, 1);
    zp_value index, *target;
    bool ok;

    if (!zp_is_array(x) || zp_ndim(x) != 2)
        return zp_fail_call(c, "only matrix diagonals can be replaced");
    if (zp_len(value) != 1 && zp_len(value) != n)
        return zp_fail_call(c, "replacement diagonal has wrong length");
    index = zp_vec(ZP_DBL, n, c->err);
    if (zp_bad(index))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        ((double *)index.u.arr->data)[i] = (double)(i * (rows + 1) + 1);
    target = zp__target(c, 0);
    ok = target && (n == 0 || zp_subassign(target, &index, 1, value, c->err));
    zp_value_unref(index);
    return ok ? zp__give(c, target) : ZP_FAILED;
}

const zp_builtin zp_builtins_matrix[] = {
    { "t", "x", "", 0, bi_t, "Transposes a matrix; a vector becomes a matrix of one row.",
      "t(matrix(1:6, 2))", NULL },
    { "aperm", "a, perm = NULL", "", 0, bi_aperm,
      "Permutes the dims of an array: dim k of the result is dim perm[k] of `a`; by default they are reversed.",
      "dim(aperm(array(1:24, c(2, 3, 4)), c(3, 1, 2)))", NULL },
    { "row", "x", "", 0, bi_row, "A matrix like x that holds the row numbers.", "row(matrix(0, 2, 2))",
      NULL },
    { "col", "x", "", 0, bi_col, "A matrix like x that holds the column numbers.", "col(matrix(0, 2, 2))",
      NULL },
    { "upper.tri", "x, diag = FALSE", "diag=L", 0, bi_upper_tri,
      "A logical matrix: TRUE above the diagonal (with `diag` on it too).", "upper.tri(matrix(0, 2, 2))",
      NULL },
    { "lower.tri", "x, diag = FALSE", "diag=L", 0, bi_lower_tri,
      "A logical matrix: TRUE below the diagonal (with `diag` on it too).", "lower.tri(matrix(0, 2, 2))",
      NULL },
    { "diag", "[x], [nrow], [ncol], names = TRUE", "nrow=D ncol=D names=L", 0, bi_diag,
      "The diagonal of a matrix; the identity matrix of x rows; a matrix with the vector x on its diagonal.",
      "diag(2)", NULL },
    { "diag<-", "x, value", "", ZP_BI_INPLACE, bi_set_diag,
      "`diag(x) <- value` replaces the diagonal of a matrix.", "{ m <- matrix(0, 2, 2); diag(m) <- 1; m }",
      NULL },
    { 0 },
};
