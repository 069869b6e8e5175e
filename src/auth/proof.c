/* proof: does the message come from somebody who knows the secret?
 *
 * A refusal tells nothing about its reason, its duration included.  So every attempt that fails has computed a digest for
 * as many credentials as a client can have, with a dummy key where there is none, and texts are compared in
 * constant time.  An attempt that succeeds may stop early: its sender knows the client anyway. */
#include <string.h>

#include <openssl/crypto.h>

#include "auth/auth_priv.h"
#include "auth/sign.h"

/* The digest of `state` followed by the pieces. */
static bool finish(EVP_MD_CTX *scratch, const EVP_MD_CTX *state, const zp_slice *pieces, int count,
                   uint8_t digest[32])
{
    bool ok = EVP_MD_CTX_copy_ex(scratch, state) == 1;

    for (int i = 0; ok && i < count; i++)
        ok = EVP_DigestUpdate(scratch, pieces[i].ptr, pieces[i].len) == 1;
    return ok && EVP_DigestFinal_ex(scratch, digest, NULL) == 1;
}

static bool sign(EVP_MD_CTX *scratch, const zp__credential *c, zp_slice access_key, const zp__proof *proof,
                 uint8_t digest[32])
{
    const zp_slice colon = { ":", 1 },
                   message[] = { access_key, colon, proof->timestamp, colon, proof->nonce };
    const zp_slice inner = { (const char *)digest, 32 };

    if (proof->v1)
        return finish(scratch, c->prefix, &proof->nonce, 1, digest);
    return finish(scratch, c->inner, message, 5, digest) && finish(scratch, c->outer, &inner, 1, digest);
}

/* Both are compared whole, whatever their first difference. */
static bool same_text(zp_slice a, zp_slice b)
{
    return a.len == b.len && CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool try_one(EVP_MD_CTX *scratch, const zp__credential *c, const zp__proof *proof)
{
    zp_slice access_key = { c->access_key, strlen(c->access_key) };
    char text[ZP_SIGNATURE_LEN + 1];
    uint8_t digest[32];

    if (!sign(scratch, c, access_key, proof, digest))
        return false;
    zp__hex(text, digest, sizeof digest);
    return (int)same_text((zp_slice){ text, ZP_SIGNATURE_LEN }, proof->given) &
           (int)(!proof->v1 || same_text(access_key, proof->access_key));
}

const zp__credential *zp__proof_check(const zp__client *client, const zp__credential *dummy,
                                      const zp__proof *proof, unsigned *work)
{
    EVP_MD_CTX *scratch = EVP_MD_CTX_new();
    bool usable = client && client->enabled && (client->pub.allow_v1 || !proof->v1);
    size_t count = usable ? client->ncredentials : 0;
    const zp__credential *found = NULL;

    for (size_t i = 0; scratch && !found && i < ZP_ACTIVE_MAX; i++) {
        const zp__credential *c = i < count ? &client->credentials[i] : dummy;

        if (work)
            ++*work;
        if (try_one(scratch, c, proof) && c != dummy)
            found = c;
    }
    EVP_MD_CTX_free(scratch);
    return found;
}
