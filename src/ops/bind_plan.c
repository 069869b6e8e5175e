/* What rbind, cbind and abind are going to do.
 *
 * Every operand is seen as an array of as many dims as the result: a vector lies down when rows are bound (1 x n) and
 * stands otherwise (n x 1 x 1 ...).  All extents but the one along the bind must agree; what R allows besides in rbind
 * and cbind are vectors of one element, which are repeated, and vectors of none, which are left out. */
#include "ops/bind_priv.h"

#include <string.h>

/* Extent k of an operand. */
static int64_t extent(zp_value v, int32_t along, int32_t k)
{
    if (!zp_is_vector(v))
        return zp_dim(v, k);
    return k == (along == 0 ? 1 : 0) ? zp_len(v) : 1;
}

/* Names of dimension k of an operand. */
static zp_array *operand_names(zp_value v, int32_t along, int32_t k)
{
    if (!zp_is_vector(v))
        return zp_names(v, k);
    return k == (along == 0 ? 1 : 0) ? zp_names(v, 0) : NULL;
}

/* ---------------------------------------------------------------- types */

static int rank(zp_type t)
{
    static const int8_t of[ZP_NTYPES] = {
        [ZP_LGL] = 1, [ZP_TIM] = 2, [ZP_DUR] = 2, [ZP_PER] = 2, [ZP_IVL] = 2, [ZP_DBL] = 3, [ZP_STR] = 4
    };
    return of[t];
}

static bool result_type(const zp_part *parts, int64_t count, zp_type *type, zp_error *err)
{
    *type = ZP_NIL;
    for (int64_t i = 0; i < count; i++) {
        const zp_type t = parts[i].value.type;

        if (t == ZP_NIL)
            continue;
        if (!zp_type_is_array(t))
            return zp_fail(err, "cbind incorrect type");
        if (rank(t) > rank(*type))
            *type = t;
    }
    return true;
}

static bool add_side(zp__plan *p, const zp_part *part, zp_type type, zp_error *err)
{
    zp__side *s = &p->side[p->count];

    *s = (zp__side){ .part = part };
    if (part->value.type != type) {
        if (!zp_coerce_take(zp_value_ref(part->value), type, &s->v, err))
            return false;
    } else {
        s->v = zp_value_ref(part->value);
    }
    s->row = p->along == 0 && zp_is_vector(s->v);
    p->count++;
    return true;
}

/* ---------------------------------------------------------------- shapes */

static int32_t dims_needed(const zp__plan *p)
{
    int32_t ndim = p->along + 1 < 2 ? 2 : p->along + 1;

    for (int64_t i = 0; i < p->count; i++)
        if (zp_ndim(p->side[i].v) > ndim)
            ndim = zp_ndim(p->side[i].v);
    return ndim;
}

/* The operand that fixes the other extents: the first with dims, else the first or (where shorter ones may be
 * repeated) the longest vector. */
static const zp__side *leader(const zp__plan *p)
{
    const zp__side *best = &p->side[0];

    for (int64_t i = 0; i < p->count; i++)
        if (!zp_is_vector(p->side[i].v))
            return &p->side[i];
    for (int64_t i = 1; p->recycle && i < p->count; i++)
        if (zp_len(p->side[i].v) > zp_len(best->v))
            best = &p->side[i];
    return best;
}

static bool agrees(const zp__plan *p, const zp__side *s)
{
    for (int32_t k = 0; k < p->ndim; k++)
        if (k != p->along && extent(s->v, p->along, k) != p->dim[k])
            return false;
    return true;
}

static bool place_side(zp__plan *p, zp__side *s, zp_error *err)
{
    s->extent = extent(s->v, p->along, p->along);
    if (!agrees(p, s)) {
        if (!p->recycle || !zp_is_vector(s->v) || zp_len(s->v) > 1)
            return zp_fail(err, "incorrect dimensions for abind");
        s->fill = zp_len(s->v) == 1;
        s->left_out = !s->fill;
    }
    if (s->left_out)
        return true;
    s->cols = 1;
    for (int32_t k = 1; k < p->ndim; k++)
        s->cols *= k == p->along ? s->extent : p->dim[k];
    if (__builtin_add_overflow(p->dim[p->along], s->extent, &p->dim[p->along]))
        return zp_fail_nomem(err, SIZE_MAX);
    return true;
}

/* The products of extents that follow cannot overflow once this holds. */
static bool check_size(const zp__plan *p, zp_error *err)
{
    int64_t n = 1;

    for (int32_t k = 0; k < p->ndim; k++)
        if (p->dim[k] > 0 && __builtin_mul_overflow(n, p->dim[k], &n))
            return zp_fail_nomem(err, SIZE_MAX);
    return true;
}

