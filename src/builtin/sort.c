/* Order of elements: sort, order, rank and their kin.
 *
 * sort() of plain numbers sorts keys and turns them back; as soon as something has to travel with the elements
 * (names) or cannot be rebuilt from its key (strings), the positions are sorted instead. */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "kernel/reduce.h"

#include <math.h>
#include <string.h>

static bool sortable(zp_value v)
{
    return v.type == ZP_DBL || v.type == ZP_LGL || v.type == ZP_TIM || v.type == ZP_DUR || v.type == ZP_IVL ||
           v.type == ZP_STR;
}

static bool want_sortable(zp_call *c, zp_value *v)
{
    if (!sortable(*v))
        return zp_fail(c->err, "incorrect argument type");
    return zp_value_dense(v, c->err);
}

/* ---------------------------------------------------------------- sort */

typedef struct sorting {
    bool descending, set;
    int nan; /* 0: removed, 1: last, -1: first */
} sorting;

static bool has_key_form(zp_value v)
{
    return v.type == ZP_DBL || v.type == ZP_TIM || v.type == ZP_DUR;
}

/* Is a sorted vector free of equal neighbours? */
static void mark_order(zp_value v, const sorting *s)
{
    if (s->set && !s->descending && s->nan == 0 && v.boxed)
        v.u.arr->order = ZP_ORDER_YES;
}

/* Plain numbers: through keys. */
static bool sort_by_key(zp_value x, const sorting *s, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(x), kept = 0, nans = 0;
    zp_value keys = zp_words(n, err), other = zp_words(n, err), v;
    uint64_t *k, *sorted;

    if (zp_bad(keys) || zp_bad(other))
        goto fail;
    k = zp_key_data(keys);
    if (x.type == ZP_DBL)
        zp_k_keys_dbl(k, zp_dbls(&x), n, s->descending);
    else
        zp_k_keys_i64(k, zp_i64s(&x), n, s->descending);
    if (x.type == ZP_DBL &&
        zp_k_any_nan(zp_dbls(&x),
                     n)) { /* NaN: UINT64_MAX, or 0 when complemented; no number has these keys */
        uint64_t nan = s->descending ? 0 : UINT64_MAX;
        for (int64_t i = 0; i < n; i++) {
            k[kept] = k[i];
            kept += k[i] != nan;
        }
    } else {
        kept = n;
    }
    nans = s->nan ? n - kept : 0;
    sorted = zp_k_sort(k, zp_key_data(other), kept);
    if (s->set) {
        int64_t distinct = 0;
        for (int64_t i = 0; i < kept; i++)
            if (i == 0 || sorted[i] != sorted[distinct - 1])
                sorted[distinct++] = sorted[i];
        kept = distinct;
        nans = nans > 0;
    }
    v = zp_vec(x.type, kept + nans, err);
    if (zp_bad(v))
        goto fail;
    if (x.type == ZP_DBL) {
        double *to = v.u.arr->data;
        zp_k_dbls_of_keys(to + (s->nan < 0 ? nans : 0), sorted, kept, s->descending);
        for (int64_t i = 0; i < nans; i++)
            to[s->nan < 0 ? i : kept + i] = NAN;
    } else {
        zp_k_i64s_of_keys(v.u.arr->data, sorted, kept, s->descending);
    }
    mark_order(v, s);
    zp_value_unref(keys);
    zp_value_unref(other);
    *out = v;
    return true;
fail:
    zp_value_unref(keys);
    zp_value_unref(other);
    return false;
}

static bool is_nan_at(zp_value x, int64_t i)
{
    return x.type == ZP_DBL && isnan(zp_dbls(&x)[i]);
}

/* Equal elements of one type? */
static bool same_elem(zp_value x, int64_t i, int64_t j)
{
    if (x.type == ZP_DBL)
        return zp_dbls(&x)[i] == zp_dbls(&x)[j] || (is_nan_at(x, i) && is_nan_at(x, j));
    if (x.type == ZP_STR)
        return zp_str_eq(zp_strs(&x)[i], zp_strs(&x)[j]);
    return memcmp((const char *)zp_data(&x) + (size_t)i * zp_type_size(x.type),
                  (const char *)zp_data(&x) + (size_t)j * zp_type_size(x.type), zp_type_size(x.type)) == 0;
}

