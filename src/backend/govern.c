/* govern: the phase matrix as code.  Each rule is one function that either lets pass or says why not. */
#include "backend/govern.h"

#include <string.h>

#include "backend/schema.h"
#include "base/arena.h"

enum { FILE_MAX = 16 << 20 };

static zp_govern denied(zp_error *err, const char *right)
{
    zp_fail(err, "this needs the right '%s' on the database and environment", right);
    return ZP_GOVERN_NO_ACCESS;
}

/* ---------------------------------------------------------------- one schema */

/* A set with one schema, not linked; NULL: err. */
static zp_schemas *read_one(const char *name, const char *json, size_t len, zp_error *err)
{
    zp_schemas *set = zp_schemas_new(err);

    if (set && zp_schemas_add(set, name, 0, json, len, err))
        return set;
    zp_schemas_free(set);
    return NULL;
}

/* Stores one schema in its fixed form, so that the same schema written otherwise is the same version. */
static bool store_draft(zp_vault *vault, const char *database, const zp_schema *schema, int64_t *version,
                        bool *changed, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT, name = ZP_BUF_INIT;
    bool ok;

    zp_buf_put(&name, schema->name.ptr, schema->name.len);
    zp_schema_put(&text, schema);
    ok = zp_buf_ok(&text, err) && zp_buf_ok(&name, err) &&
         zp_vault_schema_draft(vault, database, zp_buf_text(&name), zp_buf_text(&text), text.len, version,
                               changed, err);
    zp_buf_fini(&text);
    zp_buf_fini(&name);
    return ok;
}

/* ---------------------------------------------------------------- phases */

/* The bound phase before `env`; ZP_ENV_NONE: there is none. */
static zp_env phase_before(uint32_t bound, zp_env env)
{
    int e = (int)env - 1;

    while (e >= 0 && !(bound & 1u << e))
        e--;
    return (zp_env)e;
}

static zp_env first_phase(uint32_t bound)
{
    int e = 0;

    while (e < ZP_ENVS && !(bound & 1u << e))
        e++;
    return (zp_env)e;
}

static bool check_bound(zp_vault *vault, const char *database, zp_env env, uint32_t *bound, zp_error *err)
{
    return zp_vault_bound(vault, database, bound, err) &&
           ((*bound & 1u << env) || zp_fail(err, "the database is not bound in %s", zp_env_name(env)));
}

zp_govern zp_govern_create(zp_vault *vault, uint32_t access, const char *database, zp_env env,
                           const char *name, const char *json, size_t len, int64_t *version, zp_error *err)
{
    zp_schemas *set;
    uint32_t bound;
    bool changed, ok;

    if (!(access & ZP_GRANT_SCHEMA))
        return denied(err, "schema");
    if (!check_bound(vault, database, env, &bound, err))
        return ZP_GOVERN_NO_ACCESS;
    if (phase_before(bound, env) != ZP_ENV_NONE) {
        zp_fail(err, "new versions are made in %s and published from there", zp_env_name(first_phase(bound)));
        return ZP_GOVERN_REFUSED;
    }
    set = read_one(name, json, len, err);
    ok = set && store_draft(vault, database, zp_schemas_at(set, 0), version, &changed, err);
    zp_schemas_free(set);
    return ok ? ZP_GOVERN_DONE : ZP_GOVERN_REFUSED;
}

/* What a change from one version to another takes away, as one text. */
typedef struct losses {
    zp_buf text;
    int count;
} losses;

static void note_loss(void *arg, const char *sentence, bool narrows)
{
    losses *l = arg;

    if (!narrows)
        return;
    zp_buf_printf(&l->text, "%s%s", l->count++ ? "; " : "", sentence);
}

