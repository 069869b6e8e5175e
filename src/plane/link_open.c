/* link_open: from an address to a server that has said HELLO.
 *
 *     zp_connect --opened--> CONNECT --> replies in JSON --> HELLO: the channel serves the connection from there on
 *
 * Every way out of this but the last ends in zp__link_failed(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "auth/sign.h"
#include "plane/plane_priv.h"

enum { REPLY_LIMIT = 1 << 20 };

static char *connect_text(const zp__link *l)
{
    char nonce[ZP_NONCE_LEN + 1], signature[ZP_SIGNATURE_LEN + 1];
    int64_t now = (int64_t)time(NULL);
    json_t *o = json_pack("{s:i, s:s}", "request_type", 1, "protocol", ZP_PROTOCOL);
    char *text;

    if (o && l->spec.key && zp_sign_nonce(nonce) &&
        zp_sign_connect(l->spec.access, l->spec.secret, now, nonce, signature)) {
        json_object_set_new(o, "client_key", json_string(l->spec.key));
        json_object_set_new(o, "nonce", json_string(nonce));
        json_object_set_new(o, "timestamp", json_integer(now));
        json_object_set_new(o, "signature", json_string(signature));
        json_object_set_new(o, "response_data_type", json_string("json"));
    }
    text = o ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    return text;
}

static void conn_opened(zp_conn *conn)
{
    zp__link *l = zp_conn_arg(conn);
    char *text = connect_text(l);
    uint8_t prefix[4];

    if (!text) {
        zp_conn_close(conn);
        l->conn = NULL;
        zp__link_failed(l, "out of memory");
        return;
    }
    zp_be32(prefix, (uint32_t)strlen(text));
    struct iovec iov[] = { { prefix, 4 }, { text, strlen(text) } };
    zp_conn_sendv(conn, iov, 2);
    free(text);
    zp_conn_set_deadline(conn, l->spec.timeout_ms);
}

/* "cannot connect to 127.0.0.1:1: Connection refused": what the system said of it. */
static const char *system_text(const char *text)
{
    const char *at = text, *next;

    while ((next = strstr(at, ": ")))
        at = next + 2;
    return at;
}

static void conn_closed(zp_conn *conn, const zp_error *why)
{
    zp__link *l = zp_conn_arg(conn);
    char text[300];

    l->conn = NULL;
    snprintf(text, sizeof(text), "socket: %s",
             why ? system_text(zp_error_text(why)) : "the server closed the connection");
    zp__link_failed(l, text);
}

/* The text of a refusal: {"error": true, "data": {"zteradb_error": text}}; NULL: it is none.  To be freed. */
static char *refusal(const char *payload, size_t len)
{
    json_t *o = json_loadb(payload, len, 0, NULL), *data = json_object_get(o, "data");
    const char *text = NULL, *key;
    char *copy = NULL;
    json_t *v;

    if (json_is_true(json_object_get(o, "error"))) {
        text = "refused";
        json_object_foreach(data, key, v) if (json_is_string(v)) text = json_string_value(v);
    }
    if (text && asprintf(&copy, "connection refused: %s", text) < 0)
        copy = NULL;
    json_decref(o);
    return copy;
}

/* JSON replies until the first frame of the native protocol. */
static size_t conn_input(zp_conn *conn, const char *bytes, size_t len)
{
    zp__link *l = zp_conn_arg(conn);
    size_t used = 0;
    zp_slice payload;
    char *text = NULL;

    while (zp_frame_next(bytes + used, len - used, REPLY_LIMIT, &payload) == ZP_FRAME_WHOLE &&
           payload.ptr[0] == '{') {
        text = refusal(payload.ptr, payload.len);
        if (text)
            break;
        used += ZP_FRAME_PREFIX + payload.len;
    }
    if (!text && len - used > 4 && bytes[used + 4] != '{') {
        if (bytes[used + 4] == ZP_MSG_HELLO) {
            l->conn = NULL;
            zp_conn_set_deadline(conn, 0);
            zp__channel_serve(&l->channel, conn, bytes + used, len - used);
            return len;
        }
        text = strdup("socket: this server does not speak " ZP_PROTOCOL);
    }
    if (text) {
        l->conn = NULL;
        zp_conn_close(conn);
        zp__link_failed(l, text);
        free(text);
        return len;
    }
    return used;
}

static void conn_expired(zp_conn *conn)
{
    zp__link *l = zp_conn_arg(conn);

    l->conn = NULL;
    zp_conn_close(conn);
    zp__link_failed(l, "socket: Connection timed out");
}

static const zp_conn_ops opening = {
    .input = conn_input, .closed = conn_closed, .opened = conn_opened, .expired = conn_expired
};

bool zp__link_dial(zp__link *l, zp_error *err)
{
    zp_tls_spec tls = { .ca = l->spec.ca, .verify = l->spec.verify };
    zp_peer_spec to = { .host = l->spec.host,
                        .port = l->spec.port,
                        .path = l->spec.path,
                        .server_name = l->spec.server_name,
                        .timeout_ms = l->spec.timeout_ms };

    if (l->spec.tls && !(to.tls = zp_tls_client(&tls, err)))
        return false;
    l->state = ZP_LINK_OPENING;
    l->hello = false;
    l->channel.opening = true;
    l->conn = zp_connect(l->plane->loop, &to, &opening, l, err);
    if (to.tls)
        zp_tls_unref(to.tls);
    if (!l->conn)
        l->state = ZP_LINK_LOST;
    return l->conn != NULL;
}

void zp__link_spec_fini(zp__link_spec *spec)
{
    if (spec->secret)
        explicit_bzero(spec->secret, strlen(spec->secret));
    zp_free(spec->host);
    zp_free(spec->path);
    zp_free(spec->key);
    zp_free(spec->access);
    zp_free(spec->secret);
    zp_free(spec->ca);
    zp_free(spec->server_name);
    *spec = (zp__link_spec){ 0 };
}
