/* encode: rows of a backend become driver frames.
 *
 *     cells of one row ──program (zp_out)──▶ {"error":false,"response_code":7,"data":{…}} with its 4-byte length
 *
 * A backend fills one zp_result_cell per result column, mostly pointing into its own receive buffer, and calls zp_encoder_row().
 * Frames collect in the encoder's buffer; zp_encoder_ready() says how many whole frames make the next block (8 to 16 KiB, or one larger
 * frame).  Nothing here knows sockets or threads. */
#ifndef ZP_BACKEND_ENCODE_H
#define ZP_BACKEND_ENCODE_H

#include "backend/statement.h"

/* What a backend has in a column, which need not be what the schema calls it. */
typedef enum zp_cell_kind {
    ZP_CELL_NULL,
    ZP_CELL_BOOL,   /* num */
    ZP_CELL_INT,    /* num */
    ZP_CELL_DOUBLE, /* dbl */
    ZP_CELL_TEXT,   /* text, len: numbers and dates as text too */
    ZP_CELL_BYTES,  /* text, len */
    ZP_CELL_MICROS, /* num: microseconds since 1970-01-01 UTC; the extremes are -infinity and infinity */
    ZP_CELL_DAYS,   /* num: days since 1970-01-01 */
} zp_cell_kind;

typedef struct zp_result_cell {
    uint32_t kind, len;
    union {
        int64_t num;
        double dbl;
        const char *text;
    };
} zp_result_cell;

enum { ZP_BLOCK_MIN = 8192, ZP_BLOCK_MAX = 16384 };

typedef struct zp_encoder {
    zp_buf buf;
    size_t head;    /* bytes before it have left */
    size_t tail;    /* where the last frame begins */
    int64_t frames; /* in all */
} zp_encoder;

/* Adds the frame of one row; its size with the length before it, 0: no memory. */
size_t zp_encoder_row(zp_encoder *e, const zp_out *out, int count, const zp_result_cell *cells);
/* {"last_insert_id":<cell>} */
size_t zp_encoder_key(zp_encoder *e, const zp_result_cell *cell, zp_zql_type type);
/* {"<flag>":true|false,"affected_rows":n} */
size_t zp_encoder_affected(zp_encoder *e, const char *flag, int64_t rows);
/* The QUERY_COMPLETE frame. */
void zp_encoder_complete(zp_encoder *e);
/* Takes the last frame back. */
void zp_encoder_drop(zp_encoder *e);

/* Bytes at the head of the buffer that leave now as one block; 0: wait for more.  `all`: whatever is there, at most ZP_BLOCK_MAX at a time
 * unless the first frame is larger. */
size_t zp_encoder_ready(const zp_encoder *e, bool all);
/* Where that block is. */
static inline const uint8_t *zp_encoder_block(const zp_encoder *e)
{
    return (const uint8_t *)e->buf.ptr + e->head;
}
/* The block has left. */
void zp_encoder_taken(zp_encoder *e, size_t len);
/* Nothing of what is there leaves. */
void zp_encoder_clear(zp_encoder *e);
void zp_encoder_fini(zp_encoder *e);

/* One value as the type of the schema shows it (§ "Values in JSON" of docs/backends.md). */
void zp__put_value(zp_buf *to, const zp_out *out, const zp_result_cell *cell);
void zp__put_int(zp_buf *to, int64_t v);
/* True when the bytes are one JSON value that every driver reads: UTF-8, at most 64 deep, no lone surrogates. */
bool zp__json_valid(const char *text, size_t len);
/* `YYYY-MM-DD[ T]HH:MM:SS[.f…][zone]` as microseconds since 1970 UTC; false: it is something else. */
bool zp__micros_of(const char *text, size_t len, int64_t *micros);
bool zp__days_of(const char *text, size_t len, int64_t *days);
/* How dates go to backends that take them as text: `YYYY-MM-DD HH:MM:SS.ffffff`, `YYYY-MM-DD`; bytes written, at most 40. */
size_t zp__micros_text(char *to, int64_t micros, char between);
size_t zp__days_text(char *to, int64_t days);

#endif
