/* net: sockets, TLS and loops.  Knows lengths, not meanings.
 *
 *     listener --accept--> conn --input(bytes)--> whoever serves it
 *                           ^ |                        |
 *     socket <--one write--queue of blocks <--zp_conn_send
 *
 *     another thread --zp_loop_post--> tasks of the loop
 *
 * A loop is a thread that waits.  Each turn: what became ready is called, then the posted tasks, then everything that was sent
 * during the turn is written.  So many small sends cost one system call.
 *
 * A connection belongs to one loop at a time; whoever serves it gives it a table of calls (zp_conn_ops).  It can be taken off
 * its loop (zp_conn_detach) and given to another thread's, with the bytes that nobody has consumed yet.  An idle one holds no
 * buffers.
 *
 * Thread: everything is called on the loop's own thread, except where it says `any thread`. */
#ifndef ZP_NET_NET_H
#define ZP_NET_NET_H

#include <sys/types.h>
#include <sys/uio.h>

#include "base/buf.h"
#include "base/error.h"

typedef struct zp_loop zp_loop;
typedef struct zp_conn zp_conn;
typedef struct zp_listener zp_listener;
typedef struct zp_tls zp_tls;

/* ---------------------------------------------------------------- loop */

enum { ZP_LOOP_PRECISE = 1 }; /* timers to the microsecond instead of some ms; a system call more per turn */

zp_loop *zp_loop_new(unsigned flags, zp_error *err) ZP_MUST_CHECK;
/* Runs what is still posted, then frees.  Connections and timers must be gone. */
void zp_loop_free(zp_loop *loop);
/* Turns until zp_loop_stop(): true.  A task that takes long may let another thread call this meanwhile (one at a time, and never
 * from inside of a call for a connection); that one drives from then on, and the first call returns false after its task. */
bool zp_loop_run(zp_loop *loop);
/* One turn; waits at most `timeout_us` for something to happen (< 0: as long as it takes). */
void zp_loop_once(zp_loop *loop, int64_t timeout_us);
void zp_loop_stop(zp_loop *loop); /* any thread */
/* For a task that may take long: what was sent so far in this turn is written, and what waits is shown. */
void zp_loop_flush(zp_loop *loop);
/* For a task that lets another thread drive: the part of the turn up to here counts as one. */
void zp_loop_part(zp_loop *loop);
/* Milliseconds of the monotonic clock at the beginning of the turn. */
int64_t zp_loop_now_ms(const zp_loop *loop);
/* `enter` is called before the first thing of a turn is, `leave` when the turn is over and before the loop waits. */
void zp_loop_around(zp_loop *loop, void (*enter)(void *arg), void (*leave)(void *arg), void *arg);

/* Runs fn(arg) on the loop's thread, in the order posted; what a task posts runs in the next turn, after the loop has looked
 * at its sockets.  False: out of memory.  Any thread; one wake-up however many are posted. */
bool zp_loop_post(zp_loop *loop, void (*fn)(void *arg), void *arg) ZP_MUST_CHECK;
/* The same without an allocation: the task is part of an object of the caller's, which lives until fn is called. */
typedef struct zp_task {
    struct zp_task *next;
    void (*fn)(void *arg);
    void *arg;
    bool owned; /* inside the room */
} zp_task;
void zp_loop_post_task(zp_loop *loop, zp_task *task); /* any thread */

/* A timer that calls fn(arg) once; set it again for more. */
typedef struct zp_timer zp_timer;
zp_timer *zp_timer_new(zp_loop *loop, void (*fn)(void *arg), void *arg, zp_error *err) ZP_MUST_CHECK;
void zp_timer_free(zp_timer *timer);
void zp_timer_set(zp_timer *timer, int64_t delay_us); /* replaces what was set */
void zp_timer_stop(zp_timer *timer);

/* A deadline: a timer to a tenth of a second that costs next to nothing to move, for things of which there are tens of
 * thousands.  Part of an object of the caller's; all zero at first. */
typedef struct zp_deadline {
    struct zp_deadline *next, **link; /* inside the room */
    int64_t at_ms, slot_ms;
    void (*fn)(struct zp_deadline *d);
} zp_deadline;
void zp_deadline_set(zp_loop *loop, zp_deadline *d, int64_t delay_ms, void (*fn)(zp_deadline *d));
void zp_deadline_stop(zp_deadline *d);

/* A foreign descriptor, such as libpq's. */
typedef struct zp_watch zp_watch;
enum { ZP_READABLE = 1, ZP_WRITABLE = 2 };
zp_watch *zp_watch_new(zp_loop *loop, int fd, void (*fn)(void *arg, unsigned ready), void *arg,
                       zp_error *err) ZP_MUST_CHECK;
void zp_watch_free(zp_watch *watch);                /* before the descriptor is closed */
bool zp_watch_set(zp_watch *watch, unsigned ready); /* what to wait for, again and again; 0: nothing */

