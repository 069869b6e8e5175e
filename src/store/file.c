/* file: one column of an open object.
 *
 * Text goes to a file of its own; the column then holds where each string is, how long, and a checksum.  A string that
 * occurs again soon is not written again. */
#include "store/store_priv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

enum { TEXT_CHUNK = 1 << 20, RECENT = 256 };

uint32_t zp_fmt_text_sum(const void *bytes, size_t len)
{
    return (uint32_t)XXH3_64bits(bytes, len);
}

void zp__file_init(zp__file *f, uint64_t number)
{
    *f = (zp__file){ .number = number, .fd = -1, .text_fd = -1 };
}

static bool open_one(zp_store *s, const char *prefix, uint64_t number, bool create, int *fd, uint64_t *len,
                     zp_error *err)
{
    char name[ZP_FMT_NAME];
    struct stat st;
    const int flags = create ? O_RDWR | O_CREAT | O_EXCL : s->writable ? O_RDWR : O_RDONLY;
    int r;

    zp_fmt_name(name, prefix, number);
    r = zp_io_get()->open(s->dirfd, name, flags | O_NOFOLLOW, 0600);
    if (r >= 0) {
        *fd = r;
        r = zp_io_get()->stat(*fd, &st);
    }
    if (r == -ENOENT)
        return zp_fail_code(err, ZP_EFORMAT, "%s is damaged: file %s is missing", s->dir, name);
    if (r < 0)
        return zp_fail_sys(err, -r, "cannot open %s/%s", s->dir, name);
    if (!S_ISREG(st.st_mode))
        return zp_fail_code(err, ZP_EFORMAT, "%s is damaged: %s is not a file", s->dir, name);
    *len = (uint64_t)st.st_size;
    return true;
}

bool zp__file_open(zp_store *s, zp__file *f, bool text, bool create, zp_error *err)
{
    uint64_t len;

    f->written = true;
    if (open_one(s, "c", f->number, create, &f->fd, &f->room, err) &&
        (!text || open_one(s, "t", f->number, create, &f->text_fd, &len, err))) {
        f->text_end = text ? len : 0;
        return true;
    }
    zp__file_close(f);
    return false;
}

void zp__file_close(zp__file *f)
{
    zp__tail_release(f);
    if (f->fd >= 0)
        zp_io_get()->close(f->fd);
    if (f->text_fd >= 0)
        zp_io_get()->close(f->text_fd);
    f->fd = f->text_fd = -1;
}

/* ---------------------------------------------------------------- text */

typedef struct recent {
    const zp_str *text;
    zp_fmt_text entry;
} recent;

static recent *recent_of(recent *cache, const zp_str *text)
{
    return &cache[((uintptr_t)text >> 5) % RECENT];
}

static bool write_chunk(zp_store *s, zp__file *f, zp_buf *chunk, zp_error *err)
{
    const int r =
        chunk->failed ? 0 : zp_io_write_all(f->text_fd, chunk->ptr, chunk->len, (int64_t)f->text_end);

    if (!zp_buf_ok(chunk, err))
        return false;
    if (r < 0)
        return zp__fail_io(s, err, -r, "write");
    f->text_end += chunk->len;
    zp_buf_clear(chunk);
    return true;
}

bool zp__file_put_text(zp_store *s, zp__file *f, zp_str *const *text, int64_t n, zp_fmt_text *entries,
                       zp_error *err)
{
    const uint64_t began = f->text_end;
    recent cache[RECENT] = { 0 };
    zp_buf chunk = ZP_BUF_INIT;
    bool ok = true;

    f->written = true;
    for (int64_t i = 0; ok && i < n; i++) {
        recent *seen = recent_of(cache, text[i]);

        if (seen->text != text[i]) {
            seen->text = text[i];
            seen->entry = (zp_fmt_text){ f->text_end + chunk.len, (uint32_t)text[i]->len,
                                         zp_fmt_text_sum(text[i]->text, text[i]->len) };
            zp_buf_put(&chunk, text[i]->text, text[i]->len);
        }
        entries[i] = seen->entry;
        if (chunk.len >= TEXT_CHUNK)
            ok = write_chunk(s, f, &chunk, err);
    }
    ok = ok && write_chunk(s, f, &chunk, err);
    zp_buf_fini(&chunk);
    if (!ok)
        f->text_end = began;
    return ok;
}

bool zp__file_write_text(zp_store *s, zp__file *f, zp_str *const *text, int64_t n, uint64_t row,
                         zp_error *err)
{
    enum { PIECE = 1 << 16 };
    zp_fmt_text *entries = zp_alloc((size_t)(n < PIECE ? n + 1 : PIECE) * sizeof *entries, err);
    bool ok = entries != NULL;

    for (int64_t i = 0; ok && i < n; i += PIECE) {
        const int64_t count = n - i < PIECE ? n - i : PIECE;

        ok = zp__file_put_text(s, f, text + i, count, entries, err) &&
             zp__file_write(s, f, entries, (size_t)count * sizeof *entries,
                            (row + (uint64_t)i) * sizeof *entries, err);
    }
    zp_free(entries);
    return ok;
}

/* ---------------------------------------------------------------- small files */

bool zp__read_file(int dir, const char *name, size_t most, zp_buf *out, const char *what, zp_error *err)
{
    struct stat st;
    int fd = zp_io_get()->open(dir, name, O_RDONLY | O_NOFOLLOW, 0), r = fd;

    if (fd >= 0)
        r = zp_io_get()->stat(fd, &st);
    if (r >= 0 && (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > most)) {
        zp_fail_code(err, ZP_EFORMAT, "%s is damaged: %s has a wrong size", what, name);
        zp_io_get()->close(fd);
        return false;
    }
    if (r >= 0 && st.st_size > 0) {
        if (!zp_buf_reserve(out, (size_t)st.st_size)) {
            zp_io_get()->close(fd);
            return zp_fail_nomem(err, (size_t)st.st_size);
        }
        r = zp_io_read_all(fd, out->ptr + out->len, (size_t)st.st_size, 0);
        if (r >= 0)
            out->len += (size_t)st.st_size;
    }
    if (fd >= 0)
        zp_io_get()->close(fd);
    return r >= 0 || zp_fail_sys(err, -r, "cannot read %s/%s", what, name);
}

bool zp__write_file(zp_store *s, const char *name, const void *bytes, size_t len, zp_error *err)
{
    const zp_io *io = zp_io_get();
    int fd, r;

    io->unlink(s->dirfd, name, false); /* left over from a commit that never was */
    r = fd = io->open(s->dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (r >= 0)
        r = zp_io_write_all(fd, bytes, len, 0);
    if (r >= 0 && (s->files || s->h.options.sync != ZP_SYNC_NONE))
        r = io->datasync(fd);
    if (fd >= 0)
        io->close(fd);
    return r >= 0 || zp__fail_io(s, err, -r, "write");
}
