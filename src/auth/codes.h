/* codes: the reply codes of the drivers' protocol, by class of driver.
 *
 * The same number means different things to different drivers, so a session keeps its class and asks this table.
 * The class is decided once, from the CONNECT message. */
#ifndef ZP_AUTH_CODES_H
#define ZP_AUTH_CODES_H

#include "base/buf.h"

typedef enum zp_zql_class {
    ZP_CLASS_N,      /* Node.js: signature and database_id */
    ZP_CLASS_P,      /* Python 2.0.1: signature and env */
    ZP_CLASS_P0,     /* Python 2.0.0: signature alone */
    ZP_CLASS_V,      /* PHP and the first generation: request_token */
    ZP_CLASS_NATIVE, /* zplane's own protocol; answered with the codes of N */
} zp_zql_class;

/* X(condition, code for N, code for the others) */
#define ZP_ZQL_CODES(X)                       \
    X(CONNECTED, 0x0002, 0x0002)              \
    X(QUERY_DATA, 0x0007, 0x0007)             \
    X(PONG, 0x0010, 0x0010)                   \
    X(QUERY_COMPLETE, 0x0608, 0x0608)         \
    X(CREATE_SCHEMA_SUCCESS, 0x0201, 0x0201)  \
    X(PUBLISH_SCHEMA_SUCCESS, 0x0202, 0x0202) \
    X(CONNECT_ERROR, 0x0500, 0x0500)          \
    X(CLIENT_AUTH_ERROR, 0x0502, 0x0006)      \
    X(TOKEN_EXPIRED, 0x0401, 0x0400)          \
    X(NO_ACCESS, 0x0400, 0x0011)              \
    X(PARSE_ERROR, 0x0420, 0x0100)            \
    X(INVALID_SCHEMA, 0x0421, 0x0401)         \
    X(FIELD_ERROR, 0x0422, 0x0402)            \
    X(QUERY_ERROR, 0x0520, 0x0009)            \
    X(INVALID_REQUEST_TYPE, 0x0423, 0x0423)   \
    X(DISCONNECTED, 0x0400, 0x0004)           \
    X(DISCONNECT_ERROR, 0x0501, 0x0005)       \
    X(CREATE_SCHEMA_ERROR, 0x0521, 0x0501)    \
    X(PUBLISH_SCHEMA_ERROR, 0x0522, 0x0502)

typedef enum zp_zql_condition {
#define X(name, n, other) ZP_ZQL_##name,
    ZP_ZQL_CODES(X)
#undef X
} zp_zql_condition;

/* X(request, code of N, code of the others); the server takes either on any session */
#define ZP_ZQL_REQUESTS(X)           \
    X(CONNECT, 0x0001, 0x0001)       \
    X(DISCONNECT, 0x0002, 0x0003)    \
    X(CANCEL, 0x0004, 0x0004)        \
    X(QUERY, 0x0005, 0x0005)         \
    X(PING, 0x0007, 0x0007)          \
    X(CREATE_SCHEMA, 0x0221, 0x0008) \
    X(PUBLISH_SCHEMA, 0x0222, 0x0009)

typedef enum zp_zql_request {
    ZP_REQ_UNKNOWN,
#define X(name, n, other) ZP_REQ_##name,
    ZP_ZQL_REQUESTS(X)
#undef X
} zp_zql_request;

int zp_zql_code(zp_zql_class cls, zp_zql_condition condition);
const char *zp_zql_class_name(zp_zql_class cls); /* "N", "P", "P0", "V", "native" */
zp_zql_request zp_zql_request_of(int64_t request_type);

/* Appends one whole frame {"error":true,"response_code":code,"data":{"zteradb_error":text}} with its length. */
void zp_zql_put_error(zp_buf *out, zp_zql_class cls, zp_zql_condition condition, const char *text);
/* {"error":false,"response_code":code,"data":<data, JSON text>} */
void zp_zql_put_reply(zp_buf *out, zp_zql_class cls, zp_zql_condition condition, const char *data);

/* A frame whose payload is written in between: mark = zp_zql_frame_begin(out); ...; zp_zql_frame_end(out, mark). */
size_t zp_zql_frame_begin(zp_buf *out);
void zp_zql_frame_end(zp_buf *out, size_t mark);

#endif
