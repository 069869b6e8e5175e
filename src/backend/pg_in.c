/* pg_in: what PostgreSQL answers.  Messages are worked off where they lie in the receive buffer.
 *
 *     1 t T 2 D D D … C Z      one run
 *     E Z                      one that failed
 *
 * Z ends it.  A Z when no run is under way answers a sign of life. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "backend/pg_priv.h"
#include "base/mem.h"

enum { EPOCH_DAYS = 10957 };

static uint32_t get32(const char *p)
{
    const uint8_t *u = (const uint8_t *)p;

    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static uint64_t get64(const char *p)
{
    return (uint64_t)get32(p) << 32 | get32(p + 4);
}

static unsigned get16(const char *p)
{
    const uint8_t *u = (const uint8_t *)p;

    return (unsigned)u[0] << 8 | u[1];
}

/* ---------------------------------------------------------------- errors */

typedef struct state_row {
    const char *state; /* a prefix of SQLSTATE */
    zp_run_error error;
    const char *text;
} state_row;

static const state_row states[] = {
    { "23505", ZP_RUN_UNIQUE, NULL },
    { "23503", ZP_RUN_FOREIGN_KEY, NULL },
    { "23001", ZP_RUN_FOREIGN_KEY, NULL },
    { "23514", ZP_RUN_CHECK, NULL },
    { "23502", ZP_RUN_NOT_NULL, NULL },
    { "23P01", ZP_RUN_UNIQUE, "a row that excludes this one exists already (exclusion constraint)" },
    { "22003", ZP_RUN_OVERFLOW, NULL },
    { "22008", ZP_RUN_OVERFLOW, "a date is out of range" },
    { "22012", ZP_RUN_VALUE, "division by zero" },
    { "22001", ZP_RUN_VALUE, "a text is too long" },
    { "22", ZP_RUN_VALUE, NULL },
    { "57014", ZP_RUN_TIMEOUT, NULL },
    { "57P", ZP_RUN_LOST, NULL },
    { "08", ZP_RUN_LOST, NULL },
    { "40", ZP_RUN_CONFLICT, NULL },
    { "55P03", ZP_RUN_CONFLICT, NULL },
    { "42501", ZP_RUN_BACKEND, "the account of the server at the database may not do this" },
    { "42P01", ZP_RUN_BACKEND, "the database has no table that the schema names" },
    { "42703", ZP_RUN_BACKEND, "the database has no column that the schema names" },
    { "42883", ZP_RUN_BACKEND, "the types of the database's columns do not fit the schema" },
    { "42804", ZP_RUN_BACKEND, "the types of the database's columns do not fit the schema" },
    { "25006", ZP_RUN_BACKEND, "the database is read-only" },
    { "53100", ZP_RUN_BACKEND, "the disk of the database is full" },
    { "53", ZP_RUN_BACKEND, "the database has no resources left" },
    { "", ZP_RUN_BACKEND, NULL },
};

/* The columns of `Key (a, b)=(…) …`: never the values. */
static void columns_of_detail(const char *detail, zp_failure *f)
{
    const char *open = strchr(detail, '('), *end = open ? strstr(open, ")=(") : NULL;

    if (end && (size_t)(end - open) < sizeof f->constraint) {
        memcpy(f->constraint, open + 1, (size_t)(end - open - 1));
        f->constraint[end - open - 1] = '\0';
    }
}

static void copy_constraint(zp_failure *f, const char *text)
{
    size_t n = strnlen(text, sizeof f->constraint - 1);

    memcpy(f->constraint, text, n);
    f->constraint[n] = '\0';
}

bool zp__pg_error(const char *body, size_t len, zp_failure *f)
{
    const char *at = body, *end = body + len, *state = "", *detail = NULL, *column = NULL, *constraint = NULL;
    size_t i = 0;

    while (at < end && *at) {
        size_t n = strnlen(at + 1, (size_t)(end - at - 1));

        if (at + 1 + n >= end)
            break;
        if (*at == 'C')
            state = at + 1;
        else if (*at == 'D')
            detail = at + 1;
        else if (*at == 'c')
            column = at + 1;
        else if (*at == 'n')
            constraint = at + 1;
        at += n + 2;
    }
    while (strncmp(states[i].state, state, strlen(states[i].state)) != 0)
        i++;
    *f = (zp_failure){ .error = states[i].error };
    if (states[i].text)
        zp__failure_set(f, states[i].error, "%s", states[i].text);
    if (f->error == ZP_RUN_UNIQUE || f->error == ZP_RUN_FOREIGN_KEY)
        columns_of_detail(detail ? detail : "", f);
    if (!f->constraint[0] && (column || constraint))
        copy_constraint(f, column ? column : constraint);
    return strncmp(state, "26000", 5) == 0 || strncmp(state, "0A000", 5) == 0;
}

