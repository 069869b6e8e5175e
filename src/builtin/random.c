/* Random draws: the state belongs to the context, so equal seeds give equal streams whatever else runs. */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "kernel/kernel.h"
#include "kernel/random.h"
#include "ops/ops.h"

#include <math.h>
#include <string.h>

static zp_status bi_set_seed(zp_call *c)
{
    double seed;
    uint64_t bits;

    if (!zp_arg_dbl(c, 0, &seed))
        return ZP_FAILED;
    memcpy(&bits, &seed, sizeof bits);
    zp_random_seed(zp_ctx_random(c->ctx), bits);
    return ZP_OK;
}

/* ---------------------------------------------------------------- shapes */

enum { MAX_PARAMS = 2 };

/* Where draws go: a vector of x elements, or something shaped like x. */
static bool shape(zp_call *c, int n_at, zp_num *w)
{
    zp_value *x = &c->argv[c->given[n_at] ? n_at : 0];
    double count;

    memset(w, 0, sizeof *w);
    if (x->type == ZP_MISSING)
        return zp_fail(c->err, "argument missing: x");
    if (x->type == ZP_ZTS || zp_len(*x) != 1) {
        if (x != &c->argv[0])
            zp_value_set(&c->argv[0], zp_value_move(x));
        return zp_num_begin(c, 0, true, w);
    }
    if (!zp_get_dbl(*x, &count, c->err))
        return false;
    if (!(count >= 0 && count < 1e15))
        return zp_fail(c->err, "invalid arguments");
    w->out = zp_vec(ZP_DBL, (int64_t)count, c->err);
    if (zp_bad(w->out) || !zp_value_box(&w->out, c->err))
        return false;
    w->to = w->out.u.arr->data;
    w->rows = w->to_stride = (int64_t)count;
    w->cols = 1;
    return true;
}

typedef double (*draw_fn)(uint64_t *state, double a, double b);

/* Draws with parameters from formals 1 .. count, each recycled. */
static zp_status draw(zp_call *c, int count, int n_at, draw_fn fn)
{
    const double *p[MAX_PARAMS] = { NULL, NULL };
    enum { DRAW_NS = 4 };
    int64_t np[MAX_PARAMS] = { 1, 1 }, k = 0;
    uint64_t *state = zp_ctx_random(c->ctx);
    const zp_long_guard *left;
    zp_num w;

    for (int i = 0; i < count; i++) {
        if (!zp_numbers(&c->argv[i + 1], &p[i], &np[i], c->err))
            return ZP_FAILED;
        if (np[i] == 0)
            return zp_fail_call(c, "invalid arguments");
    }
    if (!shape(c, n_at, &w))
        return ZP_FAILED;
    left = zp_long_begin(w.rows * w.cols * DRAW_NS);
    for (int64_t j = 0; j < w.cols; j++)
        for (int64_t i = 0; i < w.rows; i++, k++)
            w.to[i + j * w.to_stride] = fn(state, p[0] ? p[0][np[0] == 1 ? 0 : k % np[0]] : 0,
                                           p[1] ? p[1][np[1] == 1 ? 0 : k % np[1]] : 0);
    zp_long_end(left);
    zp_value_unbox(&w.out);
    return zp_num_end(c, &w);
}

static double draw_unif(uint64_t *s, double low, double high)
{
    if (!isfinite(low) || !isfinite(high) || high < low)
        return NAN;
    return low == high ? low : low + (high - low) * zp_random_unif(s);
}

static double draw_norm(uint64_t *s, double mean, double sd)
{
    if (isnan(mean) || !isfinite(sd) || sd < 0)
        return NAN;
    return sd == 0 || isinf(mean) ? mean : mean + sd * zp_random_norm(s);
}

static double draw_exp(uint64_t *s, double rate, double unused)
{
    if (isnan(rate) || rate <= 0)
        return NAN;
    return isinf(rate) ? 0 : zp_random_exp(s) / rate;
}

static double draw_pois(uint64_t *s, double lambda, double unused)
{
    return zp_random_pois(s, lambda);
}

static zp_status bi_runif(zp_call *c)
{
    return draw(c, 2, 3, draw_unif);
}

static zp_status bi_rnorm(zp_call *c)
{
    return draw(c, 2, 3, draw_norm);
}

static zp_status bi_rexp(zp_call *c)
{
    return draw(c, 1, 0, draw_exp);
}

static zp_status bi_rbinom(zp_call *c)
{
    return draw(c, 2, 0, zp_random_binom);
}

static zp_status bi_rpois(zp_call *c)
{
    return draw(c, 1, 0, draw_pois);
}

/* ---------------------------------------------------------------- sample */

static void sample_replace(uint64_t *s, int64_t *pos, int64_t n, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        pos[i] = zp_random_below(s, n);
}

/* The first `size` places of a shuffle; deck holds n. */
static void sample_deck(uint64_t *s, int64_t *pos, int64_t *deck, int64_t n, int64_t size)
{
    for (int64_t i = 0; i < n; i++)
        deck[i] = i;
    for (int64_t i = 0; i < size; i++) {
        int64_t k = zp_random_below(s, n - i);
        pos[i] = deck[k];
        deck[k] = deck[n - i - 1];
    }
}

/* Weighted with replacement: by the running sums in `sums`. */
static void sample_weighted(uint64_t *s, int64_t *pos, const double *w, double *sums, int64_t n, int64_t size)
{
    double total = 0;

    for (int64_t i = 0; i < n; i++)
        sums[i] = total += w[i];
    for (int64_t i = 0; i < size; i++) {
        double u = zp_random_unif(s) * total;
        int64_t low = 0, high = n - 1;
        while (low < high) {
            int64_t mid = low + (high - low) / 2;
            if (sums[mid] <= u)
                low = mid + 1;
            else
                high = mid;
        }
        pos[i] = low;
    }
}

