/* Sums and means of rows and columns, proportions, scaling, and positions (which). */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "kernel/kernel.h"
#include "kernel/reduce.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- rows and columns */

typedef struct grid {
    const double *x;
    int64_t rows, cols;
    zp_value data; /* borrowed */
} grid;

/* The first dim against all others. */
static bool open_grid(zp_call *c, grid *g)
{
    int64_t n;

    if (!zp_numbers(&c->argv[0], &g->x, &n, c->err))
        return false;
    g->data = zp_num_data(c->argv[0]);
    if (zp_ndim(g->data) < 2)
        return zp_fail(c->err, "'x' must be an array of at least two dimensions");
    g->rows = zp_dim(g->data, 0);
    g->cols = zp_ncols(g->data);
    return true;
}

enum { STRIP = 512 };

typedef struct strips {
    const grid *g;
    bool mean, skip;
    double *out;
} strips;

static void sum_strip(void *arg, int64_t k)
{
    const strips *s = arg;
    const grid *g = s->g;
    long double sum[STRIP] = { 0 };
    int64_t from = k * STRIP, count[STRIP] = { 0 }, many = g->rows - from < STRIP ? g->rows - from : STRIP;

    for (int64_t j = 0; j < g->cols; j++) {
        const double *x = g->x + j * g->rows + from;
        for (int64_t i = 0; i < many; i++)
            if (!s->skip || x[i] == x[i]) {
                sum[i] += x[i];
                count[i]++;
            }
    }
    for (int64_t i = 0; i < many; i++)
        s->out[from + i] = (double)(s->mean ? sum[i] / count[i] : sum[i]);
}

static void sum_rows(const grid *g, bool mean, bool skip, double *out)
{
    int64_t many = (g->rows + STRIP - 1) / STRIP;
    strips s = { g, mean, skip, out };

    if (g->rows * g->cols >= ZP_PAR_MIN)
        zp_parallel_tasks(many, sum_strip, &s);
    else
        for (int64_t k = 0; k < many; k++)
            sum_strip(&s, k);
}

