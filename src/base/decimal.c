/* decimal: the schoolbook on arrays of digits. */
#include "base/decimal.h"

#include <string.h>

static void tidy(zp_dec *d)
{
    int32_t lead = 0;

    while (lead < d->len && d->digits[lead] == 0)
        lead++;
    if (lead) {
        d->len -= lead;
        memmove(d->digits, d->digits + lead, (size_t)d->len);
    }
    while (d->scale > 0 && d->len > 0 && d->digits[d->len - 1] == 0) {
        d->len--;
        d->scale--;
    }
    if (d->len == 0) {
        d->scale = 0;
        d->minus = false;
    }
}

/* ---------------------------------------------------------------- reading and writing */

typedef struct parts {
    const char *whole, *fraction; /* digits */
    size_t whole_len, fraction_len;
    int64_t exponent;
    bool minus;
} parts;

static const char *digits_end(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

static bool read_exponent(const char *at, const char *end, int64_t *out)
{
    bool minus = at < end && *at == '-';
    int64_t v = 0;

    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end || digits_end(at, end) != end)
        return false;
    for (; at < end; at++)
        v = v > 100000000 ? v : v * 10 + (*at - '0');
    *out = minus ? -v : v;
    return true;
}

static bool take_apart(const char *at, const char *end, parts *p)
{
    *p = (parts){ .minus = at < end && *at == '-' };
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    p->whole = at;
    at = digits_end(at, end);
    p->whole_len = (size_t)(at - p->whole);
    if (at < end && *at == '.') {
        p->fraction = ++at;
        at = digits_end(at, end);
        p->fraction_len = (size_t)(at - p->fraction);
    }
    if (p->whole_len + p->fraction_len == 0)
        return false;
    if (at < end && (*at | 32) == 'e')
        return read_exponent(at + 1, end, &p->exponent);
    return at == end;
}

static int digit_at(const parts *p, int64_t i)
{
    if (i < 0 || i >= (int64_t)(p->whole_len + p->fraction_len))
        return 0;
    return (size_t)i < p->whole_len ? p->whole[i] - '0' : p->fraction[(size_t)i - p->whole_len] - '0';
}

zp_dec_read_result zp_dec_read(const char *text, size_t len, zp_dec *out)
{
    parts p;
    int64_t all, first = 0, point, last, stop;

    out->minus = false;
    out->len = out->scale = 0;
    if (!take_apart(text, text + len, &p))
        return ZP_DEC_NO;
    out->minus = p.minus;
    all = (int64_t)(p.whole_len + p.fraction_len);
    point = (int64_t)p.whole_len + p.exponent; /* digits before it are whole */
    while (first < all && digit_at(&p, first) == 0)
        first++;
    if (first == all) {
        out->minus = false;
        return ZP_DEC_OK;
    }
    if (point - first > ZP_DEC_WHOLE)
        return ZP_DEC_HUGE;
    last = all > point ? all : point; /* one behind the last digit that counts */
    stop = point < first ? point + ZP_DEC_DIGITS : first + ZP_DEC_DIGITS;
    stop = last < stop ? last : stop;
    for (int64_t i = first; i < stop; i++)
        out->digits[out->len++] = (uint8_t)digit_at(&p, i);
    out->scale = (int32_t)(stop > point ? stop - point : 0);
    if (stop < last && out->len == 0) { /* smaller than anything that fits */
        out->digits[out->len++] = 1;
        out->scale = ZP_DEC_DIGITS;
        return ZP_DEC_OK;
    }
    if (stop < last) { /* something is left out: keep it from looking round */
        for (int64_t i = stop; i < last; i++)
            if (digit_at(&p, i)) {
                out->digits[out->len - 1] |= 1;
                break;
            }
    }
    tidy(out);
    return ZP_DEC_OK;
}

void zp_dec_of_int(int64_t v, zp_dec *out)
{
    uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;
    uint8_t back[20];
    int n = 0;

    for (; rest; rest /= 10)
        back[n++] = (uint8_t)(rest % 10);
    out->minus = v < 0;
    out->scale = 0;
    out->len = n;
    for (int i = 0; i < n; i++)
        out->digits[i] = back[n - 1 - i];
}

size_t zp_dec_write(const zp_dec *d, char *to)
{
    char *at = to;

    if (d->minus)
        *at++ = '-';
    if (d->len <= d->scale)
        *at++ = '0';
    for (int32_t i = 0; i < d->len - d->scale; i++)
        *at++ = (char)('0' + d->digits[i]);
    if (d->scale > 0) {
        *at++ = '.';
        for (int32_t i = d->len - d->scale; i < d->len; i++)
            *at++ = i < 0 ? '0' : (char)('0' + d->digits[i]);
    }
    return (size_t)(at - to);
}

bool zp_dec_to_int(const zp_dec *d, int64_t *out)
{
    int64_t v = 0;

    if (d->scale > 0 || d->len > 19)
        return false;
    for (int32_t i = 0; i < d->len; i++)
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, d->minus ? -d->digits[i] : d->digits[i], &v))
            return false;
    *out = v;
    return true;
}

/* ---------------------------------------------------------------- arithmetic */

/* Two numbers as digits of one scale and length: cells of a wide array, the last the least. */
enum { WIDE = 3 * ZP_DEC_DIGITS };

typedef struct wide {
    int32_t len, scale;
    uint8_t digits[WIDE];
} wide;

