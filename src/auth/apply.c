/* apply: brings a vault to what a declarative file says.
 *
 *     {"format":"zplane-vault/1",
 *      "databases":[{"database_id":"…","name":"shop","schema":"schema.json",
 *                    "envs":{"dev":{"url":"postgresql://…","pool-max":20}}}],
 *      "clients":[{"name":"web","client_key":"…","rights":"read,evaluate","allow_v1":false,"enabled":true,
 *                  "credentials":[{"access_key":"…","secret_key":"${WEB_SECRET}","active":true}],
 *                  "grants":[{"database":"shop","env":"dev","access":"readwrite"}]}]}
 *
 * The whole file is one transaction.  What it names is made so; what it does not name stays; the grants of a client, when given,
 * are all of its grants.  In URLs and secrets ${NAME} and ${NAME:-otherwise} stand for the environment, so that a file
 * can be shown to everybody. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/auth_priv.h"
#include "base/mem.h"
#include "wire/json.h"

enum { FILE_MAX = 64 << 20, PLACE_MAX = 160 };

typedef struct applier {
    zp_vault *vault;
    const zp_apply_hooks *hooks;
    const char *path;
    int changes;
    char place[PLACE_MAX]; /* where in the file we are: databases[0].envs.dev */
    zp_arena *arena;       /* texts of the file as C strings */
    zp_error *err;
} applier;

/* ---------------------------------------------------------------- places and members */

static bool wrong(applier *a, const char *fmt, ...) ZP_PRINTF(2, 3);
static bool wrong(applier *a, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return zp_fail(a->err, "%s: %s%s%s", a->path, a->place, *a->place ? ": " : "", text);
}

/* Goes one step down; the length to come back to is returned. */
static size_t enter(applier *a, const char *fmt, ...) ZP_PRINTF(2, 3);
static size_t enter(applier *a, const char *fmt, ...)
{
    size_t len = strlen(a->place);
    va_list args;

    va_start(args, fmt);
    vsnprintf(a->place + len, sizeof a->place - len, fmt, args);
    va_end(args);
    return len;
}

static void leave(applier *a, size_t len)
{
    a->place[len] = '\0';
}

/* Only these keys (a list that ends with NULL) may be there. */
static bool check_keys(applier *a, const zp_json *object, const char *const *known)
{
    if (object->kind != ZP_JSON_OBJECT)
        return wrong(a, "should be an object");
    for (const zp_json *member = object->first; member; member = member->next) {
        const char *const *k = known;

        while (*k && !zp_slice_is(member->key, *k))
            k++;
        if (!*k)
            return wrong(a, "unknown key '%.*s'", (int)member->key.len, member->key.ptr);
    }
    return true;
}

/* A member that is a string, as a C string; NULL in *out when it is not there and need not be. */
static bool get_text(applier *a, const zp_json *object, const char *key, bool needed, const char **out)
{
    const zp_json *value = zp_json_get(object, key);

    *out = NULL;
    if (value ? value->kind != ZP_JSON_STRING || value->nul : needed)
        return wrong(a, value ? "'%s' should be a text" : "'%s' is missing", key);
    if (value)
        *out = zp_arena_copy(a->arena, value->text.ptr, value->text.len, a->err);
    return !value || *out;
}

static bool get_flag(applier *a, const zp_json *object, const char *key, bool otherwise, bool *out)
{
    const zp_json *value = zp_json_get(object, key);

    *out = value ? value->kind == ZP_JSON_TRUE : otherwise;
    return !value || value->kind == ZP_JSON_TRUE || value->kind == ZP_JSON_FALSE ||
           wrong(a, "'%s' should be true or false", key);
}

