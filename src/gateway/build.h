/* build: what the files that build the typed tree share.
 *
 *     query.c    the keys of a query      related.c  rf           value.c   literals as their field wants them
 *     filter.c   fi, fc, logic            compare.c  comparisons  write.c   insert and update       when.c  dates */
#ifndef ZP_GATEWAY_BUILD_H
#define ZP_GATEWAY_BUILD_H

#include "base/arena.h"
#include "base/decimal.h"
#include "gateway/compile.h"

enum {
    ZP__NODES_MAX = 10000, /* of all filters of a query */
    ZP__IN_MAX = 10000,    /* elements of one IN */
    ZP__PARAMS_MAX = 60000,
    ZP__BOUND_MAX = 65000, /* of a statement; MariaDB is bound some twice */
    ZP__DEPTH_MAX = 8,     /* of related schemas */
    ZP__SOURCES_MAX = 17,
    ZP__ORDERS_MAX = 64,
    ZP__TERMS_MAX = 120, /* values of one arithmetic expression: what a function of SQLite takes */
    ZP__FOLD_MAX = 1000  /* characters of a text that is searched for without regard to case */
};

/* Projection of a source while it is being read. */
typedef struct zp__q_shown {
    uint16_t *fields;
    uint16_t count;
    bool all;
} zp__q_shown;

/* Conditions that all must hold. */
typedef struct zp__q_list {
    zp_expr *first, **last;
    uint32_t count;
} zp__q_list;

typedef struct zp__q_build {
    zp_arena *arena;
    const zp_schemas *set;
    zp_dialect dialect;
    zp_fault *fault;
    int64_t now_us;
    zp_param *params; /* the compiler's, kept from query to query */
    uint32_t param_count, param_cap;
    uint32_t nodes;
    zp_query_source sources[ZP__SOURCES_MAX];
    zp__q_shown shown[ZP__SOURCES_MAX];
    bool restricts[ZP__SOURCES_MAX];
    uint16_t source_count;
    zp__q_list where;
    zp_query_order orders[ZP__ORDERS_MAX];
    uint16_t order_count;
    zp_query query;
} zp__q_build;

/* All of these return false (or NULL) with the fault filled. */
bool zp__q_nomem(zp__q_build *b);
void *zp__q_get(zp__q_build *b, size_t bytes);
zp_expr *zp__q_expr(zp__q_build *b, zp_expr_op op);
/* The next parameter, zeroed; its number is param_count - 1. */
zp_param *zp__q_param(zp__q_build *b);
void zp__q_list_init(zp__q_list *list);
void zp__q_list_add(zp__q_list *list, zp_expr *e); /* drops TRUE */
/* The conditions as one: TRUE without any. */
zp_expr *zp__q_all_of(zp__q_build *b, const zp__q_list *list, zp_expr_op op);
bool zp__q_bad_shape(zp__q_build *b, const char *fmt, ...) ZP_PRINTF(2, 3);                /* a parse error */
bool zp__q_bad_field(zp__q_build *b, const zp_schema *s, zp_slice name, const char *what); /* a field error */
bool zp__q_unknown_field(zp__q_build *b, const zp_schema *s, zp_slice name);
bool zp__q_count_node(zp__q_build *b);

/* query.c */
bool zp__q_is_empty(const zp_json *v); /* absent, null, [] or {} */
/* The object of a key: *out NULL when it is empty; a non-empty list is a parse error. */
bool zp__q_object_of(zp__q_build *b, const zp_json *query, const char *key, const zp_json **out);
bool zp__q_sort(zp__q_build *b, const zp_json *query, uint16_t source);
bool zp__q_projection(zp__q_build *b, const zp_json *query, uint16_t source);

/* related.c */
bool zp__q_related(zp__q_build *b, const zp_json *query, uint16_t source, int depth);
bool zp__q_picks(zp__q_build *b);

/* filter.c: adds to b->where, notes what restricts */
bool zp__q_filters(zp__q_build *b, const zp_json *query, uint16_t source);

/* compare.c */
bool zp__q_equal_value(zp__q_build *b, uint16_t source, int field, const zp_json *v,
                       zp_expr **out); /* of fi */
bool zp__q_compare(zp__q_build *b, uint16_t source, const zp_json *node, zp_slice op, zp_expr **out,
                   bool *known);
zp_expr *zp__q_field_expr(zp__q_build *b, uint16_t source, int field);

