/* subscribe: rows go to whoever asked for them, as soon as they are committed and as far as the credit goes.
 *
 *     position ---- sent ----> next ---- safe ----> rows of the object
 *                                        `- a ticket is on its way for what is published and not yet safe
 *
 * Nobody is told of a change: after every turn in which something was applied or evaluated, subscriptions compare the object
 * with what they have sent.  So rows come through whatever way they were added.  A series goes on after the last
 * instant sent, wherever that row is by then; so rows may be dropped at the front meanwhile. */
#include "plane/streams.h"

#include <string.h>

#include "base/mem.h"

enum {
    ROWS_BYTES = ZP_FRAME_MOST - ZP_MSG_HEAD - ZP_STREAM_ROWS_HEAD, /* of one message: a frame */
    WAITING_MOST = 1 << 20, /* unsent bytes of a peer above which its subscriptions pause */
    SUBS_MOST = 1000        /* of one peer */
};

struct zp__sub {
    zp__sub *next;
    uint64_t id;
    zp_peer *peer;
    uint32_t request;
    zp_str *path_bytes;
    zp_stream_path path;
    uint8_t cls, elem;
    int64_t columns;
    int64_t position;     /* the next row to send */
    int64_t last;         /* the last instant sent; INT64_MIN: none */
    int64_t safe;         /* rows that may be sent of an object in files */
    bool ticket;          /* on its way */
    bool draining;        /* waits for the peer to take what was sent */
    uint64_t limit, sent; /* bytes of heads */
};

static void sub_free(zp__sub *sub)
{
    zp_str_unref(sub->path_bytes);
    zp_free(sub);
}

static void unlink_sub(zp__streams *s, zp__sub *sub)
{
    zp__sub **at = &s->subs;

    while (*at != sub)
        at = &(*at)->next;
    *at = sub->next;
    sub_free(sub);
}

static void end_sub(zp__streams *s, zp__sub *sub, zp_error *why)
{
    zp__stream_refuse_open(sub->peer, sub->request, ZP_ERRKIND_RUN, why);
    unlink_sub(s, sub);
}

/* ---------------------------------------------------------------- sending */

/* Where it is now: rows may have been dropped at the front. */
static bool place(zp__sub *sub, const zp_target *t, zp_error *err)
{
    if (sub->cls != t->cls || sub->elem != t->elem || sub->columns != t->columns)
        return zp_fail(err, "the object has another shape now");
    if (sub->cls == ZP_STREAM_SERIES && sub->last != INT64_MIN) {
        if (sub->position > 0 && sub->position <= t->rows && zp_i64s(&t->idx)[sub->position - 1] == sub->last)
            return true;
        sub->position = zp__target_row_at(t, sub->last + 1);
        return true;
    }
    return sub->position <= t->rows ? true : zp_fail(err, "rows that were sent are no longer there");
}

static bool send_rows(zp__streams *s, zp__sub *sub, const zp_target *t, int64_t n)
{
    size_t bytes;
    char *to;
    zp_error err = ZP_ERROR_INIT;
    bool ok;

    if (!zp_stream_rows_bytes(sub->cls, sub->elem, sub->columns, n, &bytes))
        return false;
    zp_buf_clear(&s->scratch);
    to = zp_buf_reserve(&s->scratch, bytes + ZP_STREAM_ROWS_HEAD);
    if (!to)
        return false;
    zp_stream_put_rows_head(to, (uint64_t)sub->position, (uint32_t)n);
    zp__target_read(t, sub->position, n, to + ZP_STREAM_ROWS_HEAD);
    ok = zp_peer_send(sub->peer, ZP_MSG_ROWS, sub->request, to, bytes + ZP_STREAM_ROWS_HEAD, NULL, 0, &err);
    zp_error_clear(&err);
    if (!ok)
        return false;
    sub->sent += bytes + ZP_STREAM_ROWS_HEAD;
    sub->position += n;
    if (sub->cls == ZP_STREAM_SERIES)
        sub->last = zp_i64s(&t->idx)[sub->position - 1];
    return true;
}

static void drained(void *arg, zp_peer *peer)
{
    zp__streams *s = arg;

    for (zp__sub *sub = s->subs; sub; sub = sub->next) {
        if (sub->peer == peer)
            sub->draining = false;
    }
    zp__streams_post(s);
}

