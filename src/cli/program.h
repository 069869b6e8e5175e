/* program: lines until they are a program, typed at a terminal or read from standard input. */
#ifndef ZP_CLI_PROGRAM_H
#define ZP_CLI_PROGRAM_H

#include "cli/editor.h"

/* Replaces `text` by the next program that is typed.  False: the end of input. */
bool zp__program_typed(zp_editor *editor, const char *prompt, zp_buf *text);

/* Standard input. */
typedef struct zp_lines {
    zp_buf bytes;
    size_t at;
    bool end;
} zp_lines;
#define ZP_LINES_INIT ((zp_lines){ 0 })

/* Appends the next line with its newline to `to`; false: the end of input. */
bool zp__lines_next(zp_lines *in, zp_buf *to);
/* Replaces `text` by the next program; false: there is none. */
bool zp__program_next(zp_lines *in, zp_buf *text);
void zp__lines_fini(zp_lines *in);

#endif
