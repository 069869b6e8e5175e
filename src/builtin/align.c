/* align, align.idx, asof, op.zts: one series seen at the instants of another.
 *
 * Windows of constant durations are given to the kernel as they are; periods and windows of their own per target are
 * laid out first.  The kernel answers with rows (closest) or ranges of rows (everything else), columns follow. */
#include "builtin/series.h"
#include "builtin/tables.h"

#include <math.h>
#include <string.h>

#include "kernel/align.h"
#include "kernel/kernel.h"

/* ---------------------------------------------------------------- windows */

typedef struct windows {
    zp_windows w;
    int64_t *start, *end; /* owned, or NULL */
} windows;

static void windows_fini(windows *x)
{
    zp_free(x->start);
    zp_free(x->end);
}

static bool is_period(const zp_call *c, int k)
{
    return c->argv[k].type == ZP_PER;
}

static bool check_bound(zp_call *c, int k, int64_t m)
{
    int64_t len = zp_arg_missing(c, k) ? 1 : zp_len(c->argv[k]);

    return len == 1 || len == m || zp_fail(c->err, "invalid dimensions");
}

/* target + bound, element by element. */
static bool lay_out(zp_call *c, int k, const zp_windows *w, const zp_zone *zone, int64_t **out)
{
    zp_value bound = zp_arg_missing(c, k) ? zp_dur(0) : c->argv[k];
    int64_t len = zp_len(bound), cursor = 0;

    *out = zp_alloc((size_t)(w->m ? w->m : 1) * sizeof **out, c->err);
    if (!*out)
        return false;
    for (int64_t i = 0; i < w->m; i++) {
        const zp_period *p;

        if (bound.type == ZP_DUR) {
            (*out)[i] = zp_add_saturated(w->to[i], zp_i64s(&bound)[len == 1 ? 0 : i]);
            continue;
        }
        p = &zp_pers(&bound)[len == 1 ? 0 : i];
        if (!zp_instant_add_period(w->to[i], p->months, p->days, p->ns, zone, &cursor, &(*out)[i], c->err))
            return false;
    }
    return true;
}

static bool window_zone(zp_call *c, int k, const zp_zone **zone)
{
    zp_str *name;

    if (zp_arg_missing(c, k) || c->argv[k].type == ZP_NIL)
        return zp_fail(c->err, "time zone must be supplied");
    if (!zp_arg_str(c, k, &name))
        return false;
    *zone = zp_zone_find(name->text, NULL);
    return *zone || zp_fail(c->err, "cannot find time zone");
}

/* Arguments 1 (to), 2 (start), 3 (end) and the one at `tz`. */
static bool windows_init(windows *x, zp_call *c, const zp_value *from, int tz)
{
    const zp_value *to = &c->argv[1]; /* scalars live in the argument itself */
    const zp_zone *zone = NULL;

    *x = (windows){ .w = { .from = zp_i64s(from), .n = zp_len(*from), .to = zp_i64s(to), .m = zp_len(*to) } };
    if (!check_bound(c, 2, x->w.m) || !check_bound(c, 3, x->w.m))
        return false;
    if ((is_period(c, 2) || is_period(c, 3)) && !window_zone(c, tz, &zone))
        return false;
    if (!zone && (zp_arg_missing(c, 2) || zp_len(c->argv[2]) == 1) &&
        (zp_arg_missing(c, 3) || zp_len(c->argv[3]) == 1)) {
        x->w.lead = zp_arg_missing(c, 2) ? 0 : zp_i64s(&c->argv[2])[0];
        x->w.trail = zp_arg_missing(c, 3) ? 0 : zp_i64s(&c->argv[3])[0];
        return true;
    }
    if (!lay_out(c, 2, &x->w, zone, &x->start) || !lay_out(c, 3, &x->w, zone, &x->end))
        return false;
    x->w.start = x->start;
    x->w.end = x->end;
    return true;
}

/* ---------------------------------------------------------------- align */

static int64_t longest(const int64_t *lo, const int64_t *hi, int64_t m)
{
    int64_t most = 1;

    for (int64_t k = 0; k < m; k++)
        most = hi[k] - lo[k] > most ? hi[k] - lo[k] : most;
    return most;
}

static bool reduce(const zp_windows *w, zp_reducer what, zp_value data, double *out, zp_error *err)
{
    zp_value ranges = zp_vec(ZP_TIM, 2 * w->m, err); /* scratch from the vectors' heap */
    int64_t *lo = zp_bad(ranges) ? NULL : ranges.u.arr->data, *hi = lo ? lo + w->m : NULL;
    double *scratch = NULL;
    bool ok = lo != NULL;

    if (ok)
        zp_align_ranges(w, lo, hi);
    if (ok && what == ZP_RED_MEDIAN)
        ok = (scratch = zp_alloc((size_t)longest(lo, hi, w->m) * sizeof *scratch, err)) != NULL;
    for (int64_t k = 0, count = zp_ncols(data); ok && k < count; k++)
        zp_range_reduce(what, zp_column(&data, k), lo, hi, w->m, scratch, out + k * w->m);
    zp_free(scratch);
    zp_value_unref(ranges);
    return ok;
}

