/* Extents and kinds: how long, how many dims, is it a matrix; and the changes of shape that move no element. */
#include "builtin/array_priv.h"
#include "builtin/format_priv.h"
#include "builtin/tables.h"

static zp_status bi_length(zp_call *c)
{
    c->out = zp_dbl((double)zp_len(c->argv[0]));
    return ZP_OK;
}

static zp_status bi_dim(zp_call *c)
{
    const zp_value x = c->argv[0];

    if (zp_ndim(x) == 0)
        return ZP_OK;
    return zp__out(c, zp__numbers(zp_dims(&x), zp_ndim(x), c->err));
}

static zp_status extent(zp_call *c, int32_t k)
{
    if (zp_ndim(c->argv[0]) > k)
        c->out = zp_dbl((double)zp_dim(c->argv[0], k));
    return ZP_OK;
}

static zp_status bi_nrow(zp_call *c)
{
    return extent(c, 0);
}

static zp_status bi_ncol(zp_call *c)
{
    return extent(c, 1);
}

static zp_status bi_NROW(zp_call *c)
{
    const zp_value x = c->argv[0];

    c->out = zp_dbl((double)(zp_ndim(x) ? zp_dim(x, 0) : zp_len(x)));
    return ZP_OK;
}

static zp_status bi_NCOL(zp_call *c)
{
    c->out = zp_dbl((double)zp_dim(c->argv[0], 1));
    return ZP_OK;
}

