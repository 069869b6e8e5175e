/* Statistics of one vector: median, quantiles, spread, weighted mean. */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "kernel/reduce.h"
#include "ops/ops.h"

#include <math.h>
#include <string.h>

/* Sorted copy of the numbers of argument k; NaNs dropped.  The caller releases *held. */
typedef struct sorted {
    double *x;
    int64_t n, nans;
    zp_value held;
} sorted;

static bool sort_numbers(const double *x, int64_t n, sorted *s, zp_error *err)
{
    uint64_t *k, *done;

    s->held = zp_words(3 * n, err);
    if (zp_bad(s->held))
        return false;
    k = zp_key_data(s->held);
    s->x = (double *)k + 2 * n;
    s->n = zp_k_drop_nan(s->x, x, n);
    s->nans = n - s->n;
    zp_k_keys_dbl(k, s->x, s->n, false);
    done = zp_k_sort(k, k + n, s->n);
    zp_k_dbls_of_keys(s->x, done, s->n, false);
    return true;
}

static bool sort_arg(zp_call *c, int k, sorted *s)
{
    const double *x;
    int64_t n;
    return zp_numbers(&c->argv[k], &x, &n, c->err) && sort_numbers(x, n, s, c->err);
}

static const char nan_text[] = "missing values and NaN's not allowed if 'na.rm' is FALSE";

/* ---------------------------------------------------------------- median */

static double middle(const sorted *s)
{
    int64_t half = s->n / 2;
    if (s->n == 0)
        return NAN;
    return s->n % 2 ? s->x[half] : (double)(((long double)s->x[half - 1] + s->x[half]) / 2);
}

static zp_status bi_median(zp_call *c)
{
    bool skip, logical = c->argv[0].type == ZP_LGL;
    sorted s;
    double m;

    if (!zp_arg_lgl(c, 1, &skip) || !sort_arg(c, 0, &s))
        return ZP_FAILED;
    m = s.nans && !skip ? NAN : middle(&s);
    c->out = logical && s.n % 2 ? zp_lgl(m != 0) : zp_dbl(m);
    zp_value_unref(s.held);
    return ZP_OK;
}

/* ---------------------------------------------------------------- quantiles */

static const double fuzz = 4 * 2.220446049250313e-16;

/* Element `at` (1-based) of the sorted numbers, clamped to the ends. */
static double nth(const sorted *s, int64_t at)
{
    return s->x[at < 1 ? 0 : at > s->n ? s->n - 1 : at - 1];
}

static double between(const sorted *s, int64_t j, double h)
{
    double a = nth(s, j), b = nth(s, j + 1);
    if (h == 0 || a == b)
        return a;
    return h == 1 ? b : (1 - h) * a + h * b;
}

/* Hyndman and Fan's types 1 to 9. */
static double quantile(const sorted *s, double p, int type)
{
    static const double as[] = { 0, 0.5, 0, 1, 1.0 / 3, 3.0 / 8 }, bs[] = { 1, 0.5, 0, 1, 1.0 / 3, 3.0 / 8 };
    double at, h, j, n = (double)s->n;

    if (s->n == 0 || isnan(p))
        return NAN;
    if (type == 7) {
        at = 1 + (n - 1) * p; /* the weight is what rounding leaves behind the 1, as in R */
        j = floor(at);
        return between(s, (int64_t)j, at - j);
    }
    if (type <= 3) {
        at = type == 3 ? n * p - 0.5 : n * p;
        j = floor(at + fuzz);
        if (type == 1)
            h = at > j;
        else if (type == 2)
            h = ((at > j) + 1.0) / 2;
        else
            h = at != j || fmod(j, 2) != 0;
    } else {
        double a = as[type - 4], b = bs[type - 4];
        at = a + p * (n + 1 - a - b);
        j = floor(at + fuzz);
        h = at - j;
        if (fabs(h) < fuzz)
            h = 0;
    }
    return between(s, (int64_t)j, h);
}

/* "25%", "33.3%" */
static bool name_quantiles(zp_value *out, const double *probs, int64_t n, zp_error *err)
{
    zp_value names = zp_vec(ZP_STR, n, err);
    bool ok = !zp_bad(names);

    for (int64_t i = 0; ok && i < n; i++) {
        zp_buf b = { 0 };
        zp_str *s;
        if (!isnan(probs[i])) {
            zp_number_text(&b, 100 * probs[i], 7);
            zp_buf_puts(&b, "%");
        }
        s = zp_str_from_buf(&b, err);
        zp_buf_fini(&b);
        ok = s != NULL;
        if (ok)
            zp_str_put(names, i, s);
    }
    ok = ok && zp_set_names(out, 0, zp_as_names(names), err);
    zp_value_unref(names);
    return ok;
}

static bool check_probs(zp_call *c, const double *p, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (p[i] < -fuzz || p[i] > 1 + fuzz)
            return zp_fail(c->err, "'probs' outside [0,1]");
    return true;
}

