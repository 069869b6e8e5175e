/* codec: values from and to the bytes of messages.
 *
 * wire's reader checks every length before it says where something is; what is left is to copy it. */
#include "client/client_priv.h"

#include <string.h>

#include "base/mem.h"

enum { MAX_DEPTH = 200 };

static zplane_value *decode(const uint8_t **at, const uint8_t *end, int depth, zplane_error *err);

static zplane_value *no_value(zplane_value *v, zplane_error *err)
{
    zplane_value_free(v);
    zp__cl_fail(err, ZPLANE_EPROTO, "the server sent a value that cannot be read");
    return NULL;
}

static zplane_value *no_memory(zplane_value *v, zplane_error *err)
{
    zplane_value_free(v);
    zp__cl_nomem(err);
    return NULL;
}

/* Names of all dimensions. */
static bool decode_names(zplane_value *v, const zp_wire_value *w)
{
    const uint8_t *lengths, *text;

    for (int k = 0; k < v->ndim; k++) {
        if (!zp_wire_names_of(w, (uint16_t)k, &lengths, &text))
            continue;
        v->names[k] = zp__cl_value_strings((uint64_t)v->dim[k], lengths, text);
        if (!v->names[k])
            return false;
    }
    return true;
}

static zplane_value *decode_array(const zp_wire_value *w, zplane_error *err)
{
    int64_t dim[ZP_VALUE_DIMS] = { 1 };
    int ndim = w->ndim ? w->ndim : 1;
    zplane_value *v;

    for (int k = 0; k < w->ndim; k++)
        dim[k] = (int64_t)w->dims[k];
    if (w->tag == ZP_TAG_STR) {
        v = zp__cl_value_strings(w->n, w->data, w->text);
        if (v && ndim > 1) { /* the shape of the array for that of the vector */
            zplane_value *shape = zp__cl_value_new(ZPLANE_STRING, ndim, dim);

            if (!shape)
                return no_memory(v, err);
            shape->data = v->data;
            shape->text = v->text;
            v->data = v->text = NULL;
            zplane_value_free(v);
            v = shape;
        }
    } else {
        v = zp__cl_value_new(zp__cl_type_of(w->tag), ndim, dim);
        if (v && v->n)
            memcpy(v->data, w->data, (size_t)v->n * zp_tag_size(w->tag));
    }
    return v && decode_names(v, w) ? v : no_memory(v, err);
}

static zplane_value *decode_error(const zp_wire_value *w, zplane_error *err)
{
    uint8_t length[4];
    zplane_value *v;

    zp_le32(length, (uint32_t)w->bytes);
    v = zp__cl_value_strings(1, length, w->data);
    if (!v)
        return no_memory(v, err);
    v->type = ZPLANE_ERROR;
    return v;
}

/* `count` values that follow each other, as the items of a list or the parts of a series. */
static zplane_value *decode_items(zplane_value *v, uint64_t count, const uint8_t **at, const uint8_t *end,
                                  int depth, zplane_error *err)
{
    if (!v)
        return no_memory(v, err);
    v->items =
        count > SIZE_MAX / 8 ? NULL : zp_alloc_zero(((size_t)count + 1) * sizeof(zplane_value *), NULL);
    if (!v->items)
        return no_memory(v, err);
    for (uint64_t i = 0; i < count; i++) {
        v->n = (int64_t)i + 1;
        v->items[i] = decode(at, end, depth + 1, err);
        if (!v->items[i]) {
            zplane_value_free(v);
            return NULL;
        }
    }
    v->n = v->cap = (int64_t)count;
    return v;
}

static bool is_series(const zplane_value *v)
{
    const zplane_value *index = v->items[0], *data = v->items[1];

    return index->type == ZPLANE_TIME && index->ndim == 1 && data->type == ZPLANE_DOUBLE &&
           data->dim[0] == index->n;
}

