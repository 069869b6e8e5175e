/* request: what each request does. */
#include <stdio.h>
#include <string.h>

#include "backend/govern.h"
#include "base/clock.h"
#include "gateway/session.h"

/* ---------------------------------------------------------------- QUERY: which database */

/* `key` of the message: a text, or null, or nothing. */
static bool message_text(const zp_json *message, const char *key, zp_slice *out, zp_fault *fault)
{
    const zp_json *v = zp_json_get(message, key);

    *out = (zp_slice){ 0 };
    if (!v || v->kind == ZP_JSON_NULL)
        return true;
    if (v->kind != ZP_JSON_STRING)
        return zp__q_fault(fault, ZP_ZQL_PARSE_ERROR, "%s must be a text", key);
    if (v->text.len)
        *out = v->text;
    return true;
}

typedef struct place {
    const zp_database *database;
    const zp_binding *binding;
    zp_env env;
} place;

/* The first that is given: in the query, in the message, at CONNECT. */
static bool find_place(zp__q_session *s, const zp_json *message, const zp_wish *wish, place *to,
                       zp_fault *fault)
{
    bool writes = wish->kind != ZP_QUERY_SELECT && wish->kind != ZP_QUERY_COUNT;
    zp_slice database, env;
    uint32_t access;

    if (!message_text(message, "database_id", &database, fault) || !message_text(message, "env", &env, fault))
        return false;
    database = wish->database.ptr ? wish->database : database;
    if (!database.ptr)
        database = (zp_slice){ s->login->database_id, strlen(s->login->database_id) };
    env = wish->env.ptr ? wish->env : env;
    to->env = env.ptr ? zp_env_of(env.ptr, env.len) : s->login->env;
    if (to->env == ZP_ENV_NONE || !database.len)
        return zp__q_fault(fault, ZP_ZQL_NO_ACCESS, "the query names no %s that this client may use",
                           database.len ? "environment" : "database");
    access = zp_client_access(s->login->client, database.ptr, database.len, to->env);
    to->database = access ? zp_snapshot_database(s->shard->snapshot, database.ptr, database.len) : NULL;
    to->binding = to->database ? &to->database->env[to->env] : NULL;
    if (!to->binding || !to->binding->url || !(access & (ZP_GRANT_READ | ZP_GRANT_WRITE)))
        return zp__q_fault(fault, ZP_ZQL_NO_ACCESS, "no access to this database in this environment");
    if (writes && !(access & ZP_GRANT_WRITE))
        return zp__q_fault(fault, ZP_ZQL_NO_ACCESS, "this client may only read here");
    return true;
}

static bool unfiltered_ok(const place *at, const zp_compiled *c, zp_fault *fault)
{
    int32_t deny = at->binding->limits.deny_unfiltered;

    if (!c->unfiltered || (deny < 0 ? at->env != ZP_ENV_PROD : deny == 0))
        return true;
    return zp__q_fault(fault, ZP_ZQL_NO_ACCESS, "%s without any filter is not allowed in this environment",
                       c->kind == ZP_QUERY_UPDATE ? "update" : "delete");
}

/* ---------------------------------------------------------------- QUERY: run it */

static uint32_t frame_limit(const zp__q_session *s)
{
    const zp_gateway_config *cfg = &s->shard->gateway->cfg;
    int64_t most = zp_conn_is_tls(s->conn) ? cfg->node_max_frame_tls : cfg->node_max_frame;

    return s->login->cls == ZP_CLASS_N && most > 0 ? (uint32_t)most : 0;
}

static bool start(zp__q_session *s, const place *at, zp__q_tenant *tenant, const zp_compiled *c,
                  zp_fault *fault)
{
    zp_pool *pool = zp_pools_find(s->shard->pools, at->database->id, zp_env_name(at->env));
    const zp_run_request request = { .statement = c->statement,
                                     .params = c->params,
                                     .sink = &zp__q_sink,
                                     .arg = s,
                                     .client = s->login->client->name,
                                     .max_frame = frame_limit(s) };

    if (!pool)
        return zp__q_fault(fault, ZP_ZQL_QUERY_ERROR, "this database is being set up: try again in a moment");
    s->tenant = tenant;
    s->statement = zp_statement_ref(c->statement);
    s->cancelled = false;
    s->run = zp_pool_run(pool, &request, NULL);
    if (s->run)
        return true;
    zp_statement_unref(s->statement);
    s->statement = NULL;
    return zp__q_fault(fault, ZP_ZQL_QUERY_ERROR, "the server is out of memory");
}

