/* encode_text: strings, integers and dates as JSON wants them, a word at a time where the bytes allow it. */
#include <string.h>

#include "backend/encode.h"

/* ---------------------------------------------------------------- strings */

int zp__utf8_step(const uint8_t *at, const uint8_t *end)
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

void zp__put_string(zp_buf *to, const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + len;

    zp_buf_putc(to, '"');
    while (at < end) {
        const uint8_t *stop = clean_end(at, end);

        /* sequences of several bytes belong to the clean stretch while they are well formed */
        while (stop < end && *stop >= 0x80) {
            int n = zp__utf8_step(stop, end);

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
            at -= zp__utf8_step(at, end);
            zp_buf_put(to, "\xef\xbf\xbd", 3);
        }
    }
    zp_buf_putc(to, '"');
}

void zp__put_int(zp_buf *to, int64_t v)
{
    char text[24], *at = text + sizeof text;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do
        *--at = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0)
        *--at = '-';
    zp_buf_put(to, at, (size_t)(text + sizeof text - at));
}

/* ---------------------------------------------------------------- dates */

enum { DAY_S = 86400 };

static char *two(char *to, int v)
{
    to[0] = (char)('0' + v / 10);
    to[1] = (char)('0' + v % 10);
    return to + 2;
}

/* Days since 1970 as year, month, day (proleptic Gregorian), by eras of 400 years. */
static void civil(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = (int)(z - era * 146097), yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

static int64_t days_from(int64_t y, int m, int d)
{
    int64_t era;
    int yoe, doy, doe;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = (int)(y - era * 400);
    doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

size_t zp__days_text(char *to, int64_t days)
{
    int64_t year;
    int month, day;
    char *at = to, digits[24];
    size_t n = 0;

    civil(days, &year, &month, &day);
    if (year < 0) {
        *at++ = '-';
        year = -year;
    }
    do
        digits[n++] = (char)('0' + year % 10);
    while (year /= 10);
    while (n < 4)
        digits[n++] = '0';
    while (n)
        *at++ = digits[--n];
    *at++ = '-';
    at = two(at, month);
    *at++ = '-';
    at = two(at, day);
    return (size_t)(at - to);
}

size_t zp__micros_text(char *to, int64_t micros, char between)
{
    int64_t seconds = micros / 1000000, days;
    int us = (int)(micros % 1000000), second;
    char *at;

    if (us < 0) {
        us += 1000000;
        seconds--;
    }
    days = seconds / DAY_S;
    second = (int)(seconds % DAY_S);
    if (second < 0) {
        second += DAY_S;
        days--;
    }
    at = to + zp__days_text(to, days);
    *at++ = between;
    at = two(at, second / 3600);
    *at++ = ':';
    at = two(at, second / 60 % 60);
    *at++ = ':';
    at = two(at, second % 60);
    *at++ = '.';
    at = two(at, us / 10000);
    at = two(at, us / 100 % 100);
    at = two(at, us % 100);
    return (size_t)(at - to);
}

/* `n` digits, or -1. */
static int number(const char *text, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        v = v * 10 + (text[i] - '0');
    }
    return v;
}

bool zp__days_of(const char *text, size_t len, int64_t *days)
{
    static const uint8_t lengths[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int y, m, d;

    if (len != 10 || text[4] != '-' || text[7] != '-')
        return false;
    y = number(text, 4);
    m = number(text + 5, 2);
    d = number(text + 8, 2);
    if (y < 0 || m < 1 || m > 12 || d < 1 || d > lengths[m - 1])
        return false;
    if (m == 2 && d == 29 && (y % 4 || (y % 100 == 0 && y % 400)))
        return false;
    *days = days_from(y, m, d);
    return true;
}

/* `Z`, `+HH`, `+HHMM`, `+HH:MM` or nothing, in seconds. */
static bool zone_of(const char *text, size_t len, int *seconds)
{
    int h, m = 0;

    *seconds = 0;
    if (len == 0 || (len == 1 && *text == 'Z'))
        return true;
    if ((*text != '+' && *text != '-') || (len != 3 && len != 5 && len != 6) || (len == 6 && text[3] != ':'))
        return false;
    h = number(text + 1, 2);
    if (len > 3)
        m = number(text + len - 2, 2);
    if (h < 0 || h > 15 || m < 0 || m > 59)
        return false;
    *seconds = (h * 3600 + m * 60) * (*text == '-' ? -1 : 1);
    return true;
}

bool zp__micros_of(const char *text, size_t len, int64_t *micros)
{
    int64_t days;
    int h, m, s, us = 0, scale = 100000, zone;
    size_t at = 19;

    if (len < 19 || !zp__days_of(text, 10, &days) || (text[10] != ' ' && text[10] != 'T') ||
        text[13] != ':' || text[16] != ':')
        return false;
    h = number(text + 11, 2);
    m = number(text + 14, 2);
    s = number(text + 17, 2);
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
        return false;
    if (at < len && text[at] == '.')
        for (at++; at < len && text[at] >= '0' && text[at] <= '9'; at++, scale /= 10)
            us += (text[at] - '0') * scale;
    if (!zone_of(text + at, len - at, &zone))
        return false;
    *micros = ((days * DAY_S + h * 3600 + m * 60 + s) - zone) * 1000000 + us;
    return true;
}
