/* catalog: names, and the tree of directories that holds what they mean.
 *
 * A walk goes down with openat() and never follows a link.  Whatever changes the tree is one rename or one mkdir, so that
 * a crash leaves the state before or after it. */
#include "store/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/io.h"
#include "store/store.h"

/* ---------------------------------------------------------------- names */

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.';
}

static bool is_part(const char *p, size_t len)
{
    if (len == 0 || len > ZP_CATALOG_PART || !is_letter(p[0]))
        return false;
    for (size_t i = 1; i < len; i++)
        if (!is_letter(p[i]) && p[i] != '_' && !(p[i] >= '0' && p[i] <= '9'))
            return false;
    return strspn(p, ".") < len; /* "." and ".." lead elsewhere */
}

bool zp_catalog_name_ok(const char *name, zp_error *err)
{
    const char *p = name;
    int depth = 0;

    if (strlen(name) > ZP_CATALOG_NAME)
        return zp_fail(err, "a name in a database has at most %d bytes", ZP_CATALOG_NAME);
    for (;;) {
        size_t len = strcspn(p, "/");

        if (!is_part(p, len))
            return zp_fail(
                err, "'%.80s' is no name in a database: parts like those of variables, with '/' between them",
                name);
        if (++depth > ZP_CATALOG_DEPTH)
            return zp_fail(err, "'%.80s' has more than %d parts", name, ZP_CATALOG_DEPTH);
        if (!p[len])
            return true;
        p += len + 1;
    }
}

bool zp_catalog_path(zp_buf *out, const char *dir, const char *name, zp_error *err)
{
    zp_buf_printf(out, "%s/%s", dir, name);
    return zp_buf_ok(out, err);
}

/* ---------------------------------------------------------------- walking */

