/* connect: logins per second: each a new connection, a signed CONNECT, its two frames, and the end.
 *
 *     zplane serve --demo --port=7777 &      then      build/bench/connect 7777 [SECONDS] [THREADS]
 *
 * What a driver without a pool does for every query.  Prints logins per second over all threads. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "auth/sign.h"

#define CLIENT "4UDEMOSHOPCLIENTWRITER0001"
#define ACCESS "4UDEMOSHOPACCESSWRITER0001"
#define SECRET "73c005f7035e02f986785dda57e796fe4b3bf14ad6639f3c511cee7d2977a37a"

typedef struct runner {
    struct sockaddr_in to;
    double until;
    long logins, failed;
} runner;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t make_frame(unsigned char *frame, size_t room)
{
    char nonce[ZP_NONCE_LEN + 1], signature[ZP_SIGNATURE_LEN + 1];
    long at = (long)time(NULL);
    int len;

    if (!zp_sign_nonce(nonce) || !zp_sign_connect(ACCESS, SECRET, at, nonce, signature))
        return 0;
    len = snprintf((char *)frame + 4, room - 4,
                   "{\"client_key\":\"" CLIENT "\",\"nonce\":\"%s\",\"timestamp\":%ld,\"database_id\":"
                   "\"4UDEMOSHOPDATABASE00000001\",\"signature\":\"%s\",\"request_type\":1,\"env\":\"dev\","
                   "\"response_data_type\":\"json\"}",
                   nonce, at, signature);
    for (int i = 0; i < 4; i++)
        frame[i] = (unsigned char)(len >> (24 - 8 * i));
    return (size_t)len + 4;
}

/* Both frames have come and the first is no error. */
static int log_in(int fd)
{
    unsigned char frame[1024], answer[2048];
    size_t len = make_frame(frame, sizeof frame), have = 0;

    if (!len || send(fd, frame, len, MSG_NOSIGNAL) != (ssize_t)len)
        return 0;
    for (;;) {
        ssize_t got = recv(fd, answer + have, sizeof answer - have - 1, 0);

        if (got <= 0)
            return 0;
        have += (size_t)got;
        answer[have] = '\0';
        if (have > 16 && memcmp(answer + 4, "{\"error\":false", 14) != 0)
            return 0;
        if (memmem(answer, have, "\"response_code\":1544", 20))
            return 1;
    }
}

static void *run(void *arg)
{
    runner *r = arg;

    while (now() < r->until) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        struct linger reset = { 1, 0 }; /* no port is left waiting */

        if (connect(fd, (struct sockaddr *)&r->to, sizeof r->to) == 0 && log_in(fd))
            r->logins++;
        else
            r->failed++;
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int count = argc > 3 ? atoi(argv[3]) : 4;
    double seconds = argc > 2 ? atof(argv[2]) : 3, begin = now();
    runner runners[64];
    pthread_t threads[64];
    long logins = 0, failed = 0;

    if (argc < 2 || count < 1 || count > 64) {
        fprintf(stderr, "usage: connect PORT [SECONDS] [THREADS]\n");
        return 2;
    }
    for (int i = 0; i < count; i++) {
        runners[i] = (runner){ .until = begin + seconds };
        runners[i].to.sin_family = AF_INET;
        runners[i].to.sin_port = htons((unsigned short)atoi(argv[1]));
        runners[i].to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        pthread_create(&threads[i], NULL, run, &runners[i]);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        logins += runners[i].logins;
        failed += runners[i].failed;
    }
    printf("connect: %.0f logins per second, %ld failed, %d threads\n", (double)logins / (now() - begin),
           failed, count);
    return failed > 0;
}
