/* env: where names have values.
 *
 *     base <- global <- working <- frame <- frame ...
 *
 * Base, global and working environments are tables of cells; a cell stays where it is as long as its environment, so
 * code may remember it.  A frame has a slot for every name its function assigns (code->vars); names that only appear
 * at run time (assign(), source()) go to a table of its own.
 *
 * Counting alone does not free a frame whose functions refer back to it.  A frame that is left looks whether only
 * functions in its own slots hold it, and then lets go of them; whatever is more entangled is found by trial deletion
 * (zp__env_collect) when many such frames have gathered. */
#include <stdlib.h>

#include "lang/machine.h"
#include "value/alloc.h"

zp_str *zp__intern(zp_engine *engine, const char *text, size_t len, zp_error *err)
{
    zp_map_entry *e = zp_map_get_bytes(&engine->symbols, text, len);
    zp_str *s;
    bool made;

    if (e)
        return e->key;
    s = zp_str_new(text, len, err);
    if (!s)
        return NULL;
    e = zp_map_add(&engine->symbols, s, &made, err);
    if (!e) {
        zp_str_unref(s);
        return NULL;
    }
    return s;
}

/* ---------------------------------------------------------------- birth and death */

static zp_env *new_env(zp_engine *engine, zp_env *parent, uint32_t nslots, zp_error *err)
{
    zp_env *env = zp__data_alloc(sizeof(zp_env) + nslots * sizeof(zp_value), err);

    if (!env)
        return NULL;
    env->head = (zp_obj){ .refs = 1, .type = ZP_ENV };
    env->parent = parent;
    if (parent)
        parent->head.refs++;
    env->code = NULL;
    env->table = NULL;
    env->nslots = nslots;
    env->nargs = 0;
    env->defaulted = 0;
    env->engine = engine;
    env->prev = env->next = NULL;
    env->escaped = false;
    return env;
}

zp_env *zp__env_table(zp_engine *engine, zp_env *parent, zp_error *err)
{
    zp_env *env = new_env(engine, parent, 0, err);

    if (!env)
        return NULL;
    env->table = zp_new(zp_map, err);
    if (!env->table) {
        zp_obj_unref(&env->head);
        return NULL;
    }
    engine->version++;
    return env;
}

static void clear_slots(zp_env *env, const zp_code *code)
{
    uint32_t i = 0;

    for (; i < code->nformals; i++)
        env->slots[i] = (zp_value){ .type = ZP_MISSING };
    for (; i < code->nvars; i++)
        env->slots[i] = (zp_value){ .type = ZP_UNBOUND };
    for (; i < code->nregs; i++)
        env->slots[i] = zp_nil();
}

zp_env *zp__env_frame(zp_engine *engine, zp_env *parent, zp_code *code, zp_error *err)
{
    zp_env *env = code->spare;

    if (ZP_LIKELY(env != NULL)) {
        code->spare = env->next;
        code->nspare--;
        env->next = NULL;
        env->head.refs = 1;
        env->defaulted = 0;
        env->parent = parent;
        parent->head.refs++;
    } else {
        env = new_env(engine, parent, code->nregs, err);
        if (!env)
            return NULL;
        clear_slots(env, code);
    }
    env->code = zp__code_ref(code);
    return env;
}

enum { SPARE_FRAMES = 256 };

void zp__env_frame_done(zp_env *env)
{
    zp_code *code = env->code;
    zp_env *parent = env->parent;
    zp_value *slots = env->slots;
    uint32_t i = 0;

    if (env->table || env->escaped || code->refs == 1 || code->nspare >= SPARE_FRAMES) {
        zp_obj_unref(&env->head);
        return;
    }
    for (; i < code->nvars; i++) {
        zp_value old = slots[i];
        slots[i] = (zp_value){ .type = i < code->nformals ? ZP_MISSING : ZP_UNBOUND };
        if (ZP_UNLIKELY(old.boxed))
            zp_obj_unref(old.u.obj);
    }
    for (; i < code->nregs; i++) /* words left in temporaries are written before they are read */
        if (ZP_UNLIKELY(slots[i].boxed))
            zp_value_clear(&slots[i]);
    env->parent = NULL;
    env->next = code->spare;
    code->spare = env;
    code->nspare++;
    code->refs--;
    zp_obj_unref(&parent->head);
}

void zp__env_spare_free(zp_code *code)
{
    while (code->spare) {
        zp_env *env = code->spare;
        code->spare = env->next;
        zp__data_free(env, sizeof(zp_env) + env->nslots * sizeof(zp_value));
    }
}

