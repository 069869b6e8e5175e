/* session: one driver's connection after its CONNECT.
 *
 *     idle ──QUERY──▶ running ──done──▶ idle        requests that come meanwhile wait in order
 *      │                 │CANCEL
 *      │CANCEL (P)       └──▶ the backend stops, QUERY_COMPLETE, idle
 *      └──▶ parked: costs nothing, is never closed by us
 *
 * Frames are handled where they stand in the connection's buffer; only what has to wait is copied. */
#include "gateway/session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

static size_t on_input(zp_conn *conn, const char *bytes, size_t len);
static void on_closed(zp_conn *conn, const zp_error *why);
static void on_drained(zp_conn *conn);
static void on_expired(zp_conn *conn);

static const zp_conn_ops session_ops = {
    .input = on_input, .closed = on_closed, .drained = on_drained, .expired = on_expired
};

/* ---------------------------------------------------------------- life */

void zp__q_session_new(zp__q_shard *shard, zp_conn *take_conn, zp_login *take_login)
{
    zp__q_session *s = zp_new(zp__q_session, NULL);

    if (!s) {
        zp_conn_close(take_conn);
        zp_login_free(take_login);
        return;
    }
    s->shard = shard;
    s->conn = take_conn;
    s->login = take_login;
    s->queue_end = &s->queue;
    s->next = shard->first;
    if (s->next)
        s->next->prev = s;
    shard->first = s;
    zp_count(&shard->sessions, 1);
    if (!zp_conn_attach(take_conn, shard->loop, &session_ops, s, NULL)) {
        s->conn = NULL;
        zp__q_session_drop(s);
        return;
    }
    zp_conn_set_blocks(take_conn, ZP_BLOCK_MOST);
    zp_conn_set_deadline(take_conn, 0);
}

static void free_session(zp__q_session *s)
{
    zp__q_shard *shard = s->shard;

    if (s->run)
        zp_run_abandon(s->run);
    zp_statement_unref(s->statement);
    *(s->prev ? &s->prev->next : &shard->first) = s->next;
    if (s->next)
        s->next->prev = s->prev;
    for (zp__q_pending *p = s->queue, *next; p; p = next) {
        next = p->next;
        zp_free(p);
    }
    zp_count(&shard->sessions, (uint64_t)-1);
    if (s->parked)
        zp_count(&shard->parked, (uint64_t)-1);
    zp_login_free(s->login);
    zp_free(s);
}

void zp__q_session_drop(zp__q_session *s)
{
    if (s->conn)
        zp_conn_close(s->conn);
    free_session(s);
}

void zp__q_session_close(zp__q_session *s)
{
    zp_conn_close_gracefully(s->conn);
    s->conn = NULL;
    free_session(s);
}

static void on_closed(zp_conn *conn, const zp_error *why)
{
    zp__q_session *s = zp_conn_arg(conn);

    s->conn = NULL;
    free_session(s);
}

void zp__q_session_send(zp__q_session *s)
{
    zp_buf *reply = &s->shard->reply;

    if (!reply->failed && reply->len)
        zp_conn_send(s->conn, reply->ptr, reply->len);
    if (reply->cap > 65536 || reply->failed) {
        zp_buf_fini(reply);
        *reply = ZP_BUF_INIT;
    }
    zp_buf_clear(reply);
}

