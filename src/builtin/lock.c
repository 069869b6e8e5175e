/* Locks: objects that must never be copied silently. */
#include "builtin/array_priv.h"
#include "builtin/tables.h"
#include "store/store.h"

static bool lockable(zp_value v)
{
    return zp_is_array(v) || v.type == ZP_ZTS;
}

/* The caller's object, held by it alone and boxed; NULL: c->err is set. */
static zp_value *object(zp_call *c, const char *verb)
{
    zp_value *x = c->ref ? c->ref[0] : NULL;

    if (!lockable(x ? *x : c->argv[0])) {
        zp_fail(c->err, "incorrect argument type");
        return NULL;
    }
    if (!x) {
        zp_fail(c->err, "cannot %s non-reference argument", verb);
        return NULL;
    }
    zp_value_clear(&c->argv[0]);
    return zp_value_box(x, c->err) ? x : NULL;
}

static zp_status bi_lock(zp_call *c)
{
    zp_value *x = object(c, "lock");

    if (!x || !zp_value_own(x, c->err))
        return ZP_FAILED;
    x->u.obj->flags |= ZP_LOCKED;
    return ZP_OK;
}

static zp_status bi_unlock(zp_call *c)
{
    zp_value *x = object(c, "unlock");

    if (!x)
        return ZP_FAILED;
    if (zp_store_of(*x))
        return zp_fail_call(c, "cannot unlock file mapped object");
    x->u.obj->flags &= (uint8_t)~ZP_LOCKED;
    return ZP_OK;
}

static zp_status bi_is_locked(zp_call *c)
{
    const zp_value x = c->argv[0];

    c->out = zp_lgl(lockable(x) && x.boxed && (x.u.obj->flags & ZP_LOCKED));
    return ZP_OK;
}

const zp_builtin zp_builtins_lock[] = {
    { "lock", "x", "", ZP_BI_REFS | ZP_BI_UNREAD | ZP_BI_INVISIBLE, bi_lock,
      "`lock(--x)`: x can still be changed by its owner, but never be copied by a change.",
      "{ x <- 1:3; lock(--x); is.locked(x) }", NULL },
    { "unlock", "x", "", ZP_BI_REFS | ZP_BI_UNREAD | ZP_BI_INVISIBLE, bi_unlock,
      "`unlock(--x)` undoes lock(--x).", "{ x <- 1:3; lock(--x); unlock(--x); is.locked(x) }", NULL },
    { "is.locked", "x", "", ZP_BI_STRIDED, bi_is_locked, "Is the object locked?", "is.locked(1:3)", NULL },
    { 0 },
};
