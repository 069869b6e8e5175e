/* The machine's own structures: code, environments, engines, contexts.  Private to the room, and to those files of
 * `builtin` that are about environments and evaluation. */
#ifndef ZP_LANG_MACHINE_H
#define ZP_LANG_MACHINE_H

#include "base/map.h"
#include "lang/ast.h"
#include "lang/lang.h"
#include "lang/opcodes.h"

/* ---------------------------------------------------------------- code */

typedef struct zp_instr {
    uint16_t op;
    uint16_t n;
    uint32_t a, b, c;
} zp_instr;

typedef struct zp_cell { /* a binding in a table; lives as long as its environment */
    zp_value value;      /* ZP_UNBOUND: not bound now */
    zp_str *name;
} zp_cell;

/* A name used by code, with what the last lookup found.  The cache holds while the engine's version does: every
 * new, removed or function-changing binding in a table makes a new version. */
typedef struct zp_name_ref {
    zp_str *name;  /* interned */
    uint32_t slot; /* UPVAL: slot in the frame */
    const struct zp_env *env;
    uint64_t version;
    zp_cell *cell;
} zp_name_ref;

enum { ZP_ARG_REF = 1, ZP_ARG_DOTS = 2, ZP_ARG_EMPTY = 4, ZP_ARG_SOFTREF = 8 };

typedef struct zp_site_arg {
    zp_str *tag;   /* interned or NULL */
    zp_str *name;  /* the plain variable it is, or NULL */
    uint8_t flags; /* ZP_ARG_* */
    zp_place place;
    size_t offset, len; /* its source text */
} zp_site_arg;

typedef enum zp_step_kind { ZP_STEP_INDEX, ZP_STEP_INDEX2 } zp_step_kind;

typedef struct zp_step { /* of a path: x[..], x[[..]], x$n */
    zp_step_kind kind;
    uint32_t reg, count; /* index values in R[reg ..] */
    bool drop_given;
} zp_step;

enum { ZP_ROOT_SLOT, ZP_ROOT_GLOBAL, ZP_ROOT_DYNAMIC, ZP_ROOT_SUPER, ZP_ROOT_TEMP };

typedef struct zp_site {
    uint32_t count;         /* arguments, steps or alternatives */
    zp_site_arg *args;      /* CALL, INDEXN */
    zp_step *steps;         /* REPLACE, REFERENCE */
    bool plain;             /* CALL: no tags, no dots, no references, nothing empty */
    bool setter;            /* REFERENCE: for f(x) <- v, which changes the local object */
    uint8_t root;           /* REPLACE, REFERENCE: ZP_ROOT_* */
    uint32_t root_index;    /* slot or name */
    uint32_t value, result; /* REPLACE: registers; result UINT32_MAX: not wanted */
    const char *tree;       /* QUERY: the expression as bytes (tree.c) */
    size_t tree_len;
    zp_str **labels;   /* SWITCH: NULL for an unnamed alternative */
    uint32_t *targets; /* SWITCH: count + 1 of them, the last: none chosen */
} zp_site;

struct zp_code {
    uint32_t refs;
    zp_instr *instrs;
    zp_place *places; /* one per instruction */
    uint32_t ninstrs;
    zp_value *consts;
    uint32_t nconsts;
    zp_name_ref *names;
    uint32_t nnames;
    zp_site *sites;
    uint32_t nsites;
    struct zp_code **codes; /* functions made inside */
    uint32_t ncodes;
    zp_str **vars;         /* names of the variables: formals first */
    uint32_t nvars, nregs; /* registers: variables, then temporaries */
    uint32_t nformals;
    int32_t dots;               /* which formal is `...`; -1: none */
    bool is_function, internal; /* internal: part of a built-in, errors point to its caller */
    struct zp_env
        *spare; /* frames of calls that are over, ready for the next; they hold no reference to the code */
    uint32_t nspare;
    zp_source *source; /* counted; its arena holds the sites */
    const zp_ast *ast; /* the function, for its text */
};

void zp__code_unref(zp_code *code);
static inline zp_code *zp__code_ref(zp_code *code)
{
    code->refs++;
    return code;
}
void zp__code_dump(zp_buf *out, const zp_code *code);   /* raw instructions */
void zp__code_normal(zp_buf *out, const zp_code *code); /* as A-normal form */

