/* utf8: code points and the columns they fill on a terminal, whatever the locale. */
#ifndef ZP_BASE_UTF8_H
#define ZP_BASE_UTF8_H

#include "base/buf.h"

/* The code point at *at, which moves behind it; -1 for a byte that begins none (one byte is passed).  *at < end. */
int32_t zp_utf8_next(const char **at, const char *end);
/* Bytes of the code point, 1 to 4 of them, written to `to`. */
size_t zp_utf8_put(char *to, int32_t cp);
/* Columns: 0, 1 or 2; -1: not printable. */
int zp_utf8_width(int32_t cp);
/* Of a text; what is not printable counts nothing, an invalid byte counts four (\x..). */
int64_t zp_utf8_columns(const char *text, size_t len);
int64_t zp_utf8_count(const char *text, size_t len); /* code points; an invalid byte counts one */
bool zp_utf8_valid(const char *text, size_t len);

/* Simple case folding: one code point becomes one, so that lengths in code points stay (É and é meet, ß stays). */
int32_t zp_utf8_fold(int32_t cp);
enum { ZP_FOLD_CLASS_MAX = 8 };
/* All code points that fold to `folded`, itself first; how many. */
int zp_utf8_fold_class(int32_t folded, int32_t members[ZP_FOLD_CLASS_MAX]);
void zp_utf8_put_folded(zp_buf *out, const char *text, size_t len);

/* The text with R's escapes (\n, \001, \x80, \u2028), between `quote` characters which are escaped inside; quote 0: no
 * quotes.  The columns it fills are those of what is written. */
void zp_utf8_escape(zp_buf *out, const char *text, size_t len, char quote);
int64_t zp_utf8_escape_columns(const char *text, size_t len, char quote);

typedef struct zp_utf8_range {
    int32_t from, to, width;
} zp_utf8_range;
extern const zp_utf8_range zp__utf8_ranges[]; /* sorted; all others fill one column */
extern const size_t zp__utf8_range_count;

#endif
