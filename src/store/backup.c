/* backup: every object as of one commit, while others write.
 *
 * Committed rows do not change by appending, so reading them at leisure is safe.  What may go wrong is a change in place, a
 * new column, rows that are cut off: each of them leaves another mark (outside.h).  So an object is read once; then, as
 * long as its mark is not the one that was there before, the blocks that differ are read again.  Which those are is known
 * from the checksums, so a second look takes milliseconds and soon meets a quiet moment. */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/mem.h"
#include "store/backup_file.h"
#include "store/catalog.h"
#include "store/io.h"

enum { LOOKS = 400, PAUSE_MS = 5 };

typedef struct job {
    zp__bk_file out;
    zp__manifest now, base; /* base: of --since, or empty */
    zp_progress *progress;
    zp_backup_report *report;
    uint8_t *room; /* ZP__BK_PIECE bytes */
    bool broken;   /* the backup itself cannot go on */
} job;

typedef struct looking { /* at one object */
    job *j;
    const char *dir;
    zp_fmt_object o;
    zp__bk_object *to;
    const zp__bk_object *base;
    int sums;
} looking;

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ 0, ms * 1000000L }, NULL);
}

/* ---------------------------------------------------------------- one file of an object */

/* What the store's own checksum of block b of its k-th file says; false: there is none for exactly `len` bytes. */
static bool stored_sum(const looking *l, int64_t k, uint64_t b, size_t len, uint64_t *sum)
{
    uint64_t at = (b * (uint64_t)zp_fmt_object_files(&l->o) + (uint64_t)k) * 16;
    uint8_t bytes[16];

    if (k < 0 || l->sums < 0 || zp_io_read_all(l->sums, bytes, sizeof bytes, (int64_t)at) != 0)
        return false;
    *sum = zp__get64(bytes + 8);
    return zp__get64(bytes) == len;
}

/* The sum that the backup holds already for block i of `part`, here or in the one before; false: none of that length. */
static bool held_sum(const zp__bk_part *held, const zp__bk_part *part, uint64_t i, uint64_t *sum)
{
    uint64_t at = part->begin + i * ZP_FMT_BLOCK, h;

    if (!held || !held->sums || at < held->begin)
        return false;
    h = (at - held->begin) / ZP_FMT_BLOCK;
    if (h >= zp__bk_blocks(held) || zp__bk_block_len(held, h) != zp__bk_block_len(part, i))
        return false;
    *sum = held->sums[h];
    return true;
}

/* May block i stay as it is held? */
static bool is_held(const looking *l, int64_t k, const zp__bk_part *held, const zp__bk_part *part, uint64_t i,
                    uint64_t *sum)
{
    uint64_t stored;

    return held_sum(held, part, i, sum) &&
           stored_sum(l, k, part->begin / ZP_FMT_BLOCK + i, zp__bk_block_len(part, i), &stored) &&
           stored == *sum;
}

/* Reads blocks [from, to) of a part and puts those into the file that are not held. */
static int put_blocks(looking *l, int64_t k, int fd, const zp__bk_part *held, zp__bk_part *part,
                      uint64_t from, uint64_t to, zp_error *err)
{
    uint64_t at = part->begin + from * ZP_FMT_BLOCK;
    size_t len = (size_t)((to - from - 1) * ZP_FMT_BLOCK) + zp__bk_block_len(part, to - 1);
    zp__bk_piece piece = { (uint64_t)(l->to - l->j->now.objects), part->kind, part->number, at, len };
    int r = zp_io_read_all(fd, l->j->room, len, (int64_t)at);
    bool same = true;

    if (r < 0)
        return r;
    for (uint64_t i = from; i < to; i++) {
        const uint8_t *block = l->j->room + (i - from) * ZP_FMT_BLOCK;
        size_t size = zp__bk_block_len(part, i);
        uint64_t old, stored;

        part->sums[i] = XXH3_64bits(block, size);
        same &= held_sum(held, part, i, &old) && old == part->sums[i];
        if (stored_sum(l, k, part->begin / ZP_FMT_BLOCK + i, size, &stored) && stored != part->sums[i])
            r = -EILSEQ; /* damaged, or changed at this moment: the mark will tell */
    }
    l->j->report->read += len;
    if (l->j->progress)
        zp_progress_add(l->j->progress, (int64_t)len, (int64_t)len);
    if (same || zp__bk_put(&l->j->out, &piece, l->j->room, err))
        return r;
    l->j->broken = true;
    return -ECANCELED;
}

/* Brings a part up to what is there now.  0, or a negated errno; -EILSEQ: a block that does not agree with its checksum. */
static int look_at_part(looking *l, int64_t k, int fd, const zp__bk_part *held, zp__bk_part *part,
                        zp_error *err)
{
    uint64_t blocks = zp__bk_blocks(part), from = 0;
    int worst = 0;

    while (from < blocks) {
        uint64_t to = from, sum;
        int r = 0;

        if (is_held(l, k, held, part, from, &sum)) {
            part->sums[from++] = sum;
            continue;
        }
        while (to < blocks && to - from < ZP__BK_BLOCKS &&
               (to == from || !is_held(l, k, held, part, to, &sum)))
            to++;
        r = put_blocks(l, k, fd, held, part, from, to, err);
        if (r < 0 && r != -EILSEQ)
            return r;
        worst = r < 0 ? r : worst;
        from = to;
    }
    return worst;
}

