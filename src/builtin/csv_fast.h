/* csv_fast: the cells that big files are made of, without branches on their length.
 *
 * The ends of all cells within 64 bytes are found at once, so that no cell waits for the one before; the digits of a
 * number are moved together in a register and converted by three multiplications.  Functions may look
 * ZP__CSV_PAD bytes beyond their cell, and give up (NULL, false) on whatever they do not know: the ordinary readers
 * decide then. */
#ifndef ZP_BUILTIN_CSV_FAST_H
#define ZP_BUILTIN_CSV_FAST_H

#include <math.h>
#include <string.h>

#include "builtin/csv_priv.h"

#if defined(__SSE2__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include <emmintrin.h>
#define ZP__CSV_FAST 1
#else
#define ZP__CSV_FAST 0
#endif

static inline uint64_t zp__load8(const char *p)
{
    uint64_t v;

    memcpy(&v, p, 8);
    return v;
}

/* Eight digits, each already without its '0', the first in the lowest byte. */
static inline uint64_t zp__eight_digits(uint64_t v)
{
    v = (v * 2561) >> 8;
    v = ((v & UINT64_C(0x00FF00FF00FF00FF)) * 6553601) >> 16;
    return ((v & UINT64_C(0x0000FFFF0000FFFF)) * UINT64_C(42949672960001)) >> 32;
}

/* Is every byte at most 9? */
static inline bool zp__all_digits(uint64_t v)
{
    return ((v | (v + UINT64_C(0x7676767676767676))) & UINT64_C(0x8080808080808080)) == 0;
}

#if ZP__CSV_FAST

static const double zp__csv_tens[17] = { 1e0, 1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7, 1e8,
                                         1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16 };

/* Sixteen of the bits of zp__cell_ends. */
static inline uint64_t zp__cell_ends16(const char *at, __m128i seps)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i end = _mm_or_si128(_mm_cmpeq_epi8(v, seps), _mm_cmplt_epi8(v, _mm_set1_epi8('\r' + 1)));

    return (unsigned)_mm_movemask_epi8(end);
}

/* Bit k: the byte at[k] ends a cell: the separator, or a control byte such as the end of the line. */
static inline uint64_t zp__cell_ends(const char *at, char sep)
{
    const __m128i seps = _mm_set1_epi8(sep);

    return zp__cell_ends16(at, seps) | zp__cell_ends16(at + 16, seps) << 16 |
           zp__cell_ends16(at + 32, seps) << 32 | zp__cell_ends16(at + 48, seps) << 48;
}

/* [-]ddd[.ddd] of `len` bytes, at most 16. */
static inline bool zp__fast_double(const char *at, unsigned len, double *out)
{
    bool neg = *at == '-';
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(at += neg));
    unsigned points = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('.'))), point, n, fraction;
    uint64_t low, high, whole;
    double x;

    len -= neg;
    if (len - 1 > 14) /* none, or too many */
        return false;
    point = (unsigned)__builtin_ctz(points | 1u << len);
    n = len - (point < len);
    fraction = point < len ? len - point - 1 : 0;
    if (n == 0)
        return false;
    if (len <= 8) {
        uint64_t head = point < 8 ? (UINT64_C(1) << (8 * point)) - 1 : ~UINT64_C(0);

        low = zp__load8(at);
        low = (low & head) | ((low >> (8 * (point < len))) & ~head);
        low = (low ^ UINT64_C(0x3030303030303030)) << (64 - 8 * n);
        if (!zp__all_digits(low))
            return false;
        whole = zp__eight_digits(low);
    } else {
        zp_u128 all = (zp_u128)zp__load8(at + 8) << 64 | zp__load8(at);
        zp_u128 head = ((zp_u128)1 << (8 * point)) - 1;

        all = (all & head) | ((all >> (8 * (point < len))) & ~head);
        all ^= (zp_u128)UINT64_C(0x3030303030303030) << 64 | UINT64_C(0x3030303030303030);
        all <<= 128 - 8 * n;
        low = (uint64_t)all;
        high = (uint64_t)(all >> 64);
        if (!zp__all_digits(low) || !zp__all_digits(high))
            return false;
        whole = zp__eight_digits(low) * 100000000 + zp__eight_digits(high);
    }
    x = (double)whole / zp__csv_tens[fraction]; /* both exact: correctly rounded */
    *out = neg ? -x : x;
    return true;
}

