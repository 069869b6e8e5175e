/* Counting and classing: table, tabulate, cut, findInterval. */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "kernel/reduce.h"
#include "ops/ops.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- table */

/* The sorted different values of a vector as text, and for each element the number of its value or -1 (NaN). */
typedef struct levels {
    zp_value names; /* character vector */
    zp_value held;  /* level of each element */
    int64_t *level, count;
} levels;

static void levels_fini(levels *l)
{
    zp_value_unref(l->names);
    zp_value_unref(l->held);
}

static zp_str *level_text(zp_value x, int64_t i, zp_error *err)
{
    zp_buf b = ZP_BUF_INIT;
    zp_str *s;

    zp_elem_text(&b, x, i, 15, "UTC");
    s = zp_str_from_buf(&b, err);
    zp_buf_fini(&b);
    return s;
}

/* `order` sorts x; numbers the runs of equal keys. */
static bool number_levels(zp_value x, const int64_t *order, const uint64_t *key, levels *l, zp_error *err)
{
    int64_t n = zp_len(x), *sample = (int64_t *)zp_key_data(l->held) + n;

    l->level = (int64_t *)zp_key_data(l->held);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = order[i];
        if (x.type == ZP_DBL && isnan(zp_dbls(&x)[at])) {
            l->level[at] = -1;
            continue;
        }
        if (l->count == 0 || key[at] != key[sample[l->count - 1]])
            sample[l->count++] = at;
        l->level[at] = l->count - 1;
    }
    l->names = zp_vec(ZP_STR, l->count, err);
    for (int64_t k = 0; !zp_bad(l->names) && k < l->count; k++) {
        zp_str *s = level_text(x, sample[k], err);
        if (!s)
            return false;
        zp_str_put(l->names, k, s);
    }
    return !zp_bad(l->names);
}

static bool find_levels(zp_call *c, zp_value *x, levels *l)
{
    int64_t n = zp_len(*x);
    zp_value keys, order;
    bool ok;

    memset(l, 0, sizeof *l);
    if (!zp_is_array(*x) || x->type == ZP_PER)
        return zp_fail(c->err, "incorrect argument type");
    if (!zp_value_dense(x, c->err) || !zp_keys(*x, zp_nil(), false, &keys, NULL, c->err))
        return false;
    order = zp_words(n, c->err);
    l->held = zp_words(2 * n, c->err);
    ok = !zp_bad(order) && !zp_bad(l->held) &&
         zp_order_of(*x, false, true, (int64_t *)zp_key_data(order), c->err) &&
         number_levels(*x, (int64_t *)zp_key_data(order), zp_key_data(keys), l, c->err);
    zp_value_unref(keys);
    zp_value_unref(order);
    if (!ok)
        levels_fini(l);
    return ok;
}

static bool count_one(const levels *l, int64_t n, zp_value *out, zp_error *err)
{
    zp_value v = zp_vec_zero(ZP_DBL, l->count, err);

    if (zp_bad(v) || !zp_value_box(&v, err))
        return false;
    for (int64_t i = 0; i < n; i++)
        if (l->level[i] >= 0)
            ((double *)v.u.arr->data)[l->level[i]]++;
    if (l->count && !zp_set_names(&v, 0, zp_as_names(l->names), err)) {
        zp_value_unref(v);
        return false;
    }
    *out = v;
    return true;
}

static bool count_two(const levels *a, const levels *b, int64_t n, zp_value *out, zp_error *err)
{
    int64_t dim[2] = { a->count, b->count };
    zp_value v = zp_arr(ZP_DBL, 2, dim, err);

    if (zp_bad(v))
        return false;
    zp_fill_zero(v, 0, a->count * b->count);
    for (int64_t i = 0; i < n; i++)
        if (a->level[i] >= 0 && b->level[i] >= 0)
            ((double *)v.u.arr->data)[a->level[i] + b->level[i] * a->count]++;
    if ((a->count && !zp_set_names(&v, 0, zp_as_names(a->names), err)) ||
        (b->count && !zp_set_names(&v, 1, zp_as_names(b->names), err))) {
        zp_value_unref(v);
        return false;
    }
    *out = v;
    return true;
}

static zp_status bi_table(zp_call *c)
{
    bool two = !zp_arg_missing(c, 1), ok;
    int64_t n = zp_len(c->argv[0]);
    levels a, b;

    if (two && zp_len(c->argv[1]) != n)
        return zp_fail_call(c, "all arguments must have the same length");
    if (!find_levels(c, &c->argv[0], &a))
        return ZP_FAILED;
    if (!two) {
        ok = count_one(&a, n, &c->out, c->err);
        levels_fini(&a);
        return zp_done(ok);
    }
    ok = find_levels(c, &c->argv[1], &b);
    if (ok) {
        ok = count_two(&a, &b, n, &c->out, c->err);
        levels_fini(&b);
    }
    levels_fini(&a);
    return zp_done(ok);
}

