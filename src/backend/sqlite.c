/* sqlite: the engine for SQLite files.
 *
 * SQLite blocks, so its calls are made by helper threads, a slice at a time (slices.h): until 64 KiB are encoded, some ms have passed,
 * or the end.
 * Write-ahead logging lets readers and one writer work at the same time; a second writer waits in a busy handler that heeds the
 * flag. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "backend/slices.h"
#include "backend/sqlite_priv.h"
#include "base/clock.h"
#include "base/mem.h"

enum {
    SLICE_BYTES = 65536,
    SLICE_MS = 5,
    STATEMENTS = 64,
    PROGRESS_STEPS = 2000,
    OPEN_BUSY_MS = 5000,
    WAL_BUSY_MS = 200
};

typedef struct lite_statement {
    uint64_t shape;
    sqlite3_stmt *stmt;
    uint64_t used;
} lite_statement;

typedef struct lite_link {
    zp_slices s;
    sqlite3 *db;
    lite_statement cache[STATEMENTS];
    int cached;
    uint64_t clock;
    sqlite3_stmt *stmt; /* of the run under way; NULL: not begun, or over */
    bool keep;          /* it stays in the cache */
    zp_result_cell *cells;
    int cell_cap;
    zp_errand errand;
} lite_link;

/* ---------------------------------------------------------------- opening (helper thread) */

static int on_progress(void *arg)
{
    lite_link *l = arg;

    return atomic_load_explicit(&l->s.stop, memory_order_relaxed);
}

/* Another connection writes: look again in a moment, for as long as a query may take. */
static int on_busy(void *arg, int times)
{
    lite_link *l = arg;
    const struct timespec nap = { 0, times < 10 ? 1000000 : 10000000 };
    int64_t waited = times < 10 ? times : 10 + (int64_t)(times - 10) * 10;

    if (on_progress(l) || waited > l->s.link.target->query_ms)
        return 0;
    nanosleep(&nap, NULL);
    return 1;
}

static bool path_of(const char *url, zp_url *parts, zp_error *err)
{
    static const char *const keys[] = { "mode", NULL };
    char mode[16];

    if (!zp__url_parse(url, parts, err))
        return false;
    if (!parts->path || !*parts->path || parts->host || !zp__url_options_known(parts, keys, err) ||
        (zp__url_option(parts, "mode", mode, sizeof mode) && strcmp(mode, "ro") != 0 &&
         strcmp(mode, "rw") != 0 && strcmp(mode, "rwc") != 0)) {
        zp__url_fini(parts);
        return zp_fail(err,
                       "the URL of an SQLite database is sqlite:PATH, with ?mode=ro, rw or rwc if wished");
    }
    return true;
}

static bool check_url(const char *url, zp_error *err)
{
    zp_url parts;

    if (!path_of(url, &parts, err))
        return false;
    zp__url_fini(&parts);
    return true;
}

/* sqlite:PATH relative or absolute, sqlite:///PATH absolute. */
sqlite3 *zp__sqlite_open(const char *url, zp_error *err)
{
    sqlite3 *db = NULL;
    zp_url parts;
    char mode[16] = "rw", path[4096];
    int flags, rc;

    if (!path_of(url, &parts, err))
        return NULL;
    snprintf(path, sizeof path, "%s%s", strncmp(strchr(url, ':') + 1, "//", 2) == 0 ? "/" : "", parts.path);
    zp__url_option(&parts, "mode", mode, sizeof mode);
    zp__url_fini(&parts);
    flags = strcmp(mode, "ro") == 0 ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (strcmp(mode, "rwc") == 0)
        flags |= SQLITE_OPEN_CREATE;
    rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        sqlite3_busy_timeout(
            db, OPEN_BUSY_MS); /* others may be opening it, or bringing it into write-ahead mode */
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL); /* is it one? */
    if (rc == SQLITE_OK)
        return db;
    zp_fail(err, "cannot open the SQLite database: %s", sqlite3_errstr(rc));
    sqlite3_close_v2(db);
    return NULL;
}

/* Write-ahead mode, once and for all.  The change needs the file for itself and keeps new readers away while it waits for it: so it gives up
 * soon, and the next connection tries again. */
static void set_wal(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool wal = sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL) == SQLITE_OK &&
               sqlite3_step(stmt) == SQLITE_ROW &&
               sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;

    sqlite3_finalize(stmt);
    if (wal)
        return;
    sqlite3_busy_timeout(db, WAL_BUSY_MS);
    sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL); /* where the file system can */
    sqlite3_busy_timeout(db, OPEN_BUSY_MS);
}

