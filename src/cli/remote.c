/* remote: connecting to a server from the command line.
 *
 * Secrets do not belong on a command line, which everybody on the machine can read: they come from a file. */
#include "cli/remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/session.h"

enum { ANSWER_SECONDS = 180, MOST_SECONDS = 1000000, CONNECT_MS = 10000, LONGEST_LINE = 4000 };

int zp__remote_complain(const zplane_error *err)
{
    fflush(stdout);
    fprintf(stderr, "zplane: %s\n", err->text);
    return ZP_EXIT_ERROR;
}

/* Line `number` of the text; NULL: it has less. */
static const char *line_of(const char *text, int32_t number)
{
    while (--number > 0 && (text = strchr(text, '\n')) != NULL)
        text++;
    return text;
}

void zp__remote_report(const zplane_error *err, const char *text)
{
    bool evaluated = err->code == ZPLANE_EREMOTE || err->code == ZPLANE_ECANCELLED;
    const char *line = err->line && isatty(STDERR_FILENO) ? line_of(text, err->line) : NULL;
    int len = line ? (int)strcspn(line, "\r\n") : 0, width;

    fflush(stdout);
    fprintf(stderr, "%s: %s\n", evaluated ? "Error" : "zplane", err->text);
    if (!line || len > LONGEST_LINE || err->col > len + 1)
        return;
    width = fprintf(stderr, "%d: ", err->line);
    fprintf(stderr, "%.*s\n", len, line);
    for (int i = 0; i < width + err->col - 1; i++) /* tabs of the line stay tabs */
        fputc(i >= width && line[i - width] == '\t' ? '\t' : ' ', stderr);
    fputs("^\n", stderr);
}

int zp__remote_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        fprintf(stderr, "zplane: cannot write the result: %s\n", strerror(errno));
    return status ? status : ZP_EXIT_ERROR;
}

int zp__remote_timeout(const zp_cli *cli)
{
    const char *text = zp__cli_own(cli, "timeout");
    char *end = NULL;
    double seconds = text ? strtod(text, &end) : ANSWER_SECONDS;

    if (text && (end == text || *end))
        return 0;
    return seconds >= 0.001 && seconds <= MOST_SECONDS ? (int)(seconds * 1000) : 0;
}

/* ---------------------------------------------------------------- the credentials file */

static char *trim(char *text)
{
    char *end;

    text += strspn(text, " \t\r\"");
    end = text + strlen(text);
    while (end > text && strchr(" \t\r\"", end[-1]))
        *--end = '\0';
    return text;
}

/* One line `key = value`; comments and unknown keys are nobody's business. */
static void take_line(zplane_options *o, char *line)
{
    const struct {
        const char *key;
        const char **to;
    } keys[] = { { "client_key", &o->client_key },
                 { "access_key", &o->access_key },
                 { "secret_key", &o->secret_key },
                 { "environment", &o->environment },
                 { "database", &o->database } };
    char *equals = strchr(line, '=');

    if (!equals || line[strspn(line, " \t")] == '#')
        return;
    *equals = '\0';
    for (size_t i = 0; i < ZP_COUNTOF(keys); i++) {
        if (strcmp(trim(line), keys[i].key) == 0)
            *keys[i].to = trim(equals + 1);
    }
}

/* Reads the file into `text`, which the options then point into. */
static bool read_credentials(const char *path, zp_buf *text, zplane_options *o, zp_error *err)
{
    struct stat st;
    char *rest;

    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077))
        fprintf(stderr, "zplane: warning: others can read the secret key in %s; chmod 600 it\n", path);
    if (!zp__read_text(path, text, err))
        return false;
    for (char *line = text->ptr ? strtok_r(text->ptr, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        take_line(o, line);
    if (!o->client_key || !o->access_key || !o->secret_key)
        return zp_fail(err, "%s: client_key, access_key or secret_key is missing", path);
    return true;
}

static bool fill_options(const zp_cli *cli, zplane_options *o, zp_buf *text, zp_error *err)
{
    const char *path = zp__cli_own(cli, "credentials");

    path = path ? path : getenv("ZPLANE_CREDENTIALS");
    if (path && *path && !read_credentials(path, text, o, err))
        return false;
    if (zp__cli_own(cli, "environment"))
        o->environment = zp__cli_own(cli, "environment");
    if (zp__cli_own(cli, "database"))
        o->database = zp__cli_own(cli, "database");
    o->tls = zp__cli_own(cli, "tls") || zp__cli_own(cli, "ca") || zp__cli_own(cli, "insecure");
    o->tls_ca = zp__cli_own(cli, "ca");
    o->tls_no_verify = zp__cli_own(cli, "insecure") != NULL;
    o->timeout_ms = zp__remote_timeout(cli) < CONNECT_MS ? zp__remote_timeout(cli) : CONNECT_MS;
    o->name = "zplane";
    return true;
}

zplane *zp__remote_connect(zp_cli *cli, bool reconnect, int *status)
{
    zplane_options o = ZPLANE_OPTIONS_INIT;
    zp_error wrong = ZP_ERROR_INIT;
    zp_buf text = ZP_BUF_INIT;
    zplane_error err = { 0 };
    zplane *con = NULL;

    *status = ZP_EXIT_ERROR;
    if (cli->noperands == 0 || cli->operands[0].is_expr) {
        fprintf(stderr, "zplane: no HOST to connect to\nUsage: %s\n", cli->command->synopsis);
        *status = ZP_EXIT_USAGE;
        return NULL;
    }
    if (!zp__remote_timeout(cli)) {
        fprintf(stderr, "zplane: --timeout wants seconds, more than 0 and at most %d, not '%s'\n",
                MOST_SECONDS, zp__cli_own(cli, "timeout"));
        *status = ZP_EXIT_USAGE;
        return NULL;
    }
    o.no_reconnect = !reconnect;
    if (fill_options(cli, &o, &text, &wrong))
        con = zplane_connect(cli->operands[0].text, &o, &err);
    if (wrong.code)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&wrong));
    else if (!con)
        fprintf(stderr, "zplane: %s: %s\n", cli->operands[0].text, err.text);
    zp_error_clear(&wrong);
    if (text.ptr)
        explicit_bzero(text.ptr, text.cap);
    zp_buf_fini(&text);
    return con;
}
