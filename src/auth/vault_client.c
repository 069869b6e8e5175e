/* vault_client: clients and their credentials.
 *
 * A client has one public key and several access/secret pairs, of which up to four are active: while keys are rotated, servers
 * that still have the old pair and those that have the new one are both let in. */
#include <ctype.h>
#include <string.h>

#include <openssl/crypto.h>

#include "auth/auth_priv.h"

static bool check_letters(const char *kind, const char *text, size_t most, zp_error *err)
{
    size_t len = strlen(text);

    if (len == 0 || len > most)
        return zp_fail(err, "a %s has 1 to %zu characters", kind, most);
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("-_.", text[i]))
            return zp_fail(err, "'%s' is no %s: it may hold letters, digits, '-', '_' and '.'", text, kind);
    }
    return true;
}

bool zp__name_check(const char *kind, const char *name, zp_error *err)
{
    return check_letters(kind, name, 64, err);
}

bool zp__key_check(const char *kind, const char *key, zp_error *err)
{
    return check_letters(kind, key, 64, err);
}

bool zp__client_id(zp_vault *vault, const char *client, int64_t *id, zp_error *err)
{
    if (!zp__sql_number(vault, -1, id, err,
                        "SELECT id FROM client WHERE name = ?1 OR client_key = ?1 ORDER BY name = ?1 DESC",
                        "t", client))
        return false;
    return *id >= 0 || zp_fail(err, "there is no client '%s': 'zplane vault client list' shows them", client);
}

bool zp_vault_client_get(zp_vault *vault, const char *client, bool *found, bool *enabled, bool *allow_v1,
                         uint32_t *rights, zp_error *err)
{
    sqlite3_stmt *st =
        zp__sql(vault, err, "SELECT enabled, allow_v1, rights FROM client WHERE name = ?1 OR client_key = ?1",
                "t", client);
    bool ok = st && zp__sql_step(vault, st, found, err);

    if (ok && *found) {
        if (enabled)
            *enabled = sqlite3_column_int(st, 0) != 0;
        if (allow_v1)
            *allow_v1 = sqlite3_column_int(st, 1) != 0;
        if (rights)
            *rights = (uint32_t)sqlite3_column_int(st, 2);
    }
    sqlite3_finalize(st);
    return ok;
}

/* ---------------------------------------------------------------- credentials */

static void credential_place(zp_buf *where, const char *access_key)
{
    zp_buf_printf(where, "credential:%s", access_key);
}

static bool seal_secret(zp_vault *vault, const char *access_key, const char *secret, zp_buf *sealed,
                        zp_error *err)
{
    zp_buf where = ZP_BUF_INIT;
    bool ok;

    credential_place(&where, access_key);
    ok = zp_buf_ok(&where, err) &&
         zp__seal(&vault->key, zp_buf_text(&where), secret, strlen(secret), sealed, err);
    zp_buf_fini(&where);
    return ok;
}

bool zp__credential_secret(const zp_vault *vault, const char *access_key, const void *sealed, size_t len,
                           zp_buf *plain, zp_error *err)
{
    zp_buf where = ZP_BUF_INIT;
    bool ok;

    credential_place(&where, access_key);
    ok = zp_buf_ok(&where, err) && zp__unseal(&vault->key, zp_buf_text(&where), sealed, len, plain, err);
    zp_buf_fini(&where);
    return ok;
}

static bool check_secret(const char *secret, zp_error *err)
{
    size_t len = strlen(secret);

    return (len >= 16 && len <= ZP__TEXT_MAX) ||
           zp_fail(err, "a secret key has 16 to %d characters", ZP__TEXT_MAX);
}

/* At most four may be active, the new one among them. */
static bool check_active(zp_vault *vault, int64_t client, zp_error *err)
{
    int64_t active;

    if (!zp__sql_number(vault, 0, &active, err, "SELECT count(*) FROM credential WHERE client = ? AND active",
                        "i", client))
        return false;
    return active <= ZP_ACTIVE_MAX ||
           zp_fail(
               err,
               "this client has %d active credentials already: retire one with 'zplane vault client retire "
               "ACCESS_KEY'",
               ZP_ACTIVE_MAX);
}

