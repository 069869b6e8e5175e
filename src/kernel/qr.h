/* qr: Householder triangularization with limited pivoting, as statistics want it.
 *
 * x (n x p, by column) becomes R above and on its diagonal; below the diagonal lie the Householder vectors, whose
 * first elements are in `aux`.  A column that is nearly a combination of those before it moves to the right
 * end, all others keep their order, so that coefficients belong to the first columns that explain the data. */
#ifndef ZP_KERNEL_QR_H
#define ZP_KERNEL_QR_H

#include "base/base.h"

typedef struct zp_qr {
    double *x; /* n * p, overwritten */
    int64_t n, p;
    double *aux;    /* p */
    int64_t *pivot; /* p: original 0-based position of each column */
    int64_t rank;
} zp_qr;

/* `work`: 2 * p doubles.  `tol`: a column whose length falls below tol times its original one is dependent. */
void zp_qr_factor(zp_qr *qr, double tol, double *work);
/* y (n) becomes Q'y, or Q y. */
void zp_qr_qty(const zp_qr *qr, double *y);
void zp_qr_qy(const zp_qr *qr, double *y);
/* b (rank) from qty = Q'y: solves R b = qty.  False: a zero on the diagonal. */
bool zp_qr_coef(const zp_qr *qr, const double *qty, double *b);

#endif
