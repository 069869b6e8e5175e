/* By group: split and unsplit, sums of rows; and the two that enumerate: combn and embed. */
#include "builtin/array_priv.h"
#include "builtin/group.h"
#include "builtin/tables.h"

#include <string.h>

/* ---------------------------------------------------------------- split, unsplit */

/* Positions of the keys, class by class; start[k] is where class k begins. */
static bool by_class(const zp_groups *g, int64_t **pos, int64_t **start, zp_error *err)
{
    *pos = zp_alloc((size_t)(g->n + 1) * sizeof **pos, err);
    *start = zp_alloc_zero((size_t)(g->count + 1) * sizeof **start, err);
    if (!*pos || !*start)
        return false;
    for (int64_t k = 0; k + 1 < g->count; k++)
        (*start)[k + 1] = (*start)[k] + g->size[k];
    for (int64_t i = 0; i < g->n; i++)
        (*pos)[(*start)[g->code[i]]++] = i;
    for (int64_t k = g->count; k-- > 0;)
        (*start)[k] -= g->size[k];
    return true;
}

static bool split(zp_value x, const zp_groups *g, zp_value *out, zp_error *err)
{
    zp_value l = zp_list_new(g->count, err);
    int64_t *pos = NULL, *start = NULL;
    bool ok = !zp_bad(l) && by_class(g, &pos, &start, err);

    for (int64_t k = 0; ok && k < g->count; k++) {
        zp_value part;

        ok = zp_take_rows(x, pos + start[k], g->size[k], &part, err);
        if (ok)
            zp_list_set(l, k, part);
    }
    ok = ok && zp_set_names(&l, 0, g->labels.u.arr, err);
    zp_free(pos);
    zp_free(start);
    if (!ok)
        zp_value_clear(&l);
    *out = l;
    return ok;
}

static zp_status bi_split(zp_call *c)
{
    zp_value *x = &c->argv[0];
    zp_groups g;
    bool ok;

    if (!zp_is_array(*x) && x->type != ZP_LIST)
        return zp_fail_call(c, "incorrect argument type");
    if (zp__is_array2(*x)) {
        x = zp__target(c, 0);
        if (!x || !zp_value_reshape(x, 1, &(int64_t){ zp_len(*x) }, c->err))
            return ZP_FAILED;
    }
    if (!zp_groups_make(&g, c->argv[1], zp_len(*x), c->err))
        return ZP_FAILED;
    ok = split(*x, &g, &c->out, c->err);
    zp_groups_fini(&g);
    return zp_done(ok);
}

/* Where each key finds its element among the joined parts. */
static bool back(zp_value joined, const zp_groups *g, zp_value *out, zp_error *err)
{
    int64_t *pos = NULL, *start = NULL, *from = zp_alloc((size_t)(g->n + 1) * sizeof *from, err);
    bool ok = from && by_class(g, &pos, &start, err);

    for (int64_t i = 0; ok && i < g->n; i++)
        from[i] = start[g->code[i]]++;
    ok = ok && zp_take_rows(joined, from, g->n, out, err);
    zp_free(pos);
    zp_free(start);
    zp_free(from);
    if (ok) {
        zp_drop_names(out);
        zp_value_unbox(out);
    }
    return ok;
}

static bool unsplit(zp_value values, const zp_groups *g, zp_value *out, zp_error *err)
{
    zp_part *parts = zp_alloc_zero((size_t)(g->count + 1) * sizeof *parts, err);
    zp_value joined = zp_nil();
    bool ok = parts != NULL;

    for (int64_t k = 0; ok && k < g->count; k++) {
        parts[k].value = zp_list_at(values, k);
        ok = zp_len(parts[k].value) == g->size[k] ||
             zp_fail(err, "lengths of 'value' do not match the groups of 'f'");
    }
    ok = ok && zp_concat(parts, g->count, &joined, err) && (zp_bad(joined) || back(joined, g, out, err));
    zp_value_unref(joined);
    zp_free(parts);
    return ok;
}

