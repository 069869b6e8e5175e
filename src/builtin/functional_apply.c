/* Hidden helpers of apply, outer, sweep, tapply and ave: cells of arrays, their layout, groups.
 *
 * apply(X, MARGIN, FUN) looks at X as a grid over the dimensions in MARGIN, in that order; every point of the grid
 * has a cell, the array over the other dimensions.  A `grid` holds both sets of extents and strides. */
#include "builtin/functional_priv.h"
#include "builtin/tables.h"
#include "ops/ops.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIMS = 32 };

typedef struct grid {
    int32_t nm, nr;                           /* dimensions of the grid and of a cell */
    int32_t margin[MAX_DIMS], rest[MAX_DIMS]; /* which dimensions of X they are */
    int64_t mdim[MAX_DIMS], rdim[MAX_DIMS];   /* their extents */
    int64_t stride[MAX_DIMS];                 /* of each dimension of X */
    int64_t cells, size;                      /* points of the grid, elements of a cell */
} grid;

/* MARGIN (argument 2) as dimensions of X (argument 1). */
static bool grid_init(grid *g, zp_call *c)
{
    zp_value x = c->argv[0], margin = c->argv[1];
    int32_t nd = zp_ndim(x);
    int64_t step = 1, count = zp_len(margin);
    bool used[MAX_DIMS] = { false };

    *g = (grid){ .cells = 1, .size = 1 };
    if (!zp_is_array(x) || nd < 2 || nd > MAX_DIMS)
        return zp_fail(c->err, "dim(X) must have a positive length");
    if (margin.type == ZP_STR)
        return zp_fail(c->err, "'X' must have named dimnames");
    if (margin.type != ZP_DBL || count > nd)
        return zp_fail(c->err, "'MARGIN' does not match dim(X)");
    for (int32_t k = 0; k < nd; k++) {
        g->stride[k] = step;
        step *= zp_dim(x, k);
    }
    for (int64_t i = 0; i < count; i++) {
        double m = zp_dbls(&margin)[i];
        if (!(m >= 1 && m <= nd) || used[(int)m - 1])
            return zp_fail(c->err, "'MARGIN' does not match dim(X)");
        used[(int)m - 1] = true;
        g->margin[g->nm] = (int32_t)m - 1;
        g->mdim[g->nm] = zp_dim(x, (int32_t)m - 1);
        g->cells *= g->mdim[g->nm++];
    }
    for (int32_t k = 0; k < nd; k++)
        if (!used[k]) {
            g->rest[g->nr] = k;
            g->rdim[g->nr] = zp_dim(x, k);
            g->size *= g->rdim[g->nr++];
        }
    return true;
}

/* Steps through the cell in the order of its elements, keeping the position in X. */
static int64_t next_in_cell(const grid *g, int64_t *index, int64_t at)
{
    for (int32_t k = 0; k < g->nr; k++) {
        at += g->stride[g->rest[k]];
        if (++index[k] < g->rdim[k])
            return at;
        at -= g->stride[g->rest[k]] * g->rdim[k];
        index[k] = 0;
    }
    return at;
}

