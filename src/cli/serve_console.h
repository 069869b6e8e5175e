/* serve_console: `zplane serve --console`. */
#ifndef ZP_CLI_SERVE_CONSOLE_H
#define ZP_CLI_SERVE_CONSOLE_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "cli/cli.h"

typedef struct zp_serve_console {
    pid_t child;
    pthread_t waiter;
    bool terminal, waited;
    atomic_bool over; /* the server has ended */
    int saved[2];     /* standard output and standard error, while they go to the child */
} zp_serve_console;

/* Before there are threads: starts the process of the console; *fd: the socket over which it talks. */
bool zp__serve_console_start(zp_serve_console *sc, zp_cli *cli, int *fd, zp_error *err) ZP_MUST_CHECK;
/* After the server: what it said last is shown, the terminal is as it was. */
void zp__serve_console_end(zp_serve_console *sc);

#endif
