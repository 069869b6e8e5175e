/* Equality of elements: unique, duplicated, match, and runs (rle). */
#include "builtin/keys.h"
#include "builtin/num.h"

#include "ops/ops.h"

#include <math.h>
#include <string.h>

static bool want_array(zp_call *c, zp_value *v)
{
    if (v->type == ZP_ZTS)
        zp_value_set(v, zp_value_ref(zp_zts_data(*v)));
    if (!zp_is_array(*v))
        return zp_fail(c->err, "incorrect argument type");
    return zp_value_dense(v, c->err);
}

/* The marks of first occurrences, in words that the caller releases. */
static bool first_marks(zp_value x, zp_value *work, uint8_t **marks, zp_error *err)
{
    *work = zp_words(zp_len(x) / 8 + 1, err);
    if (zp_bad(*work))
        return false;
    *marks = (uint8_t *)zp_key_data(*work);
    if (zp_first(x, *marks, err))
        return true;
    zp_value_unref(*work);
    return false;
}

/* The elements of a list that are identical to none before them. */
static zp_status unique_list(zp_call *c)
{
    zp_value list = c->argv[0], out = zp_list_new(0, c->err);

    if (zp_bad(out))
        return ZP_FAILED;
    for (int64_t i = 0; i < zp_len(list); i++) {
        bool seen = false;
        for (int64_t k = 0; k < zp_len(out) && !seen; k++)
            seen = zp_value_equal(zp_list_at(out, k), zp_list_at(list, i), 0);
        if (!seen && !zp_list_push(&out, zp_value_ref(zp_list_at(list, i)), NULL, c->err)) {
            zp_value_unref(out);
            return ZP_FAILED;
        }
        if (zp_ctx_interrupted(c->ctx)) {
            zp_value_unref(out);
            return zp_fail_call(c, "interrupted");
        }
    }
    c->out = out;
    return ZP_OK;
}

static zp_status bi_unique(zp_call *c)
{
    zp_value *x = &c->argv[0], marks, pos, out = zp_nil();
    int64_t n, kept = 0, *p;
    uint8_t *first;
    bool ok;

    if (x->type == ZP_NIL)
        return ZP_OK;
    if (x->type == ZP_LIST)
        return unique_list(c);
    if (!want_array(c, x) || !first_marks(*x, &marks, &first, c->err))
        return ZP_FAILED;
    n = zp_len(*x);
    pos = zp_words(n, c->err);
    ok = !zp_bad(pos);
    if (ok) {
        p = (int64_t *)zp_key_data(pos);
        for (int64_t i = 0; i < n; i++) {
            p[kept] = i;
            kept += first[i];
        }
        ok = zp_pick(*x, p, kept, &out, c->err);
    }
    zp_value_unref(marks);
    zp_value_unref(pos);
    c->out = out;
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
    zp_value *x = &c->argv[0], marks, out;
    uint8_t *first;
    int64_t n;

    if (!null_is_empty(c) || !want_array(c, x) || !first_marks(*x, &marks, &first, c->err))
        return ZP_FAILED;
    n = zp_len(*x);
    out = zp_vec(ZP_LGL, n, c->err);
    for (int64_t i = 0; !zp_bad(out) && i < n; i++)
        ((int8_t *)out.u.arr->data)[i] = !first[i];
    zp_value_unref(marks);
    c->out = out;
    return zp_done(!zp_bad(out));
}

static zp_status bi_any_duplicated(zp_call *c)
{
    zp_value *x = &c->argv[0], marks;
    int64_t at = 0, n;
    uint8_t *first;

    if (!null_is_empty(c) || !want_array(c, x) || !first_marks(*x, &marks, &first, c->err))
        return ZP_FAILED;
    n = zp_len(*x);
    while (at < n && first[at])
        at++;
    zp_value_unref(marks);
    c->out = zp_dbl(at < n ? (double)(at + 1) : 0);
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
    { "unique", "x", "", 0, bi_unique, "The different elements, in order of first appearance.",
      "unique(c(3, 1, 3))", NULL },
    { "duplicated", "x", "", 0, bi_duplicated, "TRUE where an element has occurred before.",
      "duplicated(c(3, 1, 3))", NULL },
    { "anyDuplicated", "x", "", 0, bi_any_duplicated,
      "Position of the first element that has occurred before, or 0.", "anyDuplicated(c(3, 1, 3))", NULL },
    { "match", "x, table, nomatch = NaN", "nomatch=D", 0, bi_match,
      "Position in `table` of the first element equal to each element of x, else `nomatch`.",
      "match(c(2, 9), 1:3)", NULL },
    { "rle", "x", "", 0, bi_rle, "Runs of equal elements: a list of their `lengths` and `values`.",
      "rle(c(1, 1, 2))", NULL },
    { "inverse.rle", "x", "x=l", 0, bi_inverse_rle, "The vector that rle() was made of.",
      "inverse.rle(rle(c(1, 1, 2)))", NULL },
    { 0 }
};
