/* clients: the sessions as a list for people, and what the gateway counts. */
#include <string.h>

#include "base/mem.h"
#include "gateway/session.h"

/* ---------------------------------------------------------------- {"clients":[…]} */

/* Goes from thread to thread and gathers. */
typedef struct census {
    zp_gateway *gateway;
    int next;
    zp_buf text;
    void (*done)(void *arg, const char *json, size_t len);
    void *arg;
} census;

static void put_session(zp_buf *out, const zp__q_session *s)
{
    char peer[ZP_PEER_TEXT];

    zp_buf_puts(out, "{\"peer\":");
    zp_conn_peer(s->conn, peer);
    zp_json_put_string(out, peer, strlen(peer));
    zp_buf_puts(out, ",\"client\":");
    zp_json_put_string(out, s->login->client->name, strlen(s->login->client->name));
    zp_buf_printf(out, ",\"class\":\"%s\",\"thread\":%d,\"state\":\"%s\",\"queries\":%lld,\"waiting\":%d}",
                  zp_zql_class_name(s->login->cls), s->shard->number,
                  s->parked ? "parked"
                  : s->run  ? "running"
                            : "idle",
                  (long long)s->queries, s->queued);
}

static void finish(census *c)
{
    zp_buf_puts(&c->text, "]}");
    c->done(c->arg, zp_buf_text(&c->text), c->text.len);
    zp_buf_fini(&c->text);
    zp_free(c);
}

static void gather(void *arg)
{
    census *c = arg;

    for (const zp__q_session *s = c->gateway->shards[c->next].first; s; s = s->next) {
        if (c->text.ptr[c->text.len - 1] != '[')
            zp_buf_putc(&c->text, ',');
        put_session(&c->text, s);
    }
    if (++c->next == c->gateway->count || !zp_loop_post(c->gateway->shards[c->next].loop, gather, c))
        finish(c);
}

bool zp_gateway_report(zp_gateway *g, const char *what, void (*done)(void *arg, const char *json, size_t len),
                       void *arg, zp_error *err)
{
    census *c;

    if (strcmp(what, "clients") != 0)
        return zp_backend_report(g->backend, what, done, arg, err);
    c = zp_new(census, err);
    if (!c)
        return false;
    *c = (census){ .gateway = g, .done = done, .arg = arg };
    zp_buf_puts(&c->text, "{\"clients\":[");
    if (zp_buf_ok(&c->text, err) && zp_loop_post(g->shards[0].loop, gather, c))
        return true;
    zp_buf_fini(&c->text);
    zp_free(c);
    return zp_fail_code(err, ZP_ENOMEM, "out of memory");
}

/* ---------------------------------------------------------------- counters */

void zp_gateway_stats_get(const zp_gateway *g, zp_gateway_stats *out)
{
    *out = (zp_gateway_stats){ 0 };
    for (int i = 0; i < g->count; i++) {
        const zp__q_shard *s = &g->shards[i];

        out->sessions += zp_counted(&s->sessions);
        out->parked += zp_counted(&s->parked);
        out->queries += zp_counted(&s->queries);
        out->errors += zp_counted(&s->errors);
        out->cancelled += zp_counted(&s->cancelled);
        out->cache_hits += zp_counted(&s->hits);
        out->cache_misses += zp_counted(&s->misses);
    }
}

static void collect(void *arg, zp_metrics_out *out)
{
    zp_gateway_stats s;

    zp_gateway_stats_get(arg, &s);
    zp_metrics_one(out, "zplane_gateway_sessions", "gauge", "Sessions of drivers.", (double)s.sessions);
    zp_metrics_one(out, "zplane_gateway_sessions_parked", "gauge", "Sessions that their driver has given up.",
                   (double)s.parked);
    zp_metrics_one(out, "zplane_gateway_queries_total", "counter", "Queries of drivers.", (double)s.queries);
    zp_metrics_one(out, "zplane_gateway_errors_total", "counter",
                   "Requests of drivers that were refused or failed.", (double)s.errors);
    zp_metrics_one(out, "zplane_gateway_cancelled_total", "counter",
                   "Queries that their driver has cancelled.", (double)s.cancelled);
    zp_metrics_one(out, "zplane_gateway_statement_hits_total", "counter",
                   "Queries of a shape that was known.", (double)s.cache_hits);
    zp_metrics_one(out, "zplane_gateway_statement_misses_total", "counter",
                   "Queries that a statement was made for.", (double)s.cache_misses);
}

bool zp_gateway_metrics(zp_gateway *g, zp_metrics *metrics, zp_error *err)
{
    return zp_metrics_add(metrics, collect, g, err) && zp_backend_metrics(g->backend, metrics, err);
}

bool zp_gateway_kill(zp_gateway *g, uint64_t query, void (*done)(void *arg, bool found), void *arg,
                     zp_error *err)
{
    return zp_backend_kill(g->backend, query, done, arg, err);
}
