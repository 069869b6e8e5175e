/* program: where a program that is being entered ends.
 *
 * It ends where it can be parsed as a whole; `else` on the line after an `if` still belongs to it, which only input that is
 * already there can tell. */
#include "cli/program.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static bool is_blank(const zp_buf *text)
{
    return text->len == strspn(zp_buf_text(text), " \t\r\n");
}

bool zp__program_typed(zp_editor *editor, const char *prompt, zp_buf *text)
{
    zp_buf_clear(text);
    for (;;) {
        zp_line line = zp__editor_line(editor, text->len ? "+ " : prompt, text);

        if (line == ZP_LINE_END)
            return false;
        if (line == ZP_LINE_DROPPED) {
            zp_buf_clear(text);
            continue;
        }
        if (is_blank(text))
            zp_buf_clear(text);
        else if (!zp_text_incomplete(text->ptr, text->len))
            return true;
    }
}

/* ---------------------------------------------------------------- no terminal */

bool zp__lines_next(zp_lines *in, zp_buf *to)
{
    for (;;) {
        const char *from = zp_buf_text(&in->bytes) + in->at;
        size_t left = in->bytes.len - in->at;
        const char *newline = memchr(from, '\n', left);
        char *room;
        ssize_t got;

        if (newline || (in->end && left)) {
            size_t len = newline ? (size_t)(newline + 1 - from) : left;

            zp_buf_put(to, from, len);
            in->at += len;
            return true;
        }
        if (in->end)
            return false;
        if (in->at) { /* what was read goes */
            memmove(in->bytes.ptr, in->bytes.ptr + in->at, left);
            in->bytes.len = left;
            in->at = 0;
        }
        room = zp_buf_reserve(&in->bytes, 1 << 16);
        got = room ? read(STDIN_FILENO, room, 1 << 16) : 0;
        if (got > 0)
            in->bytes.len += (size_t)got;
        else if (got == 0 || errno != EINTR)
            in->end = true;
    }
}

/* Is there a line to look at without waiting for somebody who types? */
static bool line_waits(const zp_lines *in)
{
    struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

    return memchr(zp_buf_text(&in->bytes) + in->at, '\n', in->bytes.len - in->at) != NULL ||
           (!in->end && poll(&fd, 1, 20) > 0);
}

/* `if (a) b`, newline, `else c` is one expression: an `else` that follows is part of the program. */
static bool else_follows(zp_lines *in, zp_buf *text)
{
    zp_buf ahead = ZP_BUF_INIT;
    bool found = false;

    while (line_waits(in)) {
        size_t from = ahead.len;
        const char *word;

        if (!zp__lines_next(in, &ahead))
            break;
        word = ahead.ptr + from + strspn(ahead.ptr + from, " \t\r");
        if (*word == '\n' || *word == '#' || *word == '\0')
            continue;
        found = strncmp(word, "else", 4) == 0 && strchr(" \t\r\n({", word[4]) != NULL;
        break;
    }
    if (found) {
        zp_buf_put(text, ahead.ptr, ahead.len);
    } else if (ahead.len) { /* give the lines back */
        zp_buf rest = ZP_BUF_INIT;

        zp_buf_put(&rest, ahead.ptr, ahead.len);
        zp_buf_put(&rest, in->bytes.ptr + in->at, in->bytes.len - in->at);
        zp_buf_fini(&in->bytes);
        in->bytes = rest;
        in->at = 0;
    }
    zp_buf_fini(&ahead);
    return found;
}

static bool may_have_else(const zp_buf *text)
{
    zp_buf longer = ZP_BUF_INIT;
    bool may;

    if (!strstr(zp_buf_text(text), "if"))
        return false;
    zp_buf_put(&longer, text->ptr, text->len);
    zp_buf_puts(&longer, "\nelse");
    may = !longer.failed && zp_text_incomplete(longer.ptr, longer.len);
    zp_buf_fini(&longer);
    return may;
}

/* What is already there may be taken in growing portions: they are shown expression by expression all the same, and a
 * function of thousands of lines is not parsed thousands of times. */
bool zp__program_next(zp_lines *in, zp_buf *text)
{
    int count = 0, portion = 1;

    zp_buf_clear(text);
    while (zp__lines_next(in, text)) {
        if (++count < portion && (in->end || line_waits(in)))
            continue;
        if (is_blank(text)) {
            zp_buf_clear(text);
            count = 0;
            continue;
        }
        while (!zp_text_incomplete(text->ptr, text->len)) {
            if (!may_have_else(text) || !else_follows(in, text))
                return true;
        }
        if (count > 20)
            portion = count + count / 4;
    }
    return text->len > 0;
}

void zp__lines_fini(zp_lines *in)
{
    zp_buf_fini(&in->bytes);
}
