/* words: commands that have commands of their own: `zplane vault client add NAME --allow-v1`.
 *
 * A row of a table says how the words begin, what may follow, and what runs.  Settings of the program (--vault=FILE) may stand
 * anywhere between. */
#ifndef ZP_CLI_WORDS_H
#define ZP_CLI_WORDS_H

#include "cli/cli.h"

enum { ZP__WORDS_MAX = 64 };

typedef struct zp__words {
    zp_cli *cli;
    const struct zp__sub *sub;
    const char *operand[ZP__WORDS_MAX];
    int count;
    const char *flag[ZP__WORDS_MAX], *value[ZP__WORDS_MAX]; /* name without dashes; "" for a bare flag */
    int flags;
} zp__words;

typedef struct zp__sub {
    const char *name;  /* "client add" */
    const char *after; /* "NAME [--allow-v1]" */
    const char *flags; /* "allow-v1 rights=": those with = take a value */
    int least, most;   /* operands */
    const char *summary;
    int (*run)(zp__words *w);
} zp__sub;

/* Finds the row, reads the words, runs it.  The exit status. */
int zp__words_run(zp_cli *cli, const char *command, const zp__sub *subs, size_t count);
/* The value of a flag; NULL: not given. */
const char *zp__words_flag(const zp__words *w, const char *name);
/* "zplane: <text of err>"; ZP_EXIT_ERROR.  The error is cleared. */
int zp__words_fail(zp_error *err);

/* A table whose columns are as wide as they must be: rows are collected, then printed. */
typedef struct zp__columns {
    zp_error err;
    struct zp_buf *cells; /* texts with their NULs, row after row */
    int columns, rows;
} zp__columns;
bool zp__columns_init(zp__columns *t, zp_error *err) ZP_MUST_CHECK;
void zp__columns_row(void *columns, const char *const *texts, int count);
void zp__columns_print(const zp__columns *t);
void zp__columns_fini(zp__columns *t);

#endif
