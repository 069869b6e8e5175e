/* schema_read: one schema from its JSON, every key looked at, every mistake named with its place. */
#include <stdio.h>
#include <string.h>

#include "backend/schema_priv.h"

const char *const zp__auto_names[] = { "", "increment", "ztid", "now_add", "now" };
const char *const zp__on_delete_names[] = { "restrict", "cascade", "set_null", "no_action" };

/* Where we are, for messages: "schema 'order', field 'id'". */
typedef struct reader {
    zp_schemas *set;
    const zp_schema *schema;
    zp_field *field; /* NULL: in the schema itself */
    zp_error *err;
} reader;

static bool bad(const reader *r, const char *what)
{
    if (!r->field)
        return zp_fail(r->err, "schema '%s': %s", r->schema->name.ptr, what);
    return zp_fail(r->err, "schema '%s', %s '%s': %s", r->schema->name.ptr,
                   zp_field_is_relation(r->field) ? "relation" : "field", r->field->name.ptr, what);
}

bool zp__schema_name_ok(zp_slice name)
{
    if (name.len == 0 || name.len > ZP_SCHEMA_NAME_MAX || (name.ptr[0] >= '0' && name.ptr[0] <= '9'))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- settings of one key each */

static bool take_text(const reader *r, const zp_json *v, zp_slice *out)
{
    if (v->kind != ZP_JSON_STRING || v->nul || v->text.len == 0 || v->text.len > 256)
        return bad(r, "a name must be a text of 1 to 256 bytes");
    out->ptr = zp_arena_copy(r->set->arena, v->text.ptr, v->text.len, r->err);
    out->len = v->text.len;
    return out->ptr != NULL;
}

static bool take_flag(const reader *r, const zp_json *v, bool *out)
{
    if (v->kind != ZP_JSON_TRUE && v->kind != ZP_JSON_FALSE)
        return bad(r, "nullable and unique are true or false");
    *out = v->kind == ZP_JSON_TRUE;
    return true;
}

static bool take_size(const reader *r, const zp_json *v, int32_t least, int32_t most, int32_t *out)
{
    int64_t n;

    if (!zp_json_int(v, &n) || n < least || n > most)
        return bad(
            r,
            "length, precision and scale are whole numbers (length from 1, precision 1 to 65, scale 0 to 30)");
    *out = (int32_t)n;
    return true;
}

static bool take_word(const reader *r, const zp_json *v, const char *const *names, int count,
                      const char *hint, int *out)
{
    for (int i = 0; i < count; i++)
        if (names[i][0] && zp_json_is(v, names[i])) {
            *out = i;
            return true;
        }
    return bad(r, hint);
}

static bool take_type(const reader *r, const zp_json *v)
{
    const char *names[ZP_ZQL_TYPE_COUNT];
    int type = 0;

    for (int i = 0; i < ZP_ZQL_TYPE_COUNT; i++)
        names[i] = zp_zql_type_name((zp_zql_type)i);
    if (!take_word(r, v, names, ZP_ZQL_TYPE_COUNT,
                   "unknown type; there are int, smallint, bigint, decimal, double, boolean, varchar, text, "
                   "datetime, date, json, ztid and binary",
                   &type))
        return false;
    r->field->type = (zp_zql_type)type;
    return true;
}

static bool take_default(const reader *r, const zp_json *v)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok;

    zp_json_put(&text, v);
    ok = zp_buf_ok(&text, r->err);
    r->field->initial.ptr = ok ? zp_arena_copy(r->set->arena, text.ptr, text.len, r->err) : NULL;
    r->field->initial.len = text.len;
    zp_buf_fini(&text);
    return r->field->initial.ptr != NULL;
}

