/* ndjson_read: one JSON object per line into columns.
 *
 * A column begins with the first row that has its key, and its type is that of the first value that is not null.  Rows
 * without the key have NaN or "" there.  Keys usually come in the same order, so the column after the last one is
 * tried first. */
#include "base/map.h"
#include "base/utf8.h"
#include "builtin/csv_priv.h"
#include "builtin/tables.h"

#include <math.h>
#include <stdio.h>

typedef struct column {
    zp_str *name;
    zp_type type;   /* NIL: only nulls so far */
    zp_value cells; /* `filled` rows of type `type` */
    int64_t filled;
} column;

typedef struct ndjson {
    zp_call *c;
    zp__csv_source source;
    const char *at, *end;
    column *columns;
    int64_t count, cap;
    zp_map by_name; /* name -> number of the column */
    zp_buf text;    /* a string without its escapes */
    const char *time_key;
    const zp_zone *zone;
    int64_t *index, rows, index_cap;
    bool index_seen;
    zp__csv_watch watch;
    const char *watched; /* up to here */
} ndjson;

static bool bad_json(ndjson *j, const char *what)
{
    return zp_fail(j->c->err, "%s on row %lld", what, (long long)zp__csv_row(j->source.ptr, j->at));
}

static void skip_blanks(ndjson *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' || *j->at == '\r'))
        j->at++;
}

static bool take(ndjson *j, char c)
{
    skip_blanks(j);
    if (j->at < j->end && *j->at == c) {
        j->at++;
        return true;
    }
    return false;
}

static int32_t read_hex4(ndjson *j)
{
    int32_t v = 0;

    for (int i = 0; i < 4; i++, j->at++) {
        int c = j->at < j->end ? *j->at : 0;
        int d = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;

        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

static bool read_escape(ndjson *j)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = j->at < j->end && *j->at ? strchr(from, *j->at) : NULL;
    char bytes[4];
    int32_t cp;

    if (at) {
        zp_buf_putc(&j->text, to[at - from]);
        j->at++;
        return true;
    }
    if (j->at >= j->end || *j->at++ != 'u')
        return false;
    cp = read_hex4(j);
    if (cp >= 0xD800 && cp < 0xDC00 && j->end - j->at > 6 && j->at[0] == '\\' && j->at[1] == 'u') {
        int32_t low;

        j->at += 2;
        low = read_hex4(j);
        cp = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00) : -1;
    }
    if (cp <= 0 || (cp >= 0xD800 && cp < 0xE000))
        return false;
    zp_buf_put(&j->text, bytes, zp_utf8_put(bytes, cp));
    return true;
}

/* The string whose opening quote was passed, in *out: borrowed until the next one. */
static bool read_string(ndjson *j, zp_slice *out)
{
    const char *from = j->at;

    zp_buf_clear(&j->text);
    for (;;) {
        const char *run = j->at;

        while (j->at < j->end && *j->at != '"' && *j->at != '\\' && (unsigned char)*j->at >= 0x20)
            j->at++;
        if (j->at >= j->end || (unsigned char)*j->at < 0x20)
            return bad_json(j, "unterminated string");
        if (*j->at == '"' && run == from) { /* nothing to replace */
            *out = (zp_slice){ from, (size_t)(j->at++ - from) };
            return true;
        }
        zp_buf_put(&j->text, run, (size_t)(j->at - run));
        if (*j->at++ == '"')
            break;
        if (!read_escape(j))
            return bad_json(j, "bad escape sequence");
    }
    *out = (zp_slice){ zp_buf_text(&j->text), j->text.len };
    return zp_buf_ok(&j->text, j->c->err);
}

/* ---------------------------------------------------------------- columns */

static bool add_column(ndjson *j, zp_slice key, column **out)
{
    zp_map_entry *e;
    zp_str *name;
    bool made;

    if (j->count == j->cap) {
        int64_t cap = j->cap ? 2 * j->cap : 16;
        column *grown = zp_realloc(j->columns, (size_t)cap * sizeof *grown, j->c->err);

        if (!grown)
            return false;
        j->columns = grown;
        j->cap = cap;
    }
    name = zp_str_new(key.ptr, key.len, j->c->err);
    if (!name)
        return false;
    j->columns[j->count] = (column){ .name = name, .type = ZP_NIL, .cells = zp_nil() };
    e = zp_map_add(&j->by_name, name, &made, j->c->err);
    if (!e) {
        zp_str_unref(name);
        return false;
    }
    e->val.num = j->count;
    *out = &j->columns[j->count++];
    return true;
}

