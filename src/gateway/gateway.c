/* gateway: threads, pools, start and end. */
#include "gateway/gateway.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/session.h"

/* ---------------------------------------------------------------- threads */

const zp_snapshot *zp__q_snapshot(zp__q_shard *shard)
{
    zp_auth *auth = shard->gateway->auth;

    if (!shard->snapshot || zp_snapshot_generation(shard->snapshot) != zp_auth_generation(auth)) {
        zp_snapshot_unref(shard->snapshot);
        shard->snapshot = zp_auth_snapshot(auth);
    }
    return shard->snapshot;
}

static bool start_shard(zp_gateway *g, int i, zp_error *err)
{
    zp__q_shard *shard = &g->shards[i];

    shard->gateway = g;
    shard->number = i;
    shard->loop = zp_backend_loop(g->backend, i);
    shard->pools = zp_backend_pools(g->backend, i);
    shard->doc = zp_json_doc_new(err);
    shard->compiler = shard->doc ? zp_compiler_new(err) : NULL;
    return shard->compiler != NULL;
}

static void free_shard(zp__q_shard *shard)
{
    zp__q_tenants_free(shard);
    zp_json_doc_free(shard->doc);
    zp_compiler_free(shard->compiler);
    zp_snapshot_unref(shard->snapshot);
    zp_buf_fini(&shard->reply);
}

static void set_defaults(zp_gateway_config *cfg)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    cfg->threads = cfg->threads > 0 ? cfg->threads : processors > 2 ? (int)(processors / 2) : 1;
    cfg->max_payload = cfg->max_payload ? cfg->max_payload : 8 << 20;
    cfg->node_max_frame = cfg->node_max_frame ? cfg->node_max_frame : 65536;
    cfg->node_max_frame_tls = cfg->node_max_frame_tls ? cfg->node_max_frame_tls : 16384;
    cfg->frame_timeout_ms = cfg->frame_timeout_ms ? cfg->frame_timeout_ms : 30000;
    cfg->used_idle_ms = cfg->used_idle_ms ? cfg->used_idle_ms : 30000;
}

zp_gateway *zp_gateway_new(const zp_gateway_config *cfg, zp_auth *auth, zp_error *err)
{
    zp_gateway *g = zp_new(zp_gateway, err);
    bool ok;

    if (!g)
        return NULL;
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->all_closed, NULL);
    g->cfg = *cfg;
    g->auth = auth;
    set_defaults(&g->cfg);
    g->shards = zp_alloc_zero((size_t)g->cfg.threads * sizeof(*g->shards), err);
    g->backend = g->shards ? zp_backend_new(g->cfg.threads, err) : NULL;
    ok = g->backend != NULL;
    if (ok)
        zp_backend_serve_series(g->backend, g->cfg.plane);
    for (int i = 0; ok && i < g->cfg.threads; i++) {
        g->count = i + 1;
        ok = start_shard(g, i, err);
    }
    if (ok && zp_gateway_reload(g, err))
        return g;
    zp_gateway_free(g);
    return NULL;
}

/* ---------------------------------------------------------------- pools follow the vault */

static void spec_of(zp_pool_spec *spec, const zp_database *db, zp_env env)
{
    const zp_binding *b = &db->env[env];

    *spec = (zp_pool_spec){ .database = db->id,
                            .env = zp_env_name(env),
                            .name = db->name,
                            .url = b->url,
                            .max = b->limits.pool_max,
                            .min = b->limits.pool_min,
                            .idle_ms = b->limits.idle_ms,
                            .life_ms = b->limits.life_ms,
                            .check_ms = b->limits.check_ms,
                            .wait_ms = b->limits.wait_ms,
                            .query_ms = b->limits.query_ms,
                            .connect_ms = b->limits.connect_ms,
                            .max_waiting = b->limits.max_waiting };
}

/* A binding whose URL nobody understands is left out: its queries are refused, the others are served. */
static bool usable(const zp_database *db, zp_env env)
{
    zp_error err = ZP_ERROR_INIT;
    zp_dialect dialect;
    bool ok = zp_backend_url_check(db->env[env].url, &dialect, &err);

    if (!ok)
        ZP_LOG(ZP_LOG_ERROR, "a database cannot be served", zp_log_str("database", db->name),
               zp_log_str("env", zp_env_name(env)), zp_log_str("reason", zp_error_text(&err)));
    zp_error_clear(&err);
    return ok;
}

