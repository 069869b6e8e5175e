/* append: rows per second of streaming appends, beside what a plain C socket does.
 *
 *     append WHERE NAME COLUMNS ROWS...       a line of JSON per number of rows in a message
 *
 * `raw` (COLUMNS not 0): a thread sends messages of the same bytes over a loopback socket, one send() each (as long as a
 * message is small, that is what a simple client does) or 64 KiB at a time; another reads them and copies the bytes to
 * memory that is there, or to a file in the working directory, which is what storing rows costs at least. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "zplane.h"

enum { HEAD = 32, CHUNK = 65536 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void report(const char *peer, long rows, double count, double seconds)
{
    printf("{\"peer\":\"%s\",\"op\":\"append\",\"rows\":%ld,\"n\":%.0f,\"seconds\":%.4f,\"rate\":%.0f}\n",
           peer, rows, count, seconds, count / seconds);
    fflush(stdout);
}

/* Virtual machines give memory back to their host when it was free for a while, and get it again at a fraction of its speed: so
 * memory that the next measurement will take was in use a moment before, whoever is measured. */
static void warm(double bytes)
{
    size_t most = (size_t)bytes;
    char *memory =
        mmap(NULL, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return;
    madvise(memory, most, MADV_HUGEPAGE); /* whole blocks: they serve small pages as well */
    for (size_t at = 0; at < most; at += 4096)
        memory[at] = 1;
    munmap(memory, most);
}

/* ---------------------------------------------------------------- plain C */

typedef struct raw {
    int fd, file; /* file: where the bytes go; -1: to memory */
    size_t message;
    double bytes;
    char *column;
} raw;

static void *receive(void *arg)
{
    raw *r = arg;
    static char buffer[4 * CHUNK];
    double got = 0;
    size_t at = 0;

    while (got < r->bytes) {
        ssize_t n = recv(r->fd, buffer, sizeof(buffer), 0);

        if (n <= 0)
            break;
        if (r->file >= 0 && write(r->file, buffer, (size_t)n) != n)
            exit(1);
        if (r->file < 0)
            memcpy(r->column + at, buffer, (size_t)n);
        at = at + (size_t)n > ((size_t)1 << 26) ? 0 : at + (size_t)n;
        got += (double)n;
    }
    return NULL;
}

static int pair(int fds[2])
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(a);
    int l = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(l, (struct sockaddr *)&a, len) || listen(l, 1) || getsockname(l, (struct sockaddr *)&a, &len))
        return -1;
    fds[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fds[0], (struct sockaddr *)&a, len))
        return -1;
    fds[1] = accept(l, NULL, NULL);
    close(l);
    return fds[1];
}

static void measure_raw(const char *peer, long rows, long columns, double count, size_t chunk,
                        const char *file)
{
    raw r = { .file = file ? open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1,
              .message = HEAD + (size_t)rows * 8 * (size_t)(columns + 1) };
    size_t per = chunk < r.message ? r.message : chunk / r.message * r.message;
    char *out = calloc(1, per);
    pthread_t thread;
    double begin, sent = 0;
    int fds[2];

    r.bytes = count / (double)rows * (double)r.message;
    r.column = calloc(1, ((size_t)1 << 26) + 4 * CHUNK);
    if (!out || !r.column || pair(fds) < 0)
        exit(1);
    r.fd = fds[1];
    warm(r.bytes);
    begin = now();
    pthread_create(&thread, NULL, receive, &r);
    while (sent < r.bytes) {
        size_t left = (double)per < r.bytes - sent ? per : (size_t)(r.bytes - sent);
        ssize_t n = send(fds[0], out, left, MSG_NOSIGNAL);

        if (n <= 0)
            exit(1);
        sent += (double)n;
    }
    pthread_join(thread, NULL);
    report(peer, rows, count, now() - begin);
    if (file) {
        close(r.file);
        unlink(file);
    }
    close(fds[0]);
    close(fds[1]);
    free(out);
    free(r.column);
}

/* ---------------------------------------------------------------- the library */

static void fail(const zplane_error *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static void measure(zplane_appender *app, const char *label, long rows, double count)
{
    const zplane_shape *shape = zplane_append_shape(app);
    static int64_t clock_ns;
    int64_t *times = malloc((size_t)rows * sizeof(*times));
    double *values = calloc((size_t)rows * (size_t)shape->columns, sizeof(*values));
    zplane_error err;
    double begin;

    if (clock_ns <= shape->last_time)
        clock_ns = shape->last_time + 1;
    warm(2 * count * 8 * (double)(shape->columns + 1));
    begin = now();
    for (double sent = 0; sent < count; sent += (double)rows) {
        for (long i = 0; i < rows; i++)
            times[i] = clock_ns++;
        if (!zplane_append(app, rows, times, values, 0, &err))
            fail(&err);
    }
    if (!zplane_append_flush(app, 0, &err))
        fail(&err);
    report(label, rows, count, now() - begin);
    free(times);
    free(values);
}

int main(int argc, char **argv)
{
    const char *names[1] = { argc > 2 ? argv[2] : "z" };
    double seconds = getenv("BENCH_DIVISOR") ? 1 / atof(getenv("BENCH_DIVISOR")) : 1;
    zplane_error err;
    zplane_appender *app;
    zplane *con;

    if (argc < 5) {
        fprintf(stderr, "append WHERE NAME COLUMNS ROWS...\n");
        return 2;
    }
    con = zplane_connect(argv[1], NULL, &err);
    app = con ? zplane_append_open(con, (zplane_path){ names, 1 }, NULL, 10000, &err) : NULL;
    if (!app)
        fail(&err);
    for (int i = 4; i < argc; i++) {
        long rows = atol(argv[i]), columns = (long)zplane_append_shape(app)->columns;
        double count = (rows == 1 ? 1e6 : rows <= 10 ? 1e7 : 4e7) * seconds;

        count = (double)(long)(count / (double)rows) * (double)rows;
        if (atol(argv[3]))
            measure_raw("raw, one send each", rows, columns, count, 1, NULL);
        if (atol(argv[3]))
            measure_raw("raw, 64 KiB", rows, columns, count, CHUNK, NULL);
        if (atol(argv[3]))
            measure_raw("raw, 64 KiB, to a file", rows, columns, count, CHUNK, "append-raw.tmp");
        measure(app, zplane_append_shape(app)->policy, rows, count);
    }
    zplane_close(con);
    return 0;
}