/* Calls `each` for the elements of a list that may be missing. */
static bool each_of(applier *a, const zp_json *object, const char *key,
                    bool (*each)(applier *a, const zp_json *element, void *arg), void *arg)
{
    const zp_json *list = zp_json_get(object, key);
    size_t back = enter(a, "%s%s", *a->place ? "." : "", key), i = 0;
    bool ok = !list || list->kind == ZP_JSON_ARRAY || wrong(a, "should be a list");

    for (const zp_json *at = ok && list ? list->first : NULL; ok && at; at = at->next) {
        size_t inner = enter(a, "[%zu]", i++);

        ok = each(a, at, arg);
        leave(a, inner);
    }
    leave(a, back);
    return ok;
}

/* An error of the vault gets its place in front. */
static bool placed(applier *a, bool ok, zp_error *err)
{
    if (!ok)
        wrong(a, "%s", zp_error_text(err));
    zp_error_clear(err);
    return ok;
}

/* ---------------------------------------------------------------- ${NAME} */

static bool expand_one(applier *a, const char **at, zp_buf *out)
{
    char name[128];
    const char *end = strchr(*at, '}'), *otherwise;
    size_t len = end ? (size_t)(end - *at) : 0;
    const char *value;

    if (!end || len - 2 >= sizeof name)
        return wrong(a, "'${' without '}'");
    memcpy(name, *at + 2, len - 2);
    name[len - 2] = '\0';
    *at = end + 1;
    otherwise = strstr(name, ":-");
    if (otherwise)
        name[otherwise - name] = '\0';
    value = getenv(name);
    if (value && *value)
        zp_buf_puts(out, value);
    else if (otherwise)
        zp_buf_puts(out, otherwise + 2);
    else
        return wrong(a, "the environment has no %s", name);
    return true;
}

static bool expand(applier *a, const char *text, zp_buf *out)
{
    while (*text) {
        if (text[0] == '$' && text[1] == '{') {
            if (!expand_one(a, &text, out))
                return false;
        } else {
            zp_buf_putc(out, *text++);
        }
    }
    return zp_buf_ok(out, a->err);
}

/* ---------------------------------------------------------------- databases */

/* Numbers of an environment become "pool-max=20 …". */
static bool read_limits(applier *a, const zp_json *env, zp_buf *limits)
{
    for (const zp_json *at = env->first; at; at = at->next) {
        int64_t value;

        if (zp_slice_is(at->key, "url") || zp_slice_is(at->key, "dataset"))
            continue;
        if (!zp_json_int(at, &value))
            return wrong(a, "'%.*s' should be a whole number", (int)at->key.len, at->key.ptr);
        zp_buf_printf(limits, "%s%.*s=%lld", limits->len ? " " : "", (int)at->key.len, at->key.ptr,
                      (long long)value);
    }
    return zp_buf_ok(limits, a->err);
}

static bool bind_env(applier *a, const char *id, zp_env env, const zp_json *declared)
{
    zp_buf url = ZP_BUF_INIT, limits = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    const char *text;
    bool changed = false, ok;

    if (declared->kind != ZP_JSON_OBJECT)
        return wrong(a, "should be an object");
    ok = get_text(a, declared, "url", false, &text);
    if (ok && text) {
        ok = expand(a, text, &url) && read_limits(a, declared, &limits);
        if (ok && a->hooks->url)
            ok = placed(a, a->hooks->url(a->hooks->arg, zp_buf_text(&url), &err), &err);
        ok = ok &&
             placed(a,
                    zp_vault_bind(a->vault, id, env, zp_buf_text(&url), zp_buf_text(&limits), &changed, &err),
                    &err);
        a->changes += changed;
    }
    zp__buf_wipe(&url);
    zp_buf_fini(&limits);
    return ok;
}

