/* target: from a path to columns.
 *
 * A path is a variable of the global environment and then names of list elements.  One name with slashes, "fx/EURUSD", also
 * stands for the path fx, EURUSD, as objects of a database are called.  Appending changes the object in place; a copy
 * that somebody took before (y <- z, a result that is being sent) stays as it is, because growing copies what is shared. */
#include "plane/target.h"

#include <string.h>

/* ---------------------------------------------------------------- finding */

static bool not_found(const zp_stream_path *path, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;

    zp_stream_path_text(&text, path);
    zp_fail(err, "object '%s' not found", zp_buf_text(&text));
    zp_buf_fini(&text);
    return false;
}

/* A list element, `write`: of a list that is ours alone. */
static zp_value *element(zp_value *list, zp_slice name, bool write, zp_error *err)
{
    int64_t at;

    if (list->type != ZP_LIST) {
        zp_fail(err, "incorrect type");
        return NULL;
    }
    at = zp_list_find(*list, name.ptr, name.len);
    if (at < 0)
        return NULL;
    if (write && !zp_value_own(list, err))
        return NULL;
    return &list->u.list->items[at];
}

/* "fx/EURUSD" as a path of parts. */
static zp_value *by_parts(zp_engine *engine, zp_slice name, bool write, zp_error *err)
{
    const char *end = name.ptr + name.len, *slash = memchr(name.ptr, '/', name.len);
    zp_value *at = slash ? zp_engine_global_value(engine, name.ptr, (size_t)(slash - name.ptr), err) : NULL;

    while (at && slash) {
        const char *part = slash + 1;

        slash = memchr(part, '/', (size_t)(end - part));
        at = element(at, (zp_slice){ part, (size_t)((slash ? slash : end) - part) }, write, err);
    }
    return at;
}

static zp_value *slot_of(zp_engine *engine, const zp_stream_path *path, bool write, zp_error *err)
{
    size_t at = 0;
    zp_slice name = zp_stream_name(path, &at);
    zp_value *slot = zp_engine_global_value(engine, name.ptr, name.len, err);

    if (!slot && path->count == 1)
        slot = by_parts(engine, name, write, err);
    for (uint32_t i = 1; i < path->count && slot; i++)
        slot = element(slot, zp_stream_name(path, &at), write, err);
    return slot;
}

/* ORDER ZP_TYPES; 0: rows of this type cannot travel. */
static const uint8_t tags[ZP_NTYPES] = { [ZP_DBL] = ZP_TAG_DBL,
                                         [ZP_LGL] = ZP_TAG_LGL,
                                         [ZP_TIM] = ZP_TAG_TIM,
                                         [ZP_DUR] = ZP_TAG_DUR,
                                         [ZP_IVL] = ZP_TAG_IVL };

static bool locked(zp_value v)
{
    return v.boxed && (v.u.obj->flags & ZP_LOCKED);
}

bool zp__target_find(zp_engine *engine, const zp_stream_path *path, bool write, zp_target *t, zp_error *err)
{
    zp_value *slot = slot_of(engine, path, write, err);
    bool series;

    if (!slot)
        return not_found(path, err);
    series = slot->type == ZP_ZTS;
    if (!series && !tags[slot->type])
        return zp_fail(err, "incorrect type");
    *t = (zp_target){ .slot = slot, .last = INT64_MIN, .store = zp_store_of(*slot) };
    t->cls = series ? ZP_STREAM_SERIES : ZP_STREAM_ARRAY;
    t->idx = series ? zp_zts_idx(*slot) : zp_nil();
    t->data = series ? zp_zts_data(*slot) : *slot;
    t->elem = tags[t->data.type];
    t->rows = zp_dim(t->data, 0);
    t->columns = zp_ncols(t->data);
    if (series && t->rows)
        t->last = zp_i64s(&t->idx)[t->rows - 1];
    if (!write || t->store)
        return true;
    if (locked(*slot) || locked(t->data))
        return zp_fail(err, "the object is locked");
    return true;
}

/* ---------------------------------------------------------------- its shape */

static zp_stream_policy policy_of(const zp_target *t)
{
    static const zp_stream_policy policies[] = { [ZP_SYNC_COMMIT] = ZP_STREAM_COMMIT,
                                                 [ZP_SYNC_INTERVAL] = ZP_STREAM_INTERVAL,
                                                 [ZP_SYNC_NONE] = ZP_STREAM_NONE };
    const zp_store_options *o = t->store ? zp_store_get_options(t->store) : NULL;

    return t->store ? policies[o ? o->sync : ZP_SYNC_COMMIT] : ZP_STREAM_MEMORY;
}

