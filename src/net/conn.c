/* conn: the life of a connection, from its socket to its end.
 *
 * One libevent event serves reading and writing; what it waits for follows from the state.  The net_priv.h tells the states and
 * who may call back when. */
#include "net/net_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void on_ready(evutil_socket_t fd, short what, void *arg);
static void on_deadline(zp_deadline *d);

/* ---------------------------------------------------------------- birth */

zp_conn *zp__conn_alloc(zp_loop *loop, const zp_conn_ops *ops, void *arg, zp_error *err)
{
    zp_conn *conn = zp_new(zp_conn, err);

    if (!conn)
        return NULL;
    conn->loop = loop;
    conn->ops = ops;
    conn->arg = arg;
    conn->fd = -1;
    conn->out_last = &conn->out;
    conn->low_water = 64 * 1024;
    conn->send_timeout_ms = SEND_TIMEOUT_MS;
    return conn;
}

/* Small answers go at once; a peer that is gone is noticed after some minutes. */
void zp__conn_options(int fd, bool is_unix)
{
    static const struct {
        int level, name, value;
    } rows[] = { { IPPROTO_TCP, TCP_NODELAY, 1 },
                 { SOL_SOCKET, SO_KEEPALIVE, 1 },
                 { IPPROTO_TCP, TCP_KEEPIDLE, 60 },
                 { IPPROTO_TCP, TCP_KEEPINTVL, 15 },
                 { IPPROTO_TCP, TCP_KEEPCNT, 4 } };

    for (size_t i = 0; !is_unix && i < ZP_COUNTOF(rows); i++)
        setsockopt(fd, rows[i].level, rows[i].name, &rows[i].value, sizeof rows[i].value);
}

void zp__conn_set_fd(zp_conn *conn, int fd)
{
    struct sockaddr_storage addr;
    socklen_t len = sizeof addr;

    conn->fd = fd;
    conn->is_unix = getsockname(fd, (struct sockaddr *)&addr, &len) == 0 && addr.ss_family == AF_UNIX;
    zp__conn_options(fd, conn->is_unix);
}

zp_conn *zp_conn_new(zp_loop *loop, int fd, const zp_conn_ops *ops, void *arg, zp_error *err)
{
    zp_conn *conn = zp__conn_alloc(loop, ops, arg, err);

    if (!conn) {
        close(fd);
        return NULL;
    }
    zp__conn_set_fd(conn, fd);
    conn->state = ZP_CONN_OPEN;
    zp__stat(&loop->stats.connections, 1);
    zp__stat(&loop->stats.opened, 1);
    zp__conn_rearm(conn);
    return conn;
}

/* ---------------------------------------------------------------- what the event waits for */

static short wanted(const zp_conn *conn)
{
    const zp__session *s = conn->session;
    bool read = !conn->eof && (!conn->paused || conn->closing), write = conn->blocked;

    if (conn->state == ZP_CONN_CONNECTING)
        return EV_WRITE;
    if (conn->state == ZP_CONN_LINGER)
        return EV_READ;
    if (conn->state != ZP_CONN_OPEN)
        return 0;
    if (s && !s->ready)
        return s->write_wants_read ? EV_READ : EV_WRITE; /* of the handshake */
    if (s && s->read_wants_write)
        write = true;
    if (s && s->write_wants_read)
        read = true;
    return (short)((read ? EV_READ : 0) | (write ? EV_WRITE : 0));
}

void zp__conn_rearm(zp_conn *conn)
{
    short want;

    if (!conn->loop)
        return;
    want = wanted(conn);
    if (want == conn->watched)
        return;
    if (conn->watched)
        event_del(&conn->event);
    conn->watched = (uint8_t)want;
    if (!want)
        return;
    if (event_assign(&conn->event, conn->loop->base, conn->fd, (short)(want | EV_PERSIST), on_ready, conn) !=
            0 ||
        event_add(&conn->event, NULL) != 0) {
        conn->watched = 0;
        zp__conn_fail_sys(conn, errno, "cannot wait for the connection");
    }
}