static zp_status row_form(zp_call *c, bool mean)
{
    int64_t dim[2];
    zp_value out;
    bool skip, series = c->argv[0].type == ZP_ZTS;
    grid g;

    if (!zp_arg_lgl(c, 1, &skip) || !open_grid(c, &g))
        return ZP_FAILED;
    dim[0] = g.rows;
    dim[1] = 1;
    out = zp_arr(ZP_DBL, series ? 2 : 1, dim, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    sum_rows(&g, mean, skip, out.u.arr->data);
    if (!series && g.rows && zp_names(g.data, 0) && !zp_set_names(&out, 0, zp_names(g.data, 0), c->err)) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    c->out = series ? zp_zts_take(zp_value_ref(zp_zts_idx(c->argv[0])), out, c->err) : out;
    return zp_done(!zp_bad(c->out));
}

/* Dims and dimnames from the second on. */
static zp_value column_result(const grid *g, zp_error *err)
{
    int32_t nd = zp_ndim(g->data) - 1;
    zp_value out = zp_arr(ZP_DBL, nd, zp_dims(&g->data) + 1, err);

    for (int32_t k = 0; !zp_bad(out) && k < nd; k++)
        if (zp_names(g->data, k + 1) && zp_dim(out, k) &&
            !zp_set_names(&out, k, zp_names(g->data, k + 1), err))
            zp_value_clear(&out);
    return out;
}

static zp_status column_form(zp_call *c, bool mean)
{
    bool skip;
    zp_value out;
    grid g;

    if (!zp_arg_lgl(c, 1, &skip) || !open_grid(c, &g))
        return ZP_FAILED;
    out = column_result(&g, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    for (int64_t j = 0; j < g.cols; j++) {
        int64_t count = 0;
        double s = zp_k_sum(g.x + j * g.rows, g.rows, skip, &count);
        ((double *)out.u.arr->data)[j] = !mean ? s : count ? s / (double)count : (double)NAN;
    }
    c->out = out;
    return ZP_OK;
}

static zp_status bi_row_sums(zp_call *c)
{
    return row_form(c, false);
}

static zp_status bi_row_means(zp_call *c)
{
    return row_form(c, true);
}

static zp_status bi_col_sums(zp_call *c)
{
    return column_form(c, false);
}

static zp_status bi_col_means(zp_call *c)
{
    return column_form(c, true);
}

/* ---------------------------------------------------------------- proportions */

enum { MAX_DIMS = 16 };

/* For every element the position of its margin's total: steps[k] is the weight of dim k, or 0. */
static bool margin_steps(zp_call *c, zp_value data, int64_t *steps, int64_t *cells)
{
    zp_value margin = c->argv[1];
    int32_t nd = zp_ndim(data);

    *cells = 1;
    memset(steps, 0, sizeof(int64_t) * MAX_DIMS);
    if (nd > MAX_DIMS)
        return zp_fail(c->err, "too many dimensions");
    for (int64_t i = 0; margin.type != ZP_NIL && i < zp_len(margin); i++) {
        double m = zp_dbls(&margin)[i];
        if (!(m >= 1 && m <= nd) || m != floor(m))
            return zp_fail(c->err, "'margin' must be a dimension of 'x'");
        steps[(int32_t)m - 1] = *cells;
        *cells *= zp_dim(data, (int32_t)m - 1);
    }
    return true;
}

static int64_t cell_of(const int64_t *at, const int64_t *steps, int32_t nd)
{
    int64_t cell = 0;
    for (int32_t k = 0; k < nd; k++)
        cell += at[k] * steps[k];
    return cell;
}

static void advance(int64_t *at, zp_value data, int32_t nd)
{
    for (int32_t k = 0; k < nd && ++at[k] == zp_dim(data, k); k++)
        at[k] = 0;
}

static zp_status bi_prop_table(zp_call *c)
{
    int64_t steps[MAX_DIMS], at[MAX_DIMS] = { 0 }, cells, n;
    zp_value held, keep;
    const double *x;
    double *total;
    int32_t nd;
    zp_num w;

    if (!zp_numbers(&c->argv[0], &x, &n, c->err))
        return ZP_FAILED;
    keep = zp_num_data(c->argv[0]);
    nd = zp_ndim(keep);
    if (!margin_steps(c, keep, steps, &cells))
        return ZP_FAILED;
    held = zp_words(cells, c->err);
    if (zp_bad(held))
        return ZP_FAILED;
    if (!zp_num_begin(c, 0, true, &w)) {
        zp_value_unref(held);
        return ZP_FAILED;
    }
    total = (double *)zp_key_data(held);
    memset(total, 0, (size_t)cells * sizeof *total);
    if (c->argv[1].type == ZP_NIL)
        total[0] = zp_k_sum(x, n, false, NULL);
    for (int64_t i = 0; c->argv[1].type != ZP_NIL && i < n; i++, advance(at, keep, nd))
        total[cell_of(at, steps, nd)] += x[i];
    memset(at, 0, sizeof at);
    for (int64_t i = 0; i < n; i++, advance(at, keep, nd))
        w.to[i] = x[i] / total[cell_of(at, steps, nd)];
    zp_value_unref(held);
    return zp_num_end(c, &w);
}

/* ---------------------------------------------------------------- scale */

/* A parameter of scale: TRUE, FALSE or one number per column. */
static bool scale_arg(zp_call *c, int k, int64_t cols, bool *on, const double **given)
{
    zp_value v = c->argv[k];

    *given = NULL;
    if (v.type == ZP_LGL && zp_len(v) == 1)
        return zp_arg_lgl(c, k, on);
    *on = true;
    if (v.type != ZP_DBL || zp_len(v) != cols)
        return zp_fail(c->err, "length of '%s' must equal the number of columns of 'x'",
                       k == 1 ? "center" : "scale");
    *given = zp_dbls(&c->argv[k]);
    return true;
}

/* Root mean square with divisor n - 1, NaNs left out. */
static double spread(const double *x, int64_t n)
{
    long double sum = 0;
    int64_t count = 0;

    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i])) {
            sum += (long double)x[i] * x[i];
            count++;
        }
    return sqrt((double)(sum / (count > 1 ? count - 1 : 1)));
}

