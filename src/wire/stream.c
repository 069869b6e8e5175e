/* stream: bytes of appends and subscriptions.
 *
 * Writers put fields one after the other into a sticky buffer.  Readers walk a cursor that turns bad at the first
 * byte that is not there, so that each message is read as a list of fields with one check at its end. */
#include "wire/stream.h"

#include <string.h>

/* ---------------------------------------------------------------- fields */

static void put_u8(zp_buf *b, uint8_t v)
{
    zp_buf_putc(b, (char)v);
}

/* The hosts we serve are little-endian; the others would swap here and in column data. */
static void put_u64(zp_buf *b, uint64_t v)
{
    zp_buf_put(b, &v, sizeof(v));
}

typedef struct cursor {
    const char *at;
    size_t left;
    bool bad;
} cursor;

static const char *take(cursor *c, size_t len)
{
    const char *at = c->at;

    if (c->bad || len > c->left) {
        c->bad = true;
        return NULL;
    }
    c->at += len;
    c->left -= len;
    return at;
}

static uint64_t take_uint(cursor *c, size_t size)
{
    uint64_t v = 0;
    const char *at = take(c, size);

    if (at)
        memcpy(&v, at, size);
    return v;
}

static uint8_t take_u8(cursor *c)
{
    return (uint8_t)take_uint(c, 1);
}

static uint64_t take_u64(cursor *c)
{
    return take_uint(c, 8);
}

static bool all_read(const cursor *c, const char *what, zp_error *err)
{
    if (c->bad)
        return zp_fail_code(err, ZP_EFORMAT, "%s: message too short", what);
    if (c->left)
        return zp_fail_code(err, ZP_EFORMAT, "%s: %zu bytes too many", what, c->left);
    return true;
}

/* ---------------------------------------------------------------- types and paths */

bool zp_stream_elem_ok(uint8_t elem)
{
    return zp_tag_size(elem) != 0 && elem != ZP_TAG_PER;
}

zp_slice zp_stream_name(const zp_stream_path *path, size_t *at)
{
    size_t len = (uint8_t)path->bytes.ptr[*at];
    zp_slice name = { path->bytes.ptr + *at + 1, len };

    *at += 1 + len;
    return name;
}

void zp_stream_path_text(zp_buf *out, const zp_stream_path *path)
{
    size_t at = 0;

    for (uint32_t i = 0; i < path->count; i++) {
        zp_slice name = zp_stream_name(path, &at);

        if (i)
            zp_buf_putc(out, '$');
        zp_buf_put(out, name.ptr, name.len);
    }
}

bool zp_stream_put_path(zp_buf *out, const zp_slice *names, size_t count, zp_error *err)
{
    if (count == 0 || count > ZP_STREAM_NAMES_MAX)
        return zp_fail(err, "a path has 1 to %d names, not %zu", ZP_STREAM_NAMES_MAX, count);
    for (size_t i = 0; i < count; i++) {
        if (names[i].len == 0 || names[i].len > 255)
            return zp_fail(err, "a name has 1 to 255 bytes, not %zu", names[i].len);
        put_u8(out, (uint8_t)names[i].len);
        zp_buf_put(out, names[i].ptr, names[i].len);
    }
    return true;
}

static void put_path(zp_buf *out, const zp_stream_path *path)
{
    put_u8(out, (uint8_t)path->count);
    zp_buf_put(out, path->bytes.ptr, path->bytes.len);
}

static bool take_path(cursor *c, zp_stream_path *path, zp_error *err)
{
    path->count = take_u8(c);
    path->bytes.ptr = c->at;
    if (path->count == 0 || path->count > ZP_STREAM_NAMES_MAX)
        return zp_fail_code(err, ZP_EFORMAT, "a path has 1 to %d names, not %u", ZP_STREAM_NAMES_MAX,
                            path->count);
    for (uint32_t i = 0; i < path->count && !c->bad; i++) {
        uint8_t len = take_u8(c);

        if (!c->bad && len == 0)
            return zp_fail_code(err, ZP_EFORMAT, "an empty name in a path");
        take(c, len);
    }
    path->bytes.len = c->bad ? 0 : (size_t)(c->at - path->bytes.ptr);
    return true;
}

