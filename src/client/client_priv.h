/* client: libzplane, the library behind include/zplane.h.
 *
 *     caller --query, append, subscribe--> chunks --write--> socket
 *     socket --read--> frames --> messages --> answers, acknowledgements, rows --callback--> caller
 *
 * One lock per connection.  Whoever waits while nobody else does becomes its *driver*: he polls without the lock, reads,
 * and calls back without the lock; the others sleep until his turn is over.  Everybody may write to the socket
 * under the lock.  Rows of appenders lie in chunks until they are acknowledged, so that they can be sent again
 * over a new connection (append.c).
 *
 * Compiled into libzplane with base's buffers and errors, wire's layout and stream, auth's signature, and nothing
 * else of the server. */
#ifndef ZP_CLIENT_CLIENT_PRIV_H
#define ZP_CLIENT_CLIENT_PRIV_H

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buf.h"
#include "wire/layout.h"
#include "wire/stream.h"
#include "zplane.h"

/* ---------------------------------------------------------------- errors (error.c) */

/* Fills *err (which may be NULL) and returns false. */
bool zp__cl_fail(zplane_error *err, zplane_code code, const char *fmt, ...) ZP_PRINTF(3, 4);
bool zp__cl_nomem(zplane_error *err);
/* From an error of base, which is cleared. */
bool zp__cl_from(zplane_error *err, zplane_code code, zp_error *from);

/* ---------------------------------------------------------------- values (value.c, codec.c) */

struct zplane_value {
    zplane_type type;
    int ndim;
    int64_t *dim;         /* ndim of them */
    int64_t n;            /* elements or items */
    void *data;           /* elements; strings: offsets, n + 1 of them, into `text` */
    char *text;           /* bytes of strings, each with a NUL */
    zplane_value **items; /* LIST: n; SERIES: index, data */
    zplane_value **names; /* ndim entries (a list: one): NULL or strings */
    int64_t cap;          /* of items */
    bool hidden;          /* an answer that is not shown */
};

zplane_value *zp__cl_value_new(zplane_type type, int ndim, const int64_t *dim); /* elements not filled */
/* Strings from n lengths (u32 LE) and their bytes. */
zplane_value *zp__cl_value_strings(uint64_t n, const uint8_t *lengths, const uint8_t *text);
/* Reads one value; *at goes behind it.  NULL: *err. */
zplane_value *zp__cl_value_decode(const uint8_t **at, const uint8_t *end, zplane_error *err);
void zp__cl_value_encode(zp_wire_out *out, const zplane_value *v);
uint8_t zp__cl_tag_of(zplane_type type);
zplane_type zp__cl_type_of(uint8_t tag);

/* ---------------------------------------------------------------- where to (where.c) */

typedef struct zp_where {
    char *host, *port, *socket_path; /* one of host, socket_path */
    bool tls;
    struct sockaddr_storage *addresses; /* all that the name stands for */
    socklen_t *lengths;
    size_t count, next;
} zp_where;

bool zp__cl_where_parse(zp_where *w, const char *text, zplane_error *err) ZP_MUST_CHECK;
bool zp__cl_where_resolve(zp_where *w, zplane_error *err) ZP_MUST_CHECK;
void zp__cl_where_fini(zp_where *w);

/* ---------------------------------------------------------------- sockets (socket.c) */

typedef enum zp_io { ZP_IO_DONE, ZP_IO_WAIT, ZP_IO_END, ZP_IO_FAILED } zp_io;

struct ssl_st;
struct ssl_ctx_st;
typedef struct zp_socket {
    int fd; /* -1: none */
    struct ssl_st *ssl;
    bool want_read, want_write; /* TLS needs that before it goes on */
} zp_socket;

/* Begins to connect to the next address; false: none is left, *err says what the last one said. */
bool zp__cl_socket_open(zp_socket *s, zp_where *w, zplane_error *err) ZP_MUST_CHECK;
/* Is there a connection?  WAIT: not yet. */
zp_io zp__cl_socket_opened(zp_socket *s, zplane_error *err);
struct ssl_ctx_st *zp__cl_tls_new(const zplane_options *o, zplane_error *err);
void zp__cl_tls_free(struct ssl_ctx_st *ctx);
bool zp__cl_tls_start(zp_socket *s, struct ssl_ctx_st *ctx, const char *name, bool verify,
                      zplane_error *err) ZP_MUST_CHECK;
zp_io zp__cl_tls_step(zp_socket *s, zplane_error *err);
zp_io zp__cl_socket_read(zp_socket *s, void *to, size_t len, size_t *got, zplane_error *err);
zp_io zp__cl_socket_write(zp_socket *s, const void *from, size_t len, size_t *put, zplane_error *err);
void zp__cl_socket_close(zp_socket *s);