/* ---------------------------------------------------------------- rows */

static void hex_in_place(char *text, uint32_t *len)
{
    uint32_t n = 0;

    for (uint32_t i = 2; i + 1 < *len; i += 2) {
        int high = text[i] <= '9' ? text[i] - '0' : (text[i] | 32) - 'a' + 10;
        int low = text[i + 1] <= '9' ? text[i + 1] - '0' : (text[i + 1] | 32) - 'a' + 10;

        text[n++] = (char)(high << 4 | low);
    }
    *len = n;
}

static bool binary_cell(zp_result_cell *c, uint32_t oid, const char *at, uint32_t len)
{
    uint64_t bits;
    int64_t v;

    if (oid == 17) {
        c->kind = ZP_CELL_BYTES;
        c->text = at;
        return true;
    }
    if (oid == 1082 && len == 4) {
        v = (int32_t)get32(at);
        c->kind = ZP_CELL_DAYS;
        c->num = v + EPOCH_DAYS;
        if (v == INT32_MAX || v == INT32_MIN) {
            c->kind = ZP_CELL_TEXT;
            c->text = v > 0 ? "infinity" : "-infinity";
            c->len = v > 0 ? 8 : 9;
        }
        return true;
    }
    if (len != 8)
        return false;
    bits = get64(at);
    if (oid == 701) {
        c->kind = ZP_CELL_DOUBLE;
        memcpy(&c->dbl, &bits, 8);
        return true;
    }
    v = (int64_t)bits;
    c->kind = ZP_CELL_MICROS;
    if (v != INT64_MAX && v != INT64_MIN && __builtin_add_overflow(v, EPOCH_DAYS * INT64_C(86400000000), &v))
        v = INT64_MAX;
    c->num = v;
    return true;
}

static bool cells_of(pg_link *pg, const zp_query_run *run, char *at, const char *end, int columns)
{
    const pg_statement *s = run->engine;
    bool binary = run->engine_flags & PG_RUN_BINARY;

    for (int i = 0; i < columns; i++) {
        zp_result_cell *c = &pg->cells[i];
        uint32_t oid = s->oids[i];

        if (end - at < 4)
            return false;
        c->len = get32(at);
        at += 4;
        if (c->len == UINT32_MAX) {
            c->kind = ZP_CELL_NULL;
            continue;
        }
        if (c->len > (size_t)(end - at))
            return false;
        c->kind = ZP_CELL_TEXT;
        c->text = at;
        at += c->len;
        if (binary && (oid == 17 || oid == 701 || oid == 1082 || oid == 1114 || oid == 1184)) {
            if (!binary_cell(c, oid, c->text, c->len))
                return false;
        } else if (oid == 17 && c->len >= 2) {
            c->kind = ZP_CELL_BYTES;
            hex_in_place(at - c->len, &c->len);
        }
    }
    return at == end;
}

/* False: what came is no row. */
static bool take_row(pg_link *pg, zp_query_run *run, char *body, size_t len, bool *go_on)
{
    const pg_statement *s = run->engine;
    int columns = len >= 2 ? (int)get16(body) : -1;

    *go_on = true;
    if (!s || columns < 0)
        return false;
    if (!zp__run_live(run))
        return true;
    if (columns != s->columns || columns != run->statement->columns || pg->failure.error) {
        if (!pg->failure.error)
            zp__failure_set(&pg->failure, ZP_RUN_BACKEND,
                            "the database answers with other columns than the schema has");
        return true;
    }
    if (columns > pg->cell_cap) {
        zp_result_cell *more = zp_realloc(pg->cells, (size_t)columns * sizeof *more, NULL);

        if (!more)
            return false;
        pg->cells = more;
        pg->cell_cap = columns;
    }
    if (!cells_of(pg, run, body + 2, body + len, columns))
        return false;
    *go_on = zp__run_row(run, pg->cells) || run->statement->quick;
    return true;
}

