/* limits_time: what plain C loops reach on this machine for work on series; the companion of limits.c.
 *
 *     limits_time [OP]...     one JSON line per operation and number of threads
 *
 * Times ascend by steps that are uniformly random.  Results go to memory that was there. */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { REPS = 7, THREADS = 2 };
#define MINUTE INT64_C(60000000000)

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *pages(size_t n)
{
    void *at = mmap(NULL, n * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    madvise(at, n * 8, MADV_HUGEPAGE);
    return at;
}

static uint64_t word(uint64_t stream, uint64_t i)
{
    uint64_t z = stream * 0xD1342543DE82EF95u + (i + 1) * 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static double *uniform(size_t n, uint64_t stream)
{
    double *x = pages(n);

    for (size_t i = 0; i < n; i++)
        x[i] = (double)(word(stream, i) >> 11) * 0x1p-53;
    return x;
}

/* Steps of 1 to `most`, times `unit`. */
static int64_t *times(size_t n, uint64_t stream, uint64_t most, int64_t unit)
{
    int64_t *t = pages(n), at = INT64_C(1704153600000000000);

    for (size_t i = 0; i < n; i++)
        t[i] = at += (int64_t)(1 + word(stream, i) % most) * unit;
    return t;
}

static size_t seek(const int64_t *t, size_t n, int64_t key) /* how many are before it */
{
    size_t lo = 0;

    while (n) {
        size_t half = n / 2;

        if (t[lo + half] < key) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}

/* ---------------------------------------------------------------- the work */

typedef struct work {
    size_t n;
    const int64_t *s, *t; /* times */
    const double *a, *b, *c;
    double *x, *y, *z; /* results */
    int64_t *times;
} work;

static volatile double sink;

static void do_asof(const work *w, size_t from, size_t to)
{
    size_t j = seek(w->t, w->n, w->s[from] + 1);

    for (size_t i = from; i < to; i++) {
        while (j < w->n && w->t[j] <= w->s[i])
            j++;
        w->x[i] = j ? w->a[j - 1] : NAN;
        w->y[i] = j ? w->b[j - 1] : NAN;
        w->z[i] = j ? w->c[j - 1] : NAN;
    }
}

static void do_bars(const work *w, size_t from, size_t to)
{
    double *out = w->x;

    for (size_t i = from; i < to; out += 6) {
        size_t most = to - i < 16384 ? to - i : 16384,
               end = i + seek(w->s + i, most, (w->s[i] / MINUTE + 1) * MINUTE);
        double sum = 0, high = -INFINITY, low = INFINITY;

        for (size_t k = i; k < end; k++) {
            double p = w->a[k];

            sum += p;
            high = p > high ? p : high;
            low = p < low ? p : low;
        }
        memcpy(out,
               (double[]){ w->a[i], high, low, w->a[end - 1], sum / (double)(end - i), (double)(end - i) },
               48);
        i = end;
    }
}

static void do_inner(const work *w, size_t from, size_t to)
{
    size_t i = from, j = from, k = 0;

    while (i < to && j < to) {
        int64_t x = w->s[i], y = w->t[j];

        w->times[k] = x;
        w->x[k] = w->a[i] + w->b[j];
        k += x == y;
        i += x <= y;
        j += y <= x;
    }
    sink = (double)k;
}

static void do_outer(const work *w, size_t from, size_t to)
{
    size_t i = from, j = from, k = 0;

    while (i < to && j < to) {
        int64_t x = w->s[i], y = w->t[j];
        double sum = w->a[i] + w->b[j];

        w->times[k] = x < y ? x : y;
        w->x[k++] = x == y ? sum : NAN;
        i += x <= y;
        j += y <= x;
    }
    for (; i < to; i++, k++) {
        w->times[k] = w->s[i];
        w->x[k] = NAN;
    }
    for (; j < to; j++, k++) {
        w->times[k] = w->t[j];
        w->x[k] = NAN;
    }
}

static void do_window(const work *w, size_t from, size_t to)
{
    int64_t begin = w->s[to / 2], end = begin + (w->s[to - 1] - w->s[0]) / 100;
    size_t i = seek(w->s, to, begin), count = seek(w->s, to, end) - i;

    memcpy(w->times, w->s + i, count * 8);
    memcpy(w->x, w->a + i, count * 8);
    memcpy(w->y, w->b + i, count * 8);
    memcpy(w->z, w->c + i, count * 8);
}

static void do_windows(const work *w, size_t from, size_t to)
{
    double total = 0;

    for (uint64_t q = 0; q < 1000; q++) {
        int64_t span = w->s[to - 1] - w->s[0];
        int64_t begin = w->s[0] + (int64_t)((double)(word(40, q) >> 11) * 0x1p-53 * (double)span * 0.99);
        size_t i = seek(w->s, to, begin), end = seek(w->s, to, begin + INT64_C(10000000000));
        double sum = 0;

        for (; i < end; i++)
            sum += w->a[i] + w->b[i] + w->c[i];
        total += sum;
    }
    sink = total;
}

/* A pass: the least that a function of every instant costs. */
static void do_pass(const work *w, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        w->x[i] = (double)(w->s[i] > MINUTE);
}

/* ---------------------------------------------------------------- measuring */

typedef void (*part_fn)(const work *w, size_t from, size_t to);

typedef struct job {
    part_fn run;
    const work *w;
    size_t from, to;
} job;

static void *run_job(void *arg)
{
    job *j = arg;

    j->run(j->w, j->from, j->to);
    return NULL;
}

static double once(part_fn run, const work *w, int threads)
{
    double start = now();
    job jobs[THREADS];
    pthread_t ids[THREADS];

    for (int t = 0; t < threads; t++) {
        jobs[t] =
            (job){ run, w, w->n * (size_t)t / (size_t)threads, w->n * (size_t)(t + 1) / (size_t)threads };
        if (t > 0)
            pthread_create(&ids[t], NULL, run_job, &jobs[t]);
    }
    run_job(&jobs[0]);
    for (int t = 1; t < threads; t++)
        pthread_join(ids[t], NULL);
    return now() - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void measure(const char *op, part_fn run, const work *w, int threads)
{
    double took[REPS];

    once(run, w, threads);
    for (int i = 0; i < REPS; i++)
        took[i] = once(run, w, threads);
    qsort(took, REPS, sizeof *took, by_size);
    printf(
        "{\"peer\": \"C loop\", \"op\": \"%s\", \"n\": %zu, \"threads\": %d, \"seconds\": %.6f, \"min\": %.6f, "
        "\"note\": \"\"}\n",
        op, w->n, threads, took[REPS / 2], took[0]);
    fflush(stdout);
}

static const struct {
    const char *op;
    part_fn run;
    size_t n;
    int parallel;
    uint64_t most; /* steps of the times */
    int64_t unit;
} rows[] = {
    { "asof", do_asof, 10000000, 1, 19999999, 1 },     { "bars", do_bars, 20000000, 0, 19999999, 1 },
    { "inner add", do_inner, 5000000, 0, 2, 1000000 }, { "outer add", do_outer, 5000000, 0, 2, 1000000 },
    { "window", do_window, 20000000, 0, 19999999, 1 }, { "windows", do_windows, 20000000, 0, 19999999, 1 },
    { "hour", do_pass, 10000000, 1, 19999999, 1 },     { "floor day", do_pass, 10000000, 1, 19999999, 1 },
};

int main(int argc, char **argv)
{
    size_t divisor = getenv("BENCH_DIVISOR") ? strtoul(getenv("BENCH_DIVISOR"), NULL, 10) : 1;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = rows[i].n / (divisor ? divisor : 1);
        work w = { .n = n };
        int wanted = argc < 2;

        for (int k = 1; k < argc; k++)
            wanted |= strcmp(argv[k], rows[i].op) == 0;
        if (!wanted)
            continue;
        w.s = times(n, 1, rows[i].most, rows[i].unit);
        w.t = times(n, 2, rows[i].most, rows[i].unit);
        w.a = uniform(n, 3);
        w.b = uniform(n, 4);
        w.c = uniform(n, 5);
        w.times = pages(2 * n + 8);
        w.x = pages(2 * n + 8);
        w.y = pages(n);
        w.z = pages(n);
        for (int threads = 1; threads <= (rows[i].parallel ? THREADS : 1); threads++)
            measure(rows[i].op, rows[i].run, &w, threads);
        munmap((void *)(uintptr_t)w.s, n * 8);
        munmap((void *)(uintptr_t)w.t, n * 8);
        munmap((void *)(uintptr_t)w.a, n * 8);
        munmap((void *)(uintptr_t)w.b, n * 8);
        munmap((void *)(uintptr_t)w.c, n * 8);
        munmap(w.times, (2 * n + 8) * 8);
        munmap(w.x, (2 * n + 8) * 8);
        munmap(w.y, n * 8);
        munmap(w.z, n * 8);
    }
    return 0;
}
