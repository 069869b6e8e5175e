/* peer: somebody who asks us.
 *
 *     REQUEST --> request on the desk of this peer --> RESPONSE
 *     APPEND, SUBSCRIBE, ... --> whoever registered for that type
 *
 * A peer that sends faster than its requests are evaluated is not read any more until the queue is shorter.  When it closes, its
 * working environment goes, and what it had running is abandoned; only requests that want no answer, and had arrived, have a
 * moment to finish.  A peer is freed in a task of its own, never below a call of its own. */
#include <string.h>

#include "auth/auth.h"
#include "base/log.h"
#include "plane/plane_priv.h"

enum { QUEUE_BYTES = 64 << 20, LINGER_MS = 1000, PING_MOST = 64 };

typedef struct zp__drain {
    struct zp__drain *next;
    void (*fn)(void *arg, zp_peer *peer);
    void *arg;
} zp__drain;

/* ---------------------------------------------------------------- answers */

static void count_answer(zp_peer *p, uint64_t before)
{
    uint64_t now = zp__channel_waiting(&p->channel), bytes = now > before ? now - before : 0;

    p->desk.stats.n[ZP_CTX_N_OUT_RSP]++;
    p->desk.stats.n[ZP_CTX_OUT_RSP] += (double)bytes;
    p->plane->msg[ZP_MSGS_OUT_RSP] += (double)bytes;
}

/* A place as it travels: line, column, and those of its end. */
static zp_value place_value(const zp_place *place)
{
    const double at[] = { place->line, place->col, place->end_line, place->end_col };
    zp_value v = zp_vec(ZP_DBL, ZP_COUNTOF(at), NULL);

    if (zp_bad(v))
        return zp_nil();
    memcpy(v.u.arr->data, at, sizeof(at));
    return v;
}

void zp__peer_answer_error(zp_peer *p, uint32_t number, int kind, const char *text, const zp_place *place)
{
    zp_buf head = ZP_BUF_INIT;
    uint8_t start[ZP_RSP_HEAD] = { ZP_RSP_ERROR };
    zp_value where = place ? place_value(place) : zp_nil();

    zp_le16(start + 2, (uint16_t)kind);
    zp_buf_put(&head, start, sizeof(start));
    zp_buf_puts(&head, text);
    if (!zp__channel_send(&p->channel, ZP_MSG_RESPONSE, number, head.ptr, head.len, &where,
                          where.type == ZP_DBL, NULL))
        p->plane->net[ZP_NET_SEND_FAILED]++;
    zp_value_unref(where);
    zp_buf_fini(&head);
}

/* The display of the value instead of the value; "" when it is invisible. */
static zp_value display(zp_plane *plane, const zp__outcome *o, zp_error *err)
{
    zp_print_opts opts = zp_print_options(zp_engine_config(plane->engine));
    zp_buf text = ZP_BUF_INIT;
    zp_value v = zp_nil();

    if (!o->visible || zp_print(&text, o->value, &opts, err))
        v = zp_chr(zp_buf_text(&text), err);
    zp_buf_fini(&text);
    return v;
}

static void answer(zp_peer *p, const zp__request *r, const zp__outcome *o)
{
    uint8_t head[ZP_RSP_HEAD] = { ZP_RSP_OK, o->visible };
    zp_error err = ZP_ERROR_INIT;
    zp_value v = r->options & ZP_REQ_DISPLAY ? display(p->plane, o, &err)
                 : o->visible                ? zp_value_ref(o->value)
                                             : zp_lgl(true);

    if (err.code != ZP_ENONE ||
        !zp__channel_send(&p->channel, ZP_MSG_RESPONSE, r->number, head, sizeof(head), &v, 1, &err))
        zp__peer_answer_error(p, r->number, ZP_ERRKIND_RUN, zp_error_text(&err), NULL);
    zp_value_unref(v);
    zp_error_clear(&err);
}

static void request_done(zp__request *r, const zp__outcome *o)
{
    zp_peer *p = r->arg;
    uint64_t before = zp__channel_waiting(&p->channel);

    if (p->paused && p->desk.queue.n < 500 && p->desk.queued_bytes < QUEUE_BYTES / 2) {
        p->paused = false;
        zp_peer_resume(p);
    }
    if (!o->ok)
        ZP_LOG(ZP_LOG_DEBUG, "request failed", zp_log_str("peer", p->channel.name),
               zp_log_str("error", o->error), zp_log_int("answered", !(r->options & ZP_REQ_FORGET)));
    if (!p->channel.conn || (r->options & ZP_REQ_FORGET))
        return;
    if (o->ok)
        answer(p, r, o);
    else
        zp__peer_answer_error(p, r->number, o->kind, o->error, o->place);
    count_answer(p, before);
}