static void unwatch(zp_conn *conn)
{
    if (conn->watched)
        event_del(&conn->event);
    conn->watched = 0;
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    zp_conn *conn = arg;

    (void)fd;
    zp__loop_begin(conn->loop);
    if (conn->state == ZP_CONN_CONNECTING) {
        zp__dial_ready(conn);
        return;
    }
    if (conn->session && !conn->session->ready) {
        if (!zp__session_shake(conn))
            zp__conn_rearm(conn);
        else if (conn->dial)
            zp__dial_opened(conn);
        else
            zp__conn_todo(conn, ZP_DO_SHOW | ZP_DO_FLUSH);
        return;
    }
    if (what & EV_WRITE || (conn->session && conn->unsent))
        zp__conn_write(conn); /* calls nobody back */
    if ((what & EV_READ || (conn->session && conn->session->read_wants_write)) && !zp__conn_read(conn))
        return;
    zp__conn_rearm(conn);
}

/* ---------------------------------------------------------------- the end of a turn */

void zp__conn_todo(zp_conn *conn, unsigned what)
{
    zp_loop *loop = conn->loop;

    conn->todo |= (uint8_t)what;
    if (conn->link_pending || !loop)
        return;
    conn->next_pending = NULL;
    conn->link_pending = loop->pending_last;
    *loop->pending_last = conn;
    loop->pending_last = &conn->next_pending;
}

void zp__conn_unqueue(zp_conn *conn)
{
    if (!conn->link_pending)
        return;
    *conn->link_pending = conn->next_pending;
    if (conn->next_pending)
        conn->next_pending->link_pending = conn->link_pending;
    else
        conn->loop->pending_last = conn->link_pending;
    conn->link_pending = NULL;
}

void zp__conn_fail(zp_conn *conn, zp_error *err)
{
    if (conn->state == ZP_CONN_DEAD || conn->todo & ZP_DO_FAIL) {
        zp_error_clear(err);
        return;
    }
    if (err)
        zp_error_move(&conn->err, err);
    unwatch(conn);
    conn->eof = true;
    conn->blocked = false;
    if (conn->ops)
        zp__conn_todo(conn, ZP_DO_FAIL);
    else
        zp_conn_close(conn);
}

void zp__conn_fail_sys(zp_conn *conn, int errnum, const char *what)
{
    zp_error err = ZP_ERROR_INIT;

    zp_fail_sys(&err, errnum, "%s", what);
    zp__conn_fail(conn, &err);
}

static void tell_closed(zp_conn *conn)
{
    zp_error err = ZP_ERROR_INIT;
    const zp_conn_ops *ops = conn->ops;

    zp_error_move(&err, &conn->err);
    conn->state = ZP_CONN_OPEN; /* also one that never got there is closed in the same way */
    ops->closed(conn, err.code ? &err : NULL);
    zp_error_clear(&err);
    zp_conn_close(conn);
}

static void give(zp_conn *conn)
{
    void (*fn)(void *arg, zp_conn *detached) = conn->give;
    void *arg = conn->arg;

    conn->todo = 0;
    zp_conn_detach(conn);
    fn(arg, conn);
}

