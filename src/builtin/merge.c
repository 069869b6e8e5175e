/* merge and interpolate: several series on one index.
 *
 * The common index is built by merging two sorted columns at a time; then every series is looked up at it, by exact
 * time or as of it. */
#include "builtin/series.h"
#include "builtin/series_join.h"
#include "builtin/tables.h"
#include "builtin/text.h"

#include <math.h>
#include <string.h>

#include "kernel/align.h"
#include "kernel/join.h"

/* ---------------------------------------------------------------- the common index */

static zp_value combine_times(bool all, zp_value a, zp_value b, zp_error *err)
{
    int64_t n = zp_len(a), m = zp_len(b), most = all ? n + m : n < m ? n : m, count;
    zp_value room = zp_vec(ZP_TIM, most, err), out;

    if (zp_bad(room))
        return room;
    count = zp_join(all, ZP_JOIN_APART, &(zp_join_side){ .at = zp_i64s(&a), .n = n },
                    &(zp_join_side){ .at = zp_i64s(&b), .n = m }, NAN, room.u.arr->data);
    if (count == most) {
        room.u.arr->order = ZP_ORDER_YES;
        return room;
    }
    out = zp_vec(ZP_TIM, count, err);
    if (!zp_bad(out))
        memcpy(out.u.arr->data, room.u.arr->data, (size_t)count * sizeof(int64_t));
    if (!zp_bad(out))
        out.u.arr->order = ZP_ORDER_YES;
    zp_value_unref(room);
    return out;
}

static zp_value common_index(zp_call *c, zp_str *join)
{
    bool all = zp_str_is(join, "outer");
    zp_value idx;

    if (zp_str_is(join, "left") || zp_str_is(join, "right"))
        return zp_series_index(zp_zts_idx(c->dots[zp_str_is(join, "left") ? 0 : c->ndots - 1]), c->err);
    if (!all && !zp_str_is(join, "inner")) {
        zp_fail(c->err, "'join' must be \"outer\", \"inner\", \"left\" or \"right\"");
        return zp_nil();
    }
    idx = zp_series_index(zp_zts_idx(c->dots[0]), c->err);
    for (int k = 1; k < c->ndots && !zp_bad(idx); k++) {
        zp_value with = zp_zts_idx(c->dots[k]), both;

        if (with.u.ptr == idx.u.ptr)
            continue;
        both = combine_times(all, idx, with, c->err);
        zp_value_set(&idx, both);
    }
    return idx;
}

/* ---------------------------------------------------------------- columns and their names */

/* The name of column j of series k: its own, or that of the argument where it is the only column. */
static zp_str *column_name(zp_call *c, int k, int64_t j)
{
    zp_value data = zp_zts_data(c->dots[k]);
    zp_str *tag = c->dot_tags && c->dot_tags[k] ? c->dot_tags[k] : NULL;
    zp_str *plain = c->dot_names && c->dot_names[k] ? c->dot_names[k] : NULL;
    bool single = zp_ncols(data) == 1;

    if (tag && tag->len && single)
        return tag;
    if (zp_ndim(data) > 1 && zp_names(data, 1))
        return zp_name_at(zp_names(data, 1), j);
    return single && plain ? plain : zp_str_empty();
}

static bool name_columns(zp_call *c, zp_value *out)
{
    int64_t total = zp_dim(*out, 1), at = 0;
    zp_value names = zp_vec(ZP_STR, total, c->err);
    zp_str *dot = zp_str_from(".", c->err);
    bool any = false, ok = dot && !zp_bad(names) && zp_value_box(&names, c->err);

    for (int k = 0; ok && k < c->ndots; k++)
        for (int64_t j = 0, n = zp_ncols(zp_zts_data(c->dots[k])); j < n; j++) {
            zp_str *s = column_name(c, k, j);

            any |= s->len > 0;
            zp_str_put(names, at++, zp_str_ref(s));
        }
    ok = ok && (!any ||
                (zp__text_unique(c, &names, dot, true) && zp_set_names(out, 1, zp_as_names(names), c->err)));
    zp_str_unref(dot);
    zp_value_unref(names);
    return ok;
}

/* ---------------------------------------------------------------- merge */

static bool fill_arg(zp_call *c, int k, double *fill, bool *locf)
{
    zp_str *word;

    *fill = NAN;
    *locf = false;
    if (c->argv[k].type != ZP_STR)
        return zp_arg_dbl(c, k, fill);
    if (!zp_arg_str(c, k, &word))
        return false;
    *locf = zp_str_is(word, "locf");
    return *locf || zp_fail_arg(c->err, k + 1, "'fill' must be a number or \"locf\"");
}

/* The columns of z at the times idx, from *out on. */
static bool place(zp_value z, zp_value idx, double fill, bool locf, double **out, zp_error *err)
{
    zp_value from = zp_zts_idx(z), data = zp_zts_data(z);
    zp_windows w = { .from = zp_i64s(&from),
                     .n = zp_len(from),
                     .to = zp_i64s(&idx),
                     .m = zp_len(idx),
                     .lead = locf ? INT64_MIN : 0 };

    if (from.u.ptr == idx.u.ptr) {
        for (int64_t k = 0; k < zp_ncols(data); k++)
            zp_copy_elems(ZP_DBL, *out + k * w.m, zp_column(&data, k), w.m);
    } else if (!zp_series_gather(&w, data, fill, *out, err)) {
        return false;
    }
    *out += w.m * zp_ncols(data);
    return true;
}

