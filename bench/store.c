/* The store against its targets and against plain C: opening, scanning, appending, commits.
 *
 *     store [DIR [MILLIONS [PART]]]     a directory for the objects (default: one under TMPDIR), rows of the large one,
 *                                       only the parts whose names contain PART
 *
 * Each figure is the best of several runs; a line holds name, figure, unit.  Below it, indented: what plain system calls
 * reach with the same bytes, measured in turn with it, because disks and machines that are shared have good and bad
 * minutes.  Files are written and dropped first: memory that has been free for long comes back slowly. */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kernel/reduce.h"
#include "store/store.h"

enum { COLS = 3, BATCH = 1000 };

static char base[500];
static zp_error err;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(bool ok)
{
    if (!ok) {
        fprintf(stderr, "store: %s\n", zp_error_text(&err));
        exit(1);
    }
}

static const char *path(const char *name)
{
    static char at[600];

    snprintf(at, sizeof(at), "%s/%s", base, name);
    return at;
}

static void show(const char *name, double x, const char *unit)
{
    printf("%-44s %12.4g %s\n", name, x, unit);
    fflush(stdout);
}

/* An empty series of three columns. */
static zp_value empty_series(const char *name, zp_sync sync)
{
    const int64_t dim[2] = { 0, COLS };
    zp_value idx = zp_vec(ZP_TIM, 0, &err), data = zp_arr(ZP_DBL, 2, dim, &err), z, out = zp_nil();
    zp_store_options options = { .sync = sync };

    z = zp_zts_take(idx, data, &err);
    need(!zp_bad(z) && zp_store_create(path(name), z, &options, &out, &err));
    zp_value_unref(z);
    return out;
}

static int64_t stamps[BATCH];
static double numbers[BATCH];
static const void *const columns[COLS] = { numbers, numbers, numbers };
static int64_t clock_ns;

static void append(zp_value *z, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        stamps[i] = clock_ns += 1000;
    need(zp_store_append(z, stamps, columns, n, &err));
}

/* Commits that are on their way. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t less = PTHREAD_COND_INITIALIZER;
static int64_t waiting;

static void done(void *arg, const char *error)
{
    pthread_mutex_lock(&lock);
    waiting--;
    pthread_cond_signal(&less);
    pthread_mutex_unlock(&lock);
    if (error)
        abort();
}

static void commit(zp_value z, int64_t most)
{
    pthread_mutex_lock(&lock);
    while (waiting >= most)
        pthread_cond_wait(&less, &lock);
    waiting++;
    pthread_mutex_unlock(&lock);
    zp_store_commit(zp_store_of(z), done, NULL);
}

static void drain(void)
{
    pthread_mutex_lock(&lock);
    while (waiting)
        pthread_cond_wait(&less, &lock);
    pthread_mutex_unlock(&lock);
}

/* Rows a second; `most` commits may wait at a time (0: nobody waits). */
static double rate(zp_sync sync, int64_t rows, int64_t each, int64_t most)
{
    zp_value z = empty_series("rate", sync);
    double t = now();

    for (int64_t i = 0; i < rows; i += each) {
        append(&z, each);
        if (most)
            commit(z, most);
    }
    drain();
    t = now() - t;
    zp_value_unref(z);
    need(zp_store_drop(path("rate"), &err));
    return (double)rows / t;
}

/* ---------------------------------------------------------------- plain C */

enum { FILES = COLS + 1, PIECE = 256 << 10 };

typedef struct plain { /* the files of a series, and one for records */
    int fd[FILES + 1];
    char *map[FILES];
    size_t room;
} plain;

/* Files of `room` bytes that are there already, so that only the writing of rows is measured. */
static plain plain_open(size_t room)
{
    static char zeros[PIECE];
    plain p = { .room = room };

    for (int k = 0; k <= FILES; k++) {
        const size_t len = k < FILES ? room : sizeof(zeros);

        p.fd[k] = open(path("plain"), O_RDWR | O_CREAT | O_EXCL, 0600);
        unlink(path("plain"));
        for (size_t at = 0; at < len; at += sizeof(zeros))
            if (pwrite(p.fd[k], zeros, sizeof(zeros), (off_t)at) < 0)
                perror("plain"), exit(1);
        fdatasync(p.fd[k]);
        if (k < FILES)
            p.map[k] = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, p.fd[k], 0);
    }
    return p;
}

static void plain_close(plain *p)
{
    for (int k = 0; k <= FILES; k++) {
        if (k < FILES)
            munmap(p->map[k], p->room);
        close(p->fd[k]);
    }
}

/* Rows a second of pwrite() to every file; after each `each` rows fdatasync() of all of them and of a record. */
static double plain_rate(bool mapped, int64_t rows, int64_t each, bool flush)
{
    plain p = plain_open(((size_t)rows * 8 + PIECE) / PIECE * PIECE);
    double t = now();

    for (int64_t i = 0; i < rows; i += each) {
        for (int k = 0; k < FILES; k++)
            for (int64_t j = 0; j < each; j += BATCH) {
                const size_t len = (size_t)(each < BATCH ? each : BATCH) * 8, at = (size_t)(i + j) * 8;

                if (mapped)
                    memcpy(p.map[k] + at, numbers, len);
                else if (pwrite(p.fd[k], numbers, len, (off_t)at) < 0)
                    exit(1);
            }
        for (int k = 0; k < FILES && flush; k++)
            fdatasync(p.fd[k]);
        if (pwrite(p.fd[FILES], numbers, 128, i / each % 2 * 4096) < 0)
            exit(1);
        if (flush)
            fdatasync(p.fd[FILES]);
    }
    t = now() - t;
    plain_close(&p);
    return (double)rows / t;
}

