/* text_regex: a search prepared from the arguments of a built-in.  Private to the text built-ins. */
#ifndef ZP_BUILTIN_TEXT_REGEX_H
#define ZP_BUILTIN_TEXT_REGEX_H

#include "builtin/regex.h"
#include "builtin/text.h"

/* Formals of the built-in that say how to search; -1: it has none such. */
typedef struct zp__search_formals {
    int pattern, text, icase, perl, fixed;
} zp__search_formals;

typedef struct zp__search {
    zp_regex re;
    zp_value pattern, text; /* owned */
    int groups;             /* in parentheses, at most as many as a search reports */
} zp__search;

/* Takes the arguments and compiles.  Needs a fini also on failure. */
bool zp__search_init(zp__search *s, zp_call *c, const zp__search_formals *f, bool names) ZP_MUST_CHECK;
void zp__search_fini(zp__search *s);
/* ICASE, PERL, FIXED from the arguments. */
bool zp__search_flags(zp_call *c, int icase, int perl, int fixed, unsigned *flags) ZP_MUST_CHECK;
bool zp__all_ascii(zp_value text);

#endif
