/* alloc: memory for objects and vector data.  Private to the room (ops and kernels use zp_vec and its kin).
 *
 *     <= 1 KiB     size classes cut from slabs, freed to lists: a few ns
 *     < 1 MiB      aligned_alloc
 *     larger       mmap on huge pages; freed ones are kept and handed out again, because a fresh page costs
 *                  more than the arithmetic that fills it
 *
 * Everything is aligned to 64 bytes.  The caller remembers the size and gives it back. */
#ifndef ZP_VALUE_ALLOC_H
#define ZP_VALUE_ALLOC_H

#include "base/mem.h"

void *zp__data_alloc(size_t bytes, zp_error *err) ZP_MUST_CHECK;
void *zp__data_realloc(void *ptr, size_t old_bytes, size_t bytes, zp_error *err) ZP_MUST_CHECK;
/* The bytes of a block (or a part of it) will not be read again before they are written: whole pages go back to the system. */
void zp__data_discard(void *from, size_t bytes);
void zp__data_free(void *ptr, size_t bytes);
/* Calls `drop` for n elements in the block and frees it: at once, or, if the block is large and zp_heap_defer() says so, in
 * portions of zp_heap_sweep(). */
void zp__data_drop(void *ptr, size_t bytes, void *elements, int64_t n, size_t size,
                   void (*drop)(void *element));

#endif
