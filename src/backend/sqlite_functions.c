/* sqlite_functions: what SQLite lacks for statements that mean the same on every backend.
 *
 *     zp_lower(text)            small letters by simple folding, beyond ASCII too
 *     zp_has(text, part)        whether the bytes of `part` occur in `text`; zp_starts, zp_ends likewise
 *
 * All are deterministic and null for null. */
#include <locale.h>
#include <string.h>
#include <wctype.h>

#include "backend/sqlite_priv.h"
#include "base/utf8.h"

static void lower(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    const char *at = (const char *)sqlite3_value_text(args[0]), *end;
    locale_t locale = sqlite3_user_data(ctx);
    zp_buf out = ZP_BUF_INIT;
    char bytes[4];

    if (!at)
        return;
    end = at + sqlite3_value_bytes(args[0]);
    while (at < end) {
        const char *begin = at;
        int32_t cp = (unsigned char)*at < 0x80 ? (unsigned char)*at++ : zp_utf8_next(&at, end);

        if (cp < 0)
            zp_buf_put(&out, begin, 1);
        else if (cp < 0x80)
            zp_buf_putc(&out, (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp));
        else
            zp_buf_put(&out, bytes,
                       zp_utf8_put(bytes, locale ? (int32_t)towlower_l((wint_t)cp, locale) : cp));
    }
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

static void free_locale(void *arg)
{
    if (arg)
        freelocale(arg);
}

bool zp__sqlite_functions(sqlite3 *db, zp_error *err)
{
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);

    if (sqlite3_create_function_v2(db, "zp_lower", 1, FLAGS, locale, lower, NULL, NULL, free_locale) !=
            SQLITE_OK ||
        sqlite3_create_function_v2(db, "zp_has", 2, FLAGS, NULL, has, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function_v2(db, "zp_starts", 2, FLAGS, NULL, starts, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function_v2(db, "zp_ends", 2, FLAGS, NULL, ends, NULL, NULL, NULL) != SQLITE_OK)
        return zp_fail(err, "cannot set up the SQLite database: %s", sqlite3_errmsg(db));
    return true;
}
