/* append: streams of batches, and appends without answer.
 *
 *     number of a batch   <= pending: known already, only an answer is wanted
 *                         stopped and not `go on`: dropped, the sender does not know yet
 *                         else: checked and gathered, or refused (the stream stops)
 *
 * Acknowledgements are cumulative: one per stream and turn. */
#include "plane/streams.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

enum { LAST_TURNS = 1000 };

/* ---------------------------------------------------------------- answers */

bool zp__stream_send(zp_peer *peer, uint8_t type, uint32_t request, const zp_buf *head)
{
    zp_error err = ZP_ERROR_INIT;
    bool ok = !head->failed && zp_peer_send(peer, type, request, head->ptr, head->len, NULL, 0, &err);

    zp_error_clear(&err);
    return ok;
}

void zp__stream_refuse_open(zp_peer *peer, uint32_t request, int kind, zp_error *err)
{
    uint8_t fixed[ZP_RSP_HEAD] = { ZP_RSP_ERROR, 1 };
    zp_buf head = ZP_BUF_INIT;

    zp_le16(fixed + 2, (uint16_t)kind);
    zp_buf_put(&head, fixed, sizeof(fixed));
    zp_buf_puts(&head, zp_error_text(err));
    zp__stream_send(peer, ZP_MSG_RESPONSE, request, &head);
    zp_buf_fini(&head);
    zp_error_clear(err);
}

static void send_ack(zp__stream *st, const zp_stream_ack *ack)
{
    zp_buf head = ZP_BUF_INIT;

    if (!st->peer)
        return;
    zp_stream_put_ack(&head, ack);
    zp__stream_send(st->peer, ZP_MSG_ACK, st->request, &head);
    zp_buf_fini(&head);
}

/* Everything up to `sequence` is answered: a sender that was held up may go on. */
static void answered(zp__stream *st, uint64_t sequence)
{
    if (sequence > st->answered)
        st->answered = sequence;
    if (st->answered >= st->pending)
        st->unanswered = 0;
    if (st->paused && st->peer && st->unanswered == 0) {
        st->paused = false;
        zp_peer_resume(st->peer);
    }
}

void zp__stream_ack(zp__stream *st, uint64_t sequence, int64_t rows)
{
    zp_stream_ack ack = { .sequence = sequence, .window = ZP_STREAM_WINDOW, .rows = rows };

    st->again = false;
    answered(st, sequence);
    send_ack(st, &ack);
}

void zp__stream_stop(zp__stream *st, uint64_t sequence)
{
    st->stopped = true;
    st->pending = st->applied = sequence; /* that number is used up; what follows comes again */
}

void zp__stream_tell_refusal(zp__stream *st, uint64_t sequence, int64_t rows, const char *why)
{
    zp_stream_ack ack = { .sequence = sequence,
                          .window = ZP_STREAM_WINDOW,
                          .rows = rows,
                          .refused = true,
                          .text = { why ? why : "", why ? strlen(why) : 0 } };

    answered(st, sequence);
    send_ack(st, &ack);
}

void zp__append_failed(zp__streams *s, const char *why, double once)
{
    char line[300];

    s->plane->msg[once > 0 ? ZP_MSGS_VECTOR_FAILED : ZP_MSGS_APPEND_FAILED] += once > 0 ? once : 1;
    if (!zp_log_on(ZP_LOG_DEBUG))
        return;
    snprintf(line, sizeof(line), "invalid append: %s", why);
    zp_log_put(ZP_LOG_DEBUG, line, NULL, 0);
}

/* ---------------------------------------------------------------- the table of streams */

static zp__stream **bucket(zp__streams *s, uint64_t peer_id, uint32_t request)
{
    return &s->buckets[(peer_id * 31 + request) % ZP_STREAM_BUCKETS];
}

