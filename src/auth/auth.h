/* auth: who may do what.
 *
 *     vault file --zp_auth_poll--> snapshot --+
 *                                             |
 *     frame of a stranger --zp_auth_frame-----+--> reply bytes, and a login when the proof was good
 *     POST /auth/login    --zp_auth_http_login+--> reply bytes and a token
 *
 * The vault (vault.h) is an SQLite file; secrets in it are sealed by AES-256-GCM under a master key.  Serving
 * threads never read it: they look into a snapshot, an immutable counted copy of everything (clients, prepared
 * HMAC keys, databases, bindings, grants, published schemas), replaced as a whole when the file changes.
 *
 * A session of whatever protocol holds a zp_login.  Before each request it asks zp_login_check(), which costs one
 * atomic load while nothing has changed in the vault.
 *
 * Threads: zp_auth and snapshots are used by all threads; a zp_login belongs to the thread that serves it.
 * Codes of replies: codes.h.  Signing: sign.h.  Changing the vault: vault.h.  Bytes: docs/drivers.md, docs/vault.md. */
#ifndef ZP_AUTH_AUTH_H
#define ZP_AUTH_AUTH_H

#include "auth/codes.h"
#include "base/buf.h"

/* ---------------------------------------------------------------- names of things */

/* Environments in the order of the phases of a schema. */
typedef enum zp_env { ZP_ENV_NONE = -1, ZP_ENV_DEV, ZP_ENV_QA, ZP_ENV_STAGING, ZP_ENV_PROD, ZP_ENVS } zp_env;
zp_env zp_env_of(const char *text, size_t len); /* any case; ZP_ENV_NONE: no such environment */
const char *zp_env_name(zp_env env);

/* What a grant on (database, environment) allows. */
enum { ZP_GRANT_READ = 1, ZP_GRANT_WRITE = 2, ZP_GRANT_SCHEMA = 4, ZP_GRANT_PUBLISH_PROD = 8 };

/* What a client may do over zplane's own protocol and POST /v1/query (the bits of ZP_MAY_* in plane.h).  Functions that
 * reach the system ask for `administer`. */
#define ZP_RIGHTS(X)           \
    X(READ, "read", 1)         \
    X(WRITE, "write", 2)       \
    X(EVALUATE, "evaluate", 4) \
    X(ADMINISTER, "administer", 8)
enum {
#define X(name, text, bit) ZP_RIGHT_##name = bit,
    ZP_RIGHTS(X)
#undef X
        ZP_RIGHT_ALL = 15
};

/* ---------------------------------------------------------------- the snapshot */

typedef struct zp_grant {
    const char *database_id;
    zp_env env;
    uint32_t access; /* ZP_GRANT_* */
} zp_grant;

/* Immutable; lives as long as its snapshot or a login that holds it. */
typedef struct zp_client {
    const char *client_key, *name;
    int64_t id; /* of the vault, stable */
    bool allow_v1;
    uint32_t rights; /* ZP_RIGHT_* */
    const zp_grant *grants;
    size_t ngrants;
} zp_client;

/* Limits of a binding: X(field, key, default, least, most, help).  `zplane vault bind` takes key=value. */
#define ZP_BIND_LIMITS(X)                                                                                \
    X(pool_min, "pool-min", 0, 0, 1000, "backend connections kept open")                                 \
    X(pool_max, "pool-max", 10, 1, 1000, "backend connections at most, over all threads of the gateway") \
    X(idle_ms, "idle-ms", 600000, 100, 86400000, "an idle backend connection above pool-min is closed")  \
    X(life_ms, "life-ms", 3600000, 1000, 604800000, "a backend connection is replaced after this time")  \
    X(check_ms, "check-ms", 30000, 100, 86400000, "idle for longer: checked before it is used")          \
    X(wait_ms, "wait-ms", 10000, 1, 600000, "how long a query waits for a backend connection")           \
    X(query_ms, "query-ms", 30000, 1, 86400000, "run time of one query")                                 \
    X(connect_ms, "connect-ms", 5000, 1, 600000, "how long connecting to the backend may take")          \
    X(max_waiting, "max-waiting", 10000, 1, 1000000, "queries that may wait")                            \
    X(deny_unfiltered, "deny-unfiltered", -1, -1, 1,                                                     \
      "refuse update and delete without a filter: 1 yes, 0 no, -1 in prod")

