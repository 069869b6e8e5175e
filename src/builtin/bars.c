/* bars, endpoints, gaps: series cut along the calendar.
 *
 * Boundaries first (cheap: one leap per bucket), then one pass over the rows, bucket by bucket, on all threads. */
#include "builtin/buckets.h"
#include "builtin/series.h"
#include "builtin/tables.h"

#include <math.h>

#include "kernel/kernel.h"

/* ---------------------------------------------------------------- bars */

enum { OPEN, HIGH, LOW, CLOSE, MEAN, COUNT, SUM, VOLUME, VWAP, COLUMNS };
static const char *const column_names[COLUMNS] = { "open",  "high", "low",    "close", "mean",
                                                   "count", "sum",  "volume", "vwap" };

typedef struct job {
    const zp_buckets *b;
    const double *price, *volume; /* volume: or NULL */
    double *out;                  /* column c of bucket k: out[c * b->n + k] */
} job;

/* Rows without a price do not count. */
static void summarize_holes(const double *p, int64_t n, double bar[COLUMNS])
{
    bar[OPEN] = bar[CLOSE] = bar[HIGH] = bar[LOW] = NAN;
    bar[SUM] = bar[COUNT] = 0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(p[i]))
            continue;
        if (bar[COUNT]++ == 0)
            bar[OPEN] = bar[HIGH] = bar[LOW] = p[i];
        bar[HIGH] = p[i] > bar[HIGH] ? p[i] : bar[HIGH];
        bar[LOW] = p[i] < bar[LOW] ? p[i] : bar[LOW];
        bar[CLOSE] = p[i];
        bar[SUM] += p[i];
    }
}

static void summarize(const double *p, int64_t n, double bar[COLUMNS])
{
    double sum_min_max[3];

    if (n > 0)
        zp_kernels_get()->span_dbl(p, n, sum_min_max);
    if (n == 0 || isnan(sum_min_max[0])) {
        summarize_holes(p, n, bar);
        return;
    }
    bar[OPEN] = p[0];
    bar[CLOSE] = p[n - 1];
    bar[SUM] = sum_min_max[0];
    bar[LOW] = sum_min_max[1];
    bar[HIGH] = sum_min_max[2];
    bar[COUNT] = (double)n;
}

static void weigh(const double *p, const double *v, int64_t n, double bar[COLUMNS])
{
    double total = 0, money = 0;

    for (int64_t i = 0; i < n; i++) {
        if (isnan(p[i]) || isnan(v[i]))
            continue;
        total += v[i];
        money += v[i] * p[i];
    }
    bar[VOLUME] = total;
    bar[VWAP] = total != 0 ? money / total : NAN;
}

static void bars_piece(void *arg, int64_t from, int64_t to)
{
    const job *j = arg;
    int columns = j->volume ? COLUMNS : VOLUME;

    for (int64_t k = from; k < to; k++) {
        int64_t lo = j->b->lo[k], n = j->b->hi[k] - lo;
        double bar[COLUMNS];

        summarize(j->price + lo, n, bar);
        bar[MEAN] = bar[COUNT] > 0 ? bar[SUM] / bar[COUNT] : NAN;
        if (j->volume)
            weigh(j->price + lo, j->volume + lo, n, bar);
        for (int c = 0; c < columns; c++)
            j->out[c * j->b->n + k] = bar[c];
    }
}

/* A column by number or name; *out NULL for NULL. */
static bool column_arg(zp_call *c, int k, zp_value data, const double **out)
{
    zp_value which = c->argv[k];
    int64_t at = 0;
    zp_str *name;

    *out = NULL;
    if (which.type == ZP_NIL)
        return true;
    if (which.type == ZP_STR) {
        zp_array *names = zp_ndim(data) > 1 ? zp_names(data, 1) : NULL;

        if (!zp_arg_str(c, k, &name))
            return false;
        for (at = 0; names && at < names->n && !zp_str_eq(zp_name_at(names, at), name); at++)
            ;
        if (!names || at == names->n)
            return zp_fail_arg(c->err, k + 1, "no column '%s'", name->text);
    } else if (!zp_arg_int(c, k, &at) || at-- < 1 || at >= zp_ncols(data)) {
        return zp_fail_arg(c->err, k + 1, "subscript out of bounds");
    }
    *out = zp_column(&data, at);
    return true;
}

static bool name_columns(zp_value *v, int columns, zp_error *err)
{
    zp_value names = zp_vec(ZP_STR, columns, err);
    bool ok = !zp_bad(names);

    for (int k = 0; ok && k < columns; k++) {
        zp_str *s = zp_str_from(column_names[k], err);

        if ((ok = s != NULL))
            zp_str_put(names, k, s);
    }
    ok = ok && zp_set_names(v, 1, zp_as_names(names), err);
    zp_value_unref(names);
    return ok;
}