static void put_dims(zp_buf *out, uint8_t ndims, const int64_t *dims)
{
    put_u8(out, ndims);
    for (uint8_t i = 0; i < ndims; i++)
        put_u64(out, (uint64_t)dims[i]);
}

static bool take_dims(cursor *c, uint8_t *ndims, int64_t *dims, zp_error *err)
{
    uint8_t count = take_u8(c);

    *ndims = 0;
    if (count > ZP_STREAM_DIMS_MAX)
        return zp_fail_code(err, ZP_EFORMAT, "%u extents are too many", count);
    for (uint8_t i = 0; i < count; i++) {
        dims[i] = (int64_t)take_u64(c);
        if (dims[i] < 0)
            return zp_fail_code(err, ZP_EFORMAT, "a negative extent");
    }
    *ndims = count;
    return true;
}

static bool known_kind(uint8_t cls, uint8_t elem, bool any, zp_error *err)
{
    bool known = cls <= ZP_STREAM_SERIES && (zp_stream_elem_ok(elem) || (any && elem == ZP_TAG_NIL));

    if (!known || (!any && cls == ZP_STREAM_EITHER) ||
        (cls == ZP_STREAM_SERIES && elem != ZP_TAG_DBL && elem != ZP_TAG_NIL))
        return zp_fail_code(err, ZP_EFORMAT, "incorrect type");
    return true;
}

/* ---------------------------------------------------------------- append_open, shape */

void zp_stream_put_open(zp_buf *out, const zp_stream_open *open)
{
    put_u64(out, open->producer[0]);
    put_u64(out, open->producer[1]);
    put_u8(out, open->cls);
    put_u8(out, open->elem);
    put_dims(out, open->ndims, open->dims);
    put_path(out, &open->path);
}

bool zp_stream_read_open(zp_slice body, zp_stream_open *open, zp_error *err)
{
    cursor c = { body.ptr, body.len, false };

    open->producer[0] = take_u64(&c);
    open->producer[1] = take_u64(&c);
    open->cls = take_u8(&c);
    open->elem = take_u8(&c);
    return take_dims(&c, &open->ndims, open->dims, err) && take_path(&c, &open->path, err) &&
           all_read(&c, "append_open", err) && known_kind(open->cls, open->elem, true, err);
}

void zp_stream_put_shape(zp_buf *out, const zp_stream_shape *s)
{
    put_u64(out, s->next);
    put_u64(out, s->window);
    put_u64(out, (uint64_t)s->rows);
    put_u64(out, (uint64_t)s->last);
    put_u64(out, (uint64_t)s->columns);
    put_u8(out, s->cls);
    put_u8(out, s->elem);
    put_u8(out, s->policy);
    put_dims(out, s->ndims, s->dims);
    put_u8(out, s->named);
    if (s->named)
        zp_buf_put(out, s->names.ptr, s->names.len);
}

static bool take_names(cursor *c, zp_stream_shape *s)
{
    s->names.ptr = c->at;
    for (int64_t i = 0; i < s->columns && !c->bad; i++)
        take(c, take_uint(c, 4));
    s->names.len = c->bad ? 0 : (size_t)(c->at - s->names.ptr);
    return true;
}

/* The columns are the product of the extents. */
static bool extents_agree(const zp_stream_shape *s)
{
    size_t columns = 1;

    for (uint8_t i = 0; i < s->ndims; i++) {
        if (!zp_mul(columns, (size_t)s->dims[i], &columns) || columns > INT64_MAX / 32)
            return false;
    }
    return s->columns == (int64_t)columns;
}

