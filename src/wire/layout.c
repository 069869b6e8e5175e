/* layout: writing and reading native messages in memory, without values.
 *
 * Reading trusts nothing: every length is compared with the bytes that are left before it is used. */
#include "wire/layout.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- writing */

static uint8_t *room(zp_wire_out *o, size_t len)
{
    size_t cap = o->cap ? o->cap : 256;
    uint8_t *more;

    if (o->failed)
        return NULL;
    if (len > SIZE_MAX / 4 || o->len > SIZE_MAX / 4) {
        o->failed = true;
        return NULL;
    }
    while (cap < o->len + len)
        cap *= 2;
    if (cap != o->cap) {
        more = realloc(o->ptr, cap);
        if (!more) {
            o->failed = true;
            return NULL;
        }
        o->ptr = more;
        o->cap = cap;
    }
    o->len += len;
    return o->ptr + o->len - len;
}

void zp_wire_put(zp_wire_out *o, const void *bytes, size_t len)
{
    uint8_t *to = room(o, len);

    if (to && len)
        memcpy(to, bytes, len);
}

void zp_wire_u8(zp_wire_out *o, uint8_t v)
{
    zp_wire_put(o, &v, 1);
}

void zp_wire_u16(zp_wire_out *o, uint16_t v)
{
    uint8_t *to = room(o, 2);

    if (to)
        zp_le16(to, v);
}

void zp_wire_u32(zp_wire_out *o, uint32_t v)
{
    uint8_t *to = room(o, 4);

    if (to)
        zp_le32(to, v);
}

void zp_wire_u64(zp_wire_out *o, uint64_t v)
{
    uint8_t *to = room(o, 8);

    if (to)
        zp_le64(to, v);
}

void zp_wire_fini(zp_wire_out *o)
{
    free(o->ptr);
    *o = (zp_wire_out){ 0 };
}

size_t zp_tag_size(uint8_t tag)
{
    static const uint8_t sizes[] = { [ZP_TAG_DBL] = 8, [ZP_TAG_LGL] = 1,  [ZP_TAG_TIM] = 8,
                                     [ZP_TAG_DUR] = 8, [ZP_TAG_IVL] = 24, [ZP_TAG_PER] = 16 };

    return tag < sizeof(sizes) ? sizes[tag] : 0;
}

static void value_head(zp_wire_out *o, uint8_t tag, uint16_t ndim, bool named)
{
    zp_wire_u8(o, tag);
    zp_wire_u8(o, named ? ZP_VALUE_NAMED : 0);
    zp_wire_u16(o, ndim);
}

void zp_wire_array(zp_wire_out *o, uint8_t tag, uint16_t ndim, const uint64_t *dims, const void *data,
                   bool named)
{
    uint64_t n = 1;

    value_head(o, tag, ndim, named);
    for (uint16_t k = 0; k < ndim; k++) {
        zp_wire_u64(o, dims[k]);
        n *= dims[k];
    }
    if (data)
        zp_wire_put(o, data, (size_t)n * zp_tag_size(tag));
}

static void texts_of(zp_wire_out *o, const char *const *texts, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        size_t len = strlen(texts[i]);
        o->failed = o->failed || len > UINT32_MAX;
        zp_wire_u32(o, (uint32_t)len);
    }
    for (uint64_t i = 0; i < n; i++)
        zp_wire_put(o, texts[i], strlen(texts[i]));
}

void zp_wire_strings(zp_wire_out *o, const char *const *texts, uint64_t n)
{
    value_head(o, ZP_TAG_STR, 1, false);
    zp_wire_u64(o, n);
    texts_of(o, texts, n);
}

void zp_wire_names(zp_wire_out *o, const char *const *texts, uint64_t n)
{
    zp_wire_u8(o, texts != NULL);
    if (texts)
        texts_of(o, texts, n);
}

void zp_wire_zts(zp_wire_out *o)
{
    value_head(o, ZP_TAG_ZTS, 0, false);
}

void zp_wire_list(zp_wire_out *o, uint64_t count, const char *const *names)
{
    value_head(o, ZP_TAG_LIST, 0, names != NULL);
    zp_wire_u64(o, count);
    if (names)
        texts_of(o, names, count);
}

static void frame_head(zp_wire_out *o, uint8_t type, bool more, uint32_t request, size_t body)
{
    uint8_t *to = room(o, ZP_FRAME_HEAD);

    if (!to)
        return;
    zp_be32(to, (uint32_t)(body + ZP_FRAME_HEAD - 4));
    to[4] = type;
    to[5] = more ? ZP_FRAME_MORE : 0;
    zp_le16(to + 6, 0);
    zp_le32(to + 8, request);
}

