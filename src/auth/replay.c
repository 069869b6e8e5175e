/* replay: the nonces that were used, for as long as they would still be accepted.
 *
 *     epoch = expiry / window            a message is good for at most two windows, so four sets of epochs hold all
 *     shard = digest(client, nonce)      sixteen locks; a growing set delays a sixteenth of the logins, for moments
 *
 * Nothing is removed one by one: when its epoch has passed, a whole set goes, and its file.  Only messages with a good
 * signature come here, so nobody else can fill the cache. */
#include <pthread.h>
#include <string.h>

#include <xxhash.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

enum { SHARDS = 16, FIRST_ROOM = 64, V1_LIFE_S = 60, MOST = 1 << 19 /* per shard and epoch */ };

typedef struct nonce_set {
    int64_t epoch;
    size_t room, used; /* room: a power of two, at most half used */
    zp__nonce *at;
} nonce_set;

typedef struct shard {
    pthread_mutex_t lock;
    nonce_set sets[ZP__EPOCHS], sets_v1[ZP__EPOCHS];
} shard;

struct zp__replay {
    int64_t window_s, not_before;
    _Atomic int64_t oldest_epoch; /* earlier ones are forgotten */
    zp__replay_files *files;
    const char *notice;
    shard shards[SHARDS];
};

/* ---------------------------------------------------------------- one set */

static void set_clear(nonce_set *set, int64_t epoch)
{
    zp_free(set->at);
    *set = (nonce_set){ .epoch = epoch };
}

/* The place of the key, or the free one where it belongs. */
static zp__nonce *set_find(const nonce_set *set, const uint8_t key[ZP__NONCE_KEY])
{
    uint64_t hash;

    memcpy(&hash, key + 8, sizeof hash);
    for (size_t i = hash & (set->room - 1);; i = (i + 1) & (set->room - 1)) {
        zp__nonce *n = &set->at[i];

        if (!n->expires || memcmp(n->key, key, ZP__NONCE_KEY) == 0)
            return n;
    }
}

static bool set_grow(nonce_set *set)
{
    nonce_set larger = { .epoch = set->epoch,
                         .room = set->room ? 2 * set->room : FIRST_ROOM,
                         .used = set->used };

    larger.at = zp_alloc_zero(larger.room * sizeof *larger.at, NULL);
    if (!larger.at)
        return false;
    for (size_t i = 0; i < set->room; i++) {
        if (set->at[i].expires)
            *set_find(&larger, set->at[i].key) = set->at[i];
    }
    zp_free(set->at);
    *set = larger;
    return true;
}

/* A place for the key; NULL: full. */
static zp__nonce *set_place(nonce_set *set, const uint8_t key[ZP__NONCE_KEY])
{
    if (2 * (set->used + 1) > set->room && (set->used >= MOST || !set_grow(set)))
        return NULL;
    return set_find(set, key);
}

/* The set of an epoch; what lies in its slot from earlier is forgotten. */
static nonce_set *set_of(nonce_set *sets, int64_t epoch)
{
    nonce_set *set = &sets[epoch % ZP__EPOCHS];

    if (set->epoch < epoch)
        set_clear(set, epoch);
    return set;
}

/* ---------------------------------------------------------------- opening */

static bool load_one(void *arg, const uint8_t key[ZP__NONCE_KEY], int64_t expires)
{
    zp__replay *r = arg;
    int64_t epoch = expires / r->window_s;
    nonce_set *set = set_of(r->shards[key[0] % SHARDS].sets, epoch);
    zp__nonce *n = set->epoch == epoch ? set_place(set, key) : NULL;

    if (!n)
        return set->epoch > epoch; /* overtaken by later ones: no longer needed */
    set->used += !n->expires;
    memcpy(n->key, key, ZP__NONCE_KEY);
    n->expires = expires;
    return true;
}

zp__replay *zp__replay_new(const char *dir, int64_t window_s, int64_t now_s, zp_error *err)
{
    zp__replay *r = zp_new(zp__replay, err);
    bool trusted = false;

    if (!r)
        return NULL;
    r->window_s = window_s;
    r->not_before = now_s;
    atomic_init(&r->oldest_epoch, now_s / window_s);
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&r->shards[i].lock, NULL);
    if (!dir) {
        r->notice =
            "no state directory: used nonces are kept in memory, and logins signed before the start are refused";
        return r;
    }
    r->files = zp__replay_files_open(dir, window_s, now_s, load_one, r, &trusted, err);
    if (!r->files) {
        zp__replay_free(r);
        return NULL;
    }
    if (trusted)
        r->not_before = 0;
    else
        r->notice =
            "the machine went down before used nonces were on disk: logins signed before the start are refused";
    return r;
}

