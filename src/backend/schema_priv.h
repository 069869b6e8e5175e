/* schema_priv: what the files about schemas share. */
#ifndef ZP_BACKEND_SCHEMA_PRIV_H
#define ZP_BACKEND_SCHEMA_PRIV_H

#include "backend/schema.h"
#include "base/arena.h"
#include "wire/json.h"

struct zp_schemas {
    zp_arena *arena;
    zp_schema *all;
    int count, cap;
    int refs; /* further ones */
};

/* The words of the format, in the order of their enums. */
extern const char *const zp__auto_names[], *const zp__on_delete_names[];
enum { ZP__AUTOS = 5, ZP__ON_DELETES = 4 };

/* Reads and checks one schema into `to`; its memory is the set's. */
bool zp__schema_read(zp_schemas *set, const zp_json *json, zp_schema *to, zp_error *err) ZP_MUST_CHECK;
bool zp__schema_index(zp_schemas *set, zp_schema *s, zp_error *err) ZP_MUST_CHECK;
/* [A-Za-z_][A-Za-z0-9_]{0,63} */
bool zp__schema_name_ok(zp_slice name);

#endif
