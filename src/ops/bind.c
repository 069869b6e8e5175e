/* rbind, cbind and abind of arrays: carrying out a plan, into a new array or at the end of the first operand. */
#include "ops/bind_priv.h"

#include <string.h>

static bool has_series(const zp_part *parts, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (parts[i].value.type == ZP_ZTS)
            return true;
    return false;
}

static zp_array *side_names(const zp__plan *p, const zp__side *s, int32_t k)
{
    zp_array *names = NULL;

    if (zp_is_vector(s->v) && k == (p->along == 0 ? 1 : 0))
        names = zp_names(s->v, 0);
    else if (!zp_is_vector(s->v))
        names = zp_names(s->v, k);
    return names && names->n == p->dim[k] ? names : NULL;
}

/* Names of the other dims: of the first operand that has them. */
static bool other_names(const zp__plan *p, zp_value *out, zp_error *err)
{
    for (int32_t k = 0; k < p->ndim; k++) {
        zp_array *names = NULL;

        if (k == p->along || p->dim[k] == 0)
            continue;
        for (int64_t i = 0; i < p->count && !names; i++)
            names = side_names(p, &p->side[i], k);
        if (names && !zp_set_names(out, k, names, err))
            return false;
    }
    return true;
}

static bool all_names(const zp__plan *p, zp_value *out, zp_error *err)
{
    zp_value names;
    bool ok;

    if (!other_names(p, out, err) || !zp__plan_names(p, &names, err))
        return false;
    ok = zp_bad(names) || zp_set_names(out, p->along, names.u.arr, err);
    zp_value_unref(names);
    return ok;
}

static bool carry_out(const zp__plan *p, zp_value *out, zp_error *err)
{
    zp_value v;
    int64_t at = 0;

    if (p->count == 0)
        return true;
    v = zp_arr(p->side[0].v.type, p->ndim, p->dim, err);
    if (zp_bad(v))
        return false;
    for (int64_t i = 0; i < p->count; i++) {
        zp__plan_fill(p, &p->side[i], v, at);
        at += p->side[i].left_out ? 0 : p->side[i].extent;
    }
    if (!all_names(p, &v, err)) {
        zp_value_unref(v);
        return false;
    }
    *out = v;
    return true;
}

static bool read_parts(const zp_part *parts, int64_t count, zp_error *err)
{
    bool ok = true;

    for (int64_t i = 0; ok && i < count; i++)
        ok = zp_value_read(parts[i].value, err);
    return ok;
}

bool zp_bind(int32_t along, bool recycle, const zp_part *parts, int64_t count, zp_value *out, zp_error *err)
{
    zp__plan p;
    bool ok;

    *out = zp_nil();
    if (!read_parts(parts, count, err))
        return false;
    if (has_series(parts, count))
        return zp__bind_series(along, parts, count, out, err);
    ok = zp__plan_make(&p, along, recycle, parts, count, err) && carry_out(&p, out, err);
    zp__plan_fini(&p);
    return ok;
}

/* ---------------------------------------------------------------- in place */

/* Can rows be added at the end of the first operand as it is? */
static bool appends(const zp__plan *p, zp_value a)
{
    return p->along == 0 && p->count > 1 && !zp_is_vector(a) && zp_ndim(a) == p->ndim && !p->side[0].fill;
}

/* Are names wanted along the rows, or is it enough that grown names end in ""? */
static bool rows_named(const zp__plan *p)
{
    for (int64_t i = 0; i < p->count; i++) {
        const zp__side *s = &p->side[i];

        if (s->left_out)
            continue;
        if ((s->part->tag && s->part->tag->len) || (s->part->name && zp_is_vector(s->v)) ||
            (i > 0 && !zp_is_vector(s->v) && zp_names(s->v, 0)))
            return true;
    }
    return false;
}

/* Room for the new rows, their elements, and only then names where there are any. */
static bool append_rows(zp__plan *p, zp_value *a, zp_error *err)
{
    int64_t at = p->side[0].extent;
    zp_value names = zp_nil();
    bool ok;

    if (rows_named(p) && !zp__plan_names(p, &names, err))
        return false;
    zp_value_clear(&p->side[0].v); /* it is *a: let it be ours alone */
    ok = zp_value_grow_rows(a, p->dim[0], err);
    for (int64_t i = 1; ok && i < p->count; i++) {
        zp__plan_fill(p, &p->side[i], *a, at);
        at += p->side[i].left_out ? 0 : p->side[i].extent;
    }
    for (int32_t k = 1; ok && k < p->ndim; k++)
        for (int64_t i = 1; ok && p->dim[k] > 0 && !zp_names(*a, k) && i < p->count; i++) {
            zp_array *other = side_names(p, &p->side[i], k);

            ok = !other || zp_set_names(a, k, other, err);
        }
    if (ok && !zp_bad(names))
        ok = zp_set_names(a, 0, names.u.arr, err);
    zp_value_unref(names);
    return ok;
}

