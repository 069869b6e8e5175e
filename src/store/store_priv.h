/* What the files of the room share. */
#ifndef ZP_STORE_STORE_PRIV_H
#define ZP_STORE_STORE_PRIV_H

#include "base/buf.h"
#include "store/format.h"
#include "store/io.h"

#define ZP__ROWS_MAX (UINT64_C(1) << 56)

void zp__put64(uint8_t *at, uint64_t x);
uint64_t zp__get64(const uint8_t *at);

/* A redo record in the making. */
void zp__redo_begin(zp_buf *out, const zp_fmt_commit *c);
void zp__redo_add(zp_buf *out, uint64_t file, uint64_t offset, const void *bytes, size_t len);
bool zp__redo_end(zp_buf *out, zp_error *err) ZP_MUST_CHECK;

#endif