/* Names of the elements at `pos`. */
static bool pick_names(zp_value *out, const zp_array *names, const int64_t *pos, int64_t n, zp_error *err)
{
    zp_value picked = zp_vec(ZP_STR, n, err);
    bool ok = !zp_bad(picked);

    for (int64_t i = 0; ok && i < n; i++)
        zp_str_put(picked, i, zp_str_ref(zp_name_at(names, pos[i])));
    ok = ok && zp_set_names(out, 0, zp_as_names(picked), err);
    zp_value_unref(picked);
    return ok;
}

/* Anything with an order: through positions, names travel. */
static bool sort_by_position(zp_value x, const sorting *s, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(x), kept = 0, *pos;
    zp_array *names = zp_is_vector(x) ? zp_names(x, 0) : NULL;
    zp_value work = zp_words(n, err), v = zp_nil();
    bool ok;

    if (zp_bad(work))
        return false;
    pos = (int64_t *)zp_key_data(work);
    ok = zp_order_of(x, s->descending, s->nan >= 0, pos, err);
    for (int64_t i = 0; ok && i < n; i++) {
        if (s->nan == 0 && is_nan_at(x, pos[i]))
            continue;
        if (s->set && kept && same_elem(x, pos[kept - 1], pos[i]))
            continue;
        pos[kept++] = pos[i];
    }
    ok = ok && zp_pick(x, pos, kept, &v, err) && (!names || pick_names(&v, names, pos, kept, err));
    if (ok)
        mark_order(v, s);
    else
        zp_value_clear(&v);
    zp_value_unref(work);
    *out = v;
    return ok;
}

static bool sorting_args(zp_call *c, sorting *s)
{
    bool last;

    s->nan = 0;
    if (!zp_arg_lgl(c, 1, &s->descending) || !zp_arg_lgl(c, 3, &s->set))
        return false;
    if (!zp_arg_missing(c, 2)) {
        if (!zp_arg_lgl(c, 2, &last))
            return false;
        s->nan = last ? 1 : -1;
    }
    return true;
}

static zp_status bi_sort(zp_call *c)
{
    zp_value *x = zp_operand(c), out;
    sorting s;
    bool plain;

    if (!want_sortable(c, x) || !sorting_args(c, &s))
        return ZP_FAILED;
    plain = has_key_form(*x) && !(zp_is_vector(*x) && zp_names(*x, 0));
    if (!(plain ? sort_by_key(*x, &s, &out, c->err) : sort_by_position(*x, &s, &out, c->err)))
        return ZP_FAILED;
    c->out = out;
    if (zp_in_place(c))
        zp_value_set(c->ref[0], zp_value_ref(out));
    return ZP_OK;
}

/* 1-based positions that sort each column. */
static zp_status bi_sort_idx(zp_call *c)
{
    zp_value *x = &c->argv[0], out, work;
    int64_t rows, cols;
    bool descending, ok = true;

    if (!want_sortable(c, x) || !zp_arg_lgl(c, 1, &descending))
        return ZP_FAILED;
    rows = zp_dim(*x, 0);
    cols = zp_ncols(*x);
    out = zp_arr_like(ZP_DBL, *x, true, c->err);
    work = zp_words(rows, c->err);
    ok = !zp_bad(out) && !zp_bad(work);
    for (int64_t j = 0; ok && j < cols; j++) {
        int64_t *pos = (int64_t *)zp_key_data(work);
        zp_value column = *x, copy = zp_nil();
        if (cols > 1) {
            for (int64_t i = 0; i < rows; i++)
                pos[i] = i + j * rows;
            ok = zp_pick(*x, pos, rows, &copy, c->err);
            column = copy;
        }
        ok = ok && zp_order_of(column, descending, true, pos, c->err);
        for (int64_t i = 0; ok && i < rows; i++)
            ((double *)out.u.arr->data)[i + j * rows] = (double)(pos[i] + 1);
        zp_value_unref(copy);
    }
    zp_value_unref(work);
    if (!ok) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    c->out = out;
    return ZP_OK;
}

