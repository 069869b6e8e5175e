/* lapack: the routines of the Fortran library LAPACK that the language uses.
 *
 * The library is found when the first matrix is factored, not when the program starts: most evaluations never
 * need it, and loading it (with BLAS and the Fortran runtime) costs more than starting all the rest.
 *
 * Conventions: everything by address, matrices by column, a hidden length after the last argument for each
 * character argument.  Callers check all sizes; the library would end the process on a wrong one. */
#ifndef ZP_KERNEL_LAPACK_H
#define ZP_KERNEL_LAPACK_H

#include "base/error.h"

/* X(name, (parameters)) */
#define ZP_LAPACK(X)                                                                                         \
    X(dgesv, (const int *n, const int *nrhs, double *a, const int *lda, int *pivot, double *b,               \
              const int *ldb, int *info))                                                                    \
    X(dgetrf, (const int *m, const int *n, double *a, const int *lda, int *pivot, int *info))                \
    X(dgecon, (const char *norm, const int *n, const double *a, const int *lda, const double *anorm,         \
               double *rcond, double *work, int *iwork, int *info, size_t norm_len))                         \
    X(dpotrf, (const char *uplo, const int *n, double *a, const int *lda, int *info, size_t uplo_len))       \
    X(dpotri, (const char *uplo, const int *n, double *a, const int *lda, int *info, size_t uplo_len))       \
    X(dsyevr,                                                                                                \
      (const char *job, const char *range, const char *uplo, const int *n, double *a, const int *lda,        \
       const double *vl, const double *vu, const int *il, const int *iu, const double *abstol, int *m,       \
       double *w, double *z, const int *ldz, int *support, double *work, const int *lwork, int *iwork,       \
       const int *liwork, int *info, size_t job_len, size_t range_len, size_t uplo_len))                     \
    X(dgeev, (const char *left, const char *right, const int *n, double *a, const int *lda, double *wr,      \
              double *wi, double *vl, const int *ldvl, double *vr, const int *ldvr, double *work,            \
              const int *lwork, int *info, size_t left_len, size_t right_len))                               \
    X(dgesdd, (const char *job, const int *m, const int *n, double *a, const int *lda, double *s, double *u, \
               const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork,      \
               int *info, size_t job_len))

typedef struct zp_lapack {
#define X(name, params) void(*name) params;
    ZP_LAPACK(X)
#undef X
} zp_lapack;

/* Fills `lib` with the routines, loading the library if need be. */
bool zp_lapack_open(zp_lapack *lib, zp_error *err) ZP_MUST_CHECK;

#endif
