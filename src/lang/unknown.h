/* unknown: what to use instead of functions of R that do not exist here.  Private to the room. */
#ifndef ZP_LANG_UNKNOWN_H
#define ZP_LANG_UNKNOWN_H

/* A sentence for the report, or NULL. */
const char *zp__unknown_hint(const char *name);

#endif
