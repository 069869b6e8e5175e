/* mariadb: the engine for MariaDB, over the non-blocking calls of its client library (my_priv.h has the picture).
 *
 *     advance ─▶ begin or continue the call of the phase ─▶ it waits: watch the socket
 *                                                        └▶ it is done: the next phase, or the end of the run
 *
 * A cancel is `KILL QUERY` on a connection of its own, made by a helper; a ping then absorbs what may come late. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/my_priv.h"
#include "base/mem.h"

/* ---------------------------------------------------------------- opening and closing */

static void close_link(zp_link *link)
{
    my_link *m = (my_link *)link;

    if (m->watch)
        zp_watch_free(m->watch);
    if (link->broken && m->fd >= 0) /* nobody listens: no good-byes, which would wait */
        shutdown(m->fd, SHUT_RDWR);
    for (int i = 0; i < m->cached; i++)
        zp__my_statement_fini(m, &m->cache[i]);
    zp__my_statement_fini(m, &m->once);
    m->lib.mysql_close(m->my);
    if (m->fd >= 0)
        close(m->fd);
    zp_free(m->params);
    zp_free(m->times);
    zp_free(m->cells);
    zp_free(m);
}

static zp_link *open_link(const zp_backend_target *target, zp_failure *failure)
{
    my_link *m = zp_new(my_link, NULL);
    zp_error err = ZP_ERROR_INIT;

    *failure = (zp_failure){ .error = ZP_RUN_CONNECT };
    if (!m)
        return NULL;
    if (!zp__my_lib_open(&m->lib, &err)) {
        zp__failure_set(failure, ZP_RUN_BACKEND, "%s", zp_error_text(&err));
        zp__failure_log(failure, zp_error_text(&err));
        zp_error_clear(&err);
        zp_free(m);
        return NULL;
    }
    m->my = zp__my_connect(&m->lib, target->url, target->connect_ms, target->query_ms, false, failure);
    if (!m->my) {
        zp_free(m);
        return NULL;
    }
    m->fd = fcntl(m->lib.mysql_get_socket(m->my), F_DUPFD_CLOEXEC,
                  0); /* the library closes its own when it likes */
    m->thread = m->lib.mysql_thread_id(m->my);
    return &m->link;
}

static void watch(my_link *m, unsigned ready)
{
    const zp_failure lost = { .error = ZP_RUN_LOST };

    if (m->watching == ready || m->link.closed)
        return;
    m->watching = ready;
    if (!zp_watch_set(m->watch, ready))
        zp__link_broken(&m->link, &lost);
}

/* ---------------------------------------------------------------- prepared statements */

static my_statement *statement_of(my_link *m, const zp_statement *st)
{
    my_statement *s = &m->cache[0];

    if (!st->shape) {
        zp__my_statement_fini(m, &m->once);
        return &m->once;
    }
    for (int i = 0; i < m->cached; i++) {
        if (m->cache[i].shape == st->shape)
            return &m->cache[i];
        if (m->cache[i].used < s->used)
            s = &m->cache[i];
    }
    if (m->cached < MY_STATEMENTS)
        s = &m->cache[m->cached++];
    zp__my_statement_fini(m, s);
    s->shape = st->shape;
    return s;
}

static void forget(my_link *m, my_statement *s)
{
    uint64_t shape = s->shape;

    zp__my_statement_fini(m, s);
    s->shape = shape ? UINT64_MAX - (uint64_t)(s - m->cache) : 0; /* found by nobody, first to go */
}

/* ---------------------------------------------------------------- phases */

static const char other_columns[] = "the database answers with other columns than the schema has";

static int begin_call(my_link *m)
{
    const zp_statement *st = m->link.first ? m->link.first->statement : NULL;

    switch (m->phase) {
    case MY_PREPARE: return m->lib.mysql_stmt_prepare_start(&m->ret, m->st->stmt, st->sql.ptr, st->sql.len);
    case MY_EXECUTE: return m->lib.mysql_stmt_execute_start(&m->ret, m->st->stmt);
    case MY_FETCH: return m->lib.mysql_stmt_fetch_start(&m->ret, m->st->stmt);
    default: return m->lib.mysql_ping_start(&m->ret, m->my);
    }
}

static int continue_call(my_link *m, int ready)
{
    switch (m->phase) {
    case MY_PREPARE: return m->lib.mysql_stmt_prepare_cont(&m->ret, m->st->stmt, ready);
    case MY_EXECUTE: return m->lib.mysql_stmt_execute_cont(&m->ret, m->st->stmt, ready);
    case MY_FETCH: return m->lib.mysql_stmt_fetch_cont(&m->ret, m->st->stmt, ready);
    default: return m->lib.mysql_ping_cont(&m->ret, m->my, ready);
    }
}

static void begin_ping(my_link *m)
{
    m->phase = MY_PING;
    m->waiting = false;
    zp__link_dirty(&m->link);
}

