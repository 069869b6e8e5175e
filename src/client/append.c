/* append: rows on their way to the server, kept until it has answered for them.
 *
 *     chunks   [ acknowledged | sent ................ | not sent ]     frames, one batch after the other
 *                             ^ at                    ^ chunks.send
 *
 * Batches are numbered.  The server's answer to opening the stream says which number of this producer the object holds,
 * so that after a lost connection the batches up to there are acknowledged and all others are sent again, as they lie
 * in the chunks.  A refused batch stops the stream at the server, which drops what follows, for it was sent without
 * knowledge of the refusal; we take the refused one out and send the rest again, the first of it marked `go on`. */
#include "client/client_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

enum {
    DEFAULT_BUFFER = 8 << 20,
    PUSH = 64 * 1024, /* unsent bytes that are worth a system call */
    BATCH_HEAD = ZP_FRAME_HEAD + ZP_MSG_HEAD,
    MOST = ZP_MSG_HEAD_LIMIT - ZP_STREAM_ROWS_HEAD
};

struct zplane_appender {
    zplane_appender *next;
    zplane *con;
    uint32_t request;
    uint32_t busy; /* callbacks that run */
    bool dead;     /* closed meanwhile */
    bool opened;   /* the server has answered on this connection */
    bool ever_opened;
    bool rewind;    /* all that is not acknowledged has to be sent again, after the frame that is half sent */
    bool mark_next; /* the next batch is the first after a refused one */
    zp_buf path;
    size_t npath;
    uint64_t producer[2];
    zp_shape shape;
    zplane_error failure; /* code 0: none; the stream is over */
    zplane_error refusal; /* that nobody has heard of */
    zp_chunks chunks;
    size_t at; /* of the first frame that is not acknowledged, in chunks.first */
    size_t inflight, limit, window;
    uint64_t sequence, acked, resumed, refused;
    zplane_ack_fn ack;
    void *arg;
};

zplane_appender *zp__cl_append_next(zplane_appender *app)
{
    return app->next;
}

/* ---------------------------------------------------------------- what lies in the chunks */

/* Bytes of the batch at `p`: the frame, and those that continue it; *sequence: its number. */
static size_t batch_at(const char *p, uint64_t *sequence)
{
    size_t len = 0;
    bool more;

    memcpy(sequence, p + BATCH_HEAD, sizeof(*sequence));
    do {
        more = p[len + 5] & ZP_FRAME_MORE;
        len += (size_t)zp_get_be32((const uint8_t *)p + len) + 4;
    } while (more);
    return len;
}

/* Lets go of all batches up to `sequence`. */
static void release(zplane_appender *app, uint64_t sequence)
{
    zp_chunks *c = &app->chunks;
    uint64_t number;

    while (c->first) {
        zp_chunk *k = c->first;
        size_t len;

        if (app->at == k->len) {
            if (k == c->send || k->sent < k->len)
                break;
            app->at = 0;
            zp__cl_chunks_drop_first(c);
            continue;
        }
        len = batch_at(k->bytes + app->at, &number);
        if (number > sequence)
            break;
        app->at += len;
        c->held -= len;
        if (app->at <= k->sent) { /* as always, but for a server that acknowledges what it has not got */
            app->inflight -= len < app->inflight ? len : app->inflight;
        } else {
            c->unsent -= app->at - k->sent;
            k->sent = app->at;
            if (c->send == k && k->sent == k->len)
                c->send = k->next;
        }
    }
    if (sequence > app->acked)
        app->acked = sequence;
}

static void send_again(zplane_appender *app)
{
    zp_chunks *c = &app->chunks;

    app->rewind = false;
    app->inflight = 0;
    c->unsent = c->held;
    c->send = NULL;
    for (zp_chunk *k = c->first; k; k = k->next) {
        k->sent = k == c->first ? app->at : 0;
        if (!c->send && k->sent < k->len)
            c->send = k;
    }
}

/* The first batch that is kept is the one after a refused one. */
static void mark_go_on(zplane_appender *app)
{
    zp_chunk *k = app->chunks.first;
    size_t at = app->at;

    if (k && at == k->len) {
        k = k->next;
        at = 0;
    }
    if (k && at < k->len)
        zp_stream_mark_go_on(k->bytes + at + BATCH_HEAD);
    else
        app->mark_next = true;
}

