/* array: columns of elements, and the right to change them.
 *
 * An array object owns one block of memory with room for `cap` elements per column; column j begins at
 * j * stride.  While stride == dim[0] (or there is one column) the array is dense.  Growing in place raises
 * cap and stride geometrically, so that rows can be added without moving the columns each time. */
#include <math.h>

#include "base/breath.h"
#include "time/time.h"
#include "value/alloc.h"
#include "value/value_priv.h"

enum { COPY_PIECE = 256 << 10, COPY_NS = 40000 };

static int64_t columns(const zp_array *a)
{
    int64_t cols = 1;

    for (int32_t k = 1; k < a->ndim; k++)
        cols *= a->dim[k];
    return cols;
}

static size_t block_bytes(const zp_array *a)
{
    return (size_t)((a->cap + a->front) * columns(a)) * zp_type_size(a->head.type);
}

static void free_block(zp_array *a)
{
    zp__data_free((char *)a->data - (size_t)a->front * zp_type_size(a->head.type), block_bytes(a));
}

/* ---------------------------------------------------------------- making */

static bool set_dims(zp_array *a, int32_t ndim, const int64_t *dim, zp_error *err)
{
    a->ndim = ndim;
    a->dim = a->dim_in;
    if (ndim > (int32_t)ZP_COUNTOF(a->dim_in)) {
        a->dim = zp_alloc((size_t)ndim * sizeof(int64_t), err);
        if (!a->dim)
            return false;
    }
    for (int32_t k = 0; k < ndim; k++)
        a->dim[k] = dim[k];
    return true;
}

static void drop_dims(zp_array *a)
{
    if (a->dim != a->dim_in)
        zp_free(a->dim);
}

static bool product(int32_t ndim, const int64_t *dim, int64_t *n, zp_error *err)
{
    bool fits = true, empty = false;

    *n = 1;
    for (int32_t k = 0; k < ndim; k++) {
        if (dim[k] < 0)
            return zp_fail(err, "extents cannot be negative");
        empty |= dim[k] == 0;
        fits = fits && !__builtin_mul_overflow(*n, dim[k] ? dim[k] : 1, n);
    }
    if (empty)
        *n = 0;
    else if (!fits || *n > INT64_MAX / 32)
        return zp_fail_nomem(err, SIZE_MAX);
    return true;
}

zp_value zp_arr(zp_type t, int32_t ndim, const int64_t *dim, zp_error *err)
{
    zp_array *a;
    int64_t n;

    if (!product(ndim, dim, &n, err))
        return zp_nil();
    a = zp__data_alloc(sizeof(zp_array), err);
    if (!a)
        return zp_nil();
    *a = (zp_array){ .head = { .refs = 1, .type = (uint8_t)t }, .n = n, .stride = dim[0], .cap = dim[0] };
    if (!set_dims(a, ndim, dim, err)) {
        zp__data_free(a, sizeof(zp_array));
        return zp_nil();
    }
    a->data = zp__data_alloc(block_bytes(a), err);
    if (!a->data) {
        drop_dims(a);
        zp__data_free(a, sizeof(zp_array));
        return zp_nil();
    }
    if (t == ZP_STR)
        zp_fill_zero(zp_box(a), 0, n);
    return zp_box(a);
}

zp_value zp_vec(zp_type t, int64_t n, zp_error *err)
{
    return zp_arr(t, 1, &n, err);
}

zp_value zp_arr_like(zp_type t, zp_value shape, bool names, zp_error *err)
{
    zp_value v = zp_arr(t, zp_ndim(shape), zp_dims(&shape), err);

    if (!zp_bad(v) && names && !zp_copy_names(&v, shape, err))
        zp_value_clear(&v);
    return v;
}

zp_value zp_vec_zero(zp_type t, int64_t n, zp_error *err)
{
    zp_value v = zp_vec(t, n, err);

    if (!zp_bad(v) && t != ZP_STR)
        zp_fill_zero(v, 0, n);
    return v;
}

void zp_fill_zero(zp_value v, int64_t from, int64_t to)
{
    size_t size = zp_type_size(v.type);
    char *data = v.u.arr->data;

    if (v.type == ZP_STR) {
        zp_str **s = v.u.arr->data;
        for (int64_t i = from; i < to; i++)
            s[i] = zp_str_empty();
        return;
    }
    if (to > from)
        memset(data + (size_t)from * size, 0, (size_t)(to - from) * size);
}

