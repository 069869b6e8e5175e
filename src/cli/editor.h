/* editor: lines from a terminal, with editing, history and completion (libedit). */
#ifndef ZP_CLI_EDITOR_H
#define ZP_CLI_EDITOR_H

#include <signal.h>

#include "cli/complete.h"

typedef struct zp_editor zp_editor;

typedef enum zp_line {
    ZP_LINE_READ,
    ZP_LINE_DROPPED, /* Ctrl-C */
    ZP_LINE_END      /* Ctrl-D, or the terminal is gone */
} zp_line;

/* `ctx`: whose names are completed. */
zp_editor *zp__editor_new(zp_ctx *ctx, zp_error *err) ZP_MUST_CHECK;
void zp__editor_free(zp_editor *ed); /* writes the history */
/* Appends a line with its newline to `text`, whose content (earlier lines) completion may look at. */
zp_line zp__editor_line(zp_editor *ed, const char *prompt, zp_buf *text);
/* Adds a program to the history. */
void zp__editor_remember(zp_editor *ed, const zp_buf *program);
/* Names that TAB offers besides those of the context; borrowed. */
void zp__editor_more(zp_editor *ed, const zp_more_names *more);
/* What waits until there is something to read on standard input, or *stop, instead of turning the loop of the context's engine; false: no
 * more lines are wanted. */
typedef bool (*zp_editor_wait_fn)(void *arg, const volatile sig_atomic_t *stop);
void zp__editor_on_wait(zp_editor *ed, zp_editor_wait_fn wait, void *arg);
/* Shows lines above the one that is typed: from within that function. */
void zp__editor_aside(zp_editor *ed, const char *bytes, size_t len);
/* The line being typed is dropped: for a signal handler. */
void zp__editor_interrupt(void);

#endif
