/* library: a table of names becomes a struct of function pointers. */
#include "backend/library.h"

#include <dlfcn.h>
#include <string.h>

bool zp__library_open(const char *so, const char *what, const zp_library_name *names, size_t count, void *to,
                      zp_error *err)
{
    void *handle = dlopen(so, RTLD_NOW | RTLD_LOCAL);

    if (!handle)
        return zp_fail(err, "%s needs the library %s, which cannot be opened", what, so);
    for (size_t i = 0; i < count; i++) {
        void *at = dlsym(handle, names[i].name);

        if (!at)
            return zp_fail(err, "%s needs a newer library %s: %s is not there", what, so, names[i].name);
        memcpy((char *)to + names[i].offset, &at, sizeof at); /* a function pointer, as POSIX promises */
    }
    return true; /* never closed: it stays for the life of the process */
}