static void request_output(zp__request *r, int channel, const char *bytes, size_t len)
{
    zp_peer *p = r->arg;
    zp_buf head = ZP_BUF_INIT;

    zp_buf_putc(&head, (char)channel);
    zp_buf_put(&head, bytes, len);
    if (zp_buf_ok(&head, NULL) && p->channel.conn)
        (void)!zp__channel_send(&p->channel, ZP_MSG_OUTPUT, r->number, head.ptr, head.len, NULL, 0, NULL);
    zp_buf_fini(&head);
}

/* ---------------------------------------------------------------- requests */

static void back_pressure(zp_peer *p)
{
    int64_t most = zp_engine_config(p->plane->engine)->data_q_size;

    if ((double)p->desk.queue.n > p->plane->net[ZP_NET_MOST_QUEUED])
        p->plane->net[ZP_NET_MOST_QUEUED] = (double)p->desk.queue.n;
    if (!p->paused &&
        (p->desk.queue.n >= (most < 1000 ? most : 1000) || p->desk.queued_bytes > QUEUE_BYTES)) {
        p->paused = true;
        zp_peer_pause(p);
    }
}

static bool take_request(zp__request *r, zp_msg *msg, zp_error *err)
{
    uint32_t limit = zp_get_le32((const uint8_t *)msg->head.ptr + 4);

    r->kind = (uint8_t)msg->head.ptr[0];
    r->options = (uint8_t)msg->head.ptr[1];
    r->number = msg->request;
    r->bytes = msg->bytes;
    if (limit && (r->limit_ms <= 0 || limit < r->limit_ms))
        r->limit_ms = limit;
    zp_buf_put(&r->body, msg->head.ptr + ZP_REQ_HEAD, msg->head.len - ZP_REQ_HEAD);
    if (msg->nvalues) {
        r->holes = zp_alloc(msg->nvalues * sizeof(zp_value), err);
        for (; r->holes && r->nholes < msg->nvalues; r->nholes++)
            r->holes[r->nholes] = zp_value_move(&msg->values[r->nholes]);
    }
    return zp_buf_ok(&r->body, err) && (r->holes || !msg->nvalues);
}

/* False: it is refused, and answered. */
static bool bind(zp_peer *p, zp__request *r, const zp_msg *msg)
{
    zp_error err = ZP_ERROR_INIT;
    const uint8_t *body = (const uint8_t *)msg->head.ptr + ZP_REQ_HEAD;
    bool ok = r->kind != ZP_REQ_PREPARED || zp__prepared_bind(p, r, zp_get_le32(body), &err);

    if (!ok && !(r->options & ZP_REQ_FORGET))
        zp__peer_answer_error(p, r->number, ZP_ERRKIND_RUN, zp_error_text(&err), NULL);
    zp_error_clear(&err);
    return ok;
}

/* It will not be started. */
static void discard(zp_peer *p, zp__request *r)
{
    r->done = NULL;
    zp__desk_add(&p->desk, r);
    zp__request_stop(r, ZP_ERRKIND_RUN, "");
}

static bool on_request(zp_peer *p, zp_msg *msg, zp_error *err)
{
    zp__request *r;

    if (msg->head.len < ZP_REQ_HEAD || (uint8_t)msg->head.ptr[0] > ZP_REQ_PREPARED ||
        zp__desk_find(&p->desk, msg->request))
        return zp_fail_code(err, ZP_EFORMAT, "malformed message: a request that is none");
    if ((uint8_t)msg->head.ptr[0] == ZP_REQ_PREPARED && msg->head.len != ZP_REQ_HEAD + 4)
        return zp_fail_code(err, ZP_EFORMAT, "malformed message: a request of no prepared expression");
    p->desk.stats.n[ZP_CTX_N_IN_REQ]++;
    p->desk.stats.n[ZP_CTX_IN_REQ] += (double)msg->bytes;
    p->plane->msg[ZP_MSGS_IN_REQ] += (double)msg->bytes;
    p->plane->msg[ZP_MSGS_N_REQ]++;
    if (!(p->desk.rights & ZP_MAY_EVALUATE)) {
        zp__peer_answer_error(p, msg->request, ZP_ERRKIND_RIGHTS,
                              "not allowed: this key has no right to evaluate", NULL);
        return true;
    }
    r = zp__request_new(&p->desk, err);
    if (!r)
        return false;
    r->arg = p;
    r->done = request_done;
    if (!take_request(r, msg, err)) {
        discard(p, r);
        return false;
    }
    if (!bind(p, r, msg)) {
        discard(p, r);
        return true;
    }
    if (r->options & ZP_REQ_OUTPUT)
        r->on_output = request_output;
    zp__desk_add(&p->desk, r);
    back_pressure(p);
    return true;
}

