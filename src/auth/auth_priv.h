/* auth_priv: what the files of the room share. */
#ifndef ZP_AUTH_AUTH_PRIV_H
#define ZP_AUTH_AUTH_PRIV_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include <openssl/evp.h>
#include <sqlite3.h>

#include "auth/auth.h"
#include "auth/vault.h"
#include "base/arena.h"
#include "wire/json.h"

enum { ZP__KEY_BYTES = 32, ZP__TEXT_MAX = 256 };

/* ---------------------------------------------------------------- the master key (key.c), sealing (seal.c) */

typedef struct zp__key {
    uint8_t bytes[ZP__KEY_BYTES];
} zp__key;

/* By the rules of vault.h; *found is false when there is no key anywhere. */
bool zp__key_find(const char *vault_path, const char *key_path, zp__key *key, bool *found,
                  zp_error *err) ZP_MUST_CHECK;
bool zp__key_create(const char *vault_path, const char *key_path, zp__key *key, zp_error *err) ZP_MUST_CHECK;
void zp__key_wipe(zp__key *key);

/* sealed = nonce (12 bytes), ciphertext, tag (16 bytes); `where` is authenticated with it. */
bool zp__seal(const zp__key *key, const char *where, const void *plain, size_t len, zp_buf *sealed,
              zp_error *err) ZP_MUST_CHECK;
bool zp__unseal(const zp__key *key, const char *where, const void *sealed, size_t len, zp_buf *plain,
                zp_error *err) ZP_MUST_CHECK;
void zp__buf_wipe(zp_buf *buf); /* cleanses, then frees */
void zp__wipe(void *bytes, size_t len);

/* Random text: `count` characters of base32hex (the first one 0-7), or hexadecimal digits. */
bool zp__random_key(char *to, size_t count, zp_error *err) ZP_MUST_CHECK;
bool zp__random_hex(char *to, size_t count, zp_error *err) ZP_MUST_CHECK;
void zp__hex(char *to, const uint8_t *bytes, size_t len); /* 2 * len digits and a NUL */

/* ---------------------------------------------------------------- the file (vault.c) */

struct zp_vault {
    sqlite3 *db;
    char *path;
    char *actor;
    zp__key key;
    int depth; /* of zp_vault_begin */
    bool undo; /* somebody inside said !ok */
    bool busy; /* another process held it when something failed */
};

/* Opens another connection to the same vault with the same key. */
zp_vault *zp__vault_again(const zp_vault *vault, const char *actor, zp_error *err) ZP_MUST_CHECK;
/* Parameters by a format: t text (NULL: null), i int64_t, b blob (pointer, size_t).  A statement to step, or NULL. */
sqlite3_stmt *zp__sql(zp_vault *vault, zp_error *err, const char *sql, const char *fmt, ...) ZP_MUST_CHECK;
/* One step: true with *row telling whether there is a row. */
bool zp__sql_step(zp_vault *vault, sqlite3_stmt *st, bool *row, zp_error *err) ZP_MUST_CHECK;
/* Runs a statement without rows; *changed (may be NULL): rows that it touched. */
bool zp__sql_run(zp_vault *vault, int64_t *changed, zp_error *err, const char *sql, const char *fmt,
                 ...) ZP_MUST_CHECK;
/* The first column of the first row as a number, or `none`. */
bool zp__sql_number(zp_vault *vault, int64_t none, int64_t *out, zp_error *err, const char *sql,
                    const char *fmt, ...) ZP_MUST_CHECK;
bool zp__sql_fail(zp_vault *vault, zp_error *err);
const char *zp__column_text(sqlite3_stmt *st, int column); /* never NULL */
int64_t zp__now(void);
char *zp__copy_text(const char *text, zp_error *err) ZP_MUST_CHECK;