/* From staging on, what drops or narrows a field must be meant. */
static bool check_narrowing(zp_vault *vault, const char *database, zp_env env, const char *name,
                            const char *text, bool confirm, zp_error *err)
{
    zp_schema_version seen = { 0 };
    zp_schemas *before = NULL, *after = NULL;
    losses l = { ZP_BUF_INIT, 0 };
    bool ok = zp_vault_schema_seen(vault, database, name, env, &seen, err);

    if (ok && seen.text) {
        before = read_one(name, seen.text, strlen(seen.text), err);
        after = before ? read_one(name, text, strlen(text), err) : NULL;
        ok = after != NULL;
    }
    if (ok && after)
        zp_schema_diff(zp_schemas_at(before, 0), zp_schemas_at(after, 0), note_loss, &l);
    if (ok && l.count && env >= ZP_ENV_STAGING && !confirm)
        ok = zp_fail(err, "this takes something away (%s): say \"confirm\":true if it is meant",
                     zp_buf_text(&l.text));
    zp_schemas_free(before);
    zp_schemas_free(after);
    zp_schema_version_fini(&seen);
    zp_buf_fini(&l.text);
    return ok;
}

static bool check_phase(zp_vault *vault, const char *database, zp_env env, uint32_t bound, const char *name,
                        int64_t version, zp_error *err)
{
    zp_env before = phase_before(bound, env);
    bool was = true;

    if (before != ZP_ENV_NONE && !zp_vault_schema_was(vault, database, name, version, before, &was, err))
        return false;
    return was || zp_fail(err, "version %lld of '%s' was not published in %s yet", (long long)version, name,
                          zp_env_name(before));
}

static bool publish_found(zp_vault *vault, const char *database, zp_env env, uint32_t bound, const char *name,
                          const zp_schema_version *found, bool confirm, zp_error *err)
{
    bool changed;

    return check_phase(vault, database, env, bound, name, found->version, err) &&
           check_narrowing(vault, database, env, name, found->text, confirm, err) &&
           zp_vault_schema_publish(vault, database, name, found->version, env, &changed, err);
}

zp_govern zp_govern_publish(zp_vault *vault, uint32_t access, const char *database, zp_env env,
                            const char *name, int64_t *version, bool confirm, zp_error *err)
{
    uint32_t needed = env == ZP_ENV_PROD ? ZP_GRANT_PUBLISH_PROD : ZP_GRANT_SCHEMA, bound;
    zp_schema_version found = { 0 };
    bool ok;

    if (!(access & needed))
        return denied(err, env == ZP_ENV_PROD ? "publish_prod" : "schema");
    if (!check_bound(vault, database, env, &bound, err))
        return ZP_GOVERN_NO_ACCESS;
    if (!zp_vault_begin(vault, err))
        return ZP_GOVERN_REFUSED;
    ok = zp_vault_schema_get(vault, database, name, *version, &found, err);
    if (ok && !found.text && *version)
        ok = zp_fail(err, "there is no version %lld of a schema '%s'", (long long)*version, name);
    else if (ok && !found.text)
        ok = zp_fail(err, "there is no schema '%s'", name);
    ok = ok && publish_found(vault, database, env, bound, name, &found, confirm, err);
    *version = found.version;
    zp_schema_version_fini(&found);
    return zp_vault_end(vault, ok, err) ? ZP_GOVERN_DONE : ZP_GOVERN_REFUSED;
}

/* ---------------------------------------------------------------- requests of sessions */

typedef struct request {
    zp_auth *auth;
    const zp_login *login;
    const zp_json *message;
    zp_vault *vault;
    zp_arena *arena;
    const char *database;
    zp_env env;
    uint32_t access;
    zp_error *err;
} request;

/* A member that is a text without NUL, as a C string; NULL: err. */
static const char *text_of(request *r, const zp_json *object, const char *key)
{
    const zp_json *v = zp_json_get(object, key);

    if (!v || v->kind != ZP_JSON_STRING || v->nul || v->text.len == 0 || v->text.len > 256) {
        zp_fail(r->err, "'%s' should be a text", key);
        return NULL;
    }
    return zp_arena_copy(r->arena, v->text.ptr, v->text.len, r->err);
}

