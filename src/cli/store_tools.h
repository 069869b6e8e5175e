/* What the commands about directories of persistent objects share. */
#ifndef ZP_CLI_STORE_TOOLS_H
#define ZP_CLI_STORE_TOOLS_H

#include "cli/cli.h"

/* An object at path `dir`, called `name`; an exit status. */
typedef int (*zp__object_fn)(void *arg, const char *dir, const char *name);
/* Calls `each` for every object at or below the operands (none: the directory of --data); the worst status of all. */
int zp__each_object(zp_cli *cli, const char *usage, zp__object_fn each, void *arg);
/* The same at or below one directory. */
int zp__each_in(const char *dir, zp__object_fn each, void *arg);
/* Says an error on standard error and clears it: ZP_EXIT_ERROR. */
int zp__complain(zp_error *err);
/* "812 B", "1.5 GB". */
void zp__bytes_text(char out[24], uint64_t bytes);

int zp__cmd_ls(zp_cli *cli);
int zp__cmd_du(zp_cli *cli);
int zp__cmd_check(zp_cli *cli);
int zp__cmd_backup(zp_cli *cli);
int zp__cmd_restore(zp_cli *cli);

#endif
