/* write: from the queue of chunks to the socket.
 *
 *     [copy 300 B] -> [reference 256 KiB] -> [copy 12 B] -> ...
 *
 * Without blocks the whole queue goes out by writev().  With blocks (drivers that need whole frames per write and per TLS
 * record) each chunk is one write, and a copy is filled with whole sends up to the size of a block.  A chunk that was taken in
 * part is finished first.  All is written at the end of the turn; what the socket does not take waits until it is writable. */
#include "net/net_priv.h"

#include <errno.h>
#include <string.h>

enum { VECTORS = 64, COPY_LEAST = 1000, COPY_MOST = 16384, SPARES = 32 };

/* ---------------------------------------------------------------- the queue */

/* A long answer takes and frees its chunks again and again, and the C library would give each back to the system: some are kept.  A connection
 * on its way to another thread has no loop. */
static void release_chunk(zp_loop *loop, zp__chunk *chunk)
{
    if (chunk->release)
        chunk->release(chunk->arg);
    if (!loop || chunk->cap != COPY_MOST || loop->spares == SPARES) {
        zp_free(chunk);
        return;
    }
    chunk->next = loop->spare;
    loop->spare = chunk;
    loop->spares++;
}

static zp__chunk *new_chunk(zp_loop *loop, size_t cap)
{
    zp__chunk *chunk = loop && cap == COPY_MOST ? loop->spare : NULL;

    if (!chunk)
        return zp_alloc(sizeof *chunk + cap, NULL);
    loop->spare = chunk->next;
    loop->spares--;
    return chunk;
}

void zp__loop_drop_spares(zp_loop *loop)
{
    while (loop->spare) {
        zp__chunk *chunk = loop->spare;

        loop->spare = chunk->next;
        zp_free(chunk);
    }
    loop->spares = 0;
}

void zp__conn_drop_output(zp_conn *conn)
{
    for (zp__chunk *c = conn->out, *next; c; c = next) {
        next = c->next;
        release_chunk(conn->loop, c);
    }
    conn->out = conn->out_tail = NULL;
    conn->out_last = &conn->out;
    conn->unsent = 0;
}

static void out_of_memory(zp_conn *conn, size_t len)
{
    zp_error err = ZP_ERROR_INIT;

    zp_fail_nomem(&err, len);
    zp__conn_fail(conn, &err);
}

static zp__chunk *add_chunk(zp_conn *conn, size_t cap)
{
    zp__chunk *chunk = new_chunk(conn->loop, cap);

    if (!chunk) {
        out_of_memory(conn, sizeof *chunk + cap);
        return NULL;
    }
    *chunk = (zp__chunk){ .ptr = chunk->data, .cap = cap };
    *conn->out_last = chunk;
    conn->out_last = &chunk->next;
    return chunk;
}

static void queued(zp_conn *conn, size_t len)
{
    conn->unsent += len;
    if (conn->unsent > conn->low_water)
        conn->above = true;
    if (!conn->blocked)
        zp__conn_todo(conn, ZP_DO_FLUSH);
}

/* Can `len` more bytes be added to the last copy, so that they go out with it? */
static bool fits(const zp_conn *conn, size_t len)
{
    const zp__chunk *tail = conn->out_tail;
    size_t used;

    if (!tail)
        return false;
    used = (size_t)(tail->ptr - tail->data) + tail->len;
    return used + len <= tail->cap && (!conn->blocks || used + len <= conn->blocks);
}

/* Room for `len` bytes of a send; NULL: out of memory. */
static char *room_for(zp_conn *conn, size_t len)
{
    zp__chunk *tail;
    size_t cap;
    char *to;

    if (!fits(conn, len)) {
        cap = conn->out_tail && !conn->out_tail->release ? COPY_MOST : COPY_LEAST;
        if (cap < len)
            cap = len;
        tail = add_chunk(conn, cap);
        if (!tail)
            return NULL;
        conn->out_tail = tail;
    }
    tail = conn->out_tail;
    to = (char *)tail->ptr + tail->len;
    tail->len += len;
    return to;
}

static bool may_send(const zp_conn *conn)
{
    return conn->state != ZP_CONN_DEAD && !(conn->todo & ZP_DO_FAIL) && !conn->closing;
}

void zp_conn_sendv(zp_conn *conn, const struct iovec *iov, int n)
{
    size_t len = 0;
    char *to;

    for (int i = 0; i < n; i++)
        len += iov[i].iov_len;
    if (!len || !may_send(conn))
        return;
    to = room_for(conn, len);
    if (!to)
        return;
    for (int i = 0; i < n; i++) {
        memcpy(to, iov[i].iov_base, iov[i].iov_len);
        to += iov[i].iov_len;
    }
    queued(conn, len);
}

void zp_conn_send(zp_conn *conn, const void *bytes, size_t len)
{
    struct iovec iov = { (void *)(uintptr_t)bytes, len };

    zp_conn_sendv(conn, &iov, 1);
}

