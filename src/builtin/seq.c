/* seq: evenly spaced and repeated vectors. */
#include "lang/lang.h"
#include "ops/ops.h"

static zp_status count_up(zp_call *c, int64_t n)
{
    return zp_done(zp_seq(zp_dbl(1), zp_nil(), zp_dbl(1), zp_dbl((double)n), NULL, &c->out, c->err));
}

/* seq(x): along x, unless it is a number. */
static bool only_from(const zp_call *c)
{
    for (int k = 1; k < c->argc; k++)
        if (c->given[k])
            return false;
    return c->given[0];
}

static zp_status bi_seq(zp_call *c)
{
    enum { FROM, TO, BY, LENGTH, TZ, ALONG };
    zp_value from = c->given[FROM] ? c->argv[FROM] : zp_nil(), length = c->argv[LENGTH];
    zp_str *tz = NULL;

    if (only_from(c) &&
        (from.type == ZP_NIL || from.type == ZP_LGL || from.type == ZP_STR || from.type == ZP_LIST))
        return count_up(c, zp_len(from));
    if (c->argv[TZ].type != ZP_NIL && !zp_arg_str(c, TZ, &tz))
        return ZP_FAILED;
    if (c->given[ALONG]) {
        if (length.type != ZP_NIL)
            return zp_fail_call(c, "too many arguments");
        length = zp_dbl((double)zp_len(c->argv[ALONG]));
    }
    return zp_done(zp_seq(from, c->argv[TO], c->argv[BY], length, tz ? tz->text : NULL, &c->out, c->err));
}

static zp_status bi_seq_len(zp_call *c)
{
    int64_t n;

    return zp_arg_count(c, 0, &n) ? count_up(c, n) : ZP_FAILED;
}

static zp_status bi_seq_along(zp_call *c)
{
    return count_up(c, zp_len(c->argv[0]));
}

/* ---------------------------------------------------------------- rep */

/* How rep walks: each element `each` times, the whole `times` times or as long as `length`, or times[i] each. */
typedef struct plan {
    int64_t n, each, total;
    int64_t *counts; /* NULL: the same for all */
} plan;

/* Fills the counts of rep(x, times = c(...)); they belong to the elements after `each`. */
static bool plan_counts(zp_call *c, plan *p, zp_value times)
{
    int64_t n = zp_len(times);
    const double *t = zp_dbls(&times);

    if (n != p->n * p->each)
        return zp_fail(c->err, "invalid 'times' argument");
    p->counts = zp_alloc((size_t)(n ? n : 1) * sizeof *p->counts, c->err);
    if (!p->counts)
        return false;
    p->total = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!(t[i] >= 0 && t[i] < 0x1p52))
            return zp_fail(c->err, "invalid 'times' argument");
        p->counts[i] = (int64_t)t[i];
        if (__builtin_add_overflow(p->total, p->counts[i], &p->total))
            return zp_fail_nomem(c->err, SIZE_MAX);
    }
    return true;
}

static bool make_plan(zp_call *c, plan *p)
{
    enum { X, TIMES, LENGTH, EACH };
    zp_value times = c->argv[TIMES], length = c->argv[LENGTH];
    double t;

    *p = (plan){ .n = zp_len(c->argv[X]), .each = 1 };
    if (!zp_arg_missing(c, EACH) && !zp_arg_count(c, EACH, &p->each))
        return false;
    if (__builtin_mul_overflow(p->n, p->each, &p->total))
        return zp_fail_nomem(c->err, SIZE_MAX);
    if (!zp_arg_missing(c, LENGTH) && length.type != ZP_NIL) {
        if (!zp_arg_count(c, LENGTH, &p->total))
            return false;
        return true;
    }
    if (zp_len(times) != 1)
        return plan_counts(c, p, times);
    t = *zp_dbls(&times);
    if (!(t >= 0))
        return zp_fail(c->err, "invalid 'times' argument");
    if (t > 0x1p52 || __builtin_mul_overflow(p->total, (int64_t)t, &p->total))
        return zp_fail_nomem(c->err, SIZE_MAX);
    return true;
}

/* The position each element of the result comes from. */
static void fill_positions(const plan *p, int64_t *pos)
{
    int64_t at = 0;

    if (p->counts) {
        for (int64_t i = 0; i < p->n * p->each; i++)
            for (int64_t k = 0; k < p->counts[i]; k++)
                pos[at++] = i / p->each;
        return;
    }
    for (int64_t i = 0, k = 0; at < p->total; at++) {
        pos[at] = i;
        if (++k == p->each) {
            k = 0;
            if (++i == p->n)
                i = 0;
        }
    }
}

/* Whole repetitions of an array are copies of blocks that double. */
static bool repeat_block(zp_value x, int64_t total, zp_value *out, zp_error *err)
{
    zp_type t = (zp_type)x.type;
    size_t size = zp_type_size(t);
    int64_t have = zp_len(x) < total ? zp_len(x) : total;
    zp_value v = zp_vec(t, total, err);
    char *to;

    if (zp_bad(v))
        return false;
    to = v.u.arr->data;
    zp_copy_elems(t, to, zp_data(&x), have);
    while (have > 0 && have < total) {
        int64_t n = have <= total - have ? have : total - have;

        zp_copy_elems(t, to + (size_t)have * size, to, n);
        have += n;
    }
    *out = v;
    return true;
}

