/* url: how a backend is named, and what of that may be shown.
 *
 *     scheme://user:password@host:port/name?option=value        the password, and options that hold secrets, are masked
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/auth_priv.h"

/* Options of a URL whose values are secrets. */
static bool secret_option(const char *name, size_t len)
{
    static const char *const names[] = { "password", "passwd", "pwd", "sslpassword", "secret", "token" };

    for (size_t i = 0; i < ZP_COUNTOF(names); i++) {
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    }
    return false;
}

static void mask_options(const char *at, zp_buf *out)
{
    while (*at) {
        size_t len = strcspn(at, "&"), name = strcspn(at, "=&");

        if (secret_option(at, name) && name < len)
            zp_buf_printf(out, "%.*s=***", (int)name, at);
        else
            zp_buf_put(out, at, len);
        at += len;
        if (*at)
            zp_buf_putc(out, *at++);
    }
}

void zp__url_mask(const char *url, zp_buf *out)
{
    const char *authority = strstr(url, "://"), *options = strchr(url, '?');
    const char *end = options ? options : url + strlen(url), *at, *colon;

    authority = authority && authority < end ? authority + 3 : NULL;
    /* The last @ before the path ends the user: passwords may hold others. */
    at = authority ? memrchr(authority, '@', (size_t)(end - authority)) : NULL;
    colon = at ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
    if (colon) {
        zp_buf_put(out, url, (size_t)(colon + 1 - url));
        zp_buf_puts(out, "***");
        zp_buf_put(out, at, (size_t)(end - at));
    } else {
        zp_buf_put(out, url, (size_t)(end - url));
    }
    if (options) {
        zp_buf_putc(out, '?');
        mask_options(options + 1, out);
    }
}

/* ---------------------------------------------------------------- limits of a binding */

typedef struct limit_row {
    const char *key;
    size_t offset;
    int64_t least, most;
} limit_row;

static const limit_row limit_rows[] = {
#define X(field, key, def, least, most, help) { key, offsetof(zp_bind_limits, field), least, most },
    ZP_BIND_LIMITS(X)
#undef X
};

static const limit_row *limit_of(const char *key, size_t len)
{
    for (size_t i = 0; i < ZP_COUNTOF(limit_rows); i++) {
        if (strlen(limit_rows[i].key) == len && strncmp(limit_rows[i].key, key, len) == 0)
            return &limit_rows[i];
    }
    return NULL;
}

static bool unknown_limit(const char *key, size_t len, zp_error *err)
{
    zp_buf all = ZP_BUF_INIT;

    for (size_t i = 0; i < ZP_COUNTOF(limit_rows); i++)
        zp_buf_printf(&all, "%s%s", i ? ", " : "", limit_rows[i].key);
    zp_fail(err, "unknown setting '%.*s' of a binding: there are %s", (int)(len < 40 ? len : 40), key,
            zp_buf_text(&all));
    zp_buf_fini(&all);
    return false;
}

/* One key=value of `len` bytes. */
static bool parse_limit(const char *text, size_t len, zp_bind_limits *limits, zp_error *err)
{
    size_t key = strcspn(text, "= ");
    const limit_row *row = limit_of(text, key);
    char *end;
    long long value;

    if (!row)
        return unknown_limit(text, key < len ? key : len, err);
    if (key >= len || text[key] != '=')
        return zp_fail(err, "the setting '%s' of a binding needs a value: %s=NUMBER", row->key, row->key);
    value = strtoll(text + key + 1, &end, 10);
    if (end == text + key + 1 || end != text + len)
        return zp_fail(err, "the setting '%s' of a binding should be a number", row->key);
    if (value < row->least || value > row->most)
        return zp_fail(err, "the setting '%s' of a binding should be between %lld and %lld", row->key,
                       (long long)row->least, (long long)row->most);
    *(int32_t *)((char *)limits + row->offset) = (int32_t)value;
    return true;
}

bool zp__limits_parse(const char *text, zp_bind_limits *limits, zp_error *err)
{
    *limits = (zp_bind_limits){
#define X(field, key, def, least, most, help) .field = def,
        ZP_BIND_LIMITS(X)
#undef X
    };
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t len = strcspn(text, " ");

        if (!parse_limit(text, len, limits, err))
            return false;
        text += len;
    }
    return limits->pool_min <= limits->pool_max || zp_fail(err, "pool-min is greater than pool-max");
}
