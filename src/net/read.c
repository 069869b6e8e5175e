/* read: from the socket to whoever serves the connection.
 *
 *     nothing is kept   socket --> scratch of the loop --> input()          what is not consumed is copied to `in`
 *     something is      socket --> end of `in`, then scratch --> input()    freed when all is consumed
 *     a direct place    socket --> column, then scratch --> direct_done(), input()
 *
 * One readv() each.  So a connection that waits holds no buffer, a frame in pieces is joined once, and a large column is not
 * copied at all. */
#include "net/net_priv.h"

#include <errno.h>
#include <string.h>

enum { STOP = ZP_DO_FAIL | ZP_DO_GIVE | ZP_DO_TLS /* nothing is shown until this is done */ };
enum {
    KEEP_LEAST = 4096,
    KEEP_STEP = 1 << 20,
    DIRECT_VECTORS = 8,
    DIRECT_TAIL = 4096 /* for what follows */
};

static ssize_t recv_plain(zp_conn *conn, struct iovec *iov, int n)
{
    ssize_t got;

    do
        got = readv(conn->fd, iov, n);
    while (got < 0 && errno == EINTR);
    if (got >= 0)
        return got;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return -1;
    if (errno == ECONNRESET)
        zp__conn_fail(conn, NULL);
    else
        zp__conn_fail_sys(conn, errno, "receiving failed");
    return -2;
}

ssize_t zp__conn_recv(zp_conn *conn, struct iovec *iov, int n)
{
    ssize_t got = conn->session ? zp__session_read(conn, iov, n) : recv_plain(conn, iov, n);

    zp__stat(&conn->loop->stats.reads, 1);
    if (got > 0)
        zp__stat(&conn->loop->stats.bytes_in, got);
    return got;
}

/* ---------------------------------------------------------------- what is kept */

static bool reserve(zp_conn *conn, size_t room)
{
    size_t cap = conn->in_cap * 2, need = conn->in_len + room;
    char *grown;

    if (conn->in_at && conn->in_len)
        memmove(conn->in, conn->in + conn->in_at, conn->in_len);
    conn->in_at = 0;
    if (need <= conn->in_cap)
        return true;
    if (cap < need)
        cap = need;
    if (conn->want > conn->in_len && cap > conn->want)
        cap = conn->want > need ? conn->want : need;
    grown = zp_realloc(conn->in, cap, NULL);
    if (!grown) {
        zp_error err = ZP_ERROR_INIT;

        zp_fail_nomem(&err, cap);
        zp__conn_fail(conn, &err);
        return false;
    }
    conn->in = grown;
    conn->in_cap = cap;
    return true;
}

static bool keep(zp_conn *conn, const char *bytes, size_t len)
{
    if (!len)
        return true;
    if (!reserve(conn, len))
        return false;
    memcpy(conn->in + conn->in_len, bytes, len);
    conn->in_len += len;
    return true;
}

static void release(zp_conn *conn)
{
    zp_free(conn->in);
    conn->in = NULL;
    conn->in_at = conn->in_len = conn->in_cap = 0;
}

/* ---------------------------------------------------------------- showing */

/* Shows bytes as long as some are consumed; how many were.  Stops when the connection is gone (conn->gone on the caller's
 * stack tells), paused or wants more. */
static size_t show(zp_conn *conn, const bool *gone, const char *bytes, size_t len)
{
    size_t used = 0, got;

    while (used < len && !conn->paused && !(conn->todo & STOP)) {
        if (conn->want > len - used)
            break;
        conn->want = 0;
        got = conn->ops->input(conn, bytes + used, len - used);
        if (*gone || !got)
            return used + got;
        used += got;
    }
    return used;
}

/* Shows what is kept; false: the connection is gone. */
static bool show_kept(zp_conn *conn, const bool *gone)
{
    char *in = conn->in;
    size_t at = conn->in_at, used;

    if (!conn->in_len)
        return true;
    used = show(conn, gone, in + at, conn->in_len);
    if (*gone)
        return false;
    conn->in_at += used;
    conn->in_len -= used;
    if (!conn->in_len)
        release(conn);
    return true;
}

static bool show_fresh(zp_conn *conn, const bool *gone, const char *bytes, size_t len)
{
    size_t used = show(conn, gone, bytes, len);

    if (*gone)
        return false;
    return keep(conn, bytes + used, len - used);
}

/* ---------------------------------------------------------------- reading */

static void at_end(zp_conn *conn, const bool *gone)
{
    bool stays;

    conn->eof = true;
    if (!conn->ops->ended || conn->todo & ZP_DO_FAIL) {
        zp__conn_fail(conn, NULL);
        return;
    }
    stays = conn->ops->ended(conn);
    if (!*gone && !stays)
        zp__conn_fail(conn, NULL);
}

