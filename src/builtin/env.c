/* env: environments by name. */
#include "lang/machine.h"

static bool env_of_name(zp_call *c, zp_str *name, zp_env **out)
{
    zp_env *env = zp__caller(c->ctx);

    *out = NULL;
    if (zp_str_is(name, "current"))
        *out = env;
    else if (zp_str_is(name, "global"))
        *out = c->ctx->engine->global;
    else if (zp_str_is(name, "base"))
        *out = c->ctx->engine->base;
    else if (zp_str_is(name, "working"))
        *out = c->ctx->working;
    else if (zp_str_is(name, "closure"))
        *out = env;
    else
        return zp_fail(c->err, "can't find environment %s", name->text);
    return true;
}

static bool env_of_arg(zp_call *c, int k, zp_env **out)
{
    zp_str *name;

    return zp_arg_str(c, k, &name) && env_of_name(c, name, out);
}

/* A name or a position: -1 or 1 the caller's frame, 2 its parent, ... */
static bool env_of_position(zp_call *c, int k, zp_env **out)
{
    int64_t pos;
    zp_env *env = zp__caller(c->ctx);

    if (c->argv[k].type == ZP_STR)
        return env_of_arg(c, k, out);
    if (!zp_arg_int(c, k, &pos))
        return false;
    if (pos == -1)
        pos = 1;
    for (; env && pos > 1; pos--)
        env = env->parent;
    if (!env || pos < 1)
        return zp_fail(c->err, "environment position out of bounds");
    *out = env;
    return true;
}

static zp_status bi_ls(zp_call *c)
{
    zp_env *env;

    if (!env_of_position(c, 0, &env))
        return ZP_FAILED;
    c->out = zp__env_names(env, c->err);
    return zp_done(!zp_bad(c->out));
}

static zp_str *name_arg(zp_call *c, int k)
{
    zp_str *name;

    return zp_arg_str(c, k, &name) ? zp__intern(c->ctx->engine, name->text, name->len, c->err) : NULL;
}

static zp_value *lookup(zp_call *c, zp_str **name, bool *ok)
{
    zp_env *env;
    bool inherits;

    *name = name_arg(c, 0);
    *ok = *name && env_of_arg(c, 1, &env) && zp_arg_lgl(c, 2, &inherits);
    if (!*ok)
        return NULL;
    return inherits ? zp__env_search(env, *name, false, NULL) : zp__env_find(env, *name);
}

static zp_status bi_get(zp_call *c)
{
    zp_str *name;
    bool ok;
    zp_value *v = lookup(c, &name, &ok);

    if (!ok)
        return ZP_FAILED;
    if (!v)
        return zp_done(zp__report_unknown(c->ctx, zp__caller(c->ctx), name, c->err));
    if (v->type == ZP_MISSING)
        return zp_fail_call(c, "argument missing: %s", name->text);
    c->out = zp_value_ref(*v);
    return zp_done(zp__deref(&c->out, c->err));
}

static zp_status bi_exists(zp_call *c)
{
    zp_str *name;
    bool ok;
    zp_value *v = lookup(c, &name, &ok);

    c->out = zp_lgl(v != NULL);
    return zp_done(ok);
}

static zp_status bi_assign(zp_call *c)
{
    zp_env *env, *where = NULL;
    bool inherits;
    zp_str *name = name_arg(c, 0);

    if (!name || !env_of_arg(c, 2, &env) || !zp_arg_lgl(c, 3, &inherits))
        return ZP_FAILED;
    if (inherits) {
        zp__env_search(env, name, false, &where);
        env = where && where != c->ctx->engine->base ? where : c->ctx->engine->global;
    }
    if (!zp__may_change(c->ctx, env, name, c->err))
        return ZP_FAILED;
    c->out = zp_value_ref(c->argv[1]);
    return zp_done(zp__env_bind(env, name, zp_value_ref(c->argv[1]), c->err));
}

