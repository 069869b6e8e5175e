/* vault: the file itself: its tables, transactions and generation.
 *
 * Ordinary SQLite with a rollback journal: writers are rare, and a reader never waits longer than one of their
 * transactions.  A sealed constant tells a wrong master key from a damaged secret at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "auth/auth_priv.h"
#include "base/mem.h"

enum { FORMAT = 1, BUSY_MS = 5000 };

static const char tables[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE client(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, client_key TEXT NOT NULL UNIQUE,"
    " allow_v1 INTEGER NOT NULL, enabled INTEGER NOT NULL, rights INTEGER NOT NULL, created INTEGER NOT NULL);"
    "CREATE TABLE credential(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " client INTEGER NOT NULL REFERENCES client ON DELETE CASCADE, access_key TEXT NOT NULL UNIQUE,"
    " secret BLOB NOT NULL, active INTEGER NOT NULL, created INTEGER NOT NULL, retired INTEGER);"
    "CREATE TABLE database(id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL);"
    "CREATE TABLE binding(database TEXT NOT NULL REFERENCES database ON DELETE CASCADE, env INTEGER NOT NULL,"
    " url BLOB NOT NULL, shown TEXT NOT NULL, limits TEXT NOT NULL, PRIMARY KEY(database, env));"
    "CREATE TABLE access(client INTEGER NOT NULL REFERENCES client ON DELETE CASCADE,"
    " database TEXT NOT NULL REFERENCES database ON DELETE CASCADE, env INTEGER NOT NULL, access INTEGER NOT NULL,"
    " PRIMARY KEY(client, database, env));"
    "CREATE TABLE version(database TEXT NOT NULL REFERENCES database ON DELETE CASCADE, name TEXT NOT NULL,"
    " version INTEGER NOT NULL, text TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY(database, name, version));"
    "CREATE TABLE published(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " database TEXT NOT NULL REFERENCES database ON DELETE CASCADE, env INTEGER NOT NULL, name TEXT NOT NULL,"
    " version INTEGER NOT NULL, at INTEGER NOT NULL, seen INTEGER NOT NULL);"
    "CREATE INDEX published_name ON published(database, env, name, version);"
    "CREATE TABLE audit(id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL,"
    " action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL);";

static const char check_text[] = "zplane vault";

int64_t zp__now(void)
{
    return (int64_t)time(NULL);
}

bool zp__sql_fail(zp_vault *vault, zp_error *err)
{
    int code = sqlite3_errcode(vault->db);

    if (code == SQLITE_NOMEM)
        return zp_fail_nomem(err, 0);
    vault->busy |= code == SQLITE_BUSY;
    if (code == SQLITE_BUSY)
        return zp_fail_code(err, ZP_EIO, "the vault %s is busy: another process holds it", vault->path);
    return zp_fail_code(err, code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ZP_EFORMAT : ZP_EIO,
                        "vault %s: %s", vault->path, sqlite3_errmsg(vault->db));
}

/* ---------------------------------------------------------------- statements */

static void bind_all(sqlite3_stmt *st, const char *fmt, va_list args)
{
    for (int i = 1; *fmt; fmt++, i++) {
        if (*fmt == 'i') {
            sqlite3_bind_int64(st, i, va_arg(args, int64_t));
        } else if (*fmt == 't') {
            sqlite3_bind_text(st, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        } else {
            const void *bytes = va_arg(args, const void *);

            sqlite3_bind_blob64(st, i, bytes, va_arg(args, size_t), SQLITE_TRANSIENT);
        }
    }
}

static sqlite3_stmt *prepare(zp_vault *vault, zp_error *err, const char *sql, const char *fmt, va_list args)
{
    sqlite3_stmt *st = NULL;

    if (sqlite3_prepare_v2(vault->db, sql, -1, &st, NULL) != SQLITE_OK) {
        zp__sql_fail(vault, err);
        return NULL;
    }
    bind_all(st, fmt, args);
    return st;
}

sqlite3_stmt *zp__sql(zp_vault *vault, zp_error *err, const char *sql, const char *fmt, ...)
{
    va_list args;
    sqlite3_stmt *st;

    va_start(args, fmt);
    st = prepare(vault, err, sql, fmt, args);
    va_end(args);
    return st;
}

bool zp__sql_step(zp_vault *vault, sqlite3_stmt *st, bool *row, zp_error *err)
{
    int code = sqlite3_step(st);

    *row = code == SQLITE_ROW;
    return *row || code == SQLITE_DONE || zp__sql_fail(vault, err);
}

bool zp__sql_run(zp_vault *vault, int64_t *changed, zp_error *err, const char *sql, const char *fmt, ...)
{
    va_list args;
    sqlite3_stmt *st;
    bool row, ok;

    va_start(args, fmt);
    st = prepare(vault, err, sql, fmt, args);
    va_end(args);
    ok = st && zp__sql_step(vault, st, &row, err);
    if (ok && changed)
        *changed = sqlite3_changes64(vault->db);
    sqlite3_finalize(st);
    return ok;
}

bool zp__sql_number(zp_vault *vault, int64_t none, int64_t *out, zp_error *err, const char *sql,
                    const char *fmt, ...)
{
    va_list args;
    sqlite3_stmt *st;
    bool row = false, ok;

    va_start(args, fmt);
    st = prepare(vault, err, sql, fmt, args);
    va_end(args);
    ok = st && zp__sql_step(vault, st, &row, err);
    *out = ok && row ? sqlite3_column_int64(st, 0) : none;
    sqlite3_finalize(st);
    return ok;
}

const char *zp__column_text(sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);

    return text ? text : "";
}

