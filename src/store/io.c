/* io: the system's table, and what must not stop half way. */
#include "store/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

static int result(int r)
{
    return r < 0 ? -errno : r;
}

static int sys_open(int dir, const char *name, int flags, unsigned mode)
{
    return result(openat(dir, name, flags | O_CLOEXEC, mode));
}

static int sys_close(int fd)
{
    return result(close(fd));
}

static ssize_t sys_pread(int fd, void *to, size_t len, int64_t at)
{
    ssize_t got = pread(fd, to, len, at);

    return got < 0 ? -errno : got;
}

static ssize_t sys_pwrite(int fd, const void *from, size_t len, int64_t at)
{
    ssize_t put = pwrite(fd, from, len, at);

    return put < 0 ? -errno : put;
}

static int sys_datasync(int fd)
{
    return result(fdatasync(fd));
}

static int sys_sync(int fd)
{
    return result(fsync(fd));
}

static int sys_truncate(int fd, int64_t len)
{
    return result(ftruncate(fd, len));
}

static int sys_allocate(int fd, int mode, int64_t at, int64_t len)
{
    return result(fallocate(fd, mode, at, len));
}

static int sys_mkdir(int dir, const char *name, unsigned mode)
{
    return result(mkdirat(dir, name, mode));
}

static int sys_rename(int from_dir, const char *from, int to_dir, const char *to)
{
    return result(renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE));
}

static int sys_unlink(int dir, const char *name, bool directory)
{
    return result(unlinkat(dir, name, directory ? AT_REMOVEDIR : 0));
}

static int sys_stat(int fd, struct stat *out)
{
    return result(fstat(fd, out));
}

/* Locks belong to the open file, not to the process: closing another descriptor does not release them. */
static int sys_lock(int fd, int64_t at, int64_t len, int type, int64_t *holder)
{
    struct flock lock = { .l_type = (short)type, .l_whence = SEEK_SET, .l_start = at, .l_len = len };
    int r = result(fcntl(fd, holder ? F_OFD_GETLK : F_OFD_SETLK, &lock));

    if (holder)
        *holder = r >= 0 && lock.l_type != F_UNLCK;
    return r;
}

static int sys_map(int fd, void *at, size_t len, bool writable)
{
    void *got = mmap(at, len, writable ? PROT_READ | PROT_WRITE : PROT_READ,
                     MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, fd, 0);

    return got == MAP_FAILED ? -errno : 0;
}

static bool writes_in_place(int fd)
{
    struct statfs fs;

    return fstatfs(fd, &fs) == 0 && (fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == TMPFS_MAGIC);
}

static int sys_window(int fd, int64_t at, size_t len, void **out)
{
    if (!writes_in_place(fd))
        return -EOPNOTSUPP;
    *out = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
    return *out == MAP_FAILED ? -errno : 0;
}

static void sys_store(int fd, void *to, const void *from, size_t len, int64_t at)
{
    memcpy(to, from, len);
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* The kernel's own number of this start: 36 characters of hexadecimal digits and hyphens. */
static int sys_boot(uint8_t id[16])
{
    char text[64];
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC), n = 0;
    ssize_t len;

    if (fd < 0)
        return -errno;
    len = read(fd, text, sizeof(text));
    close(fd);
    memset(id, 0, 16);
    for (ssize_t i = 0; i < len && n < 32; i++) {
        const int d = hex_digit(text[i]);

        if (d >= 0) {
            id[n / 2] = (uint8_t)(id[n / 2] << 4 | d);
            n++;
        }
    }
    return n == 32 ? 0 : -EINVAL;
}

const zp_io zp_io_system = {
    .open = sys_open,
    .close = sys_close,
    .pread = sys_pread,
    .pwrite = sys_pwrite,
    .datasync = sys_datasync,
    .sync = sys_sync,
    .truncate = sys_truncate,
    .allocate = sys_allocate,
    .mkdir = sys_mkdir,
    .rename = sys_rename,
    .unlink = sys_unlink,
    .stat = sys_stat,
    .lock = sys_lock,
    .map = sys_map,
    .window = sys_window,
    .store = sys_store,
    .boot = sys_boot,
};

static const zp_io *table = &zp_io_system; /* another one only in tests */

const zp_io *zp_io_get(void)
{
    return table;
}

void zp_io_set(const zp_io *io)
{
    table = io ? io : &zp_io_system;
}

int zp_io_write_all(int fd, const void *from, size_t len, int64_t at)
{
    const char *p = from;

    while (len > 0) {
        const ssize_t put = table->pwrite(fd, p, len, at);

        if (put == -EINTR)
            continue;
        if (put <= 0)
            return put < 0 ? (int)put : -EIO;
        p += put;
        at += put;
        len -= (size_t)put;
    }
    return 0;
}

int zp_io_read_all(int fd, void *to, size_t len, int64_t at)
{
    char *p = to;

    while (len > 0) {
        const ssize_t got = table->pread(fd, p, len, at);

        if (got == -EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? (int)got : -ENODATA;
        p += got;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}
