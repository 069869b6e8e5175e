/* Adaptive integration: QUADPACK's qags and qagi (Piessens, de Doncker, Ueberhuber, Kahaner, 1983).
 *
 * The interval with the largest error is halved again and again; each piece is estimated with a Gauss rule and its
 * Kronrod extension (10 and 21 points; 7 and 15 on infinite ranges, which are mapped to (0, 1]).  Singularities at
 * interval ends make the sequence of sums converge slowly; Wynn's epsilon algorithm extrapolates it as soon as the
 * large intervals are done.  `order` keeps the intervals sorted by error. */
#include "kernel/quad.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { LEFT, RIGHT, AREA, ERR, ORDER };

static double *list(zp_quad *q, int which)
{
    return q->lists + which * (int64_t)q->limit - 1; /* 1-based, as in the book */
}

static const double x21[11] = { .995657163025808080735527280689003,
                                .973906528517171720077964012084452,
                                .930157491355708226001207180059508,
                                .865063366688984510732096688423493,
                                .780817726586416897063717578345042,
                                .679409568299024406234327365114874,
                                .562757134668604683339000099272694,
                                .433395394129247190799265943165784,
                                .294392862701460198131126602103866,
                                .14887433898163121088482600112972,
                                0 };
static const double k21[11] = { .011694638867371874278064396062192, .03255816230796472747881897245939,
                                .05475589657435199603138130024458,  .07503967481091995276704314091619,
                                .093125454583697605535065465083366, .109387158802297641899210590325805,
                                .123491976262065851077958109585166, .134709217311473325928054001771707,
                                .142775938577060080797094273138717, .147739104901338491374841515972068,
                                .149445554002916905664936468389821 };
static const double g10[5] = { .066671344308688137593568809893332, .149451349150580593145863396957658,
                               .219086362515982043995534934228163, .269266719309996355091226921569469,
                               .295524224714752870173815619188769 };
static const double x15[8] = { .991455371120812639206854697526329, .949107912342758524526189684047851,
                               .864864423359769072789712788640926, .741531185599394439863864773280788,
                               .58608723546769113029414483825873,  .405845151377397166906606412076961,
                               .207784955007898467600689403773245, 0 };
static const double k15[8] = { .022935322010529224963732008058970, .063092092629978553290700663189204,
                               .104790010322250183839876322541518, .140653259715525918745189590510238,
                               .16900472663926790282829543337147,  .190350578064785409913256402421014,
                               .204432940075298892414161999234649, .209482141084727828012999174891714 };
static const double g15[8] = { 0, .129484966168869693270611432679082, 0, .27970539148927666790146777142378,
                               0, .381830050505118944950369775488975, 0, .417959183673469387755102040816327 };

size_t zp_quad_size(int64_t limit)
{
    return sizeof(zp_quad) / sizeof(double) + 5 * (size_t)limit;
}

void zp_quad_init(zp_quad *q, double lower, double upper, double abs_tol, double rel_tol, int64_t limit)
{
    memset(q, 0, sizeof *q);
    q->abs_tol = abs_tol;
    q->rel_tol = rel_tol;
    q->limit = (double)limit;
    q->from = 0;
    q->to = 1;
    if (isfinite(lower) && isfinite(upper)) {
        q->from = lower;
        q->to = upper;
    } else if (isfinite(lower)) {
        q->range = ZP_QUAD_UP;
        q->bound = lower;
    } else if (isfinite(upper)) {
        q->range = ZP_QUAD_DOWN;
        q->bound = upper;
    } else {
        q->range = ZP_QUAD_BOTH;
    }
    q->a1 = q->from;
    q->b1 = q->to;
    if (abs_tol <= 0 && rel_tol < fmax(50 * DBL_EPSILON, 5e-29)) {
        q->status = 6;
        q->stage = 3;
    }
}

