/* Two series on one index. */
#ifndef ZP_BUILTIN_SERIES_JOIN_H
#define ZP_BUILTIN_SERIES_JOIN_H

#include "value/value.h"

/* What the columns become: below ZP_JOIN_MATRIX, x op y for an op of zp_kop. */
typedef enum zp_join_to { ZP_JOIN_MATRIX = 100, ZP_JOIN_PAIR } zp_join_to;

/* The rows of x and y at the instants of either (`all`) or of both; where one has no row there is `fill`.  to[0]: the
 * index; to[1] has the columns of x and y side by side, without names (MATRIX), or to[1] and to[2] have those of x and of
 * y with their extents (PAIR), or to[1] has x op y.  On failure all are NIL. */
bool zp_series_join(zp_value x, zp_value y, bool all, double fill, zp_join_to what, zp_value to[3],
                    zp_error *err) ZP_MUST_CHECK;

#endif
