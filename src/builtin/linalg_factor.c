/* Factorizations: eigen, svd, qr, and least squares.
 *
 * eigen and svd are LAPACK's dsyevr and dgesdd; qr and lm.fit use the Householder method with limited pivoting of
 * kernel/qr.h, as R does, so that dependent columns are told from the others in the same way. */
#include "builtin/keys.h"
#include "builtin/linalg_priv.h"
#include "builtin/tables.h"
#include "kernel/qr.h"

#include "base/mem.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define QR_TOL 1e-7

/* ---------------------------------------------------------------- eigen */

/* Symmetric within the rounding of its elements. */
static bool is_symmetric(const double *x, int64_t n)
{
    double diff = 0, size = 0;

    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < n; i++) {
            diff += fabs(x[j * n + i] - x[i * n + j]);
            size += fabs(x[j * n + i]);
        }
    return diff <= 100 * DBL_EPSILON * size;
}

/* Values (ascending) to w, vectors to z; a is overwritten. */
static bool eigen_symmetric(double *a, int n, double *w, double *z, zp_error *err)
{
    zp_lapack lib;
    double vl = 0, vu = 0, tol = 0, size;
    int il = 0, iu = 0, m, info = 0, lwork = -1, liwork = -1, isize, *support = NULL, *iwork = NULL;
    double *work = NULL;
    bool ok = false;

    if (!zp_lapack_open(&lib, err))
        return false;
    support = zp__scratch_int(2 * (int64_t)n, err);
    if (!support)
        return false;
    lib.dsyevr("V", "A", "L", &n, a, &n, &vl, &vu, &il, &iu, &tol, &m, w, z, &n, support, &size, &lwork,
               &isize, &liwork, &info, 1, 1, 1);
    lwork = (int)size;
    liwork = isize;
    work = zp__scratch(lwork, err);
    iwork = zp__scratch_int(liwork, err);
    if (work && iwork) {
        lib.dsyevr("V", "A", "L", &n, a, &n, &vl, &vu, &il, &iu, &tol, &m, w, z, &n, support, work, &lwork,
                   iwork, &liwork, &info, 1, 1, 1);
        ok = info == 0 || zp_fail(err, "error code %d from Lapack routine '%s'", info, "dsyevr");
    }
    zp_free(support);
    zp_free(work);
    zp_free(iwork);
    return ok;
}

/* list(values, vectors), largest value first. */
static zp_value eigen_result(const double *w, const double *z, const int64_t *order, int64_t n, zp_error *err)
{
    zp_value list = zp_list_new(0, err), values = zp_vec(ZP_DBL, n, err), vectors = zp__mat_new(n, n, err);

    if (zp_bad(list) || zp_bad(values) || zp_bad(vectors)) {
        zp_value_unref(list);
        zp_value_unref(values);
        zp_value_unref(vectors);
        return zp_nil();
    }
    for (int64_t j = 0; j < n; j++) {
        zp__mat_data(values)[j] = w[order[j]];
        memcpy(zp__mat_data(vectors) + j * n, z + order[j] * n, (size_t)n * sizeof *z);
    }
    zp_value_unbox(&values);
    if (!zp_list_add(&list, "values", values, err)) {
        zp_value_unref(vectors);
        zp_value_clear(&list);
    } else if (!zp_list_add(&list, "vectors", vectors, err)) {
        zp_value_clear(&list);
    }
    return list;
}