static bool add_credential(zp_vault *vault, int64_t client, const char *access_key, const char *secret,
                           bool active, zp_error *err)
{
    zp_buf sealed = ZP_BUF_INIT;
    int64_t there;
    bool ok = zp__key_check("access key", access_key, err) && check_secret(secret, err) &&
              zp__sql_number(vault, 0, &there, err, "SELECT count(*) FROM credential WHERE access_key = ?",
                             "t", access_key);

    if (ok && there)
        ok = zp_fail(err, "the access key %s is taken", access_key);
    ok = ok && seal_secret(vault, access_key, secret, &sealed, err) &&
         zp__sql_run(
             vault, NULL, err,
             "INSERT INTO credential(client, access_key, secret, active, created) VALUES(?, ?, ?, ?, ?)",
             "itbii", client, access_key, (const void *)sealed.ptr, sealed.len, (int64_t)active, zp__now()) &&
         check_active(vault, client, err);
    zp_buf_fini(&sealed);
    return ok;
}

static bool make_pair(zp_new_keys *keys, zp_error *err)
{
    return zp__random_key(keys->access_key, ZP_KEY_LEN, err) &&
           zp__random_hex(keys->secret_key, ZP_SECRET_LEN, err);
}

bool zp_vault_client_rotate(zp_vault *vault, const char *client, bool retire_others, zp_new_keys *keys,
                            zp_error *err)
{
    int64_t id;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    memset(keys, 0, sizeof *keys);
    ok = zp__client_id(vault, client, &id, err) && make_pair(keys, err);
    if (ok && retire_others)
        ok = zp__sql_run(vault, NULL, err,
                         "UPDATE credential SET active = 0, retired = ? WHERE client = ? AND active", "ii",
                         zp__now(), id);
    ok = ok && add_credential(vault, id, keys->access_key, keys->secret_key, true, err) &&
         zp_vault_log(vault, retire_others ? "rotate-now" : "rotate", client, keys->access_key, err);
    return zp_vault_end(vault, ok, err);
}

/* Is the pair stored just so? */
static bool same_credential(zp_vault *vault, const char *access_key, const char *secret, int64_t *owner,
                            bool *active, bool *same_secret, zp_error *err)
{
    sqlite3_stmt *st =
        zp__sql(vault, err, "SELECT client, active, secret FROM credential WHERE access_key = ?", "t",
                access_key);
    zp_buf plain = ZP_BUF_INIT;
    bool row = false, ok = st && zp__sql_step(vault, st, &row, err);

    *owner = -1;
    if (ok && row) {
        *owner = sqlite3_column_int64(st, 0);
        *active = sqlite3_column_int(st, 1) != 0;
        ok = zp__credential_secret(vault, access_key, sqlite3_column_blob(st, 2),
                                   (size_t)sqlite3_column_bytes(st, 2), &plain, err);
        *same_secret = ok && plain.len == strlen(secret) && CRYPTO_memcmp(plain.ptr, secret, plain.len) == 0;
    }
    zp__buf_wipe(&plain);
    sqlite3_finalize(st);
    return ok;
}

static bool change_credential(zp_vault *vault, int64_t client, const char *access_key, const char *secret,
                              bool active, zp_error *err)
{
    zp_buf sealed = ZP_BUF_INIT;
    bool ok = check_secret(secret, err) && seal_secret(vault, access_key, secret, &sealed, err) &&
              zp__sql_run(
                  vault, NULL, err,
                  "UPDATE credential SET secret = ?, active = ?, retired = CASE WHEN ?2 THEN NULL ELSE ? END "
                  "WHERE access_key = ?",
                  "biit", (const void *)sealed.ptr, sealed.len, (int64_t)active, zp__now(), access_key) &&
              check_active(vault, client, err);

    zp_buf_fini(&sealed);
    return ok;
}

