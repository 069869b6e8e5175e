/* set: what set.c and set_interval.c share. */
#ifndef ZP_BUILTIN_SET_H
#define ZP_BUILTIN_SET_H

#include "lang/lang.h"

/* Interval vectors as sets of instants: '|' union, '&' intersection, '-' difference. */
bool zp__set_intervals(zp_value x, zp_value y, char op, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* Times inside (or outside) any of the intervals, ascending; inside: no duplicates. */
bool zp__set_times(zp_value x, zp_value y, bool inside, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* Their positions, and those of the intervals: a list of two. */
bool zp__set_times_idx(zp_value x, zp_value y, bool inside, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* A list of two; takes both, NIL: a failure before. */
bool zp__set_pair(zp_value a, zp_value b, zp_value *out, zp_error *err) ZP_MUST_CHECK;

#endif
