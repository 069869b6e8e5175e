/* remote_console: programs are typed here and evaluated there.
 *
 *     line --complete?--> program --query--> server --output, display--> here
 *
 * Lines are edited and completed here, with the names of the server; programs run in the working environment of the
 * connection and come back as they are displayed.  What they write with cat and print comes as it is written.  Ctrl-C stops the
 * program over there and keeps the session.
 *
 * While a line is typed the connection lives on: a loss is told at once, above the line, and the connection is made again.  What the
 * old one had assigned is gone with it. */
#include "cli/remote_console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/program.h"
#include "cli/session.h"

enum { LOOK_MS = 100, MOMENT_MS = 500, CONNECT_MS = 10000, COMMAND_WIDTH = 14 };

static volatile sig_atomic_t running, wanted_stop;

static void on_sigint(int number)
{
    (void)number;
    if (running)
        wanted_stop = 1;
    else
        zp__editor_interrupt();
}

/* ---------------------------------------------------------------- telling */

static void tell(zp_remote_console *c, const char *what, const char *more)
{
    zp_buf text = ZP_BUF_INIT;

    zp_buf_printf(&text, "zplane: %s%s%s\n", what, *more ? ": " : "", more);
    fflush(stdout);
    if (c->typing)
        zp__editor_aside(c->editor, zp_buf_text(&text), text.len);
    else
        fputs(zp_buf_text(&text), stderr);
    zp_buf_fini(&text);
}

/* Tells that the connection was lost, or is there again. */
static zplane_status look(zp_remote_console *c)
{
    zplane_error why = { 0 };
    zplane_status state = zplane_state(c->con, &why);

    if (state == ZPLANE_READY && !c->ready) {
        c->ready = true;
        tell(c, "connected again, with a new working environment", "");
    } else if (state != ZPLANE_READY && c->ready) {
        c->ready = false;
        if (c->logs < 0)
            tell(c, state == ZPLANE_LOST ? "connection lost, connecting again" : "connection lost", why.text);
    }
    return state;
}

static void show_logs(zp_remote_console *c)
{
    char bytes[4096];
    ssize_t got = read(c->logs, bytes, sizeof(bytes));

    if (got > 0 && c->typing) {
        zp__editor_aside(c->editor, bytes, (size_t)got);
    } else if (got > 0) {
        fwrite(bytes, 1, (size_t)got, stdout);
        fflush(stdout);
    } else if (got == 0 || errno != EINTR) {
        close(c->logs);
        c->logs = -1;
    }
}

/* ---------------------------------------------------------------- waiting */

/* Waits for the connection, the log and (if not -1) `fd`; what came. */
static short wait_for(zp_remote_console *c, int fd, int timeout_ms)
{
    int events = zplane_events(c->con), due = zplane_timeout(c->con);
    struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
                            { .fd = c->logs, .events = POLLIN },
                            { .fd = events ? zplane_fd(c->con) : -1,
                              .events = (short)((events & ZPLANE_READ ? POLLIN : 0) |
                                                (events & ZPLANE_WRITE ? POLLOUT : 0)) } };

    if (poll(fds, 3, due >= 0 && due < timeout_ms ? due : timeout_ms) < 0)
        return 0;
    if (fds[1].revents)
        show_logs(c);
    return fds[0].revents;
}

bool zp__remote_console_turn(zp_remote_console *c, int timeout_ms)
{
    wait_for(c, -1, timeout_ms);
    return zplane_process(c->con, NULL);
}

/* While a line is typed. */
static bool wait_typed(void *console, const volatile sig_atomic_t *stop)
{
    zp_remote_console *c = console;
    bool typed = false;

    c->typing = true;
    while (!typed && !*stop) {
        typed = wait_for(c, STDIN_FILENO, LOOK_MS) != 0;
        zplane_process(c->con, NULL);
        if (look(c) == ZPLANE_CLOSED) {
            c->typing = false;
            return false;
        }
    }
    c->typing = false;
    return true;
}

/* ---------------------------------------------------------------- asking */

static void on_output(void *arg, int channel, const char *bytes, size_t len)
{
    (void)arg;
    if (channel != 1)
        fflush(stdout);
    fwrite(bytes, 1, len, channel == 1 ? stdout : stderr);
}

static void on_answer(void *arg, zplane_value *value, const zplane_error *error)
{
    zp_remote_console *c = arg;

    c->answer = value;
    c->error = error ? *error : (zplane_error){ 0 };
    c->done = true;
}

/* Waits until it is answered, at most so long (0: no limit); false: it is not. */
static bool await(zp_remote_console *c, uint32_t request, int limit_ms)
{
    int64_t until = zp_clock_ms() + limit_ms;

    while (!c->done && (!limit_ms || zp_clock_ms() < until)) {
        if (!zp__remote_console_turn(c, LOOK_MS) && !c->done)
            return false;
        if (wanted_stop) {
            wanted_stop = 0;
            zplane_cancel(c->con, request);
        }
    }
    return c->done;
}