static bool apply_envs(applier *a, const zp_json *database, const char *id, uint32_t *envs)
{
    const zp_json *declared = zp_json_get(database, "envs");
    bool ok = !declared || declared->kind == ZP_JSON_OBJECT || wrong(a, "'envs' should be an object");

    *envs = 0;
    for (const zp_json *at = ok && declared ? declared->first : NULL; ok && at; at = at->next) {
        size_t back = enter(a, ".envs.%.*s", (int)(at->key.len < 20 ? at->key.len : 20), at->key.ptr);
        zp_env env = zp_env_of(at->key.ptr, at->key.len);

        ok = env == ZP_ENV_NONE ? wrong(a, "unknown environment: there are dev, qa, staging and prod")
                                : bind_env(a, id, env, at);
        *envs |= ok ? 1u << env : 0;
        leave(a, back);
    }
    return ok;
}

/* The path of a schema file is relative to the declarative file. */
static bool apply_schema(applier *a, const char *file, const char *id, uint32_t envs)
{
    const char *slash = strrchr(a->path, '/');
    zp_buf path = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    bool ok;

    if (!a->hooks->schema)
        return true;
    if (*file != '/' && slash)
        zp_buf_put(&path, a->path, (size_t)(slash + 1 - a->path));
    zp_buf_puts(&path, file);
    ok = zp_buf_ok(&path, a->err) &&
         placed(a, a->hooks->schema(a->hooks->arg, a->vault, id, zp_buf_text(&path), envs, &a->changes, &err),
                &err);
    zp_buf_fini(&path);
    return ok;
}

static bool apply_database(applier *a, const zp_json *database, void *arg)
{
    static const char *const known[] = { "database_id", "name", "schema", "envs", "note", NULL };
    const char *id, *name, *schema;
    zp_error err = ZP_ERROR_INIT;
    char found[65];
    uint32_t envs;

    if (!check_keys(a, database, known) || !get_text(a, database, "name", true, &name) ||
        !get_text(a, database, "database_id", false, &id) || !get_text(a, database, "schema", false, &schema))
        return false;
    if (!placed(a, zp_vault_database_id(a->vault, id ? id : name, false, found, &err), &err))
        return false;
    if (!found[0]) {
        a->changes++;
        if (!placed(a, zp_vault_database_add(a->vault, id, name, found, &err), &err))
            return false;
    }
    return apply_envs(a, database, found, &envs) && (!schema || apply_schema(a, schema, found, envs));
}

/* ---------------------------------------------------------------- clients */

static bool apply_credential(applier *a, const zp_json *credential, void *arg)
{
    static const char *const known[] = { "access_key", "secret_key", "active", "note", NULL };
    const char *client = arg, *access_key, *secret_key;
    zp_buf secret = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    bool active, changed = false, ok;

    ok = check_keys(a, credential, known) && get_text(a, credential, "access_key", true, &access_key) &&
         get_text(a, credential, "secret_key", true, &secret_key) &&
         get_flag(a, credential, "active", true, &active) && expand(a, secret_key, &secret) &&
         placed(a,
                zp_vault_credential_put(a->vault, client, access_key, zp_buf_text(&secret), active, &changed,
                                        &err),
                &err);
    a->changes += changed;
    zp__buf_wipe(&secret);
    return ok;
}

/* Which (database, environment) pairs a client has after the file: the others are revoked. */
typedef struct grants {
    const char *client;
    zp_buf kept; /* "id env\n" … */
} grants;

static bool apply_grant(applier *a, const zp_json *grant, void *arg)
{
    static const char *const known[] = { "database_id", "database", "env", "access", "note", NULL };
    grants *g = arg;
    const char *database, *name, *env_name, *access_text;
    zp_error err = ZP_ERROR_INIT;
    char id[65];
    uint32_t access = 0;
    zp_env env;
    bool changed = false, ok;

    if (!check_keys(a, grant, known) || !get_text(a, grant, "database_id", false, &database) ||
        !get_text(a, grant, "database", false, &name) || !get_text(a, grant, "env", true, &env_name) ||
        !get_text(a, grant, "access", true, &access_text))
        return false;
    database = database ? database : name;
    if (!database)
        return wrong(a, "'database_id' is missing");
    ok = placed(a,
                zp_env_parse(env_name, &env, &err) && zp_access_parse(access_text, &access, &err) &&
                    zp_vault_database_id(a->vault, database, true, id, &err) &&
                    zp_vault_grant(a->vault, g->client, id, env, access, &changed, &err),
                &err);
    a->changes += changed;
    if (ok)
        zp_buf_printf(&g->kept, "%s %d\n", id, (int)env);
    return ok;
}

