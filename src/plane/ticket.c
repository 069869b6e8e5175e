/* ticket: answers that wait for a commit to be as durable as the object's policy promises.
 *
 * The store tells from its flush thread; the ticket is its own task of the loop, so that coming back costs no allocation. */
#include "plane/streams.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

zp__ticket *zp__ticket_new(zp__streams *s, zp_error *err)
{
    zp__ticket *t = s->spare;

    if (t) {
        s->spare = t->next;
    } else {
        t = zp_new(zp__ticket, err);
        if (!t)
            return NULL;
    }
    t->streams = s;
    t->next = NULL;
    t->count = 0;
    t->sub = 0;
    t->rows = 0;
    t->error = NULL;
    s->refs++;
    return t;
}

bool zp__ticket_add(zp__ticket *t, zp__stream *stream, uint64_t sequence, zp_error *err)
{
    if (t->count == t->cap) {
        uint32_t cap = t->cap ? 2 * t->cap : 4;
        void *more = zp_realloc(t->waits, cap * sizeof(t->waits[0]), err);

        if (!more)
            return false;
        t->waits = more;
        t->cap = cap;
    }
    stream->refs++;
    memset(&t->waits[t->count], 0, sizeof(t->waits[0]));
    t->waits[t->count].stream = stream;
    t->waits[t->count++].sequence = sequence;
    return true;
}

bool zp__ticket_opening(zp__ticket *t, zp__stream *stream, zp_error *err)
{
    if (!zp__ticket_add(t, stream, 0, err))
        return false;
    t->waits[t->count - 1].opening = true;
    return true;
}

void zp__ticket_refuse(zp__streams *s, zp__stream *stream, zp_store *store, uint64_t sequence, int64_t rows,
                       const char *why)
{
    zp_error err = ZP_ERROR_INIT;
    zp__ticket *t = store ? zp__ticket_new(s, &err) : NULL;

    if (t && zp__ticket_add(t, stream, sequence, &err)) {
        t->rows = rows;
        t->waits[0].refusal = strdup(why);
        zp__ticket_commit(t, store);
    } else {
        if (t)
            zp__ticket_done(t);
        zp__stream_tell_refusal(stream, sequence, rows, why);
    }
    zp_error_clear(&err);
}

static void on_loop(void *arg)
{
    zp__ticket_done(arg);
}

/* The flush thread, or ours. */
static void on_safe(void *arg, const char *error)
{
    zp__ticket *t = arg;

    if (error) {
        t->error = strdup(error);
        if (!t->error)
            t->error = strdup("");
    }
    zp_loop_post_task(zp_plane_loop(t->streams->plane), &t->task);
}

void zp__ticket_commit(zp__ticket *take, zp_store *store)
{
    take->task = (zp_task){ .fn = on_loop, .arg = take };
    zp_store_commit(store, on_safe, take);
}

/* The disk failed: of what has not been answered nothing is promised. */
static void fail(zp__stream *stream, const zp__ticket *t)
{
    uint64_t sequence = stream->answered + 1;

    zp__stream_stop(stream, sequence);
    zp__stream_tell_refusal(stream, sequence, t->rows, t->error);
}

static void answer(zp__ticket *t, uint32_t i)
{
    zp__stream *stream = t->waits[i].stream;

    if (t->waits[i].opening)
        zp__stream_opened(t->streams, stream);
    else if (t->error)
        fail(stream, t);
    else if (t->waits[i].refusal)
        zp__stream_tell_refusal(stream, t->waits[i].sequence, t->rows, t->waits[i].refusal);
    else
        zp__stream_ack(stream, t->waits[i].sequence, t->rows);
    free(t->waits[i].refusal);
    zp__stream_unref(stream);
}

void zp__ticket_done(zp__ticket *t)
{
    zp__streams *s = t->streams;

    for (uint32_t i = 0; i < t->count; i++)
        answer(t, i);
    if (t->sub && !s->closed)
        zp__sub_safe(s, t->sub, t->rows, t->error);
    free(t->error);
    t->error = NULL;
    if (s->closed) {
        zp_free(t->waits);
        zp_free(t);
    } else {
        t->next = s->spare;
        s->spare = t;
    }
    zp__streams_unref(s);
}
