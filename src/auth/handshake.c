/* handshake: what a stranger is answered.
 *
 *     CONNECT --form--> proof --> clock --> nonce --> environment and database --> seat --> two frames and a login
 *
 * in this order, so that only who has proved himself learns anything beyond "authentication failed".  Everything that is
 * refused gets one error frame of the driver's class, and the connection is closed.  A success answers with
 * CONNECTED and QUERY_COMPLETE in one write, because each driver waits for both. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "auth/auth_priv.h"
#include "base/log.h"
#include "base/mem.h"

const char zp__auth_failed[] = "authentication failed";

static const zp__refusal failed = { ZP_ZQL_CLIENT_AUTH_ERROR, zp__auth_failed, 0 };

/* ---------------------------------------------------------------- the checks */

static zp__refusal used_nonce(zp_auth *auth, zp__replay_verdict verdict)
{
    atomic_fetch_add(&auth->replayed, verdict == ZP__REPLAY_SEEN);
    if (verdict == ZP__REPLAY_FULL)
        return (zp__refusal){ ZP_ZQL_CONNECT_ERROR, "too many logins: try again in a few minutes", 0 };
    return (zp__refusal){ ZP_ZQL_CLIENT_AUTH_ERROR, "authentication failed: this message was used before",
                          0 };
}

static bool clock_good(zp_auth *auth, int64_t timestamp, int64_t now_s, zp__refusal *why)
{
    int64_t ahead;
    bool overflow = __builtin_sub_overflow(timestamp, now_s, &ahead);

    if (overflow || ahead > auth->clock_window_s || ahead < -auth->clock_window_s) {
        *why = (zp__refusal){ ZP_ZQL_CLIENT_AUTH_ERROR,
                              "the clock of the client differs from the server's by more than five minutes",
                              now_s };
        return false;
    }
    if (timestamp < zp__replay_not_before(auth->replay)) {
        *why = (zp__refusal){ ZP_ZQL_CLIENT_AUTH_ERROR,
                              "the clock of the client is behind, and the server has just started: try again",
                              now_s };
        return false;
    }
    return true;
}

const zp__credential *zp__auth_verify(zp_auth *auth, zp_slice client_key, const zp__proof *proof,
                                      int64_t timestamp, const char *address, int64_t now_s,
                                      const zp_client **client, zp__refusal *why)
{
    const zp_snapshot *snap = zp_auth_snapshot(auth);
    const zp__client *c = (const zp__client *)zp_snapshot_client(snap, client_key.ptr, client_key.len);
    const zp__credential *found = zp__proof_check(c, &auth->dummy, proof, NULL);
    zp__replay_verdict verdict = ZP__REPLAY_FRESH;

    *why = failed;
    if (found && !proof->v1 && !clock_good(auth, timestamp, now_s, why))
        found = NULL;
    if (found && proof->v1)
        verdict = zp__replay_use_v1(auth->replay, client_key, proof->nonce, address, now_s);
    else if (found)
        verdict =
            zp__replay_use(auth->replay, client_key, proof->nonce, timestamp + auth->clock_window_s, now_s);
    if (verdict != ZP__REPLAY_FRESH) {
        *why = used_nonce(auth, verdict);
        found = NULL;
    }
    *client = found ? zp__client_ref(&c->pub) : NULL;
    zp_snapshot_unref(snap);
    return found;
}

/* Is anything granted there?  An empty database id and ZP_ENV_NONE stand for any. */
static bool any_grant(const zp_client *client, zp_slice database_id, zp_env env)
{
    for (size_t i = 0; i < client->ngrants; i++) {
        const zp_grant *g = &client->grants[i];

        if ((env == ZP_ENV_NONE || g->env == env) &&
            (!database_id.len || zp_slice_is(database_id, g->database_id)))
            return true;
    }
    return false;
}

/* Environment and database of CONNECT: refused here rather than at the first query, because Python shows only the
 * former to its application. */
