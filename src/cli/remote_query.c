/* remote_query: `zplane query HOST -e EXPR`: a server evaluates, we show. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/remote.h"
#include "cli/session.h"

typedef struct asked { /* lives as long as the connection, which may end it */
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

typedef enum format { TABLE, CSV, JSON, NDJSON, NO_FORMAT } format;

typedef struct query {
    zplane *con;
    asked *asked;
    format format;
    int timeout_ms;
} query;

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits for the answer; NULL: *err. */
static zplane_value *ask(const query *q, const char *text, zplane_error *err)
{
    int64_t until = now_ms() + q->timeout_ms, left;
    uint32_t request;

    *q->asked = (asked){ 0 };
    request = zplane_query_start(q->con, text, 0, NULL, q->format == TABLE ? ZPLANE_DISPLAY : 0, on_answer,
                                 q->asked, err);
    if (!request)
        return NULL;
    while (!q->asked->done && (left = until - now_ms()) > 0 && zplane_wait(q->con, (int)left, err)) {}
    if (q->asked->done) {
        *err = q->asked->error;
    } else if (!err->code) {
        err->code = ZPLANE_ETIMEOUT;
        snprintf(err->text, sizeof(err->text), "no answer within %g seconds", q->timeout_ms / 1000.0);
        zplane_cancel(q->con, request);
    }
    return q->asked->value;
}

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
    zp_error err = ZP_ERROR_INIT;

    if (!zplane_visible(v)) { /* an assignment has no rows */
        if (f == JSON)
            puts("null");
        return ZP_EXIT_OK;
    }
    if (f == CSV ? zp__show_csv(stdout, v, &err) : zp__show_json(stdout, v, f == NDJSON, &err))
        return ZP_EXIT_OK;
    fflush(stdout);
    fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    return ZP_EXIT_ERROR;
}

static int evaluate(const query *q, const char *text)
{
    zplane_error err = { 0 };
    zplane_value *v = ask(q, text, &err);
    int status = ZP_EXIT_OK;
    size_t len = 0;

    if (!v) {
        zp__remote_report(&err, text);
        return ZP_EXIT_ERROR;
    }
    if (q->format == TABLE && zplane_value_type(v) == ZPLANE_STRING) {
        const char *shown = zplane_string(v, 0, &len);

        fwrite(shown, 1, len, stdout);
    } else {
        status = show(v, q->format);
    }
    zplane_value_free(v);
    return status;
}

/* Operands after HOST: texts of -e, or files. */
static int evaluate_operand(const query *q, const zp_operand *operand)
{
    zp_buf text = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    int status;

    if (operand->is_expr)
        return evaluate(q, operand->text);
    if (zp__read_text(operand->text, &text, &err)) {
        status = evaluate(q, zp_buf_text(&text));
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
    asked answer = { 0 };
    query q = { .asked = &answer, .format = format_of(cli), .timeout_ms = zp__remote_timeout(cli) };
    int status = ZP_EXIT_OK, host = 0;
    zp_operand first;

    while (host < cli->noperands && cli->operands[host].is_expr)
        host++;
    if (q.format == NO_FORMAT) {
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
    q.con = zp__remote_connect(cli, false, &status);
    if (!q.con)
        return status;
    zplane_on_output(q.con, on_output, NULL);
    status = ZP_EXIT_OK;
    for (int i = 1; i < cli->noperands && status == ZP_EXIT_OK; i++)
        status = evaluate_operand(&q, &cli->operands[i]);
    zplane_close(q.con);
    return zp__remote_finish(status);
}