zplane_value *zp__remote_console_ask(zp_remote_console *c, const char *text)
{
    uint32_t request = 0;

    c->done = false;
    c->answer = NULL;
    if (zplane_state(c->con, NULL) == ZPLANE_READY)
        request = zplane_query_start(c->con, text, 0, NULL, ZPLANE_DISPLAY, on_answer, c, NULL);
    if (request && !await(c, request, MOMENT_MS)) { /* it takes too long: stopped, and its end is awaited */
        zplane_cancel(c->con, request);
        await(c, request, 0);
    }
    return c->answer;
}

/* Is the connection there?  One that was lost is waited for, until Ctrl-C or the library gives up. */
static bool connected(zp_remote_console *c)
{
    int64_t until = zp_clock_ms() + CONNECT_MS;
    zplane_error err = { 0 };
    zplane_status state;

    zplane_process(c->con, NULL); /* a loss that nobody has noticed yet */
    state = look(c);
    while (state != ZPLANE_READY && state != ZPLANE_CLOSED && !wanted_stop && zp_clock_ms() < until) {
        zp__remote_console_turn(c, LOOK_MS);
        state = look(c);
    }
    if (state == ZPLANE_READY)
        return true;
    zplane_state(c->con, &err);
    if (!wanted_stop)
        tell(c, "no connection to the server", err.text);
    return false;
}

static void show_answer(zp_remote_console *c, const char *text)
{
    size_t len = 0;
    const char *shown = zplane_string(c->answer, 0, &len);

    if (shown)
        fwrite(shown, 1, len, stdout);
    fflush(stdout);
    if (c->error.code)
        zp__remote_report(&c->error, text);
    c->failed = c->error.code != 0;
    zplane_value_free(c->answer);
    c->answer = NULL;
}

static void evaluate(zp_remote_console *c, const zp_buf *text)
{
    zplane_error err = { 0 };
    uint32_t request;

    wanted_stop = 0;
    running = 1;
    c->done = false;
    c->failed = true;
    c->answer = NULL;
    if (connected(c)) {
        request = zplane_query_start(c->con, zp_buf_text(text), 0, NULL, ZPLANE_DISPLAY, on_answer, c, &err);
        if (request && await(c, request, 0))
            show_answer(c, zp_buf_text(text));
        else
            zp__remote_complain(&err);
    }
    running = 0;
}

/* ---------------------------------------------------------------- commands of the console */

static void run_help(zp_remote_console *c);

static void run_quit(zp_remote_console *c)
{
    c->quit = true;
}

static void run_server(zp_remote_console *c)
{
    static const char *const states[] = { "connecting", "connected", "lost, connecting again", "closed" };

    printf("%s: %s\n", c->host, states[zplane_state(c->con, NULL)]);
}

static void run_names(zp_remote_console *c)
{
    static const char text[] = "sort(unique(c(ls(), ls(\"global\"))))\n";
    zp_buf program = ZP_BUF_INIT;

    zp_buf_puts(&program, text);
    evaluate(c, &program);
    zp_buf_fini(&program);
}

static const struct {
    const char *name, *help;
    void (*run)(zp_remote_console *c);
} commands[] = {
    { ":help", "this list; help(name) explains a built-in", run_help },
    { ":names", "variables of this connection and those that everybody shares", run_names },
    { ":server", "where programs are evaluated, and whether the connection is there", run_server },
    { ":quit", "ends the console, as q(), q(STATUS) and Ctrl-D do", run_quit },
};

static void run_help(zp_remote_console *c)
{
    printf("Programs are evaluated by %s; an unfinished one goes on after '+'.\n", c->host);
    for (size_t i = 0; i < ZP_COUNTOF(commands); i++)
        printf("  %-*s %s\n", COMMAND_WIDTH, commands[i].name, commands[i].help);
    printf("  %-*s %s\n", COMMAND_WIDTH, "TAB", "completes names of the server, built-ins and arguments");
    printf("  %-*s %s\n", COMMAND_WIDTH, "Ctrl-C", "stops what is running there, or drops the line");
    printf("  %-*s %s\n", COMMAND_WIDTH, "up, Ctrl-R", "programs of before");
}

/* The text without blanks around it. */
static zp_slice stripped(const zp_buf *text)
{
    const char *from = zp_buf_text(text) + strspn(zp_buf_text(text), " \t\r\n");
    size_t len = strlen(from);

    while (len && strchr(" \t\r\n;", from[len - 1]))
        len--;
    return (zp_slice){ from, len };
}

