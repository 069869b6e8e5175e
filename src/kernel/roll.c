/* Rolling sums, variances and covariances.
 *
 * A running sum takes the new value in and the old one out.  Two things could go wrong, and do not:
 *  - rounding adds up: the sum has 106 bits, and the column is cut into pieces of a few windows, each of which
 *    begins with a sum taken directly (so pieces run on several threads, too);
 *  - a variance is a small difference of large numbers: values are taken relative to one near the mean, and the
 *    difference is formed in 106 bits.
 * Values that are not finite are counted, not summed; a window that holds one is judged by the counts. */
#include "kernel/roll.h"

#include <math.h>
#include <stddef.h>

#include "base/base.h"
#include "kernel/dd.h"
#include "kernel/kernel.h"

enum { PIECE = 16384, PIECES = 32 };

static int64_t start_of(const zp_window *w, int64_t r)
{
    if (w->start)
        return w->start[r];
    return r >= w->rows ? r - w->rows + 1 : 0;
}

/* Rows per piece: depends on the input alone, so that threads do not change results. */
static int64_t piece_rows(int64_t n, const zp_window *w)
{
    int64_t rows = w->start ? n / PIECES : 2 * w->rows;
    return rows > PIECE ? rows : PIECE;
}

/* ---------------------------------------------------------------- sums */

/* A sum that has become this much smaller than it was is taken anew: what a large value left behind could show. */
static const double fallen = 1e-12;

typedef struct run {
    zp_dd sum;
    int64_t valid, up, down; /* values, infinities among them */
    double peak;             /* the largest sum since it was taken directly */
    int64_t credit;
    double last; /* the latest value, and how often it came in a row */
    int64_t same;
} run;

static void run_add(run *s, double v)
{
    if (isnan(v))
        return;
    s->valid++;
    s->same = v == s->last ? s->same + 1 : 1;
    s->last = v;
    if (isinf(v))
        *(v > 0 ? &s->up : &s->down) += 1;
    else
        s->sum = zp_dd_add(s->sum, (zp_dd){ v, 0 });
    s->peak = fabs(s->sum.hi) > s->peak ? fabs(s->sum.hi) : s->peak;
}

/* Takes the sum of rows [from, to] anew when it has fallen far. */
static void run_renew(run *s, const double *x, int64_t from, int64_t to)
{
    s->credit += 2;
    if (fabs(s->sum.hi) >= s->peak * fallen || s->credit < to - from + 1)
        return;
    s->sum = (zp_dd){ 0, 0 };
    for (int64_t i = from; i <= to; i++)
        if (isfinite(x[i]))
            s->sum = zp_dd_add(s->sum, (zp_dd){ x[i], 0 });
    s->peak = fabs(s->sum.hi);
    s->credit -= to - from + 1;
}

static void run_remove(run *s, double v)
{
    if (isnan(v))
        return;
    s->valid--;
    if (isinf(v))
        *(v > 0 ? &s->up : &s->down) -= 1;
    else
        s->sum = zp_dd_add(s->sum, (zp_dd){ -v, 0 });
}

static double run_value(const run *s, int64_t nvalid, bool mean)
{
    double v = s->sum.hi + s->sum.lo;
    if (s->valid < nvalid)
        return NAN;
    if (s->up || s->down)
        return s->up && s->down ? NAN : s->up ? INFINITY : -INFINITY;
    if (s->same >= s->valid)
        return mean ? s->last : s->last * (double)s->valid;
    return mean ? v / (double)s->valid : v;
}

/* A full window over values that are finite: what the sum needs to go on. */
typedef struct full {
    const double *x;
    double *out;
    int64_t rows;
    bool mean;
    zp_rolling sum;
    int64_t same, credit; /* sums taken anew cost credit, which a row earns, so that the whole stays linear */
} full;

/* Row by row, with sums taken anew.  A window of equal values needs no sum. */
static void full_slow(full *f, int64_t from, int64_t to)
{
    zp_rolling *s = &f->sum;
    const double *x = f->x;

    for (int64_t r = from; r < to; r++) {
        zp_dd d = zp_two_sum(x[r], -x[r - f->rows]), h = zp_two_sum(s->hi, d.hi);
        double level = fabs(h.hi);

        s->hi = h.hi;
        s->lo += h.lo + d.lo;
        s->peak = level > s->peak ? level : s->peak;
        f->same = x[r] == x[r - 1] ? f->same + 1 : 1;
        f->credit++;
        if (level < s->peak * fallen && f->credit > f->rows) {
            h = zp_k_sum_dd(x + r - f->rows + 1, f->rows, false, NULL);
            *s = (zp_rolling){ h.hi, h.lo, fabs(h.hi) };
            f->credit -= f->rows;
        }
        if (f->same >= f->rows)
            f->out[r] = f->mean ? x[r] : x[r] * (double)f->rows;
        else
            f->out[r] = (s->hi + s->lo) / (f->mean ? (double)f->rows : 1);
    }
}

