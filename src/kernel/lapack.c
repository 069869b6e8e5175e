/* The door to LAPACK: dlopen at first use.  The loader remembers an open library, so asking again is a look-up of a
 * few names and needs no state of our own. */
#include "kernel/lapack.h"

#include <dlfcn.h>
#include <string.h>

#define LIBRARY "liblapack.so.3"

static bool find(void *handle, const char *name, void *to, zp_error *err)
{
    void *at = dlsym(handle, name);

    if (!at)
        return zp_fail(err, "the linear algebra library %s lacks %s", LIBRARY, name);
    memcpy(to, &at, sizeof at); /* a function pointer, as POSIX promises */
    return true;
}

bool zp_lapack_open(zp_lapack *lib, zp_error *err)
{
    void *handle = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    bool ok;

    if (!handle) {
        const char *why = dlerror();
        return zp_fail(err, "cannot load the linear algebra library: %s", why ? why : LIBRARY);
    }
    ok = true;
#define X(name, params) ok = ok && find(handle, #name "_", &lib->name, err);
    ZP_LAPACK(X)
#undef X
    return ok; /* never closed: it stays for the life of the process */
}
