/* Hidden helpers of the apply family: a list of results becomes a vector or a matrix, as R's unlist and array do.
 *
 * Results may hold anything.  Those of one element type (or of double, logical and character, which convert to one
 * another) can be joined; whatever cannot stays the list it is. */
#include "builtin/functional_priv.h"
#include "builtin/tables.h"
#include "ops/ops.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* The common length of all elements, or -1. */
static int64_t common_length(zp_value list)
{
    int64_t n = zp_len(list), len;

    if (n == 0)
        return -1;
    len = zp_len(zp_list_at(list, 0));
    for (int64_t i = 1; i < n; i++)
        if (zp_len(zp_list_at(list, i)) != len)
            return -1;
    return len;
}

static bool mixes(zp_type t)
{
    return t == ZP_DBL || t == ZP_LGL || t == ZP_STR;
}

/* The element type all results have or convert to; NIL: they cannot be joined into an array. */
static zp_type joint_type(zp_value list)
{
    int64_t n = zp_len(list);
    zp_type t = ZP_NIL;

    for (int64_t i = 0; i < n; i++) {
        zp_type u = zp_list_at(list, i).type;
        if (!zp_type_is_array(u) || (t != ZP_NIL && t != u && !(mixes(t) && mixes(u))))
            return ZP_NIL;
        if (t == ZP_NIL || u == ZP_STR || (t == ZP_LGL && u == ZP_DBL))
            t = u;
    }
    return t;
}

/* Copies element i of the list, converted to type t, to `out` at `at`. */
static bool put_converted(zp_value out, int64_t at, zp_value v, zp_type t, zp_error *err)
{
    size_t size = zp_type_size(t);
    zp_value as;

    if (!zp_coerce_take(zp_value_ref(v), t, &as, err))
        return false;
    if (!zp_value_dense(&as, err)) {
        zp_value_unref(as);
        return false;
    }
    zp_copy_elems(t, (char *)out.u.arr->data + (size_t)at * size, zp_data(&as), zp_len(as));
    zp_value_unref(as);
    return true;
}

bool zp__join_elements(zp_value list, zp_value *out, zp_error *err)
{
    zp_type t = joint_type(list);
    int64_t total = 0, at = 0, n = zp_len(list);
    size_t size = zp_type_size(t);

    *out = zp_nil();
    if (t == ZP_NIL)
        return true;
    for (int64_t i = 0; i < n; i++)
        total += zp_len(zp_list_at(list, i));
    *out = zp_vec(t, total, err);
    if (zp_bad(*out))
        return false;
    for (int64_t i = 0; i < n; i++) {
        zp_value v = zp_list_at(list, i);
        if (v.type == t && zp_is_dense(v)) {
            zp_copy_elems(t, (char *)out->u.arr->data + (size_t)at * size, zp_data(&v), zp_len(v));
        } else if (!put_converted(*out, at, v, t, err)) {
            zp_value_clear(out);
            return false;
        }
        at += zp_len(v);
    }
    return true;
}

/* Are there names inside the elements? */
static bool inner_names(zp_value list)
{
    int64_t n = zp_len(list);

    for (int64_t i = 0; i < n; i++)
        if (zp_names(zp_list_at(list, i), 0))
            return true;
    return false;
}

static bool all_lists(zp_value list)
{
    int64_t n = zp_len(list);

    for (int64_t i = 0; i < n; i++)
        if (zp_list_at(list, i).type != ZP_LIST)
            return false;
    return n > 0;
}

/* A list whose elements all have length 1 as one vector; NIL (no failure) when that cannot be. */
static bool join_singles(zp_value list, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    if (all_lists(list) || (joint_type(list) != ZP_NIL && inner_names(list)))
        return zp_concat_list(list, out, err);
    if (!zp__join_elements(list, out, err))
        return false;
    if (!zp_bad(*out) && zp_names(list, 0) && !zp_set_names(out, 0, zp_names(list, 0), err)) {
        zp_value_clear(out);
        return false;
    }
    return true;
}

/* Elements of equal length > 1 as the columns of a matrix. */
static bool join_columns(zp_value list, int64_t rows, zp_value *out, zp_error *err)
{
    zp_value first = zp_list_at(list, 0);
    zp_array *row_names = zp_is_vector(first) ? zp_names(first, 0) : NULL;

    if (!zp__join_elements(list, out, err))
        return false;
    if (zp_bad(*out))
        return true;
    if (!zp_value_reshape(out, 2, (int64_t[]){ rows, zp_len(list) }, err) ||
        (row_names && !zp_set_names(out, 0, row_names, err)) ||
        (zp_names(list, 0) && !zp_set_names(out, 1, zp_names(list, 0), err))) {
        zp_value_clear(out);
        return false;
    }
    return true;
}

