/* pg_lib: libpq, opened when a PostgreSQL database is first used.  Its types are opaque here, so nothing links to it. */
#ifndef ZP_BACKEND_PG_LIB_H
#define ZP_BACKEND_PG_LIB_H

#include <libpq-fe.h>

#include "base/error.h"

#define ZP_PG_FUNCTIONS(X)                                                                             \
    X(PQconnectdbParams)                                                                               \
    X(PQstatus)                                                                                        \
    X(PQerrorMessage)                                                                                  \
    X(PQfinish)                                                                                        \
    X(PQsocket)                                                                                        \
    X(PQsslStruct) X(PQexec) X(PQexecParams) X(PQresultStatus) X(PQclear) X(PQntuples) X(PQgetvalue)   \
        X(PQgetisnull) X(PQgetCancel) X(PQfreeCancel) X(PQcancel) X(PQconninfoParse) X(PQconninfoFree) \
            X(PQfreemem) X(PQinitOpenSSL)

typedef struct zp_pg_lib {
#define X(name) __typeof__(&name) name;
    ZP_PG_FUNCTIONS(X)
#undef X
} zp_pg_lib;

/* Any thread, any number of times: the loader remembers. */
bool zp__pg_lib_open(zp_pg_lib *lib, zp_error *err) ZP_MUST_CHECK;

#endif
