/* number_read: text to doubles.
 *
 * Up to 19 digits are gathered in a word w, so that the number is w * 10^q.  Small w and q multiply exactly.
 * Otherwise the product of w and the leading 128 bits of 10^q decides the 53 bits, unless it lies so near to a
 * boundary that the missing bits could matter (Lemire, "Number Parsing at a Gigabyte per Second"); those few,
 * and numbers of more than 19 digits, go to strtod. */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct decimal {
    uint64_t w;
    int64_t q;
    bool neg, cut; /* cut: digits were left out */
} decimal;

static double from_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* w * 10^q with w > 0; false: undecided. */
static bool from_product(uint64_t w, int64_t q, double *out)
{
    const zp_pow10 *p;
    zp_u128 low, high;
    uint64_t hi, lo, mant;
    int lz, upper;
    int64_t e2;

    if (q < ZP_POW10_MIN) {
        *out = 0;
        return true;
    }
    if (q > 308) {
        *out = INFINITY;
        return true;
    }
    p = &zp_pow10_table[q - ZP_POW10_MIN];
    lz = __builtin_clzll(w);
    w <<= lz;
    high = (zp_u128)w * p->hi;
    hi = (uint64_t)(high >> 64);
    lo = (uint64_t)high;
    if ((hi & 0x1FF) == 0x1FF) { /* the lower word may carry into the bits that decide */
        low = (zp_u128)w * p->lo;
        lo += (uint64_t)(low >> 64);
        if (lo < (uint64_t)(low >> 64))
            hi++;
        if (lo == UINT64_MAX && (hi & 0x1FF) == 0x1FF)
            return false;
    }
    if (lo == UINT64_MAX && (q < -27 || q > 55))
        return false;
    upper = (int)(hi >> 63);
    mant = hi >> (upper + 64 - 52 - 3);
    e2 = ((217706 * q) >> 16) + 63 + upper - lz + 1023;
    if (e2 <= 0) { /* subnormal */
        if (1 - e2 >= 64) {
            *out = 0;
            return true;
        }
        mant >>= 1 - e2;
        mant += mant & 1;
        mant >>= 1;
        *out = from_bits(mant);
        return true;
    }
    /* exactly half way: the product is exact only for small powers */
    if (lo <= 1 && q >= -4 && q <= 23 && (mant & 3) == 1 && (mant << (upper + 64 - 52 - 3)) == hi)
        mant &= ~(uint64_t)1;
    mant += mant & 1;
    mant >>= 1;
    if (mant >= (uint64_t)2 << 52) {
        mant = (uint64_t)1 << 52;
        e2++;
    }
    if (e2 >= 0x7FF) {
        *out = INFINITY;
        return true;
    }
    *out = from_bits((mant & ~((uint64_t)1 << 52)) | (uint64_t)e2 << 52);
    return true;
}

/* The C library on a copy that ends. */
static bool from_library(const char *text, size_t len, double *out)
{
    char stack[512], *copy = len < sizeof stack ? stack : malloc(len + 1);
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    if (copy && c) {
        memcpy(copy, text, len);
        copy[len] = '\0';
        *out = strtod_l(copy, NULL, c);
    }
    if (c)
        freelocale(c);
    if (copy != stack)
        free(copy);
    return copy && c;
}

static const char *read_digits(const char *at, const char *end, decimal *d, bool fraction, bool *any)
{
    for (; at < end && (unsigned)(*at - '0') < 10; at++) {
        *any = true;
        if (d->w < UINT64_C(1000000000000000000)) {
            d->w = d->w * 10 + (uint64_t)(*at - '0');
            d->q -= fraction;
        } else {
            d->cut |= *at != '0';
            d->q += !fraction;
        }
    }
    return at;
}

/* e[+-]digits; with `loose` the digits may be missing, as R has it. */
static const char *read_exponent(const char *at, const char *end, decimal *d, bool loose)
{
    const char *p = at + 1;
    bool neg = false;
    int64_t e = 0;

    if (p < end && (*p == '+' || *p == '-'))
        neg = *p++ == '-';
    if (!loose && (p >= end || (unsigned)(*p - '0') >= 10))
        return at;
    for (; p < end && (unsigned)(*p - '0') < 10; p++)
        if (e < 100000)
            e = e * 10 + (*p - '0');
    d->q += neg ? -e : e;
    return p;
}

static bool convert(const decimal *d, const char *from, const char *to, double *out)
{
    static const double tens[23] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    double x;

    if (d->w == 0 && !d->cut) {
        x = 0;
    } else if (!d->cut && d->w <= (UINT64_C(1) << 53) && d->q >= -22 && d->q <= 22) {
        x = (double)d->w;
        x = d->q < 0 ? x / tens[-d->q] : x * tens[d->q];
    } else if (d->cut || !from_product(d->w, d->q, &x)) {
        return from_library(from, (size_t)(to - from), out); /* its sign included */
    }
    *out = d->neg ? -x : x;
    return true;
}

static const char *read_decimal(const char *at, const char *end, bool loose, double *out)
{
    decimal d = { 0 };
    const char *from = at;
    bool any = false;

    if (at < end && (*at == '+' || *at == '-'))
        d.neg = *at++ == '-';
    at = read_digits(at, end, &d, false, &any);
    if (at < end && *at == '.')
        at = read_digits(at + 1, end, &d, true, &any);
    if (!any)
        return NULL;
    if (at < end && (*at == 'e' || *at == 'E'))
        at = read_exponent(at, end, &d, loose);
    return convert(&d, from, at, out) ? at : NULL;
}

const char *zp_number_read(const char *at, const char *end, double *out)
{
    return read_decimal(at, end, false, out);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* 0x1.8p3: digits, point and exponent, checked here, converted by the library. */
static bool read_hex(const char *text, size_t len, double *out)
{
    const char *p = text, *end = text + len;
    bool any = false;

    p += *p == '+' || *p == '-';
    for (p += 2; p < end && hex_digit(*p) >= 0; p++)
        any = true;
    if (p < end && *p == '.')
        for (p++; p < end && hex_digit(*p) >= 0; p++)
            any = true;
    if (!any)
        return false;
    if (p < end && (*p == 'p' || *p == 'P')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        if (p == end)
            return false;
        while (p < end && *p >= '0' && *p <= '9')
            p++;
    }
    return p == end && from_library(text, len, out);
}

static bool same_word(const char *text, size_t len, const char *word)
{
    size_t i = 0;

    for (; i < len && word[i]; i++)
        if ((text[i] | 0x20) != word[i])
            return false;
    return i == len && !word[i];
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool zp_number_from(const char *text, size_t len, double *out)
{
    const char *at, *word;
    size_t rest;

    while (len > 0 && is_blank(*text))
        text++, len--;
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    if (len == 0)
        return false;
    word = text + (*text == '+' || *text == '-');
    rest = len - (size_t)(word - text);
    if (rest >= 2 && word[0] == '0' && (word[1] | 0x20) == 'x')
        return read_hex(text, len, out);
    if (same_word(word, rest, "nan")) {
        *out = NAN;
        return true;
    }
    if (same_word(word, rest, "inf") || same_word(word, rest, "infinity")) {
        *out = *text == '-' ? -INFINITY : INFINITY;
        return true;
    }
    at = read_decimal(text, text + len, true, out);
    return at == text + len;
}
