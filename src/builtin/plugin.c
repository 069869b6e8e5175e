/* plugin: dyn.load, built-ins from shared objects.
 *
 *     zplane_plugin_row (theirs) --> plugin_row { zp_builtin, their function } --> zp_engine_add_builtin
 *                                       ^ self of the call that runs
 *
 * To the machine a row of a plugin is a row like any other; its C function is run_plugin(), which finds theirs behind the row
 * and lends it the arguments through a table of functions.  Libraries stay loaded: values may refer to their code. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/tables.h"
#include "zplane_plugin.h"

enum { OF_PLUGIN = 1 << 30 }; /* flag of our rows */

typedef struct plugin_row {
    zp_builtin row; /* first: the machine knows this part alone */
    zplane_plugin_fn run;
} plugin_row;

struct zplane_call {
    zp_call *c;
};

/* ---------------------------------------------------------------- arguments */

/* The argument, or NULL where there is no such formal. */
static const zp_value *arg(const zplane_call *call, int k)
{
    return k >= 0 && k < call->c->argc ? &call->c->argv[k] : NULL;
}

static int api_type(zplane_call *call, int k)
{
    static const uint8_t types[ZP_NTYPES] = {
        [ZP_NIL] = ZPLANE_ARG_NULL,  [ZP_DBL] = ZPLANE_ARG_DOUBLE,   [ZP_LGL] = ZPLANE_ARG_LOGICAL,
        [ZP_TIM] = ZPLANE_ARG_TIME,  [ZP_DUR] = ZPLANE_ARG_DURATION, [ZP_STR] = ZPLANE_ARG_STRING,
        [ZP_ZTS] = ZPLANE_ARG_SERIES
    };
    const zp_value *v = arg(call, k);

    if (!v || v->type == ZP_MISSING)
        return ZPLANE_ARG_MISSING;
    return types[v->type] ? types[v->type] : ZPLANE_ARG_OTHER;
}

static int64_t api_length(zplane_call *call, int k)
{
    const zp_value *v = arg(call, k);

    return v ? zp_len(*v) : 0;
}

static int api_ndim(zplane_call *call, int k)
{
    const zp_value *v = arg(call, k);

    return v ? (int)zp_ndim(*v) : 0;
}

static int64_t api_dim(zplane_call *call, int k, int d)
{
    const zp_value *v = arg(call, k);

    return v && d >= 0 ? zp_dim(*v, d) : 1;
}

static const double *api_doubles(zplane_call *call, int k)
{
    const zp_value *v = arg(call, k);

    if (v && v->type == ZP_ZTS)
        return zp_dbls(&v->u.zts->data);
    return v && v->type == ZP_DBL ? zp_dbls(v) : NULL;
}

static const int64_t *api_times(zplane_call *call, int k)
{
    const zp_value *v = arg(call, k);

    if (v && v->type == ZP_ZTS)
        return zp_i64s(&v->u.zts->idx);
    return v && (v->type == ZP_TIM || v->type == ZP_DUR) ? zp_i64s(v) : NULL;
}

static const int8_t *api_logicals(zplane_call *call, int k)
{
    const zp_value *v = arg(call, k);

    return v && v->type == ZP_LGL ? zp_lgls(v) : NULL;
}

static const char *api_string(zplane_call *call, int k, int64_t i, size_t *len)
{
    const zp_value *v = arg(call, k);
    const zp_str *s;

    if (!v || v->type != ZP_STR || i < 0 || i >= zp_len(*v))
        return NULL;
    s = zp_strs(v)[i];
    if (len)
        *len = s->len;
    return s->text;
}

/* ---------------------------------------------------------------- results */

static void *result(zplane_call *call, zp_type type, int ndim, const int64_t *dim)
{
    zp_value v = zp_nil();

    if (ndim < 1)
        zp_fail(call->c->err, "a result has one dimension or more, not %d", ndim);
    else
        v = zp_arr(type, ndim, dim, call->c->err);
    zp_value_set(&call->c->out, v);
    return zp_bad(v) ? NULL : v.u.arr->data;
}

static double *api_result_doubles(zplane_call *call, int ndim, const int64_t *dim)
{
    return result(call, ZP_DBL, ndim, dim);
}

static int64_t *api_result_times(zplane_call *call, int ndim, const int64_t *dim)
{
    return result(call, ZP_TIM, ndim, dim);
}

static int64_t *api_result_durations(zplane_call *call, int ndim, const int64_t *dim)
{
    return result(call, ZP_DUR, ndim, dim);
}

static int8_t *api_result_logicals(zplane_call *call, int ndim, const int64_t *dim)
{
    return result(call, ZP_LGL, ndim, dim);
}

static int api_result_string(zplane_call *call, const char *text, size_t len)
{
    zp_str *s = zp_str_new(text, len, call->c->err);
    zp_value v = s ? zp_chr_take(s, call->c->err) : zp_nil();

    zp_value_set(&call->c->out, v);
    return !zp_bad(v);
}

static double *api_result_series(zplane_call *call, int64_t n, int64_t columns, int64_t **times)
{
    int64_t dim[2] = { n, columns };
    zp_value idx = zp_arr(ZP_TIM, 1, dim, call->c->err), data = zp_nil(), z = zp_nil();

    if (!zp_bad(idx))
        data = zp_arr(ZP_DBL, 2, dim, call->c->err);
    if (zp_bad(data)) {
        zp_value_unref(idx);
        return NULL;
    }
    *times = idx.u.arr->data;
    z = zp_zts_take(idx, data, call->c->err);
    zp_value_set(&call->c->out, z);
    return zp_bad(z) ? NULL : z.u.zts->data.u.arr->data;
}

