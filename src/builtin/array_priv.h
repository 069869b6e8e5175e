/* What the built-ins about the structure of values share. */
#ifndef ZP_BUILTIN_ARRAY_PRIV_H
#define ZP_BUILTIN_ARRAY_PRIV_H

#include "lang/lang.h"
#include "ops/ops.h"

/* The object a built-in may change: that of the caller when it was written --x, else argument k made our own (a
 * temporary is reused, anything else is copied).  NULL: c->err is set.  zp__give() then makes it the result. */
zp_value *zp__target(zp_call *c, int k);
zp_status zp__give(zp_call *c, zp_value *target);
/* The first argument as it is: the caller's object when it was written --x. */
static inline zp_value zp__first(const zp_call *c)
{
    return c->ref && c->ref[0] ? *c->ref[0] : c->argv[0];
}

/* c->out = v, failing when v is NIL. */
static inline zp_status zp__out(zp_call *c, zp_value v)
{
    c->out = v;
    return zp_done(!zp_bad(v));
}

/* A vector of `count` integers as doubles. */
zp_value zp__numbers(const int64_t *x, int64_t count, zp_error *err);
/* The names of x as a vector that shares them, or NULL. */
zp_value zp__names_value(const zp_array *names);
/* The elements of an array (or of NULL) as a list, with the names of a vector; a list itself. */
bool zp__as_list(zp_value x, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* Is it an array of two or more dims? */
static inline bool zp__is_array2(zp_value v)
{
    return zp_is_array(v) && zp_ndim(v) >= 2;
}
/* Checks a value given as names of an extent: NULL clears.  *names is borrowed from v. */
bool zp__check_names(zp_value v, int64_t extent, zp_array **names, zp_error *err) ZP_MUST_CHECK;

#endif
