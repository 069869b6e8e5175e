/* vault_list: what a vault holds, as tables for people.  A report is a row: titles and a query; the secrets are in none. */
#include <string.h>

#include "auth/auth_priv.h"

enum { COLUMNS = 8 };

typedef struct report_row {
    const char *titles[COLUMNS];
    const char *sql; /* parameter 1: how many rows at most */
} report_row;

#define ENV_NAME    "CASE env WHEN 0 THEN 'dev' WHEN 1 THEN 'qa' WHEN 2 THEN 'staging' WHEN 3 THEN 'prod' END"
#define UTC(column) "strftime('%Y-%m-%dT%H:%M:%SZ', " column ", 'unixepoch')"

static const report_row reports[] = {
    [ZP_REPORT_CLIENTS] = { { "client", "client_key", "state", "first_generation", "rights", "credentials" },
                            "SELECT name, client_key, iif(enabled, 'enabled', 'disabled'), iif(allow_v1, 'yes', 'no'),"
                            " rights, (SELECT count(*) FROM credential WHERE client = client.id AND active) || ' active'"
                            " FROM client ORDER BY name LIMIT ?" },
    [ZP_REPORT_CREDENTIALS] = { { "client", "access_key", "state", "created", "retired" },
                                "SELECT name, access_key, iif(active, 'active', 'inactive'), " UTC(
                                    "credential.created") ", coalesce(" UTC("retired") ", '') FROM credential JOIN client ON client.id = client"
                                                                                       " ORDER BY name, credential.id LIMIT ?" },
    [ZP_REPORT_GRANTS] = { { "client", "database", "environment", "access" },
                           "SELECT client.name, database.name, " ENV_NAME ", access FROM access"
                           " JOIN client ON client.id = client JOIN database ON database.id = database"
                           " ORDER BY 1, 2, env LIMIT ?" },
    [ZP_REPORT_DATABASES] = { { "database", "database_id", "bound", "schemas" },
                              "SELECT name, id, (SELECT coalesce(group_concat(" ENV_NAME "), '') FROM"
                              " (SELECT env FROM binding WHERE database = database.id ORDER BY env)),"
                              " (SELECT count(DISTINCT name) FROM version WHERE database = database.id)"
                              " FROM database ORDER BY name LIMIT ?" },
    [ZP_REPORT_BINDINGS] = { { "database", "environment", "url", "settings" },
                             "SELECT name, " ENV_NAME
                             ", shown, limits FROM binding JOIN database ON id = database"
                             " ORDER BY name, env LIMIT ?" },
    [ZP_REPORT_SCHEMAS] = { { "database", "schema", "version", "created", "published" },
                            "SELECT database.name, version.name, version, " UTC(
                                "version.created") ","
                                                   " (SELECT coalesce(group_concat(" ENV_NAME
                                                   "), 'draft') FROM (SELECT env FROM published p WHERE seen"
                                                   " AND p.database = version.database AND p.name = version.name AND p.version = version.version"
                                                   " ORDER BY env)) FROM version JOIN database ON database.id = database"
                                                   " ORDER BY 1, 2, 3 LIMIT ?" },
    [ZP_REPORT_AUDIT] = { { "at", "actor", "action", "object", "detail" },
                          "SELECT " UTC("at") ", actor, action, object, detail FROM audit"
                                              " WHERE id > (SELECT max(id) FROM audit) - ? ORDER BY id" },
};

/* Bits as words, where a column holds such. */
static const char *as_words(const char *title, sqlite3_stmt *st, int column, zp_buf *words)
{
    void (*put)(zp_buf * out, uint32_t bits) = strcmp(title, "rights") == 0   ? zp_rights_put
                                               : strcmp(title, "access") == 0 ? zp_access_put
                                                                              : NULL;

    if (!put)
        return zp__column_text(st, column);
    zp_buf_clear(words);
    put(words, (uint32_t)sqlite3_column_int(st, column));
    return zp_buf_text(words);
}

bool zp_vault_list(zp_vault *vault, zp_vault_report report, int64_t limit,
                   void (*row)(void *arg, const char *const *texts, int count), void *arg, zp_error *err)
{
    const report_row *r = &reports[report];
    sqlite3_stmt *st = zp__sql(vault, err, r->sql, "i", limit > 0 ? limit : INT64_MAX);
    const char *texts[COLUMNS];
    zp_buf words = ZP_BUF_INIT;
    bool more = false, ok = st != NULL;
    int count = st ? sqlite3_column_count(st) : 0;

    if (ok)
        row(arg, r->titles, count);
    while (ok && (ok = zp__sql_step(vault, st, &more, err)) && more) {
        for (int i = 0; i < count; i++)
            texts[i] = as_words(r->titles[i], st, i, &words);
        row(arg, texts, count);
    }
    zp_buf_fini(&words);
    sqlite3_finalize(st);
    return ok;
}
