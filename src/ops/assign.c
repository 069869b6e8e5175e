/* Replacing by index: x[i, j, ...] <- v.
 *
 * First everything that can be wrong is found out: the indices, the number of elements, the conversion of v.  Then
 * x is made ours (copied if shared), and only then is the first element written.  x never grows and never changes
 * its type. */
#include "ops/select_priv.h"

#include <string.h>

/* ---------------------------------------------------------------- what is written */

static bool converts(zp_type to, zp_type from)
{
    switch (to) {
    case ZP_DBL: return from == ZP_LGL;
    case ZP_STR: return from == ZP_DBL || from == ZP_LGL;
    case ZP_DUR: return from == ZP_STR || from == ZP_DBL;
    case ZP_TIM:
    case ZP_PER:
    case ZP_IVL: return from == ZP_STR;
    default: return false;
    }
}

/* v as a dense array of type `to`: a reference for the caller to release. */
static bool replacement(zp_value v, zp_type to, bool series, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    if (series && v.type == ZP_ZTS)
        v = zp_zts_data(v);
    if (v.type == ZP_ZTS || (!zp_is_array(v) && v.type != ZP_NIL && v.type != ZP_LIST))
        return zp_fail(err, "invalid type for subassign");
    if (v.type != to && !converts(to, v.type))
        return zp_fail(err, "conversion not defined for %s to %s", zp_type_conv_name(v.type),
                       zp_type_conv_name(to));
    if (zp_len(v) == 0)
        return zp_fail(err, "subscript out of bounds");
    if (v.type != to && !zp_coerce_take(zp_value_ref(v), to, out, err))
        return false;
    if (v.type == to)
        *out = zp_value_ref(v);
    if (zp_value_read(*out, err) && zp_value_dense(out, err))
        return true;
    zp_value_clear(out);
    return false;
}

static bool check_count(int64_t selected, int64_t given, zp_error *err)
{
    return given == 1 || given == selected ||
           zp_fail(err, "number of items to replace is not equal to the replacement length");
}

/* ---------------------------------------------------------------- arrays and series */

static bool write_grid(zp_value *x, const zp__pick *p, zp_value v, zp_error *err)
{
    const bool one = zp_len(v) == 1;
    const size_t step = one ? 0 : (size_t)p->sel[0].count * zp_type_size(v.type);
    const char *from = zp_data(&v);
    zp__walk walk;
    int64_t j;

    if (!zp__walk_begin(&walk, p, err))
        return false;
    for (; (j = zp__walk_next(&walk, p)) >= 0; from += step)
        zp__sel_write(&p->sel[0], v.type, (void *)zp_column(x, j), from, one);
    zp__walk_end(&walk);
    return true;
}

/* The rows between the first and the last that will be written. */
static zp_span written(const zp__pick *p, zp_value x)
{
    const zp__sel *s = &p->sel[0];
    zp_span span = { 0, INT64_MAX, 0, INT64_MAX };

    if ((p->linear && zp_ncols(x) != 1) || s->mask || s->num || s->run)
        return span;
    span.row = s->from;
    span.row_end = s->from + s->count;
    for (int64_t i = 0; s->pos && i < s->count; i++) {
        span.row = i == 0 || s->pos[i] < span.row ? s->pos[i] : span.row;
        span.row_end = i == 0 || s->pos[i] >= span.row_end ? s->pos[i] + 1 : span.row_end;
    }
    return span;
}

static bool write_picked(zp_value *x, zp__pick *p, zp_value v, zp_error *err)
{
    zp_span span;
    void *data;

    if (p->sel[0].num && !zp__sel_list(&p->sel[0], err))
        return false;
    span = written(p, *x);
    data = zp_value_mut_span(x, &span, err);

    if (!data)
        return false;
    if (x->type == ZP_ZTS)
        x = &x->u.zts->data;
    if (!p->linear)
        return write_grid(x, p, v, err);
    if (!zp__sel_offsets(&p->sel[0], *x, err))
        return false;
    zp__sel_write(&p->sel[0], v.type, data, zp_data(&v), zp_len(v) == 1);
    return true;
}