/* search.c: IN and the text operators */
bool zp__q_in(zp__q_build *b, uint16_t source, const zp_json *node, zp_expr **out);
bool zp__q_search(zp__q_build *b, uint16_t source, const zp_json *node, zp_expr_op op, bool fold,
                  zp_expr **out);
/* IN of literals; elements of `list`.  Strings that name fields are values when `fields` is NULL, else left out and added to it. */
bool zp__q_in_list(zp__q_build *b, uint16_t source, int field, const zp_json *list, zp__q_list *terms,
                   bool names);

/* A value of a comparison: a field, an arithmetic expression or a literal.  `taken`: a name that is text here. */
typedef struct zp__q_value {
    zp_expr *expr;          /* NULL: a literal */
    const zp_json *literal; /* with expr NULL */
    zp_slice name;          /* of a field, for the rule of the first occurrence */
    bool null;              /* an arithmetic expression that is always null */
} zp__q_value;
bool zp__q_value_of(zp__q_build *b, uint16_t source, const zp_json *v, const zp_json *taken,
                    zp__q_value *out);
/* `params`: how many there were before the two values. */
bool zp__q_pair(zp__q_build *b, zp_expr_op op, const zp__q_value *left, const zp__q_value *right,
                uint32_t params, zp_expr **out);
/* arith.c */
bool zp__q_arithmetic(zp__q_build *b, uint16_t source, const zp_json *node, zp__q_value *out);

/* value.c */
typedef enum zp__q_fit {
    ZP__FIT_PARAM,  /* *out is the value, *op may have changed */
    ZP__FIT_NEVER,  /* can hold for no value */
    ZP__FIT_ALWAYS, /* holds for every value that is not null */
    ZP__FIT_BAD     /* not a value of this class */
} zp__q_fit;
/* How `class op literal` is asked, for a literal that is not null, a list or an object. */
zp__q_fit zp__q_fit_value(zp__q_build *b, zp_class cls, int scale, zp_expr_op *op, const zp_json *v,
                          zp_param *out);
/* A literal for storing; a field error when it does not fit. */
bool zp__q_store(zp__q_build *b, const zp_schema *s, const zp_field *f, const zp_json *v, zp_param *out);
zp_param_kind zp__q_param_kind_of(zp_zql_type type);
/* The decimal that a NUMBER or a text is; false: it is none. */
bool zp__q_number_of(const zp_json *v, zp_dec *d, bool *huge);
bool zp__q_decimal_text(zp__q_build *b, const zp_dec *d, zp_slice *out);

/* write.c */
bool zp__q_insert(zp__q_build *b, const zp_json *query);
bool zp__q_update(zp__q_build *b, const zp_json *query);

/* when.c: YYYY-MM-DD[(T| )HH:MM:SS[.f{1,6}][Z|(+|-)HH:MM]] as microseconds since 1970 UTC */
bool zp__q_when_read(const char *text, size_t len, int64_t *micros);
/* A new ztid: 26 characters and a NUL. */
void zp__q_ztid_new(int64_t now_us, char to[27]);
bool zp__q_base64_read(zp__q_build *b, zp_slice text, zp_slice *out);

/* shape.c: everything of the tree that the text depends on. */
void zp__q_shape(zp_buf *out, const zp_query *q, const zp_param *params);

/* sql.c */
typedef struct zp__q_text {
    zp_buf sql, leads;
    zp_out *out;
    int out_count, out_cap, columns;
    uint32_t *order; /* the parameter behind each `?`; not PostgreSQL */
    uint32_t order_count, order_cap;
    zp_dialect dialect;
    const zp_query *query;
    const zp_param *params;
    zp_statement_kind kind;
    bool failed, quick;
} zp__q_text;
void zp__q_sql_write(zp__q_text *t);
/* sql_expr.c */
void zp__q_sql_condition(zp__q_text *t, const zp_expr *e, int depth);
void zp__q_sql_param(zp__q_text *t, uint32_t param, zp_class cls, int scale);
void zp__q_sql_name(zp__q_text *t, zp_slice name);
void zp__q_sql_column(zp__q_text *t, uint16_t source, uint16_t field);
/* A field so that texts sort by code points, decimals by value. */
void zp__q_sql_ordered(zp__q_text *t, uint16_t source, uint16_t field);
int zp__q_expr_depth(const zp_expr *e);
/* sql_value.c */
void zp__q_sql_value(zp__q_text *t, const zp_expr *e);

#endif
