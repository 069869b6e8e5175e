/* gateway: sessions of the drivers.
 *
 *     conn --input--> frame --JSON--> query --compile--> statement + values --> backend
 *                       |                                                         |
 *                       +--<-- error frame of the class          whole frames <---+
 *
 * A session is one connection after its CONNECT.  It lives on one gateway thread of the backend (round robin), costs a few hundred bytes when
 * idle, and holds a backend connection only while its query runs.  Up to 16 further queries wait behind the running one;
 * then its socket is not read.  Every request ends with exactly one terminal frame.
 *
 * A query is checked against the schemas published in its environment, turned into a typed tree (backend/query.h) and that into
 * SQL once per shape; names from the wire never reach SQL.  What is accepted: docs/zql.md. */
#ifndef ZP_GATEWAY_GATEWAY_H
#define ZP_GATEWAY_GATEWAY_H

#include "auth/auth.h"
#include "base/metrics.h"
#include "net/net.h"

struct zp_backend;
struct zp_plane;
typedef struct zp_gateway zp_gateway;

/* 0: the default behind the colon. */
typedef struct zp_gateway_config {
    int threads;                  /* gateway threads: 1 per two processors, at least 1 */
    struct zp_plane *plane;       /* whose series can be bound; it outlives the gateway: none */
    int64_t max_payload;          /* of a frame after CONNECT: 8 MiB */
    int64_t node_max_frame;       /* largest reply frame for Node.js on plain TCP: 65,536; -1: any */
    int64_t node_max_frame_tls;   /* the same on TLS: 16,384; -1: any */
    int64_t frame_timeout_ms;     /* for the rest of a started frame: 30,000 */
    int64_t used_idle_ms;         /* sessions that their driver will not use again are closed after: 30,000 */
    bool keep_used_node_sessions; /* do not close them: false */
} zp_gateway_config;

/* Starts the threads and opens the pools of all bindings in the vault. */
zp_gateway *zp_gateway_new(const zp_gateway_config *cfg, zp_auth *auth, zp_error *err) ZP_MUST_CHECK;
/* A connection whose CONNECT has been answered; takes both.  Any thread. */
void zp_gateway_adopt(zp_gateway *gateway, zp_conn *detached, zp_login *take);
/* The vault has changed (zp_auth_poll has swapped the snapshot): pools follow.  The thread that made the gateway. */
bool zp_gateway_reload(zp_gateway *gateway, zp_error *err) ZP_MUST_CHECK;
/* Running queries get QUERY_ERROR, everybody is closed, then done(arg) is called on some gateway thread. */
void zp_gateway_close(zp_gateway *gateway, void (*done)(void *arg), void *arg);
/* Joins the threads (closes first when nobody has). */
void zp_gateway_free(zp_gateway *gateway);

struct zp_backend *zp_gateway_backend(zp_gateway *gateway);
/* "pools", "queries" or "clients" as JSON; done() is called on some gateway thread.  Any thread. */
bool zp_gateway_report(zp_gateway *gateway, const char *what,
                       void (*done)(void *arg, const char *json, size_t len), void *arg,
                       zp_error *err) ZP_MUST_CHECK;

/* Ends the query of that number, as "queries" shows it; done() is told whether it was found, on some gateway thread.  Any
 * thread. */
bool zp_gateway_kill(zp_gateway *gateway, uint64_t query, void (*done)(void *arg, bool found), void *arg,
                     zp_error *err) ZP_MUST_CHECK;

/* Counters since the start, over all threads.  Any thread. */
typedef struct zp_gateway_stats {
    uint64_t sessions; /* now */
    uint64_t parked;   /* of them, given up by their driver */
    uint64_t queries, errors, cancelled, cache_hits, cache_misses;
} zp_gateway_stats;
/* Registers them; the gateway must live as long as `metrics` is asked. */
bool zp_gateway_metrics(zp_gateway *gateway, zp_metrics *metrics, zp_error *err) ZP_MUST_CHECK;
void zp_gateway_stats_get(const zp_gateway *gateway, zp_gateway_stats *out);

#endif