/* ---------------------------------------------------------------- both, in turn */

typedef struct part {
    const char *name;
    zp_sync sync;
    int64_t rows, each, most; /* of ours */
    const char *plain;
    bool mapped, flush;
    int64_t plain_rows, plain_each;
} part;

static const part parts[] = {
    { "append 1000 rows, no flush", ZP_SYNC_NONE, 4000000, BATCH, 0, "pwrite to files that are there", false,
      false, 4000000, BATCH },
    { "append 1000 rows, group commit", ZP_SYNC_COMMIT, 4000000, BATCH, 64,
      "pwrite of 32,000 rows, fdatasync one by one", false, true, 4000000, 32 * BATCH },
    { "append 1 row, durable, 1 producer", ZP_SYNC_COMMIT, 2000, 1, 1, "pwrite, fdatasync one by one", false,
      true, 1000, 1 },
    { "append 1 row, durable, 1000 producers", ZP_SYNC_COMMIT, 300000, 1, 1000,
      "pwrite of 500 rows, fdatasync one by one", false, true, 200000, BATCH / 2 },
    { "append 1 row, no flush", ZP_SYNC_NONE, 2000000, 1, 0, "memcpy into mapped files, pwrite of a record",
      true, false, 2000000, 1 },
};

static void measure(const part *p)
{
    double best = 0, limit = 0;
    char name[100];

    for (int i = 0; i < 3; i++) {
        best = fmax(best, rate(p->sync, p->rows, p->each, p->most));
        limit = fmax(limit, plain_rate(p->mapped, p->plain_rows, p->plain_each, p->flush));
    }
    show(p->name, best / 1e6, "M rows/s");
    snprintf(name, sizeof(name), "  %s", p->plain);
    show(name, limit / 1e6, "M rows/s");
}

/* Memory for the page cache. */
static void warm_up(size_t bytes)
{
    plain p = plain_open(bytes / FILES / PIECE * PIECE);

    plain_close(&p);
}

static double anonymous_mb(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char text[200];
    double kb = 0;

    while (f && fgets(text, sizeof(text), f))
        if (strncmp(text, "RssAnon:", 8) == 0)
            kb = atof(text + 8);
    if (f)
        fclose(f);
    return kb / 1024;
}

static void large(int64_t rows)
{
    zp_value z = empty_series("large", ZP_SYNC_NONE), again;
    double before, t, best = 1e9, sum = 0, memory = 1e9;

    append(&z, BATCH);
    before = anonymous_mb();
    for (int64_t i = BATCH; i < rows; i += BATCH)
        append(&z, BATCH);
    show("anonymous memory after appending", anonymous_mb() - before, "MB more");
    zp_value_unref(z);
    for (int i = 0; i < 5; i++) {
        t = now();
        need(zp_store_open(path("large"), true, &again, &err));
        best = fmin(best, now() - t);
        if (i < 4)
            zp_value_unref(again);
    }
    show("open", best * 1e3, "ms");
    best = 1e9;
    for (int i = 0; i < 5; i++) {
        const zp_value data = zp_zts_data(again);

        t = now();
        sum += zp_k_sum(zp_column(&data, 1), rows, false, NULL);
        best = fmin(best, now() - t);
    }
    show("sum of a mapped column", best * 1e3, "ms");
    zp_value v = zp_vec(ZP_DBL, rows, &err);
    need(!zp_bad(v));
    memset(v.u.arr->data, 0, (size_t)rows * 8);
    for (int i = 0; i < 5; i++) {
        t = now();
        sum += zp_k_sum(v.u.arr->data, rows, false, NULL);
        memory = fmin(memory, now() - t);
    }
    show("  the same in memory", memory * 1e3, "ms");
    zp_value_unref(v);
    zp_value_unref(again);
    need(zp_store_drop(path("large"), &err));
    if (sum == 42)
        puts("");
}

int main(int argc, char **argv)
{
    const int64_t millions = argc > 2 ? atoll(argv[2]) : 10;
    const char *tmp = getenv("TMPDIR"), *only = argc > 3 ? argv[3] : NULL;

    snprintf(base, sizeof(base), "%s/zplane-bench-XXXXXX", argc > 1 ? argv[1] : tmp ? tmp : "/tmp");
    if (!mkdtemp(base))
        return perror(base), 1;
    for (int i = 0; i < BATCH; i++)
        numbers[i] = i;
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (!only || strstr(parts[i].name, only)) {
            warm_up((size_t)parts[i].rows * FILES * 16);
            measure(&parts[i]);
        }
    if (!only || strstr("large", only)) {
        warm_up((size_t)millions * 1000000 * FILES * 8);
        large(millions * 1000000);
    }
    rmdir(base);
    return 0;
}
