/* net_limit: what a pair of plain C processes reaches over loopback, for bench/net.
 *
 *     net_limit ROUNDS BYTES      prints {"ping_us": median round trip of one byte, "ping_p99_us", "gb_per_s": best of some transfers}
 *
 * One process answers; the other measures.  The transfer goes from one buffer into another, in pieces of 256 KiB, as the
 * program's frames do. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 256 * 1024, TRANSFERS = 7 };

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void answer(int fd, int rounds, char *from, size_t bytes)
{
    char c;

    for (int i = 0; i < rounds; i++)
        if (read(fd, &c, 1) != 1 || write(fd, &c, 1) != 1)
            die("answer");
    for (int k = 0; k < TRANSFERS; k++) {
        if (read(fd, &c, 1) != 1)
            die("answer");
        for (size_t at = 0; at < bytes;) {
            ssize_t n = write(fd, from + at, bytes - at < PIECE ? bytes - at : PIECE);
            if (n <= 0)
                die("write");
            at += (size_t)n;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void measure(int fd, int rounds, char *to, size_t bytes)
{
    double *times = malloc((size_t)rounds * sizeof(double)), best = 1e9;
    char c = 'x';

    for (int i = 0; i < rounds; i++) {
        double start = seconds();
        if (write(fd, &c, 1) != 1 || read(fd, &c, 1) != 1)
            die("ping");
        times[i] = seconds() - start;
    }
    qsort(times, (size_t)rounds, sizeof(double), by_size);
    for (int k = 0; k < TRANSFERS; k++) {
        double start = seconds();
        if (write(fd, &c, 1) != 1)
            die("transfer");
        for (size_t at = 0; at < bytes;) {
            ssize_t n = read(fd, to + at, bytes - at < PIECE ? bytes - at : PIECE);
            if (n <= 0)
                die("read");
            at += (size_t)n;
        }
        best = seconds() - start < best ? seconds() - start : best;
    }
    printf("{\"ping_us\": %.2f, \"ping_p99_us\": %.2f, \"gb_per_s\": %.3f}\n", times[rounds / 2] * 1e6,
           times[rounds - 1 - rounds / 100] * 1e6, (double)bytes / best / 1e9);
    free(times);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 20000, one = 1, listener, fd;
    size_t bytes = argc > 2 ? (size_t)atoll(argv[2]) : 320000000;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(at);
    char *memory = malloc(bytes);

    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (!memory || bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(listener, 1) < 0 ||
        getsockname(listener, (struct sockaddr *)&at, &len) < 0)
        die("listen");
    memset(memory, 1, bytes);
    if (fork() == 0) {
        fd = accept(listener, NULL, NULL);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        answer(fd, rounds, memory, bytes);
        return 0;
    }
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    measure(fd, rounds, memory, bytes);
    wait(NULL);
    free(memory);
    return 0;
}