/* ---------------------------------------------------------------- one object */

/* A file of the object: what of it is needed now.  `k`: which column file it is; -1: it has no checksums. */
typedef struct wanted {
    char kind;
    uint64_t number, begin, length;
    int64_t k;
} wanted;

static int look_at_file(looking *l, const zp__bk_object *before, const wanted *w, zp_error *err)
{
    const zp__bk_part *held = zp__bk_part_find(before, w->kind, w->number);
    zp__bk_part *part = &l->to->parts[l->to->count];
    char name[ZP_FMT_NAME];
    int fd = zp_io_get()->open(l->o.dir, zp_fmt_name(name, (char[]){ w->kind, 0 }, w->number),
                               O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0),
        r;

    if (!held)
        held = zp__bk_part_find(l->base, w->kind, w->number);
    if (fd < 0)
        return fd;
    *part =
        (zp__bk_part){ w->kind, w->number, w->begin, w->kind == 't' ? zp__fd_length(fd) : w->length, NULL };
    part->sums = zp_alloc(zp__bk_blocks(part) * 8 + 8, err);
    l->to->count++;
    r = part->sums ? look_at_part(l, w->k, fd, held, part, err) : -ECANCELED;
    zp_io_get()->close(fd);
    return r;
}

/* Column files first, then texts, then names of extents; the number of `to`. */
static uint64_t wanted_files(const zp_fmt_object *o, wanted *to)
{
    uint64_t n = 0;
    int64_t files = zp_fmt_object_files(o);

    for (int64_t k = 0; k < files; k++) {
        zp__part f;

        zp__part_describe(o, k, &f);
        to[n++] = (wanted){ 'c', f.number, zp__part_begin(o, &f), zp_fmt_object_bytes(o, k), k };
        if (f.is_text)
            to[n++] = (wanted){ 't', f.number, 0, 0, -1 };
    }
    for (int32_t d = 0; d < o->header.ndim; d++)
        if (o->header.names[d]) {
            uint64_t count = d == 0 ? o->commit.first + o->commit.rows : (uint64_t)o->header.dim[d];

            to[n++] = (wanted){ 'c', o->header.names[d], 0, count * 16, -1 };
            to[n++] = (wanted){ 't', o->header.names[d], 0, 0, -1 };
        }
    return n;
}

/* One look at all files of l->o; l->to becomes what is there.  0 or a negated errno. */
static int look(looking *l, zp_error *err)
{
    size_t most = 2 * (size_t)(zp_fmt_object_files(&l->o) + l->o.header.ndim) + 1;
    wanted *files = zp_alloc(most * sizeof(*files), err);
    zp__bk_object before = *l->to;
    int worst = 0;

    *l->to = (zp__bk_object){ .name = before.name, .header = l->o.commit.header, .commit = l->o.commit };
    before.name = NULL;
    zp_buf_put(&l->to->header_text, l->o.header_text, l->o.header_len);
    l->to->parts = files ? zp_alloc_zero(most * sizeof(*l->to->parts), err) : NULL;
    l->sums = zp__sums_open(&l->o);
    for (uint64_t i = 0, n = l->to->parts ? wanted_files(&l->o, files) : 0; i < n; i++) {
        int r = look_at_file(l, &before, &files[i], err);

        worst = r < 0 && (worst == 0 || worst == -EILSEQ) ? r : worst;
        if (r < 0 && r != -EILSEQ)
            break;
    }
    if (l->sums >= 0)
        zp_io_get()->close(l->sums);
    if (!l->to->parts || !zp_buf_ok(&l->to->header_text, err))
        worst = -ECANCELED;
    zp__bk_object_fini(&before);
    zp_free(files);
    return worst;
}

static bool explain(const looking *l, int r, zp_error *err)
{
    if (r == -ECANCELED) /* err is set */
        return false;
    if (r == -EILSEQ)
        return zp_fail_code(err, ZP_EFORMAT, "%s is damaged: zplane check %s says where", l->dir, l->dir);
    return zp_fail_sys(err, -r, "cannot read %s", l->dir);
}

/* Looks until nothing has changed meanwhile. */
static bool settle(looking *l, zp_error *err)
{
    for (int i = 0; i < LOOKS; i++) {
        zp__mark before, after;
        int r, hold;

        if (!zp__object_hold(&l->o, l->dir, &hold, err))
            return false;
        before = zp__mark_of(&l->o);
        r = look(l, err);
        zp_fmt_object_close(&l->o);
        if (hold >= 0)
            zp_io_get()->close(hold);
        if (r == -ECANCELED)
            return false;
        if (zp__mark_take(l->dir, &after) && zp__mark_same(&before, &after))
            return r == 0 || explain(l, r, err);
        if (after.pending)
            pause_ms(PAUSE_MS);
    }
    return zp_fail(err,
                   "%s is changed all the time (or a change of it was interrupted: open it once for writing)",
                   l->dir);
}

