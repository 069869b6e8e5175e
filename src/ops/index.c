/* Reading by index: x[i, j, ...], x[[i, ...]] and rows.
 *
 * Every form resolves its indices first (pick.c) and then copies column by column.  The forms that programs write in
 * their innermost loops, one element of a vector or of a matrix, take a way of their own at the door. */
#include "ops/select_priv.h"

#include <string.h>

/* ---------------------------------------------------------------- one element */

static bool single(zp_value x, int64_t offset, zp_value *out, zp_error *err)
{
    if (zp_value_is_unread(x)) {
        const int64_t row = offset % x.u.arr->stride, col = offset / x.u.arr->stride;

        if (!zp_value_read_span(x, (zp_span){ row, row + 1, col, col + 1 }, err))
            return false;
    }
    *out = zp__cell(x.type, (const char *)x.u.arr->data + (size_t)offset * zp_type_size(x.type), err);
    return !zp_bad(*out);
}

/* ---------------------------------------------------------------- arrays */

static bool linear(zp_value x, zp__sel *s, zp_value *out, zp_error *err)
{
    zp_value v;

    if (!zp__sel_need(s, x, 0, err) || !zp__sel_offsets(s, x, err))
        return false;
    v = zp_vec(x.type, s->count, err);
    if (zp_bad(v))
        return false;
    zp__sel_read(s, x.type, v.u.arr->data, zp_data(&x));
    zp_value_unbox(&v);
    *out = v;
    return true;
}

/* Names of the dims that stay; where none stays, a scalar keeps the name of the one dim that has names. */
static bool keep_names(zp_value x, const zp__pick *p, zp_value *v, const int32_t *kept, int32_t nkept,
                       zp_error *err)
{
    int32_t named = -1;

    if (nkept > 0) {
        for (int32_t j = 0; j < nkept; j++) {
            const zp__sel *s = &p->sel[kept[j]];

            if ((s->count > 0 || p->count == 1) && !zp__sel_names(s, zp_names(x, kept[j]), v, j, err))
                return false;
        }
        return true;
    }
    for (int32_t k = 0; k < p->count; k++) {
        if (!zp_names(x, k))
            continue;
        if (named >= 0)
            return true;
        named = k;
    }
    return named < 0 || zp__sel_names(&p->sel[named], zp_names(x, named), v, 0, err);
}

/* The cells of all selected columns, into fresh dense elements. */
static bool copy_columns(zp_value x, const zp__pick *p, void *to, zp_error *err)
{
    const size_t step = (size_t)p->sel[0].count * zp_type_size(x.type);
    zp__walk walk;
    int64_t j;
    bool ok = true;

    if (step == 0)
        return true;
    if (!zp__walk_begin(&walk, p, err))
        return false;
    for (char *at = to; ok && (j = zp__walk_next(&walk, p)) >= 0; at += step) {
        ok = zp__sel_need(&p->sel[0], x, j * zp_dim(x, 0), err);
        if (ok)
            zp__sel_read(&p->sel[0], x.type, at, zp_column(&x, j));
    }
    zp__walk_end(&walk);
    return ok;
}

/* Extents that stay, and which they are; returns how many. */
static int32_t extents(const zp__pick *p, bool drop, int32_t from, int64_t *dim, int32_t *kept)
{
    int32_t n = 0;

    for (int32_t k = 0; k < p->count; k++) {
        if (drop && k >= from && p->count > 1 && p->sel[k].count == 1)
            continue;
        dim[n] = p->sel[k].count;
        kept[n++] = k;
    }
    if (n == 0)
        dim[0] = 1;
    return n;
}

