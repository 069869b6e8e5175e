/* load: many driver sessions in one thread, to measure a gateway.
 *
 *     load HOST PORT MODE SESSIONS SECONDS SCHEMA KEY FIELD ROWS [PID]
 *
 *     select    every session asks for one row by its key, again and again (KEY in 1..ROWS, field FIELD)
 *     stream    every session reads the whole schema, again and again
 *     connect   sessions connect, log in and leave
 *     idle      sessions connect and stay; the growth of the process PID is the answer
 *
 * One line of JSON: operations per second, mean and 99th percentile of their time, microseconds of CPU of the process PID
 * (a number, or several with commas) per operation. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IN = 65536 };

typedef struct session {
    int fd;
    bool in;     /* logged in */
    size_t have; /* bytes of a frame that has begun, kept in `part` */
    char part[512];
    size_t skip; /* bytes of a frame that nobody looks at */
    int64_t asked_ns;
} session;

typedef struct load {
    const char *client, *access, *secret, *database, *env, *schema, *key, *field;
    bool select, stream, leave, stay;
    long rows;
    int epoll, ready;
    struct sockaddr_in address;
    session *sessions;
    int count;
    uint64_t operations, frames, bytes, errors, seed;
    uint32_t *times; /* a ring of microseconds */
    uint64_t timed;
    double total_us;
    bool counting;
} load;

enum { TIMES = 1 << 20 };

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t next_random(load *l)
{
    uint64_t z = l->seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---------------------------------------------------------------- requests */

static void send_frame(session *s, char *frame, int len)
{
    uint32_t n = htonl((uint32_t)len);

    memcpy(frame, &n, 4);
    if (send(s->fd, frame, (size_t)len + 4, MSG_NOSIGNAL) != len + 4)
        die("send");
}

static void send_connect(load *l, session *s)
{
    char nonce[40], message[400], hex[65], frame[1200];
    unsigned char mac[32];
    unsigned mac_len = sizeof mac;
    long now = (long)time(NULL);
    uint64_t a = next_random(l), b = next_random(l);
    int len;

    snprintf(nonce, sizeof nonce, "%08x-%04x-4%03x-a%03x-%012llx", (unsigned)a, (unsigned)(a >> 32 & 0xffff),
             (unsigned)(a >> 52 & 0xfff), (unsigned)(b >> 52), (unsigned long long)(b & 0xffffffffffff));
    len = snprintf(message, sizeof message, "%s:%ld:%s", l->access, now, nonce);
    HMAC(EVP_sha256(), l->secret, (int)strlen(l->secret), (unsigned char *)message, (size_t)len, mac,
         &mac_len);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", mac[i]);
    len = snprintf(
        frame + 4, sizeof frame - 4,
        "{\"client_key\":\"%s\",\"nonce\":\"%s\",\"timestamp\":%ld,\"signature\":\"%s\",\"request_type\":1,\"env\":\"%s\","
        "\"response_data_type\":\"json\"}",
        l->client, nonce, now, hex, l->env);
    send_frame(s, frame, len);
}

static void send_query(load *l, session *s)
{
    char frame[1000];
    int len;

    if (l->select)
        len = snprintf(
            frame + 4, sizeof frame - 4,
            "{\"query\":{\"sh\":\"%s\",\"qt\":2,\"fl\":{\"%s\":1},\"fi\":{\"%s\":%ld}},\"request_type\":5,\"database_id\":\"%s\",\"env\":\"%s\"}",
            l->schema, l->field, l->key, (long)(next_random(l) % (uint64_t)l->rows) + 1, l->database, l->env);
    else
        len = snprintf(
            frame + 4, sizeof frame - 4,
            "{\"query\":{\"sh\":\"%s\",\"qt\":2},\"request_type\":5,\"database_id\":\"%s\",\"env\":\"%s\"}",
            l->schema, l->database, l->env);
    s->asked_ns = now_ns();
    send_frame(s, frame, len);
}

static void open_session(load *l, session *s)
{
    int one = 1;
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = s };

    *s = (session){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    if (s->fd < 0)
        die("socket");
    if (l->stay) { /* more than the ports of one address */
        struct sockaddr_in from = { .sin_family = AF_INET };

        from.sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)((s - l->sessions) / 20000));
        if (bind(s->fd, (struct sockaddr *)&from, sizeof from) != 0)
            die("bind");
    }
    if (connect(s->fd, (struct sockaddr *)&l->address, sizeof l->address) != 0)
        die("connect");
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, s->fd, &e) != 0)
        die("epoll");
    s->asked_ns = now_ns();
    send_connect(l, s);
}