bool zp__plan_make(zp__plan *p, int32_t along, bool recycle, const zp_part *parts, int64_t count,
                   zp_error *err)
{
    const zp__side *lead;
    zp_type type;

    *p = (zp__plan){ .along = along, .recycle = recycle };
    if (!result_type(parts, count, &type, err))
        return false;
    if (type == ZP_NIL)
        return true;
    p->side = zp_alloc_zero((size_t)count * sizeof *p->side, err);
    if (!p->side)
        return false;
    for (int64_t i = 0; i < count; i++)
        if (parts[i].value.type != ZP_NIL && !add_side(p, &parts[i], type, err))
            return false;
    p->ndim = dims_needed(p);
    p->dim = zp_alloc_zero((size_t)p->ndim * sizeof *p->dim, err);
    if (!p->dim)
        return false;
    lead = leader(p);
    for (int32_t k = 0; k < p->ndim; k++)
        p->dim[k] = k == along ? 0 : extent(lead->v, along, k);
    for (int64_t i = 0; i < p->count; i++)
        if (!place_side(p, &p->side[i], err))
            return false;
    return check_size(p, err);
}

void zp__plan_fini(zp__plan *p)
{
    for (int64_t i = 0; i < p->count; i++)
        zp_value_unref(p->side[i].v);
    zp_free(p->side);
    zp_free(p->dim);
    *p = (zp__plan){ 0 };
}

/* ---------------------------------------------------------------- names */

/* The name of position i (of `n`) of an operand called `tag`: p.n, p or p<i>. */
static zp_str *prefixed(const zp_str *tag, zp_str *own, int64_t i, int64_t n, zp_error *err)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_str *s;

    zp_buf_put(&buf, tag->text, tag->len);
    if (own->len) {
        zp_buf_putc(&buf, '.');
        zp_buf_put(&buf, own->text, own->len);
    } else if (n > 1) {
        zp_buf_printf(&buf, "%lld", (long long)i + 1);
    }
    s = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return s;
}

bool zp__prefix_names(const zp_str *tag, const zp_array *own, int64_t n, zp_value *out, zp_error *err)
{
    *out = zp_vec(ZP_STR, n, err);
    if (zp_bad(*out))
        return false;
    for (int64_t i = 0; i < n; i++) {
        zp_str *name = prefixed(tag, zp_name_at(own, i), i, n, err);

        if (!name) {
            zp_value_clear(out);
            return false;
        }
        zp_str_put(*out, i, name);
    }
    return true;
}

static const zp_str *variable_name(const zp__side *s)
{
    return zp_is_vector(s->v) ? s->part->name : NULL;
}

static bool tagged(const zp__side *s)
{
    return s->part->tag && s->part->tag->len;
}

static bool put_names(const zp__plan *p, const zp__side *s, zp_value out, int64_t at, zp_error *err)
{
    const zp_array *own = operand_names(s->v, p->along, p->along);
    const zp_str *variable = variable_name(s);

    for (int64_t i = 0; i < s->extent; i++) {
        zp_str *name;

        if (tagged(s))
            name = prefixed(s->part->tag, zp_name_at(own, i), i, s->extent, err);
        else
            name = zp_str_ref(variable && !own ? (zp_str *)variable : zp_name_at(own, i));
        if (!name)
            return false;
        zp_str_put(out, at + i, name);
    }
    return true;
}

bool zp__plan_names(const zp__plan *p, zp_value *out, zp_error *err)
{
    bool any = false;
    int64_t at = 0;

    *out = zp_nil();
    for (int64_t i = 0; i < p->count; i++) {
        const zp__side *s = &p->side[i];

        if (!s->left_out && s->extent > 0)
            any = any || tagged(s) || variable_name(s) || operand_names(s->v, p->along, p->along);
    }
    if (!any)
        return true;
    *out = zp_vec(ZP_STR, p->dim[p->along], err);
    if (zp_bad(*out))
        return false;
    for (int64_t i = 0; i < p->count; i++) {
        const zp__side *s = &p->side[i];

        if (s->left_out)
            continue;
        if (!put_names(p, s, *out, at, err)) {
            zp_value_clear(out);
            return false;
        }
        at += s->extent;
    }
    return true;
}

/* ---------------------------------------------------------------- elements */

static void put_column(zp_type t, char *to, const void *from, int64_t rows, bool fill)
{
    if (!fill) {
        zp_copy_elems(t, to, from, rows);
        return;
    }
    for (int64_t i = 0; i < rows; i++)
        zp_copy_elems(t, to + (size_t)i * zp_type_size(t), from, 1);
}

void zp__plan_fill(const zp__plan *p, const zp__side *s, zp_value to, int64_t at)
{
    const zp_type t = s->v.type;
    const size_t size = zp_type_size(t);
    const int64_t rows = p->along == 0 ? s->extent : p->dim[0];
    int64_t inner = 1;

    if (s->left_out || rows == 0)
        return;
    for (int32_t k = 1; k < p->along; k++)
        inner *= p->dim[k];
    for (int64_t c = 0; c < s->cols; c++) {
        const void *from = s->fill  ? zp_data(&s->v)
                           : s->row ? (const char *)zp_data(&s->v) + (size_t)c * size
                                    : zp_column(&s->v, c);
        int64_t col = c, row = at;

        if (p->along > 0) {
            const int64_t block = c / inner;

            row = 0;
            col = c % inner + inner * (block % s->extent + at + p->dim[p->along] * (block / s->extent));
        }
        put_column(t, (char *)zp_column(&to, col) + (size_t)row * size, from, rows, s->fill);
    }
}