static bool settings(sqlite3 *db, zp_error *err)
{
    static const char sql[] =
        "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA trusted_schema=OFF; "
        "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA recursive_triggers=ON";

    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    if (!sqlite3_db_readonly(db, "main"))
        set_wal(db);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return zp_fail(err, "cannot set up the SQLite database: %s", sqlite3_errmsg(db));
    return zp__sqlite_functions(db, err);
}

static zp_link *open_link(const zp_backend_target *target, zp_failure *failure)
{
    zp_error err = ZP_ERROR_INIT;
    lite_link *l = zp_new(lite_link, &err);

    *failure = (zp_failure){ .error = ZP_RUN_CONNECT };
    if (!l)
        goto fail;
    l->db = zp__sqlite_open(target->url, &err);
    if (!l->db)
        goto fail;
    l->s.link.target = (zp_backend_target *)target; /* the pool counts it when this returns */
    if (settings(l->db, &err)) {
        sqlite3_busy_handler(l->db, on_busy, l);
        sqlite3_progress_handler(l->db, PROGRESS_STEPS, on_progress, l);
        return &l->s.link;
    }
fail:
    zp__failure_log(failure, zp_error_text(&err));
    zp_error_clear(&err);
    if (l)
        sqlite3_close_v2(l->db);
    zp_free(l);
    return NULL;
}

static void close_link(zp_link *link)
{
    lite_link *l = (lite_link *)link;

    if (l->stmt && !l->keep)
        sqlite3_finalize(l->stmt);
    for (int i = 0; i < l->cached; i++)
        sqlite3_finalize(l->cache[i].stmt);
    sqlite3_close_v2(l->db);
    zp_encoder_fini(&l->s.encoder);
    zp_free(l->cells);
    zp_free(l);
}

static bool attach(zp_link *link, zp_error *err)
{
    return true;
}

/* ---------------------------------------------------------------- errors */

typedef struct code_row {
    int code; /* extended; or primary when no extended one is listed */
    zp_run_error error;
    const char *text;
} code_row;

static const code_row codes[] = {
    { SQLITE_CONSTRAINT_UNIQUE, ZP_RUN_UNIQUE, NULL },
    { SQLITE_CONSTRAINT_PRIMARYKEY, ZP_RUN_UNIQUE, NULL },
    { SQLITE_CONSTRAINT_ROWID, ZP_RUN_UNIQUE, NULL },
    { SQLITE_CONSTRAINT_FOREIGNKEY, ZP_RUN_FOREIGN_KEY, NULL },
    { SQLITE_CONSTRAINT_TRIGGER, ZP_RUN_FOREIGN_KEY, NULL },
    { SQLITE_CONSTRAINT_CHECK, ZP_RUN_CHECK, NULL },
    { SQLITE_CONSTRAINT_NOTNULL, ZP_RUN_NOT_NULL, NULL },
    { SQLITE_CONSTRAINT_DATATYPE, ZP_RUN_VALUE, NULL },
    { SQLITE_CONSTRAINT, ZP_RUN_CHECK, NULL },
    { SQLITE_INTERRUPT, ZP_RUN_CANCELLED, NULL },
    { SQLITE_BUSY, ZP_RUN_CONFLICT, NULL },
    { SQLITE_LOCKED, ZP_RUN_CONFLICT, NULL },
    { SQLITE_MISMATCH, ZP_RUN_VALUE, NULL },
    { SQLITE_TOOBIG, ZP_RUN_VALUE, "a value is too large" },
    { SQLITE_FULL, ZP_RUN_BACKEND, "the disk of the database is full" },
    { SQLITE_READONLY, ZP_RUN_BACKEND, "the database is read-only" },
    { SQLITE_NOMEM, ZP_RUN_BACKEND, "not enough memory for the query" },
    { SQLITE_CORRUPT, ZP_RUN_BACKEND, "the database is damaged" },
    { SQLITE_NOTADB, ZP_RUN_BACKEND, "the database is damaged" },
};

/* `UNIQUE constraint failed: user.email, user.name`: the columns without their table. */
static void columns_of_message(const char *message, zp_failure *f)
{
    const char *at = strstr(message, "failed: ");
    size_t n = 0;

    for (at = at ? at + 8 : ""; *at && n + 1 < sizeof f->constraint;) {
        const char *end = at + strcspn(at, ","), *dot = memchr(at, '.', (size_t)(end - at));

        for (at = dot ? dot + 1 : at; at < end && n + 1 < sizeof f->constraint; at++)
            f->constraint[n++] = *at;
        while (at < end)
            at++;
        if (*at == ',' && n + 1 < sizeof f->constraint)
            f->constraint[n++] = *at++;
    }
    f->constraint[n] = '\0';
}