/* Where the request goes: its own database and environment, else those of CONNECT. */
static zp_govern find_place(request *r)
{
    const zp_json *env = zp_json_get(r->message, "env"), *id = zp_json_get(r->message, "database_id");

    r->database = id ? text_of(r, r->message, "database_id") : r->login->database_id;
    if (!r->database)
        return ZP_GOVERN_REFUSED;
    r->env = !env                          ? r->login->env
             : env->kind == ZP_JSON_STRING ? zp_env_of(env->text.ptr, env->text.len)
                                           : ZP_ENV_NONE;
    if (r->env == ZP_ENV_NONE) {
        zp_fail(r->err, "'env' should be dev, qa, staging or prod");
        return ZP_GOVERN_REFUSED;
    }
    r->access = zp_client_access(r->login->client, r->database, strlen(r->database), r->env);
    if (!r->access) {
        zp_fail(r->err, "no access to this database and environment");
        return ZP_GOVERN_NO_ACCESS;
    }
    return ZP_GOVERN_DONE;
}

static zp_govern serve_create(request *r, zp_buf *data)
{
    const zp_json *schema = zp_json_get(r->message, "schema");
    const char *name;
    zp_buf json = ZP_BUF_INIT;
    zp_govern outcome = ZP_GOVERN_REFUSED;
    int64_t version = 0;

    if (!schema || schema->kind != ZP_JSON_OBJECT) {
        zp_fail(r->err, "'schema' should be an object");
        return outcome;
    }
    name = text_of(r, schema, "name");
    zp_json_put(&json, schema);
    if (name && zp_buf_ok(&json, r->err))
        outcome = zp_govern_create(r->vault, r->access, r->database, r->env, name, zp_buf_text(&json),
                                   json.len, &version, r->err);
    zp_buf_fini(&json);
    if (outcome == ZP_GOVERN_DONE) {
        zp_buf_puts(data, "{\"schema\":");
        zp_json_put_string(data, name, strlen(name));
        zp_buf_printf(data, ",\"version\":%lld,\"state\":\"draft\"}", (long long)version);
    }
    return outcome;
}

static zp_govern serve_publish(request *r, zp_buf *data)
{
    const char *name = text_of(r, r->message, "schema");
    const zp_json *number = zp_json_get(r->message, "version"), *confirm = zp_json_get(r->message, "confirm");
    zp_govern outcome;
    int64_t version = 0;

    if (!name)
        return ZP_GOVERN_REFUSED;
    if (!zp_json_int(number, &version) || version < 1) {
        zp_fail(r->err, "'version' should be a number from 1 on");
        return ZP_GOVERN_REFUSED;
    }
    outcome = zp_govern_publish(r->vault, r->access, r->database, r->env, name, &version,
                                confirm && confirm->kind == ZP_JSON_TRUE, r->err);
    if (outcome == ZP_GOVERN_DONE) {
        zp_buf_puts(data, "{\"schema\":");
        zp_json_put_string(data, name, strlen(name));
        zp_buf_printf(data, ",\"version\":%lld,\"env\":\"%s\"}", (long long)version, zp_env_name(r->env));
    }
    return outcome;
}

static zp_govern serve(request *r, bool create, zp_buf *data)
{
    zp_govern outcome = find_place(r);
    zp_buf actor = ZP_BUF_INIT;

    if (outcome != ZP_GOVERN_DONE)
        return outcome;
    zp_buf_printf(&actor, "client:%s", r->login->client->name);
    r->vault = zp_auth_vault(r->auth, zp_buf_text(&actor), r->err);
    zp_buf_fini(&actor);
    if (!r->vault)
        return ZP_GOVERN_REFUSED;
    outcome = create ? serve_create(r, data) : serve_publish(r, data);
    zp_vault_close(r->vault);
    return outcome;
}

