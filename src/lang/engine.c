/* engine: the base environment from the tables of built-ins, and the global one. */
#include <stdlib.h>

#include "kernel/kernel.h"
#include "lang/match.h"
#include "time/time.h"
#include "value/alloc.h"

static void destroy_builtin(zp_obj *obj)
{
    zp_builtin_obj *b = (zp_builtin_obj *)obj;

    zp__builtin_info_free(b->info);
    zp__code_unref(b->code);
    zp__data_free(b, sizeof(*b));
}

static void destroy_closure(zp_obj *obj)
{
    zp_closure *clo = (zp_closure *)obj;

    zp__code_unref(clo->code);
    zp_obj_unref(&clo->env->head);
    zp__data_free(clo, sizeof(*clo));
}

static void destroy_dots(zp_obj *obj)
{
    zp_dots *d = (zp_dots *)obj;

    for (int64_t i = 0; i < d->n; i++)
        zp_value_unref(d->items[i]);
    zp__data_free(d, sizeof(zp_dots) + (size_t)d->n * (sizeof(zp_value) + 2 * sizeof(zp_str *)));
}

static void destroy_reference(zp_obj *obj)
{
    zp_reference *r = (zp_reference *)obj;

    for (int64_t i = 0; i < r->count; i++)
        zp_value_unref(r->steps[i]);
    zp_obj_unref(&r->env->head);
    zp_free(r);
}

static bool bind_builtin(zp_engine *engine, const zp_builtin *row, zp_error *err)
{
    zp_str *name = zp__intern(engine, row->name, strlen(row->name), err);
    zp_builtin_obj *b = name ? zp__data_alloc(sizeof(*b), err) : NULL;

    if (!b)
        return false;
    *b = (zp_builtin_obj){ .head = { .refs = 1, .type = ZP_BLT }, .row = row };
    return zp__env_bind(engine->base, name, zp_box(b), err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const zp_builtin *const *)a)->name, (*(const zp_builtin *const *)b)->name);
}

static bool bind_tables(zp_engine *engine, const zp_builtin *const *tables, zp_error *err)
{
    size_t n = 0;

    for (const zp_builtin *const *t = tables; *t; t++)
        for (const zp_builtin *row = *t; row->name; row++)
            n++;
    engine->rows = zp_alloc((n + 1) * sizeof(*engine->rows), err);
    if (!engine->rows)
        return false;
    for (const zp_builtin *const *t = tables; *t; t++)
        for (const zp_builtin *row = *t; row->name; row++) {
            engine->rows[engine->nrows++] = row;
            if (!bind_builtin(engine, row, err))
                return false;
        }
    return true;
}

zp_engine *zp_engine_new(const zp_builtin *const *tables, const zp_config *cfg, zp_error *err)
{
    zp_engine *engine = zp_new(zp_engine, err);

    if (!engine)
        return NULL;
    zp_value_on_destroy(ZP_ENV, zp__env_destroy);
    zp_value_on_destroy(ZP_CLO, destroy_closure);
    zp_value_on_destroy(ZP_BLT, destroy_builtin);
    zp_value_on_destroy(ZP_DOTS, destroy_dots);
    zp_value_on_destroy(ZP_REF, destroy_reference);
    zp__future_types();
    zp_value_on_destroy(ZP_LAZY, zp__lazy_destroy);
    engine->collect_at = 10000;
    engine->collect_bytes = (size_t)64 << 20;
    engine->s_dots = zp__intern(engine, "...", 3, err);
    engine->s_last_value = zp__intern(engine, ".Last.value", 11, err);
    engine->s_last_error = zp__intern(engine, ".Last.error", 11, err);
    engine->s_value = zp__intern(engine, "value", 5, err);
    if (!engine->s_dots || !engine->s_last_value || !engine->s_last_error || !engine->s_value ||
        !(cfg ? zp_config_copy(&engine->cfg, cfg, err) : zp_config_init(&engine->cfg, err)))
        goto failed;
    zp_heap_limit((size_t)engine->cfg.max_memory);
    zp_parallel_threads((int)engine->cfg.threads);
    zp_zone_directory(engine->cfg.timezone_path);
    if (!zp_zone_find(engine->cfg.timezone, err))
        goto failed;
    engine->base = zp__env_table(engine, NULL, err);
    engine->global = engine->base ? zp__env_table(engine, engine->base, err) : NULL;
    if (!engine->global || !bind_tables(engine, tables, err))
        goto failed;
    return engine;

failed:
    zp_engine_free(engine);
    return NULL;
}

void zp_engine_free(zp_engine *engine)
{
    size_t at = 0;
    zp_map_entry *e;

    if (!engine)
        return;
    zp__attached_free(engine);
    zp_error_clear(&engine->lazy_error);
    if (engine->global)
        zp__env_clear(engine->global);
    zp__env_collect(engine);
    if (engine->global)
        zp_obj_unref(&engine->global->head);
    if (engine->base) {
        zp__env_clear(engine->base);
        zp_obj_unref(&engine->base->head);
    }
    zp_free(engine->rows);
    zp_config_fini(&engine->cfg);
    while ((e = zp_map_next(&engine->symbols, &at)))
        zp_str_unref(e->key);
    zp_map_fini(&engine->symbols);
    zp_free(engine);
}

bool zp_engine_bind(zp_engine *engine, const char *name, zp_value take, zp_error *err)
{
    zp_str *s = zp__intern(engine, name, strlen(name), err);

    if (!s) {
        zp_value_unref(take);
        return false;
    }
    return zp__env_bind(engine->base, s, take, err);
}

zp_config *zp_engine_config(zp_engine *engine)
{
    return &engine->cfg;
}

const zp_builtin *zp_engine_builtin(zp_engine *engine, const char *name)
{
    for (size_t i = 0; i < engine->nrows; i++)
        if (strcmp(engine->rows[i]->name, name) == 0)
            return engine->rows[i];
    return NULL;
}

bool zp_engine_add_builtin(zp_engine *engine, const zp_builtin *row, zp_error *err)
{
    size_t i = 0;

    while (i < engine->nrows && strcmp(engine->rows[i]->name, row->name) != 0)
        i++;
    if (i == engine->nrows) {
        const zp_builtin **more = zp_realloc(engine->rows, (engine->nrows + 2) * sizeof(*more), err);

        if (!more)
            return false;
        engine->rows = more;
        engine->nrows++;
    }
    engine->rows[i] = row;
    return bind_builtin(engine, row, err);
}

const zp_builtin *const *zp_engine_builtins(zp_engine *engine, size_t *count)
{
    qsort(engine->rows, engine->nrows, sizeof(*engine->rows), by_name);
    *count = engine->nrows;
    return engine->rows;
}

/* ---------------------------------------------------------------- functions as seen by print and str */

zp_slice zp_closure_source(zp_value closure)
{
    const zp_code *code = ((zp_closure *)closure.u.obj)->code;

    return zp_ast_text(code->source, code->ast);
}

void zp_builtin_signature(zp_buf *out, zp_value builtin)
{
    const zp_builtin *row = ((zp_builtin_obj *)builtin.u.obj)->row;

    zp_buf_puts(out, "function(");
    for (const char *p = row->formals; *p; p++)
        if (*p != '[' && *p != ']')
            zp_buf_putc(out, *p);
    zp_buf_puts(out, ") NULL");
}