/* Puts right what a sum says of windows of equal values, and counts these. */
static void full_equal(full *f, int64_t from, int64_t to)
{
    const double *x = f->x;

    if (f->same + (to - from) < f->rows) { /* no window is full of them before the end */
        int64_t k = to - 1;

        while (k >= from && x[k] == x[k - 1])
            k--;
        f->same = k < from ? f->same + (to - from) : to - k;
        return;
    }
    for (int64_t r = from; r < to; r++) {
        f->same = x[r] == x[r - 1] ? f->same + 1 : 1;
        if (f->same >= f->rows)
            f->out[r] = f->mean ? x[r] : x[r] * (double)f->rows;
    }
}

/* Four stretches of equal length side by side, each from a sum of its own: their chains do not wait for each other.
 * False: there are values or sums that are not finite; `out` is to be computed otherwise. */
static bool sum_fast(double *out, const double *x, int64_t from, int64_t to, int64_t rows, bool mean)
{
    full f[ZP_ROLL_SIDE];
    zp_rolling s[ZP_ROLL_SIDE];
    int64_t len = (to - from) / ZP_ROLL_SIDE;

    for (int k = 0; k < ZP_ROLL_SIDE; k++) {
        int64_t begin = from + k * len;
        zp_dd d = zp_k_sum_dd(x + begin - rows, rows, false, NULL);

        if (!isfinite(d.hi) || !isfinite(d.lo))
            return false;
        f[k] = (full){ x, out, rows, mean, { d.hi, d.lo, fabs(d.hi) }, 1, 4 * rows };
        for (int64_t r = begin - 1; r >= begin - rows + 1 && x[r] == x[r - 1]; r--)
            f[k].same++;
    }
    for (int64_t at = from; at < from + len; at += ZP_ROLL_CHUNK) {
        int64_t many = at + ZP_ROLL_CHUNK < from + len ? ZP_ROLL_CHUNK : from + len - at;
        int done;

        for (int k = 0; k < ZP_ROLL_SIDE; k++)
            s[k] = f[k].sum;
        done = zp_kernels_get()->roll_chunk(out + at, x + at, len, many, rows, mean ? (double)rows : 1,
                                            fallen, s);
        if (done < 0)
            return false;
        for (int k = 0; k < ZP_ROLL_SIDE; k++) {
            int64_t begin = at + k * len;

            if (done >> k & 1) {
                f[k].sum = s[k];
                f[k].credit += many;
                full_equal(&f[k], begin, begin + many);
            } else {
                full_slow(&f[k], begin, begin + many);
            }
        }
    }
    full_slow(&f[ZP_ROLL_SIDE - 1], from + ZP_ROLL_SIDE * len, to);
    return isfinite(f[ZP_ROLL_SIDE - 1].sum.hi);
}

static void sum_piece(double *out, const double *x, int64_t from, int64_t to, const zp_window *w, bool mean)
{
    run s = { .last = NAN, .credit = 4 * (from - start_of(w, from) + 1) };
    int64_t at = start_of(w, from);

    if (!w->start && from >= w->rows && sum_fast(out, x, from, to, w->rows, mean))
        return;
    for (int64_t r = at; r < from; r++)
        run_add(&s, x[r]);
    for (int64_t r = from; r < to; r++) {
        run_add(&s, x[r]);
        for (int64_t first = start_of(w, r); at < first; at++)
            run_remove(&s, x[at]);
        run_renew(&s, x, at, r);
        out[r] = run_value(&s, w->nvalid, mean);
    }
}

typedef struct pieces {
    double *out;
    const double *x, *y;
    int64_t n, head, rows;
    const zp_window *w;
    zp_roll what;
} pieces;

static void sum_task(void *arg, int64_t p)
{
    const pieces *s = arg;
    int64_t from = s->head + p * s->rows;

    sum_piece(s->out, s->x, from, from + s->rows < s->n ? from + s->rows : s->n, s->w,
              s->what == ZP_ROLL_MEAN);
}

