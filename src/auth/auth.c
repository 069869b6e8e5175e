/* auth: the root object. */
#include "auth/auth.h"

#include <string.h>

#include "base/mem.h"

struct zp_auth {
    uint64_t generation;
};

zp_auth *zp_auth_new(const zp_auth_config *cfg, zp_error *err)
{
    return zp_new(zp_auth, err);
}
void zp_auth_free(zp_auth *auth)
{
    zp_free(auth);
}
bool zp_auth_poll(zp_auth *auth, bool force, zp_error *err)
{
    return true;
}
const zp_snapshot *zp_auth_snapshot(zp_auth *auth)
{
    return NULL;
}
uint64_t zp_auth_generation(const zp_auth *auth)
{
    return auth->generation;
}
const char *zp_auth_notice(const zp_auth *auth)
{
    return NULL;
}
const zp_snapshot *zp_snapshot_ref(const zp_snapshot *snap)
{
    return snap;
}
void zp_snapshot_unref(const zp_snapshot *snap)
{
}
uint64_t zp_snapshot_generation(const zp_snapshot *snap)
{
    return 0;
}
const zp_client *zp_snapshot_client(const zp_snapshot *snap, const char *client_key, size_t len)
{
    return NULL;
}
const zp_database *zp_snapshot_database(const zp_snapshot *snap, const char *database_id, size_t len)
{
    return NULL;
}
const zp_database *zp_snapshot_databases(const zp_snapshot *snap, size_t *count)
{
    *count = 0;
    return NULL;
}
uint32_t zp_client_access(const zp_client *client, const char *database_id, size_t len, zp_env env)
{
    for (size_t i = 0; i < client->ngrants; i++) {
        const zp_grant *g = &client->grants[i];

        if (g->env == env && strlen(g->database_id) == len && memcmp(g->database_id, database_id, len) == 0)
            return g->access;
    }
    return 0;
}
void zp_login_free(zp_login *login)
{
    zp_free(login);
}
void zp_login_park(zp_login *login)
{
}
bool zp_login_check(zp_login *login, const zp_snapshot *snap)
{
    return login != NULL;
}
bool zp_login_token_is(const zp_login *login, const char *token, size_t len)
{
    return false;
}
zp_verdict zp_auth_frame(zp_auth *auth, const char *payload, size_t len, const zp_stranger *peer,
                         int64_t now_ms, zp_login **login, zp_buf *reply)
{
    zp_auth_put_refusal(reply, "no client is known");
    return ZP_VERDICT_CLOSE;
}
void zp_auth_put_refusal(zp_buf *reply, const char *text)
{
    zp_zql_put_error(reply, ZP_CLASS_N, ZP_ZQL_CONNECT_ERROR, text);
}
int zp_auth_http_login(zp_auth *auth, const zp_http_login *in, int64_t now_ms, zp_buf *body)
{
    zp_auth_http_error(body, "authentication failed");
    return 401;
}
void zp_auth_http_error(zp_buf *body, const char *text)
{
    zp_buf_puts(body, "{\"error\":true,\"response_code\":1280,\"data\":{\"zteradb_error\":");
    zp_zql_put_string(body, text, strlen(text));
    zp_buf_puts(body, "}}");
}
zp_login *zp_auth_token_login(zp_auth *auth, const char *token, size_t len, int64_t now_ms)
{
    return NULL;
}
void zp_auth_stats_get(zp_auth *auth, zp_auth_stats *out)
{
    *out = (zp_auth_stats){ 0 };
}
