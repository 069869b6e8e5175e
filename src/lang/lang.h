/* lang: the language machine.   text -> tree -> A-normal form -> code -> context
 *
 *     zp_engine    what one process shares: symbols, the base and global environments, options
 *     zp_ctx       an evaluation in progress or waiting: working environment, frames, output.  A heap object:
 *                  it can be stopped after any step, resumed, cancelled and thrown away.  No recursion of the
 *                  language ever uses the C stack.
 *     zp_code      compiled code, counted
 *     zp_builtin   a row of a table: what the language can call
 *
 * Thread: the engine's.  Only zp_ctx_interrupt() may be called from elsewhere (a signal handler too). */
#ifndef ZP_LANG_LANG_H
#define ZP_LANG_LANG_H

#include "base/config.h"
#include "value/value.h"

typedef struct zp_engine zp_engine;
typedef struct zp_ctx zp_ctx;
typedef struct zp_code zp_code;

/* ---------------------------------------------------------------- built-ins */

/* How a built-in returns. */
typedef enum zp_status {
    ZP_OK,     /* c->out is the result */
    ZP_FAILED, /* c->err says why */
    ZP_PARK,   /* the context waits; zp_ctx_resume() gives the result later */
    ZP_CALL /* c->out is the result of calling c->next_fn with c->next_args (a list): a call in tail position */
} zp_status;

typedef struct zp_call zp_call;
typedef zp_status (*zp_builtin_fn)(zp_call *c);

enum {
    ZP_BI_INVISIBLE = 1, /* the result is not displayed */
    ZP_BI_INPLACE = 2,   /* works on c->ref[0] when the first argument is written --x */
    ZP_BI_STRIDED = 4,   /* can read arrays that are not dense */
    ZP_BI_CODE = 8,      /* arguments are code: the compiler knows this name; run (if any) gets values */
    ZP_BI_HIDDEN = 16,   /* not in ls("base") nor in the manual: names that begin with a dot */
    ZP_BI_REFS = 32,     /* wants every argument as a reference where it is one (lock, unlock) */
    ZP_BI_UNREAD = 128,  /* asks itself for the elements of text in files that it looks at (value.h) */
    ZP_BI_SYSTEM = 64,   /* reaches the system (files, commands): contexts need ZP_ALLOW_SYSTEM */
    ZP_BI_HOLES = 256    /* empty arguments among `...` arrive as ZP_MISSING: `[`(x, , 1) */
};

/* One row.  `formals` as a user writes them: "x, digits = 0", "..., na.rm = FALSE".  Defaults that are constants
 * (numbers, strings, TRUE, FALSE, NULL, NaN, Inf, character()) are filled in; any other default is text for the
 * reader, and the argument arrives as ZP_MISSING; a formal without default that is not given is the error
 * `argument missing: x`, unless it is written in brackets: "x, [i]" (help shows it without).
 * `types`: "x=DZ n=D" the types each formal accepts; D double, L logical, S character, T time, U duration,
 * I interval, P period, Z zts, l list, 0 NULL, f function; a formal that is not listed takes anything.  Types
 * after '+' are accepted but not named in the error: "x=DUZ+L".
 * Exactly one of `run` and `source` is set; `source` is the body of a function in the language itself. */
typedef struct zp_builtin {
    const char *name, *formals, *types;
    unsigned flags;
    zp_builtin_fn run;
    const char *help;    /* one or more sentences */
    const char *example; /* an expression that runs; "" for none */
    const char *source;
} zp_builtin;

/* A running call of a built-in.  Arguments are matched to the formals: argv[k] is formal k (not counting `...`).
 * A built-in may move values out of argv (zp_value_move) to reuse them. */
struct zp_call {
    zp_ctx *ctx;
    const zp_builtin *self;
    zp_value *argv;
    int argc;           /* formals without `...` */
    const bool *given;  /* given[k]: the caller passed formal k (else it is its default or ZP_MISSING) */
    zp_value *dots;     /* the values of `...` */
    zp_str **dot_tags;  /* their names; NULL entries for none */
    zp_str **dot_names; /* the plain variable names they were written as; NULL entries */
    int ndots;
    zp_value **ref; /* ZP_BI_INPLACE: ref[0] is the object of the caller if the first argument (or the first
                             * of `...`) was written --x, else NULL; argv[0] (dots[0]) is then NULL.  ZP_BI_REFS: one
                             * entry per formal. */
    zp_value out;
    zp_value next_fn, next_args; /* for ZP_CALL: taken */
    zp_error *err;
};

