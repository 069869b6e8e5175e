/* pool_priv: what pool.c, run.c, backend.c and admin.c share.
 *
 *     zp_backend            immutable but for the threads' own parts
 *       └ thread: zp_loop, zp_pools
 *           └ zp_pool       queue of waiting runs, idle links, busy links
 *
 * A run is in the queue of its pool, on a link, or ended.  A link is idle, busy, or being checked; `opening` counts those that helpers
 * open.  idle + busy + checking + opening <= max. */
#ifndef ZP_BACKEND_POOL_PRIV_H
#define ZP_BACKEND_POOL_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "backend/engine.h"
#include "base/map.h"
#include "base/metrics.h"

enum {
    TICK_MS = 100,
    OPEN_AT_ONCE = 4,     /* connections that are opened at the same time, per pool and thread */
    SHARE_LINKS = 2,      /* quick runs gather on so many links */
    SHARE_DEPTH = 64,     /* at most so many on one */
    GRACE_MS = 10000,     /* that a backend has to stop a query, before its connection is given up */
    TRIP_AFTER = 3,       /* failures to connect in a row */
    RETRY_MOST_MS = 5000, /* between attempts */
};

/* What a thread has done since its start; it alone counts, anybody reads.  X(field, name, type, unit, help) */
#define ZP_POOL_COUNTERS(X)                                                                         \
    X(queries, "queries_total", "counter", 1, "Queries that were asked of databases.")              \
    X(failed, "queries_failed_total", "counter", 1, "Queries that ended with an error.")            \
    X(timeouts, "timeouts_total", "counter", 1,                                                     \
      "Queries that reached their time limit, waiting or running.")                                 \
    X(retries, "retries_total", "counter", 1, "Queries that began again on another connection.")    \
    X(rows, "rows_total", "counter", 1, "Rows that were sent.")                                     \
    X(bytes, "bytes_total", "counter", 1, "Bytes of rows that were sent.")                          \
    X(wait_us, "wait_seconds_total", "counter", 1e-6, "Time that queries waited for a connection.") \
    X(run_us, "run_seconds_total", "counter", 1e-6, "Time that queries ran.")                       \
    X(connects, "connects_total", "counter", 1, "Connections that were opened.")                    \
    X(refused, "connect_failures_total", "counter", 1, "Connections that could not be opened.")     \
    X(links, "connections", "gauge", 1, "Connections to databases.")                                \
    X(running, "queries_running", "gauge", 1, "Queries that run.")                                  \
    X(waiting, "queries_waiting", "gauge", 1, "Queries that wait for a connection.")

typedef struct zp_pool_counters {
#define X(field, name, type, unit, help) zp_counter field;
    ZP_POOL_COUNTERS(X)
#undef X
} zp_pool_counters;

typedef struct zp_links {
    zp_link *first, *last;
    int count;
} zp_links;

/* Failures to connect, and what follows from them:
 *
 *     closed ──fails TRIP_AFTER times, or for good──▶ open ──after retry_ms──▶ one attempt ──succeeds──▶ closed
 *                                                      ▲                          └──fails──┐
 *                                                      └────────────────────────────────────┘ */
typedef struct zp_breaker {
    int failures;
    bool open;
    int64_t retry_at_ms, failed_ms; /* failed: the last that counted */
    zp_failure why;
} zp_breaker;

struct zp_pool {
    zp_pools *owner;
    zp_str *key; /* database, NUL, env */
    const char *database, *env;
    char *name;
    zp_pool_spec spec; /* numbers only; this thread's share of max and min */
    zp_backend_target *target;
    zp_links idle, busy; /* idle: the last used first; checking ones are among the busy */
    int opening;
    zp_query_run *first, *last; /* the queue */
    int64_t waiting;
    zp_breaker breaker;
    bool going; /* not configured any more */
    uint64_t runs, failed, rows, bytes, retries, connects, timeouts, wait_us, run_us;
    int64_t waited_most;
    zp_pool *next;
};

struct zp_pools {
    zp_backend *backend;
    int thread;
    zp_loop *loop;
    zp_map map;
    zp_pool *all; /* the going ones too */
    zp_timer *tick;
    bool ticking, stopping;
    int inside; /* done() must not be called now */
    zp_link *dirty;
    zp_query_run *spare; /* freed runs, to be used again */
    int spare_count;
    uint64_t next_number;
    int openings, closing; /* in all pools, that stop() waits for */
    zp_pool_counters counters;
};

typedef struct zp_gateway_thread {
    zp_backend *backend;
    zp_loop *loop;
    zp_pools pools;
    pthread_t id;
    bool started;
    zp_task stop;
} zp_gateway_thread;

struct zp_backend {
    int count;
    struct zp_plane *plane; /* whose series are served; NULL: none */
    zp_helpers *helpers;
    zp_gateway_thread *threads;
};

/* pool.c */
void zp__pools_leave(void *arg); /* end of a turn */
void zp__pool_pump(zp_pool *pool);
void zp__pool_tick(zp_pools *pools);
void zp__pool_sweep(zp_pool *pool); /* too old, too many */
void zp__pool_fail_waiting(zp_pool *pool, const zp_failure *why);
void zp__link_insert(zp_links *list, zp_link *link, bool front);
void zp__link_remove(zp_links *list, zp_link *link);
void zp__link_close(zp_link *link);
void zp__link_freed(zp_link *link); /* one run less is on it */
void zp__pool_open(zp_pool *pool);
void zp__pools_wake(zp_pools *pools);

/* pools.c */
bool zp__pools_init(zp_pools *pools, zp_backend *backend, int thread, zp_loop *loop,
                    zp_error *err) ZP_MUST_CHECK;
void zp__pools_stop(zp_pools *pools); /* no new runs; those there are fail */
bool zp__pools_stopped(const zp_pools *pools);
void zp__pools_fini(zp_pools *pools);
/* The spec of all pools; `targets[i]` belongs to specs[i]. */
void zp__pools_configure(zp_pools *pools, const zp_pool_spec *specs, zp_backend_target *const *targets,
                         size_t count);

/* run.c */
void zp__run_unqueue(zp_query_run *run);
void zp__run_queue(zp_query_run *run, bool front);
void zp__run_place(zp_link *link, zp_query_run *run);
void zp__run_spare_free(zp_pools *pools);

#endif
