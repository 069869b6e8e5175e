/* seal: AES-256-GCM around secrets at rest, and random keys. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "auth/auth_priv.h"

enum { NONCE = 12, TAG = 16 };

/* One run of the cipher over `in`; sealing writes the tag behind the text, opening checks it. */
static bool run_cipher(const zp__key *key, bool sealing, const char *where, const uint8_t *nonce,
                       const uint8_t *in, int len, uint8_t *out, uint8_t *tag)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool ok = ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->bytes, nonce, sealing) == 1 &&
              EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)where, (int)strlen(where)) == 1 &&
              EVP_CipherUpdate(ctx, out, &n, in, len) == 1;

    if (ok && !sealing)
        ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1;
    ok = ok && EVP_CipherFinal_ex(ctx, out + n, &n) == 1;
    if (ok && sealing)
        ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

bool zp__seal(const zp__key *key, const char *where, const void *plain, size_t len, zp_buf *sealed,
              zp_error *err)
{
    uint8_t *out;

    zp_buf_clear(sealed);
    out = len < INT32_MAX ? (uint8_t *)zp_buf_reserve(sealed, NONCE + len + TAG) : NULL;
    if (!out)
        return zp_fail_nomem(err, len);
    if (RAND_bytes(out, NONCE) != 1 ||
        !run_cipher(key, true, where, out, plain, (int)len, out + NONCE, out + NONCE + len))
        return zp_fail(err, "the system's cryptography refused to seal a secret");
    sealed->len = NONCE + len + TAG;
    return true;
}

bool zp__unseal(const zp__key *key, const char *where, const void *sealed, size_t len, zp_buf *plain,
                zp_error *err)
{
    const uint8_t *in = sealed;
    uint8_t tag[TAG];
    char *out;

    zp_buf_clear(plain);
    if (len < NONCE + TAG || len > INT32_MAX)
        return zp_fail_code(err, ZP_EFORMAT, "a sealed secret is damaged (%s)", where);
    out = zp_buf_reserve(plain, len);
    if (!out)
        return zp_fail_nomem(err, len);
    memcpy(tag, in + len - TAG, TAG);
    len -= NONCE + TAG;
    if (!run_cipher(key, false, where, in, in + NONCE, (int)len, (uint8_t *)out, tag))
        return zp_fail_code(err, ZP_EFORMAT,
                            "a sealed secret does not open (%s): wrong master key or damaged vault", where);
    plain->len = len;
    out[len] = '\0';
    return true;
}

void zp__buf_wipe(zp_buf *buf)
{
    if (buf->ptr)
        OPENSSL_cleanse(buf->ptr, buf->cap);
    zp_buf_fini(buf);
}

void zp__wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}

/* ---------------------------------------------------------------- random text */

void zp__hex(char *to, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        to[2 * i] = digits[bytes[i] >> 4];
        to[2 * i + 1] = digits[bytes[i] & 15];
    }
    to[2 * len] = '\0';
}

bool zp__random_hex(char *to, size_t count, zp_error *err)
{
    uint8_t bytes[64];

    if (count / 2 > sizeof bytes || RAND_bytes(bytes, (int)(count / 2)) != 1)
        return zp_fail(err, "the system has no random numbers");
    zp__hex(to, bytes, count / 2);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return true;
}

bool zp__random_key(char *to, size_t count, zp_error *err)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    uint8_t bytes[64];

    if (count > sizeof bytes || RAND_bytes(bytes, (int)count) != 1)
        return zp_fail(err, "the system has no random numbers");
    for (size_t i = 0; i < count; i++)
        to[i] = digits[bytes[i] & (i ? 31 : 7)];
    to[count] = '\0';
    return true;
}
