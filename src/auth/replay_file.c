/* replay_file: used nonces on disk, so that a restart does not forget them.
 *
 *     STATE/replay-EPOCH     records of 24 bytes: 16 of the digest, 8 of the expiry; one write each, only ever appended
 *     STATE/replay.boot      which start of the machine wrote them, and whether all of it has reached the disk
 *     STATE/replay.lock      held while a server runs
 *
 * A record that was written survives the death of the process, but perhaps not that of the machine: nothing is synced on
 * the way of a login.  So replay.boot holds the machine's boot id, and "clean" after an orderly end.  Found unclean
 * from an earlier boot, or missing where it should be, the cache cannot be trusted, and messages that were signed before
 * the start are refused. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

enum { BOOT_MAX = 64, READ_RECORDS = 64 };

static const char prefix[] = "replay-", boot_file[] = "replay.boot", lock_file[] = "replay.lock";

struct zp__replay_files {
    int dir, lock;
    int64_t width_s;
    pthread_mutex_t mutex;
    struct {
        int64_t epoch;
        int fd; /* -1: not open */
    } open[ZP__EPOCHS];
    bool broken; /* a write failed: the marker is gone */
};

static void put_record(uint8_t record[ZP__NONCE_RECORD], const zp__nonce *n)
{
    memcpy(record, n->key, ZP__NONCE_KEY);
    for (int i = 0; i < 8; i++)
        record[ZP__NONCE_KEY + i] = (uint8_t)((uint64_t)n->expires >> 8 * i);
}

static int64_t record_expires(const uint8_t record[ZP__NONCE_RECORD])
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v |= (uint64_t)record[ZP__NONCE_KEY + i] << 8 * i;
    return (int64_t)v;
}

/* ---------------------------------------------------------------- the marker */

