/* library: client libraries of databases by dlopen, so that a program that never meets one does not load it. */
#ifndef ZP_BACKEND_LIBRARY_H
#define ZP_BACKEND_LIBRARY_H

#include "base/error.h"

typedef struct zp_library_name {
    const char *name;
    size_t offset; /* of the function pointer in the struct */
} zp_library_name;

/* Fills the pointers of `to`.  The loader remembers an open library, so asking again is a look-up of a few names. */
bool zp__library_open(const char *so, const char *what, const zp_library_name *names, size_t count, void *to,
                      zp_error *err) ZP_MUST_CHECK;

#endif
