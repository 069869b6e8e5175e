/* sign: HMAC-SHA256 over "access:timestamp:nonce", as text in and text out. */
#include "auth/sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

static const char hex_digits[] = "0123456789abcdef";

bool zp_sign_connect(const char *access_key, const char *secret_key, int64_t timestamp, const char *nonce,
                     char signature[ZP_SIGNATURE_LEN + 1])
{
    char message[640];
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int mac_len = 0;
    int len = snprintf(message, sizeof message, "%s:%" PRId64 ":%s", access_key, timestamp, nonce);

    if (len < 0 || (size_t)len >= sizeof message)
        return false;
    if (!HMAC(EVP_sha256(), secret_key, (int)strlen(secret_key), (const unsigned char *)message, (size_t)len,
              mac, &mac_len))
        return false;
    for (unsigned int i = 0; i < mac_len; i++) {
        signature[2 * i] = hex_digits[mac[i] >> 4];
        signature[2 * i + 1] = hex_digits[mac[i] & 15];
    }
    signature[ZP_SIGNATURE_LEN] = '\0';
    return mac_len * 2 == ZP_SIGNATURE_LEN;
}

bool zp_sign_nonce(char nonce[ZP_NONCE_LEN + 1])
{
    unsigned char random[16];
    size_t at = 0;

    if (RAND_bytes(random, sizeof random) != 1)
        return false;
    random[6] = (unsigned char)((random[6] & 0x0f) | 0x40);
    random[8] = (unsigned char)((random[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof random; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            nonce[at++] = '-';
        nonce[at++] = hex_digits[random[i] >> 4];
        nonce[at++] = hex_digits[random[i] & 15];
    }
    nonce[at] = '\0';
    return true;
}
