/* text_map: the strings of text columns in memory, made when somebody needs them.
 *
 *     text   | NULL NULL "abc" NULL ... | "x" "y" "z" ...     | NULL NULL ...          addresses: cap per column
 *     parts  | some                     | whole               | none                   one byte for each 64Ki rows
 *
 * Like mapped columns the range is larger than the files, and costs memory where somebody has looked.  A string stays until
 * the map goes; rows that are appended stay in the files until they are asked for.  A part that is whole needs no second look,
 * one with nothing in it no looking through when the map goes.
 *
 * Many strings are a long loop: other evaluations go on meanwhile, so what was read is put in its place only
 * afterwards, where nobody else has put it before. */
#include "kernel/kernel.h"
#include "store/store_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FEW_COLUMNS = 64, FEW = 64, AHEAD = 1024 };
enum { NONE, SOME, WHOLE };
#define ROOM_FEW  ((uint64_t)1 << 27) /* rows, at least */
#define ROOM_MANY ((uint64_t)1 << 21)

/* ---------------------------------------------------------------- life */

static int64_t parts_of(const zp__map *m)
{
    return (m->cap + ZP__PART - 1) / ZP__PART;
}

static uint8_t *part_of(const zp__map *m, int64_t k, int64_t i)
{
    return &m->parts[k * parts_of(m) + i / ZP__PART];
}

static int64_t maps; /* of text, in this process: the engine's */

bool zp__texts_open(void)
{
    return maps > 0;
}

static bool reserve(zp__map *m, uint64_t cap)
{
    size_t bytes, columns = (size_t)(m->columns ? m->columns : 1);
    void *at;

    if (!zp_mul((size_t)cap, sizeof(zp_str *), &bytes) || !zp_mul(bytes, columns, &bytes))
        return false;
    at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return false;
    madvise(at, bytes, MADV_NOHUGEPAGE); /* one string here and there shall not cost a large page */
    m->text = at;
    m->bytes = bytes;
    m->cap = (int64_t)cap;
    m->parts = zp_alloc_zero((size_t)parts_of(m) * columns, NULL);
    if (m->parts) {
        maps++;
        return true;
    }
    munmap(at, bytes);
    m->text = NULL;
    return false;
}

bool zp__text_new(zp__map *m, uint64_t rows, zp_error *err)
{
    const uint64_t need = rows + rows / 3 + 16;
    uint64_t room = m->columns <= FEW_COLUMNS ? ROOM_FEW : ROOM_MANY;

    room = room < 2 * need ? 2 * need : room;
    while (!reserve(m, room)) {
        if (room == need)
            return zp_fail_nomem(err, (size_t)need * sizeof(zp_str *));
        room = room / 4 > need ? room / 4 : need; /* addresses are limited here */
    }
    return true;
}

static void texts_unref(zp__texts *t)
{
    if (!t || --t->refs)
        return;
    for (int64_t k = 0; k < t->n; k++)
        zp__file_close(&t->files[k]);
    zp_free(t->dir);
    zp_free(t);
}

static int64_t part_end(const zp__map *m, int64_t part)
{
    return (part + 1) * ZP__PART < m->cap ? (part + 1) * ZP__PART : m->cap;
}

void zp__text_free(zp__map *m)
{
    const int64_t parts = parts_of(m);

    for (int64_t x = 0; x < m->columns * parts; x++) {
        zp_str **column = m->text + x / parts * m->cap;

        for (int64_t i = x % parts * ZP__PART; m->parts[x] != NONE && i < part_end(m, x % parts); i++)
            zp_str_unref(column[i]);
    }
    munmap(m->text, m->bytes);
    maps--;
    zp_free(m->parts);
    zp_heap_discharge(m->text_held);
    texts_unref(m->texts);
    m->text = NULL;
}

/* ---------------------------------------------------------------- files that outlive their store's use of them */

