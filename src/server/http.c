/* http: connections that speak HTTP.
 *
 * A request is looked at when its head is there, and served when its body is: until then the bytes stay with the connection.  An
 * answer that is made in pieces stops when the peer is slow and goes on when it has read. */
#include "server/http.h"

#include <stdio.h>
#include <string.h>

#include "base/json_text.h"
#include "base/mem.h"

enum { IDLE_MS = 60000, REQUEST_MS = 30000 };

static const struct {
    int status;
    const char *words;
} reasons[] = {
    { 200, "OK" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 408, "Request Timeout" },
    { 411, "Length Required" },
    { 413, "Content Too Large" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 431, "Request Header Fields Too Large" },
    { 500, "Internal Server Error" },
    { 503, "Service Unavailable" },
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < ZP_COUNTOF(reasons); i++) {
        if (reasons[i].status == status)
            return reasons[i].words;
    }
    return "Unknown";
}

/* ---------------------------------------------------------------- the end */

static void forget(zp__http *h)
{
    if (h->query)
        zp__http_query_gone(h);
    *h->link = h->next;
    if (h->next)
        h->next->link = h->link;
    zp_free(h);
}

static void finish(zp__http *h)
{
    zp_conn_close_gracefully(h->conn);
    forget(h);
}

void zp__http_abort(zp__http *h)
{
    zp_conn_close(h->conn);
    forget(h);
}

void zp__https_close(zp_server *s, bool at_once)
{
    for (zp__http *h = s->https, *next; h; h = next) {
        next = h->next;
        if (h->busy && !at_once)
            h->close = true; /* ends with its answer */
        else
            finish(h);
    }
}

/* ---------------------------------------------------------------- answers */

static void send_head(zp__http *h, int status, const char *type, const char *headers, const char *length)
{
    char head[1024];
    int len =
        snprintf(head, sizeof head,
                 "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nCache-Control: no-store\r\n"
                 "X-Content-Type-Options: nosniff\r\n%s%s%s\r\n",
                 status, reason_of(status), type, headers, length, h->close ? "Connection: close\r\n" : "");

    zp_conn_send(h->conn, head, (size_t)len);
}

/* The answer is complete: the next request, or the end. */
static void answered(zp__http *h)
{
    h->busy = h->told = h->chunked = false;
    if (h->close) {
        finish(h);
        return;
    }
    zp_conn_set_deadline(h->conn, IDLE_MS);
    if (h->paused) {
        h->paused = false;
        zp_conn_resume(h->conn);
    }
}

void zp__http_reply(zp__http *h, int status, const char *type, const char *headers, const char *body,
                    size_t len)
{
    char length[64];

    snprintf(length, sizeof length, "Content-Length: %zu\r\n", len);
    send_head(h, status, type, headers, length);
    if (!h->head)
        zp_conn_send(h->conn, body, len);
    answered(h);
}

void zp__http_fail(zp__http *h, int status, const char *message)
{
    zp_buf body = ZP_BUF_INIT;

    zp_buf_puts(&body, "{\"error\":true,\"message\":");
    zp_json_put_string(&body, message, strlen(message));
    zp_buf_puts(&body, "}\n");
    zp__http_reply(h, status, "application/json", status == 401 ? "WWW-Authenticate: Bearer\r\n" : "",
                   zp_buf_text(&body), body.len);
    zp_buf_fini(&body);
}

/* HTTP/1.0 knows no chunks: there the end of the connection is the end of the answer. */
void zp__http_begin(zp__http *h, int status, const char *type)
{
    send_head(h, status, type, "", h->chunked ? "Transfer-Encoding: chunked\r\n" : "");
}

void zp__http_more(zp__http *h, const char *bytes, size_t len)
{
    char head[24];
    int n = snprintf(head, sizeof head, "%zx\r\n", len);
    struct iovec iov[] = { { head, (size_t)n },
                           { (void *)(uintptr_t)bytes, len },
                           { (void *)(uintptr_t) "\r\n", 2 } };

    if (!len || h->head)
        return;
    if (h->chunked)
        zp_conn_sendv(h->conn, iov, 3);
    else
        zp_conn_send(h->conn, bytes, len);
}

void zp__http_end(zp__http *h)
{
    if (h->chunked && !h->head)
        zp_conn_send(h->conn, "0\r\n\r\n", 5);
    answered(h);
}

/* ---------------------------------------------------------------- requests */

static bool keeps(const zp__request *r)
{
    return !r->old && !zp__slice_has(r->connection, "close");
}

/* What is refused before it is understood also ends the connection: nobody knows where the next request begins. */
static void refuse(zp__http *h, int status, const char *message)
{
    h->close = true;
    zp__http_fail(h, status, message);
}

static void bad_head(zp__http *h, int status)
{
    refuse(h, status,
           status == 431   ? "the head of the request is longer than 8 KiB"
           : status == 411 ? "a request body needs Content-Length"
                           : "this is no request of HTTP/1.1");
}

static size_t on_input(zp_conn *conn, const char *bytes, size_t len)
{
    zp__http *h = zp_conn_arg(conn);
    zp__request r;
    int status;

    if (h->busy) { /* one after the other; what is there already waits */
        h->paused = true;
        zp_conn_pause(conn);
        return 0;
    }
    status = zp__http_read(bytes, len, &r);
    zp_conn_set_deadline(conn, REQUEST_MS);
    if (status == -1)
        return 0;
    if (status == 0 && r.body > (size_t)h->server->cfg.max_frame)
        status = 413;
    if (status) {
        if (status == 413)
            refuse(h, status, "the body of the request is too long");
        else
            bad_head(h, status);
        return 0;
    }
    if (len < r.head + r.body) {
        if (zp__slice_is_nocase(r.expect, "100-continue") && !h->told) {
            h->told = true;
            zp_conn_send(conn, "HTTP/1.1 100 Continue\r\n\r\n", 25);
        }
        zp_conn_want(conn, r.head + r.body);
        return 0;
    }
    r.content = bytes + r.head;
    h->close = !keeps(&r) || h->server->stopping;
    h->head = zp__slice_is(r.method, "HEAD");
    h->chunked = !r.old;
    h->busy = true;
    zp_conn_set_deadline(conn, 0);
    zp_count(&h->server->count.http_requests, 1);
    zp__http_route(h, &r);
    return r.head + r.body;
}

static void on_closed(zp_conn *conn, const zp_error *why)
{
    (void)why;
    forget(zp_conn_arg(conn));
}

static void on_expired(zp_conn *conn)
{
    finish(zp_conn_arg(conn));
}

static void on_drained(zp_conn *conn)
{
    zp__http *h = zp_conn_arg(conn);

    if (h->query)
        zp__http_query_drained(h);
}

static const zp_conn_ops http_ops = {
    .input = on_input, .closed = on_closed, .expired = on_expired, .drained = on_drained
};

void zp__http_take(zp_server *s, zp_conn *conn)
{
    zp__http *h = zp_new(zp__http, NULL);

    if (!h) {
        zp_conn_close(conn);
        return;
    }
    *h = (zp__http){ .server = s, .conn = conn, .next = s->https, .link = &s->https };
    if (h->next)
        h->next->link = &h->next;
    s->https = h;
    zp_conn_set_blocks(conn, 0);
    zp_conn_set_deadline(conn, s->cfg.login_timeout * 1000);
    zp_conn_serve(conn, &http_ops, h);
}