zp_value zp_chr_take(zp_str *s, zp_error *err)
{
    zp_value v = s ? zp_vec(ZP_STR, 1, err) : zp_nil();

    if (zp_bad(v))
        zp_str_unref(s);
    else
        zp_str_put(v, 0, s);
    return v;
}

zp_value zp_chr(const char *text, zp_error *err)
{
    return zp_chr_take(zp_str_from(text, err), err);
}

static void drop_names(zp_array *a)
{
    if (!a->names)
        return;
    for (int32_t k = 0; k < a->ndim; k++)
        if (a->names[k])
            zp_obj_unref(&a->names[k]->head);
    zp__data_free(a->names, (size_t)a->ndim * sizeof(zp_array *));
    a->names = NULL;
}

/* ---------------------------------------------------------------- views */

zp_value zp_arr_view(zp_type t, int32_t ndim, const int64_t *dim, int64_t stride, void *data,
                     struct zp_hold *store, zp_error *err)
{
    zp_array *a = zp__data_alloc(sizeof(zp_array), err);

    if (!a)
        return zp_nil();
    *a = (zp_array){ .head = { .refs = 1, .type = (uint8_t)t }, .store = store };
    a->dim = a->dim_in;
    if (!zp_arr_aim(a, ndim, dim, stride, data, err)) {
        zp__data_free(a, sizeof(zp_array));
        return zp_nil();
    }
    return zp_box(a);
}

bool zp_arr_aim(zp_array *a, int32_t ndim, const int64_t *dim, int64_t stride, void *data, zp_error *err)
{
    const zp_array old = *a;
    int64_t n;

    if (!product(ndim, dim, &n, err))
        return false;
    if (a->names && ndim != a->ndim)
        drop_names(a);
    if (!set_dims(a, ndim, dim, err)) {
        a->ndim = old.ndim;
        a->dim = old.dim;
        return false;
    }
    if (old.dim != a->dim_in && old.ndim > (int32_t)ZP_COUNTOF(a->dim_in))
        zp_free(old.dim);
    a->n = n;
    a->stride = stride;
    a->cap = dim[0];
    a->data = data;
    a->order = ZP_ORDER_UNKNOWN;
    return true;
}

/* ---------------------------------------------------------------- death */

static void unref_string(void *s)
{
    zp_str_unref(*(zp_str **)s);
}

static void free_strings(zp_array *a)
{
    int64_t cols = columns(a), rows = a->dim[0];

    if (cols <= 1 || a->stride == rows) {
        zp__data_drop((char *)a->data - (size_t)a->front * sizeof(zp_str *), block_bytes(a), a->data,
                      rows * cols, sizeof(zp_str *), unref_string);
        return;
    }
    for (int64_t j = 0; j < cols; j++) {
        zp_str **s = (zp_str **)a->data + j * a->stride;
        for (int64_t i = 0; i < rows; i++)
            zp_str_unref(s[i]);
    }
    free_block(a);
}

void zp__array_free(zp_array *a)
{
    if (a->store) {
        zp__keeper->drop(a);
    } else if (a->head.type == ZP_STR) {
        free_strings(a);
    } else {
        free_block(a);
    }
    drop_names(a);
    drop_dims(a);
    zp__data_free(a, sizeof(zp_array));
}

/* ---------------------------------------------------------------- copying */

void zp_copy_elems(zp_type t, void *to, const void *from, int64_t count)
{
    size_t bytes;

    if (count <= 0)
        return;
    if (t == ZP_STR) {
        zp_str *const *s = from;
        for (int64_t i = 0; i < count; i++) {
            zp_breathe(5);
            ((zp_str **)to)[i] = zp_str_ref(s[i]);
        }
        return;
    }
    bytes = (size_t)count * zp_type_size(t);
    for (; bytes > COPY_PIECE; bytes -= COPY_PIECE) {
        memcpy(to, from, COPY_PIECE);
        to = (char *)to + COPY_PIECE;
        from = (const char *)from + COPY_PIECE;
        zp_breathe(COPY_NS);
    }
    memcpy(to, from, bytes);
}

/* Overwrites fresh strings without releasing the shared empty ones: they are static. */
static void copy_columns(zp_value to, const zp_value *from)
{
    int64_t cols = zp_ncols(*from), rows = zp_dim(*from, 0);
    size_t column_bytes = (size_t)rows * zp_type_size(to.type);
    char *data = to.u.arr->data;

    if (zp_is_dense(*from)) {
        zp_copy_elems(to.type, data, zp_data(from), to.u.arr->n);
        return;
    }
    for (int64_t j = 0; j < cols; j++)
        zp_copy_elems(to.type, data + (size_t)j * column_bytes, zp_column(from, j), rows);
}

