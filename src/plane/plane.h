/* plane: who asks, who is asked, and whose turn it is.
 *
 *     net --zp_plane_adopt--> peer --REQUEST--> context --RESPONSE--> peer
 *     con ? expr --REQUEST--> connection            the same frames, the other way
 *
 *     zp_plane      one per process: the engine, its loop, the peers that talk to it and the connections it made
 *     peer          a connection that somebody made to us: a working environment and its requests, in order
 *     connection    a connection that the language made: requests that wait for answers
 *
 * Evaluations take turns: a turn ends when a context is done, waits, or has run for about a millisecond; then the loop looks
 * at the network and the next peer goes on.  A context that waits costs nothing.
 *
 * A server has a plane from the start.  An embedded engine (eval, run, the console) gets one when a program first connects
 * or makes a timer, on its own thread; what waits drives the loop (zp_ctx_wait).
 *
 * Thread: the engine's, except where a function says `any thread`. */
#ifndef ZP_PLANE_PLANE_H
#define ZP_PLANE_PLANE_H

#include <signal.h>

#include "lang/lang.h"

struct zp_conn;  /* net/net.h */
struct zp_loop;  /* net/net.h */
struct zp_login; /* auth/auth.h */

typedef struct zp_plane zp_plane;

/* What a peer may do: bits. */
enum {
    ZP_MAY_READ = 1,       /* read global objects, subscribe */
    ZP_MAY_WRITE = 2,      /* change global objects, append */
    ZP_MAY_EVALUATE = 4,   /* send expressions */
    ZP_MAY_ADMINISTER = 8, /* call what reaches the system, change options */
    ZP_MAY_ALL = 15
};

/* The built-ins of the plane, for zp_base_engine(): connection, timer, stats.*, info.* ... */
extern const zp_builtin *const zp_plane_tables[];

/* A plane on a loop of the caller's (NULL: one of its own).  The engine must outlive it. */
zp_plane *zp_plane_new(zp_engine *engine, struct zp_loop *loop, zp_error *err) ZP_MUST_CHECK;
void zp_plane_free(zp_plane *plane);
struct zp_loop *zp_plane_loop(zp_plane *plane);
zp_engine *zp_plane_engine(zp_plane *plane);

/* Serves until zp_loop_stop(): what the engine's thread does in a server.  Long loops over columns leave the plane to another
 * thread meanwhile, so that nobody waits for them. */
void zp_plane_run(zp_plane *plane);

/* Gives a peer that has been authenticated to the plane: a connection taken off its loop (with the bytes that were read
 * already) and its login (NULL: trusted, all rights).  Takes both.  Any thread. */
void zp_plane_adopt(zp_plane *plane, struct zp_conn *detached, struct zp_login *take);

/* Runs fn(arg, plane) on the engine's thread, in the order posted.  False: the plane is closing or memory is out, fn will not
 * run.  Any thread. */
bool zp_plane_post(zp_plane *plane, void (*fn)(void *arg, zp_plane *plane), void *arg) ZP_MUST_CHECK;

/* The outcome of zp_plane_query, on the engine's thread; everything is borrowed until `done` returns. */
typedef struct zp_plane_answer {
    bool ok, visible;
    zp_value value;    /* if ok */
    const char *error; /* if not: the text, and what kind (ZP_ERRKIND_* of wire/layout.h) */
    int error_kind;
    zp_slice output; /* what cat and print wrote */
} zp_plane_answer;
typedef void (*zp_plane_done_fn)(void *arg, const zp_plane_answer *answer);

/* Evaluates a text in a context of its own with these rights (ZP_MAY_*) and calls `done` once.  `limit_ms` 0: the server's
 * limit.  Any thread.  The number is for zp_plane_cancel(), from any thread too; 0: not possible, done will not be called. */
uint64_t zp_plane_query(zp_plane *plane, const char *text, size_t len, unsigned rights, uint32_t limit_ms,
                        zp_plane_done_fn done, void *arg);
void zp_plane_cancel(zp_plane *plane, uint64_t query);