bool zp_quad_valid(zp_quad *q, int64_t limit)
{
    double most = (double)limit;

    if (!(q->limit == most && q->range >= 0 && q->range <= 3 && q->stage >= 0 && q->stage <= 3 &&
          q->status >= 0 && q->status <= 6 && q->count >= 0 && q->count <= most && q->ntable >= 0 &&
          q->ntable <= 49 && q->nres >= 0 && q->nres <= 1e9))
        return false;
    if (q->stage == 0 || q->stage == 3)
        return true;
    if (!(q->count >= 1 && q->count < most && q->maxerr >= 1 && q->maxerr <= q->count && q->nrmax >= 1 &&
          q->nrmax <= q->count))
        return false;
    for (int i = 1; i <= (int)q->count; i++)
        if (!(list(q, ORDER)[i] >= 0 && list(q, ORDER)[i] <= most))
            return false;
    return true;
}

/* The interval wanted now. */
static void wanted(const zp_quad *q, double *a, double *b)
{
    *a = q->stage == 2 ? q->a2 : q->a1;
    *b = q->stage == 2 ? q->b2 : q->b1;
}

int zp_quad_nodes(const zp_quad *q, double *x)
{
    int half = q->range == ZP_QUAD_FINITE ? 10 : 7;
    const double *at = half == 10 ? x21 : x15;
    double a, b, mid, len;

    if (q->stage == 3)
        return 0;
    wanted(q, &a, &b);
    mid = 0.5 * (a + b);
    len = 0.5 * (b - a);
    x[0] = mid;
    for (int j = 0; j < half; j++) {
        x[1 + 2 * j] = mid - len * at[j];
        x[2 + 2 * j] = mid + len * at[j];
    }
    if (half == 7)
        for (int j = 0; j < 15; j++)
            x[j] = q->bound + (q->range == ZP_QUAD_DOWN ? -1 : 1) * (1 - x[j]) / x[j];
    return 2 * half + 1;
}

/* One estimate: integral, error, integral of |f|, integral of |f - mean|. */
typedef struct estimate {
    double result, error, abs, asc;
} estimate;

/* `sums`: Kronrod and Gauss sums over the values f (middle first, then pairs from the ends inwards). */
static estimate finish_rule(const double *f, const double *weights, int half, double len, double kronrod,
                            double gauss, double abs)
{
    double mean = kronrod * 0.5, asc = weights[half] * fabs(f[0] - mean), size = fabs(len);
    estimate e;

    for (int j = 0; j < half; j++)
        asc += weights[j] * (fabs(f[1 + 2 * j] - mean) + fabs(f[2 + 2 * j] - mean));
    e.result = kronrod * len;
    e.abs = abs * size;
    e.asc = asc * size;
    e.error = fabs((kronrod - gauss) * len);
    if (e.asc != 0 && e.error != 0)
        e.error = e.asc * fmin(1, pow(e.error * 200 / e.asc, 1.5));
    if (e.abs > DBL_MIN / (DBL_EPSILON * 50))
        e.error = fmax(DBL_EPSILON * 50 * e.abs, e.error);
    return e;
}

static estimate rule21(const double *f, double len)
{
    double kronrod = k21[10] * f[0], gauss = 0, abs = fabs(kronrod);

    /* first the points of the Gauss rule, then the others */
    for (int pass = 1; pass >= 0; pass--)
        for (int j = pass; j < 10; j += 2) {
            double a = f[1 + 2 * j], b = f[2 + 2 * j];
            if (pass)
                gauss += g10[j / 2] * (a + b);
            kronrod += k21[j] * (a + b);
            abs += k21[j] * (fabs(a) + fabs(b));
        }
    return finish_rule(f, k21, 10, len, kronrod, gauss, abs);
}

/* Values of the transformed integrand on (a, b), a part of (0, 1]. */
static estimate rule15(const double *v, const double *mirrored, double a, double b)
{
    double mid = 0.5 * (a + b), len = 0.5 * (b - a), f[15], kronrod, gauss, abs;

    for (int j = 0; j < 15; j++) {
        double t = j == 0 ? mid : (j % 2 ? mid - len * x15[(j - 1) / 2] : mid + len * x15[(j - 1) / 2]);
        f[j] = (mirrored ? v[j] + mirrored[j] : v[j]) / t / t;
    }
    kronrod = k15[7] * f[0];
    gauss = g15[7] * f[0];
    abs = fabs(kronrod);
    for (int j = 0; j < 7; j++) {
        double sum = f[1 + 2 * j] + f[2 + 2 * j];
        gauss += g15[j] * sum;
        kronrod += k15[j] * sum;
        abs += k15[j] * (fabs(f[1 + 2 * j]) + fabs(f[2 + 2 * j]));
    }
    return finish_rule(f, k15, 7, len, kronrod, gauss, abs);
}

