/* stream: the messages of streaming appends and subscriptions, as bytes and back: the heads of messages without values.
 *
 *     append_open ->            <- shape            subscribe ->         <- shape
 *     append append append ->   <- ack              credit ->            <- rows rows rows
 *
 * Plain C: the server and libzplane compile the same file.  All integers are little-endian, as columns are;
 * docs/protocol.md has every byte.  Readers borrow from the body they are given and check every length and count.
 *
 * Thread: none of its own. */
#ifndef ZP_WIRE_STREAM_H
#define ZP_WIRE_STREAM_H

#include "base/buf.h"
#include "wire/layout.h"

enum {
    ZP_STREAM_NAMES_MAX = 64, /* elements of a path */
    ZP_STREAM_DIMS_MAX = 16,
    ZP_STREAM_ROWS_HEAD = 12, /* bytes of append and rows before the data */
};

typedef enum zp_stream_class { ZP_STREAM_EITHER, ZP_STREAM_ARRAY, ZP_STREAM_SERIES } zp_stream_class;

/* What an acknowledgement means. */
typedef enum zp_stream_policy {
    ZP_STREAM_MEMORY,
    ZP_STREAM_NONE,
    ZP_STREAM_INTERVAL,
    ZP_STREAM_COMMIT
} zp_stream_policy;

/* Can columns of this type (ZP_TAG_*) be appended to? */
bool zp_stream_elem_ok(uint8_t elem);

/* A variable and element names through lists: `count` times (length byte, bytes). */
typedef struct zp_stream_path {
    uint32_t count;
    zp_slice bytes;
} zp_stream_path;

/* The next name of a path: start with *at = 0. */
zp_slice zp_stream_name(const zp_stream_path *path, size_t *at);
/* "book$eu$fx" */
void zp_stream_path_text(zp_buf *out, const zp_stream_path *path);
/* Writes the elements; false: no name, too many, an empty one or one of more than 255 bytes. */
bool zp_stream_put_path(zp_buf *out, const zp_slice *names, size_t count, zp_error *err) ZP_MUST_CHECK;

/* append_open: who appends (0, 0: nobody in particular: nothing is skipped as known), to what, and the kind of rows,
 * as far as the sender wants it checked. */
typedef struct zp_stream_open {
    uint64_t producer[2];
    uint8_t cls, elem; /* zp_stream_class, ZP_TAG_*; 0: any */
    uint8_t ndims;     /* extents from the second on; 0: any */
    int64_t dims[ZP_STREAM_DIMS_MAX];
    zp_stream_path path;
} zp_stream_open;
void zp_stream_put_open(zp_buf *out, const zp_stream_open *open);
bool zp_stream_read_open(zp_slice body, zp_stream_open *open, zp_error *err) ZP_MUST_CHECK;

/* shape: the answer to append_open and subscribe.  `next`: the last sequence number held of this producer, or the first
 * row that a subscription will bring. */
typedef struct zp_stream_shape {
    uint64_t next, window;
    int64_t rows, last; /* committed rows; the last instant, INT64_MIN: none */
    int64_t columns;
    uint8_t cls, elem, policy;
    uint8_t ndims;
    int64_t dims[ZP_STREAM_DIMS_MAX]; /* extents from the second on */
    bool named;
    zp_slice names; /* of the columns, if named: `columns` times (u32 length, bytes) */
} zp_stream_shape;
void zp_stream_put_shape(zp_buf *out, const zp_stream_shape *shape);
bool zp_stream_read_shape(zp_slice body, zp_stream_shape *shape, zp_error *err) ZP_MUST_CHECK;
/* The next column name: start with *at = 0. */
zp_slice zp_stream_column_name(const zp_stream_shape *shape, size_t *at);

/* append and rows: `number` is the batch's sequence number, or the position of its first row.  The data: for a series
 * `rows` instants, then column after column.  Nothing in it is aligned. */
typedef struct zp_stream_rows {
    uint64_t number;
    uint32_t rows;
    bool go_on;        /* append: the sender knows that an earlier batch was refused */
    const char *times; /* NULL: not a series */
    const char *values;
} zp_stream_rows;
void zp_stream_put_rows_head(void *out, uint64_t number, uint32_t rows);
/* The number alone; false: too short. */
bool zp_stream_rows_number(zp_slice body, uint64_t *number, bool *go_on) ZP_MUST_CHECK;
void zp_stream_mark_go_on(void *head); /* sets the flag in a head that was written */
/* Bytes of the data of n rows; false: too many. */
bool zp_stream_rows_bytes(uint8_t cls, uint8_t elem, int64_t columns, int64_t n, size_t *bytes) ZP_MUST_CHECK;
/* Checks that the length is exactly that of its rows; the errors are those of appends (`missing data` ...). */
bool zp_stream_read_rows(zp_slice body, uint8_t cls, uint8_t elem, int64_t columns, zp_stream_rows *rows,
                         zp_error *err) ZP_MUST_CHECK;
/* Instants strictly ascending, the first of them after `last`?  0: yes; 1: not ascending; 2: not after `last`. */
int zp_stream_check_times(const char *times, int64_t n, int64_t last);

/* ack: everything up to `sequence` is answered; if `refused`, batch `sequence` was refused with `text`, and what follows is
 * dropped until a batch says go_on. */
typedef struct zp_stream_ack {
    uint64_t sequence, window;
    int64_t rows;
    bool refused;
    zp_slice text;
} zp_stream_ack;
void zp_stream_put_ack(zp_buf *out, const zp_stream_ack *ack);
bool zp_stream_read_ack(zp_slice body, zp_stream_ack *ack, zp_error *err) ZP_MUST_CHECK;

/* subscribe: from a row (UINT64_MAX: the end) or an instant; `limit`: bytes of rows heads that may be sent. */
typedef struct zp_stream_subscribe {
    uint64_t from, limit;
    bool at_time; /* `from` is an instant */
    zp_stream_path path;
} zp_stream_subscribe;
void zp_stream_put_subscribe(zp_buf *out, const zp_stream_subscribe *sub);
bool zp_stream_read_subscribe(zp_slice body, zp_stream_subscribe *sub, zp_error *err) ZP_MUST_CHECK;

/* credit: the new limit, counted from the beginning of the subscription. */
void zp_stream_put_credit(zp_buf *out, uint64_t limit);
bool zp_stream_read_credit(zp_slice body, uint64_t *limit, zp_error *err) ZP_MUST_CHECK;

/* append_once: one append without answer.  `vector`: column-major values alone, as many as a multiple of the
 * columns; else `dims` say all extents. */
typedef struct zp_stream_once {
    zp_stream_path path;
    uint8_t cls, elem;
    bool vector;
    uint8_t ndims;
    int64_t dims[ZP_STREAM_DIMS_MAX]; /* all extents; the first: rows */
    int64_t ntimes, nvalues;
    const char *times, *values;
} zp_stream_once;
/* Everything but the times and values, which follow. */
void zp_stream_put_once_head(zp_buf *out, const zp_stream_once *once);
bool zp_stream_read_once(zp_slice body, zp_stream_once *once, zp_error *err) ZP_MUST_CHECK;

#endif
