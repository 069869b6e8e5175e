/* check: one pass over each file of an object, in pieces of sixteen blocks.
 *
 *     file      length --> checksum of each block --> what the type knows: order of times, places of texts
 *
 * Each problem says which rows it spoils; the smallest such row is where the valid prefix ends.  A writer may change a
 * block while it is read: before a block is called wrong, block and checksum are read again until the commit record
 * stands still around both. */
#include "store/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <xxhash.h>

#include "base/mem.h"
#include "store/format.h"
#include "store/io.h"
#include "store/outside.h"

enum { PIECE = 16 * ZP_FMT_BLOCK, TRIES = 200 };

typedef struct job {
    const char *dir;
    zp_fmt_object o;
    zp__part f; /* the file that is read */
    int sums;   /* descriptor, or < 0 */
    uint8_t *piece;
    int64_t last;        /* time of the row before, for the index */
    int text_fd;         /* the text file that belongs to it; < 0: none */
    uint64_t text_bytes; /* its length */
    uint8_t *texts;      /* a piece of it: bytes [texts_at, texts_at + texts_len) */
    uint64_t texts_at, texts_len;
    zp_progress *progress;
    zp_check *out;
} job;

/* Row `row` of the files, and all after it, cannot be kept. */
static void problem(job *j, uint64_t row, const char *fmt, ...) ZP_PRINTF(3, 4);
static void problem(job *j, uint64_t row, const char *fmt, ...)
{
    zp_check *out = j->out;
    int64_t kept = row > j->o.commit.first ? (int64_t)(row - j->o.commit.first) : 0;
    char text[200];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (kept < out->valid)
        out->valid = kept;
    if (out->problems++ < ZP_CHECK_LINES)
        zp_buf_printf(&out->findings, "%s: %s\n", j->f.title, text);
}

/* ---------------------------------------------------------------- blocks */

/* The checksum record of block b; false: there is none yet. */
static bool sum_of(const job *j, uint64_t b, zp_fmt_sum *sum)
{
    uint64_t at = (b * (uint64_t)zp_fmt_object_files(&j->o) + (uint64_t)j->f.k) * 16;
    uint8_t bytes[16];

    if (j->sums < 0 || zp_io_read_all(j->sums, bytes, sizeof bytes, (int64_t)at) != 0)
        return false;
    sum->bytes = zp__get64(bytes);
    sum->sum = zp__get64(bytes + 8);
    return sum->bytes != 0;
}

/* Is block b, of which `len` bytes are committed, what its checksum says?  *covered: there is a checksum. */
static bool block_agrees(const job *j, uint64_t b, const uint8_t *bytes, size_t len, bool *covered)
{
    zp_fmt_sum sum;

    *covered = sum_of(j, b, &sum);
    if (!*covered || sum.bytes > len) /* a checksum of rows that are not committed yet says nothing */
        return true;
    return XXH3_64bits(bytes, sum.bytes) == sum.sum;
}

/* The same for a block that looked wrong: read again until nothing changes meanwhile. */
static bool block_agrees_still(job *j, uint64_t b, uint8_t *bytes, size_t len)
{
    for (int i = 0; i < TRIES; i++) {
        zp__mark before, after;
        bool covered, agrees;

        if (!zp__mark_take(j->dir, &before) ||
            zp_io_read_all(j->f.fd, bytes, len, (int64_t)(b * ZP_FMT_BLOCK)) != 0)
            return false;
        agrees = block_agrees(j, b, bytes, len, &covered);
        if (agrees)
            return true;
        if (zp__mark_take(j->dir, &after) && zp__mark_same(&before, &after))
            return false;
    }
    return false;
}

static void check_blocks(job *j, uint64_t at, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += ZP_FMT_BLOCK) {
        size_t size = len - i < ZP_FMT_BLOCK ? len - i : ZP_FMT_BLOCK;
        uint64_t b = (at + i) / ZP_FMT_BLOCK, row = b * ZP_FMT_BLOCK / j->f.size;
        bool covered, agrees = block_agrees(j, b, bytes + i, size, &covered);

        j->out->covered += covered ? size : 0;
        if (!agrees && !block_agrees_still(j, b, bytes + i, size))
            problem(j, row, "block %" PRIu64 " (rows from %" PRIu64 " on) does not agree with its checksum",
                    b, row < j->o.commit.first ? 1 : row - j->o.commit.first + 1);
    }
}

/* ---------------------------------------------------------------- contents */

/* Times must ascend. */
static void check_times(job *j, uint64_t row, const uint8_t *bytes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        int64_t t = (int64_t)zp__get64(bytes + 8 * i);

        if (row + i > j->o.commit.first && t <= j->last) {
            problem(j, row + i, "row %" PRIu64 " is not after the row before it",
                    row + i - j->o.commit.first + 1);
            j->last = INT64_MIN;
            return;
        }
        j->last = t;
    }
}

