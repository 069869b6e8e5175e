/* endpoints: which requests there are, and what they answer. */
#include "server/http.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_text.h"

/* ---------------------------------------------------------------- who asks */

zp_login *zp__http_bearer(const zp__http *h, const zp__request *r)
{
    zp_slice a = r->authorization;

    if (!a.ptr || a.len < 8 || !zp__slice_is_nocase((zp_slice){ a.ptr, 7 }, "Bearer "))
        return NULL;
    return zp_auth_token_login(h->server->auth, a.ptr + 7, a.len - 7, zp_wall_ms());
}

/* ---------------------------------------------------------------- endpoints */

static void get_health(zp__http *h, const zp__request *r)
{
    bool ok = !h->server->stopping;

    (void)r;
    if (ok)
        zp__http_reply(h, 200, "text/plain", "", "ok\n", 3);
    else
        zp__http_reply(h, 503, "text/plain", "", "stopping\n", 9);
}

/* Numbers about everybody: for this machine, or for who proves who he is. */
static void get_metrics(zp__http *h, const zp__request *r)
{
    zp_buf text = ZP_BUF_INIT;
    zp_login *login = zp_conn_is_loopback(h->conn) ? NULL : zp__http_bearer(h, r);

    if (!login && !zp_conn_is_loopback(h->conn)) {
        zp__http_fail(h, 401, "metrics are for this machine, or for the bearer of a token");
        return;
    }
    zp_login_free(login);
    zp_metrics_text(h->server->metrics, &text);
    if (text.failed)
        zp__http_fail(h, 503, "out of memory");
    else
        zp__http_reply(h, 200, "text/plain; version=0.0.4; charset=utf-8", "", zp_buf_text(&text), text.len);
    zp_buf_fini(&text);
}

/* A header as text; NULL: not sent, or longer than any that is right. */
static const char *header(zp_slice s, char *to, size_t size)
{
    if (!s.ptr || s.len >= size)
        return NULL;
    memcpy(to, s.ptr, s.len);
    to[s.len] = 0;
    return to;
}

static void post_login(zp__http *h, const zp__request *r)
{
    char key[260], nonce[260], timestamp[260], signature[260];
    zp_http_login in = { .client_key = header(r->client_key, key, sizeof key),
                         .nonce = header(r->nonce, nonce, sizeof nonce),
                         .timestamp = header(r->timestamp, timestamp, sizeof timestamp),
                         .signature = header(r->signature, signature, sizeof signature),
                         .body_len = r->body };
    zp_buf body = ZP_BUF_INIT;
    int status = zp_auth_http_login(h->server->auth, &in, zp_wall_ms(), &body);

    if (body.failed)
        zp__http_fail(h, 503, "out of memory");
    else
        zp__http_reply(h, status, "application/json", "", zp_buf_text(&body), body.len);
    zp_buf_fini(&body);
}

static const struct {
    const char *path, *method;
    void (*run)(zp__http *h, const zp__request *r);
} routes[] = {
    { "/healthz", "GET", get_health },
    { "/metrics", "GET", get_metrics },
    { "/auth/login", "POST", post_login },
    { "/v1/query", "POST", zp__http_query },
};

/* Under /auth, and where nothing is, answers have the shape of the drivers' frames. */
static void fail_route(zp__http *h, const zp__request *r, int status, const char *headers,
                       const char *message)
{
    zp_buf body = ZP_BUF_INIT;
    bool drivers = status == 404 || (r->path.len >= 5 && memcmp(r->path.ptr, "/auth", 5) == 0);

    if (drivers) {
        zp_auth_http_error(&body, message);
    } else {
        zp_buf_puts(&body, "{\"error\":true,\"message\":");
        zp_json_put_string(&body, message, strlen(message));
        zp_buf_puts(&body, "}\n");
    }
    zp__http_reply(h, status, "application/json", headers, zp_buf_text(&body), body.len);
    zp_buf_fini(&body);
}

void zp__http_route(zp__http *h, const zp__request *r)
{
    char allow[40];

    for (size_t i = 0; i < ZP_COUNTOF(routes); i++) {
        bool get = strcmp(routes[i].method, "GET") == 0;

        if (!zp__slice_is(r->path, routes[i].path))
            continue;
        if (zp__slice_is(r->method, routes[i].method) || (get && h->head)) {
            routes[i].run(h, r);
            return;
        }
        snprintf(allow, sizeof allow, "Allow: %s\r\n", get ? "GET, HEAD" : routes[i].method);
        fail_route(h, r, 405, allow, "this method is not allowed here");
        return;
    }
    fail_route(h, r, 404, "", "there is nothing at this path");
}
