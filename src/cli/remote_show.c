/* remote_show: values as CSV and JSON.
 *
 * A table is what has rows: a series (first its times), a matrix, a vector, or a list of vectors of one length.  CSV writes it
 * with a header; JSON writes an array of one object per row when the columns have names, else of one array per row; ndjson
 * the same, one per line.  Other lists are JSON objects or arrays of their items.
 *
 * Times are ISO 8601 in UTC with as many digits as they need; durations are numbers of nanoseconds; NaN is null.
 *
 * Text leaves in pieces: a large value needs no second copy of itself, and who reads the first lines only need not wait. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_text.h"
#include "base/number.h"
#include "builtin/csv_text.h"
#include "cli/remote.h"
#include "time/time.h"

/* ---------------------------------------------------------------- text on its way */

enum { PIECE = 64 * 1024 };

typedef struct sink {
    zp_buf text;
    FILE *to;
    bool failed; /* it cannot be written: nobody reads, or the disk is full */
} sink;

/* Writes what has gathered, if it is enough to be worth it.  False: stop. */
static bool drain(sink *s, size_t enough)
{
    if (s->text.len < enough || s->failed)
        return !s->failed;
    s->failed = s->text.failed || fwrite(s->text.ptr, 1, s->text.len, s->to) != s->text.len;
    zp_buf_clear(&s->text);
    return !s->failed;
}

static bool finish(sink *s, zp_error *err)
{
    bool memory = !s->text.failed;

    drain(s, 1);
    zp_buf_fini(&s->text);
    return memory ? true : zp_fail_nomem(err, PIECE);
}

/* ---------------------------------------------------------------- elements */

static void put_time(zp_buf *out, int64_t ns)
{
    zp_buf text = ZP_BUF_INIT;
    size_t end;

    zp_instant_format(&text, ns, zp_zone_utc(), ZP_FRACTION_AUTO, NULL);
    /* "2021-01-01 00:00:00.500000000 UTC" -> "2021-01-01T00:00:00.5Z" */
    end = text.len > 4 && !text.failed ? text.len - 4 : 0;
    if (end > 10)
        text.ptr[10] = 'T';
    if (end > 20) {
        while (text.ptr[end - 1] == '0')
            end--;
        if (text.ptr[end - 1] == '.')
            end--;
    }
    zp_buf_put(out, text.ptr, end);
    zp_buf_putc(out, 'Z');
    zp_buf_fini(&text);
}

static void put_double(zp_buf *out, double d, bool json)
{
    char text[ZP_SHORTEST_MAX];

    if (json && !isfinite(d)) {
        zp_buf_puts(out, isnan(d) ? "null" : d > 0 ? "\"Inf\"" : "\"-Inf\"");
        return;
    }
    zp_buf_put(out, text, zp_number_shortest(text, d));
}

/* Quoted where a reader would stumble otherwise. */
static void put_string(zp_buf *out, const char *text, size_t len, bool json)
{
    if (json)
        zp_json_put_string(out, text, len);
    else
        zp_csv_text(out, text, len, ',', false);
}

static void put_span(zp_buf *out, const zplane_value *v, int64_t i, bool json)
{
    zp_buf text = ZP_BUF_INIT;

    if (zplane_value_type(v) == ZPLANE_PERIOD) {
        const zplane_period *p = zplane_periods(v, 0) + i;
        zp_period_format(&text, p->months, p->days, p->ns);
    } else {
        const zplane_interval *p = zplane_intervals(v, 0) + i;
        zp_interval_format(&text, p->start, p->end, p->sopen, p->eopen, zp_zone_utc(), ZP_FRACTION_AUTO,
                           NULL);
    }
    put_string(out, zp_buf_text(&text), text.len, json);
    zp_buf_fini(&text);
}

