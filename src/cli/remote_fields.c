/* remote_fields: what `zplane query --format csv` writes is read here again, and what spreadsheets and databases write.
 *
 * Times: the forms of read.csv, and ISO 8601, whose offset (Z, +02, +0200, +02:00) is taken off before the rest is read as UTC. */
#include "cli/remote_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The quote that ends a field which begins at `from`; two stand for one. */
static const char *closing_quote(const char *from, const char *end)
{
    const char *at;

    while ((at = memchr(from, '"', (size_t)(end - from))) != NULL && at + 1 < end && at[1] == '"')
        from = at + 2;
    return at ? at : end;
}

bool zp__field_is(zp_slice field, const char *text)
{
    const char *at = field.ptr, *end = field.ptr + field.len;

    for (; at < end && *text; text++) {
        if (*at != *text)
            return false;
        at += at[0] == '"' && at + 1 < end && at[1] == '"' ? 2 : 1;
    }
    return at == end && !*text;
}

zp_slice zp__field_next(const char **at, const char *end, char sep)
{
    const char *from = *at, *to;
    zp_slice field;

    while (from < end && is_blank(*from) && *from != sep)
        from++;
    if (from < end && *from == '"') {
        to = closing_quote(from + 1, end);
        field = (zp_slice){ from + 1, (size_t)(to - from - 1) };
        to = memchr(to, sep, (size_t)(end - to)); /* what stands between quote and separator is nothing */
        to = to ? to : end;
    } else {
        to = memchr(from, sep, (size_t)(end - from));
        to = to ? to : end;
        field = (zp_slice){ from, (size_t)(to - from) };
        while (field.len && is_blank(field.ptr[field.len - 1]))
            field.len--;
    }
    *at = to < end ? to + 1 : NULL;
    return field;
}

/* ---------------------------------------------------------------- times */

enum { DATE = 10, CLOCK = 19, TIME_MOST = 40 }; /* bytes of 2024-03-31, of 2024-03-31T01:30:00 */

static bool digits(const char *p, size_t n, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        *out = *out * 10 + (p[i] - '0');
    }
    return true;
}

/* An offset at the end, from which seconds; its length, 0: none. */
static size_t offset_of(zp_slice field, int64_t *seconds)
{
    const char *end = field.ptr + field.len, *sign = end - 1;
    int64_t hours, minutes = 0;
    size_t len;

    *seconds = 0;
    if (field.len <= CLOCK)
        return 0;
    if (end[-1] == 'Z')
        return 1;
    while (sign > field.ptr + CLOCK && (size_t)(end - sign) < 6 && *sign != '+' && *sign != '-')
        sign--;
    len = (size_t)(end - sign);
    if ((*sign != '+' && *sign != '-') || sign < field.ptr + CLOCK || len < 3 || !digits(sign + 1, 2, &hours))
        return 0;
    if (len == 6   ? sign[3] != ':' || !digits(sign + 4, 2, &minutes)
        : len == 5 ? !digits(sign + 3, 2, &minutes)
                   : len != 3)
        return 0;
    if (hours > 23 || minutes > 59)
        return 0;
    *seconds = (hours * 60 + minutes) * (*sign == '-' ? -60 : 60);
    return len;
}

bool zp__field_time(zp_slice field, const char *format, const zp_zone *zone, int64_t *out, zp_error *err)
{
    char text[TIME_MOST];
    size_t offset;
    int64_t seconds;

    if (format || field.len < CLOCK || field.len > TIME_MOST ||
        (field.ptr[DATE] != 'T' && field.ptr[DATE] != ' '))
        return zp_instant_parse(field, format, zone, out, err);
    offset = offset_of(field, &seconds);
    if (!offset && field.ptr[DATE] == ' ')
        return zp_instant_parse(field, format, zone, out, err);
    memcpy(text, field.ptr, field.len);
    text[DATE] = ' ';
    if (!zp_instant_parse((zp_slice){ text, field.len - offset }, NULL, offset ? zp_zone_utc() : zone, out,
                          err))
        return false;
    if (__builtin_sub_overflow(*out, seconds * 1000000000, out))
        return zp_fail(err, "time out of range");
    return true;
}

/* ---------------------------------------------------------------- other types */

bool zp__field_logical(zp_slice field, int8_t *out)
{
    static const struct {
        const char *text;
        int8_t value;
    } known[] = { { "0", 0 }, { "1", 1 }, { "FALSE", 0 }, { "TRUE", 1 }, { "false", 0 }, { "true", 1 } };

    for (size_t i = 0; i < ZP_COUNTOF(known); i++) {
        if (strlen(known[i].text) == field.len && memcmp(known[i].text, field.ptr, field.len) == 0) {
            *out = known[i].value;
            return true;
        }
    }
    return false;
}

bool zp__field_double(zp_slice field, double *out)
{
    const char *end = field.ptr + field.len, *after = zp_number_read(field.ptr, end, out);

    if (after == end)
        return true;
    if (field.len == 0) {
        *out = NAN;
        return true;
    }
    return zp_number_from(field.ptr, field.len, out);
}

bool zp__field_duration(zp_slice field, int64_t *out)
{
    enum { MOST_DIGITS = 18 };
    bool minus = field.len && field.ptr[0] == '-';
    zp_error err = ZP_ERROR_INIT;
    bool ok;

    if (field.len > minus && field.len - minus <= MOST_DIGITS &&
        digits(field.ptr + minus, field.len - minus, out)) {
        *out = minus ? -*out : *out;
        return true;
    }
    ok = zp_duration_parse(field, out, &err);
    zp_error_clear(&err);
    return ok;
}
