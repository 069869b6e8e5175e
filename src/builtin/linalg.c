/* Linear algebra: products, systems of equations, Cholesky, triangular systems, norms.
 *
 * Vectors are promoted to matrices as R does.  Factorizations are LAPACK's (kernel/lapack.h); products go through
 * the same kernel as %*%. */
#include "builtin/linalg_priv.h"
#include "builtin/tables.h"
#include "kernel/kernel.h"

#include "base/mem.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- shared with linalg_factor.c */

bool zp__mat_arg(zp_call *c, int k, zp_mat *m)
{
    zp_value v = c->argv[k];

    if (zp_ndim(v) > 2)
        return zp_fail_arg(c->err, k + 1, "argument must be a matrix");
    *m = (zp_mat){
        .x = zp_dbls(&c->argv[k]), .nr = zp_dim(v, 0), .nc = 1, .v = v, .is_matrix = zp_ndim(v) == 2
    };
    if (m->is_matrix)
        m->nc = zp_dim(v, 1);
    if (m->nr > INT_MAX || m->nc > INT_MAX)
        return zp_fail_arg(c->err, k + 1, "matrix is too large");
    return true;
}

zp_value zp__mat_new(int64_t nr, int64_t nc, zp_error *err)
{
    return zp_arr(ZP_DBL, 2, (int64_t[]){ nr, nc }, err);
}

zp_value zp__mat_copy(const double *x, int64_t nr, int64_t nc, bool vector, zp_error *err)
{
    zp_value v = vector ? zp_vec(ZP_DBL, nr, err) : zp__mat_new(nr, nc, err);

    if (!zp_bad(v) && nr * nc > 0)
        memcpy(zp__mat_data(v), x, (size_t)(nr * nc) * sizeof *x);
    return v;
}

bool zp__mat_set_names(zp_value *v, zp_array *rows, zp_array *cols, zp_error *err)
{
    return (!rows || zp_dim(*v, 0) == 0 || zp_set_names(v, 0, rows, err)) &&
           (!cols || zp_dim(*v, 1) == 0 || zp_set_names(v, 1, cols, err));
}

