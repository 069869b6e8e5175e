/* auth: the root object: the vault that is watched, the present snapshot, and what all handshakes share. */
#include "auth/auth.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/rand.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

enum { CLOCK_WINDOW_S = 300, TOKEN_TTL_S = 900, PER_CLIENT = 5000, TOTAL = 20000 };
/* How long a loop may wait for an administrator who is writing: a moment for looking, a little more for a request. */
enum { POLL_BUSY_MS = 20, REQUEST_BUSY_MS = 500 };

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value > 0 ? value : otherwise;
}

/* ---------------------------------------------------------------- snapshots */

const zp_snapshot *zp_auth_snapshot(zp_auth *auth)
{
    const zp_snapshot *snap;

    pthread_mutex_lock(&auth->lock);
    snap = zp_snapshot_ref(auth->snap);
    pthread_mutex_unlock(&auth->lock);
    return snap;
}

uint64_t zp_auth_generation(const zp_auth *auth)
{
    return atomic_load_explicit(&auth->generation, memory_order_acquire);
}

/* `snap` becomes the present one.  Numbered by us: a vault that was restored from a backup may count backwards. */
static void swap_in(zp_auth *auth, zp_snapshot *snap)
{
    const zp_snapshot *old;

    pthread_mutex_lock(&auth->lock);
    old = auth->snap;
    snap->generation = old ? old->generation + 1 : 1;
    auth->snap = snap;
    atomic_store_explicit(&auth->generation, snap->generation, memory_order_release);
    pthread_mutex_unlock(&auth->lock);
    zp_snapshot_unref(old);
}

/* Another file has taken the vault's place, from a backup for instance: it is opened with the same key. */
static bool follow_file(zp_auth *auth, bool *other, zp_error *err)
{
    struct stat st;
    zp_vault *fresh;

    *other = stat(auth->vault->path, &st) == 0 &&
             (st.st_ino != auth->vault_inode || st.st_dev != auth->vault_device);
    if (!*other)
        return true;
    fresh = zp__vault_again(auth->vault, auth->vault->actor, err);
    if (!fresh)
        return false;
    zp_vault_close(auth->vault);
    auth->vault = fresh;
    auth->data_version = -1; /* counted by connection */
    sqlite3_busy_timeout(fresh->db, POLL_BUSY_MS);
    auth->vault_inode = st.st_ino;
    auth->vault_device = st.st_dev;
    return true;
}

/* The vault does not open with the key that we have: perhaps it was sealed anew, and the key's file has been replaced. */
static zp_snapshot *load_with_new_key(zp_auth *auth, zp_error *err)
{
    zp_vault *fresh = zp_vault_open(auth->vault->path, auth->key_path, auth->vault->actor, NULL);
    zp_snapshot *snap = fresh ? zp__snapshot_load(fresh, err) : NULL;

    if (!snap) {
        zp_vault_close(fresh);
        return NULL;
    }
    zp_error_clear(err);
    zp_vault_close(auth->vault);
    auth->vault = fresh;
    auth->data_version = -1;
    sqlite3_busy_timeout(fresh->db, POLL_BUSY_MS);
    return snap;
}

/* Reads the vault when it is not as it was.  Lock of the vault held. */
static bool poll_vault(zp_auth *auth, bool force, zp_error *err)
{
    int64_t version = 0;
    zp_snapshot *snap;
    bool other;

    if (!follow_file(auth, &other, err) ||
        !zp__sql_number(auth->vault, 0, &version, err, "PRAGMA data_version", ""))
        return false;
    if (!force && !other && version == auth->data_version)
        return true;
    snap = zp__snapshot_load(auth->vault, err);
    if (!snap && err->code == ZP_EFORMAT)
        snap = load_with_new_key(auth, err);
    else
        auth->data_version = snap ? version : auth->data_version;
    if (!snap)
        return false;
    swap_in(auth, snap);
    atomic_fetch_add(&auth->reloads, 1);
    return true;
}

bool zp_auth_poll(zp_auth *auth, bool force, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    bool ok;

    if (!auth->vault)
        return true;
    pthread_mutex_lock(&auth->vault_lock);
    auth->vault->busy = false;
    ok = poll_vault(auth, force, &why);
    /* Somebody is writing: the change will be there next time. */
    if (!ok && !force && auth->vault->busy) {
        zp_error_clear(&why);
        ok = true;
    }
    pthread_mutex_unlock(&auth->vault_lock);
    zp_error_move(err, &why);
    return ok;
}