/* .apply.data(X): the array to work on. */
static zp_status bi_apply_data(zp_call *c)
{
    zp_value x = c->argv[0];

    if (x.type == ZP_ZTS) {
        c->out = zp_value_ref(zp_zts_data(x));
        return zp_done(zp_value_dense(&c->out, c->err));
    }
    if (!zp_is_array(x) || zp_ndim(x) < 2)
        return zp_fail_call(c, "dim(X) must have a positive length");
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

/* .apply.count(X, MARGIN) */
static zp_status bi_apply_count(zp_call *c)
{
    grid g;

    if (!grid_init(&g, c))
        return ZP_FAILED;
    c->out = zp_dbl((double)g.cells);
    return ZP_OK;
}

/* An empty array for a cell, with the names X gives it. */
static zp_value new_cell(const grid *g, zp_value x, zp_error *err)
{
    int64_t one = 1;
    zp_value v = g->nr ? zp_arr(x.type, g->nr, g->rdim, err) : zp_arr(x.type, 1, &one, err);

    for (int32_t k = 0; k < g->nr && !zp_bad(v); k++) {
        zp_array *names = zp_names(x, g->rest[k]);
        if (names && g->rdim[k] > 0 && !zp_set_names(&v, k, names, err))
            zp_value_clear(&v);
    }
    return v;
}

/* .apply.cell(X, MARGIN, i): cell i, 1-based; 0: a cell of zeros, to learn what FUN gives when there are none. */
static zp_status bi_apply_cell(zp_call *c)
{
    grid g;
    zp_value x = c->argv[0];
    int64_t i, at = 0, index[MAX_DIMS] = { 0 };
    size_t size = zp_type_size(x.type);

    if (!zp_arg_count(c, 2, &i) || !grid_init(&g, c))
        return ZP_FAILED;
    c->out = new_cell(&g, x, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    if (i == 0 || i > g.cells) {
        zp_fill_zero(c->out, 0, g.size);
        return ZP_OK;
    }
    i--;
    for (int32_t k = 0; k < g.nm; k++) {
        at += i % g.mdim[k] * g.stride[g.margin[k]];
        i /= g.mdim[k];
    }
    for (int64_t k = 0; k < g.size; k++) {
        zp_copy_elems(x.type, (char *)c->out.u.arr->data + (size_t)k * size,
                      (const char *)zp_data(&x) + (size_t)at * size, 1);
        at = next_in_cell(&g, index, at);
    }
    zp_value_unbox(&c->out);
    return ZP_OK;
}

/* Gives *v the extents of the grid, below `rows` (when not negative), and the names that belong to them. */
static bool lay_out(zp_value *v, const grid *g, zp_value x, int64_t rows, zp_array *row_names, zp_error *err)
{
    int64_t dims[MAX_DIMS + 1];
    int32_t nd = 0;

    if (rows >= 0)
        dims[nd++] = rows;
    for (int32_t k = 0; k < g->nm; k++)
        dims[nd++] = g->mdim[k];
    if (!zp_value_reshape(v, nd, dims, err))
        return false;
    if (row_names && !zp_set_names(v, 0, row_names, err))
        return false;
    for (int32_t k = 0; k < g->nm; k++) {
        zp_array *names = zp_names(x, g->margin[k]);
        if (names && g->mdim[k] > 0 && !zp_set_names(v, k + (rows >= 0), names, err))
            return false;
    }
    return true;
}

/* The names that all results share, or NULL. */
static zp_array *shared_names(zp_value list)
{
    zp_value first = zp_list_at(list, 0);
    zp_array *names = zp_is_vector(first) ? zp_names(first, 0) : NULL;
    int64_t n = zp_len(list);

    for (int64_t i = 1; names && i < n; i++) {
        zp_value v = zp_list_at(list, i);
        zp_array *other = zp_is_vector(v) ? zp_names(v, 0) : NULL;
        for (int64_t k = 0; names && k < names->n; k++)
            if (!other || strcmp(zp_name_at(names, k)->text, zp_name_at(other, k)->text) != 0)
                names = NULL;
    }
    return names;
}

static bool equal_lengths(zp_value list)
{
    int64_t n = zp_len(list);

    for (int64_t i = 0; i < n; i++)
        if (zp_list_at(list, i).type == ZP_LIST || zp_len(zp_list_at(list, i)) != zp_len(zp_list_at(list, 0)))
            return false;
    return true;
}

/* The list of results itself, named by the margin when there is one. */
static zp_status give_list(zp_call *c, const grid *g)
{
    zp_array *names = g->nm == 1 ? zp_names(c->argv[1], g->margin[0]) : NULL;

    c->out = zp_value_move(&c->argv[0]);
    if (!names)
        return ZP_OK;
    return zp_done(zp_value_fresh(&c->out, c->err) && zp_set_names(&c->out, 0, names, c->err));
}

/* .apply.list(r, X, MARGIN): what was not to be simplified. */
static zp_status bi_apply_list(zp_call *c)
{
    zp_call on_x = *c; /* the same call without r, for the grid */
    grid g;

    on_x.argv = c->argv + 1;
    if (!grid_init(&g, &on_x))
        return ZP_FAILED;
    if (g.nm > 1)
        return zp_fail_call(c, "there are no arrays of lists: `simplify = FALSE` is for one margin");
    return give_list(c, &g);
}

/* .apply.join(r, X, MARGIN) */
static zp_status bi_apply_join(zp_call *c)
{
    zp_call on_x = *c; /* the same call without r, for the grid */
    zp_value list = c->argv[0], x = c->argv[1];
    int64_t len;
    bool ok;
    grid g;

    on_x.argv = c->argv + 1;
    if (!grid_init(&g, &on_x))
        return ZP_FAILED;
    if (list.type != ZP_LIST || zp_len(list) != g.cells || g.cells == 0)
        return zp_fail_call(c, "'MARGIN' does not match dim(X)");
    if (!equal_lengths(list))
        return give_list(c, &g);
    len = zp_len(zp_list_at(list, 0));
    if (!zp__join_elements(list, &c->out, c->err))
        return ZP_FAILED;
    if (len == 0)
        return ZP_OK; /* an empty vector, or NULL when all results were */
    if (zp_bad(c->out))
        return give_list(c, &g);
    if (g.nm == 0)
        ok = true;
    else if (len == 1)
        ok = lay_out(&c->out, &g, x, -1, NULL, c->err);
    else
        ok = lay_out(&c->out, &g, x, len, shared_names(list), c->err);
    if (ok)
        zp_value_unbox(&c->out);
    else
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* .apply.none(v, X, MARGIN): the result of apply when there are no cells; v: what FUN gave for a cell of zeros. */
static zp_status bi_apply_none(zp_call *c)
{
    zp_call on_x = *c;
    zp_value v = c->argv[0];
    grid g;

    on_x.argv = c->argv + 1;
    if (!grid_init(&g, &on_x))
        return ZP_FAILED;
    if (g.cells != 0)
        return zp_fail_call(c, "'MARGIN' does not match dim(X)");
    if (v.type == ZP_NIL)
        return ZP_OK;
    if (!zp_is_array(v)) {
        c->out = zp_list_new(0, c->err);
        return zp_done(!zp_bad(c->out));
    }
    c->out = zp_vec(v.type, 0, c->err);
    if (zp_bad(c->out) || g.nm == 1)
        return zp_done(!zp_bad(c->out));
    return zp_done(lay_out(&c->out, &g, c->argv[1], -1, NULL, c->err));
}

/* ---------------------------------------------------------------- outer */

/* X repeated as a whole (each false) or element by element (each true). */
static zp_status repeat(zp_call *c, zp_value x, int64_t times, bool each)
{
    int64_t n = zp_len(x), total;
    size_t size = zp_type_size(x.type);
    char *to;

    if (!zp_is_array(x))
        return zp_fail_call(c, "X and Y must be vectors or arrays");
    if (__builtin_mul_overflow(n, times, &total))
        return zp_fail_call(c, "result would be too large");
    c->out = zp_vec(x.type, total, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    to = c->out.u.arr->data;
    if (each) {
        for (int64_t i = 0; i < total; i++)
            zp_copy_elems(x.type, to + (size_t)i * size,
                          (const char *)zp_data(&x) + (size_t)(i / times) * size, 1);
    } else {
        for (int64_t k = 0; k < times; k++)
            zp_copy_elems(x.type, to + (size_t)(k * n) * size, zp_data(&x), n);
    }
    zp_value_unbox(&c->out);
    return ZP_OK;
}

static zp_status bi_outer_x(zp_call *c)
{
    return repeat(c, c->argv[0], zp_len(c->argv[1]), false);
}

static zp_status bi_outer_y(zp_call *c)
{
    return repeat(c, c->argv[1], zp_len(c->argv[0]), true);
}

/* .outer.shape(r, X, Y) */
static zp_status bi_outer_shape(zp_call *c)
{
    zp_value r = c->argv[0];
    int32_t nx = zp_ndim(c->argv[1]), ny = zp_ndim(c->argv[2]);
    int64_t dims[2 * MAX_DIMS], total;

    if (!zp_is_array(c->argv[1]) || !zp_is_array(c->argv[2]) ||
        __builtin_mul_overflow(zp_len(c->argv[1]), zp_len(c->argv[2]), &total))
        return zp_fail_call(c, "X and Y must be vectors or arrays");
    if (nx > MAX_DIMS || ny > MAX_DIMS)
        return zp_fail_call(c, "too many dimensions");
    if (!zp_is_array(r) || zp_len(r) != total)
        return zp_fail_call(c, "dims [product %lld] do not match the length of object [%lld]",
                            (long long)total, (long long)zp_len(r));
    for (int32_t k = 0; k < nx + ny; k++)
        dims[k] = k < nx ? zp_dim(c->argv[1], k) : zp_dim(c->argv[2], k - nx);
    c->out = zp_value_move(&c->argv[0]);
    if ((!c->out.boxed && !zp_value_box(&c->out, c->err)) || !zp_value_fresh(&c->out, c->err) ||
        !zp_value_reshape(&c->out, nx + ny, dims, c->err))
        return ZP_FAILED;
    for (int32_t k = 0; k < nx + ny; k++) {
        zp_array *names = k < nx ? zp_names(c->argv[1], k) : zp_names(c->argv[2], k - nx);
        if (names && dims[k] > 0 && !zp_set_names(&c->out, k, names, c->err))
            return ZP_FAILED;
    }
    return ZP_OK;
}

/* ---------------------------------------------------------------- sweep */

/* .sweep.stats(x, MARGIN, STATS): STATS spread over an array like x. */
static zp_status bi_sweep_stats(zp_call *c)
{
    zp_value x = c->argv[0], stats = c->argv[2];
    int64_t n = zp_len(x), len = zp_len(stats), step[MAX_DIMS] = { 0 };
    size_t size = zp_type_size(stats.type);
    grid g;

    if (!grid_init(&g, c))
        return ZP_FAILED;
    if (!zp_is_array(stats) || len == 0 || len > g.cells || g.cells % len != 0)
        return zp_fail_call(c, "STATS does not recycle exactly across MARGIN");
    for (int64_t k = 0, s = 1; k < g.nm; k++) {
        step[g.margin[k]] = s;
        s *= g.mdim[k];
    }
    c->out = zp_arr(stats.type, zp_ndim(x), zp_dims(&x), c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++) {
        int64_t rest = i, at = 0;
        for (int32_t k = 0; k < zp_ndim(x); k++) {
            at += rest % zp_dim(x, k) * step[k];
            rest /= zp_dim(x, k);
        }
        zp_copy_elems(stats.type, (char *)c->out.u.arr->data + (size_t)i * size,
                      (const char *)zp_data(&stats) + (size_t)(at % len) * size, 1);
    }
    return ZP_OK;
}

const zp_builtin zp_builtins_functional_apply[] = {
#define HIDDEN(name, formals, run, help)                     \
    {                                                        \
        name, formals, "", ZP_BI_HIDDEN, run, help, "", NULL \
    }
    HIDDEN(".apply.data", "X", bi_apply_data, "The array apply works on."),
    HIDDEN(".apply.count", "X, MARGIN", bi_apply_count, "How many cells X has over MARGIN."),
    HIDDEN(".apply.cell", "X, MARGIN, i", bi_apply_cell, "Cell i of X over MARGIN."),
    HIDDEN(".apply.join", "r, X, MARGIN", bi_apply_join, "The result of apply."),
    HIDDEN(".apply.list", "r, X, MARGIN", bi_apply_list, "The results of apply as a list."),
    HIDDEN(".apply.none", "v, X, MARGIN", bi_apply_none, "The result of apply without cells."),
    HIDDEN(".outer.x", "X, Y", bi_outer_x, "X repeated for outer."),
    HIDDEN(".outer.y", "X, Y", bi_outer_y, "Y repeated for outer."),
    HIDDEN(".outer.shape", "r, X, Y", bi_outer_shape, "The result of outer."),
    HIDDEN(".sweep.stats", "x, MARGIN, STATS", bi_sweep_stats, "STATS spread over an array like x."),
    { 0 },
};