static void free_table(zp_env *env)
{
    size_t at = 0;
    zp_map_entry *e;

    if (!env->table)
        return;
    while ((e = zp_map_next(env->table, &at))) {
        zp_cell *cell = e->val.ptr;
        zp_value_unref(cell->value);
        zp_free(cell);
    }
    zp_map_fini(env->table);
    zp_free(env->table);
    env->table = NULL;
}

static void unlink_escaped(zp_env *env)
{
    if (!env->escaped)
        return;
    if (env->prev)
        env->prev->next = env->next;
    else
        env->engine->escaped = env->next;
    if (env->next)
        env->next->prev = env->prev;
    env->engine->nescaped--;
    env->escaped = false;
}

void zp__env_clear(zp_env *env)
{
    size_t at = 0;
    zp_map_entry *e;

    for (uint32_t i = 0; i < env->nslots; i++) {
        zp_value old = env->slots[i];
        env->slots[i] = (zp_value){ .type = ZP_UNBOUND };
        zp_value_unref(old);
    }
    while (env->table && (e = zp_map_next(env->table, &at))) {
        zp_cell *cell = e->val.ptr;
        zp_value old = cell->value;
        cell->value = (zp_value){ .type = ZP_UNBOUND };
        zp_value_unref(old);
    }
}

void zp__env_destroy(zp_obj *obj)
{
    zp_env *env = (zp_env *)obj;

    unlink_escaped(env);
    for (uint32_t i = 0; i < env->nslots; i++)
        zp_value_unref(env->slots[i]);
    free_table(env);
    if (env->parent)
        zp_obj_unref(&env->parent->head);
    if (env->code)
        zp__code_unref(env->code);
    zp__data_free(env, sizeof(zp_env) + env->nslots * sizeof(zp_value));
}

/* ---------------------------------------------------------------- names */

zp_cell *zp__env_cell(zp_env *env, zp_str *name, zp_error *err)
{
    zp_map_entry *e;
    zp_cell *cell;
    bool made;

    if (!env->table) {
        env->table = zp_new(zp_map, err);
        if (!env->table)
            return NULL;
    }
    e = zp_map_get(env->table, name);
    if (e)
        return e->val.ptr;
    cell = zp_new(zp_cell, err);
    if (!cell)
        return NULL;
    cell->value.type = ZP_UNBOUND;
    cell->name = name;
    e = zp_map_add(env->table, name, &made, err);
    if (!e) {
        zp_free(cell);
        return NULL;
    }
    e->val.ptr = cell;
    return cell;
}

zp_value *zp__env_raw(zp_env *env, const zp_str *name)
{
    zp_map_entry *e;

    if (env->code)
        for (uint32_t i = 0; i < env->code->nvars; i++)
            if (env->code->vars[i] == name || zp_str_eq(env->code->vars[i], name)) {
                if (zp__is_bound(&env->slots[i]))
                    return &env->slots[i];
                break;
            }
    if (!env->table)
        return NULL;
    e = zp_map_get(env->table, name);
    if (!e || !zp__is_bound(&((zp_cell *)e->val.ptr)->value))
        return NULL;
    return &((zp_cell *)e->val.ptr)->value;
}

zp_value *zp__env_find(zp_env *env, const zp_str *name)
{
    zp_value *at = zp__env_raw(env, name);

    return ZP_UNLIKELY(at && at->type == ZP_LAZY) ? zp__lazy_force(env->engine, at, name) : at;
}

static bool is_function(const zp_value *v)
{
    if (v->type == ZP_REF) {
        zp_reference *r = (zp_reference *)v->u.obj;
        return r->count == 0 && zp_is_fun(*r->at);
    }
    return zp_is_fun(*v);
}

zp_value *zp__env_search(zp_env *env, const zp_str *name, bool functions, zp_env **where)
{
    for (; env; env = env->parent) {
        zp_value *v = zp__env_find(env, name);
        if (v && (!functions || is_function(v))) {
            if (where)
                *where = env;
            return v;
        }
    }
    return NULL;
}

/* A table's binding changes: caches must know when a name appears, goes, or starts or stops being a function. */
static void put(zp_env *env, zp_value *at, zp_value v)
{
    zp_value old = *at;

    if (!env->code && (old.type == ZP_UNBOUND || zp_is_fun(old) || zp_is_fun(v)))
        env->engine->version++;
    *at = v;
    zp_value_unref(old);
}

