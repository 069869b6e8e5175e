/* snapshot_load: reads a whole vault in one transaction.
 *
 * Clients, their credentials and their grants come from three queries in the same order, and the parts are
 * merged as in a zipper; databases, bindings and schemas likewise. */
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

/* A query whose present row waits to be taken. */
typedef struct cursor {
    sqlite3_stmt *st;
    bool row;
} cursor;

typedef struct loader {
    zp_vault *vault;
    zp_snapshot *snap;
    zp_error *err;
    zp_buf plain; /* secrets pass through here */
} loader;

static bool cursor_next(loader *l, cursor *c)
{
    return zp__sql_step(l->vault, c->st, &c->row, l->err);
}

static bool cursor_open(loader *l, cursor *c, const char *sql)
{
    c->row = false;
    c->st = zp__sql(l->vault, l->err, sql, "");
    return c->st && cursor_next(l, c);
}

static const char *arena_text(zp_arena *arena, sqlite3_stmt *st, int column, zp_error *err)
{
    const char *text = zp__column_text(st, column);

    return zp_arena_copy(arena, text, (size_t)sqlite3_column_bytes(st, column), err);
}

/* The number of rows of a table, for an array. */
static bool count_rows(loader *l, const char *sql, size_t *count)
{
    int64_t n = 0;
    bool ok = zp__sql_number(l->vault, 0, &n, l->err, sql, "");

    *count = (size_t)n;
    return ok;
}

/* ---------------------------------------------------------------- clients */

static bool add_credential(loader *l, zp__client *c, cursor *at)
{
    zp__credential *cred = &c->credentials[c->ncredentials];
    const void *sealed = sqlite3_column_blob(at->st, 3);
    size_t len = (size_t)sqlite3_column_bytes(at->st, 3);

    cred->id = sqlite3_column_int64(at->st, 1);
    cred->access_key = arena_text(c->arena, at->st, 2, l->err);
    if (!cred->access_key ||
        !zp__credential_secret(l->vault, cred->access_key, sealed, len, &l->plain, l->err) ||
        !zp__credential_init(cred, l->plain.ptr, l->plain.len, l->err))
        return false;
    c->ncredentials++;
    return true;
}

static bool load_credentials(loader *l, zp__client *c, cursor *at)
{
    c->credentials = zp_arena_alloc(c->arena, ZP_ACTIVE_MAX * sizeof *c->credentials, l->err);
    if (!c->credentials)
        return false;
    while (at->row && sqlite3_column_int64(at->st, 0) <= c->pub.id) {
        if (sqlite3_column_int64(at->st, 0) == c->pub.id && c->ncredentials < ZP_ACTIVE_MAX &&
            !add_credential(l, c, at))
            return false;
        if (!cursor_next(l, at))
            return false;
    }
    return true;
}

static bool load_grants(loader *l, zp__client *c, cursor *at)
{
    size_t room = at->row ? (size_t)sqlite3_column_int64(at->st, 4) : 0;
    zp_grant *grants;

    if (!at->row || sqlite3_column_int64(at->st, 0) != c->pub.id)
        return true;
    c->pub.grants = grants = zp_arena_alloc(c->arena, room * sizeof *grants, l->err);
    if (!grants)
        return false;
    while (at->row && sqlite3_column_int64(at->st, 0) == c->pub.id && c->pub.ngrants < room) {
        zp_grant *g = &grants[c->pub.ngrants++];

        g->database_id = arena_text(c->arena, at->st, 1, l->err);
        g->env = (zp_env)sqlite3_column_int(at->st, 2);
        g->access = (uint32_t)sqlite3_column_int(at->st, 3);
        if (!g->database_id || !cursor_next(l, at))
            return false;
    }
    return true;
}

static zp__client *load_client(loader *l, sqlite3_stmt *st, cursor *credentials, cursor *grants)
{
    zp__client *c = zp__client_new(l->err);

    if (!c)
        return NULL;
    c->pub.id = sqlite3_column_int64(st, 0);
    c->pub.name = arena_text(c->arena, st, 1, l->err);
    c->pub.client_key = arena_text(c->arena, st, 2, l->err);
    c->pub.allow_v1 = sqlite3_column_int(st, 3) != 0;
    c->enabled = sqlite3_column_int(st, 4) != 0;
    c->pub.rights = (uint32_t)sqlite3_column_int(st, 5);
    if (c->pub.name && c->pub.client_key && load_credentials(l, c, credentials) && load_grants(l, c, grants))
        return c;
    zp__client_unref(&c->pub);
    return NULL;
}

static int by_client_key(const void *a, const void *b)
{
    return strcmp((*(zp__client *const *)a)->pub.client_key, (*(zp__client *const *)b)->pub.client_key);
}

