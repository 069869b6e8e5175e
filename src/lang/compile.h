/* compile: from the tree to code.  Private to the compiler's files.
 *
 * The compiler normalizes while it emits: every operand of an instruction is an atom, a variable's register or a
 * temporary, so that the code is the A-normal form with names replaced by registers (`zplane explain` shows both).
 * Temporaries are a stack: an expression leaves its value in one register and gives back those above. */
#ifndef ZP_LANG_COMPILE_H
#define ZP_LANG_COMPILE_H

#include "lang/machine.h"

#define ZP_ANY UINT32_MAX /* no particular destination */

typedef enum zp_scope { ZP_SCOPE_FUNCTION, ZP_SCOPE_TABLE, ZP_SCOPE_DYNAMIC } zp_scope;

typedef struct zp_try { /* a protected region that a jump out of it has to leave properly */
    struct zp_try *up;
    zp_ast *finally;
} zp_try;

typedef struct zp_jumps { /* jumps that wait for their target */
    uint32_t *at;
    uint32_t n, cap;
} zp_jumps;

typedef struct zp_loop {
    struct zp_loop *up;
    uint32_t again; /* target of next, or ZP_ANY while unknown */
    zp_jumps nexts, breaks;
    uint32_t temps;
    zp_try *tries;
} zp_loop;

typedef struct zp_comp { /* one unit */
    zp_engine *engine;
    zp_source *source;
    zp_env *env; /* where the unit will run; NULL for built-ins */
    zp_error *err;
    bool failed, internal;
} zp_comp;

typedef struct zp_fn { /* one function or the unit itself */
    struct zp_fn *up;
    zp_comp *c;
    zp_code *code;
    zp_scope scope;
    zp_scope root_scope;
    uint32_t instrs_cap, consts_cap, names_cap, sites_cap, codes_cap, vars_cap;
    uint32_t temp; /* next free register */
    zp_loop *loop;
    zp_try *tries;
    struct zp_pending { /* futures in temporaries, not forced yet */
        uint32_t reg;
        zp_place place;
    } * pending;
    uint32_t npending, pending_cap;
    zp_place place; /* of the node being compiled */
    const zp_ast *ast;
} zp_fn;

/* compile_emit.c */
/* Room for one more element. */
bool zp__comp_grow(zp_fn *f, void **array, uint32_t n, uint32_t *cap, size_t size);
uint32_t zp__emit(zp_fn *f, zp_opcode op, uint32_t n, uint32_t a, uint32_t b, uint32_t c);
uint32_t zp__const(zp_fn *f, zp_value take);
uint32_t zp__name_ref(zp_fn *f, zp_str *name, uint32_t slot);
uint32_t zp__site(zp_fn *f, uint32_t count); /* a CALL-like site with `count` zeroed args */
void *zp__comp_alloc(zp_fn *f, size_t bytes);
zp_str *zp__sym(zp_fn *f, const zp_str *name);
uint32_t zp__temp(zp_fn *f);
bool zp__is_temp(const zp_fn *f, uint32_t reg);
uint32_t zp__here(const zp_fn *f);
void zp__patch(zp_fn *f, uint32_t at, uint32_t target);
bool zp__find_var(const zp_fn *f, const zp_str *name, uint32_t *slot);
uint32_t zp__add_var(zp_fn *f, zp_str *name);
void zp__load_name(zp_fn *f, zp_str *name, uint32_t dst, bool argument);
/* The function `name` denotes in call position. */
void zp__callee(zp_fn *f, zp_str *name, uint32_t base);
void zp__jumps_add(zp_fn *f, zp_jumps *jumps, uint32_t at);
void zp__jumps_land(zp_fn *f, zp_jumps *jumps, uint32_t target); /* and forgets them */
/* An error that is raised where the code runs. */
void zp__comp_fail(zp_fn *f, const zp_ast *n, const char *text);

/* compile.c */
/* Compiles n; the value is in the register returned: dst if that is given, else a variable or a temporary.
 * `vis`: also emit what makes it (in)visible. */
uint32_t zp__expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis);
void zp__effect(zp_fn *f, const zp_ast *n);
void zp__tail(zp_fn *f, const zp_ast *n);
uint32_t zp__into_temp(zp_fn *f, const zp_ast *n); /* into a fresh temporary */
/* Emits a jump taken when the condition is false; the position to patch is added to `jumps`. */
void zp__jump_unless(zp_fn *f, const zp_ast *cond, zp_jumps *jumps);
bool zp__pure(const zp_ast *n);           /* evaluating it changes nothing */
const zp_ast *zp__strip(const zp_ast *n); /* without parentheses */
void zp__load_null(zp_fn *f, uint32_t dst);
void zp__set_visible(zp_fn *f, bool vis, bool visible);

/* compile_query.c */
/* As zp__expr, for an operand or argument: a query is sent, and awaited by zp__force(f, what npending was before). */
uint32_t zp__lazy(zp_fn *f, const zp_ast *n, uint32_t dst);
void zp__force(zp_fn *f, uint32_t since);
uint32_t zp__query(zp_fn *f, const zp_ast *n, uint32_t dst, bool forget); /* leaves a future in a temporary */
uint32_t zp__query_value(zp_fn *f, const zp_ast *n, uint32_t dst);
bool zp__collect_query_vars(zp_fn *f, const zp_ast *n);

/* compile_loop.c */
void zp__while_loop(zp_fn *f, const zp_ast *n);
void zp__for_loop(zp_fn *f, const zp_ast *n);
void zp__leave_loop(zp_fn *f, const zp_ast *n); /* break, next */
/* Leaves protected regions up to `until`: handlers go, `finally` code runs. */
void zp__leave_tries(zp_fn *f, zp_try *until);

/* compile_fn.c */
zp_code *zp__function(zp_fn *up, zp_comp *c, const zp_ast *fn, const zp_ast *body);
uint32_t zp__closure(zp_fn *f, const zp_ast *fn, const zp_ast *body, uint32_t dst);

/* compile_assign.c */
uint32_t zp__assign(zp_fn *f, const zp_ast *n, uint32_t dst, bool wanted);
uint32_t zp__index(zp_fn *f, const zp_ast *n, uint32_t dst);
/* The reference `--n`, in register dst; `setter`: for f(n) <- v, which makes an object of an outer frame local. */
void zp__reference(zp_fn *f, const zp_ast *n, uint32_t dst, bool setter, bool super);
bool zp__collect_vars(zp_fn *f, const zp_ast *n);

/* compile_call.c, compile_form.c */
uint32_t zp__plain_call(zp_fn *f, const zp_ast *n, uint32_t dst);
uint32_t zp__call_expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis);
/* A call of the function `name` with `count` arguments already in the temporaries after `base`. */
void zp__call_builtin(zp_fn *f, const char *name, uint32_t dst, uint32_t base, uint32_t count);
/* Evaluates arguments into fresh temporaries and describes them in the site from position `from` on. */
void zp__call_args(zp_fn *f, const zp_ast_arg *first, uint32_t site, uint32_t from);
/* Does the program give this name of a special form another meaning? */
/* own_ops.c: operators that programs have bound become calls, in the whole tree of the source. */
bool zp__own_ops(zp_engine *engine, zp_source *source, zp_error *err) ZP_MUST_CHECK;
bool zp__shadowed(const zp_fn *f, const zp_str *name);

#endif
