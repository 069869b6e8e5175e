/* compare: equality of whole values, and choosing element by element. */
#include "lang/lang.h"
#include "ops/ops.h"

#include <math.h>

static zp_status bi_identical(zp_call *c)
{
    c->out = zp_lgl(zp_value_equal(c->argv[0], c->argv[1], 0));
    return ZP_OK;
}

static zp_status bi_all_equal(zp_call *c)
{
    double tolerance;

    if (!zp_arg_dbl(c, 2, &tolerance))
        return ZP_FAILED;
    c->out = zp_lgl(zp_value_equal(c->argv[0], c->argv[1], tolerance));
    return ZP_OK;
}

static bool is_scalar_logical(zp_value x, bool value)
{
    return x.type == ZP_LGL && zp_len(x) == 1 && *zp_lgls(&x) == value;
}

static zp_status bi_is_true(zp_call *c)
{
    c->out = zp_lgl(is_scalar_logical(c->argv[0], true));
    return ZP_OK;
}

static zp_status bi_is_false(zp_call *c)
{
    c->out = zp_lgl(is_scalar_logical(c->argv[0], false));
    return ZP_OK;
}

static zp_status bi_xor(zp_call *c)
{
    zp_value x, y;

    if (!zp_convert_take(zp_value_move(&c->argv[0]), ZP_LGL, &x, c->err))
        return ZP_FAILED;
    if (!zp_convert_take(zp_value_move(&c->argv[1]), ZP_LGL, &y, c->err)) {
        zp_value_unref(x);
        return ZP_FAILED;
    }
    return zp_done(zp_binary_take(ZP_OP_NE, x, y, NULL, &c->out, c->err));
}

/* ---------------------------------------------------------------- ifelse */

/* The order in which types give way to each other when they meet in one vector. */
static int rank(zp_type t)
{
    return t == ZP_LGL ? 1 : t == ZP_DBL ? 3 : t == ZP_STR ? 4 : 2;
}

static zp_type wider(zp_type a, zp_type b)
{
    return rank(b) > rank(a) ? b : a;
}

/* Makes `*v`, of which some element is needed, an array of type t. */
static bool convert_choice(zp_value *v, bool used, zp_type t, zp_error *err)
{
    return !used || zp_coerce_take(zp_value_move(v), t, v, err);
}

static void choose(zp_value out, const int8_t *test, zp_value yes, zp_value no)
{
    zp_type t = (zp_type)out.type;
    size_t size = zp_type_size(t);
    int64_t n = zp_len(out), step_yes = zp_len(yes) == 1 ? 0 : 1, step_no = zp_len(no) == 1 ? 0 : 1;
    const char *from_yes = zp_is_array(yes) ? zp_data(&yes) : NULL,
               *from_no = zp_is_array(no) ? zp_data(&no) : NULL;
    char *to = out.u.arr->data;

    for (int64_t i = 0; i < n; i++) {
        const char *from =
            test[i] ? from_yes + (size_t)(i * step_yes) * size : from_no + (size_t)(i * step_no) * size;

        if (t == ZP_DBL)
            memcpy(to + (size_t)i * sizeof(double), from, sizeof(double));
        else
            zp_copy_elems(t, to + (size_t)i * size, from, 1);
    }
}

static bool choice_fits(zp_value v, int64_t n, bool used, zp_error *err)
{
    if (!used)
        return true;
    if (!zp_is_array(v))
        return zp_fail(err, "incorrect argument type");
    return zp_len(v) == 1 || zp_len(v) == n || zp_fail(err, "incompatible array sizes");
}

