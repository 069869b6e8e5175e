/* zplane_plugin.h: built-ins of your own, in a shared object that `dyn.load("lib.so")` adds to the language.
 *
 *     static int run_twice(zplane_call *call, const zplane_plugin_api *api)
 *     {
 *         int64_t n = api->length(call, 0);
 *         const double *x = api->doubles(call, 0);
 *         double *out = api->result_doubles(call, 1, &n);
 *
 *         for (int64_t i = 0; out && i < n; i++)
 *             out[i] = 2 * x[i];
 *         return out != NULL;
 *     }
 *
 *     static const zplane_plugin_row rows[] = {
 *         { "twice", "x", "x=D", run_twice, "Twice x.", "twice(1:3)", NULL },
 *         { NULL, NULL, NULL, NULL, NULL, NULL, NULL }
 *     };
 *     const zplane_plugin zplane_plugin_entry = { ZPLANE_PLUGIN_ABI, "twice", "1.0", rows };
 *
 * A row is what the built-ins of zplane are made of: from then on twice() is one of them, with the same matching of arguments,
 * the same type errors and help.  Build with `cc -shared -fPIC`; nothing has to be linked.
 *
 * Functions run on the engine's thread, one at a time, and must not wait: while one runs, nobody else is served.
 * What the api returns is borrowed and valid until the function returns. */
#ifndef ZPLANE_PLUGIN_H
#define ZPLANE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZPLANE_PLUGIN_ABI 1

typedef struct zplane_call zplane_call; /* a running call */

/* Types of arguments, as zplane_plugin_api.type() gives them. */
enum {
    ZPLANE_ARG_MISSING, /* not given, and its default is no constant */
    ZPLANE_ARG_NULL,
    ZPLANE_ARG_DOUBLE,
    ZPLANE_ARG_LOGICAL,  /* int8_t 0, 1 */
    ZPLANE_ARG_TIME,     /* int64_t ns since 1970 UTC */
    ZPLANE_ARG_DURATION, /* int64_t ns */
    ZPLANE_ARG_STRING,
    ZPLANE_ARG_SERIES,
    ZPLANE_ARG_OTHER
};

/* What a function may ask.  `k` counts the formals from 0.  A newer server has more fields at the end. */
typedef struct zplane_plugin_api {
    uint32_t abi;
    int (*type)(zplane_call *call, int k); /* ZPLANE_ARG_* */
    /* Elements of an array, rows x columns of a series; extents (of a series: those of its data; 1 beyond the last). */
    int64_t (*length)(zplane_call *call, int k);
    int (*ndim)(zplane_call *call, int k);
    int64_t (*dim)(zplane_call *call, int k, int d);
    /* All elements, column after column; NULL: another type.  Of a series: `doubles` its data, `times` its index. */
    const double *(*doubles)(zplane_call *call, int k);
    const int64_t *(*times)(zplane_call *call, int k); /* times and durations */
    const int8_t *(*logicals)(zplane_call *call, int k);
    const char *(*string)(zplane_call *call, int k, int64_t i, size_t *len);
    /* The result, to be filled; the last one made counts.  NULL: no memory, the error is set.  Without a result the
     * function yields NULL. */
    double *(*result_doubles)(zplane_call *call, int ndim, const int64_t *dim);
    int64_t *(*result_times)(zplane_call *call, int ndim, const int64_t *dim);
    int64_t *(*result_durations)(zplane_call *call, int ndim, const int64_t *dim);
    int8_t *(*result_logicals)(zplane_call *call, int ndim, const int64_t *dim);
    int (*result_string)(zplane_call *call, const char *text, size_t len);
    /* A series of n rows with the given columns: fill *times, strictly ascending (checked afterwards), and the data. */
    double *(*result_series)(zplane_call *call, int64_t n, int64_t columns, int64_t **times);
    /* Ends the call with an error, about formal k (-1: the call itself).  Always 0: `return api->fail(...)`. */
    int (*fail)(zplane_call *call, int k, const char *text);
    /* Has the user pressed Ctrl-C, or has the call run too long?  Then return 0 soon. */
    int (*interrupted)(zplane_call *call);
} zplane_plugin_api;

/* True (1): done; 0: failed. */
typedef int (*zplane_plugin_fn)(zplane_call *call, const zplane_plugin_api *api);

/* One built-in.
 *   formals  as a user writes them: "x, n = 2, label = \"a\""; constants are filled in
 *   types    what each formal accepts: "x=D n=D"; D double, L logical, S character, T time, U duration, Z series,
 *            0 NULL; a formal that is not listed takes anything
 *   run      the function; or NULL and
 *   source   its body in the language itself */
typedef struct zplane_plugin_row {
    const char *name, *formals, *types;
    zplane_plugin_fn run;
    const char *help, *example, *source;
} zplane_plugin_row;

/* The library exports one of these, called zplane_plugin_entry.  `rows` ends with a row without a name. */
typedef struct zplane_plugin {
    uint32_t abi; /* ZPLANE_PLUGIN_ABI */
    const char *name, *version;
    const zplane_plugin_row *rows;
} zplane_plugin;

#ifdef __cplusplus
}
#endif
#endif