static zp__stream *find(zp__streams *s, const zp_peer *peer, uint32_t request)
{
    uint64_t id = zp_peer_id(peer);
    zp__stream *st = s->last_used;

    if (st && st->peer_id == id && st->request == request)
        return st;
    st = *bucket(s, id, request);
    while (st && (st->peer_id != id || st->request != request))
        st = st->next_hash;
    if (st)
        s->last_used = st;
    return st;
}

void zp__stream_unref(zp__stream *st)
{
    if (--st->refs)
        return;
    if (--st->feed->refs == 0 && st->feed->orphan)
        zp__feed_free(st->feed);
    zp_free(st);
}

/* Takes it out of the table; what it has gathered stays valid, nobody is told. */
static void forget(zp__streams *s, zp__stream *st)
{
    zp__stream **at = bucket(s, st->peer_id, st->request);

    if (st->dirty)
        zp__feed_apply(s, st->feed);
    while (*at != st)
        at = &(*at)->next_hash;
    *at = st->next_hash;
    if (s->last_used == st)
        s->last_used = NULL;
    if (st->paused && st->peer)
        zp_peer_resume(st->peer);
    st->peer = NULL;
    zp__stream_unref(st);
}

static bool on_cancel(void *arg, zp_peer *peer, zp_msg *msg, zp_error *err)
{
    zp__streams *s = arg;
    zp__stream *st = find(s, peer, msg->request);

    (void)err;
    if (st)
        forget(s, st);
    else
        zp__sub_cancel(s, peer, msg->request);
    return true;
}

static void peer_gone(void *arg, zp_peer *peer)
{
    zp__streams *s = arg;

    for (size_t i = 0; i < ZP_STREAM_BUCKETS; i++) {
        for (zp__stream *st = s->buckets[i], *next; st; st = next) {
            next = st->next_hash;
            if (st->peer == peer)
                forget(s, st);
        }
    }
    zp__subs_gone(s, peer);
    zp__feeds_idle(s);
}

/* ---------------------------------------------------------------- opening */

static void send_shape(zp__streams *s, zp__stream *st, const zp_target *t)
{
    zp_error err = ZP_ERROR_INIT;
    zp_stream_shape shape;
    zp_buf names = ZP_BUF_INIT, head = ZP_BUF_INIT;

    if (!zp__target_shape(t, &shape, &names, &err)) {
        zp__stream_refuse_open(st->peer, st->request, ZP_ERRKIND_RUN, &err);
    } else {
        shape.next = st->applied;
        shape.window = ZP_STREAM_WINDOW;
        zp_stream_put_shape(&head, &shape);
        zp__stream_send(st->peer, ZP_MSG_SHAPE, st->request, &head);
    }
    zp_buf_fini(&names);
    zp_buf_fini(&head);
}

/* What the producer had sent before is as safe as the object promises: now it may be told. */
void zp__stream_opened(zp__streams *s, zp__stream *st)
{
    zp_error err = ZP_ERROR_INIT;
    zp_target t;

    if (!st->peer)
        return;
    if (zp__target_find(zp_plane_engine(s->plane), &st->feed->path, false, &t, &err))
        send_shape(s, st, &t);
    else
        zp__stream_refuse_open(st->peer, st->request, ZP_ERRKIND_RUN, &err);
}

static bool wanted_kind(const zp_stream_open *open, const zp_target *t, zp_error *err)
{
    if ((open->cls && open->cls != t->cls) || (open->elem && open->elem != t->elem))
        return zp_fail(err, "incorrect type");
    if (open->ndims && !zp__target_fits(t, open->ndims, open->dims))
        return zp_fail(err, "incorrect dimensions for append");
    return true;
}

static zp__stream *stream_new(zp__streams *s, zp_peer *peer, uint32_t request, zp__feed *feed, zp_error *err)
{
    zp__stream *st = zp_new(zp__stream, err), **at = bucket(s, zp_peer_id(peer), request);

    if (!st)
        return NULL;
    st->refs = 1;
    st->peer = peer;
    st->peer_id = zp_peer_id(peer);
    st->request = request;
    st->feed = feed;
    feed->refs++;
    st->next_hash = *at;
    *at = st;
    return st;
}

