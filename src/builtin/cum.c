/* Running values of columns (cumsum and its kin) and shifts of rows (diff, move, locf).
 *
 * R's functions of arrays run over all elements; for series, with `rev`, and in place, they run by column. */
#include "builtin/num.h"

#include "kernel/cum.h"

#include <math.h>
#include <string.h>

static zp_status by_column(zp_call *c, zp_cum what, bool rev)
{
    zp_num w;

    if (!zp_num_begin(c, 0, false, &w))
        return ZP_FAILED;
    for (int64_t j = 0; j < w.cols; j++)
        zp_k_cum(what, w.to + j * w.to_stride, w.in + j * w.in_stride, w.rows, rev);
    return zp_num_end(c, &w);
}

/* Over all elements: a plain vector. */
static zp_status flat(zp_call *c, zp_cum what)
{
    const double *x;
    int64_t n;
    zp_value out;

    if (!zp_numbers(&c->argv[0], &x, &n, c->err))
        return ZP_FAILED;
    out = zp_vec(ZP_DBL, n, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    zp_k_cum(what, out.u.arr->data, x, n, false);
    c->out = out;
    return ZP_OK;
}

static zp_status cumulate(zp_call *c, zp_cum what)
{
    bool rev;

    if (!zp_arg_lgl(c, 1, &rev))
        return ZP_FAILED;
    if (zp_operand(c)->type == ZP_LGL && !zp_operand_read(c, c->err)) /* numbers do not fit into its place */
        return ZP_FAILED;
    if (!zp_in_place(c) && c->argv[0].type != ZP_ZTS && zp_ndim(c->argv[0]) > 1 && !rev && what != ZP_CUMDIV)
        return flat(c, what);
    return by_column(c, what, rev);
}

#define CUM(name, what)                    \
    static zp_status bi_##name(zp_call *c) \
    {                                      \
        return cumulate(c, what);          \
    }
CUM(cumsum, ZP_CUMSUM)
CUM(cumprod, ZP_CUMPROD)
CUM(cummax, ZP_CUMMAX)
CUM(cummin, ZP_CUMMIN)
CUM(cumdiv, ZP_CUMDIV)

/* ---------------------------------------------------------------- running truth */

static zp_status run_truth(zp_call *c, bool until)
{
    zp_value x = c->argv[0], out;
    int64_t n = zp_len(x);
    bool now = !until;

    out = zp_arr_like(ZP_LGL, x, true, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++) {
        bool v = zp_lgls(&x)[i] != 0;
        now = v == until ? until : now;
        ((int8_t *)out.u.arr->data)[i] = now;
    }
    zp_value_unbox(&out);
    c->out = out;
    return ZP_OK;
}

static zp_status bi_cumany(zp_call *c)
{
    return run_truth(c, true);
}

static zp_status bi_cumall(zp_call *c)
{
    return run_truth(c, false);
}

/* ---------------------------------------------------------------- diff */

/* Names of the rows from `lag` on (vector), or of rows and other dims. */
static bool diff_names(zp_value *out, zp_value x, int64_t lag, zp_error *err)
{
    for (int32_t k = 0; k < zp_ndim(x); k++) {
        zp_array *names = zp_names(x, k);
        int64_t drop = k == 0 ? lag : 0, n = zp_dim(*out, k);
        zp_value kept;
        bool ok;

        if (!names || n == 0)
            continue;
        kept = zp_vec(ZP_STR, n, err);
        if (zp_bad(kept))
            return false;
        for (int64_t i = 0; i < n; i++)
            zp_str_put(kept, i, zp_str_ref(zp_name_at(names, i + drop)));
        ok = zp_set_names(out, k, zp_as_names(kept), err);
        zp_value_unref(kept);
        if (!ok)
            return false;
    }
    return true;
}

/* One difference of a vector or matrix with more than `lag` rows. */
static bool diff_once(zp_value x, int64_t lag, zp_value *out, zp_error *err)
{
    zp_type t = x.type == ZP_TIM || x.type == ZP_DUR ? ZP_DUR : ZP_DBL;
    int64_t rows = zp_dim(x, 0), dims[2] = { rows - lag, zp_dim(x, 1) };
    bool fits = true;
    zp_value d = zp_arr(t, zp_ndim(x), dims, err);

    if (zp_bad(d))
        return false;
    for (int64_t j = 0; j < zp_ncols(x); j++) {
        if (t == ZP_DBL)
            zp_k_diff((double *)d.u.arr->data + j * dims[0], zp_dbls(&x) + j * rows, rows, lag);
        else
            fits &= zp_k_diff_i64((int64_t *)d.u.arr->data + j * dims[0], zp_i64s(&x) + j * rows, rows, lag);
    }
    if (!fits || !diff_names(&d, x, lag, err)) {
        zp_value_unref(d);
        return fits ? false : zp_fail(err, "duration out of range");
    }
    *out = d;
    return true;
}

/* What R's x[0] is: a named vector keeps that it has names. */
static bool diff_nothing(zp_value x, bool logical, zp_value *out, zp_error *err)
{
    zp_value none = zp_nil();
    bool ok;

    *out = zp_vec(x.type == ZP_TIM || x.type == ZP_DUR ? ZP_DUR : logical ? ZP_LGL : ZP_DBL, 0, err);
    if (zp_bad(*out) || !zp_is_vector(x) || !zp_names(x, 0))
        return !zp_bad(*out);
    none = zp_vec(ZP_STR, 0, err);
    ok = !zp_bad(none) && zp_set_names(out, 0, zp_as_names(none), err);
    zp_value_unref(none);
    return ok;
}

/* Only vectors and matrices have rows to difference: anything higher counts as a vector. */
static bool flatten(zp_value *v, zp_error *err)
{
    int64_t n = zp_len(*v);
    return zp_ndim(*v) <= 2 || (zp_value_fresh(v, err) && zp_value_reshape(v, 1, &n, err));
}

static bool row_count_fits(zp_call *c, int64_t n, int64_t rows)
{
    return (n >= -rows && n <= rows) || zp_fail(c->err, "subscript out of bounds");
}

/* Rows without a difference are NaN, also in the next of several `times`. */
static zp_status diff_series(zp_call *c, int64_t n, int64_t times)
{
    zp_num w;

    if (!row_count_fits(c, n, zp_dim(zp_zts_data(*zp_operand(c)), 0)) || !zp_num_begin(c, 0, true, &w))
        return ZP_FAILED;
    for (int64_t j = 0; j < w.cols; j++) {
        zp_k_diff_rows(w.to + j * w.to_stride, w.in + j * w.in_stride, w.rows, n);
        for (int64_t i = 1; i < times && i <= w.rows; i++)
            zp_k_diff_rows(w.to + j * w.to_stride, w.to + j * w.to_stride, w.rows, n);
    }
    return zp_num_end(c, &w);
}

static bool to_numbers(zp_value *v, zp_error *err)
{
    const double *x;
    int64_t n;
    return v->type == ZP_TIM || v->type == ZP_DUR || zp_numbers(v, &x, &n, err);
}

static zp_status bi_diff(zp_call *c)
{
    int lag_at = c->given[3] ? 3 : 1; /* `n` is another name of `lag` */
    int64_t lag, times, rows;
    zp_value v;
    bool series = zp_operand(c)->type == ZP_ZTS, logical;

    if (!zp_arg_int(c, lag_at, &lag) || !zp_arg_int(c, 2, &times))
        return ZP_FAILED;
    if (times < 1 || (lag < 1 && !series))
        return zp_fail_call(c, "'lag' and 'differences' must be integers >= 1");
    if (series)
        return diff_series(c, lag, times);
    if (!zp_operand_read(c, c->err)) /* fewer rows than before: never in place */
        return ZP_FAILED;
    logical = c->argv[0].type == ZP_LGL;
    if (!to_numbers(&c->argv[0], c->err) || !flatten(&c->argv[0], c->err))
        return ZP_FAILED;
    rows = zp_dim(c->argv[0], 0);
    if (lag >= rows || times > (rows - 1) / lag)
        return zp_done(diff_nothing(c->argv[0], logical, &c->out, c->err));
    v = zp_value_move(&c->argv[0]);
    for (int64_t i = 0; i < times; i++) {
        zp_value next;
        bool ok = diff_once(v, lag, &next, c->err);
        zp_value_unref(v);
        if (!ok)
            return ZP_FAILED;
        v = next;
    }
    c->out = v;
    return ZP_OK;
}

/* ---------------------------------------------------------------- move, locf */

static zp_status bi_move(zp_call *c)
{
    int64_t n;
    zp_num w;

    if (!zp_arg_int(c, 1, &n) || !row_count_fits(c, n, zp_dim(zp_num_data(*zp_operand(c)), 0)) ||
        !zp_num_begin(c, 0, false, &w))
        return ZP_FAILED;
    for (int64_t j = 0; j < w.cols; j++)
        zp_k_move(w.to + j * w.to_stride, w.in + j * w.in_stride, w.rows, n);
    return zp_num_end(c, &w);
}

static zp_status bi_locf(zp_call *c)
{
    int64_t n;
    zp_num w;

    if (!zp_arg_count(c, 1, &n) || !zp_num_begin(c, 0, false, &w))
        return ZP_FAILED;
    for (int64_t j = 0; j < w.cols; j++)
        zp_k_locf(w.to + j * w.to_stride, w.in + j * w.in_stride, w.rows, n);
    return zp_num_end(c, &w);
}

#define CUM_ROW(name, text, example)                                                           \
    {                                                                                          \
#name, "x, rev = FALSE", "x=DZ+L rev=L", ZP_BI_INPLACE, bi_##name, text, example, NULL \
    }

const zp_builtin zp_builtins_cum[] = {
    CUM_ROW(cumsum, "Running sum; with `rev` from the last row upwards. Series: by column.", "cumsum(1:5)"),
    CUM_ROW(cumprod, "Running product.", "cumprod(1:5)"),
    CUM_ROW(cummax, "Running maximum; NaN stays.", "cummax(c(1, 3, 2))"),
    CUM_ROW(cummin, "Running minimum; NaN stays.", "cummin(c(3, 1, 2))"),
    CUM_ROW(cumdiv, "Running quotient: each element divided by the result before it.", "cumdiv(c(2, 4, 8))"),
    { "cumany", "x", "x=L", 0, bi_cumany, "TRUE from the first TRUE on.", "cumany(c(FALSE, TRUE, FALSE))",
      NULL },
    { "cumall", "x", "x=L", 0, bi_cumall, "TRUE up to the first FALSE.", "cumall(c(TRUE, FALSE, TRUE))",
      NULL },
    { "diff", "x, lag = 1, differences = 1, n = 1", "x=DZ+LTU lag=D differences=D n=D", ZP_BI_INPLACE,
      bi_diff,
      "Differences of elements `lag` rows apart, repeated `differences` times. Series keep their rows: the first `n` are NaN.",
      "diff(c(1, 4, 9))", NULL },
    { "move", "x, n", "x=DZ n=D", ZP_BI_INPLACE, bi_move,
      "Rows shifted down by n (up if negative); vacated rows are NaN.", "move(1:5, 1)", NULL },
    { "locf", "x, n", "x=DZ n=D", ZP_BI_INPLACE, bi_locf,
      "Last observation carried forward: NaN takes the last value before it, at most n rows back.",
      "locf(c(1, NaN, NaN), 1)", NULL },
    { 0 }
};
