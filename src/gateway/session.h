/* session: inside the room: what the files of the gateway share about threads and sessions.
 *
 *     gateway.c   threads, pools, start and end        tenant.c    schemas and statements per (database, environment)
 *     session.c   frames in, queue, parking, closing   request.c   what each request does
 *     answer.c    error frames                         clients.c   lists and metrics
 *
 * Invariants of a session:
 *   1. At most one run; while there is one, every other request waits in the queue (CANCEL excepted).
 *   2. The queue holds at most QUEUE_MAX requests; then the socket is not read (`paused`).
 *   3. Each request gets exactly one terminal frame, in order. */
#ifndef ZP_GATEWAY_SESSION_H
#define ZP_GATEWAY_SESSION_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/metrics.h"
#include "gateway/compile.h"
#include "gateway/gateway.h"

enum { ZP__QUEUE_MAX = 16, ZP__UNSENT_MAX = 256 * 1024, ZP__TENANTS = 64 };

/* A (database, environment) as one thread sees it. */
typedef struct zp__q_tenant {
    struct zp__q_tenant *next;
    char *database;
    zp_env env;
    uint64_t schema_stamp; /* of what `plans` was made from */
    zp_dialect dialect;
    zp_plans *plans;
} zp__q_tenant;

typedef struct zp__q_session zp__q_session;

/* A gateway thread; everything but the counters is touched by it alone. */
typedef struct zp__q_shard {
    zp_gateway *gateway;
    int number;
    zp_loop *loop;
    zp_pools *pools;
    zp_json_doc *doc;
    zp_compiler *compiler;
    const zp_snapshot *snapshot;
    zp__q_tenant *tenants[ZP__TENANTS];
    zp__q_session *first;
    zp_buf reply; /* being written */
    bool closing;
    zp_counter sessions, parked, queries, errors, cancelled, hits, misses;
} zp__q_shard;

struct zp_gateway {
    zp_gateway_config cfg;
    zp_auth *auth;
    zp_backend *backend;
    zp__q_shard *shards;
    int count;
    _Atomic uint32_t next; /* shard of the next session */
    uint64_t configured;   /* generation of the snapshot that the pools were made from */
    _Atomic int to_close;  /* shards that have not closed yet */
    _Atomic bool closing;
    void (*closed)(void *arg);
    void *closed_arg;
    pthread_mutex_t lock;
    pthread_cond_t all_closed;
};

typedef struct zp__q_pending {
    struct zp__q_pending *next;
    size_t len;
    char bytes[];
} zp__q_pending;

struct zp__q_session {
    zp__q_shard *shard;
    zp_conn *conn;
    zp_login *login;
    zp__q_session *prev, *next;
    zp_query_run *run;       /* NULL: idle */
    zp_statement *statement; /* of the run, counted */
    zp__q_tenant *tenant;
    zp__q_pending *queue, **queue_end;
    uint8_t queued;
    bool paused;  /* the socket is not read: the queue is full */
    bool partial; /* a frame has begun to come */
    bool used;    /* it has had a query */
    bool plain;   /* the last query was a select of rows */
    bool parked, cancelled;
    bool dying; /* being freed after what runs now */
    int64_t queries;
};

/* session.c */
void zp__q_session_new(zp__q_shard *shard, zp_conn *take_conn, zp_login *take_login);
/* Sends what waits and closes; the session is gone. */
void zp__q_session_close(zp__q_session *s);
void zp__q_session_drop(zp__q_session *s); /* without a last word */
void zp__q_session_park(zp__q_session *s);
void zp__q_session_send(zp__q_session *s); /* the reply of the shard */

/* request.c: one payload; false: the session is gone. */
bool zp__q_request(zp__q_session *s, const char *payload, size_t len);
/* Is this a CANCEL?  Looked at while something runs. */
bool zp__q_is_cancel(zp__q_session *s, const char *payload, size_t len);
void zp__q_cancel(zp__q_session *s);
extern const zp_sink zp__q_sink;

/* answer.c: frames into the reply of the shard */
void zp__q_refuse(zp__q_session *s, const zp_fault *fault);
void zp__q_refuse_text(zp__q_session *s, zp_zql_condition condition, const char *text);
void zp__q_refuse_run(zp__q_session *s, const zp_run_result *result);

/* tenant.c */
zp__q_tenant *zp__q_tenant_of(zp__q_shard *shard, const char *database, zp_env env, const zp_binding *binding,
                              zp_error *err);
void zp__q_tenants_free(zp__q_shard *shard);

/* gateway.c: the snapshot as it is now */
const zp_snapshot *zp__q_snapshot(zp__q_shard *shard);

#endif
