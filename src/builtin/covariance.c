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

static bool all_pairs(const table *a, const table *b, bool cor, double *out, zp_error *err)
{
    zp_value means = zp_words(a->cols + b->cols, err);
    double *ma, *mb;

    if (zp_bad(means))
        return false;
    ma = (double *)zp_key_data(means);
    mb = ma + a->cols;
    for (int64_t i = 0; i < a->cols; i++)
        ma[i] = a->rows ? zp_k_mean(a->x + i * a->rows, a->rows, false) : NAN;
    for (int64_t j = 0; j < b->cols; j++)
        mb[j] = b->rows ? zp_k_mean(b->x + j * b->rows, b->rows, false) : NAN;
    for (int64_t j = 0; j < b->cols; j++)
        for (int64_t i = 0; i < a->cols; i++) {
            const double *x = a->x + i * a->rows, *y = b->x + j * b->rows;
            out[i + j * a->cols] =
                cor ? correlation(x, ma[i], y, mb[j], a->rows) : covariance(x, ma[i], y, mb[j], a->rows);
        }
    zp_value_unref(means);
    return true;
}

static bool result(const table *a, const table *b, bool cor, zp_value *out, zp_error *err)
{
    int64_t dim[2] = { a->cols, b->cols };
    double one;
    zp_value v;

    if (!a->matrix && !b->matrix) {
        if (!all_pairs(a, b, cor, &one, err))
            return false;
        *out = zp_dbl(one);
        return true;
    }
    v = zp_arr(ZP_DBL, 2, dim, err);
    if (zp_bad(v))
        return false;
    if (!all_pairs(a, b, cor, v.u.arr->data, err) ||
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

    for (int64_t j = 0; ok && j < t->cols; j++) {
        double *to = (double *)zp_key_data(held) + j * t->rows;
        const double *x = t->x + j * t->rows;
        int64_t *pos = (int64_t *)zp_key_data(work), from = 0;
        zp_value column = zp_dbl_vec(x, t->rows, err);
        ok = !zp_bad(column) && zp_order_of(column, false, true, pos, err);
        zp_value_unref(column);
        for (int64_t i = 1; ok && i <= t->rows; i++) {
            if (i < t->rows && x[pos[i]] == x[pos[from]])
                continue;
            for (int64_t k = from; k < i; k++)
                to[pos[k]] = isnan(x[pos[k]]) ? NAN : (double)(from + 1 + i) / 2;
            from = i;
        }
    }
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

typedef enum kind { VAR, COV, COR, SPEARMAN } kind;

static bool usable(zp_call *c, kind what, const table *a, const table *b, bool two)
{
    if (two && a->rows != b->rows)
        return zp_fail(c->err, "incompatible dimensions");
    if (!two && !a->matrix && what != VAR && !(c->argv[0].type == ZP_ZTS))
        return zp_fail(c->err, "supply both 'x' and 'y' or a matrix-like 'x'");
    if (a->rows == 0 && what != VAR && !two)
        return zp_fail(c->err, "'x' is empty");
    return true;
}

static zp_status pairs(zp_call *c, kind what, bool skip)
{
    bool two = c->argv[1].type != ZP_NIL, ok;
    table a, b;

    if (!open_table(c, &c->argv[0], &a) || (two && !open_table(c, &c->argv[1], &b)) ||
        !usable(c, what, &a, &b, two))
        return ZP_FAILED;
    ok = !skip || complete_rows(&a, two ? &b : NULL, c->err);
    if (!two) {
        b = a;
        b.held = zp_nil();
    }
    if (ok && what == SPEARMAN) {
        ok = rank_columns(&a, c->err);
        if (!two)
            b.x = a.x;
        else
            ok = ok && rank_columns(&b, c->err);
    }
    ok = ok && result(&a, &b, what == COR || what == SPEARMAN, &c->out, c->err);
    zp_value_unref(a.held);
    zp_value_unref(b.held);
    return zp_done(ok);
}

static zp_status bi_var(zp_call *c)
{
    bool skip;
    return zp_arg_lgl(c, 2, &skip) ? pairs(c, VAR, skip) : ZP_FAILED;
}

static zp_status bi_cov(zp_call *c)
{
    return pairs(c, COV, false);
}

static zp_status bi_cor(zp_call *c)
{
    zp_str *method;

    if (!zp_arg_str(c, 2, &method))
        return ZP_FAILED;
    if (zp_str_is(method, "pearson"))
        return pairs(c, COR, false);
    if (zp_str_is(method, "spearman"))
        return pairs(c, SPEARMAN, false);
    return zp_fail_call(c, "'method' must be \"pearson\" or \"spearman\"");
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
    { "var", "x, y = NULL, na.rm = FALSE", "x=DZ+L y=DZ0+L na.rm=L", 0, bi_var,
      "Variance (divisor n - 1) of a vector; covariances of the columns of a matrix, or of x with y.",
      "var(c(1, 2, 4))", NULL },
    { "sd", "x, na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_sd, "Standard deviation of all elements.",
      "sd(c(1, 2, 4))", NULL },
    { "cov", "x, y = NULL", "x=DZ+L y=DZ0+L", 0, bi_cov,
      "Covariance of x and y, or of every pair of columns.", "cov(1:4, c(2, 1, 4, 3))", NULL },
    { "cor", "x, y = NULL, method = \"pearson\"", "x=DZ+L y=DZ0+L method=S", 0, bi_cor,
      "Correlation of x and y, or of every pair of columns; method \"spearman\" correlates the ranks.",
      "cor(1:4, c(2, 1, 4, 3))", NULL },
    { 0 }
};
