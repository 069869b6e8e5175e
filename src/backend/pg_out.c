/* pg_out: requests to PostgreSQL, written into one buffer per connection.
 *
 * Parameters go in binary where their form is fixed (numbers, instants, bytes) and as text otherwise; a text has no declared type, so that
 * it becomes what the statement compares it with (varchar, uuid, an enumeration, an array). */
#include <string.h>

#include "backend/pg_priv.h"
#include "base/mem.h"

enum { EPOCH_DAYS = 10957 }; /* 2000-01-01, where PostgreSQL counts from */

static const uint32_t oid_of[ZP_PARAM_KIND_COUNT] = {
    [ZP_PARAM_NULL] = 0,       [ZP_PARAM_BOOL] = 16, [ZP_PARAM_INT] = 20,    [ZP_PARAM_DOUBLE] = 701,
    [ZP_PARAM_DECIMAL] = 1700, [ZP_PARAM_TEXT] = 0,  [ZP_PARAM_BINARY] = 17, [ZP_PARAM_DATETIME] = 1184,
    [ZP_PARAM_DATE] = 1082,    [ZP_PARAM_JSON] = 0,
};
static const uint8_t binary_of[ZP_PARAM_KIND_COUNT] = {
    [ZP_PARAM_BOOL] = 1,   [ZP_PARAM_INT] = 1,      [ZP_PARAM_DOUBLE] = 1,
    [ZP_PARAM_BINARY] = 1, [ZP_PARAM_DATETIME] = 1, [ZP_PARAM_DATE] = 1,
};

static void put16(zp_buf *b, unsigned v)
{
    const uint8_t bytes[2] = { (uint8_t)(v >> 8), (uint8_t)v };

    zp_buf_put(b, bytes, 2);
}

static void put32(zp_buf *b, uint32_t v)
{
    const uint8_t bytes[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

    zp_buf_put(b, bytes, 4);
}

static void put64(zp_buf *b, uint64_t v)
{
    put32(b, (uint32_t)(v >> 32));
    put32(b, (uint32_t)v);
}

/* Begins a message; message_end() fills in its length. */
static size_t message(zp_buf *b, char type)
{
    zp_buf_putc(b, type);
    put32(b, 0);
    return b->len;
}

static void message_end(zp_buf *b, size_t at)
{
    uint32_t len = (uint32_t)(b->len - at + 4);
    const uint8_t bytes[4] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                               (uint8_t)len };

    if (!b->failed)
        memcpy(b->ptr + at - 4, bytes, 4);
}

/* ---------------------------------------------------------------- prepared statements */

static void put_name(zp_buf *b, const pg_statement *s)
{
    char name[12];
    size_t n = sizeof name;

    name[--n] = '\0';
    if (s->shape) {
        uint32_t v = s->number;

        do
            name[--n] = (char)('0' + v % 10);
        while (v /= 10);
        name[--n] = 'z';
    }
    zp_buf_put(b, name + n, sizeof name - n);
}

static pg_statement **bucket(pg_link *pg, uint64_t shape)
{
    return &pg->buckets[(shape * UINT64_C(0x9e3779b97f4a7c15)) >> 55 & (PG_BUCKETS - 1)];
}

static void age_unlink(pg_link *pg, pg_statement *s)
{
    if (s->newer)
        s->newer->older = s->older;
    else
        pg->newest = s->older;
    if (s->older)
        s->older->newer = s->newer;
    else
        pg->oldest = s->newer;
    s->newer = s->older = NULL;
}

static void age_newest(pg_link *pg, pg_statement *s)
{
    s->older = pg->newest;
    if (pg->newest)
        pg->newest->newer = s;
    else
        pg->oldest = s;
    pg->newest = s;
}

static void statement_free(pg_statement *s)
{
    zp_free(s->oids);
    zp_free(s);
}

void zp__pg_statement_drop(pg_link *pg, pg_statement *s)
{
    size_t at = message(&pg->out, 'C');

    zp_buf_putc(&pg->out, 'S');
    put_name(&pg->out, s);
    message_end(&pg->out, at);
    for (pg_statement **p = bucket(pg, s->shape); *p; p = &(*p)->chain)
        if (*p == s) {
            *p = s->chain;
            break;
        }
    age_unlink(pg, s);
    pg->statements--;
    statement_free(s);
}

void zp__pg_statements_free(pg_link *pg)
{
    while (pg->newest) {
        pg_statement *s = pg->newest;

        pg->newest = s->older;
        statement_free(s);
    }
}

/* The oldest that nobody uses makes room. */
static void make_room(pg_link *pg)
{
    pg_statement *s = pg->oldest;

    while (s && s->users)
        s = s->newer;
    if (s)
        zp__pg_statement_drop(pg, s);
}