/* Of any square matrix, as long as all eigenvalues are real. */
static bool eigen_general(double *a, int n, double *w, double *z, zp_error *err)
{
    zp_lapack lib;
    double size, *work = NULL, *wi;
    int info = 0, lwork = -1, one = 1;
    bool ok = false;

    if (!zp_lapack_open(&lib, err))
        return false;
    wi = zp__scratch(n, err);
    if (!wi)
        return false;
    lib.dgeev("N", "V", &n, a, &n, w, wi, NULL, &one, z, &n, &size, &lwork, &info, 1, 1);
    lwork = (int)size;
    work = zp__scratch(lwork, err);
    if (work) {
        lib.dgeev("N", "V", &n, a, &n, w, wi, NULL, &one, z, &n, work, &lwork, &info, 1, 1);
        ok = info == 0 || zp_fail(err, "error code %d from Lapack routine '%s'", info, "dgeev");
    }
    for (int i = 0; ok && i < n; i++)
        if (fabs(wi[i]) > 10 * DBL_EPSILON * fabs(w[i]))
            ok = zp_fail(err, "the matrix has complex eigenvalues: there are no complex numbers");
    zp_free(wi);
    zp_free(work);
    return ok;
}

/* Positions of the eigenvalues: from the largest, those of general matrices by their absolute values. */
static bool eigen_order(const double *w, int64_t n, bool symmetric, int64_t *order, zp_error *err)
{
    zp_value size;
    bool ok;

    for (int64_t j = 0; symmetric && j < n; j++)
        order[j] = n - 1 - j;
    if (symmetric)
        return true;
    size = zp_vec(ZP_DBL, n, err);
    ok = !zp_bad(size);
    for (int64_t j = 0; ok && j < n; j++)
        ((double *)size.u.arr->data)[j] = fabs(w[j]);
    ok = ok && zp_order_of(size, true, true, order, err);
    zp_value_unref(size);
    return ok;
}

static zp_status bi_eigen(zp_call *c)
{
    zp_mat a;
    bool symmetric = true, ok;
    double *copy, *w, *z;
    zp_value order;
    int64_t n2;

    if (!zp__mat_arg(c, 0, &a) || (!zp_arg_missing(c, 1) && !zp_arg_lgl(c, 1, &symmetric)))
        return ZP_FAILED;
    if (a.nr != a.nc)
        return zp_fail_call(c, "non-square matrix in 'eigen'");
    if (a.nr == 0)
        return zp_fail_call(c, "0 x 0 matrix");
    n2 = a.nr * a.nr;
    if (!zp__all_finite(a.x, n2))
        return zp_fail_call(c, "infinite or missing values in 'x'");
    if (zp_arg_missing(c, 1))
        symmetric = is_symmetric(a.x, a.nr);
    copy = zp__scratch(n2, c->err);
    z = zp__scratch(n2, c->err);
    w = zp__scratch(a.nr, c->err);
    order = zp_words(a.nr, c->err);
    ok = copy && z && w && !zp_bad(order);
    if (ok) {
        memcpy(copy, a.x, (size_t)n2 * sizeof *copy);
        ok = symmetric ? eigen_symmetric(copy, (int)a.nr, w, z, c->err)
                       : eigen_general(copy, (int)a.nr, w, z, c->err);
    }
    ok = ok && eigen_order(w, a.nr, symmetric, (int64_t *)zp_key_data(order), c->err);
    if (ok)
        c->out = eigen_result(w, z, (const int64_t *)zp_key_data(order), a.nr, c->err);
    zp_free(copy);
    zp_free(z);
    zp_free(w);
    zp_value_unref(order);
    return zp_done(ok && !zp_bad(c->out));
}

/* ---------------------------------------------------------------- svd */

typedef struct svd {
    double *a, *d, *u, *vt, *work;
    int *iwork;
    int nr, nc, k;
} svd;

static void svd_fini(svd *s)
{
    zp_free(s->a);
    zp_free(s->d);
    zp_free(s->u);
    zp_free(s->vt);
    zp_free(s->work);
    zp_free(s->iwork);
}