static bool method_of(zp_str *name, bool *closest, zp_reducer *what)
{
    static const char *const names[] = { "count", "sum", "mean", "min", "max", "median", "first", "last" };

    *closest = zp_str_is(name, "closest");
    for (size_t k = 0; k < ZP_COUNTOF(names); k++)
        if (zp_str_is(name, names[k])) {
            *what = (zp_reducer)k;
            return true;
        }
    return *closest;
}

/* The series of `out` (taken) at the times of argument 1. */
static zp_status finish_series(zp_call *c, zp_value times, zp_value data, bool ok)
{
    zp_value idx = ok ? zp_series_index(times, c->err) : zp_nil();

    if (zp_bad(idx)) {
        zp_value_unref(data);
        return ZP_FAILED;
    }
    c->out = zp_zts_take(idx, data, c->err);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_align(zp_call *c)
{
    zp_value from = c->argv[0], data = zp_zts_data(from), out;
    zp_reducer what = ZP_RED_MEAN;
    zp_str *method;
    windows x;
    bool closest, ok;

    if (!zp_series_check_times(c->argv[1], "to", true, c->err) || !zp_arg_str(c, 4, &method))
        return ZP_FAILED;
    if (!method_of(method, &closest, &what))
        return zp_fail_call(c, "unknown align method");
    out = windows_init(&x, c, &from.u.zts->idx, 5) ? zp_series_data(data, x.w.m, c->err) : zp_nil();
    ok = !zp_bad(out) && (closest ? zp_series_gather(&x.w, data, NAN, out.u.arr->data, c->err)
                                  : reduce(&x.w, what, data, out.u.arr->data, c->err));
    windows_fini(&x);
    return finish_series(c, c->argv[1], out, ok);
}

static zp_status bi_align_idx(zp_call *c)
{
    int64_t *row = NULL;
    double *out;
    windows x;

    if (!zp_series_check_times(c->argv[0], "from", true, c->err) ||
        !zp_series_check_times(c->argv[1], "to", false, c->err))
        return ZP_FAILED;
    if (windows_init(&x, c, &c->argv[0], 4) &&
        (row = zp_alloc((size_t)(x.w.m ? x.w.m : 1) * sizeof *row, c->err))) {
        zp_align_closest(&x.w, row);
        c->out = zp_vec(ZP_DBL, x.w.m, c->err);
    }
    windows_fini(&x);
    out = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    for (int64_t i = 0; out && i < x.w.m; i++)
        out[i] = row[i] < 0 ? NAN : (double)(row[i] + 1);
    zp_free(row);
    return zp_done(out != NULL);
}

/* asof(from, to, direction, tolerance) */
static zp_status bi_asof(zp_call *c)
{
    zp_value from = c->argv[0], data = zp_zts_data(from), to = c->argv[1], out;
    zp_value times = to.type == ZP_ZTS ? zp_zts_idx(to) : to;
    int64_t reach = INT64_MAX;
    zp_windows w = { 0 };
    zp_str *direction;
    bool before, after;

    if (!zp_series_check_times(times, "to", true, c->err) || !zp_arg_str(c, 2, &direction))
        return ZP_FAILED;
    if (c->argv[3].type == ZP_DUR && !zp_arg_duration(c, 3, true, &reach))
        return ZP_FAILED;
    before = zp_str_is(direction, "before") || zp_str_is(direction, "nearest");
    after = zp_str_is(direction, "after") || zp_str_is(direction, "nearest");
    if (!before && !after)
        return zp_fail_call(c, "'direction' must be \"before\", \"after\" or \"nearest\"");
    w = (zp_windows){ .from = zp_i64s(&from.u.zts->idx),
                      .n = zp_len(zp_zts_idx(from)),
                      .to = zp_i64s(&times),
                      .m = zp_len(times),
                      .trail = after ? reach : 0 };
    w.lead = !before ? 0 : reach == INT64_MAX ? INT64_MIN : -reach;
    out = zp_series_data(data, w.m, c->err);
    return finish_series(c, times, out,
                         !zp_bad(out) && zp_series_gather(&w, data, NAN, out.u.arr->data, c->err));
}

/* ---------------------------------------------------------------- op.zts */

static bool factor_op(zp_str *name, int *op)
{
    static const char *const names[] = { "+", "-", "*", "/" };

    for (int k = 0; k < 4; k++)
        if (zp_str_is(name, names[k])) {
            *op = ZP_K_ADD + k;
            return true;
        }
    return false;
}

/* Every factor changes the rows since the factor before it up to (not including) its own time. */
static void apply_factors(zp_value x, zp_value y, double *out, int op)
{
    zp_value xi = zp_zts_idx(x), yi = zp_zts_idx(y), xd = zp_zts_data(x), yd = zp_zts_data(y);
    int64_t n = zp_len(xi), rows = zp_len(yi), done = 0;
    int64_t stride = yd.u.arr->ndim == 1 ? rows : yd.u.arr->stride;
    const double *factor = zp_column(&xd, 0);

    for (int64_t k = 0; k < n && rows > 0 && zp_i64s(&xi)[k] <= zp_i64s(&yi)[rows - 1]; k++) {
        int64_t to = zp_seek_ge(zp_i64s(&yi), rows, done, zp_i64s(&xi)[k]);

        for (int64_t c = 0, columns = zp_ncols(yd); c < columns && to > done; c++) {
            double *at = out + c * stride + done;

            zp_kernels_get()->arith_dbl(op, ZP_VS, at, at, factor + k, to - done);
        }
        done = to;
    }
}

static zp_status bi_op_zts(zp_call *c)
{
    zp_value x = c->ref && c->ref[0] ? *c->ref[0] : c->argv[0], *target = c->ref ? c->ref[1] : NULL;
    zp_str *name;
    double *out;
    int op;

    if (!zp_arg_str(c, 2, &name))
        return ZP_FAILED;
    if (!factor_op(name, &op))
        return zp_fail_call(c, "unknown align op");
    if (!target) {
        c->out = zp_series_own(&c->argv[1], c->err);
        if (zp_bad(c->out))
            return ZP_FAILED;
        target = &c->out;
    }
    if (zp_ncols(zp_zts_data(x)) > 0) {
        zp_value held = zp_value_ref(x); /* x may be the target itself */

        out = zp_value_mut(target, c->err);
        if (out)
            apply_factors(held, *target, out, op);
        zp_value_unref(held);
        if (!out)
            return ZP_FAILED;
    }
    if (target != &c->out)
        c->out = zp_value_ref(*target);
    return ZP_OK;
}

#define WINDOW_TYPES "start=UP end=UP tz=S0"
#define Z_EXAMPLE \
    "z <- zts(seq(|.2021-01-01 10:00:00 UTC.|, by = as.duration(\"00:00:10\"), length.out = 6), matrix(1:6, 6, 1)); "

const zp_builtin zp_builtins_align[] = {
    { "align", "from, to, start = as.duration(0), end = as.duration(0), method = \"closest\", tz = NULL",
      "from=Z to=T " WINDOW_TYPES " method=S", ZP_BI_STRIDED, bi_align,
      "The series 'from' seen at the times 'to'. For each of them the rows between to + start and to + end count: "
      "\"closest\" takes the nearest one; \"mean\", \"sum\", \"min\", \"max\", \"median\", \"first\", \"last\" and \"count\" "
      "summarize the rows up to, but without, the end. Windows without rows give NaN. A window back in time has a "
      "negative start. With periods, 'tz' is the zone whose calendar counts.",
      Z_EXAMPLE "align(z, |.2021-01-01 10:00:25 UTC.|, -as.duration(\"00:00:20\"), method = \"mean\")",
      NULL },
    { "align.idx", "from, to, start = as.duration(0), end = as.duration(0), tz = NULL",
      "from=T to=T " WINDOW_TYPES, 0, bi_align_idx,
      "The positions in the times 'from' that align() would take with method \"closest\"; NaN where there are none.",
      "x <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 5); align.idx(x, x[3] + as.duration(5e8), -as.duration(1e9))",
      NULL },
    { "asof", "from, to, direction = \"before\", tolerance = NULL", "from=Z to=TZ direction=S tolerance=U0",
      ZP_BI_STRIDED, bi_asof,
      "The series 'from' as of the times (or the rows of the series) 'to': the last row \"before\" or at each time, the "
      "first \"after\" or at it, or the \"nearest\". Rows farther away than 'tolerance' do not count.",
      Z_EXAMPLE "asof(z, |.2021-01-01 10:00:25 UTC.|)", NULL },
    { "op.zts", "x, y, op", "x=Z y=Z op=S", ZP_BI_STRIDED | ZP_BI_REFS, bi_op_zts,
      "Applies the factors in the first column of 'x' to the series 'y': each governs the rows before its own time, "
      "back to the factor before it; a factor dated after the last row is not yet effective. 'op' is \"*\", \"/\", "
      "\"+\" or \"-\". y itself changes when it is written --y.",
      Z_EXAMPLE "op.zts(z[4, ] / 100, z, \"*\")", NULL },
    { 0 },
};
