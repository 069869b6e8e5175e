/* http_login: POST /auth/login: the same proof in four headers, and a token of a fixed life for it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

enum { STAMP_DIGITS = 12 };

static void put_error(zp_buf *body, zp_zql_condition condition, const char *text, int64_t server_time)
{
    zp_buf_printf(body, "{\"error\":true,\"response_code\":%d,\"data\":{\"zteradb_error\":",
                  zp_zql_code(ZP_CLASS_N, condition));
    zp_json_put_string(body, text, strlen(text));
    if (server_time)
        zp_buf_printf(body, ",\"server_time\":%" PRId64, server_time);
    zp_buf_puts(body, "}}");
}

void zp_auth_http_error(zp_buf *body, const char *text)
{
    put_error(body, ZP_ZQL_CONNECT_ERROR, text, 0);
}

/* The four headers are there and look as they should; NULL, or what is wrong. */
static const char *check_headers(const zp_http_login *in)
{
    const char *const texts[] = { in->client_key, in->nonce, in->timestamp, in->signature };

    if (in->body_len)
        return "the body should be empty: everything is in the headers";
    for (size_t i = 0; i < ZP_COUNTOF(texts); i++) {
        if (!texts[i] || !*texts[i])
            return "X-Client-Key, X-Nonce, X-Timestamp and X-Signature are needed";
        if (strlen(texts[i]) > ZP__TEXT_MAX)
            return "a header is longer than 256 bytes";
    }
    if (strlen(in->timestamp) > STAMP_DIGITS || in->timestamp[strspn(in->timestamp, "0123456789")])
        return "X-Timestamp should be a whole number of seconds";
    return NULL;
}

static zp_slice slice_of(const char *text)
{
    return (zp_slice){ text, strlen(text) };
}

static void put_success(zp_buf *body, const zp_auth *auth, const zp_http_login *in, int64_t timestamp,
                        const char *token, int64_t now_s)
{
    zp_buf_printf(body, "{\"error\":false,\"response_code\":%d,\"data\":{\"client_key\":",
                  zp_zql_code(ZP_CLASS_N, ZP_ZQL_CONNECTED));
    zp__put_slice(body, slice_of(in->client_key));
    zp_buf_printf(body, ",\"access_token\":\"%s\",\"access_token_expire\":\"", token);
    zp__put_utc(body, now_s + auth->token_ttl_s);
    zp_buf_printf(body, "\",\"expires_in\":%" PRId64 "},\"client_auth\":{\"client_key\":", auth->token_ttl_s);
    zp__put_slice(body, slice_of(in->client_key));
    zp_buf_puts(body, ",\"nonce\":");
    zp__put_slice(body, slice_of(in->nonce));
    zp_buf_printf(body, ",\"timestamp\":%" PRId64 ",\"signature\":", timestamp);
    zp__put_slice(body, slice_of(in->signature));
    zp_buf_puts(body, "}}");
}

/* The client is who he says: a token.  The status. */
static int grant_token(zp_auth *auth, const zp_http_login *in, int64_t timestamp, const zp_client *client,
                       int64_t credential, int64_t now_s, zp_buf *body)
{
    uint8_t hash[32];
    char token[65];

    if (!zp__token_new(token, hash) ||
        !zp__tokens_add(auth->tokens, hash, client, credential, now_s + auth->token_ttl_s, now_s)) {
        put_error(body, ZP_ZQL_CONNECT_ERROR, "too many tokens: try again later", 0);
        return 503;
    }
    atomic_fetch_add(&auth->accepted, 1);
    put_success(body, auth, in, timestamp, token, now_s);
    return 200;
}

int zp_auth_http_login(zp_auth *auth, const zp_http_login *in, int64_t now_ms, zp_buf *body)
{
    const char *wrong = check_headers(in);
    int64_t now_s = now_ms / 1000, timestamp = 0;
    const zp__credential *credential;
    const zp_client *client;
    zp__refusal why;
    zp__proof proof;
    int status;

    if (wrong) {
        zp_auth_http_error(body, wrong);
        return 400;
    }
    sscanf(in->timestamp, "%" SCNd64, &timestamp);
    proof = (zp__proof){ .nonce = slice_of(in->nonce),
                         .timestamp = slice_of(in->timestamp),
                         .given = slice_of(in->signature) };
    credential = zp__auth_verify(auth, slice_of(in->client_key), &proof, timestamp, "", now_s, &client, &why);
    if (!credential) {
        atomic_fetch_add(&auth->refused, 1);
        /* All refusals read alike, but for the clock, which an honest client can mend. */
        put_error(body, ZP_ZQL_CLIENT_AUTH_ERROR, why.server_time ? why.text : zp__auth_failed,
                  why.server_time);
        return 401;
    }
    status = grant_token(auth, in, timestamp, client, credential->id, now_s, body);
    zp__client_unref(client);
    return status;
}

zp_login *zp_auth_token_login(zp_auth *auth, const char *token, size_t len, int64_t now_ms)
{
    const zp_snapshot *snap;
    zp_login *login;
    uint8_t hash[32];
    int64_t credential = -1;
    const zp_client *client = zp__token_hash(token, len, hash)
                                  ? zp__tokens_find(auth->tokens, hash, now_ms / 1000, &credential)
                                  : NULL;

    login = client ? zp_alloc_zero(sizeof *login, NULL) : NULL;
    if (!login) {
        zp__client_unref(client);
        return NULL;
    }
    *login = (zp_login){ .cls = ZP_CLASS_NATIVE,
                         .rights = client->rights,
                         .client = client,
                         .env = ZP_ENV_NONE,
                         .database_id = "",
                         .auth = auth,
                         .credential = credential };
    memcpy(login->token_hash, hash, sizeof hash);
    /* Generation 0 is older than any: revoked credentials and shrunken rights end the token's life. */
    snap = zp_auth_snapshot(auth);
    if (!zp_login_check(login, snap)) {
        zp_login_free(login);
        login = NULL;
    }
    zp_snapshot_unref(snap);
    return login;
}
