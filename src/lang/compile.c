/* compile: expressions, statements, and values in tail position. */
#include "lang/compile.h"

/* ---------------------------------------------------------------- expressions */

bool zp__pure(const zp_ast *n)
{
    if (!n)
        return true;
    switch (n->kind) {
    case ZP_AST_CONST:
    case ZP_AST_NAME: return true;
    case ZP_AST_PAREN:
    case ZP_AST_UNOP:
    case ZP_AST_MEMBER: return zp__pure(n->a);
    case ZP_AST_BINOP:
    case ZP_AST_COLON: return zp__pure(n->a) && zp__pure(n->b);
    case ZP_AST_INDEX:
    case ZP_AST_INDEX2:
        for (const zp_ast_arg *a = n->items; a; a = a->next)
            if (a->dots || !zp__pure(a->value))
                return false;
        return zp__pure(n->a);
    default: return false;
    }
}

const zp_ast *zp__strip(const zp_ast *n)
{
    while (n && n->kind == ZP_AST_PAREN)
        n = n->a;
    return n;
}

uint32_t zp__into_temp(zp_fn *f, const zp_ast *n)
{
    uint32_t t = zp__temp(f);

    return zp__expr(f, n, t, false);
}

static uint32_t want(zp_fn *f, uint32_t dst)
{
    return dst == ZP_ANY ? zp__temp(f) : dst;
}

/* An operand: a variable's own register where nothing can change it before it is read. */
static uint32_t operand(zp_fn *f, const zp_ast *n, const zp_ast *later)
{
    uint32_t reg = zp__lazy(f, n, ZP_ANY), t;

    if (!zp__is_temp(f, reg) && !zp__pure(later)) {
        t = zp__temp(f);
        zp__emit(f, ZP_I_LOCAL, 0, t, reg, 0);
        return t;
    }
    return reg;
}

static bool const_dbl(const zp_ast *n)
{
    n = zp__strip(n);
    return n->kind == ZP_AST_CONST && n->value.type == ZP_DBL && !n->value.boxed;
}

static uint32_t binop(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    static const uint8_t plain[] = {
        [ZP_OP_ADD] = ZP_I_ADD, [ZP_OP_SUB] = ZP_I_SUB, [ZP_OP_MUL] = ZP_I_MUL, [ZP_OP_DIV] = ZP_I_DIV
    };
    static const uint8_t with_k[] = {
        [ZP_OP_ADD] = ZP_I_ADDK, [ZP_OP_SUB] = ZP_I_SUBK, [ZP_OP_MUL] = ZP_I_MULK, [ZP_OP_DIV] = ZP_I_DIVK
    };
    uint32_t mark = f->temp, since = f->npending, a, b;
    bool arith = n->op == ZP_OP_ADD || n->op == ZP_OP_SUB || n->op == ZP_OP_MUL || n->op == ZP_OP_DIV;

    a = operand(f, n->a, n->b);
    if (arith && const_dbl(n->b)) {
        b = zp__const(f, zp__strip(n->b)->value);
        zp__force(f, since);
        f->temp = mark;
        dst = want(f, dst);
        f->place = n->place;
        zp__emit(f, with_k[n->op], 0, dst, a, b);
        return dst;
    }
    b = zp__lazy(f, n->b, ZP_ANY);
    zp__force(f, since);
    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    if (arith)
        zp__emit(f, plain[n->op], 0, dst, a, b);
    else if (n->op == ZP_OP_MOD || n->op == ZP_OP_IDIV)
        zp__emit(f, n->op == ZP_OP_MOD ? ZP_I_MOD : ZP_I_IDIV, 0, dst, a, b);
    else
        zp__emit(f, ZP_I_BINARY, n->op, dst, a, b);
    return dst;
}

static uint32_t colon(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, since = f->npending, a = operand(f, n->a, n->b), b = zp__lazy(f, n->b, ZP_ANY);

    zp__force(f, since);
    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    zp__emit(f, ZP_I_COLON, 0, dst, a, b);
    return dst;
}

static uint32_t unop(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, a;
    const zp_ast *x = zp__strip(n->a);

    if (const_dbl(x) && n->op == ZP_OP_NEG) {
        dst = want(f, dst);
        zp__emit(f, ZP_I_CONST, 0, dst, zp__const(f, zp_dbl(-x->value.u.dbl)), 0);
        return dst;
    }
    a = zp__expr(f, n->a, ZP_ANY, false);
    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    zp__emit(f, ZP_I_UNARY, n->op, dst, a, 0);
    return dst;
}

/* a && b, a || b: the destination is written before b is evaluated, so it has to be a temporary. */
static uint32_t andor(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, t = zp__temp(f), r, skip;

    r = zp__expr(f, n->a, t, false);
    f->place = n->a->place;
    zp__emit(f, ZP_I_TRUTH, 0, t, r, 0);
    skip = zp__emit(f, n->kind == ZP_AST_ANDAND ? ZP_I_JFALSE : ZP_I_JTRUE, 1, t, 0, 0);
    f->temp = t + 1;
    zp__expr(f, n->b, t, false);
    f->place = n->b->place;
    zp__emit(f, ZP_I_TRUTH, 0, t, t, 0);
    zp__patch(f, skip, zp__here(f));
    f->temp = t + 1;
    if (dst == ZP_ANY || dst == t)
        return t;
    zp__emit(f, ZP_I_MOVE, 0, dst, t, 0);
    f->temp = mark;
    return dst;
}

