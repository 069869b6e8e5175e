/* make: new vectors, matrices and arrays, and c(). */
#include "builtin/persist.h"
#include "lang/lang.h"
#include "ops/ops.h"

#include <math.h>

/* ---------------------------------------------------------------- vectors of zero elements */

static bool get_length(zp_call *c, int k, int64_t *n)
{
    double d;

    if (!zp_arg_dbl(c, k, &d))
        return false;
    if (!(d >= 0) || d > 0x1p52)
        return zp_fail_arg(c->err, k + 1, "invalid 'length' argument");
    *n = (int64_t)d;
    return true;
}

static zp_status zeros(zp_call *c, zp_type t, int k)
{
    int64_t n = 0;

    if (!get_length(c, k, &n))
        return ZP_FAILED;
    c->out = zp_vec_zero(t, n, c->err);
    zp_value_unbox(&c->out);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_numeric(zp_call *c)
{
    return zeros(c, ZP_DBL, 0);
}
static zp_status bi_logical(zp_call *c)
{
    return zeros(c, ZP_LGL, 0);
}
static zp_status bi_character(zp_call *c)
{
    return zeros(c, ZP_STR, 0);
}

static zp_status make_vector(zp_call *c)
{
    static const struct {
        const char *mode;
        zp_type type;
    } modes[] = { { "double", ZP_DBL },     { "numeric", ZP_DBL },     { "integer", ZP_DBL },
                  { "logical", ZP_LGL },    { "character", ZP_STR },   { "time", ZP_TIM },
                  { "interval", ZP_IVL },   { "period", ZP_PER },      { "duration", ZP_DUR },
                  { "list", ZP_LIST },      { "nanotime", ZP_TIM },    { "nanoival", ZP_IVL },
                  { "nanoperiod", ZP_PER }, { "nanoduration", ZP_DUR } };
    zp_str *mode;
    int64_t n = 0;

    if (!zp_arg_str(c, 0, &mode))
        return ZP_FAILED;
    for (size_t i = 0; i < ZP_COUNTOF(modes); i++)
        if (zp_str_is(mode, modes[i].mode)) {
            if (modes[i].type != ZP_LIST)
                return zeros(c, modes[i].type, 1);
            if (!get_length(c, 1, &n))
                return ZP_FAILED;
            c->out = zp_list_new(n, c->err);
            return zp_done(!zp_bad(c->out));
        }
    return zp_fail_call(c, "unknown mode");
}

/* ---------------------------------------------------------------- matrices and arrays */

/* An extent: truncated, not negative. */
static bool extent(double d, const char *what, int64_t *out, zp_error *err)
{
    if (!(d > -1))
        return zp_fail(err, "invalid '%s' value (%s)", what, isnan(d) ? "NaN" : "< 0");
    if (d > 0x1p52)
        return zp_fail_nomem(err, SIZE_MAX);
    *out = (int64_t)d;
    return true;
}

/* `data` by rows into a matrix. */
static void copy_by_rows(zp_value to, zp_value data, int64_t rows, int64_t cols)
{
    size_t size = zp_type_size((zp_type)to.type);
    const char *from = zp_data(&data);
    char *at = to.u.arr->data;

    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++, at += size)
            zp_copy_elems((zp_type)to.type, at, from + (size_t)(i * cols + j) * size, 1);
}

/* Fills a fresh array: one element everywhere, as many in order, none: NaN or, of other types, zero. */
static bool fill(zp_value to, zp_value data, bool by_row, zp_error *err)
{
    zp_type t = (zp_type)to.type;
    size_t size = zp_type_size(t);
    int64_t n = zp_len(to), m = zp_len(data), have = 1;
    char *at = to.u.arr->data;

    if (n == 0 && m <= 1)
        return true;
    if (m == 0) {
        zp_fill_zero(to, 0, n);
        for (int64_t i = 0; t == ZP_DBL && i < n; i++)
            ((double *)to.u.arr->data)[i] = NAN;
        return true;
    }
    if (m == n && by_row) {
        copy_by_rows(to, data, zp_dim(to, 0), zp_dim(to, 1));
        return true;
    }
    if (m == n) {
        zp_copy_elems(t, at, zp_data(&data), n);
        return true;
    }
    if (m != 1)
        return zp_fail(err, "data does not fit array dimensions");
    zp_copy_elems(t, at, zp_data(&data), 1);
    for (; have < n; have *= 2)
        zp_copy_elems(t, at + (size_t)have * size, at, have < n - have ? have : n - have);
    return true;
}