/* ---------------------------------------------------------------- environments */

typedef struct zp_env {
    zp_obj head;
    struct zp_env *parent; /* counted; NULL for base */
    zp_code *code;         /* of a frame: names its slots; NULL for tables */
    zp_map *table;   /* name -> zp_cell*: base, global, working; of a frame names made at run time, or NULL */
    uint32_t nslots; /* registers that follow, variables first */
    uint32_t nargs;
    uint64_t defaulted;         /* bit k: formal k (< 64) was not given */
    zp_engine *engine;          /* tables bump its version */
    struct zp_env *prev, *next; /* frames that outlived their call */
    bool escaped;
    zp_value slots[];
} zp_env;

typedef struct zp_closure {
    zp_obj head;
    zp_code *code;
    zp_env *env;
} zp_closure;

/* `...` in a frame, and a list of evaluated arguments. */
typedef struct zp_dots {
    zp_obj head;
    int64_t n;
    zp_str **tags;  /* n entries; NULL: none */
    zp_str **names; /* plain variable names */
    zp_value items[];
} zp_dots;

/* --x: a variable of a frame or table, and a path into it. */
typedef struct zp_reference {
    zp_obj head;
    zp_env *env;   /* counted */
    zp_value *at;  /* slot or cell value inside env */
    int64_t count; /* steps: each a [[ ]] index */
    zp_value steps[];
} zp_reference;

typedef struct zp_handle { /* a connection, a timer (future.c) */
    zp_obj head;
    const zp_handle_ops *ops;
    void *thing;
} zp_handle;

typedef struct zp_code_value { /* what a timer runs */
    zp_obj head;
    zp_source *source;
    const zp_ast *ast;
} zp_code_value;

struct zp_builtin_info; /* match.c */

typedef struct zp_builtin_obj { /* what a name in base is bound to */
    zp_obj head;
    const zp_builtin *row;
    struct zp_builtin_info *info; /* formals parsed at first use */
    zp_code *code;                /* of a built-in written in the language, compiled at first use */
} zp_builtin_obj;

zp_env *zp__env_table(zp_engine *engine, zp_env *parent, zp_error *err) ZP_MUST_CHECK;
zp_env *zp__env_frame(zp_engine *engine, zp_env *parent, zp_code *code, zp_error *err) ZP_MUST_CHECK;
void zp__env_destroy(zp_obj *obj);
/* Gives back a frame that nobody else holds when its call is over. */
void zp__env_frame_done(zp_env *env);
void zp__env_spare_free(zp_code *code);
zp_cell *zp__env_cell(zp_env *env, zp_str *name, zp_error *err) ZP_MUST_CHECK; /* made unbound if absent */
/* Where `name` is bound in this environment alone, or NULL. */
zp_value *zp__env_find(zp_env *env, const zp_str *name);
zp_value *zp__env_raw(zp_env *env, const zp_str *name); /* the same, without making what is lazy */
/* Where it is bound there or outwards; `functions`: only functions count.  *where: the environment. */
zp_value *zp__env_search(zp_env *env, const zp_str *name, bool functions, zp_env **where);
/* Binds (takes v also on failure). */
bool zp__env_bind(zp_env *env, zp_str *name, zp_value v, zp_error *err) ZP_MUST_CHECK;
bool zp__env_unbind(zp_env *env, const zp_str *name);
/* <<- from `env`'s enclosing environment. */
bool zp__env_bind_super(zp_env *env, zp_str *name, zp_value v, zp_error *err) ZP_MUST_CHECK;
/* Names bound in this one environment, as a sorted character vector. */
zp_value zp__env_names(const zp_env *env, zp_error *err);
void zp__env_clear(zp_env *env);
/* Called when a call is over: breaks the cycle of a frame that only its own functions refer to. */
void zp__env_leave(zp_env *env);
/* Called when a context is over, with its reference to the working environment. */
void zp__env_retire(zp_env *env);
void zp__env_collect(zp_engine *engine); /* cycles of frames and functions */

static inline bool zp__is_bound(const zp_value *v)
{
    return v->type != ZP_UNBOUND;
}

/* ---------------------------------------------------------------- engine and contexts */

