/* process: one turn of a connection: connect on, write, read, understand.
 *
 * Frames come in any pieces.  What has come is kept in con->in; a frame of a message of one frame is understood where
 * it lies, the frames of a longer message are joined first. */
#include "client/client_priv.h"

#include <string.h>

#include "base/mem.h"

enum { READ_SIZE = 256 * 1024, MAX_BACKOFF_MS = 1000, FIRST_BACKOFF_MS = 20, KEEP_IN = 1 << 20 };

/* ---------------------------------------------------------------- losing */

static void drop_partials(zplane *con)
{
    while (con->partials) {
        zp_partial *next = con->partials->next;

        zp_buf_fini(&con->partials->bytes);
        zp_free(con->partials);
        con->partials = next;
    }
}

static void drop_socket(zplane *con)
{
    zp__cl_socket_close(&con->sock);
    zp__cl_chunks_fini(&con->login);
    con->in.len = con->in_at = 0;
    con->cut = NULL;
    con->cut_app = NULL;
    drop_partials(con);
}

/* What was to be sent, and all that the other side was told before. */
static void drop_out(zplane *con)
{
    zp__cl_chunks_fini(&con->out);
    con->out_lost++;
}

static void tell_streams(zplane *con, const zplane_error *why, bool for_good)
{
    for (zplane_appender *a = con->appenders, *next; a; a = next) {
        next = zp__cl_append_next(a);
        zp__cl_append_lost(a, why, for_good);
    }
    for (zplane_sub *s = con->subs; s; s = zp__cl_sub_next(s))
        zp__cl_sub_lost(s, why, for_good);
}

void zp__cl_closed(zplane *con, const zplane_error *why)
{
    zplane_error kept = *why; /* may be con->why itself */

    con->phase = ZP_PH_CLOSED;
    con->why = kept;
    zp__cl_wake(con);
    drop_socket(con);
    drop_out(con);
    zp__cl_fail_requests(con, &kept);
    tell_streams(con, &kept, true);
}

void zp__cl_lost(zplane *con, const zplane_error *why)
{
    zplane_error kept = *why;
    bool was_ready = con->phase == ZP_PH_READY;

    if (!con->ever_ready || con->opt.no_reconnect || con->refused) {
        zp__cl_closed(con, &kept);
        return;
    }
    con->why = kept;
    drop_socket(con);
    con->phase = ZP_PH_IDLE;
    con->backoff_ms = was_ready ? FIRST_BACKOFF_MS : con->backoff_ms * 2;
    if (con->backoff_ms > MAX_BACKOFF_MS)
        con->backoff_ms = MAX_BACKOFF_MS;
    con->retry_at = zp__cl_now_ms() + con->backoff_ms;
    zp__cl_wake(con);
    con->where.next = 0;
    if (!was_ready)
        return;
    con->give_up_at = zp__cl_deadline(con->opt.timeout_ms);
    drop_out(con);
    zp__cl_fail_requests(con, &kept);
    tell_streams(con, &kept, false);
}

/* ---------------------------------------------------------------- connecting */

void zp__cl_connect(zplane *con)
{
    zplane_error err = { .code = ZPLANE_ECONNECT, .text = "no address to connect to" };

    if (!zp__cl_socket_open(&con->sock, &con->where, &err)) {
        zp__cl_lost(con, &err);
        return;
    }
    con->phase = ZP_PH_TCP;
    if (con->ever_ready)
        con->deadline = zp__cl_deadline(con->opt.timeout_ms);
}

void zp__cl_log_in(zplane *con)
{
    zplane_error err;

    con->phase = ZP_PH_LOGIN;
    if (!zp__cl_login_put(con, &err)) {
        con->refused = true;
        zp__cl_lost(con, &err);
    }
}