/* Extents of 1 are dropped from dimension `from` (0-based) on. */
static bool grid(zp_value x, const zp__pick *p, bool drop, int32_t from, zp_value *out, zp_error *err)
{
    int64_t dim_in[8], *dim = dim_in;
    int32_t kept_in[8], *kept = kept_in, nkept = 0;
    zp_value v = zp_nil();
    bool ok = true;

    if (p->count > 8) {
        dim = zp_alloc((size_t)p->count * sizeof *dim, err);
        kept = zp_alloc((size_t)p->count * sizeof *kept, err);
        ok = dim && kept;
    }
    if (ok) {
        nkept = extents(p, drop, from, dim, kept);
        v = zp_arr(x.type, nkept ? nkept : 1, dim, err);
        ok = !zp_bad(v) && copy_columns(x, p, v.u.arr->data, err) && keep_names(x, p, &v, kept, nkept, err);
    }
    if (dim != dim_in) {
        zp_free(dim);
        zp_free(kept);
    }
    if (!ok) {
        zp_value_clear(&v);
        return false;
    }
    zp_value_unbox(&v);
    *out = v;
    return true;
}

/* Is the result x itself? */
static bool whole(zp_value x, const zp__pick *p, bool drop)
{
    if (!x.boxed || (x.u.obj->flags & ZP_LOCKED) || x.u.arr->store || p->linear || !zp_is_dense(x))
        return false;
    for (int32_t k = 0; k < p->count; k++)
        if (!zp__sel_is_all(&p->sel[k]) || (drop && p->count > 1 && p->sel[k].n == 1))
            return false;
    return true;
}

static bool subset_array(zp_value x, const zp_value *index, int32_t count, bool drop, zp_value *out,
                         zp_error *err)
{
    zp__pick p;
    bool ok = true;

    if (!zp__pick_make(&p, x, index, count, err))
        return false;
    if (whole(x, &p, drop))
        *out = zp_value_ref(x);
    else
        ok = p.linear ? linear(x, &p.sel[0], out, err) : grid(x, &p, drop, 0, out, err);
    zp__pick_fini(&p);
    return ok;
}

/* ---------------------------------------------------------------- series */

static bool ascending(const zp__sel *s)
{
    if (s->pos)
        for (int64_t i = 1; i < s->count; i++)
            if (s->pos[i] <= s->pos[i - 1])
                return false;
    return true;
}

static bool series_rows(zp_value z, zp__sel *s, zp_value *idx, zp_error *err)
{
    const zp_value from = zp_zts_idx(z);

    if (s->num && !zp__sel_list(s, err))
        return false;
    if (!ascending(s))
        return zp_fail(err, "index is not in ascending order");
    if (zp__sel_is_all(s) && !(from.u.obj->flags & ZP_LOCKED) && !from.u.arr->store) {
        *idx = zp_value_ref(from);
        return true;
    }
    *idx = zp_vec(ZP_TIM, s->count, err);
    if (zp_bad(*idx))
        return false;
    zp__sel_read(s, ZP_TIM, idx->u.arr->data, zp_data(&from));
    if (idx->boxed)
        idx->u.arr->order = ZP_ORDER_YES;
    return true;
}

static bool subset_series(zp_value z, const zp_value *index, int32_t count, bool drop, zp_value *out,
                          zp_error *err)
{
    zp_value idx = zp_nil(), data = zp_nil();
    zp__pick p;
    bool ok;

    if (!zp__pick_make(&p, z, index, count, err))
        return false;
    ok = series_rows(z, &p.sel[0], &idx, err) && grid(zp_zts_data(z), &p, drop, 2, &data, err) &&
         zp_value_box(&data, err);
    zp__pick_fini(&p);
    if (!ok) {
        zp_value_clear(&idx);
        zp_value_clear(&data);
        return false;
    }
    *out = zp_zts_take(idx, data, err);
    return !zp_bad(*out);
}

/* ---------------------------------------------------------------- lists */

bool zp__list_pick(zp_value l, zp__sel *s, zp_value *out, zp_error *err)
{
    zp_value v;

    if (!zp__sel_list(s, err))
        return false;
    v = zp_list_new(s->count, err);
    if (zp_bad(v))
        return false;
    for (int64_t i = 0; i < s->count; i++)
        v.u.list->items[i] = zp_value_ref(zp_list_at(l, zp__sel_at(s, i)));
    if (!zp__sel_names(s, zp_names(l, 0), &v, 0, err)) {
        zp_value_unref(v);
        return false;
    }
    *out = v;
    return true;
}