static void unlink_appender(zplane_appender *app)
{
    zplane_appender **at = &app->con->appenders;

    while (*at && *at != app)
        at = &(*at)->next;
    if (*at)
        *at = app->next;
}

/* A closed appender goes when no callback of it runs and none of its frames is half sent. */
static void free_if_over(zplane_appender *app)
{
    if (!app->dead || app->busy || app->con->cut_app == app)
        return;
    unlink_appender(app);
    zp__cl_append_free(app);
}

zp_chunks *zp__cl_append_out(zplane_appender *app)
{
    return app->opened && !app->dead && app->chunks.unsent && app->inflight < app->window ? &app->chunks
                                                                                          : NULL;
}

void zp__cl_append_sent(zplane_appender *app, size_t len)
{
    app->inflight += len;
    if (app->rewind && app->con->cut_app != app)
        send_again(app);
    free_if_over(app);
}

/* ---------------------------------------------------------------- the server's side of the talk */

void zp__cl_append_ready(zplane_appender *app)
{
    zp_error wrong = ZP_ERROR_INIT;
    zp_buf head = ZP_BUF_INIT;
    zp_stream_open open = { .producer = { app->producer[0], app->producer[1] },
                            .path = { (uint32_t)app->npath, { app->path.ptr, app->path.len } } };

    if (app->failure.code || app->dead)
        return;
    if (app->ever_opened) { /* what is kept must still fit */
        open.cls = app->shape.cls;
        open.elem = app->shape.elem;
    }
    zp_stream_put_open(&head, &open);
    if (!zp_buf_ok(&head, &wrong))
        zp__cl_from(&app->failure, ZPLANE_ENOMEM, &wrong);
    else if (!zp__cl_send_message(app->con, ZP_MSG_APPEND_OPEN, app->request, head.ptr, head.len, 0, NULL, 0,
                                  &app->failure))
        app->opened = false;
    zp_buf_fini(&head);
}

void zp__cl_append_lost(zplane_appender *app, const zplane_error *why, bool for_good)
{
    app->opened = false;
    send_again(app);
    if (for_good && !app->failure.code)
        app->failure = *why;
    free_if_over(app);
}

static void call_ack(zplane_appender *app, uint64_t sequence, int64_t rows, const zplane_error *error)
{
    if (!app->ack || app->dead)
        return;
    app->busy++;
    ZP_CALLBACK(app->con, app->ack(app->arg, sequence, rows, error));
    app->busy--;
}

static void on_shape(zplane_appender *app, const zp_incoming *m)
{
    int64_t columns = app->shape.pub.columns;
    uint64_t before = app->acked;

    if (!zp__cl_shape_read(&app->shape, m->head, &app->failure))
        return;
    if (app->ever_opened && app->shape.pub.columns != columns) {
        zp__cl_fail(&app->failure, ZPLANE_EREFUSED, "the object has %lld columns now, not %lld",
                    (long long)app->shape.pub.columns, (long long)columns);
        return;
    }
    app->window = app->shape.window < app->limit ? (size_t)app->shape.window : app->limit;
    app->opened = true;
    if (!app->ever_opened) {
        app->ever_opened = true;
        app->sequence = app->acked = app->resumed = app->shape.next;
        return;
    }
    release(app, app->shape.next < app->sequence ? app->shape.next : app->sequence);
    send_again(app);
    if (app->acked > before)
        call_ack(app, app->acked, app->shape.pub.rows, NULL);
}

static void on_refusal(zplane_appender *app, const zp_stream_ack *a)
{
    zplane_error err;

    zp__cl_fail(&err, ZPLANE_EREFUSED, "%.*s", a->text.len > 400 ? 400 : (int)a->text.len, a->text.ptr);
    err.sequence = a->sequence;
    mark_go_on(app);
    if (app->con->cut_app == app)
        app->rewind = true;
    else
        send_again(app);
    app->refused++;
    if (!app->ack && !app->refusal.code)
        app->refusal = err;
    call_ack(app, a->sequence, a->rows, &err);
}

