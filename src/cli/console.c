/* console: read a program, evaluate it, show it, again.
 *
 *     line --> text so far --incomplete?--> ask for another line ("+ ")
 *                          --complete-----> session: every expression in turn, shown as it ends
 *
 * On a terminal lines come from libedit (editor.c).  Otherwise they come from a pipe or a file: there are no
 * prompts, and the first error ends everything, as scripts want it.
 *
 * SIGINT sets the flag of the running evaluation; while a line is typed it drops the line. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/editor.h"
#include "cli/program.h"
#include "cli/session.h"

/* ---------------------------------------------------------------- Ctrl-C */

static zp_ctx *volatile interruptible; /* what a signal stops; the signal flag of the process */

static void on_sigint(int number)
{
    zp_ctx *ctx = interruptible;

    if (ctx)
        zp_ctx_interrupt(ctx);
    else
        zp__editor_interrupt();
}

static void catch_sigint(void)
{
    struct sigaction action = { .sa_handler = on_sigint }; /* without SA_RESTART: reads and waits must end */

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

/* ---------------------------------------------------------------- a terminal */

typedef struct console {
    zp_session session;
    zp_editor *editor;
    zp_buf text;        /* the lines of the program so far */
    int64_t auto_width; /* the last width taken from the terminal; 0: the user decided */
} console;

/* The width of lines follows the terminal until the program sets another one. */
static void follow_width(console *c)
{
    zp_config *cfg = zp_engine_config(c->session.engine);
    int width = zp__terminal_width(STDOUT_FILENO);

    if (c->auto_width == 0 || width == 0)
        return;
    if (cfg->width != c->auto_width) {
        c->auto_width = 0;
        return;
    }
    cfg->width = c->auto_width = width;
}

static int talk(console *c)
{
    zp_ended unit = ZP_ENDED_OK;

    while (unit != ZP_ENDED_QUIT) {
        follow_width(c);
        if (!zp__program_typed(c->editor, zp_engine_config(c->session.engine)->prompt, &c->text))
            break;
        zp__editor_remember(c->editor, &c->text);
        interruptible = c->session.ctx;
        unit = zp__session_script(&c->session, c->text.ptr, c->text.len, NULL);
        interruptible = NULL;
        fflush(stdout);
    }
    return unit == ZP_ENDED_QUIT ? c->session.status : ZP_EXIT_OK;
}

static int on_terminal(zp_cli *cli, zp_error *err)
{
    console c = { .auto_width = cli->width_given ? 0 : zp__terminal_width(STDOUT_FILENO) };
    int status = ZP_EXIT_ERROR;

    if (c.auto_width)
        cli->cfg.width = c.auto_width;
    if (!zp__session_init(&c.session, &cli->cfg, err))
        return status;
    c.editor = zp__editor_new(c.session.ctx, err);
    if (c.editor) {
        catch_sigint();
        if (!cli->quiet)
            puts("zplane " ZP_VERSION ": help() explains, q() ends.");
        if (*cli->cfg.init_code)
            zp__session_eval(&c.session, cli->cfg.init_code, strlen(cli->cfg.init_code), NULL);
        status = zp_ctx_quit(c.session.ctx, &c.session.status) ? c.session.status : talk(&c);
        zp__editor_free(c.editor);
    }
    zp_buf_fini(&c.text);
    zp__session_fini(&c.session);
    return status;
}

/* ---------------------------------------------------------------- no terminal */

static int without_terminal(zp_cli *cli, zp_error *err)
{
    zp_session s;
    zp_ended unit = ZP_ENDED_OK;
    zp_buf text = ZP_BUF_INIT;
    zp_lines in = ZP_LINES_INIT;
    int status;

    if (!zp__session_init(&s, &cli->cfg, err))
        return ZP_EXIT_ERROR;
    if (*cli->cfg.init_code &&
        zp__session_eval(&s, cli->cfg.init_code, strlen(cli->cfg.init_code), NULL) == ZP_ENDED_QUIT)
        unit = ZP_ENDED_QUIT;
    while (unit == ZP_ENDED_OK && zp__program_next(&in, &text)) {
        unit = zp__session_script(&s, text.ptr, text.len, NULL);
        fflush(stdout);
    }
    status = zp__session_status(&s, unit);
    zp_buf_fini(&text);
    zp__lines_fini(&in);
    zp__session_fini(&s);
    return status;
}

int zp__cmd_console(zp_cli *cli)
{
    zp_error err = ZP_ERROR_INIT;
    int status = isatty(STDIN_FILENO) ? on_terminal(cli, &err) : without_terminal(cli, &err);

    if (err.code != ZP_ENONE)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    return status;
}