static void on_cancel(zp_peer *p, const zp_msg *msg)
{
    zp__request *r = zp__desk_find(&p->desk, msg->request);

    if (r)
        zp__request_stop(r, ZP_ERRKIND_CANCELLED, "interrupted");
    else
        zp__prepared_drop(p, msg->request);
}

/* The key of a peer may have been changed since it came. */
static bool still_welcome(zp_peer *p, zp_error *err)
{
    const zp_snapshot *snap;
    bool ok;

    if (!p->login || !p->login->auth || zp_auth_generation(p->login->auth) == p->login->generation)
        return true;
    snap = zp_auth_snapshot(p->login->auth);
    ok = zp_login_check(p->login, snap);
    zp_snapshot_unref(snap);
    p->desk.rights = p->login->rights;
    return ok ? true : zp_fail(err, "the key of this connection has been withdrawn");
}

static bool on_message(void *owner, zp_msg *msg, zp_error *err)
{
    zp_peer *p = owner;
    zp_plane *plane = p->plane;

    if (!still_welcome(p, err))
        return false;
    switch (msg->type) {
    case ZP_MSG_REQUEST: return on_request(p, msg, err);
    case ZP_MSG_PREPARE: return zp__peer_prepare(p, msg, err);
    case ZP_MSG_PING:
        if (msg->head.len > PING_MOST)
            break;
        return zp__channel_send(&p->channel, ZP_MSG_PONG, msg->request, msg->head.ptr, msg->head.len, NULL, 0,
                                err);
    case ZP_MSG_PONG:
    case ZP_MSG_NOTICE: return true;
    case ZP_MSG_CANCEL:
        on_cancel(p, msg); /* and whoever else knows that number */
        break;
    default: break;
    }
    if (plane->handlers[msg->type].fn)
        return plane->handlers[msg->type].fn(plane->handlers[msg->type].arg, p, msg, err);
    return msg->type == ZP_MSG_CANCEL
               ? true
               : zp_fail_code(err, ZP_EFORMAT, "malformed message: not one that a client sends");
}

/* ---------------------------------------------------------------- life */

static void call_drains(zp_peer *p)
{
    zp__drain *d = p->drains;

    p->drains = NULL;
    while (d) {
        zp__drain *next = d->next;
        d->fn(d->arg, p);
        zp_free(d);
        d = next;
    }
}

static void on_drained(void *owner)
{
    call_drains(owner);
}

void zp__peer_free(zp_peer *p)
{
    zp_plane *plane = p->plane;

    zp_deadline_stop(&p->linger);
    for (zp__gone *g = plane->gone; g; g = g->next)
        g->fn(g->arg, p);
    call_drains(p);
    zp__prepared_free(p);
    zp__desk_fini(&p->desk);
    zp__channel_fini(&p->channel);
    if (p->prev)
        p->prev->next = p->next;
    else
        plane->peers = p->next;
    if (p->next)
        p->next->prev = p->prev;
    plane->npeers--;
    plane->net[ZP_NET_CLOSED_IN]++;
    zp_count(&plane->count.peers, (uint64_t)-1);
    ZP_LOG(ZP_LOG_INFO, "DOWN", zp_log_str("peer", p->channel.name));
    zp__login_drop(p->login);
    zp_free(p);
}

static void free_peer(void *peer);

static void free_again(zp_deadline *d)
{
    free_peer((char *)d - offsetof(zp_peer, linger));
}

/* Not while its evaluation is in a loop on another thread. */
static void free_peer(void *peer)
{
    zp_peer *p = peer;

    if (p->desk.away)
        zp_deadline_set(p->plane->loop, &p->linger, 100, free_again);
    else
        zp__peer_free(p);
}

static void go(zp_peer *p)
{
    if (p->gone)
        return;
    p->gone = true;
    if (!zp_loop_post(p->plane->loop, free_peer, p))
        p->gone = false; /* no memory for so little: it stays until the plane goes */
}

static void on_gone(void *owner, const char *why)
{
    const zp_peer *p = owner;

    if (why)
        ZP_LOG(ZP_LOG_DEBUG, "lost", zp_log_str("peer", p->channel.name), zp_log_str("reason", why));
    go(owner);
}

static void close_peer(zp_peer *p)
{
    zp__channel_close(&p->channel, NULL);
    go(p);
}

static void lingered(zp_deadline *d)
{
    close_peer((zp_peer *)((char *)d - offsetof(zp_peer, linger)));
}