static zp__texts *take_files(zp_store *s)
{
    zp__texts *t = zp_alloc_zero(sizeof *t + (size_t)s->nfiles * sizeof(zp__file), NULL);

    if (!t)
        return NULL;
    t->dir = zp_alloc(strlen(s->dir) + 1, NULL);
    if (!t->dir) {
        zp_free(t);
        return NULL;
    }
    strcpy(t->dir, s->dir);
    t->n = s->nfiles;
    for (int64_t k = 0; k < t->n; k++) {
        zp__tail_release(&s->files[k]);
        t->files[k] = s->files[k];
        s->files[k].fd = s->files[k].text_fd = -1;
    }
    return t;
}

void zp__texts_keep(zp_store *s, const zp__map *but)
{
    zp__texts *t = NULL;

    for (zp__map *m = s->maps; m && s->files; m = m->next) {
        if (m == but || !m->text || m->texts || m->refs <= (m == s->map))
            continue;
        t = t ? t : take_files(s);
        if (!t)
            return; /* what was not read cannot be read any more */
        m->texts = t;
        t->refs++;
    }
}

/* ---------------------------------------------------------------- reading */

typedef struct source {
    const char *dir;
    zp__file file; /* a copy: the store may close meanwhile, but not what its maps look into */
    char *own_dir;
    zp_str *few[FEW], **made;
} source;

static bool find_source(source *from, const zp__map *m, int64_t k, int64_t n, zp_error *err)
{
    const bool store = !m->texts && m->store && m->store->files;

    from->own_dir = NULL;
    from->made = from->few;
    if (!store && !m->texts)
        return zp_fail(
            err,
            "the text cannot be read any more: its files were replaced and there was no memory to keep them");
    from->dir = store ? m->store->dir : m->texts->dir;
    from->file = store ? m->store->files[k] : m->texts->files[k];
    if (n <= FEW)
        return true;
    from->made = zp_alloc((size_t)(n < ZP__PART ? n : ZP__PART) * sizeof *from->made, err);
    from->own_dir = from->made ? zp_alloc(strlen(from->dir) + 1, err) : NULL;
    if (!from->own_dir) {
        zp_free(from->made);
        return false;
    }
    from->dir = strcpy(from->own_dir, from->dir);
    return true;
}

static void drop_source(source *from)
{
    if (from->made != from->few)
        zp_free(from->made);
    zp_free(from->own_dir);
}

static size_t bytes_of(zp_str *const *made, int64_t n)
{
    size_t bytes = 0;

    for (int64_t i = 0; i < n; i++)
        if (!i || made[i] != made[i - 1])
            bytes += sizeof(zp_str) + made[i]->len + 17; /* with what the allocator adds */
    return bytes + (size_t)n * sizeof *made;
}

/* Strings [from, to), of which none is there yet, within one part. */
static bool read_run(zp__map *m, int64_t k, int64_t from, int64_t to, source *src, zp_error *err)
{
    const int64_t n = to - from;
    const zp_long_guard *left = zp_long_begin(n * 16);
    bool ok = zp__text_read(src->dir, &src->file, src->made, n, (uint64_t)(m->text_first + from), err);
    size_t bytes;

    zp_long_end(left);
    if (!ok)
        return false;
    bytes = bytes_of(src->made, n);
    ok = zp_heap_charge(bytes, err);
    if (ok)
        m->text_held += bytes;
    for (int64_t i = 0; i < n; i++) {
        zp_str **at = &m->text[k * m->cap + from + i];

        if (ok && !*at)
            *at = src->made[i];
        else
            zp_str_unref(src->made[i]);
    }
    if (ok && *part_of(m, k, from) == NONE)
        *part_of(m, k, from) = SOME;
    return ok;
}