/* Two series on all their times or on those they share. */
static zp_status merge_two(zp_call *c, bool all, double fill)
{
    zp_value to[3];

    if (!zp_series_join(c->dots[0], c->dots[1], all, fill, ZP_JOIN_MATRIX, to, c->err))
        return ZP_FAILED;
    if (!name_columns(c, &to[1])) {
        zp_value_unref(to[0]);
        zp_value_unref(to[1]);
        return ZP_FAILED;
    }
    c->out = zp_zts_take(to[0], to[1], c->err);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_merge(zp_call *c)
{
    int64_t dim[2] = { 0, 0 };
    zp_value idx, data;
    zp_str *join;
    double fill, *out;
    bool locf, ok;

    if (!zp_arg_str(c, 0, &join) || !fill_arg(c, 1, &fill, &locf))
        return ZP_FAILED;
    if (c->ndots == 0)
        return zp_fail_call(c, "no series to merge");
    for (int k = 0; k < c->ndots; k++) {
        if (c->dots[k].type != ZP_ZTS)
            return zp_fail_call(c, "merge takes series, not %s", zp_type_name((zp_type)c->dots[k].type));
        dim[1] += zp_ncols(zp_zts_data(c->dots[k]));
    }
    if (c->ndots == 2 && !locf && (zp_str_is(join, "outer") || zp_str_is(join, "inner")) &&
        zp_zts_idx(c->dots[0]).u.ptr != zp_zts_idx(c->dots[1]).u.ptr)
        return merge_two(c, zp_str_is(join, "outer"), fill);
    idx = common_index(c, join);
    if (zp_bad(idx))
        return ZP_FAILED;
    dim[0] = zp_len(idx);
    data = zp_arr(ZP_DBL, 2, dim, c->err);
    ok = !zp_bad(data) && zp_value_box(&data, c->err);
    out = ok ? data.u.arr->data : NULL;
    for (int k = 0; ok && k < c->ndots; k++)
        ok = place(c->dots[k], idx, fill, locf, &out, c->err);
    if (!ok || !name_columns(c, &data)) {
        zp_value_unref(idx);
        zp_value_unref(data);
        return ZP_FAILED;
    }
    c->out = zp_zts_take(idx, data, c->err);
    return zp_done(!zp_bad(c->out));
}

/* ---------------------------------------------------------------- interpolate */

/* On the line through (a, x) and (b, y), a < t < b. */
static double between(int64_t t, int64_t a, int64_t b, double x, double y)
{
    double part = (double)((uint64_t)t - (uint64_t)a) / (double)((uint64_t)b - (uint64_t)a);

    return x + (y - x) * part;
}

/* Values at `to` from the cells of a column that are numbers; NaN outside them and across more than `reach`. */
static void interpolate_column(const int64_t *at, const double *x, int64_t n, const int64_t *to, int64_t m,
                               int64_t reach, double *out)
{
    int64_t left = -1, right = 0;

    for (int64_t i = 0; i < m; i++) {
        while (right < n && (isnan(x[right]) || at[right] <= to[i])) {
            if (!isnan(x[right]))
                left = right;
            right++;
        }
        if (left >= 0 && at[left] == to[i])
            out[i] = x[left];
        else if (left < 0 || right == n || (uint64_t)at[right] - (uint64_t)at[left] > (uint64_t)reach)
            out[i] = NAN;
        else
            out[i] = between(to[i], at[left], at[right], x[left], x[right]);
    }
}

static zp_status bi_interpolate(zp_call *c)
{
    zp_value z = c->argv[0], from = zp_zts_idx(z), data = zp_zts_data(z);
    zp_value to = c->argv[1].type == ZP_TIM ? c->argv[1] : from, out, idx;
    int64_t reach = INT64_MAX;

    if (!zp_series_check_times(to, "to", true, c->err) ||
        (c->argv[2].type == ZP_DUR && !zp_arg_duration(c, 2, true, &reach)))
        return ZP_FAILED;
    out = zp_series_data(data, zp_len(to), c->err);
    idx = zp_bad(out) ? zp_nil() : zp_series_index(to, c->err);
    if (zp_bad(idx)) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    for (int64_t k = 0, n = zp_ncols(data); k < n; k++)
        interpolate_column(zp_i64s(&from), zp_column(&data, k), zp_len(from), zp_i64s(&to), zp_len(to), reach,
                           (double *)out.u.arr->data + k * zp_len(to));
    c->out = zp_zts_take(idx, out, c->err);
    return zp_done(!zp_bad(c->out));
}

#define TWO                                                                                        \
    "t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[1:3], matrix(1:3, 3, 1)); " \
    "y <- zts(t[2:4], matrix(4:6, 3, 1)); "

const zp_builtin zp_builtins_merge[] = {
    { "merge", "..., join = \"outer\", fill = NaN", "join=S fill=DS", ZP_BI_STRIDED, bi_merge,
      "The columns of several series side by side, on all their times (\"outer\"), on the times they share (\"inner\"), or "
      "on those of the first (\"left\") or last (\"right\"). Where a series has no row the cells are 'fill', or with "
      "\"locf\" those of its last row before. Names that come again get a number.",
      TWO "merge(x, y)", NULL },
    { "interpolate", "z, to = NULL, max.gap = NULL", "z=Z to=T0 max.gap=U0", ZP_BI_STRIDED, bi_interpolate,
      "Straight lines through the cells that are numbers, column by column: NaN cells are filled, or with 'to' the "
      "values at those times are returned. Nothing is filled before the first and after the last number, nor across "
      "more than 'max.gap'.",
      TWO "interpolate(x, t[1] + as.duration(5e8))", NULL },
    { 0 },
};
