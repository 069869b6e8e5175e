/* Names: reading them, and the setters behind names(x) <- value.
 *
 * A setter works on the object of the caller when it gets a reference and on a copy otherwise; `value` is checked
 * before anything changes. */
#include "builtin/array_priv.h"
#include "builtin/tables.h"
#include "lang/machine.h"

static zp_status names_of_dim(zp_call *c, int32_t k)
{
    c->out = zp__names_value(zp_names(zp__first(c), k));
    return ZP_OK;
}

static zp_status read_names(zp_call *c)
{
    if (zp__is_array2(zp__first(c)))
        return ZP_OK;
    return names_of_dim(c, 0);
}

static zp_status read_rownames(zp_call *c)
{
    return names_of_dim(c, 0);
}

static zp_status read_colnames(zp_call *c)
{
    return names_of_dim(c, 1);
}

static zp_status read_dimnames(zp_call *c)
{
    const zp_value x = zp__first(c);
    zp_value l;

    if (zp_ndim(x) == 0 || !zp_has_names(x))
        return ZP_OK;
    l = zp_list_new(zp_ndim(x), c->err);
    if (zp_bad(l))
        return ZP_FAILED;
    for (int32_t k = 0; k < zp_ndim(x); k++)
        zp_list_set(l, k, zp__names_value(zp_names(x, k)));
    c->out = l;
    return ZP_OK;
}

/* ---------------------------------------------------------------- setters */

static zp_status set_dim(zp_call *c, int32_t k, zp_value value)
{
    const zp_value x = zp__first(c);
    const int64_t extent = x.type == ZP_LIST ? zp_len(x) : zp_dim(x, k);
    zp_array *names;
    zp_value *target;

    if (k >= (x.type == ZP_LIST ? 1 : zp_ndim(x)))
        return zp_fail_call(c, "invalid target of assignment");
    if (!zp__check_names(value, extent, &names, c->err))
        return ZP_FAILED;
    target = zp__target(c, 0);
    if (!target || !zp_set_names(target, k, names, c->err))
        return ZP_FAILED;
    if (!names)
        zp_value_unbox(target);
    return zp__give(c, target);
}

static zp_status bi_set_names(zp_call *c)
{
    if (zp__is_array2(zp__first(c)))
        return zp_fail_call(c, "invalid target of assignment");
    return set_dim(c, 0, c->argv[1]);
}

static zp_status bi_set_rownames(zp_call *c)
{
    return set_dim(c, 0, c->argv[1]);
}

static zp_status bi_set_colnames(zp_call *c)
{
    return set_dim(c, 1, c->argv[1]);
}

static bool check_dimnames(zp_value x, zp_value value, zp_error *err)
{
    const int32_t ndim = zp_ndim(x);
    zp_array *names;

    if (ndim == 0)
        return zp_fail(err, "invalid target of assignment");
    if (value.type == ZP_NIL)
        return true;
    if (value.type != ZP_LIST)
        return zp_fail(err, "'dimnames' must be a list");
    if (zp_len(value) != ndim)
        return zp_fail(err, "length of 'dimnames' [%lld] must match that of 'dims' [%d]",
                       (long long)zp_len(value), ndim);
    for (int32_t k = 0; k < ndim; k++) {
        const zp_value of = zp_list_at(value, k);

        if (of.type == ZP_STR && zp_len(of) == 0)
            continue; /* as NULL */
        if (!zp__check_names(of, zp_dim(x, k), &names, err))
            return false;
    }
    return true;
}

static zp_status bi_set_dimnames(zp_call *c)
{
    const zp_value value = c->argv[1];
    zp_value *target;

    if (!check_dimnames(zp__first(c), value, c->err))
        return ZP_FAILED;
    target = zp__target(c, 0);
    for (int32_t k = 0; target && k < zp_ndim(*target); k++) {
        const zp_value of = value.type == ZP_LIST ? zp_list_at(value, k) : zp_nil();

        if (!zp_set_names(target, k, zp_len(of) ? zp_as_names(of) : NULL, c->err))
            return ZP_FAILED;
    }
    if (!target)
        return ZP_FAILED;
    zp_value_unbox(target);
    return zp__give(c, target);
}

/* names(x, value) and its kin set as `names(x) <- value` does: on the object of the caller when x is written --x, else
 * on a copy.  The result is the object, not displayed. */