/* Strings [from, to), within one part. */
static bool need_part(zp__map *m, int64_t k, int64_t from, int64_t to, source *src, zp_error *err)
{
    zp_str *const *text = m->text + k * m->cap;
    int64_t i = from, begin;

    while (i < to) {
        while (i < to && text[i])
            i++;
        begin = i;
        while (i < to && !text[i])
            i++;
        if (begin < i && !read_run(m, k, begin, i, src, err))
            return false;
    }
    return true;
}

/* Is there something to read?  A part that was looked at from end to end is whole. */
static bool is_whole(const zp__map *m, int64_t k, int64_t from, int64_t to)
{
    zp_str *const *text = m->text + k * m->cap;

    for (int64_t i = from; i < to;) {
        const int64_t end = part_end(m, i / ZP__PART) < to ? part_end(m, i / ZP__PART) : to;

        if (*part_of(m, k, i) == NONE)
            return false;
        for (; *part_of(m, k, i) != WHOLE && i < end; i++)
            if (!text[i])
                return false;
        i = end;
    }
    return true;
}

/* Who reads one string after the other gets the next ones together, if they can be had. */
static bool read_ahead(zp__map *m, int64_t k, int64_t from, int64_t end)
{
    const int64_t stop = part_end(m, from / ZP__PART) < end ? part_end(m, from / ZP__PART) : end;
    const int64_t to = from + AHEAD < stop ? from + AHEAD : stop;

    return from % ZP__PART && m->text[k * m->cap + from - 1] && zp__text_need(m, k, from, to, to, NULL);
}

bool zp__text_need(zp__map *m, int64_t k, int64_t from, int64_t to, int64_t end, zp_error *err)
{
    source src;
    bool ok = true;

    if (from >= to || is_whole(m, k, from, to) || (to == from + 1 && end > to && read_ahead(m, k, from, end)))
        return true;
    if (!find_source(&src, m, k, to - from, err))
        return false;
    m->refs++; /* others may let go of it while it is read */
    for (int64_t i = from; ok && i < to;) {
        const int64_t last = part_end(m, i / ZP__PART), stop = last < to ? last : to;

        ok = *part_of(m, k, i) == WHOLE || need_part(m, k, i, stop, &src, err);
        if (ok && i % ZP__PART == 0 && stop == last)
            *part_of(m, k, i) = WHOLE;
        i = stop;
    }
    drop_source(&src);
    zp__map_unref(m);
    return ok;
}

/* ---------------------------------------------------------------- changing */

void zp__text_put(zp__map *m, int64_t k, int64_t i, zp_str *s)
{
    zp_str **at = &m->text[k * m->cap + i];

    if (*part_of(m, k, i) == NONE)
        *part_of(m, k, i) = SOME;
    zp_str_unref(*at);
    *at = s;
}

void zp__text_forget(zp__map *m, int64_t from, int64_t to)
{
    for (int64_t k = 0; k < m->columns; k++)
        for (int64_t i = from; i < to;) {
            const int64_t stop = part_end(m, i / ZP__PART) < to ? part_end(m, i / ZP__PART) : to;
            uint8_t *part = part_of(m, k, i);
            zp_str **at = m->text + k * m->cap + i;

            for (int64_t n = *part == NONE ? 0 : stop - i; n > 0; n--, at++) {
                zp_str_unref(*at);
                *at = NULL;
            }
            *part = *part == WHOLE ? SOME : *part;
            i = stop;
        }
}

void zp__text_copy(zp__map *to, const zp__map *from, int64_t skip)
{
    const int64_t parts = parts_of(from);

    for (int64_t x = 0; x < from->columns * parts; x++) {
        zp_str *const *column = from->text + x / parts * from->cap;
        const int64_t begin = x % parts * ZP__PART;

        for (int64_t i = begin > skip ? begin : skip; from->parts[x] != NONE && i < part_end(from, x % parts);
             i++)
            if (column[i] && i - skip < to->cap)
                zp__text_put(to, x / parts, i - skip, zp_str_ref(column[i]));
    }
}
