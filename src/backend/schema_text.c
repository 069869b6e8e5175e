/* schema_text: schemas as text, names that drivers stumble over, and what changes from one version to the next. */
#include <stdio.h>
#include <string.h>

#include "backend/schema_priv.h"

/* ---------------------------------------------------------------- as JSON */

static void put_name(zp_buf *out, const char *key, zp_slice text)
{
    zp_buf_printf(out, ",\"%s\":", key);
    zp_json_put_string(out, text.ptr, text.len);
}

static void put_flags(zp_buf *out, const zp_field *f)
{
    zp_buf_printf(out, ",\"nullable\":%s", f->nullable ? "true" : "false");
    if (f->unique)
        zp_buf_puts(out, ",\"unique\":true");
}

static void put_field(zp_buf *out, const zp_field *f)
{
    zp_json_put_string(out, f->name.ptr, f->name.len);
    zp_buf_printf(out, ":{\"type\":\"%s\"", zp_zql_type_name(f->type));
    if (f->length)
        zp_buf_printf(out, ",\"length\":%d", f->length);
    if (f->precision)
        zp_buf_printf(out, ",\"precision\":%d,\"scale\":%d", f->precision, f->scale);
    put_name(out, "column", f->column);
    put_flags(out, f);
    if (f->fill)
        zp_buf_printf(out, ",\"auto\":\"%s\"", zp__auto_names[f->fill]);
    if (f->initial.ptr) {
        zp_buf_puts(out, ",\"default\":");
        zp_buf_put(out, f->initial.ptr, f->initial.len);
    }
    zp_buf_putc(out, '}');
}

static void put_relation(zp_buf *out, const zp_field *f)
{
    zp_json_put_string(out, f->name.ptr, f->name.len);
    zp_buf_puts(out, ":{\"schema\":");
    zp_json_put_string(out, f->target_name.ptr, f->target_name.len);
    put_name(out, "column", f->column);
    put_name(out, "references", f->references_name);
    put_flags(out, f);
    zp_buf_printf(out, ",\"on_delete\":\"%s\"}", zp__on_delete_names[f->on_delete]);
}

void zp_schema_put(zp_buf *out, const zp_schema *s)
{
    bool relations = false;

    zp_buf_puts(out, "{\"table\":");
    zp_json_put_string(out, s->table.ptr, s->table.len);
    put_name(out, "primary_key", s->fields[s->key].name);
    zp_buf_puts(out, ",\"fields\":{");
    for (int i = 0; i < s->count; i++) {
        const zp_field *f = &s->fields[i];

        if (zp_field_is_relation(f) && !relations) {
            zp_buf_puts(out, "},\"relations\":{");
            relations = true;
        } else if (i) {
            zp_buf_putc(out, ',');
        }
        if (relations)
            put_relation(out, f);
        else
            put_field(out, f);
    }
    zp_buf_puts(out, relations ? "}}" : "},\"relations\":{}}");
}

/* ---------------------------------------------------------------- names that drivers use themselves */

static const char *const node_names[] = { "schemaName",
                                          "databaseID",
                                          "_fields",
                                          "_filters",
                                          "_filterConditions",
                                          "_sort",
                                          "_limit",
                                          "_count",
                                          "_queryType",
                                          "_relatedFields",
                                          "_env",
                                          "sort",
                                          "limit",
                                          "count",
                                          "fields",
                                          "filter",
                                          "insert",
                                          "select",
                                          "update",
                                          "delete",
                                          "database",
                                          "filterCondition",
                                          "relatedField",
                                          "related_fields",
                                          "generate" };
static const char *const php_names[] = { "schema_name",
                                         "database_id",
                                         "fields",
                                         "filters",
                                         "filter_conditions",
                                         "query_type",
                                         "related_fields",
                                         "sort",
                                         "limit",
                                         "count",
                                         "env",
                                         "database",
                                         "filterConditions",
                                         "relatedFields",
                                         "queryType",
                                         "schemaName",
                                         "databaseId" };

static void warn_if(const zp_field *f, const char *const *names, size_t count, const char *driver,
                    void (*each)(void *arg, const char *sentence), void *arg)
{
    char text[256];

    for (size_t i = 0; i < count; i++)
        if (zp_slice_is(f->name, names[i])) {
            snprintf(text, sizeof(text),
                     "field '%s': the %s driver uses this name itself, queries with the field go wrong there",
                     f->name.ptr, driver);
            each(arg, text);
        }
}

