/* session: how the command drives the language machine.
 *
 * The machine never blocks: it says that it is parked, and the session calls the wait function of whatever the
 * program waits for.  Standard output is flushed before anything goes to standard error, so that both arrive
 * in order on a terminal. */
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "builtin/database.h"
#include "builtin/tables.h"
#include "plane/plane.h"

static void write_out(void *to, const char *bytes, size_t len)
{
    zp_session *s = to;

    if (s->captured)
        zp_buf_put(s->captured, bytes, len);
    else
        fwrite(bytes, 1, len, stdout);
}

static void write_diagnostics(void *to, const char *bytes, size_t len)
{
    zp_session *s = to;

    if (s->captured && !s->reports)
        return;
    if (s->reports) {
        zp_buf_put(s->reports, bytes, len);
        return;
    }
    fflush(stdout);
    fwrite(bytes, 1, len, stderr);
}

/* --data DIR: its objects are there as variables. */
static bool open_data(zp_engine *engine, const zp_config *cfg, zp_error *err)
{
    zp_open_mode mode;

    return zp_open_mode_parse(cfg->data_mode, &mode, err) &&
           zp_database_open(engine, cfg->data, mode, mode != ZP_OPEN_READ, err);
}

bool zp__session_init(zp_session *s, const zp_config *cfg, zp_error *err)
{
    memset(s, 0, sizeof *s);
    s->engine = zp_base_engine(cfg, zp_plane_tables, err);
    if (!s->engine)
        return false;
    s->ctx = zp_ctx_new(s->engine, err);
    if (!s->ctx) {
        zp_engine_free(s->engine);
        return false;
    }
    if (*cfg->data && !open_data(s->engine, cfg, err)) {
        zp__session_fini(s);
        return false;
    }
    zp_ctx_output(s->ctx, write_out, write_diagnostics, s);
    zp_ctx_set_terminal(s->ctx, isatty(STDERR_FILENO) ? STDERR_FILENO : -1);
    return true;
}

void zp__session_fini(zp_session *s)
{
    zp_ctx_free(s->ctx);
    zp_engine_free(s->engine);
}

/* ---------------------------------------------------------------- one unit */

static void report_text(zp_session *s, const zp_buf *report)
{
    write_diagnostics(s, zp_buf_text(report), report->len);
    if (report->failed)
        write_diagnostics(s, "Error: out of memory\n", 21);
}

static zp_ended report(zp_session *s)
{
    zp_buf text = ZP_BUF_INIT;

    zp_ctx_report(s->ctx, &text);
    report_text(s, &text);
    zp_buf_fini(&text);
    return ZP_ENDED_ERROR;
}

static zp_ended report_error(zp_session *s, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;

    zp_buf_printf(&text, "Error: %s\n", zp_error_text(err));
    report_text(s, &text);
    zp_buf_fini(&text);
    zp_error_clear(err);
    return ZP_ENDED_ERROR;
}

static zp_ended show_result(zp_session *s)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf text = ZP_BUF_INIT;
    bool visible, ok;
    zp_value v = zp_ctx_result(s->ctx, &visible);

    if (!visible)
        return ZP_ENDED_OK;
    zp_print_opts opts = zp_print_options(zp_ctx_config(s->ctx));
    ok = zp_print(&text, v, &opts, &err) && zp_buf_ok(&text, &err);
    if (ok)
        write_out(s, zp_buf_text(&text), text.len);
    zp_buf_fini(&text);
    return ok ? ZP_ENDED_OK : report_error(s, &err);
}

/* Runs what is loaded until it is done, waiting as often as it has to. */
static zp_run run_to_end(zp_session *s)
{
    for (;;) {
        zp_run run = zp_ctx_run(s->ctx, 0);

        if (run == ZP_RUN_PARKED) {
            if (!s->captured)
                fflush(stdout);
            if (!zp_ctx_wait(s->ctx))
                zp_ctx_resume(s->ctx, zp_nil(), "nothing will ever end this wait");
        } else if (run != ZP_RUN_BUDGET) {
            return run;
        }
    }
}

static zp_ended run_and_show(zp_session *s)
{
    zp_run run = run_to_end(s);

    if (zp_ctx_quit(s->ctx, &s->status))
        return ZP_ENDED_QUIT;
    return run == ZP_RUN_DONE ? show_result(s) : report(s);
}

