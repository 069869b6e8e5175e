/* error: one code and one text of the caller's. */
#include "client/client_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = { "no error",
                                     "the call makes no sense",
                                     "no connection to the server",
                                     "the server refuses the key or what it asks for",
                                     "not within the time limit",
                                     "the evaluation failed",
                                     "rows were refused",
                                     "bytes that are no message of the protocol",
                                     "it would have to wait",
                                     "memory is exhausted",
                                     "cancelled" };

const char *zplane_code_text(int32_t code)
{
    return code >= 0 && (size_t)code < ZP_COUNTOF(texts) ? texts[code] : "unknown code";
}

const char *zplane_version(void)
{
    return ZP_VERSION;
}

bool zp__cl_fail(zplane_error *err, zplane_code code, const char *fmt, ...)
{
    va_list args;

    if (!err)
        return false;
    *err = (zplane_error){ .code = code };
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    return false;
}

bool zp__cl_nomem(zplane_error *err)
{
    return zp__cl_fail(err, ZPLANE_ENOMEM, "out of memory");
}

bool zp__cl_from(zplane_error *err, zplane_code code, zp_error *from)
{
    zp__cl_fail(err, from->code == ZP_ENOMEM ? ZPLANE_ENOMEM : code, "%s", zp_error_text(from));
    zp_error_clear(from);
    return false;
}