static zp_status set_or_read(zp_call *c, zp_status (*set)(zp_call *), zp_status (*read)(zp_call *))
{
    zp_value args[2];
    zp_call setter = *c;
    zp_status st;

    if (c->ndots == 0)
        return read(c);
    if (c->ndots > 1)
        return zp_fail_call(c, "too many arguments");
    args[0] = zp_value_move(&c->argv[0]);
    args[1] = zp_value_move(&c->dots[0]);
    setter.argv = args;
    setter.argc = 2;
    setter.ndots = 0;
    st = set(&setter);
    c->out = setter.out;
    c->ctx->visible = false;
    zp_value_clear(&args[0]);
    zp_value_clear(&args[1]);
    return st;
}

static zp_status bi_names(zp_call *c)
{
    return set_or_read(c, bi_set_names, read_names);
}

static zp_status bi_rownames(zp_call *c)
{
    return set_or_read(c, bi_set_rownames, read_rownames);
}

static zp_status bi_colnames(zp_call *c)
{
    return set_or_read(c, bi_set_colnames, read_colnames);
}

static zp_status bi_dimnames(zp_call *c)
{
    return set_or_read(c, bi_set_dimnames, read_dimnames);
}

static zp_status bi_setNames(zp_call *c)
{
    if (zp_arg_missing(c, 0))
        zp_value_set(&c->argv[0], zp_value_ref(c->argv[1]));
    if (zp__is_array2(c->argv[0]) || (c->argv[0].type == ZP_NIL && c->argv[1].type == ZP_NIL)) {
        if (c->argv[1].type != ZP_NIL)
            return zp_fail_call(c, "invalid target of assignment");
        c->out = zp_value_move(&c->argv[0]);
        return ZP_OK;
    }
    return set_dim(c, 0, c->argv[1]);
}

static zp_status bi_unname(zp_call *c)
{
    zp_value *target;

    if (!zp_has_names(c->argv[0])) {
        c->out = zp_value_move(&c->argv[0]);
        return ZP_OK;
    }
    target = zp__target(c, 0);
    if (!target)
        return ZP_FAILED;
    zp_drop_names(target);
    zp_value_unbox(target);
    return zp__give(c, target);
}

const zp_builtin zp_builtins_names[] = {
    { "names", "x, ...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_names,
      "Names of the elements of a vector or list; NULL where there are none and for matrices.",
      "names(c(a = 1, b = 2))", NULL },
    { "rownames", "x, ...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_rownames,
      "Names of the rows, also of a vector or a list.",
      "rownames(matrix(1:4, 2, dimnames = list(c(\"a\", \"b\"), NULL)))", NULL },
    { "colnames", "x, ...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_colnames,
      "Names of the columns.", "colnames(matrix(1:4, 2, dimnames = list(NULL, c(\"a\", \"b\"))))", NULL },
    { "dimnames", "x, ...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_dimnames,
      "A list with the names of each dim (a character vector or NULL); NULL when no dim has names.",
      "dimnames(matrix(1:4, 2, dimnames = list(NULL, c(\"a\", \"b\"))))", NULL },
    { "names<-", "x, value", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_set_names,
      "`names(x) <- value` names the elements of a vector or list, one name each; NULL removes the names.",
      "{ x <- 1:2; names(x) <- c(\"a\", \"b\"); x }", NULL },
    { "rownames<-", "x, value", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_set_rownames,
      "`rownames(x) <- value` names the rows; NULL removes the names.",
      "{ m <- matrix(1:4, 2); rownames(m) <- c(\"a\", \"b\"); m }", NULL },
    { "colnames<-", "x, value", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_set_colnames,
      "`colnames(x) <- value` names the columns; NULL removes the names.",
      "{ m <- matrix(1:4, 2); colnames(m) <- c(\"a\", \"b\"); m }", NULL },
    { "dimnames<-", "x, value", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_set_dimnames,
      "`dimnames(x) <- value` names every dim from a list with one entry per dim; NULL entries clear.",
      "{ m <- matrix(1:4, 2); dimnames(m) <- list(NULL, c(\"a\", \"b\")); m }", NULL },
    { "setNames", "[object], nm = NULL", "", 0, bi_setNames,
      "`object` with the names `nm`; without object, `nm` named by itself.", "setNames(1:2, c(\"a\", \"b\"))",
      NULL },
    { "unname", "obj", "", 0, bi_unname, "`obj` without names and dimnames.", "unname(c(a = 1))", NULL },
    { 0 },
};
