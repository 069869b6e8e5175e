/* error: one struct per failure; the text is allocated once and travels by pointer. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *format_text(const char *fmt, va_list args)
{
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        return NULL;
    text = malloc((size_t)len + 1);
    if (text)
        vsnprintf(text, (size_t)len + 1, fmt, args);
    return text;
}

static void fill(zp_error *err, zp_errcode code, int arg, const char *fmt, va_list args)
{
    if (!err || err->code != ZP_ENONE)
        return;
    err->code = code;
    err->arg = arg;
    err->text = format_text(fmt, args);
}

bool zp_fail(zp_error *err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(err, ZP_EVALUE, 0, fmt, args);
    va_end(args);
    return false;
}

bool zp_fail_code(zp_error *err, zp_errcode code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(err, code, 0, fmt, args);
    va_end(args);
    return false;
}

bool zp_fail_arg(zp_error *err, int arg, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(err, ZP_EVALUE, arg, fmt, args);
    va_end(args);
    return false;
}

bool zp_fail_sys(zp_error *err, int errnum, const char *fmt, ...)
{
    va_list args;
    char *what;

    if (!err || err->code != ZP_ENONE)
        return false;
    va_start(args, fmt);
    what = format_text(fmt, args);
    va_end(args);
    zp_fail_code(err, ZP_EIO, "%s: %s", what ? what : "system call", strerror(errnum));
    free(what);
    return false;
}

bool zp_fail_nomem(zp_error *err, size_t bytes)
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    double size = (double)bytes;
    size_t unit = 0;

    while (size >= 1024 && unit + 1 < ZP_COUNTOF(units)) {
        size /= 1024;
        unit++;
    }
    return zp_fail_code(err, ZP_ENOMEM, "cannot allocate vector of %.*f %s", unit ? 1 : 0, size, units[unit]);
}

void zp_error_hint(zp_error *err, const char *fmt, ...)
{
    va_list args;

    if (!err || err->code == ZP_ENONE)
        return;
    free(err->hint);
    va_start(args, fmt);
    err->hint = format_text(fmt, args);
    va_end(args);
}

const char *zp_error_text(const zp_error *err)
{
    if (err->text)
        return err->text;
    return err->code == ZP_ENONE ? "" : "out of memory";
}

void zp_error_clear(zp_error *err)
{
    if (!err)
        return;
    free(err->text);
    free(err->hint);
    *err = ZP_ERROR_INIT;
}

void zp_error_move(zp_error *to, zp_error *from)
{
    if (to && to->code == ZP_ENONE)
        *to = *from;
    else
        zp_error_clear(from);
    *from = ZP_ERROR_INIT;
}