static bool compile(zp__q_session *s, const zp_wish *wish, const place *at, zp__q_tenant **tenant,
                    zp_compiled *out, zp_fault *fault)
{
    zp_error err = ZP_ERROR_INIT;

    *tenant = zp__q_tenant_of(s->shard, at->database->id, at->env, at->binding, &err);
    if (!*tenant) {
        zp_error_clear(&err);
        return zp__q_fault(fault, ZP_ZQL_QUERY_ERROR, "the schemas of this database cannot be read");
    }
    if (!zp_compile(s->shard->compiler, (*tenant)->plans, wish, zp_wall_ns() / 1000, out, fault))
        return false;
    zp_count(out->hit ? &s->shard->hits : &s->shard->misses, 1);
    return unfiltered_ok(at, out, fault);
}

static bool query(zp__q_session *s, const zp_json *message)
{
    zp__q_tenant *tenant;
    zp_compiled compiled;
    zp_fault fault = { 0 };
    zp_wish wish = { 0 };
    place at = { 0 };

    s->used = true;
    s->plain = false;
    s->queries++;
    zp_count(&s->shard->queries, 1);
    if (!zp_wish_read(zp_json_get(message, "query"), &wish, &fault) ||
        !find_place(s, message, &wish, &at, &fault) || !compile(s, &wish, &at, &tenant, &compiled, &fault) ||
        !start(s, &at, tenant, &compiled, &fault)) {
        s->plain = wish.kind == ZP_QUERY_SELECT;
        zp__q_refuse(s, &fault);
        return true;
    }
    s->plain = compiled.kind == ZP_QUERY_SELECT;
    return true;
}

/* ---------------------------------------------------------------- the others */

static bool ping(zp__q_session *s, const zp_json *message)
{
    (void)message;
    zp_zql_put_reply(&s->shard->reply, s->login->cls, ZP_ZQL_PONG, "{\"pong\":true}");
    return true;
}

static bool disconnect(zp__q_session *s, const zp_json *message)
{
    (void)message;
    zp_zql_put_reply(&s->shard->reply, s->login->cls, ZP_ZQL_DISCONNECTED, "{}");
    zp__q_session_send(s);
    zp__q_session_close(s);
    return false;
}

/* Nothing runs: no reply at all. */
static bool cancel(zp__q_session *s, const zp_json *message)
{
    (void)message;
    zp__q_session_park(s);
    return true;
}

static bool schema(zp__q_session *s, const zp_json *message)
{
    zp_buf data = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    zp_zql_condition condition = ZP_ZQL_QUERY_ERROR;

    if (zp_govern_request(s->shard->gateway->auth, s->login, message, &data, &condition, &err)) {
        zp_zql_put_reply(&s->shard->reply, s->login->cls, condition, zp_buf_text(&data));
        zp_zql_put_reply(&s->shard->reply, s->login->cls, ZP_ZQL_QUERY_COMPLETE, "{}");
    } else {
        zp__q_refuse_text(s, condition, zp_error_text(&err));
    }
    zp_error_clear(&err);
    zp_buf_fini(&data);
    return true;
}

/* A second CONNECT is a full handshake: success replaces the session, refusal closes it. */
static bool reconnect(zp__q_session *s, const char *payload, size_t len)
{
    char address[ZP_PEER_TEXT];
    const zp_stranger peer = { .address = zp_conn_address(s->conn, address),
                               .tls = zp_conn_is_tls(s->conn),
                               .loopback = zp_conn_is_loopback(s->conn) };
    zp_login *login = NULL;
    zp_verdict verdict =
        zp_auth_frame(s->shard->gateway->auth, payload, len, &peer, zp_wall_ms(), &login, &s->shard->reply);

    if (verdict == ZP_VERDICT_LOGIN && login->cls == ZP_CLASS_NATIVE) {
        zp_login_free(login);
        zp_buf_clear(&s->shard->reply);
        zp_auth_put_refusal(&s->shard->reply, "a driver's session cannot change its protocol");
        verdict = ZP_VERDICT_CLOSE;
    }
    if (verdict == ZP_VERDICT_LOGIN) {
        zp_login_free(s->login);
        s->login = login;
        s->used = false;
        if (s->parked)
            zp_count(&s->shard->parked, (uint64_t)-1);
        s->parked = false;
    }
    zp__q_session_send(s);
    if (verdict != ZP_VERDICT_CLOSE)
        return true;
    zp__q_session_close(s);
    return false;
}

