/* value: results and bound values.
 *
 * A value owns everything below it.  Strings lie one after the other, each with its NUL, behind a table of
 * offsets, so that a column of a million strings is two allocations. */
#include "client/client_priv.h"

#include <string.h>

#include "base/mem.h"

/* ORDER zplane_type.  Tag 0 with type other than NULL: no array type. */
static const struct {
    const char *name;
    uint8_t tag;
    uint8_t size;
} types[] = {
    [ZPLANE_NULL] = { "NULL", ZP_TAG_NIL, 0 },         [ZPLANE_DOUBLE] = { "double", ZP_TAG_DBL, 8 },
    [ZPLANE_LOGICAL] = { "logical", ZP_TAG_LGL, 1 },   [ZPLANE_TIME] = { "time", ZP_TAG_TIM, 8 },
    [ZPLANE_DURATION] = { "duration", ZP_TAG_DUR, 8 }, [ZPLANE_INTERVAL] = { "interval", ZP_TAG_IVL, 24 },
    [ZPLANE_PERIOD] = { "period", ZP_TAG_PER, 16 },    [ZPLANE_STRING] = { "character", ZP_TAG_STR, 0 },
    [ZPLANE_SERIES] = { "zts", ZP_TAG_ZTS, 0 },        [ZPLANE_LIST] = { "list", ZP_TAG_LIST, 0 },
    [ZPLANE_ERROR] = { "error", ZP_TAG_ERROR, 0 },
};

uint8_t zp__cl_tag_of(zplane_type type)
{
    return types[type].tag;
}

zplane_type zp__cl_type_of(uint8_t tag)
{
    for (size_t i = 0; i < ZP_COUNTOF(types); i++) {
        if (types[i].tag == tag)
            return (zplane_type)i;
    }
    return ZPLANE_NULL;
}

const char *zplane_type_name(zplane_type type)
{
    return (size_t)type < ZP_COUNTOF(types) ? types[type].name : "unknown";
}

/* ---------------------------------------------------------------- making */

static zplane_value *bare(zplane_type type, int ndim)
{
    zplane_value *v = zp_new(zplane_value, NULL);

    if (!v)
        return NULL;
    v->type = type;
    v->ndim = ndim;
    if (ndim > 0) {
        v->dim = zp_alloc_zero((size_t)ndim * sizeof(*v->dim), NULL);
        v->names = zp_alloc_zero((size_t)ndim * sizeof(zplane_value *), NULL);
        if (!v->dim || !v->names) {
            zplane_value_free(v);
            return NULL;
        }
    }
    return v;
}

zplane_value *zp__cl_value_new(zplane_type type, int ndim, const int64_t *dim)
{
    zplane_value *v;
    size_t n, columns = 1, bytes;

    if (ndim < 1 || ndim > ZP_VALUE_DIMS || (size_t)type >= ZP_COUNTOF(types) || dim[0] < 0)
        return NULL;
    for (int k = 1; k < ndim; k++) {
        if (dim[k] < 0 || !zp_mul(columns, (size_t)dim[k], &columns))
            return NULL;
    }
    if (!zp_mul(columns, (size_t)dim[0], &n) || columns > INT64_MAX || n > INT64_MAX / 32 ||
        !zp_mul(n, types[type].size, &bytes))
        return NULL;
    v = bare(type, ndim);
    if (!v)
        return NULL;
    memcpy(v->dim, dim, (size_t)ndim * sizeof(*dim));
    v->n = (int64_t)n;
    if (types[type].size) {
        v->data = zp_alloc(bytes ? bytes : 1, NULL);
        if (!v->data) {
            zplane_value_free(v);
            return NULL;
        }
    }
    return v;
}

/* A vector of strings from lengths and bytes, which hold what the lengths say. */
zplane_value *zp__cl_value_strings(uint64_t n, const uint8_t *lengths, const uint8_t *text)
{
    int64_t dim = (int64_t)n;
    zplane_value *v = n > INT64_MAX / 32 ? NULL : zp__cl_value_new(ZPLANE_STRING, 1, &dim);
    size_t total = 0, at = 0;
    uint64_t *offsets;

    if (!v)
        return NULL;
    for (uint64_t i = 0; i < n; i++)
        total += zp_get_le32(lengths + 4 * i) + (size_t)1;
    v->data = offsets = zp_alloc((n + 1) * sizeof(*offsets), NULL);
    v->text = zp_alloc(total + 1, NULL);
    if (!v->data || !v->text) {
        zplane_value_free(v);
        return NULL;
    }
    for (uint64_t i = 0; i < n; i++) {
        uint32_t len = zp_get_le32(lengths + 4 * i);

        offsets[i] = at;
        memcpy(v->text + at, text, len);
        text += len;
        v->text[at + len] = '\0';
        at += len + (size_t)1;
    }
    offsets[n] = at;
    return v;
}

