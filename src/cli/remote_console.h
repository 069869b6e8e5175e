/* remote_console: a console whose programs are evaluated by a server: `zplane connect`, `zplane serve --console`. */
#ifndef ZP_CLI_REMOTE_CONSOLE_H
#define ZP_CLI_REMOTE_CONSOLE_H

#include "cli/editor.h"
#include "cli/remote.h"

typedef struct zp_remote_console {
    zplane *con;
    const char *host;   /* as it is shown */
    const char *prompt; /* on a terminal */
    int logs;           /* a descriptor whose lines are shown above the prompt; -1: none */
    bool go_on;         /* input that is no terminal: errors do not end it */
    /* inside: */
    zp_editor *editor; /* NULL: no terminal */
    bool typing;       /* the prompt is shown */
    bool ready;        /* the connection was there when last looked at */
    bool done, failed; /* of the program that runs */
    bool quit;         /* q() or :quit */
    int status;
    zplane_value *answer;
    zplane_error error;
} zp_remote_console;

/* Reads programs from standard input until its end, q(), or the end of the connection.  The exit status. */
int zp__remote_console(zp_remote_console *c, const zp_cli *cli);
/* One turn of the connection, and of the log; at most so long.  False: the connection is closed. */
bool zp__remote_console_turn(zp_remote_console *c, int timeout_ms);
/* Evaluates a text in silence: its display, or NULL (an error, or longer than a moment).  The caller frees the value. */
zplane_value *zp__remote_console_ask(zp_remote_console *c, const char *text);

/* remote_names.c: what TAB offers: the names over there. */
void zp__remote_names(void *console, void (*found)(void *to, const char *name), void *to);
/* Makes the function of that name known to `ctx`, with its text over there. */
void zp__remote_function(zp_remote_console *c, zp_ctx *ctx, const char *name);

#endif
