/* Inside of server: the parts of `zplane serve` and who moves them.
 *
 *     server.c     the order of start and stop
 *     engine.c     the thread of the engine
 *     listen.c     listeners, and what is done with who comes
 *     stranger.c   from the first byte to a login
 *     http.c       requests and answers; endpoints.c what they mean; query.c POST /v1/query
 *     admin.c      the socket of `zplane gateway`
 *     signals.c    SIGTERM, SIGINT, SIGHUP
 *     notify.c     what systemd is told */
#ifndef ZP_SERVER_SERVER_PRIV_H
#define ZP_SERVER_SERVER_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "auth/auth.h"
#include "base/log.h"
#include "base/metrics.h"
#include "gateway/gateway.h"
#include "net/net.h"
#include "plane/plane.h"
#include "server/server.h"

typedef enum zp__tls_mode { ZP_TLS_OFF, ZP_TLS_OPTIONAL, ZP_TLS_REQUIRED } zp__tls_mode;

/* The thread of the engine.  `up` is set before the thread goes on to serve; afterwards loop and plane do not change. */
typedef struct zp__engine_thread {
    const zp_config *cfg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool started, up, failed;
    zp_error err;
    zp_loop *loop;
    zp_plane *plane;
} zp__engine_thread;

typedef struct zp_server zp_server;
typedef struct zp__stranger zp__stranger;
typedef struct zp__http zp__http;

enum { ZP_LISTENERS = 3 };

struct zp_server {
    const zp_server_spec *spec;
    zp_config cfg; /* as it was at start, or at the last reload */
    zp_loop *loop;
    zp_metrics *metrics;
    zp_auth *auth;
    zp_gateway *gateway;
    zp_listener *admin; /* of `zplane gateway`; NULL: none */
    zp_tls *tls;        /* NULL: off */
    zp__tls_mode tls_mode;
    bool http_shared, stopping;
    zp__engine_thread engine;
    zp_listener *listeners[ZP_LISTENERS];
    int nlisteners;
    zp_timer *poll;   /* looks whether the vault has changed */
    zp_timer *notify; /* the watchdog of systemd */
    zp_timer *finish; /* the end of a stop */
    struct zp__signals *signals;
    /* Strangers, in order of arrival: the longest waiting one goes when there are too many. */
    zp__stranger *first, *last;
    int64_t nstrangers;
    zp__http *https;  /* open HTTP connections */
    int64_t nqueries; /* of POST /v1/query that are not over */
    struct {
        zp_counter accepted, refused, logins, http_requests;
    } count;
    int64_t started_ms, stop_by_ms;
};

/* engine.c: starts the thread and waits until it serves. */
bool zp__engine_start(zp_server *s, zp_error *err) ZP_MUST_CHECK;
/* Stops it; false: it did not in time. */
bool zp__engine_stop(zp_server *s, int64_t timeout_ms);

/* listen.c */
bool zp__server_listen(zp_server *s, zp_error *err) ZP_MUST_CHECK;
void zp__server_unlisten(zp_server *s);
bool zp__server_load_tls(zp_server *s, const zp_config *cfg, zp_error *err) ZP_MUST_CHECK;

/* stranger.c: takes a connection that was accepted. */
void zp__stranger_new(zp_server *s, int take_fd);
/* The same for a socket of our own: trusted, whatever the configuration says. */
void zp__stranger_own(zp_server *s, int take_fd);
void zp__strangers_close(zp_server *s, const char *why);

/* endpoints.c: takes the connection from whoever serves it. */
void zp__http_take(zp_server *s, zp_conn *conn);
void zp__http_new(zp_server *s, int take_fd);
void zp__https_close(zp_server *s, bool at_once);

/* signals.c */
bool zp__signals_start(zp_server *s, zp_error *err) ZP_MUST_CHECK;
void zp__signals_stop(zp_server *s);
void zp__signals_block(bool console); /* in the first thread, before there are others */

/* server.c */
void zp__server_stop(zp_server *s, const char *why);
void zp__server_reload(zp_server *s);
/* Gives a connection that has logged in to who serves it; takes both. */
void zp__server_adopt(zp_server *s, zp_conn *detached, zp_login *take);

/* metrics.c */
bool zp__server_metrics(zp_server *s, zp_error *err) ZP_MUST_CHECK;

/* notify.c: tells systemd, if it wants to know. */
void zp__notify(const char *state);
int64_t zp__notify_watchdog_us(void); /* how often; 0: never */

/* admin.c */
void zp__server_admin_open(zp_server *s);

#endif
