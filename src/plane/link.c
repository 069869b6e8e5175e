/* link: a connection that the language made, and what it has asked.
 *
 *     OPENING --CONNECT, replies, HELLO--> OPEN --closed--> LOST --(reconnect, at the next query)--> OPENING
 *
 * Requests are pending until their answer comes, their time is over or the link is lost; each settles the future that the
 * program holds.  A link lives as long as some value refers to it, and a moment longer if it has something to send. */
#include <stdio.h>
#include <string.h>

#include "plane/plane_priv.h"

enum { BACKLOG = 32 << 20 };

/* ---------------------------------------------------------------- pending requests */

static void unlink_pending(zp__pending *q)
{
    zp__link *l = q->link;

    if (q->prev)
        q->prev->next = q->next;
    else
        l->first = q->next;
    if (q->next)
        q->next->prev = q->prev;
    else
        l->last = q->prev;
    zp_deadline_stop(&q->deadline);
    zp_free(q);
}

static void settle(zp__pending *q, zp_value take, const char *error)
{
    zp_future *f = q->future;

    unlink_pending(q);
    zp_future_settle(f, take, error);
}

static void settle_all(zp__link *l, const char *error)
{
    while (l->first)
        settle(l->first, zp_nil(), error);
}

static void let_go(zp__link *l);

/* Answers or acknowledgements are still to come. */
static bool under_way(const zp__link *l)
{
    return l->first || zp__flows_busy(l->plane, l->id);
}

/* A link that nobody holds goes with its last answer. */
static void release(zp__link *l)
{
    if (!l->handle && l->state == ZP_LINK_OPEN && !under_way(l))
        let_go(l);
}

static void timed_out(zp_deadline *d)
{
    zp__pending *q = (zp__pending *)((char *)d - offsetof(zp__pending, deadline));
    zp__link *l = q->link;
    char text[200];

    snprintf(text, sizeof(text), q->remote ? "response time out from %s" : "response timeout from %s",
             l->name);
    settle(q, zp_nil(), text);
    release(l);
}

/* The program that waited was interrupted: over there it need not go on. */
static void abandon(void *link, zp_future *f)
{
    zp__link *l = link;

    for (zp__pending *q = l->first; q; q = q->next)
        if (q->future == f) {
            if (l->state == ZP_LINK_OPEN)
                (void)!zp__channel_send(&l->channel, ZP_MSG_CANCEL, q->number, NULL, 0, NULL, 0, NULL);
            settle(q, zp_nil(), "interrupted");
            release(l);
            return;
        }
}

static void drive(void *link, zp_ctx *ctx)
{
    zp_plane_wait(((zp__link *)link)->plane, ctx);
}

/* A future that the program awaits; the reference for it in *theirs. */
static zp_future *new_future(zp__link *l, zp_ctx *ctx, zp_future **theirs, zp_error *err)
{
    zp_future *f = zp_future_new(err);

    if (!f)
        return NULL;
    zp_future_waiting(f, zp__request_of(ctx) ? NULL : drive, abandon, l);
    *theirs = zp_future_ref(f);
    return f;
}

/* ---------------------------------------------------------------- answers */

static zp__pending *pending_of(zp__link *l, uint32_t number)
{
    zp__pending *q = l->first;

    while (q && q->number != number)
        q = q->next;
    return q;
}

static bool on_response(zp__link *l, zp_msg *msg, zp_error *err)
{
    zp__pending *q = pending_of(l, msg->request);
    bool failed = msg->head.len > 0 && msg->head.ptr[0] == ZP_RSP_ERROR;
    zp__ctx_stats *stats;
    zp_buf text = ZP_BUF_INIT;

    if (msg->head.len < ZP_RSP_HEAD || (!failed && msg->nvalues != 1))
        return zp_fail_code(err, ZP_EFORMAT, "malformed message: an answer that is none");
    l->plane->msg[ZP_MSGS_IN_RSP] += (double)msg->bytes;
    l->plane->msg[ZP_MSGS_N_RSP]++;
    if (!q && l->plane->link_handlers[ZP_MSG_RESPONSE].fn && failed) /* perhaps of a stream */
        return l->plane->link_handlers[ZP_MSG_RESPONSE].fn(l->plane->link_handlers[ZP_MSG_RESPONSE].arg,
                                                           l->id, msg, err);
    if (!q) { /* too late */
        l->plane->net[ZP_NET_NO_CONTEXT]++;
        return true;
    }
    if (zp_future_wanted(q->future)) {
        stats = q->desk ? &q->desk->stats : &l->plane->embedded_stats;
        stats->n[ZP_CTX_N_IN_RSP]++;
        stats->n[ZP_CTX_IN_RSP] += (double)msg->bytes;
    }
    if (!failed) {
        settle(q, zp_value_move(&msg->values[0]), NULL);
    } else {
        zp_buf_puts(&text, "remote: ");
        zp_buf_put(&text, msg->head.ptr + ZP_RSP_HEAD, msg->head.len - ZP_RSP_HEAD);
        settle(q, zp_nil(), zp_buf_text(&text));
        zp_buf_fini(&text);
    }
    release(l);
    return true;
}