void zp_k_roll_sum(double *out, const double *x, int64_t n, const zp_window *w, bool mean)
{
    int64_t rows = ZP_ROLL_SIDE * piece_rows(n, w);
    int64_t head = w->start || w->rows >= n ? 0 : w->rows; /* the rows before the window is full */

    if (head)
        sum_piece(out, x, 0, head, w, mean);
    zp_parallel_tasks((n - head + rows - 1) / rows, sum_task,
                      &(pieces){ out, x, NULL, n, head, rows, w, mean ? ZP_ROLL_MEAN : ZP_ROLL_SUM });
}

/* ---------------------------------------------------------------- moments */

/* Sums of values relative to (kx, ky), of their squares and products. */
typedef struct moments {
    double kx, ky;
    zp_dd x, y, xx, yy, xy;
    int64_t valid, infinite;
    double last_x, last_y;
    int64_t same_x, same_y; /* values up to now that are equal: a window of them has no variance at all */
    double peak_x, peak_y;  /* the largest sums of squares since they were taken directly */
    int64_t credit;
} moments;

static void accumulate(zp_dd *s, zp_dd v, bool remove)
{
    *s = zp_dd_add(*s, remove ? zp_dd_neg(v) : v);
}

static void moments_step(moments *m, double x, double y, zp_roll what, bool remove)
{
    zp_dd dx, dy;

    if (isnan(x) || isnan(y))
        return;
    m->valid += remove ? -1 : 1;
    if (isinf(x) || isinf(y)) {
        m->infinite += remove ? -1 : 1;
        return;
    }
    if (!remove) {
        m->same_x = x == m->last_x ? m->same_x + 1 : 1;
        m->same_y = y == m->last_y ? m->same_y + 1 : 1;
        m->last_x = x;
        m->last_y = y;
    }
    dx = zp_two_sum(x, -m->kx);
    accumulate(&m->x, dx, remove);
    accumulate(&m->xx, zp_dd_mul(dx, dx), remove);
    m->peak_x = m->xx.hi > m->peak_x ? m->xx.hi : m->peak_x;
    if (what == ZP_ROLL_VAR)
        return;
    dy = zp_two_sum(y, -m->ky);
    accumulate(&m->y, dy, remove);
    accumulate(&m->xy, zp_dd_mul(dx, dy), remove);
    accumulate(&m->yy, zp_dd_mul(dy, dy), remove);
    m->peak_y = m->yy.hi > m->peak_y ? m->yy.hi : m->peak_y;
}

/* Sum of products of deviations: s_ab - s_a * s_b / n. */
static double deviations(zp_dd ab, zp_dd a, zp_dd b, int64_t n)
{
    zp_dd d = zp_dd_add(ab, zp_dd_neg(zp_dd_div(zp_dd_mul(a, b), (double)n)));
    return d.hi + d.lo;
}

/* The sums overflowed: the window by itself, in a wider range. */
static double direct(const double *x, const double *y, int64_t from, int64_t to, zp_roll what)
{
    long double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    int64_t n = 0;

    for (int64_t r = from; r <= to; r++)
        if (!isnan(x[r]) && !isnan(y[r])) {
            mx += x[r];
            my += y[r];
            n++;
        }
    mx /= n;
    my /= n;
    for (int64_t r = from; r <= to; r++)
        if (!isnan(x[r]) && !isnan(y[r])) {
            xx += (x[r] - mx) * (x[r] - mx);
            yy += (y[r] - my) * (y[r] - my);
            xy += (x[r] - mx) * (y[r] - my);
        }
    if (what == ZP_ROLL_COR)
        return (double)(xy / (sqrtl(xx) * sqrtl(yy)));
    return (double)(what == ZP_ROLL_VAR ? xx / (n - 1) : xy / (n - 1));
}

static double moments_value(const moments *m, const double *x, const double *y, int64_t from, int64_t to,
                            const zp_window *w, zp_roll what)
{
    double v, xx, yy;

    if (m->valid < w->nvalid || m->valid < 2 || m->infinite)
        return NAN;
    if (m->same_x >= m->valid || m->same_y >= m->valid)
        return what == ZP_ROLL_COR ? (double)NAN : 0;
    if (what == ZP_ROLL_VAR) {
        v = deviations(m->xx, m->x, m->x, m->valid) / (double)(m->valid - 1);
        if (v < 0)
            v = 0;
    } else {
        v = deviations(m->xy, m->x, m->y, m->valid) / (double)(m->valid - 1);
    }
    if (what == ZP_ROLL_COR) {
        xx = deviations(m->xx, m->x, m->x, m->valid) / (double)(m->valid - 1);
        yy = deviations(m->yy, m->y, m->y, m->valid) / (double)(m->valid - 1);
        if (xx <= 0 || yy <= 0)
            return NAN;
        v /= sqrt(xx) * sqrt(yy);
        v = v > 1 ? 1 : v < -1 ? -1 : v;
    }
    return isfinite(v) ? v : direct(x, y, from, to, what);
}

