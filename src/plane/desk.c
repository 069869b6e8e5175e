/* desk: requests in order, and whose turn it is.
 *
 *     queue: not started          live: started
 *     [r5 r6 r7]  --start-->  current (r4) --waits--> parked (r2) --answer--> ready --turn--> current
 *
 * A desk has one working environment.  Its requests are started in the order they came; the next one starts when the current
 * one is done or waits.  So two requests share the environment only when one of them is waiting.
 *
 * Desks with something to run stand in line, in one of two: those whose slice was not enough for what they had stand in the long
 * one.  A turn of the plane serves the other line first, sends the answers, and then gives one of the long line a slice.
 * So a short request waits for what is left of one slice, however many long ones there are, and a long one is never
 * forgotten.  Between turns the loop looks at the network. */
#include <string.h>
#include <time.h>

#include "plane/plane_priv.h"

int64_t zp__now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---------------------------------------------------------------- lists */

static void append(zp__list *list, zp__request *r)
{
    r->next = NULL;
    r->prev = list->last;
    if (list->last)
        list->last->next = r;
    else
        list->first = r;
    list->last = r;
    list->n++;
}

static void take_out(zp__list *list, zp__request *r)
{
    if (r->prev)
        r->prev->next = r->next;
    else
        list->first = r->next;
    if (r->next)
        r->next->prev = r->prev;
    else
        list->last = r->prev;
    list->n--;
}

/* ---------------------------------------------------------------- lines */

void zp__plane_line_on(zp_plane *plane)
{
    if ((plane->line.first || plane->long_line.first || plane->sweeping) && !plane->turn_posted &&
        !plane->closing) {
        plane->turn_posted = true;
        zp_loop_post_task(plane->loop, &plane->turn);
    }
}

void zp__plane_line_up(zp_plane *plane, zp__desk *d)
{
    if (!d->lined_up) {
        zp__line *line = d->used_up ? &plane->long_line : &plane->line;

        d->lined_up = true;
        d->next = NULL;
        if (line->last)
            line->last->next = d;
        else
            line->first = d;
        line->last = d;
    }
    zp__plane_line_on(plane);
}

static zp__desk *take_first(zp__line *line)
{
    zp__desk *d = line->first;

    if (!d)
        return NULL;
    line->first = d->next;
    if (!line->first)
        line->last = NULL;
    d->lined_up = false;
    return d;
}

static void leave_line(zp__line *line, zp__desk *d)
{
    zp__desk *before = NULL;

    for (zp__desk *at = line->first; at && d->lined_up; before = at, at = at->next) {
        if (at != d)
            continue;
        if (before)
            before->next = d->next;
        else
            line->first = d->next;
        if (line->last == d)
            line->last = before;
        d->lined_up = false;
    }
}

/* ---------------------------------------------------------------- desks */

void zp__desk_init(zp__desk *d, zp_plane *plane, bool remote, unsigned rights)
{
    *d = (zp__desk){ .plane = plane, .remote = remote, .rights = rights };
}

zp_ctx *zp__desk_context(zp__desk *d, zp_error *err)
{
    if (d->root)
        return d->root;
    d->root = zp_ctx_new(d->plane->engine, err);
    if (d->root && d->remote)
        zp_ctx_set_remote(d->root, (d->rights & ZP_MAY_WRITE ? ZP_ALLOW_WRITE : 0) |
                                       (d->rights & ZP_MAY_ADMINISTER ? ZP_ALLOW_SYSTEM : 0));
    return d->root;
}

static void request_free(zp__request *r)
{
    zp_deadline_stop(&r->limit);
    for (uint32_t i = 0; i < r->nholes; i++)
        zp_value_unref(r->holes[i]);
    zp_free(r->holes);
    zp_value_unref(r->code);
    zp_buf_fini(&r->body);
    zp_free(r);
}

