/* remote_fields: the fields of a line of text, as `zplane append` reads them. */
#ifndef ZP_CLI_REMOTE_FIELDS_H
#define ZP_CLI_REMOTE_FIELDS_H

#include "time/time.h"

/* The next field of a line, without quotes or blanks around it: *at goes behind its separator, NULL after the last. */
zp_slice zp__field_next(const char **at, const char *end, char sep);
/* Is that its text, where two quotes stand for one? */
bool zp__field_is(zp_slice field, const char *text);
/* `format` NULL: that of read.csv, or ISO 8601: "2024-03-31T01:30:00.5Z", "2024-03-31 03:30:00+02:00". */
bool zp__field_time(zp_slice field, const char *format, const zp_zone *zone, int64_t *out,
                    zp_error *err) ZP_MUST_CHECK;
bool zp__field_double(zp_slice field, double *out) ZP_MUST_CHECK; /* nothing: NaN */
bool zp__field_logical(zp_slice field, int8_t *out) ZP_MUST_CHECK;
/* "01:00:00.5", or a number of nanoseconds. */
bool zp__field_duration(zp_slice field, int64_t *out) ZP_MUST_CHECK;

#endif
