/* compile_fn: functions, their formals and defaults, and whole units. */
#include "lang/compile.h"

/* ---------------------------------------------------------------- functions */

/* Formals named in a default that are evaluated with it: those it reads outside of inner functions. */
static bool escape_without(void *formal, const zp_ast *escape);

static bool reads(const zp_ast *n, const zp_str *formal)
{
    if (!n || n->kind == ZP_AST_FUNCTION)
        return false;
    if (n->kind == ZP_AST_NAME)
        return zp_str_eq(n->name, formal);
    if (n->kind == ZP_AST_QUERY)
        return reads(n->a, formal) || !zp__each_escape(n->b, escape_without, (void *)formal);
    for (const zp_ast_arg *a = n->items; a; a = a->next)
        if (a->value && reads(a->value, formal))
            return true;
    return reads(n->a, formal) || reads(n->b, formal) || reads(n->c, formal);
}

static bool escape_without(void *formal, const zp_ast *escape)
{
    return !reads(escape->a, formal);
}

typedef struct formals {
    const zp_ast_arg **list;
    uint8_t *busy;
    uint32_t n, emitted;
} formals;

enum { MOST_DEFAULTS = 20000 }; /* a default may be compiled once for every way that leads to it */

static void too_entangled(zp_fn *f)
{
    if (!f->c->failed)
        zp_fail_code(f->c->err, ZP_EVALUE,
                     "the defaults of the formals depend on each other in too many ways");
    f->c->failed = true;
}

/* The default of formal k, if it is needed, after those of later formals it reads. */
static void default_of(zp_fn *f, formals *all, uint32_t k)
{
    uint32_t given, mark = f->temp;

    f->place = all->list[k]->value->place;
    given = zp__emit(f, ZP_I_DEFAULT, 0, k, 0, 0);
    if (all->busy[k]) {
        zp__emit(f, ZP_I_CYCLE, 0, k, 0, 0);
    } else if (++all->emitted > MOST_DEFAULTS) {
        too_entangled(f);
    } else {
        all->busy[k] = 1;
        for (uint32_t j = 0; j < all->n; j++)
            if ((j >= k || all->busy[j]) && all->list[j]->value &&
                reads(all->list[k]->value, all->list[j]->tag))
                default_of(f, all, j);
        zp__expr(f, all->list[k]->value, k, false);
        all->busy[k] = 0;
    }
    f->temp = mark;
    zp__patch(f, given, zp__here(f));
}

static void prologue(zp_fn *f, const zp_ast *fn)
{
    formals all = { .n = (uint32_t)fn->count };
    uint32_t k = 0;

    all.list = zp__comp_alloc(f, all.n * sizeof(*all.list));
    all.busy = zp__comp_alloc(f, all.n);
    if (f->c->failed)
        return;
    for (const zp_ast_arg *a = fn->items; a; a = a->next)
        all.list[k++] = a;
    for (k = 0; k < all.n; k++)
        if (all.list[k]->value && !all.list[k]->dots)
            default_of(f, &all, k);
}

static bool add_formals(zp_fn *f, const zp_ast *fn)
{
    zp_code *code = f->code;
    uint32_t slot;

    code->dots = -1;
    for (const zp_ast_arg *a = fn->items; a; a = a->next) {
        zp_str *tag = a->dots ? f->c->engine->s_dots : zp__sym(f, a->tag);
        if (zp__find_var(f, tag, &slot)) {
            zp_fail_code(f->c->err, ZP_EVALUE, "repeated formal argument '%s'", tag->text);
            if (f->c->err)
                f->c->err->place = a->place;
            f->c->failed = true;
            return false;
        }
        if (a->dots)
            code->dots = (int32_t)code->nvars;
        zp__add_var(f, tag);
    }
    code->nformals = code->nvars;
    return !f->c->failed;
}

static zp_code *new_code(zp_comp *c)
{
    zp_code *code = zp_new(zp_code, c->err);

    if (!code) {
        c->failed = true;
        return NULL;
    }
    code->refs = 1;
    code->source = zp_source_ref(c->source);
    code->internal = c->internal;
    code->dots = -1;
    return code;
}

zp_code *zp__function(zp_fn *up, zp_comp *c, const zp_ast *fn, const zp_ast *body)
{
    zp_fn f = { .up = up, .c = c, .scope = ZP_SCOPE_FUNCTION, .ast = fn };

    f.root_scope = up ? up->root_scope : ZP_SCOPE_FUNCTION;
    f.code = new_code(c);
    if (!f.code)
        return NULL;
    f.code->is_function = true;
    f.code->ast = fn;
    if (add_formals(&f, fn) && zp__collect_vars(&f, body)) {
        for (const zp_ast_arg *a = fn->items; a; a = a->next)
            if (a->value && !zp__collect_vars(&f, a->value))
                break;
        f.temp = f.code->nregs = f.code->nvars;
        prologue(&f, fn);
        zp__tail(&f, body);
    }
    zp_free(f.pending);
    if (c->failed) {
        zp__code_unref(f.code);
        return NULL;
    }
    return f.code;
}

uint32_t zp__closure(zp_fn *f, const zp_ast *fn, const zp_ast *body, uint32_t dst)
{
    zp_code *code = zp__function(f, f->c, fn, body);
    zp_code *outer = f->code;

    if (!code)
        return 0;
    if (!zp__comp_grow(f, (void **)&outer->codes, outer->ncodes, &f->codes_cap, sizeof(zp_code *))) {
        zp__code_unref(code);
        return 0;
    }
    outer->codes[outer->ncodes] = code;
    dst = dst == ZP_ANY ? zp__temp(f) : dst;
    f->place = fn->place;
    zp__emit(f, ZP_I_CLOSURE, 0, dst, outer->ncodes++, 0);
    return dst;
}

/* ---------------------------------------------------------------- units */

zp_code *zp__compile_unit(zp_engine *engine, zp_source *source, const zp_ast *body, zp_env *env,
                          zp_error *err)
{
    zp_comp c = { .engine = engine, .source = source, .env = env, .err = err };
    zp_fn f = { .c = &c, .ast = body };

    if (!zp__own_ops(engine, source, err))
        return NULL;
    f.code = new_code(&c);
    if (!f.code)
        return NULL;
    f.scope = f.root_scope = env->code ? ZP_SCOPE_DYNAMIC : ZP_SCOPE_TABLE;
    zp__tail(&f, body);
    zp_free(f.pending);
    if (c.failed) {
        zp__code_unref(f.code);
        return NULL;
    }
    return f.code;
}

zp_code *zp__compile_builtin(zp_engine *engine, const zp_builtin *row, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    zp_comp c = { .engine = engine, .err = err, .internal = true };
    const zp_ast *fn;
    zp_code *code;

    zp_buf_puts(&text, "function(");
    for (const char *p = row->formals; *p; p++)
        if (*p != '[' && *p != ']')
            zp_buf_putc(&text, *p);
    zp_buf_printf(&text, ")\n%s", row->source);
    if (zp_buf_ok(&text, err))
        c.source = zp_parse(zp_buf_text(&text), text.len, NULL, NULL, err);
    zp_buf_fini(&text);
    if (!c.source)
        return NULL;
    fn = c.source->program->items->value;
    code = zp__function(NULL, &c, fn, fn->a);
    zp_source_unref(c.source);
    return code;
}