/* The Python driver will not use this connection again, and reads it to its end: keep it, free of cost. */
void zp__q_session_park(zp__q_session *s)
{
    int on = 1, idle = 60;

    if (s->parked || (s->login->cls != ZP_CLASS_P && s->login->cls != ZP_CLASS_P0))
        return;
    s->parked = true;
    zp_count(&s->shard->parked, 1);
    zp_login_park(s->login);
    if (!zp_conn_is_unix(s->conn)) {
        (void)setsockopt(zp_conn_fd(s->conn), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
        (void)setsockopt(zp_conn_fd(s->conn), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    }
}

/* ---------------------------------------------------------------- deadlines */

/* May the server close it when it is idle?  Drivers differ in what they make of that. */
static bool may_close(const zp__q_session *s)
{
    if (!s->used || s->run || s->queue)
        return false;
    if (s->login->cls == ZP_CLASS_N)
        return !s->shard->gateway->cfg.keep_used_node_sessions;
    return s->login->cls == ZP_CLASS_V && !s->plain;
}

static void set_deadline(zp__q_session *s)
{
    const zp_gateway_config *cfg = &s->shard->gateway->cfg;

    if (s->partial)
        zp_conn_set_deadline(s->conn, cfg->frame_timeout_ms);
    else
        zp_conn_set_deadline(s->conn, may_close(s) ? cfg->used_idle_ms : 0);
}

static void on_expired(zp_conn *conn)
{
    zp__q_session *s = zp_conn_arg(conn);

    if (s->partial && s->run) { /* the answer first */
        set_deadline(s);
        return;
    }
    if (s->partial) {
        zp__q_refuse_text(s, ZP_ZQL_PARSE_ERROR, "the rest of a frame did not come in time");
        zp__q_session_send(s);
    } else if (!may_close(s)) {
        return;
    }
    zp__q_session_close(s);
}

static void on_drained(zp_conn *conn)
{
    zp__q_session *s = zp_conn_arg(conn);

    if (s->run)
        zp_run_resume(s->run);
}

/* ---------------------------------------------------------------- frames in */

static bool enqueue(zp__q_session *s, const char *payload, size_t len)
{
    zp__q_pending *p = zp_alloc(sizeof(*p) + len, NULL);

    if (!p) {
        zp__q_session_drop(s);
        return false;
    }
    p->next = NULL;
    p->len = len;
    memcpy(p->bytes, payload, len);
    *s->queue_end = p;
    s->queue_end = &p->next;
    s->queued++;
    return true;
}

/* One frame; false: the session is gone. */
static bool take(zp__q_session *s, zp_slice payload)
{
    if (!s->run && !s->queue)
        return zp__q_request(s, payload.ptr, payload.len);
    if (zp__q_is_cancel(s, payload.ptr, payload.len)) {
        zp__q_cancel(s);
        return true;
    }
    return enqueue(s, payload.ptr, payload.len);
}

/* The stream cannot be followed any more. */
static void bad_frame(zp__q_session *s, size_t length)
{
    zp__q_refuse_text(s, ZP_ZQL_PARSE_ERROR,
                      length ? "a frame that is longer than this server takes" : "a frame of no length");
    zp__q_session_send(s);
    zp__q_session_close(s);
}

static size_t on_input(zp_conn *conn, const char *bytes, size_t len)
{
    zp__q_session *s = zp_conn_arg(conn);
    size_t used = 0, limit = (size_t)s->shard->gateway->cfg.max_payload;
    zp_slice payload = { 0 };
    zp_frame_state state = ZP_FRAME_PART;
    bool was_partial = s->partial;

    while (used < len && s->queued < ZP__QUEUE_MAX) {
        state = zp_frame_next(bytes + used, len - used, limit, &payload);
        if (state == ZP_FRAME_BAD) {
            bad_frame(s, len - used >= ZP_FRAME_PREFIX && memcmp(bytes + used, "\0\0\0\0", 4) != 0);
            return used;
        }
        if (state == ZP_FRAME_PART)
            break;
        used += ZP_FRAME_PREFIX + payload.len;
        if (!take(s, payload))
            return used;
    }
    if (s->queued >= ZP__QUEUE_MAX && !s->paused) {
        s->paused = true;
        zp_conn_pause(conn);
    }
    s->partial = used < len && !s->paused;
    if (s->partial && payload.len)
        zp_conn_want(conn, ZP_FRAME_PREFIX + payload.len);
    if (s->partial != was_partial || !s->run)
        set_deadline(s);
    return used;
}

/* ---------------------------------------------------------------- the run is over */

/* What waited; stops at the next query that runs. */
static bool next_of_queue(zp__q_session *s)
{
    while (s->queue && !s->run) {
        zp__q_pending *p = s->queue;
        bool alive;

        s->queue = p->next;
        if (!s->queue)
            s->queue_end = &s->queue;
        s->queued--;
        alive = zp__q_request(s, p->bytes, p->len);
        zp_free(p);
        if (!alive)
            return false;
    }
    if (s->paused && s->queued < ZP__QUEUE_MAX / 2) {
        s->paused = false;
        zp_conn_resume(s->conn);
    }
    return true;
}

static bool on_frames(void *arg, const uint8_t *bytes, size_t len)
{
    zp__q_session *s = arg;

    zp_conn_send(s->conn, bytes, len);
    return zp_conn_unsent(s->conn) < ZP__UNSENT_MAX;
}

static void on_done(void *arg, const zp_run_result *result)
{
    zp__q_session *s = arg;

    s->run = NULL;
    if (s->cancelled || result->error == ZP_RUN_CANCELLED) {
        if (result->error != ZP_RUN_NONE) {
            zp_count(&s->shard->cancelled, 1);
            zp_zql_put_reply(&s->shard->reply, s->login->cls, ZP_ZQL_QUERY_COMPLETE, "{}");
        }
    } else if (result->error != ZP_RUN_NONE) {
        zp__q_refuse_run(s, result);
    }
    zp_statement_unref(s->statement);
    s->statement = NULL;
    zp__q_session_send(s);
    if (s->cancelled && !s->queue)
        zp__q_session_park(s);
    s->cancelled = false;
    if (next_of_queue(s) && !s->run)
        set_deadline(s);
}

const zp_sink zp__q_sink = { on_frames, on_done };