static bool subset_list(zp_value l, const zp_value *index, int32_t count, zp_value *out, zp_error *err)
{
    zp__sel s;
    bool ok;

    if (count != 1)
        return zp_fail(err, "incorrect number of dimensions");
    if (!zp__sel_make(&s, index[0], zp_len(l), zp_names(l, 0), err))
        return false;
    ok = zp__list_pick(l, &s, out, err);
    zp__sel_fini(&s);
    return ok;
}

bool zp_subset(zp_value x, const zp_value *index, int32_t count, bool drop, zp_value *out, zp_error *err)
{
    int64_t offset;

    *out = zp_nil();
    if (zp_is_array(x)) {
        if (drop && x.boxed && !x.u.arr->names && zp__single_offset(x, index, count, &offset))
            return single(x, offset, out, err);
        return subset_array(x, index, count, drop, out, err);
    }
    if (x.type == ZP_LIST)
        return subset_list(x, index, count, out, err);
    if (x.type == ZP_ZTS)
        return subset_series(x, index, count, drop, out, err);
    return zp_fail(err, "%s cannot be subsetted", zp_type_name(x.type));
}

/* ---------------------------------------------------------------- x[[...]] */

bool zp__pick_one(int64_t count, zp_error *err)
{
    if (count == 1)
        return true;
    return count > 1 ? zp_fail(err, "attempt to select more than one element")
                     : zp_fail(err, "subscript out of bounds");
}

static bool one_of_array(zp_value x, const zp_value *index, int32_t count, zp_value *out, zp_error *err)
{
    zp__pick p;
    bool ok;

    if (!zp__pick_make(&p, x, index, count, err))
        return false;
    ok = zp__pick_one(zp__pick_count(&p), err);
    for (int32_t k = 0; ok && k < p.count; k++)
        ok = zp__sel_list(&p.sel[k], err);
    if (ok) {
        int64_t at = 0;

        for (int32_t k = p.count; k-- > 0;)
            at = at * p.sel[k].n + zp__sel_at(&p.sel[k], 0);
        *out = zp_elem(x, at, err);
        ok = !zp_bad(*out);
    }
    zp__pick_fini(&p);
    return ok;
}

static bool one_of_series(zp_value x, const zp_value *index, int32_t count, zp_value *out, zp_error *err)
{
    zp_value got;

    if (!subset_series(x, index, count, false, &got, err))
        return false;
    if (!zp__pick_one(zp_len(got), err)) {
        zp_value_unref(got);
        return false;
    }
    zp_value_unref(got);
    return subset_series(x, index, count, true, out, err);
}

bool zp__descends(zp_value index)
{
    return zp_len(index) > 1 &&
           (index.type == ZP_STR || (index.type == ZP_DBL && zp_elem(index, 0, NULL).u.dbl >= 0));
}

static bool one_of_list(zp_value l, zp_value index, zp_value *out, zp_error *err)
{
    zp__sel s;
    bool ok;

    if (!zp__sel_make(&s, index, zp_len(l), zp_names(l, 0), err))
        return false;
    ok = zp__pick_one(s.count, err) && zp__sel_list(&s, err);
    if (ok)
        *out = zp_value_ref(zp_list_at(l, zp__sel_at(&s, 0)));
    zp__sel_fini(&s);
    return ok;
}

static bool descend(zp_value l, zp_value index, zp_value *out, zp_error *err)
{
    const int64_t depth = zp_len(index);
    zp_value at = zp_value_ref(l);

    for (int64_t i = 0; i < depth; i++) {
        zp_value step = zp_elem(index, i, err), next = zp_nil();
        const bool ok = !zp_bad(step) && zp_dblsubset(at, &step, 1, &next, err);

        zp_value_unref(step);
        zp_value_unref(at);
        if (!ok)
            return false;
        at = next;
    }
    *out = at;
    return true;
}

