/* server: `zplane serve`, assembled.
 *
 *     stranger --first bytes--> 0x16: TLS   { in a frame: CONNECT   GET, POST: HTTP
 *                                              | login
 *                       "protocol":"zplane/1"  v  otherwise
 *                            zp_plane_adopt()     zp_gateway_adopt()
 *
 * The main thread runs the net loop: listeners, strangers (connections that have not proved who they are), HTTP, signals.  The
 * engine has a thread, the gateway has its own.  Who has logged in is handed over with its socket, and this room sees it never
 * again.
 *
 * Thread: main. */
#ifndef ZP_SERVER_SERVER_H
#define ZP_SERVER_SERVER_H

#include "base/buf.h"
#include "base/config.h"

typedef struct zp_server_spec {
    const zp_config *cfg;
    /* Reads the configuration again, for SIGHUP; NULL: it does not change. */
    bool (*reload)(void *arg, zp_config *fresh, zp_error *err);
    void *arg;
    /* With `console`: the socket of the console of this server, who may everything; taken.  Ctrl-C is his, then. */
    bool console;
    int console_fd;
} zp_server_spec;

/* Serves until SIGTERM or SIGINT.  The exit status: 0 after an orderly stop; 1 when it cannot start (`err` says why). */
int zp_server_run(const zp_server_spec *spec, zp_error *err) ZP_MUST_CHECK;

/* The Unix socket that `zplane gateway` asks, added to `path`; false: the configuration names no state directory. */
bool zp_server_admin_path(const zp_config *cfg, zp_buf *path);

#endif
