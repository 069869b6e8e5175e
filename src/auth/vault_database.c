/* vault_database: databases, what their environments are bound to, and who may reach them.
 *
 * The whole URL of a binding is sealed; beside it lies the text that may be shown. */
#include <string.h>

#include "auth/auth_priv.h"

bool zp_vault_database_id(zp_vault *vault, const char *database, bool must, char id[65], zp_error *err)
{
    sqlite3_stmt *st =
        zp__sql(vault, err, "SELECT id FROM database WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC", "t",
                database);
    bool row = false, ok = st && zp__sql_step(vault, st, &row, err);

    id[0] = '\0';
    if (ok && row)
        sqlite3_snprintf(65, id, "%s", zp__column_text(st, 0));
    else if (ok && must)
        ok = zp_fail(err, "there is no database '%s': 'zplane vault database list' shows them", database);
    sqlite3_finalize(st);
    return ok;
}

bool zp_vault_database_add(zp_vault *vault, const char *id, const char *name, char made_id[65], zp_error *err)
{
    char key[65], there[65];
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp__name_check("name of a database", name, err);
    if (ok && id)
        ok = zp__key_check("database id", id, err) && memcpy(key, id, strlen(id) + 1);
    else if (ok)
        ok = zp__random_key(key, ZP_KEY_LEN, err);
    ok = ok && zp_vault_database_id(vault, name, false, there, err);
    if (ok && !there[0])
        ok = zp_vault_database_id(vault, key, false, there, err);
    if (ok && there[0])
        ok = zp_fail(err, "there is already a database '%s'", name);
    ok = ok &&
         zp__sql_run(vault, NULL, err, "INSERT INTO database VALUES(?, ?, ?)", "tti", key, name, zp__now()) &&
         zp_vault_log(vault, "database-add", name, key, err);
    if (ok && made_id)
        memcpy(made_id, key, sizeof key);
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_database_remove(zp_vault *vault, const char *database, zp_error *err)
{
    char id[65];
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp_vault_database_id(vault, database, true, id, err) &&
         zp__sql_run(vault, NULL, err, "DELETE FROM database WHERE id = ?", "t", id) &&
         zp_vault_log(vault, "database-remove", database, id, err);
    return zp_vault_end(vault, ok, err);
}

/* ---------------------------------------------------------------- bindings */

static void binding_place(zp_buf *where, const char *id, zp_env env)
{
    zp_buf_printf(where, "binding:%s:%s", id, zp_env_name(env));
}

bool zp__binding_url(const zp_vault *vault, const char *id, zp_env env, const void *sealed, size_t len,
                     zp_buf *url, zp_error *err)
{
    zp_buf where = ZP_BUF_INIT;
    bool ok;

    binding_place(&where, id, env);
    ok = zp_buf_ok(&where, err) && zp__unseal(&vault->key, zp_buf_text(&where), sealed, len, url, err);
    zp_buf_fini(&where);
    return ok;
}

static bool check_url(const char *url, zp_error *err)
{
    size_t scheme = strcspn(url, ":");

    for (const char *at = url; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return zp_fail(err, "the URL of a binding holds a control character");
    }
    return (scheme > 0 && url[scheme] == ':' && (url[scheme + 1] || strcmp(url, "series:") == 0)) ||
           zp_fail(err, "the URL of a binding begins with sqlite:, postgresql:, mariadb: or series:");
}

/* Is it bound just so? */
static bool same_binding(zp_vault *vault, const char *id, zp_env env, const char *url, const char *limits,
                         bool *same, zp_error *err)
{
    sqlite3_stmt *st = zp__sql(vault, err, "SELECT url, limits FROM binding WHERE database = ? AND env = ?",
                               "ti", id, (int64_t)env);
    zp_buf plain = ZP_BUF_INIT;
    bool row = false, ok = st && zp__sql_step(vault, st, &row, err);

    *same = false;
    if (ok && row) {
        ok = zp__binding_url(vault, id, env, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0),
                             &plain, err);
        *same = ok && strcmp(zp_buf_text(&plain), url) == 0 && strcmp(zp__column_text(st, 1), limits) == 0;
    }
    zp__buf_wipe(&plain);
    sqlite3_finalize(st);
    return ok;
}

static bool write_binding(zp_vault *vault, const char *id, zp_env env, const char *url, const char *limits,
                          zp_error *err)
{
    zp_buf where = ZP_BUF_INIT, sealed = ZP_BUF_INIT, shown = ZP_BUF_INIT;
    bool ok;

    binding_place(&where, id, env);
    zp__url_mask(url, &shown);
    ok = zp_buf_ok(&where, err) && zp_buf_ok(&shown, err) &&
         zp__seal(&vault->key, zp_buf_text(&where), url, strlen(url), &sealed, err) &&
         zp__sql_run(vault, NULL, err, "INSERT OR REPLACE INTO binding VALUES(?, ?, ?, ?, ?)", "tibtt", id,
                     (int64_t)env, (const void *)sealed.ptr, sealed.len, zp_buf_text(&shown), limits);
    if (ok) {
        zp_buf_clear(&where);
        zp_buf_printf(&where, "%s %s%s%s", zp_env_name(env), zp_buf_text(&shown), *limits ? " " : "", limits);
        ok = zp_buf_ok(&where, err) && zp_vault_log(vault, "bind", id, zp_buf_text(&where), err);
    }
    zp_buf_fini(&where);
    zp_buf_fini(&sealed);
    zp_buf_fini(&shown);
    return ok;
}

