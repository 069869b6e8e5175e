/* postgres: the engine for PostgreSQL: sessions, their sockets, cancelling.
 *
 * libpq connects (host lists, passwords, TLS) on a helper thread; then the socket is ours and pg_out.c and pg_in.c speak over it.
 *
 *     readable ─▶ receive as much as fits ─▶ zp__pg_take ─▶ rows
 *     end of the turn ─▶ one write of all that was asked
 *
 * A cancel request travels on a connection of its own (a helper makes it), so it may arrive when its query has ended.  Until a
 * round trip has shown that it can hit nothing any more, the link takes no other run. */
#include <errno.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#include "backend/pg_priv.h"
#include "base/mem.h"

/* ---------------------------------------------------------------- opening (helper thread) */

static const char session_sql[] =
    "SET TimeZone='UTC'; SET DateStyle='ISO,YMD'; SET IntervalStyle='iso_8601'; SET extra_float_digits=1; "
    "SET bytea_output='hex'; SET standard_conforming_strings=on; SET idle_in_transaction_session_timeout=60000; "
    "SET statement_timeout=%lld";

static bool settings(const zp_pg_lib *lib, PGconn *conn, int64_t query_ms)
{
    char sql[sizeof session_sql + 32];
    PGresult *r;
    bool ok;

    snprintf(sql, sizeof sql, session_sql, (long long)query_ms + 1000); /* the pool's own clock comes first */
    r = lib->PQexec(conn, sql);
    ok = lib->PQresultStatus(r) == PGRES_COMMAND_OK;
    lib->PQclear(r);
    return ok;
}

/* The scheme that libpq knows. */
static const char *libpq_url(const char *url)
{
    return strncmp(url, "pgsql:", 6) == 0 ? NULL : url;
}

PGconn *zp__pg_connect(const zp_pg_lib *lib, const char *url, int64_t connect_ms, int64_t query_ms,
                       zp_failure *failure)
{
    char seconds[24];
    const char *const keys[] = { "dbname",     "connect_timeout",           "client_encoding",
                                 "gssencmode", "fallback_application_name", NULL };
    const char *const values[] = { libpq_url(url), seconds, "UTF8", "disable", "zplane", NULL };
    PGconn *conn;

    snprintf(seconds, sizeof seconds, "%lld", (long long)(connect_ms < 2000 ? 2 : connect_ms / 1000));
    conn = lib->PQconnectdbParams(keys, values, 1);
    if (conn && lib->PQstatus(conn) == CONNECTION_OK && settings(lib, conn, query_ms))
        return conn;
    *failure = (zp_failure){ .error = ZP_RUN_CONNECT };
    zp__failure_log(failure, conn ? lib->PQerrorMessage(conn) : "out of memory");
    lib->PQfinish(conn);
    return NULL;
}

static void free_link(pg_link *pg)
{
    if (pg->watch)
        zp_watch_free(pg->watch);
    if (pg->stop)
        pg->lib.PQfreeCancel(pg->stop);
    if (pg->conn)
        pg->lib.PQfinish(pg->conn); /* says good-bye */
    zp__pg_statements_free(pg);
    zp_buf_fini(&pg->out);
    zp_free(pg->in);
    zp_free(pg->cells);
    zp_free(pg);
}

static void close_link(zp_link *link)
{
    free_link((pg_link *)link);
}

static zp_link *open_link(const zp_backend_target *target, zp_failure *failure)
{
    pg_link *pg = zp_new(pg_link, NULL);
    zp_error err = ZP_ERROR_INIT;

    *failure = (zp_failure){ .error = ZP_RUN_CONNECT };
    if (!pg)
        return NULL;
    if (!zp__pg_lib_open(&pg->lib, &err)) {
        zp__failure_set(failure, ZP_RUN_BACKEND, "%s", zp_error_text(&err));
        zp__failure_log(failure, zp_error_text(&err));
        zp_error_clear(&err);
        zp_free(pg);
        return NULL;
    }
    pg->conn = zp__pg_connect(&pg->lib, target->url, target->connect_ms, target->query_ms, failure);
    pg->in_cap = PG_IN;
    pg->in = pg->conn ? zp_alloc(pg->in_cap, NULL) : NULL;
    if (!pg->in) {
        free_link(pg);
        return NULL;
    }
    pg->stop = pg->lib.PQgetCancel(pg->conn);
    pg->ssl = pg->lib.PQsslStruct(pg->conn, "OpenSSL");
    pg->fd = pg->lib.PQsocket(pg->conn);
    return &pg->link;
}

