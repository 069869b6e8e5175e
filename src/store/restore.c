/* restore: a new directory from a whole backup and those that build upon it.
 *
 * Everything is made in DIR.part: the pieces of each file in turn, as far as the last manifest still wants them; then each
 * block is compared with that manifest, checksums are written beside the columns, and a commit record makes each object
 * valid.  A rename makes DIR. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/mem.h"
#include "store/backup.h"
#include "store/backup_file.h"
#include "store/catalog.h"
#include "store/io.h"

typedef struct job {
    const char *dir;           /* what is made */
    zp__manifest last;         /* what it shall hold */
    const zp__bk_object *held; /* whose directory `heldfd` is */
    int heldfd;
    uint8_t *room; /* ZP__BK_PIECE bytes */
    zp_progress *progress;
    zp_backup_report *report;
} job;

static bool fail_at(const job *j, const char *name, int r, const char *what, zp_error *err)
{
    return zp_fail_sys(err, -r, "cannot %s %s/%s", what, j->dir, name);
}

/* The directory of an object, kept open while its pieces come. */
static bool hold(job *j, const zp__bk_object *o, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    bool ok = true;

    if (j->held == o)
        return true;
    if (j->heldfd >= 0)
        zp_io_get()->close(j->heldfd);
    j->held = NULL;
    j->heldfd = -1;
    ok = zp_catalog_path(&path, j->dir, o->name, err);
    if (ok) {
        j->heldfd = zp_io_get()->open(AT_FDCWD, zp_buf_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        ok = j->heldfd >= 0 || fail_at(j, o->name, j->heldfd, "open", err);
    }
    j->held = ok ? o : NULL;
    zp_buf_fini(&path);
    return ok;
}

/* The directories of all objects. */
static bool make_directories(job *j, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    bool ok = true;

    for (uint64_t i = 0; ok && i < j->last.count; i++) {
        int r;

        zp_buf_clear(&path);
        ok = zp_catalog_prepare(j->dir, j->last.objects[i].name, err) &&
             zp_catalog_path(&path, j->dir, j->last.objects[i].name, err);
        r = ok ? zp_io_get()->mkdir(AT_FDCWD, zp_buf_text(&path), 0700) : 0;
        ok = ok && (r >= 0 || fail_at(j, j->last.objects[i].name, r, "create", err));
    }
    zp_buf_fini(&path);
    return ok;
}

/* ---------------------------------------------------------------- pieces */

static int open_part(const job *j, const zp__bk_part *p)
{
    char name[ZP_FMT_NAME];

    return zp_io_get()->open(j->heldfd, zp_fmt_name(name, (char[]){ p->kind, 0 }, p->number),
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Writes what the file still wants of a piece. */
static bool put_piece(job *j, const zp__manifest *m, const zp__bk_piece *piece, zp_error *err)
{
    const zp__bk_object *o =
        piece->object < m->count ? zp__manifest_find(&j->last, m->objects[piece->object].name) : NULL;
    const zp__bk_part *p = zp__bk_part_find(o, piece->kind, piece->number);
    uint64_t from = piece->offset, to = piece->offset + piece->len;
    size_t len;
    int fd, r;

    if (p && from < p->begin) /* rows that have been dropped since */
        from = p->begin;
    if (p && to > p->length)
        to = p->length;
    if (!p || from >= to)
        return true;
    len = (size_t)(to - from);
    if (!hold(j, o, err))
        return false;
    fd = open_part(j, p);
    r = fd < 0 ? fd : zp_io_write_all(fd, j->room + (from - piece->offset), len, (int64_t)from);
    if (fd >= 0)
        zp_io_get()->close(fd);
    j->report->read += len;
    if (j->progress)
        zp_progress_add(j->progress, (int64_t)len, (int64_t)len);
    return r == 0 || fail_at(j, o->name, r, "write", err);
}

static bool put_pieces(job *j, zp__bk_file *f, const zp__manifest *m, zp_error *err)
{
    zp__bk_piece piece;
    bool more = true;

    while (more)
        if (!zp__bk_next(f, &piece, j->room, &more, err) || (more && !put_piece(j, m, &piece, err)))
            return false;
    return true;
}

/* ---------------------------------------------------------------- finishing an object */

/* Compares a file with the manifest, cuts it to its length and flushes it. */
static bool finish_part(job *j, const zp__bk_object *o, const zp__bk_part *p, zp_error *err)
{
    int fd = open_part(j, p), r = fd < 0 ? fd : zp_io_get()->truncate(fd, (int64_t)p->length);

    for (uint64_t i = 0; r >= 0 && i < zp__bk_blocks(p); i++) {
        size_t len = zp__bk_block_len(p, i);

        r = zp_io_read_all(fd, j->room, len, (int64_t)(p->begin + i * ZP_FMT_BLOCK));
        if (r >= 0 && XXH3_64bits(j->room, len) != p->sums[i]) {
            zp_io_get()->close(fd);
            return zp_fail_code(err, ZP_EFORMAT,
                                "%s: file %c%" PRIu64
                                " does not agree with the backup: is a file of the chain missing?",
                                o->name, p->kind, p->number);
        }
    }
    r = r < 0 ? r : zp_io_get()->datasync(fd);
    if (fd >= 0)
        zp_io_get()->close(fd);
    j->report->bytes += p->length - p->begin;
    return r >= 0 || fail_at(j, o->name, r, "write", err);
}

/* The columns of the object in order, each as long as the commit wants it. */
static const zp__bk_part **columns_of(const zp__bk_object *o, const zp_fmt_header *h, uint64_t *count,
                                      zp_error *err)
{
    const uint64_t width = h->type == ZP_STR ? sizeof(zp_fmt_text) : zp_type_size(h->type);
    const zp__bk_part **parts;
    uint64_t n = 0;

    *count = (uint64_t)h->ncolumns + (h->index != 0);
    parts = zp_alloc((size_t)(*count + 1) * sizeof(*parts), err);
    if (!parts)
        return NULL;
    if (h->index)
        parts[n++] = zp__bk_part_find(o, 'c', h->index);
    for (int64_t k = 0; k < h->ncolumns; k++)
        parts[n++] = zp__bk_part_find(o, 'c', h->columns[k]);
    while (n > 0 && parts[n - 1] && parts[n - 1]->length / width >= o->commit.first + o->commit.rows)
        n--;
    if (n == 0)
        return parts;
    zp_fail_code(err, ZP_EFORMAT, "%s: a column is missing in the backup, or too short", o->name);
    zp_free(parts);
    return NULL;
}

/* The file of checksums: those of whole blocks, as the manifest has them. */
static bool write_sums(job *j, const zp__bk_object *o, const zp_fmt_header *h, zp_error *err)
{
    char name[ZP_FMT_NAME];
    uint64_t count;
    const zp__bk_part **parts = columns_of(o, h, &count, err);
    int fd, r;

    if (!parts)
        return false;
    fd =
        zp_io_get()->open(j->heldfd, zp_fmt_name(name, "sums.", h->sums), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    r = fd < 0 ? fd : 0;
    for (uint64_t k = 0; k < count && r >= 0; k++) {
        for (uint64_t i = 0; i < zp__bk_blocks(parts[k]) && r >= 0; i++) {
            uint64_t block = parts[k]->begin / ZP_FMT_BLOCK + i;
            uint8_t sum[16];

            zp__put64(sum, zp__bk_block_len(parts[k], i));
            zp__put64(sum + 8, parts[k]->sums[i]);
            r = zp_io_write_all(fd, sum, sizeof sum, (int64_t)((block * count + k) * sizeof sum));
        }
    }
    r = r < 0 ? r : zp_io_get()->datasync(fd);
    if (fd >= 0)
        zp_io_get()->close(fd);
    zp_free(parts);
    return r >= 0 || fail_at(j, o->name, r, "write the checksums of", err);
}

static int write_file(const job *j, const char *name, const void *bytes, size_t len)
{
    int fd = zp_io_get()->open(j->heldfd, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int r = fd < 0 ? fd : zp_io_write_all(fd, bytes, len, 0);

    r = r < 0 ? r : zp_io_get()->datasync(fd);
    if (fd >= 0)
        zp_io_get()->close(fd);
    return r;
}

static bool finish_object(job *j, const zp__bk_object *o, zp_error *err)
{
    uint8_t slot[ZP_FMT_SLOT] = { 0 };
    char name[ZP_FMT_NAME];
    zp_fmt_header h = { 0 };
    bool ok = zp_fmt_header_read(&h, zp_buf_text(&o->header_text), o->header_text.len, o->name, err) &&
              hold(j, o, err);
    int r;

    for (uint64_t k = 0; ok && k < o->count; k++)
        ok = finish_part(j, o, &o->parts[k], err);
    ok = ok && write_sums(j, o, &h, err);
    if (ok) {
        zp_fmt_commit_put(slot, &o->commit);
        r = write_file(j, zp_fmt_name(name, "header.", o->header), zp_buf_text(&o->header_text),
                       o->header_text.len);
        r = r < 0 ? r : write_file(j, "commit", slot, sizeof slot);
        r = r < 0 ? r : zp_io_get()->sync(j->heldfd);
        ok = r >= 0 || fail_at(j, o->name, r, "write", err);
    }
    zp_fmt_header_fini(&h);
    j->report->objects += ok;
    return ok;
}

/* ---------------------------------------------------------------- the chain */

static bool follows(const zp__bk_file *f, const uint8_t before[16], int k, zp_error *err)
{
    static const uint8_t none[16];

    if (k == 0 && memcmp(f->base, none, sizeof none) != 0)
        return zp_fail(err, "%s builds upon an earlier backup: give that one in front of it", f->path);
    if (k > 0 && memcmp(f->base, before, sizeof f->base) != 0)
        return zp_fail(err, "%s does not build upon the backup in front of it", f->path);
    return true;
}

/* The manifest of the last file, and a look at all of them. */
static bool look_at_files(job *j, const char *const *files, int count, zp_error *err)
{
    uint8_t before[16] = { 0 };
    bool ok = true;

    for (int k = 0; ok && k < count; k++) {
        zp__bk_file f;
        zp__manifest m;

        ok = zp__bk_open(&f, files[k], &m, err) && follows(&f, before, k, err);
        memcpy(before, f.id, sizeof before);
        j->report->packed += f.fd >= 0 ? zp__fd_length(f.fd) : 0;
        zp__bk_close(&f);
        if (k < count - 1 || !ok)
            zp__manifest_fini(&m);
        else
            j->last = m;
    }
    return ok;
}

static bool restore_all(job *j, const char *const *files, int count, zp_error *err)
{
    bool ok = make_directories(j, err);

    for (int k = 0; ok && k < count; k++) {
        zp__bk_file f;
        zp__manifest m;

        ok = zp__bk_open(&f, files[k], &m, err) && put_pieces(j, &f, &m, err);
        zp__bk_close(&f);
        zp__manifest_fini(&m);
    }
    for (uint64_t i = 0; ok && i < j->last.count; i++)
        ok = finish_object(j, &j->last.objects[i], err);
    return ok;
}

bool zp_restore(const char *const *files, int count, const char *dir, zp_progress *progress,
                zp_backup_report *report, zp_error *err)
{
    job j = { .heldfd = -1, .progress = progress, .report = report };
    zp_buf part = ZP_BUF_INIT;
    bool ok, made = false;

    *report = (zp_backup_report){ 0 };
    zp_buf_printf(&part, "%s.part", dir);
    j.dir = zp_buf_text(&part);
    ok = zp_buf_ok(&part, err) && (access(dir, F_OK) != 0 || zp_fail(err, "%s already exists", dir)) &&
         look_at_files(&j, files, count, err);
    j.room = ok ? zp_alloc(ZP__BK_PIECE, err) : NULL;
    ok = j.room != NULL;
    if (ok) {
        int r = zp_io_get()->mkdir(AT_FDCWD, j.dir, 0700);

        made = r >= 0;
        ok = made ? restore_all(&j, files, count, err) : zp_fail_sys(err, -r, "cannot create %s", j.dir);
        r = ok ? zp_io_get()->rename(AT_FDCWD, j.dir, AT_FDCWD, dir) : 0;
        ok = ok && (r >= 0 || zp_fail_sys(err, -r, "cannot create %s", dir));
    }
    if (j.heldfd >= 0)
        zp_io_get()->close(j.heldfd);
    if (made && !ok)
        zp_catalog_delete(j.dir);
    zp__manifest_fini(&j.last);
    zp_free(j.room);
    zp_buf_fini(&part);
    return ok;
}
