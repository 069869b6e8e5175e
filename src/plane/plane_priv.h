/* plane_priv: what the files of the plane room share.
 *
 *     channel   a connection with its messages in and out; serves both a peer and a link        channel.c
 *     peer      somebody who asks us: a channel and a desk                                       peer.c
 *     link      somebody we ask (what `connection()` returns): a channel and pending requests    link.c
 *     desk      a working environment, its requests in order, whose turn it is                   desk.c
 *     prepared  expressions that peers keep here                                                 prepared.c
 *     timer     a desk that asks itself                                                          timer.c */
#ifndef ZP_PLANE_PLANE_PRIV_H
#define ZP_PLANE_PLANE_PRIV_H

#include <stdatomic.h>

#include "base/metrics.h"
#include "net/net.h"
#include "plane/plane.h"
#include "wire/wire.h"

/* ---------------------------------------------------------------- counters */

enum {
    ZP_NET_OPENED_IN,
    ZP_NET_OPENED_OUT,
    ZP_NET_CLOSED_IN,
    ZP_NET_CLOSED_OUT,
    ZP_NET_SENT,
    ZP_NET_SEND_FAILED,
    ZP_NET_RECEIVED,
    ZP_NET_DROPPED,
    ZP_NET_BYTES_TIMEDOUT,
    ZP_NET_NO_CONTEXT,
    ZP_NET_READ_FAILED,
    ZP_NET_MALFORMED,
    ZP_NET_MOST_QUEUED,
    ZP_NET_STATS
};
enum {
    ZP_MSGS_OUT_REQ,
    ZP_MSGS_OUT_RSP,
    ZP_MSGS_IN_REQ,
    ZP_MSGS_IN_RSP,
    ZP_MSGS_APPEND,
    ZP_MSGS_VECTOR,
    ZP_MSGS_N_REQ,
    ZP_MSGS_N_RSP,
    ZP_MSGS_N_APPEND,
    ZP_MSGS_N_VECTOR,
    ZP_MSGS_APPEND_FAILED,
    ZP_MSGS_VECTOR_FAILED,
    ZP_MSGS_STATS
};
enum {
    ZP_CTX_N_OUT_REQ,
    ZP_CTX_N_OUT_RSP,
    ZP_CTX_N_IN_REQ,
    ZP_CTX_N_IN_RSP,
    ZP_CTX_N_APPEND,
    ZP_CTX_N_VECTOR,
    ZP_CTX_OUT_REQ,
    ZP_CTX_OUT_RSP,
    ZP_CTX_IN_REQ,
    ZP_CTX_IN_RSP,
    ZP_CTX_APPEND,
    ZP_CTX_VECTOR,
    ZP_CTX_STATS
};

typedef struct zp__ctx_stats {
    double n[ZP_CTX_STATS];
} zp__ctx_stats;

/* ---------------------------------------------------------------- channels */

typedef struct zp__channel_ops {
    bool (*message)(void *owner, zp_msg *msg, zp_error *err);
    void (*gone)(void *owner,
                 const char *why); /* the last call; the owner frees the channel in a task of its own */
    void (*drained)(void *owner);  /* few bytes wait; may be NULL */
    bool (*ended)(void *owner);    /* the other side sends no more: true to keep the channel; may be NULL */
} zp__channel_ops;

typedef struct zp__channel {
    zp_plane *plane;
    zp_conn *conn; /* NULL: gone */
    zp_receiver *in;
    zp_sender *out;
    const zp__channel_ops *ops;
    void *owner;
    bool partial; /* a message is begun, a deadline runs */
    bool opening; /* no connection yet: what is sent waits */
    char name[ZP_PEER_TEXT];
} zp__channel;

bool zp__channel_init(zp__channel *ch, zp_plane *plane, const zp__channel_ops *ops, void *owner,
                      zp_error *err) ZP_MUST_CHECK;
/* Serves a connection that is on the plane's loop, from these bytes on; or takes one that was detached. */
void zp__channel_serve(zp__channel *ch, zp_conn *conn, const char *bytes, size_t len);
bool zp__channel_attach(zp__channel *ch, zp_conn *take, zp_error *err) ZP_MUST_CHECK;
bool zp__channel_send(zp__channel *ch, uint8_t type, uint32_t request, const void *head, size_t len,
                      const zp_value *values, uint32_t nvalues, zp_error *err) ZP_MUST_CHECK;
