/* connection: opening, waiting and closing.
 *
 *     IDLE --retry_at--> TCP --> TLS --> LOGIN --HELLO--> READY --lost--> IDLE ...
 *                                                           \--close, refused, no_reconnect--> CLOSED
 *
 * Whoever waits drives the connection, unless somebody does already: see client_priv.h. */
#include "client/client_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { DEFAULT_TIMEOUT_MS = 10000, CHUNK = 64 * 1024 };

int64_t zp__cl_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t zp__cl_deadline(int timeout_ms)
{
    return timeout_ms > 0 ? zp__cl_now_ms() + timeout_ms : 0;
}

/* ---------------------------------------------------------------- making one */

/* Copies the strings of the options. */
static bool copy_options(zplane_options *to, const zplane_options *from, zplane_error *err)
{
    const char **const strings[] = { &to->client_key, &to->access_key, &to->secret_key, &to->environment,
                                     &to->database,   &to->tls_ca,     &to->tls_name,   &to->tls_cert,
                                     &to->tls_key,    &to->name };
    bool ok = true;

    if (from)
        memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
    to->size = sizeof(*to);
    for (size_t i = 0; i < ZP_COUNTOF(strings); i++) {
        const char *text = *strings[i];
        char *copy = NULL;

        if (text && ok) {
            copy = zp_alloc(strlen(text) + 1, NULL);
            ok = copy != NULL;
            if (copy)
                strcpy(copy, text);
        }
        *strings[i] = copy;
    }
    if (to->timeout_ms <= 0)
        to->timeout_ms = DEFAULT_TIMEOUT_MS;
    if (!to->max_answer)
        to->max_answer = (size_t)8 << 30;
    return ok ? true : zp__cl_nomem(err);
}

static void free_options(zplane_options *o)
{
    zp_free((char *)o->client_key);
    zp_free((char *)o->access_key);
    if (o->secret_key)
        explicit_bzero((char *)o->secret_key, strlen(o->secret_key));
    zp_free((char *)o->secret_key);
    zp_free((char *)o->environment);
    zp_free((char *)o->database);
    zp_free((char *)o->tls_ca);
    zp_free((char *)o->tls_name);
    zp_free((char *)o->tls_cert);
    zp_free((char *)o->tls_key);
    zp_free((char *)o->name);
}

static void free_connection(zplane *con)
{
    while (con->appenders) {
        zplane_appender *next = zp__cl_append_next(con->appenders);

        zp__cl_append_free(con->appenders);
        con->appenders = next;
    }
    while (con->subs) {
        zplane_sub *next = zp__cl_sub_next(con->subs);

        zp__cl_sub_free(con->subs);
        con->subs = next;
    }
    zp__cl_prepared_free_all(con);
    zp__cl_tls_free(con->tls);
    zp__cl_where_fini(&con->where);
    free_options(&con->opt);
    zp__cl_chunks_fini(&con->login);
    zp__cl_chunks_fini(&con->out);
    zp_buf_fini(&con->in);
    if (con->wake >= 0)
        close(con->wake);
    pthread_cond_destroy(&con->turn_over);
    pthread_mutex_destroy(&con->lock);
    zp_free(con);
}

static zplane *bare_connection(zplane_error *err)
{
    zplane *con = zp_new(zplane, NULL);
    pthread_condattr_t attr;

    if (!con) {
        zp__cl_nomem(err);
        return NULL;
    }
    pthread_mutex_init(&con->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&con->turn_over, &attr);
    pthread_condattr_destroy(&attr);
    con->sock.fd = -1;
    con->login.chunk_size = 2048;
    con->out.chunk_size = CHUNK;
    con->requests_end = &con->requests;
    con->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return con;
}

static bool set_up(zplane *con, const char *where, const zplane_options *options, zplane_error *err)
{
    if (!where)
        return zp__cl_fail(err, ZPLANE_EUSAGE, "no address to connect to");
    if (con->wake < 0)
        return zp__cl_fail(err, ZPLANE_ENOMEM, "eventfd: %s", strerror(errno));
    if (!copy_options(&con->opt, options, err) || !zp__cl_where_parse(&con->where, where, err) ||
        !zp__cl_where_resolve(&con->where, err))
        return false;
    if (!con->where.tls && !con->opt.tls)
        return true;
    con->where.tls = true;
    con->tls = zp__cl_tls_new(&con->opt, err);
    return con->tls != NULL;
}

zplane *zplane_connect_start(const char *where, const zplane_options *options, zplane_error *err)
{
    zplane *con = bare_connection(err);

    if (!con)
        return NULL;
    if (!set_up(con, where, options, err)) {
        free_connection(con);
        return NULL;
    }
    con->deadline = zp__cl_deadline(con->opt.timeout_ms);
    zp__cl_connect(con);
    return con;
}