/* The file that makes a directory an object: its commit records. */
static bool is_object(int fd)
{
    struct stat st;

    return fstatat(fd, "commit", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

zp_entry_kind zp_catalog_kind(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    zp_entry_kind kind = ZP_ENTRY_NONE;

    if (fd >= 0) {
        kind = is_object(fd) ? ZP_ENTRY_OBJECT : ZP_ENTRY_GROUP;
        close(fd);
    }
    return kind;
}

bool zp_catalog_add(zp_catalog *c, const char *name, zp_error *err)
{
    size_t len = strlen(name);

    if (c->count == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 64;
        char **names = zp_realloc(c->names, cap * sizeof(*names), err);

        if (!names)
            return false;
        c->names = names;
        c->cap = cap;
    }
    c->names[c->count] = zp_alloc(len + 1, err);
    if (!c->names[c->count])
        return false;
    memcpy(c->names[c->count++], name, len + 1);
    return true;
}

static bool walk(zp_catalog *c, int fd, zp_buf *name, int depth, zp_error *err);

/* One entry of a group: an object is listed, a group is entered.  Takes fd. */
static bool visit(zp_catalog *c, int fd, zp_buf *name, int depth, zp_error *err)
{
    bool ok = true;

    if (is_object(fd)) {
        ok = zp_buf_ok(name, err) && zp_catalog_add(c, zp_buf_text(name), err);
        close(fd);
        return ok;
    }
    return walk(c, fd, name, depth, err);
}

/* Takes fd. */
static bool walk(zp_catalog *c, int fd, zp_buf *name, int depth, zp_error *err)
{
    DIR *d = fdopendir(fd);
    const struct dirent *e;
    size_t len = name->len;
    bool ok = true;

    if (!d) {
        int errnum = errno;

        close(fd);
        return zp_fail_sys(err, errnum, "cannot read directory '%s'", zp_buf_text(name));
    }
    while (ok && depth < ZP_CATALOG_DEPTH && (e = readdir(d))) {
        int below;

        if (!is_part(e->d_name, strlen(e->d_name)) || (e->d_type != DT_DIR && e->d_type != DT_UNKNOWN))
            continue;
        below = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below < 0)
            continue;
        zp_buf_printf(name, "%s%s", len ? "/" : "", e->d_name);
        ok = visit(c, below, name, depth + 1, err);
        if (!name->failed)
            name->ptr[name->len = len] = '\0';
    }
    closedir(d);
    return ok;
}

/* '/' comes before any other byte, so that a group stays together. */
static int by_parts(const void *a, const void *b)
{
    const unsigned char *x = *(const unsigned char *const *)a, *y = *(const unsigned char *const *)b;

    while (*x && *x == *y)
        x++, y++;
    return (*x == '/' ? 1 : *x) - (*y == '/' ? 1 : *y);
}

bool zp_catalog_read(zp_catalog *c, const char *dir, const char *group, zp_error *err)
{
    zp_buf name = ZP_BUF_INIT, path = ZP_BUF_INIT;
    bool ok;
    int fd;

    zp_buf_puts(&name, group ? group : "");
    zp_buf_printf(&path, "%s/%s", dir, group ? group : "");
    ok = zp_buf_ok(&name, err) && zp_buf_ok(&path, err);
    fd = ok ? open(zp_buf_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (ok && fd < 0)
        ok = zp_fail_sys(err, errno, "cannot read directory '%s'", zp_buf_text(&path));
    ok = ok && walk(c, fd, &name, 0, err);
    if (ok && c->count)
        qsort(c->names, c->count, sizeof(*c->names), by_parts);
    zp_buf_fini(&name);
    zp_buf_fini(&path);
    return ok;
}

bool zp_catalog_top(zp_catalog *c, const char *dir, zp_error *err)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    bool ok = true;

    if (!d)
        return zp_fail_sys(err, errno, "cannot read directory '%s'", dir);
    while (ok && (e = readdir(d)))
        if (is_part(e->d_name, strlen(e->d_name)) && (e->d_type == DT_DIR || e->d_type == DT_UNKNOWN))
            ok = zp_catalog_add(c, e->d_name, err);
    closedir(d);
    return ok;
}

void zp_catalog_fini(zp_catalog *c)
{
    for (size_t i = 0; i < c->count; i++)
        zp_free(c->names[i]);
    zp_free(c->names);
    *c = ZP_CATALOG_INIT;
}

bool zp_catalog_disk(const char *dir, uint64_t *bytes, zp_error *err)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    struct stat st;

    if (!d)
        return zp_fail_sys(err, errno, "cannot read directory '%s'", dir);
    *bytes = 0;
    while ((e = readdir(d)))
        if (strcmp(e->d_name, "..") != 0 && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            *bytes += (uint64_t)st.st_blocks * 512;
    closedir(d);
    return true;
}

/* ---------------------------------------------------------------- changing the tree */

bool zp_catalog_make(const char *dir, zp_error *err)
{
    struct stat st;

    if (mkdir(dir, 0700) == 0)
        return true;
    if (errno != EEXIST)
        return zp_fail_sys(err, errno, "cannot create database '%s'", dir);
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
        return zp_fail(err, "'%s' is no directory, so it cannot be a database", dir);
    if (zp_catalog_kind(dir) == ZP_ENTRY_OBJECT)
        return zp_fail(err, "'%s' is one object, not a database: open it with load(\"%s\")", dir, dir);
    return true;
}

/* The path of the first `len` bytes of `name`. */
static bool part_path(zp_buf *path, const char *dir, const char *name, size_t len, zp_error *err)
{
    zp_buf_clear(path);
    zp_buf_printf(path, "%s/%.*s", dir, (int)len, name);
    return zp_buf_ok(path, err);
}

/* Every group of `name`, made where it is not there. */
static bool make_groups(zp_buf *path, const char *dir, const char *name, zp_error *err)
{
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        int len = (int)(slash - name);

        if (!part_path(path, dir, name, (size_t)len, err))
            return false;
        if (mkdir(zp_buf_text(path), 0700) != 0 && errno != EEXIST)
            return zp_fail_sys(err, errno, "cannot create group '%.*s' of database '%s'", len, name, dir);
        if (zp_catalog_kind(zp_buf_text(path)) != ZP_ENTRY_GROUP)
            return zp_fail(err, "'%s' cannot be made: '%.*s' is an object, not a group", name, len, name);
    }
    return true;
}

bool zp_catalog_prepare(const char *dir, const char *name, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    struct stat st;
    bool ok = zp_catalog_name_ok(name, err) && make_groups(&path, dir, name, err) &&
              part_path(&path, dir, name, strlen(name), err);

    if (ok && lstat(zp_buf_text(&path), &st) == 0)
        ok = zp_fail(err, "%s already exists", zp_buf_text(&path));
    zp_buf_fini(&path);
    return ok;
}