/* For consoles: timers and connections of an embedded engine go on until there is something to read on `fd`, or *stop. */
void zp_plane_until_readable(zp_engine *engine, int fd, const volatile sig_atomic_t *stop);

/* For zp_metrics_add(): what this plane does; `plane` is the zp_plane.  Any thread. */
struct zp_metrics_out;
void zp_plane_collect(void *plane, struct zp_metrics_out *out);

/* Global objects were changed by other means than an evaluation: subscriptions look at them.  (Objects are found by plane/target.h.) */
void zp_plane_changed(zp_plane *plane);

/* ---------------------------------------------------------------- for the other files of the server */

typedef struct zp_peer zp_peer;
struct zp_msg;

/* Messages of other kinds than requests (APPEND, SUBSCRIBE, CREDIT ...): who takes them.  One handler per type; it may take
 * the values of the message.  False: the peer broke the protocol and is disconnected, err says how. */
typedef bool (*zp_plane_message_fn)(void *arg, zp_peer *peer, struct zp_msg *msg, zp_error *err);
void zp_plane_on_message(zp_plane *plane, uint8_t type, zp_plane_message_fn fn, void *arg);
/* Called when a peer is gone, before it is freed. */
typedef void (*zp_plane_gone_fn)(void *arg, zp_peer *peer);
bool zp_plane_on_gone(zp_plane *plane, zp_plane_gone_fn fn, void *arg, zp_error *err) ZP_MUST_CHECK;

zp_plane *zp_peer_plane(const zp_peer *peer);
unsigned zp_peer_rights(const zp_peer *peer);  /* ZP_MAY_* */
uint64_t zp_peer_id(const zp_peer *peer);      /* never used again */
const char *zp_peer_name(const zp_peer *peer); /* for logs: address:port */
/* Sends a message; the values are referred to until they are written. */
bool zp_peer_send(zp_peer *peer, uint8_t type, uint32_t request, const void *head, size_t head_len,
                  const zp_value *values, uint32_t nvalues, zp_error *err) ZP_MUST_CHECK;
/* Bytes that wait to be sent to this peer. */
uint64_t zp_peer_waiting(const zp_peer *peer);
/* Stops and goes on reading from a peer (counted). */
void zp_peer_pause(zp_peer *peer);
void zp_peer_resume(zp_peer *peer);
/* The same for connections that the language made (subscribe, follow): `link` is the number of such a connection.  What a server
 * sends besides answers goes to the handler of its type. */
typedef bool (*zp_plane_link_message_fn)(void *arg, uint64_t link, struct zp_msg *msg, zp_error *err);
void zp_plane_on_link_message(zp_plane *plane, uint8_t type, zp_plane_link_message_fn fn, void *arg);
typedef void (*zp_plane_link_gone_fn)(void *arg, uint64_t link);
bool zp_plane_on_link_gone(zp_plane *plane, zp_plane_link_gone_fn fn, void *arg, zp_error *err) ZP_MUST_CHECK;
/* The number of the connection that a value (ZP_CON) is; a request number of it that nobody uses; sending on it. */
uint64_t zp_link_of(zp_value connection);
uint32_t zp_link_number(zp_plane *plane, uint64_t link);
bool zp_link_send(zp_plane *plane, uint64_t link, uint8_t type, uint32_t request, const void *head,
                  size_t head_len, const zp_value *values, uint32_t nvalues, zp_error *err) ZP_MUST_CHECK;
/* The plane of an engine; made (with a loop of its own, on this thread) when there is none. */
zp_plane *zp_plane_of(zp_engine *engine, zp_error *err);
/* Runs a turn of the loop: the wait function (zp_ctx_park) of whatever waits for a message; arg: the plane. */
void zp_plane_wait(void *plane, zp_ctx *ctx);

/* Calls fn(arg) when fewer bytes than a few frames wait for this peer, or when it is gone; once. */
bool zp_peer_when_drained(zp_peer *peer, void (*fn)(void *arg, zp_peer *peer), void *arg,
                          zp_error *err) ZP_MUST_CHECK;

#endif
