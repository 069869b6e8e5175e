/* types: the field types of the drivers' schemas, in one list.
 *
 * What a type looks like in an answer is in encode.c, how it reads a value of a query is the gateway's business. */
#ifndef ZP_BACKEND_TYPES_H
#define ZP_BACKEND_TYPES_H

#define ZP_ZQL_TYPES(X)     \
    X(INT, "int")           \
    X(SMALLINT, "smallint") \
    X(BIGINT, "bigint")     \
    X(DECIMAL, "decimal")   \
    X(DOUBLE, "double")     \
    X(BOOLEAN, "boolean")   \
    X(VARCHAR, "varchar")   \
    X(TEXT, "text")         \
    X(DATETIME, "datetime") \
    X(DATE, "date")         \
    X(JSON, "json")         \
    X(ZTID, "ztid")         \
    X(BINARY, "binary")

typedef enum zp_zql_type {
#define X(tag, name) ZP_ZQL_##tag,
    ZP_ZQL_TYPES(X)
#undef X
        ZP_ZQL_TYPE_COUNT
} zp_zql_type;

/* The word of the schema file. */
const char *zp_zql_type_name(zp_zql_type type);

#endif