/* Ends the outermost transaction without a trace; true. */
bool zp__vault_cancel(zp_vault *vault);
/* Number of a client by name or key; an error when there is none. */
bool zp__client_id(zp_vault *vault, const char *client, int64_t *id, zp_error *err) ZP_MUST_CHECK;
/* A name that a person may type: 1 to 64 letters, digits and -_. */
bool zp__name_check(const char *kind, const char *name, zp_error *err) ZP_MUST_CHECK;
/* A key of 1 to 64 bytes of letters, digits, - and _. */
bool zp__key_check(const char *kind, const char *key, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- URLs (url.c) */

/* The URL without its secrets. */
void zp__url_mask(const char *url, zp_buf *out);
/* "pool-max=20 query-ms=5000" over the defaults. */
bool zp__limits_parse(const char *text, zp_bind_limits *limits, zp_error *err) ZP_MUST_CHECK;

/* The secret key of a row of `credential`. */
bool zp__credential_secret(const zp_vault *vault, const char *access_key, const void *sealed, size_t len,
                           zp_buf *plain, zp_error *err) ZP_MUST_CHECK;
/* The URL of a row of `binding`. */
bool zp__binding_url(const zp_vault *vault, const char *id, zp_env env, const void *sealed, size_t len,
                     zp_buf *url, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- snapshots (snapshot.c, snapshot_load.c) */

/* An active credential with its keys prepared: digest states that have the key absorbed already. */
typedef struct zp__credential {
    int64_t id;
    const char *access_key;
    EVP_MD_CTX *inner, *outer; /* of HMAC-SHA256(secret, .) */
    EVP_MD_CTX *prefix;        /* of SHA-256(secret .), the first generation's */
} zp__credential;

/* Counted apart from its snapshot, because logins hold it. */
typedef struct zp__client {
    zp_client pub; /* first, so that a zp_client is one of these */
    atomic_uint refs;
    bool enabled;
    zp__credential *credentials;
    size_t ncredentials;
    zp_arena *arena; /* all of it */
} zp__client;

struct zp_snapshot {
    atomic_uint refs;
    uint64_t generation;
    zp_arena *arena;
    zp__client **clients; /* by client key */
    size_t nclients;
    zp_database *databases; /* by id */
    size_t ndatabases;
};

zp_snapshot *zp__snapshot_load(zp_vault *vault, zp_error *err) ZP_MUST_CHECK;
zp_snapshot *zp__snapshot_empty(zp_error *err) ZP_MUST_CHECK;
zp__client *zp__client_new(zp_error *err) ZP_MUST_CHECK; /* with an arena, one reference */
void zp__client_unref(const zp_client *client);
const zp_client *zp__client_ref(const zp_client *client);
/* Prepares the keys of a credential; release with zp__credential_fini. */
bool zp__credential_init(zp__credential *c, const void *secret, size_t len, zp_error *err) ZP_MUST_CHECK;
void zp__credential_fini(zp__credential *c);

/* ---------------------------------------------------------------- proofs (proof.c) */

/* How the client proved that it knows its secret: either generation. */
typedef struct zp__proof {
    bool v1;
    zp_slice access_key; /* v1 */
    zp_slice nonce, timestamp;
    zp_slice given; /* signature or request_token */
} zp__proof;

/* The credential whose proof this is, or NULL.  Does the same work for every refusal, whoever asks: `client` may be
 * NULL.  *work counts the digests (for tests; may be NULL). */
const zp__credential *zp__proof_check(const zp__client *client, const zp__credential *dummy,
                                      const zp__proof *proof, unsigned *work);
/* ---------------------------------------------------------------- used nonces (replay.c, replay_file.c) */

typedef struct zp__replay zp__replay;

typedef enum zp__replay_verdict {
    ZP__REPLAY_FRESH,
    ZP__REPLAY_SEEN,
    ZP__REPLAY_STALE,
    ZP__REPLAY_FULL
} zp__replay_verdict;

/* `dir`: the state directory, made when it is not there; NULL: in memory alone. */
zp__replay *zp__replay_new(const char *dir, int64_t window_s, int64_t now_s, zp_error *err) ZP_MUST_CHECK;
void zp__replay_free(zp__replay *r);
/* Messages with an older timestamp are refused, because what was used before may have been forgotten; 0: none. */
int64_t zp__replay_not_before(const zp__replay *r);
const char *zp__replay_notice(const zp__replay *r); /* NULL: nothing to say */
/* Marks (client_key, nonce) as used until `expires_s` has passed.  Of racing copies one is FRESH. */
zp__replay_verdict zp__replay_use(zp__replay *r, zp_slice client_key, zp_slice nonce, int64_t expires_s,
                                  int64_t now_s);
/* The first generation's rule: a pair seen within the last 60 s from another address is SEEN. */
zp__replay_verdict zp__replay_use_v1(zp__replay *r, zp_slice client_key, zp_slice nonce, const char *address,
                                     int64_t now_s);

enum { ZP__NONCE_KEY = 16, ZP__NONCE_RECORD = 24, ZP__EPOCHS = 4 };

/* A used pair: a digest of it, when it may be forgotten, and a hash of the address it came from (first generation). */
typedef struct zp__nonce {
    uint8_t key[ZP__NONCE_KEY];
    int64_t expires; /* 0: free */
    uint64_t address;
} zp__nonce;

/* The files behind the cache (replay_file.c). */
typedef struct zp__replay_files zp__replay_files;
zp__replay_files *zp__replay_files_open(const char *dir, int64_t width_s, int64_t now_s,
                                        bool (*load)(void *arg, const uint8_t key[ZP__NONCE_KEY],
                                                     int64_t expires),
                                        void *arg, bool *trusted, zp_error *err) ZP_MUST_CHECK;
void zp__replay_files_close(zp__replay_files *f);
void zp__replay_files_append(zp__replay_files *f, const zp__nonce *nonce);
void zp__replay_files_drop(zp__replay_files *f, int64_t before_epoch);

/* ---------------------------------------------------------------- tokens over HTTP (token.c), sessions (login.c) */

typedef struct zp__tokens zp__tokens;

zp__tokens *zp__tokens_new(zp_error *err) ZP_MUST_CHECK;
void zp__tokens_free(zp__tokens *t);
/* Remembers the hash of a token; false: there are too many. */
bool zp__tokens_add(zp__tokens *t, const uint8_t hash[32], const zp_client *client, int64_t credential,
                    int64_t expires_s, int64_t now_s);
/* The client (counted) of a token that lives; NULL: none. */
const zp_client *zp__tokens_find(zp__tokens *t, const uint8_t hash[32], int64_t now_s, int64_t *credential);
uint64_t zp__tokens_count(zp__tokens *t);
/* A fresh token: 64 hexadecimal digits and its hash. */
bool zp__token_new(char text[65], uint8_t hash[32]);
bool zp__token_hash(const char *text, size_t len, uint8_t hash[32]);

typedef struct zp__seats zp__seats;
zp__seats *zp__seats_new(int64_t per_client, int64_t total, zp_error *err) ZP_MUST_CHECK;
void zp__seats_free(zp__seats *seats);
/* NULL: too many sessions. */
struct zp_client_seat *zp__seats_take(zp__seats *seats, int64_t client);
void zp__seat_give(struct zp_client_seat *seat);
uint64_t zp__seats_taken(const zp__seats *seats);

/* ---------------------------------------------------------------- the root (auth.c) */

struct zp_auth {
    pthread_mutex_t lock;       /* of snap */
    pthread_mutex_t vault_lock; /* of vault, taken before the other */
    const zp_snapshot *snap;
    zp_vault *vault;
    char *key_path; /* or NULL */
    int64_t data_version;
    dev_t vault_device; /* the file that is open */
    ino_t vault_inode;
    atomic_uint_fast64_t generation, accepted, refused, replayed, reloads;
    int64_t clock_window_s, token_ttl_s;
    zp__credential dummy;
    zp__client *trusted; /* whom a trusted peer is taken for */
    zp__replay *replay;
    zp__tokens *tokens;
    zp__seats *seats;
};

/* What a refusal says and which code it has. */
typedef struct zp__refusal {
    zp_zql_condition condition;
    const char *text;
    int64_t server_time; /* 0: not told */
} zp__refusal;

extern const char zp__auth_failed[]; /* the one text of all failed proofs */

/* The checks of a signed message behind its form (spec of the drivers' protocol): proof, clock, nonce.  The credential, which
 * lives as long as *client, a counted reference; NULL: *why. */
const zp__credential *zp__auth_verify(zp_auth *auth, zp_slice client_key, const zp__proof *proof,
                                      int64_t timestamp, const char *address, int64_t now_s,
                                      const zp_client **client, zp__refusal *why);
void zp__put_utc(zp_buf *out, int64_t unix_s);  /* 2026-05-27T10:15:00Z */
void zp__put_slice(zp_buf *out, zp_slice text); /* as a JSON string */

/* The error frame of a refused CONNECT: class P0 needs one more key.  `more`: further members of `data`. */
void zp__put_refusal(zp_buf *out, zp_zql_class cls, zp_zql_condition condition, const char *text,
                     const char *more);

/* ---------------------------------------------------------------- CONNECT (connect.c, handshake.c) */

/* A CONNECT as it was sent.  Slices live as long as the document it was read with; ptr NULL: not there. */
typedef struct zp__connect {
    zp_zql_class cls;
    int64_t request_type; /* -1: missing or no integer */
    zp_slice client_key, nonce, signature, request_token, access_key, database_id, env, data_type, protocol;
    zp_slice timestamp;     /* its digits, as sent */
    bool timestamp_is_text; /* a string of digits */
    int64_t time;           /* the number */
    bool bare;              /* a native one without any proof */
    bool has_token;         /* "access_token" is there: what class N adds to its queries */
    char wrong[96];         /* what is wrong with its form; "": nothing */
} zp__connect;

/* False: not one JSON object by the rules of the protocol; err says why. */
bool zp__connect_read(zp_json_doc *doc, const char *payload, size_t len, zp__connect *out,
                      zp_error *err) ZP_MUST_CHECK;

#endif
