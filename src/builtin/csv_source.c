/* csv_source: the bytes of a file: mapped, or read where it cannot be mapped, or unpacked (gzip, zstd). */
#include "builtin/csv_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { STEP = 1 << 20 };

/* Reads what cannot be mapped: pipes, devices. */
static bool read_all(zp__csv_source *s, int fd, const zp_ctx *ctx, zp_error *err)
{
    zp_buf all = ZP_BUF_INIT;

    for (;;) {
        char *to = zp_buf_reserve(&all, STEP);
        ssize_t got = to ? read(fd, to, STEP) : -1;

        if (!to || (got < 0 && errno != EINTR) || zp_ctx_interrupted(ctx)) {
            bool ok = !to                       ? zp_buf_ok(&all, err)
                      : zp_ctx_interrupted(ctx) ? zp_fail_code(err, ZP_ECANCELLED, "interrupted")
                                                : zp_fail_sys(err, errno, "cannot read");

            zp_buf_fini(&all);
            return ok;
        }
        if (got == 0)
            break;
        all.len += got > 0 ? (size_t)got : 0;
    }
    s->heap = all.ptr;
    s->ptr = all.ptr;
    s->len = all.len;
    return true;
}

static bool unpack_gzip(zp_buf *out, const char *from, size_t len, zp__csv_watch *w, zp_error *err)
{
    z_stream z = { 0 };
    int status = inflateInit2(&z, 15 + 32);
    bool ok = status == Z_OK;

    z.next_in = (Bytef *)(uintptr_t)from;
    while (ok && (len > 0 || z.avail_in > 0)) {
        char *to = zp_buf_reserve(out, STEP);
        uInt before;

        if (!to)
            break;
        if (z.avail_in == 0) {
            z.avail_in = len > INT_MAX ? INT_MAX : (uInt)len;
            len -= z.avail_in;
        }
        before = z.avail_in;
        z.next_out = (Bytef *)to;
        z.avail_out = STEP;
        status = inflate(&z, Z_NO_FLUSH);
        out->len += STEP - z.avail_out;
        if (!zp__csv_watch_step(w, before - z.avail_in, before - z.avail_in, err))
            break;
        ok = status == Z_OK || status == Z_STREAM_END;
        if (status == Z_STREAM_END && (z.avail_in > 0 || len > 0)) /* another member may follow */
            ok = inflateReset(&z) == Z_OK;
    }
    inflateEnd(&z);
    if (!zp_buf_ok(out, err))
        return false;
    return (ok && status == Z_STREAM_END) || zp_fail(err, "the gzip data is damaged");
}

static bool unpack_zstd(zp_buf *out, const char *from, size_t len, zp__csv_watch *w, zp_error *err)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    ZSTD_inBuffer in = { from, len, 0 };
    size_t more = 1;
    bool ok = z != NULL;

    while (ok && (in.pos < in.size || more == 1)) {
        char *room = zp_buf_reserve(out, STEP);
        ZSTD_outBuffer to = { room, STEP, 0 };
        size_t before = in.pos;

        if (!room)
            break;
        more = ZSTD_decompressStream(z, &to, &in);
        out->len += to.pos;
        ok = !ZSTD_isError(more);
        if (!zp__csv_watch_step(w, (int64_t)(in.pos - before), (int64_t)(in.pos - before), err))
            break;
        if (in.pos == before && to.pos == 0)
            break;
    }
    ZSTD_freeDStream(z);
    if (!zp_buf_ok(out, err))
        return false;
    return (ok && more == 0) || zp_fail(err, "the zstd data is damaged");
}

/* Replaces packed bytes by what they hold. */
static bool unpack(zp__csv_source *s, const zp_ctx *ctx, zp_error *err)
{
    const unsigned char *p = (const unsigned char *)s->ptr;
    zp_buf out = ZP_BUF_INIT;
    zp__csv_watch watch;
    bool ok, gzip = s->len > 2 && p[0] == 0x1F && p[1] == 0x8B;
    bool zstd = s->len > 4 && p[0] == 0x28 && p[1] == 0xB5 && p[2] == 0x2F && p[3] == 0xFD;

    if (!gzip && !zstd)
        return true;
    zp__csv_watch_begin(&watch, ctx, "unpacking", (int64_t)s->len);
    ok = gzip ? unpack_gzip(&out, s->ptr, s->len, &watch, err)
              : unpack_zstd(&out, s->ptr, s->len, &watch, err);
    zp_progress_end(&watch.progress);
    if (!ok) {
        zp_buf_fini(&out);
        return false;
    }
    zp__csv_close(s);
    *s = (zp__csv_source){ .ptr = out.ptr, .len = out.len, .heap = out.ptr };
    return true;
}

void zp__csv_watch_begin(zp__csv_watch *w, const zp_ctx *ctx, const char *what, int64_t total)
{
    w->ctx = ctx;
    zp_progress_begin(&w->progress, ctx ? zp_ctx_terminal(ctx) : -1, what, total);
}

bool zp__csv_watch_step(zp__csv_watch *w, int64_t amount, int64_t bytes, zp_error *err)
{
    zp_progress_add(&w->progress, amount, bytes);
    return !w->ctx || !zp_ctx_interrupted(w->ctx) || zp_fail_code(err, ZP_ECANCELLED, "interrupted");
}

void zp__csv_discard(int fd, const char *path)
{
    struct stat ours, theirs;

    if (fstat(fd, &ours) != 0 || !S_ISREG(ours.st_mode) || ftruncate(fd, 0) != 0)
        return;
    if (lstat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino)
        unlink(path);
}

bool zp__csv_open(zp__csv_source *s, const char *path, const zp_ctx *ctx, zp_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    bool ok = true;

    *s = (zp__csv_source){ 0 };
    if (fd < 0)
        return zp_fail_sys(err, errno, "open %s", path);
    if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        close(fd);
        return zp_fail_sys(err, EISDIR, "open %s", path);
    }
    if (S_ISREG(st.st_mode) && st.st_size > 0) {
        s->map_len = (size_t)st.st_size;
        s->map = mmap(NULL, s->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
        if (s->map == MAP_FAILED)
            s->map = NULL;
    }
    if (s->map) {
        madvise(s->map, s->map_len, MADV_SEQUENTIAL);
        s->ptr = s->map;
        s->len = s->map_len;
    } else {
        ok = read_all(s, fd, ctx, err);
    }
    close(fd);
    ok = ok && unpack(s, ctx, err);
    if (!ok)
        zp__csv_close(s);
    else if (s->len >= 3 && memcmp(s->ptr, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark */
        s->ptr += 3;
        s->len -= 3;
    }
    return ok;
}

void zp__csv_close(zp__csv_source *s)
{
    if (s->map)
        munmap(s->map, s->map_len);
    zp_free(s->heap);
    *s = (zp__csv_source){ 0 };
}
