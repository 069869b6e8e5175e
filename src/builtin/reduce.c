/* Reductions over all elements of all arguments: sum, prod, min, max, range, any, all, mean.
 *
 * Numbers, logicals (as 0 and 1) and the data of series mix; durations, times and strings do not.  Each argument is
 * reduced by a kernel, then the results are combined in order. */
#include "builtin/num.h"

#include "kernel/reduce.h"
#include "kernel/sort.h"

#include <math.h>
#include <string.h>

/* Argument i of x, ...: x itself may be missing. */
static zp_value *nth_arg(zp_call *c, int i)
{
    bool has_x = !zp_arg_missing(c, 0);
    if (i == 0 && has_x)
        return &c->argv[0];
    return &c->dots[i - has_x];
}

static int count_args(zp_call *c)
{
    return c->ndots + !zp_arg_missing(c, 0);
}

static bool is_number(zp_value v)
{
    return v.type == ZP_DBL || v.type == ZP_LGL || v.type == ZP_ZTS;
}

static bool fail_x(zp_call *c, const char *types, zp_value v)
{
    return zp_fail_type(c, "x", types, v);
}

/* ---------------------------------------------------------------- sum and product */

static bool sum_durations(zp_call *c, int n)
{
    int64_t total = 0, part;

    for (int i = 0; i < n; i++) {
        zp_value *v = nth_arg(c, i);
        if (v->type != ZP_DUR)
            return fail_x(c, "'duration'", *v);
        if (!zp_value_dense(v, c->err))
            return false;
        if (!zp_k_sum_i64(zp_i64s(v), zp_len(*v), &part) || __builtin_add_overflow(total, part, &total))
            return zp_fail(c->err, "duration out of range");
    }
    c->out = zp_dur(total);
    return true;
}

/* Numbers whose columns lie apart, as in files, are not brought together for this. */
static bool by_columns(zp_value v)
{
    v = zp_num_data(v);
    return v.type == ZP_DBL && !zp_is_dense(v);
}

static double sum_columns(zp_value v, bool skip)
{
    double total = 0;

    for (int64_t j = 0; j < zp_ncols(v); j++)
        total += zp_k_sum(zp_column(&v, j), zp_dim(v, 0), skip, NULL);
    return total;
}

static zp_status bi_sum(zp_call *c)
{
    bool skip;
    int n = count_args(c);
    double total = 0;

    if (!zp_arg_lgl(c, 1, &skip))
        return ZP_FAILED;
    if (n > 0 && nth_arg(c, 0)->type == ZP_DUR)
        return zp_done(sum_durations(c, n));
    for (int i = 0; i < n; i++) {
        zp_value *v = nth_arg(c, i);
        const double *x;
        int64_t many;

        if (!is_number(*v))
            return zp_done(fail_x(c, "'double','duration','zts'", *v));
        if (v->type == ZP_LGL && zp_is_dense(*v)) {
            total += (double)zp_k_count_true(zp_lgls(v), zp_len(*v));
            continue;
        }
        if (by_columns(*v)) {
            total += sum_columns(zp_num_data(*v), skip);
            continue;
        }
        if (!zp_numbers(v, &x, &many, c->err))
            return ZP_FAILED;
        total += zp_k_sum(x, many, skip, NULL);
    }
    c->out = zp_dbl(total);
    return ZP_OK;
}

static zp_status bi_prod(zp_call *c)
{
    bool skip;
    int n = count_args(c);
    double total = 1;

    if (!zp_arg_lgl(c, 1, &skip))
        return ZP_FAILED;
    for (int i = 0; i < n; i++) {
        zp_value *v = nth_arg(c, i);
        const double *x;
        int64_t many;

        if (!is_number(*v))
            return zp_done(fail_x(c, "'double','zts'", *v));
        if (!zp_numbers(v, &x, &many, c->err))
            return ZP_FAILED;
        total *= zp_k_prod(x, many, skip);
    }
    c->out = zp_dbl(total);
    return ZP_OK;
}

