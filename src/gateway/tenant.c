/* tenant: the schemas of a (database, environment) and the statements made for them, per thread.
 *
 * When another version is published the next query finds another stamp and everything is made anew: a query runs wholly on the
 * old or the new version.  Tenants share nothing. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "gateway/session.h"

static zp__q_tenant *find(zp__q_tenant *t, const char *database, zp_env env)
{
    while (t && (t->env != env || strcmp(t->database, database) != 0))
        t = t->next;
    return t;
}

static zp__q_tenant *add(zp__q_tenant **bucket, const char *database, zp_env env, zp_error *err)
{
    size_t len = strlen(database) + 1;
    zp__q_tenant *t = zp_new(zp__q_tenant, err);

    if (!t)
        return NULL;
    t->database = zp_alloc(len, err);
    if (!t->database) {
        zp_free(t);
        return NULL;
    }
    memcpy(t->database, database, len);
    t->env = env;
    t->next = *bucket;
    *bucket = t;
    return t;
}

/* A schema that cannot be read is left out: its queries say that it is unknown, and the log says why. */
static zp_schemas *read_schemas(const zp_binding *binding, zp_error *err)
{
    zp_schemas *set = zp_schemas_new(err);

    for (size_t i = 0; set && i < binding->nschemas; i++) {
        const zp_published *p = &binding->schemas[i];
        zp_error why = ZP_ERROR_INIT;

        if (!zp_schemas_add(set, p->name, p->version, p->text, p->len, &why))
            ZP_LOG_RATE(ZP_LOG_ERROR, "a published schema cannot be used", zp_log_str("schema", p->name),
                        zp_log_str("reason", zp_error_text(&why)));
        zp_error_clear(&why);
    }
    if (set && !zp_schemas_link(set, false, err)) {
        zp_schemas_free(set);
        return NULL;
    }
    return set;
}

zp__q_tenant *zp__q_tenant_of(zp__q_shard *shard, const char *database, zp_env env, const zp_binding *binding,
                              zp_error *err)
{
    zp__q_tenant **bucket =
        &shard->tenants[(zp_hash_bytes(database, strlen(database)) + (uint32_t)env) % ZP__TENANTS];
    zp__q_tenant *t = find(*bucket, database, env);
    zp_dialect dialect;
    zp_schemas *set;
    zp_plans *plans;

    if (t && t->plans && t->schema_stamp == binding->schema_stamp)
        return t;
    if (!t && !(t = add(bucket, database, env, err)))
        return NULL;
    if (!zp_backend_url_check(binding->url, &dialect, err))
        return NULL;
    set = read_schemas(binding, err);
    plans = set ? zp_plans_new(set, dialect, err) : NULL;
    if (!plans)
        return NULL;
    zp_plans_free(t->plans);
    t->plans = plans;
    t->dialect = dialect;
    t->schema_stamp = binding->schema_stamp;
    return t;
}

void zp__q_tenants_free(zp__q_shard *shard)
{
    for (int i = 0; i < ZP__TENANTS; i++)
        for (zp__q_tenant *t = shard->tenants[i], *next; t; t = next) {
            next = t->next;
            zp_plans_free(t->plans);
            zp_free(t->database);
            zp_free(t);
        }
}