/* Index of an error's argument is 1-based in the order of formals (zp_fail_arg).  `return zp_bad_arg(c, k, ...)`. */
zp_status zp_fail_call(zp_call *c, const char *fmt, ...) ZP_PRINTF(2, 3); /* always ZP_FAILED */
/* bool of a helper -> status */
static inline zp_status zp_done(bool ok)
{
    return ok ? ZP_OK : ZP_FAILED;
}

/* Parameters as C values.  `k`: position among the formals.  False: c->err is set. */
bool zp_arg_dbl(zp_call *c, int k, double *out) ZP_MUST_CHECK;
bool zp_arg_lgl(zp_call *c, int k, bool *out) ZP_MUST_CHECK;
bool zp_arg_str(zp_call *c, int k, zp_str **out) ZP_MUST_CHECK;   /* borrowed */
bool zp_arg_int(zp_call *c, int k, int64_t *out) ZP_MUST_CHECK;   /* as zp_get_int, negative allowed */
bool zp_arg_count(zp_call *c, int k, int64_t *out) ZP_MUST_CHECK; /* as zp_get_int with min0 */
static inline bool zp_arg_missing(const zp_call *c, int k)
{
    return c->argv[k].type == ZP_MISSING;
}

/* ---------------------------------------------------------------- engine */

/* `tables`: NULL-terminated list of tables, each ended by a row with a NULL name; they live for ever. */
zp_engine *zp_engine_new(const zp_builtin *const *tables, const zp_config *cfg, zp_error *err) ZP_MUST_CHECK;
void zp_engine_free(zp_engine *engine);
zp_config *zp_engine_config(zp_engine *engine);
/* Binds a name in the base environment; takes the value also on failure. */
bool zp_engine_bind(zp_engine *engine, const char *name, zp_value take, zp_error *err) ZP_MUST_CHECK;
/* Binds a name in the global environment; takes the value also on failure. */
bool zp_engine_bind_global(zp_engine *engine, const char *name, zp_value take, zp_error *err) ZP_MUST_CHECK;
/* Where `name` is bound there, without making what is lazy; NULL: it is not.  And removes it. */
zp_value *zp_engine_global(zp_engine *engine, const char *name);
void zp_engine_unbind_global(zp_engine *engine, const char *name);
/* Where it is bound, its value made if it was lazy; NULL: it is not bound, or err says why it cannot be made. */
zp_value *zp_engine_global_value(zp_engine *engine, const char *name, size_t len,
                                 zp_error *err) ZP_MUST_CHECK;

/* A value for the two calls above that is made when somebody first reads the variable.  `make` gives the value that takes
 * its place, or fails, which whoever reads the variable is told; then the next reader tries again. */
typedef bool (*zp_lazy_fn)(zp_engine *engine, const char *text, zp_value *out, zp_error *err);
zp_value zp_lazy_new(zp_lazy_fn make, const char *text, zp_error *err);
const char *zp_lazy_text(zp_value lazy);

/* A room that hangs something from an engine: found again by its key (the address of anything), freed with the engine,
 * before the values of the global environment go. */
bool zp_engine_attach(zp_engine *engine, const void *key, void *thing, void (*destroy)(void *thing),
                      zp_error *err) ZP_MUST_CHECK;
void *zp_engine_attached(zp_engine *engine, const void *key);
/* Takes it off again without destroying it. */
void zp_engine_detach(zp_engine *engine, const void *key);
/* Adds a row at run time (or replaces the one of its name); it must live as long as the engine. */
bool zp_engine_add_builtin(zp_engine *engine, const zp_builtin *row, zp_error *err) ZP_MUST_CHECK;
/* The row called `name`, or NULL; and all rows, sorted by name. */
const zp_builtin *zp_engine_builtin(zp_engine *engine, const char *name);
const zp_builtin *const *zp_engine_builtins(zp_engine *engine, size_t *count);

/* ---------------------------------------------------------------- contexts */

typedef enum zp_run {
    ZP_RUN_DONE,   /* zp_ctx_result() */
    ZP_RUN_ERROR,  /* zp_ctx_error() */
    ZP_RUN_PARKED, /* waits for zp_ctx_resume() */
    ZP_RUN_BUDGET  /* the step budget is spent: call zp_ctx_run() again to go on */
} zp_run;

