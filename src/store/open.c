/* open: reading an object's state, recovering it, and letting go of it.
 *
 * The newest valid commit record says which header counts and how many rows are there; whatever else lies in the files
 * belongs to commits that never were, and is overwritten by the next.  A complete redo record that is newer is applied
 * first.  None of this depends on the number of rows. */
#include "store/store_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <xxhash.h>

enum { HEADER_MOST = 1 << 20, TRIES = 20 };

bool zp__fail_io(const zp_store *s, zp_error *err, int errnum, const char *what)
{
    return zp_fail_sys(err, errnum, "cannot %s %s", what, s->dir);
}

void zp__break(zp_store *s, int errnum)
{
    zp_buf why = ZP_BUF_INIT;

    if (s->broken)
        return;
    zp_buf_printf(&why, "writing it failed (%s); load it anew", strerror(errnum));
    s->broken = why.ptr;
}

bool zp__may_write(zp_store *s, zp_error *err)
{
    if (!s->writable)
        return zp_fail(err, "%s is open for reading: load it without mode = \"read\" to change it", s->dir);
    zp__pending_end(s); /* whose change it was is told when that failed */
    if (s->flush_failed)
        zp__break(s, s->flush_failed);
    return !s->broken || zp_fail_code(err, ZP_EIO, "%s cannot be changed any more: %s", s->dir, s->broken);
}

/* ---------------------------------------------------------------- the state on disk */

static bool no_record(const zp_buf *slots, const char *dir, zp_error *err)
{
    for (size_t at = 0; at + 16 <= slots->len; at += ZP_FMT_SLOT)
        if (memcmp(slots->ptr + at, "ZPCOMMIT", 8) == 0 &&
            zp__get64((uint8_t *)slots->ptr + at + 8) != ZP_FMT_VERSION)
            return zp_fail_code(
                err, ZP_EFORMAT,
                "%s has format version %llu, this program reads version %d: open it with a program that "
                "reads that version",
                dir, (unsigned long long)zp__get64((uint8_t *)slots->ptr + at + 8), ZP_FMT_VERSION);
    return zp_fail_code(err, ZP_EFORMAT,
                        "%s is damaged: no valid commit record (zplane check says what can be saved)", dir);
}

static bool read_header(int dirfd, const char *dir, const zp_fmt_commit *c, zp_fmt_header *h, zp_error *err)
{
    char name[ZP_FMT_NAME], what[600];
    zp_buf text = ZP_BUF_INIT;
    bool ok;

    zp_fmt_name(name, "header.", c->header);
    snprintf(what, sizeof(what), "%s/%s", dir, name);
    ok = zp__read_file(dirfd, name, HEADER_MOST, &text, dir, err);
    if (ok && XXH3_64bits(text.ptr ? text.ptr : "", text.len) != c->header_sum) {
        zp_fmt_header other;

        ok = false; /* a header of another version or byte order says so; else: */
        if (zp_fmt_header_read(&other, text.ptr ? text.ptr : "", text.len, what, err)) {
            zp_fmt_header_fini(&other);
            zp_fail_code(err, ZP_EFORMAT, "%s is damaged: it is not the header of the last commit", what);
        }
    }
    ok = ok && zp_fmt_header_read(h, text.ptr ? text.ptr : "", text.len, what, err);
    zp_buf_fini(&text);
    return ok;
}

/* Could the live records be read while they were being written?  Each commit replaces the older of them, so that at rest
 * they are complete and follow each other; a writer that died, or another start of the machine, leaves other ones, and
 * these do not change. */
static bool in_order(const zp_buf *slots)
{
    const size_t at = ZP_FMT_SLOTS / 2 * ZP_FMT_SLOT;
    zp_fmt_commit a, b;

    return slots->len >= at + 2 * ZP_FMT_SLOT && zp_fmt_commit_get((uint8_t *)slots->ptr + at, &a) &&
           zp_fmt_commit_get((uint8_t *)slots->ptr + at + ZP_FMT_SLOT, &b) &&
           (a.seq == b.seq + 1 || b.seq == a.seq + 1);
}

/* All commit records, as they were at one moment. */
static bool read_records(int dirfd, const char *dir, zp_buf *slots, zp_error *err)
{
    zp_buf before = ZP_BUF_INIT;
    bool ok = zp__read_file(dirfd, "commit", ZP_FMT_SLOTS * ZP_FMT_SLOT, slots, dir, err);

    for (int i = 0; ok && i < TRIES && !in_order(slots); i++) {
        const zp_buf now = *slots;

        if (i && now.len == before.len && (!now.len || memcmp(now.ptr, before.ptr, now.len) == 0))
            break;
        *slots = before;
        before = now;
        zp_buf_clear(slots);
        ok = zp__read_file(dirfd, "commit", ZP_FMT_SLOTS * ZP_FMT_SLOT, slots, dir, err);
    }
    __sync_synchronize(); /* rows are looked at after the record that tells of them */
    zp_buf_fini(&before);
    return ok;
}