/* The column called `key`; `*next` is the one that is expected. */
static bool find_column(ndjson *j, zp_slice key, int64_t *next, column **out)
{
    zp_map_entry *e;

    if (*next < j->count && j->columns[*next].name->len == key.len &&
        memcmp(j->columns[*next].name->text, key.ptr, key.len) == 0) {
        *out = &j->columns[(*next)++];
        return true;
    }
    e = zp_map_get_bytes(&j->by_name, key.ptr, key.len);
    if (!e)
        return add_column(j, key, out) && (*next = j->count, true);
    *next = e->val.num + 1;
    *out = &j->columns[e->val.num];
    return true;
}

/* Logicals become numbers where one is missing: there is no missing logical. */
static bool logical_to_double(ndjson *j, column *col)
{
    zp_value d = zp_vec(ZP_DBL, col->filled, j->c->err);
    const int8_t *from = zp_lgls(&col->cells);

    if (zp_bad(d) || !zp_value_box(&d, j->c->err))
        return false;
    for (int64_t i = 0; i < col->filled; i++)
        ((double *)d.u.arr->data)[i] = from[i];
    zp_value_set(&col->cells, d);
    col->type = ZP_DBL;
    return true;
}

/* Rows up to `rows` exist; new ones are missing. */
static bool fill(ndjson *j, column *col, int64_t rows)
{
    int64_t from = col->filled;

    if (col->type == ZP_NIL || from >= rows)
        return true;
    if (col->type == ZP_LGL && !logical_to_double(j, col))
        return false;
    if (!zp_value_grow_rows(&col->cells, rows, j->c->err))
        return false;
    for (int64_t i = from; col->type == ZP_DBL && i < rows; i++)
        ((double *)col->cells.u.arr->data)[i] = NAN;
    col->filled = rows;
    return true;
}

/* Makes row j->rows of the column of the given type; it is uninitialised. */
static bool make_cell(ndjson *j, column *col, zp_type type)
{
    if (col->type == ZP_NIL) {
        col->cells = zp_vec(type == ZP_LGL && j->rows > 0 ? ZP_DBL : type, 0, j->c->err);
        if (zp_bad(col->cells) || !zp_value_box(&col->cells, j->c->err))
            return false;
        col->type = type == ZP_LGL && j->rows > 0 ? ZP_DBL : type;
    }
    if (!fill(j, col, j->rows))
        return false;
    if (col->type == ZP_LGL && type == ZP_DBL && !logical_to_double(j, col))
        return false;
    if (col->type != type && !(col->type == ZP_DBL && type == ZP_LGL))
        return zp_fail(j->c->err, "column '%s' holds both text and numbers on row %lld", col->name->text,
                       (long long)zp__csv_row(j->source.ptr, j->at));
    if (col->filled > j->rows)
        return true; /* the key twice: the last one counts */
    col->filled = j->rows + 1;
    return zp_value_grow_rows(&col->cells, j->rows + 1, j->c->err);
}

static bool put_number(ndjson *j, column *col, double x, zp_type type)
{
    if (!make_cell(j, col, type))
        return false;
    if (col->type == ZP_LGL)
        ((int8_t *)col->cells.u.arr->data)[j->rows] = x != 0;
    else
        ((double *)col->cells.u.arr->data)[j->rows] = x;
    return true;
}

static bool put_string(ndjson *j, column *col, zp_slice text)
{
    zp_str *s = zp_str_new(text.ptr, text.len, j->c->err);

    if (!s || !make_cell(j, col, ZP_STR)) {
        zp_str_unref(s);
        return false;
    }
    zp_str_put(col->cells, j->rows, s);
    return true;
}

static bool word(ndjson *j, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(j->end - j->at) < len || memcmp(j->at, text, len) != 0)
        return false;
    j->at += len;
    return true;
}

static bool read_value(ndjson *j, column *col)
{
    zp_slice text;
    double x;
    const char *end;

    skip_blanks(j);
    if (take(j, '"'))
        return read_string(j, &text) && put_string(j, col, text);
    if (word(j, "null"))
        return true;
    if (word(j, "true"))
        return put_number(j, col, 1, ZP_LGL);
    if (word(j, "false"))
        return put_number(j, col, 0, ZP_LGL);
    if (j->at < j->end && (*j->at == '{' || *j->at == '['))
        return bad_json(j, "a value is an object or an array");
    end = zp_number_read(j->at, j->end, &x);
    if (!end)
        return bad_json(j, "invalid JSON");
    j->at = end;
    return put_number(j, col, x, ZP_DBL);
}

/* ---------------------------------------------------------------- the index */