/* ---------------------------------------------------------------- helpers of the language */

/* .named(r, X, from.text): the names of X (or X itself, when it is text without names) become those of r. */
static zp_status bi_named(zp_call *c)
{
    zp_value x = c->argv[1];
    zp_array *names = x.type == ZP_LIST || zp_is_vector(x) ? zp_names(x, 0) : NULL;
    bool from_text;

    if (!zp_arg_lgl(c, 2, &from_text))
        return ZP_FAILED;
    c->out = zp_value_move(&c->argv[0]);
    if (!names && from_text && x.type == ZP_STR && zp_value_box(&c->argv[1], c->err)) {
        const int64_t n = zp_len(x);

        if (zp_ndim(x) > 1 &&
            (!zp_value_fresh(&c->argv[1], c->err) || !zp_value_reshape(&c->argv[1], 1, &n, c->err)))
            return ZP_FAILED;
        x = c->argv[1];
        names = zp_as_names(x);
    }
    if (!names || zp_len(c->out) != zp_len(x) || !(c->out.type == ZP_LIST || zp_is_vector(c->out)))
        return ZP_OK;
    if (!c->out.boxed && !zp_value_box(&c->out, c->err))
        return ZP_FAILED;
    return zp_done(zp_value_fresh(&c->out, c->err) && zp_set_names(&c->out, 0, names, c->err));
}

enum { MAX_RANK = 32 };

/* Do all results have the dims of the first, at least two? */
static bool same_shapes(zp_value list)
{
    zp_value first = zp_list_at(list, 0);
    int32_t nd = zp_ndim(first);
    int64_t n = zp_len(list);

    for (int64_t i = 0; i < n; i++) {
        zp_value v = zp_list_at(list, i);
        if (!zp_is_array(v) || zp_ndim(v) != nd)
            return false;
        for (int32_t k = 0; k < nd; k++)
            if (zp_dim(v, k) != zp_dim(first, k))
                return false;
    }
    return nd > 1 && nd < MAX_RANK;
}

/* Arrays of one shape, one behind the other along a further dim. */
static bool join_arrays(zp_value list, zp_value *out, zp_error *err)
{
    zp_value first = zp_list_at(list, 0);
    int32_t nd = zp_ndim(first);
    int64_t dims[MAX_RANK];

    if (!zp__join_elements(list, out, err))
        return false;
    if (zp_bad(*out))
        return true;
    memcpy(dims, zp_dims(&first), (size_t)nd * sizeof *dims);
    dims[nd] = zp_len(list);
    bool ok = zp_value_reshape(out, nd + 1, dims, err);
    for (int32_t k = 0; ok && k <= nd; k++) {
        zp_array *names = k < nd ? zp_names(first, k) : zp_names(list, 0);
        ok = !names || zp_set_names(out, k, names, err);
    }
    if (!ok)
        zp_value_clear(out);
    return ok;
}

static bool any_list(zp_value list)
{
    for (int64_t i = 0; i < zp_len(list); i++)
        if (zp_list_at(list, i).type == ZP_LIST)
            return true;
    return false;
}

/* .simplify(r, higher): `higher`: results that are arrays make an array with one dim more. */
static zp_status bi_simplify(zp_call *c)
{
    zp_value list = c->argv[0];
    int64_t len = common_length(list);
    bool higher, ok = true;

    if (!zp_arg_lgl(c, 1, &higher))
        return ZP_FAILED;
    if (len > 1 && any_list(list))
        return zp_fail_call(
            c,
            "the results are lists of %lld elements each, and there are no matrices of lists: "
            "use lapply, or do not simplify",
            (long long)len);
    if (higher && len > 0 && same_shapes(list))
        ok = join_arrays(list, &c->out, c->err);
    else if (len == 1)
        ok = join_singles(list, &c->out, c->err);
    else if (len > 1)
        ok = join_columns(list, len, &c->out, c->err);
    if (ok && zp_bad(c->out))
        c->out = zp_value_move(&c->argv[0]);
    else if (ok)
        zp_value_unbox(&c->out);
    return zp_done(ok);
}

