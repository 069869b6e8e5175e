/* schema: the typed form of zql-schema/1, what queries are checked against.
 *
 *     JSON of each schema --zp_schemas_add--> set --zp_schemas_link--> relations know their targets
 *
 * A set holds the schemas that one environment of a database sees; immutable once it is linked, owned by whoever made it.  A relation is
 * a field too: it has a column and a type (that of what it references), and a target.  So a query never asks twice
 * which of the two it has.  Names on the wire find a field here and go no further. */
#ifndef ZP_BACKEND_SCHEMA_H
#define ZP_BACKEND_SCHEMA_H

#include "backend/types.h"
#include "base/buf.h"

typedef struct zp_schema zp_schema;
typedef struct zp_schemas zp_schemas;

typedef enum zp_auto {
    ZP_AUTO_NONE,
    ZP_AUTO_INCREMENT, /* by the backend */
    ZP_AUTO_ZTID,      /* by the server */
    ZP_AUTO_NOW_ADD,   /* time of insert */
    ZP_AUTO_NOW        /* time of insert and of each update */
} zp_auto;

typedef enum zp_on_delete {
    ZP_ON_DELETE_RESTRICT,
    ZP_ON_DELETE_CASCADE,
    ZP_ON_DELETE_SET_NULL,
    ZP_ON_DELETE_NO_ACTION
} zp_on_delete;

enum { ZP_SCHEMA_NAME_MAX = 64, ZP_SCHEMA_FIELDS_MAX = 1000 };

typedef struct zp_field {
    zp_slice name, column; /* `column` as the table has it */
    zp_zql_type type;
    int32_t length;           /* of varchar, in characters; 0: any */
    int32_t precision, scale; /* of decimal */
    bool nullable, unique;
    zp_auto fill;
    zp_slice initial; /* default, as JSON; ptr NULL: none */
    /* Relations. */
    zp_slice target_name, references_name; /* ptr NULL: no relation */
    const zp_schema *target;               /* after linking */
    int references;                        /* field of the target */
    zp_on_delete on_delete;
} zp_field;

struct zp_schema {
    zp_slice name, table;
    int64_t version;
    int number; /* in its set */
    const zp_field *fields;
    int count; /* fields, then relations */
    int key;   /* the primary key's field */
    const char
        *broken; /* after linking: why it cannot be queried (a relation without target); NULL: it can */
    const uint16_t *slots; /* inside: names to fields */
    uint32_t mask;
};

static inline bool zp_field_is_relation(const zp_field *f)
{
    return f->target_name.ptr != NULL;
}

zp_schemas *zp_schemas_new(zp_error *err) ZP_MUST_CHECK;
/* Counted by one thread at a time; the last zp_schemas_free() frees. */
zp_schemas *zp_schemas_ref(zp_schemas *set);
void zp_schemas_free(zp_schemas *set);
/* Adds one schema from its JSON object ({"table":…,"primary_key":…,"fields":{…},"relations":{…}}); `err` says where it is wrong. */
bool zp_schemas_add(zp_schemas *set, const char *name, int64_t version, const char *json, size_t len,
                    zp_error *err) ZP_MUST_CHECK;
/* Adds all schemas of a zql-schema/1 file; `database` (may be NULL) gets its name, borrowed from the set. */
bool zp_schemas_add_file(zp_schemas *set, const char *json, size_t len, const char **database,
                         zp_error *err) ZP_MUST_CHECK;
/* Resolves the relations.  `strict`: a relation without target is an error; otherwise its schema is `broken`. */
bool zp_schemas_link(zp_schemas *set, bool strict, zp_error *err) ZP_MUST_CHECK;
const zp_schema *zp_schemas_find(const zp_schemas *set, const char *name, size_t len); /* exact; or NULL */
int zp_schemas_count(const zp_schemas *set);
const zp_schema *zp_schemas_at(const zp_schemas *set, int i); /* in the order added */

/* The field, relation, or relation whose column has exactly that name; -1: none. */
int zp_schema_field(const zp_schema *schema, const char *name, size_t len);
/* The schema as one JSON object, every setting written out, keys in a fixed order: equal schemas give equal texts. */
void zp_schema_put(zp_buf *out, const zp_schema *schema);

/* Names that the Node or PHP driver uses for itself, so that queries with such fields go wrong there: calls `each` with a
 * sentence for every one. */
void zp_schema_warnings(const zp_schema *schema, void (*each)(void *arg, const char *sentence), void *arg);

/* What changes from `old` to `now` (NULL: there was none), a sentence for each.  `narrows`: the change drops or narrows a field, so that
 * data or queries may stop working.  Returns how many narrow. */
int zp_schema_diff(const zp_schema *old, const zp_schema *now,
                   void (*each)(void *arg, const char *sentence, bool narrows), void *arg);

#endif