static void on_ack(zplane_appender *app, const zp_incoming *m)
{
    zp_error wrong = ZP_ERROR_INIT;
    zp_stream_ack a;
    zplane_error err;
    uint64_t before = app->acked;

    if (!zp_stream_read_ack(m->head, &a, &wrong) || a.sequence > app->sequence) {
        zp_error_clear(&wrong);
        zp__cl_fail(&err, ZPLANE_EPROTO, "the server sent an acknowledgement that makes no sense");
        zp__cl_lost(app->con, &err);
        return;
    }
    release(app, a.sequence);
    app->shape.pub.rows = a.rows;
    app->window = a.window < app->limit ? (size_t)a.window : app->limit;
    if (!a.refused) {
        if (app->acked > before)
            call_ack(app, app->acked, a.rows, NULL);
        return;
    }
    if (app->acked > before && a.sequence > before + 1)
        call_ack(app, a.sequence - 1, a.rows, NULL);
    on_refusal(app, &a);
}

bool zp__cl_append_message(zplane *con, const zp_incoming *m)
{
    zplane_appender *app = con->appenders;

    while (app && (app->dead || app->request != m->request))
        app = app->next;
    if (!app)
        return false;
    app->busy++;
    if (m->type == ZP_MSG_RESPONSE && zp__cl_response_error(m, &app->failure))
        app->opened = false;
    else if (m->type == ZP_MSG_SHAPE)
        on_shape(app, m);
    else if (m->type == ZP_MSG_ACK && app->opened)
        on_ack(app, m);
    app->busy--;
    free_if_over(app);
    return true;
}

/* ---------------------------------------------------------------- opening and closing */

void zp__cl_append_free(zplane_appender *app)
{
    zp__cl_chunks_fini(&app->chunks);
    zp__cl_shape_fini(&app->shape);
    zp_buf_fini(&app->path);
    zp_free(app);
}

static bool random_producer(uint64_t producer[2], zplane_error *err)
{
    if (producer[0] || producer[1])
        return true;
    if (getrandom(producer, 2 * sizeof(*producer), 0) != 2 * sizeof(*producer))
        return zp__cl_fail(err, ZPLANE_ENOMEM, "the system gives no random numbers");
    return true;
}

static zplane_appender *bare_appender(zplane *con, zplane_path path, const zplane_append_options *options,
                                      zplane_error *err)
{
    zplane_append_options o = ZPLANE_APPEND_OPTIONS_INIT;
    zplane_appender *app = zp_new(zplane_appender, NULL);

    if (!app) {
        zp__cl_nomem(err);
        return NULL;
    }
    if (options)
        memcpy(&o, options, options->size < sizeof(o) ? options->size : sizeof(o));
    app->con = con;
    app->limit = o.buffer ? o.buffer : DEFAULT_BUFFER;
    app->ack = o.ack;
    app->arg = o.arg;
    app->npath = path.count;
    app->chunks.keep = true;
    app->chunks.chunk_size = app->limit / 8 < 4096 ? 4096 : app->limit / 8 > 262144 ? 262144 : app->limit / 8;
    memcpy(app->producer, o.producer, sizeof(app->producer));
    if (random_producer(app->producer, err) && zp__cl_put_path(&app->path, path, err))
        return app;
    zp__cl_append_free(app);
    return NULL;
}

static bool is_open(void *arg)
{
    zplane_appender *app = arg;

    return app->opened || app->failure.code;
}

zplane_appender *zplane_append_open(zplane *con, zplane_path path, const zplane_append_options *options,
                                    int timeout_ms, zplane_error *err)
{
    zplane_appender *app = bare_appender(con, path, options, err);
    bool ok;

    if (!app)
        return NULL;
    pthread_mutex_lock(&con->lock);
    app->request = zp__cl_next_request(con);
    app->next = con->appenders;
    con->appenders = app;
    if (con->phase == ZP_PH_READY) {
        zp__cl_append_ready(app);
        zp__cl_write_some(con);
        zp__cl_wake(con);
    }
    ok = zp__cl_wait_until(con, is_open, app, zp__cl_deadline(timeout_ms), err);
    if (ok && app->failure.code) {
        ok = false;
        if (err)
            *err = app->failure;
    }
    pthread_mutex_unlock(&con->lock);
    if (ok)
        return app;
    zplane_append_close(app);
    return NULL;
}

/* A frame that is half sent has to be sent to its end: zp__cl_append_sent() frees the appender then. */
void zplane_append_close(zplane_appender *app)
{
    zplane *con;
    zplane_error err;

    if (!app)
        return;
    con = app->con;
    pthread_mutex_lock(&con->lock);
    if (con->phase == ZP_PH_READY &&
        !zp__cl_send_message(con, ZP_MSG_CANCEL, app->request, NULL, 0, 0, NULL, 0, &err))
        zp__cl_lost(con, &err);
    app->dead = true;
    app->request = 0;
    free_if_over(app);
    if (con->phase == ZP_PH_READY)
        zp__cl_write_some(con);
    pthread_mutex_unlock(&con->lock);
}