/* A value near those of the window before the piece and of its first rows. */
static double centre(const double *x, int64_t from, int64_t to)
{
    double sum = 0;
    int64_t n = 0;

    for (int64_t r = from; r < to && n < 256; r++)
        if (isfinite(x[r])) {
            sum += x[r] / 256;
            n++;
        }
    return n ? sum / (double)n * 256 : 0;
}

/* Is so little left of the largest sum of squares that its rounding would show? */
static bool faded(zp_dd xx, zp_dd x, double peak, int64_t n)
{
    double d = xx.hi - x.hi * x.hi / (double)n; /* good enough unless it cancels: then look closer */
    return d < xx.hi * 1e-10 ? deviations(xx, x, x, n) < peak * 1e-17 : d < peak * 1e-17;
}

static void moments_renew(moments *m, const double *x, const double *y, int64_t from, int64_t to,
                          zp_roll what)
{
    moments fresh = { .last_x = NAN, .last_y = NAN };

    m->credit += 2;
    if (m->valid < 2 || m->credit < to - from + 1 ||
        !(faded(m->xx, m->x, m->peak_x, m->valid) ||
          (what != ZP_ROLL_VAR && faded(m->yy, m->y, m->peak_y, m->valid))))
        return;
    fresh.kx = centre(x, from, to + 1);
    fresh.ky = centre(y, from, to + 1);
    for (int64_t r = from; r <= to; r++)
        moments_step(&fresh, x[r], y[r], what, false);
    fresh.same_x = m->same_x;
    fresh.same_y = m->same_y;
    fresh.credit = m->credit - (to - from + 1);
    *m = fresh;
}

static void moments_piece(double *out, const double *x, const double *y, int64_t from, int64_t to,
                          const zp_window *w, zp_roll what)
{
    int64_t at = start_of(w, from);
    moments m = { .kx = centre(x, at, to),
                  .ky = centre(y, at, to),
                  .last_x = NAN,
                  .last_y = NAN,
                  .credit = 4 * (from - at + 1) };

    for (int64_t r = at; r < from; r++)
        moments_step(&m, x[r], y[r], what, false);
    for (int64_t r = from; r < to; r++) {
        moments_step(&m, x[r], y[r], what, false);
        for (int64_t first = start_of(w, r); at < first; at++)
            moments_step(&m, x[at], y[at], what, true);
        moments_renew(&m, x, y, at, r, what);
        out[r] = moments_value(&m, x, y, at, r, w, what);
    }
}

static void moments_task(void *arg, int64_t p)
{
    const pieces *s = arg;
    int64_t from = p * s->rows;

    moments_piece(s->out, s->x, s->y, from, from + s->rows < s->n ? from + s->rows : s->n, s->w, s->what);
}

static void moments_all(double *out, const double *x, const double *y, int64_t n, const zp_window *w,
                        zp_roll what)
{
    int64_t rows = piece_rows(n, w);

    zp_parallel_tasks((n + rows - 1) / rows, moments_task, &(pieces){ out, x, y, n, 0, rows, w, what });
}

void zp_k_roll_var(double *out, const double *x, int64_t n, const zp_window *w, bool sd)
{
    moments_all(out, x, x, n, w, ZP_ROLL_VAR);
    for (int64_t i = 0; sd && i < n; i++)
        out[i] = sqrt(out[i]);
}

void zp_k_roll_cov(double *out, const double *x, const double *y, int64_t n, const zp_window *w, bool cor)
{
    moments_all(out, x, y, n, w, cor ? ZP_ROLL_COR : ZP_ROLL_COV);
}

void zp_k_ewma(double *out, const double *x, int64_t n, double alpha)
{
    double mean = NAN;
    for (int64_t i = 0; i < n; i++) {
        double v = x[i];
        if (!isnan(v))
            mean = isnan(mean) ? v : alpha * v + (1 - alpha) * mean;
        out[i] = isnan(v) ? NAN : mean;
    }
}