bool zp_stream_read_shape(zp_slice body, zp_stream_shape *s, zp_error *err)
{
    cursor c = { body.ptr, body.len, false };

    s->next = take_u64(&c);
    s->window = take_u64(&c);
    s->rows = (int64_t)take_u64(&c);
    s->last = (int64_t)take_u64(&c);
    s->columns = (int64_t)take_u64(&c);
    s->cls = take_u8(&c);
    s->elem = take_u8(&c);
    s->policy = take_u8(&c);
    if (!take_dims(&c, &s->ndims, s->dims, err))
        return false;
    s->named = take_u8(&c) != 0;
    s->names = (zp_slice){ NULL, 0 };
    if (!c.bad && s->named)
        take_names(&c, s);
    if (!all_read(&c, "shape", err) || !known_kind(s->cls, s->elem, false, err))
        return false;
    if (s->rows < 0 || s->policy > ZP_STREAM_COMMIT || !extents_agree(s))
        return zp_fail_code(err, ZP_EFORMAT, "shape: counts that make no sense");
    return true;
}

zp_slice zp_stream_column_name(const zp_stream_shape *s, size_t *at)
{
    uint32_t len;
    zp_slice name;

    memcpy(&len, s->names.ptr + *at, sizeof(len));
    name = (zp_slice){ s->names.ptr + *at + sizeof(len), len };
    *at += sizeof(len) + len;
    return name;
}

/* ---------------------------------------------------------------- rows */

static const uint32_t go_on = 0x80000000; /* the bit of the row count */

void zp_stream_put_rows_head(void *out, uint64_t number, uint32_t rows)
{
    memcpy(out, &number, 8);
    memcpy((char *)out + 8, &rows, 4);
}

void zp_stream_mark_go_on(void *head)
{
    uint32_t rows;

    memcpy(&rows, (char *)head + 8, 4);
    rows |= go_on;
    memcpy((char *)head + 8, &rows, 4);
}

bool zp_stream_rows_number(zp_slice body, uint64_t *number, bool *flagged)
{
    uint32_t rows;

    if (body.len < ZP_STREAM_ROWS_HEAD)
        return false;
    memcpy(number, body.ptr, 8);
    memcpy(&rows, body.ptr + 8, 4);
    *flagged = rows & go_on;
    return true;
}

bool zp_stream_rows_bytes(uint8_t cls, uint8_t elem, int64_t columns, int64_t n, size_t *bytes)
{
    size_t row;

    if (columns < 0 || n < 0 || !zp_mul((size_t)columns, zp_tag_size(elem), &row) ||
        !zp_add(row, cls == ZP_STREAM_SERIES ? 8 : 0, &row))
        return false;
    return zp_mul(row, (size_t)n, bytes);
}

bool zp_stream_read_rows(zp_slice body, uint8_t cls, uint8_t elem, int64_t columns, zp_stream_rows *rows,
                         zp_error *err)
{
    size_t bytes;

    if (!zp_stream_rows_number(body, &rows->number, &rows->go_on))
        return zp_fail(err, "invalid append buffer: too short");
    memcpy(&rows->rows, body.ptr + 8, 4);
    rows->rows &= ~go_on;
    if (rows->rows == 0)
        return zp_fail(err, "time vector has size 0");
    if (!zp_stream_rows_bytes(cls, elem, columns, rows->rows, &bytes) ||
        bytes > body.len - ZP_STREAM_ROWS_HEAD)
        return zp_fail(err, "missing data");
    if (bytes < body.len - ZP_STREAM_ROWS_HEAD)
        return zp_fail(err, "size mismatch between idx and array");
    rows->times = cls == ZP_STREAM_SERIES ? body.ptr + ZP_STREAM_ROWS_HEAD : NULL;
    rows->values = body.ptr + ZP_STREAM_ROWS_HEAD + (rows->times ? 8 * (size_t)rows->rows : 0);
    return true;
}

