/* persist: the arguments file, sync and retain, and the move of a fresh value to its place. */
#include "builtin/persist.h"

#include "store/catalog.h"

/* The text of argument k; "" where there is no such formal or it was not given. */
static bool text_arg(zp_call *c, int k, const char **text)
{
    zp_str *s;

    *text = "";
    if (k < 0 || zp_arg_missing(c, k))
        return true;
    if (!zp_arg_str(c, k, &s))
        return false;
    if (strlen(s->text) != s->len)
        return zp_fail_arg(c->err, k + 1, "a path cannot hold a NUL byte");
    *text = s->text;
    return true;
}

bool zp__persist_args(zp_call *c, int file, int sync, int retain, zp__persist *p)
{
    const char *path, *policy, *keep;

    *p = (zp__persist){ .dir = ZP_BUF_INIT, .options = ZP_STORE_OPTIONS };
    if (!text_arg(c, file, &path) || !text_arg(c, sync, &policy) || !text_arg(c, retain, &keep))
        return false;
    if (!*path)
        return (!*policy || strcmp(policy, "commit") == 0) && !*keep
                   ? true
                   : zp_fail_arg(c->err, (*keep ? retain : sync) + 1,
                                 "only an object in files can have it: give file =");
    return (!*policy || zp_store_sync_parse(policy, &p->options, c->err)) &&
           (!*keep || zp_store_retain_parse(keep, &p->options, c->err)) &&
           zp_database_path(zp_ctx_engine(c->ctx), path, &p->dir, &p->database, &p->name, c->err) &&
           (!p->name || zp_catalog_prepare(p->database, p->name, c->err));
}

bool zp__persist_out(zp_call *c, zp__persist *p)
{
    zp_value v;
    bool ok;

    if (!p->dir.len)
        return true;
    if (!zp_is_array(c->out) && c->out.type != ZP_ZTS)
        return zp_fail(c->err, "a %s cannot live in files", zp_type_name(c->out.type));
    v = zp_value_move(&c->out);
    ok = zp_store_create(zp_buf_text(&p->dir), v, &p->options, &c->out, c->err) &&
         (!p->name || zp_database_announce(zp_ctx_engine(c->ctx), p->name, c->err));
    zp_value_unref(v);
    return ok;
}

void zp__persist_fini(zp__persist *p)
{
    zp_buf_fini(&p->dir);
}
