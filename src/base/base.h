/* base: what every other room stands on, and what knows nothing of zplane.
 *
 *     error   the one error struct, filled where the cause is known
 *     mem     allocation that can fail, be counted and be made to fail by tests
 *     buf     a growing byte buffer with a sticky failure
 *     arena   memory that is born and dies together
 *     str     counted immutable strings
 *     map     a hash map from byte strings or 64-bit keys to pointers
 *     nearest the word that somebody probably meant
 *     config  every option of the program in one table
 *
 * Thread: none of these are locked; each object belongs to the thread that made it. */
#ifndef ZP_BASE_BASE_H
#define ZP_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define ZP_MUST_CHECK        __attribute__((warn_unused_result))
#define ZP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ZP_LIKELY(x)         __builtin_expect(!!(x), 1)
#define ZP_UNLIKELY(x)       __builtin_expect(!!(x), 0)
#define ZP_NOINLINE          __attribute__((noinline))
#else
#define ZP_MUST_CHECK
#define ZP_PRINTF(fmt, args)
#define ZP_LIKELY(x)   (x)
#define ZP_UNLIKELY(x) (x)
#define ZP_NOINLINE
#endif

#define ZP_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

/* Multiplies or adds sizes that come from outside; false when the result does not fit. */
static inline bool zp_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}
static inline bool zp_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

#endif
