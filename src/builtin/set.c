/* Sets of elements: union, intersect, setdiff and their positions.
 *
 * Numbers, logicals and strings follow R: results in order of first appearance, through one hash table.  Times and
 * durations are sorted and merged, results ascend.  Intervals are sets of instants: see set_interval.c. */
#include "builtin/keys.h"
#include "builtin/set.h"

#include <math.h>
#include <string.h>

#include "kernel/join.h"

static bool settable(zp_type t)
{
    return t == ZP_DBL || t == ZP_LGL || t == ZP_STR || t == ZP_TIM || t == ZP_DUR;
}

static bool one_column(zp_call *c, zp_value *v)
{
    if (!zp_is_array(*v))
        return zp_fail(c->err, "incorrect argument type");
    if (zp_ndim(*v) > 1 && zp_ncols(*v) != 1)
        return zp_fail(c->err, "argument must be a vector");
    return zp_value_dense(v, c->err);
}

/* NULL is the empty vector of the other side's type, as in R. */
static bool fill_nil(zp_call *c)
{
    for (int k = 0; k < 2; k++)
        if (c->argv[k].type == ZP_NIL) {
            zp_type t = c->argv[1 - k].type;
            c->argv[k] = zp_vec(zp_type_is_array(t) ? t : ZP_DBL, 0, c->err);
            if (zp_bad(c->argv[k]))
                return false;
        }
    return true;
}

static bool check(zp_call *c)
{
    return fill_nil(c) && one_column(c, &c->argv[0]) && one_column(c, &c->argv[1]);
}

static bool ascends(zp_type t)
{
    return t == ZP_TIM || t == ZP_DUR;
}

/* ---------------------------------------------------------------- R's sets */

static bool join(zp_value x, zp_value y, zp_value *out, zp_error *err)
{
    int64_t nx = zp_len(x), ny = zp_len(y);
    size_t size = zp_type_size(x.type);
    zp_value v = zp_vec(x.type, nx + ny, err);

    if (zp_bad(v) || !zp_value_box(&v, err))
        return false;
    if (x.type == ZP_STR) {
        for (int64_t i = 0; i < nx + ny; i++)
            zp_str_put(v, i, zp_str_ref(i < nx ? zp_strs(&x)[i] : zp_strs(&y)[i - nx]));
    } else {
        memcpy(v.u.arr->data, zp_data(&x), (size_t)nx * size);
        memcpy((char *)v.u.arr->data + (size_t)nx * size, zp_data(&y), (size_t)ny * size);
    }
    *out = v;
    return true;
}

/* Elements of x that occur for the first time and are (or are not) in y; with y NIL all first ones. */
static bool choose(zp_value x, zp_value y, bool wanted, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(x), kept = 0;
    zp_value marks = zp_words(n / 8 + 1, err), pos = zp_words(n, err), found = zp_words(n, err);
    bool ok = !zp_bad(marks) && !zp_bad(pos) && !zp_bad(found), any = y.type != ZP_NIL;

    ok = ok && zp_first(x, (uint8_t *)zp_key_data(marks), err) &&
         (!any || zp_match_keys(x, y, 0, (double *)zp_key_data(found), err));
    if (ok) {
        const uint8_t *first = (uint8_t *)zp_key_data(marks);
        const double *at = (double *)zp_key_data(found);
        int64_t *p = (int64_t *)zp_key_data(pos);
        for (int64_t i = 0; i < n; i++)
            if (first[i] && (!any || (at[i] != 0) == wanted))
                p[kept++] = i;
        ok = zp_pick(x, p, kept, out, err);
    }
    zp_value_unref(marks);
    zp_value_unref(pos);
    zp_value_unref(found);
    return ok;
}

/* ---------------------------------------------------------------- merged sets */

enum { IN_X = 1, IN_Y = 2 };

/* The sorted positions of both sides, walked together. */
typedef struct merge {
    zp_value kx, ky, px, py;
    const uint64_t *x, *y; /* keys by position */
    int64_t *i, *j;        /* positions in order */
    int64_t nx, ny;
} merge;

