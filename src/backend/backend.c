/* backend: the gateway threads, and messages to all of them.
 *
 * A message that concerns every thread (configuration, a report, a query to be ended) travels from thread to thread: each does its
 * part and passes it on, so nothing is shared. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backend/pool_priv.h"
#include "base/clock.h"
#include "base/mem.h"

enum { HELPERS_MOST = 64, STOP_MS = 15000 };

/* ---------------------------------------------------------------- targets */

zp_backend_target *zp__backend_target_ref(zp_backend_target *t)
{
    atomic_fetch_add(&t->refs, 1);
    return t;
}

void zp__backend_target_unref(zp_backend_target *t)
{
    if (!t || atomic_fetch_sub(&t->refs, 1) != 1)
        return;
    if (t->url)
        explicit_bzero(t->url, strlen(t->url));
    zp_free(t->url);
    zp_free(t);
}

static char *copy(const char *text, zp_error *err)
{
    size_t len = strlen(text) + 1;
    char *to = zp_alloc(len, err);

    return to ? memcpy(to, text, len) : NULL;
}

static zp_backend_target *target_new(const zp_pool_spec *spec, zp_error *err)
{
    const zp_backend_ops *ops = zp__engine_of(spec->url, err);
    zp_backend_target *t = ops ? zp_new(zp_backend_target, err) : NULL;

    if (!t)
        return NULL;
    atomic_init(&t->refs, 1);
    t->ops = ops;
    t->connect_ms = spec->connect_ms > 0 ? spec->connect_ms : 5000;
    t->query_ms = spec->query_ms > 0 ? spec->query_ms : 30000;
    t->url = copy(spec->url, err);
    if (!t->url || (ops->check_url && !ops->check_url(t->url, err))) {
        zp__backend_target_unref(t);
        return NULL;
    }
    return t;
}

/* ---------------------------------------------------------------- threads */

static void *gateway_thread(void *arg)
{
    zp_gateway_thread *t = arg;

    zp_loop_run(t->loop);
    return NULL;
}

static bool start_thread(zp_backend *b, int i, zp_error *err)
{
    zp_gateway_thread *t = &b->threads[i];
    int failed;

    t->backend = b;
    t->loop = zp_loop_new(0, err);
    if (!t->loop)
        return false;
    if (!zp__pools_init(&t->pools, b, i, t->loop, err))
        return false;
    failed = pthread_create(&t->id, NULL, gateway_thread, t);
    if (failed)
        return zp_fail_sys(err, failed, "cannot start a gateway thread");
    t->started = true;
    return true;
}

zp_backend *zp_backend_new(int threads, zp_error *err)
{
    zp_backend *b = zp_new(zp_backend, err);

    if (!b)
        return NULL;
    b->helpers = zp__helpers_new(HELPERS_MOST, err);
    b->threads = b->helpers ? zp_alloc_zero((size_t)threads * sizeof *b->threads, err) : NULL;
    if (!b->threads) {
        zp_backend_free(b);
        return NULL;
    }
    b->count = threads;
    for (int i = 0; i < threads; i++)
        if (!start_thread(b, i, err)) {
            zp_backend_free(b);
            return NULL;
        }
    return b;
}

void zp_backend_serve_series(zp_backend *b, struct zp_plane *plane)
{
    b->plane = plane;
}

int zp_backend_threads(const zp_backend *b)
{
    return b->count;
}

zp_loop *zp_backend_loop(zp_backend *b, int thread)
{
    return b->threads[thread].loop;
}

zp_pools *zp_backend_pools(zp_backend *b, int thread)
{
    return &b->threads[thread].pools;
}

/* ---------------------------------------------------------------- stopping */

typedef struct stopping {
    zp_gateway_thread *thread;
    zp_timer *timer;
    int64_t began_ms;
} stopping;

static void stop_look(void *arg)
{
    stopping *s = arg;
    zp_pools *pools = &s->thread->pools;
    const zp_failure why = { .error = ZP_RUN_SHUTDOWN };

    if (zp_clock_ms() - s->began_ms > STOP_MS)
        for (zp_pool *p = pools->all; p; p = p->next)
            while (p->busy.first)
                zp__link_broken(p->busy.first, &why);
    if (!zp__pools_stopped(pools)) {
        zp_timer_set(s->timer, 5000);
        return;
    }
    zp_timer_free(s->timer);
    zp_loop_stop(s->thread->loop);
    zp_free(s);
}