/* Off the desk; its context goes back or away. */
static void withdraw(zp__request *r)
{
    zp__desk *d = r->desk;

    if (r->state == ZP_REQUEST_WAITS) {
        take_out(&d->queue, r);
        d->queued_bytes -= r->bytes;
        return;
    }
    take_out(&d->live, r);
    zp_count(&d->plane->count.running, (uint64_t)-1);
    d->ready -= r->state == ZP_REQUEST_READY;
    if (d->current == r)
        d->current = NULL;
    if (!r->ctx)
        return;
    zp_ctx_cancel(r->ctx);
    zp_ctx_on_wake(r->ctx, NULL, NULL);
    zp_ctx_on_settle(r->ctx, NULL, NULL);
    zp_ctx_output(r->ctx, NULL, NULL, NULL);
    if (r->ctx == d->root) {
        zp_ctx_forget(r->ctx);
        d->root_busy = false;
    } else {
        zp_ctx_free(r->ctx);
    }
    r->ctx = NULL;
}

void zp__desk_fini(zp__desk *d)
{
    zp__request *r;

    d->closing = true;
    while ((r = d->live.first ? d->live.first : d->queue.first)) {
        withdraw(r);
        request_free(r);
    }
    leave_line(&d->plane->line, d);
    leave_line(&d->plane->long_line, d);
    zp_ctx_free(d->root);
    d->root = NULL;
}

bool zp__desk_idle(const zp__desk *d)
{
    return !d->queue.n && !d->live.n;
}

zp__request *zp__request_new(zp__desk *d, zp_error *err)
{
    zp__request *r = zp_new(zp__request, err);

    if (r) {
        r->desk = d;
        r->limit_ms = (int64_t)d->plane->limit_ms;
    }
    return r;
}

void zp__desk_add(zp__desk *d, zp__request *take)
{
    take->state = ZP_REQUEST_WAITS;
    append(&d->queue, take);
    d->queued_bytes += take->bytes;
    zp__plane_line_up(d->plane, d);
}

zp__request *zp__desk_find(zp__desk *d, uint32_t number)
{
    for (zp__request *r = d->live.first; r; r = r->next)
        if (r->number == number)
            return r;
    for (zp__request *r = d->queue.first; r; r = r->next)
        if (r->number == number)
            return r;
    return NULL;
}

/* ---------------------------------------------------------------- the end of a request */

static void finish(zp__request *r, const zp__outcome *o)
{
    zp__desk *d = r->desk;

    zp_deadline_stop(&r->limit);
    zp_count(&d->plane->count.requests, 1);
    zp_count(&d->plane->count.failed, !o->ok);
    if (r->done)
        r->done(r, o); /* borrows values of the context */
    if (r->bound)
        zp_ctx_unbind_list(r->ctx, r->holes[0]);
    withdraw(r);
    request_free(r);
    if (d->current == NULL && (d->queue.n || d->ready))
        zp__plane_line_up(d->plane, d);
    else if (d->idle && zp__desk_idle(d) && !d->closing)
        d->idle(d);
}

void zp__request_stop(zp__request *r, int kind, const char *text)
{
    if (r->desk->away && r == r->desk->current) {
        r->stop_kind = kind;
        r->stop_text = text;
        return;
    }
    finish(r, &(zp__outcome){ .kind = kind, .error = text });
}

static void over_limit(zp_deadline *limit)
{
    zp__request *r = (zp__request *)((char *)limit - offsetof(zp__request, limit));

    zp__request_stop(r, ZP_ERRKIND_LIMIT, "the evaluation took too long: time limit reached");
}

static int kind_of(zp_errcode code)
{
    return code == ZP_ESYNTAX || code == ZP_EFORMAT ? ZP_ERRKIND_SYNTAX
           : code == ZP_ECANCELLED                  ? ZP_ERRKIND_CANCELLED
                                                    : ZP_ERRKIND_RUN;
}

static void finish_error(zp__request *r)
{
    const zp_error *err = zp_ctx_error(r->ctx);
    zp_buf text = ZP_BUF_INIT;

    zp_ctx_error_place(r->ctx, &text);
    zp_buf_puts(&text, zp_error_text(err));
    finish(r, &(zp__outcome){ .kind = kind_of(err->code),
                              .error = zp_buf_text(&text),
                              .place = r->kind == ZP_REQ_TREE ? NULL : zp_ctx_query_place(r->ctx) });
    zp_buf_fini(&text);
}

