/* The store against its targets: opening, scanning, appending, commits.
 *
 *     store [DIR [MILLIONS]]     a directory for the objects (default: one under TMPDIR), rows of the large one
 *
 * Each figure is the best of several runs; a line holds name, figure, unit. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

static void best_rate(const char *name, zp_sync sync, int64_t rows, int64_t each, int64_t most)
{
    double best = 0;

    for (int i = 0; i < 3; i++)
        best = fmax(best, rate(sync, rows, each, most));
    show(name, best / 1e6, "M rows/s");
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
    const char *tmp = getenv("TMPDIR");

    snprintf(base, sizeof(base), "%s/zplane-bench-XXXXXX", argc > 1 ? argv[1] : tmp ? tmp : "/tmp");
    if (!mkdtemp(base))
        return perror(base), 1;
    for (int i = 0; i < BATCH; i++)
        numbers[i] = i;
    best_rate("append 1000 rows, no flush", ZP_SYNC_NONE, 10000000, BATCH, 0);
    best_rate("append 1000 rows, group commit", ZP_SYNC_COMMIT, 4000000, BATCH, 64);
    best_rate("append 1 row, durable, 1 producer", ZP_SYNC_COMMIT, 2000, 1, 1);
    best_rate("append 1 row, durable, 1000 producers", ZP_SYNC_COMMIT, 300000, 1, 1000);
    best_rate("append 1 row, no flush", ZP_SYNC_NONE, 1000000, 1, 0);
    large(millions * 1000000);
    rmdir(base);
    return 0;
}