struct zp_engine {
    zp_config cfg;
    zp_map symbols; /* interned strings; owns the keys */
    zp_env *base, *global;
    const zp_builtin **rows;
    size_t nrows;
    uint64_t version;
    uint32_t own_ops; /* operators that some program has bound: bits by zp_op (own_ops.c) */
    zp_env *escaped;  /* list of frames that outlived their call */
    size_t nescaped, collect_at, collect_bytes; /* collected when more frames, or more memory */
    zp_str *s_dots, *s_last_value, *s_last_error, *s_value;
    const zp_str *lazy_name; /* the last variable that could not be made (lazy.c), and why */
    zp_error lazy_error;
    struct zp_attached *attached; /* what other rooms hang here */
    zp_sleep_fn sleep;            /* NULL: Sys.sleep() blocks */
};

/* lazy.c: the variable `at`, called `name`, gets its value; NULL: engine->lazy_error says why not. */
zp_value *zp__lazy_force(zp_engine *engine, zp_value *at, const zp_str *name);
void zp__lazy_destroy(zp_obj *obj);
/* Moves the reason why `name` could not be made to err; false: there is none. */
bool zp__lazy_reason(zp_engine *engine, const zp_str *name, zp_error *err);
void zp__attached_free(zp_engine *engine);

zp_str *zp__intern(zp_engine *engine, const char *text, size_t len, zp_error *err);

enum { /* kinds of conditions, bits of handlers */
       ZP_COND_ERROR = 1,
       ZP_COND_WARNING = 2,
       ZP_COND_MESSAGE = 4,
       ZP_COND_FINALLY = 8,
       ZP_COND_MUTE_WARNING = 16,
       ZP_COND_MUTE_MESSAGE = 32,
       ZP_COND_TRIED = 64
};

typedef struct zp_act {  /* a running function or unit */
    zp_env *env;         /* counted */
    zp_value *regs;      /* env->slots, or own memory for units */
    zp_code *code;       /* counted if own_regs, else the frame's */
    const zp_instr *pc;  /* next instruction while not on top */
    uint32_t dst;        /* register of the caller that gets the result */
    bool own_regs, hide; /* hide: the result is invisible whatever it is */
} zp_act;

typedef struct zp_handler {
    uint32_t depth; /* of the activation */
    uint32_t pc;
    uint32_t temps; /* first register to drop */
    uint32_t kinds;
} zp_handler;

struct zp_ctx {
    zp_engine *engine;
    zp_env *working;
    zp_act *acts;
    uint32_t depth, acts_cap;
    zp_handler *handlers;
    uint32_t nhandlers, handlers_cap;
    zp_value result;
    bool visible;
    const char *doing; /* the built-in or operator that ran last */
    bool apart;        /* computes with operands that it holds, and looks at nothing else */
    volatile int interrupt;
    zp_error error;     /* the last, with its place */
    zp_value condition; /* caught or travelling: an error value */
    int condition_kind;
    zp_source *error_source; /* whose text the place is in */
    zp_source *loaded;       /* what was loaded last: a query, or a prepared expression */
    bool located;            /* the error that is on its way: its place is in error_source, whatever runs */
    char *bad_text;          /* a text that is no program, for the report */
    size_t bad_len;
    int quit; /* -1: no */
    zp_write_fn out, diag;
    void *out_arg;
    int terminal;
    uint64_t random[4];
    bool seeded;
    uint32_t park_dst;
    bool parked, resumed;
    zp_value resume_value;
    char *resume_error;
    zp_settle_fn settle; /* NULL: the thread waits for the disk */
    void *settle_arg;
    uint32_t settling; /* stores that the statement waits for */
    zp_value settled;  /* its value */
    char *settle_error;
    zp_wait_fn wait;
    void *wait_arg;
    void (*wait_drop)(void *arg);
    uint64_t steps;   /* executed by budgeted runs */
    int64_t until_us; /* when a budgeted run ends before an operation that may be long; 0: it does not */
    bool shares;      /* the working environment belongs to another context too */
    bool remote;      /* evaluates for somebody else: q() and what the rights do not allow is refused */
    unsigned rights;
    zp_wake_fn wake;
    void *wake_arg;
};

/* compile.c: `env`: where the unit will run: a table (its names become cells) or a frame (names by name). */
zp_code *zp__compile_unit(zp_engine *engine, zp_source *source, const zp_ast *body, zp_env *env,
                          zp_error *err) ZP_MUST_CHECK;
