/* json_text: texts as JSON wants them. */
#ifndef ZP_BASE_JSON_TEXT_H
#define ZP_BASE_JSON_TEXT_H

#include "base/buf.h"

/* A text with its quotes: control characters, '"' and '\' escaped; bytes that are no UTF-8 become U+FFFD. */
void zp_json_put_string(zp_buf *out, const char *text, size_t len);
/* The bytes of one well-formed UTF-8 sequence at `at`, 1..4; or minus the number of bytes that one U+FFFD stands for. */
int zp_json_utf8_step(const uint8_t *at, const uint8_t *end);

#endif
