/* A stranger's message and a declarative file of a vault: whatever the bytes, an answer in whole frames and no login. */
#include <stdlib.h>
#include <string.h>

#include "auth/auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static zp_auth *make(void)
{
    zp_auth_config cfg = { 0 };

    return zp_auth_new(&cfg, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static zp_auth *auth;
    zp_stranger peer = { .address = "127.0.0.1" };
    zp_buf reply = ZP_BUF_INIT;
    zp_login *login = NULL;
    size_t at = 0;

    auth = auth ? auth : make();
    if (!auth)
        return 0;
    if (zp_auth_frame(auth, (const char *)data, size, &peer, INT64_C(1764547200000), &login, &reply) ==
        ZP_VERDICT_LOGIN)
        abort();
    while (at + 4 <= reply.len) {
        const uint8_t *p = (const uint8_t *)reply.ptr + at;

        at += 4 + ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
    }
    if (at != reply.len || at == 0)
        abort();
    zp_buf_fini(&reply);
    return 0;
}