/* ---------------------------------------------------------------- adding rows */

/* Writes the bytes of a message into frames: a head where each begins. */
typedef struct frames {
    char *to;
    size_t left;      /* of the frame's body */
    size_t remaining; /* of the message */
    uint32_t request;
} frames;

static size_t framed_bytes(size_t message)
{
    return message + (message + ZP_FRAME_MOST - 1) / ZP_FRAME_MOST * ZP_FRAME_HEAD;
}

static void put(frames *f, const void *bytes, size_t len)
{
    const char *from = bytes;

    while (len) {
        size_t part;

        if (f->left == 0) {
            f->left = f->remaining < ZP_FRAME_MOST ? f->remaining : ZP_FRAME_MOST;
            zp_be32((uint8_t *)f->to, (uint32_t)(f->left + ZP_FRAME_HEAD - 4));
            f->to[4] = ZP_MSG_APPEND;
            f->to[5] = f->remaining > f->left ? ZP_FRAME_MORE : 0;
            zp_le16((uint8_t *)f->to + 6, 0);
            zp_le32((uint8_t *)f->to + 8, f->request);
            f->to += ZP_FRAME_HEAD;
        }
        part = len < f->left ? len : f->left;
        memcpy(f->to, from, part);
        f->to += part;
        from += part;
        len -= part;
        f->left -= part;
        f->remaining -= part;
    }
}

/* The rows of one call: as one block, or column by column. */
typedef struct batch {
    int64_t n;
    const int64_t *times;
    const void *block;
    const void *const *columns;
    size_t bytes; /* of its message */
} batch;

static void put_batch(zplane_appender *app, char *to, const batch *b)
{
    frames f = { .to = to, .remaining = b->bytes, .request = app->request };
    size_t column = (size_t)b->n * zp_tag_size(app->shape.elem);
    uint8_t head[ZP_MSG_HEAD + ZP_STREAM_ROWS_HEAD];

    zp_le32(head, (uint32_t)(b->bytes - ZP_MSG_HEAD));
    zp_le32(head + 4, 0);
    zp_stream_put_rows_head(head + ZP_MSG_HEAD, app->sequence, (uint32_t)b->n);
    if (app->mark_next)
        zp_stream_mark_go_on(head + ZP_MSG_HEAD);
    app->mark_next = false;
    put(&f, head, sizeof(head));
    if (b->times)
        put(&f, b->times, (size_t)b->n * sizeof(int64_t));
    if (b->block)
        put(&f, b->block, column * (size_t)app->shape.pub.columns);
    for (int64_t j = 0; b->columns && j < app->shape.pub.columns; j++)
        put(&f, b->columns[j], column);
}

static bool sizes_of(zplane_appender *app, batch *b, zplane_error *err)
{
    size_t bytes;

    if (b->n < 1 || b->n > INT32_MAX)
        return zp__cl_fail(err, ZPLANE_EUSAGE, b->n < 1 ? "no rows" : "too many rows in one batch");
    if (app->shape.pub.series != (b->times != NULL))
        return zp__cl_fail(err, ZPLANE_EUSAGE,
                           b->times ? "the object is an array: its rows have no times"
                                    : "the object is a series: its rows need times");
    if (b->times && zp_stream_check_times((const char *)b->times, b->n, INT64_MIN))
        return zp__cl_fail(err, ZPLANE_EUSAGE, "times must be strictly ascending");
    if (!zp_stream_rows_bytes(app->shape.cls, app->shape.elem, app->shape.pub.columns, b->n, &bytes) ||
        bytes > MOST)
        return zp__cl_fail(err, ZPLANE_EUSAGE, "a batch holds at most 64 MiB");
    b->bytes = ZP_MSG_HEAD + ZP_STREAM_ROWS_HEAD + bytes;
    return true;
}

/* An error that nobody has been told. */
static bool heard(zplane_appender *app, zplane_error *err)
{
    const zplane_error *e = app->failure.code ? &app->failure : &app->refusal;

    if (!e->code)
        return true;
    if (err)
        *err = *e;
    app->refusal.code = 0;
    return false;
}

