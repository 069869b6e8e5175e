/* store: the door: creating, opening, closing. */
#include "store/store_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are mapped as they are: little-endian");

static zp_store *open_stores; /* of the process; the engine's */

/* ---------------------------------------------------------------- life */

zp_store *zp__store_new(const char *dir, bool writable, zp_error *err)
{
    zp_store *s = zp_new(zp_store, err);

    if (!s)
        return NULL;
    *s = (zp_store){ .writable = writable,
                     .dirfd = -1,
                     .lockfd = -1,
                     .commitfd = -1,
                     .redofd = -1,
                     .sumsfd = -1,
                     .rows_now = -1,
                     .h.options = ZP_STORE_OPTIONS };
    s->has_boot = zp_io_get()->boot(s->boot) >= 0;
    zp__file_init(&s->rownames, 0);
    s->dir = zp_alloc(strlen(dir) + 1, err);
    if (!s->dir) {
        zp_free(s);
        return NULL;
    }
    strcpy(s->dir, dir);
    return s;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        zp_io_get()->close(*fd);
    *fd = -1;
}

/* Snapshots go on without the store; they keep others from giving their rows back. */
static void let_maps_go(zp_store *s)
{
    zp__texts_keep(s, NULL);
    for (zp__map *m = s->maps, *next; m; m = next) {
        next = m->next;
        m->store = NULL;
        m->next = NULL;
        if ((m->watched || m->indexed) && m->reader < 0) {
            m->reader = zp_io_get()->open(s->dirfd, "commit", O_RDONLY, 0);
            if (m->reader >= 0 &&
                zp_io_get()->lock(m->reader, ZP__READERS + (int64_t)s->punched, 1, F_RDLCK, NULL) < 0)
                close_fd(&m->reader);
        }
    }
    s->maps = NULL;
    zp__map_unref(s->map);
    s->map = NULL;
}

void zp__store_free(zp_store *s)
{
    let_maps_go(s);
    zp__close_files(s);
    close_fd(&s->redofd);
    zp__live_release(s);
    close_fd(&s->commitfd);
    close_fd(&s->lockfd);
    close_fd(&s->dirfd);
    zp_fmt_header_fini(&s->h);
    zp_free(s->watches);
    zp_free(s->flush.waiters);
    zp_free(s->broken);
    zp_free(s->dir);
    zp_free(s);
}

/* What was allocated ahead and not needed. */
static void trim(zp_store *s)
{
    const uint64_t end = (s->c.first + s->c.rows) * zp__width(s);

    for (int64_t k = 0; k < s->nfiles; k++)
        if (s->files[k].room > end && zp_io_get()->truncate(s->files[k].fd, (int64_t)end) < 0)
            return;
}

void zp__store_close(zp_store *s)
{
    zp__untouch(s);
    for (zp_store **at = &open_stores; *at; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            break;
        }
    if (s->writable && !s->broken && s->files) {
        zp__sums_finish(s);
        if (zp__flush_now(s) >= 0) { /* else: the next who opens it finds what was durable */
            zp__redo_trim(s);
            trim(s);
        }
    }
    zp__flush_leave(s);
    zp__store_free(s);
}

void zp_store_pin(zp_store *s)
{
    s->pins++;
}

void zp_store_unpin(zp_store *s)
{
    s->pins--;
    if (!zp__in_use(s))
        zp__store_close(s);
}

/* ---------------------------------------------------------------- opening */

int zp__object_dir(const char *dir, zp_error *err)
{
    const zp_io *io = zp_io_get();
    const int fd = io->open(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY, 0);
    const int commit = fd >= 0 ? io->open(fd, "commit", O_RDONLY | O_NOFOLLOW, 0) : fd;

    if (commit >= 0) {
        io->close(commit);
        return fd;
    }
    if (fd >= 0)
        io->close(fd);
    if (commit == -ENOENT || commit == -ENOTDIR)
        zp_fail(err, "no data in directory %s", dir);
    else
        zp_fail_sys(err, -commit, "cannot open %s", dir);
    return -1;
}

