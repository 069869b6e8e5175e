/* flow_append: append.rows(), rows to an object of another server without waiting for each answer.
 *
 *     batch --> queue [ sent, not answered ] --ACK--> gone
 *
 * As in libzplane (client/append.c) batches have numbers and stay in the queue until they are answered, so that they can be sent
 * again over a new connection.  A refusal is told to the next call, or to whoever waits. */
#include "plane/flow.h"

#include <string.h>
#include <sys/random.h>

enum { WINDOW = 8 << 20, BATCH_MOST = ZP_MSG_HEAD_LIMIT - ZP_STREAM_ROWS_HEAD };

typedef struct batch {
    struct batch *next;
    uint64_t sequence;
    zp_buf head;
} batch;

typedef struct waiter {
    struct waiter *next;
    zp_future *future;
    uint64_t sequence; /* answered up to here */
    bool room;         /* or as soon as there is room */
} waiter;

typedef struct appends {
    zp__flow flow;
    uint64_t producer[2];
    batch *first, *last;
    size_t bytes;
    uint64_t sequence, answered;
    int64_t rows;
    bool opened, ever_opened, mark_next;
    zp_stream_open kind; /* of the first rows */
    waiter *waiters;
    zp_buf refusal; /* that nobody has been told; empty: none */
} appends;

/* ---------------------------------------------------------------- the queue */

static void drop_first(appends *a)
{
    batch *b = a->first;

    a->first = b->next;
    if (!a->first)
        a->last = NULL;
    a->bytes -= b->head.len;
    zp_buf_fini(&b->head);
    zp_free(b);
}

static void wake(appends *a)
{
    for (waiter **at = &a->waiters; *at;) {
        waiter *w = *at;

        if (a->answered < w->sequence && !(w->room && a->bytes < WINDOW / 2)) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        if (a->refusal.len && !w->room) {
            zp_future_settle(w->future, zp_nil(), zp_buf_text(&a->refusal));
            zp_buf_clear(&a->refusal);
        } else {
            zp_future_settle(w->future, zp_dbl((double)a->rows), NULL);
        }
        zp_free(w);
    }
}

static void answered(appends *a, uint64_t sequence)
{
    while (a->first && a->first->sequence <= sequence)
        drop_first(a);
    if (sequence > a->answered)
        a->answered = sequence;
}

static bool send_batch(appends *a, const batch *b, zp_error *err)
{
    return zp__flow_send(&a->flow, ZP_MSG_APPEND, &b->head, err);
}

static bool send_all(appends *a, zp_error *err)
{
    for (const batch *b = a->first; b; b = b->next) {
        if (!send_batch(a, b, err))
            return false;
    }
    return true;
}

/* The program may have dropped the connection meanwhile: it closes with the last answer.  Not below a message. */
typedef struct farewell {
    zp_plane *plane;
    uint64_t link;
} farewell;

static void let_go(void *arg)
{
    farewell *w = arg;

    if (!w->plane->closing && !zp__link_held(w->plane, w->link) && !zp__flows_busy(w->plane, w->link))
        zp__link_let_go(w->plane, w->link);
    zp_free(w);
}

static void let_go_later(const appends *a)
{
    zp_plane *plane = a->flow.plane;
    farewell *w;

    if (a->first || plane->closing || zp__link_held(plane, a->flow.link))
        return;
    w = zp_new(farewell, NULL); /* no memory for so little: the link goes with the plane */
    if (!w)
        return;
    *w = (farewell){ plane, a->flow.link };
    if (!zp_loop_post(plane->loop, let_go, w))
        zp_free(w);
}

/* ---------------------------------------------------------------- messages */

static bool begin(zp__flow *f, zp_error *err)
{
    appends *a = (appends *)f;
    zp_stream_open open = a->kind;
    zp_buf head = ZP_BUF_INIT;
    bool ok;

    a->opened = false;
    open.path = f->path;
    memcpy(open.producer, a->producer, sizeof(open.producer));
    zp_stream_put_open(&head, &open);
    ok = zp__flow_send(f, ZP_MSG_APPEND_OPEN, &head, err);
    zp_buf_fini(&head);
    return ok;
}

static bool on_shape(appends *a, zp_slice head, zp_error *err)
{
    zp_stream_shape shape;

    if (!zp_stream_read_shape(head, &shape, err))
        return false;
    a->opened = a->ever_opened = true;
    a->rows = shape.rows;
    answered(a, shape.next < a->sequence ? shape.next : a->sequence);
    wake(a);
    let_go_later(a);
    return send_all(a, err);
}