static bool read_once(int dirfd, const char *dir, const uint8_t *boot, zp_fmt_commit *c, int *slot,
                      zp_fmt_header *h, zp_error *err)
{
    zp_buf slots = ZP_BUF_INIT;
    bool ok = read_records(dirfd, dir, &slots, err);

    if (ok && !zp_fmt_commit_newest((uint8_t *)slots.ptr, slots.len, boot, c, slot))
        ok = no_record(&slots, dir, err);
    zp_buf_fini(&slots);
    return ok && read_header(dirfd, dir, c, h, err);
}

bool zp__read_state(int dirfd, const char *dir, const uint8_t *boot, zp_fmt_commit *c, int *slot,
                    zp_fmt_header *h, zp_error *err)
{
    /* while somebody writes, a record may be half there, or its header gone already: the next look is better */
    for (int i = 0; i < TRIES; i++) {
        zp_error now = ZP_ERROR_INIT;

        if (read_once(dirfd, dir, boot, c, slot, h, &now))
            return true;
        if (i + 1 == TRIES || now.code == ZP_ENOMEM) {
            zp_error_move(err ? err : &now, &now);
            zp_error_clear(&now);
            return false;
        }
        zp_error_clear(&now);
        usleep(i < 3 ? 0 : 200);
    }
    return false;
}

/* ---------------------------------------------------------------- files */

static bool long_enough(zp_store *s, const zp__file *f, uint64_t width, uint64_t rows, zp_error *err)
{
    struct stat st;
    const int r = zp_io_get()->stat(f->fd, &st);

    if (r < 0)
        return zp__fail_io(s, err, -r, "read");
    return (uint64_t)st.st_size / width >= rows ||
           zp_fail_code(
               err, ZP_EFORMAT,
               "%s is damaged: column file c%llu holds %llu of %llu rows (zplane check --repair keeps what is "
               "whole)",
               s->dir, (unsigned long long)f->number, (unsigned long long)st.st_size / width,
               (unsigned long long)rows);
}

static bool open_columns(zp_store *s, zp_error *err)
{
    s->nfiles = s->h.ncolumns + s->h.series;
    s->files = zp_alloc_zero((size_t)(s->nfiles + 1) * sizeof *s->files, err);
    if (!s->files)
        return false;
    for (int64_t k = 0; k < s->nfiles; k++)
        zp__file_init(&s->files[k],
                      s->h.series ? k == 0 ? s->h.index : s->h.columns[k - 1] : s->h.columns[k]);
    for (int64_t k = 0; k < s->nfiles; k++)
        if (!zp__file_open(s, &s->files[k], zp__is_text(s), false, err) ||
            !long_enough(s, &s->files[k], zp__width(s), s->c.first + s->c.rows, err))
            return false;
    return true;
}

static bool read_names(zp_store *s, zp__file *f, int64_t n, uint64_t row, zp_array **out, zp_error *err)
{
    zp_value v = zp_vec(ZP_STR, n, err);

    if (zp_bad(v))
        return false;
    if (!long_enough(s, f, sizeof(zp_fmt_text), row + (uint64_t)n, err) ||
        !zp__text_read(s->dir, f, v.u.arr->data, n, row, err)) {
        zp_fill_zero(v, 0, n);
        zp_value_unref(v);
        return false;
    }
    *out = v.u.arr;
    return true;
}

static bool open_names(zp_store *s, zp_error *err)
{
    s->names = zp_alloc_zero((size_t)s->h.ndim * sizeof *s->names, err);
    if (!s->names)
        return false;
    for (int32_t k = 0; k < s->h.ndim; k++) {
        zp__file f;
        bool ok;

        if (!s->h.names[k])
            continue;
        zp__file_init(&f, s->h.names[k]);
        if (!zp__file_open(s, &f, true, false, err))
            return false;
        ok = read_names(s, &f, k ? s->h.dim[k] : (int64_t)s->c.rows, k ? 0 : s->c.first, &s->names[k], err);
        if (k == 0 && ok && s->writable)
            s->rownames = f;
        else
            zp__file_close(&f);
        if (!ok)
            return false;
    }
    return true;
}

