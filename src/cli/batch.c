/* batch: many units in one process, each as in a new one.
 *
 *     {"id": "a", "expr": "1 + 1"}   ->   {"id": "a", "out": "[1] 2\n", "err": false}
 *
 * One line in, one line out, flushed before the next is read.  Every unit gets an engine of its own, so nothing is
 * left for the next.  With --reports an answer has a third field, the text written to standard error. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "cli/cli.h"
#include "cli/session.h"

/* ---------------------------------------------------------------- one unit */

typedef struct answer {
    zp_buf out, reports;
    bool failed;
} answer;

static void evaluate(const zp_cli *cli, const char *text, size_t len, answer *a)
{
    zp_session s;
    zp_ended unit;

    if (!zp__session_init(&s, &cli->cfg, NULL)) {
        a->failed = true;
        return;
    }
    s.captured = &a->out;
    zp_ctx_set_terminal(s.ctx, -1);
    s.reports = cli->reports ? &a->reports : NULL;
    unit = zp__session_eval(&s, text, len, NULL);
    a->failed = zp__session_status(&s, unit) != 0 || a->out.failed;
    zp__session_fini(&s);
}

static bool write_answer(const zp_cli *cli, const char *id, size_t id_len, const answer *a)
{
    zp_buf line = ZP_BUF_INIT;
    bool ok;

    zp_buf_puts(&line, "{\"id\": ");
    if (id)
        zp_json_put_string(&line, id, id_len);
    else
        zp_buf_puts(&line, "null");
    zp_buf_puts(&line, ", \"out\": ");
    zp_json_put_string(&line, zp_buf_text(&a->out), a->out.len);
    zp_buf_puts(&line, a->failed ? ", \"err\": true" : ", \"err\": false");
    if (cli->reports) {
        zp_buf_puts(&line, ", \"report\": ");
        zp_json_put_string(&line, zp_buf_text(&a->reports), a->reports.len);
    }
    zp_buf_puts(&line, "}\n");
    ok = !line.failed && fwrite(line.ptr, 1, line.len, stdout) == line.len && fflush(stdout) == 0;
    zp_buf_fini(&line);
    return ok;
}

static bool answer_line(const zp_cli *cli, const char *line, size_t len)
{
    answer a = { 0 };
    json_t *request = json_loadb(line, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    json_t *id = json_object_get(request, "id"), *expr = json_object_get(request, "expr");
    bool ok;

    if (json_is_string(id) && json_is_string(expr)) {
        evaluate(cli, json_string_value(expr), json_string_length(expr), &a);
        ok = write_answer(cli, json_string_value(id), json_string_length(id), &a);
    } else {
        a.failed = true;
        ok = write_answer(cli, NULL, 0, &a);
    }
    json_decref(request);
    zp_buf_fini(&a.out);
    zp_buf_fini(&a.reports);
    return ok;
}

int zp__batch(zp_cli *cli)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    bool ok = true;

    while (ok && (len = getline(&line, &cap, stdin)) >= 0)
        ok = answer_line(cli, line, (size_t)len);
    free(line);
    return ok ? ZP_EXIT_OK : ZP_EXIT_ERROR;
}
