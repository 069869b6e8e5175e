/* limits: what a plain C loop reaches on this machine, for the same work as the program and its peers.
 *
 *     limits [OP]...     one JSON line per operation: peer, op, n, threads, seconds (median), min
 *
 * Inputs are uniform in [0, 1), made by splitmix64.  "fresh": the result is written to new huge pages, as an
 * expression of a language does; "reused": to memory that was there. */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { REPS = 7, THREADS = 2 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double *pages(size_t n)
{
    void *at = mmap(NULL, n * sizeof(double), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    madvise(at, n * sizeof(double), MADV_HUGEPAGE);
    return at;
}

static double *uniform(size_t n, uint64_t stream)
{
    double *x = pages(n);

    for (size_t i = 0; i < n; i++) {
        uint64_t z = stream * 0xD1342543DE82EF95u + (i + 1) * 0x9E3779B97F4A7C15u;

        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        x[i] = (double)((z ^ z >> 31) >> 11) * 0x1p-53;
    }
    return x;
}

/* ---------------------------------------------------------------- the work */

typedef struct work {
    const double *a, *b, *c;
    double *out; /* reused results */
    size_t n;
} work;

typedef void (*part_fn)(const work *w, double *out, size_t from, size_t to);

static volatile double sink;
static volatile size_t kept;

static void do_sum(const work *w, double *out, size_t from, size_t to)
{
    double s[32] = { 0 }, total = 0;
    size_t i = from;

    for (; i + 32 <= to; i += 32) {
        for (int k = 0; k < 32; k++)
            s[k] += w->a[i + (size_t)k];
    }
    for (; i < to; i++)
        total += w->a[i];
    for (int k = 0; k < 32; k++)
        total += s[k];
    sink = total;
}

static void do_min(const work *w, double *out, size_t from, size_t to)
{
    double m[32], least = INFINITY;
    size_t i = from;

    for (int k = 0; k < 32; k++)
        m[k] = INFINITY;
    for (; i + 32 <= to; i += 32) {
        for (int k = 0; k < 32; k++)
            m[k] = w->a[i + (size_t)k] < m[k] ? w->a[i + (size_t)k] : m[k];
    }
    for (; i < to; i++)
        least = w->a[i] < least ? w->a[i] : least;
    for (int k = 0; k < 32; k++)
        least = m[k] < least ? m[k] : least;
    sink = least;
}

static void do_axb(const work *w, double *out, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        out[i] = w->a[i] + w->b[i] * w->c[i];
}

static void do_select(const work *w, double *out, size_t from, size_t to)
{
    size_t k = from;

    for (size_t i = from; i < to; i++) {
        out[k] = w->a[i];
        k += w->a[i] > 0.5;
    }
    kept = k - from;
}

static void do_cumsum(const work *w, double *out, size_t from, size_t to)
{
    double s = 0;

    for (size_t i = from; i < to; i++)
        out[i] = s += w->a[i];
}

static void do_diff(const work *w, double *out, size_t from, size_t to)
{
    for (size_t i = from ? from : 1; i < to; i++)
        out[i - 1] = w->a[i] - w->a[i - 1];
}

/* Radix sort, eleven bits at a time, of the order-preserving image of positive doubles. */
static void do_sort(const work *w, double *out, size_t from, size_t to)
{
    enum { BITS = 11, BINS = 1 << BITS, PASSES = 6 };
    static uint64_t *keys, *other;
    static size_t count[PASSES][BINS];
    size_t n = to - from;

    if (!keys) {
        keys = (uint64_t *)(void *)pages(w->n);
        other = (uint64_t *)(void *)pages(w->n);
    }
    memset(count, 0, sizeof count);
    memcpy(keys, w->a + from, n * sizeof *keys);
    for (size_t i = 0; i < n; i++) {
        for (int p = 0; p < PASSES; p++)
            count[p][keys[i] >> (p * BITS) & (BINS - 1)]++;
    }
    for (int p = 0; p < PASSES; p++) {
        size_t at = 0;
        uint64_t *swap = keys;

        for (size_t b = 0; b < BINS; b++) {
            size_t here = count[p][b];

            count[p][b] = at;
            at += here;
        }
        for (size_t i = 0; i < n; i++)
            other[count[p][keys[i] >> (p * BITS) & (BINS - 1)]++] = keys[i];
        keys = other;
        other = swap;
    }
    memcpy(out, keys, n * sizeof *keys);
}

/* ---------------------------------------------------------------- measuring */

typedef struct job {
    part_fn run;
    const work *w;
    double *out;
    size_t from, to;
} job;

static void *run_job(void *arg)
{
    job *j = arg;

    j->run(j->w, j->out, j->from, j->to);
    return NULL;
}

static void run_parts(part_fn run, const work *w, double *out, int threads)
{
    job jobs[THREADS];
    pthread_t ids[THREADS];

    for (int t = 0; t < threads; t++) {
        jobs[t] = (job){ run, w, out, w->n * (size_t)t / (size_t)threads,
                         w->n * (size_t)(t + 1) / (size_t)threads };
        if (t > 0)
            pthread_create(&ids[t], NULL, run_job, &jobs[t]);
    }
    run_job(&jobs[0]);
    for (int t = 1; t < threads; t++)
        pthread_join(ids[t], NULL);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double once(part_fn run, const work *w, int threads, int fresh)
{
    double start = now(), *out = w->out;

    if (fresh)
        out = pages(w->n);
    run_parts(run, w, out, threads);
    if (fresh)
        munmap(out, w->n * sizeof(double));
    return now() - start;
}

static void measure(const char *op, part_fn run, const work *w, int threads, int fresh)
{
    double took[REPS];

    once(run, w, threads, fresh);
    for (int i = 0; i < REPS; i++)
        took[i] = once(run, w, threads, fresh);
    qsort(took, REPS, sizeof *took, by_size);
    printf(
        "{\"peer\": \"C loop\", \"op\": \"%s\", \"n\": %zu, \"threads\": %d, \"seconds\": %.6f, \"min\": %.6f, "
        "\"note\": \"%s\"}\n",
        op, w->n, threads, took[REPS / 2], took[0], fresh ? "fresh result" : "");
    fflush(stdout);
}

static const struct {
    const char *op;
    part_fn run;
    size_t n;
    int fresh, parallel;
} rows[] = {
    { "sum", do_sum, 100000000, 0, 1 },      { "min", do_min, 100000000, 0, 1 },
    { "a+b*c", do_axb, 20000000, 1, 1 },     { "x[x>0.5]", do_select, 20000000, 1, 0 },
    { "cumsum", do_cumsum, 10000000, 1, 0 }, { "diff", do_diff, 10000000, 1, 0 },
    { "sort", do_sort, 10000000, 1, 0 },
};

int main(int argc, char **argv)
{
    size_t divisor = getenv("BENCH_DIVISOR") ? strtoul(getenv("BENCH_DIVISOR"), NULL, 10) : 1;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        work w = { .n = rows[i].n / (divisor ? divisor : 1) };
        int wanted = argc < 2;

        for (int k = 1; k < argc; k++)
            wanted |= strcmp(argv[k], rows[i].op) == 0;
        if (!wanted)
            continue;
        w.a = uniform(w.n, 1);
        if (rows[i].run == do_axb) {
            w.b = uniform(w.n, 2);
            w.c = uniform(w.n, 3);
        }
        w.out = pages(w.n);
        for (int threads = 1; threads <= (rows[i].parallel ? THREADS : 1); threads++)
            measure(rows[i].op, rows[i].run, &w, threads, rows[i].fresh);
        munmap((void *)(uintptr_t)w.a, w.n * sizeof(double));
        munmap(w.out, w.n * sizeof(double));
        if (w.b) {
            munmap((void *)(uintptr_t)w.b, w.n * sizeof(double));
            munmap((void *)(uintptr_t)w.c, w.n * sizeof(double));
        }
    }
    return 0;
}
