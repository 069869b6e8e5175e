/* Rounding of times, intervals and durations: what floor, ceiling, round and trunc do with the time types. */
#ifndef ZP_BUILTIN_TIME_FLOOR_H
#define ZP_BUILTIN_TIME_FLOOR_H

#include "time/time.h"
#include "value/value.h"

enum { ZP_TIME_FLOOR, ZP_TIME_CEILING, ZP_TIME_ROUND, ZP_TIME_TRUNC };

/* x: time, interval (both ends) or duration; unit: a name ("day", "15 minutes", "3 months"), a duration, or a period of
 * months, of days or of a duration alone; tz: a zone name.  NULL
 * or MISSING: not given.  Dims and names are kept.  Other types of x are the caller's.  Errors: `invalid type for
 * argument` (no unit), `unknown period string`, `tz needed`, `can't find timezone X`. */
bool zp_time_round(zp_value x, int mode, zp_value unit, zp_value tz, zp_value *out,
                   zp_error *err) ZP_MUST_CHECK;

/* Unit and zone as the time room wants them. */
bool zp_time_grid(zp_value unit, zp_value tz, zp_grid *grid, zp_error *err) ZP_MUST_CHECK;

#endif
