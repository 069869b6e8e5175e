/* map: the addresses of an object's columns.
 *
 *     base                 base + stride           base + 2 stride
 *     | index file ....... | column file ......... | column file ......... |
 *     [rows][not yet there]
 *
 * One range of addresses is reserved, larger than the files; each file is mapped at its place in it, private and
 * writable.  A mapping shows what is written to its file, also behind the end that the file had when it was mapped, so
 * rows that are appended are simply there.  What is written to memory goes to private copies of pages: they are found
 * again in /proc/self/pagemap, written to the file, and dropped.
 *
 * When the range is outgrown, a larger one is mapped; the old one stays for the values that look into it.  Strings
 * cannot be mapped: text_map.c. */
#include "store/store_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { GRAIN = 6 << 20, FEW = 64, PAGE = 4096 };
#define ROOM_FEW  ((uint64_t)1 << 30) /* addresses per column, at least */
#define ROOM_MANY ((uint64_t)16 << 20)
#define ROOM_MOST ((uint64_t)1 << 45)

static uint64_t whole(uint64_t bytes)
{
    return (bytes + GRAIN - 1) / GRAIN * GRAIN; /* a multiple of huge pages and of every element size */
}

/* ---------------------------------------------------------------- life */

static void unlink_map(zp__map *m)
{
    if (!m->store)
        return;
    for (zp__map **at = &m->store->maps; *at; at = &(*at)->next)
        if (*at == m) {
            *at = m->next;
            return;
        }
}

void zp__map_unref(zp__map *m)
{
    if (!m || --m->refs)
        return;
    unlink_map(m);
    if (m->text)
        zp__text_free(m);
    if (m->base)
        munmap(m->base, m->bytes);
    if (m->reader >= 0)
        zp_io_get()->close(m->reader);
    zp_free(m);
}

