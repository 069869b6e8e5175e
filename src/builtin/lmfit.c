/* Least squares: lm.fit.
 *
 * Q'y gives the coefficients of the columns that are independent (kernel/qr.h); rotating back what is left of it
 * gives the residuals. */
#include "builtin/linalg_priv.h"
#include "builtin/tables.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Names of the coefficients: the columns' or x1, x2, ... */
static zp_value coef_names(const zp_mat *x, zp_error *err)
{
    zp_array *names = zp__mat_colnames(x);
    zp_value out = zp_vec(ZP_STR, x->nc, err);

    for (int64_t j = 0; !zp_bad(out) && j < x->nc; j++) {
        char text[32];
        zp_str *s;
        snprintf(text, sizeof text, "x%lld", (long long)(j + 1));
        s = names ? zp_str_ref(zp_name_at(names, j)) : zp_str_from(text, err);
        if (s)
            zp_str_put(out, j, s);
        else
            zp_value_clear(&out);
    }
    return out;
}

/* One column of y: coefficients (NaN for dependent columns) and residuals. */
static void fit_column(const zp_qr *qr, const double *y, double *coef, double *resid, double *work)
{
    int64_t n = qr->n, rank = qr->rank;

    memcpy(resid, y, (size_t)n * sizeof *y);
    zp_qr_qty(qr, resid);
    (void)zp_qr_coef(qr, resid, work);
    for (int64_t j = 0; j < qr->p; j++)
        coef[qr->pivot[j]] = j < rank ? work[j] : NAN;
    for (int64_t i = 0; i < rank; i++)
        resid[i] = 0;
    zp_qr_qy(qr, resid);
}

/* The three arrays of the result, as vectors when y is one. */
typedef struct fit {
    zp_value coef, resid, fitted;
} fit;

static bool fit_names(fit *f, const zp_mat *x, const zp_mat *y, zp_error *err)
{
    zp_value names = coef_names(x, err);
    bool ok = !zp_bad(names);

    ok = ok && zp__mat_set_names(&f->coef, zp_as_names(names), zp__mat_colnames(y), err) &&
         zp__mat_set_names(&f->resid, zp__mat_rownames(y), zp__mat_colnames(y), err) &&
         zp__mat_set_names(&f->fitted, zp__mat_rownames(y), zp__mat_colnames(y), err);
    zp_value_unref(names);
    return ok;
}

static bool fit_run(fit *f, const zp_qr *qr, const zp_mat *x, const zp_mat *y, zp_error *err)
{
    double *work = zp__scratch(qr->p, err);
    bool vector = !y->is_matrix;

    f->coef = vector ? zp_vec(ZP_DBL, x->nc, err) : zp__mat_new(x->nc, y->nc, err);
    f->resid = vector ? zp_vec(ZP_DBL, y->nr, err) : zp__mat_new(y->nr, y->nc, err);
    f->fitted = vector ? zp_vec(ZP_DBL, y->nr, err) : zp__mat_new(y->nr, y->nc, err);
    if (!work || zp_bad(f->coef) || zp_bad(f->resid) || zp_bad(f->fitted)) {
        zp_free(work);
        return false;
    }
    for (int64_t j = 0; j < y->nc; j++) {
        double *r = zp__mat_data(f->resid) + j * y->nr, *h = zp__mat_data(f->fitted) + j * y->nr;
        fit_column(qr, y->x + j * y->nr, zp__mat_data(f->coef) + j * x->nc, r, work);
        for (int64_t i = 0; i < y->nr; i++)
            h[i] = y->x[j * y->nr + i] - r[i];
    }
    zp_free(work);
    return fit_names(f, x, y, err);
}

static zp_status bi_lm_fit(zp_call *c)
{
    zp_mat x, y;
    zp_qr qr;
    fit f = { zp_nil(), zp_nil(), zp_nil() };
    bool ok;

    if (!zp__mat_arg(c, 0, &x) || !zp__mat_arg(c, 1, &y))
        return ZP_FAILED;
    if (!x.is_matrix)
        return zp_fail_call(c, "'x' must be a matrix");
    if (x.nr == 0)
        return zp_fail_call(c, "0 (non-NA) cases");
    if (y.nr != x.nr)
        return zp_fail_call(c, "incompatible dimensions");
    if (!zp__all_finite(x.x, x.nr * x.nc))
        return zp_fail_call(c, "NA/NaN/Inf in 'x'");
    if (!zp__all_finite(y.x, y.nr * y.nc))
        return zp_fail_call(c, "NA/NaN/Inf in 'y'");
    ok = zp__qr_run(&qr, &x, c->err) && fit_run(&f, &qr, &x, &y, c->err);
    c->out = ok ? zp_list_new(0, c->err) : zp_nil();
    ok = ok && !zp_bad(c->out) && zp_list_add(&c->out, "coefficients", zp_value_move(&f.coef), c->err) &&
         zp_list_add(&c->out, "residuals", zp_value_move(&f.resid), c->err) &&
         zp_list_add(&c->out, "fitted.values", zp_value_move(&f.fitted), c->err) &&
         zp_list_add(&c->out, "rank", zp_dbl((double)qr.rank), c->err) &&
         zp_list_add(&c->out, "df.residual", zp_dbl((double)(x.nr - qr.rank)), c->err);
    zp__qr_fini(&qr);
    zp_value_unref(f.coef);
    zp_value_unref(f.resid);
    zp_value_unref(f.fitted);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

const zp_builtin zp_builtins_lmfit[] = {
    { "lm.fit", "x, y", "x=D y=D", 0, bi_lm_fit,
      "Least squares: y explained by the columns of the matrix x. list(coefficients, residuals, fitted.values, rank, "
      "df.residual); the coefficient of a column that depends on the ones before it is NaN. A constant term is a "
      "column of ones.",
      "lm.fit(cbind(1, 1:5), c(3, 5, 7, 9, 11))$coefficients", NULL },
    { 0 },
};
