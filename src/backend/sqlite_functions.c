/* sqlite_functions: what SQLite lacks for statements that mean the same on every backend.
 *
 *     zp_fold(text)             by Unicode's simple case folding
 *     zp_has(text, part)        whether the bytes of `part` occur in `text`; zp_starts, zp_ends likewise
 *     collation zp_time         times as texts, by the moment: with and without decimals, T and zone
 *
 * All functions are deterministic and null for null. */
#include <string.h>

#include "backend/encode.h"
#include "backend/sqlite_priv.h"
#include "base/utf8.h"

static void fold(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    const char *text = (const char *)sqlite3_value_text(args[0]);
    zp_buf out = ZP_BUF_INIT;

    if (!text)
        return;
    zp_utf8_put_folded(&out, text, (size_t)sqlite3_value_bytes(args[0]));
    if (out.failed)
        sqlite3_result_error_nomem(ctx);
    else
        sqlite3_result_text64(ctx, zp_buf_text(&out), out.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    zp_buf_fini(&out);
}

typedef struct two_texts {
    const char *text, *part;
    size_t len, part_len;
} two_texts;

static bool both(sqlite3_value **args, two_texts *t)
{
    t->text = (const char *)sqlite3_value_text(args[0]);
    t->part = (const char *)sqlite3_value_text(args[1]);
    if (!t->text || !t->part)
        return false;
    t->len = (size_t)sqlite3_value_bytes(args[0]);
    t->part_len = (size_t)sqlite3_value_bytes(args[1]);
    return true;
}

static void has(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    two_texts t;

    if (both(args, &t))
        sqlite3_result_int(ctx, t.part_len == 0 || memmem(t.text, t.len, t.part, t.part_len) != NULL);
}

static void starts(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    two_texts t;

    if (both(args, &t))
        sqlite3_result_int(ctx, t.len >= t.part_len && memcmp(t.text, t.part, t.part_len) == 0);
}

static void ends(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    two_texts t;

    if (both(args, &t))
        sqlite3_result_int(ctx, t.len >= t.part_len &&
                                    memcmp(t.text + t.len - t.part_len, t.part, t.part_len) == 0);
}

/* Of two texts of the form that the gateway writes the text decides; what is no time comes after the times. */
static int by_moment(void *arg, int a_len, const void *a, int b_len, const void *b)
{
    enum { WRITTEN = 26 };
    int shorter = a_len < b_len ? a_len : b_len, c = memcmp(a, b, (size_t)shorter);
    const char *x = a, *y = b;
    int64_t at, bt;
    bool is_a, is_b;

    if (a_len == WRITTEN && b_len == WRITTEN && x[10] == ' ' && y[10] == ' ' && x[19] == '.' && y[19] == '.')
        return c;
    is_a = zp__micros_of(x, (size_t)a_len, &at);
    is_b = zp__micros_of(y, (size_t)b_len, &bt);
    if (is_a && is_b)
        return (at > bt) - (at < bt);
    if (is_a != is_b)
        return is_a ? -1 : 1;
    return c ? c : a_len - b_len;
}

bool zp__sqlite_functions(sqlite3 *db, zp_error *err)
{
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };

    if (sqlite3_create_function_v2(db, "zp_fold", 1, FLAGS, NULL, fold, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function_v2(db, "zp_has", 2, FLAGS, NULL, has, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function_v2(db, "zp_starts", 2, FLAGS, NULL, starts, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function_v2(db, "zp_ends", 2, FLAGS, NULL, ends, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_collation_v2(db, "zp_time", SQLITE_UTF8, NULL, by_moment, NULL) != SQLITE_OK ||
        !zp__sqlite_calc(db))
        return zp_fail(err, "cannot set up the SQLite database: %s", sqlite3_errmsg(db));
    return true;
}
