/* regex_priv: between regex.c and regex_class.c. */
#ifndef ZP_BUILTIN_REGEX_PRIV_H
#define ZP_BUILTIN_REGEX_PRIV_H

#include "builtin/regex.h"

/* Has the expression classes and counted repetitions? */
bool zp__regex_needs_expansion(const char *pattern);
/* Appends the expression without classes, good for these texts.  re->locale must be set. */
bool zp__regex_expand(zp_regex *re, zp_value texts, zp_buf *out, zp_error *err) ZP_MUST_CHECK;

#endif