/* "BOOT-ID" or "BOOT-ID clean". */
static void boot_id(char out[BOOT_MAX])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, out, 36) : -1;

    out[len > 0 ? len : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

static void write_marker(zp__replay_files *f, const char *more)
{
    char text[BOOT_MAX + 8];
    int fd = openat(f->dir, boot_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return;
    boot_id(text);
    strcat(text, more);
    if (write(fd, text, strlen(text)) < 0 || fsync(fd) < 0)
        unlinkat(f->dir, boot_file, 0);
    close(fd);
}

/* Do the files hold everything that was used? */
static bool marker_good(zp__replay_files *f)
{
    char text[BOOT_MAX + 8], now[BOOT_MAX];
    int fd = openat(f->dir, boot_file, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

    if (fd >= 0)
        close(fd);
    if (len <= 0)
        return false;
    text[len] = '\0';
    boot_id(now);
    return strstr(text, " clean") || (now[0] && strncmp(text, now, strlen(now)) == 0);
}

/* ---------------------------------------------------------------- reading */

typedef struct reader {
    bool (*load)(void *arg, const uint8_t key[ZP__NONCE_KEY], int64_t expires);
    void *arg;
    int64_t now_s, latest_s; /* expiries outside are old, or no expiries */
} reader;

/* Hands over what is alive; *alive tells whether there was any.  A torn record at the end is ignored. */
static bool read_file(int fd, const reader *in, bool *alive, zp_error *err)
{
    uint8_t bytes[ZP__NONCE_RECORD * READ_RECORDS];
    size_t have = 0;
    ssize_t len;

    while ((len = read(fd, bytes + have, sizeof bytes - have)) > 0) {
        size_t end = have + (size_t)len, at = 0;

        for (; at + ZP__NONCE_RECORD <= end; at += ZP__NONCE_RECORD) {
            int64_t expires = record_expires(bytes + at);

            if (expires < in->now_s || expires > in->latest_s)
                continue;
            *alive = true;
            if (!in->load(in->arg, bytes + at, expires))
                return zp_fail_nomem(err, 0);
        }
        have = end - at;
        memmove(bytes, bytes + at, have);
    }
    return len == 0 || zp_fail_sys(err, errno, "cannot read used nonces");
}

static bool read_named(zp__replay_files *f, const char *name, const reader *in, zp_error *err)
{
    int fd = openat(f->dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool alive = false, ok;
    off_t size;

    if (fd < 0)
        return zp_fail_sys(err, errno, "cannot open %s", name);
    ok = read_file(fd, in, &alive, err);
    size = lseek(fd, 0, SEEK_END);
    /* What is appended later must begin at a record. */
    if (ok && size % ZP__NONCE_RECORD && ftruncate(fd, size - size % ZP__NONCE_RECORD) < 0)
        ok = zp_fail_sys(err, errno, "cannot repair %s", name);
    close(fd);
    if (ok && !alive)
        unlinkat(f->dir, name, 0);
    return ok;
}

static bool read_all(zp__replay_files *f, const reader *in, bool *any, zp_error *err)
{
    int fd = openat(f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    bool ok = true;

    if (!dir) {
        ok = zp_fail_sys(err, errno, "cannot list the state directory");
        if (fd >= 0)
            close(fd);
        return ok;
    }
    while (ok && (entry = readdir(dir))) {
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) != 0)
            continue;
        *any = true;
        ok = read_named(f, entry->d_name, in, err);
    }
    closedir(dir);
    return ok;
}

/* ---------------------------------------------------------------- opening */

static bool open_dir(zp__replay_files *f, const char *dir, bool *fresh, zp_error *err)
{
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return zp_fail_sys(err, errno, "cannot make the state directory %s", dir);
    f->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->dir < 0)
        return zp_fail_sys(err, errno, "cannot open the state directory %s", dir);
    *fresh = faccessat(f->dir, lock_file, F_OK, 0) != 0;
    f->lock = openat(f->dir, lock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (f->lock < 0)
        return zp_fail_sys(err, errno, "cannot write into the state directory %s", dir);
    return flock(f->lock, LOCK_EX | LOCK_NB) == 0 ||
           zp_fail(err, "the state directory %s is used by another server", dir);
}

zp__replay_files *zp__replay_files_open(const char *dir, int64_t width_s, int64_t now_s,
                                        bool (*load)(void *arg, const uint8_t key[ZP__NONCE_KEY],
                                                     int64_t expires),
                                        void *arg, bool *trusted, zp_error *err)
{
    const reader in = { load, arg, now_s, now_s + 3 * width_s };
    zp__replay_files *f = zp_new(zp__replay_files, err);
    bool fresh = false, any = false;

    if (!f)
        return NULL;
    f->dir = f->lock = -1;
    f->width_s = width_s;
    pthread_mutex_init(&f->mutex, NULL);
    for (int e = 0; e < ZP__EPOCHS; e++)
        f->open[e].fd = -1;
    if (!open_dir(f, dir, &fresh, err) || !read_all(f, &in, &any, err)) {
        f->broken = true; /* nothing of it is ours to mark */
        zp__replay_files_close(f);
        return NULL;
    }
    *trusted = marker_good(f) || (fresh && !any);
    write_marker(f, "");
    return f;
}

void zp__replay_files_close(zp__replay_files *f)
{
    if (!f)
        return;
    for (int e = 0; e < ZP__EPOCHS; e++) {
        if (f->open[e].fd < 0)
            continue;
        f->broken |= fsync(f->open[e].fd) < 0;
        close(f->open[e].fd);
    }
    if (!f->broken && fsync(f->dir) == 0)
        write_marker(f, " clean");
    if (f->lock >= 0)
        close(f->lock);
    if (f->dir >= 0)
        close(f->dir);
    pthread_mutex_destroy(&f->mutex);
    zp_free(f);
}

/* ---------------------------------------------------------------- writing */

static void file_name(char name[40], int64_t epoch)
{
    snprintf(name, 40, "%s%lld", prefix, (long long)epoch);
}

/* The file of an epoch; what its slot held before is closed.  Mutex held. */
static int file_of(zp__replay_files *f, int64_t epoch)
{
    int slot = (int)(epoch % ZP__EPOCHS);
    char name[40];

    if (f->open[slot].fd >= 0 && f->open[slot].epoch == epoch)
        return f->open[slot].fd;
    if (f->open[slot].fd >= 0)
        close(f->open[slot].fd);
    file_name(name, epoch);
    f->open[slot].epoch = epoch;
    f->open[slot].fd = openat(f->dir, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    return f->open[slot].fd;
}

void zp__replay_files_append(zp__replay_files *f, const zp__nonce *nonce)
{
    uint8_t record[ZP__NONCE_RECORD];
    int fd;

    put_record(record, nonce);
    pthread_mutex_lock(&f->mutex);
    fd = file_of(f, nonce->expires / f->width_s);
    if ((fd < 0 || write(fd, record, sizeof record) != (ssize_t)sizeof record) && !f->broken) {
        /* A full disk lets clients in all the same, but the next start must not trust these files. */
        f->broken = true;
        unlinkat(f->dir, boot_file, 0);
    }
    pthread_mutex_unlock(&f->mutex);
}

void zp__replay_files_drop(zp__replay_files *f, int64_t before_epoch)
{
    char name[40];

    pthread_mutex_lock(&f->mutex);
    for (int e = 0; e < ZP__EPOCHS; e++) {
        if (f->open[e].fd < 0 || f->open[e].epoch >= before_epoch)
            continue;
        file_name(name, f->open[e].epoch);
        close(f->open[e].fd);
        f->open[e].fd = -1;
        unlinkat(f->dir, name, 0);
    }
    pthread_mutex_unlock(&f->mutex);
}
