/* iofail: every system call of the store fails once.
 *
 * For n = 1, 2, 3, ... a program makes three persistent objects and changes them (steps.R) while the n-th call that can fail
 * does: with an I/O error, a full disk, a full quota, a read-only file system; once, or from then on.  The step must fail
 * with the system's reason, or succeed.  What the program sees then must be the state before the step or after it, so must
 * be what is found when the files are opened again; and where the trouble was a passing one, the step must succeed when it
 * is tried again, or the object must say that it takes no more changes.
 *
 *     iofail STEPS.R SYNC STEPS SEED EVERY [ONLY] */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "store/catalog.h"
#include "store/io.h"

static char work[256];
static _Atomic long calls; /* so far */
static long failing;       /* this one fails; 0: none */
static bool lasting;       /* and those after it that write */
static int reason;
static const char *last_call = ""; /* what failed */

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

static zp_io table(void)
{
    zp_io io = zp_io_system;

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
    return io;
}

static bool do_step(history *h, int k, char *why, size_t size)
{
    return k ? history_step(h, k, why, size) : history_create(h, why, size);
}

/* Each object is as in one of two states. */
static bool is_either(const state *s, const state *a, const state *b)
{
    for (int i = 0; i < OBJECTS; i++)
        if (s->digest[i] != a->digest[i] && s->digest[i] != b->digest[i])
            return false;
    return true;
}

static bool is_same(const state *a, const state *b)
{
    return memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

static state found(const char *root, char *why, size_t size)
{
    state s = { { ABSENT }, 0 };

    for (int i = 0; i < OBJECTS; i++)
        s.digest[i] = history_found(root, i, why, size);
    return s;
}

static bool complain(long n, int k, const char *what, const char *why)
{
    fprintf(stderr, "# call %ld (%s) fails with '%s'%s, step %d: %s: %s\n", n, last_call, strerror(reason),
            lasting ? " from then on" : "", k, what, why);
    return false;
}

/* What has to hold after step k has failed; states[k] is before it, states[k + 1] after. */
static bool check_failure(history *h, long n, int k, const state *states, const char *why, bool *again)
{
    char other[300];
    state now = history_state(h);

    *again = false;
    if (!strstr(why, strerror(reason)))
        return complain(n, k, "the reason is not told", why);
    if (k && !is_either(&now, &states[k], &states[k + 1]))
        return complain(n, k, "the program sees another state", why);
    if (lasting || k == 0)
        return true;
    failing = 0;
    if (is_same(&now, &states[k]) && !history_step(h, k, other, sizeof other))
        return strstr(other, "cannot be changed any more") || strstr(other, strerror(reason)) ||
               complain(n, k, "it cannot be tried again", other);
    *again = true;
    return true;
}

/* One run in which call n fails; *more false: there were fewer calls. */
static bool run(const char *script, const char *sync, unsigned seed, int steps, const state *states, long n,
                bool *more)
{
    char root[300], why[300] = "", last[300];
    bool ok = true, again = false;
    zp_io io = table();
    history h;
    state after;
    int k = 0;

    snprintf(root, sizeof root, "%s/run", work);
    history_begin(&h, script, root, sync, seed);
    atomic_store(&calls, 0);
    failing = n;
    zp_io_set(&io);
    while (k <= steps && do_step(&h, k, why, sizeof why))
        k++;
    *more = atomic_load(&calls) >= n;
    if (k <= steps)
        ok = check_failure(&h, n, k, states, why, &again);
    failing = 0;
    history_end(&h);
    zp_io_set(NULL);
    after = found(root, last, sizeof last);
    if (ok && k <= steps &&
        !(again ? is_same(&after, &states[k + 1]) : is_either(&after, &states[k], &states[k + 1])))
        ok = complain(n, k, "the files hold another state", last);
    if (ok && k > steps && !is_same(&after, &states[steps + 1]))
        ok = complain(n, k, "no step failed, but something is lost", last);
    zp_catalog_delete(root);
    return ok;
}

/* The states of a run in which nothing fails. */
static state *expected(const char *script, const char *sync, unsigned seed, int steps)
{
    state *states = calloc((size_t)steps + 2, sizeof(state));
    char root[300], why[300];
    history h;

    snprintf(root, sizeof root, "%s/plain", work);
    history_begin(&h, script, root, sync, seed);
    for (int k = 0; k <= steps; k++) {
        if (!do_step(&h, k, why, sizeof why))
            die("a step failed", why);
        states[k + 1] = history_state(&h);
    }
    history_end(&h);
    zp_catalog_delete(root);
    return states;
}

int main(int argc, char **argv)
{
    static const int reasons[] = { EIO, ENOSPC, EDQUOT, EROFS };
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    int steps = argc > 5 ? atoi(argv[3]) : 0, every = argc > 5 ? atoi(argv[5]) : 1;
    unsigned seed = argc > 5 ? (unsigned)atoi(argv[4]) : 0;
    long runs = argc > 6 ? atol(argv[6]) - 1 : 0, wrong = 0, first = runs + 1;
    state *states;
    bool more = true;

    if (!steps) {
        fputs("usage: iofail STEPS.R SYNC STEPS SEED EVERY\n", stderr);
        return 2;
    }
    snprintf(work, sizeof work, "%s/zplane-iofail-XXXXXX", base);
    if (!mkdtemp(work))
        die(work, strerror(errno));
    states = expected(argv[1], argv[2], seed, steps);
    for (long n = first; more && wrong < 20 && (argc < 7 || n == first); n += every) {
        reason = reasons[(size_t)runs / 2 % ZP_COUNTOF(reasons)];
        lasting = runs & 1;
        wrong += !run(argv[1], argv[2], seed, steps, states, n, &more);
        runs++;
    }
    printf("%ld runs, %ld wrong\n", runs, wrong);
    free(states);
    zp_catalog_delete(work);
    return wrong != 0;
}