void zp__conn_settle(zp_conn *conn)
{
    bool gone = false;
    uint8_t todo = conn->todo;

    conn->todo = 0;
    if (todo & ZP_DO_FAIL) {
        tell_closed(conn);
        return;
    }
    if (todo & ZP_DO_TLS)
        zp__session_begin(conn);
    conn->gone = &gone;
    if (todo & ZP_DO_OPENED && conn->ops && conn->ops->opened)
        conn->ops->opened(conn);
    if (!gone && todo & ZP_DO_SHOW)
        zp__conn_show(conn);
    if (!gone && conn->state == ZP_CONN_OPEN && (todo | conn->todo) & ZP_DO_FLUSH) {
        conn->todo &= (uint8_t)~ZP_DO_FLUSH;
        zp__conn_write(conn);
    }
    if (!gone && (todo | conn->todo) & ZP_DO_DRAINED && !(conn->todo & ZP_DO_FAIL)) {
        conn->todo &= (uint8_t)~ZP_DO_DRAINED;
        if (conn->ops && conn->ops->drained)
            conn->ops->drained(conn);
    }
    if (gone)
        return;
    conn->gone = NULL;
    if (conn->todo & ZP_DO_FAIL)
        return;
    if ((todo | conn->todo) & ZP_DO_GIVE)
        give(conn);
    else
        zp__conn_rearm(conn);
}

/* ---------------------------------------------------------------- deadlines */

void zp__conn_redeadline(zp_conn *conn)
{
    int64_t at = conn->deadline_ms;

    if (conn->progress_ms && (!at || conn->progress_ms + conn->send_timeout_ms < at))
        at = conn->progress_ms + conn->send_timeout_ms;
    if (!at || !conn->loop)
        zp_deadline_stop(&conn->deadline);
    else
        zp_deadline_set(conn->loop, &conn->deadline, at - zp_loop_now_ms(conn->loop), on_deadline);
}

static void on_deadline(zp_deadline *d)
{
    zp_conn *conn = (zp_conn *)((char *)d - offsetof(zp_conn, deadline));
    int64_t now = conn->loop->now_ms;
    zp_error err = ZP_ERROR_INIT;
    bool gone = false;

    if (conn->progress_ms && now - conn->progress_ms >= conn->send_timeout_ms) {
        zp_fail_code(&err, ZP_EIO, "the peer took nothing for %lld s",
                     (long long)(conn->send_timeout_ms / 1000));
        zp__conn_fail(conn, &err);
        return;
    }
    if (!conn->deadline_ms || now < conn->deadline_ms) {
        zp__conn_redeadline(conn);
        return;
    }
    conn->deadline_ms = 0;
    if (conn->ops && conn->ops->expired) {
        conn->gone = &gone;
        conn->ops->expired(conn);
        if (!gone) {
            conn->gone = NULL;
            zp__conn_redeadline(conn);
        }
        return;
    }
    zp_fail_code(&err, ZP_EIO, conn->dial ? "no answer in time" : "timed out");
    zp__conn_fail(conn, &err);
}

void zp_conn_set_deadline(zp_conn *conn, int64_t delay_ms)
{
    conn->deadline_ms = delay_ms > 0 && conn->loop ? zp_loop_now_ms(conn->loop) + delay_ms : 0;
    zp__conn_redeadline(conn);
}

void zp_conn_set_send_timeout(zp_conn *conn, int64_t ms)
{
    conn->send_timeout_ms = ms;
    zp__conn_redeadline(conn);
}

/* ---------------------------------------------------------------- from thread to thread */

static void leave_loop(zp_conn *conn)
{
    unwatch(conn);
    zp__conn_unqueue(conn);
    zp_deadline_stop(&conn->deadline);
    if (conn->gone)
        *conn->gone = true;
    conn->gone = NULL;
}

void zp_conn_detach(zp_conn *conn)
{
    leave_loop(conn);
    zp__stat(&conn->loop->stats.connections, -1);
    conn->loop = NULL;
    conn->state = ZP_CONN_AWAY;
    conn->settled = 0;
}

void zp_conn_give(zp_conn *conn, void (*fn)(void *arg, zp_conn *detached), void *arg)
{
    conn->give = fn;
    conn->arg = arg;
    zp__conn_todo(conn, ZP_DO_GIVE);
}