/* ---------------------------------------------------------------- order of intervals */

/* Keeps `order` sorted by falling error after interval maxerr was split and `last` added. */
static void sort_intervals(zp_quad *q, int last)
{
    double *err = list(q, ERR), *order = list(q, ORDER), errmax, errmin;
    int limit = (int)q->limit, maxerr = (int)q->maxerr, nrmax = (int)q->nrmax, top, i, k;

    if (last <= 2) {
        order[1] = 1;
        order[2] = 2;
    } else {
        errmax = err[maxerr];
        while (nrmax > 1 && errmax > err[(int)order[nrmax - 1]]) {
            order[nrmax] = order[nrmax - 1];
            nrmax--;
        }
        top = last > limit / 2 + 2 ? limit + 3 - last : last;
        errmin = err[last];
        for (i = nrmax + 1; i <= top - 1 && errmax < err[(int)order[i]]; i++)
            order[i - 1] = order[i];
        if (i > top - 1) {
            order[top - 1] = maxerr;
            order[top] = last;
        } else {
            order[i - 1] = maxerr;
            for (k = top - 1; k >= i && errmin >= err[(int)order[k]]; k--)
                order[k + 1] = order[k];
            order[k + 1] = last;
        }
    }
    q->nrmax = nrmax;
    q->maxerr = order[nrmax];
    q->errmax = err[(int)q->maxerr];
}

/* ---------------------------------------------------------------- epsilon algorithm */

/* Extrapolates the n sums in q->table; returns the new limit and an estimate of its error. */
static void extrapolate(zp_quad *q, double *result, double *abserr)
{
    double *e = q->table - 1;
    int n = (int)q->ntable, num = n, k1 = n, pairs = (n - 1) / 2, from;

    q->nres++;
    *abserr = DBL_MAX;
    *result = e[n];
    if (n < 3)
        goto done;
    e[n + 2] = e[n];
    e[n] = DBL_MAX;
    for (int i = 1; i <= pairs; i++) {
        double res = e[k1 + 2], e0 = e[k1 - 2], e1 = e[k1 - 1], e2 = res, e3, ss, error;
        double delta2 = e2 - e1, delta3 = e1 - e0, delta1;
        bool still2 = fabs(delta2) <= fmax(fabs(e2), fabs(e1)) * DBL_EPSILON;
        bool still3 = fabs(delta3) <= fmax(fabs(e1), fabs(e0)) * DBL_EPSILON;

        if (still2 && still3) { /* convergence */
            *result = res;
            *abserr = fabs(delta2) + fabs(delta3);
            goto done;
        }
        e3 = e[k1];
        e[k1] = e1;
        delta1 = e1 - e3;
        if (fabs(delta1) <= fmax(fabs(e1), fabs(e3)) * DBL_EPSILON || still2 || still3) {
            n = i + i - 1;
            break;
        }
        ss = 1 / delta1 + 1 / delta2 - 1 / delta3;
        if (fabs(ss * e1) <= 1e-4) { /* irregular behaviour: cut the table */
            n = i + i - 1;
            break;
        }
        res = e1 + 1 / ss;
        e[k1] = res;
        k1 -= 2;
        error = fabs(delta2) + fabs(res - e2) + fabs(delta3);
        if (error <= *abserr) {
            *abserr = error;
            *result = res;
        }
    }
    if (n == 50)
        n = 49;
    from = num % 2 == 0 ? 2 : 1;
    for (int i = 0; i <= pairs; i++, from += 2)
        e[from] = e[from + 2];
    for (int i = 1; num != n && i <= n; i++)
        e[i] = e[num - n + i];
    q->ntable = n;
    if (q->nres < 4) {
        q->last3[(int)q->nres - 1] = *result;
        *abserr = DBL_MAX;
    } else {
        *abserr = fabs(*result - q->last3[2]) + fabs(*result - q->last3[1]) + fabs(*result - q->last3[0]);
        memmove(q->last3, q->last3 + 1, 2 * sizeof(double));
        q->last3[2] = *result;
    }
done:
    *abserr = fmax(*abserr, 5 * DBL_EPSILON * fabs(*result));
}