/* ---------------------------------------------------------------- bytes on their way out (chunks.c) */

typedef struct zp_chunk {
    struct zp_chunk *next;
    size_t cap, len, sent;
    char bytes[];
} zp_chunk;

/* Frames in the order of sending; no frame is cut between chunks.  `keep`: stay until they are released. */
typedef struct zp_chunks {
    zp_chunk *first, *last, *spare;
    zp_chunk *send; /* the first with unsent bytes, or NULL */
    size_t chunk_size, unsent, held;
    bool keep;
} zp_chunks;

/* Room for `len` contiguous bytes at the end, which then count; NULL: no memory. */
char *zp__cl_chunks_add(zp_chunks *c, size_t len);
/* The next unsent bytes; and that so many of them were sent. */
zp_slice zp__cl_chunks_next(const zp_chunks *c);
void zp__cl_chunks_sent(zp_chunks *c, size_t len);
void zp__cl_chunks_drop_first(zp_chunks *c); /* to the spare ones */
void zp__cl_chunks_fini(zp_chunks *c);

/* ---------------------------------------------------------------- the connection (connection.c, process.c) */

typedef enum zp_phase {
    ZP_PH_IDLE, /* lost: until retry_at */
    ZP_PH_TCP,  /* connecting */
    ZP_PH_TLS,
    ZP_PH_LOGIN, /* CONNECT is sent; JSON frames, then HELLO */
    ZP_PH_READY,
    ZP_PH_CLOSED
} zp_phase;

typedef struct zp_request {
    struct zp_request *next;
    uint32_t number;
    zplane_answer_fn answer;
    void *arg;
    uint32_t prepared;  /* the number of the expression it evaluates; 0: none */
    zplane_error error; /* of a failed one */
} zp_request;

typedef struct zp_partial { /* a message of which frames are missing */
    struct zp_partial *next;
    uint8_t type;
    uint32_t request;
    zp_buf bytes;
} zp_partial;

struct zplane {
    pthread_mutex_t lock;
    pthread_cond_t turn_over;
    bool driven; /* somebody polls, reads or calls back */
    pthread_t driver;
    int wake; /* eventfd that ends the driver's poll */
    zp_phase phase;
    zp_where where;
    zplane_options opt; /* strings are ours */
    struct ssl_ctx_st *tls;
    zp_socket sock;
    uint16_t rights;
    int64_t deadline; /* of connecting, ms of the monotonic clock */
    int64_t retry_at;
    int64_t give_up_at; /* requests that wait for a connection fail then; 0: there is one */
    int backoff_ms;
    bool ever_ready, refused; /* refused: the server does not want us, trying again is no use */
    zp_chunks login;          /* CONNECT: goes out before anything else */
    zp_chunks out;            /* requests and other small things: from READY on */
    zp_chunks *cut;           /* whose frame is half written; its appender, or NULL: `out` */
    zplane_appender *cut_app;
    zp_buf in; /* bytes read and not yet understood */
    size_t in_at;
    zp_partial *partials;
    zp_request *requests, **requests_end; /* in the order sent */
    zp_request *failed;                   /* whose callbacks have not been called yet: the driver does that */
    zplane_appender *appenders;
    zplane_sub *subs;
    zplane_prepared *prepared;
    uint32_t last_request;
    uint64_t out_lost; /* how often what was in `out` has been dropped, with what the server knew of us */
    zplane_output_fn output;
    void *output_arg;
    zplane_error why; /* of the last loss */
};

/* With the lock held: */
int64_t zp__cl_now_ms(void);
uint32_t zp__cl_next_request(zplane *con);
/* A whole message (head, values) into con->out. */
bool zp__cl_send_message(zplane *con, uint8_t type, uint32_t request, const void *head, size_t head_len,
                         uint32_t nvalues, const void *values, size_t values_len,
                         zplane_error *err) ZP_MUST_CHECK;
/* Writes what the socket takes. */
void zp__cl_write_some(zplane *con);
/* Makes the driver look again. */
void zp__cl_wake(zplane *con);
/* Drives, or waits for the driver, until done(arg); deadline in ms of the monotonic clock, 0: none. */
bool zp__cl_wait_until(zplane *con, bool (*done)(void *arg), void *arg, int64_t deadline,
                       zplane_error *err) ZP_MUST_CHECK;