/* A built-in written in the language. */
zp_code *zp__compile_builtin(zp_engine *engine, const zp_builtin *row, zp_error *err) ZP_MUST_CHECK;

const char *zp__opcode_name(zp_opcode op); /* code.c */

/* future.c: R[0] ? the tree of the site with R[1..]; waits for the future in *reg; code as a value. */
bool zp__future_query(zp_ctx *ctx, const zp_site *site, bool forget, zp_value *R, zp_value *out,
                      zp_error *err) ZP_MUST_CHECK;
zp_status zp__future_force(zp_ctx *ctx, zp_value *reg, zp_error *err) ZP_MUST_CHECK;
void zp__future_destroy(zp_obj *obj);
void zp__handle_destroy(zp_obj *obj);
void zp__future_types(void);
zp_value zp__code_value(zp_source *source, const zp_ast *ast, zp_error *err);

/* call.c, match.c */
zp_act *zp__top(zp_ctx *ctx);
/* The frame that called the built-in that runs now. */
zp_env *zp__caller(zp_ctx *ctx);
bool zp__push_act(zp_ctx *ctx, zp_code *code, zp_env *env, zp_value *regs, bool own, uint32_t dst,
                  zp_error *err) ZP_MUST_CHECK;
/* Runs a unit in an environment on top of the caller; its value becomes the result of the built-in, which returns
 * ZP_CALL with next_fn NULL. */
bool zp__push_unit(zp_ctx *ctx, zp_code *code, zp_env *env, zp_error *err) ZP_MUST_CHECK;
void zp__pop_act(zp_ctx *ctx);
/* Calls fn with the values in args[0..count).  Takes the values also on failure.  When it returns ZP_OK the result is in
 * *out; ZP_CALL: a frame was pushed and its result will go to `dst`. */
zp_status zp__call(zp_ctx *ctx, zp_value fn, zp_value *args, const zp_site *site, uint32_t count,
                   uint32_t dst, zp_value *out, zp_error *err) ZP_MUST_CHECK;
zp_value zp__closure_new(zp_code *code, zp_env *env, zp_error *err);
zp_value zp__dots_new(int64_t n, zp_error *err);
bool zp__deref(zp_value *v, zp_error *err) ZP_MUST_CHECK; /* a reference becomes the value it refers to */
/* The object a reference denotes, ready to be changed in place; NULL with an error. */
zp_value *zp__ref_target(zp_value ref, zp_error *err);
const char *zp__builtin_formals(zp_builtin_obj *b);
bool zp__report_unknown(zp_ctx *ctx, zp_env *env, const zp_str *name, zp_error *err);
/* settle.c: a change of objects in files reaches the files (`ok`), or is undone.  With `park` the context may have to wait:
 * ctx->settling. */
bool zp__settle(zp_ctx *ctx, bool ok, bool park, zp_error *err) ZP_MUST_CHECK;
void zp__ctx_loaded(zp_ctx *ctx, zp_source *source); /* NULL: nothing */
/* ctx.c: what zp_ctx_report() will show; prepares one statement of a source. */
void zp__remember_error(zp_ctx *ctx, zp_source *source, const char *text, size_t len, const zp_error *err);
bool zp__ctx_load(zp_ctx *ctx, zp_source *source, const zp_ast *body, zp_error *err) ZP_MUST_CHECK;
/* report.c: `text` may be NULL */
void zp__put_place(zp_buf *out, const char *file, const zp_place *p); /* "file:line.col-end" */
void zp__report(zp_buf *out, const zp_error *err, const char *text, size_t len, const char *file);
/* remote.c: the right to change what others see: a binding of `where` (NULL: a new one in global); what <<- finds. */
bool zp__may_change(const zp_ctx *ctx, const zp_env *where, const zp_str *name, zp_error *err) ZP_MUST_CHECK;
bool zp__may_super(const zp_ctx *ctx, zp_env *env, const zp_str *name, zp_error *err) ZP_MUST_CHECK;
int zp__condition_kind(zp_value v);
zp_value zp__condition_new(int kind, const char *text, zp_error *err);
/* The nearest handler for conditions of a kind, or NULL. */
zp_handler *zp__handler_for(zp_ctx *ctx, int kinds);

#endif
