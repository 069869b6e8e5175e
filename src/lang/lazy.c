/* lazy: variables that are made when somebody first reads them, and what other rooms hang from an engine.
 *
 * A database may hold ten thousand objects.  Their names are variables from the start; what stands in the cell is a small
 * object of type ZP_LAZY that knows how to open the rest.  The search for a name (env.c) is the one place that meets it:
 * fast paths take only types below ZP_MISSING, and everything else searches. */
#include "lang/machine.h"

typedef struct zp_lazy {
    zp_obj head;
    zp_lazy_fn make;
    char text[];
} zp_lazy;

zp_value zp_lazy_new(zp_lazy_fn make, const char *text, zp_error *err)
{
    size_t len = strlen(text);
    zp_lazy *lazy = zp_alloc(sizeof(*lazy) + len + 1, err);

    if (!lazy)
        return zp_nil();
    lazy->head = (zp_obj){ .refs = 1, .type = ZP_LAZY };
    lazy->make = make;
    memcpy(lazy->text, text, len + 1);
    return zp_box(lazy);
}

const char *zp_lazy_text(zp_value lazy)
{
    return ((zp_lazy *)lazy.u.obj)->text;
}

void zp__lazy_destroy(zp_obj *obj)
{
    zp_free(obj);
}

zp_value *zp__lazy_force(zp_engine *engine, zp_value *at, const zp_str *name)
{
    zp_value lazy = zp_value_ref(*at), made = zp_nil();
    const zp_lazy *how = (const zp_lazy *)lazy.u.obj;
    bool ok;

    zp_error_clear(&engine->lazy_error);
    ok = how->make(engine, how->text, &made, &engine->lazy_error);
    if (ok)
        zp_value_set(at, made);
    else
        engine->lazy_name = name;
    zp_value_unref(lazy);
    return ok ? at : NULL;
}

bool zp__lazy_reason(zp_engine *engine, const zp_str *name, zp_error *err)
{
    if (engine->lazy_error.code == ZP_ENONE || !zp_str_eq(engine->lazy_name, name))
        return false;
    zp_error_move(err, &engine->lazy_error);
    return true;
}

/* ---------------------------------------------------------------- the global environment from outside */

bool zp_engine_bind_global(zp_engine *engine, const char *name, zp_value take, zp_error *err)
{
    zp_str *s = zp__intern(engine, name, strlen(name), err);

    if (!s) {
        zp_value_unref(take);
        return false;
    }
    return zp__env_bind(engine->global, s, take, err);
}

zp_value *zp_engine_global(zp_engine *engine, const char *name)
{
    zp_map_entry *e = zp_map_get_bytes(&engine->symbols, name, strlen(name));

    return e ? zp__env_raw(engine->global, e->key) : NULL;
}

zp_value *zp_engine_global_value(zp_engine *engine, const char *name, size_t len, zp_error *err)
{
    zp_map_entry *e = zp_map_get_bytes(&engine->symbols, name, len);
    zp_value *at;

    zp_error_clear(&engine->lazy_error);
    at = e ? zp__env_find(engine->global, e->key) : NULL;
    if (!at && engine->lazy_error.code)
        zp_error_move(err, &engine->lazy_error);
    return at && zp__is_bound(at) ? at : NULL;
}

void zp_engine_unbind_global(zp_engine *engine, const char *name)
{
    zp_map_entry *e = zp_map_get_bytes(&engine->symbols, name, strlen(name));

    if (e)
        zp__env_unbind(engine->global, e->key);
}

/* ---------------------------------------------------------------- what hangs from an engine */

typedef struct zp_attached {
    struct zp_attached *next;
    const void *key;
    void *thing;
    void (*destroy)(void *thing);
} zp_attached;

bool zp_engine_attach(zp_engine *engine, const void *key, void *thing, void (*destroy)(void *thing),
                      zp_error *err)
{
    zp_attached *a = zp_new(zp_attached, err);

    if (!a)
        return false;
    *a = (zp_attached){ engine->attached, key, thing, destroy };
    engine->attached = a;
    return true;
}

void *zp_engine_attached(zp_engine *engine, const void *key)
{
    for (const zp_attached *a = engine->attached; a; a = a->next)
        if (a->key == key)
            return a->thing;
    return NULL;
}

void zp_engine_detach(zp_engine *engine, const void *key)
{
    for (zp_attached **at = &engine->attached; *at; at = &(*at)->next)
        if ((*at)->key == key) {
            zp_attached *a = *at;
            *at = a->next;
            zp_free(a);
            return;
        }
}

void zp__attached_free(zp_engine *engine)
{
    while (engine->attached) {
        zp_attached *a = engine->attached;

        engine->attached = a->next;
        if (a->destroy)
            a->destroy(a->thing);
        zp_free(a);
    }
}
