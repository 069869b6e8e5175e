/* outside: files of an object as the tools see them, which read what others may be writing. */
#include "store/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "store/io.h"

void zp__part_describe(const zp_fmt_object *o, int64_t k, zp__part *f)
{
    const zp_fmt_header *h = &o->header;

    *f = (zp__part){ .k = k, .number = zp_fmt_object_file(o, k), .is_index = h->series && k == 0, .fd = -1 };
    f->is_text = !f->is_index && h->type == ZP_STR;
    f->size = f->is_index ? 8 : f->is_text ? 16 : zp_type_size(h->type);
    zp_fmt_name(f->name, "c", f->number);
    if (f->is_index)
        snprintf(f->title, sizeof f->title, "index (%s)", f->name);
    else
        snprintf(f->title, sizeof f->title, "column %" PRId64 " (%s)", k + !h->series, f->name);
}

int zp__part_open(const zp_fmt_object *o, zp__part *f)
{
    f->fd = zp_io_get()->open(o->dir, f->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
    return f->fd < 0 ? f->fd : 0;
}

void zp__part_close(zp__part *f)
{
    if (f->fd >= 0)
        zp_io_get()->close(f->fd);
    f->fd = -1;
}

uint64_t zp__fd_length(int fd)
{
    struct stat st;

    return zp_io_get()->stat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

uint64_t zp__part_begin(const zp_fmt_object *o, const zp__part *f)
{
    uint64_t first = o->commit.first * f->size;

    return first - first % ZP_FMT_BLOCK;
}

bool zp__object_hold(zp_fmt_object *o, const char *dir, int *hold, zp_error *err)
{
    enum { TRIES = 100 };
    const zp_io *io = zp_io_get();

    *hold = -1;
    for (int i = 0; i < TRIES; i++) {
        uint64_t first;

        if (!zp_fmt_object_open(o, dir, err))
            return false;
        first = o->commit.first;
        *hold = io->open(o->dir, "commit", O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
        if (*hold >= 0)
            io->lock(*hold, ZP__READERS + (int64_t)first, 1, F_RDLCK, NULL);
        zp_fmt_object_close(o);
        if (!zp_fmt_object_open(o, dir, err)) {
            if (*hold >= 0)
                io->close(*hold);
            return false;
        }
        if (o->commit.first == first) /* nothing went before the lock was there */
            return true;
        if (*hold >= 0)
            io->close(*hold);
        zp_fmt_object_close(o);
    }
    return zp_fail(err, "%s drops its first rows all the time", dir);
}

int zp__sums_open(const zp_fmt_object *o)
{
    char name[ZP_FMT_NAME];

    return zp_io_get()->open(o->dir, zp_fmt_name(name, "sums.", o->header.sums),
                             O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
}

/* ---------------------------------------------------------------- names of extents */

/* `count` entries of a text column must lie within its `bytes` bytes. */
static bool entries_whole(int fd, uint64_t count, uint64_t bytes, zp_error *err)
{
    uint8_t piece[4096];

    for (uint64_t at = 0; at < count * 16; at += sizeof piece) {
        size_t len = count * 16 - at < sizeof piece ? (size_t)(count * 16 - at) : sizeof piece;
        int r = zp_io_read_all(fd, piece, len, (int64_t)at);

        if (r < 0)
            return zp_fail(err, "the file is too short or cannot be read");
        for (size_t i = 0; i < len; i += 16) {
            uint64_t offset = zp__get64(piece + i), size = zp__get64(piece + i + 8) & UINT32_MAX;

            if (offset > bytes || size > bytes - offset)
                return zp_fail(err, "name %" PRIu64 " refers to bytes that are not there", (at + i) / 16 + 1);
        }
    }
    return true;
}

bool zp__names_whole(const zp_fmt_object *o, int32_t d, zp_error *err)
{
    const zp_io *io = zp_io_get();
    char name[ZP_FMT_NAME];
    uint64_t number = o->header.names[d];
    uint64_t count = d == 0 ? o->commit.first + o->commit.rows : (uint64_t)o->header.dim[d];
    int entries = io->open(o->dir, zp_fmt_name(name, "c", number), O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
    int texts = io->open(o->dir, zp_fmt_name(name, "t", number), O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
    bool ok = entries >= 0 && texts >= 0 ? entries_whole(entries, count, zp__fd_length(texts), err)
                                         : zp_fail(err, "a file of theirs is missing");

    if (entries >= 0)
        io->close(entries);
    if (texts >= 0)
        io->close(texts);
    return ok;
}

/* ---------------------------------------------------------------- what may change meanwhile */

bool zp__mark_take(const char *dir, zp__mark *m)
{
    zp_fmt_object o;

    *m = (zp__mark){ 0 };
    if (!zp_fmt_object_open(&o, dir, NULL))
        return false;
    *m = zp__mark_of(&o);
    zp_fmt_object_close(&o);
    return true;
}