static zp_status bi_lengths(zp_call *c)
{
    const zp_value x = c->argv[0];
    const int64_t n = zp_len(x);
    bool use;
    zp_value v;

    if (!zp_arg_lgl(c, 1, &use))
        return ZP_FAILED;
    if (x.type != ZP_LIST && !zp_is_array(x) && x.type != ZP_NIL)
        return zp_fail_call(c, "'x' must be a list or atomic vector");
    v = zp_vec(ZP_DBL, n, c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        ((double *)v.u.arr->data)[i] = x.type == ZP_LIST ? (double)zp_len(zp_list_at(x, i)) : 1;
    c->out = v;
    if (!zp__copy_shape(&c->out, x, c->err))
        return ZP_FAILED;
    if (!use)
        zp_drop_names(&c->out);
    zp_value_unbox(&c->out);
    return ZP_OK;
}

static zp_status bi_nlevels(zp_call *c)
{
    c->out = zp_dbl(0);
    return ZP_OK;
}

/* ---------------------------------------------------------------- kinds */

static zp_status bi_is_ordered(zp_call *c)
{
    const zp_value x = c->argv[0];

    if (!zp_is_array(x) || x.type == ZP_PER)
        return zp_fail_call(c, "incorrect argument type");
    c->out = zp_lgl(zp_value_ordered(x));
    return ZP_OK;
}

/* ---------------------------------------------------------------- other shapes of the same elements */

static zp_status reshaped(zp_call *c, int32_t ndim, const int64_t *dim)
{
    zp_value *x = zp__target(c, 0);

    if (!x || !zp_value_reshape(x, ndim, dim, c->err))
        return ZP_FAILED;
    if (ndim == 1)
        zp_value_unbox(x);
    return zp__give(c, x);
}

static zp_status bi_set_dim(zp_call *c)
{
    const zp_value x = zp__first(c), value = c->argv[1];
    const int64_t n = zp_len(x), ndim = zp_len(value);
    int64_t *dim, product = 1;
    zp_status status;

    if (!zp_is_array(x))
        return zp_fail_call(c, "invalid target of assignment");
    if (value.type == ZP_NIL)
        return reshaped(c, 1, &n);
    if (value.type != ZP_DBL || ndim < 1 || ndim > INT32_MAX)
        return zp_fail_call(c, "invalid dims");
    dim = zp_alloc((size_t)ndim * sizeof *dim, c->err);
    if (!dim)
        return ZP_FAILED;
    for (int64_t k = 0; k < ndim; k++) {
        const double d = zp_dbls(&value)[k];

        if (!(d > -1 && d < 9e18) || __builtin_mul_overflow(product, (int64_t)d, &product)) {
            zp_free(dim);
            return zp_fail_call(c, "invalid dims");
        }
        dim[k] = (int64_t)d;
    }
    status = product == n ? reshaped(c, (int32_t)ndim, dim)
                          : zp_fail_call(c, "dims [product %lld] do not match the length of object [%lld]",
                                         (long long)product, (long long)n);
    zp_free(dim);
    return status;
}

static zp_status bi_as_vector(zp_call *c)
{
    zp_str *mode;
    zp_type to;

    if (!zp_arg_str(c, 1, &mode))
        return ZP_FAILED;
    if (c->argv[0].type == ZP_ZTS)
        zp_value_set(&c->argv[0], zp_value_ref(zp_zts_data(c->argv[0])));
    if (zp_str_is(mode, "list"))
        return zp_done(zp__as_list(c->argv[0], &c->out, c->err));
    to = zp_str_is(mode, "numeric") ? ZP_DBL : ZP_NIL;
    for (zp_type t = ZP_DBL; to == ZP_NIL && t <= ZP_STR; t++)
        if (zp_str_is(mode, zp_type_name(t)))
            to = t;
    if (to == ZP_NIL && !zp_str_is(mode, "any"))
        return zp_fail_call(c, "vector: cannot make a vector of mode '%s'.", mode->text);
    if (to != ZP_NIL && !zp_convert_take(zp_value_move(&c->argv[0]), to, &c->argv[0], c->err))
        return ZP_FAILED;
    if (zp_is_array(c->argv[0]) && (zp_ndim(c->argv[0]) > 1 || zp_has_names(c->argv[0])))
        return reshaped(c, 1, &(int64_t){ zp_len(c->argv[0]) });
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

static zp_status bi_as_matrix(zp_call *c)
{
    const zp_value x = c->argv[0].type == ZP_ZTS ? zp_zts_data(c->argv[0]) : c->argv[0];
    zp_value v;

    if (!zp_is_array(x))
        return zp_fail_call(c, "incorrect argument type");
    if (zp_ndim(x) == 2) {
        c->out = zp_value_ref(x);
        return ZP_OK;
    }
    v = zp_value_copy(x, c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    if (!zp_value_reshape(&v, 2, (int64_t[]){ zp_len(x), 1 }, c->err) ||
        (zp_ndim(x) == 1 && zp_len(x) > 0 && !zp_set_names(&v, 0, zp_names(x, 0), c->err))) {
        zp_value_unref(v);
        return ZP_FAILED;
    }
    c->out = v;
    return ZP_OK;
}

const zp_builtin zp_builtins_shape[] = {
    { "length", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_length,
      "Number of elements of an array, a series (cells) or a list; 0 for NULL, 1 for anything else.",
      "length(1:3)", NULL },
    { "dim", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_dim,
      "Extents of an array or a series; a vector has one. NULL for other values.", "dim(matrix(0, 2, 3))",
      NULL },
    { "nrow", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_nrow, "First extent, or NULL.",
      "nrow(matrix(0, 2, 3))", NULL },
    { "ncol", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_ncol, "Second extent; NULL for a vector.",
      "ncol(matrix(0, 2, 3))", NULL },
    { "NROW", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_NROW, "First extent; the length of what has none.",
      "NROW(list(1, 2))", NULL },
    { "NCOL", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_NCOL, "Second extent; 1 for what has none.",
      "NCOL(1:3)", NULL },
    { "lengths", "x, use.names = TRUE", "use.names=L", 0, bi_lengths,
      "Length of each element of a list, with its names.", "lengths(list(a = 1:3, b = 2))", NULL },
    { "nlevels", "x", "", ZP_BI_STRIDED, bi_nlevels, "Always 0: there are no factors.", "nlevels(1)", NULL },
    { "is.ordered", "x", "", ZP_BI_STRIDED, bi_is_ordered, "Is every column strictly increasing?",
      "is.ordered(1:3)", NULL },
    { "dim<-", "x, value", "", ZP_BI_INPLACE, bi_set_dim,
      "`dim(x) <- value` gives the elements other extents with the same product; names are dropped. NULL makes a vector.",
      "{ x <- 1:6; dim(x) <- c(2, 3); x }", NULL },
    { "as.vector", "x, mode = \"any\"", "mode=S", 0, bi_as_vector,
      "The elements as a vector without dims and names; a list stays as it is. With `mode`, converted to that type.",
      "as.vector(matrix(1:4, 2))", NULL },
    { "as.matrix", "x", "", 0, bi_as_matrix, "A vector as a matrix of one column, its names as row names.",
      "as.matrix(c(a = 1, b = 2))", NULL },
    { 0 },
};
