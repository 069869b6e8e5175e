/* offload: while one evaluation is in a long loop over columns, another thread serves everybody else.
 *
 *     thread A    loop: ... sort(x) -- zp_k_sort -------------------------------.  a turn of B   back to sort(x) ... spare
 *                                   \ leave                                      \ enter      /
 *     thread B                       `- drives the loop ... small queries ... task of A: waits  drives on ...
 *
 * The engine belongs to one thread at a time: the one that `has it`.  At the beginning of a long loop its thread (A) gives the
 * engine, its event loop and the heap of values to another (B), which drives on as if nothing had been.  When the loop is
 * over A posts a task: B, at a moment when it is in the middle of nothing, lets A go on and waits, until A comes to its next long
 * loop or to the end of its turn.  From there on A is a spare driver.  So the values have no locks, and built-ins need not
 * know about any of this.
 *
 * What may be touched between leave and enter: columns that the built-in holds (its operands, so that whoever changes them
 * copies first) and memory of its own.  Hence only operators and built-ins that get no references leave (zp_ctx_is_apart).
 *
 * Invariants, under the lock: `driver` is the thread in zp_loop_run; exactly one thread has the engine, unless `stopping` and
 * !taken; the threads in long loops are `away`. */
#include <pthread.h>

#include "base/breath.h"
#include "base/thread.h"
#include "kernel/kernel.h"
#include "plane/plane_priv.h"

typedef struct zp__offload zp__offload;

typedef struct runner {
    zp__offload *o;
    struct runner *next_idle, *next;
    pthread_t thread;
    pthread_cond_t wake;
    bool drive, granted; /* what it waits for */
    zp_task back;        /* its loop is over */
    zp_long_guard guard;
    zp__request *request; /* that it has taken away */
    size_t held, limit;   /* of the heap when it left */
} runner;

struct zp__offload {
    zp_plane *plane;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* while it stops */
    runner *driver, *idle, *all;
    runner first; /* of the engine's own thread */
    int away;
    bool returned; /* who was let go on has given the engine back to the driver */
    bool stopping, taken;
    zp_heap_state heap; /* while it is on its way */
};

enum { RUNNERS = 16 };

static _Thread_local runner *me;

static bool leave(void *arg);
static void pause_here(void *arg);
static void enter(void *arg);
static void on_back(void *arg);

static void init_runner(runner *r, zp__offload *o)
{
    *r = (runner){ .o = o, .guard = { leave, enter, r }, .back = { .fn = on_back, .arg = r } };
    pthread_cond_init(&r->wake, NULL);
    r->next = o->all;
    o->all = r;
}

/* ---------------------------------------------------------------- driving */

/* Gives the engine back to the driver, who waits for it in on_back(), and waits to drive; false: it is over.  Locked. */
static bool wait_as_spare(runner *r)
{
    zp__offload *o = r->o;

    if (!o->stopping) {
        r->next_idle = o->idle;
        o->idle = r;
    }
    while (!r->drive && !o->stopping)
        pthread_cond_wait(&r->wake, &o->lock);
    return r->drive;
}

static void give_back(runner *r)
{
    zp__offload *o = r->o;

    zp_heap_leave(&o->heap);
    pthread_mutex_lock(&o->lock);
    o->returned = true;
    o->taken = false;
    if (o->stopping)
        pthread_cond_broadcast(&o->changed);
    else
        pthread_cond_signal(&o->driver->wake);
    pthread_mutex_unlock(&o->lock);
}

/* The end: whoever is in a long loop comes back one after the other, and the spares go. */
static void stop_all(runner *r)
{
    zp__offload *o = r->o;

    zp_heap_leave(&o->heap);
    pthread_mutex_lock(&o->lock);
    o->stopping = true;
    o->taken = false;
    for (runner *each = o->all; each; each = each->next)
        pthread_cond_broadcast(&each->wake);
    pthread_cond_broadcast(&o->changed);
    pthread_mutex_unlock(&o->lock);
}

/* Drives as often as it is this thread's turn, until the loop is stopped. */
static void run(runner *r)
{
    zp__offload *o = r->o;
    bool go = true;

    me = r;
    zp_long_watch(&r->guard);
    zp_breath_watch(pause_here, r);
    while (go) {
        zp_thread_kind_set(ZP_THREAD_QUICK);
        if (zp_loop_run(o->plane->loop)) {
            stop_all(r);
            break;
        }
        give_back(r);
        pthread_mutex_lock(&o->lock);
        go = wait_as_spare(r);
        r->drive = false;
        pthread_mutex_unlock(&o->lock);
        if (go)
            zp_heap_enter(&o->heap);
    }
    zp_long_watch(NULL);
    zp_breath_watch(NULL, NULL);
    me = NULL;
}

static void *spare_main(void *arg)
{
    runner *r = arg;
    bool go;

    pthread_mutex_lock(&r->o->lock);
    while (!r->drive && !r->o->stopping)
        pthread_cond_wait(&r->wake, &r->o->lock);
    go = r->drive;
    r->drive = false;
    pthread_mutex_unlock(&r->o->lock);
    if (go) {
        zp_heap_enter(&r->o->heap);
        run(r);
    }
    return NULL;
}

/* A thread that can drive; NULL: there is none to be had.  Locked. */
static runner *find_driver(zp__offload *o)
{
    runner *r = o->idle;
    int count = 0;

    if (r) {
        o->idle = r->next_idle;
        return r;
    }
    for (r = o->all; r; r = r->next)
        count++;
    r = count < RUNNERS ? zp_new(runner, NULL) : NULL;
    if (!r)
        return NULL;
    init_runner(r, o);
    if (pthread_create(&r->thread, NULL, spare_main, r) == 0)
        return r;
    o->all = r->next;
    pthread_cond_destroy(&r->wake);
    zp_free(r);
    return NULL;
}