/* ---------------------------------------------------------------- answers */

static void done(load *l, session *s)
{
    double us = (double)(now_ns() - s->asked_ns) / 1000;

    if (!s->in) {
        s->in = true;
        l->ready++;
    }
    if (l->counting) {
        l->operations++;
        l->total_us += us;
        l->times[l->timed++ % TIMES] = us > 4e9 ? UINT32_MAX : (uint32_t)us;
    }
    if (l->leave) {
        struct linger hard = { 1, 0 }; /* so that the ports come back */

        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(s->fd);
        open_session(l, s);
    } else if (l->counting && !l->stay) {
        send_query(l, s);
    }
}

/* One frame by its first bytes: what matters stands in front. */
static void frame(load *l, session *s, const char *bytes, size_t len)
{
    static const char complete[] = "\"response_code\":1544";
    const char *end = len > 60 ? bytes + 60 : bytes + len;

    l->frames++;
    if (memmem(bytes, (size_t)(end - bytes), "\"error\":true", 12)) {
        if (l->errors++ == 0)
            fprintf(stderr, "load: %.*s\n", (int)(len < 300 ? len : 300), bytes);
        done(l, s);
    } else if (memmem(bytes, (size_t)(end - bytes), complete, sizeof complete - 1)) {
        done(l, s);
    }
}

static void input(load *l, session *s, const char *bytes, size_t len)
{
    int fd = s->fd;

    while (len && s->fd == fd) {
        size_t n;
        uint32_t size;

        if (s->skip) {
            n = len < s->skip ? len : s->skip;
            s->skip -= n;
            bytes += n;
            len -= n;
            continue;
        }
        if (!s->have && len >= 4) { /* the common case: the frame lies here */
            memcpy(&size, bytes, 4);
            size = ntohl(size);
            if (len >= size + 4) {
                const char *payload = bytes + 4;

                bytes += size + 4;
                len -= size + 4;
                frame(l, s, payload, size);
                continue;
            }
        }
        n = sizeof s->part - s->have < len ? sizeof s->part - s->have : len;
        memcpy(s->part + s->have, bytes, n);
        s->have += n;
        bytes += n;
        len -= n;
        if (s->have < 4)
            return;
        memcpy(&size, s->part, 4);
        size = ntohl(size);
        if (s->have >= size + 4) { /* too much was taken: give it back */
            bytes -= s->have - size - 4;
            len += s->have - size - 4;
            s->have = 0;
            frame(l, s, s->part + 4, size);
        } else if (s->have == sizeof s->part) {
            s->skip = size + 4 - s->have;
            s->have = 0;
            frame(l, s, s->part + 4, sizeof s->part - 4);
        }
    }
}

