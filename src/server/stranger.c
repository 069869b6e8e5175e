/* stranger: a connection from its first byte to its login.
 *
 *     first byte  0x16     TLS: what is inside is looked at in the same way
 *                 A .. Z   HTTP
 *                 other    the length of a frame: CONNECT, PING, DISCONNECT; the verdict is auth's
 *
 * A stranger costs a socket and a few hundred bytes, for ten seconds at most.  When there are too many, the one that has waited
 * longest goes: who keeps connections open without logging in harms himself. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/server_priv.h"

struct zp__stranger {
    zp_server *server;
    zp_conn *conn;
    zp_login *login; /* proved: on its way to who serves it */
    zp__stranger *next, *before;
    bool sniffed;
    bool http; /* came to the port of HTTP */
    bool own;  /* our own console */
};

/* ---------------------------------------------------------------- the list of them */

static void unlist(zp__stranger *g)
{
    zp_server *s = g->server;

    if (g->before)
        g->before->next = g->next;
    else
        s->first = g->next;
    if (g->next)
        g->next->before = g->before;
    else
        s->last = g->before;
    s->nstrangers--;
}

static void enlist(zp__stranger *g)
{
    zp_server *s = g->server;

    g->before = s->last;
    if (s->last)
        s->last->next = g;
    else
        s->first = g;
    s->last = g;
    s->nstrangers++;
}

static void forget(zp__stranger *g)
{
    unlist(g);
    zp_login_free(g->login);
    zp_free(g);
}

/* ---------------------------------------------------------------- refusals */

static void note_refusal(zp_conn *conn, const char *why)
{
    char peer[ZP_PEER_TEXT];

    ZP_LOG_RATE(ZP_LOG_INFO, "connection refused", zp_log_str("peer", zp_conn_peer(conn, peer)),
                zp_log_str("reason", why));
}

/* The last words, then the end. */
static void refuse(zp__stranger *g, const char *why)
{
    zp_buf reply = ZP_BUF_INIT;

    note_refusal(g->conn, why);
    zp_count(&g->server->count.refused, 1);
    if (!g->http)
        zp_auth_put_refusal(&reply, why);
    if (!reply.failed)
        zp_conn_send(g->conn, zp_buf_text(&reply), reply.len);
    zp_buf_fini(&reply);
    zp_conn_close_gracefully(g->conn);
    forget(g);
}

void zp__strangers_close(zp_server *s, const char *why)
{
    while (s->first)
        refuse(s->first, why);
}

/* ---------------------------------------------------------------- a login */

/* On its way from one thread to another nobody looks at the connection. */
static void hand_over(void *arg, zp_conn *conn)
{
    zp__stranger *g = arg;
    zp_server *s = g->server;
    zp_login *login = g->login;

    g->login = NULL;
    forget(g);
    if (s->stopping) {
        zp_login_free(login);
        zp_conn_close(conn);
    } else {
        zp__server_adopt(s, conn, login);
    }
}

static void log_login(const zp__stranger *g)
{
    char peer[ZP_PEER_TEXT];

    ZP_LOG(ZP_LOG_DEBUG, "login", zp_log_str("peer", zp_conn_peer(g->conn, peer)),
           zp_log_str("client", g->login->client ? g->login->client->name : ""));
}

/* A whole frame; false: the stranger is gone. */
static bool on_frame(zp__stranger *g, zp_slice payload)
{
    zp_server *s = g->server;
    zp_conn *conn = g->conn;
    char address[ZP_PEER_TEXT];
    zp_buf reply = ZP_BUF_INIT;
    zp_verdict verdict;
    zp_stranger who = { .address = zp_conn_address(conn, address),
                        .tls = zp_conn_is_tls(conn),
                        .loopback = zp_conn_is_loopback(conn) };

    who.trusted = g->own || (s->cfg.trust && who.loopback);
    verdict = zp_auth_frame(s->auth, payload.ptr, payload.len, &who, zp_wall_ms(), &g->login, &reply);
    if (reply.failed)
        verdict = ZP_VERDICT_CLOSE;
    else
        zp_conn_send(conn, zp_buf_text(&reply), reply.len);
    zp_buf_fini(&reply);
    if (verdict == ZP_VERDICT_LOGIN) {
        zp_count(&s->count.logins, 1);
        log_login(g);
        zp_conn_set_deadline(conn, 0);
        zp_conn_give(conn, hand_over, g);
    } else if (verdict == ZP_VERDICT_CLOSE) {
        note_refusal(conn, "no login");
        zp_count(&s->count.refused, 1);
        zp_conn_close_gracefully(conn);
        forget(g);
        return false;
    }
    return true;
}

/* ---------------------------------------------------------------- bytes */

