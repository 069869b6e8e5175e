/* gateway_tools: `zplane gateway ...`: what a running server's pools and drivers do, asked over the socket in its state directory. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/gateway_tools.h"
#include "cli/words.h"
#include "server/server.h"

static bool connect_to(const char *path, int *fd, zp_error *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof address.sun_path)
        return zp_fail(err, "the path of the socket is too long: %s", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd >= 0 && connect(*fd, (struct sockaddr *)&address, sizeof address) == 0)
        return true;
    zp_fail(err, "no server answers at %s", path);
    zp_error_hint(err, "is it running, with this --state-dir, and are you its user?");
    return false;
}

static bool talk(int fd, const char *question, zp_buf *answer, zp_error *err)
{
    char bytes[4096];
    ssize_t n;

    if (send(fd, question, strlen(question), MSG_NOSIGNAL) != (ssize_t)strlen(question))
        return zp_fail(err, "the server closed the connection");
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
        zp_buf_put(answer, bytes, (size_t)n);
    return n == 0 ? zp_buf_ok(answer, err) : zp_fail(err, "the server closed the connection");
}

/* Asks one line; the answer as JSON. */
static json_t *ask(zp__words *w, const char *question, zp_buf *answer, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    json_t *root = NULL;
    const char *refused;
    int fd = -1;

    if (!zp_server_admin_path(&w->cli->cfg, &path)) {
        zp_fail(err, "say which server: --state-dir=DIR or --data=DIR");
    } else if (connect_to(zp_buf_text(&path), &fd, err) && talk(fd, question, answer, err)) {
        root = json_loadb(zp_buf_text(answer), answer->len, 0, NULL);
        refused = json_string_value(json_object_get(root, "error"));
        if (!root || refused) {
            zp_fail(err, "%s", refused ? refused : "the server's answer is not to be understood");
            json_decref(root);
            root = NULL;
        }
    }
    if (fd >= 0)
        close(fd);
    zp_buf_fini(&path);
    return root;
}

/* ---------------------------------------------------------------- tables */

static void cell(const json_t *value, char *to, size_t size)
{
    if (json_is_string(value))
        snprintf(to, size, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(to, size, "%lld", (long long)json_integer_value(value));
    else
        snprintf(to, size, "-");
}

enum { COLUMNS_MOST = 24, CELL = 128 };

static int print_rows(const json_t *list, const char *const *keys, zp_error *err)
{
    char cells[COLUMNS_MOST][CELL];
    const char *texts[COLUMNS_MOST];
    zp__columns table;
    size_t i;
    const json_t *row;
    int n = 0;

    if (!zp__columns_init(&table, err))
        return zp__words_fail(err);
    while (keys[n])
        n++;
    zp__columns_row(&table, keys, n);
    for (i = 0; i < json_array_size(list); i++) {
        row = json_array_get(list, i);
        for (int k = 0; k < n; k++) {
            cell(json_object_get(row, keys[k]), cells[k], CELL);
            texts[k] = cells[k];
        }
        zp__columns_row(&table, texts, n);
    }
    zp__columns_print(&table);
    zp__columns_fini(&table);
    return ZP_EXIT_OK;
}

static int report(zp__words *w, const char *what, const char *const *keys)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf answer = ZP_BUF_INIT;
    char question[32];
    json_t *root;
    int status;

    snprintf(question, sizeof question, "%s\n", what);
    root = ask(w, question, &answer, &err);
    if (!root)
        status = zp__words_fail(&err);
    else if (zp__words_flag(w, "json"))
        status = fputs(zp_buf_text(&answer), stdout) >= 0 ? ZP_EXIT_OK : ZP_EXIT_ERROR;
    else
        status = print_rows(json_object_get(root, what), keys, &err);
    json_decref(root);
    zp_buf_fini(&answer);
    return status;
}

static int pools(zp__words *w)
{
    static const char *const keys[] = { "database", "env",      "backend", "thread",  "state",   "max",
                                        "idle",     "busy",     "opening", "waiting", "queries", "failed",
                                        "timeouts", "connects", "rows",    NULL };

    return report(w, "pools", keys);
}

static int queries(zp__words *w)
{
    static const char *const keys[] = { "query", "database",  "env",        "client", "schema",
                                        "state", "waited_ms", "running_ms", "rows",   NULL };

    return report(w, "queries", keys);
}

static int clients(zp__words *w)
{
    static const char *const keys[] = { "peer",  "client",  "class",   "thread",
                                        "state", "queries", "waiting", NULL };

    return report(w, "clients", keys);
}

static int kill_query(zp__words *w)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf answer = ZP_BUF_INIT;
    char question[48];
    json_t *root = NULL;
    bool killed = false;

    if (strlen(w->operand[0]) > 20 || strspn(w->operand[0], "0123456789") != strlen(w->operand[0])) {
        zp_fail(&err, "'%s' is no number of a query: see 'zplane gateway queries'", w->operand[0]);
    } else {
        snprintf(question, sizeof question, "kill %s\n", w->operand[0]);
        root = ask(w, question, &answer, &err);
        killed = json_is_true(json_object_get(root, "killed"));
        if (root && !killed)
            zp_fail(&err, "no query %s is waiting or running", w->operand[0]);
    }
    json_decref(root);
    zp_buf_fini(&answer);
    return killed ? ZP_EXIT_OK : zp__words_fail(&err);
}

static const zp__sub subs[] = {
    { "pools", "[--json]", "json", 0, 0, "connections of every database and environment", pools },
    { "clients", "[--json]", "json", 0, 0, "sessions of drivers", clients },
    { "queries", "[--json]", "json", 0, 0, "queries that wait or run", queries },
    { "kill", "QUERY", "", 1, 1, "end the query of that number", kill_query },
};

int zp__cmd_gateway(zp_cli *cli)
{
    return zp__words_run(cli, "gateway", subs, ZP_COUNTOF(subs));
}