static bool scope_good(const zp__connect *c, const zp_client *client, zp_env *env, zp__refusal *why)
{
    *env = c->env.len ? zp_env_of(c->env.ptr, c->env.len) : ZP_ENV_NONE;
    if (c->env.len && *env == ZP_ENV_NONE && c->cls != ZP_CLASS_V) {
        *why = (zp__refusal){ ZP_ZQL_CONNECT_ERROR,
                              "unknown environment: there are dev, staging, qa and prod", 0 };
        return false;
    }
    if (c->cls == ZP_CLASS_NATIVE && !client->rights) {
        *why = (zp__refusal){ ZP_ZQL_NO_ACCESS, "this client has no rights on the server's language", 0 };
        return false;
    }
    if (c->cls == ZP_CLASS_NATIVE || c->cls == ZP_CLASS_V || (!c->env.len && !c->database_id.len))
        return true;
    if (!any_grant(client, c->database_id, *env)) {
        *why = (zp__refusal){ ZP_ZQL_NO_ACCESS, "no access to this database and environment", 0 };
        return false;
    }
    return true;
}

/* ---------------------------------------------------------------- answers */

void zp__put_utc(zp_buf *out, int64_t unix_s)
{
    time_t t = (time_t)unix_s;
    struct tm tm;

    if (gmtime_r(&t, &tm))
        zp_buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                      tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void zp__put_slice(zp_buf *out, zp_slice text)
{
    zp_json_put_string(out, text.ptr, text.len);
}

static void put_field(zp_buf *out, const char *key, zp_slice text)
{
    zp_buf_printf(out, ",\"%s\":", key);
    zp__put_slice(out, text);
}

/* The echo of the proof, which Python checks; no other key may be in it. */
static void put_client_auth(zp_buf *out, const zp__connect *c, const char *access_key)
{
    zp_buf_puts(out, ",\"client_auth\":{\"client_key\":");
    zp__put_slice(out, c->client_key);
    put_field(out, "nonce", c->nonce);
    if (c->timestamp_is_text)
        put_field(out, "timestamp", c->timestamp);
    else
        zp_buf_printf(out, ",\"timestamp\":%.*s", (int)c->timestamp.len, c->timestamp.ptr);
    put_field(out, "signature", c->signature);
    if (c->cls == ZP_CLASS_P0)
        put_field(out, "access_key", (zp_slice){ access_key, strlen(access_key) });
    zp_buf_putc(out, '}');
}

static void put_rights(zp_buf *out, uint32_t rights)
{
    static const struct {
        const char *text;
        uint32_t bit;
    } words[] = {
#define X(name, text, bit) { text, bit },
        ZP_RIGHTS(X)
#undef X
    };
    char before = '[';

    zp_buf_puts(out, ",\"protocol\":\"zplane/1\",\"rights\":");
    for (size_t i = 0; i < ZP_COUNTOF(words); i++) {
        if (!(rights & words[i].bit))
            continue;
        zp_buf_printf(out, "%c\"%s\"", before, words[i].text);
        before = ',';
    }
    zp_buf_puts(out, before == '[' ? "[]" : "]");
}

static void put_connected(zp_buf *out, const zp__connect *c, const zp_login *login, const char *access_key,
                          const char *token, int64_t expires_s)
{
    const char *client_key = login->client->client_key;
    size_t mark = zp_zql_frame_begin(out);

    zp_buf_printf(out, "{\"error\":false,\"response_code\":%d,\"data\":{\"client_key\":",
                  zp_zql_code(c->cls, ZP_ZQL_CONNECTED));
    zp_json_put_string(out, client_key, strlen(client_key));
    if (c->cls == ZP_CLASS_V)
        put_field(out, "access_key", c->access_key);
    zp_buf_printf(out, ",\"access_token\":\"%s\",\"access_token_expire\":\"", token);
    zp__put_utc(out, expires_s);
    zp_buf_putc(out, '"');
    if (c->cls == ZP_CLASS_NATIVE)
        put_rights(out, login->rights);
    zp_buf_putc(out, '}');
    if (c->cls == ZP_CLASS_N || c->cls == ZP_CLASS_P || c->cls == ZP_CLASS_P0)
        put_client_auth(out, c, access_key);
    zp_buf_putc(out, '}');
    zp_zql_frame_end(out, mark);
    if (c->cls != ZP_CLASS_NATIVE)
        zp_zql_put_reply(out, c->cls, ZP_ZQL_QUERY_COMPLETE, "{}");
}

static zp_verdict refuse(zp_auth *auth, zp_zql_class cls, const zp__refusal *why, zp_buf *reply)
{
    char more[48] = "";

    atomic_fetch_add(&auth->refused, 1);
    if (why->server_time)
        snprintf(more, sizeof more, ",\"server_time\":%lld", (long long)why->server_time);
    zp__put_refusal(reply, cls, why->condition, why->text, more);
    return ZP_VERDICT_CLOSE;
}

/* ---------------------------------------------------------------- CONNECT */

/* `client` is consumed. */
static zp_login *new_login(zp_auth *auth, const zp__connect *c, const zp_client *client, int64_t credential,
                           zp_env env, uint64_t generation, struct zp_client_seat *seat)
{
    zp_login *login = zp_alloc_zero(sizeof *login + c->database_id.len + 1, NULL);
    char *database_id;

    if (!login) {
        zp__client_unref(client);
        zp__seat_give(seat);
        return NULL;
    }
    database_id = (char *)(login + 1);
    memcpy(database_id, c->database_id.len ? c->database_id.ptr : "", c->database_id.len);
    *login = (zp_login){ .cls = c->cls,
                         .rights = client->rights,
                         .client = client,
                         .env = env,
                         .database_id = database_id,
                         .generation = generation,
                         .auth = auth,
                         .seat = seat,
                         .credential = credential };
    return login;
}

/* A client that proved itself, or is trusted; `client` is consumed. */
static zp_verdict admit(zp_auth *auth, const zp__connect *c, const zp_client *client,
                        const zp__credential *credential, uint64_t generation, int64_t now_s,
                        zp_login **login, zp_buf *reply)
{
    static const zp__refusal full = { ZP_ZQL_CONNECT_ERROR, "too many sessions", 0 },
                             broken = { ZP_ZQL_CONNECT_ERROR, "the server is out of memory", 0 };
    const char *access_key = credential ? credential->access_key : "";
    struct zp_client_seat *seat;
    char token[65];
    zp_env env;
    zp__refusal why;

    if (!scope_good(c, client, &env, &why)) {
        zp__client_unref(client);
        return refuse(auth, c->cls, &why, reply);
    }
    seat = zp__seats_take(auth->seats, client->id);
    if (!seat) {
        zp__client_unref(client);
        return refuse(auth, c->cls, &full, reply);
    }
    *login = new_login(auth, c, client, credential ? credential->id : -1, env, generation, seat);
    if (!*login || !zp__token_new(token, (*login)->token_hash)) {
        zp_login_free(*login);
        *login = NULL;
        return refuse(auth, c->cls, &broken, reply);
    }
    put_connected(reply, c, *login, access_key, token, now_s + auth->token_ttl_s);
    atomic_fetch_add(&auth->accepted, 1);
    return ZP_VERDICT_LOGIN;
}

static zp_verdict serve_connect(zp_auth *auth, const zp__connect *c, const zp_stranger *peer, int64_t now_s,
                                zp_login **login, zp_buf *reply)
{
    zp__proof proof = { .v1 = c->cls == ZP_CLASS_V,
                        .access_key = c->access_key,
                        .nonce = c->nonce,
                        .timestamp = c->timestamp,
                        .given = c->cls == ZP_CLASS_V ? c->request_token : c->signature };
    zp__refusal why = { ZP_ZQL_CONNECT_ERROR, c->wrong, 0 };
    uint64_t generation = zp_auth_generation(auth); /* before the client is looked up: never newer than it */
    const zp__credential *credential;
    const zp_client *client;

    if (c->wrong[0])
        return refuse(auth, c->cls, &why, reply);
    if (c->cls == ZP_CLASS_NATIVE && !zp_slice_is(c->protocol, "zplane/1")) {
        why.text = "this server speaks zplane/1";
        return refuse(auth, c->cls, &why, reply);
    }
    if (c->bare) {
        if (peer->trusted)
            return admit(auth, c, zp__client_ref(&auth->trusted->pub), NULL, generation, now_s, login, reply);
        return refuse(auth, c->cls, &failed, reply);
    }
    credential = zp__auth_verify(auth, c->client_key, &proof, c->time, peer->address, now_s, &client, &why);
    if (!credential)
        return refuse(auth, c->cls, &why, reply);
    return admit(auth, c, client, credential, generation, now_s, login, reply);
}

/* What an administrator wants to know; the stranger is told less. */
static void note(const zp__connect *c, const zp_stranger *peer, const zp_login *login, const zp_buf *reply)
{
    char who[64], why[128] = "";
    const char *text =
        login || reply->failed ? NULL : memmem(reply->ptr, reply->len, "\"zteradb_error\":\"", 17);

    snprintf(who, sizeof who, "%.*s", (int)(c->client_key.len < 60 ? c->client_key.len : 60),
             c->client_key.ptr ? c->client_key.ptr : "");
    if (text)
        snprintf(why, sizeof why, "%.*s", (int)strcspn(text + 17, "\""), text + 17);
    if (!login)
        ZP_LOG_RATE(ZP_LOG_INFO, "login refused", zp_log_str("peer", peer->address),
                    zp_log_str("client_key", who), zp_log_str("class", zp_zql_class_name(c->cls)),
                    zp_log_str("reason", why));
    else if (login->cls == ZP_CLASS_V && !peer->tls && !peer->loopback)
        ZP_LOG_RATE(ZP_LOG_WARN,
                    "a login of the first generation over plain TCP: who overhears it can repeat it",
                    zp_log_str("peer", peer->address), zp_log_str("client", login->client->name));
}

/* ---------------------------------------------------------------- any message of a stranger */

static zp_verdict serve_other(zp_auth *auth, const zp__connect *c, zp_buf *reply)
{
    static const zp__refusal unknown = { ZP_ZQL_CONNECT_ERROR, "the first message should be CONNECT", 0 },
                             early = { ZP_ZQL_CLIENT_AUTH_ERROR,
                                       "not logged in: the first message should be CONNECT", 0 };

    switch (zp_zql_request_of(c->request_type)) {
    case ZP_REQ_PING:
        zp_zql_put_reply(reply, ZP_CLASS_P, ZP_ZQL_PONG, "{\"pong\":true}");
        return ZP_VERDICT_STAY;
    case ZP_REQ_DISCONNECT:
        zp_zql_put_reply(reply, c->request_type == 2 ? ZP_CLASS_N : ZP_CLASS_P, ZP_ZQL_DISCONNECTED, "{}");
        return ZP_VERDICT_CLOSE;
    case ZP_REQ_UNKNOWN: return refuse(auth, ZP_CLASS_P, &unknown, reply);
    default: return refuse(auth, c->has_token ? ZP_CLASS_N : ZP_CLASS_P, &early, reply);
    }
}

zp_verdict zp_auth_frame(zp_auth *auth, const char *payload, size_t len, const zp_stranger *peer,
                         int64_t now_ms, zp_login **login, zp_buf *reply)
{
    zp_error err = ZP_ERROR_INIT;
    zp_json_doc *doc = zp_json_doc_new(&err);
    zp_verdict verdict = ZP_VERDICT_CLOSE;
    zp__connect c;

    *login = NULL;
    if (!doc || !zp__connect_read(doc, payload, len, &c, &err)) {
        zp__refusal why = { ZP_ZQL_CONNECT_ERROR, zp_error_text(&err), 0 };

        refuse(auth, ZP_CLASS_P, &why, reply);
    } else if (zp_zql_request_of(c.request_type) == ZP_REQ_CONNECT) {
        verdict = serve_connect(auth, &c, peer, now_ms / 1000, login, reply);
        note(&c, peer, *login, reply);
    } else {
        verdict = serve_other(auth, &c, reply);
    }
    zp_json_doc_free(doc);
    zp_error_clear(&err);
    if (!reply->failed)
        return verdict;
    zp_login_free(*login);
    *login = NULL;
    return ZP_VERDICT_CLOSE;
}

void zp_auth_put_refusal(zp_buf *reply, const char *text)
{
    zp_zql_put_error(reply, ZP_CLASS_P, ZP_ZQL_CONNECT_ERROR, text);
}