/* Weighted without replacement: exponential races, the first `size` to arrive. */
static bool sample_race(uint64_t *s, int64_t *pos, const double *w, zp_pair *pairs, int64_t n, int64_t size)
{
    int64_t able = 0;

    for (int64_t i = 0; i < n; i++) {
        able += w[i] > 0;
        pairs[i] = (zp_pair){ zp_key_dbl(w[i] > 0 ? zp_random_exp(s) / w[i] : (double)INFINITY), i };
    }
    if (able < size)
        return false;
    pairs = zp_k_sort_pairs(pairs, pairs + n, n);
    for (int64_t i = 0; i < size; i++)
        pos[i] = pairs[i].pos;
    return true;
}

static bool sample_positions(zp_call *c, int64_t n, int64_t size, bool replace, const double *w, int64_t *pos)
{
    uint64_t *state = zp_ctx_random(c->ctx);
    zp_value work = zp_words(w && !replace ? 4 * n : n, c->err);
    bool ok = !zp_bad(work);

    if (!ok)
        return false;
    if (w && replace)
        sample_weighted(state, pos, w, (double *)zp_key_data(work), n, size);
    else if (w)
        ok = sample_race(state, pos, w, (zp_pair *)(void *)zp_key_data(work), n, size) ||
             zp_fail(c->err, "too few positive probabilities");
    else if (replace)
        sample_replace(state, pos, n, size);
    else
        sample_deck(state, pos, (int64_t *)zp_key_data(work), n, size);
    zp_value_unref(work);
    return ok;
}

static bool sample_weights(zp_call *c, int64_t n, const double **w)
{
    int64_t nw;
    double total = 0;

    *w = NULL;
    if (c->argv[3].type == ZP_NIL)
        return true;
    if (!zp_numbers(&c->argv[3], w, &nw, c->err))
        return false;
    if (nw != n)
        return zp_fail(c->err, "incorrect number of probabilities");
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite((*w)[i]))
            return zp_fail(c->err, "NA in probability vector");
        if ((*w)[i] < 0)
            return zp_fail(c->err, "negative probability");
        total += (*w)[i];
    }
    return total > 0 || zp_fail(c->err, "too few positive probabilities");
}

static zp_status bi_sample(zp_call *c)
{
    zp_value x = c->argv[0], held;
    bool count = x.type == ZP_DBL && zp_len(x) == 1 && zp_dbls(&x)[0] >= 1, replace, ok;
    int64_t n = count ? (int64_t)fmin(zp_dbls(&x)[0], 1e15) : zp_len(x), size = n, *pos;
    const double *w;

    if (!zp_is_array(x) && x.type != ZP_LIST)
        return zp_fail_call(c, "incorrect argument type");
    if ((!zp_arg_missing(c, 1) && !zp_arg_count(c, 1, &size)) || !zp_arg_lgl(c, 2, &replace) ||
        !sample_weights(c, n, &w))
        return ZP_FAILED;
    if (!replace && size > n)
        return zp_fail_call(c, "cannot take a sample larger than the population when 'replace = FALSE'");
    if (n == 0 && size > 0)
        return zp_fail_call(c, "invalid first argument");
    held = zp_words(size, c->err);
    if (zp_bad(held))
        return ZP_FAILED;
    pos = (int64_t *)zp_key_data(held);
    ok = sample_positions(c, n, size, replace, w, pos);
    if (ok && count) {
        c->out = zp_vec(ZP_DBL, size, c->err);
        ok = !zp_bad(c->out) && zp_value_box(&c->out, c->err);
        for (int64_t i = 0; ok && i < size; i++)
            ((double *)c->out.u.arr->data)[i] = (double)(pos[i] + 1);
        zp_value_unbox(&c->out);
    } else if (ok) {
        bool rows = x.type == ZP_LIST || zp_is_vector(x); /* names go along; of a matrix: its elements */
        ok = rows ? zp_take_rows(x, pos, size, &c->out, c->err) : zp_pick(x, pos, size, &c->out, c->err);
    }
    zp_value_unref(held);
    return zp_done(ok);
}

const zp_builtin zp_builtins_random[] = {
    { "set.seed", "x", "x=DZ", ZP_BI_INVISIBLE, bi_set_seed,
      "Starts the random generator of this context anew: equal seeds give equal draws.", "set.seed(1)",
      NULL },
    { "runif", "[x], min = 0, max = 1, [n]", "x=DZ min=D max=D n=DZ", 0, bi_runif,
      "x draws between min and max; for a larger array or series x: draws in its shape. `n` is another name of `x`.",
      "runif(3)", NULL },
    { "rnorm", "[x], mean = 0, sd = 1, [n]", "x=DZ mean=D sd=D n=DZ", 0, bi_rnorm,
      "x draws of the normal distribution; for a larger array or series x: draws in its shape. `n` is another name of `x`.",
      "rnorm(3)", NULL },
    { "rexp", "n, rate = 1", "n=D rate=D", 0, bi_rexp, "n draws of the exponential distribution.", "rexp(3)",
      NULL },
    { "rbinom", "n, size, prob", "n=D size=D prob=D", 0, bi_rbinom, "n draws of the binomial distribution.",
      "rbinom(3, 10, 0.5)", NULL },
    { "rpois", "n, lambda", "n=D lambda=D", 0, bi_rpois, "n draws of the Poisson distribution.",
      "rpois(3, 4)", NULL },
    { "sample", "x, [size], replace = FALSE, prob = NULL", "size=D replace=L prob=D0", 0, bi_sample,
      "`size` elements of x (of 1:x when x is one number) in random order, with weights `prob`.", "sample(5)",
      NULL },
    { 0 }
};
