/* ast_dump: a tree as indented text, one node a line: kind, what it holds, place.
 *
 *     assign 1.1-6
 *       name x 1.1
 *       + 1.6-10
 *         number 1 ... */
#include "lang/ast.h"

static const char *const kinds[] = {
    [ZP_AST_CONST] = "constant",
    [ZP_AST_NAME] = "name",
    [ZP_AST_UNOP] = "unop",
    [ZP_AST_BINOP] = "binop",
    [ZP_AST_USEROP] = "call",
    [ZP_AST_COLON] = ":",
    [ZP_AST_ANDAND] = "&&",
    [ZP_AST_OROR] = "||",
    [ZP_AST_BLOCK] = "block",
    [ZP_AST_PAREN] = "paren",
    [ZP_AST_IF] = "if",
    [ZP_AST_WHILE] = "while",
    [ZP_AST_FOR] = "for",
    [ZP_AST_NEXT] = "next",
    [ZP_AST_BREAK] = "break",
    [ZP_AST_ASSIGN] = "assign",
    [ZP_AST_FUNCTION] = "function",
    [ZP_AST_CALL] = "call",
    [ZP_AST_INDEX] = "index",
    [ZP_AST_INDEX2] = "index2",
    [ZP_AST_MEMBER] = "member",
    [ZP_AST_QUERY] = "query",
    [ZP_AST_ESCAPE] = "escape",
};

static void put_place(zp_buf *out, const zp_place *at)
{
    zp_buf_printf(out, " %d.%d", at->line, at->col);
    if (at->end_line != at->line)
        zp_buf_printf(out, "-%d.%d", at->end_line, at->end_col);
    else if (at->end_col != at->col)
        zp_buf_printf(out, "-%d", at->end_col);
    zp_buf_putc(out, '\n');
}

/* Constants as they were written, shortened. */
static void put_constant(zp_buf *out, const zp_source *src, const zp_ast *node)
{
    enum { MOST = 60 };
    zp_slice text = zp_ast_text(src, node);

    zp_buf_printf(out, "%s ", zp_type_name(node->value.type));
    for (size_t i = 0; i < text.len && i < MOST; i++)
        zp_buf_putc(out, text.ptr[i] == '\n' ? ' ' : text.ptr[i]);
    if (text.len > MOST)
        zp_buf_puts(out, "...");
}

static void put_label(zp_buf *out, const zp_source *src, const zp_ast *node)
{
    if (node->kind == ZP_AST_CONST) {
        put_constant(out, src, node);
    } else if (node->kind == ZP_AST_UNOP) {
        zp_buf_printf(out, "unary %s", zp_op_text((zp_op)node->op));
    } else if (node->kind == ZP_AST_BINOP) {
        zp_buf_puts(out, zp_op_text((zp_op)node->op));
    } else if (node->kind == ZP_AST_WHILE && !node->a) {
        zp_buf_puts(out, "repeat");
    } else {
        zp_buf_puts(out, node->superassign ? "superassign" : kinds[node->kind]);
        if (node->name)
            zp_buf_printf(out, " %s", node->name->text);
    }
    put_place(out, &node->place);
}

enum { DEEPEST_INDENT = 200 };

static void put_node(zp_buf *out, const zp_source *src, const zp_ast *node, int indent)
{
    zp_buf_fill(out, ' ', indent);
    put_label(out, src, node);
    indent += indent < DEEPEST_INDENT ? 2 : 0;
    if (node->a)
        put_node(out, src, node->a, indent);
    if (node->b)
        put_node(out, src, node->b, indent);
    if (node->c)
        put_node(out, src, node->c, indent);
    for (const zp_ast_arg *arg = node->items; arg; arg = arg->next) {
        bool tagged = node->kind != ZP_AST_BLOCK && (arg->tag || arg->ref || arg->dots || !arg->value);

        if (tagged) {
            zp_buf_fill(out, ' ', indent);
            zp_buf_printf(out, "arg%s%s%s%s", arg->tag ? " " : "", arg->tag ? arg->tag->text : "",
                          arg->ref ? " --" : "", arg->dots ? " ..." : "");
            put_place(out, &arg->place);
        }
        if (arg->value)
            put_node(out, src, arg->value, indent + (tagged ? 2 : 0));
    }
}

void zp_ast_dump(zp_buf *out, const zp_source *src)
{
    put_node(out, src, src->program, 0);
}