zp_ended zp__session_eval(zp_session *s, const char *text, size_t len, const char *file)
{
    zp_error err = ZP_ERROR_INIT;
    bool loaded = zp_ctx_load(s->ctx, text, len, file, &err);

    zp_error_clear(&err); /* the context keeps it for the report */
    return loaded ? run_and_show(s) : report(s);
}

/* Bytes before line `line` (1-based). */
static size_t start_of_line(const char *text, size_t len, int32_t line)
{
    const char *at = text;

    for (int32_t i = 1; i < line; i++) {
        const char *newline = memchr(at, '\n', len - (size_t)(at - text));

        if (!newline)
            break;
        at = newline + 1;
    }
    return (size_t)(at - text);
}

/* The longest text in front of a syntax error that is a program by itself; 0: none.  Only so many lines are
 * tried, as a text that is no program at all is not worth more. */
static size_t good_start(const char *text, size_t len, int32_t error_line)
{
    enum { TRIES = 100 };

    for (int32_t line = error_line; line > 1 && error_line - line < TRIES; line--) {
        size_t start = start_of_line(text, len, line);
        zp_script *script = zp_script_new(NULL, text, start, NULL, NULL);

        if (script) {
            zp_script_free(script);
            return start;
        }
    }
    return 0;
}

static zp_ended run_script(zp_session *s, zp_script *script)
{
    zp_error err = ZP_ERROR_INIT;
    zp_ended ended = ZP_ENDED_OK;
    bool done = false;

    while (ended == ZP_ENDED_OK) {
        if (!zp_script_next(script, s->ctx, &done, &err))
            ended = report(s);
        else if (done)
            break;
        else
            ended = run_and_show(s);
    }
    zp_error_clear(&err);
    zp_script_free(script);
    return ended;
}

/* What stands before a syntax error runs, as in R; then the error is reported. */
static zp_ended run_good_start(zp_session *s, const char *text, size_t len, const char *file,
                               int32_t error_line)
{
    size_t start = good_start(text, len, error_line);
    zp_script *script = start ? zp_script_new(NULL, text, start, file, NULL) : NULL;
    zp_ended ended;

    if (!script)
        return report(s);
    ended = run_script(s, script);
    if (ended != ZP_ENDED_OK)
        return ended;
    script = zp_script_new(s->ctx, text, len, file, NULL); /* the error is the context's last one again */
    zp_script_free(script);
    return report(s);
}

zp_ended zp__session_script(zp_session *s, const char *text, size_t len, const char *file)
{
    zp_error err = ZP_ERROR_INIT;
    zp_script *script = zp_script_new(s->ctx, text, len, file, &err);
    int32_t line = err.place.line;

    zp_error_clear(&err);
    return script ? run_script(s, script) : run_good_start(s, text, len, file, line);
}

int zp__session_status(const zp_session *s, zp_ended unit)
{
    return unit == ZP_ENDED_QUIT ? s->status : unit == ZP_ENDED_ERROR ? 1 : 0;
}

/* ---------------------------------------------------------------- the system */

static bool read_all(FILE *file, zp_buf *out, zp_error *err)
{
    for (;;) {
        char *room = zp_buf_reserve(out, 1 << 16);
        size_t got;

        if (!room)
            return zp_buf_ok(out, err);
        got = fread(room, 1, 1 << 16, file);
        room[got] = '\0';
        out->len += got;
        if (got == 0)
            return true;
    }
}

bool zp__read_text(const char *path, zp_buf *out, zp_error *err)
{
    bool standard = strcmp(path, "-") == 0, ok;
    FILE *file = standard ? stdin : fopen(path, "re");

    if (!file)
        return zp_fail(err, "cannot read file '%s': %s", path, strerror(errno));
    ok = read_all(file, out, err);
    if (ok && ferror(file))
        ok = zp_fail(err, "cannot read file '%s': %s", path, strerror(errno));
    if (!standard)
        fclose(file);
    return ok;
}

int zp__terminal_width(int fd)
{
    struct winsize size;

    if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col < 10 ? 0 : size.ws_col;
}
