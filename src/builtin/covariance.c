/* Variances, covariances and correlations: of vectors a number, of matrices a matrix with an entry for each pair of
 * columns, named by them. */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "kernel/reduce.h"

#include <math.h>
#include <string.h>

/* Columns of numbers. */
typedef struct table {
    const double *x;
    int64_t rows, cols;
    bool matrix;
    zp_array *names;
    zp_value held; /* numbers of our own, or NIL */
} table;

static bool open_table(zp_call *c, zp_value *v, table *t)
{
    int64_t n;
    zp_value data;

    memset(t, 0, sizeof *t);
    if (!zp_numbers(v, &t->x, &n, c->err))
        return false;
    data = zp_num_data(*v);
    if (zp_ndim(data) > 2)
        return zp_fail(c->err, "'%s' must be a vector or a matrix", c->self->name);
    t->matrix = zp_ndim(data) == 2 && !(v->type == ZP_ZTS && zp_ncols(data) == 1);
    t->rows = zp_dim(data, 0);
    t->cols = zp_ncols(data);
    t->names = zp_ndim(data) == 2 ? zp_names(data, 1) : NULL;
    return true;
}

/* ---------------------------------------------------------------- rows without NaN */

/* Keeps the rows in which no column of either table is NaN. */
static bool complete_rows(table *a, table *b, zp_error *err)
{
    int64_t kept = 0;
    zp_value ha = zp_words(a->rows * a->cols, err), hb = b ? zp_words(b->rows * b->cols, err) : zp_nil();
    double *xa, *xb;

    if (zp_bad(ha) || (b && zp_bad(hb))) {
        zp_value_unref(ha);
        zp_value_unref(hb);
        return false;
    }
    xa = (double *)zp_key_data(ha);
    xb = b ? (double *)zp_key_data(hb) : NULL;
    for (int64_t r = 0; r < a->rows; r++) {
        bool ok = true;
        for (int64_t j = 0; j < a->cols; j++)
            ok &= !isnan(a->x[r + j * a->rows]);
        for (int64_t j = 0; b && j < b->cols; j++)
            ok &= !isnan(b->x[r + j * b->rows]);
        if (!ok)
            continue;
        for (int64_t j = 0; j < a->cols; j++)
            xa[kept + j * a->rows] = a->x[r + j * a->rows];
        for (int64_t j = 0; b && j < b->cols; j++)
            xb[kept + j * b->rows] = b->x[r + j * b->rows];
        kept++;
    }
    for (int64_t j = 1; j < a->cols; j++)
        memmove(xa + j * kept, xa + j * a->rows, (size_t)kept * sizeof *xa);
    for (int64_t j = 1; b && j < b->cols; j++)
        memmove(xb + j * kept, xb + j * b->rows, (size_t)kept * sizeof *xb);
    a->x = xa;
    a->held = ha;
    a->rows = kept;
    if (b) {
        b->x = xb;
        b->held = hb;
        b->rows = kept;
    }
    return true;
}

/* ---------------------------------------------------------------- one pair of columns */

static double covariance(const double *x, double mx, const double *y, double my, int64_t n)
{
    return n < 2 ? NAN : zp_k_sum_products(x, mx, y, my, n) / (double)(n - 1);
}

static double correlation(const double *x, double mx, const double *y, double my, int64_t n)
{
    double xx, yy, r;

    if (n < 2)
        return NAN;
    xx = zp_k_sum_products(x, mx, x, mx, n);
    yy = zp_k_sum_products(y, my, y, my, n);
    if (isnan(xx) || isnan(yy) || xx == 0 || yy == 0)
        return NAN;
    if (x == y)
        return 1;
    r = zp_k_sum_products(x, mx, y, my, n) / (sqrt(xx) * sqrt(yy));
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

/* Concordant minus discordant pairs of rows, every pair counted from both ends as R does. */
static double concordance(const double *x, const double *y, int64_t n)
{
    double sum = 0;

    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < n; k++) {
            if (isnan(x[i]) || isnan(y[i]))
                return NAN;
            sum += ((x[i] > x[k]) - (x[i] < x[k])) * ((y[i] > y[k]) - (y[i] < y[k]));
        }
    return sum;
}

