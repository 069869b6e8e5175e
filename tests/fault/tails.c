/* tails: small appends, many to a flush, while the power fails and calls do.
 *
 * A program appends rows to a series, one or a few at a time, and cuts rows off at either end now and then.  It does not
 * wait for its commits; flushes are slow here, so that many share one and most rows go through the mapped tails.  The
 * number of a row says what is in all its columns and is never used again.  What is found afterwards must be a state that
 * was: not older than the last that was acknowledged.
 *
 *     tails cut SYNC STEPS SEED EVERY     the power fails after each so many-th call
 *     tails fail SYNC STEPS SEED EVERY    each so many-th call fails */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "disk.h"
#include "failing.h"
#include "store/catalog.h"
#include "store/check.h"
#include "store/store.h"

enum { COLS = 3, MOST = 200, FLUSH_US = 4000 };

typedef struct moment { /* after a step */
    uint64_t digest;
    long begun;           /* calls when the step began */
    _Atomic long certain; /* calls when it was acknowledged; LONG_MAX: never */
} moment;

static char work[256], path[300];
static moment *moments; /* [0]: before the first step; as many as there are steps, and one */
static int step, nsteps;
static double *rows; /* the numbers of the rows there are */
static int64_t nrows, last_row;
static unsigned seed;
static _Atomic long stored; /* rows' columns and records that were copied */
static long wrong;

static unsigned any(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 10) % below;
}

static void must(bool ok, const zp_error *err)
{
    if (ok)
        return;
    fprintf(stderr, "tails: %s\n", zp_error_text(err));
    exit(1);
}

static void fault(const char *what, const char *why)
{
    wrong++;
    fprintf(stderr, "# step %d, call %s: %s: %s\n", step, failing_call(), what, why);
}

/* ---------------------------------------------------------------- what the series is */

static uint64_t digest(const double *numbers, int64_t n)
{
    return XXH3_64bits(numbers, (size_t)n * sizeof *numbers) ^ (uint64_t)n;
}

/* 0: it is not what any step made. */
static uint64_t digest_of(zp_value z)
{
    const zp_value idx = zp_zts_idx(z), data = zp_zts_data(z);
    const int64_t n = zp_dim(data, 0), *t = zp_column(&idx, 0);
    const double *a = zp_column(&data, 0), *b = zp_column(&data, 1), *c = zp_column(&data, 2);

    if (zp_dim(idx, 0) != n)
        return 0;
    for (int64_t i = 0; i < n; i++)
        if (t[i] != (int64_t)a[i] * 1000 || b[i] != a[i] / 2 || c[i] != -a[i])
            return 0;
    return digest(a, n);
}

static uint64_t digest_found(const char *dir, char *why, size_t size)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value z = zp_nil();
    uint64_t sum = 0;

    *why = '\0';
    if (zp_store_open(dir, true, &z, &err) && zp_check_quiet(dir, &err))
        sum = digest_of(z);
    else
        snprintf(why, size, "%s", zp_error_text(&err));
    zp_value_unref(z);
    zp_error_clear(&err);
    return sum;
}

/* ---------------------------------------------------------------- the program */

static zp_value create(zp_sync sync, zp_error *err)
{
    const int64_t dim[2] = { 0, COLS };
    const zp_store_options options = { .sync = sync, .interval_ns = 20000000 };
    zp_value idx = zp_vec(ZP_TIM, 0, err), z = zp_zts_take(idx, zp_arr(ZP_DBL, 2, dim, err), err), out;
    bool ok = zp_store_create(path, z, &options, &out, err);

    zp_value_unref(z);
    return ok ? out : zp_nil();
}

static bool append(zp_value *z, int64_t n, zp_error *err)
{
    int64_t t[MOST];
    double a[MOST], b[MOST], c[MOST];
    const void *columns[COLS] = { a, b, c };

    for (int64_t i = 0; i < n; i++) {
        a[i] = rows[nrows + i] = (double)(last_row + 1 + i);
        t[i] = (last_row + 1 + i) * 1000;
        b[i] = a[i] / 2;
        c[i] = -a[i];
    }
    if (!zp_store_append(z, t, columns, n, err))
        return false;
    nrows += n;
    last_row += n;
    return true;
}

