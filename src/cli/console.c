/* console: read a program, evaluate it, show it, again.
 *
 *     line --> text so far --incomplete?--> ask for another line ("+ ")
 *                          --complete-----> session: every expression in turn, shown as it ends
 *
 * On a terminal lines come from libedit (editor.c).  Otherwise they come from a pipe or a file: there are no
 * prompts, and the first error ends everything, as scripts want it.
 *
 * SIGINT sets the flag of the running evaluation; while a line is typed it drops the line. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/editor.h"
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

static bool is_blank(const zp_buf *text)
{
    return text->len == strspn(zp_buf_text(text), " \t\r\n");
}

/* Reads lines until they are a program.  False: the end of input. */
static bool read_program(console *c)
{
    zp_buf_clear(&c->text);
    for (;;) {
        const char *prompt = c->text.len ? "+ " : zp_engine_config(c->session.engine)->prompt;
        zp_line line = zp__editor_line(c->editor, prompt, &c->text);

        if (line == ZP_LINE_END)
            return false;
        if (line == ZP_LINE_DROPPED) {
            zp_buf_clear(&c->text);
            continue;
        }
        if (is_blank(&c->text))
            zp_buf_clear(&c->text);
        else if (!zp_text_incomplete(c->text.ptr, c->text.len))
            return true;
    }
}

static int talk(console *c)
{
    zp_ended unit = ZP_ENDED_OK;

    while (unit != ZP_ENDED_QUIT) {
        follow_width(c);
        if (!read_program(c))
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

/* Lines of standard input.  `held` is a line that was looked at but belongs to the next program. */
typedef struct lines {
    zp_buf bytes;
    size_t at;
    bool end;
} lines;

/* Appends the next line with its newline to `to`; false: the end of input. */
static bool next_line(lines *in, zp_buf *to)
{
    for (;;) {
        const char *from = zp_buf_text(&in->bytes) + in->at;
        size_t left = in->bytes.len - in->at;
        const char *newline = memchr(from, '\n', left);
        char *room;
        ssize_t got;

        if (newline || (in->end && left)) {
            size_t len = newline ? (size_t)(newline + 1 - from) : left;

            zp_buf_put(to, from, len);
            in->at += len;
            return true;
        }
        if (in->end)
            return false;
        if (in->at) { /* what was read goes */
            memmove(in->bytes.ptr, in->bytes.ptr + in->at, left);
            in->bytes.len = left;
            in->at = 0;
        }
        room = zp_buf_reserve(&in->bytes, 1 << 16);
        got = room ? read(STDIN_FILENO, room, 1 << 16) : 0;
        if (got > 0)
            in->bytes.len += (size_t)got;
        else if (got == 0 || errno != EINTR)
            in->end = true;
    }
}

/* Is there a line to look at without waiting for somebody who types? */
static bool line_waits(const lines *in)
{
    struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

    return memchr(zp_buf_text(&in->bytes) + in->at, '\n', in->bytes.len - in->at) != NULL ||
           (!in->end && poll(&fd, 1, 20) > 0);
}

/* `if (a) b`, newline, `else c` is one expression: an `else` that follows is part of the program. */
static bool else_follows(lines *in, zp_buf *text)
{
    zp_buf ahead = ZP_BUF_INIT;
    bool found = false;

    while (line_waits(in)) {
        size_t from = ahead.len;
        const char *word;

        if (!next_line(in, &ahead))
            break;
        word = ahead.ptr + from + strspn(ahead.ptr + from, " \t\r");
        if (*word == '\n' || *word == '#' || *word == '\0')
            continue;
        found = strncmp(word, "else", 4) == 0 && strchr(" \t\r\n({", word[4]) != NULL;
        break;
    }
    if (found) {
        zp_buf_put(text, ahead.ptr, ahead.len);
    } else if (ahead.len) { /* give the lines back */
        zp_buf rest = ZP_BUF_INIT;

        zp_buf_put(&rest, ahead.ptr, ahead.len);
        zp_buf_put(&rest, in->bytes.ptr + in->at, in->bytes.len - in->at);
        zp_buf_fini(&in->bytes);
        in->bytes = rest;
        in->at = 0;
    }
    zp_buf_fini(&ahead);
    return found;
}

static bool may_have_else(const zp_buf *text)
{
    zp_buf longer = ZP_BUF_INIT;
    bool may;

    if (!strstr(zp_buf_text(text), "if"))
        return false;
    zp_buf_put(&longer, text->ptr, text->len);
    zp_buf_puts(&longer, "\nelse");
    may = !longer.failed && zp_text_incomplete(longer.ptr, longer.len);
    zp_buf_fini(&longer);
    return may;
}

/* Collects a program.  What is already there may be taken in growing portions: they are shown expression by
 * expression all the same, and a function of thousands of lines is not parsed thousands of times. */
static bool next_program(lines *in, zp_buf *text)
{
    int count = 0, portion = 1;

    zp_buf_clear(text);
    while (next_line(in, text)) {
        if (++count < portion && (in->end || line_waits(in)))
            continue;
        if (is_blank(text)) {
            zp_buf_clear(text);
            count = 0;
            continue;
        }
        while (!zp_text_incomplete(text->ptr, text->len)) {
            if (!may_have_else(text) || !else_follows(in, text))
                return true;
        }
        if (count > 20)
            portion = count + count / 4;
    }
    return text->len > 0;
}

static int without_terminal(zp_cli *cli, zp_error *err)
{
    zp_session s;
    zp_ended unit = ZP_ENDED_OK;
    zp_buf text = ZP_BUF_INIT;
    lines in = { 0 };
    int status;

    if (!zp__session_init(&s, &cli->cfg, err))
        return ZP_EXIT_ERROR;
    if (*cli->cfg.init_code &&
        zp__session_eval(&s, cli->cfg.init_code, strlen(cli->cfg.init_code), NULL) == ZP_ENDED_QUIT)
        unit = ZP_ENDED_QUIT;
    while (unit == ZP_ENDED_OK && next_program(&in, &text)) {
        unit = zp__session_script(&s, text.ptr, text.len, NULL);
        fflush(stdout);
    }
    status = zp__session_status(&s, unit);
    zp_buf_fini(&text);
    zp_buf_fini(&in.bytes);
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