zplane *zplane_connect_fd(int take_fd, const zplane_options *options, zplane_error *err)
{
    zplane *con = bare_connection(err);
    bool ok = con && con->wake >= 0;

    if (con && !ok)
        zp__cl_fail(err, ZPLANE_ENOMEM, "eventfd: %s", strerror(errno));
    if (ok && fcntl(take_fd, F_SETFL, fcntl(take_fd, F_GETFL) | O_NONBLOCK) < 0)
        ok = zp__cl_fail(err, ZPLANE_EUSAGE, "no socket: %s", strerror(errno));
    if (!ok || !copy_options(&con->opt, options, err)) {
        if (con)
            free_connection(con);
        close(take_fd);
        return NULL;
    }
    con->opt.no_reconnect = 1;
    con->sock.fd = take_fd;
    con->deadline = zp__cl_deadline(con->opt.timeout_ms);
    zp__cl_log_in(con);
    return con;
}

static bool is_settled(void *arg)
{
    zplane *con = arg;

    return con->phase == ZP_PH_READY || con->phase == ZP_PH_CLOSED;
}

zplane *zplane_connect(const char *where, const zplane_options *options, zplane_error *err)
{
    zplane *con = zplane_connect_start(where, options, err);
    bool ok;

    if (!con)
        return NULL;
    pthread_mutex_lock(&con->lock);
    ok = zp__cl_wait_until(con, is_settled, con, 0, err);
    if (ok && con->phase == ZP_PH_CLOSED) {
        if (err)
            *err = con->why;
        ok = false;
    }
    pthread_mutex_unlock(&con->lock);
    if (ok)
        return con;
    zplane_close(con);
    return NULL;
}

void zplane_close(zplane *con)
{
    zplane_error why = { .code = ZPLANE_ECONNECT, .text = "the connection was closed" };

    if (!con)
        return;
    pthread_mutex_lock(&con->lock);
    if (con->phase == ZP_PH_READY)
        zp__cl_write_some(con);
    if (con->phase != ZP_PH_CLOSED)
        zp__cl_closed(con, &why);
    zp__cl_call_failed(con);
    pthread_mutex_unlock(&con->lock);
    free_connection(con);
}

zplane_status zplane_state(zplane *con, zplane_error *err)
{
    zplane_status status = ZPLANE_CONNECTING;

    pthread_mutex_lock(&con->lock);
    if (con->phase == ZP_PH_READY)
        status = ZPLANE_READY;
    else if (con->phase == ZP_PH_CLOSED)
        status = ZPLANE_CLOSED;
    else if (con->ever_ready)
        status = ZPLANE_LOST;
    if (err)
        *err = con->why;
    pthread_mutex_unlock(&con->lock);
    return status;
}

/* ---------------------------------------------------------------- what to wait for */

static bool something_to_send(zplane *con)
{
    if (con->login.unsent)
        return true;
    if (con->phase != ZP_PH_READY)
        return false;
    if (con->out.unsent || con->cut)
        return true;
    for (zplane_appender *a = con->appenders; a; a = zp__cl_append_next(a)) {
        if (zp__cl_append_out(a))
            return true;
    }
    return false;
}

static int events_of(zplane *con)
{
    int events = 0;

    switch (con->phase) {
    case ZP_PH_IDLE:
    case ZP_PH_CLOSED: return 0;
    case ZP_PH_TCP: return ZPLANE_WRITE;
    case ZP_PH_TLS:
        return (con->sock.want_write ? ZPLANE_WRITE : 0) | (con->sock.want_read ? ZPLANE_READ : 0);
    default: events = ZPLANE_READ; break;
    }
    if (con->sock.want_write || (something_to_send(con) && !con->sock.want_read))
        events |= ZPLANE_WRITE;
    return events;
}