static void widen(const zp_dec *d, int32_t scale, int32_t whole, wide *w)
{
    int32_t lead = whole - (d->len - d->scale);

    w->len = whole + scale;
    w->scale = scale;
    memset(w->digits, 0, (size_t)w->len);
    memcpy(w->digits + lead, d->digits, (size_t)d->len);
}

static bool narrow(const wide *w, bool minus, zp_dec *out)
{
    int32_t from = 0, to = w->len, scale = w->scale;

    while (from < to && w->digits[from] == 0)
        from++;
    while (scale > 0 && to > from && w->digits[to - 1] == 0) {
        to--;
        scale--;
    }
    if (to - from > ZP_DEC_DIGITS || to - scale - from > ZP_DEC_WHOLE || scale > ZP_DEC_DIGITS)
        return false;
    out->minus = minus;
    out->len = to - from;
    out->scale = scale;
    memcpy(out->digits, w->digits + from, (size_t)out->len);
    tidy(out);
    return true;
}

static void align(const zp_dec *a, const zp_dec *b, wide *wa, wide *wb)
{
    int32_t scale = a->scale > b->scale ? a->scale : b->scale;
    int32_t wa_whole = zp_dec_whole(a), wb_whole = zp_dec_whole(b);
    int32_t whole = (wa_whole > wb_whole ? wa_whole : wb_whole) + 1;

    widen(a, scale, whole, wa);
    widen(b, scale, whole, wb);
}

static int cmp_size(const zp_dec *a, const zp_dec *b)
{
    wide wa, wb;

    align(a, b, &wa, &wb);
    return memcmp(wa.digits, wb.digits, (size_t)wa.len);
}

int zp_dec_cmp(const zp_dec *a, const zp_dec *b)
{
    int c;

    if (a->minus != b->minus)
        return a->minus ? -1 : 1;
    c = cmp_size(a, b);
    c = (c > 0) - (c < 0);
    return a->minus ? -c : c;
}

/* wa -= wb, of equal length, wa the larger. */
static void take_off(uint8_t *wa, const uint8_t *wb, int32_t len)
{
    int borrow = 0;

    for (int32_t i = len - 1; i >= 0; i--) {
        int v = wa[i] - wb[i] - borrow;

        borrow = v < 0;
        wa[i] = (uint8_t)(v + 10 * borrow);
    }
}

static bool add_signed(const zp_dec *a, const zp_dec *b, bool b_minus, zp_dec *out)
{
    wide wa, wb;
    int carry = 0;
    bool minus = a->minus;

    align(a, b, &wa, &wb);
    if (a->minus == b_minus) {
        for (int32_t i = wa.len - 1; i >= 0; i--) {
            int v = wa.digits[i] + wb.digits[i] + carry;

            carry = v > 9;
            wa.digits[i] = (uint8_t)(v - 10 * carry);
        }
        return narrow(&wa, minus, out);
    }
    if (memcmp(wa.digits, wb.digits, (size_t)wa.len) >= 0) {
        take_off(wa.digits, wb.digits, wa.len);
        return narrow(&wa, minus, out);
    }
    take_off(wb.digits, wa.digits, wa.len);
    return narrow(&wb, b_minus, out);
}

bool zp_dec_add(const zp_dec *a, const zp_dec *b, zp_dec *out)
{
    return add_signed(a, b, b->minus, out);
}

bool zp_dec_sub(const zp_dec *a, const zp_dec *b, zp_dec *out)
{
    return add_signed(a, b, !b->minus, out);
}

bool zp_dec_mul(const zp_dec *a, const zp_dec *b, zp_dec *out)
{
    uint32_t sums[2 * ZP_DEC_DIGITS + 1] = { 0 };
    wide w = { .scale = a->scale + b->scale };
    uint32_t carry = 0;

    w.len = a->len + b->len;
    if (w.scale > w.len) /* zeros behind the point come first */
        w.len = w.scale;
    for (int32_t i = 0; i < a->len; i++)
        for (int32_t j = 0; j < b->len; j++)
            sums[(a->len - 1 - i) + (b->len - 1 - j)] += (uint32_t)a->digits[i] * b->digits[j];
    for (int32_t i = 0; i < w.len; i++) {
        uint32_t v = sums[i] + carry;

        w.digits[w.len - 1 - i] = (uint8_t)(v % 10);
        carry = v / 10;
    }
    return narrow(&w, a->minus != b->minus, out);
}

bool zp_dec_mod(const zp_dec *a, const zp_dec *b, zp_dec *out)
{
    wide wa, wb, rest = { 0 };

    align(a, b, &wa, &wb);
    rest.len = wa.len;
    rest.scale = wa.scale;
    for (int32_t i = 0; i < wa.len; i++) { /* long division, the quotient is forgotten */
        memmove(rest.digits, rest.digits + 1, (size_t)rest.len - 1);
        rest.digits[rest.len - 1] = wa.digits[i];
        while (memcmp(rest.digits, wb.digits, (size_t)rest.len) >= 0)
            take_off(rest.digits, wb.digits, rest.len);
    }
    return narrow(&rest, a->minus, out);
}

bool zp_dec_floor(zp_dec *d, int32_t scale)
{
    static const zp_dec unit = { .len = 1, .digits = { 1 } };
    zp_dec step = unit;
    bool minus = d->minus;

    if (d->scale <= scale)
        return true;
    d->len -= d->scale - scale;
    d->scale = scale;
    if (d->len < 0)
        d->len = 0;
    tidy(d);
    if (!minus)
        return true;
    step.scale = scale;
    return zp_dec_sub(d, &step, d);
}