static bool looks_like_http(char first)
{
    return first >= 'A' && first <= 'Z';
}

/* The first byte decides; false: the stranger is none any more, or waits for what is inside of TLS. */
static bool sniff(zp__stranger *g, char first)
{
    zp_server *s = g->server;
    zp_conn *conn = g->conn;
    zp_error err = ZP_ERROR_INIT;

    if (first == 0x16 && !zp_conn_is_tls(conn)) {
        if (!s->tls) {
            refuse(g, "this port does not speak TLS");
        } else if (!zp_conn_tls_accept(conn, s->tls, &err)) {
            refuse(g, zp_error_text(&err));
            zp_error_clear(&err);
        }
        return false;
    }
    if (s->tls_mode == ZP_TLS_REQUIRED && !zp_conn_is_tls(conn) && !zp_conn_is_unix(conn)) {
        refuse(g, "TLS is required");
        return false;
    }
    g->sniffed = true;
    if (!looks_like_http(first))
        return true;
    if (!s->http_shared) {
        refuse(g, "this port does not speak HTTP");
        return false;
    }
    forget(g);
    zp__http_take(s, conn);
    return false;
}

static size_t on_input(zp_conn *conn, const char *bytes, size_t len)
{
    zp__stranger *g = zp_conn_arg(conn);
    zp_slice payload;

    if (!g->sniffed && !sniff(g, bytes[0]))
        return 0;
    switch (zp_frame_next(bytes, len, (size_t)g->server->cfg.login_frame, &payload)) {
    case ZP_FRAME_PART:
        zp_conn_want(conn, payload.len ? ZP_FRAME_PREFIX + payload.len : ZP_FRAME_PREFIX);
        return 0;
    case ZP_FRAME_BAD: refuse(g, "not a frame, or longer than a frame before login may be"); return 0;
    case ZP_FRAME_WHOLE: break;
    }
    return on_frame(g, payload) ? ZP_FRAME_PREFIX + payload.len : 0;
}

static void on_closed(zp_conn *conn, const zp_error *why)
{
    zp__stranger *g = zp_conn_arg(conn);

    if (why)
        note_refusal(conn, zp_error_text(why));
    forget(g);
}

static void on_expired(zp_conn *conn)
{
    refuse(zp_conn_arg(conn), "no login in time");
}

static const zp_conn_ops stranger_ops = { .input = on_input, .closed = on_closed, .expired = on_expired };

/* On a port of its own: HTTP from the first byte, but the limits are the same. */
static size_t on_http_input(zp_conn *conn, const char *bytes, size_t len)
{
    zp__stranger *g = zp_conn_arg(conn);
    zp_server *s = g->server;

    (void)len;
    if (!g->sniffed && bytes[0] == 0x16 && s->tls) {
        g->sniffed = true;
        if (!zp_conn_tls_accept(conn, s->tls, NULL))
            refuse(g, "out of memory");
        return 0;
    }
    if (s->tls_mode == ZP_TLS_REQUIRED && !zp_conn_is_tls(conn)) {
        refuse(g, "TLS is required");
        return 0;
    }
    forget(g);
    zp__http_take(s, conn);
    return 0;
}

static const zp_conn_ops http_stranger_ops = { .input = on_http_input,
                                               .closed = on_closed,
                                               .expired = on_expired };

static void meet(zp_server *s, int take_fd, const zp_conn_ops *ops, bool http, bool own)
{
    zp__stranger *g = zp_new(zp__stranger, NULL);
    zp_conn *conn = zp_conn_new(s->loop, take_fd, ops, g, NULL);

    if (!g || !conn) {
        ZP_LOG_RATE(ZP_LOG_ERROR, "out of memory for a connection");
        if (conn)
            zp_conn_close(conn);
        zp_free(g);
        return;
    }
    zp_count(&s->count.accepted, 1);
    *g = (zp__stranger){ .server = s, .conn = conn, .http = http, .own = own };
    enlist(g);
    zp_conn_set_blocks(conn, ZP_BLOCK_MOST);
    zp_conn_set_deadline(conn, s->cfg.login_timeout * 1000);
    zp_conn_set_send_timeout(conn, s->cfg.send_timeout * 1000);
    if (s->nstrangers > s->cfg.max_strangers)
        refuse(s->first, "too many connections that have not logged in");
}

void zp__stranger_new(zp_server *s, int take_fd)
{
    meet(s, take_fd, &stranger_ops, false, false);
}

void zp__stranger_own(zp_server *s, int take_fd)
{
    meet(s, take_fd, &stranger_ops, false, true);
}

void zp__http_new(zp_server *s, int take_fd)
{
    meet(s, take_fd, &http_stranger_ops, true, false);
}
