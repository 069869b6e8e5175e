/* sums: xxh3 of each block of each column.
 *
 * A block gets its checksum when it is whole: computed from the mapping while its pages are warm, written to the file of
 * checksums beside the columns.  The records of one block lie together, index first, then the columns in order.  Blocks
 * that were cut off at the front keep theirs, which nobody looks at; a record of zeros says: not computed. */
#include "store/store_priv.h"

#include <string.h>
#include <xxhash.h>

static uint64_t bytes_of(const zp_store *s, uint64_t rows)
{
    return rows * zp__width(s);
}

/* The bytes of a block as they are, up to the committed end. */
static bool block_bytes(zp_store *s, int64_t k, uint64_t at, size_t len, const void **bytes, zp_buf *room)
{
    if (!s->map->text) {
        *bytes = s->map->base + (size_t)k * s->map->stride + at;
        return true;
    }
    zp_buf_clear(room);
    *bytes = zp_buf_reserve(room, len);
    return *bytes && zp_io_read_all(s->files[k].fd, room->ptr, len, (int64_t)at) == 0;
}

static zp_fmt_sum sum_block(zp_store *s, int64_t k, uint64_t block, uint64_t end, zp_buf *room)
{
    const uint64_t at = block * ZP_FMT_BLOCK;
    const size_t len = end - at < ZP_FMT_BLOCK ? (size_t)(end - at) : ZP_FMT_BLOCK;
    const void *bytes;

    if (!block_bytes(s, k, at, len, &bytes, room))
        return (zp_fmt_sum){ 0 };
    return (zp_fmt_sum){ len, XXH3_64bits(bytes, len) };
}

zp_fmt_sum zp__sum_of(zp_store *s, int64_t k, uint64_t block)
{
    const uint64_t end = bytes_of(s, s->c.first + s->c.rows);
    zp_buf room = ZP_BUF_INIT;
    zp_fmt_sum sum = { 0 };

    if (block * ZP_FMT_BLOCK < end)
        sum = sum_block(s, k, block, end, &room);
    zp_buf_fini(&room);
    return sum;
}

/* The records of blocks [from, to), of which the last may be partial, in one write. */
static bool write_blocks(zp_store *s, uint64_t from, uint64_t to, uint64_t end, zp_error *err)
{
    const size_t each = (size_t)s->nfiles * sizeof(zp_fmt_sum);
    zp_buf room = ZP_BUF_INIT;
    zp_fmt_sum *sums = zp_alloc(each + 1, err);
    bool ok = sums != NULL;

    for (uint64_t b = from; ok && b < to; b++) {
        int r;

        for (int64_t k = 0; k < s->nfiles; k++)
            sums[k] = sum_block(s, k, b, end, &room);
        r = zp_io_write_all(s->sumsfd, sums, each, (int64_t)(b * each));
        ok = r == 0 || zp__fail_io(s, err, -r, "write");
    }
    zp_free(sums);
    zp_buf_fini(&room);
    return ok;
}

bool zp__sums_extend(zp_store *s, uint64_t rows_end, zp_error *err)
{
    const uint64_t end = bytes_of(s, rows_end), blocks = end / ZP_FMT_BLOCK;

    if (blocks > s->sum_blocks && s->nfiles) {
        if (!write_blocks(s, s->sum_blocks, blocks, end, err))
            return false;
        s->sum_blocks = blocks;
    }
    return true;
}

bool zp__sums_cut(zp_store *s, uint64_t rows_end, zp_error *err)
{
    const uint64_t blocks = bytes_of(s, rows_end) / ZP_FMT_BLOCK;
    int r;

    if (!s->nfiles || s->sumsfd < 0)
        return true;
    r = zp_io_get()->truncate(s->sumsfd, (int64_t)(blocks * (uint64_t)s->nfiles * sizeof(zp_fmt_sum)));
    zp__flush_sums(s);
    if (blocks < s->sum_blocks)
        s->sum_blocks = blocks;
    return r >= 0 || zp__fail_io(s, err, -r, "write");
}

void zp__sums_finish(zp_store *s)
{
    const uint64_t end = bytes_of(s, s->c.first + s->c.rows), block = end / ZP_FMT_BLOCK;
    zp_error ignored = ZP_ERROR_INIT;

    if (s->nfiles && s->sumsfd >= 0 && end % ZP_FMT_BLOCK &&
        !write_blocks(s, block, block + 1, end, &ignored))
        zp_error_clear(&ignored);
}