/* The link is usable: whoever waits for connection() gets its handle, and what was asked meanwhile is on its way. */
static void is_open(zp__link *l)
{
    zp_future *f = l->opening;
    zp_error err = ZP_ERROR_INIT;
    zp_value v;

    l->state = ZP_LINK_OPEN;
    l->hello = true;
    l->plane->net[ZP_NET_OPENED_OUT]++;
    zp_count(&l->plane->count.links, 1);
    l->opening = NULL;
    if (!f)
        return;
    v = zp_handle_new(ZP_CON, &zp__link_handle, l, &err);
    l->handle = !zp_bad(v);
    zp_future_settle(f, v, zp_bad(v) ? zp_error_text(&err) : NULL);
    zp_error_clear(&err);
}

static bool on_message(void *owner, zp_msg *msg, zp_error *err)
{
    zp__link *l = owner;

    switch (msg->type) {
    case ZP_MSG_HELLO:
        if (!l->hello)
            is_open(l);
        return true;
    case ZP_MSG_RESPONSE: return on_response(l, msg, err);
    case ZP_MSG_PING:
        return msg->head.len <= 64 ? zp__channel_send(&l->channel, ZP_MSG_PONG, msg->request, msg->head.ptr,
                                                      msg->head.len, NULL, 0, err)
                                   : true;
    default: break;
    }
    if (l->plane->link_handlers[msg->type].fn)
        return l->plane->link_handlers[msg->type].fn(l->plane->link_handlers[msg->type].arg, l->id, msg, err);
    return true; /* a newer server may say more than we understand */
}

/* ---------------------------------------------------------------- losing it */

static void leave_plane(zp__link *l)
{
    if (l->prev)
        l->prev->next = l->next;
    else
        l->plane->links = l->next;
    if (l->next)
        l->next->prev = l->prev;
    l->state = ZP_LINK_LOST;
    settle_all(l, "no connection to peer");
    zp__channel_fini(&l->channel);
    if (l->conn)
        zp_conn_close(l->conn);
    l->conn = NULL;
    l->plane = NULL;
}

static void release_link(zp__link *l)
{
    leave_plane(l);
    zp__link_spec_fini(&l->spec);
    zp_free(l);
}

static void bury(void *link)
{
    zp__link *l = link;

    l->burying = false;
    if (!l->handle && !l->opening)
        release_link(l);
}

/* Freed in a task, when nobody is inside of it. */
static void bury_later(zp__link *l)
{
    if (!l->burying && zp_loop_post(l->plane->loop, bury, l))
        l->burying = true;
}

static void tell_gone(zp__link *l)
{
    for (zp__gone_link *g = l->plane->gone_links; g; g = g->next)
        g->fn(g->arg, l->id);
}

void zp__link_failed(zp__link *l, const char *why)
{
    zp_future *f = l->opening;

    l->state = ZP_LINK_LOST;
    l->opening = NULL;
    l->channel.opening = false;
    if (f)
        zp_future_settle(f, zp_nil(), why);
    settle_all(l, "send request failed: no connection to peer");
    tell_gone(l);
    if (!l->handle)
        bury_later(l);
}

static void on_gone(void *owner, const char *why)
{
    zp__link *l = owner;
    char text[ZP_PEER_TEXT + 40];

    (void)why;
    if (l->state == ZP_LINK_OPENING) {
        zp__link_failed(l, why ? why : "socket: the connection was closed during the handshake");
        return;
    }
    l->plane->net[ZP_NET_CLOSED_OUT]++;
    zp_count(&l->plane->count.links, (uint64_t)-1);
    l->state = ZP_LINK_LOST;
    snprintf(text, sizeof(text), "connection to %s lost", l->address);
    settle_all(l, text);
    if (l->draining) {
        zp_future *f = l->draining;
        l->draining = NULL;
        zp_future_settle(f, zp_nil(), NULL);
    }
    tell_gone(l);
    if (!l->handle)
        bury_later(l);
}