/* ---------------------------------------------------------------- extremes */

typedef struct extremes {
    bool want_min, want_max; /* of numbers */
    double min, max;         /* numbers; NaN wins */
    int64_t low, high;
    zp_str *first, *last; /* borrowed */
    int64_t count;
} extremes;

static void extremes_of_column(const double *x, int64_t n, bool skip, extremes *e)
{
    double min, max;

    min = e->want_min ? zp_k_min(x, n, skip) : 0;
    max = e->want_max ? zp_k_max(x, n, skip) : 0;
    e->min = isnan(e->min) || isnan(min) ? NAN : fmin(e->min, min);
    e->max = isnan(e->max) || isnan(max) ? NAN : fmax(e->max, max);
}

static bool extremes_of_numbers(zp_value *v, bool skip, bool finite, extremes *e, zp_error *err)
{
    const zp_value data = zp_num_data(*v);
    const double *x;
    int64_t n;

    if (finite) {
        if (!zp_numbers(v, &x, &n, err))
            return false;
        for (int64_t i = 0; i < n; i++)
            if (isfinite(x[i]))
                extremes_of_column(x + i, 1, skip, e);
        return true;
    }
    if (by_columns(*v)) {
        for (int64_t j = 0; j < zp_ncols(data); j++)
            extremes_of_column(zp_column(&data, j), zp_dim(data, 0), skip, e);
        return true;
    }
    if (!zp_numbers(v, &x, &n, err))
        return false;
    extremes_of_column(x, n, skip, e);
    return true;
}

static void extremes_of_i64(const zp_value *v, extremes *e)
{
    int64_t n = zp_len(*v), low, high;

    if (n == 0)
        return;
    zp_k_range_i64(zp_i64s(v), n, &low, &high);
    e->low = e->count && e->low < low ? e->low : low;
    e->high = e->count && e->high > high ? e->high : high;
    e->count += n;
}

static void extremes_of_strings(const zp_value *v, extremes *e)
{
    zp_str *const *s = zp_strs(v);
    int64_t n = zp_len(*v);

    for (int64_t i = 0; i < n; i++) {
        if (!e->first || zp_str_cmp(s[i], e->first) < 0)
            e->first = s[i];
        if (!e->last || zp_str_cmp(s[i], e->last) > 0)
            e->last = s[i];
    }
    e->count += n;
}

static zp_type kind(zp_value v)
{
    return is_number(v) ? ZP_DBL : v.type;
}

static const char extreme_types[] = "'double','logical','datetime','duration','string','zts'";

static bool find_extremes(zp_call *c, bool want_min, bool want_max, extremes *e, zp_type *type)
{
    int n = count_args(c);
    bool skip, finite = false;

    *e = (extremes){ .want_min = want_min, .want_max = want_max, .min = INFINITY, .max = -INFINITY };
    *type = ZP_DBL;
    if (!zp_arg_lgl(c, 1, &skip) || (c->argc > 2 && !zp_arg_lgl(c, 2, &finite)))
        return false;
    for (int i = 0; i < n; i++) {
        zp_value *v = nth_arg(c, i);
        zp_type t = kind(*v);

        if (i == 0)
            *type = t;
        if (t != ZP_DBL && t != ZP_TIM && t != ZP_DUR && t != ZP_STR)
            return fail_x(c, extreme_types, *v);
        if (t != *type)
            return zp_fail(c->err, "incorrect argument type");
        if (t != ZP_DBL && !zp_value_dense(v, c->err))
            return false;
        if (t == ZP_DBL && !extremes_of_numbers(v, skip, finite, e, c->err))
            return false;
        if (t == ZP_TIM || t == ZP_DUR)
            extremes_of_i64(v, e);
        if (t == ZP_STR)
            extremes_of_strings(v, e);
    }
    return true;
}

static bool no_elements(zp_call *c, zp_type type, const extremes *e)
{
    return type != ZP_DBL && e->count == 0 &&
           !zp_fail(c->err, "no elements: %s has no value here", c->self->name);
}