bool zp_catalog_rename(const char *dir, const char *from, const char *to, zp_error *err)
{
    zp_buf old = ZP_BUF_INIT, new = ZP_BUF_INIT;
    size_t len = strlen(from);
    bool ok = zp_catalog_name_ok(from, err) && zp_catalog_path(&old, dir, from, err);

    if (ok && zp_catalog_kind(zp_buf_text(&old)) == ZP_ENTRY_NONE)
        ok = zp_fail(err, "there is no object or group '%s' in database '%s'", from, dir);
    if (ok && strncmp(from, to, len) == 0 && to[len] == '/')
        ok = zp_fail(err, "'%s' cannot move into itself", from);
    ok = ok && zp_catalog_prepare(dir, to, err) && zp_catalog_path(&new, dir, to, err);
    if (ok && zp_catalog_kind(zp_buf_text(&old)) == ZP_ENTRY_OBJECT) {
        ok = zp_store_rename(zp_buf_text(&old), zp_buf_text(&new), err);
    } else if (ok) {
        int r = zp_io_get()->rename(AT_FDCWD, zp_buf_text(&old), AT_FDCWD, zp_buf_text(&new));

        ok = r >= 0 || zp_fail_sys(err, -r, "cannot rename '%s' to '%s'", from, to);
    }
    zp_buf_fini(&old);
    zp_buf_fini(&new);
    return ok;
}

/* ---------------------------------------------------------------- deleting */

/* Everything below an open directory; takes fd. */
static void delete_below(int fd, int depth)
{
    DIR *d = fdopendir(fd);
    const struct dirent *e;

    if (!d) {
        close(fd);
        return;
    }
    while ((e = readdir(d))) {
        int below;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(d), e->d_name, 0) == 0 || depth > ZP_CATALOG_DEPTH)
            continue;
        below = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0)
            delete_below(below, depth + 1);
        unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
    }
    closedir(d);
}

void zp_catalog_delete(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0)
        delete_below(fd, 0);
    rmdir(path);
}

bool zp_catalog_drop(const char *dir, const char *name, zp_error *err)
{
    struct timespec now;
    zp_error why = ZP_ERROR_INIT;
    zp_buf path = ZP_BUF_INIT, gone = ZP_BUF_INIT;
    bool ok = zp_catalog_name_ok(name, err) && zp_catalog_path(&path, dir, name, err), moved;

    if (ok && zp_catalog_kind(zp_buf_text(&path)) != ZP_ENTRY_OBJECT)
        ok = zp_fail(err, "there is no object '%s' in database '%s'", name, dir);
    clock_gettime(CLOCK_MONOTONIC, &now); /* with the process id: no two drops use one name */
    zp_buf_printf(&gone, "%s/#drop-%ld-%lld%09ld", dir, (long)getpid(), (long long)now.tv_sec, now.tv_nsec);
    moved = ok && zp_buf_ok(&gone, err) && zp_store_rename(zp_buf_text(&path), zp_buf_text(&gone), err);
    ok = moved && zp_store_drop(zp_buf_text(&gone), &why);
    if (moved && !ok) { /* somebody has it open: it comes back */
        const char *text = zp_error_text(&why);

        text += strncmp(text, zp_buf_text(&gone), gone.len) == 0 ? gone.len : 0;
        zp_fail(err, "%s%s", *text == ' ' ? name : "", text);
        if (!zp_store_rename(zp_buf_text(&gone), zp_buf_text(&path), NULL))
            zp_error_hint(err, "what is left of it is in %s", zp_buf_text(&gone));
    }
    zp_error_clear(&why);
    zp_buf_fini(&path);
    zp_buf_fini(&gone);
    return ok;
}

/* Has the process ended whose number stands behind `mark` in a name? */
static bool is_orphan(const char *name, const char *mark)
{
    const char *at = strstr(name, mark);
    long pid = at ? strtol(at + strlen(mark), NULL, 10) : 0;

    return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* "#drop-PID-N": without commit records it was dropped; with them the drop was about to begin, or to be taken back.
 * "NAME.new-PID-N~": an object in the making. */
static void sweep_entry(const char *path, const char *name)
{
    bool dropped = strncmp(name, "#drop-", 6) == 0,
         making = strstr(name, ".new-") && name[strlen(name) - 1] == '~';

    if (dropped && zp_catalog_kind(path) == ZP_ENTRY_OBJECT) {
        if (is_orphan(name, "#drop-") && !zp_store_drop(path, NULL))
            return; /* somebody has it open */
    } else if (dropped || (making && is_orphan(name, ".new-"))) {
        zp_catalog_delete(path);
    }
}

void zp_catalog_sweep(const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *e;

    while (d && (e = readdir(d))) {
        zp_buf path = ZP_BUF_INIT;

        if (zp_catalog_path(&path, dir, e->d_name, NULL))
            sweep_entry(zp_buf_text(&path), e->d_name);
        zp_buf_fini(&path);
    }
    if (d)
        closedir(d);
}