static bool assign_array(zp_value *x, const zp_value *index, int32_t count, zp_value v, bool single,
                         zp_error *err)
{
    const bool series = x->type == ZP_ZTS;
    zp_value w;
    zp__pick p;
    int64_t selected;
    bool ok;

    if (!zp__pick_make(&p, *x, index, count, err))
        return false;
    if (!replacement(v, series ? ZP_DBL : x->type, series, &w, err)) {
        zp__pick_fini(&p);
        return false;
    }
    selected = zp__pick_count(&p);
    ok = (selected < INT64_MAX || zp_fail_nomem(err, SIZE_MAX)) && (!single || zp__pick_one(selected, err)) &&
         check_count(selected, zp_len(w), err) && (selected == 0 || write_picked(x, &p, w, err));
    zp__pick_fini(&p);
    zp_value_unref(w);
    return ok;
}

/* x[i] <- 1.5 and its like, on an array that is ours: no selection, no conversion. */
static inline bool assign_cell(zp_value *x, const zp_value *index, int32_t count, zp_value v)
{
    int64_t offset;
    char *at;

    if (!x->boxed || x->type != v.type || v.boxed || x->u.obj->refs != 1 || x->u.arr->store ||
        !zp__single_offset(*x, index, count, &offset))
        return false;
    at = x->u.arr->data;
    x->u.arr->order = ZP_ORDER_UNKNOWN;
    if (v.type == ZP_LGL)
        at[offset] = v.u.lgl;
    else
        memcpy(at + (size_t)offset * 8, &v.u, 8);
    return true;
}

/* ---------------------------------------------------------------- lists */

/* All but the selected elements. */
static bool delete_items(zp_value *x, zp__sel *s, zp_error *err)
{
    const int64_t n = zp_len(*x);
    zp__sel rest;
    zp_value kept;
    bool ok;

    if (!zp__sel_list(s, err))
        return false;
    zp__sel_range(&rest, n, 0, 0);
    rest.mask_own = zp_alloc(n ? (size_t)n : 1, err);
    if (!rest.mask_own)
        return false;
    memset(rest.mask_own, 1, (size_t)n);
    for (int64_t i = 0; i < s->count; i++)
        rest.mask_own[zp__sel_at(s, i)] = 0;
    for (int64_t i = 0; i < n; i++)
        rest.count += rest.mask_own[i];
    rest.mask = rest.mask_own;
    ok = zp__list_pick(*x, &rest, &kept, err);
    zp__sel_fini(&rest);
    if (!ok)
        return false;
    zp_value_set(x, kept);
    return true;
}

/* Element i of what is written into a list. */
static zp_value item_of(zp_value v, int64_t i, zp_error *err)
{
    if (v.type == ZP_LIST)
        return zp_value_ref(zp_list_at(v, i));
    return zp_is_array(v) ? zp_elem(v, i, err) : zp_value_ref(v);
}

static bool write_items(zp_value *x, zp__sel *s, zp_value v, zp_error *err)
{
    const int64_t given = v.type == ZP_LIST || zp_is_array(v) ? zp_len(v) : 1;

    if (!check_count(s->count, given, err))
        return false;
    if (s->count == 0)
        return true;
    if (!zp__sel_list(s, err) || !zp_value_own(x, err))
        return false;
    for (int64_t i = 0; i < s->count; i++) {
        const zp_value item = item_of(v, given == 1 ? 0 : i, err);

        if (zp_bad(item) && zp_is_array(v))
            return false;
        zp_list_set(*x, zp__sel_at(s, i), item);
    }
    return true;
}

static bool assign_list(zp_value *x, const zp_value *index, int32_t count, zp_value v, zp_error *err)
{
    zp__sel s;
    bool ok;

    if (count != 1)
        return zp_fail(err, "incorrect number of dimensions");
    if (!zp__sel_make(&s, index[0], zp_len(*x), zp_names(*x, 0), err))
        return false;
    zp_value_ref(v); /* it may live inside x */
    ok = v.type == ZP_NIL ? delete_items(x, &s, err) : write_items(x, &s, v, err);
    zp_value_unref(v);
    zp__sel_fini(&s);
    return ok;
}

