/* plane: the root object: its doors for other threads, its turns, its end. */
#include "plane/plane.h"

#include <stdlib.h>
#include <string.h>

#include "plane/plane_priv.h"

enum { WAIT_US = 50000, FLUSH_MS = 2500, LAST_TURNS = 1000 };

const zp_builtin *const zp_plane_tables[] = { zp__builtins_connection, zp__builtins_timer,
                                              zp__builtins_stats,      zp__builtins_append,
                                              zp__builtins_subscribe,  NULL };

static const char plane_key; /* its address: what the plane of an engine is attached under */

/* ---------------------------------------------------------------- life */

zp_plane *zp_plane_new(zp_engine *engine, zp_loop *loop, zp_error *err)
{
    zp_plane *plane = zp_new(zp_plane, err);
    const zp_config *cfg = zp_engine_config(engine);

    if (!plane)
        return NULL;
    plane->engine = engine;
    plane->loop = loop ? loop : zp_loop_new(0, err);
    plane->own_loop = !loop;
    plane->turn.fn = zp__plane_run_desks;
    plane->turn.arg = plane;
    plane->limit_ms = cfg->eval_max_secs * 1000;
    plane->limit_memory = cfg->eval_max_memory;
    if (plane->loop && zp_engine_attach(engine, &plane_key, plane, NULL, err)) {
        zp_engine_on_sleep(engine, zp__plane_sleep);
        return plane;
    }
    if (plane->own_loop && plane->loop)
        zp_loop_free(plane->loop);
    zp_free(plane);
    return NULL;
}

/* What links have still to send, and peers that are on their way out. */
static void finish_sending(zp_plane *plane)
{
    int64_t until = zp__now_us() + FLUSH_MS * 1000;
    zp_net_stats now;

    zp__links_close(plane);
    for (;;) {
        zp_loop_stats(plane->loop, &now);
        if (!now.connections || zp__now_us() > until)
            return;
        zp_loop_once(plane->loop, 10000);
    }
}

void zp_plane_free(zp_plane *plane)
{
    if (!plane)
        return;
    if (plane->own_loop)
        zp__flows_drain(plane, FLUSH_MS * 1000);
    plane->closing = true;
    atomic_store(&plane->refuse, true);
    zp_engine_on_sleep(plane->engine, NULL);
    zp__peers_close(plane);
    if (plane->own_loop)
        finish_sending(plane);
    zp_loop_once(plane->loop, 0); /* what goes by itself is freed in tasks */
    zp__timers_free(plane);
    zp__queries_free(plane);
    zp__peers_free(plane);
    zp__streams_free(plane->streams);
    for (int turns = 0; plane->commits && turns < LAST_TURNS; turns++)
        zp_loop_once(plane->loop, 10000);
    zp__flows_free(plane);
    zp__links_free(plane);
    while (plane->gone) {
        zp__gone *next = plane->gone->next;
        zp_free(plane->gone);
        plane->gone = next;
    }
    while (plane->gone_links) {
        zp__gone_link *next = plane->gone_links->next;
        zp_free(plane->gone_links);
        plane->gone_links = next;
    }
    zp_engine_detach(plane->engine, &plane_key);
    if (plane->own_loop)
        zp_loop_free(plane->loop);
    zp_free(plane);
}

zp_loop *zp_plane_loop(zp_plane *plane)
{
    return plane->loop;
}

zp_engine *zp_plane_engine(zp_plane *plane)
{
    return plane->engine;
}

static void free_embedded(void *plane)
{
    zp_plane_free(plane);
}

zp_plane *zp_plane_of(zp_engine *engine, zp_error *err)
{
    zp_plane *plane = zp_engine_attached(engine, &plane_key);
    static const char embedded_key;

    if (plane)
        return plane;
    plane = zp_plane_new(engine, NULL, err);
    if (plane && !zp_engine_attach(engine, &embedded_key, plane, free_embedded, err)) {
        zp_plane_free(plane);
        return NULL;
    }
    return plane;
}

void zp_plane_wait(void *plane, zp_ctx *ctx)
{
    (void)ctx;
    zp_loop_once(((zp_plane *)plane)->loop, WAIT_US); /* short, so that an interrupt is seen */
}