/* label = "end": the boundary after each bucket. */
static bool label_ends(zp_buckets *b, zp_grid grid, zp_error *err)
{
    return zp_instants_round(ZP_ROUND_UP, b->label, b->n, grid, b->label, err);
}

static bool make_bars(zp_call *c, const zp_buckets *b, job *j)
{
    int64_t dim[2] = { b->n, j->volume ? COLUMNS : VOLUME };
    zp_value idx = zp_vec(ZP_TIM, b->n, c->err), data = zp_arr(ZP_DBL, 2, dim, c->err);

    if (zp_bad(idx) || zp_bad(data) || !zp_value_box(&idx, c->err) || !zp_value_box(&data, c->err) ||
        !name_columns(&data, (int)dim[1], c->err)) {
        zp_value_unref(idx);
        zp_value_unref(data);
        return false;
    }
    zp_copy_elems(ZP_TIM, idx.u.arr->data, b->label, b->n);
    j->b = b;
    j->out = data.u.arr->data;
    zp_parallel(b->n, 64, bars_piece, j);
    c->out = zp_zts_take(idx, data, c->err);
    return !zp_bad(c->out);
}

/* The buckets of the series in argument 0, by the formals label and empty at k and k + 1. */
static bool cut(zp_call *c, int k, zp_buckets *b)
{
    zp_value idx = zp_zts_idx(c->argv[0]);
    zp_str *label;
    zp_grid grid;
    bool empty;

    if (!zp_time_grid(c->argv[1], c->argv[2], &grid, c->err) || !zp_arg_str(c, k, &label) ||
        !zp_arg_lgl(c, k + 1, &empty))
        return false;
    if (!zp_str_is(label, "start") && !zp_str_is(label, "end"))
        return zp_fail(c->err, "'label' must be \"start\" or \"end\"");
    return zp_buckets_init(b, zp_i64s(&idx), zp_len(idx), grid, c->err) &&
           (!empty || zp_buckets_fill(b, grid, c->err)) &&
           (zp_str_is(label, "start") || label_ends(b, grid, c->err));
}

static zp_status bi_bars(zp_call *c)
{
    zp_value data = zp_zts_data(c->argv[0]);
    zp_buckets b = { 0 };
    job j = { 0 };
    bool ok;

    ok = column_arg(c, 3, data, &j.price) && column_arg(c, 4, data, &j.volume) && cut(c, 5, &b) &&
         make_bars(c, &b, &j);
    zp_buckets_fini(&b);
    return zp_done(ok);
}

/* A list: the label of every bucket, its first row, its last row (one less if it is empty). */
static bool list_buckets(zp_call *c, const zp_buckets *b)
{
    zp_value parts[3] = { zp_vec(ZP_TIM, b->n, c->err), zp_vec(ZP_DBL, b->n, c->err),
                          zp_vec(ZP_DBL, b->n, c->err) };
    bool ok = true;

    c->out = zp_list_new(3, c->err);
    for (int i = 0; i < 3; i++)
        ok = ok && !zp_bad(parts[i]) && zp_value_box(&parts[i], c->err);
    ok = ok && !zp_bad(c->out);
    for (int64_t k = 0; ok && k < b->n; k++) {
        ((int64_t *)parts[0].u.arr->data)[k] = b->label[k];
        ((double *)parts[1].u.arr->data)[k] = (double)(b->lo[k] + 1);
        ((double *)parts[2].u.arr->data)[k] = (double)b->hi[k];
    }
    for (int i = 0; i < 3; i++)
        if (ok)
            c->out.u.list->items[i] = parts[i];
        else
            zp_value_unref(parts[i]);
    return ok;
}

static zp_status bi_buckets(zp_call *c)
{
    zp_buckets b = { 0 };
    bool ok = cut(c, 3, &b) && list_buckets(c, &b);

    zp_buckets_fini(&b);
    return zp_done(ok);
}

/* Functions run on the machine alone, so this part is in the language. */
static const char bars_source[] =
    "{ if (is.null(FUN)) return(.bars(z, by, tz, price, volume, label, empty)); "
    "FUN <- match.fun(FUN); b <- .buckets(z, by, tz, label, empty); "
    "if (length(dim(z)) > 2) stop(\"'z' has more than two dimensions\"); "
    "n <- length(b[[1]]); if (n == 0) return(z); "
    "rows <- if (length(dim(z)) == 2) function(i) z[i, ] else function(i) z[i]; "
    "has <- which(b[[3]] >= b[[2]]); "
    "m <- do.call(rbind, lapply(has, function(k) { r <- FUN(rows(b[[2]][k]:b[[3]][k]), ...); "
    "if (is.zts(r)) zts.data(r) else r })); "
    "out <- matrix(NaN, n, ncol(m)); colnames(out) <- colnames(m); out[has, ] <- m; zts(b[[1]], out) }";

/* ---------------------------------------------------------------- endpoints, gaps */