static bool check_url(const char *url, zp_error *err)
{
    zp_pg_lib lib;
    PQconninfoOption *options;

    if (!libpq_url(url))
        return zp_fail(err, "the URL of a PostgreSQL database begins with postgresql:// or postgres://");
    if (!zp__pg_lib_open(&lib, err))
        return false;
    options = lib.PQconninfoParse(url, NULL);
    if (!options)
        return zp_fail(
            err, "the URL of a PostgreSQL database is malformed: "
                 "postgresql://user:password@host:port/database?key=value, with other characters as %%XX");
    lib.PQconninfoFree(options);
    return true;
}

/* ---------------------------------------------------------------- the socket */

static void broken(pg_link *pg)
{
    const zp_failure lost = { .error = ZP_RUN_LOST };

    zp__link_broken(&pg->link, &lost);
}

static void watch(pg_link *pg, unsigned ready)
{
    if (pg->watching == ready || pg->link.closed)
        return;
    pg->watching = ready;
    if (!zp_watch_set(pg->watch, ready))
        broken(pg);
}

/* As recv and send: bytes, 0 for the end, -1 with EAGAIN. */
static ssize_t io_read(pg_link *pg, void *to, size_t len)
{
    int n;

    if (!pg->ssl)
        return recv(pg->fd, to, len, MSG_DONTWAIT);
    n = SSL_read(pg->ssl, to, len > INT32_MAX ? INT32_MAX : (int)len);
    if (n > 0)
        return n;
    errno = SSL_get_error(pg->ssl, n) == SSL_ERROR_WANT_READ ? EAGAIN : EIO;
    return -1;
}

static ssize_t io_write(pg_link *pg, const void *from, size_t len)
{
    int n;

    if (!pg->ssl)
        return send(pg->fd, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    n = SSL_write(pg->ssl, from, len > INT32_MAX ? INT32_MAX : (int)len);
    if (n > 0)
        return n;
    errno = SSL_get_error(pg->ssl, n) == SSL_ERROR_WANT_WRITE ? EAGAIN : EIO;
    return -1;
}

static void flush_link(zp_link *link)
{
    pg_link *pg = (pg_link *)link;

    if (pg->out.failed) {
        broken(pg);
        return;
    }
    while (pg->out_at < pg->out.len) {
        ssize_t n = io_write(pg, pg->out.ptr + pg->out_at, pg->out.len - pg->out_at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            watch(pg, pg->watching | ZP_WRITABLE);
            return;
        }
        if (n <= 0) {
            broken(pg);
            return;
        }
        pg->out_at += (size_t)n;
    }
    pg->out_at = 0;
    zp_buf_clear(&pg->out);
    if (pg->out.cap > 4 * (size_t)PG_IN)
        zp_buf_fini(&pg->out);
    watch(pg, pg->watching & ~(unsigned)ZP_WRITABLE);
}

/* Room for at least the rest of the message that has begun. */
static bool make_room(pg_link *pg)
{
    size_t need = PG_IN / 2, have = pg->in_len - pg->in_at;
    char *more;

    if (pg->in_at) {
        memmove(pg->in, pg->in + pg->in_at, have);
        pg->in_len = have;
        pg->in_at = 0;
    }
    if (have >= 5) {
        const uint8_t *p = (const uint8_t *)pg->in + 1;

        need = ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]) + 1;
    }
    if (need <= PG_IN && pg->in_cap > PG_IN && have <= PG_IN)
        need = PG_IN; /* a huge row was an exception */
    else if (need <= pg->in_cap)
        return true;
    more = zp_realloc(pg->in, need, NULL);
    if (!more)
        return false;
    pg->in = more;
    pg->in_cap = need;
    return true;
}

