/* help: what a row of a table tells its reader.  The console, `zplane help NAME`, completion and the reference
 * manual use these; all of them read the row and nothing else. */
#ifndef ZP_BUILTIN_HELP_H
#define ZP_BUILTIN_HELP_H

#include "lang/lang.h"

/* One formal, as a row writes it: "digits = 0", "...", "[i]" (optional without a default). */
typedef struct zp_formal {
    zp_slice name, def; /* borrowed from the row; def.ptr NULL: no default */
    bool optional;
} zp_formal;

/* The next formal of a row's `formals`; start with *at = row->formals.  False: there is no further one. */
bool zp_formal_next(const char **at, zp_formal *out);
/* The types a formal accepts in words, "double, time or NULL"; nothing when it takes anything. */
void zp_formal_types(zp_buf *out, const zp_builtin *row, zp_slice formal);
/* The formals of a function value as a row writes them; false: it is no function. */
bool zp_function_formals(zp_value fun, zp_buf *out);
/* "round(x, digits = 0)" */
void zp_help_usage(zp_buf *out, const zp_builtin *row);
/* The whole page: usage, description, arguments, example. */
void zp_help_page(zp_buf *out, const zp_builtin *row);

#endif
