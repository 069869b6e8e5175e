/* Two connections of one loop that talk to each other. */
#ifndef ZP_TESTS_NET_KIT_H
#define ZP_TESTS_NET_KIT_H

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/net.h"
#include "unit.h"

typedef struct side {
    zp_conn *conn;
    zp_buf got;
    int calls, drained, opened;
    bool closed, ended, greedy; /* greedy: consumes everything; else what `eat` says */
    size_t eat;
    char why[200];
} side;

static size_t kit_input(zp_conn *conn, const char *bytes, size_t len)
{
    side *s = zp_conn_arg(conn);
    size_t eat = s->eat && s->eat < len ? s->eat : len;

    s->calls++;
    zp_buf_put(&s->got, bytes, eat);
    return eat;
}

static void kit_closed(zp_conn *conn, const zp_error *why)
{
    side *s = zp_conn_arg(conn);

    s->closed = true;
    snprintf(s->why, sizeof s->why, "%s", why ? zp_error_text(why) : "");
    s->conn = NULL;
}

static void kit_drained(zp_conn *conn)
{
    side *s = zp_conn_arg(conn);

    s->drained++;
}

static void kit_opened(zp_conn *conn)
{
    side *s = zp_conn_arg(conn);

    s->opened++;
}

static const zp_conn_ops kit_ops = {
    .input = kit_input, .closed = kit_closed, .drained = kit_drained, .opened = kit_opened
};

/* Turns until `cond`, at most ten seconds. */
#define TURN_UNTIL(loop, cond)                     \
    do {                                           \
        int64_t kit_end = zp_clock_ms() + 10000;   \
        while (!(cond) && zp_clock_ms() < kit_end) \
            zp_loop_once(loop, 20000);             \
        assert_true(cond);                         \
    } while (0)

static inline void kit_pair(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
}

#endif
