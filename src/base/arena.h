/* arena: memory that is born for one purpose and dies with it.  Nothing inside is freed by itself. */
#ifndef ZP_BASE_ARENA_H
#define ZP_BASE_ARENA_H

#include "base/error.h"

typedef struct zp_arena zp_arena;

zp_arena *zp_arena_new(zp_error *err) ZP_MUST_CHECK;
void zp_arena_free(zp_arena *arena);
/* Zeroed, aligned to 16 bytes; NULL on failure. */
void *zp_arena_alloc(zp_arena *arena, size_t bytes, zp_error *err) ZP_MUST_CHECK;
/* Bytes it holds. */
size_t zp_arena_bytes(const zp_arena *arena);
/* A copy of the bytes, followed by a NUL. */
char *zp_arena_copy(zp_arena *arena, const void *bytes, size_t len, zp_error *err) ZP_MUST_CHECK;

#endif