static int api_fail(zplane_call *call, int k, const char *text)
{
    zp_fail_arg(call->c->err, k >= 0 && k < call->c->argc ? k + 1 : 0, "%s", text && *text ? text : "failed");
    return 0;
}

static int api_interrupted(zplane_call *call)
{
    return zp_ctx_interrupted(call->c->ctx);
}

static const zplane_plugin_api api = { ZPLANE_PLUGIN_ABI,
                                       api_type,
                                       api_length,
                                       api_ndim,
                                       api_dim,
                                       api_doubles,
                                       api_times,
                                       api_logicals,
                                       api_string,
                                       api_result_doubles,
                                       api_result_times,
                                       api_result_durations,
                                       api_result_logicals,
                                       api_result_string,
                                       api_result_series,
                                       api_fail,
                                       api_interrupted };

/* What a library must not get wrong for the rest of the program. */
static bool check_result(zp_call *c)
{
    zp_value *out = &c->out;

    if (out->type == ZP_LGL) {
        for (int64_t i = 0; i < zp_len(*out); i++) {
            if (zp_lgls(out)[i] & ~1)
                return zp_fail(c->err, "%s: a logical result must be 0 or 1", c->self->name);
        }
    }
    if (out->type == ZP_ZTS && !zp_value_ordered(out->u.zts->idx))
        return zp_fail(c->err, "%s: the times of a series must be strictly ascending", c->self->name);
    zp_value_unbox(out);
    return true;
}

static zp_status run_plugin(zp_call *c)
{
    const plugin_row *p = (const plugin_row *)(const void *)c->self;
    zplane_call call = { c };

    if (p->run(&call, &api))
        return zp_done(check_result(c));
    zp_value_clear(&c->out);
    if (c->err->code == ZP_ENONE)
        zp_fail(c->err, "%s failed", c->self->name);
    return ZP_FAILED;
}

/* ---------------------------------------------------------------- loading */

static bool valid_row(zp_engine *engine, const zplane_plugin_row *r, const char *file, zp_error *err)
{
    const zp_builtin *there = zp_engine_builtin(engine, r->name);

    if (there && !(there->flags & OF_PLUGIN))
        return zp_fail(err, "%s: '%s' is a built-in already", file, r->name);
    if (!r->formals || (!r->run && !r->source))
        return zp_fail(err, "%s: the row '%s' has no formals or nothing that runs", file, r->name);
    return true;
}

/* The rows of a plugin as ours: one block, which lives as long as the process. */
static bool add_rows(zp_engine *engine, const zplane_plugin *plugin, const char *file, zp_error *err)
{
    size_t n = 0;
    plugin_row *rows;

    for (const zplane_plugin_row *r = plugin->rows; r->name; r++, n++) {
        if (!valid_row(engine, r, file, err))
            return false;
    }
    rows = zp_alloc_zero((n + 1) * sizeof(*rows), err);
    if (!rows)
        return false;
    if (!zp_engine_attach(engine, rows, rows, zp_free, err)) {
        zp_free(rows);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const zplane_plugin_row *r = &plugin->rows[i];

        rows[i].run = r->run;
        rows[i].row = (zp_builtin){ .name = r->name,
                                    .formals = r->formals,
                                    .types = r->types ? r->types : "",
                                    .flags = OF_PLUGIN,
                                    .run = r->run ? run_plugin : NULL,
                                    .help = r->help ? r->help : "",
                                    .example = r->example ? r->example : "",
                                    .source = r->run ? NULL : r->source };
        if (!zp_engine_add_builtin(engine, &rows[i].row, err))
            return false;
    }
    return true;
}

static bool load(zp_engine *engine, const char *file, int flags, zp_error *err)
{
    void *library = dlopen(file, flags);
    const zplane_plugin *plugin;

    if (!library)
        return zp_fail(err, "cannot load library: %s", dlerror());
    plugin = dlsym(library, "zplane_plugin_entry");
    if (!plugin)
        zp_fail(err, "%s is no plugin of zplane: it has no zplane_plugin_entry", file);
    else if (plugin->abi != ZPLANE_PLUGIN_ABI)
        zp_fail(err, "%s is made for version %u of the plugin interface, this is version %d", file,
                plugin->abi, ZPLANE_PLUGIN_ABI);
    else
        return add_rows(engine, plugin, file, err); /* the library stays: rows may refer to it */
    dlclose(library);
    return false;
}

static zp_status bi_dyn_load(zp_call *c)
{
    zp_str *file;
    bool local, now;

    if (!zp_arg_str(c, 0, &file) || !zp_arg_lgl(c, 1, &local) || !zp_arg_lgl(c, 2, &now))
        return ZP_FAILED;
    return zp_done(load(zp_ctx_engine(c->ctx), file->text,
                        (now ? RTLD_NOW : RTLD_LAZY) | (local ? RTLD_LOCAL : RTLD_GLOBAL), c->err));
}

const zp_builtin zp_builtins_plugin[] = {
    { "dyn.load", "lib, local = TRUE, now = TRUE", "lib=S local=L now=L",
      ZP_BI_INVISIBLE | ZP_BI_SYSTEM | ZP_BI_SYSTEM, bi_dyn_load,
      "Loads a shared library and adds its functions to the built-ins. `local = FALSE`: its symbols are visible to libraries "
      "loaded later; `now = FALSE`: they are bound when first used. docs/plugins.md says how to write one.",
      "", NULL },
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL },
};
