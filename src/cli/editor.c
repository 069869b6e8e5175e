/* editor: libedit with our prompt, history and completion.
 *
 * A program of several lines is one entry of the history.  The history lives in $XDG_STATE_HOME/zplane/history
 * (~/.local/state/zplane/history); where that cannot be written, the session simply does not remember.
 *
 * libedit reads characters through next_char(), because its own reader goes on after a signal: a Ctrl-C has to end the
 * line. */
#include "cli/editor.h"

#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/complete.h"
#include "cli/session.h"
#include "plane/plane.h"

enum { HISTORY_ENTRIES = 5000 };

struct zp_editor {
    EditLine *line;
    History *history;
    zp_buf path; /* of the history; empty: none */
    zp_ctx *ctx;
    const char *prompt;
    const zp_buf *before; /* earlier lines of the program */
    mbstate_t shift;
    const zp_more_names *more;
    zp_editor_wait_fn wait;
    void *wait_arg;
};

static volatile sig_atomic_t interrupted;

void zp__editor_interrupt(void)
{
    interrupted = 1;
}

static char *current_prompt(EditLine *line)
{
    zp_editor *ed;

    el_get(line, EL_CLIENTDATA, &ed);
    return (char *)ed->prompt;
}

/* The next character; -1 with EINTR after Ctrl-C. */
static int next_char(EditLine *line, wchar_t *out)
{
    zp_editor *ed;

    el_get(line, EL_CLIENTDATA, &ed);
    for (;;) {
        char byte;
        ssize_t got;
        size_t used;

        if (interrupted) {
            errno = EINTR;
            return -1;
        }
        if (!ed->wait)
            zp_plane_until_readable(zp_ctx_engine(ed->ctx), STDIN_FILENO, &interrupted);
        else if (!ed->wait(ed->wait_arg, &interrupted))
            return 0;
        if (interrupted)
            continue;
        got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return (int)got;
        used = mbrtowc(out, &byte, 1, &ed->shift);
        if (used == (size_t)-2)
            continue;
        if (used == (size_t)-1) { /* not UTF-8: the byte as it is */
            memset(&ed->shift, 0, sizeof ed->shift);
            *out = (unsigned char)byte;
        }
        return 1;
    }
}

/* ---------------------------------------------------------------- completion */

static unsigned char show_choices(EditLine *line, const zp_choices *choices)
{
    zp_buf text = ZP_BUF_INIT;
    int width = zp__terminal_width(STDOUT_FILENO);

    zp_buf_putc(&text, '\n');
    zp__choices_show(choices, width ? width : 80, &text);
    fwrite(zp_buf_text(&text), 1, text.len, stdout);
    fflush(stdout);
    zp_buf_fini(&text);
    return CC_REDISPLAY;
}

static unsigned char insert_choice(EditLine *line, const zp_choices *choices)
{
    char *rest = strndup(choices->words[0] + choices->typed, choices->common - choices->typed);
    int result = rest ? el_insertstr(line, rest) : -1;

    free(rest);
    return result < 0 ? CC_ERROR : CC_REFRESH;
}

static unsigned char complete(EditLine *line, int key)
{
    const LineInfo *info = el_line(line);
    zp_buf text = ZP_BUF_INIT;
    zp_choices choices = { 0 };
    unsigned char result = CC_ERROR;
    zp_editor *ed;

    el_get(line, EL_CLIENTDATA, &ed);
    zp_buf_put(&text, zp_buf_text(ed->before), ed->before->len);
    zp_buf_put(&text, info->buffer, (size_t)(info->cursor - info->buffer));
    if (!text.failed && zp__complete(ed->ctx, ed->more, zp_buf_text(&text), text.len, &choices, NULL) &&
        choices.count > 0)
        result = choices.common > choices.typed ? insert_choice(line, &choices)
                 : choices.count > 1            ? show_choices(line, &choices)
                                                : CC_ERROR;
    zp__choices_fini(&choices);
    zp_buf_fini(&text);
    return result;
}

/* ---------------------------------------------------------------- history */