static zp_status bi_tabulate(zp_call *c)
{
    const double *bin;
    int64_t n, count;
    double most = 1;
    zp_value out;

    if (!zp_numbers(&c->argv[0], &bin, &n, c->err))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        most = bin[i] > most ? floor(bin[i]) : most;
    if (!zp_arg_missing(c, 1) && !zp_arg_dbl(c, 1, &most))
        return ZP_FAILED;
    if (!(most >= 0 && most < 1e12))
        return zp_fail_call(c, "invalid 'nbin' argument");
    count = (int64_t)most;
    out = zp_vec_zero(ZP_DBL, count, c->err);
    if (zp_bad(out) || !zp_value_box(&out, c->err))
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        if (bin[i] >= 1 && bin[i] < most + 1)
            ((double *)out.u.arr->data)[(int64_t)bin[i] - 1]++;
    zp_value_unbox(&out);
    c->out = out;
    return ZP_OK;
}

/* ---------------------------------------------------------------- classes */

/* How many of the ascending keys are <= k (or, with `strict`, < k). */
static int64_t count_below(const uint64_t *keys, int64_t n, uint64_t k, bool strict)
{
    int64_t low = 0, high = n;

    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (strict ? keys[mid] < k : keys[mid] <= k)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* `n` equal classes over the range of x, a little wider at both ends; R's way. */
static bool equal_breaks(zp_call *c, const double *x, int64_t n, double wanted, double **out, int64_t *count,
                         zp_value *held)
{
    double low, high, width, *b;
    int64_t nb;

    if (!(wanted >= 2 && wanted < 1e9))
        return zp_fail(c->err, "invalid number of intervals");
    nb = (int64_t)(wanted + 1);
    low = zp_k_min(x, n, true);
    high = zp_k_max(x, n, true);
    width = high - low;
    *held = zp_words(nb, c->err);
    if (zp_bad(*held))
        return false;
    b = (double *)zp_key_data(*held);
    if (width == 0) {
        width = low < 0 ? -low : low;
        low -= width / 1000;
        high += width / 1000;
    }
    for (int64_t i = 0; i < nb; i++)
        b[i] = low + (high - low) / (double)(nb - 1) * (double)i;
    if (high - low == width) { /* the two ends move outwards, the inner ones stay */
        b[0] = low - width / 1000;
        b[nb - 1] = high + width / 1000;
    } else {
        b[nb - 1] = high;
    }
    *out = b;
    *count = nb;
    return true;
}

static bool sorted_breaks(zp_call *c, const double *given, int64_t n, double **out, zp_value *held)
{
    uint64_t *k, *done;

    *held = zp_words(2 * n, c->err);
    if (zp_bad(*held))
        return false;
    k = zp_key_data(*held);
    zp_k_keys_dbl(k, given, n, false);
    done = zp_k_sort(k, k + n, n);
    for (int64_t i = 1; i < n; i++)
        if (done[i] == done[i - 1]) {
            zp_value_clear(held);
            return zp_fail(c->err, "'breaks' are not unique");
        }
    *out = (double *)done;
    zp_k_dbls_of_keys(*out, done, n, false);
    return true;
}

static double class_of(double v, const double *b, int64_t nb, bool right, bool lowest)
{
    int64_t low = 0, high = nb;

    if (isnan(v))
        return NAN;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (right ? b[mid] < v : b[mid] <= v)
            low = mid + 1;
        else
            high = mid;
    }
    if (lowest && right && v == b[0])
        return 1;
    if (lowest && !right && v == b[nb - 1])
        return (double)(nb - 1);
    return low < 1 || low >= nb ? (double)NAN : (double)low;
}

