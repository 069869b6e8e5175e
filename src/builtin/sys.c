/* sys: the world outside the language: clocks, sleep, shell, files of code, the end of the process. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lang/machine.h"

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---------------------------------------------------------------- clocks */

static void times(double out[3])
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    out[0] = (double)use.ru_utime.tv_sec + 1e-6 * (double)use.ru_utime.tv_usec;
    out[1] = (double)use.ru_stime.tv_sec + 1e-6 * (double)use.ru_stime.tv_usec;
    out[2] = seconds(CLOCK_MONOTONIC);
}

static zp_status bi_clock(zp_call *c)
{
    c->out = zp_vec(ZP_DBL, 3, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    times(c->out.u.arr->data);
    return ZP_OK;
}

static zp_status bi_clock_since(zp_call *c)
{
    static const char *const names[] = { "user.self", "sys.self", "elapsed" };
    const double *from = zp_dbls(&c->argv[0]);
    zp_value tags = zp_vec(ZP_STR, 3, c->err);
    double now[3], *out;
    bool ok;

    times(now);
    c->out = zp_vec(ZP_DBL, 3, c->err);
    if (zp_bad(tags) || zp_bad(c->out)) {
        zp_value_unref(tags);
        zp_value_clear(&c->out);
        return ZP_FAILED;
    }
    out = c->out.u.arr->data;
    for (int i = 0; i < 3; i++) {
        zp_str *s = zp_str_from(names[i], c->err);
        out[i] = now[i] - from[i];
        if (s)
            zp_str_put(tags, i, s);
    }
    ok = zp_set_names(&c->out, 0, tags.u.arr, c->err);
    zp_value_unref(tags);
    return zp_done(ok);
}

/* The embedded driver calls this until the time has come; it returns early when a signal arrives. */
static void wait_until(void *arg, zp_ctx *ctx)
{
    double left = *(const double *)arg - seconds(CLOCK_MONOTONIC);

    if (left <= 0) {
        zp_ctx_resume(ctx, zp_nil(), NULL);
        return;
    }
    poll(NULL, 0, left > 1 ? 1000 : (int)(left * 1000) + 1);
}

static zp_status bi_sleep(zp_call *c)
{
    double time, *until;

    if (!zp_arg_dbl(c, 0, &time))
        return ZP_FAILED;
    if (!(time >= 0))
        return zp_fail_call(c, "invalid 'time' value");
    if (zp_engine_sleep(zp_ctx_engine(c->ctx)))
        return zp_engine_sleep(zp_ctx_engine(c->ctx))(c->ctx, time, c->err) ? ZP_PARK : ZP_FAILED;
    until = zp_alloc(sizeof(double), c->err);
    if (!until)
        return ZP_FAILED;
    *until = seconds(CLOCK_MONOTONIC) + time;
    zp_ctx_park(c->ctx, wait_until, until, zp_free);
    return ZP_PARK;
}

/* ---------------------------------------------------------------- environment and process */

static zp_status bi_getenv(zp_call *c)
{
    zp_value x = c->argv[0];

    if (x.type != ZP_STR)
        return zp_fail_call(c, "incorrect argument type");
    c->out = zp_vec(ZP_STR, zp_len(x), c->err);
    for (int64_t i = 0; i < zp_len(x) && !zp_bad(c->out); i++) {
        const char *value = getenv(zp_strs(&x)[i]->text);
        zp_str *s = zp_str_from(value ? value : "", c->err);
        if (!s) {
            zp_value_clear(&c->out);
            break;
        }
        zp_str_put(c->out, i, s);
    }
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_quit(zp_call *c)
{
    double status;

    if (!zp_arg_dbl(c, 0, &status))
        return ZP_FAILED;
    if (zp_ctx_is_remote(c->ctx))
        return zp_fail_call(c, "q() is refused: this process is not yours to end");
    c->ctx->quit = (int)status & 255;
    zp_fail_code(c->err, ZP_EQUIT, "quit");
    return ZP_FAILED;
}

/* Reads a whole file; a clear error otherwise. */
static bool read_file(const char *path, zp_buf *out, zp_error *err)
{
    FILE *f = fopen(path, "rb");
    char room[1 << 14];
    size_t n;
    bool ok;

    if (!f)
        return zp_fail(err, "cannot read file '%s': %s", path, strerror(errno));
    errno = 0;
    while ((n = fread(room, 1, sizeof(room), f)) > 0)
        zp_buf_put(out, room, n);
    ok = !ferror(f);
    if (!ok)
        zp_fail(err, "cannot read file '%s': %s", path, strerror(errno ? errno : EIO));
    fclose(f);
    return ok && zp_buf_ok(out, err);
}

/* A syntax error in a file is an error of the program, with its place in that file (where input ends: its end). */
static void syntax_as_error(zp_ctx *ctx, zp_error *syntax, const zp_buf *text, const char *path)
{
    zp_error *to = &ctx->error;
    zp_source *file = zp_source_new(zp_buf_text(text), text->len, path, syntax);

    zp_fail(to, "%s", zp_error_text(syntax));
    to->place = syntax->place;
    if (!to->place.line) {
        to->place = (zp_place){ .line = 1, .col = 1, .end_line = 1, .end_col = 1 };
        for (size_t i = 0; i < text->len; i++)
            to->place.line = to->place.end_line += text->ptr[i] == '\n';
    }
    zp_error_clear(syntax);
    if (file) {
        zp_source_unref(ctx->error_source);
        ctx->error_source = file;
        ctx->located = true;
    }
}

static zp_status bi_source(zp_call *c)
{
    zp_env *env = zp__caller(c->ctx);
    zp_error syntax = ZP_ERROR_INIT;
    zp_buf text = ZP_BUF_INIT;
    zp_source *source = NULL;
    zp_code *code = NULL;
    zp_str *path;
    bool pushed;

    if (!zp_arg_str(c, 0, &path) || !read_file(path->text, &text, c->err)) {
        zp_buf_fini(&text);
        return ZP_FAILED;
    }
    source = zp_parse(zp_buf_text(&text), text.len, path->text, NULL, &syntax);
    if (!source)
        syntax_as_error(c->ctx, &syntax, &text, path->text);
    zp_buf_fini(&text);
    if (!source)
        return ZP_FAILED;
    code = zp__compile_unit(c->ctx->engine, source, source->program, env, c->err);
    zp_source_unref(source);
    if (!code)
        return ZP_FAILED;
    pushed = zp__push_unit(c->ctx, code, env, c->err);
    zp__code_unref(code);
    if (!pushed)
        return ZP_FAILED;
    zp__top(c->ctx)->hide = true;
    return ZP_CALL;
}

/* ---------------------------------------------------------------- the shell */

typedef struct shell {
    bool intern, no_out, no_err;
} shell;

static void child(const char *command, const shell *how, int out)
{
    int null = open("/dev/null", O_RDWR);

    if (how->intern) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    if (how->no_out)
        dup2(null, STDOUT_FILENO);
    if (how->no_err)
        dup2(null, STDERR_FILENO);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    for (int fd = 3; fd < 1024; fd++)
        close(fd);
    execl("/bin/bash", "bash", "-c", command, (char *)NULL);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static bool read_output(int fd, zp_buf *text)
{
    char room[1 << 12];
    ssize_t n;

    for (;;) {
        n = read(fd, room, sizeof(room));
        if (n > 0)
            zp_buf_put(text, room, (size_t)n);
        else if (n == 0 || errno != EINTR)
            return n == 0;
    }
}

static zp_value lines_of(const zp_buf *text, zp_error *err)
{
    int64_t n = 0;
    const char *p = zp_buf_text(text), *end = p + text->len;
    zp_value out;

    for (const char *q = p; q < end; q++)
        n += *q == '\n';
    n += text->len && end[-1] != '\n';
    out = zp_vec(ZP_STR, n, err);
    for (int64_t i = 0; i < n && !zp_bad(out); i++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        zp_str *s = zp_str_new(p, (size_t)((stop ? stop : end) - p), err);
        if (!s)
            zp_value_clear(&out);
        else
            zp_str_put(out, i, s);
        p = stop ? stop + 1 : end;
    }
    return out;
}

static zp_status bi_system(zp_call *c)
{
    zp_str *command;
    shell how;
    bool wait;
    int ends[2] = { -1, -1 }, status = 0;
    zp_buf text = ZP_BUF_INIT;
    pid_t pid;

    if (!zp_arg_str(c, 0, &command) || !zp_arg_lgl(c, 1, &how.intern) || !zp_arg_lgl(c, 2, &how.no_out) ||
        !zp_arg_lgl(c, 3, &how.no_err) || !zp_arg_lgl(c, 4, &wait))
        return ZP_FAILED;
    if (how.intern && pipe2(ends, O_CLOEXEC) != 0)
        return zp_done(zp_fail_sys(c->err, errno, "cannot run a command"));
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        child(command->text, &how, ends[1]);
    if (ends[1] >= 0)
        close(ends[1]);
    if (pid < 0) {
        if (ends[0] >= 0)
            close(ends[0]);
        return zp_done(zp_fail_sys(c->err, errno, "cannot run a command"));
    }
    if (how.intern) {
        read_output(ends[0], &text);
        close(ends[0]);
    }
    if (wait || how.intern)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR && !zp_ctx_interrupted(c->ctx))
            ;
    if (how.intern) {
        c->out = zp_buf_ok(&text, c->err) ? lines_of(&text, c->err) : zp_nil();
        zp_buf_fini(&text);
        return zp_done(!zp_bad(c->out));
    }
    c->ctx->visible = false;
    c->out = zp_dbl(!wait ? 0 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    return ZP_OK;
}

const zp_builtin zp_builtins_sys[] = {
    { "Sys.sleep", "time", "time=D", ZP_BI_INVISIBLE, bi_sleep,
      "Suspends this evaluation for `time` seconds; other evaluations of the process go on.", "Sys.sleep(0)",
      NULL },
    { "Sys.getenv", "x", "x=S", ZP_BI_SYSTEM, bi_getenv,
      "The values of environment variables, \"\" for those that are not set.",
      "Sys.getenv(\"NO_SUCH_VARIABLE\")", NULL },
    { "q", "status = 0", "status=D", ZP_BI_INVISIBLE, bi_quit, "Ends the process with an exit status.", "",
      NULL },
    { "quit", "status = 0", "status=D", ZP_BI_INVISIBLE, bi_quit, "Ends the process with an exit status.", "",
      NULL },
    { "source", "file", "file=S", ZP_BI_INVISIBLE | ZP_BI_SYSTEM, bi_source,
      "Evaluates a file of code in the current frame and yields its last value, invisibly.", "", NULL },
    { "system", "command, intern = FALSE, ignore.stdout = FALSE, ignore.stderr = FALSE, wait = TRUE",
      "command=S intern=L ignore.stdout=L ignore.stderr=L wait=L", ZP_BI_SYSTEM, bi_system,
      "Runs a shell command: its exit status, or with `intern` its output line by line.",
      "system(\"echo hello\", intern = TRUE)", NULL },
    { "system.time", "expr", "", ZP_BI_CODE, bi_clock_since,
      "Seconds of user, system and elapsed time that evaluating expr took.",
      "names(system.time(sum(1:1000)))", NULL },
    { ".clock", "", "", ZP_BI_HIDDEN, bi_clock, "", "", NULL },
    { ".clock.since", "from", "", ZP_BI_HIDDEN, bi_clock_since, "", "", NULL },
    { 0 },
};