static bool revoke_others(applier *a, const grants *g)
{
    sqlite3_stmt *st =
        zp__sql(a->vault, a->err,
                "SELECT database, env FROM access JOIN client ON client.id = client "
                "WHERE (name = ?1 OR client_key = ?1) AND instr(?2, database || ' ' || env || char(10)) = 0",
                "tt", g->client, zp_buf_text(&g->kept));
    bool row = false, ok = st != NULL, changed = false;

    while (ok && (ok = zp__sql_step(a->vault, st, &row, a->err)) && row) {
        ok = zp_vault_grant(a->vault, g->client, zp__column_text(st, 0), (zp_env)sqlite3_column_int(st, 1), 0,
                            &changed, a->err);
        a->changes += changed;
    }
    sqlite3_finalize(st);
    return ok;
}

static bool apply_grants(applier *a, const zp_json *client, const char *name)
{
    grants g = { name, ZP_BUF_INIT };
    bool ok = each_of(a, client, "grants", apply_grant, &g) && zp_buf_ok(&g.kept, a->err);

    if (ok && zp_json_get(client, "grants"))
        ok = revoke_others(a, &g);
    zp_buf_fini(&g.kept);
    return ok;
}

/* What a client is, beside its credentials and grants. */
typedef struct settings {
    const char *name, *client_key, *rights_text;
    bool allow_v1, enabled;
    uint32_t rights;
} settings;

static bool read_settings(applier *a, const zp_json *client, settings *s)
{
    static const char *const known[] = { "name",   "client_key", "credentials", "allow_v1", "enabled",
                                         "rights", "grants",     "note",        NULL };
    zp_error err = ZP_ERROR_INIT;

    *s = (settings){ 0 };
    return check_keys(a, client, known) && get_text(a, client, "name", true, &s->name) &&
           get_text(a, client, "client_key", false, &s->client_key) &&
           get_text(a, client, "rights", false, &s->rights_text) &&
           get_flag(a, client, "allow_v1", false, &s->allow_v1) &&
           get_flag(a, client, "enabled", true, &s->enabled) &&
           (!s->rights_text || placed(a, zp_rights_parse(s->rights_text, &s->rights, &err), &err));
}

static bool make_client(applier *a, const zp_json *client, const settings *s)
{
    zp_client_spec spec = {
        .name = s->name, .client_key = s->client_key, .allow_v1 = s->allow_v1, .rights = s->rights
    };
    zp_new_keys keys;
    zp_error err = ZP_ERROR_INIT;
    bool ok;

    spec.no_credential = zp_json_get(client, "credentials") != NULL;
    ok = placed(a, zp_vault_client_add(a->vault, &spec, &keys, &err), &err);
    if (ok && !spec.no_credential && a->hooks->keys)
        a->hooks->keys(a->hooks->arg, s->name, &keys);
    zp__wipe(&keys, sizeof keys);
    a->changes++;
    return ok;
}

static bool change_client(applier *a, const settings *s, const char *who, bool allow_v1, uint32_t rights)
{
    zp_error err = ZP_ERROR_INIT;
    bool ok = true;

    if (allow_v1 != s->allow_v1) {
        ok = placed(a, zp_vault_client_allow_v1(a->vault, who, s->allow_v1, &err), &err);
        a->changes++;
    }
    if (ok && s->rights_text && rights != s->rights) {
        ok = placed(a, zp_vault_client_rights(a->vault, who, s->rights, &err), &err);
        a->changes++;
    }
    return ok;
}

