/* answer: a value as JSON or CSV, a piece at a time.
 *
 *     zp__answer_open --> zp__answer_piece --> bytes ... true: that was all
 *
 * What is written: docs/http.md.  Thread: the engine's. */
#ifndef ZP_SERVER_ANSWER_H
#define ZP_SERVER_ANSWER_H

#include "base/buf.h"
#include "value/value.h"

typedef enum zp__answer_form { ZP_ANSWER_JSON, ZP_ANSWER_CSV } zp__answer_form;

typedef struct zp__answer zp__answer;

/* Holds `v`.  Fails when the value has no such form: a list is no table, a list in lists in lists is too deep. */
zp__answer *zp__answer_open(zp_value v, zp__answer_form form, zp_error *err) ZP_MUST_CHECK;
/* Appends about `most` bytes; true: the last ones. */
bool zp__answer_piece(zp__answer *a, zp_buf *out, size_t most);
void zp__answer_close(zp__answer *a); /* NULL: nothing */

#endif