uint64_t zp__channel_waiting(const zp__channel *ch);
/* Sends what waits and closes; the owner hears nothing more of it. */
void zp__channel_close(zp__channel *ch, const char *notice);
void zp__channel_fini(zp__channel *ch);

/* ---------------------------------------------------------------- desks */

typedef enum zp__request_state {
    ZP_REQUEST_WAITS,
    ZP_REQUEST_RUNS,
    ZP_REQUEST_PARKED,
    ZP_REQUEST_READY
} zp__request_state;

typedef struct zp__outcome {
    bool ok, visible;
    zp_value value; /* borrowed */
    const char *error;
    int kind;              /* ZP_ERRKIND_* */
    const zp_place *place; /* of the error in the text that was sent; NULL: not known */
} zp__outcome;

typedef struct zp__request {
    struct zp__request *next, *prev; /* in desk->queue or desk->live */
    struct zp__desk *desk;
    zp_ctx *ctx; /* NULL: not started */
    uint8_t state, kind, options;
    uint32_t number;
    zp_buf body;
    zp_value *holes,
        code; /* instead of a body: code of a timer, or the function that holes are the values for */
    uint32_t nholes;
    void (*done)(struct zp__request *r, const zp__outcome *o); /* once; the request is freed afterwards */
    void *arg;
    bool bound; /* holes[0] holds variables of the working environment */
    void (*on_output)(struct zp__request *r, int channel, const char *bytes, size_t len);
    zp_deadline limit;
    int64_t limit_ms;
    uint64_t bytes;        /* of the message it came in */
    uint64_t held;         /* by the variables of its desk when it began, if there is a limit */
    int64_t memory;        /* what it made since, about */
    int64_t others;        /* what others made while it was away */
    int stop_kind;         /* it was stopped while it was away: */
    const char *stop_text; /* constant; NULL: it was not */
} zp__request;

typedef struct zp__list {
    zp__request *first, *last;
    uint32_t n;
} zp__list;

typedef struct zp__desk {
    zp_plane *plane;
    struct zp__desk *next; /* in the run queue */
    bool lined_up, closing, remote, timer;
    bool used_up; /* its last slice was not enough */
    bool away;    /* `current` is in a long loop on another thread (offload.c): only its end may touch it */
    unsigned rights; /* ZP_MAY_* */
    zp_ctx *root;    /* has the working environment; made by the first request */
    bool root_busy;
    zp__list queue, live;
    zp__request *current;
    uint32_t ready;
    uint64_t queued_bytes;
    zp__ctx_stats stats;
    uint64_t source, peer_id;            /* for info.ctx */
    void (*idle)(struct zp__desk *desk); /* nothing is queued or live any more; may be NULL */
} zp__desk;

void zp__desk_init(zp__desk *d, zp_plane *plane, bool remote, unsigned rights);
void zp__desk_fini(zp__desk *d); /* abandons everything; not while one of its contexts runs or is away */
zp__request *zp__request_new(zp__desk *d, zp_error *err) ZP_MUST_CHECK;
/* Puts it in line; takes it. */
void zp__desk_add(zp__desk *d, zp__request *take);
/* Ends a request with an error of that kind, wherever it is (`text` is constant); one that is away, when it is back. */
void zp__request_stop(zp__request *r, int kind, const char *text);
zp__request *zp__desk_find(zp__desk *d, uint32_t number);
bool zp__desk_idle(const zp__desk *d);
zp_ctx *zp__desk_context(zp__desk *d, zp_error *err); /* its root */
/* The request that runs in this context, or NULL. */
zp__request *zp__request_of(zp_ctx *ctx);
/* durable.c: zp_settle_fn of a request's context; arg: the request. */
bool zp__plane_settle(void *arg, zp_ctx *ctx, struct zp_store *s);
void zp__plane_run_desks(void *plane);

/* ---------------------------------------------------------------- peers, links, timers */

