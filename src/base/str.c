/* str: one allocation per string, the bytes behind the header. */
#include "base/str.h"

static union {
    zp_str str;
    char room[sizeof(zp_str) + 1]; /* for the NUL */
} empty_string = { .str = { .refs = UINT32_MAX } };

zp_str *zp_str_empty(void)
{
    return &empty_string.str;
}

zp_str *zp_str_new(const void *bytes, size_t len, zp_error *err)
{
    zp_str *s;

    if (!len)
        return zp_str_empty();
    if (len > INT32_MAX) { /* R's limit, and short of what exhausts a machine by doubling */
        zp_fail(err, "a string is limited to 2^31-1 bytes");
        return NULL;
    }
    s = zp_alloc(sizeof(zp_str) + len + 1, err);
    if (!s)
        return NULL;
    s->refs = 1;
    s->hash = 0;
    s->len = len;
    memcpy(s->text, bytes, len);
    s->text[len] = '\0';
    return s;
}

zp_str *zp_str_from(const char *text, zp_error *err)
{
    return zp_str_new(text, strlen(text), err);
}

zp_str *zp_str_from_buf(const zp_buf *buf, zp_error *err)
{
    return zp_buf_ok(buf, err) ? zp_str_new(zp_buf_text(buf), buf->len, err) : NULL;
}

void zp__str_free(zp_str *s)
{
    zp_free(s);
}

uint32_t zp_hash_bytes(const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    uint64_t h = 0x9E3779B97F4A7C15u ^ len, word;

    for (; len >= 8; p += 8, len -= 8) {
        memcpy(&word, p, 8);
        h = (h ^ word) * 0xD6E8FEB86659FD93u;
        h ^= h >> 32;
    }
    word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)p[i] << (8 * i);
    h = (h ^ word) * 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    return (uint32_t)h ? (uint32_t)h : 1;
}
