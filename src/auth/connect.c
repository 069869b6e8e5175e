/* connect: reads the message of a stranger, which is hostile until proven otherwise.
 *
 * First the whole must be JSON by the rules of the protocol (wire/json.h); then the class of the driver is told from the fields
 * that are there; then each field is checked by the row of a table. */
#include <stdio.h>
#include <string.h>

#include "auth/auth_priv.h"

enum { STAMP_DIGITS = 12 };

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

/* The fields that a class must have.  Those of class V ignore all others. */
static const char *const must_have[][5] = {
    [ZP_CLASS_N] = { "client_key", "nonce", "signature", "database_id", NULL },
    [ZP_CLASS_P] = { "client_key", "nonce", "signature", "env", NULL },
    [ZP_CLASS_P0] = { "client_key", "nonce", "signature", NULL },
    [ZP_CLASS_V] = { "client_key", "nonce", "request_token", "access_key", NULL },
    [ZP_CLASS_NATIVE] = { "protocol", NULL },
};

static void wrong(zp__connect *c, const char *key, const char *what)
{
    if (!c->wrong[0])
        snprintf(c->wrong, sizeof c->wrong, "CONNECT: '%s' %s", key, what);
}

static bool is_needed(zp_zql_class cls, const char *key)
{
    for (const char *const *k = must_have[cls]; *k; k++) {
        if (strcmp(*k, key) == 0)
            return true;
    }
    return false;
}

static void read_field(const zp_json *root, const field *f, zp__connect *c)
{
    const zp_json *value = zp_json_get(root, f->key);
    bool needed = is_needed(c->cls, f->key);

    if (!value && needed)
        wrong(c, f->key, "is missing");
    if (!value || (c->cls == ZP_CLASS_V && !needed))
        return;
    if (value->kind != ZP_JSON_STRING)
        wrong(c, f->key, "should be a string");
    else if (value->text.len == 0)
        wrong(c, f->key, "is empty");
    else if (value->text.len > ZP__TEXT_MAX)
        wrong(c, f->key, "is longer than 256 bytes");
    else
        *(zp_slice *)((char *)c + f->offset) = value->text;
}

static bool all_digits(zp_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    }
    return s.len >= 1 && s.len <= STAMP_DIGITS;
}

/* A number, or a string of 1 to 12 digits; the text is kept, because it was signed. */
static void read_timestamp(const zp_json *root, zp__connect *c)
{
    const zp_json *value = zp_json_get(root, "timestamp");

    if (!value) {
        wrong(c, "timestamp", "is missing");
    } else if (zp_json_int(value, &c->time)) {
        c->timestamp = value->text;
    } else if (value->kind == ZP_JSON_STRING && all_digits(value->text)) {
        c->timestamp = value->text;
        c->timestamp_is_text = true;
        for (size_t i = 0; i < value->text.len; i++)
            c->time = 10 * c->time + (value->text.ptr[i] - '0');
    } else {
        wrong(c, "timestamp", "should be a whole number of seconds");
    }
}

static zp_zql_class class_of(const zp_json *root)
{
    if (zp_json_get(root, "protocol"))
        return ZP_CLASS_NATIVE;
    if (zp_json_get(root, "request_token"))
        return ZP_CLASS_V;
    if (zp_json_get(root, "database_id"))
        return ZP_CLASS_N;
    return zp_json_get(root, "env") || !zp_json_get(root, "signature") ? ZP_CLASS_P : ZP_CLASS_P0;
}

static void read_fields(const zp_json *root, zp__connect *c)
{
    c->cls = class_of(root);
    /* A trusted native peer has nothing to prove. */
    c->bare = c->cls == ZP_CLASS_NATIVE && !zp_json_get(root, "signature");
    for (size_t i = 0; i < ZP_COUNTOF(fields); i++)
        read_field(root, &fields[i], c);
    if (c->cls != ZP_CLASS_V && !c->bare)
        read_timestamp(root, c);
    if (c->cls == ZP_CLASS_NATIVE && !c->bare && (!c->client_key.ptr || !c->nonce.ptr))
        wrong(c, c->nonce.ptr ? "client_key" : "nonce", "is missing");
    if (c->data_type.ptr && !zp_slice_is(c->data_type, "json"))
        wrong(c, "response_data_type", "should be \"json\"");
}

bool zp__connect_read(zp_json_doc *doc, const char *payload, size_t len, zp__connect *out, zp_error *err)
{
    const zp_json *root = zp_json_read(doc, payload, len, err);

    *out = (zp__connect){ .request_type = -1 };
    if (!root)
        return false;
    if (root->kind != ZP_JSON_OBJECT)
        return zp_fail(err, "the message should be a JSON object, not %s", zp_json_kind_name(root));
    zp_json_int(zp_json_get(root, "request_type"), &out->request_type);
    if (zp_zql_request_of(out->request_type) == ZP_REQ_CONNECT)
        read_fields(root, out);
    out->has_token = zp_json_get(root, "access_token") != NULL;
    return true;
}