bool zp__env_bind(zp_env *env, zp_str *name, zp_value v, zp_error *err)
{
    zp_cell *cell;

    if (env->code)
        for (uint32_t i = 0; i < env->code->nvars; i++)
            if (env->code->vars[i] == name || zp_str_eq(env->code->vars[i], name)) {
                put(env, &env->slots[i], v);
                return true;
            }
    cell = zp__env_cell(env, name, err);
    if (!cell) {
        zp_value_unref(v);
        return false;
    }
    put(env, &cell->value, v);
    return true;
}

bool zp__env_unbind(zp_env *env, const zp_str *name)
{
    zp_value *v = zp__env_raw(env, name);

    if (!v)
        return false;
    put(env, v, (zp_value){ .type = ZP_UNBOUND });
    env->engine->version++;
    return true;
}

bool zp__env_bind_super(zp_env *env, zp_str *name, zp_value v, zp_error *err)
{
    zp_engine *engine = env->engine;
    bool top = !env->code; /* the working environment of a context: what it publishes it does not keep */

    for (zp_env *e = env->parent; e && e != engine->base; e = e->parent) {
        zp_value *at = zp__env_find(e, name);
        if (at) {
            put(e, at, v);
            if (top)
                zp__env_unbind(env, name);
            return true;
        }
    }
    if (top)
        zp__env_unbind(env, name);
    return zp__env_bind(engine->global, name, v, err);
}

static int by_bytes(const void *a, const void *b)
{
    return zp_str_cmp(*(zp_str *const *)a, *(zp_str *const *)b);
}

/* Bound, and not a built-in that only other built-ins use. */
static bool is_listed(const zp_value *v)
{
    return v->type != ZP_UNBOUND &&
           !(v->type == ZP_BLT &&
             ((const zp_builtin_obj *)(const void *)v->u.obj)->row->flags & ZP_BI_HIDDEN);
}

zp_value zp__env_names(const zp_env *env, zp_error *err)
{
    size_t at = 0;
    zp_map_entry *e;
    int64_t n = 0, count = env->table ? (int64_t)env->table->used : 0;
    zp_value names;
    zp_str **s;

    count += env->code ? env->code->nvars : 0;
    names = zp_vec(ZP_STR, count, err);
    if (zp_bad(names))
        return names;
    s = names.u.arr->data;
    for (uint32_t i = 0; env->code && i < env->code->nvars; i++)
        if (env->slots[i].type != ZP_UNBOUND && env->code->vars[i]->text[0] != '?')
            s[n++] = zp_str_ref(env->code->vars[i]);
    while (env->table && (e = zp_map_next(env->table, &at)))
        if (is_listed(&((zp_cell *)e->val.ptr)->value))
            s[n++] = zp_str_ref(e->key);
    qsort(s, (size_t)n, sizeof(*s), by_bytes);
    names.u.arr->n = names.u.arr->dim[0] = n;
    return names;
}

/* ---------------------------------------------------------------- frames that refer to themselves */

/* Remembers an environment that somebody else still refers to; collects when there are many. */
static void outlives(zp_env *env)
{
    zp_engine *engine = env->engine;

    if (!env->escaped) {
        env->next = engine->escaped;
        env->prev = NULL;
        if (env->next)
            env->next->prev = env;
        engine->escaped = env;
        engine->nescaped++;
        env->escaped = true;
    }
    if (engine->nescaped > engine->collect_at || zp_heap_bytes() > engine->collect_bytes) {
        zp__env_collect(engine);
        engine->collect_at = 2 * engine->nescaped + 10000;
        engine->collect_bytes = 2 * zp_heap_bytes() + ((size_t)64 << 20);
    }
}

void zp__env_leave(zp_env *env)
{
    uint32_t own = 0;

    for (uint32_t i = 0; i < env->code->nvars; i++) {
        const zp_value *v = &env->slots[i];
        if (v->type == ZP_CLO && v->u.obj->refs == 1 && ((zp_closure *)v->u.obj)->env == env)
            own++;
    }
    if (env->head.refs == own + 1) { /* the call's own reference and those in its slots */
        zp__env_clear(env);
        return;
    }
    outlives(env);
}

/* A working environment whose context is gone: published functions may need it still. */
void zp__env_retire(zp_env *env)
{
    uint32_t own = 0;
    size_t at = 0;
    zp_map_entry *e;

    while ((e = zp_map_next(env->table, &at))) {
        const zp_value *v = &((zp_cell *)e->val.ptr)->value;
        if (v->type == ZP_CLO && v->u.obj->refs == 1 && ((zp_closure *)v->u.obj)->env == env)
            own++;
    }
    if (env->head.refs == own + 1)
        zp__env_clear(env);
    else
        outlives(env);
    zp_obj_unref(&env->head);
}
