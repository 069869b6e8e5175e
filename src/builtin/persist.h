/* What built-ins that make or open persistent objects share: where they are, and how they are kept. */
#ifndef ZP_BUILTIN_PERSIST_H
#define ZP_BUILTIN_PERSIST_H

#include "builtin/database.h"
#include "lang/lang.h"
#include "store/store.h"

/* The arguments `file`, `sync` and `retain` of a function that makes an object. */
typedef struct zp__persist {
    zp_buf dir; /* empty: the object stays in memory */
    zp_store_options options;
    const char *database; /* in which `dir` is called `name`; NULL: elsewhere */
    const char *name;
} zp__persist;

/* Reads them (positions among the formals; -1: there is none) and looks whether the place is free.  Release with
 * zp__persist_fini, also after a failure. */
bool zp__persist_args(zp_call *c, int file, int sync, int retain, zp__persist *p) ZP_MUST_CHECK;
/* c->out, which was just made, moves to its place. */
bool zp__persist_out(zp_call *c, zp__persist *p) ZP_MUST_CHECK;
void zp__persist_fini(zp__persist *p);

#endif