typedef struct zp_bind_limits {
#define X(field, key, def, least, most, help) int32_t field;
    ZP_BIND_LIMITS(X)
#undef X
} zp_bind_limits;

/* A schema that is published in an environment: one object of the "schemas" of a zql-schema/1 file. */
typedef struct zp_published {
    const char *name;
    int64_t version;
    const char *text; /* JSON, {"table":...,"primary_key":...,"fields":{...},"relations":{...}} */
    size_t len;
} zp_published;

/* What an environment of a database is bound to.  `url` holds the password; `shown` has it masked. */
typedef struct zp_binding {
    const char *url, *shown; /* NULL: not bound */
    zp_bind_limits limits;
    uint64_t stamp;              /* changes when url or limits do: a pool of another stamp is replaced */
    const zp_published *schemas; /* sorted by name */
    size_t nschemas;
    uint64_t schema_stamp; /* changes when a published version does; never 0 */
} zp_binding;

typedef struct zp_database {
    const char *id, *name;
    zp_binding env[ZP_ENVS];
} zp_database;

typedef struct zp_snapshot zp_snapshot;

const zp_snapshot *zp_snapshot_ref(const zp_snapshot *snap);
void zp_snapshot_unref(const zp_snapshot *snap);
uint64_t zp_snapshot_generation(const zp_snapshot *snap); /* grows with every change of the vault */
const zp_client *zp_snapshot_client(const zp_snapshot *snap, const char *client_key,
                                    size_t len); /* or NULL */
const zp_database *zp_snapshot_database(const zp_snapshot *snap, const char *database_id,
                                        size_t len); /* or NULL */
/* All of them, for pools, metrics and listings. */
const zp_database *zp_snapshot_databases(const zp_snapshot *snap, size_t *count);
/* ZP_GRANT_* of the client on the pair; 0: none. */
uint32_t zp_client_access(const zp_client *client, const char *database_id, size_t len, zp_env env);

/* ---------------------------------------------------------------- the root */

typedef struct zp_auth_config {
    const char *vault_path; /* NULL: no vault, nobody is known */
    const char
        *state_dir; /* of the replay cache; NULL: kept in memory, messages older than the start are refused */
    const char *key_path;                /* of the master key; NULL: vault.h says where it is looked for */
    int64_t clock_window_s, token_ttl_s; /* 0: 300, 900 */
    int64_t sessions_per_client, sessions_total; /* 0: 5000, 20000 */
    int64_t start_s; /* Unix time of the start; 0: now (tests live at another time) */
} zp_auth_config;

typedef struct zp_auth zp_auth;

/* Opens vault and replay cache.  The strings of `cfg` are copied. */
zp_auth *zp_auth_new(const zp_auth_config *cfg, zp_error *err) ZP_MUST_CHECK;
void zp_auth_free(zp_auth *auth);
/* Looks whether the vault has changed (cheap) and swaps the snapshot; `force`: reads it again in any case.  Call it
 * twice a second and on SIGHUP, from one thread.  False: the old snapshot stays, `err` says why. */
bool zp_auth_poll(zp_auth *auth, bool force, zp_error *err) ZP_MUST_CHECK;
/* The present snapshot, counted: release with zp_snapshot_unref(). */
const zp_snapshot *zp_auth_snapshot(zp_auth *auth);
/* Another connection to the vault, to change it on behalf of a session (vault.h).  NULL: there is none. */
struct zp_vault *zp_auth_vault(zp_auth *auth, const char *actor, zp_error *err) ZP_MUST_CHECK;
/* One atomic load; compare with the snapshot that you hold. */
uint64_t zp_auth_generation(const zp_auth *auth);
/* A line for the log about how the replay cache is kept, e.g. that there is no state directory.  NULL: nothing. */
const char *zp_auth_notice(const zp_auth *auth);

