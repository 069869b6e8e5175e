/* Two series on one index: one walk over both, see kernel/join.h.
 *
 * How many rows there will be is known at the end, so there is room for the most; where much of it stays empty the
 * result moves to a block of its size. */
#include "builtin/series_join.h"

#include "builtin/series.h"
#include "builtin/tables.h"
#include "kernel/join.h"
#include "kernel/kernel.h"

#include <string.h>

static void side_init(zp_join_side *s, zp_value z, const double **columns)
{
    zp_value idx = zp_zts_idx(z), data = zp_zts_data(z);

    *s = (zp_join_side){ .at = zp_i64s(&idx), .n = zp_len(idx), .columns = columns, .count = zp_ncols(data) };
    for (int64_t k = 0; k < s->count; k++)
        columns[k] = zp_column(&data, k);
}

static bool shrink(zp_value *v, int64_t rows, zp_error *err)
{
    int64_t most = v->u.arr->dim[0];

    if (!zp_value_grow_rows(v, rows, err))
        return false;
    if (v->u.arr->ndim == 1 || zp_ncols(*v) == 1)
        v->u.arr->stride = rows;
    if (rows < most / 2) {
        zp_value exact = zp_value_copy(*v, err);

        if (zp_bad(exact))
            return false;
        zp_value_set(v, exact);
    }
    return true;
}

/* Room for the rows: `idx` and one or two arrays of numbers. */
static bool make_room(zp_value x, zp_value y, int64_t most, zp_join_to what, zp_value to[3], zp_error *err)
{
    zp_value dx = zp_zts_data(x), dy = zp_zts_data(y);
    int64_t dim[2] = { most, zp_ncols(dx) + zp_ncols(dy) };

    to[0] = zp_vec(ZP_TIM, most, err);
    to[1] = what == ZP_JOIN_MATRIX ? zp_arr(ZP_DBL, 2, dim, err) : zp_series_data(dx, most, err);
    to[2] = what != ZP_JOIN_PAIR ? zp_nil() : zp_series_data(dy, most, err);
    for (int k = 0; k < (what == ZP_JOIN_PAIR ? 3 : 2); k++)
        if (zp_bad(to[k]) || !zp_value_box(&to[k], err))
            return false;
    return true;
}

static bool join(zp_value x, zp_value y, bool all, double fill, zp_join_to what, const double **columns,
                 zp_value to[3], zp_error *err)
{
    int64_t n = zp_dim(x, 0), m = zp_dim(y, 0), most = n < m ? n : m, rows;
    zp_join_side sx, sy;

    if (all && __builtin_add_overflow(n, m, &most))
        return zp_fail_nomem(err, SIZE_MAX);
    if (!make_room(x, y, most, what, to, err))
        return false;
    side_init(&sx, x, columns);
    side_init(&sy, y, columns + sx.count);
    sx.out = to[1].u.arr->data;
    sy.out = what == ZP_JOIN_MATRIX ? sx.out + sx.count * most
             : what == ZP_JOIN_PAIR ? to[2].u.arr->data
                                    : NULL;
    sx.stride = sy.stride = most;
    rows = zp_join(all, what < ZP_JOIN_MATRIX ? (int)what : ZP_JOIN_APART, &sx, &sy, fill, to[0].u.arr->data);
    for (int k = 0; k < (what == ZP_JOIN_PAIR ? 3 : 2); k++)
        if (!shrink(&to[k], rows, err))
            return false;
    to[0].u.arr->order = ZP_ORDER_YES;
    return true;
}

bool zp_series_join(zp_value x, zp_value y, bool all, double fill, zp_join_to what, zp_value to[3],
                    zp_error *err)
{
    int64_t count = zp_ncols(zp_zts_data(x)) + zp_ncols(zp_zts_data(y));
    const double **columns = zp_alloc((size_t)(count ? count : 1) * sizeof *columns, err);
    bool ok;

    to[0] = to[1] = to[2] = zp_nil();
    if (!columns)
        return false;
    ok = join(x, y, all, fill, what, columns, to, err);
    zp_free(columns);
    for (int k = 0; k < 3 && !ok; k++)
        zp_value_clear(&to[k]);
    return ok;
}

/* Can the op be done on the way?  + - * / of equal extents, with the names of x if there are any. */
static zp_join_to way_of(zp_value x, zp_value y, zp_value op)
{
    static const char *const names[] = { "+", "-", "*", "/" };
    zp_value dx = zp_zts_data(x), dy = zp_zts_data(y);
    zp_str *name;

    if (op.type != ZP_STR || !zp_get_str(op, &name, NULL) || zp_ndim(dx) != zp_ndim(dy) ||
        (zp_has_names(dy) && !zp_has_names(dx)))
        return ZP_JOIN_PAIR;
    for (int32_t k = 1; k < zp_ndim(dx); k++)
        if (zp_dim(dx, k) != zp_dim(dy, k))
            return ZP_JOIN_PAIR;
    for (int k = 0; k < 4; k++)
        if (strcmp(name->text, names[k]) == 0)
            return (zp_join_to)(ZP_K_ADD + k);
    return ZP_JOIN_PAIR;
}

/* .join(x, y, all, fill, op): x op y, or a list of both on the common index where that is not done on the way. */
static zp_status bi_join(zp_call *c)
{
    zp_value to[3], x = zp_nil(), y = zp_nil();
    zp_join_to what;
    double fill;
    bool all;

    if (!zp_arg_lgl(c, 2, &all) || !zp_arg_dbl(c, 3, &fill))
        return ZP_FAILED;
    what = way_of(c->argv[0], c->argv[1], c->argv[4]);
    if (!zp_series_join(c->argv[0], c->argv[1], all, fill, what, to, c->err))
        return ZP_FAILED;
    if (what != ZP_JOIN_PAIR) {
        c->out = zp_zts_take(to[0], to[1], c->err);
        return zp_done(!zp_bad(c->out));
    }
    x = zp_zts_take(zp_value_ref(to[0]), to[1], c->err);
    y = zp_zts_take(to[0], to[2], c->err);
    c->out = zp_bad(x) || zp_bad(y) ? zp_nil() : zp_list_new(2, c->err);
    if (zp_bad(c->out)) {
        zp_value_unref(x);
        zp_value_unref(y);
        return ZP_FAILED;
    }
    zp_list_set(c->out, 0, x);
    zp_list_set(c->out, 1, y);
    return ZP_OK;
}

const zp_builtin zp_builtins_series_join[] = {
    { ".join", "x, y, all, fill, op", "x=Z y=Z all=L fill=D", ZP_BI_STRIDED | ZP_BI_HIDDEN, bi_join, "", "",
      NULL },
    { 0 },
};
