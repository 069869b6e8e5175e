/* What the tests of the room share: a vault in a folder of its own, with the demo shop's writer. */
#ifndef ZP_TESTS_AUTH_KIT_H
#define ZP_TESTS_AUTH_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/auth_priv.h"
#include "auth/sign.h"

#include "../unit.h"

#define SECRET   "73c005f7035e02f986785dda57e796fe4b3bf14ad6639f3c511cee7d2977a37a"
#define ACCESS   "4UDEMOSHOPACCESSWRITER0001"
#define CLIENT   "4UDEMOSHOPCLIENTWRITER0001"
#define DATABASE "4UDEMOSHOPDATABASE00000001"
enum { NOW = 1764547200 };

typedef struct kit {
    char dir[64], path[96], state[96];
    zp_vault *vault;
    zp_auth *auth;
} kit;

/* Fails the test with the text of the error. */
#define must(err, what)                              \
    do {                                             \
        if (!(what)) {                               \
            print_error("%s\n", zp_error_text(err)); \
            fail();                                  \
        }                                            \
        zp_error_clear(err);                         \
    } while (0)

static inline void kit_fill(kit *k)
{
    zp_error err = ZP_ERROR_INIT;
    zp_client_spec writer = { .name = "writer",
                              .client_key = CLIENT,
                              .access_key = ACCESS,
                              .secret_key = SECRET,
                              .allow_v1 = true,
                              .rights = ZP_RIGHT_READ };
    zp_client_spec other = { .name = "other", .client_key = "OTHER" };
    zp_new_keys keys;

    must(&err, zp_vault_client_add(k->vault, &writer, &keys, &err));
    must(&err, zp_vault_client_add(k->vault, &other, &keys, &err));
    must(&err, zp_vault_database_add(k->vault, DATABASE, "shop", NULL, &err));
    must(&err,
         zp_vault_bind(k->vault, "shop", ZP_ENV_DEV, "sqlite:///tmp/none.db", "pool-max=3", NULL, &err));
    must(&err,
         zp_vault_grant(k->vault, "writer", "shop", ZP_ENV_DEV, ZP_GRANT_READ | ZP_GRANT_WRITE, NULL, &err));
}

static inline zp_auth *kit_auth(const kit *k)
{
    zp_error err = ZP_ERROR_INIT;
    zp_auth_config cfg = { .vault_path = k->path, .state_dir = k->state, .start_s = NOW };
    zp_auth *auth = zp_auth_new(&cfg, &err);

    must(&err, auth);
    return auth;
}

static inline int kit_set_up(void **state)
{
    kit *k = calloc(1, sizeof *k);
    zp_error err = ZP_ERROR_INIT;
    bool made = false;

    *state = k;
    strcpy(k->dir, "/tmp/zplane-auth-XXXXXX");
    if (!mkdtemp(k->dir))
        return 1;
    snprintf(k->path, sizeof k->path, "%s/vault.db", k->dir);
    snprintf(k->state, sizeof k->state, "%s/state", k->dir);
    must(&err, zp_vault_init(k->path, NULL, &made, &err));
    assert_true(made);
    k->vault = zp_vault_open(k->path, NULL, "test", &err);
    must(&err, k->vault);
    kit_fill(k);
    k->auth = kit_auth(k);
    return 0;
}

static inline int kit_tear_down(void **state)
{
    kit *k = *state;
    char command[128];

    zp_auth_free(k->auth);
    zp_vault_close(k->vault);
    snprintf(command, sizeof command, "rm -rf %s", k->dir);
    if (system(command) != 0)
        return 1;
    free(k);
    return 0;
}

#endif