/* ---------------------------------------------------------------- the loop */

static void finish(zp_quad *q, double result, double error)
{
    q->result = result;
    q->error = error;
    if (q->status > 2)
        q->status--;
    q->stage = 3;
}

static void finish_sum(zp_quad *q)
{
    double s = 0;

    for (int i = 1; i <= (int)q->count; i++)
        s += list(q, AREA)[i];
    finish(q, s, q->errsum);
}

/* Chooses between the extrapolated value and the plain sum. */
static void finish_loop(zp_quad *q)
{
    double r = q->result, ratio;

    if (q->error == DBL_MAX) {
        finish_sum(q);
        return;
    }
    if (q->status + q->ierro != 0) {
        if (q->ierro == 3)
            q->error += q->correction;
        if (q->status == 0)
            q->status = 3;
        if (r != 0 && q->area != 0 ? q->error / fabs(r) > q->errsum / fabs(q->area) : q->error > q->errsum) {
            finish_sum(q);
            return;
        }
        if (q->area == 0) {
            finish(q, r, q->error);
            return;
        }
    }
    ratio = r / q->area;
    if (!(q->sign == -1 && fmax(fabs(r), fabs(q->area)) <= q->defabs * 0.01) &&
        (ratio < 0.01 || ratio > 100 || q->errsum > fabs(q->area)))
        q->status = 6;
    finish(q, r, q->error);
}

/* Prepares the next bisection: of the interval with the largest error. */
static void next_interval(zp_quad *q)
{
    int m = (int)q->maxerr;

    q->a1 = list(q, LEFT)[m];
    q->b2 = list(q, RIGHT)[m];
    q->b1 = q->a2 = 0.5 * (q->a1 + q->b2);
    q->erlast = q->errmax;
    q->stage = 1;
}

static void first_rule(zp_quad *q, const estimate *e)
{
    double bound = fmax(q->abs_tol, q->rel_tol * fabs(e->result));

    q->count = 1;
    list(q, LEFT)[1] = q->from;
    list(q, RIGHT)[1] = q->to;
    list(q, AREA)[1] = e->result;
    list(q, ERR)[1] = e->error;
    list(q, ORDER)[1] = 1;
    if (e->error <= 100 * DBL_EPSILON * e->abs && e->error > bound)
        q->status = 2;
    if (q->limit == 1)
        q->status = 1;
    if (q->status != 0 || (e->error <= bound && e->error != e->asc) || e->error == 0) {
        q->result = e->result;
        q->error = e->error;
        q->stage = 3;
        return;
    }
    q->table[0] = q->area = e->result;
    q->errmax = q->errsum = e->error;
    q->result = e->result;
    q->error = DBL_MAX;
    q->maxerr = q->nrmax = 1;
    q->ntable = 2;
    q->defabs = e->abs;
    q->errbound = bound;
    q->sign = fabs(e->result) >= (1 - 50 * DBL_EPSILON) * e->abs ? 1 : -1;
    next_interval(q);
}

/* Replaces interval maxerr by its halves. */
static void split(zp_quad *q, const estimate *right, double errors)
{
    double area12 = q->area1 + right->result;
    int m = (int)q->maxerr, last = (int)++q->count;
    bool swap = right->error > q->error1;

    q->errsum += errors - q->errmax;
    q->area += area12 - list(q, AREA)[m];
    if (q->defab1 != q->error1 && right->asc != right->error) {
        if (fabs(list(q, AREA)[m] - area12) <= 1e-5 * fabs(area12) && errors >= 0.99 * q->errmax) {
            if (q->extrapolating != 0)
                q->roff2++;
            else
                q->roff1++;
        }
        if (last > 10 && errors > q->errmax)
            q->roff3++;
    }
    list(q, LEFT)[m] = swap ? q->a2 : q->a1;
    list(q, RIGHT)[m] = swap ? q->b2 : q->b1;
    list(q, AREA)[m] = swap ? right->result : q->area1;
    list(q, ERR)[m] = swap ? right->error : q->error1;
    list(q, LEFT)[last] = swap ? q->a1 : q->a2;
    list(q, RIGHT)[last] = swap ? q->b1 : q->b2;
    list(q, AREA)[last] = swap ? q->area1 : right->result;
    list(q, ERR)[last] = swap ? q->error1 : right->error;
}