/* A caught error has one element: its text. */
static bool part_of_error(zp_value x, const zp_value *index, int32_t count, zp_value *out, zp_error *err)
{
    if (!zp_value_read(*index, err))
        return false;
    if (count != 1 || index->type != ZP_STR || zp_len(*index) != 1 ||
        !zp_str_is(zp_strs(index)[0], "message"))
        return zp_fail(err, "subscript out of bounds");
    *out = zp_chr(zp_error_value_text(x), err);
    return !zp_bad(*out);
}

bool zp_dblsubset(zp_value x, const zp_value *index, int32_t count, zp_value *out, zp_error *err)
{
    int64_t offset;

    *out = zp_nil();
    if (zp_is_array(x))
        return zp__single_offset(x, index, count, &offset) ? single(x, offset, out, err)
                                                           : one_of_array(x, index, count, out, err);
    if (x.type == ZP_LIST) {
        if (count != 1)
            return zp_fail(err, "incorrect number of dimensions");
        return zp__descends(index[0]) ? descend(x, index[0], out, err) : one_of_list(x, index[0], out, err);
    }
    if (x.type == ZP_ZTS)
        return one_of_series(x, index, count, out, err);
    if (x.type == ZP_ERR)
        return part_of_error(x, index, count, out, err);
    return zp_fail(err, "%s cannot be double subsetted", zp_type_name(x.type));
}

/* ---------------------------------------------------------------- rows */

/* Positions that are a run are copied as one. */
static void rows_selected(zp__sel *s, int64_t n, const int64_t *pos, int64_t count)
{
    int64_t run = 0;

    while (run < count && pos[run] == pos[0] + run)
        run++;
    zp__sel_range(s, n, count ? pos[0] : 0, count);
    if (run < count)
        s->pos = (int64_t *)pos; /* borrowed: never finished */
}

static bool take_array(zp_value x, const zp__sel *rows, zp_value *out, zp_error *err)
{
    zp__pick p = { .count = zp_ndim(x) };
    bool ok;

    p.sel = p.small;
    if (p.count > (int32_t)ZP_COUNTOF(p.small)) {
        p.sel = zp_alloc((size_t)p.count * sizeof *p.sel, err);
        if (!p.sel)
            return false;
    }
    p.sel[0] = *rows;
    for (int32_t k = 1; k < p.count; k++)
        zp__sel_all(&p.sel[k], zp_dim(x, k));
    ok = grid(x, &p, false, 0, out, err);
    if (p.sel != p.small)
        zp_free(p.sel);
    return ok;
}

static bool take_series(zp_value z, const zp__sel *rows, zp_value *out, zp_error *err)
{
    zp_value idx, data;

    if (!take_array(zp_zts_idx(z), rows, &idx, err))
        return false;
    if (!take_array(zp_zts_data(z), rows, &data, err)) {
        zp_value_unref(idx);
        return false;
    }
    if (!zp_value_box(&idx, err) || !zp_value_box(&data, err)) {
        zp_value_unref(idx);
        zp_value_unref(data);
        return false;
    }
    *out = zp_zts_take(idx, data, err);
    return !zp_bad(*out);
}

static bool take(zp_value x, zp__sel *rows, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    if (zp_is_array(x))
        return take_array(x, rows, out, err);
    if (x.type == ZP_LIST)
        return zp__list_pick(x, rows, out, err);
    if (x.type == ZP_ZTS)
        return take_series(x, rows, out, err);
    return zp_fail(err, "%s cannot be subsetted", zp_type_name(x.type));
}

static int64_t row_count(zp_value x)
{
    return x.type == ZP_LIST ? zp_len(x) : zp_dim(x, 0);
}

bool zp_take_rows(zp_value x, const int64_t *pos, int64_t count, zp_value *out, zp_error *err)
{
    zp__sel rows;

    rows_selected(&rows, row_count(x), pos, count);
    return take(x, &rows, out, err);
}

bool zp_take_range(zp_value x, int64_t from, int64_t count, zp_value *out, zp_error *err)
{
    zp__sel rows;

    zp__sel_range(&rows, row_count(x), from, count);
    return take(x, &rows, out, err);
}