bool zp__all_finite(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

double *zp__scratch(int64_t count, zp_error *err)
{
    return zp_alloc((size_t)(count > 0 ? count : 1) * sizeof(double), err);
}

int *zp__scratch_int(int64_t count, zp_error *err)
{
    return zp_alloc((size_t)(count > 0 ? count : 1) * sizeof(int), err);
}

/* ---------------------------------------------------------------- crossprod, tcrossprod */

static void transpose(double *to, const double *x, int64_t nr, int64_t nc)
{
    for (int64_t j0 = 0; j0 < nc; j0 += 16)
        for (int64_t i = 0; i < nr; i++)
            for (int64_t j = j0; j < nc && j < j0 + 16; j++)
                to[i * nc + j] = x[j * nr + i];
}

static void as_row(zp_mat *m)
{
    m->nc = m->nr;
    m->nr = 1;
}

/* Vectors become rows or columns, whichever fits. */
static void promote(zp_mat *x, zp_mat *y, bool outer)
{
    if (x->is_matrix == y->is_matrix)
        return;
    if (!outer) {
        if (!y->is_matrix && y->nr != x->nr && x->nr == 1)
            as_row(y);
    } else if (!x->is_matrix && x->nr == y->nc) {
        as_row(x);
    } else if (!y->is_matrix && y->nr == x->nc && x->nr == 1) {
        as_row(y);
    }
}

/* t(x) %*% y, or with `outer` x %*% t(y) */
static zp_status cross(zp_call *c, bool outer)
{
    zp_mat x, y;
    double *flip;
    int64_t rows, cols, inner;

    if (!zp__mat_arg(c, 0, &x))
        return ZP_FAILED;
    y = x;
    if (c->argv[1].type != ZP_NIL && !zp__mat_arg(c, 1, &y))
        return ZP_FAILED;
    promote(&x, &y, outer);
    inner = outer ? x.nc : x.nr;
    rows = outer ? x.nr : x.nc;
    cols = outer ? y.nr : y.nc;
    if (inner != (outer ? y.nc : y.nr))
        return zp_fail_call(c, "non-conformable arguments");
    flip = zp__scratch(inner * (outer ? cols : rows), c->err);
    if (!flip)
        return ZP_FAILED;
    transpose(flip, outer ? y.x : x.x, outer ? y.nr : x.nr, outer ? y.nc : x.nc);
    c->out = zp__mat_new(rows, cols, c->err);
    if (!zp_bad(c->out)) {
        zp_kernels_get()->gemm_dbl(zp__mat_data(c->out), outer ? x.x : flip, outer ? flip : y.x, rows, inner,
                                   cols);
        if (!zp__mat_set_names(&c->out, x.is_matrix ? zp_names(x.v, outer ? 0 : 1) : NULL,
                               y.is_matrix ? zp_names(y.v, outer ? 0 : 1) : NULL, c->err))
            zp_value_clear(&c->out);
    }
    zp_free(flip);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_crossprod(zp_call *c)
{
    return cross(c, false);
}

static zp_status bi_tcrossprod(zp_call *c)
{
    return cross(c, true);
}

/* ---------------------------------------------------------------- det, solve */

static zp_status bi_det(zp_call *c)
{
    zp_mat a;
    zp_lapack lib;
    double *lu = NULL, modulus = 0, sign = 1;
    int *pivot = NULL, n, info;

    if (!zp__mat_arg(c, 0, &a))
        return ZP_FAILED;
    if (a.nr != a.nc)
        return zp_fail_call(c, "'a' must be a square matrix");
    n = (int)a.nr;
    c->out = zp_dbl(1);
    if (n == 0)
        return ZP_OK;
    lu = zp__scratch(a.nr * a.nr, c->err);
    pivot = zp__scratch_int(n, c->err);
    if (!lu || !pivot || !zp_lapack_open(&lib, c->err)) {
        zp_free(lu);
        zp_free(pivot);
        return ZP_FAILED;
    }
    memcpy(lu, a.x, (size_t)(a.nr * a.nr) * sizeof *lu);
    lib.dgetrf(&n, &n, lu, &n, pivot, &info);
    for (int i = 0; i < n; i++) {
        double d = lu[(int64_t)i * n + i];
        modulus += log(fabs(d));
        if ((pivot[i] != i + 1) != (d < 0))
            sign = -sign;
    }
    c->out = zp_dbl(info > 0 ? 0 : sign * exp(modulus));
    zp_free(lu);
    zp_free(pivot);
    return ZP_OK;
}

static double one_norm(const double *x, int64_t nr, int64_t nc)
{
    double top = 0;

    for (int64_t j = 0; j < nc; j++) {
        double s = 0;
        for (int64_t i = 0; i < nr; i++)
            s += fabs(x[j * nr + i]);
        if (s > top || isnan(s))
            top = s;
    }
    return top;
}

/* b (n x cols) becomes the solution; `lu` is overwritten.  work: 4 n doubles. */
static bool solve_dense(const zp_lapack *lib, double *lu, int n, double *b, int cols, double *work, int *ints,
                        zp_error *err)
{
    double norm = one_norm(lu, n, n), rcond = 0;
    int info = 0;

    lib->dgesv(&n, &cols, lu, &n, ints, b, &n, &info);
    if (info > 0)
        return zp_fail(err, "Lapack routine dgesv: system is exactly singular: U[%d,%d] = 0", info, info);
    lib->dgecon("1", &n, lu, &n, &norm, &rcond, work, ints, &info, 1);
    if (!(rcond >= DBL_EPSILON))
        return zp_fail(err, "system is computationally singular: reciprocal condition number = %g",
                       isnan(rcond) ? 0.0 : rcond);
    return true;
}

/* The right side: b, or the identity when there is none.  Row names are the column names of a. */
static zp_value right_side(zp_call *c, const zp_mat *a, const zp_mat *b)
{
    zp_value out;
    zp_array *cols = NULL;
    bool vector = b && !b->is_matrix;

    if (b) {
        out = zp__mat_copy(b->x, b->nr, b->nc, vector, c->err);
        cols = vector ? NULL : zp_names(b->v, 1);
    } else {
        out = zp__mat_new(a->nr, a->nr, c->err);
        cols = zp__mat_rownames(a);
        if (!zp_bad(out)) {
            zp_fill_zero(out, 0, a->nr * a->nr);
            for (int64_t i = 0; i < a->nr; i++)
                zp__mat_data(out)[i * a->nr + i] = 1;
        }
    }
    if (!zp_bad(out) && !zp__mat_set_names(&out, zp__mat_colnames(a), cols, c->err))
        zp_value_clear(&out);
    return out;
}

static zp_status bi_solve(zp_call *c)
{
    zp_mat a, b;
    zp_lapack lib;
    double *lu = NULL, *work = NULL;
    int *ints = NULL;
    bool has_b = c->argv[1].type != ZP_MISSING, ok;

    if (!zp__mat_arg(c, 0, &a) || (has_b && !zp__mat_arg(c, 1, &b)))
        return ZP_FAILED;
    if (a.nr != a.nc)
        return zp_fail_call(c, "'a' (%lld x %lld) must be square", (long long)a.nr, (long long)a.nc);
    if (has_b && b.nr != a.nr)
        return zp_fail_call(c, "'b' (%lld x %lld) must be compatible with 'a' (%lld x %lld)", (long long)b.nr,
                            (long long)b.nc, (long long)a.nr, (long long)a.nc);
    if (a.nr == 0)
        return zp_fail_call(c, "'a' is 0-diml");
    c->out = right_side(c, &a, has_b ? &b : NULL);
    lu = zp__scratch(a.nr * a.nr, c->err);
    work = zp__scratch(4 * a.nr, c->err);
    ints = zp__scratch_int(a.nr, c->err);
    ok = !zp_bad(c->out) && lu && work && ints && zp_lapack_open(&lib, c->err);
    if (ok) {
        memcpy(lu, a.x, (size_t)(a.nr * a.nr) * sizeof *lu);
        ok = solve_dense(&lib, lu, (int)a.nr, zp__mat_data(c->out), (int)(has_b ? b.nc : a.nr), work, ints,
                         c->err);
    }
    if (!ok)
        zp_value_clear(&c->out);
    else
        zp_value_unbox(&c->out);
    zp_free(lu);
    zp_free(work);
    zp_free(ints);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- Cholesky */

/* Copies one triangle of the square `n` and clears the other (upper: keep i <= j). */
static void keep_upper(double *to, const double *x, int64_t n, int64_t ld)
{
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < n; i++)
            to[j * n + i] = i <= j ? x[j * ld + i] : 0;
}

static zp_status bi_chol(zp_call *c)
{
    zp_mat a;
    zp_lapack lib;
    int n, info = 0;

    if (!zp__mat_arg(c, 0, &a))
        return ZP_FAILED;
    if (a.nr != a.nc)
        return zp_fail_call(c, "'a' must be a square matrix");
    if (a.nr == 0)
        return zp_fail_call(c, "'a' must have dims > 0");
    n = (int)a.nr;
    c->out = zp__mat_new(n, n, c->err);
    if (zp_bad(c->out) ||
        !zp__mat_set_names(&c->out, a.is_matrix ? zp_names(a.v, 0) : NULL, zp__mat_colnames(&a), c->err) ||
        !zp_lapack_open(&lib, c->err))
        goto failed;
    keep_upper(zp__mat_data(c->out), a.x, n, n);
    lib.dpotrf("U", &n, zp__mat_data(c->out), &n, &info, 1);
    if (info == 0)
        return ZP_OK;
    zp_fail(c->err, "the leading minor of order %d is not positive definite", info);
failed:
    zp_value_clear(&c->out);
    return ZP_FAILED;
}

static zp_status bi_chol2inv(zp_call *c)
{
    zp_mat a;
    zp_lapack lib;
    double *x;
    int n, info = 0;

    if (!zp__mat_arg(c, 0, &a))
        return ZP_FAILED;
    if (a.nc > a.nr)
        return zp_fail_call(c, "'size' cannot exceed nrow(x) = %lld", (long long)a.nr);
    n = (int)a.nc;
    c->out = zp__mat_new(n, n, c->err);
    if (zp_bad(c->out) || n == 0)
        return zp_done(!zp_bad(c->out));
    if (!zp_lapack_open(&lib, c->err))
        goto failed;
    x = zp__mat_data(c->out);
    keep_upper(x, a.x, n, a.nr);
    lib.dpotri("U", &n, x, &n, &info, 1);
    if (info != 0) {
        zp_fail(c->err, "element (%d, %d) is zero, so the inverse cannot be computed", info, info);
        goto failed;
    }
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = j + 1; i < n; i++)
            x[j * n + i] = x[i * n + j];
    return ZP_OK;
failed:
    zp_value_clear(&c->out);
    return ZP_FAILED;
}

/* ---------------------------------------------------------------- triangular systems */

/* One right side, k equations, in place. */
static void substitute(const double *r, int64_t ld, int64_t k, double *b, bool upper)
{
    for (int64_t step = 0; step < k; step++) {
        int64_t j = upper ? k - 1 - step : step, from = upper ? 0 : j + 1, to = upper ? j : k;
        if (b[j] == 0)
            continue;
        b[j] /= r[j * ld + j];
        for (int64_t i = from; i < to; i++)
            b[i] -= b[j] * r[j * ld + i];
    }
}

static zp_status triangular(zp_call *c, bool upper)
{
    zp_mat r, x;
    int64_t k, nx;

    if (!zp__mat_arg(c, 0, &r) || !zp__mat_arg(c, 1, &x))
        return ZP_FAILED;
    k = r.nc;
    if (k > r.nr || k > x.nr)
        return zp_fail_call(c, "invalid 'k' argument");
    for (int64_t i = 0; i < k; i++)
        if (r.x[i * r.nr + i] == 0)
            return zp_fail_call(c, "singular matrix in 'backsolve'. First zero in diagonal [%lld]",
                                (long long)i + 1);
    nx = x.nc;
    c->out = x.is_matrix ? zp__mat_new(k, nx, c->err) : zp_vec(ZP_DBL, k, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    for (int64_t j = 0; j < nx; j++) {
        double *b = zp__mat_data(c->out) + j * k;
        for (int64_t i = 0; i < k; i++)
            b[i] = x.x[j * x.nr + i];
        substitute(r.x, r.nr, k, b, upper);
    }
    zp_value_unbox(&c->out);
    return ZP_OK;
}

static zp_status bi_backsolve(zp_call *c)
{
    return triangular(c, true);
}

static zp_status bi_forwardsolve(zp_call *c)
{
    return triangular(c, false);
}

/* ---------------------------------------------------------------- kronecker, norm */

/* out[i] = x[ix] * y[iy]: in every dimension the position is ix * extent of y + iy. */
static void kronecker_fill(double *out, const int64_t *xd, const int64_t *yd, int32_t nd, const double *x,
                           const double *y)
{
    int64_t n = 1;

    for (int32_t k = 0; k < nd; k++)
        n *= xd[k] * yd[k];
    for (int64_t i = 0; i < n; i++) {
        int64_t rest = i, ix = 0, iy = 0, sx = 1, sy = 1;
        for (int32_t k = 0; k < nd; k++) {
            int64_t at = rest % (xd[k] * yd[k]);
            rest /= xd[k] * yd[k];
            ix += at / yd[k] * sx;
            iy += at % yd[k] * sy;
            sx *= xd[k];
            sy *= yd[k];
        }
        out[i] = x[ix] * y[iy];
    }
}

static zp_status bi_kronecker(zp_call *c)
{
    zp_value x = c->argv[0], y = c->argv[1];
    int32_t nd = zp_ndim(x) > zp_ndim(y) ? zp_ndim(x) : zp_ndim(y);
    int64_t *dims = zp_alloc((size_t)nd * 3 * sizeof *dims, c->err);

    if (!dims)
        return ZP_FAILED;
    for (int32_t k = 0; k < nd; k++) {
        dims[k] = zp_dim(x, k);
        dims[nd + k] = zp_dim(y, k);
        if (__builtin_mul_overflow(dims[k], dims[nd + k], &dims[2 * nd + k])) {
            zp_free(dims);
            return zp_fail_call(c, "result would be too large");
        }
    }
    c->out = zp_arr(ZP_DBL, nd, dims + 2 * nd, c->err);
    if (!zp_bad(c->out))
        kronecker_fill(zp__mat_data(c->out), dims, dims + nd, nd, zp_dbls(&x), zp_dbls(&y));
    zp_free(dims);
    if (zp_bad(c->out))
        return ZP_FAILED;
    zp_value_unbox(&c->out);
    return ZP_OK;
}

static double row_norm(const double *x, int64_t nr, int64_t nc)
{
    double top = 0;

    for (int64_t i = 0; i < nr; i++) {
        double s = 0;
        for (int64_t j = 0; j < nc; j++)
            s += fabs(x[j * nr + i]);
        if (s > top || isnan(s))
            top = s;
    }
    return top;
}

/* The largest element, or the root of the sum of squares. */
static double element_norm(const double *x, int64_t n, bool squares)
{
    double top = 0, s = 0;

    for (int64_t i = 0; i < n; i++)
        if (fabs(x[i]) > top || isnan(x[i]))
            top = fabs(x[i]);
    if (!squares || top == 0 || !isfinite(top))
        return top;
    for (int64_t i = 0; i < n; i++)
        s += x[i] / top * (x[i] / top);
    if (top < 1e150 && top > 1e-140) {
        s = 0;
        for (int64_t i = 0; i < n; i++)
            s += x[i] * x[i];
        return sqrt(s);
    }
    return top * sqrt(s);
}

static zp_status bi_norm(zp_call *c)
{
    zp_mat a;
    zp_str *type;
    double d;

    if (!zp__mat_arg(c, 0, &a) || !zp_arg_str(c, 1, &type))
        return ZP_FAILED;
    if (!a.is_matrix)
        return zp_fail_call(c, "'A' must be a numeric matrix");
    switch (type->len == 1 ? type->text[0] : 0) {
    case 'O':
    case 'o':
    case '1': d = one_norm(a.x, a.nr, a.nc); break;
    case 'I':
    case 'i': d = row_norm(a.x, a.nr, a.nc); break;
    case 'F':
    case 'f':
    case 'E':
    case 'e': d = element_norm(a.x, a.nr * a.nc, true); break;
    case 'M':
    case 'm': d = element_norm(a.x, a.nr * a.nc, false); break;
    case '2': return zp__largest_singular(c, &a);
    default:
        return zp_fail_call(c, "argument type[1]='%s' must be one of 'M','1','O','I','F' or 'E'", type->text);
    }
    c->out = zp_dbl(d);
    return ZP_OK;
}

/* Both read the triangle they are named for; transposing turns one into the other. */
#define TRIANGULAR(m, upper)                                                      \
    "{ " m " <- as.matrix(" m "); if (!missing(k)) {"                             \
    " " m " <- " m "[seq_len(k), seq_len(k), drop = FALSE];"                      \
    " x <- if (is.matrix(x)) x[seq_len(k), , drop = FALSE] else x[seq_len(k)] };" \
    " if (transpose) " m " <- t(" m ");"                                          \
    " if (xor(" upper ", transpose)) .backsolve(" m ", x) else .forwardsolve(" m ", x) }"

const zp_builtin zp_builtins_linalg[] = {
    { "crossprod", "x, y = NULL", "x=D y=D0", 0, bi_crossprod,
      "The matrix product t(x) %*% y, of x with itself when y is not given. Vectors are columns, or rows where "
      "only that fits.",
      "crossprod(matrix(1:4, 2))", NULL },
    { "tcrossprod", "x, y = NULL", "x=D y=D0", 0, bi_tcrossprod,
      "The matrix product x %*% t(y), of x with itself when y is not given.", "tcrossprod(1:2)", NULL },
    { "det", "x", "x=D", 0, bi_det, "The determinant of a square matrix.", "det(matrix(c(2, 1, 1, 3), 2))",
      NULL },
    { "solve", "a, [b]", "a=D b=D", 0, bi_solve,
      "Solves the linear system a %*% x = b; without b, the inverse of a. An error when a is singular.",
      "solve(matrix(c(2, 1, 1, 3), 2), c(1, 2))", NULL },
    { "chol", "x", "x=D", 0, bi_chol,
      "The upper triangular R with t(R) %*% R equal to the symmetric positive definite matrix x (of which only "
      "the upper triangle is read).",
      "chol(matrix(c(4, 2, 2, 3), 2))", NULL },
    { "chol2inv", "x", "x=D", 0, bi_chol2inv,
      "The inverse of a matrix from its Cholesky factor, as chol() gives it.",
      "chol2inv(chol(matrix(c(4, 2, 2, 3), 2)))", NULL },
    { "backsolve", "r, x, [k], upper.tri = TRUE, transpose = FALSE", "r=D x=D k=D upper.tri=L transpose=L", 0,
      NULL,
      "Solves r %*% y = x (with `transpose` t(r) %*% y = x) where r is upper triangular, or lower with upper.tri = FALSE; the other "
      "triangle is not read. k: only so many rows and columns.",
      "backsolve(matrix(c(2, 0, 1, 3), 2), c(4, 6))", TRIANGULAR("r", "upper.tri") },
    { "forwardsolve", "l, x, [k], upper.tri = FALSE, transpose = FALSE",
      "l=D x=D k=D upper.tri=L transpose=L", 0, NULL, "As backsolve, where l is lower triangular.",
      "forwardsolve(matrix(c(2, 1, 0, 3), 2), c(4, 8))", TRIANGULAR("l", "upper.tri") },
    { ".backsolve", "r, x", "r=D x=D", ZP_BI_HIDDEN, bi_backsolve, "An upper triangular system.", "", NULL },
    { ".forwardsolve", "l, x", "l=D x=D", ZP_BI_HIDDEN, bi_forwardsolve, "A lower triangular system.", "",
      NULL },
    { "kronecker", "X, Y, FUN = \"*\", ...", "X=D Y=D", 0, NULL,
      "The Kronecker product: every element of X times (or another FUN) the whole of Y.",
      "kronecker(diag(2), matrix(1, 1, 2))",
      "{ if (identical(FUN, \"*\")) return(.kronecker(X, Y)); X <- as.matrix(X); Y <- as.matrix(Y);"
      " if (length(dim(X)) > 2 || length(dim(Y)) > 2) stop(\"'X' and 'Y' must be vectors or matrices\");"
      " matrix(as.vector(aperm(outer(unname(X), unname(Y), FUN, ...), c(3, 1, 4, 2))), nrow(X) * nrow(Y), ncol(X) * ncol(Y)) }" },
    { ".kronecker", "X, Y", "X=D Y=D", ZP_BI_HIDDEN, bi_kronecker, "The Kronecker product.", "", NULL },
    { "norm", "x, type = \"O\"", "x=D type=S", 0, bi_norm,
      "A norm of a matrix: \"O\" or \"1\" the largest column sum of absolute values, \"I\" the largest row sum, \"F\" "
      "or \"E\" the root of the sum of squares, \"M\" the largest absolute element, \"2\" the largest singular value.",
      "norm(matrix(1:4, 2))", NULL },
    { 0 },
};