/* Round-off, too many intervals, a point where the integrand misbehaves. */
static void look_for_trouble(zp_quad *q)
{
    q->errbound = fmax(q->abs_tol, q->rel_tol * fabs(q->area));
    if (q->roff1 + q->roff2 >= 10 || q->roff3 >= 20)
        q->status = 2;
    if (q->roff2 >= 5)
        q->ierro = 3;
    if (q->count == q->limit)
        q->status = 1;
    if (fmax(fabs(q->a1), fabs(q->b2)) <= (1 + 100 * DBL_EPSILON) * (fabs(q->a2) + 1000 * DBL_MIN))
        q->status = 4;
}

static double width(zp_quad *q)
{
    return fabs(list(q, RIGHT)[(int)q->maxerr] - list(q, LEFT)[(int)q->maxerr]);
}

/* While large intervals carry much of the error, they come first.  True: one was found. */
static bool large_first(zp_quad *q)
{
    int limit = (int)q->limit, last = (int)q->count, top = last > 2 + limit / 2 ? limit + 3 - last : last;

    if (q->ierro == 3 || q->erlarge <= q->ertest)
        return false;
    for (int k = (int)q->nrmax; k <= top; k++) {
        q->maxerr = list(q, ORDER)[(int)q->nrmax];
        q->errmax = list(q, ERR)[(int)q->maxerr];
        if (width(q) > q->small)
            return true;
        q->nrmax++;
    }
    return false;
}

/* One extrapolation.  True: the loop is to end. */
static bool extrapolate_step(zp_quad *q)
{
    double value, error;

    q->ntable++;
    q->table[(int)q->ntable - 1] = q->area;
    extrapolate(q, &value, &error);
    q->ktmin++;
    if (q->ktmin > 5 && q->error < 1e-3 * q->errsum)
        q->status = 5;
    if (error < q->error) {
        q->ktmin = 0;
        q->error = error;
        q->result = value;
        q->correction = q->erlarge;
        q->ertest = fmax(q->abs_tol, q->rel_tol * fabs(value));
        if (q->error <= q->ertest)
            return true;
    }
    if (q->ntable == 1)
        q->no_extrapolation = 1;
    if (q->status == 5)
        return true;
    q->maxerr = list(q, ORDER)[1];
    q->errmax = list(q, ERR)[(int)q->maxerr];
    q->nrmax = 1;
    q->extrapolating = 0;
    q->small *= 0.5;
    q->erlarge = q->errsum;
    return false;
}

/* Both halves are known. */
static void bisected(zp_quad *q, const estimate *right)
{
    double errors = q->error1 + right->error;

    split(q, right, errors);
    look_for_trouble(q);
    sort_intervals(q, (int)q->count);
    if (q->errsum <= q->errbound) {
        finish_sum(q);
        return;
    }
    if (q->status != 0) {
        finish_loop(q);
        return;
    }
    if (q->count == 2) {
        q->small = q->range == ZP_QUAD_FINITE ? fabs(q->to - q->from) * 0.375 : 0.375;
        q->erlarge = q->errsum;
        q->ertest = q->errbound;
        q->table[1] = q->area;
    } else if (q->no_extrapolation == 0) {
        q->erlarge -= q->erlast;
        if (fabs(q->b1 - q->a1) > q->small)
            q->erlarge += errors;
        if (q->extrapolating == 0 && width(q) <= q->small) {
            q->extrapolating = 1;
            q->nrmax = 2;
        }
        if (q->extrapolating != 0 && !large_first(q) && extrapolate_step(q)) {
            finish_loop(q);
            return;
        }
    }
    next_interval(q);
}

void zp_quad_take(zp_quad *q, const double *v, const double *mirrored)
{
    double a, b;
    estimate e;

    wanted(q, &a, &b);
    e = q->range == ZP_QUAD_FINITE ? rule21(v, 0.5 * (b - a)) : rule15(v, mirrored, a, b);
    if (q->stage == 0) {
        first_rule(q, &e);
    } else if (q->stage == 1) {
        q->area1 = e.result;
        q->error1 = e.error;
        q->defab1 = e.asc;
        q->stage = 2;
    } else {
        bisected(q, &e);
    }
}
