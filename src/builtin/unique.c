/* Equality of elements: unique, duplicated, match, and runs (rle). */
#include "builtin/keys.h"
#include "base/breath.h"
#include "builtin/num.h"

#include "ops/ops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool want_array(zp_call *c, zp_value *v)
{
    if (v->type == ZP_ZTS)
        zp_value_set(v, zp_value_ref(zp_zts_data(*v)));
    if (!zp_is_array(*v))
        return zp_fail(c->err, "incorrect argument type");
    return zp_value_dense(v, c->err);
}

/* ---------------------------------------------------------------- what is new
 *
 * Three kinds of things are told apart: the elements of a vector (or series), by their keys; the rows or columns of a matrix, by
 * the keys of their cells, sorted; the elements of a list, each against those before it. */

typedef struct marks {
    int64_t n;      /* how many things there are */
    uint8_t *first; /* which of them occur for the first (from the end: the last) time */
    bool lines;     /* they are rows or columns */
    int margin;     /* 1: rows, 2: columns */
    zp_value held;
} marks;

static bool make_room(marks *m, zp_error *err)
{
    m->held = zp_words(m->n / 8 + 1, err);
    m->first = zp_bad(m->held) ? NULL : (uint8_t *)zp_key_data(m->held);
    return m->first != NULL;
}

static bool mark_elements(zp_value x, bool from_last, marks *m, zp_error *err)
{
    zp_value pos, turned = zp_nil();
    bool ok;

    if (!from_last)
        return zp_first(x, m->first, err);
    pos = zp_words(m->n, err);
    if (zp_bad(pos))
        return false;
    for (int64_t i = 0; i < m->n; i++)
        zp_key_data(pos)[i] = (uint64_t)(m->n - 1 - i);
    ok = zp_pick(x, (const int64_t *)zp_key_data(pos), m->n, &turned, err) && zp_first(turned, m->first, err);
    zp_value_unref(pos);
    zp_value_unref(turned);
    for (int64_t i = 0; ok && i < m->n / 2; i++) {
        uint8_t other = m->first[m->n - 1 - i];
        m->first[m->n - 1 - i] = m->first[i];
        m->first[i] = other;
    }
    return ok;
}

static bool mark_items(zp_ctx *ctx, zp_value list, bool from_last, marks *m, zp_error *err)
{
    for (int64_t k = 0; k < m->n; k++) {
        int64_t i = from_last ? m->n - 1 - k : k, step = from_last ? 1 : -1;
        bool seen = false;

        zp_breathe(k * 20);
        for (int64_t j = i + step; !seen && j >= 0 && j < m->n; j += step)
            seen = m->first[j] && zp_value_equal(zp_list_at(list, j), zp_list_at(list, i), 0);
        m->first[i] = !seen;
        if (zp_ctx_interrupted(ctx))
            return zp_fail(err, "interrupted");
    }
    return true;
}

/* Rows or columns: line i has the keys k[i * step + j * stride]. */
typedef struct lines {
    const uint64_t *k;
    int64_t cells, step, stride;
} lines;

