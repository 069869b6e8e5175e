/* buf: a growing byte buffer.
 *
 * Writers are sticky: after a failed allocation every zp_buf_put_* does nothing, and the one check comes
 * at the end (zp_buf_ok).  The content is always followed by a NUL that does not count. */
#ifndef ZP_BASE_BUF_H
#define ZP_BASE_BUF_H

#include <string.h>

#include "base/error.h"

/* Borrowed bytes; valid as long as their owner says. */
typedef struct zp_slice {
    const char *ptr;
    size_t len;
} zp_slice;

typedef struct zp_buf {
    char *ptr; /* NULL while empty */
    size_t len, cap;
    bool failed;
} zp_buf;

#define ZP_BUF_INIT ((zp_buf){ 0 })

void zp_buf_puts(zp_buf *b, const char *text);
void zp_buf_fill(zp_buf *b, char c, int64_t count); /* count <= 0: nothing */
void zp_buf_printf(zp_buf *b, const char *fmt, ...) ZP_PRINTF(2, 3);
/* zp_buf_reserve when there is no room yet. */
char *zp_buf_grow(zp_buf *b, size_t len);
const char *zp_buf_text(const zp_buf *b); /* NUL-terminated, never NULL */
bool zp_buf_ok(const zp_buf *b, zp_error *err) ZP_MUST_CHECK;
void zp_buf_clear(zp_buf *b); /* empties, keeps the memory */
void zp_buf_fini(zp_buf *b);

/* Room for `len` more bytes at the end and a NUL, to be claimed by adding to b->len; NULL on failure. */
static inline char *zp_buf_reserve(zp_buf *b, size_t len)
{
    return !b->failed && len < b->cap - b->len ? b->ptr + b->len : zp_buf_grow(b, len);
}

static inline void zp_buf_put(zp_buf *b, const void *bytes, size_t len)
{
    char *to = zp_buf_reserve(b, len);

    if (!to)
        return;
    if (len)
        memcpy(to, bytes, len);
    to[len] = '\0';
    b->len += len;
}

static inline void zp_buf_putc(zp_buf *b, char c)
{
    zp_buf_put(b, &c, 1);
}

#endif
