/* introspect: what an engine reads from a database's own catalogue becomes a zql-schema/1 file.  Inside the room.
 *
 * The engine runs two queries, one row per column and one per reference, with the columns of zp_seen_column and zp_seen_reference
 * in their order; everything that does not depend on an engine is here. */
#ifndef ZP_BACKEND_INTROSPECT_H
#define ZP_BACKEND_INTROSPECT_H

#include "backend/types.h"
#include "base/buf.h"

typedef struct zp_seen zp_seen;

/* Columns in the order of their tables.  Texts are copied; NULL: none. */
typedef struct zp_seen_column {
    const char *table, *name;
    zp_zql_type type;
    int length, precision, scale; /* 0: none */
    bool nullable, primary, unique, increment, now_add, now;
    const char *otherwise; /* the default as JSON */
} zp_seen_column;

typedef struct zp_seen_reference {
    const char *table, *column, *to_table, *to_column;
    const char *on_delete; /* cascade, set null, restrict; NULL: nothing said */
} zp_seen_reference;

zp_seen *zp__seen_new(zp_error *err) ZP_MUST_CHECK;
void zp__seen_free(zp_seen *seen);
bool zp__seen_add_column(zp_seen *seen, const zp_seen_column *column, zp_error *err) ZP_MUST_CHECK;
bool zp__seen_add_reference(zp_seen *seen, const zp_seen_reference *ref, zp_error *err) ZP_MUST_CHECK;
/* The file; tables without a key of one column are left out, with a line in the log. */
bool zp__seen_write(const zp_seen *seen, const char *database, const char *table, zp_buf *json,
                    zp_error *err) ZP_MUST_CHECK;

/* A type by its name in a catalogue: the first row whose name is the beginning of `name` up to a bracket or blank. */
typedef struct zp_type_row {
    const char *name;
    zp_zql_type type;
} zp_type_row;
zp_zql_type zp__type_by_name(const zp_type_row *rows, size_t count, const char *name);
/* The default of a catalogue as JSON in `to`: a number, a quoted text, true or false; false: it is an expression. */
bool zp__default_json(const char *text, zp_zql_type type, char *to, size_t size);
/* Whether a default is the time of the insert. */
bool zp__default_is_now(const char *text);

#endif
