/* What the built-ins on series share. */
#ifndef ZP_BUILTIN_SERIES_H
#define ZP_BUILTIN_SERIES_H

#include "lang/lang.h"
#include "time/time.h"

/* The times as the index of a new series: one dimension, no names, not tied to a file.  NIL on failure. */
zp_value zp_series_index(zp_value times, zp_error *err);
/* Fresh numbers for a series: the extents and column names of `data`, but with `rows` rows.  NIL on failure. */
zp_value zp_series_data(zp_value data, int64_t rows, zp_error *err);
/* The series as somebody's own: taken from *z if nobody else holds it and it is not locked, else a copy in memory.
 * NIL on failure. */
zp_value zp_series_own(zp_value *z, zp_error *err);
/* Are the times one column, ascending?  `'<what>' is not a vector`, `index is not in ascending order`. */
bool zp_series_check_times(zp_value times, const char *what, bool ascending, zp_error *err) ZP_MUST_CHECK;
/* zp_align_gather() on all columns of `data`. */
struct zp_windows;
bool zp_series_gather(const struct zp_windows *w, zp_value data, double fill, double *out,
                      zp_error *err) ZP_MUST_CHECK;
/* An optional zone argument: NULL for NULL or missing. */
bool zp_arg_zone(zp_call *c, int k, const zp_zone **zone) ZP_MUST_CHECK;
/* A duration of one element that must be positive, or not negative with `zero`. */
bool zp_arg_duration(zp_call *c, int k, bool zero, int64_t *ns) ZP_MUST_CHECK;

/* Sums that stay within the range of instants. */
static inline int64_t zp_add_saturated(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

#endif
