/* alloc: size classes, aligned blocks, and recycled huge mappings.
 *
 * The heap belongs to the thread that evaluates; it is the one piece of thread-local state, because every
 * constructor of a value would otherwise have to carry it. */
#include "value/alloc.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/breath.h"
#include "value/value.h"

#if defined(__SANITIZE_ADDRESS__) || defined(ZP_HOSTILE)
#define POOLED 0 /* every block its own, so that a stray access is seen */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLED 0
#endif
#endif
#ifndef POOLED
#define POOLED 1
#endif

enum {
    ALIGN = 64,
    SMALL_STEP = 64,
    SMALL_MAX = 1024,
    CLASSES = SMALL_MAX / SMALL_STEP,
    SLAB = 64 << 10,
    HUGE_PAGE = 2 << 20,
    MIDDLE_KEPT = 64 << 20, /* free bytes at the end of the C library's heap */
    KEPT = 24,              /* recycled mappings */
    POPULATED = 2 << 20     /* bytes from which on it pays to make the pages elsewhere */
};
#define LARGE_MIN ((size_t)1 << 20)
#define KEPT_MAX  ((size_t)3 << 30) /* bytes kept for reuse */

typedef struct free_block {
    struct free_block *next;
} free_block;

/* A large block of references that nobody holds any more; this head lies where its first elements were. */
typedef struct later {
    struct later *next;
    int64_t n; /* elements left behind the head */
    size_t bytes;
    void (*drop)(void *element);
    size_t size;
} later;

enum { LATER_LEAST = 1024, LATER_MOST = 1 << 22 /* elements */ };

typedef struct mapping {
    void *ptr;
    size_t bytes;
} mapping;

static _Thread_local struct heap {
    free_block *small[CLASSES];
    mapping kept[KEPT];
    int nkept;
    bool tuned;
    size_t kept_bytes;
    size_t held, peak, limit;
    bool defers;
    later *later;  /* taken apart later */
    int64_t waits; /* elements there */
} heap;

size_t zp_heap_bytes(void)
{
    return heap.held;
}

size_t zp_heap_peak(void)
{
    return heap.peak;
}

void zp_heap_limit(size_t bytes)
{
    heap.limit = bytes;
}

size_t zp_heap_limited(void)
{
    return heap.limit;
}

_Static_assert(sizeof(struct heap) <= sizeof(zp_heap_state), "a heap that does not fit");

void zp_heap_leave(zp_heap_state *to)
{
    memcpy(to, &heap, sizeof heap);
    memset(&heap, 0, sizeof heap);
}

void zp_heap_enter(const zp_heap_state *from)
{
    memcpy(&heap, from, sizeof heap);
}

static void unmap_kept(int i)
{
    munmap(heap.kept[i].ptr, heap.kept[i].bytes);
    heap.kept_bytes -= heap.kept[i].bytes;
    heap.kept[i] = heap.kept[--heap.nkept];
}

void zp_heap_trim(void)
{
    while (heap.nkept)
        unmap_kept(heap.nkept - 1);
}

/* ---------------------------------------------------------------- later */

void zp_heap_defer(bool on)
{
    heap.defers = on;
}

void zp__data_drop(void *ptr, size_t bytes, void *elements, int64_t n, size_t size,
                   void (*drop)(void *element))
{
    int64_t head = (int64_t)((sizeof(later) + size - 1) / size);
    bool defer = POOLED && heap.defers && n >= LATER_LEAST && ptr == elements && heap.waits + n <= LATER_MOST;
    later *l = ptr;

    for (int64_t i = 0; i < (defer ? head : n); i++)
        drop((char *)elements + (size_t)i * size);
    if (!defer) {
        zp__data_free(ptr, bytes);
        return;
    }
    *l = (later){ heap.later, n - head, bytes, drop, size };
    heap.later = l;
    heap.waits += l->n;
}

bool zp_heap_sweep(int64_t most)
{
    while (heap.later && most-- > 0) {
        later *l = heap.later; /* dropping may put others in front of it */

        if (l->n) {
            int64_t head = (int64_t)((sizeof(later) + l->size - 1) / l->size);

            l->n--;
            heap.waits--;
            l->drop((char *)l + (size_t)(head + l->n) * l->size);
        } else {
            heap.later = l->next;
            zp__data_free(l, l->bytes);
        }
    }
    return heap.later != NULL;
}