/* Where output goes: cat and print write here. */
typedef void (*zp_write_fn)(void *to, const char *bytes, size_t len);

zp_ctx *zp_ctx_new(zp_engine *engine,
                   zp_error *err) ZP_MUST_CHECK; /* with a working environment of its own */
void zp_ctx_free(zp_ctx *ctx);
zp_engine *zp_ctx_engine(zp_ctx *ctx);
zp_config *zp_ctx_config(zp_ctx *ctx); /* the engine's options */
/* NULL: standard output and standard error, as at first. */
void zp_ctx_output(zp_ctx *ctx, zp_write_fn out, zp_write_fn diagnostics, void *to);
void zp_ctx_write(zp_ctx *ctx, const char *bytes, size_t len);
void zp_ctx_warn(zp_ctx *ctx, const char *bytes, size_t len); /* to the diagnostics */
/* The terminal on which long jobs show how far they are; -1, as at first: none. */
void zp_ctx_set_terminal(zp_ctx *ctx, int fd);
int zp_ctx_terminal(const zp_ctx *ctx);

/* Prepares a unit of text (parsed as a whole; `file` may be NULL).  False: a syntax error, err->text holds the
 * report's first line and err->place the place. */
bool zp_ctx_load(zp_ctx *ctx, const char *text, size_t len, const char *file, zp_error *err) ZP_MUST_CHECK;
/* Runs what was loaded for at most `steps` steps (0: no limit). */
zp_run zp_ctx_run(zp_ctx *ctx, uint64_t steps);
/* A run with a budget also ends when the monotonic clock (us) has passed this, before a call or an operation on many elements;
 * 0: it does not. */
void zp_ctx_until(zp_ctx *ctx, int64_t until_us);
/* Takes `v` (or with `error` non-NULL raises that text) as the result of the built-in that parked. */
void zp_ctx_resume(zp_ctx *ctx, zp_value v, const char *error);
/* While parked: runs `poll(arg, ctx)`... set by the built-in that parks; NULL: somebody else will resume.  The driver
 * of an embedded context (eval, console) calls it until the context is resumed; it may block until `deadline`. */
typedef void (*zp_wait_fn)(void *arg, zp_ctx *ctx);
void zp_ctx_park(zp_ctx *ctx, zp_wait_fn wait, void *arg, void (*drop)(void *arg));
/* The argument it is parked with, if that is dropped by `drop`; else NULL. */
void *zp_ctx_park_arg(const zp_ctx *ctx, void (*drop)(void *arg));
bool zp_ctx_wait(zp_ctx *ctx); /* calls the wait function once; false: there is none */
/* Asks the running evaluation to stop soon with `interrupted`: safe in a signal handler. */
void zp_ctx_interrupt(zp_ctx *ctx);
/* The flag that long kernels may poll. */
bool zp_ctx_interrupted(const zp_ctx *ctx);
/* Abandons whatever is running or parked; the working environment stays. */
void zp_ctx_cancel(zp_ctx *ctx);

/* ---------------------------------------------------------------- contexts that serve others */

/* A statement that changed objects in files is over when the change is on the disk, if the policy of the object says so; the thread
 * waits.  With `settle` the context waits instead, as long as that returns true: it is parked until zp_ctx_settled() was called
 * once for each such store, on the same thread.  `error`: NULL, or why it could not be written. */
struct zp_store;
typedef bool (*zp_settle_fn)(void *arg, zp_ctx *ctx, struct zp_store *s);
void zp_ctx_on_settle(zp_ctx *ctx, zp_settle_fn settle, void *arg);
void zp_ctx_settled(zp_ctx *ctx, const char *error);

/* A context that shares the working environment of another one. */
zp_ctx *zp_ctx_new_beside(zp_ctx *other, zp_error *err) ZP_MUST_CHECK;
/* Called when zp_ctx_resume() gave a parked context what it waits for: whoever runs it puts it in line. */
typedef void (*zp_wake_fn)(void *arg, zp_ctx *ctx);
void zp_ctx_on_wake(zp_ctx *ctx, zp_wake_fn wake, void *arg);
/* The argument of zp_ctx_on_wake, if that was given `wake`; else NULL. */
void *zp_ctx_waker(const zp_ctx *ctx, zp_wake_fn wake);
/* Is it inside of a built-in or an operator that looks at nothing but its operands, which it holds?  Then others may go on
 * meanwhile. */