zplane_value *zplane_new_null(void)
{
    return bare(ZPLANE_NULL, 0);
}

zplane_value *zplane_new_array(zplane_type type, int ndim, const int64_t *dim, const void *elements)
{
    zplane_value *v;

    if ((size_t)type >= ZP_COUNTOF(types) || !types[type].size)
        return NULL;
    v = zp__cl_value_new(type, ndim, dim);
    if (v && v->n)
        memcpy(v->data, elements, (size_t)v->n * types[type].size);
    return v;
}

static zplane_value *one(zplane_type type, const void *element)
{
    int64_t dim = 1;

    return zplane_new_array(type, 1, &dim, element);
}

zplane_value *zplane_new_double(double d)
{
    return one(ZPLANE_DOUBLE, &d);
}

zplane_value *zplane_new_logical(bool b)
{
    int8_t l = b;

    return one(ZPLANE_LOGICAL, &l);
}

zplane_value *zplane_new_time(int64_t ns)
{
    return one(ZPLANE_TIME, &ns);
}

zplane_value *zplane_new_strings(int64_t n, const char *const *texts)
{
    zp_buf lengths = ZP_BUF_INIT, bytes = ZP_BUF_INIT;
    zplane_value *v = NULL;

    if (n < 0)
        return NULL;
    for (int64_t i = 0; i < n; i++) {
        size_t len = strlen(texts[i]);
        uint8_t le[4];

        if (len > UINT32_MAX)
            goto out;
        zp_le32(le, (uint32_t)len);
        zp_buf_put(&lengths, le, sizeof(le));
        zp_buf_put(&bytes, texts[i], len);
    }
    if (!lengths.failed && !bytes.failed)
        v = zp__cl_value_strings((uint64_t)n, (const uint8_t *)zp_buf_text(&lengths),
                                 (const uint8_t *)zp_buf_text(&bytes));
out:
    zp_buf_fini(&lengths);
    zp_buf_fini(&bytes);
    return v;
}

zplane_value *zplane_new_string(const char *text)
{
    return zplane_new_strings(1, &text);
}

zplane_value *zplane_new_list(void)
{
    return bare(ZPLANE_LIST, 1);
}

static bool list_room(zplane_value *list)
{
    int64_t cap = list->cap ? 2 * list->cap : 4;
    zplane_value **more;

    if (list->n < list->cap)
        return true;
    more = zp_realloc(list->items, (size_t)cap * sizeof(zplane_value *), NULL);
    if (!more)
        return false;
    list->items = more;
    list->cap = cap;
    return true;
}

/* Names of a list are made anew for every item: lists that are bound are short. */
static bool list_name(zplane_value *list, const char *name)
{
    const char **all;
    zplane_value *names;

    if (!name && !list->names[0])
        return true;
    all = zp_alloc((size_t)list->n * sizeof(*all), NULL);
    if (!all)
        return false;
    for (int64_t i = 0; i < list->n; i++) {
        const char *old = i < list->n - 1 && list->names[0] ? zplane_string(list->names[0], i, NULL) : "";

        all[i] = i == list->n - 1 ? (name ? name : "") : old;
    }
    names = zplane_new_strings(list->n, all);
    zp_free(all);
    if (!names)
        return false;
    zplane_value_free(list->names[0]);
    list->names[0] = names;
    return true;
}

bool zplane_list_add(zplane_value *list, const char *name, zplane_value *item)
{
    if (!list || list->type != ZPLANE_LIST || !item || !list_room(list)) {
        zplane_value_free(item);
        return false;
    }
    list->items[list->n++] = item;
    list->dim[0] = list->n;
    if (list_name(list, name))
        return true;
    list->items[--list->n] = NULL;
    list->dim[0] = list->n;
    zplane_value_free(item);
    return false;
}

zplane_value *zplane_new_series(int64_t rows, const int64_t *times, int64_t columns, const double *data)
{
    int64_t dim[2] = { rows, columns };
    zplane_value *v = bare(ZPLANE_SERIES, 0);

    if (!v)
        return NULL;
    v->items = zp_alloc_zero(2 * sizeof(zplane_value *), NULL);
    if (v->items) {
        v->n = 2;
        v->items[0] = zplane_new_array(ZPLANE_TIME, 1, &rows, times);
        v->items[1] = zplane_new_array(ZPLANE_DOUBLE, 2, dim, data);
    }
    if (!v->items || !v->items[0] || !v->items[1]) {
        zplane_value_free(v);
        return NULL;
    }
    return v;
}

