/* subscribe: rows of an object as they are committed.
 *
 * The server may send as many bytes as it has credit for; credit grows as callbacks return, half a window at a time.
 * While a subscription is paused what has come is kept, and no credit is given.  After a lost connection it goes on:
 * a series after the last instant delivered, an array after the last row. */
#include "client/client_priv.h"

#include <string.h>

#include "base/mem.h"

enum { DEFAULT_WINDOW = 4 << 20 };

struct zplane_sub {
    zplane_sub *next;
    zplane *con;
    uint32_t request;
    uint32_t busy; /* callbacks that run */
    bool dead, paused, opened, ended;
    zp_buf path;
    size_t npath;
    int64_t from, from_time;
    size_t window;
    uint64_t limit, taken; /* of this connection: bytes the server may send, bytes delivered */
    zp_shape shape;
    int64_t position, last_time;
    bool delivered; /* some row was */
    zp_buf kept;    /* heads that came while paused, each after its length */
    void *aligned;  /* the rows that are delivered now */
    size_t aligned_bytes;
    zplane_error error;
    zplane_rows_fn rows;
    void *arg;
};

zplane_sub *zp__cl_sub_next(zplane_sub *sub)
{
    return sub->next;
}

void zp__cl_sub_free(zplane_sub *sub)
{
    zp__cl_shape_fini(&sub->shape);
    zp_buf_fini(&sub->path);
    zp_buf_fini(&sub->kept);
    zp_free(sub->aligned);
    zp_free(sub);
}

static void free_if_over(zplane_sub *sub)
{
    zplane_sub **at = &sub->con->subs;

    if (!sub->dead || sub->busy)
        return;
    while (*at && *at != sub)
        at = &(*at)->next;
    if (*at)
        *at = sub->next;
    zp__cl_sub_free(sub);
}

/* ---------------------------------------------------------------- opening, losing, ending */

static zp_stream_subscribe wish(zplane_sub *sub)
{
    zp_stream_subscribe s = { .limit = sub->limit,
                              .path = { (uint32_t)sub->npath, { sub->path.ptr, sub->path.len } } };

    if (sub->delivered && sub->shape.pub.series) {
        s.at_time = true;
        s.from = (uint64_t)sub->last_time + 1;
    } else if (sub->shape.pub.type != ZPLANE_NULL) { /* the position is known */
        s.from = (uint64_t)sub->position;
    } else if (sub->from_time) {
        s.at_time = true;
        s.from = (uint64_t)sub->from_time;
    } else {
        s.from = sub->from < 0 ? UINT64_MAX : (uint64_t)sub->from;
    }
    return s;
}

static void end_with(zplane_sub *sub, const zplane_error *why)
{
    if (sub->ended)
        return;
    sub->ended = true;
    sub->error = *why;
}

void zp__cl_sub_ready(zplane_sub *sub)
{
    zp_buf head = ZP_BUF_INIT;
    zp_stream_subscribe s;
    zplane_error err;

    if (sub->ended || sub->dead)
        return;
    sub->taken = 0;
    sub->limit = sub->window;
    s = wish(sub);
    zp_stream_put_subscribe(&head, &s);
    if (head.failed) {
        zp__cl_nomem(&err);
        end_with(sub, &err);
    } else if (!zp__cl_send_message(sub->con, ZP_MSG_SUBSCRIBE, sub->request, head.ptr, head.len, 0, NULL, 0,
                                    &err)) {
        end_with(sub, &err);
    }
    zp_buf_fini(&head);
}

void zp__cl_sub_lost(zplane_sub *sub, const zplane_error *why, bool for_good)
{
    sub->opened = false;
    sub->kept.len = 0;
    if (for_good)
        end_with(sub, why);
}

/* One that is over and has not been told so. */
static zplane_sub *ended_one(zplane *con)
{
    for (zplane_sub *s = con->subs; s; s = s->next) {
        if (s->ended && !s->dead && s->rows)
            return s;
    }
    return NULL;
}

static void deliver_kept(zplane_sub *sub);

