/* introspect: tables, as their catalogue tells them, written in the neutral form of schema files.
 *
 * A column that refers to one of another table becomes a to-one relation: `user_id` is read and written as `user`.  Names that
 * the drivers cannot write are changed, the name in the database stays beside them. */
#include "backend/introspect.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/encode.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/json.h"

enum { NAME_MOST = 64, DEFAULT_MOST = 200 };

struct zp_seen {
    zp_arena *arena;
    zp_seen_column *columns;
    zp_seen_reference *refs;
    size_t column_count, column_cap, ref_count, ref_cap;
};

zp_seen *zp__seen_new(zp_error *err)
{
    zp_seen *s = zp_new(zp_seen, err);

    if (!s)
        return NULL;
    s->arena = zp_arena_new(err);
    if (s->arena)
        return s;
    zp_free(s);
    return NULL;
}

void zp__seen_free(zp_seen *s)
{
    if (!s)
        return;
    zp_arena_free(s->arena);
    zp_free(s->columns);
    zp_free(s->refs);
    zp_free(s);
}

static bool keep(zp_seen *s, const char **text, zp_error *err)
{
    if (!*text)
        return true;
    *text = zp_arena_copy(s->arena, *text, strlen(*text), err);
    return *text != NULL;
}

static bool grow(void **list, size_t *cap, size_t count, size_t size, zp_error *err)
{
    void *more;

    if (count < *cap)
        return true;
    more = zp_realloc(*list, (*cap * 2 + 32) * size, err);
    if (!more)
        return false;
    *list = more;
    *cap = *cap * 2 + 32;
    return true;
}

bool zp__seen_add_column(zp_seen *s, const zp_seen_column *column, zp_error *err)
{
    zp_seen_column *c;

    if (!grow((void **)&s->columns, &s->column_cap, s->column_count, sizeof *c, err))
        return false;
    c = &s->columns[s->column_count++];
    *c = *column;
    return keep(s, &c->table, err) && keep(s, &c->name, err) && keep(s, &c->otherwise, err);
}

bool zp__seen_add_reference(zp_seen *s, const zp_seen_reference *ref, zp_error *err)
{
    zp_seen_reference *r;

    if (!grow((void **)&s->refs, &s->ref_cap, s->ref_count, sizeof *r, err))
        return false;
    r = &s->refs[s->ref_count++];
    *r = *ref;
    return keep(s, &r->table, err) && keep(s, &r->column, err) && keep(s, &r->to_table, err) &&
           keep(s, &r->to_column, err) && keep(s, &r->on_delete, err);
}

/* ---------------------------------------------------------------- types and defaults */

zp_zql_type zp__type_by_name(const zp_type_row *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(rows[i].name);

        if (strncasecmp(rows[i].name, name, len) == 0 &&
            (name[len] == '\0' || name[len] == '(' || name[len] == ' '))
            return rows[i].type;
    }
    return ZP_ZQL_TEXT;
}

bool zp__default_is_now(const char *text)
{
    return text && (strncasecmp(text, "now()", 5) == 0 || strncasecmp(text, "current_timestamp", 17) == 0 ||
                    strncasecmp(text, "(strftime(", 10) == 0 || strncasecmp(text, "strftime(", 9) == 0 ||
                    strncasecmp(text, "(datetime(", 10) == 0 || strncasecmp(text, "datetime('now'", 14) == 0);
}

/* 'it''s'::text and the like: the text between the quotes. */
static bool quoted(const char *text, zp_buf *out)
{
    const char *at = text + 1;

    for (; *at; at++) {
        if (*at == '\'' && at[1] != '\'')
            break;
        at += *at == '\'';
        zp_buf_putc(out, *at);
    }
    return *at == '\'' && (at[1] == '\0' || (at[1] == ':' && at[2] == ':'));
}

static bool is_number(const char *text, size_t len)
{
    return len && zp__json_valid(text, len) && (*text == '-' || (*text >= '0' && *text <= '9'));
}

