/* query: a checked query as a typed tree, for backends that take no SQL (and for the writers of SQL in the gateway).
 *
 *     JSON tree --gateway--> zp_query + zp_param values --> SQL per dialect, or a backend that walks the tree
 *
 * Everything in it is resolved: fields are numbers in schemas, literals are parameters that have the type of what they
 * are compared with, names of the wire are gone.  Nothing is left to guess:
 *   - there is no NOT: a condition that is unknown (null) is as good as false;
 *   - `= null` has become IS_NULL, null among the elements of IN an OR with IS_NULL;
 *   - a comparison that can never hold has become FALSE, one that holds for all that is not null NOT_NULL;
 *   - chains are ANDs of pairs.
 * A tree belongs to the statement that it came with and holds no values: they come with each run, by number. */
#ifndef ZP_BACKEND_QUERY_H
#define ZP_BACKEND_QUERY_H

#include "backend/schema.h"
#include "backend/statement.h"

/* How values behave; every comparison is between two of one class, or two numbers. */
typedef enum zp_class {
    ZP_CLS_BOOL,
    ZP_CLS_INT,     /* exact, 64 bits; overflow is an error */
    ZP_CLS_DECIMAL, /* exact */
    ZP_CLS_DOUBLE,
    ZP_CLS_TEXT, /* order and equality of code points; varchar, text and ztid */
    ZP_CLS_DATETIME,
    ZP_CLS_DATE,
    ZP_CLS_BINARY,
    ZP_CLS_JSON /* only compared with null */
} zp_class;

zp_class zp_class_of(zp_zql_type type);

typedef enum zp_expr_op {
    /* conditions */
    ZP_EXPR_TRUE,
    ZP_EXPR_FALSE,
    ZP_EXPR_AND, /* args: two or more conditions */
    ZP_EXPR_OR,
    ZP_EXPR_EQ, /* args: two values */
    ZP_EXPR_NE,
    ZP_EXPR_LT,
    ZP_EXPR_LE,
    ZP_EXPR_GT,
    ZP_EXPR_GE,
    ZP_EXPR_IS_NULL, /* args: one value */
    ZP_EXPR_NOT_NULL,
    ZP_EXPR_IN, /* args: one value; parameters param … param + count - 1, none is null */
    ZP_EXPR_CONTAINS, /* args: a FIELD, a PARAM; `fold`: both in simple case folding (the parameter is folded already) */
    ZP_EXPR_STARTS,
    ZP_EXPR_ENDS,
    /* values */
    ZP_EXPR_FIELD,
    ZP_EXPR_PARAM,
    ZP_EXPR_ADD, /* args: two or more, left to right; cls says how: INT, DECIMAL or DOUBLE */
    ZP_EXPR_SUB,
    ZP_EXPR_MUL,
    ZP_EXPR_DIV, /* args: two; always DOUBLE; by zero: null */
    ZP_EXPR_MOD  /* args: two; sign of the dividend; by zero: null */
} zp_expr_op;

/* Does a comparison (ZP_EXPR_EQ … ZP_EXPR_GE) hold of values in this order (< 0, 0, > 0)? */
static inline bool zp_expr_holds(zp_expr_op op, int order)
{
    switch (op) {
    case ZP_EXPR_EQ: return order == 0;
    case ZP_EXPR_NE: return order != 0;
    case ZP_EXPR_LT: return order < 0;
    case ZP_EXPR_LE: return order <= 0;
    case ZP_EXPR_GT: return order > 0;
    default: return order >= 0;
    }
}

typedef struct zp_expr {
    uint8_t op;      /* zp_expr_op */
    uint8_t cls;     /* zp_class of a value; of IN and comparisons: of their operands */
    uint8_t scale;   /* DECIMAL PARAM: digits after the point, rounded up to 4, 10, 20 or 30 */
    bool fold;       /* text operators that do not mind the case */
    uint16_t source; /* FIELD */
    uint16_t field;  /* FIELD: of that source's schema */
    uint32_t param;  /* PARAM, IN */
    uint32_t count;  /* of args; IN: of parameters */
    struct zp_expr *args, *next;
} zp_expr;

/* A value of a row that is sent back. */
typedef struct zp_query_pick {
    uint16_t field;
    uint16_t source; /* a relation shown as the object of that source; 0: as its key */
} zp_query_pick;

/* A table of the query.  Source 0 is the schema asked for, the others are reached by a relation of an earlier one. */
typedef struct zp_query_source {
    const zp_schema *schema;
    uint16_t parent, relation; /* relation: a field of the parent's schema */
    bool inner;                /* something below restricts: rows without it are left out */
    const zp_query_pick *picks;
    uint16_t pick_count;
} zp_query_source;

typedef struct zp_query_order {
    uint16_t source, field;
    bool down; /* null comes first upwards, last downwards */
} zp_query_order;

typedef struct zp_assign {
    uint16_t field;
    uint32_t param;
} zp_assign;

typedef enum zp_query_kind {
    ZP_QUERY_INSERT,
    ZP_QUERY_SELECT,
    ZP_QUERY_COUNT,
    ZP_QUERY_UPDATE,
    ZP_QUERY_DELETE
} zp_query_kind;

typedef struct zp_query {
    zp_query_kind kind;
    const zp_query_source *sources;
    uint16_t source_count;
    const zp_expr *where; /* of all sources together; TRUE: every row */
    const zp_query_order *orders;
    uint16_t order_count;
    const zp_assign *assigns; /* INSERT, UPDATE */
    uint16_t assign_count;
    bool window; /* parameters `window_param` (how many rows) and the one after it (how many to skip) */
    uint32_t window_param;
    int key_param; /* INSERT: the parameter of the primary key; -1: the backend generates it */
    uint32_t param_count;
} zp_query;

#endif