/* True: its socket is full, we are called when it is not. */
static bool congested(zp__streams *s, zp__sub *sub)
{
    zp_error err = ZP_ERROR_INIT;

    if (!sub->draining && zp_peer_waiting(sub->peer) < WAITING_MOST)
        return false;
    if (!sub->draining && !zp_peer_when_drained(sub->peer, drained, s, &err)) {
        zp_error_clear(&err);
        return false;
    }
    sub->draining = true;
    return true;
}

static int64_t rows_per_message(const zp__sub *sub)
{
    size_t row = (size_t)sub->columns * zp_tag_size(sub->elem) + (sub->cls == ZP_STREAM_SERIES ? 8 : 0);
    int64_t n = row ? (int64_t)(ROWS_BYTES / row) : 1;

    return n > 0 ? n : 1;
}

/* Rows of an object in files are sent when they are as durable as its policy promises. */
static int64_t safe_rows(zp__streams *s, zp__sub *sub, const zp_target *t)
{
    zp_error err = ZP_ERROR_INIT;
    zp__ticket *ticket;

    if (!t->store)
        return t->rows;
    if (sub->safe >= t->rows || sub->ticket)
        return sub->safe < t->rows ? sub->safe : t->rows;
    ticket = zp__ticket_new(s, &err);
    zp_error_clear(&err);
    if (!ticket)
        return sub->safe;
    sub->ticket = true;
    ticket->sub = sub->id;
    ticket->rows = t->rows;
    zp__ticket_commit(ticket, t->store);
    return sub->safe;
}

/* False: it is over. */
static bool serve(zp__streams *s, zp__sub *sub, zp_error *err)
{
    int64_t most = rows_per_message(sub), safe;
    zp_target t;

    if (sub->sent >= sub->limit || congested(s, sub))
        return true;
    if (!zp__target_find(zp_plane_engine(s->plane), &sub->path, false, &t, err) || !place(sub, &t, err))
        return false;
    safe = safe_rows(s, sub, &t);
    while (sub->position < safe && sub->sent < sub->limit && !congested(s, sub)) {
        int64_t n = safe - sub->position < most ? safe - sub->position : most;

        if (!send_rows(s, sub, &t, n))
            return zp_fail_nomem(err, (size_t)n);
    }
    return true;
}

void zp__subs_serve(zp__streams *s)
{
    zp_error err = ZP_ERROR_INIT;

    for (zp__sub *sub = s->subs, *next; sub; sub = next) {
        next = sub->next;
        if (!serve(s, sub, &err))
            end_sub(s, sub, &err);
    }
}

void zp__sub_safe(zp__streams *s, uint64_t id, int64_t rows, const char *error)
{
    zp__sub *sub = s->subs;

    while (sub && sub->id != id)
        sub = sub->next;
    if (!sub)
        return;
    sub->ticket = false;
    if (!error)
        sub->safe = rows;
    zp__streams_post(s);
}

/* ---------------------------------------------------------------- opening and ending */

static zp__sub *sub_new(zp__streams *s, zp_peer *peer, uint32_t request, const zp_stream_subscribe *wish,
                        zp_error *err)
{
    zp__sub *sub = zp_new(zp__sub, err);

    if (!sub)
        return NULL;
    sub->path_bytes = zp_str_new(wish->path.bytes.ptr, wish->path.bytes.len, err);
    if (!sub->path_bytes) {
        zp_free(sub);
        return NULL;
    }
    sub->path = (zp_stream_path){ wish->path.count, { sub->path_bytes->text, sub->path_bytes->len } };
    sub->peer = peer;
    sub->request = request;
    sub->limit = wish->limit;
    sub->id = ++s->sub_ids;
    return sub;
}

static int64_t first_row(const zp_stream_subscribe *wish, const zp_target *t, zp_error *err)
{
    if (wish->at_time && t->cls != ZP_STREAM_SERIES) {
        zp_fail(err, "only a series can be subscribed from an instant on");
        return -1;
    }
    if (wish->at_time)
        return zp__target_row_at(t, (int64_t)wish->from);
    if (wish->from == UINT64_MAX)
        return t->rows;
    if (wish->from > (uint64_t)t->rows) {
        zp_fail(err, "the object has %lld rows, there is no position %llu", (long long)t->rows,
                (unsigned long long)wish->from);
        return -1;
    }
    return (int64_t)wish->from;
}