static bool field_key(const reader *r, const zp_json *m, bool *typed)
{
    zp_field *f = r->field;
    int word = 0;

    if (zp_slice_is(m->key, "type"))
        return *typed = true, take_type(r, m);
    if (zp_slice_is(m->key, "column"))
        return take_text(r, m, &f->column);
    if (zp_slice_is(m->key, "nullable"))
        return take_flag(r, m, &f->nullable);
    if (zp_slice_is(m->key, "unique"))
        return take_flag(r, m, &f->unique);
    if (zp_slice_is(m->key, "length"))
        return take_size(r, m, 1, INT32_MAX, &f->length);
    if (zp_slice_is(m->key, "precision"))
        return take_size(r, m, 1, 65, &f->precision);
    if (zp_slice_is(m->key, "scale"))
        return take_size(r, m, 0, 30, &f->scale);
    if (zp_slice_is(m->key, "default"))
        return m->kind == ZP_JSON_NULL || take_default(r, m);
    if (!zp_slice_is(m->key, "auto"))
        return bad(
            r,
            "unknown key; there are type, column, nullable, unique, default, auto, length, precision, scale");
    if (m->kind == ZP_JSON_NULL)
        return true;
    if (!take_word(r, m, zp__auto_names, ZP__AUTOS, "auto is increment, ztid, now_add or now", &word))
        return false;
    f->fill = (zp_auto)word;
    return true;
}

static bool relation_key(const reader *r, const zp_json *m)
{
    zp_field *f = r->field;
    int word = 0;

    if (zp_slice_is(m->key, "schema"))
        return take_text(r, m, &f->target_name);
    if (zp_slice_is(m->key, "column"))
        return take_text(r, m, &f->column);
    if (zp_slice_is(m->key, "references"))
        return take_text(r, m, &f->references_name);
    if (zp_slice_is(m->key, "nullable"))
        return take_flag(r, m, &f->nullable);
    if (zp_slice_is(m->key, "unique"))
        return take_flag(r, m, &f->unique);
    if (!zp_slice_is(m->key, "on_delete"))
        return bad(r, "unknown key; there are schema, column, references, nullable, unique, on_delete");
    if (!take_word(r, m, zp__on_delete_names, ZP__ON_DELETES,
                   "on_delete is restrict, cascade, set_null or no_action", &word))
        return false;
    f->on_delete = (zp_on_delete)word;
    return true;
}

/* ---------------------------------------------------------------- a field, a relation */

static bool auto_fits(const zp_field *f)
{
    switch (f->fill) {
    case ZP_AUTO_NONE: return true;
    case ZP_AUTO_INCREMENT: return f->type <= ZP_ZQL_BIGINT;
    case ZP_AUTO_ZTID: return f->type == ZP_ZQL_ZTID;
    case ZP_AUTO_NOW_ADD:
    case ZP_AUTO_NOW: return f->type == ZP_ZQL_DATETIME || f->type == ZP_ZQL_DATE;
    }
    return false;
}

static bool begin(const reader *r, const zp_json *m)
{
    if (!zp__schema_name_ok(m->key))
        return zp_fail(r->err,
                       "schema '%s': a field cannot have such a name: letters, digits and _ only, at most 64",
                       r->schema->name.ptr);
    r->field->name.ptr = zp_arena_copy(r->set->arena, m->key.ptr, m->key.len, r->err);
    r->field->name.len = m->key.len;
    r->field->column = r->field->name;
    r->field->nullable = true;
    return r->field->name.ptr && (m->kind == ZP_JSON_OBJECT || bad(r, "must be an object"));
}

static bool read_field(reader *r, const zp_json *json)
{
    zp_field *f = r->field;
    bool typed = false;

    if (!begin(r, json))
        return false;
    for (const zp_json *m = json->first; m; m = m->next)
        if (!field_key(r, m, &typed))
            return false;
    if (!typed)
        return bad(r, "\"type\" is missing");
    if (f->length && f->type != ZP_ZQL_VARCHAR && f->type != ZP_ZQL_BINARY)
        return bad(r, "only varchar and binary have a length");
    if (f->type == ZP_ZQL_VARCHAR && !f->length)
        return bad(r, "varchar needs a \"length\"");
    if (f->type == ZP_ZQL_DECIMAL && !f->precision)
        return bad(r, "decimal needs a \"precision\"");
    if (f->type != ZP_ZQL_DECIMAL && (f->precision || f->scale))
        return bad(r, "only decimal has precision and scale");
    if (f->scale > f->precision)
        return bad(r, "the scale is larger than the precision");
    return auto_fits(f) ||
           bad(r, "auto does not fit: increment is for whole numbers, ztid for ztid, now for dates");
}

