/* vault: the file that knows the clients, as its administrator sees it.
 *
 *     zplane vault ... --vault.h--> vault.db (SQLite, mode 0600) --auth.h--> snapshots of running servers
 *
 * Secrets (secret keys of clients, URLs of backends) are sealed by AES-256-GCM; the text that is authenticated with each names the
 * row it belongs to, so that a sealed secret moved to another row does not open.  The master key is looked for in
 *
 *     1. the file named by the caller (option vault.key)
 *     2. the environment: ZPLANE_MASTER_KEY, 64 hexadecimal digits (forgotten once it is read)
 *     3. a systemd credential: $CREDENTIALS_DIRECTORY/zplane-master-key
 *     4. the file PATH-OF-THE-VAULT.key
 *
 * and a file that others can read is refused.  Every change is one transaction, raises the generation and writes a line to the
 * audit log.  Several processes may work on one vault; a running server sees a change within a second.
 *
 * Thread: one at a time per zp_vault. */
#ifndef ZP_AUTH_VAULT_H
#define ZP_AUTH_VAULT_H

#include "auth/auth.h"
#include "base/config.h"

typedef struct zp_vault zp_vault;

/* Where the configuration puts the vault (options vault, state.dir, data) and what outlives a restart.  Either stays empty when
 * nothing says where. */
bool zp_vault_places(const zp_config *cfg, zp_buf *vault, zp_buf *state_dir, zp_error *err) ZP_MUST_CHECK;

/* Makes a vault, and a master key beside it when none is found by the rules above (then `*made_key` is set). */
bool zp_vault_init(const char *path, const char *key_path, bool *made_key, zp_error *err) ZP_MUST_CHECK;
/* `actor`: who is written into the audit log. */
zp_vault *zp_vault_open(const char *path, const char *key_path, const char *actor,
                        zp_error *err) ZP_MUST_CHECK;
void zp_vault_close(zp_vault *vault);

/* Makes a new master key in a file that is not there yet, and seals everything under it. */
bool zp_vault_rekey(zp_vault *vault, const char *new_key_path, zp_error *err) ZP_MUST_CHECK;

