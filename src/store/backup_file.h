/* backup_file: the bytes of a backup file.  Private to the room. */
#ifndef ZP_STORE_BACKUP_FILE_H
#define ZP_STORE_BACKUP_FILE_H

#include <zstd.h>

#include "store/outside.h"

enum {
    ZP__BK_VERSION = 1,
    ZP__BK_HEAD = 64,
    ZP__BK_FOOT = 40,
    ZP__BK_PIECE_HEAD = 48,
    ZP__BK_BLOCKS = 16, /* blocks in a piece, at most */
    ZP__BK_PIECE = ZP__BK_BLOCKS * ZP_FMT_BLOCK
};

/* A file of an object: cN or tN. */
typedef struct zp__bk_part {
    char kind; /* 'c', 't' */
    uint64_t number;
    uint64_t begin, length; /* saved bytes: [begin, length); begin is where a block begins */
    uint64_t *sums;         /* of the blocks from `begin` on; the last may be short */
} zp__bk_part;

typedef struct zp__bk_object {
    char *name;
    uint64_t header; /* its number */
    zp_buf header_text;
    zp_fmt_commit commit;
    zp__bk_part *parts;
    uint64_t count;
} zp__bk_object;

typedef struct zp__manifest {
    zp__bk_object *objects;
    uint64_t count, cap;
} zp__manifest;

static inline uint64_t zp__bk_blocks(const zp__bk_part *p)
{
    return (p->length - p->begin + ZP_FMT_BLOCK - 1) / ZP_FMT_BLOCK;
}
/* Bytes of block i (counted from begin). */
static inline size_t zp__bk_block_len(const zp__bk_part *p, uint64_t i)
{
    uint64_t at = p->begin + i * ZP_FMT_BLOCK;

    return p->length - at < ZP_FMT_BLOCK ? (size_t)(p->length - at) : ZP_FMT_BLOCK;
}
void zp__bk_object_fini(zp__bk_object *o);
void zp__manifest_fini(zp__manifest *m);
zp__bk_object *zp__manifest_find(const zp__manifest *m, const char *name);
zp__bk_part *zp__bk_part_find(const zp__bk_object *o, char kind, uint64_t number);
bool zp__manifest_write(zp_buf *out, const zp__manifest *m, zp_error *err) ZP_MUST_CHECK;
/* Every length and number is looked at; `what` names the file. */
bool zp__manifest_read(zp__manifest *m, const uint8_t *bytes, size_t len, const char *what,
                       zp_error *err) ZP_MUST_CHECK;

/* A backup file that is written or read. */
typedef struct zp__bk_file {
    const char *path;
    int fd;
    uint64_t at;         /* written, or where the next piece begins */
    uint64_t pieces_end; /* reading: where the manifest begins */
    uint8_t id[16], base[16];
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
    uint8_t *packed; /* room for a packed piece */
    size_t packed_size;
} zp__bk_file;

typedef struct zp__bk_piece {
    uint64_t object; /* position in the manifest of the same file */
    char kind;
    uint64_t number, offset;
    size_t len;
} zp__bk_piece;

bool zp__bk_create(zp__bk_file *f, const char *path, const uint8_t base[16], zp_error *err) ZP_MUST_CHECK;
bool zp__bk_put(zp__bk_file *f, const zp__bk_piece *piece, const uint8_t *bytes, zp_error *err) ZP_MUST_CHECK;
/* Writes the manifest and the foot, and flushes. */
bool zp__bk_finish(zp__bk_file *f, const zp__manifest *m, zp_error *err) ZP_MUST_CHECK;

bool zp__bk_open(zp__bk_file *f, const char *path, zp__manifest *m, zp_error *err) ZP_MUST_CHECK;
/* The next piece into `to` (ZP__BK_PIECE bytes); *more false: there is none. */
bool zp__bk_next(zp__bk_file *f, zp__bk_piece *piece, uint8_t *to, bool *more, zp_error *err) ZP_MUST_CHECK;
void zp__bk_close(zp__bk_file *f);

#endif
