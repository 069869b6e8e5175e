/* encode: frames around rows, and blocks of frames.
 *
 *     | len | {"error":false,"response_code":7,"data": | row by its program | } |
 *
 * The length is written when the row is known.  A block is cut between frames: drivers that take one frame per
 * packet never see a part of one (docs/backends.md). */
#include "backend/encode.h"

#include <string.h>

enum { KEPT = 8 * ZP_BLOCK_MAX }; /* bytes that an encoder without work keeps at most */

static const char row_head[] = "{\"error\":false,\"response_code\":7,\"data\":";
static const char complete[] = "{\"error\":false,\"response_code\":1544,\"data\":{}}";

static void begin_frame(zp_encoder *e)
{
    e->tail = e->buf.len;
    zp_buf_put(&e->buf, "\0\0\0\0", 4);
}

static size_t end_frame(zp_encoder *e)
{
    size_t size = e->buf.len - e->tail;
    uint32_t len = (uint32_t)(size - 4);
    uint8_t head[4] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };

    if (e->buf.failed || size - 4 > UINT32_MAX)
        return 0;
    memcpy(e->buf.ptr + e->tail, head, sizeof head);
    e->frames++;
    return size;
}

static void put_row(zp_buf *to, const zp_out *out, int count, const zp_result_cell *cells)
{
    for (int i = 0; i < count; i++) {
        const zp_out *step = &out[i];

        zp_buf_put(to, step->lead.ptr, step->lead.len);
        switch (step->op) {
        case ZP_OUT_OPEN:
            if (step->column >= 0 && cells[step->column].kind == ZP_CELL_NULL) {
                zp_buf_put(to, "null", 4);
                i = step->skip - 1;
            } else {
                zp_buf_putc(to, '{');
            }
            break;
        case ZP_OUT_VALUE: zp__put_value(to, step, &cells[step->column]); break;
        case ZP_OUT_CLOSE: zp_buf_putc(to, '}'); break;
        }
    }
}

size_t zp_encoder_row(zp_encoder *e, const zp_out *out, int count, const zp_result_cell *cells)
{
    begin_frame(e);
    zp_buf_put(&e->buf, row_head, sizeof row_head - 1);
    put_row(&e->buf, out, count, cells);
    zp_buf_putc(&e->buf, '}');
    return end_frame(e);
}

size_t zp_encoder_key(zp_encoder *e, const zp_result_cell *cell, zp_zql_type type)
{
    const zp_out out = { .op = ZP_OUT_VALUE, .type = type };

    begin_frame(e);
    zp_buf_put(&e->buf, row_head, sizeof row_head - 1);
    zp_buf_puts(&e->buf, "{\"last_insert_id\":");
    zp__put_value(&e->buf, &out, cell);
    zp_buf_puts(&e->buf, "}}");
    return end_frame(e);
}

size_t zp_encoder_affected(zp_encoder *e, const char *flag, int64_t rows)
{
    begin_frame(e);
    zp_buf_put(&e->buf, row_head, sizeof row_head - 1);
    zp_buf_puts(&e->buf, "{\"");
    zp_buf_puts(&e->buf, flag);
    zp_buf_puts(&e->buf, rows > 0 ? "\":true,\"affected_rows\":" : "\":false,\"affected_rows\":");
    zp__put_int(&e->buf, rows);
    zp_buf_puts(&e->buf, "}}");
    return end_frame(e);
}

void zp_encoder_complete(zp_encoder *e)
{
    begin_frame(e);
    zp_buf_put(&e->buf, complete, sizeof complete - 1);
    if (end_frame(e))
        e->frames--; /* only rows are counted */
}

void zp_encoder_drop(zp_encoder *e)
{
    e->buf.len = e->tail;
    e->frames--;
}

static size_t frame_size(const zp_encoder *e, size_t at)
{
    const uint8_t *p = zp_encoder_block(e) + at;

    return 4 + ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
}

size_t zp_encoder_ready(const zp_encoder *e, bool all)
{
    size_t len = e->buf.len - e->head, cut = 0;

    if (e->buf.failed || !len || (!all && len < ZP_BLOCK_MIN))
        return 0;
    if (len <= ZP_BLOCK_MAX)
        return len;
    do
        cut += frame_size(e, cut);
    while (cut < len && cut + frame_size(e, cut) <= ZP_BLOCK_MAX);
    return cut;
}

/* The rest moves to the front when it is no longer than what has left: a byte is copied at most once. */
void zp_encoder_taken(zp_encoder *e, size_t len)
{
    size_t rest;

    e->head += len;
    rest = e->buf.len - e->head;
    if (rest > e->head)
        return;
    if (rest)
        memmove(e->buf.ptr, e->buf.ptr + e->head, rest);
    e->tail = e->tail > e->head ? e->tail - e->head : 0;
    e->buf.len = rest;
    e->head = 0;
    if (!rest && e->buf.cap > KEPT) /* a huge row was an exception */
        zp_buf_fini(&e->buf);
}

void zp_encoder_clear(zp_encoder *e)
{
    zp_buf_clear(&e->buf);
    e->head = e->tail = 0;
}

void zp_encoder_fini(zp_encoder *e)
{
    zp_buf_fini(&e->buf);
    e->head = e->tail = 0;
}