bool zp__default_json(const char *text, zp_zql_type type, char *to, size_t size)
{
    zp_buf value = ZP_BUF_INIT, json = ZP_BUF_INIT;
    bool ok = true;

    if (!text || !*text)
        return false;
    if (*text == '\'')
        ok = quoted(text, &value);
    else
        zp_buf_put(&value, text, strcspn(text, ":")); /* 0::numeric */
    if (type == ZP_ZQL_BOOLEAN && value.len)
        zp_buf_puts(&json, strchr("tT1", *zp_buf_text(&value)) ? "true" : "false");
    else if (*text == '\'' || (type == ZP_ZQL_DECIMAL && is_number(zp_buf_text(&value), value.len)))
        zp_json_put_string(&json, zp_buf_text(&value), value.len);
    else if (is_number(zp_buf_text(&value), value.len))
        zp_buf_put(&json, value.ptr, value.len);
    else
        ok = false;
    ok = ok && !json.failed && json.len && json.len < size;
    if (ok)
        memcpy(to, json.ptr, json.len + 1);
    zp_buf_fini(&value);
    zp_buf_fini(&json);
    return ok;
}

/* ---------------------------------------------------------------- names */

/* A name that drivers can write. */
static void plain_name(const char *name, char to[NAME_MOST + 1])
{
    size_t n = 0;

    if (*name >= '0' && *name <= '9')
        to[n++] = '_';
    for (; *name && n < NAME_MOST; name++) {
        bool letter = (*name | 32) >= 'a' && (*name | 32) <= 'z';

        to[n++] = letter || (*name >= '0' && *name <= '9') ? *name : '_';
    }
    to[n] = '\0';
}

static const zp_seen_reference *reference_of(const zp_seen *s, const zp_seen_column *c)
{
    for (size_t i = 0; i < s->ref_count; i++)
        if (strcmp(s->refs[i].table, c->table) == 0 && strcmp(s->refs[i].column, c->name) == 0)
            return &s->refs[i];
    return NULL;
}

static bool has_column(const zp_seen *s, const char *table, const char *name)
{
    for (size_t i = 0; i < s->column_count; i++)
        if (strcmp(s->columns[i].table, table) == 0 && strcasecmp(s->columns[i].name, name) == 0)
            return true;
    return false;
}

/* user_id is the relation user, unless something else has that name. */
static void relation_name(const zp_seen *s, const zp_seen_column *c, char to[NAME_MOST + 1])
{
    size_t len = strlen(c->name);
    char shorter[NAME_MOST + 1];

    plain_name(c->name, to);
    if (len > 3 && len < NAME_MOST && strcasecmp(c->name + len - 3, "_id") == 0) {
        memcpy(shorter, to, len - 3);
        shorter[len - 3] = '\0';
        if (!has_column(s, c->table, shorter))
            memcpy(to, shorter, len - 2);
    }
}

/* ---------------------------------------------------------------- the file */

static void put_key(zp_buf *out, const char *indent, const char *key, bool first)
{
    zp_buf_puts(out, first ? "\n" : ",\n");
    zp_buf_puts(out, indent);
    zp_json_put_string(out, key, strlen(key));
    zp_buf_puts(out, ": ");
}

static void put_field(zp_buf *out, const zp_seen_column *c, bool first)
{
    char name[NAME_MOST + 1];
    const char *automatic = c->increment ? "increment" : c->now ? "now" : c->now_add ? "now_add" : NULL;

    plain_name(c->name, name);
    put_key(out, "    ", name, first);
    zp_buf_printf(out, "{\"type\": \"%s\"", zp_zql_type_name(c->type));
    if (strcmp(name, c->name) != 0) {
        zp_buf_puts(out, ", \"column\": ");
        zp_json_put_string(out, c->name, strlen(c->name));
    }
    if (c->length)
        zp_buf_printf(out, ", \"length\": %d", c->length);
    if (c->precision)
        zp_buf_printf(out, ", \"precision\": %d, \"scale\": %d", c->precision, c->scale);
    else if (c->type == ZP_ZQL_DECIMAL) /* as many digits as any backend has */
        zp_buf_puts(out, ", \"precision\": 65, \"scale\": 30");
    if (!c->primary)
        zp_buf_printf(out, ", \"nullable\": %s", c->nullable ? "true" : "false");
    if (c->unique && !c->primary)
        zp_buf_puts(out, ", \"unique\": true");
    if (automatic)
        zp_buf_printf(out, ", \"auto\": \"%s\"", automatic);
    else if (c->otherwise)
        zp_buf_printf(out, ", \"default\": %s", c->otherwise);
    zp_buf_putc(out, '}');
}

