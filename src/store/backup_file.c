/* backup_file: head, pieces, manifest, foot.
 *
 * Whoever reads trusts nothing: every part carries its xxh3, and every length is compared with what is there. */
#include "store/backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <xxhash.h>

#include "base/mem.h"
#include "store/io.h"

static const uint8_t head_magic[8] = "ZPBACKUP", foot_magic[8] = "ZPBKFOOT";

static bool damaged(const zp__bk_file *f, const char *why, zp_error *err)
{
    return zp_fail_code(err, ZP_EFORMAT, "%s is no whole backup file: %s", f->path, why);
}

static bool room_for_pieces(zp__bk_file *f, zp_error *err)
{
    f->packed_size = ZSTD_compressBound(ZP__BK_PIECE);
    f->packed = zp_alloc(f->packed_size, err);
    return f->packed != NULL;
}

void zp__bk_close(zp__bk_file *f)
{
    if (f->fd >= 0)
        zp_io_get()->close(f->fd);
    f->fd = -1;
    ZSTD_freeCCtx(f->pack);
    ZSTD_freeDCtx(f->unpack);
    zp_free(f->packed);
    f->pack = NULL;
    f->unpack = NULL;
    f->packed = NULL;
}

/* ---------------------------------------------------------------- writing */

static bool put(zp__bk_file *f, const void *bytes, size_t len, zp_error *err)
{
    int r = zp_io_write_all(f->fd, bytes, len, (int64_t)f->at);

    f->at += len;
    return r == 0 || zp_fail_sys(err, -r, "cannot write backup %s", f->path);
}

