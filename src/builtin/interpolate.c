/* approx, spline and the functions they make.
 *
 * The points are prepared once (sorted, incomplete ones left out, equal x replaced by their mean): .points gives
 * list(x, y), .spline.fit adds the coefficients.  approxfun and splinefun return functions that hold such a list. */
#include "builtin/tables.h"
#include "kernel/interpolate.h"
#include "lang/lang.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct point {
    double x, y;
    int64_t at; /* keeps the sort stable */
} point;

static int by_x(const void *a, const void *b)
{
    const point *p = a, *q = b;

    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->at > q->at) - (p->at < q->at);
}

/* Complete points, sorted, equal x merged; returns how many. */
static int64_t tidy(point *p, int64_t n, bool merge)
{
    int64_t kept = 0, out = 0;

    for (int64_t i = 0; i < n; i++)
        if (!isnan(p[i].x) && !isnan(p[i].y))
            p[kept++] = p[i];
    qsort(p, (size_t)kept, sizeof *p, by_x);
    for (int64_t i = 0; i < kept;) {
        int64_t j = i;
        double sum = 0;
        do
            sum += p[j++].y;
        while (merge && j < kept && p[j].x == p[i].x);
        p[out].x = p[i].x;
        p[out++].y = j - i == 1 ? p[i].y : sum / (double)(j - i);
        i = j;
    }
    return out;
}

static bool add_column(zp_value *list, const char *name, const point *p, int64_t n, bool y, zp_error *err)
{
    zp_value v = zp_vec(ZP_DBL, n, err);

    if (zp_bad(v))
        return false;
    for (int64_t i = 0; i < n; i++)
        ((double *)v.u.arr->data)[i] = y ? p[i].y : p[i].x;
    zp_value_unbox(&v);
    return zp_list_add(list, name, v, err);
}

/* The coordinates: x and y, y alone, or a list with both. */
static bool coordinates(zp_call *c, zp_value *x, zp_value *y)
{
    *x = c->argv[0];
    *y = c->argv[1];
    if (x->type == ZP_LIST) {
        int64_t ix = zp_list_find(*x, "x", 1), iy = zp_list_find(*x, "y", 1);
        if (ix < 0 || iy < 0)
            return zp_fail(c->err, "'x' is a list, but does not have components 'x' and 'y'");
        *y = zp_list_at(*x, iy);
        *x = zp_list_at(*x, ix);
    } else if (y->type == ZP_MISSING || y->type == ZP_NIL) {
        *y = *x;
        *x = zp_nil();
    }
    if ((x->type != ZP_DBL && x->type != ZP_NIL) || y->type != ZP_DBL || !zp_is_dense(*y) ||
        (x->type == ZP_DBL && !zp_is_dense(*x)))
        return zp_fail(c->err, "'x' and 'y' must be numeric");
    if (x->type == ZP_DBL && zp_len(*x) != zp_len(*y))
        return zp_fail(c->err, "'x' and 'y' lengths differ");
    return true;
}

/* .points(x, y, least, merge): list(x, y), ready to interpolate; without `merge` equal x stay. */
static zp_status bi_points(zp_call *c)
{
    zp_value x, y;
    int64_t n, least;
    bool merge;
    point *p;

    if (!zp_arg_count(c, 2, &least) || !zp_arg_lgl(c, 3, &merge) || !coordinates(c, &x, &y))
        return ZP_FAILED;
    n = zp_len(y);
    p = zp_alloc((size_t)(n ? n : 1) * sizeof *p, c->err);
    if (!p)
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        p[i] = (point){ x.type == ZP_DBL ? zp_dbls(&x)[i] : (double)(i + 1), zp_dbls(&y)[i], i };
    n = tidy(p, n, merge);
    if (n < least) {
        zp_free(p);
        return zp_fail_call(c, least > 1 ? "need at least two non-NA values to interpolate"
                                         : "zero non-NA points");
    }
    c->out = zp_list_new(0, c->err);
    if (!zp_bad(c->out) &&
        !(add_column(&c->out, "x", p, n, false, c->err) && add_column(&c->out, "y", p, n, true, c->err)))
        zp_value_clear(&c->out);
    zp_free(p);
    return zp_done(!zp_bad(c->out));
}

