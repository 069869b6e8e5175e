/* A connection that reads frames, cut as the input says: the first half of the bytes are lengths of writes, the rest is what is
 * written.  What arrives is what was sent, whatever the pieces. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct reader {
    size_t frames, bytes;
    bool bad, closed;
} reader;

static size_t on_input(zp_conn *conn, const char *bytes, size_t len)
{
    reader *r = zp_conn_arg(conn);
    zp_slice payload;

    switch (zp_frame_next(bytes, len, 4096, &payload)) {
    case ZP_FRAME_PART:
        zp_conn_want(conn, payload.len ? ZP_FRAME_PREFIX + payload.len : ZP_FRAME_PREFIX);
        return 0;
    case ZP_FRAME_BAD: r->bad = true; return len;
    case ZP_FRAME_WHOLE: break;
    }
    r->frames++;
    r->bytes += payload.len;
    return ZP_FRAME_PREFIX + payload.len;
}

static void on_closed(zp_conn *conn, const zp_error *why)
{
    reader *r = zp_conn_arg(conn);

    (void)why;
    r->closed = true;
}

/* What a reader of the whole would have seen. */
static void expect(const reader *r, const char *bytes, size_t len)
{
    size_t at = 0, frames = 0;
    zp_slice payload;

    while (zp_frame_next(bytes + at, len - at, 4096, &payload) == ZP_FRAME_WHOLE) {
        at += ZP_FRAME_PREFIX + payload.len;
        frames++;
    }
    if (frames != r->frames && !r->bad)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const zp_conn_ops ops = { .input = on_input, .closed = on_closed };
    reader r = { 0 };
    size_t cuts = size / 2 < 64 ? size / 2 : 64, at = cuts, i = 0;
    int fds[2];
    zp_loop *loop = zp_loop_new(0, NULL);

    if (!loop || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0)
        return 0;
    if (zp_conn_new(loop, fds[0], &ops, &r, NULL)) {
        while (at < size) {
            size_t part = cuts ? (size_t)data[i++ % cuts] + 1 : size;
            ssize_t put = send(fds[1], data + at, part < size - at ? part : size - at, MSG_NOSIGNAL);

            if (put < 0)
                break;
            at += (size_t)put;
            zp_loop_once(loop, 0);
        }
        close(fds[1]);
        for (int turn = 0; turn < 100 && !r.closed; turn++)
            zp_loop_once(loop, 1000);
        if (at == size)
            expect(&r, (const char *)data + cuts, size - cuts);
    }
    zp_loop_free(loop);
    return 0;
}
