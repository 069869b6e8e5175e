/* my_rows: values to and from MariaDB in its binary form, and its errors. */
#include <string.h>

#include "backend/my_priv.h"
#include "base/mem.h"

static const int64_t us_per_day = INT64_C(86400000000);

/* ---------------------------------------------------------------- parameters */

static void time_of(MYSQL_TIME *to, int64_t micros, bool date)
{
    char text[48];
    size_t len = zp__micros_text(text, micros, ' ');
    unsigned v[7] = { 0 };
    int n = 0;

    for (size_t i = 0; i < len && n < 7; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            v[n] = v[n] * 10 + (unsigned)(text[i] - '0');
        else
            n++;
    }
    *to = (MYSQL_TIME){ .year = v[0], .month = v[1], .day = v[2], .time_type = MYSQL_TIMESTAMP_DATE };
    if (date)
        return;
    to->hour = v[3];
    to->minute = v[4];
    to->second = v[5];
    to->second_part = v[6];
    to->time_type = MYSQL_TIMESTAMP_DATETIME;
}

static void bind_param(MYSQL_BIND *b, MYSQL_TIME *time, const zp_param *p)
{
    *b = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_NULL };
    if (p->null)
        return;
    switch (p->kind) {
    case ZP_PARAM_NULL: break;
    case ZP_PARAM_BOOL:
    case ZP_PARAM_INT:
        b->buffer_type = MYSQL_TYPE_LONGLONG;
        b->buffer = (void *)&p->num;
        break;
    case ZP_PARAM_DOUBLE:
        b->buffer_type = MYSQL_TYPE_DOUBLE;
        b->buffer = (void *)&p->dbl;
        break;
    case ZP_PARAM_DATETIME:
    case ZP_PARAM_DATE:
        time_of(time, p->kind == ZP_PARAM_DATE ? p->num * us_per_day : p->num, p->kind == ZP_PARAM_DATE);
        b->buffer_type = p->kind == ZP_PARAM_DATE ? MYSQL_TYPE_DATE : MYSQL_TYPE_DATETIME;
        b->buffer = time;
        break;
    default:
        b->buffer_type = p->kind == ZP_PARAM_BINARY    ? MYSQL_TYPE_BLOB
                         : p->kind == ZP_PARAM_DECIMAL ? MYSQL_TYPE_NEWDECIMAL
                                                       : MYSQL_TYPE_STRING;
        b->buffer = (void *)p->text.ptr;
        b->buffer_length = b->length_value = p->text.len;
        break;
    }
}

bool zp__my_bind_params(my_link *m, const zp_query_run *run)
{
    int n = run->statement->param_count;

    if (n > m->param_cap) {
        MYSQL_BIND *binds = zp_realloc(m->params, (size_t)n * sizeof *binds, NULL);
        MYSQL_TIME *times = binds ? zp_realloc(m->times, (size_t)n * sizeof *times, NULL) : NULL;

        m->params = binds ? binds : m->params;
        m->times = times ? times : m->times;
        if (!times)
            return false;
        m->param_cap = n;
    }
    for (int i = 0; i < n; i++) {
        bind_param(&m->params[i], &m->times[i], &run->params[i]);
        m->params[i].length = &m->params[i].length_value;
    }
    return n == 0 || m->lib.mysql_stmt_bind_param(m->st->stmt, m->params) == 0;
}

/* ---------------------------------------------------------------- columns */

enum { BINARY_CHARSET = 63 };

static zp_cell_kind kind_of(const MYSQL_FIELD *f)
{
    switch (f->type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_YEAR: return ZP_CELL_INT;
    case MYSQL_TYPE_LONGLONG: return f->flags & UNSIGNED_FLAG ? ZP_CELL_TEXT : ZP_CELL_INT;
    case MYSQL_TYPE_DOUBLE: return ZP_CELL_DOUBLE;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP: return ZP_CELL_MICROS;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE: return ZP_CELL_DAYS;
    case MYSQL_TYPE_BIT: return ZP_CELL_BYTES;
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_VAR_STRING: return f->charsetnr == BINARY_CHARSET ? ZP_CELL_BYTES : ZP_CELL_TEXT;
    default: /* decimals, floats, times, sets: their own text */ return ZP_CELL_TEXT;
    }
}

static bool bind_column(my_column *c, MYSQL_BIND *b, const MYSQL_FIELD *f)
{
    c->kind = kind_of(f);
    *b = (MYSQL_BIND){ .length = &c->length, .is_null = &c->null, .error = &c->error };
    switch (c->kind) {
    case ZP_CELL_INT:
        b->buffer_type = MYSQL_TYPE_LONGLONG;
        b->buffer = &c->num;
        b->buffer_length = sizeof c->num;
        return true;
    case ZP_CELL_DOUBLE:
        b->buffer_type = MYSQL_TYPE_DOUBLE;
        b->buffer = &c->dbl;
        b->buffer_length = sizeof c->dbl;
        return true;
    case ZP_CELL_MICROS:
    case ZP_CELL_DAYS:
        b->buffer_type = MYSQL_TYPE_DATETIME;
        b->buffer = &c->time;
        b->buffer_length = sizeof c->time;
        return true;
    default:
        c->cap = f->length && f->length < 4096 ? f->length + 1 : MY_TEXT;
        c->text = zp_alloc(c->cap, NULL);
        b->buffer_type = c->kind == ZP_CELL_BYTES ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
        b->buffer = c->text;
        b->buffer_length = c->cap;
        return c->text != NULL;
    }
}