static void on_tcp(zplane *con)
{
    const char *name = con->opt.tls_name ? con->opt.tls_name : con->where.host;
    zplane_error err;
    zp_io io = zp__cl_socket_opened(&con->sock, &err);

    if (io == ZP_IO_WAIT)
        return;
    if (io == ZP_IO_FAILED) {
        zp__cl_socket_close(&con->sock);
        if (!zp__cl_socket_open(&con->sock, &con->where, &err)) /* the next address */
            zp__cl_lost(con, &err);
        return;
    }
    if (!con->tls) {
        zp__cl_log_in(con);
        return;
    }
    con->phase = ZP_PH_TLS;
    con->sock.want_write = true;
    if (!zp__cl_tls_start(&con->sock, con->tls, name, !con->opt.tls_no_verify, &err))
        zp__cl_lost(con, &err);
}

static void tls_on(zplane *con)
{
    zplane_error err = { .code = ZPLANE_ECONNECT,
                         .text = "the server ended the connection during the TLS handshake" };

    switch (zp__cl_tls_step(&con->sock, &err)) {
    case ZP_IO_DONE: zp__cl_log_in(con); break;
    case ZP_IO_WAIT: break;
    default:
        con->refused = err.code == ZPLANE_EAUTH;
        zp__cl_lost(con, &err);
        break;
    }
}

static void on_hello(zplane *con, const zp_incoming *m)
{
    if (m->head.len < ZP_HELLO_HEAD)
        return;
    con->rights = zp_get_le16((const uint8_t *)m->head.ptr + 2);
    con->phase = ZP_PH_READY;
    con->ever_ready = true;
    con->give_up_at = con->deadline = 0;
    con->backoff_ms = FIRST_BACKOFF_MS;
    con->why = (zplane_error){ 0 };
    for (zplane_appender *a = con->appenders; a; a = zp__cl_append_next(a))
        zp__cl_append_ready(a);
    for (zplane_sub *s = con->subs; s; s = zp__cl_sub_next(s))
        zp__cl_sub_ready(s);
}

/* What the clock demands. */
static void check_times(zplane *con)
{
    zplane_error late = { .code = ZPLANE_ECONNECT,
                          .text = "no connection to the server within the time limit" };
    int64_t now = zp__cl_now_ms();

    if (con->phase == ZP_PH_IDLE && now >= con->retry_at)
        zp__cl_connect(con);
    else if (con->phase != ZP_PH_IDLE && con->phase != ZP_PH_READY && con->deadline && now >= con->deadline)
        zp__cl_lost(con, &late);
    if (con->give_up_at && now >= con->give_up_at && con->phase != ZP_PH_READY && con->requests) {
        drop_out(con);
        zp__cl_fail_requests(con, con->why.code ? &con->why : &late);
    }
}

/* ---------------------------------------------------------------- writing */

/* Where the next bytes come from: a frame that was cut goes on first. */
static zp_chunks *next_source(zplane *con, zplane_appender **app)
{
    zp_chunks *c;

    *app = NULL;
    if (con->login.unsent)
        return &con->login;
    if (con->phase != ZP_PH_READY)
        return NULL;
    if (con->cut) {
        *app = con->cut_app;
        return con->cut;
    }
    if (con->out.unsent)
        return &con->out;
    for (zplane_appender *a = con->appenders; a; a = zp__cl_append_next(a)) {
        c = zp__cl_append_out(a);
        if (c) {
            *app = a;
            return c;
        }
    }
    return NULL;
}

void zp__cl_write_some(zplane *con)
{
    zplane_error err = { .code = ZPLANE_ECONNECT, .text = "the server ended the connection" };
    zplane_appender *app;
    zp_chunks *from;
    size_t put;

    if (con->phase < ZP_PH_LOGIN || con->phase == ZP_PH_CLOSED)
        return;
    while ((from = next_source(con, &app)) != NULL) {
        zp_slice bytes = zp__cl_chunks_next(from);
        zp_io io;

        io = zp__cl_socket_write(&con->sock, bytes.ptr, bytes.len, &put, &err);
        if (io == ZP_IO_WAIT)
            return;
        if (io != ZP_IO_DONE) {
            zp__cl_lost(con, &err);
            return;
        }
        con->cut = put < bytes.len ? from : NULL;
        con->cut_app = con->cut ? app : NULL;
        zp__cl_chunks_sent(from, put);
        if (app)
            zp__cl_append_sent(app, put);
    }
}