/* .unlist.single(r, names): a vector when all elements have length 1, else r itself. */
static zp_status bi_unlist_single(zp_call *c)
{
    bool names, ok = true;

    if (!zp_arg_lgl(c, 1, &names))
        return ZP_FAILED;
    if (common_length(c->argv[0]) == 1)
        ok = names ? join_singles(c->argv[0], &c->out, c->err)
                   : zp__join_elements(c->argv[0], &c->out, c->err);
    if (ok && zp_bad(c->out))
        c->out = zp_value_move(&c->argv[0]);
    else if (ok)
        zp_value_unbox(&c->out);
    return zp_done(ok);
}

/* .vapply.check(v, FUN.VALUE, i): v, when it fits. */
static zp_status bi_vapply_check(zp_call *c)
{
    zp_value v = c->argv[0], like = c->argv[1];
    double i = 0;

    if (!zp_arg_dbl(c, 2, &i))
        return ZP_FAILED;
    if (zp_len(v) != zp_len(like))
        return zp_fail_call(c, "values must be length %lld,\n but FUN(X[[%.0f]]) result is length %lld",
                            (long long)zp_len(like), i, (long long)zp_len(v));
    if (v.type != like.type && !(v.type == ZP_LGL && like.type == ZP_DBL))
        return zp_fail_call(c, "values must be type '%s',\n but FUN(X[[%.0f]]) result is type '%s'",
                            zp_type_name(like.type), i, zp_type_name(v.type));
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

/* Joins checked results: type and extents are those of FUN.VALUE and the number of elements. */
static bool vapply_shape(zp_value list, zp_value like, zp_value *out, zp_error *err)
{
    int32_t nd = zp_ndim(like);
    int64_t *dims;
    bool ok;

    if (zp_len(list) == 0)
        *out = zp_vec(like.type, 0, err);
    else if (!zp__join_elements(list, out, err))
        return false;
    if (!zp_bad(*out) && out->type != like.type) {
        zp_value from = zp_value_move(out);
        if (!zp_coerce_take(from, like.type, out, err))
            return false;
    }
    if (zp_bad(*out))
        return false;
    if (zp_len(like) == 1 && nd == 1)
        return true;
    dims = zp_alloc((size_t)(nd + 1) * sizeof *dims, err);
    if (!dims)
        return false;
    memcpy(dims, zp_dims(&like), (size_t)nd * sizeof *dims);
    dims[nd] = zp_len(list);
    ok = zp_value_reshape(out, nd + 1, dims, err);
    zp_free(dims);
    return ok;
}

/* Row names of the result: those of FUN.VALUE, or of the first result. */
static zp_array *vapply_rows(zp_value list, zp_value like)
{
    if (zp_names(like, 0))
        return zp_names(like, 0);
    return zp_len(list) > 0 ? zp_names(zp_list_at(list, 0), 0) : NULL;
}

/* .vapply.join(r, FUN.VALUE, X, USE.NAMES) */
static zp_status bi_vapply_join(zp_call *c)
{
    zp_value list = c->argv[0], like = c->argv[1], x = c->argv[2];
    zp_array *names = x.type == ZP_LIST || zp_is_vector(x) ? zp_names(x, 0) : NULL, *rows;
    bool use_names, ok;

    if (!zp_arg_lgl(c, 3, &use_names))
        return ZP_FAILED;
    if (!zp_is_array(like)) {
        if (all_lists(list) && zp_len(like) == 1)
            return zp_done(zp_concat_list(list, &c->out, c->err));
        c->out = zp_value_move(&c->argv[0]);
        return ZP_OK;
    }
    ok = vapply_shape(list, like, &c->out, c->err);
    if (ok && !names && x.type == ZP_STR && zp_value_box(&c->argv[2], c->err) && zp_ndim(c->argv[2]) == 1)
        names = zp_as_names(c->argv[2]);
    if (ok && use_names && names)
        ok = zp_set_names(&c->out, zp_ndim(c->out) - 1, names, c->err);
    rows = zp_ndim(like) == 1 && zp_len(like) != 1 ? vapply_rows(list, like) : NULL;
    if (ok && use_names && rows)
        ok = zp_set_names(&c->out, 0, rows, c->err);
    if (ok)
        zp_value_unbox(&c->out);
    else
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* Is this element of a list of truth values true?  False: it is none. */
static bool element_true(zp_value v, bool *out)
{
    *out = false;
    if (zp_len(v) != 1 || (v.type != ZP_LGL && v.type != ZP_DBL))
        return false;
    *out = v.type == ZP_LGL ? zp_lgls(&v)[0] != 0 : (zp_dbls(&v)[0] != 0 && !isnan(zp_dbls(&v)[0]));
    return true;
}

/* .which.true(r): the positions of a list of truth values that are true. */
static zp_status bi_which_true(zp_call *c)
{
    zp_value list = c->argv[0], out;
    int64_t n = zp_len(list), count = 0;
    bool yes;

    for (int64_t i = 0; i < n; i++) {
        if (!element_true(zp_list_at(list, i), &yes))
            return zp_fail_call(c, "f must give TRUE or FALSE for every element");
        count += yes;
    }
    out = zp_vec(ZP_DBL, count, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    count = 0;
    for (int64_t i = 0; i < n; i++)
        if (element_true(zp_list_at(list, i), &yes) && yes)
            ((double *)out.u.arr->data)[count++] = (double)(i + 1);
    c->out = out;
    return ZP_OK;
}

/* .mapply.count(dots): how many calls there are. */
static zp_status bi_mapply_count(zp_call *c)
{
    zp_value dots = c->argv[0];
    int64_t n = zp_len(dots), top = 0;
    bool empty = false;

    for (int64_t i = 0; i < n; i++) {
        int64_t len = zp_len(zp_list_at(dots, i));
        empty = empty || len == 0;
        top = len > top ? len : top;
    }
    if (empty)
        n = top = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t len = zp_len(zp_list_at(dots, i));
        if (len != 1 && len != top)
            return zp_fail_call(c, "arguments must have length 1 or %lld, not %lld", (long long)top,
                                (long long)len);
    }
    c->out = zp_dbl((double)top);
    return ZP_OK;
}

/* .mapply.args(dots, i, MoreArgs): the arguments of call i. */
static zp_status bi_mapply_args(zp_call *c)
{
    zp_value dots = c->argv[0], more = c->argv[2];
    int64_t n = zp_len(dots), at;
    zp_array *names = zp_names(dots, 0);

    if (!zp_arg_count(c, 1, &at))
        return ZP_FAILED;
    c->out = zp_list_new(0, c->err);
    for (int64_t k = 0; !zp_bad(c->out) && k < n; k++) {
        zp_value x = zp_list_at(dots, k), v, index = zp_dbl(zp_len(x) == 1 ? 1 : (double)at);
        if (!zp_dblsubset(x, &index, 1, &v, c->err) ||
            !zp_list_push(&c->out, v, names ? zp_name_at(names, k) : NULL, c->err))
            zp_value_clear(&c->out);
    }
    names = zp_names(more, 0);
    for (int64_t k = 0; !zp_bad(c->out) && more.type == ZP_LIST && k < zp_len(more); k++)
        if (!zp_list_push(&c->out, zp_value_ref(zp_list_at(more, k)), names ? zp_name_at(names, k) : NULL,
                          c->err))
            zp_value_clear(&c->out);
    return zp_done(!zp_bad(c->out));
}

#define HIDDEN(name, formals, types, run, help)                 \
    {                                                           \
        name, formals, types, ZP_BI_HIDDEN, run, help, "", NULL \
    }

const zp_builtin zp_builtins_functional_join[] = {
    HIDDEN(".named", "r, X, from.text", "", bi_named, "r with the names of X."),
    HIDDEN(".simplify", "r, higher = FALSE", "r=l higher=L", bi_simplify,
           "A list of results as a vector or matrix, where it can be one."),
    HIDDEN(".unlist.single", "r, names = TRUE", "r=l", bi_unlist_single,
           "A list as a vector when all its elements have length 1."),
    HIDDEN(".vapply.check", "v, FUN.VALUE, i", "", bi_vapply_check, "v, when it is like FUN.VALUE."),
    HIDDEN(".vapply.join", "r, FUN.VALUE, X, USE.NAMES", "r=l", bi_vapply_join, "The result of vapply."),
    HIDDEN(".which.true", "r", "r=l", bi_which_true, "Positions of the true elements of a list."),
    HIDDEN(".mapply.count", "dots", "dots=l", bi_mapply_count, "How many calls mapply makes."),
    HIDDEN(".mapply.args", "dots, i, MoreArgs", "dots=l MoreArgs=l0", bi_mapply_args,
           "The arguments of one call of mapply."),
    { 0 },
};
