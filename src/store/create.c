/* create: objects come, change their shape, take over what others wrote, get other names, and go. */
#include "store/store_priv.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- new directories */

static void remove_content(int dirfd)
{
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *e;

    if (!dir && fd >= 0)
        close(fd);
    while (dir && (e = readdir(dir)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            zp_io_get()->unlink(dirfd, e->d_name, false);
    if (dir)
        closedir(dir);
}

/* The directory that `path` lies in, for its fsync. */
static int sync_parent(const char *path)
{
    char parent[4096];
    const char *slash = strrchr(path, '/');
    int fd, r;

    snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    fd = zp_io_get()->open(AT_FDCWD, *parent ? parent : "/", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return fd;
    r = zp_io_get()->sync(fd);
    zp_io_get()->close(fd);
    return r;
}

static int sync_named(zp_store *s, const char *prefix, uint64_t number)
{
    char name[ZP_FMT_NAME];
    const int fd = zp_io_get()->open(s->dirfd, zp_fmt_name(name, prefix, number), O_RDONLY | O_NOFOLLOW, 0);
    const int r = fd >= 0 ? zp_io_get()->datasync(fd) : fd;

    if (fd >= 0)
        zp_io_get()->close(fd);
    return r;
}

int zp__sync_created(zp_store *s)
{
    int r = sync_named(s, "header.", s->c.header), up;

    for (int32_t k = 1; k < s->h.ndim && r >= 0; k++)
        if (s->h.names[k]) {
            r = sync_named(s, "t", s->h.names[k]);
            r = r >= 0 ? sync_named(s, "c", s->h.names[k]) : r;
        }
    r = r >= 0 ? zp_io_get()->sync(s->dirfd) : r;
    up = r >= 0 ? zp_io_get()->open(s->dirfd, "..", O_RDONLY | O_DIRECTORY, 0) : r;
    if (up < 0)
        return up;
    r = zp_io_get()->sync(up);
    zp_io_get()->close(up);
    return r;
}

static bool write_commits(zp_store *s, zp_fmt_commit *c, zp_error *err)
{
    uint8_t slots[ZP_FMT_SLOTS * ZP_FMT_SLOT] = { 0 };
    const bool lazy = s->h.options.sync == ZP_SYNC_NONE && s->has_boot;

    c->seq = 1;
    if (!lazy) /* what is not on the disk has no durable record */
        zp_fmt_commit_put(slots, c);
    memcpy(c->boot, s->boot, sizeof(c->boot));
    zp_fmt_commit_put(slots + (size_t)2 * ZP_FMT_SLOT, c);
    return zp__write_file(s, "commit", slots, sizeof(slots), err);
}

/* The files that are empty at first are there before the directory is flushed, so that none can be missing afterwards. */
static bool make_empty_files(zp_store *s, const zp_fmt_header *h, zp_error *err)
{
    char name[ZP_FMT_NAME];
    const char *const names[] = { "lock", "redo", zp_fmt_name(name, "sums.", h->sums) };

    for (size_t i = 0; i < ZP_COUNTOF(names); i++) {
        const int fd = zp_io_get()->open(s->dirfd, names[i], O_RDWR | O_CREAT | O_NOFOLLOW, 0600);

        if (fd < 0)
            return zp_fail_sys(err, -fd, "cannot create %s/%s", s->dir, names[i]);
        zp_io_get()->close(fd);
    }
    return true;
}

static bool fill_directory(zp_store *s, zp_value v, zp_error *err)
{
    zp_fmt_commit *c = zp_new(zp_fmt_commit, err);
    zp_fmt_header h = { 0 };
    bool ok = c && zp__content_write(s, v, false, &h, c, err) && zp__write_header(s, &h, c, err) &&
              make_empty_files(s, &h, err) && write_commits(s, c, err);

    if (ok && s->h.options.sync != ZP_SYNC_NONE) {
        const int r = zp_io_get()->sync(s->dirfd);

        ok = r >= 0 || zp__fail_io(s, err, -r, "write");
    }
    zp_fmt_header_fini(&h);
    zp_free(c);
    return ok;
}

static bool is_free(const char *dir, zp_error *err)
{
    const int fd = zp_io_get()->open(AT_FDCWD, dir, O_RDONLY | O_NOFOLLOW, 0);

    if (fd >= 0)
        zp_io_get()->close(fd);
    if (fd >= 0 || fd == -ELOOP)
        return zp_fail(err, "%s already exists", dir);
    return fd == -ENOENT || fd == -ENOTDIR || fd == -ENAMETOOLONG || fd == -EACCES ||
           zp_fail_sys(err, -fd, "cannot create %s", dir);
}

/* Everything is made under a name that nobody looks for, and renamed when it is complete. */
static bool make_directory(zp_store *s, const char *dir, char *temp, size_t size, zp_error *err)
{
    int r = -EEXIST;

    if (!is_free(dir, err))
        return false;
    for (int i = 0; r == -EEXIST && i < 1000; i++) {
        if ((size_t)snprintf(temp, size, "%s.new-%ld-%d~", dir, (long)getpid(), i) >= size)
            return zp_fail_sys(err, ENAMETOOLONG, "cannot create %s", dir);
        r = zp_io_get()->mkdir(AT_FDCWD, temp, 0700);
    }
    if (r < 0)
        return zp_fail_sys(err, -r, "cannot create %s", dir);
    s->dirfd = zp_io_get()->open(AT_FDCWD, temp, O_RDONLY | O_DIRECTORY, 0);
    return s->dirfd >= 0 || zp_fail_sys(err, -s->dirfd, "cannot create %s", dir);
}

static bool give_name(zp_store *s, const char *temp, const char *dir, zp_error *err)
{
    int r = zp_io_get()->rename(AT_FDCWD, temp, AT_FDCWD, dir);

    if (r == -EEXIST || r == -ENOTEMPTY)
        return zp_fail(err, "%s already exists", dir);
    if (r >= 0 && s->h.options.sync != ZP_SYNC_NONE)
        r = sync_parent(dir);
    return r >= 0 || zp_fail_sys(err, -r, "cannot create %s", dir);
}

/* The checksums of what was just created. */
static bool sum_all(zp_store *s, zp_error *err)
{
    s->sum_blocks = 0;
    return zp__sums_extend(s, s->c.first + s->c.rows, err);
}

bool zp_store_create(const char *dir, zp_value v, const zp_store_options *options, zp_value *out,
                     zp_error *err)
{
    char path[4096], temp[4200];
    size_t len = strlen(dir);
    zp_store *s;
    bool ok;

    *out = zp_nil();
    if (!zp_value_read(v, err))
        return false;
    while (len > 1 && dir[len - 1] == '/')
        len--;
    if (len == 0 || len >= sizeof(path))
        return zp_fail_sys(err, len ? ENAMETOOLONG : ENOENT, "cannot create %s", dir);
    memcpy(path, dir, len);
    path[len] = 0;
    s = zp__store_new(path, true, err);
    if (!s)
        return false;
    s->h.options = *options;
    if (!make_directory(s, path, temp, sizeof(temp), err)) {
        zp__store_free(s);
        return false;
    }
    ok = fill_directory(s, v, err) && give_name(s, temp, path, err);
    if (!ok) {
        remove_content(s->dirfd);
        zp_io_get()->unlink(AT_FDCWD, temp, true);
    }
    s->h = (zp_fmt_header){ 0 };
    zp__store_free(s);
    return ok && zp__store_open(path, true, true, out, err) && sum_all(zp_store_of(*out), err);
}

/* ---------------------------------------------------------------- another shape */

/* What belongs to one header: it is exchanged as a whole. */
typedef struct parts {
    zp_fmt_header h;
    zp_fmt_commit c;
    zp__file *files, rownames;
    int64_t nfiles;
    zp_array **names;
    int sumsfd;
    uint64_t sum_blocks;
} parts;

static void take_parts(zp_store *s, parts *p)
{
    *p = (parts){ s->h, s->c, s->files, s->rownames, s->nfiles, s->names, s->sumsfd, s->sum_blocks };
    s->h = (zp_fmt_header){ 0 };
    s->files = NULL;
    s->names = NULL;
    s->nfiles = 0;
    s->sumsfd = -1;
    zp__file_init(&s->rownames, 0);
}

static void give_parts(zp_store *s, const parts *p)
{
    s->h = p->h;
    s->c = p->c;
    s->files = p->files;
    s->rownames = p->rownames;
    s->nfiles = p->nfiles;
    s->names = p->names;
    s->sumsfd = p->sumsfd;
    s->sum_blocks = p->sum_blocks;
}

/* Columns that are in place stay: is there one? */
static bool shares_files(const parts *old, const parts *now)
{
    for (int64_t i = 0; i < old->nfiles; i++)
        for (int64_t k = 0; k < now->nfiles; k++)
            if (old->files[i].number == now->files[k].number)
                return true;
    return false;
}

/* Closes the files of old parts; maps other than the current one look at them from now on. */
static void leave_parts(zp_store *s, const parts *old)
{
    parts now;
    bool shared;

    take_parts(s, &now);
    shared = shares_files(old, &now);
    give_parts(s, old);
    zp__texts_keep(s, s->map);
    zp__close_files(s);
    zp_fmt_header_fini(&s->h);
    give_parts(s, &now);
    if (shared) /* who looks at the old maps must see no change */
        return;
    for (zp__map *m = s->maps, *next; m; m = next) {
        next = m->next;
        m->next = NULL;
        m->store = m == s->map ? s : NULL;
    }
    s->maps = s->map;
}

bool zp__reload(zp_store *s, zp_error *err)
{
    zp_fmt_header h;
    zp_fmt_commit *c = zp_new(zp_fmt_commit, err);
    parts old;
    int slot;
    bool ok = c && zp__read_state(s->dirfd, s->dir, s->has_boot ? s->boot : NULL, c, &slot, &h, err);

    if (ok) {
        take_parts(s, &old);
        s->h = h;
        s->c = *c;
        ok = zp__open_files(s, err);
        if (ok) {
            leave_parts(s, &old);
        } else {
            zp__close_files(s);
            zp_fmt_header_fini(&s->h);
            give_parts(s, &old);
        }
    }
    if (!ok && !s->broken) {
        zp_buf why = ZP_BUF_INIT;

        zp_buf_puts(&why, "its files cannot be opened; load it anew");
        s->broken = why.ptr;
    }
    zp_free(c);
    return ok;
}

static bool same_type(const zp_store *s, zp_value with)
{
    return s->h.series ? with.type == ZP_ZTS : with.type == s->h.type;
}

bool zp__store_replace(zp_store *s, zp_value with, zp_error *err)
{
    zp_fmt_commit *c;
    zp_fmt_header h = { 0 };
    bool ok;

    if (!same_type(s, with))
        return zp_fail(err, "cannot convert the type of a reference");
    c = zp_new(zp_fmt_commit, err);
    if (!zp_value_read(with, err) || !zp__may_write(s, err) || !c) {
        zp_free(c);
        return false;
    }
    *c = s->c;
    ok = zp__content_write(s, with, true, &h, c, err) && zp__write_header(s, &h, c, err) &&
         zp__write_live(s, c, err);
    if (!ok)
        zp__sweep(s); /* files of a commit that never was */
    if (ok) {
        zp__flush_pause(s);
        ok = zp__reload(s, err);
        zp__flush_go(s);
    }
    if (ok) {
        zp__flush_published(s);
        s->punched = 0;
        s->sum_blocks = 0;
        zp__announce(s, 0, 0);
        ok = zp__sums_extend(s, s->c.first + s->c.rows, err) && zp_store_sync(s, true, err);
        if (ok)
            zp__sweep(s); /* the old files */
    }
    zp_fmt_header_fini(&h);
    zp_free(c);
    return ok;
}

bool zp_store_replace(zp_value *v, zp_value with, zp_error *err)
{
    zp_store *s = zp_store_of(*v);
    zp_value fresh;
    bool ok;

    if (!s)
        return zp_fail(err, ZP__LOCKED_TEXT);
    zp_value_ref(with);
    zp_store_pin(s);
    ok = zp__store_replace(s, with, err);
    if (ok && zp_store_of(*v) != s && (ok = zp__value_new(s, &fresh, err)))
        zp_value_set(v, fresh);
    zp_store_unpin(s);
    zp_value_unref(with);
    return ok;
}

/* Index and data both. */
static bool is_whole(const zp_store *s, zp_value v)
{
    return zp_store_of(v) == s && (v.type != ZP_ZTS || zp_store_of(zp_zts_idx(v)) == s);
}

bool zp_store_settle(zp_store *s, zp_value *v, zp_error *err)
{
    zp_value fresh;
    bool ok = true;

    if (is_whole(s, *v))
        return true;
    if (v->type == ZP_ZTS || zp_is_array(*v))
        ok = zp__store_replace(s, *v, err);
    else
        ok = zp_fail(err, "cannot convert the type of a reference");
    if (!zp__value_new(s, &fresh, ok ? err : NULL))
        return false;
    zp_value_set(v, fresh);
    return ok;
}

/* ---------------------------------------------------------------- readers */

/* Strings that were read are kept, so of text nothing else may have changed. */
static bool only_rows(const zp_store *s, const zp_fmt_commit *c)
{
    const uint64_t end = c->first + c->rows;

    if (c->header != s->c.header || c->header_sum != s->c.header_sum || s->names[0])
        return false;
    return zp__is_text(s) ? c->redo == s->c.redo && end >= s->c.first + s->c.rows &&
                                (int64_t)end - s->map->text_first <= s->map->cap
                          : end * zp__width(s) <= s->map->stride;
}

bool zp_store_refresh(zp_value *v, bool *changed, zp_error *err)
{
    zp_store *s = zp_store_of(*v);
    const uint64_t first = s ? s->c.first : 0;
    zp_fmt_commit *c;
    zp_fmt_header h = { 0 };
    int slot;
    bool ok;

    *changed = false;
    if (!s || s->writable)
        return true;
    c = zp_new(zp_fmt_commit, err);
    ok = c && zp__read_state(s->dirfd, s->dir, s->has_boot ? s->boot : NULL, c, &slot, &h, err);
    *changed = ok && c->seq != s->c.seq;
    if (*changed) {
        zp_store_pin(s);
        if (only_rows(s, c))
            s->c = *c;
        else
            ok = zp__reload(s, err);
        ok = ok && zp__readers_move(s, first, s->c.first, err);
        if (ok)
            zp__announce(s, 0, 0);
        if (ok && zp_store_of(*v) != s) {
            zp_value fresh;

            ok = zp__value_new(s, &fresh, err);
            if (ok)
                zp_value_set(v, fresh);
        }
        zp_store_unpin(s);
    }
    zp_fmt_header_fini(&h);
    zp_free(c);
    return ok;
}

/* ---------------------------------------------------------------- names of directories */

bool zp_store_drop(const char *dir, zp_error *err)
{
    zp_store *s;
    bool ok;
    int r;

    if (zp__store_find(dir))
        return zp_fail(err, "%s is in use: remove the variables that hold it first", dir);
    s = zp__store_new(dir, true, err);
    if (!s)
        return false;
    s->dirfd = zp__object_dir(dir, err);
    ok = s->dirfd >= 0 && zp__lock_writer(s, err);
    if (ok) {
        zp_io_get()->unlink(s->dirfd, "commit", false); /* from here on it is no object */
        remove_content(s->dirfd);
        r = zp_io_get()->unlink(AT_FDCWD, dir, true);
        ok = r >= 0 || zp_fail_sys(err, -r, "cannot remove %s", dir);
    }
    zp__store_free(s);
    return ok;
}

bool zp_store_rename(const char *from, const char *to, zp_error *err)
{
    zp_store *s = zp__store_find(from);
    char *name = s ? zp_alloc(strlen(to) + 1, err) : NULL;
    int r;

    if (s && !name)
        return false;
    if (!zp_store_is_object(from)) {
        zp_free(name);
        return zp_fail(err, "no data in directory %s", from);
    }
    r = zp_io_get()->rename(AT_FDCWD, from, AT_FDCWD, to);
    if (r < 0) {
        zp_free(name);
        return r == -EEXIST || r == -ENOTEMPTY ? zp_fail(err, "%s already exists", to)
                                               : zp_fail_sys(err, -r, "cannot rename %s to %s", from, to);
    }
    r = sync_parent(to);
    if (s) {
        strcpy(name, to);
        zp_free(s->dir);
        s->dir = name;
    }
    return r >= 0 || zp_fail_sys(err, -r, "cannot rename %s to %s", from, to);
}