bool zp__bk_create(zp__bk_file *f, const char *path, const uint8_t base[16], zp_error *err)
{
    uint8_t head[ZP__BK_HEAD] = { 0 };
    struct timespec now;

    *f = (zp__bk_file){ .path = path };
    f->fd = zp_io_get()->open(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (f->fd < 0)
        return zp_fail_sys(err, -f->fd, "cannot create backup %s", path);
    clock_gettime(CLOCK_REALTIME, &now);
    if (getrandom(f->id, sizeof f->id, 0) != (ssize_t)sizeof f->id)
        zp__put64(f->id, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
    memcpy(f->base, base, sizeof f->base);
    memcpy(head, head_magic, 8);
    zp__put64(head + 8, ZP__BK_VERSION);
    zp__put64(head + 16, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
    memcpy(head + 24, f->id, 16);
    memcpy(head + 40, f->base, 16);
    zp__put64(head + 56, XXH3_64bits(head, 56));
    f->pack = ZSTD_createCCtx();
    if (!f->pack)
        return zp_fail_nomem(err, ZP__BK_PIECE);
    return room_for_pieces(f, err) && put(f, head, sizeof head, err);
}

static bool pack(zp__bk_file *f, const void *bytes, size_t len, zp_buf *out, zp_error *err)
{
    char *room = zp_buf_reserve(out, ZSTD_compressBound(len));
    size_t got = room ? ZSTD_compressCCtx(f->pack, room, ZSTD_compressBound(len), bytes, len, 3) : 0;

    if (!room || ZSTD_isError(got))
        return zp_fail_nomem(err, len);
    out->len += got;
    return true;
}

bool zp__bk_put(zp__bk_file *f, const zp__bk_piece *piece, const uint8_t *bytes, zp_error *err)
{
    uint8_t head[ZP__BK_PIECE_HEAD] = { 0 };
    size_t got = ZSTD_compressCCtx(f->pack, f->packed, f->packed_size, bytes, piece->len, 3);

    if (ZSTD_isError(got))
        return zp_fail_nomem(err, piece->len);
    zp__put64(head, piece->object << 8 | (uint8_t)piece->kind);
    zp__put64(head + 8, piece->number);
    zp__put64(head + 16, piece->offset);
    zp__put64(head + 24, (uint64_t)piece->len << 32 | got);
    zp__put64(head + 32, XXH3_64bits(f->packed, got));
    zp__put64(head + 40, XXH3_64bits(head, 40));
    return put(f, head, sizeof head, err) && put(f, f->packed, got, err);
}

bool zp__bk_finish(zp__bk_file *f, const zp__manifest *m, zp_error *err)
{
    uint8_t foot[ZP__BK_FOOT];
    zp_buf plain = ZP_BUF_INIT, packed = ZP_BUF_INIT;
    uint64_t at = f->at;
    bool ok = zp__manifest_write(&plain, m, err) && pack(f, zp_buf_text(&plain), plain.len, &packed, err) &&
              put(f, zp_buf_text(&packed), packed.len, err);

    if (ok) {
        int r;

        zp__put64(foot, at);
        zp__put64(foot + 8, packed.len);
        zp__put64(foot + 16, plain.len);
        zp__put64(foot + 24, XXH3_64bits(packed.ptr, packed.len));
        memcpy(foot + 32, foot_magic, 8);
        ok = put(f, foot, sizeof foot, err);
        r = ok ? zp_io_get()->truncate(f->fd, (int64_t)f->at)
               : 0; /* it was longer once, if an object was given up */
        r = r < 0 ? r : ok ? zp_io_get()->datasync(f->fd) : 0;
        ok = ok && (r >= 0 || zp_fail_sys(err, -r, "cannot flush backup %s", f->path));
    }
    zp_buf_fini(&plain);
    zp_buf_fini(&packed);
    return ok;
}

/* ---------------------------------------------------------------- reading */

static bool get(const zp__bk_file *f, void *to, size_t len, uint64_t at, zp_error *err)
{
    int r = zp_io_read_all(f->fd, to, len, (int64_t)at);

    if (r == -ENODATA)
        return damaged(f, "it ends too early", err);
    return r == 0 || zp_fail_sys(err, -r, "cannot read backup %s", f->path);
}

static bool read_head(zp__bk_file *f, zp_error *err)
{
    uint8_t head[ZP__BK_HEAD];

    if (!get(f, head, sizeof head, 0, err))
        return false;
    if (memcmp(head, head_magic, 8) != 0)
        return damaged(f, "it begins with other bytes", err);
    if (zp__get64(head + 8) != ZP__BK_VERSION)
        return zp_fail_code(err, ZP_EFORMAT,
                            "%s is a backup of format %" PRIu64 "; this version reads format %d", f->path,
                            zp__get64(head + 8), ZP__BK_VERSION);
    if (zp__get64(head + 56) != XXH3_64bits(head, 56))
        return damaged(f, "its head does not agree with its checksum", err);
    memcpy(f->id, head + 24, 16);
    memcpy(f->base, head + 40, 16);
    f->at = sizeof head;
    return true;
}

/* Unpacks `packed` bytes at `at`, which must become `plain` bytes. */
static bool unpack_at(zp__bk_file *f, uint64_t at, uint64_t packed, uint64_t plain, uint64_t sum, zp_buf *out,
                      zp_error *err)
{
    uint8_t *bytes = zp_alloc((size_t)packed + 1, err);
    char *room = bytes ? zp_buf_reserve(out, (size_t)plain + 1) : NULL;
    bool ok = room && get(f, bytes, (size_t)packed, at, err);

    if (bytes && !room)
        zp_fail_nomem(err, (size_t)plain);
    if (ok && (XXH3_64bits(bytes, (size_t)packed) != sum ||
               ZSTD_decompressDCtx(f->unpack, room, (size_t)plain, bytes, (size_t)packed) != plain))
        ok = damaged(f, "its manifest does not agree with its checksum", err);
    out->len += ok ? (size_t)plain : 0;
    zp_free(bytes);
    return ok;
}

static bool read_manifest(zp__bk_file *f, zp__manifest *m, zp_error *err)
{
    uint64_t length = zp__fd_length(f->fd), packed, plain;
    uint8_t foot[ZP__BK_FOOT];
    zp_buf text = ZP_BUF_INIT;
    bool ok;

    if (length < ZP__BK_HEAD + ZP__BK_FOOT || !get(f, foot, sizeof foot, length - ZP__BK_FOOT, err))
        return damaged(f, "it ends too early", err);
    if (memcmp(foot + 32, foot_magic, 8) != 0)
        return damaged(f, "it was not finished", err);
    f->pieces_end = zp__get64(foot);
    packed = zp__get64(foot + 8);
    plain = zp__get64(foot + 16);
    if (f->pieces_end < ZP__BK_HEAD || f->pieces_end > length - ZP__BK_FOOT ||
        packed != length - ZP__BK_FOOT - f->pieces_end || plain > (UINT64_C(1) << 40) ||
        plain / 100000 > packed)
        return damaged(f, "its foot makes no sense", err);
    ok = unpack_at(f, f->pieces_end, packed, plain, zp__get64(foot + 24), &text, err) &&
         zp__manifest_read(m, (const uint8_t *)zp_buf_text(&text), text.len, f->path, err);
    zp_buf_fini(&text);
    return ok;
}

bool zp__bk_open(zp__bk_file *f, const char *path, zp__manifest *m, zp_error *err)
{
    *f = (zp__bk_file){ .path = path };
    *m = (zp__manifest){ 0 };
    f->fd = zp_io_get()->open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (f->fd < 0)
        return zp_fail_sys(err, -f->fd, "cannot open backup %s", path);
    f->unpack = ZSTD_createDCtx();
    if (!f->unpack)
        return zp_fail_nomem(err, ZP__BK_PIECE);
    return room_for_pieces(f, err) && read_head(f, err) && read_manifest(f, m, err);
}

bool zp__bk_next(zp__bk_file *f, zp__bk_piece *piece, uint8_t *to, bool *more, zp_error *err)
{
    uint8_t head[ZP__BK_PIECE_HEAD];
    size_t packed;

    *more = f->at < f->pieces_end;
    if (!*more)
        return true;
    if (f->pieces_end - f->at < sizeof head || !get(f, head, sizeof head, f->at, err))
        return damaged(f, "a piece ends too early", err);
    if (zp__get64(head + 40) != XXH3_64bits(head, 40))
        return damaged(f, "a piece does not agree with its checksum", err);
    *piece = (zp__bk_piece){ zp__get64(head) >> 8, (char)head[0], zp__get64(head + 8), zp__get64(head + 16),
                             (size_t)(zp__get64(head + 24) >> 32) };
    packed = (size_t)(zp__get64(head + 24) & UINT32_MAX);
    f->at += sizeof head;
    if (piece->len > ZP__BK_PIECE || packed > f->packed_size || packed > f->pieces_end - f->at)
        return damaged(f, "a piece is longer than it can be", err);
    if (!get(f, f->packed, packed, f->at, err))
        return false;
    f->at += packed;
    if (zp__get64(head + 32) != XXH3_64bits(f->packed, packed) ||
        ZSTD_decompressDCtx(f->unpack, to, ZP__BK_PIECE, f->packed, packed) != piece->len)
        return damaged(f, "a piece does not agree with its checksum", err);
    return true;
}