static void on_drained(void *owner)
{
    zp__link *l = owner;
    zp_future *f = l->draining;

    l->draining = NULL;
    if (f)
        zp_future_settle(f, zp_nil(), NULL);
}

static const zp__channel_ops ops = { on_message, on_gone, on_drained, NULL };

zp__link *zp__link_open(zp_plane *plane, zp__link_spec *take, zp_ctx *ctx, zp_future **theirs, zp_error *err)
{
    zp__link *l = zp_new(zp__link, err);

    if (!l) {
        zp__link_spec_fini(take);
        return NULL;
    }
    l->plane = plane;
    l->spec = *take;
    *take = (zp__link_spec){ 0 };
    l->id = ++plane->link_ids;
    if (l->spec.path)
        snprintf(l->address, sizeof(l->address), "unix:%s", l->spec.path);
    else
        snprintf(l->address, sizeof(l->address), strchr(l->spec.host, ':') ? "[%s]:%u" : "%s:%u",
                 l->spec.host, l->spec.port);
    snprintf(l->name, sizeof(l->name), "%s [%llu]", l->address, (unsigned long long)l->id);
    l->next = plane->links;
    if (l->next)
        l->next->prev = l;
    plane->links = l;
    if (zp__channel_init(&l->channel, plane, &ops, l, err) &&
        (l->opening = new_future(l, ctx, theirs, err))) {
        if (zp__link_dial(l, err))
            return l;
        zp_future_settle(l->opening, zp_nil(), NULL);
        zp_future_unref(*theirs);
    }
    release_link(l);
    return NULL;
}

/* ---------------------------------------------------------------- asking */

static bool can_travel(const zp_value *holes, uint32_t n, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;

    for (uint32_t i = 0; i < n; i++)
        if (!zp_wire_check(holes[i], &why)) {
            zp_error_move(err, &why);
            return false;
        }
    return true;
}

/* Lost links are opened again if that was asked for; the channel starts anew. */
static bool reopen(zp__link *l, zp_error *err)
{
    if (!l->spec.reconnect || l->plane->closing)
        return zp_fail(err, "no connection to peer");
    zp__channel_fini(&l->channel);
    return zp__channel_init(&l->channel, l->plane, &ops, l, err) && zp__link_dial(l, err);
}

static bool send_request(zp__link *l, uint32_t number, zp_slice tree, const zp_value *holes, uint32_t nholes,
                         bool forget, zp__ctx_stats *stats, zp_error *err)
{
    uint64_t before = zp__channel_waiting(&l->channel), bytes;
    zp_buf head = ZP_BUF_INIT;
    uint8_t start[ZP_REQ_HEAD] = { ZP_REQ_TREE, forget ? ZP_REQ_FORGET : 0 };
    bool ok;

    zp_buf_put(&head, start, sizeof(start));
    zp_buf_put(&head, tree.ptr, tree.len);
    ok = zp_buf_ok(&head, err) &&
         zp__channel_send(&l->channel, ZP_MSG_REQUEST, number, head.ptr, head.len, holes, nholes, err);
    zp_buf_fini(&head);
    if (!ok)
        return false;
    bytes = zp__channel_waiting(&l->channel) - before;
    if (l->channel.conn)
        zp_conn_flush(l->channel.conn);
    stats->n[ZP_CTX_N_OUT_REQ]++;
    stats->n[ZP_CTX_OUT_REQ] += (double)bytes;
    l->plane->msg[ZP_MSGS_OUT_REQ] += (double)bytes;
    return true;
}

static bool expect(zp__link *l, zp_ctx *ctx, uint32_t number, zp__desk *desk, zp_future **future,
                   zp_error *err)
{
    int64_t ttl = zp_engine_config(l->plane->engine)->in_rsp_ttl * 1000;
    zp__pending *q = zp_new(zp__pending, err);

    if (!q || !(q->future = new_future(l, ctx, future, err))) {
        zp_free(q);
        return false;
    }
    q->link = l;
    q->number = number;
    q->remote = zp_ctx_is_remote(ctx);
    q->desk = desk;
    q->prev = l->last;
    if (l->last)
        l->last->next = q;
    else
        l->first = q;
    l->last = q;
    zp_deadline_set(l->plane->loop, &q->deadline, ttl, timed_out);
    return true;
}

/* Too much is unsent: whoever sends without waiting waits. */
static bool throttle(zp__link *l, zp_ctx *ctx, zp_future **future, zp_error *err)
{
    if (zp__channel_waiting(&l->channel) < BACKLOG || l->draining)
        return true;
    l->draining = new_future(l, ctx, future, err);
    return l->draining != NULL;
}