/* Element i of a list made here as n doubles, or NULL. */
static const double *column(const zp_value *list, int64_t i, int64_t n)
{
    const zp_value *v = &list->u.list->items[i];

    return v->type == ZP_DBL && zp_is_dense(*v) && zp_len(*v) == n ? zp_dbls(v) : NULL;
}

/* Does `v` hold prepared points (and with `count` 5 coefficients)? */
static bool prepared(zp_value v, int64_t count, int64_t *n)
{
    if (v.type != ZP_LIST || zp_len(v) < count)
        return false;
    *n = zp_len(zp_list_at(v, 0));
    for (int64_t i = 0; i < count; i++)
        if (*n == 0 || !column(&v, i, *n))
            return false;
    return true;
}

/* The extremes that `rule` (one or two numbers) allows outside the points. */
static bool rule_arg(zp_call *c, int k, const double *y, int64_t n, double *left, double *right)
{
    zp_value v = c->argv[k];
    const double *rule = zp_dbls(&v);

    if (v.type != ZP_DBL || zp_len(v) < 1 || zp_len(v) > 2)
        return zp_fail(c->err, "invalid length(rule)");
    *left = rule[0] == 1 ? NAN : y[0];
    *right = rule[zp_len(v) - 1] == 1 ? NAN : y[n - 1];
    return true;
}

/* Is the text a beginning of the word? */
static bool begins(const zp_str *text, const char *word)
{
    return text->len > 0 && strncmp(text->text, word, text->len) == 0;
}

/* A number given for what is outside, in the place of what `rule` says. */
static bool end_arg(zp_call *c, int k, double *end)
{
    return c->argv[k].type == ZP_NIL || zp_arg_dbl(c, k, end);
}