static const zp_opcode jump_op[] = { [ZP_OP_LT] = ZP_I_JLT, [ZP_OP_LE] = ZP_I_JLE, [ZP_OP_GT] = ZP_I_JGT,
                                     [ZP_OP_GE] = ZP_I_JGE, [ZP_OP_EQ] = ZP_I_JEQ, [ZP_OP_NE] = ZP_I_JNE };

void zp__jump_unless(zp_fn *f, const zp_ast *cond, zp_jumps *jumps)
{
    uint32_t mark = f->temp, since = f->npending, a, b;
    const zp_ast *n = zp__strip(cond);

    if (n->kind == ZP_AST_ANDAND) {
        zp__jump_unless(f, n->a, jumps);
        zp__jump_unless(f, n->b, jumps);
        return;
    }
    if (n->kind == ZP_AST_BINOP && n->op >= ZP_OP_EQ && n->op <= ZP_OP_GE) {
        zp_opcode op = jump_op[n->op];
        a = operand(f, n->a, n->b);
        if (const_dbl(n->b)) {
            b = zp__const(f, zp__strip(n->b)->value);
            op = (zp_opcode)(op - ZP_I_JLT + ZP_I_JLTK);
        } else {
            b = zp__lazy(f, n->b, ZP_ANY);
        }
        zp__force(f, since);
        f->place = n->place;
        zp__jumps_add(f, jumps, zp__emit(f, op, 0, a, b, 0));
        f->temp = mark;
        return;
    }
    a = zp__expr(f, n, ZP_ANY, false);
    f->place = n->place;
    zp__jumps_add(f, jumps, zp__emit(f, ZP_I_JFALSE, 0, a, 0, 0));
    f->temp = mark;
}

void zp__set_visible(zp_fn *f, bool vis, bool visible)
{
    if (vis)
        zp__emit(f, ZP_I_VISIBLE, visible, 0, 0, 0);
}

void zp__load_null(zp_fn *f, uint32_t dst)
{
    zp__emit(f, ZP_I_CONST, 0, dst, zp__const(f, zp_nil()), 0);
}

static uint32_t if_expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    zp_jumps no = { 0 };
    uint32_t end, mark;

    dst = want(f, dst);
    mark = f->temp;
    zp__jump_unless(f, n->a, &no);
    f->temp = mark;
    zp__expr(f, n->b, dst, vis);
    f->temp = mark;
    end = zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0);
    zp__jumps_land(f, &no, zp__here(f));
    if (n->c) {
        zp__expr(f, n->c, dst, vis);
    } else {
        zp__load_null(f, dst);
        zp__set_visible(f, vis, false);
    }
    f->temp = mark;
    zp__patch(f, end, zp__here(f));
    return dst;
}

static uint32_t block_expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    const zp_ast_arg *s = n->items;

    if (!s) {
        dst = want(f, dst);
        zp__load_null(f, dst);
        zp__set_visible(f, vis, true);
        return dst;
    }
    for (; s->next; s = s->next)
        zp__effect(f, s->value);
    return zp__expr(f, s->value, dst, vis);
}

/* ---------------------------------------------------------------- all kinds */

static uint32_t constant(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    dst = want(f, dst);
    zp__emit(f, ZP_I_CONST, 0, dst, zp__const(f, zp_value_ref(n->value)), 0);
    return dst;
}

static uint32_t name(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t slot;

    if (dst == ZP_ANY && f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, n->name, &slot))
        return slot;
    dst = want(f, dst);
    zp__load_name(f, n->name, dst, false);
    return dst;
}

static uint32_t user_op(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, since = f->npending, base = zp__temp(f), site;

    zp__callee(f, n->name, base);
    zp__lazy(f, n->a, zp__temp(f));
    f->temp = base + 2;
    zp__lazy(f, n->b, zp__temp(f));
    zp__force(f, since);
    site = zp__site(f, 2);
    if (!f->c->failed) {
        zp_site *s = &f->code->sites[site];
        s->plain = true;
        s->args[0].place = n->a->place;
        s->args[1].place = n->b->place;
    }
    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    zp__emit(f, ZP_I_CALL1, 0, dst, base, site);
    return dst;
}

static uint32_t statement_value(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    zp__effect(f, n);
    dst = want(f, dst);
    zp__load_null(f, dst);
    zp__set_visible(f, vis, false);
    return dst;
}