bool zp_ctx_is_apart(const zp_ctx *ctx);
/* The name of what it did last, for those who wonder what took so long: a constant. */
const char *zp_ctx_doing(const zp_ctx *ctx);
/* Calls fn(arg) as something that looks at nothing but what it holds, as zp_ctx_is_apart() says. */
void zp_ctx_apart(zp_ctx *ctx, const char *doing, void (*fn)(void *arg), void *arg);
/* Does it wait inside of a built-in, and not for the answer of a query? */
bool zp_ctx_holds(const zp_ctx *ctx);
/* Has what it waits for come already? */
bool zp_ctx_ready(const zp_ctx *ctx);
/* Bytes of the values in its working environment, about. */
uint64_t zp_ctx_bytes(const zp_ctx *ctx);
/* Drops the result and everything else that is left of the last evaluation; the working environment stays. */
void zp_ctx_forget(zp_ctx *ctx);
/* What an evaluation may do when it works for somebody else; contexts may everything at first. */
enum {
    ZP_ALLOW_WRITE = 1, /* change what other contexts see */
    ZP_ALLOW_SYSTEM = 2 /* call what reaches the system */
};
void zp_ctx_set_remote(zp_ctx *ctx, unsigned rights);
bool zp_ctx_is_remote(const zp_ctx *ctx);
/* False: `<what> is not allowed: ...`. */
bool zp_ctx_may(const zp_ctx *ctx, unsigned right, const char *what, zp_error *err) ZP_MUST_CHECK;
/* Prepares an expression that came as a tree (the bytes a QUERY sends) with the values of its escapes, which are taken.
 * Parentheses around a whole expression do not count: (a <<- 5) is invisible. */
bool zp_ctx_load_tree(zp_ctx *ctx, const void *bytes, size_t len, zp_value *holes, uint32_t nholes,
                      zp_error *err) ZP_MUST_CHECK;
/* The same for a text that somebody sent. */
bool zp_ctx_load_query(zp_ctx *ctx, const char *text, size_t len, zp_error *err) ZP_MUST_CHECK;
/* An expression that comes as a text, or as a tree with the values of its escapes (which are taken). */
typedef struct zp_expression {
    bool tree;
    const char *bytes;
    size_t len;
    zp_value *holes;
    uint32_t nholes;
} zp_expression;
/* Keeps an expression as a function of n parameters in the working environment of `ctx`, for zp_ctx_load_call().  NIL: *err. */
zp_value zp_ctx_prepare(zp_ctx *ctx, const zp_expression *e, const zp_slice *names, uint32_t n,
                        zp_error *err);
/* Bytes that such a function holds, about. */
size_t zp_function_bytes(zp_value fn);
/* Prepares a call of it with n values, which are taken (on failure maybe not all). */
bool zp_ctx_load_call(zp_ctx *ctx, zp_value fn, zp_value *args, uint32_t n, zp_error *err) ZP_MUST_CHECK;
/* Binds the values of a named list as variables of the working environment; and takes them away. */
bool zp_ctx_bind_list(zp_ctx *ctx, zp_value list, zp_error *err) ZP_MUST_CHECK;
void zp_ctx_unbind_list(zp_ctx *ctx, zp_value list);
/* Where the last error is in the text that was loaded; NULL: elsewhere, or nobody knows. */
const zp_place *zp_ctx_query_place(const zp_ctx *ctx);
/* The file and place of the last error, as "prices.R:12.4-9: ", when it is in a file; else nothing. */
void zp_ctx_error_place(zp_ctx *ctx, zp_buf *out);

/* ---------------------------------------------------------------- futures and handles (future.c) */