/* ---------------------------------------------------------------- limits */

static size_t physical_bytes(void)
{
    static size_t bytes; /* the same whoever computes it */

    if (!bytes) {
        long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
        bytes = pages > 0 && size > 0 ? (size_t)pages * (size_t)size : SIZE_MAX;
    }
    return bytes;
}

/* Memory that the machine does not have is refused before the kernel kills us for touching it. */
static bool within_limit(size_t bytes)
{
    size_t all;

    if (!zp_add(heap.held, bytes, &all))
        return false;
    return (!heap.limit || all <= heap.limit) && all <= physical_bytes();
}

bool zp_heap_charge(size_t bytes, zp_error *err)
{
    if (!within_limit(bytes))
        return zp_fail_nomem(err, bytes);
    heap.held += bytes;
    heap.peak = heap.held > heap.peak ? heap.held : heap.peak;
    return true;
}

void zp_heap_discharge(size_t bytes)
{
    heap.held -= bytes < heap.held ? bytes : heap.held;
}

/* ---------------------------------------------------------------- small */

static size_t small_class(size_t bytes)
{
    return bytes ? (bytes - 1) / SMALL_STEP : 0;
}

static void *small_alloc(size_t bytes)
{
    size_t cls = small_class(bytes), step = (cls + 1) * SMALL_STEP;
    free_block *b = heap.small[cls];
    char *slab;

    if (ZP_LIKELY(b != NULL)) {
        heap.small[cls] = b->next;
        return b;
    }
    slab = within_limit(SLAB) ? aligned_alloc(ALIGN, SLAB) : NULL;
    if (!slab)
        return NULL;
    heap.held += SLAB; /* slabs are kept */
    heap.peak = heap.held > heap.peak ? heap.held : heap.peak;
    for (size_t at = step; at + step <= SLAB; at += step) {
        b = (free_block *)(slab + at);
        b->next = heap.small[cls];
        heap.small[cls] = b;
    }
    return slab;
}

static void small_free(void *ptr, size_t bytes)
{
    size_t cls = small_class(bytes);
    free_block *b = ptr;

    b->next = heap.small[cls];
    heap.small[cls] = b;
}

/* ---------------------------------------------------------------- large */