static bool configure(zp_gateway *g, const zp_snapshot *snap, zp_error *err)
{
    size_t count, n = 0;
    const zp_database *all = zp_snapshot_databases(snap, &count);
    zp_pool_spec *specs = zp_alloc((count * ZP_ENVS + 1) * sizeof(*specs), err);
    bool ok;

    if (!specs)
        return false;
    for (size_t i = 0; i < count; i++)
        for (int env = 0; env < ZP_ENVS; env++)
            if (all[i].env[env].url && usable(&all[i], (zp_env)env))
                spec_of(&specs[n++], &all[i], (zp_env)env);
    ok = zp_backend_configure(g->backend, specs, n, err);
    zp_free(specs);
    return ok;
}

bool zp_gateway_reload(zp_gateway *g, zp_error *err)
{
    const zp_snapshot *snap = zp_auth_snapshot(g->auth);
    bool ok = true;

    if (snap && zp_snapshot_generation(snap) + 1 != g->configured) {
        ok = configure(g, snap, err);
        if (ok)
            g->configured = zp_snapshot_generation(snap) + 1; /* 0: never */
    }
    zp_snapshot_unref(snap);
    return ok;
}

zp_backend *zp_gateway_backend(zp_gateway *g)
{
    return g->backend;
}

/* ---------------------------------------------------------------- new sessions */

typedef struct newcomer {
    zp__q_shard *shard;
    zp_conn *conn;
    zp_login *login;
} newcomer;

static void turn_away(zp_conn *conn, zp_login *login)
{
    zp_conn_close(conn);
    zp_login_free(login);
}

static void arrive(void *arg)
{
    newcomer *n = arg;

    if (n->shard->closing)
        turn_away(n->conn, n->login);
    else
        zp__q_session_new(n->shard, n->conn, n->login);
    zp_free(n);
}

void zp_gateway_adopt(zp_gateway *g, zp_conn *detached, zp_login *take)
{
    newcomer *n = zp_new(newcomer, NULL);
    uint32_t i = atomic_fetch_add(&g->next, 1) % (uint32_t)g->count;

    if (n)
        *n = (newcomer){ &g->shards[i], detached, take };
    if (!n || atomic_load(&g->closing) || !zp_loop_post(g->shards[i].loop, arrive, n)) {
        turn_away(detached, take);
        zp_free(n);
    }
}

/* ---------------------------------------------------------------- the end */

/* Node.js waits for ever when a connection ends without an answer. */
static void close_session(zp__q_session *s)
{
    if (s->run) {
        zp__q_refuse_text(s, ZP_ZQL_QUERY_ERROR, "the server is stopping");
        zp__q_session_send(s);
    }
    zp__q_session_close(s);
}

static void close_shard(void *arg)
{
    zp__q_shard *shard = arg;
    zp_gateway *g = shard->gateway;

    shard->closing = true;
    while (shard->first)
        close_session(shard->first);
    if (atomic_fetch_sub(&g->to_close, 1) != 1)
        return;
    if (g->closed)
        g->closed(g->closed_arg);
    pthread_mutex_lock(&g->lock);
    pthread_cond_broadcast(&g->all_closed);
    pthread_mutex_unlock(&g->lock);
}

void zp_gateway_close(zp_gateway *g, void (*done)(void *arg), void *arg)
{
    if (atomic_exchange(&g->closing, true))
        return;
    g->closed = done;
    g->closed_arg = arg;
    atomic_store(&g->to_close, g->count);
    for (int i = 0; i < g->count; i++)
        if (!zp_loop_post(g->shards[i].loop, close_shard, &g->shards[i]))
            atomic_fetch_sub(&g->to_close, 1);
}

void zp_gateway_free(zp_gateway *g)
{
    if (!g)
        return;
    if (g->backend) {
        zp_gateway_close(g, NULL, NULL);
        pthread_mutex_lock(&g->lock);
        while (atomic_load(&g->to_close) > 0)
            pthread_cond_wait(&g->all_closed, &g->lock);
        pthread_mutex_unlock(&g->lock);
    }
    zp_backend_free(g->backend);
    for (int i = 0; i < g->count; i++)
        free_shard(&g->shards[i]);
    zp_free(g->shards);
    pthread_mutex_destroy(&g->lock);
    pthread_cond_destroy(&g->all_closed);
    zp_free(g);
}