static bool query(void *thing, zp_ctx *ctx, zp_slice tree, const zp_value *holes, uint32_t nholes,
                  bool forget, zp_future **future, zp_error *err)
{
    zp__link *l = thing;
    zp__request *r = zp__request_of(ctx);
    zp__desk *desk = r ? r->desk : NULL;
    uint32_t number = ++l->numbers;

    if (!can_travel(holes, nholes, err))
        return false;
    if (!l->plane)
        return zp_fail(err, "no connection to peer");
    if (l->state == ZP_LINK_LOST && !reopen(l, err))
        return false;
    if (!forget && !expect(l, ctx, number, desk, future, err))
        return false;
    if (!send_request(l, number, tree, holes, nholes, forget, desk ? &desk->stats : &l->plane->embedded_stats,
                      err)) {
        if (!forget)
            settle(l->last, zp_nil(), "send request failed: no connection to peer");
        return false;
    }
    return !forget || throttle(l, ctx, future, err);
}

/* ---------------------------------------------------------------- the handle */

static void display(void *thing, zp_buf *out)
{
    const zp__link *l = thing;

    zp_buf_puts(out, l->name);
}

static void let_go(zp__link *l)
{
    if (l->state == ZP_LINK_OPEN) {
        l->plane->net[ZP_NET_CLOSED_OUT]++;
        zp_count(&l->plane->count.links, (uint64_t)-1);
    }
    l->state = ZP_LINK_LOST;
    zp__channel_close(&l->channel, NULL);
    settle_all(l, "no connection to peer");
    tell_gone(l);
    bury_later(l);
}

/* The last variable that held it is gone: what was asked and what was appended is answered first. */
static void destroy(void *thing)
{
    zp__link *l = thing;

    l->handle = false;
    if (!l->plane) {
        zp__link_spec_fini(&l->spec);
        zp_free(l);
        return;
    }
    if (l->state == ZP_LINK_LOST || !under_way(l))
        let_go(l);
}

const zp_handle_ops zp__link_handle = { destroy, display, query };

/* Values may outlive the plane: their links stay as names of what was. */
void zp__links_free(zp_plane *plane)
{
    while (plane->links) {
        zp__link *l = plane->links;
        leave_plane(l);
        if (!l->handle) {
            zp__link_spec_fini(&l->spec);
            zp_free(l);
        }
    }
}

void zp__links_close(zp_plane *plane)
{
    for (zp__link *l = plane->links; l; l = l->next)
        zp__channel_close(&l->channel, NULL);
}

/* ---------------------------------------------------------------- for other files: messages of their own */

static zp__link *link_by_id(zp_plane *plane, uint64_t id)
{
    zp__link *l = plane->links;

    while (l && l->id != id)
        l = l->next;
    return l;
}

bool zp__link_revive(zp_plane *plane, uint64_t link, zp_error *err)
{
    zp__link *l = link_by_id(plane, link);

    if (!l)
        return zp_fail(err, "no connection to peer");
    return l->state != ZP_LINK_LOST || reopen(l, err);
}

bool zp__link_reconnects(zp_plane *plane, uint64_t link)
{
    const zp__link *l = link_by_id(plane, link);

    return l && l->handle && l->spec.reconnect;
}

void zp__link_let_go(zp_plane *plane, uint64_t link)
{
    zp__link *l = link_by_id(plane, link);

    if (l)
        release(l);
}

bool zp__link_held(zp_plane *plane, uint64_t link)
{
    const zp__link *l = link_by_id(plane, link);

    return l && l->handle;
}

const char *zp__link_name(zp_plane *plane, uint64_t link)
{
    const zp__link *l = link_by_id(plane, link);

    return l ? l->name : "no connection";
}

uint64_t zp_link_of(zp_value connection)
{
    return connection.type == ZP_CON ? ((zp__link *)zp_handle_thing(connection))->id : 0;
}

uint32_t zp_link_number(zp_plane *plane, uint64_t link)
{
    zp__link *l = link_by_id(plane, link);

    return l ? ++l->numbers : 0;
}

bool zp_link_send(zp_plane *plane, uint64_t link, uint8_t type, uint32_t request, const void *head,
                  size_t head_len, const zp_value *values, uint32_t nvalues, zp_error *err)
{
    zp__link *l = link_by_id(plane, link);

    if (!l || l->state == ZP_LINK_LOST)
        return zp_fail(err, "no connection to peer");
    if (!zp__channel_send(&l->channel, type, request, head, head_len, values, nvalues, err))
        return false;
    if (l->channel.conn)
        zp_conn_flush(l->channel.conn);
    return true;
}
