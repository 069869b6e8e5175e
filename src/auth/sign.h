/* sign: the proof of a CONNECT, for both ends.  Stands on nothing but the C library and OpenSSL, so that the client
 * library can use it.
 *
 *     message   = access_key ":" timestamp ":" nonce
 *     signature = lower-case hex of HMAC-SHA256(secret_key as text, message)
 */
#ifndef ZP_AUTH_SIGN_H
#define ZP_AUTH_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZP_SIGNATURE_LEN = 64, ZP_NONCE_LEN = 36 };

/* Writes 64 lower-case hex digits and a NUL; false: the system's cryptography refused. */
bool zp_sign_connect(const char *access_key, const char *secret_key, int64_t timestamp, const char *nonce,
                     char signature[ZP_SIGNATURE_LEN + 1]);
/* A fresh random nonce: a UUID of version 4 in lower case and a NUL. */
bool zp_sign_nonce(char nonce[ZP_NONCE_LEN + 1]);

#endif
