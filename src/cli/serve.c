/* serve: the command of the server. */
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/serve_console.h"
#include "server/demo.h"
#include "server/server.h"

int zp__cmd_serve(zp_cli *cli)
{
    zp_server_spec spec = { .cfg = &cli->cfg, .reload = zp__cli_read_again, .arg = cli };
    bool demo = zp__cli_own(cli, "demo") != NULL;
    zp_serve_console console;
    zp_buf folder = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    int status;

    if (cli->noperands) {
        fprintf(stderr, "zplane: serve takes no operand: '%s'\n", cli->operands[0].text);
        return ZP_EXIT_USAGE;
    }
    spec.console = zp__cli_own(cli, "console") != NULL;
    if (spec.console && !zp__serve_console_start(&console, cli, &spec.console_fd, &err)) {
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
        zp_error_clear(&err);
        return ZP_EXIT_ERROR;
    }
    if (demo && !zp_demo_open(&cli->cfg, &folder, &err)) {
        status = ZP_EXIT_ERROR;
        if (spec.console)
            close(spec.console_fd);
    } else {
        if (demo)
            zp_demo_show(zp_buf_text(&folder));
        status = zp_server_run(&spec, &err);
        if (demo)
            zp_demo_close(zp_buf_text(&folder));
    }
    zp_buf_fini(&folder);
    if (status)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    if (spec.console)
        zp__serve_console_end(&console);
    return status;
}