static zp_status one_extreme(zp_call *c, bool want_max)
{
    extremes e;
    zp_type t;

    if (!find_extremes(c, !want_max, want_max, &e, &t) || no_elements(c, t, &e))
        return ZP_FAILED;
    if (t == ZP_DBL)
        c->out = zp_dbl(want_max ? e.max : e.min);
    else if (t == ZP_STR)
        c->out = zp_chr_take(zp_str_ref(want_max ? e.last : e.first), c->err);
    else
        c->out = t == ZP_TIM ? zp_tim(want_max ? e.high : e.low) : zp_dur(want_max ? e.high : e.low);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_min(zp_call *c)
{
    return one_extreme(c, false);
}

static zp_status bi_max(zp_call *c)
{
    return one_extreme(c, true);
}

static zp_status bi_range(zp_call *c)
{
    extremes e;
    zp_type t;
    zp_value out;

    if (!find_extremes(c, true, true, &e, &t) || no_elements(c, t, &e))
        return ZP_FAILED;
    out = zp_vec(t, 2, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    if (t == ZP_DBL) {
        bool nan = isnan(e.min) || isnan(e.max);
        ((double *)out.u.arr->data)[0] = nan ? NAN : e.min;
        ((double *)out.u.arr->data)[1] = nan ? NAN : e.max;
    } else if (t == ZP_STR) {
        zp_str_put(out, 0, zp_str_ref(e.first));
        zp_str_put(out, 1, zp_str_ref(e.last));
    } else {
        ((int64_t *)out.u.arr->data)[0] = e.low;
        ((int64_t *)out.u.arr->data)[1] = e.high;
    }
    c->out = out;
    return ZP_OK;
}

/* ---------------------------------------------------------------- any and all */

/* Looks for `wanted` among the truth values; NaNs are unknown. */
static bool seek(zp_call *c, bool wanted, bool *found, bool *unknown)
{
    *found = *unknown = false;
    for (int i = 0; i < c->ndots && !*found; i++) {
        zp_value *v = &c->dots[i];
        const double *x;
        int64_t n;

        if (v->type == ZP_NIL)
            continue;
        if (!is_number(*v))
            return zp_fail(c->err, "can't coherce to logical");
        if (!zp_value_dense(v, c->err))
            return false;
        if (v->type == ZP_LGL) {
            int64_t trues = zp_k_count_true(zp_lgls(v), zp_len(*v));
            *found |= wanted ? trues > 0 : trues < zp_len(*v);
            continue;
        }
        if (!zp_numbers(v, &x, &n, c->err))
            return false;
        for (int64_t k = 0; k < n && !*found; k++) {
            *unknown |= isnan(x[k]);
            *found |= !isnan(x[k]) && (x[k] != 0) == wanted;
        }
    }
    return true;
}

static zp_status any_or_all(zp_call *c, bool wanted)
{
    bool skip, found, unknown;

    if (!zp_arg_lgl(c, 0, &skip) || !seek(c, wanted, &found, &unknown))
        return ZP_FAILED;
    if (!found && unknown && !skip)
        return zp_fail_call(c, "NaN has no truth value: use is.nan()");
    c->out = zp_lgl(found == wanted);
    return ZP_OK;
}

static zp_status bi_any(zp_call *c)
{
    return any_or_all(c, true);
}

static zp_status bi_all(zp_call *c)
{
    return any_or_all(c, false);
}

/* ---------------------------------------------------------------- mean */

__extension__ typedef __int128 wide;

static bool mean_of_times(zp_call *c)
{
    zp_value *v = &c->argv[0];
    int64_t n = zp_len(*v), mean;
    const int64_t *x;
    wide sum = 0;

    if (!zp_value_dense(v, c->err))
        return false;
    if (n == 0)
        return zp_fail(c->err, "no elements: mean has no value here");
    x = zp_i64s(v);
    for (int64_t i = 0; i < n; i++)
        sum += x[i];
    mean = (int64_t)(sum / n);
    if (sum % n < 0)
        mean--; /* down, also before 1970 */
    c->out = v->type == ZP_TIM ? zp_tim(mean) : zp_dur(mean);
    return true;
}

/* The mean without the fraction `trim` of the elements at either end. */
static bool trimmed(zp_call *c, const double *x, int64_t n, double trim, bool skip)
{
    zp_value work = zp_vec(ZP_DBL, n + 1, c->err), keys = zp_vec(ZP_TIM, 2 * n + 1, c->err);
    bool ok = !zp_bad(work) && !zp_bad(keys);

    if (ok) {
        double *w = work.u.arr->data;
        uint64_t *k = keys.u.arr->data;
        int64_t many = zp_k_drop_nan(w, x, n), cut;

        if (many < n && !skip) {
            c->out = zp_dbl(NAN);
        } else {
            zp_k_keys_dbl(k, w, many, false);
            zp_k_dbls_of_keys(w, zp_k_sort(k, k + n, many), many, false);
            cut = trim >= 0.5 ? (many - 1) / 2 : (int64_t)floor((double)many * trim);
            c->out = zp_dbl(many == 0 ? NAN : zp_k_mean(w + cut, many - 2 * cut, false));
        }
    }
    zp_value_unref(work);
    zp_value_unref(keys);
    return ok;
}

static zp_status bi_mean(zp_call *c)
{
    zp_type t = c->argv[0].type;
    double trim;
    bool skip;
    const double *x;
    int64_t n;

    if (t == ZP_TIM || t == ZP_DUR)
        return zp_done(mean_of_times(c));
    if (!zp_arg_dbl(c, 1, &trim) || !zp_arg_lgl(c, 2, &skip) || !zp_numbers(&c->argv[0], &x, &n, c->err))
        return ZP_FAILED;
    if (trim > 0 && n > 0)
        return zp_done(trimmed(c, x, n, trim, skip));
    c->out = zp_dbl(n == 0 ? NAN : zp_k_mean(x, n, skip));
    return ZP_OK;
}

const zp_builtin zp_builtins_reduce[] = {
    { "sum", "[x], ..., na.rm = FALSE", "x=DUZ+L na.rm=L", ZP_BI_STRIDED, bi_sum,
      "Sum of all elements of all arguments; TRUE counts as 1. `na.rm` leaves NaN out.", "sum(1:10)", NULL },
    { "prod", "[x], ..., na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_prod,
      "Product of all elements of all arguments.", "prod(1:5)", NULL },
    { "min", "[x], ..., na.rm = FALSE", "x=DLSTUZ na.rm=L", ZP_BI_STRIDED, bi_min,
      "Least element of all arguments (strings: by bytes). NaN wins unless `na.rm`.", "min(c(3, 1, 2))",
      NULL },
    { "max", "[x], ..., na.rm = FALSE", "x=DLSTUZ na.rm=L", ZP_BI_STRIDED, bi_max,
      "Greatest element of all arguments (strings: by bytes). NaN wins unless `na.rm`.", "max(c(3, 1, 2))",
      NULL },
    { "range", "[x], ..., na.rm = FALSE, finite = FALSE", "x=DLSTUZ na.rm=L finite=L", ZP_BI_STRIDED,
      bi_range, "Least and greatest element of all arguments, with `finite` of those that are finite.",
      "range(c(3, 1, 2))", NULL },
    { "any", "..., na.rm = FALSE", "na.rm=L", 0, bi_any, "Is any element true?", "any(c(1, 5) > 3)", NULL },
    { "all", "..., na.rm = FALSE", "na.rm=L", 0, bi_all, "Are all elements true?", "all(c(1, 5) > 0)", NULL },
    { "mean", "x, ..., trim = 0, na.rm = FALSE", "x=DTUZ+L trim=D na.rm=L", 0, bi_mean,
      "Arithmetic mean, of times and durations too; `trim` leaves out that fraction at either end.",
      "mean(c(1, 2, 6))", NULL },
    { 0 }
};
