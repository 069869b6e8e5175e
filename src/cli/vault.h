/* What the commands about the vault and about schemas share. */
#ifndef ZP_CLI_VAULT_H
#define ZP_CLI_VAULT_H

#include "auth/vault.h"
#include "cli/cli.h"

/* The vault that the settings name; NULL: `err` says why, with a hint when there is none yet. */
zp_vault *zp__cli_vault(zp_cli *cli, zp_error *err) ZP_MUST_CHECK;
bool zp__vault_path(zp_cli *cli, zp_buf *path, zp_error *err) ZP_MUST_CHECK;
#endif