bool zp__target_shape(const zp_target *t, zp_stream_shape *shape, zp_buf *names, zp_error *err)
{
    const zp_array *columns = zp_ndim(t->data) == 2 ? zp_names(t->data, 1) : NULL;
    int32_t ndims = zp_ndim(t->data) - 1;

    *shape = (zp_stream_shape){ .rows = t->rows,
                                .last = t->last,
                                .columns = t->columns,
                                .cls = t->cls,
                                .elem = t->elem,
                                .policy = (uint8_t)policy_of(t) };
    if (ndims > ZP_STREAM_DIMS_MAX)
        return zp_fail(err, "%d dimensions are too many for a stream", ndims + 1);
    for (int32_t k = 0; k < ndims; k++)
        shape->dims[shape->ndims++] = zp_dim(t->data, k + 1);
    for (int64_t j = 0; columns && j < t->columns; j++) {
        zp_str *name = zp_name_at(columns, j);
        uint32_t len = (uint32_t)name->len;

        zp_buf_put(names, &len, sizeof(len));
        zp_buf_put(names, name->text, len);
    }
    shape->named = columns != NULL;
    shape->names = (zp_slice){ zp_buf_text(names), names->len };
    return zp_buf_ok(names, err);
}

bool zp__target_fits(const zp_target *t, uint8_t ndims, const int64_t *dims)
{
    if (ndims != zp_ndim(t->data) - 1)
        return false;
    for (uint8_t k = 0; k < ndims; k++) {
        if (dims[k] != zp_dim(t->data, k + 1))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- rows */

enum { RESERVE_FROM = 16 << 20, RESERVE_TIMES = 8 };
#define RESERVE_MOST ((size_t)1 << 36)

/* A large array that outgrows its room gets plenty, so that it moves seldom, whatever size it reaches. */
static void reserve(zp_value *v, int64_t rows)
{
    zp_error ignored = ZP_ERROR_INIT;
    size_t bytes;

    if (!v->boxed || rows <= v->u.arr->cap ||
        !zp_mul((size_t)rows * RESERVE_TIMES, zp_type_size(v->type), &bytes) ||
        !zp_mul(bytes, (size_t)zp_ncols(*v), &bytes) || bytes < (size_t)RESERVE_FROM * RESERVE_TIMES ||
        bytes > RESERVE_MOST)
        return;
    if (!zp_value_reserve_rows(v, (rows * RESERVE_TIMES + 7) & ~(int64_t)7, &ignored))
        zp_error_clear(&ignored); /* a limit of memory: it grows in smaller steps */
}

/* Grows the array in *v and fills the new rows. */
static bool grow(zp_value *v, const void *const *columns, int64_t n, zp_error *err)
{
    int64_t rows = zp_dim(*v, 0), count = zp_ncols(*v);
    size_t size = zp_type_size(v->type);

    reserve(v, rows + n);
    if (!zp_value_grow_rows(v, rows + n, err))
        return false;
    for (int64_t j = 0; j < count; j++)
        memcpy((char *)zp_column(v, j) + (size_t)rows * size, columns[j], (size_t)n * size);
    return true;
}

/* Takes rows back, after a failure half way. */
static void shrink(zp_value *v, int64_t rows)
{
    zp_error ignored = ZP_ERROR_INIT;

    if (!zp_value_grow_rows(v, rows, &ignored))
        zp_error_clear(&ignored);
}

static bool append_memory(zp_target *t, const int64_t *times, const void *const *columns, int64_t n,
                          zp_error *err)
{
    const void *index[1] = { times };
    zp_zts *z;

    if (t->cls == ZP_STREAM_ARRAY)
        return grow(t->slot, columns, n, err);
    if (!zp_value_own(t->slot, err))
        return false;
    z = t->slot->u.zts;
    if (!grow(&z->idx, index, n, err))
        return false;
    z->idx.u.arr->order = ZP_ORDER_YES;
    if (grow(&z->data, columns, n, err))
        return true;
    shrink(&z->idx, t->rows);
    z->idx.u.arr->order = ZP_ORDER_YES;
    return false;
}

bool zp__target_append(zp_target *t, const int64_t *times, const void *const *columns, int64_t n,
                       zp_error *err)
{
    if (t->store)
        return zp_store_append(t->slot, times, columns, n, err);
    return append_memory(t, times, columns, n, err);
}

void zp__target_read(const zp_target *t, int64_t from, int64_t n, char *out)
{
    size_t size = zp_tag_size(t->elem), len = (size_t)n * size;

    if (t->cls == ZP_STREAM_SERIES) {
        memcpy(out, zp_i64s(&t->idx) + from, (size_t)n * 8);
        out += (size_t)n * 8;
    }
    for (int64_t j = 0; j < t->columns; j++, out += len)
        memcpy(out, (const char *)zp_column(&t->data, j) + (size_t)from * size, len);
}

int64_t zp__target_row_at(const zp_target *t, int64_t instant)
{
    const int64_t *times = zp_i64s(&t->idx);
    int64_t low = 0, high = t->rows;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (times[middle] < instant)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool intervals_valid(const char *values, int64_t n)
{
    zp_interval v;

    for (int64_t i = 0; i < n; i++) {
        memcpy(&v, values + (size_t)i * sizeof(v), sizeof(v));
        if (v.sopen > 1 || v.eopen > 1 || v.start > v.end)
            return false;
    }
    return true;
}

bool zp__values_valid(uint8_t elem, const char *values, int64_t n)
{
    if (elem == ZP_TAG_IVL)
        return intervals_valid(values, n);
    for (int64_t i = 0; elem == ZP_TAG_LGL && i < n; i++) {
        if (values[i] & ~1)
            return false;
    }
    return true;
}