static zp_value copy_array(zp_value v, zp_error *err)
{
    zp_value copy = zp_value_read(v, err) ? zp_arr_like(v.type, v, true, err) : zp_nil();

    if (zp_bad(copy))
        return copy;
    copy_columns(copy, &v);
    if (v.boxed)
        copy.u.arr->order = v.u.arr->order;
    return copy;
}

static zp_value copy_list(zp_value v, zp_error *err)
{
    const zp_list *l = v.u.list;
    zp_value copy = zp_list_new(l->n, err);

    if (zp_bad(copy))
        return copy;
    for (int64_t i = 0; i < l->n; i++) {
        zp_breathe(5);
        copy.u.list->items[i] = zp_value_ref(l->items[i]);
    }
    if (l->names) {
        l->names->head.refs++;
        copy.u.list->names = l->names;
    }
    return copy;
}

static zp_value copy_series(zp_value v, zp_error *err)
{
    zp_value data = copy_array(v.u.zts->data, err), idx = v.u.zts->idx;

    if (zp_bad(data))
        return data;
    idx = idx.u.arr->store ? copy_array(idx, err) : zp_value_ref(idx);
    if (zp_bad(idx)) {
        zp_value_unref(data);
        return idx;
    }
    return zp_zts_take(idx, data, err);
}

zp_value zp_value_copy(zp_value v, zp_error *err)
{
    if (zp_is_array(v))
        return v.boxed ? copy_array(v, err) : v;
    if (v.type == ZP_LIST)
        return copy_list(v, err);
    if (v.type == ZP_ZTS)
        return copy_series(v, err);
    return zp_value_ref(v);
}

bool zp_value_box(zp_value *v, zp_error *err)
{
    zp_value boxed;

    if (v->boxed || !zp_is_array(*v))
        return true;
    boxed = zp_vec(v->type, 1, err);
    if (zp_bad(boxed))
        return false;
    memcpy(boxed.u.arr->data, &v->u, zp_type_size(v->type));
    *v = boxed;
    return true;
}

void zp_value_unbox(zp_value *v)
{
    zp_value word = { .type = v->type };
    const zp_array *a;

    if (!v->boxed || (v->type != ZP_DBL && v->type != ZP_LGL && v->type != ZP_TIM && v->type != ZP_DUR))
        return;
    a = v->u.arr;
    if (a->ndim != 1 || a->n != 1 || a->names || a->store || (a->head.flags & ZP_LOCKED))
        return;
    word.u.i64 = 0;
    memcpy(&word.u, a->data, zp_type_size(v->type));
    zp_value_unref(*v);
    *v = word;
}

bool zp_value_own(zp_value *v, zp_error *err)
{
    zp_value copy;

    if (!v->boxed)
        return true;
    if (zp_is_array(*v) && v->u.arr->store)
        return zp__keeper->own(v, err);
    if (v->u.obj->refs == 1)
        return true;
    if (v->u.obj->flags & ZP_LOCKED)
        return zp_fail(err, "cannot copy locked object: use '<<-' or '--x'");
    copy = zp_value_copy(*v, err);
    if (zp_bad(copy))
        return false;
    zp_value_unref(*v);
    *v = copy;
    return true;
}

bool zp_value_fresh(zp_value *v, zp_error *err)
{
    zp_value copy;

    if (!v->boxed || (v->u.obj->refs == 1 && !(v->u.obj->flags & ZP_LOCKED) && !zp_value_in_files(*v)))
        return true;
    copy = zp_value_copy(*v, err);
    if (zp_bad(copy))
        return false;
    zp_value_set(v, copy);
    return true;
}

void *zp_value_mut_span(zp_value *v, const zp_span *where, zp_error *err)
{
    if (!v->boxed)
        return &v->u;
    if (!zp_value_own(v, err))
        return NULL;
    if (v->type == ZP_ZTS)
        return zp_value_mut_span(&v->u.zts->data, where, err);
    if (v->u.arr->store && !zp__keeper->write(v->u.arr, where, err))
        return NULL;
    v->u.arr->order = ZP_ORDER_UNKNOWN;
    return v->u.arr->data;
}

void *zp_value_mut(zp_value *v, zp_error *err)
{
    return zp_value_mut_span(v, &(zp_span){ 0, INT64_MAX, 0, INT64_MAX }, err);
}

