/* backend: runs statements on databases and hands their rows back as driver frames.
 *
 *     gateway session ──zp_pool_run──▶ pool ──▶ connection ──▶ SQLite | PostgreSQL | MariaDB | series
 *            ▲                                      │ rows
 *            └──── blocks of whole frames ◀── encode.c
 *
 * Pools.  One zp_pool per (database, environment) and gateway thread.  A run waits in order of arrival, gets a connection, keeps it
 * to its last row and gives it back.  Statements marked `quick` may share a connection with others: they
 * stand behind each other in one pipeline, each a transaction of its own.
 *
 * Streaming.  Rows become frames as they arrive and leave in blocks of 8 to 16 KiB that begin and end with a frame; the sink
 * says when it is full, and nothing more is fetched until zp_run_resume().  The last block of a successful run ends with
 * QUERY_COMPLETE, so that a short answer is one block.
 *
 * Threads.  A zp_backend owns n gateway threads, each with a zp_loop and its zp_pools.  What has a zp_pools, zp_pool or zp_query_run as its first
 * argument is called on that thread only, and every callback comes there.  Opening connections, SQLite's calls
 * and cancel requests are made by helper threads.
 *
 * Adding a backend is one file with one zp_backend_ops: docs/backends.md. */
#ifndef ZP_BACKEND_BACKEND_H
#define ZP_BACKEND_BACKEND_H

#include "backend/statement.h"
#include "base/error.h"

struct zp_loop;

typedef struct zp_backend zp_backend;
typedef struct zp_backend_ops zp_backend_ops; /* engine.h */
typedef struct zp_pools zp_pools;
typedef struct zp_pool zp_pool;
typedef struct zp_query_run zp_query_run;

/* How a statement is written for an engine: the compiler's dialects in this order. */
typedef enum zp_dialect {
    ZP_DIALECT_SQLITE,
    ZP_DIALECT_POSTGRESQL,
    ZP_DIALECT_MARIADB,
    ZP_DIALECT_SERIES
} zp_dialect;

/* ---------------------------------------------------------------- configuration */

/* One (database, environment) and how it is reached.  0 or NULL: the default that stands behind the colon. */
typedef struct zp_pool_spec {
    const char *database; /* its id; with env the identity of the pool */
    const char *env;
    const char *name; /* of the database, for people */
    const char *url; /* sqlite:PATH | postgresql://… | mariadb://… | series:…; holds secrets: never shown */
    int max;         /* connections: 10 over all gateway threads, at least one for each */
    int min;         /* kept open: 0 */
    int64_t idle_ms;     /* an idle connection is closed after: 600,000 */
    int64_t life_ms;     /* any connection is closed after (when it is free): 3,600,000 */
    int64_t check_ms;    /* idle for longer: asked for a sign of life before it is used: 30,000 */
    int64_t wait_ms;     /* for a connection: 10,000 */
    int64_t query_ms;    /* run time of a query: 30,000 */
    int64_t connect_ms;  /* for opening: 5,000 */
    int64_t max_waiting; /* runs in the queue: 10,000 */
} zp_pool_spec;

/* Starts `threads` (>= 1) gateway threads without any pool. */
zp_backend *zp_backend_new(int threads, zp_error *err) ZP_MUST_CHECK;
/* Fails what still runs, closes all connections, joins the threads. */
void zp_backend_free(zp_backend *backend);
/* The engine whose series can be bound (series:).  Before the first pool; it must outlive the backend. */
struct zp_plane;
void zp_backend_serve_series(zp_backend *backend, struct zp_plane *plane);
int zp_backend_threads(const zp_backend *backend);
struct zp_loop *zp_backend_loop(zp_backend *backend, int thread);
zp_pools *zp_backend_pools(zp_backend *backend, int thread);

/* These are all pools from now on: new ones appear, those not named finish their runs and go, changed limits hold at once, a changed URL
 * holds for new connections while old ones go when they are free.  The specs are copied.  Any thread. */
bool zp_backend_configure(zp_backend *backend, const zp_pool_spec *specs, size_t count,
                          zp_error *err) ZP_MUST_CHECK;

