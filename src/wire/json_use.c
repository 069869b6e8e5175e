/* json_use: looking into what was read, and writing. */
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "wire/json.h"

bool zp_slice_is(zp_slice s, const char *text)
{
    return strlen(text) == s.len && memcmp(s.ptr, text, s.len) == 0;
}

bool zp_slice_same(zp_slice a, zp_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

const zp_json *zp_json_get(const zp_json *object, const char *key)
{
    if (object && object->kind == ZP_JSON_OBJECT)
        for (const zp_json *m = object->first; m; m = m->next)
            if (zp_slice_is(m->key, key))
                return m;
    return NULL;
}

bool zp_json_is(const zp_json *v, const char *text)
{
    return v && v->kind == ZP_JSON_STRING && zp_slice_is(v->text, text);
}

bool zp_json_int(const zp_json *v, int64_t *out)
{
    bool minus;
    int64_t sum = 0;

    if (!v || v->kind != ZP_JSON_NUMBER || !v->whole)
        return false;
    minus = v->text.ptr[0] == '-';
    for (size_t i = minus; i < v->text.len; i++) {
        int d = v->text.ptr[i] - '0';

        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, minus ? -d : d, &sum))
            return false;
    }
    *out = sum;
    return true;
}

bool zp_json_double(const zp_json *v, double *out)
{
    if (!v || v->kind != ZP_JSON_NUMBER)
        return false;
    return zp_number_read(v->text.ptr, v->text.ptr + v->text.len, out) != NULL;
}

const char *zp_json_kind_name(const zp_json *v)
{
    static const char *const names[] = {
        "null", "false", "true", "a number", "a text", "a list", "an object"
    };

    return v ? names[v->kind] : "nothing";
}

/* The escape of a byte below 0x20, a quote or a backslash. */
void zp_json_put(zp_buf *out, const zp_json *v)
{
    static const char *const words[] = { "null", "false", "true" };
    bool object = v->kind == ZP_JSON_OBJECT;

    if (v->kind <= ZP_JSON_TRUE) {
        zp_buf_puts(out, words[v->kind]);
    } else if (v->kind == ZP_JSON_NUMBER) {
        zp_buf_put(out, v->text.ptr, v->text.len);
    } else if (v->kind == ZP_JSON_STRING) {
        zp_json_put_string(out, v->text.ptr, v->text.len);
    } else {
        zp_buf_putc(out, object ? '{' : '[');
        for (const zp_json *m = v->first; m; m = m->next) {
            if (object) {
                zp_json_put_string(out, m->key.ptr, m->key.len);
                zp_buf_putc(out, ':');
            }
            zp_json_put(out, m);
            if (m->next)
                zp_buf_putc(out, ',');
        }
        zp_buf_putc(out, object ? '}' : ']');
    }
}