static bool run_plain(zp_vault *vault, const char *sql, zp_error *err)
{
    return sqlite3_exec(vault->db, sql, NULL, NULL, NULL) == SQLITE_OK || zp__sql_fail(vault, err);
}

/* ---------------------------------------------------------------- transactions */

bool zp_vault_begin(zp_vault *vault, zp_error *err)
{
    if (vault->depth == 0) {
        vault->undo = false;
        if (!run_plain(vault, "BEGIN IMMEDIATE", err))
            return false;
    }
    vault->depth++;
    return true;
}

bool zp_vault_end(zp_vault *vault, bool ok, zp_error *err)
{
    vault->undo |= !ok;
    if (--vault->depth > 0)
        return ok;
    if (!vault->undo)
        vault->undo = !zp__sql_run(vault, NULL, err,
                                   "UPDATE meta SET value = value + 1 WHERE key = 'generation'", "") ||
                      !run_plain(vault, "COMMIT", err);
    if (vault->undo)
        run_plain(vault, "ROLLBACK", NULL);
    return ok && !vault->undo;
}

bool zp__vault_cancel(zp_vault *vault)
{
    vault->depth = 0;
    run_plain(vault, "ROLLBACK", NULL);
    return true;
}

bool zp_vault_log(zp_vault *vault, const char *action, const char *object, const char *detail, zp_error *err)
{
    return zp__sql_run(vault, NULL, err,
                       "INSERT INTO audit(at, actor, action, object, detail) VALUES(?, ?, ?, ?, ?)", "itttt",
                       zp__now(), vault->actor, action, object, detail);
}

/* ---------------------------------------------------------------- opening */

bool zp_vault_places(const zp_config *cfg, zp_buf *vault, zp_buf *state_dir, zp_error *err)
{
    if (*cfg->state_dir)
        zp_buf_puts(state_dir, cfg->state_dir);
    else if (*cfg->data)
        zp_buf_printf(state_dir, "%s/.state", cfg->data);
    if (*cfg->vault)
        zp_buf_puts(vault, cfg->vault);
    else if (state_dir->len)
        zp_buf_printf(vault, "%s/vault.db", zp_buf_text(state_dir));
    return zp_buf_ok(vault, err) && zp_buf_ok(state_dir, err);
}

char *zp__copy_text(const char *text, zp_error *err)
{
    size_t len = strlen(text) + 1;
    char *copy = zp_alloc(len, err);

    return copy ? memcpy(copy, text, len) : NULL;
}

void zp_vault_set_actor(zp_vault *vault, const char *actor)
{
    char *copy = zp__copy_text(actor, NULL);

    if (copy) {
        zp_free(vault->actor);
        vault->actor = copy;
    }
}

void zp_vault_close(zp_vault *vault)
{
    if (!vault)
        return;
    sqlite3_close(vault->db);
    zp__key_wipe(&vault->key);
    zp_free(vault->path);
    zp_free(vault->actor);
    zp_free(vault);
}

