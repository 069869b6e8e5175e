/* buf: doubles its memory when it is full. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

char *zp_buf_grow(zp_buf *b, size_t len)
{
    size_t need, cap = b->cap;
    char *ptr;

    if (b->failed)
        return NULL;
    if (!zp_add(b->len, len, &need) || !zp_add(need, 1, &need)) {
        b->failed = true;
        return NULL;
    }
    if (need > cap) {
        cap = need > 2 * cap ? need : 2 * cap;
        cap = cap < 64 ? 64 : cap;
        ptr = zp_realloc(b->ptr, cap, NULL);
        if (!ptr) {
            b->failed = true;
            return NULL;
        }
        b->ptr = ptr;
        b->cap = cap;
    }
    return b->ptr + b->len;
}

void zp_buf_puts(zp_buf *b, const char *text)
{
    zp_buf_put(b, text, strlen(text));
}

void zp_buf_fill(zp_buf *b, char c, int64_t count)
{
    char *to;

    if (count <= 0)
        return;
    to = zp_buf_reserve(b, (size_t)count);
    if (!to)
        return;
    memset(to, c, (size_t)count);
    to[count] = '\0';
    b->len += (size_t)count;
}

void zp_buf_printf(zp_buf *b, const char *fmt, ...)
{
    va_list args;
    char *to;
    int len;

    va_start(args, fmt);
    len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0) {
        b->failed = true;
        return;
    }
    to = zp_buf_reserve(b, (size_t)len);
    if (!to)
        return;
    va_start(args, fmt);
    vsnprintf(to, (size_t)len + 1, fmt, args);
    va_end(args);
    b->len += (size_t)len;
}

const char *zp_buf_text(const zp_buf *b)
{
    return b->ptr ? b->ptr : "";
}

bool zp_buf_ok(const zp_buf *b, zp_error *err)
{
    return b->failed ? zp_fail_nomem(err, b->len) : true;
}

void zp_buf_clear(zp_buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->ptr)
        b->ptr[0] = '\0';
}

void zp_buf_fini(zp_buf *b)
{
    zp_free(b->ptr);
    *b = ZP_BUF_INIT;
}
