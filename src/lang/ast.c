/* ast: makes the nodes of a tree and the source that owns them.
 *
 * A node knows its depth, the longest way down to a leaf, and is refused beyond ZP_AST_MAX_DEPTH: whatever
 * walks a tree may recurse. */
#include "lang/ast.h"

#include <string.h>

#include "lang/parser_priv.h"

/* ---------------------------------------------------------------- nodes */

static int32_t deeper(int32_t depth, const zp_ast *child)
{
    return child && child->depth >= depth ? child->depth + 1 : depth;
}

static zp_ast *check_depth(zp__parser *p, zp_ast *node, const zp__loc *at)
{
    if (node->depth <= ZP_AST_MAX_DEPTH)
        return node;
    zp__syntax(p, at, "expression nested too deeply");
    return NULL;
}

zp_ast *zp__node(zp__parser *p, zp_ast_kind kind, const zp__loc *loc, const zp__loc *at, zp_ast *a, zp_ast *b,
                 zp_ast *c)
{
    zp_ast *node = zp_arena_alloc(p->src->arena, sizeof(zp_ast), &p->err);

    if (!node)
        return NULL;
    node->kind = (uint8_t)kind;
    node->place = loc->place;
    node->op_place = at->place;
    node->offset = loc->start;
    node->len = loc->end - loc->start;
    node->a = a;
    node->b = b;
    node->c = c;
    node->depth = deeper(deeper(deeper(1, a), b), c);
    return check_depth(p, node, at);
}

zp_ast *zp__node_const_take(zp__parser *p, const zp__loc *loc, zp_value v)
{
    zp_ast *node = zp__node(p, ZP_AST_CONST, loc, loc, NULL, NULL, NULL);

    if (node)
        node->value = v;
    if (!v.boxed)
        return node;
    if (!node) {
        zp_value_unref(v);
        return NULL;
    }
    return zp_list_push(&p->src->held, v, NULL, &p->err) ? node : NULL;
}

zp_ast *zp__node_name(zp__parser *p, const zp__loc *loc, zp_str *name)
{
    zp_ast *node = zp__node(p, ZP_AST_NAME, loc, loc, NULL, NULL, NULL);

    if (node)
        node->name = name;
    return node;
}

zp_ast *zp__node_op(zp__parser *p, zp_ast_kind kind, zp_op op, const zp__loc *loc, const zp__loc *at,
                    zp_ast *a, zp_ast *b)
{
    zp_ast *node = zp__node(p, kind, loc, at, a, b, NULL);

    if (node)
        node->op = (uint8_t)op;
    return node;
}

zp_ast *zp__node_special(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_str *name, zp_ast *a,
                         zp_ast *b)
{
    static const zp_op known[] = { ZP_OP_MOD, ZP_OP_IDIV, ZP_OP_IN, ZP_OP_MATMUL, ZP_OP_OUTER };
    static const char *const texts[] = { "%%", "%/%", "%in%", "%*%", "%o%" };
    zp_ast *node;

    for (size_t i = 0; i < ZP_COUNTOF(known); i++)
        if (zp_str_is(name, texts[i]))
            return zp__node_op(p, ZP_AST_BINOP, known[i], loc, at, a, b);
    node = zp__node(p, ZP_AST_USEROP, loc, at, a, b, NULL);
    if (node)
        node->name = name;
    return node;
}

zp_ast *zp__node_items(zp__parser *p, zp_ast_kind kind, const zp__loc *loc, const zp__loc *at, zp_ast *a,
                       zp_ast_args items)
{
    zp_ast *node = zp__node(p, kind, loc, at, a, NULL, NULL);

    if (!node)
        return NULL;
    node->items = items.first;
    node->count = items.count;
    for (const zp_ast_arg *item = items.first; item; item = item->next)
        node->depth = deeper(node->depth, item->value);
    return check_depth(p, node, at);
}

zp_ast *zp__node_call(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_ast *fn, zp_ast_args items)
{
    zp_ast_arg *second = items.count > 1 ? items.first->next : NULL;

    if (fn && fn->kind == ZP_AST_NAME && (zp_str_is(fn->name, "$") || zp_str_is(fn->name, "$<-")) && second &&
        !second->tag && !second->ref && second->value && second->value->kind == ZP_AST_NAME) {
        zp_ast *name = second->value;
        zp__loc where = { .place = name->place, .start = name->offset, .end = name->offset + name->len };
        zp_value text = zp_chr_take(zp_str_ref(name->name), &p->err);

        second->value = zp_bad(text) ? NULL : zp__node_const_take(p, &where, text);
        if (!second->value)
            return NULL;
    }
    return zp__node_items(p, ZP_AST_CALL, loc, at, fn, items);
}

zp_ast *zp__node_assign(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_ast *target, zp_ast *value,
                        bool super)
{
    zp_ast *node = zp__node(p, ZP_AST_ASSIGN, loc, at, target, value, NULL);

    if (!node)
        return NULL;
    node->superassign = super;
    if (target && target->kind == ZP_AST_NAME)
        p->src->own_ops |= zp__own_op_bits(target->name);
    return node;
}

