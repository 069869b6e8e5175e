/* statement: what the gateway's compiler hands to a backend.
 *
 *     zp_statement   the text, once per shape and backend: SQL with parameters, and the form of the answer
 *     zp_param       the values, once per query
 *
 * A statement is immutable once it is made and belongs to the gateway thread that made it; its count is touched on that
 * thread only (a run holds one reference).  Worker threads read it while a run is alive.
 *
 * The form of the answer is a short program (zp_out).  For the columns id, quantity and a related user (email):
 *
 *     OPEN   lead `{`                                   column: -
 *     VALUE  lead `"id":`          type ZTID            column 0
 *     VALUE  lead `,"quantity":`   type INT             column 1
 *     OPEN   lead `,"user":` ...   null if column 2 is  skip: behind its CLOSE
 *     VALUE  lead `"email":`       type VARCHAR         column 3
 *     CLOSE
 *     CLOSE
 *
 * so that a row of the backend becomes JSON without looking at names. */
#ifndef ZP_BACKEND_STATEMENT_H
#define ZP_BACKEND_STATEMENT_H

#include "backend/types.h"
#include "base/buf.h"

/* Kinds of parameters.  Text kinds are UTF-8 without NUL. */
typedef enum zp_param_kind {
    ZP_PARAM_NULL,     /* of no particular type */
    ZP_PARAM_BOOL,     /* num: 0 or 1 */
    ZP_PARAM_INT,      /* num */
    ZP_PARAM_DOUBLE,   /* dbl */
    ZP_PARAM_DECIMAL,  /* text: decimal digits, exact */
    ZP_PARAM_TEXT,     /* text; on PostgreSQL its type is what the statement says there (unknown literal) */
    ZP_PARAM_BINARY,   /* text: bytes */
    ZP_PARAM_DATETIME, /* num: microseconds since 1970-01-01 UTC */
    ZP_PARAM_DATE,     /* num: days since 1970-01-01 */
    ZP_PARAM_JSON,     /* text */
    ZP_PARAM_KIND_COUNT
} zp_param_kind;

typedef struct zp_param {
    zp_param_kind kind;
    bool null; /* a null of this kind: keeps the shape of the statement */
    int64_t num;
    double dbl;
    zp_slice text; /* borrowed */
} zp_param;

/* Steps of the program that writes one row. */
typedef enum zp_out_op {
    ZP_OUT_OPEN, /* lead, then `{`; with `column` >= 0 and that column null: lead, `null`, on to step `skip` */
    ZP_OUT_VALUE, /* lead, then the value of `column` as `type` */
    ZP_OUT_CLOSE, /* lead (mostly empty), then `}` */
} zp_out_op;

typedef struct zp_out {
    zp_out_op op;
    zp_zql_type type;
    int16_t column;
    uint16_t skip;
    uint16_t precision, scale; /* of DECIMAL; 0: not known */
    zp_slice lead;             /* JSON as it stands, e.g. `,"name":` */
} zp_out;

typedef enum zp_statement_kind {
    ZP_STMT_ROWS, /* select, count, insert with RETURNING: every row is a frame by `out` */
    ZP_STMT_INSERT, /* no row comes back: {"last_insert_id":<the generated key, or the parameter `key_param`>} */
    ZP_STMT_UPDATE, /* {"is_updated":…,"affected_rows":n} */
    ZP_STMT_DELETE, /* {"is_deleted":…,"affected_rows":n} */
} zp_statement_kind;

typedef struct zp_statement {
    uint32_t refs;
    zp_statement_kind kind;
    bool write; /* changes data */
    bool
        quick; /* by the whole primary or a unique key, at most one row: may share a connection with others */
    uint64_t
        shape;    /* names the prepared statement within a pool; 0: do not keep it prepared (one-off texts) */
    zp_slice sql; /* NUL-terminated; empty for backends that take the tree */
    const void *tree; /* the typed query of query.h, for backends that say `wants_tree`; NULL otherwise */
    const zp_out *out;
    int out_count;
    int columns;          /* of the result; 0: no rows */
    const uint8_t *kinds; /* zp_param_kind of each parameter */
    int param_count;      /* at most 65,000 */
    int key_param;        /* INSERT: the parameter that is the key; -1: the backend generates it */
    const char *schema;   /* for lists of running queries; borrowed from the statement's memory */
    void (*release)(struct zp_statement *); /* frees it when nobody refers to it any more */
} zp_statement;

static inline zp_statement *zp_statement_ref(zp_statement *s)
{
    s->refs++;
    return s;
}

static inline void zp_statement_unref(zp_statement *s)
{
    if (s && --s->refs == 0)
        s->release(s);
}

#endif