static int timeout_of(zplane *con)
{
    int64_t at = con->phase == ZP_PH_IDLE ? con->retry_at : con->deadline;
    int64_t left;

    if (con->phase == ZP_PH_CLOSED || (con->phase == ZP_PH_READY && !con->give_up_at))
        return -1;
    if (con->give_up_at && con->requests && (!at || con->give_up_at < at))
        at = con->give_up_at;
    if (!at)
        return -1;
    left = at - zp__cl_now_ms();
    return left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

int zplane_fd(zplane *con)
{
    int fd;

    pthread_mutex_lock(&con->lock);
    fd = con->sock.fd;
    pthread_mutex_unlock(&con->lock);
    return fd;
}

int zplane_events(zplane *con)
{
    int events;

    pthread_mutex_lock(&con->lock);
    events = events_of(con);
    pthread_mutex_unlock(&con->lock);
    return events;
}

int zplane_timeout(zplane *con)
{
    int timeout;

    pthread_mutex_lock(&con->lock);
    timeout = timeout_of(con);
    pthread_mutex_unlock(&con->lock);
    return timeout;
}

/* ---------------------------------------------------------------- waiting */

void zp__cl_wake(zplane *con)
{
    uint64_t one = 1;

    if (con->driven && !pthread_equal(con->driver, pthread_self()) && write(con->wake, &one, sizeof(one)) < 0)
        return; /* it is full of wake-ups already */
}

/* One poll without the lock. */
static void poll_once(zplane *con, int64_t deadline)
{
    int events = events_of(con), timeout = timeout_of(con);
    struct pollfd fds[2] = { { .fd = con->wake, .events = POLLIN },
                             { .fd = events ? con->sock.fd : -1,
                               .events = (short)((events & ZPLANE_READ ? POLLIN : 0) |
                                                 (events & ZPLANE_WRITE ? POLLOUT : 0)) } };
    uint64_t count;

    if (deadline) {
        int64_t left = deadline - zp__cl_now_ms();

        left = left < 0 ? 0 : left;
        timeout = timeout < 0 || left < timeout ? (int)(left > 3600000 ? 3600000 : left) : timeout;
    }
    pthread_mutex_unlock(&con->lock);
    poll(fds, 2, timeout);
    pthread_mutex_lock(&con->lock);
    if ((fds[0].revents & POLLIN) && read(con->wake, &count, sizeof(count)) < 0)
        return; /* somebody else has read it */
}

static void drive_begin(zplane *con)
{
    con->driven = true;
    con->driver = pthread_self();
}

static void drive_end(zplane *con)
{
    con->driven = false;
    pthread_cond_broadcast(&con->turn_over);
}

static void sleep_until_turn(zplane *con, int64_t deadline)
{
    struct timespec at = { .tv_sec = deadline / 1000, .tv_nsec = deadline % 1000 * 1000000 };

    if (deadline)
        pthread_cond_timedwait(&con->turn_over, &con->lock, &at);
    else
        pthread_cond_wait(&con->turn_over, &con->lock);
}

static bool driven_by_us(const zplane *con)
{
    return con->driven && pthread_equal(con->driver, pthread_self());
}

bool zp__cl_wait_until(zplane *con, bool (*done)(void *arg), void *arg, int64_t deadline, zplane_error *err)
{
    if (driven_by_us(con) && !done(arg))
        return zp__cl_fail(err, ZPLANE_EUSAGE, "a callback must not wait");
    while (!done(arg)) {
        if (con->phase == ZP_PH_CLOSED) {
            if (err)
                *err = con->why;
            return false;
        }
        if (deadline && zp__cl_now_ms() >= deadline)
            return zp__cl_fail(err, ZPLANE_ETIMEOUT, "no answer within the time limit");
        if (con->driven) {
            sleep_until_turn(con, deadline);
            continue;
        }
        drive_begin(con);
        poll_once(con, deadline);
        zp__cl_turn(con);
        drive_end(con);
    }
    return true;
}

void zp__cl_step(zplane *con)
{
    if (con->driven) {
        zp__cl_write_some(con);
        return;
    }
    drive_begin(con);
    zp__cl_turn(con);
    drive_end(con);
}

static bool process(zplane *con, bool wait, int timeout_ms, zplane_error *err)
{
    bool open;

    pthread_mutex_lock(&con->lock);
    if (!con->driven) {
        drive_begin(con);
        if (wait)
            poll_once(con, zp__cl_deadline(timeout_ms));
        zp__cl_turn(con);
        drive_end(con);
    } else if (wait && !driven_by_us(con)) {
        sleep_until_turn(con, zp__cl_deadline(timeout_ms));
    }
    open = con->phase != ZP_PH_CLOSED;
    if (!open && err)
        *err = con->why;
    pthread_mutex_unlock(&con->lock);
    return open;
}

bool zplane_process(zplane *con, zplane_error *err)
{
    return process(con, false, 0, err);
}

bool zplane_wait(zplane *con, int timeout_ms, zplane_error *err)
{
    return process(con, true, timeout_ms, err);
}

void zplane_on_output(zplane *con, zplane_output_fn output, void *arg)
{
    pthread_mutex_lock(&con->lock);
    con->output = output;
    con->output_arg = arg;
    pthread_mutex_unlock(&con->lock);
}