/* Element i, column-major, of an array. */
static void put_element(zp_buf *out, const zplane_value *v, int64_t i, bool json)
{
    size_t len;
    const char *text;

    switch (zplane_value_type(v)) {
    case ZPLANE_DOUBLE: put_double(out, zplane_doubles(v, 0)[i], json); break;
    case ZPLANE_LOGICAL: zp_buf_puts(out, zplane_logicals(v, 0)[i] ? "true" : "false"); break;
    case ZPLANE_TIME:
        zp_buf_puts(out, json ? "\"" : "");
        put_time(out, zplane_times(v, 0)[i]);
        zp_buf_puts(out, json ? "\"" : "");
        break;
    case ZPLANE_DURATION: zp_buf_printf(out, "%lld", (long long)zplane_times(v, 0)[i]); break;
    case ZPLANE_STRING:
    case ZPLANE_ERROR:
        text = zplane_string(v, i, &len);
        put_string(out, text, len, json);
        break;
    default: put_span(out, v, i, json); break;
    }
}

/* ---------------------------------------------------------------- tables */

enum { MAX_PARTS = 256 };

/* Columns of arrays with as many rows. */
typedef struct table {
    const zplane_value *part[MAX_PARTS];
    const char *label[MAX_PARTS]; /* of a part of one column; NULL: its own names */
    int parts;
    int64_t rows;
    bool named;
} table;

static bool add_part(table *t, const zplane_value *v, const char *label)
{
    if (t->parts == MAX_PARTS || (t->parts && zplane_rows(v) != t->rows))
        return false;
    t->rows = zplane_rows(v);
    t->label[t->parts] = label;
    t->part[t->parts++] = v;
    return true;
}

static bool is_plain(const zplane_value *v)
{
    zplane_type type = zplane_value_type(v);

    return type >= ZPLANE_DOUBLE && type <= ZPLANE_STRING;
}

static bool list_table(table *t, const zplane_value *v)
{
    for (int64_t i = 0; i < zplane_length(v); i++) {
        const zplane_value *item = zplane_item(v, i);

        if (!is_plain(item) || zplane_ndim(item) != 1 || !zplane_name(v, 0, i) ||
            !add_part(t, item, zplane_name(v, 0, i)))
            return false;
    }
    t->named = true;
    return t->parts > 0;
}

/* False: the value has no rows. */
static bool table_of(table *t, const zplane_value *v)
{
    *t = (table){ 0 };
    if (zplane_value_type(v) == ZPLANE_LIST)
        return list_table(t, v);
    if (zplane_value_type(v) == ZPLANE_SERIES) {
        t->named = true;
        return add_part(t, zplane_series_index(v), "time") && add_part(t, zplane_series_data(v), NULL);
    }
    t->named = is_plain(v) && zplane_ndim(v) == 2 && zplane_columns(v) && zplane_name(v, 1, 0);
    return is_plain(v) && add_part(t, v, zplane_ndim(v) == 1 ? "value" : NULL);
}

static void put_label(zp_buf *out, const table *t, int p, int64_t j, bool json)
{
    const char *name = t->label[p] ? t->label[p] : zplane_name(t->part[p], 1, j);
    char made[32];

    if (!name) {
        zp_buf b = ZP_BUF_INIT;

        zp_buf_printf(&b, "V%lld", (long long)j + 1);
        memcpy(made, zp_buf_text(&b), b.len + 1 < sizeof(made) ? b.len + 1 : sizeof(made));
        zp_buf_fini(&b);
        name = made;
    }
    put_string(out, name, strlen(name), json);
}

/* Calls for every column of a row, commas between. */
static void put_row(zp_buf *out, const table *t, int64_t i, bool json, bool header)
{
    bool first = true;

    for (int p = 0; p < t->parts; p++) {
        for (int64_t j = 0; j < zplane_columns(t->part[p]); j++) {
            if (!first)
                zp_buf_putc(out, ',');
            first = false;
            if (header || (json && t->named))
                put_label(out, t, p, j, json);
            if (json && t->named)
                zp_buf_putc(out, ':');
            if (!header)
                put_element(out, t->part[p], i + j * t->rows, json);
        }
    }
}

