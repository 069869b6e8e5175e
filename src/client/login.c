/* login: who we are, and what the server thinks of it.
 *
 * CONNECT and the answers to it are JSON, one object per frame, as for drivers.  The secret key never travels: a
 * signature over the time and a nonce proves it. */
#include "client/client_priv.h"

#include <string.h>
#include <time.h>

#include "auth/sign.h"

static void put_string(zp_buf *b, const char *key, const char *text)
{
    zp_buf_printf(b, ",\"%s\":\"", key);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            zp_buf_putc(b, '\\');
        if ((unsigned char)*c < 0x20)
            zp_buf_printf(b, "\\u%04x", (unsigned)*c);
        else
            zp_buf_putc(b, *c);
    }
    zp_buf_putc(b, '"');
}

static bool put_proof(zp_buf *b, const zplane_options *o, zplane_error *err)
{
    char nonce[ZP_NONCE_LEN + 1], signature[ZP_SIGNATURE_LEN + 1];
    int64_t now = (int64_t)time(NULL);

    if (!o->access_key || !o->secret_key)
        return zp__cl_fail(err, ZPLANE_EUSAGE, "client_key is given, access_key or secret_key is not");
    if (!zp_sign_nonce(nonce) || !zp_sign_connect(o->access_key, o->secret_key, now, nonce, signature))
        return zp__cl_fail(err, ZPLANE_EAUTH, "the system's cryptography refuses to sign");
    put_string(b, "client_key", o->client_key);
    put_string(b, "nonce", nonce);
    zp_buf_printf(b, ",\"timestamp\":%lld", (long long)now);
    put_string(b, "signature", signature);
    return true;
}

bool zp__cl_login_put(zplane *con, zplane_error *err)
{
    const zplane_options *o = &con->opt;
    zp_buf b = ZP_BUF_INIT;
    char *to = NULL;

    zp_buf_puts(&b, "{\"request_type\":1,\"protocol\":\"" ZP_PROTOCOL "\",\"response_data_type\":\"json\"");
    put_string(&b, "env", o->environment ? o->environment : "dev");
    if (o->database)
        put_string(&b, "database_id", o->database);
    if (o->name)
        put_string(&b, "client_name", o->name);
    if (o->client_key && !put_proof(&b, o, err)) {
        zp_buf_fini(&b);
        return false;
    }
    zp_buf_putc(&b, '}');
    if (!b.failed)
        to = zp__cl_chunks_add(&con->login, b.len + 4);
    if (to) {
        zp_be32((uint8_t *)to, (uint32_t)b.len);
        memcpy(to + 4, b.ptr, b.len);
    }
    zp_buf_fini(&b);
    return to ? true : zp__cl_nomem(err);
}

/* ---------------------------------------------------------------- answers */

static const char *find(zp_slice json, const char *what)
{
    return memmem(json.ptr, json.len, what, strlen(what));
}

/* The string that begins at `at` (behind its quote), escapes undone as far as a reader of English needs it. */
static void text_at(zp_slice json, const char *at, char *out, size_t size)
{
    const char *end = json.ptr + json.len;
    size_t len = 0;

    for (; at < end && *at != '"' && len + 1 < size; at++) {
        if (*at == '\\' && ++at == end)
            break;
        out[len++] = at[-1] == '\\' && *at == 'n' ? '\n' : *at;
    }
    out[len] = '\0';
}

/* The reply code of refusals that are not about us: too many sessions, shutdown, a bad frame. */
enum { CONNECT_ERROR = 0x0500 };

bool zp__cl_login_answer(zp_slice json, zplane_error *err)
{
    static const char text_key[] = "\"zteradb_error\":\"", code_key[] = "\"response_code\":";
    char text[300] = "the server refused the connection";
    const char *at;
    long code = 0;

    if (!find(json, "\"error\":true"))
        return true;
    at = find(json, text_key);
    if (at)
        text_at(json, at + sizeof(text_key) - 1, text, sizeof(text));
    at = find(json, code_key);
    for (at = at ? at + sizeof(code_key) - 1 : NULL;
         at && at < json.ptr + json.len && *at >= '0' && *at <= '9'; at++)
        code = code < 100000 ? 10 * code + (*at - '0') : code;
    return zp__cl_fail(err, code == CONNECT_ERROR ? ZPLANE_ECONNECT : ZPLANE_EAUTH, "%s", text);
}