bool zp_store_is_object(const char *dir)
{
    const int fd = zp__object_dir(dir, NULL);

    if (fd >= 0)
        zp_io_get()->close(fd);
    return fd >= 0;
}

static bool open_dir(zp_store *s, zp_error *err)
{
    struct stat st;
    int r;

    s->dirfd = zp__object_dir(s->dir, err);
    if (s->dirfd < 0)
        return false;
    r = zp_io_get()->stat(s->dirfd, &st);
    if (r < 0)
        return zp_fail_sys(err, -r, "cannot open %s", s->dir);
    s->dev = st.st_dev;
    s->ino = st.st_ino;
    return true;
}

static zp_store *find_open(const zp_store *like)
{
    for (zp_store *s = open_stores; s; s = s->next)
        if (s->dev == like->dev && s->ino == like->ino && s->writable == like->writable)
            return s;
    return NULL;
}

/* The newest valid record among two slots, so that the next one does not take its place. */
static int newest_of(const uint8_t *slots, size_t len, int first, const uint8_t *boot, uint64_t *seq,
                     uint64_t *rows_first)
{
    zp_fmt_commit *c = zp_alloc(sizeof *c, NULL);
    int best = 0;

    *seq = *rows_first = 0;
    for (int k = 0; k < 2 && c; k++) {
        const size_t at = (size_t)(first + k) * ZP_FMT_SLOT;

        if (at + ZP_FMT_RECORD <= len && zp_fmt_commit_get(slots + at, c) && c->seq >= *seq &&
            (!boot || memcmp(boot, c->boot, sizeof(c->boot)) == 0)) {
            best = k;
            *seq = c->seq;
            *rows_first = c->first;
        }
    }
    zp_free(c);
    return best;
}

static bool find_slots(zp_store *s, zp_error *err)
{
    zp_buf slots = ZP_BUF_INIT;
    uint64_t live_seq, live_first;
    bool ok = zp__read_file(s->dirfd, "commit", ZP_FMT_SLOTS * ZP_FMT_SLOT, &slots, s->dir, err);

    if (ok) {
        const uint8_t *at = (uint8_t *)slots.ptr;

        s->slot[0] = newest_of(at, slots.len, 0, NULL, &s->flush.durable_seq, &s->flush.durable_first);
        s->slot[1] = newest_of(at, slots.len, ZP_FMT_SLOTS / 2, s->boot, &live_seq, &live_first);
    }
    /* cut off by somebody: a record that is there in part would not count */
    if (ok && s->writable && slots.len < ZP_FMT_SLOTS * ZP_FMT_SLOT) {
        const int r = zp_io_get()->truncate(s->commitfd, ZP_FMT_SLOTS * ZP_FMT_SLOT);

        ok = r >= 0 || zp__fail_io(s, err, -r, "write");
    }
    zp_buf_fini(&slots);
    return ok;
}