typedef struct wanted {
    zplane_appender *app;
    size_t bytes;
} wanted;

static bool has_room(void *arg)
{
    const wanted *w = arg;
    zplane_appender *app = w->app;

    return app->failure.code || app->chunks.held == 0 || app->chunks.held + w->bytes <= app->limit;
}

static bool wait_for_room(zplane_appender *app, size_t bytes, int timeout_ms, zplane_error *err)
{
    wanted w = { app, bytes };

    if (has_room(&w))
        return true;
    zp__cl_step(app->con);
    if (has_room(&w))
        return true;
    if (timeout_ms < 0)
        return zp__cl_fail(err, ZPLANE_EAGAIN, "%zu bytes of rows wait for the server", app->chunks.held);
    return zp__cl_wait_until(app->con, has_room, &w, zp__cl_deadline(timeout_ms), err);
}

static uint64_t add(zplane_appender *app, batch *b, int timeout_ms, zplane_error *err)
{
    char *to;

    if (!sizes_of(app, b, err) || !heard(app, err) ||
        !wait_for_room(app, framed_bytes(b->bytes), timeout_ms, err) || !heard(app, err))
        return 0;
    to = zp__cl_chunks_add(&app->chunks, framed_bytes(b->bytes));
    if (!to) {
        zp__cl_nomem(err);
        return 0;
    }
    app->sequence++;
    put_batch(app, to, b);
    if (app->chunks.unsent >= PUSH)
        zp__cl_step(app->con);
    return app->sequence;
}

uint64_t zplane_append(zplane_appender *app, int64_t n, const int64_t *times, const void *values,
                       int timeout_ms, zplane_error *err)
{
    batch b = { .n = n, .times = times, .block = values };
    uint64_t sequence;

    pthread_mutex_lock(&app->con->lock);
    sequence = add(app, &b, timeout_ms, err);
    pthread_mutex_unlock(&app->con->lock);
    return sequence;
}

uint64_t zplane_append_columns(zplane_appender *app, int64_t n, const int64_t *times,
                               const void *const *columns, int timeout_ms, zplane_error *err)
{
    batch b = { .n = n, .times = times, .columns = columns };
    uint64_t sequence;

    pthread_mutex_lock(&app->con->lock);
    sequence = add(app, &b, timeout_ms, err);
    pthread_mutex_unlock(&app->con->lock);
    return sequence;
}

/* ---------------------------------------------------------------- certainty */

bool zplane_append_push(zplane_appender *app, zplane_error *err)
{
    bool ok;

    pthread_mutex_lock(&app->con->lock);
    zp__cl_write_some(app->con);
    zp__cl_wake(app->con);
    ok = heard(app, err);
    pthread_mutex_unlock(&app->con->lock);
    return ok;
}

static bool all_acked(void *arg)
{
    zplane_appender *app = arg;

    return app->failure.code || app->acked == app->sequence;
}

bool zplane_append_flush(zplane_appender *app, int timeout_ms, zplane_error *err)
{
    zplane *con = app->con;
    uint64_t refused;
    bool ok;

    pthread_mutex_lock(&con->lock);
    refused = app->refused;
    zp__cl_write_some(con);
    zp__cl_wake(con);
    ok = zp__cl_wait_until(con, all_acked, app, zp__cl_deadline(timeout_ms), err) && heard(app, err);
    if (ok && app->refused > refused)
        ok = zp__cl_fail(err, ZPLANE_EREFUSED, "%llu batches were refused",
                         (unsigned long long)(app->refused - refused));
    pthread_mutex_unlock(&con->lock);
    return ok;
}

static uint64_t read_locked(zplane_appender *app, const uint64_t *what)
{
    uint64_t value;

    pthread_mutex_lock(&app->con->lock);
    value = *what;
    pthread_mutex_unlock(&app->con->lock);
    return value;
}

uint64_t zplane_append_acked(zplane_appender *app)
{
    return read_locked(app, &app->acked);
}

uint64_t zplane_append_sequence(zplane_appender *app)
{
    return read_locked(app, &app->sequence);
}

uint64_t zplane_append_resumed(zplane_appender *app)
{
    return read_locked(app, &app->resumed);
}

const zplane_shape *zplane_append_shape(zplane_appender *app)
{
    return &app->shape.pub;
}