/* Fills d, u, vt; the caller calls svd_fini in any case. */
static bool svd_run(svd *s, const zp_mat *m, zp_error *err)
{
    zp_lapack lib;
    int64_t nr = m->nr, nc = m->nc, k = nr < nc ? nr : nc;
    double size;
    int info = 0, lwork = -1;

    *s = (svd){ .nr = (int)nr, .nc = (int)nc, .k = (int)k };
    if (k == 0)
        return zp_fail(err, "a dimension is zero");
    if (!zp__all_finite(m->x, nr * nc))
        return zp_fail(err, "infinite or missing values in 'x'");
    s->a = zp__scratch(nr * nc, err);
    s->d = zp__scratch(k, err);
    s->u = zp__scratch(nr * k, err);
    s->vt = zp__scratch(k * nc, err);
    s->iwork = zp__scratch_int(8 * k, err);
    if (!s->a || !s->d || !s->u || !s->vt || !s->iwork || !zp_lapack_open(&lib, err))
        return false;
    memcpy(s->a, m->x, (size_t)(nr * nc) * sizeof *s->a);
    lib.dgesdd("S", &s->nr, &s->nc, s->a, &s->nr, s->d, s->u, &s->nr, s->vt, &s->k, &size, &lwork, s->iwork,
               &info, 1);
    lwork = (int)size;
    s->work = zp__scratch(lwork, err);
    if (!s->work)
        return false;
    lib.dgesdd("S", &s->nr, &s->nc, s->a, &s->nr, s->d, s->u, &s->nr, s->vt, &s->k, s->work, &lwork, s->iwork,
               &info, 1);
    return info == 0 || zp_fail(err, "error code %d from Lapack routine '%s'", info, "dgesdd");
}

static bool svd_result(const svd *s, zp_value *out, zp_error *err)
{
    zp_value d, v;

    *out = zp_list_new(0, err);
    if (zp_bad(*out))
        return false;
    d = zp__mat_copy(s->d, s->k, 1, true, err);
    zp_value_unbox(&d);
    if (zp_bad(d) || !zp_list_add(out, "d", d, err))
        return false;
    v = zp__mat_copy(s->u, s->nr, s->k, false, err);
    if (zp_bad(v) || !zp_list_add(out, "u", v, err))
        return false;
    v = zp__mat_new(s->nc, s->k, err);
    if (zp_bad(v))
        return false;
    for (int64_t j = 0; j < s->k; j++)
        for (int64_t i = 0; i < s->nc; i++)
            zp__mat_data(v)[j * s->nc + i] = s->vt[i * s->k + j];
    return zp_list_add(out, "v", v, err);
}

