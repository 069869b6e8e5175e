/* encode_text: integers and dates as text, and back. */
#include <string.h>

#include "backend/encode.h"
#include "time/time.h"

static char *two(char *to, int v)
{
    to[0] = (char)('0' + v / 10);
    to[1] = (char)('0' + v % 10);
    return to + 2;
}

void zp__put_int(zp_buf *to, int64_t v)
{
    char text[24], *at = text + sizeof text;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    for (; u >= 100; u /= 100)
        two(at -= 2, (int)(u % 100));
    do
        *--at = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0)
        *--at = '-';
    zp_buf_put(to, at, (size_t)(text + sizeof text - at));
}

/* ---------------------------------------------------------------- dates */

enum { DAY_S = 86400 };

size_t zp__days_text(char *to, int64_t days)
{
    zp_civil c = { 0 };
    int64_t year;
    char *at = to, digits[24];
    size_t n = 0;

    zp_civil_from_days(days, &c);
    year = c.year;
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
    at = two(at, c.month);
    *at++ = '-';
    at = two(at, c.day);
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
    *days = zp_days_from_civil(y, m, d);
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