struct zp_peer {
    zp_plane *plane;
    struct zp_peer *next, *prev;
    zp__channel channel;
    zp__desk desk;
    struct zp_login *login;
    uint64_t id;
    bool paused, ended, gone;
    struct zp__drain *drains;
    struct zp__prepared *prepared; /* the last one used first */
    uint32_t nprepared;
    size_t prepared_bytes;
    zp_deadline linger; /* after the other side has ended */
};

typedef struct zp__pending {
    struct zp__pending *next, *prev;
    struct zp__link *link;
    uint32_t number;
    zp_future *future;
    bool remote;    /* asked by a context that works for somebody else */
    zp__desk *desk; /* whose context asked, as long as the future is wanted; NULL: the embedded one */
    zp_deadline deadline;
} zp__pending;

typedef enum zp__link_state { ZP_LINK_OPENING, ZP_LINK_OPEN, ZP_LINK_LOST } zp__link_state;

typedef struct zp__link_spec {
    char *host, *path, *key, *access, *secret, *ca, *server_name;
    uint16_t port;
    bool tls, verify, reconnect;
    int64_t timeout_ms;
} zp__link_spec;

typedef struct zp__link {
    zp_plane *plane;
    struct zp__link *next, *prev;
    zp__link_spec spec;
    zp__channel channel;
    zp_conn *conn; /* while it opens */
    zp__link_state state;
    uint64_t id;
    uint32_t numbers; /* of the last request */
    zp__pending *first, *last;
    zp_future *opening;          /* who waits for connection() */
    zp_future *draining;         /* who waits until less is unsent */
    bool hello, handle, burying; /* handle: a value of the language refers to it */
    char address[ZP_PEER_TEXT], name[ZP_PEER_TEXT + 24];
} zp__link;

typedef struct zp__timer zp__timer;

/* ---------------------------------------------------------------- the plane */

enum {
    ZP_SLICE_US = 300,     /* of an evaluation, in one go */
    ZP_SLICE_STEPS = 1500, /* between two looks at the clock */
    ZP_SWEEP = 4000        /* elements of large values that nobody holds any more, in a turn */
};

typedef struct zp__line {
    zp__desk *first, *last;
} zp__line;

/* What held the engine's thread for longer than a millisecond, by name (stretch.c). */
enum { ZP_STRETCHES = 24 };
typedef struct zp__stretches {
    int64_t since_us;
    struct {
        const char *_Atomic what; /* constant */
        zp_counter n, most_us;
    } of[ZP_STRETCHES];
} zp__stretches;

typedef struct zp__gone {
    struct zp__gone *next;
    zp_plane_gone_fn fn;
    void *arg;
} zp__gone;

typedef struct zp__gone_link {
    struct zp__gone_link *next;
    zp_plane_link_gone_fn fn;
    void *arg;
} zp__gone_link;

typedef struct zp__query zp__query;

struct zp_plane {
    zp_engine *engine;
    zp_loop *loop;
    bool own_loop, closing;
    atomic_bool refuse; /* no posts any more */
    zp_peer *peers;
    uint64_t npeers, ids;
    zp__link *links;
    uint64_t link_ids;
    zp__timer *timers;
    uint64_t timer_ids;
    zp__query *queries;
    atomic_uint_fast64_t query_ids;
    zp__line line, long_line; /* desks with something to run */
    bool sweeping;            /* large values wait to be taken apart */
    zp_task turn;
    bool turn_posted;
    struct {
        zp_plane_message_fn fn;
        void *arg;
    } handlers[ZP_MSG_END];
    zp__gone *gone;
    struct zp__flow *flows;      /* flow.h */
    bool flows_known;            /* their messages have a handler */
    struct zp__streams *streams; /* streams.h; NULL: none yet */
    struct {                     /* what servers send us besides answers */
        zp_plane_link_message_fn fn;
        void *arg;
    } link_handlers[ZP_MSG_END];
    zp__gone_link *gone_links;
    double net[ZP_NET_STATS], msg[ZP_MSGS_STATS];
    zp__ctx_stats embedded_stats;
    double limit_ms, limit_memory;
    uint64_t commits;            /* under way: their ends come as messages */
    zp__request *running;        /* in zp_ctx_run() now */
    struct zp__offload *offload; /* while it runs in zp_plane_run() */
    int64_t pause_us;            /* from when on it lets others have a turn where it can */
    zp__stretches stretches;
    struct { /* read by others while we count */
        zp_counter peers, requests, failed, running, links;
    } count;
};

