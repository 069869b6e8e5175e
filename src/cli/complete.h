/* complete: what may follow the cursor. */
#ifndef ZP_CLI_COMPLETE_H
#define ZP_CLI_COMPLETE_H

#include "lang/lang.h"

/* Words that may stand where `text` ends. */
typedef struct zp_choices {
    char **words;
    size_t count, cap;
    size_t typed;  /* bytes of the word that are typed already */
    size_t common; /* bytes that all words share */
} zp_choices;

/* Names that are not the context's: those of a server. */
typedef struct zp_more_names {
    /* Calls found(to, name) for each. */
    void (*names)(void *arg, void (*found)(void *to, const char *name), void *to);
    /* Makes the function `name` known to the context, if there is one. */
    void (*function)(void *arg, const char *name);
    void *arg;
} zp_more_names;

/* `more` may be NULL.  False: no memory.  Release with zp__choices_fini in any case. */
bool zp__complete(zp_ctx *ctx, const zp_more_names *more, const char *text, size_t len, zp_choices *out,
                  zp_error *err) ZP_MUST_CHECK;
void zp__choices_fini(zp_choices *choices);
/* The choices in columns. */
void zp__choices_show(const zp_choices *choices, int width, zp_buf *out);

#endif