static int compare_cells(const lines *l, int64_t a, int64_t b)
{
    for (int64_t j = 0; j < l->cells; j++) {
        uint64_t x = l->k[a * l->step + j * l->stride], y = l->k[b * l->step + j * l->stride];
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int by_line(const void *a, const void *b, void *arg)
{
    int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;
    int order = compare_cells(arg, i, j);

    return order ? order : (i > j) - (i < j);
}

static bool mark_lines(zp_value x, bool from_last, marks *m, zp_error *err)
{
    int64_t rows = zp_dim(x, 0), cols = zp_ncols(x);
    lines l = m->margin == 1 ? (lines){ NULL, cols, 1, rows } : (lines){ NULL, rows, rows, 1 };
    zp_value keys, pos = zp_words(m->n, err);
    int64_t *p;

    if (zp_bad(pos))
        return false;
    if (!zp_keys(x, zp_nil(), false, &keys, NULL, err)) {
        zp_value_unref(pos);
        return false;
    }
    l.k = zp_key_data(keys);
    p = (int64_t *)zp_key_data(pos);
    for (int64_t i = 0; i < m->n; i++)
        p[i] = i;
    qsort_r(p, (size_t)m->n, sizeof *p, by_line, &l);
    for (int64_t i = 0; i < m->n; i++) {
        bool same_before = i > 0 && compare_cells(&l, p[i - 1], p[i]) == 0;
        bool same_after = i + 1 < m->n && compare_cells(&l, p[i], p[i + 1]) == 0;
        m->first[p[i]] = from_last ? !same_after : !same_before;
    }
    zp_value_unref(keys);
    zp_value_unref(pos);
    return true;
}

/* The marks for x, argument 1; the others are incomparables, fromLast, MARGIN.  The caller releases m->held. */
static bool mark(zp_call *c, marks *m)
{
    zp_value *x = &c->argv[0], *apart = &c->argv[1];
    bool from_last, series = x->type == ZP_ZTS, ok;
    double margin;

    *m = (marks){ .held = zp_nil() };
    if (apart->type != ZP_LGL || zp_len(*apart) != 1 || zp_lgls(apart)[0])
        return zp_fail(c->err, "only incomparables = FALSE: all elements are compared");
    if (!zp_arg_lgl(c, 2, &from_last) || !zp_arg_dbl(c, 3, &margin))
        return false;
    if (x->type == ZP_LIST) {
        m->n = zp_len(*x);
        ok = make_room(m, c->err) && mark_items(c->ctx, *x, from_last, m, c->err);
    } else {
        if (!want_array(c, x))
            return false;
        m->lines = !series && zp_ndim(*x) > 1;
        if (m->lines && margin != 1 && !(margin == 2 && zp_ndim(*x) == 2))
            return zp_fail(c->err, "MARGIN must be 1 (rows) or, of a matrix, 2 (columns)");
        m->margin = (int)margin;
        m->n = !m->lines ? zp_len(*x) : m->margin == 1 ? zp_dim(*x, 0) : zp_ncols(*x);
        ok = make_room(m, c->err) &&
             (m->lines ? mark_lines(*x, from_last, m, c->err) : mark_elements(*x, from_last, m, c->err));
    }
    if (!ok)
        zp_value_unref(m->held);
    return ok;
}

/* Columns of x at 0-based positions. */
static bool take_columns(zp_value x, const int64_t *pos, int64_t n, zp_value *out, zp_error *err)
{
    zp_value index[2] = { { .type = ZP_MISSING }, zp_vec(ZP_DBL, n, err) };
    bool ok = !zp_bad(index[1]);

    for (int64_t i = 0; ok && i < n; i++)
        ((double *)index[1].u.arr->data)[i] = (double)(pos[i] + 1);
    ok = ok && zp_subset(x, index, 2, false, out, err);
    zp_value_unref(index[1]);
    return ok;
}

static zp_status bi_unique(zp_call *c)
{
    zp_value *x = &c->argv[0], pos;
    int64_t kept = 0, *p;
    bool ok;
    marks m;

    if (x->type == ZP_NIL)
        return ZP_OK;
    if (!mark(c, &m))
        return ZP_FAILED;
    pos = zp_words(m.n, c->err);
    ok = !zp_bad(pos);
    if (ok) {
        p = (int64_t *)zp_key_data(pos);
        for (int64_t i = 0; i < m.n; i++) {
            p[kept] = i;
            kept += m.first[i];
        }
        if (m.lines)
            ok = m.margin == 1 ? zp_take_rows(*x, p, kept, &c->out, c->err)
                               : take_columns(*x, p, kept, &c->out, c->err);
        else if (x->type == ZP_LIST)
            ok = zp_take_rows(*x, p, kept, &c->out, c->err);
        else
            ok = zp_pick(*x, p, kept, &c->out, c->err);
        if (ok && x->type == ZP_LIST)
            zp_drop_names(&c->out);
    }
    zp_value_unref(m.held);
    zp_value_unref(pos);
    return zp_done(ok);
}

static bool null_is_empty(zp_call *c)
{
    if (c->argv[0].type == ZP_NIL)
        c->argv[0] = zp_vec(ZP_DBL, 0, c->err);
    return !zp_bad(c->argv[0]);
}

static zp_status bi_duplicated(zp_call *c)
{
    zp_array *names;
    zp_value out;
    marks m;
    bool ok;

    if (!null_is_empty(c) || !mark(c, &m))
        return ZP_FAILED;
    out = zp_vec(ZP_LGL, m.n, c->err);
    for (int64_t i = 0; !zp_bad(out) && i < m.n; i++)
        ((int8_t *)out.u.arr->data)[i] = !m.first[i];
    names = m.lines ? zp_names(c->argv[0], m.margin - 1) : NULL;
    ok = !zp_bad(out);
    if (ok && m.lines &&
        zp_len(c->argv[0]) == m.n) /* a matrix of one column (or row) keeps its shape, as in R */
        ok = zp_value_reshape(&out, zp_ndim(c->argv[0]), zp_dims(&c->argv[0]), c->err) &&
             zp_copy_names(&out, c->argv[0], c->err);
    else if (ok && names)
        ok = zp_set_names(&out, 0, names, c->err);
    zp_value_unref(m.held);
    if (!ok)
        zp_value_clear(&out);
    c->out = out;
    return zp_done(ok);
}

static zp_status bi_any_duplicated(zp_call *c)
{
    int64_t at = 0, n;
    bool from_last;
    marks m;

    if (!null_is_empty(c) || !mark(c, &m) || !zp_arg_lgl(c, 2, &from_last))
        return ZP_FAILED;
    n = m.n;
    while (at < n && m.first[from_last ? n - 1 - at : at])
        at++;
    zp_value_unref(m.held);
    c->out = zp_dbl(at == n ? 0 : (double)(from_last ? n - at : at + 1));
    return ZP_OK;
}

/* ---------------------------------------------------------------- match */

static zp_status bi_match(zp_call *c)
{
    zp_value *x = &c->argv[0], *table = &c->argv[1], out;
    double none;
    int64_t n;

    if (!zp_arg_dbl(c, 2, &none))
        return ZP_FAILED;
    if (x->type == ZP_NIL) {
        c->out = zp_vec(ZP_DBL, 0, c->err);
        return zp_done(!zp_bad(c->out));
    }
    if (!want_array(c, x) || (table->type != ZP_NIL && !want_array(c, table)))
        return ZP_FAILED;
    n = zp_len(*x);
    out = zp_vec(ZP_DBL, n, c->err);
    if (zp_bad(out))
        return ZP_FAILED;
    if (table->type != x->type) {
        for (int64_t i = 0; i < n; i++)
            ((double *)out.u.arr->data)[i] = none;
    } else if (!zp_match_keys(*x, *table, none, out.u.arr->data, c->err)) {
        zp_value_unref(out);
        return ZP_FAILED;
    }
    zp_value_unbox(&out);
    c->out = out;
    return ZP_OK;
}

/* ---------------------------------------------------------------- runs */

/* R's names: a value has the name of the last element of its run, a length that of the next element (the last: ""). */
static bool name_runs(const zp_value *x, const int64_t *from, int64_t runs, zp_value *lengths,
                      zp_value *values, zp_error *err)
{
    const zp_array *names = zp_names(*x, 0);
    zp_value own, next;
    bool ok;

    if (!names || runs == 0)
        return true;
    own = zp_vec(ZP_STR, runs, err);
    next = zp_vec(ZP_STR, runs, err);
    ok = !zp_bad(own) && !zp_bad(next);
    for (int64_t r = 0; ok && r < runs; r++) {
        zp_str_put(own, r, zp_str_ref(zp_name_at(names, from[r + 1] - 1)));
        if (r + 1 < runs)
            zp_str_put(next, r, zp_str_ref(zp_name_at(names, from[r + 1])));
    }
    ok = ok && zp_set_names(values, 0, zp_as_names(own), err) &&
         zp_set_names(lengths, 0, zp_as_names(next), err);
    zp_value_unref(own);
    zp_value_unref(next);
    return ok;
}

static zp_status bi_rle(zp_call *c)
{
    zp_value *x = &c->argv[0], keys, lengths = zp_nil(), pos, values = zp_nil(), out = zp_nil();
    int64_t n, runs = 0, *p;
    uint64_t *k;
    bool ok;

    if (!zp_is_array(*x) || !zp_is_vector(*x))
        return zp_fail_call(c, "'x' must be a vector of an atomic type");
    n = zp_len(*x);
    if (!zp_keys(*x, zp_nil(), false, &keys, NULL, c->err))
        return ZP_FAILED;
    k = zp_key_data(keys);
    pos = zp_words(n + 1, c->err);
    ok = !zp_bad(pos);
    p = ok ? (int64_t *)zp_key_data(pos) : NULL;
    for (int64_t i = 0; ok && i < n; i++) /* every NaN is a run of its own, as in R */
        if (i == 0 || k[i] != k[i - 1] || (x->type == ZP_DBL && k[i] == UINT64_MAX))
            p[runs++] = i;
    if (ok)
        p[runs] = n;
    lengths = ok ? zp_vec(ZP_DBL, runs, c->err) : zp_nil();
    ok = !zp_bad(lengths);
    for (int64_t r = 0; ok && r < runs; r++)
        ((double *)lengths.u.arr->data)[r] = (double)(p[r + 1] - p[r]);
    ok = ok && zp_pick(*x, p, runs, &values, c->err) && name_runs(x, p, runs, &lengths, &values, c->err);
    out = ok ? zp_list_new(0, c->err) : zp_nil();
    ok = !zp_bad(out) && zp_list_add(&out, "lengths", zp_value_move(&lengths), c->err) &&
         zp_list_add(&out, "values", zp_value_move(&values), c->err);
    zp_value_unref(keys);
    zp_value_unref(pos);
    zp_value_unref(lengths);
    zp_value_unref(values);
    if (!ok)
        zp_value_clear(&out);
    c->out = out;
    return zp_done(ok);
}

/* The element of a list called `name`, or NIL. */
static zp_value member(zp_value list, const char *name)
{
    int64_t at = zp_list_find(list, name, strlen(name));
    return at < 0 ? zp_nil() : zp_list_at(list, at);
}

static zp_status bi_inverse_rle(zp_call *c)
{
    zp_value lengths = member(c->argv[0], "lengths"), values = member(c->argv[0], "values"), pos;
    int64_t runs = zp_len(lengths), total = 0, at = 0, *p;
    bool ok;

    if (lengths.type != ZP_DBL || !zp_is_array(values) || zp_len(values) != runs)
        return zp_fail_call(c, "invalid 'rle' structure");
    for (int64_t r = 0; r < runs; r++) {
        double len = zp_dbls(&lengths)[r];
        if (!(len >= 0 && len < 1e15) || len != floor(len) || (total += (int64_t)len) > INT64_C(1) << 48)
            return zp_fail_call(c, "invalid 'rle' structure");
    }
    pos = zp_words(total, c->err);
    if (zp_bad(pos))
        return ZP_FAILED;
    p = (int64_t *)zp_key_data(pos);
    for (int64_t r = 0; r < runs; r++)
        for (int64_t k = (int64_t)zp_dbls(&lengths)[r]; k > 0; k--)
            p[at++] = r;
    ok = zp_pick(values, p, total, &c->out, c->err);
    zp_value_unref(pos);
    return zp_done(ok);
}

const zp_builtin zp_builtins_unique[] = {
#define SAME(name, run, help, example)                                                                       \
    {                                                                                                        \
        name, "x, incomparables = FALSE, fromLast = FALSE, MARGIN = 1", "fromLast=L MARGIN=D", 0, run, help, \
            example, NULL                                                                                    \
    }
    SAME(
        "unique", bi_unique,
        "The different elements, in order of first (`fromLast`: last) appearance; of a matrix the different rows or, with "
        "MARGIN = 2, columns.",
        "unique(c(3, 1, 3))"),
    SAME("duplicated", bi_duplicated,
         "TRUE where an element (of a matrix: a row) has occurred before, or `fromLast` occurs again.",
         "duplicated(c(3, 1, 3))"),
    SAME("anyDuplicated", bi_any_duplicated,
         "Position of the first element (of a matrix: row) that has occurred before, or 0.",
         "anyDuplicated(c(3, 1, 3))"),
    { "match", "x, table, nomatch = NaN", "nomatch=D", 0, bi_match,
      "Position in `table` of the first element equal to each element of x, else `nomatch`.",
      "match(c(2, 9), 1:3)", NULL },
    { "rle", "x", "", 0, bi_rle, "Runs of equal elements: a list of their `lengths` and `values`.",
      "rle(c(1, 1, 2))", NULL },
    { "inverse.rle", "x", "x=l", 0, bi_inverse_rle, "The vector that rle() was made of.",
      "inverse.rle(rle(c(1, 1, 2)))", NULL },
    { 0 }
};