/* Several changes as one: begin nests; the outermost end commits, or undoes everything when any of them said !ok. */
bool zp_vault_begin(zp_vault *vault, zp_error *err) ZP_MUST_CHECK;
bool zp_vault_end(zp_vault *vault, bool ok, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- clients */

enum { ZP_KEY_LEN = 26, ZP_SECRET_LEN = 64, ZP_ACTIVE_MAX = 4 };

/* A fresh pair, shown once and never again. */
typedef struct zp_new_keys {
    char client_key[257], access_key[257], secret_key[257];
} zp_new_keys;

/* NULL keys are generated; `keys` gets all of them.  `secret_key` needs `access_key`. */
typedef struct zp_client_spec {
    const char *name, *client_key, *access_key, *secret_key;
    bool allow_v1, no_credential;
    uint32_t rights; /* ZP_RIGHT_* */
} zp_client_spec;
bool zp_vault_client_add(zp_vault *vault, const zp_client_spec *spec, zp_new_keys *keys,
                         zp_error *err) ZP_MUST_CHECK;
/* `client`: name or client key, here and below. */
bool zp_vault_client_enable(zp_vault *vault, const char *client, bool enabled, zp_error *err) ZP_MUST_CHECK;
bool zp_vault_client_allow_v1(zp_vault *vault, const char *client, bool allow, zp_error *err) ZP_MUST_CHECK;
bool zp_vault_client_rights(zp_vault *vault, const char *client, uint32_t rights,
                            zp_error *err) ZP_MUST_CHECK;
bool zp_vault_client_remove(zp_vault *vault, const char *client, zp_error *err) ZP_MUST_CHECK;
/* Adds an active pair; the others stay active until they are retired (`retire_others`: at once). */
bool zp_vault_client_rotate(zp_vault *vault, const char *client, bool retire_others, zp_new_keys *keys,
                            zp_error *err) ZP_MUST_CHECK;
/* Adds or changes the pair of that access key (of a declarative file); no effect when it is there already. */
bool zp_vault_credential_put(zp_vault *vault, const char *client, const char *access_key,
                             const char *secret_key, bool active, bool *changed, zp_error *err) ZP_MUST_CHECK;
bool zp_vault_credential_retire(zp_vault *vault, const char *access_key, zp_error *err) ZP_MUST_CHECK;
/* Does this client exist?  Its settings in *enabled, *allow_v1, *rights (NULL: not wanted). */
bool zp_vault_client_get(zp_vault *vault, const char *client, bool *found, bool *enabled, bool *allow_v1,
                         uint32_t *rights, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- databases */

/* NULL `id`: generated; `made_id` (may be NULL) gets it. */
bool zp_vault_database_add(zp_vault *vault, const char *id, const char *name, char made_id[65],
                           zp_error *err) ZP_MUST_CHECK;
bool zp_vault_database_remove(zp_vault *vault, const char *database, zp_error *err) ZP_MUST_CHECK;
/* `database`: id or name, here and below.  The id of it; "" when it is not there (`must`: an error). */
bool zp_vault_database_id(zp_vault *vault, const char *database, bool must, char id[65],
                          zp_error *err) ZP_MUST_CHECK;
/* `limits`: "pool-max=20 query-ms=5000", each key of ZP_BIND_LIMITS; NULL or "": defaults.  `changed` may be NULL. */
bool zp_vault_bind(zp_vault *vault, const char *database, zp_env env, const char *url, const char *limits,
                   bool *changed, zp_error *err) ZP_MUST_CHECK;
bool zp_vault_unbind(zp_vault *vault, const char *database, zp_env env, zp_error *err) ZP_MUST_CHECK;
/* The URL with its password, for tools that connect themselves. */
bool zp_vault_url(zp_vault *vault, const char *database, zp_env env, zp_buf *url,
                  zp_error *err) ZP_MUST_CHECK;
/* Sets what the client may do there: ZP_GRANT_* (0: nothing any more). */
bool zp_vault_grant(zp_vault *vault, const char *client, const char *database, zp_env env, uint32_t access,
                    bool *changed, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- schemas */

/* The catalogue keeps texts; what they mean and which steps are allowed is decided by backend/govern.h. */
typedef struct zp_schema_version {
    int64_t version; /* 0: there is none */
    char *text;      /* heap, or NULL */
} zp_schema_version;
/* Version `version` of a schema; 0: the newest. */
bool zp_vault_schema_get(zp_vault *vault, const char *database, const char *name, int64_t version,
                         zp_schema_version *out, zp_error *err) ZP_MUST_CHECK;
/* The version that queries see in `env`. */
bool zp_vault_schema_seen(zp_vault *vault, const char *database, const char *name, zp_env env,
                          zp_schema_version *out, zp_error *err) ZP_MUST_CHECK;
void zp_schema_version_fini(zp_schema_version *v);
/* Writes a new draft and returns its number in *version; the newest one when its text is the same. */
bool zp_vault_schema_draft(zp_vault *vault, const char *database, const char *name, const char *text,
                           size_t len, int64_t *version, bool *changed, zp_error *err) ZP_MUST_CHECK;
/* Was this version ever published in `env`? */
bool zp_vault_schema_was(zp_vault *vault, const char *database, const char *name, int64_t version, zp_env env,
                         bool *was, zp_error *err) ZP_MUST_CHECK;
bool zp_vault_schema_publish(zp_vault *vault, const char *database, const char *name, int64_t version,
                             zp_env env, bool *changed, zp_error *err) ZP_MUST_CHECK;
/* Calls `each` for every schema published in `env`, or for the newest versions (ZP_ENV_NONE), by name. */
bool zp_vault_schema_each(zp_vault *vault, const char *database, zp_env env,
                          bool (*each)(void *arg, const char *name, int64_t version, const char *text,
                                       size_t len, zp_error *err),
                          void *arg, zp_error *err) ZP_MUST_CHECK;
/* Environments of a database that are bound: bits 1 << zp_env. */
bool zp_vault_bound(zp_vault *vault, const char *database, uint32_t *envs, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- reports */

/* A line to the audit log; inside a transaction. */
bool zp_vault_log(zp_vault *vault, const char *action, const char *object, const char *detail,
                  zp_error *err) ZP_MUST_CHECK;
void zp_vault_set_actor(zp_vault *vault, const char *actor);

/* Tables for people.  `row` is called first with the titles, then with each row of texts. */
typedef enum zp_vault_report {
    ZP_REPORT_CLIENTS,
    ZP_REPORT_CREDENTIALS,
    ZP_REPORT_GRANTS,
    ZP_REPORT_DATABASES,
    ZP_REPORT_BINDINGS,
    ZP_REPORT_SCHEMAS,
    ZP_REPORT_AUDIT,
} zp_vault_report;
bool zp_vault_list(zp_vault *vault, zp_vault_report report, int64_t limit,
                   void (*row)(void *arg, const char *const *texts, int count), void *arg,
                   zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- declarations */

/* What a declarative file needs from elsewhere. */
typedef struct zp_apply_hooks {
    /* A schema file named by a database: bring it in and publish it in the environments (bits). */
    bool (*schema)(void *arg, zp_vault *vault, const char *database_id, const char *path, uint32_t envs,
                   int *changes, zp_error *err);
    /* Is this URL understood?  NULL: any. */
    bool (*url)(void *arg, const char *url, zp_error *err);
    /* Keys that were made because the file has none. */
    void (*keys)(void *arg, const char *client, const zp_new_keys *keys);
    void *arg;
} zp_apply_hooks;
/* Applies a file ("zplane-vault/1" or "zql-credentials/1"; docs/vault.md).  Idempotent: what is as the file says
 * stays untouched; `changes` counts the rest.  All or nothing. */
bool zp_vault_apply(zp_vault *vault, const char *path, const zp_apply_hooks *hooks, int *changes,
                    zp_error *err) ZP_MUST_CHECK;
/* The same from memory; `path` is what errors and relative names refer to. */
bool zp_vault_apply_text(zp_vault *vault, const char *path, const char *text, size_t len,
                         const zp_apply_hooks *hooks, int *changes, zp_error *err) ZP_MUST_CHECK;
/* A whole file; larger than `most` is an error. */
bool zp_vault_read_file(const char *path, size_t most, zp_buf *out, zp_error *err) ZP_MUST_CHECK;

/* "read", "readwrite", "readwrite,schema,publish_prod"; "read,evaluate"... */
bool zp_access_parse(const char *text, uint32_t *access, zp_error *err) ZP_MUST_CHECK;
bool zp_rights_parse(const char *text, uint32_t *rights, zp_error *err) ZP_MUST_CHECK;
void zp_access_put(zp_buf *out, uint32_t access);
void zp_rights_put(zp_buf *out, uint32_t rights);
/* An environment, or an error that names the four. */
bool zp_env_parse(const char *text, zp_env *env, zp_error *err) ZP_MUST_CHECK;

#endif
