/* pg_priv: one connection to PostgreSQL.
 *
 * libpq opens the session (names, passwords, TLS).  After that the extended protocol is spoken here, straight from and to two buffers:
 *
 *     Parse+Describe (once per shape)  Bind  Execute  Sync   ▶   rows are encoded where they were received
 *
 * Every run ends with a Sync of its own: a transaction of its own, and an error skips nothing of the next.  Requests of one turn
 * of the loop leave in one write. */
#ifndef ZP_BACKEND_PG_PRIV_H
#define ZP_BACKEND_PG_PRIV_H

#include "backend/engine.h"
#include "backend/pg_lib.h"

enum { PG_STATEMENTS = 256, PG_BUCKETS = 512, PG_IN = 65536, PG_MESSAGE_MOST = 64 << 20 };

/* A prepared statement of one connection. */
typedef struct pg_statement {
    struct pg_statement *chain; /* in its bucket */
    struct pg_statement *newer, *older;
    uint64_t shape;
    uint32_t number, users; /* its name; runs under way with it */
    bool known, bad;        /* its columns are; it must be prepared again */
    int columns;
    uint32_t *oids; /* of the columns */
} pg_statement;

enum { PG_RUN_BINARY = 1 }; /* engine_flags: asked for binary where PostgreSQL has it */

typedef struct pg_link {
    zp_link link;
    zp_pg_lib lib;
    PGconn *conn;
    PGcancel *stop;
    void *ssl;
    int fd;
    zp_watch *watch;
    unsigned watching;
    zp_buf out;
    size_t out_at;
    char *in;
    size_t in_at, in_len, in_cap;
    pg_statement *buckets[PG_BUCKETS], *newest, *oldest;
    int statements;
    uint32_t next_number;
    zp_result_cell *cells;
    int cell_cap;
    int64_t affected;
    zp_failure failure; /* of the run that is being answered; error NONE: none yet */
    bool reparse;       /* its statement has gone at the backend */
    bool parsing;       /* inside pg_take: no second one */
    zp_errand errand;
    zp_task back;
} pg_link;

/* pg_out.c: what is sent. */
void zp__pg_run(pg_link *pg, zp_query_run *run);
void zp__pg_sync(pg_link *pg);
void zp__pg_statement_drop(pg_link *pg, pg_statement *s); /* and Close at the backend */
void zp__pg_statements_free(pg_link *pg);

/* pg_in.c: what is received.  Works off whole messages of the buffer; false: the connection is useless. */
bool zp__pg_take(pg_link *pg);
/* An ErrorResponse as a failure.  True when the statement has to be prepared again. */
bool zp__pg_error(const char *body, size_t len, zp_failure *f);

bool zp__pg_introspect(const char *url, const char *database, const char *table, zp_buf *json, zp_error *err);
/* A connection with the settings of a session; NULL with a failure. */
PGconn *zp__pg_connect(const zp_pg_lib *lib, const char *url, int64_t connect_ms, int64_t query_ms,
                       zp_failure *failure);

#endif