void zp__replay_free(zp__replay *r)
{
    if (!r)
        return;
    zp__replay_files_close(r->files);
    for (int i = 0; i < SHARDS; i++) {
        for (int e = 0; e < ZP__EPOCHS; e++) {
            zp_free(r->shards[i].sets[e].at);
            zp_free(r->shards[i].sets_v1[e].at);
        }
        pthread_mutex_destroy(&r->shards[i].lock);
    }
    zp_free(r);
}

int64_t zp__replay_not_before(const zp__replay *r)
{
    return r->not_before;
}

const char *zp__replay_notice(const zp__replay *r)
{
    return r->notice;
}

/* ---------------------------------------------------------------- using */

/* A digest that nobody can aim at. */
static bool key_of(zp_slice client_key, zp_slice nonce, uint8_t key[ZP__NONCE_KEY])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t digest[32], len[8];
    bool ok;

    for (int i = 0; i < 8; i++)
        len[i] = (uint8_t)(client_key.len >> 8 * i);
    ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
         EVP_DigestUpdate(ctx, len, sizeof len) == 1 &&
         EVP_DigestUpdate(ctx, client_key.ptr, client_key.len) == 1 &&
         EVP_DigestUpdate(ctx, nonce.ptr, nonce.len) == 1 && EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    memcpy(key, digest, ZP__NONCE_KEY);
    return ok;
}

/* Moves the border of what is forgotten; it never moves back, also when the clock does. */
static int64_t forget_until(zp__replay *r, int64_t now_s)
{
    int64_t epoch = now_s / r->window_s, oldest = atomic_load(&r->oldest_epoch);

    while (oldest < epoch) {
        if (atomic_compare_exchange_weak(&r->oldest_epoch, &oldest, epoch)) {
            if (r->files)
                zp__replay_files_drop(r->files, epoch);
            return epoch;
        }
    }
    return oldest;
}

/* The latest use of the pair, in whichever epoch, or NULL.  Lock held. */
static const zp__nonce *last_use(const nonce_set *sets, const uint8_t key[ZP__NONCE_KEY])
{
    const zp__nonce *last = NULL;

    for (int e = 0; e < ZP__EPOCHS; e++) {
        const zp__nonce *n = sets[e].room ? set_find(&sets[e], key) : NULL;

        if (n && n->expires && (!last || n->expires > last->expires))
            last = n;
    }
    return last;
}

static zp__replay_verdict insert(nonce_set *sets, const zp__nonce *nonce, int64_t epoch)
{
    nonce_set *set = set_of(sets, epoch);
    zp__nonce *at = set->epoch == epoch ? set_place(set, nonce->key) : NULL;

    if (!at)
        return set->epoch == epoch ? ZP__REPLAY_FULL : ZP__REPLAY_STALE;
    set->used += !at->expires;
    *at = *nonce;
    return ZP__REPLAY_FRESH;
}

zp__replay_verdict zp__replay_use(zp__replay *r, zp_slice client_key, zp_slice nonce, int64_t expires_s,
                                  int64_t now_s)
{
    zp__nonce n = { .expires = expires_s };
    zp__replay_verdict verdict = ZP__REPLAY_SEEN;
    int64_t epoch = expires_s / r->window_s;
    shard *s;

    if (!key_of(client_key, nonce, n.key))
        return ZP__REPLAY_FULL;
    if (expires_s <= 0 || epoch < forget_until(r, now_s))
        return ZP__REPLAY_STALE;
    s = &r->shards[n.key[0] % SHARDS];
    pthread_mutex_lock(&s->lock);
    if (!last_use(s->sets, n.key))
        verdict = insert(s->sets, &n, epoch);
    pthread_mutex_unlock(&s->lock);
    if (verdict == ZP__REPLAY_FRESH && r->files)
        zp__replay_files_append(r->files, &n);
    return verdict;
}

zp__replay_verdict zp__replay_use_v1(zp__replay *r, zp_slice client_key, zp_slice nonce, const char *address,
                                     int64_t now_s)
{
    zp__nonce n = { .expires = now_s + V1_LIFE_S, .address = XXH64(address, strlen(address), 0) };
    zp__replay_verdict verdict = ZP__REPLAY_SEEN;
    const zp__nonce *last;
    shard *s;

    if (now_s <= 0 || !key_of(client_key, nonce, n.key))
        return ZP__REPLAY_FULL;
    s = &r->shards[n.key[0] % SHARDS];
    pthread_mutex_lock(&s->lock);
    last = last_use(s->sets_v1, n.key);
    /* From the same address it is an honest client that came to the same number again. */
    if (!last || last->expires <= now_s || last->address == n.address)
        verdict = insert(s->sets_v1, &n, n.expires / V1_LIFE_S);
    pthread_mutex_unlock(&s->lock);
    return verdict;
}
