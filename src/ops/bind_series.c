/* Binding series.
 *
 * Rows: each series begins after the last row so far; index and data grow at their ends, so that a stream of rows
 * costs the rows alone.  Columns: the indices must be the same, and the data is bound as arrays are. */
#include "ops/bind_priv.h"

#include <string.h>

static bool same_index(zp_value a, zp_value b)
{
    return a.u.obj == b.u.obj || (zp_len(a) == zp_len(b) &&
                                  memcmp(zp_data(&a), zp_data(&b), (size_t)zp_len(a) * sizeof(int64_t)) == 0);
}

/* ---------------------------------------------------------------- rows */

static bool same_columns(zp_value a, zp_value b)
{
    if (zp_ndim(a) != zp_ndim(b))
        return false;
    for (int32_t k = 1; k < zp_ndim(a); k++)
        if (zp_dim(a, k) != zp_dim(b, k))
            return false;
    return true;
}

/* Everything that can be wrong with the rows of parts[1..] after those of parts[0]; *rows: how many in all. */
static bool check_rows(const zp_part *parts, int64_t count, int64_t *rows, zp_error *err)
{
    const zp_value *first = NULL;
    const int64_t *last = NULL;

    *rows = 0;
    for (int64_t i = 0; i < count; i++) {
        zp_value z = parts[i].value, idx;

        if (z.type == ZP_NIL)
            continue;
        if (z.type != ZP_ZTS)
            return zp_fail(err, "'zts' bind in first dimension requires zts 'argument'");
        if (!first)
            first = &parts[i].value;
        else if (!same_columns(zp_zts_data(*first), zp_zts_data(z)))
            return zp_fail(err, "invalid dimensions for abind");
        idx = zp_zts_idx(z);
        if (zp_len(idx) == 0)
            continue;
        if (last && *last >= zp_i64s(&idx)[0])
            return zp_fail(err, "non-ascending index for rbind");
        last = &((const int64_t *)idx.u.arr->data)[zp_len(idx) - 1];
        if (__builtin_add_overflow(*rows, zp_len(idx), rows))
            return zp_fail_nomem(err, SIZE_MAX);
    }
    return true;
}

static void copy_rows(zp_value idx, zp_value data, zp_value z, int64_t at)
{
    const zp_value from_idx = zp_zts_idx(z), from = zp_zts_data(z);
    const int64_t rows = zp_len(from_idx), cols = zp_ncols(from);

    if (rows == 0)
        return;
    memcpy((int64_t *)idx.u.arr->data + at, zp_data(&from_idx), (size_t)rows * sizeof(int64_t));
    for (int64_t j = 0; j < cols; j++)
        memcpy((double *)zp_column(&data, j) + at, zp_column(&from, j), (size_t)rows * sizeof(double));
}

/* Column names: of the first series that has them. */
static bool column_names(zp_value *data, const zp_part *parts, int64_t count, zp_error *err)
{
    for (int32_t k = 1; k < zp_ndim(*data); k++)
        for (int64_t i = 0; i < count && !zp_names(*data, k) && zp_dim(*data, k) > 0; i++) {
            zp_array *names = zp_names(parts[i].value, k);

            if (names && !zp_set_names(data, k, names, err))
                return false;
        }
    return true;
}

static bool new_rows(const zp_part *parts, int64_t count, zp_value *out, zp_error *err)
{
    zp_value idx, data, first = zp_nil();
    int64_t rows, at = 0, *dim;

    if (!check_rows(parts, count, &rows, err))
        return false;
    for (int64_t i = count; i-- > 0;)
        if (parts[i].value.type == ZP_ZTS)
            first = zp_zts_data(parts[i].value);
    dim = zp_alloc((size_t)zp_ndim(first) * sizeof *dim, err);
    if (!dim)
        return false;
    memcpy(dim, zp_dims(&first), (size_t)zp_ndim(first) * sizeof *dim);
    dim[0] = rows;
    idx = zp_vec(ZP_TIM, rows, err);
    data = zp_arr(ZP_DBL, zp_ndim(first), dim, err);
    zp_free(dim);
    if (zp_bad(idx) || zp_bad(data))
        goto failed;
    for (int64_t i = 0; i < count; i++)
        if (parts[i].value.type == ZP_ZTS) {
            copy_rows(idx, data, parts[i].value, at);
            at += zp_dim(parts[i].value, 0);
        }
    idx.u.arr->order = ZP_ORDER_YES;
    if (!column_names(&data, parts, count, err))
        goto failed;
    *out = zp_zts_take(idx, data, err);
    return !zp_bad(*out);

failed:
    zp_value_unref(idx);
    zp_value_unref(data);
    return false;
}