static bool read_relation(reader *r, const zp_json *json)
{
    zp_field *f = r->field;
    zp_slice own;

    if (!begin(r, json))
        return false;
    f->target_name = (zp_slice){ "", 0 }; /* a relation from here on, for messages */
    own = f->column;
    f->column = (zp_slice){ 0 };
    for (const zp_json *m = json->first; m; m = m->next)
        if (!relation_key(r, m))
            return false;
    if (!f->target_name.len)
        return bad(r, "\"schema\" is missing");
    if (!f->references_name.ptr)
        f->references_name = (zp_slice){ "id", 2 };
    if (!f->column.ptr)
        f->column = own;
    return true;
}

/* ---------------------------------------------------------------- the schema */

static bool map_of(const reader *r, const zp_json *json, const char *key, const zp_json **out)
{
    const zp_json *v = zp_json_get(json, key);

    *out = NULL;
    if (!v || v->kind == ZP_JSON_NULL || (v->kind == ZP_JSON_ARRAY && !v->count))
        return true;
    if (v->kind != ZP_JSON_OBJECT)
        return bad(r, "\"fields\" and \"relations\" must be objects");
    *out = v;
    return true;
}

static bool known_keys(const reader *r, const zp_json *json)
{
    static const char *const keys[] = { "name", "table", "primary_key", "fields", "relations" };

    for (const zp_json *m = json->first; m; m = m->next) {
        size_t i = 0;

        while (i < ZP_COUNTOF(keys) && !zp_slice_is(m->key, keys[i]))
            i++;
        if (i == ZP_COUNTOF(keys))
            return bad(r, "unknown key; there are table, primary_key, fields, relations");
    }
    return true;
}

static bool read_all(reader *r, const zp_json *fields, const zp_json *relations, zp_field *all)
{
    int n = 0;

    for (const zp_json *m = fields ? fields->first : NULL; m; m = m->next) {
        r->field = &all[n++];
        if (!read_field(r, m))
            return false;
    }
    for (const zp_json *m = relations ? relations->first : NULL; m; m = m->next) {
        r->field = &all[n++];
        if (!read_relation(r, m))
            return false;
    }
    r->field = NULL;
    return true;
}

static bool columns_differ(const reader *r, const zp_schema *s)
{
    for (int i = 0; i < s->count; i++)
        for (int j = i + 1; j < s->count; j++)
            if (zp_slice_same(s->fields[i].column, s->fields[j].column))
                return zp_fail(r->err, "schema '%s': '%s' and '%s' have the same column", s->name.ptr,
                               s->fields[i].name.ptr, s->fields[j].name.ptr);
    return true;
}

/* The primary key: there, and never null. */
static bool take_key(const reader *r, const zp_json *json, zp_schema *to, zp_field *all)
{
    const zp_json *key = zp_json_get(json, "primary_key");

    if (!key || key->kind != ZP_JSON_STRING)
        return bad(r, "\"primary_key\" must name a field");
    to->key = zp_schema_field(to, key->text.ptr, key->text.len);
    if (to->key < 0)
        return bad(r, "\"primary_key\" must name a field");
    all[to->key].nullable = false;
    for (int i = 0; i < to->count; i++)
        if (all[i].fill == ZP_AUTO_INCREMENT && i != to->key)
            return bad(r, "only the primary key can have \"auto\": \"increment\"");
    return true;
}

bool zp__schema_read(zp_schemas *set, const zp_json *json, zp_schema *to, zp_error *err)
{
    reader r = { .set = set, .schema = to, .err = err };
    const zp_json *fields, *relations, *table = zp_json_get(json, "table");
    zp_field *all;

    to->table = to->name;
    if (json->kind != ZP_JSON_OBJECT)
        return bad(&r, "must be an object");
    if (!known_keys(&r, json) || !map_of(&r, json, "fields", &fields) ||
        !map_of(&r, json, "relations", &relations) || (table && !take_text(&r, table, &to->table)))
        return false;
    to->count = (int)((fields ? fields->count : 0) + (relations ? relations->count : 0));
    if (to->count == 0 || to->count > ZP_SCHEMA_FIELDS_MAX)
        return bad(&r, "needs 1 to 1000 fields");
    all = zp_arena_alloc(set->arena, (size_t)to->count * sizeof(*all), err);
    if (!all || !read_all(&r, fields, relations, all))
        return false;
    to->fields = all;
    return columns_differ(&r, to) && zp__schema_index(set, to, err) && take_key(&r, json, to, all);
}