/* Rows without names for files: one part that has the shape already, or what they are together. */
static bool append_to_files(zp__plan *p, zp_value *a, zp_error *err)
{
    zp_value more;
    int64_t *dim = zp_alloc((size_t)p->ndim * sizeof *dim, err);
    int64_t at = 0;
    bool ok;

    if (!dim)
        return false;
    memcpy(dim, p->dim, (size_t)p->ndim * sizeof *dim);
    dim[0] -= p->side[0].extent;
    more = zp_arr((zp_type)a->type, p->ndim, dim, err);
    zp_free(dim);
    if (zp_bad(more))
        return false;
    for (int64_t i = 1; i < p->count; i++) {
        zp__plan_fill(p, &p->side[i], more, at);
        at += p->side[i].left_out ? 0 : p->side[i].extent;
    }
    zp_value_clear(&p->side[0].v); /* it is *a: let it be ours alone */
    ok = zp_value_append(a, more, err);
    zp_value_unref(more);
    return ok;
}

/* May the rows go straight to the files? */
static bool plain_rows(const zp__plan *p, zp_value a)
{
    if (!zp_value_in_files(a) || rows_named(p) || zp_names(a, 0))
        return false;
    for (int32_t k = 1; k < p->ndim; k++)
        for (int64_t i = 1; i < p->count; i++)
            if (p->dim[k] > 0 && !zp_names(a, k) && side_names(p, &p->side[i], k))
                return false;
    return true;
}

/* *a becomes `v`, and stays locked if it was. */
static bool replace(zp_value *a, zp_value v, zp_error *err)
{
    if (a->boxed && (a->u.obj->flags & ZP_LOCKED)) {
        if (a->u.obj->refs > 1) {
            zp_value_unref(v);
            return zp_fail(err, "cannot copy locked object: use '<<-' or '--x'");
        }
        v.u.obj->flags |= ZP_LOCKED;
    }
    zp_value_set(a, v);
    return true;
}

static bool grow(int32_t along, bool recycle, zp_value *a, const zp_part *parts, int64_t count, zp_error *err)
{
    zp__plan p;
    zp_value v = zp_nil();
    bool ok;

    if (has_series(parts, count)) {
        if (a->type == ZP_ZTS && along == 0)
            return zp__append_series(a, parts, count, err);
        if (!zp__bind_series(along, parts, count, &v, err))
            return false;
        if (a->type == ZP_ZTS)
            return replace(a, v, err);
        zp_value_unref(v);
        return zp_fail(err, "cannot convert the type of a reference");
    }
    ok = zp__plan_make(&p, along, recycle, parts, count, err);
    if (ok && p.count && p.side[0].v.type != a->type)
        ok = zp_fail(err, "cannot convert the type of a reference");
    if (ok && appends(&p, *a)) {
        ok = plain_rows(&p, *a) ? append_to_files(&p, a, err) : append_rows(&p, a, err);
    } else if (ok) {
        ok = zp_value_read(*a, err) && carry_out(&p, &v, err);
        zp__plan_fini(&p); /* what it holds of *a */
        ok = ok && (zp_bad(v) || replace(a, v, err));
    }
    zp__plan_fini(&p);
    return ok;
}

/* cbind(n = --a, ...) of a vector: the tag goes to the names that a has, or gets. */
static bool grow_tagged(int32_t along, bool recycle, zp_value *a, const zp_part *parts, int64_t count,
                        zp_error *err)
{
    const int32_t k = along == 0 ? 1 : 0;
    zp_part *untagged = zp_alloc((size_t)count * sizeof *untagged, err);
    zp_value names = zp_nil();
    bool ok = untagged && zp__prefix_names(parts[0].tag, zp_names(*a, 0), zp_len(*a), &names, err);

    if (ok) {
        memcpy(untagged, parts, (size_t)count * sizeof *untagged);
        untagged[0].tag = NULL;
        ok = grow(along, recycle, a, untagged, count, err);
    }
    if (ok && zp_is_array(*a) && zp_dim(*a, k) == zp_len(names) && zp_len(names))
        ok = zp_set_names(a, k, names.u.arr, err);
    zp_value_unref(names);
    zp_free(untagged);
    return ok;
}

bool zp_bind_inplace(int32_t along, bool recycle, zp_value *a, const zp_part *parts, int64_t count,
                     zp_error *err)
{
    const bool tagged = count && parts[0].tag && parts[0].tag->len;

    if (count && !read_parts(parts + 1, count - 1, err)) /* rows are appended to files without reading them */
        return false;
    return (tagged && zp_is_vector(*a) ? grow_tagged : grow)(along, recycle, a, parts, count, err);
}
