/* reference: the manual of the built-ins, made of the rows of their tables: docs/reference.md.
 *
 * Every example is evaluated, twice, each time in a session of its own: its result is shown unless it depends on
 * the moment (times, random numbers, temporary files) or on the machine.  An example that fails makes the command fail, so that the
 * manual never shows one. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin/help.h"
#include "cli/cli.h"
#include "cli/session.h"

/* Evaluates an example; false: it failed. */
static bool evaluate(const zp_cli *cli, const char *example, zp_buf *out, zp_buf *reports)
{
    zp_session s;
    zp_ended unit;

    if (!zp__session_init(&s, &cli->cfg, NULL))
        return false;
    s.captured = out;
    zp_ctx_set_terminal(s.ctx, -1);
    s.reports = reports;
    unit = zp__session_eval(&s, example, strlen(example), NULL);
    zp__session_fini(&s);
    return unit == ZP_ENDED_OK;
}

static bool put_example(const zp_cli *cli, const zp_builtin *row, zp_buf *out)
{
    zp_buf first = ZP_BUF_INIT, second = ZP_BUF_INIT, reports = ZP_BUF_INIT;
    bool ok = evaluate(cli, row->example, &first, &reports) && evaluate(cli, row->example, &second, &reports);

    zp_buf_printf(out, "\n```r\n%s\n", row->example);
    if (ok && first.len && first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0) {
        const char *line = first.ptr;

        for (size_t len; *line; line += len + (line[len] == '\n')) {
            len = strcspn(line, "\n");
            zp_buf_printf(out, "#> %.*s\n", (int)len, line);
        }
    }
    zp_buf_puts(out, "```\n");
    if (!ok)
        fprintf(stderr, "zplane: the example of %s fails: %s\n%s", row->name, row->example,
                zp_buf_text(&reports));
    zp_buf_fini(&first);
    zp_buf_fini(&second);
    zp_buf_fini(&reports);
    return ok;
}

static void put_arguments(const zp_builtin *row, zp_buf *out)
{
    const char *at = row->formals;
    zp_buf types = ZP_BUF_INIT;
    zp_formal formal;
    bool any = false;

    while (zp_formal_next(&at, &formal)) {
        zp_buf_clear(&types);
        zp_formal_types(&types, row, formal.name);
        if (types.len == 0)
            continue;
        zp_buf_printf(out, "%s`%.*s`: %s", any ? "; " : "\n", (int)formal.name.len, formal.name.ptr,
                      zp_buf_text(&types));
        any = true;
    }
    if (any)
        zp_buf_puts(out, ".\n");
    zp_buf_fini(&types);
}

static bool put_row(const zp_cli *cli, const zp_builtin *row, zp_buf *out)
{
    zp_buf usage = ZP_BUF_INIT;
    const char *fence;

    zp_help_usage(&usage, row);
    fence = strchr(zp_buf_text(&usage), '`') ? "``" : "`"; /* a text with ` in it needs two around it */
    zp_buf_printf(out, strchr(row->name, '`') ? "\n## %s\n\n" : "\n## `%s`\n\n", row->name);
    zp_buf_printf(out, "%s%s%s%s%s\n\n%s\n", fence, fence[1] ? " " : "", zp_buf_text(&usage),
                  fence[1] ? " " : "", fence, row->help ? row->help : "");
    zp_buf_fini(&usage);
    put_arguments(row, out);
    return !row->example || !*row->example || put_example(cli, row, out);
}

/* Examples write files: they work in a folder of their own, which goes when they are done. */
static bool enter_scratch(char *folder, zp_error *err)
{
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return zp_fail_sys(err, errno, "cannot use folder %s", folder);
    return true;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void leave_scratch(const char *folder)
{
    if (chdir("/") == 0)
        (void)nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

int zp__cmd_reference(zp_cli *cli)
{
    char folder[] = "/tmp/zplane-examples-XXXXXX";
    zp_error err = ZP_ERROR_INIT;
    zp_buf out = ZP_BUF_INIT;
    const zp_builtin *const *rows;
    zp_session s;
    size_t count;
    bool ok = true;

    if (!enter_scratch(folder, &err) || !zp__session_init(&s, &cli->cfg, &err)) {
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
        zp_error_clear(&err);
        return ZP_EXIT_ERROR;
    }
    zp_buf_puts(&out,
                "# Reference of the built-ins\n\n"
                "Generated from their tables by `make docs`; `help(name)` shows the same at the console.\n");
    rows = zp_engine_builtins(s.engine, &count);
    for (size_t i = 0; i < count; i++) {
        if (!(rows[i]->flags & ZP_BI_HIDDEN))
            ok &= put_row(cli, rows[i], &out);
    }
    ok &= !out.failed && fwrite(zp_buf_text(&out), 1, out.len, stdout) == out.len;
    zp_buf_fini(&out);
    zp__session_fini(&s);
    leave_scratch(folder);
    return ok ? ZP_EXIT_OK : ZP_EXIT_ERROR;
}