int zp_stream_check_times(const char *times, int64_t n, int64_t last)
{
    int64_t before, at;
    bool ascending = true;

    memcpy(&before, times, 8);
    if (before <= last) /* the earliest instant of all stands for `none` and is no row's */
        return 2;
    for (int64_t i = 1; i < n; i++) {
        memcpy(&at, times + 8 * i, 8);
        ascending &= at > before;
        before = at;
    }
    return ascending ? 0 : 1;
}

/* ---------------------------------------------------------------- ack, subscribe, credit */

void zp_stream_put_ack(zp_buf *out, const zp_stream_ack *ack)
{
    put_u64(out, ack->sequence);
    put_u64(out, ack->window);
    put_u64(out, (uint64_t)ack->rows);
    put_u8(out, ack->refused);
    zp_buf_put(out, ack->text.ptr, ack->text.len);
}

bool zp_stream_read_ack(zp_slice body, zp_stream_ack *ack, zp_error *err)
{
    cursor c = { body.ptr, body.len, false };

    ack->sequence = take_u64(&c);
    ack->window = take_u64(&c);
    ack->rows = (int64_t)take_u64(&c);
    ack->refused = take_u8(&c) != 0;
    ack->text = (zp_slice){ NULL, 0 };
    if (!c.bad && ack->refused)
        ack->text = (zp_slice){ c.at, c.left };
    return ack->refused && !c.bad ? true : all_read(&c, "ack", err);
}

void zp_stream_put_subscribe(zp_buf *out, const zp_stream_subscribe *sub)
{
    put_u64(out, sub->from);
    put_u64(out, sub->limit);
    put_u8(out, sub->at_time);
    put_path(out, &sub->path);
}

bool zp_stream_read_subscribe(zp_slice body, zp_stream_subscribe *sub, zp_error *err)
{
    cursor c = { body.ptr, body.len, false };

    sub->from = take_u64(&c);
    sub->limit = take_u64(&c);
    sub->at_time = take_u8(&c) != 0;
    return take_path(&c, &sub->path, err) && all_read(&c, "subscribe", err);
}

void zp_stream_put_credit(zp_buf *out, uint64_t limit)
{
    put_u64(out, limit);
}

bool zp_stream_read_credit(zp_slice body, uint64_t *limit, zp_error *err)
{
    cursor c = { body.ptr, body.len, false };

    *limit = take_u64(&c);
    return all_read(&c, "credit", err);
}

/* ---------------------------------------------------------------- append_once */

void zp_stream_put_once_head(zp_buf *out, const zp_stream_once *once)
{
    put_path(out, &once->path);
    put_u8(out, once->cls);
    put_u8(out, once->elem);
    put_u8(out, once->vector);
    put_dims(out, once->ndims, once->dims);
    put_u64(out, (uint64_t)once->ntimes);
    put_u64(out, (uint64_t)once->nvalues);
}

bool zp_stream_read_once(zp_slice body, zp_stream_once *once, zp_error *err)
{
    cursor c = { body.ptr, body.len, false };
    size_t times, values;

    if (!take_path(&c, &once->path, err))
        return false;
    once->cls = take_u8(&c);
    once->elem = take_u8(&c);
    once->vector = take_u8(&c) != 0;
    if (!take_dims(&c, &once->ndims, once->dims, err))
        return false;
    once->ntimes = (int64_t)take_u64(&c);
    once->nvalues = (int64_t)take_u64(&c);
    if (c.bad)
        return zp_fail(err, "invalid append buffer: too short");
    if (!known_kind(once->cls, once->elem, false, err))
        return false;
    if (once->ntimes < 0 || once->nvalues < 0 || !zp_mul((size_t)once->ntimes, 8, &times) ||
        !zp_mul((size_t)once->nvalues, zp_tag_size(once->elem), &values) || times > c.left ||
        values > c.left - times)
        return zp_fail(err, "missing data");
    if (times + values != c.left)
        return zp_fail(err, "size mismatch between idx and array");
    once->times = once->cls == ZP_STREAM_SERIES ? c.at : NULL;
    once->values = c.at + times;
    return true;
}
