/* my_priv: one connection to MariaDB, and the library that speaks for us.
 *
 * Every call that may wait exists twice in the library: `…_start` begins it, `…_cont` goes on when the socket is ready.  A link is a small
 * state machine over such calls:
 *
 *     PREPARE (once per shape) ─▶ EXECUTE ─▶ FETCH, FETCH, FETCH … ─▶ end of the run
 *     PING                                       a sign of life, or the round trip after a cancel */
#ifndef ZP_BACKEND_MY_PRIV_H
#define ZP_BACKEND_MY_PRIV_H

#include <mysql.h>

#include "backend/engine.h"

#define ZP_MY_FUNCTIONS(X)                                                                               \
    X(mysql_server_init)                                                                                 \
    X(mysql_init)                                                                                        \
    X(mysql_options)                                                                                     \
    X(mysql_real_connect)                                                                                \
    X(mysql_real_query)                                                                                  \
    X(mysql_close)                                                                                       \
    X(mysql_errno) X(mysql_error) X(mysql_get_socket) X(mysql_thread_id) X(mysql_ping_start)             \
        X(mysql_ping_cont) X(mysql_stmt_init) X(mysql_stmt_prepare_start) X(mysql_stmt_prepare_cont)     \
            X(mysql_stmt_param_count) X(mysql_stmt_field_count) X(mysql_stmt_bind_param)                 \
                X(mysql_stmt_bind_result) X(mysql_stmt_execute_start) X(mysql_stmt_execute_cont)         \
                    X(mysql_stmt_fetch_start) X(mysql_stmt_fetch_cont) X(mysql_stmt_fetch_column)        \
                        X(mysql_stmt_free_result) X(mysql_stmt_close) X(mysql_stmt_errno)                \
                            X(mysql_stmt_error) X(mysql_stmt_affected_rows) X(mysql_stmt_insert_id)      \
                                X(mysql_stmt_result_metadata) X(mysql_fetch_fields) X(mysql_free_result) \
                                    X(mysql_store_result) X(mysql_fetch_row) X(mysql_real_escape_string)

typedef struct zp_my_lib {
#define X(name) __typeof__(&name) name;
    ZP_MY_FUNCTIONS(X)
#undef X
} zp_my_lib;

enum { MY_STATEMENTS = 64, MY_TEXT = 256 };

/* Where the library puts one column of a row. */
typedef struct my_column {
    zp_cell_kind kind;    /* TEXT, BYTES, INT, DOUBLE, MICROS, DAYS */
    unsigned long length; /* of the value, which may exceed `cap` */
    my_bool null, error;
    int64_t num;
    double dbl;
    MYSQL_TIME time;
    char moment[28]; /* of a time: its text */
    char *text;
    size_t cap;
} my_column;

typedef struct my_statement {
    uint64_t shape, used;
    MYSQL_STMT *stmt;
    bool prepared;
    int columns;
    my_column *column;
    MYSQL_BIND *binds;
} my_statement;

typedef enum my_phase { MY_NOTHING, MY_PREPARE, MY_EXECUTE, MY_FETCH, MY_PING } my_phase;

typedef struct my_link {
    zp_link link;
    zp_my_lib lib;
    MYSQL *my;
    int fd;
    zp_watch *watch;
    unsigned watching;
    my_statement cache[MY_STATEMENTS], once; /* once: a text that is not kept */
    int cached;
    uint64_t clock;
    my_statement *st; /* of the run */
    my_phase phase;
    bool waiting, advancing; /* in the middle of a call; inside advance() */
    int ret;                 /* what the call says */
    MYSQL_BIND *params;
    MYSQL_TIME *times;
    int param_cap;
    zp_result_cell *cells;
    int cell_cap;
    zp_failure failure;
    unsigned long thread;
    zp_errand errand;
    zp_task back;
} my_link;

bool zp__my_lib_open(zp_my_lib *lib, zp_error *err) ZP_MUST_CHECK;
/* A connection with the settings of a session; NULL with a failure.  `plain`: by blocking calls only. */
MYSQL *zp__my_connect(const zp_my_lib *lib, const char *url, int64_t connect_ms, int64_t query_ms, bool plain,
                      zp_failure *failure);
bool zp__my_url_check(const char *url, zp_error *err);
bool zp__my_introspect(const char *url, const char *database, const char *table, zp_buf *json, zp_error *err);

/* my_rows.c: parameters in, rows out. */
bool zp__my_bind_params(my_link *m, const zp_query_run *run);
bool zp__my_bind_columns(my_link *m, my_statement *s);
/* The row that was fetched, as cells; false: out of memory. */
bool zp__my_cells(my_link *m, my_statement *s);
void zp__my_statement_fini(my_link *m, my_statement *s);
void zp__my_failure(unsigned code, const char *message, zp_failure *f);

#endif