static int64_t series_among(const zp_part *parts, int64_t count)
{
    int64_t n = 0;

    for (int64_t i = 0; i < count; i++)
        n += parts[i].value.type == ZP_ZTS;
    return n;
}

/* Rows for files are written and committed at once: several parts become one first. */
static bool append_to_files(zp_value *z, const zp_part *parts, int64_t count, zp_error *err)
{
    zp_value more = zp_nil();
    bool ok = true;

    if (!series_among(parts + 1, count - 1))
        return true;
    ok = new_rows(parts + 1, count - 1, &more, err) && zp_value_append(z, more, err);
    zp_value_unref(more);
    return ok &&
           (zp_has_names(*z) || (zp_value_own(z, err) && column_names(&z->u.zts->data, parts, count, err)));
}

bool zp__append_series(zp_value *z, const zp_part *parts, int64_t count, zp_error *err)
{
    const int64_t old = zp_dim(*z, 0);
    int64_t rows, at = old;
    zp_zts *s;

    if (!check_rows(parts, count, &rows, err))
        return false;
    if (zp_value_in_files(*z))
        return append_to_files(z, parts, count, err);
    if (!zp_value_own(z, err))
        return false;
    s = z->u.zts;
    if (!zp_value_grow_rows(&s->idx, rows, err))
        return false;
    if (!zp_value_grow_rows(&s->data, rows, err)) {
        const bool back = zp_value_grow_rows(&s->idx, old, NULL); /* fewer rows always fit */

        s->idx.u.arr->order = back ? ZP_ORDER_YES : ZP_ORDER_UNKNOWN;
        return false;
    }
    for (int64_t i = 1; i < count; i++)
        if (parts[i].value.type == ZP_ZTS) {
            copy_rows(s->idx, s->data, parts[i].value, at);
            at += zp_dim(parts[i].value, 0);
        }
    s->idx.u.arr->order = ZP_ORDER_YES;
    return column_names(&s->data, parts, count, err);
}

/* ---------------------------------------------------------------- columns */

static bool new_columns(int32_t along, const zp_part *parts, int64_t count, zp_value *out, zp_error *err)
{
    zp_part *data = zp_alloc_zero((size_t)count * sizeof *data, err);
    zp_value idx = zp_nil(), bound;
    bool ok = data != NULL;

    for (int64_t i = 0; ok && i < count; i++) {
        data[i] = parts[i];
        if (parts[i].value.type != ZP_ZTS) {
            ok = parts[i].value.type == ZP_DBL || parts[i].value.type == ZP_LGL ||
                 parts[i].value.type == ZP_NIL || zp_fail(err, "cbind incorrect type");
            continue;
        }
        data[i].value = zp_zts_data(parts[i].value);
        if (zp_bad(idx))
            idx = zp_zts_idx(parts[i].value);
        else if (!same_index(idx, zp_zts_idx(parts[i].value)))
            ok = zp_fail(err, "'zts' index mismatch for abind");
    }
    if (ok)
        ok = zp_bind(along, false, data, count, &bound, err);
    if (ok) {
        *out = zp_zts_take(zp_value_ref(idx), bound, err);
        ok = !zp_bad(*out);
    }
    zp_free(data);
    return ok;
}

bool zp__bind_series(int32_t along, const zp_part *parts, int64_t count, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    return along == 0 ? new_rows(parts, count, out, err) : new_columns(along, parts, count, out, err);
}