bool zp__my_bind_columns(my_link *m, my_statement *s)
{
    MYSQL_RES *meta;
    MYSQL_FIELD *fields;
    bool ok = true;

    s->columns = (int)m->lib.mysql_stmt_field_count(s->stmt);
    if (!s->columns)
        return true;
    s->column = zp_alloc_zero((size_t)s->columns * sizeof *s->column, NULL);
    s->binds = zp_alloc_zero((size_t)s->columns * sizeof *s->binds, NULL);
    meta = m->lib.mysql_stmt_result_metadata(s->stmt);
    if (!s->column || !s->binds || !meta) {
        if (meta)
            m->lib.mysql_free_result(meta);
        return false;
    }
    fields = m->lib.mysql_fetch_fields(meta);
    for (int i = 0; ok && i < s->columns; i++)
        ok = bind_column(&s->column[i], &s->binds[i], &fields[i]);
    m->lib.mysql_free_result(meta);
    return ok && m->lib.mysql_stmt_bind_result(s->stmt, s->binds) == 0;
}

/* A text that was longer than its place: a larger one from now on.  (Binding it before the row is read would clear the lengths
 * of the row in some versions of the library.) */
static bool fetch_rest(my_link *m, my_statement *s, int i)
{
    my_column *c = &s->column[i];
    char *more = zp_realloc(c->text, c->length + 1, NULL);

    if (!more)
        return false;
    c->text = more;
    c->cap = c->length + 1;
    s->binds[i].buffer = c->text;
    s->binds[i].buffer_length = c->cap;
    return m->lib.mysql_stmt_fetch_column(s->stmt, &s->binds[i], (unsigned)i, 0) == 0;
}

static char *digits(char *to, unsigned v, int n)
{
    for (int i = n; i--; v /= 10)
        to[i] = (char)('0' + v % 10);
    return to + n;
}

/* A text, "2025-02-07 10:00:00.563929" or "2025-02-07": it leaves as that, but for a T. */
static void cell_of_time(zp_result_cell *cell, my_column *c)
{
    const MYSQL_TIME *t = &c->time;
    bool zero = !t->month && !t->day; /* older tables have dates that are none */
    char *at = digits(c->moment, t->year, 4);

    *at++ = '-';
    at = digits(at, t->month, 2);
    *at++ = '-';
    at = digits(at, t->day, 2);
    if (c->kind == ZP_CELL_MICROS && !zero) {
        *at++ = ' ';
        at = digits(at, t->hour, 2);
        *at++ = ':';
        at = digits(at, t->minute, 2);
        *at++ = ':';
        at = digits(at, t->second, 2);
        *at++ = '.';
        at = digits(at, (unsigned)t->second_part, 6);
    }
    *cell = (zp_result_cell){ .kind = ZP_CELL_TEXT, .len = (uint32_t)(at - c->moment), .text = c->moment };
}

bool zp__my_cells(my_link *m, my_statement *s)
{
    bool grown = false;

    for (int i = 0; i < s->columns; i++) {
        my_column *c = &s->column[i];
        zp_result_cell *cell = &m->cells[i];

        cell->kind = c->null ? ZP_CELL_NULL : c->kind;
        if (c->null)
            continue;
        switch (c->kind) {
        case ZP_CELL_INT: cell->num = c->num; break;
        case ZP_CELL_DOUBLE: cell->dbl = c->dbl; break;
        case ZP_CELL_MICROS:
        case ZP_CELL_DAYS: cell_of_time(cell, c); break;
        default:
            if (c->length > c->cap) {
                if (!fetch_rest(m, s, i))
                    return false;
                grown = true;
            }
            cell->text = c->text;
            cell->len = (uint32_t)c->length;
            break;
        }
    }
    return !grown || m->lib.mysql_stmt_bind_result(s->stmt, s->binds) == 0;
}

void zp__my_statement_fini(my_link *m, my_statement *s)
{
    for (int i = 0; s->column && i < s->columns; i++)
        zp_free(s->column[i].text);
    zp_free(s->column);
    zp_free(s->binds);
    if (s->stmt)
        m->lib.mysql_stmt_close(s->stmt);
    *s = (my_statement){ 0 };
}

/* ---------------------------------------------------------------- errors */

typedef struct code_row {
    unsigned code;
    zp_run_error error;
    const char *text;
} code_row;