/* A read to a direct place; the number of bytes asked for, 0: there is none. */
static size_t direct_place(zp_conn *conn, const bool *gone, struct iovec *iov, int *n)
{
    size_t asked = 0;
    int count = conn->ops->direct && !conn->in_len ? conn->ops->direct(conn, iov, DIRECT_VECTORS) : 0;

    if (*gone)
        return 0;
    for (int i = 0; i < count; i++)
        asked += iov[i].iov_len;
    *n = count;
    return asked;
}

/* Room behind what is kept; false: out of memory. */
static bool kept_place(zp_conn *conn, struct iovec *iov, int *n, size_t *asked)
{
    size_t room = conn->want > conn->in_len ? conn->want - conn->in_len : KEEP_LEAST;

    if (!conn->in_len)
        return true;
    if (room > KEEP_STEP)
        room = KEEP_STEP;
    if (!reserve(conn, room))
        return false;
    iov[(*n)++] = (struct iovec){ conn->in + conn->in_len, room };
    *asked = room;
    return true;
}

/* One read, and what came of it shown.  True: there may be more. */
static bool read_once(zp_conn *conn, const bool *gone, ssize_t *budget)
{
    struct iovec iov[DIRECT_VECTORS + 1];
    char *scratch = zp__loop_scratch(conn->loop);
    int n = 0;
    size_t direct = direct_place(conn, gone, iov, &n), kept = 0, first, tail = direct ? DIRECT_TAIL : SCRATCH;
    ssize_t got;

    if (*gone || conn->todo & ZP_DO_FAIL || !scratch || (!direct && !kept_place(conn, iov, &n, &kept)))
        return false;
    first = direct + kept;
    iov[n++] = (struct iovec){ scratch, tail };
    got = zp__conn_recv(conn, iov, n);
    if (got <= 0) {
        if (got == 0)
            at_end(conn, gone);
        return false;
    }
    *budget -= got;
    if (first > (size_t)got)
        first = (size_t)got;
    if (direct) {
        conn->ops->direct_done(conn, first);
    } else if (kept) {
        conn->in_len += first;
        show_kept(conn, gone);
    }
    if (*gone || conn->todo & ZP_DO_FAIL)
        return false;
    if ((size_t)got > first) {
        if (conn->in_len ? !keep(conn, scratch, (size_t)got - first) || !show_kept(conn, gone)
                         : !show_fresh(conn, gone, scratch, (size_t)got - first))
            return false;
    }
    return (size_t)got == direct + kept + tail;
}

static void drop_input(zp_conn *conn)
{
    char *scratch = zp__loop_scratch(conn->loop);
    struct iovec iov = { scratch, SCRATCH };
    ssize_t got = scratch ? zp__conn_recv(conn, &iov, 1) : 0;

    if (got != 0 && got != -2)
        return;
    if (conn->state == ZP_CONN_LINGER || got == -2)
        zp_conn_close(conn);
    else
        conn->eof = true;
}

/* For as long as somebody else may close the connection: where `gone` is told. */
static bool *watch_gone(zp_conn *conn, bool *gone)
{
    bool *outer = conn->gone;

    conn->gone = gone;
    return outer;
}

static bool still_ours(zp_conn *conn, const bool *gone, bool *outer)
{
    if (!*gone)
        conn->gone = outer;
    else if (outer)
        *outer = true;
    return !*gone;
}

bool zp__conn_read(zp_conn *conn)
{
    ssize_t budget = TURN_BYTES;
    bool *outer, gone = false;

    if (conn->state == ZP_CONN_DEAD)
        return true;
    if (!conn->ops) {
        drop_input(conn);
        return true;
    }
    outer = watch_gone(conn, &gone);
    while (conn->state == ZP_CONN_OPEN && !conn->paused && !conn->eof && !(conn->todo & STOP) &&
           read_once(conn, &gone, &budget) && budget > 0)
        ;
    if (!gone && conn->session && budget <= 0)
        zp__conn_todo(conn, ZP_DO_SHOW); /* what OpenSSL holds does not wake the loop */
    return still_ours(conn, &gone, outer);
}

bool zp__conn_show(zp_conn *conn)
{
    bool *outer, gone = false;

    if (!conn->ops || conn->state != ZP_CONN_OPEN || (conn->session && !conn->session->ready))
        return true;
    outer = watch_gone(conn, &gone);
    if (!conn->paused)
        show_kept(conn, &gone);
    if (!still_ours(conn, &gone, outer))
        return false;
    return !conn->session || zp__conn_read(conn);
}

/* ---------------------------------------------------------------- for the server of the connection */

void zp_conn_want(zp_conn *conn, size_t len)
{
    conn->want = len;
}

void zp_conn_pause(zp_conn *conn)
{
    conn->paused++;
    if (conn->loop && !conn->gone)
        zp__conn_rearm(conn);
}

void zp_conn_resume(zp_conn *conn)
{
    if (!conn->paused || --conn->paused)
        return;
    if (conn->loop && !conn->gone)
        zp__conn_rearm(conn);
    zp__conn_todo(conn, ZP_DO_SHOW);
}