bool zp__show_csv(FILE *to, const zplane_value *v, zp_error *err)
{
    sink s = { .to = to };
    table t;

    if (!table_of(&t, v))
        return zp_fail(err,
                       "a value of type %s has no rows to write as csv: a series, an array, or a list of "
                       "vectors of one length with names has",
                       zplane_type_name(zplane_value_type(v)));
    put_row(&s.text, &t, 0, false, true);
    zp_buf_putc(&s.text, '\n');
    for (int64_t i = 0; i < t.rows && drain(&s, PIECE); i++) {
        put_row(&s.text, &t, i, false, false);
        zp_buf_putc(&s.text, '\n');
    }
    return finish(&s, err);
}

/* ---------------------------------------------------------------- JSON */

static void put_json_row(zp_buf *out, const table *t, int64_t i)
{
    zp_buf_putc(out, t->named ? '{' : '[');
    put_row(out, t, i, true, false);
    zp_buf_putc(out, t->named ? '}' : ']');
}

static void put_json(sink *s, const zplane_value *v);

static void put_key(zp_buf *out, const char *name)
{
    zp_json_put_string(out, name ? name : "", name ? strlen(name) : 0);
    zp_buf_putc(out, ':');
}

static void put_list(sink *s, const zplane_value *v)
{
    bool object = zplane_length(v) > 0;

    for (int64_t i = 0; i < zplane_length(v); i++)
        object = object && zplane_name(v, 0, i);
    zp_buf_putc(&s->text, object ? '{' : '[');
    for (int64_t i = 0; i < zplane_length(v) && drain(s, PIECE); i++) {
        if (i)
            zp_buf_putc(&s->text, ',');
        if (object)
            put_key(&s->text, zplane_name(v, 0, i));
        put_json(s, zplane_item(v, i));
    }
    zp_buf_putc(&s->text, object ? '}' : ']');
}

/* A vector: its element if it is one, an object if it has names, else an array. */
static void put_vector(sink *s, const zplane_value *v)
{
    int64_t n = zplane_length(v);
    bool object = n && zplane_name(v, 0, 0);

    if (n == 1 && !object) {
        put_element(&s->text, v, 0, true);
        return;
    }
    zp_buf_putc(&s->text, object ? '{' : '[');
    for (int64_t i = 0; i < n && drain(s, PIECE); i++) {
        if (i)
            zp_buf_putc(&s->text, ',');
        if (object)
            put_key(&s->text, zplane_name(v, 0, i));
        put_element(&s->text, v, i, true);
    }
    zp_buf_putc(&s->text, object ? '}' : ']');
}

static void put_table(sink *s, const table *t)
{
    zp_buf_putc(&s->text, '[');
    for (int64_t i = 0; i < t->rows && drain(s, PIECE); i++) {
        if (i)
            zp_buf_putc(&s->text, ',');
        put_json_row(&s->text, t, i);
    }
    zp_buf_putc(&s->text, ']');
}

static void put_json(sink *s, const zplane_value *v)
{
    zplane_type type = zplane_value_type(v);
    table t;

    if (type == ZPLANE_NULL)
        zp_buf_puts(&s->text, "null");
    else if (type == ZPLANE_LIST)
        put_list(s, v);
    else if (type == ZPLANE_ERROR || zplane_ndim(v) == 1)
        put_vector(s, v);
    else if (table_of(&t, v))
        put_table(s, &t);
    else
        zp_buf_puts(&s->text, "null");
}

bool zp__show_json(FILE *to, const zplane_value *v, bool lines, zp_error *err)
{
    sink s = { .to = to };
    table t;

    if (!lines || !table_of(&t, v)) {
        put_json(&s, v);
        zp_buf_putc(&s.text, '\n');
        return finish(&s, err);
    }
    for (int64_t i = 0; i < t.rows && drain(&s, PIECE); i++) {
        if (t.parts == 1 && zplane_ndim(t.part[0]) == 1 && !t.named)
            put_element(&s.text, t.part[0], i, true);
        else
            put_json_row(&s.text, &t, i);
        zp_buf_putc(&s.text, '\n');
    }
    return finish(&s, err);
}
