/* Minima, roots and integrals of functions of one variable, and optim for several.
 *
 * All of them call a function of the user, so the loops are written in the language. They follow the published
 * methods: Brent (Algorithms for Minimization without Derivatives, 1973) for optimize and uniroot; Nelder and
 * Mead, and the variable metric method, as in Nash (Compact Numerical Methods for Computers, 1990) for optim. The state
 * of integrate is kept by kernel/quad.h, which asks for values at points. */
#include "builtin/tables.h"
#include "kernel/quad.h"
#include "lang/lang.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- helpers */

/* .objective(v, what): v, which must be one number; what is not finite becomes the largest number. */
static zp_status bi_objective(zp_call *c)
{
    zp_str *what;
    double d;

    if (!zp_arg_str(c, 1, &what))
        return ZP_FAILED;
    if (c->argv[0].type != ZP_DBL || zp_len(c->argv[0]) != 1)
        return zp_fail_call(c, "invalid function value in '%s'", what->text);
    d = zp_dbls(&c->argv[0])[0];
    c->out = zp_dbl(isfinite(d) ? d : (d == -INFINITY ? -DBL_MAX : DBL_MAX));
    return ZP_OK;
}

/* .optim.value(v): the value of an objective function as one number. */
static zp_status bi_optim_value(zp_call *c)
{
    if (zp_len(c->argv[0]) != 1)
        return zp_fail_call(c, "objective function in optim evaluates to length %lld not 1",
                            (long long)zp_len(c->argv[0]));
    if (c->argv[0].type != ZP_DBL)
        return zp_fail_call(c, "objective function in optim must give a number");
    c->out = zp_dbl(zp_dbls(&c->argv[0])[0]);
    return ZP_OK;
}

static zp_quad *state(zp_value *v)
{
    return (zp_quad *)v->u.arr->data;
}