void zp__cl_sub_call_ended(zplane *con)
{
    zplane_sub *sub;

    for (sub = con->subs; sub; sub = sub->next) {
        if (!sub->paused && sub->kept.len && !sub->dead) {
            deliver_kept(sub);
            break; /* the list may have changed; the others have their turn next time */
        }
    }
    while ((sub = ended_one(con)) != NULL) {
        zplane_rows_fn rows = sub->rows;

        sub->rows = NULL;
        sub->busy++;
        ZP_CALLBACK(con, rows(sub->arg, sub, NULL, &sub->error));
        sub->busy--;
        free_if_over(sub);
    }
}

/* ---------------------------------------------------------------- rows */

static void give_credit(zplane_sub *sub)
{
    uint64_t limit = sub->taken + sub->window;
    zp_buf head = ZP_BUF_INIT;
    zplane_error err;

    if (sub->limit > sub->taken + sub->window / 2 || !sub->opened || sub->con->phase != ZP_PH_READY)
        return; /* a message may be larger than what was left */
    zp_stream_put_credit(&head, limit);
    if (head.failed ||
        !zp__cl_send_message(sub->con, ZP_MSG_CREDIT, sub->request, head.ptr, head.len, 0, NULL, 0, &err)) {
        zp__cl_nomem(&err);
        end_with(sub, &err);
    }
    sub->limit = limit;
    zp_buf_fini(&head);
}

static bool align(zplane_sub *sub, zp_slice data)
{
    if (data.len > sub->aligned_bytes) {
        zp_free(sub->aligned);
        sub->aligned = zp_alloc(data.len, NULL);
        sub->aligned_bytes = sub->aligned ? data.len : 0;
    }
    if (sub->aligned)
        memcpy(sub->aligned, data.ptr, data.len);
    return sub->aligned != NULL;
}

static void deliver(zplane_sub *sub, zp_slice head)
{
    zp_error wrong = ZP_ERROR_INIT;
    zp_stream_rows r;
    zplane_rowset set;
    zplane_error err;

    if (!zp_stream_read_rows(head, sub->shape.cls, sub->shape.elem, sub->shape.pub.columns, &r, &wrong)) {
        zp__cl_from(&err, ZPLANE_EPROTO, &wrong);
        end_with(sub, &err);
        return;
    }
    if (!align(sub, (zp_slice){ head.ptr + ZP_STREAM_ROWS_HEAD, head.len - ZP_STREAM_ROWS_HEAD })) {
        zp__cl_nomem(&err);
        end_with(sub, &err);
        return;
    }
    set = (zplane_rowset){ .first = (int64_t)r.number, .count = r.rows, .shape = &sub->shape.pub };
    set.times = r.times ? sub->aligned : NULL;
    set.values = (char *)sub->aligned + (r.times ? 8 * (size_t)r.rows : 0);
    sub->busy++;
    ZP_CALLBACK(sub->con, sub->rows(sub->arg, sub, &set, NULL));
    sub->busy--;
    sub->position = (int64_t)r.number + r.rows;
    sub->delivered = true;
    if (set.times)
        sub->last_time = set.times[r.rows - 1];
    sub->taken += head.len;
    give_credit(sub);
}

static void keep(zplane_sub *sub, zp_slice head)
{
    uint64_t len = head.len;
    zplane_error err;

    zp_buf_put(&sub->kept, &len, sizeof(len));
    zp_buf_put(&sub->kept, head.ptr, head.len);
    if (sub->kept.failed) {
        zp__cl_nomem(&err);
        end_with(sub, &err);
    }
}

static void deliver_kept(zplane_sub *sub)
{
    zp_buf kept = sub->kept;
    uint64_t len;

    sub->kept = ZP_BUF_INIT;
    sub->busy++;
    for (size_t at = 0; at < kept.len; at += sizeof(len) + (size_t)len) {
        zp_slice head = { kept.ptr + at + sizeof(len), 0 };

        memcpy(&len, kept.ptr + at, sizeof(len));
        head.len = (size_t)len;
        if (sub->paused)
            keep(sub, head);
        else if (!sub->dead && !sub->ended)
            deliver(sub, head);
    }
    sub->busy--;
    zp_buf_fini(&kept);
    free_if_over(sub);
}

