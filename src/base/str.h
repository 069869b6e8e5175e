/* str: immutable counted strings (UTF-8 by convention, any bytes but NUL in fact).
 *
 * A string belongs to one thread (the engine's); counts are plain integers. */
#ifndef ZP_BASE_STR_H
#define ZP_BASE_STR_H

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

typedef struct zp_str {
    uint32_t refs; /* UINT32_MAX: static, never freed */
    uint32_t hash; /* 0: not computed yet */
    size_t len;    /* bytes, without the NUL that follows */
    char text[];
} zp_str;

zp_str *zp_str_new(const void *bytes, size_t len, zp_error *err) ZP_MUST_CHECK;
zp_str *zp_str_from(const char *text, zp_error *err) ZP_MUST_CHECK;
zp_str *zp_str_from_buf(const zp_buf *buf, zp_error *err) ZP_MUST_CHECK; /* checks the buffer too */
zp_str *zp_str_empty(void);                                              /* static; never fails */
void zp__str_free(zp_str *s);

static inline zp_str *zp_str_ref(zp_str *s)
{
    if (s->refs != UINT32_MAX)
        s->refs++;
    return s;
}

static inline void zp_str_unref(zp_str *s)
{
    if (s && s->refs != UINT32_MAX && --s->refs == 0)
        zp__str_free(s);
}

uint32_t zp_hash_bytes(const void *bytes, size_t len); /* never 0 */

static inline uint32_t zp_str_hash(zp_str *s)
{
    if (!s->hash)
        s->hash = zp_hash_bytes(s->text, s->len);
    return s->hash;
}

static inline bool zp_str_eq(const zp_str *a, const zp_str *b)
{
    return a == b || (a->len == b->len && memcmp(a->text, b->text, a->len) == 0);
}

/* Bytewise order: negative, 0 or positive. */
static inline int zp_str_cmp(const zp_str *a, const zp_str *b)
{
    size_t shorter = a->len < b->len ? a->len : b->len;
    int c = a == b ? 0 : memcmp(a->text, b->text, shorter);

    return c ? c : (a->len > b->len) - (a->len < b->len);
}

static inline bool zp_str_is(const zp_str *s, const char *text)
{
    return strcmp(s->text, text) == 0;
}

#endif