/* The same producer on a connection that is not yet known to be dead: what it gathered counts first. */
static bool open_stream(zp__streams *s, zp_peer *peer, uint32_t request, const zp_stream_open *open,
                        zp_error *err)
{
    zp_target t;
    zp__feed *feed;
    zp__stream *st;
    zp__ticket *ticket;

    if (!(zp_peer_rights(peer) & ZP_MAY_WRITE))
        return zp_fail(err, "append is not allowed: this key has no right to write");
    if (find(s, peer, request))
        return zp_fail(err, "request number %u is in use", request);
    if (!zp__target_find(zp_plane_engine(s->plane), &open->path, true, &t, err) ||
        !wanted_kind(open, &t, err))
        return false;
    feed = zp__feed_for(s, &open->path, &t, err);
    if (!feed)
        return false;
    zp__feed_apply(s, feed);
    st = stream_new(s, peer, request, feed, err);
    if (!st)
        return false;
    memcpy(st->producer, open->producer, sizeof(st->producer));
    if (!zp__target_find(zp_plane_engine(s->plane), &open->path, true, &t, err)) {
        forget(s, st);
        return false;
    }
    st->applied = st->pending = st->answered = zp__producer_last(feed, &t, st->producer);
    if (!t.store) {
        send_shape(s, st, &t);
        return true;
    }
    ticket = zp__ticket_new(s, err);
    if (!ticket || !zp__ticket_opening(ticket, st, err)) {
        if (ticket)
            zp__ticket_done(ticket);
        forget(s, st);
        return false;
    }
    zp__ticket_commit(ticket, t.store);
    return true;
}

static bool on_open(void *arg, zp_peer *peer, zp_msg *msg, zp_error *err)
{
    zp_stream_open open;
    zp_error refusal = ZP_ERROR_INIT;

    if (!zp_stream_read_open(msg->head, &open, err))
        return false;
    if (!open_stream(arg, peer, msg->request, &open, &refusal))
        zp__stream_refuse_open(peer, msg->request, ZP_ERRKIND_RUN, &refusal);
    return true;
}

/* ---------------------------------------------------------------- batches */

static void make_dirty(zp__stream *st)
{
    if (st->dirty)
        return;
    st->dirty = true;
    st->next_dirty = st->feed->dirty;
    st->feed->dirty = st;
}

/* A sender that ignores its window waits in its socket. */
static void count_unanswered(zp__stream *st, uint64_t bytes)
{
    st->unanswered += bytes;
    if (st->unanswered <= 2 * (uint64_t)ZP_STREAM_WINDOW || st->paused)
        return;
    st->paused = true;
    zp_peer_pause(st->peer);
}

static bool take_batch(zp__streams *s, zp__stream *st, zp_slice head, zp_error *err)
{
    zp__feed *f = st->feed;
    zp_stream_rows rows;

    if (!zp__feed_look(s, f, err) || !zp_stream_read_rows(head, f->cls, f->elem, f->columns, &rows, err) ||
        !zp__feed_add(s, f, rows.times, rows.values, rows.rows, err))
        return false;
    return true;
}

static void refuse_batch(zp__streams *s, zp__stream *st, uint64_t number, zp_error *err)
{
    zp_error ignored = ZP_ERROR_INIT;
    zp_target t;
    bool found;

    zp__feed_apply(s, st->feed); /* what came before it is answered first */
    found = zp__target_find(zp_plane_engine(s->plane), &st->feed->path, false, &t, &ignored);
    zp__append_failed(s, zp_error_text(err), 0);
    if (!st->stopped) {
        zp__stream_stop(st, number);
        zp__ticket_refuse(s, st, found ? t.store : NULL, number, found ? t.rows : 0, zp_error_text(err));
    }
    zp_error_clear(&ignored);
    zp_error_clear(err);
}

