/* answer: error frames of the session's class.
 *
 * A text names fields and schemas of the client's own query: what a backend says about a constraint is translated to the names of
 * fields here, or left out. */
#include <stdio.h>
#include <string.h>

#include "gateway/session.h"

static void put_pair(zp_buf *out, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    zp_buf_printf(out, ",\"%s\":", key);
    zp_json_put_string(out, text, strlen(text));
}

static void put(zp__q_session *s, const zp_fault *fault, const char *kind)
{
    zp_buf *out = &s->shard->reply;
    size_t mark = zp_zql_frame_begin(out);

    zp_count(&s->shard->errors, 1);
    zp_buf_printf(out, "{\"error\":true,\"response_code\":%d,\"data\":{\"zteradb_error\":",
                  zp_zql_code(s->login->cls, fault->condition));
    zp_json_put_string(out, fault->text, strlen(fault->text));
    put_pair(out, "field", fault->field);
    put_pair(out, "schema", fault->schema);
    put_pair(out, "kind", kind);
    zp_buf_puts(out, "}}");
    zp_zql_frame_end(out, mark);
}

void zp__q_refuse(zp__q_session *s, const zp_fault *fault)
{
    put(s, fault, NULL);
}

void zp__q_refuse_text(zp__q_session *s, zp_zql_condition condition, const char *text)
{
    zp_fault fault = { .condition = condition };

    snprintf(fault.text, sizeof(fault.text), "%s", text);
    put(s, &fault, NULL);
}

/* ---------------------------------------------------------------- constraints */

static const zp_field *field_of_column(const zp_schema *schema, const char *name, size_t len)
{
    for (int i = 0; i < schema->count; i++) {
        const zp_field *f = &schema->fields[i];

        if (f->column.len == len && memcmp(f->column.ptr, name, len) == 0)
            return f;
    }
    return NULL;
}

static bool is_word(char c)
{
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           c == '_';
}

/* Columns in a list like `email, "name"` or `user.email`: the fields' names, separated by commas; all of them must be known. */
static bool name_list(const zp_schema *schema, const char *at, zp_fault *fault, char *names, size_t size)
{
    size_t used = 0;

    names[0] = '\0';
    while (*at) {
        const char *from;
        const zp_field *f;

        while (*at && !is_word(*at))
            at++;
        for (from = at; is_word(*at);)
            at++;
        if (at == from)
            break;
        if (*at == '.')
            continue; /* it was the table */
        f = field_of_column(schema, from, (size_t)(at - from));
        if (!f || used + f->name.len + 3 > size)
            return false;
        if (!used)
            snprintf(fault->field, sizeof(fault->field), "%s", f->name.ptr);
        used += (size_t)snprintf(names + used, size - used, "%s%s", used ? ", " : "", f->name.ptr);
    }
    return used > 0;
}

/* Names that databases make up: user_email_key, PRIMARY, order_ibfk_1. */
static bool name_made_up(const zp_schema *schema, const char *constraint, zp_fault *fault, char *names,
                         size_t size)
{
    static const char *const ends[] = { "_key", "_fkey", "_check", "_idx", "_unique", "" };
    size_t len = strlen(constraint), table = schema->table.len;

    if (strcmp(constraint, "PRIMARY") == 0 || (len > 5 && strcmp(constraint + len - 5, "_pkey") == 0)) {
        snprintf(fault->field, sizeof(fault->field), "%s", schema->fields[schema->key].name.ptr);
        snprintf(names, size, "%s", fault->field);
        return true;
    }
    if (len > table + 1 && memcmp(constraint, schema->table.ptr, table) == 0 && constraint[table] == '_') {
        constraint += table + 1;
        len -= table + 1;
    }
    for (size_t i = 0; i < ZP_COUNTOF(ends); i++) {
        size_t tail = strlen(ends[i]);
        const zp_field *f;

        if (len <= tail || strcmp(constraint + len - tail, ends[i]) != 0)
            continue;
        f = field_of_column(schema, constraint, len - tail);
        if (f) {
            snprintf(fault->field, sizeof(fault->field), "%s", f->name.ptr);
            snprintf(names, size, "%s", f->name.ptr);
            return true;
        }
    }
    return false;
}

/* SQLite does not say which reference failed: those that a row of the schema has. */
static void name_relations(const zp_schema *schema, zp_fault *fault, char *names, size_t size)
{
    size_t used = 0;
    int found = 0;

    for (int i = 0; i < schema->count; i++) {
        const zp_field *f = &schema->fields[i];

        if (!zp_field_is_relation(f) || used + f->name.len + 5 > size)
            continue;
        used += (size_t)snprintf(names + used, size - used, "%s%s", found ? " or " : "", f->name.ptr);
        snprintf(fault->field, sizeof(fault->field), "%s", found++ ? "" : f->name.ptr);
    }
}

void zp__q_refuse_run(zp__q_session *s, const zp_run_result *result)
{
    zp_fault fault = { .condition = ZP_ZQL_QUERY_ERROR };
    const zp_schema *schema = NULL;
    char names[200] = "";

    if (s->statement && s->tenant && s->tenant->plans)
        schema = zp_schemas_find(zp_plans_schemas(s->tenant->plans), s->statement->schema,
                                 strlen(s->statement->schema));
    if (schema && result->constraint && *result->constraint &&
        !name_list(schema, result->constraint, &fault, names, sizeof(names)) &&
        !name_made_up(schema, result->constraint, &fault, names, sizeof(names)))
        fault.field[0] = names[0] = '\0';
    if (schema && !*names && result->error == ZP_RUN_FOREIGN_KEY && s->statement->kind != ZP_STMT_DELETE)
        name_relations(schema, &fault, names, sizeof(names));
    snprintf(fault.text, sizeof(fault.text), "%s%s%s", result->text, *names ? ": " : "", names);
    put(s, &fault, result->kind);
}
