/* store: persistent objects as the language sees them: opening, following, flushing. */
#include "store/store.h"

#include "builtin/array_priv.h"
#include "builtin/database.h"
#include "builtin/tables.h"
#include "lang/machine.h"
#include "store/check.h"

static zp_status bi_load(zp_call *c)
{
    const char *database, *name;
    zp_str *file, *text;
    zp_open_mode mode;
    zp_buf dir = ZP_BUF_INIT;
    bool verify, ok = zp_arg_str(c, 0, &file) && zp_arg_str(c, 1, &text) && zp_arg_lgl(c, 2, &verify) &&
                      zp_open_mode_parse(text->text, &mode, c->err) &&
                      zp_database_path(zp_ctx_engine(c->ctx), file->text, &dir, &database, &name, c->err);

    ok = ok && (!verify || zp_check_quiet(zp_buf_text(&dir), c->err)) &&
         zp_database_load(zp_buf_text(&dir), mode, &c->out, c->err);
    zp_buf_fini(&dir);
    return zp_done(ok);
}

/* The files behind argument 0; NULL: c->err is set. */
static zp_store *store_arg(zp_call *c, const char *otherwise)
{
    zp_store *s = zp_store_of(c->argv[0]);

    if (!s)
        zp_fail(c->err, "%s", otherwise);
    return s;
}

static zp_status bi_dirname(zp_call *c)
{
    const zp_store *s = store_arg(c, "no file mapping");

    return s ? zp__out(c, zp_chr(zp_store_dir(s), c->err)) : ZP_FAILED;
}

static zp_status bi_msync(zp_call *c)
{
    zp_store *s = store_arg(c, "msync not defined for allocator type");
    bool async;

    return zp_done(s && zp_arg_lgl(c, 1, &async) && zp_store_sync(s, !async, c->err));
}

static zp_status bi_verify(zp_call *c)
{
    const zp_store *s = store_arg(c, "an object in memory has no checksums");

    c->out = zp_lgl(true);
    return zp_done(s && zp_check_quiet(zp_store_dir(s), c->err));
}

/* ---------------------------------------------------------------- following a writer */

static bool refresh(zp_value *v, bool *changed, zp_error *err)
{
    bool now = false, ok = true;

    if (v->type == ZP_LIST) {
        ok = zp_value_own(v, err);
        for (int64_t i = 0; ok && i < zp_len(*v); i++)
            ok = refresh(&v->u.list->items[i], changed, err);
        return ok;
    }
    if (!zp_is_array(*v) && v->type != ZP_ZTS)
        return true;
    ok = !zp_store_of(*v) || zp_store_refresh(v, &now, err);
    *changed |= now;
    return ok;
}

/* The variable that argument i of `...` is; NULL: c->err is set. */
static zp_value *variable(zp_call *c, int i)
{
    zp_value *at;

    if (i == 0 && c->ref && c->ref[0])
        return c->ref[0];
    at = c->dot_names[i] ? zp__env_search(zp__caller(c->ctx), c->dot_names[i], false, NULL) : NULL;
    if (at && at->type == ZP_REF)
        at = zp__ref_target(*at, c->err);
    if (!at)
        zp_fail(c->err, "refresh takes variables, or one part of a variable as --x$name");
    return at;
}

static zp_status bi_refresh(zp_call *c)
{
    bool changed = false;

    if (c->ndots == 0 && zp_database_current(zp_ctx_engine(c->ctx)) &&
        !zp_database_rescan(zp_ctx_engine(c->ctx), "", c->err))
        return ZP_FAILED;
    for (int i = 0; i < c->ndots; i++) {
        zp_value *at = variable(c, i);

        if (!at)
            return ZP_FAILED;
        zp_value_clear(&c->dots[i]); /* the variable holds its object alone */
        if (!refresh(at, &changed, c->err))
            return ZP_FAILED;
    }
    c->out = zp_lgl(changed);
    return ZP_OK;
}

const zp_builtin zp_builtins_store[] = {
    { "load", "file, mode = \"write\", verify = FALSE", "file=S mode=S verify=L", ZP_BI_SYSTEM, bi_load,
      "Opens the persistent object in directory `file` (or of that name in the open database). mode: \"write\" to change it, which "
      "one process at a time can; \"read\" for a snapshot that refresh() renews; \"auto\": to change it if nobody else does. "
      "verify: read everything and compare it with its checksums first.",
      "", NULL },
    { "refresh", "...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD | ZP_BI_INVISIBLE, bi_refresh,
      "Variables that hold objects opened for reading take over what their writer has committed since; of a list, all elements. "
      "Whether anything was new. Without a variable: objects that others have made in the open database become variables.",
      "{ x <- 1; refresh(x) }", NULL },
    { "alloc.dirname", "x", "x=DLTUISZ+P", ZP_BI_STRIDED, bi_dirname,
      "The directory of an object that lives in files.", "", NULL },
    { "msync", "x, async = FALSE", "x=DLTUISZ+P async=L", ZP_BI_STRIDED | ZP_BI_UNREAD | ZP_BI_INVISIBLE,
      bi_msync,
      "Brings all changes of an object that lives in files to the disk, whatever its policy; async: without waiting.",
      "", NULL },
    { "verify", "x", "x=DLTUISZ+P", ZP_BI_STRIDED, bi_verify,
      "Reads the files of a persistent object and compares them with their checksums: TRUE, or an error that says what is wrong.",
      "", NULL },
    { 0 },
};