static bool open_sums(zp_store *s, zp_error *err)
{
    char name[ZP_FMT_NAME];
    const uint64_t end = (s->c.first + s->c.rows) * zp__width(s);
    int r;

    if (!s->writable)
        return true;
    r = s->sumsfd = zp_io_get()->open(s->dirfd, zp_fmt_name(name, "sums.", s->h.sums),
                                      O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    s->sum_blocks = end / ZP_FMT_BLOCK;
    return r >= 0 || zp_fail_sys(err, -r, "cannot open %s/%s", s->dir, name);
}

/* As many files as the system lets us have. */
static void raise_limit(void)
{
    struct rlimit lim;

    if (getrlimit(RLIMIT_NOFILE, &lim) == 0 && lim.rlim_cur < lim.rlim_max) {
        lim.rlim_cur = lim.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &lim) != 0)
            return;
    }
}

bool zp__open_columns(zp_store *s, zp_error *err)
{
    raise_limit();
    zp__file_init(&s->rownames, 0);
    return open_columns(s, err) && open_sums(s, err) && open_names(s, err);
}

bool zp__open_map(zp_store *s, zp_error *err)
{
    if (!zp__map_new(s, s->c.first + s->c.rows, err))
        return false;
    if (!s->writable && !zp__is_text(s)) /* mapped */
        for (int64_t k = 0; k < s->nfiles; k++)
            zp__file_close(&s->files[k]);
    return true;
}

bool zp__open_files(zp_store *s, zp_error *err)
{
    return zp__open_columns(s, err) && zp__open_map(s, err);
}

void zp__close_files(zp_store *s)
{
    for (int64_t k = 0; s->files && k < s->nfiles; k++)
        zp__file_close(&s->files[k]);
    zp__file_close(&s->rownames);
    if (s->sumsfd >= 0)
        zp_io_get()->close(s->sumsfd);
    s->sumsfd = -1;
    for (int32_t k = 0; s->names && k < s->h.ndim; k++)
        if (s->names[k])
            zp_obj_unref(&s->names[k]->head);
    zp_free(s->names);
    zp_free(s->files);
    s->names = NULL;
    s->files = NULL;
    s->nfiles = 0;
    zp__file_init(&s->rownames, 0);
}

/* ---------------------------------------------------------------- looking from outside */

bool zp_fmt_object_open(zp_fmt_object *o, const char *dir, zp_error *err)
{
    uint8_t boot[16];
    const bool booted = zp_io_get()->boot(boot) >= 0;
    char name[ZP_FMT_NAME];
    zp_buf redo = ZP_BUF_INIT, text = ZP_BUF_INIT;
    zp_fmt_redo r;
    int slot;

    *o = (zp_fmt_object){ .dir = zp__object_dir(dir, err) };
    if (o->dir < 0)
        return false;
    if (!zp__read_state(o->dir, dir, booted ? boot : NULL, &o->commit, &slot, &o->header, err) ||
        !zp__read_file(o->dir, zp_fmt_name(name, "header.", o->commit.header), HEADER_MOST, &text, dir,
                       err)) {
        zp_buf_fini(&text);
        zp_fmt_object_close(o);
        return false;
    }
    o->header.dim[0] = (int64_t)o->commit.rows;
    o->header_text = text.ptr;
    o->header_len = text.len;
    if (zp__read_file(o->dir, "redo", SIZE_MAX / 4, &redo, dir, NULL))
        o->redo_pending = zp_fmt_redo_open(&r, (uint8_t *)redo.ptr, redo.len) &&
                          r.commit.redo > o->commit.redo && r.commit.seq == o->commit.seq + 1;
    zp_buf_fini(&redo);
    return true;
}

void zp_fmt_object_close(zp_fmt_object *o)
{
    if (o->dir >= 0)
        zp_io_get()->close(o->dir);
    zp_fmt_header_fini(&o->header);
    zp_free(o->header_text);
    *o = (zp_fmt_object){ .dir = -1 };
}

int64_t zp_fmt_object_files(const zp_fmt_object *o)
{
    return o->header.ncolumns + o->header.series;
}

uint64_t zp_fmt_object_file(const zp_fmt_object *o, int64_t k)
{
    return o->header.series ? k == 0 ? o->header.index : o->header.columns[k - 1] : o->header.columns[k];
}

uint64_t zp_fmt_object_bytes(const zp_fmt_object *o, int64_t k)
{
    const size_t width = o->header.type == ZP_STR ? sizeof(zp_fmt_text) : zp_type_size(o->header.type);

    return (o->commit.first + o->commit.rows) * width;
}
