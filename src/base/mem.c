/* mem: malloc with an error, and with a trap door for tests. */
#include "base/mem.h"

#include <stdlib.h>

#ifdef ZP_HOSTILE
static uint64_t countdown;

void zp_mem_fail_at(uint64_t n)
{
    countdown = n;
}

bool zp_mem_refuse(void)
{
    return countdown && --countdown == 0;
}

bool zp_mem_refused(void)
{
    return countdown == 0;
}
#else
void zp_mem_fail_at(uint64_t n)
{
    (void)n;
}

bool zp_mem_refuse(void)
{
    return false;
}

bool zp_mem_refused(void)
{
    return false;
}
#endif

static void *checked(void *ptr, size_t bytes, zp_error *err)
{
    if (!ptr)
        zp_fail_nomem(err, bytes);
    return ptr;
}

void *zp_alloc(size_t bytes, zp_error *err)
{
    return checked(zp_mem_refuse() ? NULL : malloc(bytes ? bytes : 1), bytes, err);
}

void *zp_alloc_zero(size_t bytes, zp_error *err)
{
    return checked(zp_mem_refuse() ? NULL : calloc(1, bytes ? bytes : 1), bytes, err);
}

void *zp_realloc(void *ptr, size_t bytes, zp_error *err)
{
    return checked(zp_mem_refuse() ? NULL : realloc(ptr, bytes ? bytes : 1), bytes, err);
}

void zp_free(void *ptr)
{
    free(ptr);
}
