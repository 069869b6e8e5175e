/* types: the words of schema files for the types of fields. */
#include "backend/types.h"

#include "backend/backend.h"

const char *zp_zql_type_name(zp_zql_type type)
{
    static const char *const names[] = {
#define X(tag, name) name,
        ZP_ZQL_TYPES(X)
#undef X
    };

    return (unsigned)type < ZP_ZQL_TYPE_COUNT ? names[type] : "unknown";
}