static bool on_ack(appends *a, zp_slice head, zp_error *err)
{
    zp_stream_ack ack;
    bool ok = true;

    if (!zp_stream_read_ack(head, &ack, err))
        return false;
    answered(a, ack.sequence < a->sequence ? ack.sequence : a->sequence);
    a->rows = ack.rows;
    if (ack.refused) {
        zp_buf_clear(&a->refusal);
        zp_buf_puts(&a->refusal, "append refused: ");
        zp_buf_put(&a->refusal, ack.text.ptr, ack.text.len);
        if (a->first)
            zp_stream_mark_go_on(a->first->head.ptr);
        else
            a->mark_next = true;
        ok = send_all(a, err);
    }
    wake(a);
    let_go_later(a);
    return ok;
}

static bool on_message(zp__flow *f, zp_msg *msg, zp_error *err)
{
    appends *a = (appends *)f;

    if (msg->type == ZP_MSG_SHAPE)
        return on_shape(a, msg->head, err);
    return msg->type != ZP_MSG_ACK || !a->opened || on_ack(a, msg->head, err);
}

/* What was not answered is given up, and whoever waits is told. */
static void end(zp__flow *f, const char *why)
{
    appends *a = (appends *)f;

    while (a->first)
        drop_first(a);
    while (a->waiters) {
        waiter *w = a->waiters;

        a->waiters = w->next;
        zp_future_settle(w->future, zp_nil(), why);
        zp_free(w);
    }
    if (f->plane->closing || !zp__link_held(f->plane, f->link)) {
        zp__flow_fini(f);
        zp_buf_fini(&a->refusal);
        zp_free(a);
        return;
    }
    a->answered = a->sequence;
    a->opened = a->ever_opened = false;
    zp_buf_clear(&a->refusal);
    zp_buf_puts(&a->refusal, why);
}

static bool idle(const zp__flow *f)
{
    return !((const appends *)f)->first;
}

static const zp__flow_ops ops = { begin, on_message, idle, end };

/* ---------------------------------------------------------------- rows */

static const uint8_t tags[ZP_NTYPES] = { [ZP_DBL] = ZP_TAG_DBL,
                                         [ZP_LGL] = ZP_TAG_LGL,
                                         [ZP_TIM] = ZP_TAG_TIM,
                                         [ZP_DUR] = ZP_TAG_DUR,
                                         [ZP_IVL] = ZP_TAG_IVL };

/* What travels of the rows: their kind, and a target that can be read like one of ours. */
static bool kind_of(zp_value rows, zp_stream_open *kind, zp_target *t, zp_error *err)
{
    bool series = rows.type == ZP_ZTS;

    *t =
        (zp_target){ .data = series ? zp_zts_data(rows) : rows, .idx = series ? zp_zts_idx(rows) : zp_nil() };
    t->cls = series ? ZP_STREAM_SERIES : ZP_STREAM_ARRAY;
    t->elem = tags[t->data.type];
    t->rows = zp_dim(t->data, 0);
    t->columns = zp_ncols(t->data);
    if (!t->elem)
        return zp_fail(err, "rows of type %s cannot be appended", zp_type_name(rows.type));
    if (t->rows < 1)
        return zp_fail(err, "time vector has size 0");
    *kind = (zp_stream_open){ .cls = t->cls, .elem = t->elem };
    for (int32_t k = 1; k < zp_ndim(t->data) && k <= ZP_STREAM_DIMS_MAX; k++)
        kind->dims[kind->ndims++] = zp_dim(t->data, k);
    return true;
}

static batch *encode(appends *a, const zp_target *t, zp_error *err)
{
    batch *b;
    size_t bytes;
    char *to;

    if (!zp_stream_rows_bytes(t->cls, t->elem, t->columns, t->rows, &bytes) || bytes > BATCH_MOST ||
        t->rows > INT32_MAX) {
        zp_fail(err, "one append holds at most 64 MiB: append these rows in parts");
        return NULL;
    }
    b = zp_new(batch, err);
    if (!b)
        return NULL;
    to = zp_buf_reserve(&b->head, bytes + ZP_STREAM_ROWS_HEAD);
    if (!zp_buf_ok(&b->head, err)) {
        zp_free(b);
        return NULL;
    }
    b->sequence = ++a->sequence;
    zp_stream_put_rows_head(to, b->sequence, (uint32_t)t->rows);
    if (a->mark_next)
        zp_stream_mark_go_on(to);
    a->mark_next = false;
    zp__target_read(t, 0, t->rows, to + ZP_STREAM_ROWS_HEAD);
    b->head.len = bytes + ZP_STREAM_ROWS_HEAD;
    return b;
}

static void enqueue(appends *a, batch *b)
{
    if (a->last)
        a->last->next = b;
    else
        a->first = b;
    a->last = b;
    a->bytes += b->head.len;
}

/* ---------------------------------------------------------------- the built-ins */