/* The answer of a query that is on its way.  Whoever will know it holds a reference beside that of the program. */
typedef struct zp_future zp_future;
zp_future *zp_future_new(zp_error *err) ZP_MUST_CHECK;
zp_future *zp_future_ref(zp_future *f);
void zp_future_unref(zp_future *f);
/* For built-ins: the value of a future, now (ZP_OK) or when it is settled (ZP_PARK).  Takes the reference. */
zp_status zp_future_await_take(zp_ctx *ctx, zp_future *take, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* Does somebody but the caller want to know? */
bool zp_future_wanted(const zp_future *f);
/* Settles it with a value (taken) or a text, wakes who waits, and drops the caller's reference. */
void zp_future_settle(zp_future *f, zp_value take, const char *error);
/* How a context without a scheduler waits for it (drives a loop); and what to do when a wait is given up. */
void zp_future_waiting(zp_future *f, zp_wait_fn wait, void (*abandon)(void *arg, zp_future *f), void *arg);

/* A value that stands for something of another room: connections, timers.  All copies are the same thing; it ends with the
 * last of them. */
typedef struct zp_handle_ops {
    void (*destroy)(void *thing);
    void (*display)(void *thing, zp_buf *out); /* without the newline at the end */
    /* thing ? tree: sends the expression with the values of its escapes (borrowed).  *future (a reference for the
     * program) stays NULL when `forget`. */
    bool (*query)(void *thing, zp_ctx *ctx, zp_slice tree, const zp_value *holes, uint32_t nholes,
                  bool forget, zp_future **future, zp_error *err);
} zp_handle_ops;
/* `type`: ZP_CON, ZP_TMR.  NIL on failure: `thing` is not destroyed. */
zp_value zp_handle_new(zp_type type, const zp_handle_ops *ops, void *thing, zp_error *err);
void *zp_handle_thing(zp_value v);

/* Code as a value: what `timer` is given.  Its text as written; and prepared to run in a context. */
zp_slice zp_code_text(zp_value code);
bool zp_ctx_load_code(zp_ctx *ctx, zp_value code, zp_error *err) ZP_MUST_CHECK;

/* Something that suspends evaluations for a time: Sys.sleep() uses it where the engine has one. */
typedef bool (*zp_sleep_fn)(zp_ctx *ctx, double seconds, zp_error *err);
void zp_engine_on_sleep(zp_engine *engine, zp_sleep_fn sleep);
zp_sleep_fn zp_engine_sleep(zp_engine *engine);

/* The state of the context's random generator: four words, seeded from the system when first asked. */
uint64_t *zp_ctx_random(zp_ctx *ctx);
/* Calls `each` for every name visible in the working, global and base environments that begins with `prefix`. */
void zp_ctx_names(zp_ctx *ctx, const char *prefix, void (*each)(void *arg, const char *name), void *arg);
/* The value bound to `name` there, borrowed; NIL with *found false when there is none. */
zp_value zp_ctx_lookup(zp_ctx *ctx, const char *name, bool *found);
/* What `zplane explain` shows of a program: tree, A-normal form, compiled code. */
bool zp_ctx_explain(zp_ctx *ctx, const char *text, size_t len, zp_buf *out, zp_error *err) ZP_MUST_CHECK;

zp_value zp_ctx_result(zp_ctx *ctx, bool *visible); /* borrowed */
const zp_error *zp_ctx_error(zp_ctx *ctx);
/* The whole report of the last error, as written to standard error. */
void zp_ctx_report(zp_ctx *ctx, zp_buf *out);
/* Set when the program called q(): its status. */
bool zp_ctx_quit(zp_ctx *ctx, int *status);

/* ---------------------------------------------------------------- for consoles (script.c) */

/* The text is no program, but more text could make it one: it ends in an open string, bracket or operator. */
bool zp_text_incomplete(const char *text, size_t len);

/* A text that was parsed as a whole and is evaluated one top-level expression at a time. */
typedef struct zp_script zp_script;
/* NULL: a syntax error, as from zp_ctx_load (the context keeps it for zp_ctx_report). */
zp_script *zp_script_new(zp_ctx *ctx, const char *text, size_t len, const char *file,
                         zp_error *err) ZP_MUST_CHECK;
void zp_script_free(zp_script *script);
/* Prepares the next expression for zp_ctx_run(); *done instead: there is none. */
bool zp_script_next(zp_script *script, zp_ctx *ctx, bool *done, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- display (print.c) */

typedef struct zp_print_opts {
    int digits, scipen, width;
    int64_t max_print;
    bool quote, right;
    const char *tz; /* zone name for times */
} zp_print_opts;
zp_print_opts zp_print_options(const zp_config *cfg);
/* The display of a value followed by a newline, as print() writes it. */
bool zp_print(zp_buf *out, zp_value v, const zp_print_opts *opts, zp_error *err) ZP_MUST_CHECK;
bool zp_str_display(zp_buf *out, zp_value v, const zp_print_opts *opts,
                    zp_error *err) ZP_MUST_CHECK; /* str() */
/* Source text of a closure as written; signature of a built-in: "function(x, n = 6) NULL". */
zp_slice zp_closure_source(zp_value closure);
void zp_builtin_signature(zp_buf *out, zp_value builtin);

#endif