bool zp_value_dense(zp_value *v, zp_error *err)
{
    zp_value copy;

    if (v->type == ZP_ZTS) {
        if (zp_is_dense(v->u.zts->data))
            return true;
        copy = copy_array(v->u.zts->data, err);
        if (!zp_bad(copy))
            copy = zp_zts_take(zp_value_ref(v->u.zts->idx), copy, err);
        if (!zp_bad(copy))
            zp_value_set(v, copy);
        return !zp_bad(copy);
    }
    if (!zp_is_array(*v) || zp_is_dense(*v))
        return true;
    copy = copy_array(*v, err);
    if (zp_bad(copy))
        return false;
    zp_value_set(v, copy);
    return true;
}

bool zp_value_reshape(zp_value *v, int32_t ndim, const int64_t *dim, zp_error *err)
{
    int64_t n;
    zp_array *a, old;

    if (!product(ndim, dim, &n, err) || !zp_value_box(v, err) || !zp_value_dense(v, err) ||
        !zp_value_own(v, err))
        return false;
    if (v->u.arr->store) { /* its columns become others: what it will be is made in memory */
        zp_value copy = copy_array(*v, err);

        if (zp_bad(copy))
            return false;
        zp_value_set(v, copy);
    }
    a = v->u.arr;
    if (n != a->n)
        return zp_fail(err, "dims do not match the length of object");
    drop_names(a);
    if (a->cap != a->dim[0] || a->front || n == 0) {
        /* the block is measured by cap * columns: make it exact before the columns change */
        void *data = zp__data_alloc((size_t)n * zp_type_size(v->type), err);
        if (!data)
            return false;
        if (n)
            memcpy(data, a->data, (size_t)n * zp_type_size(v->type));
        free_block(a);
        a->data = data;
        a->front = 0;
    }
    old = *a;
    if (!set_dims(a, ndim, dim, err)) {
        a->ndim = 1; /* the elements stay, as a vector */
        a->dim = a->dim_in;
        a->dim[0] = a->stride = a->cap = n;
    } else {
        a->stride = a->cap = dim[0];
    }
    if (old.dim != v->u.arr->dim_in && old.ndim > (int32_t)ZP_COUNTOF(a->dim_in))
        zp_free(old.dim);
    a->order = ZP_ORDER_UNKNOWN;
    return a->ndim == ndim;
}

/* ---------------------------------------------------------------- growing */

static bool move_columns(zp_array *a, int64_t cap, zp_error *err)
{
    int64_t cols = columns(a), keep = a->dim[0];
    size_t size = zp_type_size(a->head.type), bytes;
    char *data;

    if (!zp_mul((size_t)cap * size, (size_t)cols, &bytes) || bytes > SIZE_MAX / 4)
        return zp_fail_nomem(err, SIZE_MAX);
    data = zp__data_alloc(bytes, err);
    if (!data)
        return false;
    for (int64_t j = 0; j < cols; j++)
        if (keep)
            memcpy(data + (size_t)(j * cap) * size, (char *)a->data + (size_t)(j * a->stride) * size,
                   (size_t)keep * size);
    free_block(a);
    a->data = data;
    a->cap = a->stride = cap;
    a->front = 0;
    return true;
}

bool zp_value_append(zp_value *v, zp_value rows, zp_error *err)
{
    const bool series = rows.type == ZP_ZTS;
    const zp_value data = series ? zp_zts_data(rows) : rows, idx = series ? zp_zts_idx(rows) : zp_nil();
    const int64_t cols = zp_ncols(data);
    const void **columns = zp_alloc((size_t)(cols + 1) * sizeof *columns, err);
    bool ok;

    if (!columns)
        return false;
    for (int64_t j = 0; j < cols; j++)
        columns[j] = zp_column(&data, j);
    ok = zp_value_read(data, err) &&
         zp__keeper->append(v, series ? zp_i64s(&idx) : NULL, columns, zp_dim(data, 0), err);
    zp_free(columns);
    return ok;
}

bool zp_value_reserve_rows(zp_value *v, int64_t rows, zp_error *err)
{
    zp_array *a = v->boxed ? v->u.arr : NULL;

    if (!a || a->head.refs > 1 || a->store || rows <= a->cap)
        return true;
    return move_columns(a, rows, err);
}