/* Any number of a cell: csv_parse.c. */
static bool read_number(zp_slice cell, double *out);

/* Numbers of one line into columns `stride` apart; the byte that ends the line. */
static inline const char *zp__fast_numbers(const char *at, char sep, int64_t cols, double *to, int64_t stride)
{
    uint64_t ends = zp__cell_ends(at, sep);
    unsigned from = 0;

    for (int64_t j = 0; j < cols; j++) {
        unsigned end;

        if (!ends) { /* the line goes on */
            at += from;
            from = 0;
            ends = zp__cell_ends(at, sep);
            if (!ends)
                return NULL;
        }
        end = (unsigned)__builtin_ctzll(ends);
        ends &= ends - 1;
        if ((!zp__fast_double(at + from, end - from, &to[j * stride]) &&
             !read_number((zp_slice){ at + from, end - from }, &to[j * stride])) ||
            (j < cols - 1 && at[end] != sep))
            return NULL;
        from = end + 1;
    }
    return at + from - 1;
}

/* The minute of the instant before: neighbours share it. */
typedef struct zp__minute {
    uint64_t head, tail; /* "2015-01-01 12:00" */
    int64_t ns;
} zp__minute;

static inline bool zp__read_minute(const char *at, zp__minute *m)
{
    uint64_t head = zp__load8(at), tail = zp__load8(at + 8);
    /* 2015-01- and 01 12:00: digits, and what stands between them */
    uint64_t d1 = (head ^ UINT64_C(0x2D30302D30303030)), d2 = (tail ^ UINT64_C(0x30303A3030203030));
    int year, month, day, hour, minute;

    if (!zp__all_digits(d1) || !zp__all_digits(d2) || (d1 & UINT64_C(0xFF0000FF00000000)) ||
        (d2 & UINT64_C(0x0000FF0000FF0000)))
        return false;
    year = (at[0] - '0') * 1000 + (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
    month = (at[5] - '0') * 10 + (at[6] - '0');
    day = (at[8] - '0') * 10 + (at[9] - '0');
    hour = (at[11] - '0') * 10 + (at[12] - '0');
    minute = (at[14] - '0') * 10 + (at[15] - '0');
    if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > 28 + (month != 2 ? 3 : 0) ||
        hour > 23 || minute > 59 || (day == 31 && (month == 4 || month == 6 || month == 9 || month == 11)))
        return false; /* February 29 among them */
    m->head = head;
    m->tail = tail;
    m->ns = zp_days_from_civil(year, month, day) * ZP_NS_DAY + (hour * INT64_C(60) + minute) * 60 * ZP_NS_SEC;
    return true;
}

/* 2015-01-01 12:00:00[.123456789] UTC */
static inline const char *zp__fast_instant(const char *at, zp__minute *m, int64_t *out)
{
    int64_t ns;
    unsigned s1, s2;
    uint32_t utc;

    if ((zp__load8(at) != m->head || zp__load8(at + 8) != m->tail) && !zp__read_minute(at, m))
        return NULL;
    s1 = (unsigned)(unsigned char)at[17] - '0';
    s2 = (unsigned)(unsigned char)at[18] - '0';
    if (at[16] != ':' || s1 > 5 || s2 > 9)
        return NULL;
    ns = m->ns + (int64_t)(s1 * 10 + s2) * ZP_NS_SEC;
    at += 19;
    if (*at == '.') {
        uint64_t eight = zp__load8(at + 1) ^ UINT64_C(0x3030303030303030);
        unsigned ninth = (unsigned)(unsigned char)at[9] - '0';

        if (zp__all_digits(eight) && ninth <= 9) {
            ns += (int64_t)(zp__eight_digits(eight) * 10 + ninth);
            at += 10;
        } else {
            int64_t scale = 100000000;

            for (at++; (unsigned)(unsigned char)*at - '0' <= 9; at++, scale /= 10)
                ns += (*at - '0') * scale; /* fewer than nine digits */
        }
    }
    memcpy(&utc, at, 4);
    if (utc != UINT32_C(0x43545520)) /* " UTC" */
        return NULL;
    *out = ns;
    return at + 4;
}

#endif
#endif
