/* error: what went wrong, in words a user understands.
 *
 * Whatever can fail takes a `zp_error *err` last (NULL: the caller does not care) and returns false or
 * NULL.  The error is filled once, where the cause is known; callers pass it up.  Start with
 * `zp_error err = ZP_ERROR_INIT;` and release with zp_error_clear(). */
#ifndef ZP_BASE_ERROR_H
#define ZP_BASE_ERROR_H

#include "base/base.h"

#define ZP_ERROR_CODES(X)                               \
    X(NONE, "no error")                                 \
    X(VALUE, "a value is wrong")                        \
    X(SYNTAX, "text that is not a program")             \
    X(NOMEM, "memory or its limit is exhausted")        \
    X(IO, "the system refused")                         \
    X(FORMAT, "bytes that are not what they should be") \
    X(CANCELLED, "interrupted by the user")             \
    X(BUDGET, "the step budget is spent")               \
    X(QUIT, "the program asked to end")

typedef enum zp_errcode {
#define X(name, text) ZP_E##name,
    ZP_ERROR_CODES(X)
#undef X
} zp_errcode;

/* A stretch of source text: 1-based lines and byte columns, both ends included; line 0: unknown. */
typedef struct zp_place {
    int32_t line, col;
    int32_t end_line, end_col;
} zp_place;

typedef struct zp_error {
    zp_errcode code;
    int arg;        /* 1-based position of the offending argument of a built-in; 0: the call itself */
    zp_place place; /* where in the source, if known */
    char *text;     /* heap; what `.Last.error` holds */
    char *hint;     /* heap or NULL; "did you mean ..." */
} zp_error;

#define ZP_ERROR_INIT ((zp_error){ 0 })

/* Fills `err` (unless it already holds an error) and returns false, so that a failing function can end
 * with `return zp_fail(err, "subscript out of bounds");`. */
bool zp_fail(zp_error *err, const char *fmt, ...) ZP_PRINTF(2, 3);
/* The same with a code, and for a 1-based argument of a built-in. */
bool zp_fail_code(zp_error *err, zp_errcode code, const char *fmt, ...) ZP_PRINTF(3, 4);
bool zp_fail_arg(zp_error *err, int arg, const char *fmt, ...) ZP_PRINTF(3, 4);
/* "<fmt>: <text of errnum>". */
bool zp_fail_sys(zp_error *err, int errnum, const char *fmt, ...) ZP_PRINTF(3, 4);
/* Out of memory: "cannot allocate vector of <size>". */
bool zp_fail_nomem(zp_error *err, size_t bytes);
/* Adds a hint to an error that is set. */
void zp_error_hint(zp_error *err, const char *fmt, ...) ZP_PRINTF(2, 3);

const char *zp_error_text(const zp_error *err); /* never NULL */
void zp_error_clear(zp_error *err);
/* Moves the error from `from` to `to`; `from` is left clear. */
void zp_error_move(zp_error *to, zp_error *from);

#endif