/* Around what may hold the thread; the first returns the time. */
int64_t zp__stretch_begin(zp_plane *plane);
void zp__stretch_end(zp_plane *plane, const char *what);
void zp__stretch_collect(const zp_plane *plane, zp_metrics_out *out);

void zp__plane_line_up(zp_plane *plane, zp__desk *d);
void zp__plane_line_on(zp_plane *plane); /* a turn follows, if somebody stands in line */
int64_t zp__now_us(void);

void zp__peer_adopt(zp_plane *plane, zp_conn *take, struct zp_login *login);
void zp__peer_free(zp_peer *peer);
void zp__peers_close(zp_plane *plane); /* says goodbye; they are freed in tasks */
void zp__peers_free(zp_plane *plane);
void zp__login_drop(struct zp_login *login); /* NULL: nothing */

/* prepared.c: a PREPARE message; the expression of a request, its values checked; the end of one, and of all. */
bool zp__peer_prepare(zp_peer *peer, zp_msg *msg, zp_error *err) ZP_MUST_CHECK;
bool zp__prepared_bind(zp_peer *peer, zp__request *r, uint32_t number, zp_error *err) ZP_MUST_CHECK;
void zp__prepared_drop(zp_peer *peer, uint32_t number);
void zp__prepared_free(zp_peer *peer);
/* peer.c: a RESPONSE that is an error. */
void zp__peer_answer_error(zp_peer *peer, uint32_t number, int kind, const char *text, const zp_place *place);

/* link.c */
/* Begins to open it; *theirs: a future of the handle, for the program. */
zp__link *zp__link_open(zp_plane *plane, zp__link_spec *take, zp_ctx *ctx, zp_future **theirs,
                        zp_error *err) ZP_MUST_CHECK;
extern const zp_handle_ops zp__link_handle;
void zp__links_free(zp_plane *plane);
void zp__links_close(zp_plane *plane); /* what they have to send is sent */
void zp__link_spec_fini(zp__link_spec *spec);
bool zp__link_dial(zp__link *l, zp_error *err) ZP_MUST_CHECK; /* link_open.c */
void zp__link_failed(zp__link *l, const char *why);           /* it could not be opened */

void zp__timers_free(zp_plane *plane);
bool zp__plane_sleep(zp_ctx *ctx, double seconds, zp_error *err);
void zp__queries_free(zp_plane *plane);

/* For flows: opens a lost link again, if that was asked for; false: it is lost and stays so. */
bool zp__link_revive(zp_plane *plane, uint64_t link, zp_error *err) ZP_MUST_CHECK;
bool zp__link_reconnects(zp_plane *plane, uint64_t link);
void zp__link_let_go(zp_plane *plane, uint64_t link); /* nobody holds it, and its flows are idle now */
bool zp__link_held(zp_plane *plane, uint64_t link);   /* by some value */
const char *zp__link_name(zp_plane *plane, uint64_t link);
/* flow.c: streams on links. */
void zp__flows_free(zp_plane *plane);
bool zp__flows_busy(const zp_plane *plane, uint64_t link); /* something appended is not answered */
void zp__flows_drain(zp_plane *plane,
                     int64_t most_us); /* turns of the loop until what was appended is answered */
extern const zp_builtin zp__builtins_append[], zp__builtins_subscribe[];

/* append.c: streams of rows (streams.h), made when a peer comes. */
struct zp__streams *zp__streams_of(zp_plane *plane, zp_error *err);
void zp__streams_free(struct zp__streams *s); /* after the peers, before the loop */
/* Something evaluated: subscriptions look whether there are new rows. */
void zp__streams_poke(zp_plane *plane);

extern const zp_builtin zp__builtins_connection[], zp__builtins_timer[], zp__builtins_stats[];

#endif