static void on_idle(zp__desk *d)
{
    zp_peer *p = (zp_peer *)((char *)d - offsetof(zp_peer, desk));

    if (p->ended)
        close_peer(p);
}

/* It sends no more: what wants an answer is over, what wants none has a moment. */
static bool on_ended(void *owner)
{
    zp_peer *p = owner;

    p->ended = true;
    for (zp__list *list = &p->desk.live;; list = &p->desk.queue) {
        for (zp__request *r = list->first, *next; r; r = next) {
            next = r->next;
            if (!(r->options & ZP_REQ_FORGET)) {
                r->done = NULL;
                zp__request_stop(r, ZP_ERRKIND_CANCELLED, "");
            }
        }
        if (list == &p->desk.queue)
            break;
    }
    if (zp__desk_idle(&p->desk)) {
        go(p);
        return true;
    }
    zp_deadline_set(p->plane->loop, &p->linger, LINGER_MS, lingered);
    return true;
}

static const zp__channel_ops ops = { on_message, on_gone, on_drained, on_ended };

static bool greet(zp_peer *p, zp_error *err)
{
    uint8_t head[ZP_HELLO_HEAD + sizeof(ZP_VERSION)];

    zp_le16(head, 1);
    zp_le16(head + 2, (uint16_t)p->desk.rights);
    zp_le32(head + 4, ZP_FRAME_LIMIT);
    memcpy(head + ZP_HELLO_HEAD, ZP_VERSION, sizeof(ZP_VERSION));
    return zp__channel_send(&p->channel, ZP_MSG_HELLO, 0, head, sizeof(head) - 1, NULL, 0, err);
}

void zp__peer_adopt(zp_plane *plane, zp_conn *take, zp_login *login)
{
    zp_peer *p = zp_new(zp_peer, NULL);

    if (!p || !zp__streams_of(plane, NULL) || !zp__channel_init(&p->channel, plane, &ops, p, NULL)) {
        zp_free(p);
        zp_conn_close(take);
        zp__login_drop(login);
        return;
    }
    p->plane = plane;
    p->login = login;
    p->id = ++plane->ids;
    zp__desk_init(&p->desk, plane, true, login ? login->rights : ZP_MAY_ALL);
    p->desk.idle = on_idle;
    p->desk.source = p->desk.peer_id = p->id;
    p->next = plane->peers;
    if (p->next)
        p->next->prev = p;
    plane->peers = p;
    plane->npeers++;
    plane->net[ZP_NET_OPENED_IN]++;
    zp_count(&plane->count.peers, 1);
    if (!zp__channel_attach(&p->channel, take, NULL) || !greet(p, NULL)) {
        go(p);
        return;
    }
    ZP_LOG(ZP_LOG_INFO, "UP", zp_log_str("peer", p->channel.name),
           zp_log_str("client", login ? login->client->name : "trusted"));
}

void zp__peers_close(zp_plane *plane)
{
    for (zp_peer *p = plane->peers; p; p = p->next) {
        zp__channel_close(&p->channel, "the server stops");
        go(p);
    }
}

void zp__peers_free(zp_plane *plane)
{
    while (plane->peers)
        zp__peer_free(plane->peers);
}

void zp__login_drop(zp_login *login)
{
    if (login)
        zp_login_free(login);
}

/* ---------------------------------------------------------------- for the other files of the server */

zp_plane *zp_peer_plane(const zp_peer *peer)
{
    return peer->plane;
}

unsigned zp_peer_rights(const zp_peer *peer)
{
    return peer->desk.rights;
}

uint64_t zp_peer_id(const zp_peer *peer)
{
    return peer->id;
}

const char *zp_peer_name(const zp_peer *peer)
{
    return peer->channel.name;
}

bool zp_peer_send(zp_peer *peer, uint8_t type, uint32_t request, const void *head, size_t head_len,
                  const zp_value *values, uint32_t nvalues, zp_error *err)
{
    return zp__channel_send(&peer->channel, type, request, head, head_len, values, nvalues, err);
}

uint64_t zp_peer_waiting(const zp_peer *peer)
{
    return zp__channel_waiting(&peer->channel);
}

void zp_peer_pause(zp_peer *peer)
{
    if (peer->channel.conn)
        zp_conn_pause(peer->channel.conn);
}

void zp_peer_resume(zp_peer *peer)
{
    if (peer->channel.conn)
        zp_conn_resume(peer->channel.conn);
}

bool zp_peer_when_drained(zp_peer *peer, void (*fn)(void *arg, zp_peer *peer), void *arg, zp_error *err)
{
    zp__drain *d = zp_new(zp__drain, err);

    if (!d)
        return false;
    *d = (zp__drain){ peer->drains, fn, arg };
    peer->drains = d;
    return true;
}
