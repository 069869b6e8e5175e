/* Bytes that a database may hold, as every type: each frame is JSON in UTF-8, and what says it is JSON is. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "backend/pg_priv.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const zp_buf *buf, size_t from)
{
    json_t *read;

    if (buf->failed || !zp_utf8_valid(buf->ptr + from, buf->len - from))
        abort();
    read = json_loadb(buf->ptr + from, buf->len - from,
                      JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    if (!read)
        abort();
    json_decref(read);
}

static void as_every_type(const char *text, size_t size)
{
    zp_encoder e = { 0 };

    for (int type = 0; type < ZP_ZQL_TYPE_COUNT; type++)
        for (int kind = ZP_CELL_TEXT; kind <= ZP_CELL_BYTES; kind++) {
            const zp_out out[] = { { .op = ZP_OUT_OPEN, .column = -1 },
                                   { .op = ZP_OUT_VALUE, .type = (zp_zql_type)type, .lead = { "\"v\":", 4 } },
                                   { .op = ZP_OUT_CLOSE } };
            const zp_result_cell cell = { .kind = (uint32_t)kind, .len = (uint32_t)size, .text = text };

            zp_encoder_row(&e, out, 3, &cell);
            if (type != ZP_ZQL_DOUBLE && type != ZP_ZQL_JSON) /* 1e999 is JSON that this reader cannot hold */
                check(&e.buf, e.tail + 4);
        }
    zp_encoder_fini(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1); /* so that a byte too many is noticed */
    zp_failure failure;
    zp_url url;
    zp_error err = ZP_ERROR_INIT;

    if (!text)
        return 0;
    memcpy(text, data, size);
    as_every_type(text, size);
    zp__pg_error(text, size, &failure);
    text[size] = '\0';
    if (zp__url_parse(text, &url, &err))
        zp__url_fini(&url);
    zp_error_clear(&err);
    free(text);
    return 0;
}
