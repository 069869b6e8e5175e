/* govern: how a schema comes from a draft to production.
 *
 *     draft --dev--> version published in dev --> in qa --> in staging --> in prod
 *
 * Phases that a database does not bind are skipped.  A version may be published in a phase when it was published in the one before;
 * what drops or narrows a field needs to be confirmed from staging on.  The administrator's command line goes by the same
 * rules, with all rights; a declarative file of a vault does not: it says how things are.
 *
 * Thread: one at a time per zp_vault.  Each call is one transaction of the vault, a few milliseconds of disk. */
#ifndef ZP_BACKEND_GOVERN_H
#define ZP_BACKEND_GOVERN_H

#include "auth/vault.h"
#include "wire/json.h"

/* The outcome of a request; `err` says why it was refused. */
typedef enum zp_govern {
    ZP_GOVERN_DONE,
    ZP_GOVERN_NO_ACCESS, /* a right is missing, or the pair is not bound */
    ZP_GOVERN_REFUSED,   /* the phases, the schema itself, or the vault say no */
} zp_govern;

/* Writes a new draft from the JSON of one schema (zql-schema/1).  The same schema again is the same version. */
zp_govern zp_govern_create(zp_vault *vault, uint32_t access, const char *database, zp_env env,
                           const char *name, const char *json, size_t len, int64_t *version,
                           zp_error *err) ZP_MUST_CHECK;
/* Makes `version` (0: the newest) what queries see in `env`. */
zp_govern zp_govern_publish(zp_vault *vault, uint32_t access, const char *database, zp_env env,
                            const char *name, int64_t *version, bool confirm, zp_error *err) ZP_MUST_CHECK;

/* CREATE_SCHEMA and PUBLISH_SCHEMA as a session sends them: `message` is the whole request.  `data` gets the JSON of the
 * reply; *condition is its code, of success or of refusal (then `err` has the text).  The new snapshot is in place when
 * this returns.  Any thread. */
bool zp_govern_request(zp_auth *auth, const zp_login *login, const zp_json *message, zp_buf *data,
                       zp_zql_condition *condition, zp_error *err) ZP_MUST_CHECK;

/* Brings in all schemas of a zql-schema/1 text and publishes them in the environments (bits 1 << zp_env) without asking for
 * phases.  *changes counts new versions and publications. */
bool zp_govern_import(zp_vault *vault, const char *database, const char *json, size_t len, uint32_t envs,
                      int *changes, zp_error *err) ZP_MUST_CHECK;

/* The zql-schema/1 file of what is published in `env`, or of the newest versions (ZP_ENV_NONE). */
bool zp_govern_export(zp_vault *vault, const char *database, zp_env env, zp_buf *json,
                      zp_error *err) ZP_MUST_CHECK;

/* Hook of zp_vault_apply for the "schema" of a database. */
bool zp_govern_apply(void *arg, zp_vault *vault, const char *database_id, const char *path, uint32_t envs,
                     int *changes, zp_error *err);

#endif
