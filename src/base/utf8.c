/* utf8: decoding one code point at a time, and its width by binary search in a table of exceptions. */
#include "base/utf8.h"

#include <stdio.h>

int32_t zp_utf8_next(const char **at, const char *end)
{
    static const int32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *p = (const unsigned char *)*at;
    int32_t cp = *p;
    int len = cp < 0x80                 ? 1
              : cp >= 0xC2 && cp < 0xE0 ? 2
              : (cp & 0xF0) == 0xE0     ? 3
              : cp >= 0xF0 && cp < 0xF5 ? 4
                                        : 0;

    (*at)++;
    if (len == 1)
        return cp;
    if (len == 0 || end - (const char *)p < len)
        return -1;
    cp &= 0xFF >> (len + 1);
    for (int i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return -1;
        cp = cp << 6 | (p[i] & 0x3F);
    }
    if (cp < least[len] || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
        return -1;
    *at = (const char *)p + len;
    return cp;
}

size_t zp_utf8_put(char *to, int32_t cp)
{
    size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

    if (len == 1) {
        to[0] = (char)cp;
        return 1;
    }
    for (size_t i = len - 1; i > 0; i--, cp >>= 6)
        to[i] = (char)(0x80 | (cp & 0x3F));
    to[0] = (char)(0xF00 >> len | cp);
    return len;
}

int zp_utf8_width(int32_t cp)
{
    size_t low = 0, high = zp__utf8_range_count;

    if (cp < 0x80)
        return cp >= 0x20 && cp < 0x7F ? 1 : -1;
    while (low < high) {
        size_t mid = (low + high) / 2;

        if (zp__utf8_ranges[mid].to < cp)
            low = mid + 1;
        else
            high = mid;
    }
    return low < zp__utf8_range_count && zp__utf8_ranges[low].from <= cp ? zp__utf8_ranges[low].width : 1;
}

int64_t zp_utf8_columns(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    int64_t columns = 0;

    while (at < end) {
        int32_t cp = zp_utf8_next(&at, end);
        int w = cp < 0 ? 4 : zp_utf8_width(cp);

        columns += w > 0 ? w : 0;
    }
    return columns;
}

int64_t zp_utf8_count(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    int64_t count = 0;

    for (; at < end; count++)
        zp_utf8_next(&at, end);
    return count;
}

bool zp_utf8_valid(const char *text, size_t len)
{
    const char *at = text, *end = text + len;

    while (at < end)
        if (zp_utf8_next(&at, end) < 0)
            return false;
    return true;
}

/* The escape of one code point (-1: the byte), or 0 bytes when it stands for itself. */
static int escape_of(char *to, int32_t cp, unsigned char byte, char quote)
{
    static const char named[] = "abtnvfr"; /* from \a = 7 on */

    if (cp == '\\' || (quote && cp == quote)) {
        to[0] = '\\';
        to[1] = (char)cp;
        return 2;
    }
    if (cp >= 0x20 && cp < 0x7F)
        return 0;
    if (cp >= 7 && cp <= 13) {
        to[0] = '\\';
        to[1] = named[cp - 7];
        return 2;
    }
    if (cp < 0)
        return snprintf(to, 16, "\\x%02x", byte);
    if (cp < 0x80)
        return snprintf(to, 16, "\\%03o", (unsigned)cp);
    if (zp_utf8_width(cp) >= 0)
        return 0;
    return snprintf(to, 16, cp < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)cp);
}

/* Bytes from `at` on that need no escape and fill one column each. */
static size_t plain_run(const char *at, const char *end, char quote)
{
    const char *p = at;

    while (p < end && *p >= 0x20 && *p < 0x7F && *p != '\\' && (!quote || *p != quote))
        p++;
    return (size_t)(p - at);
}

void zp_utf8_escape(zp_buf *out, const char *text, size_t len, char quote)
{
    const char *at = text, *end = text + len;
    char esc[16];

    if (quote)
        zp_buf_putc(out, quote);
    while (at < end) {
        size_t run = plain_run(at, end, quote);
        const char *from;
        int n;

        zp_buf_put(out, at, run);
        at += run;
        if (at >= end)
            break;
        from = at;
        n = escape_of(esc, zp_utf8_next(&at, end), (unsigned char)*from, quote);
        zp_buf_put(out, n > 0 ? esc : from, n > 0 ? (size_t)n : (size_t)(at - from));
    }
    if (quote)
        zp_buf_putc(out, quote);
}

int64_t zp_utf8_escape_columns(const char *text, size_t len, char quote)
{
    const char *at = text, *end = text + len;
    int64_t columns = quote ? 2 : 0;
    char esc[16];

    while (at < end) {
        size_t run = plain_run(at, end, quote);
        const char *from;
        int32_t cp;
        int n;

        columns += (int64_t)run;
        at += run;
        if (at >= end)
            break;
        from = at;
        cp = zp_utf8_next(&at, end);
        n = escape_of(esc, cp, (unsigned char)*from, quote);
        columns += n > 0 ? n : zp_utf8_width(cp);
    }
    return columns;
}