static size_t large_size(size_t bytes)
{
    return (bytes + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
}

static void *take_kept(size_t bytes)
{
    int best = -1;
    void *ptr;

    for (int i = 0; i < heap.nkept; i++)
        if (heap.kept[i].bytes >= bytes && heap.kept[i].bytes / 4 <= bytes &&
            (best < 0 || heap.kept[i].bytes < heap.kept[best].bytes))
            best = i;
    if (best < 0)
        return NULL;
    ptr = heap.kept[best].ptr;
    heap.kept_bytes -= bytes;
    if (heap.kept[best].bytes > bytes) /* the rest stays: it is a mapping as good as any */
        heap.kept[best] = (mapping){ (char *)ptr + bytes, heap.kept[best].bytes - bytes };
    else
        heap.kept[best] = heap.kept[--heap.nkept];
    return ptr;
}

/* Where others wait for the thread, the pages of a new block are made while they go on. */
static void populate(void *ptr, size_t bytes)
{
    const zp_long_guard *left =
        bytes >= POPULATED && zp_long_watched() ? zp_long_begin((int64_t)(bytes / 2)) : NULL;

    if (!left)
        return;
#ifdef MADV_POPULATE_WRITE
    madvise(ptr, bytes, MADV_POPULATE_WRITE); /* if not, they are made when they are touched */
#endif
    zp_long_end(left);
}

/* A mapping that begins on a huge page: one page more is asked for and the ends are cut off. */
static void *large_map(size_t bytes)
{
    size_t whole = bytes + HUGE_PAGE, head;
    char *ptr = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (ptr == MAP_FAILED)
        return NULL;
    head = (size_t)(-(uintptr_t)ptr & (HUGE_PAGE - 1));
    if (head)
        munmap(ptr, head);
    if (HUGE_PAGE - head)
        munmap(ptr + head + bytes, HUGE_PAGE - head);
    madvise(ptr + head, bytes, MADV_HUGEPAGE);
    return ptr + head;
}

static void *large_alloc(size_t bytes, bool *fresh)
{
    void *ptr = take_kept(bytes);

    *fresh = !ptr;
    if (!ptr)
        ptr = large_map(bytes);
    if (!ptr && heap.nkept) {
        zp_heap_trim();
        ptr = large_map(bytes);
    }
    return ptr;
}

static void large_free(void *ptr, size_t bytes)
{
    if (POOLED && bytes <= KEPT_MAX / 2) {
        while (heap.nkept && (heap.nkept == KEPT || heap.kept_bytes + bytes > KEPT_MAX))
            unmap_kept(0);
        heap.kept[heap.nkept++] = (mapping){ ptr, bytes };
        heap.kept_bytes += bytes;
        return;
    }
    munmap(ptr, bytes);
}

/* ---------------------------------------------------------------- blocks between */

/* The C library would give the end of its heap back to the system with every block, and fetch it, cleared, with the
 * next one: that costs more than what is done with the block. */
static void *middle_alloc(size_t bytes)
{
    if (!heap.tuned) {
        mallopt(M_MMAP_THRESHOLD, (int)(2 * LARGE_MIN));
        mallopt(M_TRIM_THRESHOLD, MIDDLE_KEPT);
        heap.tuned = true;
    }
    return aligned_alloc(ALIGN, bytes);
}

/* ---------------------------------------------------------------- the door */

void *zp__data_alloc(size_t bytes, zp_error *err)
{
    size_t asked = bytes;
    bool fresh = false;
    void *ptr;

    if (POOLED && bytes <= SMALL_MAX) {
        ptr = small_alloc(bytes);
        if (!ptr)
            zp_fail_nomem(err, asked);
        return ptr;
    }
    if (bytes > SIZE_MAX / 4 || zp_mem_refuse()) {
        zp_fail_nomem(err, asked);
        return NULL;
    }
    bytes = bytes < LARGE_MIN ? (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1) : large_size(bytes);
    bytes = bytes ? bytes : ALIGN;
    if (!within_limit(bytes))
        zp_heap_sweep(INT64_MAX);
    if (!within_limit(bytes))
        ptr = NULL;
    else
        ptr = bytes < LARGE_MIN ? middle_alloc(bytes) : large_alloc(bytes, &fresh);
    if (!ptr) {
        zp_fail_nomem(err, asked);
        return NULL;
    }
    heap.held += bytes;
    heap.peak = heap.held > heap.peak ? heap.held : heap.peak;
    if (fresh)
        populate(ptr, bytes);
    return ptr;
}

void zp__data_free(void *ptr, size_t bytes)
{
    if (!ptr)
        return;
    if (POOLED && bytes <= SMALL_MAX) {
        small_free(ptr, bytes);
        return;
    }
    bytes = bytes < LARGE_MIN ? (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1) : large_size(bytes);
    bytes = bytes ? bytes : ALIGN;
    heap.held -= bytes;
    if (bytes < LARGE_MIN)
        free(ptr);
    else
        large_free(ptr, bytes);
}

void *zp__data_realloc(void *ptr, size_t old_bytes, size_t bytes, zp_error *err)
{
    void *fresh = zp__data_alloc(bytes, err);

    if (!fresh)
        return NULL;
    if (ptr) {
        memcpy(fresh, ptr, old_bytes < bytes ? old_bytes : bytes);
        zp__data_free(ptr, old_bytes);
    }
    return fresh;
}

void zp__data_discard(void *from, size_t bytes)
{
    const uintptr_t begin = ((uintptr_t)from + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    const uintptr_t end = ((uintptr_t)from + bytes) & ~(uintptr_t)(HUGE_PAGE - 1);

    if (end > begin) /* only blocks of their own mapping hold whole huge pages */
        madvise((void *)begin, end - begin, MADV_DONTNEED);
}
