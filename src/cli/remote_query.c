/* remote_query: `zplane query HOST -e EXPR`: a server evaluates, we show. */
#include <stdio.h>
#include <string.h>

#include "cli/remote.h"
#include "cli/session.h"

typedef struct asked {
    bool done;
    zplane_value *value;
    zplane_error error;
} asked;

static void on_answer(void *arg, zplane_value *value, const zplane_error *error)
{
    asked *a = arg;

    a->value = value;
    if (error)
        a->error = *error;
    a->done = true;
}

static void on_output(void *arg, int channel, const char *bytes, size_t len)
{
    (void)arg;
    if (channel != 1)
        fflush(stdout);
    fwrite(bytes, 1, len, channel == 1 ? stdout : stderr);
}

/* Waits for the answer; false: *err. */
static zplane_value *ask(zplane *con, const char *text, bool display, int timeout_ms, zplane_error *err)
{
    asked a = { 0 };
    uint32_t request =
        zplane_query_start(con, text, 0, NULL, display ? ZPLANE_DISPLAY : 0, on_answer, &a, err);

    if (!request)
        return NULL;
    while (!a.done && zplane_wait(con, timeout_ms, err)) {}
    if (!a.value && a.done)
        *err = a.error;
    return a.value;
}

typedef enum format { TABLE, CSV, JSON, NDJSON, NO_FORMAT } format;

static format format_of(const zp_cli *cli)
{
    static const char *const names[] = { "table", "csv", "json", "ndjson" };
    const char *wanted = zp__cli_own(cli, "format");

    for (int i = 0; wanted && i < NO_FORMAT; i++) {
        if (strcmp(wanted, names[i]) == 0)
            return (format)i;
    }
    return wanted ? NO_FORMAT : TABLE;
}

static int show(const zplane_value *v, format f)
{
    zp_buf out = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    int status = ZP_EXIT_OK;
    bool ok = f == CSV ? zp__show_csv(&out, v, &err) : zp__show_json(&out, v, f == NDJSON, &err);

    if (!ok) {
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
        zp_error_clear(&err);
        status = ZP_EXIT_ERROR;
    } else {
        fwrite(zp_buf_text(&out), 1, out.len, stdout);
    }
    zp_buf_fini(&out);
    return status;
}

static int evaluate(zplane *con, const char *text, format f, int timeout_ms)
{
    zplane_error err = { 0 };
    zplane_value *v = ask(con, text, f == TABLE, timeout_ms, &err);
    int status = ZP_EXIT_OK;
    size_t len = 0;

    if (!v) {
        fflush(stdout);
        fprintf(stderr, err.code == ZPLANE_EREMOTE ? "Error: %s\n" : "zplane: %s\n", err.text);
        return ZP_EXIT_ERROR;
    }
    if (f == TABLE && zplane_value_type(v) == ZPLANE_STRING) {
        const char *shown = zplane_string(v, 0, &len);

        fwrite(shown, 1, len, stdout);
    } else {
        status = show(v, f);
    }
    zplane_value_free(v);
    return status;
}

/* Operands after HOST: texts of -e, or files. */
static int evaluate_operand(zplane *con, const zp_operand *operand, format f, int timeout_ms)
{
    zp_buf text = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    int status;

    if (operand->is_expr)
        return evaluate(con, operand->text, f, timeout_ms);
    if (zp__read_text(operand->text, &text, &err)) {
        status = evaluate(con, zp_buf_text(&text), f, timeout_ms);
    } else {
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
        status = ZP_EXIT_ERROR;
    }
    zp_error_clear(&err);
    zp_buf_fini(&text);
    return status;
}

int zp__cmd_query(zp_cli *cli)
{
    format f = format_of(cli);
    int status = ZP_EXIT_OK, host = 0;
    zp_operand first;
    zplane *con;

    while (host < cli->noperands && cli->operands[host].is_expr)
        host++;
    if (f == NO_FORMAT) {
        fprintf(stderr, "zplane: --format is table, csv, json or ndjson, not '%s'\n",
                zp__cli_own(cli, "format"));
        return ZP_EXIT_USAGE;
    }
    if (host == cli->noperands || cli->noperands < 2) {
        fprintf(stderr, "zplane: query wants HOST and something to evaluate\nUsage: %s\n",
                cli->command->synopsis);
        return ZP_EXIT_USAGE;
    }
    first = cli->operands[host]; /* the host goes first; -e may have stood before it */
    memmove(&cli->operands[1], &cli->operands[0], (size_t)host * sizeof(first));
    cli->operands[0] = first;
    con = zp__remote_connect(cli, false, &status);
    if (!con)
        return status;
    zplane_on_output(con, on_output, NULL);
    status = ZP_EXIT_OK;
    for (int i = 1; i < cli->noperands && status == ZP_EXIT_OK; i++)
        status = evaluate_operand(con, &cli->operands[i], f, zp__remote_timeout(cli));
    zplane_close(con);
    return zp__remote_finish(status);
}