static bool send_shape(zp__sub *sub, const zp_target *t, zp_error *err)
{
    zp_buf names = ZP_BUF_INIT, head = ZP_BUF_INIT;
    zp_stream_shape shape;
    bool ok = zp__target_shape(t, &shape, &names, err);

    if (ok) {
        shape.next = (uint64_t)sub->position;
        zp_stream_put_shape(&head, &shape);
        ok = zp_buf_ok(&head, err) &&
             zp_peer_send(sub->peer, ZP_MSG_SHAPE, sub->request, head.ptr, head.len, NULL, 0, err);
    }
    zp_buf_fini(&names);
    zp_buf_fini(&head);
    return ok;
}

static bool may_subscribe(zp__streams *s, const zp_peer *peer, uint32_t request, zp_error *err)
{
    int count = 0;

    if (!(zp_peer_rights(peer) & ZP_MAY_READ))
        return zp_fail(err, "subscribe is not allowed: this key has no right to read");
    for (zp__sub *sub = s->subs; sub; sub = sub->next) {
        if (sub->peer != peer)
            continue;
        if (sub->request == request)
            return zp_fail(err, "request number %u is in use", request);
        if (++count == SUBS_MOST)
            return zp_fail(err, "a connection has at most %d subscriptions", SUBS_MOST);
    }
    return true;
}

static bool open_sub(zp__streams *s, zp_peer *peer, uint32_t request, const zp_stream_subscribe *wish,
                     zp_error *err)
{
    zp_target t;
    zp__sub *sub;

    if (!may_subscribe(s, peer, request, err) ||
        !zp__target_find(zp_plane_engine(s->plane), &wish->path, false, &t, err))
        return false;
    sub = sub_new(s, peer, request, wish, err);
    if (!sub)
        return false;
    sub->cls = t.cls;
    sub->elem = t.elem;
    sub->columns = t.columns;
    sub->position = first_row(wish, &t, err);
    sub->last =
        t.cls == ZP_STREAM_SERIES && sub->position > 0 ? zp_i64s(&t.idx)[sub->position - 1] : INT64_MIN;
    if (sub->position < 0 || !send_shape(sub, &t, err)) {
        sub_free(sub);
        return false;
    }
    sub->next = s->subs;
    s->subs = sub;
    return true;
}

static bool on_subscribe(void *arg, zp_peer *peer, zp_msg *msg, zp_error *err)
{
    zp__streams *s = arg;
    zp_stream_subscribe wish;
    zp_error refusal = ZP_ERROR_INIT;

    if (!zp_stream_read_subscribe(msg->head, &wish, err))
        return false;
    if (open_sub(s, peer, msg->request, &wish, &refusal))
        zp__streams_post(s);
    else
        zp__stream_refuse_open(peer, msg->request, ZP_ERRKIND_RUN, &refusal);
    return true;
}

static zp__sub *find_sub(zp__streams *s, const zp_peer *peer, uint32_t request)
{
    zp__sub *sub = s->subs;

    while (sub && (sub->peer != peer || sub->request != request))
        sub = sub->next;
    return sub;
}

static bool on_credit(void *arg, zp_peer *peer, zp_msg *msg, zp_error *err)
{
    zp__streams *s = arg;
    zp__sub *sub = find_sub(s, peer, msg->request);
    uint64_t limit;

    if (!zp_stream_read_credit(msg->head, &limit, err))
        return false;
    if (sub && limit > sub->limit) {
        sub->limit = limit;
        zp__streams_post(s);
    }
    return true;
}

bool zp__sub_cancel(zp__streams *s, const zp_peer *peer, uint32_t request)
{
    zp__sub *sub = find_sub(s, peer, request);

    if (sub)
        unlink_sub(s, sub);
    return sub != NULL;
}

void zp__subs_gone(zp__streams *s, const zp_peer *peer)
{
    for (zp__sub *sub = s->subs, *next; sub; sub = next) {
        next = sub->next;
        if (sub->peer == peer)
            unlink_sub(s, sub);
    }
}

void zp__subs_init(zp__streams *s)
{
    zp_plane_on_message(s->plane, ZP_MSG_SUBSCRIBE, on_subscribe, s);
    zp_plane_on_message(s->plane, ZP_MSG_CREDIT, on_credit, s);
}

void zp__subs_free(zp__streams *s)
{
    while (s->subs)
        unlink_sub(s, s->subs);
}