/* ---------------------------------------------------------------- order */

enum { MAX_KEYS = 64 };

/* decreasing: one for all keys or one each. */
static bool directions(zp_call *c, bool *descending)
{
    zp_value d = c->argv[0];
    int64_t n = zp_len(d);

    if (d.type != ZP_LGL || (n != 1 && n != c->ndots))
        return zp_fail(c->err, "'decreasing' must be one logical, or one for each key");
    for (int k = 0; k < c->ndots; k++)
        descending[k] = zp_lgls(&d)[n == 1 ? 0 : k] != 0;
    return true;
}

static zp_status bi_order(zp_call *c)
{
    bool descending[MAX_KEYS], last = true, ok;
    zp_value work, out;
    int64_t n = 0, kept = 0;

    if (c->ndots > MAX_KEYS)
        return zp_fail_call(c, "too many keys");
    for (int k = 0; k < c->ndots; k++) {
        if (!want_sortable(c, &c->dots[k]))
            return ZP_FAILED;
        if (k && zp_len(c->dots[k]) != n)
            return zp_fail_call(c, "argument lengths differ");
        n = zp_len(c->dots[k]);
    }
    if (!directions(c, descending) || !zp_arg_lgl(c, 1, &last))
        return ZP_FAILED;
    work = zp_words(n, c->err);
    if (zp_bad(work))
        return ZP_FAILED;
    int64_t *pos = (int64_t *)zp_key_data(work);
    ok = c->ndots == 0 || zp_order_by(c->dots, c->ndots, descending, last, pos, c->err);
    out = ok ? zp_vec(ZP_DBL, n, c->err) : zp_nil();
    if (!zp_bad(out))
        for (int64_t i = 0; i < n; i++)
            ((double *)out.u.arr->data)[kept++] = (double)(pos[i] + 1);
    zp_value_unref(work);
    c->out = out;
    return zp_done(!zp_bad(out));
}

/* ---------------------------------------------------------------- rank */

typedef enum ties { AVERAGE, FIRST, LAST, MIN, MAX } ties;

static bool ties_method(zp_call *c, ties *method)
{
    static const char *const names[] = { "average", "first", "last", "min", "max" };
    zp_str *s;

    if (!zp_arg_str(c, 2, &s))
        return false;
    for (int i = 0; i < 5; i++)
        if (zp_str_is(s, names[i])) {
            *method = (ties)i;
            return true;
        }
    return zp_fail(c->err, "'ties.method' must be one of \"average\", \"first\", \"last\", \"min\", \"max\"");
}

/* Ranks of the group [from, to) of equal elements at sorted positions. */
static void rank_group(double *rank, const int64_t *pos, int64_t from, int64_t to, ties method)
{
    for (int64_t i = from; i < to; i++) {
        double r = (double)(i + 1);
        if (method == AVERAGE)
            r = (double)(from + 1 + to) / 2;
        else if (method == MIN)
            r = (double)(from + 1);
        else if (method == MAX)
            r = (double)to;
        else if (method == LAST)
            r = (double)(from + to - i);
        rank[pos[i]] = r;
    }
}

/* Ranks of x into `rank`; every NaN is alone and comes last or first, as in R. */
static bool ranks(zp_value x, ties method, bool nan_last, double *rank, zp_error *err)
{
    int64_t n = zp_len(x), from = 0;
    zp_value work = zp_words(n, err);
    int64_t *pos;

    if (zp_bad(work))
        return false;
    pos = (int64_t *)zp_key_data(work);
    if (!zp_order_of(x, false, nan_last, pos, err)) {
        zp_value_unref(work);
        return false;
    }
    for (int64_t i = 1; i <= n; i++)
        if (i == n || is_nan_at(x, pos[i]) || !same_elem(x, pos[from], pos[i])) {
            rank_group(rank, pos, from, i, method);
            from = i;
        }
    zp_value_unref(work);
    return true;
}

