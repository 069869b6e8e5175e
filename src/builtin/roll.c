/* Rolling windows over the rows of each column.
 *
 * A window is a number of rows or, for series, a duration: then it holds the rows of (t - window, t], found by one
 * walk over the index.  The statistics themselves are in kernel/roll.h. */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "kernel/roll.h"

#include <math.h>
#include <string.h>

typedef struct rolling {
    zp_window window;
    zp_value held; /* window.start */
} rolling;

/* First row of (t - window, t] for every row. */
static bool starts_of_duration(zp_call *c, zp_value x, int64_t length, rolling *r)
{
    const int64_t *t;
    int64_t n, first = 0, *start;
    zp_value idx;

    if (x.type != ZP_ZTS)
        return zp_fail(c->err, "a 'window' of time needs a series");
    if (length <= 0)
        return zp_fail(c->err, "'window' must be a positive duration");
    idx = zp_zts_idx(x);
    n = zp_len(idx);
    t = zp_i64s(&idx);
    r->held = zp_words(n, c->err);
    if (zp_bad(r->held))
        return false;
    start = (int64_t *)zp_key_data(r->held);
    for (int64_t i = 0; i < n; i++) {
        while ((uint64_t)t[i] - (uint64_t)t[first] >= (uint64_t)length)
            first++;
        start[i] = first;
    }
    r->window.start = start;
    return true;
}

/* Reads `window` and `nvalid` (formals kw and kn) for x with `rows` rows. */
static bool read_window(zp_call *c, zp_value x, int kw, int kn, rolling *r)
{
    zp_value data = zp_num_data(x);
    int64_t rows = zp_dim(data, 0), most = INT64_MAX;
    bool timed = c->argv[kw].type == ZP_DUR;

    memset(r, 0, sizeof *r);
    r->window.nvalid = 1;
    if (!timed && !zp_arg_count(c, kw, &r->window.rows))
        return false;
    if (!zp_arg_missing(c, kn) && !zp_arg_count(c, kn, &r->window.nvalid))
        return false;
    if (zp_len(data) == 0)
        return zp_fail(c->err, "matrix has 0 elements");
    if (timed) {
        if (zp_len(c->argv[kw]) != 1)
            return zp_fail(c->err, "expecting scalar value");
        if (!starts_of_duration(c, x, zp_i64s(&c->argv[kw])[0], r))
            return false;
    } else {
        if (r->window.rows < 1 || r->window.rows > rows)
            return zp_fail(c->err, "'window' must be >= 0 and <= dim[0]");
        most = r->window.rows;
        if (zp_arg_missing(c, kn))
            r->window.nvalid = most;
    }
    if (r->window.nvalid < 1 || r->window.nvalid > most) {
        zp_value_clear(&r->held);
        return zp_fail(c->err, "'nbvalid' must be >= 1 and <= window");
    }
    return true;
}

typedef enum stat { SUM, MEAN, MIN, MAX, VAR, SD, QUANTILE } stat;

static void roll_column(stat what, double *to, const double *x, int64_t n, const zp_window *w, double prob,
                        void *scratch)
{
    switch (what) {
    case SUM:
    case MEAN: zp_k_roll_sum(to, x, n, w, what == MEAN); break;
    case MIN: zp_k_roll_min(to, x, n, w, scratch); break;
    case MAX: zp_k_roll_max(to, x, n, w, scratch); break;
    case VAR:
    case SD: zp_k_roll_var(to, x, n, w, what == SD); break;
    case QUANTILE: zp_k_roll_quantile(to, x, n, w, prob, scratch); break;
    }
}

static int64_t scratch_words(stat what, int64_t n, const zp_window *w)
{
    if (what == QUANTILE)
        return zp_k_roll_quantile_words(n, w);
    return w->start && (what == MIN || what == MAX) ? n : 0;
}

static zp_status roll(zp_call *c, stat what, double prob, int kn)
{
    rolling r;
    zp_num w;
    zp_value scratch;

    if (!read_window(c, *zp_operand(c), 1, kn, &r))
        return ZP_FAILED;
    if (!zp_num_begin(c, 0, true, &w)) {
        zp_value_unref(r.held);
        return ZP_FAILED;
    }
    scratch = zp_words(scratch_words(what, w.rows, &r.window), c->err);
    for (int64_t j = 0; !zp_bad(scratch) && j < w.cols; j++)
        roll_column(what, w.to + j * w.to_stride, w.in + j * w.in_stride, w.rows, &r.window, prob,
                    zp_key_data(scratch));
    zp_value_unref(r.held);
    if (zp_bad(scratch))
        return zp_num_fail(&w);
    zp_value_unref(scratch);
    return zp_num_end(c, &w);
}

#define ROLL(name, what)                       \
    static zp_status bi_roll##name(zp_call *c) \
    {                                          \
        return roll(c, what, 0.5, 2);          \
    }
ROLL(sum, SUM)
ROLL(mean, MEAN)
ROLL(min, MIN)
ROLL(max, MAX)
ROLL(var, VAR)
ROLL(sd, SD)
ROLL(median, QUANTILE)

static zp_status bi_rollquantile(zp_call *c)
{
    double prob;

    if (!zp_arg_dbl(c, 2, &prob))
        return ZP_FAILED;
    if (!(prob >= 0 && prob <= 1))
        return zp_fail_call(c, "'prob' must be between 0 and 1");
    return roll(c, QUANTILE, prob, 3);
}