static zp_status repeat(zp_call *c, zp_value x, plan *p)
{
    int64_t *pos;
    size_t bytes;
    bool ok;

    if (p->n == 0) {
        if (p->total == 0) {
            c->out = zp_value_ref(x);
            return ZP_OK;
        }
        if (x.type != ZP_DBL) /* no missing value but NaN */
            return zp_fail_call(c, "attempt to replicate an object of length 0");
        c->out = zp_vec_zero(ZP_DBL, p->total, c->err);
        for (int64_t i = 0; !zp_bad(c->out) && i < p->total; i++)
            ((double *)c->out.u.arr->data)[i] = __builtin_nan("");
        return zp_done(!zp_bad(c->out));
    }
    if (zp_is_array(x) && p->each == 1 && !p->counts && !zp_has_names(x)) {
        if (!repeat_block(x, p->total, &c->out, c->err))
            return ZP_FAILED;
        zp_value_unbox(&c->out);
        return ZP_OK;
    }
    if (!zp_mul((size_t)p->total, sizeof *pos, &bytes))
        return zp_done(zp_fail_nomem(c->err, SIZE_MAX));
    pos = zp_alloc(bytes ? bytes : 1, c->err);
    if (!pos)
        return ZP_FAILED;
    fill_positions(p, pos);
    ok = zp_take_rows(x, pos, p->total, &c->out, c->err);
    zp_free(pos);
    return zp_done(ok);
}

/* Makes x ours to change, whatever holds it: an ordinary copy of what is shared or locked. */
static bool own_copy(zp_value *x, zp_error *err)
{
    zp_value copy;

    if (!x->boxed || (x->u.obj->refs == 1 && !x->u.obj->flags))
        return true;
    copy = zp_value_copy(*x, err);
    if (zp_bad(copy))
        return false;
    zp_value_set(x, copy);
    return true;
}

/* x as a vector: extents and dimnames of matrices go. */
static bool flatten(zp_value *x, zp_error *err)
{
    int64_t n = zp_len(*x);

    return !zp_is_array(*x) || zp_is_vector(*x) || (own_copy(x, err) && zp_value_reshape(x, 1, &n, err));
}

static zp_status bi_rep(zp_call *c)
{
    plan p;
    zp_status status = ZP_FAILED;

    if (c->argv[0].type == ZP_NIL)
        return ZP_OK;
    if (make_plan(c, &p) && flatten(&c->argv[0], c->err)) {
        status = p.each == 0 ? zp_done(zp_take_rows(c->argv[0], (int64_t[]){ 0 }, 0, &c->out, c->err))
                             : repeat(c, c->argv[0], &p);
    }
    zp_free(p.counts);
    return status;
}

static zp_status bi_rep_len(zp_call *c)
{
    plan p = { .n = zp_len(c->argv[0]), .each = 1 };

    if (!zp_arg_count(c, 1, &p.total))
        return ZP_FAILED;
    if (c->argv[0].type == ZP_NIL)
        return ZP_OK;
    if (zp_has_names(c->argv[0])) {
        if (!own_copy(&c->argv[0], c->err))
            return ZP_FAILED;
        zp_drop_names(&c->argv[0]);
    }
    return flatten(&c->argv[0], c->err) ? repeat(c, c->argv[0], &p) : ZP_FAILED;
}

const zp_builtin zp_builtins_seq[] = {
    { "seq", "from = 1, to = NULL, by = NULL, length.out = NULL, tz = NULL, along.with = NULL",
      "from=DTI0+LSl to=DTI0 by=DUP0 length.out=D0 tz=S0", 0, bi_seq,
      "Evenly spaced numbers, times or intervals: `from`, `from + by`, ... not passing `to`, or `length.out` of them. `by` is a "
      "number, for times a duration or, with a zone `tz`, a period. `seq(5)` is 1 to 5.",
      "seq(0, 1, by = 0.25)", NULL },
    { "seq.int", "from = 1, to = NULL, by = NULL, length.out = NULL, tz = NULL, along.with = NULL",
      "from=DTI0+LSl to=DTI0 by=DUP0 length.out=D0 tz=S0", 0, bi_seq, "The same as seq.", "seq.int(2, 10, 2)",
      NULL },
    { "seq_len", "length.out", "length.out=D", 0, bi_seq_len,
      "The numbers 1 to `length.out`; none when it is 0.", "seq_len(3)", NULL },
    { "seq_along", "along.with", "", 0, bi_seq_along, "The positions of the elements of a vector or list.",
      "seq_along(c(\"a\", \"b\"))", NULL },
    { "rep", "x, times = 1, [length.out], each = 1", "x=DLTUIPSl0 times=D length.out=D0 each=D", 0, bi_rep,
      "Repeats `x`: each element `each` times, the whole `times` times or until there are `length.out` elements. A vector of "
      "`times` says how often each element is repeated.",
      "rep(c(1, 2), times = 2)", NULL },
    { "rep_len", "x, length.out", "x=DLTUIPSl0 length.out=D", 0, bi_rep_len,
      "Repeats `x` until there are `length.out` elements.", "rep_len(1:3, 7)", NULL },
    { 0 },
};