/* The digits of "+02:30" as ns; false when the text is none. */
static bool read_offset(const char *text, int64_t *ns)
{
    int hours, minutes;

    if ((text[0] != '+' && text[0] != '-') || strspn(text + 1, "0123456789") != 2 || text[3] != ':' ||
        strspn(text + 4, "0123456789") != 2)
        return false;
    hours = (text[1] - '0') * 10 + (text[2] - '0');
    minutes = (text[4] - '0') * 10 + (text[5] - '0');
    *ns = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes) * 60 * ZP_NS_SEC;
    return hours < 24 && minutes < 60;
}

/* 2015-01-01T12:00:00.5Z, or +02:00, or neither; other texts as as.time() reads them. */
static bool parse_time(ndjson *j, zp_slice text, int64_t *ns)
{
    const zp_zone *zone = zp_zone_utc();
    char copy[64];
    size_t len = text.len;
    int64_t offset = 0;

    if (len < 19 || len >= sizeof copy || text.ptr[10] != 'T')
        return zp_instant_parse(text, NULL, j->zone, ns, j->c->err);
    memcpy(copy, text.ptr, len);
    copy[len] = '\0';
    copy[10] = ' ';
    if (copy[len - 1] == 'Z')
        len--;
    else if (len >= 25 && read_offset(copy + len - 6, &offset))
        len -= 6;
    else
        zone = j->zone;
    if (!zp_instant_parse((zp_slice){ copy, len }, "%Y-%m-%d %H:%M:%S[.%s]", zone, ns, j->c->err))
        return false;
    return !__builtin_sub_overflow(*ns, offset, ns) || zp_fail(j->c->err, "time out of range");
}

static bool read_time(ndjson *j)
{
    zp_error inner = ZP_ERROR_INIT;
    zp_slice text;
    int64_t ns = 0;

    if (j->rows >= j->index_cap) {
        int64_t cap = j->index_cap ? 2 * j->index_cap : 1024;
        int64_t *grown = zp_realloc(j->index, (size_t)cap * sizeof *grown, j->c->err);

        if (!grown)
            return false;
        j->index = grown;
        j->index_cap = cap;
    }
    skip_blanks(j);
    if (take(j, '"')) {
        if (!read_string(j, &text))
            return false;
        if (!parse_time(j, text, &ns)) {
            zp_error_move(&inner, j->c->err);
            zp_fail(j->c->err, "%s on row %lld", zp_error_text(&inner),
                    (long long)zp__csv_row(j->source.ptr, j->at));
            zp_error_clear(&inner);
            return false;
        }
    } else { /* nanoseconds since 1970 */
        bool neg = take(j, '-');
        const char *from = j->at;

        for (; j->at < j->end && *j->at >= '0' && *j->at <= '9'; j->at++)
            if (__builtin_mul_overflow(ns, 10, &ns) || __builtin_add_overflow(ns, *j->at - '0', &ns))
                return bad_json(j, "time out of range");
        if (j->at == from)
            return bad_json(j, "couldn't parse datetime element");
        ns = neg ? -ns : ns;
    }
    j->index[j->rows] = ns;
    j->index_seen = true;
    return true;
}

/* ---------------------------------------------------------------- rows */

static bool read_object(ndjson *j)
{
    int64_t next = 0;

    j->index_seen = !j->time_key;
    if (!take(j, '{'))
        return bad_json(j, "invalid JSON");
    if (take(j, '}'))
        return j->index_seen || bad_json(j, "no time");
    do {
        column *col = NULL;
        zp_slice key;
        bool time;

        if (!take(j, '"') || !read_string(j, &key))
            return j->c->err->code ? false : bad_json(j, "invalid JSON");
        time = j->time_key && key.len == strlen(j->time_key) && memcmp(key.ptr, j->time_key, key.len) == 0;
        if (!time && !find_column(j, key, &next, &col))
            return false;
        if (!take(j, ':'))
            return bad_json(j, "invalid JSON");
        if (!(time ? read_time(j) : read_value(j, col)))
            return false;
    } while (take(j, ','));
    if (!take(j, '}'))
        return bad_json(j, "invalid JSON");
    return j->index_seen || bad_json(j, "no time");
}

