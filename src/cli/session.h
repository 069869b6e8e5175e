/* session: one engine and one context, driven to the end of every unit.
 *
 *     text --load--> run --parked?--> wait --> run ... --> show the value | report the error
 *
 * A unit is parsed as a whole.  zp__session_eval shows the value of its last expression; zp__session_script shows
 * every top-level expression in turn. */
#ifndef ZP_CLI_SESSION_H
#define ZP_CLI_SESSION_H

#include "lang/lang.h"

typedef enum zp_ended { ZP_ENDED_OK, ZP_ENDED_ERROR, ZP_ENDED_QUIT } zp_ended;

typedef struct zp_session {
    zp_engine *engine;
    zp_ctx *ctx;
    zp_buf *captured; /* output goes here; NULL: standard output and standard error */
    zp_buf *reports;  /* error reports go here; NULL: standard error */
    int status;       /* after ZP_ENDED_QUIT: that of q() */
} zp_session;

/* False: the reason is in err. */
bool zp__session_init(zp_session *s, const zp_config *cfg, zp_error *err) ZP_MUST_CHECK;
void zp__session_fini(zp_session *s);

/* Evaluates a unit to its end.  `file`: NULL for typed text. */
zp_ended zp__session_eval(zp_session *s, const char *text, size_t len, const char *file);
/* Every complete top-level expression in turn, until the first error. */
zp_ended zp__session_script(zp_session *s, const char *text, size_t len, const char *file);
/* The exit status of the process after `unit`. */
int zp__session_status(const zp_session *s, zp_ended unit);

/* The content of a file ("-": standard input), to be freed with zp_buf_fini. */
bool zp__read_text(const char *path, zp_buf *out, zp_error *err) ZP_MUST_CHECK;
/* Columns of the terminal that `fd` is; 0: it is none. */
int zp__terminal_width(int fd);

#endif
