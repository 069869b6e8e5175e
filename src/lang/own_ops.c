/* own_ops: operators that a program defines itself, as R allows: `+` <- function(a, b) ...
 *
 * The parser marks a source that binds the name of an operator, and the engine remembers the mark.  From then on the trees of
 * units that use these operators are changed before they are compiled: a + b becomes `+`(a, b), which looks for a function
 * like any call.  All others go on as instructions. */
#include "lang/compile.h"

uint32_t zp__own_op_bits(const zp_str *name)
{
    uint32_t bits = 0;

    if (!name->len || !strchr("+-*/%^=!<>&|", name->text[0]))
        return 0;
    for (zp_op op = 0; op < ZP_NOPS; op++)
        if (zp_str_is(name, zp_op_text(op)))
            bits |= 1u << op;
    return bits;
}

static zp_ast_arg *operand(zp_source *source, zp_ast *value, zp_ast_arg *next, zp_error *err)
{
    zp_ast_arg *arg = value ? zp_arena_alloc(source->arena, sizeof *arg, err) : NULL;

    if (arg)
        *arg = (zp_ast_arg){
            .next = next, .value = value, .place = value->place, .offset = value->offset, .len = value->len
        };
    return arg;
}

/* The node of an operator becomes a call of the function with its name. */
static bool to_call(zp_engine *engine, zp_source *source, zp_ast *n, zp_error *err)
{
    const char *text = zp_op_text((zp_op)n->op);
    zp_ast *callee = zp_arena_alloc(source->arena, sizeof *callee, err);
    zp_ast_arg *second, *first;

    if (!callee)
        return false;
    second = n->b ? operand(source, n->b, NULL, err) : NULL;
    first = operand(source, n->a, second, err);
    if (!first || (n->b && !second))
        return false;
    *callee = (zp_ast){ .kind = ZP_AST_NAME, .depth = 1, .place = n->op_place, .op_place = n->op_place };
    callee->name = zp__intern(engine, text, strlen(text), err);
    n->kind = ZP_AST_CALL;
    n->a = callee;
    n->b = NULL;
    n->items = first;
    n->count = second ? 2 : 1;
    return callee->name != NULL;
}

static bool rewrite(zp_engine *engine, zp_source *source, zp_ast *n, zp_error *err)
{
    if (!n)
        return true;
    if (!rewrite(engine, source, n->a, err) || !rewrite(engine, source, n->b, err) ||
        !rewrite(engine, source, n->c, err))
        return false;
    for (zp_ast_arg *a = n->items; a; a = a->next)
        if (!rewrite(engine, source, a->value, err))
            return false;
    if ((n->kind == ZP_AST_BINOP || n->kind == ZP_AST_UNOP) && engine->own_ops >> n->op & 1)
        return to_call(engine, source, n, err);
    return true;
}

bool zp__own_ops(zp_engine *engine, zp_source *source, zp_error *err)
{
    engine->own_ops |= source->own_ops;
    if (engine->own_ops == source->call_ops)
        return true;
    source->call_ops = engine->own_ops;
    return rewrite(engine, source, source->program, err);
}