/* Reserves the range and maps the files; 0 or a negated errno. */
static int map_files(zp_store *s, zp__map *m, uint64_t stride)
{
    char *at, *base;
    size_t head;

    if (m->columns && stride > SIZE_MAX / 2 / (uint64_t)m->columns)
        return -ENOMEM;
    m->stride = (size_t)stride;
    m->bytes = m->stride * (size_t)m->columns;
    if (!m->bytes)
        return 0;
    at = mmap(NULL, m->bytes + GRAIN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return -errno;
    base = (char *)(((uintptr_t)at + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
    head = (size_t)(base - at);
    if (head)
        munmap(at, head);
    munmap(base + m->bytes, GRAIN - head);
    m->base = base;
    for (int64_t k = 0; k < m->columns; k++) {
        const int r = zp_io_get()->map(s->files[k].fd, base + (size_t)k * m->stride, m->stride, s->writable);

        if (r < 0) {
            munmap(m->base, m->bytes);
            m->base = NULL;
            return r;
        }
    }
    madvise(m->base, m->bytes,
            MADV_HUGEPAGE); /* where the system keeps a file in large pieces, it maps and reads them whole */
    return 0;
}

static bool map_columns(zp_store *s, zp__map *m, uint64_t rows, zp_error *err)
{
    const uint64_t need = whole(rows * zp__width(s) + 1);
    uint64_t room = whole(m->columns <= FEW ? ROOM_FEW : ROOM_MANY);
    int r;

    room = room < 4 * need ? 4 * need : room;
    if (room > ROOM_MOST)
        room = ROOM_MOST > need ? ROOM_MOST / GRAIN * GRAIN : need;
    while ((r = map_files(s, m, room)) == -ENOMEM && room > need)
        room = whole(room / 4) > need ? whole(room / 4) : need; /* addresses are limited here */
    return r == 0 || zp_fail_sys(err, -r, "cannot map the columns of %s", s->dir);
}

/* The new map of the store; the old one is left to those that hold it. */
static void install(zp_store *s, zp__map *m)
{
    zp__map *old = s->map;

    m->next = s->maps;
    s->maps = m;
    s->map = m;
    zp__map_unref(old);
}

bool zp__map_new(zp_store *s, uint64_t rows, zp_error *err)
{
    zp__map *m = zp_new(zp__map, err);

    if (!m)
        return false;
    *m = (zp__map){ .refs = 1, .store = s, .columns = s->nfiles, .reader = -1 };
    m->text_first = (int64_t)s->c.first;
    if (!(zp__is_text(s) ? zp__text_new(m, rows - s->c.first, err) : map_columns(s, m, rows, err))) {
        zp_free(m);
        return false;
    }
    install(s, m);
    return true;
}

/* ---------------------------------------------------------------- growing */

static bool grow_text(zp_store *s, uint64_t rows, zp_error *err)
{
    zp__map *old = s->map;

    if ((int64_t)rows - old->text_first <= old->cap)
        return true;
    old->refs++;
    if (!zp__map_new(s, rows, err)) {
        zp__map_unref(old);
        return false;
    }
    zp__text_copy(s->map, old, (int64_t)s->c.first - old->text_first);
    zp__map_unref(old);
    return true;
}

bool zp__map_reserve(zp_store *s, uint64_t rows, zp_error *err)
{
    if (zp__is_text(s))
        return grow_text(s, rows, err);
    if (!s->nfiles || rows * zp__width(s) <= s->map->stride)
        return true;
    return zp__map_new(s, rows, err);
}

/* ---------------------------------------------------------------- looking */

void *zp__map_at(const zp__map *m, const zp_store *s, int64_t k, uint64_t row)
{
    static uint64_t nothing[8]; /* what an object without columns looks at */

    if (m->text)
        return m->text + k * m->cap + ((int64_t)row - m->text_first);
    return m->base ? m->base + (size_t)k * m->stride + (size_t)row * zp__width(s) : (void *)nothing;
}

void zp__map_drop(zp_store *s, uint64_t from, uint64_t to)
{
    const size_t width = zp__width(s);

    if (s->map->text || !s->map->base || from >= to)
        return;
    for (int64_t k = 0; k < s->nfiles; k++) {
        char *column = s->map->base + (size_t)k * s->map->stride;
        const size_t begin = (size_t)from * width / PAGE * PAGE;
        size_t end = ((size_t)to * width + PAGE - 1) / PAGE * PAGE;

        end = end > s->map->stride ? s->map->stride : end;
        if (end > begin)
            madvise(column + begin, end - begin, MADV_DONTNEED);
    }
}

/* ---------------------------------------------------------------- private pages */

/* Bits of an entry of pagemap. */
#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define OF_FILE (UINT64_C(1) << 61)

static int pagemap(void)
{
    static int fd = -2; /* opened once; -1: cannot be had, every page counts as changed */

    if (fd == -2)
        fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    return fd;
}

bool zp__map_private(const char *from, const char *to, const char **begin, const char **end)
{
    enum { BATCH = 1024 };
    const char *page = (const char *)((uintptr_t)from & ~(uintptr_t)(PAGE - 1)), *found = NULL;
    uint64_t entries[BATCH];

    while (page < to) {
        size_t pages = ((size_t)(to - page) + PAGE - 1) / PAGE;
        ssize_t n;

        pages = pages > BATCH ? BATCH : pages;
        n = pagemap() < 0 ? -1 : pread(pagemap(), entries, pages * 8, (off_t)((uintptr_t)page / PAGE * 8));
        for (size_t i = 0; i < pages; i++, page += PAGE) {
            const bool known = n >= (ssize_t)(8 * (i + 1));
            const bool private_page =
                !known || ((entries[i] & (PRESENT | SWAPPED)) && !(entries[i] & OF_FILE));

            if (private_page && !found)
                found = page;
            if (!private_page && found)
                goto done;
        }
    }
done:
    if (!found)
        return false;
    *begin = found < from ? from : found;
    *end = page > to ? to : page;
    return true;
}