static zp_vault *open_file(const char *path, const char *actor, int flags, zp_error *err)
{
    zp_vault *vault = zp_new(zp_vault, err);

    if (!vault)
        return NULL;
    vault->path = zp__copy_text(path, err);
    vault->actor = zp__copy_text(actor, err);
    if (!vault->path || !vault->actor)
        goto fail;
    if (sqlite3_open_v2(path, &vault->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        if (vault->db)
            zp__sql_fail(vault, err);
        else
            zp_fail_nomem(err, 0);
        goto fail;
    }
    sqlite3_busy_timeout(vault->db, BUSY_MS);
    sqlite3_db_config(vault->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(vault->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (run_plain(vault, "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_spill = OFF",
                  err))
        return vault;
fail:
    zp_vault_close(vault);
    return NULL;
}

/* The sealed constant opens: the key is the right one. */
static bool check_key(zp_vault *vault, zp_error *err)
{
    sqlite3_stmt *st = zp__sql(vault, err, "SELECT value FROM meta WHERE key = 'check'", "");
    zp_buf plain = ZP_BUF_INIT;
    bool row = false, ok = st && zp__sql_step(vault, st, &row, err);

    if (ok && !row)
        ok = zp_fail_code(err, ZP_EFORMAT, "%s is not a vault", vault->path);
    if (ok && !zp__unseal(&vault->key, "check", sqlite3_column_blob(st, 0),
                          (size_t)sqlite3_column_bytes(st, 0), &plain, NULL))
        ok = zp_fail(err, "the master key is not that of the vault %s", vault->path);
    sqlite3_finalize(st);
    zp_buf_fini(&plain);
    return ok;
}

static bool check_format(zp_vault *vault, zp_error *err)
{
    int64_t there, format = 0;

    if (!zp__sql_number(vault, 0, &there, err, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'", ""))
        return false;
    if (!there)
        return zp_fail_code(err, ZP_EFORMAT, "%s is not a vault", vault->path);
    if (!zp__sql_number(vault, 0, &format, err, "SELECT value FROM meta WHERE key = 'format'", ""))
        return false;
    return format == FORMAT ||
           zp_fail_code(err, ZP_EFORMAT, "the vault %s has format %lld, this program knows %d", vault->path,
                        (long long)format, FORMAT);
}

zp_vault *zp_vault_open(const char *path, const char *key_path, const char *actor, zp_error *err)
{
    zp_error local = ZP_ERROR_INIT;
    zp_vault *vault = NULL;
    bool found;

    if (access(path, F_OK) != 0)
        zp_fail_sys(&local, errno, "cannot open the vault %s", path);
    else
        vault = open_file(path, actor, SQLITE_OPEN_READWRITE, &local);
    if (vault && check_format(vault, &local) && zp__key_find(path, key_path, &vault->key, &found, &local)) {
        if (!found)
            zp_fail(
                &local,
                "no master key for the vault %s: give vault.key, ZPLANE_MASTER_KEY, the systemd credential "
                "zplane-master-key, or %s.key",
                path, path);
        else if (check_key(vault, &local))
            return vault;
    }
    zp_vault_close(vault);
    zp_error_move(err, &local);
    return NULL;
}

zp_vault *zp__vault_again(const zp_vault *vault, const char *actor, zp_error *err)
{
    zp_vault *again = open_file(vault->path, actor, SQLITE_OPEN_READWRITE, err);

    if (again)
        again->key = vault->key;
    return again;
}

/* ---------------------------------------------------------------- making one */

static bool fill(zp_vault *vault, zp_error *err)
{
    zp_buf sealed = ZP_BUF_INIT;
    bool ok = zp_vault_begin(vault, err);

    if (!ok)
        return false;
    ok =
        run_plain(vault, tables, err) &&
        zp__seal(&vault->key, "check", check_text, strlen(check_text), &sealed, err) &&
        zp__sql_run(vault, NULL, err, "INSERT INTO meta VALUES('format', ?), ('generation', 0), ('check', ?)",
                    "ib", (int64_t)FORMAT, (const void *)sealed.ptr, sealed.len) &&
        zp_vault_log(vault, "init", "vault", "", err);
    zp_buf_fini(&sealed);
    return zp_vault_end(vault, ok, err);
}

/* An empty file that only we can read, so that SQLite never makes one that others can. */
static bool make_file(const char *path, zp_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno == EEXIST ? zp_fail(err, "there is already a file %s", path)
                               : zp_fail_sys(err, errno, "cannot make the vault %s", path);
    close(fd);
    return true;
}

bool zp_vault_init(const char *path, const char *key_path, bool *made_key, zp_error *err)
{
    zp_error local = ZP_ERROR_INIT;
    zp_vault *vault = NULL;
    zp__key key;
    bool found = false, made, ok;

    *made_key = false;
    ok = zp__key_find(path, key_path, &key, &found, &local);
    if (ok && access(path, F_OK) == 0)
        ok = zp_fail(&local, "there is already a file %s", path);
    if (ok && !found)
        ok = *made_key = zp__key_create(path, key_path, &key, &local);
    ok = ok && make_file(path, &local);
    vault = ok ? open_file(path, "admin", SQLITE_OPEN_READWRITE, &local) : NULL;
    if (vault)
        vault->key = key;
    made = ok;
    if (ok && (!vault || !fill(vault, &local)))
        ok = false;
    if (made && !ok)
        unlink(path);
    zp_vault_close(vault);
    zp__key_wipe(&key);
    zp_error_move(err, &local);
    return ok;
}