bool zp_vault_credential_put(zp_vault *vault, const char *client, const char *access_key,
                             const char *secret_key, bool active, bool *changed, zp_error *err)
{
    int64_t id, owner = -1;
    bool was_active = false, same = false, ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp__client_id(vault, client, &id, err) &&
         same_credential(vault, access_key, secret_key, &owner, &was_active, &same, err);
    *changed = owner < 0 || !same || was_active != active;
    if (ok && owner >= 0 && owner != id)
        ok = zp_fail(err, "the access key %s belongs to another client", access_key);
    else if (ok && owner < 0)
        ok = add_credential(vault, id, access_key, secret_key, active, err);
    else if (ok && *changed)
        ok = change_credential(vault, id, access_key, secret_key, active, err);
    if (ok && *changed)
        ok = zp_vault_log(vault, active ? "credential" : "credential-inactive", client, access_key, err);
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_credential_retire(zp_vault *vault, const char *access_key, zp_error *err)
{
    int64_t changed = 0;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp__sql_run(vault, &changed, err,
                     "UPDATE credential SET active = 0, retired = ? WHERE access_key = ? AND active", "it",
                     zp__now(), access_key);
    if (ok && !changed)
        ok = zp_fail(err, "there is no active credential with the access key '%s'", access_key);
    ok = ok && zp_vault_log(vault, "retire", access_key, "", err);
    return zp_vault_end(vault, ok, err);
}

/* ---------------------------------------------------------------- clients */

/* Copies a given key, or makes one. */
static bool key_or_random(const char *given, char *to, zp_error *err)
{
    if (!given)
        return zp__random_key(to, ZP_KEY_LEN, err);
    if (!zp__key_check("key", given, err))
        return false;
    memcpy(to, given, strlen(given) + 1);
    return true;
}

static bool fill_keys(const zp_client_spec *spec, zp_new_keys *keys, zp_error *err)
{
    memset(keys, 0, sizeof *keys);
    if (!key_or_random(spec->client_key, keys->client_key, err) || spec->no_credential)
        return spec->no_credential && keys->client_key[0];
    if (!key_or_random(spec->access_key, keys->access_key, err))
        return false;
    if (!spec->secret_key)
        return zp__random_hex(keys->secret_key, ZP_SECRET_LEN, err);
    if (!check_secret(spec->secret_key, err))
        return false;
    memcpy(keys->secret_key, spec->secret_key, strlen(spec->secret_key) + 1);
    return true;
}

bool zp_vault_client_add(zp_vault *vault, const zp_client_spec *spec, zp_new_keys *keys, zp_error *err)
{
    int64_t there, id;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp__name_check("name of a client", spec->name, err) && fill_keys(spec, keys, err) &&
         zp__sql_number(vault, 0, &there, err,
                        "SELECT count(*) FROM client WHERE name IN (?1, ?2) OR client_key IN (?1, ?2)", "tt",
                        spec->name, keys->client_key);
    if (ok && there)
        ok = zp_fail(err, "there is already a client '%s'", spec->name);
    ok = ok && zp__sql_run(vault, NULL, err,
                           "INSERT INTO client(name, client_key, allow_v1, enabled, rights, created) "
                           "VALUES(?, ?, ?, 1, ?, ?)",
                           "ttiii", spec->name, keys->client_key, (int64_t)spec->allow_v1,
                           (int64_t)spec->rights, zp__now());
    id = sqlite3_last_insert_rowid(vault->db);
    if (ok && !spec->no_credential)
        ok = add_credential(vault, id, keys->access_key, keys->secret_key, true, err);
    ok = ok && zp_vault_log(vault, "client-add", spec->name, keys->client_key, err);
    return zp_vault_end(vault, ok, err);
}

/* UPDATE client SET ... = value of one client, with its line in the audit log. */
static bool set_client(zp_vault *vault, const char *client, const char *sql, int64_t value,
                       const char *action, const char *detail, zp_error *err)
{
    int64_t id;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok = zp__client_id(vault, client, &id, err) && zp__sql_run(vault, NULL, err, sql, "ii", value, id) &&
         zp_vault_log(vault, action, client, detail, err);
    return zp_vault_end(vault, ok, err);
}

bool zp_vault_client_enable(zp_vault *vault, const char *client, bool enabled, zp_error *err)
{
    return set_client(vault, client, "UPDATE client SET enabled = ? WHERE id = ?", enabled,
                      enabled ? "client-enable" : "client-disable", "", err);
}

bool zp_vault_client_allow_v1(zp_vault *vault, const char *client, bool allow, zp_error *err)
{
    return set_client(vault, client, "UPDATE client SET allow_v1 = ? WHERE id = ?", allow, "client-v1",
                      allow ? "allowed" : "refused", err);
}

bool zp_vault_client_rights(zp_vault *vault, const char *client, uint32_t rights, zp_error *err)
{
    zp_buf words = ZP_BUF_INIT;
    bool ok;

    zp_rights_put(&words, rights);
    ok = zp_buf_ok(&words, err) && set_client(vault, client, "UPDATE client SET rights = ? WHERE id = ?",
                                              rights, "client-rights", zp_buf_text(&words), err);
    zp_buf_fini(&words);
    return ok;
}

bool zp_vault_client_remove(zp_vault *vault, const char *client, zp_error *err)
{
    return set_client(vault, client, "DELETE FROM client WHERE ?1 = 0 AND id = ?2", 0, "client-remove", "",
                      err);
}