/* Rows that were cut off are gone also when the flush that follows fails. */
static bool cut(zp_value *z, int64_t from, int64_t to, zp_error *err)
{
    const bool ok = zp_store_resize(z, from, to, err);
    const zp_value data = zp_zts_data(*z);

    if (zp_dim(data, 0) == to - from) {
        memmove(rows, rows + from, (size_t)(to - from) * sizeof *rows);
        nrows = to - from;
    }
    return ok;
}

static bool change(zp_value *z, zp_error *err)
{
    const unsigned what = any(400);

    if (what == 0 && nrows > 1000)
        return cut(z, 0, nrows - 1 - any(500), err);
    if (what == 1 && nrows > 1000)
        return cut(z, any(500), nrows, err);
    return append(z, what < 8 ? MOST : 1 + any(3), err);
}

static void acknowledged(void *arg, const char *error)
{
    if (!error)
        atomic_store(&((moment *)arg)->certain, disk_count());
}

/* From `step` on, until a step fails; false: one did. */
static bool run(zp_value *z, bool commits, zp_error *err)
{
    for (; step < nsteps; step++) {
        moment *m = &moments[step + 1];
        bool ok;

        m->begun = disk_count();
        atomic_init(&m->certain, __LONG_MAX__);
        ok = change(z, err);
        m->digest = digest(rows, nrows);
        if (!ok)
            return false;
        if (commits)
            zp_store_commit(zp_store_of(*z), acknowledged, m);
    }
    return true;
}

static void begin(unsigned first_seed)
{
    moments[0].digest = digest(NULL, 0);
    moments[0].begun = 0;
    atomic_init(&moments[0].certain, 0);
    seed = first_seed;
    step = 0;
    nrows = last_row = 0;
}

/* Is it one of the states between the last that was certain when `calls` calls were done and the last that had begun? */
static bool is_possible(uint64_t sum, long calls, int latest)
{
    int k = latest;

    while (k > 0 && moments[k].begun > calls)
        k--;
    for (;; k--) {
        if (moments[k].digest == sum)
            return true;
        if (k == 0 || atomic_load(&moments[k].certain) <= calls)
            return false;
    }
}

/* ---------------------------------------------------------------- slow flushes */

static zp_io slow;
static const zp_io *below;

static int slow_datasync(int fd)
{
    usleep(FLUSH_US);
    return below->datasync(fd);
}

static void counted_store(int fd, void *to, const void *from, size_t len, int64_t at)
{
    atomic_fetch_add(&stored, 1);
    below->store(fd, to, from, len, at);
}

/* The store's table, slower. */
static void slow_down(void)
{
    below = zp_io_get();
    slow = *below;
    slow.datasync = slow_datasync;
    slow.store = counted_store;
    zp_io_set(&slow);
}

/* ---------------------------------------------------------------- the two tests */

static int other_boot(uint8_t id[16])
{
    memset(id, 0x5a, 16);
    return 0;
}

static void cut_power(zp_sync sync, int every)
{
    static const disk_loss losses[] = { DISK_LOSE_ALL, DISK_LOSE_NONE, DISK_LOSE_SOME };
    zp_error err = ZP_ERROR_INIT;
    zp_io after = zp_io_system;
    char root[300], dir[300], z_dir[310], why[300];
    long calls, cuts = 0, made;
    zp_value z;

    snprintf(root, sizeof root, "%s/run", work);
    snprintf(path, sizeof path, "%s/run/z", work);
    snprintf(dir, sizeof dir, "%s/cut", work);
    snprintf(z_dir, sizeof z_dir, "%s/z", dir);
    mkdir(root, 0700);
    disk_begin(root);
    slow_down();
    z = create(sync, &err);
    must(!zp_bad(z) && append(&z, 1, &err) && zp_store_sync(zp_store_of(z), true, &err), &err);
    moments[0].digest = digest(rows, nrows);
    made = disk_count();
    must(run(&z, sync == ZP_SYNC_COMMIT, &err), &err);
    zp_value_unref(z);
    calls = disk_count();
    after.boot = other_boot;
    zp_io_set(&after);
    for (long n = made; n <= calls && wrong < 20; n += every)
        for (unsigned k = 0; k < ZP_COUNTOF(losses); k++, cuts++) {
            uint64_t sum;

            disk_cut(n, losses[k], (unsigned)n, dir);
            sum = digest_found(z_dir, why, sizeof why);
            if (!is_possible(sum, n, nsteps)) {
                wrong++;
                fprintf(stderr, "# cut after call %ld (%s), loss %u: %s\n", n, disk_describe(n), k,
                        sum    ? "a state that should be gone"
                        : *why ? why
                               : "rows that never were");
            }
            zp_catalog_delete(dir);
        }
    disk_free();
    printf("%d steps, %ld calls of which %ld through mapped tails, %ld cuts, %ld wrong\n", nsteps, calls,
           atomic_load(&stored), cuts, wrong);
}