static zp_status bi_rank(zp_call *c)
{
    zp_value *x = &c->argv[0], out;
    bool nan_last = true, keep = c->argv[1].type == ZP_STR;
    ties method = AVERAGE;

    if (!want_sortable(c, x) || !ties_method(c, &method) || (!keep && !zp_arg_lgl(c, 1, &nan_last)))
        return ZP_FAILED;
    if (keep && !(zp_len(c->argv[1]) == 1 && zp_str_is(zp_strs(&c->argv[1])[0], "keep")))
        return zp_fail_call(c, "'na.last' must be TRUE, FALSE or \"keep\"");
    out = zp_vec(ZP_DBL, zp_len(*x), c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    if (!ranks(*x, method, nan_last, out.u.arr->data, c->err) ||
        (zp_is_vector(*x) && zp_names(*x, 0) && !zp_set_names(&out, 0, zp_names(*x, 0), c->err))) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    for (int64_t i = 0; keep && i < zp_len(*x); i++)
        if (is_nan_at(*x, i))
            ((double *)out.u.arr->data)[i] = NAN;
    c->out = out;
    return ZP_OK;
}

static zp_status bi_is_unsorted(zp_call *c)
{
    zp_value *x = &c->argv[0], keys;
    bool strictly, skip, unsorted = false;
    int64_t n = zp_len(*x), last = -1;
    uint64_t *k;

    if (!want_sortable(c, x) || !zp_arg_lgl(c, 1, &strictly) || !zp_arg_lgl(c, 2, &skip) ||
        !zp_keys(*x, zp_nil(), true, &keys, NULL, c->err))
        return ZP_FAILED;
    k = zp_key_data(keys);
    for (int64_t i = 0; i < n; i++) {
        if (is_nan_at(*x, i)) {
            if (skip)
                continue;
            zp_value_unref(keys);
            return zp_fail_call(c, "NaN has no order: use na.rm = TRUE");
        }
        unsorted = unsorted || (last >= 0 && (strictly ? k[last] >= k[i] : k[last] > k[i]));
        last = i;
    }
    zp_value_unref(keys);
    c->out = zp_lgl(unsorted);
    return ZP_OK;
}

const zp_builtin zp_builtins_sort[] = {
    { "sort", "x, decreasing = FALSE, [na.last], set = FALSE", "decreasing=L na.last=L set=L", ZP_BI_INPLACE,
      bi_sort,
      "Elements in order, names with them; equal ones keep their order. NaN is dropped, or put last or first with `na.last`. "
      "`set` drops duplicates.",
      "sort(c(3, 1, 2))", NULL },
    { "sort.idx", "x, decreasing = FALSE", "decreasing=L", 0, bi_sort_idx,
      "Positions that sort each column; NaN last.", "sort.idx(c(3, 1, 2))", NULL },
    { "order", "..., decreasing = FALSE, na.last = TRUE, method = \"radix\"",
      "decreasing=L na.last=L method=S", 0, bi_order,
      "Positions that sort by the first key, ties by the next ones. (Every `method` of R gives the same.)",
      "order(c(3, 1, 2))", NULL },
    { "rank", "x, na.last = TRUE, ties.method = \"average\"", "na.last=LS ties.method=S", 0, bi_rank,
      "Rank of each element; equal ones share the average rank, or \"first\", \"last\", \"min\", \"max\". Every NaN comes "
      "last or, with na.last = FALSE, first; \"keep\": its rank is NaN.",
      "rank(c(10, 30, 20, 20))", NULL },
    { "is.unsorted", "x, strictly = FALSE, na.rm = FALSE", "strictly=L na.rm=L", 0, bi_is_unsorted,
      "Are the elements not in ascending order?", "is.unsorted(c(1, 3, 2))", NULL },
    { 0 }
};
