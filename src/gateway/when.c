/* when: dates as drivers write them, keys made of time and chance, base64. */
#include <string.h>
#include <sys/random.h>

#include "base/number.h"
#include "gateway/build.h"
#include "time/time.h"

typedef struct scan {
    const char *at, *end;
} scan;

static bool digits(scan *s, int n, int *out)
{
    int v = 0;

    if (s->end - s->at < n)
        return false;
    for (int i = 0; i < n; i++, s->at++) {
        if (*s->at < '0' || *s->at > '9')
            return false;
        v = v * 10 + (*s->at - '0');
    }
    *out = v;
    return true;
}

static bool sign(scan *s, char c)
{
    return s->at < s->end && *s->at++ == c;
}

static int month_days(int year, int month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

static bool date(scan *s, int64_t *days)
{
    int year, month, day;

    if (!digits(s, 4, &year) || !sign(s, '-') || !digits(s, 2, &month) || !sign(s, '-') ||
        !digits(s, 2, &day) || year < 1 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return false;
    *days = zp_days_from_civil(year, month, day);
    return true;
}

static bool fraction(scan *s, int *micros)
{
    int n = 0, v = 0;

    *micros = 0;
    if (s->at == s->end || *s->at != '.')
        return true;
    for (s->at++; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
        if (++n > 6)
            return false;
        v = v * 10 + (*s->at - '0');
    }
    if (n == 0)
        return false;
    while (n++ < 6)
        v *= 10;
    *micros = v;
    return true;
}

static bool zone(scan *s, int64_t *seconds)
{
    int h, m;
    bool minus;

    *seconds = 0;
    if (s->at == s->end)
        return true;
    if (*s->at == 'Z' || *s->at == 'z') {
        s->at++;
        return s->at == s->end;
    }
    minus = *s->at == '-';
    if (*s->at != '+' && !minus)
        return false;
    s->at++;
    if (!digits(s, 2, &h) || !sign(s, ':') || !digits(s, 2, &m) || h > 23 || m > 59 || s->at != s->end)
        return false;
    *seconds = (h * 60 + m) * (minus ? -60 : 60);
    return true;
}

bool zp__q_when_read(const char *text, size_t len, int64_t *micros)
{
    const int64_t first = INT64_C(-62135596800) * 1000000, last = INT64_C(253402300800) * 1000000;
    scan s = { text, text + len };
    int64_t days, offset;
    int h, m, sec, frac;

    if (!date(&s, &days))
        return false;
    *micros = days * INT64_C(86400000000);
    if (s.at == s.end)
        return true;
    if (*s.at != 'T' && *s.at != ' ' && *s.at != 't')
        return false;
    s.at++;
    if (!digits(&s, 2, &h) || !sign(&s, ':') || !digits(&s, 2, &m) || !sign(&s, ':') ||
        !digits(&s, 2, &sec) || h > 23 || m > 59 || sec > 59 || !fraction(&s, &frac) || !zone(&s, &offset))
        return false;
    *micros += ((h * 60 + m) * INT64_C(60) + sec - offset) * 1000000 + frac;
    return *micros >= first && *micros < last;
}

void zp__q_ztid_new(int64_t now_us, char to[27])
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    uint8_t chance[10] = { 0 };
    zp_u128 v;

    if (getrandom(chance, sizeof(chance), 0) != sizeof(chance))
        memcpy(chance, &now_us, sizeof(now_us));
    v = (uint64_t)(now_us / 1000) & 0xFFFFFFFFFFFF;
    for (size_t i = 0; i < sizeof(chance); i++)
        v = v << 8 | chance[i];
    for (int i = 25; i >= 0; i--, v >>= 5)
        to[i] = letters[(unsigned)v & 31];
    to[26] = '\0';
}

static int base64_digit(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool zp__q_base64_read(zp__q_build *b, zp_slice text, zp_slice *out)
{
    uint32_t bits = 0;
    int have = 0;
    char *to = zp__q_get(b, text.len + 1), *at = to;

    if (!to)
        return false;
    while (text.len && text.ptr[text.len - 1] == '=' && text.len % 4 != 1)
        text.len--;
    for (size_t i = 0; i < text.len; i++) {
        int d = base64_digit((unsigned char)text.ptr[i]);

        if (d < 0)
            return false;
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have >= 8) {
            have -= 8;
            *at++ = (char)(bits >> have);
        }
    }
    *out = (zp_slice){ to, (size_t)(at - to) };
    return have < 6 && (bits & ((1u << have) - 1)) == 0;
}
