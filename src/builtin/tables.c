/* The list of all tables. */
#include "builtin/tables.h"

const zp_builtin *const zp_builtin_tables[] = {
#define X(file) zp_builtins_##file,
    ZP_BUILTIN_TABLES(X)
#undef X
    NULL,
};
