/* zplane.h: the C client of a zplane server (libzplane).
 *
 *     zplane_error err;
 *     zplane *con = zplane_connect("127.0.0.1:7777", NULL, &err);
 *     zplane_value *v = zplane_query(con, "head(z, n)", 1, &(zplane_bind){ "n", ten }, 0, &err);
 *     ... zplane_doubles(zplane_series_data(v), 0)[i] ...
 *     zplane_value_free(v);
 *     zplane_close(con);
 *
 * What there is
 *     zplane            a connection: queries, appenders and subscriptions share it
 *     zplane_value      a result, or an argument to be bound: columns, lists, series; immutable once it travels
 *     zplane_prepared   an expression that the server keeps, to be evaluated again and again with other values
 *     zplane_appender   a stream of rows into one object of the server, acknowledged, resent after a lost connection
 *                       without loss and without duplicates
 *     zplane_sub        rows of one object as they are committed, from a position on
 *
 * Two ways to use it.  Blocking: every call that waits takes a time limit in milliseconds (0: none).  Inside your own
 * loop: watch zplane_fd() for zplane_events(), call zplane_process() when it is ready or after zplane_timeout(), and
 * get answers, acknowledgements and rows by callback.  Both may be mixed.
 *
 * Threads.  A connection may be used by any number of threads at once; callbacks run in the thread that happens to
 * process the connection, without a lock of the library held, one at a time.  They may call everything that does not
 * wait (and not zplane_close()).  A value belongs to one thread at a time.
 *
 * Errors.  What can fail takes `zplane_error *err` (NULL: the caller does not care) and returns NULL or false.
 * A program should go by `code` and show `text`.
 *
 * Times are nanoseconds since 1970-01-01 UTC in an int64_t.  docs/c-client.md has the guide, docs/protocol.md the
 * bytes. */
#ifndef ZPLANE_H
#define ZPLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ZPLANE_API __attribute__((visibility("default")))
#else
#define ZPLANE_API
#endif

/* Grows when something is added; a larger version serves every program built for a smaller one. */
#define ZPLANE_API_VERSION 1

typedef struct zplane zplane;
typedef struct zplane_value zplane_value;
typedef struct zplane_prepared zplane_prepared;
typedef struct zplane_appender zplane_appender;
typedef struct zplane_sub zplane_sub;

/* ---------------------------------------------------------------- errors */

typedef enum zplane_code {
    ZPLANE_OK,
    ZPLANE_EUSAGE,   /* the call makes no sense: a NULL, an unknown type, a closed connection */
    ZPLANE_ECONNECT, /* no connection, or it was lost and reconnecting is off or did not succeed in time */
    ZPLANE_EAUTH,    /* the server refuses the key, its rights, or the certificate is not trusted */
    ZPLANE_ETIMEOUT, /* not within the time limit; what was asked may still happen */
    ZPLANE_EREMOTE,  /* the server evaluated and failed: `text` is its error */
    ZPLANE_EREFUSED, /* rows were refused: `text` says why, zplane_error.sequence which batch */
    ZPLANE_EPROTO,   /* bytes that are no answer */
    ZPLANE_EAGAIN,   /* would have to wait: the window of the appender is full */
    ZPLANE_ENOMEM,
    ZPLANE_ECANCELLED
} zplane_code;

typedef struct zplane_error {
    int32_t code;      /* zplane_code */
    int32_t line, col; /* of the query text where the server knows it; 0: unknown */
    uint64_t sequence; /* ZPLANE_EREFUSED: which batch */
    char text[512];    /* never empty after a failure */
} zplane_error;

/* "the connection was lost": what a code means. */
ZPLANE_API const char *zplane_code_text(int32_t code);
ZPLANE_API const char *zplane_version(void);

/* ---------------------------------------------------------------- connections */

