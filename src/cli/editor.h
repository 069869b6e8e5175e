/* editor: lines from a terminal, with editing, history and completion (libedit). */
#ifndef ZP_CLI_EDITOR_H
#define ZP_CLI_EDITOR_H

#include "lang/lang.h"

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
/* The line being typed is dropped: for a signal handler. */
void zp__editor_interrupt(void);

#endif
