/* connect: from a name to a connection.
 *
 *     name --getaddrinfo on a thread--> addresses --one after the other--> socket --> TLS --> opened()
 *
 * Numeric addresses and Unix sockets need no thread.  The look-up holds the loop, not the connection: a connection that is
 * closed meanwhile is taken out of it. */
#include "net/net_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_MS = 10000, ADDRESSES = 16 };

typedef struct lookup {
    zp_task task;
    zp_loop *loop;
    zp_conn *conn; /* NULL: closed meanwhile; the loop's thread alone looks at it */
    struct addrinfo *found;
    int status;
    char service[8], host[];
} lookup;

struct zp__dial {
    lookup *lookup; /* running */
    struct addrinfo *found, *next;
    zp_tls *tls;
    char *name; /* host and port, for messages */
    char *server_name;
    int errnum; /* of the address before */
};

static void dial_next(zp_conn *conn);

void zp__dial_free(zp_conn *conn)
{
    zp__dial *dial = conn->dial;

    if (!dial)
        return;
    if (dial->lookup)
        dial->lookup->conn = NULL;
    if (dial->found)
        freeaddrinfo(dial->found);
    if (dial->tls)
        zp_tls_unref(dial->tls);
    zp_free(dial->name);
    zp_free(dial->server_name);
    zp_free(dial);
    conn->dial = NULL;
}

static void fail_dial(zp_conn *conn, const char *why)
{
    zp_error err = ZP_ERROR_INIT;

    zp_fail_code(&err, ZP_EIO, "cannot connect to %s: %s", conn->dial->name, why);
    zp__conn_fail(conn, &err);
}

/* ---------------------------------------------------------------- names */

static void on_found(void *arg)
{
    lookup *l = arg;
    zp_conn *conn = l->conn;

    if (conn) {
        conn->dial->lookup = NULL;
        conn->dial->found = conn->dial->next = l->found;
        l->found = NULL;
        if (l->status)
            fail_dial(conn, gai_strerror(l->status));
        else
            dial_next(conn);
    }
    if (l->found)
        freeaddrinfo(l->found);
    zp_free(l);
}

static void *look_up(void *arg)
{
    lookup *l = arg;
    zp_loop *loop = l->loop;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };

    l->status = getaddrinfo(l->host, l->service, &hints, &l->found);
    l->task.fn = on_found;
    l->task.arg = l;
    if (!zp__loop_post(loop, &l->task)) { /* the loop is gone, and so is the connection */
        if (l->found)
            freeaddrinfo(l->found);
        zp_free(l);
    }
    zp__loop_unref(loop);
    return NULL;
}

static bool start_lookup(zp_conn *conn, const zp_peer_spec *spec, zp_error *err)
{
    size_t len = strlen(spec->host) + 1;
    lookup *l = zp_alloc_zero(sizeof *l + len, err);
    pthread_t thread;
    int status;

    if (!l)
        return false;
    memcpy(l->host, spec->host, len);
    snprintf(l->service, sizeof l->service, "%u", spec->port);
    l->loop = zp__loop_ref(conn->loop);
    l->conn = conn;
    status = pthread_create(&thread, NULL, look_up, l);
    if (status != 0) {
        zp__loop_unref(conn->loop);
        zp_free(l);
        return zp_fail_sys(err, status, "cannot look up '%s'", spec->host);
    }
    pthread_detach(thread);
    conn->dial->lookup = l;
    return true;
}

/* An address in numbers, or the path of a Unix socket; *found stays NULL if it is a name. */
static bool numeric(const zp_peer_spec *spec, struct addrinfo **found)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
    char service[8];

    snprintf(service, sizeof service, "%u", spec->port);
    return getaddrinfo(spec->host, service, &hints, found) == 0;
}

/* ---------------------------------------------------------------- sockets */

static void connected(zp_conn *conn)
{
    zp__dial *dial = conn->dial;
    zp_error err = ZP_ERROR_INIT;
    zp_tls *tls = dial->tls;

    conn->state = ZP_CONN_OPEN;
    if (tls) {
        if (!zp__session_new(conn, tls, true, dial->server_name, &err)) {
            zp__conn_fail(conn, &err);
            return;
        }
        if (!zp__session_shake(conn)) {
            zp__conn_rearm(conn);
            return;
        }
    }
    zp__dial_opened(conn);
}

