/* connect: reads the message of a stranger, which is hostile until proven otherwise.
 *
 * First the whole must be JSON by the rules of the protocol (no duplicate keys, no trailing bytes, nesting limited); then the
 * class of the driver is told from the fields that are there; then each field is checked by the row of a table. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "auth/auth_priv.h"

enum { MAX_DEPTH = 64, STAMP_DIGITS = 12 };

/* Nesting, before the parser recurses. */
static bool too_deep(const char *text, size_t len)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > MAX_DEPTH)
            return true;
    }
    return false;
}

static json_t *parse(const char *payload, size_t len, zp_error *err)
{
    json_error_t why;
    json_t *root;

    if (too_deep(payload, len)) {
        zp_fail(err, "the message is nested more than %d levels deep", MAX_DEPTH);
        return NULL;
    }
    root = json_loadb(payload, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (!root)
        zp_fail(err, "the message is not JSON: %s", why.text);
    else if (!json_is_object(root))
        zp_fail(err, "the message is not a JSON object");
    if (json_is_object(root))
        return root;
    json_decref(root);
    return NULL;
}

/* ---------------------------------------------------------------- fields */

typedef struct field {
    const char *key;
    size_t offset; /* of a zp_slice in zp__connect */
} field;

static const field fields[] = {
    { "client_key", offsetof(zp__connect, client_key) },
    { "nonce", offsetof(zp__connect, nonce) },
    { "signature", offsetof(zp__connect, signature) },
    { "request_token", offsetof(zp__connect, request_token) },
    { "access_key", offsetof(zp__connect, access_key) },
    { "database_id", offsetof(zp__connect, database_id) },
    { "env", offsetof(zp__connect, env) },
    { "response_data_type", offsetof(zp__connect, data_type) },
    { "protocol", offsetof(zp__connect, protocol) },
};

/* The fields that a class must have; for class V the others do not matter. */
static const char *const must_have[][5] = {
    [ZP_CLASS_N] = { "client_key", "nonce", "signature", "database_id", NULL },
    [ZP_CLASS_P] = { "client_key", "nonce", "signature", "env", NULL },
    [ZP_CLASS_P0] = { "client_key", "nonce", "signature", NULL },
    [ZP_CLASS_V] = { "client_key", "nonce", "request_token", "access_key", NULL },
    [ZP_CLASS_NATIVE] = { "protocol", NULL },
};

static bool wrong(zp_arena *arena, zp__connect *c, const char *fmt, const char *key, zp_error *err)
{
    char text[160];
    int len = snprintf(text, sizeof text, fmt, key);

    if (!c->wrong)
        c->wrong = zp_arena_copy(arena, text, (size_t)len, err);
    return c->wrong != NULL;
}

static bool read_field(zp_arena *arena, const json_t *root, const field *f, zp__connect *c, zp_error *err)
{
    const json_t *value = json_object_get(root, f->key);
    zp_slice *to = (zp_slice *)((char *)c + f->offset);

    if (!value)
        return true;
    *to = (zp_slice){ "", 0 }; /* there, whatever it is */
    if (!json_is_string(value))
        return c->cls == ZP_CLASS_V && (f->offset == offsetof(zp__connect, env))
                   ? true
                   : wrong(arena, c, "'%s' should be a string", f->key, err);
    if (json_string_length(value) == 0)
        return wrong(arena, c, "'%s' is empty", f->key, err);
    if (json_string_length(value) > ZP__TEXT_MAX)
        return wrong(arena, c, "'%s' is longer than 256 bytes", f->key, err);
    to->len = json_string_length(value);
    to->ptr = zp_arena_copy(arena, json_string_value(value), to->len, err);
    return to->ptr != NULL;
}

/* A number, or a string of 1 to 12 digits. */
static bool read_timestamp(zp_arena *arena, const json_t *root, zp__connect *c, zp_error *err)
{
    const json_t *value = json_object_get(root, "timestamp");
    char text[32];
    int len;

    if (!value)
        return wrong(arena, c, "'%s' is missing", "timestamp", err);
    if (json_is_integer(value)) {
        c->time = json_integer_value(value);
        len = snprintf(text, sizeof text, "%" PRId64, c->time);
    } else if (json_is_string(value) && json_string_length(value) >= 1 &&
               json_string_length(value) <= STAMP_DIGITS &&
               strspn(json_string_value(value), "0123456789") == json_string_length(value)) {
        c->timestamp_is_text = true;
        sscanf(json_string_value(value), "%" SCNd64, &c->time);
        len = snprintf(text, sizeof text, "%s", json_string_value(value));
    } else {
        return wrong(arena, c, "'%s' should be a whole number of seconds", "timestamp", err);
    }
    c->timestamp.ptr = zp_arena_copy(arena, text, (size_t)len, err);
    c->timestamp.len = (size_t)len;
    return c->timestamp.ptr != NULL;
}

static zp_zql_class class_of(const json_t *root)
{
    if (json_object_get(root, "protocol"))
        return ZP_CLASS_NATIVE;
    if (json_object_get(root, "request_token"))
        return ZP_CLASS_V;
    if (json_object_get(root, "database_id"))
        return ZP_CLASS_N;
    return json_object_get(root, "env") || !json_object_get(root, "signature") ? ZP_CLASS_P : ZP_CLASS_P0;
}

static bool check_form(zp_arena *arena, const json_t *root, zp__connect *c, zp_error *err)
{
    /* A trusted native peer has nothing to prove. */
    bool proven = c->cls != ZP_CLASS_NATIVE || c->signature.ptr;
    const char *const *key = must_have[c->cls == ZP_CLASS_NATIVE && proven ? ZP_CLASS_P0 : c->cls];

    for (; *key; key++) {
        if (!json_object_get(root, *key) && !wrong(arena, c, "'%s' is missing", *key, err))
            return false;
    }
    if (c->cls != ZP_CLASS_V && proven && !read_timestamp(arena, root, c, err))
        return false;
    if (c->data_type.len && (c->data_type.len != 4 || memcmp(c->data_type.ptr, "json", 4) != 0))
        return wrong(arena, c, "'%s' should be \"json\"", "response_data_type", err);
    return true;
}

bool zp__connect_read(zp_arena *arena, const char *payload, size_t len, zp__connect *out, zp_error *err)
{
    json_t *root = parse(payload, len, err);
    const json_t *type = root ? json_object_get(root, "request_type") : NULL;
    bool ok = root != NULL;

    *out = (zp__connect){ .request_type = json_is_integer(type) ? json_integer_value(type) : -1 };
    if (ok && zp_zql_request_of(out->request_type) == ZP_REQ_CONNECT) {
        out->cls = class_of(root);
        for (size_t i = 0; ok && i < ZP_COUNTOF(fields); i++)
            ok = read_field(arena, root, &fields[i], out, err);
        ok = ok && check_form(arena, root, out, err);
    } else if (ok) {
        out->has_token = json_object_get(root, "access_token") != NULL;
    }
    json_decref(root);
    return ok;
}