static void put_relation(const zp_seen *s, zp_buf *out, const zp_seen_column *c, const zp_seen_reference *r,
                         bool first)
{
    char name[NAME_MOST + 1], schema[NAME_MOST + 1], key[NAME_MOST + 1];

    relation_name(s, c, name);
    plain_name(r->to_table, schema);
    plain_name(r->to_column, key);
    put_key(out, "    ", name, first);
    zp_buf_printf(out, "{\"schema\": \"%s\", \"column\": ", schema);
    zp_json_put_string(out, c->name, strlen(c->name));
    zp_buf_printf(out, ", \"references\": \"%s\", \"nullable\": %s", key, c->nullable ? "true" : "false");
    if (r->on_delete)
        zp_buf_printf(out, ", \"on_delete\": \"%s\"", r->on_delete);
    zp_buf_putc(out, '}');
}

/* Columns from..to are one table. */
static void put_schema(const zp_seen *s, zp_buf *out, size_t from, size_t to, const char *key, bool first)
{
    char name[NAME_MOST + 1];
    bool none = true;

    plain_name(s->columns[from].table, name);
    put_key(out, "  ", name, first);
    zp_buf_puts(out, "{\"table\": ");
    zp_json_put_string(out, s->columns[from].table, strlen(s->columns[from].table));
    plain_name(key, name);
    zp_buf_printf(out, ", \"primary_key\": \"%s\",\n   \"fields\": {", name);
    for (size_t i = from; i < to; i++)
        if (s->columns[i].primary || !reference_of(s, &s->columns[i])) {
            put_field(out, &s->columns[i], none);
            none = false;
        }
    zp_buf_puts(out, "},\n   \"relations\": {");
    none = true;
    for (size_t i = from; i < to; i++) {
        const zp_seen_reference *r = s->columns[i].primary ? NULL : reference_of(s, &s->columns[i]);

        if (r) {
            put_relation(s, out, &s->columns[i], r, none);
            none = false;
        }
    }
    zp_buf_puts(out, "}}");
}

static const char *key_of(const zp_seen *s, size_t from, size_t to)
{
    const char *key = NULL;

    for (size_t i = from; i < to; i++)
        if (s->columns[i].primary) {
            if (key)
                return NULL;
            key = s->columns[i].name;
        }
    return key;
}

bool zp__seen_write(const zp_seen *s, const char *database, const char *table, zp_buf *json, zp_error *err)
{
    size_t to;
    bool none = true;

    zp_buf_puts(json, "{\"format\": \"zql-schema/1\", \"database\": ");
    zp_json_put_string(json, database, strlen(database));
    zp_buf_puts(json, ",\n \"schemas\": {");
    for (size_t from = 0; from < s->column_count; from = to) {
        const char *key;

        for (to = from; to < s->column_count && strcmp(s->columns[to].table, s->columns[from].table) == 0;)
            to++;
        if (table && strcmp(table, s->columns[from].table) != 0)
            continue;
        key = key_of(s, from, to);
        if (!key) {
            ZP_LOG(ZP_LOG_WARN, "a table without a primary key of one column is left out",
                   zp_log_str("table", s->columns[from].table));
            continue;
        }
        put_schema(s, json, from, to, key, none);
        none = false;
    }
    zp_buf_puts(json, "\n }}\n");
    if (none)
        return table ? zp_fail(err, "the database has no table '%s' with a primary key of one column", table)
                     : zp_fail(err, "the database has no table with a primary key of one column");
    return zp_buf_ok(json, err);
}