static void merge_fini(merge *m)
{
    zp_value_unref(m->kx);
    zp_value_unref(m->ky);
    zp_value_unref(m->px);
    zp_value_unref(m->py);
}

static bool merge_init(merge *m, zp_value x, zp_value y, zp_error *err)
{
    memset(m, 0, sizeof *m);
    m->nx = zp_len(x);
    m->ny = zp_len(y);
    if (!zp_keys(x, y, true, &m->kx, &m->ky, err))
        return false;
    m->px = zp_words(m->nx, err);
    m->py = zp_words(m->ny, err);
    if (zp_bad(m->px) || zp_bad(m->py))
        goto fail;
    m->x = zp_key_data(m->kx);
    m->y = zp_key_data(m->ky);
    m->i = (int64_t *)zp_key_data(m->px);
    m->j = (int64_t *)zp_key_data(m->py);
    if (zp_order_of(x, false, true, m->i, err) && zp_order_of(y, false, true, m->j, err))
        return true;
fail:
    merge_fini(m);
    return false;
}

/* One step: the next value; *from, *to delimit its positions in the order of x, *at is its first in y or -1. */
typedef struct step {
    int64_t from, to, y;
} step;

static bool merge_next(const merge *m, int64_t *a, int64_t *b, step *s)
{
    bool has_x = *a < m->nx, has_y = *b < m->ny;
    uint64_t key;

    if (!has_x && !has_y)
        return false;
    key = !has_y || (has_x && m->x[m->i[*a]] <= m->y[m->j[*b]]) ? m->x[m->i[*a]] : m->y[m->j[*b]];
    s->from = *a;
    while (*a < m->nx && m->x[m->i[*a]] == key)
        ++*a;
    s->to = *a;
    s->y = *b < m->ny && m->y[m->j[*b]] == key ? m->j[*b] : -1;
    while (*b < m->ny && m->y[m->j[*b]] == key)
        ++*b;
    return true;
}

typedef enum set_op { UNION, INTERSECT, SETDIFF } set_op;

/* What of x is not in y, both ascending; stores always and advances only where it counts. */
static int64_t without(const int64_t *x, int64_t n, const int64_t *y, int64_t m, int64_t *out)
{
    int64_t i = 0, j = 0, k = 0;

    while (i < n && j < m) {
        int64_t a = x[i], b = y[j];

        out[k] = a;
        k += a < b;
        i += a <= b;
        j += b <= a;
    }
    memcpy(out + k, x + i, (size_t)(n - i) * sizeof *out);
    return k + n - i;
}

/* Both ascend: one walk. */
static bool merged_in_order(zp_value x, zp_value y, set_op op, zp_value *out, zp_error *err)
{
    zp_join_side a = { .at = zp_i64s(&x), .n = zp_len(x) }, b = { .at = zp_i64s(&y), .n = zp_len(y) };
    zp_value v = zp_vec(x.type, a.n + (op == UNION ? b.n : 0), err);
    int64_t n;

    if (zp_bad(v) || !zp_value_box(&v, err))
        return false;
    n = op == SETDIFF ? without(a.at, a.n, b.at, b.n, v.u.arr->data)
                      : zp_join(op == UNION, ZP_JOIN_APART, &a, &b, 0, v.u.arr->data);
    v.u.arr->n = v.u.arr->dim[0] = v.u.arr->stride = n;
    v.u.arr->order = ZP_ORDER_YES;
    *out = v;
    return true;
}

