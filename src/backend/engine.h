/* engine: what one kind of database has to give, and what it may call.  Inside the room.
 *
 *     pool ──open (helper thread)──▶ link ──start──▶ rows, rows, rows ──▶ zp__run_end ──▶ pool
 *
 * An engine is a table zp_backend_ops in a file of its own and a row in engines.c.  A link is one connection; the
 * engine's own struct begins with it.  Everything but `open`, `introspect` and what an engine gives to helpers itself happens on the link's
 * gateway thread.
 *
 * A link has the runs that were started on it in `first` … `last`, oldest first: one, or for engines that `share` several.  The engine answers
 * them in that order: zp__run_row() for each row, then zp__run_end() or zp__run_fail().  A run whose session has gone
 * (zp__run_live is false) is answered too; its rows are swallowed. */
#ifndef ZP_BACKEND_ENGINE_H
#define ZP_BACKEND_ENGINE_H

#include "backend/backend.h"
#include "backend/encode.h"
#include "net/net.h"

typedef struct zp_link zp_link;
typedef struct zp_failure zp_failure;

/* What went wrong, in fixed words: nothing of it comes from the backend but the name of a constraint. */
struct zp_failure {
    zp_run_error error;
    char text[200];       /* "": the sentence of its kind */
    char constraint[120]; /* constraint or columns */
    char log[200];        /* of a connection that could not be opened: why, for the log alone */
};

/* What an engine needs to open a connection.  Immutable, counted atomically: helper threads hold it. */
typedef struct zp_backend_target {
    _Atomic uint32_t refs;
    const zp_backend_ops *ops;
    char *url;
    int64_t connect_ms, query_ms;
} zp_backend_target;

struct zp_backend_ops {
    const char *name; /* "postgresql" */
    zp_dialect dialect;
    const char *const *schemes; /* of URLs, NULL-terminated */
    bool wants_tree;            /* statements come as trees, not as SQL */
    bool share;                 /* several runs may be under way on one link */
    /* Whether the URL is well formed; never shows its secrets.  NULL: any. */
    bool (*check_url)(const char *url, zp_error *err);
    /* A ready session (UTC, UTF-8, strict, time limit), opened by blocking calls; helper thread.  failure->error CONNECT: worth
     * trying again, BACKEND: wrong until somebody changes something (password, name of the database). */
    zp_link *(*open)(const zp_backend_target *target, zp_failure *failure);
    /* On the gateway thread, once: link->loop and link->pool are set. */
    bool (*attach)(zp_link *link, zp_error *err);
    /* Begins a run (it is link->last already). */
    void (*start)(zp_link *link, zp_query_run *run);
    /* The turn of the loop is over and zp__link_dirty() was called in it.  NULL: never called. */
    void (*flush)(zp_link *link);
    /* The sink takes frames again. */
    void (*resume)(zp_link *link, zp_query_run *run);
    /* Stop working on `run`, the only one of the link; it ends with zp__run_end or _fail some time, in a later turn. */
    void (*cancel)(zp_link *link, zp_query_run *run);
    /* A sign of life of an idle link: zp__link_checked() or zp__link_broken() follows.  NULL: it needs none. */
    void (*check)(zp_link *link);
    /* Frees; no run is on the link.  A helper of the engine's that still has it frees it later.  Before attach: helper thread. */
    void (*close)(zp_link *link);
    /* See zp_backend_introspect. */
    bool (*introspect)(const char *url, const char *database, const char *table, zp_buf *json, zp_error *err);
};

typedef enum zp_link_state { ZP_LINK_IDLE, ZP_LINK_BUSY, ZP_LINK_CHECKING } zp_link_state;

struct zp_link {
    const zp_backend_ops *ops;
    zp_pool *pool;
    zp_loop *loop;
    zp_backend_target *target;  /* what it was opened with */
    zp_encoder encoder;         /* frames of the run that is being answered */
    zp_query_run *first, *last; /* runs under way */
    int runs;
    bool hold;     /* a helper has it: not used again, not freed until zp__link_released() */
    bool settling; /* not used again until zp__link_released() */
    bool quick;    /* all its runs are */
    bool dirty, broken;
    bool closed; /* out of the pool; freed in the next turn, or when `hold` ends */
    bool free_due;
    zp_link_state state;
    uint64_t number;
    int64_t opened_ms, used_ms, checked_ms;
    zp_link *prev, *next; /* in a list of the pool */
    zp_link *next_dirty;
    zp_task task; /* to be freed */
};

