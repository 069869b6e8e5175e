/* json_cell: one element of an array as JSON, for whoever writes tables or answers.  Any thread. */
#ifndef ZP_BUILTIN_JSON_CELL_H
#define ZP_BUILTIN_JSON_CELL_H

#include "base/buf.h"
#include "value/value.h"

/* Element i: a number (NaN: null; infinities: 1e999), true, false, or a text; times are ISO 8601 in UTC. */
void zp_json_cell(zp_buf *to, zp_type type, const void *cells, int64_t i);

#endif
