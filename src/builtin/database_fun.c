/* database_fun: the built-ins about database directories. */
#include "builtin/array_priv.h"
#include "builtin/database.h"
#include "builtin/tables.h"
#include "store/catalog.h"
#include "store/store.h"

static bool mode_arg(zp_call *c, int k, zp_open_mode *mode)
{
    zp_str *text;

    return zp_arg_str(c, k, &text) && zp_open_mode_parse(text->text, mode, c->err);
}

/* The current database; NULL: c->err is set. */
static const char *current(zp_call *c)
{
    const char *dir = zp_database_current(zp_ctx_engine(c->ctx));

    if (!dir) {
        zp_fail(c->err, "no database is open");
        zp_error_hint(c->err, "database(\"directory\") opens one, and so does the option --data DIR");
    }
    return dir;
}

static zp_status bi_database(zp_call *c)
{
    zp_engine *engine = zp_ctx_engine(c->ctx);
    zp_open_mode mode;
    zp_str *dir;

    if (!zp_arg_str(c, 0, &dir) || !mode_arg(c, 1, &mode))
        return ZP_FAILED;
    if (dir->len && !zp_database_open(engine, dir->text, mode, true, c->err))
        return ZP_FAILED;
    if (!zp_database_current(engine))
        return zp__out(c, zp_vec(ZP_STR, 0, c->err));
    return zp__out(c, zp_chr(zp_database_current(engine), c->err));
}

static zp_status bi_attach(zp_call *c)
{
    zp_open_mode mode;
    zp_str *dir;

    return zp_done(zp_arg_str(c, 0, &dir) && mode_arg(c, 1, &mode) &&
                   zp_database_attach(zp_ctx_engine(c->ctx), dir->text, mode, c->err));
}

static zp_status bi_detach(zp_call *c)
{
    zp_str *dir;

    return zp_done(zp_arg_str(c, 0, &dir) && zp_database_detach(zp_ctx_engine(c->ctx), dir->text, c->err));
}

static zp_status bi_ls(zp_call *c)
{
    const char *dir = current(c);
    zp_catalog names = ZP_CATALOG_INIT;
    zp_str *group;
    bool ok = dir && zp_arg_str(c, 0, &group) && (!group->len || zp_catalog_name_ok(group->text, c->err)) &&
              zp_catalog_read(&names, dir, group->text, c->err);

    c->out = ok ? zp_vec(ZP_STR, (int64_t)names.count, c->err) : zp_nil();
    ok = !zp_bad(c->out);
    for (size_t i = 0; ok && i < names.count; i++) {
        zp_str **to = (zp_str **)c->out.u.arr->data + i,
               *s = zp_str_new(names.names[i], strlen(names.names[i]), c->err);

        ok = s != NULL;
        if (ok) {
            zp_str_unref(*to);
            *to = s;
        }
    }
    zp_catalog_fini(&names);
    return zp_done(ok);
}

static zp_status bi_drop(zp_call *c)
{
    const char *dir = current(c);
    zp_engine *engine = zp_ctx_engine(c->ctx);
    zp_str *name;

    if (!dir || !zp_arg_str(c, 0, &name) || !zp_catalog_name_ok(name->text, c->err) ||
        !zp_database_rescan(engine, name->text, c->err)) /* lets go of what the variable holds */
        return ZP_FAILED;
    return zp_done(zp_catalog_drop(dir, name->text, c->err) &&
                   zp_database_rescan(engine, name->text, c->err));
}

static zp_status bi_rename(zp_call *c)
{
    const char *dir = current(c);
    zp_engine *engine = zp_ctx_engine(c->ctx);
    zp_str *from, *to;

    return zp_done(dir && zp_arg_str(c, 0, &from) && zp_arg_str(c, 1, &to) &&
                   zp_catalog_rename(dir, from->text, to->text, c->err) &&
                   zp_database_rescan(engine, from->text, c->err) &&
                   zp_database_rescan(engine, to->text, c->err));
}

const zp_builtin zp_builtins_database[] = {
    { "database", "dir = \"\", mode = \"auto\"", "dir=S mode=S", ZP_BI_INVISIBLE | ZP_BI_SYSTEM, bi_database,
      "Opens a directory as database (it is made if need be): the persistent objects in it are variables of the global "
      "environment, each opened when it is first read; those of a sub-directory are elements of a list. Then file= and load() "
      "take a name in it: zts(idx, data, file = \"fx/EURUSD\") is fx$EURUSD. mode as in load(). The directory of the open "
      "database; without an argument nothing is opened.",
      "", NULL },
    { "attach", "dir, mode = \"auto\"", "dir=S mode=S", ZP_BI_INVISIBLE | ZP_BI_SYSTEM, bi_attach,
      "Makes the objects of another database directory, or one object, visible as database() does; file= goes on to mean the "
      "open database.",
      "", NULL },
    { "detach", "dir", "dir=S", ZP_BI_INVISIBLE | ZP_BI_SYSTEM, bi_detach,
      "Forgets the variables of a directory that database() or attach() has made visible. The objects stay.",
      "", NULL },
    { "db.ls", "group = \"\"", "group=S", 0, bi_ls,
      "The names of all objects in the open database, or in one group of it.", "", NULL },
    { "db.drop", "name", "name=S", ZP_BI_INVISIBLE | ZP_BI_SYSTEM, bi_drop,
      "Deletes an object of the open database, with its files. Nobody may have it open.", "", NULL },
    { "db.rename", "from, to", "from=S to=S", ZP_BI_INVISIBLE | ZP_BI_SYSTEM, bi_rename,
      "Renames an object or a group of the open database; a new group is made if need be.", "", NULL },
    { 0 },
};
