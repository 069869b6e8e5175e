/* io: every system call of the store, as a table that a test can replace: to record what is written, to make the n-th
 * call fail, to write half of what was asked.
 *
 * All return a result >= 0, or a negated errno.  Files are named relative to the directory of their object. */
#ifndef ZP_STORE_IO_H
#define ZP_STORE_IO_H

#include <sys/stat.h>
#include <sys/types.h>

#include "base/error.h"

typedef struct zp_io {
    int (*open)(int dir, const char *name, int flags, unsigned mode); /* dir: AT_FDCWD for paths */
    int (*close)(int fd);
    ssize_t (*pread)(int fd, void *to, size_t len, int64_t at);
    ssize_t (*pwrite)(int fd, const void *from, size_t len, int64_t at);
    int (*datasync)(int fd); /* content and length */
    int (*sync)(int fd);     /* directories too */
    int (*truncate)(int fd, int64_t len);
    int (*allocate)(int fd, int mode, int64_t at, int64_t len); /* fallocate */
    int (*mkdir)(int dir, const char *name, unsigned mode);
    int (*rename)(int from_dir, const char *from, int to_dir, const char *to); /* fails when `to` exists */
    int (*unlink)(int dir, const char *name, bool directory);
    int (*stat)(int fd, struct stat *out);
    int (*lock)(int fd, int64_t at, int64_t len, int type,
                int64_t *holder);                            /* F_RDLCK, F_WRLCK, F_UNLCK; never waits.
                                        * holder not NULL: asks only; *holder: 0 free, else somebody has it */
    int (*map)(int fd, void *at, size_t len, bool writable); /* private, over reserved addresses */
    /* Maps part of a file, shared and writable: to store into what has blocks already.  Only of file systems that write
     * such blocks in place, else -EOPNOTSUPP: elsewhere a page that is touched may need room, and there may be none. */
    int (*window)(int fd, int64_t at, size_t len, void **out);
    /* Copies into a window: a write of the bytes at `at` of the file that cannot fail. */
    void (*store)(int fd, void *to, const void *from, size_t len, int64_t at);
    int (*boot)(uint8_t id[16]); /* which start of the machine this is */
} zp_io;

extern const zp_io zp_io_system;
const zp_io *zp_io_get(void);
void zp_io_set(const zp_io *io); /* NULL: the system's */

/* All of it, however many calls it takes: 0 or a negated errno.  Reading past the end is -ENODATA. */
int zp_io_write_all(int fd, const void *from, size_t len, int64_t at);
int zp_io_read_all(int fd, void *to, size_t len, int64_t at);

#endif