/* A vector is a matrix of one column here, as in R. */
static bool vector_to_matrix(zp_value *v, zp_error *err)
{
    int64_t dim[2] = { zp_len(*v), 1 };
    zp_array *names;
    bool ok;

    if (v->type == ZP_ZTS || zp_ndim(*v) == 2)
        return true;
    if (!zp_value_box(v, err) || !zp_value_fresh(v, err))
        return false;
    names = zp_ndim(*v) == 1 ? zp_names(*v, 0) : NULL; /* higher arrays become one column, as in R */
    if (names)
        names->head.refs++;
    ok = zp_value_reshape(v, 2, dim, err) && (!names || zp_set_names(v, 0, names, err));
    if (names)
        zp_obj_unref(&names->head);
    return ok;
}

static zp_status bi_scale(zp_call *c)
{
    const double *centers, *scales, *x;
    bool center, scale;
    int64_t n;
    zp_num w;

    if (!zp_numbers(&c->argv[0], &x, &n, c->err) || !vector_to_matrix(&c->argv[0], c->err) ||
        !scale_arg(c, 1, zp_ncols(zp_num_data(c->argv[0])), &center, &centers) ||
        !scale_arg(c, 2, zp_ncols(zp_num_data(c->argv[0])), &scale, &scales) ||
        !zp_num_begin(c, 0, false, &w))
        return ZP_FAILED;
    for (int64_t j = 0; j < w.cols; j++) {
        const double *in = w.in + j * w.in_stride;
        double *to = w.to + j * w.to_stride, m = 0, s = 1;
        if (center)
            m = centers ? centers[j] : w.rows ? zp_k_mean(in, w.rows, true) : NAN;
        for (int64_t i = 0; i < w.rows; i++)
            to[i] = in[i] - m;
        if (scale)
            s = scales ? scales[j] : spread(to, w.rows);
        for (int64_t i = 0; i < w.rows; i++)
            to[i] /= s;
    }
    return zp_num_end(c, &w);
}

const zp_builtin zp_builtins_margin[] = {
    { "rowSums", "x, na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_row_sums,
      "Sum of each row; of a series: a series of one column.", "rowSums(matrix(1:4, 2, 2))", NULL },
    { "colSums", "x, na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_col_sums, "Sum of each column.",
      "colSums(matrix(1:4, 2, 2))", NULL },
    { "rowMeans", "x, na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_row_means,
      "Mean of each row; of a series: a series of one column.", "rowMeans(matrix(1:4, 2, 2))", NULL },
    { "colMeans", "x, na.rm = FALSE", "x=DZ+L na.rm=L", 0, bi_col_means, "Mean of each column.",
      "colMeans(matrix(1:4, 2, 2))", NULL },
    { "prop.table", "x, margin = NULL", "x=DZ+L margin=D0", 0, bi_prop_table,
      "Elements divided by their sum, or by the sums of the dims `margin`.", "prop.table(c(1, 3))", NULL },
    { "proportions", "x, margin = NULL", "x=DZ+L margin=D0", 0, bi_prop_table, "The same as prop.table.",
      "proportions(c(1, 3))", NULL },
    { "scale", "x, center = TRUE, scale = TRUE", "x=DZ+L center=DL scale=DL", 0, bi_scale,
      "Columns less their means, divided by their standard deviations, or by the numbers given.",
      "scale(matrix(1:4, 2, 2))", NULL },
    { 0 }
};