static double kendall(const double *x, const double *y, int64_t n, bool cor)
{
    double r = concordance(x, y, n), xx, yy;

    if (!cor || n < 2)
        return n < 2 ? NAN : r;
    xx = concordance(x, x, n);
    yy = concordance(y, y, n);
    if (isnan(r) || xx == 0 || yy == 0)
        return NAN;
    r /= sqrt(xx) * sqrt(yy);
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

typedef enum method { PEARSON, KENDALL, SPEARMAN } method;
typedef enum use { EVERYTHING, ALL_OBS, COMPLETE, NA_OR_COMPLETE, PAIRWISE } use;
typedef struct task {
    bool var, cor, two;
    method method;
    use use;
} task;

static double one_pair(const task *t, const double *x, const double *y, int64_t n)
{
    double mx, my;

    if (t->method == KENDALL)
        return kendall(x, y, n, t->cor);
    mx = n ? zp_k_mean(x, n, false) : NAN;
    my = n ? zp_k_mean(y, n, false) : NAN;
    return t->cor ? correlation(x, mx, y, my, n) : covariance(x, mx, y, my, n);
}

/* Ranks of n numbers, ties shared; NaN stays NaN. */
static bool rank_column(const double *x, int64_t n, double *to, int64_t *pos, zp_error *err)
{
    zp_value column = zp_dbl_vec(x, n, err);
    bool ok = !zp_bad(column) && zp_order_of(column, false, true, pos, err);
    int64_t from = 0;

    zp_value_unref(column);
    for (int64_t i = 1; ok && i <= n; i++) {
        if (i < n && x[pos[i]] == x[pos[from]])
            continue;
        for (int64_t k = from; k < i; k++)
            to[pos[k]] = isnan(x[pos[k]]) ? NAN : (double)(from + 1 + i) / 2;
        from = i;
    }
    return ok;
}

/* A pair of columns by the rows in which neither is NaN. */
static bool complete_pair(const task *t, const double *x, const double *y, int64_t rows, double *out,
                          zp_error *err)
{
    zp_value work = zp_words(rows * 5 + 1, err);
    double *cx, *cy;
    int64_t n = 0;
    bool ok = true;

    if (zp_bad(work))
        return false;
    cx = (double *)zp_key_data(work);
    cy = cx + rows;
    for (int64_t r = 0; r < rows; r++)
        if (!isnan(x[r]) && !isnan(y[r])) {
            cx[n] = x[r];
            cy[n++] = y[r];
        }
    if (t->method == SPEARMAN) {
        int64_t *pos = (int64_t *)(cx + 4 * rows);
        ok = rank_column(cx, n, cx + 2 * rows, pos, err) && rank_column(cy, n, cx + 3 * rows, pos, err);
        cx += 2 * rows;
        cy += 2 * rows;
    }
    *out = ok ? one_pair(t, cx, cy, n) : NAN;
    zp_value_unref(work);
    return ok;
}

static bool all_pairs(const table *a, const table *b, const task *t, double *out, zp_error *err)
{
    zp_value means = zp_words(a->cols + b->cols, err);
    bool plain = t->method != KENDALL && t->use != PAIRWISE, ok = true;
    double *ma, *mb;

    if (zp_bad(means))
        return false;
    ma = (double *)zp_key_data(means);
    mb = ma + a->cols;
    for (int64_t i = 0; plain && i < a->cols; i++)
        ma[i] = a->rows ? zp_k_mean(a->x + i * a->rows, a->rows, false) : NAN;
    for (int64_t j = 0; plain && j < b->cols; j++)
        mb[j] = b->rows ? zp_k_mean(b->x + j * b->rows, b->rows, false) : NAN;
    for (int64_t j = 0; j < b->cols; j++)
        for (int64_t i = 0; ok && i < a->cols; i++) {
            const double *x = a->x + i * a->rows, *y = b->x + j * b->rows;
            double *to = &out[i + j * a->cols];
            if (t->use == PAIRWISE)
                ok = complete_pair(t, x, y, a->rows, to, err);
            else if (t->cor && !t->two && i == j && a->rows > 1)
                *to = 1; /* as in R, also of what does not vary or holds NaN */
            else if (!plain)
                *to = one_pair(t, x, y, a->rows);
            else
                *to = t->cor ? correlation(x, ma[i], y, mb[j], a->rows)
                             : covariance(x, ma[i], y, mb[j], a->rows);
        }
    zp_value_unref(means);
    return ok;
}

static bool result(const table *a, const table *b, const task *t, zp_value *out, zp_error *err)
{
    int64_t dim[2] = { a->cols, b->cols };
    double one;
    zp_value v;

    if (!a->matrix && !b->matrix) {
        if (!all_pairs(a, b, t, &one, err))
            return false;
        *out = zp_dbl(one);
        return true;
    }
    v = zp_arr(ZP_DBL, 2, dim, err);
    if (zp_bad(v))
        return false;
    if (!all_pairs(a, b, t, v.u.arr->data, err) ||
        (a->names && a->cols && !zp_set_names(&v, 0, a->names, err)) ||
        (b->names && b->cols && !zp_set_names(&v, 1, b->names, err))) {
        zp_value_unref(v);
        return false;
    }
    *out = v;
    return true;
}

/* Every column becomes its ranks. */
static bool rank_columns(table *t, zp_error *err)
{
    zp_value held = zp_words(t->rows * t->cols, err), work = zp_words(t->rows, err);
    bool ok = !zp_bad(held) && !zp_bad(work);

    for (int64_t j = 0; ok && j < t->cols; j++)
        ok = rank_column(t->x + j * t->rows, t->rows, (double *)zp_key_data(held) + j * t->rows,
                         (int64_t *)zp_key_data(work), err);
    zp_value_unref(work);
    if (!ok) {
        zp_value_unref(held);
        return false;
    }
    zp_value_unref(t->held);
    t->held = held;
    t->x = (double *)zp_key_data(held);
    return true;
}

/* ---------------------------------------------------------------- the functions */

static bool usable(zp_call *c, const task *t, const table *a, const table *b)
{
    if (t->two && a->rows != b->rows)
        return zp_fail(c->err, "incompatible dimensions");
    if (!t->two && !a->matrix && !t->var && !(c->argv[0].type == ZP_ZTS))
        return zp_fail(c->err, "supply both 'x' and 'y' or a matrix-like 'x'");
    if (a->rows == 0 && !t->var && !t->two)
        return zp_fail(c->err, "'x' is empty");
    return true;
}

/* What `use` says about NaN, before any pair is looked at. */
static bool drop_incomplete(const task *t, table *a, table *b, zp_error *err)
{
    if (t->use == ALL_OBS &&
        (zp_k_any_nan(a->x, a->rows * a->cols) || (b && zp_k_any_nan(b->x, b->rows * b->cols))))
        return zp_fail(err, "missing observations in cov/cor");
    if (t->use != COMPLETE && t->use != NA_OR_COMPLETE)
        return true;
    if (!complete_rows(a, b, err))
        return false;
    return t->use == NA_OR_COMPLETE || a->rows > 0 || zp_fail(err, "no complete element pairs");
}

static zp_status pairs(zp_call *c, task *t)
{
    bool ok;
    table a, b = { 0 };

    t->two = c->argv[1].type != ZP_NIL;
    if (!open_table(c, &c->argv[0], &a) || (t->two && !open_table(c, &c->argv[1], &b)) ||
        !usable(c, t, &a, &b))
        return ZP_FAILED;
    ok = drop_incomplete(t, &a, t->two ? &b : NULL, c->err);
    if (!t->two) {
        b = a;
        b.held = zp_nil();
    }
    if (ok && t->method == SPEARMAN && t->use != PAIRWISE) {
        ok = rank_columns(&a, c->err);
        if (!t->two)
            b.x = a.x;
        else
            ok = ok && rank_columns(&b, c->err);
    }
    ok = ok && result(&a, &b, t, &c->out, c->err);
    zp_value_unref(a.held);
    zp_value_unref(b.held);
    return zp_done(ok);
}

/* The place of the word that argument k is; -1 with an error otherwise. */
static int which_word(zp_call *c, int k, const char *const *words, int count, const char *what)
{
    zp_str *s;

    if (!zp_arg_str(c, k, &s))
        return -1;
    for (int i = 0; i < count; i++)
        if (zp_str_is(s, words[i]))
            return i;
    return zp_fail(c->err, "%s", what) ? 0 : -1;
}

static bool arg_use(zp_call *c, int k, task *t)
{
    static const char *const words[] = {
        "everything", "all.obs", "complete.obs", "na.or.complete", "pairwise.complete.obs", "pairwise"
    };
    int u = which_word(c, k, words, (int)ZP_COUNTOF(words),
                       "'use' must be \"everything\", \"all.obs\", \"complete.obs\", \"na.or.complete\" or "
                       "\"pairwise.complete.obs\"");

    t->use = u > PAIRWISE ? PAIRWISE : (use)u;
    return u >= 0;
}

static zp_status bi_var(zp_call *c)
{
    task t = { .var = true };
    bool skip;

    if (!zp_arg_lgl(c, 2, &skip))
        return ZP_FAILED;
    t.use = skip ? NA_OR_COMPLETE : EVERYTHING;
    if (c->argv[3].type != ZP_NIL && !arg_use(c, 3, &t))
        return ZP_FAILED;
    return pairs(c, &t);
}

static zp_status cov_or_cor(zp_call *c, bool cor)
{
    static const char *const words[] = { "pearson", "kendall", "spearman" };
    task t = { .cor = cor };
    int m;

    if (!arg_use(c, 2, &t))
        return ZP_FAILED;
    m = which_word(c, 3, words, (int)ZP_COUNTOF(words),
                   "'method' must be \"pearson\", \"kendall\" or \"spearman\"");
    t.method = m < 0 ? PEARSON : (method)m;
    return m < 0 ? ZP_FAILED : pairs(c, &t);
}

static zp_status bi_cov(zp_call *c)
{
    return cov_or_cor(c, false);
}

static zp_status bi_cor(zp_call *c)
{
    return cov_or_cor(c, true);
}

static zp_status bi_sd(zp_call *c)
{
    bool skip;
    const double *x;
    int64_t n;
    zp_value kept = zp_nil();
    double mean;

    if (!zp_arg_lgl(c, 1, &skip) || !zp_numbers(&c->argv[0], &x, &n, c->err))
        return ZP_FAILED;
    if (skip && zp_k_any_nan(x, n)) {
        kept = zp_words(n, c->err);
        if (zp_bad(kept))
            return ZP_FAILED;
        n = zp_k_drop_nan((double *)zp_key_data(kept), x, n);
        x = (double *)zp_key_data(kept);
    }
    mean = n ? zp_k_mean(x, n, false) : NAN;
    c->out = zp_dbl(sqrt(covariance(x, mean, x, mean, n)));
    zp_value_unref(kept);
    return ZP_OK;
}

const zp_builtin zp_builtins_covariance[] = {
    { "var", "x, y = NULL, na.rm = FALSE, use = NULL", "x=DZ+L y=DZ0+L na.rm=L use=S0", 0, bi_var,
      "Variance (divisor n - 1) of a vector; covariances of the columns of a matrix, or of x with y. `use`: see cov.",
      "var(c(1, 2, 4))", NULL },
    { "sd", "x, na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_sd, "Standard deviation of all elements.",
      "sd(c(1, 2, 4))", NULL },
    { "cov", "x, y = NULL, use = \"everything\", method = \"pearson\"", "x=DZ+L y=DZ0+L use=S method=S", 0,
      bi_cov,
      "Covariance of x and y, or of every pair of columns, of their ranks with method \"spearman\"; \"kendall\" counts pairs "
      "in the same order. `use`: \"complete.obs\" leaves out rows with a NaN, \"pairwise.complete.obs\" those of each pair; "
      "\"all.obs\" does not want any.",
      "cov(1:4, c(2, 1, 4, 3))", NULL },
    { "cor", "x, y = NULL, use = \"everything\", method = \"pearson\"", "x=DZ+L y=DZ0+L use=S method=S", 0,
      bi_cor,
      "Correlation of x and y, or of every pair of columns; method \"spearman\" correlates the ranks, \"kendall\" is tau-b. "
      "`use`: see cov.",
      "cor(1:4, c(2, 1, 4, 3))", NULL },
    { 0 }
};
