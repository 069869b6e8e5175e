/* text: what the files of text built-ins share.  Private to them. */
#ifndef ZP_BUILTIN_TEXT_H
#define ZP_BUILTIN_TEXT_H

#include <locale.h>

#include "base/utf8.h"
#include "lang/lang.h"
#include "ops/ops.h"

/* Formal k as a character array that the caller owns.  Other types are converted as by as.character; what is
 * no character array to begin with keeps its dims and names only if `names`. */
bool zp__text_arg(zp_call *c, int k, bool names, zp_value *out) ZP_MUST_CHECK;
/* The first element of formal k, borrowed from *holder, which the caller releases.  Error: invalid '<formal>' argument. */
bool zp__text_first(zp_call *c, int k, const char *formal, zp_value *holder, zp_str **out) ZP_MUST_CHECK;

/* Formal 0 with every element changed by `fn`, which gives a new reference or NULL; dims and names as R keeps them. */
typedef zp_str *(*zp__text_fn)(void *ctx, zp_str *s, zp_error *err);
zp_status zp__text_map(zp_call *c, zp__text_fn fn, void *ctx);

/* True (and c->err is set) when the user wants the loop to stop; `i` counts its turns. */
bool zp__text_stop(zp_call *c, int64_t i);

bool zp__is_ascii(const char *text, size_t len);
/* The byte behind `n` code points. */
const char *zp__utf8_skip(const char *at, const char *end, int64_t n);

/* Names that come again get `sep` and a number; with `blanks` empty ones stay empty. */
bool zp__text_unique(zp_call *c, zp_value *names, const zp_str *sep, bool blanks) ZP_MUST_CHECK;

/* Strings being collected. */
typedef struct zp__strings {
    zp_str **at;
    int64_t n, cap;
} zp__strings;
bool zp__strings_add_take(zp__strings *list, zp_str *s,
                          zp_error *err) ZP_MUST_CHECK; /* s may be NULL: false */
bool zp__strings_add(zp__strings *list, const char *bytes, size_t len, zp_error *err) ZP_MUST_CHECK;
/* A vector of them; the collection is empty afterwards, also on failure. */
zp_value zp__strings_finish(zp__strings *list, zp_error *err);
void zp__strings_fini(zp__strings *list);

/* Character classes and cases of all of Unicode, for the time of a call; (locale_t)0 when the system has none. */
locale_t zp__text_locale(void);
void zp__text_locale_free(locale_t loc);

#endif