void zp__dial_opened(zp_conn *conn)
{
    zp__dial_free(conn);
    zp_conn_set_deadline(conn, 0);
    zp__conn_rearm(conn);
    zp__conn_todo(conn, ZP_DO_OPENED | ZP_DO_SHOW | ZP_DO_FLUSH);
}

/* Begins to connect; false: this address does not do. */
static bool dial_address(zp_conn *conn, const struct sockaddr *addr, socklen_t len)
{
    int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        conn->dial->errnum = errno;
        return false;
    }
    if (connect(fd, addr, len) != 0 && errno != EINPROGRESS) {
        conn->dial->errnum = errno;
        close(fd);
        return false;
    }
    zp__conn_set_fd(conn, fd);
    conn->state = ZP_CONN_CONNECTING;
    zp__conn_rearm(conn);
    return true;
}

static void dial_next(zp_conn *conn)
{
    zp__dial *dial = conn->dial;

    while (dial->next) {
        struct addrinfo *a = dial->next;

        dial->next = a->ai_next;
        if (dial_address(conn, a->ai_addr, a->ai_addrlen))
            return;
    }
    fail_dial(conn, strerror(dial->errnum ? dial->errnum : EHOSTUNREACH));
}

void zp__dial_ready(zp_conn *conn)
{
    int errnum = 0;
    socklen_t len = sizeof errnum;

    getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &errnum, &len);
    if (errnum == 0) {
        connected(conn);
        return;
    }
    conn->dial->errnum = errnum;
    event_del(&conn->event);
    conn->watched = 0;
    close(conn->fd);
    conn->fd = -1;
    dial_next(conn);
}

/* ---------------------------------------------------------------- from outside */

static char *copy_text(const char *text, zp_error *err)
{
    size_t len = strlen(text) + 1;
    char *copy = zp_alloc(len, err);

    return copy ? memcpy(copy, text, len) : NULL;
}

static bool new_dial(zp_conn *conn, const zp_peer_spec *spec, zp_error *err)
{
    zp__dial *dial = conn->dial = zp_new(zp__dial, err);
    zp_buf name = ZP_BUF_INIT;

    if (!dial)
        return false;
    if (spec->path)
        zp_buf_puts(&name, spec->path);
    else
        zp_buf_printf(&name, strchr(spec->host, ':') ? "[%s]:%u" : "%s:%u", spec->host, spec->port);
    dial->name = name.ptr;
    if (!zp_buf_ok(&name, err))
        return false;
    if (!spec->tls)
        return true;
    dial->tls = zp_tls_ref(spec->tls);
    dial->server_name = copy_text(spec->server_name ? spec->server_name
                                  : spec->path      ? "localhost"
                                                    : spec->host,
                                  err);
    return dial->server_name != NULL;
}

static bool dial_unix(zp_conn *conn, const char *path, zp_error *err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof addr.sun_path)
        return zp_fail(err, "the path '%s' is longer than %zu bytes", path, sizeof addr.sun_path - 1);
    memcpy(addr.sun_path, path, strlen(path) + 1);
    if (!dial_address(conn, (struct sockaddr *)&addr, sizeof addr))
        fail_dial(conn, strerror(conn->dial->errnum));
    return true;
}

zp_conn *zp_connect(zp_loop *loop, const zp_peer_spec *spec, const zp_conn_ops *ops, void *arg, zp_error *err)
{
    zp_conn *conn = zp__conn_alloc(loop, ops, arg, err);
    struct addrinfo *found = NULL;
    bool ok;

    if (!conn)
        return NULL;
    zp__stat(&loop->stats.connections, 1);
    ok = new_dial(conn, spec, err);
    if (ok && spec->path) {
        ok = dial_unix(conn, spec->path, err);
    } else if (ok && numeric(spec, &found)) {
        conn->dial->found = conn->dial->next = found;
        dial_next(conn);
    } else if (ok) {
        ok = start_lookup(conn, spec, err);
    }
    if (!ok) {
        zp_conn_close(conn);
        return NULL;
    }
    zp_conn_set_deadline(conn, spec->timeout_ms ? spec->timeout_ms : CONNECT_MS);
    return conn;
}
