/* arena: a chain of blocks, each twice as large as the one before up to 256 KiB. */
#include "base/arena.h"

#include <string.h>

#include "base/mem.h"

typedef struct block {
    struct block *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
} block;

struct zp_arena {
    block *blocks; /* the one being filled first */
};

enum { FIRST_BLOCK = 1 << 10, LARGEST_BLOCK = 1 << 18 };

zp_arena *zp_arena_new(zp_error *err)
{
    return zp_new(zp_arena, err);
}

void zp_arena_free(zp_arena *arena)
{
    if (!arena)
        return;
    for (block *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        zp_free(b);
    }
    zp_free(arena);
}

static block *add_block(zp_arena *arena, size_t bytes, zp_error *err)
{
    size_t size = arena->blocks ? 2 * arena->blocks->size : FIRST_BLOCK, whole;
    block *b;

    size = size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
    size = size < bytes ? bytes : size;
    if (!zp_add(size, sizeof(block), &whole)) {
        zp_fail_nomem(err, bytes);
        return NULL;
    }
    b = zp_alloc(whole, err);
    if (!b)
        return NULL;
    b->size = size;
    b->used = 0;
    b->next = arena->blocks;
    arena->blocks = b;
    return b;
}

void *zp_arena_alloc(zp_arena *arena, size_t bytes, zp_error *err)
{
    block *b = arena->blocks;
    void *ptr;

    if (bytes > SIZE_MAX - 15) {
        zp_fail_nomem(err, bytes);
        return NULL;
    }
    bytes = (bytes + 15) & ~(size_t)15;
    if (!b || b->size - b->used < bytes)
        b = add_block(arena, bytes, err);
    if (!b)
        return NULL;
    ptr = b->bytes + b->used;
    b->used += bytes;
    memset(ptr, 0, bytes);
    return ptr;
}

size_t zp_arena_bytes(const zp_arena *arena)
{
    size_t sum = sizeof(*arena);

    for (const block *b = arena->blocks; b; b = b->next)
        sum += sizeof(*b) + b->size;
    return sum;
}

char *zp_arena_copy(zp_arena *arena, const void *bytes, size_t len, zp_error *err)
{
    char *copy = len < SIZE_MAX ? zp_arena_alloc(arena, len + 1, err) : NULL;

    if (copy && len)
        memcpy(copy, bytes, len);
    return copy;
}