static void failure_of(sqlite3 *db, int rc, zp_failure *f)
{
    const char *message = sqlite3_errmsg(db);
    size_t i = 0;
    while (i < ZP_COUNTOF(codes) && codes[i].code != rc && codes[i].code != (rc & 0xff))
        i++;
    *f = (zp_failure){ .error = i < ZP_COUNTOF(codes) ? codes[i].error : ZP_RUN_BACKEND };
    if (i < ZP_COUNTOF(codes) && codes[i].text)
        zp__failure_set(f, f->error, "%s", codes[i].text);
    if ((rc & 0xff) == SQLITE_CONSTRAINT)
        columns_of_message(message, f);
    if (rc == SQLITE_ERROR && strstr(message, "integer overflow"))
        *f = (zp_failure){ .error = ZP_RUN_OVERFLOW };
    else if (rc == SQLITE_ERROR && strstr(message, "no such table"))
        zp__failure_set(f, ZP_RUN_BACKEND, "the database has no table that the schema names");
    else if (rc == SQLITE_ERROR && (strstr(message, "no such column") || strstr(message, "has no column")))
        zp__failure_set(f, ZP_RUN_BACKEND, "the database has no column that the schema names");
}

/* ---------------------------------------------------------------- a slice (helper thread) */

static sqlite3_stmt *prepare(lite_link *l, const zp_statement *st, int *rc)
{
    lite_statement *slot = NULL;
    sqlite3_stmt *stmt = NULL;

    l->keep = st->shape != 0;
    for (int i = 0; st->shape && i < l->cached; i++)
        if (l->cache[i].shape == st->shape) {
            l->cache[i].used = ++l->clock;
            return l->cache[i].stmt;
        }
    *rc = sqlite3_prepare_v3(l->db, st->sql.ptr, (int)st->sql.len, st->shape ? SQLITE_PREPARE_PERSISTENT : 0,
                             &stmt, NULL);
    if (*rc != SQLITE_OK || !st->shape)
        return stmt;
    if (l->cached < STATEMENTS) {
        slot = &l->cache[l->cached++];
    } else {
        slot = &l->cache[0];
        for (int i = 1; i < STATEMENTS; i++)
            if (l->cache[i].used < slot->used)
                slot = &l->cache[i];
        sqlite3_finalize(slot->stmt);
    }
    *slot = (lite_statement){ st->shape, stmt, ++l->clock };
    return stmt;
}

static int bind(sqlite3_stmt *stmt, int i, const zp_param *p)
{
    char text[48];

    if (p->null)
        return sqlite3_bind_null(stmt, i);
    switch (p->kind) {
    case ZP_PARAM_BOOL:
    case ZP_PARAM_INT: return sqlite3_bind_int64(stmt, i, p->num);
    case ZP_PARAM_DOUBLE: return sqlite3_bind_double(stmt, i, p->dbl);
    case ZP_PARAM_DECIMAL:
    case ZP_PARAM_TEXT:
    case ZP_PARAM_JSON:
        return sqlite3_bind_text64(stmt, i, p->text.ptr, p->text.len, SQLITE_STATIC, SQLITE_UTF8);
    case ZP_PARAM_BINARY: return sqlite3_bind_blob64(stmt, i, p->text.ptr, p->text.len, SQLITE_STATIC);
    case ZP_PARAM_DATETIME:
        return sqlite3_bind_text64(stmt, i, text, zp__micros_text(text, p->num, ' '), SQLITE_TRANSIENT,
                                   SQLITE_UTF8);
    case ZP_PARAM_DATE:
        return sqlite3_bind_text64(stmt, i, text, zp__days_text(text, p->num), SQLITE_TRANSIENT, SQLITE_UTF8);
    default: return sqlite3_bind_null(stmt, i);
    }
}

static bool begin(lite_link *l)
{
    const zp_query_run *run = l->s.run;
    const zp_statement *st = run->statement;
    int rc = SQLITE_OK;

    l->stmt = prepare(l, st, &rc);
    if (rc == SQLITE_OK && (sqlite3_bind_parameter_count(l->stmt) != st->param_count ||
                            sqlite3_column_count(l->stmt) != st->columns)) {
        zp__failure_set(&l->s.failure, ZP_RUN_BACKEND,
                        "the database answers with other columns than the schema has");
        return false;
    }
    for (int i = 0; rc == SQLITE_OK && i < st->param_count; i++)
        rc = bind(l->stmt, i + 1, &run->params[i]);
    if (rc == SQLITE_OK && st->columns > l->cell_cap) {
        zp_result_cell *more = zp_realloc(l->cells, (size_t)st->columns * sizeof *more, NULL);

        if (more) {
            l->cells = more;
            l->cell_cap = st->columns;
        } else {
            rc = SQLITE_NOMEM;
        }
    }
    if (rc != SQLITE_OK)
        failure_of(l->db, rc, &l->s.failure);
    return rc == SQLITE_OK;
}

