/* lock: one process writes, any number read.
 *
 * The writer holds a lock on the file `lock`, into which it writes who it is; the system releases it when the process ends,
 * however it ends.  A reader holds a shared lock on a byte of the commit file that stands for the first row it looks at:
 * the writer gives the blocks of dropped rows back only when nobody reads them. */
#include "store/store_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "process 12 on host (zplane eval)" */
static void identity(char *out, size_t size)
{
    char host[65] = "?", command[100] = "?";
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, command, sizeof(command) - 1) : 0;

    if (fd >= 0)
        close(fd);
    if (n > 0) {
        command[n] = 0;
        for (ssize_t i = 0; i + 1 < n; i++)
            if ((unsigned char)command[i] < ' ')
                command[i] = ' ';
        while (n > 0 && (command[n - 1] == 0 || command[n - 1] == ' '))
            command[--n] = 0;
    }
    if (gethostname(host, sizeof(host) - 1) < 0)
        strcpy(host, "?");
    snprintf(out, size, "process %ld on %s (%s)", (long)getpid(), host, command);
}

static bool refused(zp_store *s, zp_error *err)
{
    char who[300];
    ssize_t n = zp_io_get()->pread(s->lockfd, who, sizeof(who) - 1, 0);
    size_t len = 0;

    while ((ssize_t)len < n && (unsigned char)who[len] >= ' ')
        len++;
    who[len] = 0;
    return zp_fail_code(err, ZP_EIO, "%s is open for writing by %s: open it with mode = \"read\"", s->dir,
                        len ? who : "another process");
}

bool zp__lock_writer(zp_store *s, zp_error *err)
{
    const zp_io *io = zp_io_get();
    char who[300] = { 0 };
    int r;

    r = s->lockfd = io->open(s->dirfd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (r == -EROFS || r == -EACCES || r == -EPERM)
        return zp_fail_sys(err, -r, "cannot open %s for writing (mode = \"read\" opens it for reading)",
                           s->dir);
    if (r < 0)
        return zp_fail_sys(err, -r, "cannot open %s/lock", s->dir);
    r = io->lock(s->lockfd, 0, 1, F_WRLCK, NULL);
    if (r == -EAGAIN || r == -EACCES)
        return refused(s, err);
    if (r < 0)
        return zp_fail_sys(err, -r, "cannot lock %s", s->dir);
    identity(who, sizeof(who));
    memset(who + strlen(who), '\n', sizeof(who) - strlen(who)); /* always as long: to cut a file is slow */
    r = zp_io_write_all(s->lockfd, who, sizeof(who), 0);        /* only a courtesy */
    return true;
}

bool zp__lock_reader(zp_store *s, uint64_t first, zp_error *err)
{
    int r = zp_io_get()->lock(s->commitfd, ZP__READERS + (int64_t)first, 1, F_RDLCK, NULL);

    /* a file system without locks: rows may be given back while they are read */
    return r >= 0 || r == -ENOLCK || r == -EOPNOTSUPP || r == -EINVAL ||
           zp_fail_sys(err, -r, "cannot lock %s", s->dir);
}

bool zp__readers_move(zp_store *s, uint64_t from, uint64_t to, zp_error *err)
{
    if (from == to)
        return true;
    return zp__lock_reader(s, to, err) &&
           (zp_io_get()->lock(s->commitfd, ZP__READERS + (int64_t)from, 1, F_UNLCK, NULL) >= 0 || true);
}

bool zp__rows_unread(zp_store *s, uint64_t before)
{
    int64_t held = 1;

    return zp_io_get()->lock(s->commitfd, ZP__READERS, (int64_t)before, F_WRLCK, &held) >= 0 && !held;
}

bool zp__has_readers(zp_store *s)
{
    return !zp__rows_unread(s, ZP__ROWS_MAX);
}
