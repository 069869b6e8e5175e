/* Series: putting them together, their parts, and keeping a stretch of their rows. */
#include "builtin/array_priv.h"
#include "builtin/persist.h"
#include "builtin/tables.h"

#include <string.h>

/* The index as a plain, boxed time vector: trailing extents of 1 are dropped, names too. */
static bool make_index(zp_value v, zp_value *out, zp_error *err)
{
    const int64_t n = zp_len(v);

    for (int32_t k = 1; k < zp_ndim(v); k++)
        if (zp_dim(v, k) != 1)
            return zp_fail(err, "zts index must be a vector");
    if (v.boxed && zp_ndim(v) == 1 && !zp_has_names(v) && !(v.u.obj->flags & ZP_LOCKED)) {
        *out = zp_value_ref(v);
        return true;
    }
    *out = zp_vec(ZP_TIM, n, err);
    if (zp_bad(*out))
        return false;
    memcpy(out->u.arr->data, zp_data(&v), (size_t)n * sizeof(int64_t));
    return true;
}

static bool make_data(zp_value v, zp_value *out, zp_error *err)
{
    *out = v.boxed && (v.u.obj->flags & ZP_LOCKED) ? zp_value_copy(v, err) : zp_value_ref(v);
    return !zp_bad(*out) && zp_value_box(out, err);
}

static zp_status make_series(zp_call *c)
{
    zp_value idx = zp_nil(), data = zp_nil();
    bool ok = make_index(c->argv[0], &idx, c->err);

    if (ok && zp_dim(c->argv[1], 0) != zp_len(idx))
        ok = zp_fail(c->err, "mismatched dimensions for index and data");
    if (ok && !zp_value_ordered(idx))
        ok = zp_fail(c->err, "index is not in ascending order");
    ok = ok && make_data(c->argv[1], &data, c->err);
    if (!ok) {
        zp_value_unref(idx);
        zp_value_unref(data);
        return ZP_FAILED;
    }
    return zp__out(c, zp_zts_take(idx, data, c->err));
}

static zp_status bi_zts(zp_call *c)
{
    enum { FILE_ARG = 2, SYNC_ARG, RETAIN_ARG };
    zp__persist place;
    bool ok = zp__persist_args(c, FILE_ARG, SYNC_ARG, RETAIN_ARG, &place) && make_series(c) == ZP_OK &&
              zp__persist_out(c, &place);

    zp__persist_fini(&place);
    return zp_done(ok);
}

static zp_status bi_idx(zp_call *c)
{
    c->out = zp_value_ref(zp_zts_idx(c->argv[0]));
    return ZP_OK;
}

static zp_status bi_data(zp_call *c)
{
    c->out = zp_value_ref(zp_zts_data(c->argv[0]));
    return ZP_OK;
}

/* ---------------------------------------------------------------- stretches of rows */

/* The 1-based row that a position or a time means; at most one behind the last row. */
static bool row_of(zp_value at, zp_value z, const char *bad, int64_t *row, zp_error *err)
{
    const int64_t n = zp_dim(z, 0);
    const zp_value idx = zp_zts_idx(z);
    int64_t lo = 0, hi = n;

    if (zp_len(at) != 1)
        return zp_fail(err, "expecting scalar value");
    if (at.type == ZP_DBL) {
        const double x = zp_dbls(&at)[0];

        if (!(x >= 1))
            return zp_fail(err, "%s", bad);
        *row = x < (double)n + 1 ? (int64_t)x : n + 1;
        return true;
    }
    while (lo < hi) {
        const int64_t mid = lo + (hi - lo) / 2;

        if (zp_i64s(&idx)[mid] < zp_i64s(&at)[0])
            lo = mid + 1;
        else
            hi = mid;
    }
    *row = lo + 1;
    return true;
}

