/* Distributions: d, p and q of eight families (kernel/dist.h), with recycled parameters.
 *
 * One C function per letter serves all families: the name of the row says which. */
#include "builtin/tables.h"
#include "base/breath.h"
#include "kernel/dist.h"
#include "lang/lang.h"

#include "base/mem.h"

#include <math.h>

/* The variable and up to two parameters. */
typedef struct columns {
    zp_value v[3];
    const double *x[3];
    int64_t len[3], n;
    int count;
} columns;

static void columns_init(columns *cols, zp_call *c, int count)
{
    bool empty = false;

    *cols = (columns){ .count = count };
    for (int k = 0; k < count; k++) {
        cols->v[k] = c->argv[k].type == ZP_ZTS ? zp_zts_data(c->argv[k]) : c->argv[k];
        cols->x[k] = zp_dbls(&cols->v[k]);
        cols->len[k] = zp_len(cols->v[k]);
        if (cols->len[k] > cols->n)
            cols->n = cols->len[k];
        empty = empty || cols->len[k] == 0;
    }
    if (empty)
        cols->n = 0;
}

/* An array for the results: shaped and named as the first argument that is as long as the result. */
static zp_value result_like(const columns *cols, zp_error *err)
{
    for (int k = 0; k < cols->count && cols->n > 0; k++)
        if (cols->len[k] == cols->n)
            return zp_arr_like(ZP_DBL, cols->v[k], true, err);
    return zp_vec(ZP_DBL, cols->n, err);
}

typedef struct job {
    const zp_dist *dist;
    char letter;
    bool lower, log_p;
} job;

static double one(const job *j, double x, const double *a)
{
    switch (j->letter) {
    case 'd': return j->dist->density(x, a, j->log_p);
    case 'p': return j->dist->prob(x, a, j->lower, j->log_p);
    default: return j->dist->quantile(x, a, j->lower, j->log_p);
    }
}

static bool interrupted(zp_call *c, int64_t i)
{
    zp_breathe(100);
    if ((i & 1023) != 1023 || !zp_ctx_interrupted(c->ctx))
        return false;
    zp_fail_code(c->err, ZP_ECANCELLED, "interrupted");
    return true;
}

static zp_status run(zp_call *c, const job *j)
{
    columns cols;
    double *out;

    columns_init(&cols, c, j->dist->nparams + 1);
    c->out = result_like(&cols, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    if (!c->out.boxed && !zp_value_box(&c->out, c->err))
        return ZP_FAILED;
    out = c->out.u.arr->data;
    for (int64_t i = 0; i < cols.n; i++) {
        double a[2] = { 0, 0 };
        for (int k = 1; k < cols.count; k++)
            a[k - 1] = cols.x[k][i % cols.len[k]];
        out[i] = one(j, cols.x[0][i % cols.len[0]], a);
        if (interrupted(c, i)) {
            zp_value_clear(&c->out);
            return ZP_FAILED;
        }
    }
    if (c->argv[0].type == ZP_ZTS && cols.n == cols.len[0])
        c->out = zp_zts_take(zp_value_ref(zp_zts_idx(c->argv[0])), c->out, c->err);
    else
        zp_value_unbox(&c->out);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_density(zp_call *c)
{
    job j = { .dist = zp_dist_find(c->self->name + 1), .letter = 'd' };

    if (!zp_arg_lgl(c, j.dist->nparams + 1, &j.log_p))
        return ZP_FAILED;
    return run(c, &j);
}

/* p and q */
static zp_status bi_prob(zp_call *c)
{
    job j = { .dist = zp_dist_find(c->self->name + 1), .letter = c->self->name[0] };
    int k = j.dist->nparams + 1;

    if (!zp_arg_lgl(c, k, &j.lower) || !zp_arg_lgl(c, k + 1, &j.log_p))
        return ZP_FAILED;
    return run(c, &j);
}

#define FAMILY(name, params, types, words, args)                                                     \
    { "d" name,                                                                                      \
      "x, " params ", log = FALSE",                                                                  \
      "x=DZ " types,                                                                                 \
      0,                                                                                             \
      bi_density,                                                                                    \
      "Density of the " words ", or its logarithm.",                                                 \
      "d" name "(1" args ")",                                                                        \
      NULL },                                                                                        \
        { "p" name,                                                                                  \
          "q, " params ", lower.tail = TRUE, log.p = FALSE",                                         \
          "q=DZ " types,                                                                             \
          0,                                                                                         \
          bi_prob,                                                                                   \
          "Distribution function of the " words ": P(X <= q), or P(X > q) with lower.tail = FALSE.", \
          "p" name "(1" args ")",                                                                    \
          NULL },                                                                                    \
    {                                                                                                \
        "q" name, "p, " params ", lower.tail = TRUE, log.p = FALSE", "p=DZ " types, 0, bi_prob,      \
            "Quantiles of the " words ": the inverse of p" name ".", "q" name "(0.5" args ")", NULL  \
    }

const zp_builtin zp_builtins_distribution[] = {
    FAMILY("norm", "mean = 0, sd = 1", "mean=D sd=D", "normal distribution", ""),
    FAMILY("unif", "min = 0, max = 1", "min=D max=D", "uniform distribution on [min, max]", ""),
    FAMILY("exp", "rate = 1", "rate=D", "exponential distribution with the given rate", ""),
    FAMILY("t", "df", "df=D", "t distribution with df degrees of freedom", ", 5"),
    FAMILY("chisq", "df", "df=D", "chi-squared distribution with df degrees of freedom", ", 3"),
    FAMILY("f", "df1, df2", "df1=D df2=D", "F distribution with df1 and df2 degrees of freedom", ", 2, 10"),
    FAMILY("binom", "size, prob", "size=D prob=D", "binomial distribution: successes in `size` trials",
           ", 10, 0.3"),
    FAMILY("pois", "lambda", "lambda=D", "Poisson distribution with mean lambda", ", 2"),
    FAMILY("lnorm", "meanlog = 0, sdlog = 1", "meanlog=D sdlog=D", "log-normal distribution", ""),
    FAMILY("gamma", "shape, rate = 1", "shape=D rate=D", "gamma distribution with shape and rate", ", 2"),
    FAMILY("beta", "shape1, shape2", "shape1=D shape2=D", "beta distribution", ", 2, 3"),
    FAMILY("weibull", "shape, scale = 1", "shape=D scale=D", "Weibull distribution", ", 2"),
    FAMILY("logis", "location = 0, scale = 1", "location=D scale=D", "logistic distribution", ""),
    FAMILY("cauchy", "location = 0, scale = 1", "location=D scale=D", "Cauchy distribution", ""),
    FAMILY("geom", "prob", "prob=D", "geometric distribution: failures before the first success", ", 0.3"),
    { 0 },
};