bool zp_value_grow_rows(zp_value *v, int64_t rows, zp_error *err)
{
    zp_array *a;
    int64_t old, cols;

    if (!zp_value_box(v, err) || !zp_value_own(v, err))
        return false;
    a = v->u.arr;
    if (a->store)
        return zp__keeper->rows(a, rows, err);
    old = a->dim[0];
    cols = columns(a);
    if (rows > a->cap) {
        int64_t cap = a->cap + a->cap / 3;
        cap = cap < rows ? rows : cap;
        cap = cap < 16 ? 16 : (cap + 7) & ~(int64_t)7;
        if (!move_columns(a, cap, err))
            return false;
    } else if (cols > 1 && a->stride < rows) {
        return zp_fail(err, "columns cannot grow");
    }
    if (a->head.type == ZP_STR)
        for (int64_t j = 0; j < cols; j++)
            zp_fill_zero(*v, j * a->stride + old, j * a->stride + rows);
    if (a->names && a->names[0]) {
        zp_value names = zp_box(a->names[0]);
        bool ok = zp_value_grow_rows(&names, rows, err);
        a->names[0] = names.u.arr;
        if (!ok)
            return false;
    }
    a->dim[0] = rows;
    a->n = rows * cols;
    a->order = ZP_ORDER_UNKNOWN;
    return true;
}

/* What is cut off stays part of the block, but its whole pages go back to the system.  The next growth that finds no room
 * makes a block without front. */
static void cut_columns(zp_array *a, int64_t rows, int64_t cols)
{
    const size_t size = zp_type_size(a->head.type);

    for (int64_t j = 0; j < cols; j++) {
        char *kept = (char *)a->data + (size_t)(j * a->stride + rows) * size;

        zp__data_discard(kept - (size_t)(a->front + rows) * size, (size_t)(a->front + rows) * size);
    }
    a->data = (char *)a->data + (size_t)rows * size;
    a->front += rows;
    a->cap -= rows;
}

static void move_up(zp_array *a, int64_t rows, int64_t cols)
{
    const size_t size = zp_type_size(a->head.type);

    for (int64_t j = 0; j < cols; j++) {
        char *column = (char *)a->data + (size_t)(j * a->stride) * size;

        memmove(column, column + (size_t)rows * size, (size_t)(a->dim[0] - rows) * size);
    }
}

bool zp_value_cut_front(zp_value *v, int64_t rows, zp_error *err)
{
    zp_array *a;
    int64_t cols;

    if (!zp_value_box(v, err) || !zp_value_own(v, err))
        return false;
    a = v->u.arr;
    cols = columns(a);
    if (a->head.type == ZP_STR)
        for (int64_t j = 0; j < cols; j++)
            for (int64_t i = 0; i < rows; i++)
                zp_str_unref(((zp_str **)a->data)[j * a->stride + i]);
    if (cols <= 1 || a->stride == a->cap + a->front)
        cut_columns(a, rows, cols);
    else
        move_up(a, rows, cols);
    a->dim[0] -= rows;
    a->n = a->dim[0] * cols;
    return true;
}

/* ---------------------------------------------------------------- order */

static bool ordered_column(zp_type t, const void *data, int64_t n)
{
    const double *d = data;
    const int8_t *b = data;
    const int64_t *k = data;
    zp_str *const *s = data;
    const zp_interval *p = data;

    switch (t) {
    case ZP_DBL:
        for (int64_t i = 1; i < n; i++)
            if (!(d[i - 1] < d[i]))
                return false;
        return true;
    case ZP_LGL:
        for (int64_t i = 1; i < n; i++)
            if (!(b[i - 1] < b[i]))
                return false;
        return true;
    case ZP_TIM:
    case ZP_DUR:
        for (int64_t i = 1; i < n; i++)
            if (!(k[i - 1] < k[i]))
                return false;
        return true;
    case ZP_STR:
        for (int64_t i = 1; i < n; i++)
            if (zp_str_cmp(s[i - 1], s[i]) >= 0)
                return false;
        return true;
    case ZP_IVL:
        for (int64_t i = 1; i < n; i++)
            if (zp_interval_cmp(p[i - 1].start, p[i - 1].end, p[i - 1].sopen, p[i - 1].eopen, p[i].start,
                                p[i].end, p[i].sopen, p[i].eopen) >= 0)
                return false;
        return true;
    default: return false;
    }
}

bool zp_value_ordered(zp_value v)
{
    zp_array *a;
    int64_t cols;

    if (!zp_is_array(v) || v.type == ZP_PER)
        return false;
    if (!v.boxed)
        return true;
    a = v.u.arr;
    if (a->order == ZP_ORDER_UNKNOWN) {
        cols = columns(a);
        a->order = ZP_ORDER_YES;
        for (int64_t j = 0; j < cols && a->order == ZP_ORDER_YES; j++)
            if (!ordered_column(v.type, zp_column(&v, j), a->dim[0]))
                a->order = ZP_ORDER_NO;
    }
    return a->order == ZP_ORDER_YES;
}