/* ---------------------------------------------------------------- two operands */

/* All pairs of columns into out[, i, j]. */
static bool pairs(zp_value *x, zp_value *y, const zp_window *w, bool cor, double *out, zp_error *err)
{
    const double *px, *py;
    int64_t nx, ny, rows = zp_dim(zp_num_data(*x), 0), cx = zp_ncols(zp_num_data(*x)),
                    cy = zp_ncols(zp_num_data(*y));

    if (!zp_numbers(x, &px, &nx, err) || !zp_numbers(y, &py, &ny, err))
        return false;
    for (int64_t j = 0; j < cy; j++)
        for (int64_t i = 0; i < cx; i++)
            zp_k_roll_cov(out + (i + j * cx) * rows, px + i * rows, py + j * rows, rows, w, cor);
    return true;
}

static zp_status roll_pairs(zp_call *c, bool cor)
{
    zp_value *x = &c->argv[0], *y = &c->argv[1], out, idx = zp_nil();
    int64_t dim[3] = { zp_dim(zp_num_data(*x), 0), zp_ncols(zp_num_data(*x)), zp_ncols(zp_num_data(*y)) };
    rolling r;
    bool ok;

    if (!read_window(c, x->type == ZP_ZTS ? *x : y->type == ZP_ZTS ? *y : *x, 2, 3, &r))
        return ZP_FAILED;
    if (zp_dim(zp_num_data(*y), 0) != dim[0]) {
        zp_value_unref(r.held);
        return zp_fail_call(c, "invalid dimensions");
    }
    if (x->type == ZP_ZTS || y->type == ZP_ZTS)
        idx = zp_value_ref(zp_zts_idx(x->type == ZP_ZTS ? *x : *y));
    /* one pair of series is a series of one column */
    out = zp_arr(ZP_DBL, !zp_bad(idx) && dim[1] * dim[2] == 1 ? 2 : 3, dim, c->err);
    ok = !zp_bad(out) && pairs(x, y, &r.window, cor, out.u.arr->data, c->err);
    zp_value_unref(r.held);
    if (!ok) {
        zp_value_unref(out);
        zp_value_unref(idx);
        return ZP_FAILED;
    }
    c->out = zp_bad(idx) ? out : zp_zts_take(idx, out, c->err);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_rollcov(zp_call *c)
{
    return roll_pairs(c, false);
}

static zp_status bi_rollcor(zp_call *c)
{
    return roll_pairs(c, true);
}

static zp_status bi_ewma(zp_call *c)
{
    double alpha;
    zp_num w;

    if (!zp_arg_dbl(c, 1, &alpha))
        return ZP_FAILED;
    if (!(alpha > 0 && alpha <= 1))
        return zp_fail_call(c, "'alpha' must be > 0 and <= 1");
    if (!zp_num_begin(c, 0, false, &w))
        return ZP_FAILED;
    for (int64_t j = 0; j < w.cols; j++)
        zp_k_ewma(w.to + j * w.to_stride, w.in + j * w.in_stride, w.rows, alpha);
    return zp_num_end(c, &w);
}

#define WINDOW_HELP \
    " of the window of `window` rows (or, for series, a duration) that ends at each row; NaN where fewer than `nvalid` values are not NaN."
#define ROLL_ROW(name, what)                                                                       \
    {                                                                                              \
#name, "x, window, nvalid = window", "x=DZ window=D+U nvalid=D", ZP_BI_INPLACE, bi_##name, \
            what WINDOW_HELP, #name "(c(1, 4, 2, 8), 2)", NULL                                     \
    }

const zp_builtin zp_builtins_roll[] = {
    ROLL_ROW(rollsum, "Sum"),
    ROLL_ROW(rollmean, "Mean"),
    ROLL_ROW(rollmin, "Minimum"),
    ROLL_ROW(rollmax, "Maximum"),
    ROLL_ROW(rollvar, "Variance"),
    ROLL_ROW(rollsd, "Standard deviation"),
    ROLL_ROW(rollmedian, "Median"),
    { "rollquantile", "x, window, prob = 0.5, nvalid = window", "x=DZ window=D+U prob=D nvalid=D",
      ZP_BI_INPLACE, bi_rollquantile, "Quantile `prob`" WINDOW_HELP, "rollquantile(c(1, 4, 2, 8), 3, 0.25)",
      NULL },
    { "rollcov", "x, y, window, nvalid = window", "x=DZ y=DZ window=D+U nvalid=D", 0, bi_rollcov,
      "Covariance of every column of x with every column of y" WINDOW_HELP,
      "rollcov(1:5, c(1, 3, 2, 5, 4), 3)", NULL },
    { "rollcor", "x, y, window, nvalid = window", "x=DZ y=DZ window=D+U nvalid=D", 0, bi_rollcor,
      "Correlation of every column of x with every column of y" WINDOW_HELP,
      "rollcor(1:5, c(1, 3, 2, 5, 4), 3)", NULL },
    { "ewma", "x, alpha", "x=DZ alpha=D", ZP_BI_INPLACE, bi_ewma,
      "Exponentially weighted mean of each column: alpha * x + (1 - alpha) * the mean before. NaN is passed over.",
      "ewma(c(1, 2, 4), 0.5)", NULL },
    { 0 }
};
