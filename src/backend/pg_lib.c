/* pg_lib: libpq, when a PostgreSQL database is first used. */
#include "backend/pg_lib.h"

#include "backend/library.h"

bool zp__pg_lib_open(zp_pg_lib *lib, zp_error *err)
{
    static const zp_library_name names[] = {
#define X(name) { #name, offsetof(zp_pg_lib, name) },
        ZP_PG_FUNCTIONS(X)
#undef X
    };

    if (!zp__library_open("libpq.so.5", "PostgreSQL", names, ZP_COUNTOF(names), lib, err))
        return false;
    lib->PQinitOpenSSL(0, 0); /* OpenSSL looks after itself */
    return true;
}