/* Makes the folders of a path; failures show when the file is written. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static void find_history(zp_buf *path)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (state && *state)
        zp_buf_printf(path, "%s/zplane/history", state);
    else if (home && *home)
        zp_buf_printf(path, "%s/.local/state/zplane/history", home);
}

static void load_history(zp_editor *ed)
{
    HistEvent event;

    history(ed->history, &event, H_SETSIZE, HISTORY_ENTRIES);
    history(ed->history, &event, H_SETUNIQUE, 1);
    find_history(&ed->path);
    if (ed->path.len && !ed->path.failed)
        history(ed->history, &event, H_LOAD, ed->path.ptr);
    el_set(ed->line, EL_HIST, history, ed->history);
}

static void save_history(zp_editor *ed)
{
    HistEvent event;

    if (!ed->path.len || ed->path.failed)
        return;
    make_folders(ed->path.ptr);
    history(ed->history, &event, H_SAVE, ed->path.ptr);
    chmod(ed->path.ptr, 0600);
}

void zp__editor_remember(zp_editor *ed, const zp_buf *program)
{
    size_t len = program->len;
    HistEvent event;
    char *text;

    while (len > 0 && (program->ptr[len - 1] == '\n' || program->ptr[len - 1] == ' '))
        len--;
    text = len ? strndup(program->ptr, len) : NULL;
    if (text)
        history(ed->history, &event, H_ENTER, text);
    free(text);
}

/* ---------------------------------------------------------------- life */

zp_editor *zp__editor_new(zp_ctx *ctx, zp_error *err)
{
    zp_editor *ed = zp_new(zp_editor, err);

    if (!ed)
        return NULL;
    setlocale(LC_CTYPE, "");
    ed->ctx = ctx;
    ed->prompt = "";
    ed->line = el_init("zplane", stdin, stdout, stderr);
    ed->history = history_init();
    if (!ed->line || !ed->history) {
        zp_fail(err, "the terminal cannot be used");
        if (ed->line)
            el_end(ed->line);
        if (ed->history)
            history_end(ed->history);
        zp_free(ed);
        return NULL;
    }
    el_set(ed->line, EL_CLIENTDATA, ed);
    el_set(ed->line, EL_PROMPT, current_prompt);
    el_set(ed->line, EL_GETCFN, next_char);
    el_set(ed->line, EL_EDITOR, "emacs");
    el_set(ed->line, EL_ADDFN, "zplane-complete", "complete names and arguments", complete);
    el_set(ed->line, EL_BIND, "^I", "zplane-complete", NULL);
    el_set(ed->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
    load_history(ed);
    el_source(ed->line, NULL);
    return ed;
}

void zp__editor_free(zp_editor *ed)
{
    if (!ed)
        return;
    save_history(ed);
    history_end(ed->history);
    el_end(ed->line);
    zp_buf_fini(&ed->path);
    zp_free(ed);
}

void zp__editor_more(zp_editor *ed, const zp_more_names *more)
{
    ed->more = more;
}

void zp__editor_on_wait(zp_editor *ed, zp_editor_wait_fn wait, void *arg)
{
    ed->wait = wait;
    ed->wait_arg = arg;
}

void zp__editor_aside(zp_editor *ed, const char *bytes, size_t len)
{
    fputs("\r\033[J", stdout); /* the prompt and what is typed go */
    fwrite(bytes, 1, len, stdout);
    if (len && bytes[len - 1] != '\n')
        putchar('\n');
    fflush(stdout);
    el_set(ed->line, EL_REFRESH);
}

zp_line zp__editor_line(zp_editor *ed, const char *prompt, zp_buf *text)
{
    const char *line;
    int len = 0;

    ed->prompt = prompt;
    ed->before = text;
    interrupted = 0;
    el_resize(ed->line);
    fflush(stdout);
    el_set(ed->line, EL_PREP_TERM,
           1); /* before the prompt is seen, so that no Ctrl-D is taken as the end of a file */
    line = el_gets(ed->line, &len);
    if (interrupted) {
        interrupted = 0;
        el_reset(ed->line);
        putchar('\n');
        return ZP_LINE_DROPPED;
    }
    if (!line || len <= 0) {
        putchar('\n');
        return ZP_LINE_END;
    }
    zp_buf_put(text, line, (size_t)len);
    return text->failed ? ZP_LINE_END : ZP_LINE_READ;
}
