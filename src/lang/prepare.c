/* prepare: an expression that is parsed once and evaluated many times.
 *
 *     "z[z[, 1] > level, ]", level   -->   function(level) z[z[, 1] > level, ]   -->   call, call, call
 *
 * It becomes the body of a function of its parameters, made where its queries will run.  So the values of one evaluation are
 * variables of that call alone, two that run at the same time do not see each other's, and their names are slots. */
#include "lang/interp.h"

static bool add_formal(zp_engine *engine, zp_source *source, zp_ast *fn, zp_ast_arg ***end, zp_slice name,
                       zp_error *err)
{
    zp_ast_arg *formal = zp_arena_alloc(source->arena, sizeof(*formal), err);

    if (!formal)
        return false;
    if (!name.len || memchr(name.ptr, '\0', name.len) || (name.len == 3 && !memcmp(name.ptr, "...", 3)))
        return zp_fail(err, "a parameter needs a name");
    formal->tag = zp__intern(engine, name.ptr, name.len, err);
    if (!formal->tag)
        return false;
    **end = formal;
    *end = &formal->next;
    fn->count++;
    return true;
}

/* function(names) program; parentheses around a whole expression do not count. */
static const zp_ast *as_function(zp_engine *engine, zp_source *source, const zp_slice *names, uint32_t n,
                                 zp_error *err)
{
    zp_ast *fn = zp_arena_alloc(source->arena, sizeof(*fn), err);
    zp_ast *body = source->program;
    zp_ast_arg **end;

    if (!fn)
        return NULL;
    while (body->count == 1 && body->items->value->kind == ZP_AST_PAREN)
        body->items->value = body->items->value->a;
    *fn = (zp_ast){ .kind = ZP_AST_FUNCTION, .depth = body->depth + 1, .len = source->len, .a = body };
    end = &fn->items;
    for (uint32_t i = 0; i < n; i++)
        if (!add_formal(engine, source, fn, &end, names[i], err))
            return NULL;
    return fn;
}

static zp_source *read_source(const zp_expression *e, zp_error *err)
{
    return e->tree ? zp__tree_read(e->bytes, e->len, e->holes, e->nholes, err)
                   : zp_parse(e->bytes, e->len, NULL, NULL, err);
}

zp_value zp_ctx_prepare(zp_ctx *ctx, const zp_expression *e, const zp_slice *names, uint32_t n, zp_error *err)
{
    zp_source *source = read_source(e, err);
    const zp_ast *fn = source ? as_function(ctx->engine, source, names, n, err) : NULL;
    zp_code *unit = fn ? zp__compile_unit(ctx->engine, source, fn, ctx->working, err) : NULL;
    zp_value made = unit ? zp__closure_new(unit->codes[0], ctx->working, err) : zp_nil();

    zp__code_unref(unit);
    zp_source_unref(source);
    return made;
}

/* ---------------------------------------------------------------- its memory */

static size_t code_bytes(const zp_code *code)
{
    size_t sum = sizeof(*code) + code->ninstrs * (sizeof(zp_instr) + sizeof(zp_place)) +
                 code->nconsts * sizeof(zp_value) + code->nnames * sizeof(zp_name_ref) +
                 code->nsites * sizeof(zp_site) + code->nvars * sizeof(zp_str *);

    for (uint32_t i = 0; i < code->ncodes; i++)
        sum += code_bytes(code->codes[i]);
    return sum;
}

size_t zp_function_bytes(zp_value fn)
{
    const zp_code *code = ((const zp_closure *)fn.u.obj)->code;

    return code_bytes(code) + code->source->len + zp_arena_bytes(code->source->arena);
}

/* ---------------------------------------------------------------- calling */

bool zp_ctx_load_call(zp_ctx *ctx, zp_value fn, zp_value *args, uint32_t n, zp_error *err)
{
    const zp_closure *clo = (const zp_closure *)fn.u.obj;
    zp_error why = ZP_ERROR_INIT;

    zp_ctx_cancel(ctx);
    zp_error_clear(&ctx->error);
    zp_source_unref(ctx->error_source);
    ctx->error_source = NULL;
    zp__ctx_loaded(ctx, clo->code->source);
    zp_value_clear(&ctx->result);
    ctx->visible = true;
    if (zp__call_closure(ctx, clo->code, clo->env, args, NULL, n, 0, &why) == ZP_CALL) {
        if (!clo->code->source->program->items)
            zp__top(ctx)->hide = true; /* a text without any expression shows nothing */
        return true;
    }
    zp__remember_error(ctx, clo->code->source, NULL, 0, &why);
    zp_error_move(err, &why);
    return false;
}