static bool load_clients(loader *l)
{
    cursor clients = { 0 }, credentials = { 0 }, grants = { 0 };
    size_t count = 0;
    bool ok =
        count_rows(l, "SELECT count(*) FROM client", &count) &&
        cursor_open(l, &clients,
                    "SELECT id, name, client_key, allow_v1, enabled, rights FROM client ORDER BY id") &&
        cursor_open(
            l, &credentials,
            "SELECT client, id, access_key, secret FROM credential WHERE active ORDER BY client, id DESC") &&
        cursor_open(l, &grants,
                    "SELECT client, database, env, access, count(*) OVER (PARTITION BY client) FROM access "
                    "ORDER BY client, database, env");

    if (ok)
        ok = (l->snap->clients =
                  zp_arena_alloc(l->snap->arena, (count + 1) * sizeof *l->snap->clients, l->err)) != NULL;
    while (ok && clients.row && l->snap->nclients < count) {
        zp__client *c = load_client(l, clients.st, &credentials, &grants);

        if (c)
            l->snap->clients[l->snap->nclients++] = c;
        ok = c && cursor_next(l, &clients);
    }
    if (ok)
        qsort(l->snap->clients, l->snap->nclients, sizeof *l->snap->clients, by_client_key);
    sqlite3_finalize(clients.st);
    sqlite3_finalize(credentials.st);
    sqlite3_finalize(grants.st);
    return ok;
}

/* ---------------------------------------------------------------- databases */

static zp_binding *binding_of(loader *l, sqlite3_stmt *st)
{
    const char *id = zp__column_text(st, 0);
    zp_database *db = (zp_database *)zp_snapshot_database(l->snap, id, strlen(id));
    int env = sqlite3_column_int(st, 1);

    return db && env >= 0 && env < ZP_ENVS ? &db->env[env] : NULL;
}

static bool add_binding(loader *l, sqlite3_stmt *st)
{
    zp_binding *b = binding_of(l, st);
    zp_arena *arena = l->snap->arena;

    if (!b)
        return true;
    if (!zp__binding_url(l->vault, zp__column_text(st, 0), (zp_env)sqlite3_column_int(st, 1),
                         sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2), &l->plain,
                         l->err) ||
        !zp__limits_parse(zp__column_text(st, 4), &b->limits, l->err))
        return false;
    b->url = zp_arena_copy(arena, l->plain.ptr, l->plain.len, l->err);
    b->shown = arena_text(arena, st, 3, l->err);
    b->stamp = XXH64(l->plain.ptr, l->plain.len, 0) ^ XXH64(&b->limits, sizeof b->limits, 1);
    return b->url && b->shown;
}

static bool add_schema(loader *l, sqlite3_stmt *st)
{
    zp_binding *b = binding_of(l, st);
    size_t room = (size_t)sqlite3_column_int64(st, 5);
    zp_published *p;

    if (!b)
        return true;
    if (!b->schemas)
        b->schemas = zp_arena_alloc(l->snap->arena, room * sizeof *p, l->err);
    if (!b->schemas || b->nschemas >= room)
        return b->schemas != NULL;
    p = (zp_published *)&b->schemas[b->nschemas++];
    p->name = arena_text(l->snap->arena, st, 2, l->err);
    p->version = sqlite3_column_int64(st, 3);
    p->text = arena_text(l->snap->arena, st, 4, l->err);
    p->len = (size_t)sqlite3_column_bytes(st, 4);
    if (p->name)
        b->schema_stamp = XXH64(p->name, strlen(p->name), b->schema_stamp + (uint64_t)p->version) | 1;
    return p->name && p->text;
}

/* Calls `add` for every row of a query. */
static bool each_row(loader *l, const char *sql, bool (*add)(loader *l, sqlite3_stmt *st))
{
    cursor at;
    bool ok = cursor_open(l, &at, sql);

    while (ok && at.row)
        ok = add(l, at.st) && cursor_next(l, &at);
    sqlite3_finalize(at.st);
    return ok;
}

static bool add_database(loader *l, sqlite3_stmt *st)
{
    zp_database *db = &l->snap->databases[l->snap->ndatabases++];

    db->id = arena_text(l->snap->arena, st, 0, l->err);
    db->name = arena_text(l->snap->arena, st, 1, l->err);
    for (int e = 0; e < ZP_ENVS; e++)
        db->env[e].schema_stamp = 1;
    return db->id && db->name;
}

static bool load_databases(loader *l)
{
    size_t count = 0;

    if (!count_rows(l, "SELECT count(*) FROM database", &count))
        return false;
    l->snap->databases = zp_arena_alloc(l->snap->arena, (count + 1) * sizeof *l->snap->databases, l->err);
    return l->snap->databases && each_row(l, "SELECT id, name FROM database ORDER BY id", add_database) &&
           each_row(l, "SELECT database, env, url, shown, limits FROM binding", add_binding) &&
           each_row(
               l,
               "SELECT database, env, name, version, text, count(*) OVER (PARTITION BY database, env) "
               "FROM published JOIN version USING (database, name, version) WHERE seen ORDER BY database, env, name",
               add_schema);
}

zp_snapshot *zp__snapshot_load(zp_vault *vault, zp_error *err)
{
    loader l = { vault, zp__snapshot_empty(err), err, ZP_BUF_INIT };
    int64_t generation = 0;
    bool ok = l.snap && zp__sql_run(vault, NULL, err, "BEGIN", "");

    if (!ok) {
        zp_snapshot_unref(l.snap);
        return NULL;
    }
    ok = zp__sql_number(vault, 0, &generation, err, "SELECT value FROM meta WHERE key = 'generation'", "") &&
         load_databases(&l) && load_clients(&l);
    if (!zp__sql_run(vault, NULL, NULL, "COMMIT", ""))
        ok = ok && zp__sql_fail(vault, err);
    zp__buf_wipe(&l.plain);
    if (ok) {
        l.snap->generation = (uint64_t)generation;
        return l.snap;
    }
    zp_snapshot_unref(l.snap);
    return NULL;
}