static zp_status bi_svd(zp_call *c)
{
    zp_mat m;
    svd s;
    bool ok;

    if (!zp__mat_arg(c, 0, &m))
        return ZP_FAILED;
    ok = svd_run(&s, &m, c->err) && svd_result(&s, &c->out, c->err);
    svd_fini(&s);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

zp_status zp__largest_singular(zp_call *c, const zp_mat *a)
{
    svd s;
    bool ok;

    if (a->nr == 0 || a->nc == 0) {
        c->out = zp_dbl(0);
        return ZP_OK;
    }
    ok = svd_run(&s, a, c->err);
    if (ok)
        c->out = zp_dbl(s.d[0]);
    svd_fini(&s);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- qr */

void zp__qr_fini(zp_qr *qr)
{
    zp_free(qr->x);
    zp_free(qr->aux);
    zp_free(qr->pivot);
}

bool zp__qr_run(zp_qr *qr, const zp_mat *m, zp_error *err)
{
    double *work;

    *qr = (zp_qr){ .n = m->nr, .p = m->nc };
    qr->x = zp__scratch(m->nr * m->nc, err);
    qr->aux = zp__scratch(m->nc, err);
    qr->pivot = zp_alloc((size_t)(m->nc + 1) * sizeof *qr->pivot, err);
    work = zp__scratch(2 * m->nc, err);
    if (qr->x && qr->aux && qr->pivot && work) {
        if (m->nr * m->nc > 0)
            memcpy(qr->x, m->x, (size_t)(m->nr * m->nc) * sizeof *qr->x);
        zp_qr_factor(qr, QR_TOL, work);
    }
    zp_free(work);
    return qr->x && qr->aux && qr->pivot && work;
}

/* The column names of m in the order of the pivots; NIL value (not a failure) when there are none. */
static bool pivoted_names(const zp_qr *qr, zp_array *names, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    if (!names || qr->p == 0)
        return true;
    *out = zp_vec(ZP_STR, qr->p, err);
    if (zp_bad(*out))
        return false;
    for (int64_t j = 0; j < qr->p; j++)
        zp_str_put(*out, j, zp_str_ref(zp_name_at(names, qr->pivot[j])));
    return true;
}

static bool qr_result(const zp_qr *qr, const zp_mat *m, zp_value *out, zp_error *err)
{
    zp_value x, v, names;
    bool ok;

    *out = zp_list_new(0, err);
    x = zp__mat_copy(qr->x, qr->n, qr->p, false, err);
    if (zp_bad(*out) || zp_bad(x) || !pivoted_names(qr, zp__mat_colnames(m), &names, err)) {
        zp_value_unref(x);
        return false;
    }
    ok = zp__mat_set_names(&x, zp__mat_rownames(m), zp_as_names(names), err);
    zp_value_unref(names);
    if (!ok) {
        zp_value_unref(x);
        return false;
    }
    if (!zp_list_add(out, "qr", x, err) || !zp_list_add(out, "rank", zp_dbl((double)qr->rank), err))
        return false;
    v = zp__mat_copy(qr->aux, qr->p, 1, true, err);
    zp_value_unbox(&v);
    if (zp_bad(v) || !zp_list_add(out, "qraux", v, err))
        return false;
    v = zp_vec(ZP_DBL, qr->p, err);
    if (zp_bad(v))
        return false;
    for (int64_t j = 0; j < qr->p; j++)
        zp__mat_data(v)[j] = (double)(qr->pivot[j] + 1);
    zp_value_unbox(&v);
    return zp_list_add(out, "pivot", v, err);
}

static zp_status bi_qr(zp_call *c)
{
    zp_mat m;
    zp_qr qr;
    bool ok;

    if (!zp__mat_arg(c, 0, &m))
        return ZP_FAILED;
    if (!zp__all_finite(m.x, m.nr * m.nc))
        return zp_fail_call(c, "NA/NaN/Inf in foreign function call (arg 1)");
    ok = zp__qr_run(&qr, &m, c->err) && qr_result(&qr, &m, &c->out, c->err);
    zp__qr_fini(&qr);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* The element `name` of a qr list as doubles, or NULL. */
static const double *qr_part(zp_value list, const char *name, zp_value *v)
{
    int64_t at = zp_list_find(list, name, strlen(name));

    if (at < 0)
        return NULL;
    *v = zp_list_at(list, at);
    if (v->type != ZP_DBL || !zp_is_dense(*v))
        return NULL;
    return zp_dbls(v);
}

/* Borrows the parts of a list made by qr(). */
static bool qr_arg(zp_call *c, zp_qr *qr, zp_value *x, zp_value *aux)
{
    zp_value rank;
    const double *px = qr_part(c->argv[0], "qr", x), *paux, *prank;

    paux = px ? qr_part(c->argv[0], "qraux", aux) : NULL;
    prank = paux ? qr_part(c->argv[0], "rank", &rank) : NULL;
    if (!prank || zp_ndim(*x) != 2 || zp_len(rank) != 1 || zp_len(*aux) != zp_dim(*x, 1))
        return zp_fail_arg(c->err, 1, "argument is not a QR decomposition");
    *qr = (zp_qr){ .n = zp_dim(*x, 0), .p = zp_dim(*x, 1) };
    if (!(*prank >= 0 && *prank <= (double)(qr->n < qr->p ? qr->n : qr->p)))
        return zp_fail_arg(c->err, 1, "argument is not a QR decomposition");
    qr->rank = (int64_t)*prank;
    qr->x = (double *)px; /* only read by the functions used below */
    qr->aux = (double *)paux;
    return true;
}

static zp_status bi_qr_q(zp_call *c)
{
    zp_qr qr;
    zp_value x, aux;
    int64_t k;

    if (!qr_arg(c, &qr, &x, &aux))
        return ZP_FAILED;
    k = qr.n < qr.p ? qr.n : qr.p;
    c->out = zp__mat_new(qr.n, k, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    zp_fill_zero(c->out, 0, qr.n * k);
    for (int64_t j = 0; j < k; j++) {
        zp__mat_data(c->out)[j * qr.n + j] = 1;
        zp_qr_qy(&qr, zp__mat_data(c->out) + j * qr.n);
    }
    return ZP_OK;
}

/* Row names of *v: the first k of `names`. */
static bool first_names(zp_value *v, zp_array *names, int64_t k, zp_error *err)
{
    zp_value part = zp_vec(ZP_STR, k, err);
    bool ok;

    if (zp_bad(part))
        return false;
    for (int64_t i = 0; i < k; i++)
        zp_str_put(part, i, zp_str_ref(zp_name_at(names, i)));
    ok = zp__mat_set_names(v, part.u.arr, NULL, err);
    zp_value_unref(part);
    return ok;
}

static zp_status bi_qr_r(zp_call *c)
{
    zp_qr qr;
    zp_value x, aux;
    int64_t k;

    if (!qr_arg(c, &qr, &x, &aux))
        return ZP_FAILED;
    k = qr.n < qr.p ? qr.n : qr.p;
    c->out = zp__mat_new(k, qr.p, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    for (int64_t j = 0; j < qr.p; j++)
        for (int64_t i = 0; i < k; i++)
            zp__mat_data(c->out)[j * k + i] = i <= j ? qr.x[j * qr.n + i] : 0;
    if (!zp__mat_set_names(&c->out, NULL, zp_names(x, 1), c->err) ||
        (zp_names(x, 0) && !first_names(&c->out, zp_names(x, 0), k, c->err))) {
        zp_value_clear(&c->out);
        return ZP_FAILED;
    }
    return ZP_OK;
}

/* One column of qr.solve: p coefficients at their original places. */
static void solve_column(const zp_qr *qr, const double *b, double *y, double *coef, double *out)
{
    memcpy(y, b, (size_t)qr->n * sizeof *y);
    zp_qr_qty(qr, y);
    (void)zp_qr_coef(qr, y, coef);
    for (int64_t j = 0; j < qr->p; j++)
        out[qr->pivot[j]] = j < qr->rank ? coef[j] : 0;
}

/* All columns of b, or of the identity when b is NULL. */
static bool solve_columns(const zp_qr *qr, const zp_mat *b, double *out, zp_error *err)
{
    double *y = zp__scratch(qr->n, err), *coef = zp__scratch(qr->p, err), *unit = zp__scratch(qr->n, err);
    bool ok = y && coef && unit;
    int64_t cols = b ? b->nc : qr->p;

    for (int64_t j = 0; ok && j < cols; j++) {
        for (int64_t i = 0; i < qr->n; i++)
            unit[i] = b ? b->x[j * b->nr + i] : i == j;
        solve_column(qr, unit, y, coef, out + j * qr->p);
    }
    zp_free(y);
    zp_free(coef);
    zp_free(unit);
    return ok;
}

static bool qr_solve_checks(const zp_qr *qr, const zp_mat *b, zp_error *err)
{
    if (qr->rank < (qr->n < qr->p ? qr->n : qr->p))
        return zp_fail(err, "singular matrix 'a' in solve");
    if (!b && qr->n != qr->p)
        return zp_fail(err, "only square matrices can be inverted");
    if (b && b->nr != qr->n)
        return zp_fail(err, "'qr' and 'y' must have the same number of rows");
    return true;
}

/* Q y or t(Q) y, column by column, in the shape of y. */
static zp_status qr_times(zp_call *c, void (*apply)(const zp_qr *qr, double *y))
{
    zp_value y = c->argv[1], x, aux;
    zp_qr qr;
    int64_t rows = zp_dim(y, 0);

    if (!qr_arg(c, &qr, &x, &aux))
        return ZP_FAILED;
    if (zp_ndim(y) > 2 || rows != qr.n)
        return zp_fail_call(c, "'qr' and 'y' must have the same number of rows");
    c->out = zp_ndim(y) == 2 ? zp__mat_new(rows, zp_ncols(y), c->err) : zp_vec(ZP_DBL, rows, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    memcpy(c->out.u.arr->data, zp_dbls(&y), (size_t)zp_len(y) * sizeof(double));
    for (int64_t j = 0; j < zp_ncols(y); j++)
        apply(&qr, (double *)c->out.u.arr->data + j * rows);
    zp_value_unbox(&c->out);
    return ZP_OK;
}

static zp_status bi_qr_qty(zp_call *c)
{
    return qr_times(c, zp_qr_qty);
}

static zp_status bi_qr_qy(zp_call *c)
{
    return qr_times(c, zp_qr_qy);
}

static zp_status bi_qr_solve(zp_call *c)
{
    zp_mat a, given, *b = NULL;
    zp_qr qr;
    bool ok;

    if (!zp__mat_arg(c, 0, &a) || (!zp_arg_missing(c, 1) && !zp__mat_arg(c, 1, &given)))
        return ZP_FAILED;
    if (!zp_arg_missing(c, 1))
        b = &given;
    if (!zp__all_finite(a.x, a.nr * a.nc) || (b && !zp__all_finite(b->x, b->nr * b->nc)))
        return zp_fail_call(c, "NA/NaN/Inf in foreign function call (arg 1)");
    ok = zp__qr_run(&qr, &a, c->err) && qr_solve_checks(&qr, b, c->err);
    if (ok) {
        c->out =
            b && !b->is_matrix ? zp_vec(ZP_DBL, qr.p, c->err) : zp__mat_new(qr.p, b ? b->nc : qr.p, c->err);
        ok = !zp_bad(c->out) && solve_columns(&qr, b, zp__mat_data(c->out), c->err) &&
             zp__mat_set_names(&c->out, zp__mat_colnames(&a), b ? zp__mat_colnames(b) : NULL, c->err);
    }
    zp__qr_fini(&qr);
    if (ok)
        zp_value_unbox(&c->out);
    else
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* y turned by t(Q), some of its rows cleared, and turned back. */
#define QR_PART(gone)                                                         \
    "{ m <- as.matrix(qr.qty(qr, y)); m[" gone ", ] <- 0; m <- qr.qy(qr, m);" \
    " if (is.matrix(y)) m else as.vector(m) }"

const zp_builtin zp_builtins_linalg_factor[] = {
    { "eigen", "x, [symmetric], only.values = FALSE", "x=D symmetric=L only.values=L", 0, NULL,
      "list(values, vectors) of a square matrix with real eigenvalues: these from the largest (in absolute value, unless x is "
      "symmetric) to the smallest, and in the columns of `vectors` the eigenvectors of length 1. With symmetric = TRUE only the "
      "lower triangle is read.",
      "eigen(matrix(c(2, 1, 1, 2), 2))",
      "{ r <- if (missing(symmetric)) .eigen(x) else .eigen(x, symmetric);"
      " if (only.values) list(values = r$values, vectors = NULL) else r }" },
    { ".eigen", "x, [symmetric]", "x=D symmetric=L", ZP_BI_HIDDEN, bi_eigen, "Eigenvalues and eigenvectors.",
      "", NULL },
    { "svd", "x, [nu], [nv]", "x=D nu=D nv=D", 0, NULL,
      "The singular value decomposition: list(d, u, v) with x equal to u %*% diag(d) %*% t(v). nu, nv: how many columns of u and v "
      "to give, at most as many as d has elements; with 0 it is left out.",
      "svd(matrix(1:4, 2))$d",
      "{ r <- .svd(x); k <- length(r$d);"
      " cut <- function(r, name, n) {"
      "  if (n > k) stop(\"there are only \", k, \" columns of '\", name, \"' here\");"
      "  if (n == 0) r[[name]] <- NULL else r[[name]] <- r[[name]][, seq_len(n), drop = FALSE];"
      "  r };"
      " if (!missing(nu)) r <- cut(r, \"u\", nu); if (!missing(nv)) r <- cut(r, \"v\", nv); r }" },
    { ".svd", "x", "x=D", ZP_BI_HIDDEN, bi_svd, "The singular value decomposition.", "", NULL },
    { "qr.qty", "qr, y", "qr=l y=D", 0, bi_qr_qty,
      "t(Q) %*% y with the whole square Q of a decomposition made by qr().",
      "qr.qty(qr(cbind(1, 1:3)), c(1, 2, 4))", NULL },
    { "qr.qy", "qr, y", "qr=l y=D", 0, bi_qr_qy,
      "Q %*% y with the whole square Q of a decomposition made by qr().",
      "qr.qy(qr(cbind(1, 1:3)), c(1, 0, 0))", NULL },
    { "qr.coef", "qr, y", "qr=l y=D", 0, NULL,
      "The coefficients of the least squares fit of y (or of its columns) by a decomposition made by qr().",
      "qr.coef(qr(cbind(1, 1:3)), c(1, 2, 4))",
      "{ k <- seq_len(qr$rank); m <- as.matrix(qr.qty(qr, y)); r <- matrix(NaN, ncol(qr$qr), ncol(m));"
      " if (qr$rank > 0) r[qr$pivot[k], ] <- backsolve(qr$qr[k, k, drop = FALSE], m[k, , drop = FALSE]);"
      " n <- colnames(qr$qr); if (!is.null(n)) n[qr$pivot] <- n;"
      " if (is.matrix(y)) { dimnames(r) <- list(n, colnames(y)); r }"
      " else if (is.null(n)) as.vector(r) else setNames(as.vector(r), n) }" },
    { "qr.fitted", "qr, y", "qr=l y=D", 0, NULL, "The fitted values of the least squares fit of y.",
      "qr.fitted(qr(cbind(1, 1:3)), c(1, 2, 4))", QR_PART("seq_len(nrow(m)) > qr$rank") },
    { "qr.resid", "qr, y", "qr=l y=D", 0, NULL, "The residuals of the least squares fit of y.",
      "qr.resid(qr(cbind(1, 1:3)), c(1, 2, 5))", QR_PART("seq_len(nrow(m)) <= qr$rank") },
    { "qr", "x", "x=D", 0, bi_qr,
      "The QR decomposition of a matrix in compact form: list(qr, rank, qraux, pivot). Columns that depend on the "
      "ones before them are moved to the end. See qr.Q, qr.R, qr.solve.",
      "qr(cbind(1, 1:3))$rank", NULL },
    { "qr.Q", "qr", "qr=l", 0, bi_qr_q, "The orthogonal factor of a decomposition made by qr().",
      "qr.Q(qr(cbind(1, 1:3)))", NULL },
    { "qr.R", "qr", "qr=l", 0, bi_qr_r, "The upper triangular factor of a decomposition made by qr().",
      "qr.R(qr(cbind(1, 1:3)))", NULL },
    { "qr.solve", "a, [b]", "a=D b=D", 0, bi_qr_solve,
      "Solves a %*% x = b through the QR decomposition: the least squares solution when there are more equations "
      "than unknowns; without b, the inverse of a.",
      "qr.solve(cbind(1, 1:3), c(1, 2, 4))", NULL },
    { 0 },
};
