/* format_priv: what the built-ins that make text share. */
#ifndef ZP_BUILTIN_FORMAT_PRIV_H
#define ZP_BUILTIN_FORMAT_PRIV_H

#include "base/number.h"
#include "lang/lang.h"
#include "time/time.h"

/* Element i of an array as as.character() writes it, with the options scipen and timezone. */
void zp__text_elem(zp_buf *out, zp_value v, int64_t i, int digits, const zp_config *cfg);
/* A value as an expression that makes it: c(1, 2), list("a"). */
void zp__deparse(zp_buf *out, zp_value v, const zp_config *cfg, int depth);

/* Can paste and sprintf show it?  Fails with `cannot coerce type 'closure' to vector of type 'character'`. */
bool zp__text_check(zp_value v, zp_error *err) ZP_MUST_CHECK;
/* Element i of anything zp__text_check accepts. */
void zp__text_any(zp_buf *out, zp_value v, int64_t i, const zp_config *cfg);

/* True, with c->err set, when the user wants a long loop to stop; `i` counts its turns. */
bool zp__stopped(zp_call *c, int64_t i);
/* The content of the buffer becomes element i of a fresh character vector. */
bool zp__put_text(zp_value v, int64_t i, const zp_buf *text, zp_error *err) ZP_MUST_CHECK;
/* Dims and names of `from` (an array) to `*to`, a fresh array as long; a list gives its names. */
bool zp__copy_shape(zp_value *to, zp_value from, zp_error *err) ZP_MUST_CHECK;
/* Inserts `mark` between groups of three digits of the whole part of the number in text[from .. end). */
void zp__big_mark(zp_buf *text, size_t from, const zp_str *mark);
/* The number in text[from .. end) with another decimal mark and, with drop0, without zeros at the end of its decimals and without
 * an exponent of 0. */
void zp__decimals(zp_buf *text, size_t from, bool drop0, const zp_str *mark);
/* Display name of a type as R's errors have it: 'closure', 'list', 'builtin'. */
const char *zp__kind_name(zp_value v);

/* Instants by strftime codes (format_time.c).  Fails: `can't find timezone X`. */
bool zp__format_instant(zp_buf *out, int64_t ns, const zp_zone *zone, const char *format, int64_t *cursor);
/* format() of times, intervals, durations and periods. */
zp_status zp__format_times(zp_call *c, zp_value x, const char *format, const char *tz, bool trim,
                           int64_t width);

#endif
