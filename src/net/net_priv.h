/* Inside of net: what a loop and a connection are made of.
 *
 * A connection is in one of these states, moved by conn.c (and connect.c, tls.c where they say so):
 *
 *     LOOKUP --names found--> CONNECTING --> OPEN --graceful close, all sent--> LINGER --> freed
 *                                  accept -->    \--error, peer, close--> DEAD --end of turn--> freed
 *     OPEN --detach--> AWAY --attach--> OPEN
 *
 * Callbacks into the server of a connection come from two places only: its event (conn.c, on_ready) and the end of the turn
 * (loop.c, settle).  Everything that wants a callback in the meantime sets a flag and queues the connection for the latter.  Since
 * every callback may close the connection or give it to another thread, nothing of it is touched afterwards unless the `gone`
 * flag on the stack says that it is still ours. */
#ifndef ZP_NET_NET_PRIV_H
#define ZP_NET_NET_PRIV_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "net/net.h"

enum {
    SCRATCH = 256 * 1024,
    TURN_BYTES = 512 << 10,
    LINGER_MS = 2000,
    CLOSING_MS = 30000,
    SEND_TIMEOUT_MS = 300000
};

/* ---------------------------------------------------------------- deadlines */

enum { WHEEL_SLOTS = 512, WHEEL_MS = 100 };

typedef struct zp__wheel {
    zp_deadline *slot[WHEEL_SLOTS];
    int64_t done_ms; /* everything up to here has been looked at */
    int64_t tick_ms; /* the slot that `tick` is set for; 0: it is not */
    struct event tick;
} zp__wheel;

/* ---------------------------------------------------------------- loop */

struct zp_loop {
    struct event_base *base;
    struct event wake, limit;
    int wake_fd;
    _Atomic int refs;     /* lookups of names outlive a loop */
    pthread_mutex_t lock; /* guards the next four */
    zp_task *first, **last;
    bool asleep, closed;
    _Atomic bool stop;
    zp_task *taken, **taken_last; /* being run: whoever drives goes on with them */
    uint64_t drive;               /* changes with the thread that drives */
    bool in_turn;
    void (*enter)(void *arg);
    void (*leave)(void *arg);
    void *around_arg;
    int64_t now_ms, began_ns;
    uint64_t turn;
    zp_conn *pending, **pending_last; /* to be settled at the end of the turn */
    zp_conn *closing;                 /* that nobody serves any more */
    zp_conn *dead;
    char *scratch; /* SCRATCH bytes that every read goes to first */
    zp__wheel wheel;
    struct zp__chunk *spare; /* of the common size, for the next answers */
    int spares;
    struct {
        _Atomic uint64_t connections, opened, bytes_in, bytes_out, turns, reads, writes;
        _Atomic uint64_t lasted[ZP_TURN_BOUNDS + 1], turn_ns;
    } stats; /* written by the loop's thread alone */
};

/* Begins the turn, if it has not begun: everything that libevent calls calls this first. */
void zp__loop_begin(zp_loop *loop);
char *zp__loop_scratch(zp_loop *loop);
/* zp_loop_post_task that says whether the loop still takes tasks. */
bool zp__loop_post(zp_loop *loop, zp_task *task);
/* The chunks that are kept for answers (write.c). */
void zp__loop_drop_spares(zp_loop *loop);
zp_loop *zp__loop_ref(zp_loop *loop);
void zp__loop_unref(zp_loop *loop);
static inline void zp__stat(_Atomic uint64_t *counter, int64_t by)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + (uint64_t)by,
                          memory_order_relaxed);
}

bool zp__wheel_init(zp_loop *loop);
void zp__wheel_fini(zp_loop *loop);

/* ---------------------------------------------------------------- connections */

typedef enum zp__state {
    ZP_CONN_LOOKUP,
    ZP_CONN_CONNECTING,
    ZP_CONN_OPEN,
    ZP_CONN_AWAY,   /* detached */
    ZP_CONN_LINGER, /* all is sent; what comes is dropped */
    ZP_CONN_DEAD    /* freed at the end of the turn */
} zp__state;

/* What the end of the turn has to do for a connection. */
enum {
    ZP_DO_FLUSH = 1,
    ZP_DO_SHOW = 2,    /* input that waits */
    ZP_DO_DRAINED = 4, /* tell it */
    ZP_DO_FAIL = 8,    /* tell that it is over: conn->err */
    ZP_DO_OPENED = 16,
    ZP_DO_GIVE = 32, /* detach it and call conn->give */
    ZP_DO_TLS = 64   /* begin the handshake of a server */
};

