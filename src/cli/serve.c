/* serve: the command of the server. */
#include <stdio.h>

#include "cli/cli.h"
#include "server/server.h"

int zp__cmd_serve(zp_cli *cli)
{
    zp_server_spec spec = { .cfg = &cli->cfg, .reload = zp__cli_read_again, .arg = cli };
    zp_error err = ZP_ERROR_INIT;
    int status;

    if (cli->noperands) {
        fprintf(stderr, "zplane: serve takes no operand: '%s'\n", cli->operands[0].text);
        return ZP_EXIT_USAGE;
    }
    status = zp_server_run(&spec, &err);
    if (status)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    return status;
}