static void finish_value(zp__request *r)
{
    zp__outcome o = { .ok = true };

    o.value = zp_ctx_result(r->ctx, &o.visible);
    finish(r, &o);
}

/* ---------------------------------------------------------------- the beginning */

static void on_wake(void *arg, zp_ctx *ctx)
{
    zp__request *r = arg;

    (void)ctx;
    if (r->state != ZP_REQUEST_PARKED)
        return;
    r->state = ZP_REQUEST_READY;
    r->desk->ready++;
    zp__plane_line_up(r->desk->plane, r->desk);
}

zp__request *zp__request_of(zp_ctx *ctx)
{
    return zp_ctx_waker(ctx, on_wake);
}

static void output(void *to, const char *bytes, size_t len)
{
    zp__request *r = to;

    r->on_output(r, 1, bytes, len);
}

static void diagnostics(void *to, const char *bytes, size_t len)
{
    zp__request *r = to;

    r->on_output(r, 2, bytes, len);
}

static bool load(zp__request *r, zp_error *err)
{
    if (r->code.type == ZP_CLO)
        return zp_ctx_load_call(r->ctx, r->code, r->holes, r->nholes, err);
    if (r->code.type != ZP_NIL)
        return zp_ctx_load_code(r->ctx, r->code, err);
    if (r->kind == ZP_REQ_TREE)
        return zp_ctx_load_tree(r->ctx, r->body.ptr, r->body.len, r->holes, r->nholes, err);
    if (r->nholes) { /* values bound to names, for this query */
        if (r->nholes > 1 || r->holes[0].type != ZP_LIST)
            return zp_fail(err, "bound values come as a list with names");
        r->bound = true;
        if (!zp_ctx_bind_list(r->ctx, r->holes[0], err))
            return false;
    }
    return zp_ctx_load_query(r->ctx, zp_buf_text(&r->body), r->body.len, err);
}

/* The next of the queue gets a context. */
static bool start(zp__desk *d, zp__request *r)
{
    zp_error err = ZP_ERROR_INIT;
    zp_ctx *root = zp__desk_context(d, &err);
    bool ok;

    take_out(&d->queue, r);
    d->queued_bytes -= r->bytes;
    r->state = ZP_REQUEST_RUNS;
    append(&d->live, r);
    zp_count(&d->plane->count.running, 1);
    r->ctx = !root ? NULL : d->root_busy ? zp_ctx_new_beside(root, &err) : root;
    d->root_busy = d->root_busy || r->ctx == root;
    ok = r->ctx != NULL;
    if (ok) {
        zp_ctx_on_wake(r->ctx, on_wake, r);
        zp_ctx_on_settle(r->ctx, zp__plane_settle, r);
        if (r->on_output)
            zp_ctx_output(r->ctx, output, diagnostics, r);
        ok = load(r, &err);
    }
    zp_buf_fini(&r->body);
    if (ok && d->remote && d->plane->limit_memory > 0)
        r->held = zp_ctx_bytes(r->ctx);
    if (ok && r->limit_ms > 0)
        zp_deadline_set(d->plane->loop, &r->limit, r->limit_ms, over_limit);
    if (!ok)
        finish(r, &(zp__outcome){ .kind = kind_of(err.code),
                                  .error = zp_error_text(&err),
                                  .place = r->kind == ZP_REQ_TEXT && err.place.line ? &err.place : NULL });
    zp_error_clear(&err);
    return ok;
}

/* ---------------------------------------------------------------- turns */

