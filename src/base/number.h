/* number: doubles as text and back, exactly and quickly.
 *
 * Writing.  A set of numbers shares one form (zp_numform): the fewest significant digits, at most `digits`, that
 * show every number to `digits` significant digits; fixed notation unless it is more than `scipen` wider than the
 * scientific one.  Rounding is that of the exact decimal expansion, ties to even.
 *
 *     zp_numform f = zp_numform_of(x, n, 7, 0, 0);
 *     len = zp_number_write(text, x[i], &f);          at most ZP_NUMBER_MAX bytes, no padding, no NUL
 *
 * Shortest.  zp_number_shortest writes the shortest text that reads back to the same bits.
 *
 * Reading.  zp_number_read reads one strict decimal number at the head of some bytes; zp_number_from the whole of a
 * text as R does.  Both round correctly.  Nothing here depends on the locale. */
#ifndef ZP_BASE_NUMBER_H
#define ZP_BASE_NUMBER_H

#include "base/buf.h"

enum { ZP_NUMBER_MAX = 1500, ZP_SHORTEST_MAX = 32 };

typedef struct zp_numform {
    int32_t width;    /* of the longest text */
    int32_t decimals; /* after the point: of the number or of its mantissa */
    int32_t exponent; /* 0: fixed notation; else the least number of exponent digits, 2 or 3 */
} zp_numform;

/* `nsmall`: at least so many decimals in fixed notation.  Digits are clamped to 1..22. */
zp_numform zp_numform_of(const double *x, int64_t n, int digits, int scipen, int nsmall);
size_t zp_number_write(char *to, double x, const zp_numform *form);
/* Right-aligned in `width` columns. */
void zp_number_put(zp_buf *out, double x, const zp_numform *form, int64_t width);
/* One number in a form of its own. */
void zp_number_put1(zp_buf *out, double x, int digits, int scipen);

/* How x looks at `digits` significant digits: its decimal exponent and the digits left without trailing zeros. */
void zp_number_shape(double x, int digits, int *exponent, int *significant);

/* At most ZP_SHORTEST_MAX bytes: 1.5, 1e+6, 0.3333333333333333, NaN, -Inf. */
size_t zp_number_shortest(char *to, double x);

/* [+-]digits[.digits][e[+-]digits] at `at`: the byte after it, or NULL when there is none. */
const char *zp_number_read(const char *at, const char *end, double *out);
/* The whole text as R reads it: blanks around, hexadecimal, Inf, NaN; false: not a number. */
bool zp_number_from(const char *text, size_t len, double *out);

__extension__ typedef unsigned __int128 zp_u128;

/* Leading 128 bits of 10^q (pow10.c): rounded down, for -27 <= q < 0 up. */
enum { ZP_POW10_MIN = -342, ZP_POW10_MAX = 324 };
typedef struct zp_pow10 {
    uint64_t hi, lo;
} zp_pow10;
extern const zp_pow10 zp_pow10_table[ZP_POW10_MAX - ZP_POW10_MIN + 1];

#endif