static void stop_begin(void *arg)
{
    zp_gateway_thread *t = arg;
    stopping *s = zp_new(stopping, NULL);

    zp__pools_stop(&t->pools);
    if (s) {
        s->thread = t;
        s->began_ms = zp_clock_ms();
        s->timer = zp_timer_new(t->loop, stop_look, s, NULL);
    }
    if (s && s->timer)
        stop_look(s);
    else
        zp_loop_stop(t->loop);
}

void zp_backend_free(zp_backend *b)
{
    if (!b)
        return;
    for (int i = 0; i < b->count; i++)
        if (b->threads[i].started) {
            b->threads[i].stop = (zp_task){ .fn = stop_begin, .arg = &b->threads[i] };
            zp_loop_post_task(b->threads[i].loop, &b->threads[i].stop);
        }
    for (int i = 0; i < b->count; i++)
        if (b->threads[i].started)
            pthread_join(b->threads[i].id, NULL);
    zp__helpers_free(b->helpers);
    for (int i = 0; i < b->count; i++)
        if (b->threads[i].loop) {
            if (b->threads[i].pools.tick)
                zp__pools_fini(&b->threads[i].pools);
            zp_loop_free(b->threads[i].loop);
        }
    zp_free(b->threads);
    zp_free(b);
}

/* ---------------------------------------------------------------- configuration */

typedef struct configuration {
    _Atomic int refs;
    size_t count;
    zp_pool_spec *specs; /* with strings of their own */
    zp_backend_target **targets;
} configuration;

typedef struct configure_task {
    configuration *conf;
    zp_pools *pools;
} configure_task;

static void configuration_unref(configuration *c)
{
    if (atomic_fetch_sub(&c->refs, 1) != 1)
        return;
    for (size_t i = 0; i < c->count; i++) {
        zp_free((char *)c->specs[i].database);
        zp_free((char *)c->specs[i].env);
        if (c->targets)
            zp__backend_target_unref(c->targets[i]);
    }
    zp_free(c->specs);
    zp_free(c->targets);
    zp_free(c);
}

static configuration *configuration_new(const zp_pool_spec *specs, size_t count, zp_error *err)
{
    configuration *c = zp_new(configuration, err);
    bool ok = true;

    if (!c)
        return NULL;
    atomic_init(&c->refs, 1);
    c->specs = zp_alloc_zero((count + 1) * sizeof *specs, err);
    c->targets = zp_alloc_zero((count + 1) * sizeof *c->targets, err);
    c->count = c->specs && c->targets ? count : 0;
    ok = c->specs && c->targets;
    for (size_t i = 0; i < c->count && ok; i++) {
        c->specs[i] = specs[i];
        c->specs[i].name = c->specs[i].url = NULL;
        c->specs[i].database = copy(specs[i].database, err);
        c->specs[i].env = copy(specs[i].env, err);
        c->targets[i] = target_new(&specs[i], err);
        ok = c->specs[i].database && c->specs[i].env && c->targets[i];
        if (!ok) /* those behind it still point to the caller's */
            c->count = i + 1;
    }
    if (ok)
        return c;
    configuration_unref(c);
    return NULL;
}

static void configure_thread(void *arg)
{
    configure_task *t = arg;

    zp__pools_configure(t->pools, t->conf->specs, t->conf->targets, t->conf->count);
    configuration_unref(t->conf);
    zp_free(t);
}

bool zp_backend_configure(zp_backend *b, const zp_pool_spec *specs, size_t count, zp_error *err)
{
    configuration *c = configuration_new(specs, count, err);
    bool ok = c != NULL;

    for (int i = 0; ok && i < b->count; i++) {
        configure_task *t = zp_new(configure_task, err);

        ok = t != NULL;
        if (!ok)
            break;
        *t = (configure_task){ .conf = c, .pools = &b->threads[i].pools };
        atomic_fetch_add(&c->refs, 1);
        ok = zp_loop_post(b->threads[i].loop, configure_thread, t);
        if (!ok) {
            configuration_unref(c);
            zp_free(t);
            zp_fail_nomem(err, sizeof *t);
        }
    }
    if (c)
        configuration_unref(c);
    return ok;
}
