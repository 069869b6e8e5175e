/* decimal: exact decimal numbers of some hundred digits, for what must not pass through a double.
 *
 * The value is digits / 10^scale with a sign; no leading zero, no trailing zero behind the point, zero has no digits.  Small enough for
 * the stack; slow beside a double and quick beside a query. */
#ifndef ZP_BASE_DECIMAL_H
#define ZP_BASE_DECIMAL_H

#include "base/base.h"

enum { ZP_DEC_DIGITS = 400, ZP_DEC_TEXT = 2 * ZP_DEC_DIGITS + 4, ZP_DEC_WHOLE = 320 };

typedef struct zp_dec {
    bool minus;
    int32_t len, scale;
    uint8_t digits[ZP_DEC_DIGITS]; /* 0 … 9, the first the most significant */
} zp_dec;

typedef enum zp_dec_read_result {
    ZP_DEC_NO,  /* not a number */
    ZP_DEC_OK,  /* of more digits than fit behind the point the last is 1 when something was left out */
    ZP_DEC_HUGE /* more than ZP_DEC_WHOLE digits before the point; only the sign is set */
} zp_dec_read_result;

/* [+-]digits[.digits][e[+-]digits], a digit at least on one side of the point; the whole text. */
zp_dec_read_result zp_dec_read(const char *text, size_t len, zp_dec *out);
void zp_dec_of_int(int64_t v, zp_dec *out);
/* Plain digits without exponent, no NUL; bytes written, at most ZP_DEC_TEXT. */
size_t zp_dec_write(const zp_dec *d, char *to);
bool zp_dec_to_int(const zp_dec *d, int64_t *out);  /* false: a fraction, or it does not fit */
static inline int32_t zp_dec_whole(const zp_dec *d) /* digits before the point */
{
    return d->len > d->scale ? d->len - d->scale : 0;
}

int zp_dec_cmp(const zp_dec *a, const zp_dec *b);
/* False: more digits than fit.  `out` may be an operand. */
bool zp_dec_add(const zp_dec *a, const zp_dec *b, zp_dec *out);
bool zp_dec_sub(const zp_dec *a, const zp_dec *b, zp_dec *out);
bool zp_dec_mul(const zp_dec *a, const zp_dec *b, zp_dec *out);
/* The remainder with the sign of `a`; b is not zero. */
bool zp_dec_mod(const zp_dec *a, const zp_dec *b, zp_dec *out);
/* The largest number of `scale` digits behind the point that is not above d. */
bool zp_dec_floor(zp_dec *d, int32_t scale);

#endif