/* ---------------------------------------------------------------- logins */

struct zp_client_seat; /* counts the sessions of one client key */

/* A session that has proved itself.  Belongs to the thread that serves it. */
typedef struct zp_login {
    zp_zql_class cls;
    uint32_t rights; /* ZP_RIGHT_* */
    const zp_client
        *client; /* counted; never NULL (a trusted peer has a client without key, named "trusted") */
    zp_env env;  /* of CONNECT; ZP_ENV_NONE: not given */
    const char *database_id; /* of CONNECT; "": not given */
    uint64_t generation;     /* of the snapshot that `client` is from */
    /* inside the room */
    zp_auth *auth;
    struct zp_client_seat *seat;
    int64_t credential;
    uint8_t token_hash[32];
} zp_login;

void zp_login_free(zp_login *login); /* gives the seat back; the zp_auth must still live */
/* Does not count against the session limits any more (a connection that its driver has given up). */
void zp_login_park(zp_login *login);
/* Is this login still good under `snap`?  Follows changes that only widened; false: its credential is disabled or
 * its grants or rights shrank: answer NO_ACCESS and close. */
bool zp_login_check(zp_login *login, const zp_snapshot *snap) ZP_MUST_CHECK;
/* Is this the token of the session?  Constant time. */
bool zp_login_token_is(const zp_login *login, const char *token, size_t len);

/* ---------------------------------------------------------------- handshakes */

typedef struct zp_stranger {
    const char *address; /* of the peer without port, for the log and the nonces of the first generation */
    bool tls, loopback;  /* Unix sockets are loopback */
    bool trusted;        /* a native CONNECT without signature is accepted with all rights */
} zp_stranger;

typedef enum zp_verdict {
    ZP_VERDICT_LOGIN, /* *login is set: send the reply and hand the connection over */
    ZP_VERDICT_STAY,  /* send the reply (a PING), remain a stranger */
    ZP_VERDICT_CLOSE, /* send the reply, close gracefully */
} zp_verdict;

/* One payload of a connection that has not logged in (no length in front): CONNECT, PING, DISCONNECT or anything else.
 * Whole reply frames are appended to `reply`; send them in one write.  `now_ms` is Unix time.
 * Also for a second CONNECT on an open session: a full handshake; success replaces the login, refusal closes. */
zp_verdict zp_auth_frame(zp_auth *auth, const char *payload, size_t len, const zp_stranger *peer,
                         int64_t now_ms, zp_login **login, zp_buf *reply);
/* The refusal of a frame with a wrong length, a TLS hello or HTTP on a port that does not serve it, too many
 * connections, shutdown: code 0x0500 and `text`. */
void zp_auth_put_refusal(zp_buf *reply, const char *text);

/* POST /auth/login.  Headers that were not sent are NULL.  Returns the HTTP status; appends the JSON body. */
typedef struct zp_http_login {
    const char *client_key, *nonce, *timestamp,
        *signature; /* X-Client-Key, X-Nonce, X-Timestamp, X-Signature */
    size_t body_len;
} zp_http_login;
int zp_auth_http_login(zp_auth *auth, const zp_http_login *in, int64_t now_ms, zp_buf *body);
/* The body of another answer under /auth: {"error":true,"response_code":1280,"data":{"zteradb_error":text}}. */
void zp_auth_http_error(zp_buf *body, const char *text);
/* A login (without a seat) for the bearer of a token of POST /auth/login; NULL: unknown, expired or revoked. */
zp_login *zp_auth_token_login(zp_auth *auth, const char *token, size_t len, int64_t now_ms);

/* Counters since the start, for metrics. */
typedef struct zp_auth_stats {
    uint64_t accepted, refused, replayed, sessions, tokens, reloads;
} zp_auth_stats;
void zp_auth_stats_get(zp_auth *auth, zp_auth_stats *out);

#endif
