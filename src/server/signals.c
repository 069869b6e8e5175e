/* signals: SIGTERM and SIGINT stop, SIGHUP reloads.  Blocked in every thread and read from a descriptor, so that no code ever
 * runs inside of a handler. */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/server_priv.h"

struct zp__signals {
    zp_server *server;
    zp_watch *watch;
    int fd;
};

static void signal_set(sigset_t *set, bool console)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    if (!console)
        sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

void zp__signals_block(bool console)
{
    sigset_t set;

    signal_set(&set, console);
    if (console)
        signal(SIGINT, SIG_IGN);
    sigaddset(&set, SIGPIPE); /* a reader that goes away is an error of the write */
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void on_signal(void *arg, unsigned ready)
{
    struct zp__signals *signals = arg;
    struct signalfd_siginfo info;

    (void)ready;
    while (read(signals->fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            zp__server_reload(signals->server);
        else
            zp__server_stop(signals->server, info.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT");
    }
}

bool zp__signals_start(zp_server *s, zp_error *err)
{
    struct zp__signals *signals = s->signals = zp_new(struct zp__signals, err);
    sigset_t set;

    if (!signals)
        return false;
    signal_set(&set, s->spec->console);
    signals->server = s;
    signals->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals->fd < 0)
        return zp_fail_sys(err, errno, "cannot receive signals");
    signals->watch = zp_watch_new(s->loop, signals->fd, on_signal, signals, err);
    if (!signals->watch)
        return false;
    return zp_watch_set(signals->watch, ZP_READABLE) || zp_fail_nomem(err, 0);
}

void zp__signals_stop(zp_server *s)
{
    if (!s->signals)
        return;
    zp_watch_free(s->signals->watch);
    if (s->signals->fd >= 0)
        close(s->signals->fd);
    zp_free(s->signals);
    s->signals = NULL;
}