void zp_schema_warnings(const zp_schema *s, void (*each)(void *arg, const char *sentence), void *arg)
{
    for (int i = 0; i < s->count; i++) {
        warn_if(&s->fields[i], node_names, ZP_COUNTOF(node_names), "Node.js", each, arg);
        warn_if(&s->fields[i], php_names, ZP_COUNTOF(php_names), "PHP", each, arg);
    }
}

/* ---------------------------------------------------------------- differences */

typedef struct differ {
    void (*each)(void *arg, const char *sentence, bool narrows);
    void *arg;
    int narrowing;
    const zp_field *field;
} differ;

static void tell(differ *d, bool narrows, const char *what)
{
    char text[300];

    snprintf(text, sizeof(text), "%s '%s' %s", zp_field_is_relation(d->field) ? "relation" : "field",
             d->field->name.ptr, what);
    d->narrowing += narrows;
    if (d->each)
        d->each(d->arg, text, narrows);
}

/* Does every value of the one fit into the other? */
static bool type_widens(zp_zql_type from, zp_zql_type to)
{
    switch (from) {
    case ZP_ZQL_SMALLINT: return to == ZP_ZQL_INT || to == ZP_ZQL_BIGINT;
    case ZP_ZQL_INT: return to == ZP_ZQL_BIGINT;
    case ZP_ZQL_ZTID:
    case ZP_ZQL_VARCHAR: return to == ZP_ZQL_TEXT;
    default: return false;
    }
}

static void diff_sizes(differ *d, const zp_field *a, const zp_field *b)
{
    char text[120];

    if (a->length != b->length) {
        snprintf(text, sizeof(text), "has length %d instead of %d", b->length, a->length);
        tell(d, b->length && (!a->length || b->length < a->length), text);
    }
    if (a->precision != b->precision || a->scale != b->scale) {
        snprintf(text, sizeof(text), "is decimal(%d,%d) instead of decimal(%d,%d)", b->precision, b->scale,
                 a->precision, a->scale);
        tell(d, b->scale < a->scale || b->precision - b->scale < a->precision - a->scale, text);
    }
}

static void diff_field(differ *d, const zp_field *a, const zp_field *b)
{
    char text[120];

    d->field = b;
    if (zp_field_is_relation(a) != zp_field_is_relation(b) ||
        !zp_slice_same(a->target_name, b->target_name) ||
        !zp_slice_same(a->references_name, b->references_name))
        tell(d, true, "refers to something else");
    else if (!zp_field_is_relation(b) && a->type != b->type) {
        snprintf(text, sizeof(text), "is %s instead of %s", zp_zql_type_name(b->type),
                 zp_zql_type_name(a->type));
        tell(d, !type_widens(a->type, b->type), text);
    } else if (!zp_field_is_relation(b)) {
        diff_sizes(d, a, b);
    }
    if (!zp_slice_same(a->column, b->column))
        tell(d, true, "has another column");
    if (a->nullable != b->nullable)
        tell(d, !b->nullable, b->nullable ? "may be null" : "may not be null any more");
    if (a->unique != b->unique)
        tell(d, b->unique, b->unique ? "is unique" : "is not unique any more");
    if (a->fill != b->fill || !zp_slice_same(a->initial, b->initial))
        tell(d, false, "has another default");
    if (zp_field_is_relation(b) && a->on_delete != b->on_delete)
        tell(d, false, "behaves differently when its target is deleted");
}

int zp_schema_diff(const zp_schema *old, const zp_schema *now,
                   void (*each)(void *arg, const char *sentence, bool narrows), void *arg)
{
    differ d = { .each = each, .arg = arg };

    for (int i = 0; i < now->count; i++) {
        const zp_field *f = d.field = &now->fields[i];
        int was = old ? zp_schema_field(old, f->name.ptr, f->name.len) : -1;
        bool needed = !f->nullable && !f->initial.ptr && !f->fill;

        if (was >= 0)
            diff_field(&d, &old->fields[was], f);
        else
            tell(&d, old && needed, old && needed ? "is new and required" : "is new");
    }
    for (int i = 0; old && i < old->count; i++) {
        d.field = &old->fields[i];
        if (zp_schema_field(now, d.field->name.ptr, d.field->name.len) < 0)
            tell(&d, true, "is gone");
    }
    if (old && !zp_slice_same(old->table, now->table) && ++d.narrowing && each)
        each(arg, "the table has another name", true);
    if (old && !zp_slice_same(old->fields[old->key].name, now->fields[now->key].name) && ++d.narrowing &&
        each)
        each(arg, "the primary key is another field", true);
    return d.narrowing;
}