static zp_status bi_ifelse(zp_call *c)
{
    zp_value *yes = &c->argv[1], *no = &c->argv[2], test, out;
    bool used_yes = false, used_no = false;
    zp_type t;
    int64_t n;

    for (int k = 0; k < 3; k++)
        if (c->argv[k].type == ZP_ZTS) {
            zp_value_set(&c->argv[k], zp_value_ref(zp_zts_data(c->argv[k])));
            if (!zp_value_dense(&c->argv[k], c->err))
                return ZP_FAILED;
        }
    if (!zp_convert_take(zp_value_move(&c->argv[0]), ZP_LGL, &c->argv[0], c->err))
        return ZP_FAILED;
    test = c->argv[0];
    n = zp_len(test);
    for (int64_t i = 0; i < n; i++)
        *(zp_lgls(&test)[i] ? &used_yes : &used_no) = true;
    if (n == 0) {
        c->out = zp_value_ref(test);
        return ZP_OK;
    }
    if (!choice_fits(*yes, n, used_yes, c->err) || !choice_fits(*no, n, used_no, c->err))
        return ZP_FAILED;
    t = used_yes && used_no ? wider((zp_type)yes->type, (zp_type)no->type)
                            : (zp_type)(used_yes ? yes : no)->type;
    if (!convert_choice(yes, used_yes, t, c->err) || !convert_choice(no, used_no, t, c->err))
        return ZP_FAILED;
    out = zp_arr_like(t, test, true, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    choose(out, zp_lgls(&test), *yes, *no);
    zp_value_unbox(&out);
    c->out = out;
    return ZP_OK;
}

/* ---------------------------------------------------------------- pmin, pmax */

/* Folds one more argument into the result: the better of each pair.  NaN wins unless na_rm. */
static void fold_dbl(double *best, const double *x, int64_t step, int64_t n, bool max, bool na_rm)
{
    for (int64_t i = 0; i < n; i++) {
        double a = best[i], b = x[i * step];

        if (isnan(a) || isnan(b))
            best[i] = isnan(a) == na_rm ? b : a;
        else if (max ? b > a : b < a)
            best[i] = b;
    }
}

static int compare(zp_type t, const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    if (t == ZP_STR)
        return zp_str_cmp(*(zp_str *const *)a, *(zp_str *const *)b);
    if (t == ZP_LGL)
        return *(const int8_t *)a - *(const int8_t *)b;
    return (*x > *y) - (*x < *y);
}

static void fold(zp_value best, zp_value x, bool max, bool na_rm)
{
    zp_type t = (zp_type)x.type;
    size_t size = zp_type_size(t);
    int64_t n = zp_len(best), step = zp_len(x) == 1 ? 0 : 1;
    char *to = best.u.arr->data;
    const char *from = zp_data(&x);

    if (t == ZP_DBL) {
        fold_dbl((double *)best.u.arr->data, zp_dbls(&x), step, n, max, na_rm);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int order = compare(t, from + (size_t)(i * step) * size, to + (size_t)i * size);

        if (!(max ? order > 0 : order < 0))
            continue;
        if (t == ZP_STR)
            zp_str_put(best, i, zp_str_ref(zp_strs(&x)[i * step]));
        else
            zp_copy_elems(t, to + (size_t)i * size, from + (size_t)(i * step) * size, 1);
    }
}

/* A fresh array of n elements that starts as the first argument, with its extents and names when it has n elements. */
static zp_value start(zp_value first, int64_t n, zp_error *err)
{
    zp_type t = (zp_type)first.type;
    zp_value v = zp_len(first) == n ? zp_arr_like(t, first, true, err) : zp_vec(t, n, err);

    if (zp_bad(v))
        return v;
    if (zp_len(first) == n)
        zp_copy_elems(t, v.u.arr->data, zp_data(&first), n);
    else
        for (int64_t i = 0; i < n; i++)
            zp_copy_elems(t, (char *)v.u.arr->data + (size_t)i * zp_type_size(t), zp_data(&first), 1);
    return v;
}

/* One type and one length for all arguments; series are replaced by their data and the first index is kept. */
static bool prepare(zp_call *c, zp_value *idx, int64_t *n)
{
    zp_type t = ZP_NIL;
    bool empty = false;

    *n = 1;
    for (int i = 0; i < c->ndots; i++) {
        zp_value *x = &c->dots[i];

        if (x->type == ZP_ZTS) {
            if (idx->type == ZP_NIL)
                *idx = zp_value_ref(zp_zts_idx(*x));
            else if (!zp_value_equal(*idx, zp_zts_idx(*x), 0))
                return zp_fail(c->err, "time indices of times series are not identical");
            zp_value_set(x, zp_value_ref(zp_zts_data(*x)));
            if (!zp_value_dense(x, c->err))
                return false;
        }
        if (!zp_is_array(*x) || x->type == ZP_IVL || x->type == ZP_PER)
            return zp_fail(c->err, "incorrect argument type");
        t = t == ZP_NIL ? (zp_type)x->type : wider(t, (zp_type)x->type);
        empty |= zp_len(*x) == 0;
        *n = zp_len(*x) > *n ? zp_len(*x) : *n;
    }
    if (empty)
        *n = 0;
    if (t == ZP_LGL)
        t = ZP_DBL; /* as numbers, as in R */
    for (int i = 0; i < c->ndots; i++) {
        if (zp_len(c->dots[i]) != 1 && zp_len(c->dots[i]) != *n && !empty)
            return zp_fail(c->err, "incompatible array sizes");
        if (!zp_coerce_take(zp_value_move(&c->dots[i]), t, &c->dots[i], c->err))
            return false;
    }
    return true;
}

static zp_status extremes(zp_call *c, bool max)
{
    zp_value idx = zp_nil(), v;
    bool na_rm;
    int64_t n;

    if (c->ndots == 0)
        return zp_fail_call(c, "no arguments");
    if (!zp_arg_lgl(c, 0, &na_rm))
        return ZP_FAILED;
    if (!prepare(c, &idx, &n)) {
        zp_value_unref(idx);
        return ZP_FAILED;
    }
    v = n == 0 ? zp_vec((zp_type)c->dots[0].type, 0, c->err) : start(c->dots[0], n, c->err);
    if (zp_bad(v)) {
        zp_value_unref(idx);
        return ZP_FAILED;
    }
    for (int i = 1; i < c->ndots && n > 0; i++)
        fold(v, c->dots[i], max, na_rm);
    if (idx.type != ZP_NIL && zp_dim(v, 0) != zp_len(idx)) {
        /* the first argument was one number: the extents are those of the series */
        for (int i = 1; i < c->ndots; i++)
            if (zp_len(c->dots[i]) == n && zp_dim(c->dots[i], 0) == zp_len(idx) &&
                !zp_value_reshape(&v, zp_ndim(c->dots[i]), zp_dims(&c->dots[i]), c->err))
                break;
    }
    if (idx.type == ZP_NIL) {
        zp_value_unbox(&v);
        c->out = v;
        return ZP_OK;
    }
    c->out = zp_zts_take(idx, v, c->err);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_pmin(zp_call *c)
{
    return extremes(c, false);
}
static zp_status bi_pmax(zp_call *c)
{
    return extremes(c, true);
}

const zp_builtin zp_builtins_compare[] = {
    { "identical", "x, y", "", ZP_BI_STRIDED, bi_identical,
      "Are two values the same: type, extents, names and elements? NaN equals NaN.",
      "identical(1:3, c(1, 2, 3))", NULL },
    { "all.equal", "x, y, tolerance = 1.5e-8", "tolerance=D", 0, bi_all_equal,
      "The same as identical, but numbers may differ by a mean relative difference of `tolerance`.",
      "all.equal(0.1 + 0.2, 0.3)", NULL },
    { "isTRUE", "x", "", 0, bi_is_true, "Is it the one logical TRUE?", "isTRUE(1 < 2)", NULL },
    { "isFALSE", "x", "", 0, bi_is_false, "Is it the one logical FALSE?", "isFALSE(1 < 2)", NULL },
    { "xor", "x, y", "", 0, bi_xor, "Which elements are TRUE on exactly one side?",
      "xor(TRUE, c(TRUE, FALSE))", NULL },
    { "ifelse", "test, yes, no", "", 0, bi_ifelse,
      "Element by element `yes` where `test` holds and `no` elsewhere, with the extents and names of `test`.",
      "ifelse(c(1, 5) > 2, \"large\", \"small\")", NULL },
    { "pmin", "..., na.rm = FALSE", "na.rm=L", 0, bi_pmin,
      "The least of each group of corresponding elements.", "pmin(1:3, 2)", NULL },
    { "pmax", "..., na.rm = FALSE", "na.rm=L", 0, bi_pmax,
      "The greatest of each group of corresponding elements.", "pmax(1:3, 2)", NULL },
    { 0 },
};