void zp_conn_send_ref(zp_conn *conn, const void *bytes, size_t len, void (*release)(void *arg), void *arg)
{
    zp__chunk *chunk = len && may_send(conn) ? add_chunk(conn, 0) : NULL;

    if (!chunk) {
        if (release)
            release(arg);
        return;
    }
    chunk->ptr = bytes;
    chunk->len = len;
    chunk->release = release;
    chunk->arg = arg;
    conn->out_tail = NULL;
    queued(conn, len);
}

/* ---------------------------------------------------------------- writing */

/* So much was taken: chunks that are done go. */
static void taken(zp_conn *conn, size_t len)
{
    zp__chunk *c;

    conn->unsent -= len;
    zp__stat(&conn->loop->stats.bytes_out, (int64_t)len);
    while ((c = conn->out) && len >= c->len) {
        len -= c->len;
        conn->out = c->next;
        if (!conn->out)
            conn->out_last = &conn->out;
        if (c == conn->out_tail)
            conn->out_tail = NULL;
        release_chunk(conn->loop, c);
        if (!len)
            break;
    }
    if (len && c) {
        c->ptr += len;
        c->len -= len;
    }
}

static ssize_t send_plain(zp_conn *conn)
{
    struct iovec iov[VECTORS];
    struct msghdr msg = { .msg_iov = iov };
    ssize_t put;

    for (zp__chunk *c = conn->out; c && msg.msg_iovlen < VECTORS; c = c->next) {
        iov[msg.msg_iovlen++] = (struct iovec){ (void *)(uintptr_t)c->ptr, c->len };
        if (conn->blocks)
            break;
    }
    do
        put = sendmsg(conn->fd, &msg, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put >= 0)
        return put;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return -1;
    if (errno == EPIPE || errno == ECONNRESET)
        zp__conn_fail(conn, NULL);
    else
        zp__conn_fail_sys(conn, errno, "sending failed");
    return -2;
}

static ssize_t send_tls(zp_conn *conn)
{
    size_t len = conn->out->len;

    return zp__session_write(conn, conn->out->ptr, len < COPY_MOST ? len : COPY_MOST);
}

/* All is written and nobody serves it any more. */
static void linger(zp_conn *conn)
{
    if (conn->session)
        zp__session_goodbye(conn);
    if (conn->eof || shutdown(conn->fd, SHUT_WR) != 0) {
        zp_conn_close(conn);
        return;
    }
    conn->state = ZP_CONN_LINGER;
    conn->deadline_ms = zp_loop_now_ms(conn->loop) + LINGER_MS;
    zp__conn_redeadline(conn);
    if (!conn->gone)
        zp__conn_rearm(conn);
}

static void blocked(zp_conn *conn, bool progress)
{
    conn->blocked = true;
    if (progress || !conn->progress_ms)
        conn->progress_ms = zp_loop_now_ms(conn->loop);
    zp__conn_redeadline(conn);
}

static void unblocked(zp_conn *conn)
{
    conn->blocked = false;
    if (conn->progress_ms) {
        conn->progress_ms = 0;
        zp__conn_redeadline(conn);
    }
}

void zp__conn_write(zp_conn *conn)
{
    size_t budget = TURN_BYTES;
    ssize_t put = 0;
    bool progress = false;

    if (conn->state != ZP_CONN_OPEN || conn->todo & ZP_DO_FAIL || (conn->session && !conn->session->ready))
        return;
    while (conn->out && budget) {
        put = conn->session ? send_tls(conn) : send_plain(conn);
        zp__stat(&conn->loop->stats.writes, 1);
        if (put < 0)
            break;
        taken(conn, (size_t)put);
        progress = true;
        budget -= (size_t)put < budget ? (size_t)put : budget;
    }
    if (put == -2)
        return;
    if (put == -1)
        blocked(conn, progress);
    else
        unblocked(conn);
    if (conn->out && put >= 0) /* the others first */
        zp__conn_todo(conn, ZP_DO_FLUSH);
    if (conn->above && conn->unsent <= conn->low_water) {
        conn->above = false;
        zp__conn_todo(conn, ZP_DO_DRAINED);
    }
    if (!conn->out && conn->closing)
        linger(conn);
}

void zp_conn_flush(zp_conn *conn)
{
    if (!conn->loop)
        return;
    conn->todo &= (uint8_t)~ZP_DO_FLUSH;
    zp__conn_write(conn);
    if (!conn->gone && conn->state == ZP_CONN_OPEN && !(conn->todo & ZP_DO_FAIL))
        zp__conn_rearm(conn);
}

size_t zp_conn_unsent(const zp_conn *conn)
{
    return conn->unsent;
}

void zp_conn_set_blocks(zp_conn *conn, size_t most)
{
    conn->blocks = most;
}

void zp_conn_set_low_water(zp_conn *conn, size_t bytes)
{
    conn->low_water = bytes;
}
