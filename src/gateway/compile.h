/* compile: a query of a driver becomes a statement and its parameters.  Inside the room.
 *
 *     JSON --build_*.c--> zp_query + parameters --shape.c--> key --plan.c--> known? the statement of that shape
 *                                                                      new:   --sql_*.c--> text, columns
 *
 * Building checks everything against the schemas and never touches SQL; the text is made from the typed tree alone, whose names are
 * those of the schemas.  So nothing of the wire can reach it: the only way of a byte into the backend is a parameter.
 *
 * Thread: one compiler per gateway thread. */
#ifndef ZP_GATEWAY_COMPILE_H
#define ZP_GATEWAY_COMPILE_H

#include "auth/codes.h"
#include "backend/backend.h"
#include "backend/query.h"
#include "wire/json.h"

/* Why a query is refused: the code and what its `data` says. */
typedef struct zp_fault {
    zp_zql_condition condition;
    char text[320];
    char field[ZP_SCHEMA_NAME_MAX * 2], schema[ZP_SCHEMA_NAME_MAX * 2]; /* "" : not said */
} zp_fault;

/* What a query wants, read before its database is known: section for the session. */
typedef struct zp_wish {
    const zp_json *query;   /* the object */
    zp_slice database, env; /* named by the query itself; ptr NULL: not */
    zp_query_kind kind;
} zp_wish;

/* Statements that were made for the schemas of one environment and one dialect. */
typedef struct zp_plans zp_plans;
zp_plans *zp_plans_new(zp_schemas *take_set, zp_dialect dialect, zp_error *err) ZP_MUST_CHECK;
void zp_plans_free(zp_plans *plans);
const zp_schemas *zp_plans_schemas(const zp_plans *plans);

typedef struct zp_compiler zp_compiler;
zp_compiler *zp_compiler_new(zp_error *err) ZP_MUST_CHECK;
void zp_compiler_free(zp_compiler *c);

typedef struct zp_compiled {
    zp_statement *statement; /* borrowed from the plans until the next call */
    const zp_param *params;  /* valid until the next call, and as long as the JSON */
    zp_query_kind kind;
    const zp_schema *schema;
    bool unfiltered; /* an update or delete of all rows */
    bool hit;        /* the statement was there already */
} zp_compiled;

/* Looks at `qt`, `db` and `env`.  False: `fault` says why. */
bool zp_wish_read(const zp_json *query, zp_wish *wish, zp_fault *fault) ZP_MUST_CHECK;
/* `now_us`: microseconds since 1970, for the fields that are times. */
bool zp_compile(zp_compiler *c, zp_plans *plans, const zp_wish *wish, int64_t now_us, zp_compiled *out,
                zp_fault *fault) ZP_MUST_CHECK;
/* For looking at what was made: the tree alone, parameters in the order of the tree. */
const zp_query *zp_compile_tree(zp_compiler *c, const zp_schemas *set, zp_dialect dialect,
                                const zp_wish *wish, int64_t now_us, const zp_param **params,
                                zp_fault *fault) ZP_MUST_CHECK;

bool zp__q_fault(zp_fault *fault, zp_zql_condition condition, const char *fmt, ...) ZP_PRINTF(3, 4);

#endif
