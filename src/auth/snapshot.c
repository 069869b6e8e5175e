/* snapshot: the vault as serving threads see it: sorted arrays that never change.
 *
 * A reload makes a new snapshot and swaps one pointer; whoever still works with the old one holds a reference.  Clients are
 * counted by themselves: a login that outlives many reloads keeps its client, not a whole snapshot. */
#include <string.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

const zp_snapshot *zp_snapshot_ref(const zp_snapshot *snap)
{
    atomic_fetch_add_explicit(&((zp_snapshot *)snap)->refs, 1, memory_order_relaxed);
    return snap;
}

void zp_snapshot_unref(const zp_snapshot *snap)
{
    zp_snapshot *s = (zp_snapshot *)snap;

    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < s->nclients; i++)
        zp__client_unref(&s->clients[i]->pub);
    zp_arena_free(s->arena);
    zp_free(s);
}

zp_snapshot *zp__snapshot_empty(zp_error *err)
{
    zp_snapshot *s = zp_new(zp_snapshot, err);

    if (!s)
        return NULL;
    atomic_init(&s->refs, 1);
    s->arena = zp_arena_new(err);
    if (s->arena)
        return s;
    zp_free(s);
    return NULL;
}

uint64_t zp_snapshot_generation(const zp_snapshot *snap)
{
    return snap->generation;
}

/* ---------------------------------------------------------------- looking up */

/* strcmp between a text of `len` bytes and a C string. */
static int compare(const char *text, size_t len, const char *with)
{
    size_t other = strlen(with);
    int c = memcmp(text, with, len < other ? len : other);

    return c ? c : (len > other) - (len < other);
}

const zp_client *zp_snapshot_client(const zp_snapshot *snap, const char *client_key, size_t len)
{
    size_t from = 0, to = snap->nclients;

    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int c = compare(client_key, len, snap->clients[mid]->pub.client_key);

        if (c == 0)
            return &snap->clients[mid]->pub;
        if (c < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return NULL;
}

const zp_database *zp_snapshot_database(const zp_snapshot *snap, const char *database_id, size_t len)
{
    size_t from = 0, to = snap->ndatabases;

    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int c = compare(database_id, len, snap->databases[mid].id);

        if (c == 0)
            return &snap->databases[mid];
        if (c < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return NULL;
}

const zp_database *zp_snapshot_databases(const zp_snapshot *snap, size_t *count)
{
    *count = snap->ndatabases;
    return snap->databases;
}

uint32_t zp_client_access(const zp_client *client, const char *database_id, size_t len, zp_env env)
{
    for (size_t i = 0; i < client->ngrants; i++) {
        const zp_grant *g = &client->grants[i];

        if (g->env == env && compare(database_id, len, g->database_id) == 0)
            return g->access;
    }
    return 0;
}

/* ---------------------------------------------------------------- clients */

zp__client *zp__client_new(zp_error *err)
{
    zp_arena *arena = zp_arena_new(err);
    zp__client *c = arena ? zp_arena_alloc(arena, sizeof *c, err) : NULL;

    if (!c) {
        zp_arena_free(arena);
        return NULL;
    }
    c->arena = arena;
    c->enabled = true;
    atomic_init(&c->refs, 1);
    return c;
}

const zp_client *zp__client_ref(const zp_client *client)
{
    atomic_fetch_add_explicit(&((zp__client *)client)->refs, 1, memory_order_relaxed);
    return client;
}

void zp__client_unref(const zp_client *client)
{
    zp__client *c = (zp__client *)client;

    if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < c->ncredentials; i++)
        zp__credential_fini(&c->credentials[i]);
    zp_arena_free(c->arena);
}

/* ---------------------------------------------------------------- prepared keys */

enum { BLOCK = 64 };

/* A SHA-256 that has absorbed `bytes`. */
static EVP_MD_CTX *absorb(const void *bytes, size_t len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(ctx, bytes, len) == 1)
        return ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

bool zp__credential_init(zp__credential *c, const void *secret, size_t len, zp_error *err)
{
    uint8_t block[BLOCK] = { 0 }, pad[BLOCK];
    bool ok = true;

    /* RFC 2104: a key longer than a block is its digest. */
    if (len > BLOCK)
        ok = EVP_Digest(secret, len, block, NULL, EVP_sha256(), NULL) == 1;
    else
        memcpy(block, secret, len);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] = block[i] ^ 0x36;
    c->inner = ok ? absorb(pad, BLOCK) : NULL;
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] = block[i] ^ 0x5c;
    c->outer = ok ? absorb(pad, BLOCK) : NULL;
    c->prefix = ok ? absorb(secret, len) : NULL;
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(pad, sizeof pad);
    if (c->inner && c->outer && c->prefix)
        return true;
    zp__credential_fini(c);
    return zp_fail(err, "the system's cryptography refused to prepare a key");
}

void zp__credential_fini(zp__credential *c)
{
    EVP_MD_CTX_free(c->inner);
    EVP_MD_CTX_free(c->outer);
    EVP_MD_CTX_free(c->prefix);
    c->inner = c->outer = c->prefix = NULL;
}