static bool apply_client(applier *a, const zp_json *client, void *arg)
{
    settings s;
    zp_error err = ZP_ERROR_INIT;
    bool found = false, enabled = true, allow_v1 = false, ok;
    uint32_t rights = 0;
    const char *who;

    if (!read_settings(a, client, &s))
        return false;
    who = s.client_key ? s.client_key : s.name;
    ok = placed(a, zp_vault_client_get(a->vault, who, &found, &enabled, &allow_v1, &rights, &err), &err);
    if (ok)
        ok = found ? change_client(a, &s, who, allow_v1, rights) : make_client(a, client, &s);
    enabled = found ? enabled : true;
    if (ok && enabled != s.enabled) {
        ok = placed(a, zp_vault_client_enable(a->vault, who, s.enabled, &err), &err);
        a->changes++;
    }
    return ok && each_of(a, client, "credentials", apply_credential, (void *)who) &&
           apply_grants(a, client, who);
}

/* ---------------------------------------------------------------- the file */

bool zp_vault_read_file(const char *path, size_t most, zp_buf *out, zp_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char part[8192];
    ssize_t len = 0;
    bool ok;

    if (fd < 0)
        return zp_fail_sys(err, errno, "cannot read %s", path);
    while (out->len <= most && (len = read(fd, part, sizeof part)) > 0)
        zp_buf_put(out, part, (size_t)len);
    ok = len >= 0 || zp_fail_sys(err, errno, "cannot read %s", path);
    if (ok && out->len > most)
        ok = zp_fail(err, "%s is too large", path);
    zp__wipe(part, sizeof part); /* it may have been a secret */
    close(fd);
    return ok && zp_buf_ok(out, err);
}

static bool apply_all(applier *a, const zp_json *root)
{
    static const char *const known[] = { "format", "note", "databases", "clients", NULL };
    const char *format;

    if (!check_keys(a, root, known) || !get_text(a, root, "format", true, &format))
        return false;
    if (strcmp(format, "zplane-vault/1") != 0 && strcmp(format, "zql-credentials/1") != 0)
        return wrong(a, "the format should be zplane-vault/1");
    return each_of(a, root, "databases", apply_database, NULL) &&
           each_of(a, root, "clients", apply_client, NULL);
}

/* Everything in one transaction; nothing at all when nothing changes. */
static bool apply_parsed(applier *a, const zp_json *root)
{
    bool ok = zp_vault_begin(a->vault, a->err);

    if (!ok)
        return false;
    ok = apply_all(a, root);
    return ok && !a->changes ? zp__vault_cancel(a->vault) : zp_vault_end(a->vault, ok, a->err);
}

bool zp_vault_apply_text(zp_vault *vault, const char *path, const char *text, size_t len,
                         const zp_apply_hooks *hooks, int *changes, zp_error *err)
{
    applier a = { .vault = vault, .hooks = hooks, .path = path, .err = err, .arena = zp_arena_new(err) };
    zp_error why = ZP_ERROR_INIT;
    zp_json_doc *doc = zp_json_doc_new(&why);
    const zp_json *root = doc ? zp_json_read(doc, text, len, &why) : NULL;
    bool ok = root && a.arena;

    *changes = 0;
    if (!root)
        zp_fail(err, "%s: %s", path, zp_error_text(&why));
    ok = ok && apply_parsed(&a, root);
    zp_error_clear(&why);
    zp_json_doc_free(doc);
    zp_arena_free(a.arena);
    *changes = a.changes;
    return ok;
}

bool zp_vault_apply(zp_vault *vault, const char *path, const zp_apply_hooks *hooks, int *changes,
                    zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok = zp_vault_read_file(path, FILE_MAX, &text, err) &&
              zp_vault_apply_text(vault, path, zp_buf_text(&text), text.len, hooks, changes, err);

    zp__buf_wipe(&text);
    return ok;
}
