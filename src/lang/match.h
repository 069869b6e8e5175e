/* match: actual arguments to formals.  Private to the room. */
#ifndef ZP_LANG_MATCH_H
#define ZP_LANG_MATCH_H

#include "lang/machine.h"

typedef struct zp_builtin_info {
    uint32_t n;         /* formals, `...` included */
    int32_t dots;       /* its position, or -1 */
    zp_str **names;     /* interned; the one of `...` too */
    zp_value *defaults; /* ZP_MISSING: none that is a constant */
    bool *required;
    uint32_t *accept; /* bit per zp_type; 0: anything */
    uint32_t *listed; /* the types an error names */
} zp_builtin_info;

typedef struct zp_actual {
    zp_value value; /* owned */
    zp_str *tag, *name;
    const zp_site_arg *arg; /* where it is written, or NULL */
    int32_t formal;         /* the formal it matched; -1: goes to `...` */
} zp_actual;

typedef struct zp_actuals {
    zp_actual *list, room[16];
    uint32_t n;
} zp_actuals;

/* Moves the arguments of a call into a flat list, with `...` spliced in. */
bool zp__actuals_take(zp_actuals *out, zp_value *args, const zp_site *site, uint32_t count,
                      zp_error *err) ZP_MUST_CHECK;
void zp__actuals_fini(zp_actuals *a);
/* Sets `formal` of every actual.  `names`: n formals, `dots` among them or -1. */
bool zp__match(zp_actuals *a, zp_str *const *names, uint32_t n, int32_t dots, const zp_code *code,
               zp_error *err) ZP_MUST_CHECK;

/* The order in which the arguments of a site are evaluated when fn is called: positions into order[0 .. count). */
bool zp__argument_order(zp_engine *engine, zp_value fn, const zp_site *site, zp_value *order,
                        zp_error *err) ZP_MUST_CHECK;

zp_builtin_info *zp__builtin_info(zp_engine *engine, zp_builtin_obj *b, zp_error *err);
void zp__builtin_info_free(zp_builtin_info *info);
/* `invalid argument type: ...` unless formal k accepts v. */
bool zp__check_type(const zp_builtin_info *info, uint32_t k, zp_value v, zp_error *err) ZP_MUST_CHECK;

/* call.c: see zp__call.  References that are not meant for a built-in become values. */
bool zp__harden(zp_value *args, const zp_site *site, uint32_t count, bool keep_hard,
                zp_error *err) ZP_MUST_CHECK;
zp_status zp__call_closure(zp_ctx *ctx, zp_code *code, zp_env *parent, zp_value *args, const zp_site *site,
                           uint32_t count, uint32_t dst, zp_error *err) ZP_MUST_CHECK;
/* call_builtin.c */
zp_status zp__call_builtin_fn(zp_ctx *ctx, zp_value fn, zp_value *args, const zp_site *site, uint32_t count,
                              uint32_t dst, zp_value *out, zp_error *err) ZP_MUST_CHECK;

/* remote.c: may a context that works for somebody else call it with these arguments? */
bool zp__builtin_allowed(const zp_call *c, const struct zp_builtin_info *info, zp_error *err) ZP_MUST_CHECK;

#endif
