/* encode_value: one cell as JSON, by the type of the schema and by what the backend had.
 *
 *     type      from       becomes
 *     INT       INT, TEXT  number; outside ±(2^53 − 1) a string
 *     DECIMAL   TEXT       number with the backend's digits; more than 15 significant ones: a string
 *     DATETIME  MICROS     "2025-02-07T10:00:00.563929+00:00", without the fraction when it is zero
 *     JSON      TEXT       the value itself when it is one, else a string
 *
 * SQLite keeps any value in any column; what does not read as its type goes out as what it is, never as something else. */
#include <math.h>
#include <string.h>

#include "backend/encode.h"
#include "base/number.h"
#include "wire/json.h"

static const int64_t safe_int = (INT64_C(1) << 53) - 1;

static void put_quoted_int(zp_buf *to, int64_t v)
{
    zp_buf_putc(to, '"');
    zp__put_int(to, v);
    zp_buf_putc(to, '"');
}

/* ---------------------------------------------------------------- numbers as text */

typedef struct number_text {
    bool ok, exact;  /* a JSON number; and without fraction and exponent */
    int significant; /* digits from the first that is not zero, zeros at the end of a fraction left out */
} number_text;

static const char *digits(const char *at, const char *end, number_text *n, int *zeros)
{
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        if (*at != '0') {
            n->significant += *zeros + 1;
            *zeros = 0;
        } else if (n->significant) {
            ++*zeros;
        }
    }
    return at;
}

static number_text read_number(const char *text, size_t len)
{
    const char *at = text, *end = text + len, *from;
    number_text n = { .exact = true };
    int zeros = 0;

    if (at < end && *at == '-')
        at++;
    from = at;
    at = digits(at, end, &n, &zeros);
    if (at == from || (*from == '0' && at > from + 1))
        return n;
    if (at < end && *at == '.') {
        n.exact = false;
        from = ++at;
        at = digits(at, end, &n, &zeros);
        if (at == from)
            return n;
    } else {
        n.significant += zeros;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        number_text power = { 0 };

        n.exact = false;
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        from = at;
        at = digits(at, end, &power, &zeros);
        if (at == from)
            return n;
    }
    n.ok = at == end;
    return n;
}

static bool is_not_finite(const char *text, size_t len)
{
    static const char *const words[] = { "NaN", "Infinity", "-Infinity", "Inf", "-Inf" };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++)
        if (len == strlen(words[i]) && memcmp(text, words[i], len) == 0)
            return true;
    return false;
}

/* Whole numbers that no JSON reader keeps exact as integers are written so that all read a double: 1.152921504606847e+18. */
static size_t in_powers(char *text, size_t len)
{
    const size_t sign = *text == '-', digits = len - sign;
    size_t last = len;

    while (last > sign + 1 && text[last - 1] == '0')
        last--;
    if (last > sign + 1) {
        memmove(text + sign + 2, text + sign + 1, last - sign - 1);
        text[sign + 1] = '.';
        last++;
    }
    memcpy(text + last, "e+", 2);
    text[last + 2] = (char)('0' + (digits - 1) / 10);
    text[last + 3] = (char)('0' + (digits - 1) % 10);
    return last + 4;
}

static void put_double(zp_buf *to, double x)
{
    char *room;
    size_t len;

    if (!isfinite(x)) {
        zp_buf_put(to, "null", 4);
        return;
    }
    room = zp_buf_reserve(to, ZP_SHORTEST_MAX);
    if (!room)
        return;
    len = zp_number_shortest(room, x);
    if (fabs(x) > (double)safe_int && !memchr(room, 'e', len))
        len = in_powers(room, len);
    to->len += len;
}

/* ---------------------------------------------------------------- one function per type */

typedef void put_fn(zp_buf *to, const zp_out *out, const zp_result_cell *c);

/* What to do with a cell that the type does not expect: as what it is. */
static void put_plain(zp_buf *to, const zp_result_cell *c)
{
    char text[40];

    switch ((zp_cell_kind)c->kind) {
    case ZP_CELL_NULL: zp_buf_put(to, "null", 4); break;
    case ZP_CELL_BOOL: zp_buf_puts(to, c->num ? "true" : "false"); break;
    case ZP_CELL_INT:
        if (c->num > safe_int || c->num < -safe_int)
            put_quoted_int(to, c->num);
        else
            zp__put_int(to, c->num);
        break;
    case ZP_CELL_DOUBLE: put_double(to, c->dbl); break;
    case ZP_CELL_TEXT:
    case ZP_CELL_BYTES: zp_json_put_string(to, c->text, c->len); break;
    case ZP_CELL_MICROS: zp_json_put_string(to, text, zp__micros_text(text, c->num, ' ')); break;
    case ZP_CELL_DAYS: zp_json_put_string(to, text, zp__days_text(text, c->num)); break;
    }
}