/* Bytes [from, to) of the parts of a message laid end to end. */
static void part(zp_wire_out *o, const void *bytes, size_t len, size_t start, size_t from, size_t to)
{
    size_t a = from > start ? from - start : 0, b = to > start ? to - start : 0;

    b = b < len ? b : len;
    if (a < b)
        zp_wire_put(o, (const char *)bytes + a, b - a);
}

void zp_wire_message(zp_wire_out *o, uint8_t type, uint32_t request, const void *head, size_t head_len,
                     uint32_t nvalues, const void *values, size_t values_len)
{
    size_t total = ZP_MSG_HEAD + head_len + values_len, at = 0;
    uint8_t start[ZP_MSG_HEAD];

    if (head_len > ZP_MSG_HEAD_LIMIT) {
        o->failed = true;
        return;
    }
    zp_le32(start, (uint32_t)head_len);
    zp_le32(start + 4, nvalues);
    while (at < total) {
        size_t to = total - at > ZP_FRAME_MOST ? at + ZP_FRAME_MOST : total;
        frame_head(o, type, to < total, request, to - at);
        part(o, start, ZP_MSG_HEAD, 0, at, to);
        part(o, head, head_len, ZP_MSG_HEAD, at, to);
        part(o, values, values_len, ZP_MSG_HEAD + head_len, at, to);
        at = to;
    }
}

/* ---------------------------------------------------------------- reading */

int64_t zp_frame_length(const uint8_t *bytes)
{
    uint32_t rest = zp_get_be32(bytes);

    return rest < ZP_FRAME_HEAD - 4 || rest > ZP_FRAME_LIMIT + ZP_FRAME_HEAD - 4 ? -1 : (int64_t)rest + 4;
}

int64_t zp_frame_read(const uint8_t *bytes, size_t len, zp_frame *out)
{
    int64_t whole = len < 4 ? 0 : zp_frame_length(bytes);

    if (whole <= 0)
        return whole;
    if (len < ZP_FRAME_HEAD)
        return 0;
    *out = (zp_frame){ .type = bytes[4],
                       .flags = bytes[5],
                       .request = zp_get_le32(bytes + 8),
                       .body = bytes + ZP_FRAME_HEAD,
                       .len = (size_t)whole - ZP_FRAME_HEAD };
    if (!out->type || out->type >= ZP_MSG_END || (out->flags & ~ZP_FRAME_MORE) || bytes[6] || bytes[7])
        return -1;
    return len < (size_t)whole ? 0 : whole;
}

static const uint8_t *texts_end(const uint8_t *at, const uint8_t *end, uint64_t n, uint64_t *bytes)
{
    uint64_t total = 0;

    if (n > (uint64_t)(end - at) / 4)
        return NULL;
    for (uint64_t i = 0; i < n; i++)
        total += zp_get_le32(at + 4 * i);
    at += 4 * n;
    if (total > (uint64_t)(end - at))
        return NULL;
    *bytes = total;
    return at + total;
}

static const uint8_t *read_names(const uint8_t *at, const uint8_t *end, zp_wire_value *v)
{
    uint64_t bytes;

    v->names = at;
    for (uint16_t k = 0; k < v->ndim; k++) {
        if (at == end || *at > 1)
            return NULL;
        if (*at++ == 0)
            continue;
        at = texts_end(at, end, v->dims[k], &bytes);
        if (!at)
            return NULL;
    }
    return at;
}

static const uint8_t *read_elements(const uint8_t *at, const uint8_t *end, zp_wire_value *v)
{
    size_t size = zp_tag_size(v->tag);

    v->data = at;
    if (v->tag == ZP_TAG_STR) {
        at = texts_end(at, end, v->n, &v->bytes);
        v->text = at ? v->data + 4 * v->n : NULL;
        return at;
    }
    if (v->n > (uint64_t)(end - at) / size)
        return NULL;
    return at + v->n * size;
}

static const uint8_t *read_dims(const uint8_t *at, const uint8_t *end, zp_wire_value *v)
{
    v->n = 1;
    if (v->ndim > ZP_VALUE_DIMS || (size_t)(end - at) < 8 * (size_t)v->ndim)
        return NULL;
    for (uint16_t k = 0; k < v->ndim; k++, at += 8) {
        v->dims[k] = zp_get_le64(at);
        if (v->dims[k] > INT64_MAX || (v->dims[k] && v->n > INT64_MAX / v->dims[k]))
            return NULL;
        v->n *= v->dims[k];
    }
    return at;
}

