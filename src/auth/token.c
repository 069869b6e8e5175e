/* token: what a login over HTTP is remembered by.
 *
 * Only hashes are kept: who reads our memory or a dump finds no token.  The table is open-addressed by the hash itself, which
 * is as random as a key can be; when it is half full, what has expired goes before it grows. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

enum { FIRST_ROOM = 64, MOST = 1 << 17 };

typedef struct token {
    const zp_client *client; /* counted; NULL: free */
    int64_t credential, expires_s;
    uint8_t hash[32];
} token;

struct zp__tokens {
    pthread_mutex_t lock;
    token *at;
    size_t room, used;
};

zp__tokens *zp__tokens_new(zp_error *err)
{
    zp__tokens *t = zp_new(zp__tokens, err);

    if (t)
        pthread_mutex_init(&t->lock, NULL);
    return t;
}

void zp__tokens_free(zp__tokens *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->room; i++)
        zp__client_unref(t->at[i].client);
    zp_free(t->at);
    pthread_mutex_destroy(&t->lock);
    zp_free(t);
}

static token *place_of(token *at, size_t room, const uint8_t hash[32])
{
    uint64_t start;

    memcpy(&start, hash, sizeof start);
    for (size_t i = start & (room - 1);; i = (i + 1) & (room - 1)) {
        if (!at[i].client || CRYPTO_memcmp(at[i].hash, hash, 32) == 0)
            return &at[i];
    }
}

/* Moves what lives into a table of the size that it needs. */
static bool rebuild(zp__tokens *t, int64_t now_s)
{
    size_t living = 0, room = FIRST_ROOM;
    token *at;

    for (size_t i = 0; i < t->room; i++)
        living += t->at[i].client && t->at[i].expires_s > now_s;
    while (room < 4 * (living + 1))
        room *= 2;
    at = living < MOST ? zp_alloc_zero(room * sizeof *at, NULL) : NULL;
    if (!at)
        return false;
    for (size_t i = 0; i < t->room; i++) {
        if (t->at[i].client && t->at[i].expires_s > now_s)
            *place_of(at, room, t->at[i].hash) = t->at[i];
        else
            zp__client_unref(t->at[i].client);
    }
    zp_free(t->at);
    t->at = at;
    t->room = room;
    t->used = living;
    return true;
}

bool zp__tokens_add(zp__tokens *t, const uint8_t hash[32], const zp_client *client, int64_t credential,
                    int64_t expires_s, int64_t now_s)
{
    bool ok;

    pthread_mutex_lock(&t->lock);
    ok = 2 * (t->used + 1) <= t->room || rebuild(t, now_s);
    if (ok) {
        token *n = place_of(t->at, t->room, hash);

        zp__client_unref(n->client);
        t->used += !n->client;
        *n = (token){ zp__client_ref(client), credential, expires_s, { 0 } };
        memcpy(n->hash, hash, 32);
    }
    pthread_mutex_unlock(&t->lock);
    return ok;
}

const zp_client *zp__tokens_find(zp__tokens *t, const uint8_t hash[32], int64_t now_s, int64_t *credential)
{
    const zp_client *client = NULL;

    pthread_mutex_lock(&t->lock);
    if (t->room) {
        const token *n = place_of(t->at, t->room, hash);

        if (n->client && n->expires_s > now_s) {
            client = zp__client_ref(n->client);
            *credential = n->credential;
        }
    }
    pthread_mutex_unlock(&t->lock);
    return client;
}

uint64_t zp__tokens_count(zp__tokens *t)
{
    uint64_t count;

    pthread_mutex_lock(&t->lock);
    count = t->used;
    pthread_mutex_unlock(&t->lock);
    return count;
}

bool zp__token_hash(const char *text, size_t len, uint8_t hash[32])
{
    return EVP_Digest(text, len, hash, NULL, EVP_sha256(), NULL) == 1;
}

bool zp__token_new(char text[65], uint8_t hash[32])
{
    uint8_t bytes[32];

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    zp__hex(text, bytes, sizeof bytes);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return zp__token_hash(text, 64, hash);
}