static void put_integer(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    number_text n;

    if (c->kind != ZP_CELL_TEXT) {
        put_plain(to, c);
        return;
    }
    n = read_number(c->text, c->len);
    if (n.ok && (c->len <= 15 || n.significant <= 15)) {
        zp_buf_put(to, c->text, c->len);
    } else if (n.ok && n.exact && n.significant == 16) {
        const char *at = c->text + (*c->text == '-');

        if (memcmp(at, "9007199254740991", 16) <= 0)
            zp_buf_put(to, c->text, c->len);
        else
            zp_json_put_string(to, c->text, c->len);
    } else {
        zp_json_put_string(to, c->text, c->len);
    }
}

static void put_decimal_text(zp_buf *to, const char *text, size_t len)
{
    number_text n = read_number(text, len);

    if (n.ok && n.significant <= 15)
        zp_buf_put(to, text, len);
    else if (is_not_finite(text, len))
        zp_buf_put(to, "null", 4);
    else
        zp_json_put_string(to, text, len);
}

static void put_decimal(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    char text[ZP_NUMBER_MAX];
    size_t len;

    if (c->kind == ZP_CELL_TEXT) {
        put_decimal_text(to, c->text, c->len);
    } else if (c->kind == ZP_CELL_DOUBLE && isfinite(c->dbl)) {
        len = zp_number_shortest(text, c->dbl);
        if (read_number(text, len).significant > 15 && out->scale && fabs(c->dbl) < 1e15) {
            const zp_numform form = { .decimals =
                                          out->scale }; /* what arithmetic on doubles left behind the scale */

            len = zp_number_write(text, c->dbl, &form);
        }
        put_decimal_text(to, text, len);
    } else if (c->kind == ZP_CELL_INT) {
        zp_buf number = ZP_BUF_INIT;

        zp__put_int(&number, c->num);
        put_decimal_text(to, zp_buf_text(&number), number.len);
        zp_buf_fini(&number);
    } else {
        put_plain(to, c);
    }
}

static void put_real(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    if (c->kind == ZP_CELL_TEXT && read_number(c->text, c->len).ok)
        zp_buf_put(to, c->text, c->len);
    else if (c->kind == ZP_CELL_TEXT && is_not_finite(c->text, c->len))
        zp_buf_put(to, "null", 4);
    else if (c->kind == ZP_CELL_INT)
        zp__put_int(to, c->num);
    else
        put_plain(to, c);
}

static void put_boolean(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    bool yes;

    switch ((zp_cell_kind)c->kind) {
    case ZP_CELL_BOOL:
    case ZP_CELL_INT: yes = c->num != 0; break;
    case ZP_CELL_DOUBLE: yes = c->dbl != 0; break;
    case ZP_CELL_TEXT: yes = c->len && (strchr("tT1yY", c->text[0]) != NULL); break;
    case ZP_CELL_BYTES: /* BIT(1) */ yes = c->len && (c->text[c->len - 1] & 1); break;
    default: put_plain(to, c); return;
    }
    zp_buf_puts(to, yes ? "true" : "false");
}

/* Numbers in a text column are their digits. */
static void put_text(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    bool quote = c->kind == ZP_CELL_INT || c->kind == ZP_CELL_DOUBLE || c->kind == ZP_CELL_BOOL;

    if (c->kind == ZP_CELL_TEXT || c->kind == ZP_CELL_BYTES) {
        zp_json_put_string(to, c->text, c->len);
    } else if (c->kind == ZP_CELL_INT) {
        put_quoted_int(to, c->num);
    } else {
        if (quote)
            zp_buf_putc(to, '"');
        put_plain(to, c);
        if (quote)
            zp_buf_putc(to, '"');
    }
}

static void put_micros(zp_buf *to, int64_t micros)
{
    char text[48];
    size_t len;

    if (micros == INT64_MAX || micros == INT64_MIN) {
        zp_buf_puts(to, micros > 0 ? "\"infinity\"" : "\"-infinity\"");
        return;
    }
    len = zp__micros_text(text, micros, 'T');
    if (micros % 1000000 == 0)
        len -= 7;
    zp_buf_putc(to, '"');
    zp_buf_put(to, text, len);
    zp_buf_put(to, "+00:00\"", 7);
}

