/* flush: results that are made in a small buffer and written from there past the caches. */
#ifndef ZP_KERNEL_FLUSH_H
#define ZP_KERNEL_FLUSH_H

#include <string.h>

#include "kernel/kernel.h"

/* Where in a buffer aligned to 64 bytes what goes to `to` has to begin, in elements of 8 bytes. */
static inline int64_t zp_flush_phase(const void *to)
{
    return (int64_t)((uintptr_t)to & 63) / 8;
}

/* Writes count elements of 8 bytes.  `from` lies at the same place within a line of 64 bytes as `to`. */
static inline void zp_flush(void *to, const void *from, int64_t count)
{
    int64_t head = (int64_t)((64 - ((uintptr_t)to & 63)) & 63) / 8;

    if (head > count)
        head = count;
    memcpy(to, from, (size_t)head * 8);
    if (count > head)
        zp_kernels_get()->stream((char *)to + head * 8, (const char *)from + head * 8,
                                 (size_t)(count - head) * 8);
}

#endif