/* RowDescription: the types decide what is asked for in binary from now on. */
static bool take_columns(zp_query_run *run, const char *at, size_t len)
{
    pg_statement *s = run->engine;
    const char *end = at + len;
    int n = len >= 2 ? (int)get16(at) : -1;

    if (!s || n < 0)
        return false;
    if (n != s->columns)
        return true; /* said when the first row comes */
    at += 2;
    for (int i = 0; i < n; i++) {
        size_t name = strnlen(at, (size_t)(end - at));

        if ((size_t)(end - at) < name + 19)
            return false;
        s->oids[i] = get32(at + name + 7);
        at += name + 19;
    }
    s->known = true;
    return true;
}

/* The number at the end of `UPDATE 3`, `INSERT 0 1`. */
static int64_t count_of(const char *tag, size_t len)
{
    const char *at = tag + strnlen(tag, len);
    int64_t n = 0, scale = 1;

    while (at > tag && at[-1] >= '0' && at[-1] <= '9' && scale < INT64_C(1000000000000000000)) {
        n += (*--at - '0') * scale;
        scale *= 10;
    }
    return n;
}

/* ---------------------------------------------------------------- the end of a run */

static void leave_statement(pg_link *pg, zp_query_run *run)
{
    pg_statement *s = run->engine;

    run->engine = NULL;
    if (!s)
        return;
    s->users--;
    s->bad |= pg->failure.error && (!s->known || pg->reparse);
    if (!s->shape && !s->users)
        zp__pg_statement_drop(pg, s);
}

/* A statement that the backend has forgotten, or whose table was altered, is prepared again. */
static bool once_more(pg_link *pg, zp_query_run *run)
{
    if (!pg->reparse || run->retried || run->bytes || !zp__run_live(run) || pg->link.runs != 1)
        return false;
    run->retried = true;
    pg->failure = (zp_failure){ 0 };
    pg->reparse = false;
    zp__pg_run(pg, run);
    return true;
}

static void take_ready(pg_link *pg)
{
    zp_query_run *run = pg->link.first;
    zp_failure failure;

    if (!run) {
        if (pg->link.settling) {
            pg->link.settling = false;
            zp__link_released(&pg->link);
        } else if (pg->link.state == ZP_LINK_CHECKING) {
            zp__link_checked(&pg->link);
        }
        return;
    }
    if (!run->engine && !pg->failure.error)
        zp__failure_set(&pg->failure, ZP_RUN_BACKEND, "not enough memory for the query");
    leave_statement(pg, run);
    if (once_more(pg, run))
        return;
    failure = pg->failure;
    pg->failure = (zp_failure){ 0 };
    pg->reparse = false;
    if (pg->link.runs == 1 && pg->link.settling)
        zp__pg_sync(pg);
    if (failure.error)
        zp__run_fail(run, &failure);
    else
        zp__run_end(run, pg->affected, NULL);
    pg->affected = 0;
}

/* ---------------------------------------------------------------- messages */

/* False: the backend is about to close. */
static bool take_error(pg_link *pg, const char *body, size_t len)
{
    zp_failure f;
    bool reparse = zp__pg_error(body, len, &f);

    if (pg->link.first && !pg->failure.error) {
        pg->failure = f;
        pg->reparse = reparse;
    }
    return f.error != ZP_RUN_LOST;
}

static bool take_message(pg_link *pg, char type, char *body, size_t len, bool *go_on)
{
    zp_query_run *run = pg->link.first;

    switch (type) {
    case 'D': return run && take_row(pg, run, body, len, go_on);
    case 'Z': take_ready(pg); return true;
    case 'C': pg->affected = count_of(body, len); return run != NULL;
    case 'T': return run && take_columns(run, body, len);
    case 'n':
        if (run && run->engine)
            ((pg_statement *)run->engine)->known = true;
        return run != NULL;
    case 'E': return take_error(pg, body, len);
    case '1': /* parsed, bound, closed, parameters, empty, notices, settings, notifications */
    case '2':
    case '3':
    case 't':
    case 'I':
    case 'N':
    case 'S':
    case 'A': return true;
    default: return false;
    }
}

bool zp__pg_take(pg_link *pg)
{
    bool go_on = true, ok = true;

    while (ok && go_on && !pg->link.closed && pg->in_len - pg->in_at >= 5) {
        char *head = pg->in + pg->in_at;
        size_t len = get32(head + 1);

        if (len < 4 || len > PG_MESSAGE_MOST)
            return false;
        if (pg->in_len - pg->in_at < len + 1)
            break;
        pg->in_at += len + 1;
        ok = take_message(pg, *head, head + 5, len - 4, &go_on);
    }
    if (pg->in_at == pg->in_len)
        pg->in_at = pg->in_len = 0;
    return ok;
}