/* Bytes [offset, offset + len) of the text file, mostly from those that were read together; NULL: they cannot be read. */
static const uint8_t *text_at(job *j, uint64_t offset, size_t len)
{
    size_t size = PIECE;

    if (offset < j->texts_at || offset + len > j->texts_at + j->texts_len) {
        if (j->text_bytes - offset < size)
            size = (size_t)(j->text_bytes - offset);
        if (len > size) /* longer than a piece: not kept */
            size = 0;
        j->texts_at = offset;
        j->texts_len = size && zp_io_read_all(j->text_fd, j->texts, size, (int64_t)offset) == 0 ? size : 0;
        if (len > j->texts_len)
            return NULL;
    }
    return j->texts + (offset - j->texts_at);
}

/* Does a text agree with the checksum in its entry? */
static bool text_agrees(job *j, uint64_t offset, size_t len, uint32_t sum)
{
    const uint8_t *bytes = len ? text_at(j, offset, len) : (const uint8_t *)"";
    uint8_t *long_text;
    bool ok;

    if (bytes || len <= PIECE)
        return bytes && zp_fmt_text_sum(bytes, len) == sum;
    long_text = zp_alloc(len, NULL);
    ok = long_text && zp_io_read_all(j->text_fd, long_text, len, (int64_t)offset) == 0 &&
         zp_fmt_text_sum(long_text, len) == sum;
    zp_free(long_text);
    return ok;
}

static void read_entry(const uint8_t *entry, uint64_t *offset, uint32_t *len, uint32_t *sum)
{
    uint64_t both = zp__get64(entry + 8);

    *offset = zp__get64(entry);
    *len = (uint32_t)both;
    *sum = (uint32_t)(both >> 32);
}

/* What is wrong with the text of an entry; NULL: nothing. */
static const char *text_fault(job *j, const uint8_t *entry)
{
    uint64_t offset;
    uint32_t len, sum;

    read_entry(entry, &offset, &len, &sum);
    if (offset > j->text_bytes || len > j->text_bytes - offset)
        return "row %" PRIu64 " refers to bytes that are not there";
    return text_agrees(j, offset, len, sum) ? NULL : "the text of row %" PRIu64 " does not agree with its checksum";
}

/* The same for an entry that looked wrong: it may have been changed, and its text have been appended, meanwhile. */
static const char *text_fault_still(job *j, uint64_t row, const uint8_t *seen)
{
    uint8_t entry[sizeof(zp_fmt_text)];
    const char *fault = NULL;

    memcpy(entry, seen, sizeof entry);
    for (int i = 0; i < TRIES; i++) {
        uint64_t length = zp__fd_length(j->text_fd);
        uint8_t before[sizeof entry];

        memcpy(before, entry, sizeof entry);
        if (zp_io_read_all(j->f.fd, entry, sizeof entry, (int64_t)(row * sizeof entry)) != 0)
            return fault ? fault : text_fault(j, seen);
        if (fault && length == j->text_bytes && memcmp(before, entry, sizeof entry) == 0)
            return fault;
        j->text_bytes = length > j->text_bytes ? length : j->text_bytes;
        j->texts_len = 0;
        fault = text_fault(j, entry);
        if (!fault)
            return NULL;
    }
    return fault;
}

/* Entries must lie within the text file, and agree with what is there. */
static void check_texts(job *j, uint64_t row, const uint8_t *bytes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *entry = bytes + i * sizeof(zp_fmt_text);
        const char *fault = text_fault(j, entry);

        if (fault && j->text_fd >= 0)
            fault = text_fault_still(j, row + i, entry);
        if (fault) {
            problem(j, row + i, fault, row + i - j->o.commit.first + 1);
            return;
        }
    }
}

static void check_contents(job *j, uint64_t at, const uint8_t *bytes, size_t len)
{
    uint64_t begin = j->o.commit.first * j->f.size, skip = at < begin ? begin - at : 0;

    if (skip >= len)
        return;
    if (j->f.is_index)
        check_times(j, (at + skip) / j->f.size, bytes + skip, (len - skip) / j->f.size);
    else if (j->f.is_text)
        check_texts(j, (at + skip) / j->f.size, bytes + skip, (len - skip) / j->f.size);
}

/* ---------------------------------------------------------------- files */

/* Opens the text file that belongs to a column of texts. */
static void open_text(job *j)
{
    char name[ZP_FMT_NAME];
    int fd = j->f.is_text
                 ? zp_io_get()->open(j->o.dir, zp_fmt_name(name, "t", j->f.number), O_RDONLY | O_CLOEXEC, 0)
                 : -1;

    j->text_fd = fd;
    j->text_bytes = fd < 0 ? 0 : zp__fd_length(fd);
    j->texts_at = j->texts_len = 0;
}

static bool check_pieces(job *j, uint64_t end, zp_error *err)
{
    uint64_t at = zp__part_begin(&j->o, &j->f);

    while (at < end) {
        size_t len = end - at < PIECE ? (size_t)(end - at) : PIECE;
        int r = zp_io_read_all(j->f.fd, j->piece, len, (int64_t)at);

        if (r == -EIO) {
            problem(j, at / j->f.size, "bytes %" PRIu64 " to %" PRIu64 " cannot be read: input/output error",
                    at, at + len);
            return true;
        }
        if (r < 0)
            return zp_fail_sys(err, -r, "cannot read %s/%s", j->dir, j->f.name);
        check_blocks(j, at, j->piece, len);
        check_contents(j, at, j->piece, len);
        if (j->progress)
            zp_progress_add(j->progress, (int64_t)len, (int64_t)len);
        at += len;
    }
    return true;
}

