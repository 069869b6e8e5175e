/* schema: a set of schemas, names to fields, relations to their targets.
 *
 * Each schema has a small open table from names to fields: its fields, its relations, and the columns of its relations. */
#include "backend/schema.h"

#include <string.h>

#include "backend/schema_priv.h"
#include "base/mem.h"
#include "base/str.h"

zp_schemas *zp_schemas_new(zp_error *err)
{
    zp_schemas *set = zp_new(zp_schemas, err);

    if (!set)
        return NULL;
    set->arena = zp_arena_new(err);
    if (!set->arena) {
        zp_free(set);
        return NULL;
    }
    return set;
}

zp_schemas *zp_schemas_ref(zp_schemas *set)
{
    set->refs++;
    return set;
}

void zp_schemas_free(zp_schemas *set)
{
    if (!set || set->refs-- > 0)
        return;
    zp_arena_free(set->arena);
    zp_free(set->all);
    zp_free(set);
}

int zp_schemas_count(const zp_schemas *set)
{
    return set->count;
}

const zp_schema *zp_schemas_at(const zp_schemas *set, int i)
{
    return &set->all[i];
}

static bool same(zp_slice a, const char *ptr, size_t len)
{
    return a.len == len && memcmp(a.ptr, ptr, len) == 0;
}

const zp_schema *zp_schemas_find(const zp_schemas *set, const char *name, size_t len)
{
    for (int i = 0; i < set->count; i++)
        if (same(set->all[i].name, name, len))
            return &set->all[i];
    return NULL;
}

/* ---------------------------------------------------------------- names to fields */

int zp_schema_field(const zp_schema *s, const char *name, size_t len)
{
    for (uint32_t at = zp_hash_bytes(name, len) & s->mask; s->slots[at]; at = (at + 1) & s->mask) {
        const zp_field *f = &s->fields[s->slots[at] - 1];

        if (same(f->name, name, len) || (zp_field_is_relation(f) && same(f->column, name, len)))
            return s->slots[at] - 1;
    }
    return -1;
}

static void put_name(uint16_t *slots, uint32_t mask, zp_slice name, int field)
{
    uint32_t at = zp_hash_bytes(name.ptr, name.len) & mask;

    while (slots[at])
        at = (at + 1) & mask;
    slots[at] = (uint16_t)(field + 1);
}

bool zp__schema_index(zp_schemas *set, zp_schema *s, zp_error *err)
{
    uint32_t cap = 8;
    uint16_t *slots;

    while (cap < (uint32_t)s->count * 4)
        cap *= 2;
    slots = zp_arena_alloc(set->arena, cap * sizeof(*slots), err);
    if (!slots)
        return false;
    s->slots = slots;
    s->mask = cap - 1;
    for (int i = 0; i < s->count; i++) {
        const zp_field *f = &s->fields[i];
        int at = zp_schema_field(s, f->name.ptr, f->name.len);

        if (at >= 0)
            return zp_fail(err, "schema '%s': the name '%s' is used twice", s->name.ptr, f->name.ptr);
        put_name(slots, s->mask, f->name, i);
        if (!zp_field_is_relation(f) || same(f->column, f->name.ptr, f->name.len))
            continue;
        at = zp_schema_field(s, f->column.ptr, f->column.len); /* its own name may lie on the way */
        if (at >= 0 && at != i)
            return zp_fail(err, "schema '%s': '%s' is the column of a relation and a name of its own",
                           s->name.ptr, f->column.ptr);
        put_name(slots, s->mask, f->column, i);
    }
    return true;
}

/* ---------------------------------------------------------------- adding */

static zp_schema *next_place(zp_schemas *set, zp_error *err)
{
    if (set->count == set->cap) {
        int cap = set->cap ? 2 * set->cap : 8;
        zp_schema *all = zp_realloc(set->all, (size_t)cap * sizeof(*all), err);

        if (!all)
            return NULL;
        set->all = all;
        set->cap = cap;
    }
    memset(&set->all[set->count], 0, sizeof(zp_schema));
    return &set->all[set->count];
}

static bool add_json(zp_schemas *set, zp_slice name, int64_t version, const zp_json *json, zp_error *err)
{
    zp_schema *s = next_place(set, err);

    if (!s)
        return false;
    if (!zp__schema_name_ok(name))
        return zp_fail(err, "a schema cannot be named '%.80s': letters, digits and _ only, at most 64",
                       name.ptr);
    if (zp_schemas_find(set, name.ptr, name.len))
        return zp_fail(err, "schema '%s' is there twice", name.ptr);
    s->name = name;
    s->version = version;
    s->number = set->count;
    if (!zp__schema_read(set, json, s, err))
        return false;
    set->count++;
    return true;
}