/* dimnames: NULL or a list of NULLs and character vectors. */
static bool set_dimnames(zp_value *v, zp_value names, zp_error *err)
{
    int64_t count = zp_len(names);

    if (names.type == ZP_NIL)
        return true;
    if (count > zp_ndim(*v))
        return zp_fail(err, "length of 'dimnames' [%lld] must match that of 'dims' [%d]", (long long)count,
                       zp_ndim(*v));
    for (int32_t k = 0; k < count; k++) {
        zp_value one = zp_list_at(names, k), boxed;
        bool ok;

        if (one.type == ZP_NIL)
            continue;
        if (one.type != ZP_STR)
            return zp_fail(err, "incorrect data type for dimension name");
        if (zp_len(one) == 0 && zp_dim(*v, k) == 0)
            continue;
        if (zp_len(one) != zp_dim(*v, k))
            return zp_fail(err, "length of 'dimnames' [%d] not equal to array extent", k + 1);
        boxed = zp_value_ref(one);
        if (zp_ndim(boxed) != 1 || zp_has_names(boxed)) { /* names have no extents nor names of their own */
            zp_value plain = zp_vec(ZP_STR, zp_len(one), err);

            if (!zp_bad(plain))
                zp_copy_elems(ZP_STR, plain.u.arr->data, zp_data(&one), zp_len(one));
            zp_value_set(&boxed, plain);
        }
        ok = !zp_bad(boxed) && zp_set_names(v, k, zp_as_names(boxed), err);
        zp_value_unref(boxed);
        if (!ok)
            return false;
    }
    return true;
}

static zp_status build(zp_call *c, int32_t ndim, const int64_t *dim, bool by_row, zp_value names)
{
    zp_value v = zp_arr((zp_type)c->argv[0].type, ndim, dim, c->err);

    if (zp_bad(v))
        return ZP_FAILED;
    if (!fill(v, c->argv[0], by_row, c->err) || !set_dimnames(&v, names, c->err)) {
        zp_value_unref(v);
        return ZP_FAILED;
    }
    zp_value_unbox(&v);
    c->out = v;
    return ZP_OK;
}

/* The extent that was not given, so that the data fits. */
static bool infer(zp_call *c, int64_t *rows, int64_t *cols)
{
    bool has_rows = !zp_arg_missing(c, 1), has_cols = !zp_arg_missing(c, 2);
    int64_t n = zp_len(c->argv[0]), known = has_rows ? *rows : *cols, other;

    if (has_rows && has_cols)
        return true;
    if (!has_rows && !has_cols) {
        *rows = n;
        *cols = 1;
        return true;
    }
    if (known == 0 ? n > 0 : n > 1 && n % known)
        return zp_fail(c->err, "data does not fit array dimensions");
    other = known == 0 ? 0 : n == 1 ? 1 : n / known;
    *(has_rows ? cols : rows) = other;
    return true;
}

static zp_status make_matrix(zp_call *c)
{
    enum { DATA, NROW, NCOL, BYROW, DIMNAMES };
    int64_t dim[2] = { 1, 1 };
    double d;
    bool by_row;

    if (!zp_is_array(c->argv[DATA]))
        return zp_fail_call(c, "incorrect data type");
    for (int k = 0; k < 2; k++)
        if (!zp_arg_missing(c, NROW + k) &&
            (!zp_arg_dbl(c, NROW + k, &d) || !extent(d, k ? "ncol" : "nrow", &dim[k], c->err)))
            return ZP_FAILED;
    if (!infer(c, &dim[0], &dim[1]) || !zp_arg_lgl(c, BYROW, &by_row))
        return ZP_FAILED;
    return build(c, 2, dim, by_row, c->argv[DIMNAMES]);
}

static zp_status make_array(zp_call *c)
{
    enum { DATA, DIM, DIMNAMES };
    int64_t n = zp_arg_missing(c, DIM) ? 1 : zp_len(c->argv[DIM]);
    int64_t *dim;
    zp_status status = ZP_FAILED;

    if (!zp_is_array(c->argv[DATA]))
        return zp_fail_call(c, "incorrect data type");
    if (n == 0)
        return zp_fail_call(c, "'dims' cannot be of length 0");
    if (n > 1000)
        return zp_fail_call(c, "too many dimensions");
    dim = zp_alloc((size_t)n * sizeof *dim, c->err);
    if (!dim)
        return ZP_FAILED;
    dim[0] = zp_len(c->argv[DATA]);
    for (int64_t k = 0; !zp_arg_missing(c, DIM) && k < n; k++)
        if (!extent(zp_dbls(&c->argv[DIM])[k], "dim", &dim[k], c->err))
            goto done;
    status = build(c, (int32_t)n, dim, false, c->argv[DIMNAMES]);
done:
    zp_free(dim);
    return status;
}

/* ---------------------------------------------------------------- in files */