bool zp_subassign(zp_value *x, const zp_value *index, int32_t count, zp_value v, zp_error *err)
{
    if (assign_cell(x, index, count, v))
        return true;
    if (zp_is_array(*x) || x->type == ZP_ZTS)
        return assign_array(x, index, count, v, false, err);
    if (x->type == ZP_LIST)
        return assign_list(x, index, count, v, err);
    return zp_fail(err, "%s cannot be subassigned", zp_type_name(x->type));
}

/* ---------------------------------------------------------------- x[[i]] <- v */

/* Position of the one element that `index` means in the list, or -1: not there. */
static bool find_item(zp_value l, zp_value index, int64_t *at, zp_error *err)
{
    zp__sel s;
    bool ok;

    *at = -1;
    if (!zp_value_read(index, err))
        return false;
    if (index.type == ZP_STR && zp_len(index) == 1) {
        const zp_str *name = zp_strs(&index)[0];

        *at = name->len ? zp_list_find(l, name->text, name->len) : -1;
        return true;
    }
    if (index.type == ZP_DBL && zp_len(index) == 1 && zp_dbls(&index)[0] >= (double)zp_len(l) + 1)
        return true;
    if (!zp__sel_make(&s, index, zp_len(l), zp_names(l, 0), err))
        return false;
    ok = zp__pick_one(s.count, err) && zp__sel_list(&s, err);
    if (ok)
        *at = zp__sel_at(&s, 0);
    zp__sel_fini(&s);
    return ok;
}

static bool assign_item(zp_value *x, zp_value index, zp_value v, zp_error *err)
{
    int64_t at;

    if (!find_item(*x, index, &at, err))
        return false;
    if (at < 0 && index.type != ZP_STR)
        return zp_fail(err, "recursive indexing failed at level 1");
    if (at < 0 && v.type == ZP_NIL)
        return true;
    if (!zp_value_own(x, err))
        return false;
    if (at < 0) {
        zp_str *name = zp_strs(&index)[0];

        return zp_list_push(x, zp_value_ref(v), name->len ? name : NULL, err);
    }
    if (v.type == ZP_NIL)
        zp_list_remove(*x, at);
    else
        zp_list_set(*x, at, zp_value_ref(v));
    return true;
}

/* l[[c(i, j, ...)]] <- v: one level per element, each made ours on the way down. */
static bool assign_below(zp_value *x, zp_value index, zp_value v, zp_error *err)
{
    const int64_t depth = zp_len(index);

    for (int64_t i = 0; i < depth; i++) {
        zp_value step = zp_elem(index, i, err);
        int64_t at = -1;
        bool ok = !zp_bad(step);

        if (ok && i + 1 == depth) {
            ok = zp_dblsubassign(x, &step, 1, v, err);
        } else if (ok) {
            ok = x->type != ZP_LIST || find_item(*x, step, &at, err);
            if (ok && at < 0)
                ok = zp_fail(err, "recursive indexing failed at level %lld", (long long)i + 1);
            ok = ok && zp_value_own(x, err);
            if (ok)
                x = &x->u.list->items[at];
        }
        zp_value_unref(step);
        if (!ok)
            return false;
    }
    return true;
}

bool zp_dblsubassign(zp_value *x, const zp_value *index, int32_t count, zp_value v, zp_error *err)
{
    bool ok;

    if (assign_cell(x, index, count, v))
        return true;
    if (zp_is_array(*x) || x->type == ZP_ZTS)
        return assign_array(x, index, count, v, true, err);
    if (x->type != ZP_LIST)
        return zp_fail(err, "%s cannot be double subassigned", zp_type_name(x->type));
    if (count != 1)
        return zp_fail(err, "incorrect number of dimensions");
    zp_value_ref(v); /* it may live inside x */
    ok = zp__descends(index[0]) ? assign_below(x, index[0], v, err) : assign_item(x, index[0], v, err);
    zp_value_unref(v);
    return ok;
}