static zp_status bi_cut(zp_call *c)
{
    bool labels = true, lowest, right;
    const double *x, *given;
    double *breaks = NULL;
    int64_t n, nb;
    zp_value held = zp_nil(), out;

    if (c->argv[2].type == ZP_LGL && !zp_arg_lgl(c, 2, &labels))
        return ZP_FAILED;
    if (labels)
        return zp_fail_call(c, "there are no factors: use labels=FALSE");
    if (!zp_arg_lgl(c, 3, &lowest) || !zp_arg_lgl(c, 4, &right) || !zp_numbers(&c->argv[0], &x, &n, c->err) ||
        !zp_numbers(&c->argv[1], &given, &nb, c->err))
        return ZP_FAILED;
    if (!(nb == 1 ? equal_breaks(c, x, n, given[0], &breaks, &nb, &held)
                  : sorted_breaks(c, given, nb, &breaks, &held)))
        return ZP_FAILED;
    out = zp_vec(ZP_DBL, n, c->err);
    if (!zp_bad(out) && zp_value_box(&out, c->err)) {
        for (int64_t i = 0; i < n; i++)
            ((double *)out.u.arr->data)[i] = nb ? class_of(x[i], breaks, nb, right, lowest) : (double)NAN;
        zp_value_unbox(&out);
    }
    zp_value_unref(held);
    c->out = out;
    return zp_done(!zp_bad(out));
}

static double interval_of(uint64_t k, const uint64_t *vec, int64_t n, bool closed, bool left)
{
    int64_t at = count_below(vec, n, k, left);

    if (closed && n > 0) {
        if (!left && k == vec[n - 1])
            at = n - 1;
        if (left && k == vec[0])
            at = 1;
    }
    return (double)at;
}

static bool check_vec(zp_call *c, zp_value vec, const uint64_t *k)
{
    int64_t n = zp_len(vec);
    for (int64_t i = 0; i < n; i++)
        if ((i && k[i] < k[i - 1]) || (vec.type == ZP_DBL && isnan(zp_dbls(&vec)[i])))
            return zp_fail(c->err, "'vec' must be sorted non-decreasingly and not contain NAs");
    return true;
}

static zp_status bi_find_interval(zp_call *c)
{
    zp_value *x = &c->argv[0], *vec = &c->argv[1], kx, kv, out = zp_nil();
    bool closed, left, inside;
    int64_t n, m = zp_len(*vec);

    if (!zp_arg_lgl(c, 2, &closed) || !zp_arg_lgl(c, 3, &inside) || !zp_arg_lgl(c, 4, &left))
        return ZP_FAILED;
    if (!zp_is_array(*x) || x->type != vec->type || x->type == ZP_PER || x->type == ZP_STR)
        return zp_fail_call(c, "incorrect argument type");
    if (!zp_keys(*x, *vec, true, &kx, &kv, c->err))
        return ZP_FAILED;
    n = zp_len(*x);
    if (check_vec(c, *vec, zp_key_data(kv)))
        out = zp_vec(ZP_DBL, n, c->err);
    if (!zp_bad(out) && zp_value_box(&out, c->err)) {
        for (int64_t i = 0; i < n; i++) {
            bool nan = x->type == ZP_DBL && isnan(zp_dbls(x)[i]);
            double at = nan ? (double)NAN : interval_of(zp_key_data(kx)[i], zp_key_data(kv), m, closed, left);
            if (inside && !nan)
                at = m == 0 ? 0 : at < 1 ? 1 : at > (double)(m - 1) ? (double)(m - 1) : at;
            ((double *)out.u.arr->data)[i] = at;
        }
        zp_value_unbox(&out);
    }
    zp_value_unref(kx);
    zp_value_unref(kv);
    c->out = out;
    return zp_done(!zp_bad(out));
}

const zp_builtin zp_builtins_classes[] = {
    { "table", "x, [y]", "", 0, bi_table,
      "Counts of the different values, named by them; of two vectors: a matrix of counts. NaN is not counted.",
      "table(c(\"a\", \"b\", \"a\"))", NULL },
    { "tabulate", "bin, nbins = max(1, bin)", "bin=D nbins=D", 0, bi_tabulate,
      "Counts of 1, 2, ... up to `nbins`.", "tabulate(c(1, 3, 3))", NULL },
    { "cut", "x, breaks, labels = NULL, include.lowest = FALSE, right = TRUE",
      "x=D breaks=D include.lowest=L right=L", 0, bi_cut,
      "Number of the class (breaks[k], breaks[k + 1]] of each element; `breaks` may be the number of equal classes.",
      "cut(c(1, 5, 9), c(0, 4, 10), labels = FALSE)", NULL },
    { "findInterval", "x, vec, rightmost.closed = FALSE, all.inside = FALSE, left.open = FALSE",
      "rightmost.closed=L all.inside=L left.open=L", 0, bi_find_interval,
      "How many elements of the ascending `vec` are not greater than each element of x, which is the number of the interval it is "
      "in; `all.inside`: what is outside counts as in the first or last interval.",
      "findInterval(c(1, 5), c(0, 2, 4))", NULL },
    { 0 }
};