/* Keeps rows [from, to) of a series held alone.  Nothing that stays is moved. */
static bool cut(zp_value *z, int64_t from, int64_t to, zp_error *err)
{
    zp_zts *s;

    if (!zp_value_own(z, err))
        return false;
    s = z->u.zts;
    if (zp_store_of(*z))
        return zp_store_resize(z, from, to, err);
    if (!zp_value_grow_rows(&s->idx, to, err) || !zp_value_grow_rows(&s->data, to, err) ||
        !zp_value_own(&s->idx, err) || !zp_value_own(&s->data, err))
        return false;
    if (from > 0 && (!zp_value_cut_front(&s->data, from, err) || !zp_value_cut_front(&s->idx, from, err)))
        return false;
    s->idx.u.arr->order = ZP_ORDER_YES;
    return true;
}

static zp_status keep(zp_call *c, int64_t from, int64_t to)
{
    if (c->ref && c->ref[0]) {
        zp_value_clear(&c->argv[0]);
        if (!cut(c->ref[0], from, to, c->err))
            return ZP_FAILED;
        c->out = zp_value_ref(*c->ref[0]);
        return ZP_OK;
    }
    return zp_done(zp_take_range(c->argv[0], from, to - from, &c->out, c->err));
}

static zp_status bi_resize(zp_call *c)
{
    const zp_value z = zp__first(c);
    int64_t from = 1, to = zp_dim(z, 0) + 1;

    if (zp_dim(z, 0) == 0) {
        c->out = zp_value_ref(z);
        return ZP_OK;
    }
    if (!row_of(c->argv[1], z, "start out of bounds", &from, c->err) ||
        (!zp_arg_missing(c, 2) && !row_of(c->argv[2], z, "end out of bounds", &to, c->err)))
        return ZP_FAILED;
    if (from > to)
        return zp_fail_call(c, "start must be <= to end");
    return keep(c, from - 1, to - 1);
}

static zp_status bi_truncate(zp_call *c)
{
    const zp_value z = zp__first(c);
    int64_t to;

    if (zp_dim(z, 0) == 0) {
        c->out = zp_value_ref(z);
        return ZP_OK;
    }
    if (!row_of(c->argv[1], z, "argument cannot be negative", &to, c->err))
        return ZP_FAILED;
    return keep(c, 0, to - 1);
}

const zp_builtin zp_builtins_zts[] = {
    { "zts", "idx, data = NaN, file = \"\", sync = \"commit\", retain = \"\"",
      "idx=T data=D file=S sync=S retain=S", 0, bi_zts,
      "A time series: ascending times and a double array with one row for each. With `file` it lives in that new directory. sync: "
      "\"commit\" (what was done is on the disk before the next statement), a length such as \"100ms\" (at most that much is lost "
      "when the machine stops), \"none\". retain: rows older than this before the last one are dropped, as \"90d\".",
      "zts(as.time(c(\"2021-01-01 00:00:00 UTC\", \"2021-01-02 00:00:00 UTC\")), c(1, 2))", NULL },
    { "zts.idx", "zts", "zts=Z", ZP_BI_STRIDED, bi_idx, "The times of a series.",
      "zts.idx(zts(as.time(\"2021-01-01 00:00:00 UTC\"), 1))", NULL },
    { "zts.data", "zts", "zts=Z", ZP_BI_STRIDED, bi_data, "The data of a series.",
      "zts.data(zts(as.time(\"2021-01-01 00:00:00 UTC\"), 1))", NULL },
    { "zts.resize", "x, start = 1, end = nrow(x) + 1", "x=Z start=DT end=DT", ZP_BI_INPLACE | ZP_BI_STRIDED,
      bi_resize,
      "The rows of a series from `start` on and before `end`, each a row number or a time. In place with --x.",
      "zts.resize(zts(as.time(\"2021-01-01 00:00:00 UTC\"), 1), 1, 2)", NULL },
    { "zts.truncate", "x, end", "x=Z end=DT", ZP_BI_INPLACE | ZP_BI_STRIDED, bi_truncate,
      "The rows of a series before `end`, a row number or a time. In place with --x.",
      "zts.truncate(zts(as.time(\"2021-01-01 00:00:00 UTC\"), 1), 2)", NULL },
    { 0 },
};