static void on_shape(zplane_sub *sub, const zp_incoming *m)
{
    zplane_error err;

    if (!zp__cl_shape_read(&sub->shape, m->head, &err)) {
        end_with(sub, &err);
        return;
    }
    sub->opened = true;
    sub->position = (int64_t)sub->shape.next;
}

bool zp__cl_sub_message(zplane *con, const zp_incoming *m)
{
    zplane_sub *sub = con->subs;
    zplane_error err;

    while (sub && (sub->dead || sub->request != m->request))
        sub = sub->next;
    if (!sub)
        return false;
    sub->busy++;
    if (m->type == ZP_MSG_RESPONSE && zp__cl_response_error(m, &err))
        end_with(sub, &err);
    else if (m->type == ZP_MSG_SHAPE)
        on_shape(sub, m);
    else if (m->type == ZP_MSG_ROWS && sub->opened && !sub->ended) {
        if (sub->paused || sub->kept.len)
            keep(sub, m->head);
        else
            deliver(sub, m->head);
    }
    sub->busy--;
    free_if_over(sub);
    return true;
}

/* ---------------------------------------------------------------- the caller's side */

zplane_sub *zplane_subscribe(zplane *con, zplane_path path, const zplane_sub_options *options,
                             zplane_rows_fn rows, void *arg, zplane_error *err)
{
    zplane_sub_options o = ZPLANE_SUB_OPTIONS_INIT;
    zplane_sub *sub;

    if (!rows) {
        zp__cl_fail(err, ZPLANE_EUSAGE, "a subscription needs a function that takes the rows");
        return NULL;
    }
    sub = zp_new(zplane_sub, NULL);
    if (!sub) {
        zp__cl_nomem(err);
        return NULL;
    }
    if (options)
        memcpy(&o, options, options->size < sizeof(o) ? options->size : sizeof(o));
    *sub = (zplane_sub){ .con = con,
                         .npath = path.count,
                         .from = o.from,
                         .from_time = o.from_time,
                         .window = o.window ? o.window : DEFAULT_WINDOW,
                         .rows = rows,
                         .arg = arg };
    if (!zp__cl_put_path(&sub->path, path, err)) {
        zp__cl_sub_free(sub);
        return NULL;
    }
    pthread_mutex_lock(&con->lock);
    if (con->phase == ZP_PH_CLOSED) {
        if (err)
            *err = con->why;
        zp__cl_sub_free(sub);
        sub = NULL;
    } else {
        sub->request = zp__cl_next_request(con);
        sub->next = con->subs;
        con->subs = sub;
        if (con->phase == ZP_PH_READY) {
            zp__cl_sub_ready(sub);
            zp__cl_write_some(con);
            zp__cl_wake(con);
        }
    }
    pthread_mutex_unlock(&con->lock);
    return sub;
}

void zplane_sub_pause(zplane_sub *sub, bool pause)
{
    pthread_mutex_lock(&sub->con->lock);
    sub->paused = pause;
    if (!pause)
        zp__cl_wake(sub->con);
    pthread_mutex_unlock(&sub->con->lock);
}

int64_t zplane_sub_position(zplane_sub *sub)
{
    int64_t position;

    pthread_mutex_lock(&sub->con->lock);
    position = sub->position;
    pthread_mutex_unlock(&sub->con->lock);
    return position;
}

void zplane_unsubscribe(zplane_sub *sub)
{
    zplane *con;
    zplane_error err;

    if (!sub)
        return;
    con = sub->con;
    pthread_mutex_lock(&con->lock);
    sub->dead = true;
    if (con->phase == ZP_PH_READY && !sub->ended &&
        zp__cl_send_message(con, ZP_MSG_CANCEL, sub->request, NULL, 0, 0, NULL, 0, &err))
        zp__cl_write_some(con);
    free_if_over(sub);
    pthread_mutex_unlock(&con->lock);
}