static const uint8_t *read_list(const uint8_t *at, const uint8_t *end, zp_wire_value *v)
{
    if (v->ndim || end - at < 8)
        return NULL;
    v->n = zp_get_le64(at);
    at += 8;
    if (v->n > (uint64_t)(end - at))
        return NULL;
    if (v->flags) {
        v->names = at;
        at = texts_end(at, end, v->n, &v->bytes);
    }
    return at;
}

static const uint8_t *read_error(const uint8_t *at, const uint8_t *end, zp_wire_value *v)
{
    if (v->ndim || v->flags || end - at < 4)
        return NULL;
    v->n = 1;
    v->bytes = zp_get_le32(at);
    v->data = at + 4;
    return v->bytes > (uint64_t)(end - v->data) ? NULL : v->data + v->bytes;
}

const uint8_t *zp_wire_read(const uint8_t *at, const uint8_t *end, zp_wire_value *out)
{
    memset(out, 0, sizeof(*out));
    if (end - at < ZP_VALUE_HEAD)
        return NULL;
    out->tag = at[0];
    out->flags = at[1];
    out->ndim = zp_get_le16(at + 2);
    at += ZP_VALUE_HEAD;
    if (out->flags & ~ZP_VALUE_NAMED)
        return NULL;
    if (out->tag == ZP_TAG_LIST) {
        at = read_list(at, end, out);
    } else if (out->tag == ZP_TAG_ERROR) {
        at = read_error(at, end, out);
    } else if (out->tag == ZP_TAG_STR || zp_tag_size(out->tag)) {
        at = read_dims(at, end, out);
        at = at ? read_elements(at, end, out) : NULL;
        at = at && out->flags ? read_names(at, end, out) : at;
    } else if ((out->tag != ZP_TAG_NIL && out->tag != ZP_TAG_ZTS) || out->ndim || out->flags) {
        at = NULL;
    }
    out->end = at;
    return at;
}

const uint8_t *zp_wire_skip(const uint8_t *at, const uint8_t *end)
{
    uint64_t left = 1;
    zp_wire_value v;

    while (left && at) {
        at = zp_wire_read(at, end, &v);
        left--;
        left += v.tag == ZP_TAG_ZTS ? 2 : v.tag == ZP_TAG_LIST ? v.n : 0;
    }
    return at;
}

bool zp_wire_names_of(const zp_wire_value *v, uint16_t k, const uint8_t **lengths, const uint8_t **text)
{
    const uint8_t *at = v->names;
    uint64_t bytes;

    if (!at)
        return false;
    if (v->tag == ZP_TAG_LIST) {
        *lengths = at;
        *text = at + 4 * v->n;
        return k == 0;
    }
    for (uint16_t i = 0; i < v->ndim; i++) {
        if (*at++ == 0) {
            if (i == k)
                return false;
            continue;
        }
        *lengths = at;
        *text = at + 4 * v->dims[i];
        if (i == k)
            return true;
        at = texts_end(at, v->end, v->dims[i], &bytes);
    }
    return false;
}

/* ---------------------------------------------------------------- expressions that are kept */

const uint8_t *zp_wire_param_read(const uint8_t *at, zp_wire_param *out)
{
    *out = (zp_wire_param){ at[0], at[1], (const char *)at + 2 };
    return at + 2 + out->len;
}

bool zp_wire_prepare_read(const uint8_t *head, size_t len, zp_wire_prepare *out)
{
    const uint8_t *at = head + ZP_PREPARE_HEAD, *end = head + len;

    if (len < ZP_PREPARE_HEAD || head[0] > ZP_REQ_TREE || zp_get_le16(head + 2) > ZP_PARAMS_MOST)
        return false;
    *out = (zp_wire_prepare){ .kind = head[0], .nparams = zp_get_le16(head + 2), .params = at };
    for (uint16_t i = 0; i < out->nparams; i++) {
        if (end - at < 2 || end - at - 2 < at[1] || !at[1] || (at[0] > ZP_TAG_LIST && at[0] != ZP_PARAM_ANY))
            return false;
        at += 2 + at[1];
    }
    out->body = at;
    out->len = (size_t)(end - at);
    return true;
}