static uint32_t expr_of(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_CONST: return constant(f, n, dst);
    case ZP_AST_NAME: return name(f, n, dst);
    case ZP_AST_UNOP: return unop(f, n, dst);
    case ZP_AST_BINOP: return binop(f, n, dst);
    case ZP_AST_USEROP: return user_op(f, n, dst);
    case ZP_AST_COLON: return colon(f, n, dst);
    case ZP_AST_ANDAND:
    case ZP_AST_OROR: return andor(f, n, dst);
    case ZP_AST_PAREN: return zp__expr(f, n->a, dst, false);
    case ZP_AST_FUNCTION: return zp__closure(f, n, n->a, dst);
    case ZP_AST_INDEX:
    case ZP_AST_INDEX2:
    case ZP_AST_MEMBER: return zp__index(f, n, dst);
    case ZP_AST_ESCAPE: return zp__expr(f, n->a, dst, false);
    default: return statement_value(f, n, dst, vis);
    }
}

uint32_t zp__expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    uint32_t reg;

    if (f->c->failed)
        return 0;
    f->place = n->place;
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_BLOCK: return block_expr(f, n, dst, vis);
    case ZP_AST_IF: return if_expr(f, n, dst, vis);
    case ZP_AST_CALL: return zp__call_expr(f, n, dst, vis);
    case ZP_AST_ASSIGN:
        reg = zp__assign(f, n, dst, true);
        zp__set_visible(f, vis, false);
        return reg;
    case ZP_AST_WHILE:
    case ZP_AST_FOR:
    case ZP_AST_NEXT:
    case ZP_AST_BREAK: return statement_value(f, n, dst, vis);
    case ZP_AST_QUERY:
        reg = zp__query_value(f, n, dst);
        zp__set_visible(f, vis, true);
        return reg;
    default:
        reg = expr_of(f, n, dst, vis);
        zp__set_visible(f, vis, true);
        return reg;
    }
}

void zp__effect(zp_fn *f, const zp_ast *statement)
{
    const zp_ast *n = zp__strip(statement)->kind == ZP_AST_QUERY ? zp__strip(statement) : statement;
    uint32_t mark = f->temp, reg;
    zp_jumps no = { 0 };
    uint32_t end;

    if (f->c->failed)
        return;
    f->place = n->place;
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_BLOCK:
        for (const zp_ast_arg *s = n->items; s; s = s->next)
            zp__effect(f, s->value);
        break;
    case ZP_AST_IF:
        zp__jump_unless(f, n->a, &no);
        zp__effect(f, n->b);
        if (n->c) {
            end = zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0);
            zp__jumps_land(f, &no, zp__here(f));
            zp__effect(f, n->c);
            zp__patch(f, end, zp__here(f));
        } else {
            zp__jumps_land(f, &no, zp__here(f));
        }
        break;
    case ZP_AST_WHILE: zp__while_loop(f, n); break;
    case ZP_AST_FOR: zp__for_loop(f, n); break;
    case ZP_AST_NEXT:
    case ZP_AST_BREAK: zp__leave_loop(f, n); break;
    case ZP_AST_ASSIGN: zp__assign(f, n, ZP_ANY, false); break;
    case ZP_AST_QUERY: zp__query(f, n, ZP_ANY, true); break;
    default:
        reg = zp__expr(f, n, ZP_ANY, false);
        if (zp__is_temp(f, reg)) {
            zp__emit(f, ZP_I_DROP, 0, reg, 0, 0);
        } else if (n->kind == ZP_AST_NAME) { /* reading it may be an error */
            uint32_t t = zp__temp(f);
            zp__emit(f, ZP_I_LOCAL, 0, t, reg, 0);
            zp__emit(f, ZP_I_DROP, 0, t, 0, 0);
        }
    }
    f->temp = mark;
}

/* 0: as the last call left it, 1: visible, 2: not */
static uint32_t return_visibility(const zp_ast *n)
{
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_CALL: return 0;
    case ZP_AST_ASSIGN:
    case ZP_AST_WHILE:
    case ZP_AST_FOR: return 2;
    default: return 1;
    }
}

void zp__tail(zp_fn *f, const zp_ast *n)
{
    uint32_t mark = f->temp, reg;
    zp_jumps no = { 0 };
    const zp_ast_arg *s;

    if (f->c->failed)
        return;
    f->place = n->place;
    if (n->kind == ZP_AST_BLOCK && n->items) {
        for (s = n->items; s->next; s = s->next)
            zp__effect(f, s->value);
        zp__tail(f, s->value);
        return;
    }
    if (n->kind == ZP_AST_IF) {
        zp__jump_unless(f, n->a, &no);
        zp__tail(f, n->b);
        zp__jumps_land(f, &no, zp__here(f));
        f->temp = mark;
        if (n->c) {
            zp__tail(f, n->c);
        } else {
            reg = zp__temp(f);
            zp__load_null(f, reg);
            zp__emit(f, ZP_I_RETURN, 2, reg, 0, 0);
        }
        f->temp = mark;
        return;
    }
    if (n->kind == ZP_AST_CALL)
        reg = zp__call_expr(f, n, ZP_ANY, true);
    else
        reg = zp__expr(f, n, ZP_ANY, false);
    f->place = n->place;
    zp__emit(f, ZP_I_RETURN, return_visibility(n), reg, 0, 0);
    f->temp = mark;
}