static void end_run(my_link *m, bool failed)
{
    zp_query_run *run = m->link.first;
    const zp_result_cell key = { .kind = ZP_CELL_INT,
                                 .num = (int64_t)m->lib.mysql_stmt_insert_id(m->st->stmt) };
    int64_t affected = (int64_t)m->lib.mysql_stmt_affected_rows(m->st->stmt);
    zp_failure failure = m->failure;

    m->failure = (zp_failure){ 0 };
    m->phase = MY_NOTHING;
    m->lib.mysql_stmt_free_result(m->st->stmt);
    m->st = NULL;
    if (m->link.settling)
        begin_ping(m);
    if (failure.error == ZP_RUN_LOST)
        zp__link_broken(&m->link, &failure);
    else if (failed)
        zp__run_fail(run, &failure);
    else
        zp__run_end(run, affected, &key);
}

static void fail_run(my_link *m)
{
    my_statement *s = m->st;
    unsigned code =
        m->lib.mysql_stmt_errno(s->stmt) ? m->lib.mysql_stmt_errno(s->stmt) : m->lib.mysql_errno(m->my);
    bool prepared = s->prepared;

    if (!m->failure.error)
        zp__my_failure(code, m->lib.mysql_stmt_error(s->stmt), &m->failure);
    end_run(m, true);
    if (!m->link.closed &&
        (!prepared || code == 1243 || code == 1615)) /* unknown, or needs to be prepared again */
        forget(m, s);
}

static bool prepared(my_link *m)
{
    const zp_statement *st = m->link.first->statement;
    int columns = (int)m->lib.mysql_stmt_field_count(m->st->stmt); /* 0 for what RETURNING will give */

    if ((int)m->lib.mysql_stmt_param_count(m->st->stmt) != st->param_count ||
        (columns && columns != st->columns)) {
        zp__failure_set(&m->failure, ZP_RUN_BACKEND, "%s", other_columns);
        return false;
    }
    m->st->prepared = true;
    return zp__my_bind_params(m, m->link.first);
}

/* It has been executed and has columns: where their values go.  What does not fit is fetched and thrown away. */
static void executed(my_link *m)
{
    zp_query_run *run = m->link.first;
    zp_failure f = { 0 };

    if (!m->st->column && !zp__my_bind_columns(m, m->st))
        zp__failure_set(&f, ZP_RUN_BACKEND, "not enough memory for the query");
    else if (m->st->columns != run->statement->columns)
        zp__failure_set(&f, ZP_RUN_BACKEND, "%s", other_columns);
    if (f.error)
        zp__run_stop(run, &f);
    m->phase = MY_FETCH;
}

/* One row; false: stop for now. */
static bool fetched(my_link *m)
{
    zp_query_run *run = m->link.first;

    if (!zp__run_live(run))
        return true;
    if (!zp__my_cells(m, m->st)) {
        zp__failure_set(&m->failure, ZP_RUN_BACKEND, "not enough memory for the answer");
        zp__run_stop(run, &m->failure);
        m->failure = (zp_failure){ 0 };
        return true;
    }
    return zp__run_row(run, m->cells);
}

/* The call of the phase is done.  False: nothing more to do now. */
static bool next_phase(my_link *m)
{
    switch (m->phase) {
    case MY_PREPARE:
        if (m->ret || !prepared(m)) {
            fail_run(m);
            return false;
        }
        m->phase = MY_EXECUTE;
        return true;
    case MY_EXECUTE:
        if (m->ret) {
            fail_run(m);
            return false;
        }
        if (!m->lib.mysql_stmt_field_count(m->st->stmt)) {
            end_run(m, false);
            return false;
        }
        executed(m);
        return true;
    case MY_FETCH:
        if (m->ret == 0 || m->ret == MYSQL_DATA_TRUNCATED)
            return fetched(m);
        if (m->ret == MYSQL_NO_DATA)
            end_run(m, false);
        else
            fail_run(m);
        return false;
    default:
        m->phase = MY_NOTHING;
        if (m->link.settling) {
            m->link.settling = false;
            zp__link_released(&m->link);
        } else if (m->link.state == ZP_LINK_CHECKING && m->ret == 0) {
            zp__link_checked(&m->link);
        } else if (m->ret) {
            const zp_failure lost = { .error = ZP_RUN_LOST };

            zp__link_broken(&m->link, &lost);
        }
        return false;
    }
}

static unsigned wanted(int status)
{
    return (status & MYSQL_WAIT_READ ? ZP_READABLE : 0) | (status & MYSQL_WAIT_WRITE ? ZP_WRITABLE : 0);
}

