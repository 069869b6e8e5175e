/* Matrices as the linear algebra built-ins see them.  Private to linalg*.c. */
#ifndef ZP_BUILTIN_LINALG_PRIV_H
#define ZP_BUILTIN_LINALG_PRIV_H

#include "kernel/lapack.h"
#include "kernel/qr.h"
#include "lang/lang.h"

/* A numeric argument; a vector is a matrix of one column that says so. */
typedef struct zp_mat {
    const double *x; /* borrowed, by column */
    int64_t nr, nc;
    bool is_matrix;
    zp_value v; /* borrowed */
} zp_mat;

/* Formal k as a matrix; more than two dims are an error.  Extents fit an int. */
bool zp__mat_arg(zp_call *c, int k, zp_mat *m) ZP_MUST_CHECK;
/* A new matrix without names; its elements are uninitialised. */
zp_value zp__mat_new(int64_t nr, int64_t nc, zp_error *err);
static inline double *zp__mat_data(zp_value v)
{
    return v.u.arr->data;
}
/* A new matrix (or with `vector` a vector of nr) holding a copy of `x`. */
zp_value zp__mat_copy(const double *x, int64_t nr, int64_t nc, bool vector, zp_error *err);
/* Row and column names (each may be NULL) of an owned matrix. */
bool zp__mat_set_names(zp_value *v, zp_array *rows, zp_array *cols, zp_error *err) ZP_MUST_CHECK;
static inline zp_array *zp__mat_rownames(const zp_mat *m)
{
    return zp_names(m->v, 0);
}
static inline zp_array *zp__mat_colnames(const zp_mat *m)
{
    return m->is_matrix ? zp_names(m->v, 1) : NULL;
}
bool zp__all_finite(const double *x, int64_t n);
/* `count` doubles of scratch memory, at least one; release with zp_free. */
double *zp__scratch(int64_t count, zp_error *err);
int *zp__scratch_int(int64_t count, zp_error *err);
/* The largest singular value of a: the result of norm(x, "2"). */
zp_status zp__largest_singular(zp_call *c, const zp_mat *a);
/* Factors a copy of m with R's tolerance; the caller calls zp__qr_fini in any case. */
bool zp__qr_run(zp_qr *qr, const zp_mat *m, zp_error *err) ZP_MUST_CHECK;
void zp__qr_fini(zp_qr *qr);
/* Hands over `v`, or fails when it is NIL. */
static inline zp_status zp__give(zp_call *c, zp_value v)
{
    c->out = v;
    return zp_bad(v) ? ZP_FAILED : ZP_OK;
}

#endif