static bool on_append(void *arg, zp_peer *peer, zp_msg *msg, zp_error *err)
{
    zp__streams *s = arg;
    zp__stream *st = find(s, peer, msg->request);
    zp_error refusal = ZP_ERROR_INIT;
    uint64_t number;
    bool go_on;

    s->plane->msg[ZP_MSGS_APPEND] += (double)msg->bytes;
    s->plane->msg[ZP_MSGS_N_APPEND]++;
    if (!st)
        return true; /* of a stream that could not be opened, or was cancelled */
    if (!zp_stream_rows_number(msg->head, &number, &go_on))
        return zp_fail_code(err, ZP_EFORMAT, "invalid append buffer: too short");
    zp__streams_post(s);
    if (number <= st->pending) {
        st->again = true;
        make_dirty(st);
        return true;
    }
    if (st->stopped && !go_on)
        return true;
    st->stopped = false;
    if (!take_batch(s, st, msg->head, &refusal)) {
        refuse_batch(s, st, number, &refusal);
        return true;
    }
    if (st->pending == st->applied)
        st->first = number;
    st->pending = number;
    count_unanswered(st, msg->bytes);
    make_dirty(st);
    return true;
}

/* ---------------------------------------------------------------- appends without answer */

/* Rows of a message in either form. */
static bool once_rows(const zp_stream_once *o, const zp_target *t, int64_t *n, zp_error *err)
{
    if (o->cls != t->cls || o->elem != t->elem)
        return zp_fail(err, "incorrect type");
    if (t->columns == 0)
        return zp_fail(err, "incorrect dimensions for append");
    if (!o->vector) {
        if (o->ndims == 0 || !zp__target_fits(t, o->ndims - 1, o->dims + 1))
            return zp_fail(err, "incorrect dimensions for append");
        if (o->cls == ZP_STREAM_SERIES && o->dims[0] != o->ntimes)
            return zp_fail(err, "mismatch between index and data");
        *n = o->dims[0];
    } else {
        *n = o->cls == ZP_STREAM_SERIES ? o->ntimes : o->nvalues / t->columns;
    }
    if (*n < 1)
        return zp_fail(err, "time vector has size 0");
    if (o->nvalues % t->columns || o->nvalues / t->columns != *n)
        return zp_fail(err, o->vector && o->cls == ZP_STREAM_ARRAY ? "incorrect dimensions for append"
                                                                   : "size mismatch between idx and array");
    return true;
}

/* The feed of the last one, if this is for the same object, without looking it up. */
static zp__feed *once_feed(zp__streams *s, const zp_stream_once *o, zp_target *t, zp_error *err)
{
    zp__feed *f;

    if (!zp__target_find(zp_plane_engine(s->plane), &o->path, true, t, err))
        return NULL;
    f = s->last_fed;
    if (f && f->turn == s->turn && f->cls == t->cls && f->elem == t->elem && f->columns == t->columns &&
        f->path.count == o->path.count && f->path.bytes.len == o->path.bytes.len &&
        memcmp(f->path.bytes.ptr, o->path.bytes.ptr, o->path.bytes.len) == 0)
        return f;
    return zp__feed_for(s, &o->path, t, err);
}

static bool take_once(zp__streams *s, zp_peer *peer, zp_slice head, zp_error *err)
{
    zp_stream_once o;
    zp__feed *f;
    zp_target t;
    int64_t n = 0;

    if (!zp_stream_read_once(head, &o, err))
        return false;
    if (!(zp_peer_rights(peer) & ZP_MAY_WRITE))
        return zp_fail(err, "append is not allowed: this key has no right to write");
    f = once_feed(s, &o, &t, err);
    if (!f || !once_rows(&o, &t, &n, err) || !zp__feed_add(s, f, o.times, o.values, n, err))
        return false;
    s->last_fed = f;
    f->once++;
    return true;
}