static bool remove_name(zp_call *c, zp_env *env, const zp_str *name, bool inherits)
{
    zp_env *where = env;

    if (inherits && !zp__env_search(env, name, false, &where))
        where = env;
    if (!zp__may_change(c->ctx, where, name, c->err))
        return false;
    if (zp__env_unbind(where, name))
        return true;
    return zp_fail(c->err, "object '%s' not found", name->text);
}

/* .rm(names, list, envir, inherits) */
static zp_status bi_rm(zp_call *c)
{
    zp_env *env = zp__caller(c->ctx);
    bool inherits = false;

    if (!zp_arg_missing(c, 2) && !env_of_arg(c, 2, &env))
        return ZP_FAILED;
    if (!zp_arg_missing(c, 3) && !zp_arg_lgl(c, 3, &inherits))
        return ZP_FAILED;
    for (int k = 0; k < 2; k++) {
        zp_value names = c->argv[k];
        if (names.type == ZP_MISSING || names.type == ZP_NIL)
            continue;
        if (names.type != ZP_STR)
            return zp_fail_call(c, "invalid argument type: 'list' should be any of 'string' but is '%s'",
                                zp_type_arg_name(names.type));
        for (int64_t i = 0; i < zp_len(names); i++)
            if (!remove_name(c, env, zp_strs(&names)[i], inherits))
                return ZP_FAILED;
    }
    return ZP_OK;
}

/* rm called through do.call: names as strings */
static zp_status bi_rm_values(zp_call *c)
{
    for (int i = 0; i < c->ndots; i++) {
        if (c->dots[i].type != ZP_STR)
            return zp_fail_call(c, "... must contain names or character strings");
        for (int64_t k = 0; k < zp_len(c->dots[i]); k++)
            if (!remove_name(c, zp__caller(c->ctx), zp_strs(&c->dots[i])[k], false))
                return ZP_FAILED;
    }
    return ZP_OK;
}

const zp_builtin zp_builtins_env[] = {
    { "ls", "name = \"current\"", "name=DS", 0, bi_ls,
      "Names bound in one environment, sorted. `name`: \"current\", \"working\", \"global\", \"base\", \"closure\", or a "
      "position (1 is the current frame, 2 the one around it).",
      "{ a <- 1; ls() }", NULL },
    { "lsg", "name = \"global\"", "name=DS", 0, bi_ls,
      "Names bound in the global environment: ls(\"global\").", "lsg()", NULL },
    { "get", "x, envir = \"current\", inherits = TRUE", "x=S envir=S inherits=L", 0, bi_get,
      "The value bound to the name `x` in an environment or those around it.", "{ a <- 3; get(\"a\") }",
      NULL },
    { "exists", "x, envir = \"current\", inherits = TRUE", "x=S envir=S inherits=L", 0, bi_exists,
      "Is the name `x` bound there?", "exists(\"sum\")", NULL },
    { "assign", "x, value, envir = \"current\", inherits = FALSE", "x=S envir=S inherits=L", ZP_BI_INVISIBLE,
      bi_assign,
      "Binds a value to the name `x` in an environment; with `inherits` replaces the nearest binding outwards.",
      "{ assign(\"a\", 3); a }", NULL },
    { "rm", "..., list = character(), envir = \"current\", inherits = FALSE", "list=S envir=S inherits=L",
      ZP_BI_INVISIBLE | ZP_BI_CODE, bi_rm_values,
      "Removes names, given bare or as strings, and those in `list`. An unknown name is an error.",
      "{ a <- 1; rm(a); exists(\"a\") }", NULL },
    { "remove", "..., list = character(), envir = \"current\", inherits = FALSE", "list=S envir=S inherits=L",
      ZP_BI_INVISIBLE | ZP_BI_CODE, bi_rm_values, "Another name of rm.",
      "{ a <- 1; remove(\"a\"); exists(\"a\") }", NULL },
    { ".rm", "names, [list], [envir], [inherits]", "envir=S inherits=L", ZP_BI_INVISIBLE | ZP_BI_HIDDEN,
      bi_rm, "", "", NULL },
    { 0 },
};