int64_t zp__cl_deadline(int timeout_ms);
/* What the driver does: reads and writes what can be now, calls back. */
void zp__cl_turn(zplane *con);
/* A turn, if nobody drives; else only writing. */
void zp__cl_step(zplane *con);
/* The connection broke: sockets closed, answers failed, streams kept for the next connection. */
void zp__cl_lost(zplane *con, const zplane_error *why);
/* For good. */
void zp__cl_closed(zplane *con, const zplane_error *why);
/* Begins to connect; or to log in, where there is a connection. */
void zp__cl_connect(zplane *con);
void zp__cl_log_in(zplane *con);
/* A message of the server, complete; borrowed. */
typedef struct zp_incoming {
    uint8_t type;
    uint32_t request, nvalues;
    zp_slice head, values;
} zp_incoming;
void zp__cl_on_message(zplane *con, const zp_incoming *m);
/* Understands what is in con->in. */
void zp__cl_read_frames(zplane *con);
/* Lets others use the connection while a callback runs. */
#define ZP_CALLBACK(con, call)              \
    do {                                    \
        pthread_mutex_unlock(&(con)->lock); \
        call;                               \
        pthread_mutex_lock(&(con)->lock);   \
    } while (0)

/* login.c: CONNECT, and the answers to it, which are JSON. */
bool zp__cl_login_put(zplane *con, zplane_error *err) ZP_MUST_CHECK;
/* False: it is a refusal, *err says why. */
bool zp__cl_login_answer(zp_slice json, zplane_error *err) ZP_MUST_CHECK;

/* query.c */
void zp__cl_on_response(zplane *con, const zp_incoming *m);
void zp__cl_on_output(zplane *con, const zp_incoming *m);
/* Nobody will answer these: their callbacks are called by the driver, zp__cl_call_failed(). */
void zp__cl_fail_requests(zplane *con, const zplane_error *why);
void zp__cl_call_failed(zplane *con);
/* The error in a response: streams that cannot be opened are answered in this way.  False: it is none. */
bool zp__cl_response_error(const zp_incoming *m, zplane_error *err);

/* What is asked: a text, or a prepared expression with its values. */
typedef struct zp_question {
    const char *text;
    zplane_prepared *prepared; /* not NULL: instead of the text */
    size_t nbinds;
    const zplane_bind *binds;
    unsigned flags; /* ZPLANE_DISPLAY */
} zp_question;
/* With the lock held.  The number of the request, 0: *err. */
uint32_t zp__cl_start(zplane *con, const zp_question *q, zplane_answer_fn answer, void *arg,
                      zplane_error *err);

/* prepared.c: with the lock held.  Sends PREPARE where this connection has not; the values in the order of the parameters. */
bool zp__cl_prepared_send(zplane_prepared *p, zplane_error *err) ZP_MUST_CHECK;
bool zp__cl_prepared_values(const zplane_prepared *p, const zp_question *q, zp_wire_out *values,
                            zplane_error *err) ZP_MUST_CHECK;
uint32_t zp__cl_prepared_number(const zplane_prepared *p);
zplane *zp__cl_prepared_con(const zplane_prepared *p);           /* also without the lock */
bool zp__cl_prepared_message(zplane *con, const zp_incoming *m); /* false: it is not for one */
/* Why the server refused the expression of that number; NULL: it did not. */
const zplane_error *zp__cl_prepared_error(const zplane *con, uint32_t number);
bool zp__cl_prepared_has(const zplane *con, uint32_t number);
void zp__cl_prepared_free_all(zplane *con);

/* append.c, subscribe.c: `stream_ready` when a connection is there, `_lost` when it is gone. */
void zp__cl_append_ready(zplane_appender *app);
void zp__cl_append_lost(zplane_appender *app, const zplane_error *why, bool for_good);
bool zp__cl_append_message(zplane *con, const zp_incoming *m);
zplane_appender *zp__cl_append_next(zplane_appender *app);
zp_chunks *zp__cl_append_out(zplane_appender *app); /* what may be sent now, or NULL */
void zp__cl_append_sent(zplane_appender *app, size_t len);
void zp__cl_append_free(zplane_appender *app);
void zp__cl_sub_ready(zplane_sub *sub);
void zp__cl_sub_lost(zplane_sub *sub, const zplane_error *why, bool for_good);
bool zp__cl_sub_message(zplane *con, const zp_incoming *m);
zplane_sub *zp__cl_sub_next(zplane_sub *sub);
void zp__cl_sub_call_ended(zplane *con); /* callbacks of subscriptions that are over */
void zp__cl_sub_free(zplane_sub *sub);

/* shape.c: what the server said of an object, in the form of zplane.h. */
typedef struct zp_shape {
    zplane_shape pub;
    char **names;
    uint8_t cls, elem;
    uint64_t next, window;
} zp_shape;
bool zp__cl_shape_read(zp_shape *shape, zp_slice head, zplane_error *err) ZP_MUST_CHECK;
void zp__cl_shape_fini(zp_shape *shape);
bool zp__cl_put_path(zp_buf *bytes, zplane_path path, zplane_error *err) ZP_MUST_CHECK;

#endif
