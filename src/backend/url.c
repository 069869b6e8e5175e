/* url: scheme://user:password@host:port/path?key=value, taken apart in one copy. */
#include <stdlib.h>
#include <string.h>

#include "backend/engine.h"
#include "base/mem.h"

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* %XX in place; false for what is no such thing, and for %00. */
static bool decode(char *text)
{
    char *to = text;

    for (char *at = text; *at; at++) {
        if (*at == '%') {
            int high = hex(at[1]), low = high < 0 ? -1 : hex(at[2]);

            if (low < 0 || high * 16 + low == 0)
                return false;
            *to++ = (char)(high * 16 + low);
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return true;
}

/* Cuts `text` at the first `at` of it: what stands behind, or NULL. */
static char *cut(char *text, char at)
{
    char *p = text ? strchr(text, at) : NULL;

    if (!p)
        return NULL;
    *p = '\0';
    return p + 1;
}

static bool port_of(zp_url *url, char *text)
{
    char *end;
    long port;

    if (!text)
        return true;
    port = strtol(text, &end, 10);
    url->port = (int)port;
    return *text && !*end && port > 0 && port < 65536;
}

static bool authority(zp_url *url, char *text)
{
    char *host = strrchr(text, '@'), *port;

    if (host) {
        *host++ = '\0';
        url->user = text;
        url->password = cut(text, ':');
    } else {
        host = text;
    }
    if (*host == '[') {
        char *close = strchr(host, ']');

        if (!close || (close[1] && close[1] != ':'))
            return false;
        *close = '\0';
        host++;
        port = close[1] ? close + 2 : NULL;
    } else {
        port = cut(host, ':');
    }
    url->host = *host ? host : NULL;
    return port_of(url, port);
}

bool zp__url_parse(const char *text, zp_url *url, zp_error *err)
{
    size_t len = strlen(text);
    char *rest;
    bool ok = true;

    *url = (zp_url){ 0 };
    url->memory = zp_alloc(len + 1, err);
    if (!url->memory)
        return false;
    memcpy(url->memory, text, len + 1);
    url->scheme = url->memory;
    rest = cut(url->memory, ':');
    if (!rest) {
        zp__url_fini(url);
        return zp_fail(err,
                       "the URL of a database begins with sqlite:, postgresql://, mariadb:// or series:");
    }
    url->query = cut(rest, '?');
    if (strncmp(rest, "//", 2) == 0) {
        url->path = cut(rest + 2, '/');
        ok = authority(url, rest + 2);
    } else {
        url->path = rest;
    }
    char *parts[] = { url->user, url->password, url->host, url->path };
    for (size_t i = 0; i < ZP_COUNTOF(parts); i++)
        ok = ok && (!parts[i] || decode(parts[i]));
    if (!ok) {
        zp__url_fini(url);
        return zp_fail(
            err,
            "the URL of a database is malformed: scheme://user:password@host:port/database?key=value, with other "
            "characters as %%XX");
    }
    return true;
}

/* The next key=value of *at; false at the end. */
static bool next_option(const char **at, zp_slice *key, zp_slice *value)
{
    const char *end;

    if (!*at || !**at)
        return false;
    end = *at + strcspn(*at, "&");
    key->ptr = *at;
    key->len = strcspn(*at, "=&");
    value->ptr = key->ptr + key->len + (key->ptr[key->len] == '=');
    value->len = value->ptr < end ? (size_t)(end - value->ptr) : 0;
    *at = *end ? end + 1 : end;
    return true;
}

bool zp__url_option(const zp_url *url, const char *key, char *to, size_t size)
{
    const char *at = url->query;
    zp_slice k, v;

    while (next_option(&at, &k, &v))
        if (k.len == strlen(key) && memcmp(k.ptr, key, k.len) == 0 && v.len < size) {
            memcpy(to, v.ptr, v.len);
            to[v.len] = '\0';
            return decode(to);
        }
    return false;
}

bool zp__url_options_known(const zp_url *url, const char *const *keys, zp_error *err)
{
    const char *at = url->query;
    zp_slice k, v;

    while (next_option(&at, &k, &v)) {
        size_t i = 0;

        while (keys[i] && (strlen(keys[i]) != k.len || memcmp(keys[i], k.ptr, k.len) != 0))
            i++;
        if (!keys[i])
            return zp_fail(err, "unknown option '%.*s' in the URL of a database",
                           (int)(k.len < 40 ? k.len : 40), k.ptr);
    }
    return true;
}

void zp__url_fini(zp_url *url)
{
    zp_free(url->memory);
    *url = (zp_url){ 0 };
}