bool zp_vault_bind(zp_vault *vault, const char *database, zp_env env, const char *url, const char *limits,
                   bool *changed, zp_error *err)
{
    zp_bind_limits parsed;
    char id[65];
    bool same = false, ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    limits = limits ? limits : "";
    ok = check_url(url, err) && zp__limits_parse(limits, &parsed, err) &&
         zp_vault_database_id(vault, database, true, id, err) &&
         same_binding(vault, id, env, url, limits, &same, err);
    if (ok && !same)
        ok = write_binding(vault, id, env, url, limits, err);
    if (changed)
        *changed = !same;
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_unbind(zp_vault *vault, const char *database, zp_env env, zp_error *err)
{
    char id[65];
    int64_t changed = 0;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp_vault_database_id(vault, database, true, id, err) &&
         zp__sql_run(vault, &changed, err, "DELETE FROM binding WHERE database = ? AND env = ?", "ti", id,
                     (int64_t)env);
    if (ok && !changed)
        ok = zp_fail(err, "%s is not bound in %s", database, zp_env_name(env));
    ok = ok && zp_vault_log(vault, "unbind", id, zp_env_name(env), err);
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_url(zp_vault *vault, const char *database, zp_env env, zp_buf *url, zp_error *err)
{
    char id[65];
    sqlite3_stmt *st = NULL;
    bool row = false, ok = zp_vault_database_id(vault, database, true, id, err);

    if (ok)
        st = zp__sql(vault, err, "SELECT url FROM binding WHERE database = ? AND env = ?", "ti", id,
                     (int64_t)env);
    ok = st && zp__sql_step(vault, st, &row, err);
    if (ok && !row)
        ok = zp_fail(err, "%s is not bound in %s: 'zplane vault bind %s %s URL' does that", database,
                     zp_env_name(env), database, zp_env_name(env));
    ok = ok && zp__binding_url(vault, id, env, sqlite3_column_blob(st, 0),
                               (size_t)sqlite3_column_bytes(st, 0), url, err);
    sqlite3_finalize(st);
    return ok;
}

bool zp_vault_bound(zp_vault *vault, const char *database, uint32_t *envs, zp_error *err)
{
    char id[65];
    int64_t bits = 0;
    bool ok =
        zp_vault_database_id(vault, database, true, id, err) &&
        zp__sql_number(vault, 0, &bits, err, "SELECT sum(1 << env) FROM binding WHERE database = ?", "t", id);

    *envs = (uint32_t)bits;
    return ok;
}

/* ---------------------------------------------------------------- grants */

static bool log_grant(zp_vault *vault, const char *client, const char *id, zp_env env, uint32_t access,
                      zp_error *err)
{
    zp_buf detail = ZP_BUF_INIT;
    bool ok;

    zp_buf_printf(&detail, "%s %s ", id, zp_env_name(env));
    zp_access_put(&detail, access);
    ok = zp_buf_ok(&detail, err) &&
         zp_vault_log(vault, access ? "grant" : "revoke", client, zp_buf_text(&detail), err);
    zp_buf_fini(&detail);
    return ok;
}

bool zp_vault_grant(zp_vault *vault, const char *client, const char *database, zp_env env, uint32_t access,
                    bool *changed, zp_error *err)
{
    char id[65];
    int64_t number = 0, before = 0;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp__client_id(vault, client, &number, err) && zp_vault_database_id(vault, database, true, id, err) &&
         zp__sql_number(vault, 0, &before, err,
                        "SELECT access FROM access WHERE client = ? AND database = ? AND env = ?", "iti",
                        number, id, (int64_t)env);
    if (ok && before != access && access)
        ok = zp__sql_run(vault, NULL, err, "INSERT OR REPLACE INTO access VALUES(?, ?, ?, ?)", "itii", number,
                         id, (int64_t)env, (int64_t)access);
    else if (ok && before != access)
        ok = zp__sql_run(vault, NULL, err, "DELETE FROM access WHERE client = ? AND database = ? AND env = ?",
                         "iti", number, id, (int64_t)env);
    if (ok && before != access)
        ok = log_grant(vault, client, id, env, access, err);
    if (changed)
        *changed = ok && before != access;
    return zp_vault_end(vault, ok, err);
}
