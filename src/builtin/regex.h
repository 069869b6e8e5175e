/* regex: one door to three ways of searching: extended expressions (TRE), Perl's (PCRE2), plain text.
 *
 *     zp_regex_init --> for each text: zp_regex_subject --> zp_regex_exec ... --> zp_regex_fini
 *
 * Positions are bytes of the subject.  TRE works on bytes as long as everything is ASCII, else on code points; the
 * translation stays inside. */
#ifndef ZP_BUILTIN_REGEX_H
#define ZP_BUILTIN_REGEX_H

#include <locale.h>

#include "lang/lang.h"

enum { ZP_REGEX_ICASE = 1, ZP_REGEX_PERL = 2, ZP_REGEX_FIXED = 4, ZP_REGEX_UTF8 = 8 };
enum { ZP_REGEX_GROUPS = 10 };

typedef struct zp_regex_span {
    int64_t start, end; /* -1: the group took no part */
} zp_regex_span;

typedef struct zp_regex {
    unsigned flags;
    const zp_str *pattern; /* borrowed */
    void *tre, *pcre, *pcre_data, *pcre_limits;
    locale_t locale;
    const char *text; /* the subject, borrowed */
    size_t len;
    wchar_t *wide; /* code points of the subject and where each begins (with ZP_REGEX_UTF8) */
    size_t *begins;
    size_t wide_len, wide_cap, cursor;
    size_t marked_byte, marked_count; /* code points before a byte, remembered for the next question */
    const zp_ctx *ctx;                /* who may interrupt the search; NULL: nobody */
    int choices;                      /* repetitions of an expression with back references */
    uint32_t turns;
    bool stopped;
    zp_regex_span match[ZP_REGEX_GROUPS]; /* of the last successful exec */
} zp_regex;

/* Compiles; ZP_REGEX_UTF8 must be given when the pattern or any subject is not ASCII.  `texts`: all subjects to
 * come.  Always needs a fini.
 * Errors: `invalid regular expression '<p>', reason '<why>'`. */
bool zp_regex_init(zp_regex *re, const zp_str *pattern, unsigned flags, zp_value texts, const zp_ctx *ctx,
                   zp_error *err) ZP_MUST_CHECK;
void zp_regex_fini(zp_regex *re);
/* `number`: of the text, for the error `input string <number> is invalid`. */
bool zp_regex_subject(zp_regex *re, const zp_str *text, int64_t number, zp_error *err) ZP_MUST_CHECK;
/* Code points before a byte of the subject. */
int64_t zp_regex_count(zp_regex *re, int64_t byte);
/* Searches from byte `from` on: 1 found, 0 not, -1 failed.  `fresh`: as if the subject began there. */
int zp_regex_exec(zp_regex *re, size_t from, bool fresh, zp_error *err) ZP_MUST_CHECK;

#endif