static bool read_rows(ndjson *j)
{
    while (j->at < j->end) {
        skip_blanks(j);
        if (j->at < j->end && *j->at == '\n') { /* an empty line */
            j->at++;
            continue;
        }
        if (j->at >= j->end)
            break;
        if (!read_object(j))
            return false;
        j->rows++;
        skip_blanks(j);
        if (j->at < j->end && *j->at++ != '\n')
            return bad_json(j, "more than one value");
        if ((j->rows & 4095) == 0) {
            if (!zp__csv_watch_step(&j->watch, j->at - j->watched, j->at - j->watched, j->c->err))
                return false;
            j->watched = j->at;
        }
    }
    for (int64_t k = 0; k < j->count; k++) {
        column *col = &j->columns[k];

        if (col->type == ZP_NIL) { /* nothing but null */
            col->cells = zp_vec(ZP_DBL, 0, j->c->err);
            if (zp_bad(col->cells) || !zp_value_box(&col->cells, j->c->err))
                return false;
            col->type = ZP_DBL;
        }
        if (!fill(j, col, j->rows))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- the result */

static bool make_list(ndjson *j)
{
    j->c->out = zp_list_new(0, j->c->err);
    if (zp_bad(j->c->out))
        return false;
    for (int64_t k = 0; k < j->count; k++) {
        column *col = &j->columns[k];

        if (!zp_list_push(&j->c->out, zp_value_move(&col->cells), col->name, j->c->err))
            return false;
    }
    return true;
}

static bool make_series(ndjson *j)
{
    int64_t dim[2] = { j->rows, j->count };
    zp_value idx = zp_vec(ZP_TIM, j->rows, j->c->err), data = zp_arr(ZP_DBL, 2, dim, j->c->err);
    zp_value names = zp_vec(ZP_STR, j->count, j->c->err);
    bool ok = !zp_bad(idx) && !zp_bad(data) && !zp_bad(names) && zp_value_box(&idx, j->c->err) &&
              zp_value_box(&data, j->c->err);

    for (int64_t k = 0; ok && k < j->count; k++) {
        column *col = &j->columns[k];

        ok = col->type == ZP_DBL || (col->type == ZP_LGL && logical_to_double(j, col)) ||
             zp_fail(j->c->err, "column '%s' does not hold numbers", col->name->text);
        if (ok && j->rows > 0)
            memcpy((double *)data.u.arr->data + k * j->rows, zp_column(&col->cells, 0), (size_t)j->rows * 8);
        zp_str_put(names, k, zp_str_ref(col->name));
    }
    for (int64_t i = 0; ok && i < j->rows; i++) {
        ((int64_t *)idx.u.arr->data)[i] = j->index[i];
        ok = i == 0 || j->index[i - 1] < j->index[i] || zp_fail(j->c->err, "index is not in ascending order");
    }
    ok = ok && (j->count == 0 || zp_set_names(&data, 1, zp_as_names(names), j->c->err));
    if (ok)
        j->c->out = zp_zts_take(zp_value_move(&idx), zp_value_move(&data), j->c->err);
    zp_value_clear(&idx);
    zp_value_clear(&data);
    zp_value_clear(&names);
    return ok && !zp_bad(j->c->out);
}

static zp_status bi_read_ndjson(zp_call *c)
{
    ndjson j = { .c = c };
    zp_str *file, *time, *tz;
    bool ok = zp_arg_str(c, 0, &file) && zp_arg_str(c, 1, &time) && zp_arg_str(c, 2, &tz);

    if (ok && tz->len)
        ok = (j.zone = zp_zone_find(tz->text, c->err)) != NULL;
    ok = ok && zp__csv_open(&j.source, file->text, c->ctx, c->err);
    if (ok) {
        j.at = j.source.ptr;
        j.end = j.at + j.source.len;
        j.time_key = time->len ? time->text : NULL;
        j.watched = j.at;
        zp__csv_watch_begin(&j.watch, c->ctx, "read.ndjson", j.end - j.at);
        ok = read_rows(&j);
        zp_progress_end(&j.watch.progress);
        ok = ok && (j.time_key ? make_series(&j) : make_list(&j));
        zp__csv_close(&j.source);
    }
    for (int64_t k = 0; k < j.count; k++) {
        zp_str_unref(j.columns[k].name);
        zp_value_clear(&j.columns[k].cells);
    }
    zp_map_fini(&j.by_name);
    zp_buf_fini(&j.text);
    zp_free(j.columns);
    zp_free(j.index);
    return zp_done(ok);
}

const zp_builtin zp_builtins_ndjson_read[] = {
    { "read.ndjson", "file, time = \"\", tz = \"\"", "file=S time=S tz=S", 0, bi_read_ndjson,
      "Reads a file of JSON objects, one per line, whose values are numbers, strings or booleans, into a list of columns; "
      "what is missing is NaN or \"\". time: the key of the time, a text such as 2015-01-01T12:00:00Z (in zone tz if it "
      "names none) or a number of nanoseconds: the result is a series then.",
      "{ cat('{\"a\": 1, \"b\": \"x\"}\\n', file = \"example.json\"); read.ndjson(\"example.json\") }",
      NULL },
    { 0 },
};
