/* json_text: a word at a time where the bytes allow it. */
#include "base/json_text.h"

#include <string.h>

int zp_json_utf8_step(const uint8_t *at, const uint8_t *end)
{
    static const uint8_t lows[5] = { [2] = 0x80, [3] = 0x80, [4] = 0x80 };
    int need = *at < 0x80                  ? 1
               : *at >= 0xc2 && *at < 0xe0 ? 2
               : (*at & 0xf0) == 0xe0      ? 3
               : *at >= 0xf0 && *at < 0xf5 ? 4
                                           : 0;
    uint8_t low, high;

    if (need == 1)
        return 1;
    if (!need)
        return -1;
    low = *at == 0xe0 ? 0xa0 : *at == 0xf0 ? 0x90 : lows[need];
    high = *at == 0xed ? 0x9f : *at == 0xf4 ? 0x8f : 0xbf;
    for (int i = 1; i < need; i++) {
        if (at + i == end || at[i] < low || at[i] > high)
            return -i;
        low = 0x80;
        high = 0xbf;
    }
    return need;
}

/* A byte of the word that JSON does not take as it is, or that begins a longer sequence. */
static inline uint64_t special(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');

    return (w | (w - ones * 0x20) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & highs;
}

static const uint8_t *clean_end(const uint8_t *at, const uint8_t *end)
{
    uint64_t w;

    while (end - at >= 8) {
        memcpy(&w, at, 8);
        if (special(w))
            break;
        at += 8;
    }
    while (at < end && *at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
        at++;
    return at;
}

static void put_escape(zp_buf *to, uint8_t c)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorts[0x20] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
    char text[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

    if (c >= 0x20)
        text[1] = (char)c;
    else if (shorts[c])
        text[1] = shorts[c];
    zp_buf_put(to, text, text[1] == 'u' ? 6 : 2);
}

void zp_json_put_string(zp_buf *to, const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + len;

    zp_buf_putc(to, '"');
    while (at < end) {
        const uint8_t *stop = clean_end(at, end);

        /* sequences of several bytes belong to the clean stretch while they are well formed */
        while (stop < end && *stop >= 0x80) {
            int n = zp_json_utf8_step(stop, end);

            if (n < 0)
                break;
            stop = clean_end(stop + n, end);
        }
        zp_buf_put(to, at, (size_t)(stop - at));
        at = stop;
        if (at == end)
            break;
        if (*at < 0x80) {
            put_escape(to, *at++);
        } else {
            at -= zp_json_utf8_step(at, end);
            zp_buf_put(to, "\xef\xbf\xbd", 3);
        }
    }
    zp_buf_putc(to, '"');
}