static const code_row codes[] = {
    { 1062, ZP_RUN_UNIQUE, NULL },
    { 1169, ZP_RUN_UNIQUE, NULL },
    { 1586, ZP_RUN_UNIQUE, NULL },
    { 1216, ZP_RUN_FOREIGN_KEY, NULL },
    { 1217, ZP_RUN_FOREIGN_KEY, NULL },
    { 1451, ZP_RUN_FOREIGN_KEY, NULL },
    { 1452, ZP_RUN_FOREIGN_KEY, NULL },
    { 4025, ZP_RUN_CHECK, NULL },
    { 1048, ZP_RUN_NOT_NULL, NULL },
    { 1364, ZP_RUN_NOT_NULL, NULL },
    { 1264, ZP_RUN_OVERFLOW, NULL },
    { 1690, ZP_RUN_OVERFLOW, NULL },
    { 1406, ZP_RUN_VALUE, "a text is too long" },
    { 1365, ZP_RUN_VALUE, "division by zero" },
    { 1292, ZP_RUN_VALUE, NULL },
    { 1366, ZP_RUN_VALUE, NULL },
    { 1265, ZP_RUN_VALUE, NULL },
    { 1205, ZP_RUN_CONFLICT, NULL },
    { 1213, ZP_RUN_CONFLICT, NULL },
    { 1020, ZP_RUN_CONFLICT, NULL },
    { 1969, ZP_RUN_TIMEOUT, NULL },
    { 3024, ZP_RUN_TIMEOUT, NULL },
    { 1317, ZP_RUN_CANCELLED, NULL },
    { 1927, ZP_RUN_LOST, NULL },
    { 1053, ZP_RUN_LOST, NULL },
    { 4031, ZP_RUN_LOST, NULL },
    { 2006, ZP_RUN_LOST, NULL },
    { 2013, ZP_RUN_LOST, NULL },
    { 2055, ZP_RUN_LOST, NULL },
    { 1044, ZP_RUN_BACKEND, "the account of the server at the database may not do this" },
    { 1142, ZP_RUN_BACKEND, "the account of the server at the database may not do this" },
    { 1143, ZP_RUN_BACKEND, "the account of the server at the database may not do this" },
    { 1146, ZP_RUN_BACKEND, "the database has no table that the schema names" },
    { 1054, ZP_RUN_BACKEND, "the database has no column that the schema names" },
    { 1290, ZP_RUN_BACKEND, "the database is read-only" },
    { 1021, ZP_RUN_BACKEND, "the disk of the database is full" },
    { 1114, ZP_RUN_BACKEND, "the disk of the database is full" },
};

/* The last name between quotes: of a key or a column.  For a key, what follows its table. */
static void name_of(const char *message, zp_failure *f)
{
    const char *end = strrchr(message, '\''),
               *open = end ? memrchr(message, '\'', (size_t)(end - message)) : NULL, *dot;
    size_t n;

    if (!open)
        return;
    dot = memrchr(open, '.', (size_t)(end - open));
    open = dot ? dot : open;
    n = (size_t)(end - open - 1);
    if (n >= sizeof f->constraint)
        return;
    memcpy(f->constraint, open + 1, n);
    f->constraint[n] = '\0';
}

/* "… CONSTRAINT `name` FOREIGN KEY (`column`) …": the column.  It is not in the row's values: those are not in this message. */
static void column_of(const char *message, zp_failure *f)
{
    const char *at = strstr(message, "FOREIGN KEY (`"), *end = at ? strchr(at + 14, '`') : NULL;

    if (!end || (size_t)(end - at - 14) >= sizeof f->constraint)
        return;
    memcpy(f->constraint, at + 14, (size_t)(end - at - 14));
    f->constraint[end - at - 14] = '\0';
}

/* "Column 'x' cannot be null", "Field 'x' doesn't have a default value", "CONSTRAINT `x` failed": the first name. */
static void first_name(const char *message, zp_failure *f)
{
    const char *at = message + strcspn(message, "'`"), *end = *at ? at + 1 + strcspn(at + 1, "'`") : at;

    if (end <= at + 1 || (size_t)(end - at) > sizeof f->constraint)
        return;
    memcpy(f->constraint, at + 1, (size_t)(end - at - 1));
    f->constraint[end - at - 1] = '\0';
}

void zp__my_failure(unsigned code, const char *message, zp_failure *f)
{
    size_t i = 0;

    while (i < ZP_COUNTOF(codes) && codes[i].code != code)
        i++;
    *f = (zp_failure){ .error = i < ZP_COUNTOF(codes) ? codes[i].error : ZP_RUN_BACKEND };
    if (i < ZP_COUNTOF(codes) && codes[i].text)
        zp__failure_set(f, f->error, "%s", codes[i].text);
    if (f->error == ZP_RUN_UNIQUE)
        name_of(message, f);
    else if (f->error == ZP_RUN_FOREIGN_KEY)
        column_of(message, f);
    else if (f->error == ZP_RUN_NOT_NULL || f->error == ZP_RUN_CHECK)
        first_name(message, f);
}