/* ---------------------------------------------------------------- long loops */

/* The engine goes to a driver.  Locked. */
static bool pass_on(runner *r)
{
    zp__offload *o = r->o;
    runner *next = o->driver;

    if (o->stopping)
        return false;
    if (o->driver == r) {
        next = find_driver(o);
        if (!next)
            return false;
        o->driver = next;
        next->drive = true;
    } else {
        o->returned = true;
    }
    zp_heap_leave(&o->heap);
    o->away++;
    pthread_cond_signal(&next->wake);
    return true;
}

static bool leave(void *arg)
{
    runner *r = arg;
    zp__offload *o = r->o;
    zp_plane *plane = o->plane;
    size_t global;
    bool gone;

    if (!plane->running || !zp_ctx_is_apart(plane->running->ctx))
        return false;
    zp__stretch_end(plane, zp_ctx_doing(plane->running->ctx));
    r->held = zp_heap_bytes();
    r->limit = zp_heap_limited();
    r->request = plane->running;
    global = (size_t)zp_engine_config(plane->engine)->max_memory;
    zp_heap_limit(global);
    plane->running = NULL;
    r->request->desk->away = true;
    zp__plane_line_on(plane); /* the turn that this thread is in goes on much later */
    zp_loop_part(plane->loop);
    pthread_mutex_lock(&o->lock);
    gone = pass_on(r);
    pthread_mutex_unlock(&o->lock);
    if (gone)
        return true;
    r->request->desk->away = false;
    plane->running = r->request;
    zp_heap_limit(r->limit);
    return false;
}

/* On the driver, between two tasks: the other goes on, and this one waits. */
static void on_back(void *arg)
{
    runner *r = arg;
    zp__offload *o = r->o;

    zp_loop_flush(o->plane->loop); /* the answers of this turn do not wait for the other */
    zp_loop_part(o->plane->loop);
    pthread_mutex_lock(&o->lock);
    if (o->stopping) { /* it has found its way already */
        pthread_mutex_unlock(&o->lock);
        return;
    }
    zp_heap_leave(&o->heap);
    o->returned = false;
    r->granted = true;
    pthread_cond_signal(&r->wake);
    while (!o->returned)
        pthread_cond_wait(&me->wake, &o->lock);
    pthread_mutex_unlock(&o->lock);
    zp_heap_enter(&o->heap);
}

static void wait_for_engine(runner *r)
{
    zp__offload *o = r->o;

    zp_loop_post_task(o->plane->loop, &r->back);
    pthread_mutex_lock(&o->lock);
    while (!r->granted && !(o->stopping && !o->taken))
        pthread_cond_wait(o->stopping ? &o->changed : &r->wake, &o->lock);
    r->granted = false;
    o->taken = true;
    o->away--;
    pthread_mutex_unlock(&o->lock);
    zp_heap_enter(&o->heap);
}

static void enter(void *arg)
{
    runner *r = arg;
    zp_plane *plane = r->o->plane;
    size_t now, global = (size_t)zp_engine_config(plane->engine)->max_memory;

    wait_for_engine(r);
    now = zp_heap_bytes();
    r->request->others += (int64_t)now - (int64_t)r->held;
    zp_heap_limit(r->limit == global ? global : r->limit - r->held + now);
    r->request->desk->away = false;
    plane->running = r->request;
    plane->pause_us = zp__stretch_begin(plane) + ZP_SLICE_US;
    if (r->request->stop_text || r->o->stopping) /* nobody wants the rest */
        zp_ctx_interrupt(r->request->ctx);
}

/* In a loop that is no kernel but knows a good moment: others have a turn, if this one has had its slice. */
static void pause_here(void *arg)
{
    runner *r = arg;

    if (r->o->plane->running && zp__now_us() >= r->o->plane->pause_us && leave(r))
        enter(r);
}

/* ---------------------------------------------------------------- from outside */

/* Everybody is back, and the engine is this thread's again. */
static void gather(zp__offload *o)
{
    pthread_mutex_lock(&o->lock);
    while (o->away || o->taken)
        pthread_cond_wait(&o->changed, &o->lock);
    pthread_mutex_unlock(&o->lock);
    for (runner *r = o->all, *next; r; r = next) {
        next = r->next;
        if (r != &o->first)
            pthread_join(r->thread, NULL);
    }
    zp_heap_enter(&o->heap);
    zp_heap_defer(false);
    zp_heap_sweep(INT64_MAX);
    o->plane->offload = NULL;
    zp_loop_once(o->plane->loop, 0); /* tasks of theirs that nobody ran */
}

void zp_plane_run(zp_plane *plane)
{
    zp__offload *o = zp_new(zp__offload, NULL);

    if (!o) {
        zp_loop_run(plane->loop);
        return;
    }
    o->plane = plane;
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->changed, NULL);
    init_runner(&o->first, o);
    o->driver = &o->first;
    plane->offload = o;
    zp_heap_defer(true);
    run(&o->first);
    gather(o);
    for (runner *r = o->all, *next; r; r = next) {
        next = r->next;
        pthread_cond_destroy(&r->wake);
        if (r != &o->first)
            zp_free(r);
    }
    pthread_cond_destroy(&o->changed);
    pthread_mutex_destroy(&o->lock);
    zp_free(o);
}