static zp_status bi_unsplit(zp_call *c)
{
    zp_groups g;
    bool ok;

    if (!zp_groups_make(&g, c->argv[1], zp_len(c->argv[1]), c->err))
        return ZP_FAILED;
    ok = zp_len(c->argv[0]) == g.count ||
         zp_fail(c->err, "length of 'value' does not match the groups of 'f'");
    ok = ok && unsplit(c->argv[0], &g, &c->out, c->err);
    zp_groups_fini(&g);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- rowsum */

/* Rank of each class in the order of first appearance. */
static void appearance(const zp_groups *g, int64_t *rank)
{
    int64_t next = 0;

    for (int64_t k = 0; k < g->count; k++)
        rank[k] = -1;
    for (int64_t i = 0; i < g->n; i++)
        if (rank[g->code[i]] < 0)
            rank[g->code[i]] = next++;
}

static bool sum_rows(zp_value x, const zp_groups *g, const int64_t *rank, bool na_rm, zp_value *out,
                     zp_error *err)
{
    const int64_t cols = zp_ndim(x) == 2 ? zp_dim(x, 1) : 1;
    zp_value v = zp_arr(ZP_DBL, 2, (int64_t[]){ g->count, cols }, err), names;
    double *to;
    bool ok;

    if (zp_bad(v))
        return false;
    zp_fill_zero(v, 0, zp_len(v));
    to = v.u.arr->data;
    for (int64_t j = 0; j < cols; j++, to += g->count) {
        const double *d = zp_column(&x, j);

        for (int64_t i = 0; i < g->n; i++)
            if (!(na_rm && d[i] != d[i]))
                to[rank[g->code[i]]] += d[i];
    }
    names = zp_vec(ZP_STR, g->count, err);
    ok = !zp_bad(names);
    for (int64_t k = 0; ok && k < g->count; k++)
        zp_str_put(names, rank[k], zp_str_ref(zp_strs(&g->labels)[k]));
    ok = ok && (g->count == 0 || zp_set_names(&v, 0, names.u.arr, err)) &&
         (!zp_names(x, 1) || zp_set_names(&v, 1, zp_names(x, 1), err));
    zp_value_unref(names);
    if (!ok)
        zp_value_clear(&v);
    *out = v;
    return ok;
}

static zp_status bi_rowsum(zp_call *c)
{
    const zp_value x = c->argv[0];
    bool reorder, na_rm, ok;
    int64_t *rank;
    zp_groups g;

    if (!zp_arg_lgl(c, 2, &reorder) || !zp_arg_lgl(c, 3, &na_rm))
        return ZP_FAILED;
    if (x.type != ZP_DBL || zp_ndim(x) > 2)
        return zp_fail_call(c, "'x' must be numeric");
    if (zp_len(c->argv[1]) != zp_dim(x, 0))
        return zp_fail_call(c, "incorrect length for 'group'");
    if (!zp_groups_make(&g, c->argv[1], zp_dim(x, 0), c->err))
        return ZP_FAILED;
    rank = zp_alloc((size_t)(g.count + 1) * sizeof *rank, c->err);
    for (int64_t k = 0; rank && k < g.count; k++)
        rank[k] = k;
    if (rank && !reorder)
        appearance(&g, rank);
    ok = rank && sum_rows(x, &g, rank, na_rm, &c->out, c->err);
    zp_free(rank);
    zp_groups_fini(&g);
    return zp_done(ok);
}

/* ---------------------------------------------------------------- combn, embed */

/* n choose m, or -1 when it does not fit. */
static int64_t choose(int64_t n, int64_t m)
{
    int64_t count = 1;

    m = m < n - m ? m : n - m;
    for (int64_t i = 1; i <= m; i++) {
        if (__builtin_mul_overflow(count, n - m + i, &count))
            return -1;
        count /= i;
    }
    return count;
}

/* The next ascending choice of m among n. */
static void advance(int64_t *pick, int64_t m, int64_t n)
{
    int64_t i = m - 1;

    while (i >= 0 && pick[i] == n - m + i)
        i--;
    if (i < 0)
        return;
    pick[i]++;
    for (int64_t j = i + 1; j < m; j++)
        pick[j] = pick[j - 1] + 1;
}

static bool combine(zp_call *c, zp_value x, int64_t n, int64_t m)
{
    const size_t size = zp_type_size(x.type);
    const int64_t count = choose(n, m);
    int64_t *pick;
    zp_value v;
    char *to;

    if (count < 0)
        return zp_fail_nomem(c->err, SIZE_MAX);
    v = zp_arr(x.type, 2, (int64_t[]){ m, count }, c->err);
    pick = zp_alloc((size_t)(m + 1) * sizeof *pick, c->err);
    if (zp_bad(v) || !pick) {
        zp_value_unref(v);
        zp_free(pick);
        return false;
    }
    for (int64_t i = 0; i < m; i++)
        pick[i] = i;
    to = v.u.arr->data;
    for (int64_t k = 0; k < count && !zp_ctx_interrupted(c->ctx); k++) {
        for (int64_t i = 0; i < m; i++, to += size)
            zp_copy_elems(x.type, to, (const char *)zp_data(&x) + (size_t)pick[i] * size, 1);
        advance(pick, m, n);
    }
    zp_free(pick);
    c->out = v;
    return true;
}

static zp_status bi_combn(zp_call *c)
{
    zp_value x = c->argv[0], all = zp_nil();
    int64_t m;
    bool ok;

    if (!zp_arg_int(c, 1, &m))
        return ZP_FAILED;
    if (!zp_is_array(x))
        return zp_fail_call(c, "incorrect argument type");
    if (m < 0)
        return zp_fail_call(c, "m < 0");
    if (x.type == ZP_DBL && zp_len(x) == 1 && zp_dbls(&x)[0] >= 1) {
        if (!zp_colon(zp_dbl(1), x, &all, c->err))
            return ZP_FAILED;
        x = all;
    }
    ok = m <= zp_len(x) ? combine(c, x, zp_len(x), m) : zp_fail(c->err, "n < m");
    zp_value_unref(all);
    return zp_done(ok);
}

static zp_status bi_embed(zp_call *c)
{
    const zp_value x = c->argv[0];
    const int64_t n = zp_dim(x, 0), vars = zp_ndim(x) == 2 ? zp_dim(x, 1) : 1;
    int64_t d, rows;
    zp_value v;

    if (!zp_is_array(x) || zp_ndim(x) > 2)
        return zp_fail_call(c, "'x' is not a vector or matrix");
    if (!zp_arg_int(c, 1, &d))
        return ZP_FAILED;
    if (d < 1 || d > n)
        return zp_fail_call(c, "wrong embedding dimension");
    rows = n - d + 1;
    v = zp_arr(x.type, 2, (int64_t[]){ rows, d * vars }, c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    for (int64_t k = 0; k < d; k++)
        for (int64_t j = 0; j < vars; j++)
            zp_copy_elems(x.type, (void *)zp_column(&v, k * vars + j),
                          (const char *)zp_column(&x, j) + (size_t)(d - 1 - k) * zp_type_size(x.type), rows);
    c->out = v;
    return ZP_OK;
}

static const char combn_source[] =
    "{ r <- .combn(x, m); if (is.null(FUN) && simplify) return(r);"
    " FUN <- if (is.null(FUN)) identity else match.fun(FUN);"
    " r <- lapply(seq_len(ncol(r)), function(i) FUN(r[, i], ...)); if (simplify) .simplify(r, TRUE) else r }";

const zp_builtin zp_builtins_split[] = {
    { "split", "x, f, drop = FALSE", "drop=L", 0, bi_split,
      "The elements of x by the groups of f, as a list named by the sorted keys.",
      "split(1:4, c(\"a\", \"b\", \"a\", \"b\"))", NULL },
    { "unsplit", "value, f", "value=l", 0, bi_unsplit, "Puts the parts that split(x, f) made together again.",
      "unsplit(split(1:4, c(2, 1, 2, 1)), c(2, 1, 2, 1))", NULL },
    { "rowsum", "x, group, reorder = TRUE, na.rm = FALSE", "reorder=L na.rm=L", 0, bi_rowsum,
      "Sums of the rows of each group: a matrix with one row per group, sorted by group unless `reorder` is FALSE.",
      "rowsum(1:4, c(\"a\", \"b\", \"a\", \"b\"))", NULL },
    { "combn", "x, m, FUN = NULL, simplify = TRUE, ...", "m=D simplify=L", 0, NULL,
      "All combinations of m elements of x, one per column; a number stands for 1:x. With FUN what it gives for each; without "
      "`simplify` a list.",
      "combn(4, 2)", combn_source },
    { ".combn", "x, m", "m=D", ZP_BI_HIDDEN, bi_combn, "The combinations as columns.", "", NULL },
    { "embed", "x, dimension = 1", "dimension=D", 0, bi_embed,
      "A matrix of x and its lags: row i holds x[i + dimension - 1], ..., x[i].", "embed(1:5, 2)", NULL },
    { 0 },
};