/* q(), quit(2), q(status = 3) end the session here; the server would refuse them. */
static bool is_quit(zp_slice text, int *status)
{
    char word[64], *end;
    const char *at;

    if (text.len >= sizeof(word))
        return false;
    memcpy(word, text.ptr, text.len);
    word[text.len] = '\0';
    at = strncmp(word, "quit(", 5) == 0 ? word + 5 : strncmp(word, "q(", 2) == 0 ? word + 2 : NULL;
    if (!at)
        return false;
    at += strspn(at, " ");
    if (strncmp(at, "status", 6) == 0) {
        at += 6 + strspn(at + 6, " ");
        if (*at++ != '=')
            return false;
    }
    *status = (int)(strtol(at, &end, 10) & 255);
    return strcmp(end + strspn(end, " "), ")") == 0;
}

/* A program, or a line for the console itself. */
static void take(zp_remote_console *c, const zp_buf *text)
{
    zp_slice line = stripped(text);

    if (is_quit(line, &c->status)) {
        c->quit = true;
        return;
    }
    if (!line.len || *line.ptr != ':') {
        evaluate(c, text);
        return;
    }
    for (size_t i = 0; i < ZP_COUNTOF(commands); i++) {
        if (strlen(commands[i].name) == line.len && memcmp(commands[i].name, line.ptr, line.len) == 0) {
            c->failed = false;
            commands[i].run(c);
            fflush(stdout);
            return;
        }
    }
    fprintf(stderr, "zplane: no command '%.*s'; :help lists them\n", (int)line.len, line.ptr);
    c->failed = true;
}

/* ---------------------------------------------------------------- the session */

typedef struct completion {
    zp_remote_console *console;
    zp_ctx *ctx;
} completion;

static void more_names(void *arg, void (*found)(void *to, const char *name), void *to)
{
    zp__remote_names(((completion *)arg)->console, found, to);
}

static void more_function(void *arg, const char *name)
{
    zp__remote_function(((completion *)arg)->console, ((completion *)arg)->ctx, name);
}

static int typed(zp_remote_console *c, const zp_cli *cli, zp_error *err)
{
    struct sigaction action = { .sa_handler = on_sigint }; /* without SA_RESTART: reads and waits must end */
    zp_buf text = ZP_BUF_INIT;
    zp_session s;
    completion names = { c, NULL };
    zp_more_names more = { more_names, more_function, &names };

    if (!zp__session_init(&s, &cli->cfg, err))
        return ZP_EXIT_ERROR;
    names.ctx = s.ctx;
    c->editor = zp__editor_new(s.ctx, err);
    if (c->editor) {
        zp__editor_more(c->editor, &more);
        zp__editor_on_wait(c->editor, wait_typed, c);
        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, NULL);
        while (!c->quit && zp__program_typed(c->editor, c->prompt, &text)) {
            zp__editor_remember(c->editor, &text);
            take(c, &text);
        }
        zp__editor_free(c->editor);
        c->editor = NULL;
    }
    zp_buf_fini(&text);
    zp__session_fini(&s);
    if (err->code)
        return ZP_EXIT_ERROR;
    return c->quit || zplane_state(c->con, NULL) != ZPLANE_CLOSED ? c->status : ZP_EXIT_ERROR;
}

static int piped(zp_remote_console *c)
{
    zp_lines in = ZP_LINES_INIT;
    zp_buf text = ZP_BUF_INIT;

    while (!c->quit && (c->go_on || !c->failed) && zp__program_next(&in, &text))
        take(c, &text);
    zp_buf_fini(&text);
    zp__lines_fini(&in);
    return c->quit ? c->status : c->failed ? ZP_EXIT_ERROR : ZP_EXIT_OK;
}

int zp__remote_console(zp_remote_console *c, const zp_cli *cli)
{
    zp_error err = ZP_ERROR_INIT;
    int status;

    zplane_on_output(c->con, on_output, NULL);
    c->ready = true;
    status = isatty(STDIN_FILENO) ? typed(c, cli, &err) : piped(c);
    if (err.code)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    return status;
}

int zp__cmd_connect(zp_cli *cli)
{
    zp_remote_console c = { .logs = -1 };
    char prompt[128];
    int status;

    c.con = zp__remote_connect(cli, true, &status);
    if (!c.con)
        return status;
    c.host = cli->operands[0].text;
    snprintf(prompt, sizeof(prompt), "%.100s> ", c.host);
    c.prompt = prompt;
    if (!cli->quiet && isatty(STDIN_FILENO))
        printf("zplane " ZP_VERSION ", connected to %s: :help explains, q() ends.\n", c.host);
    status = zp__remote_console(&c, cli);
    zplane_close(c.con);
    return zp__remote_finish(status);
}