/* One run in which call n fails; false: there were fewer. */
static bool fail_call(zp_sync sync, unsigned first_seed, long n, int reason, bool lasting)
{
    zp_error err = ZP_ERROR_INIT;
    char why[300];
    bool met;
    zp_value z;
    uint64_t sum;
    int latest;

    begin(first_seed);
    failing_begin(n, reason, lasting);
    slow_down();
    z = create(sync, &err);
    if (!zp_bad(z) && !run(&z, sync == ZP_SYNC_COMMIT, &err)) {
        if (!strstr(zp_error_text(&err), strerror(reason)))
            fault("the reason is not told", zp_error_text(&err));
        if (digest_of(z) != digest(rows, nrows))
            fault("the program sees another state", zp_error_text(&err));
        failing_stop();
        if (!lasting) { /* it goes on, or says that it takes no more changes */
            zp_error_clear(&err);
            if (!run(&z, sync == ZP_SYNC_COMMIT, &err) &&
                !strstr(zp_error_text(&err), "cannot be changed any more") &&
                !strstr(zp_error_text(&err), strerror(reason)))
                fault("it cannot be tried again", zp_error_text(&err));
        }
    }
    latest = step < nsteps ? step + 1 : nsteps;
    met = failing_calls() >= n;
    failing_stop();
    if (!zp_bad(z)) {
        zp_value_unref(z);
        zp_io_set(NULL);
        sum = digest_found(path, why, sizeof why);
        if (!is_possible(sum, 0, latest))
            fault("the files hold another state", why);
    }
    failing_end();
    zp_error_clear(&err);
    zp_catalog_delete(path);
    return met;
}

static void fail_calls(zp_sync sync, int every)
{
    static const int reasons[] = { EIO, ENOSPC, EDQUOT, EROFS };
    const unsigned first_seed = seed;
    long runs = 0;

    snprintf(path, sizeof path, "%s/z", work);
    for (long n = 1; wrong < 20; n += every, runs++)
        if (!fail_call(sync, first_seed, n, reasons[(size_t)runs / 2 % ZP_COUNTOF(reasons)], runs & 1))
            break;
    printf("%ld runs, %ld columns and records through mapped tails, %ld wrong\n", runs, atomic_load(&stored),
           wrong);
}

int main(int argc, char **argv)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    const bool cutting = argc == 6 && strcmp(argv[1], "cut") == 0;
    zp_sync sync;

    if (argc != 6 || (!cutting && strcmp(argv[1], "fail") != 0)) {
        fputs("usage: tails cut|fail SYNC STEPS SEED EVERY\n", stderr);
        return 2;
    }
    sync = strcmp(argv[2], "commit") == 0 ? ZP_SYNC_COMMIT
           : strcmp(argv[2], "none") == 0 ? ZP_SYNC_NONE
                                          : ZP_SYNC_INTERVAL;
    nsteps = atoi(argv[3]);
    moments = calloc((size_t)nsteps + 1, sizeof *moments);
    rows = calloc((size_t)nsteps * MOST + 1, sizeof *rows);
    snprintf(work, sizeof work, "%s/zplane-tails-XXXXXX", base);
    if (!moments || !rows || !mkdtemp(work))
        return perror(work), 1;
    begin((unsigned)atoi(argv[4]));
    if (cutting)
        cut_power(sync, atoi(argv[5]));
    else
        fail_calls(sync, atoi(argv[5]));
    zp_catalog_delete(work);
    free(moments);
    free(rows);
    if (!atomic_load(&stored))
        fputs("# nothing went through a mapped tail\n", stderr);
    return wrong || !atomic_load(&stored);
}