static zplane_value *decode_series(const uint8_t **at, const uint8_t *end, int depth, zplane_error *err)
{
    zplane_value *v = zplane_new_null();

    if (v)
        v->type = ZPLANE_SERIES;
    v = decode_items(v, 2, at, end, depth, err);
    return !v || is_series(v) ? v : no_value(v, err);
}

static zplane_value *decode_list(const zp_wire_value *w, const uint8_t **at, const uint8_t *end, int depth,
                                 zplane_error *err)
{
    zplane_value *v = zplane_new_list();
    const uint8_t *lengths, *text;

    if (v && zp_wire_names_of(w, 0, &lengths, &text)) {
        v->names[0] = zp__cl_value_strings(w->n, lengths, text);
        if (!v->names[0])
            return no_memory(v, err);
    }
    if (v)
        v->dim[0] = (int64_t)w->n;
    return decode_items(v, w->n, at, end, depth, err);
}

static zplane_value *decode(const uint8_t **at, const uint8_t *end, int depth, zplane_error *err)
{
    zp_wire_value w;
    const uint8_t *next = depth < MAX_DEPTH ? zp_wire_read(*at, end, &w) : NULL;

    if (!next)
        return no_value(NULL, err);
    *at = next;
    switch (w.tag) {
    case ZP_TAG_NIL: {
        zplane_value *v = zplane_new_null();
        return v ? v : no_memory(NULL, err);
    }
    case ZP_TAG_ZTS: return decode_series(at, end, depth, err);
    case ZP_TAG_LIST: return decode_list(&w, at, end, depth, err);
    case ZP_TAG_ERROR: return decode_error(&w, err);
    default: return decode_array(&w, err);
    }
}

zplane_value *zp__cl_value_decode(const uint8_t **at, const uint8_t *end, zplane_error *err)
{
    return decode(at, end, 0, err);
}

/* ---------------------------------------------------------------- writing */

static void encode_array(zp_wire_out *out, const zplane_value *v)
{
    uint64_t dims[ZP_VALUE_DIMS];

    for (int k = 0; k < v->ndim; k++)
        dims[k] = (uint64_t)v->dim[k];
    zp_wire_array(out, zp__cl_tag_of(v->type), (uint16_t)v->ndim, dims, v->data, false);
}

static const char **texts_of(const zplane_value *v)
{
    const char **texts = zp_alloc(((size_t)v->n + 1) * sizeof(*texts), NULL);

    for (int64_t i = 0; texts && i < v->n; i++)
        texts[i] = zplane_string(v, i, NULL);
    return texts;
}

static void encode_strings(zp_wire_out *out, const zplane_value *v)
{
    const char **texts = texts_of(v);

    if (texts)
        zp_wire_strings(out, texts, (uint64_t)v->n);
    else
        out->failed = true;
    zp_free(texts);
}

static void encode_list(zp_wire_out *out, const zplane_value *v)
{
    const char **names = v->names[0] ? texts_of(v->names[0]) : NULL;

    if (v->names[0] && !names)
        out->failed = true;
    zp_wire_list(out, (uint64_t)v->n, names);
    zp_free(names);
    for (int64_t i = 0; i < v->n; i++)
        zp__cl_value_encode(out, v->items[i]);
}

void zp__cl_value_encode(zp_wire_out *out, const zplane_value *v)
{
    static const uint8_t nil[ZP_VALUE_HEAD] = { ZP_TAG_NIL };

    switch (v->type) {
    case ZPLANE_NULL:
    case ZPLANE_ERROR: zp_wire_put(out, nil, sizeof(nil)); break;
    case ZPLANE_STRING: encode_strings(out, v); break;
    case ZPLANE_LIST: encode_list(out, v); break;
    case ZPLANE_SERIES:
        zp_wire_zts(out);
        encode_array(out, v->items[0]);
        encode_array(out, v->items[1]);
        break;
    default: encode_array(out, v); break;
    }
}