/* .quad.new(lower, upper, abs.tol, rel.tol, subdivisions) */
static zp_status bi_quad_new(zp_call *c)
{
    double lower, upper, abs_tol, rel_tol;
    int64_t limit;

    if (!zp_arg_dbl(c, 0, &lower) || !zp_arg_dbl(c, 1, &upper) || !zp_arg_dbl(c, 2, &abs_tol) ||
        !zp_arg_dbl(c, 3, &rel_tol) || !zp_arg_count(c, 4, &limit))
        return ZP_FAILED;
    if (isnan(lower) || isnan(upper))
        return zp_fail_call(c, "a limit is NA or NaN");
    if (limit < 1 || limit > 1000000)
        return zp_fail_call(c, "invalid parameter values");
    c->out = zp_vec_zero(ZP_DBL, (int64_t)zp_quad_size(limit), c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    zp_quad_init(state(&c->out), lower, upper, abs_tol, rel_tol, limit);
    return ZP_OK;
}

static bool state_arg(zp_call *c)
{
    zp_value v = c->argv[0];
    int64_t limit = (zp_len(v) - (int64_t)zp_quad_size(0)) / 5;

    return v.type == ZP_DBL && v.boxed && limit >= 1 && zp_len(v) == (int64_t)zp_quad_size(limit) &&
           zp_quad_valid(state(&v), limit);
}

/* .quad.nodes(s): the points wanted, or NULL at the end. */
static zp_status bi_quad_nodes(zp_call *c)
{
    double x[ZP_QUAD_MAX_NODES];
    int n;

    if (!state_arg(c))
        return zp_fail_call(c, "invalid parameter values");
    n = zp_quad_nodes(state(&c->argv[0]), x);
    if (n == 0)
        return ZP_OK;
    c->out = zp_vec(ZP_DBL, n, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    memcpy(c->out.u.arr->data, x, (size_t)n * sizeof *x);
    return ZP_OK;
}

/* Values of the integrand: as many as points, all finite. */
static bool values_arg(zp_call *c, int k, const double **v)
{
    zp_value x = c->argv[k];

    *v = NULL;
    if (x.type == ZP_NIL)
        return true;
    if (x.type != ZP_DBL || zp_len(x) != (state(&c->argv[0])->range == ZP_QUAD_FINITE ? 21 : 15))
        return zp_fail(c->err, "evaluation of function gave a result of wrong length");
    *v = zp_dbls(&c->argv[k]);
    for (int64_t i = 0; i < zp_len(x); i++)
        if (!isfinite((*v)[i]))
            return zp_fail(c->err, "non-finite function value");
    return true;
}

/* .quad.take(s, v, mirrored): the state after these values. */
static zp_status bi_quad_take(zp_call *c)
{
    const double *v, *mirrored;

    if (!state_arg(c))
        return zp_fail_call(c, "invalid parameter values");
    if (!values_arg(c, 1, &v) || !values_arg(c, 2, &mirrored))
        return ZP_FAILED;
    if (!v)
        return zp_fail_call(c, "evaluation of function gave a result of wrong length");
    c->out = zp_value_move(&c->argv[0]);
    if (!zp_value_mut(&c->out, c->err))
        return ZP_FAILED;
    zp_quad_take(state(&c->out), v, mirrored);
    return ZP_OK;
}

/* .quad.result(s, stop.on.error) */
static zp_status bi_quad_result(zp_call *c)
{
    static const char *const trouble[] = { "",
                                           "maximum number of subdivisions reached",
                                           "roundoff error was detected",
                                           "extremely bad integrand behaviour",
                                           "roundoff error is detected in the extrapolation table",
                                           "the integral is probably divergent",
                                           "the input is invalid" };
    const zp_quad *q;
    bool stop;

    if (!state_arg(c) || !zp_arg_lgl(c, 1, &stop))
        return ZP_FAILED;
    q = state(&c->argv[0]);
    if (q->status != 0 && (stop || q->status == 6))
        return zp_fail_call(c, "%s", trouble[(int)q->status]);
    c->out = zp_list_new(0, c->err);
    return zp_done(!zp_bad(c->out) && zp_list_add(&c->out, "value", zp_dbl(q->result), c->err) &&
                   zp_list_add(&c->out, "abs.error", zp_dbl(q->error), c->err) &&
                   zp_list_add(&c->out, "subdivisions", zp_dbl(q->count), c->err));
}

/* ---------------------------------------------------------------- sources */

static const char integrate_source[] = "{ f <- match.fun(f)\n"
                                       "  both <- !is.finite(lower) && !is.finite(upper)\n"
                                       "  s <- .quad.new(lower, upper, abs.tol, rel.tol, subdivisions)\n"
                                       "  while (!is.null(x <- .quad.nodes(s)))\n"
                                       "    s <- .quad.take(s, f(x, ...), if (both) f(-x, ...) else NULL)\n"
                                       "  .quad.result(s, stop.on.error) }";

static const char optimize_source[] =
    "{ f <- match.fun(f)\n"
    "  if (!is.finite(lower)) stop(\"invalid 'xmin' value\")\n"
    "  if (!is.finite(upper)) stop(\"invalid 'xmax' value\")\n"
    "  if (lower >= upper) stop(\"'xmin' not less than 'xmax'\")\n"
    "  if (!is.finite(tol) || tol <= 0) stop(\"invalid 'tol' value\")\n"
    "  sgn <- if (maximum) -1 else 1\n"
    "  a <- lower; b <- upper\n"
    "  gold <- (3 - sqrt(5)) * .5; eps <- sqrt(.Machine$double.eps)\n"
    "  v <- w <- x <- a + gold * (b - a)\n"
    "  d <- e <- 0\n"
    "  fv <- fw <- fx <- .objective(sgn * f(x, ...), \"optimize\")\n"
    "  tol3 <- tol / 3\n"
    "  repeat {\n"
    "    xm <- (a + b) * .5; tol1 <- eps * abs(x) + tol3; t2 <- tol1 * 2\n"
    "    if (abs(x - xm) <= t2 - (b - a) * .5) break\n"
    "    p <- q <- r <- 0\n"
    "    if (abs(e) > tol1) {\n" /* a parabola through x, v, w */
    "      r <- (x - w) * (fx - fv); q <- (x - v) * (fx - fw); p <- (x - v) * q - (x - w) * r\n"
    "      q <- (q - r) * 2\n"
    "      if (q > 0) p <- -p else q <- -q\n"
    "      r <- e; e <- d\n"
    "    }\n"
    "    if (abs(p) >= abs(q * .5 * r) || p <= q * (a - x) || p >= q * (b - x)) {\n" /* a golden section */
    "      e <- if (x < xm) b - x else a - x\n"
    "      d <- gold * e\n"
    "    } else {\n"
    "      d <- p / q; u <- x + d\n"
    "      if (u - a < t2 || b - u < t2) d <- if (x >= xm) -tol1 else tol1\n"
    "    }\n"
    "    u <- if (abs(d) >= tol1) x + d else if (d > 0) x + tol1 else x - tol1\n"
    "    fu <- .objective(sgn * f(u, ...), \"optimize\")\n"
    "    if (fu <= fx) {\n"
    "      if (u < x) b <- x else a <- x\n"
    "      v <- w; w <- x; x <- u; fv <- fw; fw <- fx; fx <- fu\n"
    "    } else {\n"
    "      if (u < x) a <- u else b <- u\n"
    "      if (fu <= fw || w == x) { v <- w; fv <- fw; w <- u; fw <- fu }\n"
    "      else if (fu <= fv || v == x || v == w) { v <- u; fv <- fu }\n"
    "    }\n"
    "  }\n"
    "  if (maximum) list(maximum = x, objective = f(x, ...)) else list(minimum = x, objective = f(x, ...)) }";

static const char uniroot_source[] =
    "{ f <- match.fun(f)\n"
    "  if (!(lower < upper)) stop(\"lower < upper  is not fulfilled\")\n"
    "  fa <- f(lower, ...); fb <- f(upper, ...)\n"
    "  if (is.nan(fa)) stop(\"f.lower = f(lower) is NA\")\n"
    "  if (is.nan(fb)) stop(\"f.upper = f(upper) is NA\")\n"
    "  fa <- .objective(fa, \"zeroin\"); fb <- .objective(fb, \"zeroin\")\n"
    "  if (fa * fb > 0) stop(\"f() values at end points not of opposite sign\")\n"
    "  eps <- .Machine$double.eps\n"
    "  a <- lower; b <- upper; cc <- a; fc <- fa\n"
    "  iter <- 0; prec <- NaN\n"
    "  if (fa == 0) { b <- a; prec <- 0 }\n"
    "  else if (fb == 0) prec <- 0\n"
    "  else while (iter <= maxiter) {\n"
    "    prev <- b - a\n"
    "    if (abs(fc) < abs(fb)) { a <- b; b <- cc; cc <- a; fa <- fb; fb <- fc; fc <- fa }\n"
    "    act <- 2 * eps * abs(b) + tol / 2; new <- (cc - b) / 2\n"
    "    if (abs(new) <= act || fb == 0) { prec <- abs(cc - b); break }\n"
    "    if (abs(prev) >= act && abs(fa) > abs(fb)) {\n"
    "      cb <- cc - b\n"
    "      if (a == cc) { t1 <- fb / fa; p <- cb * t1; q <- 1 - t1 }\n"
    "      else {\n"
    "        q <- fa / fc; t1 <- fb / fc; t2 <- fb / fa\n"
    "        p <- t2 * (cb * q * (q - t1) - (b - a) * (t1 - 1)); q <- (q - 1) * (t1 - 1) * (t2 - 1)\n"
    "      }\n"
    "      if (p > 0) q <- -q else p <- -p\n"
    "      if (p < 0.75 * cb * q - abs(act * q) / 2 && p < abs(prev * q / 2)) new <- p / q\n"
    "    }\n"
    "    if (abs(new) < act) new <- if (new > 0) act else -act\n"
    "    a <- b; fa <- fb; b <- b + new\n"
    "    fb <- .objective(f(b, ...), \"zeroin\"); iter <- iter + 1\n"
    "    if ((fb > 0 && fc > 0) || (fb < 0 && fc < 0)) { cc <- a; fc <- fa }\n"
    "  }\n"
    "  list(root = b, f.root = f(b, ...), iter = iter, estim.prec = prec) }";

#define HIDDEN(name, formals, run, help)                     \
    {                                                        \
        name, formals, "", ZP_BI_HIDDEN, run, help, "", NULL \
    }

const zp_builtin zp_builtins_integrate[] = {
    { "optimize",
      "f, interval, ..., lower = min(interval), upper = max(interval), maximum = FALSE, "
      "tol = .Machine$double.eps^0.25",
      "", 0, NULL,
      "Searches an interval for the minimum (or maximum) of a function of one variable by Brent's method: golden "
      "sections and parabolas. list(minimum, objective) or list(maximum, objective).",
      "optimize(function(x) (x - 1)^2, c(0, 3))$minimum", optimize_source },
    { "optimise",
      "f, interval, ..., lower = min(interval), upper = max(interval), maximum = FALSE, "
      "tol = .Machine$double.eps^0.25",
      "", 0, NULL, "The same as optimize.", "optimise(function(x) (x - 1)^2, c(0, 3))$minimum",
      optimize_source },
    { "uniroot",
      "f, interval, ..., lower = min(interval), upper = max(interval), tol = .Machine$double.eps^0.25, "
      "maxiter = 1000",
      "", 0, NULL,
      "Searches an interval for a zero of a function whose values at the ends have opposite signs, by Brent's method. "
      "list(root, f.root, iter, estim.prec).",
      "uniroot(function(x) x^2 - 2, c(0, 2))$root", uniroot_source },
    { "integrate",
      "f, lower, upper, ..., subdivisions = 100, rel.tol = .Machine$double.eps^0.25, "
      "abs.tol = rel.tol, stop.on.error = TRUE",
      "", 0, NULL,
      "The integral of a function that takes and gives vectors, over a finite or infinite range: adaptive Gauss-Kronrod "
      "rules with extrapolation. list(value, abs.error, subdivisions).",
      "integrate(dnorm, -Inf, Inf)$value", integrate_source },
    HIDDEN(".objective", "v, what", bi_objective, "The value of a function as one finite number."),
    HIDDEN(".optim.value", "v", bi_optim_value, "The value of an objective function as one number."),
    HIDDEN(".quad.new", "lower, upper, abs.tol, rel.tol, limit", bi_quad_new,
           "The state of a new integration."),
    HIDDEN(".quad.nodes", "s", bi_quad_nodes, "The points where values are wanted, or NULL."),
    HIDDEN(".quad.take", "s, v, mirrored", bi_quad_take, "The state after these values."),
    HIDDEN(".quad.result", "s, stop.on.error", bi_quad_result, "The result of an integration."),
    { 0 },
};