static zp_status bi_quantile(zp_call *c)
{
    static const double quarters[] = { 0, 0.25, 0.5, 0.75, 1 };
    const double *probs = quarters;
    int64_t np = 5, type;
    bool skip, names, ok;
    zp_value out;
    sorted s;

    if (!zp_arg_lgl(c, 2, &skip) || !zp_arg_lgl(c, 3, &names) || !zp_arg_int(c, 4, &type) ||
        (!zp_arg_missing(c, 1) && !zp_numbers(&c->argv[1], &probs, &np, c->err)) ||
        !check_probs(c, probs, np))
        return ZP_FAILED;
    if (type < 1 || type > 9)
        return zp_fail_call(c, "'type' must be 1 to 9");
    if (!sort_arg(c, 0, &s))
        return ZP_FAILED;
    if (s.nans && !skip) {
        zp_value_unref(s.held);
        return zp_fail_call(c, nan_text);
    }
    out = zp_vec(ZP_DBL, np, c->err);
    ok = !zp_bad(out) && zp_value_box(&out, c->err);
    for (int64_t i = 0; ok && i < np; i++)
        ((double *)out.u.arr->data)[i] = quantile(&s, fmin(fmax(probs[i], 0), 1), (int)type);
    zp_value_unref(s.held);
    ok = ok && (!names || np == 0 || name_quantiles(&out, probs, np, c->err));
    if (!ok) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    zp_value_unbox(&out);
    c->out = out;
    return ZP_OK;
}

/* In the language: names stay where x has them. */
static const char mad_source[] =
    "{ x <- as.vector(x); if (is.logical(x)) x <- as.numeric(x); if (na.rm) x <- x[!is.nan(x)];"
    " d <- abs(x - (if (missing(center)) median(x) else center)); n <- length(x);"
    " if (low && high) stop(\"'low' and 'high' cannot be both TRUE\");"
    " constant * (if ((low || high) && n > 0 && n %% 2 == 0) sort(d, na.last = TRUE)[n / 2 + (if (high) 1 else 0)]"
    "  else median(d)) }";

static const char iqr_source[] =
    "{ q <- quantile(x, c(0.25, 0.75), na.rm = na.rm, names = FALSE, type = type); q[2] - q[1] }";

static const char fivenum_source[] =
    "{ if (!na.rm && any(is.nan(x))) return(rep(NaN, 5)); if (is.zts(x)) x <- as.vector(x); if (is.logical(x)) x <- as.numeric(x); x <- sort(x); n <- length(x);"
    " if (n == 0) rep(NaN, 5)"
    " else { q <- floor((n + 3) / 2) / 2; d <- c(1, q, (n + 1) / 2, n + 1 - q, n); 0.5 * (x[floor(d)] + x[ceiling(d)]) } }";

/* ---------------------------------------------------------------- weighted mean */

static zp_status bi_weighted_mean(zp_call *c)
{
    const double *x, *w;
    int64_t n, nw;
    bool skip;
    long double sum = 0, total = 0;

    if (!zp_numbers(&c->argv[0], &x, &n, c->err) || !zp_arg_lgl(c, 2, &skip))
        return ZP_FAILED;
    if (zp_arg_missing(c, 1)) {
        c->out = zp_dbl(n ? zp_k_mean(x, n, skip) : NAN);
        return ZP_OK;
    }
    if (!zp_numbers(&c->argv[1], &w, &nw, c->err))
        return ZP_FAILED;
    if (n != nw)
        return zp_fail_call(c, "'x' and 'w' must have the same length");
    for (int64_t i = 0; i < n; i++)
        if (!skip || !isnan(x[i])) {
            sum += w[i] != 0 ? x[i] * w[i] : 0;
            total += w[i];
        }
    c->out = zp_dbl(total != 0 ? (double)sum / (double)total : NAN);
    return ZP_OK;
}

const zp_builtin zp_builtins_stats[] = {
    { "median", "x, na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_median,
      "The middle element, or the mean of the two in the middle.", "median(c(1, 9, 3))", NULL },
    { "quantile", "x, probs = c(0, 0.25, 0.5, 0.75, 1), na.rm = FALSE, names = TRUE, type = 7",
      "x=DZ+L probs=D na.rm=L names=L type=D", 0, bi_quantile,
      "Quantiles of the elements by one of the nine usual definitions; NaN is an error unless `na.rm`.",
      "quantile(1:9, 0.5)", NULL },
    { "fivenum", "x, na.rm = TRUE", "x=DZ+L na.rm=L", 0, NULL,
      "Least, lower hinge, median, upper hinge and greatest of the numbers that are not NaN.", "fivenum(1:9)",
      fivenum_source },
    { "IQR", "x, na.rm = FALSE, type = 7", "x=DZ+L na.rm=L type=D", 0, NULL, "Distance of the quartiles.",
      "IQR(1:9)", iqr_source },
    { "mad", "x, [center], constant = 1.4826, na.rm = FALSE, low = FALSE, high = FALSE",
      "x=DZ+L center=D constant=D na.rm=L low=L high=L", 0, NULL,
      "Median distance from `center`, the median unless it is given, times `constant`; `low`, `high`: the lower or higher of the "
      "two in the middle instead of their mean.",
      "mad(c(1, 2, 3, 9))", mad_source },
    { "weighted.mean", "x, [w], ..., na.rm = FALSE", "x=DZ+L w=DZ+L na.rm=L", 0, bi_weighted_mean,
      "Mean with weights w.", "weighted.mean(c(1, 3), c(3, 1))", NULL },
    { 0 }
};