/* Ascending: pieces from x, or from y where x has none. */
static bool merged(zp_value x, zp_value y, set_op op, zp_value *out, zp_error *err)
{
    merge m;
    int64_t a = 0, b = 0, n = 0;
    zp_value v;
    step s;

    if (zp_value_ordered(x) && zp_value_ordered(y))
        return merged_in_order(x, y, op, out, err);
    if (!merge_init(&m, x, y, err))
        return false;
    v = zp_vec(x.type, m.nx + (op == UNION ? m.ny : 0), err);
    if (zp_bad(v) || !zp_value_box(&v, err)) {
        merge_fini(&m);
        return false;
    }
    while (merge_next(&m, &a, &b, &s)) {
        int64_t copies = 1, *to = (int64_t *)v.u.arr->data + n;
        bool in_x = s.to > s.from;
        if (op == INTERSECT ? !in_x || s.y < 0 : op == SETDIFF && (!in_x || s.y >= 0))
            continue;
        if (op == SETDIFF)
            copies = s.to - s.from; /* duplicates stay */
        for (int64_t k = 0; k < copies; k++)
            to[k] = in_x ? zp_i64s(&x)[m.i[s.from + k]] : zp_i64s(&y)[s.y];
        n += copies;
    }
    merge_fini(&m);
    v.u.arr->n = v.u.arr->dim[0] = v.u.arr->stride = n;
    if (op != SETDIFF)
        v.u.arr->order = ZP_ORDER_YES;
    *out = v;
    return true;
}

/* ---------------------------------------------------------------- the functions */

/* Sets without elements and without a type, as in R. */
static bool null_is_the_answer(zp_value x, zp_value y, set_op op)
{
    bool no_x = x.type == ZP_NIL, no_y = y.type == ZP_NIL;

    return op == UNION ? no_x && no_y : op == SETDIFF ? no_x : no_x || no_y;
}

static zp_status set_operation(zp_call *c, set_op op)
{
    zp_value *x = &c->argv[0], *y = &c->argv[1], all;
    bool ok;

    if (null_is_the_answer(*x, *y, op))
        return ZP_OK;
    if (!check(c))
        return ZP_FAILED;
    if (x->type == ZP_IVL && y->type == ZP_IVL)
        return zp_done(zp__set_intervals(*x, *y,
                                         op == UNION       ? '|'
                                         : op == INTERSECT ? '&'
                                                           : '-',
                                         &c->out, c->err));
    if (x->type == ZP_TIM && y->type == ZP_IVL && op != UNION)
        return zp_done(zp__set_times(*x, *y, op == INTERSECT, &c->out, c->err));
    if (x->type != y->type || !settable(x->type))
        return zp_fail_call(c, "incorrect argument type");
    if (ascends(x->type))
        return zp_done(merged(*x, *y, op, &c->out, c->err));
    if (op != UNION)
        return zp_done(choose(*x, *y, op == INTERSECT, &c->out, c->err));
    if (!join(*x, *y, &all, c->err))
        return ZP_FAILED;
    ok = choose(all, zp_nil(), true, &c->out, c->err);
    zp_value_unref(all);
    return zp_done(ok);
}

static zp_status bi_union(zp_call *c)
{
    return set_operation(c, UNION);
}

static zp_status bi_intersect(zp_call *c)
{
    return set_operation(c, INTERSECT);
}

static zp_status bi_setdiff(zp_call *c)
{
    return set_operation(c, SETDIFF);
}

bool zp__set_pair(zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    zp_value list = zp_bad(a) || zp_bad(b) ? zp_nil() : zp_list_new(2, err);

    if (zp_bad(list)) {
        zp_value_unref(a);
        zp_value_unref(b);
        return false;
    }
    zp_list_set(list, 0, a);
    zp_list_set(list, 1, b);
    *out = list;
    return true;
}

