/* repair: the valid rows of a damaged object become all of its rows.
 *
 * One new commit record says so; nothing else is written, so that what was cut off can still be looked at by hand until
 * somebody appends.  The lock of a writer is held meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "store/check.h"
#include "store/io.h"
#include "store/outside.h"

/* The durable slot that does not hold the newest record. */
static int free_slot(const uint8_t *bytes, size_t len, const zp_fmt_commit *newest)
{
    for (int k = 0; k < ZP_FMT_SLOTS / 2; k++) {
        const size_t at = (size_t)k * ZP_FMT_SLOT;
        zp_fmt_commit c;

        if (at + ZP_FMT_RECORD <= len && zp_fmt_commit_get(bytes + at, &c) && c.seq == newest->seq)
            return !k;
    }
    return 0;
}

static int write_commit(const zp_fmt_object *o, const zp_fmt_commit *c)
{
    uint8_t all[ZP_FMT_SLOTS * ZP_FMT_SLOT] = { 0 }, slot[ZP_FMT_SLOT] = { 0 };
    const zp_io *io = zp_io_get();
    int fd = io->open(o->dir, "commit", O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0), r;
    ssize_t got = fd < 0 ? fd : io->pread(fd, all, sizeof all, 0);

    if (got < 0) {
        if (fd >= 0)
            io->close(fd);
        return (int)got;
    }
    zp_fmt_commit_put(slot, c);
    r = zp_io_write_all(fd, slot, sizeof slot,
                        (int64_t)free_slot(all, (size_t)got, &o->commit) * ZP_FMT_SLOT);
    if (r == 0)
        r = io->datasync(fd);
    io->close(fd);
    return r;
}

bool zp_check_repair(const char *dir, const zp_check *found, zp_error *err)
{
    const zp_io *io = zp_io_get();
    zp_fmt_object o;
    int lock, r;

    if (!found->savable || (found->rows && !found->valid))
        return zp_fail(err, "%s: nothing of it can be kept; restore it from a backup", dir);
    if (!zp_fmt_object_open(&o, dir, err))
        return false;
    lock = io->open(o.dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    r = lock < 0 ? lock : io->lock(lock, 0, 1, F_WRLCK, NULL);
    if (r >= 0) {
        zp_fmt_commit c = o.commit;

        c.seq += 2; /* a change that was on its way leads to the next one: it is not applied any more */
        c.rows = (uint64_t)found->valid;
        r = write_commit(&o, &c);
    } else if (r == -EAGAIN || r == -EACCES) {
        zp_fail(err, "%s is open for writing by another process: end that first", dir);
    }
    if (lock >= 0)
        io->close(lock);
    zp_fmt_object_close(&o);
    return r >= 0 || zp_fail_sys(err, -r, "cannot repair %s", dir);
}