/* ---------------------------------------------------------------- one payload */

/* Node.js repeats its token and key: others than those of the session are refused. */
static bool credentials_ok(zp__q_session *s, const zp_json *message)
{
    const zp_json *token = zp_json_get(message, "access_token"), *key = zp_json_get(message, "client_key");

    if (token && token->kind != ZP_JSON_NULL &&
        (token->kind != ZP_JSON_STRING || !zp_login_token_is(s->login, token->text.ptr, token->text.len))) {
        zp__q_refuse_text(s, ZP_ZQL_TOKEN_EXPIRED, "the access token is not that of this session");
        return false;
    }
    if (key && key->kind != ZP_JSON_NULL && !zp_json_is(key, s->login->client->client_key)) {
        zp__q_refuse_text(s, ZP_ZQL_NO_ACCESS, "the client key is not that of this session");
        return false;
    }
    return true;
}

/* Its credential is disabled or its grants have shrunk. */
static bool still_welcome(zp__q_session *s)
{
    if (zp_login_check(s->login, zp__q_snapshot(s->shard)))
        return true;
    zp__q_refuse_text(s, ZP_ZQL_NO_ACCESS, "the rights of this client have changed: connect again");
    zp__q_session_send(s);
    zp__q_session_close(s);
    return false;
}

static const zp_json *read_message(zp__q_session *s, const char *payload, size_t len)
{
    zp_error err = ZP_ERROR_INIT;
    const zp_json *message = zp_json_read(s->shard->doc, payload, len, &err);

    if (!message)
        zp__q_refuse_text(s, ZP_ZQL_PARSE_ERROR, zp_error_text(&err));
    else if (message->kind != ZP_JSON_OBJECT)
        zp__q_refuse_text(s, ZP_ZQL_PARSE_ERROR, "a message must be a JSON object");
    zp_error_clear(&err);
    return message && message->kind == ZP_JSON_OBJECT ? message : NULL;
}

static bool dispatch(zp__q_session *s, const zp_json *message, const char *payload, size_t len)
{
    static bool (*const handlers[])(zp__q_session *, const zp_json *) = {
        [ZP_REQ_DISCONNECT] = disconnect, [ZP_REQ_CANCEL] = cancel,
        [ZP_REQ_QUERY] = query,           [ZP_REQ_PING] = ping,
        [ZP_REQ_CREATE_SCHEMA] = schema,  [ZP_REQ_PUBLISH_SCHEMA] = schema,
    };
    zp_zql_request request = ZP_REQ_UNKNOWN;
    int64_t type;

    if (zp_json_int(zp_json_get(message, "request_type"), &type))
        request = zp_zql_request_of(type);
    if (request == ZP_REQ_CONNECT)
        return reconnect(s, payload, len);
    if (!still_welcome(s))
        return false;
    if (request == ZP_REQ_UNKNOWN || (size_t)request >= ZP_COUNTOF(handlers) || !handlers[request]) {
        zp__q_refuse_text(s, ZP_ZQL_INVALID_REQUEST_TYPE, "request_type is missing or unknown");
        return true;
    }
    if (request != ZP_REQ_CANCEL && request != ZP_REQ_DISCONNECT && !credentials_ok(s, message))
        return true;
    return handlers[request](s, message);
}

bool zp__q_request(zp__q_session *s, const char *payload, size_t len)
{
    const zp_json *message = read_message(s, payload, len);

    if (message && !dispatch(s, message, payload, len))
        return false;
    zp__q_session_send(s);
    return true;
}

/* ---------------------------------------------------------------- CANCEL while something runs */

bool zp__q_is_cancel(zp__q_session *s, const char *payload, size_t len)
{
    int64_t type;
    const zp_json *message;

    if (len > 1024) /* a cancel is short; others are looked at when their turn comes */
        return false;
    message = zp_json_read(s->shard->doc, payload, len, NULL);
    return message && zp_json_int(zp_json_get(message, "request_type"), &type) &&
           zp_zql_request_of(type) == ZP_REQ_CANCEL;
}

void zp__q_cancel(zp__q_session *s)
{
    if (!s->run || s->cancelled)
        return;
    s->cancelled = true;
    zp_run_cancel(s->run);
}
