/* remote_console: `zplane connect HOST`: the console of a server somewhere else.
 *
 * Lines are typed, edited and completed here (names of built-ins); programs are evaluated there, in the working environment
 * of this connection, and come back as they are displayed.  What they write with cat and print comes as it is written.
 * Ctrl-C asks the server to stop the program and keeps the session. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/program.h"
#include "cli/remote.h"
#include "cli/session.h"

static volatile sig_atomic_t running, wanted_stop;

static void on_sigint(int number)
{
    (void)number;
    if (running)
        wanted_stop = 1;
    else
        zp__editor_interrupt();
}

typedef struct console {
    zplane *con;
    int timeout_ms;
    bool done, failed;
} console;

static void on_output(void *arg, int channel, const char *bytes, size_t len)
{
    (void)arg;
    if (channel != 1)
        fflush(stdout);
    fwrite(bytes, 1, len, channel == 1 ? stdout : stderr);
}

static void on_answer(void *arg, zplane_value *value, const zplane_error *error)
{
    console *c = arg;
    size_t len = 0;
    const char *shown = zplane_string(value, 0, &len);

    if (shown)
        fwrite(shown, 1, len, stdout);
    fflush(stdout);
    if (error)
        fprintf(stderr, error->code == ZPLANE_EREMOTE ? "Error: %s\n" : "zplane: %s\n", error->text);
    c->failed = error != NULL;
    c->done = true;
    zplane_value_free(value);
}

/* q() and quit() end the session here; the server would refuse them. */
static bool is_quit(const zp_buf *text)
{
    static const char *const words[] = { "q()", "quit()" };
    size_t from = strspn(zp_buf_text(text), " \t\r\n"), len = text->len;

    while (len > from && strchr(" \t\r\n;", text->ptr[len - 1]))
        len--;
    for (size_t i = 0; i < ZP_COUNTOF(words); i++) {
        if (len - from == strlen(words[i]) && memcmp(text->ptr + from, words[i], len - from) == 0)
            return true;
    }
    return false;
}

/* False: the connection is gone for good. */
static bool evaluate(console *c, const zp_buf *text)
{
    zplane_error err = { 0 };
    uint32_t request;

    c->done = c->failed = false;
    wanted_stop = 0;
    running = 1;
    request = zplane_query_start(c->con, zp_buf_text(text), 0, NULL, ZPLANE_DISPLAY, on_answer, c, &err);
    while (request && !c->done) {
        if (!zplane_wait(c->con, 100, &err) && !c->done)
            break;
        if (wanted_stop) {
            wanted_stop = 0;
            zplane_cancel(c->con, request);
        }
    }
    running = 0;
    if (request && c->done)
        return zplane_state(c->con, NULL) != ZPLANE_CLOSED;
    c->failed = true;
    zp__remote_complain(&err);
    return false;
}

static int typed(console *c, zp_cli *cli, zp_error *err)
{
    struct sigaction action = { .sa_handler = on_sigint }; /* without SA_RESTART: reads and waits must end */
    char prompt[128];
    zp_buf text = ZP_BUF_INIT;
    zp_session s;
    zp_editor *editor;

    if (!zp__session_init(&s, &cli->cfg, err))
        return ZP_EXIT_ERROR;
    editor = zp__editor_new(s.ctx, err);
    if (editor) {
        snprintf(prompt, sizeof(prompt), "%.100s> ", cli->operands[0].text);
        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, NULL);
        if (!cli->quiet)
            printf("zplane " ZP_VERSION ", connected to %s: q() ends.\n", cli->operands[0].text);
        while (zp__program_typed(editor, prompt, &text) && !is_quit(&text)) {
            zp__editor_remember(editor, &text);
            if (!evaluate(c, &text))
                break;
        }
        zp__editor_free(editor);
    }
    zp_buf_fini(&text);
    zp__session_fini(&s);
    return editor ? ZP_EXIT_OK : ZP_EXIT_ERROR;
}

/* As the local console: until the first error. */
static int piped(console *c)
{
    zp_lines in = ZP_LINES_INIT;
    zp_buf text = ZP_BUF_INIT;
    bool ok = true;

    while (ok && zp__program_next(&in, &text) && !is_quit(&text))
        ok = evaluate(c, &text) && !c->failed;
    zp_buf_fini(&text);
    zp__lines_fini(&in);
    return ok ? ZP_EXIT_OK : ZP_EXIT_ERROR;
}

int zp__cmd_connect(zp_cli *cli)
{
    zp_error err = ZP_ERROR_INIT;
    console c = { .timeout_ms = zp__remote_timeout(cli) };
    int status;

    c.con = zp__remote_connect(cli, true, &status);
    if (!c.con)
        return status;
    zplane_on_output(c.con, on_output, NULL);
    status = isatty(STDIN_FILENO) ? typed(&c, cli, &err) : piped(&c);
    if (err.code)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    zplane_close(c.con);
    return zp__remote_finish(status);
}
