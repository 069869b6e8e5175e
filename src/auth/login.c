/* login: sessions that have proved themselves, the seats they take, and whether they may go on.
 *
 * A login keeps the client as it was when it was last found good.  When the vault has changed, that client is compared
 * with the present one: what only widened is followed silently, what shrank ends the session. */
#include <string.h>

#include <openssl/crypto.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

enum { BUCKETS = 256 };

struct zp_client_seat {
    struct zp_client_seat *next;
    zp__seats *seats;
    int64_t client;
    atomic_int_fast64_t taken;
};

struct zp__seats {
    pthread_mutex_t lock; /* of the lists */
    int64_t per_client, total;
    atomic_int_fast64_t taken;
    struct zp_client_seat *buckets[BUCKETS];
};

zp__seats *zp__seats_new(int64_t per_client, int64_t total, zp_error *err)
{
    zp__seats *s = zp_new(zp__seats, err);

    if (!s)
        return NULL;
    s->per_client = per_client;
    s->total = total;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void zp__seats_free(zp__seats *seats)
{
    if (!seats)
        return;
    for (int i = 0; i < BUCKETS; i++) {
        for (struct zp_client_seat *s = seats->buckets[i], *next; s; s = next) {
            next = s->next;
            zp_free(s);
        }
    }
    pthread_mutex_destroy(&seats->lock);
    zp_free(seats);
}

/* The counter of a client, made when it first comes; kept as long as the process. */
static struct zp_client_seat *seat_of(zp__seats *seats, int64_t client)
{
    struct zp_client_seat **bucket = &seats->buckets[(uint64_t)client % BUCKETS], *s;

    pthread_mutex_lock(&seats->lock);
    for (s = *bucket; s && s->client != client; s = s->next)
        ;
    if (!s && (s = zp_new(struct zp_client_seat, NULL))) {
        s->client = client;
        s->seats = seats;
        s->next = *bucket;
        *bucket = s;
    }
    pthread_mutex_unlock(&seats->lock);
    return s;
}

/* One more, unless that would be too many. */
static bool take(atomic_int_fast64_t *counter, int64_t most)
{
    if (atomic_fetch_add(counter, 1) < most)
        return true;
    atomic_fetch_sub(counter, 1);
    return false;
}

struct zp_client_seat *zp__seats_take(zp__seats *seats, int64_t client)
{
    struct zp_client_seat *s = seat_of(seats, client);

    if (!s || !take(&s->taken, seats->per_client))
        return NULL;
    if (take(&seats->taken, seats->total))
        return s;
    atomic_fetch_sub(&s->taken, 1);
    return NULL;
}

void zp__seat_give(struct zp_client_seat *seat)
{
    if (!seat)
        return;
    atomic_fetch_sub(&seat->taken, 1);
    atomic_fetch_sub(&seat->seats->taken, 1);
}

uint64_t zp__seats_taken(const zp__seats *seats)
{
    return (uint64_t)atomic_load(&seats->taken);
}

/* ---------------------------------------------------------------- logins */

void zp_login_park(zp_login *login)
{
    zp__seat_give(login->seat);
    login->seat = NULL;
}

void zp_login_free(zp_login *login)
{
    if (!login)
        return;
    zp_login_park(login);
    zp__client_unref(login->client);
    zp_free(login);
}

static bool has_credential(const zp__client *c, int64_t credential)
{
    for (size_t i = 0; i < c->ncredentials; i++) {
        if (c->credentials[i].id == credential)
            return true;
    }
    return false;
}

/* Everything that `before` allowed is still allowed. */
static bool covers(const zp_client *now, const zp_client *before)
{
    if (before->rights & ~now->rights)
        return false;
    for (size_t i = 0; i < before->ngrants; i++) {
        const zp_grant *g = &before->grants[i];

        if (g->access & ~zp_client_access(now, g->database_id, strlen(g->database_id), g->env))
            return false;
    }
    return true;
}

bool zp_login_check(zp_login *login, const zp_snapshot *snap)
{
    const zp_client *now, *before = login->client;
    const zp__client *c;

    if (login->generation >= snap->generation)
        return true;
    if (login->credential >= 0) {
        now = zp_snapshot_client(snap, before->client_key, strlen(before->client_key));
        c = (const zp__client *)now;
        if (!c || !c->enabled || now->id != before->id || !has_credential(c, login->credential) ||
            (login->cls == ZP_CLASS_V && !now->allow_v1) || !covers(now, before))
            return false;
        login->client = zp__client_ref(now);
        login->rights = now->rights;
        zp__client_unref(before);
    }
    login->generation = snap->generation;
    return true;
}

bool zp_login_token_is(const zp_login *login, const char *token, size_t len)
{
    uint8_t hash[32];

    return zp__token_hash(token, len, hash) && CRYPTO_memcmp(hash, login->token_hash, sizeof hash) == 0;
}