/* Runs it for a slice; what it may allocate is what its desk has left. */
static zp_run slice(zp__desk *d, zp__request *r)
{
    size_t global = (size_t)zp_engine_config(d->plane->engine)->max_memory, before = zp_heap_bytes();
    double limit = d->remote ? d->plane->limit_memory : 0;
    int64_t until = zp__stretch_begin(d->plane) + ZP_SLICE_US;
    zp_run run;

    r->others = 0;
    if (limit > 0) {
        double used = (double)r->held + (double)r->memory, left = limit > used ? limit - used : 0;
        size_t most = before + (size_t)left + 1;
        zp_heap_limit(global && global < most ? global : most);
    }
    zp_heap_defer(d->plane->offload && limit <= 0); /* with a limit, what it drops counts at once */
    zp_ctx_until(r->ctx, until);
    d->plane->pause_us = until;
    d->plane->running = r;
    do {
        run = zp_ctx_run(r->ctx, ZP_SLICE_STEPS);
    } while (run == ZP_RUN_BUDGET && !r->stop_text && zp__now_us() < until);
    d->plane->running = NULL;
    zp_heap_defer(d->plane->offload != NULL);
    zp__stretch_end(d->plane, zp_ctx_doing(r->ctx));
    if (limit > 0) {
        zp_heap_limit(global);
        r->memory += (int64_t)zp_heap_bytes() - (int64_t)before - r->others;
        r->memory = r->memory > 0 ? r->memory : 0;
    }
    return run;
}

static zp__request *next_of(zp__desk *d)
{
    if (d->away)
        return NULL;
    if (d->current && d->current->state == ZP_REQUEST_READY) {
        d->current->state = ZP_REQUEST_RUNS;
        d->ready--;
    }
    if (d->current)
        return d->current->state == ZP_REQUEST_PARKED ? NULL : d->current;
    for (zp__request *r = d->live.first; r && d->ready; r = r->next)
        if (r->state == ZP_REQUEST_READY) {
            r->state = ZP_REQUEST_RUNS;
            d->ready--;
            return r;
        }
    if (!d->queue.first)
        return NULL;
    return d->queue.first;
}

static void serve(zp__desk *d)
{
    zp__request *r = next_of(d);
    zp_run run;

    if (!r || (r->state == ZP_REQUEST_WAITS && !start(d, r)))
        return;
    d->current = r;
    run = slice(d, r);
    d->used_up = run == ZP_RUN_BUDGET;
    if (r->stop_text) {
        finish(r, &(zp__outcome){ .kind = r->stop_kind, .error = r->stop_text });
        return;
    }
    switch (run) {
    case ZP_RUN_DONE: finish_value(r); break;
    case ZP_RUN_ERROR: finish_error(r); break;
    case ZP_RUN_PARKED:
        r->state = ZP_REQUEST_PARKED;
        if (!zp_ctx_holds(r->ctx)) /* Sys.sleep and connection() let nobody pass */
            d->current = NULL;
        if (zp_ctx_ready(r->ctx)) /* it was answered before it could wait */
            on_wake(r, r->ctx);
        break;
    case ZP_RUN_BUDGET: break;
    }
}

static void serve_first(zp_plane *plane, zp__line *line)
{
    zp__desk *d = take_first(line);

    if (!d)
        return;
    serve(d);
    if (!d->away && (d->current ? d->current->state != ZP_REQUEST_PARKED : d->ready || d->queue.n))
        zp__plane_line_up(plane, d);
}

/* What large values held is taken apart in small portions. */
static void sweep(zp_plane *plane)
{
    zp__stretch_begin(plane);
    plane->sweeping = zp_heap_sweep(ZP_SWEEP);
    zp__stretch_end(plane, "sweep");
}

void zp__plane_run_desks(void *arg)
{
    zp_plane *plane = arg;
    int64_t until = zp__now_us() + ZP_SLICE_US;
    bool served = false;

    plane->turn_posted = false;
    while (plane->line.first && !plane->closing && (!served || zp__now_us() < until)) {
        served = true;
        serve_first(plane, &plane->line);
    }
    if (plane->long_line.first && !plane->closing) {
        if (served) /* their answers do not wait */
            zp_loop_flush(plane->loop);
        serve_first(plane, &plane->long_line);
    }
    sweep(plane);
    zp__streams_poke(plane);
    zp__plane_line_on(plane);
}
