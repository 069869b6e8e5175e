/* failing: see failing.h. */
#include "failing.h"

#include <fcntl.h>
#include <stdatomic.h>

static _Atomic long calls;   /* so far */
static _Atomic long failing; /* this one fails; 0: none */
static bool lasting;         /* and those after it that write */
static int reason;
static const char *_Atomic last_call = ""; /* what failed */
static zp_io io;

/* Has the call to fail?  `writes`: it takes room. */
static bool fails(const char *name, bool writes)
{
    long n = atomic_fetch_add(&calls, 1) + 1;

    if (failing && n == failing)
        last_call = name;
    return failing && (n == failing || (lasting && writes && n > failing));
}

#define FAILING(name, writes, formals, actuals)                                 \
    static int fail_##name formals                                              \
    {                                                                           \
        return fails(#name, writes) ? -reason : (int)zp_io_system.name actuals; \
    }
FAILING(open, flags &O_CREAT, (int dir, const char *name, int flags, unsigned mode), (dir, name, flags, mode))
FAILING(datasync, true, (int fd), (fd))
FAILING(sync, true, (int fd), (fd))
FAILING(truncate, true, (int fd, int64_t len), (fd, len))
FAILING(allocate, true, (int fd, int mode, int64_t at, int64_t len), (fd, mode, at, len))
FAILING(mkdir, true, (int dir, const char *name, unsigned mode), (dir, name, mode))
FAILING(rename, true, (int from_dir, const char *from, int to_dir, const char *to),
        (from_dir, from, to_dir, to))
FAILING(unlink, false, (int dir, const char *name, bool directory), (dir, name, directory))
FAILING(stat, false, (int fd, struct stat *out), (fd, out))
FAILING(map, false, (int fd, void *at, size_t len, bool writable), (fd, at, len, writable))
FAILING(window, false, (int fd, int64_t at, size_t len, void **out), (fd, at, len, out))

static ssize_t fail_pread(int fd, void *to, size_t len, int64_t at)
{
    return fails("pread", false) ? -reason : zp_io_system.pread(fd, to, len, at);
}

/* A write that fails may have written something before. */
static ssize_t fail_pwrite(int fd, const void *from, size_t len, int64_t at)
{
    if (!fails("pwrite", true))
        return zp_io_system.pwrite(fd, from, len, at);
    if (len > 1 && atomic_load(&calls) & 1)
        return zp_io_system.pwrite(fd, from, len / 2, at) < 0 ? -reason : -reason;
    return -reason;
}

void failing_begin(long n, int errnum, bool last)
{
    io = zp_io_system;
    io.open = fail_open;
    io.pread = fail_pread;
    io.pwrite = fail_pwrite;
    io.datasync = fail_datasync;
    io.sync = fail_sync;
    io.truncate = fail_truncate;
    io.allocate = fail_allocate;
    io.mkdir = fail_mkdir;
    io.rename = fail_rename;
    io.unlink = fail_unlink;
    io.stat = fail_stat;
    io.map = fail_map;
    io.window = fail_window;
    atomic_store(&calls, 0);
    failing = n;
    reason = errnum;
    lasting = last;
    last_call = "";
    zp_io_set(&io);
}

void failing_stop(void)
{
    failing = 0;
}

void failing_end(void)
{
    failing = 0;
    zp_io_set(NULL);
}

long failing_calls(void)
{
    return atomic_load(&calls);
}

const char *failing_call(void)
{
    return last_call;
}