/* .approx.at(points, v, method, rule, yleft, yright, f) */
static zp_status bi_approx_at(zp_call *c)
{
    zp_value p = c->argv[0], v = c->argv[1];
    zp_str *method;
    double left = NAN, right = NAN, step = 0;
    const double *x, *y, *at;
    int64_t n;
    bool steps;

    if (!zp_arg_str(c, 2, &method))
        return ZP_FAILED;
    if (!prepared(p, 2, &n) || v.type != ZP_DBL)
        return zp_fail_call(c, "approx: invalid points");
    x = column(&p, 0, n);
    y = column(&p, 1, n);
    steps = begins(method, "constant");
    if (!steps && !begins(method, "linear"))
        return zp_fail_call(c, "invalid interpolation method");
    if (!rule_arg(c, 3, y, n, &left, &right) || !end_arg(c, 4, &left) || !end_arg(c, 5, &right) ||
        !zp_arg_dbl(c, 6, &step))
        return ZP_FAILED;
    if (steps && !(step >= 0 && step <= 1))
        return zp_fail_call(c, "approx: 'f' must be between 0 and 1");
    c->out = zp_vec(ZP_DBL, zp_len(v), c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    at = zp_dbls(&v);
    for (int64_t i = 0; i < zp_len(v); i++)
        ((double *)c->out.u.arr->data)[i] = zp_approx_at(x, y, n, at[i], steps ? step : -1, left, right);
    zp_value_unbox(&c->out);
    return ZP_OK;
}

static bool spline_kind(zp_call *c, int k, zp_spline_kind *kind)
{
    static const char *const names[] = { "fmm", "natural", "periodic" };
    zp_str *s;

    if (!zp_arg_str(c, k, &s))
        return false;
    for (int i = 0; i < 3; i++)
        if (begins(s, names[i])) {
            *kind = (zp_spline_kind)i;
            return true;
        }
    return zp_fail(c->err, "invalid interpolation method");
}

/* .spline.fit(points, method): the points and their coefficients. */
static zp_status bi_spline_fit(zp_call *c)
{
    zp_value p = c->argv[0], coef[3] = { zp_nil(), zp_nil(), zp_nil() };
    static const char *const names[] = { "b", "c", "d" };
    zp_spline s;
    double *work = NULL;
    bool ok;

    if (!spline_kind(c, 1, &s.kind))
        return ZP_FAILED;
    if (!prepared(p, 2, &s.n))
        return zp_fail_call(c, "spline: invalid points");
    s.x = column(&p, 0, s.n);
    s.y = column(&p, 1, s.n);
    work = zp_alloc((size_t)s.n * 4 * sizeof *work, c->err);
    ok = work != NULL;
    for (int i = 0; ok && i < 3; i++) {
        coef[i] = zp_vec_zero(ZP_DBL, s.n, c->err);
        ok = !zp_bad(coef[i]);
    }
    if (ok) {
        s.b = coef[0].u.arr->data;
        s.c = coef[1].u.arr->data;
        s.d = coef[2].u.arr->data;
        zp_spline_fit(&s, work);
        c->out = zp_value_ref(p);
        ok = zp_value_own(&c->out, c->err);
    }
    zp_free(work);
    for (int i = 0; i < 3; i++)
        if (ok)
            ok = zp_list_add(&c->out, names[i], zp_value_move(&coef[i]), c->err);
        else
            zp_value_unref(coef[i]);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* .spline.at(fit, v, method, deriv) */
static zp_status bi_spline_at(zp_call *c)
{
    zp_value p = c->argv[0], v = c->argv[1];
    zp_spline s;
    int64_t deriv;
    const double *at;

    if (!spline_kind(c, 2, &s.kind) || !zp_arg_int(c, 3, &deriv))
        return ZP_FAILED;
    if (deriv < 0 || deriv > 3)
        return zp_fail_call(c, "'deriv' must be between 0 and 3");
    if (!prepared(p, 5, &s.n) || v.type != ZP_DBL)
        return zp_fail_call(c, "spline: invalid points");
    s.x = column(&p, 0, s.n);
    s.y = column(&p, 1, s.n);
    s.b = (double *)column(&p, 2, s.n);
    s.c = (double *)column(&p, 3, s.n);
    s.d = (double *)column(&p, 4, s.n);
    c->out = zp_vec(ZP_DBL, zp_len(v), c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    at = zp_dbls(&v);
    for (int64_t i = 0; i < zp_len(v); i++)
        ((double *)c->out.u.arr->data)[i] = zp_spline_at(&s, at[i], (int)deriv);
    zp_value_unbox(&c->out);
    return ZP_OK;
}

#define CLOSE_RING \
    "  if (startsWith(\"periodic\", method)) p$y[length(p$y)] <- p$y[1]\n" /* R uses the first value for both ends */

#define HIDDEN(name, formals, run, help)                     \
    {                                                        \
        name, formals, "", ZP_BI_HIDDEN, run, help, "", NULL \
    }

const zp_builtin zp_builtins_interpolate[] = {
    { "approx",
      "x, y, [xout], method = \"linear\", n = 50, yleft = NULL, yright = NULL, rule = 1, f = 0, ties = mean",
      "yleft=D0 yright=D0 f=D", 0, NULL,
      "Interpolates between points: list(x, y) at xout, or at n equally spaced places. method: \"linear\", or "
      "\"constant\" for the value of the point to the left (`f`: so much of the one to the right). Outside the points rule = 1 "
      "gives NaN, rule = 2 the value of the nearest end, unless yleft and yright say which. Points of equal x are replaced by "
      "what `ties` makes of their y; \"ordered\" leaves them.",
      "approx(1:3, c(1, 4, 9), xout = 2.5)$y",
      "{ p <- .tied(x, if (missing(y)) NULL else y, ties, method)\n"
      "  if (missing(xout)) {\n"
      "    if (n <= 0) stop(\"'approx' requires n >= 1\")\n"
      "    at <- seq(p$x[1], p$x[length(p$x)], length.out = n)\n"
      "  } else at <- xout\n"
      "  list(x = at, y = .approx.at(p, at, method, rule, yleft, yright, f)) }" },
    { "approxfun", "x, y, method = \"linear\", yleft = NULL, yright = NULL, rule = 1, f = 0, ties = mean",
      "yleft=D0 yright=D0 f=D", 0, NULL, "A function that interpolates between points as approx does.",
      "approxfun(1:3, c(1, 4, 9))(2.5)",
      "{ p <- .tied(x, if (missing(y)) NULL else y, ties, method)\n"
      "  function(v) .approx.at(p, v, method, rule, yleft, yright, f) }" },
    { ".tied", "x, y, ties, method", "", ZP_BI_HIDDEN, NULL, "The points of approx.", "",
      "{ if (identical(ties, \"ordered\")) p <- .points(x, y, 1, FALSE)\n"
      "  else if (missing(ties) || identical(ties, \"mean\") || identical(ties, mean)) p <- .points(x, y, 1)\n"
      "  else {\n"
      "    p <- .points(x, y, 1, FALSE); at <- unique(p$x)\n"
      "    if (length(at) < length(p$x)) {\n"
      "      ties <- match.fun(ties); g <- match(p$x, at); v <- p$y\n"
      "      p <- list(x = at, y = vapply(seq_along(at), function(k) ties(v[g == k]), 0))\n"
      "    }\n"
      "  }\n"
      "  if (length(p$x) < 2 && !startsWith(\"constant\", method)) "
      "stop(\"need at least two non-NA values to interpolate\")\n"
      "  p }" },
    { "spline", "x, y, n = 3 * length(x), method = \"fmm\", [xmin], [xmax], [xout]", "", 0, NULL,
      "A cubic spline through points: list(x, y) at n equally spaced places, or at xout. method: \"fmm\" (the ends follow "
      "the outermost four points), \"natural\" (straight beyond the ends) or \"periodic\".",
      "spline(1:3, c(1, 4, 9), n = 5)$y",
      "{ p <- if (missing(y)) .points(x, NULL, 1) else .points(x, y, 1)\n" CLOSE_RING
      "  p <- .spline.fit(p, method)\n"
      "  if (missing(xout)) {\n"
      "    if (n <= 0) stop(\"'spline' requires n >= 1\")\n"
      "    a <- if (missing(xmin)) p$x[1] else xmin\n"
      "    b <- if (missing(xmax)) p$x[length(p$x)] else xmax\n"
      "    at <- seq(a, b, length.out = n)\n"
      "  } else at <- xout\n"
      "  list(x = at, y = .spline.at(p, at, method, 0)) }" },
    { "splinefun", "x, y, method = \"fmm\"", "", 0, NULL,
      "A function that gives a cubic spline through points, and with deriv = 1, 2, 3 its derivatives.",
      "splinefun(1:3, c(1, 4, 9))(2.5)",
      "{ p <- if (missing(y)) .points(x, NULL, 1) else .points(x, y, 1)\n" CLOSE_RING
      "  p <- .spline.fit(p, method)\n"
      "  function(x, deriv = 0) .spline.at(p, x, method, deriv) }" },
    HIDDEN(".points", "x, y, least, merge = TRUE", bi_points, "Points ready to interpolate."),
    HIDDEN(".approx.at", "p, v, method, rule, yleft = NULL, yright = NULL, f = 0", bi_approx_at,
           "Linear or constant interpolation."),
    HIDDEN(".spline.fit", "p, method", bi_spline_fit, "Points and the coefficients of their spline."),
    HIDDEN(".spline.at", "p, v, method, deriv", bi_spline_at, "A spline or its derivative."),
    { 0 },
};