static appends *flow_of(zp_plane *plane, zp_call *c)
{
    uint64_t link = zp_link_of(c->argv[0]);
    zp_buf path = ZP_BUF_INIT;
    uint32_t count;
    appends *a = NULL;

    if (!zp__flow_path(c->argv[1], &path, &count, c->err)) {
        zp_buf_fini(&path);
        return NULL;
    }
    for (zp__flow *f = plane->flows; f && !a; f = f->next) {
        if (f->ops == &ops && f->link == link && f->path.count == count && f->path.bytes.len == path.len &&
            memcmp(f->path.bytes.ptr, path.ptr, path.len) == 0)
            a = (appends *)f;
    }
    zp_buf_fini(&path);
    if (a)
        return a;
    a = zp_new(appends, c->err);
    if (a && zp__flow_init(&a->flow, plane, c->argv[0], c->argv[1], &ops, c->err) &&
        getrandom(a->producer, sizeof(a->producer), 0) == sizeof(a->producer))
        return a;
    zp_free(a);
    return NULL;
}

/* A future that is settled when everything up to now is answered, or when there is room. */
static zp_status wait_for(appends *a, zp_call *c, bool room)
{
    waiter *w = zp_new(waiter, c->err);
    zp_future *mine = w ? zp_future_new(c->err) : NULL, *theirs;

    if (!mine) {
        zp_free(w);
        return ZP_FAILED;
    }
    *w = (waiter){ a->waiters, mine, a->sequence, room };
    a->waiters = w;
    zp_future_waiting(mine, zp__request_of(c->ctx) ? NULL : zp_plane_wait, NULL, a->flow.plane);
    theirs = zp_future_ref(mine);
    return zp_future_await_take(c->ctx, theirs, &c->out, c->err);
}

static bool told(appends *a, zp_error *err)
{
    if (!a->refusal.len)
        return true;
    zp_fail(err, "%s", zp_buf_text(&a->refusal));
    zp_buf_clear(&a->refusal);
    return false;
}

static bool send_first(appends *a, const zp_stream_open *kind, zp_error *err)
{
    a->kind = *kind;
    return zp__link_revive(a->flow.plane, a->flow.link, err) && begin(&a->flow, err);
}

static zp_status bi_append_rows(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    zp_stream_open kind;
    appends *a = NULL;
    zp_target t;
    batch *b = NULL;
    bool wait, unopened;

    if (plane && zp_arg_lgl(c, 3, &wait) && kind_of(c->argv[2], &kind, &t, c->err))
        a = flow_of(plane, c);
    if (!a || !told(a, c->err))
        return ZP_FAILED;
    b = encode(a, &t, c->err);
    if (!b)
        return ZP_FAILED;
    unopened = !a->first && !a->ever_opened;
    enqueue(a, b);
    if (a->opened ? !send_batch(a, b, c->err) : unopened && !send_first(a, &kind, c->err)) {
        if (!zp__link_reconnects(plane, a->flow.link)) {
            answered(a, a->sequence);
            return ZP_FAILED;
        }
        zp_error_clear(c->err); /* it is sent when the link is there again */
        zp_timer_set(a->flow.retry, 1);
    }
    return wait || a->bytes > WINDOW ? wait_for(a, c, !wait) : ZP_OK;
}

static zp_status bi_append_flush(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    uint64_t link = plane ? zp_link_of(c->argv[0]) : 0;
    appends *open = NULL;

    if (!plane)
        return ZP_FAILED;
    for (zp__flow *f = plane->flows; f; f = f->next) {
        if (f->ops != &ops || f->link != link)
            continue;
        if (!told((appends *)f, c->err))
            return ZP_FAILED;
        if (((appends *)f)->first)
            open = (appends *)f;
    }
    return open ? wait_for(open, c, false) : ZP_OK;
}

const zp_builtin zp__builtins_append[] = {
    { "append.rows", "connection, name, rows, wait = FALSE", "name=S wait=L", ZP_BI_INVISIBLE, bi_append_rows,
      "Appends `rows` (a series, or an array) to the global object `name` of another server: \"z\", or an element of lists, "
      "\"book$eu$fx\". It does not wait for the answer unless `wait`, which yields the rows there are then; a refusal is the "
      "error of the next call. On a connection with `reconnect` nothing is lost or doubled when it breaks.",
      "", NULL },
    { ".append.flush", "connection", "", ZP_BI_HIDDEN | ZP_BI_INVISIBLE, bi_append_flush, "", "", NULL },
    { "append.flush", "connection", "", ZP_BI_INVISIBLE, NULL,
      "Waits until everything that was appended with append.rows on this connection is answered.", "",
      "{ while (!is.null(.append.flush(connection))) 0; NULL }" },
    { 0 },
};
