/* Two series on one index. */
#ifndef ZP_BUILTIN_SERIES_JOIN_H
#define ZP_BUILTIN_SERIES_JOIN_H

#include "value/value.h"

/* The rows of x and y at the instants of either (`all`) or of both; where one has no row there is `fill`.  to[0]: the
 * index; `together`: to[1] has the columns of x and y side by side (no names), else to[1] and to[2] have those of x and
 * of y with their extents.  On failure all are NIL. */
bool zp_series_join(zp_value x, zp_value y, bool all, double fill, bool together, zp_value to[3],
                    zp_error *err) ZP_MUST_CHECK;

#endif
