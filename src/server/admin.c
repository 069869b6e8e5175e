/* admin: a Unix socket in the state directory, for who owns the directory: `zplane gateway pools`.
 *
 *     one line in: pools | queries | clients | kill NUMBER        one line of JSON out, then the end
 *
 * Its mode is 0600, so the file system says who may ask.  Answers come from gateway threads and are posted to the net loop. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/vault.h"
#include "base/mem.h"
#include "server/server_priv.h"
#include "wire/json.h"

enum { LINE_MOST = 64, PATIENCE_MS = 10000 };

typedef struct ask {
    zp_server *server;
    zp_loop *loop;
    zp_conn *conn; /* NULL: the peer has gone */
    bool asked;
    zp_buf answer;
} ask;

/* ---------------------------------------------------------------- answers */

/* On the net loop. */
static void answer(void *arg)
{
    ask *a = arg;

    zp_buf_putc(&a->answer, '\n');
    if (a->conn) {
        if (!a->answer.failed)
            zp_conn_send(a->conn, a->answer.ptr, a->answer.len);
        zp_conn_close_gracefully(a->conn);
    }
    zp_buf_fini(&a->answer);
    zp_free(a);
}

static void post_answer(ask *a)
{
    if (zp_loop_post(a->loop, answer, a))
        return;
    zp_buf_fini(&a->answer); /* the loop has gone, and the peer with it */
    zp_free(a);
}

/* On a gateway thread. */
static void on_report(void *arg, const char *json, size_t len)
{
    ask *a = arg;

    zp_buf_put(&a->answer, json, len);
    post_answer(a);
}

static void on_killed(void *arg, bool found)
{
    ask *a = arg;

    zp_buf_puts(&a->answer, found ? "{\"killed\":true}" : "{\"killed\":false}");
    post_answer(a);
}

static void refuse(ask *a, zp_error *err)
{
    const char *text = zp_error_text(err);

    zp_buf_puts(&a->answer, "{\"error\":");
    zp_json_put_string(&a->answer, text, strlen(text));
    zp_buf_putc(&a->answer, '}');
    zp_error_clear(err);
    post_answer(a);
}

static void run_line(zp_server *s, ask *a, const char *line)
{
    zp_error err = ZP_ERROR_INIT;
    char *end;
    bool ok;

    a->asked = true;
    if (strncmp(line, "kill ", 5) == 0) {
        unsigned long long number = strtoull(line + 5, &end, 10);

        ok = *end == '\0' ? zp_gateway_kill(s->gateway, number, on_killed, a, &err)
                          : zp_fail(&err, "kill needs the number of a query, as `queries` shows it");
    } else {
        ok = zp_gateway_report(s->gateway, line, on_report, a, &err);
    }
    if (!ok)
        refuse(a, &err);
}

/* ---------------------------------------------------------------- connections */

static size_t input(zp_conn *conn, const char *bytes, size_t len)
{
    ask *a = zp_conn_arg(conn);
    const char *newline = memchr(bytes, '\n', len);
    char line[LINE_MOST];
    zp_error err = ZP_ERROR_INIT;

    if (a->asked)
        return len;
    if (!newline && len < sizeof line)
        return 0;
    if (!newline || (size_t)(newline - bytes) >= sizeof line) {
        zp_fail(&err, "one short line: pools, queries, clients or kill NUMBER");
        a->asked = true;
        refuse(a, &err);
        return len;
    }
    memcpy(line, bytes, (size_t)(newline - bytes));
    line[newline - bytes] = '\0';
    run_line(a->server, a, line);
    return len;
}

static void closed(zp_conn *conn, const zp_error *why)
{
    ask *a = zp_conn_arg(conn);

    (void)why;
    a->conn = NULL;
    if (a->asked)
        return; /* its answer is on the way */
    zp_buf_fini(&a->answer);
    zp_free(a);
}

static void on_accept(void *arg, zp_loop *loop, int take_fd)
{
    static const zp_conn_ops ops = { .input = input, .closed = closed };
    ask *a = zp_new(ask, NULL);

    if (!a) {
        close(take_fd);
        return;
    }
    a->server = arg;
    a->loop = loop;
    a->conn = zp_conn_new(loop, take_fd, &ops, a, NULL);
    if (a->conn)
        zp_conn_set_deadline(a->conn, PATIENCE_MS);
    else
        zp_free(a);
}

/* Where the socket is; false: there is no state directory. */
bool zp_server_admin_path(const zp_config *cfg, zp_buf *path)
{
    zp_buf vault = ZP_BUF_INIT;
    bool ok = zp_vault_places(cfg, &vault, path, NULL) && path->len;

    zp_buf_puts(path, "/admin.sock");
    zp_buf_fini(&vault);
    return ok && !path->failed;
}

/* A server without it serves all the same. */
void zp__server_admin_open(zp_server *s)
{
    zp_buf path = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;

    if (zp_server_admin_path(&s->cfg, &path)) {
        s->admin =
            zp_listen(s->loop, &(zp_listen_spec){ .path = path.ptr, .mode = 0600 }, on_accept, s, &err);
        if (!s->admin)
            ZP_LOG(ZP_LOG_WARN, "no socket for 'zplane gateway'", zp_log_str("reason", zp_error_text(&err)));
    }
    zp_error_clear(&err);
    zp_buf_fini(&path);
}