void zp_plane_collect(void *arg, zp_metrics_out *out)
{
    const zp_plane *plane = arg;

    zp_metrics_one(out, "zplane_peers", "gauge", "Connections of the native protocol.",
                   (double)zp_counted(&plane->count.peers));
    zp_metrics_one(out, "zplane_requests_total", "counter", "Expressions that were evaluated for others.",
                   (double)zp_counted(&plane->count.requests));
    zp_metrics_one(out, "zplane_requests_failed_total", "counter", "Those that ended in an error.",
                   (double)zp_counted(&plane->count.failed));
    zp_metrics_one(out, "zplane_requests_running", "gauge", "Those that have begun and not ended.",
                   (double)zp_counted(&plane->count.running));
    zp_metrics_one(out, "zplane_links", "gauge", "Connections that programs of the language have made.",
                   (double)zp_counted(&plane->count.links));
    zp__stretch_collect(plane, out);
}

static void readable(void *arg, unsigned ready)
{
    (void)ready;
    *(bool *)arg = true;
}

void zp_plane_until_readable(zp_engine *engine, int fd, const volatile sig_atomic_t *stop)
{
    zp_plane *plane = zp_engine_attached(engine, &plane_key);
    bool there = false;
    zp_watch *watch = plane ? zp_watch_new(plane->loop, fd, readable, &there, NULL) : NULL;

    if (!watch)
        return;
    if (zp_watch_set(watch, ZP_READABLE))
        while (!there && !*stop)
            zp_loop_once(plane->loop, WAIT_US);
    zp_watch_free(watch);
}

/* ---------------------------------------------------------------- from other threads */

typedef struct adoption {
    zp_plane *plane;
    zp_conn *conn;
    struct zp_login *login;
} adoption;

static void adopt(void *arg)
{
    adoption *a = arg;

    zp__peer_adopt(a->plane, a->conn, a->login);
    zp_free(a);
}

void zp_plane_adopt(zp_plane *plane, zp_conn *detached, struct zp_login *take)
{
    adoption *a = zp_new(adoption, NULL);

    if (a)
        *a = (adoption){ plane, detached, take };
    if (a && !atomic_load(&plane->refuse) && zp_loop_post(plane->loop, adopt, a))
        return;
    zp_free(a);
    zp_conn_close(detached);
    zp__login_drop(take);
}

typedef struct posted {
    void (*fn)(void *arg, zp_plane *plane);
    void *arg;
    zp_plane *plane;
} posted;

static void run_posted(void *arg)
{
    posted *p = arg;

    p->fn(p->arg, p->plane);
    zp_free(p);
}

bool zp_plane_post(zp_plane *plane, void (*fn)(void *arg, zp_plane *plane), void *arg)
{
    posted *p = atomic_load(&plane->refuse) ? NULL : zp_new(posted, NULL);

    if (!p)
        return false;
    *p = (posted){ fn, arg, plane };
    if (zp_loop_post(plane->loop, run_posted, p))
        return true;
    zp_free(p);
    return false;
}

/* ---------------------------------------------------------------- handlers of other files */

void zp_plane_on_message(zp_plane *plane, uint8_t type, zp_plane_message_fn fn, void *arg)
{
    plane->handlers[type].fn = fn;
    plane->handlers[type].arg = arg;
}

bool zp_plane_on_gone(zp_plane *plane, zp_plane_gone_fn fn, void *arg, zp_error *err)
{
    zp__gone *g = zp_new(zp__gone, err);

    if (!g)
        return false;
    *g = (zp__gone){ plane->gone, fn, arg };
    plane->gone = g;
    return true;
}

void zp_plane_on_link_message(zp_plane *plane, uint8_t type, zp_plane_link_message_fn fn, void *arg)
{
    plane->link_handlers[type].fn = fn;
    plane->link_handlers[type].arg = arg;
}

bool zp_plane_on_link_gone(zp_plane *plane, zp_plane_link_gone_fn fn, void *arg, zp_error *err)
{
    zp__gone_link *g = zp_new(zp__gone_link, err);

    if (!g)
        return false;
    *g = (zp__gone_link){ plane->gone_links, fn, arg };
    plane->gone_links = g;
    return true;
}