/* The value of a column is fetched once: the calls by column number would lock and look it up for each of their questions.  Only one thread
 * has the connection, so the values need no lock. */
static void cells_of(sqlite3_stmt *stmt, zp_result_cell *cells, int count)
{
    for (int i = 0; i < count; i++) {
        zp_result_cell *c = &cells[i];
        sqlite3_value *v = sqlite3_column_value(stmt, i);

        switch (sqlite3_value_type(v)) {
        case SQLITE_NULL: c->kind = ZP_CELL_NULL; break;
        case SQLITE_INTEGER:
            c->kind = ZP_CELL_INT;
            c->num = sqlite3_value_int64(v);
            break;
        case SQLITE_FLOAT:
            c->kind = ZP_CELL_DOUBLE;
            c->dbl = sqlite3_value_double(v);
            break;
        case SQLITE_TEXT:
            c->kind = ZP_CELL_TEXT;
            c->text = (const char *)sqlite3_value_text(v);
            c->len = (uint32_t)sqlite3_value_bytes(v);
            break;
        default:
            c->kind = ZP_CELL_BYTES;
            c->text = sqlite3_value_blob(v);
            c->len = (uint32_t)sqlite3_value_bytes(v);
            break;
        }
    }
}

static void finish(lite_link *l)
{
    if (l->stmt) {
        sqlite3_reset(l->stmt);
        if (l->keep)
            sqlite3_clear_bindings(l->stmt);
        else
            sqlite3_finalize(l->stmt);
    }
    l->stmt = NULL;
    l->s.over = true;
}

/* Steps until there is enough for now.  True: the statement has come to its end. */
static bool step(lite_link *l)
{
    int64_t began = zp_clock_ms();
    int rc;

    while ((rc = sqlite3_step(l->stmt)) == SQLITE_ROW) {
        cells_of(l->stmt, l->cells, l->s.run->statement->columns);
        if (!zp__slices_row(&l->s, l->cells))
            return true;
        if (l->s.encoder.buf.len >= SLICE_BYTES || (l->s.rows % 16 == 1 && zp_clock_ms() - began >= SLICE_MS))
            return false;
    }
    if (rc == SQLITE_DONE) {
        const zp_result_cell key = { .kind = ZP_CELL_INT, .num = sqlite3_last_insert_rowid(l->db) };
        int64_t changed = sqlite3_column_count(l->stmt) ? 0 : sqlite3_changes64(l->db);

        if (l->s.run->statement->kind != ZP_STMT_ROWS)
            l->s.rows = changed;
        zp__put_end(&l->s.encoder, l->s.run, changed, &key);
    } else {
        failure_of(l->db, rc, &l->s.failure);
    }
    return true;
}

static void slice(void *arg)
{
    lite_link *l = arg;

    if (atomic_load(&l->s.stop))
        l->s.failure.error = ZP_RUN_CANCELLED;
    if (l->s.failure.error || (!l->stmt && !begin(l)) || step(l))
        finish(l);
    zp__slices_back(&l->s);
}

/* ---------------------------------------------------------------- between slices (gateway thread) */

static void send_slice(zp_slices *s)
{
    lite_link *l = (lite_link *)s;

    l->errand = (zp_errand){ .fn = slice, .arg = l };
    zp__helpers_send(zp__helpers(s->link.pool), &l->errand);
}

static void forget(zp_slices *s)
{
    finish((lite_link *)s);
}

static void start(zp_link *link, zp_query_run *run)
{
    static const zp_slices_how how = { .send = send_slice, .forget = forget };

    zp__slices_start((zp_slices *)link, run, &how);
}

static const char *const schemes[] = { "sqlite", "sqlite3", NULL };

const zp_backend_ops zp__sqlite_ops = {
    .name = "sqlite",
    .dialect = ZP_DIALECT_SQLITE,
    .schemes = schemes,
    .check_url = check_url,
    .open = open_link,
    .attach = attach,
    .start = start,
    .resume = zp__slices_resume,
    .cancel = zp__slices_cancel,
    .close = close_link,
    .introspect = zp__sqlite_introspect,
};