/* What a loop has done since its start, for metrics.  Any thread. */
enum { ZP_TURN_BOUNDS = 9 };
typedef struct zp_net_stats {
    uint64_t connections, opened, bytes_in, bytes_out, turns, reads, writes;
    uint64_t lasted[ZP_TURN_BOUNDS + 1], turn_ns; /* turns by how long they took; all together */
} zp_net_stats;
/* Bounds of zp_net_stats.lasted, in microseconds; what took longer than the last is behind them. */
extern const int64_t zp_turn_bounds_us[ZP_TURN_BOUNDS];
void zp_loop_stats(const zp_loop *loop, zp_net_stats *out);

/* ---------------------------------------------------------------- connections */

/* How a connection is served.  Every call may close it, or anything else.  Only `input` and `closed` must be there. */
typedef struct zp_conn_ops {
    /* Bytes have come.  Returns how many were consumed; the rest is shown again, with what follows it. */
    size_t (*input)(zp_conn *conn, const char *bytes, size_t len);
    /* The connection is gone (the peer closed it, an error, a deadline); `why` says it in words, NULL: the peer closed.
     * The last call: `conn` is freed by the net afterwards.  Not called after zp_conn_close and the like. */
    void (*closed)(zp_conn *conn, const zp_error *why);
    /* A connection that was made by zp_connect is there (and TLS is up). */
    void (*opened)(zp_conn *conn);
    /* The unsent bytes have fallen to the low water mark. */
    void (*drained)(zp_conn *conn);
    /* Where the next bytes shall be read to, straight from the socket: up to `max` vectors; 0: nowhere in particular.  Asked
     * when all that was read is consumed; then told how many bytes came. */
    int (*direct)(zp_conn *conn, struct iovec *iov, int max);
    void (*direct_done)(zp_conn *conn, size_t len);
    /* The peer will send no more but may go on reading: true to keep the connection; NULL: it is closed. */
    bool (*ended)(zp_conn *conn);
    /* The deadline of zp_conn_set_deadline has passed.  NULL: closed() is called. */
    void (*expired)(zp_conn *conn);
} zp_conn_ops;

/* A host and port, or the path of a Unix socket. */
typedef struct zp_peer_spec {
    const char *host; /* name or address */
    uint16_t port;
    const char *path;        /* of a Unix socket, instead of a host */
    zp_tls *tls;             /* NULL: plain */
    const char *server_name; /* that the certificate must have; NULL: the host */
    int64_t timeout_ms;      /* until it is opened; 0: 10 s */
} zp_peer_spec;

/* Connects; names are looked up on another thread.  ops->opened or ops->closed follows, never before this returns. */
zp_conn *zp_connect(zp_loop *loop, const zp_peer_spec *spec, const zp_conn_ops *ops, void *arg,
                    zp_error *err) ZP_MUST_CHECK;
/* A connected non-blocking socket becomes a connection; takes `fd`, also on failure. */
zp_conn *zp_conn_new(zp_loop *loop, int fd, const zp_conn_ops *ops, void *arg, zp_error *err) ZP_MUST_CHECK;

void *zp_conn_arg(const zp_conn *conn);
zp_loop *zp_conn_loop(const zp_conn *conn);
void zp_conn_serve(zp_conn *conn, const zp_conn_ops *ops,
                   void *arg); /* from now on by others, on the same loop */

/* Takes the connection off its loop (nothing is called any more) and puts it on another.  Unread and unsent bytes stay.
 * attach: on the new loop's thread; bytes that wait are shown in the same turn.  Between the two, zp_conn_close may free it.
 * attach fails for want of memory only; the connection is then freed. */
void zp_conn_detach(
    zp_conn *conn); /* not inside of input() and direct_done(): their bytes are not counted yet */
/* The same as soon as the call that is running is over and what it left is kept; then fn(arg, conn). */
void zp_conn_give(zp_conn *conn, void (*fn)(void *arg, zp_conn *detached), void *arg);
bool zp_conn_attach(zp_conn *conn, zp_loop *loop, const zp_conn_ops *ops, void *arg,
                    zp_error *err) ZP_MUST_CHECK;

/* ---- sending.  A send that fails (out of memory) closes the connection: closed() is called in the next turn. */

/* Queues a copy.  The bytes of one call stay together in one write, as long as they fit into a block. */
void zp_conn_send(zp_conn *conn, const void *bytes, size_t len);
void zp_conn_sendv(zp_conn *conn, const struct iovec *iov, int n); /* as one send */
/* Queues bytes that stay where they are until release(arg) is called, on this loop's thread, written or not. */
void zp_conn_send_ref(zp_conn *conn, const void *bytes, size_t len, void (*release)(void *arg), void *arg);
/* Writes now what was sent; otherwise it is written at the end of the turn. */
void zp_conn_flush(zp_conn *conn);
size_t zp_conn_unsent(const zp_conn *conn);
/* From now on every write (and TLS record) is made of whole sends, of `most` bytes together unless one send alone is
 * longer; 0: as it comes. */