/* An argument `name = _`: the parser leaves a name without a text. */
static bool is_placeholder(const zp_ast_arg *arg)
{
    return arg->value && arg->value->kind == ZP_AST_NAME && !arg->value->name;
}

/* x |> f(y) is f(x, y); x |> f(k = _) is f(k = x). */
zp_ast *zp__node_pipe(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_ast *left, zp_ast *call)
{
    zp_ast_args items = { 0 };
    zp_ast_arg *hole = NULL, *first;
    zp__loc where = { .place = call->place, .start = call->offset, .end = call->offset + call->len };

    if (call->kind != ZP_AST_CALL) {
        zp__syntax(p, &where, "the pipe operator requires a function call as RHS");
        return NULL;
    }
    for (zp_ast_arg *arg = call->items; arg; arg = arg->next) {
        if (is_placeholder(arg) && hole) {
            zp__syntax(p, &where, "pipe placeholder may only appear once");
            return NULL;
        }
        hole = is_placeholder(arg) ? arg : hole;
        items.count++;
    }
    items.first = call->items;
    if (hole) {
        hole->value = left;
        p->placeholders--;
        return zp__node_items(p, ZP_AST_CALL, loc, at, call->a, items);
    }
    where = (zp__loc){ .place = left->place, .start = left->offset, .end = left->offset + left->len };
    first = zp__arg(p, &where, NULL, left);
    if (!first)
        return NULL;
    first->next = items.first;
    items.first = first;
    items.count++;
    return zp__node_items(p, ZP_AST_CALL, loc, at, call->a, items);
}

zp_ast_arg *zp__arg(zp__parser *p, const zp__loc *loc, zp_str *tag, zp_ast *value)
{
    zp_ast_arg *arg = zp_arena_alloc(p->src->arena, sizeof(zp_ast_arg), &p->err);

    if (!arg)
        return NULL;
    arg->tag = tag;
    arg->value = value;
    arg->place = loc->place;
    arg->offset = loc->start;
    arg->len = loc->end - loc->start;
    return arg;
}

void zp__args_add(zp_ast_args *list, zp_ast_arg *arg)
{
    if (list->last)
        list->last->next = arg;
    else
        list->first = arg;
    list->last = arg;
    list->count++;
}

/* ---------------------------------------------------------------- sources */

zp_source *zp_source_new(const char *text, size_t len, const char *file, zp_error *err)
{
    zp_source *src;

    if (len > INT32_MAX - 16) {
        zp_fail_code(err, ZP_ESYNTAX, "program too long: %zu bytes", len);
        return NULL;
    }
    src = zp_new(zp_source, err);
    if (!src)
        return NULL;
    src->refs = 1;
    src->len = len;
    src->arena = zp_arena_new(err);
    src->text = src->arena ? zp_alloc(len + 2, err) : NULL;
    if (!src->text)
        goto fail;
    if (len)
        memcpy(src->text, text, len);
    src->text[len] = src->text[len + 1] = 0;
    if (file && !(src->file = zp_arena_copy(src->arena, file, strlen(file), err)))
        goto fail;
    src->held = zp_list_new(0, err);
    if (!zp_bad(src->held))
        return src;

fail:
    zp_source_unref(src);
    return NULL;
}

zp_source *zp_source_ref(zp_source *src)
{
    src->refs++;
    return src;
}

void zp_source_unref(zp_source *src)
{
    if (!src || --src->refs > 0)
        return;
    zp_value_unref(src->held);
    zp_free(src->text);
    zp_arena_free(src->arena);
    zp_free(src);
}

static bool parse(zp__parser *p)
{
    zp__loc at = { .place = p->placeholder };
    int failed;

    if (!zp__scan_open(p))
        return false;
    failed = zp__yyparse(p);
    zp__scan_close(p);
    if (!failed && p->placeholders) {
        at.place = p->placeholder;
        return zp__syntax(p, &at, "invalid use of pipe placeholder");
    }
    if (failed) /* the grammar says nothing when its stack could not be allocated */
        zp_fail_code(&p->err, ZP_ESYNTAX, "expression nested too deeply");
    return !failed;
}

zp_source *zp_parse(const char *text, size_t len, const char *file, bool *incomplete, zp_error *err)
{
    zp_source *src = zp_source_new(text, len, file, err);
    zp__parser p = { .src = src, .open_end = true };
    bool ok;

    if (incomplete)
        *incomplete = false;
    if (!src)
        return NULL;
    ok = parse(&p);
    zp_map_fini(&p.names);
    zp_free(p.brackets);
    if (ok)
        return src;
    if (incomplete)
        *incomplete = p.ended;
    zp_error_move(err, &p.err);
    zp_source_unref(src);
    return NULL;
}

zp_slice zp_ast_text(const zp_source *src, const zp_ast *node)
{
    return (zp_slice){ src->text + node->offset, node->len };
}