static bool copy_slice(zp_schemas *set, const char *ptr, size_t len, zp_slice *out, zp_error *err)
{
    out->ptr = zp_arena_copy(set->arena, ptr, len, err);
    out->len = len;
    return out->ptr != NULL;
}

bool zp_schemas_add(zp_schemas *set, const char *name, int64_t version, const char *json, size_t len,
                    zp_error *err)
{
    zp_json_doc *doc = zp_json_doc_new(err);
    const zp_json *root = doc ? zp_json_read(doc, json, len, err) : NULL;
    zp_slice own;
    bool ok =
        root && copy_slice(set, name, strlen(name), &own, err) && add_json(set, own, version, root, err);

    zp_json_doc_free(doc);
    return ok;
}

static bool add_file(zp_schemas *set, const zp_json *root, const char **database, zp_error *err)
{
    const zp_json *all = zp_json_get(root, "schemas"), *name = zp_json_get(root, "database");
    zp_slice own = { 0 };

    if (!zp_json_is(zp_json_get(root, "format"), "zql-schema/1"))
        return zp_fail(err, "not a schema file: \"format\" must be \"zql-schema/1\"");
    for (const zp_json *m = root->first; m; m = m->next)
        if (!zp_slice_is(m->key, "format") && !zp_slice_is(m->key, "database") &&
            !zp_slice_is(m->key, "schemas"))
            return zp_fail(err, "unknown key '%.*s' in a schema file", (int)(m->key.len & 127), m->key.ptr);
    if (!all || all->kind != ZP_JSON_OBJECT)
        return zp_fail(err, "a schema file needs \"schemas\", an object of schemas by name");
    if (name && (name->kind != ZP_JSON_STRING || name->nul))
        return zp_fail(err, "\"database\" must be a text");
    if (!copy_slice(set, name ? name->text.ptr : "", name ? name->text.len : 0, &own, err))
        return false;
    if (database)
        *database = own.ptr;
    for (const zp_json *m = all->first; m; m = m->next)
        if (!copy_slice(set, m->key.ptr, m->key.len, &own, err) || !add_json(set, own, 0, m, err))
            return false;
    return true;
}

bool zp_schemas_add_file(zp_schemas *set, const char *json, size_t len, const char **database, zp_error *err)
{
    zp_json_doc *doc = zp_json_doc_new(err);
    const zp_json *root = doc ? zp_json_read(doc, json, len, err) : NULL;
    bool ok = root && add_file(set, root, database, err);

    zp_json_doc_free(doc);
    return ok;
}

/* ---------------------------------------------------------------- relations */

/* The type of a relation is that of what it references, which may be a relation again. */
static bool resolve(zp_schemas *set, zp_schema *s, zp_field *f, int depth, zp_error *err)
{
    const zp_schema *target = zp_schemas_find(set, f->target_name.ptr, f->target_name.len);
    zp_field *seen;
    int at;

    if (!target)
        return zp_fail(err, "schema '%s': relation '%s' refers to '%s', which is not there", s->name.ptr,
                       f->name.ptr, f->target_name.ptr);
    at = zp_schema_field(target, f->references_name.ptr, f->references_name.len);
    if (at < 0)
        return zp_fail(err, "schema '%s': relation '%s' references '%s', which schema '%s' does not have",
                       s->name.ptr, f->name.ptr, f->references_name.ptr, target->name.ptr);
    seen = (zp_field *)&target->fields[at];
    if (zp_field_is_relation(seen) && !seen->target) {
        if (depth > 8 || seen == f)
            return zp_fail(err, "schema '%s': relation '%s' refers to itself in a circle", s->name.ptr,
                           f->name.ptr);
        if (!resolve(set, (zp_schema *)target, seen, depth + 1, err))
            return false;
    }
    f->target = target;
    f->references = at;
    f->type = seen->type;
    f->length = seen->length;
    f->precision = seen->precision;
    f->scale = seen->scale;
    return true;
}

static bool link_schema(zp_schemas *set, zp_schema *s, zp_error *err)
{
    for (int i = 0; i < s->count; i++) {
        zp_field *f = (zp_field *)&s->fields[i];

        if (zp_field_is_relation(f) && !resolve(set, s, f, 0, err))
            return false;
    }
    return true;
}

bool zp_schemas_link(zp_schemas *set, bool strict, zp_error *err)
{
    for (int i = 0; i < set->count; i++) {
        zp_error why = ZP_ERROR_INIT;
        zp_schema *s = &set->all[i];

        if (link_schema(set, s, &why))
            continue;
        s->broken = zp_arena_copy(set->arena, zp_error_text(&why), strlen(zp_error_text(&why)), err);
        if (strict || !s->broken) {
            zp_error_move(err, &why);
            return false;
        }
        zp_error_clear(&why);
    }
    return true;
}
