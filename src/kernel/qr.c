/* Householder QR.
 *
 * The method and its conventions (signs, scaling, what is stored where) are those of LINPACK's dqrdc and dqrsl
 * (Dongarra, Bunch, Moler, Stewart, LINPACK Users' Guide, chapter 9), with the pivoting of Chambers: columns are
 * not sorted by length; only those that have become negligible are cycled to the end. */
#include "kernel/qr.h"

#include <math.h>

static double dot(const double *a, const double *b, int64_t n)
{
    double s = 0;

    for (int64_t i = 0; i < n; i++)
        s += a[i] * b[i];
    return s;
}

static double length(const double *a, int64_t n)
{
    double s = dot(a, a, n), top = 0;

    if (s > 1e-290 && s < 1e290)
        return sqrt(s);
    for (int64_t i = 0; i < n; i++)
        top = fmax(top, fabs(a[i]));
    if (top == 0 || isinf(top) || isnan(s))
        return isnan(s) ? s : top;
    s = 0;
    for (int64_t i = 0; i < n; i++)
        s += a[i] / top * (a[i] / top);
    return top * sqrt(s);
}

/* y += t * v */
static void add_scaled(double *y, const double *v, double t, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += t * v[i];
}

/* Column l goes to the end, the ones behind it move up. */
static void cycle_column(zp_qr *qr, int64_t l, double *norm, double *first)
{
    int64_t p = qr->p, pivot = qr->pivot[l];
    double aux = qr->aux[l], now = norm[l], was = first[l];

    for (int64_t i = 0; i < qr->n; i++) {
        double *row = qr->x + i, t = row[l * qr->n];
        for (int64_t j = l; j < p - 1; j++)
            row[j * qr->n] = row[(j + 1) * qr->n];
        row[(p - 1) * qr->n] = t;
    }
    for (int64_t j = l; j < p - 1; j++) {
        qr->pivot[j] = qr->pivot[j + 1];
        qr->aux[j] = qr->aux[j + 1];
        norm[j] = norm[j + 1];
        first[j] = first[j + 1];
    }
    qr->pivot[p - 1] = pivot;
    qr->aux[p - 1] = aux;
    norm[p - 1] = now;
    first[p - 1] = was;
}

/* Applies the reflection in column l to column j and updates the length of what is left of j. */
static void reflect_column(zp_qr *qr, int64_t l, int64_t j, double *norm)
{
    int64_t n = qr->n;
    double *v = qr->x + l * n, *x = qr->x + j * n, shrink;

    add_scaled(x + l, v + l, -dot(v + l, x + l, n - l) / v[l], n - l);
    if (qr->aux[j] == 0)
        return;
    shrink = 1 - (fabs(x[l]) / qr->aux[j]) * (fabs(x[l]) / qr->aux[j]);
    if (shrink < 0)
        shrink = 0;
    if (fabs(shrink) < 1e-6) { /* the update would be mostly rounding: measure again */
        qr->aux[j] = length(x + l + 1, n - l - 1);
        norm[j] = qr->aux[j];
    } else {
        qr->aux[j] *= sqrt(shrink);
    }
}

void zp_qr_factor(zp_qr *qr, double tol, double *work)
{
    double *norm = work, *first = work + qr->p;
    int64_t n = qr->n, p = qr->p, good = p;

    for (int64_t j = 0; j < p; j++) {
        qr->pivot[j] = j;
        qr->aux[j] = norm[j] = first[j] = length(qr->x + j * n, n);
        if (first[j] == 0)
            first[j] = 1;
    }
    for (int64_t l = 0; l < (n < p ? n : p); l++) {
        double *v = qr->x + l * n, nrm;

        while (l < good && qr->aux[l] < first[l] * tol) {
            cycle_column(qr, l, norm, first);
            good--;
        }
        if (l == n - 1)
            break;
        nrm = length(v + l, n - l);
        if (nrm == 0)
            continue;
        if (v[l] != 0)
            nrm = copysign(nrm, v[l]);
        for (int64_t i = l; i < n; i++)
            v[i] *= 1 / nrm;
        v[l] += 1;
        for (int64_t j = l + 1; j < p; j++)
            reflect_column(qr, l, j, norm);
        qr->aux[l] = v[l];
        v[l] = -nrm;
    }
    qr->rank = good < n ? good : n;
}

/* One reflection applied to y; the first element of its vector is kept in aux. */
static void reflect(const zp_qr *qr, int64_t j, double *y)
{
    const double *v = qr->x + j * qr->n;
    double head = qr->aux[j], t;

    if (head == 0)
        return;
    t = head * y[j];
    for (int64_t i = j + 1; i < qr->n; i++)
        t += v[i] * y[i];
    t = -t / head;
    y[j] += t * head;
    add_scaled(y + j + 1, v + j + 1, t, qr->n - j - 1);
}

static int64_t reflections(const zp_qr *qr)
{
    return qr->rank < qr->n - 1 ? qr->rank : qr->n - 1;
}

void zp_qr_qty(const zp_qr *qr, double *y)
{
    int64_t count = reflections(qr);

    for (int64_t j = 0; j < count; j++)
        reflect(qr, j, y);
}

void zp_qr_qy(const zp_qr *qr, double *y)
{
    for (int64_t j = reflections(qr) - 1; j >= 0; j--)
        reflect(qr, j, y);
}

bool zp_qr_coef(const zp_qr *qr, const double *qty, double *b)
{
    for (int64_t j = 0; j < qr->rank; j++)
        b[j] = qty[j];
    for (int64_t j = qr->rank - 1; j >= 0; j--) {
        const double *col = qr->x + j * qr->n;
        if (col[j] == 0)
            return false;
        b[j] /= col[j];
        add_scaled(b, col, -b[j], j);
    }
    return true;
}