/* ---------------------------------------------------------------- reading */

static void protocol_error(zplane *con, const char *text)
{
    zplane_error err;

    zp__cl_fail(&err, ZPLANE_EPROTO, "%s", text);
    zp__cl_lost(con, &err);
}

static void on_ping(zplane *con, const zp_incoming *m)
{
    zplane_error err;

    if (!zp__cl_send_message(con, ZP_MSG_PONG, m->request, m->head.ptr, m->head.len, 0, NULL, 0, &err))
        zp__cl_lost(con, &err);
}

static void on_notice(zplane *con, const zp_incoming *m)
{
    int len = m->head.len > 400 ? 400 : (int)m->head.len;

    zp__cl_fail(&con->why, ZPLANE_ECONNECT, "%.*s", len, m->head.ptr);
}

void zp__cl_on_message(zplane *con, const zp_incoming *m)
{
    switch (m->type) {
    case ZP_MSG_HELLO: on_hello(con, m); break;
    case ZP_MSG_PING: on_ping(con, m); break;
    case ZP_MSG_NOTICE: on_notice(con, m); break;
    case ZP_MSG_OUTPUT: zp__cl_on_output(con, m); break;
    case ZP_MSG_RESPONSE:
    case ZP_MSG_SHAPE:
    case ZP_MSG_ACK:
    case ZP_MSG_ROWS:
        if (!zp__cl_append_message(con, m) && !zp__cl_sub_message(con, m) && m->type == ZP_MSG_RESPONSE &&
            !zp__cl_prepared_message(con, m))
            zp__cl_on_response(con, m);
        break;
    default: break; /* of a later version, or an answer that nobody waits for any more */
    }
}

/* The bytes of a whole message, cut into head and values. */
static void on_whole(zplane *con, uint8_t type, uint32_t request, const uint8_t *bytes, size_t len)
{
    zp_incoming m = { .type = type, .request = request };
    uint32_t head;

    if (len < ZP_MSG_HEAD || (head = zp_get_le32(bytes)) > len - ZP_MSG_HEAD) {
        protocol_error(con, "the server sent a message that is too short");
        return;
    }
    m.nvalues = zp_get_le32(bytes + 4);
    m.head = (zp_slice){ (const char *)bytes + ZP_MSG_HEAD, head };
    m.values = (zp_slice){ m.head.ptr + head, len - ZP_MSG_HEAD - head };
    zp__cl_on_message(con, &m);
}

static zp_partial *partial_of(zplane *con, const zp_frame *f)
{
    for (zp_partial *p = con->partials; p; p = p->next) {
        if (p->request == f->request && p->type == f->type)
            return p;
    }
    return NULL;
}

static zp_partial *partial_new(zplane *con, const zp_frame *f)
{
    zp_partial *p = zp_new(zp_partial, NULL);

    if (!p)
        return NULL;
    p->type = f->type;
    p->request = f->request;
    p->next = con->partials;
    con->partials = p;
    return p;
}

static void partial_done(zplane *con, zp_partial *done)
{
    zp_partial **at = &con->partials;

    while (*at && *at != done)
        at = &(*at)->next;
    if (!*at)
        return; /* the connection was lost meanwhile and took it away */
    *at = done->next;
    on_whole(con, done->type, done->request, (const uint8_t *)done->bytes.ptr, done->bytes.len);
    zp_buf_fini(&done->bytes);
    zp_free(done);
}

static void on_frame(zplane *con, const zp_frame *f)
{
    zp_partial *p = con->partials ? partial_of(con, f) : NULL;
    zplane_error err;

    if (!p && !(f->flags & ZP_FRAME_MORE)) {
        on_whole(con, f->type, f->request, f->body, f->len);
        return;
    }
    if (!p)
        p = partial_new(con, f);
    if (p)
        zp_buf_put(&p->bytes, f->body, f->len);
    if (!p || p->bytes.failed) {
        zp__cl_nomem(&err);
        zp__cl_lost(con, &err);
    } else if (p->bytes.len > con->opt.max_answer) {
        protocol_error(con, "the server sent an answer that is larger than max_answer");
    } else if (!(f->flags & ZP_FRAME_MORE)) {
        partial_done(con, p);
    }
}

