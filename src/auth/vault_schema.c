/* vault_schema: versions of schemas, and which of them an environment sees.
 *
 * A version is a text that never changes.  `published` remembers every publication, the one that is seen marked: a version that was
 * ever published in one phase may go on to the next, also when the earlier phase has moved on. */
#include <string.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

void zp_schema_version_fini(zp_schema_version *v)
{
    zp_free(v->text);
    *v = (zp_schema_version){ 0 };
}

/* The row (version, text) of a statement, which is consumed. */
static bool take_version(zp_vault *vault, sqlite3_stmt *st, zp_schema_version *out, zp_error *err)
{
    bool row = false, ok = st && zp__sql_step(vault, st, &row, err);

    *out = (zp_schema_version){ 0 };
    if (ok && row) {
        const char *text = zp__column_text(st, 1);
        size_t len = strlen(text) + 1;

        out->text = zp_alloc(len, err);
        ok = out->text && memcpy(out->text, text, len);
        out->version = ok ? sqlite3_column_int64(st, 0) : 0;
    }
    sqlite3_finalize(st);
    return ok;
}

bool zp_vault_schema_get(zp_vault *vault, const char *database, const char *name, int64_t version,
                         zp_schema_version *out, zp_error *err)
{
    char id[65];

    *out = (zp_schema_version){ 0 };
    return zp_vault_database_id(vault, database, true, id, err) &&
           take_version(
               vault,
               zp__sql(
                   vault, err,
                   "SELECT version, text FROM version WHERE database = ? AND name = ? AND ?3 IN (0, version) "
                   "ORDER BY version DESC LIMIT 1",
                   "tti", id, name, version),
               out, err);
}

bool zp_vault_schema_seen(zp_vault *vault, const char *database, const char *name, zp_env env,
                          zp_schema_version *out, zp_error *err)
{
    char id[65];

    *out = (zp_schema_version){ 0 };
    return zp_vault_database_id(vault, database, true, id, err) &&
           take_version(
               vault,
               zp__sql(vault, err,
                       "SELECT version, text FROM published JOIN version USING (database, name, version) "
                       "WHERE database = ? AND name = ? AND env = ? AND seen",
                       "tti", id, name, (int64_t)env),
               out, err);
}

bool zp_vault_schema_draft(zp_vault *vault, const char *database, const char *name, const char *text,
                           size_t len, int64_t *version, bool *changed, zp_error *err)
{
    zp_schema_version last = { 0 };
    char id[65];
    bool same, ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp_vault_database_id(vault, database, true, id, err) &&
         zp_vault_schema_get(vault, id, name, 0, &last, err);
    same = ok && last.text && strlen(last.text) == len && memcmp(last.text, text, len) == 0;
    *version = last.version + !same;
    *changed = !same;
    if (ok && !same) {
        zp_buf detail = ZP_BUF_INIT;

        zp_buf_printf(&detail, "%s version %lld", name, (long long)*version);
        ok = zp_buf_ok(&detail, err) &&
             zp__sql_run(vault, NULL, err, "INSERT INTO version VALUES(?, ?, ?, CAST(? AS TEXT), ?)", "ttibi",
                         id, name, *version, (const void *)text, len, zp__now()) &&
             zp_vault_log(vault, "schema-create", id, zp_buf_text(&detail), err);
        zp_buf_fini(&detail);
    }
    zp_schema_version_fini(&last);
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_schema_was(zp_vault *vault, const char *database, const char *name, int64_t version, zp_env env,
                         bool *was, zp_error *err)
{
    char id[65];
    int64_t count = 0;
    bool ok =
        zp_vault_database_id(vault, database, true, id, err) &&
        zp__sql_number(
            vault, 0, &count, err,
            "SELECT count(*) FROM published WHERE database = ? AND env = ? AND name = ? AND version = ?",
            "titi", id, (int64_t)env, name, version);

    *was = count > 0;
    return ok;
}

static bool write_publication(zp_vault *vault, const char *id, const char *name, int64_t version, zp_env env,
                              zp_error *err)
{
    zp_buf detail = ZP_BUF_INIT;
    bool ok;

    zp_buf_printf(&detail, "%s version %lld in %s", name, (long long)version, zp_env_name(env));
    ok = zp_buf_ok(&detail, err) &&
         zp__sql_run(vault, NULL, err,
                     "UPDATE published SET seen = 0 WHERE database = ? AND env = ? AND name = ? AND seen",
                     "tit", id, (int64_t)env, name) &&
         zp__sql_run(vault, NULL, err,
                     "INSERT INTO published(database, env, name, version, at, seen) VALUES(?, ?, ?, ?, ?, 1)",
                     "titii", id, (int64_t)env, name, version, zp__now()) &&
         zp_vault_log(vault, "schema-publish", id, zp_buf_text(&detail), err);
    zp_buf_fini(&detail);
    return ok;
}

bool zp_vault_schema_publish(zp_vault *vault, const char *database, const char *name, int64_t version,
                             zp_env env, bool *changed, zp_error *err)
{
    char id[65];
    int64_t seen = 0;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp_vault_database_id(vault, database, true, id, err) &&
         zp__sql_number(vault, 0, &seen, err,
                        "SELECT version FROM published WHERE database = ? AND env = ? AND name = ? AND seen",
                        "tit", id, (int64_t)env, name);
    *changed = ok && seen != version;
    if (*changed)
        ok = write_publication(vault, id, name, version, env, err);
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_schema_each(zp_vault *vault, const char *database, zp_env env,
                          bool (*each)(void *arg, const char *name, int64_t version, const char *text,
                                       size_t len, zp_error *err),
                          void *arg, zp_error *err)
{
    static const char
        newest[] = "SELECT name, max(version), text FROM version WHERE database = ? AND ? < 0 "
                   "GROUP BY name ORDER BY name",
        seen[] = "SELECT name, version, text FROM published JOIN version USING (database, name, version) "
                 "WHERE database = ? AND env = ? AND seen ORDER BY name";
    char id[65];
    sqlite3_stmt *st = NULL;
    bool row = false, ok = zp_vault_database_id(vault, database, true, id, err);

    if (ok)
        st = zp__sql(vault, err, env == ZP_ENV_NONE ? newest : seen, "ti", id, (int64_t)env);
    ok = st != NULL;
    while (ok && (ok = zp__sql_step(vault, st, &row, err)) && row)
        ok = each(arg, zp__column_text(st, 0), sqlite3_column_int64(st, 1), zp__column_text(st, 2),
                  (size_t)sqlite3_column_bytes(st, 2), err);
    sqlite3_finalize(st);
    return ok;
}