static bool check_file(job *j, int64_t k, zp_error *err)
{
    uint64_t length, end;
    int r;
    bool ok;

    zp__part_describe(&j->o, k, &j->f);
    end = zp_fmt_object_bytes(&j->o, k);
    j->out->bytes += end - zp__part_begin(&j->o, &j->f);
    j->last = INT64_MIN;
    r = zp__part_open(&j->o, &j->f);
    if (r == -ENOENT) {
        problem(j, j->o.commit.first, "the file is missing");
        j->out->savable = false;
        return true;
    }
    if (r < 0)
        return zp_fail_sys(err, -r, "cannot open %s/%s", j->dir, j->f.name);
    open_text(j);
    length = zp__fd_length(j->f.fd);
    if (length < end) {
        problem(j, length / j->f.size, "the file ends after %" PRIu64 " of %" PRIu64 " bytes", length, end);
        end = length - length % j->f.size;
    }
    ok = check_pieces(j, end, err);
    zp__part_close(&j->f);
    if (j->text_fd >= 0)
        zp_io_get()->close(j->text_fd);
    return ok;
}

/* The names of the extents, which are text columns of their own. */
static bool check_names(job *j, zp_error *err)
{
    const zp_fmt_header *h = &j->o.header;

    for (int32_t d = 0; d < h->ndim; d++) {
        zp_error why = ZP_ERROR_INIT;

        if (!h->names[d] || zp__names_whole(&j->o, d, &why))
            continue;
        if (why.code == ZP_ENOMEM) {
            zp_error_move(err, &why);
            return false;
        }
        snprintf(j->f.title, sizeof j->f.title, "names of extent %d", d + 1);
        problem(j, d == 0 ? j->o.commit.first : UINT64_MAX, "%s", zp_error_text(&why));
        j->out->savable &= d == 0;
        zp_error_clear(&why);
    }
    return true;
}

static bool check_all(job *j, zp_error *err)
{
    bool ok = true;

    j->out->rows = j->out->valid = (int64_t)j->o.commit.rows;
    j->out->savable = true;
    j->sums = zp__sums_open(&j->o);
    for (int64_t k = 0; ok && k < zp_fmt_object_files(&j->o); k++)
        ok = check_file(j, k, err);
    ok = ok && check_names(j, err);
    if (j->sums >= 0)
        zp_io_get()->close(j->sums);
    return ok && zp_buf_ok(&j->out->findings, err);
}

bool zp_check_object(const char *dir, zp_progress *progress, zp_check *out, zp_error *err)
{
    job j = { .dir = dir, .progress = progress, .out = out };
    bool ok, again = true;

    *out = ZP_CHECK_INIT;
    j.piece = zp_alloc(2 * (size_t)PIECE, err);
    j.texts = j.piece ? j.piece + PIECE : NULL;
    ok = j.piece != NULL;
    for (int i = 0; ok && again; i++) {
        zp__mark before, after;
        int hold;

        zp_check_fini(out);
        *out = ZP_CHECK_INIT;
        ok = zp__object_hold(&j.o, dir, &hold, err);
        if (!ok)
            break;
        before = zp__mark_of(&j.o);
        ok = check_all(&j, err);
        zp_fmt_object_close(&j.o);
        if (hold >= 0)
            zp_io_get()->close(hold);
        /* it has changed its shape meanwhile: files that were missing may have been replaced */
        again = out->problems && i < TRIES && zp__mark_take(dir, &after) && after.header != before.header;
    }
    zp_free(j.piece);
    return ok;
}

int64_t zp_check_bytes(const char *dir)
{
    zp_fmt_object o;
    uint64_t bytes = 0;

    if (!zp_fmt_object_open(&o, dir, NULL))
        return 0;
    for (int64_t k = 0; k < zp_fmt_object_files(&o); k++) {
        zp__part f;

        zp__part_describe(&o, k, &f);
        bytes += zp_fmt_object_bytes(&o, k) - zp__part_begin(&o, &f);
    }
    zp_fmt_object_close(&o);
    return (int64_t)bytes;
}

void zp_check_fini(zp_check *c)
{
    zp_buf_fini(&c->findings);
}

bool zp_check_quiet(const char *dir, zp_error *err)
{
    zp_check c = ZP_CHECK_INIT;
    bool ok = zp_check_object(dir, NULL, &c, err);

    if (ok && c.problems) {
        const char *text = zp_buf_text(&c.findings);

        ok = zp_fail_code(err, ZP_EFORMAT, "%s is damaged: %.*s", dir, (int)strcspn(text, "\n"), text);
        zp_error_hint(err,
                      "zplane check --repair keeps what is whole: the first %" PRId64 " of %" PRId64 " rows",
                      c.valid, c.rows);
    }
    zp_check_fini(&c);
    return ok;
}