struct zp_query_run {
    uint64_t number;
    zp_pool *pool;
    zp_link *link;             /* NULL: waits */
    zp_query_run *prev, *next; /* in the queue of the pool or on the link */
    zp_statement *statement;
    zp_param *params;    /* a copy, behind the run */
    const zp_sink *sink; /* NULL: nobody listens any more */
    void *arg;
    uint32_t max_frame;
    bool paused;   /* the sink is full */
    bool finished; /* its end is decided: no frame any more */
    bool retried;
    bool stopping; /* the backend was asked to stop */
    uint8_t holds; /* by the session until done(), by the pool until the backend has answered */
    int64_t asked_ms, started_ms, stop_ms;
    int64_t rows, bytes;
    zp_task task;   /* for a done() that may not be called at once */
    zp_failure why; /* what it will say */
    bool big;       /* memory of its own size */
    void *engine;   /* the engine's, while it is on a link */
    unsigned engine_flags;
    char client[48];
};

/* ---------------------------------------------------------------- engines call */

static inline bool zp__run_live(const zp_query_run *run)
{
    return run->sink && !run->finished;
}

/* One row.  False: stop feeding this run until resume() (the sink is full), unless zp__run_live() has become false. */
bool zp__run_row(zp_query_run *run, const zp_result_cell *cells);
/* Frames that a helper has encoded; as zp__run_row. */
bool zp__run_frames(zp_query_run *run, const uint8_t *bytes, size_t len, int64_t rows);
/* No more rows for now: what is there leaves. */
void zp__run_flush(zp_query_run *run);
/* The end.  `affected`: of UPDATE and DELETE; `key`: of an INSERT without rows, NULL: the parameter says it.  Frees the run. */
void zp__run_end(zp_query_run *run, int64_t affected, const zp_result_cell *key);
void zp__run_fail(zp_query_run *run, const zp_failure *failure);
/* The frames that follow the last row, for helpers that encode: as zp__run_end would. */
void zp__put_end(zp_encoder *e, const zp_query_run *run, int64_t affected, const zp_result_cell *key);
/* The end of a run whose last frames have gone through zp__run_frames. */
void zp__run_over(zp_query_run *run);

/* Ends the run for its session; the backend is asked to stop, and what it still sends is swallowed. */
void zp__run_stop(zp_query_run *run, const zp_failure *why);

/* The connection is gone: its runs fail (or move, when they only read and have seen nothing), then it is closed. */
void zp__link_broken(zp_link *link, const zp_failure *failure);
void zp__link_checked(zp_link *link);
/* No helper has it any more, and unless it is settling it can be used. */
void zp__link_released(zp_link *link);

/* Something is to be written: ops->flush() at the end of the turn. */
void zp__link_dirty(zp_link *link);

/* Common helpers. */
void zp__failure_log(zp_failure *f, const char *why); /* the first line of it */
void zp__failure_set(zp_failure *f, zp_run_error error, const char *fmt, ...) ZP_PRINTF(3, 4);
const char *zp__failure_kind(zp_run_error error);
const char *zp__failure_text(zp_run_error error);
bool zp__failure_pass(const zp_failure *f, zp_error *err); /* as a zp_error; returns false */
zp_backend_target *zp__backend_target_ref(zp_backend_target *target);
void zp__backend_target_unref(zp_backend_target *target);

/* ---------------------------------------------------------------- helper threads (helper.c) */

typedef struct zp_helpers zp_helpers;
zp_helpers *zp__helpers(zp_pool *pool);
/* Part of an object that lives until fn has returned or has posted it back. */
typedef struct zp_errand {
    struct zp_errand *next;
    void (*fn)(void *arg);
    void *arg;
} zp_errand;
/* Runs fn(arg) on some helper thread; threads are started as needed, up to a limit. */
void zp__helpers_send(zp_helpers *helpers, zp_errand *errand);
zp_helpers *zp__helpers_new(int most, zp_error *err) ZP_MUST_CHECK;
void zp__helpers_free(zp_helpers *helpers); /* waits for all errands */

/* ---------------------------------------------------------------- engines (engines.c) */

const zp_backend_ops *zp__engine_of(const char *url, zp_error *err);
extern const zp_backend_ops zp__sqlite_ops, zp__postgres_ops, zp__mariadb_ops, zp__series_ops;

/* A URL taken apart (url.c); decoded, NULs refused. */
typedef struct zp_url {
    char *scheme, *user, *password, *host, *path; /* path without the first slash; NULL: not given */
    int port;
    char *query; /* key=value&… still encoded */
    char *memory;
} zp_url;
bool zp__url_parse(const char *text, zp_url *url, zp_error *err) ZP_MUST_CHECK;
/* The decoded value of a key of the query, copied to `to`; false: not there. */
bool zp__url_option(const zp_url *url, const char *key, char *to, size_t size);
/* Every key of the query must be one of `keys` (NULL-terminated). */
bool zp__url_options_known(const zp_url *url, const char *const *keys, zp_error *err) ZP_MUST_CHECK;
void zp__url_fini(zp_url *url);

#endif
