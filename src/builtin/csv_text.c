/* csv_text: quotes where a reader needs them, and nowhere else. */
#include "builtin/csv_text.h"

void zp_csv_text(zp_buf *to, const char *text, size_t len, char sep, bool mark_empty)
{
    bool quote = mark_empty && len == 0;

    for (size_t i = 0; i < len && !quote; i++)
        quote = text[i] == sep || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    if (!quote) {
        zp_buf_put(to, text, len);
        return;
    }
    zp_buf_putc(to, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            zp_buf_putc(to, '"');
        zp_buf_putc(to, text[i]);
    }
    zp_buf_putc(to, '"');
}
