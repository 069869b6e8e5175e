/* explain: how a program is understood, and the help of one built-in from outside of a session. */
#include <stdio.h>
#include <string.h>

#include "builtin/help.h"
#include "cli/cli.h"
#include "cli/session.h"

static bool explain_text(zp_session *s, const char *text, size_t len)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf out = ZP_BUF_INIT;
    bool ok = zp_ctx_explain(s->ctx, text, len, &out, &err);

    if (!ok) {
        zp_buf_clear(&out);
        zp_ctx_report(s->ctx, &out);
    }
    fwrite(zp_buf_text(&out), 1, out.len, ok ? stdout : stderr);
    zp_buf_fini(&out);
    zp_error_clear(&err);
    return ok;
}

static bool explain_operand(zp_session *s, const zp_operand *operand, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok;

    if (operand->is_expr)
        return explain_text(s, operand->text, strlen(operand->text));
    ok = zp__read_text(operand->text, &text, err) && explain_text(s, zp_buf_text(&text), text.len);
    zp_buf_fini(&text);
    return ok;
}

int zp__cmd_explain(zp_cli *cli)
{
    zp_error err = ZP_ERROR_INIT;
    zp_session s;
    bool ok;

    if (cli->noperands == 0) {
        fputs("zplane: explain needs -e EXPR or a file\nTry 'zplane help explain'.\n", stderr);
        return ZP_EXIT_USAGE;
    }
    ok = zp__session_init(&s, &cli->cfg, &err);
    if (ok) {
        for (int i = 0; ok && i < cli->noperands; i++)
            ok = explain_operand(&s, &cli->operands[i], &err);
        zp__session_fini(&s);
    }
    if (err.code != ZP_ENONE)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    return ok ? ZP_EXIT_OK : ZP_EXIT_ERROR;
}

int zp__help_builtin(zp_cli *cli, const char *name)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf page = ZP_BUF_INIT;
    const zp_builtin *row;
    zp_session s;

    if (!zp__session_init(&s, &cli->cfg, &err)) {
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
        zp_error_clear(&err);
        return ZP_EXIT_ERROR;
    }
    row = zp_engine_builtin(s.engine, name);
    if (row) {
        zp_help_page(&page, row);
        fputs(zp_buf_text(&page), stdout);
    } else {
        fprintf(stderr, "zplane: '%s' is neither a command nor a built-in\nTry 'zplane help'.\n", name);
    }
    zp_buf_fini(&page);
    zp__session_fini(&s);
    return row ? ZP_EXIT_OK : ZP_EXIT_USAGE;
}