bool zp_govern_request(zp_auth *auth, const zp_login *login, const zp_json *message, zp_buf *data,
                       zp_zql_condition *condition, zp_error *err)
{
    request r = { .auth = auth, .login = login, .message = message, .err = err, .arena = zp_arena_new(err) };
    int64_t type = 0;
    bool create = zp_json_int(zp_json_get(message, "request_type"), &type) &&
                  zp_zql_request_of(type) == ZP_REQ_CREATE_SCHEMA;
    zp_govern outcome = r.arena ? serve(&r, create, data) : ZP_GOVERN_REFUSED;

    zp_arena_free(r.arena);
    if (outcome == ZP_GOVERN_DONE && !zp_auth_poll(auth, false, err))
        outcome = ZP_GOVERN_REFUSED;
    *condition = outcome == ZP_GOVERN_NO_ACCESS ? ZP_ZQL_NO_ACCESS
                 : outcome == ZP_GOVERN_DONE
                     ? (create ? ZP_ZQL_CREATE_SCHEMA_SUCCESS : ZP_ZQL_PUBLISH_SCHEMA_SUCCESS)
                     : (create ? ZP_ZQL_CREATE_SCHEMA_ERROR : ZP_ZQL_PUBLISH_SCHEMA_ERROR);
    return outcome == ZP_GOVERN_DONE && zp_buf_ok(data, err);
}

/* ---------------------------------------------------------------- whole files */

static bool import_one(zp_vault *vault, const char *database, const zp_schema *schema, uint32_t envs,
                       int *changes, zp_error *err)
{
    zp_buf name = ZP_BUF_INIT;
    int64_t version;
    bool changed = false, ok;

    zp_buf_put(&name, schema->name.ptr, schema->name.len);
    ok = zp_buf_ok(&name, err) && store_draft(vault, database, schema, &version, &changed, err);
    *changes += changed;
    for (int e = 0; ok && e < ZP_ENVS; e++) {
        if (!(envs & 1u << e))
            continue;
        ok = zp_vault_schema_publish(vault, database, zp_buf_text(&name), version, (zp_env)e, &changed, err);
        *changes += changed;
    }
    zp_buf_fini(&name);
    return ok;
}

bool zp_govern_import(zp_vault *vault, const char *database, const char *json, size_t len, uint32_t envs,
                      int *changes, zp_error *err)
{
    zp_schemas *set = zp_schemas_new(err);
    bool ok = set && zp_schemas_add_file(set, json, len, NULL, err) && zp_schemas_link(set, true, err);

    if (ok && !zp_vault_begin(vault, err)) {
        zp_schemas_free(set);
        return false;
    }
    if (ok) {
        for (int i = 0; ok && i < zp_schemas_count(set); i++)
            ok = import_one(vault, database, zp_schemas_at(set, i), envs, changes, err);
        ok = zp_vault_end(vault, ok, err);
    }
    zp_schemas_free(set);
    return ok;
}

static bool put_one(void *arg, const char *name, int64_t version, const char *text, size_t len, zp_error *err)
{
    zp_buf *json = arg;

    zp_buf_puts(json, json->ptr[json->len - 1] == '{' ? "\n  " : ",\n  ");
    zp_json_put_string(json, name, strlen(name));
    zp_buf_putc(json, ':');
    zp_buf_put(json, text, len);
    return zp_buf_ok(json, err);
}

bool zp_govern_export(zp_vault *vault, const char *database, zp_env env, zp_buf *json, zp_error *err)
{
    zp_buf_puts(json, "{\"format\":\"zql-schema/1\",\"database\":");
    zp_json_put_string(json, database, strlen(database));
    zp_buf_puts(json, ",\"schemas\":{");
    if (!zp_buf_ok(json, err) || !zp_vault_schema_each(vault, database, env, put_one, json, err))
        return false;
    zp_buf_puts(json, "\n}}\n");
    return zp_buf_ok(json, err);
}

bool zp_govern_apply(void *arg, zp_vault *vault, const char *database_id, const char *path, uint32_t envs,
                     int *changes, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok = zp_vault_read_file(path, FILE_MAX, &text, err) &&
              zp_govern_import(vault, database_id, zp_buf_text(&text), text.len, envs, changes, err);

    zp_buf_fini(&text);
    return ok;
}
