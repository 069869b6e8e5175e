/* serve_console: the console of a server, on its own terminal.
 *
 *     parent: the server          child: the console
 *       stdout, stderr  --pipe-->   shown above the line that is typed
 *       plane  <------ socket ---   a peer that may everything
 *       SIGTERM  <---------------   q(), Ctrl-D
 *
 * A process of its own: values belong to one thread, and a console has some (it parses what is typed). Nothing it does can harm
 * the server.  On a terminal the log of the server goes through the child, so that it never lands in the middle of a
 * line, and Ctrl-C is the console's.  Without a terminal there is no prompt to guard: output stays where it was, and the end of
 * input leaves the server running. */
#include "cli/serve_console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/remote_console.h"

/* ---------------------------------------------------------------- the child */

/* The server starts, and says what it does; false: it did not come up. */
static bool wait_for_server(zp_remote_console *c)
{
    enum { LOOK_MS = 200 };
    zplane_status state = ZPLANE_CONNECTING;

    while (state == ZPLANE_CONNECTING) {
        zp__remote_console_turn(c, LOOK_MS);
        state = zplane_state(c->con, NULL);
    }
    return state == ZPLANE_READY;
}

/* What the server says until it is gone. */
static void show_the_rest(zp_remote_console *c)
{
    char bytes[4096];
    ssize_t got;

    while (c->logs >= 0 && ((got = read(c->logs, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR))) {
        if (got > 0)
            fwrite(bytes, 1, (size_t)got, stdout);
        fflush(stdout);
    }
}

static void talk(zp_cli *cli, int fd, int logs)
{
    zplane_options o = ZPLANE_OPTIONS_INIT;
    zp_remote_console c = { .host = "this server", .prompt = cli->cfg.prompt, .logs = logs, .go_on = true };
    zplane_error err;
    bool asked = false;

    o.timeout_ms = 24 * 3600 * 1000; /* opening a large database takes what it takes */
    o.name = "console";
    c.con = zplane_connect_fd(fd, &o, &err);
    if (!c.con) {
        zp__remote_complain(&err);
        return;
    }
    if (wait_for_server(&c)) {
        if (logs >= 0 && !cli->quiet)
            puts("zplane " ZP_VERSION ": :help explains, q() stops the server.");
        zp__remote_console(&c, cli);
        asked = (c.quit || logs >= 0) && zplane_state(c.con, NULL) == ZPLANE_READY;
    }
    fflush(stdout);
    zplane_close(c.con);
    if (asked)
        kill(getppid(), SIGTERM);
    show_the_rest(&c);
}

/* ---------------------------------------------------------------- the parent */

/* The console has ended: its terminal was the reason to serve. */
static void *wait_for_child(void *arg)
{
    zp_serve_console *sc = arg;
    siginfo_t info;

    while (waitid(P_PID, (id_t)sc->child, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
    if (sc->terminal && !atomic_load(&sc->over)) {
        dup2(sc->saved[0], STDOUT_FILENO);
        dup2(sc->saved[1], STDERR_FILENO);
        kill(getpid(), SIGTERM);
    }
    return NULL;
}

static bool start_waiter(zp_serve_console *sc, zp_error *err)
{
    sigset_t all, old;
    int status;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    status = pthread_create(&sc->waiter, NULL, wait_for_child, sc);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    sc->waited = status == 0;
    return sc->waited || zp_fail_sys(err, status, "cannot watch the console");
}

/* What we write goes to the child from now on. */
static void divert(zp_serve_console *sc, int to)
{
    sc->saved[0] = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    sc->saved[1] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(to, STDOUT_FILENO);
    dup2(to, STDERR_FILENO);
    close(to);
}

bool zp__serve_console_start(zp_serve_console *sc, zp_cli *cli, int *fd, zp_error *err)
{
    int ends[2], logs[2] = { -1, -1 };

    *sc = (zp_serve_console){ .terminal = isatty(STDIN_FILENO), .saved = { -1, -1 } };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return zp_fail_sys(err, errno, "cannot make a socket for the console");
    if (sc->terminal && pipe2(logs, O_CLOEXEC) != 0) {
        close(ends[0]);
        close(ends[1]);
        return zp_fail_sys(err, errno, "cannot make a pipe for the console");
    }
    fflush(NULL);
    sc->child = fork();
    if (sc->child == 0) {
        close(ends[0]);
        if (logs[1] >= 0)
            close(logs[1]);
        signal(SIGPIPE, SIG_IGN);
        signal(SIGTERM, sc->terminal ? SIG_IGN : SIG_DFL); /* the server ends, and with it the socket */
        talk(cli, ends[1], logs[0]);
        fflush(NULL);
        _exit(0);
    }
    close(ends[1]);
    if (logs[0] >= 0)
        close(logs[0]);
    *fd = ends[0];
    if (sc->child < 0) {
        close(ends[0]);
        if (logs[1] >= 0)
            close(logs[1]);
        return zp_fail_sys(err, errno, "cannot start the console");
    }
    if (sc->terminal)
        divert(sc, logs[1]);
    return start_waiter(sc, err);
}

void zp__serve_console_end(zp_serve_console *sc)
{
    fflush(stdout);
    atomic_store(&sc->over, true);
    if (sc->terminal) { /* the child reads the end of it, and goes */
        dup2(sc->saved[0], STDOUT_FILENO);
        dup2(sc->saved[1], STDERR_FILENO);
    } else {
        kill(sc->child,
             SIGTERM); /* it may still read; a child that is not reaped yet has its number for itself */
    }
    if (sc->waited)
        pthread_join(sc->waiter, NULL);
    while (waitpid(sc->child, NULL, 0) < 0 && errno == EINTR) {}
    if (sc->terminal) {
        close(sc->saved[0]);
        close(sc->saved[1]);
    }
}
