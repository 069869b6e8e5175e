/* auth_priv: what the files of the room share. */
#ifndef ZP_AUTH_AUTH_PRIV_H
#define ZP_AUTH_AUTH_PRIV_H

#include <sqlite3.h>

#include "auth/auth.h"
#include "auth/vault.h"

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

#endif
