/* eval: the commands that evaluate and end: `eval`, `run`.
 *
 * `eval` takes each text or file as one unit and shows its last value; `run` shows every top-level expression of
 * its file in turn, and gives the words after the file to the script. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/session.h"

static int complain(zp_error *err)
{
    fflush(stdout);
    fprintf(stderr, "zplane: %s\n", zp_error_text(err));
    zp_error_clear(err);
    return ZP_EXIT_ERROR;
}

static zp_ended evaluate_file(zp_session *s, const char *path, bool script, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    zp_ended unit = ZP_ENDED_ERROR;

    if (zp__read_text(path, &text, err)) {
        const char *file = strcmp(path, "-") == 0 ? NULL : path;

        unit = script ? zp__session_script(s, zp_buf_text(&text), text.len, file)
                      : zp__session_eval(s, zp_buf_text(&text), text.len, file);
    }
    zp_buf_fini(&text);
    return unit;
}

/* Standard output may be full or closed: then the result did not arrive. */
static int finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno != EPIPE)
            fprintf(stderr, "zplane: cannot write the result: %s\n", strerror(errno));
        return status ? status : ZP_EXIT_ERROR;
    }
    return status;
}

static int evaluate(zp_cli *cli, bool script)
{
    zp_error err = ZP_ERROR_INIT;
    zp_ended unit = ZP_ENDED_OK;
    zp_session s;
    int status, width = zp__terminal_width(STDOUT_FILENO);

    if (width && !cli->width_given)
        cli->cfg.width = width;
    if (!zp__session_init(&s, &cli->cfg, &err))
        return complain(&err);
    if (*cli->cfg.init_code &&
        zp__session_eval(&s, cli->cfg.init_code, strlen(cli->cfg.init_code), NULL) == ZP_ENDED_QUIT)
        unit = ZP_ENDED_QUIT;
    for (int i = 0; unit == ZP_ENDED_OK && i < cli->noperands; i++) {
        const zp_operand *o = &cli->operands[i];

        unit = o->is_expr ? zp__session_eval(&s, o->text, strlen(o->text), NULL)
                          : evaluate_file(&s, o->text, script, &err);
    }
    status = zp__session_status(&s, unit);
    if (err.code != ZP_ENONE)
        status = complain(&err);
    zp__session_fini(&s);
    return finish(status);
}

int zp__cmd_eval(zp_cli *cli)
{
    if (cli->batch)
        return zp__batch(cli);
    if (cli->noperands == 0) {
        fputs("zplane: eval needs -e EXPR or a file ('-': standard input)\nTry 'zplane help eval'.\n",
              stderr);
        return ZP_EXIT_USAGE;
    }
    return evaluate(cli, false);
}

int zp__cmd_run(zp_cli *cli)
{
    if (cli->noperands == 0) {
        fputs("zplane: run needs a file\nTry 'zplane help run'.\n", stderr);
        return ZP_EXIT_USAGE;
    }
    return evaluate(cli, true);
}
