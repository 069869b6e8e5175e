/* Positions of elements: which, which.max, which.min. */
#include "builtin/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The rows of v get the names of the rows of x in which the positions `at` are. */
static bool name_lines(zp_value x, const double *at, int64_t n, zp_value *v, zp_error *err)
{
    zp_value names = zp_vec(ZP_STR, n, err);
    bool ok = !zp_bad(names);

    for (int64_t i = 0; ok && i < n; i++)
        zp_str_put(names, i, zp_str_ref(zp_name_at(zp_names(x, 0), ((int64_t)at[i] - 1) % zp_dim(x, 0))));
    ok = ok && zp_set_names(v, 0, zp_as_names(names), err);
    zp_value_unref(names);
    return ok;
}

/* Row, column, ... of the linear positions `at`. */
static bool index_matrix(zp_value x, const double *at, int64_t n, bool use_names, zp_value *out,
                         zp_error *err)
{
    int32_t nd = zp_ndim(x);
    int64_t dim[2] = { n, nd };
    zp_value v = zp_arr(ZP_DBL, 2, dim, err), names = zp_vec(ZP_STR, nd, err);
    bool ok = !zp_bad(v) && !zp_bad(names);

    for (int32_t k = 0; ok && k < nd; k++) {
        char text[16];
        zp_str *s;
        snprintf(text, sizeof text, "dim%d", k + 1);
        s = zp_str_from(nd > 2 ? text : k ? "col" : "row", err);
        ok = s != NULL;
        if (ok)
            zp_str_put(names, k, s);
    }
    for (int64_t i = 0; ok && i < n; i++) {
        int64_t p = (int64_t)at[i] - 1;
        for (int32_t k = 0; k < nd; k++) {
            ((double *)v.u.arr->data)[i + k * n] = (double)(p % zp_dim(x, k) + 1);
            p /= zp_dim(x, k);
        }
    }
    ok = ok && (!use_names || zp_set_names(&v, 1, zp_as_names(names), err));
    zp_value_unref(names);
    if (ok && use_names && zp_names(x, 0))
        ok = name_lines(x, at, n, &v, err);
    if (!ok)
        zp_value_clear(&v);
    *out = v;
    return ok;
}

/* Names of the chosen elements of a vector. */
static bool name_positions(zp_value x, zp_value *out, zp_error *err)
{
    zp_array *names = zp_is_vector(x) ? zp_names(x, 0) : NULL;
    int64_t n = zp_len(*out);
    zp_value picked;
    bool ok;

    if (!names)
        return true;
    picked = zp_vec(ZP_STR, n, err);
    if (zp_bad(picked))
        return false;
    for (int64_t i = 0; i < n; i++)
        zp_str_put(picked, i, zp_str_ref(zp_name_at(names, (int64_t)zp_dbls(out)[i] - 1)));
    ok = zp_set_names(out, 0, zp_as_names(picked), err);
    zp_value_unref(picked);
    return ok;
}

static zp_status bi_which(zp_call *c)
{
    zp_value x = c->argv[0], out;
    int64_t n = zp_len(x), count = 0;
    bool matrix, use_names, ok;

    if (x.type != ZP_LGL)
        return zp_fail_call(c, "argument to 'which' is not logical");
    if (!zp_arg_lgl(c, 1, &matrix) || !zp_arg_lgl(c, 2, &use_names))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        count += zp_lgls(&x)[i] != 0;
    out = zp_vec(ZP_DBL, count, c->err);
    if (zp_bad(out) || !zp_value_box(&out, c->err))
        return ZP_FAILED;
    for (int64_t i = 0, k = 0; i < n; i++)
        if (zp_lgls(&x)[i])
            ((double *)out.u.arr->data)[k++] = (double)(i + 1);
    if (matrix && zp_ndim(x) > 1) {
        ok = index_matrix(x, out.u.arr->data, count, use_names, &c->out, c->err);
        zp_value_unref(out);
        return zp_done(ok);
    }
    if (!name_positions(x, &out, c->err)) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    zp_value_unbox(&out);
    c->out = out;
    return ZP_OK;
}

static zp_status extreme(zp_call *c, int sign)
{
    const double *x;
    int64_t n, at = -1;
    zp_value out;

    if (!zp_numbers(&c->argv[0], &x, &n, c->err))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i]) && (at < 0 || sign * x[i] > sign * x[at]))
            at = i;
    out = zp_vec(ZP_DBL, at >= 0, c->err);
    if (zp_bad(out) || !zp_value_box(&out, c->err))
        return ZP_FAILED;
    if (at >= 0)
        ((double *)out.u.arr->data)[0] = (double)(at + 1);
    if (!name_positions(c->argv[0], &out, c->err)) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    zp_value_unbox(&out);
    c->out = out;
    return ZP_OK;
}

static zp_status bi_which_max(zp_call *c)
{
    return extreme(c, 1);
}

static zp_status bi_which_min(zp_call *c)
{
    return extreme(c, -1);
}

const zp_builtin zp_builtins_which[] = {
    { "which", "x, arr.ind = FALSE, useNames = TRUE", "arr.ind=L useNames=L", 0, bi_which,
      "Positions of TRUE, with their names; `arr.ind`: rows and columns of an array. `useNames = FALSE`: without "
      "names.",
      "which(c(1, 5, 7) > 3)", NULL },
    { "which.max", "x", "x=DZ+L", 0, bi_which_max, "Position of the first maximum, with its name.",
      "which.max(c(1, 9, 3))", NULL },
    { "which.min", "x", "x=DZ+L", 0, bi_which_min, "Position of the first minimum, with its name.",
      "which.min(c(4, 1, 3))", NULL },
    { 0 }
};