/* An answer to CONNECT.  Bytes taken; 0: more are needed; -1: refused. */
static int64_t json_frame(zplane *con, const uint8_t *bytes, size_t len)
{
    size_t body = zp_get_be32(bytes);
    zplane_error err;

    if (body > 65536) {
        protocol_error(con, "this is no zplane server");
        return -1;
    }
    if (len < body + 4)
        return 0;
    if (zp__cl_login_answer((zp_slice){ (const char *)bytes + 4, body }, &err))
        return (int64_t)body + 4;
    con->refused = err.code == ZPLANE_EAUTH;
    zp__cl_lost(con, &err);
    return -1;
}

/* Understands one frame.  Bytes taken; 0: more are needed; -1: the connection is lost. */
static int64_t one_frame(zplane *con, const uint8_t *bytes, size_t len)
{
    zp_frame f;
    int64_t taken;

    if (len >= 5 && con->phase == ZP_PH_LOGIN && bytes[4] == '{')
        return json_frame(con, bytes, len);
    taken = len >= 5 ? zp_frame_read(bytes, len, &f) : 0;
    if (taken > 0 && (f.type == ZP_MSG_HELLO) != (con->phase == ZP_PH_LOGIN))
        taken = -1;
    if (taken < 0)
        protocol_error(con, con->phase == ZP_PH_LOGIN ? "this is no zplane server"
                                                      : "the server sent bytes that are no frame");
    else if (taken > 0)
        on_frame(con, &f);
    return taken;
}

void zp__cl_read_frames(zplane *con)
{
    int64_t taken;

    while ((con->phase == ZP_PH_LOGIN || con->phase == ZP_PH_READY) && con->in_at < con->in.len) {
        taken = one_frame(con, (const uint8_t *)con->in.ptr + con->in_at, con->in.len - con->in_at);
        if (taken <= 0)
            break;
        con->in_at += (size_t)taken;
        if (con->in_at > con->in.len) /* lost by a callback, and the buffer emptied */
            con->in_at = con->in.len;
    }
    if (con->in_at == con->in.len) {
        con->in.len = con->in_at = 0;
        if (con->in.cap > KEEP_IN)
            zp_buf_fini(&con->in);
    } else if (con->in_at > 0) {
        memmove(con->in.ptr, con->in.ptr + con->in_at, con->in.len - con->in_at);
        con->in.len -= con->in_at;
        con->in_at = 0;
    }
}

static void read_some(zplane *con)
{
    zplane_error err = { .code = ZPLANE_ECONNECT, .text = "the server ended the connection" };
    size_t got;

    for (int round = 0; round < 16 && (con->phase == ZP_PH_LOGIN || con->phase == ZP_PH_READY); round++) {
        char *to = zp_buf_reserve(&con->in, READ_SIZE);
        zp_io io;

        if (!to) {
            zp__cl_nomem(&err);
            zp__cl_lost(con, &err);
            return;
        }
        io = zp__cl_socket_read(&con->sock, to, READ_SIZE, &got, &err);
        if (io == ZP_IO_WAIT)
            return;
        if (io != ZP_IO_DONE) {
            zp__cl_lost(con, con->why.code && io == ZP_IO_END ? &con->why : &err);
            return;
        }
        con->in.len += got;
        zp__cl_read_frames(con);
        if (got < READ_SIZE && !con->sock.ssl)
            return; /* there is no more for now */
    }
}

void zp__cl_turn(zplane *con)
{
    check_times(con);
    if (con->phase == ZP_PH_TCP)
        on_tcp(con);
    if (con->phase == ZP_PH_TLS)
        tls_on(con);
    zp__cl_write_some(con);
    if (con->phase == ZP_PH_LOGIN || con->phase == ZP_PH_READY)
        read_some(con);
    zp__cl_write_some(con);
    zp__cl_call_failed(con);
    zp__cl_sub_call_ended(con);
}