static zp_value times_of(zp_value x)
{
    return x.type == ZP_ZTS ? zp_zts_idx(x) : x;
}

static zp_status bi_endpoints(zp_call *c)
{
    zp_value times = times_of(c->argv[0]);
    zp_buckets b;
    zp_grid grid;
    int64_t k;
    double *out;

    if (!zp_series_check_times(times, "x", true, c->err) ||
        !zp_time_grid(c->argv[1], c->argv[3], &grid, c->err) || !zp_arg_int(c, 2, &k))
        return ZP_FAILED;
    if (k < 1 || k > 1000000)
        return zp_fail_call(c, "'k' must be at least 1");
    if (grid.step && __builtin_mul_overflow(grid.step, k, &grid.step))
        return zp_fail_call(c, "duration out of range");
    grid.count = (grid.count ? grid.count : 1) * k;
    if (!zp_buckets_init(&b, zp_i64s(&times), zp_len(times), grid, c->err))
        return ZP_FAILED;
    c->out = zp_vec(ZP_DBL, b.n + 1, c->err);
    out = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (out)
        out[0] = 0;
    for (int64_t i = 0; out && i < b.n; i++)
        out[i + 1] = (double)b.hi[i];
    zp_buckets_fini(&b);
    return zp_done(out != NULL);
}

/* Pairs of neighbours farther apart than the limit; `out` NULL: only counts. */
static int64_t find_gaps(const int64_t *t, int64_t n, int64_t limit, zp_interval *out)
{
    int64_t found = 0;

    for (int64_t i = 1; i < n; i++) {
        if ((uint64_t)t[i] - (uint64_t)t[i - 1] <= (uint64_t)limit)
            continue;
        if (out)
            out[found] = (zp_interval){ t[i - 1], t[i], 1, 1 };
        found++;
    }
    return found;
}

static zp_status bi_gaps(zp_call *c)
{
    zp_value times = times_of(c->argv[0]);
    int64_t limit, n = zp_len(times);
    zp_interval *out;

    if (!zp_series_check_times(times, "x", true, c->err) || !zp_arg_duration(c, 1, true, &limit))
        return ZP_FAILED;
    c->out = zp_vec(ZP_IVL, find_gaps(zp_i64s(&times), n, limit, NULL), c->err);
    out = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (!out)
        return ZP_FAILED;
    find_gaps(zp_i64s(&times), n, limit, out);
    return ZP_OK;
}

#define TICKS \
    "z <- zts(seq(|.2021-01-01 10:00:00 UTC.|, by = as.duration(\"00:00:20\"), length.out = 9), matrix(1:18, 9, 2)); "

const zp_builtin zp_builtins_bars[] = {
    { "bars", "z, by, tz = NULL, price = 1, volume = NULL, label = \"start\", empty = FALSE, FUN = NULL, ...",
      "z=Z by=UPS tz=S0 price=DS volume=DS0 label=S empty=L", 0, NULL,
      "Open, high, low, close, mean, count and sum of the column 'price' in every bucket of length 'by' that has rows; "
      "with a column 'volume' also its sum and the price weighted by it. 'by' is a duration, a period or a unit such as "
      "\"15 minutes\" or \"month\"; with 'tz' the boundaries are those of the local clock. Cells that are NaN do not "
      "count. 'label' says whether a bucket is dated by its \"start\" or its \"end\"; with 'empty' those without rows are "
      "there too. With 'FUN' the row of a bucket is what FUN makes of its rows, and NaN where there are none.",
      TICKS "bars(z, as.duration(\"00:01:00\"), volume = 2)", bars_source },
    { ".bars", "z, by, tz, price, volume, label, empty",
      "z=Z by=UPS tz=S0 price=DS volume=DS0 label=S empty=L", ZP_BI_STRIDED | ZP_BI_HIDDEN, bi_bars, "", "",
      NULL },
    { ".buckets", "z, by, tz, label, empty", "z=Z by=UPS tz=S0 label=S empty=L", ZP_BI_STRIDED | ZP_BI_HIDDEN,
      bi_buckets, "", "", NULL },
    { "endpoints", "x, on = \"months\", k = 1, tz = NULL", "x=TZ on=UPS k=D tz=S0", ZP_BI_STRIDED,
      bi_endpoints,
      "The positions of the last row of every unit 'on' (or of every k units) of the series or times 'x', after a 0: "
      "what period.apply() takes. Units from a day on need a time zone.",
      TICKS "endpoints(z, \"minutes\")", NULL },
    { "gaps", "x, by", "x=TZ by=U", ZP_BI_STRIDED, bi_gaps,
      "The intervals between neighbouring rows of the series or times 'x' that are farther apart than 'by'.",
      TICKS "gaps(z[c(1, 2, 6), ], as.duration(\"00:01:00\"))", NULL },
    { 0 },
};