static void turn(load *l, int timeout_ms)
{
    static char bytes[IN];
    struct epoll_event events[256];
    int n = epoll_wait(l->epoll, events, 256, timeout_ms);

    for (int i = 0; i < n; i++) {
        session *s = events[i].data.ptr;
        ssize_t got = recv(s->fd, bytes, sizeof bytes, 0);

        if (got > 0) {
            l->bytes += (uint64_t)got;
            input(l, s, bytes, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            die("a session was closed");
        }
    }
}

/* ---------------------------------------------------------------- measuring */

static double cpu_s(const char *pids)
{
    double sum = 0;

    for (const char *at = pids; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char path[64];
        unsigned long user, system;
        FILE *f;

        snprintf(path, sizeof path, "/proc/%d/stat", atoi(at));
        f = fopen(path, "r");
        if (f && fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                        &system) == 2)
            sum += (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
        if (f)
            fclose(f);
    }
    return sum;
}

static long rss_kib(const char *pid)
{
    char path[64], line[200];
    long kib = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", atoi(pid));
    f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %ld", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return kib;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void measure(load *l, double seconds, const char *mode, const char *pid)
{
    double cpu = cpu_s(pid), took;
    int64_t began = now_ns(), end = began + (int64_t)(seconds * 1e9);
    uint64_t n, frames = l->frames, bytes = l->bytes;

    l->counting = true;
    if (!l->leave)
        for (int i = 0; i < l->count; i++)
            send_query(l, &l->sessions[i]);
    while (now_ns() < end)
        turn(l, 100);
    took = (double)(now_ns() - began) / 1e9;
    cpu = cpu_s(pid) - cpu;
    n = l->timed < TIMES ? l->timed : TIMES;
    qsort(l->times, n, sizeof *l->times, by_size);
    printf(
        "{\"mode\":\"%s\",\"sessions\":%d,\"per_second\":%.0f,\"mean_us\":%.0f,\"p99_us\":%u,\"frames_per_second\":%.0f,"
        "\"mb_per_second\":%.1f,\"errors\":%llu,\"cpu_us\":%.1f,\"rss_kib\":%ld}\n",
        mode, l->count, (double)l->operations / took,
        l->total_us / (double)(l->operations ? l->operations : 1), n ? l->times[n * 99 / 100] : 0,
        (double)(l->frames - frames) / took, (double)(l->bytes - bytes) / took / 1e6,
        (unsigned long long)l->errors, cpu * 1e6 / (double)(l->operations ? l->operations : 1), rss_kib(pid));
}

static const char *env(const char *name, const char *otherwise)
{
    const char *v = getenv(name);

    return v && *v ? v : otherwise;
}

int main(int argc, char **argv)
{
    load l = { .seed = (uint64_t)now_ns(), .env = "dev" };
    struct rlimit files;
    const char *pid = argc > 10 ? argv[10] : "";
    long before;

    if (argc < 10) {
        fprintf(
            stderr,
            "usage: load HOST PORT select|stream|connect|idle SESSIONS SECONDS SCHEMA KEY FIELD ROWS [PID]\n");
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    l.client = env("ZQL_CLIENT", "4UDEMOSHOPCLIENTWRITER0001");
    l.access = env("ZQL_ACCESS", "4UDEMOSHOPACCESSWRITER0001");
    l.secret = env("ZQL_SECRET", "73c005f7035e02f986785dda57e796fe4b3bf14ad6639f3c511cee7d2977a37a");
    l.database = env("ZQL_DATABASE", "4UDEMOSHOPDATABASE00000001");
    l.address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2])) };
    inet_pton(AF_INET, argv[1], &l.address.sin_addr);
    l.select = strcmp(argv[3], "select") == 0;
    l.stream = strcmp(argv[3], "stream") == 0;
    l.leave = strcmp(argv[3], "connect") == 0;
    l.stay = strcmp(argv[3], "idle") == 0;
    l.count = atoi(argv[4]);
    l.schema = argv[6];
    l.key = argv[7];
    l.field = argv[8];
    l.rows = atol(argv[9]);
    l.epoll = epoll_create1(0);
    l.sessions = calloc((size_t)l.count, sizeof *l.sessions);
    l.times = calloc(TIMES, sizeof *l.times);
    before = rss_kib(pid);
    l.leave = false;
    for (int i = 0; i < l.count; i++) {
        open_session(&l, &l.sessions[i]);
        while (i - l.ready > 64)
            turn(&l, 1000);
    }
    while (l.ready < l.count)
        turn(&l, 1000);
    if (l.stay) {
        sleep(1);
        printf("{\"mode\":\"idle\",\"sessions\":%d,\"kib_each\":%.2f,\"rss_kib\":%ld}\n", l.count,
               (double)(rss_kib(pid) - before) / l.count, rss_kib(pid));
        return 0;
    }
    l.leave = strcmp(argv[3], "connect") == 0;
    if (l.leave)
        for (int i = 0; i < l.count; i++)
            done(&l, &l.sessions[i]);
    measure(&l, atof(argv[5]), argv[3], pid);
    return 0;
}