static pg_statement *statement_find(pg_link *pg, uint64_t shape)
{
    pg_statement *s = *bucket(pg, shape);

    while (s && s->shape != shape)
        s = s->chain;
    if (s && s != pg->newest) {
        age_unlink(pg, s);
        age_newest(pg, s);
    }
    return s;
}

/* Parse and Describe: prepares it on the way. */
static void put_parse(pg_link *pg, const zp_statement *st, const pg_statement *s)
{
    size_t at = message(&pg->out, 'P');

    put_name(&pg->out, s);
    zp_buf_put(&pg->out, st->sql.ptr, st->sql.len);
    zp_buf_putc(&pg->out, '\0');
    put16(&pg->out, (unsigned)st->param_count);
    for (int i = 0; i < st->param_count; i++)
        put32(&pg->out, oid_of[st->kinds[i]]);
    message_end(&pg->out, at);
    at = message(&pg->out, 'D');
    zp_buf_putc(&pg->out, 'S');
    put_name(&pg->out, s);
    message_end(&pg->out, at);
}

static pg_statement *statement_make(pg_link *pg, const zp_statement *st)
{
    pg_statement *s = zp_new(pg_statement, NULL), **at;

    if (!s)
        return NULL;
    s->oids = zp_alloc_zero((size_t)(st->columns + 1) * sizeof *s->oids, NULL);
    if (!s->oids) {
        zp_free(s);
        return NULL;
    }
    s->columns = st->columns;
    s->shape = st->shape;
    s->number = ++pg->next_number;
    if (pg->statements >= PG_STATEMENTS)
        make_room(pg);
    at = bucket(pg, s->shape);
    s->chain = *at;
    *at = s;
    age_newest(pg, s);
    pg->statements++;
    put_parse(pg, st, s);
    return s;
}

/* The prepared statement of this text; with shape 0 one that lives as long as its run. */
static pg_statement *statement_of(pg_link *pg, const zp_statement *st)
{
    pg_statement *s = st->shape ? statement_find(pg, st->shape) : NULL;

    if (s && s->bad && !s->users) {
        zp__pg_statement_drop(pg, s);
        s = NULL;
    }
    return s ? s : statement_make(pg, st);
}

/* ---------------------------------------------------------------- Bind */

static void put_param(zp_buf *b, const zp_param *p)
{
    uint64_t bits;

    if (p->null || p->kind == ZP_PARAM_NULL) {
        put32(b, UINT32_MAX);
        return;
    }
    switch (p->kind) {
    case ZP_PARAM_BOOL:
        put32(b, 1);
        zp_buf_putc(b, p->num != 0);
        break;
    case ZP_PARAM_INT:
        put32(b, 8);
        put64(b, (uint64_t)p->num);
        break;
    case ZP_PARAM_DOUBLE:
        memcpy(&bits, &p->dbl, 8);
        put32(b, 8);
        put64(b, bits);
        break;
    case ZP_PARAM_DATETIME:
        put32(b, 8);
        put64(b, (uint64_t)(p->num - EPOCH_DAYS * INT64_C(86400000000)));
        break;
    case ZP_PARAM_DATE:
        put32(b, 4);
        put32(b, (uint32_t)(p->num - EPOCH_DAYS));
        break;
    default:
        put32(b, (uint32_t)p->text.len);
        zp_buf_put(b, p->text.ptr, p->text.len);
        break;
    }
}

static bool wants_binary(uint32_t oid)
{
    return oid == 17 || oid == 701 || oid == 1082 || oid == 1114 || oid == 1184;
}

static void put_bind(pg_link *pg, zp_query_run *run, const pg_statement *s)
{
    const zp_statement *st = run->statement;
    zp_buf *b = &pg->out;
    size_t at = message(b, 'B');

    zp_buf_putc(b, '\0');
    put_name(b, s);
    put16(b, (unsigned)st->param_count);
    for (int i = 0; i < st->param_count; i++)
        put16(b, binary_of[st->kinds[i]]);
    put16(b, (unsigned)st->param_count);
    for (int i = 0; i < st->param_count; i++)
        put_param(b, &run->params[i]);
    if (s->known && s->columns) {
        run->engine_flags |= PG_RUN_BINARY;
        put16(b, (unsigned)s->columns);
        for (int i = 0; i < s->columns; i++)
            put16(b, wants_binary(s->oids[i]));
    } else {
        put16(b, 0);
    }
    message_end(b, at);
}

void zp__pg_sync(pg_link *pg)
{
    zp_buf_put(&pg->out, "S\0\0\0\4", 5);
    zp__link_dirty(&pg->link);
}

void zp__pg_run(pg_link *pg, zp_query_run *run)
{
    pg_statement *s = statement_of(pg, run->statement);

    run->engine_flags = 0;
    run->engine = s;
    if (s) {
        s->users++;
        put_bind(pg, run, s);
        zp_buf_put(&pg->out, "E\0\0\0\11\0\0\0\0\0", 10);
    }
    zp__pg_sync(pg);
}