static bool save_object(job *j, const char *dir, const char *name, zp_error *err)
{
    looking l = { .j = j, .dir = dir, .base = zp__manifest_find(&j->base, name), .sums = -1 };
    size_t len = strlen(name);

    l.to = &j->now.objects[j->now.count];
    *l.to = (zp__bk_object){ .name = zp_alloc(len + 1, err) };
    if (!l.to->name) {
        j->broken = true;
        return false;
    }
    memcpy(l.to->name, name, len + 1);
    if (!settle(&l, err)) {
        zp__bk_object_fini(l.to);
        return false;
    }
    for (uint64_t k = 0; k < l.to->count; k++)
        j->report->bytes += l.to->parts[k].length - l.to->parts[k].begin;
    j->now.count++;
    return true;
}

/* ---------------------------------------------------------------- all of them */

/* Saves one object, or says why not and goes on: false only when the backup as a whole is lost. */
static bool save_or_note(job *j, const char *dir, const char *name, zp_backup_note_fn note, void *arg,
                         zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    uint64_t at = j->out.at;

    if (save_object(j, dir, name, &why))
        return true;
    if (j->broken) {
        zp_error_move(err, &why);
        return false;
    }
    j->out.at = at; /* what it has left is not part of the file */
    if (zp_catalog_kind(dir) == ZP_ENTRY_OBJECT) {
        j->report->failed++;
        note(arg, name, &why);
    }
    zp_error_clear(&why);
    return true;
}

static bool save_all(job *j, const char *dir, const zp_catalog *names, zp_backup_note_fn note, void *arg,
                     zp_error *err)
{
    bool one = zp_catalog_kind(dir) == ZP_ENTRY_OBJECT, ok = true;

    for (size_t i = 0; ok && i < names->count; i++) {
        zp_buf path = ZP_BUF_INIT;

        zp_buf_puts(&path, dir);
        if (!one)
            zp_buf_printf(&path, "/%s", names->names[i]);
        ok = zp_buf_ok(&path, err) && save_or_note(j, zp_buf_text(&path), names->names[i], note, arg, err);
        zp_buf_fini(&path);
    }
    j->report->objects = (int64_t)j->now.count;
    return ok;
}

/* The objects of `dir`, or the one that it is. */
static bool find_names(const char *dir, zp_catalog *names, zp_error *err)
{
    const char *slash = strrchr(dir, '/');

    if (zp_catalog_kind(dir) != ZP_ENTRY_OBJECT)
        return zp_catalog_read(names, dir, NULL, err);
    return zp_catalog_name_ok(slash ? slash + 1 : dir, err) &&
           zp_catalog_add(names, slash ? slash + 1 : dir, err);
}

static bool is_free(const char *file, zp_error *err)
{
    return access(file, F_OK) != 0 || zp_fail(err, "%s already exists", file);
}

static bool open_base(job *j, const char *since, uint8_t id[16], zp_error *err)
{
    zp__bk_file base;
    bool ok = zp__bk_open(&base, since, &j->base, err);

    memcpy(id, base.id, sizeof base.id);
    zp__bk_close(&base);
    return ok;
}

bool zp_backup(const char *dir, const char *file, const char *since, zp_progress *progress,
               zp_backup_note_fn note, void *arg, zp_backup_report *report, zp_error *err)
{
    job j = { .out.fd = -1, .progress = progress, .report = report };
    zp_catalog names = ZP_CATALOG_INIT;
    uint8_t base[16] = { 0 };
    zp_buf part = ZP_BUF_INIT;
    bool ok =
        is_free(file, err) && find_names(dir, &names, err) && (!since || open_base(&j, since, base, err));

    *report = (zp_backup_report){ 0 };
    zp_buf_printf(&part, "%s.part", file);
    j.now.objects = ok ? zp_alloc_zero((names.count + 1) * sizeof(*j.now.objects), err) : NULL;
    j.room = j.now.objects ? zp_alloc(ZP__BK_PIECE, err) : NULL;
    ok = j.room && zp_buf_ok(&part, err) && zp__bk_create(&j.out, zp_buf_text(&part), base, err);
    if (ok) {
        int r;

        ok = save_all(&j, dir, &names, note, arg, err) && zp__bk_finish(&j.out, &j.now, err);
        report->packed = j.out.at;
        r = ok ? zp_io_get()->rename(AT_FDCWD, zp_buf_text(&part), AT_FDCWD, file) : 0;
        ok = ok && (r >= 0 || zp_fail_sys(err, -r, "cannot name the backup %s", file));
        if (!ok)
            zp_io_get()->unlink(AT_FDCWD, zp_buf_text(&part), false);
    }
    zp__bk_close(&j.out);
    zp__manifest_fini(&j.now);
    zp__manifest_fini(&j.base);
    zp_catalog_fini(&names);
    zp_buf_fini(&part);
    zp_free(j.room);
    return ok;
}