/* It is there from the beginning; but copies may come without. */
static int open_redo(zp_store *s)
{
    const zp_io *io = zp_io_get();
    int fd = io->open(s->dirfd, "redo", O_RDWR | O_NOFOLLOW, 0), r;

    if (fd != -ENOENT)
        return fd;
    fd = io->open(s->dirfd, "redo", O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    r = fd >= 0 ? io->sync(s->dirfd) : fd;
    if (r < 0 && fd >= 0)
        io->close(fd);
    return r < 0 ? r : fd;
}

static bool open_commits(zp_store *s, zp_error *err)
{
    const zp_io *io = zp_io_get();
    int slot, r;

    r = s->commitfd = io->open(s->dirfd, "commit", (s->writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW, 0);
    if (r >= 0 && s->writable)
        r = s->redofd = open_redo(s);
    if (r < 0)
        return zp_fail_sys(err, -r, "cannot open %s", s->dir);
    if (!s->writable && !zp__lock_reader(s, 0, err)) /* nothing is given back while we look */
        return false;
    return zp__read_state(s->dirfd, s->dir, s->has_boot ? s->boot : NULL, &s->c, &slot, &s->h, err) &&
           find_slots(s, err);
}

static void take_note(zp_store *s)
{
    s->note_len = s->c.note_len;
    memcpy(s->note, s->c.note, s->c.note_len);
}

/* A reader cannot finish what a writer that died left half done; it asks for the lock, as a writer would. */
static bool finish_for_reader(const char *dir, zp_error *err)
{
    zp_fmt_object o;
    zp_value v = zp_nil();
    bool pending;

    if (!zp_fmt_object_open(&o, dir, err))
        return false;
    pending = o.redo_pending;
    zp_fmt_object_close(&o);
    if (pending && zp_store_open(dir, true, &v, NULL)) /* refused: somebody writes, and finishes it */
        zp_value_unref(v);
    return true;
}

/* A change that was on its way is finished before anybody looks at the elements. */
static bool recover(zp_store *s, zp_error *err)
{
    zp_fmt_commit *c = zp_new(zp_fmt_commit, err);
    bool found, ok = c && zp__redo_replay(s, c, &found, err) && zp__open_map(s, err) &&
                     (!found || (zp__publish(s, c, 0, 0, err) && zp_store_sync(s, true, err)));

    zp_free(c);
    return ok;
}

static bool open_all(zp_store *s, bool fresh, zp_error *err)
{
    if (s->writable && !zp__lock_writer(s, err))
        return false;
    if (!open_commits(s, err) || (!s->writable && !zp__readers_move(s, 0, s->c.first, err)))
        return false;
    if (s->h.ncolumns == 0 && !fresh)
        return zp_fail(err, "no data in directory %s", s->dir);
    take_note(s);
    s->flush.latest = s->c;
    if (!zp__open_columns(s, err))
        return false;
    if (!s->writable)
        return zp__open_map(s, err);
    for (int64_t k = 0; k < s->nfiles; k++)
        s->files[k].unsynced = s->flush.durable_seq < s->c.seq;
    s->rownames.unsynced = s->flush.durable_seq < s->c.seq;
    if (!recover(s, err))
        return false;
    zp__sweep(s);
    return true;
}

void zp__windows_release(const zp_store *s)
{
    for (zp_store *other = open_stores; other; other = other->next) {
        if (other == s)
            continue;
        zp__live_release(other);
        for (int64_t k = 0; k < other->nfiles; k++)
            zp__tail_release(&other->files[k]);
        zp__tail_release(&other->rownames);
    }
}

zp_store *zp__store_find(const char *dir)
{
    zp_store *like = zp__store_new(dir, true, NULL), *found = NULL;

    if (like && open_dir(like, NULL))
        for (found = open_stores; found; found = found->next)
            if (found->dev == like->dev && found->ino == like->ino)
                break;
    if (like)
        zp__store_free(like);
    return found;
}

bool zp__store_open(const char *dir, bool writable, bool fresh, zp_value *out, zp_error *err)
{
    zp_store *s, *other;
    bool ok;

    *out = zp_nil();
    zp_value_set_keeper(zp__store_keeper());
    if (!writable && zp_store_is_object(dir) && !finish_for_reader(dir, err))
        return false;
    s = zp__store_new(dir, writable, err);
    if (!s)
        return false;
    if (!open_dir(s, err)) {
        zp__store_free(s);
        return false;
    }
    other = find_open(s);
    if (other) {
        zp__store_free(s);
        return zp__value_new(other, out, err);
    }
    if (!open_all(s, fresh, err)) {
        zp__flush_leave(s);
        zp__store_free(s);
        return false;
    }
    s->pins = 1;
    s->next = open_stores;
    open_stores = s;
    ok = zp__value_new(s, out, err);
    zp_store_unpin(s);
    return ok;
}

bool zp_store_open(const char *dir, bool writable, zp_value *out, zp_error *err)
{
    return zp__store_open(dir, writable, false, out, err);
}

bool zp_store_value(zp_store *s, zp_value *out, zp_error *err)
{
    return zp__value_new(s, out, err);
}

const char *zp_store_dir(const zp_store *s)
{
    return s->dir;
}

bool zp_store_writable(const zp_store *s)
{
    return s->writable;
}

const zp_store_options *zp_store_get_options(const zp_store *s)
{
    return &s->h.options;
}