/* Works off what was received; frames of the run that goes on leave. */
static bool work_off(pg_link *pg)
{
    bool ok;

    if (pg->parsing)
        return true;
    pg->parsing = true;
    ok = zp__pg_take(pg);
    pg->parsing = false;
    if (pg->link.closed)
        return false;
    if (!ok) {
        broken(pg);
        return false;
    }
    if (pg->link.first)
        zp__run_flush(pg->link.first);
    return true;
}

static bool paused(const pg_link *pg)
{
    return pg->link.first && pg->link.first->paused && !pg->link.first->statement->quick;
}

static void receive(pg_link *pg)
{
    for (;;) {
        size_t room;
        ssize_t n;

        if (!make_room(pg)) {
            broken(pg);
            return;
        }
        room = pg->in_cap - pg->in_len;
        n = io_read(pg, pg->in + pg->in_len, room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n <= 0) {
            broken(pg);
            return;
        }
        pg->in_len += (size_t)n;
        if (!work_off(pg))
            return;
        if (paused(pg)) {
            watch(pg, pg->watching & ~(unsigned)ZP_READABLE);
            return;
        }
        if (!pg->ssl) /* more of it makes the socket ready again; others have their turn first */
            return;
    }
}

static void ready(void *arg, unsigned what)
{
    pg_link *pg = arg;

    if (what & ZP_WRITABLE)
        flush_link(&pg->link);
    if ((what & ZP_READABLE) && !pg->link.closed)
        receive(pg);
}

static bool attach(zp_link *link, zp_error *err)
{
    pg_link *pg = (pg_link *)link;

    pg->watch = zp_watch_new(link->loop, pg->fd, ready, pg, err);
    pg->watching = ZP_READABLE;
    return pg->watch && zp_watch_set(pg->watch, ZP_READABLE);
}

/* ---------------------------------------------------------------- runs */

static void start(zp_link *link, zp_query_run *run)
{
    zp__pg_run((pg_link *)link, run);
}

static void resume(zp_link *link, zp_query_run *run)
{
    pg_link *pg = (pg_link *)link;

    if (!work_off(pg) || paused(pg))
        return;
    watch(pg, pg->watching | ZP_READABLE);
    if (pg->ssl && SSL_pending(pg->ssl))
        receive(pg);
}

static void check(zp_link *link)
{
    zp__pg_sync((pg_link *)link);
}

/* ---------------------------------------------------------------- cancelling */

/* On the gateway thread: the request has reached the backend.  A round trip follows what it may still hit. */
static void cancel_sent(void *arg)
{
    pg_link *pg = arg;

    pg->link.settling = true;
    if (!pg->link.closed && !pg->link.runs)
        zp__pg_sync(pg);
    zp__link_released(&pg->link);
}

static void cancel_now(void *arg)
{
    pg_link *pg = arg;
    char why[256];

    pg->lib.PQcancel(pg->stop, why, sizeof why);
    zp_loop_post_task(pg->link.loop, &pg->back);
}

static void cancel(zp_link *link, zp_query_run *run)
{
    pg_link *pg = (pg_link *)link;

    if (link->hold || link->settling || !pg->stop)
        return;
    link->hold = true;
    pg->back = (zp_task){ .fn = cancel_sent, .arg = pg };
    pg->errand = (zp_errand){ .fn = cancel_now, .arg = pg };
    zp__helpers_send(zp__helpers(link->pool), &pg->errand);
}

static const char *const schemes[] = { "postgresql", "postgres", NULL };

const zp_backend_ops zp__postgres_ops = {
    .name = "postgresql",
    .dialect = ZP_DIALECT_POSTGRESQL,
    .schemes = schemes,
    .share = true,
    .check_url = check_url,
    .open = open_link,
    .attach = attach,
    .start = start,
    .flush = flush_link,
    .resume = resume,
    .cancel = cancel,
    .check = check,
    .close = close_link,
    .introspect = zp__pg_introspect,
};
