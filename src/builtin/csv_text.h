/* csv_text: a text as a cell of delimited lines, for whoever writes tables.  Any thread. */
#ifndef ZP_BUILTIN_CSV_TEXT_H
#define ZP_BUILTIN_CSV_TEXT_H

#include "base/buf.h"

/* Between quotes, which are doubled inside, where it holds `sep`, a quote or the end of a line; with `mark_empty` also
 * when it is empty. */
void zp_csv_text(zp_buf *to, const char *text, size_t len, char sep, bool mark_empty);

#endif