static bool on_once(void *arg, zp_peer *peer, zp_msg *msg, zp_error *err)
{
    zp__streams *s = arg;
    zp_error refusal = ZP_ERROR_INIT;

    (void)err;
    s->plane->msg[ZP_MSGS_VECTOR] += (double)msg->bytes;
    s->plane->msg[ZP_MSGS_N_VECTOR]++;
    if (take_once(s, peer, msg->head, &refusal)) {
        zp__streams_post(s);
    } else {
        zp__append_failed(s, zp_error_text(&refusal), 1);
        zp_error_clear(&refusal);
    }
    return true;
}

/* ---------------------------------------------------------------- all of it */

/* Streams that only want to hear again what they have been told. */
static void answer_again(zp__feed *f)
{
    zp__stream *next;

    for (zp__stream *st = f->dirty; st; st = next) {
        next = st->next_dirty;
        st->dirty = false;
        st->next_dirty = NULL;
        if (st->again)
            zp__stream_ack(st, st->answered, 0);
    }
    f->dirty = NULL;
}

static void end_of_turn(void *arg)
{
    zp__streams *s = arg;

    s->posted = false;
    s->turn++;
    for (zp__feed *f = s->feeds; f; f = f->next) {
        if (f->n)
            zp__feed_apply(s, f);
        else if (f->dirty)
            answer_again(f);
    }
    if (!s->closed)
        zp__subs_serve(s);
    zp__streams_unref(s);
}

void zp__streams_post(zp__streams *s)
{
    if (s->posted)
        return;
    s->posted = true;
    s->refs++; /* the loop knows of it until the turn ends */
    s->task = (zp_task){ .fn = end_of_turn, .arg = s };
    zp_loop_post_task(zp_plane_loop(s->plane), &s->task);
}

void zp__streams_poke(zp_plane *plane)
{
    zp__streams *s = plane->streams;

    if (!s)
        return;
    s->turn++; /* whatever was looked up may be another thing now */
    if (s->subs)
        zp__streams_post(s);
}

void zp_plane_changed(zp_plane *plane)
{
    zp__streams_poke(plane);
}

void zp__appends_init(zp__streams *s)
{
    zp_plane_on_message(s->plane, ZP_MSG_APPEND_OPEN, on_open, s);
    zp_plane_on_message(s->plane, ZP_MSG_APPEND, on_append, s);
    zp_plane_on_message(s->plane, ZP_MSG_APPEND_ONCE, on_once, s);
    zp_plane_on_message(s->plane, ZP_MSG_CANCEL, on_cancel, s);
}

zp__streams *zp__streams_of(zp_plane *plane, zp_error *err)
{
    zp__streams *s = plane->streams;

    if (s)
        return s;
    s = zp_new(zp__streams, err);
    if (!s)
        return NULL;
    s->refs = 1;
    s->turn = 1;
    s->plane = plane;
    if (!zp_plane_on_gone(plane, peer_gone, s, err)) {
        zp_free(s);
        return NULL;
    }
    plane->streams = s;
    zp__appends_init(s);
    zp__subs_init(s);
    return s;
}

void zp__streams_unref(zp__streams *s)
{
    if (--s->refs)
        return;
    zp_buf_fini(&s->scratch);
    zp_free(s);
}

void zp__streams_free(zp__streams *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < ZP_STREAM_BUCKETS; i++) {
        while (s->buckets[i])
            forget(s, s->buckets[i]);
    }
    zp__subs_free(s);
    for (int turns = 0; s->refs > 1 && turns < LAST_TURNS; turns++) /* commits under way, the end of a turn */
        zp_loop_once(zp_plane_loop(s->plane), 10000);
    s->plane->streams = NULL;
    s->closed = true;
    while (s->feeds) {
        zp__feed *next = s->feeds->next;

        zp__feed_apply(s, s->feeds);
        if (s->feeds->refs == 0)
            zp__feed_free(s->feeds);
        else
            s->feeds->orphan = true;
        s->feeds = next;
    }
    while (s->spare) {
        zp__ticket *next = s->spare->next;

        zp_free(s->spare->waits);
        zp_free(s->spare);
        s->spare = next;
    }
    zp__streams_unref(s);
}