void zp_conn_set_blocks(zp_conn *conn, size_t most);
enum { ZP_BLOCK_MOST = 16384 };
void zp_conn_set_low_water(zp_conn *conn, size_t bytes); /* for ops->drained; 64 KiB at first */
void zp_conn_set_send_timeout(zp_conn *conn,
                              int64_t ms); /* no byte taken for so long: closed; 300 s at first */

/* ---- receiving */

/* Do not show input before so many bytes are there (until they are; then again any). */
void zp_conn_want(zp_conn *conn, size_t len);
/* Stops and goes on reading; counted. */
void zp_conn_pause(zp_conn *conn);
void zp_conn_resume(zp_conn *conn);
/* Calls ops->expired unless it is set again (or to 0: none) before.  To a tenth of a second. */
void zp_conn_set_deadline(zp_conn *conn, int64_t delay_ms);

/* ---- closing: nothing is called afterwards */

void zp_conn_close(zp_conn *conn); /* at once; what is unsent is lost */
/* Sends what waits, shuts the sending side down, reads and drops what still comes for at most 2 s, then closes. */
void zp_conn_close_gracefully(zp_conn *conn);

/* ---- about the peer */

int zp_conn_fd(const zp_conn *conn);
bool zp_conn_is_tls(const zp_conn *conn);
bool zp_conn_is_unix(const zp_conn *conn);
bool zp_conn_is_loopback(const zp_conn *conn); /* Unix sockets too */
/* "127.0.0.1:5432", "[::1]:5432", "unix:pid 77"; the address alone without port. */
enum { ZP_PEER_TEXT = 80 };
const char *zp_conn_peer(const zp_conn *conn, char text[ZP_PEER_TEXT]);
const char *zp_conn_address(const zp_conn *conn, char text[ZP_PEER_TEXT]);

/* ---------------------------------------------------------------- listening */

typedef struct zp_listen_spec {
    const char *address; /* "": all, IPv6 and IPv4; a name, an IPv4 or an IPv6 address */
    uint16_t port;       /* 0: the system chooses */
    const char *path;    /* of a Unix socket, instead of an address */
    unsigned mode;       /* of the Unix socket; 0: 0660 */
} zp_listen_spec;

/* A connection has come: zp_conn_new(loop, take_fd, ...). */
typedef void (*zp_accept_fn)(void *arg, zp_loop *loop, int take_fd);
/* Listens; a dead Unix socket of the same path is replaced, a living one is an error. */
zp_listener *zp_listen(zp_loop *loop, const zp_listen_spec *spec, zp_accept_fn fn, void *arg,
                       zp_error *err) ZP_MUST_CHECK;
void zp_listener_free(zp_listener *listener); /* removes a Unix socket */
/* "127.0.0.1:7777", "[::]:7777", "unix:/run/zplane.sock" */
const char *zp_listener_address(const zp_listener *listener);
uint16_t zp_listener_port(const zp_listener *listener);

/* ---------------------------------------------------------------- TLS */

typedef struct zp_tls_spec {
    const char *cert, *key; /* PEM files; a server must, a client may have them */
    const char *ca;         /* PEM file that the other side is checked against; NULL: the system's (client) */
    bool verify;            /* client: check certificate and host name; server: demand a client certificate */
} zp_tls_spec;

/* A counted context; 1.2 and 1.3.  Connections hold it. */
zp_tls *zp_tls_server(const zp_tls_spec *spec, zp_error *err) ZP_MUST_CHECK;
zp_tls *zp_tls_client(const zp_tls_spec *spec, zp_error *err) ZP_MUST_CHECK;
zp_tls *zp_tls_ref(zp_tls *tls); /* any thread */
void zp_tls_unref(zp_tls *tls);  /* any thread */
/* An accepted connection whose first bytes are a TLS hello: what is not consumed yet and all that follows is
 * TLS; input() is shown what is inside. */
bool zp_conn_tls_accept(zp_conn *conn, zp_tls *tls, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- frames: u32 BE length | payload */

enum { ZP_FRAME_PREFIX = 4 };
typedef enum zp_frame_state {
    ZP_FRAME_PART,
    ZP_FRAME_WHOLE,
    ZP_FRAME_BAD /* 0 or above the limit */
} zp_frame_state;

/* Looks at the beginning of the bytes.  WHOLE: *payload is it, and ZP_FRAME_PREFIX + payload->len bytes are consumed.  PART:
 * payload->len is what it will be, 0 while unknown. */
zp_frame_state zp_frame_next(const char *bytes, size_t len, size_t limit, zp_slice *payload);
/* Writes the length in front of a payload. */
void zp_frame_prefix(void *to, uint32_t len);

/* Raises the limit of open files to what the system allows (with the privilege, beyond what the process was given); the limit
 * afterwards. */
int64_t zp_net_raise_files(void);

#endif