/* What `make` makes; with the arguments `file` (formal k) and `sync` (the next) it lives there. */
static zp_status make_at(zp_call *c, zp_builtin_fn make, int k)
{
    zp__persist place;
    bool ok = zp__persist_args(c, k, k + 1, -1, &place) && make(c) == ZP_OK && zp__persist_out(c, &place);

    zp__persist_fini(&place);
    return zp_done(ok);
}

static zp_status bi_vector(zp_call *c)
{
    return make_at(c, make_vector, 2);
}

static zp_status bi_matrix(zp_call *c)
{
    return make_at(c, make_matrix, 5);
}

static zp_status bi_array(zp_call *c)
{
    return make_at(c, make_array, 3);
}

/* ---------------------------------------------------------------- c */

static zp_status bi_c(zp_call *c)
{
    zp_part few[8], *parts = few;
    int64_t n = c->ndots;
    bool recursive, use_names, ok;

    if (!zp_arg_lgl(c, 0, &recursive) || !zp_arg_lgl(c, 1, &use_names))
        return ZP_FAILED;
    for (int64_t i = 0; recursive && i < n; i++)
        if (c->dots[i].type == ZP_LIST)
            return zp_fail_call(c, "lists are taken apart by unlist: unlist(c(...))");

    if (n > (int64_t)ZP_COUNTOF(few)) {
        parts = zp_alloc((size_t)n * sizeof *parts, c->err);
        if (!parts)
            return ZP_FAILED;
    }
    for (int64_t i = 0; i < n; i++)
        parts[i] = (zp_part){ .value = c->dots[i], .tag = c->dot_tags[i] };
    if (n > 0 && c->ref && c->ref[0]) {
        zp_value_clear(&c->dots[0]); /* the caller's object must have one owner, to be changed in place */
        parts[0].value = *c->ref[0];
        ok = zp_concat_inplace(c->ref[0], parts, n, c->err);
        if (ok)
            c->out = zp_value_ref(*c->ref[0]);
    } else {
        ok = zp_concat(parts, n, &c->out, c->err);
    }
    if (parts != few)
        zp_free(parts);
    if (ok && !use_names && zp_has_names(c->out)) {
        ok = zp_value_fresh(&c->out, c->err);
        if (ok)
            zp_drop_names(&c->out);
    }
    return zp_done(ok);
}

const zp_builtin zp_builtins_make[] = {
    { "c", "..., recursive = FALSE, use.names = TRUE", "recursive=L use.names=L",
      ZP_BI_INPLACE | ZP_BI_UNREAD, bi_c,
      "Joins its arguments into one vector of the highest of their types, or into a list. `c(--x, ...)` appends to `x` itself. "
      "(`recursive`: see unlist.)",
      "c(a = 1, b = 2, 3)", NULL },
    { "numeric", "length = 0", "length=D", 0, bi_numeric, "A vector of `length` zeros.", "numeric(3)", NULL },
    { "double", "length = 0", "length=D", 0, bi_numeric, "A vector of `length` zeros.", "double(3)", NULL },
    { "integer", "length = 0", "length=D", 0, bi_numeric,
      "A vector of `length` zeros: there is one type of number.", "integer(3)", NULL },
    { "logical", "length = 0", "length=D", 0, bi_logical, "A vector of `length` times FALSE.", "logical(2)",
      NULL },
    { "character", "length = 0", "length=D", 0, bi_character, "A vector of `length` empty strings.",
      "character(2)", NULL },
    { "vector", "mode = \"logical\", length = 0, file = \"\", sync = \"commit\"",
      "mode=S length=D file=S sync=S", 0, bi_vector,
      "A vector of `length` zero elements of a mode: double, numeric, logical, character, time, duration, interval, period, or "
      "list. With `file` it lives in that new directory; `sync` is as in zts().",
      "vector(\"duration\", 2)", NULL },
    { "matrix", "data = NaN, [nrow], [ncol], byrow = FALSE, dimnames = NULL, file = \"\", sync = \"commit\"",
      "nrow=D ncol=D byrow=L dimnames=0l file=S sync=S", 0, bi_matrix,
      "A matrix filled with `data` by columns or by rows: one element everywhere, or as many elements as fit. An extent that is "
      "not given follows from the data. With `file` it lives in that new directory; `sync` is as in zts().",
      "matrix(1:6, 2, 3)", NULL },
    { "array", "data = NaN, [dim], dimnames = NULL, file = \"\", sync = \"commit\"",
      "dim=D dimnames=0l file=S sync=S", 0, bi_array,
      "An array of extents `dim` filled with `data`: one element everywhere, or as many elements as fit. With `file` it lives in "
      "that new directory; `sync` is as in zts().",
      "array(1:8, c(2, 2, 2))", NULL },
    { 0 },
};