static void advance(my_link *m, int ready)
{
    if (m->advancing)
        return;
    m->advancing = true;
    while (m->phase != MY_NOTHING && !m->link.closed) {
        int status = m->waiting ? continue_call(m, ready) : begin_call(m);

        m->waiting = status != 0;
        if (status) {
            if (m->link.first && m->phase == MY_FETCH)
                zp__run_flush(m->link.first); /* the backend pauses */
            watch(m, wanted(status));
            break;
        }
        if (!next_phase(m))
            break;
    }
    m->advancing = false;
    if (m->phase == MY_NOTHING && !m->link.closed)
        watch(m, ZP_READABLE); /* to see it close */
    else if (m->link.first && m->link.first->paused && !m->waiting)
        watch(m, 0);
}

/* ---------------------------------------------------------------- the table of the engine */

static void ready(void *arg, unsigned what)
{
    my_link *m = arg;
    const zp_failure lost = { .error = ZP_RUN_LOST };

    if (m->phase == MY_NOTHING) { /* it has nothing to say unasked but good-bye */
        zp__link_broken(&m->link, &lost);
        return;
    }
    if (m->waiting)
        advance(m, (what & ZP_READABLE ? MYSQL_WAIT_READ : 0) | (what & ZP_WRITABLE ? MYSQL_WAIT_WRITE : 0));
}

static bool attach(zp_link *link, zp_error *err)
{
    my_link *m = (my_link *)link;

    if (m->fd < 0)
        return zp_fail(err, "too many open files");
    m->watch = zp_watch_new(link->loop, m->fd, ready, m, err);
    m->watching = ZP_READABLE;
    return m->watch && zp_watch_set(m->watch, ZP_READABLE);
}

static bool begin_run(my_link *m, zp_query_run *run)
{
    const zp_statement *st = run->statement;

    m->st = statement_of(m, st);
    m->st->used = ++m->clock;
    if (st->columns > m->cell_cap) {
        zp_result_cell *more = zp_realloc(m->cells, (size_t)st->columns * sizeof *more, NULL);

        if (!more)
            return false;
        m->cells = more;
        m->cell_cap = st->columns;
    }
    m->phase = m->st->prepared ? MY_EXECUTE : MY_PREPARE;
    if (!m->st->stmt)
        m->st->stmt = m->lib.mysql_stmt_init(m->my);
    return m->st->stmt && (!m->st->prepared || zp__my_bind_params(m, run));
}

static void start(zp_link *link, zp_query_run *run)
{
    my_link *m = (my_link *)link;
    zp_failure f;

    m->waiting = false;
    if (begin_run(m, run)) {
        zp__link_dirty(link); /* begins at the end of the turn */
        return;
    }
    m->phase = MY_NOTHING;
    zp__failure_set(&f, ZP_RUN_BACKEND, "not enough memory for the query");
    zp__run_fail(run, &f);
}

static void flush(zp_link *link)
{
    my_link *m = (my_link *)link;

    if (m->phase != MY_NOTHING && !m->waiting)
        advance(m, 0);
}

static void resume(zp_link *link, zp_query_run *run)
{
    my_link *m = (my_link *)link;

    if (m->phase == MY_FETCH && !m->waiting)
        advance(m, 0);
}

static void check(zp_link *link)
{
    begin_ping((my_link *)link);
}

/* ---------------------------------------------------------------- cancelling */

static void cancel_sent(void *arg)
{
    my_link *m = arg;

    m->link.settling = true;
    if (!m->link.closed && !m->link.runs)
        begin_ping(m);
    zp__link_released(&m->link);
}

static void cancel_now(void *arg)
{
    my_link *m = arg;
    zp_failure f;
    MYSQL *other = zp__my_connect(&m->lib, m->link.target->url, m->link.target->connect_ms, 5000, true, &f);
    char sql[64];

    if (other) {
        int len = snprintf(sql, sizeof sql, "KILL QUERY %lu", m->thread);

        if (m->lib.mysql_real_query(other, sql, (unsigned long)len) == 0)
            f.error = ZP_RUN_NONE;
        m->lib.mysql_close(other);
    }
    zp_loop_post_task(m->link.loop, &m->back);
}

static void cancel(zp_link *link, zp_query_run *run)
{
    my_link *m = (my_link *)link;

    if (link->hold || link->settling)
        return;
    link->hold = true;
    m->back = (zp_task){ .fn = cancel_sent, .arg = m };
    m->errand = (zp_errand){ .fn = cancel_now, .arg = m };
    zp__helpers_send(zp__helpers(link->pool), &m->errand);
}

static const char *const schemes[] = { "mariadb", "mysql", NULL };

const zp_backend_ops zp__mariadb_ops = {
    .name = "mariadb",
    .dialect = ZP_DIALECT_MARIADB,
    .schemes = schemes,
    .check_url = zp__my_url_check,
    .open = open_link,
    .attach = attach,
    .start = start,
    .flush = flush,
    .resume = resume,
    .cancel = cancel,
    .check = check,
    .close = close_link,
    .introspect = zp__my_introspect,
};