/* A time as SQLite keeps it and as MariaDB's fields are put together, "2025-02-07 10:00:00.563929", needs its T only. */
static void put_ready_time(zp_buf *to, const char *text, size_t len)
{
    char *at = zp_buf_reserve(to, len + 8);

    if (!at)
        return;
    if (len == 26 && memcmp(text + 19, ".000000", 7) == 0)
        len = 19;
    *at = '"';
    memcpy(at + 1, text, len);
    at[11] = 'T';
    memcpy(at + 1 + len, "+00:00\"", 8);
    to->len += len + 8;
}

/* Of a text that is a time: without a zone, and with six decimals or none. */
static bool is_ready_time(const zp_result_cell *c)
{
    size_t at = 20;

    while (at < c->len && c->text[at] >= '0' && c->text[at] <= '9')
        at++;
    return c->len == 19 || (c->len == 26 && at == 26);
}

static void put_datetime(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    int64_t at;

    if (c->kind == ZP_CELL_MICROS)
        put_micros(to, c->num);
    else if (c->kind == ZP_CELL_DAYS)
        put_micros(to, c->num * INT64_C(86400000000));
    else if (c->kind != ZP_CELL_TEXT || !zp__micros_of(c->text, c->len, &at))
        put_plain(to, c);
    else if (is_ready_time(c))
        put_ready_time(to, c->text, c->len);
    else
        put_micros(to, at);
}

static void put_date(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    int64_t at, days;
    char text[40];

    if (c->kind == ZP_CELL_DAYS)
        days = c->num;
    else if (c->kind == ZP_CELL_MICROS)
        days = c->num / INT64_C(86400000000) - (c->num % INT64_C(86400000000) < 0);
    else if (c->kind == ZP_CELL_TEXT && zp__days_of(c->text, c->len, &days))
        ;
    else if (c->kind == ZP_CELL_TEXT && zp__micros_of(c->text, c->len, &at))
        days = at / INT64_C(86400000000) - (at % INT64_C(86400000000) < 0);
    else {
        put_plain(to, c);
        return;
    }
    zp_buf_putc(to, '"');
    zp_buf_put(to, text, zp__days_text(text, days));
    zp_buf_putc(to, '"');
}

static void put_json(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    if ((c->kind == ZP_CELL_TEXT || c->kind == ZP_CELL_BYTES) && zp__json_valid(c->text, c->len))
        zp_buf_put(to, c->text, c->len);
    else
        put_plain(to, c);
}

static void put_base64(zp_buf *to, const zp_out *out, const zp_result_cell *c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *from = (const uint8_t *)c->text;
    size_t size = ((size_t)c->len + 2) / 3 * 4 + 2, i;
    char *p;

    if (c->kind != ZP_CELL_TEXT && c->kind != ZP_CELL_BYTES) {
        put_plain(to, c);
        return;
    }
    p = zp_buf_reserve(to, size);
    if (!p)
        return;
    *p++ = '"';
    for (i = 0; i < c->len; i += 3) {
        size_t left = c->len - i;
        uint32_t v = (uint32_t)from[i] << 16 | (left > 1 ? (uint32_t)from[i + 1] << 8 : 0) |
                     (left > 2 ? from[i + 2] : 0);

        *p++ = letters[v >> 18];
        *p++ = letters[v >> 12 & 63];
        *p++ = left > 1 ? letters[v >> 6 & 63] : '=';
        *p++ = left > 2 ? letters[v & 63] : '=';
    }
    *p = '"';
    to->len += size;
}

void zp__put_value(zp_buf *to, const zp_out *out, const zp_result_cell *cell)
{
    static put_fn *const put[ZP_ZQL_TYPE_COUNT] = {
        [ZP_ZQL_INT] = put_integer,       [ZP_ZQL_SMALLINT] = put_integer, [ZP_ZQL_BIGINT] = put_integer,
        [ZP_ZQL_DECIMAL] = put_decimal,   [ZP_ZQL_DOUBLE] = put_real,      [ZP_ZQL_BOOLEAN] = put_boolean,
        [ZP_ZQL_VARCHAR] = put_text,      [ZP_ZQL_TEXT] = put_text,        [ZP_ZQL_ZTID] = put_text,
        [ZP_ZQL_DATETIME] = put_datetime, [ZP_ZQL_DATE] = put_date,        [ZP_ZQL_JSON] = put_json,
        [ZP_ZQL_BINARY] = put_base64,
    };

    if (cell->kind == ZP_CELL_NULL)
        zp_buf_put(to, "null", 4);
    else
        put[out->type](to, out, cell);
}