zp_vault *zp_auth_vault(zp_auth *auth, const char *actor, zp_error *err)
{
    zp_vault *vault = NULL;

    pthread_mutex_lock(&auth->vault_lock);
    if (auth->vault)
        vault = zp__vault_again(auth->vault, actor, err);
    else
        zp_fail(err, "this server has no vault");
    pthread_mutex_unlock(&auth->vault_lock);
    if (vault)
        sqlite3_busy_timeout(vault->db, REQUEST_BUSY_MS);
    return vault;
}

/* ---------------------------------------------------------------- life */

/* Remembers which file is open. */
static bool note_file(zp_auth *auth, zp_error *err)
{
    struct stat st;

    if (stat(auth->vault->path, &st) != 0)
        return zp_fail_sys(err, errno, "cannot look at the vault %s", auth->vault->path);
    auth->vault_inode = st.st_ino;
    auth->vault_device = st.st_dev;
    return true;
}

static bool open_vault(zp_auth *auth, const zp_auth_config *cfg, zp_error *err)
{
    if (!cfg->vault_path) {
        zp_snapshot *empty = zp__snapshot_empty(err);

        if (empty)
            swap_in(auth, empty);
        return empty != NULL;
    }
    auth->key_path = cfg->key_path ? zp__copy_text(cfg->key_path, err) : NULL;
    if (cfg->key_path && !auth->key_path)
        return false;
    auth->vault = zp_vault_open(cfg->vault_path, cfg->key_path, "server", err);
    if (!auth->vault || !note_file(auth, err) || !zp_auth_poll(auth, true, err))
        return false;
    sqlite3_busy_timeout(auth->vault->db, POLL_BUSY_MS);
    return true;
}

static bool make_dummies(zp_auth *auth, zp_error *err)
{
    uint8_t secret[64];

    if (RAND_bytes(secret, sizeof secret) != 1)
        return zp_fail(err, "the system has no random numbers");
    auth->dummy = (zp__credential){ .id = -1, .access_key = "00000000000000000000000000" };
    auth->trusted = zp__client_new(err);
    if (!auth->trusted || !zp__credential_init(&auth->dummy, secret, sizeof secret, err))
        return false;
    auth->trusted->pub =
        (zp_client){ .client_key = "trusted", .name = "trusted", .id = -1, .rights = ZP_RIGHT_ALL };
    return true;
}

zp_auth *zp_auth_new(const zp_auth_config *cfg, zp_error *err)
{
    zp_auth *auth = zp_new(zp_auth, err);

    if (!auth)
        return NULL;
    pthread_mutex_init(&auth->lock, NULL);
    pthread_mutex_init(&auth->vault_lock, NULL);
    auth->clock_window_s = or_default(cfg->clock_window_s, CLOCK_WINDOW_S);
    auth->token_ttl_s = or_default(cfg->token_ttl_s, TOKEN_TTL_S);
    auth->seats = zp__seats_new(or_default(cfg->sessions_per_client, PER_CLIENT),
                                or_default(cfg->sessions_total, TOTAL), err);
    auth->tokens = zp__tokens_new(err);
    auth->replay = auth->seats && auth->tokens ? zp__replay_new(cfg->state_dir, auth->clock_window_s,
                                                                or_default(cfg->start_s, zp__now()), err)
                                               : NULL;
    if (auth->replay && make_dummies(auth, err) && open_vault(auth, cfg, err))
        return auth;
    zp_auth_free(auth);
    return NULL;
}

void zp_auth_free(zp_auth *auth)
{
    if (!auth)
        return;
    zp_snapshot_unref(auth->snap);
    zp__credential_fini(&auth->dummy);
    if (auth->trusted)
        zp__client_unref(&auth->trusted->pub);
    zp__replay_free(auth->replay);
    zp__tokens_free(auth->tokens);
    zp__seats_free(auth->seats);
    zp_vault_close(auth->vault);
    zp_free(auth->key_path);
    pthread_mutex_destroy(&auth->lock);
    pthread_mutex_destroy(&auth->vault_lock);
    zp_free(auth);
}

const char *zp_auth_notice(const zp_auth *auth)
{
    return zp__replay_notice(auth->replay);
}

void zp_auth_stats_get(zp_auth *auth, zp_auth_stats *out)
{
    *out = (zp_auth_stats){ .accepted = atomic_load(&auth->accepted),
                            .refused = atomic_load(&auth->refused),
                            .replayed = atomic_load(&auth->replayed),
                            .sessions = zp__seats_taken(auth->seats),
                            .tokens = zp__tokens_count(auth->tokens),
                            .reloads = atomic_load(&auth->reloads) };
}