/* Whether a URL is understood, without connecting: the dialect, or an error that shows no secret. */
bool zp_backend_url_check(const char *url, zp_dialect *dialect, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- runs */

/* NULL: that pair is not bound. */
zp_pool *zp_pools_find(zp_pools *pools, const char *database, const char *env);
zp_dialect zp_pool_dialect(const zp_pool *pool);

/* Why a run failed.  The text of an error names fields and kinds of constraints, never SQL, hosts or values. */
#define ZP_RUN_ERRORS(X)                             \
    X(NONE, "")                                      \
    X(UNIQUE, "unique constraint")                   \
    X(FOREIGN_KEY, "foreign key constraint")         \
    X(CHECK, "check constraint")                     \
    X(NOT_NULL, "not null constraint")               \
    X(OVERFLOW, "overflow")                          \
    X(VALUE, "value")                                \
    X(TIMEOUT, "time limit")                         \
    X(WAIT, "no free connection")                    \
    X(CONNECT, "backend not reachable")              \
    X(LOST, "connection lost")                       \
    X(CONFLICT, "conflict with another transaction") \
    X(ROW_SIZE, "row too large")                     \
    X(BACKEND, "backend failed")                     \
    X(CANCELLED, "cancelled")                        \
    X(KILLED, "ended by the administrator")          \
    X(SHUTDOWN, "server shuts down")

typedef enum zp_run_error {
#define X(tag, text) ZP_RUN_##tag,
    ZP_RUN_ERRORS(X)
#undef X
} zp_run_error;

typedef struct zp_run_result {
    zp_run_error error;
    const char *kind; /* one word for `data.kind`: "unique", "foreign_key", "timeout", … ; "" without error */
    const char *text; /* a sentence for `zteradb_error`; valid during the callback */
    const char *
        constraint; /* name or column list as the backend gives it (a gateway maps columns to fields); may be "" */
    int64_t rows;  /* frames sent, or rows affected */
    int64_t bytes; /* of frames */
} zp_run_result;

typedef struct zp_sink {
    /* Whole frames, borrowed for the call.  false: full; nothing more comes until zp_run_resume(). */
    bool (*frames)(void *arg, const uint8_t *bytes, size_t len);
    /* Once, at the end, and never from inside zp_pool_run() or zp_run_cancel(); the handle is invalid from here on.
     * error ZP_RUN_NONE: QUERY_COMPLETE is already among the frames. */
    void (*done)(void *arg, const zp_run_result *result);
} zp_sink;

typedef struct zp_run_request {
    zp_statement *statement; /* the run takes a reference of its own */
    const zp_param *params;  /* statement->param_count of them; borrowed for the call */
    const zp_sink *sink;
    void *arg;          /* of the sink */
    const char *client; /* name of the client, for lists of queries; borrowed for the call */
    uint32_t max_frame; /* a frame above it ends the run with ROW_SIZE; 0: any size */
} zp_run_request;

/* Never fails at once: what goes wrong comes through done().  NULL only when there is no memory. */
zp_query_run *zp_pool_run(zp_pool *pool, const zp_run_request *request, zp_error *err) ZP_MUST_CHECK;
/* The client has read on. */
void zp_run_resume(zp_query_run *run);
/* Stops the run at the backend; no frame comes after this, done(ZP_RUN_CANCELLED) comes soon. */
void zp_run_cancel(zp_query_run *run);
/* The session is gone: like cancel, but nothing is called any more.  The handle is invalid from here on. */
void zp_run_abandon(zp_query_run *run);

/* ---------------------------------------------------------------- for people */

/* pools | queries as JSON ({"pools":[…]}), gathered from all threads; done(arg, json, len) is called on some gateway thread.
 * Any thread. */
bool zp_backend_report(zp_backend *backend, const char *what,
                       void (*done)(void *arg, const char *json, size_t len), void *arg,
                       zp_error *err) ZP_MUST_CHECK;
/* Ends the query of that number, as `queries` shows it; done(arg, whether it was found).  Any thread. */
bool zp_backend_kill(zp_backend *backend, uint64_t query, void (*done)(void *arg, bool found), void *arg,
                     zp_error *err) ZP_MUST_CHECK;

/* The numbers of all threads join the metrics; the backend lives as long as they are asked. */
struct zp_metrics;
bool zp_backend_metrics(zp_backend *backend, struct zp_metrics *metrics, zp_error *err) ZP_MUST_CHECK;

/* Reads the tables of a database and writes a zql-schema/1 file (spec of the drivers' protocol) to `json`.  Blocks; for the command line.
 * `database`: the name to put in; `table`: one table, or NULL for all. */
bool zp_backend_introspect(const char *url, const char *database, const char *table, zp_buf *json,
                           zp_error *err) ZP_MUST_CHECK;

#endif