bool zp_conn_attach(zp_conn *conn, zp_loop *loop, const zp_conn_ops *ops, void *arg, zp_error *err)
{
    conn->loop = loop;
    conn->ops = ops;
    conn->arg = arg;
    conn->state = ZP_CONN_OPEN;
    conn->deadline_ms = 0;
    zp__stat(&loop->stats.connections, 1);
    zp__stat(&loop->stats.opened, 1);
    zp__conn_rearm(conn);
    if (conn->todo & ZP_DO_FAIL && conn->err.code == ZP_ENOMEM) {
        if (err)
            zp_error_move(err, &conn->err);
        zp_conn_close(conn);
        return false;
    }
    zp__conn_redeadline(conn);
    zp__conn_todo(conn, ZP_DO_SHOW | ZP_DO_FLUSH);
    return true;
}

/* ---------------------------------------------------------------- the end */

void zp__conn_free(zp_conn *conn)
{
    zp__conn_drop_output(conn);
    zp__session_free(conn);
    zp__dial_free(conn);
    if (conn->fd >= 0)
        close(conn->fd);
    zp_free(conn->in);
    zp_error_clear(&conn->err);
    zp_free(conn);
}

static void unlink_closing(zp_conn *conn)
{
    if (!conn->link_closing)
        return;
    *conn->link_closing = conn->next_dead;
    if (conn->next_dead)
        conn->next_dead->link_closing = conn->link_closing;
    conn->link_closing = NULL;
}

void zp_conn_close(zp_conn *conn)
{
    zp_loop *loop = conn->loop;

    if (conn->state == ZP_CONN_DEAD)
        return;
    if (!loop) {
        zp__conn_free(conn);
        return;
    }
    leave_loop(conn);
    unlink_closing(conn);
    conn->state = ZP_CONN_DEAD;
    conn->ops = NULL;
    conn->todo = 0;
    zp__stat(&loop->stats.connections, -1);
    zp__dial_free(conn);
    if (conn->fd >= 0) /* the peer shall see it now, and the descriptor is free for others */
        close(conn->fd);
    conn->fd = -1;
    conn->next_dead = loop->dead;
    loop->dead = conn;
}

void zp_conn_close_gracefully(zp_conn *conn)
{
    zp_loop *loop = conn->loop;

    if (!loop || conn->state != ZP_CONN_OPEN || conn->todo & ZP_DO_FAIL || (conn->eof && !conn->unsent) ||
        (conn->session && !conn->session->ready)) {
        zp_conn_close(conn);
        return;
    }
    if (conn->gone)
        *conn->gone = true;
    conn->gone = NULL;
    conn->closing = true;
    conn->ops = NULL;
    conn->deadline_ms = 0;
    conn->in_len = 0;
    if (conn->send_timeout_ms > CLOSING_MS)
        conn->send_timeout_ms = CLOSING_MS;
    conn->next_dead = loop->closing;
    if (conn->next_dead)
        conn->next_dead->link_closing = &conn->next_dead;
    conn->link_closing = &loop->closing;
    loop->closing = conn;
    zp__conn_redeadline(conn);
    zp__conn_todo(conn, ZP_DO_FLUSH); /* which goes on to linger when all is written */
}

/* ---------------------------------------------------------------- properties */

void *zp_conn_arg(const zp_conn *conn)
{
    return conn->arg;
}

zp_loop *zp_conn_loop(const zp_conn *conn)
{
    return conn->loop;
}

void zp_conn_serve(zp_conn *conn, const zp_conn_ops *ops, void *arg)
{
    conn->ops = ops;
    conn->arg = arg;
    if (conn->loop) /* what waits is shown to the new one */
        zp__conn_todo(conn, ZP_DO_SHOW);
}

int zp_conn_fd(const zp_conn *conn)
{
    return conn->fd;
}

bool zp_conn_is_tls(const zp_conn *conn)
{
    return conn->session != NULL;
}

bool zp_conn_is_unix(const zp_conn *conn)
{
    return conn->is_unix;
}