void zplane_value_free(zplane_value *v)
{
    if (!v)
        return;
    for (int64_t i = 0; v->items && i < v->n; i++)
        zplane_value_free(v->items[i]);
    for (int k = 0; v->names && k < v->ndim; k++)
        zplane_value_free(v->names[k]);
    zp_free(v->items);
    zp_free(v->names);
    zp_free(v->dim);
    zp_free(v->data);
    zp_free(v->text);
    zp_free(v);
}

/* ---------------------------------------------------------------- asking */

zplane_type zplane_value_type(const zplane_value *v)
{
    return v ? v->type : ZPLANE_NULL;
}

/* The array that the extents of a value are those of. */
static const zplane_value *shaped(const zplane_value *v)
{
    return v && v->type == ZPLANE_SERIES ? v->items[1] : v;
}

int64_t zplane_length(const zplane_value *v)
{
    v = shaped(v);
    return v ? v->n : 0;
}

int zplane_ndim(const zplane_value *v)
{
    v = shaped(v);
    return v ? v->ndim : 0;
}

int64_t zplane_dim(const zplane_value *v, int k)
{
    v = shaped(v);
    return v && k >= 0 && k < v->ndim ? v->dim[k] : 1;
}

bool zplane_visible(const zplane_value *v)
{
    return v && !v->hidden;
}

int64_t zplane_rows(const zplane_value *v)
{
    return zplane_ndim(v) ? zplane_dim(v, 0) : 0;
}

int64_t zplane_columns(const zplane_value *v)
{
    int64_t columns = 1;

    v = shaped(v);
    for (int k = 1; v && k < v->ndim; k++)
        columns *= v->dim[k];
    return v && v->ndim ? columns : 0;
}

const char *zplane_name(const zplane_value *v, int k, int64_t i)
{
    const char *name;

    v = shaped(v);
    if (!v || k < 0 || k >= v->ndim || !v->names[k] || i < 0 || i >= v->names[k]->n)
        return NULL;
    name = zplane_string(v->names[k], i, NULL);
    return *name ? name : NULL;
}

static const void *column(const zplane_value *v, zplane_type type, int64_t j)
{
    if (!v || v->type != type || j < 0 || (j > 0 && j >= zplane_columns(v)))
        return NULL;
    return (const char *)v->data + (size_t)(j * v->dim[0]) * types[type].size;
}

const double *zplane_doubles(const zplane_value *v, int64_t j)
{
    return column(v, ZPLANE_DOUBLE, j);
}

const int64_t *zplane_times(const zplane_value *v, int64_t j)
{
    return column(v, v && v->type == ZPLANE_DURATION ? ZPLANE_DURATION : ZPLANE_TIME, j);
}

const int8_t *zplane_logicals(const zplane_value *v, int64_t j)
{
    return column(v, ZPLANE_LOGICAL, j);
}

const zplane_interval *zplane_intervals(const zplane_value *v, int64_t j)
{
    return column(v, ZPLANE_INTERVAL, j);
}

const zplane_period *zplane_periods(const zplane_value *v, int64_t j)
{
    return column(v, ZPLANE_PERIOD, j);
}

const char *zplane_string(const zplane_value *v, int64_t i, size_t *len)
{
    const uint64_t *offsets;

    if (!v || (v->type != ZPLANE_STRING && v->type != ZPLANE_ERROR) || i < 0 || i >= v->n)
        return NULL;
    offsets = v->data;
    if (len)
        *len = (size_t)(offsets[i + 1] - offsets[i] - 1);
    return v->text + offsets[i];
}

const zplane_value *zplane_series_index(const zplane_value *v)
{
    return v && v->type == ZPLANE_SERIES ? v->items[0] : NULL;
}

const zplane_value *zplane_series_data(const zplane_value *v)
{
    return v && v->type == ZPLANE_SERIES ? v->items[1] : NULL;
}

const zplane_value *zplane_item(const zplane_value *v, int64_t i)
{
    return v && v->type == ZPLANE_LIST && i >= 0 && i < v->n ? v->items[i] : NULL;
}

const zplane_value *zplane_item_named(const zplane_value *v, const char *name)
{
    for (int64_t i = 0; v && v->type == ZPLANE_LIST && v->names[0] && i < v->n; i++) {
        if (strcmp(zplane_string(v->names[0], i, NULL), name) == 0)
            return v->items[i];
    }
    return NULL;
}
