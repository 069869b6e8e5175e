/* rekey: seals everything again, under another master key.
 *
 * The new key is on disk before the first secret is changed, and the secrets change in one transaction: at every moment one of the two
 * keys opens all of the vault. */
#include <string.h>
#include <unistd.h>

#include "auth/auth_priv.h"

/* A table with sealed texts: what is read, what is written, and the text that each is bound to. */
typedef struct sealed_table {
    const char *select, *update; /* select: rowid, sealed, place */
} sealed_table;

static const sealed_table sealed_tables[] = {
    { "SELECT id, secret, 'credential:' || access_key FROM credential",
      "UPDATE credential SET secret = ? WHERE id = ?" },
    { "SELECT rowid, url, 'binding:' || database || ':' || CASE env WHEN 0 THEN 'dev' WHEN 1 THEN 'qa' WHEN 2 THEN 'staging' "
      "ELSE 'prod' END FROM binding",
      "UPDATE binding SET url = ? WHERE rowid = ?" },
    { "SELECT 0, value, 'check' FROM meta WHERE key = 'check'",
      "UPDATE meta SET value = ? WHERE key = 'check' AND ? = 0" },
};

static bool seal_row(zp_vault *vault, const zp__key *key, sqlite3_stmt *st, const char *update, zp_buf *plain,
                     zp_buf *sealed, zp_error *err)
{
    const char *place = zp__column_text(st, 2);

    return zp__unseal(&vault->key, place, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1),
                      plain, err) &&
           zp__seal(key, place, plain->ptr, plain->len, sealed, err) &&
           zp__sql_run(vault, NULL, err, update, "bi", (const void *)sealed->ptr, sealed->len,
                       sqlite3_column_int64(st, 0));
}

static bool seal_table(zp_vault *vault, const zp__key *key, const sealed_table *table, zp_error *err)
{
    zp_buf plain = ZP_BUF_INIT, sealed = ZP_BUF_INIT;
    sqlite3_stmt *st = zp__sql(vault, err, table->select, "");
    bool row = false, ok = st != NULL;

    while (ok && (ok = zp__sql_step(vault, st, &row, err)) && row)
        ok = seal_row(vault, key, st, table->update, &plain, &sealed, err);
    sqlite3_finalize(st);
    zp__buf_wipe(&plain);
    zp_buf_fini(&sealed);
    return ok;
}

static bool seal_all(zp_vault *vault, const zp__key *key, zp_error *err)
{
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    for (size_t i = 0; ok && i < ZP_COUNTOF(sealed_tables); i++)
        ok = seal_table(vault, key, &sealed_tables[i], err);
    ok = ok && zp_vault_log(vault, "rekey", "vault", "", err);
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_rekey(zp_vault *vault, const char *new_key_path, zp_error *err)
{
    zp__key key;
    bool ok;

    if (!*new_key_path)
        return zp_fail(err, "the new master key needs a file");
    if (!zp__key_create(NULL, new_key_path, &key, err))
        return false;
    ok = seal_all(vault, &key, err);
    if (ok)
        vault->key = key;
    else
        unlink(new_key_path);
    zp__key_wipe(&key);
    return ok;
}
