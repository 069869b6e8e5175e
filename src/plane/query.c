/* query: texts that other threads want evaluated (HTTP, tools): a desk for one request. */
#include <string.h>

#include "plane/plane_priv.h"

struct zp__query {
    zp__query *next, *prev;
    zp_plane *plane;
    uint64_t id;
    char *text;
    size_t len;
    unsigned rights;
    uint32_t limit_ms;
    zp_plane_done_fn done;
    void *arg;
    zp__desk desk;
    bool running, begun;
    zp_buf output;
};

static void query_free(zp__query *q)
{
    if (q->begun) {
        zp__desk_fini(&q->desk);
        if (q->prev)
            q->prev->next = q->next;
        else
            q->plane->queries = q->next;
        if (q->next)
            q->next->prev = q->prev;
    }
    zp_buf_fini(&q->output);
    zp_free(q->text);
    zp_free(q);
}

static void free_later(void *query)
{
    query_free(query);
}

static void answer(zp__query *q, const zp__outcome *o)
{
    zp_plane_answer a = { .ok = o->ok,
                          .visible = o->visible,
                          .value = o->value,
                          .error = o->error,
                          .error_kind = o->kind,
                          .output = { zp_buf_text(&q->output), q->output.len } };

    if (q->done)
        q->done(q->arg, &a);
    q->done = NULL;
}

static void request_done(zp__request *r, const zp__outcome *o)
{
    zp__query *q = r->arg;

    q->running = false;
    answer(q, o);
    if (!q->plane->closing)
        (void)!zp_loop_post(q->plane->loop, free_later, q);
}

static void request_output(zp__request *r, int channel, const char *bytes, size_t len)
{
    zp__query *q = r->arg;

    if (channel == 1)
        zp_buf_put(&q->output, bytes, len);
}

static void refuse(zp__query *q, const char *text)
{
    answer(q, &(zp__outcome){ .kind = ZP_ERRKIND_RIGHTS, .error = text });
    query_free(q);
}

static void begin(void *arg, zp_plane *plane)
{
    zp__query *q = arg;
    zp__request *r;

    if (!(q->rights & ZP_MAY_EVALUATE)) {
        refuse(q, "not allowed: this key has no right to evaluate");
        return;
    }
    zp__desk_init(&q->desk, plane, true, q->rights);
    r = zp__request_new(&q->desk, NULL);
    if (!r) {
        refuse(q, "out of memory");
        return;
    }
    q->begun = q->running = true;
    q->next = plane->queries;
    if (q->next)
        q->next->prev = q;
    plane->queries = q;
    r->arg = q;
    r->done = request_done;
    r->on_output = request_output;
    r->kind = ZP_REQ_TEXT;
    if (q->limit_ms && (r->limit_ms <= 0 || q->limit_ms < r->limit_ms))
        r->limit_ms = q->limit_ms;
    zp_buf_put(&r->body, q->text, q->len);
    zp__desk_add(&q->desk, r);
}

uint64_t zp_plane_query(zp_plane *plane, const char *text, size_t len, unsigned rights, uint32_t limit_ms,
                        zp_plane_done_fn done, void *arg)
{
    zp__query *q = zp_new(zp__query, NULL);
    uint64_t id = atomic_fetch_add(&plane->query_ids, 1) + 1;

    if (!q)
        return 0;
    q->text = zp_alloc(len + 1, NULL);
    if (!q->text) {
        zp_free(q);
        return 0;
    }
    memcpy(q->text, text, len);
    q->len = len;
    q->plane = plane;
    q->id = id;
    q->rights = rights;
    q->limit_ms = limit_ms;
    q->done = done;
    q->arg = arg;
    if (zp_plane_post(plane, begin, q))
        return id;
    query_free(q);
    return 0;
}

typedef struct cancellation {
    uint64_t query;
} cancellation;

static void cancel(void *arg, zp_plane *plane)
{
    cancellation *c = arg;

    for (zp__query *q = plane->queries; q; q = q->next)
        if (q->id == c->query && q->running) {
            zp__request *r = q->desk.live.first ? q->desk.live.first : q->desk.queue.first;
            zp__request_stop(r, ZP_ERRKIND_CANCELLED, "interrupted");
            break;
        }
    zp_free(c);
}

void zp_plane_cancel(zp_plane *plane, uint64_t query)
{
    cancellation *c = zp_new(cancellation, NULL);

    if (!c)
        return;
    c->query = query;
    if (!zp_plane_post(plane, cancel, c))
        zp_free(c);
}

void zp__queries_free(zp_plane *plane)
{
    for (zp__query *q = plane->queries, *next; q; q = next) {
        next = q->next;
        if (!q->running) /* its task frees it */
            continue;
        answer(q, &(zp__outcome){ .kind = ZP_ERRKIND_CANCELLED, .error = "the server stops" });
        query_free(q);
    }
}
