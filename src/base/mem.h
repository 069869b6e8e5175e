/* mem: allocation that may fail.
 *
 * Everything that depends on input goes through here, so that one place can count, limit and inject
 * failures.  A build with ZP_HOSTILE makes the n-th call fail (zp_mem_fail_at). */
#ifndef ZP_BASE_MEM_H
#define ZP_BASE_MEM_H

#include "base/error.h"

void *zp_alloc(size_t bytes, zp_error *err) ZP_MUST_CHECK; /* uninitialised */
void *zp_alloc_zero(size_t bytes, zp_error *err) ZP_MUST_CHECK;
void *zp_realloc(void *ptr, size_t bytes, zp_error *err) ZP_MUST_CHECK; /* on failure `ptr` stays valid */
void zp_free(void *ptr);

#define zp_new(type, err) ((type *)zp_alloc_zero(sizeof(type), (err)))

/* Makes the n-th allocation from now on fail (0: none).  Only in builds with ZP_HOSTILE. */
void zp_mem_fail_at(uint64_t n);
/* The n-th allocation has come and was refused. */
bool zp_mem_refused(void);
/* True when an allocation has to be refused now: every allocator of the program asks once per call. */
bool zp_mem_refuse(void);

#endif