/* Bytes to send: a copy (data) or a reference. */
typedef struct zp__chunk {
    struct zp__chunk *next;
    const char *ptr; /* the first unsent one */
    size_t len;      /* unsent */
    size_t cap;      /* of data[]; 0: a reference */
    void (*release)(void *arg);
    void *arg;
    char data[];
} zp__chunk;

/* The TLS of a connection. */
typedef struct zp__session {
    SSL *ssl;
    zp_tls *tls;
    char *raw; /* read from the socket before TLS began */
    size_t raw_at, raw_len;
    bool ready; /* the handshake is over */
    bool read_wants_write, write_wants_read;
    bool no_more; /* a fatal error: nothing may be written */
} zp__session;

/* What zp_connect is still trying. */
typedef struct zp__dial zp__dial;

struct zp_conn {
    struct event event;
    zp_loop *loop;
    const zp_conn_ops *ops; /* NULL: closing */
    void *arg;
    int fd;
    uint8_t state, todo;
    uint8_t watched; /* EV_READ, EV_WRITE that the event is set for */
    uint16_t paused;
    bool blocked; /* the socket took no more */
    bool closing; /* gracefully */
    bool above;   /* the unsent bytes were above the low water mark */
    bool eof;     /* the peer sends no more */
    bool is_unix, registered;
    void (*give)(void *arg, zp_conn *detached);
    bool *gone; /* on the stack of who is calling back */
    zp_conn *next_pending, **link_pending;
    zp_conn *next_dead; /* or next closing */
    zp_conn **link_closing;
    uint64_t settled; /* turn */

    char *in; /* bytes that were shown and not consumed */
    size_t in_at, in_len, in_cap, want;

    zp__chunk *out, **out_last;
    zp__chunk *out_tail; /* where copies may be added; NULL: nowhere */
    size_t unsent, low_water, blocks;

    zp_deadline deadline;
    int64_t deadline_ms, progress_ms; /* when it expires; since when nothing was taken (0: nothing waits) */
    int64_t send_timeout_ms;

    zp__session *session; /* NULL: plain */
    zp__dial *dial;       /* NULL: accepted, or it is connected */
    zp_error err;         /* ZP_DO_FAIL: why, code NONE: the peer closed */
};

/* A connection without descriptor or event. */
zp_conn *zp__conn_alloc(zp_loop *loop, const zp_conn_ops *ops, void *arg, zp_error *err);
/* Gives it a connected or connecting socket. */
void zp__conn_set_fd(zp_conn *conn, int fd);
void zp__conn_free(zp_conn *conn);
/* Sets what the event waits for, from the state. */
void zp__conn_rearm(zp_conn *conn);
void zp__conn_todo(zp_conn *conn, unsigned what);
void zp__conn_unqueue(zp_conn *conn);
/* It is over; closed() comes at the end of the turn.  `err` is moved (NULL: the peer closed). */
void zp__conn_fail(zp_conn *conn, zp_error *err);
void zp__conn_fail_sys(zp_conn *conn, int errnum, const char *what);
/* The end of the turn for one connection. */
void zp__conn_settle(zp_conn *conn);
void zp__conn_redeadline(zp_conn *conn);
void zp__conn_options(int fd, bool is_unix);

/* read.c; false: the connection is gone, and nothing of it may be touched */
bool zp__conn_read(zp_conn *conn);
bool zp__conn_show(zp_conn *conn);
/* Bytes of the socket or of its TLS: > 0; 0: the peer sends no more; -1: none now; -2: failed (reported). */
ssize_t zp__conn_recv(zp_conn *conn, struct iovec *iov, int n);

/* write.c */
void zp__conn_write(zp_conn *conn);
void zp__conn_drop_output(zp_conn *conn);

/* connect.c */
void zp__dial_ready(zp_conn *conn); /* the socket of a connecting connection is writable */
void zp__dial_opened(zp_conn *conn);
void zp__dial_free(zp_conn *conn);

/* tls.c */
bool zp__session_new(zp_conn *conn, zp_tls *tls, bool client, const char *name, zp_error *err) ZP_MUST_CHECK;
void zp__session_free(zp_conn *conn);
bool zp__session_shake(zp_conn *conn); /* true: ready */
void zp__session_begin(zp_conn *conn); /* of a server, with what was read already */
ssize_t zp__session_read(zp_conn *conn, struct iovec *iov, int n);
ssize_t zp__session_write(zp_conn *conn, const char *bytes,
                          size_t len); /* as send(): -1 blocked, -2 failed */
void zp__session_goodbye(zp_conn *conn);

#endif
