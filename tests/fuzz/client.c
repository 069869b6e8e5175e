/* What a server may send to libzplane: frames that are read, messages that are understood, with an appender, a subscription and a
 * request waiting for them. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/client_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_answer(void *arg, zplane_value *value, const zplane_error *error)
{
    (void)arg;
    (void)error;
    zplane_value_free(value);
}

static void on_rows(void *arg, zplane_sub *sub, const zplane_rowset *rows, const zplane_error *error)
{
    (void)arg;
    (void)sub;
    (void)rows;
    (void)error;
}

/* A connection over a pair of sockets, in the phase before HELLO; the other end is written to and then closed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t hello[] = { 0, 0, 0, 24, ZP_MSG_HELLO, 0, 0, 0, 0,  0, 0, 0, 8, 0, 0, 0, 0, 0,
                                     0, 0, 1, 0,  15,           0, 0, 0, 16, 0 };
    zplane_options o = ZPLANE_OPTIONS_INIT;
    const char *name = "z";
    zplane_path path = { &name, 1 };
    int fds[2];
    zplane *con;

    o.no_reconnect = 1;
    o.max_answer = 1 << 20;
    if (size > 60000 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds))
        return 0;
    con = zplane_connect_start("/nonexistent/socket", &o, NULL);
    if (!con)
        abort();
    if (con->sock.fd >= 0)
        close(con->sock.fd);
    con->sock.fd = fds[0];
    con->phase = ZP_PH_LOGIN;
    con->why = (zplane_error){ 0 };
    if (write(fds[1], hello, sizeof(hello)) != (ssize_t)sizeof(hello))
        abort();
    zplane_process(con, NULL);
    zplane_query_start(con, "1", 0, NULL, 0, on_answer, NULL, NULL); /* request 1 */
    zplane_subscribe(con, path, NULL, on_rows, NULL, NULL);          /* request 2 */
    if (write(fds[1], data, size) == (ssize_t)size)
        zplane_append_open(con, path, NULL, 1, NULL); /* request 3 */
    for (int i = 0; i < 4; i++)
        zplane_process(con, NULL);
    close(fds[1]);
    zplane_process(con, NULL);
    zplane_close(con);
    return 0;
}