/* Positions by value: `op` decides which steps count; setdiff's second vector lists those of y alone. */
static bool positions(zp_value x, zp_value y, set_op op, zp_value *out, zp_error *err)
{
    merge m;
    int64_t a = 0, b = 0, n[2] = { 0, 0 }, most;
    zp_value v[2];
    step s;

    if (!merge_init(&m, x, y, err))
        return false;
    most = m.nx + m.ny;
    v[0] = zp_words(most, err);
    v[1] = zp_words(most, err);
    while (!zp_bad(v[0]) && !zp_bad(v[1]) && merge_next(&m, &a, &b, &s)) {
        double *p = (double *)zp_key_data(v[0]), *q = (double *)zp_key_data(v[1]);
        double px = s.to > s.from ? (double)(m.i[s.from] + 1) : NAN, py = s.y >= 0 ? (double)(s.y + 1) : NAN;
        if (op == UNION || (op == INTERSECT && !isnan(px) && !isnan(py))) {
            p[n[0]++] = px;
            q[n[1]++] = py;
        } else if (op == SETDIFF && isnan(py)) {
            for (int64_t k = s.from; k < s.to; k++) /* duplicates stay, as in setdiff */
                p[n[0]++] = (double)(m.i[k] + 1);
        } else if (op == SETDIFF && isnan(px)) {
            int64_t e = b; /* all positions of this value in y */
            while (e > 0 && m.y[m.j[e - 1]] == m.y[s.y])
                e--;
            for (; e < b; e++)
                q[n[1]++] = (double)(m.j[e] + 1);
        }
    }
    merge_fini(&m);
    for (int k = 0; k < 2; k++) {
        zp_value d = zp_bad(v[k]) ? zp_nil() : zp_vec(ZP_DBL, n[k], err);
        if (!zp_bad(d) && n[k])
            memcpy(d.u.arr->data, zp_key_data(v[k]), (size_t)n[k] * sizeof(double));
        zp_value_set(&v[k], d);
    }
    return zp__set_pair(v[0], v[1], out, err);
}

static zp_status set_positions(zp_call *c, set_op op)
{
    zp_value *x = &c->argv[0], *y = &c->argv[1];

    if (!check(c))
        return ZP_FAILED;
    if (x->type == ZP_TIM && y->type == ZP_IVL && op != UNION)
        return zp_done(zp__set_times_idx(*x, *y, op == INTERSECT, &c->out, c->err));
    if (x->type != y->type ||
        (x->type != ZP_IVL && !settable(x->type))) /* intervals: the same in all four fields */
        return zp_fail_call(c, "incorrect argument type");
    return zp_done(positions(*x, *y, op, &c->out, c->err));
}

static zp_status bi_union_idx(zp_call *c)
{
    return set_positions(c, UNION);
}

static zp_status bi_intersect_idx(zp_call *c)
{
    return set_positions(c, INTERSECT);
}

static zp_status bi_setdiff_idx(zp_call *c)
{
    return set_positions(c, SETDIFF);
}

#define SET_ROW(name, fn, text, example)                                  \
    {                                                                     \
        name, "x, y", "x=DLTUIS+0 y=DLTUIS+0", 0, fn, text, example, NULL \
    }

const zp_builtin zp_builtins_set[] = {
    SET_ROW("union", bi_union, "Elements in either, without duplicates; intervals: the instants in either.",
            "union(c(3, 1), c(1, 5))"),
    SET_ROW(
        "intersect", bi_intersect,
        "Elements in both, without duplicates; intervals: the instants in both; times and intervals: the times inside.",
        "intersect(1:4, c(2, 9))"),
    SET_ROW("setdiff", bi_setdiff,
            "Elements of x that are not in y; intervals: the instants of x that are not in y.",
            "setdiff(1:4, c(2, 9))"),
    SET_ROW(
        "union.idx", bi_union_idx,
        "For each value of the union, ascending, its position in x and in y, NaN where it is absent: a list of two vectors.",
        "union.idx(1:2, 2:3)"),
    SET_ROW("intersect.idx", bi_intersect_idx,
            "Positions in x and in y of the common values: a list of two vectors.",
            "intersect.idx(1:3, 2:4)"),
    SET_ROW("setdiff.idx", bi_setdiff_idx,
            "Positions of values in x alone, and in y alone: a list of two vectors.",
            "setdiff.idx(1:3, 2:4)"),
    { 0 }
};