/* Settings; start with ZPLANE_OPTIONS_INIT and set what differs.  Strings are copied. */
typedef struct zplane_options {
    size_t size; /* sizeof(zplane_options) */
    const char
        *client_key; /* the public name of a key of the server's vault; NULL: none (server with --trust) */
    const char *access_key, *secret_key; /* its secret parts; they never travel */
    const char *environment;             /* of the grant; NULL: "dev" */
    const char *database;                /* NULL: none */
    int32_t tls;                         /* 1: TLS from the first byte (also: "zplanes://" before the host) */
    int32_t tls_no_verify;               /* 1: take any certificate: for tests */
    const char *tls_ca;                  /* file of trusted certificates; NULL: those of the system */
    const char *tls_name;                /* the name in the certificate; NULL: the host */
    const char *tls_cert, *tls_key;      /* our own, where the server asks for one */
    int32_t timeout_ms;                  /* to connect, and between tries to reconnect at most; 0: 10000 */
    int32_t no_reconnect;                /* 1: a lost connection stays lost */
    const char *name;                    /* what the server's lists show for this client */
    size_t max_answer;                   /* bytes of the largest answer taken; 0: 8 GiB */
} zplane_options;
#define ZPLANE_OPTIONS_INIT                                                 \
    {                                                                       \
        sizeof(zplane_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/* Connects and authenticates.  `where`: "host", "host:port", "[v6]:port", "/path/of/socket", each also after
 * "zplane://" (plain), "zplanes://" (TLS) or "unix:"; the port is 7777 unless given.  `options` may be NULL. */
ZPLANE_API zplane *zplane_connect(const char *where, const zplane_options *options, zplane_error *err);
/* The same without waiting: watch the descriptor; zplane_state() tells when it is ready.  Requests may be made at once
 * and leave when it is. */
ZPLANE_API zplane *zplane_connect_start(const char *where, const zplane_options *options, zplane_error *err);
/* The same over a socket that is connected already: inherited, from socketpair(), through a tunnel.  Takes the descriptor, also on
 * failure; a connection that is lost stays lost.  TLS is the caller's business. */
ZPLANE_API zplane *zplane_connect_fd(int take_fd, const zplane_options *options, zplane_error *err);
/* Sends what is still buffered (as far as the socket takes it), then closes and frees the connection with its appenders,
 * subscriptions and prepared expressions.  Call zplane_append_flush() first to be sure of the rows.  NULL is fine. */
ZPLANE_API void zplane_close(zplane *con);

typedef enum zplane_status { ZPLANE_CONNECTING, ZPLANE_READY, ZPLANE_LOST, ZPLANE_CLOSED } zplane_status;
/* LOST: between two tries to reconnect.  CLOSED: for good; *err (may be NULL) says why. */
ZPLANE_API zplane_status zplane_state(zplane *con, zplane_error *err);

/* ---------------------------------------------------------------- inside your own loop */

enum { ZPLANE_READ = 1, ZPLANE_WRITE = 2 };

/* The descriptor to watch (it changes when the connection is made anew: ask each time), or -1: none now. */
ZPLANE_API int zplane_fd(zplane *con);
ZPLANE_API int zplane_events(zplane *con);
/* Milliseconds after which zplane_process() wants to be called at the latest; -1: no need. */
ZPLANE_API int zplane_timeout(zplane *con);
/* Reads and writes what can be without blocking and runs callbacks.  False: the connection is CLOSED. */
ZPLANE_API bool zplane_process(zplane *con, zplane_error *err);
/* Waits for one turn of the above: at most `timeout_ms` (0: no limit). */
ZPLANE_API bool zplane_wait(zplane *con, int timeout_ms, zplane_error *err);

/* ---------------------------------------------------------------- queries */

/* A value bound to a name for one query.  The value stays the caller's. */
typedef struct zplane_bind {
    const char *name;
    const zplane_value *value;
} zplane_bind;

/* Evaluates `text` in the working environment of this connection on the server and waits for the value of its last
 * expression.  Bound values are variables of that environment while the query runs.  NULL: *err. */
ZPLANE_API zplane_value *zplane_query(zplane *con, const char *text, size_t nbinds, const zplane_bind *binds,
                                      int timeout_ms, zplane_error *err);

enum {
    ZPLANE_DISPLAY =
        1 /* the answer is the value as the console shows it: a string, "" when it is invisible */
};

/* Takes `value` (NULL: *error says why; ZPLANE_ECONNECT when the connection was lost meanwhile). */
typedef void (*zplane_answer_fn)(void *arg, zplane_value *value, const zplane_error *error);
/* Sends and returns the number of the request, 0 on failure; `answer` is called exactly once.  Requests of one
 * connection are evaluated in the order sent.  `answer` NULL: nobody wants to know. */
ZPLANE_API uint32_t zplane_query_start(zplane *con, const char *text, size_t nbinds, const zplane_bind *binds,
                                       unsigned flags, zplane_answer_fn answer, void *arg, zplane_error *err);
/* From now on, what queries write with cat() and print() comes here, channel 1, and their warnings and messages, channel 2;
 * else it stays with the server. */
typedef void (*zplane_output_fn)(void *arg, int channel, const char *bytes, size_t len);
ZPLANE_API void zplane_on_output(zplane *con, zplane_output_fn output, void *arg);
/* Asks the server to stop a request; its answer will be an error. */
ZPLANE_API bool zplane_cancel(zplane *con, uint32_t request);

/* ---------------------------------------------------------------- prepared expressions */

/* A parameter: a name, and the type its values must have, or ZPLANE_ANY. */
#define ZPLANE_ANY (-1)
typedef struct zplane_param {
    const char *name;
    int type; /* zplane_type or ZPLANE_ANY */
} zplane_param;

/* Sends `text` once, to be evaluated many times: the server parses and compiles it now.  It is the body of a function of its
 * parameters: they and what it assigns with `<-` belong to one evaluation; other names are those of the connection.  Waits
 * for the server's judgement (a syntax error: NULL), at most timeout_ms (0: no limit); with timeout_ms < 0 it does not wait, and
 * what is wrong is the answer of each evaluation.  Kept across lost connections: it is sent again when it is needed.  A connection
 * keeps at most 1000, of at most 1 MiB of text each. */
ZPLANE_API zplane_prepared *zplane_prepare(zplane *con, const char *text, size_t nparams,
                                           const zplane_param *params, int timeout_ms, zplane_error *err);
/* Evaluates it with one value for each parameter, in any order, and waits for the value.  A bind whose name is NULL is for the
 * parameter of its position.  ZPLANE_EUSAGE, and nothing is sent: a name that is no parameter, a parameter without a value or
 * with two, a value of another type. */
ZPLANE_API zplane_value *zplane_execute(zplane_prepared *prepared, size_t nbinds, const zplane_bind *binds,
                                        int timeout_ms, zplane_error *err);
/* The same without waiting: as zplane_query_start(). */
ZPLANE_API uint32_t zplane_execute_start(zplane_prepared *prepared, size_t nbinds, const zplane_bind *binds,
                                         unsigned flags, zplane_answer_fn answer, void *arg,
                                         zplane_error *err);
/* The server forgets it; evaluations that are under way are answered.  NULL is fine. */
ZPLANE_API void zplane_prepared_free(zplane_prepared *prepared);

/* ---------------------------------------------------------------- values */

typedef enum zplane_type {
    ZPLANE_NULL,
    ZPLANE_DOUBLE,
    ZPLANE_LOGICAL,  /* int8_t 0 or 1 */
    ZPLANE_TIME,     /* int64_t ns since 1970 UTC */
    ZPLANE_DURATION, /* int64_t ns */
    ZPLANE_INTERVAL, /* zplane_interval */
    ZPLANE_PERIOD,   /* zplane_period */
    ZPLANE_STRING,
    ZPLANE_SERIES, /* an index of times and an array of doubles with as many rows */
    ZPLANE_LIST,
    ZPLANE_ERROR /* an error that is a value: zplane_string(v, 0, NULL) */
} zplane_type;

typedef struct zplane_period {
    int32_t months, days;
    int64_t ns;
} zplane_period;

typedef struct zplane_interval {
    int64_t start, end;
    uint32_t sopen, eopen; /* 1: that end is not part of it */
} zplane_interval;

ZPLANE_API zplane_type zplane_value_type(const zplane_value *v);
ZPLANE_API const char *zplane_type_name(zplane_type type); /* "double", "time", "zts" ... */
/* Elements of an array, items of a list, rows x columns of a series. */
ZPLANE_API int64_t zplane_length(const zplane_value *v);
/* Extents: arrays have one or more; a series those of its data. */
ZPLANE_API int zplane_ndim(const zplane_value *v);
ZPLANE_API int64_t zplane_dim(const zplane_value *v, int k);
ZPLANE_API int64_t zplane_rows(const zplane_value *v);
ZPLANE_API int64_t zplane_columns(const zplane_value *v);
/* False: the server's console would not show it (an assignment, invisible()), and sends TRUE instead of it. */
ZPLANE_API bool zplane_visible(const zplane_value *v);
/* The name of row (k = 0), column (k = 1), ... i; of item i of a list (k = 0).  NULL: it has none. */
ZPLANE_API const char *zplane_name(const zplane_value *v, int k, int64_t i);

/* Column j of an array of that type: rows elements, contiguous, borrowed from the value, aligned to 8 bytes; column 0
 * is also all elements, column after column.  NULL: another type, or no such column. */
ZPLANE_API const double *zplane_doubles(const zplane_value *v, int64_t j);
ZPLANE_API const int64_t *zplane_times(const zplane_value *v, int64_t j); /* times and durations */
ZPLANE_API const int8_t *zplane_logicals(const zplane_value *v, int64_t j);
ZPLANE_API const zplane_interval *zplane_intervals(const zplane_value *v, int64_t j);
ZPLANE_API const zplane_period *zplane_periods(const zplane_value *v, int64_t j);
/* Element i (column-major) of an array of strings: UTF-8, NUL-terminated; *len (may be NULL) its bytes. */
ZPLANE_API const char *zplane_string(const zplane_value *v, int64_t i, size_t *len);
/* The parts of a series, borrowed. */
ZPLANE_API const zplane_value *zplane_series_index(const zplane_value *v);
ZPLANE_API const zplane_value *zplane_series_data(const zplane_value *v);
/* Items of a list, borrowed; by name: NULL when there is none. */
ZPLANE_API const zplane_value *zplane_item(const zplane_value *v, int64_t i);
ZPLANE_API const zplane_value *zplane_item_named(const zplane_value *v, const char *name);

/* Values to bind: copies of what is passed; NULL: out of memory, or the extents make no sense. */
ZPLANE_API zplane_value *zplane_new_null(void);
ZPLANE_API zplane_value *zplane_new_double(double d);
ZPLANE_API zplane_value *zplane_new_logical(bool b);
ZPLANE_API zplane_value *zplane_new_time(int64_t ns);
ZPLANE_API zplane_value *zplane_new_string(const char *text);
/* An array of any type but strings, column-major; `elements` as the accessors above give them. */
ZPLANE_API zplane_value *zplane_new_array(zplane_type type, int ndim, const int64_t *dim,
                                          const void *elements);
ZPLANE_API zplane_value *zplane_new_strings(int64_t n, const char *const *texts);
/* A series; takes nothing: `times` and `data` (column-major) are copied. */
ZPLANE_API zplane_value *zplane_new_series(int64_t rows, const int64_t *times, int64_t columns,
                                           const double *data);
ZPLANE_API zplane_value *zplane_new_list(void);
/* Appends `item`, taken also on failure; `name` may be NULL. */
ZPLANE_API bool zplane_list_add(zplane_value *list, const char *name, zplane_value *item);
ZPLANE_API void zplane_value_free(zplane_value *v);

/* ---------------------------------------------------------------- appends */

/* A global object of the server: a variable, then element names through nested lists: { "book", "eu", "fx" }. */
typedef struct zplane_path {
    const char *const *names;
    size_t count;
} zplane_path;

/* What the server tells about an object when a stream of rows is opened. */
typedef struct zplane_shape {
    zplane_type type; /* of the elements; series: ZPLANE_DOUBLE */
    bool series;
    int64_t columns;
    int64_t rows;             /* committed when the stream was opened */
    int64_t last_time;        /* of a series; INT64_MIN: no rows */
    const char *const *names; /* of the columns, or NULL; as long as the stream */
    const char *policy;       /* what an acknowledgement means: "memory", "none", "interval" or "commit" */
} zplane_shape;

/* Called when the server has answered for everything up to batch `sequence`: it is in the object, as durable as the
 * object's policy says, which has `rows` rows now.  With `error` (ZPLANE_EREFUSED): batch `sequence` alone was refused as
 * a whole, the reason is in the text; later batches go on. */
typedef void (*zplane_ack_fn)(void *arg, uint64_t sequence, int64_t rows, const zplane_error *error);

typedef struct zplane_append_options {
    size_t size;   /* sizeof(zplane_append_options) */
    size_t buffer; /* bytes of rows kept until they are acknowledged; 0: 8 MiB */
    uint64_t
        producer[2]; /* who appends: set it (and keep it in a file) to go on after a restart of your program;
                           * 0, 0: a random one, good for the life of the appender */
    zplane_ack_fn ack; /* may be NULL */
    void *arg;
} zplane_append_options;
#define ZPLANE_APPEND_OPTIONS_INIT                       \
    {                                                    \
        sizeof(zplane_append_options), 0, { 0, 0 }, 0, 0 \
    }

/* Opens a stream into one object and waits for its shape. */
ZPLANE_API zplane_appender *zplane_append_open(zplane *con, zplane_path path,
                                               const zplane_append_options *options, int timeout_ms,
                                               zplane_error *err);
/* Borrowed; valid while the appender lives. */
ZPLANE_API const zplane_shape *zplane_append_shape(zplane_appender *app);

/* Adds one batch: all of it is applied, or nothing.  `times`: n strictly ascending instants for a series, NULL for an
 * array; `values`: n x columns elements, column after column.  The rows are copied and leave soon: when enough of them
 * have gathered, or at zplane_append_push(), _flush(), _process() or _wait().  Returns the batch's sequence number, from 1 on;
 * 0: *err.  ZPLANE_EAGAIN (only with timeout_ms < 0): the buffer is full of rows that are not acknowledged;
 * otherwise the call waits for room, at most timeout_ms (0: no limit).  An earlier refusal that no ack callback was
 * there to hear is reported by the next call, once. */
ZPLANE_API uint64_t zplane_append(zplane_appender *app, int64_t n, const int64_t *times, const void *values,
                                  int timeout_ms, zplane_error *err);
/* The same with one pointer per column. */
ZPLANE_API uint64_t zplane_append_columns(zplane_appender *app, int64_t n, const int64_t *times,
                                          const void *const *columns, int timeout_ms, zplane_error *err);
/* Hands what is buffered to the system, without waiting for answers. */
ZPLANE_API bool zplane_append_push(zplane_appender *app, zplane_error *err);
/* Waits until everything is answered.  False: *err; ZPLANE_EREFUSED when a batch was refused meanwhile. */
ZPLANE_API bool zplane_append_flush(zplane_appender *app, int timeout_ms, zplane_error *err);
/* The last sequence number that is answered, the last that was given out, and the rows refused so far. */
ZPLANE_API uint64_t zplane_append_acked(zplane_appender *app);
ZPLANE_API uint64_t zplane_append_sequence(zplane_appender *app);
/* After opening with a `producer` of one's own: the last batch of that producer which the object holds. */
ZPLANE_API uint64_t zplane_append_resumed(zplane_appender *app);
/* Ends the stream; batches that are not answered are given up.  NULL is fine. */
ZPLANE_API void zplane_append_close(zplane_appender *app);

/* The message of one append without answer, for programs that bring their own socket (after the handshake of the
 * native protocol): n instants and n x columns doubles, column after column.  0: *buf (to be freed with free()) and *len;
 * -1: no instants, or values not a multiple of them; -2: instants not strictly increasing; -3: a name longer than 255
 * bytes; -4: out of memory. */
ZPLANE_API int zplane_append_message(zplane_path path, int64_t n, const int64_t *times, int64_t nvalues,
                                     const double *values, void **buf, size_t *len);

/* ---------------------------------------------------------------- subscriptions */

/* Rows of the object, in order and without gaps: the first is row `first` (0-based).  Pointers are valid during the
 * call. */
typedef struct zplane_rowset {
    int64_t first, count;
    const int64_t *times; /* NULL: not a series */
    const void *values;   /* count x columns elements, column after column, of the shape's type */
    const zplane_shape *shape;
} zplane_rowset;

/* `rows` NULL: the subscription has ended: *error says why. */
typedef void (*zplane_rows_fn)(void *arg, zplane_sub *sub, const zplane_rowset *rows,
                               const zplane_error *error);

#define ZPLANE_FROM_NOW (-1) /* rows committed after subscribing */

typedef struct zplane_sub_options {
    size_t size;       /* sizeof(zplane_sub_options) */
    int64_t from;      /* the first row wanted, 0-based, or ZPLANE_FROM_NOW */
    int64_t from_time; /* if not 0: the first row at or after this instant, and `from` does not count */
    size_t window; /* bytes that may be under way; 0: 4 MiB.  A reader that is slow holds up only itself */
} zplane_sub_options;
#define ZPLANE_SUB_OPTIONS_INIT             \
    {                                       \
        sizeof(zplane_sub_options), 0, 0, 0 \
    }

/* Rows come to `rows` from zplane_process() and everything that waits.  After a lost connection the subscription goes on
 * at the row after the last one delivered. */
ZPLANE_API zplane_sub *zplane_subscribe(zplane *con, zplane_path path, const zplane_sub_options *options,
                                        zplane_rows_fn rows, void *arg, zplane_error *err);
/* Stops and goes on delivering: the server sends at most one window ahead. */
ZPLANE_API void zplane_sub_pause(zplane_sub *sub, bool pause);
/* The row after the last one delivered. */
ZPLANE_API int64_t zplane_sub_position(zplane_sub *sub);
/* Ends it; no callback follows (also from within the callback).  NULL is fine. */
ZPLANE_API void zplane_unsubscribe(zplane_sub *sub);

#ifdef __cplusplus
}
#endif
#endif
